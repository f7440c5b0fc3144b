//! Movies written, by the library and by the program.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    ops::ControlFlow,
    path::Path,
};

use bootstrap::{Services, Settings};
use domain::{
    genre::GenreName,
    movie::{Field, MoviePatch},
    query::{MovieQuery, NumberField, Range},
    services::Duplicates,
    user::Admin,
};
use ingest::export::{Format, export};
use serde_json::Value;
use testing::TestDatabase;

use crate::{
    catalogue::Catalogue,
    program::{Ended, Program},
};

/// Settings for a catalogue with its index in `search`.
fn settings(url: &str, search: &Path) -> Settings {
    let variables = [("MARQUEE_DATABASE__URL", url), ("MARQUEE_SEARCH__PATH", search.to_str().unwrap())];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Settings::from_sources(Path::new("no such directory"), variables).unwrap()
}

/// The catalogue, to be read.
pub fn open(database: &TestDatabase, search: &Path) -> Services {
    let settings = settings(database.url(), search);
    Services::open_to_read(&settings, bootstrap::open_store(&settings).unwrap()).unwrap()
}

const FEED: &str = r#"[
    {"name": "Star Wars", "director": "George Lucas", "genres": ["Sci-Fi"], "year": 1977},
    {"name": "Ran", "director": "Akira Kurosawa", "genres": ["Drama", "War"], "year": 1985},
    {"name": "Das Boot", "genres": ["Drama", "War"], "year": 1981}
]"#;

fn names(ended: &Ended) -> Vec<String> {
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let name = |line: &str| serde_json::from_str::<Value>(line).unwrap()["name"].as_str().unwrap().to_owned();
    ended.out.lines().map(name).collect()
}

fn loaded(database: &TestDatabase) -> Program {
    Catalogue::open(database.url()).load(FEED).counted();
    Program::new(database)
}

testing::on_every_database! {
    the_program_writes_the_movies_that_are_asked_for,
    the_program_reads_beside_a_server,
}

fn the_program_writes_the_movies_that_are_asked_for(database: &TestDatabase) {
    let program = loaded(database);
    assert_eq!(names(&program.run(&["export", "--sort", "name"])), ["Das Boot", "Ran", "Star Wars"]);
    let filter = ["export", "--filter", "genre=drama|Western&year.gte=1980", "--sort", "-year"];
    assert_eq!(names(&program.run(&filter)), ["Ran", "Das Boot"]);

    let csv = program.run(&["export", "--format=csv", "-o", "movies.csv"]);
    assert_eq!((csv.code, &*csv.out, &*csv.err), (Some(0), "", ""));
    let csv = fs::read_to_string(program.path("movies.csv")).unwrap();
    assert!(csv.starts_with("id,name,") && csv.contains("2,Ran,Akira Kurosawa,Drama|War,,,1985,"), "{csv}");
    let json = program.run(&["export", "--format=json"]);
    assert_eq!(serde_json::from_str::<Vec<Value>>(&json.out).unwrap().len(), 3);
    assert!(!program.path("movies.csv.part").exists());
}

fn the_program_reads_beside_a_server(database: &TestDatabase) {
    let program = loaded(database);
    let server = Services::open(&settings(database.url(), &program.path("data/search")), Vec::new(), None).unwrap();
    assert_eq!(names(&program.run(&["export", "--sort", "id"])), ["Star Wars", "Ran", "Das Boot"]);
    let patch = MoviePatch { name: Field::Value("New".to_owned()), ..MoviePatch::default() };
    let admin = Admin::operator();
    server.catalogue.create(&admin, &patch.onto(None).unwrap(), Duplicates::Refuse).unwrap();
    // A change that is in no index.
    let genre = Catalogue::open(database.url()).movies()[1].genres[0].id;
    server.catalogue.rename_genre(&admin, genre, &GenreName::new("Drame", "").unwrap()).unwrap();
    let ended = program.run(&["export", "--sort", "id"]);
    assert_eq!(names(&ended), ["Star Wars", "Ran", "Das Boot", "New"]);
    assert!(ended.out.contains("[\"Drame\",\"War\"]"), "{}", ended.out);
    server.stop();
}

#[test]
fn an_export_of_what_there_is_not_is_refused() {
    let database = testing::sqlite();
    let program = loaded(&database);
    for (arguments, complaint) in [
        (&["--filter", "genres=Drama"][..], "--filter: genres: there is no such parameter; did you mean \"genre\"?"),
        (&["--filter", "limit=3"], "--filter: limit: there is no such parameter"),
        (&["--filter", "year.gte=x"], "--filter: year.gte: a number such as 7 or 7.5 is expected"),
        (&["--sort", "colour"], "--sort: \"colour\" is no sort key"),
        (&["-o", "no/such/directory.json"], "no/such/directory.json: No such file or directory"),
        (&["--format", "xml"], "invalid value 'xml'"),
    ] {
        let ended = program.run(&[&["export"], arguments].concat());
        assert_eq!((ended.code, &*ended.out), (Some(2), ""), "{arguments:?}");
        assert!(ended.err.contains(complaint), "{arguments:?}: {}", ended.err);
    }
}

#[test]
fn nobody_has_to_read_all_of_an_export() {
    let database = testing::sqlite();
    let program = Program::new(&database);
    let overview = "x".repeat(4_000);
    let feed: String = (0..500).map(|i| format!("{{\"name\":\"{i}\",\"overview\":\"{overview}\"}}\n")).collect();
    Catalogue::open(database.url()).load(feed).counted();
    let mut export = program.command(&["export"]).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(export.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("{\"id\":1,"));
    let ended = Ended::from(export.wait_with_output().unwrap());
    assert_eq!((ended.code, &*ended.err), (Some(0), ""));

    if Path::new("/dev/full").exists() {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let ended = Ended::from(program.command(&["export"]).stdout(full).output().unwrap());
        assert!(ended.code == Some(2) && ended.err.starts_with("ingest: the standard output: "), "{}", ended.err);
        let ended = program.run(&["export", "-o", "/dev/full"]);
        assert!(ended.code == Some(2) && ended.err.starts_with("ingest: /dev/full: "), "{}", ended.err);
    }
}

#[test]
fn an_export_that_is_broken_off_ends_there() {
    let database = testing::sqlite();
    let directory = tempfile::tempdir().unwrap();
    let overview = "x".repeat(4_000);
    let feed: String = (0..100).map(|i| format!("{{\"name\":\"{i}\",\"overview\":\"{overview}\"}}\n")).collect();
    Catalogue::open(database.url()).load(feed).counted();
    let services = open(&database, directory.path());
    let mut sent = Vec::new();
    export(&services.catalogue, &MovieQuery::default(), Format::Json, |chunk| {
        sent.push(chunk);
        ControlFlow::Break(())
    })
    .unwrap();
    assert_eq!(sent.len(), 1);
    assert!(sent[0].movies < 100 && !sent[0].bytes.ends_with(b"]\n"));
    let nothing = Range { field: NumberField::Votes, min: None, max: None };
    let mut query = MovieQuery::default();
    query.filter.ranges.push(nothing);
    export(&services.catalogue, &query, Format::Ndjson, |_| panic!("there is nothing to send")).unwrap();
    services.stop();
}
