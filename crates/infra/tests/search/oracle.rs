//! The answer to a query, found by looking at every movie. Written for plainness, from the contract alone.

use std::{cmp::Ordering, collections::HashMap};

use domain::{
    movie::{Movie, MovieId},
    query::{MovieFilter, MovieQuery, NumberField, Sort, SortField},
    text::{case_folded, folded, words},
};

/// With fewer hits than this, further ways of finding words are tried.
const ENOUGH: usize = 20;

/// How a word of the query is found in a word of the movie, the best way first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Exact,
    Prefix,
    Typo,
    Inside,
}

/// Which ways are tried: each takes in those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// The last word may be the beginning of one.
    Near,
    /// Every word may.
    Far,
    Typo,
    Inside,
}

/// The fields.
const NAME: usize = 0;
const DIRECTOR: usize = 1;
const GENRE: usize = 2;

/// The ids of all movies that match, in order.
pub fn find<'a>(movies: impl Iterator<Item = &'a Movie>, query: &MovieQuery) -> Vec<MovieId> {
    ranked(movies, query).into_iter().map(|(_, id)| id).collect()
}

/// How many ranks [`ranked`] tells apart: a name that is the query, then each kind in each field.
pub const RANKS: u32 = 1 + 4 * 3;

/// The same with the rank of each, 0 being the best.
pub fn ranked<'a>(movies: impl Iterator<Item = &'a Movie>, query: &MovieQuery) -> Vec<(u32, MovieId)> {
    let judged = judged(movies, &query.filter);
    let mut found = at(&judged, reach(&judged));
    let order = query.order();
    found.sort_by(|a, b| {
        let keys = order.iter().map(|sort| compare(sort, *a, *b));
        keys.fold(Ordering::Equal, Ordering::then).then(a.1.id.cmp(&b.1.id))
    });
    found.into_iter().map(|(rank, movie)| (rank, movie.id)).collect()
}

/// The movies that match but for their words, and how these are found.
type AllJudged<'a> = Vec<(Judged, &'a Movie)>;

pub fn judged<'a>(movies: impl Iterator<Item = &'a Movie>, filter: &MovieFilter) -> AllJudged<'a> {
    let mut asked = Asked::new(filter);
    movies.filter(|movie| matches(movie, filter)).filter_map(|movie| Some((asked.judge(movie)?, movie))).collect()
}

/// How far is gone to find enough.
pub fn reach(judged: &AllJudged) -> Reach {
    let enough = |reach: &Reach| at(judged, *reach).len() >= ENOUGH;
    [Reach::Near, Reach::Far, Reach::Typo].into_iter().find(enough).unwrap_or(Reach::Inside)
}

/// What is found with their ranks, going so far.
pub fn at<'a>(judged: &AllJudged<'a>, reach: Reach) -> Vec<(u32, &'a Movie)> {
    judged.iter().filter_map(|(judged, movie)| Some((judged.rank(reach)?, *movie))).collect()
}

/// The words of a query.
struct Asked {
    words: Vec<Word>,
    /// The texts for names.
    names: Vec<String>,
    /// Whether a director without letters and digits is asked for, whom no movie has.
    nobody: bool,
}

/// A word of a query, and the ways in which it was found so far: most words are in many movies.
struct Word {
    text: String,
    /// Where it may be found, in the order of their weight.
    fields: &'static [usize],
    is_last: bool,
    is_first: bool,
    ways: HashMap<String, Option<(Kind, Reach)>>,
}

/// How the words of a query are found in a movie.
pub struct Judged {
    /// For each word, where it is found: the way, from which reach on, in which of its fields, the weightiest being 0.
    places: Vec<Vec<(Kind, Reach, usize)>>,
    /// Whether the query is the name.
    is_whole: bool,
}

impl Asked {
    fn new(filter: &MovieFilter) -> Self {
        let mut asked = Self { words: Vec::new(), names: Vec::new(), nobody: false };
        let fields: [(_, &[usize]); 3] =
            [(&filter.q, &[NAME, DIRECTOR, GENRE]), (&filter.name, &[NAME]), (&filter.director, &[DIRECTOR])];
        for (text, fields) in fields {
            let Some(text) = text.as_ref().filter(|text| !text.trim().is_empty()) else { continue };
            let words = words(text);
            match fields.contains(&NAME) {
                true => asked.names.push(text.clone()),
                false => asked.nobody = words.is_empty(),
            }
            let last = words.len().saturating_sub(1);
            asked.words.extend(words.into_iter().enumerate().map(|(i, text)| {
                let ways = HashMap::new();
                Word { text, fields, is_last: i == last, is_first: i == 0, ways }
            }));
        }
        asked
    }

