//! From a query string to what the catalogue is asked for.

use domain::query::{
    Facet, MovieQuery, Page, Position, Start,
    conditions::{filter, sort},
};
use ingest::export::Fields;

use super::{
    listing::{OFFSET_OR_CURSOR, limit, offset},
    parameters::{Given, INVALID_VALUE, Parameters, QueryErrors},
    prefer::Prefer,
};

/// What `GET /movies` was asked for.
#[derive(Debug, PartialEq)]
pub struct MovieRequest {
    /// The list.
    pub query: MovieQuery,
    /// What is shown of each movie.
    pub fields: Fields,
    /// Whether it is shown where words were found.
    pub highlight: bool,
    /// The parameters as given.
    pub given: Given,
}

impl MovieRequest {
    /// Reads a query string; reports everything that is wrong with it.
    pub fn read(query_string: &str, prefer: Prefer) -> Result<Self, QueryErrors> {
        let mut parameters = Parameters::read(query_string);
        let filter = filter(&mut parameters);
        let sort = sort(&mut parameters);
        let limit = parameters.parsed("limit", |text| limit(text, Page::MAX_LIMIT)).unwrap_or(Page::DEFAULT_LIMIT);
        let offset = parameters.parsed("offset", offset);
        let cursor = parameters.value("cursor");
        let fields = Fields::read(&mut parameters);
        let facets = Facet::read(&mut parameters);
        let highlight = parameters.flag("highlight");
        let mut query = MovieQuery {
            filter,
            sort,
            page: Page { limit, start: Start::Offset(offset.unwrap_or(0)) },
            count: prefer.count.unwrap_or_default(),
            facets,
        };
        match cursor {
            Some(_) if offset.is_some() => parameters.refuse("cursor", INVALID_VALUE, OFFSET_OR_CURSOR),
            // A cursor belongs to a filter and an order: where these are wrong there is nothing to compare it with.
            Some(cursor) if parameters.are_valid() => match Position::from_cursor(&cursor, &query) {
                Ok(position) => query.page.start = Start::After(position),
                Err(error) => {
                    parameters.refuse("cursor", INVALID_VALUE, error.to_string());
                }
            },
            _ => {}
        }
        Ok(Self { query, fields, highlight, given: parameters.finish(prefer.lenient)? })
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        movie::MovieId,
        query::{CountMode, SortValue},
    };

    use super::*;

    fn read(query: &str) -> Result<MovieQuery, QueryErrors> {
        MovieRequest::read(query, Prefer::default()).map(|request| request.query)
    }

    fn refused(query: &str) -> Vec<(String, &'static str)> {
        let errors = read(query).unwrap_err();
        errors.errors.into_iter().map(|v| (v.field, v.code)).collect()
    }

    #[test]
    fn nothing_asked_for_is_the_first_page_of_everything() {
        for query in ["", "q=", "q=+", "genre=", "search=&name=&director=&genre.not=", "limit=20&offset=0"] {
            assert_eq!(read(query).unwrap(), MovieQuery::default(), "{query}");
        }
    }

    #[test]
    fn page_sizes_have_limits() {
        for (text, expected) in [("1", 1), ("100", 100), ("101", 100), ("99999999999999999999", 100)] {
            assert_eq!(read(&format!("limit={text}")).unwrap().page.limit, expected);
        }
        assert_eq!(read("offset=10000").unwrap().page.start, Start::Offset(10_000));
        for (bad, code) in [
            ("limit=0", "out_of_range"),
            ("limit=-1", INVALID_VALUE),
            ("limit=1.5", INVALID_VALUE),
            ("limit=ten", INVALID_VALUE),
            ("limit=", INVALID_VALUE),
            ("offset=10001", "out_of_range"),
            ("offset=99999999999999999999", "out_of_range"),
            ("offset=-1", INVALID_VALUE),
            ("offset=", INVALID_VALUE),
        ] {
            let field = bad.split('=').next().unwrap().to_owned();
            assert_eq!(refused(bad), [(field, code)], "{bad}");
        }
        assert!(read("offset=10001").unwrap_err().errors[0].detail.contains("cursor"));
    }

    #[test]
    fn a_cursor_continues_its_own_list_alone() {
        let position = Position { keys: vec![SortValue::Number(88.0)], id: MovieId(3), reach: 0 };
        let cursor = position.to_cursor(&read("genre=Drama").unwrap()).unwrap();
        let start = read(&format!("genre=Drama&limit=5&cursor={cursor}")).unwrap().page.start;
        assert_eq!(start, Start::After(position));
        for bad in [
            format!("genre=War&cursor={cursor}"),
            format!("genre=Drama&sort=name&cursor={cursor}"),
            format!("genre=Drama&offset=0&cursor={cursor}"),
            "cursor=x".to_owned(),
            "cursor=".to_owned(),
        ] {
            assert_eq!(refused(&bad), [("cursor".to_owned(), INVALID_VALUE)], "{bad}");
        }
    }

    #[test]
    fn facets_and_highlights_are_no_conditions() {
        let request = MovieRequest::read("facets=decade,genre&highlight=true", Prefer::default()).unwrap();
        assert_eq!((request.query.facets, request.highlight), (vec![Facet::Decade, Facet::Genre], true));
        assert!(!MovieRequest::read("highlight=false", Prefer::default()).unwrap().highlight);
        let position = Position { keys: vec![SortValue::Number(88.0)], id: MovieId(3), reach: 0 };
        let cursor = position.to_cursor(&read("facets=genre").unwrap()).unwrap();
        assert!(read(&format!("highlight=true&cursor={cursor}")).is_ok());
        for bad in ["facets=year", "facets=", "highlight=", "highlight=yes"] {
            assert_eq!(refused(bad)[0].0, bad.split('=').next().unwrap(), "{bad}");
        }
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let refused = refused("q=%FF&year.gte=x&sort=x&limit=0&offset=-1&genres=Drama");
        let fields: Vec<_> = refused.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["q", "year.gte", "sort", "limit", "offset", "genres"]);
    }

    #[test]
    fn preferences_are_taken_over() {
        let prefer = Prefer { count: Some(CountMode::None), lenient: true };
        let request = MovieRequest::read("colour=red", prefer).unwrap();
        assert_eq!(request.query.count, CountMode::None);
    }
}
