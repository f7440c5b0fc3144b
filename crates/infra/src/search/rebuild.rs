//! Building the index from the whole database.
//!
//! A build makes a generation of its own: it is created, filled, finished, brought up to date with what was committed
//! meanwhile, and only then switched to. At the start, where there is no index to use, the follower builds. A rebuild
//! that was asked for ([`request`](super::request)) has a thread of its own, while the follower goes on applying changes
//! to the index in use, and takes over what it built.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use domain::{
    change::Seq,
    movie::{Movie, MovieId},
    ports::Store,
};
use serde::{Deserialize, Serialize};
use tantivy::{IndexReader, ReloadPolicy};
use tracing::{info, warn};

use super::{
    OpenError, SearchOptions,
    follower::{Batch, Failure, Follower, Live, MOVIES, read},
    generation::{Generation, Generations, Mark},
    genres::GenreTable,
    request::{self, Request},
    schema::schema,
    segment::Segment,
    shared::Shared,
    snapshot::Snapshot,
    writer::Writer,
};

/// How often progress is logged.
const REPORT: Duration = Duration::from_secs(10);
/// Pages of movies that are read ahead.
const AHEAD: usize = 4;

/// How far a build is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// What is being done.
    pub step: Step,
    /// How many movies are in the new index.
    pub movies: u64,
    /// How many there were at the beginning.
    pub total: u64,
}

/// What a build does, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// It has not begun.
    Waiting,
    /// Movies are read and written.
    Filling,
    /// What is written becomes one segment.
    Finishing,
    /// What was committed meanwhile is applied.
    CatchingUp,
}

impl Progress {
    pub(super) const WAITING: Self = Self { step: Step::Waiting, movies: 0, total: 0 };
}

/// A new generation, in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rebuilt {
    /// How many movies are in it.
    pub movies: u64,
    /// Its name: the directory below `search.path`.
    pub generation: String,
    /// Whether a server did it, which goes on.
    pub by_server: bool,
}

/// Why the index was not rebuilt. The one that was in use still is.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// The directory cannot be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It did not come to its end.
    #[error("the index was not rebuilt: {0}")]
    Failed(String),
}

/// Builds a new generation of the index at `options.path` and makes it the one in use. Where a server has the directory,
/// it is asked to do so, and goes on serving; otherwise it is done here.
pub fn rebuild(
    options: &SearchOptions,
    store: &Arc<dyn Store>,
    tell: &mut dyn FnMut(Progress),
) -> Result<Rebuilt, RebuildError> {
    let mut generations = match Generations::lock(&options.path) {
        Ok(generations) => generations,
        Err(OpenError::Locked { path }) => return request::ask(&path, tell).map_err(RebuildError::Failed),
        Err(error) => return Err(error.into()),
    };
    generations.tidy();
    let built = create_and_build(&mut generations, options, store, tell);
    built.map_err(|failure| {
        generations.give_up();
        RebuildError::Failed(failure.reason())
    })
}

fn create_and_build(
    generations: &mut Generations,
    options: &SearchOptions,
    store: &Arc<dyn Store>,
    tell: &mut dyn FnMut(Progress),
) -> Result<Rebuilt, Failure> {
    let (name, generation) = generations.create()?;
    let build = Build {
        shared: Arc::new(Shared::new()),
        store: Arc::clone(store),
        writer_memory: options.writer_memory,
        poll_interval: options.poll_interval,
        abandoned: Arc::default(),
        is_patient: false,
        is_beside: false,
    };
    let (live, movies) = build.run(generation, tell)?;
    drop(live);
    generations.switch_to(&name)?;
    generations.tidy();
    Ok(Rebuilt { movies, generation: name, by_server: false })
}

/// A rebuild that was asked for and is under way.
pub(super) struct Building {
    request: Request,
    generation: String,
    abandoned: Arc<AtomicBool>,
    thread: JoinHandle<Result<Built, Failure>>,
}

/// What a rebuild made.
pub(super) struct Built {
    live: Live,
    movies: u64,
    /// Its segments, opened.
    snapshot: Snapshot,
}

impl Follower {
    /// Builds a new generation and makes it the one in use. The old one serves meanwhile, if it does, but is not kept
    /// current.
    pub(super) fn rebuild(&mut self) -> Result<Live, Failure> {
        self.generations.give_up();
        let started = Instant::now();
        let (name, generation) = self.generations.create()?;
        let (live, movies) = self.build(false).run(generation, &mut |_| {})?;
        self.generations.switch_to(&name)?;
        self.generations.tidy();
        info!(movies, seconds = started.elapsed().as_secs_f32(), "the index is built");
        Ok(live)
    }

    fn build(&self, is_beside: bool) -> Build {
        Build {
            shared: Arc::clone(&self.shared),
            store: Arc::clone(&self.store),
            writer_memory: self.options.writer_memory,
            poll_interval: self.options.poll_interval,
            abandoned: Arc::default(),
            is_patient: true,
            is_beside,
        }
    }

