//! Transactions, and what happens when one fails.

#[cfg(feature = "mysql")]
use std::sync::OnceLock;
use std::{
    fmt, io,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use diesel::r2d2::{self, Pool};
use domain::{Error, Result, ports};
use secrecy::{ExposeSecret, SecretString};

#[cfg(feature = "mysql")]
use super::pulse::Pulse;
use super::{
    address::Address,
    connection::{self, Connector, PooledConnection},
    dialect::Mode,
    error::{self, MigrateError, OpenError},
    migrations::{self, MigrationStatus},
    transaction::Transaction,
    turns::Turns,
};

/// Where the database is and how to use it.
#[derive(Debug, Clone)]
pub struct DatabaseOptions {
    /// `sqlite:PATH` or `mysql://user:password@host:port/name`.
    pub url: SecretString,
    /// How many connections are kept, and the most there are: at least 1.
    pub pool_size: u32,
    /// How long to wait for a connection, be it for a free one or for the server.
    pub connect_timeout: Duration,
    /// How long a write waits for the other writes of this process, and then for those of other processes; also how
    /// long any further lock is waited for until the write is tried again. MySQL counts whole seconds, at least 1.
    pub lock_timeout: Duration,
}

/// The catalogue's database.
pub struct Database {
    address: Address,
    pool: Pool<Connector>,
    turns: Turns,
    /// Where somebody wants it watched, and it is on a server.
    #[cfg(feature = "mysql")]
    pulse: OnceLock<Pulse>,
    lock_timeout: Duration,
    /// How many wait for a connection.
    waiting: AtomicU64,
    /// How many waited in vain.
    timeouts: AtomicU64,
}

/// How busy the connections are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolStats {
    /// The most connections there may be.
    pub size: u64,
    /// Those that there are.
    pub connections: u64,
    /// Those of them that nobody uses.
    pub idle: u64,
    /// How many wait for one.
    pub waiting: u64,
    /// How many waited in vain since the start.
    pub timeouts: u64,
    /// How many writes wait for those before them.
    pub writers_waiting: u64,
}

/// How often a transaction is tried in all.
const ATTEMPTS: u32 = 5;

impl Database {
    /// Connects. For SQLite, makes the file and the directories above it.
    pub fn open(options: &DatabaseOptions) -> Result<Self, OpenError> {
        let address = Address::parse(options.url.expose_secret())?;
        let pool = connection::pool(address.clone(), options.pool_size, options.connect_timeout, options.lock_timeout)?;
        Ok(Self {
            address,
            pool,
            turns: Turns::default(),
            #[cfg(feature = "mysql")]
            pulse: OnceLock::new(),
            lock_timeout: options.lock_timeout,
            waiting: AtomicU64::new(0),
            timeouts: AtomicU64::new(0),
        })
    }

    /// Brings the tables up to date and returns the names of the migrations that this took. Processes that start at
    /// once wait for each other: one migrates.
    pub fn migrate(&self) -> Result<Vec<String>, MigrateError> {
        migrations::migrate(&self.address)
    }

    /// Which migrations are applied.
    pub fn migration_status(&self) -> Result<MigrationStatus, MigrateError> {
        migrations::status(&self.address)
    }

    /// Has a thread watch from now on whether the server answers, where the database is on one: then nobody waits for
    /// long for a server that hangs.
    ///
    /// # Errors
    /// Where there is no thread to be had.
    pub fn watch(&self) -> io::Result<()> {
        #[cfg(feature = "mysql")]
        if let Address::Mysql(url) = &self.address {
            let pulse = Pulse::start(url.clone())?;
            // Who watches already goes on.
            let _ = self.pulse.set(pulse);
        }
        Ok(())
    }

    /// Refuses at once where the database is known to be away.
    fn expect_answers(&self) -> Result<()> {
        #[cfg(feature = "mysql")]
        if self.pulse.get().is_some_and(Pulse::is_away) {
            return Err(error::unavailable("it does not answer"));
        }
        Ok(())
    }

    fn heard(&self) {
        #[cfg(feature = "mysql")]
        if let Some(pulse) = self.pulse.get() {
            pulse.heard();
        }
    }

    /// How busy the connections are. Costs next to nothing.
    pub fn stats(&self) -> PoolStats {
        let state = self.pool.state();
        PoolStats {
            size: self.pool.max_size().into(),
            connections: state.connections.into(),
            idle: state.idle_connections.into(),
            waiting: self.waiting.load(Ordering::Relaxed),
            timeouts: self.timeouts.load(Ordering::Relaxed),
            writers_waiting: self.turns.waiting(),
        }
    }

    /// Takes a connection of the pool, as soon as there is one.
    fn connection(&self) -> Result<r2d2::PooledConnection<Connector>, Failure> {
        if let Some(connection) = self.pool.try_get() {
            return Ok(connection);
        }
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let connection = self.wait_for_connection();
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        connection.map_err(Failure::last)
    }

    fn wait_for_connection(&self) -> Result<r2d2::PooledConnection<Connector>> {
        /// How often to look whether the database is known to be away meanwhile.
        const LOOK: Duration = Duration::from_millis(200);
        let give_up = Instant::now() + self.pool.connection_timeout();
        loop {
            let left = give_up.saturating_duration_since(Instant::now());
            match self.pool.get_timeout(left.min(LOOK)) {
                Ok(connection) => return Ok(connection),
                Err(error) if left <= LOOK => {
                    self.timeouts.fetch_add(1, Ordering::Relaxed);
                    return Err(error::unavailable(error));
                }
                Err(_) => self.expect_answers()?,
            }
        }
    }

