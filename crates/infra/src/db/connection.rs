//! Connections, and the pool they are taken from.
//!
//! The derive makes one connection type of the two, so that a query is written once.
#![allow(unreachable_patterns, reason = "the derive's matches have a wildcard even where there is one variant")]

use std::{
    fmt::Debug,
    fs::{self, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

#[cfg(feature = "mysql")]
use diesel::mysql::MysqlConnection;
use diesel::{
    QueryResult, SqliteConnection,
    r2d2::{self, HandleError, ManageConnection, Pool, R2D2Connection},
};
use domain::error::Cause;

use super::{
    address::Address,
    dialect::{self, Mode},
    error::{self, OpenError},
};

/// A connection to one of the databases.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    Sqlite(SqliteConnection),
    #[cfg(feature = "mysql")]
    Mysql(MysqlConnection),
}

/// A connection that knows whether it can be used again.
///
/// It begins and ends transactions by itself: diesel's way takes MySQL six round trips, this one takes one.
pub struct PooledConnection {
    pub connection: AnyConnection,
    in_transaction: bool,
    last_used: Instant,
    /// How many connections had broken when this one was last known to be good.
    broken_before: u64,
    lock_timeout: Duration,
}

impl PooledConnection {
    pub fn begin(&mut self, mode: Mode) -> QueryResult<()> {
        // Where this fails half-way, a transaction may have begun.
        self.in_transaction = true;
        dialect::begin(&mut self.connection, mode, self.lock_timeout).inspect_err(|error| {
            // None has where its lock was not to be had.
            self.in_transaction = !error::undone(error);
        })
    }

    pub fn commit(&mut self) -> QueryResult<()> {
        #[cfg(test)]
        failing_commits::take_one()?;
        dialect::commit(&mut self.connection)?;
        self.ended();
        Ok(())
    }

    pub fn rollback(&mut self) -> QueryResult<()> {
        dialect::rollback(&mut self.connection)?;
        self.ended();
        Ok(())
    }

    fn ended(&mut self) {
        self.in_transaction = false;
        self.last_used = Instant::now();
    }
}

/// Opens connections for the pool, and tells it which to throw away.
pub struct Connector {
    address: Address,
    lock_timeout: Duration,
    /// How many connections have broken: where one did, the others may have.
    broken: AtomicU64,
}

/// A connection unused for this long is tried before it is used: the server may have gone meanwhile.
const TRUSTED_FOR: Duration = Duration::from_secs(1);

impl ManageConnection for Connector {
    type Connection = PooledConnection;
    type Error = r2d2::Error;

    fn connect(&self) -> Result<PooledConnection, r2d2::Error> {
        let mut connection = dialect::establish(&self.address)?;
        dialect::set_up(&mut connection, self.lock_timeout)?;
        Ok(PooledConnection {
            connection,
            in_transaction: false,
            last_used: Instant::now(),
            broken_before: self.broken.load(Ordering::Relaxed),
            lock_timeout: self.lock_timeout,
        })
    }

    fn is_valid(&self, pooled: &mut PooledConnection) -> Result<(), r2d2::Error> {
        let broken = self.broken.load(Ordering::Relaxed);
        if pooled.broken_before != broken || pooled.last_used.elapsed() > TRUSTED_FOR {
            pooled.connection.ping()?;
            pooled.broken_before = broken;
        }
        Ok(())
    }

    /// Whatever left a transaction open, a panic or a lost server, closing the connection ends it.
    fn has_broken(&self, pooled: &mut PooledConnection) -> bool {
        if pooled.in_transaction {
            self.broken.fetch_add(1, Ordering::Relaxed);
        }
        pooled.in_transaction
    }
}

/// Logs what happens while the pool connects in the background.
#[derive(Debug)]
struct Logger;

impl<E: Into<Cause> + Debug> HandleError<E> for Logger {
    fn handle_error(&self, error: E) {
        tracing::warn!(error = %error.into(), "no connection to the database");
    }
}

pub fn pool(
    address: Address,
    size: u32,
    connect_timeout: Duration,
    lock_timeout: Duration,
) -> Result<Pool<Connector>, OpenError> {
    make_embedded(&address)?;
    let pool = Pool::builder()
        .max_size(size.max(1))
        .connection_timeout(connect_timeout.max(Duration::from_millis(1)))
        .error_handler(Box::new(Logger))
        .build_unchecked(Connector { address, lock_timeout, broken: AtomicU64::new(0) });
    // The pool connects in the background: wait for the first.
    pool.get().map_err(OpenError::Connect)?;
    Ok(pool)
}

/// Makes the file of an SQLite database, and the directories above it, where there is none.
pub fn make_embedded(address: &Address) -> Result<(), OpenError> {
    match address {
        Address::Sqlite(path) => {
            if let Some(directory) = path.parent() {
                fs::create_dir_all(directory).map_err(|e| OpenError::Directory(directory.to_owned(), e))?;
            }
            make_file(path).map_err(|e| OpenError::File(path.clone(), e))
        }
        #[cfg(feature = "mysql")]
        Address::Mysql(_) => Ok(()),
    }
}

/// Makes the file of an SQLite database where there is none, for nobody else's eyes: it holds hashes of passwords.
/// SQLite gives the files it makes beside it the same mode.
fn make_file(path: &Path) -> io::Result<()> {
    /// Closing a file ends all locks that the process has on it. So nobody in here opens a new database before this
    /// has closed it.
    static MAKING: Mutex<()> = Mutex::new(());

    let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    if !path.exists() {
        OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
    }
    Ok(())
}

/// Lets commits fail that would not, on the thread that asks for it.
#[cfg(test)]
pub mod failing_commits {
    use std::cell::Cell;

    use diesel::{
        QueryResult,
        result::{DatabaseErrorKind, Error},
    };

    thread_local! {
        static LEFT: Cell<u32> = const { Cell::new(0) };
    }

    /// The next `commits` end in a deadlock, as MariaDB reports it there.
    pub fn set(commits: u32) {
        LEFT.set(commits);
    }

    pub(super) fn take_one() -> QueryResult<()> {
        let Some(left) = LEFT.get().checked_sub(1) else { return Ok(()) };
        LEFT.set(left);
        let message = "Deadlock found when trying to get lock; try restarting transaction".to_owned();
        Err(Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message)))
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{self, AssertUnwindSafe};

    use diesel::connection::{Connection, InstrumentationEvent};

    use super::*;

    #[test]
    fn a_connection_that_began_and_did_not_get_further_is_thrown_away() {
        let database = testing::sqlite();
        let address = Address::parse(database.url()).unwrap();
        let connector = Connector { address, lock_timeout: Duration::from_secs(5), broken: AtomicU64::new(0) };
        let mut pooled = connector.connect().unwrap();
        #[allow(irrefutable_let_patterns, reason = "without MySQL there is one kind")]
        let AnyConnection::Sqlite(connection) = &mut pooled.connection else { panic!("not an SQLite database") };
        connection.set_instrumentation(|event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event
                && query.to_string().contains("busy_timeout = 5000")
            {
                // As a panic does, but without a word in the test's output.
                panic::resume_unwind(Box::new("after the lock was taken"));
            }
        });
        assert!(panic::catch_unwind(AssertUnwindSafe(|| pooled.begin(Mode::Write))).is_err());
        assert!(connector.has_broken(&mut pooled));
    }

    #[test]
    fn a_connection_that_did_not_get_the_lock_is_kept() {
        let database = testing::sqlite();
        let address = Address::parse(database.url()).unwrap();
        let connector = Connector { address, lock_timeout: Duration::from_millis(10), broken: AtomicU64::new(0) };
        let (mut first, mut second) = (connector.connect().unwrap(), connector.connect().unwrap());
        first.begin(Mode::Write).unwrap();
        assert!(second.begin(Mode::Write).is_err());
        assert!(!connector.has_broken(&mut second));
        first.rollback().unwrap();
        second.begin(Mode::Write).unwrap();
    }
}
