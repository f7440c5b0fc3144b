//! A movie as a document of the index, and back.

use domain::{
    genre::GenreId,
    movie::{
        Director, ImdbId, Movie, MovieDetails, MovieId, MovieName, Overview, Popularity, PosterUrl, Runtime, Score,
        Votes, Year,
    },
    query::NumberField,
    text,
    time::Timestamp,
};
use sha2::{Digest, Sha256};
use tantivy::TantivyDocument;

use super::{
    numbers::{NUMBER_FIELDS, code, is_inexact, number, order_key},
    schema::{Fields, PREFIX_CHARS, Text, TextFields},
};

/// What is stored of a movie, without the names of its fields: id, version, created, updated, the details in the order
/// of [`MovieDetails`], and the ids of the genres, whose names change without the movie.
type Stored = (
    MovieId,
    u32,
    i64,
    i64,
    MovieName,
    Option<Director>,
    Option<Popularity>,
    Option<Score>,
    Option<Year>,
    Option<Runtime>,
    Option<Votes>,
    Option<ImdbId>,
    Option<Overview>,
    Option<PosterUrl>,
    Vec<GenreId>,
);

/// The document of a movie.
pub(super) fn document(fields: &Fields, movie: &Movie) -> Result<TantivyDocument, serde_json::Error> {
    let mut document = TantivyDocument::with_capacity(1_024);
    document.add_u64(fields.id, movie.id.0);
    document.add_u64(fields.order, order_key(number(movie, NumberField::Popularity), movie.id.0));
    for field in NUMBER_FIELDS {
        let number = number(movie, field);
        let code = code(field, number);
        document.add_u64(fields.numbers[field as usize], code);
        if let Some(number) = number.filter(|_| is_inexact(field, code)) {
            document.add_f64(fields.exact[field as usize], number);
        }
    }
    for genre in &movie.genres {
        document.add_u64(fields.genre, genre.id.0);
    }
    let name = movie.details.name.as_str();
    document.add_u64(fields.whole_name, whole_name(name));
    add_text(&mut document, &fields.texts[Text::Name as usize], name);
    if let Some(director) = &movie.details.director {
        add_text(&mut document, &fields.texts[Text::Director as usize], director.as_str());
    }
    document.add_bytes(fields.movie, &stored(movie)?);
    Ok(document)
}

fn add_text(document: &mut TantivyDocument, fields: &TextFields, text: &str) {
    let folded = text::folded(text);
    for token in folded.split_whitespace() {
        document.add_text(fields.tokens, token);
    }
    for word in text::words(text) {
        for (end, c) in word.char_indices().take(PREFIX_CHARS) {
            document.add_text(fields.prefixes, &word[..end + c.len_utf8()]);
        }
        document.add_text(fields.words, &word);
    }
    document.add_text(fields.sort, format!("{folded}\0{text}"));
}

/// Two of 25 million names share a hash of this size with a chance of one to two, a query and a name that it is not one
/// to eleven million.
const HASH_BYTES: usize = 6;

/// A number that two names share if one is the other, punctuation and accents aside. A name without any letter or
/// digit is taken as it is.
pub(super) fn whole_name(name: &str) -> u64 {
    let words = text::words(name);
    let whole = if words.is_empty() { text::folded(name.trim()) } else { words.join(" ") };
    Sha256::digest(whole.as_bytes()).iter().take(HASH_BYTES).fold(0, |n, byte| n << 8 | u64::from(*byte))
}

fn stored(movie: &Movie) -> Result<Vec<u8>, serde_json::Error> {
    let details = &movie.details;
    serde_json::to_vec(&(
        movie.id,
        movie.version,
        movie.created_at.unix(),
        movie.updated_at.unix(),
        &details.name,
        &details.director,
        details.popularity,
        details.imdb_score,
        details.year,
        details.runtime_minutes,
        details.votes,
        &details.imdb_id,
        &details.overview,
        &details.poster_url,
        movie.genres.iter().map(|genre| genre.id).collect::<Vec<_>>(),
    ))
}

/// Reads what [`document`] stored: the movie without its genres, and their ids.
pub(super) fn movie(stored: &[u8]) -> Result<(Movie, Vec<GenreId>), serde_json::Error> {
    let (
        id,
        version,
        created_at,
        updated_at,
        name,
        director,
        popularity,
        imdb_score,
        year,
        runtime,
        votes,
        imdb_id,
        overview,
        poster_url,
        genres,
    ): Stored = serde_json::from_slice(stored)?;
    let movie = Movie {
        id,
        version,
        created_at: Timestamp::from_unix(created_at),
        updated_at: Timestamp::from_unix(updated_at),
        details: MovieDetails {
            name,
            director,
            popularity,
            imdb_score,
            year,
            runtime_minutes: runtime,
            votes,
            imdb_id,
            overview,
            poster_url,
        },
        genres: Vec::new(),
    };
    Ok((movie, genres))
}

#[cfg(test)]
mod tests {
    use domain::movie::{Field, MoviePatch};

    use super::*;

    #[test]
    fn a_movie_is_read_back_as_it_was_stored() {
        let patch = MoviePatch {
            name: Field::Value("Amélie \"2\"".into()),
            popularity: Field::Value(100.0 / 3.0),
            imdb_score: Field::Value(0.1 + 0.2),
            year: Field::Value(2001.0),
            votes: Field::Value(9_007_199_254_740_991.0),
            overview: Field::Value("Two\nlines".into()),
            ..MoviePatch::default()
        };
        let details = patch.onto(None).unwrap().details;
        let at = Timestamp::from_unix(1_700_000_000);
        let before =
            Movie { id: MovieId(7), version: 3, created_at: at, updated_at: at.plus(9), details, genres: Vec::new() };
        let (after, genres) = movie(&stored(&before).unwrap()).unwrap();
        assert_eq!((after, genres), (before, Vec::new()));
    }

    #[test]
    fn whole_names_are_equal_apart_from_case_accents_and_punctuation() {
        assert_eq!(whole_name("Amélie"), whole_name("AMELIE!"));
        assert_eq!(whole_name("WALL·E"), whole_name("wall e"));
        assert_ne!(whole_name("Walle"), whole_name("wall e"));
        assert_ne!(whole_name("?!"), whole_name("!?"));
    }
}
