//! The pages for everybody: lists of movies, one movie, and what search engines read.

use serde_json::{Value, json};
use testing::TestDatabase;

use crate::{
    movies::{MOVIES, add},
    test_app::{Answer, Ask, TestApp},
};

const FIXTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/imdb.json");

testing::on_every_database! {
    the_first_page_and_the_listing_are_the_same,
    the_address_holds_what_is_asked_for,
    bad_numbers_give_the_nearest_good_page,
    what_is_not_understood_is_said_and_the_list_shown,
    what_is_typed_turns_no_sentence_around,
    chips_add_and_remove_conditions,
    the_api_request_gives_the_same_movies_in_the_same_order,
    beyond_numbered_pages_cursors_go_on,
    nothing_found_offers_other_texts,
    what_is_found_is_marked,
    a_movie_is_shown_with_all_that_is_known,
    every_text_of_a_movie_is_escaped,
    what_does_not_exist_is_a_page_that_says_so,
    a_page_that_has_not_changed_is_not_sent_again,
    where_reading_needs_a_login_pages_lead_there_and_back,
    robots_and_sitemap_name_what_exists,
}

/// What a browser gets.
fn page(app: &TestApp, path: &str) -> Answer {
    app.get(path).header("Accept", "text/html").answer()
}

#[track_caller]
fn html(app: &TestApp, path: &str) -> String {
    let answer = page(app, path);
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    assert!(answer.header("content-type").starts_with("text/html"), "{path}: {answer:?}");
    answer.text
}

/// The values of an attribute of what begins with `before`, unescaped.
fn attributes(html: &str, before: &str) -> Vec<String> {
    let values = html.split(before).skip(1).filter_map(|rest| rest.split_once('"').map(|(value, _)| value));
    values.map(|value| value.replace("&#38;", "&")).collect()
}

/// The ids of the movies of a list.
fn ids(html: &str) -> Vec<u64> {
    let list = html.split_once("<ul class=\"films").map_or("", |(_, list)| list);
    attributes(list, "<a href=\"/movies/").iter().map(|id| id.parse().unwrap()).collect()
}

fn api_link(html: &str) -> String {
    attributes(html, &format!("<a href=\"{MOVIES}")).first().map(|rest| format!("{MOVIES}{rest}")).unwrap()
}

fn ids_of_api(app: &TestApp, path: &str) -> Vec<u64> {
    let answer = app.get(path).answer();
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    answer.json()["items"].as_array().unwrap().iter().map(|movie| movie["id"].as_u64().unwrap()).collect()
}

/// A server with the movies of the fixture.
fn with_fixture(database: &TestDatabase) -> TestApp {
    TestApp::spawn_with(database, &[("DATA__FIXTURE", FIXTURE)])
}

/// Movies with these names, the most popular first.
fn add_all(app: &TestApp, names: &[&str]) -> Vec<u64> {
    let token = app.admin_token();
    let movie = |(name, place): (&&str, usize)| json!({ "name": name, "popularity": 90 - place });
    names.iter().zip(0..).map(|named| add(app, &token, &movie(named))["id"].as_u64().unwrap()).collect()
}

fn the_first_page_and_the_listing_are_the_same(database: &TestDatabase) {
    let app = with_fixture(database);
    let (first, listing) = (html(&app, "/"), html(&app, "/listing"));
    assert_eq!((ids(&first), ids(&first).len()), (ids(&listing), 20));
    assert!(first.contains("1–20 of 594"), "{first}");
    // Counted by the same search.
    let facets = app.get(&format!("{MOVIES}?facets=genre&limit=1")).answer().json();
    let most = &facets["facets"]["genre"][0];
    let chip = format!("<bdi>{}</bdi> <span class=\"count\">{}</span>", most["value"].as_str().unwrap(), most["count"]);
    assert!(first.contains(&chip), "{chip}");
    assert!(first.contains("rel=\"next\" href=\"/listing?p=2\"") && !first.contains("rel=\"prev\""));
    assert!(first.len() < 60_000, "{}", first.len());
}

