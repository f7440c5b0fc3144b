//! What the forms of older services sent: `/manage`.

use serde_json::{Value, json};
use testing::TestDatabase;

use crate::{
    movies::{MOVIES, add},
    test_app::{Answer, Ask, TestApp},
};

testing::on_every_database! {
    older_forms_add_change_and_remove_movies,
    a_change_keeps_what_older_forms_do_not_know,
    a_form_is_read_as_its_json,
    a_session_is_good_for_older_forms_on_pages_of_this_site,
    older_forms_are_for_admins,
    what_is_wrong_with_an_older_form_is_told,
}

#[track_caller]
fn succeeded(answer: &Answer) {
    assert_eq!((answer.status, answer.text.as_str()), (200, "Success"), "{answer:?}");
    assert!(answer.header("content-type").starts_with("text/plain"), "{answer:?}");
}

fn movie(app: &TestApp, id: u64) -> Value {
    app.get(&format!("{MOVIES}/{id}")).answer().json()
}

fn genres(movie: &Value) -> Vec<&str> {
    movie["genres"].as_array().unwrap().iter().map(|genre| genre["name"].as_str().or(genre.as_str()).unwrap()).collect()
}

fn older_forms_add_change_and_remove_movies(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = format!("Token {}", app.admin_token());
    let post = |path: &str, body: Value| app.post(path).header("Authorization", &token).json(&body).answer();
    let body = json!({
        "movie_name": "King Kong", "director": "Merian C. Cooper", "popularity": "80.0", "chip_genres": "Adventure,Horror",
        "imdb_score": "8.0", "csrf": "x",
    });
    succeeded(&post("/manage/add", body.clone()));
    let stored = movie(&app, 1);
    assert_eq!(
        (&stored["name"], &stored["popularity"], &stored["imdb_score"]),
        (&json!("King Kong"), &json!(80.0), &json!(8.0))
    );
    assert_eq!(genres(&stored), ["Adventure", "Horror"]);
    // As in the rest of the older API, a duplicate is accepted.
    succeeded(&post("/manage/add", body));

    let body = json!({
        "id": "2", "movie_name": "Kong", "director": "Ernest B. Schoedsack", "popularity": 70, "genres": "Drama",
        "imdb_score": 7.5,
    });
    succeeded(&post("/manage/update", body));
    let stored = movie(&app, 2);
    assert_eq!((&stored["name"], &stored["popularity"]), (&json!("Kong"), &json!(70.0)));
    assert_eq!(genres(&stored), ["Drama"]);

    succeeded(&app.delete("/manage/delete/2").header("Authorization", &token).answer());
    app.delete("/manage/delete/2").header("Authorization", &token).answer().problem(404);
    assert_eq!(app.get(MOVIES).answer().json()["total"]["value"], 1);
}

fn a_change_keeps_what_older_forms_do_not_know(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let body =
        json!({ "name": "M", "director": "Lang", "year": 1931, "overview": "Text", "votes": 3, "genres": ["Crime"] });
    let before = add(&app, &token, &body);
    let change = json!({ "id": before["id"], "movie_name": "M", "imdb_score": "8.3" });
    succeeded(&app.post("/manage/update").bearer_auth(&token).json(&change).answer());
    let after = movie(&app, 1);
    assert_eq!(after["imdb_score"], 8.3);
    for field in ["name", "director", "year", "overview", "votes", "genres"] {
        assert_eq!(after[field], before[field], "{field}");
    }
}

fn a_form_is_read_as_its_json(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let form = [
        ("movie_name", "M"),
        ("director", ""),
        ("popularity", ""),
        ("chip_genres", "Crime, Drama"),
        ("imdb_score", "8.3"),
    ];
    succeeded(&app.post("/manage/add").bearer_auth(&token).form(&form).answer());
    let stored = movie(&app, 1);
    assert_eq!(
        (&stored["director"], &stored["popularity"], &stored["imdb_score"]),
        (&Value::Null, &Value::Null, &json!(8.3))
    );
    assert_eq!(genres(&stored), ["Crime", "Drama"]);
}

fn a_session_is_good_for_older_forms_on_pages_of_this_site(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let session = app.session("admin");
    let own = format!("http://{}", app.address);
    let body = json!({ "movie_name": "M" });
    let post =
        |origin: &str| app.post("/manage/add").header("Cookie", &session).header("Origin", origin).json(&body).answer();
    succeeded(&post(&own));
    post("https://evil.example").problem(403);
    let delete =
        |origin: &str| app.delete("/manage/delete/1").header("Cookie", &session).header("Origin", origin).answer();
    delete("https://evil.example").problem(403);
    succeeded(&delete(&own));
}

fn older_forms_are_for_admins(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let user = app.user_token("alice");
    let body = json!({ "id": 1, "movie_name": "M" });
    for path in ["/manage/add", "/manage/update"] {
        app.post(path).json(&body).answer().problem(401);
        app.post(path).bearer_auth(&user).json(&body).answer().problem(403);
        app.post(path).bearer_auth("mq_wrong").json(&body).answer().problem(401);
    }
    app.delete("/manage/delete/1").answer().problem(401);
    app.delete("/manage/delete/1").bearer_auth(&user).answer().problem(403);
}

fn what_is_wrong_with_an_older_form_is_told(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    add(&app, &token, &json!({ "name": "M" }));
    let post = |path: &str, body: Value| app.post(path).bearer_auth(&token).json(&body).answer();
    let fields = |answer: Answer| answer.errors(422).into_iter().map(|(field, _)| field).collect::<Vec<_>>();
    let body = json!({ "popularity": "many", "imdb_score": 11, "chip_genres": "a|b" });
    assert_eq!(fields(post("/manage/add", body)), ["/movie_name", "/popularity", "/imdb_score", "/chip_genres"]);
    for id in [json!(null), json!("1; DROP TABLE movies"), json!(1.5), json!("")] {
        assert_eq!(fields(post("/manage/update", json!({ "id": id, "movie_name": "N" }))), ["/id"], "{id}");
    }
    assert_eq!(fields(post("/manage/update", json!({ "id": 1, "movie_name": "" }))), ["/movie_name"]);
    // Which movie is meant is not guessed.
    let twice = [("id", "7"), ("id", "1"), ("movie_name", "N")];
    assert_eq!(fields(app.post("/manage/update").bearer_auth(&token).form(&twice).answer()), ["/id"]);
    post("/manage/update", json!({ "id": 99, "movie_name": "N" })).problem(404);
    app.delete("/manage/delete/x").bearer_auth(&token).answer().problem(404);
    app.post("/manage/add").bearer_auth(&token).body("movie_name").answer().problem(415);
    app.post("/manage/add")
        .bearer_auth(&token)
        .header("Content-Type", "application/json")
        .body("{")
        .answer()
        .problem(400);
    assert_eq!(movie(&app, 1)["version"], 1);
}
