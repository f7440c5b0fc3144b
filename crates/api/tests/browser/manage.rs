//! The pages for genres, users, imports and changes.

use std::fs;

use crate::{
    browser::{Browser, Device},
    test_app::TestApp,
};

const FEED: &str = "name,year,imdb_score,genres\nAlpha,2000,5,War|Drama\nBeta,1999,11,War\n";

fn logged_in(app: &TestApp, device: Device) -> Browser {
    let browser = Browser::open(&app.address, device);
    browser.log_in("admin", "/admin/import");
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
