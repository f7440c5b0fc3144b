//! From parameters to the movies that are asked for: filter and order.

use super::{
    Limit, MovieFilter, NumberField, Range, Sort, SortField,
    parameters::{INVALID_VALUE, Parameters, Refusal},
};
use crate::{text, time::Timestamp};

/// The most characters of one text to search for.
pub const MAX_TEXT_CHARS: usize = 1_000;
/// The most words of one text to search for: each costs a look into the index.
pub const MAX_WORDS: usize = 50;
/// The most genres of one condition.
const MAX_GENRES: usize = 50;

const TOO_LONG: &str = "too_long";

/// The names of the four limits of each range.
struct RangeNames {
    field: NumberField,
    /// `.gte`, `.gt`, `.lte`, `.lt`
    names: [&'static str; 4],
}

macro_rules! range {
    ($field:ident, $name:literal) => {
        RangeNames {
            field: NumberField::$field,
            names: [concat!($name, ".gte"), concat!($name, ".gt"), concat!($name, ".lte"), concat!($name, ".lt")],
        }
    };
}

const RANGES: [RangeNames; 7] = [
    range!(Score, "imdb_score"),
    range!(Popularity, "popularity"),
    range!(Year, "year"),
    range!(Runtime, "runtime_minutes"),
    range!(Votes, "votes"),
    range!(CreatedAt, "created_at"),
    range!(UpdatedAt, "updated_at"),
];

const SORT_KEYS: [(&str, SortField); 11] = [
    ("relevance", SortField::Relevance),
    ("popularity", SortField::Popularity),
    ("imdb_score", SortField::Score),
    ("name", SortField::Name),
    ("director", SortField::Director),
    ("year", SortField::Year),
    ("runtime_minutes", SortField::Runtime),
    ("votes", SortField::Votes),
    ("created_at", SortField::CreatedAt),
    ("updated_at", SortField::UpdatedAt),
    ("id", SortField::Id),
];

/// The conditions, which a list of movies takes and everything else that works on the same movies.
pub fn filter(parameters: &mut Parameters) -> MovieFilter {
    MovieFilter {
        q: q(parameters),
        search: search_terms(parameters),
        name: searched(parameters, "name", text::words).map(|(text, _)| text),
        director: searched(parameters, "director", text::words).map(|(text, _)| text),
        genres: genres(parameters, "genre"),
        without_genres: genres(parameters, "genre.not").into_iter().flatten().collect(),
        ranges: RANGES.iter().flat_map(|range| ranges(parameters, range)).collect(),
    }
}

/// The terms of the older grammar.
pub fn search_terms(parameters: &mut Parameters) -> Vec<String> {
    searched(parameters, "search", MovieFilter::split_search).map(|(_, terms)| terms).unwrap_or_default()
}

/// The parameter `q`: a text to search for.
pub fn q(parameters: &mut Parameters) -> Option<String> {
    searched(parameters, "q", text::words).map(|(text, _)| text)
}

/// A text to search for, within its limits, and what the index will look for: the words that `split` makes of it.
fn searched(
    parameters: &mut Parameters,
    name: &'static str,
    split: fn(&str) -> Vec<String>,
) -> Option<(String, Vec<String>)> {
    let text = parameters.text(name)?;
    if text.chars().count() > MAX_TEXT_CHARS {
        parameters.refuse(name, TOO_LONG, format!("the text has more than {MAX_TEXT_CHARS} characters"));
        return None;
    }
    let words = split(&text);
    if words.len() > MAX_WORDS {
        parameters.refuse(name, TOO_LONG, format!("the text has more than {MAX_WORDS} words"));
        return None;
    }
    Some((text, words))
}

/// Groups of genres, separated by `,`; the names of a group are separated by `|`.
fn genres(parameters: &mut Parameters, name: &'static str) -> Vec<Vec<String>> {
    let Some(text) = parameters.text(name) else { return Vec::new() };
    let names = |group: &str| -> Vec<String> {
        group.split('|').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
    };
    let groups: Vec<_> = text.split(',').map(names).filter(|group| !group.is_empty()).collect();
    if groups.iter().map(Vec::len).sum::<usize>() > MAX_GENRES {
        parameters.refuse(name, TOO_LONG, format!("more than {MAX_GENRES} genres are given"));
    }
    groups
}

/// The ranges of one number: one, or two where a side is limited twice.
fn ranges(parameters: &mut Parameters, range: &RangeNames) -> Vec<Range> {
    let is_time = matches!(range.field, NumberField::CreatedAt | NumberField::UpdatedAt);
    let read = if is_time { time } else { number };
    let [gte, gt, lte, lt] = range.names.map(|name| parameters.parsed(name, read));
    let inclusive = |value: Option<f64>| value.map(|value| Limit { value, inclusive: true });
    let exclusive = |value: Option<f64>| value.map(|value| Limit { value, inclusive: false });
    let first = (inclusive(gte).or(exclusive(gt)), inclusive(lte).or(exclusive(lt)));
    let second = (gte.and(exclusive(gt)), lte.and(exclusive(lt)));
    [first, second]
        .into_iter()
        .filter(|(min, max)| min.is_some() || max.is_some())
        .map(|(min, max)| Range { field: range.field, min, max })
        .collect()
}

fn number(text: &str) -> Result<f64, Refusal> {
    // `parse` also takes "NaN", "inf" and "infinity".
    let is_decimal = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.' | b'e' | b'E'));
    match text.parse::<f64>() {
        Ok(number) if is_decimal && number.is_finite() => Ok(number),
        Ok(_) if is_decimal => Err(("out_of_range", "the number is too large".to_owned())),
        _ => Err((INVALID_VALUE, "a number such as 7 or 7.5 is expected".to_owned())),
    }
}

fn time(text: &str) -> Result<f64, Refusal> {
    // In a query string `+` stands for a space: the offset `+01:00` arrives as ` 01:00`.
    let text = match text.rfind(' ') {
        Some(at) if at > "2026-01-02".len() => format!("{}+{}", &text[..at], &text[at + 1..]),
        _ => text.to_owned(),
    };
    match text.parse::<Timestamp>() {
        // Exact: the years 1 to 9999 have fewer than 2^53 seconds.
        Ok(time) => Ok(time.unix() as f64 + fraction(&text)),
        Err(error) => Err((INVALID_VALUE, error.to_string())),
    }
}

/// The part of a time that is less than a second: movies have none, so `05.5` is after `05`.
fn fraction(time: &str) -> f64 {
    let Some((_, rest)) = time.split_once(['.', ',']) else { return 0.0 };
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    format!("0.{digits}").parse().unwrap_or(0.0)
}

/// The order.
pub fn sort(parameters: &mut Parameters) -> Vec<Sort> {
    parameters.parsed("sort", order).unwrap_or_default()
}

/// The order that is written as `-imdb_score,name`.
pub fn order(text: &str) -> Result<Vec<Sort>, Refusal> {
    let refuse = |detail: String| Err((INVALID_VALUE, detail));
    let mut order: Vec<Sort> = Vec::new();
    for key in text.split(',').map(str::trim) {
        let (name, descending) = key.strip_prefix('-').map_or((key, false), |name| (name, true));
        let Some((_, field)) = SORT_KEYS.iter().find(|(known, _)| *known == name) else {
            let known = SORT_KEYS.map(|(name, _)| name).join(", ");
            return refuse(format!("{key:?} is no sort key; the keys are {known}"));
        };
        if order.iter().any(|sort| sort.field == *field) {
            return refuse(format!("the key {name:?} is given more than once"));
        }
        let by_relevance = *field == SortField::Relevance;
        if by_relevance && descending {
            return refuse("relevance is always best first: it takes no '-'".to_owned());
        }
        order.push(Sort { field: *field, descending: descending || by_relevance });
    }
    Ok(order)
}

#[cfg(test)]
mod tests {
    use super::{super::MovieQuery, *};
    use crate::query::parameters::QueryErrors;

