//! `/api/v1/genres`.

use std::{cmp::Reverse, sync::Arc};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Path, Payload},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    error::{Error, Result},
    genre::{Genre, GenreId, GenreName},
    movie::Field,
    ports::GenreCount,
    query::{GenreQuery, GenreSort, Page, Total},
    services::Duplicates,
    violation::{Violation, ViolationCode, Violations},
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::{
    conditional::cache_control,
    idempotency,
    listing::{ListResponse, Listing, OFFSET_OR_CURSOR, Part, limit, offset},
    movie_body::{Members, text, unknown_field, whole_number},
    parameters::{INVALID_VALUE, Parameters, QueryErrors, Refusal},
    path_id,
    prefer::Prefer,
};
use crate::{
    auth::{AdminUser, Reader},
    body,
    endpoint::Endpoint,
    problem::Problem,
    state::{State, blocking},
};

const GENRES: &str = "/api/v1/genres";

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::at(GENRES).get(list).post(create),
        Endpoint::at("/api/v1/genres/{id}").get(one).patch(rename).delete(delete),
        Endpoint::at("/api/v1/genres/{id}/merge").post(merge),
    ]
}

/// A genre.
#[derive(Serialize, ToSchema)]
#[schema(as = Genre, example = json!({ "id": 4, "name": "Drama", "movie_count": 121 }))]
pub struct GenreBody {
    /// Given by the server, never reused.
    #[schema(minimum = 1)]
    id: u64,
    /// Unique without regard to case.
    #[schema(min_length = 1, max_length = 50)]
    name: String,
    /// How many movies have it.
    movie_count: u64,
}

impl GenreBody {
    fn new(genre: Genre, movies: u64) -> Self {
        Self { id: genre.id.0, name: genre.name.into(), movie_count: movies }
    }
}

impl From<GenreCount> for GenreBody {
    fn from(genre: GenreCount) -> Self {
        Self::new(genre.genre, genre.movies)
    }
}

/// A genre to be stored.
#[derive(ToSchema)]
#[schema(example = json!({ "name": "Road Movie" }))]
#[expect(dead_code, reason = "describes what `name_in` reads")]
pub struct GenreFields {
    /// Without `,` and `|`; unique without regard to case.
    #[schema(min_length = 1, max_length = 50, pattern = "^[^,|]+$")]
    name: String,
}

/// Find genres
#[utoipa::path(
    get, path = "/api/v1/genres", tag = "genres", operation_id = "find_genres",
    security((), ("bearer" = []), ("token" = [])),
    params(
        ("q" = Option<String>, Query, description = "Text to find inside names, case and accents aside", example = "dra"),
        ("sort" = Option<String>, Query, description = "`name` (the default), or `-movie_count`: those of the most movies first", example = "-movie_count"),
        ("limit" = Option<u32>, Query, description = "The most genres of the page: 20 by default; what is over 100 becomes 100", minimum = 1, example = 20),
        ("offset" = Option<u32>, Query, description = "How many genres to leave out", maximum = 10000, example = 0),
        ("cursor" = Option<String>, Query, description = "Where to go on: taken from `next`, and good for the same `q` and `sort` alone"),
        ("Prefer" = Option<String>, Header, description = "`handling=lenient` ignores unknown parameters", example = "handling=lenient"),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the copy at hand"),
    ),
    responses(
        (status = 200, description = "A page", body = Listing<GenreBody>, headers(
            ("ETag", description = "Weak; another one after any change of the catalogue"),
            ("Cache-Control", description = "`no-cache`: ask before each use"),
            ("Link", description = "The URLs of `next` and `prev`"),
        )),
        (status = 304, description = "The copy at hand is current", headers(("ETag", description = "Its tag"))),
        (status = 400), (status = 401),
    ),
)]
pub async fn list(_: Reader, state: State, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let prefer = Prefer { count: None, ..Prefer::of(request.headers()) };
    let GenreRequest { query, part, after } = GenreRequest::read(request.query_string(), prefer)?;
    let response = ListResponse::begin(&state, request.headers(), prefer);
    if response.is_known {
        return Ok(response.not_modified());
    }
    let catalogue = Arc::clone(&state.catalogue);
    let listing = blocking(move || {
        let genres = catalogue.genres(&query)?;
        let total = Total::Exact(genres.len() as u64);
        let begin = match &after {
            Some(after) => genres.partition_point(|genre| Place::of(genre, query.sort) <= *after),
            None => part.offset.unwrap_or(0) as usize,
        };
        let mut rest = genres.into_iter().skip(begin).peekable();
        let genres: Vec<GenreCount> = rest.by_ref().take(part.limit as usize).collect();
        let last = genres.last().filter(|_| rest.peek().is_some());
        let next = last.map(|genre| Place::of(genre, query.sort).to_cursor(&query)).transpose()?;
        let items = genres.into_iter().map(GenreBody::from).collect();
        Ok(part.listing(items, Some(total), next.as_deref()))
    })
    .await?;
    Ok(response.send(listing.link(), &listing))
}

