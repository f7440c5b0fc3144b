//! Logins of browsers: the cookie, and what other sites' pages cannot do.

use serde_json::json;
use testing::TestDatabase;

use crate::test_app::{Ask, PASSWORD, TestApp};

testing::on_every_database! {
    a_login_gives_a_cookie_that_the_api_knows,
    what_another_site_posts_is_refused,
    a_cookie_that_has_ended_is_taken_away,
}

fn a_login_gives_a_cookie_that_the_api_knows(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let answer =
        app.post("/login").form(&[("username", "admin"), ("password", PASSWORD), ("next", "/admin?p=2")]).answer();
    assert_eq!((answer.status, answer.header("location")), (303, "/admin?p=2"));
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.starts_with("session=mq_") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    assert!(!cookie.contains("Secure"), "there is no https here: {cookie}");

    let session = app.session("admin");
    let me = app.get("/api/v1/auth/me").header("Cookie", &session).answer();
    assert_eq!(me.json()["username"], "admin");
    let created = app.post("/api/v1/genres").header("Cookie", &session).json(&json!({ "name": "Noir" })).answer();
    assert_eq!(created.status, 201);

    let out = app.post("/logout").header("Cookie", &session).answer();
    assert!(out.header("set-cookie").starts_with("session=;"), "{out:?}");
    app.get("/api/v1/auth/me").header("Cookie", &session).answer().problem(401);
}

fn what_another_site_posts_is_refused(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let session = app.session("admin");
    let body = json!({ "name": "Noir" });
    for (name, value) in [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site"), ("Origin", "null")] {
        let post = |path: &str| app.post(path).header(name, value);
        post("/api/v1/genres").header("Cookie", &session).json(&body).answer().problem(403);
        // Not even with the right password: nobody is to be logged in as somebody else unawares.
        post("/login").form(&[("username", "admin"), ("password", PASSWORD)]).answer().problem(403);
        post("/logout").header("Cookie", &session).answer().problem(403);
        // What it can read, it reads without the cookie.
        assert_eq!(app.get("/api/v1/genres").header(name, value).header("Cookie", &session).answer().status, 200);
        // A token in a header is sent by no browser by itself.
        let token = app.admin_token();
        let answer =
            post("/api/v1/genres").bearer_auth(token).json(&json!({ "name": format!("{name}{value}") })).answer();
        assert_eq!(answer.status, 201, "{answer:?}");
    }
    let own = format!("http://{}", app.address);
    let answer = app.post("/api/v1/genres").header("Origin", own).header("Cookie", &session).json(&body).answer();
    assert_eq!(answer.status, 201, "{answer:?}");
}

fn a_cookie_that_has_ended_is_taken_away(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let session = app.session("admin");
    app.post("/api/v1/auth/logout").header("Cookie", &session).answer();
    let api = app.get("/api/v1/movies").header("Cookie", &session).answer();
    api.problem(401);
    let page = app.get("/login").header("Cookie", &session).answer();
    assert_eq!(page.status, 200);
    for answer in [api, page] {
        assert!(answer.header("set-cookie").starts_with("session=; "), "{answer:?}");
    }
}
