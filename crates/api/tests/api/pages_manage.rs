//! The pages for genres, users, imports and changes.

use std::time::Duration;

use domain::import::Standing;
use reqwest::blocking::RequestBuilder;
use serde_json::{Value, json};
use testing::TestDatabase;

use crate::test_app::{Answer, Ask, PASSWORD, TestApp, test_settings, wait_until};

testing::on_every_database! {
    genres_are_added_renamed_merged_and_deleted,
    the_number_of_a_genres_movies_is_said_with_the_right_word,
    what_is_wrong_with_a_genres_name_is_said_beside_it,
    a_genre_that_came_into_use_is_not_deleted_unasked,
    names_are_text_whatever_they_look_like,
    admins_say_what_users_may_do,
    the_last_admin_stays_one,
    these_pages_are_for_admins,
    an_upload_is_checked_then_applied_then_reported,
    an_import_is_its_admins_alone,
    changes_are_filtered_and_paged,
}

/// A browser in which somebody has logged in, with a language of choice.
struct Browser<'a> {
    app: &'a TestApp,
    session: String,
}

impl<'a> Browser<'a> {
    fn of(app: &'a TestApp, username: &str) -> Self {
        Self { app, session: app.session(username) }
    }

    fn sent(&self, request: RequestBuilder) -> Answer {
        request.header("Cookie", &self.session).header("Accept", "text/html").answer()
    }

    #[track_caller]
    fn get(&self, path: &str) -> Answer {
        self.sent(self.app.get(path))
    }

    #[track_caller]
    fn page(&self, path: &str) -> String {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        answer.text
    }

    fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.sent(self.app.post(path).form(fields))
    }

    /// Posts a form, which must lead to this place.
    #[track_caller]
    fn done(&self, path: &str, fields: &[(&str, &str)], leads_to: &str) {
        let answer = self.post(path, fields);
        assert_eq!((answer.status, answer.header("location")), (303, leads_to), "{answer:?}");
    }

    fn upload(&self, name: &str, content: &[u8]) -> Answer {
        let head = format!("--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        let body = [head.as_bytes(), content, b"\r\n--xyz--\r\n"].concat();
        let request = self.app.post("/admin/import").header("Content-Type", "multipart/form-data; boundary=xyz");
        self.sent(request.body(body))
    }

    /// Uploads a feed and waits until it is checked. Returns the path of its page.
    #[track_caller]
    fn checked(&self, name: &str, content: &[u8]) -> String {
        let answer = self.upload(name, content);
        assert_eq!(answer.status, 303, "{answer:?}");
        let path = answer.header("location").to_owned();
        self.wait_for(&path, "checked");
        path
    }

    fn stage(&self, job: &str) -> String {
        self.get(&format!("{job}/progress")).json()["stage"].as_str().unwrap().to_owned()
    }

    #[track_caller]
    fn wait_for(&self, job: &str, stage: &str) {
        wait_until(stage, || self.stage(job) == stage);
    }
}

#[track_caller]
fn assert_has(page: &str, parts: &[&str]) {
    for part in parts {
        assert!(page.contains(part), "{part:?} is not in {page}");
    }
}

#[track_caller]
fn assert_lacks(page: &str, parts: &[&str]) {
    for part in parts {
        assert!(!page.contains(part), "{part:?} is in {page}");
    }
}

/// Adds a movie with these genres; returns its id.
fn add_movie(app: &TestApp, name: &str, genres: &[&str]) -> u64 {
    let movie = json!({ "name": name, "genres": genres });
    let answer = app.post("/api/v1/movies").bearer_auth(app.admin_token()).json(&movie).answer();
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()["id"].as_u64().unwrap()
}

fn genre_id(app: &TestApp, name: &str) -> u64 {
    let list = app.get("/api/v1/genres?limit=100").answer().json();
    let genre = list["items"].as_array().unwrap().iter().find(|genre| genre["name"] == name);
    genre.unwrap_or_else(|| panic!("no {name}: {list}"))["id"].as_u64().unwrap()
}

fn user_id(app: &TestApp, name: &str) -> u64 {
    let list = app.get(&format!("/api/v1/users?q={name}")).bearer_auth(app.admin_token()).answer().json();
    list["items"][0]["id"].as_u64().unwrap()
}

