//! Undoing what was done through the pages.

use std::{ops::RangeInclusive, sync::Arc};

use domain::{
    Error,
    change::{Seq, Via},
    genre::GenreName,
    movie::{Field, Movie, MovieId, MoviePatch},
    ports::Store,
    services::{Catalogue, Done, Duplicates, Operation, Undone},
    user::Admin,
};
use testing::TestDatabase;

use crate::{
    answers::{admin_named, catalogue},
    movie, open, read,
};

testing::on_every_database! {
    many_changes_are_undone_at_once_and_again,
    a_single_change_is_undone,
    a_movie_that_changed_often_goes_back_to_the_first_state,
    what_was_changed_again_since_is_not_undone,
    only_one_s_own_changes_through_the_pages_are_undone,
    no_imdb_id_is_taken_from_another_movie,
    imdb_ids_go_back_to_the_movies_they_came_from,
    genres_are_put_back_as_they_are_now,
    a_thousand_changes_are_undone_and_no_more,
}

struct World {
    store: Arc<dyn Store>,
    catalogue: Catalogue,
    ann: Admin,
}

impl World {
    fn new(database: &TestDatabase) -> Self {
        let store = open(database);
        let (catalogue, _) = catalogue(Arc::clone(&store));
        Self { store, catalogue, ann: admin_named("ann", Via::Page) }
    }

    fn add(&self, patch: MoviePatch) -> MovieId {
        let draft = patch.onto(None).unwrap();
        self.catalogue.create(&self.ann, &draft, Duplicates::Allow).unwrap().id
    }

    fn batch(&self, operations: impl IntoIterator<Item = Operation>) -> RangeInclusive<Seq> {
        self.batch_by(&self.ann, operations).1.unwrap()
    }

    fn batch_by(
        &self,
        admin: &Admin,
        operations: impl IntoIterator<Item = Operation>,
    ) -> (Vec<Done>, Option<RangeInclusive<Seq>>) {
        let operations: Vec<_> = operations.into_iter().map(Ok).collect();
        let answer = self.catalogue.batch(admin, &operations, Duplicates::Allow, None);
        (answer.outcome.unwrap(), answer.changes)
    }

    fn undo(&self, changes: &RangeInclusive<Seq>) -> domain::Result<Undone> {
        self.catalogue.undo(&self.ann, *changes.start(), *changes.end())
    }

    fn movie(&self, id: MovieId) -> Option<Movie> {
        movie(&self.store, id.0)
    }

    fn last_change(&self) -> Option<(Seq, i64)> {
        read(&self.store, |session| session.last_change())
    }
}

fn named(name: &str, genres: &[&str]) -> MoviePatch {
    let genres = Field::Value(genres.iter().map(|genre| (*genre).to_owned()).collect());
    MoviePatch { name: Field::Value(name.to_owned()), genres, ..MoviePatch::default() }
}

fn titled(name: &str, imdb_id: &str) -> MoviePatch {
    MoviePatch { imdb_id: Field::Value(imdb_id.to_owned()), ..named(name, &[]) }
}

fn imdb_id(imdb_id: Option<&str>) -> MoviePatch {
    let imdb_id = imdb_id.map_or(Field::Null, |imdb_id| Field::Value(imdb_id.to_owned()));
    MoviePatch { imdb_id, ..MoviePatch::default() }
}

fn genres(genres: &[&str]) -> MoviePatch {
    MoviePatch { name: Field::Absent, ..named("", genres) }
}

fn delete(id: MovieId) -> Operation {
    Operation::Delete { id, version: None }
}

fn update(id: MovieId, patch: MoviePatch) -> Operation {
    Operation::Update { id, version: None, patch }
}

fn create(name: &str) -> Operation {
    Operation::Create(named(name, &[]).onto(None).unwrap())
}

/// Names and positions of the genres.
fn genre_names(movie: &Movie) -> Vec<&str> {
    movie.genres.iter().map(|genre| genre.name.as_str()).collect()
}

