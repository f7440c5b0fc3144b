//! `/api/v1/changes`: the feed of everything that was done, in parts or as a stream that goes on.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderMap},
    web::Bytes,
};
use domain::{
    Error, Result,
    change::{Action, Change, Edit, Seq, Via},
    genre::Genre,
    movie::Movie,
    services::History,
    time::Timestamp,
    user::Username,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    event_stream,
    listing::limit,
    movie_body::MovieBody,
    parameters::{INVALID_VALUE, Parameters, QueryErrors, Refusal},
    prefer::Prefer,
};
use crate::{
    auth::AdminUser,
    endpoint::Endpoint,
    problem::{FieldError, Problem},
    state::{State, blocking},
};

const NDJSON: &str = "application/x-ndjson";
const LAST_EVENT_ID: &str = "Last-Event-ID";

const DEFAULT_LIMIT: u32 = 1_000;
const MAX_LIMIT: u32 = 10_000;

/// About how large an answer gets: with a few states of 40 kB in the way, it has fewer lines than it may.
const MAX_BYTES: usize = 8 << 20;

/// How many changes are read in the first transaction of an answer, and in a later one at most.
const FIRST_READ: usize = 20;
const LARGEST_READ: usize = 500;

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::at("/api/v1/changes").get(list)]
}

/// One change of a movie or a genre.
#[derive(Serialize, ToSchema)]
#[schema(as = Change, example = json!({
    "seq": 42, "at": "2026-01-02T03:04:05Z", "actor": "admin", "via": "api", "action": "update",
    "movie_id": null, "genre_id": 4, "before": { "id": 4, "name": "Sci-Fi" }, "after": { "id": 4, "name": "Science Fiction" }
}))]
pub struct ChangeLine<'a> {
    /// Grows by 1 from change to change, in the order in which they were made.
    #[schema(minimum = 1)]
    seq: Seq,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The user; `null` where a program on the server's machine did it.
    #[schema(required)]
    actor: Option<&'a str>,
    /// `api`, `page`, `import` or `cli`.
    #[schema(value_type = String)]
    via: Via,
    /// `create`, `update` or `delete`.
    #[schema(value_type = String)]
    action: Action,
    /// The movie; `null` where a genre was changed.
    #[schema(required)]
    movie_id: Option<u64>,
    /// The genre; `null` where a movie was changed. A new name shows in every movie that has the genre, without a
    /// change of each.
    #[schema(required)]
    genre_id: Option<u64>,
    /// The state before; `null` where there was none.
    #[schema(required)]
    before: Option<StateBody<'a>>,
    /// The state after; `null` where there is none.
    #[schema(required)]
    after: Option<StateBody<'a>>,
}

/// A movie, or a genre, as it was then.
#[derive(Serialize, ToSchema)]
#[schema(as = ChangedState)]
#[serde(untagged)]
pub enum StateBody<'a> {
    Movie(Box<MovieBody<'a>>),
    Genre(ChangedGenre<'a>),
}

/// A genre as it was then.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedGenre<'a> {
    id: u64,
    name: &'a str,
}

impl<'a> From<&'a Movie> for StateBody<'a> {
    fn from(movie: &'a Movie) -> Self {
        Self::Movie(Box::new(movie.into()))
    }
}

impl<'a> From<&'a Genre> for StateBody<'a> {
    fn from(genre: &'a Genre) -> Self {
        Self::Genre(ChangedGenre { id: genre.id.0, name: genre.name.as_str() })
    }
}

impl<'a> ChangeLine<'a> {
    fn of(change: &'a Change) -> Result<Self> {
        let (movie_id, genre_id, before, after) = match &change.edit {
            Edit::Movie { id, before, after } => {
                (Some(id.0), None, before.as_deref().map(StateBody::from), after.as_deref().map(StateBody::from))
            }
            Edit::Genre { id, before, after } => {
                (None, Some(id.0), before.as_ref().map(StateBody::from), after.as_ref().map(StateBody::from))
            }
            Edit::NewMovies { .. } => return Err(Error::Internal("a bulk load is shown movie by movie".into())),
        };
        Ok(Self {
            seq: change.seq,
            at: change.at,
            actor: change.actor.as_ref().map(Username::as_str),
            via: change.via,
            action: change.edit.action(),
            movie_id,
            genre_id,
            before,
            after,
        })
    }
}

/// A change as JSON, in one line without its end.
pub struct Line {
    pub seq: Seq,
    pub json: Vec<u8>,
}

/// The changes after `since`, at most `limit` and, roughly, `max_bytes`; and the number of the last of the feed.
pub fn lines(history: &History, since: Seq, limit: u32, max_bytes: usize) -> Result<(Vec<Line>, Seq)> {
    let (mut lines, mut bytes, mut at) = (Vec::new(), 0_usize, since);
    loop {
        // As many as fit, as far as those before tell: lines have 200 bytes, or 40,000.
        let fitting = match bytes.checked_div(lines.len()) {
            Some(mean) => max_bytes.saturating_sub(bytes) / mean.max(1) + 1,
            None => FIRST_READ,
        };
        let room = limit as usize - lines.len();
        let page = history.changes(at, room.min(fitting).min(LARGEST_READ))?;
        for change in &page.changes {
            let json = serde_json::to_vec(&ChangeLine::of(change)?).map_err(|e| Error::Internal(e.into()))?;
            bytes += json.len();
            at = change.seq;
            lines.push(Line { seq: at, json });
            if bytes >= max_bytes {
                return Ok((lines, page.last));
            }
        }
        if at == page.last || lines.len() == limit as usize {
            return Ok((lines, page.last));
        }
    }
}

