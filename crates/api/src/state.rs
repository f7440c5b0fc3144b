//! What the handlers share.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};

use actix_web::{HttpRequest, web};
use bootstrap::{Services, Settings};
use domain::services::{Accounts, Catalogue, History};
use tokio::{
    runtime::{Builder, Runtime},
    sync::{OwnedSemaphorePermit, Semaphore, oneshot},
    task::{JoinError, JoinHandle, spawn_blocking},
};
use tokio_util::task::AbortOnDropHandle;

use crate::{
    cache::MovieCache,
    loader::MovieLoader,
    metrics::Metrics,
    pages::{admin::import::job::Jobs, stats::KeptFigures},
    problem::Problem,
    v1::event_stream::Feed,
};

/// Movies by their ids, and the feed of changes: each is read once at a time, for all who wait.
const READERS: usize = 2;

/// What a handler takes to get at the [`AppState`].
pub type State = web::Data<AppState>;

/// The services and what goes with them.
pub struct AppState {
    pub settings: Arc<Settings>,
    pub services: Arc<Services>,
    pub catalogue: Arc<Catalogue>,
    pub accounts: Arc<Accounts>,
    pub history: Arc<History>,
    pub movies: Arc<MovieLoader>,
    pub feed: Arc<Feed>,
    /// What the statistics' page shows, until the catalogue changes.
    pub stats: KeptFigures,
    pub phase: Phase,
    /// Feeds that were uploaded at the pages.
    pub jobs: Jobs,
    pub metrics: Arc<Metrics>,
    /// Hashing a password keeps a core busy for a quarter of a second: as many at once as there are cores.
    hashing: Turns,
    /// Where the other threads wait for a database or a client, these compute: there are as many as cores, and more would
    /// only take these from each other.
    searchers: Threads,
    readers: Arc<Threads>,
    imports: Arc<Semaphore>,
    exports: Arc<Semaphore>,
}

impl AppState {
    /// A server's state over these services, which tell the cache and the feed of every change.
    pub fn new(
        settings: Arc<Settings>,
        services: Arc<Services>,
        movies: Arc<MovieCache>,
        feed: Arc<Feed>,
        metrics: Arc<Metrics>,
    ) -> io::Result<Self> {
        // Of these there are never more than those that read for all others.
        let readers = Arc::new(Threads::new("read", READERS, usize::MAX)?);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let hashing = Turns::new(cores, settings.server.password_queue);
        let searchers = Threads::new("search", cores, settings.server.search_queue)?;
        Ok(Self {
            imports: Arc::new(Semaphore::new(permits(settings.server.imports_at_once))),
            exports: Arc::new(Semaphore::new(permits(settings.server.exports_at_once))),
            settings,
            catalogue: Arc::clone(&services.catalogue),
            accounts: Arc::clone(&services.accounts),
            movies: Arc::new(MovieLoader::new(
                movies,
                Arc::clone(&services.catalogue),
                Arc::clone(&readers),
                Arc::clone(&metrics),
            )),
            history: Arc::clone(&services.history),
            services,
            feed,
            stats: KeptFigures::default(),
            phase: Phase::default(),
            jobs: Jobs::default(),
            metrics,
            hashing,
            searchers,
            readers,
        })
    }

    /// [`blocking`], for work that keeps a core busy but seldom waits.
    pub async fn searching<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> domain::Result<T> + Send + 'static,
    ) -> Result<T, Problem> {
        self.searchers.run(work).await
    }

    /// [`blocking`], for what is read for many at a time: it waits for no write, upload or login.
    pub async fn reading<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> domain::Result<T> + Send + 'static,
    ) -> Result<T, Problem> {
        self.readers.run(work).await
    }

    /// The right to run an import, where not too many run already.
    pub fn import_turn(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let turn = Arc::clone(&self.imports).try_acquire_owned();
        turn.map_err(|_| Problem::unavailable("As many imports run already as may at once."))
    }

    /// The right to run an export, where not too many run already.
    pub fn export_turn(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let turn = Arc::clone(&self.exports).try_acquire_owned();
        turn.map_err(|_| Problem::unavailable("As many exports run already as may at once."))
    }

    /// How many imports and exports run.
    pub fn transfers(&self) -> (u64, u64) {
        let server = &self.settings.server;
        let running = |most: usize, free: &Semaphore| (permits(most) - free.available_permits()) as u64;
        (running(server.imports_at_once, &self.imports), running(server.exports_at_once, &self.exports))
    }

    /// How many searches, and how many works that hash a password, were refused because too many waited.
    pub fn refused(&self) -> (u64, u64) {
        (self.searchers.refused(), self.hashing.places.refused())
    }

    /// [`blocking`], for work that hashes a password.
    pub async fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> domain::Result<T> + Send + 'static,
    ) -> Result<T, Problem> {
        self.hashing.run(work).await
    }
}

