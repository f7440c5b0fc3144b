//! `/api/v1/suggest`, similar movies, and what a list proposes where nothing is found.

use serde_json::{Value, json};
use testing::TestDatabase;

use crate::{
    movies::{MOVIES, add, encoded, names},
    test_app::{Ask, TestApp},
};

const FIXTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/imdb.json");

testing::on_every_database! {
    movies_directors_and_genres_are_suggested,
    suggestions_take_a_limit_and_nothing_else,
    suggestions_are_sent_again_only_after_a_change,
    a_list_proposes_other_queries_where_nothing_is_found,
    similar_movies_are_listed,
    similar_movies_take_a_limit_and_fields,
}

fn film(name: &str, director: &str, genres: &[&str], score: f64, year: u16) -> Value {
    json!({ "name": name, "director": director, "genres": genres, "popularity": score * 10.0, "imdb_score": score,
            "year": year })
}

fn seed(app: &TestApp) -> Vec<Value> {
    let token = app.admin_token();
    let films = [
        film("The Wizard of Oz", "Victor Fleming", &["Adventure", "Family", "Fantasy"], 8.1, 1939),
        film("Star Wars", "George Lucas", &["Action", "Adventure", "Sci-Fi"], 8.6, 1977),
        film(
            "Star Wars: Episode I - The Phantom Menace",
            "George Lucas",
            &["Action", "Adventure", "Sci-Fi"],
            6.5,
            1999,
        ),
        film("THX 1138", "George Lucas", &["Drama"], 6.6, 1971),
        film("Alien", "Ridley Scott", &["Horror", "Sci-Fi"], 8.5, 1979),
        film("alien", "Somebody Else", &["Horror"], 2.0, 1979),
        film("Alien", "Nobody", &["Horror"], 3.0, 1999),
        film("Fargo", "Joel Coen, Ethan Coen", &["Crime", "Drama"], 8.1, 1996),
        json!({ "name": "Dramatis Personae" }),
    ];
    films.iter().map(|film| add(app, &token, film)).collect()
}

fn suggested(app: &TestApp, query: &str) -> Vec<Value> {
    let answer = app.get(&format!("/api/v1/suggest?{query}")).answer();
    assert_eq!(answer.status, 200, "{query}: {answer:?}");
    answer.json()["items"].as_array().unwrap().clone()
}

fn movies_directors_and_genres_are_suggested(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let movies = seed(&app);
    let id = |place: usize| movies[place]["id"].clone();
    let drama = app.get("/api/v1/genres?q=drama").answer().json()["items"][0]["id"].clone();
    let movie = |place: usize| {
        let movie: &Value = &movies[place];
        json!({ "kind": "movie", "id": movie["id"], "text": movie["name"], "year": movie["year"] })
    };
    let director = |name: &str| json!({ "kind": "director", "text": name });
    for (typed, expected) in [
        ("wiz", vec![movie(0)]),
        ("wizzar", vec![movie(0)]),
        ("the wizrad", vec![movie(0)]),
        ("dra", vec![json!({ "kind": "genre", "id": drama, "text": "Drama" }), movie(8)]),
        ("luc", vec![director("George Lucas"), movie(1), movie(3), movie(2)]),
        ("george lcuas", vec![director("George Lucas"), movie(1), movie(3), movie(2)]),
        ("joel", vec![director("Joel Coen"), movie(7)]),
        ("joel ethan", vec![movie(7)]),
        ("alien", vec![movie(4), movie(6)]),
        ("STARWARS", vec![movie(1), movie(2)]),
        ("nothing like it", vec![]),
        ("\0'\"%_\\ OR 1=1", vec![]),
        ("\u{202e}\u{301}\u{301}", vec![]),
    ] {
        assert_eq!(suggested(&app, &format!("q={}", encoded(typed))), expected, "{typed}");
    }
    assert_eq!(suggested(&app, "q=s&limit=2").len(), 2);
    let token = app.admin_token();
    assert_eq!(app.delete(&format!("{MOVIES}/{}", id(0))).bearer_auth(&token).answer().status, 204);
    assert!(suggested(&app, "q=wiz").is_empty(), "it is gone with the next request");
}

