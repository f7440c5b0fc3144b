//! `marquee doctor`.

use std::{fs, path::Path};

use reqwest::blocking::Client;
use serde_json::{Value, json};
use testing::TestDatabase;

use crate::{
    lifecycle::{Program, Server, make_empty},
    movies::MOVIES,
    test_app::{Ask, PASSWORD},
};

testing::on_every_database! {
    all_is_well_beside_a_server_and_without_one,
    an_index_that_is_missing_damaged_or_anothers_is_told,
    a_new_database_is_told,
}

/// The exit status, and what `--json` says: each finding as its severity, check and text.
fn doctor(program: &Program, settings: &[(&str, &str)]) -> (i32, Vec<(String, String, String)>) {
    let mut command = program.command(&["doctor", "--json"]);
    // The tests' own cost is not to be recommended.
    command.env("MARQUEE_AUTH__BCRYPT_COST", "10").envs(settings.iter().copied());
    let output = command.output().unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let severities = ["ok", "warning", "error"];
    assert_eq!(report["worst"], severities[output.status.code().unwrap() as usize]);
    let findings = report["findings"].as_array().unwrap().iter().map(|finding| {
        let text = |key: &str| finding[key].as_str().unwrap().to_owned();
        assert_eq!(finding["fix"].is_null(), finding["severity"] == "ok", "{finding}");
        (text("severity"), text("check"), text("found"))
    });
    // A database server for tests is told not to wait for its disk.
    let findings: Vec<_> = findings.filter(|(_, check, _)| check != "server").collect();
    let rank = |severity: &str| severities.iter().position(|other| *other == severity).unwrap();
    let worst = findings.iter().map(|(severity, _, _)| rank(severity)).max().unwrap();
    (worst as i32, findings)
}

/// What is not as it should be.
fn faults(program: &Program) -> Vec<(String, String, String)> {
    let mut findings = doctor(program, &[]).1;
    findings.retain(|(severity, _, _)| severity != "ok");
    findings
}

fn serve(program: &Program) -> Server {
    program.serve(&[("AUTH__ADMIN_PASSWORD", PASSWORD)])
}

fn write(server: &Server, name: &str) {
    let token = server.log_in("admin", PASSWORD).json()["token"].as_str().unwrap().to_owned();
    let request = Client::builder().no_proxy().build().unwrap().post(format!("http://{}{MOVIES}", server.address));
    assert_eq!(request.bearer_auth(token).json(&json!({ "name": name })).answer().status, 201);
}

fn all_is_well_beside_a_server_and_without_one(database: &TestDatabase) {
    let program = Program::new(database);
    let server = serve(&program);
    write(&server, "One");
    let found = |findings: &[(String, String, String)], check: &str| {
        let found = findings.iter().find(|(_, looked_at, _)| looked_at == check);
        found.map(|(_, _, found)| found.clone()).unwrap_or_default()
    };
    let (status, findings) = doctor(&program, &[]);
    assert_eq!(status, 0, "{findings:#?}");
    assert_eq!(found(&findings, "index"), "gen-0001 holds all 1 changes; a server has it open");
    server.stop();
    let (status, findings) = doctor(&program, &[]);
    assert_eq!(status, 0, "{findings:#?}");
    assert_eq!(found(&findings, "index"), "gen-0001 holds all 1 changes; no server has it open");
    assert!(found(&findings, "disk").contains(" MiB free"));

    let output = program.command(&["doctor"]).env("MARQUEE_AUTH__BCRYPT_COST", "10").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("ok       admins: 1 enabled admin\n"), "{text}");
    let output = program.run(&["doctor"], "");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.code() == Some(1) && text.contains("         -> set auth.bcrypt_cost to 10"), "{text}");
}

fn an_index_that_is_missing_damaged_or_anothers_is_told(database: &TestDatabase) {
    let program = Program::new(database);
    let server = serve(&program);
    write(&server, "One");
    server.stop();
    let search = program.directory.path().join("search");
    let fault = || {
        let mut faults = faults(&program);
        assert_eq!(faults.len(), 1, "{faults:#?}");
        let (severity, check, found) = faults.remove(0);
        assert_eq!((&*severity, &*check), ("warning", "index"));
        found
    };
    fs::write(search.join("gen-0001/meta.json"), "{").unwrap();
    assert!(fault().contains("is damaged"));
    fs::remove_dir_all(&search).unwrap();
    assert_eq!(fault(), "there is no index yet");
    assert!(!search.exists());

    // The index of another database.
    let other_database = testing::sqlite();
    let other = Program::new(&other_database);
    let server = serve(&other);
    ["One", "Two"].iter().for_each(|name| write(&server, name));
    server.stop();
    fs::rename(other.directory.path().join("search"), &search).unwrap();
    assert!(fault().contains("is of another state of the database: it ends with change 2"));
    serve(&program).stop();
    assert_eq!(faults(&program), []);
}

fn a_new_database_is_told(database: &TestDatabase) {
    let program = Program::new(database);
    make_empty(database);
    let faults = faults(&program);
    assert!(faults.iter().all(|(severity, _, _)| severity == "warning"), "{faults:#?}");
    // What was looked at is as it was.
    if let Some(path) = database.url().strip_prefix("sqlite:") {
        assert_eq!(fs::metadata(path).unwrap().len(), 0);
    }
    let status = program.run(&["migrate", "status"], "");
    assert!(!String::from_utf8(status.stdout).unwrap().contains("applied"));
    if let Some(path) = database.url().strip_prefix("sqlite:") {
        fs::remove_file(path).unwrap();
        assert_eq!(doctor(&program, &[]).0, 2);
        assert!(!Path::new(path).exists());
    }
}

#[test]
fn a_password_that_was_left_is_told() {
    let database = testing::sqlite();
    let program = Program::new(&database);
    program.serve(&[]).stop();
    let faults = faults(&program);
    assert_eq!(faults.len(), 1, "{faults:#?}");
    assert!(faults[0].1 == "admins" && faults[0].2.contains("admin-password.txt"), "{faults:?}");
}

#[test]
fn risky_and_wrong_settings_are_told() {
    let database = testing::sqlite();
    let program = Program::new(&database);
    serve(&program).stop();
    let (status, findings) = doctor(&program, &[("MARQUEE_SERVER__HOST", "0.0.0.0")]);
    let warned = findings.iter().filter(|(severity, check, _)| severity == "warning" && check == "settings");
    assert_eq!((status, warned.count()), (1, 2), "{findings:#?}");
    let (status, findings) = doctor(&program, &[("MARQUEE_SERVER__PROT", "1")]);
    assert_eq!((status, findings.len()), (2, 1));
    assert!(findings[0].2.contains("MARQUEE_SERVER__PROT"), "{findings:?}");
    let (status, findings) = doctor(&program, &[("MARQUEE_DATABASE__URL", "postgres://ann:hush@db/films")]);
    assert_eq!(status, 2);
    assert!(!format!("{findings:?}").contains("hush"));
    let (status, findings) = doctor(&program, &[("MARQUEE_SEARCH__PATH", "/dev/null/search")]);
    assert_eq!(status, 2, "{findings:#?}");
}
