//! What cannot be right: never a 500, never half a write.

use reqwest::Method;
use serde_json::{Value, json};
use testing::TestDatabase;

use crate::{
    movies::{MOVIES, add, encoded},
    test_app::{Answer, Ask, TestApp},
};

testing::on_every_database! {
    bad_queries_are_refused_with_all_that_is_wrong,
    bad_movies_are_refused_with_all_that_is_wrong_and_nothing_is_written,
    bodies_that_cannot_be_read_are_refused,
    any_text_is_data,
}

#[track_caller]
fn assert_errors(answer: &Answer, status: u16, expected: &[(&str, &str)], input: &str) {
    let found = answer.errors(status);
    let found: Vec<_> = found.iter().map(|(field, code)| (field.as_str(), code.as_str())).collect();
    assert_eq!(found, expected, "{input}");
}

fn bad_queries_are_refused_with_all_that_is_wrong(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    add(&app, &token, &json!({ "name": "M" }));
    add(&app, &token, &json!({ "name": "N" }));
    let next = app.get(&format!("{MOVIES}?limit=1&sort=name")).answer().json()["next"].clone();
    let cursor = next.as_str().unwrap().split_once("cursor=").unwrap().1.to_owned();
    let long = "x".repeat(1_001);
    let wordy: String = (0..51).map(|i| format!("{i}+")).collect();
    let genres = "x,".repeat(51);

    for (query, expected) in [
        ("limit=0", &[("limit", "out_of_range")][..]),
        ("limit=-1", &[("limit", "invalid_value")]),
        ("limit=1.5", &[("limit", "invalid_value")]),
        ("limit=", &[("limit", "invalid_value")]),
        ("limit=ten", &[("limit", "invalid_value")]),
        ("limit=5&limit=5", &[("limit", "repeated_parameter")]),
        ("offset=-1", &[("offset", "invalid_value")]),
        ("offset=10001", &[("offset", "out_of_range")]),
        ("offset=99999999999999999999", &[("offset", "out_of_range")]),
        ("sort=", &[("sort", "invalid_value")]),
        ("sort=colour", &[("sort", "invalid_value")]),
        ("sort=-relevance", &[("sort", "invalid_value")]),
        ("sort=name,name", &[("sort", "invalid_value")]),
        ("sort=name,-name", &[("sort", "invalid_value")]),
        ("imdb_score.gte=NaN", &[("imdb_score.gte", "invalid_value")]),
        ("imdb_score.gte=inf", &[("imdb_score.gte", "invalid_value")]),
        ("imdb_score.gte=-Infinity", &[("imdb_score.gte", "invalid_value")]),
        ("imdb_score.gte=", &[("imdb_score.gte", "invalid_value")]),
        ("votes.lt=1e999", &[("votes.lt", "out_of_range")]),
        ("year.lt=nineteen", &[("year.lt", "invalid_value")]),
        ("created_at.gte=yesterday", &[("created_at.gte", "invalid_value")]),
        ("updated_at.lt=2026-02-30T00:00:00Z", &[("updated_at.lt", "invalid_value")]),
        ("cursor=", &[("cursor", "invalid_value")]),
        ("cursor=x", &[("cursor", "invalid_value")]),
        ("cursor=bnVsbA", &[("cursor", "invalid_value")]),
        ("q=%FF", &[("q", "invalid_encoding")]),
        ("q=%C3", &[("q", "invalid_encoding")]),
        ("q=%zz", &[("q", "invalid_encoding")]),
        ("q=100%", &[("q", "invalid_encoding")]),
        ("%FF=1", &[("", "invalid_encoding")]),
        ("genres=Drama", &[("genres", "unknown_parameter")]),
        ("year=1977", &[("year", "unknown_parameter")]),
        ("Q=x", &[("Q", "unknown_parameter")]),
        (&format!("q={long}"), &[("q", "too_long")]),
        (&format!("name={wordy}"), &[("name", "too_long")]),
        (&format!("search={wordy}"), &[("search", "too_long")]),
        (&format!("genre={genres}"), &[("genre", "too_long")]),
        (&format!("cursor={cursor}"), &[("cursor", "invalid_value")]),
        (&format!("sort=name&q=m&cursor={cursor}"), &[("cursor", "invalid_value")]),
        (&format!("sort=name&offset=0&cursor={cursor}"), &[("cursor", "invalid_value")]),
        (&format!("sort=name&cursor={}", &cursor[1..]), &[("cursor", "invalid_value")]),
        (
            "q=a&q=b&year.gte=x&sort=colour&limit=0&offset=-1&page=2",
            &[
                ("q", "repeated_parameter"),
                ("year.gte", "invalid_value"),
                ("sort", "invalid_value"),
                ("limit", "out_of_range"),
                ("offset", "invalid_value"),
                ("page", "unknown_parameter"),
            ],
        ),
    ] {
        let answer = app.get(&format!("{MOVIES}?{query}")).answer();
        assert_errors(&answer, 400, expected, query);
        assert_eq!(answer.problem(400)["instance"], MOVIES);
    }
    let far = app.get(&format!("{MOVIES}?offset=10001")).answer().problem(400);
    assert!(far["detail"].as_str().unwrap().contains("cursor"), "{far}");
    assert_eq!(app.get(&format!("{MOVIES}?sort=name&limit=5&cursor={cursor}")).answer().status, 200);
    for query in ["allow_duplicate=yes", "allow_duplicate=", "allow_duplicate=true&allow_duplicate=true", "x=1"] {
        let request = app.post(&format!("{MOVIES}?{query}")).bearer_auth(&token);
        request.json(&json!({ "name": "New" })).answer().problem(400);
    }
}

