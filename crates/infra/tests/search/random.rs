//! Catalogues and queries by chance, from a seed.

use domain::{
    genre::Genre,
    movie::{Director, Movie, MovieName, Popularity, Runtime, Score, Votes, Year},
    query::{Limit, MovieFilter, MovieQuery, NumberField, Range, Sort, SortField},
    time::Timestamp,
};
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};

use crate::world::movie;

/// Few words, the commonest first, so that much matches: parts, beginnings and misspellings of each other, of all the
/// lengths at which the rules change; accents, other scripts, numbers, punctuation.
const WORDS: &[&str] = &[
    "star",
    "the",
    "Godfather",
    "maid",
    "wars",
    "a",
    "Mermaid",
    "Stars",
    "2001",
    "千と千尋",
    "wizard",
    "nightmare",
    "godfathers",
    "START",
    "Amélie",
    "father",
    "of",
    "war",
    "maiden",
    "lizard",
    "blizzard",
    "nightmares",
    "restart",
    "warrior",
    "AMELIE",
    "千尋の神隠し",
    "Seven",
    "se7en",
    "20011",
    "2000",
    "20",
    "Москва",
    "подмосковье",
    "살인의추억",
    "추억",
    "المدينة",
    "مدينة",
    "drama",
    "dram",
    "Ещё",
    "été",
    "straße",
    "x",
    "s",
    "o'brien",
    "spider-man",
    "WALL·E",
    "千",
    "?!",
    "...",
    "70",
    "8½",
    "Donaudampfschifffahrtsgesellschaftskapitaenswitwenrentenauszahle",
];
const GENRES: &[&str] = &["Drama", "War", "Sci-Fi", "Film Noir", "Été", "Star"];
/// Some that no movie has.
const ASKED_GENRES: &[&str] = &["drama", "WAR", "Sci-Fi", "film noir", "été", "Star", "Western"];

pub fn seeded(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

fn text(rng: &mut impl Rng, most: usize) -> String {
    let count = rng.random_range(1..=most);
    // The first are drawn much more often than the last.
    let word = |_| WORDS[(rng.random_range(0.0..1.0_f64).powi(2) * WORDS.len() as f64) as usize];
    (0..count).map(word).collect::<Vec<_>>().join(" ")
}

/// Now and then several names.
fn director(rng: &mut impl Rng) -> String {
    let names = *[1, 1, 1, 2, 3].choose(rng).unwrap();
    (0..names).map(|_| text(rng, 2)).collect::<Vec<_>>().join(", ")
}

/// A decimal with many ties, or with neighbours that hardly differ.
fn decimal(rng: &mut impl Rng, most: f64) -> f64 {
    match rng.random_range(0..10) {
        0 => most,
        1 => most / 3.0,
        2 => most / 3.0 + f64::from(rng.random_range(0..4_u8)) * 1e-9,
        3 => rng.random_range(0.0..most),
        4 => 7.0 + f64::from(rng.random_range(0..3_u8)) * 1e-8,
        _ => f64::from(rng.random_range(0..=10_u8)) * most / 10.0,
    }
}

/// A movie without id and genres.
pub fn bare_movie(rng: &mut impl Rng) -> Movie {
    let mut movie = movie("x", "");
    movie.version = rng.random_range(1..9);
    movie.created_at = Timestamp::from_unix(rng.random_range(-5..5) * 1_000);
    movie.updated_at = movie.created_at.plus(rng.random_range(0..3));
    movie.details.name = MovieName::new(&text(rng, 5)).unwrap();
    movie.details.director = rng.random_bool(0.7).then(|| Director::new(&director(rng)).unwrap());
    movie.details.popularity = rng.random_bool(0.8).then(|| Popularity::new(decimal(rng, 100.0)).unwrap());
    movie.details.imdb_score = rng.random_bool(0.8).then(|| Score::new(decimal(rng, 10.0)).unwrap());
    movie.details.year = rng.random_bool(0.8).then(|| Year::new(rng.random_range(1990..2000).into()).unwrap());
    movie.details.runtime_minutes = rng.random_bool(0.5).then(|| Runtime::new(rng.random_range(1..5).into()).unwrap());
    movie.details.votes = rng.random_bool(0.5).then(|| Votes::new(rng.random_range(0..3).into()).unwrap());
    movie
}

/// The genres that [`movies`](movie_with) have.
pub fn genre_names() -> &'static [&'static str] {
    GENRES
}

/// A movie without id, with some of these genres.
pub fn movie_with(rng: &mut impl Rng, genres: &[Genre]) -> Movie {
    let mut movie = bare_movie(rng);
    for genre in genres {
        if rng.random_bool(0.3) {
            movie.genres.push(genre.clone());
        }
    }
    movie
}

