//! What a load stores, on every database.

use std::{
    fs,
    io::{self, Read, Write},
    ops::ControlFlow,
    sync::{Arc, mpsc},
};

use domain::{
    Error, Result,
    movie::{Field, MoviePatch},
    ports::{Session, Store},
    services::{FeedRecord, Import, Outcome},
    user::Admin,
};
use flate2::{Compression, write::GzEncoder};
use ingest::{LoadError, OnError, csv::neutralised};
use proptest::prelude::*;
use serde_json::{Value, json};
use testing::TestDatabase;

use crate::catalogue::{self, Catalogue, fixture};

testing::on_every_database! {
    a_feed_that_is_loaded_again_changes_nothing,
    every_variant_of_a_feed_loads_to_the_same_catalogue,
    every_bad_row_is_reported_and_every_good_one_loaded,
    a_record_without_a_year_updates_the_film,
    what_comes_before_a_damaged_place_is_stored,
    records_keep_their_numbers_across_batches,
    an_aborted_load_has_stored_exactly_what_comes_before,
    an_imdb_id_goes_from_one_movie_to_another,
    every_bad_row_of_csv_is_reported_and_every_good_one_loaded,
    equal_records_with_different_ids_are_different_movies,
    the_first_of_equals_meets_the_oldest_movie_the_next_the_next,
    a_record_whose_id_was_there_before_meets_the_same_movie,
    a_load_of_equals_that_was_broken_off_is_completed,
    a_transaction_that_is_run_twice_takes_each_movie_once,
    a_rehearsal_tells_what_a_load_does_and_changes_nothing,
}

fn a_feed_that_is_loaded_again_changes_nothing(database: &TestDatabase) {
    let catalogue = Catalogue::open(database.url());
    let feed = fs::read(fixture("imdb.json")).unwrap();
    let [created, updated, unchanged, rejected] = catalogue.load(feed.clone()).counted();
    assert!(created >= 300, "{created}");
    assert_eq!([updated, unchanged, rejected], [0, 0, 0]);
    let before = catalogue.movies();
    assert_eq!(before.len() as u64, created);
    assert_eq!(catalogue.load(feed).counted(), [0, 0, created, 0]);
    assert_eq!(catalogue.movies(), before);
}

fn every_variant_of_a_feed_loads_to_the_same_catalogue(database: &TestDatabase) {
    let catalogue = Catalogue::open(database.url());
    let feed = fs::read_to_string(fixture("imdb.json")).unwrap();
    let [count, ..] = catalogue.load(feed.clone()).counted();
    let expected = catalogue.movies();
    for (name, variant) in variants(&feed) {
        assert_eq!(catalogue.load(variant).counted(), [0, 0, count, 0], "{name}");
    }
    assert_eq!(catalogue.movies(), expected);
}

