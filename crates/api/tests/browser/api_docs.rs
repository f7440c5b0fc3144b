//! Swagger UI at `/docs/`.

use testing::TestDatabase;

use crate::{
    browser::{Browser, Device},
    test_app::TestApp,
};

fn app() -> (TestApp, TestDatabase) {
    let database = testing::sqlite();
    (TestApp::spawn(&database), database)
}

#[test]
fn the_documentation_lists_the_operations_without_a_network() {
    let (app, _database) = app();
    let browser = Browser::open(&app.address, Device::DESKTOP);
    browser.goto("/docs/");
    browser.wait_for_text("/api/v1/movies/{id}");
    assert!(browser.count(".opblock") > 20);
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn an_operation_can_be_tried_in_the_documentation() {
    let (app, _database) = app();
    let browser = Browser::open(&app.address, Device::DESKTOP);
    browser.goto("/docs/");
    browser.click("//*[@data-path='/healthz']");
    browser.click(".execute");
    browser.wait_until("there is an answer", |browser| browser.text(".live-responses-table").contains("200"));
}
