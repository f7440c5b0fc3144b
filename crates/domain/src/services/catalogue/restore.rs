//! A removed movie, or an earlier state, is brought back.

use std::collections::HashMap;

use super::{Catalogue, Duplicates, next_version, refuse_taken};
use crate::{
    change::{Edit, NewChange, Seq},
    error::{Error, Result},
    genre::{Genre, GenreId},
    movie::{Movie, MovieDraft, MovieId},
    ports::{Changed, Session},
    services::{genre_names::GenresByName, history::state_of},
    time::Timestamp,
    user::Admin,
};

impl Catalogue {
    /// Brings a removed movie back under its id, as it last was. A movie that is there stays as it is. Returns
    /// the number of the change, too, if it is one.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there never was such a movie or its removal is not kept any more,
    /// [`Error::ImdbIdTaken`].
    pub fn restore(&self, admin: &Admin, id: MovieId) -> Result<(Movie, Option<Seq>)> {
        self.write_movie(id, |session, now| {
            if let Some(movie) = session.movie(id)? {
                return Ok((movie, None));
            }
            let last = last_state(session, id)?;
            // It stood beside its duplicates before.
            add_again(session, admin, now, &last, &last, Duplicates::Allow)
        })
    }

    /// Makes a movie what it was as `version`, as a new version, provided `is_current` says that its state, or that in
    /// which it was removed, is the one that the caller means. A removed movie comes back under its id. What changes
    /// nothing makes no new version. Returns the number of the change, too, if it is one.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the version is unknown or not kept any more, [`Error::Stale`],
    /// [`Error::DuplicateMovie`], [`Error::ImdbIdTaken`].
    pub fn restore_version(
        &self,
        admin: &Admin,
        id: MovieId,
        version: u32,
        duplicates: Duplicates,
        is_current: &dyn Fn(&Movie) -> bool,
    ) -> Result<(Movie, Option<Seq>)> {
        // A version never changes: it is searched for while others can write.
        let state = self.store.reading(|session| state_of(session, id, version))?.ok_or(Error::NotFound("version"))?;
        self.write_movie(id, |session, now| {
            let stands = session.movie(id)?;
            let before = match &stands {
                Some(movie) => movie.clone(),
                None => last_state(session, id)?,
            };
            if !is_current(&before) {
                return Err(Error::Stale { current: before.version });
            }
            if stands.is_none() {
                return add_again(session, admin, now, &state, &before, duplicates);
            }
            if before.details != state.details {
                refuse_taken(session, &state.details, Some(&before), duplicates)?;
            }
            let genres = GenresAgain::of(session, admin, now, [&state])?.for_state(&state);
            let after = Movie { genres, details: state.details.clone(), ..before.clone() };
            if after == before {
                return Ok((before, None));
            }
            let after = next_version(after, now);
            session.update_movie(&after)?;
            let seq = session.record(&[NewChange::by(admin, now, Edit::movie_updated(&before, &after))])?;
            Ok((after, Some(seq)))
        })
    }

    /// Brings a removed movie back under its id as `draft` makes it of the state in which it was removed, provided
    /// `is_current` says that this is the state that the caller means. It is one change. Returns its number, too.
    ///
    /// # Errors
    /// [`Error::Stale`], also where the movie is there again; [`Error::NotFound`] where there never was such a movie or
    /// its removal is not kept any more; [`Error::DuplicateMovie`], [`Error::ImdbIdTaken`], and those of `draft`.
    pub fn restore_edited(
        &self,
        admin: &Admin,
        id: MovieId,
        duplicates: Duplicates,
        is_current: &dyn Fn(&Movie) -> bool,
        draft: &dyn Fn(&Movie) -> Result<MovieDraft>,
    ) -> Result<(Movie, Option<Seq>)> {
        self.write_movie(id, |session, now| {
            if let Some(movie) = session.movie(id)? {
                return Err(Error::Stale { current: movie.version });
            }
            let last = last_state(session, id)?;
            if !is_current(&last) {
                return Err(Error::Stale { current: last.version });
            }
            let draft = draft(&last)?;
            // It stood beside its duplicates before, as one that is edited does.
            refuse_taken(session, &draft.details, Some(&last), duplicates)?;
            let genres = GenresByName::find_or_create(session, admin, now, draft.genres.as_slice())?.of(&draft.genres);
            insert_again(session, admin, now, Movie { details: draft.details, genres, ..last })
        })
    }

