//! One example for each rule of docs/search.md, by the rule's name.

use std::collections::BTreeSet;

use domain::{
    movie::{Movie, Popularity},
    query::{MovieFilter, MovieQuery, Page, Sort, SortField, Start},
};

use crate::{
    matching::first_100,
    world::{World, movie},
};

/// A catalogue of movies with these names, directors (none where empty) and genres (separated by commas).
fn catalogue(movies: &[(&str, &str, &str)]) -> World {
    let mut world = World::new();
    let movies = movies.iter().map(|(name, director, genres)| {
        let genres = genres.split(',').filter(|name| !name.is_empty()).map(|name| world.genre(name)).collect();
        Movie { genres, ..movie(name, director) }
    });
    let movies = movies.collect();
    world.add(movies, true);
    world.settle();
    world
}

fn named(names: &[&str]) -> World {
    catalogue(&names.iter().map(|name| (*name, "", "")).collect::<Vec<_>>())
}

fn names(world: &World, query: &MovieQuery) -> Vec<String> {
    world.find(query).movies.iter().map(|movie| movie.details.name.as_str().to_owned()).collect()
}

fn about(q: &str) -> MovieQuery {
    first_100(MovieFilter { q: Some(q.to_owned()), ..MovieFilter::default() })
}

/// Asserts what a query finds, in order.
#[track_caller]
fn assert_found(world: &World, q: &str, expected: &[&str]) {
    assert_eq!(names(world, &about(q)), expected, "{q}");
}

#[test]
fn every_word_must_match() {
    let world = named(&["The Dark Knight", "Dark City", "A Knight's Tale"]);
    assert_found(&world, "dark knight", &["The Dark Knight"]);
    assert_found(&world, "dark knight returns", &[]);
}

#[test]
fn q_looks_in_names_directors_and_genres() {
    let world = catalogue(&[
        ("The Wizard of Oz", "Victor Fleming", "Fantasy,Musical"),
        ("Gone with the Wind", "Victor Fleming", "Drama"),
        ("Fargo", "Joel Coen, Ethan Coen", "Crime"),
    ]);
    assert_found(&world, "wizard", &["The Wizard of Oz"]);
    assert_found(&world, "fleming", &["The Wizard of Oz", "Gone with the Wind"]);
    assert_found(&world, "musical fleming oz", &["The Wizard of Oz"]);
    assert_found(&world, "ethan coen", &["Fargo"]);
}

#[test]
fn name_and_director_look_in_their_own_field() {
    let world = catalogue(&[("Woody", "Allen Smith", ""), ("Manhattan", "Woody Allen", "")]);
    let filter = |name: &str, director: &str| {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        first_100(MovieFilter { name: text(name), director: text(director), ..MovieFilter::default() })
    };
    assert_eq!(names(&world, &filter("woody", "")), ["Woody"]);
    assert_eq!(names(&world, &filter("", "woody")), ["Manhattan"]);
    assert_eq!(names(&world, &filter("manh", "allne")), ["Manhattan"], "in all ways");
    assert_eq!(names(&world, &filter("woody", "woody")), [] as [&str; 0]);
}

#[test]
fn a_word_is_found_whole() {
    let world = named(&["It", "It Follows"]);
    assert_found(&world, "it", &["It", "It Follows"]);
    assert_found(&world, "follows", &["It Follows"]);
}

#[test]
fn the_last_word_may_be_the_beginning_of_one() {
    let world = named(&["The Wizard of Oz", "Wonder"]);
    assert_found(&world, "wi", &["The Wizard of Oz"]);
    assert_found(&world, "w", &[]);
    assert_found(&world, "wizard o", &["The Wizard of Oz"]);
}

#[test]
fn other_words_may_be_beginnings_where_little_is_found() {
    let mut world = named(&["The Wizard of Oz"]);
    assert_found(&world, "wiz oz", &["The Wizard of Oz"]);
    assert_found(&world, "w oz", &[]);
    world.add((0..20).map(|_| movie("Wiz Oz", "")).collect(), true);
    world.settle();
    assert_found(&world, "wiz oz", &["Wiz Oz"; 20]);
}

#[test]
fn a_word_of_five_letters_may_have_a_typo() {
    let world = named(&["Rocky", "Jaws"]);
    for q in ["roccky", "roky", "rocxy"] {
        assert_found(&world, q, &["Rocky"]);
    }
    for q in ["rky", "rooccky", "jawz", "jwas"] {
        assert_found(&world, q, &[]);
    }
}

#[test]
fn a_word_of_nine_letters_may_have_two() {
    let world = named(&["The Godfather", "Fathers"]);
    for q in ["godfater", "godfather", "gdfater", "goddfatherr", "gofdahter"] {
        assert_found(&world, q, &["The Godfather"]);
    }
    for q in ["gdfatr", "fatther s", "ffatherss"] {
        assert_found(&world, q, &[]);
    }
}