/// Follow what is done to the catalogue
///
/// One line for each movie or genre that was added, changed or removed, by whatever way, in the order in which that
/// happened. Ask on with the last line's `seq` as `since`; an answer without lines means that there is no more for
/// now, and one with fewer than `limit` does not.
///
/// With `Accept: text/event-stream` the answer goes on live (server-sent events): each line is an event's data, its
/// `seq` the event's id, and `Last-Event-ID` counts in place of `since`. When the server ends a stream it says why in
/// an event `end`: its `reason` is `stopping`, `slow`, `signed_out`, `gone` or `failed`, its `resume_from` the number
/// to go on from.
///
/// To keep a copy of the catalogue: note the header `Last-Seq`, read all movies, then follow the feed from the noted
/// number, and put each `after` in the place of what is there.
#[utoipa::path(
    get, path = "/api/v1/changes", tag = "history", operation_id = "list_changes",
    security(("bearer" = []), ("token" = [])),
    params(
        ("since" = Option<u64>, Query, description = "The number after which to begin; 0 by default. A bulk load has a number for each of its movies, too", minimum = 0),
        ("limit" = Option<u32>, Query, description = "The most lines: 1000 by default; what is over 10000 becomes 10000. A stream has no limit", minimum = 1, example = 1),
        ("Last-Event-ID" = Option<String>, Header, description = "Of an event stream: the number after which to begin"),
    ),
    responses(
        (status = 200, description = "The changes", content(
            (ChangeLine = "application/x-ndjson"),
            (String = "text/event-stream"),
        ), headers(
            ("Cache-Control", description = "`no-store`"),
            ("Last-Seq" = u64, description = "The number of the last change of the feed"),
            ("Vary", description = "`Accept`"),
        )),
        (status = 400), (status = 401), (status = 403),
        (status = 410, description = "The changes after this number are not kept any more, or the number is above the last one: `oldest_since` and `last_seq` say where one can begin"),
        (status = 503, description = "The database is away, or as many streams are open as the server allows"),
    ),
)]
pub async fn list(_: AdminUser, state: State, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let FeedRequest { since, limit } = FeedRequest::read(request.query_string(), request.headers())?;
    if wants_events(request.headers()) {
        let since = last_event_id(request.headers())?.unwrap_or(since);
        return event_stream::begin(state, request, since).await;
    }
    let history = Arc::clone(&state.history);
    let (lines, last) = blocking(move || lines(&history, since, limit, MAX_BYTES)).await?;
    let body = lines.iter().flat_map(|line| [line.json.as_slice(), b"\n"]).collect::<Vec<_>>().concat();
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, NDJSON))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::VARY, "Accept"))
        .insert_header(("Last-Seq", last))
        .body(Bytes::from(body)))
}

struct FeedRequest {
    since: Seq,
    limit: u32,
}

impl FeedRequest {
    fn read(query: &str, headers: &HeaderMap) -> Result<Self, QueryErrors> {
        let mut parameters = Parameters::read(query);
        let since = parameters.parsed("since", seq).unwrap_or(0);
        let limit = parameters.parsed("limit", |text| limit(text, MAX_LIMIT)).unwrap_or(DEFAULT_LIMIT);
        parameters.finish(Prefer::of(headers).lenient)?;
        Ok(Self { since, limit })
    }
}

/// Reads a number of the feed; one that no database can hold is the largest there is.
fn seq(text: &str) -> Result<Seq, Refusal> {
    let is_whole = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let refused = || (INVALID_VALUE, "a whole number from 0 on is expected".to_owned());
    is_whole.then(|| text.parse().unwrap_or(Seq::MAX)).ok_or_else(refused)
}

/// The number that a client of an event stream has seen last.
fn last_event_id(headers: &HeaderMap) -> Result<Option<Seq>, Problem> {
    let Some(value) = headers.get(LAST_EVENT_ID).filter(|value| !value.is_empty()) else { return Ok(None) };
    let read = seq(value.to_str().unwrap_or_default().trim());
    read.map(Some).map_err(|(code, detail)| Problem::parameters(vec![FieldError::new(LAST_EVENT_ID, code, detail)]))
}

/// Whether the client names the type of event streams among those it accepts.
fn wants_events(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::ACCEPT).filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let is_named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(event_stream::CONTENT_TYPE));
        // A quality of 0 means: anything but this (RFC 9110, section 12.4.2).
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        is_named && weight.and_then(|weight| weight.parse::<f32>().ok()) != Some(0.0)
    })
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn event_streams_are_for_those_who_name_them() {
        for (accept, wanted) in [
            ("text/event-stream", true),
            ("application/x-ndjson, text/event-stream;q=0.1", true),
            ("text/event-stream; q=0, application/x-ndjson", false),
            ("application/json;q=0.5, Text/Event-Stream; charset=utf-8", true),
            ("*/*", false),
            ("text/*", false),
            ("application/x-ndjson", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(wants_events(&headers), wanted, "{accept}");
        }
        assert!(!wants_events(&HeaderMap::new()));
    }

    #[test]
    fn a_number_is_read_however_large() {
        assert_eq!(seq("0").ok(), Some(0));
        assert_eq!(seq("99999999999999999999999").ok(), Some(Seq::MAX));
        for bad in ["", "-1", "+1", "1.0", "x", "1 "] {
            assert!(seq(bad).is_err(), "{bad}");
        }
    }
}