fn suggestions_take_a_limit_and_nothing_else(database: &TestDatabase) {
    let app = TestApp::spawn_with(database, &[("DATA__FIXTURE", FIXTURE)]);
    for (query, expected) in
        [("q=s", 8), ("q=s&limit=1", 1), ("q=s&limit=20", 20), ("q=s&limit=100", 20), ("", 0), ("q=", 0), ("q=+", 0)]
    {
        assert_eq!(suggested(&app, query).len(), expected, "{query}");
    }
    let errors = |query: &str| app.get(&format!("/api/v1/suggest?{query}")).answer().errors(400);
    let error = |field: &str, code: &str| vec![(field.to_owned(), code.to_owned())];
    assert_eq!(errors("q=s&limit=0"), error("limit", "out_of_range"));
    assert_eq!(errors("limit=x"), error("limit", "invalid_value"));
    assert_eq!(errors("q=a&q=b"), error("q", "repeated_parameter"));
    assert_eq!(errors(&format!("q={}", "x".repeat(1_001))), error("q", "too_long"));
    let unknown = app.get("/api/v1/suggest?q=s&limt=3").answer().problem(400);
    assert_eq!(unknown["did_you_mean"], "limit");
    let lenient = app.get("/api/v1/suggest?q=s&limt=3").header("prefer", "handling=lenient").answer();
    assert_eq!((lenient.status, lenient.header("preference-applied")), (200, "handling=lenient"));
    // What people know is among the first three, however badly they type it.
    for (typed, meant) in [
        ("godf", "The Godfather"),
        ("godfahte", "The Godfather"),
        ("shawshank redemtion", "The Shawshank Redemption"),
        ("shaw", "The Shawshank Redemption"),
        ("inceptoin", "Inception"),
        ("interstelar", "Interstellar"),
        ("forest gump", "Forrest Gump"),
        ("sevn samurai", "Seven Samurai"),
        ("schindlar", "Schindler's List"),
        ("amelie", "Amélie"),
        ("walle", "WALL·E"),
        ("wall e", "WALL·E"),
        ("lawrnce of", "Lawrence of Arabia"),
        ("casablnca", "Casablanca"),
        ("vertgo", "Vertigo"),
        ("psyco", "Psycho"),
        ("pulp ficton", "Pulp Fiction"),
        ("2001 a sp", "2001: A Space Odyssey"),
        ("back futur", "Back to the Future"),
        ("spirted awy", "Spirited Away"),
        ("kurosw", "Akira Kurosawa"),
        ("mizayaki", "Hayao Miyazaki"),
        ("hitchcok", "Alfred Hitchcock"),
        ("nolan", "Christopher Nolan"),
        ("tarantio", "Quentin Tarantino"),
        ("hitchcock bird", "The Birds"),
        ("8½", "8½"),
        ("m", "M"),
        ("up", "Up"),
        ("dram", "Drama"),
        ("scifi", "Sci-Fi"),
    ] {
        let found = suggested(&app, &format!("q={}", encoded(typed)));
        assert!(found.iter().take(3).any(|item| item["text"] == meant), "{typed}: {found:?}");
    }
}

fn suggestions_are_sent_again_only_after_a_change(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let movies = seed(&app);
    for path in ["/api/v1/suggest?q=wiz".to_owned(), format!("{MOVIES}/{}/similar", movies[1]["id"])] {
        let first = app.get(&path).answer();
        let etag = first.header("etag").to_owned();
        assert!(etag.starts_with("W/\""), "{etag}");
        assert_eq!(first.header("cache-control"), "no-cache");
        let again = app.get(&path).header("if-none-match", &etag).answer();
        assert_eq!((again.status, again.text.as_str()), (304, ""));
        add(&app, &app.admin_token(), &json!({ "name": format!("Another {path}") }));
        assert_eq!(app.get(&path).header("if-none-match", &etag).answer().status, 200);
    }
}

