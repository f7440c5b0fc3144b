//! A movie as JSON: shown, and read strictly.

use actix_web::{http::header::HeaderValue, web::Bytes};
use domain::{
    error::{Error, Result},
    movie::{Field, Movie, MovieDraft, MoviePatch},
    violation::{Violation, ViolationCode, Violations, pointer},
};
pub use ingest::export::MovieBody;
use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use std::fmt;
use utoipa::ToSchema;

use super::parameters::most_similar;
use crate::cache::CachedMovie;

/// The most members of an object.
const MAX_MEMBERS: usize = 1_000;

/// What an admin writes.
pub const EDITABLE: [&str; 11] = [
    "name",
    "director",
    "genres",
    "popularity",
    "imdb_score",
    "year",
    "runtime_minutes",
    "votes",
    "imdb_id",
    "overview",
    "poster_url",
];

/// What is shown but not written. It is ignored in a body, so that what was read can be sent back.
const READ_ONLY: [&str; 4] = ["id", "version", "created_at", "updated_at"];

/// The movie as it is sent, with its strong `ETag`. The tag covers every byte: a genre's new name changes it, although
/// the movie's version stays.
pub fn rendered(movie: &Movie) -> Result<CachedMovie> {
    let body = serde_json::to_vec(&MovieBody::from(movie)).map_err(|e| Error::Internal(e.into()))?;
    let hash = Sha256::digest(&body).iter().take(8).fold(0, |hash, byte| hash << 8 | u64::from(*byte));
    let etag =
        HeaderValue::from_str(&format!("\"{}-{hash:016x}\"", movie.version)).map_err(|e| Error::Internal(e.into()))?;
    Ok(CachedMovie { body: Bytes::from(body), etag })
}

/// A movie to be stored. Fields of a movie that only the server writes are ignored.
#[derive(ToSchema)]
#[schema(example = json!({
    "name": "The Cameraman's Revenge", "director": "Ladislas Starevich", "genres": ["Animation", "Comedy", "Short"],
    "popularity": 44.0, "imdb_score": 7.8, "year": 1912, "runtime_minutes": 13, "imdb_id": "tt0001527"
}))]
#[expect(dead_code, reason = "describes what `MovieInput` reads")]
pub struct MovieFields {
    #[schema(min_length = 1, max_length = 300)]
    name: String,
    /// Several names are separated by `", "`.
    #[schema(min_length = 1, max_length = 300)]
    director: Option<String>,
    /// A name that no genre has yet makes a new genre. A repeated one counts once.
    genres: Option<Vec<String>>,
    #[schema(minimum = 0, maximum = 100)]
    popularity: Option<f64>,
    #[schema(minimum = 0, maximum = 10)]
    imdb_score: Option<f64>,
    #[schema(minimum = 1870, maximum = 2100)]
    year: Option<u16>,
    #[schema(minimum = 1, maximum = 60000)]
    runtime_minutes: Option<u32>,
    #[schema(maximum = 9007199254740991_i64)]
    votes: Option<u64>,
    /// Unique.
    #[schema(pattern = r"^tt\d{7,10}$")]
    imdb_id: Option<String>,
    #[schema(max_length = 5000)]
    overview: Option<String>,
    #[schema(max_length = 2000, pattern = "^https://")]
    poster_url: Option<String>,
}

/// A change to a movie: what is left out stays, what is `null` is taken away.
#[derive(ToSchema)]
#[schema(example = json!({ "imdb_score": 8.2, "overview": null }))]
#[expect(dead_code, reason = "describes what `MovieInput` reads")]
pub struct MoviePatchFields {
    #[schema(nullable = false, min_length = 1, max_length = 300)]
    name: Option<String>,
    #[schema(min_length = 1, max_length = 300)]
    director: Option<String>,
    genres: Option<Vec<String>>,
    #[schema(minimum = 0, maximum = 100)]
    popularity: Option<f64>,
    #[schema(minimum = 0, maximum = 10)]
    imdb_score: Option<f64>,
    #[schema(minimum = 1870, maximum = 2100)]
    year: Option<u16>,
    #[schema(minimum = 1, maximum = 60000)]
    runtime_minutes: Option<u32>,
    #[schema(maximum = 9007199254740991_i64)]
    votes: Option<u64>,
    #[schema(pattern = r"^tt\d{7,10}$")]
    imdb_id: Option<String>,
    #[schema(max_length = 5000)]
    overview: Option<String>,
    #[schema(max_length = 2000, pattern = "^https://")]
    poster_url: Option<String>,
}

