//! What goes wrong with a database, in the domain's words.
//!
//! Neither diesel nor the client libraries tell error numbers, so much is told by message. The messages are the
//! libraries' own constants, and MySQL is asked for English ones (see `dialect`).

use std::{fmt::Display, io, path::PathBuf};

use diesel::{
    r2d2,
    result::{DatabaseErrorKind, Error as QueryError},
};
use domain::{Error, error::Cause};

/// The database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no scheme before the first colon, or no colon.
    #[error("the database URL is neither sqlite:PATH nor mysql://user:password@host:port/name")]
    NoScheme,
    /// The URL names another database.
    #[error("databases of the kind \"{0}\" are not supported: use sqlite:PATH or mysql://user:password@host:port/name")]
    UnknownScheme(String),
    /// A database without a file would be another one for each connection.
    #[error("an SQLite database needs a file: sqlite:PATH")]
    InMemory,
    /// A MySQL URL that names a server and no database on it.
    #[error("the database URL ends with no database's name: mysql://user:password@host:port/name")]
    NoName,
    /// A MySQL URL, in a program built without it.
    #[error("this program was built without MySQL: build it with `--features mysql`")]
    WithoutMysql,
    /// The directory of an SQLite database cannot be made.
    #[error("cannot create the directory {}", .0.display())]
    Directory(PathBuf, #[source] io::Error),
    /// The file of an SQLite database cannot be made.
    #[error("cannot create the database {}", .0.display())]
    File(PathBuf, #[source] io::Error),
    /// There is no SQLite database where one is looked for.
    #[error("there is no database {}: a server makes it, or `marquee migrate`", .0.display())]
    NoDatabase(PathBuf),
    /// There was no connection in time.
    #[error("cannot connect to the database: {0}")]
    Connect(r2d2::PoolError),
}

/// The tables cannot be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// A later version of the program made changes that this one does not know.
    #[error("the database is newer than this program: it has the migration {0}, which this program does not know")]
    Newer(String),
    /// A restore was begun and has not ended.
    #[error("a backup was restored into the database in part: run `marquee restore FILE` again")]
    Unfinished,
    /// Another process has been migrating for too long.
    #[error("another process is migrating the database, and has not finished within {0} seconds")]
    Busy(u64),
    /// No connection, or a failed statement.
    #[error("cannot migrate the database: {0}")]
    Failed(Cause),
}

impl From<QueryError> for MigrateError {
    fn from(error: QueryError) -> Self {
        Self::Failed(error.into())
    }
}

/// What a failed statement means for its transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// Another transaction was in the way. This one is undone, or has to be, and can be tried again.
    Undone,
    /// The database is away, full or closed to writers.
    Away,
    /// A defect.
    Wrong,
}

/// Parts of the messages that mean [`Meaning::Undone`].
const UNDONE: [&str; 5] = [
    "Deadlock found",                     // 1213
    "Lock wait timeout exceeded",         // 1205
    "Record has changed since last read", // 1020, MariaDB
    "database is locked",                 // SQLITE_BUSY
    "database table is locked",           // SQLITE_LOCKED
];

/// Parts of the messages that mean [`Meaning::Away`].
const AWAY: [&str; 15] = [
    "erver has gone away",                  // 2006
    "Lost connection to",                   // 2013, 2055
    "closed indirectly",                    // 2056: a statement of a lost connection
    "Server shutdown in progress",          // 1053
    "Query execution was interrupted",      // 1317
    "Connection was killed",                // 1927, MariaDB
    "read-only",                            // 1290, 1836
    "is full",                              // 1114: "The table 'x' is full"
    "Disk full",                            // 1021
    "No space left",                        // 3, 1026
    "Got error 28 from",                    // ENOSPC
    "disk I/O error",                       // SQLITE_IOERR
    "database or disk is full",             // SQLITE_FULL
    "attempt to write a readonly database", // SQLITE_READONLY
    "unable to open database file",         // SQLITE_CANTOPEN
];

fn meaning(error: &QueryError) -> Meaning {
    match error {
        QueryError::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Meaning::Undone,
        QueryError::DatabaseError(DatabaseErrorKind::ClosedConnection, _) => Meaning::Away,
        QueryError::DatabaseError(DatabaseErrorKind::Unknown, information) => {
            let says = |part: &&str| information.message().contains(part);
            if UNDONE.iter().any(says) {
                Meaning::Undone
            } else if AWAY.iter().any(says) {
                Meaning::Away
            } else {
                Meaning::Wrong
            }
        }
        _ => Meaning::Wrong,
    }
}

/// Whether the transaction of the statement that failed with `error` is undone, or has to be, and worth another try.
pub fn undone(error: &QueryError) -> bool {
    meaning(error) == Meaning::Undone
}

/// A failed statement.
pub fn failed(error: QueryError) -> Error {
    match meaning(&error) {
        Meaning::Undone | Meaning::Away => unavailable(error),
        Meaning::Wrong => Error::Internal(error.into()),
    }
}

/// The database cannot be had.
pub fn unavailable(cause: impl Into<Cause>) -> Error {
    Error::Unavailable { what: "the database", cause: Some(cause.into()) }
}

/// A stored value that the domain refuses.
pub fn damaged(table: &str, id: i64, reason: impl Display) -> Error {
    Error::Internal(format!("{table} {id} is damaged: {reason}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown(message: &str) -> QueryError {
        QueryError::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message.to_owned()))
    }

    #[test]
    fn a_lost_race_for_a_lock_is_told_by_its_message_too() {
        for message in [
            "Deadlock found when trying to get lock; try restarting transaction",
            "Lock wait timeout exceeded; try restarting transaction",
            "Record has changed since last read in table 'counter'",
            "database is locked",
        ] {
            assert!(undone(&unknown(message)), "{message}");
        }
        assert!(!undone(&unknown("Unknown column 'x' in 'field list'")));
        assert!(!undone(&unknown("MySQL server has gone away")));
    }

    #[test]
    fn a_database_that_is_away_full_or_read_only_is_unavailable() {
        for message in [
            "Server has gone away",
            "Lost connection to server during query",
            "The MariaDB server is running with the --read-only option so it cannot execute this statement",
            "The table 'movies' is full",
            "database or disk is full",
            "attempt to write a readonly database",
        ] {
            assert!(matches!(failed(unknown(message)), Error::Unavailable { .. }), "{message}");
        }
        for message in ["no such table: movies", "Table 'films.movies' doesn't exist"] {
            assert!(matches!(failed(unknown(message)), Error::Internal(_)), "{message}");
        }
    }
}
