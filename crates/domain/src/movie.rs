//! Movies: value types, the editable part, the stored whole, and a change to apply.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    genre::{Genre, GenreNames},
    text,
    time::Timestamp,
    violation::{Violation, ViolationCode, Violations},
};

/// Identifies a movie; given by the catalogue, never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MovieId(pub u64);

/// Declares a value type over a text: its constructor, its reading back and its showing.
macro_rules! text_value {
    ($(#[$doc:meta])* $name:ident, $field:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads a value, or says which rule it breaks.
            pub fn new(text: &str) -> Result<Self, Violation> {
                let check: fn(&str) -> Result<String, (ViolationCode, &'static str)> = $check;
                check(text).map(Self).map_err(|(code, detail)| Violation::new($field, code, detail))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                Self::new(&text).map_err(|v| v.detail)
            }
        }
    };
}

/// Declares a value type over a number in a closed range.
macro_rules! number_value {
    ($(#[$doc:meta])* $name:ident($inner:ty), $field:literal, $range:expr, $rule:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
        #[serde(into = "f64", try_from = "f64")]
        pub struct $name($inner);

        impl $name {
            /// Reads a value, or says which rule it breaks. A fraction is cut where the type has none:
            /// callers who must refuse fractions do so before.
            pub fn new(number: f64) -> Result<Self, Violation> {
                if $range.contains(&number) {
                    // Adding zero turns -0.0 into 0.0, which would otherwise be shown as "-0.0".
                    Ok(Self((number + 0.0) as $inner))
                } else {
                    Err(Violation::new($field, ViolationCode::OutOfRange, $rule))
                }
            }

            /// The number.
            pub fn get(self) -> $inner {
                self.0
            }
        }

        impl From<$name> for f64 {
            fn from(value: $name) -> Self {
                value.0 as f64
            }
        }

        impl TryFrom<f64> for $name {
            type Error = String;

            fn try_from(number: f64) -> Result<Self, String> {
                Self::new(number).map_err(|v| v.detail)
            }
        }
    };
}

text_value!(
    /// A movie's name: 1 to 300 characters after trimming, in NFC, without control characters.
    MovieName, "/name", |text| line(text, "a name has 1 to 300 characters")
);
text_value!(
    /// Who directed: 1 to 300 characters after trimming, in NFC, without control characters. Several names are
    /// separated by `", "`.
    Director, "/director", |text| line(text, "a director has 1 to 300 characters")
);

impl Director {
    /// Between two names.
    pub const SEPARATOR: &'static str = ", ";

    /// Each name by itself.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.as_str().split(Self::SEPARATOR).map(str::trim).filter(|name| !name.is_empty())
    }
}

text_value!(
    /// What the movie is about: up to 5,000 characters in NFC. Line breaks and tabs are the only control characters.
    Overview, "/overview", |text| {
        let text = text::nfc(text);
        if text.chars().count() > 5_000 {
            return Err((ViolationCode::TooLong, "an overview has up to 5,000 characters"));
        }
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            return Err((ViolationCode::InvalidFormat, "an overview has no control characters but line breaks and tabs"));
        }
        Ok(text)
    }
);
text_value!(
    /// Where the poster is: an https URL of up to 2,000 characters without white space.
    PosterUrl, "/poster_url", |text| {
        let text = text.trim();
        if text.chars().count() > 2_000 {
            return Err((ViolationCode::TooLong, "a poster URL has up to 2,000 characters"));
        }
        let scheme_ends = text.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"));
        let host = if scheme_ends { text[8..].split(['/', '?', '#']).next().unwrap_or_default() } else { "" };
        let unsafe_char = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '\\' | '`');
        if host.is_empty() || host.starts_with(':') || host.ends_with('@') || text.chars().any(unsafe_char) {
            return Err((ViolationCode::InvalidFormat, "a poster URL looks like https://host/path"));
        }
        Ok(text.to_owned())
    }
);
text_value!(
    /// IMDb's identifier of a title: `tt` and 7 to 10 digits.
    ImdbId, "/imdb_id", |text| {
        let text = text.trim();
        match text.strip_prefix("tt") {
            Some(digits) if (7..=10).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) => {
                Ok(text.to_owned())
            }
            _ => Err((ViolationCode::InvalidFormat, "an IMDb id is \"tt\" and 7 to 10 digits")),
        }
    }
);
number_value!(
    /// How popular a movie is: 0 to 100.
    Popularity(f64), "/popularity", (0.0..=100.0), "popularity is 0 to 100"
);
number_value!(
    /// IMDb's score of a movie: 0 to 10.
    Score(f64), "/imdb_score", (0.0..=10.0), "a score is 0 to 10"
);
number_value!(
    /// The year of the first showing: 1870 to 2100.
    Year(u16), "/year", (1870.0..=2100.0), "a year is 1870 to 2100"
);
number_value!(
    /// How long a movie runs, in minutes: 1 to 60,000.
    Runtime(u32), "/runtime_minutes", (1.0..=60_000.0), "a runtime is 1 to 60000 minutes"
);
number_value!(
    /// How many people voted: 0 to 2^53 - 1, the largest whole number that every JSON reader keeps exact.
    Votes(u64), "/votes", (0.0..=9_007_199_254_740_991.0), "votes are 0 to 9007199254740991"
);