/// A movie, or a change to one, as somebody sent it.
#[derive(Debug)]
pub struct MovieInput {
    patch: MoviePatch,
    /// What reading found; the ranges are checked when the patch is put onto something.
    violations: Violations,
    /// JSON pointers to the fields, in the order of the document.
    fields: Vec<String>,
}

impl MovieInput {
    /// Reads an object. What is wrong with it is reported by [`MovieInput::onto`].
    pub fn read(json: &RawValue) -> Self {
        let mut input = Self { patch: MoviePatch::default(), violations: Violations::default(), fields: Vec::new() };
        match Members::of(json) {
            Ok(members) => members.0.into_iter().for_each(|(name, value)| input.read_field(&name, value)),
            Err(violation) => input.violations.push(violation),
        }
        input
    }

    fn read_field(&mut self, name: &str, value: &RawValue) {
        let field = pointer(name);
        self.fields.push(field.clone());
        let Self { patch, violations, .. } = self;
        /// Reads the value with `$read` into the patch's field.
        macro_rules! set {
            ($field:ident, $read:expr) => {
                match $read(value) {
                    Ok(value) => patch.$field = value,
                    Err((code, detail)) => violations.push(Violation::new(field, code, detail)),
                }
            };
        }
        match name {
            "name" => set!(name, text),
            "director" => set!(director, text),
            "genres" => set!(genres, |value| names(value, violations)),
            "popularity" => set!(popularity, number),
            "imdb_score" => set!(imdb_score, number),
            "year" => set!(year, number),
            "runtime_minutes" => set!(runtime_minutes, number),
            "votes" => set!(votes, number),
            "imdb_id" => set!(imdb_id, text),
            "overview" => set!(overview, text),
            "poster_url" => set!(poster_url, text),
            name if READ_ONLY.contains(&name) => {}
            name => violations.push(unknown_field(name, &EDITABLE)),
        }
    }

    /// Puts what was read onto `base`, or onto nothing: then what is absent is `null`. Reports the violations in the
    /// order of the document.
    pub fn onto(&self, base: Option<MovieDraft>) -> Result<MovieDraft, Violations> {
        let mut violations = self.violations.clone();
        match self.patch.clone().onto(base) {
            Ok(draft) if violations.0.is_empty() => return Ok(draft),
            Ok(_) => {}
            // A document that is no object has one fault, not another for each field that it lacks.
            Err(_) if violations.names("") => {}
            Err(found) => violations.merge(found),
        }
        violations.0.sort_by_key(|violation| self.place(&violation.field));
        Err(violations)
    }

    /// The change, if it can be made: that does not depend on the movie.
    pub fn into_patch(self) -> Result<MoviePatch, Violations> {
        let any = MoviePatch { name: Field::Value("any".to_owned()), ..MoviePatch::default() };
        self.onto(Some(any.onto(None)?))?;
        Ok(self.patch)
    }