#[test]
fn a_swap_of_neighbours_is_one_typo() {
    let world = named(&["Alien"]);
    assert_found(&world, "alein", &["Alien"]);
    assert_found(&world, "laein", &[]);
}

#[test]
fn a_number_has_no_typos() {
    let world = named(&["Dracula 2000", "2001: A Space Odyssey", "20011 Days", "Se7en"]);
    assert_found(&world, "2001", &["2001: A Space Odyssey", "20011 Days"]);
    assert_found(&world, "2000", &["Dracula 2000"]);
    assert_found(&world, "20012", &[]);
    assert_found(&world, "seven", &["Se7en"]);
}

#[test]
fn a_word_of_more_than_64_letters_has_no_typos() {
    let [most, more] = [64, 65].map(|letters| "x".repeat(letters));
    let world = named(&[&most, &more]);
    assert_found(&world, &format!("y{}", &most[1..]), &[&most]);
    assert_found(&world, &format!("y{}", &more[1..]), &[]);
}

#[test]
fn three_letters_are_found_inside_a_word() {
    let world = named(&["The Mermaid"]);
    assert_found(&world, "maid", &["The Mermaid"]);
    assert_found(&world, "erm", &["The Mermaid"]);
    assert_found(&world, "er", &[]);
}

#[test]
fn two_characters_are_where_each_is_a_syllable_or_a_word() {
    let world = named(&["千と千尋の神隠し", "살인의추억", "ゴジラ"]);
    assert_found(&world, "神隠", &["千と千尋の神隠し"]);
    assert_found(&world, "추억", &["살인의추억"]);
    assert_found(&world, "ジラ", &["ゴジラ"]);
    assert_found(&world, "尋", &[]);
}

#[test]
fn weaker_ways_are_tried_below_twenty_hits() {
    let mut world = named(&["Maiden", "Mairmaid", "Maird", "Mermaid"]);
    let all = ["Maiden", "Maird", "Mairmaid", "Mermaid"];
    assert_found(&world, "maid", &all);
    world.add((0..18).map(|_| movie("Maid", "")).collect(), true);
    world.settle();
    // Eighteen and the beginning are nineteen, with the typo twenty.
    assert_found(&world, "maid", &[&["Maid"; 18][..], &all[..2]].concat());
    world.add_named("Maids", "");
    world.settle();
    assert_found(&world, "maid", &[&["Maid"; 18][..], &["Maiden", "Maids"]].concat());
}

#[test]
fn all_conditions_count_for_the_twenty_and_neither_page_nor_order_does() {
    let mut world = named(&["Mermaid"]);
    world.add((0..20).map(|i| movie(&format!("Maid {i}"), "")).collect(), true);
    world.settle();
    let mut query = about("maid");
    assert_eq!(names(&world, &query).len(), 20);
    query.filter.search = vec!["er".to_owned()];
    assert_eq!(names(&world, &query), ["Mermaid"]);
    let sort = vec![Sort { field: SortField::Name, descending: true }];
    let page = Page { limit: 5, start: Start::Offset(18) };
    assert_eq!(names(&world, &MovieQuery { sort, page, ..about("maid") }), ["Maid 1", "Maid 0"]);
}

#[test]
fn case_accents_and_width_do_not_matter() {
    let world = named(&["Amélie", "Ещё", "مُحَمَّد"]);
    for q in ["AMELIE", "ａｍｅｌｉｅ", "ame\u{301}lie"] {
        assert_found(&world, q, &["Amélie"]);
    }
    assert_found(&world, "ЕЩЕ", &["Ещё"]);
    assert_found(&world, "محمد", &["مُحَمَّد"]);
}

#[test]
fn letters_that_are_written_in_two_ways_are_one() {
    let world = named(&["Die Straße", "Ærø", "Łódź", "Cœur", "Þór"]);
    for (q, name) in [("strasse", "Die Straße"), ("aero", "Ærø"), ("lodz", "Łódź"), ("coeur", "Cœur"), ("thor", "Þór")]
    {
        assert_found(&world, q, &[name]);
    }
}

#[test]
fn an_apostrophe_joins() {
    let world = named(&["Schindler's List", "O’Brien"]);
    assert_found(&world, "schindlers", &["Schindler's List"]);
    assert_found(&world, "Schindler’s", &["Schindler's List"]);
    assert_found(&world, "obrien", &["O’Brien"]);
}

#[test]
fn an_elided_article_is_a_word_of_its_own() {
    let world = named(&["L'Avventura", "8½ dell'anima"]);
    assert_found(&world, "avventura", &["L'Avventura"]);
    assert_found(&world, "l avventura", &["L'Avventura"]);
    assert_found(&world, "anima", &["8½ dell'anima"]);
}

#[test]
fn punctuation_separates_words() {
    let world = named(&["WALL·E", "Spider-Man: Into the Spider-Verse", "M*A*S*H", "8½"]);
    assert_found(&world, "wall e", &["WALL·E"]);
    assert_found(&world, "verse spider", &["Spider-Man: Into the Spider-Verse"]);
    assert_found(&world, "m.a.s.h.", &["M*A*S*H"]);
    assert_found(&world, "8 1/2", &["8½"]);
}

