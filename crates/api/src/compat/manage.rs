//! `/manage`: what the forms of older services sent, as JSON or as a form, with a token or from a page of this server.

use std::sync::Arc;

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    http::header,
    web::{Path, Payload},
};
use domain::{
    error::{Error, Result},
    movie::{Movie, MovieId},
    services::Duplicates,
    violation::{Violation, ViolationCode, Violations, pointer},
};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use utoipa::ToSchema;

use crate::{
    auth::AdminUser,
    body,
    pages::form::{FORM, Form},
    problem::Problem,
    state::{State, blocking},
    v1::{
        movie_body::{Members, MovieInput},
        path_id,
    },
};

/// A movie as a form of an older service sent it. A number may be a text; an empty one is none.
#[derive(ToSchema)]
#[schema(example = json!({
    "movie_name": "Chungking Express", "director": "Wong Kar-wai", "popularity": "80.0",
    "chip_genres": "Comedy,Romance", "imdb_score": "8.0"
}))]
#[expect(dead_code, reason = "describes what `Sent` reads")]
pub struct ManagedMovie {
    movie_name: String,
    director: Option<String>,
    #[schema(value_type = Option<Number>)]
    popularity: Option<f64>,
    /// Names, separated by commas; also as `genres`.
    chip_genres: Option<String>,
    #[schema(value_type = Option<Number>)]
    imdb_score: Option<f64>,
}

/// A change to a movie as a form of an older service sent it: what is left out stays.
#[derive(ToSchema)]
#[schema(example = json!({ "id": "5", "movie_name": "Chungking Express", "imdb_score": "8.1" }))]
#[expect(dead_code, reason = "describes what `Sent` reads")]
pub struct ManagedMovieChange {
    #[schema(value_type = Number)]
    id: u64,
    #[schema(nullable = false)]
    movie_name: Option<String>,
    director: Option<String>,
    #[schema(value_type = Option<Number>)]
    popularity: Option<f64>,
    /// Names, separated by commas; also as `genres`.
    chip_genres: Option<String>,
    #[schema(value_type = Option<Number>)]
    imdb_score: Option<f64>,
}

/// A number, or a text that is one.
#[derive(ToSchema)]
#[serde(untagged)]
pub enum Number {
    Number(f64),
    Text(String),
}

/// Add a movie, as an older form does
///
/// One of the same name, director and year may exist.
#[utoipa::path(
    post, path = "/manage/add", tag = "older shapes", operation_id = "managed_create_movie",
    security(("bearer" = []), ("token" = [])),
    request_body(content(
        (ManagedMovie = "application/json"),
        (ManagedMovie = "application/x-www-form-urlencoded"),
    )),
    responses(
        (status = 200, description = "`Success`", body = String, content_type = "text/plain"),
        (status = 400), (status = 401), (status = 403), (status = 413), (status = 415), (status = 422),
    ),
)]
pub async fn add(
    AdminUser(admin): AdminUser,
    state: State,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let sent = Sent::read(&read(&request, payload, &[]).await?)?;
    let catalogue = Arc::clone(&state.catalogue);
    blocking(move || {
        let draft = sent.input.onto(None).map_err(in_older_words)?;
        catalogue.create(&admin, &draft, Duplicates::Allow)
    })
    .await?;
    Ok(success())
}

/// Change a movie, as an older form does
///
/// What is left out, and what this shape does not know of the movie, stays as it is.
#[utoipa::path(
    post, path = "/manage/update", tag = "older shapes", operation_id = "managed_update_movie",
    security(("bearer" = []), ("token" = [])),
    request_body(content(
        (ManagedMovieChange = "application/json"),
        (ManagedMovieChange = "application/x-www-form-urlencoded"),
    )),
    responses(
        (status = 200, description = "`Success`", body = String, content_type = "text/plain"),
        (status = 400), (status = 401), (status = 403), (status = 404), (status = 413), (status = 415), (status = 422),
    ),
)]
pub async fn update(
    AdminUser(admin): AdminUser,
    state: State,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let Sent { id, input } = Sent::read(&read(&request, payload, &["id"]).await?)?;
    let catalogue = Arc::clone(&state.catalogue);
    blocking(move || {
        let id = id?;
        let draft = |movie: &Movie| Ok(input.onto(Some(movie.draft())).map_err(in_older_words)?);
        catalogue.edit(&admin, id, Duplicates::Allow, &|_| true, &draft)
    })
    .await?;
    Ok(success())
}

