//! Backups: the same from every database, of one state, and refused where they cannot be right.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use domain::{
    change::{Actor, ChangeFilter, Edit, NewChange, Via},
    genre::GenreId,
    idempotency::{Fingerprint, IdempotencyKey, KeptAnswer, KeyedRequest},
    import::{Counts, ImportId, ImportRecord, Standing},
    movie::MovieId,
    ports::Store,
    query::IdPage,
    time::Timestamp,
    user::{Role, Token, TokenDigest, TokenId, TokenName, User, UserId, Username},
};
use infra::db::{Database, FileError, RestoreError, backup, restore};
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use testing::TestDatabase;

use crate::{
    Raw, add_genres, bare,
    changes::{change, new_movies},
    full, open, options, read,
};

testing::on_every_database! {
    a_backup_is_the_same_whichever_database_it_is_made_of,
    a_restored_database_has_all_that_the_other_had,
    a_restored_database_goes_on_with_ids_and_numbers,
    a_backup_is_of_one_state_whatever_is_written_meanwhile,
    a_backup_holds_up_no_writer,
    large_tables_are_backed_up_in_pages,
    a_database_with_anything_in_it_is_refused,
    a_database_with_nothing_in_it_is_taken_at_any_age,
    a_database_of_another_program_is_refused,
    a_database_in_use_is_refused,
    a_backup_of_an_older_program_is_restored_and_brought_up_to_date,
    a_database_that_is_not_up_to_date_is_not_backed_up,
}

fn username(name: &str) -> Username {
    Username::new(name).unwrap()
}

fn user(id: u64, name: &str, role: Role) -> User {
    let created_at = Timestamp::from_unix(-1);
    User { id: UserId(id), username: username(name), role, disabled: id > 1, created_at }
}

fn token(id: u64) -> Token {
    Token {
        id: TokenId(id),
        user: UserId(1),
        name: (id > 1).then(|| TokenName::new("Laptop 🎬").unwrap()),
        digest: TokenDigest(std::array::from_fn(|index| (index as u8).wrapping_mul(id as u8 + 7))),
        created_at: Timestamp::from_unix(1_700_000_000),
        expires_at: Timestamp::from_unix(i64::MAX),
        last_used_at: (id > 1).then(|| Timestamp::from_unix(1_700_000_777)),
    }
}

fn request(key: &str) -> KeyedRequest {
    KeyedRequest {
        user: UserId(1),
        operation: "op",
        key: IdempotencyKey::new(key, "").unwrap(),
        fingerprint: Fingerprint([0xfe; 32]),
    }
}

/// A store with something in every table.
fn with_everything(database: &TestDatabase) -> Arc<dyn Store> {
    let store = open(database);
    let genres = add_genres(&store, &["Drama", "Ünusual 'Genre'\\"]);
    store
        .writing(|session| {
            session.new_movie_ids(3)?;
            session.insert_movies(&[bare(1, "Ø"), full(2, "Full", &genres), bare(3, "\u{10ffff} \"x\" \\n")])?;
            session.new_user_id()?;
            session.insert_user(&user(1, "Ann", Role::Admin), "$2b$hash one")?;
            session.new_user_id()?;
            session.insert_user(&user(2, "bob", Role::User), "$2b$hash two")?;
            session.new_token_id()?;
            session.insert_token(&token(1))?;
            session.insert_token(&token(2))?;
            let by_ann = |edit| NewChange { actor: Some(username("Ann")), via: Via::Page, ..change(edit) };
            session.record(&[
                new_movies(1, 3),
                change(Edit::movie_updated(&bare(2, "Bare"), &full(2, "Full", &genres))),
                by_ann(Edit::Genre { id: GenreId(1), before: None, after: Some(genres[0].clone()) }),
            ])?;
            session.insert_import(&ImportRecord {
                id: ImportId(1),
                started_at: Timestamp::from_unix(1),
                heard_of_at: Timestamp::from_unix(2),
                finished_at: None,
                actor: None,
                source: "🎬".repeat(300),
                counts: Counts { created: 1, updated: 2, unchanged: 3, rejected: 1 << 40 },
                standing: Standing::Running,
                error: Some("ö".repeat(1_000)),
            })?;
            for (key, length) in [("short", 0), ("long", 1_200_000)] {
                let outcome = (0..length).map(|n: u32| (n % 251) as u8).collect();
                let fingerprint = Fingerprint([0xfe; 32]);
                let at = Timestamp::from_unix(9);
                session.keep_answer(&request(key), &KeptAnswer { fingerprint, seq: Some(3), at, outcome })?;
            }
            Ok(())
        })
        .unwrap();
    store
}

