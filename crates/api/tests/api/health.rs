//! Whether the server lives, whether it is ready, and what it is.

use serde_json::json;
use testing::TestDatabase;

use crate::{
    lifecycle::Program,
    test_app::{Ask, TestApp, wait_until},
};

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

#[test]
fn the_program_itself_can_ask_whether_the_server_is_ready() {
    let database = testing::sqlite();
    let program = Program::new(&database);
    let mut server = program.serve(&[("SERVER__DRAIN_SECONDS", "30")]);
    let port = server.address.rsplit_once(':').unwrap().1.to_owned();
    let health = || {
        let mut command = program.command(&["health"]);
        let output =
            command.env("MARQUEE_SERVER__PORT", &port).env("MARQUEE_SERVER__HOST", "0.0.0.0").output().unwrap();
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, said, _) = health();
    assert!(code == Some(0) && said.contains(r#""status":"ready""#), "{said}");

    server.signal("TERM");
    wait_until("it drains", || matches!(health(), (Some(1), _, said) if said.contains("draining")));
    server.signal("TERM");
    server.wait();
    let (code, _, said) = health();
    assert!(code == Some(1) && said.contains("no server answers at 127.0.0.1"), "{said}");
}
