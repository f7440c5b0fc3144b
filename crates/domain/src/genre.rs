//! Genres.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{
    text,
    violation::{Violation, ViolationCode, Violations},
};

/// Identifies a genre; given by the catalogue, never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GenreId(pub u64);

/// A genre's name: 1 to 50 characters after trimming, in NFC, without `,`, `|` and control characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct GenreName(Arc<str>);

impl GenreName {
    /// The most characters a name has.
    pub const MAX_CHARS: usize = 50;

    /// Reads a name; a violation is reported for the JSON pointer `field`.
    pub fn new(name: &str, field: &str) -> Result<Self, Violation> {
        let name = text::trimmed_nfc(name);
        let refuse = |code, detail| Err(Violation::new(field, code, detail));
        match name.chars().count() {
            0 => return refuse(ViolationCode::TooShort, "a genre has 1 to 50 characters"),
            n if n > Self::MAX_CHARS => {
                return refuse(ViolationCode::TooLong, "a genre has 1 to 50 characters");
            }
            _ => {}
        }
        if name.chars().any(|c| matches!(c, ',' | '|') || c.is_control()) {
            return refuse(ViolationCode::InvalidFormat, "a genre contains no ',', no '|' and no control characters");
        }
        Ok(Self(name.into()))
    }

    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two names share that are the same genre: the name without differences of case.
    pub fn key(&self) -> String {
        text::case_folded(&self.0)
    }
}

impl fmt::Display for GenreName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<GenreName> for String {
    fn from(name: GenreName) -> Self {
        name.0.as_ref().into()
    }
}

impl TryFrom<String> for GenreName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Self::new(&name, "/name").map_err(|v| v.detail)
    }
}

/// A genre.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Genre {
    /// Its id.
    pub id: GenreId,
    /// Its name, unique without regard to case, as first written.
    pub name: GenreName,
}

/// The genres of one movie: at most 32, in order, none twice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GenreNames(Vec<GenreName>);

impl GenreNames {
    /// The most genres a movie has.
    pub const MAX: usize = 32;

    /// Reads names; a repeated one counts once, where it stands first. Reports the violations, each for the JSON
    /// pointer `field/N`, or for `field` where there are too many; it reads on to [`Violations::MAX`] of them.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>, field: &str) -> Result<Self, Vec<Violation>> {
        let mut genres: Vec<GenreName> = Vec::new();
        let mut keys: Vec<String> = Vec::new();
        let mut violations = Vec::new();
        for (i, name) in names.into_iter().enumerate() {
            if violations.len() == Violations::MAX {
                break;
            }
            match GenreName::new(name, &format!("{field}/{i}")) {
                Ok(name) if keys.contains(&name.key()) => {}
                Ok(_) if genres.len() == Self::MAX => {
                    violations.push(Violation::new(field, ViolationCode::TooLong, "a movie has at most 32 genres"));
                    break;
                }
                Ok(name) => {
                    keys.push(name.key());
                    genres.push(name);
                }
                Err(violation) => violations.push(violation),
            }
        }
        if violations.is_empty() { Ok(Self(genres)) } else { Err(violations) }
    }

    /// These, then those of `others` that are not among them. Reports, for `field`, where that is too many.
    pub fn with(&self, others: &Self, field: &str) -> Result<Self, Vec<Violation>> {
        Self::new(self.0.iter().chain(&others.0).map(GenreName::as_str), field)
    }

    /// These without `others`.
    pub fn without(&self, others: &Self) -> Self {
        let keys: Vec<String> = others.0.iter().map(GenreName::key).collect();
        Self(self.0.iter().filter(|name| !keys.contains(&name.key())).cloned().collect())
    }

    /// Whether both name the same genres in the same order.
    pub fn are_those_of(&self, other: &Self) -> bool {
        self.0.iter().map(GenreName::key).eq(other.0.iter().map(GenreName::key))
    }

    /// The names, in order.
    pub fn as_slice(&self) -> &[GenreName] {
        &self.0
    }
}

impl<'a> FromIterator<&'a Genre> for GenreNames {
    /// The names of a movie's genres, which are few and distinct already.
    fn from_iter<I: IntoIterator<Item = &'a Genre>>(genres: I) -> Self {
        Self(genres.into_iter().map(|genre| genre.name.clone()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_trimmed_and_bounded() {
        assert_eq!(GenreName::new(" Family ", "").unwrap().as_str(), "Family");
        assert!(GenreName::new(&"x".repeat(50), "").is_ok());
        for bad in ["", "  ", "a,b", "a|b", "a\0b", &"x".repeat(51)] {
            assert!(GenreName::new(bad, "/name").is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_repeated_genre_counts_once() {
        let genres = GenreNames::new(["Drama", " drama", "War"], "/genres").unwrap();
        assert_eq!(genres.as_slice().iter().map(GenreName::as_str).collect::<Vec<_>>(), ["Drama", "War"]);
    }

    #[test]
    fn genres_are_added_and_taken_away_however_their_names_are_written() {
        let genres = |names: &[&str]| GenreNames::new(names.iter().copied(), "/genres").unwrap();
        let movie = genres(&["Drama", "War"]);
        assert_eq!(movie.with(&genres(&["war", "Crime"]), "/genres"), Ok(genres(&["Drama", "War", "Crime"])));
        assert_eq!(movie.without(&genres(&["DRAMA", "Crime"])), genres(&["War"]));
        assert!(movie.are_those_of(&genres(&["drama", "WAR"])));
        assert!(!movie.are_those_of(&genres(&["War", "Drama"])), "the order counts");
        let many: Vec<String> = (0..31).map(|i| format!("g{i}")).collect();
        let many = GenreNames::new(many.iter().map(String::as_str), "/genres").unwrap();
        assert_eq!(movie.with(&many, "/genres").unwrap_err()[0].code, ViolationCode::TooLong);
    }

    #[test]
    fn a_movie_has_at_most_32_genres() {
        let names: Vec<String> = (0..33).map(|i| format!("g{i}")).collect();
        assert!(GenreNames::new(names[..32].iter().map(String::as_str), "/genres").is_ok());
        let violations = GenreNames::new(names.iter().map(String::as_str), "/genres").unwrap_err();
        assert_eq!((violations.len(), violations[0].field.as_str()), (1, "/genres"));
    }

    #[test]
    fn a_long_list_of_bad_names_is_read_up_to_a_limit() {
        let mut read = 0;
        let names = std::iter::repeat_with(|| "a|b").take(10_000).inspect(|_| read += 1);
        assert_eq!(GenreNames::new(names, "/genres").unwrap_err().len(), Violations::MAX);
        assert!(read <= Violations::MAX + 1, "{read}");
    }
}
