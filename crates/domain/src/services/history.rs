//! What was done: the feed of all changes, and the history of one movie.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use crate::{
    change::{Actor, Change, ChangeFilter, Edit, LatestChanges, Seq},
    error::{Error, Result},
    genre::GenreId,
    movie::{Movie, MovieId},
    ports::{Clock, Session, Store},
    time::Timestamp,
};

/// How many records are read at once: each may hold two states of a movie.
const RECORDS: u32 = 100;

/// How many records are removed in one transaction, in which nobody else can write.
const REMOVED_AT_ONCE: u32 = 500;

/// Reads the recorded changes, and forgets those that are too old.
pub struct History {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

/// A part of the feed.
#[derive(Debug)]
pub struct FeedPage {
    /// One change for each movie or genre, ascending, without gaps. None is an [`Edit::NewMovies`].
    pub changes: Vec<Change>,
    /// The number of the last change of the whole feed; 0 where there is none.
    pub last: Seq,
}

/// Where a page of a movie's history begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryStart {
    /// After so many of the latest changes.
    Offset(u32),
    /// Below this number.
    Below(Seq),
}

/// A part of a movie's history.
#[derive(Debug)]
pub struct HistoryPage {
    /// The changes, the latest first. None is an [`Edit::NewMovies`].
    pub changes: Vec<Change>,
    /// How many changes of the movie are kept.
    pub total: u64,
    /// The number below which the next page begins; `None` on the last one.
    pub next: Option<Seq>,
}

impl History {
    /// The history kept in `store`.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    /// The first `limit` changes with numbers above `since`, in which a bulk load is one change for each of its movies.
    ///
    /// # Errors
    /// [`Error::ChangesGone`] where changes above `since` are not kept any more, or `since` is ahead of the feed.
    pub fn changes(&self, since: Seq, limit: usize) -> Result<FeedPage> {
        self.store.reading(|session| read_feed(session, since, limit))
    }

    /// The latest changes with numbers below `below` that match the filter, at most `limit`. A bulk load is one change.
    ///
    /// Where few match, this is a part with fewer changes than asked for, or none, and `next` says where to go on: a
    /// bounded number of changes is looked at each time.
    pub fn latest(&self, filter: &ChangeFilter, below: Option<Seq>, limit: u32) -> Result<LatestChanges> {
        self.store.reading(|session| read_latest(session, filter, below.unwrap_or(Seq::MAX), limit))
    }

    /// What was done to one movie, which may be gone. Its genres' new names are no changes of it.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such movie and nothing of its history.
    pub fn of_movie(&self, id: MovieId, start: HistoryStart, limit: u32) -> Result<HistoryPage> {
        self.store.reading(|session| read_history(session, id, start, limit))
    }

    /// The state that a movie had as `version`, if that is kept. The movie may be gone.
    pub fn state(&self, id: MovieId, version: u32) -> Result<Option<Movie>> {
        self.store.reading(|session| state_of(session, id, version))
    }

    /// Removes some of the changes that are older than `days`, and returns whether there may be more. The latest
    /// change, and what followers are about to read, stays.
    pub fn forget(&self, days: u32) -> Result<bool> {
        let before = self.clock.now().plus(-i64::from(days) * Timestamp::DAY);
        let removed = self.store.writing(|session| session.remove_changes(before, REMOVED_AT_ONCE))?;
        Ok(removed == u64::from(REMOVED_AT_ONCE))
    }
}

fn read_feed(session: &mut dyn Session, since: Seq, limit: usize) -> Result<FeedPage> {
    let oldest = session.changes_kept_after()?;
    let last = session.last_change()?.map_or(0, |(seq, _)| seq);
    if !(oldest..=last).contains(&since) {
        return Err(Error::ChangesGone { oldest, last });
    }
    let mut changes: Vec<Change> = Vec::new();
    let mut at = since;
    while at < last && changes.len() < limit {
        for record in session.changes_after(at, RECORDS)? {
            let room = limit - changes.len();
            if room == 0 {
                break;
            }
            match &record.edit {
                Edit::NewMovies { first, count } => {
                    // `at` may be a number in the middle.
                    let done = at.saturating_sub(record.seq - count);
                    let first = MovieId(first.0 + done);
                    changes.extend(one_by_one(session, &record, first, (count - done).min(room as u64))?);
                }
                Edit::Movie { .. } | Edit::Genre { .. } => changes.push(record),
            }
            at = changes.last().map_or(at, |change| change.seq);
        }
    }
    Ok(FeedPage { changes, last })
}

