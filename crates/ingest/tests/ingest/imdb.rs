//! `ingest imdb`, run as its users run it.

use std::{
    fs,
    io::Write,
    thread,
    time::{Duration, Instant},
};

use domain::movie::Movie;
use flate2::{Compression, write::GzEncoder};
use serde_json::json;
use testing::TestDatabase;

use crate::{
    catalogue::{Catalogue, fixture},
    program::Program,
};

testing::on_every_database! {
    a_data_set_is_joined_and_its_bad_rows_are_reported,
    a_title_updates_what_the_data_set_knows_of_it_and_leaves_the_rest,
    a_data_set_whose_loading_was_killed_is_loaded_by_the_next,
}

const TABLES: [&str; 4] = ["title.basics", "title.ratings", "title.crew", "name.basics"];

/// Copies the fixture to `imdb` in the program's directory.
fn copy_fixture(program: &Program) {
    for table in TABLES {
        let name = format!("imdb/{table}.tsv");
        program.file(&name, fs::read(fixture(&name)).unwrap());
    }
}

fn movie(catalogue: &Catalogue, name: &str) -> serde_json::Value {
    let movie = catalogue.movies().into_iter().find(|movie| movie.details.name.as_str() == name);
    let Movie { details, genres, .. } = movie.unwrap_or_else(|| panic!("no {name}"));
    let mut movie = serde_json::to_value(details).unwrap();
    movie["genres"] = genres.iter().map(|genre| genre.name.as_str()).collect();
    movie
}

fn a_data_set_is_joined_and_its_bad_rows_are_reported(database: &TestDatabase) {
    let program = Program::new(database);
    copy_fixture(&program);
    let ended = program.run(&["imdb", "imdb", "--report", "report.json"]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(1), ""), "{}", ended.out);

    let rejected = [
        ("title.ratings", 11, "imdb_score", "a score is 0 to 10"),
        ("title.ratings", 11, "votes", "numVotes is a number or \\N, not \"many\""),
        ("title.crew", 8, "director", "a person is \"nm\" and 7 to 10 digits, not \"Ida Norberg\""),
        ("title.basics", 11, "name", "a movie has a name"),
        ("title.basics", 15, "imdb_id", "an IMDb id is \"tt\" and 7 to 10 digits"),
        ("title.basics", 20, "", "a row has 9 cells, as the first line says; this one has 8"),
        ("title.basics", 26, "year", "a year is 1870 to 2100"),
        ("title.basics", 26, "runtime_minutes", "a runtime is 1 to 60000 minutes"),
        ("title.basics", 33, "year", "startYear is a number or \\N, not \"19x7\""),
    ];
    let lines: Vec<&str> = ended.out.lines().collect();
    let (last, lines) = lines.split_last().unwrap();
    let expected = rejected.map(|(table, record, field, reason)| {
        let field = if field.is_empty() { String::new() } else { format!("{field}: ") };
        format!("imdb/{table}.tsv: record {record} (line {}): {field}{reason}", record + 1)
    });
    assert_eq!(lines, expected);
    assert!(last.ends_with(": 24 created, 0 updated, 0 unchanged, 7 rejected"), "{last}");

    let mut report = program.report();
    report.as_object_mut().unwrap().retain(|key, _| !key.contains("second"));
    let file = |table: &str, created: u64, rejected: u64| {
        json!({"file": format!("imdb/{table}.tsv"), "created": created, "updated": 0, "unchanged": 0,
            "rejected_count": rejected, "error": null})
    };
    let rejected = rejected.map(|(table, record, field, reason)| {
        let field = Some(field).filter(|field| !field.is_empty());
        json!({"file": format!("imdb/{table}.tsv"), "record": record, "line": record + 1, "field": field, "reason": reason})
    });
    let expected = json!({
        "files": [file("title.ratings", 0, 1), file("title.crew", 0, 1), file("name.basics", 0, 0), file("title.basics", 24, 5)],
        "created": 24, "updated": 0, "unchanged": 0, "rejected_count": 7, "rejected": rejected,
    });
    assert_eq!(report, expected);

    let catalogue = Catalogue::open(database.url());
    let nothing = json!(null);
    let expected = json!({"name": "\"Yours\", She Said", "director": "Bartholomew \"Bart\" Quill", "popularity": 71.6,
        "imdb_score": 8.1, "year": 1958.0, "runtime_minutes": 101.0, "votes": 45120.0, "imdb_id": "tt0000002",
        "overview": null, "poster_url": null, "genres": ["Comedy", "Romance"]});
    assert_eq!(movie(&catalogue, "\"Yours\", She Said"), expected);
    let untitled = movie(&catalogue, "Untitled Harbour Project");
    for field in ["director", "popularity", "imdb_score", "year", "runtime_minutes", "votes"] {
        assert_eq!(untitled[field], nothing, "{field}");
    }
    assert_eq!(untitled["genres"], json!([]));
    assert_eq!(movie(&catalogue, "Die Brücke am Moor")["director"], "Marguerite Delacourt-Osei, Otto Zell");
    let crowd = movie(&catalogue, "Ten Million and Some")["director"].as_str().unwrap().to_owned();
    assert!(crowd.starts_with("Ida Norberg, Tomas Ayodele, Renée Ito, ") && crowd.ends_with(", Sigrid Pol"), "{crowd}");
    assert!((280..=300).contains(&crowd.chars().count()));
    movie(&catalogue, "Behind Red Curtains");

    // Nothing changes, whatever is rejected.
    let before = catalogue.movies();
    let again = program.run(&["imdb", "imdb"]);
    assert_eq!(again.code, Some(1));
    assert!(
        again.out.ends_with(": 0 created, 0 updated, 24 unchanged, 7 rejected\nnothing changed\n"),
        "{}",
        again.out
    );
    assert_eq!(catalogue.movies(), before);
}

