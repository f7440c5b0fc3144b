//! The feed of changes, in parts.

use std::{ops::ControlFlow, sync::Arc};

use domain::{
    change::{Edit, NewChange, Via},
    movie::{Field, Movie, MovieId, MoviePatch},
    ports::Store,
    time::Timestamp,
    user::Admin,
};
use ingest::OnError;
use reqwest::Method;
use serde_json::{Value, json};
use testing::TestDatabase;

use crate::{
    movies::{MOVIES, add},
    test_app::{Ask, TestApp, test_settings},
};

testing::on_every_database! {
    every_change_is_a_line_with_its_states,
    a_bulk_load_is_one_line_for_each_movie,
    the_feed_can_be_begun_inside_a_bulk_load,
    genres_have_the_names_of_the_time,
    the_feed_is_read_in_parts,
    a_part_is_bounded_in_bytes,
    what_is_wrong_with_a_request_for_changes_is_told,
    only_admins_follow_the_changes,
    a_number_ahead_of_the_feed_is_gone,
    old_changes_are_forgotten,
}

pub const CHANGES: &str = "/api/v1/changes";

/// The feed's lines for this query.
#[track_caller]
pub fn lines(app: &TestApp, token: &str, query: &str) -> Vec<Value> {
    let answer = app.get(&format!("{CHANGES}?{query}")).bearer_auth(token).answer();
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/x-ndjson"), "{answer:?}");
    assert!(answer.text.is_empty() || answer.text.ends_with('\n'));
    answer.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub fn seqs(lines: &[Value]) -> Vec<u64> {
    lines.iter().map(|line| line["seq"].as_u64().unwrap()).collect()
}

/// The database, as a program beside the server has it open.
pub fn store(database: &TestDatabase) -> Arc<dyn Store> {
    let files = tempfile::tempdir().unwrap();
    bootstrap::open_store(&test_settings(database, files.path(), &[])).unwrap()
}

/// Loads a feed as such a program does.
pub fn load(store: &Arc<dyn Store>, movies: &[Value]) {
    let feed = serde_json::to_vec(movies).unwrap();
    let import = bootstrap::importer(Arc::clone(store));
    ingest::load(
        &import,
        &Admin::operator(),
        std::io::Cursor::new(feed),
        OnError::Abort,
        |_| ControlFlow::Continue(()),
    )
    .unwrap();
}

fn films(numbers: std::ops::RangeInclusive<u32>) -> Vec<Value> {
    numbers.map(|n| json!({ "name": format!("Film {n}"), "genres": ["Drama", "War"], "year": 1950 })).collect()
}

fn every_change_is_a_line_with_its_states(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let movie = add(&app, &token, &json!({ "name": "Metropolis", "genres": ["Drama", "Sci-Fi"], "year": 1927 }));
    let path = format!("{MOVIES}/{}", movie["id"]);
    let patched = app.patch(&path).bearer_auth(&token).json(&json!({ "votes": 7 })).answer().json();
    let renamed = json!({ "name": "Science Fiction" });
    assert_eq!(app.patch("/api/v1/genres/2").bearer_auth(&token).json(&renamed).answer().status, 200);
    let detached = app.delete("/api/v1/genres/1?detach=true").bearer_auth(&token).answer();
    assert_eq!(detached.status, 204);
    let left = app.get(&path).answer().json();
    assert_eq!(app.delete(&path).bearer_auth(&token).answer().status, 204);

    let lines = lines(&app, &token, "");
    assert_eq!(seqs(&lines), (1..=8).collect::<Vec<_>>());
    for line in &lines {
        assert_eq!((&line["actor"], &line["via"]), (&json!("admin"), &json!("api")), "{line}");
        assert!(line["at"].as_str().unwrap().ends_with('Z'), "{line}");
        let names: Vec<_> = line.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, ["action", "actor", "after", "at", "before", "genre_id", "movie_id", "seq", "via"]);
    }
    let told = |l: &Value| json!([l["action"], l["movie_id"], l["genre_id"], l["before"], l["after"]]);
    let told: Vec<_> = lines.iter().map(told).collect();
    let genre = |id: u32, name: &str| json!({ "id": id, "name": name });
    let mut renamed = patched.clone();
    renamed["genres"] = json!(["Drama", "Science Fiction"]);
    assert_eq!(left["genres"], json!(["Science Fiction"]));
    let expected = [
        json!(["create", null, 1, null, genre(1, "Drama")]),
        json!(["create", null, 2, null, genre(2, "Sci-Fi")]),
        json!(["create", 1, null, null, movie]),
        json!(["update", 1, null, movie, patched]),
        json!(["update", null, 2, genre(2, "Sci-Fi"), genre(2, "Science Fiction")]),
        json!(["update", 1, null, renamed, left]),
        json!(["delete", null, 1, genre(1, "Drama"), null]),
        json!(["delete", 1, null, left, null]),
    ];
    assert_eq!(told, expected);
}

