//! What is suggested, what is similar, and what is proposed where nothing is found: the same in every catalogue of the
//! same movies, however its index came to be.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    movie::{Movie, MovieId, Popularity, Year},
    ports::{MovieSearch, Store},
    query::{CountMode, ListedMovie, MovieFilter, MovieQuery, Start},
    similarity::Profile,
    suggestion::Suggestion,
};
use infra::search::{SearchIndex, SearchOptions};
use rand::{RngExt, seq::IndexedRandom};

use crate::{
    matching::grown,
    random,
    world::{PATIENCE, World, movie, wait_until},
};

fn film(name: &str, director: &str, popularity: f64, year: u16) -> Movie {
    let mut film = movie(name, director);
    film.details.popularity = Some(Popularity::new(popularity).unwrap());
    film.details.year = Some(Year::new(year.into()).unwrap());
    film
}

fn films() -> Vec<Movie> {
    vec![
        film("Star Wars", "George Lucas", 88.0, 1977),
        film("The Empire Strikes Back", "Irvin Kershner", 87.0, 1980),
        film("Star Trek", "J.J. Abrams", 75.0, 2009),
        film("Star Wars: Episode I - The Phantom Menace", "George Lucas", 74.0, 1999),
        film("THX 1138", "George Lucas", 50.0, 1971),
        film("The Godfather", "Francis Ford Coppola", 92.0, 1972),
        film("The Godfather Part II", "Francis Ford Coppola", 90.0, 1974),
        film("City of God", "Fernando Meirelles, Kátia Lund", 86.0, 2002),
        film("Breathless", "Jean-Luc Godard", 78.0, 1960),
        film("The Wizard of Oz", "Victor Fleming", 79.0, 1939),
        film("W.", "Oliver Stone", 40.0, 2008),
        film("Wall Street", "Oliver Stone", 60.0, 1987),
        film("千と千尋の神隠し", "宮崎駿", 85.0, 2001),
    ]
}

fn world() -> World {
    let mut world = World::new();
    for name in ["War", "Western", "Drama"] {
        world.genre(name);
    }
    world.add(films(), true);
    world.settle();
    world
}

fn suggested(world: &World, typed: &str, limit: usize) -> Vec<String> {
    let found = world.index().suggest(typed, limit).unwrap();
    let shown = found.into_iter().map(|suggestion| match suggestion {
        Suggestion::Movie { name, .. } => name,
        Suggestion::Director(name) => format!("by {name}"),
        Suggestion::Genre(genre) => format!("all {}", genre.name.as_str()),
    });
    shown.collect()
}

#[test]
fn a_text_is_completed() {
    let world = world();
    for (typed, expected) in [
        ("star wa", &["Star Wars", "Star Wars: Episode I - The Phantom Menace"][..]),
        ("god", &["The Godfather", "The Godfather Part II", "City of God", "by Jean-Luc Godard", "Breathless"]),
        ("fernando", &["by Fernando Meirelles", "City of God"]),
        ("lucas men", &["Star Wars: Episode I - The Phantom Menace"]),
        ("sta tre", &["Star Trek"]),
        ("wizzar", &["The Wizard of Oz"]),
        ("godfahte", &["The Godfather", "The Godfather Part II"]),
        ("godfahter par", &["The Godfather Part II"]),
        ("the wizrad", &["The Wizard of Oz"]),
        ("abrans", &["by J.J. Abrams", "Star Trek"]),
        ("starwars", &["Star Wars", "Star Wars: Episode I - The Phantom Menace"]),
        ("千", &["千と千尋の神隠し"]),
        ("xyzzy", &[]),
        ("?!", &[]),
    ] {
        assert_eq!(suggested(&world, typed, 8), expected, "{typed}");
    }
}

#[test]
fn what_lists_find_is_suggested_where_nothing_fits_otherwise() {
    let mut world = world();
    let maid = world.add_named("The Mermaid", "Stephen Chow");
    world.add_named("Inglourious Basterds", "Christopher Nolan");
    world.genre("Maidens");
    world.settle();
    assert_eq!(suggested(&world, "maid", 4), ["The Mermaid"], "a genre without movies leads nowhere");
    assert_eq!(suggested(&world, "神隠", 4), ["千と千尋の神隠し"]);
    assert_eq!(suggested(&world, "inglorius basterds", 4), ["Inglourious Basterds"]);
    assert_eq!(suggested(&world, "christofer nolan", 1), ["by Christopher Nolan"]);
    world.delete(&[maid]);
    world.settle();
    assert!(!suggested(&world, "maid", 4).contains(&"The Mermaid".to_owned()));
}

