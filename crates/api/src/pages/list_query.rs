//! The address of a list: what was asked for, read so that the list is shown in any case. What cannot be understood is
//! left out and said.

use domain::query::{
    Facet, MovieQuery, Page as Part, Position, Start,
    conditions::{filter, sort},
    parameters::{self, INVALID_VALUE, ParameterError, Parameters, most_similar},
};

use crate::v1::movies::MOVIES;

/// The path of the list.
pub const LISTING: &str = "/listing";
/// How many movies a page has.
const ITEMS: &str = "items";
/// The number of the page, from 1.
const NUMBER: &str = "p";
const CURSOR: &str = "cursor";

/// The last page has no number that anybody would reach; at cursors, numbers are for show.
const LAST_NUMBER: u32 = 100_000_000;

/// What a page of a list was asked for.
#[derive(Debug)]
pub struct ListQuery {
    pub query: MovieQuery,
    /// The conditions and the order as they were given, those alone that are understood.
    pub given: Vec<(String, String)>,
    /// The number of the page, from 1; unknown where it was come to by a cursor that names none.
    pub number: Option<u32>,
    /// The cursor at which the page begins.
    pub cursor: Option<String>,
    /// What is not understood.
    pub ignored: Vec<Ignored>,
}

/// A parameter that is left out.
#[derive(Debug, PartialEq)]
pub struct Ignored {
    pub name: String,
    /// The rule that it breaks.
    pub code: &'static str,
    /// The parameter that was probably meant.
    pub meant: Option<&'static str>,
}

impl ListQuery {
    /// Reads a query string.
    pub fn read(query_string: &str) -> Self {
        let is_given =
            |pair: &&str| pair.split_once('=').is_some_and(|(name, value)| !value.is_empty() && name != "lang");
        let given = query_string.split('&').filter(is_given).collect::<Vec<_>>().join("&");
        let mut parameters = Parameters::read(&given);
        let mut ignored = Vec::new();
        loop {
            let pairs = parameters.pairs().to_vec();
            let [number, items, cursor] = [NUMBER, ITEMS, CURSOR].map(|name| parameters.value(name));
            let query = MovieQuery {
                filter: filter(&mut parameters),
                sort: sort(&mut parameters),
                facets: vec![Facet::Genre],
                ..MovieQuery::default()
            };
            let known = parameters.known().to_vec();
            match parameters.finish(false) {
                Ok(_) => return Self { query, given: pairs, number: None, cursor, ignored }.at(number, items),
                Err(errors) => {
                    // What is right is read again, without the rest. Each time that is less.
                    let is_right =
                        |(name, _): &&(String, String)| errors.errors.iter().all(|error| error.field != *name);
                    let right = pairs.iter().filter(is_right).map(|(name, value)| (name.as_str(), value.as_str()));
                    parameters = Parameters::read(parameters::url("", right).trim_start_matches('?'));
                    ignored.extend(errors.errors.into_iter().map(|error| Ignored::new(error, &known)));
                }
            }
        }
    }

    /// The page with this number, or at the cursor. A bad number becomes the nearest good one.
    fn at(mut self, number: Option<String>, items: Option<String>) -> Self {
        self.given.retain(|(name, _)| ![NUMBER, ITEMS, CURSOR].contains(&name.as_str()));
        let part = &mut self.query.page;
        part.limit = items.map_or(Part::DEFAULT_LIMIT, |text| nearest(&text, Part::DEFAULT_LIMIT, Part::MAX_LIMIT));
        let number = number.map(|text| nearest(&text, 1, LAST_NUMBER));
        let position = self.cursor.as_deref().map(|cursor| Position::from_cursor(cursor, &self.query));
        match position {
            Some(Ok(position)) => {
                self.query.page.start = Start::After(position);
                self.number = number;
            }
            None => self.turn_to(number.unwrap_or(1)),
            Some(Err(_)) => self.ignore_cursor(number.unwrap_or(1)),
        }
        self
    }

    /// Goes to the page with this number, as far as there are numbers.
    pub fn turn_to(&mut self, number: u32) {
        let number = number.clamp(1, self.last_number());
        self.number = Some(number);
        self.query.page.start = Start::Offset((number - 1) * self.items());
    }

    /// Goes to the page with this number, because that of the cursor is not of this list.
    pub fn ignore_cursor(&mut self, number: u32) {
        self.cursor = None;
        self.ignored.push(Ignored { name: CURSOR.to_owned(), code: INVALID_VALUE, meant: None });
        self.turn_to(number);
    }