/// A directory for backups.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        fs::write(self.path(name), bytes).unwrap();
        self.path(name)
    }
}

fn backup_of(database: &TestDatabase) -> Vec<u8> {
    let mut bytes = Vec::new();
    backup(&options(database), &mut bytes, &mut |_| {}).unwrap();
    bytes
}

fn restore_into(database: &TestDatabase, file: &Path) -> Result<u64, RestoreError> {
    restore(&options(database), file, &mut |_| {})
}

/// Empty databases, one of each kind.
fn each_kind() -> Vec<TestDatabase> {
    vec![
        #[cfg(feature = "mysql")]
        testing::mysql(),
        testing::sqlite(),
    ]
}

fn lines(backup: &[u8]) -> Vec<String> {
    let text = String::from_utf8(zstd::decode_all(backup).unwrap()).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// What `marquee backup` would make of these lines.
fn file_of(lines: &[String]) -> Vec<u8> {
    let text: String = lines.iter().map(|line| line.clone() + "\n").collect();
    summed([START, &zstd::encode_all(text.as_bytes(), 3).unwrap()].concat())
}

const START: &[u8] = b"\x5a\x2a\x4d\x18\x0f\0\0\0marquee-backup\n";

/// The file that begins so, with its right checksum.
fn summed(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.extend(b"\x5a\x2a\x4d\x18\x20\0\0\0");
    let sum = Sha256::digest(&bytes);
    bytes.extend(sum);
    bytes
}

fn a_backup_is_the_same_whichever_database_it_is_made_of(database: &TestDatabase) {
    drop(with_everything(database));
    let files = Files::new();
    let first = backup_of(database);
    assert_eq!(backup_of(database), first, "there is nothing of its time in it");
    let mut last = files.write("first", &first);
    for (number, other) in each_kind().iter().enumerate() {
        restore_into(other, &last).unwrap();
        let again = backup_of(other);
        assert_eq!(lines(&again), lines(&first));
        assert!(again == first, "the bytes are the same too");
        last = files.write(&number.to_string(), &again);
    }
    let tables = lines(&first).into_iter().filter(|line| line.starts_with("{\"table\"")).collect::<Vec<_>>();
    assert!(tables.iter().all(|line| !line.ends_with("\"rows\":0}")), "nothing is untried: {tables:#?}");
}

fn a_restored_database_has_all_that_the_other_had(database: &TestDatabase) {
    let source = testing::sqlite();
    let from = with_everything(&source);
    let files = Files::new();
    restore_into(database, &files.write("backup", &backup_of(&source))).unwrap();
    let to = open(database);
    let both = [&from, &to];
    let [a, b] = both.map(|store| {
        read(store, |session| {
            let movies: Vec<_> = (1..=3).map(|id| session.movie(MovieId(id))).collect::<Result<_, _>>()?;
            let users = [session.user(UserId(1))?, session.user_named(&username("BOB"))?];
            let tokens = [session.token(&token(1).digest)?, session.token(&token(2).digest)?];
            let page = IdPage { after: 0, skip: 0, limit: 10 };
            let listed = session.tokens_of(UserId(1), Timestamp::from_unix(0), page)?;
            let changes = session.changes_after(0, 100)?;
            let filter = ChangeFilter { actor: Some(Actor::User(username("Ann"))), ..ChangeFilter::default() };
            let latest = session.latest_changes(&filter, u64::MAX, 5)?.changes;
            let imports = session.latest_imports(10)?;
            let kept = session.kept_answer(&request("long"), Timestamp::from_unix(0))?;
            let more = (session.genres()?, changes, latest, imports, session.last_change()?);
            Ok(format!("{movies:?} {users:?} {tokens:?} {listed:?} {more:?} {kept:?}"))
        })
    });
    assert_eq!(a, b);
}

fn a_restored_database_goes_on_with_ids_and_numbers(database: &TestDatabase) {
    let source = testing::sqlite();
    drop(with_everything(&source));
    let files = Files::new();
    restore_into(database, &files.write("backup", &backup_of(&source))).unwrap();
    let store = open(database);
    let ids = store.writing(|session| Ok((session.new_movie_ids(1)?, session.new_genre_id()?, session.new_user_id()?)));
    assert_eq!(ids.unwrap(), (MovieId(4), GenreId(3), UserId(3)));
    let seq = store.writing(|session| session.record(&[new_movies(4, 1)])).unwrap();
    assert_eq!(seq, 6);
}

/// Calls something at each write, as a backup goes on.
struct Slow<'a>(&'a mut dyn FnMut(), Vec<u8>);