#[test]
fn a_name_without_letters_and_digits_is_found_as_it_is_written() {
    let world = named(&["?!", "...", "Z"]);
    assert_found(&world, "?!", &["?!"]);
    assert_found(&world, " ... ", &["..."]);
    assert_found(&world, "!?", &[]);
}

#[test]
fn blank_text_asks_for_nothing() {
    let world = named(&["A", "B"]);
    assert_found(&world, " \t", &["A", "B"]);
}

#[test]
fn a_name_that_is_the_query_comes_first() {
    let world = catalogue(&[
        ("It Comes at Night", "", ""),
        ("Her", "It", ""),
        ("Spirited", "", ""),
        ("It", "", ""),
        ("IT!", "", ""),
        ("Eight", "Night It Comes at", ""),
    ]);
    assert_found(&world, "it", &["It", "IT!", "It Comes at Night", "Her", "Eight"]);
    assert_found(&world, "it comes at night", &["It Comes at Night", "Eight"]);
}

#[test]
fn then_the_kind_of_the_weakest_word_decides() {
    let world = named(&[
        "Nightmare Daymaids",
        "Nightmares Maids",
        "Nihgtmare Maid",
        "A Nightmare Maid",
        "Nightmare Maiden",
        "Maid of Nightmare",
    ]);
    let expected = [
        // Whole; the beginning of a word; a typo; inside.
        "A Nightmare Maid",
        "Maid of Nightmare",
        "Nightmares Maids",
        "Nightmare Maiden",
        "Nihgtmare Maid",
        "Nightmare Daymaids",
    ];
    assert_found(&world, "nightmare maid", &expected);
}

#[test]
fn then_the_lowest_field_that_a_word_needed() {
    let world = catalogue(&[
        ("By Genre", "", "War"),
        ("By Director", "Simon War", ""),
        ("A Name at War", "", ""),
        ("Warhorse", "", ""),
        ("By the Director's Beginning", "Simon Warner", ""),
    ]);
    let expected = ["A Name at War", "By Director", "By Genre", "Warhorse", "By the Director's Beginning"];
    assert_found(&world, "war", &expected);
}

#[test]
fn a_word_counts_where_it_counts_most_among_the_ways_that_are_no_weaker() {
    // The director is `star` exactly and the name but begins with it. With `wa` both queries have a beginning, and the
    // name does; with `wars` all could be exact, for which the director is needed.
    let world = catalogue(&[("Wars", "Star", ""), ("Starry Wars", "Star", "")]);
    assert_found(&world, "star wa", &["Starry Wars", "Wars"]);
    assert_found(&world, "star wars", &["Wars", "Starry Wars"]);
}

#[test]
fn then_popularity() {
    let mut world = World::new();
    let popular = |name: &str, popularity: Option<f64>| {
        let mut movie = movie(name, "");
        movie.details.popularity = popularity.map(|value| Popularity::new(value).unwrap());
        movie
    };
    let movies = [("Star A", None), ("Star B", Some(0.0)), ("Star C", Some(92.7)), ("Star D", Some(92.8))];
    world.add(movies.map(|(name, popularity)| popular(name, popularity)).to_vec(), true);
    world.settle();
    assert_found(&world, "star", &["Star D", "Star C", "Star B", "Star A"]);
}

#[test]
fn then_the_id() {
    let world = named(&["Star B", "Star A", "Star C"]);
    assert_found(&world, "star", &["Star B", "Star A", "Star C"]);
}

#[test]
fn another_order_is_of_the_same_movies() {
    let world = named(&["Star", "Restart", "Start", "Stxar"]);
    assert_found(&world, "star", &["Star", "Start", "Stxar", "Restart"]);
    let sort = vec![Sort { field: SortField::Name, descending: false }];
    assert_eq!(names(&world, &MovieQuery { sort, ..about("star") }), ["Restart", "Star", "Start", "Stxar"]);
}

/// The rules are the sentences in bold print of these sections.
#[test]
fn every_rule_has_its_example_and_every_example_its_rule() {
    let document = include_str!("../../../../docs/search.md");
    let rules = ["## What is found", "## Text", "## Order"].into_iter().flat_map(|title| {
        let section = document.split_once(title).unwrap().1;
        let section = section.split_once("\n## ").map_or(section, |(section, _)| section);
        section.split("**").skip(1).step_by(2)
    });
    let name = |rule: &str| domain::text::words(rule).join("_");
    let rules = rules.map(name).collect::<BTreeSet<_>>();
    let tests = include_str!("golden.rs").split("\n#[test]\nfn ").skip(1).map(|test| test.split_once('(').unwrap().0);
    let mut tests = tests.map(str::to_owned).collect::<BTreeSet<_>>();
    assert!(tests.remove("every_rule_has_its_example_and_every_example_its_rule"));
    assert_eq!(rules, tests);
}
