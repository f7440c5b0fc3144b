//! Accounts, logins, tokens, and who may read.

use serde_json::{Value, json};
use testing::TestDatabase;

use crate::test_app::{Answer, Ask, PASSWORD, TestApp};

testing::on_every_database! {
    a_user_registers_logs_in_and_out,
    usernames_and_passwords_keep_the_rules,
    all_violations_are_reported_at_once,
    a_username_is_taken_in_any_case,
    both_authorization_schemes_work,
    a_token_that_is_not_valid_is_refused_wherever_it_is_sent,
    reading_needs_a_token_where_the_operator_says_so,
    registration_can_be_closed,
    guessing_passwords_has_to_wait,
    a_password_is_changed_by_who_knows_the_present_one,
    a_new_password_keeps_the_rules,
    guessing_the_present_password_has_to_wait,
    making_many_accounts_has_to_wait,
    a_login_says_nothing_of_whether_the_user_exists,
    the_configured_admin_exists_with_its_password,
}

fn register(app: &TestApp, body: &Value) -> Answer {
    app.post("/api/v1/auth/register").json(body).answer()
}

fn login(app: &TestApp, username: &str, password: &str) -> Answer {
    app.post("/api/v1/auth/login").json(&json!({ "username": username, "password": password })).answer()
}

fn a_user_registers_logs_in_and_out(database: &TestDatabase) {
    let app = TestApp::spawn(database);

    let created = register(&app, &json!({ "username": "Alice", "password": PASSWORD }));
    assert_eq!(created.status, 201);
    let user = created.json();
    assert_eq!((&user["username"], &user["role"], &user["disabled"]), (&json!("Alice"), &json!("user"), &json!(false)));
    assert!(!created.text.contains(PASSWORD));

    let signed_in = login(&app, "alice", PASSWORD);
    assert_eq!((signed_in.status, signed_in.header("cache-control")), (200, "no-store"));
    assert_eq!(signed_in.json()["user"], user);
    assert!(signed_in.json()["expires_at"].as_str().unwrap() > user["created_at"].as_str().unwrap());
    let token = signed_in.json()["token"].as_str().unwrap().to_owned();
    assert!(token.starts_with("mq_"), "{token}");

    let me = || app.get("/api/v1/auth/me").bearer_auth(&token).answer();
    assert_eq!((me().status, me().json()), (200, user));

    let out = app.post("/api/v1/auth/logout").bearer_auth(&token).answer();
    assert_eq!((out.status, out.text.as_str()), (204, ""));
    me().problem(401);
}

fn usernames_and_passwords_keep_the_rules(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let long = "x".repeat(51);
    let bytes_73 = "x".repeat(73);
    let bytes_74 = "é".repeat(37);
    let good = json!(PASSWORD);
    let table = [
        (json!("al"), good.clone(), "/username", "too_short"),
        (json!(long), good.clone(), "/username", "too_long"),
        (json!("al ice"), good.clone(), "/username", "invalid_format"),
        (json!("élise"), good.clone(), "/username", "invalid_format"),
        (json!("a\0bc"), good.clone(), "/username", "invalid_format"),
        (json!(5), good.clone(), "/username", "wrong_type"),
        (json!(null), good, "/username", "wrong_type"),
        (json!("alice"), json!("123456789"), "/password", "too_short"),
        (json!("alice"), json!(bytes_73), "/password", "too_long"),
        (json!("alice"), json!(bytes_74), "/password", "too_long"),
        (json!("alice"), json!("nul\0nul\0nul"), "/password", "invalid_format"),
        (json!("alicealice"), json!("AliceAlice"), "/password", "invalid_format"),
        (json!("alice"), json!(["correct horse"]), "/password", "wrong_type"),
    ];
    for (username, password, field, code) in table {
        let body = json!({ "username": username, "password": password });
        let errors = register(&app, &body).errors(422);
        assert_eq!(errors, [(field.to_owned(), code.to_owned())], "{body}");
    }
    for (username, password) in [("a.b", "1234567890"), ("A_b-9", &*"x".repeat(72)), (&*"x".repeat(50), PASSWORD)] {
        let answer = register(&app, &json!({ "username": username, "password": password }));
        assert_eq!(answer.status, 201, "{username}");
        assert_eq!(login(&app, username, password).status, 200, "{username}");
    }
}

