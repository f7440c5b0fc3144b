//! Reading the index of another process.

use std::{fs, sync::Arc, time::Duration};

use domain::{
    Error, Result,
    ports::{MovieSearch, Store},
    query::MovieQuery,
};
use infra::search::SearchIndex;

use crate::{
    matching::grown,
    oracle,
    verifying::{add_many, files},
    walking::walk_at_once,
    world::{PATIENCE, World},
};

fn beside(world: &World, patience: Duration) -> Result<Arc<SearchIndex>> {
    let store: Arc<dyn Store> = world.store.clone();
    SearchIndex::open_beside(&world.path(), &store, patience)
}

fn assert_same(world: &World) {
    let query = MovieQuery::default();
    let expected = oracle::find(world.movies.values(), &query);
    let expected = expected.iter().map(|id| world.movies[id].clone()).collect::<Vec<_>>();
    assert_eq!(walk_at_once(&*beside(world, PATIENCE).unwrap(), &query), expected);
}

#[test]
fn what_another_process_has_committed_is_read() {
    let mut world = grown(90, 100);
    assert_same(&world);
    let before = beside(&world, PATIENCE).unwrap();
    let ids = || before.find(&MovieQuery::default()).unwrap().movies.iter().map(|movie| movie.id).collect::<Vec<_>>();
    let ids_before = ids();
    let id = world.add_named("New", "");
    assert_same(&world);
    world.delete(&[id]);
    let genre = *world.genres.keys().next().unwrap();
    world.rename_genre(genre, "Renamed");
    assert_same(&world);
    assert_eq!(ids(), ids_before, "it follows nothing");
}

#[test]
fn nothing_is_written() {
    let mut world = World::new();
    add_many(&mut world, 91);
    files(&world, ".sidecar").iter().for_each(|file| fs::remove_file(file).unwrap());
    let before = files(&world, "");
    assert_same(&world);
    assert_eq!(files(&world, ""), before);
}

#[test]
fn an_index_that_is_behind_is_not_read() {
    let refused = |world: &World| match beside(world, Duration::from_millis(150)) {
        Err(Error::Unavailable { cause: Some(cause), .. }) => cause.to_string(),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it is not current"),
    };
    let mut world = World::without_index();
    world.add_named("First", "");
    assert!(refused(&world).contains("there is no index yet"));
    world.start();
    world.settle();
    world.stop();
    let genre = world.genre("Drama");
    world.rename_genre(genre.id, "Renamed");
    assert_same(&world);
    world.add_named("Second", "");
    assert!(refused(&world).contains("it is behind the database"));
}