fn variants(feed: &str) -> Vec<(&'static str, Vec<u8>)> {
    let records: Vec<Value> = serde_json::from_str(feed).unwrap();
    let changed = |change: &dyn Fn(&mut serde_json::Map<String, Value>)| {
        let mut records = records.clone();
        records.iter_mut().for_each(|record| change(record.as_object_mut().unwrap()));
        serde_json::to_vec(&records).unwrap()
    };
    let renamed = |from: &'static str, to: &'static str| {
        changed(&|record| {
            let value = record.remove(from).unwrap();
            record.insert(to.to_owned(), value);
        })
    };
    let lines: String = records.iter().map(|record| format!("{record}\n")).collect();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(lines.as_bytes()).unwrap();
    vec![
        ("popularity", renamed("99popularity", "popularity")),
        ("_99popularity", renamed("99popularity", "_99popularity")),
        ("genres", renamed("genre", "genres")),
        (
            "integers for floats",
            changed(&|record| {
                for key in ["99popularity", "imdb_score"] {
                    let number = record[key].as_f64().unwrap();
                    if number.fract() == 0.0 {
                        record[key] = json!(number as u64);
                    }
                }
            }),
        ),
        (
            "numbers in strings",
            changed(&|record| {
                for value in record.values_mut().filter(|value| value.is_number()) {
                    *value = json!(format!(" {value}"));
                }
            }),
        ),
        (
            "genres as one string",
            changed(&|record| {
                let genres: Vec<&str> = record["genre"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
                record["genre"] = json!(genres.join(","));
            }),
        ),
        (
            "genres with blanks",
            changed(&|record| {
                for genre in record["genre"].as_array_mut().unwrap().iter_mut().skip(1) {
                    *genre = json!(format!(" {}", genre.as_str().unwrap()));
                }
            }),
        ),
        (
            "genres as objects",
            changed(&|record| {
                for genre in record["genre"].as_array_mut().unwrap() {
                    *genre = json!({"id": 1, "name": genre.take()});
                }
            }),
        ),
        ("an object around", serde_json::to_vec_pretty(&json!({"movies": records})).unwrap()),
        ("an object with more in it", serde_json::to_vec(&json!({"count": 3, "results": records})).unwrap()),
        ("a byte-order mark", format!("\u{feff}{feed}").into_bytes()),
        ("CRLF", feed.replace('\n', "\r\n").into_bytes()),
        ("one object per line, CRLF", lines.replace('\n', "\r\n").into_bytes()),
        ("one object per line, gzip", gzip.finish().unwrap()),
        ("one object per line", lines.into_bytes()),
        ("CSV", csv(&records, "\n").into_bytes()),
        ("CSV, CRLF, a byte-order mark", format!("\u{feff}{}", csv(&records, "\r\n")).into_bytes()),
    ]
}

fn csv(records: &[Value], end: &str) -> String {
    let mut columns: Vec<&String> = records.iter().flat_map(|record| record.as_object().unwrap().keys()).collect();
    columns.sort();
    columns.dedup();
    let row = |cells: Vec<String>| cells.join(",") + end;
    let cell = |value: &Value| match value {
        Value::Null => String::new(),
        Value::Array(genres) => genres.iter().map(|genre| genre.as_str().unwrap()).collect::<Vec<_>>().join("|"),
        Value::String(text) => format!("\"{}\"", neutralised(text).replace('"', "\"\"")),
        other => other.to_string(),
    };
    let cells = |record: &Value| columns.iter().map(|column| cell(&record[column.as_str()])).collect();
    row(columns.iter().map(|column| column.to_string()).collect())
        + &records.iter().map(|record| row(cells(record))).collect::<String>()
}

fn every_bad_row_is_reported_and_every_good_one_loaded(database: &TestDatabase) {
    let catalogue = Catalogue::open(database.url());
    let loaded = catalogue.load(fs::read(fixture("bad_rows.json")).unwrap());
    let reported: Vec<(u64, Vec<&str>)> = loaded
        .rejected
        .iter()
        .map(|rejection| (rejection.record, rejection.violations.0.iter().map(|v| v.field.as_str()).collect()))
        .collect();
    let expected: Vec<(u64, Vec<&str>)> = [
        (2, "/name"),
        (3, "/name"),
        (4, "/name"),
        (5, "/name"),
        (6, "/name"),
        (7, "/director"),
        (8, "/director"),
        (9, "/popularity"),
        (10, "/popularity"),
        (11, "/popularity"),
        (12, "/imdb_score"),
        (13, "/imdb_score"),
        (14, "/imdb_score"),
        (15, "/year"),
        (16, "/year"),
        (17, "/year"),
        (19, "/runtime_minutes"),
        (20, "/runtime_minutes"),
        (21, "/votes"),
        (22, "/imdb_id"),
        (23, "/imdb_id"),
        (24, "/poster_url"),
        (25, "/poster_url"),
        (26, "/overview"),
        (27, "/genres/0"),
        (28, "/genres/1"),
        (29, "/genres/0"),
        (30, "/genres"),
        (31, "/genres/1"),
        (32, "/genres"),
        (33, "/rating"),
        (34, ""),
        (35, ""),
        (36, ""),
        (37, ""),
    ]
    .map(|(record, field)| (record, vec![field]))
    .into();
    assert_eq!(reported, expected);
    assert_eq!(loaded.counted(), [3, 0, 0, 35]);
    assert_eq!(catalogue.names(), ["A good record", "Good, in every odd way", "Another good record"]);
}

fn a_record_without_a_year_updates_the_film(database: &TestDatabase) {
    let catalogue = Catalogue::open(database.url());
    let feed = fs::read_to_string(fixture("imdb.json")).unwrap();
    catalogue.load(feed.clone()).counted();
    let before = catalogue.movies();

    let mut record: Value = serde_json::from_str::<Vec<Value>>(&feed).unwrap().swap_remove(1);
    let members = record.as_object_mut().unwrap();
    members.retain(|key, _| key == "name" || key == "director");
    members.insert("votes".to_owned(), json!(4_321));
    assert_eq!(catalogue.load(record.to_string()).counted(), [0, 1, 0, 0]);

    let after = catalogue.movies();
    assert_eq!(after.len(), before.len());
    assert_eq!(after[1].details.votes.map(|votes| votes.get()), Some(4_321));
    assert_eq!(after[1].details.year, before[1].details.year);
    assert!(after[1].details.year.is_some());
}

fn lines(names: impl IntoIterator<Item = u32>) -> String {
    names.into_iter().map(|name| format!("{{\"name\":\"{name}\"}}\n")).collect()
}

fn what_comes_before_a_damaged_place_is_stored(database: &TestDatabase) {
    let catalogue = Catalogue::open(database.url());
    let loaded = catalogue.load(lines(1..=1_500) + "{\"name\":\"cut o");
    assert_eq!((loaded.counts.created, loaded.counts.rejected), (1_500, 0));
    assert_eq!(catalogue.movies().len(), 1_500);
    let message = loaded.end.unwrap_err().to_string();
    assert_eq!(message, "record 1501 (line 1501, column 14) cannot be read: EOF while parsing a string");
    // The whole feed then adds what is missing.
    assert_eq!(catalogue.load(lines(1..=1_600)).counted(), [100, 0, 1_500, 0]);
}

fn records_keep_their_numbers_across_batches(database: &TestDatabase) {
    let catalogue = Catalogue::open(database.url());
    let bad = |number| matches!(number, 1 | 3_999 | 4_000 | 4_001 | 8_500);
    let feed: String = (1..=8_500)
        .map(|n| match (bad(n), n % 2) {
            (true, 0) => "{\"name\":\"too old\",\"year\":1}\n".to_owned(),
            (true, _) => "{\"name\":7}\n".to_owned(),
            (false, _) => lines([n]),
        })
        .collect();
    let loaded = catalogue.load(feed);
    let rejected: Vec<_> = loaded.rejected.iter().map(|rejection| rejection.record).collect();
    assert_eq!(rejected, [1, 3_999, 4_000, 4_001, 8_500]);
    assert_eq!(loaded.counted(), [8_495, 0, 0, 5]);
}

fn an_aborted_load_has_stored_exactly_what_comes_before(database: &TestDatabase) {
    let catalogue = Catalogue::open(database.url());
    let known = "{\"name\":\"Known\",\"imdb_id\":\"tt0000001\"}\n";
    assert_eq!(catalogue.load(known).counted(), [1, 0, 0, 0]);
    // A record without a name is no fault where it speaks of a movie that is there.
    let good = lines(1..=3) + "{\"imdb_id\":\"tt0000001\",\"votes\":5}\n" + &lines(4..=5);
    for bad in ["{\"name\":\"too old\",\"year\":1}\n", "{\"name\":7}\n", "oops\n", "{\"imdb_id\":\"tt0000002\"}\n"] {
        let feed = good.clone() + bad + &lines(6..=9);
        let loaded = catalogue.load_from(io::Cursor::new(feed), OnError::Abort);
        assert!(
            matches!(&loaded.end, Err(LoadError::Rejected(rejection)) if rejection.record == 7),
            "{:?}",
            loaded.end
        );
        assert_eq!((loaded.counts.records(), loaded.counts.rejected, loaded.rejected.len()), (7, 1, 1));
        assert_eq!(catalogue.names(), ["Known", "1", "2", "3", "4", "5"]);
        assert_eq!(catalogue.movies()[0].details.votes.map(|votes| votes.get()), Some(5));
    }
}

fn an_imdb_id_goes_from_one_movie_to_another(database: &TestDatabase) {
    let catalogue = Catalogue::open(database.url());
    let imdb_ids = || {
        let movies = catalogue.movies();
        movies.into_iter().map(|movie| movie.details.imdb_id.map(String::from)).collect::<Vec<_>>()
    };
    let some = |id: &str| Some(id.to_owned());
    let feed = r#"[{"name": "A"}, {"name": "B", "imdb_id": "tt0000001"}, {"name": "C", "imdb_id": "tt0000002"}]"#;
    assert_eq!(catalogue.load(feed).counted(), [3, 0, 0, 0]);

    // From a younger movie to an older one, which is written first.
    let feed = r#"[{"name": "B", "imdb_id": null}, {"name": "A", "imdb_id": "tt0000001"}]"#;
    assert_eq!(catalogue.load(feed).counted(), [0, 2, 0, 0]);
    assert_eq!(imdb_ids(), [some("tt0000001"), None, some("tt0000002")]);

    // Against each other, and to a new movie.
    let feed = r#"[{"name": "A", "imdb_id": null}, {"name": "C", "imdb_id": null}, {"name": "A", "imdb_id": "tt0000002"},
        {"name": "C", "imdb_id": "tt0000001"}]"#;
    assert_eq!(catalogue.load(feed).counted(), [0, 4, 0, 0]);
    assert_eq!(imdb_ids(), [some("tt0000002"), None, some("tt0000001")]);
    let feed = r#"[{"name": "A", "imdb_id": null}, {"name": "D", "imdb_id": "tt0000002"}]"#;
    assert_eq!(catalogue.load(feed).counted(), [1, 1, 0, 0]);
    assert_eq!(imdb_ids(), [None, None, some("tt0000001"), some("tt0000002")]);
    assert_eq!(catalogue.movies().iter().map(|movie| movie.version).collect::<Vec<_>>(), [4, 2, 2, 1]);
}