impl Write for Slow<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (self.0)();
        self.1.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn add_movies(store: &Arc<dyn Store>, count: u64) {
    let done = store.writing(|session| {
        let first = session.new_movie_ids(count)?;
        let movies: Vec<_> =
            (first.0..first.0 + count).map(|id| bare(id, &format!("Movie {}", id * 7919 % 1009))).collect();
        session.insert_movies(&movies)?;
        session.record(&[new_movies(first.0, count)])
    });
    done.unwrap();
}

/// Fails unless there are as many movies as the feed says, and as the counter does.
fn assert_consistent(store: &Arc<dyn Store>) -> u64 {
    read(store, |session| {
        let changes = session.changes_after(0, u32::MAX)?;
        let mut movies = 0;
        for change in &changes {
            let Edit::NewMovies { first, count } = &change.edit else { panic!("{change:?}") };
            assert_eq!(first.0, movies + 1, "no change is missing");
            movies += count;
        }
        assert_eq!(session.last_change()?.map_or(0, |(seq, _)| seq), movies);
        assert!(session.movie(MovieId(movies))?.is_some());
        assert!(session.movie(MovieId(movies + 1))?.is_none(), "a movie without its change");
        Ok(movies)
    })
}

fn a_backup_is_of_one_state_whatever_is_written_meanwhile(database: &TestDatabase) {
    let store = open(database);
    add_movies(&store, 2_000);
    let files = Files::new();
    let stop = AtomicBool::new(false);
    let backups: Vec<Vec<u8>> = thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                add_movies(&store, 7);
            }
        });
        let backups = (0..5).map(|_| backup_of(database)).collect();
        stop.store(true, Ordering::Relaxed);
        backups
    });
    let mut before = 0;
    for (number, bytes) in backups.iter().enumerate() {
        let target = testing::sqlite();
        restore_into(&target, &files.write(&number.to_string(), bytes)).unwrap();
        let movies = assert_consistent(&open(&target));
        assert!(movies >= before && movies % 7 == 2_000 % 7, "{movies} after {before}");
        before = movies;
    }
    assert!(before > 2_000, "something was written meanwhile");
}

fn a_backup_holds_up_no_writer(database: &TestDatabase) {
    let store = open(database);
    add_movies(&store, 3_000);
    let mut count = 0;
    let mut write = || {
        // In the middle of the backup, while its state is held.
        count += 1;
        add_movies(&store, 1);
    };
    let mut out = Slow(&mut write, Vec::new());
    backup(&options(database), &mut out, &mut |_| {}).unwrap();
    let written = out.1;
    assert!(count > 0);
    let target = testing::sqlite();
    let files = Files::new();
    restore_into(&target, &files.write("backup", &written)).unwrap();
    assert_eq!(assert_consistent(&open(&target)), 3_000);
}

