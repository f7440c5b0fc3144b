use std::slice;

use domain::{
    Error,
    movie::{Field, Identity, ImdbId, Movie, MovieId, MoviePatch},
};
use testing::TestDatabase;

use crate::{Raw, add_genres, bare, build, full, genre, ids, insert, movie, open, read};

testing::on_every_database! {
    a_movie_reads_as_it_was_written,
    the_order_of_genres_is_kept,
    a_missing_movie_is_none,
    any_number_of_ids_is_read_at_once,
    movies_are_walked_by_id,
    movies_are_found_by_imdb_id,
    identity_is_without_case_and_null_equals_null,
    text_is_compared_the_same_way_everywhere,
    any_number_of_identities_is_looked_up_at_once,
    a_collision_of_keys_finds_nothing,
    movies_are_found_by_name,
    a_taken_id_or_imdb_id_is_a_defect_and_stores_nothing,
    a_genre_that_does_not_exist_is_a_defect,
    the_longest_texts_are_stored_many_at_once,
    an_update_replaces_everything,
    an_update_of_nothing_is_a_defect,
    a_deleted_movie_leaves_no_links,
}

fn identity(name: &str, director: Option<&str>, year: Option<u16>) -> Identity {
    let patch = MoviePatch {
        name: Field::Value(name.into()),
        director: director.map_or(Field::Absent, |d| Field::Value(d.into())),
        year: year.map_or(Field::Absent, |y| Field::Value(y.into())),
        ..MoviePatch::default()
    };
    patch.onto(None).unwrap().details.identity()
}

fn a_movie_reads_as_it_was_written(database: &TestDatabase) {
    let store = open(database);
    let genres = add_genres(&store, &["Drama", "Mystery"]);
    let written = [full(1, "Werckmeister harmóniák", &genres), bare(2, "M")];
    insert(&store, &written);
    let [first, second] = &written;
    assert_eq!(movie(&store, 1).as_ref(), Some(first));
    assert_eq!(movie(&store, 2).as_ref(), Some(second));
    read(&store, |session| {
        assert_eq!(session.movies(&[MovieId(1), MovieId(2)])?, written);
        assert_eq!(session.movies_after(MovieId(0), 10)?, written);
        assert_eq!(session.count_movies()?, 2);
        assert_eq!(session.movies_identical_to(&[first.details.identity(), second.details.identity()])?, written);
        assert_eq!(session.movies_named(&["m", "werckmeister harmóniák"])?, written);
        assert_eq!(session.movies_by_imdb_id(&[first.details.imdb_id.as_ref().unwrap()])?, written[..1]);
        Ok(())
    });
}

fn the_order_of_genres_is_kept(database: &TestDatabase) {
    let store = open(database);
    let names: Vec<String> = (0..32).map(|i| format!("Genre {i}")).collect();
    let mut genres = add_genres(&store, &names.iter().map(String::as_str).collect::<Vec<_>>());
    genres.reverse();
    genres.swap(3, 17);
    let written = full(1, "Everything", &genres);
    insert(&store, slice::from_ref(&written));
    assert_eq!(movie(&store, 1).unwrap().genres, genres);
    read(&store, |session| {
        assert_eq!(session.movies(&[MovieId(1)])?[0].genres, genres);
        assert_eq!(session.movies_after(MovieId(0), 1)?[0].genres, genres);
        Ok(())
    });
}

fn a_missing_movie_is_none(database: &TestDatabase) {
    let store = open(database);
    insert(&store, &[bare(1, "M")]);
    for id in [0, 2, i64::MAX as u64, u64::MAX] {
        assert_eq!(movie(&store, id), None, "{id}");
    }
    read(&store, |session| {
        assert!(session.movies(&[])?.is_empty());
        assert!(session.movies(&[MovieId(2), MovieId(u64::MAX)])?.is_empty());
        assert!(session.movies_after(MovieId(u64::MAX), 1)?.is_empty());
        Ok(())
    });
}

fn any_number_of_ids_is_read_at_once(database: &TestDatabase) {
    let store = open(database);
    let genres = add_genres(&store, &["Drama"]);
    let written: Vec<_> = (1..=1_200).map(|i| full(i * 33, &format!("Movie {i}"), &genres)).collect();
    insert(&store, &written);
    let wanted: Vec<MovieId> = (1..=40_000).rev().chain([33, 66]).map(MovieId).collect();
    let found = read(&store, |session| session.movies(&wanted));
    assert_eq!(found, written);
}

fn movies_are_walked_by_id(database: &TestDatabase) {
    let store = open(database);
    let genres = add_genres(&store, &["Drama", "War"]);
    let written = [full(2, "A", &genres), bare(3, "B"), full(7, "C", &genres[1..]), bare(9, "D")];
    insert(&store, &written);
    read(&store, |session| {
        assert_eq!(session.movies_after(MovieId(0), 3)?, written[..3]);
        assert_eq!(session.movies_after(MovieId(3), 1)?, written[2..3]);
        assert_eq!(session.movies_after(MovieId(7), 3)?, written[3..]);
        assert!(session.movies_after(MovieId(9), 3)?.is_empty());
        Ok(())
    });
}

