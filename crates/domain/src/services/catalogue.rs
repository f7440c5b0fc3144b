//! Movies and genres: reading, finding, changing.

mod restore;
mod undo;

use std::{
    ops::ControlFlow,
    sync::Arc,
    time::{Duration, Instant},
};

pub use self::undo::Undone;
use super::{
    batch::{self, Done, Operation},
    genre_names::GenresByName,
    idempotency::{Answer, once},
};
use crate::{
    change::{Edit, NewChange, Seq},
    error::{Error, Result},
    genre::{Genre, GenreId, GenreName},
    idempotency::KeyedRequest,
    movie::{Movie, MovieDetails, MovieDraft, MovieId},
    ports::{ChangeListener, Changed, Clock, GenreCount, MovieSearch, SearchHealth, Session, Store, Watcher},
    query::{GenreQuery, GenreSort, ListedMovie, MoviePage, MovieQuery},
    suggestion::Suggestion,
    text,
    time::Timestamp,
    user::Admin,
    violation::{Violation, ViolationCode, Violations},
};

/// How long a write waits for the index, so that the next list on this node shows it.
pub const INDEX_WAIT: Duration = Duration::from_secs(2);

/// How many movies lose or change a genre at a time: bounds memory, not the transaction.
const GENRE_CHUNK: u32 = 500;

/// Whether a movie may be written that is a duplicate of another by name, director and year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duplicates {
    /// It is refused with [`Error::DuplicateMovie`].
    Refuse,
    /// The caller knows.
    Allow,
}

/// Where movies were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// In the database: as they are.
    Database,
    /// In the index, which may be behind.
    Index,
}

/// The movie catalogue.
pub struct Catalogue {
    store: Arc<dyn Store>,
    search: Arc<dyn MovieSearch>,
    clock: Arc<dyn Clock>,
    listeners: Vec<Arc<dyn ChangeListener>>,
    watcher: Option<Arc<dyn Watcher>>,
}

impl Catalogue {
    /// The most movies that are changed at once, or put back: every other write waits meanwhile.
    pub const MOST_AT_ONCE: usize = 1_000;

    /// A catalogue over a store and the index that follows it. The listeners hear of every change made here.
    pub fn new(
        store: Arc<dyn Store>,
        search: Arc<dyn MovieSearch>,
        clock: Arc<dyn Clock>,
        listeners: Vec<Arc<dyn ChangeListener>>,
    ) -> Self {
        Self { store, search, clock, listeners, watcher: None }
    }

    /// The same, watched.
    pub fn watched_by(self, watcher: Arc<dyn Watcher>) -> Self {
        Self { watcher: Some(watcher), ..self }
    }

    /// The movie, from the database; while that is away, as the index has it.
    pub fn movie(&self, id: MovieId) -> Result<Movie> {
        self.movies(&[id])?.0.pop().ok_or(Error::NotFound("movie"))
    }

    /// Those of `ids` that exist, in no order, from the database; while that is away, as the index has them.
    pub fn movies(&self, ids: &[MovieId]) -> Result<(Vec<Movie>, Source)> {
        let indexed = || {
            let movies = ids.iter().filter_map(|id| self.search.movie(*id).transpose());
            Ok((movies.collect::<Result<_>>()?, Source::Index))
        };
        if !self.search.health().database {
            // Known to be away: nobody has to wait for it to fail again.
            return indexed();
        }
        let stored = self.store.reading(|session| match ids {
            [id] => Ok(session.movie(*id)?.into_iter().collect()),
            ids => session.movies(ids),
        });
        match stored {
            Err(Error::Unavailable { .. }) => indexed(),
            stored => Ok((stored?, Source::Database)),
        }
    }

    /// A part of a list of movies, from the index.
    pub fn find(&self, query: &MovieQuery) -> Result<MoviePage> {
        let begin = Instant::now();
        let page = self.search.find(query)?;
        if let Some(watcher) = &self.watcher {
            watcher.searched(query.filter.has_words().then_some(page.reach), begin.elapsed());
        }
        Ok(page)
    }

    /// Gives every movie of a list to `each`, in order, until that breaks off: all of one state of the catalogue, from
    /// the index. The page and the count of `query` do not matter.
    pub fn walk(&self, query: &MovieQuery, each: &mut dyn FnMut(&Movie) -> ControlFlow<()>) -> Result<()> {
        self.search.walk(query, each)
    }

    /// What may be meant by a text that somebody types, the best first: at most `limit`, and nothing for no text.
    pub fn suggest(&self, text: &str, limit: usize) -> Result<Vec<Suggestion>> {
        match text.trim() {
            "" => Ok(Vec::new()),
            text => self.search.suggest(text, limit),
        }
    }

