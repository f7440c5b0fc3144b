//! `Idempotency-Key`: sent again, a request is answered again and done once.

use std::{
    collections::HashMap,
    sync::{
        Arc, Barrier, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use domain::{movie::MovieId, ports::Store};
use reqwest::blocking::Client;
use serde_json::{Value, json};
use testing::TestDatabase;

use crate::{
    batch::BATCH,
    lifecycle::{PATIENCE, Program},
    movies::{MOVIES, names},
    test_app::{Answer, Ask, PASSWORD, TestApp, test_settings},
};

testing::on_every_database! {
    a_request_that_is_sent_again_is_answered_again,
    the_same_key_for_another_request_is_refused,
    a_key_belongs_to_a_user_and_a_path,
    a_refusal_is_replayed_until_the_request_is_put_right,
    what_the_server_could_not_do_is_done_at_the_next_attempt,
    a_large_answer_is_replayed,
    of_many_requests_at_once_one_is_done,
    a_key_holds_on_every_node,
    a_killed_server_has_done_each_request_once_or_not_at_all,
}

const GENRES: &str = "/api/v1/genres";

/// The database as another process has it open.
fn store(database: &TestDatabase) -> Arc<dyn Store> {
    let files = tempfile::tempdir().unwrap();
    bootstrap::open_store(&test_settings(database, files.path(), &[])).unwrap()
}

fn send(app: &TestApp, token: &str, path: &str, key: &str, body: &Value) -> Answer {
    app.post(path).bearer_auth(token).header("idempotency-key", key).json(body).answer()
}

fn total(app: &TestApp) -> u64 {
    app.get(MOVIES).answer().json()["total"]["value"].as_u64().unwrap()
}

#[track_caller]
fn assert_replayed(first: &Answer, again: &Answer) {
    assert_eq!((again.status, &again.text), (first.status, &first.text));
    for header in ["location", "etag", "content-type", "cache-control"] {
        assert_eq!(again.header(header), first.header(header), "{header}");
    }
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
}

fn a_request_that_is_sent_again_is_answered_again(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let movie = json!({ "name": "Amélie", "imdb_score": 8.3, "genres": ["Romance"], "imdb_id": "tt0211915" });
    let batch = json!({ "operations": [
        { "op": "create", "movie": { "name": "B", "genres": ["Romance", "War"] } },
        { "op": "update", "id": 1, "movie": { "votes": 7 } },
        { "op": "delete", "id": 1 },
    ] });
    for (path, body) in [(MOVIES, &movie), (GENRES, &json!({ "name": "Road Movie" })), (BATCH, &batch)] {
        let first = send(&app, &token, path, "key", body);
        assert!(first.status == 200 || first.status == 201, "{first:?}");
        for again in [path.to_owned(), format!("{path}/")] {
            assert_replayed(&first, &send(&app, &token, &again, "key", body));
        }
    }
    assert_eq!(total(&app), 1);
    // What has become of the movie since changes nothing about the answer.
    let again = send(&app, &token, MOVIES, "key", &movie);
    assert_eq!((again.status, &again.json()["votes"]), (201, &Value::Null));
    app.get(again.header("location")).answer().problem(404);
    // Without a key every request is a new one.
    let unkeyed = || app.post(MOVIES).bearer_auth(&token).json(&json!({ "name": "M" })).answer();
    assert_eq!((unkeyed().status, unkeyed().status), (201, 409));
}

fn the_same_key_for_another_request_is_refused(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let first = send(&app, &token, MOVIES, "key", &json!({ "name": "M" }));
    assert_eq!(first.status, 201);
    for (path, body) in [
        (MOVIES.to_owned(), json!({ "name": "N" })),
        (MOVIES.to_owned(), json!({ "name": "M", "year": null })),
        (format!("{MOVIES}?allow_duplicate=true"), json!({ "name": "M" })),
    ] {
        let refused = send(&app, &token, &path, "key", &body);
        assert_eq!(refused.problem(422)["type"], "/problems/idempotency-key-reused", "{path} {body}");
    }
    assert_replayed(&first, &send(&app, &token, MOVIES, "key", &json!({ "name": "M" })));
    assert_eq!(total(&app), 1);
}

fn a_key_belongs_to_a_user_and_a_path(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let name = json!({ "name": "X" });
    assert_eq!(send(&app, &token, MOVIES, "key", &name).status, 201);
    assert_eq!(send(&app, &token, GENRES, "key", &name).status, 201);
    assert_eq!(send(&app, &token, BATCH, "key", &json!({ "operations": [] })).status, 200);
    // Another login of the same user is the same user.
    let again = send(&app, &app.admin_token(), MOVIES, "key", &name);
    assert_eq!(again.header("idempotency-replayed"), "true");

    let other = make_admin(database, &app, "bob");
    let body = json!({ "name": "Y" });
    let theirs = send(&app, &other, MOVIES, "key", &body);
    assert_eq!((theirs.status, theirs.header("idempotency-replayed")), (201, ""));
    // Who may not write learns nothing of what was answered to others.
    let reader = app.user_token("carol");
    send(&app, &reader, MOVIES, "key", &body).problem(403);
}

/// A token of another admin.
fn make_admin(database: &TestDatabase, app: &TestApp, username: &str) -> String {
    let output = Program::new(database).run(&["user", "create", username, "--admin"], PASSWORD);
    assert!(output.status.success(), "{output:?}");
    let user = json!({ "username": username, "password": PASSWORD });
    app.post("/api/v1/auth/login").json(&user).answer().json()["token"].as_str().unwrap().to_owned()
}

fn a_refusal_is_replayed_until_the_request_is_put_right(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let movie = json!({ "name": "M" });
    let existing = app.post(MOVIES).bearer_auth(&token).json(&movie).answer();
    let refused = send(&app, &token, MOVIES, "taken", &movie).problem(409);
    assert_eq!(app.delete(existing.header("location")).bearer_auth(&token).answer().status, 204);
    let again = send(&app, &token, MOVIES, "taken", &movie);
    assert_eq!(again.header("idempotency-replayed"), "true");
    let again = again.problem(409);
    assert_eq!((&again["existing_id"], &again["type"]), (&refused["existing_id"], &refused["type"]));

    // A body that breaks rules was never tried, and does not take the key.
    let wrong = [
        (MOVIES, json!({ "nam": "M" }), movie),
        (GENRES, json!({ "name": "a|b" }), json!({ "name": "War" })),
        (BATCH, json!({ "operations": [{ "op": "delete", "id": 99 }] }), json!({ "operations": [] })),
    ];
    for (path, wrong, right) in wrong {
        send(&app, &token, path, "wrong", &wrong).errors(422);
        let right = send(&app, &token, path, "wrong", &right);
        assert!(right.status < 300, "{right:?}");
    }
}

fn what_the_server_could_not_do_is_done_at_the_next_attempt(database: &TestDatabase) {
    let app = TestApp::spawn_with(database, &[("DATABASE__LOCK_TIMEOUT_MS", "1000")]);
    let token = app.admin_token();
    let movie = json!({ "name": "M" });
    store(database)
        .writing(|_| {
            send(&app, &token, MOVIES, "key", &movie).problem(503);
            Ok(())
        })
        .unwrap();
    let done = send(&app, &token, MOVIES, "key", &movie);
    assert_eq!((done.status, done.header("idempotency-replayed")), (201, ""));
    assert_eq!(total(&app), 1);
}

fn a_large_answer_is_replayed(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let overview = "é".repeat(2_000);
    let create = |i| json!({ "op": "create", "movie": { "name": format!("M{i}"), "overview": overview } });
    let batch = json!({ "operations": (0..1_000).map(create).collect::<Vec<_>>() });
    let first = send(&app, &token, BATCH, "key", &batch);
    assert!(first.status == 200 && first.text.len() > 4_000_000, "{} {}", first.status, first.text.len());
    assert_replayed(&first, &send(&app, &token, BATCH, "key", &batch));
    app.wait_until_listed(1_000);
}

fn of_many_requests_at_once_one_is_done(database: &TestDatabase) {
    const REQUESTS: usize = 16;
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    for (path, body) in [
        (format!("{MOVIES}?allow_duplicate=true"), json!({ "name": "M" })),
        (GENRES.to_owned(), json!({ "name": "War" })),
        (BATCH.to_owned(), json!({ "operations": [{ "op": "create", "movie": { "name": "N" } }] })),
    ] {
        let start = Barrier::new(REQUESTS);
        let answers: Vec<Answer> = thread::scope(|scope| {
            let request = || {
                start.wait();
                send(&app, &token, &path, "key", &body)
            };
            let requests: Vec<_> = (0..REQUESTS).map(|_| scope.spawn(request)).collect();
            requests.into_iter().map(|request| request.join().unwrap()).collect()
        });
        let done: Vec<_> = answers.iter().filter(|answer| answer.header("idempotency-replayed").is_empty()).collect();
        assert_eq!(done.len(), 1, "{path}: {answers:?}");
        for answer in &answers {
            assert_eq!((answer.status, &answer.text), (done[0].status, &done[0].text), "{path}");
        }
    }
    assert_eq!(total(&app), 2);
    assert_eq!(names(&app.get(GENRES).answer()), ["War"]);
}

fn a_key_holds_on_every_node(database: &TestDatabase) {
    const REQUESTS: usize = 8;
    let nodes = [TestApp::spawn(database), TestApp::spawn(database)];
    let token = nodes[0].admin_token();
    let start = Barrier::new(REQUESTS * nodes.len());
    let body = json!({ "name": "Solaris" });
    let request = |node: &TestApp| {
        start.wait();
        let answer = send(node, &token, &format!("{MOVIES}?allow_duplicate=true"), "key", &body);
        // Whichever node did it, this one shows it.
        assert_eq!(names(&node.get(&format!("{MOVIES}?q=solaris")).answer()), ["Solaris"]);
        answer
    };
    let answers: Vec<Answer> = thread::scope(|scope| {
        let requests = nodes.iter().flat_map(|node| (0..REQUESTS).map(move |_| node));
        let requests: Vec<_> = requests.map(|node| scope.spawn(|| request(node))).collect();
        requests.into_iter().map(|request| request.join().unwrap()).collect()
    });
    assert_eq!(answers.iter().filter(|answer| answer.header("idempotency-replayed").is_empty()).count(), 1);
    assert!(answers.iter().all(|answer| answer.status == 201 && answer.text == answers[0].text), "{answers:?}");
    assert_eq!(total(&nodes[0]), 1);
}

/// A request of the test that kills the server: numbers from 0, each with a key and a name of its own.
fn post_number(client: &Client, address: &str, token: &str, number: usize) -> Result<(u16, Value), reqwest::Error> {
    let url = format!("http://{address}{MOVIES}?allow_duplicate=true");
    let request = client.post(url).bearer_auth(token).header("idempotency-key", format!("key-{number}"));
    let response = request.json(&json!({ "name": format!("Film {number}") })).send()?;
    Ok((response.status().as_u16(), response.json()?))
}

fn a_killed_server_has_done_each_request_once_or_not_at_all(database: &TestDatabase) {
    const CLIENTS: usize = 4;
    const KILLS: usize = 5;
    let program = Program::new(database);
    // Nobody reads the log, and a full pipe would stop the server.
    let settings = [("AUTH__ADMIN_PASSWORD", PASSWORD), ("LOG__LEVEL", "info,api::request=warn")];
    let mut server = program.serve(&settings);
    let token = server.log_in("admin", PASSWORD).json()["token"].as_str().unwrap().to_owned();
    let next = AtomicUsize::new(0);
    let answered: Mutex<HashMap<usize, Value>> = Mutex::default();
    for kill in 0..KILLS {
        thread::scope(|scope| {
            for _ in 0..CLIENTS {
                scope.spawn(|| {
                    let client = Client::builder().no_proxy().build().unwrap();
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        // The server is gone, whether it has done this or not.
                        let Ok((status, movie)) = post_number(&client, &server.address, &token, number) else { break };
                        assert_eq!(status, 201, "{movie}");
                        answered.lock().unwrap().insert(number, movie);
                    }
                });
            }
            // In the midst of it, each time at another point.
            let before = answered.lock().unwrap().len();
            let give_up = Instant::now() + PATIENCE;
            while answered.lock().unwrap().len() < before + CLIENTS + kill {
                assert!(Instant::now() < give_up, "nothing is answered");
                thread::sleep(Duration::from_millis(1));
            }
            thread::sleep(Duration::from_millis(7 * kill as u64));
            server.signal("KILL");
        });
        server.wait();
        server = program.serve(&settings);
    }

    let (client, mut answered) = (Client::builder().no_proxy().build().unwrap(), answered.into_inner().unwrap());
    let sent = next.into_inner();
    assert!(answered.len() < sent, "{} of {sent} were answered", answered.len());
    for number in 0..sent {
        let (status, movie) = post_number(&client, &server.address, &token, number).unwrap();
        assert_eq!((status, &movie["name"]), (201, &json!(format!("Film {number}"))));
        assert_eq!(*answered.entry(number).or_insert_with(|| movie.clone()), movie);
    }
    let movies = store(database).reading(|session| session.movies_after(MovieId(0), 100_000)).unwrap();
    assert_eq!(movies.len(), sent, "each was done once");
}

#[test]
fn a_bad_key_is_refused() {
    let database = testing::sqlite();
    let app = TestApp::spawn(&database);
    let token = app.admin_token();
    let long = "x".repeat(256);
    for (path, body) in
        [(MOVIES, json!({ "name": "M" })), (GENRES, json!({ "name": "War" })), (BATCH, json!({ "operations": [] }))]
    {
        for key in ["", " ", "a b", "é", &long] {
            let request = app.post(path).bearer_auth(&token).header("idempotency-key", key.as_bytes());
            let errors = request.json(&body).answer().errors(400);
            assert_eq!(
                errors.iter().map(|(field, _)| field.as_str()).collect::<Vec<_>>(),
                ["Idempotency-Key"],
                "{key:?}"
            );
        }
        let twice = app.post(path).bearer_auth(&token).header("idempotency-key", "a").header("idempotency-key", "a");
        twice.json(&body).answer().problem(400);
        for key in ["x", "~!\"#", &long[1..]] {
            let answer = send(&app, &token, path, key, &body);
            assert_ne!(answer.status, 400, "{answer:?}");
        }
    }
}
