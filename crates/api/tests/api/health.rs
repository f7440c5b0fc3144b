//! Whether the server lives, whether it is ready, and what it is.

use serde_json::json;
use testing::TestDatabase;

use crate::test_app::{Ask, TestApp};

testing::on_every_database! {
    a_server_that_has_all_it_needs_is_ready,
}

fn a_server_that_has_all_it_needs_is_ready(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    assert_eq!(app.get("/healthz").answer().json(), json!({ "status": "ok" }));
    let ready = app.get("/readyz").answer();
    assert_eq!(ready.status, 200);
    assert_eq!(
        ready.json(),
        json!({ "status": "ready", "database": true, "index_current": true, "applied_change": 0 })
    );
}

#[test]
fn the_version_is_the_programs() {
    let database = testing::sqlite();
    let app = TestApp::spawn(&database);
    let version = json!({ "name": "marquee", "version": env!("CARGO_PKG_VERSION"), "api": "v1" });
    assert_eq!(app.get("/version").answer().json(), version);
}
