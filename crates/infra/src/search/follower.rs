//! The thread that keeps the index current.

use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::Arc,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use domain::{
    change::{Change, Edit, Seq},
    error::Cause,
    genre::Genre,
    movie::{Movie, MovieId},
    ports::{ChangeListener, Changed, Session, Store},
};
use tantivy::{Index, IndexReader, ReloadPolicy};
use tracing::{error, info, warn};

use super::{
    SearchOptions,
    generation::{Generation, Generations, Mark},
    rebuild::Building,
    schema::{Fields, schema},
    shared::Shared,
    sidecar,
    snapshot::{Memory, Snapshot},
    writer::Writer,
};

/// The most records read from the feed at once.
const CHANGES: u32 = 1_000;
/// The most movies read from the database at once.
pub(super) const MOVIES: usize = 2_000;
/// After so many movies there is a commit, even where there are more to come.
const COMMIT: usize = 50_000;
/// How often finished merges are looked for while nothing changes.
const REFRESH: Duration = Duration::from_secs(2);

/// Why a step was not finished.
pub(super) enum Failure {
    /// The database did not answer.
    Store(domain::Error),
    /// The index could not be read or written.
    Index(Cause),
    /// The server is being stopped.
    Stopped,
}

impl Failure {
    /// Why a transaction failed: the database is away, or what it holds cannot be used.
    pub(super) fn of_store(error: domain::Error) -> Self {
        match error {
            domain::Error::Unavailable { .. } => Self::Store(error),
            error => Self::Index(error.into()),
        }
    }
}

impl<E: Into<Cause>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Index(error.into())
    }
}

/// What a step found.
enum Found {
    /// All changes are applied.
    Nothing,
    /// There may be more.
    More,
}

/// Follows the changes of the database.
pub(super) struct Follower {
    pub(super) shared: Arc<Shared>,
    pub(super) store: Arc<dyn Store>,
    listeners: Vec<Arc<dyn ChangeListener>>,
    pub(super) generations: Generations,
    pub(super) options: SearchOptions,
    pub(super) memory: Arc<Memory>,
    /// How many segments were ever opened.
    pub(super) segments: u64,
    pub(super) live: Option<Live>,
    /// The rebuild that was asked for, beside the live index.
    pub(super) building: Option<Building>,
    preparing: Option<JoinHandle<()>>,
}

/// An index in use.
pub(super) struct Live {
    index: Index,
    pub(super) directory: PathBuf,
    pub(super) reader: IndexReader,
    pub(super) fields: Fields,
    writer: Writer,
    /// The last change that was put in.
    pub(super) seen: Mark,
    /// The last change that is on disk.
    committed: Mark,
    /// Whether it is shown, with the names of genres from the database.
    shown: bool,
    /// When finished merges were last looked for.
    refreshed: Instant,
}

/// Changes as read from the feed, with what they need.
pub(super) enum Batch {
    /// The last change seen is not of this database.
    Foreign,
    Changes {
        changes: Vec<Change>,
        /// The number of the last change of the feed.
        last: Seq,
        /// What the changes touch, ascending.
        ids: Vec<MovieId>,
        /// The movies of the first ids.
        movies: Vec<Movie>,
        /// All genres, where they may have changed.
        genres: Option<Vec<Genre>>,
        /// Whether there may be more changes.
        more: bool,
    },
}

impl Follower {
    pub(super) fn new(
        shared: Arc<Shared>,
        store: Arc<dyn Store>,
        listeners: Vec<Arc<dyn ChangeListener>>,
        generations: Generations,
        options: SearchOptions,
        memory: Arc<Memory>,
    ) -> Self {
        let (live, building, preparing) = (None, None, None);
        Self { shared, store, listeners, generations, options, memory, segments: 0, live, building, preparing }
    }