fn the_address_holds_what_is_asked_for(database: &TestDatabase) {
    let app = with_fixture(database);
    let listing = html(&app, "/listing?name=Star&director=lucas&genre=Sci-Fi&p=1&items=50");
    let expected = ids_of_api(&app, &format!("{MOVIES}?name=Star&director=lucas&genre=Sci-Fi&limit=50"));
    assert!(!expected.is_empty());
    assert_eq!(ids(&listing), expected);
    for shown in [
        "name=\"name\" value=\"Star\"",
        "name=\"director\" value=\"lucas\"",
        "<input type=\"hidden\" name=\"genre\" value=\"Sci-Fi\">",
        "<option value=\"50\" selected>",
    ] {
        assert!(listing.contains(shown), "{shown}: {listing}");
    }
    // Fields that were left empty are no conditions.
    let empty =
        html(&app, "/listing?q=&name=&director=&imdb_score.gte=&imdb_score.lte=&year.gte=&year.lte=&sort=&items=");
    assert_eq!(ids(&empty), ids(&html(&app, "/listing")));
    assert!(!empty.contains("hint-box"), "{empty}");
    let sorted = html(&app, "/listing?sort=-imdb_score,name&year.lte=1960");
    assert_eq!(ids(&sorted), ids_of_api(&app, &format!("{MOVIES}?sort=-imdb_score,name&year.lte=1960")));
    assert!(sorted.contains("<option value=\"-imdb_score,name\" selected>"), "{sorted}");
}

fn bad_numbers_give_the_nearest_good_page(database: &TestDatabase) {
    let app = with_fixture(database);
    for (bad, good) in [
        ("p=0", "p=1"),
        ("p=-3", ""),
        ("p=abc", ""),
        ("p=1.5", "p=1"),
        ("p=999999999999", "p=30"),
        ("items=0", "items=1"),
        ("items=-5&p=2", "items=1&p=2"),
        ("items=100000", "items=100"),
        ("items=x&p=2", "p=2"),
        ("items=100&p=7", "items=100&p=6"),
        ("genre=Drama|War&p=%00", "genre=Drama|War"),
    ] {
        let (bad, good) = (html(&app, &format!("/listing?{bad}")), html(&app, &format!("/listing?{good}")));
        assert_eq!(ids(&bad), ids(&good), "{good}");
        assert!(!ids(&bad).is_empty() && !bad.contains("hint-box"));
    }
    assert!(html(&app, "/listing?p=30").contains("581–594 of 594"));
    assert_eq!(ids(&html(&app, "/listing?name=zzzzzzzz&p=9")), Vec::<u64>::new());
}

fn what_is_not_understood_is_said_and_the_list_shown(database: &TestDatabase) {
    let app = with_fixture(database);
    let shown =
        html(&app, "/listing?year.gte=x&genre=War&colour=red&genres=Drama&sort=up&name=%FF&cursor=zz&votes.gt=1e999");
    assert_eq!(ids(&shown), ids(&html(&app, "/listing?genre=War")));
    assert!(shown.contains("hint-box"));
    for (query, hint) in [
        ("year.gte=x", "“year.gte” was ignored: a number"),
        ("created_at.gte=x", "“created_at.gte” was ignored: a time"),
        ("colour=red", "“colour” was ignored: there is no such filter."),
        ("genres=Drama", "Perhaps “genre” was meant."),
        ("sort=up", "“sort” was ignored: movies cannot be sorted like that."),
        ("q=%FF", "“q” was ignored: it cannot be read."),
        ("q=a&q=b", "“q” was ignored: it is there more than once."),
        ("cursor=zz", "“cursor” was ignored: it belongs to another list."),
        ("votes.gt=1e999", "“votes.gt” was ignored: the number is too large."),
        ("<script>=1", "“&#60;script&#62;” was ignored"),
    ] {
        let shown = html(&app, &format!("/listing?{query}"));
        assert!(shown.contains(hint), "{hint}: {shown}");
        assert_eq!(ids(&shown).len(), 20, "{query}");
    }
    let long = format!("/listing?q={}", "word+".repeat(100));
    assert!(html(&app, &long).contains("it is too long"));
    assert!(html(&app, "/listing?sort=up&lang=de").contains("wurde ignoriert"));
}

