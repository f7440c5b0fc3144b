//! What the handlers share.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use actix_web::{HttpRequest, web};
use bootstrap::{Services, Settings};
use domain::services::{Accounts, Catalogue, History};
use tokio::sync::Semaphore;

use crate::{cache::MovieCache, problem::Problem, v1::event_stream::Feed};

/// What a handler takes to get at the [`AppState`].
pub type State = web::Data<AppState>;

/// The services and what goes with them.
pub struct AppState {
    pub settings: Arc<Settings>,
    pub catalogue: Arc<Catalogue>,
    pub accounts: Arc<Accounts>,
    pub history: Arc<History>,
    pub movies: Arc<MovieCache>,
    pub feed: Arc<Feed>,
    pub phase: Phase,
    /// Hashing a password keeps a core busy for a quarter of a second. As many at once as there are cores, so that
    /// logins cannot take all blocking threads from the readers.
    hashing: Turns,
}

impl AppState {
    /// A server's state over these services. The caches hear of every change.
    pub fn new(settings: Arc<Settings>, services: &Services, movies: Arc<MovieCache>, feed: Arc<Feed>) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            settings,
            catalogue: Arc::clone(&services.catalogue),
            accounts: Arc::clone(&services.accounts),
            history: Arc::clone(&services.history),
            movies,
            feed,
            phase: Phase::default(),
            hashing: Turns::new(cores),
        }
    }

    /// [`blocking`], for work that hashes a password.
    pub async fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> domain::Result<T> + Send + 'static,
    ) -> Result<T, Problem> {
        self.hashing.run(work).await
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
    match web::block(move || span.in_scope(work)).await {
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