fn genres_of(app: &TestApp, movie: u64) -> Value {
    app.get(&format!("/api/v1/movies/{movie}")).answer().json()["genres"].clone()
}

fn genres_are_added_renamed_merged_and_deleted(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let admin = Browser::of(&app, "admin");
    assert_has(&admin.page("/admin/genres"), &["There are no genres yet."]);
    let both = add_movie(&app, "Both", &["Sci-Fi", "Drama"]);
    let one = add_movie(&app, "One", &["Sci-Fi"]);
    let [sci_fi, drama] = ["Sci-Fi", "Drama"].map(|name| genre_id(&app, name));

    let page = admin.page("/admin/genres?sort=-movie_count");
    assert_has(&page, &["2 genres", "href=\"/listing?genre=Sci-Fi\"", "href=\"/admin/movies?genre=Sci-Fi\""]);
    assert!(page.find("<bdi>Sci-Fi").unwrap() < page.find("<bdi>Drama").unwrap());
    let found = admin.page("/admin/genres?name=DRA");
    assert_has(&found, &["1 genre<", "<bdi>Drama"]);
    assert_lacks(&found, &["<bdi>Sci-Fi"]);
    assert_has(&admin.page("/admin/genres?name=zzz"), &["No genre has this in its name."]);

    let noir = genre_id_after(&app, &admin, " Noir ");
    assert_has(&admin.page(&format!("/admin/genres?done=added&id={noir}")), &["The genre Noir was added."]);

    let path = format!("/admin/genres/{sci_fi}");
    admin.done(&path, &[("name", "Science Fiction")], &format!("/admin/genres?done=renamed&id={sci_fi}"));
    assert_eq!(genres_of(&app, one), json!(["Science Fiction"]));
    assert_has(&admin.page(&path), &["2 movies have this genre."]);

    let question = admin.page(&format!("{path}/merge?into={drama}"));
    assert_has(&question, &["2 movies get the genre", "name=\"into\""]);
    assert_eq!(genres_of(&app, one), json!(["Science Fiction"]), "nothing happened yet");
    let merged = format!("/admin/genres?done=merged&id={drama}&movies=2");
    admin.done(&format!("{path}/merge"), &[("into", &drama.to_string())], &merged);
    assert_has(&admin.page(&merged), &["2 movies went over to Drama."]);
    assert_eq!((genres_of(&app, one), genres_of(&app, both)), (json!(["Drama"]), json!(["Drama"])));
    assert_eq!(admin.get(&path).status, 404);

    let path = format!("/admin/genres/{drama}/delete");
    assert_has(&admin.page(&path), &["2 movies lose the genre", "name=\"detach\""]);
    admin.done(&path, &[("detach", "yes")], "/admin/genres?done=deleted");
    assert_eq!(genres_of(&app, one), json!([]));
    assert_has(&admin.page(&format!("/admin/genres/{noir}/delete")), &["No movie has the genre"]);
    admin.done(&format!("/admin/genres/{noir}/delete"), &[], "/admin/genres?done=deleted");
    assert_has(&admin.page("/admin/genres?done=deleted"), &["The genre was deleted.", "There are no genres yet."]);
}

/// Adds a genre at the page; returns its id.
#[track_caller]
fn genre_id_after(app: &TestApp, admin: &Browser, name: &str) -> u64 {
    let answer = admin.post("/admin/genres", &[("name", name)]);
    assert_eq!(answer.status, 303, "{answer:?}");
    genre_id(app, name.trim())
}

fn the_number_of_a_genres_movies_is_said_with_the_right_word(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let admin = Browser::of(&app, "admin");
    add_movie(&app, "A", &["War", "Noir"]);
    add_movie(&app, "B", &["War"]);
    let said = |number: u32, text: &str| format!("{number}<span class=\"sr\"> {text} ");
    let (one, two) = (said(1, "movie: show that of"), said(2, "movies: show those of"));
    assert_has(&admin.page("/admin/genres?lang=en"), &[&one, &two]);
    assert_has(&admin.page("/admin/genres?lang=es"), &[&said(1, "película: ver la de")]);
}

