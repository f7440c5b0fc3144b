//! One movie: read, added, replaced, changed, removed.

use std::thread;

use reqwest::Method;
use serde_json::{Value, json};
use testing::TestDatabase;

use crate::test_app::{Answer, Ask, TestApp};

testing::on_every_database! {
    a_new_movie_is_answered_in_full,
    a_new_movie_is_in_lists_at_once,
    a_movie_is_read_by_its_id,
    what_is_no_id_is_a_404,
    movies_that_are_asked_for_at_once_are_not_mixed_up,
    a_known_movie_is_not_sent_again,
    a_stale_if_match_is_refused,
    a_current_if_match_is_accepted,
    if_match_on_a_movie_that_is_gone_is_a_404,
    put_empties_what_is_left_out,
    a_patch_changes_what_it_names_alone,
    a_patch_comes_in_two_types,
    what_changes_nothing_makes_no_new_version,
    every_change_is_seen_by_the_next_read,
    a_deleted_movie_is_gone_and_its_id_is_not_used_again,
    a_duplicate_is_refused_unless_it_is_allowed,
    an_imdb_id_belongs_to_one_movie,
    a_renamed_genre_shows_at_once_and_changes_the_etag,
    only_admins_write,
    nobody_reads_without_a_token_where_the_operator_says_so,
}

pub const MOVIES: &str = "/api/v1/movies";

/// Adds a movie and gives it back as it was answered.
#[track_caller]
pub fn add(app: &TestApp, token: &str, movie: &Value) -> Value {
    let answer = app.post(MOVIES).bearer_auth(token).json(movie).answer();
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()
}

