//! `MovieSearch` over Tantivy.
//!
//! A thread of its own follows the feed of changes and writes to the index; whoever reads sees a finished state. Read
//! in this order:
//!
//! - `schema`, `document`, `numbers`: what is indexed and how
//! - `generation`: where it is on disk
//! - `beside`: how a second process reads it
//! - `follower`, `rebuild`, `request`, `writer`, `shared`: how it is kept current
//! - `snapshot`, `segment`, `dictionary`, `vocabulary`, `doc_words`, `sidecar`, `ranks`, `genres`: one state of the
//!   index, and what is made of it to be read fast
//! - `evaluate`, `filter`, `words`, `postings`: what matches
//! - `order`, `permutation`, `collect`: what comes first
//! - `verify`, `compare`: whether it is what the database makes it; `examine`: which state of it it is
//! - `walk`: all that matches, one after the other
//! - `facets`: how many of what matches have each genre, and are of each decade and score
//! - `suggest`, `similar`, `corrections`: what else may be meant, by a few short searches each

mod beside;
mod collect;
mod compare;
mod corrections;
mod dictionary;
mod doc_words;
mod document;
mod evaluate;
mod examine;
mod facets;
mod filter;
mod follower;
mod generation;
mod genres;
mod numbers;
mod order;
mod permutation;
mod postings;
mod ranks;
mod rebuild;
mod request;
mod schema;
mod segment;
mod shared;
mod sidecar;
mod similar;
mod snapshot;
mod suggest;
mod verify;
mod vocabulary;
mod walk;
mod words;
mod writer;

use std::{
    fs, io,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

use domain::{
    Result,
    change::Seq,
    movie::{Movie, MovieId},
    ports::{ChangeListener, GenreCount, MovieSearch, SearchHealth, Store},
    query::{ListedMovie, MoviePage, MovieQuery},
    suggestion::Suggestion,
};

pub use self::{
    examine::{IndexState, examine},
    rebuild::{Progress, RebuildError, Rebuilt, Step, rebuild},
    verify::{Difference, FieldDifference, Verification, VerifyStep, Verifying, verify},
};
use self::{follower::Follower, generation::Generations, shared::Shared, snapshot::Memory};

/// Where the index is and what it may use.
#[derive(Debug, Clone)]
pub struct SearchOptions {
    /// The directory of the index, for this process alone.
    pub path: PathBuf,
    /// How often the database is asked for changes.
    pub poll_interval: Duration,
    /// Memory for movies being indexed, in bytes.
    pub writer_memory: usize,
    /// Memory for movies lately shown, in bytes.
    pub cache_bytes: u64,
    /// How many movies found by words facets are counted of; where no words are searched, sixteen times as many.
    pub facet_matches: u64,
}

impl SearchOptions {
    const FACET_MATCHES: u64 = 1_000_000;

    /// The usual options for an index in this directory.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            poll_interval: Duration::from_millis(200),
            writer_memory: 128 << 20,
            cache_bytes: 256 << 20,
            facet_matches: Self::FACET_MATCHES,
        }
    }
}

/// Why the index cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is one index for each server.
    #[error("search.path {} is locked by another process", .path.display())]
    Locked {
        /// Where.
        path: PathBuf,
    },
    /// The directory cannot be made or written.
    #[error("search.path {} is not usable", .path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// How large the index is, and how far behind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IndexStats {
    /// How many movies it shows.
    pub documents: u64,
    /// In how many segments they are.
    pub segments: u64,
    /// How large its files are.
    pub bytes: u64,
    /// How often it was written to disk since the start.
    pub commits: u64,
    /// How long that took in all.
    pub commit_time: Duration,
    /// The last change that lists show.
    pub applied: Seq,
    /// The last change that is known of.
    pub last: Seq,
    /// For how long there have been changes that lists do not show.
    pub lag: Duration,
}

/// Lists of movies from an index that follows the changes of a store.
pub struct SearchIndex {
    path: PathBuf,
    shared: Arc<Shared>,
    follower: Mutex<Option<JoinHandle<()>>>,
}

