//! `/stats`: the catalogue in pictures.

use serde_json::{Value, json};
use testing::TestDatabase;

use crate::test_app::{Ask, TestApp};

testing::on_every_database! {
    every_bar_leads_to_exactly_the_movies_it_stands_for,
    figures_follow_the_catalogue,
}

fn add(app: &TestApp, movies: &[Value]) {
    let operations: Vec<_> = movies.iter().map(|movie| json!({ "op": "create", "movie": movie })).collect();
    let token = app.admin_token();
    let answer =
        app.post("/api/v1/movies:batch").bearer_auth(token).json(&json!({ "operations": operations })).answer();
    assert_eq!(answer.status, 200, "{answer:?}");
}

fn movies() -> Vec<Value> {
    let mut movies: Vec<_> = (0..60)
        .map(|i| {
            json!({
                "name": format!("Movie {i}"), "year": 1900 + 2 * i, "imdb_score": f64::from(i) / 6.0,
                "popularity": f64::from(i * 7 % 101), "genres": [format!("Genre {}", i % 40), "Drama", "Sci-Fi & <More>"],
            })
        })
        .collect();
    movies.push(json!({ "name": "The best", "imdb_score": 10, "popularity": 100, "year": 1999 }));
    movies.push(json!({ "name": "Unknown" }));
    movies
}

/// The links of a page's tables and pictures: where they lead, and what stands in them.
fn links(html: &str) -> Vec<(String, String)> {
    let main = html.split("<main").nth(1).unwrap();
    let links = main.split("<a href=\"/listing?").skip(1).map(|rest| rest.split_once('"').unwrap());
    let text = |rest: &str| rest.split_once('>').unwrap().1.split("</a>").next().unwrap().to_owned();
    links.map(|(query, rest)| (query.replace("&#38;", "&"), text(rest))).collect()
}

fn every_bar_leads_to_exactly_the_movies_it_stands_for(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    add(&app, &movies());
    let page = app.get("/stats").answer();
    assert_eq!(page.status, 200);
    let bars: Vec<_> = links(&page.text).into_iter().filter(|(_, text)| text.starts_with("<title>")).collect();
    assert!(bars.len() > 60, "{}", bars.len());
    for (query, text) in &bars {
        let title = text["<title>".len()..].split("</title>").next().unwrap();
        let count: u64 = title.rsplit(": ").next().unwrap().split(' ').next().unwrap().parse().unwrap();
        let listed = app.get(&format!("/api/v1/movies?{query}&limit=1")).answer().json();
        assert_eq!(listed["total"]["value"], count, "{query}: {title}");
    }
    // A table has what a picture has, and more genres.
    let in_tables = links(&page.text).into_iter().filter(|(_, text)| !text.starts_with("<title>")).count();
    assert_eq!(in_tables, bars.len() + 42 - 30);
    for expected in [
        "62 movies. Every bar",
        "1 movie has no year",
        "1 movie has no score",
        "1 movie lacks a score or a popularity",
        "The table has 12 more genres.",
        "Sci-Fi &#38; &#60;More&#62;",
        "1990s: 6 movies",
        "Score 9 to 10, popularity 90 to 100: ",
    ] {
        assert!(page.text.contains(expected), "{expected}: {}", page.text);
    }
    let german = app.get("/stats?lang=de").answer().text;
    assert!(german.contains("1990er-Jahre: 6 Filme") && german.contains("Bewertung 9 bis 10, Beliebtheit"), "{german}");
}

fn figures_follow_the_catalogue(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let empty = app.get("/stats").answer();
    assert!(empty.status == 200 && empty.text.contains("No movies yet"), "{}", empty.text);
    add(&app, &[json!({ "name": "Up" })]);
    // While the catalogue changes, what was just counted is shown for a moment.
    crate::test_app::wait_until("the movie is counted", || app.get("/stats").answer().text.contains("1 movie."));
    let page = app.get("/stats").answer().text;
    assert!(page.contains("There is nothing to show yet."), "{page}");
}