/// As many permits as a semaphore can have, at most.
fn permits(wanted: usize) -> usize {
    wanted.min(Semaphore::MAX_PERMITS)
}

/// Threads of their own, for a kind of work that is not to wait for others. All workers of the server share them.
pub struct Threads {
    runtime: Option<Runtime>,
    /// For what runs and what waits.
    places: Places,
}

impl Threads {
    fn new(name: &str, most: usize, queue: usize) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().max_blocking_threads(most).thread_name(name).build()?;
        Ok(Self { runtime: Some(runtime), places: Places::new(most.saturating_add(queue)) })
    }

    /// How many works were refused because too many waited.
    fn refused(&self) -> u64 {
        self.places.refused()
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> domain::Result<T> + Send + 'static,
    ) -> Result<T, Problem> {
        let span = tracing::Span::current();
        let place = self.places.take()?;
        let work = move || {
            let _place = place;
            span.in_scope(work)
        };
        // What nobody awaits any more is not begun.
        done(AbortOnDropHandle::new(self.spawn(work)?)).await
    }

    /// Begins work that goes on, whoever awaits it.
    pub fn spawn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<JoinHandle<T>, Problem> {
        let runtime = self.runtime.as_ref().ok_or_else(|| Problem::internal("there are no threads any more"))?;
        Ok(runtime.spawn_blocking(work))
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        // Dropped in place it would wait for its threads, which async code must not.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Places for works that run or wait. Who finds none is refused at once: more would only wait until nobody wants them.
struct Places {
    free: Arc<Semaphore>,
    refused: AtomicU64,
}

impl Places {
    fn new(most: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(permits(most))), refused: AtomicU64::new(0) }
    }

    fn take(&self) -> Result<OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.free).try_acquire_owned().map_err(|_| {
            self.refused.fetch_add(1, Ordering::Relaxed);
            Problem::unavailable("The server has more to do than it can. Try again later.")
        })
    }

    fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}

/// Runs a limited number of works at once.
struct Turns {
    at_once: Arc<Semaphore>,
    places: Places,
}

impl Turns {
    /// So many works run at once, and so many may wait.
    fn new(at_once: usize, queue: usize) -> Self {
        Self { at_once: Arc::new(Semaphore::new(at_once)), places: Places::new(at_once.saturating_add(queue)) }
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> domain::Result<T> + Send + 'static,
    ) -> Result<T, Problem> {
        let place = self.places.take()?;
        let turn = Arc::clone(&self.at_once).acquire_owned().await.map_err(Problem::internal)?;
        blocking(move || {
            // Kept by the work, which goes on where the client goes away and nobody awaits it any more.
            let _kept = (place, turn);
            work()
        })
        .await
    }
}

/// The state, for what is no handler.
pub fn of(request: &HttpRequest) -> Result<&State, Problem> {
    request.app_data::<State>().ok_or_else(|| Problem::internal("the application has no state"))
}

/// How far the server is in its life. It starts as starting.
#[derive(Default)]
pub struct Phase {
    started: AtomicBool,
    stopping: AtomicBool,
}

impl Phase {
    /// What a first start loads is there.
    pub fn set_started(&self) {
        self.started.store(true, Ordering::Relaxed);
    }