fn what_is_wrong_with_a_genres_name_is_said_beside_it(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let admin = Browser::of(&app, "admin");
    let drama = genre_id_after(&app, &admin, "Drama");
    let war = genre_id_after(&app, &admin, "War");
    let long = "x".repeat(51);
    for path in ["/admin/genres".to_owned(), format!("/admin/genres/{war}")] {
        for (name, status, text) in [
            (" ", 422, "Please use 1 to 50 characters."),
            (&long, 422, "Please use 1 to 50 characters."),
            ("a,b", 422, "Commas, vertical bars and control characters are not allowed"),
            ("dRAMA", 409, "Another genre has this name."),
        ] {
            let answer = admin.post(&path, &[("name", name)]);
            assert_eq!(answer.status, status, "{answer:?}");
            assert_has(&answer.text, &[text, "aria-invalid=\"true\"", &format!("value=\"{name}\"")]);
        }
    }
    let answer = admin.post(&format!("/admin/genres/{war}"), &[("name", "drama")]);
    assert_has(&answer.text, &[&format!("/admin/genres/{war}/merge?into={drama}")]);
    for into in ["", "0", "x", &war.to_string(), "999"] {
        let answer = admin.post(&format!("/admin/genres/{war}/merge"), &[("into", into)]);
        assert_eq!(answer.status, 422, "{into}: {answer:?}");
        assert_has(&answer.text, &["id=\"into-wrong\""]);
    }
    assert_eq!(admin.get(&format!("/admin/genres/{war}/merge?into={war}")).status, 422);
    for path in ["/admin/genres/999", "/admin/genres/x", "/admin/genres/999/delete", "/admin/genres/999/merge?into=1"] {
        assert_eq!(admin.get(path).status, 404, "{path}");
    }
    assert_eq!(admin.post("/admin/genres/999", &[("name", "New")]).status, 404);
    assert_eq!(admin.post("/admin/genres/999/delete", &[]).status, 404);
    // The same in the language of the page.
    let german = admin.sent(app.post("/admin/genres?lang=de").form(&[("name", "")]));
    assert_lacks(&german.text, &["Please use 1 to 50 characters."]);
}

fn a_genre_that_came_into_use_is_not_deleted_unasked(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let admin = Browser::of(&app, "admin");
    let war = genre_id_after(&app, &admin, "War");
    let path = format!("/admin/genres/{war}/delete");
    assert_lacks(&admin.page(&path), &["name=\"detach\""]);
    let movie = add_movie(&app, "M", &["War"]);
    let answer = admin.post(&path, &[]);
    assert_eq!(answer.status, 409, "{answer:?}");
    assert_has(&answer.text, &["Nothing was deleted.", "1 movie loses the genre", "name=\"detach\""]);
    assert_eq!(genres_of(&app, movie), json!(["War"]));
}

fn names_are_text_whatever_they_look_like(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let admin = Browser::of(&app, "admin");
    let hostile = "<script>alert(1)</script>\"'&\u{202e}x";
    let id = genre_id_after(&app, &admin, hostile);
    let other = genre_id_after(&app, &admin, "دراما");
    let movie = add_movie(&app, hostile, &[hostile]);
    let feed = json!([{ "name": hostile, "overview": hostile, hostile: 1 }, { "name": "Good" }]).to_string();
    let job = admin.checked("<script>alert(2)<\\/script>.json", feed.as_bytes());
    let patch = json!({ "overview": hostile });
    let changed = app.patch(&format!("/api/v1/movies/{movie}")).bearer_auth(app.admin_token()).json(&patch).answer();
    assert_eq!(changed.status, 200, "{changed:?}");
    for path in [
        "/admin/genres",
        &format!("/admin/genres?done=renamed&id={id}"),
        &format!("/admin/genres/{id}"),
        &format!("/admin/genres/{id}/delete"),
        &format!("/admin/genres/{id}/merge?into={other}"),
        "/admin/changes",
        "/admin/import",
        &job,
        "/admin/genres?name=%3Cscript%3Ealert(1)%3C/script%3E",
        "/admin/users?name=%3Cscript%3Ealert(1)%3C/script%3E",
        "/admin/changes?actor=%3Cscript%3Ealert(1)%3C/script%3E",
    ] {
        for path in [path.to_owned(), format!("{path}{}lang=ar", if path.contains('?') { "&" } else { "?" })] {
            let page = admin.page(&path);
            assert_has(&page, &["script&#62;"]);
            assert_lacks(&page, &["<script>alert", "alert(1)</script>", "alert(2)<"]);
        }
    }
}

