//! What was done to a movie, and undoing it.

use serde_json::{Value, json};
use testing::TestDatabase;

use crate::{
    changes::{load, store},
    movies::{MOVIES, add},
    test_app::{Answer, Ask, TestApp},
};

testing::on_every_database! {
    a_history_says_who_did_what_and_when,
    a_history_is_read_in_pages,
    a_bulk_load_begins_a_history,
    only_admins_read_histories_and_restore,
    what_is_wrong_with_a_request_for_a_history_is_told,
    a_removed_movie_is_brought_back,
    a_movie_whose_imdb_id_is_taken_is_not_brought_back,
    a_movie_is_brought_back_beside_its_duplicate,
    an_earlier_version_is_brought_back,
    what_is_no_version_is_a_404,
    a_version_is_not_brought_back_over_another_movie,
    a_version_is_brought_back_by_who_knows_the_state,
    a_version_of_a_removed_movie_is_brought_back,
    genres_are_brought_back_as_they_are_now,
}

fn path(movie: &Value) -> String {
    format!("{MOVIES}/{}", movie["id"])
}

fn history(app: &TestApp, token: &str, movie: &Value) -> Vec<Value> {
    let answer = app.get(&format!("{}/history?limit=100", path(movie))).bearer_auth(token).answer();
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["items"].as_array().unwrap().clone()
}

