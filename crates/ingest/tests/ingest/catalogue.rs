//! A catalogue to load feeds into.

use std::{
    io::{Cursor, Read},
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
};

use bootstrap::Settings;
use domain::{
    change::Seq,
    movie::{Movie, MovieDraft, MovieId},
    ports::Store,
    services::Import,
    user::Admin,
};
use ingest::{Counts, LoadError, OnError, Rejection};

pub struct Catalogue(Arc<dyn Store>);

/// What a load came to.
pub struct Loaded {
    pub counts: Counts,
    pub rejected: Vec<Rejection>,
    pub end: Result<(), LoadError>,
}

impl Catalogue {
    pub fn open(url: &str) -> Self {
        let environment = [("MARQUEE_DATABASE__URL".to_owned(), url.to_owned())];
        let settings = Settings::from_sources(Path::new("no such directory"), environment).unwrap();
        Self(bootstrap::open_store(&settings).unwrap())
    }

    pub fn load(&self, feed: impl Into<Vec<u8>>) -> Loaded {
        self.load_from(Cursor::new(feed.into()), OnError::Continue)
    }

    pub fn load_from(&self, source: impl Read + Send + 'static, on_error: OnError) -> Loaded {
        load(Arc::clone(&self.0), source, on_error)
    }

    pub fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.0)
    }

    pub fn import(&self) -> Import {
        bootstrap::importer(Arc::clone(&self.0))
    }

    /// All movies, by id.
    pub fn movies(&self) -> Vec<Movie> {
        self.0.reading(|session| session.movies_after(MovieId(0), u32::MAX >> 1)).unwrap()
    }

    /// What was loaded of all movies, in the order of their creation.
    pub fn drafts(&self) -> Vec<MovieDraft> {
        self.movies().iter().map(Movie::draft).collect()
    }

    /// The number of the last change.
    pub fn last_change(&self) -> Option<Seq> {
        self.0.reading(|session| session.last_change()).unwrap().map(|(seq, _)| seq)
    }

    pub fn names(&self) -> Vec<String> {
        self.movies().iter().map(|movie| movie.details.name.to_string()).collect()
    }
}

pub fn load(store: Arc<dyn Store>, source: impl Read + Send + 'static, on_error: OnError) -> Loaded {
    load_with(&bootstrap::importer(store), source, on_error)
}

pub fn load_with(import: &Import, source: impl Read + Send + 'static, on_error: OnError) -> Loaded {
    let mut counts = Counts::default();
    let mut rejected = Vec::new();
    let end = ingest::load(import, &Admin::operator(), source, on_error, |progress| {
        counts += progress.counts;
        rejected.extend(progress.rejected);
        ControlFlow::Continue(())
    });
    Loaded { counts, rejected, end }
}

impl Loaded {
    /// How many were created, updated, unchanged and rejected, of a load that went to the feed's end.
    pub fn counted(&self) -> [u64; 4] {
        assert!(self.end.is_ok(), "{:?}", self.end);
        let Counts { created, updated, unchanged, rejected } = self.counts;
        [created, updated, unchanged, rejected]
    }
}

/// A file of the project's fixtures.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name)
}
