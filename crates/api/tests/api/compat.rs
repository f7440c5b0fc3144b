//! Every request that clients of the older services make, and what they count on in the answers.

use std::collections::HashSet;

use reqwest::{Method, blocking::RequestBuilder};
use serde_json::{Value, json};
use testing::TestDatabase;

use crate::{
    movies::{MOVIES, add},
    test_app::{Answer, Ask, TestApp},
};

testing::on_every_database! {
    all_movies_are_an_array_by_id,
    a_search_filters_the_array,
    one_movie_is_read_in_both_notations_of_its_path,
    an_admin_adds_movies_and_duplicates_too,
    an_admin_replaces_a_movie_and_what_is_not_known_here_stays,
    an_admin_removes_a_movie,
    only_admins_write,
    every_search_finds_what_it_says,
    pages_count_and_link_both_ways,
    a_long_array_goes_on_behind_its_link,
    bad_bodies_are_refused_in_the_words_of_this_shape,
    what_older_clients_send_beside_is_ignored,
}

fn film(name: &str, director: &str, popularity: f64, genres: &[&str]) -> Value {
    json!({ "name": name, "director": director, "popularity": popularity, "imdb_score": popularity / 10.0,
            "genres": genres })
}

/// Five movies with the ids 1 to 5.
fn seed(app: &TestApp) -> String {
    let token = app.admin_token();
    for movie in [
        film("King Kong", "Merian C. Cooper", 80.0, &["Crime", "Thriller"]),
        film("Star Wars", "George Lucas", 88.0, &["Adventure", "War"]),
        film("Titanic", "James Cameron", 73.0, &["Romance"]),
        film("The Thing", "John Carpenter", 70.5, &["Horror", "War"]),
        json!({ "name": "Stardust", "year": 2007, "votes": 7, "overview": "A star falls" }),
    ] {
        add(app, &token, &movie);
    }
    token
}

/// As older clients sign requests.
fn signed(request: RequestBuilder, token: &str) -> RequestBuilder {
    request.header("Authorization", format!("Token {token}"))
}

fn names(array: &Value) -> Vec<&str> {
    array.as_array().unwrap().iter().map(|movie| movie["name"].as_str().unwrap()).collect()
}

#[track_caller]
fn ok(answer: &Answer) -> Value {
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"), "{answer:?}");
    answer.json()
}

