//! A catalogue with the statistics of a real one: few words, directors and genres that are everywhere and many that
//! are rare (Zipf); words, genres, and directors and genres that go together; scores that go with popularity; 5 % of
//! titles not in Latin letters.

use std::{collections::HashSet, io::Write};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp, Normal, Zipf};
use serde::Serialize;

const WORDS: u32 = 200_000;
const MOST_DIRECTORS: u64 = 500_000;
const EARLIEST: f64 = 1895.0;
const LATEST: f64 = 2026.0;

/// Genres that go together, the commonest first: a movie takes one row, or the beginning of it.
const GENRES: [&[&str]; 20] = [
    &["Drama", "Romance"],
    &["Comedy", "Romance"],
    &["Documentary", "Biography", "History"],
    &["Drama", "Crime", "Thriller"],
    &["Action", "Crime", "Thriller"],
    &["Horror", "Thriller", "Mystery"],
    &["Comedy", "Drama", "Family"],
    &["Action", "Adventure", "Fantasy"],
    &["Drama", "War", "History"],
    &["Animation", "Family", "Adventure"],
    &["Sci-Fi", "Action", "Adventure"],
    &["Comedy", "Crime"],
    &["Music", "Drama", "Biography"],
    &["Western", "Action", "Adventure"],
    &["Horror", "Sci-Fi"],
    &["Sport", "Drama", "Biography"],
    &["Musical", "Comedy", "Romance"],
    &["Film-Noir", "Crime", "Mystery"],
    &["Short", "Comedy"],
    &["Fantasy", "Horror", "Mystery"],
];

const SYLLABLES: [&str; 40] = [
    "ba", "ca", "da", "fa", "ga", "la", "ma", "na", "ra", "sa", "be", "ce", "de", "fe", "ge", "le", "me", "ne", "re",
    "se", "bi", "ci", "di", "fi", "li", "mi", "ni", "ri", "si", "ti", "bo", "co", "do", "lo", "mo", "no", "ro", "so",
    "to", "lu",
];
const CYRILLIC: [&str; 12] = ["ма", "ра", "ло", "ни", "ка", "то", "ве", "ди", "со", "ру", "бе", "по"];
const CJK: [&str; 16] =
    ["東", "京", "物", "語", "人", "生", "花", "月", "山", "海", "夜", "天", "使", "戦", "争", "愛"];
const ARABIC: [&str; 10] = ["با", "را", "لي", "من", "سا", "دو", "نو", "كا", "مي", "ها"];

#[derive(Serialize)]
struct Record<'a> {
    name: &'a str,
    director: &'a str,
    genre: &'a [&'a str],
    popularity: f64,
    imdb_score: Option<f64>,
    year: u16,
    runtime_minutes: Option<u32>,
    votes: u64,
    imdb_id: &'a str,
}

/// Movies without end, of which no two agree in name, director and year.
pub struct Movies {
    rng: ChaCha8Rng,
    words: Zipf<f64>,
    directors: Zipf<f64>,
    rows: Zipf<f64>,
    popularity: Exp<f64>,
    age: Exp<f64>,
    noise: Normal<f64>,
    seen: HashSet<u64>,
}

#[derive(Clone)]
pub struct Movie {
    pub name: String,
    /// The director's rank, from 1; [`person`] has the name.
    pub director: u64,
    pub genres: &'static [&'static str],
    pub popularity: f64,
    pub imdb_score: Option<f64>,
    pub year: u16,
    pub runtime_minutes: Option<u32>,
    pub votes: u64,
}

/// How many directors share so many movies.
pub fn directors(movies: u64) -> u64 {
    (movies / 8).clamp(10, MOST_DIRECTORS)
}

impl Movies {
    /// Those of a catalogue of `movies`.
    pub fn new(movies: u64, seed: u64) -> anyhow::Result<Self> {
        Ok(Self {
            rng: ChaCha8Rng::seed_from_u64(seed),
            words: Zipf::new(f64::from(WORDS), 1.0)?,
            directors: Zipf::new(directors(movies) as f64, 0.7)?,
            rows: Zipf::new(GENRES.len() as f64, 0.8)?,
            popularity: Exp::new(1.0 / 12.0)?,
            age: Exp::new(1.0 / 28.0)?,
            noise: Normal::new(0.0, 1.1)?,
            seen: HashSet::new(),
        })
    }

