//! What is exported, loaded again.

use std::ops::ControlFlow;

use bootstrap::Services;
use domain::{
    movie::{Field, Movie, MoviePatch},
    query::MovieQuery,
    services::Duplicates,
    user::Admin,
};
use ingest::export::{Format, export};
use proptest::{
    option,
    prelude::*,
    sample::{select, subsequence},
    test_runner::{Config, TestRunner},
};
use testing::TestDatabase;

use crate::{catalogue::Catalogue, export::open};

mod sqlite {
    #[test]
    fn a_catalogue_is_the_same_after_an_export_is_loaded() {
        super::a_catalogue_is_the_same_after_an_export_is_loaded(testing::sqlite);
    }
}

#[cfg(feature = "mysql")]
mod mysql {
    #[test]
    fn a_catalogue_is_the_same_after_an_export_is_loaded() {
        super::a_catalogue_is_the_same_after_an_export_is_loaded(testing::mysql);
    }
}

/// Texts that some format has to take care of.
const TEXTS: [&str; 16] = [
    "M",
    "m",
    "Amélie",
    "千と千尋",
    "=1+1",
    "+1",
    "-",
    "@import",
    "'=1+1",
    "'Round Midnight",
    "\"",
    "say \"cheese\", twice",
    "a,b|c;d",
    "null",
    "N/A",
    "\\N",
];
const OVERVIEWS: [&str; 9] =
    ["two\nlines", "two\r\nlines", "\n", "\tx", "\r=1", "=HYPERLINK(\"x\")", " spaces ", "\"", "'\t"];
const GENRES: [&str; 6] = ["Drama", "Sci-Fi", "=1+1", "\"Rock 'n' Roll\"", "Film Noir", "Ähnliches"];

/// A movie; its IMDb id, if it has one, is made unique afterwards.
fn patch() -> impl Strategy<Value = (MoviePatch, bool)> {
    fn texts(texts: &'static [&'static str]) -> impl Strategy<Value = Field<String>> {
        option::of(select(texts)).prop_map(|text| text.map_or(Field::Null, |text| Field::Value(text.to_owned())))
    }
    fn numbers(numbers: impl Strategy<Value = f64>) -> impl Strategy<Value = Field<f64>> {
        option::of(numbers).prop_map(|number| number.map_or(Field::Null, Field::Value))
    }
    let decimals = |most: f64| prop_oneof![Just(0.0), Just(most), Just(most / 3.0), Just(8.8), 0.0..most];
    let whole = |least: u64, most: u64| prop_oneof![Just(least), Just(most), least..most].prop_map(|n| n as f64);
    let texts = (select(&TEXTS[..]), texts(&TEXTS), subsequence(&GENRES[..], 0..4).prop_shuffle(), texts(&OVERVIEWS));
    let numbers = (
        numbers(decimals(100.0)),
        numbers(decimals(10.0)),
        numbers(whole(1870, 2100)),
        numbers(whole(1, 60_000)),
        numbers(whole(0, 9_007_199_254_740_991)),
    );
    let others = (any::<bool>(), option::of(Just("https://example.org/a,b?c='d'")));
    (texts, numbers, others).prop_map(|(texts, numbers, others)| {
        let (name, director, genres, overview) = texts;
        let (popularity, imdb_score, year, runtime_minutes, votes) = numbers;
        let patch = MoviePatch {
            name: Field::Value(name.to_owned()),
            director,
            genres: Field::Value(genres.into_iter().map(str::to_owned).collect()),
            popularity,
            imdb_score,
            year,
            runtime_minutes,
            votes,
            imdb_id: Field::Null,
            overview,
            poster_url: others.1.map_or(Field::Null, |url| Field::Value(url.to_owned())),
        };
        (patch, others.0)
    })
}

/// Movies of which some are equal in everything that is not unique.
fn patches() -> impl Strategy<Value = Vec<MoviePatch>> {
    prop::collection::vec((patch(), 1..3_usize), 1..8).prop_map(|movies| {
        let repeated = movies.into_iter().flat_map(|(movie, times)| vec![movie; times]);
        let unique = |(i, (patch, has_imdb_id)): (usize, (MoviePatch, bool))| match has_imdb_id {
            true => MoviePatch { imdb_id: Field::Value(format!("tt{i:07}")), ..patch },
            false => patch,
        };
        repeated.enumerate().map(unique).collect()
    })
}

fn exported(services: &Services, format: Format) -> Vec<u8> {
    let (mut bytes, mut movies) = (Vec::new(), 0);
    export(&services.catalogue, &MovieQuery::default(), format, |chunk| {
        bytes.extend(chunk.bytes);
        movies += chunk.movies;
        ControlFlow::Continue(())
    })
    .unwrap();
    assert!(movies > 0);
    bytes
}

/// What is said of each movie, ids, versions and times aside, in an order of its own.
fn contents(movies: &[Movie]) -> Vec<String> {
    let mut contents: Vec<_> = movies.iter().map(|movie| format!("{:?}", movie.draft())).collect();
    contents.sort();
    contents
}

fn a_catalogue_is_the_same_after_an_export_is_loaded(fresh: fn() -> TestDatabase) {
    let config = Config { cases: 5, failure_persistence: None, ..Config::default() };
    let round_trip = |patches: Vec<MoviePatch>| {
        let database = fresh();
        let directory = tempfile::tempdir().unwrap();
        let services = open(&database, directory.path());
        for patch in patches.clone() {
            let draft = patch.onto(None).unwrap();
            services.catalogue.create(&Admin::operator(), &draft, Duplicates::Allow).unwrap();
        }
        let expected = contents(&Catalogue::open(database.url()).movies());
        assert_eq!(expected.len(), patches.len());
        for format in Format::ALL {
            let copy = fresh();
            let catalogue = Catalogue::open(copy.url());
            let text = exported(&services, format);
            let counts = catalogue.load(text.clone()).counted();
            prop_assert_eq!(counts, [patches.len() as u64, 0, 0, 0], "{}", String::from_utf8_lossy(&text));
            prop_assert_eq!(&contents(&catalogue.movies()), &expected, "{}", String::from_utf8_lossy(&text));
        }
        services.stop();
        Ok(())
    };
    TestRunner::new(config).run(&patches(), round_trip).unwrap();
}
