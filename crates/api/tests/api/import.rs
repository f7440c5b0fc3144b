//! `/api/v1/import`: feeds that are sent to the server.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    ops::RangeInclusive,
    path::Path,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use domain::{
    change::Via,
    import::{Counts, Standing},
    ports::Store,
};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use testing::TestDatabase;

use crate::{
    movies::MOVIES,
    test_app::{Answer, Ask, TestApp, test_settings},
};

testing::on_every_database! {
    every_form_of_a_feed_is_taken,
    what_breaks_rules_is_reported_and_the_rest_stored,
    a_dry_run_tells_what_the_import_does_and_changes_nothing,
    a_connection_that_breaks_leaves_whole_batches_and_a_repeat_completes_them,
    what_comes_before_an_unreadable_place_is_stored,
    movies_with_different_ids_stay_apart,
    an_import_is_written_down_and_a_dry_run_is_not,
}

const IMPORT: &str = "/api/v1/import";

fn send(app: &TestApp, token: &str, content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
    app.post(IMPORT).bearer_auth(token).header("content-type", content_type).body(body.into()).answer()
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// A report without rejects.
fn counts(created: u64, updated: u64, unchanged: u64) -> Value {
    json!({ "created": created, "updated": updated, "unchanged": unchanged, "rejected_count": 0, "rejected": [] })
}

/// What the database holds, whatever the index shows.
fn store(database: &TestDatabase) -> Arc<dyn Store> {
    bootstrap::open_store(&test_settings(database, Path::new("nowhere"), &[])).unwrap()
}

fn count(app: &TestApp) -> Value {
    let list = app.get(&format!("{MOVIES}?limit=1")).header("prefer", "count=exact").answer().json();
    list["total"]["value"].clone()
}

fn lines(numbers: RangeInclusive<u32>) -> String {
    numbers.map(|n| format!("{{\"name\":\"Movie {n}\",\"genres\":[\"Genre {}\"]}}\n", n % 7)).collect()
}

fn every_form_of_a_feed_is_taken(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let array = r#"[{"name":"A","year":1990,"genres":["Drama"," War"]},{"name":"B","year":null,"votes":7}]"#;
    let wrapped = format!("{{\"count\":2,\"results\":{array}}}");
    let ndjson =
        "{\"name\":\"A\",\"year\":1990,\"genres\":[\"Drama\",\"War\"]}\n{\"name\":\"B\",\"year\":null,\"votes\":7}\n";
    let csv = "year,name,genres,votes\r\n1990,A,Drama|War,\r\n,B,,7\r\n";

    let first = send(&app, &token, "application/json", array);
    assert_eq!((first.status, first.header("content-type")), (200, "application/json"));
    assert_eq!(first.json(), counts(2, 0, 0));
    assert_eq!(app.get(&format!("{MOVIES}?name=a")).answer().json()["items"][0]["genres"], json!(["Drama", "War"]));
    for (content_type, body) in [
        ("application/json", array),
        ("application/json; charset=utf-8", &wrapped),
        ("application/json", ndjson),
        ("application/x-ndjson", ndjson),
        ("application/ndjson", ndjson),
        ("APPLICATION/JSONL", ndjson),
        ("text/csv", csv),
        ("text/csv; header=present", csv),
    ] {
        assert_eq!(send(&app, &token, content_type, body).json(), counts(0, 0, 2), "{content_type}");
        let compressed = || app.post(IMPORT).bearer_auth(&token).header("content-type", content_type);
        for encoding in ["gzip", "GZIP", "x-gzip"] {
            let answer = compressed().header("content-encoding", encoding).body(gzip(body.as_bytes())).answer();
            assert_eq!(answer.json(), counts(0, 0, 2), "{content_type} {encoding}");
        }
        // A file that is compressed itself.
        for request in [compressed(), compressed().header("content-encoding", "identity")] {
            assert_eq!(request.body(gzip(body.as_bytes())).answer().json(), counts(0, 0, 2), "{content_type}");
        }
    }
    assert_eq!(send(&app, &token, "text/csv", "name,imdb_score\nA,8.5\nC,\n").json(), counts(1, 1, 0));
    let list = app.get(&format!("{MOVIES}?sort=name")).answer().json();
    assert_eq!(list["items"][0]["imdb_score"], 8.5);
    assert_eq!(list["items"].as_array().unwrap().len(), 3);

    let changes = store(database).reading(|session| session.changes_after(0, 1_000)).unwrap();
    assert!(!changes.is_empty());
    for change in changes {
        assert_eq!((change.via, change.actor.unwrap().as_str()), (Via::Import, "admin"));
    }
}

fn what_breaks_rules_is_reported_and_the_rest_stored(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let feed = "{\"name\":\"A\"}\n{\"name\":\"B\",\"imdb_score\":11,\"stars\":5}\noops\n{\"name\":\"D\",\"genres\":[\"War\",7]}\n";
    let answer = send(&app, &token, "application/x-ndjson", feed);
    let expected = json!({
        "created": 1, "updated": 0, "unchanged": 0, "rejected_count": 3, "rejected": [
            {"record": 2, "field": "stars", "reason": "a movie has no field of this name"},
            {"record": 2, "field": "imdb_score", "reason": "a score is 0 to 10"},
            {"record": 3, "field": null, "reason": "line 3, column 1: expected value"},
            {"record": 4, "field": "genres/1", "reason": "a genre is text, or an object with a \"name\""},
        ],
    });
    assert_eq!((answer.status, answer.json()), (200, expected));

    let many = "name,year\n".to_owned() + &"X,1\n".repeat(1_500) + "Y,2000\n";
    let report = send(&app, &token, "text/csv", many).json();
    assert_eq!((&report["created"], &report["rejected_count"]), (&json!(1), &json!(1_500)));
    let rejected = report["rejected"].as_array().unwrap();
    assert_eq!((rejected.len(), &rejected[999]["record"]), (1_000, &json!(1_000)));
    assert_eq!(count(&app), 2);
}

fn a_dry_run_tells_what_the_import_does_and_changes_nothing(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let known = r#"[{"name":"Movie 1","genres":["Genre 1"]},{"name":"Twin","votes":1,"imdb_id":"tt0000001"},
        {"name":"Twin","year":1999,"genres":["war","Drama"]}]"#;
    assert_eq!(send(&app, &token, "application/json", known).json(), counts(3, 0, 0));
    let store = store(database);
    let last_change = || store.reading(|session| session.last_change()).unwrap();
    let before = last_change();

    // Repeats in one batch and in the next; what is there; the id of one movie for another; ids that keep equals apart.
    let bad = "{\"name\":\"Movie 1\",\"year\":1}\n";
    let feed = lines(1..=50)
        + "{\"name\":\"Twin\",\"year\":1999,\"genres\":[\"War\"],\"imdb_id\":\"tt0000001\"}\n{\"name\":\"Twin\",\"votes\":2}\n"
        + &lines(50..=9_000)
        + bad
        + &lines(8_990..=9_010)
        + "{\"id\":1,\"name\":\"Movie 1\"}\n{\"id\":2,\"name\":\"Movie 1\"}\n{\"id\":1,\"name\":\"Movie 1\",\"votes\":5}\n"
        + "{\"imdb_id\":\"tt0000001\",\"votes\":8}\n{\"name\":\"Twin\",\"year\":1999,\"genres\":[\"WAR\",\"drama\"]}\n";
    let run = |query: &str| {
        let request = app.post(&format!("{IMPORT}{query}")).bearer_auth(&token);
        request.header("content-type", "application/x-ndjson").body(feed.clone()).answer().json()
    };
    let rehearsed = run("?dry_run=true");
    assert_eq!(last_change(), before, "nothing was written");
    assert_eq!(count(&app), 3);
    assert_eq!(rehearsed, run("?dry_run=true"));
    let report = run("?dry_run=false");
    assert_eq!(rehearsed, report);
    assert_eq!(report["rejected_count"], 1);
    assert!(report["created"].as_u64() > Some(9_000) && report["updated"].as_u64() > Some(1), "{report}");
    assert_ne!(last_change(), before);
    assert_eq!(run("?dry_run=true"), run(""));
}

