//! `marquee index`: beside a server and without one.

use std::{fs, path::Path, process::Output};

use reqwest::blocking::Client;
use serde_json::json;
use testing::TestDatabase;

use crate::{
    lifecycle::{Program, Server, make_empty},
    movies::MOVIES,
    test_app::{Ask, PASSWORD},
};

testing::on_every_database! {
    an_index_is_verified_and_rebuilt_beside_a_server_and_without_one,
    what_differs_is_listed,
}

/// A server with an admin and these movies.
fn serve(program: &Program, names: &[&str]) -> Server {
    let server = program.serve(&[("AUTH__ADMIN_PASSWORD", PASSWORD)]);
    names.iter().for_each(|name| write(&server, name));
    server
}

fn write(server: &Server, name: &str) {
    let token = server.log_in("admin", PASSWORD).json()["token"].as_str().unwrap().to_owned();
    let request = Client::builder().no_proxy().build().unwrap().post(format!("http://{}{MOVIES}", server.address));
    assert_eq!(request.bearer_auth(token).json(&json!({ "name": name })).answer().status, 201);
}

/// The exit status, and what is said on standard output.
fn said(output: &Output) -> (i32, String) {
    (output.status.code().unwrap(), String::from_utf8(output.stdout.clone()).unwrap())
}

fn an_index_is_verified_and_rebuilt_beside_a_server_and_without_one(database: &TestDatabase) {
    let program = Program::new(database);
    let index = |arguments: &[&str]| said(&program.run(&[&["index"], arguments].concat(), ""));
    let equal = |movies: u32| (0, format!("The index and the database are equal: {movies} movies.\n"));
    make_empty(database);
    let (status, text) = index(&["verify"]);
    assert!(status == 1 && text.contains("there is no index yet"), "{text}");
    assert_eq!(
        index(&["rebuild"]),
        (0, "No server runs here; this command has rebuilt the index: 0 movies, now in gen-0001.\n".to_owned())
    );
    assert_eq!(index(&["verify"]), equal(0));

    let server = serve(&program, &["One", "Two", "Three"]);
    assert_eq!(index(&["verify"]), equal(3));
    assert_eq!(
        index(&["rebuild", "--quiet"]),
        (0, "The server has rebuilt the index: 3 movies, now in gen-0002.\n".to_owned())
    );
    write(&server, "Afterwards");
    assert_eq!(server.get(&format!("{MOVIES}?q=afterwards")).json()["total"]["value"], 1);
    assert_eq!(server.get(MOVIES).json()["total"]["value"], 4);
    assert_eq!(index(&["verify", "--quiet"]), equal(4));
    server.stop();
    assert_eq!(index(&["verify"]), equal(4));

    let generation = program.directory.path().join("search/gen-0002");
    let files = fs::read_dir(generation).unwrap().map(|entry| entry.unwrap().path());
    let file = files.into_iter().find(|file| file.extension().is_some_and(|kind| kind == "store")).unwrap();
    fs::write(&file, "").unwrap();
    let (status, text) = index(&["verify", "--all"]);
    let damaged = format!("{} is damaged.\n", file.file_name().unwrap().display());
    assert!(status == 1 && text.lines().count() == 2 && text.contains(&damaged), "{text}");
    assert_eq!(index(&["rebuild"]).0, 0);
    assert_eq!(index(&["verify"]), equal(4));
}

fn what_differs_is_listed(database: &TestDatabase) {
    let other_database = testing::sqlite();
    let (program, other) = (Program::new(database), Program::new(&other_database));
    serve(&program, &["One", "Two", "Three"]).stop();
    serve(&other, &["One", "Another", "Three", "Four"]).stop();
    // The index of the one database for the other.
    let search = |program: &Program| program.directory.path().join("search");
    fs::remove_dir_all(search(&program)).unwrap();
    copy(&search(&other), &search(&program));
    let (status, text) = said(&program.run(&["index", "verify", "--all"], ""));
    assert_eq!(status, 1, "{text}");
    assert!(text.contains("is not in the database's feed"), "{text}");
    assert!(text.contains("name is \"Another\" in the index, \"Two\" in the database"), "{text}");
    assert!(text.contains("movie 4: in the index, not in the database\n"), "{text}");
    assert!(text.contains("differ: 3 movies, 0 missing in the index, 1 in the index alone"), "{text}");
    let (status, text) = said(&program.run(&["index", "verify", "--limit", "0"], ""));
    assert_eq!(status, 1, "{text}");
    assert!(!text.contains("movie 4") && text.contains(" more; --all lists all\n"), "{text}");

    // What is wrong with the command or with the database is no difference.
    assert_eq!(said(&program.run(&["index", "verify", "--limit", "few"], "")).0, 2);
    let mut away = program.command(&["index", "verify"]);
    assert_eq!(said(&away.env("MARQUEE_DATABASE__URL", "sqlite:/dev/null/no.db").output().unwrap()).0, 2);

    assert_eq!(said(&program.run(&["index", "rebuild"], "")).0, 0);
    assert_eq!(said(&program.run(&["index", "verify"], "")).0, 0);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}