#[test]
fn a_load_can_be_broken_off_between_two_batches() {
    let database = testing::sqlite();
    let catalogue = Catalogue::open(database.url());
    let feed = io::Cursor::new(lines(1..=20_000));
    let end =
        ingest::load(&catalogue.import(), &Admin::operator(), feed, OnError::Continue, |_| ControlFlow::Break(()));
    assert!(matches!(end, Err(LoadError::Stopped)), "{end:?}");
    assert_eq!(catalogue.movies().len(), 4_000, "the batch before is stored");
}

struct Away;

impl Store for Away {
    fn read(&self, _: &mut dyn FnMut(&mut dyn Session) -> Result<()>) -> Result<()> {
        Err(Error::Unavailable { what: "the database", cause: None })
    }

    fn write(&self, work: &mut dyn FnMut(&mut dyn Session) -> Result<()>) -> Result<()> {
        self.read(work)
    }
}

/// Gives a feed and then nothing, but does not end either.
struct Stuck {
    feed: io::Cursor<Vec<u8>>,
    end: mpsc::Receiver<()>,
}

impl Read for Stuck {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.feed.read(buffer)? {
            0 => {
                let _ = self.end.recv();
                Ok(0)
            }
            n => Ok(n),
        }
    }
}

#[test]
fn a_store_that_is_away_ends_the_load_though_the_feed_goes_on() {
    let (keep_open, end) = mpsc::channel();
    let bytes = lines(1..=200_000).into_bytes();
    let loaded = catalogue::load(Arc::new(Away), Stuck { feed: io::Cursor::new(bytes), end }, OnError::Continue);
    let error = loaded.end.unwrap_err();
    assert_eq!(error.to_string(), "the records from 1 on are not stored");
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "the database is not available");
    assert_eq!(loaded.counts.records(), 0);
    drop(keep_open);
}