#[test]
fn one_letter_is_enough() {
    let mut world = world();
    let expected = ["W.", "The Wizard of Oz", "Star Wars", "Star Wars: Episode I - The Phantom Menace"];
    assert_eq!(suggested(&world, "w", 4), expected);
    // What was removed is not found either, and what is new is.
    let ids = |name: &str, world: &World| -> Vec<MovieId> {
        world.movies.values().filter(|movie| movie.details.name.as_str() == name).map(|movie| movie.id).collect()
    };
    world.delete(&ids("The Wizard of Oz", &world));
    world.add(vec![film("Wanda", "Barbara Loden", 99.0, 1970)], false);
    world.settle();
    assert_eq!(suggested(&world, "w", 3), ["W.", "Wanda", "Star Wars"]);
    assert_eq!(suggested(&world, "l", 8)[..1], ["by Barbara Loden"]);
}

fn corrected(world: &World, filter: MovieFilter) -> Vec<String> {
    let page = world.find(&MovieQuery { filter, count: CountMode::None, ..MovieQuery::default() });
    assert!(page.suggestions.is_empty() || page.movies.is_empty());
    page.suggestions
}

#[test]
fn where_nothing_is_found_other_texts_are_proposed() {
    let world = world();
    for (q, expected) in [
        ("satr wras", &["star wars"][..]),
        ("starwars", &["star wars"]),
        ("sta rwars", &["star wars"]),
        ("lucsa wras", &["lucas wars"]),
        ("drma", &[]),
        ("star lucas", &[]),
        ("wars 1139", &["wars"]),
        ("star 1138", &["star"]),
        ("the star and", &["the star"]),
        ("xyzzy star wars", &["star wars"]),
        ("xyzzy star plugh", &[]),
        ("xyzzy", &[]),
        ("?!", &[]),
    ] {
        assert_eq!(corrected(&world, MovieFilter { q: Some(q.to_owned()), ..MovieFilter::default() }), expected, "{q}");
    }
    let text = |text: &str| Some(text.to_owned());
    let name = MovieFilter { name: text("strr wars"), ..MovieFilter::default() };
    assert_eq!(corrected(&world, name), ["star wars"]);
    let director = MovieFilter { director: text("lcuass"), ..MovieFilter::default() };
    assert_eq!(corrected(&world, director.clone()), ["lucas"]);
    let both = MovieFilter { name: text("wars"), ..director.clone() };
    assert_eq!(corrected(&world, both), ["lucas"]);
    let without_hits = MovieFilter { name: text("godfather"), ..director };
    assert!(corrected(&world, without_hits).is_empty(), "with the other conditions nothing is found");
    let search = MovieFilter { search: vec!["wrsa".to_owned()], ..MovieFilter::default() };
    assert!(corrected(&world, search).is_empty());
}

/// A catalogue of these names, the most popular first.
fn named(names: &[&str]) -> World {
    let mut world = World::new();
    let films = (0..).zip(names).map(|(i, name)| film(name, "", 99.0 - f64::from(i), 2000));
    world.add(films.collect(), true);
    world.settle();
    world
}

fn corrected_q(world: &World, q: &str) -> Vec<String> {
    corrected(world, MovieFilter { q: Some(q.to_owned()), ..MovieFilter::default() })
}

#[test]
fn five_texts_at_most_are_proposed() {
    let world = named(&["bill", "gill", "hill", "jill", "mill", "pill", "will"]);
    assert_eq!(
        corrected_q(&world, "xill"),
        ["bill", "gill", "hill", "jill", "mill"],
        "those of the most popular movies"
    );
}

#[test]
fn twenty_texts_are_tried() {
    let (first, second) = ("abcdefgh", "ijklmnop");
    let words = |of: &str, with: &str| of.chars().map(|c| format!("{c}{with}")).collect::<Vec<_>>();
    let (first, second) = (words(first, "zzz"), words(second, "yyy"));
    // Words of popular movies are tried first: each of the first ones with each of the second ones.
    for (place, expected) in [((2, 3), &["czzz lyyy"][..]), ((2, 4), &[])] {
        let both = format!("{} {}", first[place.0], second[place.1]);
        let names = second.iter().chain(&first).chain([&both]).map(String::as_str).collect::<Vec<_>>();
        let world = named(&names);
        assert_eq!(corrected_q(&world, "xzzz xyyy"), expected, "{both}");
    }
}

