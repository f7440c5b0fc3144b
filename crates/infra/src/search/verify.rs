//! Whether the index is what the database makes it.
//!
//! The index is read as it is at one moment, beside the process that has it. The movies of the database come by
//! ascending id, page by page; each page is of one state of the database, later than that of the index, and comes with
//! the feed of changes up to that state. A movie that changed in between is put off, and compared at the end with a
//! later state of the index. So nothing that is committed meanwhile is taken for a difference, and no transaction is
//! longer than a page.

use std::{
    path::Path,
    sync::{
        Arc,
        mpsc::{SyncSender, sync_channel},
    },
    thread,
    time::Duration,
};

use domain::{
    Error, Result,
    change::{Edit, Seq},
    error::Cause,
    movie::{Movie, MovieId},
    ports::{Session, Store},
};
use roaring::RoaringTreemap;
use tantivy::{IndexReader, ReloadPolicy};

pub use super::compare::{Difference, FieldDifference};
use super::{
    beside::{has_changes_of_movies, look_until},
    compare::{Comparison, Ids},
    generation::{self, Generation, Mark, is_locked},
    schema::schema,
    segment,
};

/// The movies read from the database at once.
const MOVIES: usize = 2_000;
/// The records read from the feed at once.
const CHANGES: u32 = 1_000;
/// Pages of movies that are read ahead.
const AHEAD: usize = 4;
/// How often movies that change all the time are tried again.
const ROUNDS: usize = 3;

/// What an index was found to be.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Verification {
    /// What is wrong with the index as a whole.
    pub faults: Vec<String>,
    /// How many movies the database has.
    pub movies: u64,
    /// How many of them the index lacks.
    pub missing: u64,
    /// How many the index has beside them.
    pub extra: u64,
    /// How many are in both, but differ.
    pub different: u64,
    /// How many of those are not told one by one, at least, because there are so many.
    pub untold: bool,
    /// How many movies were changed since the index was last written, while no server applies changes.
    pub to_apply: u64,
    /// How many changed again whenever they were looked at.
    pub changing: u64,
}

impl Verification {
    /// Whether the index is what it should be.
    pub fn is_equal(&self) -> bool {
        self.faults.is_empty() && self.missing + self.extra + self.different == 0 && !self.untold
    }

    fn note(&mut self, difference: &Difference) {
        *match difference {
            Difference::Missing(_) => &mut self.missing,
            Difference::Extra(_) => &mut self.extra,
            Difference::Repeated(_) | Difference::Stored(..) | Difference::Indexed(..) => &mut self.different,
        } += 1;
    }
}

/// How far a verification is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verifying {
    /// What is being done.
    pub step: VerifyStep,
    /// How much of it is done.
    pub done: u64,
    /// How much there is.
    pub total: u64,
}

/// What a verification does, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerifyStep {
    /// The files of the index are compared with their checksums, and what is made of segments with these.
    Files,
    /// Movies are compared.
    Movies,
    /// Terms are compared, field by field.
    Terms,
    /// Movies that changed meanwhile are compared.
    Changed,
}

/// Compares the index at `path` with the database. Each difference is given to `each` as it is found. The process that
/// has the index may take `patience` to apply what is committed.
///
/// # Errors
/// Where the comparison could not be made. What is wrong with the index is no error.
pub fn verify(
    path: &Path,
    store: &Arc<dyn Store>,
    patience: Duration,
    tell: &mut dyn FnMut(Verifying),
    each: &mut dyn FnMut(&Difference),
) -> Result<Verification> {
    let mut found = Verification::default();
    let state = match State::open(path, store, patience)? {
        Ok(state) => state,
        Err(reason) => {
            // Which file that is.
            let damages = generation::open_beside(path).map_or_else(|_| Vec::new(), |(found, _)| damages(&found));
            found.faults = if damages.is_empty() { vec![reason] } else { damages };
            return Ok(found);
        }
    };
    tell(Verifying { step: VerifyStep::Files, done: 0, total: 2 });
    found.faults = damages(&state.generation);
    if !found.faults.is_empty() {
        // All else would be read from these files.
        return Ok(found);
    }
    tell(Verifying { step: VerifyStep::Files, done: 1, total: 2 });
    found.faults.extend(state.wrong_sidecars()?);
    let (since, total) = store.reading(|session| {
        let total = session.count_movies()?;
        Ok((state.last_known(session)?, total))
    })?;
    let since = since.unwrap_or_else(|(since, fault)| {
        found.faults.push(fault);
        since
    });
    let mut told = |difference: Difference, found: &mut Verification| {
        found.note(&difference);
        each(&difference);
    };

    let mut comparison = state.comparison()?;
    let mut changed = RoaringTreemap::new();
    let walked = thread::scope(|scope| {
        let (sender, receiver) = sync_channel(AHEAD);
        thread::Builder::new()
            .name("verify-read".to_owned())
            .spawn_scoped(scope, move || read_all(store, since, &sender))
            .map_err(|error| Error::Internal(error.into()))?;
        let indexes = comparison.id_indexes();
        let mut ids = Ids::new(&indexes).map_err(Error::Internal)?;
        for page in receiver {
            let page = page?;
            changed |= &page.changed;
            let is_changed = |id: MovieId| changed.contains(id.0);
            let mut movies = page.movies.iter().peekable();
            let last = page.movies.last().map(|movie| movie.id);
            loop {
                let in_index = ids.first().filter(|id| last.is_none_or(|last| *id <= last));
                let id = match (in_index, movies.peek().map(|movie| movie.id)) {
                    (None, None) => break,
                    (Some(id), None) | (None, Some(id)) => id,
                    (Some(a), Some(b)) => a.min(b),
                };
                let movie = movies.next_if(|movie| movie.id == id);
                let mut places = Vec::new();
                for (number, info) in ids.take(id) {
                    places.extend(comparison.alive(number, &info).map_err(internal)?);
                }
                comparison.reach(&places);
                if !is_changed(id)
                    && let Some(difference) = comparison.compare(id, movie, &places).map_err(Error::Internal)?
                {
                    told(difference, &mut found);
                }
            }
            found.movies += page.movies.len() as u64;
            tell(Verifying { step: VerifyStep::Movies, done: found.movies, total: total.max(found.movies) });
        }
        Ok::<_, Error>(())
    });
    walked?;
    if comparison.unreached() > 0 {
        found.faults.push(format!("{} documents have no id to be found by", comparison.unreached()));
    }
    compare_terms(&comparison, &mut found, tell, &mut told)?;
    drop((comparison, state));
    compare_changed((path, store, patience), changed, &mut found, tell, &mut told)?;
    Ok(found)
}