fn a_list_proposes_other_queries_where_nothing_is_found(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    seed(&app);
    for (query, expected) in [
        ("q=satr+wras", &["star wars"][..]),
        ("q=starwars", &["star wars"]),
        ("q=satr+wras&year.lt=1980", &["star wars"]),
        ("q=satr+wras&year.gt=2020", &[]),
        ("q=satr+wras&offset=3", &["star wars"]),
        ("name=satr+wras", &["star wars"]),
        ("director=lukass", &["lucas"]),
        ("director=lukass&name=star", &["lucas"]),
        ("search=satr", &[]),
        ("q=star", &[]),
        ("q=star&offset=3", &[]),
        ("genre=Nothing", &[]),
        ("q=nothing-like-it", &[]),
    ] {
        let page = app.get(&format!("{MOVIES}?{query}")).answer().json();
        assert_eq!(page["suggestions"], json!(expected), "{query}");
        for proposed in expected {
            let (parameter, rest) = query.split_once('=').unwrap();
            let rest = rest.split_once('&').map_or("", |(_, rest)| rest).replace("offset=3", "");
            let found = app.get(&format!("{MOVIES}?{parameter}={}&{rest}", encoded(proposed))).answer();
            assert!(!names(&found).is_empty(), "{query}: {proposed}");
        }
    }
}

fn similar_movies_are_listed(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let movies = seed(&app);
    let similar = |place: usize| app.get(&format!("{MOVIES}/{}/similar", movies[place]["id"])).answer();
    let found = similar(1);
    assert_eq!(
        found.json(),
        json!({ "items": [movies[2], movies[3], movies[4], movies[0]] }),
        "movies as lists show them"
    );
    assert_eq!(similar(8).json(), json!({ "items": [] }), "it has nothing in common with others");
    assert_eq!(names(&similar(4))[..2], ["Alien", "alien"]);
    for id in ["999", "0", "x", "1.5", "99999999999999999999"] {
        let etag = found.headers["etag"].clone();
        app.get(&format!("{MOVIES}/{id}/similar")).header("if-none-match", etag).answer().problem(404);
    }
    let token = app.admin_token();
    assert_eq!(app.delete(&format!("{MOVIES}/{}", movies[2]["id"])).bearer_auth(&token).answer().status, 204);
    assert_eq!(names(&similar(1))[0], "THX 1138");
    similar(2).problem(404);
}

fn similar_movies_take_a_limit_and_fields(database: &TestDatabase) {
    let app = TestApp::spawn_with(database, &[("DATA__FIXTURE", FIXTURE)]);
    let found = app.get(&format!("{MOVIES}?q={}", encoded("the godfather"))).answer().json();
    let path = format!("{MOVIES}/{}/similar", found["items"][0]["id"]);
    let similar = |query: &str| app.get(&format!("{path}?{query}")).answer();
    for (query, expected) in [("", 10), ("limit=1", 1), ("limit=100", 100), ("limit=101", 100)] {
        let found = similar(query).json();
        let items = found["items"].as_array().unwrap();
        assert_eq!(items.len(), expected, "{query}");
        assert!(items.iter().all(|movie| movie["name"] != "The Godfather"), "{query}");
    }
    let first = similar("fields=name,year&limit=3").json();
    let expected = ["The Godfather Part II", "Apocalypse Now", "The Conversation"];
    for (movie, name) in first["items"].as_array().unwrap().iter().zip(expected) {
        assert_eq!((&movie["name"], movie.as_object().unwrap().len()), (&json!(name), 2));
    }
    for (query, field, code) in [
        ("limit=0", "limit", "out_of_range"),
        ("fields=nam", "fields", "unknown_field"),
        ("q=a", "q", "unknown_parameter"),
    ] {
        assert_eq!(similar(query).errors(400), [(field.to_owned(), code.to_owned())], "{query}");
    }
}
