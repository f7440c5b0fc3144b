//! Facets count what a look at every movie counts.

use std::collections::{BTreeMap, HashMap};

use domain::{
    movie::{Movie, MovieId, Year},
    ports::Store,
    query::{Facet, FacetCounts, FacetValue, MovieFilter, MovieQuery, NumberField, Page, Start, Total},
    text::folded,
};
use infra::search::{SearchIndex, SearchOptions};
use rand::{RngExt, rngs::StdRng, seq::IndexedRandom};

use crate::{
    matching::grown,
    oracle::{at, judged, number, reach},
    random,
    world::World,
};

/// The values of a movie.
fn values(movie: &Movie, facet: Facet) -> Vec<String> {
    match facet {
        Facet::Genre => movie.genres.iter().map(|genre| genre.name.as_str().to_owned()).collect(),
        Facet::Decade => {
            number(movie, NumberField::Year).map(|year| format!("{}0s", year as u16 / 10)).into_iter().collect()
        }
        Facet::ScoreBand => {
            let band = number(movie, NumberField::Score).map(|score| (score as u8).min(9));
            band.map(|band| format!("{band}-{}", band + 1)).into_iter().collect()
        }
    }
}

fn expected(world: &World, query: &MovieQuery) -> Vec<FacetCounts> {
    let count = |facet: &Facet| {
        let mut filter = query.filter.clone();
        match facet {
            Facet::Genre => (filter.genres, filter.without_genres) = (Vec::new(), Vec::new()),
            Facet::Decade => filter.ranges.retain(|range| range.field != NumberField::Year),
            Facet::ScoreBand => filter.ranges.retain(|range| range.field != NumberField::Score),
        }
        let mut counts = BTreeMap::new();
        let judged = judged(world.movies.values(), &filter);
        for (_, movie) in at(&judged, reach(&judged)) {
            values(movie, *facet).into_iter().for_each(|value| *counts.entry(value).or_insert(0) += 1);
        }
        let mut counts = counts.into_iter().collect::<Vec<_>>();
        counts.sort_by_key(|(value, count)| (u64::MAX - count, folded(value), value.clone()));
        counts.truncate(100);
        let value = |(value, count)| FacetValue { value, count: Total::Exact(count) };
        FacetCounts { facet: *facet, values: counts.into_iter().map(value).collect() }
    };
    query.facets.iter().map(count).collect()
}

fn query(rng: &mut StdRng) -> MovieQuery {
    let mut query = random::query(rng);
    query.facets = Facet::ALL.sample(rng, 3).copied().take(rng.random_range(1..=3)).collect();
    query.page.limit = rng.random_range(1..=100);
    query.page.start = Start::Offset(rng.random_range(0..100));
    query
}

fn agree(world: &World, rng: &mut StdRng, queries: usize) {
    for i in 0..queries {
        let mut query = query(rng);
        let expected = expected(world, &query);
        // What is remembered of the first time is the same.
        for _ in 0..2 {
            let page = world.find(&query);
            assert_eq!(page.facets, expected, "query {i}: {query:?}");
            let Some(next) = page.next else { break };
            query.page.start = Start::After(next);
        }
    }
}

/// A movie of any year, now and then of genres that few have.
fn varied(rng: &mut StdRng, world: &mut World, rare: f64) -> Movie {
    let genres = random::genre_names().iter().map(|name| world.genre(name)).collect::<Vec<_>>();
    let mut movie = random::movie_with(rng, &genres);
    movie.details.year = rng.random_bool(0.9).then(|| Year::new(rng.random_range(1870..=2100).into()).unwrap());
    for name in ["Rare", "Rarer", "Rar\u{e9}"] {
        if rng.random_bool(rare) {
            movie.genres.push(world.genre(name));
        }
    }
    movie
}

#[test]
fn facets_count_what_a_look_at_every_movie_counts() {
    for seed in 200..204 {
        let world = grown(seed, 300);
        agree(&world, &mut random::seeded(seed), 150);
    }
}

