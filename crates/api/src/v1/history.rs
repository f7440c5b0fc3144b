//! `/api/v1/movies/{id}/history`: what was done to a movie, and undoing it.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::Path,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    Error, Result,
    change::{Action, Change, Edit, Seq, Via},
    movie::{Movie, MovieId},
    query::{Page, Total},
    services::HistoryStart,
    time::Timestamp,
};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{
    listing::{Listing, OFFSET_OR_CURSOR, Part, limit, offset},
    movie_body::{EDITABLE, MovieBody, rendered},
    movies::{MOVIES, allowed_duplicates, is_current, response},
    parameters::{INVALID_VALUE, Parameters, QueryErrors},
    path_id,
    prefer::Prefer,
};
use crate::{
    auth::AdminUser,
    endpoint::Endpoint,
    problem::Problem,
    state::{State, blocking},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::at("/api/v1/movies/{id}/history").get(list),
        Endpoint::at("/api/v1/movies/{id}/history/{version}/restore").post(restore_version),
        Endpoint::at("/api/v1/movies/{id}/restore").post(restore),
    ]
}

/// One change of a movie.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "version": 2, "at": "2026-01-02T03:04:05Z", "actor": "admin", "via": "api", "action": "update",
    "changes": { "imdb_score": { "before": 8.8, "after": 8.6 } }
}))]
pub struct HistoryEntry {
    /// The movie's version from then on; of a removal, the version that was removed.
    #[schema(minimum = 1)]
    version: u32,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The user; `null` where a program on the server's machine did it.
    #[schema(required)]
    actor: Option<String>,
    /// `api`, `page`, `import` or `cli`.
    #[schema(value_type = String)]
    via: Via,
    /// `create`, `update` or `delete`. A removed movie that is brought back is created again.
    #[schema(value_type = String)]
    action: Action,
    /// Each field that changed. What a new movie does not have is left out.
    #[schema(value_type = std::collections::BTreeMap<String, FieldChange>)]
    changes: Map<String, Value>,
}

/// A field before and after a change; `null` where the movie did not exist, or does not any more.
#[derive(Serialize, ToSchema)]
pub struct FieldChange {
    #[schema(required)]
    before: Value,
    #[schema(required)]
    after: Value,
}

impl HistoryEntry {
    fn of(change: Change) -> Result<Self> {
        let Edit::Movie { before, after, .. } = &change.edit else {
            return Err(Error::Internal("another change is among those of a movie".into()));
        };
        let (before, after) = (before.as_deref(), after.as_deref());
        let latest = after.or(before).ok_or_else(|| Error::Internal("a change without a state".into()))?;
        Ok(Self {
            version: latest.version,
            at: change.at,
            action: change.edit.action(),
            changes: differences(before, after)?,
            actor: change.actor.map(String::from),
            via: change.via,
        })
    }
}

/// The fields in which two states of a movie differ.
fn differences(before: Option<&Movie>, after: Option<&Movie>) -> Result<Map<String, Value>> {
    let failed = |e: serde_json::Error| Error::Internal(e.into());
    let shown = |state: Option<&Movie>| match state {
        Some(movie) => serde_json::to_value(MovieBody::from(movie)).map_err(failed),
        None => Ok(Value::Null),
    };
    let (before, after) = (shown(before)?, shown(after)?);
    let mut changes = Map::new();
    for field in EDITABLE {
        let value = |state: &Value| state.get(field).cloned().unwrap_or_default();
        let change = FieldChange { before: value(&before), after: value(&after) };
        // A movie without genres has as little as no movie.
        let is_nothing = |value: &Value| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if change.before != change.after && !(is_nothing(&change.before) && is_nothing(&change.after)) {
            changes.insert(field.to_owned(), serde_json::to_value(change).map_err(failed)?);
        }
    }
    Ok(changes)
}

/// List what was done to a movie
///
/// The latest change comes first. A removed movie has a history, too; how far back it goes is a setting of the server.
/// A genre's new name is no change of the movies that have it.
#[utoipa::path(
    get, path = "/api/v1/movies/{id}/history", tag = "history", operation_id = "movie_history",
    security(("bearer" = []), ("token" = [])),
    params(
        ("id" = u64, Path, description = "The movie's id", example = 1),
        ("limit" = Option<u32>, Query, description = "The most changes of the page: 20 by default; what is over 100 becomes 100", minimum = 1, example = 20),
        ("offset" = Option<u32>, Query, description = "How many changes to leave out", maximum = 10000, example = 0),
        ("cursor" = Option<String>, Query, description = "Where to go on: taken from `next`, and good for the same movie alone"),
    ),
    responses(
        (status = 200, description = "A page", body = Listing<HistoryEntry>, headers(
            ("Cache-Control", description = "`no-store`"),
            ("Link", description = "The URLs of `next` and `prev`"),
        )),
        (status = 400), (status = 401), (status = 403),
        (status = 404, description = "There never was such a movie, or nothing of its history is kept"),
    ),
)]
pub async fn list(_: AdminUser, state: State, request: HttpRequest, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = MovieId(path_id(&id, "movie")?);
    let lenient = Prefer::of(request.headers()).lenient;
    let (part, start) = part(id, request.query_string(), lenient)?;
    let history = Arc::clone(&state.history);
    let listing = blocking(move || {
        let page = history.of_movie(id, start, part.limit)?;
        let next = page.next.map(|below| cursor(id, below));
        let entries = page.changes.into_iter().map(HistoryEntry::of).collect::<Result<Vec<_>>>()?;
        Ok(part.listing(entries, Some(Total::Exact(page.total)), next.as_deref()))
    })
    .await?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    if let Some(link) = listing.link() {
        response.insert_header((header::LINK, link));
    }
    Ok(response.json(listing))
}

