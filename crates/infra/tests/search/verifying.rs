//! What differs between the index and the database is found, and nothing else is.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use diesel::{Connection, SqliteConnection, connection::SimpleConnection};
use domain::{
    movie::{Movie, MovieId},
    ports::{MovieSearch, Store},
};
use infra::search::{Difference, FieldDifference, Verification, VerifyStep, rebuild, verify};

use crate::{
    matching::grown,
    random,
    world::{PATIENCE, World, movie, open_database, wait_until},
};

/// What is found, and the differences.
fn verified(world: &World) -> (Verification, Vec<Difference>) {
    let (store, mut differences) = (world.store.clone() as Arc<dyn Store>, Vec::new());
    let each = &mut |difference: &Difference| differences.push(difference.clone());
    let found = verify(&world.path(), &store, PATIENCE, &mut |_| {}, each).unwrap();
    (found, differences)
}

pub fn assert_equal(world: &World) {
    let (found, differences) = verified(world);
    assert_eq!(differences, []);
    assert_eq!(found, Verification { movies: world.movies.len() as u64, ..Verification::default() });
    assert!(found.is_equal());
}

/// The files of the generation in use whose names end so.
pub fn files(world: &World, end: &str) -> Vec<PathBuf> {
    let generation = fs::read_to_string(world.path().join("CURRENT")).unwrap();
    let files = fs::read_dir(world.path().join(generation.trim())).unwrap().map(|entry| entry.unwrap().path());
    let mut files = files.filter(|path| path.to_str().unwrap().ends_with(end)).collect::<Vec<_>>();
    files.sort();
    files
}

/// Adds so many movies that there are files beside their segment, and waits until they are written.
pub fn add_many(world: &mut World, seed: u64) {
    let mut rng = random::seeded(seed);
    world.add((0..9_000).map(|_| random::bare_movie(&mut rng)).collect(), true);
    world.settle();
    wait_until("what is kept beside the segments is written", || files(world, ".sidecar").len() == 10);
}

/// Changes the database without the feed of changes.
fn run_sql(world: &World, sql: &str) {
    let mut raw = SqliteConnection::establish(world.database.url().strip_prefix("sqlite:").unwrap()).unwrap();
    raw.batch_execute(&format!("PRAGMA busy_timeout = 10000; {sql}")).unwrap();
}

/// Makes the movie's row one that cannot be read.
pub fn break_movie(world: &World, id: MovieId) {
    run_sql(world, &format!("UPDATE movies SET version = -version WHERE id = {}", id.0));
}

pub fn mend_movie(world: &World, id: MovieId) {
    run_sql(world, &format!("UPDATE movies SET version = -version WHERE id = {} AND version < 0", id.0));
}

#[test]
fn an_index_that_followed_is_equal() {
    let mut world = grown(100, 400);
    assert_equal(&world);
    let ids = world.movies.keys().copied().collect::<Vec<_>>();
    world.delete(&ids[..50]);
    world.update(ids[60..90].iter().map(|id| Movie { id: *id, ..movie("Changed", "Somebody, Else") }).collect());
    let genre = *world.genres.keys().next().unwrap();
    world.rename_genre(genre, "Renamed");
    world.settle();
    assert_equal(&world);
    world.stop();
    assert_equal(&world);
    world.start();
    world.settle();
    assert_equal(&world);
}

#[test]
fn what_differs_is_told() {
    let world = grown(101, 200);
    let with_genre = |world: &World| world.movies.values().find(|movie| !movie.genres.is_empty()).unwrap().clone();
    let genres = with_genre(&world);
    let others = world.movies.values().filter(|movie| movie.id != genres.id).map(|movie| movie.id);
    let others = others.collect::<Vec<_>>();
    let (gone, renamed) = (others[3], others[7]);
    let new = MovieId(others.last().unwrap().0 + 1_000);
    run_sql(
        &world,
        &format!(
            "DELETE FROM movie_genres WHERE movie_id = {gone}; DELETE FROM movies WHERE id = {gone};
             UPDATE movies SET name = 'Another', year = 1901 WHERE id = {renamed};
             INSERT INTO movies (id, name, version, created_at, updated_at, name_key, rest_key)
             VALUES ({new}, 'New', 1, 0, 0, 0, 0);
             DELETE FROM movie_genres WHERE movie_id = {genres};",
            gone = gone.0,
            renamed = renamed.0,
            new = new.0,
            genres = genres.id.0,
        ),
    );
    let (found, mut differences) = verified(&world);
    let counts = (found.movies, found.missing, found.extra, found.different);
    assert_eq!((counts, found.is_equal()), ((world.movies.len() as u64, 1, 1, 2), false));
    let before = &world.movies[&renamed].details;
    let field = |field: &str, index: String, database: &str| FieldDifference {
        field: field.to_owned(),
        index,
        database: database.to_owned(),
    };
    let ids = serde_json::to_string(&genres.genres.iter().map(|genre| genre.id).collect::<Vec<_>>()).unwrap();
    let mut expected = vec![
        Difference::Extra(gone),
        Difference::Missing(new),
        Difference::Stored(genres.id, vec![field("genres", ids, "[]")]),
        Difference::Stored(
            renamed,
            vec![
                field("name", serde_json::to_string(&before.name).unwrap(), "\"Another\""),
                field("year", before.year.unwrap().get().to_string(), "1901"),
            ],
        ),
    ];
    expected.sort_by_key(ToString::to_string);
    differences.sort_by_key(ToString::to_string);
    assert_eq!(differences, expected);
}

