//! `/api/v1/export`: every movie of a list in one answer, however many there are.
//!
//! A thread of its own walks the index and writes; a short channel takes the chunks to the connection. So an export
//! takes no thread from those who read, holds no database connection, and needs memory for a few chunks only. One that
//! does not come to its end is cut off: a chunked body without its last chunk is not complete to any client.

use std::{
    io,
    ops::ControlFlow,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    thread,
    time::Duration,
};

use actix_web::{
    HttpRequest, HttpResponse,
    body::{BodySize, MessageBody},
    http::{Method, header},
    web::Bytes,
};
use domain::{
    Error,
    query::{MovieQuery, conditions},
    services::Catalogue,
};
use ingest::export::{Chunk, Format, export};
use tokio::{runtime::Handle, sync::mpsc};

use super::{
    conditional::cache_control,
    parameters::{INVALID_VALUE, Parameters, QueryErrors, Refusal},
    prefer::Prefer,
};
use crate::{
    auth::Reader,
    endpoint::Endpoint,
    problem::Problem,
    state::{AppState, State},
};

/// How many chunks are written ahead of what the client has taken.
const AHEAD: usize = 4;

/// A chunk, or `None` at the end, or why there is none.
type Message = domain::Result<Option<Bytes>>;

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::at("/api/v1/export").get(download)]
}

/// Download movies
///
/// Every movie that meets the conditions, in order, in one answer. It shows one state of the catalogue, the one when it
/// began, whatever is written meanwhile. An answer that breaks off without its last chunk is not complete.
#[utoipa::path(
    get, path = "/api/v1/export", tag = "movies", operation_id = "export_movies",
    security((), ("bearer" = []), ("token" = [])),
    params(
        ("format" = Option<String>, Query, description = "`ndjson`, the default: one movie on each line. `csv`: a table with a header; genres are separated by `|`, and an apostrophe stands before what a spreadsheet would take for a formula. `json`: one array", example = "json"),
        ("Prefer" = Option<String>, Header, description = "`handling=lenient` ignores unknown parameters", example = "handling=lenient"),
    ),
    responses(
        (status = 200, description = "The movies",
            content(
                (ingest::export::MovieBody<'static> = "application/x-ndjson"),
                (String = "text/csv"),
                (Vec<ingest::export::MovieBody<'static>> = "application/json"),
            ),
            headers(
                ("Content-Disposition", description = "A name for the file"),
                ("Cache-Control", description = "`no-cache`: ask before each use"),
                ("Preference-Applied", description = "The preferences that were honoured"),
            ),
        ),
        (status = 400), (status = 401),
        (status = 503, description = "There is nothing to read from yet, or as many exports run as may at once"),
    ),
)]
pub async fn download(_: Reader, state: State, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let prefer = Prefer { count: None, ..Prefer::of(request.headers()) };
    let ExportRequest { query, format } = ExportRequest::read(request.query_string(), prefer)?;
    let body = match *request.method() {
        Method::HEAD => Body::nothing(&state.catalogue)?,
        _ => Body::begin(&state, query, format).await?,
    };
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_TYPE, format.content_type()))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"movies.{}\"", format.name())))
        .insert_header((header::CACHE_CONTROL, cache_control(&state)));
    if let Some(applied) = prefer.applied() {
        response.insert_header(("Preference-Applied", applied));
    }
    Ok(response.body(body))
}

/// What `GET /export` was asked for.
struct ExportRequest {
    query: MovieQuery,
    format: Format,
}

impl ExportRequest {
    fn read(query_string: &str, prefer: Prefer) -> Result<Self, QueryErrors> {
        let mut parameters = Parameters::read(query_string);
        let filter = conditions::filter(&mut parameters);
        let sort = conditions::sort(&mut parameters);
        let format = parameters.parsed("format", format).unwrap_or_default();
        parameters.finish(prefer.lenient)?;
        Ok(Self { query: MovieQuery { filter, sort, ..MovieQuery::default() }, format })
    }
}

fn format(name: &str) -> Result<Format, Refusal> {
    let names = Format::ALL.map(Format::name).join(", ");
    Format::named(name).ok_or_else(|| (INVALID_VALUE, format!("the formats are {names}")))
}

/// The body of an export.
struct Body {
    first: Option<Bytes>,
    /// What follows; `None` after the end.
    rest: Option<mpsc::Receiver<Message>>,
}

impl Body {
    /// The body of an answer to HEAD: empty, but of a length that is not known.
    fn nothing(catalogue: &Catalogue) -> Result<Self, Problem> {
        match catalogue.health().ready {
            true => Ok(Self { first: None, rest: None }),
            false => Err(Error::Unavailable { what: "search", cause: None }.into()),
        }
    }

