//! Whatever is found at the start, lists end up showing what is in the database.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    thread,
    time::Duration,
};

use domain::ports::{MovieSearch, Store};
use infra::search::{OpenError, SearchIndex};
use rand::RngExt;

use crate::{
    random,
    world::{World, copy, open_database, wait_until},
};

/// A catalogue whose index was stopped.
fn stopped() -> World {
    let mut rng = random::seeded(70);
    let mut world = World::new();
    let genres = random::genre_names().iter().map(|name| world.genre(name)).collect::<Vec<_>>();
    for _ in 0..4 {
        world.add((0..20).map(|_| random::movie_with(&mut rng, &genres)).collect(), false);
        world.settle();
    }
    let gone = world.movies.keys().copied().step_by(9).collect::<Vec<_>>();
    world.delete(&gone);
    world.settle();
    world.stop();
    world
}

/// Starts the index again and asserts that it shows everything, now and after more changes.
fn recovers(world: &mut World) {
    world.start();
    world.settle();
    world.assert_complete();
    let id = *world.movies.keys().next().unwrap();
    world.update(vec![domain::movie::Movie { id, ..crate::world::movie("Changed", "Since") }]);
    world.add_named("Added", "Since");
    world.settle();
    world.assert_complete();
}

fn current(world: &World) -> String {
    fs::read_to_string(world.path().join("CURRENT")).unwrap().trim().to_owned()
}

/// The files of the index in use with this extension.
fn files(world: &World, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(world.path().join(current(world))).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|e| e == extension)).collect()
}

/// Removes a directory, though a merge may still write to it.
fn remove(path: &Path) {
    wait_until("the directory is removed", || fs::remove_dir_all(path).is_ok() || !path.exists());
}

#[test]
fn an_index_is_opened_again_and_catches_up() {
    let mut world = stopped();
    let generation = current(&world);
    world.add_named("While It Was Stopped", "");
    recovers(&mut world);
    assert_eq!(current(&world), generation, "nothing was rebuilt");
}

#[test]
fn what_a_failed_build_left_is_removed() {
    let mut world = stopped();
    let in_use = current(&world);
    fs::create_dir(world.path().join("gen-9998")).unwrap();
    fs::write(world.path().join("gen-9998/half.store"), "half").unwrap();
    recovers(&mut world);
    assert!(!world.path().join("gen-9998").exists());
    assert_eq!(current(&world), in_use, "an index that can be used is not built again");
}

#[test]
fn an_absent_index_is_built() {
    let mut world = stopped();
    remove(&world.path());
    recovers(&mut world);
}

#[test]
fn a_damaged_index_is_built_again() {
    type Damage = fn(&World);
    let damages: [(&str, Damage); 10] = [
        ("CURRENT is garbage", |world| fs::write(world.path().join("CURRENT"), "../../etc").unwrap()),
        ("CURRENT is empty", |world| fs::write(world.path().join("CURRENT"), "").unwrap()),
        ("CURRENT is not text", |world| fs::write(world.path().join("CURRENT"), [0xff, 0xfe]).unwrap()),
        ("CURRENT names what is not there", |world| {
            fs::write(world.path().join("CURRENT"), "gen-9999").unwrap();
        }),
        ("meta.json is garbage", |world| {
            fs::write(world.path().join(current(world)).join("meta.json"), "{\"segments\": 1").unwrap();
        }),
        ("meta.json is empty", |world| fs::write(world.path().join(current(world)).join("meta.json"), "").unwrap()),
        ("files are cut short", |world| {
            let files = ["store", "fast", "idx", "term"].iter().flat_map(|extension| files(world, extension));
            files.for_each(|file| {
                let bytes = fs::read(&file).unwrap();
                fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
            });
        }),
        ("a file is gone", |world| fs::remove_file(&files(world, "fast")[0]).unwrap()),
        ("a file is gone, and not in the list of files", |world| {
            let gone = &files(world, "store")[0];
            fs::remove_file(gone).unwrap();
            let list = gone.with_file_name(".managed.json");
            let mut names: Vec<String> = serde_json::from_slice(&fs::read(&list).unwrap()).unwrap();
            names.retain(|name| *name != gone.file_name().unwrap().to_str().unwrap());
            fs::write(list, serde_json::to_vec(&names).unwrap()).unwrap();
        }),
        ("one bit is wrong", |world| {
            let file = &files(world, "idx")[0];
            let mut bytes = fs::read(file).unwrap();
            let middle = bytes.len() / 3;
            bytes[middle] ^= 1;
            fs::write(file, bytes).unwrap();
        }),
    ];
    let mut world = stopped();
    for (what, damage) in damages {
        println!("{what}");
        damage(&world);
        let before = current_if_any(&world);
        recovers(&mut world);
        assert_ne!(Some(current(&world)), before, "{what}: it was rebuilt");
        world.stop();
    }
}