fn all_movies_are_an_array_by_id(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    seed(&app);
    for path in ["/api/movies/", "/api/movies"] {
        let answer = app.get(path).answer();
        insta::allow_duplicates! {
            insta::assert_snapshot!(answer.text, @r#"[{"id":1,"name":"King Kong","director":"Merian C. Cooper","popularity":80.0,"imdb_score":8.0,"genre":[{"name":"Crime"},{"name":"Thriller"}]},{"id":2,"name":"Star Wars","director":"George Lucas","popularity":88.0,"imdb_score":8.8,"genre":[{"name":"Adventure"},{"name":"War"}]},{"id":3,"name":"Titanic","director":"James Cameron","popularity":73.0,"imdb_score":7.3,"genre":[{"name":"Romance"}]},{"id":4,"name":"The Thing","director":"John Carpenter","popularity":70.5,"imdb_score":7.05,"genre":[{"name":"Horror"},{"name":"War"}]},{"id":5,"name":"Stardust","director":null,"popularity":null,"imdb_score":null,"genre":[]}]"#);
        }
        assert_eq!((answer.status, answer.header("link")), (200, ""));
        let head = app.request(Method::HEAD, path).answer();
        assert_eq!((head.status, head.header("content-length")), (200, answer.text.len().to_string().as_str()));
    }
}

fn a_search_filters_the_array(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    seed(&app);
    for path in ["/api/movies/?search=star", "/api/movies?search=star"] {
        assert_eq!(names(&ok(&app.get(path).answer())), ["Star Wars", "Stardust"], "{path}");
    }
    assert_eq!(names(&ok(&app.get("/api/movies/?search=").answer())).len(), 5);
    assert_eq!(ok(&app.get("/api/movies/?search=nothing+like+it").answer()), json!([]));
}

fn one_movie_is_read_in_both_notations_of_its_path(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    seed(&app);
    for path in ["/api/movie/4/", "/api/movie/4"] {
        let movie = ok(&app.get(path).answer());
        assert_eq!(
            movie,
            json!({ "id": 4, "name": "The Thing", "director": "John Carpenter", "popularity": 70.5, "imdb_score": 7.05,
                    "genre": [{ "name": "Horror" }, { "name": "War" }] })
        );
    }
    for id in ["6", "0", "-1", "abc", "99999999999999999999"] {
        app.get(&format!("/api/movie/{id}/")).answer().problem(404);
    }
}

fn an_admin_adds_movies_and_duplicates_too(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = seed(&app);
    let body = json!({ "id": 1, "name": "Chungking Express", "director": "Wong Kar-wai", "popularity": 80,
                       "imdb_score": 8.0, "genre": [{ "name": "Adventure" }, { "name": "Romance" }] });
    for (path, id) in [("/api/movies/", 6), ("/api/movies", 7)] {
        let created = signed(app.post(path), &token).json(&body).answer();
        let mut expected = body.clone();
        (expected["id"], expected["popularity"]) = (json!(id), json!(80.0));
        assert_eq!((created.status, created.json()), (201, expected), "{created:?}");
        assert_eq!(ok(&app.get(created.header("location")).answer()), created.json());
        assert!(names(&ok(&app.get("/api/movies/").answer())).len() == id, "it is listed at once");
    }
    let plain = json!({ "name": "Plain", "genre": ["Drama", " drama", { "name": "War", "id": 3 }] });
    let created = signed(app.post("/api/movies/"), &token).json(&plain).answer().json();
    assert_eq!(
        created,
        json!({ "id": 8, "name": "Plain", "director": null, "popularity": null, "imdb_score": null,
                "genre": [{ "name": "Drama" }, { "name": "War" }] })
    );
}

fn an_admin_replaces_a_movie_and_what_is_not_known_here_stays(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = seed(&app);
    let body = json!({ "id": 99, "name": "Stardust", "director": "Matthew Vaughn", "popularity": 76.0,
                       "imdb_score": 7.6, "genre": [{ "name": "Fantasy" }] });
    let replaced = signed(app.put("/api/movie/5/"), &token).json(&body).answer();
    let mut expected = body;
    expected["id"] = json!(5);
    assert_eq!(ok(&replaced), expected);
    let movie = app.get(&format!("{MOVIES}/5")).answer().json();
    assert_eq!(
        (&movie["year"], &movie["votes"], &movie["overview"]),
        (&json!(2007), &json!(7), &json!("A star falls"))
    );
    assert_eq!(movie["version"], 2);

    // A replacement, not a patch: what it leaves out of what is known here is emptied.
    let replaced = ok(&signed(app.put("/api/movie/5"), &token).json(&json!({ "name": "Titanic" })).answer());
    assert_eq!((&replaced["director"], &replaced["genre"]), (&Value::Null, &json!([])));
    signed(app.put("/api/movie/6/"), &token).json(&json!({ "name": "X" })).answer().problem(404);
}

fn an_admin_removes_a_movie(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = seed(&app);
    for path in ["/api/movie/5/", "/api/movie/4"] {
        let deleted = signed(app.delete(path), &token).answer();
        assert_eq!((deleted.status, deleted.text.as_str()), (204, ""));
        signed(app.delete(path), &token).answer().problem(404);
        app.get(path).answer().problem(404);
    }
    assert_eq!(names(&ok(&app.get("/api/movies/").answer())).len(), 3);
}

fn only_admins_write(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    seed(&app);
    let user = app.user_token("alice");
    for (method, path) in
        [(Method::POST, "/api/movies/"), (Method::PUT, "/api/movie/5/"), (Method::DELETE, "/api/movie/5/")]
    {
        let request = || app.request(method.clone(), path).json(&json!({ "name": "X" }));
        request().answer().problem(401);
        signed(request(), "wrong").answer().problem(401);
        signed(request(), &user).answer().problem(403);
    }
    assert_eq!(ok(&app.get("/api/movie/5/").answer())["name"], "Stardust");
}

fn every_search_finds_what_it_says(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    seed(&app);
    for (query, expected) in [
        ("search=titanic", &["Titanic"][..]),
        ("search=War", &["Star Wars", "The Thing"]),
        ("search=the,war", &["The Thing"]),
        ("search=titanic,james", &["Titanic"]),
        ("search=the,john,70,7", &["The Thing"]),
        ("search=the+john,+70++7", &["The Thing"]),
        ("search=itani", &["Titanic"]),
        ("search=88", &["Star Wars"]),
        ("search=the,john,71", &[]),
    ] {
        for path in ["/api/movies", "/api/movies/"] {
            assert_eq!(names(&ok(&app.get(&format!("{path}?{query}")).answer())), expected, "{path}?{query}");
        }
    }
    for (query, expected) in [
        ("search=war&limit=10&offset=0", &["Star Wars", "The Thing"][..]),
        ("search=the,john,70,7,war&limit=10&offset=0", &["The Thing"]),
        ("search=titanic&limit=10", &["Titanic"]),
        ("search=titanic&offset=0", &["Titanic"]),
        ("search=nothing&offset=0", &[]),
    ] {
        let page = ok(&app.get(&format!("/api/movies?{query}")).answer());
        assert_eq!(names(&page["results"]), expected, "{query}");
        assert_eq!(
            (&page["count"], &page["next"], &page["previous"]),
            (&json!(expected.len()), &Value::Null, &Value::Null)
        );
    }
}

fn pages_count_and_link_both_ways(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    seed(&app);
    let first = app.get("/api/movies?limit=2").answer();
    insta::allow_duplicates! {
        insta::assert_snapshot!(first.text, @r#"{"count":5,"next":"/api/movies?limit=2&offset=2","previous":null,"results":[{"id":1,"name":"King Kong","director":"Merian C. Cooper","popularity":80.0,"imdb_score":8.0,"genre":[{"name":"Crime"},{"name":"Thriller"}]},{"id":2,"name":"Star Wars","director":"George Lucas","popularity":88.0,"imdb_score":8.8,"genre":[{"name":"Adventure"},{"name":"War"}]}]}"#);
    }
    let second = ok(&app.get(first.json()["next"].as_str().unwrap()).answer());
    assert_eq!((names(&second["results"]), &second["count"]), (vec!["Titanic", "The Thing"], &json!(5)));
    assert_eq!(second["previous"], "/api/movies?limit=2&offset=0");
    let last = ok(&app.get(second["next"].as_str().unwrap()).answer());
    assert_eq!((names(&last["results"]), &last["next"]), (vec!["Stardust"], &Value::Null));
    let back = ok(&app.get(last["previous"].as_str().unwrap()).answer());
    assert_eq!(back, second);
    let searched = ok(&app.get("/api/movies?search=st,ar&limit=1").answer());
    assert_eq!(searched["next"], "/api/movies?search=st,ar&limit=1&offset=1");
    let far = ok(&app.get("/api/movies?offset=10000").answer());
    assert_eq!((&far["count"], &far["results"]), (&json!(5), &json!([])));
    for (query, field) in
        [("limit=0", "limit"), ("limit=x", "limit"), ("offset=-1", "offset"), ("offset=10001", "offset")]
    {
        assert_eq!(app.get(&format!("/api/movies?{query}")).answer().errors(400)[0].0, field, "{query}");
    }
}

fn a_long_array_goes_on_behind_its_link(database: &TestDatabase) {
    let feed: Vec<Value> = (1..=1_050).map(|i| json!({ "name": format!("Film {i:04}"), "genre": ["Short"] })).collect();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), json!(feed).to_string()).unwrap();
    let app = TestApp::spawn_with(database, &[("DATA__FIXTURE", file.path().to_str().unwrap())]);
    for search in ["", "search=film"] {
        let first = app.get(&format!("/api/movies/?{search}")).answer();
        let link = first.header("link");
        let next = link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\"")).unwrap();
        let rest = app.get(next).answer();
        let (first, rest) = (ok(&first), (ok(&rest), rest.header("link").to_owned()));
        assert_eq!((names(&first).len(), names(&rest.0).len(), rest.1.as_str()), (1_000, 50, ""));
        let all: HashSet<_> = names(&first).into_iter().chain(names(&rest.0)).collect();
        assert_eq!(all.len(), 1_050);
    }
    let page = ok(&app.get("/api/movies?limit=5000").answer());
    assert_eq!((names(&page["results"]).len(), &page["next"]), (1_000, &json!("/api/movies?limit=1000&offset=1000")));
}