/// Sends the beginning of a feed over a connection that breaks then.
fn send_in_part(app: &TestApp, token: &str, headers: &str, part: &str) -> TcpStream {
    let head = format!(
        "POST {IMPORT} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/x-ndjson\r\n{headers}\r\n\r\n"
    );
    let mut stream = TcpStream::connect(&app.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(part.as_bytes()).unwrap();
    stream
}

/// Waits until no import runs any more.
fn wait_for_turn(app: &TestApp, token: &str) {
    let give_up = Instant::now() + Duration::from_secs(60);
    while send(app, token, "application/json", "[]").status == 503 {
        assert!(Instant::now() < give_up, "the import does not end");
        thread::sleep(Duration::from_millis(20));
    }
}

fn a_connection_that_breaks_leaves_whole_batches_and_a_repeat_completes_them(database: &TestDatabase) {
    const RECORDS: u64 = 9_000;
    let app = TestApp::spawn_with(database, &[("SERVER__IMPORTS_AT_ONCE", "1")]);
    let token = app.admin_token();
    // More than is looked at before the first record, and of more than two batches. It ends with a line: it looks whole.
    let feed = |kind: &str| -> String {
        let overview = "x".repeat(150);
        (1..=RECORDS).map(|n| format!("{{\"name\":\"{kind} {n}\",\"overview\":\"{overview}\"}}\n")).collect()
    };
    let mut before = json!(0);
    for (kind, headers) in [("sized", "Content-Length: 100000000"), ("chunked", "Transfer-Encoding: chunked")] {
        let feed = feed(kind);
        let part = if kind == "sized" { feed.clone() } else { format!("{:x}\r\n{feed}\r\n", feed.len()) };
        let stream = send_in_part(&app, &token, headers, &part);
        let give_up = Instant::now() + Duration::from_secs(60);
        while count(&app) == before {
            assert!(Instant::now() < give_up, "nothing is stored");
            thread::sleep(Duration::from_millis(20));
        }
        if kind == "sized" {
            stream.shutdown(Shutdown::Write).unwrap();
        }
        drop(stream);
        wait_for_turn(&app, &token);
        let stored = count(&app).as_u64().unwrap() - before.as_u64().unwrap_or_default();
        assert!(stored == 4_000 || stored == 8_000, "{kind}: {stored}");
        let repeated = send(&app, &token, "application/x-ndjson", feed).json();
        assert_eq!(repeated, counts(RECORDS - stored, 0, stored), "{kind}");
        before = count(&app);
    }
    assert_eq!(before, 2 * RECORDS);
}

fn what_comes_before_an_unreadable_place_is_stored(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    for (content_type, feed, complaint, stored) in [
        (
            "application/json",
            "[{\"name\":\"A\"},\n{\"name\":\"B\",\"year\":1},\n{\"name\":\"C\"},{oops}]",
            "record 4 (line 3, column 15) cannot be read",
            2,
        ),
        (
            "application/json",
            "[{\"name\":\"A\"},{\"name\":\"D\"}",
            "record 3 (line 1, column 26) cannot be read: the feed ends here",
            2,
        ),
        ("text/csv", "name,year\nA,\nE,\"19", "record 2 (line 3, column 1) cannot be read", 1),
        (
            "text/csv",
            "name,stars\nA,5\n",
            "column 2 (\"stars\") is not known; the columns of CSV are id, name, director",
            0,
        ),
        ("text/csv", "year\n1999\n", "there is no column \"name\"", 0),
        ("application/json", "name\nA\n", "it is not a JSON feed", 0),
        ("application/json", "", "it is empty", 0),
        ("text/csv", "", "it is empty", 0),
    ] {
        let problem = send(&app, &token, content_type, feed).problem(400);
        assert_eq!(
            (&problem["type"], &problem["stored_records"]),
            (&json!("/problems/unreadable-body"), &json!(stored)),
            "{feed}"
        );
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(complaint) && detail.contains(&format!("{stored} of the records")), "{detail}");
    }
    assert_eq!(count(&app), 3, "A, C and D");

    let damaged = app.post(IMPORT).bearer_auth(&token).header("content-type", "application/json");
    damaged.header("content-encoding", "gzip").body("[{\"name\":\"X\"}]").answer().problem(400);
    let cut = gzip(b"[{\"name\":\"X\"}]");
    send(&app, &token, "application/json", &cut[..cut.len() - 9]).problem(400);
    for query in ["?dry_run=maybe", "?dry_run=", "?dry_run=true&dry_run=true", "?dryrun=true", "?x=1"] {
        let request = app.post(&format!("{IMPORT}{query}")).bearer_auth(&token);
        let problem =
            request.header("content-type", "application/json").body("[{\"name\":\"X\"}]").answer().problem(400);
        assert_eq!(problem["type"], "/problems/invalid-parameters", "{query}");
    }
    let similar = app.post(&format!("{IMPORT}?dryrun=true")).bearer_auth(&token).answer().problem(400);
    assert_eq!(similar["did_you_mean"], "dry_run");

    // What cannot be read is said at once, also to who falls silent then.
    let unreadable = "[oops,".to_owned() + &" ".repeat(2 << 20);
    let mut stream = send_in_part(&app, &token, "Content-Length: 100000000\r\nConnection: close", &unreadable);
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");

    // Much of the body is still to come when the answer goes out.
    let long = "[oops,".to_owned() + &" ".repeat(20 << 20);
    assert_eq!(send(&app, &token, "application/json", long).problem(400)["stored_records"], 0);
}

