//! The README's examples, pasted in their order into a shell.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use crate::test_app::{Ask, PASSWORD, TestApp};

const README: &str = include_str!("../../../../README.md");
const FIXTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/imdb.json");

#[test]
fn the_readmes_examples_work_when_pasted_in_order() {
    let database = testing::sqlite();
    let app = TestApp::spawn_with(&database, &[("DATA__FIXTURE", FIXTURE)]);
    let blocks = README.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    let script: String = blocks.collect();
    assert_eq!(
        script.matches("curl -s").count(),
        11,
        "the examples have changed: look whether this test still sees them"
    );
    let script = script
        .replace("127.0.0.1:8080", &app.address)
        // A refusal ends the script.
        .replace("curl -s", "curl --fail-with-body -s");

    let mut shell = Command::new("bash")
        .args(["-euxo", "pipefail", "-c", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(shell.stdin.take().unwrap(), "{PASSWORD}").unwrap();
    let output = shell.wait_with_output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    for expected in ["Star Wars", "Kurosawa", "\"movie_count\"", "HTTP/1.1 201 Created", "\"imdb_score\":7.6"] {
        assert!(out.contains(expected), "no {expected} in:\n{out}\n{err}");
    }
    assert!(out.trim_end().ends_with("204"), "{out}");
    assert_eq!(app.get("/api/v1/movies?name=aftersun").answer().json()["total"]["value"], 0);
}