fn all_violations_are_reported_at_once(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let named = |errors: Vec<(String, String)>| errors.into_iter().map(|(field, _)| field).collect::<Vec<_>>();

    let body = json!({ "username": 5, "password": "short", "e/mail": "a@example.org", "role": "admin" });
    let mut fields = named(register(&app, &body).errors(422));
    fields.sort();
    assert_eq!(fields, ["/e~1mail", "/password", "/role", "/username"]);

    let answer = app.post("/api/v1/auth/login").json(&json!({ "user": "alice" })).answer();
    let mut fields = named(answer.errors(422));
    fields.sort();
    assert_eq!(fields, ["/password", "/user", "/username"]);

    let many: serde_json::Map<String, Value> = (0..10_000).map(|i| (format!("field{i}"), json!(1))).collect();
    let answer = register(&app, &Value::Object(many));
    assert_eq!(answer.errors(422).len(), 100);
    assert!(answer.problem(422)["detail"].as_str().unwrap().len() < 100, "each is told once");
}

fn a_username_is_taken_in_any_case(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    for (username, status) in [("alice", 201), ("ALICE", 409), ("admin", 409), ("Admin", 409)] {
        let answer = register(&app, &json!({ "username": username, "password": PASSWORD }));
        assert_eq!(answer.status, status, "{username}");
        if status == 409 {
            assert_eq!(answer.problem(409)["type"], "/problems/username-taken");
        }
    }
}

fn both_authorization_schemes_work(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    for scheme in ["Bearer", "bearer", "Token", "TOKEN"] {
        let me = app.get("/api/v1/auth/me").header("authorization", format!("{scheme} {token}")).answer();
        assert_eq!((me.status, &me.json()["username"]), (200, &json!("admin")), "{scheme}");
    }
}

fn a_token_that_is_not_valid_is_refused_wherever_it_is_sent(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    assert_eq!(app.get("/api/v1/movies").answer().status, 200, "reading needs none");

    let needed = app.get("/api/v1/auth/me").answer();
    needed.problem(401);
    assert_eq!(needed.header("www-authenticate"), "Bearer realm=\"marquee\"");

    for path in ["/api/v1/auth/me", "/api/v1/movies", "/api/v1/movies/1", "/api/v1/genres", "/api/movies/"] {
        for value in ["Bearer mq_unknown", "Token mq_unknown", "Basic YWxpY2U6eA==", "Bearer", "mq_unknown"] {
            let answer = app.get(path).header("authorization", value).answer();
            assert_eq!(answer.problem(401)["type"], "/problems/invalid-token", "{path} {value}");
            assert!(answer.header("www-authenticate").contains("error=\"invalid_token\""), "{path} {value}");
        }
    }
}

fn reading_needs_a_token_where_the_operator_says_so(database: &TestDatabase) {
    let app = TestApp::spawn_with(database, &[("AUTH__ANONYMOUS_READ", "false")]);
    let token = app.user_token("alice");
    for path in ["/api/v1/movies", "/api/v1/genres", "/api/movies/"] {
        app.get(path).answer().problem(401);
        assert_eq!(app.get(path).bearer_auth(&token).answer().status, 200, "{path}");
    }
    app.get("/api/v1/movies/1").answer().problem(401);
    app.get("/api/v1/movies/1").bearer_auth(&token).answer().problem(404);
    for path in ["/healthz", "/version", "/openapi.json", "/docs/"] {
        assert_eq!(app.get(path).answer().status, 200, "{path} is about the server, not the catalogue");
    }
}

fn registration_can_be_closed(database: &TestDatabase) {
    let app = TestApp::spawn_with(database, &[("AUTH__REGISTRATION", "closed")]);
    let answer = register(&app, &json!({ "username": "alice", "password": PASSWORD }));
    assert_eq!(answer.problem(403)["type"], "/problems/registration-closed");
    register(&app, &json!({ "username": 5 })).problem(403);
    login(&app, "alice", PASSWORD).problem(401);
    assert_eq!(login(&app, "admin", PASSWORD).status, 200);
}

fn guessing_passwords_has_to_wait(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    app.user_token("alice");
    for attempt in 1..=10 {
        let answer = login(&app, "alice", "wrong wrong wrong");
        assert_eq!(answer.status, 401, "attempt {attempt}");
    }
    let refused = login(&app, "ALICE", PASSWORD);
    assert_eq!(refused.problem(429)["type"], "/problems/too-many-attempts");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=300).contains(&wait), "{wait}");
    assert_eq!(login(&app, "admin", PASSWORD).status, 200, "another account");
}