    /// The movies that are most alike this one, the most alike first: at most `limit`.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn similar(&self, id: MovieId, limit: usize) -> Result<Vec<Arc<ListedMovie>>> {
        self.search.similar(id, limit)?.ok_or(Error::NotFound("movie"))
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
        self.create_once(admin, draft, duplicates, None).outcome
    }

    /// [`Catalogue::create`], once for each idempotency key.
    ///
    /// # Errors
    /// Those of [`Catalogue::create`], and [`Error::IdempotencyKeyReused`].
    pub fn create_once(
        &self,
        admin: &Admin,
        draft: &MovieDraft,
        duplicates: Duplicates,
        request: Option<&KeyedRequest>,
    ) -> Answer<Movie> {
        let now = self.clock.now();
        let answer = once(&self.store, now, request, |session| {
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
            Ok((movie, Some(seq..=seq)))
        });
        self.answered(&answer, |movie| vec![Changed::Movie(movie.id)]);
        answer
    }

    /// Carries out many changes to movies, all or none, once for each idempotency key. Each sees what those before it
    /// did. What could not be read of a change comes as its violations, to be reported with those of the others.
    ///
    /// # Errors
    /// [`Error::Invalid`] with fields below `/operations/N`, [`Error::IdempotencyKeyReused`].
    pub fn batch(
        &self,
        admin: &Admin,
        operations: &[Result<Operation, Violations>],
        duplicates: Duplicates,
        request: Option<&KeyedRequest>,
    ) -> Answer<Vec<Done>> {
        let now = self.clock.now();
        let answer = once(&self.store, now, request, |session| batch::run(session, admin, now, operations, duplicates));
        self.answered(&answer, |done| done.iter().filter_map(Done::changed).collect());
        answer
    }

    /// Changes a movie to what `draft` makes of its current state, provided `is_current` says that this is the state
    /// that the caller means. What changes nothing makes no new version. Returns the number of the change, too, if it
    /// is one.
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
    ) -> Result<(Movie, Option<Seq>)> {
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
        Ok((movie, seq))
    }

    /// Removes a movie, provided `is_current` says that its state is the one that the caller means. Returns the number
    /// of the change.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Stale`].
    pub fn delete(&self, admin: &Admin, id: MovieId, is_current: &dyn Fn(&Movie) -> bool) -> Result<Seq> {
        let now = self.clock.now();
        let seq = self.store.writing(|session| {
            let movie = current(session, id, is_current)?;
            session.delete_movie(id)?;
            session.record(&[NewChange::by(admin, now, Edit::movie_deleted(&movie))])
        })?;
        self.committed(Changed::Movie(id), seq);
        Ok(seq)
    }

    /// Adds a genre.
    ///
    /// # Errors
    /// [`Error::GenreNameTaken`].
    pub fn create_genre(&self, admin: &Admin, name: &GenreName) -> Result<Genre> {
        self.create_genre_once(admin, name, None).outcome
    }

    /// [`Catalogue::create_genre`], once for each idempotency key.
    ///
    /// # Errors
    /// Those of [`Catalogue::create_genre`], and [`Error::IdempotencyKeyReused`].
    pub fn create_genre_once(&self, admin: &Admin, name: &GenreName, request: Option<&KeyedRequest>) -> Answer<Genre> {
        let now = self.clock.now();
        let answer = once(&self.store, now, request, |session| {
            refuse_taken_genre(session, name, None)?;
            let genre = Genre { id: session.new_genre_id()?, name: name.clone() };
            session.insert_genres(std::slice::from_ref(&genre))?;
            let edit = Edit::genre(genre.id, None, Some(&genre));
            let seq = session.record(&[NewChange::by(admin, now, edit)])?;
            Ok((genre, Some(seq..=seq)))
        });
        // No movie has it yet, so no copy of one is out of date.
        self.answered(&answer, |_| Vec::new());
        answer
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
            edit_genres(session, admin, now, id, &|genres| genres.retain(|genre| genre.id != id))?;
            session.delete_genre(id)?;
            let edit = Edit::genre(id, Some(&genre), None);
            session.record(&[NewChange::by(admin, now, edit)])
        })?;
        self.committed(Changed::Genre(id), seq);
        Ok(())
    }

    /// Gives the movies of a genre another one in its place, and removes it. A movie that has both keeps the place of
    /// the first.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Invalid`] for `/into`, where that is the same genre or none.
    pub fn merge_genre(&self, admin: &Admin, id: GenreId, into: GenreId) -> Result<GenreCount> {
        let now = self.clock.now();
        let (genre, seq) = self.store.writing(|session| {
            let merged = session.genre(id)?.ok_or(Error::NotFound("genre"))?;
            if into == id {
                return Err(Violation::new("/into", ViolationCode::NotAllowed, "this is the genre itself").into());
            }
            let Some(genre) = session.genre(into)? else {
                return Err(Violation::new("/into", ViolationCode::NotFound, "there is no such genre").into());
            };
            edit_genres(session, admin, now, id, &|genres| replace_genre(genres, id, &genre))?;
            session.delete_genre(id)?;
            let edit = Edit::genre(id, Some(&merged), None);
            let seq = session.record(&[NewChange::by(admin, now, edit)])?;
            Ok((GenreCount { movies: session.count_movies_with(into)?, genre }, seq))
        })?;
        self.committed(Changed::Genre(id), seq);
        Ok(genre)
    }

    /// [`Catalogue::committed`], for what may have been done by an earlier request: the index of this node may not show
    /// that yet.
    fn answered<T>(&self, answer: &Answer<T>, changed: impl FnOnce(&T) -> Vec<Changed>) {
        if !answer.is_replayed
            && let Ok(result) = &answer.outcome
        {
            for what in changed(result) {
                self.tell(what);
            }
        }
        if let Some(seq) = answer.seq {
            self.wait_for_index(seq);
        }
    }

    fn committed(&self, what: Changed, seq: Seq) {
        self.tell(what);
        self.wait_for_index(seq);
    }

    fn tell(&self, what: Changed) {
        for listener in &self.listeners {
            listener.changed(what);
        }
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
    if let Some(existing) = owner_of_imdb_id(session, details, before)? {
        return Err(Error::ImdbIdTaken { existing });
    }
    if duplicates == Duplicates::Refuse
        && let Some(existing) = duplicate_of(session, details, before)?
    {
        return Err(Error::DuplicateMovie { existing });
    }
    Ok(())
}

