//! Reading the index that another process has open.
//!
//! What that process has committed is on disk, and files that are opened stay readable whatever it removes. Nothing is
//! written here, and nothing is followed: the state that is found current is the one that is read.

use std::{
    path::Path,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use domain::{
    Error, Result,
    change::{Edit, Seq},
    ports::{Session, Store},
};
use tantivy::{IndexReader, ReloadPolicy};

use super::{
    SearchOptions,
    generation::{self, Generation, Mark},
    genres::GenreTable,
    schema::schema,
    snapshot::{Memory, Snapshot},
};

/// How often the index is looked at until it is current.
const PAUSE: Duration = Duration::from_millis(100);

/// The index at `path` as it is once it shows everything that is written, and the last change that it shows. Waits for
/// that at most `patience`.
pub(super) fn current_snapshot(path: &Path, store: &Arc<dyn Store>, patience: Duration) -> Result<(Snapshot, Mark)> {
    let found = look_until(patience, || look(path, store).map(|found| (found.is_ok(), found)))?;
    found.map_err(|reason| {
        let cause = format!(
            "the server that has search.path {} open does not show the last changes ({reason}); try again once its \
             /readyz says ready, or stop it",
            path.display()
        );
        Error::Unavailable { what: "search", cause: Some(cause.into()) }
    })
}

/// Looks until what is found is what was waited for, which `look` tells, too, and at most for `patience`. Returns what
/// was found last.
pub(super) fn look_until<T>(patience: Duration, mut look: impl FnMut() -> Result<(bool, T)>) -> Result<T> {
    let give_up = Instant::now() + patience;
    loop {
        let (is_it, found) = look()?;
        if is_it || Instant::now() >= give_up {
            return Ok(found);
        }
        thread::sleep(PAUSE);
    }
}

/// The state on disk, or why it is not current.
fn look(path: &Path, store: &Arc<dyn Store>) -> Result<Result<(Snapshot, Mark), String>> {
    // The other process may switch to another generation, or merge segments, at any moment: then the next look succeeds.
    let (Generation { index, directory }, mark) = match generation::open_beside(path) {
        Ok(found) => found,
        Err(reason) => return Ok(Err(reason)),
    };
    let reader: IndexReader = match index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into() {
        Ok(reader) => reader,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let genres = store.reading(|session| match is_current(session, mark)? {
        true => session.genres().map(Some),
        false => Ok(None),
    })?;
    let Some(genres) = genres else { return Ok(Err("it is behind the database".to_owned())) };
    let table = Arc::new(GenreTable::default().next(genres));
    // Nothing is read twice.
    let memory = Arc::new(Memory::new(0, SearchOptions::FACET_MATCHES));
    let snapshot = Snapshot::beside(&reader.searcher(), &schema().1, &directory, table, memory);
    Ok(snapshot.map(|snapshot| (snapshot, mark)).map_err(|error| error.to_string()))
}

/// Whether an index with this mark lacks no change of a movie.
fn is_current(session: &mut dyn Session, mark: Mark) -> Result<bool> {
    if mark.seq > 0 && session.change_stamp(mark.seq)? != Some(mark.stamp) {
        return Ok(false);
    }
    Ok(!has_changes_of_movies(session, mark.seq, Seq::MAX)?)
}

/// Whether the feed has a change of a movie after `seq`, up to `last`. Names of genres are in no index.
pub(super) fn has_changes_of_movies(session: &mut dyn Session, mut seq: Seq, last: Seq) -> Result<bool> {
    const CHANGES: u32 = 1_000;
    while seq < last {
        let changes = session.changes_after(seq, CHANGES)?;
        let is_of_movie = |edit: &Edit| !matches!(edit, Edit::Genre { .. });
        if changes.iter().any(|change| change.seq <= last && is_of_movie(&change.edit)) {
            return Ok(true);
        }
        match changes.last() {
            Some(change) if changes.len() == CHANGES as usize => seq = change.seq,
            _ => return Ok(false),
        }
    }
    Ok(false)
}