type Told<'a> = &'a mut dyn FnMut(Difference, &mut Verification);

fn compare_terms(
    comparison: &Comparison,
    found: &mut Verification,
    tell: &mut dyn FnMut(Verifying),
    told: Told,
) -> Result<()> {
    let step = VerifyStep::Terms;
    let complete = comparison
        .compare_terms(&mut |done, total| tell(Verifying { step, done, total }), &mut |difference| {
            told(difference, found)
        })
        .map_err(Error::Internal)?;
    found.untold |= !complete;
    Ok(())
}

/// Compares what was put off, with states of the index that hold it.
fn compare_changed(
    (path, store, patience): (&Path, &Arc<dyn Store>, Duration),
    mut changed: RoaringTreemap,
    found: &mut Verification,
    tell: &mut dyn FnMut(Verifying),
    told: Told,
) -> Result<()> {
    for _ in 0..ROUNDS {
        if changed.is_empty() {
            return Ok(());
        }
        if !is_locked(path) {
            found.to_apply = changed.len();
            return Ok(());
        }
        let state = match State::open(path, store, patience)? {
            Ok(state) => state,
            Err(reason) => {
                found.faults.push(reason);
                return Ok(());
            }
        };
        if state.is_behind {
            let changed = changed.len();
            found.faults.push(format!("the server does not apply changes; movies not shown as they are: {changed}"));
            return Ok(());
        }
        let since = store.reading(|session| state.last_known(session))?;
        let Ok(mut seq) = since else {
            found.faults.push("the database was replaced meanwhile".to_owned());
            return Ok(());
        };
        let mut comparison = state.comparison()?;
        let mut again = RoaringTreemap::new();
        let ids = changed.iter().map(MovieId).collect::<Vec<_>>();
        for (done, ids) in (0..).step_by(MOVIES).zip(ids.chunks(MOVIES)) {
            tell(Verifying { step: VerifyStep::Changed, done, total: changed.len() });
            let (movies, more) = store.reading(|session| {
                let mut more = RoaringTreemap::new();
                let last = read_changes(session, seq, &mut more)?;
                Ok((session.movies(ids)?, (more, last)))
            })?;
            again |= more.0;
            seq = more.1;
            let mut movies = movies.iter().peekable();
            for id in ids {
                let movie = movies.next_if(|movie| movie.id == *id);
                if again.contains(id.0) {
                    continue;
                }
                let places = comparison.places(*id).map_err(internal)?;
                if let Some(difference) = comparison.compare(*id, movie, &places).map_err(Error::Internal)? {
                    told(difference, found);
                }
            }
        }
        compare_terms(&comparison, found, tell, told)?;
        changed &= again;
    }
    found.changing = changed.len();
    Ok(())
}

/// A state of the index.
struct State {
    generation: Generation,
    reader: IndexReader,
    mark: Mark,
    /// Whether a process that should have applied more has not done so in time.
    is_behind: bool,
}

impl State {
    /// The index as it is once it shows what is committed by now, or, where nobody brings it to that in time, as it is.
    fn open(path: &Path, store: &Arc<dyn Store>, patience: Duration) -> Result<Result<Self, String>> {
        let last = store.reading(|session| session.last_change())?.map_or(0, |(seq, _)| seq);
        look_until(patience, || {
            let mut state = Self::look(path);
            let is_served = is_locked(path);
            let is_done = match &mut state {
                Ok(state) => {
                    let seq = state.mark.seq;
                    let lacks = |session: &mut dyn Session| has_changes_of_movies(session, seq, last);
                    state.is_behind = is_served && store.reading(lacks)?;
                    !state.is_behind
                }
                Err(_) => !is_served,
            };
            Ok((is_done, state))
        })
    }

