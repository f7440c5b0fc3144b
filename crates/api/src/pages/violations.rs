//! What is wrong with what a form sent, in the page's language.
//!
//! The domain names a field and a rule; the limits stand here once more, for the texts. A test breaks every rule and sees
//! that there is a text for it.

use domain::violation::{
    Violation,
    ViolationCode::{
        self, Duplicate, Incorrect, InvalidFormat, OutOfRange, Required, Taken, TooLong, TooShort, UnknownField,
        WrongType,
    },
    Violations,
};
use ingest::BrokenRule;

use super::{
    i18n::{Locale, Text},
    page::Page,
};

/// What a form is about: fields of the same name have other rules elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Movie,
    Genre,
    Account,
    Token,
}

/// The text that tells of a violation.
pub fn text<'a>(page: &'a Page, subject: Subject, violation: &Violation) -> Text<'a> {
    rule(page.locale, subject, violation).unwrap_or_else(|| page.t("violation-other"))
}

/// The text that tells of a rule for movies that the record of a feed breaks; forms cannot break all of them.
pub fn of_record<'a>(page: &'a Page, broken: &BrokenRule) -> Option<Text<'a>> {
    let field = broken.field.as_deref().unwrap_or_default();
    rule(page.locale, Subject::Movie, &Violation::new(field, broken.code, ""))
}

/// What is wrong with the fields of a form, for its template.
#[derive(Default)]
pub struct Wrong<'a>(Vec<(String, Text<'a>)>);

impl<'a> Wrong<'a> {
    /// All that these violations tell.
    pub fn new(page: &'a Page, subject: Subject, violations: &Violations) -> Self {
        let told = |violation: &Violation| (violation.field.clone(), text(page, subject, violation));
        Self(violations.0.iter().map(told).collect())
    }

    /// What is wrong with a field, which is named by its JSON pointer.
    pub fn with(&self, field: &str) -> Option<&Text<'a>> {
        self.0.iter().find(|(name, _)| name == field).map(|(_, text)| text)
    }

    /// Whether this field is the first with which something is wrong: there somebody goes on writing.
    pub fn begins_with(&self, field: &str) -> bool {
        self.0.first().is_some_and(|(name, _)| name == field)
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn rule<'a>(locale: &'a Locale, subject: Subject, violation: &Violation) -> Option<Text<'a>> {
    let code = violation.code;
    let field = violation.field.trim_start_matches('/');
    if code == Required {
        return Some(locale.t("violation-required"));
    }
    match (subject, field) {
        (Subject::Movie, "name" | "director") => line(locale, code, 300),
        (Subject::Movie, "popularity") => number(locale, code, 0, 100),
        (Subject::Movie, "imdb_score") => number(locale, code, 0, 10),
        (Subject::Movie, "year") => match code {
            // Years are not grouped, as numbers are.
            OutOfRange => Some(locale.t("violation-range").with("min", "1870").with("max", "2100")),
            _ => whole_number(locale, code, 1870, 2100),
        },
        (Subject::Movie, "runtime_minutes") => whole_number(locale, code, 1, 60_000),
        (Subject::Movie, "votes") => whole_number(locale, code, 0, 9_007_199_254_740_991),
        (Subject::Movie, "imdb_id") => match code {
            InvalidFormat => Some(locale.t("violation-imdb-id")),
            Taken => Some(locale.t("violation-imdb-id-taken")),
            _ => None,
        },
        (Subject::Movie, "overview") => match code {
            TooLong => Some(locale.t("violation-characters-most").with("max", 5_000)),
            InvalidFormat => Some(locale.t("violation-control-text")),
            _ => None,
        },
        (Subject::Movie, "poster_url") => match code {
            TooLong => Some(locale.t("violation-characters-most").with("max", 2_000)),
            InvalidFormat => Some(locale.t("violation-poster-url")),
            _ => None,
        },
        (Subject::Movie, "genres") if code == TooLong => Some(locale.t("violation-genre-count").with("max", 32)),
        (Subject::Movie, _) if code == UnknownField => Some(locale.t("violation-unknown-field")),
        (Subject::Movie, "") if code == Duplicate => Some(locale.t("violation-duplicate")),
        (Subject::Movie, field) => {
            let index: u64 = field.strip_prefix("genres/")?.parse().ok()?;
            let problem = genre(locale, code)?.to_string();
            let text = locale.t("violation-genre-at").with("position", index.saturating_add(1));
            Some(text.with("problem", problem))
        }
        (Subject::Genre, "name") => genre(locale, code),
        (Subject::Account, "username") => match code {
            TooShort | TooLong => Some(locale.t("violation-characters").with("min", 3).with("max", 50)),
            InvalidFormat => Some(locale.t("violation-username")),
            Taken => Some(locale.t("violation-username-taken")),
            _ => None,
        },
        (Subject::Account, "password" | "new") => match code {
            TooShort | TooLong => Some(locale.t("violation-password").with("min", 10).with("max", 72)),
            InvalidFormat => Some(locale.t("violation-password-other")),
            _ => None,
        },
        (Subject::Account, "current") if code == Incorrect => Some(locale.t("violation-password-current")),
        (Subject::Token, "name") => line(locale, code, 100),
        (Subject::Token, "expires_in_days") => whole_number(locale, code, 1, 365),
        _ => None,
    }
}