/// A word as people type it: whole, its beginning, something inside, or with one or two slips.
fn typed(rng: &mut impl Rng, word: &str) -> String {
    let mut letters = word.chars().collect::<Vec<_>>();
    match rng.random_range(0..12) {
        0..6 => {}
        6 => letters.truncate(rng.random_range(1..=letters.len())),
        7 => {
            let start = rng.random_range(0..letters.len());
            let end = rng.random_range(start + 1..=letters.len());
            letters = letters[start..end].to_vec();
        }
        kind => (0..if kind == 11 { 2 } else { 1 }).for_each(|_| slip(rng, &mut letters)),
    }
    letters.into_iter().collect()
}

fn slip(rng: &mut impl Rng, letters: &mut Vec<char>) {
    let at = rng.random_range(0..letters.len());
    let other = *['a', 'e', 'r', 's', 'x', '0', 'о', 'と'].choose(rng).unwrap();
    match rng.random_range(0..4) {
        0 => letters.insert(at, other),
        1 if letters.len() > 1 => drop(letters.remove(at)),
        2 if at + 1 < letters.len() => letters.swap(at, at + 1),
        _ => letters[at] = other,
    }
}

pub fn query_text(rng: &mut impl Rng) -> String {
    let most = *[1, 1, 2, 3].choose(rng).unwrap();
    let words = text(rng, most);
    let mut text = words.split(' ').map(|word| typed(rng, word)).collect::<Vec<_>>().join(" ");
    if rng.random_bool(0.3) {
        // Half typed.
        let keep = rng.random_range(1..=text.chars().count());
        text = text.chars().take(keep).collect();
    }
    text
}

fn range(rng: &mut impl Rng) -> Range {
    let fields = [
        NumberField::Score,
        NumberField::Popularity,
        NumberField::Year,
        NumberField::Runtime,
        NumberField::Votes,
        NumberField::CreatedAt,
        NumberField::UpdatedAt,
    ];
    let field = *fields.choose(rng).unwrap();
    let mut limit = || {
        let value = match field {
            NumberField::Score => decimal(rng, 10.0),
            NumberField::Popularity => decimal(rng, 100.0),
            NumberField::Year => rng.random_range(1989.0..2001.0_f64).round(),
            NumberField::Runtime | NumberField::Votes => f64::from(rng.random_range(-1..12_i8)) / 2.0,
            NumberField::CreatedAt | NumberField::UpdatedAt => f64::from(rng.random_range(-5..5_i8)) * 1_000.0,
        };
        rng.random_bool(0.7).then(|| Limit { value, inclusive: rng.random_bool(0.5) })
    };
    let (min, max) = (limit(), limit());
    Range { field, min, max }
}

fn sort(rng: &mut impl Rng) -> Sort {
    let fields = [
        SortField::Relevance,
        SortField::Popularity,
        SortField::Score,
        SortField::Name,
        SortField::Director,
        SortField::Year,
        SortField::Runtime,
        SortField::Votes,
        SortField::CreatedAt,
        SortField::UpdatedAt,
        SortField::Id,
    ];
    Sort { field: *fields.choose(rng).unwrap(), descending: rng.random_bool(0.5) }
}

fn several<T>(rng: &mut StdRng, chance: f64, most: usize, one: impl Fn(&mut StdRng) -> T) -> Vec<T> {
    if !rng.random_bool(chance) {
        return Vec::new();
    }
    let count = rng.random_range(1..=most);
    (0..count).map(|_| one(rng)).collect()
}

/// A query for the first page.
pub fn query(rng: &mut StdRng) -> MovieQuery {
    let genre = |rng: &mut StdRng| (*ASKED_GENRES.choose(rng).unwrap()).to_owned();
    let maybe = |rng: &mut StdRng, chance| rng.random_bool(chance).then(|| query_text(rng));
    let filter = MovieFilter {
        q: maybe(rng, 0.5),
        name: maybe(rng, 0.15),
        director: maybe(rng, 0.15),
        search: several(rng, 0.2, 2, |rng| {
            let term = query_text(rng);
            MovieFilter::split_search(&term).pop().unwrap_or_else(|| "7".to_owned())
        }),
        genres: several(rng, 0.3, 2, |rng| (0..rng.random_range(1..3)).map(|_| genre(rng)).collect()),
        without_genres: several(rng, 0.15, 2, genre),
        ranges: several(rng, 0.3, 2, range),
    };
    MovieQuery { filter, sort: several(rng, 0.6, 3, sort), ..MovieQuery::default() }
}
