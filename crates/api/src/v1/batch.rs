//! `/api/v1/movies:batch`: many changes to movies, all or none.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web::Payload};
use domain::{
    error::{Error, Result},
    movie::{Field, MovieId},
    services::{Catalogue, Done, Operation},
    violation::{Violation, ViolationCode, Violations, pointer},
};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::{
    idempotency,
    movie_body::{Members, MovieBody, MovieFields, MovieInput, MoviePatchFields, text, unknown_field, whole_number},
    movies::allowed_duplicates,
};
use crate::{
    auth::AdminUser,
    body,
    endpoint::Endpoint,
    problem::Problem,
    state::{State, blocking},
};

const BATCH: &str = "/api/v1/movies:batch";

const MAX_OPERATIONS: usize = Catalogue::MOST_AT_ONCE;

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::at(BATCH).post(apply)]
}

/// Changes to movies.
#[derive(ToSchema)]
#[schema(example = json!({ "operations": [
    { "op": "create", "movie": { "name": "The Lighthouse", "director": "Robert Eggers", "genres": ["Drama", "Horror"], "year": 2019 } },
    { "op": "update", "id": 6, "version": 1, "movie": { "votes": 3214, "overview": null } },
    { "op": "delete", "id": 7 }
] }))]
#[expect(dead_code, reason = "describes what `read` reads")]
pub struct Batch {
    #[schema(max_items = 1000)]
    operations: Vec<BatchOperation>,
}

/// One change of a batch.
#[derive(ToSchema)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum BatchOperation {
    /// Adds a movie: what is left out is `null`.
    Create { movie: MovieFields },
    /// Changes a movie: what is left out of `movie` stays, `null` takes away.
    Update {
        #[schema(minimum = 1)]
        id: u64,
        /// The version that the movie must have.
        version: Option<u32>,
        movie: MoviePatchFields,
    },
    /// Removes a movie.
    Delete {
        #[schema(minimum = 1)]
        id: u64,
        /// The version that the movie must have.
        version: Option<u32>,
    },
}

/// What a batch did.
#[derive(Serialize, ToSchema)]
pub struct BatchResults<'a> {
    /// One for each operation, in their order.
    results: Vec<BatchResult<'a>>,
}

/// What one operation of a batch did.
#[derive(Serialize, ToSchema)]
pub struct BatchResult<'a> {
    /// `create`, `update` or `delete`.
    #[schema(example = "create")]
    op: &'static str,
    /// The status that a request for this alone would have had: 201, 200 or 204.
    #[schema(example = 201)]
    status: u16,
    /// The id of the movie.
    id: u64,
    /// The movie after this operation; `null` where that removed it.
    #[schema(required)]
    movie: Option<MovieBody<'a>>,
}

impl<'a> From<&'a Done> for BatchResult<'a> {
    fn from(done: &'a Done) -> Self {
        match done {
            Done::Created(movie) => Self { op: "create", status: 201, id: movie.id.0, movie: Some(movie.into()) },
            Done::Updated(movie) => Self { op: "update", status: 200, id: movie.id.0, movie: Some(movie.into()) },
            Done::Deleted(id) => Self { op: "delete", status: 204, id: id.0, movie: None },
        }
    }
}