fn a_password_is_changed_by_who_knows_the_present_one(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let (used, other) = (app.user_token("alice"), app.login("alice"));
    let me = |token: &str| app.get("/api/v1/auth/me").bearer_auth(token).answer().status;
    let change = |current: &str, new: &str| {
        let body = json!({ "current": current, "new": new });
        app.post("/api/v1/auth/password").bearer_auth(&used).json(&body).answer()
    };

    let wrong = change("wrong wrong wrong", "a staple more");
    assert_eq!(wrong.errors(422), [("/current".to_owned(), "incorrect".to_owned())]);
    assert_eq!((me(&used), me(&other)), (200, 200));

    let changed = change(PASSWORD, "a staple more");
    assert_eq!((changed.status, changed.text.as_str(), changed.header("cache-control")), (204, "", "no-store"));
    assert_eq!((me(&used), me(&other)), (200, 401), "the token that was used stays");
    login(&app, "alice", PASSWORD).problem(401);
    assert_eq!(login(&app, "alice", "a staple more").status, 200);
    app.post("/api/v1/auth/password").json(&json!({ "current": PASSWORD, "new": PASSWORD })).answer().problem(401);
}

fn a_new_password_keeps_the_rules(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.user_token("alicealice");
    let long = "x".repeat(73);
    let table = [
        (json!({ "current": PASSWORD, "new": "123456789" }), &[("/new", "too_short")][..]),
        (json!({ "current": PASSWORD, "new": long }), &[("/new", "too_long")]),
        (json!({ "current": PASSWORD, "new": "AliceAlice" }), &[("/new", "invalid_format")]),
        (json!({ "current": PASSWORD, "new": 5 }), &[("/new", "wrong_type")]),
        (json!({}), &[("/current", "required"), ("/new", "required")]),
        (
            json!({ "current": null, "new": "short", "old": "x" }),
            &[("/current", "wrong_type"), ("/new", "too_short"), ("/old", "unknown_field")],
        ),
    ];
    for (body, expected) in table {
        let errors = app.post("/api/v1/auth/password").bearer_auth(&token).json(&body).answer().errors(422);
        let errors: Vec<_> = errors.iter().map(|(field, code)| (field.as_str(), code.as_str())).collect();
        assert_eq!(errors, expected, "{body}");
    }
}

fn guessing_the_present_password_has_to_wait(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.user_token("alice");
    let change = |current: &str| {
        let body = json!({ "current": current, "new": "a staple more" });
        app.post("/api/v1/auth/password").bearer_auth(&token).json(&body).answer()
    };
    for attempt in 1..=10 {
        assert_eq!(change("wrong wrong wrong").status, 422, "attempt {attempt}");
    }
    let refused = change(PASSWORD);
    assert_eq!(refused.problem(429)["type"], "/problems/too-many-attempts");
    assert!(!refused.header("retry-after").is_empty());
    login(&app, "alice", PASSWORD).problem(429);
}

fn making_many_accounts_has_to_wait(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let user = |n: u32| json!({ "username": format!("user{n}"), "password": PASSWORD });
    for n in 1..=20 {
        assert_eq!(register(&app, &user(n)).status, 201, "{n}");
    }
    let refused = register(&app, &user(21));
    assert_eq!(refused.problem(429)["type"], "/problems/too-many-attempts");
    assert!(!refused.header("retry-after").is_empty());
    assert_eq!(login(&app, "user20", PASSWORD).status, 200);
}

fn a_login_says_nothing_of_whether_the_user_exists(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let mut answers = [
        login(&app, "admin", "wrong wrong wrong"),
        login(&app, "nobody", PASSWORD),
        login(&app, "x", PASSWORD),
        login(&app, "not a name", &"x".repeat(1000)),
    ]
    .map(|answer| answer.problem(401));
    for answer in &mut answers {
        answer["request_id"] = Value::Null;
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
}

fn the_configured_admin_exists_with_its_password(database: &TestDatabase) {
    let token = TestApp::spawn(database).admin_token();
    let app = TestApp::spawn(database);
    let me = |token: &str| app.get("/api/v1/auth/me").bearer_auth(token).answer();
    assert_eq!((me(&token).status, &me(&token).json()["role"]), (200, &json!("admin")), "a restart ends no login");
    drop(app);

    let app = TestApp::spawn_with(database, &[("AUTH__ADMIN_PASSWORD", "another password")]);
    login(&app, "admin", PASSWORD).problem(401);
    assert_eq!(login(&app, "admin", "another password").status, 200);
    app.get("/api/v1/auth/me").bearer_auth(&token).answer().problem(401);
}