fn line(text: &str, rule: &'static str) -> Result<String, (ViolationCode, &'static str)> {
    let text = text::trimmed_nfc(text);
    match text.chars().count() {
        0 => Err((ViolationCode::TooShort, rule)),
        n if n > 300 => Err((ViolationCode::TooLong, rule)),
        _ if text.chars().any(char::is_control) => {
            Err((ViolationCode::InvalidFormat, "control characters are not allowed"))
        }
        _ => Ok(text),
    }
}

/// What people know of a movie, its genres aside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MovieDetails {
    /// Its name.
    pub name: MovieName,
    /// Who directed it.
    pub director: Option<Director>,
    /// How popular it is.
    pub popularity: Option<Popularity>,
    /// IMDb's score.
    pub imdb_score: Option<Score>,
    /// The year of its first showing.
    pub year: Option<Year>,
    /// Its length.
    pub runtime_minutes: Option<Runtime>,
    /// How many people voted.
    pub votes: Option<Votes>,
    /// IMDb's identifier, unique in the catalogue.
    pub imdb_id: Option<ImdbId>,
    /// What it is about.
    pub overview: Option<Overview>,
    /// Where its poster is.
    pub poster_url: Option<PosterUrl>,
}

impl MovieDetails {
    /// What makes two movies duplicates of each other.
    pub fn identity(&self) -> Identity {
        Identity {
            name: text::case_folded(self.name.as_str()),
            director: self.director.as_ref().map(|d| text::case_folded(d.as_str())),
            year: self.year.map(Year::get),
        }
    }
}

/// A movie's natural key: name and director without differences of case, and the year. `None` equals `None`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The case-folded name.
    pub name: String,
    /// The case-folded director.
    pub director: Option<String>,
    /// The year.
    pub year: Option<u16>,
}

/// What an admin writes: valid, not stored yet.
#[derive(Debug, Clone, PartialEq)]
pub struct MovieDraft {
    /// Everything but the genres.
    pub details: MovieDetails,
    /// The genres, by name: new names become genres when the draft is stored.
    pub genres: GenreNames,
}

/// A movie of the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Movie {
    /// Its id.
    pub id: MovieId,
    /// Counts its states from 1.
    pub version: u32,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Everything but the genres.
    #[serde(flatten)]
    pub details: MovieDetails,
    /// The genres, in order.
    pub genres: Vec<Genre>,
}

impl Movie {
    /// The editable part.
    pub fn draft(&self) -> MovieDraft {
        MovieDraft { details: self.details.clone(), genres: self.genres.iter().collect() }
    }
}

/// One field of a change: left as it is, emptied, or set.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Field<T> {
    /// Not mentioned.
    #[default]
    Absent,
    /// Explicitly nothing.
    Null,
    /// A value.
    Value(T),
}

impl<T> Field<T> {
    fn or(self, base: Option<T>) -> Option<T> {
        match self {
            Self::Absent => base,
            Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }
}

/// Raw values to put onto a movie or, for a new one, onto nothing. Checked when they are applied.
#[derive(Debug, Clone, Default, PartialEq)]
#[allow(missing_docs, reason = "the fields are those of `MovieDetails`")]
pub struct MoviePatch {
    pub name: Field<String>,
    pub director: Field<String>,
    pub genres: Field<Vec<String>>,
    pub popularity: Field<f64>,
    pub imdb_score: Field<f64>,
    pub year: Field<f64>,
    pub runtime_minutes: Field<f64>,
    pub votes: Field<f64>,
    pub imdb_id: Field<String>,
    pub overview: Field<String>,
    pub poster_url: Field<String>,
}

impl MoviePatch {
    /// Puts the patch onto `base`, or onto nothing: then what is absent is `null`. Reports every violation at once.
    pub fn onto(self, base: Option<MovieDraft>) -> Result<MovieDraft, Violations> {
        let mut found = Violations::default();
        let (base, base_genres) = match base {
            Some(draft) => (Some(draft.details), Some(draft.genres)),
            None => (None, None),
        };
        /// A field of the result: from the patch by `$new`, else from the base.
        macro_rules! field {
            ($field:ident, $new:expr) => {
                match self.$field {
                    Field::Absent => base.as_ref().and_then(|b| b.$field.clone()),
                    Field::Null => None,
                    Field::Value(value) => found.check($new(value)),
                }
            };
        }
        let whole = |field: &'static str| {
            move |number: f64| {
                if number.fract() == 0.0 || !number.is_finite() {
                    Ok(number)
                } else {
                    Err(Violation::new(field, ViolationCode::WrongType, "a whole number is expected"))
                }
            }
        };

