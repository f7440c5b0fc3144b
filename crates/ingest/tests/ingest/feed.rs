//! What feeds may look like, and what is said of those that are damaged.

use std::{
    io::{self, Read, Write},
    ops::ControlFlow,
};

use domain::movie::{Field, MoviePatch};
use flate2::{Compression, write::GzEncoder};
use ingest::{
    csv::{COLUMNS, neutralised},
    feed::{self, Error, Form, Format, MAX_RECORD_BYTES, Record},
};
use proptest::prelude::*;

fn read(feed: &[u8]) -> (Vec<Record>, Result<(), Error>) {
    let mut records = Vec::new();
    let end = feed::read(feed, &mut |record| {
        records.push(record);
        ControlFlow::Continue(())
    });
    (records, end)
}

/// The names of the records of a feed without faults.
fn names(feed: &[u8]) -> Vec<String> {
    let (records, end) = read(feed);
    assert!(end.is_ok(), "{end:?} in {:?}", String::from_utf8_lossy(feed));
    records.iter().map(name).collect()
}

fn name(record: &Record) -> String {
    match &record.content {
        Ok(MoviePatch { name: Field::Value(name), .. }) => name.clone(),
        other => panic!("record {} has no name: {other:?}", record.number),
    }
}

/// What came of a feed: the names of its records, `!` for one that was refused, and the error at its end.
fn told(feed: &[u8]) -> (Vec<String>, String) {
    let (records, end) = read(feed);
    let names = records.iter().map(|r| if r.content.is_ok() { name(r) } else { "!".to_owned() }).collect();
    (names, end.err().map(|error| error.to_string()).unwrap_or_default())
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

const ARRAY: &str = r#"[
  {"99popularity": 83.0, "director": "Victor Fleming", "genre": ["Adventure", " Family"], "imdb_score": 8.3, "name": "The Wizard of Oz"},
  {"99popularity": 88.0, "director": "George Lucas", "genre": ["Action", " Sci-Fi"], "imdb_score": 8.8, "name": "Star Wars"}
]
"#;

/// The same two records in every layout.
fn layouts() -> Vec<Vec<u8>> {
    let records: Vec<&str> = ARRAY.lines().skip(1).take(2).map(|line| line.trim().trim_end_matches(',')).collect();
    let (a, b) = (records[0], records[1]);
    let pretty =
        |record: &str| serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(record).unwrap());
    let texts = [
        ARRAY.to_owned(),
        format!("[{a},{b}]"),
        format!("{{\"movies\": {ARRAY}}}"),
        format!("{{\"count\": 2, \"next\": null, \"page\": {{\"of\": [1]}}, \"results\": [{a},{b}], \"version\": 3}}"),
        format!("{a}\n{b}\n"),
        format!("{a}\n{b}"),
        format!("\n{a}\n\n{b}\n \n"),
        format!("{}\n{}", pretty(a).unwrap(), pretty(b).unwrap()),
        format!("[{a}]\n[{b}]"),
    ];
    let crlf = texts.iter().map(|text| text.replace('\n', "\r\n"));
    let marked = texts.iter().map(|text| format!("\u{feff}{text}"));
    texts.iter().cloned().chain(crlf).chain(marked).map(String::into_bytes).collect()
}

#[test]
fn every_layout_holds_the_same_records() {
    let contents = |feed: &[u8]| {
        let (records, end) = read(feed);
        assert!(end.is_ok(), "{end:?}");
        records.into_iter().map(|r| (r.number, r.content.unwrap())).collect::<Vec<_>>()
    };
    let expected = contents(ARRAY.as_bytes());
    assert_eq!(expected.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [1, 2]);
    for feed in layouts() {
        assert_eq!(contents(&feed), expected, "{}", String::from_utf8_lossy(&feed));
        assert_eq!(contents(&gzip(&feed)), expected);
    }
}

#[test]
fn a_gzip_file_may_have_several_members() {
    let feed = [gzip(b"{\"name\":\"A\"}\n{\"na"), gzip(b"me\":\"B\"}\n")].concat();
    assert_eq!(names(&feed), ["A", "B"]);
}

#[test]
fn one_object_is_one_record() {
    assert_eq!(names(b"{\"name\": \"A\"}"), ["A"]);
    assert_eq!(names(b"{\n  \"id\": 7,\n  \"name\": \"A\",\n  \"genres\": [\"War\"]\n}\n"), ["A"]);
}