/// Read a genre
#[utoipa::path(
    get, path = "/api/v1/genres/{id}", tag = "genres", operation_id = "read_genre",
    security((), ("bearer" = []), ("token" = [])),
    params(("id" = u64, Path, description = "The genre's id", example = 1)),
    responses((status = 200, description = "The genre", body = GenreBody), (status = 401), (status = 404)),
)]
pub async fn one(_: Reader, state: State, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = GenreId(path_id(&id, "genre")?);
    let catalogue = Arc::clone(&state.catalogue);
    let genre = blocking(move || catalogue.genre(id)).await?;
    let cache_control = (header::CACHE_CONTROL, cache_control(&state));
    Ok(HttpResponse::Ok().insert_header(cache_control).json(GenreBody::from(genre)))
}

/// Add a genre
#[utoipa::path(
    post, path = "/api/v1/genres", tag = "genres", operation_id = "create_genre",
    security(("bearer" = []), ("token" = [])),
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[!-~]+$", description = "A name for this request: sent again with it within 24 hours, the request is answered as the first time and done once")),
    request_body = GenreFields,
    responses(
        (status = 201, description = "The genre", body = GenreBody, headers(
            ("Location", description = "Its path"),
            ("Idempotency-Replayed", description = "`true` where this was answered before"),
        )),
        (status = 400), (status = 401), (status = 403),
        (status = 409, description = "A genre of this name, case aside, exists: `existing_id`"),
        (status = 413), (status = 415),
        (status = 422, description = "The body is readable but breaks rules: `errors` names them all. Or the key was used for another request"),
    ),
)]
pub async fn create(
    AdminUser(admin): AdminUser,
    state: State,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let json = body::json(&request, payload, &[body::JSON]).await?;
    let keyed = idempotency::keyed(&request, &admin, GENRES, Duplicates::Refuse, &json)?;
    let name = name_in(&json)?;
    let catalogue = Arc::clone(&state.catalogue);
    let answer = blocking(move || Ok(catalogue.create_genre_once(&admin, &name, keyed.as_ref()))).await?;
    idempotency::respond(answer, |genre| {
        let location = (header::LOCATION, format!("{GENRES}/{}", genre.id.0));
        Ok(HttpResponse::Created().insert_header(location).json(GenreBody::new(genre, 0)))
    })
}

/// Rename a genre
///
/// The new name shows at once in every movie that has the genre.
#[utoipa::path(
    patch, path = "/api/v1/genres/{id}", tag = "genres", operation_id = "rename_genre",
    security(("bearer" = []), ("token" = [])),
    params(("id" = u64, Path, description = "The genre's id", example = 1)),
    request_body(content(
        (GenreFields = "application/merge-patch+json", example = json!({ "name": "Slapstick" })),
        (GenreFields = "application/json", example = json!({ "name": "Slapstick" })),
    )),
    responses(
        (status = 200, description = "The genre", body = GenreBody),
        (status = 400), (status = 401), (status = 403), (status = 404),
        (status = 409, description = "Another genre of this name, case aside, exists: `existing_id`"),
        (status = 413), (status = 415), (status = 422),
    ),
)]
pub async fn rename(
    AdminUser(admin): AdminUser,
    state: State,
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let id = GenreId(path_id(&id, "genre")?);
    let json = body::json(&request, payload, &[body::MERGE_PATCH, body::JSON]).await?;
    let name = name_in(&json)?;
    let catalogue = Arc::clone(&state.catalogue);
    let genre = blocking(move || catalogue.rename_genre(&admin, id, &name)).await?;
    Ok(HttpResponse::Ok().json(GenreBody::from(genre)))
}

