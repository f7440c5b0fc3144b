//! The latest changes, filtered.

use std::sync::Arc;

use domain::{
    change::{Action, Actor, ChangeFilter, Edit, LatestChanges, NewChange, Seq, Subject, Via},
    genre::GenreId,
    movie::MovieId,
    ports::Store,
    services::History,
    time::Timestamp,
    user::{Role, User, UserId, Username},
};
use infra::security::SystemClock;
use testing::TestDatabase;

use crate::{
    bare,
    changes::{change, mixed, new_movies, numbers, record},
    genre, open, read,
};

testing::on_every_database! {
    the_latest_changes_come_first_and_a_bulk_load_is_one,
    changes_are_filtered_by_who_made_them_how_and_what_they_did,
    an_actor_is_found_however_the_name_is_written,
    of_many_changes_a_bounded_number_is_looked_at,
}

fn latest(store: &Arc<dyn Store>, filter: &ChangeFilter, below: Option<Seq>, limit: u32) -> LatestChanges {
    History::new(Arc::clone(store), Arc::new(SystemClock)).latest(filter, below, limit).unwrap()
}

/// The numbers of all that match, whatever the size of the parts they are read in.
fn all(store: &Arc<dyn Store>, filter: &ChangeFilter) -> Vec<Seq> {
    let in_parts = |limit| {
        let (mut found, mut below) = (Vec::new(), None);
        loop {
            let part = latest(store, filter, below, limit);
            assert!(part.changes.len() <= limit as usize);
            found.extend(numbers(&part.changes));
            below = part.next;
            if below.is_none() {
                return found;
            }
        }
    };
    let found = in_parts(100);
    assert_eq!(in_parts(1), found, "{filter:?}");
    assert_eq!(in_parts(2), found, "{filter:?}");
    found
}

fn user(name: &str) -> Option<Actor> {
    Some(Actor::User(Username::new(name).unwrap()))
}

fn about(subject: Subject) -> ChangeFilter {
    ChangeFilter { subject: Some(subject), ..ChangeFilter::default() }
}

fn the_latest_changes_come_first_and_a_bulk_load_is_one(database: &TestDatabase) {
    let store = open(database);
    let everything = ChangeFilter::default();
    let none = latest(&store, &everything, None, 10);
    assert!(none.changes.is_empty() && none.next.is_none());
    mixed(&store);
    assert_eq!(all(&store, &everything), [28, 27, 26, 25, 24, 23, 13, 12, 11, 10]);
    let part = latest(&store, &everything, Some(24), 2);
    assert_eq!((numbers(&part.changes), part.next), (vec![23, 13], Some(13)));
    assert_eq!(part.changes[0].edit, Edit::NewMovies { first: MovieId(21), count: 10 });
    let end = latest(&store, &everything, Some(11), 1);
    assert_eq!((numbers(&end.changes), end.next), (vec![10], None), "the last part says that it is the last");
    assert!(latest(&store, &everything, Some(0), 1).changes.is_empty());
}

/// Nine changes by different people, by different ways.
fn by_many(store: &Arc<dyn Store>) {
    let war = genre(1, "War");
    let by = |name: Option<&str>, via, edit| NewChange {
        at: Timestamp::from_unix(1_700_000_000),
        actor: name.map(|name| Username::new(name).unwrap()),
        via,
        edit,
    };
    let (ann, ben, program) = (Some("ann"), Some("ben"), None);
    let changes = [
        by(ann, Via::Page, Edit::movie_created(&bare(1, "A"))),
        by(ann, Via::Api, Edit::movie_updated(&bare(1, "A"), &bare(1, "B"))),
        by(ben, Via::Page, Edit::movie_updated(&bare(1, "B"), &bare(1, "C"))),
        by(program, Via::Cli, Edit::movie_updated(&bare(1, "C"), &bare(1, "D"))),
        by(ann, Via::Page, Edit::genre(GenreId(1), None, Some(&war))),
        by(ben, Via::Page, Edit::genre(GenreId(1), Some(&war), None)),
        by(ann, Via::Page, Edit::movie_deleted(&bare(1, "D"))),
        by(ben, Via::Import, Edit::NewMovies { first: MovieId(2), count: 1 }),
        by(program, Via::Cli, Edit::movie_deleted(&bare(2, "M"))),
    ];
    record(store, &changes);
}

