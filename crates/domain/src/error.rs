//! Everything that can go wrong, in the catalogue's own words.

use std::time::Duration;

use crate::{change::Seq, genre::GenreId, movie::MovieId, violation::Violations};

/// The result of a use case or a port.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A cause from outside, kept for the log alone.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// A readable input breaks rules: all of them.
    #[error("{0}")]
    Invalid(Violations),
    /// A movie of the same name, director and year exists.
    #[error("movie {} has the same name, director and year", .existing.0)]
    DuplicateMovie {
        /// Which.
        existing: MovieId,
    },
    /// Another movie has this IMDb id.
    #[error("movie {} has this imdb_id", .existing.0)]
    ImdbIdTaken {
        /// Which.
        existing: MovieId,
    },
    /// Another genre has this name.
    #[error("genre {} has this name", .existing.0)]
    GenreNameTaken {
        /// Which.
        existing: GenreId,
    },
    /// The genre cannot go while movies have it.
    #[error("{movies} movies have this genre")]
    GenreInUse {
        /// How many.
        movies: u64,
    },
    /// Another user has this name.
    #[error("this username is taken")]
    UsernameTaken,
    /// The caller's state of the movie is not the current one.
    #[error("the movie was changed meanwhile; its version is {current}")]
    Stale {
        /// The current version.
        current: u32,
    },
    /// What was done cannot be undone: some of the movies are not what it made of them any more.
    #[error("{movies} of the movies were changed again since")]
    ChangedSince {
        /// How many of them.
        movies: u64,
    },
    /// The idempotency key was used for another request.
    #[error("the key was used for another request")]
    IdempotencyKeyReused,
    /// The feed of changes cannot be followed from this number: what came after it is not kept any more, or it is a
    /// number of another feed.
    #[error("the changes are kept after number {oldest}, and end with number {last}")]
    ChangesGone {
        /// The number after which all changes are kept.
        oldest: Seq,
        /// The number of the last change.
        last: Seq,
    },
    /// The cursor is damaged, or belongs to another filter or sort.
    #[error("the cursor does not belong to this query")]
    BadCursor,
    /// Username and password do not fit together.
    #[error("wrong username or password")]
    WrongCredentials,
    /// The token is unknown, expired or revoked, or its user disabled.
    #[error("the token is not valid")]
    BadToken,
    /// The operator has closed registration.
    #[error("registration is closed")]
    RegistrationClosed,
    /// Without this user there would be no enabled admin.
    #[error("the last enabled admin stays one")]
    LastAdmin,
    /// The user has as many tokens as a user may have.
    #[error("a user has at most {most} tokens beside logins")]
    TooManyTokens {
        /// How many a user may have.
        most: u64,
    },
    /// Too many failed logins, or too many registrations.
    #[error("too many attempts")]
    TooManyAttempts {
        /// How long to wait.
        retry_after: Duration,
    },
    /// What is needed is away, or not ready yet; trying again later can help.
    #[error("{what} is not available")]
    Unavailable {
        /// What is away: "the database" or "search".
        what: &'static str,
        /// Why, for the log.
        #[source]
        cause: Option<Cause>,
    },
    /// A defect, or damaged data.
    #[error("internal error")]
    Internal(#[source] Cause),
}

impl From<Violations> for Error {
    fn from(violations: Violations) -> Self {
        Self::Invalid(violations)
    }
}

impl From<crate::violation::Violation> for Error {
    fn from(violation: crate::violation::Violation) -> Self {
        Self::Invalid(Violations(vec![violation]))
    }
}
