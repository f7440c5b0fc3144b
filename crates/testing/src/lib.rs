//! Private databases for tests.
//!
//! A test asks for a database ([`sqlite`] or [`mysql`]), hands its [`url`](TestDatabase::url) to
//! the code under test, and the database goes away with the [`TestDatabase`]. A test that must hold
//! on every database is written once and listed in [`on_every_database!`].
//!
//! Read in this order: this file, `server` (the server behind [`mysql`]: one per test process,
//! private unless `TEST_DATABASE_URL` names another), `program` (which server is started),
//! `template` (the data directory it starts with), `faulty` (a server that can be taken away and brought back).

#[cfg(feature = "mysql")]
mod faulty;
#[cfg(feature = "mysql")]
mod program;
#[cfg(feature = "mysql")]
mod server;
#[cfg(feature = "mysql")]
mod template;

#[cfg(feature = "mysql")]
pub use faulty::FaultyServer;
use tempfile::TempDir;

/// An empty database for one test, removed when this value is dropped.
///
/// Drop what is connected to it first: a MySQL database cannot go while a transaction uses it.
pub struct TestDatabase {
    url: String,
    _storage: Storage,
}

/// What removes the database when it is dropped.
enum Storage {
    Directory {
        _directory: TempDir,
    },
    #[cfg(feature = "mysql")]
    Server {
        _database: server::Database,
    },
}

impl TestDatabase {
    /// Where the database is, as the product's settings want it: `sqlite:PATH` or
    /// `mysql://user:password@host:port/name`.
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// A SQLite database: the path of a file that does not exist yet, in a directory of its own.
///
/// # Panics
/// When no temporary directory can be made.
pub fn sqlite() -> TestDatabase {
    let directory = temporary_directory("marquee-sqlite-")
        .unwrap_or_else(|error| panic!("no temporary directory for a SQLite database: {error}"));
    TestDatabase {
        url: format!("sqlite:{}", directory.path().join("test.db").display()),
        _storage: Storage::Directory { _directory: directory },
    }
}

/// A new, empty database on a real MySQL or MariaDB server. It has that server's own character set
/// and collation, so that a migration that forgets to name its own is found out.
///
/// The server is the one that the environment variable `TEST_DATABASE_URL` names
/// (`mysql://user:password@host:port`; its user must be allowed to create databases). Without it a
/// private one is started, once per test process: the program `TEST_MYSQLD`, by default `mariadbd`.
///
/// # Panics
/// When there is no server to be had; the message says what to install or to set.
#[cfg(feature = "mysql")]
pub fn mysql() -> TestDatabase {
    let database = server::create_database().unwrap_or_else(|error| panic!("no database to test on: {error}"));
    TestDatabase { url: database.url(), _storage: Storage::Server { _database: database } }
}

/// A database on a server of its own, which can be stopped, paused and brought back: the program `TEST_MYSQLD`, by
/// default `mariadbd`.
///
/// # Panics
/// When there is no server to be had.
#[cfg(feature = "mysql")]
pub fn faulty_server() -> FaultyServer {
    FaultyServer::start().unwrap_or_else(|error| panic!("no database to test on: {error:#}"))
}

/// Makes tests of functions that take a `&TestDatabase`: `sqlite::NAME` for each, and `mysql::NAME`
/// where the calling crate's feature `mysql` is on. Once per module.
///
/// ```
/// fn a_database_has_an_address(database: &testing::TestDatabase) {
///     assert!(database.url().contains(':'));
/// }
///
/// testing::on_every_database! {
///     a_database_has_an_address,
/// }
/// ```
#[macro_export]
macro_rules! on_every_database {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[test]
                fn $test() {
                    super::$test(&$crate::sqlite());
                }
            )+
        }

        #[cfg(feature = "mysql")]
        mod mysql {
            $(
                #[test]
                fn $test() {
                    super::$test(&$crate::mysql());
                }
            )+
        }
    };
}

/// A directory that is removed on drop: in memory where there is room, because a database that
/// waits for a disk makes slow tests (ten tables in MySQL 9: 30 ms in memory, 400 ms on ext4).
fn temporary_directory(prefix: &str) -> std::io::Result<TempDir> {
    const IN_MEMORY: &str = "/dev/shm";
    const ROOM: u64 = 1 << 30;

    let room = rustix::fs::statvfs(IN_MEMORY).map_or(0, |fs| fs.f_bavail * fs.f_frsize);
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    if room >= ROOM
        && let Ok(directory) = builder.tempdir_in(IN_MEMORY)
    {
        return Ok(directory);
    }
    builder.tempdir()
}