fn every_bad_row_of_csv_is_reported_and_every_good_one_loaded(database: &TestDatabase) {
    let catalogue = Catalogue::open(database.url());
    let loaded = catalogue.load(fs::read(fixture("bad_rows.csv")).unwrap());
    let reported: Vec<String> = loaded.rejected.iter().map(ToString::to_string).collect();
    let expected = [
        "record 2: name: a movie has a name",
        "record 3: name: a name has 1 to 300 characters",
        "record 5: popularity: popularity is 0 to 100",
        "record 6: popularity: a number is expected, not text",
        "record 7: imdb_score: a number is expected, not text; imdb_id: an IMDb id is \"tt\" and 7 to 10 digits",
        "record 8: year: a year is 1870 to 2100",
        "record 9: year: a whole number is expected",
        "record 10: genres/1: a genre has 1 to 50 characters",
        "record 11: poster_url: a poster URL looks like https://host/path",
        "record 12: line 15: it has 6 cells, but there are 9 columns",
        "record 13: line 16: it has 10 cells, but there are 9 columns",
    ];
    assert_eq!(reported, expected);
    assert_eq!(loaded.counted(), [3, 0, 0, 11]);
    assert_eq!(catalogue.names(), ["A good record", "Good, in every odd way", "Another good record"]);
    let odd = catalogue.drafts().swap_remove(1);
    assert_eq!(odd.genres.as_slice().iter().map(|genre| genre.as_str()).collect::<Vec<_>>(), ["Comedy", "Drama"]);
    assert_eq!(odd.details.director.map(String::from), Some("=HYPERLINK(1)".to_owned()));
}

