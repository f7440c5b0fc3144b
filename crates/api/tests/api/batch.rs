//! `POST /api/v1/movies:batch`.

use reqwest::Method;
use serde_json::{Value, json};
use testing::TestDatabase;

use crate::{
    movies::{MOVIES, add, names},
    test_app::{Answer, Ask, TestApp},
};

testing::on_every_database! {
    a_batch_creates_updates_and_deletes_in_order,
    what_a_batch_did_shows_at_once,
    every_operation_is_a_change_of_its_own,
    each_operation_sees_those_before_it,
    everything_wrong_is_told_at_once_and_nothing_is_written,
    a_stale_version_is_refused_with_the_current_one,
    duplicates_are_refused_also_within_a_batch,
    an_imdb_id_can_go_from_one_movie_to_another,
    an_update_that_changes_nothing_makes_no_new_version,
    a_thousand_operations_and_no_more,
    every_slash_and_method_is_answered,
}

pub const BATCH: &str = "/api/v1/movies:batch";

fn send(app: &TestApp, token: &str, operations: &Value) -> Answer {
    app.post(BATCH).bearer_auth(token).json(&json!({ "operations": operations })).answer()
}

#[track_caller]
fn results(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["results"].as_array().unwrap().clone()
}

#[track_caller]
fn assert_errors(answer: &Answer, expected: &[(&str, &str)]) {
    let found = answer.errors(422);
    let found: Vec<_> = found.iter().map(|(field, code)| (field.as_str(), code.as_str())).collect();
    assert_eq!(found, expected, "{answer:?}");
}

fn create(name: &str) -> Value {
    json!({ "op": "create", "movie": { "name": name } })
}

fn a_batch_creates_updates_and_deletes_in_order(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    for name in ["A", "B", "C"] {
        add(&app, &token, &json!({ "name": name, "genres": ["Drama"], "year": 1977, "votes": 5 }));
    }
    let answer = send(
        &app,
        &token,
        &json!([
            { "op": "delete", "id": 3, "version": 1 },
            { "op": "create", "movie": { "name": " D ", "genres": ["War", "drama"], "id": 99, "version": 7 } },
            { "op": "update", "id": 2, "version": 1, "movie": { "year": null, "imdb_score": 9, "genres": ["war"] } },
            { "op": "update", "id": 1, "movie": {} },
        ]),
    );
    let results = results(&answer);
    let brief = |result: &Value| (result["op"].clone(), result["status"].clone(), result["id"].clone());
    assert_eq!(
        results.iter().map(brief).collect::<Vec<_>>(),
        [
            (json!("delete"), json!(204), json!(3)),
            (json!("create"), json!(201), json!(4)),
            (json!("update"), json!(200), json!(2)),
            (json!("update"), json!(200), json!(1)),
        ]
    );
    assert_eq!(results[0]["movie"], Value::Null);
    for result in &results[1..] {
        let read = app.get(&format!("{MOVIES}/{}", result["id"])).answer();
        assert_eq!(result["movie"], read.json(), "{result}");
    }
    app.get(&format!("{MOVIES}/3")).answer().problem(404);
    let created = &results[1]["movie"];
    assert_eq!((&created["name"], &created["genres"]), (&json!("D"), &json!(["War", "Drama"])));
    let updated = &results[2]["movie"];
    assert_eq!((&updated["version"], &updated["genres"], &updated["votes"]), (&json!(2), &json!(["War"]), &json!(5)));
    assert_eq!((&updated["year"], &updated["imdb_score"]), (&Value::Null, &json!(9.0)));
    assert_eq!(results[3]["movie"]["version"], 1);
    assert_eq!(self::results(&send(&app, &token, &json!([]))), [] as [Value; 0]);
}