        let name = match self.name.or(base.as_ref().map(|b| b.name.as_str().to_owned())) {
            Some(name) => found.check(MovieName::new(&name)),
            None => {
                found.0.push(Violation::new("/name", ViolationCode::Required, "a movie has a name"));
                None
            }
        };
        let director = field!(director, |v: String| Director::new(&v));
        let genres = match self.genres {
            Field::Absent => base_genres.unwrap_or_default(),
            Field::Null => GenreNames::default(),
            Field::Value(names) => {
                GenreNames::new(names.iter().map(String::as_str), "/genres").unwrap_or_else(|violations| {
                    found.0.extend(violations);
                    GenreNames::default()
                })
            }
        };
        let popularity = field!(popularity, Popularity::new);
        let imdb_score = field!(imdb_score, Score::new);
        let year = field!(year, |v| whole("/year")(v).and_then(Year::new));
        let runtime_minutes = field!(runtime_minutes, |v| whole("/runtime_minutes")(v).and_then(Runtime::new));
        let votes = field!(votes, |v| whole("/votes")(v).and_then(Votes::new));
        let imdb_id = field!(imdb_id, |v: String| ImdbId::new(&v));
        let overview = field!(overview, |v: String| Overview::new(&v));
        let poster_url = field!(poster_url, |v: String| PosterUrl::new(&v));

        match name {
            Some(name) if found.0.is_empty() => Ok(MovieDraft {
                details: MovieDetails {
                    name,
                    director,
                    popularity,
                    imdb_score,
                    year,
                    runtime_minutes,
                    votes,
                    imdb_id,
                    overview,
                    poster_url,
                },
                genres,
            }),
            _ => Err(found),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> MoviePatch {
        MoviePatch { name: Field::Value(name.into()), ..MoviePatch::default() }
    }

    #[test]
    fn every_violation_is_reported_at_once() {
        let patch = MoviePatch {
            popularity: Field::Value(100.5),
            imdb_score: Field::Value(f64::NAN),
            year: Field::Value(1977.5),
            votes: Field::Value(-1.0),
            imdb_id: Field::Value("nm0000001".into()),
            genres: Field::Value(vec!["Drama".into(), "a|b".into()]),
            ..MoviePatch::default()
        };
        let found = patch.onto(None).unwrap_err();
        let fields: Vec<_> = found.0.iter().map(|v| v.field.as_str()).collect();
        assert_eq!(fields, ["/name", "/genres/1", "/popularity", "/imdb_score", "/year", "/votes", "/imdb_id"]);
    }

    #[test]
    fn a_patch_leaves_what_it_does_not_mention() {
        let base = MoviePatch { year: Field::Value(1977.0), imdb_score: Field::Value(8.8), ..named("Star Wars") }
            .onto(None)
            .unwrap();
        let patched = MoviePatch { year: Field::Null, votes: Field::Value(3.0), ..MoviePatch::default() }
            .onto(Some(base.clone()))
            .unwrap();
        assert_eq!(patched.details.name, base.details.name);
        assert_eq!(patched.details.imdb_score, base.details.imdb_score);
        assert_eq!((patched.details.year, patched.details.votes.map(Votes::get)), (None, Some(3)));
    }

    #[test]
    fn a_name_cannot_be_taken_away() {
        let base = named("M").onto(None).unwrap();
        let patch = MoviePatch { name: Field::Null, ..MoviePatch::default() };
        assert_eq!(patch.onto(Some(base)).unwrap_err().0[0].code, ViolationCode::Required);
    }

    #[test]
    fn limits_hold_at_their_edges() {
        assert!(MovieName::new(&"é".repeat(300)).is_ok());
        assert!(MovieName::new(&"x".repeat(301)).is_err());
        assert!(MovieName::new("nul\0").is_err());
        assert!(Overview::new(&"x".repeat(5_000)).is_ok() && Overview::new(&"x".repeat(5_001)).is_err());
        assert!(Year::new(1870.0).is_ok() && Year::new(1869.0).is_err() && Year::new(2101.0).is_err());
        assert!(Runtime::new(60_000.0).is_ok() && Runtime::new(0.0).is_err());
        assert!(Score::new(10.0).is_ok() && Score::new(10.1).is_err());
        assert!(Popularity::new(-0.0).unwrap().get().is_sign_positive());
        assert!(ImdbId::new("tt0133093").is_ok() && ImdbId::new("tt123456").is_err());
        for good in ["https://example.org/a.jpg", "HTTPS://example.org"] {
            assert!(PosterUrl::new(good).is_ok(), "{good}");
        }
        for bad in ["http://example.org/a.jpg", "https://", "https:///x", "javascript:alert(1)", "https://a b/", "é"] {
            assert!(PosterUrl::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn identity_ignores_case_and_normal_form() {
        let identity = |name: &str| named(name).onto(None).unwrap().details.identity();
        assert_eq!(identity("AME\u{301}LIE "), identity("Amélie"));
        assert_ne!(identity("Amelie"), identity("Amélie"));
    }
}
