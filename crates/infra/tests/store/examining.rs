//! What an examination of a database finds, one fault at a time.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use domain::{
    ports::Store,
    time::Timestamp,
    user::{Role, User, UserId, Username},
};
use infra::{
    db::{Database, examine},
    finding::{Finding, Severity},
};
use testing::TestDatabase;

use crate::{
    Raw,
    changes::{new_movies, record},
    open, options, read,
};

testing::on_every_database! {
    a_database_that_is_as_it_should_be_is_told_to_be,
    migrations_that_are_pending_unknown_or_of_a_restore_are_told,
    what_is_missing_is_named_with_the_statement_that_makes_it,
    a_database_without_an_enabled_admin_is_told,
    a_change_of_the_future_is_told,
    the_stamp_of_a_change_is_looked_up,
    an_empty_database_is_no_error,
    an_examination_changes_nothing,
}

fn admin(disabled: bool) -> User {
    User {
        id: UserId(1),
        username: Username::new("ann").unwrap(),
        role: Role::Admin,
        disabled,
        created_at: Timestamp::from_unix(0),
    }
}

/// A store with an admin and a change.
fn ready(database: &TestDatabase) -> Arc<dyn Store> {
    let store = open(database);
    store.writing(|session| session.insert_user(&admin(false), "$2b$hash")).unwrap();
    record(&store, &[new_movies(1, 3)]);
    store
}

fn findings(database: &TestDatabase) -> Vec<Finding> {
    but_of_the_server(examine(&options(database), 0).findings)
}

/// Servers for tests are told not to wait for their disks.
fn but_of_the_server(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.retain(|finding| finding.check != "server");
    findings
}

/// What is not as it should be.
fn faults(database: &TestDatabase) -> Vec<Finding> {
    findings(database).into_iter().filter(|finding| finding.severity != Severity::Ok).collect()
}

/// The one fault there is.
#[track_caller]
fn fault(database: &TestDatabase, check: &str, severity: Severity, part: &str) -> String {
    let faults = faults(database);
    assert_eq!(faults.len(), 1, "{faults:#?}");
    let Finding { check: looked_at, severity: how_bad, found, fix } = faults[0].clone();
    assert_eq!((looked_at, how_bad), (check, severity), "{found}");
    assert!(found.contains(part), "{found}");
    fix.unwrap()
}

fn a_database_that_is_as_it_should_be_is_told_to_be(database: &TestDatabase) {
    drop(ready(database));
    let found = findings(database);
    assert!(found.iter().all(|finding| finding.severity == Severity::Ok && finding.fix.is_none()), "{found:#?}");
    let of = |check: &str| found.iter().find(|finding| finding.check == check).map(|finding| finding.found.as_str());
    assert_eq!(of("admins"), Some("1 enabled admin"));
    assert!(of("migrations").unwrap().starts_with("all "));
    assert!(!format!("{found:?}").contains("password"), "{found:#?}");
}

fn migrations_that_are_pending_unknown_or_of_a_restore_are_told(database: &TestDatabase) {
    drop(ready(database));
    let mut raw = Raw::connect(database);
    raw.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('restore-unfinished')");
    let fix = fault(database, "migrations", Severity::Error, "restored in part");
    assert!(fix.contains("marquee restore FILE"), "{fix}");
    raw.execute("UPDATE __diesel_schema_migrations SET version = '9999' WHERE version = 'restore-unfinished'");
    fault(database, "migrations", Severity::Error, "9999");
    raw.execute("DELETE FROM __diesel_schema_migrations WHERE version IN ('9999', '0013'); DROP TABLE imports");
    let fix = fault(database, "migrations", Severity::Warning, "1 pending, from 0013_imports");
    assert!(fix.contains("marquee migrate"), "{fix}");
}

fn what_is_missing_is_named_with_the_statement_that_makes_it(database: &TestDatabase) {
    drop(ready(database));
    let mut raw = Raw::connect(database);
    let is_mysql = database.url().starts_with("mysql:");
    let on = |table: &str| if is_mysql { format!(" ON {table}") } else { String::new() };
    for (index, table) in [("movies_identity", "movies"), ("changes_actor", "changes"), ("movies_imdb_id", "movies")] {
        raw.execute(&format!("DROP INDEX {index}{}", on(table)));
        let fix = fault(database, "tables", Severity::Error, &format!("the index {index} of {table} is missing"));
        raw.execute(&fix);
        assert_eq!(faults(database), []);
    }
    // One of the right name and the wrong columns.
    raw.execute(&format!("DROP INDEX changes_actor{}", on("changes")));
    raw.execute("CREATE INDEX changes_actor ON changes (actor)");
    assert!(fault(database, "tables", Severity::Error, "changes_actor").contains("drop it"));
    raw.execute(&format!("DROP INDEX changes_actor{}", on("changes")));
    raw.execute("CREATE INDEX changes_actor ON changes (actor, seq)");
    raw.execute("ALTER TABLE imports DROP COLUMN error");
    fault(database, "tables", Severity::Error, "the column imports.error is missing");
    raw.execute("DROP TABLE imports");
    fault(database, "tables", Severity::Error, "the table imports is missing");
}

