//! Movies and genres: reading, finding, changing.

mod restore;

use std::{sync::Arc, time::Duration};

use super::genre_names::GenresByName;
use crate::{
    change::{Edit, NewChange, Seq},
    error::{Error, Result},
    genre::{Genre, GenreId, GenreName},
    movie::{Movie, MovieDetails, MovieDraft, MovieId},
    ports::{ChangeListener, Changed, Clock, GenreCount, MovieSearch, SearchHealth, Session, Store},
    query::{GenreQuery, GenreSort, MoviePage, MovieQuery},
    text,
    time::Timestamp,
    user::Admin,
};

/// How long a write waits for the index, so that the next list on this node shows it.
const INDEX_WAIT: Duration = Duration::from_secs(2);

/// How many movies a detached genre is taken from at a time: bounds memory, not the transaction.
const DETACH_CHUNK: u32 = 500;

/// Whether a movie may be written that is a duplicate of another by name, director and year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duplicates {
    /// It is refused with [`Error::DuplicateMovie`].
    Refuse,
    /// The caller knows.
    Allow,
}

/// The movie catalogue.
pub struct Catalogue {
    store: Arc<dyn Store>,
    search: Arc<dyn MovieSearch>,
    clock: Arc<dyn Clock>,
    listeners: Vec<Arc<dyn ChangeListener>>,
}

impl Catalogue {
    /// A catalogue over a store and the index that follows it. The listeners hear of every change made here.
    pub fn new(
        store: Arc<dyn Store>,
        search: Arc<dyn MovieSearch>,
        clock: Arc<dyn Clock>,
        listeners: Vec<Arc<dyn ChangeListener>>,
    ) -> Self {
        Self { store, search, clock, listeners }
    }

    /// The movie, from the database; while that is away, as the index has it.
    pub fn movie(&self, id: MovieId) -> Result<Arc<Movie>> {
        let stored = if self.search.health().database {
            self.store.reading(|session| session.movie(id)).map(|movie| movie.map(Arc::new))
        } else {
            // Known to be away: nobody has to wait for it to fail again.
            self.search.movie(id)
        };
        match stored {
            Err(Error::Unavailable { .. }) => self.search.movie(id),
            stored => stored,
        }?
        .ok_or(Error::NotFound("movie"))
    }

    /// A part of a list of movies, from the index.
    pub fn find(&self, query: &MovieQuery) -> Result<MoviePage> {
        self.search.find(query)
    }

    /// A list of genres, whole: there are few.
    pub fn genres(&self, query: &GenreQuery) -> Result<Vec<GenreCount>> {
        let mut genres = self.search.genres()?;
        if let Some(q) = &query.q {
            let part = text::folded(q.trim());
            genres.retain(|g| text::folded(g.genre.name.as_str()).contains(&part));
        }
        genres.sort_by_cached_key(|g| {
            let most_first = match query.sort {
                GenreSort::Name => 0,
                GenreSort::MostMovies => u64::MAX - g.movies,
            };
            (most_first, text::folded(g.genre.name.as_str()), g.genre.id)
        });
        Ok(genres)
    }

    /// One genre.
    pub fn genre(&self, id: GenreId) -> Result<GenreCount> {
        let genres = self.search.genres()?;
        genres.into_iter().find(|g| g.genre.id == id).ok_or(Error::NotFound("genre"))
    }

    /// Whether nothing was ever written, as in a new database.
    pub fn is_untouched(&self) -> Result<bool> {
        Ok(self.store.reading(|session| session.last_change())?.is_none())
    }

    /// Waits, at most `timeout`, until lists show everything that is written by now. Returns whether they do.
    pub fn catch_up(&self, timeout: Duration) -> Result<bool> {
        let last = self.store.reading(|session| session.last_change())?;
        Ok(last.is_none_or(|(seq, _)| self.search.wait_for(seq, timeout)))
    }

    /// How the read model and the database are.
    pub fn health(&self) -> SearchHealth {
        self.search.health()
    }

    /// Adds a movie.
    ///
    /// # Errors
    /// [`Error::DuplicateMovie`], [`Error::ImdbIdTaken`].
    pub fn create(&self, admin: &Admin, draft: &MovieDraft, duplicates: Duplicates) -> Result<Movie> {
        let now = self.clock.now();
        let (movie, seq) = self.store.writing(|session| {
            refuse_taken(session, &draft.details, None, duplicates)?;
            let genres = GenresByName::find_or_create(session, admin, now, draft.genres.as_slice())?;
            let movie = Movie {
                id: session.new_movie_ids(1)?,
                version: 1,
                created_at: now,
                updated_at: now,
                details: draft.details.clone(),
                genres: genres.of(&draft.genres),
            };
            session.insert_movies(std::slice::from_ref(&movie))?;
            let seq = session.record(&[NewChange::by(admin, now, Edit::movie_created(&movie))])?;
            Ok((movie, seq))
        })?;
        self.committed(Changed::Movie(movie.id), seq);
        Ok(movie)
    }