/// Remove a genre
#[utoipa::path(
    delete, path = "/api/v1/genres/{id}", tag = "genres", operation_id = "delete_genre",
    security(("bearer" = []), ("token" = [])),
    params(
        ("id" = u64, Path, description = "The genre's id", example = 1),
        ("detach" = Option<bool>, Query, description = "Whether it is taken from the movies that have it", example = true),
    ),
    responses(
        (status = 204, description = "It is gone, and its id is never used again"),
        (status = 400), (status = 401), (status = 403), (status = 404),
        (status = 409, description = "Movies have it: `movie_count`"),
    ),
)]
pub async fn delete(
    AdminUser(admin): AdminUser,
    state: State,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = GenreId(path_id(&id, "genre")?);
    let mut parameters = Parameters::read(request.query_string());
    let detach = parameters.flag("detach");
    parameters.finish(Prefer::of(request.headers()).lenient)?;
    let catalogue = Arc::clone(&state.catalogue);
    blocking(move || catalogue.delete_genre(&admin, id, detach)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Where the movies of a genre go.
#[derive(ToSchema)]
#[schema(example = json!({ "into": 20 }))]
#[expect(dead_code, reason = "describes what `target_in` reads")]
pub struct MergeFields {
    /// The id of the genre that stays.
    #[schema(minimum = 1)]
    into: u64,
}

/// Merge a genre into another
///
/// Every movie that has the genre gets the other one in its place, and the genre is removed. A movie that has both
/// keeps the place of the first. All of it shows at once.
#[utoipa::path(
    post, path = "/api/v1/genres/{id}/merge", tag = "genres", operation_id = "merge_genre",
    security(("bearer" = []), ("token" = [])),
    params(("id" = u64, Path, description = "The id of the genre that goes", example = 19)),
    request_body = MergeFields,
    responses(
        (status = 200, description = "The genre that stays", body = GenreBody),
        (status = 400), (status = 401), (status = 403), (status = 404), (status = 413), (status = 415),
        (status = 422, description = "The body breaks rules, or `into` is the genre itself or none"),
    ),
)]
pub async fn merge(
    AdminUser(admin): AdminUser,
    state: State,
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let id = GenreId(path_id(&id, "genre")?);
    let json = body::json(&request, payload, &[body::JSON]).await?;
    let into = target_in(&json)?;
    let catalogue = Arc::clone(&state.catalogue);
    let genre = blocking(move || catalogue.merge_genre(&admin, id, into)).await?;
    Ok(HttpResponse::Ok().json(GenreBody::from(genre)))
}

/// Reads the body of a merge.
fn target_in(json: &RawValue) -> Result<GenreId, Violations> {
    let fields = Members::of(json)?;
    let mut found = Violations::default();
    let into = match fields.get("into").map(whole_number) {
        Some(Ok(Some(id))) => Some(GenreId(id)),
        Some(Ok(None)) | None => {
            found.push(Violation::new("/into", ViolationCode::Required, "the id of a genre is needed"));
            None
        }
        Some(Err((code, detail))) => {
            found.push(Violation::new("/into", code, detail));
            None
        }
    };
    let unknown = fields.names().filter(|name| *name != "into");
    unknown.take(Violations::MAX).for_each(|name| found.push(unknown_field(name, &["into"])));
    match into {
        Some(into) if found.0.is_empty() => Ok(into),
        _ => Err(found),
    }
}

/// Reads the body of a new genre or a renaming. What is shown but not written is ignored.
fn name_in(json: &RawValue) -> Result<GenreName, Violations> {
    let fields = Members::of(json)?;
    let mut found = Violations::default();
    let name = match fields.get("name").map(text) {
        Some(Ok(Field::Value(name))) => found.check(GenreName::new(&name, "/name")),
        Some(Ok(Field::Null | Field::Absent)) | None => {
            found.push(Violation::new("/name", ViolationCode::Required, "a genre has a name"));
            None
        }
        Some(Err((code, _))) => {
            found.push(Violation::new("/name", code, "text is expected"));
            None
        }
    };
    let unknown = fields.names().filter(|name| !["id", "name", "movie_count"].contains(name));
    unknown.take(Violations::MAX).for_each(|name| found.push(unknown_field(name, &["name"])));
    match name {
        Some(name) if found.0.is_empty() => Ok(name),
        _ => Err(found),
    }
}

/// What a list of genres was asked for.
#[derive(Debug)]
struct GenreRequest {
    query: GenreQuery,
    part: Part,
    after: Option<Place>,
}

impl GenreRequest {
    fn read(query_string: &str, prefer: Prefer) -> Result<Self, QueryErrors> {
        let mut parameters = Parameters::read(query_string);
        let query = GenreQuery { q: parameters.text("q"), sort: parameters.parsed("sort", sort).unwrap_or_default() };
        let limit = parameters.parsed("limit", |text| limit(text, Page::MAX_LIMIT)).unwrap_or(Page::DEFAULT_LIMIT);
        let offset = parameters.parsed("offset", offset);
        let cursor = parameters.value("cursor");
        if cursor.is_some() && offset.is_some() {
            parameters.refuse("cursor", INVALID_VALUE, OFFSET_OR_CURSOR);
        }
        let after = cursor.as_ref().and_then(|cursor| Place::from_cursor(cursor, &query));
        if cursor.is_some() && after.is_none() {
            parameters.refuse("cursor", INVALID_VALUE, Error::BadCursor.to_string());
        }
        let offset = if cursor.is_some() { None } else { Some(offset.unwrap_or(0)) };
        let given = parameters.finish(prefer.lenient)?;
        Ok(Self { query, part: Part { path: GENRES, given, limit, offset }, after })
    }
}