    /// Runs `work` in a transaction, and tells of the change that it returns the number of.
    fn write_movie(
        &self,
        id: MovieId,
        mut work: impl FnMut(&mut dyn Session, Timestamp) -> Result<(Movie, Option<Seq>)>,
    ) -> Result<(Movie, Option<Seq>)> {
        let now = self.clock.now();
        let (movie, seq) = self.store.writing(|session| work(session, now))?;
        if let Some(seq) = seq {
            self.committed(Changed::Movie(id), seq);
        }
        Ok((movie, seq))
    }
}

/// Adds a movie that was removed in the state `last`, now as `state` says.
fn add_again(
    session: &mut dyn Session,
    admin: &Admin,
    now: Timestamp,
    state: &Movie,
    last: &Movie,
    duplicates: Duplicates,
) -> Result<(Movie, Option<Seq>)> {
    refuse_taken(session, &state.details, None, duplicates)?;
    let genres = GenresAgain::of(session, admin, now, [state])?.for_state(state);
    insert_again(session, admin, now, Movie { details: state.details.clone(), genres, ..last.clone() })
}

/// Adds a movie that was removed, in the version after that.
fn insert_again(
    session: &mut dyn Session,
    admin: &Admin,
    now: Timestamp,
    movie: Movie,
) -> Result<(Movie, Option<Seq>)> {
    let movie = next_version(movie, now);
    session.insert_movies(std::slice::from_ref(&movie))?;
    let seq = session.record(&[NewChange::by(admin, now, Edit::movie_created(&movie))])?;
    Ok((movie, Some(seq)))
}

/// The state in which a movie was removed.
fn last_state(session: &mut dyn Session, id: MovieId) -> Result<Movie> {
    let last = session.changes_of(id, Seq::MAX, 0, 1)?.pop();
    match last.map(|change| change.edit) {
        Some(Edit::Movie { before: Some(before), after: None, .. }) => Ok(*before),
        _ => Err(Error::NotFound("movie")),
    }
}

/// The genres of earlier states as they are now: whatever their names are, or, where one is gone, the genre that has
/// its name now, or a new one.
pub(super) struct GenresAgain(HashMap<GenreId, Genre>);

impl GenresAgain {
    pub(super) fn of<'a>(
        session: &mut dyn Session,
        admin: &Admin,
        now: Timestamp,
        states: impl IntoIterator<Item = &'a Movie>,
    ) -> Result<Self> {
        let mut again = HashMap::new();
        let mut gone: Vec<&Genre> = Vec::new();
        for genre in states.into_iter().flat_map(|state| &state.genres) {
            if again.contains_key(&genre.id) || gone.iter().any(|other| other.id == genre.id) {
                continue;
            }
            match session.genre(genre.id)? {
                Some(kept) => drop(again.insert(genre.id, kept)),
                None => gone.push(genre),
            }
        }
        let names = gone.iter().map(|genre| &genre.name);
        let by_name = GenresByName::find_or_create(session, admin, now, names)?;
        again.extend(gone.iter().filter_map(|genre| Some((genre.id, by_name.get(&genre.name)?.clone()))));
        Ok(Self(again))
    }

    /// The genres of one of these states. Two of them may be one by now.
    pub(super) fn for_state(&self, state: &Movie) -> Vec<Genre> {
        let mut found: Vec<Genre> = Vec::with_capacity(state.genres.len());
        for genre in state.genres.iter().filter_map(|genre| self.0.get(&genre.id)) {
            if !found.iter().any(|other| other.id == genre.id) {
                found.push(genre.clone());
            }
        }
        found
    }
}