fn what_is_typed_turns_no_sentence_around(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let override_ = "\u{202e}";
    for language in ["en", "ja", "ar"] {
        let list = html(&app, &format!("/listing?q=%E2%80%AEabc%E2%81%A9&lang={language}"));
        let title = list.split_once("<title>").unwrap().1.split_once("</title>").unwrap().0;
        let heading = list.split_once("<h1>").unwrap().1.split_once("</h1>").unwrap().0;
        for text in [title, heading] {
            // The end of the isolation that was typed is not the end of ours.
            assert!(text.contains(&format!("\u{2068}{override_}abc\u{2069}")), "{language}: {text:?}");
        }
        let list = html(&app, &format!("/listing?colou%E2%80%AEr=1&sort=%E2%80%AEname&lang={language}"));
        assert!(list.contains(&format!("\u{2068}colou{override_}r\u{2069}")), "{language}: {list}");
    }
}

fn chips_add_and_remove_conditions(database: &TestDatabase) {
    let app = with_fixture(database);
    let shown = html(&app, "/listing?q=the&genre=drama,War&genre.not=Horror&year.gte=1950&items=50&p=2&sort=-year");
    let links = attributes(&shown, "<a class=\"chip chosen\" href=\"");
    let rest = "sort=-year&items=50";
    assert_eq!(
        links,
        [
            format!("/listing?genre=drama,War&genre.not=Horror&year.gte=1950&{rest}"),
            format!("/listing?q=the&genre=War&genre.not=Horror&year.gte=1950&{rest}"),
            format!("/listing?q=the&genre=drama&genre.not=Horror&year.gte=1950&{rest}"),
            format!("/listing?q=the&genre=drama,War&year.gte=1950&{rest}"),
            format!("/listing?q=the&genre=drama,War&genre.not=Horror&{rest}"),
        ]
    );
    assert!(shown.contains(&format!("<a class=\"chip plain\" href=\"/listing?{}\"", rest.replace('&', "&#38;"))));
    let genres = shown.split_once("<nav class=\"genres\"").unwrap().1.split_once("</nav>").unwrap().0;
    let chosen = attributes(genres, "<a class=\"chip\" href=\"");
    // A chosen one is taken away, case aside, another one added.
    assert!(chosen.contains(&format!("/listing?q=the&genre=War&genre.not=Horror&year.gte=1950&{rest}")), "{chosen:?}");
    assert!(chosen.contains(&format!("/listing?q=the&genre=drama,War,Action&genre.not=Horror&year.gte=1950&{rest}")));
    assert_eq!(genres.matches("aria-current=\"true\"").count(), 2);
    let alternatives = html(&app, "/listing?genre=Drama%7CWar");
    assert!(alternatives.contains("<bdi>Drama / War</bdi>"), "{alternatives}");
}

fn the_api_request_gives_the_same_movies_in_the_same_order(database: &TestDatabase) {
    let app = with_fixture(database);
    for query in [
        "",
        "p=3&items=50",
        "q=star",
        "q=the&p=2",
        "search=war,the",
        "genre=Drama,War&sort=year&items=10&p=2",
        "genre.not=Drama&imdb_score.gte=7.5&imdb_score.lt=8&sort=-runtime_minutes,name",
        "director=hitchcock&p=1",
        "year.gte=x&colour=red&p=2",
        "p=1000",
    ] {
        let shown = html(&app, &format!("/listing?{query}"));
        let link = api_link(&shown);
        assert_eq!(ids(&shown), ids_of_api(&app, &link), "{query}: {link}");
        assert!(!ids(&shown).is_empty(), "{query}");
    }
    assert_eq!(api_link(&html(&app, "/?p=3&items=50")), format!("{MOVIES}?limit=50&offset=100"));
}