fn patch(app: &TestApp, token: &str, movie: &Value, body: Value) -> Value {
    let answer = app.patch(&path(movie)).bearer_auth(token).json(&body).answer();
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

fn delete(app: &TestApp, token: &str, path: &str) {
    assert_eq!(app.delete(path).bearer_auth(token).answer().status, 204, "{path}");
}

fn post(app: &TestApp, token: &str, path: &str) -> Answer {
    app.post(path).bearer_auth(token).answer()
}

fn restore(app: &TestApp, token: &str, movie: &Value) -> Answer {
    post(app, token, &format!("{}/restore", path(movie)))
}

fn restore_version(app: &TestApp, token: &str, movie: &Value, version: u32) -> Answer {
    post(app, token, &format!("{}/history/{version}/restore", path(movie)))
}

fn a_history_says_who_did_what_and_when(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let movie = add(&app, &token, &json!({ "name": "M", "year": 1931, "genres": ["Crime"] }));
    patch(&app, &token, &movie, json!({ "year": 1932, "votes": 3 }));
    let rename = app.patch("/api/v1/genres/1").bearer_auth(&token).json(&json!({ "name": "Murder" })).answer();
    assert_eq!(rename.status, 200);
    patch(&app, &token, &movie, json!({ "genres": ["Murder", "Drama"], "votes": null }));
    delete(&app, &token, &path(&movie));

    let told = history(&app, &token, &movie);
    for entry in &told {
        assert_eq!((&entry["actor"], &entry["via"]), (&json!("admin"), &json!("api")), "{entry}");
        assert!(entry["at"].as_str().unwrap().ends_with('Z'), "{entry}");
    }
    let told: Vec<_> = told.iter().map(|entry| json!([entry["version"], entry["action"], entry["changes"]])).collect();
    let change = |before: Value, after: Value| json!({ "before": before, "after": after });
    let none = json!(null);
    let expected = [
        json!([3, "delete", {
            "name": change(json!("M"), none.clone()),
            "year": change(json!(1932), none.clone()),
            "genres": change(json!(["Murder", "Drama"]), none.clone()),
        }]),
        json!([3, "update", {
            "genres": change(json!(["Murder"]), json!(["Murder", "Drama"])),
            "votes": change(json!(3), none.clone()),
        }]),
        json!([2, "update", {
            "year": change(json!(1931), json!(1932)),
            "votes": change(none.clone(), json!(3)),
        }]),
        json!([1, "create", {
            "name": change(none.clone(), json!("M")),
            "year": change(none.clone(), json!(1931)),
            "genres": change(none, json!(["Crime"])),
        }]),
    ];
    assert_eq!(told, expected, "the latest first, and a genre's new name is no change of the movie");
}

fn a_history_is_read_in_pages(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    // The oldest entry is that of a bulk load.
    load(&store(database), &[json!({ "name": "First" }), json!({ "name": "Second" })]);
    let movie = json!({ "id": 2 });
    for votes in 1..=6 {
        patch(&app, &token, &movie, json!({ "votes": votes }));
    }
    let all: Vec<_> = history(&app, &token, &movie).iter().map(|entry| entry["version"].as_u64().unwrap()).collect();
    assert_eq!(all, [7, 6, 5, 4, 3, 2, 1]);
    let page = |url: &str| app.get(url).bearer_auth(&token).answer();
    let versions = |page: &Answer| {
        let items = page.json()["items"].as_array().unwrap().clone();
        items.iter().map(|entry| entry["version"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    for limit in 1..=8 {
        let mut url = format!("{}/history?limit={limit}", path(&movie));
        let mut walked = Vec::new();
        loop {
            let answer = page(&url);
            let listing = answer.json();
            assert_eq!(listing["total"], json!({ "value": 7, "relation": "exact" }));
            assert_eq!(listing["limit"], limit);
            assert!(walked.is_empty() || (listing["offset"].is_null() && listing["prev"].is_null()), "{listing}");
            walked.extend(versions(&answer));
            let Some(next) = listing["next"].as_str() else { break };
            assert!(next.contains("cursor=") && answer.header("link").contains(next), "{answer:?}");
            url = next.to_owned();
        }
        assert_eq!(walked, all, "limit={limit}");
        for offset in 0..=9 {
            let answer = page(&format!("{}/history?limit={limit}&offset={offset}", path(&movie)));
            let expected: Vec<_> = all.iter().copied().skip(offset).take(limit).collect();
            assert_eq!(versions(&answer), expected, "limit={limit}&offset={offset}");
            assert_eq!(answer.json()["next"].is_null(), offset + limit >= 7, "limit={limit}&offset={offset}");
        }
    }
    assert_eq!(page(&format!("{}/history?limit=1000", path(&movie))).json()["limit"], 100);
}

fn a_bulk_load_begins_a_history(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let store = store(database);
    load(&store, &[json!({ "name": "First" }), json!({ "name": "Second", "genres": ["War"] })]);
    load(&store, &[json!({ "name": "Third" })]);
    let added = add(&app, &token, &json!({ "name": "By Itself" }));
    let entry = |changes: Value| json!([1, null, "cli", "create", changes]);
    let told = |id: u32| {
        let entries = history(&app, &token, &json!({ "id": id }));
        let told = |e: &Value| json!([e["version"], e["actor"], e["via"], e["action"], e["changes"]]);
        entries.iter().map(told).collect::<Vec<_>>()
    };
    let named = |name: &str| json!({ "before": null, "after": name });
    let second = entry(json!({ "name": named("Second"), "genres": { "before": null, "after": ["War"] } }));
    assert_eq!(told(1), [entry(json!({ "name": named("First") }))]);
    assert_eq!(told(2), std::slice::from_ref(&second));
    assert_eq!(told(3), [entry(json!({ "name": named("Third") }))]);
    assert_eq!((told(4).len(), told(4)[0][2].as_str()), (1, Some("api")), "{added}");

    app.patch("/api/v1/genres/1").bearer_auth(&token).json(&json!({ "name": "Peace" })).answer();
    patch(&app, &token, &json!({ "id": 2 }), json!({ "name": "Renamed" }));
    delete(&app, &token, &format!("{MOVIES}/2"));
    assert_eq!(told(2).last(), Some(&second), "with what it was then");
    let restored = restore_version(&app, &token, &json!({ "id": 2 }), 1).json();
    assert_eq!((&restored["name"], &restored["version"]), (&json!("Second"), &json!(3)));
}

fn only_admins_read_histories_and_restore(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let (token, reader) = (app.admin_token(), app.user_token("reader"));
    let movie = add(&app, &token, &json!({ "name": "M" }));
    let url = format!("{}/history", path(&movie));
    app.get(&url).answer().problem(401);
    app.get(&url).bearer_auth(&reader).answer().problem(403);
    for url in [format!("{url}/1/restore"), format!("{}/restore", path(&movie))] {
        app.post(&url).answer().problem(401);
        app.post(&url).bearer_auth(&reader).answer().problem(403);
    }
}

fn what_is_wrong_with_a_request_for_a_history_is_told(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let movie = add(&app, &token, &json!({ "name": "M" }));
    let ask = |rest: &str| app.get(&format!("{}/history{rest}", path(&movie))).bearer_auth(&token).answer();
    let errors = ask("?limit=0&offset=10001&cursor=x&limt=1").errors(400);
    let fields: Vec<_> = errors.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["limit", "offset", "cursor", "limt"]);
    for id in ["2", "0", "x", "9223372036854775807", "9223372036854775808"] {
        app.get(&format!("{MOVIES}/{id}/history")).bearer_auth(&token).answer().problem(404);
        post(&app, &token, &format!("{MOVIES}/{id}/restore")).problem(404);
        post(&app, &token, &format!("{MOVIES}/{id}/history/1/restore")).problem(404);
    }
}

fn a_removed_movie_is_brought_back(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let movie = add(&app, &token, &json!({ "name": "M", "genres": ["Crime", "Drama"], "imdb_id": "tt0022100" }));
    let movie = patch(&app, &token, &movie, json!({ "votes": 3 }));
    delete(&app, &token, &path(&movie));
    assert_eq!(app.get(&path(&movie)).answer().status, 404);
    delete(&app, &token, "/api/v1/genres/1");

    let restored = restore(&app, &token, &movie);
    assert_eq!(restored.status, 200, "{restored:?}");
    let mut expected = movie.clone();
    expected["version"] = json!(3);
    expected["updated_at"] = restored.json()["updated_at"].clone();
    assert_eq!(restored.json(), expected);
    let read = app.get(&path(&movie)).answer();
    assert_eq!((read.text.as_str(), read.header("etag")), (restored.text.as_str(), restored.header("etag")));
    let found = app.get(&format!("{MOVIES}?genre=Crime,Drama")).answer().json();
    assert_eq!(found["items"][0], expected, "lists show it at once, with the genre that was gone");

    let again = restore(&app, &token, &movie);
    assert_eq!((again.status, &again.text), (200, &read.text), "what is there stays as it is");
    let entries: Vec<_> = history(&app, &token, &movie).iter().map(|e| json!([e["version"], e["action"]])).collect();
    let expected = [json!([3, "create"]), json!([2, "delete"]), json!([2, "update"]), json!([1, "create"])];
    assert_eq!(entries, expected);
    let next = add(&app, &token, &json!({ "name": "Another" }));
    assert_eq!(next["id"], 2, "its id is used once");
}

fn a_movie_whose_imdb_id_is_taken_is_not_brought_back(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let movie = add(&app, &token, &json!({ "name": "M", "imdb_id": "tt0022100" }));
    delete(&app, &token, &path(&movie));
    let other = add(&app, &token, &json!({ "name": "Another", "imdb_id": "tt0022100" }));
    for answer in [restore(&app, &token, &movie), restore_version(&app, &token, &movie, 1)] {
        let problem = answer.problem(409);
        assert_eq!((&problem["type"], &problem["existing_id"]), (&json!("/problems/imdb-id-taken"), &other["id"]));
    }
    assert_eq!(app.get(&path(&movie)).answer().status, 404);
    delete(&app, &token, &path(&other));
    assert_eq!(restore(&app, &token, &movie).status, 200);
}

fn a_movie_is_brought_back_beside_its_duplicate(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let movie = add(&app, &token, &json!({ "name": "M" }));
    delete(&app, &token, &path(&movie));
    let twin = add(&app, &token, &json!({ "name": "m" }));
    let problem = restore_version(&app, &token, &movie, 1).problem(409);
    assert_eq!((&problem["type"], &problem["existing_id"]), (&json!("/problems/duplicate-movie"), &twin["id"]));
    assert_eq!(restore(&app, &token, &movie).status, 200, "an undone removal leaves things as they were");
}

fn an_earlier_version_is_brought_back(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let first = add(&app, &token, &json!({ "name": "M", "year": 1931, "genres": ["Crime"], "votes": 3 }));
    patch(&app, &token, &first, json!({ "name": "N", "year": null, "genres": ["Drama", "Crime"], "overview": "x" }));
    patch(&app, &token, &first, json!({ "votes": 4 }));
    let restored = restore_version(&app, &token, &first, 1);
    assert_eq!(restored.status, 200, "{restored:?}");
    let mut expected = first.clone();
    expected["version"] = json!(4);
    expected["updated_at"] = restored.json()["updated_at"].clone();
    assert_eq!(restored.json(), expected);
    assert_eq!(app.get(&path(&first)).answer().header("etag"), restored.header("etag"));
    assert_eq!(app.get(&format!("{MOVIES}?q=M")).answer().json()["items"][0], expected);
    assert_eq!(history(&app, &token, &first)[0]["changes"]["votes"], json!({ "before": 4, "after": 3 }));

    // The same state again is no new version, whichever version has it.
    for version in [1, 4] {
        assert_eq!(restore_version(&app, &token, &first, version).json(), expected, "{version}");
    }
    let second = restore_version(&app, &token, &first, 2).json();
    assert_eq!(
        (&second["name"], &second["genres"], &second["version"]),
        (&json!("N"), &json!(["Drama", "Crime"]), &json!(5))
    );
}

fn what_is_no_version_is_a_404(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let movie = add(&app, &token, &json!({ "name": "M" }));
    patch(&app, &token, &movie, json!({ "votes": 1 }));
    for version in ["0", "3", "x", "-1", "4294967296", "9223372036854775808"] {
        post(&app, &token, &format!("{}/history/{version}/restore", path(&movie))).problem(404);
    }
    let url = format!("{}/history/1/restore?allow=true", path(&movie));
    assert_eq!(post(&app, &token, &url).errors(400)[0].0, "allow");
}

fn a_version_is_not_brought_back_over_another_movie(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let movie = add(&app, &token, &json!({ "name": "M", "imdb_id": "tt0022100" }));
    patch(&app, &token, &movie, json!({ "name": "N", "imdb_id": null }));
    let other = add(&app, &token, &json!({ "name": "m", "imdb_id": "tt0022100" }));
    let problem = restore_version(&app, &token, &movie, 1).problem(409);
    assert_eq!((&problem["type"], &problem["existing_id"]), (&json!("/problems/imdb-id-taken"), &other["id"]));
    patch(&app, &token, &other, json!({ "imdb_id": null }));
    let problem = restore_version(&app, &token, &movie, 1).problem(409);
    assert_eq!((&problem["type"], &problem["existing_id"]), (&json!("/problems/duplicate-movie"), &other["id"]));
    let url = format!("{}/history/1/restore?allow_duplicate=true", path(&movie));
    assert_eq!(post(&app, &token, &url).json()["name"], "M");
}

fn a_version_is_brought_back_by_who_knows_the_state(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let movie = add(&app, &token, &json!({ "name": "M" }));
    let old = app.get(&path(&movie)).answer().header("etag").to_owned();
    patch(&app, &token, &movie, json!({ "votes": 1 }));
    let current = app.get(&path(&movie)).answer().header("etag").to_owned();
    let with = |etag: &str| {
        let url = format!("{}/history/1/restore", path(&movie));
        app.post(&url).bearer_auth(&token).header("if-match", etag).answer()
    };
    assert_eq!(with(&old).problem(412)["current_version"], 2);
    delete(&app, &token, &path(&movie));
    assert_eq!(with(&old).problem(412)["current_version"], 2);
    assert_eq!(with(&current).json()["version"], 3);
}

fn a_version_of_a_removed_movie_is_brought_back(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let first = add(&app, &token, &json!({ "name": "M", "votes": 3 }));
    patch(&app, &token, &first, json!({ "name": "N", "votes": null }));
    delete(&app, &token, &path(&first));
    let restored = restore_version(&app, &token, &first, 1).json();
    assert_eq!((&restored["id"], &restored["name"], &restored["votes"]), (&first["id"], &json!("M"), &json!(3)));
    assert_eq!((&restored["version"], &restored["created_at"]), (&json!(3), &first["created_at"]));
    assert_eq!(app.get(&path(&first)).answer().json(), restored);
    // A version from before the removal, which is two lives away now.
    delete(&app, &token, &path(&first));
    assert_eq!(restore_version(&app, &token, &first, 2).json()["name"], "N");
}

fn genres_are_brought_back_as_they_are_now(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    let movie = add(&app, &token, &json!({ "name": "M", "genres": ["Crime", "Drama", "War"] }));
    patch(&app, &token, &movie, json!({ "genres": [] }));
    let rename = |id: u32, name: &str| {
        app.patch(&format!("/api/v1/genres/{id}")).bearer_auth(&token).json(&json!({ "name": name })).answer()
    };
    assert_eq!(rename(1, "Murder").status, 200);
    delete(&app, &token, "/api/v1/genres/2");
    delete(&app, &token, "/api/v1/genres/3");
    // What was one of three genres has the name of another one now.
    assert_eq!(rename(1, "war").status, 200);
    let restored = restore_version(&app, &token, &movie, 1).json();
    assert_eq!(restored["genres"], json!(["war", "Drama"]), "none twice");
}