    /// `None` where the movie cannot match, whatever is tried.
    fn judge(&mut self, movie: &Movie) -> Option<Judged> {
        let name = movie.details.name.as_str();
        if self.nobody || self.names.iter().any(|text| words(text).is_empty() && !is_whole(text, name)) {
            return None;
        }
        let of_director = movie.details.director.as_ref().map(|text| words(text.as_str())).unwrap_or_default();
        let of_genres = movie.genres.iter().flat_map(|genre| words(genre.name.as_str())).collect();
        let fields = [words(name), of_director, of_genres];
        let places = self.words.iter_mut().map(|word| {
            let mut places = Vec::new();
            for (weight, field) in word.fields.iter().enumerate() {
                for own in &fields[*field] {
                    places.extend(word.way(own).map(|(kind, from)| (kind, from, weight)));
                }
            }
            places
        });
        let places = places.collect();
        Some(Judged { places, is_whole: self.names.first().is_some_and(|text| is_whole(text, name)) })
    }
}

/// Whether the text is the name: word for word, or, without words, as written.
fn is_whole(text: &str, name: &str) -> bool {
    let (wanted, own) = (words(text), words(name));
    if wanted.is_empty() { own.is_empty() && folded(text.trim()) == folded(name) } else { wanted == own }
}

impl Word {
    /// The best way in which the word is found in `own`, and from which reach on. Better ways are tried earlier.
    fn way(&mut self, own: &str) -> Option<(Kind, Reach)> {
        if let Some(way) = self.ways.get(own) {
            return *way;
        }
        let way = self.find_way(own);
        self.ways.insert(own.to_owned(), way);
        way
    }

    fn find_way(&self, own: &str) -> Option<(Kind, Reach)> {
        let wanted = self.text.as_str();
        let letters = wanted.chars().count();
        if own == wanted {
            Some((Kind::Exact, Reach::Near))
        } else if own.starts_with(wanted) && self.is_last && (letters >= 2 || !self.is_first) {
            Some((Kind::Prefix, Reach::Near))
        } else if own.starts_with(wanted) && letters >= 2 {
            Some((Kind::Prefix, Reach::Far))
        } else if is_misspelt(wanted, own) {
            Some((Kind::Typo, Reach::Typo))
        } else if own.contains(wanted) && letters >= if wanted.chars().all(is_cjk) { 2 } else { 3 } {
            Some((Kind::Inside, Reach::Inside))
        } else {
            None
        }
    }
}

fn is_misspelt(wanted: &str, own: &str) -> bool {
    let (wanted, own) = (wanted.chars().collect::<Vec<_>>(), own.chars().collect::<Vec<_>>());
    let typos = match own.len() {
        5..=8 => 1,
        9..=64 => 2,
        _ => 0,
    };
    let number = |word: &[char]| word.first().is_some_and(|c| c.is_numeric());
    typos > 0 && wanted.len() <= 64 && !number(&wanted) && !number(&own) && distance(&wanted, &own) <= typos
}

/// How many letters must be put in, left out or replaced, or neighbours swapped, to make one word of the other, no
/// letter being touched twice (optimal string alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut costs = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            costs[i][j] = match (i, j) {
                (0, n) | (n, 0) => n,
                _ => {
                    let replaced = costs[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                    let swapped = i > 1 && j > 1 && a[i - 2] == b[j - 1] && a[i - 1] == b[j - 2];
                    let swapped = if swapped { costs[i - 2][j - 2] + 1 } else { usize::MAX };
                    replaced.min(swapped).min(costs[i - 1][j] + 1).min(costs[i][j - 1] + 1)
                }
            };
        }
    }
    costs[a.len()][b.len()]
}

