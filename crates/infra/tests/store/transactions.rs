use std::{
    panic::{self, AssertUnwindSafe},
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use domain::{
    Error,
    change::{Edit, NewChange},
    movie::{Field, Movie, MovieId, MoviePatch},
    ports::Store,
    time::Timestamp,
    user::Admin,
};
use infra::db::DatabaseOptions;
use testing::TestDatabase;

use crate::{Raw, bare, build, ids, insert, movie, open, open_elsewhere, open_with, options, read};

testing::on_every_database! {
    ids_are_never_given_twice,
    a_failed_write_leaves_nothing,
    a_panic_leaves_nothing_and_the_connection_is_good_again,
    a_read_cannot_write,
    a_read_sees_one_state,
    a_write_sees_what_was_committed_before,
    concurrent_writers_lose_nothing,
    a_write_waits_for_another_process,
    waiting_writers_leave_the_readers_their_connections,
    a_lock_that_is_never_let_go_makes_the_database_unavailable,
}

fn created(movie: &Movie) -> NewChange {
    NewChange::by(&Admin::operator(), Timestamp::from_unix(0), Edit::movie_created(movie))
}

/// Holds the lock that every write needs.
fn hold_the_writers_lock(raw: &mut Raw) {
    match raw {
        Raw::Sqlite(_) => raw.execute("BEGIN IMMEDIATE"),
        #[cfg(feature = "mysql")]
        Raw::Mysql(_) => raw.execute("BEGIN; UPDATE counter SET last_seq = last_seq"),
    }
}

fn ids_are_never_given_twice(database: &TestDatabase) {
    let next = |store: &Arc<dyn Store>| {
        store
            .writing(|session| {
                let movies = (session.new_movie_ids(3)?.0, session.new_movie_ids(1)?.0);
                let genre = session.new_genre_id()?.0;
                let user = session.new_user_id()?.0;
                let token = session.new_token_id()?.0;
                session.insert_movies(&[bare(movies.1, "M")])?;
                Ok((movies, genre, user, token))
            })
            .unwrap()
    };
    let store = open(database);
    assert_eq!(next(&store), ((1, 4), 1, 1, 1));
    store.writing(|session| session.delete_movie(MovieId(4))).unwrap();
    assert_eq!(next(&store), ((5, 8), 2, 2, 2));
    store.writing(|session| session.delete_movie(MovieId(8))).unwrap();
    drop(store);
    assert_eq!(next(&open(database)), ((9, 12), 3, 3, 3));
}

fn a_failed_write_leaves_nothing(database: &TestDatabase) {
    let store = open(database);
    let result = store.write(&mut |session| {
        let id = session.new_movie_ids(1)?;
        session.insert_movies(&[bare(id.0, "M")])?;
        session.record(&[created(&bare(id.0, "M"))])?;
        Err(Error::NotFound("movie"))
    });
    assert!(matches!(result, Err(Error::NotFound("movie"))), "{result:?}");
    read(&store, |session| {
        assert!(session.movies_after(MovieId(0), 1)?.is_empty());
        assert_eq!(session.last_change()?, None);
        Ok(())
    });
    // Nobody saw the numbers, so they are given again.
    let first = store.writing(|session| Ok((session.new_movie_ids(1)?, session.record(&[created(&bare(1, "M"))])?)));
    assert_eq!(first.unwrap(), (MovieId(1), 1));
}

fn a_panic_leaves_nothing_and_the_connection_is_good_again(database: &TestDatabase) {
    let store = open_with(&DatabaseOptions { pool_size: 1, ..options(database) });
    let result = panic::catch_unwind(AssertUnwindSafe(|| {
        store.write(&mut |session| {
            session.insert_movies(&[bare(1, "M")])?;
            // As a panic does, but without a word in the test's output.
            panic::resume_unwind(Box::new("a defect of the caller"))
        })
    }));
    assert!(result.is_err());
    assert_eq!(movie(&store, 1), None);
    insert(&store, &[bare(1, "N")]);
    assert!(movie(&store, 1).is_some());
}

fn a_read_cannot_write(database: &TestDatabase) {
    let store = open(database);
    let attempts = [
        store.read(&mut |session| session.insert_movies(&[bare(1, "M")])),
        store.read(&mut |session| session.record(&[created(&bare(1, "M"))]).map(|_| ())),
        store.read(&mut |session| session.new_movie_ids(1).map(|_| ())),
    ];
    for result in attempts {
        assert!(matches!(result, Err(Error::Internal(_))), "{result:?}");
    }
    assert_eq!(movie(&store, 1), None);
}

fn a_read_sees_one_state(database: &TestDatabase) {
    let store = open(database);
    insert(&store, &[bare(1, "A")]);
    read(&store, |session| {
        let before = session.movies_after(MovieId(0), 10)?;
        thread::scope(|scope| {
            scope.spawn(|| {
                insert(&store, &[bare(2, "B")]);
                store.writing(|session| session.delete_movie(MovieId(1))).unwrap();
            });
        });
        assert_eq!(session.movies_after(MovieId(0), 10)?, before);
        assert!(session.movie(MovieId(1))?.is_some() && session.movie(MovieId(2))?.is_none());
        Ok(())
    });
    assert!(movie(&store, 1).is_none() && movie(&store, 2).is_some());
}

fn a_write_sees_what_was_committed_before(database: &TestDatabase) {
    let store = open(database);
    insert(&store, &[bare(1, "A")]);
    thread::scope(|scope| {
        let (begun, has_begun) = mpsc::channel();
        let first = scope.spawn({
            let store = open_elsewhere(database);
            move || {
                store
                    .write(&mut |session| {
                        let _ = begun.send(());
                        thread::sleep(Duration::from_millis(200));
                        session.insert_movies(&[bare(2, "B")])
                    })
                    .unwrap();
            }
        });
        has_begun.recv().unwrap();
        // Begins while the first is running, and so waits for it.
        let seen = store.writing(|session| session.movies_after(MovieId(0), 10)).unwrap();
        assert_eq!(ids(&seen), [1, 2]);
        first.join().unwrap();
    });
}

fn concurrent_writers_lose_nothing(database: &TestDatabase) {
    const WRITERS: u64 = 8;
    const WRITES: u64 = 50;
    let store = open(database);
    let counted = |votes: f64| {
        build(
            1_000_000,
            MoviePatch { name: Field::Value("Counted".into()), votes: Field::Value(votes), ..MoviePatch::default() },
        )
    };
    insert(&store, &[counted(0.0)]);
    thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| {
                let store = open_elsewhere(database);
                for _ in 0..WRITES {
                    store
                        .write(&mut |session| {
                            let before = session.movie(MovieId(1_000_000))?.unwrap();
                            session.update_movie(&counted(f64::from(before.details.votes.unwrap()) + 1.0))?;
                            let new = bare(session.new_movie_ids(1)?.0, "New");
                            session.insert_movies(std::slice::from_ref(&new))?;
                            session.record(&[created(&new)])?;
                            Ok(())
                        })
                        .unwrap();
                }
            });
        }
    });
    let total = WRITERS * WRITES;
    read(&store, |session| {
        assert_eq!(session.movie(MovieId(1_000_000))?.unwrap().details.votes.unwrap().get(), total);
        let new = session.movies_after(MovieId(0), 10_000)?;
        assert_eq!(ids(&new[..new.len() - 1]), (1..=total).collect::<Vec<_>>());
        let changes = session.changes_after(0, 10_000)?;
        assert_eq!(changes.iter().map(|change| change.seq).collect::<Vec<_>>(), (1..=total).collect::<Vec<_>>());
        Ok(())
    });
}