/// What undoing brings back of a movie: all but the version and its time.
fn content(movie: Option<Movie>) -> Option<Movie> {
    movie.map(|movie| Movie { version: 0, updated_at: movie.created_at, ..movie })
}

fn many_changes_are_undone_at_once_and_again(database: &TestDatabase) {
    let world = World::new(database);
    let [gone, edited, same] = ["Gone", "Edited", "Same"].map(|name| world.add(named(name, &["War", "Love"])));
    let all = [gone, edited, same];
    let before = all.map(|id| content(world.movie(id)));
    let operations =
        [delete(gone), update(edited, genres(&["Drama"])), update(same, genres(&["War", "Love"])), create("New")];
    let (done, changes) = world.batch_by(&world.ann, operations);
    let changes = changes.unwrap();
    let Done::Created(new) = &done[3] else { panic!("{done:?}") };
    assert_eq!(world.last_change().unwrap().0, *changes.end());
    assert_eq!(changes.end() - changes.start(), 2, "what was the same makes no change, and the new genre's is another");
    let after = all.map(|id| content(world.movie(id)));

    let undone = world.undo(&changes).unwrap();
    assert_eq!(undone.movies, 3);
    assert_eq!(all.map(|id| content(world.movie(id))), before);
    assert_eq!(all.map(|id| world.movie(id).unwrap().version), [2, 3, 1]);
    assert_eq!(world.movie(new.id), None);
    let again = undone.changes.unwrap();
    let recorded = read(&world.store, |session| session.changes_after(*changes.end(), 10));
    assert_eq!(recorded.iter().map(|change| change.seq).collect::<Vec<_>>(), again.clone().collect::<Vec<_>>());
    assert!(recorded.iter().all(|change| change.actor.as_ref() == world.ann.actor() && change.via == Via::Page));

    assert_eq!(world.undo(&again).unwrap().movies, 3);
    assert_eq!(all.map(|id| content(world.movie(id))), after);
    assert_eq!(content(world.movie(new.id)), content(Some(new.clone())));
}

fn a_single_change_is_undone(database: &TestDatabase) {
    let world = World::new(database);
    let id = world.add(named("Before", &["War"]));
    let before = content(world.movie(id));
    let edit = |name: &str| {
        let draft = named(name, &["Love"]).onto(None).unwrap();
        let is_current = |movie: &Movie| movie.version == world.movie(id).unwrap().version;
        let edited = world.catalogue.edit(&world.ann, id, Duplicates::Refuse, &is_current, &|_| Ok(draft.clone()));
        edited.unwrap().1
    };
    let edited = edit("After").unwrap();
    assert_eq!(edit("After"), None, "nothing changed");
    assert_eq!(world.undo(&(edited..=edited)).unwrap().movies, 1);
    assert_eq!(content(world.movie(id)), before);
    let deleted = world.catalogue.delete(&world.ann, id, &|_| true).unwrap();
    assert_eq!(world.undo(&(deleted..=deleted)).unwrap().movies, 1);
    assert_eq!(content(world.movie(id)), before);
    let draft = named("New", &["Brand new"]).onto(None).unwrap();
    let created = world.catalogue.create_once(&world.ann, &draft, Duplicates::Refuse, None);
    assert_eq!(world.undo(&created.changes.unwrap()).unwrap().movies, 1);
    assert_eq!(world.movie(created.outcome.unwrap().id), None);
}

fn a_movie_that_changed_often_goes_back_to_the_first_state(database: &TestDatabase) {
    let world = World::new(database);
    let [twice, gone] = ["Twice", "Gone"].map(|name| world.add(named(name, &[])));
    let before = [twice, gone].map(|id| content(world.movie(id)));
    let changes = world.batch([
        update(twice, named("1", &["War"])),
        update(gone, named("2", &[])),
        update(twice, named("3", &[])),
        delete(gone),
    ]);
    assert_eq!(world.undo(&changes).unwrap().movies, 2);
    assert_eq!([twice, gone].map(|id| content(world.movie(id))), before);
    assert_eq!([twice, gone].map(|id| world.movie(id).unwrap().version), [4, 3], "no version is given twice");

    let there_and_back = world.batch([update(twice, named("X", &[])), update(twice, named("Twice", &[]))]);
    let last = world.last_change();
    assert_eq!(world.undo(&there_and_back).unwrap(), Undone { movies: 0, changes: None });
    assert_eq!(world.last_change(), last);
}