fn movies_with_different_ids_stay_apart(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let csv = "id,name,director,year,votes\n9,A,,1990,1\n4,A,,1990,2\n7,A,,1990,3\n4,A,,1990,2\n";
    assert_eq!(send(&app, &token, "text/csv", csv).json(), counts(3, 0, 1));
    let votes = |answer: Answer| -> Vec<Value> {
        answer.json()["items"].as_array().unwrap().iter().map(|movie| movie["votes"].clone()).collect()
    };
    let list = || app.get(&format!("{MOVIES}?sort=id")).answer();
    assert_eq!(votes(list()), [1, 2, 3]);
    assert_eq!(send(&app, &token, "text/csv", csv).json(), counts(0, 0, 4));
    assert_eq!(votes(list()), [1, 2, 3]);
}

#[test]
fn a_feed_that_is_too_large_is_a_413_that_says_what_was_kept() {
    let database = testing::sqlite();
    let app = TestApp::spawn_with(&database, &[("SERVER__MAX_IMPORT_BYTES", "100000")]);
    let token = app.admin_token();
    let fitting = lines(1..=2_000);
    assert!(fitting.len() <= 100_000);
    assert_eq!(send(&app, &token, "application/x-ndjson", fitting).json(), counts(2_000, 0, 0));

    let large = lines(1_900..=5_000);
    let problem = send(&app, &token, "application/x-ndjson", large.clone()).problem(413);
    assert_eq!(problem.get("stored_records"), None, "it was refused before it came");
    assert_eq!(count(&app), 2_000);

    // Compressed, and in chunks: there is no telling before.
    let part: String = large.chars().take(100_000).collect();
    let whole = part.matches('\n').count() as u64;
    let packed = gzip(large.as_bytes());
    for (headers, body) in [
        ("Content-Type: application/x-ndjson\r\nContent-Encoding: gzip", packed.clone()),
        ("Content-Type: application/x-ndjson", packed),
        ("Content-Type: application/x-ndjson", large.into_bytes()),
    ] {
        let mut request = format!(
            "POST {IMPORT} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n{headers}\r\n\
             Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n{:x}\r\n",
            body.len()
        )
        .into_bytes();
        request.extend(body);
        request.extend(b"\r\n0\r\n\r\n");
        let answer = app.raw(&request);
        let (head, problem) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 413 "), "{answer}");
        let problem: Value = serde_json::from_str(problem).unwrap();
        assert_eq!(problem["stored_records"], whole);
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("it has more than 100000 bytes") && detail.contains(&whole.to_string()), "{detail}");
    }
    assert_eq!(count(&app), 1_899 + whole);
    // A few kilobytes that unpack to many megabytes.
    let bomb = app.post(IMPORT).bearer_auth(&token).header("content-type", "application/json");
    bomb.header("content-encoding", "gzip").body(gzip(&vec![b' '; 50 << 20])).answer().problem(413);
}

