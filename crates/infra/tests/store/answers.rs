//! Answers to requests with idempotency keys: how they are stored, and the writes they belong to.

use std::{
    ops::ControlFlow,
    sync::{
        Arc, Barrier,
        atomic::{AtomicI64, Ordering},
    },
    thread,
    time::Duration,
};

use domain::{
    Error, Result,
    change::{Seq, Via},
    genre::GenreName,
    idempotency::{Fingerprint, IdempotencyKey, KeptAnswer, KeyedRequest},
    movie::{Field, Movie, MovieDraft, MovieId, MoviePatch},
    ports::{Clock, GenreCount, MovieSearch, SearchHealth, Store},
    query::{ListedMovie, MoviePage, MovieQuery},
    services::{Catalogue, Duplicates},
    suggestion::Suggestion,
    time::Timestamp,
    user::{Admin, Role, User, UserId, Username},
};
use testing::TestDatabase;

use crate::{open, open_elsewhere, read};

testing::on_every_database! {
    an_answer_reads_as_it_was_kept,
    another_users_key_or_one_for_another_operation_is_another_key,
    an_answer_of_any_size_is_kept,
    an_answer_takes_the_place_of_an_older_one,
    old_answers_are_removed_a_few_at_a_time,
    a_kept_answer_goes_with_its_write,
    a_key_is_free_again_after_a_day,
    a_refusal_by_the_catalogue_is_kept_and_one_of_the_request_is_not,
    of_writers_in_many_processes_one_does_the_work,
}

fn request(user: u64, operation: &'static str, key: &str) -> KeyedRequest {
    KeyedRequest {
        user: UserId(user),
        operation,
        key: IdempotencyKey::new(key, "").unwrap(),
        fingerprint: Fingerprint([7; 32]),
    }
}

fn answer(outcome: &[u8], at: i64) -> KeptAnswer {
    KeptAnswer {
        fingerprint: Fingerprint([7; 32]),
        seq: Some(3),
        at: Timestamp::from_unix(at),
        outcome: outcome.to_vec(),
    }
}

fn keep(store: &Arc<dyn Store>, request: &KeyedRequest, answer: &KeptAnswer) {
    store.writing(|session| session.keep_answer(request, answer)).unwrap();
}

fn kept(store: &Arc<dyn Store>, request: &KeyedRequest, since: i64) -> Option<KeptAnswer> {
    read(store, |session| session.kept_answer(request, Timestamp::from_unix(since)))
}

fn an_answer_reads_as_it_was_kept(database: &TestDatabase) {
    let store = open(database);
    let (first, second) = (request(1, "/movies", "a"), request(1, "/movies", "A"));
    let answers =
        [answer(b"\x00\xff{}", 1_000), KeptAnswer { seq: None, fingerprint: Fingerprint([0; 32]), ..answer(b"x", 2) }];
    keep(&store, &first, &answers[0]);
    keep(&store, &second, &answers[1]);
    assert_eq!(kept(&store, &first, 999).as_ref(), Some(&answers[0]));
    assert_eq!(kept(&store, &first, 1_000), None, "it was kept after that moment");
    assert_eq!(kept(&store, &second, 0).as_ref(), Some(&answers[1]));
}

fn another_users_key_or_one_for_another_operation_is_another_key(database: &TestDatabase) {
    let store = open(database);
    keep(&store, &request(1, "/movies", "key"), &answer(b"1", 1));
    for other in [request(2, "/movies", "key"), request(1, "/genres", "key"), request(1, "/movies", "key2")] {
        assert_eq!(kept(&store, &other, 0), None, "{other:?}");
    }
    assert_eq!(kept(&store, &request(1, "/movie", "skey"), 0), None);
}

fn an_answer_of_any_size_is_kept(database: &TestDatabase) {
    const PART: usize = 512 * 1024;
    let store = open(database);
    for size in [1, PART - 1, PART, PART + 1, 20_000_000] {
        let outcome: Vec<u8> = (0..size).map(|i| (i % 251) as u8).collect();
        keep(&store, &request(1, "/movies", "key"), &answer(&outcome, 1));
        let found = kept(&store, &request(1, "/movies", "key"), 0).unwrap().outcome;
        assert!(found == outcome, "{size}: {}", found.len());
    }
}

