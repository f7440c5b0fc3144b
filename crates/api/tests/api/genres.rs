//! Genres: lists, one, and changes.

use std::{
    ops::ControlFlow,
    sync::{Arc, Mutex},
    time::Duration,
};

use domain::{
    Error, Result,
    change::Seq,
    genre::GenreName,
    movie::{Field, Movie, MovieId, MoviePatch},
    ports::{ChangeListener, Changed, Clock, GenreCount, MovieSearch, SearchHealth},
    query::{MoviePage, MovieQuery},
    services::{Catalogue, Duplicates},
    time::Timestamp,
    user::Admin,
};
use serde_json::{Value, json};
use testing::TestDatabase;

use crate::{
    movies::{MOVIES, add, names},
    test_app::{Ask, TestApp, test_settings},
};

testing::on_every_database! {
    genres_are_listed_with_the_numbers_of_their_movies,
    genres_are_listed_by_name_or_by_number_of_movies,
    a_walk_gives_every_genre_once,
    a_genre_is_read_by_its_id,
    a_new_genre_is_answered_and_listed,
    a_name_is_taken_in_any_case,
    a_genre_in_use_is_kept_unless_it_is_detached,
    bad_names_are_refused,
    a_change_needs_no_index,
}

const GENRES: &str = "/api/v1/genres";

fn seed(app: &TestApp) -> String {
    let token = app.admin_token();
    for (name, genres) in
        [("A", &["Drama", "War"][..]), ("B", &["drama ", "Épique"]), ("C", &["Drama", "zombie", "War"])]
    {
        add(app, &token, &json!({ "name": name, "genres": genres }));
    }
    token
}

fn genres_are_listed_with_the_numbers_of_their_movies(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    seed(&app);
    let answer = app.get(GENRES).answer();
    insta::allow_duplicates! {
        insta::assert_snapshot!(answer.text, @r#"{"items":[{"id":1,"name":"Drama","movie_count":3},{"id":3,"name":"Épique","movie_count":1},{"id":2,"name":"War","movie_count":2},{"id":4,"name":"zombie","movie_count":1}],"total":{"value":4,"relation":"exact"},"limit":20,"offset":0,"next":null,"prev":null}"#);
    }
    assert_eq!((answer.header("cache-control"), answer.header("link")), ("no-cache", ""));
}

fn genres_are_listed_by_name_or_by_number_of_movies(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    seed(&app);
    let listed = |query: &str| names(&app.get(&format!("{GENRES}?{query}")).answer());
    assert_eq!(listed("sort=name"), ["Drama", "Épique", "War", "zombie"]);
    assert_eq!(listed("sort=-movie_count"), ["Drama", "War", "Épique", "zombie"]);
    assert_eq!(listed("q=EPI"), ["Épique"]);
    assert_eq!(listed("q=ra&sort=name"), ["Drama"]);
    assert_eq!(listed("q="), listed(""));
    assert_eq!(listed("limit=1&offset=2"), ["War"]);
    let errors = app.get(&format!("{GENRES}?sort=movie_count&limit=0&name=x&q=a&q=b")).answer().errors(400);
    let fields: Vec<_> = errors.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["q", "sort", "limit", "name"]);
}

fn a_walk_gives_every_genre_once(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = seed(&app);
    for query in ["sort=name", "sort=-movie_count"] {
        let whole = names(&app.get(&format!("{GENRES}?{query}")).answer());
        let mut found = Vec::new();
        let mut next = format!("{GENRES}?{query}&limit=1");
        for page in 0.. {
            let answer = app.get(&next).answer();
            found.extend(names(&answer));
            let json = answer.json();
            assert_eq!(json["offset"], if page == 0 { json!(0) } else { Value::Null });
            let Some(url) = json["next"].as_str() else { break };
            assert!(url.contains("cursor="), "{url}");
            assert_eq!(answer.header("link"), format!("<{url}>; rel=\"next\""));
            next = url.to_owned();
            if page == 0 {
                // Stands before the place that the walk has reached.
                let body = json!({ "name": "Aaa", "genres": ["AAA", "Drama"] });
                let movie = add(&app, &token, &body);
                assert_eq!(app.delete(&format!("{MOVIES}/{}", movie["id"])).bearer_auth(&token).answer().status, 204);
            }
        }
        found.retain(|name| name != "AAA");
        assert_eq!(found, whole.into_iter().filter(|name| name != "AAA").collect::<Vec<_>>(), "{query}");
    }
    let json = app.get(&format!("{GENRES}?limit=2&offset=1")).answer().json();
    assert_eq!(json["prev"], "/api/v1/genres?limit=2&offset=0");
    let cursor = json["next"].as_str().unwrap().split_once("cursor=").unwrap().1;
    let other = app.get(&format!("{GENRES}?sort=-movie_count&cursor={cursor}")).answer();
    assert_eq!(other.errors(400), [("cursor".to_owned(), "invalid_value".to_owned())]);
}

