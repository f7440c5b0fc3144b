//! `/api/v1/import`: feeds that are sent to the server.

use std::{
    io::{self, Read},
    ops::ControlFlow,
    pin::pin,
    time::Duration,
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderMap},
    },
    rt,
    web::{Bytes, Payload},
};
use domain::{
    change::Via,
    services::{INDEX_WAIT, Import},
    user::Admin,
};
use futures_util::{
    StreamExt,
    future::{self, Either},
};
use ingest::{
    BrokenRule, Counts, LoadError, OnError, Rejection,
    feed::{self, Emit, Form, Format},
};
use serde::Serialize;
use tokio::{
    sync::mpsc,
    time::{self, error::Elapsed},
};
use utoipa::ToSchema;

use super::{movie_body::MovieFields, parameters::Parameters, prefer::Prefer};
use crate::{
    auth::AdminUser,
    body,
    endpoint::Endpoint,
    problem::Problem,
    state::{State, on_own_thread},
};

/// The types of feeds, the usual ones first.
const TYPES: [(&str, Format); 5] = [
    (body::JSON, Format::Json),
    ("application/x-ndjson", Format::Json),
    ("text/csv", Format::Csv),
    ("application/ndjson", Format::Json),
    ("application/jsonl", Format::Json),
];

/// How many broken rules are listed; the rest is only counted.
const LISTED: usize = 1_000;

/// What the log of imports says of where these feeds are from.
const SOURCE: &str = "api";

/// How many pieces of a body wait to be read. The network hands over some 64 KiB at a time.
const PIECES_AHEAD: usize = 16;

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::at("/api/v1/import").post(import)]
}

/// What an import came to.
#[derive(Serialize, ToSchema)]
pub struct ImportReport {
    /// New movies.
    #[schema(example = 1)]
    created: u64,
    /// Records that changed a movie.
    updated: u64,
    /// Records that said nothing new.
    unchanged: u64,
    /// Records that were not stored.
    #[schema(example = 1)]
    rejected_count: u64,
    /// The first 1,000 rules that records broke.
    rejected: Vec<BrokenRuleBody>,
}

/// A rule that a record broke.
#[derive(Serialize, ToSchema)]
#[schema(as = BrokenRule)]
struct BrokenRuleBody {
    /// The record's number, from 1.
    #[schema(minimum = 1, example = 3)]
    record: u64,
    /// The name of the field, or where in it: `genres/0`. `null` where the rule is about the whole record.
    #[schema(required, example = "imdb_score")]
    field: Option<String>,
    /// The rule in words.
    #[schema(example = "a score is 0 to 10")]
    reason: String,
}

