//! What people ask a catalogue of movies for, drawn from the catalogue itself.

use std::{collections::HashSet, ops::Range};

use rand::{RngExt, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;

use crate::catalogue::{Movie, Movies, common_word, person};

/// The kinds of the mix, with how many of a hundred queries are of each.
pub const MIX: [(&str, u32); 6] =
    [("typing", 40), ("title", 25), ("misspelt", 10), ("director", 10), ("filter", 10), ("no hit", 5)];

/// What movies are sorted by.
pub const SORT_KEYS: [&str; 10] = [
    "popularity",
    "imdb_score",
    "name",
    "director",
    "year",
    "runtime_minutes",
    "votes",
    "created_at",
    "updated_at",
    "id",
];

/// How often a query is drawn again that was drawn before. Only a tiny catalogue runs out of queries.
const TRIES: usize = 10_000;

const CONSONANTS: &[u8] = b"bcdfghjklmnpqrstvwxz";

#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    pub kind: &'static str,
    /// Path and query of the URL.
    pub target: String,
    pub expected: Expected,
}

/// What an answer is to hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Expected {
    /// No matter what.
    Anything,
    /// A movie of that name.
    Named(String),
    /// A movie of that director.
    DirectedBy(String),
    /// No movie.
    Nothing,
}

/// About `wanted` movies of the catalogue, at equal distances.
pub fn sample(movies: u64, seed: u64, wanted: u64) -> anyhow::Result<Vec<Movie>> {
    let mut catalogue = Movies::new(movies, seed)?;
    let step = (movies / wanted.max(1)).max(1);
    let mut sample = Vec::new();
    for number in 0..movies {
        let movie = catalogue.next();
        if number.is_multiple_of(step) {
            sample.push(movie);
        }
    }
    anyhow::ensure!(!sample.is_empty(), "a catalogue of no movies has nothing to ask for");
    Ok(sample)
}

/// Queries without end, of which no two are equal.
pub struct Mix<'a> {
    rng: ChaCha8Rng,
    movies: std::iter::Cycle<std::slice::Iter<'a, Movie>>,
    sample: &'a [Movie],
    seen: HashSet<String>,
}

impl<'a> Mix<'a> {
    pub fn new(sample: &'a [Movie], seed: u64) -> Self {
        let rng = ChaCha8Rng::seed_from_u64(seed);
        Self { rng, movies: sample.iter().cycle(), sample, seen: HashSet::new() }
    }

    /// The next queries, each drawn once.
    pub fn take(&mut self, count: usize) -> anyhow::Result<Vec<Query>> {
        (0..count).map(|_| self.draw()).collect()
    }

    fn draw(&mut self) -> anyhow::Result<Query> {
        let mut left = self.rng.random_range(0..100);
        let kind = MIX.iter().find(|(_, share)| match left < *share {
            true => true,
            false => {
                left -= share;
                false
            }
        });
        let kind = kind.map_or(MIX[0].0, |(kind, _)| *kind);
        self.of_kind(kind)
    }

    /// A query of a kind of the mix that was not drawn before.
    fn of_kind(&mut self, kind: &'static str) -> anyhow::Result<Query> {
        for _ in 0..TRIES {
            let Some(movie) = self.movies.next() else { break };
            let rng = &mut self.rng;
            let drawn = match kind {
                "typing" => typed(rng, &movie.name).map(|text| (text_query(&text), Expected::Anything)),
                "title" => Some((text_query(&movie.name.to_lowercase()), Expected::Named(movie.name.clone())))
                    .filter(|_| movie.name.chars().nth(1).is_some()),
                "misspelt" => misspelt(rng, &movie.name.to_lowercase())
                    .map(|text| (text_query(&text), Expected::Named(movie.name.clone()))),
                "director" => Some(directed(rng, movie)),
                "filter" => Some((filter(rng, self.sample, movie), Expected::Anything)),
                _ => Some((text_query(&nonsense(rng, &movie.name)), Expected::Nothing)),
            };
            if let Some((target, expected)) = drawn
                && self.seen.insert(target.clone())
            {
                return Ok(Query { kind, target, expected });
            }
        }
        anyhow::bail!("no more queries of the kind {kind:?} in so small a catalogue: ask for fewer")
    }
}

