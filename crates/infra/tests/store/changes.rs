use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use domain::{
    change::{Change, Edit, NewChange, Seq, Via},
    genre::GenreId,
    movie::{MovieId, Score},
    ports::Store,
    time::Timestamp,
    user::Username,
};
use testing::TestDatabase;

use crate::{add_genres, bare, full, genre, open, open_elsewhere, read};

testing::on_every_database! {
    a_change_reads_as_it_was_recorded,
    every_score_comes_back_exactly,
    numbers_have_no_gaps_and_a_bulk_load_takes_one_for_each_movie,
    changes_are_read_in_parts,
    the_last_change_and_its_stamp_are_told,
    many_changes_are_recorded_at_once,
    the_changes_of_one_movie_are_found,
    the_bulk_load_that_added_a_movie_is_found,
    the_first_change_of_each_movie_is_found,
    the_next_change_of_each_genre_is_found,
    the_movies_that_changed_since_are_told,
    old_changes_are_removed_but_the_last_of_them,
    a_reader_never_skips_a_change,
}

pub fn change(edit: Edit) -> NewChange {
    NewChange { at: Timestamp::from_unix(1_700_000_000), actor: None, via: Via::Cli, edit }
}

pub fn new_movies(first: u64, count: u64) -> NewChange {
    change(Edit::NewMovies { first: MovieId(first), count })
}

pub fn record(store: &Arc<dyn Store>, changes: &[NewChange]) -> Seq {
    store.writing(|session| session.record(changes)).unwrap()
}

fn after(store: &Arc<dyn Store>, seq: Seq, limit: u32) -> Vec<Change> {
    read(store, |session| session.changes_after(seq, limit))
}

pub fn numbers(changes: &[Change]) -> Vec<Seq> {
    changes.iter().map(|change| change.seq).collect()
}

fn a_change_reads_as_it_was_recorded(database: &TestDatabase) {
    let store = open(database);
    let genres = add_genres(&store, &["Drama"]);
    let (old, new) = (full(1, "Before", &genres), bare(1, "After 🎬"));
    let (war, battles) = (genre(2, "War"), genre(2, "Battles"));
    let ann = Some(Username::new("Ann").unwrap());
    let with = |via, edit| NewChange { actor: ann.clone(), via, ..change(edit) };
    let recorded = [
        change(Edit::movie_created(&old)),
        with(Via::Api, Edit::movie_updated(&old, &new)),
        with(Via::Page, Edit::movie_deleted(&new)),
        with(Via::Import, Edit::NewMovies { first: MovieId(2), count: 1_000 }),
        change(Edit::genre(war.id, None, Some(&war))),
        change(Edit::genre(war.id, Some(&war), Some(&battles))),
        change(Edit::genre(war.id, Some(&battles), None)),
    ];
    record(&store, &recorded);
    let found = after(&store, 0, 100);
    assert_eq!(found.len(), recorded.len());
    for (found, recorded) in found.iter().zip(&recorded) {
        assert_eq!(found.edit, recorded.edit);
        assert_eq!((found.at, &found.actor, found.via), (recorded.at, &recorded.actor, recorded.via));
    }
}

fn every_score_comes_back_exactly(database: &TestDatabase) {
    let store = open(database);
    let scores: Vec<f64> = (1..1_000).map(|i| f64::from(i) / 100.3).chain([0.1 + 0.2, 5e-324, 0.0]).collect();
    let scored = |score: &f64| {
        let mut movie = bare(1, "M");
        movie.details.imdb_score = Some(Score::new(*score).unwrap());
        change(Edit::movie_created(&movie))
    };
    record(&store, &scores.iter().map(scored).collect::<Vec<_>>());
    for (found, score) in after(&store, 0, 10_000).into_iter().zip(&scores) {
        let Edit::Movie { after: Some(found), .. } = found.edit else { panic!("another kind of change") };
        assert_eq!(found.details.imdb_score.unwrap().get().to_bits(), score.to_bits(), "{score:e}");
    }
}

