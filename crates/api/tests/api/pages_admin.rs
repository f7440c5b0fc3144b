//! The admin section: the list of movies, changing many, the form, conflicts, histories.

use serde_json::{Value, json};
use testing::TestDatabase;

use crate::{
    movies::{MOVIES, add},
    test_app::{Answer, Ask, TestApp},
};

testing::on_every_database! {
    the_admin_section_is_for_admins,
    what_other_sites_post_to_the_admin_section_is_refused,
    the_dashboard_says_what_there_is_and_what_was_done,
    the_list_is_searched_filtered_sorted_and_paged,
    a_movie_is_added_and_edited,
    genres_with_commas_of_other_scripts_stay_whole,
    what_was_typed_is_kept_where_something_is_wrong,
    numbers_are_read_as_each_language_writes_them,
    an_overview_that_nobody_touched_stays_to_the_letter,
    a_form_that_is_not_utf8_is_refused,
    a_duplicate_is_shown_and_saved_on_request,
    an_imdb_id_that_is_taken_is_shown_with_its_movie,
    who_saved_meanwhile_is_not_overwritten,
    a_movie_that_was_removed_meanwhile_is_restored_with_what_was_typed,
    what_was_saved_after_a_restoration_is_not_overwritten,
    a_restoration_that_is_refused_changes_nothing,
    a_removed_movie_comes_back_by_undoing,
    many_movies_are_removed_and_come_back,
    genres_of_many_movies_are_changed_and_changed_back,
    all_movies_that_match_are_chosen,
    many_are_not_changed_where_one_was_meanwhile,
    more_genres_than_a_movie_has_are_told_before_it_happens,
    genres_that_cannot_be_are_told_beside_them_and_the_choice_is_kept,
    a_notice_from_elsewhere_is_not_shown,
    what_was_changed_again_is_not_undone,
    an_earlier_version_is_restored_and_that_undone,
    a_removed_movie_has_its_history_and_is_restored,
    a_version_that_would_be_a_duplicate_is_restored_on_request,
    every_field_is_escaped,
}

fn get(app: &TestApp, session: &str, path: &str) -> Answer {
    app.get(path).header("Cookie", session).header("Accept", "text/html").answer()
}

#[track_caller]
fn page(app: &TestApp, session: &str, path: &str) -> String {
    let answer = get(app, session, path);
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    answer.text
}

fn post(app: &TestApp, session: &str, path: &str, form: &[(&str, &str)]) -> Answer {
    app.post(path).header("Cookie", session).header("Accept", "text/html").form(form).answer()
}

/// Posts a form that is accepted, and returns where that leads.
#[track_caller]
fn sent(app: &TestApp, session: &str, path: &str, form: &[(&str, &str)]) -> String {
    let answer = post(app, session, path, form);
    assert_eq!(answer.status, 303, "{path}: {answer:?}");
    answer.header("location").to_owned()
}

fn movie(app: &TestApp, id: &Value) -> Value {
    app.get(&format!("{MOVIES}/{id}")).answer().json()
}

/// The value of a parameter of an address.
fn parameter<'a>(address: &'a str, name: &str) -> &'a str {
    let query = address.split_once('?').map_or("", |(_, query)| query);
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).unwrap_or_default()
}

/// Undoes what the page at `address` tells of, and returns what the page after that tells.
#[track_caller]
fn undo(app: &TestApp, session: &str, address: &str) -> String {
    let changes = parameter(address, "changes");
    assert!(page(app, session, address).contains(&format!("name=\"changes\" value=\"{changes}\"")), "{address}");
    let next = sent(app, session, "/admin/undo", &[("changes", changes), ("next", "/admin/movies")]);
    page(app, session, &next)
}