fn admins_say_what_users_may_do(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let admin = Browser::of(&app, "admin");
    app.user_token("ann");
    app.user_token("bob");
    let (ann, bob) = (user_id(&app, "ann"), user_id(&app, "bob"));
    let page = admin.page("/admin/users");
    assert_has(&page, &["3 users", "<bdi>ann</bdi>", "You</span>"]);
    let found = admin.page("/admin/users?name=AN");
    assert_has(&found, &["1 user<", "<bdi>ann</bdi>"]);
    assert_lacks(&found, &["<bdi>bob</bdi>"]);
    assert_has(&admin.page("/admin/users?name=zzz"), &["No user has this in the name."]);
    assert_has(&admin.page("/admin/users?p=99"), &["<bdi>ann</bdi>"]);

    let fields = [("name", "an"), ("p", "1")];
    admin.done(&format!("/admin/users/{ann}/promote"), &fields, "/admin/users?name=an&p=1&done=changed");
    assert_has(&admin.page("/admin/users?name=an&p=1&done=changed"), &["The user was changed."]);
    let other = Browser::of(&app, "ann");
    assert_eq!(other.get("/admin/users").status, 200);
    admin.done(&format!("/admin/users/{ann}/demote"), &[], "/admin/users?done=changed");
    assert_eq!(other.get("/admin/users").status, 403);

    admin.done(&format!("/admin/users/{bob}/disable"), &[], "/admin/users?done=changed");
    let login = |name: &str| app.post("/login").form(&[("username", name), ("password", PASSWORD)]).answer().status;
    assert_eq!(login("bob"), 401);
    admin.done(&format!("/admin/users/{bob}/enable"), &[], "/admin/users?done=changed");
    assert_eq!(login("bob"), 303);
    assert_has(&admin.page(&format!("/admin/users/{bob}/delete")), &["The account bob", "method=\"post\""]);
    assert_eq!(login("bob"), 303, "nothing happened yet");
    admin.done(&format!("/admin/users/{bob}/delete"), &[], "/admin/users?done=deleted");
    assert_eq!(login("bob"), 401);

    for path in ["/admin/users/999/delete", "/admin/users/x/delete", &format!("/admin/users/{ann}/rename")] {
        assert_eq!(admin.get(path).status, 404, "{path}");
        assert_eq!(admin.post(path, &[]).status, 404, "{path}");
    }
}

fn the_last_admin_stays_one(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let admin = Browser::of(&app, "admin");
    let own = user_id(&app, "admin");
    assert_has(&admin.page("/admin/users"), &[&format!("href=\"/admin/users/{own}/demote\"")]);
    for what in ["demote", "disable", "delete"] {
        assert_has(&admin.page(&format!("/admin/users/{own}/{what}")), &["admin", "method=\"post\""]);
        let answer = admin.post(&format!("/admin/users/{own}/{what}"), &[]);
        assert_eq!(answer.status, 409, "{answer:?}");
        assert_has(&answer.text, &["This is the last admin", "role=\"alert\"", "<bdi>admin</bdi>"]);
    }
    app.user_token("ann");
    admin.done(&format!("/admin/users/{}/promote", user_id(&app, "ann")), &[], "/admin/users?done=changed");
    admin.done(&format!("/admin/users/{own}/demote"), &[], "/");
    assert_eq!(admin.get("/admin/users").status, 403);
}