fn bad_movies_are_refused_with_all_that_is_wrong_and_nothing_is_written(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let movie = add(&app, &token, &json!({ "name": "Star Wars", "genres": ["Sci-Fi"], "imdb_id": "tt0076759" }));
    let path = format!("{MOVIES}/{}", movie["id"]);
    let state =
        || (app.get(&path).answer().text, app.get(MOVIES).answer().text, app.get("/api/v1/genres").answer().text);
    let before = state();
    let (long, overview) = ("x".repeat(301), "x".repeat(5_001));
    let url = format!("https://example.org/{}", "x".repeat(2_000));
    let many: Vec<_> = (0..33).map(|i| format!("New {i}")).collect();
    let nested = format!("{}{}", "[".repeat(100), "]".repeat(100));

    for (body, expected) in [
        (json!({ "name": "" }), &[("/name", "too_short")][..]),
        (json!({ "name": " \u{a0} " }), &[("/name", "too_short")]),
        (json!({ "name": long }), &[("/name", "too_long")]),
        (json!({ "name": "a\u{0}b" }), &[("/name", "invalid_format")]),
        (json!({ "name": null }), &[("/name", "required")]),
        (json!({ "name": 7 }), &[("/name", "wrong_type")]),
        (json!({ "name": ["X"] }), &[("/name", "wrong_type")]),
        (json!({ "name": "X", "director": "" }), &[("/director", "too_short")]),
        (json!({ "name": "X", "director": long }), &[("/director", "too_long")]),
        (json!({ "name": "X", "popularity": 100.1 }), &[("/popularity", "out_of_range")]),
        (json!({ "name": "X", "popularity": "88" }), &[("/popularity", "wrong_type")]),
        (json!({ "name": "X", "imdb_score": -0.1 }), &[("/imdb_score", "out_of_range")]),
        (json!({ "name": "X", "imdb_score": 10.01 }), &[("/imdb_score", "out_of_range")]),
        (json!({ "name": "X", "imdb_score": true }), &[("/imdb_score", "wrong_type")]),
        (json!({ "name": "X", "year": 1869 }), &[("/year", "out_of_range")]),
        (json!({ "name": "X", "year": 2101 }), &[("/year", "out_of_range")]),
        (json!({ "name": "X", "year": 1977.5 }), &[("/year", "wrong_type")]),
        (json!({ "name": "X", "runtime_minutes": 0 }), &[("/runtime_minutes", "out_of_range")]),
        (json!({ "name": "X", "runtime_minutes": 60_001 }), &[("/runtime_minutes", "out_of_range")]),
        (json!({ "name": "X", "votes": -1 }), &[("/votes", "out_of_range")]),
        (json!({ "name": "X", "votes": 1e300 }), &[("/votes", "out_of_range")]),
        (json!({ "name": "X", "imdb_id": "nm0000001" }), &[("/imdb_id", "invalid_format")]),
        (json!({ "name": "X", "imdb_id": 76_759 }), &[("/imdb_id", "wrong_type")]),
        (json!({ "name": "X", "overview": overview }), &[("/overview", "too_long")]),
        (json!({ "name": "X", "poster_url": "http://example.org" }), &[("/poster_url", "invalid_format")]),
        (json!({ "name": "X", "poster_url": "javascript:alert(1)" }), &[("/poster_url", "invalid_format")]),
        (json!({ "name": "X", "poster_url": url }), &[("/poster_url", "too_long")]),
        (json!({ "name": "X", "genres": "Drama" }), &[("/genres", "wrong_type")]),
        (json!({ "name": "X", "genres": { "0": "Drama" } }), &[("/genres", "wrong_type")]),
        (json!({ "name": "X", "genres": many }), &[("/genres", "too_long")]),
        (
            json!({ "name": "X", "genres": ["New", "", "a,b", 7, null, "a|b"] }),
            &[
                ("/genres/1", "too_short"),
                ("/genres/2", "invalid_format"),
                ("/genres/3", "wrong_type"),
                ("/genres/4", "wrong_type"),
                ("/genres/5", "invalid_format"),
            ],
        ),
        (json!({ "name": "X", "genre": ["Drama"] }), &[("/genre", "unknown_field")]),
        (json!({ "name": "X", "a/b~c": 1 }), &[("/a~1b~0c", "unknown_field")]),
        (
            json!({ "name": "X", "overview": serde_json::from_str::<Value>(&nested).unwrap() }),
            &[("/overview", "wrong_type")],
        ),
        (serde_json::from_str(&nested).unwrap(), &[("", "wrong_type")]),
        (json!([]), &[("", "wrong_type")]),
        (json!(null), &[("", "wrong_type")]),
        (json!("Star Wars"), &[("", "wrong_type")]),
    ] {
        for (method, path) in [(Method::POST, MOVIES), (Method::PUT, &path), (Method::PATCH, &path)] {
            let answer = app.request(method, path).bearer_auth(&token).json(&body).answer();
            assert_errors(&answer, 422, expected, &body.to_string());
        }
    }

    // As written: the order of the document, and numbers that are too large for any float.
    let body = r#"{"votes":1e999,"colour":"red","year":"1977","name":null,"imdb_score":11,"id":"x","genres":["a|b"]}"#;
    for (method, path) in [(Method::POST, MOVIES), (Method::PUT, &path), (Method::PATCH, &path)] {
        let request = app.request(method, path).bearer_auth(&token).header("content-type", "application/json");
        let expected = [
            ("/votes", "out_of_range"),
            ("/colour", "unknown_field"),
            ("/year", "wrong_type"),
            ("/name", "required"),
            ("/imdb_score", "out_of_range"),
            ("/genres/0", "invalid_format"),
        ];
        assert_errors(&request.body(body).answer(), 422, &expected, body);
    }
    assert_eq!(state(), before, "nothing was written, no genre either");
}

