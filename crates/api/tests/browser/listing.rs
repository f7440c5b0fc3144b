//! Lists of movies: filters, order, pages, and the way back.

use serde_json::{Value, json};
use testing::TestDatabase;

use crate::{
    browser::{Browser, Device},
    test_app::{Ask, TestApp},
};

/// A server with 30 movies from 1971 to 2000, every third of which is a comedy.
fn app() -> (TestApp, TestDatabase) {
    let database = testing::sqlite();
    let app = TestApp::spawn(&database);
    let movie = |number: u64| {
        let genres = if number.is_multiple_of(3) { json!(["Comedy", "Drama"]) } else { json!(["Drama"]) };
        let movie = json!({ "name": format!("Movie {number}"), "genres": genres, "year": 1970 + number });
        json!({ "op": "create", "movie": movie })
    };
    let operations: Vec<Value> = (1..=30).map(movie).collect();
    let batch =
        app.post("/api/v1/movies:batch").bearer_auth(app.admin_token()).json(&json!({ "operations": operations }));
    assert_eq!(batch.answer().status, 200);
    app.wait_until_listed(30);
    (app, database)
}

fn chips(browser: &Browser) -> String {
    if browser.count(".chip.chosen") == 0 { String::new() } else { browser.text(".chips:has(.chosen)") }
}

#[test]
fn filters_are_in_the_address_and_come_back_with_and_without_scripts() {
    let (app, _database) = app();
    for javascript in [true, false] {
        let browser = Browser::open(&app.address, Device { javascript, ..Device::DESKTOP });
        browser.goto("/listing");
        assert_eq!(browser.text(".range"), "1–20 of 30");
        browser.click("//nav[@class='genres']//a[contains(., 'Comedy')]");
        browser.wait_for_location("/listing?genre=Comedy");
        assert_eq!(browser.text(".range"), "1–10 of 10");
        browser.click(".panel summary");
        browser.fill("#year-from", "1980");
        browser.click(".fields .filled");
        browser.wait_until("years are filtered", |browser| browser.text(".range") == "1–7 of 7");
        assert_eq!(browser.value("#year-from"), "1980");
        browser.click("#sort option[value='-year']");
        browser.click(".order .tonal");
        browser.wait_until("the newest is first", |browser| browser.text(".films .name") == "Movie 30");
        let location = browser.location();
        assert!(location.contains("genre=Comedy") && location.contains("sort=-year"), "{location}");
        if javascript {
            assert!(!location.contains("name="), "what is empty is not sent: {location}");
        }
        assert!(chips(&browser).contains("Genre: Comedy"), "{}", chips(&browser));

        // Each step is a page to come back to.
        browser.back();
        browser.wait_until("the order is as it was", |browser| browser.text(".films .name") != "Movie 30");
        assert_eq!(browser.text(".range"), "1–7 of 7");
        browser.back();
        browser.wait_for_location("/listing?genre=Comedy");
        assert_eq!(browser.text(".range"), "1–10 of 10");
        if javascript {
            assert_eq!(browser.value("#year-from"), "", "fields say what the list is of");
        }
        browser.click(".chip.chosen");
        browser.wait_for_location("/listing");
        assert_eq!(chips(&browser), "");

        browser.click(".pages [rel=next]");
        browser.wait_for_location("/listing?p=2");
        assert_eq!(browser.text(".range"), "21–30 of 30");
        browser.goto("/listing?genre=Comedy&year.gte=2050");
        assert_eq!(browser.text(".empty h2"), "No movie matches");
        browser.click(".empty .actions a");
        browser.wait_for_location("/listing");
    }
}