    /// How many movies a page has.
    pub fn items(&self) -> u32 {
        self.query.page.limit
    }

    /// The last page that has a number.
    pub fn last_number(&self) -> u32 {
        Part::MAX_OFFSET / self.items() + 1
    }

    /// The value of a condition as it was given.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.given.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// The address of the page with this number.
    pub fn page(&self, number: u32) -> String {
        match number {
            1 => self.url(&[], &[]),
            number => self.url(&[], &[(NUMBER, &number.to_string())]),
        }
    }

    /// The address of the page at a cursor.
    pub fn page_at(&self, cursor: &str) -> String {
        match self.number {
            Some(number) => {
                let next = number.saturating_add(1).to_string();
                self.url(&[], &[(NUMBER, &next), (CURSOR, cursor)])
            }
            None => self.url(&[], &[(CURSOR, cursor)]),
        }
    }

    /// The address of the first page of another list: with other values of these conditions.
    pub fn with(&self, replaced: &[(&str, Option<&str>)]) -> String {
        self.url(replaced, &[])
    }

    /// The address of the list without any condition.
    pub fn without_conditions(&self) -> String {
        let others: Vec<_> = self.given.iter().filter(|(name, _)| name != "sort").collect();
        let replaced: Vec<_> = others.iter().map(|(name, _)| (name.as_str(), None)).collect();
        self.url(&replaced, &[])
    }

    fn url(&self, replaced: &[(&str, Option<&str>)], more: &[(&str, &str)]) -> String {
        let items = self.items().to_string();
        let items = (self.items() != Part::DEFAULT_LIMIT).then_some((ITEMS, items.as_str()));
        let parameters = replace(&self.given, replaced).into_iter().chain(items).chain(more.iter().copied());
        parameters::url(LISTING, parameters)
    }

    /// The request to the API that has the same movies in the same order.
    pub fn api_url(&self) -> String {
        let limit = self.items().to_string();
        let (name, start) = match (&self.query.page.start, &self.cursor) {
            (Start::After(_), Some(cursor)) => ("cursor", cursor.clone()),
            (Start::Offset(offset), _) => ("offset", offset.to_string()),
            (Start::After(_), None) => ("offset", "0".to_owned()),
        };
        parameters::url(
            MOVIES,
            replace(&self.given, &[]).into_iter().chain([("limit", limit.as_str()), (name, start.as_str())]),
        )
    }
}

/// The parameters, some with other values or none; what is new comes last.
fn replace<'a>(given: &'a [(String, String)], replaced: &[(&'a str, Option<&'a str>)]) -> Vec<(&'a str, &'a str)> {
    let given = given.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let kept = given.clone().filter_map(|(name, value)| match replaced.iter().find(|(other, _)| *other == name) {
        Some((_, new)) => new.map(|new| (name, new)),
        None => Some((name, value)),
    });
    let is_new = |name: &str| given.clone().all(|(other, _)| other != name);
    let new = replaced.iter().filter(|(name, _)| is_new(name)).filter_map(|(name, value)| Some((*name, (*value)?)));
    kept.chain(new).collect()
}

impl Ignored {
    fn new(error: ParameterError, known: &[&'static str]) -> Self {
        let ParameterError { field, code, .. } = error;
        let meant = (code == "unknown_parameter").then(|| most_similar(&field, known)).flatten();
        Self { name: field.chars().take(60).collect(), code, meant }
    }
}

/// The number from 1 to `last` that is nearest to what is written; `usual` where no number is.
fn nearest(text: &str, usual: u32, last: u32) -> u32 {
    match text.trim().parse::<f64>() {
        Ok(number) if !number.is_nan() => number.clamp(1.0, f64::from(last)) as u32,
        _ => usual,
    }
}

#[cfg(test)]
mod tests {
    use domain::query::{MovieFilter, SortField};

    use super::*;

    fn ignored(query: &str) -> Vec<(String, &'static str)> {
        ListQuery::read(query).ignored.into_iter().map(|ignored| (ignored.name, ignored.code)).collect()
    }