fn an_answer_takes_the_place_of_an_older_one(database: &TestDatabase) {
    let store = open(database);
    let request = request(1, "/movies", "key");
    keep(&store, &request, &answer(&[1; 2_000_000], 1));
    keep(&store, &request, &answer(b"2", 2));
    assert_eq!(kept(&store, &request, 0), Some(answer(b"2", 2)));
}

fn old_answers_are_removed_a_few_at_a_time(database: &TestDatabase) {
    let store = open(database);
    let requests: Vec<_> = (1..=5).map(|i| request(i, "/movies", "key")).collect();
    for (request, at) in requests.iter().zip([3, 1, 2, 4, 5]) {
        keep(&store, request, &answer(&[1; 600_000], at));
    }
    let left = |until: i64, limit: u32| {
        store.writing(|session| session.forget_answers(Timestamp::from_unix(until), limit)).unwrap();
        requests.iter().filter_map(|request| Some(kept(&store, request, 0)?.at.unix())).collect::<Vec<_>>()
    };
    assert_eq!(left(0, 10), [3, 1, 2, 4, 5]);
    assert_eq!(left(4, 2), [3, 4, 5], "the oldest two");
    assert_eq!(left(4, 10), [5]);
    assert_eq!(left(4, 10), [5]);
}

/// A day that passes as the test wants it, and an index that shows nothing.
#[derive(Default)]
pub struct Outside {
    pub seconds: AtomicI64,
}

impl Clock for Outside {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix(self.seconds.load(Ordering::Relaxed))
    }
}

impl MovieSearch for Outside {
    fn find(&self, _: &MovieQuery) -> Result<MoviePage> {
        Err(Error::Unavailable { what: "search", cause: None })
    }

    fn walk(&self, _: &MovieQuery, _: &mut dyn FnMut(&Movie) -> ControlFlow<()>) -> Result<()> {
        Ok(())
    }

    fn movie(&self, _: MovieId) -> Result<Option<Movie>> {
        Ok(None)
    }

    fn suggest(&self, _: &str, _: usize) -> Result<Vec<Suggestion>> {
        Ok(Vec::new())
    }

    fn similar(&self, _: MovieId, _: usize) -> Result<Option<Vec<Arc<ListedMovie>>>> {
        Ok(None)
    }

    fn genres(&self) -> Result<Vec<GenreCount>> {
        Ok(Vec::new())
    }

    fn wait_for(&self, _: Seq, _: Duration) -> bool {
        true
    }

    fn health(&self) -> SearchHealth {
        SearchHealth { ready: true, current: true, database: true, applied: 0, stamp: 0 }
    }
}

pub fn catalogue(store: Arc<dyn Store>) -> (Catalogue, Arc<Outside>) {
    let outside = Arc::new(Outside { seconds: AtomicI64::new(1_700_000_000) });
    (Catalogue::new(store, outside.clone(), outside.clone(), Vec::new()), outside)
}

fn admin() -> Admin {
    admin_named("ann", Via::Api)
}

pub fn admin_named(name: &str, via: Via) -> Admin {
    let user = User {
        id: UserId(1),
        username: Username::new(name).unwrap(),
        role: Role::Admin,
        disabled: false,
        created_at: Timestamp::from_unix(0),
    };
    user.as_admin(via).unwrap()
}

fn named(name: &str) -> MovieDraft {
    MoviePatch { name: Field::Value(name.into()), ..MoviePatch::default() }.onto(None).unwrap()
}

fn movies(store: &Arc<dyn Store>) -> usize {
    read(store, |session| session.movies_after(MovieId(0), 1_000)).len()
}

