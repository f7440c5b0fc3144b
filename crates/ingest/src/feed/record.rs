//! One record, in all the spellings that occur, read into a change of a movie.

use std::fmt;

use domain::{
    genre::GenreNames,
    movie::{Field, MoviePatch},
    violation::{Violation, ViolationCode, Violations, pointer},
};
use serde::{
    Deserialize,
    de::{
        Deserializer, IgnoredAny, MapAccess, Visitor,
        value::{Error as NoError, StrDeserializer},
    },
};
use serde_json::Value;

use crate::csv::GENRE_SEPARATOR;

/// A record that was read.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) id: Option<u64>,
    /// What it asks for, or all that is wrong with it.
    pub(super) content: Result<MoviePatch, Violations>,
}

impl Parsed {
    /// A record of which nothing could be read.
    pub(super) fn refused(code: ViolationCode, reason: impl Into<String>) -> Self {
        Self { id: None, content: Err(Violations(vec![Violation::new("", code, reason)])) }
    }
}

/// The most entries of a list of genres, repeated ones included, that are read.
const MAX_GENRE_ENTRIES: usize = 1_000;

/// Reads the JSON text of a record. Fails where it is no JSON text.
pub(super) fn read(text: &str) -> Result<Parsed, serde_json::Error> {
    match serde_json::from_str::<Movie>(text) {
        Ok(movie) => Ok(movie.0),
        Err(error) if error.is_data() => Ok(Parsed::refused(ViolationCode::WrongType, "a record is a JSON object")),
        Err(error) => Err(error),
    }
}

struct Movie(Parsed);

impl<'de> Deserialize<'de> for Movie {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Movie;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Movie, A::Error> {
                let mut movie = Reading::default();
                while let Some(key) = object.next_key()? {
                    movie.member(key, &mut object)?;
                }
                Ok(Movie(movie.finish()))
            }
        }

        json.deserialize_map(Members)
    }
}

/// The name of a record's member, or of a column.
#[derive(PartialEq, Eq, Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
pub(super) enum Key {
    Id,
    Name,
    Director,
    #[serde(alias = "genre")]
    Genres,
    #[serde(alias = "99popularity", alias = "_99popularity")]
    Popularity,
    ImdbScore,
    Year,
    RuntimeMinutes,
    Votes,
    ImdbId,
    Overview,
    PosterUrl,
    /// What the catalogue itself says of a movie: an exported one has it, an import does not ask for it.
    Version,
    CreatedAt,
    UpdatedAt,
    Unknown(String),
}

impl Key {
    pub(super) fn of(name: &str) -> Self {
        // Every name is one, if only an unknown one.
        Self::deserialize(StrDeserializer::<NoError>::new(name)).unwrap_or_else(|_| Self::Unknown(name.to_owned()))
    }
}

/// A record as far as it has been read.
#[derive(Default)]
pub(super) struct Reading {
    id: Option<u64>,
    patch: MoviePatch,
    violations: Violations,
    /// The fields that occurred.
    given: Vec<&'static str>,
}

impl Reading {
    /// Whether nothing so far says that this is a movie.
    pub(super) fn is_empty(&self) -> bool {
        self.given.is_empty()
    }

    /// Reads the value of the member `key`.
    pub(super) fn member<'de, A: MapAccess<'de>>(&mut self, key: Key, object: &mut A) -> Result<(), A::Error> {
        match key {
            Key::Version | Key::CreatedAt | Key::UpdatedAt | Key::Unknown(_) => {
                object.next_value::<IgnoredAny>()?;
                self.field(&key, Value::Null);
            }
            key => self.field(&key, object.next_value()?),
        }
        Ok(())
    }

    /// Reads the cell of the column `key`.
    pub(super) fn cell(&mut self, key: &Key, text: &str) {
        let value = if text.is_empty() { Value::Null } else { Value::String(text.to_owned()) };
        self.field(key, value);
    }