    fn read(query: &str) -> Result<MovieQuery, QueryErrors> {
        let mut parameters = Parameters::read(query);
        let query = MovieQuery { filter: filter(&mut parameters), sort: sort(&mut parameters), ..Default::default() };
        parameters.finish(false).map(|_| query)
    }

    fn refused(query: &str) -> Vec<(String, &'static str)> {
        let errors = read(query).unwrap_err();
        errors.errors.into_iter().map(|error| (error.field, error.code)).collect()
    }

    fn limit_at(value: f64, inclusive: bool) -> Option<Limit> {
        Some(Limit { value, inclusive })
    }

    #[test]
    fn texts_and_terms_are_read() {
        let filter = read("q=star%20wars&name=Am%C3%A9lie&director=jeunet&search=the,+john,70").unwrap().filter;
        assert_eq!(filter.q.as_deref(), Some("star wars"));
        assert_eq!(filter.name.as_deref(), Some("Amélie"));
        assert_eq!(filter.director.as_deref(), Some("jeunet"));
        assert_eq!(filter.search, ["the", "john", "70"]);
    }

    #[test]
    fn genres_are_groups_of_alternatives() {
        let filter = read("genre=Drama,War|Sci-Fi%7C,+Film-Noir&genre.not=Horror,Comedy|X").unwrap().filter;
        assert_eq!(filter.genres, [vec!["Drama"], vec!["War", "Sci-Fi"], vec!["Film-Noir"]]);
        assert_eq!(filter.without_genres, ["Horror", "Comedy", "X"]);
    }