fn what_was_changed_again_since_is_not_undone(database: &TestDatabase) {
    let world = World::new(database);
    let movies: Vec<MovieId> = (0..4).map(|i| world.add(named(&format!("M{i}"), &["War"]))).collect();
    let [restored, again, edited, left] = movies[..] else { panic!() };
    let changes = world.batch([delete(restored), delete(again), update(edited, genres(&[])), delete(left)]);
    let ben = admin_named("ben", Via::Api);
    world.catalogue.restore(&ben, restored).unwrap();
    world.catalogue.restore(&ben, again).unwrap();
    world.catalogue.delete(&ben, again, &|_| true).unwrap();
    world.batch_by(&ben, [update(edited, genres(&["Love"]))]);
    let last = world.last_change();
    let refused = world.undo(&changes);
    assert!(matches!(refused, Err(Error::ChangedSince { movies: 3 })), "{refused:?}");
    assert_eq!((world.last_change(), world.movie(left)), (last, None), "nothing was done");

    let only = *changes.end();
    assert_eq!(world.undo(&(only..=only)).unwrap().movies, 1);
    let twice = world.undo(&(only..=only));
    assert!(matches!(twice, Err(Error::ChangedSince { movies: 1 })), "{twice:?}");
}

fn only_one_s_own_changes_through_the_pages_are_undone(database: &TestDatabase) {
    let world = World::new(database);
    let id = world.add(named("M", &[]));
    let change = |admin: &Admin, name| world.batch_by(admin, [update(id, named(name, &[]))]).1.unwrap();
    let by_ben = change(&admin_named("ben", Via::Page), "B");
    let by_api = change(&admin_named("ann", Via::Api), "C");
    let by_program = change(&Admin::operator(), "D");
    let genre = world.catalogue.create_genre(&world.ann, &GenreName::new("War", "").unwrap()).unwrap();
    let genre_created = world.last_change().unwrap().0;
    let own = change(&world.ann, "E");
    let refused = |admin: &Admin, first, last| {
        let outcome = world.catalogue.undo(admin, first, last);
        assert!(matches!(outcome, Err(Error::NotFound("change"))), "{first} to {last}: {outcome:?}");
    };
    for other in [&by_ben, &by_api, &by_program] {
        refused(&world.ann, *other.start(), *other.end());
        refused(&world.ann, *other.start(), *own.end());
    }
    let last = *own.end();
    refused(&world.ann, genre_created, last);
    refused(&admin_named("ben", Via::Page), last, last);
    refused(&Admin::operator(), last, last);
    refused(&Admin::operator(), *by_program.start(), *by_program.end());
    for (first, last) in [(0, last), (0, 0), (last, last + 1), (last + 1, last), (last, last - 1), (last, Seq::MAX)] {
        refused(&world.ann, first, last);
    }
    refused(&world.ann, 0, Seq::MAX);
    refused(&world.ann, Seq::MAX, Seq::MAX);
    assert_eq!(world.undo(&own).unwrap().movies, 1);
    assert_eq!(world.movie(id).unwrap().details.name.as_str(), "D");
    assert!(read(&world.store, |session| session.genre(genre.id)).is_some());
}