fn these_pages_are_for_admins(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    app.user_token("ann");
    let reader = Browser::of(&app, "ann");
    for path in
        ["/admin/genres", "/admin/users", "/admin/import", "/admin/changes", "/admin/genres/1", "/admin/import/x"]
    {
        assert_eq!(reader.get(path).status, 403, "{path}");
        let answer = app.get(path).header("Accept", "text/html").answer();
        assert_eq!(answer.status, 303, "{path}");
        assert!(answer.header("location").starts_with("/login?next="), "{path}");
    }
    for path in [
        "/admin/genres",
        "/admin/genres/1",
        "/admin/genres/1/merge",
        "/admin/genres/1/delete",
        "/admin/users/1/delete",
        "/admin/import",
        "/admin/import/x/check",
        "/admin/import/x/apply",
        "/admin/import/x/cancel",
    ] {
        assert_eq!(reader.post(path, &[]).status, 403, "{path}");
        assert_eq!(app.post(path).answer().status, 401, "{path}");
        let foreign = app.post(path).header("Cookie", app.session("admin")).header("Origin", "https://evil.example");
        assert_eq!(foreign.answer().status, 403, "{path}");
    }
}

fn count(app: &TestApp) -> Value {
    let list = app.get("/api/v1/movies?limit=1").header("prefer", "count=exact").answer().json();
    list["total"]["value"].clone()
}

fn an_upload_is_checked_then_applied_then_reported(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let admin = Browser::of(&app, "admin");
    add_movie(&app, "A", &[]);
    assert_has(
        &admin.page("/admin/import"),
        &["Nothing was imported yet.", "1.0 GB", "enctype=\"multipart/form-data\""],
    );
    let csv = "name,year,imdb_score\nA,,\nB,2000,5\nC,1,11\n";
    let job = admin.checked("films.csv", csv.as_bytes());
    let figure = |name: &str, n: u32| format!("<dt>{name}</dt><dd>{n}</dd>");
    let figures = [figure("New", 1), figure("Changed", 0), figure("Unchanged", 1), figure("Rejected", 1)];
    let figures = figures.each_ref().map(String::as_str);
    let page = admin.page(&job);
    assert_has(&page, &figures);
    let figures =
        ["<span class=\"fine\">41 bytes</span>", "films.csv", "number from 0 to 10.", "number from 1870 to 2100."];
    assert_has(&page, &figures);
    assert_has(&page, &[&format!("{job}/apply")]);
    assert_has(&admin.page(&format!("{job}?lang=de")), &["eine Zahl von 0 bis 10", "eine Zahl von 1870 bis 2100"]);
    assert_eq!(count(&app), 1, "a dry run stores nothing");
    assert_has(&admin.page("/admin/import"), &["Nothing was imported yet.", "Your uploads", &job]);

    admin.done(&format!("{job}/apply"), &[], &job);
    admin.wait_for(&job, "done");
    app.wait_until_listed(2);
    let page = admin.page(&job);
    assert_has(&page, &figures);
    assert_has(&page, &["The import is done.", "/admin/changes?via=import"]);
    // It is applied once.
    admin.done(&format!("{job}/apply"), &[], &job);
    admin.done(&format!("{job}/check"), &[], &job);
    admin.done(&format!("{job}/cancel"), &[], &job);
    assert_eq!(admin.stage(&job), "done");

    let csv = admin.get(&format!("{job}/rejects?format=csv"));
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"rejects.csv\"");
    let lines: Vec<_> = csv.text.lines().collect();
    assert_eq!(lines[0], "record,field,reason");
    assert_eq!((lines.len(), lines.iter().filter(|line| line.starts_with("3,")).count()), (3, 2), "{lines:?}");
    let ndjson = admin.get(&format!("{job}/rejects"));
    assert_eq!(ndjson.header("content-type"), "application/x-ndjson");
    let rules: Vec<Value> = ndjson.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(rules.iter().all(|rule| rule["record"] == 3) && rules.iter().any(|rule| rule["field"] == "imdb_score"));

    let page = admin.page("/admin/import");
    assert_has(&page, &["<bdi>films.csv</bdi></th>", "badge good\">Imported"]);
    assert_has(&admin.page("/admin/changes?via=import"), &["1 movie added by an import", "/history\""]);
    // The same once more changes nothing; a compressed file is taken as well.
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, b"[{\"name\":\"B\",\"year\":2000}]").unwrap();
    let job = admin.checked("films.json.gz", &gzip.finish().unwrap());
    let page = admin.page(&job);
    assert_has(&page, &["An import would change nothing."]);
    assert_lacks(&page, &["/apply"]);
    assert_eq!(admin.get(&format!("{job}/rejects")).status, 404);
    admin.done(&format!("{job}/cancel"), &[], &job);
    assert_has(&admin.page(&job), &["Nothing was stored."]);
}

