//! The search box, which is on every page.

use fantoccini::key::Key;
use serde_json::json;
use testing::TestDatabase;

use crate::{
    browser::{Browser, Device},
    test_app::{Ask, TestApp},
};

const OPTIONS: &str = "#suggestions [role=option]";

fn app() -> (TestApp, TestDatabase) {
    let database = testing::sqlite();
    let app = TestApp::spawn(&database);
    let token = app.admin_token();
    for (name, director, popularity) in
        [("King Kong", "Merian C. Cooper", 90), ("Kind Hearts", "Robert Hamer", 80), ("Kes", "Ken Loach", 70)]
    {
        let movie = json!({ "name": name, "director": director, "popularity": popularity });
        assert_eq!(app.post("/api/v1/movies").bearer_auth(&token).json(&movie).answer().status, 201);
    }
    (app, database)
}

/// The suggestion that is chosen: its number, as screen readers are told.
fn chosen(browser: &Browser) -> Option<String> {
    let active = browser.attribute("#search", "aria-activedescendant");
    let selected = browser.count("#suggestions [aria-selected=true]");
    assert_eq!(selected, usize::from(active.is_some()));
    active.inspect(|id| assert_eq!(browser.attribute(&format!("#{id}"), "aria-selected").as_deref(), Some("true")))
}

fn is_open(browser: &Browser) -> bool {
    let shown = browser.is_shown("#suggestions");
    assert_eq!(browser.attribute("#search", "aria-expanded").as_deref(), Some(if shown { "true" } else { "false" }));
    shown
}

#[test]
fn a_search_is_completed_by_keyboard_alone() {
    let (app, _database) = app();
    let browser = Browser::open(&app.address, Device::DESKTOP);
    browser.goto("/stats");
    // The first is the link past the bar, the second the way home.
    browser.press(Key::Tab);
    browser.press(Key::Tab);
    browser.press(Key::Tab);
    assert!(browser.has_focus("#search"));
    browser.press("ki");
    browser.wait_until("there are suggestions", |browser| browser.count(OPTIONS) == 2);
    assert!(is_open(&browser));
    assert_eq!(chosen(&browser), None);
    browser.wait_until("their number is said", |browser| browser.text("[role=status]").starts_with("Suggestions: 2."));
    browser.assert_accessible();

    for (key, expected) in [
        (Key::Down, Some("suggestion-0")),
        (Key::Down, Some("suggestion-1")),
        // Past the last one is the box itself.
        (Key::Down, None),
        (Key::Up, Some("suggestion-1")),
        (Key::Up, Some("suggestion-0")),
    ] {
        browser.press(key);
        assert_eq!(chosen(&browser).as_deref(), expected);
        assert!(browser.has_focus("#search"));
    }
    browser.press(Key::Escape);
    assert!(!is_open(&browser));
    assert_eq!((chosen(&browser), browser.value("#search")), (None, "ki".to_owned()));
    browser.press(Key::Down);
    assert!(is_open(&browser));
    assert_eq!(browser.text(&format!("#{}", chosen(&browser).unwrap())), "King Kong");
    browser.press(Key::Enter);
    browser.wait_until("the movie is shown", |browser| browser.text("h1") == "King Kong");
    assert_eq!(browser.location(), "/movies/1");
    browser.back();
    browser.wait_for_location("/stats");

    browser.fill("#search", "loach");
    browser.wait_until("a director is suggested", |browser| browser.text(OPTIONS).contains("Director"));
    browser.press(Key::Down);
    browser.press(Key::Enter);
    browser.wait_for_location("/listing?director=Ken+Loach");
    assert_eq!(browser.text(".films .name"), "Kes");
}

#[test]
fn an_answer_that_comes_too_late_is_not_shown() {
    let (app, _database) = app();
    let browser = Browser::open(&app.address, Device::DESKTOP);
    browser.goto("/");
    // The first answer is held back until the second is there.
    browser.evaluate(
        "const ask = fetch;
        window.late = new Promise(resolve => { window.release = resolve; });
        window.fetch = async (url, options) => {
            const answer = await ask(url, options);
            if (url.includes('q=ki&')) await late;
            return answer;
        };",
    );
    browser.fill("#search", "ki");
    browser.wait_until("it is asked", |browser| {
        browser.evaluate("return performance.getEntriesByType('resource').some(({ name }) => name.includes('q=ki&'))")
            == true
    });
    browser.fill("#search", "kes");
    browser.wait_until("the second is there", |browser| browser.count(OPTIONS) == 1);
    browser.evaluate("release(); await new Promise(done => setTimeout(done, 100));");
    assert_eq!(browser.count(OPTIONS), 1);
    assert_eq!(browser.text(OPTIONS), "Kes");
}

#[test]
fn a_search_needs_no_script() {
    let (app, _database) = app();
    let browser = Browser::open(&app.address, Device { javascript: false, ..Device::DESKTOP });
    browser.goto("/stats");
    browser.fill("#search", "hearts");
    browser.press(Key::Enter);
    browser.wait_for_location("/listing?q=hearts");
    assert_eq!(browser.text(".films mark"), "Hearts");
    browser.click(".films a");
    browser.wait_until("the movie is shown", |browser| browser.text("h1") == "Kind Hearts");
}