/// What is measured by itself: each kind with `count` queries. Where there are fewer of a kind, they are repeated.
pub fn by_themselves(sample: &[Movie], seed: u64, count: usize) -> Vec<Vec<Query>> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let rng = &mut rng;
    let repeated = |kind: &'static str, targets: &[String]| -> Vec<Query> {
        let targets = targets.iter().cycle().take(count);
        targets.map(|target| Query { kind, target: target.clone(), expected: Expected::Anything }).collect()
    };
    let most = common_word(1);
    let sorts: Vec<String> =
        SORT_KEYS.iter().flat_map(|key| [format!("{LIST}?sort={key}"), format!("{LIST}?sort=-{key}")]).collect();
    let prefixes: Vec<String> = (1..40).map(|rank| text_query(&common_word(rank))).collect();
    let narrow: Vec<String> = (1..=20)
        .flat_map(|rank| (95..100).map(move |score| (common_word(rank), score)))
        .map(|(word, score)| format!("{}&imdb_score.gte=9.{}", text_query(&word), score - 90))
        .collect();
    let mut drawn = |mut draw: Box<dyn FnMut(&mut ChaCha8Rng) -> String>| {
        let mut seen = HashSet::new();
        for _ in 0..count * 20 {
            if seen.len() < count {
                seen.insert(draw(rng));
            }
        }
        let mut targets: Vec<String> = seen.into_iter().collect();
        targets.sort_unstable();
        targets
    };
    let several = drawn(Box::new(|rng| {
        let words = rng.random_range(2..=4);
        let words: Vec<String> = (0..words).map(|_| common_word(rng.random_range(1..=100))).collect();
        text_query(&words.join(" "))
    }));
    let owned: Vec<Movie> = sample.iter().take(10 * count).cloned().collect();
    let sorted = drawn(Box::new(move |rng| {
        let word = match owned.choose(rng) {
            Some(movie) if rng.random_bool(0.5) => movie.name.split(' ').next().unwrap_or_default().to_lowercase(),
            _ => common_word(rng.random_range(1..=100)),
        };
        let sort = ["-imdb_score", "imdb_score"][rng.random_range(0..2)];
        format!("{}&sort={sort}", text_query(&word))
    }));
    let owned: Vec<Movie> = sample.iter().take(10 * count).cloned().collect();
    let suggest = drawn(Box::new(move |rng| {
        let text = owned.choose(rng).and_then(|movie| typed(rng, &movie.name)).unwrap_or_else(|| common_word(1));
        format!("/api/v1/suggest?q={}", encoded(&text))
    }));
    let mut kinds = vec![
        repeated("commonest word", &[text_query(&most)]),
        repeated("2-letter prefix", &prefixes),
        repeated("genre of half the catalogue", &[format!("{LIST}?genre={}", encoded(half_genre(sample).0))]),
        repeated("several common words", &several),
        repeated("common word, score of 9.5 or more", &narrow),
        repeated("text sorted by score", &sorted),
        repeated("suggest", &suggest),
    ];
    let by_key = SORT_KEYS.iter().zip(SORT_NAMES).zip(sorts.chunks(2));
    kinds.extend(by_key.map(|((_, name), targets)| repeated(name, targets)));
    kinds
}

/// The kinds of [`SORT_KEYS`], in their order.
pub const SORT_NAMES: [&str; 10] = [
    "sort by popularity",
    "sort by imdb_score",
    "sort by name",
    "sort by director",
    "sort by year",
    "sort by runtime_minutes",
    "sort by votes",
    "sort by created_at",
    "sort by updated_at",
    "sort by id",
];

