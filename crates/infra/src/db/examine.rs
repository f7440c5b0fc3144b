//! Whether the database is as it should be. Nothing is changed.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Read},
    os::unix::fs::PermissionsExt,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use diesel::{QueryResult, SqliteConnection};
use domain::change::Seq;
use secrecy::ExposeSecret;

use super::{
    address::Address,
    connection::AnyConnection,
    dialect,
    error::MigrateError,
    migrations::{self, MigrationStatus, UNFINISHED_RESTORE},
    raw::{RawConnection, Value},
    store::DatabaseOptions,
    tables::{self, Catalog},
};
use crate::finding::Finding;

/// What an examination of the database found.
#[derive(Debug, Default)]
pub struct Looked {
    /// Finding by finding.
    pub findings: Vec<Finding>,
    /// What the feed of changes says, if it could be read.
    pub feed: Option<Feed>,
}

/// The end of the feed, and a place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feed {
    /// The number of the last change; 0 where there is none.
    pub last: Seq,
    /// The stamp of the change that was asked for, if it is there.
    pub stamp: Option<i64>,
}

/// How far clocks may be apart, in milliseconds.
const SKEW: i64 = 2_000;

/// Looks at the database: whether it can be reached and used, and whether it has the tables that this program makes.
/// `seq` is the number of a change whose stamp is wanted.
pub fn examine(options: &DatabaseOptions, seq: Seq) -> Looked {
    let mut looked = Looked::default();
    let address = match Address::parse(options.url.expose_secret()) {
        Ok(address) => address,
        Err(error) => {
            looked.findings.push(Finding::error("database", error.to_string(), "correct `database.url`"));
            return looked;
        }
    };
    let result = match &address {
        Address::Sqlite(path) => sqlite(path, seq, &mut looked),
        #[cfg(feature = "mysql")]
        Address::Mysql(_) => mysql::examine(&address, options, seq, &mut looked),
    };
    if let Err(error) = result {
        let found = format!("{address}: {error}");
        looked.findings.push(Finding::error("database", found, "see what the message says; then run this again"));
    }
    looked
}

fn sqlite(path: &Path, seq: Seq, looked: &mut Looked) -> QueryResult<()> {
    let name = path.display();
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(20).read_to_end(&mut start));
    let finding = match read {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let fix = "check `database.url`; the first start of the server makes it, or `marquee migrate`";
            Finding::error("database", format!("there is no database {name}"), fix)
        }
        Err(error) => {
            Finding::error("database", format!("{name}: {error}"), "run this as the user that the server runs as")
        }
        Ok(0) => Finding::warning("database", format!("{name} is empty"), "the server makes the tables when it starts"),
        Ok(_) if !start.starts_with(b"SQLite format 3\0") => {
            let fix = "check `database.url`, or restore a backup under another name";
            Finding::error("database", format!("{name} is no SQLite database"), fix)
        }
        Ok(_) => Finding::ok("database", format!("SQLite, {name}")),
    };
    let is_readable = finding.fix.is_none();
    looked.findings.push(finding);
    if !is_readable {
        return Ok(());
    }
    looked.findings.push(mode(path));
    looked.findings.push(match start.get(18) {
        Some(2) => Finding::ok("journal", "write-ahead log"),
        _ => Finding::warning(
            "journal",
            "no write-ahead log: readers and writers wait for each other",
            "start the server, which turns it on",
        ),
    });
    // Where nobody has it open, there is no log. Read as if it never changed, none is made: it might be another user's
    // then than the server's.
    let log = path.with_file_name(format!("{}-wal", path.file_name().unwrap_or_default().to_string_lossy()));
    let how = if log.exists() { "ro" } else { "ro&immutable=1" };
    let connection = dialect::establish_sqlite(path, how);
    match connection.map_err(|error| diesel::result::Error::QueryBuilderError(error.into()))? {
        AnyConnection::Sqlite(mut connection) => {
            connection.run("PRAGMA busy_timeout = 5000")?;
            look(&mut connection, seq, looked)
        }
        #[cfg(feature = "mysql")]
        AnyConnection::Mysql(_) => Ok(()),
    }
}