/// Remove a movie, as older pages do
#[utoipa::path(
    delete, path = "/manage/delete/{id}", tag = "older shapes", operation_id = "managed_delete_movie",
    security(("bearer" = []), ("token" = [])),
    params(("id" = u64, Path, description = "The movie's id", example = 7)),
    responses(
        (status = 200, description = "`Success`", body = String, content_type = "text/plain"),
        (status = 401), (status = 403), (status = 404),
    ),
)]
pub async fn delete(AdminUser(admin): AdminUser, state: State, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = MovieId(path_id(&id, "movie")?);
    let catalogue = Arc::clone(&state.catalogue);
    blocking(move || catalogue.delete(&admin, id, &|_| true)).await?;
    Ok(success())
}

fn success() -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8")).body("Success")
}

/// The body as JSON: a form is an object of texts, in which the fields `once` are not repeated.
async fn read(request: &HttpRequest, payload: Payload, once: &[&str]) -> Result<Box<RawValue>, Problem> {
    if body::content_type(request.headers(), &[body::JSON, FORM])? == body::JSON {
        return body::json(request, payload, &[body::JSON]).await;
    }
    let form = Form::from_request(request, &mut payload.into_inner()).await?;
    let mut repeated = Violations::default();
    for name in once.iter().filter(|name| form.all(name).count() > 1) {
        repeated.push(Violation::new(pointer(name), ViolationCode::NotAllowed, "it is given more than once"));
    }
    if !repeated.0.is_empty() {
        return Err(repeated.into());
    }
    to_raw_value(&form.into_texts()).map_err(Problem::internal)
}

/// What was sent.
struct Sent {
    id: Result<MovieId, Violation>,
    input: MovieInput,
}

/// A document in the shape of version 1. What is left out here is so there.
#[derive(Serialize)]
struct Modern {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    director: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    popularity: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    imdb_score: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    genres: Option<Box<RawValue>>,
}

impl Sent {
    fn read(json: &RawValue) -> Result<Self> {
        let Ok(members) = Members::of(json) else {
            // That it is no object is told by `input`, whatever it is put onto.
            return Ok(Self { id: Err(missing_id()), input: MovieInput::read(json) });
        };
        let sent = |name: &str, read: fn(&RawValue) -> serde_json::Result<Box<RawValue>>| {
            members.get(name).map(read).transpose().map_err(|e| Error::Internal(e.into()))
        };
        let modern = Modern {
            name: sent("movie_name", as_it_is)?,
            director: sent("director", text)?,
            popularity: sent("popularity", number)?,
            imdb_score: sent("imdb_score", number)?,
            genres: sent("chip_genres", names)?.map_or_else(|| sent("genres", names), |genres| Ok(Some(genres)))?,
        };
        let modern = to_raw_value(&modern).map_err(|e| Error::Internal(e.into()))?;
        Ok(Self { id: id_of(&members), input: MovieInput::read(&modern) })
    }
}

fn missing_id() -> Violation {
    Violation::new("/id", ViolationCode::Required, "an id is needed")
}

fn id_of(members: &Members) -> Result<MovieId, Violation> {
    let json = members.get("id").filter(|id| id.get() != "null").ok_or_else(missing_id)?;
    let text = texts(json).unwrap_or_else(|| json.get().to_owned());
    let id = text.trim().parse().ok().filter(|id| i64::try_from(*id).is_ok_and(|id| id > 0));
    id.map(MovieId).ok_or_else(|| Violation::new("/id", ViolationCode::WrongType, "an id is a whole number above 0"))
}