fn movies_are_found_by_imdb_id(database: &TestDatabase) {
    let store = open(database);
    insert(&store, &[full(1, "A", &[]), bare(2, "B"), full(3, "C", &[]), bare(4, "D")]);
    let wanted: Vec<ImdbId> = (0..2_000).rev().map(|i| ImdbId::new(&format!("tt{i:07}")).unwrap()).collect();
    let found = read(&store, |session| session.movies_by_imdb_id(&wanted.iter().collect::<Vec<_>>()));
    assert_eq!(ids(&found), [1, 3]);
}

fn identity_is_without_case_and_null_equals_null(database: &TestDatabase) {
    let store = open(database);
    let with = |id, director: Field<&str>, year: Field<f64>| {
        let director = match director {
            Field::Value(d) => Field::Value(d.into()),
            _ => Field::Null,
        };
        build(id, MoviePatch { name: Field::Value("The Thing".into()), director, year, ..MoviePatch::default() })
    };
    insert(
        &store,
        &[
            with(1, Field::Null, Field::Null),
            with(2, Field::Null, Field::Value(1982.0)),
            with(3, Field::Value("John Carpenter"), Field::Null),
            with(4, Field::Value("John Carpenter"), Field::Value(1982.0)),
            with(5, Field::Value("JOHN carpenter"), Field::Value(1982.0)),
        ],
    );
    let found = |director, year| {
        ids(&read(&store, |session| session.movies_identical_to(&[identity("THE THING", director, year)])))
    };
    assert_eq!(found(None, None), [1]);
    assert_eq!(found(None, Some(1982)), [2]);
    assert_eq!(found(Some("john carpenter"), None), [3]);
    assert_eq!(found(Some("john carpenter"), Some(1982)), [4, 5]);
    assert!(found(Some("john carpenter"), Some(2011)).is_empty());
}

fn text_is_compared_the_same_way_everywhere(database: &TestDatabase) {
    let store = open(database);
    // Each line is one name in two writings; no two lines are the same name.
    let names = [
        ["Amélie", "AME\u{301}LIE"],
        ["Amelie", "AMELIE "],
        ["Straße", "STRASSE"],
        ["İstanbul", "i\u{307}stanbul"],
        ["Istanbul", "ISTANBUL"],
        ["ıstanbul", "ıSTANBUL"],
        ["🎬", " 🎬"],
        ["🎬🎬", "🎬🎬 "],
        ["🎞", "🎞"],
        ["A\u{200b}", "a\u{200b}"],
        ["A", "a"],
        ["a b", "A B"],
        ["a  b", "A  B"],
        ["か", "か"],
        ["が", "か\u{3099}"],
        ["カ", "カ"],
        ["ΟΔΟΣ", "οδος"],
        ["%", "%"],
        ["'; DROP TABLE movies; --", "'; drop table MOVIES; --"],
        ["\\", "\\"],
    ];
    // "ı" is "I" in capitals, as in Unicode's tables: the two are one name.
    let same = |i: usize| if i == 4 || i == 5 { vec![5, 6] } else { vec![i as u64 + 1] };
    let written: Vec<_> = (1..).zip(&names).map(|(id, [name, _])| bare(id, name)).collect();
    insert(&store, &written);
    for (i, [name, other]) in names.iter().enumerate() {
        assert_eq!(movie(&store, i as u64 + 1).unwrap().details.name.as_str(), *name);
        for writing in [name, other] {
            let identity = identity(writing, None, None);
            read(&store, |session| {
                assert_eq!(ids(&session.movies_named(&[identity.name.as_str()])?), same(i), "{writing:?}");
                assert_eq!(ids(&session.movies_identical_to(slice::from_ref(&identity))?), same(i), "{writing:?}");
                Ok(())
            });
        }
    }
}

fn any_number_of_identities_is_looked_up_at_once(database: &TestDatabase) {
    let store = open(database);
    let written: Vec<_> = (1..=1_300).map(|i| bare(i, &format!("Movie {i}"))).collect();
    insert(&store, &written);
    let wanted: Vec<Identity> = (0..40_000).rev().map(|i| identity(&format!("MOVIE {i}"), None, None)).collect();
    let names: Vec<&str> = wanted.iter().map(|identity| identity.name.as_str()).collect();
    read(&store, |session| {
        assert_eq!(session.movies_identical_to(&wanted)?, written);
        assert_eq!(session.movies_named(&names)?, written);
        assert!(session.movies_identical_to(&[])?.is_empty());
        assert!(session.movies_named(&[])?.is_empty());
        Ok(())
    });
}

