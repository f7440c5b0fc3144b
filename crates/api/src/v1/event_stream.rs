//! The feed of changes as server-sent events.
//!
//! Each stream is a task that reads the feed a page at a time and puts it into a queue of a few chunks, from which the
//! connection takes what the client takes. While the queue is full the task waits, and holds neither a thread nor a
//! database connection; a client that takes nothing for too long is cut off. All streams of a node share one reader:
//! whoever asks first reads the page, the others get the same.

use std::{
    convert::Infallible,
    pin::{Pin, pin},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    body::{BodySize, MessageBody},
    http::{Method, StatusCode, header},
    rt,
    web::{Bytes, BytesMut},
};
use domain::{
    Error, Result,
    change::Seq,
    ports::{ChangeListener, Changed},
};
use serde_json::{Value, json};
use tokio::{
    sync::{Mutex, OwnedSemaphorePermit, Semaphore, mpsc, watch},
    time::{sleep, timeout},
};

use super::changes::{Line, lines};
use crate::{auth, problem::Problem, state::State};

/// The type of event streams.
pub const CONTENT_TYPE: &str = "text/event-stream";

/// How often a stream looks whether it is still wanted and allowed, and, where no news came, into the feed.
const TICK: Duration = Duration::from_millis(500);

/// How often a client that finds all places taken looks for one that became free, and how long it waits each time.
const ROUNDS_FOR_PLACE: u32 = 8;
const ROUND_FOR_PLACE: Duration = Duration::from_millis(250);

/// The most changes of a page, and about how large it gets, in bytes.
const PAGE_LINES: u32 = 200;
const PAGE_BYTES: usize = 256 << 10;

/// About how large a chunk of a stream is, in bytes, and how many wait for a client.
const CHUNK: usize = 16 << 10;
const CHUNKS: usize = 8;

/// What every stream begins with: how many milliseconds a client waits before it comes back.
const GREETING: &[u8] = b"retry: 3000\n\n";

const HEARTBEAT: &[u8] = b":\n\n";

/// What the streams of a node have in common.
pub struct Feed {
    /// How many streams may be open.
    most: usize,
    /// One for each of them.
    places: Arc<Semaphore>,
    /// Counts how often somebody found all places taken.
    crowded: AtomicU64,
    /// Counts how often there was something new.
    news: watch::Sender<u64>,
    /// The page read last. Its lock is held while the next is read: nobody else has to read it, too.
    latest: Mutex<Option<Arc<Page>>>,
}

/// A part of the feed.
struct Page {
    since: Seq,
    lines: Vec<Line>,
    /// Whether the feed ended with it.
    is_last: bool,
    /// The count of news when it was read.
    news: u64,
    read_at: Instant,
}

impl Page {
    /// The number of its last change.
    fn end(&self) -> Seq {
        self.lines.last().map_or(self.since, |line| line.seq)
    }

    /// Its changes after `since`.
    fn after(&self, since: Seq) -> &[Line] {
        &self.lines[self.lines.partition_point(|line| line.seq <= since)..]
    }

    /// Whether it is as good as a new one for who has seen `since` and heard of `news`.
    fn serves(&self, since: Seq, news: u64) -> bool {
        let is_fresh = self.read_at.elapsed() < TICK;
        let has_more = (self.since..self.end()).contains(&since);
        is_fresh && (has_more || since == self.end() && self.is_last && self.news >= news)
    }
}

impl Feed {
    /// For at most `max_streams` at once.
    pub fn new(max_streams: usize) -> Self {
        let most = max_streams.min(Semaphore::MAX_PERMITS);
        Self {
            most,
            places: Arc::new(Semaphore::new(most)),
            crowded: AtomicU64::new(0),
            news: watch::Sender::new(0),
            latest: Mutex::new(None),
        }
    }

    /// How many streams are open.
    pub fn streams(&self) -> u64 {
        (self.most - self.places.available_permits()) as u64
    }

    /// A place for one more stream.
    ///
    /// A client that has closed its connection is noticed only once the system refuses to send it more. So where no
    /// place is free, all streams are sent something, and that again.
    async fn place(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let places = Arc::clone(&self.places);
        if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
            return Ok(place);
        }
        let mut free = pin!(places.acquire_owned());
        for _ in 0..ROUNDS_FOR_PLACE {
            self.crowded.fetch_add(1, Ordering::Relaxed);
            self.recorded();
            if let Ok(Ok(place)) = timeout(ROUND_FOR_PLACE, &mut free).await {
                return Ok(place);
            }
        }
        Err(Problem::unavailable("As many event streams are open as this server allows."))
    }

    /// What comes after `since`, for who has heard of `news`.
    async fn page(&self, state: &State, since: Seq, news: u64) -> Result<Arc<Page>> {
        let mut latest = self.latest.lock().await;
        if let Some(page) = latest.as_ref().filter(|page| page.serves(since, news)) {
            return Ok(Arc::clone(page));
        }
        let read_at = Instant::now();
        // What comes from here on is counted anew, so that a page never seems newer than it is.
        let news = *self.news.borrow();
        let history = Arc::clone(&state.history);
        let read = state.reading(move || Ok(lines(&history, since, PAGE_LINES, PAGE_BYTES))).await;
        let (lines, last) = read.map_err(|_| Error::Internal("the feed could not be read".into()))??;
        let is_last = lines.last().map_or(since, |line| line.seq) == last;
        let page = Arc::new(Page { since, lines, is_last, news, read_at });
        // Who is behind does not take the page of those who are not.
        if latest.as_ref().is_none_or(|latest| page.end() >= latest.end() || latest.read_at.elapsed() >= TICK) {
            *latest = Some(Arc::clone(&page));
        }
        Ok(page)
    }
}