fn changes_are_filtered_by_who_made_them_how_and_what_they_did(database: &TestDatabase) {
    let store = open(database);
    by_many(&store);
    let (actor, via, action) = (|actor| (actor, None, None), |via| (None, Some(via), None), |a| (None, None, Some(a)));
    for ((actor, via, action), movies, genres) in [
        ((None, None, None), &[9, 8, 7, 4, 3, 2, 1][..], &[6, 5][..]),
        (actor(user("ann")), &[7, 2, 1], &[5]),
        (actor(user("ben")), &[8, 3], &[6]),
        (actor(user("nobody")), &[], &[]),
        (actor(Some(Actor::Program)), &[9, 4], &[]),
        (via(Via::Page), &[7, 3, 1], &[6, 5]),
        (via(Via::Import), &[8], &[]),
        (action(Action::Create), &[8, 1], &[5]),
        (action(Action::Update), &[4, 3, 2], &[]),
        (action(Action::Delete), &[9, 7], &[6]),
        ((user("ann"), Some(Via::Page), None), &[7, 1], &[5]),
        ((user("ann"), Some(Via::Page), Some(Action::Delete)), &[7], &[]),
        ((Some(Actor::Program), Some(Via::Page), None), &[], &[]),
    ] {
        let filter = ChangeFilter { actor, via, action, subject: None };
        let mut both = [movies, genres].concat();
        both.sort_unstable_by(|a, b| b.cmp(a));
        assert_eq!(all(&store, &filter), both, "{filter:?}");
        let of = |subject| all(&store, &ChangeFilter { subject: Some(subject), ..filter.clone() });
        assert_eq!(of(Subject::Movies), movies, "{filter:?}");
        assert_eq!(of(Subject::Genres), genres, "{filter:?}");
    }
}

fn an_actor_is_found_however_the_name_is_written(database: &TestDatabase) {
    let store = open(database);
    by_many(&store);
    let ann = User {
        id: UserId(1),
        username: Username::new("ann").unwrap(),
        role: Role::Admin,
        disabled: false,
        created_at: Timestamp::from_unix(0),
    };
    store.writing(|session| session.insert_user(&ann, "hash")).unwrap();
    let by = |name| all(&store, &ChangeFilter { actor: user(name), ..ChangeFilter::default() });
    assert_eq!(by("ANN"), by("ann"));
    assert_eq!(by("ann"), [7, 5, 2, 1]);
    assert_eq!(by("Ben"), [0; 0], "of a user who is gone, the name is as it stands in the changes");
}

fn of_many_changes_a_bounded_number_is_looked_at(database: &TestDatabase) {
    const MANY: u64 = 10_500;
    let store = open(database);
    let page = || NewChange { via: Via::Page, ..change(Edit::movie_created(&bare(1, "First"))) };
    let many = (1..=MANY).map(|id| change(Edit::movie_updated(&bare(id, "A"), &bare(id, "B"))));
    let all: Vec<NewChange> = [page()].into_iter().chain(many).chain([new_movies(50_000, 20_000)]).collect();
    record(&store, &all);
    for filter in [
        ChangeFilter { via: Some(Via::Page), ..ChangeFilter::default() },
        ChangeFilter { via: Some(Via::Page), actor: Some(Actor::Program), ..ChangeFilter::default() },
        ChangeFilter { via: Some(Via::Page), ..about(Subject::Movies) },
    ] {
        let first = latest(&store, &filter, None, 50);
        assert!(first.changes.is_empty(), "{filter:?}");
        let second = latest(&store, &filter, first.next, 50);
        assert_eq!((numbers(&second.changes), second.next), (vec![1], None), "{filter:?}");
    }
    let by_program = ChangeFilter { actor: Some(Actor::Program), ..ChangeFilter::default() };
    assert_eq!(latest(&store, &by_program, None, 20_000).changes.len(), 10_502, "an index leads to all of these");
    assert_eq!(read(&store, |session| session.last_change()).unwrap().0, 30_501);
}
