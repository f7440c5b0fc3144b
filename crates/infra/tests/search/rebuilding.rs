//! A rebuild that is asked for: beside a server or without one, whatever comes between.

use std::{
    fs::{self, File},
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use domain::{
    movie::Movie,
    ports::{MovieSearch, Store},
    query::{CountMode, MovieQuery, Total},
};
use infra::search::{Progress, RebuildError, Rebuilt, Step, rebuild};

use crate::{
    matching::grown,
    random,
    verifying::{assert_equal, break_movie, mend_movie},
    world::{PATIENCE, World, movie, wait_until},
};

fn rebuilt(world: &World) -> Result<Rebuilt, RebuildError> {
    rebuild(&world.options(), &(world.store.clone() as Arc<dyn Store>), &mut |_| {})
}

fn generations(world: &World) -> Vec<String> {
    let names = fs::read_dir(world.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("gen-")).collect()
}

#[test]
fn without_a_server_the_command_rebuilds() {
    let mut world = grown(200, 300);
    world.stop();
    world.add_named("While It Was Stopped", "");
    let (mut steps, mut last) = (Vec::new(), None);
    let done = rebuild(&world.options(), &(world.store.clone() as Arc<dyn Store>), &mut |progress| {
        steps.push(progress.step);
        last = Some(progress);
    });
    let movies = world.movies.len() as u64;
    let generation = generations(&world).pop().unwrap();
    assert_eq!(done.unwrap(), Rebuilt { movies, generation: generation.clone(), by_server: false });
    steps.dedup();
    assert_eq!(steps, [Step::Filling, Step::Finishing, Step::CatchingUp]);
    assert_eq!(last, Some(Progress { step: Step::CatchingUp, movies, total: movies }));
    assert_equal(&world);
    world.start();
    world.settle();
    world.assert_complete();
    assert_eq!(generations(&world), [generation]);
}

#[test]
fn a_server_rebuilds_while_it_serves_and_applies_changes() {
    let mut rng = random::seeded(300);
    let mut world = grown(201, 300);
    world.add((0..20_000).map(|_| random::bare_movie(&mut rng)).collect(), true);
    world.settle();
    let before = generations(&world);
    let (index, over) = (world.index.clone().unwrap(), AtomicBool::new(false));
    let (store, options) = (world.store.clone() as Arc<dyn Store>, world.options());
    let done = thread::scope(|scope| {
        let asked = scope.spawn(|| {
            let done = rebuild(&options, &store, &mut |_| {});
            over.store(true, Ordering::SeqCst);
            done
        });
        // Lists never go back to what they were.
        scope.spawn(|| {
            let (mut most, query) = (0, MovieQuery { count: CountMode::Exact, ..MovieQuery::default() });
            while !over.load(Ordering::SeqCst) {
                let Some(Total::Exact(total)) = index.find(&query).unwrap().total else { panic!("not counted") };
                assert!(total >= most, "{total} after {most}");
                most = total;
            }
        });
        let mut written = 0;
        while !over.load(Ordering::SeqCst) {
            let id = world.add_named(&format!("Meanwhile {written}"), "");
            let first = *world.movies.keys().next().unwrap();
            world.update(vec![Movie { id: first, ..movie(&format!("Changed {written}"), "") }]);
            assert!(index.wait_for(world.seq, PATIENCE));
            assert_eq!(index.movie(id).unwrap().as_ref(), world.movies.get(&id));
            assert_eq!(index.movie(first).unwrap().as_ref(), world.movies.get(&first));
            written += 1;
        }
        assert!(written > 0);
        asked.join().unwrap().unwrap()
    });
    assert!(done.by_server && done.movies >= 20_000, "{done:?}");
    assert!(!before.contains(&done.generation));
    wait_until("the old one is gone", || generations(&world) == [done.generation.clone()]);
    world.settle();
    world.assert_complete();
    assert_equal(&world);
    // And again, and what follows is applied to the new one.
    assert!(rebuilt(&world).unwrap().by_server);
    world.add_named("Afterwards", "");
    world.settle();
    world.assert_complete();
    world.stop();
    world.start();
    world.settle();
    world.assert_complete();
}

#[test]
fn listeners_hear_of_every_change_during_a_rebuild() {
    let mut world = grown(202, 50);
    let genre = world.genre("War");
    let asking = {
        let (store, options) = (world.store.clone() as Arc<dyn Store>, world.options());
        thread::spawn(move || (0..5).for_each(|_| drop(rebuild(&options, &store, &mut |_| {}).unwrap())))
    };
    let mut number = 0;
    while !asking.is_finished() {
        // A rename is in no document, and must not be lost on the way from one index to the other.
        world.rename_genre(genre.id, &format!("War {number}"));
        world.settle();
        let genres = world.index().genres().unwrap();
        let name = genres.iter().find(|count| count.genre.id == genre.id).unwrap().genre.name.to_string();
        assert_eq!(name, format!("War {number}"));
        number += 1;
    }
    asking.join().unwrap();
    world.assert_complete();
}

#[test]
fn a_rebuild_that_fails_says_why_and_leaves_the_old_index_in_use() {
    let mut world = grown(203, 100);
    let before = generations(&world);
    let id = *world.movies.keys().nth(7).unwrap();
    for by_server in [true, false] {
        break_movie(&world, id);
        let error = rebuilt(&world).unwrap_err().to_string();
        assert!(error.contains("was not rebuilt") && error.contains(&format!("movie {}", id.0)), "{error}");
        assert_eq!(generations(&world), before, "nothing is left of it");
        mend_movie(&world, id);
        if by_server {
            world.add_named("It Goes On", "");
            world.settle();
            world.assert_complete();
            world.stop();
        }
    }
    world.start();
    world.settle();
    world.assert_complete();
}

#[test]
fn a_server_that_stops_gives_the_rebuild_up() {
    let mut rng = random::seeded(301);
    let mut world = grown(204, 100);
    world.add((0..20_000).map(|_| random::bare_movie(&mut rng)).collect(), true);
    world.settle();
    let before = generations(&world);
    let (store, options) = (world.store.clone() as Arc<dyn Store>, world.options());
    let asking = thread::spawn(move || rebuild(&options, &store, &mut |_| {}));
    wait_until("it has begun", || world.path().join("REBUILD.status").exists());
    world.stop();
    let error = asking.join().unwrap().unwrap_err().to_string();
    assert!(error.contains("being stopped"), "{error}");
    world.start();
    world.settle();
    world.assert_complete();
    assert_eq!(generations(&world), before);
    assert!(!world.path().join("REBUILD.status").exists(), "it is forgotten");
}

#[test]
fn a_server_that_is_killed_leaves_the_old_index_in_use() {
    let mut rng = random::seeded(302);
    let mut world = World::without_index();
    world.add((0..20_000).map(|_| random::bare_movie(&mut rng)).collect(), true);
    let mut before = Vec::new();
    for pause in [0, 150, 400] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "recovery::keeps_an_index_until_killed"])
            .env("KILL_TEST_DATABASE", world.database.url())
            .env("KILL_TEST_PATH", world.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        wait_until("there is an index", || world.path().join("CURRENT").exists());
        wait_until("it is tidy", || generations(&world).len() == 1);
        before.push(generations(&world));
        let (store, options) = (world.store.clone() as Arc<dyn Store>, world.options());
        let asking = thread::spawn(move || rebuild(&options, &store, &mut |_| {}));
        wait_until("it has begun", || world.path().join("REBUILD.status").exists());
        thread::sleep(Duration::from_millis(pause));
        child.kill().unwrap();
        child.wait().unwrap();
        match asking.join().unwrap() {
            Ok(done) => assert!(done.by_server),
            Err(error) => assert!(error.to_string().contains("the server has ended"), "{error}"),
        }
    }
    world.start();
    world.settle();
    world.assert_complete();
    assert_eq!(generations(&world).len(), 1);
}

#[test]
fn a_request_that_is_left_over_is_not_taken() {
    let mut world = grown(205, 10);
    world.stop();
    let before = generations(&world);
    fs::write(world.path().join("REBUILD"), "17\n").unwrap();
    world.start();
    world.settle();
    assert!(!world.path().join("REBUILD").exists());
    // What cannot be read is removed, too.
    fs::write(world.path().join("REBUILD"), [0xff, 0xfe]).unwrap();
    fs::write(world.path().join("REBUILD"), "nonsense").unwrap();
    wait_until("it is removed", || !world.path().join("REBUILD").exists());
    world.add_named("It Goes On", "");
    world.settle();
    assert_eq!(generations(&world), before);
}

#[test]
fn a_server_starts_while_others_look_whether_there_is_one() {
    let mut world = grown(206, 10);
    world.stop();
    let lock = File::open(world.path().join("LOCK")).unwrap();
    lock.lock_shared().unwrap();
    let looking = thread::spawn(move || {
        thread::sleep(Duration::from_millis(200));
        drop(lock);
    });
    world.start();
    world.settle();
    looking.join().unwrap();
    assert_equal(&world);
}