fn beyond_numbered_pages_cursors_go_on(database: &TestDatabase) {
    let app = with_fixture(database);
    let answer = app.get(&format!("{MOVIES}?genre=Drama&limit=20&offset=20")).answer().json();
    let cursor = answer["next"].as_str().unwrap().split("cursor=").nth(1).unwrap().to_owned();
    let third = ids(&html(&app, "/listing?genre=Drama&p=3"));
    let shown = html(&app, &format!("/listing?genre=Drama&cursor={cursor}"));
    assert_eq!(ids(&shown), third);
    assert_eq!(ids(&shown), ids_of_api(&app, &api_link(&shown)));
    let next = attributes(&shown, "<link rel=\"next\" href=\"").remove(0);
    assert!(next.contains("cursor="), "{next}");
    assert_eq!(ids(&html(&app, &next)), ids(&html(&app, "/listing?genre=Drama&p=4")));
    // A cursor of another list is none of this.
    let other = html(&app, &format!("/listing?genre=War&cursor={cursor}"));
    assert_eq!(ids(&other), ids(&html(&app, "/listing?genre=War")));
    assert!(other.contains("it belongs to another list"));
    let numbered = html(&app, &format!("/listing?genre=Drama&p=502&cursor={cursor}"));
    assert!(numbered.contains("rel=\"prev\" href=\"/listing?genre=Drama&#38;p=501\""), "{numbered}");
}

fn nothing_found_offers_other_texts(database: &TestDatabase) {
    let app = with_fixture(database);
    let shown = html(&app, "/listing?q=wizzard+ozz&genre=Fantasy");
    assert!(shown.contains("No movie matches"), "{shown}");
    let link = attributes(&shown, "<a class=\"chip\" href=\"/listing?q=").remove(0);
    assert!(!ids(&html(&app, &format!("/listing?q={link}"))).is_empty(), "{link}");
    let shown = html(&app, "/listing?director=hitchkok&name=zzz%22%3E%3Cb%3E");
    assert!(shown.contains("Clear filters") && !shown.contains("\"><b>"), "{shown}");
    let empty = TestApp::spawn(&testing::sqlite());
    assert!(html(&empty, "/").contains("There are no movies here yet"));
}

fn what_is_found_is_marked(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    add_all(&app, &["Star <Wars> & Peace"]);
    let shown = html(&app, "/listing?q=star");
    assert!(shown.contains("<bdi><mark>Star</mark> &lt;Wars&gt; &amp; Peace</bdi>"), "{shown}");
}

