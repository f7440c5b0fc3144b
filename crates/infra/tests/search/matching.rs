//! Lists show what a look at every movie finds, in the same order.

use domain::{
    movie::{Movie, MovieId},
    ports::MovieSearch,
    query::{CountMode, Limit, MovieFilter, MovieQuery, NumberField, Page, Range, Start, Total},
};
use rand::{RngExt, seq::IndexedRandom};

use crate::{oracle, random, world::World};

fn ids(world: &World, query: &MovieQuery) -> Vec<MovieId> {
    world.find(query).movies.iter().map(|movie| movie.id).collect()
}

fn first_100(filter: MovieFilter) -> MovieQuery {
    MovieQuery { filter, page: Page { limit: 100, start: Start::Offset(0) }, ..MovieQuery::default() }
}

/// The names of the movies found for `q`.
fn names(world: &World, q: &str) -> Vec<String> {
    let page = world.find(&first_100(MovieFilter { q: Some(q.to_owned()), ..MovieFilter::default() }));
    page.movies.iter().map(|movie| movie.details.name.as_str().to_owned()).collect()
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

fn agree_with_oracle(seed: u64, movies: usize, queries: usize) {
    let world = grown(seed, movies);
    let mut rng = random::seeded(seed + 1);
    for i in 0..queries {
        let mut query = random::query(&mut rng);
        let expected = oracle::find(world.movies.values(), &query);
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
}

#[test]
fn every_list_is_what_a_look_at_every_movie_finds() {
    for seed in 0..6 {
        agree_with_oracle(seed, 300, 400);
    }
}

#[test]
fn lists_of_many_movies_are_what_a_look_at_every_movie_finds() {
    agree_with_oracle(100, 11_000, 40);
}

#[test]
fn words_match_exactly_or_the_last_as_a_prefix() {
    let mut world = World::new();
    for name in ["Star Wars", "Starman", "A Star Is Born", "The Wizard of Oz", "Wizards"] {
        world.add_named(name, "");
    }
    world.settle();
    assert_eq!(names(&world, "star wa"), ["Star Wars"]);
    assert_eq!(names(&world, "wizard o"), ["The Wizard of Oz"]);
    assert_eq!(names(&world, "star"), ["Star Wars", "A Star Is Born", "Starman"]);
    // One letter alone is no prefix, but it can be a word.
    assert_eq!(names(&world, "w"), [] as [&str; 0]);
    assert_eq!(names(&world, "a"), ["A Star Is Born"]);
}

#[test]
fn other_words_than_the_last_are_prefixes_where_little_is_found() {
    let mut world = World::new();
    world.add_named("Wizards of Oz", "");
    world.settle();
    assert_eq!(names(&world, "wiz oz"), ["Wizards of Oz"]);

    for i in 0..20 {
        world.add_named(&format!("Wiz Oz {i}"), "");
    }
    world.settle();
    assert_eq!(names(&world, "wiz oz").len(), 20, "with 20 hits, words are not stretched");
}

#[test]
fn a_name_that_is_the_query_comes_first_then_names_then_directors_then_genres() {
    let mut world = World::new();
    let war = world.genre("War");
    world.add(vec![Movie { genres: vec![war], ..crate::world::movie("By Genre", "") }], false);
    world.add_named("By Director", "Simon War");
    world.add_named("By Prefix", "Simon Warner");
    world.add_named("The War Game", "");
    world.add_named("Warhorse", "");
    world.add_named("WAR!", "");
    world.settle();
    assert_eq!(names(&world, "war"), ["WAR!", "The War Game", "By Director", "By Genre", "Warhorse", "By Prefix"]);
}

#[test]
fn case_accents_width_and_apostrophes_do_not_matter() {
    let mut world = World::new();
    for name in ["Amélie", "Schindler's List", "WALL·E", "千と千尋の神隠し", "?!"] {
        world.add_named(name, "");
    }
    world.settle();
    for (q, name) in [
        ("AMELIE", "Amélie"),
        ("ａｍｅｌｉｅ", "Amélie"),
        ("schindlers list", "Schindler's List"),
        ("wall e", "WALL·E"),
        ("千と", "千と千尋の神隠し"),
        ("?!", "?!"),
    ] {
        assert_eq!(names(&world, q), [name], "{q}");
    }
    assert_eq!(names(&world, "!?"), [] as [&str; 0]);
    assert_eq!(names(&world, "  ").len(), 5, "a blank text asks for nothing");
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