#[test]
fn an_object_that_names_a_movie_holds_no_feed() {
    let (records, end) = read(b"{\"name\": \"A\", \"cast\": [{\"name\": \"B\"}]}");
    assert!(end.is_ok());
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].content.as_ref().unwrap_err().to_string(), "cast: a movie has no field of this name");
}

#[test]
fn a_feed_without_records_is_a_feed() {
    for feed in ["[]", "{\"movies\": []}", " [ ] "] {
        assert_eq!(names(feed.as_bytes()), [""; 0]);
    }
}

#[test]
fn what_is_no_feed_is_named_so() {
    for feed in [&b""[..], b" \n", "\u{feff}".as_bytes(), &gzip(b"")] {
        assert!(matches!(read(feed).1, Err(Error::Empty)), "{feed:?}");
    }
    for feed in [&b"title;director\nA;B\n"[..], b"\"text\"", b"12", b"<html>", b"\xff\xfe[\0]\0", &gzip(b"PK")] {
        assert!(matches!(read(feed).1, Err(Error::NotAFeed)), "{feed:?}");
    }
}

#[test]
fn a_damaged_element_costs_one_record() {
    let deep =
        format!("[{{\"name\":\"A\"}},{{\"name\":{}1{}}},{{\"name\":\"C\"}}]", "[".repeat(9_999), "]".repeat(9_999));
    let elements = [
        deep.as_str(),
        "[{\"name\":\"A\"},{\"votes\":1e999},{\"name\":\"C\"}]",
        "[{\"name\":\"A\"},null,{\"name\":\"C\"}]",
    ];
    for feed in elements {
        assert_eq!(told(feed.as_bytes()), (vec!["A".into(), "!".into(), "C".into()], String::new()));
    }
}

#[test]
fn a_damaged_line_costs_one_record() {
    let long = format!("{{\"name\":\"{}\"}}", "x".repeat(3 * MAX_RECORD_BYTES));
    for line in [&b"oops"[..], b"{\"name\": ", b"{\"name\": \"\xff\"}", b"{\"name\":\"B\"},", b"[]", long.as_bytes()] {
        let first = [line, b"\n{\"name\":\"A\"}\n{\"name\":\"C\"}\n"].concat();
        let middle = [b"{\"name\":\"A\"}\r\n", line, b"\n{\"name\":\"C\"}\n"].concat();
        let last = [b"{\"name\":\"A\"}\n{\"name\":\"C\"}\n", line, b"\r\n"].concat();
        if !line.starts_with(b"[") && line.len() < MAX_RECORD_BYTES {
            assert_eq!(told(&first), (vec!["!".into(), "A".into(), "C".into()], String::new()));
        }
        assert_eq!(told(&middle), (vec!["A".into(), "!".into(), "C".into()], String::new()));
        assert_eq!(told(&last), (vec!["A".into(), "C".into(), "!".into()], String::new()));
    }
    let (records, _) = read(b"{\"name\":\"A\"}\n\n{\"name\" \"B\"}\n{\"name\":\"C\"}\n");
    assert_eq!(records[1].content.as_ref().unwrap_err().to_string(), "line 3, column 9: expected `:`");
}

#[test]
fn a_feed_of_lines_that_was_cut_off_is_an_error() {
    let (names, error) = told(b"{\"name\":\"A\"}\n{\"name\":\"B\"}\n{\"name\":\"C");
    assert_eq!(names, ["A", "B"]);
    assert_eq!(error, "record 3 (line 3, column 10) cannot be read: EOF while parsing a string");
}

#[test]
fn an_array_that_is_damaged_or_cut_off_is_an_error_after_what_came_before() {
    for (feed, message) in [
        (
            "[{\"name\":\"A\"},\n{\"name\":\"B\"}, {oops}]",
            "record 3 (line 2, column 16) cannot be read: key must be a string",
        ),
        ("[{\"name\":\"A\"},\n{\"name\":\"B\"}", "record 3 (line 2, column 12) cannot be read: the feed ends here"),
        (
            "[{\"name\":\"A\"},\n{\"name\":\"B\"},\n{\"na",
            "record 3 (line 3, column 4) cannot be read: the feed ends here",
        ),
        (
            "{\"movies\":[{\"name\":\"A\"},\n{\"name\":\"B\"}",
            "record 3 (line 2, column 12) cannot be read: the feed ends here",
        ),
        ("[{\"name\":\"A\"},{\"name\":\"B\"}] oops", "record 3 (line 1, column 29) cannot be read: expected value"),
    ] {
        assert_eq!(told(feed.as_bytes()), (vec!["A".into(), "B".into()], message.to_owned()), "{feed}");
    }
    let (names, error) = told(b"[{\"name\":\"A\"},\n {\"name\":\"\xff\"}]");
    assert_eq!(
        (names, error.as_str()),
        (vec!["A".into()], "record 2 (line 2, column 11) cannot be read: invalid unicode code point")
    );
}

