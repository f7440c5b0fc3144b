//! Lists of movies: filters, orders, pages.

use std::collections::HashSet;

use serde_json::{Value, json};
use testing::TestDatabase;

use crate::{
    movies::{MOVIES, add, encoded, names},
    test_app::{Answer, Ask, TestApp},
};

testing::on_every_database! {
    a_list_has_one_shape,
    filters_choose_the_movies_that_meet_all_of_them,
    texts_are_found,
    a_walk_gives_every_movie_once_in_every_order,
    orders_put_nulls_last_both_ways,
    a_walk_survives_changes_on_the_way,
    pages_with_numbers_link_both_ways,
    links_keep_what_was_asked_for,
    counts_are_as_exact_as_preferred,
    a_list_that_did_not_change_is_not_sent_again,
    an_unknown_parameter_is_refused_with_a_hint_or_ignored_on_request,
    a_list_shows_the_fields_that_are_asked_for,
}

/// Movies with every kind of gap and tie.
fn seed(app: &TestApp) -> Vec<Value> {
    let token = app.admin_token();
    let film = |name: &str, director: &str, genres: &[&str], score: f64, year: u16, minutes: u32| {
        json!({ "name": name, "director": director, "genres": genres, "popularity": score * 10.0,
                "imdb_score": score, "year": year, "runtime_minutes": minutes })
    };
    let mut movies = vec![
        film("Star Wars", "George Lucas", &["Action", "Adventure", "Sci-Fi"], 8.8, 1977, 121),
        film("The Godfather", "Francis Ford Coppola", &["Crime", "Drama"], 9.2, 1972, 175),
        film("Amélie", "Jean-Pierre Jeunet", &["Comedy", "Romance"], 8.3, 2001, 122),
        film("Ran", "Akira Kurosawa", &["Drama", "War"], 8.2, 1985, 162),
        film("Alien", "Ridley Scott", &["Horror", "Sci-Fi"], 8.5, 1979, 117),
        film("alien", "Somebody Else", &["Horror"], 2.0, 1999, 60),
        film("The Thing", "John Carpenter", &["Horror", "Sci-Fi"], 7.0, 1982, 109),
        film("Das Boot", "Wolfgang Petersen", &["Drama", "War"], 8.4, 1981, 149),
        film("Die Brücke", "Bernhard Wicki", &["Drama", "War"], 8.0, 1959, 103),
        film("Zorba the Greek", "Michael Cacoyannis", &["Drama"], 7.7, 1964, 142),
        json!({ "name": "Nosferatu", "genres": ["Horror"], "year": 1922, "votes": 12 }),
        json!({ "name": "Untitled" }),
        json!({ "name": "Without a score", "director": "Édouard", "votes": 0, "popularity": 0 }),
        json!({ "name": "Zéro", "director": "édouard", "votes": 9_007_199_254_740_991_u64 }),
    ];
    // Ties in all but the name.
    movies.extend((0..11).map(|i| film(&format!("Part {i:02}"), "Committee", &["Short"], 5.0, 2010, 10)));
    movies.iter().map(|movie| add(app, &token, movie)).collect()
}

fn list(app: &TestApp, query: &str) -> Answer {
    app.get(&format!("{MOVIES}?{query}")).answer()
}

fn ids(list: &Value) -> Vec<u64> {
    list["items"].as_array().unwrap().iter().map(|movie| movie["id"].as_u64().unwrap()).collect()
}