fn a_title_updates_what_the_data_set_knows_of_it_and_leaves_the_rest(database: &TestDatabase) {
    let program = Program::new(database);
    copy_fixture(&program);
    let catalogue = Catalogue::open(database.url());
    let feed = r#"[{"name": "Former Title", "imdb_id": "tt0000016", "year": 2001, "votes": 5, "overview": "Kept",
            "poster_url": "https://example.org/a.jpg"},
        {"name": "The Lantern Keeper", "director": "Ida Norberg", "year": 1931, "overview": "Kept too"}]"#;
    assert_eq!(catalogue.load(feed).counted(), [2, 0, 0, 0]);
    let ended = program.run(&["imdb", "imdb", "-q"]);
    assert!(ended.out.contains(": 22 created, 2 updated, 0 unchanged"), "{}", ended.out);
    let untitled = movie(&catalogue, "Untitled Harbour Project");
    assert_eq!((&untitled["year"], &untitled["votes"]), (&json!(null), &json!(null)));
    assert_eq!((&untitled["overview"], &untitled["poster_url"]), (&json!("Kept"), &json!("https://example.org/a.jpg")));
    let lantern = movie(&catalogue, "The Lantern Keeper");
    assert_eq!((&lantern["imdb_id"], &lantern["overview"]), (&json!("tt0000001"), &json!("Kept too")));
}

/// A data set of `count` movies.
fn write_data_set(program: &Program, count: u32) {
    let table = |header: &str, row: &dyn Fn(u32) -> String| {
        header.to_owned() + "\n" + &(1..=count).map(|i| row(i) + "\n").collect::<String>()
    };
    let basics = table("tconst\ttitleType\tprimaryTitle\tstartYear\truntimeMinutes\tgenres", &|i| {
        format!("tt{i:07}\tmovie\tTitle {}\t{}\t90\tg{}", i % 7_000, 1900 + i % 3, i % 40)
    });
    program.file("imdb/title.basics.tsv", basics);
    program.file(
        "imdb/title.ratings.tsv",
        table("tconst\taverageRating\tnumVotes", &|i| format!("tt{i:07}\t{}.5\t{i}", i % 10)),
    );
    program.file(
        "imdb/title.crew.tsv",
        table("tconst\tdirectors\twriters", &|i| format!("tt{i:07}\tnm{:07},nm{:07}\t\\N", i / 9 + 1, i)),
    );
    program.file("imdb/name.basics.tsv", table("nconst\tprimaryName", &|i| format!("nm{i:07}\tName {i}")));
}

fn a_data_set_whose_loading_was_killed_is_loaded_by_the_next(database: &TestDatabase) {
    let program = Program::new(database);
    write_data_set(&program, 20_000);
    let catalogue = Catalogue::open(database.url());
    let mut load = program.command(&["imdb", "imdb"]).spawn().unwrap();
    let give_up = Instant::now() + Duration::from_secs(120);
    while catalogue.last_change().is_none() && load.try_wait().unwrap().is_none() {
        assert!(Instant::now() < give_up, "nothing is stored");
        thread::sleep(Duration::from_millis(1));
    }
    load.kill().unwrap();
    assert_eq!(load.wait().unwrap().code(), None, "it was killed on the way");
    assert!(catalogue.movies().len() < 20_000);

    let last = program.run(&["imdb", "imdb"]);
    assert_eq!(last.code, Some(0), "{}", last.err);
    let uninterrupted = testing::sqlite();
    let other = Program::new(&uninterrupted);
    write_data_set(&other, 20_000);
    assert_eq!(other.run(&["imdb", "imdb"]).code, Some(0));
    assert_eq!(catalogue.drafts(), Catalogue::open(uninterrupted.url()).drafts());
    assert!(program.run(&["imdb", "imdb"]).out.ends_with("nothing changed\n"));
}