fn a_genre_is_read_by_its_id(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    seed(&app);
    let answer = app.get("/api/v1/genres/2").answer();
    assert_eq!((answer.status, answer.json()), (200, json!({ "id": 2, "name": "War", "movie_count": 2 })));
    app.get("/api/v1/genres/99").answer().problem(404);
}

fn a_new_genre_is_answered_and_listed(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = seed(&app);
    let created = app.post(GENRES).bearer_auth(&token).json(&json!({ "name": " Road Movie " })).answer();
    assert_eq!((created.status, created.header("location")), (201, "/api/v1/genres/5"));
    assert_eq!(created.json(), json!({ "id": 5, "name": "Road Movie", "movie_count": 0 }));
    assert_eq!(app.get(created.header("location")).answer().json(), created.json());
    assert_eq!(names(&app.get(&format!("{GENRES}?q=road")).answer()), ["Road Movie"]);
    // A movie that names it in another case has it as first written.
    let movie = add(&app, &token, &json!({ "name": "D", "genres": ["ROAD MOVIE"] }));
    assert_eq!(movie["genres"], json!(["Road Movie"]));
}

fn a_name_is_taken_in_any_case(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = seed(&app);
    let body = json!({ "name": "dRAMA" });
    let problem = app.post(GENRES).bearer_auth(&token).json(&body).answer().problem(409);
    assert_eq!((&problem["existing_id"], &problem["type"]), (&json!(1), &json!("/problems/genre-name-taken")));
    let problem = app.patch("/api/v1/genres/2").bearer_auth(&token).json(&body).answer().problem(409);
    assert_eq!(problem["existing_id"], 1);
    // Its own name in another case is no other genre's.
    let renamed = app.patch("/api/v1/genres/1").bearer_auth(&token).json(&body).answer();
    assert_eq!(renamed.json(), json!({ "id": 1, "name": "dRAMA", "movie_count": 3 }));
    app.patch("/api/v1/genres/99").bearer_auth(&token).json(&json!({ "name": "X" })).answer().problem(404);
}

fn a_genre_in_use_is_kept_unless_it_is_detached(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = seed(&app);
    let delete = |path: &str| app.delete(path).bearer_auth(&token).answer();
    for path in ["/api/v1/genres/2", "/api/v1/genres/2?detach=false"] {
        let problem = delete(path).problem(409);
        assert_eq!((&problem["movie_count"], &problem["type"]), (&json!(2), &json!("/problems/genre-in-use")));
    }
    assert_eq!(delete("/api/v1/genres/2?detach=yes").errors(400)[0].0, "detach");
    assert_eq!(app.get(&format!("{MOVIES}?genre=War")).answer().json()["total"]["value"], 2);

    assert_eq!(delete("/api/v1/genres/2?detach=true").status, 204);
    delete("/api/v1/genres/2?detach=true").problem(404);
    app.get("/api/v1/genres/2").answer().problem(404);
    assert_eq!(app.get(&format!("{MOVIES}?genre=War")).answer().json()["total"]["value"], 0);
    let movie = app.get(&format!("{MOVIES}/3")).answer().json();
    assert_eq!((&movie["genres"], &movie["version"]), (&json!(["Drama", "zombie"]), &json!(2)));

    let unused = app.post(GENRES).bearer_auth(&token).json(&json!({ "name": "Unused" })).answer().json();
    assert_eq!(delete(&format!("{GENRES}/{}", unused["id"])).status, 204);
    let next = app.post(GENRES).bearer_auth(&token).json(&json!({ "name": "Unused" })).answer().json();
    assert!(next["id"].as_u64() > unused["id"].as_u64(), "an id is not used again");
}