fn a_database_without_an_enabled_admin_is_told(database: &TestDatabase) {
    let store = ready(database);
    store.writing(|session| session.update_user(&admin(true), "$2b$hash")).unwrap();
    let fix = fault(database, "admins", Severity::Warning, "no enabled admin");
    assert!(fix.contains("marquee user create NAME --admin"), "{fix}");
}

fn a_change_of_the_future_is_told(database: &TestDatabase) {
    drop(ready(database));
    Raw::connect(database).execute("UPDATE changes SET at = 99999999999");
    assert!(fault(database, "clock", Severity::Warning, "ahead of this machine's clock").contains("NTP"));
}

fn the_stamp_of_a_change_is_looked_up(database: &TestDatabase) {
    let store = ready(database);
    let stamp = read(&store, |session| session.change_stamp(3));
    let feed = |seq| examine(&options(database), seq).feed.unwrap();
    assert!(stamp.is_some() && feed(3).stamp == stamp && feed(3).last == 3);
    assert_eq!(feed(2).stamp, None);
}

fn an_empty_database_is_no_error(database: &TestDatabase) {
    drop(Database::open(&options(database)).unwrap());
    let faults = faults(database);
    assert!(!faults.is_empty() && faults.iter().all(|fault| fault.severity == Severity::Warning), "{faults:#?}");
}

fn an_examination_changes_nothing(database: &TestDatabase) {
    drop(Database::open(&options(database)).unwrap());
    let before = tables_at_rest(database);
    findings(database);
    assert_eq!(tables_at_rest(database), before);
}

/// The tables once nobody has them open any more: a pool closes its connections on threads of its own, and the last one
/// takes SQLite's log away.
fn tables_at_rest(database: &TestDatabase) -> Vec<(String, Vec<u8>)> {
    let give_up = Instant::now() + Duration::from_secs(10);
    loop {
        let before = tables(database);
        thread::sleep(Duration::from_millis(100));
        let is_closed = !before.iter().any(|(name, _)| name.ends_with("-wal"));
        if is_closed && tables(database) == before {
            return before;
        }
        assert!(Instant::now() < give_up, "the database stays open");
    }
}

/// The tables, or the files and their bytes.
fn tables(database: &TestDatabase) -> Vec<(String, Vec<u8>)> {
    match database.url().strip_prefix("sqlite:") {
        Some(path) => {
            let entries = fs::read_dir(Path::new(path).parent().unwrap()).unwrap().map(|entry| entry.unwrap().path());
            // One may go while this looks.
            let read = |path: PathBuf| (path.display().to_string(), fs::read(path).unwrap_or_default());
            let mut files: Vec<_> = entries.map(read).collect();
            files.sort();
            files
        }
        None => {
            let status = Database::open(&options(database)).unwrap().migration_status().unwrap();
            vec![(format!("{status:?}"), Vec::new())]
        }
    }
}

#[test]
fn a_sqlite_file_that_is_not_there_empty_or_something_else_is_told() {
    let database = testing::sqlite();
    let path = Path::new(database.url().strip_prefix("sqlite:").unwrap());
    assert!(fault(&database, "database", Severity::Error, "there is no database").contains("database.url"));
    assert!(!path.exists());
    fs::write(path, "").unwrap();
    fault(&database, "database", Severity::Warning, "is empty");
    fs::write(path, "{\"not\": \"a database\"}").unwrap();
    fault(&database, "database", Severity::Error, "is no SQLite database");
    fs::write(path, [&b"SQLite format 3\0"[..], &[0; 5_000]].concat()).unwrap();
    let faults = faults(&database);
    assert!(faults.iter().any(|fault| fault.severity == Severity::Error), "{faults:#?}");
}

