//! A walk from page to page.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
    sync::Arc,
};

use domain::{
    Error,
    movie::{Movie, MovieId},
    ports::MovieSearch,
    query::{CountMode, MovieFilter, MovieQuery, Position, Sort, SortField, SortValue, Start, Total},
};
use rand::{RngExt, seq::IndexedRandom};

use crate::{
    matching::grown,
    oracle, random,
    world::{World, movie},
};

/// Walks through a list; `between` is done after each page.
fn walk(world: &mut World, query: &MovieQuery, mut between: impl FnMut(&mut World)) -> Vec<MovieId> {
    let mut query = query.clone();
    let mut walked = Vec::new();
    loop {
        let page = world.find(&query);
        walked.extend(page.movies.iter().map(|movie| movie.id));
        let Some(next) = page.next else { return walked };
        assert_eq!(page.movies.len(), query.page.limit as usize);
        // As it travels.
        let cursor = next.to_cursor(&query).unwrap();
        query.page.start = Start::After(Position::from_cursor(&cursor, &query).unwrap());
        between(world);
    }
}

#[test]
fn a_walk_gives_the_whole_list_in_every_order() {
    for seed in 20..23 {
        let mut world = grown(seed, 200);
        let mut rng = random::seeded(seed);
        for _ in 0..150 {
            let mut query = random::query(&mut rng);
            query.page.limit = rng.random_range(1..30);
            let expected = oracle::find(world.movies.values(), &query);
            assert_eq!(walk(&mut world, &query, |_| {}), expected, "{query:?}");
        }
    }
}

/// What one walk gives.
pub fn walk_at_once(index: &impl MovieSearch, query: &MovieQuery) -> Vec<Movie> {
    let mut walked = Vec::new();
    let each = &mut |movie: &Movie| {
        walked.push(movie.clone());
        ControlFlow::Continue(())
    };
    index.walk(query, each).unwrap();
    walked
}

#[test]
fn a_walk_at_once_gives_the_same() {
    for seed in 60..63 {
        let world = grown(seed, 200);
        let mut rng = random::seeded(seed);
        for _ in 0..300 {
            let query = random::query(&mut rng);
            let expected = oracle::find(world.movies.values(), &query);
            let expected = expected.iter().map(|id| world.movies[id].clone()).collect::<Vec<_>>();
            assert_eq!(walk_at_once(world.index(), &query), expected, "{query:?}");
        }
    }
}

