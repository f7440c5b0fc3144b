//! The tables, made and brought up to date.

use std::time::Duration;

use diesel::{QueryResult, SqliteConnection, backend::Backend, migration::MigrationSource, sqlite::Sqlite};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{
    address::Address,
    connection::AnyConnection,
    dialect::{self, on_either},
    error::MigrateError,
    tables::{self, Catalog},
};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
#[cfg(feature = "mysql")]
const MYSQL: EmbeddedMigrations = embed_migrations!("../../migrations/mysql");

/// How long to wait for another process that migrates. A change to a table of 25 million movies takes its time.
const PATIENCE: Duration = Duration::from_secs(600);

/// Which migrations a database has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationStatus {
    /// Those it has, in order.
    pub applied: Vec<String>,
    /// Those it does not have yet, in order.
    pub pending: Vec<String>,
    /// Those that this program does not know, because a later version made them. Versions, not names.
    pub unknown: Vec<String>,
}

/// Applies what is pending, and returns its names.
pub fn migrate(address: &Address) -> Result<Vec<String>, MigrateError> {
    match connect(address)? {
        // All or nothing: SQLite's changes of tables are part of a transaction.
        AnyConnection::Sqlite(mut connection) => connection.immediate_transaction(apply),
        #[cfg(feature = "mysql")]
        AnyConnection::Mysql(mut connection) => {
            take_turn(&mut connection)?;
            // The turn ends with the connection.
            apply(&mut connection)
        }
    }
}

/// Compares the database's migrations with the program's, and changes nothing.
pub fn status(address: &Address) -> Result<MigrationStatus, MigrateError> {
    let mut connection = dialect::establish_existing(address).map_err(|e| MigrateError::Failed(e.into()))?;
    dialect::set_up(&mut connection, PATIENCE).map_err(|e| MigrateError::Failed(e.into()))?;
    let connection = &mut connection;
    let versions = on_either!(connection, versions(connection))?;
    compare(&versions.unwrap_or_default())
}

/// A connection of its own: migrations wait longer than queries, and MySQL ends a transaction at each.
fn connect(address: &Address) -> Result<AnyConnection, MigrateError> {
    let mut connection = dialect::establish(address).map_err(|e| MigrateError::Failed(e.into()))?;
    dialect::set_up(&mut connection, PATIENCE).map_err(|e| MigrateError::Failed(e.into()))?;
    Ok(connection)
}

/// The version that stands among a database's migrations while a backup is being restored into it. No program knows
/// such a migration, so none serves what was restored in part.
pub const UNFINISHED_RESTORE: &str = "restore-unfinished";

/// The table that diesel keeps.
pub const TABLE: &str = "__diesel_schema_migrations";

/// A connection on which tables can be made.
pub trait MigratedConnection: Catalog {
    /// Applies these migrations, which the program knows, as far as they are not applied.
    fn apply(&mut self, names: &[String]) -> Result<(), MigrateError>;
}

impl MigratedConnection for SqliteConnection {
    fn apply(&mut self, names: &[String]) -> Result<(), MigrateError> {
        apply_these(self, &SQLITE, names)
    }
}

#[cfg(feature = "mysql")]
impl MigratedConnection for diesel::MysqlConnection {
    fn apply(&mut self, names: &[String]) -> Result<(), MigrateError> {
        apply_these(self, &MYSQL, names)
    }
}

fn apply_these<C, DB>(connection: &mut C, known: &EmbeddedMigrations, names: &[String]) -> Result<(), MigrateError>
where
    C: MigrationHarness<DB>,
    DB: Backend,
{
    let applied = connection.applied_migrations().map_err(MigrateError::Failed)?;
    let mut migrations = MigrationSource::<DB>::migrations(known).map_err(MigrateError::Failed)?;
    migrations.sort_unstable_by(|a, b| a.name().version().cmp(&b.name().version()));
    for migration in migrations {
        let name = migration.name().to_string();
        if names.contains(&name) && !applied.contains(&migration.name().version()) {
            connection.run_migration(&migration).map_err(MigrateError::Failed)?;
        }
    }
    Ok(())
}