/// Import a feed
///
/// Each record updates the movie it speaks of (the one with its `imdb_id`, else with its name, director and year), or
/// adds one; records with different `id`s are different movies. The same feed can be sent again: what is there already
/// stays as it is. Records that break rules are reported, and the others stored.
///
/// The feed is stored while it arrives, in batches. Where it cannot be read to its end, what came before is stored;
/// where the connection breaks, whole batches are. Sent again, it completes them.
#[utoipa::path(
    post, path = "/api/v1/import", tag = "movies", operation_id = "import_movies",
    security(("bearer" = []), ("token" = [])),
    params(
        ("dry_run" = Option<bool>, Query, description = "Whether to tell only what each record would do"),
        ("Content-Encoding" = Option<String>, Header, description = "`gzip`, where the body is compressed"),
    ),
    request_body(
        description = "Records, in JSON as an array, an array inside an object, or one object per line; or as CSV \
            whose first row names the columns, with genres separated by `|`. A field or column that is missing leaves \
            what is there, an empty cell is `null`",
        content(
            (Vec<MovieFields> = "application/json", example = json!([
                { "name": "The Adventures of Prince Achmed", "director": "Lotte Reiniger", "genres": ["Animation"],
                  "year": 1926, "runtime_minutes": 66 },
                { "name": "The Tale of the Fox", "director": "Ladislas Starevich", "genres": ["Animation"], "year": 1937 }
            ])),
            (String = "application/x-ndjson", example = "{\"name\":\"The Tale of the Fox\",\"year\":1937}\n"),
            (String = "text/csv", example = "name,director,genres,year\nThe Tale of the Fox,Ladislas Starevich,Animation|Comedy,1937\n"),
        ),
    ),
    responses(
        (status = 200, description = "What became of the records, also where some broke rules", body = ImportReport),
        (status = 400, description = "A parameter is not known or not allowed, or the feed cannot be read to its end: \
            `stored_records` before that place are stored"),
        (status = 401), (status = 403),
        (status = 408, description = "The client sent nothing for too long: `stored_records` are stored"),
        (status = 413, description = "The feed is too large, unpacked: `stored_records` within the limit are stored"),
        (status = 415),
    ),
)]
pub async fn import(
    AdminUser(admin): AdminUser,
    state: State,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let dry_run = dry_run(&request)?;
    let settings = &state.settings.server;
    let form = form(request.headers(), settings.max_import_bytes)?;
    let turn = state.import_turn()?;

    let (pieces, body) = mpsc::channel(PIECES_AHEAD);
    let (services, admin) = (state.services.clone(), admin.through(Via::Import));
    let work = move || {
        // Kept by the work, which goes on where the client goes away.
        let _turn = turn;
        let body = Body { pieces: body, piece: Bytes::new(), ended: false };
        if dry_run {
            return Ok(Loaded::from(&services.rehearsal()?, &admin, body, form, |_| {}));
        }
        let mut recording = services.import_log.begin(&admin, SOURCE)?;
        let loaded = Loaded::from(&services.import, &admin, body, form, |counts| recording.add(counts));
        recording.finish(loaded.end.as_ref().err().map(LoadError::summary).as_deref());
        if !matches!(services.catalogue.catch_up(INDEX_WAIT), Ok(true)) {
            tracing::warn!("an import was answered before the index showed it");
        }
        Ok(loaded)
    };
    // Runs from here on, while the body is handed to it.
    let loading = rt::spawn(on_own_thread("import", work)?);
    let idle = Duration::from_secs(settings.import_idle_seconds as u64);
    let (handed_over, loaded) = match future::select(pin!(hand_over(payload, pieces, idle)), loading).await {
        Either::Left((handed_over, loading)) => (handed_over, loading.await),
        // It needs no more of the body.
        Either::Right((loaded, _)) => (Ok(()), loaded),
    };
    let Loaded { counts, rejected, end } = loaded.map_err(Problem::internal)??;

    let Err(error) = end else { return Ok(HttpResponse::Ok().json(report(counts, rejected))) };
    let stored = if dry_run { 0 } else { counts.records() - counts.rejected };
    let kept = match dry_run {
        true => "This was a dry run: nothing is stored.".to_owned(),
        false => format!("{stored} of the records before that are stored; sent again, the feed adds what is missing."),
    };
    let problem = match error {
        LoadError::Feed(error @ feed::Error::TooLarge { .. }) => {
            Problem::plain(StatusCode::PAYLOAD_TOO_LARGE, format!("The feed is too large: {error}. {kept}"))
        }
        LoadError::Feed(error) if handed_over.is_err() && error.is_lost_connection() => {
            let detail = format!("Nothing came for {} seconds. {kept}", idle.as_secs());
            Problem::plain(StatusCode::REQUEST_TIMEOUT, detail)
        }
        LoadError::Feed(error) => {
            Problem::unreadable_body(format!("The feed cannot be loaded to its end: {error}. {kept}"))
        }
        LoadError::Store { cause, .. } => cause.into(),
        error => Problem::internal(error),
    };
    Err(problem.with("stored_records", stored))
}

