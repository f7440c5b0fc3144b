//! The pages for genres, users, imports and changes.

use std::fs;

use fantoccini::key::Key;

use crate::{
    browser::{Browser, Device},
    test_app::{PASSWORD, TestApp},
};

const FEED: &str = "name,year,imdb_score,genres\nAlpha,2000,5,War|Drama\nBeta,1999,11,War\n";

fn logged_in(app: &TestApp, device: Device) -> Browser {
    let browser = Browser::open(&app.address, device);
    browser.goto("/login?next=/admin/import");
    browser.fill("input[name=username]", "admin");
    browser.fill("input[name=password]", PASSWORD);
    browser.press(Key::Enter);
    browser.wait_for_location("/admin/import");
    browser
}

/// Uploads [`FEED`], and imports it once it is checked.
fn import(browser: &Browser) {
    let files = tempfile::tempdir().unwrap();
    let file = files.path().join("films.csv");
    fs::write(&file, FEED).unwrap();
    browser.goto("/admin/import");
    browser.upload("input[name=file]", &file);
    browser.click("main form button");
    browser.wait_for_text("This is what an import would do now.");
    browser.click("form[action$='/apply'] button");
    browser.wait_for_text("The import is done.");
}

#[test]
fn an_import_is_shown_while_it_runs_without_a_reload_by_hand() {
    let database = testing::sqlite();
    let app = TestApp::spawn(&database);
    let browser = logged_in(&app, Device::DESKTOP);
    import(&browser);
    assert_eq!(browser.text(".counts > :first-child dd"), "1");
    browser.click("main a[href='/admin/changes?via=import']");
    browser.wait_for_text("1 movie added by an import");
}

#[test]
fn an_import_needs_no_script() {
    let database = testing::sqlite();
    let app = TestApp::spawn(&database);
    let browser = logged_in(&app, Device { javascript: false, ..Device::DESKTOP });
    import(&browser);
}

#[test]
fn a_file_that_is_too_large_is_told_before_it_is_sent() {
    let database = testing::sqlite();
    let app = TestApp::spawn_with(&database, &[("SERVER__MAX_IMPORT_BYTES", "20")]);
    let browser = logged_in(&app, Device::DESKTOP);
    let files = tempfile::tempdir().unwrap();
    let file = files.path().join("films.csv");
    fs::write(&file, FEED).unwrap();
    browser.upload("input[name=file]", &file);
    let message = browser.evaluate("return document.querySelector('input[name=file]').validationMessage");
    assert!(message.as_str().unwrap().starts_with("The file is too large"), "{message}");
    browser.click("main form button");
    assert_eq!(browser.location(), "/admin/import");
    assert_eq!(browser.count(".wrong"), 0);
}

#[test]
fn everybody_can_use_the_pages_for_genres_users_imports_and_changes() {
    let database = testing::sqlite();
    let app = TestApp::spawn(&database);
    let browser = logged_in(&app, Device::DESKTOP);
    import(&browser);
    let job = browser.location();
    for path in [
        "/admin/genres",
        "/admin/genres?name=zzz",
        "/admin/genres/1",
        "/admin/genres/1/delete",
        "/admin/genres/1/merge?into=2",
        "/admin/users",
        "/admin/users/1/delete",
        "/admin/import",
        &job,
        "/admin/changes",
        "/admin/changes?actor=nobody",
    ] {
        browser.goto(path);
        for dark in [false, true] {
            browser.set_dark(dark);
            browser.assert_accessible();
        }
        browser.resize(320, 700);
        let is_too_wide = "return document.documentElement.scrollWidth > document.documentElement.clientWidth";
        assert_eq!(browser.evaluate(is_too_wide), false, "{path}");
        browser.assert_accessible();
        browser.resize(1280, 900);
    }
}