#[test]
fn the_types_that_are_named_are_loaded() {
    let database = testing::sqlite();
    let program = Program::new(&database);
    copy_fixture(&program);
    let ended = program.run(&["imdb", "imdb", "--types", "tvMovie, short,moive"]);
    assert_eq!(ended.err, "ingest: imdb/title.basics.tsv: no title is of the type `moive`\n");
    let mut names = Catalogue::open(database.url()).names();
    names.sort();
    assert_eq!(
        names,
        ["Christmas at Lake Ember", "Milk Train", "Paper Moth", "Signal 9", "The Governess of Hull", "Two Chairs"]
    );
}

#[test]
fn packed_files_come_first() {
    let database = testing::sqlite();
    let program = Program::new(&database);
    copy_fixture(&program);
    for table in TABLES {
        let path = format!("imdb/{table}.tsv");
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(&fs::read(fixture(&path)).unwrap()).unwrap();
        program.file(&format!("{path}.gz"), packed.finish().unwrap());
        program.file(&path, "");
    }
    let ended = program.run(&["imdb", "imdb"]);
    let said: Vec<&str> = ended.err.lines().collect();
    assert_eq!(said.len(), 4, "{}", ended.err);
    assert_eq!(said[0], "ingest: imdb/title.basics.tsv: not read, the packed file beside it is");
    assert!(ended.out.contains("imdb/title.crew.tsv.gz: record 8 (line 9): "), "{}", ended.out);
    assert_eq!(Catalogue::open(database.url()).names().len(), 24);
    assert_eq!(program.run(&["imdb", "imdb", "--quiet"]).err, "");
}

#[test]
fn a_file_or_a_column_that_is_missing_is_named() {
    let header = |table: &str, without: &str| {
        let text = fs::read_to_string(fixture(&format!("imdb/{table}.tsv"))).unwrap();
        text.replacen(without, "x", 1)
    };
    for (table, content, complaint) in [
        ("title.crew", None, "imdb: the data set is not whole: no title.crew.tsv.gz or title.crew.tsv"),
        ("name.basics", Some(String::new()), "imdb/name.basics.tsv: its first line names no column `nconst`"),
        (
            "title.crew",
            Some(header("title.crew", "directors")),
            "imdb/title.crew.tsv: its first line names no column `directors`",
        ),
        (
            "title.basics",
            Some(header("title.basics", "genres")),
            "imdb/title.basics.tsv: its first line names no column `genres`",
        ),
    ] {
        let database = testing::sqlite();
        let program = Program::new(&database);
        copy_fixture(&program);
        let path = program.path(&format!("imdb/{table}.tsv"));
        match content {
            Some(content) => fs::write(path, content).unwrap(),
            None => fs::remove_file(path).unwrap(),
        }
        let ended = program.run(&["imdb", "imdb", "--report", "report.json"]);
        assert_eq!((ended.code, ended.err.as_str()), (Some(2), format!("ingest: {complaint}\n").as_str()));
        let report = program.report();
        let last = report["files"].as_array().unwrap().last().unwrap().clone();
        assert!(complaint.ends_with(last["error"].as_str().unwrap()), "{report}");
        assert_eq!(Catalogue::open(database.url()).names(), Vec::<String>::new());
    }
    let database = testing::sqlite();
    let ended = Program::new(&database).run(&["imdb", "nowhere"]);
    assert_eq!((ended.code, ended.err.lines().count()), (Some(2), 1));
    assert!(
        ended.err.starts_with("ingest: nowhere: the data set is not whole: no title.basics.tsv.gz or "),
        "{}",
        ended.err
    );
}

#[test]
fn an_aborted_load_stops_at_the_first_bad_row() {
    let database = testing::sqlite();
    let program = Program::new(&database);
    copy_fixture(&program);
    let load = ["imdb", "imdb", "--on-error=abort"];
    let ended = program.run(&load);
    assert_eq!(ended.code, Some(2));
    assert!(
        ended.err.starts_with("ingest: imdb/title.ratings.tsv: stopped at record 11: imdb_score: "),
        "{}",
        ended.err
    );
    assert_eq!(Catalogue::open(database.url()).names().len(), 0);

    program.file("imdb/title.ratings.tsv", "tconst\taverageRating\tnumVotes\n");
    program.file("imdb/title.crew.tsv", "tconst\tdirectors\n");
    let ended = program.run(&load);
    assert_eq!(ended.code, Some(2));
    assert_eq!(ended.err, "ingest: imdb/title.basics.tsv: stopped at record 11: name: a movie has a name\n");
    assert_eq!(Catalogue::open(database.url()).names().len(), 8);
}

#[test]
fn a_packed_file_that_is_cut_off_fails() {
    let database = testing::sqlite();
    let program = Program::new(&database);
    copy_fixture(&program);
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(&fs::read(fixture("imdb/name.basics.tsv")).unwrap()).unwrap();
    let packed = packed.finish().unwrap();
    program.file("imdb/name.basics.tsv.gz", &packed[..packed.len() / 2]);
    let ended = program.run(&["imdb", "imdb", "-q"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.starts_with("ingest: imdb/name.basics.tsv.gz: it cannot be read (from row "), "{}", ended.err);
    assert_eq!(Catalogue::open(database.url()).names().len(), 0);
}