    /// Follows until told to stop.
    pub(super) fn run(mut self) {
        const FIRST_PAUSE: Duration = Duration::from_millis(500);
        const LONGEST_PAUSE: Duration = Duration::from_secs(30);
        let mut pause = FIRST_PAUSE;
        while !self.shared.is_stopping() {
            let step = catch_unwind(AssertUnwindSafe(|| self.step()));
            match step.unwrap_or_else(|_| Err(Failure::Index("the index panicked".into()))) {
                Ok(found) => {
                    pause = FIRST_PAUSE;
                    if self.shared.set_database(true) {
                        info!("the index follows the database again");
                    }
                    if self.shared.set_failing(false) {
                        info!("the index applies changes again");
                    }
                    if let Found::Nothing = found {
                        self.shared.wait_for_call(self.options.poll_interval);
                    }
                }
                Err(Failure::Store(error)) => {
                    if self.shared.set_database(false) {
                        warn!(error = &error as &dyn std::error::Error, "the index cannot follow the database");
                    }
                    self.shared.pause(self.options.poll_interval);
                }
                Err(Failure::Index(error)) => {
                    if self.shared.set_failing(true) {
                        error!(error = &*error as &dyn std::error::Error, "the index cannot apply changes");
                    }
                    // What was put in since the last commit is read from the feed again.
                    self.live = None;
                    self.shared.pause(pause);
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                Err(Failure::Stopped) => break,
            }
        }
        self.abandon_rebuild("the server is being stopped");
        if let Some(thread) = self.preparing.take() {
            // It looks whether to stop between one key and the next.
            let _ = thread.join();
        }
        if let Some(live) = &mut self.live
            && let Err(error) = live.commit(&self.shared)
        {
            warn!(error = &*error as &dyn std::error::Error, "the index could not be committed at the end");
        }
    }

    /// Applies what is new, opening or building the index first if need be.
    fn step(&mut self) -> Result<Found, Failure> {
        if self.live.is_none() {
            self.live = Some(match self.generations.open_current() {
                Ok((generation, mark)) => {
                    self.generations.tidy();
                    match self.open(generation, mark) {
                        Err(Failure::Index(error)) => {
                            // Such as one of which a file is missing.
                            info!(reason = %error, "building the index");
                            self.abandon_rebuild(&error.to_string());
                            self.rebuild()?
                        }
                        opened => opened?,
                    }
                }
                Err(reason) => {
                    info!(reason, "building the index");
                    self.abandon_rebuild(&reason);
                    self.rebuild()?
                }
            });
        }
        self.tend_rebuild()?;
        let Some(live) = &self.live else { return Ok(Found::More) };
        let table = self.shared.latest().map(|snapshot| Arc::clone(snapshot.genre_table()));
        let is_known = |genre: &Genre| table.as_ref().is_some_and(|table| table.get(genre.id).is_some());
        let batch = self
            .store
            .reading(|session| read(session, live.seen, &|movie| movie.genres.iter().all(is_known), !live.shown))
            .map_err(Failure::of_store)?;
        match batch {
            Batch::Foreign => {
                self.shared.set_failing(true);
                self.shared.start_over();
                let reason = "it was made from another state of the database";
                info!(reason, "building the index");
                self.abandon_rebuild(reason);
                self.live = None;
                let listeners = self.listeners.clone();
                let forget = || listeners.iter().for_each(|listener| listener.changed(Changed::Everything));
                forget();
                let live = self.rebuild()?;
                // What was read meanwhile may have been read before the database was another one.
                forget();
                self.live = Some(live);
                Ok(Found::More)
            }
            Batch::Changes { changes, last, ids, movies, genres, more } => {
                self.shared.note_last(last);
                self.apply(&changes, &ids, &movies, genres, more)
            }
        }
    }

    fn apply(
        &mut self,
        changes: &[Change],
        ids: &[MovieId],
        movies: &[Movie],
        genres: Option<Vec<Genre>>,
        more: bool,
    ) -> Result<Found, Failure> {
        let mut genres = genres;
        let behind = !changes.is_empty();
        if self.live.as_ref().is_some_and(|live| !live.shown) {
            self.publish(genres.take(), Some(behind))?;
        } else {
            self.shared.set_behind(behind);
        }
        let Some(live) = &mut self.live else { return Ok(Found::More) };
        if changes.is_empty() {
            if live.is_merged(&self.shared)? {
                self.publish(genres, None)?;
            }
            self.prepare();
            return Ok(Found::Nothing);
        }
        for listener in &self.listeners {
            tell(&**listener, changes);
            listener.recorded();
        }
        genres = live.put_in(&self.store, &self.shared, (changes, ids, movies))?.or(genres);
        if live.writer.pending() >= COMMIT || !more {
            // Names of genres are in no document: there may be nothing to commit.
            if live.writer.pending() > 0 {
                live.commit(&self.shared)?;
            }
            self.publish(genres, Some(more))?;
        } else if genres.is_some() {
            self.rename(genres);
        }
        Ok(if more { Found::More } else { Found::Nothing })
    }

    /// Makes an index that is on disk ready for use.
    pub(super) fn open(&self, generation: Generation, mark: Mark) -> Result<Live, Failure> {
        Live::open(generation, mark, self.options.writer_memory)
    }

    /// Shows what is committed, with these names of genres where they are new.
    fn publish(&mut self, genres: Option<Vec<Genre>>, behind: Option<bool>) -> Result<(), Failure> {
        let known = self.shared.latest();
        self.publish_with(genres, known.as_deref(), behind)
    }

    /// The same; what is known of segments from `known` is not read again.
    pub(super) fn publish_with(
        &mut self,
        genres: Option<Vec<Genre>>,
        known: Option<&Snapshot>,
        behind: Option<bool>,
    ) -> Result<(), Failure> {
        let Some(live) = &mut self.live else { return Ok(()) };
        live.reader.reload()?;
        live.shown = true;
        let old = self.shared.latest().map(|snapshot| Arc::clone(snapshot.genre_table())).unwrap_or_default();
        let table = genres.map_or_else(|| Arc::clone(&old), |genres| Arc::new(old.next(genres)));
        let snapshot = Snapshot::new(
            &live.reader.searcher(),
            &live.fields,
            &live.directory,
            table,
            known,
            Arc::clone(&self.memory),
            &mut self.segments,
        )?;
        self.shared.publish(snapshot, live.seen, behind);
        self.prepare();
        Ok(())
    }

    /// Prepares segments on a thread of its own: with millions of documents it takes seconds, in which they are read
    /// without.
    fn prepare(&mut self) {
        if self.preparing.as_ref().is_some_and(|thread| !thread.is_finished()) {
            return;
        }
        let (Some(snapshot), Some(live)) = (self.shared.latest(), &self.live) else { return };
        let segments = snapshot.views().map(|view| &view.segment).filter(|segment| !segment.is_prepared());
        let segments = segments.map(Arc::clone).collect::<Vec<_>>();
        if segments.is_empty() {
            return;
        }
        let (shared, directory) = (Arc::clone(&self.shared), live.directory.clone());
        let prepare = move || {
            for segment in segments {
                segment.prepare(&directory, || shared.is_stopping());
            }
            // Segments may have come while these were prepared. After the end, the directory may be another process's.
            let Some(snapshot) = shared.latest().filter(|_| !shared.is_stopping()) else { return };
            let is_used = |name: &str| snapshot.segment_ids().any(|id| id.uuid_string() == name);
            if let Err(error) = sidecar::tidy(&directory, is_used) {
                warn!(error = &error as &dyn std::error::Error, "files of old segments could not be removed");
            }
        };
        self.preparing = thread::Builder::new().name("index-sort".to_owned()).spawn(prepare).ok();
    }

    /// Shows new names of genres before what else has changed.
    fn rename(&self, genres: Option<Vec<Genre>>) {
        if let (Some(snapshot), Some(genres)) = (self.shared.latest(), genres) {
            let table = Arc::new(snapshot.genre_table().next(genres));
            self.shared.publish(snapshot.with_genres(table), self.shared.applied(), None);
        }
    }
}

impl Live {
    /// Makes an index that is on disk ready for use.
    pub(super) fn open(generation: Generation, mark: Mark, writer_memory: usize) -> Result<Self, Failure> {
        let Generation { index, directory } = generation;
        let fields = schema().1;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let searcher = reader.searcher();
        let mut max_id = MovieId(0);
        for segment in searcher.segment_readers() {
            let ids = segment.fast_fields().u64(index.schema().get_field_name(fields.id))?;
            max_id = max_id.max(MovieId(ids.max_value()));
        }
        let writer = Writer::open(&index, fields.clone(), max_id, writer_memory)?;
        let refreshed = Instant::now();
        Ok(Self { index, directory, reader, fields, writer, seen: mark, committed: mark, shown: false, refreshed })
    }

