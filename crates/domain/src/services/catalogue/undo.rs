//! Undoing what an admin did through the pages, be it to one movie or to many.

use std::{
    collections::{BTreeMap, HashMap, HashSet, btree_map::Entry},
    ops::RangeInclusive,
};

use super::{Catalogue, next_version, restore::GenresAgain};
use crate::{
    change::{Change, Edit, NewChange, Seq, Via},
    error::{Error, Result},
    movie::{ImdbId, Movie, MovieDetails, MovieId},
    ports::{Changed, Session},
    services::batch::record,
    time::Timestamp,
    user::Admin,
};

/// What undoing did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// How many movies it changed.
    pub movies: u64,
    /// The numbers of its own changes, which can be undone in their turn; `None` where nothing was left to be done.
    pub changes: Option<RangeInclusive<Seq>>,
}

/// A movie before and after the changes that are undone.
struct Touched {
    /// `None` where they created it.
    before: Option<Movie>,
    /// As they left or removed it.
    last: Movie,
}

impl Catalogue {
    /// Puts every movie that the changes numbered `first` to `last` are about back to the state before them, all or
    /// none: removed ones come back under their ids, edited ones are what they were, new ones go. Genres are what they
    /// are now; one that is gone is found by its name, or made anew.
    ///
    /// # Errors
    /// [`Error::NotFound`] where these are not 1 to 1,000 changes of movies, all made by this admin through the pages
    /// and still kept; [`Error::ChangedSince`] where some of the movies were changed again; [`Error::ImdbIdTaken`].
    pub fn undo(&self, admin: &Admin, first: Seq, last: Seq) -> Result<Undone> {
        // What was recorded never changes: it is read while others can write.
        let touched = self.store.reading(|session| touched(session, admin, first, last))?;
        let now = self.clock.now();
        let (movies, changes) = self.store.writing(|session| {
            let undoing = put_back(session, admin, now, &touched, last)?;
            Ok((undoing.len() as u64, record(session, &undoing)?))
        })?;
        touched.keys().for_each(|id| self.tell(Changed::Movie(*id)));
        if let Some(changes) = &changes {
            self.wait_for_index(*changes.end());
        }
        Ok(Undone { movies, changes })
    }
}

/// The movies that these changes are about.
fn touched(session: &mut dyn Session, admin: &Admin, first: Seq, last: Seq) -> Result<BTreeMap<MovieId, Touched>> {
    let unknown = || Error::NotFound("change");
    let others = last
        .checked_sub(first)
        .and_then(|others| u32::try_from(others).ok())
        .filter(|others| (*others as usize) < Catalogue::MOST_AT_ONCE);
    let (Some(others), Some(before)) = (others, first.checked_sub(1)) else { return Err(unknown()) };
    let changes = session.changes_after(before, others + 1)?;
    // So many records with numbers up to this one are all of them.
    if changes.len() as u64 != u64::from(others) + 1 || changes.last().is_none_or(|change| change.seq != last) {
        return Err(unknown());
    }
    let mut touched: BTreeMap<MovieId, Touched> = BTreeMap::new();
    for Change { actor, via, edit, .. } in changes {
        let is_own = via == Via::Page && actor.is_some() && actor.as_ref() == admin.actor();
        let Edit::Movie { id, before, after } = edit else { return Err(unknown()) };
        if !is_own {
            return Err(unknown());
        }
        let last = *after.or_else(|| before.clone()).ok_or_else(unknown)?;
        match touched.entry(id) {
            Entry::Occupied(mut movie) => movie.get_mut().last = last,
            Entry::Vacant(place) => {
                place.insert(Touched { before: before.map(|before| *before), last });
            }
        }
    }
    Ok(touched)
}

/// Writes the states before the changes up to `last`, and returns what that changes.
fn put_back(
    session: &mut dyn Session,
    admin: &Admin,
    now: Timestamp,
    touched: &BTreeMap<MovieId, Touched>,
    last: Seq,
) -> Result<Vec<NewChange>> {
    let ids: Vec<MovieId> = touched.keys().copied().collect();
    let changed = session.movies_changed_after(&ids, last)?;
    if !changed.is_empty() {
        return Err(Error::ChangedSince { movies: changed.len() as u64 });
    }
    let wanted: Vec<&ImdbId> = befores(touched).filter_map(|movie| movie.details.imdb_id.as_ref()).collect();
    let owners = session.movies_by_imdb_id(&wanted)?;
    // Those of the movies themselves were different before, or are the same.
    if let Some(owner) = owners.iter().find(|owner| !touched.contains_key(&owner.id)) {
        return Err(Error::ImdbIdTaken { existing: owner.id });
    }
    let genres = GenresAgain::of(session, admin, now, befores(touched))?;
    let mut current: HashMap<MovieId, Movie> =
        session.movies(&ids)?.into_iter().map(|movie| (movie.id, movie)).collect();

    let mut removed = Vec::new();
    let mut added = Vec::new();
    let mut edited = Vec::new();
    for (id, Touched { before, last }) in touched {
        let put_onto = |state: &Movie, before: &Movie| Movie {
            details: before.details.clone(),
            genres: genres.for_state(before),
            ..state.clone()
        };
        match (before, current.remove(id)) {
            (None, None) => {}
            (None, Some(movie)) => removed.push(movie),
            (Some(before), None) => added.push(next_version(put_onto(last, before), now)),
            (Some(before), Some(movie)) => {
                let after = put_onto(&movie, before);
                if after != movie {
                    edited.push((movie, next_version(after, now)));
                }
            }
        }
    }
    // IMDb ids may go from one of the movies to another: first all are let go, so that never two have the same.
    for movie in &removed {
        session.delete_movie(movie.id)?;
    }
    let wanted: HashSet<&ImdbId> = wanted.into_iter().collect();
    for (movie, after) in &edited {
        let imdb_id = movie.details.imdb_id.as_ref();
        if imdb_id != after.details.imdb_id.as_ref() && imdb_id.is_some_and(|imdb_id| wanted.contains(imdb_id)) {
            let details = MovieDetails { imdb_id: None, ..movie.details.clone() };
            session.update_movie(&Movie { details, ..movie.clone() })?;
        }
    }
    for (_, after) in &edited {
        session.update_movie(after)?;
    }
    session.insert_movies(&added)?;
    let edits = removed.iter().map(Edit::movie_deleted);
    let edits = edits.chain(edited.iter().map(|(movie, after)| Edit::movie_updated(movie, after)));
    let edits = edits.chain(added.iter().map(Edit::movie_created));
    Ok(edits.map(|edit| NewChange::by(admin, now, edit)).collect())
}

fn befores(touched: &BTreeMap<MovieId, Touched>) -> impl Iterator<Item = &Movie> {
    touched.values().filter_map(|movie| movie.before.as_ref())
}