/// Records of the same movie that differ in `id` and `votes` alone.
fn equals(ids: impl IntoIterator<Item = u64>) -> String {
    let record = |id| json!({"id": id, "name": "Twin", "director": null, "year": 1990, "votes": id, "version": 3});
    ids.into_iter().map(|id| format!("{}\n", record(id))).collect()
}

fn votes(catalogue: &Catalogue) -> Vec<u64> {
    let movies = catalogue.movies();
    movies.iter().filter_map(|movie| movie.details.votes).map(|votes| votes.get()).collect()
}

fn equal_records_with_different_ids_are_different_movies(database: &TestDatabase) {
    let catalogue = Catalogue::open(database.url());
    // In one batch and in later ones.
    let feed = equals([9, 2]) + &lines(1..=4_000) + &equals([5]) + &lines(4_001..=8_000) + &equals([1, 3]);
    assert_eq!(catalogue.load(feed.clone()).counted(), [8_005, 0, 0, 0]);
    assert_eq!(votes(&catalogue), [9, 2, 5, 1, 3]);
    let before = catalogue.movies();
    assert_eq!(catalogue.load(feed).counted(), [0, 0, 8_005, 0]);
    assert_eq!(catalogue.movies(), before);

    // Without ids they are one, as ever: the oldest.
    let without = r#"{"name": "twin", "director": null, "year": 1990, "votes": 70}"#;
    assert_eq!(catalogue.load(format!("{without}\n{without}\n")).counted(), [0, 1, 1, 0]);
    assert_eq!(votes(&catalogue), [70, 2, 5, 1, 3]);
}

fn the_first_of_equals_meets_the_oldest_movie_the_next_the_next(database: &TestDatabase) {
    let catalogue = Catalogue::open(database.url());
    catalogue.load(equals([1, 2, 3])).counted();
    assert_eq!(catalogue.load(equals([30, 10])).counted(), [0, 2, 0, 0]);
    assert_eq!(votes(&catalogue), [30, 10, 3]);
    assert_eq!(catalogue.load(equals(40..=44)).counted(), [2, 3, 0, 0]);
    assert_eq!(votes(&catalogue), [40, 41, 42, 43, 44]);

    // The IMDb id comes first, and who has one is not met by another record.
    let feed = json!([
        {"id": 7, "name": "Twin", "year": 1990, "director": null, "imdb_id": "tt0000007"},
        {"id": 8, "name": "Twin", "year": 1990, "director": null, "votes": 8},
        {"id": 9, "name": "Other", "imdb_id": "tt0000007"},
    ]);
    assert_eq!(catalogue.load(feed.to_string()).counted(), [0, 3, 0, 0]);
    assert_eq!(catalogue.names()[..2], ["Other", "Twin"]);
    assert_eq!(votes(&catalogue), [40, 8, 42, 43, 44]);

    // So it is where a record leaves out what the movies differ in.
    let feed = r#"[{"id": 1, "name": "Remake", "year": 1950}, {"id": 2, "name": "Remake", "year": 1990}]"#;
    assert_eq!(catalogue.load(feed).counted(), [2, 0, 0, 0]);
    let feed = r#"[{"id": 1, "name": "Remake", "year": 1990, "votes": 1}, {"id": 2, "name": "Remake", "votes": 2}]"#;
    assert_eq!(catalogue.load(feed).counted(), [0, 2, 0, 0]);
    assert_eq!(votes(&catalogue)[5..], [2, 1]);
}

fn a_record_whose_id_was_there_before_meets_the_same_movie(database: &TestDatabase) {
    let catalogue = Catalogue::open(database.url());
    let repeat =
        |votes: u64| format!("{{\"id\":2,\"name\":\"Twin\",\"director\":null,\"year\":1990,\"votes\":{votes}}}\n");
    let feed = equals([1, 2, 3]) + &repeat(20) + &lines(1..=5_000) + &equals([1]) + &repeat(21) + &equals([3]);
    assert_eq!(catalogue.load(feed).counted(), [5_003, 2, 2, 0]);
    assert_eq!(votes(&catalogue), [1, 21, 3]);
    // An id that another movie had in the file says nothing of that movie.
    let feed = r#"[{"id": 1, "name": "A", "votes": 1}, {"id": 1, "name": "B", "votes": 2}, {"id": 1, "name": "A"}]"#;
    assert_eq!(catalogue.load(feed).counted(), [2, 0, 1, 0]);
    assert_eq!(votes(&catalogue)[3..], [1, 2]);
}