fn dry_run(request: &HttpRequest) -> Result<bool, Problem> {
    let mut parameters = Parameters::read(request.query_string());
    let dry_run = parameters.flag("dry_run");
    parameters.finish(Prefer::of(request.headers()).lenient)?;
    Ok(dry_run)
}

/// What the headers say of the feed.
fn form(headers: &HeaderMap, max_bytes: usize) -> Result<Form, Problem> {
    let named = body::content_type(headers, &TYPES.map(|(name, _)| name))?;
    let format = TYPES.iter().find(|(name, _)| *name == named).map(|(_, format)| *format);
    let gzip = match headers.get(header::CONTENT_ENCODING).map(|encoding| encoding.as_bytes().to_ascii_lowercase()) {
        None => false,
        Some(encoding) => match &encoding[..] {
            b"identity" => false,
            b"gzip" | b"x-gzip" => true,
            _ => return Err(Problem::unsupported_encoding("gzip, identity")),
        },
    };
    // Refused before it is sent: unpacked it is larger still.
    if body::declared_length(headers).is_some_and(|length| length > max_bytes as u64) {
        return Err(Problem::too_large(max_bytes));
    }
    Ok(Form { format, gzip, max_bytes: Some(max_bytes as u64) })
}

/// A part of a body.
enum Piece {
    Bytes(Bytes),
    /// All of it was there.
    End,
}

/// Hands the body over to who reads it, until it ends, well or not, or nobody reads any more. Fails where the client
/// sends nothing for too long.
async fn hand_over(mut payload: Payload, pieces: mpsc::Sender<Piece>, idle: Duration) -> Result<(), Elapsed> {
    loop {
        let piece = match time::timeout(idle, payload.next()).await? {
            Some(Ok(bytes)) => Piece::Bytes(bytes),
            None => Piece::End,
            Some(Err(_)) => return Ok(()),
        };
        let is_end = matches!(piece, Piece::End);
        if pieces.send(piece).await.is_err() || is_end {
            return Ok(());
        }
    }
}

/// A body, for a thread that may block. Where its end does not come, it fails as a lost connection does: what came
/// before may look like the whole.
struct Body {
    pieces: mpsc::Receiver<Piece>,
    piece: Bytes,
    ended: bool,
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() && !self.ended {
            match self.pieces.blocking_recv() {
                Some(Piece::Bytes(bytes)) => self.piece = bytes,
                Some(Piece::End) => self.ended = true,
                None => return Err(io::Error::new(io::ErrorKind::ConnectionAborted, "the body ended early")),
            }
        }
        let n = self.piece.len().min(buffer.len());
        buffer[..n].copy_from_slice(&self.piece.split_to(n));
        Ok(n)
    }
}

/// What was loaded, and whether to the end.
struct Loaded {
    counts: Counts,
    rejected: Vec<BrokenRule>,
    end: Result<(), LoadError>,
}

impl Loaded {
    fn from(import: &Import, admin: &Admin, body: Body, form: Form, mut note: impl FnMut(Counts)) -> Self {
        let mut counts = Counts::default();
        let mut rejected = Vec::new();
        let read = move |emit: Emit| feed::read_as(body, &form, emit);
        let end = ingest::load_records(import, admin, read, OnError::Continue, |progress| {
            counts += progress.counts;
            note(progress.counts);
            let room = LISTED - rejected.len();
            rejected.extend(progress.rejected.into_iter().flat_map(Rejection::broken_rules).take(room));
            ControlFlow::Continue(())
        });
        Self { counts, rejected, end }
    }
}

fn report(counts: Counts, rejected: Vec<BrokenRule>) -> ImportReport {
    let Counts { created, updated, unchanged, rejected: rejected_count } = counts;
    let body = |BrokenRule { record, field, reason, .. }| BrokenRuleBody { record, field, reason };
    ImportReport { created, updated, unchanged, rejected_count, rejected: rejected.into_iter().map(body).collect() }
}
