//! Everything that a database holds, in a file that any database can be made from.
//!
//! - `file`: the file
//! - `restore`: from the file into an empty database
//!
//! Which tables and columns there are is read from what the migrations make (`tables`), so a new one is in the next
//! backup by itself. Rows are copied as they are stored.

mod file;
mod restore;

use std::io::{self, Write};

use diesel::QueryResult;
use secrecy::ExposeSecret;

use super::{
    address::Address,
    dialect::{self, on_either},
    error::{MigrateError, OpenError},
    migrations,
    raw::{Row, Value, quoted},
    store::DatabaseOptions,
    tables::{self, Catalog, Table},
};
pub use file::FileError;
pub use restore::{RestoreError, restore};

/// How far a backup or a restore is.
#[derive(Debug, Clone, Copy)]
pub struct Amount<'a> {
    /// What is being done.
    pub phase: Phase,
    /// The table at hand.
    pub table: &'a str,
    /// How many of its rows are done.
    pub rows: u64,
    /// How many it has.
    pub total: u64,
}

/// What a backup or a restore does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Writes the file.
    BackingUp,
    /// Reads all of the file.
    Verifying,
    /// Fills the database.
    Restoring,
}

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The address is none, or there is nothing.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The tables are not those that this program knows.
    #[error(transparent)]
    Migrations(#[from] MigrateError),
    /// An earlier version of the program was used last.
    #[error("the database is not up to date: run `marquee migrate`, or back it up with the program it was used with")]
    Pending,
    /// No connection, or a failed statement.
    #[error("cannot read the database: {0}")]
    Database(String),
    /// It cannot be written.
    #[error("cannot write the backup: {0}")]
    Write(#[from] io::Error),
}

impl From<diesel::result::Error> for BackupError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.to_string())
    }
}

/// How many rows are read at once at most, and about how many bytes.
const PAGE: usize = 1_000;
const PAGE_BYTES: usize = 1 << 20;

/// Writes everything that the database holds now to `out`. Others may read and write meanwhile, and are held up by
/// nothing. The same content makes the same bytes, whichever database it is in. Returns how many rows it has.
pub fn backup(
    options: &DatabaseOptions,
    out: &mut dyn Write,
    tell: &mut dyn FnMut(Amount<'_>),
) -> Result<u64, BackupError> {
    let failed = |error: &dyn std::error::Error| BackupError::Database(error.to_string());
    let address = Address::parse(options.url.expose_secret())?;
    address.exists()?;
    let mut connection = dialect::establish_existing(&address).map_err(|e| failed(&e))?;
    dialect::set_up(&mut connection, options.lock_timeout).map_err(|e| failed(&e))?;
    dialect::begin_snapshot(&mut connection)?;
    let connection = &mut connection;
    on_either!(connection, write(connection, out, tell))
}

fn write(
    connection: &mut impl Catalog,
    out: &mut dyn Write,
    tell: &mut dyn FnMut(Amount<'_>),
) -> Result<u64, BackupError> {
    let versions = migrations::versions(connection)?.unwrap_or_default();
    if !migrations::pending(&versions)?.is_empty() {
        return Err(BackupError::Pending);
    }
    let migrations = migrations::names()?;
    let mut file = file::Writer::new(out, &migrations)?;
    let mut all = 0;
    for table in tables::made_by(&migrations)? {
        let total =
            connection.value(&format!("SELECT COUNT(*) FROM {}", quoted(&table.name)))?.integer().cast_unsigned();
        file.begin(&table, total)?;
        let mut rows = 0;
        tell(Amount { phase: Phase::BackingUp, table: &table.name, rows, total });
        each_page(connection, &table, &mut |page| {
            page.iter().try_for_each(|row| file.row(row))?;
            rows += page.len() as u64;
            tell(Amount { phase: Phase::BackingUp, table: &table.name, rows, total });
            Ok(())
        })?;
        if rows != total {
            return Err(BackupError::Database(format!("{rows} of {total} rows of {} were found", table.name)));
        }
        all += rows;
    }
    file.finish()?;
    Ok(all)
}

/// Gives all rows of a table to `each`, in the order of the key.
fn each_page(
    connection: &mut impl Catalog,
    table: &Table,
    each: &mut dyn FnMut(&[Row]) -> Result<(), BackupError>,
) -> Result<(), BackupError> {
    let mut limit = PAGE / 10;
    let mut after: Option<Vec<Value>> = None;
    loop {
        let page = read(connection, table, after.as_deref(), limit)?;
        each(&page)?;
        let Some(last) = page.last().filter(|_| page.len() == limit) else { return Ok(()) };
        after = Some(table.key_of(last));
        // Rows of one table are of one size, more or less.
        let bytes: usize = page.iter().flatten().map(Value::bytes).sum();
        limit = (limit * PAGE_BYTES / bytes.max(1)).clamp(8, PAGE);
    }
}

fn read(connection: &mut impl Catalog, table: &Table, after: Option<&[Value]>, limit: usize) -> QueryResult<Vec<Row>> {
    table.page(connection, after, limit)
}