fn a_load_of_equals_that_was_broken_off_is_completed(database: &TestDatabase) {
    let catalogue = Catalogue::open(database.url());
    let feed = equals(1..=9_000);
    let part = io::Cursor::new(feed.clone());
    let end =
        ingest::load(&catalogue.import(), &Admin::operator(), part, OnError::Continue, |_| ControlFlow::Break(()));
    assert!(matches!(end, Err(LoadError::Stopped)), "{end:?}");
    assert_eq!(catalogue.load(feed.clone()).counted(), [5_000, 0, 4_000, 0]);
    assert_eq!(votes(&catalogue), (1..=9_000).collect::<Vec<_>>());
    assert_eq!(catalogue.load(feed).counted(), [0, 0, 9_000, 0]);
}

/// Runs every write twice, as after a deadlock at the commit.
struct Deadlocked(Arc<dyn Store>);

impl Store for Deadlocked {
    fn read(&self, work: &mut dyn FnMut(&mut dyn Session) -> Result<()>) -> Result<()> {
        self.0.read(work)
    }

    fn write(&self, work: &mut dyn FnMut(&mut dyn Session) -> Result<()>) -> Result<()> {
        let undone = self.0.write(&mut |session| {
            work(session)?;
            Err(Error::Unavailable { what: "the database", cause: None })
        });
        assert!(undone.is_err());
        self.0.write(work)
    }
}

fn a_transaction_that_is_run_twice_takes_each_movie_once(database: &TestDatabase) {
    let catalogue = Catalogue::open(database.url());
    for expected in [[6_000, 0, 0, 0], [0, 0, 6_000, 0]] {
        let store = Arc::new(Deadlocked(catalogue.store()));
        let loaded = catalogue::load(store, io::Cursor::new(equals(1..=6_000)), OnError::Continue);
        assert_eq!(loaded.counted(), expected);
    }
    assert_eq!(votes(&catalogue), (1..=6_000).collect::<Vec<_>>());
}

/// Loads records in batches of this many.
fn apply(import: &Import, records: &[FeedRecord], at_once: usize) -> Vec<Outcome> {
    let mut feed = import.begin();
    records.chunks(at_once).flat_map(|batch| feed.apply(&Admin::operator(), batch).unwrap()).collect()
}

fn a_rehearsal_tells_what_a_load_does_and_changes_nothing(database: &TestDatabase) {
    let catalogue = Catalogue::open(database.url());
    catalogue.load(fs::read(fixture("imdb.json")).unwrap()).counted();
    let before = (catalogue.movies(), catalogue.last_change());
    let feed = fs::read_to_string(fixture("imdb.json")).unwrap().replace("\"Drama\"", "\"drama\", \"New\"");
    let rehearsal = bootstrap::rehearsal(catalogue.store()).unwrap();
    let told = catalogue::load_with(&rehearsal, io::Cursor::new(feed.clone()), OnError::Continue).counted();
    assert_eq!((catalogue.movies(), catalogue.last_change()), before);
    assert_eq!(catalogue.load(feed.clone()).counted(), told);
    assert!(told[1] > 100 && told[2] > 50, "{told:?}");
    // What it would have done is done for its next feed.
    assert_eq!(
        catalogue::load_with(&rehearsal, io::Cursor::new(feed), OnError::Continue).counted(),
        [0, 0, told.iter().sum(), 0]
    );
}