    /// Begins the rebuild that somebody asks for, or takes over what it made.
    pub(super) fn tend_rebuild(&mut self) -> Result<(), Failure> {
        self.generations.tidy_again();
        if let Some(building) = self.building.take_if(|building| building.thread.is_finished()) {
            return self.take_over(building);
        }
        if self.building.is_none()
            && let Some(request) = Request::take(self.generations.path())
        {
            info!("rebuilding the index, as asked for");
            match self.begin_rebuild(request.clone()) {
                Ok(building) => self.building = Some(building),
                Err(failure) => self.fail_rebuild(&request, &failure.reason()),
            }
        }
        Ok(())
    }

    fn begin_rebuild(&mut self, request: Request) -> Result<Building, Failure> {
        /// More segments than a build opens.
        const SEGMENTS: u64 = 1 << 20;
        let (name, generation) = self.generations.create()?;
        let (build, memory, mut numbers) = (self.build(true), Arc::clone(&self.memory), self.segments);
        self.segments += SEGMENTS;
        let (asked, abandoned) = (request.clone(), Arc::clone(&build.abandoned));
        let work = move || {
            let (live, movies) = build.run(generation, &mut |progress| request.tell(progress))?;
            // Opening large segments takes a while, during which the follower should follow.
            let (searcher, table) = (live.reader.searcher(), Arc::<GenreTable>::default());
            let snapshot = Snapshot::new(&searcher, &live.fields, &live.directory, table, None, memory, &mut numbers)?;
            Ok(Built { live, movies, snapshot })
        };
        let caught = || {
            let done = catch_unwind(AssertUnwindSafe(work));
            done.unwrap_or_else(|_| Err(Failure::Index("the build panicked; the log says where".into())))
        };
        let thread = thread::Builder::new().name("rebuild".to_owned()).spawn(caught)?;
        Ok(Building { request: asked, generation: name, abandoned, thread })
    }

    /// Makes what was built the index in use.
    fn take_over(&mut self, building: Building) -> Result<(), Failure> {
        let Building { request, generation, thread, .. } = building;
        let built = thread.join().unwrap_or_else(|_| Err(Failure::Index("the build panicked".into())));
        let switched = built.and_then(|mut built| {
            // As far as the old one, for neither may lists go back, nor may what listeners have not heard of be shown.
            let seen = self.live.as_ref().map(|live| live.seen);
            let Some(seen) = seen.filter(|seen| seen.seq >= built.live.seen.seq) else {
                return Err(Failure::Index("the index in use failed meanwhile".into()));
            };
            self.build(true).catch_up(&mut built.live, Some(seen.seq))?;
            if built.live.seen != seen {
                return Err(Failure::Index("the database was replaced meanwhile".into()));
            }
            self.generations.switch_to(&generation)?;
            Ok(built)
        });
        let Built { live, movies, snapshot } = match switched {
            Ok(built) => built,
            Err(failure) => {
                self.fail_rebuild(&request, &failure.reason());
                return Ok(());
            }
        };
        // It is in use from now on, also where it cannot be shown at once.
        request.finish(Rebuilt { movies, generation, by_server: true });
        info!(movies, "the index is rebuilt");
        self.live = Some(live);
        self.publish_with(None, Some(&snapshot), None)?;
        self.generations.tidy();
        Ok(())
    }

    /// Gives up the rebuild that is under way, if one is.
    pub(super) fn abandon_rebuild(&mut self, reason: &str) {
        if let Some(building) = self.building.take() {
            // Its thread may be in the middle of a long step. What it writes is in nobody's way.
            building.abandoned.store(true, Ordering::Relaxed);
            self.fail_rebuild(&building.request, reason);
        }
    }

    fn fail_rebuild(&mut self, request: &Request, reason: &str) {
        warn!(reason, "the index was not rebuilt; the one in use stays");
        self.generations.give_up();
        request.fail(reason);
    }
}

impl Failure {
    /// The reason in one line.
    fn reason(&self) -> String {
        let error: &dyn std::error::Error = match self {
            Self::Store(error) => error,
            Self::Index(error) => &**error,
            Self::Stopped => return "it was stopped".to_owned(),
        };
        let mut line = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            line = format!("{line}: {error}");
            cause = error.source();
        }
        line.replace('\n', " ")
    }
}

/// One build.
struct Build {
    shared: Arc<Shared>,
    store: Arc<dyn Store>,
    writer_memory: usize,
    poll_interval: Duration,
    /// Set where nobody wants it any more.
    abandoned: Arc<AtomicBool>,
    /// Whether a database that is away is waited for.
    is_patient: bool,
    /// Whether the follower goes on with the index in use, which this one must not be ahead of.
    is_beside: bool,
}

