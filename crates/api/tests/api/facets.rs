//! The facets of lists.

use serde_json::{Value, json};
use testing::TestDatabase;

use crate::{
    movies::{MOVIES, add},
    test_app::{Answer, Ask, TestApp},
};

testing::on_every_database! {
    facets_are_counted_without_their_own_conditions,
    facets_are_those_of_the_whole_list_on_every_page,
    facets_follow_every_change,
    an_unknown_facet_is_refused_with_a_hint,
}

fn seed(app: &TestApp) -> Vec<Value> {
    let token = app.admin_token();
    let film = |name: &str, genres: &[&str], score: f64, year: u16| json!({ "name": name, "genres": genres, "imdb_score": score, "year": year, "popularity": score * 10.0 });
    [
        film("Star Wars", &["Action", "Sci-Fi"], 8.8, 1977),
        film("Starman", &["Romance", "Sci-Fi"], 7.0, 1984),
        film("A Star Is Born", &["Drama", "Romance"], 7.7, 1954),
        film("A Star Is Born", &["Drama", "Romance"], 6.999_999, 1976),
        film("The Godfather", &["Crime", "Drama"], 9.2, 1972),
        film("Perfect", &["Drama"], 10.0, 1970),
        film("Hopeless", &["Drama"], 0.0, 2009),
        json!({ "name": "Nothing known", "director": "Star Director" }),
    ]
    .iter()
    .map(|movie| add(app, &token, movie))
    .collect()
}

fn list(app: &TestApp, query: &str) -> Answer {
    app.get(&format!("{MOVIES}?{query}")).answer()
}

/// A facet as `value:count` texts.
fn facet(list: &Value, name: &str) -> Vec<String> {
    let values = list["facets"][name].as_array().unwrap_or_else(|| panic!("no {name}: {list}"));
    let text = |value: &Value| {
        assert_eq!(value["relation"], "exact", "{value}");
        format!("{}:{}", value["value"].as_str().unwrap(), value["count"])
    };
    values.iter().map(text).collect()
}

fn facets_are_counted_without_their_own_conditions(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    seed(&app);
    let genres = ["Drama:5", "Romance:3", "Sci-Fi:2", "Action:1", "Crime:1"];
    let decades = ["1970s:4", "1950s:1", "1980s:1", "2000s:1"];
    let bands = ["7-8:2", "9-10:2", "0-1:1", "6-7:1", "8-9:1"];
    for (query, genre, decade, band) in [
        ("", &genres[..], &decades[..], &bands[..]),
        ("genre=Drama", &genres, &["1970s:3", "1950s:1", "2000s:1"], &["9-10:2", "0-1:1", "6-7:1", "7-8:1"]),
        ("genre.not=Drama&genre=Sci-Fi|Action", &genres, &["1970s:1", "1980s:1"], &["7-8:1", "8-9:1"]),
        ("year.gte=1980", &["Drama:1", "Romance:1", "Sci-Fi:1"], &decades, &["0-1:1", "7-8:1"]),
        ("imdb_score.gt=8.5", &["Drama:2", "Action:1", "Crime:1", "Sci-Fi:1"], &["1970s:3"], &bands),
        (
            "genre=Drama&year.lt=1980&imdb_score.gte=9",
            &["Drama:2", "Crime:1"],
            &["1970s:2"],
            &["9-10:2", "6-7:1", "7-8:1"],
        ),
        (
            "q=star",
            &["Romance:3", "Drama:2", "Sci-Fi:2", "Action:1"],
            &["1970s:2", "1950s:1", "1980s:1"],
            &["7-8:2", "6-7:1", "8-9:1"],
        ),
        (
            "q=star&genre=Drama",
            &["Romance:3", "Drama:2", "Sci-Fi:2", "Action:1"],
            &["1950s:1", "1970s:1"],
            &["6-7:1", "7-8:1"],
        ),
        ("search=tar,77", &["Drama:1", "Romance:1"], &["1950s:1"], &["7-8:1"]),
        ("popularity.gte=90", &["Drama:2", "Crime:1"], &["1970s:2"], &["9-10:2"]),
        ("genre=Nothing", &genres, &[], &[]),
    ] {
        let found = list(&app, &format!("{query}&facets=genre,decade,score_band")).json();
        assert_eq!(facet(&found, "genre"), genre, "{query}");
        assert_eq!(facet(&found, "decade"), decade, "{query}");
        assert_eq!(facet(&found, "score_band"), band, "{query}");
    }
    let one = list(&app, "facets=decade&genre=crime&limit=1");
    let expected = r#","suggestions":[],"facets":{"decade":[{"value":"1970s","count":1,"relation":"exact"}]}}"#;
    assert!(one.text.ends_with(expected), "{}", one.text);
    assert_eq!(list(&app, "genre=crime").json().get("facets"), None);
    let order = list(&app, "facets=score_band,genre").text;
    assert!(order.find("\"score_band\"") < order.find("\"genre\":["), "{order}");
}

