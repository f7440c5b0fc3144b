//! What a list of movies can be asked for: filter, sort, page, cursor.
//!
//! [`parameters`] reads query strings, and [`conditions`] makes filters and orders of them.

pub mod conditions;
mod facets;
pub mod parameters;

use std::{
    hash::{Hash, Hasher},
    ops::Deref,
    sync::{Arc, OnceLock},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

pub use self::facets::{Facet, FacetCounts, FacetValue, Groups};
use crate::{
    error::{Error, Result},
    matching::Reach,
    movie::{Movie, MovieId},
    text,
};

/// A list of movies: which, in which order, from where, how many.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MovieQuery {
    /// Which movies.
    pub filter: MovieFilter,
    /// The order; empty means the default of [`MovieQuery::order`].
    pub sort: Vec<Sort>,
    /// The part of the list.
    pub page: Page,
    /// How far to count.
    pub count: CountMode,
    /// What else to count, whatever the part of the list; none twice.
    pub facets: Vec<Facet>,
}

impl MovieQuery {
    /// The order in force: what was asked for, else relevance where words are searched, else the most popular first.
    /// The id, ascending, always settles ties.
    pub fn order(&self) -> Vec<Sort> {
        if !self.sort.is_empty() {
            return self.sort.clone();
        }
        let field = if self.filter.has_words() { SortField::Relevance } else { SortField::Popularity };
        vec![Sort { field, descending: true }]
    }

    /// A number that two queries share if a cursor of one can be used with the other: they have the same filter and
    /// the same order.
    fn fingerprint(&self) -> Result<u64> {
        let text = serde_json::to_vec(&(&self.filter, self.order())).map_err(|e| Error::Internal(e.into()))?;
        let digest = Sha256::digest(&text);
        Ok(digest.iter().take(8).fold(0, |n, byte| n << 8 | u64::from(*byte)))
    }
}

/// Which movies. All conditions must hold; an empty filter is all movies.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize)]
pub struct MovieFilter {
    /// Words to find in names, directors and genres; every one must match.
    pub q: Option<String>,
    /// Words to find in names.
    pub name: Option<String>,
    /// Words to find in directors.
    pub director: Option<String>,
    /// The older grammar's terms: each must occur anywhere inside the text of a name, director or genre, or, if it is
    /// a number, be the popularity or the score to the digits given. [`MovieFilter::split_search`] makes them.
    pub search: Vec<String>,
    /// Names of genres, case aside: of each group the movie has at least one. A name that no genre has matches nothing.
    pub genres: Vec<Vec<String>>,
    /// Names of genres, case aside: the movie has none of them.
    pub without_genres: Vec<String>,
    /// Ranges of numbers. A movie without the value is in no range.
    pub ranges: Vec<Range>,
}

impl MovieFilter {
    /// Whether words are searched, so that some matches are better than others.
    pub fn has_words(&self) -> bool {
        self.q.is_some() || self.name.is_some() || self.director.is_some()
    }

    /// Splits the text of the older grammar into its terms: at white space and commas. They are folded, and none is
    /// there twice.
    pub fn split_search(text: &str) -> Vec<String> {
        let mut terms: Vec<String> = Vec::new();
        // Folded first, because some characters fold to several words.
        for term in text::folded(text).split(|c: char| c == ',' || c.is_whitespace()) {
            if !term.is_empty() && !terms.iter().any(|other| other == term) {
                terms.push(term.to_owned());
            }
        }
        terms
    }
}

/// The numbers that movies can be filtered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum NumberField {
    /// `imdb_score`.
    Score,
    /// `popularity`.
    Popularity,
    /// `year`.
    Year,
    /// `runtime_minutes`.
    Runtime,
    /// `votes`.
    Votes,
    /// `created_at`, in seconds since the Unix epoch.
    CreatedAt,
    /// `updated_at`, in seconds since the Unix epoch.
    UpdatedAt,
}

/// A condition on one number: within both limits, where given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Range {
    /// Which number.
    pub field: NumberField,
    /// The lower limit.
    pub min: Option<Limit>,
    /// The upper limit.
    pub max: Option<Limit>,
}

impl Range {
    /// Whether `number` is within the limits.
    pub fn contains(&self, number: f64) -> bool {
        self.min.is_none_or(|min| number > min.value || (min.inclusive && number == min.value))
            && self.max.is_none_or(|max| number < max.value || (max.inclusive && number == max.value))
    }
}

/// One end of a range.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Limit {
    /// The number; finite.
    pub value: f64,
    /// Whether the number itself is in the range.
    pub inclusive: bool,
}

// A finite number equals itself.
impl Eq for Limit {}

impl Hash for Limit {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // The two zeros are equal.
        (self.value + 0.0).to_bits().hash(state);
        self.inclusive.hash(state);
    }
}

