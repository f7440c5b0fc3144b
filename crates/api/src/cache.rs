//! Movies by id, in memory, as the bytes that are sent.
//!
//! A copy must not outlive its movie: one request loads version 1, another commits version 2 and invalidates the copy
//! that is not there yet, and only then the first one stores version 1. So a load begins with a [`Ticket`], and
//! [`MovieCache::store`] keeps nothing whose movie may have changed since.

use std::sync::{Mutex, MutexGuard, PoisonError};

use actix_web::{http::header::HeaderValue, web::Bytes};
use domain::{
    movie::MovieId,
    ports::{ChangeListener, Changed},
};
use quick_cache::{Weighter, sync::Cache};

/// Movies share counters of invalidations; sharing costs a copy now and then, never a wrong one.
const STRIPES: usize = 256;

/// What an entry takes beside its bytes, roughly.
const OVERHEAD: u64 = 200;

/// The size of a usual entry.
const USUAL_WEIGHT: u64 = 600;

/// An answer that is ready to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct CachedMovie {
    /// The JSON.
    pub body: Bytes,
    /// The strong `ETag` of `body`.
    pub etag: HeaderValue,
}

/// Says when a load began: how often movies of its stripe had been invalidated by then.
#[derive(Debug, Clone, Copy)]
pub struct Ticket(u64);

/// A bounded cache of movies that hears of every change.
pub struct MovieCache {
    entries: Cache<MovieId, CachedMovie, Bytewise>,
    /// How often movies of a stripe were invalidated. Its lock is held while an entry of the stripe is stored or
    /// removed, so that nothing comes between the look at the counter and the storing.
    invalidations: Box<[Mutex<u64>]>,
}

impl MovieCache {
    /// A cache that takes about `bytes` of memory at most.
    pub fn new(bytes: usize) -> Self {
        let bytes = bytes as u64;
        let usual_items = usize::try_from(bytes / USUAL_WEIGHT).unwrap_or(usize::MAX);
        Self {
            entries: Cache::with_weighter(usual_items, bytes, Bytewise),
            invalidations: (0..STRIPES).map(|_| Mutex::new(0)).collect(),
        }
    }

    /// The answer for this movie, if it is known.
    pub fn get(&self, id: MovieId) -> Option<CachedMovie> {
        self.entries.get(&id)
    }

    /// How many movies it holds, and how many bytes they take.
    pub fn size(&self) -> (u64, u64) {
        (self.entries.len() as u64, self.entries.weight())
    }

    /// To be called before the movie is read from the database.
    pub fn begin(&self, id: MovieId) -> Ticket {
        Ticket(*self.stripe(id))
    }

    /// Keeps the answer, unless the movie may have changed since the ticket was given out.
    pub fn store(&self, ticket: Ticket, id: MovieId, movie: CachedMovie) {
        let invalidations = self.stripe(id);
        if *invalidations == ticket.0 {
            self.entries.insert(id, movie);
        }
    }

    fn stripe(&self, id: MovieId) -> MutexGuard<'_, u64> {
        let stripe = &self.invalidations[(id.0 % STRIPES as u64) as usize];
        stripe.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ChangeListener for MovieCache {
    fn changed(&self, what: Changed) {
        match what {
            Changed::Movie(id) => {
                let mut invalidations = self.stripe(id);
                *invalidations += 1;
                self.entries.remove(&id);
            }
            // Which movies have a genre is not known here.
            Changed::Genre(_) | Changed::Everything => {
                for stripe in 0..STRIPES as u64 {
                    *self.stripe(MovieId(stripe)) += 1;
                }
                // What is stored from here on was loaded after the counters moved.
                self.entries.clear();
            }
        }
    }
}

#[derive(Clone)]
struct Bytewise;

impl Weighter<MovieId, CachedMovie> for Bytewise {
    fn weight(&self, _: &MovieId, movie: &CachedMovie) -> u64 {
        movie.body.len() as u64 + movie.etag.len() as u64 + OVERHEAD
    }
}

#[cfg(test)]
mod tests {
    use domain::genre::GenreId;

    use super::*;

    const ID: MovieId = MovieId(7);

    fn movie(body: &'static str) -> CachedMovie {
        CachedMovie { body: Bytes::from_static(body.as_bytes()), etag: HeaderValue::from_static("\"1\"") }
    }

    fn cache() -> MovieCache {
        MovieCache::new(1 << 20)
    }

    #[test]
    fn a_stored_movie_is_found() {
        let cache = cache();
        cache.store(cache.begin(ID), ID, movie("one"));
        assert_eq!(cache.get(ID), Some(movie("one")));
        assert_eq!(cache.get(MovieId(8)), None);
    }

    #[test]
    fn a_movie_that_changed_while_it_was_loaded_is_not_stored() {
        for change in [Changed::Movie(ID), Changed::Genre(GenreId(1)), Changed::Everything] {
            let cache = cache();
            let ticket = cache.begin(ID);
            cache.changed(change);
            cache.store(ticket, ID, movie("one"));
            assert_eq!(cache.get(ID), None, "{change:?}");
            cache.store(cache.begin(ID), ID, movie("two"));
            assert_eq!(cache.get(ID), Some(movie("two")), "loaded after {change:?}");
        }
    }

    #[test]
    fn a_changed_movie_is_forgotten_and_others_are_not() {
        let cache = cache();
        for id in [ID, MovieId(8)] {
            cache.store(cache.begin(id), id, movie("one"));
        }
        cache.changed(Changed::Movie(ID));
        assert_eq!((cache.get(ID), cache.get(MovieId(8))), (None, Some(movie("one"))));
    }

    #[test]
    fn a_changed_genre_empties_the_cache() {
        let cache = cache();
        cache.store(cache.begin(ID), ID, movie("one"));
        cache.changed(Changed::Genre(GenreId(1)));
        assert_eq!(cache.get(ID), None);
    }

    #[test]
    fn memory_is_bounded() {
        let cache = MovieCache::new(100_000);
        let body = Bytes::from(vec![b'x'; 800]);
        for id in (0..10_000).map(MovieId) {
            let movie = CachedMovie { body: body.clone(), ..movie("") };
            cache.store(cache.begin(id), id, movie);
        }
        assert!(cache.entries.weight() <= 100_000 && !cache.entries.is_empty());
    }

    #[test]
    fn no_memory_is_no_cache() {
        let cache = MovieCache::new(0);
        cache.store(cache.begin(ID), ID, movie("one"));
        assert_eq!(cache.get(ID), None);
    }
}