impl ChangeListener for Feed {
    fn changed(&self, what: Changed) {
        if what == Changed::Everything {
            self.recorded();
        }
    }

    fn recorded(&self) {
        self.news.send_modify(|news| *news += 1);
    }
}

/// Begins a stream with what comes after `since`.
pub async fn begin(state: State, request: HttpRequest, since: Seq) -> Result<HttpResponse, Problem> {
    let place = state.feed.place().await?;
    let news = state.feed.news.subscribe();
    // What cannot be followed is refused at once.
    let heard = *news.borrow();
    state.feed.page(&state, since, heard).await?;

    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_TYPE, CONTENT_TYPE))
        .insert_header((header::CACHE_CONTROL, "no-store, no-transform"))
        // Compressed, events would wait for more to come. So they would in the buffers of nginx.
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .insert_header(("X-Accel-Buffering", "no"))
        .insert_header((header::VARY, "Accept"))
        // Who is sent away with the last event is not waited for.
        .force_close();
    if request.method() == Method::HEAD {
        return Ok(response.finish());
    }
    let (queue, chunks) = mpsc::channel(CHUNKS);
    let last_words = Arc::new(OnceLock::new());
    let body = EventBody { chunks, last_words: Arc::clone(&last_words), ended: false };
    let now = Instant::now();
    let stream = EventStream { state, request, queue, news, seen: since, checked: now, sent: now, _place: place };
    rt::spawn(stream.run(last_words));
    Ok(response.body(body))
}

/// What the connection takes from the queue.
struct EventBody {
    chunks: mpsc::Receiver<Bytes>,
    /// What is sent when the queue has come to its end, and does not need to have room there.
    last_words: Arc<OnceLock<Bytes>>,
    ended: bool,
}

impl MessageBody for EventBody {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        self.chunks.poll_recv(context).map(|chunk| {
            self.ended = chunk.is_none();
            chunk.or_else(|| self.last_words.get().cloned()).map(Ok)
        })
    }
}

/// Why a stream ends.
enum End {
    /// The client is gone.
    Left,
    /// The server stops.
    Stopping,
    /// The client takes nothing.
    Slow,
    /// The client may not read the feed any more.
    SignedOut,
    /// What comes next is not kept any more, or the feed is another one.
    Gone { oldest: Seq, last: Seq },
    /// The feed cannot be read.
    Failed,
}

impl End {
    /// The last event of a stream that ends at the change `seen`.
    fn last_words(&self, seen: Seq) -> Option<Bytes> {
        let (reason, detail) = match self {
            Self::Left => return None,
            Self::Stopping => ("stopping", "The server stops."),
            Self::Slow => ("slow", "Changes waited too long for the client to take them."),
            Self::SignedOut => ("signed_out", "The token is not valid any more, or its user not an admin."),
            Self::Gone { .. } => ("gone", "The next changes are not kept any more, or the database is another one."),
            Self::Failed => ("failed", "The server failed. Its log says more."),
        };
        let mut data = json!({ "reason": reason, "detail": detail });
        match self {
            Self::Gone { oldest, last } => {
                data["oldest_since"] = Value::from(*oldest);
                data["last_seq"] = Value::from(*last);
            }
            _ => data["resume_from"] = Value::from(seen),
        }
        Some(Bytes::from(format!("event: end\ndata: {data}\n\n")))
    }
}

/// The task behind one stream.
struct EventStream {
    state: State,
    /// Who asks: this is asked again and again.
    request: HttpRequest,
    queue: mpsc::Sender<Bytes>,
    news: watch::Receiver<u64>,
    /// The last change put into the queue.
    seen: Seq,
    checked: Instant,
    sent: Instant,
    _place: OwnedSemaphorePermit,
}

impl EventStream {
    async fn run(mut self, last_words: Arc<OnceLock<Bytes>>) {
        let Err(end) = self.follow().await;
        if let Some(words) = end.last_words(self.seen) {
            tracing::debug!(seq = self.seen, "an event stream ends: {}", String::from_utf8_lossy(&words));
            // Nobody else sets it.
            let _ = last_words.set(words);
        }
    }

