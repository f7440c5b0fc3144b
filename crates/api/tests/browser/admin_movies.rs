//! The movies of the admin section, as an admin uses them.

use fantoccini::key::Key;
use serde_json::{Value, json};
use testing::TestDatabase;

use crate::{
    browser::{Browser, Device},
    test_app::{Ask, TestApp},
};

const MOVIES: &str = "/api/v1/movies";

struct World {
    app: TestApp,
    token: String,
    _database: TestDatabase,
}

impl World {
    /// A server with three movies.
    fn new() -> Self {
        let database = testing::sqlite();
        let app = TestApp::spawn(&database);
        let world = Self { token: app.admin_token(), app, _database: database };
        for (name, genres) in
            [("Alien", json!(["Horror", "Sci-Fi"])), ("Brazil", json!(["Comedy"])), ("Casablanca", json!(["Drama"]))]
        {
            let body = json!({ "name": name, "genres": genres, "director": "Somebody", "overview": "One.\nTwo." });
            assert_eq!(world.app.post(MOVIES).bearer_auth(&world.token).json(&body).answer().status, 201);
        }
        world
    }

    fn browser(&self, device: Device) -> Browser {
        let browser = Browser::open(&self.app.address, device);
        browser.log_in("admin", "/admin/movies?sort=name");
        browser
    }

    fn movie(&self, id: u64) -> Value {
        self.app.get(&format!("{MOVIES}/{id}")).answer().json()
    }