    #[test]
    fn bad_numbers_become_the_nearest_good_ones() {
        for (query, number, items) in [
            ("", 1, 20),
            ("p=3&items=50", 3, 50),
            ("p=0&items=0", 1, 1),
            ("p=-7&items=-7", 1, 1),
            ("p=abc&items=abc", 1, 20),
            ("p=&items=", 1, 20),
            ("p=nan&items=inf", 1, 100),
            ("p=2.9&items=15.5", 2, 15),
            ("p=99999999999999999999&items=100000", 101, 100),
            ("p=%201&items=+20", 1, 20),
        ] {
            let list = ListQuery::read(query);
            assert_eq!((list.number, list.items()), (Some(number), items), "{query}");
            assert_eq!(list.query.page.start, Start::Offset((number - 1) * items), "{query}");
            assert_eq!(list.ignored, [], "{query}");
        }
        assert_eq!(ListQuery::read("p=1000000").number, Some(501));
    }

    #[test]
    fn what_is_not_understood_is_left_out_and_the_rest_holds() {
        let list =
            ListQuery::read("q=star&year.gte=x&colour=red&sort=nonsense&genre=Drama&lang=de&name=%FF&genres=War");
        assert_eq!((list.query.filter.q.as_deref(), list.query.filter.genres.len()), (Some("star"), 1));
        assert_eq!((list.query.filter.ranges.len(), list.query.sort.len()), (0, 0));
        let names: Vec<_> = list.ignored.iter().map(|ignored| ignored.name.as_str()).collect();
        assert_eq!(names, ["name", "year.gte", "sort", "colour", "genres"]);
        assert_eq!(list.ignored[4].meant, Some("genre"));
        assert_eq!(list.with(&[]), "/listing?q=star&genre=Drama");
        assert_eq!(
            ignored("q=a&q=b&p=1&p=2"),
            [("p".to_owned(), "repeated_parameter"), ("q".to_owned(), "repeated_parameter")]
        );
        let many = "x=1&".repeat(200);
        assert_eq!(ignored(&many), [(String::new(), "too_many_parameters")]);
        assert_eq!(ignored("cursor=zzz"), [("cursor".to_owned(), INVALID_VALUE)]);
        assert_eq!(ignored("%FF=1&%=&=&&==&a"), [(String::new(), "invalid_encoding")]);
    }

    #[test]
    fn empty_fields_of_a_form_are_no_conditions() {
        let list =
            ListQuery::read("q=&name=&director=&imdb_score.gte=&imdb_score.lte=&year.gte=&year.lte=&sort=&items=20");
        assert_eq!((list.query.filter, list.ignored), (MovieFilter::default(), vec![]));
    }

    #[test]
    fn addresses_say_what_differs_from_the_usual() {
        let list = ListQuery::read("items=50&sort=-year&genre=Drama&p=3&q=a%26b");
        assert_eq!(list.query.sort[0].field, SortField::Year);
        assert_eq!(list.page(1), "/listing?sort=-year&genre=Drama&q=a%26b&items=50");
        assert_eq!(list.page(4), "/listing?sort=-year&genre=Drama&q=a%26b&items=50&p=4");
        assert_eq!(list.page_at("xyz"), "/listing?sort=-year&genre=Drama&q=a%26b&items=50&p=4&cursor=xyz");
        assert_eq!(list.with(&[("genre", Some("War,Drama"))]), "/listing?sort=-year&genre=War,Drama&q=a%26b&items=50");
        assert_eq!(list.with(&[("genre", None), ("name", Some("x"))]), "/listing?sort=-year&q=a%26b&name=x&items=50");
        assert_eq!(list.without_conditions(), "/listing?sort=-year&items=50");
        assert_eq!(list.api_url(), "/api/v1/movies?sort=-year&genre=Drama&q=a%26b&limit=50&offset=100");
        assert_eq!(ListQuery::read("").page(1), "/listing");
    }

    #[test]
    fn a_cursor_belongs_to_its_list() {
        let list = ListQuery::read("genre=Drama");
        let position =
            Position { keys: vec![domain::query::SortValue::Number(1.0)], id: domain::movie::MovieId(3), reach: 0 };
        let cursor = position.to_cursor(&list.query).unwrap();
        let next = ListQuery::read(&format!("genre=Drama&p=502&cursor={cursor}"));
        assert_eq!((&next.query.page.start, next.number), (&Start::After(position), Some(502)));
        assert_eq!(next.api_url(), format!("/api/v1/movies?genre=Drama&limit=20&cursor={cursor}"));
        let other = ListQuery::read(&format!("genre=War&p=3&cursor={cursor}"));
        assert_eq!((other.query.page.start, other.ignored.len()), (Start::Offset(40), 1));
    }
}