    async fn follow(&mut self) -> Result<Infallible, End> {
        let heartbeat = Duration::from_secs(self.state.settings.changes.heartbeat_seconds as u64);
        let mut crowded = self.state.feed.crowded.load(Ordering::Relaxed);
        self.send(Bytes::from_static(GREETING)).await?;
        loop {
            self.check().await?;
            let news = *self.news.borrow_and_update();
            // Known to be away: nobody has to wait for it to fail again, and all others behind.
            let page = match self.state.catalogue.health().database {
                true => self.state.feed.page(&self.state, self.seen, news).await,
                false => Err(Error::Unavailable { what: "the database", cause: None }),
            };
            match page {
                Ok(page) if page.end() > self.seen => self.send_changes(page.after(self.seen)).await?,
                Ok(_) => {
                    // Either way it is time to look again.
                    let _ = timeout(TICK, self.news.changed()).await;
                }
                Err(Error::Unavailable { .. }) => sleep(TICK).await,
                Err(Error::ChangesGone { oldest, last }) => return Err(End::Gone { oldest, last }),
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "an event stream failed");
                    return Err(End::Failed);
                }
            }
            let crowded_before = std::mem::replace(&mut crowded, self.state.feed.crowded.load(Ordering::Relaxed));
            if crowded != crowded_before || self.sent.elapsed() >= heartbeat {
                self.send(Bytes::from_static(HEARTBEAT)).await?;
            }
        }
    }

    async fn send_changes(&mut self, lines: &[Line]) -> Result<(), End> {
        let mut chunk = BytesMut::new();
        for (i, line) in lines.iter().enumerate() {
            chunk.extend_from_slice(format!("id: {}\ndata: ", line.seq).as_bytes());
            chunk.extend_from_slice(&line.json);
            chunk.extend_from_slice(b"\n\n");
            if chunk.len() >= CHUNK || i + 1 == lines.len() {
                self.send(chunk.split().freeze()).await?;
                self.seen = line.seq;
            }
        }
        Ok(())
    }

    /// Puts a chunk into the queue as soon as there is room.
    async fn send(&mut self, chunk: Bytes) -> Result<(), End> {
        let patience = Duration::from_secs(self.state.settings.changes.patience_seconds as u64);
        let begin = Instant::now();
        loop {
            if let Ok(place) = timeout(TICK, self.queue.reserve()).await {
                place.map_err(|_| End::Left)?.send(chunk);
                break;
            }
            if begin.elapsed() >= patience {
                return Err(End::Slow);
            }
            self.check().await?;
        }
        self.sent = Instant::now();
        Ok(())
    }

    /// Whether the stream may go on.
    async fn check(&mut self) -> Result<(), End> {
        if self.queue.is_closed() {
            return Err(End::Left);
        }
        if self.state.phase.is_stopping() {
            return Err(End::Stopping);
        }
        // While the database is away nobody can be asked, and nothing can be read either.
        if self.checked.elapsed() < TICK || !self.state.catalogue.health().database {
            return Ok(());
        }
        self.checked = Instant::now();
        match auth::check_admin(&self.request).await {
            Err(problem) if [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&problem.status_code()) => {
                Err(End::SignedOut)
            }
            Ok(_) | Err(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(since: Seq, seqs: &[Seq], is_last: bool) -> Page {
        let lines = seqs.iter().map(|seq| Line { seq: *seq, json: Vec::new() }).collect();
        Page { since, lines, is_last, news: 5, read_at: Instant::now() }
    }

    #[test]
    fn a_page_serves_those_who_have_not_seen_its_end() {
        let middle = page(10, &[11, 12, 13], false);
        assert_eq!([9, 10, 12, 13, 14].map(|since| middle.serves(since, 5)), [false, true, true, false, false]);
        assert!(middle.serves(10, 6), "it is not all, but it comes next");
        assert_eq!(middle.after(11).iter().map(|line| line.seq).collect::<Vec<_>>(), [12, 13]);
    }

    #[test]
    fn nothing_comes_after_the_last_page_until_there_is_news() {
        let last = page(10, &[11], true);
        assert_eq!([5, 6].map(|news| last.serves(11, news)), [true, false]);
        let empty = page(11, &[], true);
        assert_eq!([5, 6].map(|news| empty.serves(11, news)), [true, false]);
        let old = Page { read_at: Instant::now() - TICK, ..last };
        assert!(!old.serves(10, 5) && !old.serves(11, 5), "news may have been missed");
    }

    #[test]
    fn the_last_event_says_where_to_go_on() {
        let words = |end: End| String::from_utf8(end.last_words(7).unwrap().to_vec()).unwrap();
        assert!(words(End::Slow).contains(r#""resume_from":7"#), "{}", words(End::Slow));
        let gone = words(End::Gone { oldest: 3, last: 5 });
        assert!(gone.starts_with("event: end\ndata: {") && gone.ends_with("}\n\n"), "{gone}");
        assert!(gone.contains(r#""oldest_since":3"#) && !gone.contains("resume_from"), "{gone}");
        assert!(End::Left.last_words(7).is_none());
    }
}