/// The genre that is nearest to half of the movies, and its share.
pub fn half_genre(sample: &[Movie]) -> (&'static str, f64) {
    let mut shares: Vec<(&'static str, f64)> = Vec::new();
    for genre in sample.iter().flat_map(|movie| movie.genres) {
        match shares.iter_mut().find(|(known, _)| known == genre) {
            Some((_, share)) => *share += 1.0 / sample.len() as f64,
            None => shares.push((genre, 1.0 / sample.len() as f64)),
        }
    }
    let nearest = shares.into_iter().min_by(|a, b| (a.1 - 0.5).abs().total_cmp(&(b.1 - 0.5).abs()));
    nearest.unwrap_or(("Drama", 0.0))
}

pub const LIST: &str = "/api/v1/movies";

fn text_query(text: &str) -> String {
    format!("{LIST}?q={}", encoded(text))
}

/// The beginning of a name, as it stands in a search box while somebody types: half of them end within the last word.
fn typed(rng: &mut ChaCha8Rng, name: &str) -> Option<String> {
    let letters: Vec<char> = name.to_lowercase().chars().collect();
    let last = letters.iter().rposition(|letter| *letter == ' ').map_or(0, |space| space + 1);
    let least = if rng.random_bool(0.5) { (last + 1).max(2) } else { 2 };
    (least <= letters.len()).then(|| {
        let typed: String = letters[..rng.random_range(least..=letters.len())].iter().collect();
        typed.trim_end().to_owned()
    })
}

/// A name with one typo in a word of five letters or more, or sometimes two in one of nine.
fn misspelt(rng: &mut ChaCha8Rng, name: &str) -> Option<String> {
    let mut words: Vec<String> = name.split(' ').map(str::to_owned).collect();
    let long: Vec<usize> = (0..words.len()).filter(|i| may_be_misspelt(&words[*i])).collect();
    let chosen = *long.choose(rng)?;
    let mut letters: Vec<char> = words[chosen].chars().collect();
    let length = letters.len();
    if length >= 9 && rng.random_bool(0.5) {
        // One in each half, the later one first: two in one place could look like three.
        typo(rng, &mut letters, length / 2 + 1..length);
        typo(rng, &mut letters, 0..length / 2);
    } else {
        typo(rng, &mut letters, 0..length);
    }
    words[chosen] = letters.into_iter().collect();
    let text = words.join(" ");
    (text != name).then_some(text)
}

/// Scripts without spaces have no words to misspell.
fn may_be_misspelt(word: &str) -> bool {
    word.chars().count() >= 5 && word.chars().all(|letter| letter.is_alphabetic() && letter < '\u{2e80}')
}

/// Inserts, deletes or substitutes a letter, or swaps two neighbours, somewhere in `range`.
fn typo(rng: &mut ChaCha8Rng, letters: &mut Vec<char>, range: Range<usize>) {
    let at = rng.random_range(range.clone());
    let other = match letters[at].is_ascii() {
        true => char::from(rng.random_range(b'a'..=b'z')),
        false => letters[rng.random_range(0..letters.len())],
    };
    match rng.random_range(0..4) {
        0 => letters.insert(at, other),
        1 => drop(letters.remove(at)),
        2 => letters[at] = other,
        _ if at + 1 < range.end => letters.swap(at, at + 1),
        _ => letters.swap(at - 1, at),
    }
}

fn directed(rng: &mut ChaCha8Rng, movie: &Movie) -> (String, Expected) {
    let director = person(movie.director);
    let asked = director.to_lowercase();
    let target = match rng.random_range(0..4) {
        0 => format!("{LIST}?director={}", encoded(&asked)),
        1 => {
            let word = movie.name.split(' ').next().unwrap_or_default().to_lowercase();
            text_query(&format!("{asked} {word}"))
        }
        _ => text_query(&asked),
    };
    (target, Expected::DirectedBy(director))
}

/// One to three filters, and an order.
fn filter(rng: &mut ChaCha8Rng, sample: &[Movie], movie: &Movie) -> String {
    let genre = |rng: &mut ChaCha8Rng| {
        let genres = sample.choose(rng).map_or(movie.genres, |movie| movie.genres);
        genres.choose(rng).copied().unwrap_or("Drama")
    };
    let conditions: [&dyn Fn(&mut ChaCha8Rng) -> String; 6] = [
        &|rng| match rng.random_range(0..4) {
            0 => format!("genre={},{}", genre(rng), genre(rng)),
            1 => format!("genre={}%7C{}", genre(rng), genre(rng)),
            2 => format!("genre={}&genre.not={}", genre(rng), genre(rng)),
            _ => format!("genre={}", genre(rng)),
        },
        &|rng| {
            let year = rng.random_range(1930..=2025);
            match rng.random_bool(0.5) {
                true => format!("year.gte={year}"),
                false => format!("year.gte={year}&year.lte={}", year + rng.random_range(0..=20)),
            }
        },
        &|rng| format!("imdb_score.gte={:.1}", f64::from(rng.random_range(10..=95)) / 10.0),
        &|rng| {
            let score = rng.random_range(10..=80);
            let more = score + rng.random_range(5..=20);
            format!("imdb_score.gte={:.1}&imdb_score.lt={:.1}", f64::from(score) / 10.0, f64::from(more) / 10.0)
        },
        &|rng| format!("votes.gte={}", rng.random_range(0..50_000)),
        &|rng| format!("runtime_minutes.lte={}", rng.random_range(70..=180)),
    ];
    // Score ranges are two of the conditions, of which a query has one.
    let mut chosen = rand::seq::index::sample(rng, conditions.len(), 3).into_vec();
    chosen.truncate(rng.random_range(1..=3));
    if chosen.contains(&2) && chosen.contains(&3) {
        chosen.retain(|condition| *condition != 3);
    }
    let chosen: Vec<String> = chosen.into_iter().map(|condition| conditions[condition](rng)).collect();
    let sort = SORT_KEYS.choose(rng).copied().unwrap_or("popularity");
    let descending = if rng.random_bool(0.6) { "-" } else { "" };
    format!("{LIST}?{}&sort={descending}{sort}", chosen.join("&"))
}

/// What no word of any movie is, nor begins with, nor resembles; half of the time beside one that is.
fn nonsense(rng: &mut ChaCha8Rng, name: &str) -> String {
    let word: String =
        (0..rng.random_range(8..=12)).filter_map(|_| CONSONANTS.choose(rng)).map(|b| char::from(*b)).collect();
    match name.split(' ').next() {
        Some(beside) if rng.random_bool(0.5) => format!("{} {word}", beside.to_lowercase()),
        _ => word,
    }
}

/// Percent-encoded for the query of a URL.
pub fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queries(count: usize, seed: u64) -> Vec<Query> {
        Mix::new(&sample(5_000, 1, 5_000).unwrap(), seed).take(count).unwrap()
    }

    #[test]
    fn the_same_seed_gives_the_same_queries() {
        assert_eq!(queries(500, 7), queries(500, 7));
        assert_ne!(queries(500, 7), queries(500, 8));
        let movies = sample(5_000, 1, 1_000).unwrap();
        assert_eq!(by_themselves(&movies, 7, 50), by_themselves(&movies, 7, 50));
    }

    #[test]
    fn no_query_is_drawn_twice() {
        let queries = queries(5_000, 1);
        let targets: HashSet<&String> = queries.iter().map(|query| &query.target).collect();
        assert_eq!(targets.len(), queries.len());
    }

    #[test]
    fn the_mix_has_its_shares() {
        let queries = queries(5_000, 1);
        for (kind, share) in MIX {
            let of_kind = queries.iter().filter(|query| query.kind == kind).count() as f64 / 50.0;
            assert!((of_kind - f64::from(share)).abs() < 2.5, "{kind}: {of_kind}");
        }
    }

    #[test]
    fn a_sample_is_taken_at_equal_distances() {
        let all = sample(1_000, 3, 1_000).unwrap();
        let names = |movies: &[Movie]| movies.iter().map(|movie| movie.name.clone()).collect::<Vec<_>>();
        let every_tenth: Vec<String> = names(&all).into_iter().step_by(10).collect();
        assert_eq!(names(&sample(1_000, 3, 100).unwrap()), every_tenth);
        assert!(sample(0, 1, 10).is_err());
    }

    #[test]
    fn typing_has_two_letters_at_least() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        for _ in 0..1_000 {
            let typed = typed(&mut rng, "Ab Cdef").unwrap();
            assert!(typed.len() >= 2 && "ab cdef".starts_with(&typed) && !typed.ends_with(' '), "{typed:?}");
        }
        assert_eq!(typed(&mut rng, "京"), None);
    }

    #[test]
    fn only_long_words_are_misspelt() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        for _ in 0..1_000 {
            if let Some(wrong) = misspelt(&mut rng, "abcd efghi 20012") {
                assert!(
                    wrong.starts_with("abcd ") && wrong.ends_with(" 20012") && wrong != "abcd efghi 20012",
                    "{wrong}"
                );
            }
        }
        assert_eq!(misspelt(&mut rng, "abcd 20012 東京物語人生"), None);
        for _ in 0..1_000 {
            let wrong = misspelt(&mut rng, "abcdefghi");
            assert!(wrong.is_none_or(|wrong| strsim::osa_distance(&wrong, "abcdefghi") <= 2));
        }
    }

    #[test]
    fn urls_are_ascii() {
        assert_eq!(encoded("Amélie & 2"), "Am%C3%A9lie%20%26%202");
        assert!(queries(2_000, 3).iter().all(|query| query.target.bytes().all(|byte| byte.is_ascii_graphic())));
    }
}