#[test]
fn an_array_cut_off_anywhere_is_an_error() {
    for feed in [ARRAY.to_owned(), format!("{{\"movies\":\n{ARRAY}}}")] {
        let feed = feed.trim_end();
        for end in 1..feed.len() {
            let (records, error) = told(&feed.as_bytes()[..end]);
            assert!(!error.is_empty() && records.len() <= 2 && !records.contains(&"!".into()), "{:?}", &feed[..end]);
        }
    }
}

#[test]
fn a_gzip_file_cut_off_anywhere_is_an_error() {
    let whole = gzip(&layouts()[4]);
    for end in 1..whole.len() {
        let (records, end) = read(&whole[..end]);
        assert!(end.is_err() && records.len() <= 2);
    }
    let lines: String = (0..50_000).map(|i| format!("{{\"name\":\"{i}\"}}\n")).collect();
    let long = gzip(lines.as_bytes());
    let (records, end) = read(&long[..long.len() / 2]);
    assert!(records.len() > 10_000, "what came before is handed out");
    assert!(
        end.unwrap_err().to_string().starts_with(&format!("it cannot be read (from record {} on)", records.len() + 1))
    );
}

#[test]
fn an_element_has_a_bounded_length() {
    let feed = format!("[{{\"name\":\"A\"}},{{\"name\":\"{}\"}}]", "x".repeat(2 * MAX_RECORD_BYTES));
    let (names, error) = told(feed.as_bytes());
    assert_eq!(names, ["A"]);
    assert_eq!(error, "it cannot be read (from record 2 on): a record takes at most 1048576 bytes");
}

#[test]
fn nesting_without_end_is_an_error() {
    for feed in ["[".repeat(900_000), "{\"a\":".repeat(100_000), "[[".repeat(900_000), "{\"name\":[".repeat(100_000)] {
        let (names, error) = told(feed.as_bytes());
        assert!(names.is_empty() && !error.is_empty());
    }
}

#[test]
fn csv_is_told_by_its_first_row() {
    let csv = b"director,Name\nVictor Fleming,The Wizard of Oz\n";
    for feed in [&csv[..], b"\xef\xbb\xbf\"name\"\r\nThe Wizard of Oz", &gzip(csv)] {
        assert_eq!(names(feed), ["The Wizard of Oz"]);
    }
    let read_as = |format, text: &[u8]| {
        let mut count = 0;
        let form = Form { format: Some(format), ..Form::default() };
        let end = feed::read_as(text, &form, &mut |_| {
            count += 1;
            ControlFlow::Continue(())
        });
        (count, end)
    };
    assert!(matches!(read_as(Format::Csv, csv), (1, Ok(()))));
    assert!(matches!(read_as(Format::Json, csv), (0, Err(Error::NotAFeed))));
    assert!(matches!(read_as(Format::Csv, ARRAY.as_bytes()), (0, Err(Error::Columns { .. }))));
    assert!(matches!(read_as(Format::Csv, b" \n"), (0, Err(Error::Empty))));
}

#[test]
fn a_row_says_what_an_object_says() {
    let csv = "Imdb_ID, name ,genres,popularity,imdb_score,overview,year,votes,director,id,version,created_at\r\n\
               tt0000001,\" A, \"\"B\"\"\",Action| Sci-Fi,88,\" 8.8\",\"two\r\nlines\",,,'=1+1,7,3,x\r\n";
    let json = r#"{"imdb_id": "tt0000001", "name": " A, \"B\"", "genres": ["Action", "Sci-Fi"], "popularity": 88.0,
        "imdb_score": 8.8, "overview": "two\r\nlines", "year": null, "votes": null, "director": "=1+1", "id": 7}"#;
    let one = |feed: &str| {
        let (mut records, end) = read(feed.as_bytes());
        assert!(end.is_ok() && records.len() == 1, "{end:?}");
        let Record { number, id, content, .. } = records.remove(0);
        (number, id, content.unwrap())
    };
    assert_eq!(one(csv), one(json));
    assert_eq!(one(csv).1, Some(7));
    assert_eq!(one(csv).2.poster_url, Field::Absent);
}