fn an_import_is_its_admins_alone(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let admin = Browser::of(&app, "admin");
    app.user_token("ann");
    admin.done(&format!("/admin/users/{}/promote", user_id(&app, "ann")), &[], "/admin/users?done=changed");
    let other = Browser::of(&app, "ann");
    let job = admin.checked("a.json", b"[{\"name\":\"A\"}]");
    for job in [&job, "/admin/import/00000000000000000000000000000000"] {
        for path in [job.to_owned(), format!("{job}/progress"), format!("{job}/rejects")] {
            assert_eq!(other.get(&path).status, 404, "{path}");
        }
        for what in ["check", "apply", "cancel"] {
            assert_eq!(other.post(&format!("{job}/{what}"), &[]).status, 404, "{what}");
        }
    }
    assert_lacks(&other.page("/admin/import"), &[&job]);
    assert_eq!(admin.stage(&job), "checked");
}

fn changes_are_filtered_and_paged(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let admin = Browser::of(&app, "admin");
    assert_has(&admin.page("/admin/changes"), &["Nothing was changed yet."]);
    let movie = add_movie(&app, "Alpha", &["War"]);
    let token = app.admin_token();
    let patch = json!({ "name": "Beta", "imdb_score": 8.5 });
    app.patch(&format!("/api/v1/movies/{movie}")).bearer_auth(&token).json(&patch).answer();
    let war = genre_id(&app, "War");
    admin.post(&format!("/admin/genres/{war}"), &[("name", "Battle")]);
    assert_eq!(app.delete(&format!("/api/v1/movies/{movie}")).bearer_auth(&token).answer().status, 204);

    let page = admin.page("/admin/changes");
    let order = ["Movie removed", "Genre renamed", "Movie changed", "Movie added", "Genre added"];
    let places = order.map(|text| page.find(text).unwrap_or_else(|| panic!("no {text}: {page}")));
    assert!(places.is_sorted(), "{places:?}");
    assert_has(
        &page,
        &[
            "<bdi>Alpha</bdi></del>",
            "<bdi>Beta</bdi></ins>",
            "<bdi>8.5</bdi></ins>",
            "<bdi>Battle</bdi></ins>",
            &format!("href=\"/admin/movies/{movie}/history\""),
            &format!("href=\"/movies/{movie}\""),
            &format!("href=\"/admin/genres/{war}\""),
            "href=\"/api/v1/changes?since=0\"",
        ],
    );
    let shown = |query: &str| {
        let page = admin.page(&format!("/admin/changes?{query}"));
        page.matches("<p class=\"what\">").count()
    };
    for (query, expected) in [
        ("", 5),
        ("via=page", 1),
        ("via=api", 4),
        ("via=cli", 0),
        ("what=genres", 2),
        ("what=movies", 3),
        ("action=delete", 1),
        ("action=update&what=movies", 1),
        ("actor=ADMIN", 5),
        ("actor=ann", 0),
        ("actor=a+b", 0),
        ("via=&action=&what=&actor=&below=", 5),
        ("via=x&below=y", 5),
        ("below=3", 2),
    ] {
        assert_eq!(shown(query), expected, "{query}");
    }
    assert_has(&admin.page("/admin/changes?actor=a+b"), &["No user can have this name."]);
    assert_has(&admin.page("/admin/changes?actor=ann"), &["There are no such changes."]);

    for i in 0..60 {
        genre_id_after(&app, &admin, &format!("Genre {i}"));
    }
    let page = admin.page("/admin/changes?via=page");
    assert_eq!(page.matches("<p class=\"what\">").count(), 50);
    let older = page.split("rel=\"next\" href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&#38;", "&");
    assert!(older.starts_with("/admin/changes?via=page&below="), "{older}");
    let page = admin.page(&older);
    assert_eq!(page.matches("<p class=\"what\">").count(), 11);
    assert_has(&page, &["href=\"/admin/changes?via=page\"", "Genre renamed"]);

    let feed: String = (0..5_000).map(|i| format!("{{\"name\":\"Movie {i}\"}}\n")).collect();
    let sent = app.post("/api/v1/import").bearer_auth(&token).header("Content-Type", "application/x-ndjson");
    assert_eq!(sent.body(feed).answer().status, 200);
    assert_has(&admin.page("/admin/changes"), &["5,000 movies added by an import"]);
}