    /// Starts an export. What fails before there is anything to send is a problem.
    async fn begin(state: &AppState, query: MovieQuery, format: Format) -> Result<Self, Problem> {
        let turn = state.export_turn()?;
        let (sender, mut messages) = mpsc::channel(AHEAD);
        let sender = Sender {
            sender,
            runtime: Handle::current(),
            stall: Duration::from_secs(state.settings.server.export_stall_seconds as u64),
        };
        let catalogue = Arc::clone(&state.catalogue);
        let span = tracing::Span::current();
        let work = move || {
            // Kept until the thread ends, in whatever way.
            let _turn = turn;
            span.in_scope(|| sender.run(&catalogue, &query, format));
        };
        thread::Builder::new().name("export".to_owned()).spawn(work).map_err(Problem::internal)?;
        match messages.recv().await {
            Some(Ok(Some(first))) => Ok(Self { first: Some(first), rest: Some(messages) }),
            Some(Ok(None)) => Ok(Self { first: None, rest: None }),
            Some(Err(error)) => Err(error.into()),
            None => Err(Problem::internal("the export panicked")),
        }
    }
}

/// The end of the channel at which an export is written.
struct Sender {
    sender: mpsc::Sender<Message>,
    /// Has the timer; it is the one of the connection's thread.
    runtime: Handle,
    stall: Duration,
}

impl Sender {
    fn run(self, catalogue: &Catalogue, query: &MovieQuery, format: Format) {
        let mut movies = 0;
        let mut flow = ControlFlow::Continue(());
        let end = export(catalogue, query, format, |chunk: Chunk| {
            movies += chunk.movies;
            flow = self.send(Ok(Some(chunk.bytes.into())));
            flow
        });
        if flow.is_break() {
            return;
        }
        match &end {
            Ok(()) => tracing::info!(movies, "exported"),
            // Where nothing is sent yet, the error becomes a problem, and is logged as one.
            Err(_) if movies == 0 => {}
            Err(error) => tracing::error!(error = error as &dyn std::error::Error, movies, "an export failed"),
        }
        // Where nobody listens any more, nobody needs to know.
        let _ = self.send(end.map(|()| None));
    }

    /// Hands a message on. Breaks where the client is gone, or has not made room for it in time.
    fn send(&self, message: Message) -> ControlFlow<()> {
        match self.runtime.block_on(self.sender.send_timeout(message, self.stall)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(mpsc::error::SendTimeoutError::Closed(_)) => ControlFlow::Break(()),
            Err(mpsc::error::SendTimeoutError::Timeout(_)) => {
                tracing::info!("an export was cut off: the client took nothing");
                ControlFlow::Break(())
            }
        }
    }
}

impl MessageBody for Body {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let body = self.get_mut();
        if let Some(first) = body.first.take() {
            return Poll::Ready(Some(Ok(first)));
        }
        let Some(rest) = &mut body.rest else { return Poll::Ready(None) };
        let message = ready!(rest.poll_recv(context));
        if let Some(Ok(Some(chunk))) = message {
            return Poll::Ready(Some(Ok(chunk)));
        }
        body.rest = None;
        match message {
            Some(Ok(_)) => Poll::Ready(None),
            // Has the connection closed: the client sees that this was not all.
            Some(Err(_)) | None => Poll::Ready(Some(Err(io::Error::other("the export broke off")))),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    async fn next(body: &mut Body) -> Option<io::Result<Bytes>> {
        poll_fn(|context| Pin::new(&mut *body).poll_next(context)).await
    }

    #[actix_web::test]
    async fn only_an_end_that_was_said_is_the_end() {
        let chunk = || Bytes::from_static(b"x");
        for (last, is_complete) in
            [(Some(Ok(None)), true), (Some(Err(Error::Internal("the disk failed".into()))), false), (None, false)]
        {
            let (sender, messages) = mpsc::channel(AHEAD);
            let mut body = Body { first: Some(chunk()), rest: Some(messages) };
            sender.send(Ok(Some(chunk()))).await.unwrap();
            if let Some(last) = last {
                sender.send(last).await.unwrap();
            }
            drop(sender);
            for _ in 0..2 {
                assert_eq!(next(&mut body).await.unwrap().unwrap(), chunk());
            }
            match next(&mut body).await {
                None => assert!(is_complete),
                Some(end) => assert!(end.is_err() && !is_complete),
            }
        }
    }
}