#[test]
fn columns_that_are_not_known_end_the_feed() {
    for (header, complaint) in [
        ("name,stars", "column 2 (\"stars\") is not known"),
        ("name,", "column 2 (\"\") is not known"),
        ("genre,name,Genres", "column 3 (\"Genres\") is there twice"),
        ("director,year", "there is no column \"name\""),
    ] {
        let (records, error) = told(format!("{header}\nA,B,C\n").as_bytes());
        assert_eq!((records.len(), error), (0, format!("{complaint}; the columns of CSV are {}", COLUMNS.join(", "))));
    }
    assert_eq!(names(b"name,year\n"), [""; 0]);
}

#[test]
fn a_damaged_row_costs_one_record() {
    for (row, reason) in [
        (&b"B"[..], "line 3: it has 1 cells, but there are 2 columns"),
        (b"B,1999,Drama", "line 3: it has 3 cells, but there are 2 columns"),
        (b"B\xff,1999", "line 3: cell 1 is not UTF-8"),
        (b"B,soon", "year: a number is expected, not text"),
    ] {
        let feed = [b"name,year\nA,\n", row, b"\nC,2001\n"].concat();
        assert_eq!(told(&feed), (vec!["A".into(), "!".into(), "C".into()], String::new()));
        assert_eq!(read(&feed).0[1].content.as_ref().unwrap_err().to_string(), reason);
    }
}

#[test]
fn a_csv_that_was_cut_off_is_an_error() {
    for rest in ["B", "\"B\n", "2,\"B\n", "\"B,2\nC,3\n", "B,\"2", "B,\"2\n"] {
        let (names, error) = told(format!("name,year\nA,1\n{rest}").as_bytes());
        assert_eq!(names, ["A"], "{rest:?}");
        assert_eq!(error, "record 2 (line 3, column 1) cannot be read: the feed ends here");
    }
    for end in ["", "\n", "\r\n", "\n\n"] {
        for last in ["B,2", "B,\"2\""] {
            let feed = format!("name,year\nA,1\n{last}{end}");
            assert_eq!(names(feed.as_bytes()), ["A", "B"], "{feed:?}");
        }
    }
}

#[test]
fn a_row_has_a_bounded_length() {
    let feed = format!("name\nA\n\"{}\"\nC\n", "x".repeat(2 * MAX_RECORD_BYTES));
    let (names, error) = told(feed.as_bytes());
    assert_eq!(names, ["A"]);
    assert_eq!(error, "it cannot be read (from record 2 on): a record takes at most 1048576 bytes");
}

#[test]
fn a_feed_has_a_bounded_length_unpacked() {
    let lines: String = (0..50_000).map(|i| format!("{{\"name\":\"{i}\"}}\n")).collect();
    let read_at_most = |max_bytes: usize, feed: &[u8]| {
        let mut count = 0;
        let form = Form { max_bytes: Some(max_bytes as u64), ..Form::default() };
        let end = feed::read_as(feed, &form, &mut |_| {
            count += 1;
            ControlFlow::Continue(())
        });
        (count, end.err().map(|error| error.to_string()))
    };
    for feed in [lines.clone().into_bytes(), gzip(lines.as_bytes())] {
        assert_eq!(read_at_most(lines.len(), &feed), (50_000, None));
        let message = "it has more than 170 bytes: it is read up to record 13".to_owned();
        assert_eq!(read_at_most(170, &feed), (12, Some(message)), "ten lines of 13 bytes, two of 14");
    }
}

#[test]
fn what_is_said_to_be_compressed_has_to_be() {
    let form = Form { gzip: true, ..Form::default() };
    let read = |feed: &[u8]| feed::read_as(feed, &form, &mut |_| ControlFlow::Continue(()));
    assert!(read(&gzip(ARRAY.as_bytes())).is_ok());
    assert!(matches!(read(ARRAY.as_bytes()), Err(Error::Source { record: 1, .. })));
}

/// Elements without end; counts how much was taken of them.
struct Endless {
    element: &'static [u8],
    at: usize,
    taken: u64,
}

impl Read for &mut Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = (&self.element[self.at..]).read(buffer)?;
        self.at = (self.at + n) % self.element.len();
        self.taken += n as u64;
        Ok(n)
    }
}