#[test]
fn other_types_and_encodings_are_a_415_that_names_the_right_ones() {
    let database = testing::sqlite();
    let app = TestApp::spawn(&database);
    let token = app.admin_token();
    for content_type in ["text/plain", "multipart/form-data", "application/xml", "text/csv; charset=latin1", ""] {
        let answer = send(&app, &token, content_type, "[]");
        answer.problem(415);
        assert!(answer.header("accept").starts_with("application/json, application/x-ndjson, text/csv"), "{answer:?}");
    }
    app.post(IMPORT).bearer_auth(&token).body("[]").answer().problem(415);
    for encoding in ["br", "deflate", "gzip, gzip", "zstd"] {
        let request = app.post(IMPORT).bearer_auth(&token).header("content-type", "application/json");
        let answer = request.header("content-encoding", encoding).body("[]").answer();
        answer.problem(415);
        assert_eq!(answer.header("accept-encoding"), "gzip, identity");
    }
}

#[test]
fn who_may_not_import_is_told_before_the_body_comes() {
    let database = testing::sqlite();
    let app = TestApp::spawn(&database);
    let reader = app.user_token("reader");
    let ask = |authorization: &str| {
        app.raw(
            format!(
                "POST {IMPORT} HTTP/1.1\r\nHost: x\r\n{authorization}Content-Type: application/json\r\n\
                 Content-Length: 1000000\r\nConnection: close\r\n\r\n"
            )
            .as_bytes(),
        )
    };
    assert!(ask("").starts_with("HTTP/1.1 401 "));
    assert!(ask("Authorization: Bearer mq_x\r\n").starts_with("HTTP/1.1 401 "));
    assert!(ask(&format!("Authorization: Bearer {reader}\r\n")).starts_with("HTTP/1.1 403 "));
    app.get(IMPORT).answer().problem(405);
}

