//! From a backup into an empty database.
//!
//! The tables are made as they were when the backup was made, filled, and brought up to date after that. In SQLite all
//! of this is one transaction. In MySQL each batch is one, and as long as not all is there, a row among the migrations
//! ([`UNFINISHED_RESTORE`]) keeps servers away; a restore that finds it begins anew.

use std::{
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

use diesel::{QueryResult, SqliteConnection, result::Error as QueryError};
use secrecy::ExposeSecret;

use super::{
    super::{
        address::Address,
        connection::{self, AnyConnection},
        dialect::{self, on_either},
        error::{MigrateError, OpenError},
        migrations::{self, MigratedConnection, UNFINISHED_RESTORE},
        raw::{RawConnection, Row, Value, quoted},
        store::DatabaseOptions,
        tables::{self, Table},
        transaction::inserts,
    },
    Amount, Phase,
    file::{Backup, FileError, Place},
};

/// Why a backup is not restored. Nothing is changed, unless the database failed meanwhile.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The file is not taken.
    #[error("{} cannot be restored", .0.display())]
    File(PathBuf, #[source] FileError),
    /// The address is none.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database is used.
    #[error("the database {0} is not empty: something was written to it; restore into a new one. Nothing was changed")]
    NotEmpty(String),
    /// The database is of something else.
    #[error(
        "the database {0} has a table `{1}` that is not this program's; restore into a new one. Nothing was changed"
    )]
    Foreign(String, String),
    /// Somebody else is connected to it.
    #[error("the database {0} is in use: stop the servers and programs that are connected to it. Nothing was changed")]
    InUse(String),
    /// The tables cannot be made.
    #[error(transparent)]
    Migrations(#[from] MigrateError),
    /// A failed statement.
    #[error("cannot write the database: {0}")]
    Database(#[from] QueryError),
}

/// Restores the backup in the file `path` into the database, which is made if it is not there. Returns how many rows
/// that is.
pub fn restore(options: &DatabaseOptions, path: &Path, tell: &mut dyn FnMut(Amount<'_>)) -> Result<u64, RestoreError> {
    let address = Address::parse(options.url.expose_secret())?;
    // A large file takes its time: whether it is in vain is known before. It is looked at again, with nobody beside.
    if address.exists().is_ok() {
        let mut target = dialect::establish_existing(&address).map_err(|error| failed(&error))?;
        let target = &mut target;
        on_either!(target, check_empty(target, &address))?;
    }
    let backup = Backup::open(path, &mut |table, place| {
        if place.row.is_multiple_of(BATCH as u64) {
            tell(amount(Phase::Verifying, table, place));
        }
    });
    let backup = backup.map_err(|error| RestoreError::File(path.to_owned(), error))?;
    connection::make_embedded(&address)?;
    let mut target = dialect::establish(&address).map_err(|error| failed(&error))?;
    dialect::set_up(&mut target, options.lock_timeout).map_err(|error| failed(&error))?;
    let restore = Restore { backup: &backup, path, address: &address };
    match target {
        AnyConnection::Sqlite(mut connection) => restore.in_sqlite(&mut connection, options.lock_timeout, tell),
        #[cfg(feature = "mysql")]
        AnyConnection::Mysql(mut connection) => restore.in_mysql(&mut connection, tell),
    }
}

fn failed(error: &dyn fmt::Display) -> QueryError {
    QueryError::QueryBuilderError(error.to_string().into())
}

/// What is restored, and where to.
struct Restore<'a> {
    backup: &'a Backup,
    path: &'a Path,
    address: &'a Address,
}

impl Restore<'_> {
    fn in_sqlite(
        &self,
        connection: &mut SqliteConnection,
        patience: Duration,
        tell: &mut dyn FnMut(Amount<'_>),
    ) -> Result<u64, RestoreError> {
        check_empty(connection, self.address)?;
        // With a journal in the place of the write-ahead log, what is new is written once: of an empty database there
        // is nothing to keep for a rollback. It takes that nobody else has the file open.
        let pause = Duration::from_millis(50);
        let alone = dialect::retry_while_busy(patience, pause, || connection.run("PRAGMA journal_mode = DELETE"));
        if alone.is_err() || connection.value("PRAGMA journal_mode")?.into_text() != "delete" {
            return Err(RestoreError::InUse(self.address.to_string()));
        }
        connection.run("PRAGMA cache_size = -131072")?;
        let restored = connection.exclusive_transaction(|connection| {
            check_empty(connection, self.address)?;
            self.make_tables(connection)?;
            let rows = self.fill(connection, &mut |connection, work| work(connection), tell)?;
            connection.apply(&migrations::names()?)?;
            Ok::<_, RestoreError>(rows)
        });
        // Whether that succeeds makes no difference: a server does it as well.
        let _ = connection.run("PRAGMA journal_mode = WAL");
        restored
    }

    #[cfg(feature = "mysql")]
    fn in_mysql(
        &self,
        connection: &mut diesel::MysqlConnection,
        tell: &mut dyn FnMut(Amount<'_>),
    ) -> Result<u64, RestoreError> {
        use diesel::Connection;

        // Until this connection ends, servers that start wait.
        migrations::take_turn(connection)?;
        check_empty(connection, self.address)?;
        self.check_alone(connection)?;
        connection.apply(&[])?;
        connection
            .run(&format!("INSERT IGNORE INTO {} (version) VALUES ('{UNFINISHED_RESTORE}')", migrations::TABLE))?;
        self.make_tables(connection)?;
        let rows =
            self.fill(connection, &mut |connection, work| connection.transaction(|connection| work(connection)), tell)?;
        connection.run(&format!("DELETE FROM {} WHERE version = '{UNFINISHED_RESTORE}'", migrations::TABLE))?;
        connection.apply(&migrations::names()?)?;
        Ok(rows)
    }

    /// Sees to it that nobody else is connected. What has just ended may be gone a moment later.
    #[cfg(feature = "mysql")]
    fn check_alone(&self, connection: &mut diesel::MysqlConnection) -> Result<(), RestoreError> {
        const OTHERS: &str = "SELECT COUNT(*) FROM information_schema.processlist
             WHERE db = DATABASE() AND id <> CONNECTION_ID()";

        for _ in 0..10 {
            if connection.value(OTHERS)?.integer() == 0 {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err(RestoreError::InUse(self.address.to_string()))
    }

    /// Makes the tables of the backup in the place of those that are there, which hold nothing that counts.
    fn make_tables(&self, connection: &mut impl MigratedConnection) -> Result<(), RestoreError> {
        for table in ours()?.iter().rev() {
            connection.run(&format!("DROP TABLE IF EXISTS {}", quoted(&table.name)))?;
        }
        if migrations::versions(connection)?.is_some() {
            connection.run(&format!("DELETE FROM {} WHERE version <> '{UNFINISHED_RESTORE}'", migrations::TABLE))?;
        }
        connection.apply(&self.backup.migrations)?;
        for table in self.backup.tables.iter().rev() {
            connection.run(&format!("DELETE FROM {}", quoted(&table.name)))?;
        }
        Ok(())
    }

    fn fill<C: RawConnection>(
        &self,
        connection: &mut C,
        in_transaction: &mut InTransaction<'_, C>,
        tell: &mut dyn FnMut(Amount<'_>),
    ) -> Result<u64, RestoreError> {
        let (mut rows, mut bytes, mut all) = (Vec::new(), 0, 0);
        let read = self.backup.read(&mut |table, place, row| {
            bytes += bytes_of(&row);
            rows.push(row);
            all += 1;
            if place.row == place.total || rows.len() == BATCH || bytes > BATCH_BYTES {
                let columns = table.column_names();
                in_transaction(connection, &mut |connection| {
                    inserts(&rows, bytes_of).try_for_each(|rows| connection.insert(&table.name, &columns, rows))
                })?;
                (rows, bytes) = (Vec::new(), 0);
                tell(amount(Phase::Restoring, table, place));
            }
            Ok::<_, Stop>(())
        });
        read.map_err(|stop| match stop {
            Stop::File(error) => RestoreError::File(self.path.to_owned(), error),
            Stop::Database(error) => error.into(),
        })?;
        Ok(all)
    }
}

/// How many rows are stored in one transaction at most, and how many bytes, where it is not all of them.
const BATCH: usize = 10_000;
const BATCH_BYTES: usize = 8 << 20;

/// Runs work in a transaction.
type InTransaction<'a, C> = dyn FnMut(&mut C, &mut dyn FnMut(&mut C) -> QueryResult<()>) -> QueryResult<()> + 'a;

/// What ends the reading of a backup before its end.
enum Stop {
    File(FileError),
    Database(QueryError),
}

impl From<FileError> for Stop {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}

impl From<QueryError> for Stop {
    fn from(error: QueryError) -> Self {
        Self::Database(error)
    }
}

fn amount(phase: Phase, table: &Table, place: Place) -> Amount<'_> {
    Amount { phase, table: &table.name, rows: place.row, total: place.total }
}

fn bytes_of(row: &Row) -> usize {
    row.iter().map(Value::bytes).sum()
}

/// Sees to it that nothing is lost: the database has no tables, or those that the migrations make with the rows
/// that these make, or what an interrupted restore left.
fn check_empty(connection: &mut impl MigratedConnection, address: &Address) -> Result<(), RestoreError> {
    let found = tables::names(connection)?;
    let versions = migrations::versions(connection)?;
    match migrations::pending(versions.as_deref().unwrap_or_default()) {
        Err(MigrateError::Unfinished) => return Ok(()),
        checked => checked?,
    };
    for table in ours()? {
        if !found.contains(&table.name) {
            continue;
        }
        if versions.is_none() {
            return Err(RestoreError::Foreign(address.to_string(), table.name));
        }
        if !has_seeds_alone(connection, &table)? {
            return Err(RestoreError::NotEmpty(address.to_string()));
        }
    }
    Ok(())
}

/// The tables of this program.
fn ours() -> Result<Vec<Table>, MigrateError> {
    tables::made_by(&migrations::names()?)
}

/// Whether a table has the rows that the migrations give it, as far as it has come, and no other.
fn has_seeds_alone(connection: &mut impl MigratedConnection, table: &Table) -> Result<bool, RestoreError> {
    if table.seeds.is_empty() {
        return Ok(connection.rows(&format!("SELECT 1 FROM {} LIMIT 1", quoted(&table.name)), &[])?.is_empty());
    }
    let there = tables::columns(connection, &table.name)?;
    let mut seen = table.clone();
    let is_there = |name: &str| there.iter().any(|other| other == name);
    seen.columns.retain(|column| is_there(&column.name));
    let key_is_there = table.key.iter().all(|&index| is_there(&table.columns[index].name));
    let place = |&index: &usize| seen.columns.iter().position(|column| column.name == table.columns[index].name);
    seen.key = table.key.iter().filter_map(place).collect();
    let seeds = table.seeds.iter().map(|seed| {
        let values = seed.iter().zip(&table.columns).filter(|(_, column)| is_there(&column.name));
        values.map(|(value, _)| value.clone()).collect::<Row>()
    });
    let rows = if key_is_there { seen.page(connection, None, table.seeds.len() + 1)? } else { Vec::new() };
    // A migration that was cut short may not have come to the rows.
    Ok(rows.is_empty() || rows.iter().eq(seeds.collect::<Vec<_>>().iter()))
}