fn current_if_any(world: &World) -> Option<String> {
    fs::read_to_string(world.path().join("CURRENT")).ok().map(|name| name.trim().to_owned())
}

#[test]
fn an_index_of_another_version_is_built_again() {
    let mut world = stopped();
    let meta = world.path().join(current(&world)).join("meta.json");
    let text = fs::read_to_string(&meta).unwrap();
    let other = text.replace("\\\"format\\\":3", "\\\"format\\\":0");
    assert_ne!(text, other);
    fs::write(&meta, other).unwrap();
    let before = current(&world);
    recovers(&mut world);
    assert_ne!(current(&world), before);
}

#[test]
fn an_index_of_another_database_is_built_again() {
    let mut world = stopped();
    let mut other = World::without_index();
    // The same numbers of changes, made elsewhere.
    while other.seq < world.seq + 5 {
        other.add_named("Of Another Database", "");
    }
    // A merge may still remove files.
    wait_until("the index is copied", || {
        fs::remove_dir_all(other.path()).ok();
        copy(&world.path(), &other.path()).is_ok()
    });
    recovers(&mut other);
    recovers(&mut world);
}

#[test]
fn an_index_ahead_of_a_restored_database_is_built_again() {
    let mut world = stopped();
    let url = world.database.url().to_owned();
    let file = Path::new(url.strip_prefix("sqlite:").unwrap()).to_owned();
    let backup = file.with_extension("backup");
    // What is in the write-ahead log too.
    let (movies, genres, seq) = (world.movies.clone(), world.genres.clone(), world.seq);
    let copy_all = |from: &Path, to: &Path| {
        for suffix in ["", "-wal", "-shm"] {
            let name = |path: &Path| PathBuf::from(format!("{}{suffix}", path.display()));
            if name(from).exists() {
                fs::copy(name(from), name(to)).unwrap();
            }
        }
    };
    copy_all(&file, &backup);
    world.start();
    world.add_named("Lost", "");
    world.settle();
    world.stop();

    let restored = backup.with_extension("restored");
    copy_all(&backup, &restored);
    let store: Arc<dyn Store> = open_database(&format!("sqlite:{}", restored.display()));
    let index = SearchIndex::open(world.options(), store, Vec::new()).unwrap();
    wait_until("the index shows the restored state", || index.health().ready && index.health().applied == seq);
    (world.index, world.movies, world.genres) = (Some(index), movies, genres);
    world.assert_complete();
}

#[test]
fn a_database_replaced_under_a_running_index_is_noticed() {
    let mut world = stopped();
    world.start();
    world.settle();
    let store: &dyn Store = &*world.store;
    // All that tells the databases apart is the stamp.
    let last = store.reading(|session| session.last_change()).unwrap().unwrap();
    let url = world.database.url().strip_prefix("sqlite:").unwrap().to_owned();
    let mut raw = <diesel::SqliteConnection as diesel::Connection>::establish(&url).unwrap();
    diesel::connection::SimpleConnection::batch_execute(
        &mut raw,
        &format!("PRAGMA busy_timeout = 10000; UPDATE changes SET stamp = {} WHERE seq = {}", last.1 ^ 1, last.0),
    )
    .unwrap();
    let before = current(&world);
    wait_until("the index is built again", || current(&world) != before);
    wait_until("it follows", || world.index().health().current);
    world.add_named("In the Other", "");
    world.settle();
    world.assert_complete();
}

#[test]
fn an_index_whose_next_changes_are_forgotten_is_built_again() {
    let mut world = stopped();
    let before = current(&world);
    // Nobody follows what is done here, and then it is forgotten.
    world.add_named("While It Was Stopped", "");
    let gone = *world.movies.keys().next().unwrap();
    world.delete(&[gone]);
    world.add_named("Too", "");
    let store: &dyn Store = &*world.store;
    let all = domain::time::Timestamp::MAX;
    assert!(store.writing(|session| session.remove_changes(all, 10_000)).unwrap() > 1);
    recovers(&mut world);
    assert_ne!(current(&world), before, "it was built again");
}