fn no_imdb_id_is_taken_from_another_movie(database: &TestDatabase) {
    let world = World::new(database);
    let [gone, other] = [titled("Gone", "tt0000001"), named("Other", &[])].map(|patch| world.add(patch));
    let changes = world.batch([delete(gone), delete(other)]);
    let owner = world.add(titled("Owner", "tt0000001"));
    let last = world.last_change();
    let refused = world.undo(&changes);
    assert!(matches!(refused, Err(Error::ImdbIdTaken { existing }) if existing == owner), "{refused:?}");
    assert_eq!(world.last_change(), last);
    assert!(world.movie(gone).is_none() && world.movie(other).is_none(), "nothing was done");
    world.batch([update(owner, imdb_id(None))]);
    assert_eq!(world.undo(&changes).unwrap().movies, 2);
}

fn imdb_ids_go_back_to_the_movies_they_came_from(database: &TestDatabase) {
    let world = World::new(database);
    let [a, b] = [titled("A", "tt0000001"), titled("B", "tt0000002")].map(|patch| world.add(patch));
    let [c, d] = [titled("C", "tt0000003"), named("D", &[])].map(|patch| world.add(patch));
    let all = [a, b, c, d];
    let before = all.map(|id| content(world.movie(id)));
    let changes = world.batch([
        update(a, imdb_id(None)),
        update(b, imdb_id(Some("tt0000001"))),
        update(a, imdb_id(Some("tt0000002"))),
        delete(c),
        update(d, imdb_id(Some("tt0000003"))),
    ]);
    assert_eq!(world.undo(&changes).unwrap().movies, 4);
    assert_eq!(all.map(|id| content(world.movie(id))), before);

    let changes =
        world.batch([update(a, imdb_id(None)), Operation::Create(titled("E", "tt0000001").onto(None).unwrap())]);
    assert_eq!(world.undo(&changes).unwrap().movies, 2);
    assert_eq!(content(world.movie(a)), before[0]);
}

fn genres_are_put_back_as_they_are_now(database: &TestDatabase) {
    let world = World::new(database);
    let names = ["Renamed", "Removed", "Merged", "Kept", "Anew"];
    let [gone, edited] = ["Gone", "Edited"].map(|name| world.add(named(name, &names)));
    let ids: Vec<_> = world.movie(gone).unwrap().genres.iter().map(|genre| genre.id).collect();
    let changes = world.batch([delete(gone), update(edited, genres(&[]))]);
    let name = |name| GenreName::new(name, "").unwrap();
    world.catalogue.rename_genre(&world.ann, ids[0], &name("New name")).unwrap();
    world.catalogue.delete_genre(&world.ann, ids[1], false).unwrap();
    world.catalogue.merge_genre(&world.ann, ids[2], ids[3]).unwrap();
    world.catalogue.delete_genre(&world.ann, ids[4], false).unwrap();
    let anew = world.catalogue.create_genre(&world.ann, &name("anew")).unwrap();
    assert_eq!(world.undo(&changes).unwrap().movies, 2);
    for id in [gone, edited] {
        let movie = world.movie(id).unwrap();
        assert_eq!(genre_names(&movie), ["New name", "Removed", "Merged", "Kept", "anew"]);
        assert_eq!((movie.genres[0].id, movie.genres[3].id, movie.genres[4].id), (ids[0], ids[3], anew.id));
        assert!(movie.genres[1].id != ids[1], "an id is never given twice");
    }
}

fn a_thousand_changes_are_undone_and_no_more(database: &TestDatabase) {
    let world = World::new(database);
    let names: Vec<String> = (0..1_001).map(|i| format!("M{i}")).collect();
    let (done, _) = world.batch_by(&world.ann, names.iter().map(|name| create(name)));
    let ids: Vec<MovieId> = done
        .iter()
        .map(|done| match done {
            Done::Created(movie) => movie.id,
            other => panic!("{other:?}"),
        })
        .collect();
    let changes = world.batch(ids.iter().copied().map(delete));
    assert!(matches!(world.undo(&changes), Err(Error::NotFound("change"))));
    let undone = world.undo(&(*changes.start() + 1..=*changes.end())).unwrap();
    assert_eq!(undone.movies, 1_000);
    assert_eq!(world.movie(ids[0]), None);
    assert!(ids[1..].iter().all(|id| world.movie(*id).is_some()));
}
