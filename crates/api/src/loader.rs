//! Movies by id: from the cache, else from the database, many at a time.
//!
//! What is asked for while a load runs waits for the next one, which takes all of it: the busier the server, the more
//! movies share a hop to a blocking thread, a transaction and its statements. A movie that several clients ask for is
//! loaded once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::{
    error::{Error, Result},
    movie::MovieId,
    services::{Catalogue, Source},
};
use tokio::sync::oneshot;

use crate::{
    cache::{CachedMovie, MovieCache},
    metrics::Metrics,
    problem::Problem,
    state::Threads,
    v1::movie_body::rendered,
};

/// The most movies of one load.
const AT_ONCE: usize = 100;

/// The way to movies by their ids.
pub struct MovieLoader {
    cache: Arc<MovieCache>,
    catalogue: Arc<Catalogue>,
    threads: Arc<Threads>,
    metrics: Arc<Metrics>,
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    waiting: Vec<Request>,
    /// Whether somebody takes what waits.
    loading: bool,
}

struct Request {
    id: MovieId,
    answer: oneshot::Sender<Result<CachedMovie>>,
}

impl MovieLoader {
    pub fn new(
        cache: Arc<MovieCache>,
        catalogue: Arc<Catalogue>,
        threads: Arc<Threads>,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self { cache, catalogue, threads, metrics, queue: Mutex::default() }
    }

    /// How many movies are in the cache, and how many bytes they take.
    pub fn cached(&self) -> (u64, u64) {
        self.cache.size()
    }

    /// The movie as it is sent.
    pub async fn movie(self: &Arc<Self>, id: MovieId) -> Result<CachedMovie, Problem> {
        if let Some(movie) = self.cache.get(id) {
            self.metrics.cache_hits.inc();
            return Ok(movie);
        }
        self.metrics.cache_misses.inc();
        let (answer, movie) = oneshot::channel();
        if self.enqueue(Request { id, answer }) {
            let loading = Loading { loader: Arc::clone(self), finished: false };
            // Nobody awaits it: it ends by itself when nothing waits any more.
            drop(self.threads.spawn(move || loading.run())?);
        }
        Ok(movie.await.map_err(|_| Problem::internal("the load of the movie was broken off"))??)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether a load has to be started.
    fn enqueue(&self, request: Request) -> bool {
        let mut queue = self.queue();
        queue.waiting.push(request);
        !std::mem::replace(&mut queue.loading, true)
    }

    /// What is to be loaded next; ends the loading where there is nothing.
    fn next(&self) -> Vec<Request> {
        let mut queue = self.queue();
        queue.loading = !queue.waiting.is_empty();
        let next = queue.waiting.len().min(AT_ONCE);
        queue.waiting.drain(..next).collect()
    }

    fn load(&self, requests: Vec<Request>) {
        let mut ids: Vec<_> = requests.iter().map(|request| request.id).collect();
        ids.sort_unstable();
        ids.dedup();
        let tickets: Vec<_> = ids.iter().map(|id| self.cache.begin(*id)).collect();
        let (mut movies, source) = match self.catalogue.movies(&ids) {
            Ok((movies, source)) => {
                (movies.into_iter().map(|movie| (movie.id, movie)).collect::<HashMap<_, _>>(), source)
            }
            Err(Error::Unavailable { what, mut cause }) => {
                // Each of them would wait as long for the same.
                for request in requests {
                    let _ = request.answer.send(Err(Error::Unavailable { what, cause: cause.take() }));
                }
                return;
            }
            // One of them cannot be read, and the others are not to suffer for it.
            Err(_) => {
                for request in requests {
                    let movie = self.catalogue.movie(request.id).and_then(|movie| rendered(&movie));
                    let _ = request.answer.send(movie);
                }
                return;
            }
        };
        let mut found = HashMap::with_capacity(ids.len());
        for (id, ticket) in ids.into_iter().zip(tickets) {
            let Some(movie) = movies.remove(&id) else { continue };
            let movie = rendered(&movie);
            // What the index shows may be behind, and nobody would hear of it again.
            if let (Ok(movie), Source::Database) = (&movie, source) {
                self.cache.store(ticket, id, movie.clone());
            }
            found.insert(id, movie);
        }
        for request in requests {
            let movie = match found.get(&request.id) {
                Some(Ok(movie)) => Ok(movie.clone()),
                Some(Err(error)) => Err(Error::Internal(error.to_string().into())),
                None => Err(Error::NotFound("movie")),
            };
            // Whoever went away does not miss it.
            let _ = request.answer.send(movie);
        }
    }
}

/// The right to load, of which there is one.
struct Loading {
    loader: Arc<MovieLoader>,
    finished: bool,
}

impl Loading {
    fn run(mut self) {
        loop {
            let next = self.loader.next();
            if next.is_empty() {
                self.finished = true;
                return;
            }
            self.loader.load(next);
        }
    }
}

impl Drop for Loading {
    fn drop(&mut self) {
        if !self.finished {
            // It panicked, or never ran. Those who wait hear of it, and the next to come starts anew.
            *self.loader.queue() = Queue::default();
        }
    }
}