fn a_bulk_load_is_one_line_for_each_movie(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    load(&store(database), &films(1..=5));
    let added: Vec<_> = (1..=5).map(|id| app.get(&format!("{MOVIES}/{id}")).answer().json()).collect();
    let before = lines(&app, &token, "");
    assert_eq!(seqs(&before), (1..=7).collect::<Vec<_>>(), "two genres and five movies");
    for (line, movie) in before[2..].iter().zip(&added) {
        let expected = json!(["create", "cli", null, movie["id"], null, null, movie]);
        let told =
            ["action", "via", "actor", "movie_id", "genre_id", "before", "after"].map(|member| line[member].clone());
        assert_eq!(json!(told), expected);
    }
    // What is done to them later does not change what was done first.
    for (id, body) in [(1, json!({ "name": "Changed" })), (1, json!({ "name": "Again" })), (3, json!({ "votes": 1 }))] {
        let answer = app.patch(&format!("{MOVIES}/{id}")).bearer_auth(&token).json(&body).answer();
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    for id in [2, 3] {
        assert_eq!(app.delete(&format!("{MOVIES}/{id}")).bearer_auth(&token).answer().status, 204);
    }
    assert_eq!(app.post(&format!("{MOVIES}/2/restore")).bearer_auth(&token).answer().status, 200);
    assert_eq!(lines(&app, &token, "")[..7], before);
}

fn the_feed_can_be_begun_inside_a_bulk_load(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let store = store(database);
    load(&store, &films(1..=6));
    add(&app, &token, &json!({ "name": "Between" }));
    load(&store, &films(7..=9));
    let all = lines(&app, &token, "");
    assert_eq!(seqs(&all), (1..=12).collect::<Vec<_>>());
    for since in 0..=12 {
        for limit in [1, 2, 3, 5, 100] {
            let part = lines(&app, &token, &format!("since={since}&limit={limit}"));
            assert_eq!(part, all[since..(since + limit).min(12)], "since={since}&limit={limit}");
        }
    }
}

fn genres_have_the_names_of_the_time(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    load(&store(database), &films(1..=2));
    let rename = |id: u32, name: &str| {
        let answer =
            app.patch(&format!("/api/v1/genres/{id}")).bearer_auth(&token).json(&json!({ "name": name })).answer();
        assert_eq!(answer.status, 200, "{answer:?}");
    };
    // Drama and War change places.
    rename(1, "Something");
    rename(2, "Drama");
    let votes = app.patch(&format!("{MOVIES}/1")).bearer_auth(&token).json(&json!({ "votes": 1 })).answer();
    assert_eq!(votes.json()["genres"], json!(["Something", "Drama"]));
    rename(1, "War");
    let lines = lines(&app, &token, "");
    for line in [&lines[2], &lines[3]] {
        assert_eq!((&line["action"], &line["after"]["genres"]), (&json!("create"), &json!(["Drama", "War"])));
    }
    let update = lines.iter().find(|line| line["action"] == "update" && line["movie_id"] == 1).unwrap();
    for state in ["before", "after"] {
        assert_eq!(update[state]["genres"], json!(["Something", "Drama"]));
    }
}

fn the_feed_is_read_in_parts(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    assert_eq!(lines(&app, &token, ""), [json!(null); 0], "nothing was done yet");
    load(&store(database), &films(1..=1_500));
    assert_eq!(lines(&app, &token, "").len(), 1_000, "by default");
    assert_eq!(lines(&app, &token, "limit=99999999999").len(), 1_502, "more than the most is the most");
    let answer = app.get(&format!("{CHANGES}?since=1502")).bearer_auth(&token).answer();
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    assert_eq!((answer.header("last-seq"), answer.header("cache-control")), ("1502", "no-store"));
    let head = app.request(Method::HEAD, CHANGES).bearer_auth(&token).answer();
    assert_eq!((head.status, head.text.as_str(), head.header("last-seq")), (200, "", "1502"));
    let mut walked = Vec::new();
    while let part = lines(&app, &token, &format!("since={}&limit=700", walked.len()))
        && !part.is_empty()
    {
        walked.extend(seqs(&part));
    }
    assert_eq!(walked, (1..=1_502).collect::<Vec<_>>());
}

fn a_part_is_bounded_in_bytes(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let overview = "🎬".repeat(5_000);
    let large: Vec<_> = (1..=500).map(|n| json!({ "name": format!("Film {n}"), "overview": overview })).collect();
    load(&store(database), &large);
    let part = lines(&app, &token, "");
    assert!((400..450).contains(&part.len()), "{}", part.len());
    let rest = lines(&app, &token, &format!("since={}", part.len()));
    assert_eq!(part.len() + rest.len(), 500);
}

fn what_is_wrong_with_a_request_for_changes_is_told(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let ask = |query: &str| app.get(&format!("{CHANGES}?{query}")).bearer_auth(&token);
    let errors = ask("since=-1&limit=0&sinc=1").answer().errors(400);
    let expected = [("since", "invalid_value"), ("limit", "out_of_range"), ("sinc", "unknown_parameter")];
    assert_eq!(errors, expected.map(|(field, code)| (field.to_owned(), code.to_owned())));
    assert_eq!(ask("since=1&since=2").answer().errors(400)[0].1, "repeated_parameter");
    let stream = ask("").header("accept", "text/event-stream").header("last-event-id", "x").answer();
    assert_eq!(stream.errors(400)[0].0, "Last-Event-ID");
    app.post(CHANGES).bearer_auth(&token).answer().problem(405);
}

fn only_admins_follow_the_changes(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let reader = app.user_token("reader");
    for accept in ["*/*", "text/event-stream"] {
        app.get(CHANGES).header("accept", accept).answer().problem(401);
        app.get(CHANGES).header("accept", accept).bearer_auth("mq_wrong").answer().problem(401);
        app.get(CHANGES).header("accept", accept).bearer_auth(&reader).answer().problem(403);
    }
}

fn a_number_ahead_of_the_feed_is_gone(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    add(&app, &token, &json!({ "name": "M" }));
    for since in ["2", "99999999999999999999"] {
        for accept in ["*/*", "text/event-stream"] {
            let ask = app.get(&format!("{CHANGES}?since={since}")).header("accept", accept);
            let problem = ask.bearer_auth(&token).answer().problem(410);
            assert_eq!(problem["type"], "/problems/changes-gone");
            assert_eq!((&problem["oldest_since"], &problem["last_seq"]), (&json!(0), &json!(1)), "{problem}");
        }
    }
}

/// Adds a movie by itself, at this time.
fn added_at(store: &Arc<dyn Store>, at: Timestamp, name: &str) {
    let patch = MoviePatch { name: Field::Value(name.to_owned()), ..MoviePatch::default() };
    let details = patch.onto(None).unwrap().details;
    let add = store.writing(|session| {
        let id = session.new_movie_ids(1)?;
        let details = details.clone();
        let movie = Movie { id, version: 1, created_at: at, updated_at: at, details, genres: Vec::new() };
        session.insert_movies(std::slice::from_ref(&movie))?;
        session.record(&[NewChange { at, actor: None, via: Via::Cli, edit: Edit::movie_created(&movie) }])
    });
    add.unwrap();
}

fn old_changes_are_forgotten(database: &TestDatabase) {
    let store = store(database);
    let old = "2020-01-01T00:00:00Z".parse().unwrap();
    // More than are removed at once.
    for n in 0..600 {
        added_at(&store, old, &format!("Film {n}"));
    }
    let gone = Edit::movie_deleted(&store.reading(|session| session.movie(MovieId(1))).unwrap().unwrap());
    store
        .writing(|session| {
            session.delete_movie(MovieId(1))?;
            session.record(&[NewChange { at: old, actor: None, via: Via::Cli, edit: gone.clone() }])
        })
        .unwrap();
    added_at(&store, old, "The Last of the Old");

    let app = TestApp::spawn_with(database, &[("CHANGES__RETENTION_DAYS", "0")]);
    let token = app.admin_token();
    assert_eq!(lines(&app, &token, "").len(), 602, "for ever");
    drop(app);

    let app = TestApp::spawn_with(database, &[("CHANGES__RETENTION_DAYS", "30")]);
    let oldest = || {
        let answer = app.get(&format!("{CHANGES}?since=0")).bearer_auth(&token).answer();
        if answer.status == 200 { 0 } else { answer.problem(410)["oldest_since"].as_u64().unwrap() }
    };
    crate::test_app::wait_until("the old changes are gone", || oldest() == 601);
    let kept = lines(&app, &token, "since=601");
    assert_eq!((kept.len(), &kept[0]["after"]["name"]), (1, &json!("The Last of the Old")), "the last one stays");
    assert_eq!(app.get("/api/v1/movies?limit=1").answer().json()["total"]["value"], 600, "the movies stay, too");

    // What is still there has no history, what is gone never was.
    let history = |id: u32| app.get(&format!("{MOVIES}/{id}/history")).bearer_auth(&token).answer();
    assert_eq!(history(2).json()["total"]["value"], 0);
    history(1).problem(404);
    app.post(&format!("{MOVIES}/1/restore")).bearer_auth(&token).answer().problem(404);
    app.post(&format!("{MOVIES}/1/history/1/restore")).bearer_auth(&token).answer().problem(404);

    // It goes on from there.
    add(&app, &token, &json!({ "name": "New" }));
    assert_eq!(seqs(&lines(&app, &token, "since=601")), [602, 603]);
}
