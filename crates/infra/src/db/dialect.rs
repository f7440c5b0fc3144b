//! Where SQLite and MySQL differ.

use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

use diesel::{Connection, QueryResult, SqliteConnection, connection::SimpleConnection, r2d2, result::ConnectionError};

use super::{address::Address, connection::AnyConnection, error};

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Read,
    Write,
}

/// Runs `$body` with `$connection` as a plain connection of whichever database it is, where a query has to be compiled
/// for each: inserts of many rows.
macro_rules! on_either {
    ($connection:ident, $body:expr) => {
        match $connection {
            $crate::db::connection::AnyConnection::Sqlite($connection) => $body,
            #[cfg(feature = "mysql")]
            $crate::db::connection::AnyConnection::Mysql($connection) => $body,
        }
    };
}
pub(super) use on_either;

pub fn establish(address: &Address) -> Result<AnyConnection, ConnectionError> {
    match address {
        Address::Sqlite(path) => {
            let path = path.to_str().ok_or_else(not_text)?;
            SqliteConnection::establish(path).map(AnyConnection::Sqlite)
        }
        #[cfg(feature = "mysql")]
        Address::Mysql(url) => diesel::mysql::MysqlConnection::establish(url).map(AnyConnection::Mysql),
    }
}

/// A connection to a database that is there: none is made, unlike SQLite otherwise does.
pub fn establish_existing(address: &Address) -> Result<AnyConnection, ConnectionError> {
    match address {
        Address::Sqlite(path) => establish_sqlite(path, "rw"),
        #[cfg(feature = "mysql")]
        Address::Mysql(_) => establish(address),
    }
}

/// The file at `path`, opened as SQLite's `mode` says, by a URL.
pub fn establish_sqlite(path: &Path, mode: &str) -> Result<AnyConnection, ConnectionError> {
    let path = path.to_str().ok_or_else(not_text)?;
    let path = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    SqliteConnection::establish(&format!("file:{path}?mode={mode}")).map(AnyConnection::Sqlite)
}

fn not_text() -> ConnectionError {
    ConnectionError::InvalidConnectionUrl("the path of an SQLite database is Unicode text".into())
}

/// Brings a new connection into the state that everything else relies on.
pub fn set_up(connection: &mut AnyConnection, lock_timeout: Duration) -> Result<(), r2d2::Error> {
    match connection {
        AnyConnection::Sqlite(connection) => set_up_sqlite(connection, lock_timeout)?,
        #[cfg(feature = "mysql")]
        AnyConnection::Mysql(connection) => {
            connection.batch_execute(&mysql::session(lock_timeout))?;
        }
    }
    Ok(())
}

fn set_up_sqlite(connection: &mut SqliteConnection, lock_timeout: Duration) -> QueryResult<()> {
    set_busy_timeout(connection, lock_timeout)?;
    // The switch to the write-ahead log, once in a file's life, does not heed the busy timeout.
    retry_while_busy(lock_timeout, Duration::from_millis(5), || connection.batch_execute("PRAGMA journal_mode = WAL"))?;
    // FULL: what was acknowledged is still there after a power cut. A checkpoint each 32 MB in place of 4 doubles the
    // speed of a bulk load, which writes the same pages of the indexes again and again.
    connection.batch_execute(
        "PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -16384;
         PRAGMA wal_autocheckpoint = 8000",
    )
}

/// SQLite: a transaction that reads first and writes later fails as soon as another writes in between, so a write
/// takes the lock at once. MySQL: the first statement begins a transaction by itself.
pub fn begin(connection: &mut AnyConnection, mode: Mode, lock_timeout: Duration) -> QueryResult<()> {
    match (connection, mode) {
        (AnyConnection::Sqlite(connection), Mode::Read) => connection.batch_execute("BEGIN"),
        (AnyConnection::Sqlite(connection), Mode::Write) => begin_immediate(connection, lock_timeout),
        #[cfg(feature = "mysql")]
        (AnyConnection::Mysql(_), _) => Ok(()),
    }
}