fn facets_are_those_of_the_whole_list_on_every_page(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    seed(&app);
    for query in ["q=star+b", "q=sta+b", "sort=-year", "genre=Drama&sort=name"] {
        let query = format!("{query}&facets=genre,score_band&fields=id");
        let first = list(&app, &format!("{query}&limit=1")).json();
        assert_eq!(list(&app, &format!("{query}&offset=1")).json()["facets"], first["facets"], "{query}");
        let mut page = first.clone();
        let mut pages = 0;
        while let Some(next) = page["next"].as_str().map(str::to_owned) {
            page = app.get(&next).header("prefer", "count=none").answer().json();
            assert_eq!(page["facets"], first["facets"], "{next}");
            assert_eq!(page["items"][0].as_object().unwrap().len(), 1, "{next}");
            pages += 1;
        }
        assert!(pages > 0, "{query}");
    }
}

fn facets_follow_every_change(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let movies = seed(&app);
    let genres = || facet(&list(&app, "q=star&facets=genre").json(), "genre");
    let path = |movie: &Value| format!("{MOVIES}/{}", movie["id"]);
    assert_eq!(genres(), ["Romance:3", "Drama:2", "Sci-Fi:2", "Action:1"]);
    assert_eq!(app.delete(&path(&movies[0])).bearer_auth(&token).answer().status, 204);
    assert_eq!(genres(), ["Romance:3", "Drama:2", "Sci-Fi:1"]);
    let patch = json!({ "genres": ["Western"], "year": 1999 });
    assert_eq!(app.patch(&path(&movies[1])).bearer_auth(&token).json(&patch).answer().status, 200);
    assert_eq!(genres(), ["Drama:2", "Romance:2", "Western:1"]);
    let found = app.get("/api/v1/genres?q=western").answer().json();
    let western = format!("/api/v1/genres/{}", found["items"][0]["id"]);
    let renamed = app.patch(&western).bearer_auth(&token).json(&json!({ "name": "Cowboys" })).answer();
    assert_eq!(renamed.status, 200, "{renamed:?}");
    assert_eq!(genres(), ["Drama:2", "Romance:2", "Cowboys:1"]);
    let answer = list(&app, "facets=genre");
    let known = app.get(&format!("{MOVIES}?facets=genre")).header("if-none-match", answer.header("etag")).answer();
    assert_eq!(known.status, 304);
}

fn an_unknown_facet_is_refused_with_a_hint(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    for (facets, code, meant) in [
        ("genres", "unknown_facet", json!("genre")),
        ("genre,decades", "unknown_facet", json!("decade")),
        ("score", "unknown_facet", json!("score_band")),
        ("colour", "unknown_facet", Value::Null),
        ("", "unknown_facet", Value::Null),
        ("genre,genre", "invalid_value", Value::Null),
        ("genre&facets=genre", "repeated_parameter", Value::Null),
    ] {
        let refused = list(&app, &format!("facets={facets}"));
        assert_eq!(refused.errors(400), [("facets".to_owned(), code.to_owned())], "{facets}");
        assert_eq!(refused.json()["did_you_mean"], meant, "{facets}");
    }
    let export = app.get("/api/v1/export?facets=genre&highlight=true").answer();
    let unknown = |field: &str| (field.to_owned(), "unknown_parameter".to_owned());
    assert_eq!(export.errors(400), [unknown("facets"), unknown("highlight")]);
}