fn mode(path: &Path) -> Finding {
    let mode = fs::metadata(path).map_or(0o600, |metadata| metadata.permissions().mode() & 0o777);
    if mode & 0o007 == 0 {
        return Finding::ok("permissions", format!("{mode:o}"));
    }
    let found = format!("{mode:o}: any user of this machine can read the hashes of passwords");
    Finding::warning("permissions", found, format!("chmod 600 {0} {0}-wal {0}-shm", path.display()))
}

/// What is looked at in either database.
fn look<C: Indexed>(connection: &mut C, seq: Seq, looked: &mut Looked) -> QueryResult<()> {
    let versions = migrations::versions(connection)?.unwrap_or_default();
    let status = match migrations::compare(&versions) {
        Ok(status) => status,
        Err(error) => {
            looked.findings.push(Finding::error("migrations", error.to_string(), "build the program anew"));
            return Ok(());
        }
    };
    looked.findings.push(of_migrations(&status));
    match lacking(connection, &status.applied) {
        Ok(lacking) if lacking.is_empty() => {
            looked.findings.push(Finding::ok("tables", format!("as {} migrations make them", status.applied.len())));
        }
        Ok(lacking) => looked.findings.extend(lacking),
        Err(error) => looked.findings.push(Finding::error("tables", error.to_string(), "restore a backup")),
    }
    if status.applied.is_empty() || !tables::exists(connection, "changes")? || !tables::exists(connection, "users")? {
        return Ok(());
    }
    looked.findings.push(match connection.value(ADMINS)?.integer() {
        0 => Finding::warning(
            "admins",
            "there is no enabled admin: nobody can change anything",
            "marquee user create NAME --admin",
        ),
        1 => Finding::ok("admins", "1 enabled admin"),
        admins => Finding::ok("admins", format!("{admins} enabled admins")),
    });
    let last = connection.rows("SELECT seq, at FROM changes ORDER BY seq DESC LIMIT 1", &[])?.into_iter().next();
    let (last, at) = last.map_or((0, 0), |row| (row[0].integer(), row[1].integer()));
    looked.findings.extend(ahead(at * 1_000, "the last change", now()));
    let stamp = connection.rows("SELECT stamp FROM changes WHERE seq = ?", &[&Value::Integer(seq.cast_signed())])?;
    let stamp = stamp.into_iter().next().map(|row| row[0].integer());
    looked.feed = Some(Feed { last: last.cast_unsigned(), stamp });
    Ok(())
}

const ADMINS: &str = "SELECT COUNT(*) FROM users WHERE role = 'admin' AND disabled = 0";

fn of_migrations(status: &MigrationStatus) -> Finding {
    let MigrationStatus { applied, pending, unknown } = status;
    if unknown.iter().any(|version| version == UNFINISHED_RESTORE) {
        let fix = "run `marquee restore FILE` again";
        return Finding::error("migrations", "a backup was restored in part; no server takes the database", fix);
    }
    if let Some(version) = unknown.last() {
        let found = format!("the database has the migration {version}, which this program does not know");
        return Finding::error("migrations", found, "use the later version of the program, or restore a backup");
    }
    match pending.as_slice() {
        [] => Finding::ok("migrations", format!("all {} applied", applied.len())),
        [first, ..] => {
            let found = format!("{} pending, from {first}", pending.len());
            Finding::warning("migrations", found, "back up; then `marquee migrate`, or start the server")
        }
    }
}

/// An error where something is of a later time than now.
fn ahead(time: i64, of: &str, now: i64) -> Option<Finding> {
    (time - now > SKEW).then(|| {
        let found = format!("{of} is {} s ahead of this machine's clock", (time - now) / 1_000);
        Finding::warning("clock", found, "synchronise the clock (NTP); it may have been set back")
    })
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// An index of a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct TableIndex {
    columns: Vec<String>,
    is_unique: bool,
}

/// A connection that can be asked for indexes.
trait Indexed: Catalog {
    /// The indexes of a table, by their names.
    fn indexes(&mut self, table: &str) -> QueryResult<Vec<(String, TableIndex)>>;
}

