//! Lists show what a look at every movie finds, in the same order.

use std::{collections::BTreeSet, fs, path::PathBuf};

use domain::{
    movie::{Movie, MovieId},
    ports::MovieSearch,
    query::{CountMode, Limit, MovieFilter, MovieQuery, NumberField, Page, Range, Start, Total},
};
use rand::{RngExt, seq::IndexedRandom};

use crate::{
    oracle, random,
    world::{World, wait_until},
};

fn ids(world: &World, query: &MovieQuery) -> Vec<MovieId> {
    world.find(query).movies.iter().map(|movie| movie.id).collect()
}

pub fn first_100(filter: MovieFilter) -> MovieQuery {
    MovieQuery { filter, page: Page { limit: 100, start: Start::Offset(0) }, ..MovieQuery::default() }
}

/// A catalogue of many segments, with updated and deleted movies.
pub fn grown(seed: u64, movies: usize) -> World {
    let mut rng = random::seeded(seed);
    let mut world = World::new();
    let genres = random::genre_names().iter().map(|name| world.genre(name)).collect::<Vec<_>>();
    let mut left = movies;
    while left > 0 {
        let count = rng.random_range(1..=left.min(movies / 3 + 1));
        left -= count;
        let new = (0..count).map(|_| random::movie_with(&mut rng, &genres)).collect();
        world.add(new, rng.random_bool(0.5));
        let known = world.movies.keys().copied().collect::<Vec<_>>();
        let mut changed = known.sample(&mut rng, count / 10).copied().collect::<Vec<_>>();
        changed.sort();
        let (updated, deleted) = changed.split_at(changed.len() / 2);
        let update = |id: &MovieId| Movie { id: *id, ..random::movie_with(&mut rng, &genres) };
        let updated = updated.iter().map(update).collect::<Vec<_>>();
        if !updated.is_empty() {
            world.update(updated);
        }
        if !deleted.is_empty() {
            world.delete(deleted);
        }
        world.settle();
    }
    world.assert_complete();
    world
}

/// Compares lists with those of the oracle. Returns the ranks that were seen.
fn agree_with_oracle(seed: u64, movies: usize, queries: usize) -> BTreeSet<u32> {
    agree(&grown(seed, movies), seed, queries)
}

fn agree(world: &World, seed: u64, queries: usize) -> BTreeSet<u32> {
    let mut rng = random::seeded(seed + 1);
    let mut seen = BTreeSet::new();
    for i in 0..queries {
        let mut query = random::query(&mut rng);
        let ranked = oracle::ranked(world.movies.values(), &query);
        seen.extend(ranked.iter().map(|(rank, _)| rank));
        let expected = ranked.into_iter().map(|(_, id)| id).collect::<Vec<_>>();
        let total = expected.len() as u64;
        query.page.limit = rng.random_range(1..=100);
        let offset = rng.random_range(0..=expected.len() as u32 + 1);
        query.page.start = Start::Offset(if i % 2 == 0 { 0 } else { offset });
        let (count, shown) = match i % 3 {
            0 => (CountMode::Exact, Some(Total::Exact(total))),
            1 if total > Total::ESTIMATE_LIMIT => (CountMode::Estimated, Some(Total::AtLeast(Total::ESTIMATE_LIMIT))),
            1 => (CountMode::Estimated, Some(Total::Exact(total))),
            _ => (CountMode::None, None),
        };
        query.count = count;
        let page = world.find(&query);
        let Start::Offset(offset) = query.page.start else { unreachable!() };
        let rest = expected.get(offset as usize..).unwrap_or_default();
        let wanted = rest.iter().take(query.page.limit as usize).copied().collect::<Vec<_>>();
        let found = page.movies.iter().map(|movie| movie.id).collect::<Vec<_>>();
        assert_eq!(found, wanted, "query {i} of seed {seed}: {query:?}");
        assert_eq!(page.total, shown, "query {i} of seed {seed}: {query:?}");
        assert_eq!(page.next.is_some(), rest.len() > wanted.len(), "query {i} of seed {seed}: {query:?}");
        for movie in &page.movies {
            assert_eq!(***movie, world.movies[&movie.id]);
        }
    }
    seen
}

/// Whether slow extras are wanted: `scripts/test --long`.
fn is_long() -> bool {
    std::env::var_os("TEST_LONG").is_some()
}

#[test]
fn every_list_is_what_a_look_at_every_movie_finds() {
    let seeds = if is_long() { 0..40 } else { 0..6 };
    let seen = seeds.flat_map(|seed| agree_with_oracle(seed, 300, 400)).collect::<BTreeSet<_>>();
    assert_eq!(seen, (0..oracle::RANKS).collect(), "every kind of match in every field");
}

/// The files that are made of a large segment, beside its own.
fn sidecars(world: &World) -> Vec<PathBuf> {
    let current = fs::read_to_string(world.path().join("CURRENT")).unwrap();
    let files = fs::read_dir(world.path().join(current.trim())).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "sidecar")).collect()
}