#[test]
fn a_file_that_is_too_large_is_refused_with_the_limit() {
    let database = &testing::sqlite();
    let app = TestApp::spawn_with(database, &[("SERVER__MAX_IMPORT_BYTES", "102400")]);
    let admin = Browser::of(&app, "admin");
    // More than is waited for; less; and a compressed one, of which only unpacking tells.
    for length in [1_000_000, 150_000] {
        let answer = admin.upload("large.json", &vec![b' '; length]);
        assert_eq!(answer.status, 413, "{answer:?}");
        assert_has(&answer.text, &["The file is too large: at most 100.0 kB are taken, unpacked.", "name=\"file\""]);
    }
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, "{\"name\":\"A\"}\n".repeat(20_000).as_bytes()).unwrap();
    let answer = admin.upload("large.gz", &gzip.finish().unwrap());
    assert_eq!(answer.status, 303, "{answer:?}");
    let job = answer.header("location");
    admin.wait_for(job, "failed");
    assert_has(&admin.page(job), &["The file is too large: at most 100.0 kB are taken, unpacked."]);
    assert_eq!(count(&app), 0);
}

#[test]
fn a_file_that_is_no_feed_is_told_so() {
    let database = &testing::sqlite();
    let app = TestApp::spawn(database);
    let admin = Browser::of(&app, "admin");
    for (name, content) in [("", "x"), ("empty.json", "")] {
        let answer = admin.upload(name, content.as_bytes());
        assert_eq!(answer.status, 422, "{answer:?}");
        assert_has(&answer.text, &["Choose a file that is not empty.", "aria-invalid=\"true\""]);
    }
    let answer = admin.post("/admin/import", &[("file", "x")]);
    assert_eq!(answer.status, 400, "{answer:?}");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, &lines(1_000)).unwrap();
    let packed = gzip.finish().unwrap();
    let long = format!("{{\"name\":\"{}\"}}\n", "x".repeat(2 << 20)).into_bytes();
    let long_json = [b"[".as_slice(), &long, b"]"].concat();
    let damaged = [&packed[..20], b"damaged in the middle", &packed[40..]].concat();
    let cut = &packed[..packed.len() / 2];
    for content in [b"hello".as_slice(), b"[{\"name\":\"A\"},", cut, &damaged, &long, &long_json] {
        let answer = admin.upload("a.json", content);
        let job = answer.header("location");
        admin.wait_for(job, "failed");
        let page = admin.page(job);
        assert_has(&page, &["The file cannot be read to its end:", "Nothing was stored."]);
        assert_lacks(&page, &["The server could not go on."]);
        admin.done(&format!("{job}/apply"), &[], job);
        assert_eq!(admin.stage(job), "failed");
    }
}

fn lines(n: u32) -> Vec<u8> {
    (0..n).map(|i| format!("{{\"name\":\"Movie {i}\"}}\n")).collect::<String>().into_bytes()
}