#[test]
fn so_many_imports_run_at_once_and_no_more() {
    let database = testing::sqlite();
    let app = TestApp::spawn_with(&database, &[("SERVER__IMPORTS_AT_ONCE", "2")]);
    let token = app.admin_token();
    let give_up = Instant::now() + Duration::from_secs(60);
    let (running, refused) = loop {
        let running = [1, 2].map(|n| send_in_part(&app, &token, "Content-Length: 1000", &lines(n..=n)));
        thread::sleep(Duration::from_millis(100));
        let answer = send(&app, &token, "application/json", "[]");
        if answer.status == 503 {
            break (running, answer);
        }
        assert!(Instant::now() < give_up, "it is never refused");
    };
    assert_eq!(refused.problem(503)["type"], "/problems/unavailable");
    assert!(refused.header("retry-after").parse::<u32>().unwrap() > 0);
    assert_eq!(app.get(MOVIES).answer().status, 200, "reading goes on");
    drop(running);
    wait_for_turn(&app, &token);
    assert_eq!(count(&app), 0);
}

#[test]
fn a_client_that_falls_silent_is_not_waited_for() {
    let database = testing::sqlite();
    let settings = [("SERVER__IMPORT_IDLE_SECONDS", "1"), ("SERVER__IMPORTS_AT_ONCE", "1")];
    let app = TestApp::spawn_with(&database, &settings);
    let token = app.admin_token();
    let mut stream = send_in_part(&app, &token, "Content-Length: 1000000\r\nConnection: close", &lines(1..=4_500));
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("\"stored_records\":4000"), "{answer}");
    wait_for_turn(&app, &token);
    assert_eq!(count(&app), 4_000);
}

fn an_import_is_written_down_and_a_dry_run_is_not(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let feed = "{\"name\":\"A\"}\n{\"name\":\"B\",\"year\":1}\n{\"name\":\"C\"}\n";
    let dry = app.post(&format!("{IMPORT}?dry_run=true")).bearer_auth(&token);
    assert_eq!(dry.header("content-type", "application/x-ndjson").body(feed).answer().status, 200);
    let log = bootstrap::import_log(store(database));
    assert_eq!(log.latest(10).unwrap(), []);

    assert_eq!(send(&app, &token, "application/x-ndjson", feed).status, 200);
    assert_eq!(send(&app, &token, "application/x-ndjson", "{\"name\":\"D\"}\n{\"name\":").status, 400);
    let [failed, done] = &log.latest(10).unwrap()[..] else { panic!("two imports") };
    assert_eq!((done.standing, &done.error), (Standing::Done, &None));
    assert_eq!(done.counts, Counts { created: 2, rejected: 1, ..Counts::default() });
    assert_eq!((done.source.as_str(), done.actor.as_ref().unwrap().as_str()), ("api", "admin"));
    assert!(done.finished_at.is_some());
    assert_eq!((failed.standing, failed.counts.created), (Standing::Failed, 1));
    assert!(failed.error.as_ref().is_some_and(|error| !error.is_empty()));
}
