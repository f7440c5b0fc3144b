//! A movie as the fields of a form: what was typed, and what it means.

use domain::{
    genre::{GenreName, GenreNames},
    movie::{Field, Movie, MovieDraft, MoviePatch, Overview},
    violation::{Violation, ViolationCode, Violations},
};

use crate::{
    pages::{form::Form, i18n::Text, page::Page},
    v1::movie_body::EDITABLE,
};

/// The texts in the fields of a form, in the order of [`EDITABLE`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Typed([String; EDITABLE.len()]);

impl Typed {
    /// What a form sent.
    pub fn of_form(form: &Form) -> Self {
        // Browsers send line breaks as CR LF, whatever they were.
        Self(EDITABLE.map(|name| form.text(name).replace("\r\n", "\n")))
    }

    /// What is typed for this movie where `separator` stands before decimals.
    pub fn of_draft(draft: &MovieDraft, separator: char) -> Self {
        let details = &draft.details;
        let decimal = |number: f64| number.to_string().replace('.', &separator.to_string());
        let text = |value: Option<&dyn ToString>| value.map(ToString::to_string).unwrap_or_default();
        Self(EDITABLE.map(|name| match name {
            "name" => details.name.to_string(),
            "director" => text(details.director.as_ref().map(|v| v as _)),
            "genres" => joined(draft.genres.as_slice()),
            "popularity" => details.popularity.map(|v| decimal(v.get())).unwrap_or_default(),
            "imdb_score" => details.imdb_score.map(|v| decimal(v.get())).unwrap_or_default(),
            "year" => text(details.year.map(|v| v.get()).as_ref().map(|v| v as _)),
            "runtime_minutes" => text(details.runtime_minutes.map(|v| v.get()).as_ref().map(|v| v as _)),
            "votes" => text(details.votes.map(|v| v.get()).as_ref().map(|v| v as _)),
            "imdb_id" => text(details.imdb_id.as_ref().map(|v| v as _)),
            "overview" => shown(details.overview.as_ref()),
            "poster_url" => text(details.poster_url.as_ref().map(|v| v as _)),
            _ => String::new(),
        }))
    }

    /// The text of a field.
    pub fn get(&self, name: &str) -> &str {
        EDITABLE.iter().position(|field| *field == name).map_or("", |place| &self.0[place])
    }

    /// Each field and its text.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        EDITABLE.into_iter().zip(self.0.iter().map(String::as_str))
    }

    /// What the texts mean: all that is wrong is reported, in the order of the fields.
    pub fn draft(&self) -> Result<MovieDraft, Violations> {
        let mut found = Violations::default();
        let text = |name: &str| match self.get(name) {
            "" => Field::Null,
            text => Field::Value(text.to_owned()),
        };
        let mut number = |name: &str, read: fn(&str) -> Option<f64>| match self.get(name) {
            "" => Field::Null,
            text => read(text).map_or_else(
                || {
                    let field = format!("/{name}");
                    found.push(Violation::new(field, ViolationCode::WrongType, "a number is expected"));
                    Field::Null
                },
                Field::Value,
            ),
        };
        let patch = MoviePatch {
            popularity: number("popularity", decimal),
            imdb_score: number("imdb_score", decimal),
            year: number("year", whole),
            runtime_minutes: number("runtime_minutes", whole),
            votes: number("votes", whole),
            name: text("name"),
            director: text("director"),
            genres: Field::Value(names(self.get("genres")).map(str::to_owned).collect()),
            imdb_id: text("imdb_id"),
            overview: text("overview"),
            poster_url: text("poster_url"),
        };
        match patch.onto(None) {
            Ok(draft) if found.0.is_empty() => Ok(draft),
            Ok(_) => Err(found),
            Err(others) => {
                found.merge(others);
                found.0.sort_by_key(|violation| EDITABLE.iter().position(|name| is_about(violation, name)));
                Err(found)
            }
        }
    }
}

/// An overview as a form shows and sends it: browsers change line breaks, and what is around a text is trimmed.
fn shown(overview: Option<&Overview>) -> String {
    let text = overview.map_or("", Overview::as_str);
    text.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned()
}

/// The draft that a form made of `before`: an overview that nobody touched stays to the letter.
pub fn untouched(mut draft: MovieDraft, before: &Movie) -> MovieDraft {
    let overview = &before.details.overview;
    if shown(draft.details.overview.as_ref()) == shown(overview.as_ref()) {
        draft.details.overview.clone_from(overview);
    }
    draft
}