/// The other movie that has the IMDb id of these details.
pub(super) fn owner_of_imdb_id(
    session: &mut dyn Session,
    details: &MovieDetails,
    before: Option<&Movie>,
) -> Result<Option<MovieId>> {
    let Some(imdb_id) = &details.imdb_id else { return Ok(None) };
    let owners = session.movies_by_imdb_id(&[imdb_id])?;
    Ok(owners.iter().map(|movie| movie.id).find(|id| before.is_none_or(|own| own.id != *id)))
}

/// Another movie that these details would make this one a duplicate of.
pub(super) fn duplicate_of(
    session: &mut dyn Session,
    details: &MovieDetails,
    before: Option<&Movie>,
) -> Result<Option<MovieId>> {
    let identity = details.identity();
    if before.is_some_and(|movie| movie.details.identity() == identity) {
        return Ok(None);
    }
    let twins = session.movies_identical_to(&[identity])?;
    Ok(twins.iter().map(|movie| movie.id).find(|id| before.is_none_or(|own| own.id != *id)))
}

fn refuse_taken_genre(session: &mut dyn Session, name: &GenreName, own_id: Option<GenreId>) -> Result<()> {
    match session.genres_named(std::slice::from_ref(name))?.first() {
        Some(other) if own_id != Some(other.id) => Err(Error::GenreNameTaken { existing: other.id }),
        _ => Ok(()),
    }
}

/// Puts `genre` in the place of the one with the id `id`. None is there twice afterwards: its first place counts.
fn replace_genre(genres: &mut Vec<Genre>, id: GenreId, genre: &Genre) {
    let mut is_there = false;
    genres.retain_mut(|one| {
        if one.id == id {
            one.clone_from(genre);
        }
        one.id != genre.id || !std::mem::replace(&mut is_there, true)
    });
}

/// Changes the genres of every movie that has the one with the id `id`, so that none has it any more.
fn edit_genres(
    session: &mut dyn Session,
    admin: &Admin,
    now: Timestamp,
    id: GenreId,
    edit: &dyn Fn(&mut Vec<Genre>),
) -> Result<()> {
    let mut last = MovieId(0);
    loop {
        let ids = session.movies_with(id, last, GENRE_CHUNK)?;
        let Some(&end) = ids.last() else { return Ok(()) };
        let mut changes = Vec::with_capacity(ids.len());
        for before in session.movies(&ids)? {
            let mut after = next_version(before.clone(), now);
            edit(&mut after.genres);
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
        movie: Movie,
        database: bool,
    }

    impl MovieSearch for OneMovie {
        fn find(&self, _: &MovieQuery) -> Result<MoviePage> {
            away()
        }

        fn walk(&self, _: &MovieQuery, _: &mut dyn FnMut(&Movie) -> ControlFlow<()>) -> Result<()> {
            away()
        }

        fn movie(&self, id: MovieId) -> Result<Option<Movie>> {
            Ok((id == self.movie.id).then(|| self.movie.clone()))
        }

        fn suggest(&self, _: &str, _: usize) -> Result<Vec<Suggestion>> {
            away()
        }

        fn similar(&self, _: MovieId, _: usize) -> Result<Option<Vec<Arc<ListedMovie>>>> {
            away()
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
        let movie = Movie { id: MovieId(7), version: 1, created_at: at, updated_at: at, details, genres: Vec::new() };
        for database in [true, false] {
            let search = OneMovie { movie: movie.clone(), database };
            let catalogue = Catalogue::new(Arc::new(Away), Arc::new(search), Arc::new(Epoch), Vec::new());
            assert_eq!(catalogue.movie(MovieId(7)).unwrap(), movie);
            assert!(matches!(catalogue.movie(MovieId(8)), Err(Error::NotFound("movie"))));
        }
    }
}
