//! The database: sessions, and one repository for each kind of thing.

use crate::{
    change::{Change, ChangeFilter, LatestChanges, NewChange, Seq},
    error::Result,
    genre::{Genre, GenreId, GenreName},
    idempotency::{KeptAnswer, KeyedRequest},
    import::{ImportId, ImportRecord},
    movie::{Identity, ImdbId, Movie, MovieId},
    query::IdPage,
    time::Timestamp,
    user::{Token, TokenDigest, TokenId, User, UserId, Username},
};

/// What a session is given to do. It may be called again from the start where a transaction was rolled back by a
/// deadlock, so it keeps no state of an earlier call.
pub type Work<'a> = &'a mut dyn FnMut(&mut dyn Session) -> Result<()>;

/// The database. A session is one connection and one transaction.
///
/// Fails with [`Error::Unavailable`](crate::Error::Unavailable) where the database cannot be reached in time.
pub trait Store: Send + Sync {
    /// Runs `work` on one consistent state. It MUST NOT write.
    fn read(&self, work: Work) -> Result<()>;

    /// Runs `work` and commits, or, where it fails, leaves everything as it was. Writers take turns: `work` sees
    /// everything that committed before it, and nothing commits between its reads and its writes.
    fn write(&self, work: Work) -> Result<()>;
}

impl dyn Store {
    /// [`Store::read`] with a result.
    pub fn reading<T>(&self, mut work: impl FnMut(&mut dyn Session) -> Result<T>) -> Result<T> {
        let mut result = None;
        self.read(&mut |session| {
            result = Some(work(session)?);
            Ok(())
        })?;
        result.ok_or_else(|| crate::Error::Internal("the store did not run its work".into()))
    }

    /// [`Store::write`] with a result.
    pub fn writing<T>(&self, mut work: impl FnMut(&mut dyn Session) -> Result<T>) -> Result<T> {
        let mut result = None;
        self.write(&mut |session| {
            result = Some(work(session)?);
            Ok(())
        })?;
        result.ok_or_else(|| crate::Error::Internal("the store did not run its work".into()))
    }
}

/// Everything one transaction can do.
pub trait Session:
    Ids
    + MovieRepository
    + GenreRepository
    + UserRepository
    + TokenRepository
    + ChangeRepository
    + AnswerRepository
    + ImportRepository
{
}

impl<T> Session for T where
    T: Ids
        + MovieRepository
        + GenreRepository
        + UserRepository
        + TokenRepository
        + ChangeRepository
        + AnswerRepository
        + ImportRepository
{
}

/// Gives out ids. An id is never given twice, whatever happens to what it was given for.
pub trait Ids {
    /// The first of `count` movie ids without a gap.
    fn new_movie_ids(&mut self, count: u64) -> Result<MovieId>;
    /// A genre id.
    fn new_genre_id(&mut self) -> Result<GenreId>;
    /// A user id.
    fn new_user_id(&mut self) -> Result<UserId>;
    /// A token id.
    fn new_token_id(&mut self) -> Result<TokenId>;
}

/// Movies, each with its genres in order.
pub trait MovieRepository {
    /// The movie, or `None`.
    fn movie(&mut self, id: MovieId) -> Result<Option<Movie>>;

    /// Those of `ids` that exist, by ascending id. Any number of ids.
    fn movies(&mut self, ids: &[MovieId]) -> Result<Vec<Movie>>;

    /// The first `limit` movies with ids above `after`, by ascending id.
    fn movies_after(&mut self, after: MovieId, limit: u32) -> Result<Vec<Movie>>;

    /// How many there are. Looks at each.
    fn count_movies(&mut self) -> Result<u64>;

    /// The movies that have one of `ids`, by ascending id. Any number of ids.
    fn movies_by_imdb_id(&mut self, ids: &[&ImdbId]) -> Result<Vec<Movie>>;

    /// The movies whose identity is one of `identities`, by ascending id. Any number of identities.
    fn movies_identical_to(&mut self, identities: &[Identity]) -> Result<Vec<Movie>>;

    /// The movies whose identity has one of these names, by ascending id. Any number of names.
    fn movies_named(&mut self, names: &[&str]) -> Result<Vec<Movie>>;

    /// Those of [`movies_identical_to`](Self::movies_identical_to) that have no IMDb id.
    fn untitled_movies_identical_to(&mut self, identities: &[Identity]) -> Result<Vec<Movie>>;