#[test]
fn forgetting_old_changes_leaves_a_current_index_alone() {
    let mut world = stopped();
    world.start();
    world.settle();
    let before = current(&world);
    let all = domain::time::Timestamp::MAX;
    for name in ["One", "Two", "Three"] {
        let store: &dyn Store = &*world.store;
        store.writing(|session| session.remove_changes(all, 10_000)).unwrap();
        world.add_named(name, "");
        world.settle();
    }
    world.assert_complete();
    assert_eq!(current(&world), before, "it was not built again");
}

#[test]
fn a_second_process_is_refused() {
    let mut world = stopped();
    world.start();
    let store: Arc<dyn Store> = world.store.clone();
    let Err(error) = SearchIndex::open(world.options(), store, Vec::new()) else { panic!("it was opened twice") };
    assert!(matches!(error, OpenError::Locked { .. }));
    assert_eq!(error.to_string(), format!("search.path {} is locked by another process", world.path().display()));
    world.settle();
    world.stop();
    recovers(&mut world);
}

#[test]
fn a_path_that_is_no_directory_is_refused() {
    let world = World::without_index();
    fs::write(world.path(), "").unwrap();
    let Err(error) = SearchIndex::open(world.options(), world.store.clone(), Vec::new()) else { panic!() };
    assert!(error.to_string().contains(&world.path().display().to_string()));
}

#[test]
fn an_index_copied_at_any_moment_recovers() {
    let mut rng = random::seeded(80);
    let mut world = stopped();
    world.start();
    for round in 0..6 {
        let copied = world.directory.path().join(format!("copy-{round}"));
        let from = world.path();
        let delay = Duration::from_millis(rng.random_range(0..60));
        let copying = thread::spawn(move || {
            thread::sleep(delay);
            // Files come and go meanwhile.
            while copy(&from, &copied).is_err() {
                fs::remove_dir_all(&copied).unwrap();
            }
            copied
        });
        for _ in 0..5 {
            world.add((0..5).map(|_| random::bare_movie(&mut rng)).collect(), false);
        }
        let copied = copying.join().unwrap();
        let options = infra::search::SearchOptions { path: copied, ..world.options() };
        let index = SearchIndex::open(options, world.store.clone(), Vec::new()).unwrap();
        let running = world.index.replace(index);
        world.settle();
        world.assert_complete();
        world.index = running;
    }
    world.settle();
    world.assert_complete();
}

/// What [`a_killed_process_leaves_what_the_next_can_use`] kills: keeps an index of the database and in the directory
/// that the environment names, and writes to the database. By itself it does nothing.
#[test]
fn keeps_an_index_until_killed() {
    let (Ok(url), Ok(path)) = (std::env::var("KILL_TEST_DATABASE"), std::env::var("KILL_TEST_PATH")) else { return };
    let mut options = infra::search::SearchOptions::at(path);
    options.poll_interval = Duration::from_millis(5);
    let store = open_database(&url);
    let _index = SearchIndex::open(options, store, Vec::new()).unwrap();
    thread::sleep(Duration::from_secs(600));
}

#[test]
fn a_killed_process_leaves_what_the_next_can_use() {
    let mut rng = random::seeded(90);
    let mut world = World::without_index();
    world.add((0..3_000).map(|_| random::bare_movie(&mut rng)).collect(), true);
    for round in 0..8 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "recovery::keeps_an_index_until_killed"])
            .env("KILL_TEST_DATABASE", world.database.url())
            .env("KILL_TEST_PATH", world.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // The first rounds end within the build, the others while changes are applied.
        thread::sleep(Duration::from_millis(if round < 4 { rng.random_range(0..400) } else { 300 }));
        for _ in 0..round {
            world.add((0..50).map(|_| random::bare_movie(&mut rng)).collect(), false);
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    world.start();
    world.settle();
    world.assert_complete();
}

#[test]
fn an_index_removed_under_a_running_server_is_built_again() {
    let mut world = stopped();
    world.start();
    world.settle();
    remove(&world.path().join(current(&world)));
    world.add_named("Since", "");
    wait_until("the failure is seen or made up for", || {
        !world.index().health().current || world.index().health().applied == world.seq
    });
    world.settle();
    wait_until("the index is current", || world.index().health().current);
    world.assert_complete();
}
