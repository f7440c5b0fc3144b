use std::{sync::Barrier, thread};

use infra::db::{Database, MigrateError};
use testing::TestDatabase;

use crate::{Raw, options};

testing::on_every_database! {
    migrations_are_applied_once,
    processes_that_start_at_once_migrate_once,
    a_database_newer_than_the_program_is_refused,
}

fn connect(database: &TestDatabase) -> Database {
    Database::open(&options(database)).unwrap()
}

fn migrations_are_applied_once(database: &TestDatabase) {
    let database = connect(database);
    let status = database.migration_status().unwrap();
    assert!(status.applied.is_empty() && status.unknown.is_empty() && !status.pending.is_empty(), "{status:?}");
    assert_eq!(database.migrate().unwrap(), status.pending);
    assert!(database.migrate().unwrap().is_empty());
    let after = database.migration_status().unwrap();
    assert_eq!(after.applied, status.pending);
    assert!(after.pending.is_empty() && after.unknown.is_empty(), "{after:?}");
}

fn processes_that_start_at_once_migrate_once(database: &TestDatabase) {
    const PROCESSES: usize = 6;
    let start = Barrier::new(PROCESSES);
    let applied: Vec<Vec<String>> = thread::scope(|scope| {
        let process = || {
            start.wait();
            connect(database).migrate().unwrap()
        };
        let processes: Vec<_> = (0..PROCESSES).map(|_| scope.spawn(process)).collect();
        processes.into_iter().map(|process| process.join().unwrap()).collect()
    });
    assert_eq!(applied.iter().filter(|applied| !applied.is_empty()).count(), 1, "{applied:?}");
    assert!(connect(database).migration_status().unwrap().pending.is_empty());
}

fn a_database_newer_than_the_program_is_refused(database: &TestDatabase) {
    let program = connect(database);
    program.migrate().unwrap();
    Raw::connect(database).execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')");
    let error = program.migrate().unwrap_err();
    assert!(matches!(&error, MigrateError::Newer(version) if version == "9999"), "{error:?}");
    assert!(error.to_string().contains("newer than this program"), "{error}");
    assert_eq!(program.migration_status().unwrap().unknown, ["9999"]);
}

#[cfg(feature = "mysql")]
mod mysql_alone {
    use diesel::{QueryableByName, RunQueryDsl, sql_types::Text};

    use super::*;

    /// MySQL's DDL is no part of a transaction.
    #[test]
    fn a_migration_that_was_killed_before_it_was_noted_is_taken_up_again() {
        let database = testing::mysql();
        let program = connect(&database);
        let all = program.migrate().unwrap();
        let mut raw = Raw::connect(&database);
        for done in 0..all.len() {
            let version = all[done].split('_').next().unwrap();
            raw.execute(&format!("DELETE FROM __diesel_schema_migrations WHERE version >= '{version}'"));
            assert_eq!(program.migrate().unwrap(), all[done..]);
        }
    }

    #[derive(QueryableByName)]
    struct Column {
        #[diesel(sql_type = Text)]
        name: String,
    }

    #[test]
    fn text_is_compared_by_its_code_points_whatever_the_server_prefers() {
        let database = testing::mysql();
        connect(&database).migrate().unwrap();
        let Raw::Mysql(mut raw) = Raw::connect(&database) else { panic!("not a MySQL database") };
        let others: Vec<Column> = diesel::sql_query(
            "SELECT CONCAT(table_name, '.', column_name) AS name FROM information_schema.columns
             WHERE table_schema = DATABASE() AND table_name NOT LIKE '\\_\\_diesel%'
             AND collation_name IS NOT NULL AND collation_name <> 'utf8mb4_bin'",
        )
        .load::<Column>(&mut raw)
        .unwrap();
        let others: Vec<_> = others.into_iter().map(|column| column.name).collect();
        assert!(others.is_empty(), "{others:?}");
    }
}