    /// No new requests are wanted.
    pub fn set_stopping(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    pub fn is_started(&self) -> bool {
        self.started.load(Ordering::Relaxed)
    }

    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }
}

/// Runs `work` where it may block, in the current span. If it panics, that is an internal problem of this request.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> domain::Result<T> + Send + 'static,
) -> Result<T, Problem> {
    let span = tracing::Span::current();
    done(spawn_blocking(move || span.in_scope(work))).await
}

/// Runs `work`, which may take as long as a client does, on a thread of its own, in the current span.
pub fn on_own_thread<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> domain::Result<T> + Send + 'static,
) -> Result<impl Future<Output = Result<T, Problem>> + 'static, Problem> {
    let (sender, result) = oneshot::channel();
    let span = tracing::Span::current();
    let thread = thread::Builder::new().name(name.to_owned());
    // Where nobody waits any more, nobody wants the result.
    let run = move || drop(sender.send(span.in_scope(work)));
    thread.spawn(run).map_err(Problem::internal)?;
    Ok(async move { Ok(result.await.map_err(|_| Problem::internal("the work of the request panicked"))??) })
}

async fn done<T>(work: impl Future<Output = Result<domain::Result<T>, JoinError>>) -> Result<T, Problem> {
    match work.await {
        Ok(result) => Ok(result?),
        Err(_) => Err(Problem::internal("the work of the request panicked")),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use actix_web::{ResponseError, rt};
    use tokio::sync::oneshot;

    use super::*;

    #[actix_web::test]
    async fn blocking_work_that_panics_is_an_internal_problem() {
        let problem = blocking::<()>(|| panic!("on purpose")).await.unwrap_err();
        assert_eq!(problem.status_code(), 500);
        assert!(!problem.to_string().contains("on purpose"));
    }

    #[actix_web::test]
    async fn work_that_nobody_awaits_any_more_keeps_its_turn() {
        let turns = Arc::new(Turns::new(1, 8));
        let (started, has_started) = oneshot::channel();
        let (finish, is_to_finish) = mpsc::channel::<()>();
        let given = Arc::clone(&turns);
        let request = rt::spawn(async move {
            let work = move || {
                let _ = started.send(());
                let _ = is_to_finish.recv();
                Ok(())
            };
            given.run(work).await
        });
        has_started.await.unwrap();
        request.abort();
        assert!(request.await.unwrap_err().is_cancelled());
        assert_eq!(turns.at_once.available_permits(), 0, "it still runs");
        drop(finish);
        turns.run(|| Ok(())).await.unwrap();
    }

    #[actix_web::test]
    async fn who_finds_no_place_to_wait_is_refused_at_once() {
        let threads = Arc::new(Threads::new("test", 1, 2).unwrap());
        let turns = Arc::new(Turns::new(1, 2));
        let (finish, is_to_finish) = mpsc::channel::<()>();
        let is_to_finish = Arc::new(std::sync::Mutex::new(is_to_finish));
        let mut running = Vec::new();
        for _ in 0..3 {
            let work = || {
                let is_to_finish = Arc::clone(&is_to_finish);
                move || {
                    let _ = is_to_finish.lock().unwrap().recv();
                    Ok(())
                }
            };
            let (given, work_of_thread) = (Arc::clone(&threads), work());
            running.push(rt::spawn(async move { given.run(work_of_thread).await }));
            let (given, work_of_turn) = (Arc::clone(&turns), work());
            running.push(rt::spawn(async move { given.run(work_of_turn).await }));
        }
        rt::time::sleep(std::time::Duration::from_millis(50)).await;
        assert_eq!(threads.run(|| Ok(())).await.unwrap_err().status_code(), 503);
        assert_eq!(turns.run(|| Ok(())).await.unwrap_err().status_code(), 503);
        assert_eq!((threads.refused(), turns.places.refused()), (1, 1));
        // One waits for two of them, and nobody is refused who had a place.
        drop(finish);
        for work in running {
            work.await.unwrap().unwrap();
        }
        threads.run(|| Ok(())).await.unwrap();
        turns.run(|| Ok(())).await.unwrap();
    }
}