fn apply<C: MigratedConnection>(connection: &mut C) -> Result<Vec<String>, MigrateError> {
    let pending = pending(&versions(connection)?.unwrap_or_default())?;
    connection.apply(&pending)?;
    Ok(pending)
}

/// The migrations that a database with these versions lacks, if the program knows all it has.
pub fn pending(versions: &[String]) -> Result<Vec<String>, MigrateError> {
    let MigrationStatus { pending, unknown, .. } = compare(versions)?;
    if unknown.iter().any(|version| version == UNFINISHED_RESTORE) {
        return Err(MigrateError::Unfinished);
    }
    match unknown.into_iter().next_back() {
        Some(version) => Err(MigrateError::Newer(version)),
        None => Ok(pending),
    }
}

/// The versions of the migrations that are applied, in order; nothing where none ever was.
pub fn versions(connection: &mut impl Catalog) -> QueryResult<Option<Vec<String>>> {
    if !tables::exists(connection, TABLE)? {
        return Ok(None);
    }
    connection.texts(&format!("SELECT version FROM {TABLE} ORDER BY version")).map(Some)
}

/// The names of all migrations that the program knows, in order.
pub fn names() -> Result<Vec<String>, MigrateError> {
    compare(&[]).map(|status| status.pending)
}

/// Compares the versions that a database has with the program's migrations, which have the same names for all databases.
pub fn compare(versions: &[String]) -> Result<MigrationStatus, MigrateError> {
    let mut unknown = versions.to_vec();
    let (mut applied, mut pending) = (Vec::new(), Vec::new());
    for migration in MigrationSource::<Sqlite>::migrations(&SQLITE).map_err(MigrateError::Failed)? {
        let name = migration.name();
        let version = name.version().to_string();
        let before = unknown.len();
        unknown.retain(|other| *other != version);
        let list = if unknown.len() < before { &mut applied } else { &mut pending };
        list.push(name.to_string());
    }
    applied.sort_unstable();
    pending.sort_unstable();
    Ok(MigrationStatus { applied, pending, unknown })
}

#[cfg(feature = "mysql")]
pub use mysql::take_turn;

#[cfg(feature = "mysql")]
mod mysql {
    use diesel::{MysqlConnection, QueryableByName, RunQueryDsl, connection::SimpleConnection};

    use super::{MigrateError, PATIENCE};

    #[derive(QueryableByName)]
    struct Turn {
        #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::BigInt>)]
        taken: Option<i64>,
    }

    /// Waits until no other process migrates this database. The server's locks are for all its databases, so the
    /// database's name is part of the lock's, which has at most 64 characters.
    pub fn take_turn(connection: &mut MysqlConnection) -> Result<(), MigrateError> {
        connection.batch_execute("SET SESSION autocommit = 1")?;
        let seconds = PATIENCE.as_secs();
        let turn: Turn = diesel::sql_query(format!(
            "SELECT GET_LOCK(CONCAT('marquee ', LEFT(SHA2(DATABASE(), 256), 32)), {seconds}) AS taken"
        ))
        .get_result(connection)?;
        match turn.taken {
            Some(1) => Ok(()),
            _ => Err(MigrateError::Busy(seconds)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    fn migrations(database: &str) -> BTreeSet<String> {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(database);
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn both_databases_have_the_same_migrations() {
        assert_eq!(migrations("sqlite"), migrations("mysql"));
    }

    #[test]
    fn a_mysql_migration_is_one_statement() {
        for name in migrations("mysql") {
            let file = format!("{}/../../migrations/mysql/{name}/up.sql", env!("CARGO_MANIFEST_DIR"));
            let sql = fs::read_to_string(file).unwrap();
            let code: String = sql.lines().filter(|line| !line.starts_with("--")).collect();
            // What MySQL cannot make conditional is prepared by statements that change nothing, and executed by one.
            let prepares =
                |statement: &&str| ["SET @", "PREPARE ", "DEALLOCATE "].iter().any(|s| statement.starts_with(s));
            let statements = code.split(';').filter(|statement| !statement.is_empty() && !prepares(statement));
            assert_eq!((statements.count(), code.ends_with(';')), (1, true), "{name}");
        }
    }
}
