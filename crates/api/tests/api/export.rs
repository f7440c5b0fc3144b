//! Reading everything at once.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use reqwest::Method;
use rustix::net::{AddressFamily, SocketType, connect, socket, sockopt};
use serde_json::{Value, json};
use tempfile::TempDir;
use testing::TestDatabase;

use crate::{
    movies::{MOVIES, add},
    test_app::{Ask, TestApp},
};

testing::on_every_database! {
    an_export_holds_the_list_in_every_format,
    an_export_has_the_filters_and_orders_of_lists,
    an_empty_export_is_complete,
    a_wrong_export_is_refused,
    head_says_what_an_export_would_be,
    those_who_may_read_may_export,
    an_export_shows_the_state_in_which_it_began,
    exports_at_once_are_limited_and_one_that_is_left_makes_room,
    an_export_that_nobody_takes_is_cut_off_and_does_not_look_complete,
}

const EXPORT: &str = "/api/v1/export";

/// Movies with gaps, ties, and what CSV has to quote.
fn seed(app: &TestApp) -> Vec<Value> {
    let token = app.admin_token();
    let mut movies = vec![
        json!({ "name": "=1+1", "director": "A, B", "genres": ["Drama", "War"], "year": 1977, "popularity": 88.0 }),
        json!({ "name": "\"Quoted\"", "overview": "Two\nlines", "genres": ["Drama"], "imdb_score": 8.8, "votes": 0 }),
        json!({ "name": "Amélie", "year": 2001, "runtime_minutes": 122, "poster_url": "https://example.org/a,b" }),
    ];
    movies.extend((0..9).map(|i| json!({ "name": format!("Part {i}"), "popularity": i % 3, "year": 2000 })));
    movies.iter().map(|movie| add(app, &token, movie)).collect()
}