fn bodies_that_cannot_be_read_are_refused(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let movie = add(&app, &token, &json!({ "name": "Star Wars" }));
    let path = format!("{MOVIES}/{}", movie["id"]);
    let unclosed = "[".repeat(100_000);
    let bodies: [&[u8]; 10] = [
        b"",
        b"{",
        b"{\"name\":\"X\"",
        b"{\"name\":\"X\",}",
        b"{'name':'X'}",
        b"{\"name\":NaN}",
        b"{\"name\":\"X\"}{}",
        b"{\"name\":\"X\xff\"}",
        b"\xef\xbb\xbf{\"name\":\"X\"}",
        unclosed.as_bytes(),
    ];
    for (method, path) in [(Method::POST, MOVIES), (Method::PUT, path.as_str()), (Method::PATCH, path.as_str())] {
        let request = || app.request(method.clone(), path).bearer_auth(&token);
        for body in bodies {
            let answer = request().header("content-type", "application/json").body(body.to_vec()).answer();
            let shown = String::from_utf8_lossy(&body[..body.len().min(40)]);
            assert_eq!(answer.problem(400)["type"], "/problems/unreadable-body", "{shown}");
        }
        let large = format!("{{\"name\":\"X\",\"overview\":\"{}\"}}", "x".repeat(1 << 20));
        request().header("content-type", "application/json").body(large).answer().problem(413);
        for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "json"] {
            request().header("content-type", content_type).body("{\"name\":\"X\"}").answer().problem(415);
        }
        request().body("{\"name\":\"X\"}").answer().problem(415);
    }
    let list = app.get(MOVIES).answer().json();
    assert_eq!(list["items"], json!([movie]));
}

fn any_text_is_data(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    for text in ["'; DROP TABLE movies; --", "%_\\", "\"*:^~(AND)OR[a TO b]", "<script>", "名前", "🎬 👨‍👩‍👧", "-+!{}"]
    {
        let movie = add(&app, &token, &json!({ "name": text, "director": text, "overview": text }));
        assert_eq!(movie["name"], text);
        assert_eq!(app.get(&format!("{MOVIES}/{}", movie["id"])).answer().json(), movie);
        for parameter in ["q", "search", "name", "director", "genre", "genre.not"] {
            let answer = app.get(&format!("{MOVIES}?{parameter}={}", encoded(text))).answer();
            assert_eq!(answer.status, 200, "{parameter}={text}: {answer:?}");
        }
    }
}