fn sort(text: &str) -> Result<GenreSort, Refusal> {
    match text {
        "name" => Ok(GenreSort::Name),
        "-movie_count" => Ok(GenreSort::MostMovies),
        _ => Err((INVALID_VALUE, "name or -movie_count is expected".to_owned())),
    }
}

/// The place of a genre in the order of a list: what the catalogue compares, in that order.
#[derive(Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
struct Place {
    most_first: Reverse<u64>,
    name: String,
    id: u64,
}

impl Place {
    fn of(genre: &GenreCount, sort: GenreSort) -> Self {
        let counted = match sort {
            GenreSort::Name => 0,
            GenreSort::MostMovies => genre.movies,
        };
        let GenreCount { genre: Genre { id, name }, .. } = genre;
        Self { most_first: Reverse(counted), name: domain::text::folded(name.as_str()), id: id.0 }
    }

    fn to_cursor(&self, query: &GenreQuery) -> Result<String> {
        let by_name = query.sort == GenreSort::Name;
        let json = serde_json::to_vec(&(&query.q, by_name, self)).map_err(|e| Error::Internal(e.into()))?;
        Ok(URL_SAFE_NO_PAD.encode(json))
    }

    /// Reads what [`Place::to_cursor`] wrote for the same query.
    fn from_cursor(cursor: &str, query: &GenreQuery) -> Option<Self> {
        let json = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (q, by_name, place): (Option<String>, bool, Self) = serde_json::from_slice(&json).ok()?;
        (q == query.q && by_name == (query.sort == GenreSort::Name)).then_some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<GenreRequest, QueryErrors> {
        GenreRequest::read(query, Prefer::default())
    }

    #[test]
    fn a_cursor_continues_its_own_list_alone() {
        let query = read("q=dra&sort=-movie_count").unwrap().query;
        let place = Place { most_first: Reverse(3), name: "drama".to_owned(), id: 7 };
        let cursor = place.to_cursor(&query).unwrap();
        assert_eq!(read(&format!("q=dra&sort=-movie_count&cursor={cursor}")).unwrap().after, Some(place));
        for bad in ["q=dra&", "sort=-movie_count&", "q=dra&sort=-movie_count&offset=1&"] {
            let errors = read(&format!("{bad}cursor={cursor}")).unwrap_err().errors;
            assert_eq!(errors.iter().map(|e| e.field.as_str()).collect::<Vec<_>>(), ["cursor"], "{bad}");
        }
        for damaged in ["", "x", "%25", "bnVsbA"] {
            assert!(read(&format!("cursor={damaged}")).is_err(), "{damaged}");
        }
    }

    #[test]
    fn places_are_in_the_order_of_the_list() {
        let genre = |id, name: &str, movies| GenreCount {
            genre: Genre { id: GenreId(id), name: GenreName::new(name, "").unwrap() },
            movies,
        };
        let (most, few, few_too) = (genre(3, "War", 9), genre(1, "drama", 2), genre(2, "Épic", 2));
        let by_count = |genre| Place::of(genre, GenreSort::MostMovies);
        assert!(by_count(&most) < by_count(&few) && by_count(&few) < by_count(&few_too));
        let by_name = |genre| Place::of(genre, GenreSort::Name);
        assert!(by_name(&few) < by_name(&few_too) && by_name(&few_too) < by_name(&most));
    }

    #[test]
    fn everything_wrong_with_a_body_is_told() {
        let found = |json: &str| {
            let json: Box<RawValue> = serde_json::from_str(json).unwrap();
            name_in(&json).unwrap_err().0
        };
        let found_fields = found(r#"{"id":1,"movie_count":2,"name":"a|b","nam":"x"}"#);
        assert_eq!(found_fields.iter().map(|v| v.field.as_str()).collect::<Vec<_>>(), ["/name", "/nam"]);
        for (body, code) in [
            ("{}", ViolationCode::Required),
            (r#"{"name":null}"#, ViolationCode::Required),
            (r#"{"name":7}"#, ViolationCode::WrongType),
        ] {
            assert_eq!(found(body)[0].code, code);
        }
    }
}