fn a_movie_is_shown_with_all_that_is_known(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let matrix = json!({
        "name": "The Matrix", "director": "Lana Wachowski, Lilly Wachowski", "genres": ["Action", "Sci-Fi"],
        "popularity": 87.0, "imdb_score": 8.7, "year": 1999, "runtime_minutes": 136, "votes": 1900123,
        "imdb_id": "tt0133093", "overview": "A hacker learns the truth.", "poster_url": "https://img.example.org/m.jpg"
    });
    let id = add(&app, &token, &matrix)["id"].as_u64().unwrap();
    add(&app, &token, &json!({ "name": "The Matrix Reloaded", "director": "Lana Wachowski", "genres": ["Action"] }));
    let shown = html(&app, &format!("/movies/{id}"));
    for part in [
        "<h1><bdi>The Matrix</bdi> <span class=\"year\">1999</span></h1>",
        "<a href=\"/listing?director=Lana%20Wachowski\"><bdi>Lana Wachowski</bdi></a>",
        "<a href=\"/listing?director=Lilly%20Wachowski\">",
        "<a class=\"chip\" href=\"/listing?genre=Sci-Fi\">",
        "<strong>8.7</strong>",
        "1,900,123 votes",
        "2 h 16 min",
        "87.0",
        "https://www.imdb.com/title/tt0133093/",
        "A hacker learns the truth.",
        "<img src=\"https://img.example.org/m.jpg\" alt=\"Poster of The Matrix\"",
        "loading=\"lazy\"",
        "referrerpolicy=\"no-referrer\"",
        "<bdi>The Matrix Reloaded</bdi>",
        &format!("<link rel=\"canonical\" href=\"http://{}/movies/{id}\">", app.address),
        &format!("hreflang=\"ar\" href=\"http://{}/movies/{id}?lang=ar\"", app.address),
        "<meta property=\"og:title\" content=\"The Matrix\">",
        "<meta property=\"og:image\" content=\"https://img.example.org/m.jpg\">",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let said = json_ld(&shown);
    assert_eq!(
        said["director"],
        json!([{ "@type": "Person", "name": "Lana Wachowski" }, { "@type": "Person", "name": "Lilly Wachowski" }])
    );
    assert_eq!((&said["@type"], &said["duration"]), (&json!("Movie"), &json!("PT136M")));
    assert_eq!(said["aggregateRating"]["ratingCount"], 1_900_123);
    assert!(html(&app, &format!("/movies/{id}?lang=de")).contains("2 Std. 16 Min."));

    assert!(!shown.contains("/admin/movies/"));
    let session = app.session("admin");
    let for_admin = app.get(&format!("/movies/{id}")).header("Cookie", session).answer().text;
    assert!(for_admin.contains(&format!("href=\"/admin/movies/{id}\"")), "{for_admin}");
    assert!(for_admin.contains(&format!("href=\"/admin/movies/{id}/history\"")), "{for_admin}");

    let bare = add(&app, &token, &json!({ "name": "Bare", "votes": 0, "imdb_score": 5 }))["id"].as_u64().unwrap();
    let bare = html(&app, &format!("/movies/{bare}"));
    assert!(bare.contains("<svg class=\"poster\"") && json_ld(&bare)["aggregateRating"].is_null(), "{bare}");
}

fn json_ld(html: &str) -> Value {
    let script = html.split_once("<script type=\"application/ld+json\">").unwrap().1;
    serde_json::from_str(script.split_once("</script>").unwrap().0).unwrap()
}

fn every_text_of_a_movie_is_escaped(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let evil = "</script></title><script>alert(1)</script>\" onload=\"x\" ' <!-- \u{202e}flow &amp;";
    let movie = json!({
        "name": evil, "director": evil, "genres": ["<i>\"'\u{202e}</i>"], "imdb_score": 5, "votes": 3, "overview": evil,
        "poster_url": "https://img.example.org/a.jpg?x='y'&z=(1)"
    });
    let id = add(&app, &token, &movie)["id"].as_u64().unwrap();
    add(&app, &token, &json!({ "name": "Flow", "genres": ["<i>\"'\u{202e}</i>"], "director": evil }));
    let paths =
        [format!("/movies/{id}"), "/".to_owned(), "/listing?q=script".to_owned(), "/listing?q=flow+onload".to_owned()];
    for path in &paths {
        let shown = html(&app, path);
        let scripts: Vec<_> = shown.match_indices("<script").map(|(at, _)| &shown[at..at + 30]).collect();
        assert!(
            scripts.iter().all(|script| script.starts_with("<script type=\"module\" src=")
                || script.starts_with("<script type=\"application/ld")),
            "{path}: {scripts:?}"
        );
        for bad in ["alert(1)</script>", "<!--", "<i>", " onload=\"x\""] {
            assert!(!shown.contains(bad), "{bad} at {path}: {shown}");
        }
        let title = shown.split_once("<title>").unwrap().1.split_once("</title>").unwrap().0;
        assert!(!title.contains('\u{202e}'), "{title}");
    }
    let shown = html(&app, &paths[0]);
    let said = json_ld(&shown);
    assert_eq!((&said["name"], &said["description"]), (&json!(evil), &json!(evil)));
    // Where a direction is overridden, that ends with the name.
    for (before, after) in [("<bdi>", "</bdi>"), ("<p class=\"overview\" dir=\"auto\">", "</p>")] {
        let isolated =
            shown.split(before).skip(1).filter(|rest| rest.split(after).next().unwrap().contains('\u{202e}'));
        assert!(isolated.count() > 0, "{before}");
    }
    let listed = html(&app, "/listing?q=%3Cscript%3Ealert(1)%3C/script%3E%22&name=%22%3E&genre=%3Cb%3E%22");
    assert!(!listed.contains("<script>") && !listed.contains("<b>") && !listed.contains("value=\"\">\""), "{listed}");
}

fn what_does_not_exist_is_a_page_that_says_so(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    for path in ["/movies/1", "/movies/abc", "/movies/0", "/movies/-1", "/movies/99999999999999999999"] {
        let answer = page(&app, path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.text.contains("There is nothing here") && answer.text.contains("<h1>"), "{answer:?}");
        app.get(path).answer().problem(404);
    }
}

fn a_page_that_has_not_changed_is_not_sent_again(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let id = add_all(&app, &["Star Wars"])[0];
    let session = app.session("admin");
    for path in ["/listing".to_owned(), format!("/movies/{id}")] {
        let first = page(&app, &path);
        let etag = first.header("etag");
        assert!(etag.starts_with("W/"), "{first:?}");
        assert_eq!(first.header("cache-control"), "private, no-cache");
        let ask = || app.get(&path).header("Accept", "text/html").header("If-None-Match", etag);
        assert_eq!(ask().answer().status, 304, "{path}");
        // It is another page for others, in other languages, and after a change.
        assert_eq!(ask().header("Cookie", &session).answer().status, 200, "{path}");
        assert_eq!(ask().header("Accept-Language", "fr").answer().status, 200, "{path}");
    }
    let before = page(&app, "/");
    add_all(&app, &["Solaris"]);
    let after = app.get("/").header("If-None-Match", before.header("etag")).answer();
    assert!(after.status == 200 && after.text.contains("Solaris"), "{after:?}");
}

fn where_reading_needs_a_login_pages_lead_there_and_back(database: &TestDatabase) {
    let app = TestApp::spawn_with(database, &[("AUTH__ANONYMOUS_READ", "false")]);
    let id = add_all(&app, &["Star Wars"])[0];
    for (path, next) in [
        ("/".to_owned(), "%2F".to_owned()),
        ("/listing?q=star&p=2".to_owned(), "%2Flisting%3Fq%3Dstar%26p%3D2".to_owned()),
        (format!("/movies/{id}"), format!("%2Fmovies%2F{id}")),
    ] {
        let answer = page(&app, &path);
        assert_eq!((answer.status, answer.header("location")), (303, format!("/login?next={next}").as_str()));
        app.get(&path).answer().problem(401);
        let session = app.session("admin");
        let answer = app.get(&path).header("Accept", "text/html").header("Cookie", session).answer();
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
    }
    assert_eq!(app.get("/robots.txt").answer().text, "User-agent: *\nDisallow: /\n");
    for path in ["/sitemap.xml", "/sitemap-1.xml"] {
        assert_eq!(app.get(path).answer().status, 404, "{path}");
    }
}

fn robots_and_sitemap_name_what_exists(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let ids = add_all(&app, &["One", "Two", "Three"]);
    let token = app.admin_token();
    app.delete(&format!("{MOVIES}/{}", ids[1])).bearer_auth(&token).answer();
    let robots = app.get("/robots.txt").answer();
    assert!(robots.header("content-type").starts_with("text/plain"));
    for line in ["User-agent: *", "Disallow: /admin", "Disallow: /api/", "Disallow: /account", "Disallow: /login"] {
        assert!(robots.text.lines().any(|other| other == line), "{line}: {robots:?}");
    }
    assert!(robots.text.contains(&format!("\nSitemap: http://{}/sitemap.xml\n", app.address)), "{robots:?}");

    let sitemap = app.get("/sitemap.xml").answer();
    assert_eq!(sitemap.header("content-type"), "application/xml; charset=utf-8");
    let locations: Vec<_> =
        sitemap.text.split("<loc>").skip(1).map(|rest| rest.split_once("</loc>").unwrap().0).collect();
    let url = |path: &str| format!("http://{}{path}", app.address);
    let movies = [ids[0], ids[2]].map(|id| url(&format!("/movies/{id}")));
    assert_eq!(locations, [url("/"), url("/stats"), movies[0].clone(), movies[1].clone()]);
    assert!(sitemap.text.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns="), "{sitemap:?}");
    assert!(sitemap.text.contains("<lastmod>20"), "{sitemap:?}");
    assert_eq!(app.get("/sitemap-1.xml").answer().text, sitemap.text);
    for path in
        ["/sitemap-0.xml", "/sitemap-2.xml", "/sitemap-x.xml", "/sitemap-+1.xml", "/sitemap-99999999999999999999.xml"]
    {
        assert_eq!(app.get(path).answer().status, 404, "{path}");
    }
}