/// Waits for SQLite's one lock. SQLite's own way of waiting looks every 100 ms: beside a bulk load, which takes the
/// lock again as soon as it has let it go, that may find it free only after many seconds.
fn begin_immediate(connection: &mut SqliteConnection, lock_timeout: Duration) -> QueryResult<()> {
    const BETWEEN_LOOKS: Duration = Duration::from_millis(1);

    connection.batch_execute("PRAGMA busy_timeout = 0")?;
    let begun = retry_while_busy(lock_timeout, BETWEEN_LOOKS, || connection.batch_execute("BEGIN IMMEDIATE"));
    set_busy_timeout(connection, lock_timeout)?;
    begun
}

fn set_busy_timeout(connection: &mut SqliteConnection, timeout: Duration) -> QueryResult<()> {
    connection.batch_execute(&format!("PRAGMA busy_timeout = {}", timeout.as_millis()))
}

/// Runs a statement again and again as long as others are in its way, for so long.
pub fn retry_while_busy(
    timeout: Duration,
    pause: Duration,
    mut statement: impl FnMut() -> QueryResult<()>,
) -> QueryResult<()> {
    let give_up = Instant::now() + timeout;
    loop {
        match statement() {
            Err(busy) if error::undone(&busy) && Instant::now() < give_up => thread::sleep(pause),
            done => return done,
        }
    }
}

/// Begins a transaction that reads the state of now, whatever others write, and holds nobody up.
pub fn begin_snapshot(connection: &mut AnyConnection) -> QueryResult<()> {
    match connection {
        // The state is that of the first read.
        AnyConnection::Sqlite(connection) => connection.batch_execute("BEGIN; SELECT COUNT(*) FROM sqlite_master"),
        #[cfg(feature = "mysql")]
        AnyConnection::Mysql(connection) => {
            connection.batch_execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
        }
    }
}

pub fn commit(connection: &mut AnyConnection) -> QueryResult<()> {
    match connection {
        AnyConnection::Sqlite(connection) => connection.batch_execute("COMMIT"),
        #[cfg(feature = "mysql")]
        AnyConnection::Mysql(connection) => connection.execute_returning_count(&mysql::Commit).map(|_| ()),
    }
}

pub fn rollback(connection: &mut AnyConnection) -> QueryResult<()> {
    connection.batch_execute("ROLLBACK")
}

/// What stands before a list of rows to the right of `IN`.
pub fn before_rows(connection: &AnyConnection) -> &'static str {
    match connection {
        AnyConnection::Sqlite(_) => "VALUES ",
        #[cfg(feature = "mysql")]
        AnyConnection::Mysql(_) => "",
    }
}

#[cfg(feature = "mysql")]
mod mysql {
    use std::time::Duration;

    use diesel::{
        QueryResult,
        mysql::Mysql,
        query_builder::{AstPass, QueryFragment, QueryId},
    };

    /// The same behaviour on every server, whatever its configuration.
    ///
    /// - `lc_messages`: errors are told by their messages.
    /// - REPEATABLE READ, because a read must be one consistent state. A snapshot begins with the first plain read; a
    ///   write's first statement is the update of the counter, which waits for the writers before it and is no plain
    ///   read, so its snapshot has all they wrote.
    /// - No autocommit: a transaction begins without a statement, so that reading one movie takes two round trips.
    pub fn session(lock_timeout: Duration) -> String {
        let seconds = lock_timeout.as_secs().max(1);
        format!(
            "SET NAMES utf8mb4 COLLATE utf8mb4_bin;
             SET SESSION sql_mode = 'ONLY_FULL_GROUP_BY,STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION',
                 lc_messages = 'en_US', innodb_lock_wait_timeout = {seconds}, lock_wait_timeout = {seconds};
             SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ;
             SET SESSION autocommit = 0"
        )
    }

    /// A `COMMIT` that is prepared once. Sent as text, diesel wraps it into two more round trips.
    #[derive(QueryId)]
    pub struct Commit;

    impl QueryFragment<Mysql> for Commit {
        fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Mysql>) -> QueryResult<()> {
            out.push_sql("COMMIT");
            Ok(())
        }
    }
}
