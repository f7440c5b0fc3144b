//! The programs of `docs/examples`, run.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::test_app::{Ask, PASSWORD, TestApp};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const FIXTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/imdb.json");

/// Runs the program on a new catalogue.
fn assert_runs(program: &Path, example: &str) {
    let database = testing::sqlite();
    let app = TestApp::spawn_with(&database, &[("DATA__FIXTURE", FIXTURE)]);
    let output = Command::new(program)
        .arg(Path::new(ROOT).join("docs/examples").join(example))
        .env("MARQUEE_URL", format!("http://{}", app.address))
        .env("MARQUEE_PASSWORD", PASSWORD)
        .output();
    let output =
        output.unwrap_or_else(|error| panic!("{}: {error}; scripts/test says what it needs", program.display()));
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    let dramas = app.get("/api/v1/movies?genre=Drama").answer().json()["total"]["value"].to_string();
    assert!(dramas.parse::<u32>().unwrap() > 100, "more than a page");
    let lines: Vec<&str> = out.lines().collect();
    let expected = [
        &format!("{dramas} dramas"),
        "An Example: 7.5",
        "3 create by admin",
        "2 delete by admin",
        "2 update by admin",
        "1 create by admin",
    ];
    assert_eq!(lines, expected, "{err}");
    assert_eq!(app.get("/api/v1/movies?name=example").answer().json()["total"]["value"], 0);
}

#[test]
fn the_example_for_a_shell_runs() {
    assert_runs(Path::new("bash"), "catalogue.sh");
}

#[test]
fn the_example_in_python_runs() {
    // scripts/test puts one there that has what the example needs.
    let python = std::env::var_os("TEST_PYTHON").map(PathBuf::from);
    assert_runs(&python.unwrap_or_else(|| Path::new(ROOT).join(".python/bin/python")), "catalogue.py");
}

#[test]
fn the_example_in_javascript_runs() {
    assert_runs(Path::new("node"), "catalogue.mjs");
}