fn numbers_have_no_gaps_and_a_bulk_load_takes_one_for_each_movie(database: &TestDatabase) {
    let store = open(database);
    let one = || change(Edit::movie_created(&bare(1, "M")));
    assert_eq!(record(&store, &[one(), one()]), 2);
    assert_eq!(record(&store, &[one(), new_movies(10, 1_000), one()]), 1_004);
    assert_eq!(record(&store, &[new_movies(2_000, 5)]), 1_009);
    let found = after(&store, 0, 100);
    assert_eq!(numbers(&found), [1, 2, 3, 1_003, 1_004, 1_009]);
    assert_eq!(found.iter().map(|change| change.edit.span()).collect::<Vec<_>>(), [1, 1, 1, 1_000, 1, 5]);
    // Twice in one transaction goes on counting.
    let twice = store.writing(|session| Ok((session.record(&[one()])?, session.record(&[new_movies(1, 2)])?))).unwrap();
    assert_eq!(twice, (1_010, 1_012));
    assert_eq!(numbers(&after(&store, 1_009, 100)), [1_010, 1_012]);
}

fn changes_are_read_in_parts(database: &TestDatabase) {
    let store = open(database);
    record(&store, &[new_movies(1, 10), new_movies(11, 1), new_movies(12, 10), new_movies(22, 1)]);
    assert_eq!(numbers(&after(&store, 0, 2)), [10, 11]);
    assert_eq!(numbers(&after(&store, 11, 2)), [21, 22]);
    assert_eq!(numbers(&after(&store, 5, 1)), [10], "a reader inside a bulk load is given it again");
    assert!(after(&store, 22, 2).is_empty() && after(&store, u64::MAX, 2).is_empty());
}

fn the_last_change_and_its_stamp_are_told(database: &TestDatabase) {
    let store = open(database);
    assert_eq!(read(&store, |session| session.last_change()), None);
    record(&store, &[new_movies(1, 10), new_movies(11, 5)]);
    let found = after(&store, 0, 10);
    read(&store, |session| {
        assert_eq!(session.last_change()?, Some((15, found[1].stamp)));
        assert_eq!(session.change_stamp(10)?, Some(found[0].stamp));
        for none in [0, 9, 14, 16, u64::MAX] {
            assert_eq!(session.change_stamp(none)?, None, "{none}");
        }
        Ok(())
    });
}

fn many_changes_are_recorded_at_once(database: &TestDatabase) {
    let store = open(database);
    let changes: Vec<_> = (1..=5_000).map(|id| change(Edit::movie_created(&full(id, "M", &[])))).collect();
    assert_eq!(record(&store, &changes), 5_000);
    let found = after(&store, 0, 10_000);
    assert_eq!(numbers(&found), (1..=5_000).collect::<Vec<_>>());
    assert!(found.iter().zip(&changes).all(|(found, recorded)| found.edit == recorded.edit));
    let stamps: HashSet<i64> = found.iter().map(|change| change.stamp).collect();
    assert_eq!(stamps.len(), 5_000, "each stamp is random");
}

/// Changes of movies 1 to 3 and genres 1 and 2, among bulk loads of the movies 1 to 10 and 21 to 30.
pub fn mixed(store: &Arc<dyn Store>) {
    let (war, peace) = (genre(1, "War"), genre(1, "Peace"));
    let edits = [
        Edit::NewMovies { first: MovieId(1), count: 10 },
        Edit::movie_updated(&bare(1, "A"), &bare(1, "B")),
        Edit::genre(GenreId(1), None, Some(&war)),
        Edit::movie_updated(&bare(2, "A"), &bare(2, "B")),
        Edit::NewMovies { first: MovieId(21), count: 10 },
        Edit::movie_deleted(&bare(1, "B")),
        Edit::genre(GenreId(1), Some(&war), Some(&peace)),
        Edit::genre(GenreId(2), None, Some(&genre(2, "Love"))),
        Edit::movie_created(&bare(1, "C")),
        Edit::genre(GenreId(1), Some(&peace), None),
    ];
    record(store, &edits.map(change));
}