fn what_a_batch_did_shows_at_once(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    for round in 0..10 {
        let names_of = |prefix: &str| (0..5).map(|i| format!("{prefix}{round}x{i}")).collect::<Vec<_>>();
        let operations: Vec<_> = names_of("Kino").iter().map(|name| create(name)).collect();
        let ids: Vec<Value> =
            results(&send(&app, &token, &json!(operations))).iter().map(|result| result["id"].clone()).collect();
        let list = |query: &str| names(&app.get(&format!("{MOVIES}?{query}&sort=id")).answer());
        assert_eq!(list(&format!("q=Kino{round}x")), names_of("Kino"));
        // The copies in memory go, too.
        for id in &ids {
            assert_eq!(app.get(&format!("{MOVIES}/{id}")).answer().status, 200);
        }
        let rename = |(id, name): (&Value, String)| json!({ "op": "update", "id": id, "movie": { "name": name } });
        let operations: Vec<_> = ids.iter().zip(names_of("Saal")).map(rename).collect();
        results(&send(&app, &token, &json!(operations)));
        assert_eq!(list(&format!("q=Saal{round}x")), names_of("Saal"));
        for (id, name) in ids.iter().zip(names_of("Saal")) {
            assert_eq!(app.get(&format!("{MOVIES}/{id}")).answer().json()["name"], json!(name));
        }
        let operations: Vec<_> = ids.iter().map(|id| json!({ "op": "delete", "id": id })).collect();
        results(&send(&app, &token, &json!(operations)));
        assert!(list(&format!("q=Saal{round}x")).is_empty());
        app.get(&format!("{MOVIES}/{}", ids[4])).answer().problem(404);
    }
}