    /// Where the value at `pointer` stands in the document: its field, and its place in an array. What is missing
    /// comes first.
    fn place(&self, pointer: &str) -> (Option<usize>, Option<usize>) {
        let within = |field: &String| {
            pointer.strip_prefix(field.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let index = pointer.rsplit('/').next().and_then(|index| index.parse().ok());
        (self.fields.iter().position(within), index)
    }
}

/// The members of an object, in order, as raw JSON. Of a name that is repeated, the last member counts.
pub struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'a> Members<'a> {
    /// Reads an object.
    pub fn of(json: &'a RawValue) -> Result<Self, Violation> {
        if !json.get().starts_with('{') {
            return Err(Violation::new("", ViolationCode::WrongType, "an object is expected"));
        }
        let members: Self = serde_json::from_str(json.get())
            .map_err(|_| Violation::new("", ViolationCode::InvalidFormat, "the name of a field is not Unicode text"))?;
        if members.0.len() > MAX_MEMBERS {
            let detail = format!("an object here has at most {MAX_MEMBERS} fields");
            return Err(Violation::new("", ViolationCode::TooLong, detail));
        }
        Ok(members)
    }

    /// The names of the members.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// The value of the member `name`.
    pub fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0.iter().find(|(member, _)| member == name).map(|(_, value)| *value)
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> de::Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members: Vec<(String, &RawValue)> = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
            members.retain(|(earlier, _)| *earlier != name);
            // One too many is enough to refuse it, and the time stays in proportion to the size.
            if members.len() <= MAX_MEMBERS {
                members.push((name, value));
            }
        }
        Ok(Members(members))
    }
}