fn part(id: MovieId, query: &str, lenient: bool) -> Result<(Part<String>, HistoryStart), QueryErrors> {
    let mut parameters = Parameters::read(query);
    let limit = parameters.parsed("limit", |text| limit(text, Page::MAX_LIMIT)).unwrap_or(Page::DEFAULT_LIMIT);
    let offset = parameters.parsed("offset", offset);
    let cursor = parameters.parsed("cursor", |cursor| {
        from_cursor(cursor, id).ok_or_else(|| (INVALID_VALUE, Error::BadCursor.to_string()))
    });
    if cursor.is_some() && offset.is_some() {
        parameters.refuse("cursor", INVALID_VALUE, OFFSET_OR_CURSOR);
    }
    let start = cursor.map_or(HistoryStart::Offset(offset.unwrap_or(0)), HistoryStart::Below);
    let offset = cursor.is_none().then(|| offset.unwrap_or(0));
    let given = parameters.finish(lenient)?;
    Ok((Part { path: format!("{MOVIES}/{}/history", id.0), given, limit, offset }, start))
}

fn cursor(id: MovieId, below: Seq) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}/{below}", id.0))
}

/// Reads what [`cursor`] wrote for the same movie.
fn from_cursor(cursor: &str, id: MovieId) -> Option<Seq> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let (movie, below) = text.split_once('/')?;
    (movie == id.0.to_string()).then(|| below.parse().ok())?
}

/// Bring a removed movie back
///
/// It has its id and its last state again, as a new version. A genre that is gone meanwhile is created again. A movie
/// that is there is answered as it is.
#[utoipa::path(
    post, path = "/api/v1/movies/{id}/restore", tag = "history", operation_id = "restore_movie",
    security(("bearer" = []), ("token" = [])),
    params(("id" = u64, Path, description = "The movie's id", example = 1)),
    responses(
        (status = 200, description = "The movie", body = MovieBody, headers(("ETag", description = "Of its state"))),
        (status = 401), (status = 403),
        (status = 404, description = "There never was such a movie, or its removal is not kept any more"),
        (status = 409, description = "Another movie has its `imdb_id` now: `existing_id`"),
    ),
)]
pub async fn restore(AdminUser(admin): AdminUser, state: State, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = MovieId(path_id(&id, "movie")?);
    let catalogue = Arc::clone(&state.catalogue);
    let (movie, _) = blocking(move || catalogue.restore(&admin, id)).await?;
    Ok(response(StatusCode::OK, &state, rendered(&movie)?))
}

/// Bring an earlier version of a movie back
///
/// All fields become what they were, as a new version; if nothing differs, there is none. A removed movie comes back.
/// Genres that have other names now keep those; one that is gone is created again.
#[utoipa::path(
    post, path = "/api/v1/movies/{id}/history/{version}/restore", tag = "history", operation_id = "restore_version",
    security(("bearer" = []), ("token" = [])),
    params(
        ("id" = u64, Path, description = "The movie's id", example = 1),
        ("version" = u32, Path, description = "One of the versions of its history", example = 1),
        ("allow_duplicate" = Option<bool>, Query, description = "Whether a movie of the same name, director and year may be there already"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the state that is to be replaced"),
    ),
    responses(
        (status = 200, description = "The movie", body = MovieBody, headers(("ETag", description = "Of its state"))),
        (status = 400), (status = 401), (status = 403),
        (status = 404, description = "There never was such a movie or version, or it is not kept any more"),
        (status = 409, description = "A movie of the same name, director and year, or of this `imdb_id`, exists: `existing_id`"),
        (status = 412),
    ),
)]
pub async fn restore_version(
    AdminUser(admin): AdminUser,
    state: State,
    request: HttpRequest,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (id, version) = path.into_inner();
    let id = MovieId(path_id(&id, "movie")?);
    let version = u32::try_from(path_id(&version, "version")?).map_err(|_| Problem::not_found("version"))?;
    let duplicates = allowed_duplicates(&request)?;
    let is_current = is_current(request.headers());
    let catalogue = Arc::clone(&state.catalogue);
    let (movie, _) = blocking(move || catalogue.restore_version(&admin, id, version, duplicates, &is_current)).await?;
    Ok(response(StatusCode::OK, &state, rendered(&movie)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_good_for_its_movie_alone() {
        let cursor = cursor(MovieId(12), 345);
        assert_eq!(from_cursor(&cursor, MovieId(12)), Some(345));
        assert_eq!(from_cursor(&cursor, MovieId(1)), None);
        for damaged in ["", "x", "%25", "bnVsbA", "MTIv"] {
            assert_eq!(from_cursor(damaged, MovieId(12)), None, "{damaged}");
        }
        let fields = |query: &str| {
            let errors = part(MovieId(12), query, false).unwrap_err().errors;
            errors.into_iter().map(|error| error.field).collect::<Vec<_>>()
        };
        assert_eq!(fields(&format!("cursor={cursor}&offset=1")), ["cursor"]);
        assert_eq!(fields("cursor=x&limit=0&offset=10001&colour=red"), ["limit", "offset", "cursor", "colour"]);
    }
}