fn bad_names_are_refused(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = seed(&app);
    let long = "x".repeat(51);
    for (body, field, code) in [
        (json!({}), "/name", "required"),
        (json!({ "name": null }), "/name", "required"),
        (json!({ "name": 7 }), "/name", "wrong_type"),
        (json!({ "name": "  " }), "/name", "too_short"),
        (json!({ "name": long }), "/name", "too_long"),
        (json!({ "name": "a,b" }), "/name", "invalid_format"),
        (json!({ "name": "a|b" }), "/name", "invalid_format"),
        (json!({ "name": "a\u{0}b" }), "/name", "invalid_format"),
        (json!({ "name": "X", "colour": "red" }), "/colour", "unknown_field"),
        (json!([]), "", "wrong_type"),
    ] {
        let expected = [(field.to_owned(), code.to_owned())];
        assert_eq!(app.post(GENRES).bearer_auth(&token).json(&body).answer().errors(422), expected, "{body}");
        let renamed = app.patch("/api/v1/genres/1").bearer_auth(&token).json(&body).answer();
        assert_eq!(renamed.errors(422), expected, "{body}");
    }
    assert_eq!(names(&app.get(GENRES).answer()).len(), 4);
}

/// An index that is away.
struct Away;

fn away<T>() -> Result<T> {
    Err(Error::Unavailable { what: "search", cause: None })
}

impl MovieSearch for Away {
    fn find(&self, _: &MovieQuery) -> Result<MoviePage> {
        away()
    }

    fn walk(&self, _: &MovieQuery, _: &mut dyn FnMut(&Movie) -> ControlFlow<()>) -> Result<()> {
        away()
    }

    fn movie(&self, _: MovieId) -> Result<Option<Arc<Movie>>> {
        away()
    }

    fn genres(&self) -> Result<Vec<GenreCount>> {
        away()
    }

    fn wait_for(&self, _: Seq, _: Duration) -> bool {
        false
    }

    fn health(&self) -> SearchHealth {
        SearchHealth { ready: false, current: false, database: true, applied: 0, stamp: 0 }
    }
}

impl Clock for Away {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix(0)
    }
}

#[derive(Default)]
struct Heard(Mutex<Vec<Changed>>);

impl ChangeListener for Heard {
    fn changed(&self, what: Changed) {
        self.0.lock().unwrap().push(what);
    }
}

fn a_change_needs_no_index(database: &TestDatabase) {
    let files = tempfile::tempdir().unwrap();
    let store = bootstrap::open_store(&test_settings(database, files.path(), &[])).unwrap();
    let heard = Arc::new(Heard::default());
    let catalogue = Catalogue::new(store, Arc::new(Away), Arc::new(Away), vec![heard.clone()]);
    let told = || std::mem::take(&mut *heard.0.lock().unwrap());
    let (admin, name) = (Admin::operator(), |name| GenreName::new(name, "/name").unwrap());

    let genre = catalogue.create_genre(&admin, &name("War")).unwrap();
    assert_eq!(told(), [], "no movie has it yet");
    let movie = MoviePatch {
        name: Field::Value("M".to_owned()),
        genres: Field::Value(vec!["War".to_owned()]),
        ..MoviePatch::default()
    };
    catalogue.create(&admin, &movie.onto(None).unwrap(), Duplicates::Refuse).unwrap();
    told();
    let renamed = catalogue.rename_genre(&admin, genre.id, &name("Anti-War")).unwrap();
    assert_eq!((renamed.genre.name.as_str(), renamed.movies), ("Anti-War", 1));
    assert_eq!(told(), [Changed::Genre(genre.id)]);
}