fn large_tables_are_backed_up_in_pages(database: &TestDatabase) {
    let store = open(database);
    let genres = add_genres(&store, &["A", "B", "C"]);
    store
        .writing(|session| {
            session.new_movie_ids(2_503)?;
            let movies: Vec<_> = (1..=2_503).map(|id| full(id, &format!("Movie {id}"), &genres)).collect();
            session.insert_movies(&movies)
        })
        .unwrap();
    let first = backup_of(database);
    let files = Files::new();
    let file = files.write("backup", &first);
    for other in each_kind() {
        let mut told = Vec::new();
        restore(&options(&other), &file, &mut |amount| {
            told.push((amount.table.to_owned(), amount.rows, amount.total));
        })
        .unwrap();
        assert!(told.contains(&("movies".to_owned(), 2_503, 2_503)), "{told:?}");
        assert!(backup_of(&other) == first);
    }
}

fn a_database_with_anything_in_it_is_refused(database: &TestDatabase) {
    let source = testing::sqlite();
    drop(with_everything(&source));
    let files = Files::new();
    let file = files.write("backup", &backup_of(&source));
    let store = open(database);
    // Used, and empty again.
    store.writing(|session| session.new_genre_id()).unwrap();
    drop(store);
    let before = backup_of(database);
    let error = restore_into(database, &file).unwrap_err();
    assert!(matches!(error, RestoreError::NotEmpty(_)), "{error}");
    assert!(error.to_string().contains("is not empty") && !error.to_string().contains("password"), "{error}");
    assert!(backup_of(database) == before, "nothing was changed");

    // A second restore is refused as well.
    let target = testing::sqlite();
    restore_into(&target, &file).unwrap();
    assert!(matches!(restore_into(&target, &file), Err(RestoreError::NotEmpty(_))));
}

fn a_database_with_nothing_in_it_is_taken_at_any_age(database: &TestDatabase) {
    let source = testing::sqlite();
    drop(with_everything(&source));
    let files = Files::new();
    let first = backup_of(&source);
    let file = files.write("backup", &first);
    drop(open(database));
    Raw::connect(database).execute(
        "DROP TABLE imports; DELETE FROM __diesel_schema_migrations WHERE version = '0013'; DROP TABLE idempotency_keys;
         DELETE FROM __diesel_schema_migrations WHERE version = '0010'",
    );
    restore_into(database, &file).unwrap();
    assert!(backup_of(database) == first);
}

fn a_database_of_another_program_is_refused(database: &TestDatabase) {
    let source = testing::sqlite();
    drop(with_everything(&source));
    let files = Files::new();
    let file = files.write("backup", &backup_of(&source));
    Database::open(&options(database)).unwrap();
    Raw::connect(database).execute("CREATE TABLE users (name VARCHAR(10))");
    let error = restore_into(database, &file).unwrap_err();
    assert!(matches!(&error, RestoreError::Foreign(_, table) if table == "users"), "{error}");
    // A table that is in nobody's way stays.
    Raw::connect(database).execute("DROP TABLE users; CREATE TABLE theirs (name VARCHAR(10))");
    restore_into(database, &file).unwrap();
    Raw::connect(database).execute("DROP TABLE theirs");
}

fn a_database_in_use_is_refused(database: &TestDatabase) {
    let source = testing::sqlite();
    drop(with_everything(&source));
    let files = Files::new();
    let file = files.write("backup", &backup_of(&source));
    let store = open(database);
    read(&store, |session| session.genres());
    let error = restore(
        &infra::db::DatabaseOptions { lock_timeout: std::time::Duration::from_millis(50), ..options(database) },
        &file,
        &mut |_| {},
    );
    assert!(matches!(error, Err(RestoreError::InUse(_))), "{error:?}");
    drop(store);
    restore_into(database, &file).unwrap();
}

fn a_backup_of_an_older_program_is_restored_and_brought_up_to_date(database: &TestDatabase) {
    let source = testing::sqlite();
    drop(with_everything(&source));
    let now = lines(&backup_of(&source));
    // As it was before there were imports.
    let header = now[0].split(",\"0013_imports\"").next().unwrap().to_owned() + "]}";
    let mut old = vec![header];
    let mut in_imports = false;
    for line in &now[1..] {
        if line.starts_with('{') {
            in_imports = line.starts_with("{\"table\":\"imports\"");
        }
        if !in_imports {
            old.push(line.clone());
        }
    }
    assert!(old.len() < now.len());
    let files = Files::new();
    restore_into(database, &files.write("old", &file_of(&old))).unwrap();
    let store = open(database);
    assert!(read(&store, |session| session.latest_imports(10)).is_empty());
    drop(store);
    let count = |lines: &[String]| lines.iter().filter(|line| line.starts_with('[')).count();
    assert_eq!(count(&lines(&backup_of(database))), count(&old));
}