impl Indexed for SqliteConnection {
    fn indexes(&mut self, table: &str) -> QueryResult<Vec<(String, TableIndex)>> {
        let query =
            format!("SELECT name, \"unique\" FROM pragma_index_list('{table}') WHERE origin <> 'pk' ORDER BY name");
        let mut indexes = Vec::new();
        for row in self.rows(&query, &[])? {
            let (name, is_unique) = (row[0].clone().into_text(), row[1].integer() != 0);
            let columns = self.texts(&format!("SELECT name FROM pragma_index_info('{name}') ORDER BY seqno"))?;
            indexes.push((name, TableIndex { columns, is_unique }));
        }
        Ok(indexes)
    }
}

/// What the database lacks of what these migrations make.
fn lacking<C: Indexed>(connection: &mut C, migrations: &[String]) -> Result<Vec<Finding>, MigrateError> {
    let mut scratch = tables::scratch(migrations)?;
    let there: BTreeSet<String> = tables::names(connection)?.into_iter().collect();
    let mut lacking = Vec::new();
    for table in tables::made_by(migrations)? {
        let name = &table.name;
        if !there.contains(name) {
            lacking.push(Finding::error("tables", format!("the table {name} is missing"), "restore a backup"));
            continue;
        }
        let columns = tables::columns(connection, name)?;
        for column in table.column_names() {
            if !columns.iter().any(|other| other == column) {
                let found = format!("the column {name}.{column} is missing");
                lacking.push(Finding::error("tables", found, "restore a backup"));
            }
        }
        let indexes = connection.indexes(name)?;
        for (index, expected) in scratch.indexes(name)? {
            if indexes.iter().any(|(_, other)| *other == expected) {
                continue;
            }
            let statement: Option<String> = scratch
                .texts(&format!("SELECT sql FROM sqlite_master WHERE type = 'index' AND name = '{index}'"))?
                .pop()
                .filter(|sql| C::IS_SQLITE && !sql.is_empty());
            let columns = expected.columns.join(", ");
            let index =
                if index.starts_with("sqlite_") { format!("{name}_{}", expected.columns.join("_")) } else { index };
            let unique = if expected.is_unique { "UNIQUE " } else { "" };
            let made = statement.unwrap_or_else(|| format!("CREATE {unique}INDEX {index} ON {name} ({columns})"));
            let found = format!("the index {index} of {name} is missing, or has other columns");
            let fix = match indexes.iter().any(|(other, _)| *other == index) {
                true => format!("drop it, and make it: {made}"),
                false => made,
            };
            lacking.push(Finding::error("tables", found, fix));
        }
    }
    Ok(lacking)
}

#[cfg(feature = "mysql")]
mod mysql {
    use std::{sync::mpsc, thread, time::Instant};

    use diesel::{MysqlConnection, result::Error as QueryError};

    use super::*;

    impl Indexed for MysqlConnection {
        fn indexes(&mut self, table: &str) -> QueryResult<Vec<(String, TableIndex)>> {
            let query = format!(
                "SELECT index_name, non_unique, column_name FROM information_schema.statistics
                 WHERE table_schema = DATABASE() AND table_name = '{table}' ORDER BY index_name, seq_in_index"
            );
            let mut indexes: Vec<(String, TableIndex)> = Vec::new();
            for row in self.rows(&query, &[])? {
                let (name, is_unique) = (row[0].clone().into_text(), row[1].integer() == 0);
                let column = row[2].clone().into_text();
                match indexes.last_mut() {
                    Some((last, index)) if *last == name => index.columns.push(column),
                    _ => indexes.push((name, TableIndex { columns: vec![column], is_unique })),
                }
            }
            Ok(indexes)
        }
    }