    #[test]
    fn every_number_has_a_range() {
        for name in RANGES.iter().flat_map(|range| range.names) {
            let value = if name.contains("_at.") { "2026-01-02T03:04:05Z" } else { "7.5" };
            let filter = read(&format!("{name}={value}")).unwrap().filter;
            assert_eq!(filter.ranges.len(), 1, "{name}");
            assert_eq!(refused(&format!("{name}=x")), [(name.to_owned(), INVALID_VALUE)]);
        }
    }

    #[test]
    fn ranges_combine_their_limits() {
        let filter = read("year.gte=1970&year.lt=1980&imdb_score.gt=8.5").unwrap().filter;
        assert_eq!(
            filter.ranges,
            [
                Range { field: NumberField::Score, min: limit_at(8.5, false), max: None },
                Range { field: NumberField::Year, min: limit_at(1970.0, true), max: limit_at(1980.0, false) },
            ]
        );
        let filter = read("votes.gte=1&votes.gt=2&votes.lte=9").unwrap().filter;
        assert_eq!(
            filter.ranges,
            [
                Range { field: NumberField::Votes, min: limit_at(1.0, true), max: limit_at(9.0, true) },
                Range { field: NumberField::Votes, min: limit_at(2.0, false), max: None },
            ]
        );
    }

    #[test]
    fn times_are_read_with_every_offset() {
        for time in [
            "2026-01-02T03:04:05Z",
            "2026-01-02T04:04:05%2B01:00",
            "2026-01-02T04:04:05+01:00",
            "2026-01-02T02:04:05-01:00",
        ] {
            let filter = read(&format!("created_at.gte={time}")).unwrap().filter;
            assert_eq!(filter.ranges[0].min, limit_at(1_767_323_045.0, true), "{time}");
        }
        let filter = read("created_at.gte=2026-01-02T03:04:05.25Z").unwrap().filter;
        assert_eq!(filter.ranges[0].min, limit_at(1_767_323_045.25, true));
        for bad in ["2026-01-02", "2026-13-02T03:04:05Z", "yesterday", "1767323045", "+", ""] {
            assert_eq!(refused(&format!("created_at.gte={bad}"))[0].0, "created_at.gte", "{bad}");
        }
    }

    #[test]
    fn only_finite_decimals_are_numbers() {
        for good in ["7", "7.5", "-1", ".5", "1e3", "0"] {
            assert!(read(&format!("votes.gte={good}")).is_ok(), "{good}");
        }
        for bad in ["NaN", "inf", "-inf", "infinity", "", "seven", "0x10", "1,5", "--1", "1e999"] {
            assert_eq!(refused(&format!("votes.gte={bad}"))[0].0, "votes.gte", "{bad}");
        }
    }

    #[test]
    fn an_order_is_a_list_of_keys() {
        let by = |field, descending| Sort { field, descending };
        assert_eq!(
            read("sort=-imdb_score,name").unwrap().sort,
            [by(SortField::Score, true), by(SortField::Name, false)]
        );
        assert_eq!(read("q=star&sort=relevance").unwrap().order(), read("q=star").unwrap().order());
        for (name, field) in SORT_KEYS.into_iter().skip(1) {
            assert_eq!(read(&format!("sort={name}")).unwrap().sort, [by(field, false)]);
            assert_eq!(read(&format!("sort=-{name}")).unwrap().sort, [by(field, true)]);
        }
        for bad in ["", ",", "name,", "name,-name", "-relevance", "--name", "Name", "genre"] {
            assert_eq!(refused(&format!("sort={bad}")), [("sort".to_owned(), INVALID_VALUE)]);
        }
    }

    #[test]
    fn searches_are_bounded() {
        let words = |n: usize| (0..n).map(|i| i.to_string()).collect::<Vec<_>>().join("+");
        // One character, and four words for the index: the first is another one each time.
        let folded = |n: usize| (0..n).map(|i| format!("{i}%EF%B7%BA")).collect::<String>();
        for name in ["q", "name", "director", "search"] {
            assert!(read(&format!("{name}={}", words(MAX_WORDS))).is_ok());
            for bad in [words(MAX_WORDS + 1), folded(MAX_WORDS), "x".repeat(MAX_TEXT_CHARS + 1)] {
                assert_eq!(refused(&format!("{name}={bad}")), [(name.to_owned(), TOO_LONG)]);
            }
        }
        assert_eq!(read(&format!("search={}", "a+".repeat(MAX_WORDS + 1))).unwrap().filter.search, ["a"]);
        for name in ["genre", "genre.not"] {
            let many = vec!["x"; MAX_GENRES + 1].join("|");
            assert_eq!(refused(&format!("{name}={many}")), [(name.to_owned(), TOO_LONG)]);
        }
    }
}