fn a_list_has_one_shape(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let empty = app.get(MOVIES).answer();
    assert_eq!((empty.status, empty.header("content-type")), (200, "application/json"));
    assert_eq!((empty.header("link"), empty.header("cache-control")), ("", "no-cache"));
    assert_eq!(empty.header("vary"), "Prefer, Accept-Encoding");
    insta::allow_duplicates! {
        insta::assert_snapshot!(empty.text, @r#"{"items":[],"total":{"value":0,"relation":"exact"},"limit":20,"offset":0,"next":null,"prev":null,"suggestions":[]}"#);
    }

    let token = app.admin_token();
    let movie = add(&app, &token, &json!({ "name": "M", "director": "Fritz Lang", "year": 1931 }));
    add(&app, &token, &json!({ "name": "Metropolis" }));
    let page = list(&app, "sort=id&limit=1");
    let json = page.json();
    assert_eq!(json["items"], json!([movie]));
    assert_eq!((&json["total"], &json["limit"]), (&json!({ "value": 2, "relation": "exact" }), &json!(1)));
    let next = json["next"].as_str().unwrap();
    assert!(next.starts_with("/api/v1/movies?sort=id&limit=1&cursor="), "{next}");
    assert_eq!(page.header("link"), format!("<{next}>; rel=\"next\""));
    let last = app.get(next).answer();
    assert_eq!(names(&last), ["Metropolis"]);
    let json = last.json();
    for member in ["offset", "next", "prev"] {
        assert_eq!(json[member], Value::Null, "{member}");
    }
    assert_eq!(last.header("link"), "");
    assert_eq!(json["total"], json!({ "value": 2, "relation": "exact" }));
}

fn filters_choose_the_movies_that_meet_all_of_them(database: &TestDatabase) {
    type Condition = fn(&Value) -> bool;
    let app = TestApp::spawn(database);
    let movies = seed(&app);
    fn has(movie: &Value, genre: &str) -> bool {
        movie["genres"].as_array().unwrap().iter().any(|name| name == genre)
    }
    fn number(movie: &Value, field: &str) -> f64 {
        movie[field].as_f64().unwrap_or(f64::NAN)
    }
    let table: [(&str, Condition); 26] = [
        ("", |_| true),
        ("genre=Drama", |m| has(m, "Drama")),
        ("genre=dRAMA", |m| has(m, "Drama")),
        ("genre=Drama,War", |m| has(m, "Drama") && has(m, "War")),
        ("genre=Drama|Horror", |m| has(m, "Drama") || has(m, "Horror")),
        ("genre=Horror,Sci-Fi|War", |m| has(m, "Horror") && (has(m, "Sci-Fi") || has(m, "War"))),
        ("genre=Nothing", |_| false),
        ("genre=Nothing|War", |m| has(m, "War")),
        ("genre.not=Horror,War,Short", |m| !has(m, "Horror") && !has(m, "War") && !has(m, "Short")),
        ("genre.not=Nothing", |_| true),
        ("genre=Drama&genre.not=war", |m| has(m, "Drama") && !has(m, "War")),
        ("imdb_score.gte=8.4", |m| number(m, "imdb_score") >= 8.4),
        ("imdb_score.gt=8.4", |m| number(m, "imdb_score") > 8.4),
        ("imdb_score.lte=7", |m| number(m, "imdb_score") <= 7.0),
        ("imdb_score.lt=7.0", |m| number(m, "imdb_score") < 7.0),
        ("imdb_score.gte=7&imdb_score.lt=8", |m| (7.0..8.0).contains(&number(m, "imdb_score"))),
        ("popularity.lte=0", |m| number(m, "popularity") <= 0.0),
        ("year.gte=1970&year.lte=1982", |m| (1970.0..=1982.0).contains(&number(m, "year"))),
        ("year.gt=1971.5&year.lt=1972.5", |m| number(m, "year") == 1972.0),
        ("runtime_minutes.gt=121", |m| number(m, "runtime_minutes") > 121.0),
        ("votes.gte=0", |m| number(m, "votes") >= 0.0),
        ("votes.gt=9007199254740990", |m| number(m, "votes") > 9_007_199_254_740_990.0),
        ("created_at.gte=2020-01-01T00:00:00Z", |_| true),
        ("created_at.lt=2020-01-01T00:00:00+01:00", |_| false),
        ("updated_at.gt=2020-01-01T00:00:00-01:00&updated_at.lt=2999-01-01T00:00:00Z", |_| true),
        ("genre=Drama&year.lt=1980&imdb_score.gt=8", |m| {
            has(m, "Drama") && number(m, "year") < 1980.0 && number(m, "imdb_score") > 8.0
        }),
    ];
    for (query, condition) in table {
        let expected: Vec<u64> =
            movies.iter().filter(|movie| condition(movie)).map(|movie| movie["id"].as_u64().unwrap()).collect();
        let found = list(&app, &format!("{query}&sort=id&limit=100")).json();
        assert_eq!(ids(&found), expected, "{query}");
        assert_eq!(found["total"]["value"].as_u64(), Some(expected.len() as u64), "{query}");
    }
}

fn texts_are_found(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    seed(&app);
    for (query, expected) in [
        ("q=star+wars", &["Star Wars"][..]),
        ("q=AMELIE", &["Amélie"]),
        ("q=brucke", &["Die Brücke"]),
        ("q=lucas", &["Star Wars"]),
        ("q=kurosawa+drama", &["Ran"]),
        ("q=godf", &["The Godfather"]),
        ("name=thing", &["The Thing"]),
        ("name=kurosawa", &[]),
        ("director=coppola", &["The Godfather"]),
        ("director=drama", &[]),
        ("director=edouard", &["Without a score", "Zéro"]),
        ("search=the,john,70,7", &["The Thing"]),
        ("search=odfathe", &["The Godfather"]),
        ("search=+comedy,+jeunet", &["Amélie"]),
        ("search=the,war", &[]),
        ("q=drama&genre=War&year.lt=1970", &["Die Brücke"]),
        ("q=nothing-like-it", &[]),
        ("q=%00", &[]),
        ("q=%22+OR+1%3D1+--&search=%25", &[]),
    ] {
        let mut found = names(&list(&app, query));
        found.sort();
        assert_eq!(found, expected, "{query}");
    }
    // The name that is the query first, then the more popular.
    assert_eq!(names(&list(&app, "q=alien")), ["Alien", "alien"]);
}

/// Follows `next` to the end.
fn walk(app: &TestApp, query: &str) -> Vec<u64> {
    let mut found = Vec::new();
    let mut page = list(app, query);
    loop {
        let json = page.json();
        assert_eq!(page.status, 200, "{query}: {page:?}");
        found.extend(ids(&json));
        let Some(next) = json["next"].as_str() else { return found };
        page = app.get(next).answer();
        assert_eq!((&page.json()["offset"], &page.json()["prev"]), (&Value::Null, &Value::Null), "{query}");
    }
}

const KEYS: [&str; 10] = [
    "popularity",
    "imdb_score",
    "name",
    "director",
    "year",
    "runtime_minutes",
    "votes",
    "created_at",
    "updated_at",
    "id",
];

fn a_walk_gives_every_movie_once_in_every_order(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let movies = seed(&app);
    let one_way = KEYS.map(|key| format!("sort={key}"));
    let other_way = KEYS.map(|key| format!("sort=-{key}"));
    let several = ["sort=-imdb_score,name", "sort=director,-year,name", "sort=votes,-runtime_minutes,-id", "q=", ""];
    for query in one_way.into_iter().chain(other_way).chain(several.map(str::to_owned)) {
        let whole = ids(&list(&app, &format!("{query}&limit=100")).json());
        assert_eq!(whole.iter().collect::<HashSet<_>>().len(), movies.len(), "{query}");
        for limit in [1, 7] {
            assert_eq!(walk(&app, &format!("{query}&limit={limit}")), whole, "{query} by {limit}");
        }
        assert_eq!(walk(&app, &format!("{query}&limit=5&offset=5")), whole[5..], "{query} from an offset on");
    }
    for query in ["q=part", "q=part&sort=relevance,-name", "search=part&sort=-name", "genre=short", "name=part+1"] {
        let whole = ids(&list(&app, &format!("{query}&limit=100")).json());
        assert!(!whole.is_empty(), "{query}");
        assert_eq!(walk(&app, &format!("{query}&limit=3")), whole, "{query}");
    }
}

fn orders_put_nulls_last_both_ways(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    seed(&app);
    for key in ["popularity", "imdb_score", "year", "runtime_minutes", "votes"] {
        for (sort, sign) in [(key.to_owned(), 1.0), (format!("-{key}"), -1.0)] {
            let found = list(&app, &format!("sort={sort}&limit=100")).json();
            let order = found["items"].as_array().unwrap().iter().map(|movie| {
                let value = movie[key].as_f64();
                (value.is_none(), value.unwrap_or(0.0) * sign, movie["id"].as_u64().unwrap())
            });
            let order: Vec<_> = order.collect();
            assert!(order.is_sorted(), "{sort}: {order:?}");
            assert!(order.last().unwrap().0, "{sort}: a movie without");
        }
    }
    let by_name = names(&list(&app, "sort=name&limit=100"));
    assert_eq!(by_name[..5], ["Alien", "alien", "Amélie", "Das Boot", "Die Brücke"]);
    assert_eq!(by_name[by_name.len() - 2..], ["Zéro", "Zorba the Greek"]);
    let backwards: Vec<_> = names(&list(&app, "sort=-name&limit=100")).into_iter().rev().collect();
    assert_eq!(backwards, by_name);
    let directors = list(&app, "sort=-director&limit=100").json();
    let last_two = &directors["items"].as_array().unwrap()[23..];
    assert!(last_two.iter().all(|movie| movie["director"].is_null()), "{last_two:?}");
    assert_eq!(names(&list(&app, "limit=2")), ["The Godfather", "Star Wars"], "the most popular first");
}

fn a_walk_survives_changes_on_the_way(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let movies = seed(&app);
    let token = app.admin_token();
    let first = list(&app, "sort=name&limit=10").json();
    let shown = ids(&first);
    // Before, at and after the place where the page ended.
    for id in [shown[0], shown[9]] {
        assert_eq!(app.delete(&format!("{MOVIES}/{id}")).bearer_auth(&token).answer().status, 204);
    }
    for name in ["AAA", "Nzz", "ZZZ"] {
        add(&app, &token, &json!({ "name": name }));
    }
    let rest: Vec<u64> = walk(&app, first["next"].as_str().unwrap().split_once('?').unwrap().1);
    let seen: HashSet<u64> = shown.iter().chain(&rest).copied().collect();
    assert_eq!(seen.len(), shown.len() + rest.len(), "none twice");
    let unchanged = movies.iter().map(|movie| movie["id"].as_u64().unwrap());
    assert!(unchanged.clone().all(|id| seen.contains(&id)), "none missing");
}

fn pages_with_numbers_link_both_ways(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    seed(&app);
    let page = list(&app, "offset=8&limit=5&sort=id");
    let json = page.json();
    assert_eq!((&json["offset"], &json["limit"]), (&json!(8), &json!(5)));
    assert_eq!(ids(&json), [9, 10, 11, 12, 13]);
    let (next, prev) = (json["next"].as_str().unwrap(), json["prev"].as_str().unwrap());
    assert!(next.contains("cursor=") && !next.contains("offset="), "{next}");
    assert_eq!(prev, "/api/v1/movies?limit=5&sort=id&offset=3");
    assert_eq!(page.header("link"), format!("<{next}>; rel=\"next\", <{prev}>; rel=\"prev\""));
    assert_eq!(ids(&app.get(next).answer().json()), [14, 15, 16, 17, 18]);
    let before = app.get(prev).answer().json();
    assert_eq!(
        (ids(&before), &before["prev"]),
        (vec![4, 5, 6, 7, 8], &json!("/api/v1/movies?limit=5&sort=id&offset=0"))
    );
    let far = list(&app, "offset=10000&limit=5").json();
    assert_eq!((&far["items"], &far["next"]), (&json!([]), &Value::Null));
    assert_eq!(list(&app, "limit=100000").json()["limit"], 100);
}

fn links_keep_what_was_asked_for(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    for i in 0..3 {
        add(&app, &token, &json!({ "name": format!("50% & more #{i}"), "genres": ["Rock'n'Roll + Ähnliches"] }));
    }
    let (q, genre) = (encoded("50% & more"), encoded("rock'n'roll + ähnliches|other"));
    let page = list(&app, &format!("q={q}&genre={genre}&limit=2&sort=-name"));
    assert_eq!(names(&page), ["50% & more #2", "50% & more #1"]);
    let next = page.json()["next"].as_str().unwrap().to_owned();
    assert!(next.is_ascii() && !next.contains(['<', '>', '"', ' ', '|']), "{next}");
    assert_eq!(names(&app.get(&next).answer()), ["50% & more #0"]);
}

fn counts_are_as_exact_as_preferred(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    seed(&app);
    let exact = json!({ "value": 25, "relation": "exact" });
    for (prefer, total, applied) in [
        (None, &exact, ""),
        (Some("count=exact"), &exact, "count=exact"),
        (Some("count=estimated"), &exact, "count=estimated"),
        (Some("count=none"), &Value::Null, "count=none"),
        (Some("respond-async, count=none;x, handling=lenient"), &Value::Null, "count=none, handling=lenient"),
        (Some("count=perhaps"), &exact, ""),
    ] {
        let request = app.get(&format!("{MOVIES}?limit=5"));
        let answer = match prefer {
            Some(prefer) => request.header("prefer", prefer).answer(),
            None => request.answer(),
        };
        assert_eq!(&answer.json()["total"], total, "{prefer:?}");
        assert_eq!(answer.header("preference-applied"), applied, "{prefer:?}");
    }
}

fn a_list_that_did_not_change_is_not_sent_again(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let movie = add(&app, &token, &json!({ "name": "M", "genres": ["Crime"] }));
    for path in [format!("{MOVIES}?q=m"), "/api/v1/genres".to_owned()] {
        let mut etag = String::new();
        for change in [json!({}), json!({ "votes": 1 }), json!({ "votes": null })] {
            app.patch(&format!("{MOVIES}/{}", movie["id"])).bearer_auth(&token).json(&change).answer();
            let answer = app.get(&path).header("if-none-match", &etag).answer();
            assert_eq!(answer.status, 200, "after {change}");
            etag = answer.header("etag").to_owned();
            assert!(etag.starts_with("W/\""), "{etag}");
            let again = app.get(&path).header("if-none-match", &etag).answer();
            assert_eq!((again.status, again.text.as_str(), again.header("etag")), (304, "", etag.as_str()));
        }
        let counted = app.get(&path).header("prefer", "count=none").header("if-none-match", &etag).answer();
        assert_eq!(counted.status, if path.contains("genres") { 304 } else { 200 }, "{path}");
        app.get(&format!("{path}{}colour=red", if path.contains('?') { '&' } else { '?' }))
            .header("if-none-match", &etag)
            .answer()
            .problem(400);
    }
}

fn an_unknown_parameter_is_refused_with_a_hint_or_ignored_on_request(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    seed(&app);
    let refused = list(&app, "genres=Drama&colour=red");
    let problem = refused.problem(400);
    assert_eq!((&problem["did_you_mean"], &problem["type"]), (&json!("genre"), &json!("/problems/invalid-parameters")));
    let unknown = |field: &str| (field.to_owned(), "unknown_parameter".to_owned());
    assert_eq!(refused.errors(400), [unknown("genres"), unknown("colour")]);
    assert_eq!(list(&app, "colour=red").problem(400).get("did_you_mean"), None);

    let lenient = app.get(&format!("{MOVIES}?genres=Drama&limit=5")).header("prefer", "handling=lenient").answer();
    assert_eq!((lenient.status, lenient.header("preference-applied")), (200, "handling=lenient"));
    assert_eq!(lenient.json()["total"]["value"], 25);
    assert!(!lenient.json()["next"].as_str().unwrap().contains("genres"));
    let wrong = app.get(&format!("{MOVIES}?genres=Drama&limit=0")).header("prefer", "handling=lenient").answer();
    assert_eq!(wrong.errors(400), [("limit".to_owned(), "out_of_range".to_owned())]);
}

fn a_list_shows_the_fields_that_are_asked_for(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    seed(&app);
    let page = list(&app, "fields=year,id&sort=id&limit=2");
    assert!(page.text.starts_with(r#"{"items":[{"id":1,"year":1977},{"id":2,"year":1972}],"total":"#), "{}", page.text);
    let next = page.json()["next"].as_str().unwrap().to_owned();
    assert_eq!(app.get(&next).answer().json()["items"], json!([{ "id": 3, "year": 2001 }, { "id": 4, "year": 1985 }]));
    let whole = list(&app, "sort=id&limit=2").json();
    let all = "id,name,director,genres,popularity,imdb_score,year,runtime_minutes,votes,imdb_id,overview,poster_url,\
               version,created_at,updated_at";
    assert_eq!(list(&app, &format!("sort=id&limit=2&fields={all}")).json()["items"], whole["items"]);

    for (query, code) in [
        ("fields=genre", "unknown_field"),
        ("fields=", "unknown_field"),
        ("fields=id,id", "invalid_value"),
        ("fields=id&fields=id", "repeated_parameter"),
    ] {
        assert_eq!(list(&app, query).errors(400), [("fields".to_owned(), code.to_owned())], "{query}");
    }
    assert_eq!(list(&app, "fields=id,genre").problem(400)["did_you_mean"], "genres");
}

#[test]
fn catalogues_of_as_many_changes_have_other_tags() {
    let tag = |name: &str| {
        let database = testing::sqlite();
        let app = TestApp::spawn(&database);
        let movie = json!({ "name": name });
        assert_eq!(app.post(MOVIES).bearer_auth(app.admin_token()).json(&movie).answer().status, 201);
        app.get(MOVIES).answer().header("etag").to_owned()
    };
    assert_ne!(tag("Old World"), tag("New World"), "a replaced database would be answered with 304");
}