#[test]
fn a_walk_at_once_shows_one_state_and_ends_when_it_is_told_to() {
    let mut world = grown(70, 100);
    let expected = oracle::find(world.movies.values(), &MovieQuery::default());
    let index = Arc::clone(world.index.as_ref().unwrap());
    let mut walked = Vec::new();
    let each = &mut |movie: &Movie| {
        if walked.is_empty() {
            let all = world.movies.keys().copied().collect::<Vec<_>>();
            world.delete(&all[10..60]);
            world.add_named("New", "");
            world.settle();
        }
        walked.push(movie.id);
        ControlFlow::Continue(())
    };
    index.walk(&MovieQuery::default(), each).unwrap();
    assert_eq!(walked, expected);

    let mut count = 0;
    let each = &mut |_: &Movie| {
        count += 1;
        if count == 7 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    index.walk(&MovieQuery::default(), each).unwrap();
    assert_eq!(count, 7);
}

/// More movies than are found in one go, of which many are equal in all that they are sorted by.
#[test]
fn a_long_walk_at_once_gives_every_movie_once() {
    const MOVIES: u64 = 70_000;
    let mut world = World::without_index();
    let mut rng = random::seeded(80);
    let mut some = Vec::new();
    for i in 0..MOVIES {
        let mut new = movie("X", "");
        let popularity = if i % 3 == 0 { 33.3 + f64::from(i as u32 % 10) * 1e-10 } else { rng.random_range(0.0..9.0) };
        new.details.popularity = Some(domain::movie::Popularity::new(popularity).unwrap());
        new.details.year = (i % 5 > 0).then(|| domain::movie::Year::new(1900.0 + (i % 7) as f64).unwrap());
        some.push(new);
    }
    world.add(some, true);
    world.start();
    world.settle();
    let by = |field, descending| Some(Sort { field, descending });
    let orders = [
        None,
        by(SortField::Popularity, false),
        by(SortField::Year, true),
        by(SortField::Name, false),
        by(SortField::Id, true),
        by(SortField::Relevance, true),
    ];
    for order in orders {
        let mut query = MovieQuery { sort: order.into_iter().collect(), ..MovieQuery::default() };
        query.filter.q = order.filter(|order| order.field == SortField::Relevance).map(|_| "x".to_owned());
        let expected = oracle::find(world.movies.values(), &query);
        assert_eq!(expected.len(), MOVIES as usize);
        let walked = walk_at_once(world.index(), &query);
        assert_eq!(walked.iter().map(|movie| movie.id).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn every_page_of_a_walk_tells_the_total() {
    let world = grown(30, 60);
    let mut query = MovieQuery::default();
    query.page.limit = 7;
    let total = Some(Total::Exact(world.movies.len() as u64));
    loop {
        let page = world.find(&query);
        assert_eq!(page.total, total);
        let Some(next) = page.next else { break };
        query.page.start = Start::After(next);
    }
}

#[test]
fn movies_that_do_not_change_are_given_once_while_others_do() {
    for seed in 40..44 {
        let mut world = grown(seed, 150);
        let mut rng = random::seeded(seed);
        for _ in 0..8 {
            let mut query = random::query(&mut rng);
            // Walks over few movies see few changes.
            query.filter.ranges.clear();
            query.page.limit = rng.random_range(1..15);
            query.count = CountMode::None;
            let before = world.movies.clone();
            let expected = oracle::find(before.values(), &query);
            let genres = world.genres.values().cloned().collect::<Vec<_>>();
            let walked = walk(&mut world, &query, |world| {
                let known = world.movies.keys().copied().collect::<Vec<_>>();
                match rng.random_range(0..3) {
                    0 => drop(world.add(vec![random::movie_with(&mut rng, &genres)], false)),
                    1 if known.len() > 50 => world.delete(&[*known.choose(&mut rng).unwrap()]),
                    _ => {
                        let id = *known.choose(&mut rng).unwrap();
                        world.update(vec![Movie { id, ..random::movie_with(&mut rng, &genres) }]);
                    }
                }
                world.settle();
            });
            let unchanged = |id: &&MovieId| before.contains_key(id) && world.movies.get(id) == before.get(id);
            let expected = expected.iter().filter(unchanged).collect::<Vec<_>>();
            let found = walked.iter().filter(unchanged).collect::<Vec<_>>();
            assert_eq!(found, expected, "{query:?}");
            let distinct = walked.iter().filter(unchanged).collect::<BTreeSet<_>>();
            assert_eq!(distinct.len(), found.len());
        }
    }
}

#[test]
fn a_walk_that_stretched_words_goes_on_so_when_more_is_found() {
    let mut world = World::new();
    for i in 0..10 {
        world.add_named(&format!("Wizards Oz {i}"), "");
    }
    world.settle();
    let mut query = MovieQuery::default();
    query.filter.q = Some("wiz oz".to_owned());
    query.page.limit = 5;
    let expected = oracle::find(world.movies.values(), &query);
    assert_eq!(expected.len(), 10);
    let walked = walk(&mut world, &query, |world| {
        let new = (0..30).map(|i| movie(&format!("Wiz Oz {i}"), "")).collect();
        world.add(new, true);
        world.settle();
    });
    assert_eq!(walked, expected);
}

#[test]
fn a_walk_goes_through_every_kind_of_match_whatever_is_added() {
    let names = ["Nightmare", "The Nightmare", "Nightmares", "Nihgtmare", "A Daynightmare", "Midnightmares Nightmar"];
    for limit in 1..=5 {
        let mut world = World::new();
        for name in names {
            for director in ["", "Nightmare", "Nightmare Nightmares"] {
                world.add_named(name, director);
            }
        }
        world.settle();
        let mut query = MovieQuery::default();
        query.filter.q = Some("nightmare".to_owned());
        query.page.limit = limit;
        let expected = oracle::find(world.movies.values(), &query);
        assert_eq!(expected.len(), names.len() * 3);
        let mut added = false;
        let walked = walk(&mut world, &query, |world| {
            // With so many, a new search would try no more than whole words.
            if !std::mem::replace(&mut added, true) {
                world.add((0..30).map(|_| movie("Nightmare", "")).collect(), true);
                world.settle();
            }
        });
        let old = walked.into_iter().filter(|id| expected.contains(id)).collect::<Vec<_>>();
        assert_eq!(old, expected, "{limit}");
    }
}

#[test]
fn a_walk_that_found_enough_tries_no_further_ways_when_movies_go() {
    let mut world = World::new();
    let whole = (0..25).map(|i| world.add_named(&format!("Maid {i}"), "")).collect::<Vec<_>>();
    world.add_named("Mermaid", "");
    world.settle();
    let mut query = MovieQuery::default();
    query.filter.q = Some("maid".to_owned());
    query.page.limit = 5;
    let mut deleted = false;
    let walked = walk(&mut world, &query, |world| {
        if !std::mem::replace(&mut deleted, true) {
            world.delete(&whole[10..20]);
            world.settle();
        }
    });
    assert_eq!(walked, [&whole[..10], &whole[20..]].concat());
}

#[test]
fn movies_of_nearly_equal_popularity_are_told_apart() {
    let mut world = World::new();
    let mut popularities = BTreeMap::new();
    for i in 0..40_u32 {
        let mut new = movie("X", "");
        let popularity = 33.3 + f64::from(i * 7 % 10) * 1e-10;
        new.details.popularity = Some(domain::movie::Popularity::new(popularity).unwrap());
        let id = world.add(vec![new], false)[0];
        popularities.insert(id, popularity);
    }
    world.settle();
    let mut expected = popularities.keys().copied().collect::<Vec<_>>();
    expected.sort_by(|a, b| popularities[b].total_cmp(&popularities[a]).then(a.cmp(b)));
    for limit in [1, 3, 39] {
        for q in [None, Some("x".to_owned())] {
            let mut query = MovieQuery { filter: MovieFilter { q, ..MovieFilter::default() }, ..MovieQuery::default() };
            query.page.limit = limit;
            assert_eq!(walk(&mut world, &query, |_| {}), expected, "{limit}");
        }
    }
}

#[test]
fn a_position_of_another_kind_is_refused() {
    let world = grown(50, 20);
    let values = [
        SortValue::Missing,
        SortValue::Number(1.0),
        SortValue::Text("x".to_owned()),
        SortValue::Rank(1, None),
        SortValue::Rank(u32::MAX, None),
    ];
    for (field, fits) in [
        (SortField::Name, [true, false, true, false, false]),
        (SortField::Popularity, [true, true, false, false, false]),
        (SortField::Id, [false, true, false, false, false]),
        (SortField::Relevance, [false, false, false, true, false]),
    ] {
        let mut query = MovieQuery { sort: vec![Sort { field, descending: true }], ..MovieQuery::default() };
        for (value, fits) in values.iter().zip(fits) {
            let keys = vec![value.clone()];
            query.page.start = Start::After(Position { keys, id: MovieId(1), reach: 0 });
            match world.index().find(&query) {
                Ok(_) => assert!(fits, "{field:?} {value:?}"),
                Err(error) => assert!(!fits && matches!(error, Error::BadCursor), "{field:?} {value:?} {error}"),
            }
        }
        query.page.start = Start::After(Position { keys: Vec::new(), id: MovieId(1), reach: 0 });
        assert!(matches!(world.index().find(&query), Err(Error::BadCursor)));
    }
}