#[test]
fn a_sqlite_file_that_anybody_can_read_is_told() {
    let database = testing::sqlite();
    drop(ready(&database));
    let path = Path::new(database.url().strip_prefix("sqlite:").unwrap());
    fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(fault(&database, "permissions", Severity::Warning, "644").contains("chmod 600"));
    fs::set_permissions(path, fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(faults(&database), []);
}

#[test]
fn a_sqlite_database_without_a_write_ahead_log_is_told() {
    let database = testing::sqlite();
    drop(ready(&database));
    let log = format!("{}-wal", database.url().strip_prefix("sqlite:").unwrap());
    // The store's connections are closed in the background.
    while fs::exists(&log).unwrap() {
        thread::sleep(Duration::from_millis(10));
    }
    Raw::connect(&database).execute("PRAGMA journal_mode = DELETE");
    fault(&database, "journal", Severity::Warning, "no write-ahead log");
}

#[test]
fn an_examination_sees_what_is_in_the_write_ahead_log_alone() {
    let database = testing::sqlite();
    let store = ready(&database);
    assert_eq!(faults(&database), []);
    drop(store);
    let log = format!("{}-wal", database.url().strip_prefix("sqlite:").unwrap());
    while fs::exists(&log).unwrap() {
        thread::sleep(Duration::from_millis(10));
    }
    let before = tables(&database);
    findings(&database);
    assert!(tables(&database) == before, "and none is made by looking");
}

#[test]
fn an_address_that_is_none_is_told() {
    let options =
        infra::db::DatabaseOptions { url: "postgres://ann:hush@db/films".into(), ..options(&testing::sqlite()) };
    let findings = examine(&options, 0).findings;
    assert_eq!((findings.len(), findings[0].severity), (1, Severity::Error));
    assert!(findings[0].found.contains("postgres") && !findings[0].found.contains("hush"), "{findings:?}");
}

#[cfg(feature = "mysql")]
mod mysql_alone {
    use std::time::Instant;

    use infra::db::DatabaseOptions;

    use super::*;

    fn faults_of(options: &DatabaseOptions) -> Vec<Finding> {
        let findings = but_of_the_server(examine(options, 0).findings);
        findings.into_iter().filter(|finding| finding.severity != Severity::Ok).collect()
    }

    #[test]
    fn text_that_is_not_compared_by_its_code_points_is_told() {
        let database = testing::mysql();
        drop(ready(&database));
        let mut raw = Raw::connect(&database);
        raw.execute("ALTER TABLE genres CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci");
        let fix = fault(&database, "collation", Severity::Error, "genres.name, genres.name_key are not utf8mb4_bin");
        raw.execute(fix.strip_suffix(", and so on").unwrap());
        assert_eq!(faults(&database), []);
        raw.execute("ALTER TABLE imports ENGINE = MyISAM");
        let fix = fault(&database, "collation", Severity::Error, "imports are not InnoDB");
        raw.execute(fix.strip_suffix(", and so on").unwrap());
        assert_eq!(faults(&database), []);
    }

    #[test]
    fn privileges_that_are_missing_are_told() {
        let database = testing::mysql();
        drop(ready(&database));
        let name = database.url().rsplit('/').next().unwrap();
        let user = format!("look{}", &name[name.len().saturating_sub(20)..]);
        let mut raw = Raw::connect(&database);
        raw.execute(&format!("CREATE USER '{user}'@'%' IDENTIFIED BY 'Hush-12345'"));
        raw.execute(&format!("GRANT SELECT, INSERT, UPDATE, DELETE ON `{name}`.* TO '{user}'@'%'"));
        let place = database.url().rsplit_once('@').unwrap().1;
        let url = format!("mysql://{user}:Hush-12345@{place}");
        let faults = faults_of(&DatabaseOptions { url: url.into(), ..options(&database) });
        let wrong = DatabaseOptions { url: format!("mysql://{user}:wrong@{place}").into(), ..options(&database) };
        let refused = faults_of(&wrong);
        raw.execute(&format!("DROP USER '{user}'@'%'"));
        assert_eq!(faults.len(), 1, "{faults:#?}");
        let lacking = "CREATE, DROP, ALTER, INDEX, REFERENCES are missing";
        assert!(faults[0].check == "privileges" && faults[0].found.contains(lacking), "{faults:?}");
        assert!(faults[0].fix.as_ref().unwrap().contains("GRANT ALL PRIVILEGES"));
        assert!(refused[0].severity == Severity::Error && refused[0].found.contains("Access denied"), "{refused:?}");
        assert!(!format!("{faults:?}{refused:?}").contains("Hush"));
    }

    #[test]
    fn a_server_that_is_not_there_is_told_in_time() {
        // It takes connections and says nothing.
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let silent = format!("mysql://ann:hush@{}/films", silent.local_addr().unwrap());
        for url in ["mysql://ann:hush@127.0.0.1:1/films", &silent] {
            let patience = Duration::from_millis(500);
            let options = DatabaseOptions { url: url.into(), connect_timeout: patience, ..options(&testing::sqlite()) };
            let started = Instant::now();
            let faults = faults_of(&options);
            assert!(started.elapsed() < Duration::from_secs(5));
            assert_eq!((faults.len(), faults[0].severity), (1, Severity::Error), "{faults:?}");
            assert!(!faults[0].found.contains("hush"));
        }
    }
}
