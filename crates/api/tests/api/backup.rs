//! `marquee backup` and `marquee restore`: beside a server and without one.

use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output},
};

use reqwest::blocking::Client;
use serde_json::json;
use testing::TestDatabase;

use crate::{
    lifecycle::{Program, Server},
    movies::MOVIES,
    test_app::{Ask, PASSWORD},
};

testing::on_every_database! {
    a_catalogue_is_backed_up_while_it_is_served_and_goes_on_elsewhere,
    a_database_that_is_served_or_used_is_not_restored_into,
    a_restore_that_is_killed_can_be_done_again,
    an_index_of_later_changes_is_built_again,
}

fn serve(program: &Program) -> Server {
    program.serve(&[("AUTH__ADMIN_PASSWORD", PASSWORD)])
}

fn client() -> Client {
    Client::builder().no_proxy().build().unwrap()
}

fn token(server: &Server) -> String {
    server.log_in("admin", PASSWORD).json()["token"].as_str().unwrap().to_owned()
}

fn write(server: &Server, name: &str) {
    let request = client().post(format!("http://{}{MOVIES}", server.address)).bearer_auth(token(server));
    assert_eq!(request.json(&json!({ "name": name, "genres": ["Drama"] })).answer().status, 201);
}

/// Exit status and what is said: on standard output, or, where it failed, on standard error, in one line.
fn said(output: &Output) -> (i32, String) {
    let status = output.status.code().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    if status == 0 {
        return (status, text(&output.stdout));
    }
    assert!(output.stdout.is_empty(), "{}", text(&output.stdout));
    let stderr = text(&output.stderr);
    let complaint = stderr.lines().last().unwrap_or_default();
    assert!(complaint.starts_with("marquee: "), "{stderr}");
    (status, complaint.to_owned())
}

fn run(program: &Program, arguments: &[&str]) -> (i32, String) {
    said(&program.run(arguments, ""))
}

/// A database of the other kind, where there are two.
fn other(database: &TestDatabase) -> TestDatabase {
    #[cfg(feature = "mysql")]
    if database.url().starts_with("sqlite:") {
        return testing::mysql();
    }
    let _ = database;
    testing::sqlite()
}