/// Whether a violation is one of this field.
pub fn is_about(violation: &Violation, name: &str) -> bool {
    let rest = violation.field.strip_prefix('/').and_then(|field| field.strip_prefix(name));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What a field is called.
pub fn label<'a>(page: &'a Page, name: &str) -> Text<'a> {
    match name {
        "name" => page.t("admin-field-name"),
        "director" => page.t("admin-field-director"),
        "genres" => page.t("admin-field-genres"),
        "popularity" => page.t("admin-field-popularity"),
        "imdb_score" => page.t("admin-field-score"),
        "year" => page.t("admin-field-year"),
        "runtime_minutes" => page.t("admin-field-runtime"),
        "votes" => page.t("admin-field-votes"),
        "imdb_id" => page.t("admin-field-imdb-id"),
        "overview" => page.t("admin-field-overview"),
        _ => page.t("admin-field-poster"),
    }
}

/// Names that commas separate: `,` alone, as other commas may be part of a name.
pub fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|name| !name.is_empty())
}

/// The names as somebody types them.
pub fn joined(names: &[GenreName]) -> String {
    names.iter().map(GenreName::as_str).collect::<Vec<_>>().join(", ")
}

/// The genres that somebody names.
pub fn genre_names(text: &str) -> Result<GenreNames, Violations> {
    GenreNames::new(names(text), "/genres").map_err(Violations)
}

/// What stands before decimals in the language of a page.
pub fn separator(page: &Page) -> char {
    if page.decimal(&0.5).contains(',') { ',' } else { '.' }
}

/// A number as people of many languages type it, in the digits of ASCII.
fn plain(text: &str) -> String {
    let digit = |c: char, zero: char| char::from_digit((c as u32).wrapping_sub(zero as u32), 10);
    let plain = |c: char| match c {
        '٫' => '.',
        '٬' | '’' | '\u{a0}' | '\u{202f}' | '\u{2009}' => ' ',
        '−' => '-',
        '．' => '.',
        '，' => ',',
        c => ['٠', '۰', '०', '０'].into_iter().find_map(|zero| digit(c, zero)).unwrap_or(c),
    };
    text.trim().chars().map(plain).collect()
}

/// A number that may have decimals, after a point or a comma. None of these fields has thousands, so a comma is no
/// separator of groups.
fn decimal(text: &str) -> Option<f64> {
    let text = plain(text);
    let separators = text.chars().filter(|c| matches!(c, ',' | '.')).count();
    let is_plain = text.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '.' | '-' | '+'));
    (is_plain && separators <= 1).then(|| text.replace(',', ".").parse().ok())?
}

/// A whole number, whose digits may stand in groups of three.
fn whole(text: &str) -> Option<f64> {
    let text = plain(text);
    let groups: Vec<&str> = text.split([' ', ',', '.', '\'']).collect();
    let is_grouped = groups.len() > 1
        && (1..=3).contains(&groups[0].trim_start_matches(['-', '+']).len())
        && groups[1..].iter().all(|group| group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit()));
    if is_grouped { groups.concat().parse().ok() } else { decimal(&text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_type_them() {
        for (text, number) in [
            ("8.5", Some(8.5)),
            ("8,5", Some(8.5)),
            (" 8 ", Some(8.0)),
            ("٨٫٥", Some(8.5)),
            ("८.५", Some(8.5)),
            ("８．５", Some(8.5)),
            (".5", Some(0.5)),
            ("-1", Some(-1.0)),
            ("1.2.3", None),
            ("1,000.5", None),
            ("8e1", None),
            ("NaN", None),
            ("inf", None),
            ("", None),
            ("eight", None),
        ] {
            assert_eq!(decimal(text), number, "{text}");
        }
        for (text, number) in [
            ("1977", Some(1977.0)),
            ("1,234,567", Some(1_234_567.0)),
            ("1.234.567", Some(1_234_567.0)),
            ("1 234\u{202f}567", Some(1_234_567.0)),
            ("1’234", Some(1234.0)),
            ("१,२३४", Some(1234.0)),
            ("12,5", Some(12.5)),
            ("1,23,4", None),
            ("12 5", None),
        ] {
            assert_eq!(whole(text), number, "{text}");
        }
    }

    #[test]
    fn what_is_typed_is_read_back() {
        let typed = |fields: &[(&str, &str)]| {
            let text = |name: &str| fields.iter().find(|(field, _)| *field == name).map_or("", |(_, text)| text);
            Typed(EDITABLE.map(|name| text(name).to_owned()))
        };
        let movie = typed(&[("name", "M"), ("genres", "Crime, Drama"), ("imdb_score", "8,3"), ("votes", "1234")]);
        let draft = movie.draft().unwrap();
        assert_eq!(Typed::of_draft(&draft, ','), movie);
        assert_eq!(Typed::of_draft(&draft, '.').get("imdb_score"), "8.3");

        let wrong = typed(&[("genres", "a|b"), ("popularity", "much"), ("year", "1"), ("votes", "1.5")]);
        let fields: Vec<_> = wrong.draft().unwrap_err().0.into_iter().map(|violation| violation.field).collect();
        assert_eq!(fields, ["/name", "/genres/0", "/popularity", "/year", "/votes"]);
    }
}