/// What a list can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are those of `Movie`")]
pub enum SortField {
    /// How well the words match; best first, the most popular first among equals.
    Relevance,
    Popularity,
    Score,
    Name,
    Director,
    Year,
    Runtime,
    Votes,
    CreatedAt,
    UpdatedAt,
    Id,
}

/// One key of an order. Movies without the value come last in both directions. Texts are compared without case and
/// accents first, then as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sort {
    /// By what.
    pub field: SortField,
    /// The largest first. [`SortField::Relevance`] is always best first.
    pub descending: bool,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The most items: at least 1. Who speaks HTTP grants up to [`Page::MAX_LIMIT`].
    pub limit: u32,
    /// Where it begins.
    pub start: Start,
}

impl Page {
    /// The most items of one page.
    pub const MAX_LIMIT: u32 = 100;
    /// The items of a page where nobody says otherwise.
    pub const DEFAULT_LIMIT: u32 = 20;
    /// The farthest page that can be reached by its number; beyond it there are cursors.
    pub const MAX_OFFSET: u32 = 10_000;
}

impl Default for Page {
    fn default() -> Self {
        Self { limit: Self::DEFAULT_LIMIT, start: Start::Offset(0) }
    }
}

/// A part of a list in the order of ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdPage {
    /// The most items: at least 1.
    pub limit: u32,
    /// Items with greater ids alone: the id at which another page ended, or 0.
    pub after: u64,
    /// How many of those to leave out.
    pub skip: u32,
}

/// A part of a list in the order of ids, found.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed<T> {
    /// The items.
    pub items: Vec<T>,
    /// How many there are in all.
    pub total: u64,
    /// Whether there are more after these.
    pub more: bool,
}

impl<T> Listed<T> {
    /// The part `page` of a list, from `items`, of which there may be one more than the page takes.
    pub fn new(mut items: Vec<T>, total: u64, page: IdPage) -> Self {
        let limit = page.limit as usize;
        let more = items.len() > limit;
        items.truncate(limit);
        Self { items, total, more }
    }
}

/// Where a page begins.
#[derive(Debug, Clone, PartialEq)]
pub enum Start {
    /// After so many items: 0 to [`Page::MAX_OFFSET`].
    Offset(u32),
    /// After the item at which another page ended.
    After(Position),
}

/// The place of one movie in an order: the values of its sort keys, and its id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// One value for each key of [`MovieQuery::order`].
    pub keys: Vec<SortValue>,
    /// The movie's id, which settles ties.
    pub id: MovieId,
    /// How far words were stretched to find enough, 0 being not at all: the same on all pages of one walk, so that
    /// they are pages of one list even where the catalogue changes between them.
    #[serde(default)]
    pub reach: u8,
}

/// The value of one sort key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum SortValue {
    /// The movie has none.
    #[serde(rename = "-")]
    Missing,
    /// A number.
    #[serde(rename = "n")]
    Number(f64),
    /// A relevance: the rank, 0 being the best, and the popularity, which decides among equals.
    #[serde(rename = "r")]
    Rank(u32, Option<f64>),
    /// A text in the form in which the index compares it.
    #[serde(rename = "t")]
    Text(String),
}

/// The form in which a position travels: URL-safe and bound to one query.
#[derive(Serialize, Deserialize)]
struct Cursor(u64, Position);

impl Position {
    /// The opaque text for this place in the list of `query`.
    pub fn to_cursor(&self, query: &MovieQuery) -> Result<String> {
        let cursor = Cursor(query.fingerprint()?, self.clone());
        let json = serde_json::to_vec(&cursor).map_err(|e| Error::Internal(e.into()))?;
        Ok(URL_SAFE_NO_PAD.encode(json))
    }

    /// Reads what [`Position::to_cursor`] wrote for the same filter and order; anything else is
    /// [`Error::BadCursor`].
    pub fn from_cursor(cursor: &str, query: &MovieQuery) -> Result<Self> {
        let json = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| Error::BadCursor)?;
        let Cursor(fingerprint, position) = serde_json::from_slice(&json).map_err(|_| Error::BadCursor)?;
        if fingerprint != query.fingerprint()? || position.keys.len() != query.order().len() {
            return Err(Error::BadCursor);
        }
        Ok(position)
    }
}

/// How far the matches of a list are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CountMode {
    /// To the last.
    Exact,
    /// Exactly up to [`Total::ESTIMATE_LIMIT`].
    #[default]
    Estimated,
    /// Not at all.
    None,
}

/// How many movies a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Total {
    /// So many.
    Exact(u64),
    /// So many, or more.
    AtLeast(u64),
}

impl Total {
    /// Up to here, estimated counts are exact.
    pub const ESTIMATE_LIMIT: u64 = 10_000;
}

