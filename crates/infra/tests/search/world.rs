//! A database, an index that follows it, and what should be in both.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use domain::{
    Error, Result,
    change::{Edit, NewChange, Seq, Via},
    genre::{Genre, GenreId, GenreName},
    movie::{Field, Movie, MovieId, MoviePatch},
    ports::{ChangeListener, MovieSearch, Session, Store},
    query::{MoviePage, MovieQuery},
    time::Timestamp,
};
use infra::{
    db::{Database, DatabaseOptions},
    search::{SearchIndex, SearchOptions},
};
use tempfile::TempDir;
use testing::TestDatabase;

/// How long a test waits for what should take no time.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A database that can be made to be away.
pub struct Outage {
    inner: Arc<Database>,
    away: AtomicBool,
}

impl Outage {
    pub fn set_away(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
    }

    fn check(&self) -> Result<()> {
        match self.away.load(Ordering::SeqCst) {
            true => Err(Error::Unavailable { what: "the database", cause: None }),
            false => Ok(()),
        }
    }
}

impl Store for Outage {
    fn read(&self, work: &mut dyn FnMut(&mut dyn Session) -> Result<()>) -> Result<()> {
        self.check()?;
        self.inner.read(work)
    }

    fn write(&self, work: &mut dyn FnMut(&mut dyn Session) -> Result<()>) -> Result<()> {
        self.check()?;
        self.inner.write(work)
    }
}

/// Opens a database that is there already, or makes its tables.
pub fn open_database(url: &str) -> Arc<Database> {
    let database = Database::open(&DatabaseOptions {
        url: url.to_owned().into(),
        pool_size: 4,
        connect_timeout: Duration::from_secs(10),
        lock_timeout: Duration::from_secs(10),
    });
    let database = database.unwrap();
    database.migrate().unwrap();
    Arc::new(database)
}

pub struct World {
    // The fields are dropped in this order: the database goes last.
    pub index: Option<Arc<SearchIndex>>,
    pub store: Arc<Outage>,
    pub directory: TempDir,
    pub database: TestDatabase,
    pub movies: BTreeMap<MovieId, Movie>,
    pub genres: BTreeMap<GenreId, Genre>,
    /// The last change made.
    pub seq: Seq,
}

impl World {
    /// An empty catalogue with a running index.
    pub fn new() -> Self {
        let mut world = Self::without_index();
        world.start();
        world
    }

    /// An empty catalogue.
    pub fn without_index() -> Self {
        let database = testing::sqlite();
        let store = Arc::new(Outage { inner: open_database(database.url()), away: AtomicBool::new(false) });
        let directory = tempfile::tempdir().unwrap();
        let (movies, genres) = (BTreeMap::new(), BTreeMap::new());
        Self { index: None, store, directory, database, movies, genres, seq: 0 }
    }

    pub fn path(&self) -> PathBuf {
        self.directory.path().join("search")
    }

    pub fn options(&self) -> SearchOptions {
        SearchOptions { poll_interval: Duration::from_millis(50), ..SearchOptions::at(self.path()) }
    }

    pub fn start(&mut self) {
        self.start_with(Vec::new());
    }

    pub fn start_with(&mut self, listeners: Vec<Arc<dyn ChangeListener>>) {
        let store: Arc<dyn Store> = self.store.clone();
        self.index = Some(SearchIndex::open(self.options(), store, listeners).unwrap());
    }

    /// Stops the index and waits until it has.
    pub fn stop(&mut self) {
        self.index.take().unwrap().stop();
    }

    pub fn index(&self) -> &SearchIndex {
        self.index.as_deref().unwrap()
    }

    /// Waits until lists show everything.
    pub fn settle(&self) {
        wait_until("the index is ready", || self.index().health().ready);
        assert!(self.index().wait_for(self.seq, PATIENCE), "{:?}", self.index().health());
    }

    pub fn find(&self, query: &MovieQuery) -> MoviePage {
        self.index().find(query).unwrap()
    }

    /// Runs a write that returns the edits it made, and records them.
    pub fn write(&mut self, mut work: impl FnMut(&mut dyn Session) -> Result<Vec<Edit>>) {
        let seq = self.store.inner.as_ref() as &dyn Store;
        self.seq = seq
            .writing(|session| {
                let edits = work(session)?;
                let change = |edit| NewChange { at: Timestamp::from_unix(1), actor: None, via: Via::Cli, edit };
                session.record(&edits.into_iter().map(change).collect::<Vec<_>>())
            })
            .unwrap();
    }