fn a_write_waits_for_another_process(database: &TestDatabase) {
    let store = open(database);
    let mut raw = Raw::connect(database);
    hold_the_writers_lock(&mut raw);
    thread::scope(|scope| {
        let writer = scope.spawn(|| store.writing(|session| session.insert_movies(&[bare(1, "M")])));
        thread::sleep(Duration::from_millis(500));
        raw.execute("ROLLBACK");
        writer.join().unwrap().unwrap();
    });
    assert!(movie(&store, 1).is_some());
}

fn waiting_writers_leave_the_readers_their_connections(database: &TestDatabase) {
    const WAITING: u64 = 8;
    let store = open_with(&DatabaseOptions {
        pool_size: 2,
        connect_timeout: Duration::from_millis(500),
        lock_timeout: Duration::from_secs(2),
        ..options(database)
    });
    insert(&store, &[bare(1_000, "There")]);
    thread::scope(|scope| {
        let (begun, has_begun) = mpsc::channel();
        let (finish, may_finish) = mpsc::channel();
        let long = scope.spawn({
            let store = &store;
            move || {
                store.write(&mut |session| {
                    begun.send(()).unwrap();
                    may_finish.recv().unwrap();
                    session.insert_movies(&[bare(1_001, "Long")])
                })
            }
        });
        has_begun.recv().unwrap();
        let write = |id| store.writing(move |session| session.insert_movies(&[bare(id, "Late")]));
        let too_late: Vec<_> = (1..=WAITING).map(|id| scope.spawn(move || write(id))).collect();
        while !too_late.iter().all(|writer| writer.is_finished()) {
            assert!(movie(&store, 1_000).is_some());
            thread::sleep(Duration::from_millis(50));
        }
        for writer in too_late {
            let result = writer.join().unwrap();
            assert!(matches!(result, Err(Error::Unavailable { what: "the database", .. })), "{result:?}");
        }
        let in_time: Vec<_> = (1..=WAITING).map(|id| scope.spawn(move || write(id))).collect();
        finish.send(()).unwrap();
        long.join().unwrap().unwrap();
        for writer in in_time {
            writer.join().unwrap().unwrap();
        }
    });
    let all = read(&store, |session| session.movies_after(MovieId(0), 100));
    assert_eq!(all.len() as u64, WAITING + 2, "{all:?}");
}