/// A part of a list, found.
#[derive(Debug, Clone)]
pub struct MoviePage {
    /// The movies, in order.
    pub movies: Vec<Arc<ListedMovie>>,
    /// How many there are in all; `None` where it was not asked for.
    pub total: Option<Total>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<Position>,
    /// The facets that were asked for, in that order.
    pub facets: Vec<FacetCounts>,
    /// How far words were stretched.
    pub reach: Reach,
    /// Where nothing is found: other texts for `q`, or `name` or `director`, with which something is, the best first.
    pub suggestions: Vec<String>,
}

/// A movie of a list, with room for its JSON: whoever shows lists makes that once, however many lists the movie is in.
#[derive(Debug)]
pub struct ListedMovie {
    movie: Movie,
    json: OnceLock<Box<RawValue>>,
}

impl ListedMovie {
    /// The movie's JSON as `render` makes it, which makes the same of the same movie each time.
    pub fn json(
        &self,
        render: impl FnOnce(&Movie) -> serde_json::Result<Box<RawValue>>,
    ) -> serde_json::Result<&RawValue> {
        match self.json.get() {
            Some(json) => Ok(json),
            None => {
                let json = render(&self.movie)?;
                Ok(self.json.get_or_init(|| json))
            }
        }
    }
}

impl From<Movie> for ListedMovie {
    fn from(movie: Movie) -> Self {
        Self { movie, json: OnceLock::new() }
    }
}

impl Deref for ListedMovie {
    type Target = Movie;

    fn deref(&self) -> &Movie {
        &self.movie
    }
}

/// A list of genres.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GenreQuery {
    /// Text to find inside names, without regard to case and accents.
    pub q: Option<String>,
    /// The order.
    pub sort: GenreSort,
}

/// The orders of a list of genres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GenreSort {
    /// By name, without regard to case and accents.
    #[default]
    Name,
    /// The genres of the most movies first, by name among equals.
    MostMovies,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(q: &str) -> MovieQuery {
        MovieQuery { filter: MovieFilter { q: Some(q.into()), ..Default::default() }, ..Default::default() }
    }

    #[test]
    fn a_cursor_is_read_back_for_its_own_query_alone() {
        let position = Position { keys: vec![SortValue::Number(8.8)], id: MovieId(3), reach: 0 };
        let cursor = position.to_cursor(&about("star")).unwrap();
        assert!(cursor.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        assert_eq!(Position::from_cursor(&cursor, &about("star")).unwrap(), position);

        let mut sorted = about("star");
        sorted.sort = vec![Sort { field: SortField::Year, descending: false }];
        for other in [about("wars"), sorted] {
            assert!(matches!(Position::from_cursor(&cursor, &other), Err(Error::BadCursor)));
        }
    }

    #[test]
    fn a_cursor_outlives_a_change_of_page_size() {
        let position = Position { keys: vec![SortValue::Missing], id: MovieId(3), reach: 0 };
        let mut query = about("star");
        let cursor = position.to_cursor(&query).unwrap();
        query.page.limit = 7;
        assert!(Position::from_cursor(&cursor, &query).is_ok());
    }

    #[test]
    fn damaged_cursors_are_refused() {
        let query = MovieQuery::default();
        for bad in ["", "x", "%%%", "bnVsbA", "W10", "WzEse31d"] {
            assert!(matches!(Position::from_cursor(bad, &query), Err(Error::BadCursor)), "{bad}");
        }
        let keys = vec![SortValue::Missing, SortValue::Missing];
        let too_many = Position { keys, id: MovieId(1), reach: 0 }.to_cursor(&query).unwrap();
        assert!(matches!(Position::from_cursor(&too_many, &query), Err(Error::BadCursor)));
    }

    #[test]
    fn words_are_sorted_by_relevance_and_the_rest_by_popularity() {
        assert_eq!(about("star").order()[0].field, SortField::Relevance);
        assert_eq!(MovieQuery::default().order()[0].field, SortField::Popularity);
    }

    #[test]
    fn ranges_know_open_and_closed_ends() {
        let limit = |value, inclusive| Some(Limit { value, inclusive });
        let range = Range { field: NumberField::Score, min: limit(7.0, true), max: limit(8.0, false) };
        assert!(range.contains(7.0) && range.contains(7.9) && !range.contains(8.0) && !range.contains(6.9));
        assert!(Range { field: NumberField::Score, min: None, max: None }.contains(0.0));
    }

    #[test]
    fn the_older_grammar_splits_at_commas_and_spaces() {
        assert_eq!(MovieFilter::split_search(" the,john\t70, ,7"), ["the", "john", "70", "7"]);
    }

    #[test]
    fn the_older_grammar_s_terms_are_folded_and_distinct() {
        assert_eq!(MovieFilter::split_search("The AMÉLIE the amelie"), ["the", "amelie"]);
        assert_eq!(MovieFilter::split_search("\u{fdfa}").len(), 4, "one character");
    }
}