fn a_kept_answer_goes_with_its_write(database: &TestDatabase) {
    let store = open(database);
    let request = request(1, "/movies", "key");
    let failed = store.writing(|session| {
        session.insert_movies(&[crate::bare(1, "M")])?;
        session.keep_answer(&request, &answer(b"{}", 1))?;
        Err::<(), _>(Error::NotFound("movie"))
    });
    assert!(failed.is_err());
    assert_eq!((kept(&store, &request, 0), movies(&store)), (None, 0));
}

fn a_key_is_free_again_after_a_day(database: &TestDatabase) {
    const DAY: i64 = 24 * 60 * 60;
    let store = open(database);
    let (catalogue, outside) = catalogue(store.clone());
    let request = request(1, "/movies", "key");
    let create = || catalogue.create_once(&admin(), &named("M"), Duplicates::Allow, Some(&request));
    let at = |seconds: i64| {
        outside.seconds.fetch_add(seconds, Ordering::Relaxed);
        let answer = create();
        (answer.outcome.unwrap().id.0, answer.is_replayed)
    };
    assert_eq!(at(0), (1, false));
    assert_eq!(at(DAY - 1), (1, true), "a replay does not prolong it");
    assert_eq!(at(1), (2, false));
    assert_eq!(at(1), (2, true));
    assert_eq!(movies(&store), 2);
}

fn a_refusal_by_the_catalogue_is_kept_and_one_of_the_request_is_not(database: &TestDatabase) {
    let store = open(database);
    let (catalogue, _) = catalogue(store.clone());
    let war = GenreName::new("War", "").unwrap();
    let genre = catalogue.create_genre(&admin(), &war).unwrap();
    let create = |name: &GenreName, fingerprint: u8| {
        let fingerprint = Fingerprint([fingerprint; 32]);
        let request = KeyedRequest { fingerprint, ..request(1, "/genres", "key") };
        catalogue.create_genre_once(&admin(), name, Some(&request))
    };
    let refused = create(&war, 1);
    assert!(
        !refused.is_replayed
            && matches!(refused.outcome, Err(Error::GenreNameTaken { existing }) if existing == genre.id)
    );
    catalogue.delete_genre(&admin(), genre.id, false).unwrap();
    let again = create(&war, 1);
    assert!(
        again.is_replayed && matches!(again.outcome, Err(Error::GenreNameTaken { existing }) if existing == genre.id)
    );
    let other = create(&war, 2);
    assert!(!other.is_replayed && matches!(other.outcome, Err(Error::IdempotencyKeyReused)));
    assert!(read(&store, |session| session.genres()).is_empty());

    let keyed = request(1, "/movies:batch", "key");
    let missing = [Ok(domain::services::Operation::Delete { id: MovieId(9), version: None })];
    let wrong = catalogue.batch(&admin(), &missing, Duplicates::Refuse, Some(&keyed));
    assert!(matches!(wrong.outcome, Err(Error::Invalid(_))));
    assert_eq!(kept(&store, &keyed, 0), None);
}

fn of_writers_in_many_processes_one_does_the_work(database: &TestDatabase) {
    const PROCESSES: usize = 3;
    const THREADS: usize = 4;
    let stores: Vec<_> = (0..PROCESSES).map(|_| open_elsewhere(database)).collect();
    let start = Barrier::new(PROCESSES * THREADS);
    let write = |store: &Arc<dyn Store>| {
        let (catalogue, _) = catalogue(store.clone());
        start.wait();
        let request = request(1, "/movies", "key");
        let answer = catalogue.create_once(&admin(), &named("M"), Duplicates::Allow, Some(&request));
        (answer.outcome.unwrap(), answer.is_replayed)
    };
    let answers: Vec<(Movie, bool)> = thread::scope(|scope| {
        let writers = stores.iter().flat_map(|store| (0..THREADS).map(move |_| store));
        let writers: Vec<_> = writers.map(|store| scope.spawn(|| write(store))).collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    assert_eq!(movies(&stores[0]), 1);
    assert_eq!(answers.iter().filter(|(_, is_replayed)| !is_replayed).count(), 1);
    assert!(answers.iter().all(|(movie, _)| *movie == answers[0].0));
}
