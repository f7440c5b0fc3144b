//! Building the index from the whole database.

use std::{
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
    time::{Duration, Instant},
};

use domain::movie::{Movie, MovieId};
use tantivy::{IndexReader, ReloadPolicy};
use tracing::{info, warn};

use super::{
    follower::{Failure, Follower, Live, MOVIES},
    generation::Mark,
    schema::schema,
    segment::Segment,
    writer::Writer,
};

/// How often progress is logged.
const REPORT: Duration = Duration::from_secs(10);
/// Pages of movies that are read ahead.
const AHEAD: usize = 4;

impl Follower {
    /// Builds a new generation and makes it the one in use. The old one serves meanwhile, if it does.
    pub(super) fn rebuild(&self) -> Result<Live, Failure> {
        // Changes that commit from here on may or may not be in what is read. All of them are applied afterwards.
        let last = self.store.reading(|session| session.last_change()).map_err(Failure::of_store)?;
        let mark = last.map_or_else(Mark::default, |(seq, stamp)| Mark { seq, stamp });
        self.generations.tidy();
        let (name, generation) = self.generations.create()?;
        let index = &generation.index;
        let mut writer = Writer::open(index, schema().1, MovieId(0), self.options.writer_memory)?;
        let started = Instant::now();
        let movies = thread::scope(|scope| {
            let (sender, receiver) = sync_channel(AHEAD);
            thread::Builder::new()
                .name("index-read".to_owned())
                .spawn_scoped(scope, move || self.read_all(&sender))
                .map_err(Failure::from)?;
            self.write_all(&receiver, &mut writer, started)
        })?;
        writer.commit(mark)?;
        info!(movies, "the index is written and made one segment");
        writer.finish(index)?;
        info!(movies, "the index is being sorted");
        let reader: IndexReader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        for reader in reader.searcher().segment_readers() {
            let segment = Segment::open(0, reader, &schema().1, &generation.directory)?;
            segment.prepare(&generation.directory, || self.shared.is_stopping())?;
        }
        if self.shared.is_stopping() {
            return Err(Failure::Stopped);
        }
        self.generations.switch_to(&name)?;
        let live = self.open(generation, mark)?;
        self.generations.tidy();
        info!(movies, seconds = started.elapsed().as_secs_f32(), "the index is built");
        Ok(live)
    }

    /// Sends all movies, page by page, until there are no more or nobody listens.
    fn read_all(&self, pages: &SyncSender<Result<Vec<Movie>, Failure>>) {
        let mut after = MovieId(0);
        while !self.shared.is_stopping() {
            match self.store.reading(|session| session.movies_after(after, MOVIES as u32)) {
                Ok(movies) => {
                    if self.shared.set_database(true) {
                        info!("the index follows the database again");
                    }
                    match movies.last() {
                        Some(last) => after = last.id,
                        None => return,
                    }
                    if pages.send(Ok(movies)).is_err() {
                        return;
                    }
                }
                Err(error) if !matches!(error, domain::Error::Unavailable { .. }) => {
                    // If nobody listens, the build has failed already.
                    let _ = pages.send(Err(Failure::of_store(error)));
                    return;
                }
                Err(error) => {
                    if self.shared.set_database(false) {
                        warn!(error = &error as &dyn std::error::Error, "the index cannot be built on");
                    }
                    self.shared.pause(self.options.poll_interval);
                }
            }
        }
    }

    /// Writes all movies that come, and counts them.
    fn write_all(
        &self,
        pages: &Receiver<Result<Vec<Movie>, Failure>>,
        writer: &mut Writer,
        started: Instant,
    ) -> Result<u64, Failure> {
        let mut reported = Instant::now();
        let mut movies = 0;
        for page in pages {
            let page = page?;
            let ids = page.iter().map(|movie| movie.id).collect::<Vec<_>>();
            writer.apply(&ids, &page)?;
            movies += page.len() as u64;
            if reported.elapsed() >= REPORT {
                reported = Instant::now();
                let rate = movies as f64 / started.elapsed().as_secs_f64();
                info!(movies, per_second = rate as u64, "building the index");
            }
        }
        if self.shared.is_stopping() { Err(Failure::Stopped) } else { Ok(movies) }
    }
}