    /// Changes a movie to what `draft` makes of its current state, provided `is_current` says that this is the state
    /// that the caller means. What changes nothing makes no new version.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Stale`], [`Error::DuplicateMovie`], [`Error::ImdbIdTaken`], and those of `draft`.
    pub fn edit(
        &self,
        admin: &Admin,
        id: MovieId,
        duplicates: Duplicates,
        is_current: &dyn Fn(&Movie) -> bool,
        draft: &dyn Fn(&Movie) -> Result<MovieDraft>,
    ) -> Result<Movie> {
        let now = self.clock.now();
        let (movie, seq) = self.store.writing(|session| {
            let before = current(session, id, is_current)?;
            let draft = draft(&before)?;
            if before.details != draft.details {
                refuse_taken(session, &draft.details, Some(&before), duplicates)?;
            }
            let genres = GenresByName::find_or_create(session, admin, now, draft.genres.as_slice())?;
            let after = Movie { genres: genres.of(&draft.genres), details: draft.details, ..before.clone() };
            if after == before {
                return Ok((before, None));
            }
            let after = next_version(after, now);
            session.update_movie(&after)?;
            let seq = session.record(&[NewChange::by(admin, now, Edit::movie_updated(&before, &after))])?;
            Ok((after, Some(seq)))
        })?;
        if let Some(seq) = seq {
            self.committed(Changed::Movie(id), seq);
        }
        Ok(movie)
    }

    /// Removes a movie, provided `is_current` says that its state is the one that the caller means.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Stale`].
    pub fn delete(&self, admin: &Admin, id: MovieId, is_current: &dyn Fn(&Movie) -> bool) -> Result<()> {
        let now = self.clock.now();
        let seq = self.store.writing(|session| {
            let movie = current(session, id, is_current)?;
            session.delete_movie(id)?;
            session.record(&[NewChange::by(admin, now, Edit::movie_deleted(&movie))])
        })?;
        self.committed(Changed::Movie(id), seq);
        Ok(())
    }

    /// Adds a genre.
    ///
    /// # Errors
    /// [`Error::GenreNameTaken`].
    pub fn create_genre(&self, admin: &Admin, name: &GenreName) -> Result<Genre> {
        let now = self.clock.now();
        let (genre, seq) = self.store.writing(|session| {
            refuse_taken_genre(session, name, None)?;
            let genre = Genre { id: session.new_genre_id()?, name: name.clone() };
            session.insert_genres(std::slice::from_ref(&genre))?;
            let edit = Edit::genre(genre.id, None, Some(&genre));
            Ok((genre, session.record(&[NewChange::by(admin, now, edit)])?))
        })?;
        // No movie has it yet, so no copy of one is out of date.
        self.wait_for_index(seq);
        Ok(genre)
    }

    /// Renames a genre, in every movie that has it.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::GenreNameTaken`].
    pub fn rename_genre(&self, admin: &Admin, id: GenreId, name: &GenreName) -> Result<GenreCount> {
        let now = self.clock.now();
        let (genre, seq) = self.store.writing(|session| {
            let before = session.genre(id)?.ok_or(Error::NotFound("genre"))?;
            refuse_taken_genre(session, name, Some(id))?;
            let movies = session.count_movies_with(id)?;
            let after = Genre { id, name: name.clone() };
            if after == before {
                return Ok((GenreCount { genre: before, movies }, None));
            }
            session.update_genre(&after)?;
            let edit = Edit::genre(id, Some(&before), Some(&after));
            let seq = session.record(&[NewChange::by(admin, now, edit)])?;
            Ok((GenreCount { genre: after, movies }, Some(seq)))
        })?;
        if let Some(seq) = seq {
            self.committed(Changed::Genre(id), seq);
        }
        Ok(genre)
    }

    /// Removes a genre; with `detach` from the movies that have it, too.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::GenreInUse`] without `detach`.
    pub fn delete_genre(&self, admin: &Admin, id: GenreId, detach: bool) -> Result<()> {
        let now = self.clock.now();
        let seq = self.store.writing(|session| {
            let genre = session.genre(id)?.ok_or(Error::NotFound("genre"))?;
            let movies = session.count_movies_with(id)?;
            if movies > 0 && !detach {
                return Err(Error::GenreInUse { movies });
            }
            detach_genre(session, admin, now, id)?;
            session.delete_genre(id)?;
            let edit = Edit::genre(id, Some(&genre), None);
            session.record(&[NewChange::by(admin, now, edit)])
        })?;
        self.committed(Changed::Genre(id), seq);
        Ok(())
    }

    fn committed(&self, what: Changed, seq: Seq) {
        for listener in &self.listeners {
            listener.changed(what);
        }
        self.wait_for_index(seq);
    }

    fn wait_for_index(&self, seq: Seq) {
        if !self.search.wait_for(seq, INDEX_WAIT) {
            tracing::warn!(seq, "a write was answered before the index showed it");
        }
    }
}