    /// Those of [`movies_named`](Self::movies_named) that have no IMDb id.
    fn untitled_movies_named(&mut self, names: &[&str]) -> Result<Vec<Movie>>;

    /// Stores new movies, with genres that exist. An id or IMDb id that is there already is an internal error: the
    /// services look before they write, and nothing comes between.
    fn insert_movies(&mut self, movies: &[Movie]) -> Result<()>;

    /// Replaces everything of the movie with this id.
    fn update_movie(&mut self, movie: &Movie) -> Result<()>;

    /// Removes the movie, and with it its genres' links.
    fn delete_movie(&mut self, id: MovieId) -> Result<()>;
}

/// Genres.
pub trait GenreRepository {
    /// All, by ascending id.
    fn genres(&mut self) -> Result<Vec<Genre>>;

    /// The genre, or `None`.
    fn genre(&mut self, id: GenreId) -> Result<Option<Genre>>;

    /// Those that exist of `names`, case aside, by ascending id. Any number of names.
    fn genres_named(&mut self, names: &[GenreName]) -> Result<Vec<Genre>>;

    /// Stores new genres, whose names no genre has.
    fn insert_genres(&mut self, genres: &[Genre]) -> Result<()>;

    /// Replaces the name, which no other genre has.
    fn update_genre(&mut self, genre: &Genre) -> Result<()>;

    /// Removes a genre that no movie has.
    fn delete_genre(&mut self, id: GenreId) -> Result<()>;

    /// How many movies have the genre.
    fn count_movies_with(&mut self, id: GenreId) -> Result<u64>;

    /// The ids above `after` of the first `limit` movies that have the genre, ascending.
    fn movies_with(&mut self, id: GenreId, after: MovieId, limit: u32) -> Result<Vec<MovieId>>;
}

/// Users, with what is stored of their passwords.
pub trait UserRepository {
    /// The user of this name, case aside, and the password's hash; or `None`.
    fn user_named(&mut self, username: &Username) -> Result<Option<(User, String)>>;

    /// The user and the password's hash, or `None`.
    fn user(&mut self, id: UserId) -> Result<Option<(User, String)>>;

    /// Those whose names contain `part`, case aside, by ascending id, and one more than the page takes where there is
    /// one. Empty text is contained in every name.
    fn users(&mut self, part: &str, page: IdPage) -> Result<Vec<User>>;

    /// How many there are whose names contain `part`, case aside.
    fn count_users(&mut self, part: &str) -> Result<u64>;

    /// How many admins are not disabled.
    fn count_enabled_admins(&mut self) -> Result<u64>;

    /// Stores a new user, whose name nobody has.
    fn insert_user(&mut self, user: &User, password_hash: &str) -> Result<()>;

    /// Replaces role, disabled and the password's hash of the user with this id.
    fn update_user(&mut self, user: &User, password_hash: &str) -> Result<()>;

    /// Removes the user, and with it the user's tokens.
    fn delete_user(&mut self, id: UserId) -> Result<()>;

    /// Whether there is any user at all.
    fn has_users(&mut self) -> Result<bool>;
}

/// Tokens, by their digests.
pub trait TokenRepository {
    /// The token with this digest and its user, or `None`. Expired ones too.
    fn token(&mut self, digest: &TokenDigest) -> Result<Option<(Token, User)>>;

    /// The user's tokens that end after `now`, by ascending id, and one more than the page takes where there is one.
    fn tokens_of(&mut self, user: UserId, now: Timestamp, page: IdPage) -> Result<Vec<Token>>;

    /// How many tokens of the user end after `now`.
    fn count_tokens_of(&mut self, user: UserId, now: Timestamp) -> Result<u64>;

    /// How many of those have a name.
    fn count_named_tokens_of(&mut self, user: UserId, now: Timestamp) -> Result<u64>;

    /// Stores a new token.
    fn insert_token(&mut self, token: &Token) -> Result<()>;

    /// Removes a token. Nothing to remove is fine.
    fn delete_token(&mut self, id: TokenId) -> Result<()>;

    /// Removes the token if it is the user's, and says whether it was there.
    fn delete_token_of(&mut self, user: UserId, id: TokenId) -> Result<bool>;

    /// Removes a user's tokens.
    fn delete_tokens_of(&mut self, user: UserId) -> Result<()>;

    /// Removes a user's tokens but the one.
    fn delete_tokens_but(&mut self, user: UserId, kept: TokenId) -> Result<()>;