    /// Puts in what these changes touch: their ids, the movies of the first of them. Returns all genres where they were
    /// read on the way.
    pub(super) fn put_in(
        &mut self,
        store: &Arc<dyn Store>,
        shared: &Shared,
        (changes, ids, movies): (&[Change], &[MovieId], &[Movie]),
    ) -> Result<Option<Vec<Genre>>, Failure> {
        let Some(last) = changes.last() else { return Ok(None) };
        let (first, rest) = ids.split_at(ids.len().min(MOVIES));
        let mut genres = None;
        self.writer.apply(first, movies)?;
        for ids in rest.chunks(MOVIES) {
            if shared.is_stopping() {
                return Err(Failure::Stopped);
            }
            let read = |session: &mut dyn Session| Ok((session.movies(ids)?, session.genres()?));
            let (movies, all) = store.reading(read).map_err(Failure::of_store)?;
            self.writer.apply(ids, &movies)?;
            genres = Some(all);
            if self.writer.pending() >= COMMIT {
                // These changes are not all in yet: after a restart, they are all applied again.
                let begin = Instant::now();
                self.writer.commit(self.seen)?;
                shared.committed(begin.elapsed());
            }
        }
        self.seen = Mark { seq: last.seq, stamp: last.stamp };
        Ok(genres)
    }