impl Build {
    /// Fills a new generation, and returns it with the number of its movies.
    fn run(&self, generation: Generation, tell: &mut dyn FnMut(Progress)) -> Result<(Live, u64), Failure> {
        // Changes that commit from here on may or may not be in what is read. All of them are applied afterwards.
        let (mark, total) = self.read(|session| {
            let last = session.last_change()?;
            let mark = last.map_or_else(Mark::default, |(seq, stamp)| Mark { seq, stamp });
            Ok((mark, session.count_movies()?))
        })?;
        let mut progress = Progress { step: Step::Filling, movies: 0, total };
        tell(progress);
        let index = &generation.index;
        let mut writer = Writer::fill(index, schema().1, self.writer_memory)?;
        progress.movies = thread::scope(|scope| {
            let (sender, receiver) = sync_channel(AHEAD);
            thread::Builder::new()
                .name("index-read".to_owned())
                .spawn_scoped(scope, move || self.read_all(&sender))
                .map_err(Failure::from)?;
            self.write_all(&receiver, &mut writer, progress, tell)
        })?;
        writer.commit(mark)?;
        info!(movies = progress.movies, "the index is written and made one segment");
        progress.step = Step::Finishing;
        tell(progress);
        writer.finish(index)?;
        self.go_on()?;
        let reader: IndexReader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        for reader in reader.searcher().segment_readers() {
            let segment = Segment::open(0, reader, &schema().1, &generation.directory, true)?;
            segment.prepare(&generation.directory, || self.go_on().is_err());
        }
        self.go_on()?;
        progress.step = Step::CatchingUp;
        tell(progress);
        let mut live = Live::open(generation, mark, self.writer_memory)?;
        self.catch_up(&mut live, self.is_beside.then(|| self.shared.applied().seq))?;
        Ok((live, progress.movies))
    }

    /// Applies what was committed since, up to this change or all that there is.
    fn catch_up(&self, live: &mut Live, until: Option<Seq>) -> Result<(), Failure> {
        loop {
            let seen = live.seen;
            let batch = self.read(|session| read(session, seen, &|_| true, false))?;
            let Batch::Changes { mut changes, ids, movies, more, .. } = batch else {
                return Err(Failure::Index("the database was replaced meanwhile".into()));
            };
            changes.retain(|change| until.is_none_or(|until| change.seq <= until));
            if changes.is_empty() {
                return Ok(());
            }
            live.put_in(&self.store, &self.shared, (&changes, &ids, &movies))?;
            live.commit(&self.shared)?;
            live.reader.reload()?;
            self.go_on()?;
            if !more {
                return Ok(());
            }
        }
    }

    /// Whether the work is still wanted.
    fn go_on(&self) -> Result<(), Failure> {
        let is_over = self.shared.is_stopping() || self.abandoned.load(Ordering::Relaxed);
        if is_over { Err(Failure::Stopped) } else { Ok(()) }
    }

    /// Reads from the database, waiting for it where it is away.
    fn read<T>(
        &self,
        mut work: impl FnMut(&mut dyn domain::ports::Session) -> domain::Result<T>,
    ) -> Result<T, Failure> {
        loop {
            self.go_on()?;
            match self.store.reading(&mut work).map_err(Failure::of_store) {
                Err(Failure::Store(error)) if self.is_patient => {
                    if self.shared.set_database(false) {
                        warn!(error = &error as &dyn std::error::Error, "the index cannot be built on");
                    }
                    self.shared.pause(self.poll_interval);
                }
                Err(failure) => return Err(failure),
                Ok(found) => {
                    if self.shared.set_database(true) {
                        info!("the index follows the database again");
                    }
                    return Ok(found);
                }
            }
        }
    }

    /// Sends all movies, page by page, until there are no more or nobody listens.
    fn read_all(&self, pages: &SyncSender<Result<Vec<Movie>, Failure>>) {
        let mut after = MovieId(0);
        loop {
            let page = self.read(|session| session.movies_after(after, MOVIES as u32));
            match page.as_ref().map(|movies| movies.last()) {
                Ok(Some(last)) => after = last.id,
                Ok(None) => return,
                Err(_) => {
                    // If nobody listens, the build has failed already.
                    let _ = pages.send(page);
                    return;
                }
            }
            if pages.send(page).is_err() {
                return;
            }
        }
    }

    /// Writes all movies that come, and counts them.
    fn write_all(
        &self,
        pages: &Receiver<Result<Vec<Movie>, Failure>>,
        writer: &mut Writer,
        mut progress: Progress,
        tell: &mut dyn FnMut(Progress),
    ) -> Result<u64, Failure> {
        let (started, mut reported) = (Instant::now(), Instant::now());
        for page in pages {
            let page = page?;
            let ids = page.iter().map(|movie| movie.id).collect::<Vec<_>>();
            writer.apply(&ids, &page)?;
            progress.movies += page.len() as u64;
            tell(progress);
            if reported.elapsed() >= REPORT {
                reported = Instant::now();
                let rate = progress.movies as f64 / started.elapsed().as_secs_f64();
                let Progress { movies, total, .. } = progress;
                info!(movies, total, per_second = rate as u64, "building the index");
            }
        }
        self.go_on()?;
        Ok(progress.movies)
    }
}