fn every_operation_is_a_change_of_its_own(database: &TestDatabase) {
    use domain::change::{Action, Edit, Via};
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    results(&send(
        &app,
        &token,
        &json!([
            { "op": "create", "movie": { "name": "A", "genres": ["Drama"] } },
            create("B"),
            { "op": "update", "id": 1, "version": 1, "movie": { "votes": 1 } },
            { "op": "update", "id": 1, "version": 2, "movie": { "votes": 2 } },
            { "op": "update", "id": 1, "version": 3, "movie": { "votes": 2 } },
            { "op": "delete", "id": 2 },
        ]),
    ));
    let files = tempfile::tempdir().unwrap();
    let store = bootstrap::open_store(&crate::test_app::test_settings(database, files.path(), &[])).unwrap();
    let changes = store.reading(|session| session.changes_after(0, 100)).unwrap();
    let told: Vec<_> = changes
        .iter()
        .map(|change| match &change.edit {
            Edit::Movie { id, after, .. } => {
                (change.edit.action(), id.0, after.as_ref().map_or(0, |movie| movie.version))
            }
            other => (other.action(), 0, 0),
        })
        .collect();
    assert_eq!(
        told,
        [
            (Action::Create, 0, 0),
            (Action::Create, 1, 1),
            (Action::Create, 2, 1),
            (Action::Update, 1, 2),
            (Action::Update, 1, 3),
            (Action::Delete, 2, 0),
        ]
    );
    assert_eq!(changes.iter().map(|change| change.seq).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    assert!(changes.iter().all(|change| change.via == Via::Api && change.actor.is_some()));
}

fn each_operation_sees_those_before_it(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    add(&app, &token, &json!({ "name": "A", "imdb_id": "tt0000001", "genres": ["Drama"] }));
    let answer = send(
        &app,
        &token,
        &json!([
            { "op": "delete", "id": 1 },
            { "op": "create", "movie": { "name": "a", "imdb_id": "tt0000001", "genres": ["New"] } },
            { "op": "create", "movie": { "name": "B", "genres": ["NEW"] } },
        ]),
    );
    let done = results(&answer);
    assert_eq!((&done[1]["movie"]["id"], &done[2]["movie"]["genres"]), (&json!(2), &json!(["New"])));

    let twice = json!([
        { "op": "update", "id": 2, "version": 1, "movie": { "votes": 1 } },
        { "op": "update", "id": 2, "version": 1, "movie": { "votes": 2 } },
        { "op": "delete", "id": 3 },
        { "op": "delete", "id": 3 },
        { "op": "update", "id": 3, "movie": {} },
    ]);
    assert_errors(
        &send(&app, &token, &twice),
        &[
            ("/operations/1/version", "stale_version"),
            ("/operations/3/id", "not_found"),
            ("/operations/4/id", "not_found"),
        ],
    );
}

fn everything_wrong_is_told_at_once_and_nothing_is_written(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let movie = add(&app, &token, &json!({ "name": "A", "imdb_id": "tt0000001" }));
    let etag = app.get(MOVIES).answer().header("etag").to_owned();
    let answer = send(
        &app,
        &token,
        &json!([
            { "op": "create", "movie": { "name": "Fine", "genres": ["Unheard of"] } },
            { "op": "update", "id": 1, "movie": { "name": "Renamed" } },
            { "op": "upsert", "movie": {} },
            { "op": "create", "movie": { "name": "", "year": 1, "genres": ["a|b"], "colour": "red" } },
            { "op": "update", "movie": { "votes": "many" } },
            7,
            { "op": "update", "id": 99, "version": 1, "movie": { "votes": 1 } },
            { "op": "delete", "id": "1", "force": true },
            { "op": "create", "movie": { "name": "Other", "imdb_id": "tt0000001" } },
            { "op": "delete", "id": 9_223_372_036_854_775_808_u64 },
        ]),
    );
    assert_errors(
        &answer,
        &[
            ("/operations/2/op", "invalid_format"),
            ("/operations/3/movie/colour", "unknown_field"),
            ("/operations/3/movie/genres/0", "invalid_format"),
            ("/operations/3/movie/name", "too_short"),
            ("/operations/3/movie/year", "out_of_range"),
            ("/operations/4/id", "required"),
            ("/operations/4/movie/votes", "wrong_type"),
            ("/operations/5", "wrong_type"),
            ("/operations/6/id", "not_found"),
            ("/operations/7/id", "wrong_type"),
            ("/operations/7/force", "unknown_field"),
            ("/operations/8/movie/imdb_id", "taken"),
            ("/operations/9/id", "not_found"),
        ],
    );
    assert_eq!(answer.json()["type"], "/problems/invalid-body");
    assert_eq!(app.get(&format!("{MOVIES}/1")).answer().json(), movie);
    assert_eq!(app.get(MOVIES).header("if-none-match", &etag).answer().status, 304, "nothing has changed");
    assert!(names(&app.get("/api/v1/genres").answer()).is_empty());

    let bad = vec![json!({ "op": "delete", "id": 99 }); 1_000];
    assert_eq!(send(&app, &token, &json!(bad)).errors(422).len(), 100, "of very many, the first are told");
    for (body, field) in [(json!([]), ""), (json!({}), "/operations"), (json!({ "operations": [], "ops": [] }), "/ops")]
    {
        assert_eq!(app.post(BATCH).bearer_auth(&token).json(&body).answer().errors(422)[0].0, field, "{body}");
    }
    let truncated = app.post(BATCH).bearer_auth(&token).header("content-type", "application/json");
    truncated.body(r#"{"operations":["#).answer().problem(400);
    app.post(BATCH).bearer_auth(&token).body("{}").answer().problem(415);
    app.post(&format!("{BATCH}?dry_run=true")).bearer_auth(&token).json(&json!({})).answer().problem(400);
}

fn a_stale_version_is_refused_with_the_current_one(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    add(&app, &token, &json!({ "name": "A" }));
    app.patch(&format!("{MOVIES}/1")).bearer_auth(&token).json(&json!({ "votes": 1 })).answer();
    for operation in [
        json!({ "op": "update", "id": 1, "version": 1, "movie": {} }),
        json!({ "op": "delete", "id": 1, "version": 3 }),
    ] {
        let answer = send(&app, &token, &json!([create("B"), operation]));
        assert_errors(&answer, &[("/operations/1/version", "stale_version")]);
        assert!(answer.json()["errors"][0]["detail"].as_str().unwrap().contains('2'), "{answer:?}");
    }
    assert_eq!(names(&app.get(MOVIES).answer()), ["A"]);
    let null = json!([{ "op": "update", "id": 1, "version": null, "movie": { "votes": 2 } }]);
    assert_eq!(results(&send(&app, &token, &null))[0]["movie"]["version"], 3);
}

fn duplicates_are_refused_also_within_a_batch(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    add(&app, &token, &json!({ "name": "A" }));
    add(&app, &token, &json!({ "name": "B" }));
    let operations = json!([
        create(" a"),
        create("C"),
        create("c"),
        { "op": "update", "id": 2, "movie": { "name": "A" } },
        { "op": "create", "movie": { "name": "D", "imdb_id": "tt0000001" } },
        { "op": "create", "movie": { "name": "D", "imdb_id": "tt0000001" } },
    ]);
    let answer = send(&app, &token, &operations);
    assert_errors(
        &answer,
        &[
            ("/operations/0/movie/name", "duplicate"),
            ("/operations/2/movie/name", "duplicate"),
            ("/operations/3/movie/name", "duplicate"),
            ("/operations/5/movie/imdb_id", "taken"),
            ("/operations/5/movie/name", "duplicate"),
        ],
    );
    let details: Vec<_> = answer.json()["errors"].as_array().unwrap().iter().map(|e| e["detail"].to_string()).collect();
    assert!(details[0].contains("movie 1 ") && details[1].contains("/operations/1 "), "{details:?}");

    let allowed = app.post(&format!("{BATCH}?allow_duplicate=true")).bearer_auth(&token);
    assert_errors(
        &allowed.json(&json!({ "operations": operations })).answer(),
        &[("/operations/5/movie/imdb_id", "taken")],
    );
    let allowed = app.post(&format!("{BATCH}?allow_duplicate=true")).bearer_auth(&token);
    assert_eq!(results(&allowed.json(&json!({ "operations": [create("A"), create("A")] })).answer()).len(), 2);
}

fn an_imdb_id_can_go_from_one_movie_to_another(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    add(&app, &token, &json!({ "name": "A", "imdb_id": "tt0000001" }));
    add(&app, &token, &json!({ "name": "B", "imdb_id": "tt0000002" }));
    let swap = json!([
        { "op": "update", "id": 1, "movie": { "imdb_id": null } },
        { "op": "update", "id": 2, "movie": { "imdb_id": "tt0000001" } },
        { "op": "update", "id": 1, "movie": { "imdb_id": "tt0000002" } },
    ]);
    assert_eq!(results(&send(&app, &token, &swap))[2]["movie"]["version"], 3);
    let imdb_id = |id: u32| app.get(&format!("{MOVIES}/{id}")).answer().json()["imdb_id"].clone();
    assert_eq!((imdb_id(1), imdb_id(2)), (json!("tt0000002"), json!("tt0000001")));
}

fn an_update_that_changes_nothing_makes_no_new_version(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let movie = add(&app, &token, &json!({ "name": "A", "genres": ["Drama"] }));
    let etag = app.get(MOVIES).answer().header("etag").to_owned();
    let answer = send(&app, &token, &json!([{ "op": "update", "id": 1, "version": 1, "movie": movie }]));
    assert_eq!(results(&answer)[0]["movie"], movie);
    assert_eq!(app.get(MOVIES).answer().header("etag"), etag);
}

fn a_thousand_operations_and_no_more(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let many = |n: usize| json!((0..n).map(|i| create(&format!("Film {i}"))).collect::<Vec<_>>());
    assert_errors(&send(&app, &token, &many(1_001)), &[("/operations", "too_long")]);
    let done = results(&send(&app, &token, &many(1_000)));
    assert_eq!((done.len(), &done[999]["movie"]["name"]), (1_000, &json!("Film 999")));
    app.wait_until_listed(1_000);
}

fn every_slash_and_method_is_answered(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    for (i, path) in [BATCH.to_owned(), format!("{BATCH}/"), BATCH.replace(':', "%3A")].iter().enumerate() {
        let operations = json!({ "operations": [create(&format!("M{i}"))] });
        assert_eq!(app.post(path).bearer_auth(&token).json(&operations).answer().status, 200, "{path}");
        for method in [Method::GET, Method::PUT, Method::PATCH, Method::DELETE] {
            let answer = app.request(method.clone(), path).bearer_auth(&token).answer();
            answer.problem(405);
            assert_eq!(answer.header("allow"), "POST, OPTIONS", "{method} {path}");
        }
    }
    app.post("/api/v1/movies:merge").bearer_auth(&token).json(&json!({})).answer().problem(404);
}

#[test]
fn a_batch_may_be_larger_than_other_bodies() {
    let database = testing::sqlite();
    let settings = [("SERVER__MAX_BODY_BYTES", "200"), ("SERVER__MAX_BATCH_BYTES", "1000")];
    let app = TestApp::spawn_with(&database, &settings);
    let token = app.admin_token();
    let sized = |bytes: usize| {
        let batch = json!({ "operations": [] }).to_string();
        format!("{}{batch}", " ".repeat(bytes - batch.len()))
    };
    let send = |path: &str, body: String| {
        app.post(path).bearer_auth(&token).header("content-type", "application/json").body(body).answer()
    };
    assert_eq!(send(BATCH, sized(1_000)).status, 200);
    send(BATCH, sized(1_001)).problem(413);
    send(MOVIES, sized(201)).problem(413);
}
