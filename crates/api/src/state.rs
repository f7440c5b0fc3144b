//! What the handlers share.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
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
    ) -> io::Result<Self> {
        let readers = Arc::new(Threads::new("read", READERS)?);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            imports: Arc::new(Semaphore::new(settings.server.imports_at_once.min(Semaphore::MAX_PERMITS))),
            exports: Arc::new(Semaphore::new(settings.server.exports_at_once.min(Semaphore::MAX_PERMITS))),
            settings,
            catalogue: Arc::clone(&services.catalogue),
            accounts: Arc::clone(&services.accounts),
            movies: Arc::new(MovieLoader::new(movies, Arc::clone(&services.catalogue), Arc::clone(&readers))),
            history: Arc::clone(&services.history),
            services,
            feed,
            stats: KeptFigures::default(),
            phase: Phase::default(),
            jobs: Jobs::default(),
            hashing: Turns::new(cores),
            searchers: Threads::new("search", cores)?,
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

    /// [`blocking`], for work that hashes a password.
    pub async fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> domain::Result<T> + Send + 'static,
    ) -> Result<T, Problem> {
        self.hashing.run(work).await
    }
}

/// Threads of their own, for a kind of work that is not to wait for others. All workers of the server share them.
pub struct Threads(Option<Runtime>);

impl Threads {
    fn new(name: &str, most: usize) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().max_blocking_threads(most).thread_name(name).build()?;
        Ok(Self(Some(runtime)))
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> domain::Result<T> + Send + 'static,
    ) -> Result<T, Problem> {
        let span = tracing::Span::current();
        // What nobody awaits any more is not begun.
        done(AbortOnDropHandle::new(self.spawn(move || span.in_scope(work))?)).await
    }

    /// Begins work that goes on, whoever awaits it.
    pub fn spawn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<JoinHandle<T>, Problem> {
        let runtime = self.0.as_ref().ok_or_else(|| Problem::internal("there are no threads any more"))?;
        Ok(runtime.spawn_blocking(work))
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        // Dropped in place it would wait for its threads, which async code must not.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Runs a limited number of works at once.
#[derive(Clone)]
struct Turns(Arc<Semaphore>);

impl Turns {
    fn new(at_once: usize) -> Self {
        Self(Arc::new(Semaphore::new(at_once)))
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> domain::Result<T> + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = Arc::clone(&self.0).acquire_owned().await.map_err(Problem::internal)?;
        blocking(move || {
            // Kept by the work, which goes on where the client goes away and nobody awaits it any more.
            let _turn = turn;
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
        let turns = Turns::new(1);
        let (started, has_started) = oneshot::channel();
        let (finish, is_to_finish) = mpsc::channel::<()>();
        let given = turns.clone();
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
        assert_eq!(turns.0.available_permits(), 0, "it still runs");
        drop(finish);
        turns.run(|| Ok(())).await.unwrap();
    }
}