fn current(session: &mut dyn Session, id: MovieId, is_current: &dyn Fn(&Movie) -> bool) -> Result<Movie> {
    let movie = session.movie(id)?.ok_or(Error::NotFound("movie"))?;
    if is_current(&movie) { Ok(movie) } else { Err(Error::Stale { current: movie.version }) }
}

pub(super) fn next_version(movie: Movie, now: Timestamp) -> Movie {
    // A clock that was set back does not make a movie older than it was.
    Movie { version: movie.version + 1, updated_at: now.max(movie.updated_at), ..movie }
}

/// Refuses details that another movie stands in the way of. For a movie that exists (`before`), only what changes is
/// looked at: two duplicates that were allowed can each be edited.
fn refuse_taken(
    session: &mut dyn Session,
    details: &MovieDetails,
    before: Option<&Movie>,
    duplicates: Duplicates,
) -> Result<()> {
    let own_id = before.map(|movie| movie.id);
    if let Some(imdb_id) = &details.imdb_id
        && let Some(other) = session.movies_by_imdb_id(&[imdb_id])?.first()
        && own_id != Some(other.id)
    {
        return Err(Error::ImdbIdTaken { existing: other.id });
    }
    let identity = details.identity();
    if duplicates == Duplicates::Allow || before.is_some_and(|movie| movie.details.identity() == identity) {
        return Ok(());
    }
    match session.movies_identical_to(&[identity])?.iter().find(|other| own_id != Some(other.id)) {
        Some(other) => Err(Error::DuplicateMovie { existing: other.id }),
        None => Ok(()),
    }
}

fn refuse_taken_genre(session: &mut dyn Session, name: &GenreName, own_id: Option<GenreId>) -> Result<()> {
    match session.genres_named(std::slice::from_ref(name))?.first() {
        Some(other) if own_id != Some(other.id) => Err(Error::GenreNameTaken { existing: other.id }),
        _ => Ok(()),
    }
}

fn detach_genre(session: &mut dyn Session, admin: &Admin, now: Timestamp, id: GenreId) -> Result<()> {
    let mut last = MovieId(0);
    loop {
        let ids = session.movies_with(id, last, DETACH_CHUNK)?;
        let Some(&end) = ids.last() else { return Ok(()) };
        let mut changes = Vec::with_capacity(ids.len());
        for before in session.movies(&ids)? {
            let mut after = next_version(before.clone(), now);
            after.genres.retain(|genre| genre.id != id);
            session.update_movie(&after)?;
            changes.push(NewChange::by(admin, now, Edit::movie_updated(&before, &after)));
        }
        session.record(&changes)?;
        last = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{movie::MoviePatch, ports::Session};

    /// A database that is away.
    struct Away;

    fn away<T>() -> Result<T> {
        Err(Error::Unavailable { what: "the database", cause: None })
    }

    impl Store for Away {
        fn read(&self, _: &mut dyn FnMut(&mut dyn Session) -> Result<()>) -> Result<()> {
            away()
        }

        fn write(&self, _: &mut dyn FnMut(&mut dyn Session) -> Result<()>) -> Result<()> {
            away()
        }
    }

    /// An index of one movie, which may not have noticed yet that the database is away.
    struct OneMovie {
        movie: Arc<Movie>,
        database: bool,
    }

    impl MovieSearch for OneMovie {
        fn find(&self, _: &MovieQuery) -> Result<MoviePage> {
            away()
        }

        fn movie(&self, id: MovieId) -> Result<Option<Arc<Movie>>> {
            Ok((id == self.movie.id).then(|| Arc::clone(&self.movie)))
        }

        fn genres(&self) -> Result<Vec<GenreCount>> {
            Ok(Vec::new())
        }

        fn wait_for(&self, _: Seq, _: Duration) -> bool {
            false
        }

        fn health(&self) -> SearchHealth {
            SearchHealth { ready: true, current: true, database: self.database, applied: 1, stamp: 1 }
        }
    }

    struct Epoch;

    impl Clock for Epoch {
        fn now(&self) -> Timestamp {
            Timestamp::from_unix(0)
        }
    }

    #[test]
    fn while_the_database_is_away_the_index_answers() {
        let name = crate::movie::Field::Value("Here".to_owned());
        let details = MoviePatch { name, ..MoviePatch::default() }.onto(None).unwrap().details;
        let at = Timestamp::from_unix(0);
        let movie =
            Arc::new(Movie { id: MovieId(7), version: 1, created_at: at, updated_at: at, details, genres: Vec::new() });
        for database in [true, false] {
            let search = OneMovie { movie: Arc::clone(&movie), database };
            let catalogue = Catalogue::new(Arc::new(Away), Arc::new(search), Arc::new(Epoch), Vec::new());
            assert_eq!(catalogue.movie(MovieId(7)).unwrap(), movie);
            assert!(matches!(catalogue.movie(MovieId(8)), Err(Error::NotFound("movie"))));
        }
    }
}