    /// What the server needs on its database.
    const NEEDED: [&str; 9] =
        ["SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "INDEX", "REFERENCES"];

    pub fn examine(address: &Address, options: &DatabaseOptions, seq: Seq, looked: &mut Looked) -> QueryResult<()> {
        let mut connection = match connect(address, options) {
            Ok(connection) => connection,
            Err(reason) => {
                let fix = "check `database.url`, and that the server runs and lets this user in";
                looked.findings.push(Finding::error("database", format!("{address}: {reason}"), fix));
                return Ok(());
            }
        };
        let connection = &mut connection;
        let version = connection.value("SELECT VERSION()")?.into_text();
        let kind = if version.contains("MariaDB") { "MariaDB" } else { "MySQL" };
        looked.findings.push(Finding::ok("database", format!("{kind} {version}, {address}")));
        looked.findings.push(privileges(connection)?);
        looked.findings.push(session(connection)?);
        looked.findings.extend(server(connection)?);
        looked.findings.extend(encryption(connection, address)?);
        looked.findings.push(collation(connection)?);
        looked.findings.push(clock(connection)?);
        look(connection, seq, looked)
    }

    /// Waits as long as a server would for its connection.
    fn connect(address: &Address, options: &DatabaseOptions) -> Result<MysqlConnection, String> {
        let (connected, connection) = mpsc::channel();
        let (address, lock_timeout) = (address.clone(), options.lock_timeout);
        thread::spawn(move || {
            let mut connection = dialect::establish(&address).map_err(|error| error.to_string());
            if let Ok(connection) = &mut connection
                && let Err(error) = dialect::set_up(connection, lock_timeout)
            {
                return connected.send(Err(error.to_string()));
            }
            connected.send(connection)
        });
        match connection.recv_timeout(options.connect_timeout) {
            Ok(Ok(AnyConnection::Mysql(connection))) => Ok(connection),
            Ok(Ok(AnyConnection::Sqlite(_))) => Err("it is no MySQL database".to_owned()),
            Ok(Err(reason)) => Err(reason),
            Err(_) => Err(format!("no connection within {} ms", options.connect_timeout.as_millis())),
        }
    }

    /// What this user was granted on everything, and on whole databases.
    const GRANTS: &str = r"
        SELECT CONCAT('GRANT ', privilege_type, ' ON *.* TO us') FROM information_schema.user_privileges
        WHERE grantee = CONCAT('''', REPLACE(CURRENT_USER(), '@', '''@'''), '''')
        UNION ALL
        SELECT CONCAT('GRANT ', privilege_type, ' ON `', table_schema, '`.* TO us')
        FROM information_schema.schema_privileges
        WHERE grantee = CONCAT('''', REPLACE(CURRENT_USER(), '@', '''@'''), '''')";

    fn privileges(connection: &mut MysqlConnection) -> QueryResult<Finding> {
        // SHOW GRANTS would say the same, but MySQL's cannot be prepared.
        let grants = connection.texts(GRANTS)?;
        let database = connection.value("SELECT DATABASE()")?.into_text();
        let lacking = lacking_privileges(&grants, &database);
        if lacking.is_empty() {
            return Ok(Finding::ok("privileges", format!("all that are needed on {database}")));
        }
        let list = lacking.join(", ");
        let fix = format!("as the database's administrator: GRANT ALL PRIVILEGES ON `{database}`.* TO this user");
        let has_roles = connection.value("SELECT COUNT(*) FROM information_schema.applicable_roles")?.integer() > 0;
        Ok(match has_roles {
            true => Finding::warning("privileges", format!("{list} are granted by a role, or not at all"), fix),
            false => Finding::error("privileges", format!("{list} are missing on {database}"), fix),
        })
    }

    /// Which of the privileges needed are not among these grants.
    fn lacking_privileges(grants: &[String], database: &str) -> Vec<&'static str> {
        let mut lacking = NEEDED.to_vec();
        for grant in grants {
            let Some((granted, rest)) = grant.strip_prefix("GRANT ").and_then(|grant| grant.split_once(" ON ")) else {
                continue;
            };
            let Some((on, _)) = rest.split_once(" TO ") else { continue };
            let is_ours = on == "*.*"
                || on.strip_suffix(".*").is_some_and(|name| {
                    let name = name.trim_matches('`');
                    name.replace("\\_", "_").replace("\\%", "%") == database || matches(name, database)
                });
            if is_ours {
                let granted: Vec<&str> = granted.split(", ").collect();
                lacking.retain(|needed| !granted.contains(needed) && !granted.contains(&"ALL PRIVILEGES"));
            }
        }
        lacking
    }

    /// Whether a pattern as in LIKE fits.
    fn matches(pattern: &str, name: &str) -> bool {
        let (mut pattern, mut name) = (pattern.chars(), name.chars());
        match pattern.next() {
            None => name.next().is_none(),
            Some('%') => (0..=name.as_str().len())
                .filter_map(|start| name.as_str().get(start..))
                .any(|rest| matches(pattern.as_str(), rest)),
            Some('_') => name.next().is_some() && matches(pattern.as_str(), name.as_str()),
            Some('\\') => pattern.next() == name.next() && matches(pattern.as_str(), name.as_str()),
            Some(one) => name.next() == Some(one) && matches(pattern.as_str(), name.as_str()),
        }
    }

    /// What each connection asks for has to be in force; a proxy in between may not pass it on.
    fn session(connection: &mut MysqlConnection) -> QueryResult<Finding> {
        let modes = connection.value("SELECT @@SESSION.sql_mode")?.into_text();
        let charset = connection.value("SELECT @@SESSION.character_set_client")?.into_text();
        let found = format!("sql_mode {modes}; {charset}");
        if modes.contains("STRICT_ALL_TABLES") && charset == "utf8mb4" {
            return Ok(Finding::ok("session", found));
        }
        let fix = "connect to the database itself, or let the proxy pass on SET statements";
        Ok(Finding::error("session", format!("{found}: not what was asked for"), fix))
    }

    fn server(connection: &mut MysqlConnection) -> QueryResult<Vec<Finding>> {
        let mut findings = Vec::new();
        let mut number = |query: &str| connection.value(query).map(|value| value.integer());
        if number("SELECT CAST(@@GLOBAL.read_only AS SIGNED)")? != 0 {
            let fix = "name the primary in `database.url`, or SET GLOBAL read_only = OFF";
            findings.push(Finding::error("server", "the database server is read-only", fix));
        }
        let packet = number("SELECT CAST(@@SESSION.max_allowed_packet AS SIGNED)")?;
        if packet < 1 << 20 {
            let found = format!("max_allowed_packet is {packet} bytes: long texts cannot be stored");
            findings.push(Finding::error(
                "server",
                found,
                "set max_allowed_packet to 16M in the server's configuration",
            ));
        }
        if number("SELECT CAST(@@GLOBAL.innodb_flush_log_at_trx_commit AS SIGNED)")? != 1 {
            let found = "innodb_flush_log_at_trx_commit is not 1: a power cut can lose what was acknowledged";
            findings.push(Finding::warning("server", found, "SET GLOBAL innodb_flush_log_at_trx_commit = 1"));
        }
        Ok(findings)
    }

    fn encryption(connection: &mut MysqlConnection, address: &Address) -> QueryResult<Option<Finding>> {
        let place = address.to_string();
        let host = place.split(['/', ':']).next().unwrap_or_default();
        if ["localhost", "127.0.0.1", "[", ""].contains(&host) {
            return Ok(None);
        }
        let version = connection.value("SELECT VERSION()")?.into_text();
        let schema = if version.contains("MariaDB") { "information_schema" } else { "performance_schema" };
        let query = format!("SELECT variable_value FROM {schema}.session_status WHERE variable_name = 'Ssl_cipher'");
        let cipher = connection.rows(&query, &[])?.pop();
        let cipher = cipher.and_then(|mut row| row.pop()).map(Value::into_text).unwrap_or_default();
        Ok(Some(match cipher.as_str() {
            "" => Finding::warning(
                "encryption",
                format!("the connection to {host} is not encrypted"),
                "add ?ssl_ca=/path/ca.pem to `database.url`, unless the network is private",
            ),
            cipher => Finding::ok("encryption", cipher),
        }))
    }

    fn collation(connection: &mut MysqlConnection) -> QueryResult<Finding> {
        let ours = tables::made_by(&migrations::names().unwrap_or_default()).unwrap_or_default();
        let ours: Vec<String> = ours.iter().map(|table| format!("'{}'", table.name)).collect();
        let ours = ours.join(", ");
        let others = connection.texts(&format!(
            "SELECT CONCAT(table_name, '.', column_name) FROM information_schema.columns
             WHERE table_schema = DATABASE() AND table_name IN ({ours}) AND collation_name <> 'utf8mb4_bin'
             ORDER BY table_name, column_name"
        ))?;
        if let [first, ..] = others.as_slice() {
            let table = first.split('.').next().unwrap_or_default();
            let found = format!("{} are not utf8mb4_bin: names are taken for equal that are not", others.join(", "));
            let fix = format!("ALTER TABLE {table} CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, and so on");
            return Ok(Finding::error("collation", found, fix));
        }
        let engines = connection.texts(&format!(
            "SELECT table_name FROM information_schema.tables
             WHERE table_schema = DATABASE() AND table_name IN ({ours}) AND engine <> 'InnoDB' ORDER BY table_name"
        ))?;
        if let [first, ..] = engines.as_slice() {
            let found = format!("{} are not InnoDB: they know no transactions", engines.join(", "));
            return Ok(Finding::error("collation", found, format!("ALTER TABLE {first} ENGINE = InnoDB, and so on")));
        }
        Ok(Finding::ok("collation", "utf8mb4_bin, InnoDB"))
    }

    fn clock(connection: &mut MysqlConnection) -> QueryResult<Finding> {
        let asked = Instant::now();
        let theirs = connection.value("SELECT CAST(UNIX_TIMESTAMP(NOW(6)) * 1000 AS SIGNED)")?.integer();
        let half =
            i64::try_from(asked.elapsed().as_millis() / 2).map_err(|e| QueryError::QueryBuilderError(e.into()))?;
        Ok(skew(theirs - (now() - half)))
    }

    fn skew(difference: i64) -> Finding {
        if difference.abs() <= SKEW {
            return Finding::ok("clock", "agrees with the database's");
        }
        let way = if difference > 0 { "ahead of" } else { "behind" };
        let found = format!("the database's clock is {} s {way} this machine's", difference.abs() / 1_000);
        Finding::warning("clock", found, "synchronise both clocks (NTP)")
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn privileges_are_read_from_grants() {
            let lacking = |grants: &[&str], database: &str| {
                let grants: Vec<String> = grants.iter().map(|&grant| grant.to_owned()).collect();
                lacking_privileges(&grants, database)
            };
            let usage = "GRANT USAGE ON *.* TO `ann`@`%` IDENTIFIED BY PASSWORD '*1'";
            assert_eq!(lacking(&[usage], "films"), NEEDED);
            for all in ["*.*", "`films`.*", "`fil%`.*", "`f_lms`.*", "films.*"] {
                let grant = format!("GRANT ALL PRIVILEGES ON {all} TO `ann`@`%` WITH GRANT OPTION");
                assert!(lacking(&[usage, &grant], "films").is_empty(), "{all}");
            }
            assert_eq!(lacking(&["GRANT ALL PRIVILEGES ON `other`.* TO `ann`@`%`"], "films"), NEEDED);
            assert!(lacking(&["GRANT ALL PRIVILEGES ON `my\\_films`.* TO `ann`@`%`"], "my_films").is_empty());
            assert_eq!(lacking(&["GRANT ALL PRIVILEGES ON `my\\_films`.* TO `ann`@`%`"], "my-films"), NEEDED);
            let some = "GRANT SELECT, INSERT, UPDATE, DELETE ON `films`.* TO `ann`@`%`";
            assert_eq!(lacking(&[some], "films"), ["CREATE", "DROP", "ALTER", "INDEX", "REFERENCES"]);
            let one_table = "GRANT ALL PRIVILEGES ON `films`.`movies` TO `ann`@`%`";
            assert_eq!(lacking(&[one_table, "GRANT `role`@`%` TO `ann`@`%`"], "films"), NEEDED);
        }

        #[test]
        fn clocks_may_be_two_seconds_apart() {
            assert!(skew(2_000).fix.is_none() && skew(-2_000).fix.is_none());
            assert!(skew(2_001).found.contains("2 s ahead of") && skew(-61_000).found.contains("61 s behind"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_later_than_now_means_a_clock_that_was_set_back() {
        assert_eq!(ahead(12_000, "it", 10_000), None);
        assert!(
            ahead(75_000, "it", 10_000)
                .is_some_and(|finding| finding.found == "it is 65 s ahead of this machine's clock")
        );
    }
}