fn the_changes_of_one_movie_are_found(database: &TestDatabase) {
    let store = open(database);
    mixed(&store);
    read(&store, |session| {
        let mut of = |id, below, skip, limit| session.changes_of(MovieId(id), below, skip, limit).map(|c| numbers(&c));
        assert_eq!(of(1, Seq::MAX, 0, 10)?, [27, 24, 11], "the latest first, and no bulk load");
        assert_eq!(of(1, Seq::MAX, 0, 2)?, [27, 24]);
        assert_eq!(of(1, Seq::MAX, 1, 1)?, [24]);
        assert_eq!(of(1, 24, 0, 10)?, [11]);
        assert_eq!(of(2, Seq::MAX, 0, 10)?, [13]);
        assert!(of(1, Seq::MAX, 3, 10)?.is_empty() && of(3, Seq::MAX, 0, 10)?.is_empty());
        let counts = [1, 2, 3, u64::MAX].map(|id| session.count_changes_of(MovieId(id)).unwrap());
        assert_eq!(counts, [3, 1, 0, 0]);
        Ok(())
    });
}

fn the_bulk_load_that_added_a_movie_is_found(database: &TestDatabase) {
    let store = open(database);
    assert!(read(&store, |session| session.bulk_load_of(MovieId(1))).is_none());
    mixed(&store);
    read(&store, |session| {
        for (id, seq) in [(1, 10), (5, 10), (10, 10), (21, 23), (30, 23)] {
            assert_eq!(session.bulk_load_of(MovieId(id))?.map(|load| load.seq), Some(seq), "{id}");
        }
        for id in [0, 11, 20, 31, u64::MAX] {
            assert!(session.bulk_load_of(MovieId(id))?.is_none(), "{id}");
        }
        Ok(())
    });
}

fn the_first_change_of_each_movie_is_found(database: &TestDatabase) {
    let store = open(database);
    mixed(&store);
    let many: Vec<_> = (1_000..3_000).map(|id| change(Edit::movie_deleted(&bare(id, "M")))).collect();
    record(&store, &many);
    let first = |ids: &mut dyn Iterator<Item = u64>| {
        let ids: Vec<_> = ids.map(MovieId).collect();
        let mut found = numbers(&read(&store, |session| session.first_changes_of(&ids)));
        found.sort_unstable();
        found
    };
    assert_eq!(first(&mut [2, 3, 1, 21].into_iter()), [11, 13]);
    assert_eq!(first(&mut std::iter::empty()), [0; 0]);
    assert_eq!(first(&mut (1..10_000)).len(), 2_002);
}

fn the_next_change_of_each_genre_is_found(database: &TestDatabase) {
    let store = open(database);
    mixed(&store);
    let next = |after| {
        let ids = [GenreId(1), GenreId(2), GenreId(3)];
        let mut found = numbers(&read(&store, |session| session.genre_changes_after(&ids, after)));
        found.sort_unstable();
        found
    };
    assert_eq!(next(0), [12, 26]);
    assert_eq!(next(12), [25, 26]);
    assert_eq!(next(26), [28]);
    assert_eq!(next(28), [0; 0]);
}