#[test]
fn what_is_written_during_a_rehearsal_does_not_end_it() {
    let database = testing::sqlite();
    let catalogue = Catalogue::open(database.url());
    let rehearsal = bootstrap::rehearsal(catalogue.store()).unwrap();
    let mut feed = rehearsal.begin();
    let record = |name: &str| {
        let imdb_id = Field::Value("tt0000001".to_owned());
        FeedRecord {
            id: None,
            patch: MoviePatch { name: Field::Value(name.to_owned()), imdb_id, ..MoviePatch::default() },
        }
    };
    assert_eq!(feed.apply(&Admin::operator(), &[record("A")]).unwrap(), [Outcome::Created]);
    catalogue.load(r#"[{"name": "B", "imdb_id": "tt0000001"}, {"name": "C", "genres": ["New"]}]"#).counted();
    let others =
        [record("A"), FeedRecord { id: None, patch: MoviePatch { imdb_id: Field::Absent, ..record("C").patch } }];
    assert_eq!(feed.apply(&Admin::operator(), &others).unwrap(), [Outcome::Unchanged, Outcome::Unchanged]);
}

prop_compose! {
    fn some_record()(
        id in proptest::option::of(1_u64..6),
        name in 0..3,
        year in proptest::option::of(proptest::option::of(1990..1992)),
        director in proptest::option::of(proptest::option::of(0..2)),
        imdb_id in proptest::option::weighted(0.3, proptest::option::of(1..4)),
        genre in proptest::option::of(proptest::sample::select(vec!["War", "war", "Drama"])),
        votes in 0..3,
    ) -> FeedRecord {
        fn field<A, B>(value: Option<Option<A>>, field: impl FnOnce(A) -> B) -> Field<B> {
            value.map_or(Field::Absent, |value| value.map_or(Field::Null, |value| Field::Value(field(value))))
        }
        FeedRecord { id, patch: MoviePatch {
            name: Field::Value(format!("Movie {name}")),
            year: field(year, f64::from),
            director: field(director, |n| format!("Director {n}")),
            imdb_id: field(imdb_id, |n| format!("tt{n:07}")),
            genres: field(genre.map(Some), |genre| vec![genre.to_owned()]),
            votes: Field::Value(f64::from(votes)),
            ..MoviePatch::default()
        } }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_rehearsal_is_exact_and_batches_make_no_difference(
        known in proptest::collection::vec(some_record(), 0..12),
        records in proptest::collection::vec(some_record(), 0..30),
        at_once in 1_usize..8,
    ) {
        let (one, other) = (testing::sqlite(), testing::sqlite());
        let (one, other) = (Catalogue::open(one.url()), Catalogue::open(other.url()));
        for catalogue in [&one, &other] {
            apply(&catalogue.import(), &known, 5);
        }
        let rehearsed = apply(&bootstrap::rehearsal(one.store()).unwrap(), &records, at_once);
        prop_assert_eq!(&rehearsed, &apply(&one.import(), &records, at_once));
        prop_assert_eq!(&rehearsed, &apply(&other.import(), &records, 1_000));
        prop_assert_eq!(one.drafts(), other.drafts());
    }

    #[test]
    fn a_feed_of_different_movies_loaded_again_changes_nothing(
        known in proptest::collection::vec(some_record(), 0..12),
        records in proptest::collection::vec(some_record(), 0..30),
        at_once in 1_usize..8,
    ) {
        let database = testing::sqlite();
        let catalogue = Catalogue::open(database.url());
        // A record that takes a movie's IMDb id away can meet other movies the next time than it met before.
        let mut known = known;
        known.iter_mut().for_each(|record| record.patch.imdb_id = Field::Absent);
        apply(&catalogue.import(), &known, 5);
        // As an export has them: each movie once, everything mentioned, no IMDb id twice.
        let mut imdb_ids = std::collections::HashSet::new();
        let records: Vec<FeedRecord> = (1..)
            .zip(records)
            .map(|(id, mut record)| {
                let patch = &mut record.patch;
                for field in [&mut patch.director, &mut patch.imdb_id] {
                    if *field == Field::Absent {
                        *field = Field::Null;
                    }
                }
                if patch.year == Field::Absent {
                    patch.year = Field::Null;
                }
                if let Field::Value(imdb_id) = &patch.imdb_id
                    && !imdb_ids.insert(imdb_id.clone())
                {
                    patch.imdb_id = Field::Null;
                }
                FeedRecord { id: Some(id), ..record }
            })
            .collect();
        apply(&catalogue.import(), &records, at_once);
        let before = catalogue.movies();
        let again = apply(&catalogue.import(), &records, 7);
        prop_assert!(again.iter().all(|outcome| *outcome == Outcome::Unchanged), "{:?}", again);
        prop_assert_eq!(catalogue.movies(), before);
    }
}