    fn field(&mut self, key: &Key, value: Value) {
        match key {
            Key::Id => self.id = id(&value),
            Key::Name => self.text("/name", |patch| &mut patch.name, value),
            Key::Director => self.text("/director", |patch| &mut patch.director, value),
            Key::Genres => self.genres("/genres", value),
            Key::Popularity => self.number("/popularity", |patch| &mut patch.popularity, value),
            Key::ImdbScore => self.number("/imdb_score", |patch| &mut patch.imdb_score, value),
            Key::Year => self.number("/year", |patch| &mut patch.year, value),
            Key::RuntimeMinutes => self.number("/runtime_minutes", |patch| &mut patch.runtime_minutes, value),
            Key::Votes => self.number("/votes", |patch| &mut patch.votes, value),
            Key::ImdbId => self.text("/imdb_id", |patch| &mut patch.imdb_id, value),
            Key::Overview => self.text("/overview", |patch| &mut patch.overview, value),
            Key::PosterUrl => self.text("/poster_url", |patch| &mut patch.poster_url, value),
            // What the catalogue itself says of a movie: an exported one has it, an import does not ask for it.
            Key::Version | Key::CreatedAt | Key::UpdatedAt => {}
            Key::Unknown(name) => self.refuse_unknown(name),
        }
    }

    /// Notes that there is no field of this name.
    pub(super) fn refuse_unknown(&mut self, name: &str) {
        // Of a damaged record the name may be of any length.
        let name: String = name.chars().take(100).collect();
        self.refuse(pointer(&name), ViolationCode::UnknownField, "a movie has no field of this name");
    }

    /// All of it. What is wrong with the fields that could be read is told along with the rest.
    pub(super) fn finish(mut self) -> Parsed {
        if self.violations.0.is_empty() {
            return Parsed { id: self.id, content: Ok(self.patch) };
        }
        self.violations.merge(self.patch.onto(None).err().unwrap_or_default());
        Parsed { id: self.id, content: Err(self.violations) }
    }

    fn text(&mut self, pointer: &'static str, slot: fn(&mut MoviePatch) -> &mut Field<String>, value: Value) {
        if !self.first(pointer) {
            return;
        }
        *slot(&mut self.patch) = match value {
            Value::Null => Field::Null,
            Value::String(text) => Field::Value(text),
            other => self.refuse_type(pointer, "text", &other),
        };
    }

    fn number(&mut self, pointer: &'static str, slot: fn(&mut MoviePatch) -> &mut Field<f64>, value: Value) {
        if !self.first(pointer) {
            return;
        }
        let number = match &value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
            _ => None,
        };
        *slot(&mut self.patch) = match (number, value) {
            (Some(number), _) => Field::Value(number),
            (None, Value::Null) => Field::Null,
            (None, Value::String(text)) if text.trim().is_empty() => Field::Null,
            (None, other) => self.refuse_type(pointer, "a number", &other),
        };
    }

    fn genres(&mut self, pointer: &'static str, value: Value) {
        if !self.first(pointer) {
            return;
        }
        self.patch.genres = match value {
            Value::Null => Field::Null,
            Value::String(text) if listed(&text).count() <= MAX_GENRE_ENTRIES => {
                Field::Value(listed(&text).map(str::to_owned).collect())
            }
            Value::Array(entries) if entries.len() <= MAX_GENRE_ENTRIES => {
                Field::Value(entries.into_iter().enumerate().map(|(i, entry)| self.genre(i, entry)).collect())
            }
            Value::String(_) | Value::Array(_) => {
                let detail = format!("a movie has at most {} genres", GenreNames::MAX);
                self.refuse(pointer, ViolationCode::TooLong, &detail);
                Field::Absent
            }
            other => self.refuse_type(pointer, "a list of genres", &other),
        };
    }

    /// The name that an entry of a list of genres gives. An entry without one is noted and stands as an empty name, so
    /// that the others keep their places; the domain's own complaint about it is left out in the end.
    fn genre(&mut self, i: usize, entry: Value) -> String {
        let name = match entry {
            Value::Object(mut genre) => genre.remove("name").unwrap_or_default(),
            name => name,
        };
        match name {
            Value::String(name) => name,
            _ => {
                let detail = "a genre is text, or an object with a \"name\"";
                self.refuse(format!("/genres/{i}"), ViolationCode::WrongType, detail);
                String::new()
            }
        }
    }

    /// Whether the field occurs for the first time. A second spelling of it is refused, not taken for the better one.
    fn first(&mut self, pointer: &'static str) -> bool {
        let first = !self.given.contains(&pointer);
        if first {
            self.given.push(pointer);
        } else {
            self.refuse(pointer, ViolationCode::Duplicate, "the field is given twice");
        }
        first
    }

    fn refuse_type<T>(&mut self, pointer: &'static str, expected: &str, found: &Value) -> Field<T> {
        let found = match found {
            Value::Null => "null",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::String(_) => "text",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        self.refuse(pointer, ViolationCode::WrongType, &format!("{expected} is expected, not {found}"));
        Field::Absent
    }

    fn refuse(&mut self, pointer: impl Into<String>, code: ViolationCode, detail: &str) {
        self.violations.push(Violation::new(pointer, code, detail));
    }
}