#[test]
fn few_words_of_a_text_are_corrected() {
    let world = named(&["kiwi lime plum pear figs date nuts", "cherry carrot potato"]);
    for (q, expected) in [
        ("kiwx limx plux peax figx datx nuts", &["kiwi lime plum pear figs date nuts"][..]),
        ("kiwx limx plux peax figx datx nutx", &[]),
        ("chxxry caxxot potato", &["cherry carrot potato"]),
        ("chxxry caxxot poxxto", &[]),
    ] {
        assert_eq!(corrected_q(&world, q), expected, "{q}");
    }
}

#[test]
fn few_pairs_of_words_are_put_together() {
    let world = named(&["ab", "cd", "xa xb xc xd xe xf xg abcd", "xa xb xc xd xe abcd"]);
    let has_joined = |q: &str| corrected_q(&world, q).iter().any(|text| text.ends_with("abcd"));
    assert!(has_joined("xa xb xc xd xe ab cd"));
    assert!(!has_joined("xa xb xc xd xe xf xg ab cd"));
}

#[test]
fn words_of_at_most_thirty_letters_are_taken_apart() {
    let (short, long) = ("a".repeat(14), "b".repeat(16));
    let world = named(&[&format!("{short} {long}"), &format!("{short} {long}b")]);
    assert_eq!(corrected_q(&world, &format!("{short}{long}")), [format!("{short} {long}")]);
    assert!(corrected_q(&world, &format!("{short}{long}b")).is_empty());
}

#[test]
fn a_word_is_left_out_where_nothing_else_helps() {
    let world = named(&["Thelma & Louise", "Dune", "1984", "Romeo and Juliet", "The Thing"]);
    for (q, expected) in [
        ("thelma and louise", &["thelma louise"][..]),
        ("dune 1984", &["dune"]),
        ("xyzzy dune", &["dune"]),
        ("dnue xyzzy plugh", &[]),
        ("the juliet", &["juliet"]),
        ("thelma und louise", &["thelma louise"]),
    ] {
        assert_eq!(corrected_q(&world, q), expected, "{q}");
    }
}

#[test]
fn five_texts_without_a_word_are_tried() {
    let world = named(&["aa bb cc dd ff gg", "ee", "aa bb cc dd ee gg"]);
    assert_eq!(corrected_q(&world, "aa bb cc dd ee ff"), ["aa bb cc dd ff"]);
    let world = named(&["aa bb cc dd ee gg", "ff"]);
    assert!(corrected_q(&world, "aa bb cc dd ee ff gg").is_empty());
}

/// Two catalogues of the same movies, one of which has seen many others.
#[test]
fn what_was_there_before_does_not_matter() {
    let mut world = grown(14, 300);
    // Words that nothing has any more, and words that fewer movies have than had.
    let names = |word: &str, count: usize| vec![word.to_owned(); count];
    let of = |names: Vec<String>| names.iter().map(|name| film(name, "", 10.0, 2000)).collect::<Vec<_>>();
    let mut gone = Vec::new();
    for (i, letter) in ('b'..='m').enumerate() {
        world.add(of(names(&format!("{letter}uack"), 1 + i % 3)), true);
        gone.extend(world.add(of(names(&format!("{letter}uack"), 12 - i)), true));
    }
    gone.extend(world.add(of(names("wrasp", 3)), true));
    world.add(of(names("wrap", 1)), true);
    world.settle();
    world.delete(&gone);
    world.settle();
    let store: Arc<dyn Store> = world.store.clone();
    let directory = tempfile::tempdir().unwrap();
    let fresh = SearchIndex::open(SearchOptions::at(directory.path()), store, Vec::new()).unwrap();
    wait_until("the other index is ready", || fresh.health().ready);
    assert!(fresh.wait_for(world.seq, PATIENCE));
    let mut rng = random::seeded(15);
    let typed = (0..300).map(|_| random::query_text(&mut rng));
    for q in
        ["zuack", "zuack star", "quackk", "wrasp", "wras", "wrasp star"].map(str::to_owned).into_iter().chain(typed)
    {
        let filter = MovieFilter { q: Some(q.clone()), ..MovieFilter::default() };
        let query = MovieQuery { filter, ..MovieQuery::default() };
        assert_eq!(world.find(&query).suggestions, fresh.find(&query).unwrap().suggestions, "{q}");
        assert_eq!(world.index().suggest(&q, 8).unwrap(), fresh.suggest(&q, 8).unwrap(), "{q}");
    }
    fresh.stop();
}

#[test]
fn pages_after_the_last_movie_propose_nothing() {
    let world = world();
    let filter = MovieFilter { q: Some("star wars".to_owned()), ..MovieFilter::default() };
    let mut query = MovieQuery { filter, ..MovieQuery::default() };
    query.page.start = Start::Offset(7);
    let page = world.find(&query);
    assert!(page.movies.is_empty() && page.suggestions.is_empty());
}