#[test]
fn facets_of_large_segments_do_not_count_what_is_deleted() {
    let mut rng = random::seeded(210);
    let mut world = World::new();
    let movies = (0..5_000).map(|_| varied(&mut rng, &mut world, 0.004)).collect();
    world.add(movies, true);
    world.settle();
    agree(&world, &mut rng, 15);
    for _ in 0..3 {
        let ids = world.movies.keys().copied().collect::<Vec<_>>();
        let changed = ids.sample(&mut rng, 200).copied().collect::<Vec<MovieId>>();
        let update = |id: &MovieId| Movie { id: *id, ..varied(&mut rng, &mut world, 0.5) };
        let updated = changed[..100].iter().map(update).collect();
        world.update(updated);
        world.delete(&changed[100..]);
        world.settle();
        agree(&world, &mut rng, 8);
    }
    let rare = world.genre("Rare");
    world.rename_genre(rare.id, "Not So Rare");
    world.settle();
    agree(&world, &mut rng, 8);
}

#[test]
fn a_facet_shows_its_hundred_most_frequent_values() {
    let mut world = World::new();
    let genres = (0..120).map(|i| world.genre(&format!("Genre {i:03}"))).collect::<Vec<_>>();
    // Of 120 genres, the last 20 are the most frequent.
    let with = |i: usize| [i, 100 + i % 20].map(|i| genres[i].clone()).to_vec();
    let movies = (0..100).map(|i| Movie { genres: with(i), ..crate::world::movie("Many", "") }).collect();
    world.add(movies, true);
    world.settle();
    let found = world.find(&MovieQuery { facets: vec![Facet::Genre], ..MovieQuery::default() });
    let values = found.facets[0].values.iter().map(|value| value.value.as_str()).collect::<Vec<_>>();
    let (first, rest) = values.split_at(20);
    assert_eq!(first, (100..120).map(|i| format!("Genre {i:03}")).collect::<Vec<_>>());
    assert_eq!(rest, (0..80).map(|i| format!("Genre {i:03}")).collect::<Vec<_>>());
}

#[test]
fn of_very_many_matches_facets_are_lower_bounds() {
    let mut rng = random::seeded(220);
    let mut world = World::new();
    let movies = (0..5_000).map(|_| varied(&mut rng, &mut world, 0.01)).collect();
    world.add(movies, true);
    let some = world.movies.keys().copied().step_by(9).collect::<Vec<_>>();
    world.delete(&some);
    world.settle();
    world.stop();
    let options = SearchOptions { facet_matches: 50, ..world.options() };
    let store: std::sync::Arc<dyn Store> = world.store.clone();
    world.index = Some(SearchIndex::open(options, store, Vec::new()).unwrap());
    world.settle();

    let drama = || vec![vec!["Drama".to_owned()]];
    let mut at_least = HashMap::new();
    for (filter, exact) in [
        (MovieFilter::default(), true),
        (MovieFilter { q: Some("star".into()), ..MovieFilter::default() }, false),
        (MovieFilter { search: vec!["st".into()], ..MovieFilter::default() }, false),
        (MovieFilter { genres: drama(), ..MovieFilter::default() }, false),
        (MovieFilter { q: Some("zebra".into()), genres: drama(), ..MovieFilter::default() }, true),
    ] {
        for facet in Facet::ALL {
            let page = Page { limit: 5, start: Start::Offset(0) };
            let query = MovieQuery { filter: filter.clone(), facets: vec![facet], page, ..MovieQuery::default() };
            let expected = expected(&world, &query).remove(0).values;
            let found = world.find(&query).facets.remove(0).values;
            if exact || (facet == Facet::Genre && filter.genres == drama()) {
                assert_eq!(found, expected, "{query:?}");
                continue;
            }
            let exact = expected.into_iter().map(|value| (value.value, value.count)).collect::<HashMap<_, _>>();
            assert!(!found.is_empty(), "{query:?}");
            for value in found {
                let (Total::AtLeast(count), Total::Exact(all)) = (value.count, exact[&value.value]) else {
                    panic!("{value:?} of {query:?}");
                };
                assert!(0 < count && count <= all, "{value:?} of {query:?}");
                *at_least.entry(facet.name()).or_insert(0) += count;
            }
        }
    }
    assert!(at_least.values().all(|count| *count >= 50), "{at_least:?}");
}