fn line(locale: &Locale, code: ViolationCode, max: u64) -> Option<Text<'_>> {
    match code {
        TooShort => Some(locale.t("violation-required")),
        TooLong => Some(locale.t("violation-characters").with("min", 1).with("max", max)),
        InvalidFormat => Some(locale.t("violation-control")),
        _ => None,
    }
}

fn number(locale: &Locale, code: ViolationCode, min: u64, max: u64) -> Option<Text<'_>> {
    match code {
        OutOfRange => Some(locale.t("violation-range").with("min", min).with("max", max)),
        WrongType => Some(locale.t("violation-number")),
        _ => None,
    }
}

fn whole_number(locale: &Locale, code: ViolationCode, min: u64, max: u64) -> Option<Text<'_>> {
    if code == WrongType { Some(locale.t("violation-whole-number")) } else { number(locale, code, min, max) }
}

fn genre(locale: &Locale, code: ViolationCode) -> Option<Text<'_>> {
    match code {
        TooShort | TooLong => Some(locale.t("violation-characters").with("min", 1).with("max", 50)),
        InvalidFormat => Some(locale.t("violation-genre")),
        Taken => Some(locale.t("violation-genre-taken")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::{
        genre::GenreName,
        movie::{Field, MoviePatch},
        services::{new_credentials, new_password},
        user::{TokenName, Username},
    };

    use super::*;

    fn of_movie(change: impl FnOnce(&mut MoviePatch)) -> Vec<(Subject, Violation)> {
        let mut patch = MoviePatch { name: Field::Value("Star Wars".to_owned()), ..MoviePatch::default() };
        change(&mut patch);
        of(Subject::Movie, patch.onto(None).unwrap_err())
    }

    fn of(subject: Subject, violations: impl Into<Violations>) -> Vec<(Subject, Violation)> {
        violations.into().0.into_iter().map(|violation| (subject, violation)).collect()
    }

    fn text(text: &str) -> Field<String> {
        Field::Value(text.to_owned())
    }

    /// Every rule of the domain, broken.
    fn all() -> Vec<(Subject, Violation)> {
        let mut all = of_movie(|movie| movie.name = Field::Null);
        for bad in ["", "a\u{7}b", &"x".repeat(301)] {
            all.extend(of_movie(|movie| (movie.name, movie.director) = (text(bad), text(bad))));
        }
        for bad in ["x".repeat(5_001), "a\u{7}b".to_owned()] {
            all.extend(of_movie(|movie| movie.overview = text(&bad)));
        }
        for bad in [format!("https://x/{}", "x".repeat(2_000)), "http://x".to_owned()] {
            all.extend(of_movie(|movie| movie.poster_url = text(&bad)));
        }
        all.extend(of_movie(|movie| movie.imdb_id = text("7")));
        let range = Field::Value(1e300);
        all.extend(of_movie(|movie| (movie.popularity, movie.imdb_score) = (range.clone(), range.clone())));
        for bad in [1e300, 1.5] {
            all.extend(of_movie(|movie| {
                let bad = Field::Value(bad);
                (movie.year, movie.runtime_minutes, movie.votes) = (bad.clone(), bad.clone(), bad);
            }));
        }
        for bad in ["", "a|b", &"x".repeat(51)] {
            all.extend(of_movie(|movie| movie.genres = Field::Value(vec!["War".to_owned(), bad.to_owned()])));
            all.extend(of(Subject::Genre, GenreName::new(bad, "/name").unwrap_err()));
        }
        let many = (0..33).map(|i| i.to_string()).collect();
        all.extend(of_movie(|movie| movie.genres = Field::Value(many)));
        for bad in ["", "ä ö ü", &"x".repeat(51)] {
            all.extend(of(Subject::Account, new_credentials(bad, "0123456789".to_owned().into()).unwrap_err()));
        }
        let name = Username::new("somebody.else").unwrap();
        for bad in ["", "somebody.else", "0123456789\0", &"x".repeat(73)] {
            let bad = || bad.to_owned().into();
            all.extend(of(Subject::Account, new_credentials(name.as_str(), bad()).unwrap_err()));
            all.extend(of(Subject::Account, new_password(&name, bad()).unwrap_err()));
        }
        for bad in ["", "a\nb", &"x".repeat(101)] {
            all.extend(of(Subject::Token, TokenName::new(bad).unwrap_err()));
        }
        // What services and forms say by themselves.
        for (subject, field, code) in [
            (Subject::Movie, "", Duplicate),
            (Subject::Movie, "/colour", UnknownField),
            (Subject::Movie, "/imdb_id", Taken),
            (Subject::Movie, "/popularity", WrongType),
            (Subject::Movie, "/imdb_score", WrongType),
            (Subject::Genre, "/name", Taken),
            (Subject::Account, "/username", Taken),
            (Subject::Account, "/current", Incorrect),
            (Subject::Token, "/expires_in_days", OutOfRange),
            (Subject::Token, "/expires_in_days", WrongType),
        ] {
            all.push((subject, Violation::new(field, code, "")));
        }
        all
    }

    #[test]
    fn every_rule_has_a_text_in_every_language() {
        let all = all();
        assert!(all.len() >= 50, "{}", all.len());
        for locale in Locale::all() {
            for (subject, violation) in &all {
                let text = rule(locale, *subject, violation).map(|text| text.to_string());
                let is_told = text.as_ref().is_some_and(|text| !text.contains(['{', '$']) && text.contains(' '));
                assert!(
                    is_told || locale.language.tag == "ja" && text.is_some(),
                    "{subject:?} {violation:?}: {text:?}"
                );
            }
        }
    }

    #[test]
    fn the_limits_are_those_of_the_domain() {
        let english = Locale::by_tag("en").unwrap();
        let numbers = |text: &str| {
            let text = text.replace(',', "");
            let numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
            numbers.map(str::to_owned).collect::<BTreeSet<_>>()
        };
        for (subject, violation) in all().iter().filter(|(_, v)| [TooLong, OutOfRange].contains(&v.code)) {
            let said = rule(english, *subject, violation).unwrap().to_string();
            let limits = numbers(&violation.detail);
            assert!(limits.is_subset(&numbers(&said)), "{violation:?}: {said}");
        }
    }

    #[test]
    fn a_text_has_the_limits() {
        let shown = |tag, subject, violation: &Violation| {
            rule(Locale::by_tag(tag).unwrap(), subject, violation).unwrap().to_string()
        };
        let votes = Violation::new("/votes", OutOfRange, "");
        assert_eq!(shown("en", Subject::Movie, &votes), "Please enter a number from 0 to 9,007,199,254,740,991.");
        let year = Violation::new("/year", OutOfRange, "");
        assert_eq!(shown("de", Subject::Movie, &year), "Bitte geben Sie eine Zahl von 1870 bis 2100 ein.");
        let genre = Violation::new("/genres/2", InvalidFormat, "");
        assert!(shown("es", Subject::Movie, &genre).starts_with("Género 3: Un género no puede contener"));
        let name = |max| shown("ar", max, &Violation::new("/name", TooLong, ""));
        assert!(name(Subject::Genre).contains("حرفًا") && !name(Subject::Movie).contains("حرفًا"));
    }
}
