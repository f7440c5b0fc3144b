//! What a test may rely on when it asks for a database.

use std::path::Path;

use testing::TestDatabase;

testing::on_every_database! {
    every_database_is_another_one,
}

fn every_database_is_another_one(database: &TestDatabase) {
    let other = match database.url() {
        #[cfg(feature = "mysql")]
        url if url.starts_with("mysql:") => testing::mysql(),
        _ => testing::sqlite(),
    };
    assert_ne!(database.url(), other.url());
}

#[test]
fn a_sqlite_database_starts_without_a_file_and_its_directory_goes_with_it() {
    let database = testing::sqlite();
    let file = Path::new(database.url().strip_prefix("sqlite:").unwrap()).to_owned();
    assert!(!file.exists());
    std::fs::write(&file, "").unwrap();
    drop(database);
    assert!(!file.parent().unwrap().exists());
}
