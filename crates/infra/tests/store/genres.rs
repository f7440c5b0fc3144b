use domain::{
    Error,
    genre::{GenreId, GenreName},
    movie::MovieId,
};
use testing::TestDatabase;

use crate::{add_genres, full, genre, insert, movie, open, read};

testing::on_every_database! {
    genres_read_as_they_were_written,
    genres_are_found_by_name_without_case,
    genres_that_differ_by_more_than_case_are_different,
    a_taken_name_is_a_defect,
    a_rename_shows_in_movies,
    a_genre_in_use_cannot_go,
    movies_of_a_genre_are_counted_and_walked,
}

fn name(name: &str) -> GenreName {
    GenreName::new(name, "").unwrap()
}

fn genres_read_as_they_were_written(database: &TestDatabase) {
    let store = open(database);
    let written = add_genres(&store, &["War", "drama", "Film-Noir 🎬", &"ΐ".repeat(50)]);
    read(&store, |session| {
        assert_eq!(session.genres()?, written);
        assert_eq!(session.genre(GenreId(3))?.as_ref(), Some(&written[2]));
        for missing in [0, 5, u64::MAX] {
            assert_eq!(session.genre(GenreId(missing))?, None);
        }
        Ok(())
    });
}

fn genres_are_found_by_name_without_case(database: &TestDatabase) {
    let store = open(database);
    let names: Vec<String> = (1..=1_100).map(|i| format!("Genre {i}")).collect();
    let written = add_genres(&store, &names.iter().map(String::as_str).collect::<Vec<_>>());
    let wanted: Vec<GenreName> = (0..2_000).rev().map(|i| name(&format!("GENRE {i}"))).collect();
    read(&store, |session| {
        assert_eq!(session.genres_named(&wanted)?, written);
        assert_eq!(session.genres_named(&[name("genre 7"), name("GENRE 7"), name("none")])?, written[6..7]);
        assert!(session.genres_named(&[])?.is_empty());
        Ok(())
    });
}

fn genres_that_differ_by_more_than_case_are_different(database: &TestDatabase) {
    let store = open(database);
    let names = ["Amelie", "Amélie", "Strasse", "🎬", "🎞", "a\u{200b}", "a", "か", "が", "カ", "a b", "a  b"];
    let written = add_genres(&store, &names);
    for genre in &written {
        let found = read(&store, |session| session.genres_named(std::slice::from_ref(&genre.name)));
        assert_eq!(found, std::slice::from_ref(genre));
    }
    let folded = read(&store, |session| session.genres_named(&[name("STRAßE"), name("AMÉLIE")]));
    assert_eq!(folded, [written[1].clone(), written[2].clone()]);
}

fn a_taken_name_is_a_defect(database: &TestDatabase) {
    let store = open(database);
    add_genres(&store, &["Drama", "War"]);
    for result in [
        store.writing(|session| session.insert_genres(&[genre(3, "Comedy"), genre(4, "DRAMA")])),
        store.writing(|session| session.update_genre(&genre(2, "dRAMA"))),
        store.writing(|session| session.update_genre(&genre(9, "Western"))),
    ] {
        assert!(matches!(result, Err(Error::Internal(_))), "{result:?}");
    }
    assert_eq!(read(&store, |session| session.genres()), [genre(1, "Drama"), genre(2, "War")]);
}

fn a_rename_shows_in_movies(database: &TestDatabase) {
    let store = open(database);
    let genres = add_genres(&store, &["Drama", "War"]);
    insert(&store, &[full(1, "A", &genres)]);
    store.writing(|session| session.update_genre(&genre(2, "Battles"))).unwrap();
    assert_eq!(movie(&store, 1).unwrap().genres, [genre(1, "Drama"), genre(2, "Battles")]);
    read(&store, |session| {
        assert_eq!(session.genres_named(&[name("BATTLES"), name("war")])?, [genre(2, "Battles")]);
        Ok(())
    });
    // The same name in another case is no other genre's.
    store.writing(|session| session.update_genre(&genre(2, "BATTLES"))).unwrap();
    assert_eq!(read(&store, |session| session.genre(GenreId(2))), Some(genre(2, "BATTLES")));
}

fn a_genre_in_use_cannot_go(database: &TestDatabase) {
    let store = open(database);
    let genres = add_genres(&store, &["Drama", "War"]);
    insert(&store, &[full(1, "A", &genres[..1])]);
    assert!(store.writing(|session| session.delete_genre(GenreId(1))).is_err());
    store.writing(|session| session.delete_genre(GenreId(2))).unwrap();
    assert_eq!(read(&store, |session| session.genres()), genres[..1]);
    assert_eq!(movie(&store, 1).unwrap().genres, genres[..1]);
}

fn movies_of_a_genre_are_counted_and_walked(database: &TestDatabase) {
    let store = open(database);
    let genres = add_genres(&store, &["Drama", "War", "Western"]);
    let movies: Vec<_> = (1..=20).map(|i| full(i, &format!("Movie {i}"), &genres[(i % 2) as usize..2])).collect();
    insert(&store, &movies);
    let walk = |genre, after, limit| {
        let found = read(&store, |session| session.movies_with(GenreId(genre), MovieId(after), limit));
        found.iter().map(|id| id.0).collect::<Vec<_>>()
    };
    read(&store, |session| {
        let counts: Vec<u64> =
            (1..=4).map(|id| session.count_movies_with(GenreId(id))).collect::<domain::Result<_>>()?;
        assert_eq!(counts, [10, 20, 0, 0]);
        Ok(())
    });
    assert_eq!(walk(1, 0, 3), [2, 4, 6]);
    assert_eq!(walk(1, 6, 2), [8, 10]);
    assert_eq!(walk(1, 18, 9), [20]);
    assert!(walk(1, 20, 9).is_empty() && walk(3, 0, 9).is_empty() && walk(1, u64::MAX, 9).is_empty());
}