/// What tells the movies of a feed from each other: whole numbers do, as an export has them.
fn id(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// The entries of a list that is written as one text. No genre's name contains what may stand between them.
fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', GENRE_SEPARATOR]).map(str::trim).filter(|entry| !entry.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(text: &str) -> MoviePatch {
        read(text).unwrap().content.unwrap()
    }

    /// Each violation as `field code`.
    fn refused(text: &str) -> Vec<String> {
        let told = |v: &Violation| format!("{} {}", v.field, serde_json::to_string(&v.code).unwrap().replace('"', ""));
        read(text).unwrap().content.unwrap_err().0.iter().map(told).collect()
    }

    #[test]
    fn every_field_is_read() {
        let patch = accepted(
            r#"{"name": "Star Wars", "director": "George Lucas", "genres": ["Action"], "popularity": 88.0,
                "imdb_score": 8.8, "year": 1977, "runtime_minutes": 121, "votes": 900000, "imdb_id": "tt0076759",
                "overview": "Far away", "poster_url": "https://example.org/a.jpg"}"#,
        );
        let text = |text: &str| Field::Value(text.to_owned());
        let expected = MoviePatch {
            name: text("Star Wars"),
            director: text("George Lucas"),
            genres: Field::Value(vec!["Action".to_owned()]),
            popularity: Field::Value(88.0),
            imdb_score: Field::Value(8.8),
            year: Field::Value(1977.0),
            runtime_minutes: Field::Value(121.0),
            votes: Field::Value(900_000.0),
            imdb_id: text("tt0076759"),
            overview: text("Far away"),
            poster_url: text("https://example.org/a.jpg"),
        };
        assert_eq!(patch, expected);
    }

    #[test]
    fn an_absent_field_is_not_a_null() {
        let patch = accepted(r#"{"name": "Star Wars", "year": null, "genres": null, "director": null}"#);
        assert_eq!((patch.year, patch.genres, patch.director), (Field::Null, Field::Null, Field::Null));
        assert_eq!((patch.votes, patch.imdb_id), (Field::Absent, Field::Absent));
    }

    #[test]
    fn every_spelling_of_popularity_is_the_same_field() {
        for key in ["popularity", "99popularity", "_99popularity"] {
            assert_eq!(accepted(&format!("{{{key:?}: 88}}")).popularity, Field::Value(88.0), "{key}");
        }
    }

    #[test]
    fn every_form_of_genres_is_the_same_list() {
        let list = || Field::Value(vec!["Action".to_owned(), "War".to_owned()]);
        for genres in [
            r#""genre": ["Action", "War"]"#,
            r#""genres": "Action, War""#,
            r#""genres": " Action ,, War,""#,
            r#""genres": "Action | War""#,
            r#""genres": [{"id": 1, "name": "Action"}, {"name": "War"}]"#,
        ] {
            assert_eq!(accepted(&format!("{{{genres}}}")).genres, list(), "{genres}");
        }
        assert_eq!(accepted(r#"{"genres": ""}"#).genres, Field::Value(Vec::new()));
    }

    #[test]
    fn numbers_may_be_texts() {
        for (value, number) in [
            ("8", Field::Value(8.0)),
            ("\"8.5\"", Field::Value(8.5)),
            ("\" 8 \"", Field::Value(8.0)),
            ("\"\"", Field::Null),
            ("\"  \"", Field::Null),
        ] {
            assert_eq!(accepted(&format!("{{\"imdb_score\": {value}}}")).imdb_score, number, "{value}");
        }
        for value in ["\"8xe5\"", "\"NaN\"", "\"inf\"", "\"1,000\"", "true", "[8]", "{}"] {
            let found = refused(&format!("{{\"name\": \"A\", \"imdb_score\": {value}}}"));
            assert_eq!(found, ["/imdb_score wrong_type"], "{value}");
        }
    }

    #[test]
    fn what_the_catalogue_says_of_a_movie_is_ignored() {
        let exported = r#"{"id": 1, "version": 2, "created_at": "x", "updated_at": [{}]}"#;
        assert_eq!(accepted(exported), MoviePatch::default());
    }

    #[test]
    fn whole_numbers_are_ids() {
        for (value, id) in [
            ("7", Some(7)),
            ("\" 7 \"", Some(7)),
            ("18446744073709551615", Some(u64::MAX)),
            ("0", Some(0)),
            ("-7", None),
            ("7.5", None),
            ("\"tt7\"", None),
            ("null", None),
            ("[7]", None),
        ] {
            assert_eq!(read(&format!("{{\"id\": {value}}}")).unwrap().id, id, "{value}");
        }
    }

    #[test]
    fn everything_wrong_with_a_record_is_told_at_once() {
        let found = refused(
            r#"{"name": 1917, "director": "", "genres": ["War", 3, "a|b", {"id": 4}], "rating/stars": 5, "year": 3000,
                "votes": "many", "popularity": 1, "99popularity": 1}"#,
        );
        assert_eq!(
            found,
            [
                "/name wrong_type",
                "/genres/1 wrong_type",
                "/genres/3 wrong_type",
                "/rating~1stars unknown_field",
                "/votes wrong_type",
                "/popularity duplicate",
                "/director too_short",
                "/genres/2 invalid_format",
                "/year out_of_range",
            ]
        );
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for text in ["null", "3", "\"Star Wars\"", "[]", "true"] {
            assert_eq!(refused(text), [" wrong_type"], "{text}");
        }
    }

    #[test]
    fn a_damaged_record_has_a_bounded_number_of_violations() {
        let members: Vec<String> = (0..10_000).map(|i| format!("\"x{i}\": 1")).collect();
        assert!(refused(&format!("{{{}}}", members.join(","))).len() <= Violations::MAX);
        for genres in [format!("[{}1]", "1,".repeat(5_000)), format!("\"{}a\"", "a,".repeat(5_000))] {
            assert_eq!(refused(&format!("{{\"name\": \"A\", \"genres\": {genres}}}")), ["/genres too_long"]);
        }
    }

    #[test]
    fn deep_nesting_is_an_error() {
        let text = format!("{{\"name\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(read(&text).unwrap_err().to_string().contains("recursion limit"));
        let unknown = format!("{{\"name\": \"A\", \"x\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(refused(&unknown), ["/x unknown_field"]);
    }
}