    /// The genre of this name, made if need be.
    pub fn genre(&mut self, name: &str) -> Genre {
        if let Some(genre) = self.genres.values().find(|genre| genre.name.as_str() == name) {
            return genre.clone();
        }
        let name = GenreName::new(name, "").unwrap();
        let mut made = None;
        self.write(|session| {
            let genre = Genre { id: session.new_genre_id()?, name: name.clone() };
            session.insert_genres(std::slice::from_ref(&genre))?;
            made = Some(genre.clone());
            Ok(vec![Edit::genre(genre.id, None, Some(&genre))])
        });
        let genre = made.unwrap();
        self.genres.insert(genre.id, genre.clone());
        genre
    }

    pub fn rename_genre(&mut self, id: GenreId, name: &str) {
        let before = self.genres[&id].clone();
        let after = Genre { id, name: GenreName::new(name, "").unwrap() };
        self.write(|session| {
            session.update_genre(&after)?;
            Ok(vec![Edit::genre(id, Some(&before), Some(&after))])
        });
        for movie in self.movies.values_mut() {
            movie.genres.iter_mut().filter(|genre| genre.id == id).for_each(|genre| *genre = after.clone());
        }
        self.genres.insert(id, after);
    }

    /// Adds movies, recorded one by one or as one bulk load. Their ids are made here.
    pub fn add(&mut self, mut movies: Vec<Movie>, bulk: bool) -> Vec<MovieId> {
        let mut added = Vec::new();
        self.write(|session| {
            let count = movies.len() as u64;
            let first = session.new_movie_ids(count)?;
            (first.0..).zip(&mut movies).for_each(|(id, movie)| movie.id = MovieId(id));
            session.insert_movies(&movies)?;
            added = movies.clone();
            Ok(match bulk {
                true => vec![Edit::NewMovies { first, count }],
                false => movies.iter().map(Edit::movie_created).collect(),
            })
        });
        let ids = added.iter().map(|movie| movie.id).collect();
        self.movies.extend(added.into_iter().map(|movie| (movie.id, movie)));
        ids
    }

    pub fn update(&mut self, movies: Vec<Movie>) {
        let old = self.movies.clone();
        self.write(|session| {
            movies.iter().try_for_each(|movie| session.update_movie(movie))?;
            Ok(movies.iter().map(|movie| Edit::movie_updated(&old[&movie.id], movie)).collect())
        });
        self.movies.extend(movies.into_iter().map(|movie| (movie.id, movie)));
    }

    pub fn delete(&mut self, ids: &[MovieId]) {
        let old = self.movies.clone();
        self.write(|session| {
            ids.iter().try_for_each(|id| session.delete_movie(*id))?;
            Ok(ids.iter().map(|id| Edit::movie_deleted(&old[id])).collect())
        });
        ids.iter().for_each(|id| drop(self.movies.remove(id)));
    }

    /// Adds one movie of this name and director.
    pub fn add_named(&mut self, name: &str, director: &str) -> MovieId {
        self.add(vec![movie(name, director)], false)[0]
    }

    /// Asserts that the index holds every movie, and nothing else.
    pub fn assert_complete(&self) {
        let mut found = Vec::new();
        let mut query = MovieQuery::default();
        query.page.limit = 100;
        loop {
            let page = self.find(&query);
            found.extend(page.movies.iter().map(|movie| Movie::clone(movie)));
            let Some(next) = page.next else { break };
            query.page.start = domain::query::Start::After(next);
        }
        found.sort_by_key(|movie| movie.id);
        assert_eq!(found.len(), self.movies.len());
        for (found, expected) in found.iter().zip(self.movies.values()) {
            assert_eq!(found, expected);
        }
        let counts = self.index().genres().unwrap();
        let counts = counts.into_iter().map(|count| (count.genre, count.movies)).collect::<Vec<_>>();
        let with = |genre: &Genre| self.movies.values().filter(|movie| movie.genres.contains(genre)).count() as u64;
        assert_eq!(counts, self.genres.values().map(|genre| (genre.clone(), with(genre))).collect::<Vec<_>>());
    }
}

/// A movie of this name and director (none where it is empty), without id and genres.
pub fn movie(name: &str, director: &str) -> Movie {
    let patch = MoviePatch {
        name: Field::Value(name.to_owned()),
        director: if director.is_empty() { Field::Null } else { Field::Value(director.to_owned()) },
        ..MoviePatch::default()
    };
    let at = Timestamp::from_unix(1_700_000_000);
    let details = patch.onto(None).unwrap().details;
    Movie { id: MovieId(0), version: 1, created_at: at, updated_at: at, details, genres: Vec::new() }
}

pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < PATIENCE, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Copies a directory and what is in it.
pub fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => copy(&entry.path(), &target)?,
            false => drop(std::fs::copy(entry.path(), target)?),
        }
    }
    Ok(())
}