/// A rule that a value breaks, and the rule in words.
pub type Fault = (ViolationCode, &'static str);

/// A text, or `null`.
pub fn text(json: &RawValue) -> Result<Field<String>, Fault> {
    match json.get().as_bytes().first() {
        Some(b'n') => Ok(Field::Null),
        Some(b'"') => serde_json::from_str(json.get())
            .map(Field::Value)
            .map_err(|_| (ViolationCode::InvalidFormat, "this is not Unicode text")),
        _ => Err((ViolationCode::WrongType, "text or null is expected")),
    }
}

fn number(json: &RawValue) -> Result<Field<f64>, Fault> {
    if json.get() == "null" {
        return Ok(Field::Null);
    }
    // Everything that is a number in JSON parses; one that is too large becomes infinite, which no range contains.
    json.get().parse().map(Field::Value).map_err(|_| (ViolationCode::WrongType, "a number or null is expected"))
}

/// A number that counts or names something; `None` for `null`.
pub fn whole_number(json: &RawValue) -> Result<Option<u64>, Fault> {
    /// Up to here, every whole number is one of its own.
    const EXACT: f64 = 9_007_199_254_740_991.0;
    if let Ok(number) = json.get().parse() {
        return Ok(Some(number));
    }
    match number(json)? {
        Field::Value(number) if number.is_finite() && number.fract() != 0.0 => {
            Err((ViolationCode::WrongType, "a whole number is expected"))
        }
        Field::Value(number) if (0.0..=EXACT).contains(&number) => Ok(Some(number as u64)),
        Field::Value(_) => Err((ViolationCode::OutOfRange, "this number is too small or too large")),
        Field::Null | Field::Absent => Ok(None),
    }
}

/// Reads an array of names. An entry that is no text is noted in `violations`; in its place stands an empty one, so
/// that the others keep theirs.
fn names(json: &RawValue, violations: &mut Violations) -> Result<Field<Vec<String>>, Fault> {
    match json.get().as_bytes().first() {
        Some(b'n') => return Ok(Field::Null),
        Some(b'[') => {}
        _ => return Err((ViolationCode::WrongType, "an array of names or null is expected")),
    }
    let entries: Vec<&RawValue> = serde_json::from_str(json.get())
        .map_err(|_| (ViolationCode::WrongType, "an array of names or null is expected"))?;
    let mut names = Vec::with_capacity(entries.len());
    for (i, entry) in entries.into_iter().enumerate() {
        let fault = match text(entry) {
            Ok(Field::Value(name)) => {
                names.push(name);
                continue;
            }
            Ok(_) => (ViolationCode::WrongType, "text is expected"),
            Err(fault) => fault,
        };
        names.push(String::new());
        violations.push(Violation::new(format!("/genres/{i}"), fault.0, fault.1));
    }
    Ok(Field::Value(names))
}

/// The violation of a field of a body that has the fields `known`.
pub fn unknown_field(name: &str, known: &[&str]) -> Violation {
    let detail = match most_similar(name, known) {
        Some(known) => format!("there is no such field; did you mean {known:?}?"),
        None => "there is no such field".to_owned(),
    };
    Violation::new(pointer(name), ViolationCode::UnknownField, detail)
}

#[cfg(test)]
mod tests {
    use domain::{
        genre::{Genre, GenreId, GenreName},
        movie::{MovieId, Votes},
        time::Timestamp,
    };

    use super::*;

    fn read(json: &str) -> Result<MovieDraft, Violations> {
        MovieInput::read(serde_json::from_str(json).unwrap()).onto(None)
    }

    fn refused(json: &str) -> Vec<(String, ViolationCode)> {
        read(json).unwrap_err().0.into_iter().map(|v| (v.field, v.code)).collect()
    }

    fn stored(json: &str) -> Movie {
        let draft = read(json).unwrap();
        let genres = draft.genres.as_slice().iter().zip(1..);
        Movie {
            id: MovieId(3),
            version: 1,
            created_at: Timestamp::from_unix(1_767_323_045),
            updated_at: Timestamp::from_unix(1_767_323_045),
            genres: genres.map(|(name, id)| Genre { id: GenreId(id), name: name.clone() }).collect(),
            details: draft.details,
        }
    }

    fn shown(movie: &Movie) -> String {
        String::from_utf8(rendered(movie).unwrap().body.to_vec()).unwrap()
    }

    const STAR_WARS: &str = r#"{"name":"Star Wars","director":"George Lucas","genres":["Action","Sci-Fi"],
        "popularity":88,"imdb_score":8.8,"year":1977.0,"runtime_minutes":121}"#;

    #[test]
    fn a_movie_is_shown_with_all_its_fields_in_order() {
        insta::assert_snapshot!(shown(&stored(STAR_WARS)), @r#"{"id":3,"name":"Star Wars","director":"George Lucas","genres":["Action","Sci-Fi"],"popularity":88.0,"imdb_score":8.8,"year":1977,"runtime_minutes":121,"votes":null,"imdb_id":null,"overview":null,"poster_url":null,"version":1,"created_at":"2026-01-02T03:04:05Z","updated_at":"2026-01-02T03:04:05Z"}"#);
    }

    #[test]
    fn what_was_read_can_be_sent_back() {
        let movie = stored(STAR_WARS);
        assert_eq!(read(&shown(&movie)).unwrap(), movie.draft());
    }

    #[test]
    fn an_etag_covers_the_version_and_the_names_of_genres() {
        let movie = stored(STAR_WARS);
        let etag = |movie: &Movie| rendered(movie).unwrap().etag.to_str().unwrap().to_owned();
        let first = etag(&movie);
        assert!(first.starts_with("\"1-") && first.ends_with('"') && first.len() == 20, "{first}");
        assert_eq!(etag(&movie), first);
        let mut renamed = movie.clone();
        renamed.genres[0].name = GenreName::new("Adventure", "/name").unwrap();
        assert_ne!(etag(&renamed), first);
    }

    #[test]
    fn wrong_types_unknown_fields_and_ranges_are_told_at_once_in_the_order_of_the_document() {
        let json = r#"{"votes":-1,"colour":"red","genre":[],"imdb_score":"8.8","genres":["a|b",1,"War",null],
            "id":"x","overview":{},"name":7,"year":1977.5,"a/b~c":1}"#;
        assert_eq!(
            refused(json),
            [
                ("/votes".to_owned(), ViolationCode::OutOfRange),
                ("/colour".to_owned(), ViolationCode::UnknownField),
                ("/genre".to_owned(), ViolationCode::UnknownField),
                ("/imdb_score".to_owned(), ViolationCode::WrongType),
                ("/genres/0".to_owned(), ViolationCode::InvalidFormat),
                ("/genres/1".to_owned(), ViolationCode::WrongType),
                ("/genres/3".to_owned(), ViolationCode::WrongType),
                ("/overview".to_owned(), ViolationCode::WrongType),
                ("/name".to_owned(), ViolationCode::WrongType),
                ("/year".to_owned(), ViolationCode::WrongType),
                ("/a~1b~0c".to_owned(), ViolationCode::UnknownField),
            ]
        );
        let violations = read(json).unwrap_err();
        assert!(violations.0[2].detail.contains("\"genres\""), "{}", violations.0[2].detail);
    }

    #[test]
    fn a_missing_name_is_told_once_with_the_rest() {
        assert_eq!(
            refused(r#"{"year":1}"#),
            [("/name".to_owned(), ViolationCode::Required), ("/year".to_owned(), ViolationCode::OutOfRange)]
        );
        assert_eq!(refused(r#"{"name":null}"#), [("/name".to_owned(), ViolationCode::Required)]);
    }

    #[test]
    fn what_is_no_object_is_refused_as_a_whole() {
        for json in ["[]", "null", "\"name\"", "7", "true", &format!("{}{}", "[".repeat(1000), "]".repeat(1000))] {
            assert_eq!(refused(json), [(String::new(), ViolationCode::WrongType)], "{json}");
        }
    }

    #[test]
    fn numbers_of_any_size_are_read() {
        for number in ["1e999", "-1e999", "99999999999999999999999999", "1e-400", "-0", "9007199254740993"] {
            for field in ["popularity", "imdb_score", "year", "runtime_minutes", "votes"] {
                let json = format!(r#"{{"name":"M","{field}":{number}}}"#);
                if let Err(violations) = read(&json) {
                    assert_eq!(violations.0[0].code, ViolationCode::OutOfRange, "{json}");
                }
            }
        }
        assert_eq!(refused(r#"{"name":"M","votes":1e999}"#)[0].1, ViolationCode::OutOfRange);
    }

    #[test]
    fn a_patch_empties_what_is_null_and_keeps_what_is_absent() {
        let movie = stored(STAR_WARS);
        let patch: &RawValue = serde_json::from_str(r#"{"director":null,"genres":null,"votes":5}"#).unwrap();
        let patched = MovieInput::read(patch).onto(Some(movie.draft())).unwrap();
        assert_eq!(patched.details.director, None);
        assert!(patched.genres.as_slice().is_empty());
        assert_eq!(patched.details.votes.map(Votes::get), Some(5));
        assert_eq!(patched.details.name, movie.details.name);
        assert_eq!(patched.details.year, movie.details.year);
    }

    #[test]
    fn of_a_repeated_field_the_last_counts() {
        assert_eq!(read(r#"{"name":7,"name":"M"}"#).unwrap().details.name.as_str(), "M");
        assert_eq!(refused(r#"{"name":"M","x":1,"x":2}"#), [("/x".to_owned(), ViolationCode::UnknownField)]);
    }

    #[test]
    fn text_that_is_not_unicode_is_refused() {
        assert_eq!(refused(r#"{"name":"\ud800"}"#), [("/name".to_owned(), ViolationCode::InvalidFormat)]);
        assert_eq!(refused(r#"{"\ud800":1}"#), [(String::new(), ViolationCode::InvalidFormat)]);
        assert_eq!(refused(r#"{"name":"nul\u0000"}"#), [("/name".to_owned(), ViolationCode::InvalidFormat)]);
    }

    #[test]
    fn an_answer_to_a_large_body_is_not_large() {
        let unknown = |n: usize| {
            let members: Vec<_> = (0..n).map(|i| format!("\"f{i}\":1")).collect();
            format!("{{{},\"name\":7}}", members.join(","))
        };
        assert_eq!(refused(&unknown(MAX_MEMBERS - 1)).len(), Violations::MAX);
        assert_eq!(refused(&unknown(MAX_MEMBERS)), [(String::new(), ViolationCode::TooLong)]);
        let names = vec!["7"; 10_000].join(",");
        assert_eq!(refused(&format!("{{\"name\":\"M\",\"genres\":[{names}]}}")).len(), Violations::MAX);
    }
}