    fn run(&self, mode: Mode, work: &mut Work) -> Result<()> {
        let mut attempt = 1;
        loop {
            let failure = match self.attempt(mode, work) {
                Ok(()) => return Ok(()),
                Err(failure) => failure,
            };
            if !failure.undone || attempt == ATTEMPTS {
                return Err(failure.error);
            }
            tracing::debug!(attempt, "a transaction was in the way of another and is tried again");
            // Those who got into each other's way should not meet again at once.
            thread::sleep(Duration::from_millis(rand::random_range(0..10 << attempt)));
            attempt += 1;
        }
    }

    fn attempt(&self, mode: Mode, work: &mut Work) -> Result<(), Failure> {
        self.expect_answers().map_err(Failure::last)?;
        let mut connection = self.connection()?;
        connection.begin(mode).map_err(|e| Failure::last(error::failed(e)))?;
        let done =
            in_transaction(&mut connection, mode, work).and_then(|()| connection.commit().map_err(Failure::from));
        if done.is_err()
            && let Err(error) = connection.rollback()
        {
            // The pool closes the connection, and that rolls back too.
            tracing::debug!(%error, "a rollback failed");
        }
        if done.is_ok() {
            self.heard();
        }
        done
    }
}

type Work<'a> = dyn FnMut(&mut dyn ports::Session) -> Result<()> + 'a;

fn in_transaction(connection: &mut PooledConnection, mode: Mode, work: &mut Work) -> Result<(), Failure> {
    let mut transaction = Transaction::new(&mut connection.connection);
    if mode == Mode::Write {
        // Who holds no lock yet is no deadlock's victim: it waited for this one as long as it may.
        transaction.take_counter().map_err(Failure::last)?;
    }
    let done = work(&mut transaction).and_then(|()| transaction.put_counter_back());
    if transaction.undone() {
        // Whatever became of the error: MySQL has rolled back, and a commit would report success.
        let error = done.err().unwrap_or_else(|| error::unavailable("the transaction was rolled back"));
        return Err(Failure { error, undone: true });
    }
    done.map_err(Failure::last)
}

/// A transaction that was not committed.
struct Failure {
    error: Error,
    /// Whether another try may succeed.
    undone: bool,
}

impl Failure {
    fn last(error: Error) -> Self {
        Self { error, undone: false }
    }
}

impl From<diesel::result::Error> for Failure {
    fn from(error: diesel::result::Error) -> Self {
        Self { undone: error::undone(&error), error: error::failed(error) }
    }
}

impl ports::Store for Database {
    fn read(&self, work: &mut Work) -> Result<()> {
        self.run(Mode::Read, work)
    }

    fn write(&self, work: &mut Work) -> Result<()> {
        self.expect_answers()?;
        let turn = self.turns.take(self.lock_timeout);
        let _turn = turn.ok_or_else(|| error::unavailable("the writes before this one take too long"))?;
        self.run(Mode::Write, work)
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").field("connections", &self.pool.state()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        genre::{Genre, GenreName},
        ports::Store,
    };
    use testing::TestDatabase;

    use super::{connection::failing_commits, *};

    testing::on_every_database! {
        a_deadlock_at_the_commit_is_tried_again_as_a_whole,
        a_transaction_is_not_tried_for_ever,
    }

    fn open(database: &TestDatabase) -> Database {
        let store = Database::open(&DatabaseOptions {
            url: database.url().into(),
            pool_size: 1,
            connect_timeout: Duration::from_secs(10),
            lock_timeout: Duration::from_secs(10),
        });
        let store = store.unwrap();
        store.migrate().unwrap();
        store
    }

    /// Adds a genre while so many commits fail. Returns the outcome, how often it was tried, and the genres afterwards.
    fn add_genre(store: &Database, failing_commits: u32) -> (Result<()>, u32, Vec<Genre>) {
        let mut attempts = 0;
        failing_commits::set(failing_commits);
        let done = store.write(&mut |session| {
            attempts += 1;
            let name = GenreName::new("Drama", "").unwrap();
            assert!(session.genres_named(std::slice::from_ref(&name))?.is_empty(), "the attempt before left nothing");
            let id = session.new_genre_id()?;
            session.insert_genres(&[Genre { id, name }])
        });
        failing_commits::set(0);
        let store: &dyn Store = store;
        (done, attempts, store.reading(|session| session.genres()).unwrap())
    }

    fn a_deadlock_at_the_commit_is_tried_again_as_a_whole(database: &TestDatabase) {
        let (done, attempts, genres) = add_genre(&open(database), 1);
        assert!(done.is_ok(), "{done:?}");
        assert_eq!(attempts, 2);
        assert_eq!(genres.iter().map(|genre| genre.id.0).collect::<Vec<_>>(), [1]);
    }

    fn a_transaction_is_not_tried_for_ever(database: &TestDatabase) {
        let store = open(database);
        let (done, attempts, genres) = add_genre(&store, u32::MAX);
        assert!(matches!(done, Err(Error::Unavailable { what: "the database", .. })), "{done:?}");
        assert_eq!(attempts, ATTEMPTS);
        assert!(genres.is_empty(), "{genres:?}");
        assert!(add_genre(&store, 0).0.is_ok(), "the connection is good again");
    }
}