fn a_lock_that_is_never_let_go_makes_the_database_unavailable(database: &TestDatabase) {
    let store = open_with(&DatabaseOptions { lock_timeout: Duration::from_secs(1), ..options(database) });
    let mut raw = Raw::connect(database);
    hold_the_writers_lock(&mut raw);
    let asked = Instant::now();
    let result = store.writing(|session| session.insert_movies(&[bare(1, "M")]));
    assert!(matches!(result, Err(Error::Unavailable { what: "the database", .. })), "{result:?}");
    assert!(asked.elapsed() < Duration::from_secs(4), "it was waited for more than once: {:?}", asked.elapsed());
    assert_eq!(movie(&store, 1), None, "reads go on");
    raw.execute("ROLLBACK");
    insert(&store, &[bare(1, "M")]);
}

/// A deadlock needs locks on single rows, which SQLite does not have.
#[cfg(feature = "mysql")]
mod mysql_alone {
    use super::*;
    use crate::add_genres;

    /// Makes `work` the victim of a deadlock once: it has movie 1 and wants movie 2, another has movie 2 and wants
    /// movie 1. The other has changed more rows, so InnoDB does not choose it.
    fn with_a_deadlock(swallow: bool) {
        let database = testing::mysql();
        let store = open(&database);
        let others: Vec<_> = (1..=500).map(|id| bare(id, "Before")).collect();
        insert(&store, &others);
        let genres = add_genres(&store, &["Drama"]);

        let mut raw = Raw::connect(&database);
        raw.execute("BEGIN; UPDATE movies SET overview = 'raw' WHERE id BETWEEN 2 AND 500");
        let mut attempts = 0;
        thread::scope(|scope| {
            let (go, gone) = mpsc::channel();
            scope.spawn(move || {
                gone.recv().unwrap();
                raw.execute("UPDATE movies SET overview = 'raw' WHERE id = 1; COMMIT");
            });
            store
                .write(&mut |session| {
                    attempts += 1;
                    session.record(&[created(&bare(1, "First"))])?;
                    session.update_movie(&bare(1, "Mine"))?;
                    let _ = go.send(());
                    thread::sleep(Duration::from_millis(300));
                    match session.update_movie(&bare(2, "Mine")) {
                        Err(_) if swallow => {}
                        other => other?,
                    }
                    session.update_movie(&Movie { genres: genres.clone(), ..bare(3, "Mine") })
                })
                .unwrap();
        });
        assert_eq!(attempts, 2);
        for id in 1..=3 {
            assert_eq!(movie(&store, id).unwrap().details.name.as_str(), "Mine", "{id}");
        }
        read(&store, |session| {
            assert_eq!(session.last_change()?.map(|(seq, _)| seq), Some(1), "the first attempt left nothing");
            Ok(())
        });
    }

    #[test]
    fn a_row_locked_for_longer_than_the_timeout_is_tried_for_again() {
        let database = testing::mysql();
        let store = open_with(&DatabaseOptions { lock_timeout: Duration::from_secs(1), ..options(&database) });
        insert(&store, &[bare(1, "Before")]);
        let mut raw = Raw::connect(&database);
        raw.execute("BEGIN; UPDATE movies SET overview = 'raw' WHERE id = 1");
        let mut attempts = 0;
        thread::scope(|scope| {
            let (again, is_tried_again) = mpsc::channel();
            scope.spawn(move || {
                is_tried_again.recv().unwrap();
                raw.execute("ROLLBACK");
            });
            store
                .write(&mut |session| {
                    attempts += 1;
                    if attempts == 2 {
                        again.send(()).unwrap();
                    }
                    session.update_movie(&bare(1, "Mine"))
                })
                .unwrap();
        });
        assert!(attempts >= 2);
        assert_eq!(movie(&store, 1).unwrap().details.name.as_str(), "Mine");
    }

    #[test]
    fn a_deadlock_is_tried_again() {
        with_a_deadlock(false);
    }

    #[test]
    fn a_deadlock_is_tried_again_even_if_the_caller_swallowed_it() {
        with_a_deadlock(true);
    }
}
