//! `/api/v1/tokens`.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use testing::TestDatabase;

use crate::test_app::{Answer, Ask, TestApp};

testing::on_every_database! {
    a_token_is_made_shown_once_used_and_ended,
    a_token_lasts_as_long_as_was_asked_for,
    everything_wrong_with_a_token_is_told_at_once,
    tokens_are_listed_page_by_page,
    a_user_sees_and_ends_no_other_users_tokens,
    a_user_has_a_limited_number_of_tokens,
    a_revoked_token_ends_on_every_server,
    the_last_use_of_a_token_is_known_to_every_server,
}

const TOKENS: &str = "/api/v1/tokens";

fn create(app: &TestApp, token: &str, body: &Value) -> Answer {
    app.post(TOKENS).bearer_auth(token).json(body).answer()
}

fn list(app: &TestApp, token: &str, query: &str) -> Value {
    let answer = app.get(&format!("{TOKENS}{query}")).bearer_auth(token).answer();
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{answer:?}");
    answer.json()
}

fn ids(listing: &Value) -> Vec<u64> {
    listing["items"].as_array().unwrap().iter().map(|item| item["id"].as_u64().unwrap()).collect()
}

fn a_token_is_made_shown_once_used_and_ended(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let login = app.user_token("alice");

    let created = create(&app, &login, &json!({ "name": " nightly backup ", "expires_in_days": 30 }));
    assert_eq!((created.status, created.header("cache-control")), (201, "no-store"));
    let mut body = created.json();
    let secret = body["token"].take().as_str().unwrap().to_owned();
    assert!(secret.starts_with("mq_"), "{secret}");
    assert_eq!((&body["name"], &body["last_used_at"]), (&json!("nightly backup"), &Value::Null));
    let path = format!("{TOKENS}/{}", body["id"]);
    assert_eq!(created.header("location"), path);

    let listing = list(&app, &login, "");
    assert!(!listing.to_string().contains(&secret));
    let items = listing["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!((&items[0]["name"], items[0]["last_used_at"].is_string()), (&Value::Null, true), "the login");
    assert_eq!((&items[1]["id"], &items[1]["last_used_at"]), (&body["id"], &Value::Null));

    let me = app.get("/api/v1/auth/me").bearer_auth(&secret).answer();
    assert_eq!((me.status, &me.json()["username"]), (200, &json!("alice")));
    let used = &list(&app, &login, "")["items"][1];
    assert!(used["last_used_at"].as_str().unwrap() >= used["created_at"].as_str().unwrap(), "{used}");

    let ended = app.delete(&path).bearer_auth(&login).answer();
    assert_eq!((ended.status, ended.text.as_str()), (204, ""));
    app.get("/api/v1/auth/me").bearer_auth(&secret).answer().problem(401);
    app.delete(&path).bearer_auth(&login).answer().problem(404);
    for other in ["0", "x", "18446744073709551616"] {
        app.delete(&format!("{TOKENS}/{other}")).bearer_auth(&login).answer().problem(404);
    }
}

fn a_token_lasts_as_long_as_was_asked_for(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let login = app.user_token("alice");
    for (days, lasts) in [(json!(null), 90), (json!(1), 1), (json!(365), 365)] {
        let token = create(&app, &login, &json!({ "name": "x", "expires_in_days": days })).json();
        let time = |field: &str| token[field].as_str().unwrap().parse::<domain::time::Timestamp>().unwrap().unix();
        assert_eq!(time("expires_at") - time("created_at"), lasts * 86_400, "{days}");
    }
}

fn everything_wrong_with_a_token_is_told_at_once(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let login = app.user_token("alice");
    let long = "x".repeat(101);
    let table = [
        (json!({}), &[("/name", "required")][..]),
        (json!({ "name": "" }), &[("/name", "too_short")]),
        (
            json!({ "name": long, "expires_in_days": 366 }),
            &[("/name", "too_long"), ("/expires_in_days", "out_of_range")],
        ),
        (
            json!({ "name": 5, "expires_in_days": "9", "nmae": 1 }),
            &[("/name", "wrong_type"), ("/expires_in_days", "wrong_type"), ("/nmae", "unknown_field")],
        ),
    ];
    for (body, expected) in table {
        let errors = create(&app, &login, &body).errors(422);
        let errors: Vec<_> = errors.iter().map(|(field, code)| (field.as_str(), code.as_str())).collect();
        assert_eq!(errors, expected, "{body}");
    }
    assert_eq!(list(&app, &login, "")["total"]["value"], 1, "nothing was made");
}

fn tokens_are_listed_page_by_page(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let login = app.user_token("alice");
    for n in 1..=4 {
        assert_eq!(create(&app, &login, &json!({ "name": format!("token {n}") })).status, 201);
    }
    let all = list(&app, &login, "");
    assert_eq!(all["total"], json!({ "value": 5, "relation": "exact" }));
    assert_eq!((&all["limit"], &all["offset"]), (&json!(20), &json!(0)));
    assert_eq!((&all["next"], &all["prev"]), (&Value::Null, &Value::Null));
    let all = ids(&all);
    assert!(all.is_sorted(), "{all:?}");

    let mut walked = Vec::new();
    let mut next = format!("{TOKENS}?limit=2");
    loop {
        let answer = app.get(&next).bearer_auth(&login).answer();
        walked.extend(ids(&answer.json()));
        assert_eq!(answer.json()["total"]["value"], 5);
        let Some(url) = answer.json()["next"].as_str().map(str::to_owned) else { break };
        assert!(answer.header("link").contains(&format!("<{url}>; rel=\"next\"")), "{answer:?}");
        next = url;
    }
    assert_eq!(walked, all);

    let second = list(&app, &login, "?limit=2&offset=2");
    assert_eq!((ids(&second), &second["prev"]), (all[2..4].to_vec(), &json!(format!("{TOKENS}?limit=2&offset=0"))));
    assert_eq!(list(&app, &login, "?limit=1000")["limit"], 100);
    for (query, field) in [("?limit=0", "limit"), ("?offset=10001", "offset"), ("?cursor=x", "cursor"), ("?q=x", "q")] {
        let answer = app.get(&format!("{TOKENS}{query}")).bearer_auth(&login).answer();
        assert_eq!(answer.errors(400)[0].0, field, "{query}");
    }
    let lenient = app.get(&format!("{TOKENS}?q=x")).bearer_auth(&login).header("prefer", "handling=lenient").answer();
    assert_eq!((lenient.status, lenient.header("preference-applied")), (200, "handling=lenient"));
}

fn a_user_sees_and_ends_no_other_users_tokens(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let (alice, admin) = (app.user_token("alice"), app.admin_token());
    let token = create(&app, &alice, &json!({ "name": "hers" })).json();
    assert_eq!(list(&app, &admin, "")["total"]["value"], 1);
    app.delete(&format!("{TOKENS}/{}", token["id"])).bearer_auth(&admin).answer().problem(404);
    let secret = token["token"].as_str().unwrap();
    assert_eq!(app.get("/api/v1/auth/me").bearer_auth(secret).answer().status, 200);
}

fn a_user_has_a_limited_number_of_tokens(database: &TestDatabase) {
    let app = TestApp::spawn_with(database, &[("AUTH__MAX_TOKENS_PER_USER", "2")]);
    let login = app.user_token("alice");
    let new = || create(&app, &login, &json!({ "name": "x" }));
    let first = new();
    assert_eq!((first.status, new().status), (201, 201));
    assert_eq!(new().problem(409)["type"], "/problems/too-many-tokens");
    app.login("alice");
    assert_eq!(app.delete(first.header("location")).bearer_auth(&login).answer().status, 204);
    assert_eq!(new().status, 201);
}

fn a_revoked_token_ends_on_every_server(database: &TestDatabase) {
    let (here, there) = (TestApp::spawn(database), TestApp::spawn(database));
    let login = here.user_token("alice");
    let token = create(&here, &login, &json!({ "name": "x" })).json();
    let me = |app: &TestApp| app.get("/api/v1/auth/me").bearer_auth(token["token"].as_str().unwrap()).answer().status;
    assert_eq!((me(&here), me(&there)), (200, 200));
    here.delete(&format!("{TOKENS}/{}", token["id"])).bearer_auth(&login).answer();
    assert_eq!((me(&here), me(&there)), (401, 401));
}

fn the_last_use_of_a_token_is_known_to_every_server(database: &TestDatabase) {
    let (here, there) = (TestApp::spawn(database), TestApp::spawn(database));
    let login = here.user_token("alice");
    let make_and_use = || {
        let token = create(&here, &login, &json!({ "name": "x" })).json();
        here.get("/api/v1/movies").bearer_auth(token["token"].as_str().unwrap()).answer();
    };
    let is_known = |place: usize| list(&there, &login, "")["items"][place]["last_used_at"].is_string();
    make_and_use();
    let give_up = Instant::now() + Duration::from_secs(30);
    while !is_known(1) {
        assert!(Instant::now() < give_up, "it is not stored");
        thread::sleep(Duration::from_millis(50));
    }
    // What is not stored yet is stored when a server stops.
    make_and_use();
    drop(here);
    assert!(is_known(2));
}