/// The movies of an export as NDJSON.
#[track_caller]
fn exported(app: &TestApp, query: &str) -> Vec<Value> {
    let answer = app.get(&format!("{EXPORT}?{query}")).answer();
    assert_eq!(answer.status, 200, "{query}: {answer:?}");
    lines(&answer.text)
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The same from lists, page by page.
fn listed(app: &TestApp, query: &str) -> Vec<Value> {
    let mut next = Some(format!("{MOVIES}?{query}&limit=5"));
    let mut found = Vec::new();
    while let Some(path) = next {
        let page = app.get(&path).answer();
        assert_eq!(page.status, 200, "{query}: {page:?}");
        found.extend(page.json()["items"].as_array().unwrap().iter().cloned());
        next = page.json()["next"].as_str().map(str::to_owned);
    }
    found
}

fn an_export_holds_the_list_in_every_format(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    seed(&app);
    let movies = listed(&app, "");
    for (query, name, content_type) in [
        ("", "ndjson", "application/x-ndjson"),
        ("format=ndjson", "ndjson", "application/x-ndjson"),
        ("format=json", "json", "application/json"),
        ("format=csv", "csv", "text/csv; charset=utf-8; header=present"),
    ] {
        let answer = app.get(&format!("{EXPORT}?{query}")).answer();
        assert_eq!((answer.status, answer.header("content-type")), (200, content_type));
        let disposition = format!("attachment; filename=\"movies.{name}\"");
        assert_eq!((answer.header("content-disposition"), answer.header("cache-control")), (&*disposition, "no-cache"));
        match name {
            "ndjson" => assert_eq!(lines(&answer.text), movies),
            "json" => assert_eq!(answer.json(), json!(movies)),
            _ => {
                let rows: Vec<&str> = answer.text.split("\r\n").collect();
                assert_eq!((rows.len(), rows[rows.len() - 1]), (movies.len() + 2, ""));
                assert!(rows[0].starts_with("id,name,director,genres,popularity,"), "{}", rows[0]);
                assert!(rows[1].starts_with("1,'=1+1,\"A, B\",Drama|War,88,,1977,,,,,,1,20"), "{}", rows[1]);
                let quoted = rows.iter().find(|row| row.contains("Quoted")).unwrap();
                assert!(quoted.starts_with("2,\"\"\"Quoted\"\"\",,Drama,,8.8,,,0,,\"Two\nlines\",,1,20"), "{quoted}");
            }
        }
    }
}

fn an_export_has_the_filters_and_orders_of_lists(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    seed(&app);
    let keys = ["popularity", "imdb_score", "name", "director", "year", "runtime_minutes", "votes", "created_at"];
    let one_way = keys.map(|key| format!("sort={key}"));
    let other_way = keys.map(|key| format!("sort=-{key}"));
    let others = [
        "sort=id",
        "sort=-id",
        "sort=-updated_at,-name",
        "genre=drama",
        "genre=Drama,War|Nothing&year.gte=1970",
        "genre.not=Drama&sort=-year,name",
        "q=part",
        "q=par",
        "q=part&sort=relevance,-name",
        "search=part,2&sort=-name",
        "name=amelie",
        "popularity.gt=0&popularity.lt=88&sort=popularity",
        "created_at.gte=2020-01-01T00:00:00Z",
    ];
    for query in one_way.into_iter().chain(other_way).chain(others.map(str::to_owned)) {
        let expected = listed(&app, &query);
        assert!(!expected.is_empty(), "{query}");
        assert_eq!(exported(&app, &query), expected, "{query}");
    }
}

fn an_empty_export_is_complete(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let csv = app.get(&format!("{EXPORT}?format=csv")).answer();
    assert_eq!((csv.text.lines().count(), csv.text.ends_with("\r\n")), (1, true));
    assert_eq!(app.get(&format!("{EXPORT}?format=json")).answer().json(), json!([]));
    let ndjson = app.get(&format!("{EXPORT}?genre=Nothing")).answer();
    assert_eq!((ndjson.status, &*ndjson.text), (200, ""));
}

fn a_wrong_export_is_refused(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    for (query, field, code) in [
        ("format=xml", "format", "invalid_value"),
        ("format=", "format", "invalid_value"),
        ("format=csv&format=csv", "format", "repeated_parameter"),
        ("limit=5", "limit", "unknown_parameter"),
        ("offset=0", "offset", "unknown_parameter"),
        ("cursor=x", "cursor", "unknown_parameter"),
        ("sort=colour", "sort", "invalid_value"),
        ("year.gte=x", "year.gte", "invalid_value"),
    ] {
        let answer = app.get(&format!("{EXPORT}?{query}")).answer();
        assert_eq!(answer.errors(400), [(field.to_owned(), code.to_owned())], "{query}");
    }
    assert_eq!(app.get(&format!("{EXPORT}?genres=x")).answer().problem(400)["did_you_mean"], "genre");
    let lenient = app.get(&format!("{EXPORT}?limit=5")).header("prefer", "handling=lenient, count=exact").answer();
    assert_eq!((lenient.status, lenient.header("preference-applied")), (200, "handling=lenient"));
    assert_eq!(app.post(EXPORT).answer().problem(405)["status"], 405);
}

fn head_says_what_an_export_would_be(database: &TestDatabase) {
    let app = TestApp::spawn_with(database, &[("SERVER__EXPORTS_AT_ONCE", "1")]);
    seed(&app);
    for _ in 0..3 {
        let head = app.request(Method::HEAD, &format!("{EXPORT}?format=csv")).answer();
        assert_eq!((head.status, &*head.text), (200, ""));
        assert_eq!(head.header("content-type"), "text/csv; charset=utf-8; header=present");
        assert_eq!(head.header("content-disposition"), "attachment; filename=\"movies.csv\"");
    }
    assert_eq!(app.request(Method::HEAD, &format!("{EXPORT}?format=xml")).answer().status, 400);
    let raw = app.raw(format!("HEAD {EXPORT} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes());
    assert!(raw.starts_with("HTTP/1.1 200") && raw.ends_with("\r\n\r\n") && !raw.contains("Part"), "{raw}");
}

fn those_who_may_read_may_export(database: &TestDatabase) {
    let app = TestApp::spawn_with(database, &[("AUTH__ANONYMOUS_READ", "false")]);
    app.get(EXPORT).answer().problem(401);
    app.get(EXPORT).bearer_auth("mq_wrong").answer().problem(401);
    let answer = app.get(EXPORT).bearer_auth(app.user_token("reader")).answer();
    assert_eq!((answer.status, answer.header("cache-control")), (200, "private, no-cache"));
}

/// A catalogue that fits into no buffer between a server and its client.
struct Large {
    app: TestApp,
    _feed: TempDir,
}

impl Large {
    const MOVIES: usize = 1_500;

    fn spawn(database: &TestDatabase, settings: &[(&str, &str)]) -> Self {
        let feed = tempfile::tempdir().unwrap();
        let path = feed.path().join("feed.json");
        let overview = "x".repeat(4_500);
        let records = (0..Self::MOVIES).map(|i| json!({ "name": format!("Movie {i}"), "overview": overview }));
        fs::write(&path, records.map(|record| format!("{record}\n")).collect::<String>()).unwrap();
        let settings = [&[("DATA__FIXTURE", path.to_str().unwrap())], settings].concat();
        Self { app: TestApp::spawn_with(database, &settings), _feed: feed }
    }

    /// Asks for an export over a connection with small buffers, and reads its beginning.
    fn slow_export(&self) -> (TcpStream, Vec<u8>) {
        let address: SocketAddr = self.app.address.parse().unwrap();
        let stream = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
        sockopt::set_socket_recv_buffer_size(&stream, 8_192).unwrap();
        connect(&stream, &address).unwrap();
        let mut stream = TcpStream::from(stream);
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream.write_all(format!("GET {EXPORT}?sort=id HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).unwrap();
        let mut begin = vec![0; 2_000];
        stream.read_exact(&mut begin).unwrap();
        assert!(begin.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&begin));
        (stream, begin)
    }
}

/// The body of a chunked answer, and whether it is complete.
fn unchunked(answer: &[u8]) -> (Vec<u8>, bool) {
    let head = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    let (mut rest, mut body) = (&answer[head..], Vec::new());
    loop {
        let Some(line) = rest.windows(2).position(|window| window == b"\r\n") else { return (body, false) };
        let length = usize::from_str_radix(str::from_utf8(&rest[..line]).unwrap(), 16).unwrap();
        rest = &rest[line + 2..];
        if length == 0 {
            return (body, true);
        }
        if rest.len() < length + 2 {
            return (body, false);
        }
        body.extend_from_slice(&rest[..length]);
        rest = &rest[length + 2..];
    }
}

/// Reads to the end of a chunked body, or of the connection.
fn read_on(stream: &mut TcpStream, answer: &mut Vec<u8>) {
    let mut buffer = vec![0; 1 << 16];
    while !answer.ends_with(b"\r\n0\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(0) => return,
            Ok(count) => answer.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return,
            Err(error) => panic!("{error}"),
        }
    }
}

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let give_up = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < give_up, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn an_export_shows_the_state_in_which_it_began(database: &TestDatabase) {
    // It must not be the export that has the only connection.
    let large = Large::spawn(database, &[("DATABASE__POOL_SIZE", "1")]);
    let (mut stream, mut answer) = large.slow_export();

    let (app, token) = (&large.app, large.app.admin_token());
    let last = Large::MOVIES;
    for id in [1, 2, last] {
        assert_eq!(app.delete(&format!("{MOVIES}/{id}")).bearer_auth(&token).answer().status, 204);
    }
    let changed = app.patch(&format!("{MOVIES}/{}", last - 1)).bearer_auth(&token).json(&json!({ "name": "Changed" }));
    assert_eq!(changed.answer().status, 200);
    add(app, &token, &json!({ "name": "New" }));
    assert_eq!(app.get(&format!("{MOVIES}?q=changed")).answer().json()["total"]["value"], 1);

    read_on(&mut stream, &mut answer);
    let (body, complete) = unchunked(&answer);
    assert!(complete);
    let movies = lines(str::from_utf8(&body).unwrap());
    let names: Vec<_> = movies.iter().map(|movie| movie["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names, (0..Large::MOVIES).map(|i| format!("Movie {i}")).collect::<Vec<_>>());
    assert_eq!(exported(app, "name=new").len(), 1, "the next one shows it");
}

fn exports_at_once_are_limited_and_one_that_is_left_makes_room(database: &TestDatabase) {
    let large = Large::spawn(database, &[("SERVER__EXPORTS_AT_ONCE", "1")]);
    let app = &large.app;
    let (stream, _) = large.slow_export();
    let refused = app.get(EXPORT).answer();
    assert_eq!(refused.problem(503)["type"], "/problems/unavailable");
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 0);
    assert_eq!(app.get(&format!("{MOVIES}?limit=1")).answer().status, 200, "readers are not kept waiting");
    assert_eq!(app.request(Method::HEAD, EXPORT).answer().status, 200);
    drop(stream);
    eventually("there is room", || app.get(&format!("{EXPORT}?name=none")).answer().status == 200);
}

fn an_export_that_nobody_takes_is_cut_off_and_does_not_look_complete(database: &TestDatabase) {
    let large = Large::spawn(database, &[("SERVER__EXPORTS_AT_ONCE", "1"), ("SERVER__EXPORT_STALL_SECONDS", "1")]);
    let (mut stream, mut answer) = large.slow_export();
    eventually("there is room", || large.app.get(&format!("{EXPORT}?name=none")).answer().status == 200);
    read_on(&mut stream, &mut answer);
    let (body, complete) = unchunked(&answer);
    assert!(!complete);
    assert!(!body.is_empty() && body.len() < Large::MOVIES * 4_500, "{}", body.len());
}