#[test]
fn sequels_and_the_same_director_come_first() {
    let world = world();
    for (id, expected) in [
        (1, &["Star Wars: Episode I - The Phantom Menace", "THX 1138", "Star Trek"][..]),
        (6, &["The Godfather Part II"]),
        (11, &["Wall Street"]),
        (13, &[]),
    ] {
        let found = world.index().similar(MovieId(id), 10).unwrap().unwrap();
        let names: Vec<_> = found.iter().map(|movie| movie.details.name.as_str()).collect();
        assert_eq!(names, expected, "of movie {id}");
    }
    assert!(world.index().similar(MovieId(1_000), 10).unwrap().is_none());
}

/// The movies that are most alike, by a look at all of them.
fn most_alike(movie: &Movie, profiles: &BTreeMap<MovieId, (&Movie, Profile)>, limit: usize) -> Vec<MovieId> {
    let (_, profile) = &profiles[&movie.id];
    let popularity = |movie: &Movie| movie.details.popularity.map(Popularity::get);
    let others = profiles.values().filter(|(other, _)| other.id != movie.id);
    let mut found: Vec<_> = others.filter_map(|(other, own)| Some((profile.likeness(own)?, *other))).collect();
    found.sort_by(|(a, movie_a), (b, movie_b)| {
        let by_popularity = match (popularity(movie_a), popularity(movie_b)) {
            (Some(a), Some(b)) => b.total_cmp(&a),
            (a, b) => b.is_some().cmp(&a.is_some()),
        };
        b.total_cmp(a).then(by_popularity).then(movie_a.id.cmp(&movie_b.id))
    });
    found.into_iter().take(limit).map(|(_, movie)| movie.id).collect()
}

fn assert_most_alike(world: &World, limit: usize) {
    let profiles = world.movies.values().map(|movie| (movie.id, (movie, Profile::of(movie)))).collect();
    for movie in world.movies.values().step_by(world.movies.len().div_ceil(100)) {
        let found = world.index().similar(movie.id, limit).unwrap().unwrap();
        let found: Vec<_> = found.iter().map(|movie: &Arc<ListedMovie>| movie.id).collect();
        assert_eq!(found, most_alike(movie, &profiles, limit), "of {movie:?}");
    }
}

/// Among few movies all are compared.
#[test]
fn the_most_alike_are_found_whatever_happened_to_them() {
    assert_most_alike(&grown(11, 60), 100);
}

/// Few movies have the same genres, so that those with all but one are needed, whatever else movies have in common.
#[test]
fn the_most_alike_are_found_among_many() {
    let mut rng = random::seeded(16);
    let mut world = World::new();
    let genres: Vec<_> = (0..16).map(|i| world.genre(&format!("Genre {i}"))).collect();
    let films = (0..2_000).map(|i| {
        let common = if i % 3 == 0 { "Night" } else { "" };
        let name = format!("{common} One{i}x Two{i}x Three{i}x");
        let mut film = film(&name, &format!("Director{}", i / 3), rng.random_range(0.0..100.0), 2000);
        let count = rng.random_range(3..=4);
        film.genres = genres.sample(&mut rng, count).cloned().collect();
        film.genres.sort_by_key(|genre| genre.id);
        film
    });
    let films = films.collect();
    world.add(films, true);
    world.settle();
    assert_most_alike(&world, 10);
}

#[test]
fn any_text_can_be_typed() {
    let world = grown(12, 200);
    let mut rng = random::seeded(13);
    for _ in 0..300 {
        let typed = random::query_text(&mut rng);
        let found = world.index().suggest(&typed, 8).unwrap();
        assert!(found.len() <= 8, "{typed}");
        let looks = found.iter().map(|suggestion| match suggestion {
            Suggestion::Movie { name, year, .. } => (0, domain::text::case_folded(name), *year),
            Suggestion::Director(name) => (1, domain::text::case_folded(name), None),
            Suggestion::Genre(genre) => (2, genre.name.key(), None),
        });
        assert_eq!(looks.collect::<std::collections::HashSet<_>>().len(), found.len(), "{typed}: {found:?}");
        let filter = MovieFilter { q: Some(typed), ..MovieFilter::default() };
        let page = world.find(&MovieQuery { filter: filter.clone(), ..MovieQuery::default() });
        for q in page.suggestions {
            let other = MovieFilter { q: Some(q), ..filter.clone() };
            assert!(!world.find(&MovieQuery { filter: other, ..MovieQuery::default() }).movies.is_empty());
        }
    }
}