    /// Writes to disk what is not there yet.
    pub(super) fn commit(&mut self, shared: &Shared) -> Result<(), Cause> {
        if self.seen != self.committed {
            let begin = Instant::now();
            self.writer.commit(self.seen)?;
            self.committed = self.seen;
            shared.committed(begin.elapsed());
        }
        Ok(())
    }

    /// Whether segments were merged since the last look.
    fn is_merged(&mut self, shared: &Shared) -> tantivy::Result<bool> {
        if self.refreshed.elapsed() < REFRESH {
            return Ok(false);
        }
        self.refreshed = Instant::now();
        let on_disk = self.index.searchable_segment_ids()?.into_iter().collect::<BTreeSet<_>>();
        Ok(shared.latest().is_none_or(|snapshot| snapshot.segment_ids().collect::<BTreeSet<_>>() != on_disk))
    }
}

/// Reads what comes after `seen`, and the current state of the movies that it touches. That may be newer than the
/// changes read: then the changes to come are applied to what they left already.
pub(super) fn read(
    session: &mut dyn Session,
    seen: Mark,
    has_known_genres: &dyn Fn(&Movie) -> bool,
    needs_genres: bool,
) -> domain::Result<Batch> {
    if seen.seq > 0 && session.change_stamp(seen.seq)? != Some(seen.stamp) {
        return Ok(Batch::Foreign);
    }
    // One more than are taken: what is put in is shown once nothing comes after it.
    let mut changes = session.changes_after(seen.seq, CHANGES + 1)?;
    let mut ids = BTreeSet::new();
    let mut genres_changed = false;
    let mut taken = 0;
    for change in &changes {
        // One record can stand for thousands of movies.
        if ids.len() >= COMMIT || taken == CHANGES as usize {
            break;
        }
        taken += 1;
        match &change.edit {
            Edit::Movie { id, .. } => ids.extend([*id]),
            Edit::NewMovies { first, count } => ids.extend((first.0..first.0.saturating_add(*count)).map(MovieId)),
            Edit::Genre { .. } => genres_changed = true,
        }
    }
    let more = taken < changes.len();
    changes.truncate(taken);
    let known = changes.last().map_or(seen.seq, |change| change.seq);
    let last = if more { session.last_change()?.map_or(known, |(last, _)| last) } else { known };
    let ids = ids.into_iter().collect::<Vec<_>>();
    let movies = session.movies(&ids[..ids.len().min(MOVIES)])?;
    let genres = if needs_genres || genres_changed || !movies.iter().all(has_known_genres) {
        Some(session.genres()?)
    } else {
        None
    };
    Ok(Batch::Changes { changes, last, ids, movies, genres, more })
}

/// Tells of changes to movies and genres that may be known. New ones are not.
fn tell(listener: &dyn ChangeListener, changes: &[Change]) {
    for change in changes {
        match &change.edit {
            Edit::Movie { id, .. } => listener.changed(Changed::Movie(*id)),
            Edit::Genre { id, before: Some(_), .. } => listener.changed(Changed::Genre(*id)),
            Edit::Genre { before: None, .. } | Edit::NewMovies { .. } => {}
        }
    }
}