    /// Notes that tokens were used at `at`, unless a use later than `since` is noted already. Any number of ids; what
    /// is not there any more is passed over.
    fn note_uses(&mut self, ids: &[TokenId], at: Timestamp, since: Timestamp) -> Result<()>;

    /// Removes the tokens that ended before `now`.
    fn delete_expired_tokens(&mut self, now: Timestamp) -> Result<()>;
}

/// The feed of changes.
///
/// Numbers are given in the order of commits: a reader that has seen one has missed none below it.
pub trait ChangeRepository {
    /// Appends changes, in order, and returns the number of the last; `changes` is not empty.
    fn record(&mut self, changes: &[NewChange]) -> Result<Seq>;

    /// The first `limit` records with numbers above `after`, ascending.
    fn changes_after(&mut self, after: Seq, limit: u32) -> Result<Vec<Change>>;

    /// Number and stamp of the last record; `None` where there is none.
    fn last_change(&mut self) -> Result<Option<(Seq, i64)>>;

    /// The stamp of the record with exactly this number, or `None`.
    fn change_stamp(&mut self, seq: Seq) -> Result<Option<i64>>;

    /// The number after which every change is kept; 0 where none was ever removed.
    fn changes_kept_after(&mut self) -> Result<Seq>;

    /// The records of the movie alone with numbers below `below`, the latest first: `limit` of them after the first
    /// `skip`. A bulk load that added it is not among them.
    fn changes_of(&mut self, id: MovieId, below: Seq, skip: u32, limit: u32) -> Result<Vec<Change>>;

    /// The latest records with numbers below `below` that match the filter, at most `limit`. However
    /// few match, a bounded number is looked at. An actor's name is as it was recorded.
    fn latest_changes(&mut self, filter: &ChangeFilter, below: Seq, limit: u32) -> Result<LatestChanges>;

    /// Those of `ids` that have records with numbers above `after`, bulk loads aside, by ascending id. Any number of
    /// ids.
    fn movies_changed_after(&mut self, ids: &[MovieId], after: Seq) -> Result<Vec<MovieId>>;

    /// How many records [`changes_of`](Self::changes_of) has for the movie in all.
    fn count_changes_of(&mut self, id: MovieId) -> Result<u64>;

    /// The earliest record of each of these movies that has one, bulk loads aside, in any order. Any number of ids.
    fn first_changes_of(&mut self, ids: &[MovieId]) -> Result<Vec<Change>>;

    /// The record of the bulk load that added the movie, or `None`.
    fn bulk_load_of(&mut self, id: MovieId) -> Result<Option<Change>>;

    /// The earliest record above `after` of each of these genres that has one, in any order. Any number of ids.
    fn genre_changes_after(&mut self, ids: &[GenreId], after: Seq) -> Result<Vec<Change>>;

    /// Removes the oldest records, at most `limit`, and returns how many. One goes only if the one after it is older
    /// than `before`: the last record always stays, and so does each that was the last one until a moment ago.
    fn remove_changes(&mut self, before: Timestamp, limit: u32) -> Result<u64>;
}

/// What was answered to requests with idempotency keys. Another user's key, or one for another operation, is another key.
pub trait AnswerRepository {
    /// What was kept after `since` for the user, operation and key of this request, or `None`.
    fn kept_answer(&mut self, request: &KeyedRequest, since: Timestamp) -> Result<Option<KeptAnswer>>;

    /// Keeps an answer to this request, in place of any older one. Its outcome is not empty, and of any size.
    fn keep_answer(&mut self, request: &KeyedRequest, answer: &KeptAnswer) -> Result<()>;

    /// Removes the oldest `limit` of the answers that were kept at `until` or before.
    fn forget_answers(&mut self, until: Timestamp, limit: u32) -> Result<()>;
}

/// Records of imports.
pub trait ImportRepository {
    /// The latest `limit`, by descending id.
    fn latest_imports(&mut self, limit: u32) -> Result<Vec<ImportRecord>>;

    /// Stores a new record.
    fn insert_import(&mut self, record: &ImportRecord) -> Result<()>;

    /// Replaces everything of the record with this id. One that is not there any more stays away.
    fn update_import(&mut self, record: &ImportRecord) -> Result<()>;

    /// Removes the records up to this id.
    fn forget_imports(&mut self, until: ImportId) -> Result<()>;
}