fn a_catalogue_is_backed_up_while_it_is_served_and_goes_on_elsewhere(database: &TestDatabase) {
    let program = Program::new(database);
    let server = serve(&program);
    ["One", "Two", "Three"].iter().for_each(|name| write(&server, name));
    let file = program.directory.path().join("backup");
    let (status, text) = run(&program, &["backup", "backup"]);
    assert!(status == 0 && text.starts_with("Backed up ") && text.contains(" rows to backup: "), "{text}");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

    write(&server, "Four");
    let first = fs::read(&file).unwrap();
    let (status, text) = run(&program, &["backup", "backup", "--quiet"]);
    assert!(status == 1 && text.contains("backup exists: `--force` replaces it"), "{text}");
    assert!(fs::read(&file).unwrap() == first, "it is as it was");
    assert_eq!(run(&program, &["backup", "backup", "--force"]).0, 0);
    assert!(fs::read(&file).unwrap() != first, "it has the fourth movie");
    let output = program.run(&["backup", "--quiet", "-"], "");
    assert!(output.status.success() && output.stderr.is_empty());
    assert!(output.stdout == fs::read(&file).unwrap(), "standard output gets the same");
    let left = fs::read_dir(program.directory.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(!left.into_iter().any(|name| name.to_string_lossy().contains("partial")));
    server.stop();

    let elsewhere = other(database);
    let second = Program::new(&elsewhere);
    let file = file.to_str().unwrap();
    let (status, text) = run(&second, &["restore", file]);
    assert!(status == 0 && text.starts_with("Restored "), "{text}");
    // The password is that of the backup.
    let server = second.serve(&[]);
    assert_eq!(server.log_in("admin", PASSWORD).status, 200);
    assert_eq!(server.get(&format!("{MOVIES}?q=four")).json()["items"][0]["genres"][0], "Drama");
    assert_eq!(run(&second, &["index", "verify"]).1, "The index and the database are equal: 4 movies.\n");
    write(&server, "Five");
    let events = server.get(&format!("{MOVIES}?sort=-id")).json();
    assert_eq!(events["items"][0]["id"], 5);
}

fn a_database_that_is_served_or_used_is_not_restored_into(database: &TestDatabase) {
    let program = Program::new(database);
    let server = serve(&program);
    write(&server, "One");
    assert_eq!(run(&program, &["backup", "backup"]).0, 0);
    let (status, text) = run(&program, &["restore", "backup"]);
    assert!(status == 1 && text.contains("is not empty") && text.contains("Nothing was changed"), "{text}");
    server.stop();
    assert_eq!(run(&program, &["restore", "backup"]).0, 1);

    let empty = other(database);
    let target = Program::new(&empty);
    // Nothing is written to a database by a server that makes no admin.
    if empty.url().starts_with("mysql:") {
        let server = target.serve(&[]);
        let file = program.directory.path().join("backup");
        let (status, text) = run(&target, &["restore", file.to_str().unwrap()]);
        assert!(status == 1 && text.contains("is in use: stop the servers"), "{text}");
        server.stop();
        assert_eq!(run(&target, &["restore", file.to_str().unwrap()]).0, 0);
    }
}

fn a_restore_that_is_killed_can_be_done_again(database: &TestDatabase) {
    let source = testing::sqlite();
    let program = Program::new(&source);
    let server = serve(&program);
    let feed: String = (0..20_000).map(|n| format!("{{\"name\":\"Movie {n}\",\"genres\":[\"A\",\"B\"]}}\n")).collect();
    let import = client().post(format!("http://{}/api/v1/import", server.address)).bearer_auth(token(&server));
    let answer = import.header("content-type", "application/x-ndjson").body(feed).answer();
    assert_eq!(answer.json()["created"], 20_000, "{}", answer.text);
    server.stop();
    assert_eq!(run(&program, &["backup", "backup"]).0, 0);
    let file = program.directory.path().join("backup");
    let file = file.to_str().unwrap();

    let target = Program::new(database);
    let mut child = target.command(&["restore", file]).spawn().unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let is_under_way = |line: String| line.contains("restoring movies");
    assert!(lines.map(Result::unwrap).any(is_under_way));
    child.kill().unwrap();
    child.wait().unwrap();

    if database.url().starts_with("mysql:") {
        let (status, text) = run(&target, &["serve"]);
        assert!(status == 1 && text.contains("restored into the database in part"), "{text}");
        let (status, text) = run(&target, &["backup", "other"]);
        assert!(status == 1 && text.contains("run `marquee restore FILE` again"), "{text}");
    }
    let (status, text) = run(&target, &["restore", file]);
    assert_eq!(status, 0, "{text}");
    assert_eq!(run(&target, &["backup", "again"]).0, 0);
    assert!(fs::read(target.directory.path().join("again")).unwrap() == fs::read(file).unwrap());
    assert_eq!(target.serve(&[]).get(&format!("{MOVIES}?q=movie%2019999")).json()["items"][0]["name"], "Movie 19999");
}

fn an_index_of_later_changes_is_built_again(database: &TestDatabase) {
    let program = Program::new(database);
    let server = serve(&program);
    write(&server, "Before");
    assert_eq!(run(&program, &["backup", "backup"]).0, 0);
    write(&server, "Lost");
    server.stop();

    // Beside the index of the other database, which knows a movie more.
    let restored = testing::sqlite();
    let with = |arguments: &[&str]| {
        let mut command = program.command(arguments);
        command.env("MARQUEE_DATABASE__URL", restored.url());
        command
    };
    assert_eq!(said(&with(&["restore", "backup"]).output().unwrap()).0, 0);
    let server = program.serve(&[("DATABASE__URL", restored.url())]);
    let page = server.get(MOVIES).json();
    assert_eq!((&page["total"]["value"], &page["items"][0]["name"]), (&json!(1), &json!("Before")), "{page}");
    write(&server, "Other");
    assert_eq!(server.get(&format!("{MOVIES}?q=lost")).json()["total"]["value"], 0);
    let verified = said(&with(&["index", "verify"]).output().unwrap());
    assert_eq!(verified, (0, "The index and the database are equal: 2 movies.\n".to_owned()));
}

#[test]
fn a_file_that_is_no_backup_is_refused_in_one_line_before_a_database_is_made() {
    let database = testing::sqlite();
    let program = Program::new(&database);
    let path = Path::new(database.url().strip_prefix("sqlite:").unwrap());
    let source = testing::sqlite();
    let other = Program::new(&source);
    assert_eq!(run(&other, &["migrate"]).0, 0);
    let backup = other.run(&["backup", "-", "-q"], "").stdout;
    let mut damaged = backup.clone();
    damaged[backup.len() / 2] ^= 1;
    for (bytes, reason) in [
        (&b"[{\"name\": \"A feed\"}]"[..], "it is no backup made by `marquee backup`"),
        (&damaged, "it is damaged or cut short: its checksum is wrong"),
        (&backup[..backup.len() - 10], "it is damaged or cut short: its checksum is wrong"),
    ] {
        fs::write(program.directory.path().join("file"), bytes).unwrap();
        let (status, text) = run(&program, &["restore", "file"]);
        assert_eq!((status, text), (1, format!("marquee: file cannot be restored: {reason}")));
    }
    let (status, text) = run(&program, &["restore", "nowhere"]);
    assert!(status == 1 && text.contains("nowhere cannot be restored: cannot read it: "), "{text}");
    assert!(!path.exists());
}

#[test]
fn what_only_looks_at_a_database_makes_none() {
    let database = testing::sqlite();
    let program = Program::new(&database);
    let path = Path::new(database.url().strip_prefix("sqlite:").unwrap());
    for arguments in [&["backup", "file"][..], &["migrate", "status"], &["index", "verify"]] {
        let (status, text) = run(&program, arguments);
        assert!(status > 0 && text.contains(&format!("there is no database {}", path.display())), "{text}");
        assert!(!path.exists() && !program.directory.path().join("file").exists(), "{arguments:?}");
    }
}

#[test]
fn a_backup_that_cannot_be_written_leaves_nothing() {
    let database = testing::sqlite();
    let program = Program::new(&database);
    assert_eq!(run(&program, &["migrate"]).0, 0);
    fs::create_dir(program.directory.path().join("directory")).unwrap();
    assert!(Command::new("mkfifo").arg(program.directory.path().join("pipe")).status().unwrap().success());
    for file in ["nowhere/file", "directory", "pipe", ".."] {
        let (status, text) = run(&program, &["backup", "--force", file]);
        assert!(status == 1 && text.contains(file), "{text}");
    }
    let full = program.command(&["backup", "-"]).stdout(fs::File::create("/dev/full").unwrap()).output().unwrap();
    let (status, text) = said(&full);
    assert!(status == 1 && text.contains("No space left"), "{text}");
}
