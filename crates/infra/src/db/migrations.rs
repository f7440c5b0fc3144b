//! The tables, made and brought up to date.

use std::time::Duration;

use diesel::{backend::Backend, migration::MigrationSource};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{address::Address, connection::AnyConnection, dialect, error::MigrateError};

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
        AnyConnection::Sqlite(mut connection) => connection.immediate_transaction(|c| apply(c, SQLITE)),
        #[cfg(feature = "mysql")]
        AnyConnection::Mysql(mut connection) => {
            mysql::take_turn(&mut connection)?;
            // The turn ends with the connection.
            apply(&mut connection, MYSQL)
        }
    }
}

/// Compares the database's migrations with the program's.
pub fn status(address: &Address) -> Result<MigrationStatus, MigrateError> {
    match connect(address)? {
        AnyConnection::Sqlite(mut connection) => compare(&mut connection, &SQLITE),
        #[cfg(feature = "mysql")]
        AnyConnection::Mysql(mut connection) => compare(&mut connection, &MYSQL),
    }
}

/// A connection of its own: migrations wait longer than queries, and MySQL ends a transaction at each.
fn connect(address: &Address) -> Result<AnyConnection, MigrateError> {
    let mut connection = dialect::establish(address).map_err(|e| MigrateError::Failed(e.into()))?;
    dialect::set_up(&mut connection, PATIENCE).map_err(|e| MigrateError::Failed(e.into()))?;
    Ok(connection)
}

fn apply<C, DB>(connection: &mut C, known: EmbeddedMigrations) -> Result<Vec<String>, MigrateError>
where
    C: MigrationHarness<DB>,
    DB: Backend,
{
    let MigrationStatus { pending, unknown, .. } = compare(connection, &known)?;
    if let Some(version) = unknown.into_iter().next_back() {
        return Err(MigrateError::Newer(version));
    }
    connection.run_pending_migrations(known).map_err(MigrateError::Failed)?;
    Ok(pending)
}

fn compare<C, DB>(connection: &mut C, known: &EmbeddedMigrations) -> Result<MigrationStatus, MigrateError>
where
    C: MigrationHarness<DB>,
    DB: Backend,
{
    let mut in_database = connection.applied_migrations().map_err(MigrateError::Failed)?;
    in_database.reverse();
    let known = MigrationSource::<DB>::migrations(known).map_err(MigrateError::Failed)?;
    let (mut applied, mut pending) = (Vec::new(), Vec::new());
    for migration in known {
        let name = migration.name();
        let before = in_database.len();
        in_database.retain(|version| *version != name.version());
        let list = if in_database.len() < before { &mut applied } else { &mut pending };
        list.push(name.to_string());
    }
    applied.sort_unstable();
    pending.sort_unstable();
    Ok(MigrationStatus { applied, pending, unknown: in_database.iter().map(ToString::to_string).collect() })
}

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