fn a_collision_of_keys_finds_nothing(database: &TestDatabase) {
    let store = open(database);
    insert(&store, &[bare(1, "Solaris"), bare(2, "Stalker")]);
    let mut raw = Raw::connect(database);
    raw.execute("UPDATE movies SET name_key = 1, rest_key = 1");
    insert(&store, &[bare(3, "Solaris")]);
    // All three have the keys of "Solaris" now.
    raw.execute(
        "CREATE TABLE good_keys AS SELECT name_key, rest_key FROM movies WHERE id = 3;
         UPDATE movies SET name_key = (SELECT name_key FROM good_keys), rest_key = (SELECT rest_key FROM good_keys)",
    );
    read(&store, |session| {
        assert_eq!(ids(&session.movies_identical_to(&[identity("solaris", None, None)])?), [1, 3]);
        assert_eq!(ids(&session.movies_named(&["solaris"])?), [1, 3]);
        Ok(())
    });
}

fn movies_are_found_by_name(database: &TestDatabase) {
    let store = open(database);
    insert(&store, &[full(1, "Solaris", &[]), bare(2, "Stalker"), bare(3, "SOLARIS"), bare(4, "Solaris 2")]);
    assert_eq!(ids(&read(&store, |session| session.movies_named(&["solaris", "nostalghia"]))), [1, 3]);
}

fn a_taken_id_or_imdb_id_is_a_defect_and_stores_nothing(database: &TestDatabase) {
    let store = open(database);
    insert(&store, &[full(1, "A", &[])]);
    let mut same_imdb_id = full(1, "C", &[]);
    same_imdb_id.id = MovieId(3);
    for taken in [bare(1, "B"), same_imdb_id] {
        let result = store.writing(|session| session.insert_movies(&[bare(2, "B"), taken.clone()]));
        assert!(matches!(result, Err(Error::Internal(_))), "{result:?}");
    }
    assert_eq!(ids(&read(&store, |session| session.movies_after(MovieId(0), 10))), [1]);
}

fn a_genre_that_does_not_exist_is_a_defect(database: &TestDatabase) {
    let store = open(database);
    let result = store.writing(|session| session.insert_movies(&[full(1, "A", &[genre(1, "Drama")])]));
    assert!(matches!(result, Err(Error::Internal(_))), "{result:?}");
    assert_eq!(movie(&store, 1), None);
}

fn the_longest_texts_are_stored_many_at_once(database: &TestDatabase) {
    let store = open(database);
    let genres: Vec<String> = (0..32).map(|i| format!("{}{i:02}", "🎬".repeat(48))).collect();
    let genres = add_genres(&store, &genres.iter().map(String::as_str).collect::<Vec<_>>());
    let longest = |id| {
        let patch = MoviePatch {
            name: Field::Value("🎬".repeat(300)),
            director: Field::Value("🎬".repeat(300)),
            overview: Field::Value("🎬".repeat(5_000)),
            poster_url: Field::Value(format!("https://{}", "🎬".repeat(1_992))),
            ..MoviePatch::default()
        };
        Movie { genres: genres.clone(), ..build(id, patch) }
    };
    let written: Vec<_> = (1..=100).map(longest).collect();
    insert(&store, &written);
    assert_eq!(read(&store, |session| session.movies_after(MovieId(0), 100)), written);
}

fn an_update_replaces_everything(database: &TestDatabase) {
    let store = open(database);
    let genres = add_genres(&store, &["Drama", "War", "Comedy"]);
    let other = full(2, "Other", &genres);
    insert(&store, &[full(1, "Before", &genres[..2]), other.clone()]);
    let swapped = [genres[1].clone(), genres[0].clone()];
    let mut renamed = full(1, "After", &swapped);
    renamed.version = 2;
    for after in [renamed, bare(1, "Bare"), full(1, "Before", &genres)] {
        store.writing(|session| session.update_movie(&after)).unwrap();
        assert_eq!(movie(&store, 1), Some(after.clone()));
        let found = read(&store, |session| session.movies_identical_to(&[after.details.identity()]));
        assert_eq!(ids(&found), [1], "the identity follows");
    }
    assert!(read(&store, |session| session.movies_named(&["after", "bare"])).is_empty());
    assert_eq!(movie(&store, 2), Some(other));
}

fn an_update_of_nothing_is_a_defect(database: &TestDatabase) {
    let store = open(database);
    for result in [
        store.writing(|session| session.update_movie(&bare(1, "A"))),
        store.writing(|session| session.delete_movie(MovieId(1))),
    ] {
        assert!(matches!(result, Err(Error::Internal(_))), "{result:?}");
    }
}

fn a_deleted_movie_leaves_no_links(database: &TestDatabase) {
    let store = open(database);
    let genres = add_genres(&store, &["Drama"]);
    insert(&store, &[full(1, "A", &genres), full(2, "B", &genres)]);
    store.writing(|session| session.delete_movie(MovieId(1))).unwrap();
    assert_eq!(movie(&store, 1), None);
    assert!(movie(&store, 2).is_some());
    assert_eq!(read(&store, |session| session.count_movies_with(genres[0].id)), 1);
}