impl SearchIndex {
    /// Takes the directory and begins to open or build the index; [`MovieSearch::health`] tells when it is ready.
    pub fn open(
        options: SearchOptions,
        store: Arc<dyn Store>,
        listeners: Vec<Arc<dyn ChangeListener>>,
    ) -> Result<Arc<Self>, OpenError> {
        let generations = Generations::lock(&options.path)?;
        let shared = Arc::new(Shared::new());
        let memory = Arc::new(Memory::new(options.cache_bytes, options.facet_matches));
        let (path, directory) = (options.path.clone(), options.path.clone());
        let follower = Follower::new(Arc::clone(&shared), store, listeners, generations, options, memory);
        let thread = thread::Builder::new().name("index".to_owned()).spawn(move || follower.run());
        let thread = thread.map_err(|source| OpenError::Io { path, source })?;
        Ok(Arc::new(Self { path: directory, shared, follower: Mutex::new(Some(thread)) }))
    }

    /// Reads the index of another process, which has the directory, as it is once it shows everything that is written
    /// by now: waits for that at most `patience`. It follows nothing, so what is read stays as it was.
    ///
    /// # Errors
    /// [`domain::Error::Unavailable`] says what to do.
    pub fn open_beside(path: &Path, store: &Arc<dyn Store>, patience: Duration) -> Result<Arc<Self>> {
        let (snapshot, mark) = beside::current_snapshot(path, store, patience)?;
        let shared = Arc::new(Shared::new());
        shared.publish(snapshot, mark, None);
        Ok(Arc::new(Self { path: path.to_owned(), shared, follower: Mutex::new(None) }))
    }

    /// How large it is, and how far behind. Looks at the sizes of its files, and waits for nothing else.
    pub fn stats(&self) -> IndexStats {
        let (lag, commits) = (self.shared.lag(), self.shared.commits());
        let (documents, segments) = self.shared.latest().map(|snapshot| snapshot.size()).unwrap_or_default();
        IndexStats {
            documents,
            segments,
            bytes: bytes_below(&self.path),
            commits: commits.count,
            commit_time: commits.time,
            applied: lag.applied,
            last: lag.last,
            lag: lag.time,
        }
    }

    /// Stops following: ends the step at hand, commits, and gives the directory free. Lists can still be read.
    pub fn stop(&self) {
        self.shared.stop();
        let thread = self.follower.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // It catches its own panics.
            let _ = thread.join();
        }
    }
}

/// How large the files below `directory` are, as far as they can be seen: they come and go.
fn bytes_below(directory: &Path) -> u64 {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let size = |entry: fs::DirEntry| match entry.metadata() {
        Ok(file) if file.is_dir() => bytes_below(&entry.path()),
        Ok(file) => file.len(),
        Err(_) => 0,
    };
    entries.map(size).sum()
}

impl Drop for SearchIndex {
    fn drop(&mut self) {
        self.stop();
    }
}

impl MovieSearch for SearchIndex {
    fn find(&self, query: &MovieQuery) -> Result<MoviePage> {
        self.shared.snapshot()?.find(query)
    }

    fn walk(&self, query: &MovieQuery, each: &mut dyn FnMut(&Movie) -> ControlFlow<()>) -> Result<()> {
        self.shared.snapshot()?.walk(query, each)
    }

    fn movie(&self, id: MovieId) -> Result<Option<Movie>> {
        self.shared.snapshot()?.movie_by_id(id)
    }

    fn suggest(&self, text: &str, limit: usize) -> Result<Vec<Suggestion>> {
        self.shared.snapshot()?.suggest(text, limit)
    }

    fn similar(&self, id: MovieId, limit: usize) -> Result<Option<Vec<Arc<ListedMovie>>>> {
        self.shared.snapshot()?.similar(id, limit)
    }

    fn genres(&self) -> Result<Vec<GenreCount>> {
        self.shared.snapshot()?.genres()
    }

    fn wait_for(&self, seq: Seq, timeout: Duration) -> bool {
        self.shared.wait_for(seq, timeout)
    }

    fn health(&self) -> SearchHealth {
        self.shared.health()
    }
}