#[test]
fn an_index_of_another_state_of_the_database_is_told() {
    let mut world = grown(102, 20);
    world.stop();
    let seq = world.seq;
    run_sql(&world, &format!("UPDATE changes SET stamp = stamp + 1 WHERE seq = {seq}"));
    let (found, differences) = verified(&world);
    assert_eq!(differences, []);
    assert!(!found.is_equal() && found.faults[0].contains(&format!("its last change, {seq}")), "{found:?}");
}

#[test]
fn an_index_that_cannot_be_used_is_told() {
    let mut world = World::without_index();
    world.add_named("Here", "");
    let fault = |world: &World| {
        let (found, differences) = verified(world);
        assert_eq!((differences, found.is_equal()), (Vec::new(), false));
        found.faults.join("; ")
    };
    assert!(fault(&world).contains("there is no index yet"));
    assert!(!world.path().exists(), "nothing is made");
    world.start();
    world.settle();
    world.stop();
    assert_equal(&world);
    fs::write(world.path().join("CURRENT"), "gen-9999").unwrap();
    assert!(fault(&world).contains("gen-9999"));
}

#[test]
fn every_damaged_file_is_told_and_not_read() {
    let mut world = grown(106, 300);
    let id = *world.movies.keys().next().unwrap();
    world.delete(&[id]);
    world.settle();
    world.stop();
    assert_equal(&world);
    for kind in ["del", "fast", "fieldnorm", "idx", "pos", "store", "term"] {
        let file = files(&world, &format!(".{kind}")).pop().unwrap();
        let whole = fs::read(&file).unwrap();
        let changed = |place: usize| {
            let mut bytes = whole.clone();
            bytes[place] ^= 1;
            bytes
        };
        let damaged =
            [changed(0), changed(whole.len() / 3), changed(whole.len() - 1), whole[..whole.len() / 2].to_vec(), vec![]];
        for bytes in damaged {
            fs::write(&file, bytes).unwrap();
            let (found, differences) = verified(&world);
            assert_eq!(differences, []);
            let faults = vec![format!("{} is damaged", file.display())];
            assert_eq!(found, Verification { faults, ..Verification::default() });
        }
        fs::write(&file, whole).unwrap();
    }
    assert_equal(&world);
}