    fn look(path: &Path) -> Result<Self, String> {
        // The mark may be older than what is read afterwards, which does no harm.
        let (generation, mark) = generation::open_beside(path)?;
        let directory = &generation.directory;
        let reader = generation::caught(directory, || {
            let reader = generation.index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into();
            reader.map_err(|error| generation::broken(directory, &error))
        })?;
        Ok(Self { generation, reader, mark, is_behind: false })
    }

    /// The last change that it holds; or, where that is not in the feed, the last of the feed, and what is wrong.
    fn last_known(&self, session: &mut dyn Session) -> Result<Result<Seq, (Seq, String)>> {
        let Mark { seq, stamp } = self.mark;
        let last = session.last_change()?.map_or(0, |(seq, _)| seq);
        let known =
            if seq == 0 { session.changes_kept_after()? == 0 } else { session.change_stamp(seq)? == Some(stamp) };
        Ok(if known {
            Ok(seq)
        } else {
            Err((last, format!("its last change, {seq}, is not in the database's feed, which ends with {last}")))
        })
    }

    /// The files beside the segments that are not what these make them.
    fn wrong_sidecars(&self) -> Result<Vec<String>> {
        let (searcher, fields, mut wrong) = (self.reader.searcher(), schema().1, Vec::new());
        for reader in searcher.segment_readers() {
            wrong.extend(segment::wrong_sidecars(reader, &fields, &self.generation.directory).map_err(internal)?);
        }
        Ok(wrong.iter().map(|file| damage(file)).collect())
    }

    fn comparison(&self) -> Result<Comparison> {
        let searcher = self.reader.searcher();
        Comparison::new(searcher.segment_readers(), &self.generation.index.schema(), &schema().1).map_err(internal)
    }
}

/// The files that differ from their checksums, or have none.
fn damages(Generation { index, directory }: &Generation) -> Vec<String> {
    let segments = match index.searchable_segment_ids() {
        Ok(ids) => ids.iter().map(|id| id.uuid_string()).collect::<Vec<_>>(),
        Err(error) => return vec![generation::broken(directory, &error)],
    };
    let mut files = index.directory().list_managed_files().into_iter().collect::<Vec<_>>();
    files.sort();
    let is_used = |file: &Path| {
        let name = file.to_string_lossy();
        // What was written on the way to others may have been left unfinished.
        !name.ends_with(".temp") && segments.iter().any(|segment| name.starts_with(segment))
    };
    let is_whole = |file: &Path| matches!(index.directory().validate_checksum(file), Ok(true));
    let damaged = files.iter().filter(|file| is_used(file) && !is_whole(file)).map(|file| directory.join(file));
    // A server may have removed it just now.
    damaged.filter(|file| file.exists()).map(|file| damage(&file)).collect()
}

fn damage(file: &Path) -> String {
    format!("{} is damaged", file.display())
}

/// Movies of one state of the database.
struct Page {
    movies: Vec<Movie>,
    /// The movies that changed since the page before.
    changed: RoaringTreemap,
}

/// Sends all movies, page by page, and an empty page at the end, until nobody listens.
fn read_all(store: &Arc<dyn Store>, mut since: Seq, pages: &SyncSender<Result<Page>>) {
    let mut after = MovieId(0);
    loop {
        let page = store.reading(|session| {
            let mut changed = RoaringTreemap::new();
            let last = read_changes(session, since, &mut changed)?;
            Ok((Page { movies: session.movies_after(after, MOVIES as u32)?, changed }, last))
        });
        let last = page.as_ref().ok().and_then(|(page, seq)| Some((page.movies.last()?.id, *seq)));
        // If nobody listens, the comparison has failed already.
        let is_heard = pages.send(page.map(|(page, _)| page)).is_ok();
        match last.filter(|_| is_heard) {
            Some((id, seq)) => (after, since) = (id, seq),
            None => return,
        }
    }
}

/// Adds the movies that changed after `since`. Returns the number of the last change.
fn read_changes(session: &mut dyn Session, since: Seq, into: &mut RoaringTreemap) -> Result<Seq> {
    let mut last = since;
    loop {
        let changes = session.changes_after(last, CHANGES)?;
        for change in &changes {
            match &change.edit {
                Edit::Movie { id, .. } => drop(into.insert(id.0)),
                Edit::NewMovies { first, count } => drop(into.insert_range(first.0..first.0.saturating_add(*count))),
                Edit::Genre { .. } => {}
            }
        }
        match changes.last() {
            Some(change) => last = change.seq,
            None => return Ok(last),
        }
        if changes.len() < CHANGES as usize {
            return Ok(last);
        }
    }
}

fn internal(error: tantivy::TantivyError) -> Error {
    Error::Internal(Cause::from(error))
}