#[test]
fn lists_of_a_large_segment_are_what_a_look_at_every_movie_finds() {
    let mut rng = random::seeded(500);
    let mut world = World::without_index();
    let genres = random::genre_names().iter().map(|name| world.genre(name)).collect::<Vec<_>>();
    world.add((0..9_000).map(|_| random::movie_with(&mut rng, &genres)).collect(), true);
    world.start();
    world.settle();
    wait_until("all files are made", || sidecars(&world).len() == 10);
    agree(&world, 500, 30);
    // Others are damaged, cut off, of another segment, or gone; what is left of a write that was not finished stays.
    for damage in 0..4 {
        world.stop();
        let files = sidecars(&world);
        for (file, next) in files.iter().zip(files.iter().cycle().skip(1)) {
            match damage {
                0 => {
                    let mut bytes = fs::read(file).unwrap();
                    let middle = bytes.len() / 2;
                    bytes[middle] ^= 1;
                    fs::write(file, bytes).unwrap();
                }
                1 => fs::write(file, &fs::read(file).unwrap()[..100]).unwrap(),
                2 => drop(fs::copy(next, file).unwrap()),
                _ => fs::rename(file, file.with_extension("new")).unwrap(),
            }
        }
        let ids = world.movies.keys().copied().collect::<Vec<_>>();
        world.delete(&ids.sample(&mut rng, 20).copied().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>());
        world.start();
        world.settle();
        agree(&world, 501 + damage, 15);
        wait_until("all files are made", || sidecars(&world).len() >= 10);
    }
    agree(&world, 510, 15);
}

#[test]
fn lists_of_many_movies_are_what_a_look_at_every_movie_finds() {
    agree_with_oracle(100, 11_000, 40);
    if is_long() {
        agree_with_oracle(101, 30_000, 400);
    }
}

#[test]
fn the_older_grammar_finds_text_anywhere_and_numbers_as_written() {
    let mut world = World::new();
    world.add_named("The Mermaid", "Stephen Chow");
    let mut rated = crate::world::movie("Rated", "");
    rated.details.imdb_score = Some(domain::movie::Score::new(8.85).unwrap());
    rated.details.popularity = Some(domain::movie::Popularity::new(70.9).unwrap());
    world.add(vec![rated], false);
    world.settle();
    let found = |text: &str| {
        let search = MovieFilter::split_search(text);
        ids(&world, &first_100(MovieFilter { search, ..MovieFilter::default() })).len()
    };
    for text in ["maid", "maid chow", "MERM,ste", "70", "8", "8.8", "8.85", "70 8", "rat,70"] {
        assert_eq!(found(text), 1, "{text}");
    }
    for text in ["maid rated", "71", "8.9", "8.8 maid", "7"] {
        assert_eq!(found(text), 0, "{text}");
    }
    assert_eq!(found(""), 2);
}

#[test]
fn a_range_beside_all_numbers_matches_nothing() {
    let mut world = World::new();
    let dated = |year| {
        let mut movie = crate::world::movie("Dated", "");
        movie.details.year = Some(domain::movie::Year::new(year).unwrap());
        movie
    };
    world.add((0..2_000).map(|i| dated(2_000.0 + f64::from(i % 7))).collect(), true);
    world.settle();
    let total = |min: Option<f64>, max: Option<f64>| {
        let limit = |value: Option<f64>| value.map(|value| Limit { value, inclusive: true });
        let range = Range { field: NumberField::Year, min: limit(min), max: limit(max) };
        world.find(&first_100(MovieFilter { ranges: vec![range], ..MovieFilter::default() })).total
    };
    for (min, max) in [(None, Some(1_999.0)), (Some(2_007.0), None), (Some(1_900.0), Some(1_950.0))] {
        assert_eq!(total(min, max), Some(Total::Exact(0)), "{min:?} {max:?}");
    }
    assert_eq!(total(Some(1_900.0), Some(2_006.0)), Some(Total::Exact(2_000)));
}

#[test]
fn any_text_is_data() {
    let world = grown(7, 50);
    let texts = ["\"", "*", "a AND OR (", "\\", "+-!(){}[]^~:", "\0", "\u{301}", "name:star", "%", "🎬", "a\u{a8}b"];
    let long = "x ".repeat(500);
    for text in texts.into_iter().chain([long.as_str()]) {
        let text = Some(text.to_owned());
        for filter in [
            MovieFilter { q: text.clone(), ..MovieFilter::default() },
            MovieFilter { director: text.clone(), ..MovieFilter::default() },
            MovieFilter { search: text.into_iter().collect(), ..MovieFilter::default() },
        ] {
            let query = first_100(filter);
            let found = world.index().find(&query);
            assert!(found.is_ok(), "{query:?}");
        }
    }
}