fn read_latest(session: &mut dyn Session, filter: &ChangeFilter, below: Seq, limit: u32) -> Result<LatestChanges> {
    let mut filter = filter.clone();
    if let Some(Actor::User(name)) = &mut filter.actor
        && let Some((user, _)) = session.user_named(name)?
    {
        // Changes have the name as the user wrote it at first. Those of a removed user are asked for in that form.
        *name = user.username;
    }
    session.latest_changes(&filter, below, limit)
}

/// The state that a movie had as `version`: its state now, or that before the change that ended it.
pub(super) fn state_of(session: &mut dyn Session, id: MovieId, version: u32) -> Result<Option<Movie>> {
    if let Some(movie) = session.movie(id)?.filter(|movie| movie.version == version) {
        return Ok(Some(movie));
    }
    let mut below = Seq::MAX;
    loop {
        let changes = session.changes_of(id, below, 0, RECORDS)?;
        let Some(last) = changes.last() else { return Ok(None) };
        below = last.seq;
        for change in changes {
            if let Edit::Movie { before: Some(before), .. } = change.edit
                && before.version <= version
            {
                return Ok(Some(*before).filter(|before| before.version == version));
            }
        }
    }
}

/// The changes of a bulk load that added the `count` movies from `first` on: each as if it had been added by itself.
fn one_by_one(session: &mut dyn Session, load: &Change, first: MovieId, count: u64) -> Result<Vec<Change>> {
    let Edit::NewMovies { first: first_of_all, count: all } = load.edit else { return Ok(Vec::new()) };
    let begin = load.seq - all + 1;
    let movies = as_added(session, load.seq, first, count)?;
    let changes = movies.into_iter().map(|movie| Change {
        seq: begin + (movie.id.0 - first_of_all.0),
        edit: Edit::Movie { id: movie.id, before: None, after: Some(Box::new(movie)) },
        ..load.clone()
    });
    Ok(changes.collect())
}

/// The movies from `first` on, as the bulk load number `seq` added them. A movie stands as it was added until its first
/// change; from then on, that change has the state. One transaction sees either the one or the other.
fn as_added(session: &mut dyn Session, seq: Seq, first: MovieId, count: u64) -> Result<Vec<Movie>> {
    let ids: Vec<MovieId> = (first.0..first.0.saturating_add(count)).map(MovieId).collect();
    let mut states: HashMap<MovieId, Movie> =
        session.movies(&ids)?.into_iter().map(|movie| (movie.id, movie)).collect();
    for change in session.first_changes_of(&ids)? {
        if let Edit::Movie { id, before: Some(before), .. } = change.edit {
            states.insert(id, *before);
        }
    }
    let lost = |id: &MovieId| Error::Internal(format!("movie {} is gone without a change that says so", id.0).into());
    let mut movies: Vec<Movie> =
        ids.iter().map(|id| states.remove(id).ok_or_else(|| lost(id))).collect::<Result<_>>()?;
    name_genres_as_of(session, seq, &mut movies)?;
    Ok(movies)
}

/// Gives the genres of `movies` the names that they had when change `seq` was made: a later renaming has its old name.
fn name_genres_as_of(session: &mut dyn Session, seq: Seq, movies: &mut [Movie]) -> Result<()> {
    let ids: BTreeSet<GenreId> = movies.iter().flat_map(|movie| &movie.genres).map(|genre| genre.id).collect();
    let ids: Vec<GenreId> = ids.into_iter().collect();
    for change in session.genre_changes_after(&ids, seq)? {
        if let Edit::Genre { before: Some(before), .. } = change.edit {
            let genres = movies.iter_mut().flat_map(|movie| &mut movie.genres);
            genres.filter(|genre| genre.id == before.id).for_each(|genre| *genre = before.clone());
        }
    }
    Ok(())
}

fn read_history(session: &mut dyn Session, id: MovieId, start: HistoryStart, limit: u32) -> Result<HistoryPage> {
    let load = session.bulk_load_of(id)?;
    let single = session.count_changes_of(id)?;
    let total = single + u64::from(load.is_some());
    if total == 0 && session.movie(id)?.is_none() {
        return Err(Error::NotFound("movie"));
    }
    let (below, skip) = match start {
        HistoryStart::Offset(skip) => (Seq::MAX, skip),
        HistoryStart::Below(below) => (below, 0),
    };
    let mut changes = session.changes_of(id, below, skip, limit.saturating_add(1))?;
    // A movie that was added by a bulk load has that as its first change.
    if let Some(load) = load
        && changes.len() <= limit as usize
        && u64::from(skip) <= single
    {
        let added = one_by_one(session, &load, id, 1)?;
        changes.extend(added.into_iter().filter(|change| change.seq < below));
    }
    let more = changes.len() > limit as usize;
    changes.truncate(limit as usize);
    let next = changes.last().filter(|_| more).map(|change| change.seq);
    Ok(HistoryPage { changes, total, next })
}