/// Change many movies
///
/// All operations or, where anything is wrong with any of them, none: then `errors` names everything that is, with
/// fields like `/operations/3/movie/name`. They are carried out in their order, and each sees what those before it did.
/// An update changes what its `movie` mentions, as PATCH does; with a `version`, only if the movie still has that.
#[utoipa::path(
    post, path = "/api/v1/movies:batch", tag = "movies", operation_id = "batch_movies",
    security(("bearer" = []), ("token" = [])),
    params(
        ("allow_duplicate" = Option<bool>, Query, description = "Whether movies of the same name, director and year may be there already"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[!-~]+$", description = "A name for this request: sent again with it within 24 hours, the request is answered as the first time and done once"),
    ),
    request_body(content = Batch, description = "At most 1,000 operations"),
    responses(
        (status = 200, description = "All is done; lists and searches show it from now on", body = BatchResults, headers(
            ("Idempotency-Replayed", description = "`true` where this was answered before"),
        )),
        (status = 400), (status = 401), (status = 403), (status = 413), (status = 415),
        (status = 422, description = "Nothing is done: `errors` names all that is wrong with any operation, a stale version, a movie that does not exist and one that stands in the way included. Or the key was used for another request"),
    ),
)]
pub async fn apply(
    AdminUser(admin): AdminUser,
    state: State,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let duplicates = allowed_duplicates(&request)?;
    let limit = state.settings.server.max_batch_bytes;
    let json = body::json_up_to(limit, &request, payload, &[body::JSON]).await?;
    let keyed = idempotency::keyed(&request, &admin, BATCH, duplicates, &json)?;
    let catalogue = Arc::clone(&state.catalogue);
    let answer = blocking(move || Ok(catalogue.batch(&admin, &read(&json)?, duplicates, keyed.as_ref()))).await?;
    idempotency::respond(answer, |done| {
        Ok(HttpResponse::Ok().json(BatchResults { results: done.iter().map(BatchResult::from).collect() }))
    })
}

/// Reads the operations. One that cannot be read is what is wrong with it.
fn read(json: &RawValue) -> Result<Vec<Result<Operation, Violations>>> {
    let members = Members::of(json)?;
    let mut found = Violations::default();
    let unknown = members.names().filter(|name| *name != "operations");
    unknown.take(Violations::MAX).for_each(|name| found.push(unknown_field(name, &["operations"])));
    let operations = match members.get("operations") {
        Some(list) => found.check(entries(list)),
        None => {
            found.push(Violation::new("/operations", ViolationCode::Required, "a batch has operations"));
            None
        }
    };
    let read = operations.map(|operations| read_all(&operations)).unwrap_or_default();
    if found.0.is_empty() {
        return Ok(read);
    }
    for (number, refused) in read.into_iter().enumerate().filter_map(|(number, read)| Some((number, read.err()?))) {
        let parent = format!("/operations/{number}");
        refused.0.into_iter().for_each(|violation| found.push(violation.within(&parent)));
    }
    Err(Error::Invalid(found))
}

/// Reads operations up to [`Violations::MAX`] violations: more are not told, so that the rest makes no difference.
fn read_all(operations: &[&RawValue]) -> Vec<Result<Operation, Violations>> {
    let mut violations = 0;
    let read = operations.iter().map(|json| operation(json));
    read.take_while(|operation| {
        let is_needed = violations < Violations::MAX;
        violations += operation.as_ref().err().map_or(0, |found| found.0.len());
        is_needed
    })
    .collect()
}

fn entries(list: &RawValue) -> Result<Vec<&RawValue>, Violation> {
    let refuse = |code, detail: String| Violation::new("/operations", code, detail);
    let entries: Vec<&RawValue> = serde_json::from_str(list.get())
        .map_err(|_| refuse(ViolationCode::WrongType, "an array of operations is expected".to_owned()))?;
    if entries.len() > MAX_OPERATIONS {
        let detail = format!("a batch has at most {MAX_OPERATIONS} operations, and here are {}", entries.len());
        return Err(refuse(ViolationCode::TooLong, detail));
    }
    Ok(entries)
}

/// What an operation does.
#[derive(Clone, Copy)]
enum Op {
    Create,
    Update,
    Delete,
}