fn a_database_that_is_not_up_to_date_is_not_backed_up(database: &TestDatabase) {
    drop(open(database));
    Raw::connect(database).execute("DELETE FROM __diesel_schema_migrations WHERE version = '0013'");
    let error = backup(&options(database), &mut Vec::new(), &mut |_| {}).unwrap_err();
    assert!(error.to_string().contains("marquee migrate"), "{error}");
    Raw::connect(database).execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')");
    let error = backup(&options(database), &mut Vec::new(), &mut |_| {}).unwrap_err();
    assert!(error.to_string().contains("newer than this program"), "{error}");
}

#[test]
fn a_database_that_is_not_there_is_not_made_by_backing_it_up() {
    let database = testing::sqlite();
    let error = backup(&options(&database), &mut Vec::new(), &mut |_| {}).unwrap_err();
    let path = database.url().strip_prefix("sqlite:").unwrap();
    assert!(error.to_string().contains("there is no database") && error.to_string().contains(path), "{error}");
    assert!(!Path::new(path).exists());
}

/// What is wrong with a file, when it is restored. The database is not even made.
fn refusal(bytes: &[u8]) -> FileError {
    let database = testing::sqlite();
    let files = Files::new();
    let error = restore_into(&database, &files.write("backup", bytes)).unwrap_err();
    assert!(!Path::new(database.url().strip_prefix("sqlite:").unwrap()).exists());
    match error {
        RestoreError::File(_, error) => error,
        other => panic!("{other}"),
    }
}

fn small_backup() -> Vec<u8> {
    let database = testing::sqlite();
    let store = open(&database);
    add_movies(&store, 3);
    drop(store);
    backup_of(&database)
}

#[test]
fn another_file_is_refused() {
    let other = zstd::encode_all(&b"{\"format\":\"something\",\"version\":1}\n"[..], 3).unwrap();
    for bytes in
        [&b""[..], b"{}", b"SQLite format 3\0", &[0; 1000], &other, &summed(other.clone()), &small_backup()[1..]]
    {
        let error = refusal(bytes);
        assert!(matches!(error, FileError::Foreign), "{error}");
    }
}

#[test]
fn a_file_that_is_cut_short_or_longer_is_refused() {
    let backup = small_backup();
    for length in 0..backup.len() {
        let error = refusal(&backup[..length]);
        let is_told = if length < START.len() { "no backup" } else { "damaged or cut short" };
        assert!(error.to_string().contains(is_told), "{length}: {error}");
    }
    assert!(matches!(refusal(&[&backup[..], b"\n"].concat()), FileError::Damaged));
    assert!(matches!(refusal(&[&backup[..], &backup].concat()), FileError::Damaged));
}

#[test]
fn a_file_of_a_later_version_is_told() {
    let lines = lines(&small_backup());
    let with_header = |from: &str, to: &str| {
        let mut lines = lines.clone();
        assert!(lines[0].contains(from), "{}", lines[0]);
        lines[0] = lines[0].replace(from, to);
        refusal(&file_of(&lines)).to_string()
    };
    assert!(with_header("\"version\":1", "\"version\":2").contains("made by a later version"));
    let unknown = with_header("]}", ",\"9999_stars\"]}");
    assert!(unknown.contains("made by a later version") && unknown.contains("9999_stars"), "{unknown}");
    assert!(with_header("\"0002_counter_row\",", "").contains("not all migrations"));
    assert!(with_header("marquee-backup", "marquee").contains("its first line"));
}

