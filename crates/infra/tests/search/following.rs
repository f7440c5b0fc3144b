//! The index follows the database.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};

use domain::{
    Error,
    movie::{Movie, MovieId},
    ports::{ChangeListener, Changed, MovieSearch, Store},
    query::{CountMode, MovieFilter, MovieQuery, Total},
};
use infra::search::SearchIndex;

use crate::{
    random,
    world::{PATIENCE, World, movie, open_database, wait_until},
};

#[derive(Default)]
struct Heard {
    changed: Mutex<Vec<Changed>>,
    recorded: AtomicU32,
}

impl ChangeListener for Heard {
    fn changed(&self, what: Changed) {
        self.changed.lock().unwrap().push(what);
    }

    fn recorded(&self) {
        self.recorded.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn a_change_shows_when_it_was_waited_for() {
    let mut world = World::new();
    world.settle();
    for i in 0..20 {
        let id = world.add_named(&format!("Movie {i}"), "");
        assert!(world.index().wait_for(world.seq, PATIENCE));
        assert_eq!(world.find(&MovieQuery::default()).movies.last().unwrap().id, id);
        assert_eq!(world.index().health().applied, world.seq);
    }
    world.assert_complete();
}

#[test]
fn a_change_by_another_process_shows_by_itself() {
    let mut world = World::new();
    world.settle();
    let elsewhere = open_database(world.database.url());
    let store: &dyn Store = &*elsewhere;
    let mut other = movie("From Elsewhere", "");
    store
        .writing(|session| {
            other.id = session.new_movie_ids(1)?;
            session.insert_movies(&[other.clone()])?;
            let edit = domain::change::Edit::movie_created(&other);
            let (at, via) = (other.created_at, domain::change::Via::Cli);
            session.record(&[domain::change::NewChange { at, actor: None, via, edit }])
        })
        .unwrap();
    wait_until("the movie is shown", || !world.find(&MovieQuery::default()).movies.is_empty());
    world.movies.insert(other.id, other);
    world.assert_complete();
}

#[test]
fn as_many_changes_as_are_read_at_once_show_by_themselves() {
    const READ_AT_ONCE: usize = 1_000;
    for changes in [READ_AT_ONCE - 1, READ_AT_ONCE, READ_AT_ONCE + 1, 2 * READ_AT_ONCE] {
        let mut world = World::new();
        world.settle();
        let ids = world.add((0..changes).map(|i| movie(&format!("Movie {i}"), "")).collect(), false);
        assert!(world.index().wait_for(world.seq, PATIENCE), "{changes}");
        assert_eq!(world.index().movie(ids[changes - 1]).unwrap().unwrap().id, ids[changes - 1]);
        world.assert_complete();
    }
}

#[test]
fn a_renamed_genre_shows_in_every_list() {
    let mut world = World::new();
    let genre = world.genre("Tragedy");
    let other = world.genre("War");
    for i in 0..30 {
        let genres = if i % 2 == 0 { vec![genre.clone(), other.clone()] } else { vec![other.clone()] };
        world.add(vec![Movie { genres, ..movie(&format!("M{i}"), "") }], false);
    }
    world.settle();
    world.assert_complete();
    world.rename_genre(genre.id, "Drama");
    world.settle();
    world.assert_complete();
    for (q, hits) in [("drama", 15), ("tragedy", 0)] {
        let mut query = MovieQuery::default();
        query.filter.q = Some(q.to_owned());
        assert_eq!(world.find(&query).movies.len(), hits, "{q}");
    }
    // And after a restart, though no document says so.
    world.stop();
    world.start();
    world.settle();
    world.assert_complete();
}

#[test]
fn lists_go_on_while_the_database_is_away() {
    let mut world = World::new();
    world.add_named("Here", "");
    world.settle();
    world.store.set_away(true);
    wait_until("the outage is seen", || !world.index().health().database);
    assert!(world.index().health().ready && world.index().health().current);
    assert_eq!(world.find(&MovieQuery::default()).movies.len(), 1);
    world.store.set_away(false);
    world.add_named("Back", "");
    world.settle();
    wait_until("the database is back", || world.index().health().database);
    world.assert_complete();
}

#[test]
fn movies_are_found_by_their_ids_as_lists_show_them() {
    let mut world = World::new();
    let [kept, changed, gone] = ["Kept", "Changed", "Gone"].map(|name| world.add_named(name, "Somebody"));
    world.settle();
    world.update(vec![Movie { id: changed, ..movie("Changed since", "Somebody") }]);
    world.delete(&[gone]);
    world.settle();
    let named = |id| world.index().movie(id).unwrap().map(|movie| movie.details.name.to_string());
    assert_eq!(named(kept).as_deref(), Some("Kept"));
    assert_eq!(named(changed).as_deref(), Some("Changed since"));
    assert_eq!(named(gone), None);
    assert_eq!(named(MovieId(0)), None);
}

#[test]
fn an_index_that_has_not_caught_up_since_the_start_is_not_current() {
    let mut world = World::new();
    world.add_named("Known", "Somebody");
    world.settle();
    assert!(world.index().health().current);
    world.stop();
    world.add_named("Missed", "Somebody");
    world.start();
    wait_until("lists can be read", || {
        let health = world.index().health();
        assert!(!health.current || health.applied == world.seq, "{health:?}");
        health.current
    });
}

#[test]
fn an_index_waits_for_a_database_that_is_away_at_the_start() {
    let mut world = World::without_index();
    world.add_named("Here", "");
    world.store.set_away(true);
    world.start();
    wait_until("the outage is seen", || !world.index().health().database);
    assert!(!world.index().health().ready);
    assert!(matches!(world.index().find(&MovieQuery::default()), Err(Error::Unavailable { what: "search", .. })));
    assert!(matches!(world.index().genres(), Err(Error::Unavailable { .. })));
    world.store.set_away(false);
    world.settle();
    world.assert_complete();
}

#[test]
fn a_wait_in_vain_is_told_until_it_is_made_up_for() {
    let mut world = World::new();
    world.settle();
    assert!(world.index().health().current);
    world.store.set_away(true);
    wait_until("the outage is seen", || !world.index().health().database);
    assert!(!world.index().wait_for(1, Duration::from_millis(20)));
    assert!(!world.index().health().current);
    world.store.set_away(false);
    world.add_named("Late", "");
    world.settle();
    assert!(world.index().health().current);
}

#[test]
fn listeners_hear_what_changed() {
    let mut world = World::without_index();
    let genre = world.genre("War");
    let id = world.add_named("Old", "");
    let heard = Arc::new(Heard::default());
    world.start_with(vec![heard.clone()]);
    world.settle();
    assert_eq!(*heard.changed.lock().unwrap(), []);
    world.update(vec![Movie { id, ..movie("New", "") }]);
    world.rename_genre(genre.id, "Wars");
    world.add((0..3).map(|_| movie("Bulk", "")).collect(), true);
    world.delete(&[id]);
    world.settle();
    let heard = heard.changed.lock().unwrap();
    assert_eq!(*heard, [Changed::Movie(id), Changed::Genre(genre.id), Changed::Movie(id)]);
}

#[test]
fn listeners_hear_of_everything_that_is_recorded() {
    let mut world = World::without_index();
    let heard = Arc::new(Heard::default());
    world.start_with(vec![heard.clone()]);
    world.settle();
    // Of what nobody can have a copy of, too.
    let writes: [&dyn Fn(&mut World); 3] =
        [&|world| drop(world.genre("War")), &|world| drop(world.add(vec![movie("Bulk", "")], true)), &|world| {
            drop(world.add(vec![movie("Alone", "")], false))
        }];
    for write in writes {
        let before = heard.recorded.load(Ordering::SeqCst);
        write(&mut world);
        world.settle();
        assert!(heard.recorded.load(Ordering::SeqCst) > before);
    }
}

#[test]
fn writes_at_the_same_time_all_show() {
    let mut world = World::new();
    world.settle();
    let store = world.store.clone();
    let added = thread::scope(|scope| {
        let write = |n: usize| {
            let (store, index) = (store.clone(), world.index());
            scope.spawn(move || {
                let store: &dyn Store = &*store;
                let mut added = Vec::new();
                for i in 0..10 {
                    let mut movie = movie(&format!("{n} {i}"), "");
                    let seq = store.writing(|session| {
                        movie.id = session.new_movie_ids(1)?;
                        session.insert_movies(&[movie.clone()])?;
                        let edit = domain::change::Edit::movie_created(&movie);
                        let (at, via) = (movie.created_at, domain::change::Via::Cli);
                        session.record(&[domain::change::NewChange { at, actor: None, via, edit }])
                    });
                    assert!(index.wait_for(seq.unwrap(), PATIENCE));
                    let mut query = MovieQuery::default();
                    query.filter.name = Some(format!("{n} {i}"));
                    let found = index.find(&query).unwrap();
                    assert!(found.movies.iter().any(|found| found.id == movie.id));
                    added.push(movie);
                }
                added
            })
        };
        let writers = (0..4).map(write).collect::<Vec<_>>();
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect::<Vec<_>>()
    });
    world.movies.extend(added.into_iter().map(|movie| (movie.id, movie)));
    world.assert_complete();
}

#[test]
fn a_bulk_load_is_followed_like_any_other_change() {
    let mut rng = random::seeded(60);
    let mut world = World::new();
    world.settle();
    world.add((0..5_000).map(|_| random::bare_movie(&mut rng)).collect(), true);
    let gone = world.movies.keys().copied().take(100).collect::<Vec<_>>();
    world.delete(&gone);
    world.settle();
    world.assert_complete();
}

#[test]
fn a_stopped_index_can_still_be_read() {
    let mut world = World::new();
    world.add_named("Here", "");
    world.settle();
    let index: Arc<SearchIndex> = world.index.clone().unwrap();
    index.stop();
    assert_eq!(index.find(&MovieQuery::default()).unwrap().movies.len(), 1);
    world.stop();
}

#[test]
fn a_count_that_is_remembered_is_forgotten_with_the_state_it_was_made_of() {
    let mut world = World::new();
    // Past the end of what an estimate counts exactly.
    let many = Total::ESTIMATE_LIMIT + 7;
    world.add((0..many).map(|i| movie(&format!("Movie {i}"), "Somebody")).collect(), true);
    world.settle();
    let total = |world: &World, count| {
        let filter = MovieFilter { search: vec!["somebody".to_owned()], ..Default::default() };
        world.find(&MovieQuery { filter, count, ..Default::default() }).total
    };
    for _ in 0..2 {
        assert_eq!(total(&world, CountMode::None), None);
        assert_eq!(total(&world, CountMode::Estimated), Some(Total::AtLeast(Total::ESTIMATE_LIMIT)));
        assert_eq!(total(&world, CountMode::Exact), Some(Total::Exact(many)));
    }
    world.add_named("One more", "Somebody");
    world.settle();
    assert_eq!(total(&world, CountMode::Estimated), Some(Total::AtLeast(Total::ESTIMATE_LIMIT)));
    assert_eq!(total(&world, CountMode::Exact), Some(Total::Exact(many + 1)));
}