    fn change(&self, id: u64, body: &Value) {
        let answer = self.app.patch(&format!("{MOVIES}/{id}")).bearer_auth(&self.token).json(body).answer();
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    fn genres(&self, id: u64) -> Vec<String> {
        let movie = self.movie(id);
        let genres = movie["genres"].as_array().unwrap().iter();
        genres.map(|genre| genre["name"].as_str().or(genre.as_str()).unwrap().to_owned()).collect()
    }
}

#[test]
fn genres_are_chosen_by_keyboard_from_those_that_there_are() {
    let world = World::new();
    let browser = world.browser(Device::DESKTOP);
    browser.goto("/admin/movies/1");
    browser.fill("input#genres", "dr");
    browser.wait_until("a genre is suggested", |browser| browser.count("#genres-list [role=option]") == 1);
    browser.assert_accessible();
    browser.press(Key::Down);
    assert_eq!(browser.attribute("input#genres", "aria-activedescendant").as_deref(), Some("genres-list-0"));
    browser.press(Key::Enter);
    assert_eq!(browser.value("input[name=genres]"), "Horror, Sci-Fi, Drama");
    browser.press("Noir,");
    browser.click("//button[@aria-label='Take away Horror']");
    let asks = "return !dispatchEvent(new Event('beforeunload', { cancelable: true }))";
    assert_eq!(browser.evaluate(asks), true, "what is not saved is not lost unasked");
    browser.click("#movie .filled");
    browser.wait_for_text("Saved.");
    assert_eq!(browser.evaluate(asks), false);
    assert_eq!(world.genres(1), ["Sci-Fi", "Drama", "Noir"]);
    assert_eq!(browser.location(), "/admin/movies/1", "a notice is told once");
    browser.click("[data-notice] button");
    browser.wait_for_text("Undone");
    assert_eq!(world.genres(1), ["Horror", "Sci-Fi"]);
}

#[test]
fn all_genres_are_suggested_however_many_there_are() {
    let world = World::new();
    for n in 0..101 {
        world.change(2, &json!({ "genres": [format!("Many {n}")] }));
    }
    // Nobody has them any more but the last: those of the most movies are not the ones that are typed.
    world.change(3, &json!({ "genres": ["رعب، دراما"] }));
    let browser = world.browser(Device::DESKTOP);
    browser.goto("/admin/movies/1");
    for (typed, genre) in [("many 99", "Many 99"), ("many 3", "Many 3"), ("دراما", "رعب، دراما")] {
        browser.fill("input#genres", typed);
        browser.wait_until("the genre is suggested", |browser| {
            browser.count("#genres-list:not([hidden]) [role=option]") > 0
        });
        browser.press(Key::Down);
        browser.press(Key::Enter);
        let names = browser.value("input[name=genres]");
        assert!(names.ends_with(&format!(", {genre}")), "{names}");
    }
    browser.click("#movie .filled");
    browser.wait_for_text("Saved.");
    assert_eq!(world.genres(1), ["Horror", "Sci-Fi", "Many 99", "Many 3", "رعب، دراما"]);
}

#[test]
fn many_are_chosen_at_once_and_come_back() {
    let world = World::new();
    let browser = world.browser(Device::DESKTOP);
    browser.click("[data-all]");
    assert_eq!(browser.text(".selected-count"), "Chosen: 3");
    browser.click("input[name=id][value='1']");
    assert_eq!(browser.text(".selected-count"), "Chosen: 2");
    browser.click("#selected-action option[value=delete]");
    assert!(!browser.is_shown("input#selected-genres"));
    browser.click(".selected button.tonal");
    browser.wait_for_text("Remove 2 movies?");
    browser.assert_accessible();
    browser.click("button.danger");
    browser.wait_for_text("2 movies removed.");
    browser.assert_accessible();
    assert_eq!(browser.count("input[name=id]"), 1);
    browser.click("[data-notice] button");
    browser.wait_for_text("2 movies are as they were before.");
    assert_eq!(browser.count("input[name=id]"), 3);
}

#[test]
fn who_saved_meanwhile_is_not_overwritten() {
    for javascript in [true, false] {
        let world = World::new();
        let browser = world.browser(Device { javascript, ..Device::DESKTOP });
        browser.expect_in_log("status of 409");
        browser.goto("/admin/movies/2");
        world.change(2, &json!({ "year": 1984, "director": "Theirs" }));
        browser.fill("#year", "1985");
        browser.fill("#overview", "Three.\nFour.");
        browser.click("#movie .filled");
        browser.wait_for_text("Somebody saved while you edited");
        assert_eq!(world.movie(2)["year"], 1984);
        if javascript {
            browser.assert_accessible();
        }
        // The rest is chosen already: who alone changed a field.
        browser.click("input[name=year][value='1985']");
        browser.click("form[data-warns] .filled");
        browser.wait_for_text("Saved.");
        let movie = world.movie(2);
        assert_eq!((&movie["year"], &movie["director"]), (&json!(1985), &json!("Theirs")));
        assert_eq!(movie["overview"], "Three.\nFour.");
    }
}

#[test]
fn a_movie_is_added_edited_and_removed_with_and_without_scripts() {
    for javascript in [true, false] {
        let world = World::new();
        let browser = world.browser(Device { javascript, ..Device::DESKTOP });
        browser.expect_in_log("status of 422");
        browser.goto("/admin/movies/new");
        browser.fill("#name", "Metropolis");
        browser.fill("#genres", "Drama, Sci-Fi");
        browser.fill("#year", "27");
        browser.press(Key::Enter);
        browser.wait_for_text("Not saved yet");
        assert_eq!(browser.value("[name=genres]"), "Drama, Sci-Fi");
        browser.fill("#year", "1927");
        browser.press(Key::Enter);
        browser.wait_for_text("Added.");
        assert_eq!(world.genres(4), ["Drama", "Sci-Fi"]);
        browser.click(".delete");
        browser.wait_for_text("Remove this movie?");
        browser.click("button.danger");
        browser.wait_for_text("1 movie removed.");
        browser.click("[data-notice] button");
        browser.wait_for_text("1 movie is as it was before.");
        browser.goto("/admin/movies?sort=name");
        browser.click("input[name=id][value='4']");
        browser.click("#selected-action option[value=set]");
        browser.fill("#selected-genres", "Epic");
        browser.click(".selected button.tonal");
        browser.click("main form .filled");
        browser.wait_for_text("Genres of 1 movie changed.");
        assert_eq!(world.genres(4), ["Epic"]);
    }
}