/// The text, if it is one.
fn texts(json: &RawValue) -> Option<String> {
    serde_json::from_str(json.get()).ok()
}

fn as_it_is(json: &RawValue) -> serde_json::Result<Box<RawValue>> {
    Ok(json.to_owned())
}

/// A text; an empty one is none, as a form that was not filled in sends it.
fn text(json: &RawValue) -> serde_json::Result<Box<RawValue>> {
    let is_empty = texts(json).is_some_and(|text| text.trim().is_empty());
    Ok(if is_empty { RawValue::NULL.to_owned() } else { json.to_owned() })
}

/// A number, or the one that a text is.
fn number(json: &RawValue) -> serde_json::Result<Box<RawValue>> {
    let Some(text) = texts(json) else { return Ok(json.to_owned()) };
    let text = text.trim();
    // `parse` also takes "NaN" and "inf".
    let is_decimal = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.' | b'e' | b'E'));
    match text.parse::<f64>() {
        _ if text.is_empty() => Ok(RawValue::NULL.to_owned()),
        Ok(number) if is_decimal && number.is_finite() => to_raw_value(&number),
        _ => Ok(json.to_owned()),
    }
}

/// Names that commas separate.
fn names(json: &RawValue) -> serde_json::Result<Box<RawValue>> {
    match texts(json) {
        Some(text) => to_raw_value(&text.split(',').map(str::trim).filter(|name| !name.is_empty()).collect::<Vec<_>>()),
        None => Ok(json.to_owned()),
    }
}

/// Violations, by the names that the fields have here.
fn in_older_words(mut violations: Violations) -> Violations {
    for violation in &mut violations.0 {
        if violation.field.starts_with("/genres") {
            violation.field = "/chip_genres".to_owned();
        } else if violation.field == "/name" {
            violation.field = "/movie_name".to_owned();
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Sent {
        Sent::read(serde_json::from_str(json).unwrap()).unwrap()
    }

    #[test]
    fn numbers_may_be_texts_and_an_empty_text_is_none() {
        let sent = read(
            r#"{"id":" 7 ","movie_name":"M","director":"","popularity":" 80.5","imdb_score":8,"chip_genres":"Crime, Drama,,crime"}"#,
        );
        let draft = sent.input.onto(None).unwrap();
        assert_eq!(sent.id, Ok(MovieId(7)));
        assert_eq!(draft.details.director, None);
        assert_eq!(draft.details.popularity.map(f64::from), Some(80.5));
        assert_eq!(draft.details.imdb_score.map(f64::from), Some(8.0));
        let genres: Vec<_> = draft.genres.as_slice().iter().map(|name| name.as_str()).collect();
        assert_eq!(genres, ["Crime", "Drama"]);
        assert_eq!(
            read(r#"{"movie_name":"M","genres":["Crime"]}"#).input.onto(None).unwrap().genres.as_slice().len(),
            1
        );
    }

    #[test]
    fn violations_name_the_fields_as_they_are_here() {
        for (json, fields) in [
            (r#"{}"#, &["/movie_name"][..]),
            (
                r#"{"movie_name":"","popularity":"x","imdb_score":"inf","genres":"a|b"}"#,
                &["/movie_name", "/popularity", "/imdb_score", "/chip_genres"],
            ),
            (r#"{"movie_name":"M","popularity":"1e999","genres":7}"#, &["/popularity", "/chip_genres"]),
            ("[]", &[""]),
        ] {
            let violations = read(json).input.onto(None).map_err(in_older_words).unwrap_err();
            assert_eq!(violations.0.iter().map(|v| v.field.as_str()).collect::<Vec<_>>(), fields, "{json}");
        }
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for id in ["null", r#""""#, r#""1; DROP TABLE movies""#, "0", "-1", "1.5", "[1]", "99999999999999999999"] {
            assert!(read(&format!(r#"{{"id":{id}}}"#)).id.is_err(), "{id}");
        }
    }
}