fn bad_bodies_are_refused_in_the_words_of_this_shape(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = seed(&app);
    for (body, expected) in [
        (json!({}), &[("/name", "required")][..]),
        (
            json!({ "name": "X", "popularity": 101, "imdb_score": "8" }),
            &[("/popularity", "out_of_range"), ("/imdb_score", "wrong_type")],
        ),
        (
            json!({ "name": "X", "genre": [{ "name": "a|b" }, 7, {}, "ok"] }),
            &[("/genre/0", "invalid_format"), ("/genre/1", "wrong_type"), ("/genre/2", "wrong_type")],
        ),
        (json!({ "name": "X", "genre": "Drama" }), &[("/genre", "wrong_type")]),
        (json!([]), &[("", "wrong_type")]),
    ] {
        for request in [app.post("/api/movies/"), app.put("/api/movie/5/")] {
            let found = signed(request, &token).json(&body).answer().errors(422);
            let found: Vec<_> = found.iter().map(|(field, code)| (field.as_str(), code.as_str())).collect();
            assert_eq!(found, expected, "{body}");
        }
    }
    signed(app.post("/api/movies/"), &token).header("content-type", "application/json").body("{").answer().problem(400);
    signed(app.post("/api/movies/"), &token).body("{}").answer().problem(415);
    assert_eq!(names(&ok(&app.get("/api/movies/").answer())).len(), 5, "nothing was written");
    assert_eq!(app.get(&format!("{MOVIES}/5")).answer().json()["version"], 1);
}

fn what_older_clients_send_beside_is_ignored(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = seed(&app);
    assert_eq!(names(&ok(&app.get("/api/movies/?format=json&page=1&search=titanic").answer())), ["Titanic"]);
    let body = json!({ "name": "X", "99popularity": 80.0, "rating": 5, "year": "unknown" });
    let created = signed(app.post("/api/movies/?format=json"), &token).json(&body).answer();
    assert_eq!((created.status, &created.json()["popularity"]), (201, &Value::Null));
}
