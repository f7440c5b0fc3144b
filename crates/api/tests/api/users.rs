//! `/api/v1/users`.

use serde_json::{Value, json};
use testing::TestDatabase;

use crate::test_app::{Answer, Ask, PASSWORD, TestApp};

testing::on_every_database! {
    users_are_found_by_part_of_their_names,
    a_role_is_given_and_taken_on_every_server,
    a_disabled_user_is_stopped_on_every_server,
    everything_wrong_with_a_change_is_told_at_once,
    the_last_enabled_admin_stays,
    a_removed_user_is_gone,
}

const USERS: &str = "/api/v1/users";

fn patch(app: &TestApp, token: &str, id: &Value, body: &Value) -> Answer {
    app.patch(&format!("{USERS}/{id}")).bearer_auth(token).json(body).answer()
}

fn id_of(app: &TestApp, admin: &str, username: &str) -> Value {
    let found = app.get(&format!("{USERS}?q={username}")).bearer_auth(admin).answer().json();
    found["items"][0]["id"].clone()
}

fn users_are_found_by_part_of_their_names(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    for username in ["Alice", "bob_1", "bob21"] {
        app.user_token(username);
    }
    let admin = app.admin_token();
    let list = |query: &str| app.get(&format!("{USERS}{query}")).bearer_auth(&admin).answer();
    let names = |query: &str| {
        let items = list(query).json()["items"].take();
        items.as_array().unwrap().iter().map(|user| user["username"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(""), ["admin", "Alice", "bob_1", "bob21"]);
    assert_eq!(names("?q=AL"), ["Alice"]);
    assert_eq!(names("?q=b_1"), ["bob_1"], "an underscore is a letter");
    assert_eq!(names("?q=%25"), [] as [&str; 0]);

    let page = list("?limit=1&q=bob");
    assert_eq!(page.header("cache-control"), "no-store");
    let first = page.json();
    assert_eq!(first["total"], json!({ "value": 2, "relation": "exact" }));
    let user = &first["items"][0];
    assert_eq!((&user["role"], &user["disabled"]), (&json!("user"), &json!(false)));
    assert!(user["created_at"].is_string() && !page.text.contains("password"), "{page:?}");
    let next = first["next"].as_str().unwrap();
    let second = app.get(next).bearer_auth(&admin).answer().json();
    assert_eq!((&second["items"][0]["username"], &second["next"]), (&json!("bob21"), &Value::Null));
    assert_eq!(list(&next.replace("q=bob", "q=b").replace(USERS, "")).errors(400)[0].0, "cursor");
    assert_eq!(list("?Q=x").errors(400)[0].0, "Q");
}

fn a_role_is_given_and_taken_on_every_server(database: &TestDatabase) {
    let (here, there) = (TestApp::spawn(database), TestApp::spawn(database));
    let (admin, alice) = (here.admin_token(), here.user_token("alice"));
    let id = id_of(&here, &admin, "alice");
    let may = |app: &TestApp| app.get(USERS).bearer_auth(&alice).answer().status;
    assert_eq!((may(&here), may(&there)), (403, 403));
    let promoted = patch(&here, &admin, &id, &json!({ "role": "admin" }));
    assert_eq!((promoted.status, &promoted.json()["role"]), (200, &json!("admin")));
    assert_eq!(promoted.json(), here.get("/api/v1/auth/me").bearer_auth(&alice).answer().json());
    assert_eq!((may(&here), may(&there)), (200, 200));
    patch(&there, &admin, &id, &json!({ "role": "user" }));
    assert_eq!((may(&here), may(&there)), (403, 403));
}

fn a_disabled_user_is_stopped_on_every_server(database: &TestDatabase) {
    let (here, there) = (TestApp::spawn(database), TestApp::spawn(database));
    let (admin, alice) = (here.admin_token(), here.user_token("alice"));
    let id = id_of(&here, &admin, "alice");
    let may = |app: &TestApp| app.get("/api/v1/movies").bearer_auth(&alice).answer().status;
    let login = || {
        let user = json!({ "username": "alice", "password": PASSWORD });
        there.post("/api/v1/auth/login").json(&user).answer().status
    };
    assert_eq!((may(&here), may(&there), login()), (200, 200, 200));
    let disabled = patch(&here, &admin, &id, &json!({ "disabled": true }));
    assert_eq!((&disabled.json()["disabled"], &disabled.json()["role"]), (&json!(true), &json!("user")));
    assert_eq!((may(&here), may(&there), login()), (401, 401, 401));
    patch(&there, &admin, &id, &json!({ "disabled": false }));
    assert_eq!((may(&here), may(&there), login()), (200, 200, 200));
}

fn everything_wrong_with_a_change_is_told_at_once(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let admin = app.admin_token();
    app.user_token("alice");
    let id = id_of(&app, &admin, "alice");
    let table = [
        (json!({ "role": "owner" }), &[("/role", "invalid_format")][..]),
        (json!({ "role": null, "disabled": null }), &[("/role", "required"), ("/disabled", "required")]),
        (
            json!({ "role": 1, "disabled": "yes", "password": "x" }),
            &[("/role", "wrong_type"), ("/disabled", "wrong_type"), ("/password", "unknown_field")],
        ),
        (json!([]), &[("", "wrong_type")]),
    ];
    for (body, expected) in table {
        let errors = patch(&app, &admin, &id, &body).errors(422);
        let errors: Vec<_> = errors.iter().map(|(field, code)| (field.as_str(), code.as_str())).collect();
        assert_eq!(errors, expected, "{body}");
    }
    let nothing = patch(&app, &admin, &id, &json!({}));
    assert_eq!((nothing.status, &nothing.json()["role"]), (200, &json!("user")));
    let same = patch(&app, &admin, &id, &nothing.json());
    assert_eq!((same.status, same.json()), (200, nothing.json()), "what was read can be sent back");
    let merge_patch = app.patch(&format!("{USERS}/{id}")).bearer_auth(&admin);
    let merge_patch = merge_patch.header("content-type", "application/merge-patch+json").body("{}").answer();
    assert_eq!(merge_patch.status, 200);
    for missing in [json!(999), json!(0), json!("x")] {
        patch(&app, &admin, &missing, &json!({ "role": "user" })).problem(404);
    }
}

fn the_last_enabled_admin_stays(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let admin = app.admin_token();
    let id = id_of(&app, &admin, "admin");
    let is_refused = |answer: Answer| assert_eq!(answer.problem(409)["type"], "/problems/last-admin");
    is_refused(patch(&app, &admin, &id, &json!({ "role": "user" })));
    is_refused(patch(&app, &admin, &id, &json!({ "disabled": true })));
    is_refused(app.delete(&format!("{USERS}/{id}")).bearer_auth(&admin).answer());
    assert_eq!(app.get(USERS).bearer_auth(&admin).answer().json()["items"][0]["role"], "admin");

    let alice = app.user_token("alice");
    patch(&app, &admin, &id_of(&app, &admin, "alice"), &json!({ "role": "admin" }));
    assert_eq!(patch(&app, &alice, &id, &json!({ "role": "user" })).status, 200);
    app.get(USERS).bearer_auth(&admin).answer().problem(403);
}

fn a_removed_user_is_gone(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let (admin, alice) = (app.admin_token(), app.user_token("alice"));
    let id = id_of(&app, &admin, "alice");
    let path = format!("{USERS}/{id}");
    let removed = app.delete(&path).bearer_auth(&admin).answer();
    assert_eq!((removed.status, removed.text.as_str()), (204, ""));
    app.get("/api/v1/auth/me").bearer_auth(&alice).answer().problem(401);
    app.delete(&path).bearer_auth(&admin).answer().problem(404);
    app.user_token("alice");
    assert_ne!(id_of(&app, &admin, "alice"), id, "the name is free, the id is not");
}