#[test]
fn records_are_handed_out_while_the_feed_is_read() {
    for (start, element) in
        [("", &b"{\"name\":\"A\"}\n"[..]), ("[", b"{\"name\":\"A\"},"), ("{\"a\":[", b"{\"name\":\"A\"},")]
    {
        let mut source = Endless { element, at: 0, taken: 0 };
        let mut left = 1_000;
        let end = feed::read(start.as_bytes().chain(&mut source), &mut |_| {
            left -= 1;
            if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert!(end.is_ok() && left == 0, "{end:?}");
        assert!(source.taken < 3 * MAX_RECORD_BYTES as u64, "{}", source.taken);
    }
}

fn text_cell(text: &Field<String>) -> String {
    match text {
        Field::Value(text) => format!("\"{}\"", neutralised(text).replace('"', "\"\"")),
        _ => String::new(),
    }
}

fn number_cell(number: &Field<f64>) -> String {
    match number {
        Field::Value(number) => number.to_string(),
        _ => String::new(),
    }
}

prop_compose! {
    /// A record as a row can say it: an empty text is none.
    fn some_record()(
        id in proptest::option::of(any::<u64>()),
        name in any::<String>(),
        director in any::<String>(),
        overview in any::<String>(),
        genres in proptest::collection::vec("[-='+@A-Za-zé]{1,8}", 0..4),
        imdb_score in proptest::option::of(0.0..=10.0),
        votes in proptest::option::of(any::<u32>()),
    ) -> (Option<u64>, MoviePatch) {
        fn field<T>(value: Option<T>) -> Field<T> {
            value.map_or(Field::Null, Field::Value)
        }
        let text = |text: String| field(Some(text).filter(|text| !text.is_empty()));
        let patch = MoviePatch {
            name: text(name),
            director: text(director),
            overview: text(overview),
            genres: field(Some(genres).filter(|genres| !genres.is_empty())),
            imdb_score: field(imdb_score),
            votes: field(votes.map(f64::from)),
            ..MoviePatch::default()
        };
        (id, patch)
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes);
        let _ = read(&gzip(&bytes));
        let _ = read(&[&gzip(b"[]")[..8], &bytes[..]].concat());
    }

    #[test]
    fn no_near_miss_makes_the_reader_panic(
        feed in proptest::sample::select(layouts()),
        at in any::<proptest::sample::Index>(),
        with in any::<u8>(),
        cut in any::<bool>(),
    ) {
        let mut feed = feed;
        let at = at.index(feed.len());
        feed[at] = with;
        if cut {
            feed.truncate(at + 1);
        }
        let (records, _) = read(&feed);
        prop_assert!(records.len() <= 12);
    }

    #[test]
    fn every_record_comes_out_of_csv_as_it_went_in(
        records in proptest::collection::vec(some_record(), 1..20),
        order in Just(["id", "name", "director", "genres", "imdb_score", "votes", "overview"]).prop_shuffle(),
        end in proptest::sample::select(vec!["\n", "\r\n"]),
    ) {
        let mut csv = order.join(",") + end;
        for (id, patch) in &records {
            let cell = |column: &&str| match *column {
                "id" => id.map(|id| id.to_string()).unwrap_or_default(),
                "name" => text_cell(&patch.name),
                "director" => text_cell(&patch.director),
                "overview" => text_cell(&patch.overview),
                "imdb_score" => number_cell(&patch.imdb_score),
                "votes" => number_cell(&patch.votes),
                _ => match &patch.genres {
                    Field::Value(names) => neutralised(&names.join("|")).into_owned(),
                    _ => String::new(),
                },
            };
            csv += &(order.iter().map(cell).collect::<Vec<_>>().join(",") + end);
        }
        let (found, ended) = read(csv.as_bytes());
        prop_assert!(ended.is_ok(), "{:?}", ended);
        let found: Vec<_> = found.into_iter().map(|record| (record.id, record.content.unwrap())).collect();
        prop_assert_eq!(found, records);
    }

    #[test]
    fn no_near_miss_of_csv_makes_the_reader_panic(
        at in any::<proptest::sample::Index>(),
        with in any::<u8>(),
    ) {
        let mut feed = b"name,year\r\n\"A, \"\"B\"\"\",1999\r\nC,2000\r\n".to_vec();
        let at = at.index(feed.len());
        feed[at] = with;
        let _ = read(&feed);
        let _ = read(&feed[..at]);
    }

    #[test]
    fn every_text_comes_out_as_it_went_in(names in proptest::collection::vec(any::<String>(), 1..20)) {
        let records: Vec<_> = names.iter().map(|name| serde_json::json!({"name": name})).collect();
        let array = serde_json::to_vec(&records).unwrap();
        let lines = records.iter().map(|r| format!("{r}\n")).collect::<String>();
        for feed in [array, lines.into_bytes()] {
            prop_assert_eq!(&super::feed::names(&feed), &names);
        }
    }
}