fn the_movies_that_changed_since_are_told(database: &TestDatabase) {
    let store = open(database);
    mixed(&store);
    let many: Vec<_> = (1_000..3_000).rev().map(|id| change(Edit::movie_deleted(&bare(id, "M")))).collect();
    record(&store, &many);
    let changed = |ids: &mut dyn Iterator<Item = u64>, after| {
        let ids: Vec<_> = ids.map(MovieId).collect();
        let found = read(&store, |session| session.movies_changed_after(&ids, after));
        found.into_iter().map(|id| id.0).collect::<Vec<_>>()
    };
    assert_eq!(changed(&mut [2, 3, 1, 21].into_iter(), 0), [1, 2], "a bulk load changes nothing");
    assert_eq!(changed(&mut [2, 1].into_iter(), 13), [1]);
    assert_eq!(changed(&mut [2, 1].into_iter(), 26), [1]);
    assert_eq!(changed(&mut [2, 1].into_iter(), 27), [0; 0]);
    assert_eq!(changed(&mut [2, 1].into_iter(), Seq::MAX), [0; 0]);
    assert_eq!(changed(&mut std::iter::empty(), 0), [0; 0]);
    assert_eq!(changed(&mut (1..10_000), 27), (1_000..3_000).collect::<Vec<_>>());
}

fn old_changes_are_removed_but_the_last_of_them(database: &TestDatabase) {
    let store = open(database);
    let at = |at, edit| NewChange { at: Timestamp::from_unix(at), ..change(edit) };
    let one = |time| at(time, Edit::movie_created(&bare(1, "M")));
    let many = |time| at(time, Edit::NewMovies { first: MovieId(1), count: 10 });
    let remove =
        |before, limit| store.writing(|session| session.remove_changes(Timestamp::from_unix(before), limit)).unwrap();
    let kept_after = || read(&store, |session| session.changes_kept_after());
    assert_eq!((remove(100, 10), kept_after()), (0, 0));
    // The clock was set back once: what stands behind something new is not old.
    record(&store, &[one(10), many(20), one(30), many(40), one(50), one(20), one(60)]);
    assert_eq!((remove(10, 10), remove(11, 10), kept_after()), (0, 0, 0), "one alone stays");
    assert_eq!((remove(21, 10), kept_after()), (1, 1), "the last of the old ones stays");
    assert_eq!(numbers(&after(&store, 1, 10)), [11, 12, 22, 23, 24, 25]);
    assert_eq!((remove(45, 1), kept_after()), (1, 11), "as many as asked for");
    assert_eq!((remove(45, 10), kept_after()), (1, 12));
    assert_eq!((remove(1_000, 10), kept_after()), (3, 24), "the very last always stays");
    assert_eq!((remove(1_000, 10), numbers(&after(&store, 0, 10))), (0, vec![25]));
    assert_eq!(record(&store, &[one(70)]), 26, "numbers go on");
}

fn a_reader_never_skips_a_change(database: &TestDatabase) {
    const WRITERS: u64 = 8;
    const WRITES: u64 = 50;
    let store = open(database);
    let written = AtomicBool::new(false);
    let seen = thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut seen: Vec<Change> = Vec::new();
            loop {
                let last_round = written.load(Ordering::SeqCst);
                let from = seen.last().map_or(0, |change| change.seq);
                let more = after(&store, from, 7);
                if more.is_empty() && last_round {
                    return seen;
                }
                seen.extend(more);
            }
        });
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let store = open_elsewhere(database);
                scope.spawn(move || {
                    for write in 0..WRITES {
                        // Every seventh write takes its numbers, lingers, and thinks better of it.
                        let result = store.writing(|session| {
                            session.record(&[new_movies(writer, 1 + write % 3)])?;
                            if write % 7 == 0 {
                                thread::sleep(Duration::from_millis(1));
                                return Err(domain::Error::NotFound("movie"));
                            }
                            Ok(())
                        });
                        assert_eq!(result.is_err(), write % 7 == 0);
                    }
                })
            })
            .collect();
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        written.store(true, Ordering::SeqCst);
        reader.join().unwrap()
    });
    let mut last = 0;
    for change in &seen {
        assert_eq!(change.seq + 1 - change.edit.span(), last + 1, "nothing was skipped before {}", change.seq);
        last = change.seq;
    }
    let kept = (0..WRITES).filter(|write| write % 7 != 0).count();
    assert_eq!(seen.len(), WRITERS as usize * kept);
}