#[test]
fn a_file_with_the_right_checksum_and_the_wrong_content_is_refused() {
    let lines = lines(&small_backup());
    let rows = lines.iter().position(|line| line.starts_with("{\"table\":\"movies\"")).unwrap();
    let changed = |change: &dyn Fn(&mut Vec<String>)| {
        let mut lines = lines.clone();
        change(&mut lines);
        let error = refusal(&file_of(&lines));
        assert!(matches!(error, FileError::Wrong(_)), "{error}");
        assert!(!error.to_string().contains('\n'), "{error}");
        error.to_string()
    };
    let said = changed(&|lines| lines[rows + 1] = lines[rows + 1].replace("[1,\"", "[\"1\",\""));
    assert!(said.contains("row 1 of movies has a wrong id"), "{said}");
    assert!(changed(&|lines| lines.swap(rows + 1, rows + 2)).contains("row 2 of movies is not in its place"));
    assert!(changed(&|lines| drop(lines.remove(rows + 1))).contains("row 3 of movies is none"));
    assert!(changed(&|lines| drop(lines.remove(rows))).contains("the table movies is not where it should be"));
    assert!(changed(&|lines| lines[rows] = lines[rows].replace("director", "creator")).contains("movies"));
    assert!(changed(&|lines| drop(lines.pop())).contains("ends too early"));
    assert!(changed(&|lines| lines.push(String::new())).contains("does not end where it should"));
    assert!(changed(&|lines| lines[rows + 1] = "[1]".to_owned()).contains("has 1 values"));
    let null = |lines: &mut Vec<String>| {
        let end = lines[rows + 1].find(',').unwrap();
        let rest = lines[rows + 1][end + 1..].split_once(',').unwrap().1.to_owned();
        lines[rows + 1] = format!("[1,null,{rest}");
    };
    assert!(changed(&null).contains("has a wrong name"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_file_with_any_bit_changed_is_refused(place in any::<prop::sample::Index>(), bit in 0..8) {
        static BACKUP: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(small_backup);
        let mut bytes = BACKUP.clone();
        *place.get_mut(&mut bytes) ^= 1_u8 << bit;
        let error = refusal(&bytes);
        prop_assert!(matches!(error, FileError::Damaged | FileError::Foreign), "{error}");
    }

    #[test]
    fn any_bytes_are_refused(start in prop::sample::select(vec![0, 1, 23, 40, 200]), bytes: Vec<u8>, is_summed: bool) {
        static BACKUP: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(small_backup);
        let file = [&BACKUP[..start], &bytes].concat();
        let file = if is_summed { summed(file) } else { file };
        let error = refusal(&file).to_string();
        prop_assert!(!error.contains('\n'), "{error}");
    }

    #[test]
    fn any_lines_are_refused(lines in prop::collection::vec(".*", 0..5), keep in 0..4_usize) {
        static BACKUP: std::sync::LazyLock<Vec<String>> = std::sync::LazyLock::new(|| self::lines(&small_backup()));
        let file = file_of(&[&BACKUP[..keep], &lines].concat());
        let error = refusal(&file).to_string();
        prop_assert!(!error.contains('\n'), "{error}");
    }
}

#[cfg(feature = "mysql")]
mod mysql_alone {
    use infra::db::MigrateError;

    use super::*;

    #[test]
    fn a_database_restored_in_part_is_not_served_and_restoring_begins_anew() {
        let source = testing::sqlite();
        drop(with_everything(&source));
        let files = Files::new();
        let first = backup_of(&source);
        let file = files.write("backup", &first);
        let database = testing::mysql();
        // What a restore leaves that was killed: some tables, some rows, and the note that it has not ended.
        restore_into(&database, &file).unwrap();
        Raw::connect(&database).execute(
            "INSERT INTO __diesel_schema_migrations (version) VALUES ('restore-unfinished');
             DELETE FROM movie_genres; DELETE FROM imports; DROP TABLE tokens;
             DELETE FROM __diesel_schema_migrations WHERE version > '0008' AND version < '1'",
        );
        let program = Database::open(&options(&database)).unwrap();
        assert!(matches!(program.migrate(), Err(MigrateError::Unfinished)));
        drop(program);
        let error = backup(&options(&database), &mut Vec::new(), &mut |_| {}).unwrap_err();
        assert!(error.to_string().contains("marquee restore FILE"), "{error}");
        restore_into(&database, &file).unwrap();
        assert!(backup_of(&database) == first);
    }
}