/// The values of the hidden fields of a page with this name.
fn hidden<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let begin = format!("name=\"{name}\" value=\"");
    html.split(begin.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// Confirms what the page at `path` asks about.
#[track_caller]
fn confirmed(app: &TestApp, session: &str, path: &str) -> String {
    let html = page(app, session, path);
    let one = |name: &str| ((name.to_owned()), hidden(&html, name)[0].replace("&#38;", "&"));
    let mut form: Vec<(String, String)> = ["action", "genres", "next", "here"].map(one).to_vec();
    form.extend(hidden(&html, "movie").into_iter().map(|mark| ("movie".to_owned(), mark.to_owned())));
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    sent(app, session, "/admin/movies/selected", &form)
}

fn the_admin_section_is_for_admins(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let admin = app.session("admin");
    let id = add(&app, &app.admin_token(), &json!({ "name": "M" }))["id"].clone();
    app.user_token("alice");
    let user = app.session("alice");
    let pages = ["/admin", "/admin/movies", "/admin/movies/new", "/admin/movies/selected?action=delete&id=1"];
    let of_movie = ["", "/delete", "/history", "/restore"].map(|rest| format!("/admin/movies/{id}{rest}"));
    for path in pages.into_iter().chain(of_movie.iter().map(String::as_str)) {
        assert_eq!(get(&app, &admin, path).status, 200, "{path}");
        assert_eq!(get(&app, &user, path).status, 403, "{path}");
        let answer = app.get(path).header("Accept", "text/html").answer();
        assert_eq!(answer.status, 303, "{path}");
        assert!(answer.header("location").starts_with("/login?next=%2Fadmin"), "{answer:?}");
    }
    for path in ["/admin/undo", "/admin/movies/new", "/admin/movies/selected"]
        .into_iter()
        .chain(of_movie.iter().filter(|path| !path.ends_with("history")).map(String::as_str))
    {
        assert_eq!(post(&app, &user, path, &[("name", "N")]).status, 403, "{path}");
        assert_eq!(app.post(path).form(&[("name", "N")]).answer().status, 401, "{path}");
    }
    assert_eq!(movie(&app, &id)["version"], 1);
}

fn what_other_sites_post_to_the_admin_section_is_refused(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let session = app.session("admin");
    for path in ["/admin/undo", "/admin/movies/new", "/admin/movies/selected", "/admin/movies/1"] {
        let answer = app.post(path).header("Cookie", &session).header("Origin", "https://evil.example");
        answer.form(&[("name", "N")]).answer().problem(403);
    }
    assert_eq!(app.get(MOVIES).answer().json()["total"]["value"], 0);
}

fn the_dashboard_says_what_there_is_and_what_was_done(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let session = app.session("admin");
    assert!(page(&app, &session, "/admin").contains("There are no movies yet"));
    add(&app, &token, &json!({ "name": "Metropolis", "genres": ["Drama", "Sci-Fi"] }));
    let feed = json!([{ "name": "M" }, { "name": "" }]);
    let answer = app.post("/api/v1/import").bearer_auth(&token).json(&feed).answer();
    assert_eq!(answer.status, 200, "{answer:?}");
    app.wait_until_listed(2);
    let html = page(&app, &session, "/admin");
    for part in [
        "<strong>2</strong><span>movies</span>",
        "<strong>2</strong><span>genres</span>",
        "<strong>1</strong><span>user</span>",
        "Up to date",
        ">Metropolis</a>",
        "1 new, 0 changed, 1 rejected",
        "href=\"/admin/movies/1/history\"",
        "href=\"/admin/movies/1\"",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
}

fn the_list_is_searched_filtered_sorted_and_paged(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let session = app.session("admin");
    for (name, year, genre) in [("Alien", 1979, "Horror"), ("Aliens", 1986, "Action"), ("Brazil", 1985, "Sci-Fi")] {
        add(&app, &token, &json!({ "name": name, "year": year, "genres": [genre] }));
    }
    let names = |query: &str| -> Vec<String> {
        let html = page(&app, &session, &format!("/admin/movies?{query}"));
        let cells = html.split("<th scope=\"row\">").skip(1);
        cells.map(|cell| cell.split(['<', '>']).nth(2).unwrap().to_owned()).collect()
    };
    assert_eq!(names("sort=year"), ["Alien", "Brazil", "Aliens"]);
    assert_eq!(names("sort=-year&items=2"), ["Aliens", "Brazil"]);
    assert_eq!(names("sort=-year&items=2&p=2"), ["Alien"]);
    assert_eq!(names("genre=Action"), ["Aliens"]);
    assert_eq!(names("q=brazil"), ["Brazil"]);
    assert_eq!(names("q=nothing+like+it"), [""; 0]);
    for bad in ["p=0", "p=-1", "p=x", "p=99999999999", "items=0", "items=x", "sort=colour", "p=2&items=100"] {
        assert_eq!(names(bad).len(), if bad == "items=0" { 1 } else { 3 }, "{bad}");
    }
    let html = page(&app, &session, "/admin/movies?sort=year&items=1&p=2");
    assert!(html.contains("href=\"/admin/movies?sort=year&#38;items=1&#38;p=3#movies\""), "{html}");
    assert!(html.contains("Page 2 of 3"));
}

fn a_movie_is_added_and_edited(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let session = app.session("admin");
    assert!(page(&app, &session, "/admin/movies/new").contains("<h1>Add movie</h1>"));
    let form = [
        ("name", " Star Wars "),
        ("director", "George Lucas"),
        ("genres", "Adventure, Sci-Fi,"),
        ("popularity", "88"),
        ("imdb_score", "8.6"),
        ("year", "1977"),
        ("runtime_minutes", "121"),
        ("votes", "1,400,000"),
        ("imdb_id", "tt0076759"),
        ("overview", "A farm boy.\r\nA princess."),
        ("poster_url", "https://example.org/p.jpg"),
    ];
    let location = sent(&app, &session, "/admin/movies/new", &form);
    assert!(location.starts_with("/admin/movies/1?done=added&count=1&changes="), "{location}");
    let stored = movie(&app, &json!(1));
    assert_eq!(stored["name"], "Star Wars");
    assert_eq!(stored["genres"].as_array().unwrap().len(), 2);
    assert_eq!(stored["votes"], 1_400_000);
    assert_eq!(stored["overview"], "A farm boy.\nA princess.");

    let html = page(&app, &session, &location);
    assert!(html.contains("Added.") && html.contains("value=\"Adventure, Sci-Fi\""), "{html}");
    assert!(html.contains("name=\"version\" value=\"1\"") && html.contains("value=\"8.6\""));
    let mut edited = form.to_vec();
    edited[5].1 = "";
    edited.push(("version", "1"));
    let location = sent(&app, &session, "/admin/movies/1", &edited);
    assert!(location.contains("done=saved"), "{location}");
    let stored = movie(&app, &json!(1));
    assert_eq!((&stored["year"], &stored["version"]), (&Value::Null, &json!(2)));
    edited.last_mut().unwrap().1 = "2";
    assert!(sent(&app, &session, "/admin/movies/1", &edited).contains("done=unchanged"));
    let history = app.get("/api/v1/movies/1/history").bearer_auth(app.admin_token()).answer().json();
    assert_eq!((&history["items"][0]["via"], &history["items"][0]["actor"]), (&json!("page"), &json!("admin")));

    let another = sent(&app, &session, "/admin/movies/new", &[("name", "M"), ("another", "1")]);
    assert!(another.starts_with("/admin/movies/new?done=added"), "{another}");
    assert_eq!(get(&app, &session, "/admin/movies/99").status, 404);
    assert_eq!(get(&app, &session, "/admin/movies/x").status, 404);
}

fn genres_with_commas_of_other_scripts_stay_whole(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let session = app.session("admin");
    let token = app.admin_token();
    let genres = json!(["Action、Drama", "رعب، دراما", "A，B"]);
    add(&app, &token, &json!({ "name": "M", "genres": genres }));
    add(&app, &token, &json!({ "name": "N" }));
    let html = page(&app, &session, "/admin/movies/1");
    let shown = hidden(&html, "genres")[0];
    assert_eq!(shown, "Action、Drama, رعب، دراما, A，B");
    let form = [("name", "M"), ("genres", shown), ("version", "1")];
    assert!(sent(&app, &session, "/admin/movies/1", &form).contains("done=unchanged"));
    assert_eq!(movie(&app, &json!(1))["genres"], genres);
    confirmed(&app, &session, "/admin/movies/selected?action=add&genres=Action、Drama,+A，B&id=1&id=2");
    assert_eq!(movie(&app, &json!(2))["genres"], json!(["Action、Drama", "A，B"]));
}

fn what_was_typed_is_kept_where_something_is_wrong(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let session = app.session("admin");
    let form = [
        ("name", ""),
        ("director", "Somebody"),
        ("genres", "Drama, a|b"),
        ("popularity", "very"),
        ("year", "19"),
        ("overview", "\r\nSome text"),
        ("poster_url", "ftp://x"),
    ];
    let answer = post(&app, &session, "/admin/movies/new", &form);
    assert_eq!(answer.status, 422, "{answer:?}");
    for part in [
        "value=\"Somebody\"",
        "value=\"Drama, a|b\"",
        "value=\"very\"",
        "value=\"19\"",
        "Some text</textarea>",
        "value=\"ftp://x\"",
        "aria-describedby=\"year-wrong\" aria-invalid=\"true\"",
        "aria-describedby=\"popularity-hint popularity-wrong\" aria-invalid=\"true\"",
        "data-warns=\"true\"",
    ] {
        assert!(answer.text.contains(part), "{part}: {}", answer.text);
    }
    assert_eq!(answer.text.matches("class=\"wrong\"").count(), 5);
    // There somebody goes on writing.
    let (_, after_first) = answer.text.split_once("aria-invalid=\"true\"").unwrap();
    assert!(after_first.starts_with(" autofocus") && answer.text.matches("autofocus").count() == 1, "{}", answer.text);
    assert_eq!(app.get(MOVIES).answer().json()["total"]["value"], 0);
}

fn numbers_are_read_as_each_language_writes_them(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let session = app.session("admin");
    let form = [("name", "M"), ("imdb_score", "8,3"), ("popularity", "٤٠٫٥"), ("votes", "1.234.567"), ("year", "१९३१")];
    sent(&app, &session, "/admin/movies/new", &form);
    let stored = movie(&app, &json!(1));
    for (field, number) in [("imdb_score", 8.3), ("popularity", 40.5), ("votes", 1_234_567.0), ("year", 1931.0)] {
        assert_eq!(stored[field].as_f64(), Some(number), "{field}");
    }
    assert!(page(&app, &session, "/admin/movies/1?lang=de").contains("value=\"8,3\""));
    assert!(page(&app, &session, "/admin/movies/1?lang=en").contains("value=\"8.3\""));
}

fn an_overview_that_nobody_touched_stays_to_the_letter(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let session = app.session("admin");
    let overview = " First\r\nsecond\rthird\n\n";
    add(&app, &app.admin_token(), &json!({ "name": "M", "overview": overview }));
    assert!(page(&app, &session, "/admin/movies/1").contains("First\nsecond\nthird</textarea>"));
    // As a browser sends it.
    let form = |name, overview, version| {
        let form = [("name", name), ("overview", overview), ("version", version)];
        sent(&app, &session, "/admin/movies/1", &form)
    };
    assert!(form("M", "First\r\nsecond\r\nthird", "1").contains("done=unchanged"));
    assert!(form("N", "First\r\nsecond\r\nthird", "1").contains("done=saved"));
    assert_eq!(movie(&app, &json!(1))["overview"], overview);
    assert!(form("N", "First\r\nthird", "2").contains("done=saved"));
    assert_eq!(movie(&app, &json!(1))["overview"], "First\nthird");
}

fn a_form_that_is_not_utf8_is_refused(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let session = app.session("admin");
    let post = |body: &'static str| {
        let request = app.post("/admin/movies/new").header("Cookie", &session).header("Accept", "text/html");
        request.header("Content-Type", "application/x-www-form-urlencoded").body(body).answer()
    };
    assert_eq!(post("name=%FF%FE").status, 400);
    assert_eq!(app.get(MOVIES).answer().json()["total"]["value"], 0);
    assert_eq!(post("name=100%&director=Ann%C3%A9").status, 303);
    assert_eq!(movie(&app, &json!(1))["name"], "100%");
}

fn a_duplicate_is_shown_and_saved_on_request(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let session = app.session("admin");
    let first = add(&app, &app.admin_token(), &json!({ "name": "Solaris", "year": 1972 }));
    let form = [("name", "SOLARIS"), ("year", "1972"), ("overview", "Again")];
    let answer = post(&app, &session, "/admin/movies/new", &form);
    assert_eq!(answer.status, 409, "{answer:?}");
    assert!(answer.text.contains(&format!("href=\"/admin/movies/{}\" dir=\"auto\">Solaris</a>", first["id"])));
    assert!(answer.text.contains("name=\"allow_duplicate\"") && answer.text.contains("Again</textarea>"));
    let form = [&form[..], &[("allow_duplicate", "1")]].concat();
    assert!(sent(&app, &session, "/admin/movies/new", &form).contains("done=added"));
}

fn an_imdb_id_that_is_taken_is_shown_with_its_movie(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let session = app.session("admin");
    let token = app.admin_token();
    add(&app, &token, &json!({ "name": "Solaris", "imdb_id": "tt0069293" }));
    let second = add(&app, &token, &json!({ "name": "Stalker" }));
    let path = format!("/admin/movies/{}", second["id"]);
    let form = [("name", "Stalker"), ("imdb_id", "tt0069293"), ("version", "1")];
    let answer = post(&app, &session, &path, &form);
    assert_eq!(answer.status, 409, "{answer:?}");
    assert!(answer.text.contains("id=\"imdb_id-wrong\"") && answer.text.contains(">Solaris</a>"), "{answer:?}");
    assert!(answer.text.contains("value=\"tt0069293\"") && !answer.text.contains("allow_duplicate"));
}

fn who_saved_meanwhile_is_not_overwritten(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let session = app.session("admin");
    let token = app.admin_token();
    let id = add(&app, &token, &json!({ "name": "M", "year": 1930, "votes": 1, "director": "Lang" }))["id"].clone();
    let (api, path) = (format!("{MOVIES}/{id}"), format!("/admin/movies/{id}"));
    let theirs = json!({ "year": 1931, "votes": 2, "overview": "Theirs" });
    assert_eq!(app.patch(&api).bearer_auth(&token).json(&theirs).answer().status, 200);

    let form = [("name", "M"), ("director", "Fritz Lang"), ("year", "1932"), ("votes", "1"), ("version", "1")];
    let answer = post(&app, &session, &path, &form);
    assert_eq!(answer.status, 409, "{answer:?}");
    let html = answer.text;
    assert_eq!(html.matches("type=\"radio\"").count(), 8, "{html}");
    for part in [
        "name=\"version\" value=\"2\"",
        "type=\"hidden\" name=\"name\" value=\"M\"",
        // Changed by both: nobody but a person can tell.
        "name=\"year\" value=\"1932\" required>",
        "name=\"year\" value=\"1931\" required>",
        // Changed by one side alone.
        "name=\"director\" value=\"Fritz Lang\" required checked>",
        "name=\"votes\" value=\"2\" required checked>",
        "name=\"overview\" value=\"Theirs\" required checked>",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert_eq!(movie(&app, &id)["director"], "Lang");

    let choice = [
        ("name", "M"),
        ("director", "Fritz Lang"),
        ("year", "1931"),
        ("votes", "2"),
        ("overview", "Theirs"),
        ("version", "2"),
    ];
    assert!(sent(&app, &session, &path, &choice).contains("done=saved"));
    let stored = movie(&app, &id);
    assert_eq!(
        (&stored["director"], &stored["year"], &stored["votes"]),
        (&json!("Fritz Lang"), &json!(1931), &json!(2))
    );
    assert_eq!(post(&app, &session, &path, &choice).status, 409, "a second conflict is one, too");
}

fn a_movie_that_was_removed_meanwhile_is_restored_with_what_was_typed(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let session = app.session("admin");
    let token = app.admin_token();
    let id = add(&app, &token, &json!({ "name": "M", "votes": 1 }))["id"].clone();
    let path = format!("/admin/movies/{id}");
    app.delete(&format!("{MOVIES}/{id}")).bearer_auth(&token).answer();
    let form = [("name", "M"), ("votes", "5"), ("version", "1")];
    let answer = post(&app, &session, &path, &form);
    assert_eq!(answer.status, 409, "{answer:?}");
    assert!(answer.text.contains("name=\"restore\"") && answer.text.contains("name=\"votes\" value=\"5\""));
    assert_eq!(hidden(&answer.text, "version"), ["1"]);
    let form = [("name", "M"), ("votes", "5"), ("restore", "1"), ("version", "1")];
    let location = sent(&app, &session, &path, &form);
    assert!(location.contains("done=saved"), "{location}");
    assert_eq!((&movie(&app, &id)["votes"], &movie(&app, &id)["version"]), (&json!(5), &json!(2)));
    // All of it was one change.
    assert!(undo(&app, &session, &location).contains("Undone"));
    assert_eq!(app.get(&format!("{MOVIES}/{id}")).answer().status, 404);
}

fn what_was_saved_after_a_restoration_is_not_overwritten(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let session = app.session("admin");
    let token = app.admin_token();
    let id = add(&app, &token, &json!({ "name": "M", "votes": 1 }))["id"].clone();
    let (api, path) = (format!("{MOVIES}/{id}"), format!("/admin/movies/{id}"));
    app.delete(&api).bearer_auth(&token).answer();
    sent(&app, &session, &format!("{path}/restore"), &[("version", "1"), ("current", "1")]);
    assert_eq!(app.patch(&api).bearer_auth(&token).json(&json!({ "votes": 7 })).answer().status, 200);
    for version in ["1", "2", ""] {
        let form = [("name", "M"), ("votes", "5"), ("restore", "1"), ("version", version)];
        let answer = post(&app, &session, &path, &form);
        assert_eq!(answer.status, 409, "{version}: {answer:?}");
        assert_eq!(hidden(&answer.text, "version"), ["3"], "{version}");
        assert!(!answer.text.contains("name=\"restore\""), "{version}: {answer:?}");
    }
    assert_eq!(movie(&app, &id)["votes"], 7);
    // Removed again in another version than was shown.
    app.delete(&api).bearer_auth(&token).answer();
    let form = [("name", "M"), ("votes", "5"), ("restore", "1"), ("version", "1")];
    let answer = post(&app, &session, &path, &form);
    assert_eq!((answer.status, hidden(&answer.text, "version")), (409, vec!["3"]), "{answer:?}");
    assert_eq!(app.get(&api).answer().status, 404);
}

fn a_restoration_that_is_refused_changes_nothing(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let session = app.session("admin");
    let token = app.admin_token();
    let id = add(&app, &token, &json!({ "name": "M" }))["id"].clone();
    add(&app, &token, &json!({ "name": "Other", "imdb_id": "tt0000001" }));
    let (api, path) = (format!("{MOVIES}/{id}"), format!("/admin/movies/{id}"));
    app.delete(&api).bearer_auth(&token).answer();
    for (name, imdb_id, status) in [("M", "tt0000001", 409), ("Other", "", 409), ("", "", 422)] {
        let form = [("name", name), ("imdb_id", imdb_id), ("restore", "1"), ("version", "1")];
        let answer = post(&app, &session, &path, &form);
        assert_eq!(answer.status, status, "{answer:?}");
        assert_eq!(app.get(&api).answer().status, 404, "{name} {imdb_id}");
        // What is sent next asks for the same.
        assert_eq!((hidden(&answer.text, "version"), hidden(&answer.text, "restore")), (vec!["1"], vec!["1"]));
    }
    let form = [("name", "Other"), ("restore", "1"), ("version", "1"), ("allow_duplicate", "1")];
    assert!(sent(&app, &session, &path, &form).contains("done=saved"));
    assert_eq!(movie(&app, &id)["name"], "Other");
}

fn a_removed_movie_comes_back_by_undoing(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let session = app.session("admin");
    let token = app.admin_token();
    let before = add(&app, &token, &json!({ "name": "Persona", "year": 1966, "genres": ["Drama"] }));
    let path = format!("/admin/movies/{}/delete", before["id"]);
    let html = page(&app, &session, &path);
    assert!(html.contains("Remove this movie?") && html.contains("Persona"));
    // A form from before another change does nothing.
    let stale = sent(&app, &session, &path, &[("version", "7")]);
    assert!(page(&app, &session, &stale).contains("Nothing was done"), "{stale}");
    let location = sent(&app, &session, &path, &[("version", "1")]);
    assert_eq!(app.get(&format!("{MOVIES}/{}", before["id"])).answer().status, 404);
    assert!(page(&app, &session, &location).contains("1 movie removed."));
    assert!(undo(&app, &session, &location).contains("Undone: 1 movie is as it was before."));
    let after = movie(&app, &before["id"]);
    assert_eq!((&after["name"], &after["genres"]), (&before["name"], &before["genres"]));
    let again = sent(&app, &session, "/admin/undo", &[("changes", parameter(&location, "changes"))]);
    assert!(page(&app, &session, &again).contains("This cannot be undone"), "{again}");
}

fn many_movies_are_removed_and_come_back(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let session = app.session("admin");
    let token = app.admin_token();
    for name in ["One", "Two", "Three"] {
        add(&app, &token, &json!({ "name": name }));
    }
    let path = "/admin/movies/selected?action=delete&id=1&id=3&id=77&next=%2Fadmin%2Fmovies%3Fq%3Da%26p%3D2";
    let html = page(&app, &session, path);
    assert!(html.contains("Remove 2 movies?") && html.contains(">One</a>") && !html.contains(">Two</a>"), "{html}");
    let location = confirmed(&app, &session, path);
    assert!(location.starts_with("/admin/movies?q=a&p=2&done=removed&count=2&changes="), "{location}");
    assert_eq!(app.get(MOVIES).answer().json()["total"]["value"], 1);
    assert!(page(&app, &session, &location).contains("2 movies removed."));
    assert!(undo(&app, &session, &location).contains("Undone: 2 movies are as they were before."));
    assert_eq!(app.get(MOVIES).answer().json()["total"]["value"], 3);
    let nothing = get(&app, &session, "/admin/movies/selected?action=delete");
    assert_eq!((nothing.status, nothing.header("location")), (303, "/admin/movies?done=nothing-chosen&count=1"));
}

fn genres_of_many_movies_are_changed_and_changed_back(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let session = app.session("admin");
    let token = app.admin_token();
    for (name, genres) in [("One", json!(["Drama", "War"])), ("Two", json!(["War"])), ("Three", json!([]))] {
        add(&app, &token, &json!({ "name": name, "genres": genres }));
    }
    let genres = || [1, 2, 3].map(|id| movie(&app, &json!(id))["genres"].clone());
    let before = genres();
    for (action, names, affected, after) in [
        ("add", "war,+Noir", 3, [json!(["Drama", "War", "Noir"]), json!(["War", "Noir"]), json!(["war", "Noir"])]),
        ("add", "drama", 2, [json!(["Drama", "War"]), json!(["War", "Drama"]), json!(["Drama"])]),
        ("remove", "WAR", 2, [json!(["Drama"]), json!([]), json!([])]),
        ("set", "Epic", 3, [json!(["Epic"]), json!(["Epic"]), json!(["Epic"])]),
        ("set", "", 2, [json!([]), json!([]), json!([])]),
    ] {
        let path = format!("/admin/movies/selected?action={action}&genres={names}&id=1&id=2&id=3");
        let html = page(&app, &session, &path);
        assert_eq!(hidden(&html, "movie").len(), affected, "{action} {names}: {html}");
        let location = confirmed(&app, &session, &path);
        assert_eq!(parameter(&location, "count"), affected.to_string(), "{location}");
        let folded = |genres: &Value| genres.to_string().to_lowercase();
        assert_eq!(genres().each_ref().map(folded), after.each_ref().map(folded), "{action} {names}");
        assert!(undo(&app, &session, &location).contains("Undone"), "{action}");
        assert_eq!(genres(), before, "{action} {names}");
    }
    let html = page(&app, &session, "/admin/movies/selected?action=add&genres=Musical&id=1");
    assert!(html.contains("will be made: <bdi>Musical</bdi>") || html.contains("will be made:</"), "{html}");
    let none = get(&app, &session, "/admin/movies/selected?action=add&genres=&id=1");
    assert!(none.header("location").contains("done=no-genre"), "{none:?}");
}

fn all_movies_that_match_are_chosen(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let session = app.session("admin");
    let token = app.admin_token();
    for (name, genre) in [("One", "War"), ("Two", "War"), ("Three", "Drama")] {
        add(&app, &token, &json!({ "name": name, "genres": [genre] }));
    }
    let html = page(&app, &session, "/admin/movies?genre=War&items=1");
    assert!(html.contains("All 2 movies that match this search"), "{html}");
    // What is ticked beside it does not matter.
    let path = "/admin/movies/selected?q=&genre=War&all=1&action=delete&id=3";
    assert_eq!(hidden(&page(&app, &session, path), "movie").len(), 2);
    confirmed(&app, &session, path);
    assert_eq!(app.get(MOVIES).answer().json()["items"][0]["name"], "Three");

    let many: Vec<Value> = (0..1_001).map(|i| json!({ "name": format!("Many {i}") })).collect();
    assert_eq!(app.post("/api/v1/import").bearer_auth(&token).json(&many).answer().status, 200);
    app.wait_until_listed(1_002);
    let html = page(&app, &session, "/admin/movies?q=many");
    assert!(html.contains("More than 1,000 movies match this search"), "{html}");
    let all = get(&app, &session, "/admin/movies/selected?q=many&all=1&action=delete");
    assert!(all.header("location").contains("done=too-many"), "{all:?}");
    let ids = |n: u32| (1..=n).map(|id| format!("&id={id}")).collect::<String>();
    let path = |n| format!("/admin/movies/selected?action=delete{}", ids(n));
    assert_eq!(hidden(&page(&app, &session, &path(1_000)), "movie").len(), 998, "two of them are gone");
    let many = get(&app, &session, &path(1_001));
    assert!(many.header("location").contains("done=too-many"), "{many:?}");
    let path = "/admin/movies/selected?q=many+7&genre=&all=1&action=delete";
    let count = hidden(&page(&app, &session, path), "movie").len();
    let location = confirmed(&app, &session, path);
    assert_eq!(parameter(&location, "count"), count.to_string());
    assert!(undo(&app, &session, &location).contains("Undone"));
}

fn many_are_not_changed_where_one_was_meanwhile(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let session = app.session("admin");
    let token = app.admin_token();
    for name in ["One", "Two"] {
        add(&app, &token, &json!({ "name": name }));
    }
    let form = [
        ("action", "delete"),
        ("movie", "1.1"),
        ("movie", "2.1"),
        ("next", "/admin/movies"),
        ("here", "/admin/movies/selected?action=delete&id=1&id=2"),
    ];
    app.patch(&format!("{MOVIES}/2")).bearer_auth(&token).json(&json!({ "votes": 1 })).answer();
    let location = sent(&app, &session, "/admin/movies/selected", &form);
    assert!(location.starts_with("/admin/movies/selected?action=delete&id=1&id=2&done=stale"), "{location}");
    let html = page(&app, &session, &location);
    assert!(html.contains("Nothing was done") && html.contains("value=\"2.2\""), "{html}");
    assert_eq!(app.get(MOVIES).answer().json()["total"]["value"], 2);
    // The same for genres, also of a movie that is gone.
    app.delete(&format!("{MOVIES}/2")).bearer_auth(&token).answer();
    let form = [("action", "add"), ("genres", "War"), ("movie", "1.1"), ("movie", "2.2")];
    assert!(sent(&app, &session, "/admin/movies/selected", &form).contains("done=stale"));
    assert_eq!(movie(&app, &json!(1))["genres"], json!([]));
}

fn more_genres_than_a_movie_has_are_told_before_it_happens(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let session = app.session("admin");
    let token = app.admin_token();
    let genres: Vec<String> = (0..32).map(|i| format!("G{i}")).collect();
    add(&app, &token, &json!({ "name": "Full", "genres": genres }));
    add(&app, &token, &json!({ "name": "Empty" }));
    let path = "/admin/movies/selected?action=add&genres=War&id=1&id=2";
    let html = page(&app, &session, path);
    assert!(html.contains("1 movie cannot be changed like this"), "{html}");
    assert_eq!(hidden(&html, "movie"), ["2.1"]);
}

fn genres_that_cannot_be_are_told_beside_them_and_the_choice_is_kept(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let session = app.session("admin");
    let token = app.admin_token();
    for name in ["One", "Two"] {
        add(&app, &token, &json!({ "name": name }));
    }
    let many = (0..33).map(|i| i.to_string()).collect::<Vec<_>>().join(",");
    let long = "x".repeat(51);
    for (genres, text) in [("a|b", "senkrechte Striche"), (&many, "höchstens 32 Genres"), (&long, "Genre 1:")] {
        let path = format!(
            "/admin/movies/selected?lang=de&action=add&genres={genres}&id=1&id=2&next=%2Fadmin%2Fmovies%3Fq%3Do"
        );
        let answer = get(&app, &session, &path);
        assert_eq!(answer.status, 422, "{answer:?}");
        let html = answer.text;
        assert_eq!(hidden(&html, "id"), ["1", "2"], "{html}");
        assert_eq!((hidden(&html, "action"), hidden(&html, "next")), (vec!["add"], vec!["/admin/movies?q=o"]));
        assert_eq!(hidden(&html, "genres"), [genres]);
        assert!(html.contains("id=\"genres-wrong\"") && html.contains(text), "{html}");
    }
    // Where all go, their genres do not matter.
    assert_eq!(get(&app, &session, "/admin/movies/selected?action=delete&genres=a|b&id=1").status, 200);
}

fn a_notice_from_elsewhere_is_not_shown(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let session = app.session("admin");
    let location = sent(&app, &session, "/admin/movies/new", &[("name", "M")]);
    let shown = |name: &str, value: &str| {
        let answer = app.get(&location).header("Cookie", &session).header(name, value).answer();
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.text.contains("data-notice"), answer.text.contains("/admin/undo"), "{answer:?}");
        answer.text.contains("data-notice")
    };
    assert!(shown("Sec-Fetch-Site", "same-origin"));
    assert!(shown("Referer", &format!("http://{}/admin/movies/new", app.address)));
    for site in ["cross-site", "same-site", "none"] {
        assert!(!shown("Sec-Fetch-Site", site), "{site}");
    }
    assert!(!shown("Referer", "https://evil.example/"));
}

fn what_was_changed_again_is_not_undone(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let session = app.session("admin");
    let token = app.admin_token();
    for name in ["One", "Two"] {
        add(&app, &token, &json!({ "name": name }));
    }
    let location = confirmed(&app, &session, "/admin/movies/selected?action=add&genres=War&id=1&id=2");
    app.patch(&format!("{MOVIES}/1")).bearer_auth(&token).json(&json!({ "votes": 1 })).answer();
    let told = undo(&app, &session, &location);
    assert!(told.contains("This cannot be undone: 1 movie was changed again"), "{told}");
    assert_eq!(movie(&app, &json!(2))["genres"].as_array().unwrap().len(), 1);
    for bad in ["", "x", "1", "9-3", "1-99999999", "0-0"] {
        let next = sent(&app, &session, "/admin/undo", &[("changes", bad), ("next", "https://evil.example/")]);
        assert_eq!(next, "/admin/movies?done=cannot-undo&count=1", "{bad}");
    }
}

fn an_earlier_version_is_restored_and_that_undone(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let session = app.session("admin");
    let token = app.admin_token();
    let id = add(&app, &token, &json!({ "name": "M", "year": 1930, "overview": "First\nlines" }))["id"].clone();
    app.patch(&format!("{MOVIES}/{id}")).bearer_auth(&token).json(&json!({ "year": 1931, "overview": null })).answer();
    let path = format!("/admin/movies/{id}");
    let html = page(&app, &session, &format!("{path}/history"));
    for part in [
        "Version 2",
        "<del dir=\"auto\">1930</del>",
        "<ins dir=\"auto\">1931</ins>",
        "<del dir=\"auto\">First\nlines</del>",
        "Version 1",
        "restore?version=1\"",
        "<bdi>admin</bdi> · <bdi>API</bdi> ·",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(!html.contains("restore?version=2\""));
    let html = page(&app, &session, &format!("{path}/restore?version=1"));
    assert!(html.contains("Restore version 1?") && html.contains("<ins dir=\"auto\">1930</ins>"), "{html}");
    assert_eq!(get(&app, &session, &format!("{path}/restore?version=9")).status, 404);
    let stale = sent(&app, &session, &format!("{path}/restore"), &[("version", "1"), ("current", "1")]);
    assert!(page(&app, &session, &stale).contains("Nothing was done"), "{stale}");
    let location = sent(&app, &session, &format!("{path}/restore"), &[("version", "1"), ("current", "2")]);
    assert!(location.starts_with(&format!("{path}/history?done=restored")), "{location}");
    assert_eq!(movie(&app, &id)["year"], 1930);
    assert!(undo(&app, &session, &location).contains("Undone"));
    assert_eq!(movie(&app, &id)["year"], 1931);
}

fn a_removed_movie_has_its_history_and_is_restored(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let session = app.session("admin");
    let token = app.admin_token();
    let id = add(&app, &token, &json!({ "name": "Persona", "year": 1966 }))["id"].clone();
    app.delete(&format!("{MOVIES}/{id}")).bearer_auth(&token).answer();
    let path = format!("/admin/movies/{id}");
    let answer = get(&app, &session, &path);
    assert_eq!((answer.status, answer.header("location")), (303, format!("{path}/history").as_str()));
    let html = page(&app, &session, &format!("{path}/history"));
    assert!(html.contains("This movie was removed") && html.contains(&format!("href=\"{path}/restore\"")), "{html}");
    assert!(page(&app, &session, &format!("{path}/restore")).contains("The movie comes back"));
    let location = sent(&app, &session, &format!("{path}/restore"), &[("version", "1"), ("current", "1")]);
    assert_eq!(movie(&app, &id)["year"], 1966);
    assert!(undo(&app, &session, &location).contains("Undone"));
    assert_eq!(app.get(&format!("{MOVIES}/{id}")).answer().status, 404);
}

fn a_version_that_would_be_a_duplicate_is_restored_on_request(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let session = app.session("admin");
    let token = app.admin_token();
    let id = add(&app, &token, &json!({ "name": "Heat" }))["id"].clone();
    app.patch(&format!("{MOVIES}/{id}")).bearer_auth(&token).json(&json!({ "name": "Other" })).answer();
    let other = add(&app, &token, &json!({ "name": "Heat" }));
    let path = format!("/admin/movies/{id}/restore");
    let form = [("version", "1"), ("current", "2")];
    let answer = post(&app, &session, &path, &form);
    assert_eq!(answer.status, 409, "{answer:?}");
    assert!(answer.text.contains(&format!("href=\"/admin/movies/{}\"", other["id"])), "{answer:?}");
    assert!(sent(&app, &session, &path, &[&form[..], &[("allow_duplicate", "1")]].concat()).contains("done=restored"));
}

fn every_field_is_escaped(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let session = app.session("admin");
    let token = app.admin_token();
    let evil = "<script>alert('x')</script>\"'&\u{202e}";
    let body = json!({ "name": evil, "director": evil, "genres": [evil], "overview": evil, "year": 1990 });
    let id = add(&app, &token, &body)["id"].clone();
    app.patch(&format!("{MOVIES}/{id}")).bearer_auth(&token).json(&json!({ "overview": format!("{evil}2") })).answer();
    add(&app, &token, &json!({ "name": "Other", "imdb_id": "tt0000001" }));
    let path = format!("/admin/movies/{id}");
    let encoded = "%3Cscript%3Ealert('x')%3C/script%3E%22'%26";
    let shown = [
        "/admin".to_owned(),
        format!("/admin?q={encoded}&genre={encoded}&sort={encoded}&done=saved&changes={encoded}"),
        "/admin/movies".to_owned(),
        path.clone(),
        format!("{path}/delete"),
        format!("{path}/history"),
        format!("{path}/restore?version=1"),
        format!("/admin/movies/selected?action=delete&id={id}"),
        format!("/admin/movies/selected?action=add&genres={encoded}&id={id}&next={encoded}"),
    ]
    .map(|path| (page(&app, &session, &path), path));
    let fields = [("name", evil), ("director", evil), ("genres", evil), ("overview", evil)];
    let wrong = [&fields[..], &[("popularity", evil), ("imdb_id", evil), ("poster_url", evil)]].concat();
    let posted = [
        (post(&app, &session, "/admin/movies/new", &wrong).text, "wrong".to_owned()),
        (
            post(&app, &session, "/admin/movies/new", &[("name", evil), ("director", evil), ("year", "1990")]).text,
            "duplicate".to_owned(),
        ),
        (post(&app, &session, &path, &[&fields[..], &[("version", "1")]].concat()).text, "conflict".to_owned()),
    ];
    for (html, path) in shown.into_iter().chain(posted) {
        assert!(html.contains("&#60;script&#62;"), "{path}: {html}");
        assert!(!html.contains("<script>") && !html.contains("alert('x')"), "{path}: {html}");
    }
}
