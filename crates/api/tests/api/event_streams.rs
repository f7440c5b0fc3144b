//! The feed of changes as a stream that goes on.

use std::{
    collections::BTreeMap,
    io,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use domain::user::{Role, Username};
use reqwest::Method;
use serde_json::{Value, json};
use testing::TestDatabase;

use crate::{
    changes::{CHANGES, lines, load, seqs, store},
    event_client::Events,
    movies::{MOVIES, add},
    test_app::{Ask, TestApp, wait_until},
};

testing::on_every_database! {
    a_stream_begins_with_what_was_and_goes_on_with_what_comes,
    a_stream_hears_of_what_others_write,
    a_stream_is_taken_up_where_it_was_left,
    a_stream_is_taken_up_inside_a_bulk_load,
    a_quiet_stream_has_a_heartbeat,
    the_number_of_streams_is_bounded,
    a_stream_ends_with_its_token,
    a_stream_ends_with_its_users_rights,
    a_stream_ends_politely_when_the_server_stops,
    a_slow_client_is_cut_off_and_told,
    a_stream_whose_next_changes_are_forgotten_ends,
    every_node_gives_the_same_feed,
    a_mirror_ends_as_what_it_mirrors,
}

#[track_caller]
fn assert_soon(what: &str, begin: Instant) {
    // On a machine that has more to do: a heartbeat, or the patience of a server that stops, is later.
    assert!(begin.elapsed() < Duration::from_secs(10), "{what} took {:?}", begin.elapsed());
}

fn a_stream_begins_with_what_was_and_goes_on_with_what_comes(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let movie = add(&app, &token, &json!({ "name": "Before", "genres": ["War"] }));
    let compressed = ["Accept-Encoding: gzip, br"];
    let mut events = Events::follow(&app, &token, "", &compressed);
    let head = events.head.to_lowercase();
    for line in ["content-type: text/event-stream", "cache-control: no-store, no-transform", "x-accel-buffering: no"] {
        assert!(head.contains(&format!("{line}\r\n")), "{head}");
    }
    assert!(!head.contains("content-encoding: gzip") && !head.contains("content-encoding: br"), "{head}");
    let first = [events.change(), events.change()];
    assert_eq!(first[1]["after"], movie);
    for n in 0..5 {
        let begin = Instant::now();
        let movie = add(&app, &token, &json!({ "name": format!("Film {n}") }));
        assert_eq!(events.change()["after"], movie);
        assert_soon("a change", begin);
    }
    let mut all = Events::follow(&app, &token, "since=0", &[]);
    let all: Vec<_> = (0..7).map(|_| all.change()).collect();
    assert_eq!(all, lines(&app, &token, ""), "the same, in either form");

    let head = app.request(Method::HEAD, CHANGES).bearer_auth(&token).header("accept", "text/event-stream").answer();
    assert_eq!((head.status, head.header("content-type"), head.text.as_str()), (200, "text/event-stream", ""));
}

fn a_stream_hears_of_what_others_write(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let mut events = Events::follow(&app, &token, "", &[]);
    let begin = Instant::now();
    load(&store(database), &[json!({ "name": "First" }), json!({ "name": "Second" })]);
    assert_eq!([events.change()["seq"].as_u64(), events.change()["seq"].as_u64()], [Some(1), Some(2)]);
    assert_soon("another program's change", begin);
    let begin = Instant::now();
    assert_eq!(app.post("/api/v1/genres").bearer_auth(&token).json(&json!({ "name": "War" })).answer().status, 201);
    assert_eq!(events.change()["after"], json!({ "id": 1, "name": "War" }));
    assert_soon("a new genre", begin);
}

fn a_stream_is_taken_up_where_it_was_left(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    (0..5).for_each(|n| drop(add(&app, &token, &json!({ "name": format!("Film {n}") }))));
    let first = |query: &str, headers: &[&str]| Events::follow(&app, &token, query, headers).change()["seq"].clone();
    assert_eq!(first("since=2", &[]), 3);
    assert_eq!(first("since=2", &["Last-Event-ID: 3"]), 4, "it counts more than `since`");
    assert_eq!(first("since=2", &["Last-Event-ID:"]), 3, "an empty one is none");
    let ahead = Events::open(&app, &token, "", &["Last-Event-ID: 6"]);
    assert!(ahead.head.starts_with("HTTP/1.1 410 "), "{}", ahead.head);
}

fn a_stream_is_taken_up_inside_a_bulk_load(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let films: Vec<_> = (1..=4_000).map(|n| json!({ "name": format!("Film {n}") })).collect();
    load(&store(database), &films);
    let mut seen = 0;
    let begin = Instant::now();
    // Each time it reads a little more, and leaves.
    for read in [1, 7, 192, 300, 3_500] {
        let mut events = Events::follow(&app, &token, "", &[&format!("Last-Event-ID: {seen}")]);
        for _ in 0..read {
            let change = events.change();
            seen += 1;
            assert_eq!((&change["seq"], &change["movie_id"]), (&json!(seen), &json!(seen)));
        }
    }
    assert_soon("catching up", begin);
}

fn a_quiet_stream_has_a_heartbeat(database: &TestDatabase) {
    let app = TestApp::spawn_with(database, &[("CHANGES__HEARTBEAT_SECONDS", "1")]);
    let mut events = Events::follow(&app, &app.admin_token(), "", &[]);
    let begin = Instant::now();
    // The greeting, then comments.
    for _ in 0..3 {
        assert!(events.next().unwrap().unwrap().is_silent);
    }
    assert!(begin.elapsed() >= Duration::from_secs(1), "{:?}", begin.elapsed());
    assert_soon("a heartbeat", begin);
}

fn the_number_of_streams_is_bounded(database: &TestDatabase) {
    let app = TestApp::spawn_with(database, &[("CHANGES__MAX_STREAMS", "2")]);
    let token = app.admin_token();
    let ask = || app.get(CHANGES).bearer_auth(&token).header("accept", "text/event-stream");
    let streams = [(); 2].map(|()| Events::follow(&app, &token, "", &[]));
    let refused = ask().answer();
    refused.problem(503);
    assert!(!refused.header("retry-after").is_empty());
    lines(&app, &token, "");
    // Who has gone, however quietly, is in nobody's way.
    drop(streams);
    for _ in 0..10 {
        let open = || Events::open(&app, &token, "", &[]);
        wait_until("a place is free", || open().head.starts_with("HTTP/1.1 200 "));
    }
}

fn a_stream_ends_with_its_token(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let (token, other) = (app.admin_token(), app.admin_token());
    add(&app, &token, &json!({ "name": "M" }));
    let [mut ending, mut staying] = [&token, &other].map(|token| Events::follow(&app, token, "", &[]));
    assert_eq!([ending.change()["seq"].as_u64(), staying.change()["seq"].as_u64()], [Some(1); 2]);
    let begin = Instant::now();
    assert_eq!(app.post("/api/v1/auth/logout").bearer_auth(&token).answer().status, 204);
    let (event, reason) = ending.end();
    assert_eq!((reason.as_str(), &event["resume_from"]), ("signed_out", &json!(1)));
    assert_soon("the end", begin);
    add(&app, &other, &json!({ "name": "N" }));
    assert_eq!(staying.change()["seq"], 2, "nobody else's ends");
}

fn a_stream_ends_with_its_users_rights(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let store = store(database);
    for (role, disabled) in [(Role::User, false), (Role::Admin, true)] {
        let mut events = Events::follow(&app, &app.admin_token(), "", &[]);
        let set = |role, disabled| {
            store
                .writing(|session| {
                    let (user, hash) = session.user_named(&Username::new("admin").unwrap())?.unwrap();
                    session.update_user(&domain::user::User { role, disabled, ..user }, &hash)
                })
                .unwrap();
        };
        let begin = Instant::now();
        set(role, disabled);
        assert_eq!(events.end().1, "signed_out", "{role:?}, {disabled}");
        assert_soon("the end", begin);
        set(Role::Admin, false);
    }
}

fn a_stream_ends_politely_when_the_server_stops(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    add(&app, &token, &json!({ "name": "M" }));
    let mut events = Events::follow(&app, &token, "", &[]);
    events.change();
    let begin = Instant::now();
    drop(app);
    assert_soon("the stop", begin);
    let (event, reason) = events.end();
    assert_eq!((reason.as_str(), &event["resume_from"]), ("stopping", &json!(1)));
}

/// How many changes [`change_a_lot`] makes.
const A_LOT: u64 = 601;

/// Adds movies that come to more than the system's buffers and the server's queue hold.
fn change_a_lot(app: &TestApp, token: &str, database: &TestDatabase) {
    let overview = "🎬".repeat(5_000);
    let films: Vec<_> = (1..A_LOT).map(|n| json!({ "name": format!("Film {n}"), "overview": overview })).collect();
    load(&store(database), &films);
    add(app, token, &json!({ "name": "The Last" }));
}

fn a_slow_client_is_cut_off_and_told(database: &TestDatabase) {
    let settings = [("CHANGES__PATIENCE_SECONDS", "1"), ("CHANGES__MAX_STREAMS", "2")];
    let app = TestApp::spawn_with(database, &settings);
    let token = app.admin_token();
    let mut slow = Events::follow(&app, &token, "", &[]);
    let mut quick = Events::follow(&app, &token, "", &[]);
    thread::scope(|scope| {
        scope.spawn(|| change_a_lot(&app, &token, database));
        (1..=A_LOT).for_each(|seq| assert_eq!(quick.change()["seq"], seq, "others do not notice"));
    });
    // Its place is free though it has not taken notice yet.
    let free = || Events::open(&app, &token, &format!("since={A_LOT}"), &[]).head.starts_with("HTTP/1.1 200 ");
    wait_until("the slow client is cut off", free);

    let mut seen = Vec::new();
    let end = loop {
        let event = slow.next().unwrap().expect("it says why it ends");
        match event.id {
            Some(id) => seen.push(id),
            None if event.is_silent => {}
            None => break event,
        }
    };
    assert_eq!((end.name.as_deref(), &end.data["reason"]), (Some("end"), &json!("slow")), "{end:?}");
    let last = seen.len() as u64;
    assert_eq!(seen, (1..=last).collect::<Vec<_>>(), "nothing is missing before");
    assert!(last < A_LOT, "it was not cut off");
    assert_eq!(end.data["resume_from"], last);
    assert_eq!(slow.next().unwrap(), None);
    drop(quick);
    let open = || Events::open(&app, &token, "", &[&format!("Last-Event-ID: {last}")]);
    wait_until("there is a place", || open().head.starts_with("HTTP/1.1 200 "));
}

#[test]
fn who_takes_nothing_of_an_answer_is_cut_off() {
    let database = testing::sqlite();
    let settings = [("SERVER__SEND_TIMEOUT_SECONDS", "1"), ("CHANGES__PATIENCE_SECONDS", "60")];
    let app = TestApp::spawn_with(&database, &settings);
    let token = app.admin_token();
    change_a_lot(&app, &token, &database);
    let mut events = Events::follow(&app, &token, "", &[]);
    // The system looks at it now and then.
    thread::sleep(Duration::from_secs(4));
    let end = loop {
        match events.next() {
            Ok(Some(event)) => assert_ne!(event.id, Some(A_LOT), "it was not cut off"),
            Ok(None) => panic!("that is no proper end"),
            Err(error) => break error,
        }
    };
    assert!([io::ErrorKind::ConnectionReset, io::ErrorKind::UnexpectedEof].contains(&end.kind()), "{end:?}");
}

fn a_stream_whose_next_changes_are_forgotten_ends(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    change_a_lot(&app, &token, database);
    let mut events = Events::follow(&app, &token, "", &[]);
    assert_eq!(events.change()["seq"], 1);
    let all = domain::time::Timestamp::MAX;
    assert!(store(database).writing(|session| session.remove_changes(all, 1_000)).unwrap() > 0);
    let end = loop {
        let event = events.next().unwrap().expect("it says why it ends");
        if event.name.is_some() {
            break event.data;
        }
    };
    assert_eq!(end["reason"], "gone");
    assert_eq!((&end["oldest_since"], &end["last_seq"]), (&json!(A_LOT - 1), &json!(A_LOT)));
}

fn every_node_gives_the_same_feed(database: &TestDatabase) {
    let nodes = [(); 2].map(|()| TestApp::spawn(database));
    let token = nodes[0].admin_token();
    let mut streams = [&nodes[0], &nodes[1]].map(|node| Events::follow(node, &token, "", &[]));
    let last = AtomicU64::new(0);
    thread::scope(|scope| {
        for node in &nodes {
            let (token, last) = (&token, &last);
            scope.spawn(move || {
                for n in 0..10 {
                    let movie = add(
                        node,
                        token,
                        &json!({ "name": format!("{} {n}", node.address), "genres": [n.to_string()] }),
                    );
                    let path = format!("{MOVIES}/{}", movie["id"]);
                    node.patch(&path).bearer_auth(token).json(&json!({ "votes": n })).answer();
                }
                load(
                    &store(database),
                    &[
                        json!({ "name": format!("{} A", node.address) }),
                        json!({ "name": format!("{} B", node.address) }),
                    ],
                );
                let end = node.get(&format!("{CHANGES}?limit=1")).bearer_auth(token).answer();
                last.fetch_max(end.header("last-seq").parse().unwrap(), Ordering::SeqCst);
            });
        }
    });
    let expected = lines(&nodes[0], &token, "");
    assert_eq!(seqs(&expected), (1..=last.into_inner()).collect::<Vec<_>>());
    assert_eq!(lines(&nodes[1], &token, ""), expected);
    for stream in &mut streams {
        let told: Vec<_> = expected.iter().map(|_| stream.change()).collect();
        assert_eq!(told, expected);
    }
}

/// A copy of the catalogue that is kept by the feed alone.
#[derive(Default)]
struct Mirror {
    movies: BTreeMap<u64, Value>,
    seen: u64,
}

impl Mirror {
    /// Applies a change, whose state before must be the one at hand.
    fn apply(&mut self, change: &Value) {
        self.seen += 1;
        assert_eq!(change["seq"], self.seen, "nothing is missing, and nothing comes twice");
        let state = |name: &str| Some(change[name].clone()).filter(|state| !state.is_null());
        if let Some(id) = change["movie_id"].as_u64() {
            let before = match state("after") {
                Some(after) => self.movies.insert(id, after),
                None => self.movies.remove(&id),
            };
            assert_eq!(before, state("before"), "{change}");
        } else if let (Some(before), Some(after)) = (state("before"), state("after")) {
            let genres = self.movies.values_mut().flat_map(|movie| movie["genres"].as_array_mut().unwrap());
            genres.filter(|name| **name == before["name"]).for_each(|name| *name = after["name"].clone());
        }
    }
}

/// All movies, as a walk through the list finds them.
fn walk(app: &TestApp) -> BTreeMap<u64, Value> {
    let mut found = BTreeMap::new();
    let mut url = format!("{MOVIES}?sort=id&limit=100");
    loop {
        let page = app.get(&url).answer().json();
        for movie in page["items"].as_array().unwrap() {
            found.insert(movie["id"].as_u64().unwrap(), movie.clone());
        }
        match page["next"].as_str() {
            Some(next) => url = next.to_owned(),
            None => return found,
        }
    }
}

fn a_mirror_ends_as_what_it_mirrors(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let store = store(database);
    let written = AtomicBool::new(false);
    // What was there before the mirror began.
    load(
        &store,
        &[json!({ "name": "Old", "genres": ["Drama", "War"] }), json!({ "name": "Older", "genres": ["War"] })],
    );

    let mirror = thread::scope(|scope| {
        let mirroring = scope.spawn(|| {
            let mut mirror = Mirror::default();
            let mut reconnects = 0;
            loop {
                let last_round = written.load(Ordering::SeqCst);
                let id = format!("Last-Event-ID: {}", mirror.seen);
                let mut events = Events::follow(&app, &token, "", &[&id]);
                let end = app.get(&format!("{CHANGES}?since={}&limit=1", mirror.seen)).bearer_auth(&token).answer();
                let end: u64 = end.header("last-seq").parse().unwrap();
                // It leaves after some changes, wherever that is.
                for _ in 0..(end - mirror.seen).min(if last_round { u64::MAX } else { 37 }) {
                    mirror.apply(&events.change());
                }
                reconnects += 1;
                if last_round {
                    assert!(reconnects > 3, "{reconnects}");
                    return mirror;
                }
            }
        });
        let mut writers = Vec::new();
        for writer in 0..3_u32 {
            let (app, token) = (&app, &token);
            writers.push(scope.spawn(move || {
                for n in 0..25_u32 {
                    let genres = ["Drama", "War", "Crime"][(n % 3) as usize];
                    let movie = add(app, token, &json!({ "name": format!("{writer}-{n}"), "genres": [genres] }));
                    let path = format!("{MOVIES}/{}", movie["id"]);
                    let body = json!({ "votes": n, "genres": ["War", format!("Genre {}", n % 5)] });
                    app.patch(&path).bearer_auth(token).json(&body).answer();
                    if n % 3 == 0 {
                        assert_eq!(app.delete(&path).bearer_auth(token).answer().status, 204);
                    }
                    if n % 6 == 0 {
                        assert_eq!(app.post(&format!("{path}/restore")).bearer_auth(token).answer().status, 200);
                    }
                    if n % 4 == 0 {
                        app.post(&format!("{path}/history/1/restore")).bearer_auth(token).answer();
                    }
                }
            }));
        }
        writers.push(scope.spawn(|| {
            for n in 0..30_u32 {
                let genres = app.get("/api/v1/genres?limit=100").answer().json();
                let genres = genres["items"].as_array().unwrap();
                let Some(genre) = genres.get(n as usize % genres.len().max(1)) else { continue };
                let id = &genre["id"];
                let body = json!({ "name": format!("Renamed {n}") });
                let renamed = app.patch(&format!("/api/v1/genres/{id}")).bearer_auth(&token).json(&body).answer();
                assert!([200, 404].contains(&renamed.status), "{renamed:?}");
                if n % 10 == 9 {
                    app.delete(&format!("/api/v1/genres/{id}?detach=true")).bearer_auth(&token).answer();
                }
            }
        }));
        writers.push(scope.spawn(|| {
            for n in 0..6_u32 {
                // New ones, and some that are there already.
                let films = (n * 80..n * 80 + 100).map(|film| {
                    json!({ "name": format!("Film {film}"), "votes": n, "genres": ["Drama", format!("Genre {}", film % 4)] })
                });
                load(&store, &films.collect::<Vec<_>>());
                for id in app.get(&format!("{MOVIES}?q=film&limit=10")).answer().json()["items"].as_array().unwrap() {
                    app.delete(&format!("{MOVIES}/{}", id["id"])).bearer_auth(&token).answer();
                }
            }
        }));
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        written.store(true, Ordering::SeqCst);
        mirroring.join().unwrap()
    });
    wait_until("lists show everything", || walk(&app).len() == mirror.movies.len());
    assert!(mirror.movies.len() > 100, "{}", mirror.movies.len());
    assert_eq!(walk(&app), mirror.movies);
}
