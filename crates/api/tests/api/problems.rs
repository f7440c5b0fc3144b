//! What goes wrong before a handler has its say, and the form that every error has.

use reqwest::Method;
use serde_json::json;
use testing::TestDatabase;

use crate::test_app::{Ask, TestApp};

const REGISTER: &str = "/api/v1/auth/register";

fn app() -> (TestApp, TestDatabase) {
    let database = testing::sqlite();
    (TestApp::spawn(&database), database)
}

#[test]
fn an_unknown_path_is_a_404() {
    let (app, _database) = app();
    for path in
        ["/nothing", "/api", "/api/v1", "/api/v1/nothing", "/api/v1//movies", "/healthz/x", "/%00", "/docs/nothing.js"]
    {
        let problem = app.get(path).answer().problem(404);
        assert_eq!((&problem["type"], &problem["title"]), (&json!("about:blank"), &json!("Not Found")), "{path}");
        app.post(path).answer().problem(if path.starts_with("/docs/") { 405 } else { 404 });
    }
}

#[test]
fn a_wrong_method_is_a_405_that_names_the_right_ones() {
    let (app, _database) = app();
    let table = [
        (Method::DELETE, "/api/v1/movies", "GET, HEAD, POST, OPTIONS"),
        (Method::POST, "/api/v1/movies/1", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"),
        (Method::GET, "/api/v1/movies:batch", "POST, OPTIONS"),
        (Method::GET, "/api/v1/genres/1/merge", "POST, OPTIONS"),
        (Method::GET, REGISTER, "POST, OPTIONS"),
        (Method::HEAD, REGISTER, "POST, OPTIONS"),
        (Method::POST, "/api/v1/auth/me", "GET, HEAD, OPTIONS"),
        (Method::PUT, "/healthz/", "GET, HEAD, OPTIONS"),
        (Method::PATCH, "/openapi.json", "GET, HEAD, OPTIONS"),
        (Method::from_bytes(b"BREW").unwrap(), "/version", "GET, HEAD, OPTIONS"),
    ];
    for (method, path, allow) in table {
        let answer = app.request(method.clone(), path).answer();
        assert_eq!((answer.status, answer.header("allow")), (405, allow), "{method} {path}");
        if method != Method::HEAD {
            answer.problem(405);
        }
        let options = app.request(Method::OPTIONS, path).answer();
        assert_eq!((options.status, options.header("allow")), (204, allow), "{path}");
    }
}

#[test]
fn head_answers_wherever_get_does_and_without_a_body() {
    let (app, _database) = app();
    for path in [
        "/healthz",
        "/readyz",
        "/version",
        "/openapi.json",
        "/docs",
        "/docs/",
        "/api/v1/movies",
        "/api/v1/genres",
        "/nothing",
    ] {
        let (get, head) = (app.get(path).answer(), app.request(Method::HEAD, path).answer());
        assert_eq!((head.status, head.text.as_str()), (get.status, ""), "{path}");
        for header in ["content-type", "content-length", "etag", "location"] {
            assert_eq!(head.header(header), get.header(header), "{path}: {header}");
        }
    }
}

#[test]
fn a_slash_at_the_end_makes_no_difference() {
    let (app, _database) = app();
    for path in ["/healthz", "/readyz", "/version", "/openapi.json", "/api/v1/movies", "/api/v1/genres"] {
        let (plain, slash) = (app.get(path).answer(), app.get(&format!("{path}/?")).answer());
        assert_eq!((slash.status, slash.text), (200, plain.text), "{path}");
    }
    let query = app.get("/api/v1/movies/?limit=0").answer();
    assert_eq!(query.errors(400)[0].0, "limit", "the query is kept");
}

#[test]
fn a_body_of_another_type_is_a_415_that_names_the_right_one() {
    let (app, _database) = app();
    let types =
        ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1", "application/jso", ""];
    for content_type in types {
        let answer = app.post(REGISTER).header("content-type", content_type).body("{}").answer();
        answer.problem(415);
        assert_eq!(answer.header("accept"), "application/json", "{content_type}");
    }
    app.post(REGISTER).body("{}").answer().problem(415);
    let compressed = app.post(REGISTER).header("content-encoding", "gzip").json(&json!({})).answer();
    compressed.problem(415);
    for content_type in ["application/json", "APPLICATION/JSON;charset=UTF-8", "application/json; charset=\"utf-8\""] {
        app.post(REGISTER).header("content-type", content_type).body("{}").answer().problem(422);
    }
}

#[test]
fn a_body_that_cannot_be_read_is_a_400() {
    let (app, _database) = app();
    let endless = "[".repeat(100_000);
    let bodies: [&[u8]; 9] = [
        b"",
        b"{",
        b"{\"username\": \"alice\"",
        b"{'username': 'alice'}",
        b"{\"username\": \"al\xff\"}",
        b"{\"username\": \"\\ud800\"}",
        b"\xef\xbb\xbf{}",
        b"{} {}",
        endless.as_bytes(),
    ];
    for body in bodies {
        let answer = app.post(REGISTER).header("content-type", "application/json").body(body.to_vec()).answer();
        let shown = String::from_utf8_lossy(&body[..body.len().min(40)]);
        assert_eq!(answer.problem(400)["type"], "/problems/unreadable-body", "{shown}");
    }
}

#[test]
fn a_body_that_is_readable_but_no_object_is_a_422() {
    let (app, _database) = app();
    let nested = format!("{}{}", "[".repeat(100), "]".repeat(100));
    for body in ["null", "5", "\"text\"", "[]", &nested] {
        let answer = app.post(REGISTER).header("content-type", "application/json").body(body.to_owned()).answer();
        assert_eq!(answer.errors(422), [(String::new(), "wrong_type".to_owned())], "{body}");
    }
    let nested = format!("{{\"username\": {nested}, \"password\": \"correct horse battery\"}}");
    let answer = app.post(REGISTER).header("content-type", "application/json").body(nested).answer();
    assert_eq!(answer.errors(422), [("/username".to_owned(), "wrong_type".to_owned())]);
}

#[test]
fn a_body_over_the_limit_is_a_413() {
    let database = testing::sqlite();
    let app = TestApp::spawn_with(&database, &[("SERVER__MAX_BODY_BYTES", "1000")]);
    let sized = |bytes: usize| format!("{{\"username\":\"{}\"}}", "x".repeat(bytes - 15));
    let send = |body: String| app.post(REGISTER).header("content-type", "application/json").body(body).answer();
    send(sized(1000)).problem(422);
    send(sized(1001)).problem(413);
    send(sized(10_000_000)).problem(413);
}

#[test]
fn a_body_that_is_announced_as_too_large_is_refused_before_it_comes() {
    let (app, _database) = app();
    let request = format!(
        "POST {REGISTER} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\
         Connection: close\r\n\r\n"
    );
    let answer = app.raw(request.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[test]
fn a_large_body_without_a_length_is_a_413_too() {
    let database = testing::sqlite();
    let app = TestApp::spawn_with(&database, &[("SERVER__MAX_BODY_BYTES", "1000")]);
    let chunk = format!("400\r\n{}\r\n", "x".repeat(0x400));
    let request = format!(
        "POST {REGISTER} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\
         Connection: close\r\n\r\n{chunk}{chunk}0\r\n\r\n"
    );
    let answer = app.raw(request.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[test]
fn a_request_id_is_taken_if_it_is_safe_and_made_if_not() {
    let (app, _database) = app();
    let long = "x".repeat(128);
    for id in ["abc-123_X.y", &long] {
        assert_eq!(app.get("/healthz").header("x-request-id", id).answer().header("x-request-id"), id);
        let problem = app.get("/nothing?secret=1").header("x-request-id", id).answer().problem(404);
        assert_eq!((&problem["request_id"], &problem["instance"]), (&json!(id), &json!("/nothing")));
    }
    let too_long = "x".repeat(129);
    let mut seen = std::collections::HashSet::new();
    for id in ["", "a b", "a\"b", "é", "<script>", &too_long] {
        let answer = app.get("/healthz").header("x-request-id", id).answer();
        let made = answer.header("x-request-id").to_owned();
        assert!(made.len() == 32 && made != id, "{id}: {made}");
        assert!(seen.insert(made), "made twice");
    }
}

#[test]
fn every_kind_of_problem_is_explained_at_its_type() {
    let (app, _database) = app();
    for kind in api::problem::Kind::ALL {
        let answer = app.get(kind.uri()).answer();
        assert_eq!(answer.status, 200, "{kind:?}");
        assert!(answer.text.starts_with(kind.title()), "{kind:?}");
    }
    app.get("/problems/nothing").answer().problem(404);
}

#[test]
fn answers_are_not_to_be_sniffed() {
    let (app, _database) = app();
    for path in ["/healthz", "/nothing", "/docs/"] {
        assert_eq!(app.get(path).answer().header("x-content-type-options"), "nosniff", "{path}");
    }
}