#[test]
fn an_import_that_is_cancelled_stores_no_more() {
    let database = &testing::sqlite();
    let app = TestApp::spawn(database);
    let admin = Browser::of(&app, "admin");
    let records = 60_000;
    // One whose dry run is cancelled.
    let answer = admin.upload("a.ndjson", &lines(records));
    let job = answer.header("location");
    admin.done(&format!("{job}/cancel"), &[], job);
    admin.wait_for(job, "cancelled");
    assert_has(&admin.page(job), &["Nothing was stored."]);
    assert_eq!(count(&app), 0);

    let job = admin.checked("a.ndjson", &lines(records));
    admin.done(&format!("{job}/apply"), &[], &job);
    wait_until("something is stored", || admin.get(&format!("{job}/progress")).json()["percent"] != 0);
    assert_has(&admin.page(&job), &["<progress", "http-equiv=\"refresh\"", "data-progress="]);
    admin.done(&format!("{job}/cancel"), &[], &job);
    admin.wait_for(&job, "cancelled");
    let stored = count(&app).as_u64().unwrap();
    assert!(stored > 0 && stored < u64::from(records) && stored.is_multiple_of(4_000), "{stored}");
    let page = admin.page(&job);
    assert_has(&page, &["What was stored before that stays"]);
    assert_lacks(&page, &["http-equiv=\"refresh\""]);
    for page in ["/admin/import", "/admin"] {
        assert_lacks(&admin.page(page), &["Failed", "the load was stopped"]);
    }
    assert_has(&admin.page("/admin/import"), &["<span class=\"badge \">Cancelled</span>"]);
}

#[test]
fn a_server_that_stops_breaks_imports_off() {
    let database = &testing::sqlite();
    let app = TestApp::spawn(database);
    let admin = Browser::of(&app, "admin");
    let records = 60_000;
    let job = admin.checked("a.ndjson", &lines(records));
    admin.done(&format!("{job}/apply"), &[], &job);
    wait_until("something is stored", || admin.get(&format!("{job}/progress")).json()["percent"] != 0);
    drop(app);
    let settings = test_settings(database, std::path::Path::new("nowhere"), &[]);
    let log = bootstrap::import_log(bootstrap::open_store(&settings).unwrap());
    let [import] = &log.latest(10).unwrap()[..] else { panic!("one import") };
    assert_eq!(import.standing, Standing::Interrupted);
    assert!(import.counts.created > 0 && import.counts.created < u64::from(records), "{import:?}");

    let app = TestApp::spawn(database);
    app.wait_until_listed(import.counts.created.min(10_000));
    let admin = Browser::of(&app, "admin");
    assert_has(&admin.page("/admin/import"), &["Interrupted"]);
    assert_eq!(admin.get(&job).status, 404, "its file is gone");
}

#[test]
fn uploads_that_wait_for_one_admin_do_not_keep_others_from_uploading() {
    let database = &testing::sqlite();
    let app = TestApp::spawn(database);
    let admin = Browser::of(&app, "admin");
    app.user_token("ann");
    admin.done(&format!("/admin/users/{}/promote", user_id(&app, "ann")), &[], "/admin/users?done=changed");
    let other = Browser::of(&app, "ann");
    let content = b"[{\"name\":\"A\"}]";
    let jobs: Vec<String> = (0..9).map(|_| admin.checked("a.json", content)).collect();
    let theirs = other.checked("b.json", content);
    for (n, job) in jobs.iter().enumerate() {
        assert_eq!(admin.stage(job), if n < 5 { "cancelled" } else { "checked" }, "{n}");
    }
    assert_has(&admin.page("/admin/import"), &["At most 4 files wait here"]);
    other.done(&format!("{theirs}/apply"), &[], &theirs);
    other.wait_for(&theirs, "done");
}

#[test]
fn no_more_imports_run_than_may_at_once() {
    let database = &testing::sqlite();
    let app = TestApp::spawn_with(database, &[("SERVER__IMPORTS_AT_ONCE", "1")]);
    let admin = Browser::of(&app, "admin");
    let first = admin.upload("a.ndjson", &lines(60_000)).header("location").to_owned();
    let second = admin.upload("b.json", b"[{\"name\":\"B\"}]");
    assert!(second.header("location").ends_with("?busy=true"), "{second:?}");
    assert_has(&admin.page(second.header("location")), &["As many imports run as may at once."]);
    let job = second.header("location").trim_end_matches("?busy=true");
    assert_eq!(admin.stage(job), "uploaded");
    admin.done(&format!("{first}/cancel"), &[], &first);
    admin.wait_for(&first, "cancelled");
    wait_until("there is room", || {
        std::thread::sleep(Duration::from_millis(20));
        admin.post(&format!("{job}/check"), &[]).header("location") == job
    });
    admin.wait_for(job, "checked");
}