/// Reads one operation, as far as that takes no look at what it is to change.
fn operation(json: &RawValue) -> Result<Operation, Violations> {
    let members = Members::of(json)?;
    let mut found = Violations::default();
    let op = found.check(op(&members));
    let known: &[&str] = match op {
        Some(Op::Create) => &["op", "movie"],
        Some(Op::Delete) => &["op", "id", "version"],
        Some(Op::Update) | None => &["op", "id", "version", "movie"],
    };
    let operation = match op {
        Some(Op::Create) => movie(&members, &mut found, |input| input.onto(None)).map(Operation::Create),
        Some(Op::Update) => {
            let (id, version) = target(&members, &mut found);
            let patch = movie(&members, &mut found, MovieInput::into_patch);
            id.zip(patch).map(|(id, patch)| Operation::Update { id, version, patch })
        }
        Some(Op::Delete) => {
            let (id, version) = target(&members, &mut found);
            id.map(|id| Operation::Delete { id, version })
        }
        None => None,
    };
    let unknown = members.names().filter(|name| !known.contains(name));
    unknown.take(Violations::MAX).for_each(|name| found.push(unknown_field(name, known)));
    match operation {
        Some(operation) if found.0.is_empty() => Ok(operation),
        _ => Err(found),
    }
}

fn op(members: &Members) -> Result<Op, Violation> {
    let refuse = |code| Err(Violation::new("/op", code, "an operation is a create, an update or a delete"));
    match members.get("op").map(text) {
        Some(Ok(Field::Value(op))) => match op.as_str() {
            "create" => Ok(Op::Create),
            "update" => Ok(Op::Update),
            "delete" => Ok(Op::Delete),
            _ => refuse(ViolationCode::InvalidFormat),
        },
        Some(Err((code, _))) => refuse(code),
        Some(Ok(Field::Null | Field::Absent)) | None => refuse(ViolationCode::Required),
    }
}

/// The movie that an operation means, and the version that it must have.
fn target(members: &Members, found: &mut Violations) -> (Option<MovieId>, Option<u64>) {
    let mut number = |name: &'static str| match members.get(name).map(whole_number) {
        Some(Ok(number)) => number,
        Some(Err((code, detail))) => {
            found.push(Violation::new(pointer(name), code, detail));
            None
        }
        None => None,
    };
    let (id, version) = (number("id"), number("version"));
    if id.is_none() && !found.names("/id") {
        found.push(Violation::new("/id", ViolationCode::Required, "the id of a movie is needed"));
    }
    (id.map(MovieId), version)
}