#[test]
fn what_is_kept_beside_a_segment_is_compared_with_it() {
    let mut world = World::new();
    add_many(&mut world, 107);
    world.stop();
    assert_equal(&world);
    let told = |world: &World, file: &Path| {
        let (found, differences) = verified(world);
        assert_eq!((differences, found.is_equal()), (Vec::new(), false));
        assert_eq!(found.faults, [format!("{} is damaged", file.display())]);
    };
    let (all, mut old) = (files(&world, ".sidecar"), Vec::new());
    for file in &all {
        let whole = fs::read(file).unwrap();
        let mut bytes = whole.clone();
        bytes[whole.len() / 2] ^= 1;
        fs::write(file, bytes).unwrap();
        told(&world, file);
        fs::write(file, &whole).unwrap();
        old.push(whole);
    }
    // One that is missing is made when it is needed.
    fs::remove_file(&all[0]).unwrap();
    assert_equal(&world);
    // Right checksums, but those of other movies: all that one of them is sorted and found by has changed.
    let movies = world.movies.values();
    let (first, last) = (movies.clone().min_by_key(|movie| movie.id), movies.max_by_key(|movie| movie.id));
    let (first, last) = (first.unwrap().clone(), last.unwrap().clone());
    let (mut one, mut other) = (first.clone(), last.clone());
    (one.details.name, other.details.name) = (movie("Zzyzx", "").details.name, movie("Aardvark", "").details.name);
    world.update(vec![one, other]);
    rebuild(&world.options(), &(world.store.clone() as Arc<dyn Store>), &mut |_| {}).unwrap();
    assert_equal(&world);
    let new = files(&world, ".sidecar");
    assert_eq!(new.len(), old.len());
    let content = |whole: &[u8]| whole[..whole.len() - 4].to_vec();
    let sealed = |file: &Path, bytes: &[u8]| {
        let name = file.file_name().unwrap().as_encoded_bytes();
        let sum = crc32fast::hash(&[&[1], name, bytes].concat());
        [bytes, &sum.to_le_bytes()].concat()
    };
    let of = |key: &str| new.iter().zip(&old).find(|(file, _)| file.to_str().unwrap().contains(key)).unwrap();
    for (key, other) in [(".words.", of(".words.").1), (".name.", of(".name.").1), (".votes.", of(".year.").1)] {
        let file = of(key).0;
        let whole = fs::read(file).unwrap();
        assert_eq!(sealed(file, &content(&whole)), whole, "files have another format");
        assert!(content(other) != content(&whole));
        fs::write(file, sealed(file, &content(other))).unwrap();
        told(&world, file);
        fs::write(file, whole).unwrap();
    }
    assert_equal(&world);
}

#[test]
fn changes_that_nobody_has_applied_yet_are_no_differences() {
    let mut world = grown(103, 100);
    world.stop();
    let ids = world.movies.keys().copied().collect::<Vec<_>>();
    world.delete(&ids[..3]);
    world.update(vec![Movie { id: ids[5], ..movie("Changed", "") }]);
    world.add((0..10).map(|i| movie(&format!("New {i}"), "")).collect(), true);
    let (found, differences) = verified(&world);
    assert_eq!(differences, []);
    assert_eq!((found.is_equal(), found.to_apply), (true, 14));
}

#[test]
fn a_server_that_does_not_apply_changes_is_told() {
    let mut world = grown(105, 20);
    world.store.set_away(true);
    wait_until("the outage is seen", || !world.index().health().database);
    let id = *world.movies.keys().next().unwrap();
    world.update(vec![Movie { id, ..movie("Changed", "") }]);
    let store: Arc<dyn Store> = open_database(world.database.url());
    let patience = Duration::from_millis(300);
    let found = verify(&world.path(), &store, patience, &mut |_| {}, &mut |difference| panic!("{difference}")).unwrap();
    assert!(!found.is_equal() && found.faults[0].contains("not shown as they are: 1"), "{found:?}");
    world.store.set_away(false);
    world.settle();
    assert_equal(&world);
}

#[test]
fn what_is_written_meanwhile_is_no_difference() {
    let mut rng = random::seeded(104);
    let mut world = grown(104, 100);
    world.add((0..6_000).map(|_| random::bare_movie(&mut rng)).collect(), true);
    world.settle();
    let (over, path) = (Arc::new(AtomicBool::new(false)), world.path());
    let verifying = {
        let (over, store) = (Arc::clone(&over), world.store.clone() as Arc<dyn Store>);
        thread::spawn(move || {
            let mut steps = Vec::new();
            for _ in 0..5 {
                let tell = &mut |told: infra::search::Verifying| steps.push(told.step);
                let found = verify(&path, &store, PATIENCE, tell, &mut |difference| panic!("{difference}")).unwrap();
                assert!(found.is_equal() && found.movies >= 6_000, "{found:?}");
            }
            over.store(true, Ordering::SeqCst);
            assert!(steps.contains(&VerifyStep::Changed));
        })
    };
    while !over.load(Ordering::SeqCst) && !verifying.is_finished() {
        world.add((0..3).map(|_| random::bare_movie(&mut rng)).collect(), false);
        let ids = world.movies.keys().copied().collect::<Vec<_>>();
        let id = ids[rand::RngExt::random_range(&mut rng, 0..ids.len())];
        world.update(vec![Movie { id, ..random::bare_movie(&mut rng) }]);
        world.delete(&[ids[rand::RngExt::random_range(&mut rng, 0..ids.len())]]);
    }
    verifying.join().unwrap();
    world.settle();
    assert_equal(&world);
}