/// Whether the letter is Chinese, Japanese or Korean: the scripts of the catalogues of these tests.
fn is_cjk(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

impl Judged {
    /// How well the words match, 0 being the best; `None` where some word does not.
    fn rank(&self, reach: Reach) -> Option<u32> {
        let within = |places: &[(Kind, Reach, usize)]| {
            places
                .iter()
                .filter(|(_, from, _)| *from <= reach)
                .map(|(kind, _, field)| (*kind, *field))
                .collect::<Vec<_>>()
        };
        let places = self.places.iter().map(|places| within(places)).collect::<Vec<_>>();
        // The weakest word decides.
        let mut weakest = Kind::Exact;
        for places in &places {
            weakest = weakest.max(places.iter().map(|(kind, _)| *kind).min()?);
        }
        // Each word where it counts most, found no worse than that.
        let fields = places.iter().map(|places| {
            places.iter().filter(|(kind, _)| *kind <= weakest).map(|(_, field)| *field).min().unwrap_or(0)
        });
        let lowest = fields.max().unwrap_or(0);
        Some(if self.is_whole { 0 } else { 1 + weakest as u32 * 3 + lowest as u32 })
    }
}

pub fn number(movie: &Movie, field: NumberField) -> Option<f64> {
    let details = &movie.details;
    match field {
        NumberField::Score => details.imdb_score.map(f64::from),
        NumberField::Popularity => details.popularity.map(f64::from),
        NumberField::Year => details.year.map(f64::from),
        NumberField::Runtime => details.runtime_minutes.map(f64::from),
        NumberField::Votes => details.votes.map(f64::from),
        NumberField::CreatedAt => Some(movie.created_at.unix() as f64),
        NumberField::UpdatedAt => Some(movie.updated_at.unix() as f64),
    }
}

fn texts(movie: &Movie) -> Vec<String> {
    let mut texts = vec![movie.details.name.as_str().to_owned()];
    texts.extend(movie.details.director.as_ref().map(|director| director.as_str().to_owned()));
    texts.extend(movie.genres.iter().map(|genre| genre.name.as_str().to_owned()));
    texts
}

fn matches(movie: &Movie, filter: &MovieFilter) -> bool {
    let has = |name: &String| movie.genres.iter().any(|genre| genre.name.key() == case_folded(name));
    filter.genres.iter().all(|group| group.iter().any(has))
        && !filter.without_genres.iter().any(has)
        && filter.ranges.iter().all(|range| number(movie, range.field).is_some_and(|n| range.contains(n)))
        && filter.search.iter().all(|term| {
            let inside = texts(movie).iter().any(|text| folded(text).contains(&folded(term)));
            let written = [NumberField::Popularity, NumberField::Score].into_iter();
            inside || written.filter_map(|field| number(movie, field)).any(|n| begins(n, term))
        })
}

/// Whether a number is in the unit of the last digit of `term`.
fn begins(number: f64, term: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = term.split_once('.').unwrap_or((term, "0"));
    if !digits(whole) || !digits(fraction) {
        return false;
    }
    let places = if term.contains('.') { fraction.len() } else { 0 };
    let scale = 10_f64.powi(places as i32);
    let last = (term.parse::<f64>().unwrap() * scale).round();
    number >= last / scale && number < (last + 1.0) / scale
}

fn compare(sort: &Sort, a: (u32, &Movie), b: (u32, &Movie)) -> Ordering {
    let numbers = |field| last_missing(sort.descending, number(a.1, field), number(b.1, field), f64::total_cmp);
    let text = |text: Option<&str>| text.map(|text| (folded(text), text.to_owned()));
    let texts = |a, b| last_missing(sort.descending, text(a), text(b), Ord::cmp);
    match sort.field {
        SortField::Relevance => {
            let popularity = |movie| number(movie, NumberField::Popularity);
            a.0.cmp(&b.0).then(last_missing(true, popularity(a.1), popularity(b.1), f64::total_cmp))
        }
        SortField::Popularity => numbers(NumberField::Popularity),
        SortField::Score => numbers(NumberField::Score),
        SortField::Year => numbers(NumberField::Year),
        SortField::Runtime => numbers(NumberField::Runtime),
        SortField::Votes => numbers(NumberField::Votes),
        SortField::CreatedAt => numbers(NumberField::CreatedAt),
        SortField::UpdatedAt => numbers(NumberField::UpdatedAt),
        SortField::Name => texts(Some(a.1.details.name.as_str()), Some(b.1.details.name.as_str())),
        SortField::Director => {
            let director = |movie: &'_ Movie| movie.details.director.clone();
            let (a, b) = (director(a.1), director(b.1));
            texts(a.as_ref().map(|d| d.as_str()), b.as_ref().map(|d| d.as_str()))
        }
        SortField::Id if sort.descending => b.1.id.cmp(&a.1.id),
        SortField::Id => a.1.id.cmp(&b.1.id),
    }
}

fn last_missing<T>(descending: bool, a: Option<T>, b: Option<T>, compare: fn(&T, &T) -> Ordering) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) if descending => compare(&b, &a),
        (Some(a), Some(b)) => compare(&a, &b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        genre::{Genre, GenreId, GenreName},
        movie::Popularity,
    };

    use super::*;

    fn movies(all: &[(&str, &str, &str)]) -> Vec<Movie> {
        let movie = |(i, (name, director, genre)): (usize, &(&str, &str, &str))| Movie {
            id: MovieId(i as u64 + 1),
            genres: match *genre {
                "" => Vec::new(),
                name => vec![Genre { id: GenreId(1), name: GenreName::new(name, "").unwrap() }],
            },
            ..crate::world::movie(name, director)
        };
        all.iter().enumerate().map(movie).collect()
    }

    fn about(q: &str) -> MovieQuery {
        MovieQuery { filter: MovieFilter { q: Some(q.to_owned()), ..MovieFilter::default() }, ..MovieQuery::default() }
    }

    fn found(movies: &[Movie], query: &MovieQuery) -> Vec<u64> {
        find(movies.iter(), query).iter().map(|id| id.0).collect()
    }

    #[test]
    fn distances_count_letters_and_swaps() {
        let distance = |a: &str, b: &str| distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
        for (a, b, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "abc", 0),
            ("abc", "acb", 1),
            ("abc", "abcd", 1),
            ("abc", "xbc", 1),
            // The swapped letters are not touched again.
            ("ca", "abc", 3),
            ("ещё", "еще", 1),
        ] {
            assert_eq!((distance(a, b), distance(b, a)), (expected, expected), "{a} {b}");
        }
    }

    #[test]
    fn ways_are_the_best_there_are() {
        for (wanted, own, is_first, is_last, expected) in [
            ("star", "star", true, false, Some((Kind::Exact, Reach::Near))),
            ("sta", "stars", true, true, Some((Kind::Prefix, Reach::Near))),
            ("sta", "stars", true, false, Some((Kind::Prefix, Reach::Far))),
            ("s", "stars", true, true, None),
            ("s", "stars", false, true, Some((Kind::Prefix, Reach::Near))),
            ("s", "stars", false, false, None),
            ("stras", "stars", true, true, Some((Kind::Typo, Reach::Typo))),
            ("wasr", "wars", true, true, None),
            ("godfahetr", "godfather", true, true, Some((Kind::Typo, Reach::Typo))),
            ("2001", "20011", true, true, Some((Kind::Prefix, Reach::Near))),
            ("20001", "20011", true, true, None),
            ("maid", "mermaid", true, true, Some((Kind::Inside, Reach::Inside))),
            ("ai", "mermaid", true, true, None),
            ("千尋", "千と千尋", true, true, Some((Kind::Inside, Reach::Inside))),
            ("尋", "千と千尋", true, true, None),
        ] {
            let word = Word { text: wanted.to_owned(), fields: &[NAME], is_last, is_first, ways: HashMap::new() };
            assert_eq!(word.find_way(own), expected, "{wanted} in {own}");
        }
    }

    #[test]
    fn long_words_have_no_typos() {
        let (a, b) = ("a".repeat(63), "a".repeat(64));
        assert!(is_misspelt(&(a.clone() + "b"), &b) && is_misspelt(&a, &b));
        assert!(!is_misspelt(&(b.clone() + "b"), &b) && !is_misspelt(&b, &(b.clone() + "b")));
    }

    #[test]
    fn the_weakest_word_comes_before_the_lowest_field() {
        let movies = movies(&[
            ("Starlight War", "", ""),
            ("Other", "Star War", ""),
            ("Star", "", "War"),
            ("Star War", "", ""),
            ("The Star War", "", ""),
        ]);
        assert_eq!(found(&movies, &about("star war")), [4, 5, 2, 3, 1]);
    }

    #[test]
    fn a_word_counts_in_the_best_field_that_is_no_worse_than_the_weakest() {
        // `star` is the director's name and begins the name's: as `wa` is but a prefix, that is the name's rank.
        let movies = movies(&[("Starman Wars", "Star", ""), ("Wars", "Star", "")]);
        assert_eq!(found(&movies, &about("star wa")), [1, 2]);
        assert_eq!(found(&movies, &about("star wars")), [1, 2], "both need the director");
    }

    #[test]
    fn weaker_ways_are_tried_below_twenty_hits() {
        let mut all = vec![("Mermaid", "", ""), ("Maids", "", ""), ("Made Maixd", "", "")];
        all.extend([("Maid", "", ""); 18]);
        let names = movies(&all);
        let hits = |movies: &[Movie]| found(movies, &about("maid")).len();
        assert_eq!(hits(&names), 20, "19 by the beginning, `maixd` by a typo, and then no `mermaid`");
        assert_eq!(hits(&names[..20]), 20);
        all.push(("Maiden", "", ""));
        assert_eq!(hits(&movies(&all)), 20, "as a prefix");
        let mut narrow = about("maid");
        narrow.filter.name = Some("mermaid".to_owned());
        assert_eq!(found(&names, &narrow), [1], "the other conditions count");
    }

    #[test]
    fn popularity_then_the_id_settle_ties() {
        let mut movies = movies(&[("Star A", "", ""), ("Star B", "", ""), ("Star C", "", ""), ("Star D", "", "")]);
        for (movie, popularity) in movies.iter_mut().zip([None, Some(1.0), Some(2.0), Some(1.0)]) {
            movie.details.popularity = popularity.map(|value| Popularity::new(value).unwrap());
        }
        assert_eq!(found(&movies, &about("star")), [3, 2, 4, 1]);
    }
}
