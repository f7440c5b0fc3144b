//! What a load stores, on every database.

use std::{
    fs,
    io::{self, Read, Write},
    ops::ControlFlow,
    sync::{Arc, mpsc},
};

use domain::{
    Error, Result,
    ports::{Session, Store},
    user::Admin,
};
use flate2::{Compression, write::GzEncoder};
use ingest::{LoadError, OnError};
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
    ]
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