    pub fn next(&mut self) -> Movie {
        let Self { rng, words, directors, rows, popularity, age, noise, seen } = self;
        let (name, director, year) = loop {
            let name = title(rng, words);
            let director = directors.sample(rng) as u64;
            let year = (LATEST - age.sample(rng)).clamp(EARLIEST, LATEST) as u16;
            if seen.insert(fingerprint(&name, &person(director), year)) {
                break (name, director, year);
            }
        };
        // Most directors keep to their genres.
        let row = match rng.random_bool(0.6) {
            true => rows.sample(&mut ChaCha8Rng::seed_from_u64(director)),
            false => rows.sample(rng),
        };
        let row = GENRES[row as usize - 1];
        let popularity = f64::min(popularity.sample(rng), 100.0);
        let score = (5.6 + popularity / 25.0 + noise.sample(rng)).clamp(1.0, 10.0);
        Movie {
            name,
            director,
            genres: &row[..rng.random_range(1..=row.len())],
            popularity: (popularity * 10.0).round() / 10.0,
            imdb_score: rng.random_bool(0.9).then_some((score * 10.0).round() / 10.0),
            year,
            runtime_minutes: rng.random_bool(0.8).then(|| rng.random_range(60..=180)),
            votes: (popularity.powi(3) * rng.random_range(0.5..2.0)) as u64,
        }
    }
}

/// Writes `movies` records, one on each line.
pub fn write(out: &mut impl Write, movies: u64, seed: u64) -> anyhow::Result<()> {
    let mut catalogue = Movies::new(movies, seed)?;
    for number in 1..=movies {
        let Movie { name, director, genres, popularity, imdb_score, year, runtime_minutes, votes } = catalogue.next();
        let record = Record {
            name: &name,
            director: &person(director),
            genre: genres,
            popularity,
            imdb_score,
            year,
            runtime_minutes,
            votes,
            imdb_id: &format!("tt{number:07}"),
        };
        serde_json::to_writer(&mut *out, &record)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// One to six words. Often a word brings the one that always follows it.
fn title(rng: &mut ChaCha8Rng, words: &Zipf<f64>) -> String {
    let alphabet: &[&str] = match rng.random_range(0..100) {
        0..2 => &CYRILLIC,
        2..4 => &CJK,
        4 => &ARABIC,
        _ => &SYLLABLES,
    };
    let spaced = alphabet != CJK;
    let mut name = String::new();
    let mut rank = words.sample(rng) as u64;
    for i in 0..rng.random_range(1..=6) {
        if i > 0 && spaced {
            name.push(' ');
        }
        let word = word(rank, alphabet);
        let mut letters = word.chars();
        if let Some(first) = letters.next() {
            name.extend(first.to_uppercase());
            name.push_str(letters.as_str());
        }
        rank = if rng.random_bool(0.3) { mix(rank) % u64::from(WORDS) + 1 } else { words.sample(rng) as u64 };
    }
    // Sequels, so that numbers are searched for too.
    if rng.random_bool(0.05) {
        name.push_str(&format!(" {}", rng.random_range(2..=9)));
    }
    name
}

/// The word of a rank: common words are short.
fn word(rank: u64, alphabet: &[&str]) -> String {
    let base = alphabet.len() as u64;
    let mut rest = rank;
    let mut word = String::new();
    while rest > 0 {
        word.push_str(alphabet[(rest % base) as usize]);
        rest /= base;
    }
    word
}

/// The word of a rank, from 1, in Latin letters as they are searched for.
pub fn common_word(rank: u64) -> String {
    word(rank, &SYLLABLES)
}

/// The name of the person of a rank.
pub fn person(rank: u64) -> String {
    let capitalised = |rank: u64| {
        let word = word(rank, &SYLLABLES);
        word[..1].to_uppercase() + &word[1..]
    };
    let first = mix(rank) % 1_500 + 41;
    format!("{} {}", capitalised(first), capitalised(rank + 40))
}

fn fingerprint(name: &str, director: &str, year: u16) -> u64 {
    let bytes = name.bytes().chain([0]).chain(director.bytes()).chain(year.to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

/// The finalizer of SplitMix64: scatters neighbouring numbers.
fn mix(n: u64) -> u64 {
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(movies: u64, seed: u64) -> Vec<u8> {
        let mut out = Vec::new();
        write(&mut out, movies, seed).unwrap();
        out
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        assert_eq!(feed(500, 7), feed(500, 7));
        assert_ne!(feed(500, 7), feed(500, 8));
    }

    #[test]
    fn every_line_is_a_movie_of_its_own() {
        let text = String::from_utf8(feed(2_000, 1)).unwrap();
        let mut seen = HashSet::new();
        for line in text.lines() {
            let movie: serde_json::Value = serde_json::from_str(line).unwrap();
            assert!(movie["name"].as_str().is_some_and(|name| !name.is_empty()));
            assert!(seen.insert((movie["name"].clone(), movie["director"].clone(), movie["year"].clone())));
        }
        assert_eq!(seen.len(), 2_000);
    }
}
