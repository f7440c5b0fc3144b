//! What is suggested, what is similar, and what is proposed where nothing is found: the same in every catalogue of the
//! same movies, however its index came to be.

use domain::{
    movie::{Movie, MovieId, Popularity, Year},
    ports::MovieSearch,
    query::{CountMode, ListedMovie, MovieFilter, MovieQuery, Start},
    similarity::Profile,
    suggestion::Suggestion,
};

use crate::{
    matching::grown,
    random,
    world::{World, movie},
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
fn one_letter_is_enough() {
    let mut world = world();
    assert_eq!(suggested(&world, "w", 4), ["W.", "all War", "The Wizard of Oz", "Star Wars"]);
    // What was removed is not found either, and what is new is.
    let ids = |name: &str, world: &World| -> Vec<MovieId> {
        world.movies.values().filter(|movie| movie.details.name.as_str() == name).map(|movie| movie.id).collect()
    };
    world.delete(&ids("The Wizard of Oz", &world));
    world.add(vec![film("Wanda", "Barbara Loden", 99.0, 1970)], false);
    world.settle();
    assert_eq!(suggested(&world, "w", 4), ["W.", "all War", "Wanda", "Star Wars"]);
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
        ("wars 1139", &[]),
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

/// Among few movies all are compared.
#[test]
fn the_most_alike_are_found_whatever_happened_to_them() {
    let world = grown(11, 60);
    let popularity = |movie: &Movie| movie.details.popularity.map(Popularity::get);
    for movie in world.movies.values() {
        let profile = Profile::of(movie);
        let others = world.movies.values().filter(|other| other.id != movie.id);
        let mut expected: Vec<_> =
            others.filter_map(|other| Some((profile.likeness(&Profile::of(other))?, other))).collect();
        expected.sort_by(|(a, movie_a), (b, movie_b)| {
            let by_popularity = match (popularity(movie_a), popularity(movie_b)) {
                (Some(a), Some(b)) => b.total_cmp(&a),
                (a, b) => b.is_some().cmp(&a.is_some()),
            };
            b.total_cmp(a).then(by_popularity).then(movie_a.id.cmp(&movie_b.id))
        });
        let expected: Vec<_> = expected.into_iter().map(|(_, movie)| movie.id).collect();
        let found = world.index().similar(movie.id, 100).unwrap().unwrap();
        let found: Vec<_> = found.iter().map(|movie: &std::sync::Arc<ListedMovie>| movie.id).collect();
        assert_eq!(found, expected, "of {movie:?}");
    }
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
