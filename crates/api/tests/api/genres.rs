//! Genres: lists, one, and changes.

use std::{
    ops::ControlFlow,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use domain::{
    Error, Result,
    change::{Edit, Seq},
    genre::GenreName,
    movie::{Field, Movie, MovieId, MoviePatch},
    ports::{ChangeListener, Changed, Clock, GenreCount, MovieSearch, SearchHealth},
    query::{ListedMovie, MoviePage, MovieQuery},
    services::{Catalogue, Duplicates},
    suggestion::Suggestion,
    time::Timestamp,
    user::Admin,
};
use reqwest::Method;
use serde_json::{Value, json};
use testing::TestDatabase;

use crate::{
    movies::{MOVIES, add, names},
    test_app::{Answer, Ask, TestApp, test_settings},
};

testing::on_every_database! {
    genres_are_listed_with_the_numbers_of_their_movies,
    genres_are_listed_by_name_or_by_number_of_movies,
    a_walk_gives_every_genre_once,
    a_genre_is_read_by_its_id,
    a_new_genre_is_answered_and_listed,
    a_name_is_taken_in_any_case,
    a_genre_in_use_is_kept_unless_it_is_detached,
    a_merged_genre_is_the_other_one_in_every_movie,
    a_genre_is_merged_into_another_that_exists,
    a_merge_is_one_change_for_each_movie_and_one_for_the_genre,
    a_genre_of_many_movies_is_merged_whole,
    a_change_to_a_genre_shows_at_once_in_all_that_is_cached,
    a_change_to_a_genre_shows_on_other_nodes_soon,
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

fn merge(app: &TestApp, token: &str, id: u64, into: &Value) -> Answer {
    app.post(&format!("{GENRES}/{id}/merge")).bearer_auth(token).json(&json!({ "into": into })).answer()
}

fn genres_of(app: &TestApp, movie: u64) -> Value {
    app.get(&format!("{MOVIES}/{movie}")).answer().json()["genres"].clone()
}

fn a_merged_genre_is_the_other_one_in_every_movie(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let lists =
        [&["SF", "War"][..], &["Drama", "SF", "War"], &["Sci-Fi", "War", "SF"], &["SF", "War", "Sci-Fi"], &["War"]];
    for (i, genres) in lists.iter().enumerate() {
        add(&app, &token, &json!({ "name": format!("M{i}"), "genres": genres }));
    }
    let etags: Vec<_> =
        (1..=5).map(|id| app.get(&format!("{MOVIES}/{id}")).answer().header("etag").to_owned()).collect();
    let (merged, into) = (1, json!(4));
    let answer = merge(&app, &token, merged, &into);
    assert_eq!((answer.status, answer.json()), (200, json!({ "id": 4, "name": "Sci-Fi", "movie_count": 4 })));
    assert_eq!(app.get(&format!("{GENRES}/4")).answer().json(), answer.json());
    app.get(&format!("{GENRES}/{merged}")).answer().problem(404);

    let expected =
        [&["Sci-Fi", "War"][..], &["Drama", "Sci-Fi", "War"], &["Sci-Fi", "War"], &["Sci-Fi", "War"], &["War"]];
    for (id, genres) in (1..).zip(expected) {
        let movie = app.get(&format!("{MOVIES}/{id}")).answer();
        assert_eq!(movie.json()["genres"], json!(genres));
        let is_changed = id != 5;
        assert_eq!(movie.json()["version"], if is_changed { 2 } else { 1 });
        assert_eq!(movie.header("etag") != etags[id as usize - 1], is_changed, "{id}");
    }
    let list = app.get(&format!("{MOVIES}?sort=id")).answer().json();
    let listed: Vec<_> = list["items"].as_array().unwrap().iter().map(|movie| movie["genres"].clone()).collect();
    assert_eq!(listed, expected.map(|genres| json!(genres)));
    assert_eq!(names(&app.get(&format!("{MOVIES}?genre=sci-fi&sort=id")).answer()), ["M0", "M1", "M2", "M3"]);
    assert!(names(&app.get(&format!("{MOVIES}?genre=SF")).answer()).is_empty());
    assert!(names(&app.get(&format!("{MOVIES}?q=sf")).answer()).is_empty());
    assert_eq!(names(&app.get(GENRES).answer()), ["Drama", "Sci-Fi", "War"]);
    // The name is free for another genre.
    assert_eq!(app.post(GENRES).bearer_auth(&token).json(&json!({ "name": "SF" })).answer().json()["id"], 5);
}

fn a_genre_is_merged_into_another_that_exists(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = seed(&app);
    merge(&app, &token, 99, &json!(1)).problem(404);
    app.post(&format!("{GENRES}/x/merge")).bearer_auth(&token).json(&json!({ "into": 1 })).answer().problem(404);
    for (into, code) in [
        (json!(2), "not_allowed"),
        (json!(99), "not_found"),
        (json!(0), "not_found"),
        (json!(u64::MAX), "not_found"),
        (json!(-1), "out_of_range"),
        (json!(1.5), "wrong_type"),
        (json!("1"), "wrong_type"),
        (json!(null), "required"),
    ] {
        let refused = merge(&app, &token, 2, &into);
        assert_eq!(refused.errors(422), [("/into".to_owned(), code.to_owned())], "{into}");
    }
    let path = format!("{GENRES}/2/merge");
    for (body, expected) in [
        (json!({}), &[("/into", "required")][..]),
        (json!({ "into": 1, "name": "X" }), &[("/name", "unknown_field")]),
        (json!([]), &[("", "wrong_type")]),
    ] {
        let errors = app.post(&path).bearer_auth(&token).json(&body).answer().errors(422);
        assert!(
            errors.iter().map(|(field, code)| (field.as_str(), code.as_str())).eq(expected.iter().copied()),
            "{errors:?}"
        );
    }
    assert_eq!(app.get(&path).answer().header("allow"), "POST, OPTIONS");
    assert_eq!(genres_of(&app, 1), json!(["Drama", "War"]), "nothing was merged");
    assert_eq!(names(&app.get(GENRES).answer()).len(), 4);
}

fn a_merge_is_one_change_for_each_movie_and_one_for_the_genre(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = seed(&app);
    let files = tempfile::tempdir().unwrap();
    let store = bootstrap::open_store(&test_settings(database, files.path(), &[])).unwrap();
    let (before, _) = store.reading(|session| session.last_change()).unwrap().unwrap();
    assert_eq!(merge(&app, &token, 2, &json!(4)).json()["movie_count"], 2);
    let changes = store.reading(|session| session.changes_after(before, 100)).unwrap();
    assert_eq!(changes.iter().map(|change| change.seq).collect::<Vec<_>>(), [before + 1, before + 2, before + 3]);
    let told: Vec<_> = changes
        .iter()
        .map(|change| match &change.edit {
            Edit::Movie { id, before: Some(before), after: Some(after) } => {
                assert_eq!(after.version, before.version + 1);
                ("movie", id.0, after.genres.len())
            }
            Edit::Genre { id, before: Some(_), after: None } => ("genre", id.0, 0),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(told, [("movie", 1, 2), ("movie", 3, 2), ("genre", 2, 0)]);
}

fn a_genre_of_many_movies_is_merged_whole(database: &TestDatabase) {
    const MOVIES_OF_BOTH: usize = 1_300;
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    for half in 0..2 {
        let create = |i| json!({ "op": "create", "movie": { "name": format!("M{half}x{i}"), "genres": ["A", "B"] } });
        let batch = json!({ "operations": (0..MOVIES_OF_BOTH / 2).map(create).collect::<Vec<_>>() });
        assert_eq!(app.post("/api/v1/movies:batch").bearer_auth(&token).json(&batch).answer().status, 200);
    }
    let merged = merge(&app, &token, 1, &json!(2)).json();
    assert_eq!(merged, json!({ "id": 2, "name": "B", "movie_count": MOVIES_OF_BOTH }));
    assert_eq!(app.get(&format!("{GENRES}/2")).answer().json(), merged);
    let last = app.get(&format!("{MOVIES}/{MOVIES_OF_BOTH}")).answer().json();
    assert_eq!((&last["genres"], &last["version"]), (&json!(["B"]), &json!(2)));
}

fn a_change_to_a_genre_shows_at_once_in_all_that_is_cached(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = seed(&app);
    // Into every cache there is.
    let read = || {
        let list = app.get(&format!("{MOVIES}?sort=id")).answer();
        let older = app.get("/api/movie/1").answer().json()["genre"].clone();
        let older: Vec<_> = older.as_array().unwrap().iter().map(|genre| genre["name"].clone()).collect();
        let listed = list.json()["items"][0]["genres"].clone();
        assert_eq!((&listed, &json!(older)), (&genres_of(&app, 1), &listed));
        (listed, list.header("etag").to_owned(), app.get(&format!("{MOVIES}/1")).answer().header("etag").to_owned())
    };
    let genre = |id: u64| format!("{GENRES}/{id}");
    let changes: [(Method, String, Value, &[&str]); 3] = [
        (Method::PATCH, genre(1), json!({ "name": "Tragedy" }), &["Tragedy", "War"]),
        (Method::POST, format!("{}/merge", genre(2)), json!({ "into": 4 }), &["Tragedy", "zombie"]),
        (Method::DELETE, format!("{}?detach=true", genre(4)), json!(null), &["Tragedy"]),
    ];
    let (_, mut list_etag, mut movie_etag) = read();
    for (method, path, body, expected) in changes {
        let answer = app.request(method.clone(), &path).bearer_auth(&token).json(&body).answer();
        assert!(answer.status < 300, "{answer:?}");
        let list = app.get(&format!("{MOVIES}?sort=id")).header("if-none-match", &list_etag).answer();
        assert_eq!(list.status, 200, "{method} {path}");
        let movie = app.get(&format!("{MOVIES}/1")).header("if-none-match", &movie_etag).answer();
        assert_eq!(movie.status, 200, "{method} {path}");
        let (genres, list, movie) = read();
        assert_eq!(genres, json!(expected), "{method} {path}");
        (list_etag, movie_etag) = (list, movie);
    }
}

fn a_change_to_a_genre_shows_on_other_nodes_soon(database: &TestDatabase) {
    let (app, other) = (TestApp::spawn(database), TestApp::spawn(database));
    let token = seed(&app);
    let shown = |app: &TestApp| {
        let list = app.get(&format!("{MOVIES}?sort=id")).answer().json();
        (genres_of(app, 1), list["items"][0]["genres"].clone(), names(&app.get(GENRES).answer()))
    };
    let follows = |what: &str| {
        let give_up = Instant::now() + Duration::from_secs(20);
        while shown(&other) != shown(&app) {
            assert!(Instant::now() < give_up, "{what}: {:?} for {:?}", shown(&other), shown(&app));
            thread::sleep(Duration::from_millis(20));
        }
    };
    follows("the movies");
    let genre = |id: u64| format!("{GENRES}/{id}");
    assert_eq!(app.patch(&genre(1)).bearer_auth(&token).json(&json!({ "name": "Tragedy" })).answer().status, 200);
    follows("the new name");
    assert_eq!(merge(&app, &token, 2, &json!(4)).status, 200);
    follows("the merge");
    assert_eq!(app.delete(&format!("{}?detach=true", genre(4))).bearer_auth(&token).answer().status, 204);
    follows("the removal");
    assert_eq!(shown(&other).0, json!(["Tragedy"]));
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

    fn movie(&self, _: MovieId) -> Result<Option<Movie>> {
        away()
    }

    fn suggest(&self, _: &str, _: usize) -> Result<Vec<Suggestion>> {
        away()
    }

    fn similar(&self, _: MovieId, _: usize) -> Result<Option<Vec<Arc<ListedMovie>>>> {
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