/// The names of the items of a list.
#[track_caller]
pub fn names(list: &Answer) -> Vec<String> {
    assert_eq!(list.status, 200, "{list:?}");
    let items = list.json()["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

/// Text for a URL.
pub fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Without a cache, what many ask for at once is read together.
fn movies_that_are_asked_for_at_once_are_not_mixed_up(database: &TestDatabase) {
    let app = TestApp::spawn_with(database, &[("CACHE__MOVIES_BYTES", "0")]);
    let token = app.admin_token();
    let ids: Vec<u64> =
        (0..20).map(|n| add(&app, &token, &json!({ "name": format!("Movie {n}") }))["id"].as_u64().unwrap()).collect();
    let ask = |first: usize| {
        for n in (first..first + 60).map(|n| n % 25) {
            // Some are not there, and some are asked for by several.
            let id = ids.get(n).copied().unwrap_or(1_000_000 + n as u64);
            let answer = app.get(&format!("{MOVIES}/{id}")).answer();
            if n < ids.len() {
                assert_eq!((answer.status, &answer.json()["name"]), (200, &json!(format!("Movie {n}"))));
            } else {
                answer.problem(404);
            }
        }
    };
    let ask = &ask;
    thread::scope(|scope| {
        for first in 0..16 {
            scope.spawn(move || ask(first));
        }
    });
}

fn star_wars() -> Value {
    json!({
        "name": " Star Wars ", "director": "George Lucas", "genres": ["Action", "Sci-Fi", " action"],
        "popularity": 88, "imdb_score": 8.8, "year": 1977.0, "runtime_minutes": 121,
    })
}

fn path(movie: &Value) -> String {
    format!("{MOVIES}/{}", movie["id"])
}

fn a_new_movie_is_answered_in_full(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let created = app.post(MOVIES).bearer_auth(app.admin_token()).json(&star_wars()).answer();
    assert_eq!(created.status, 201, "{created:?}");
    assert_eq!(created.header("content-type"), "application/json");
    let time = created.json()["created_at"].as_str().unwrap().to_owned();
    assert!(time.len() == 20 && time.ends_with('Z'), "{time}");
    insta::allow_duplicates! {
        insta::assert_snapshot!(
            created.text.replace(&time, "TIME"),
            @r#"{"id":1,"name":"Star Wars","director":"George Lucas","genres":["Action","Sci-Fi"],"popularity":88.0,"imdb_score":8.8,"year":1977,"runtime_minutes":121,"votes":null,"imdb_id":null,"overview":null,"poster_url":null,"version":1,"created_at":"TIME","updated_at":"TIME"}"#
        );
    }
    assert_eq!(created.header("location"), "/api/v1/movies/1");
    let read = app.get(created.header("location")).answer();
    assert_eq!((read.status, &read.text), (200, &created.text));
    assert_eq!(read.header("etag"), created.header("etag"));
}

fn a_new_movie_is_in_lists_at_once(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    for i in 0..20 {
        let name = format!("Film {i:02}");
        add(&app, &token, &json!({ "name": name, "genres": [format!("Genre {i:02}")] }));
        for query in [format!("q=Film+{i:02}"), format!("genre=genre+{i:02}"), "sort=-id&limit=1".to_owned()] {
            assert_eq!(names(&app.get(&format!("{MOVIES}?{query}")).answer()), [name.as_str()], "{query}");
        }
        let genres = app.get(&format!("/api/v1/genres?q={i:02}")).answer().json();
        assert_eq!(genres["items"][0]["movie_count"], 1);
    }
}

fn a_movie_is_read_by_its_id(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let movie = add(&app, &app.admin_token(), &star_wars());
    // From the database, then from memory.
    for _ in 0..2 {
        let read = app.get(&path(&movie)).answer();
        assert_eq!((read.status, read.json()), (200, movie.clone()));
        assert_eq!(read.header("content-type"), "application/json");
        assert_eq!(read.header("cache-control"), "no-cache");
        let etag = read.header("etag");
        assert!(etag.starts_with("\"1-") && etag.ends_with('"'), "{etag}");
        let head = app.request(Method::HEAD, &path(&movie)).answer();
        assert_eq!((head.status, head.text.as_str(), head.header("etag")), (200, "", etag));
        assert_eq!(head.header("content-length"), read.text.len().to_string());
    }
    assert_eq!(app.get(&format!("{}/", path(&movie))).answer().json(), movie);
}

fn what_is_no_id_is_a_404(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    add(&app, &token, &star_wars());
    let ids = ["0", "3", "-1", "+1", "1.0", "abc", "1%20", "9223372036854775807", "9223372036854775808"];
    for id in ids.into_iter().chain(["18446744073709551616", "99999999999999999999", "%00", "%FF", "é"]) {
        for what in ["movies", "genres"] {
            let path = format!("/api/v1/{what}/{id}");
            app.get(&path).answer().problem(404);
            app.delete(&path).bearer_auth(&token).answer().problem(404);
            app.patch(&path).bearer_auth(&token).json(&json!({ "name": "X" })).answer().problem(404);
        }
        let path = format!("{MOVIES}/{id}");
        app.put(&path).bearer_auth(&token).json(&json!({ "name": "X" })).answer().problem(404);
    }
}

fn a_known_movie_is_not_sent_again(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let movie = add(&app, &app.admin_token(), &star_wars());
    let etag = app.get(&path(&movie)).answer().header("etag").to_owned();
    for known in [etag.clone(), format!("W/{etag}"), format!("\"x\", {etag}"), "*".to_owned()] {
        for method in [Method::GET, Method::HEAD] {
            let answer = app.request(method, &path(&movie)).header("if-none-match", &known).answer();
            assert_eq!((answer.status, answer.text.as_str()), (304, ""), "{known}");
            assert_eq!((answer.header("etag"), answer.header("cache-control")), (etag.as_str(), "no-cache"));
        }
    }
    for other in ["\"1-0000000000000000\"", "\"x\"", "W/\"1\"", &etag.replace('"', ""), ""] {
        assert_eq!(app.get(&path(&movie)).header("if-none-match", other).answer().status, 200, "{other}");
    }
    app.get(&format!("{MOVIES}/99")).header("if-none-match", "*").answer().problem(404);
}

fn a_stale_if_match_is_refused(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let movie = add(&app, &token, &star_wars());
    let stale = app.get(&path(&movie)).answer().header("etag").to_owned();
    let changed = app.patch(&path(&movie)).bearer_auth(&token).json(&json!({ "votes": 1 })).answer();
    assert_eq!(changed.json()["version"], 2);
    let weak = format!("W/{}", changed.header("etag"));

    for tag in [stale.as_str(), &weak, "\"x\"", "2"] {
        for method in [Method::PUT, Method::PATCH, Method::DELETE] {
            let request = app.request(method.clone(), &path(&movie)).bearer_auth(&token).header("if-match", tag);
            let problem = request.json(&json!({ "name": "Other" })).answer().problem(412);
            assert_eq!(problem["current_version"], 2, "{method} {tag}");
            assert_eq!(problem["type"], "/problems/stale-version");
        }
    }
    let unless = app.delete(&path(&movie)).bearer_auth(&token).header("if-none-match", "*").answer();
    unless.problem(412);
    assert_eq!(app.get(&path(&movie)).answer().text, changed.text, "nothing was changed");
}

fn a_current_if_match_is_accepted(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let movie = add(&app, &token, &star_wars());
    let mut etag = app.get(&path(&movie)).answer().header("etag").to_owned();
    let lists: [fn(&str) -> String; 3] = [str::to_owned, |_| "*".to_owned(), |etag| format!("\"x\", {etag}")];
    for (list, votes) in lists.iter().zip(1..) {
        let body = json!({ "name": "Star Wars", "votes": votes });
        let request = app.put(&path(&movie)).bearer_auth(&token).header("if-match", list(&etag));
        let answer = request.json(&body).answer();
        assert_eq!((answer.status, &answer.json()["version"]), (200, &json!(votes + 1)), "{answer:?}");
        etag = answer.header("etag").to_owned();
    }
    let gone = app.delete(&path(&movie)).bearer_auth(&token).header("if-match", &etag).answer();
    assert_eq!((gone.status, gone.text.as_str()), (204, ""));
}

fn if_match_on_a_movie_that_is_gone_is_a_404(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        let request = app.request(method, &format!("{MOVIES}/7")).bearer_auth(&token).header("if-match", "*");
        request.json(&star_wars()).answer().problem(404);
    }
}

fn put_empties_what_is_left_out(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let movie = add(&app, &token, &star_wars());
    let body = json!({ "id": 99, "version": 42, "created_at": "x", "updated_at": null, "name": "Star Wars" });
    let replaced = app.put(&path(&movie)).bearer_auth(&token).json(&body).answer();
    assert_eq!(replaced.status, 200, "{replaced:?}");
    let mut expected = movie;
    for field in ["director", "popularity", "imdb_score", "year", "runtime_minutes"] {
        expected[field] = Value::Null;
    }
    expected["genres"] = json!([]);
    expected["version"] = json!(2);
    expected["updated_at"] = replaced.json()["updated_at"].clone();
    assert_eq!(replaced.json(), expected);

    let without_name = app.put(&path(&expected)).bearer_auth(&token).json(&json!({ "year": 1977 })).answer();
    assert_eq!(without_name.errors(422), [("/name".to_owned(), "required".to_owned())]);
}

fn a_patch_changes_what_it_names_alone(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let movie = add(&app, &token, &star_wars());
    let patch =
        json!({ "id": 99, "imdb_score": null, "genres": ["War", "Sci-Fi"], "overview": "In a galaxy\nfar away" });
    let patched = app.patch(&path(&movie)).bearer_auth(&token).json(&patch).answer();
    assert_eq!(patched.status, 200, "{patched:?}");
    let mut expected = movie;
    expected["imdb_score"] = Value::Null;
    expected["genres"] = json!(["War", "Sci-Fi"]);
    expected["overview"] = json!("In a galaxy\nfar away");
    expected["version"] = json!(2);
    expected["updated_at"] = patched.json()["updated_at"].clone();
    assert_eq!(patched.json(), expected);

    let nameless = app.patch(&path(&expected)).bearer_auth(&token).json(&json!({ "name": null })).answer();
    assert_eq!(nameless.errors(422), [("/name".to_owned(), "required".to_owned())]);
}

fn a_patch_comes_in_two_types(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let movie = add(&app, &token, &star_wars());
    let patch = |content_type: &str, body: &str| {
        let request = app.patch(&path(&movie)).bearer_auth(&token).header("content-type", content_type);
        request.body(body.to_owned()).answer()
    };
    assert_eq!(patch("application/merge-patch+json", r#"{"votes":1}"#).json()["votes"], 1);
    assert_eq!(patch("application/json; charset=utf-8", r#"{"votes":2}"#).json()["votes"], 2);
    let other = patch("application/json-patch+json", "[]");
    other.problem(415);
    assert_eq!(other.header("accept"), "application/merge-patch+json, application/json");
    let put = app.put(&path(&movie)).bearer_auth(&token).header("content-type", "application/merge-patch+json");
    put.body(r#"{"name":"X"}"#).answer().problem(415);
}

fn what_changes_nothing_makes_no_new_version(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let movie = add(&app, &token, &star_wars());
    let read = app.get(&path(&movie)).answer();
    for answer in [
        app.put(&path(&movie)).bearer_auth(&token).json(&movie).answer(),
        app.patch(&path(&movie)).bearer_auth(&token).json(&json!({})).answer(),
        app.patch(&path(&movie)).bearer_auth(&token).json(&json!({ "name": "Star Wars" })).answer(),
    ] {
        assert_eq!((answer.status, answer.text.as_str()), (200, read.text.as_str()));
        assert_eq!(answer.header("etag"), read.header("etag"));
    }
}

fn every_change_is_seen_by_the_next_read(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let movie = add(&app, &token, &star_wars());
    for votes in 0..20 {
        let patched = app.patch(&path(&movie)).bearer_auth(&token).json(&json!({ "votes": votes })).answer();
        let read = app.get(&path(&movie)).answer();
        assert_eq!((read.json()["votes"].as_u64(), &read.text), (Some(votes), &patched.text));
        assert_eq!(app.get(MOVIES).answer().json()["items"][0], read.json());
    }
}

fn a_deleted_movie_is_gone_and_its_id_is_not_used_again(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let movie = add(&app, &token, &star_wars());
    assert_eq!(app.get(&path(&movie)).answer().status, 200);
    let deleted = app.delete(&path(&movie)).bearer_auth(&token).answer();
    assert_eq!((deleted.status, deleted.text.as_str()), (204, ""));
    app.get(&path(&movie)).answer().problem(404);
    app.delete(&path(&movie)).bearer_auth(&token).answer().problem(404);
    assert_eq!(app.get(MOVIES).answer().json()["total"], json!({ "value": 0, "relation": "exact" }));
    let next = add(&app, &token, &star_wars());
    assert!(next["id"].as_u64() > movie["id"].as_u64());
}

fn a_duplicate_is_refused_unless_it_is_allowed(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let movie = add(&app, &token, &star_wars());
    let again = json!({ "name": "STAR WARS", "director": "george lucas ", "year": 1977 });
    let refused = app.post(MOVIES).bearer_auth(&token).json(&again).answer().problem(409);
    assert_eq!((&refused["existing_id"], &refused["type"]), (&movie["id"], &json!("/problems/duplicate-movie")));
    let refused = app.post(&format!("{MOVIES}?allow_duplicate=false")).bearer_auth(&token).json(&again).answer();
    refused.problem(409);
    let allowed = app.post(&format!("{MOVIES}?allow_duplicate=true")).bearer_auth(&token).json(&again).answer();
    assert_eq!(allowed.status, 201, "{allowed:?}");

    let other = add(&app, &token, &json!({ "name": "Star Wars", "director": "George Lucas", "year": 1978 }));
    let to_1977 = json!({ "year": 1977 });
    assert_eq!(
        app.patch(&path(&other)).bearer_auth(&token).json(&to_1977).answer().problem(409)["existing_id"],
        movie["id"]
    );
    app.put(&path(&other)).bearer_auth(&token).json(&again).answer().problem(409);
    let allowed = format!("{}?allow_duplicate=true", path(&other));
    assert_eq!(app.patch(&allowed).bearer_auth(&token).json(&to_1977).answer().status, 200);
    // Nothing about null: two movies of a name, without director and year, are duplicates.
    add(&app, &token, &json!({ "name": "M" }));
    app.post(MOVIES).bearer_auth(&token).json(&json!({ "name": "m" })).answer().problem(409);
}

fn an_imdb_id_belongs_to_one_movie(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let movie = add(&app, &token, &json!({ "name": "Star Wars", "imdb_id": "tt0076759" }));
    let other = json!({ "name": "Other", "imdb_id": "tt0076759" });
    let refused = app.post(&format!("{MOVIES}?allow_duplicate=true")).bearer_auth(&token).json(&other).answer();
    let problem = refused.problem(409);
    assert_eq!((&problem["existing_id"], &problem["type"]), (&movie["id"], &json!("/problems/imdb-id-taken")));
    assert_eq!(app.delete(&path(&movie)).bearer_auth(&token).answer().status, 204);
    add(&app, &token, &other);
}

fn a_renamed_genre_shows_at_once_and_changes_the_etag(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let movie = add(&app, &token, &star_wars());
    let before = app.get(&path(&movie)).answer();
    let list_etag = app.get(MOVIES).answer().header("etag").to_owned();
    let genre = app.get("/api/v1/genres?q=sci").answer().json()["items"][0]["id"].clone();
    let renamed = app.patch(&format!("/api/v1/genres/{genre}")).bearer_auth(&token).json(&json!({ "name": "Space" }));
    assert_eq!(renamed.answer().json(), json!({ "id": genre, "name": "Space", "movie_count": 1 }));

    let after = app.get(&path(&movie)).header("if-none-match", before.header("etag")).answer();
    assert_eq!((after.status, &after.json()["genres"]), (200, &json!(["Action", "Space"])));
    assert_eq!(after.json()["version"], 1);
    let list = app.get(MOVIES).header("if-none-match", &list_etag).answer();
    assert_eq!((list.status, &list.json()["items"][0]), (200, &after.json()));
    assert_eq!(names(&app.get(&format!("{MOVIES}?genre=space")).answer()).len(), 1);
    assert_eq!(names(&app.get(&format!("{MOVIES}?q=space")).answer()).len(), 1);
    assert_eq!(names(&app.get(&format!("{MOVIES}?genre=Sci-Fi")).answer()).len(), 0);
    let stale = app.delete(&path(&movie)).bearer_auth(&token).header("if-match", before.header("etag")).answer();
    assert_eq!(stale.problem(412)["current_version"], 1);
}

fn only_admins_write(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let (admin, user) = (app.admin_token(), app.user_token("alice"));
    let movie = add(&app, &admin, &star_wars());
    let table = [
        (Method::POST, MOVIES.to_owned()),
        (Method::PUT, path(&movie)),
        (Method::PATCH, path(&movie)),
        (Method::DELETE, path(&movie)),
        (Method::POST, "/api/v1/movies:batch".to_owned()),
        (Method::POST, "/api/v1/genres".to_owned()),
        (Method::POST, "/api/v1/genres/1/merge".to_owned()),
        (Method::PATCH, "/api/v1/genres/1".to_owned()),
        (Method::DELETE, "/api/v1/genres/1?detach=true".to_owned()),
    ];
    for (method, path) in table {
        let request = || app.request(method.clone(), &path).json(&json!({ "name": "X" }));
        let anonymous = request().answer();
        anonymous.problem(401);
        assert!(anonymous.header("www-authenticate").starts_with("Bearer"), "{method} {path}");
        request().bearer_auth("mq_wrong").answer().problem(401);
        request().bearer_auth(&user).answer().problem(403);
        // Who may not write learns nothing of what a write would say.
        app.request(method.clone(), &path).bearer_auth(&user).body("{").answer().problem(403);
    }
    assert_eq!(app.get(&path(&movie)).answer().json(), movie);
    assert_eq!(app.get(&path(&movie)).bearer_auth(&user).answer().json(), movie);
}

fn nobody_reads_without_a_token_where_the_operator_says_so(database: &TestDatabase) {
    let app = TestApp::spawn_with(database, &[("AUTH__ANONYMOUS_READ", "false")]);
    let movie = add(&app, &app.admin_token(), &star_wars());
    let user = app.user_token("alice");
    for path in [&path(&movie), MOVIES, "/api/v1/genres", "/api/v1/genres/1", "/api/movies/", "/api/movie/1/"] {
        app.get(path).answer().problem(401);
        app.get(path).header("if-none-match", "*").answer().problem(401);
        let answer = app.get(path).bearer_auth(&user).answer();
        assert_eq!((answer.status, answer.header("cache-control")), (200, "private, no-cache"), "{path}");
    }
}