/// What `read` makes of the movie in an operation.
fn movie<T>(
    members: &Members,
    found: &mut Violations,
    read: impl FnOnce(MovieInput) -> Result<T, Violations>,
) -> Option<T> {
    let Some(json) = members.get("movie") else {
        found.push(Violation::new("/movie", ViolationCode::Required, "a movie is needed"));
        return None;
    };
    let read = read(MovieInput::read(json));
    read.map_err(|wrong| wrong.0.into_iter().for_each(|violation| found.push(violation.within("/movie")))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(json: &str) -> Vec<(String, ViolationCode)> {
        let json: Box<RawValue> = serde_json::from_str(json).unwrap();
        let Err(Error::Invalid(violations)) = read(&json) else { panic!("{json} is read") };
        violations.0.into_iter().map(|v| (v.field, v.code)).collect()
    }

    fn refused_operation(json: &str) -> Vec<(String, ViolationCode)> {
        let json: Box<RawValue> = serde_json::from_str(json).unwrap();
        operation(&json).unwrap_err().0.into_iter().map(|v| (v.field, v.code)).collect()
    }

    #[test]
    fn what_is_wrong_with_the_batch_and_with_its_operations_is_told_at_once() {
        let expected =
            [("/dry_run", ViolationCode::UnknownField), ("/operations/1/movie/name", ViolationCode::Required)];
        let json = r#"{"operations":[{"op":"delete","id":1},{"op":"create","movie":{}}],"dry_run":true}"#;
        assert_eq!(refused(json), expected.map(|(field, code)| (field.to_owned(), code)));
    }

    #[test]
    fn what_is_no_batch_is_refused_as_a_whole() {
        for (json, field, code) in [
            ("[]", "", ViolationCode::WrongType),
            ("{}", "/operations", ViolationCode::Required),
            (r#"{"operations":null}"#, "/operations", ViolationCode::WrongType),
            (r#"{"operations":{}}"#, "/operations", ViolationCode::WrongType),
            (r#"{"operations":[],"dry_run":true}"#, "/dry_run", ViolationCode::UnknownField),
        ] {
            assert_eq!(refused(json), [(field.to_owned(), code)], "{json}");
        }
    }

    #[test]
    fn the_number_of_operations_is_bounded() {
        let batch = |n: usize| {
            let operations = vec![r#"{"op":"delete","id":1}"#; n].join(",");
            format!("{{\"operations\":[{operations}]}}")
        };
        let json: Box<RawValue> = serde_json::from_str(&batch(MAX_OPERATIONS)).unwrap();
        assert_eq!(read(&json).unwrap().len(), MAX_OPERATIONS);
        assert_eq!(refused(&batch(MAX_OPERATIONS + 1)), [("/operations".to_owned(), ViolationCode::TooLong)]);
    }

    #[test]
    fn everything_wrong_with_an_operation_is_told() {
        use ViolationCode::{InvalidFormat, OutOfRange, Required, UnknownField, WrongType};
        for (json, expected) in [
            ("null", &[("", WrongType)][..]),
            ("{}", &[("/op", Required)]),
            (r#"{"op":null}"#, &[("/op", Required)]),
            (r#"{"op":7,"x":1}"#, &[("/op", WrongType), ("/x", UnknownField)]),
            (r#"{"op":"Create","movie":{}}"#, &[("/op", InvalidFormat)]),
            (r#"{"op":"create"}"#, &[("/movie", Required)]),
            (r#"{"op":"create","movie":null}"#, &[("/movie", WrongType)]),
            (r#"{"op":"create","id":3,"movie":{"name":"M"}}"#, &[("/id", UnknownField)]),
            (
                r#"{"op":"create","movie":{"year":1,"colour":"red"}}"#,
                &[("/movie/name", Required), ("/movie/year", OutOfRange), ("/movie/colour", UnknownField)],
            ),
            (r#"{"op":"update"}"#, &[("/id", Required), ("/movie", Required)]),
            (r#"{"op":"update","id":null,"movie":{}}"#, &[("/id", Required)]),
            (
                r#"{"op":"update","id":"3","version":1.5,"movie":{"name":null,"votes":"5"}}"#,
                &[("/id", WrongType), ("/version", WrongType), ("/movie/name", Required), ("/movie/votes", WrongType)],
            ),
            (r#"{"op":"delete","id":-1,"version":-1}"#, &[("/id", OutOfRange), ("/version", OutOfRange)]),
            (r#"{"op":"delete","id":1e30}"#, &[("/id", OutOfRange)]),
            (r#"{"op":"delete","id":1,"movie":{}}"#, &[("/movie", UnknownField)]),
        ] {
            let expected: Vec<_> = expected.iter().map(|(field, code)| ((*field).to_owned(), *code)).collect();
            assert_eq!(refused_operation(json), expected, "{json}");
        }
    }

    #[test]
    fn numbers_are_read_however_they_are_written() {
        for json in [r#"{"op":"delete","id":7,"version":2}"#, r#"{"version":2.0,"id":7.0,"op":"delete"}"#] {
            let json: Box<RawValue> = serde_json::from_str(json).unwrap();
            assert_eq!(operation(&json), Ok(Operation::Delete { id: MovieId(7), version: Some(2) }));
        }
        let json: Box<RawValue> = serde_json::from_str(r#"{"op":"delete","id":7,"version":null}"#).unwrap();
        assert_eq!(operation(&json), Ok(Operation::Delete { id: MovieId(7), version: None }));
    }
}
