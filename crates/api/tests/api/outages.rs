//! The server while its database is away, and when it is back.

#![cfg(feature = "mysql")]

use std::{
    thread,
    time::{Duration, Instant},
};

use reqwest::blocking::Client;
use serde_json::{Value, json};
use testing::FaultyServer;

use crate::{
    lifecycle::{Program, Server},
    test_app::{Answer, Ask, PASSWORD},
};

/// How long `/readyz` may take to notice, with some room for a busy machine.
const NOTICE: Duration = Duration::from_millis(3_500);

/// How long any single answer may take.
const ANSWER: Duration = Duration::from_secs(8);

/// A server with two movies, one of which is in the cache, and an admin.
struct Site<'a> {
    server: Server,
    database: &'a mut FaultyServer,
    token: String,
    cached: u64,
    other: u64,
    client: Client,
}

impl<'a> Site<'a> {
    fn new(program: &Program, database: &'a mut FaultyServer) -> Self {
        let server = program.serve(&[("DATABASE__URL", &database.url()), ("AUTH__ADMIN_PASSWORD", PASSWORD)]);
        let token = server.log_in("admin", PASSWORD).json()["token"].as_str().unwrap().to_owned();
        let client = Client::builder().no_proxy().timeout(ANSWER).build().unwrap();
        let mut site = Self { server, database, token, cached: 0, other: 0, client };
        let add = |name: &str| site.write(name).json()["id"].as_u64().unwrap();
        let (cached, other) = (add("M"), add("The Wizard of Oz"));
        (site.cached, site.other) = (cached, other);
        assert_eq!(site.movie(cached).status, 200);
        site
    }

    fn get(&self, path: &str) -> Answer {
        self.client.get(format!("http://{}{path}", self.server.address)).answer()
    }

    fn write(&self, name: &str) -> Answer {
        let url = format!("http://{}/api/v1/movies", self.server.address);
        self.client.post(url).bearer_auth(&self.token).json(&json!({ "name": name })).answer()
    }

    fn movie(&self, id: u64) -> Answer {
        self.get(&format!("/api/v1/movies/{id}"))
    }

    fn readiness(&self) -> Value {
        let answer = self.get("/readyz");
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    fn wait_for(&self, status: &str, at_most: Duration) {
        let begin = Instant::now();
        while self.readiness()["status"] != status {
            assert!(begin.elapsed() < at_most, "not {status} after {:?}: {}", begin.elapsed(), self.readiness());
            thread::sleep(Duration::from_millis(20));
        }
        println!("{status} after {:?}", begin.elapsed());
    }

    /// Checks what a server does without its database.
    #[track_caller]
    fn is_degraded(&self) {
        assert_eq!(self.readiness()["database"], false);
        assert_eq!(self.get("/healthz").status, 200);
        for _ in 0..3 {
            let quick = |answer: &dyn Fn() -> Answer| {
                let begin = Instant::now();
                let answer = answer();
                assert!(begin.elapsed() < Duration::from_secs(2), "{:?} for {answer:?}", begin.elapsed());
                answer
            };
            assert_eq!(quick(&|| self.get("/api/v1/movies?q=wizard")).json()["total"]["value"], 1);
            assert_eq!(quick(&|| self.movie(self.cached)).json()["name"], "M");
            assert_eq!(quick(&|| self.movie(self.other)).json()["name"], "The Wizard of Oz", "from the index");
            for answer in [quick(&|| self.write("N")), quick(&|| self.server.log_in("admin", PASSWORD))] {
                answer.problem(503);
                assert!(answer.header("retry-after").parse::<u32>().unwrap() >= 1, "{answer:?}");
            }
        }
        assert!(self.get("/metrics").text.contains("\nmarquee_database_up 0\n"));
    }

    /// Checks that everything is as before.
    #[track_caller]
    fn is_back(&self) {
        self.wait_for("ready", Duration::from_secs(20));
        let added = self.write("Nosferatu");
        assert_eq!(added.status, 201, "{added:?}");
        assert_eq!(self.get("/api/v1/movies?q=nosferatu").json()["total"]["value"], 1);
    }
}

#[test]
fn a_server_goes_on_while_its_database_is_gone() {
    let mut database = testing::faulty_server();
    let file = testing::sqlite();
    let program = Program::new(&file);
    let site = Site::new(&program, &mut database);
    site.database.kill();
    site.wait_for("degraded", NOTICE);
    site.is_degraded();
    site.database.restart();
    site.is_back();
    let log = site.server.stop();
    assert!(log.iter().any(|line| line["message"] == "the index follows the database again"), "{log:#?}");
}

#[test]
fn a_server_goes_on_while_its_database_is_silent() {
    let mut database = testing::faulty_server();
    let file = testing::sqlite();
    let program = Program::new(&file);
    let site = Site::new(&program, &mut database);
    site.database.pause();
    // Those who ask before anybody has noticed get an answer as well.
    thread::scope(|scope| {
        for n in 0..12 {
            let site = &site;
            scope.spawn(move || match n % 3 {
                0 => assert_eq!(site.write("N").status, 503),
                1 => assert_eq!(site.movie(site.other).status, 200),
                _ => assert_eq!(site.movie(site.cached).status, 200),
            });
        }
        site.wait_for("degraded", NOTICE);
        site.is_degraded();
    });
    site.is_degraded();
    site.database.resume();
    site.is_back();
    site.server.stop();
}

#[test]
fn a_server_stops_while_its_database_is_silent() {
    let mut database = testing::faulty_server();
    let file = testing::sqlite();
    let program = Program::new(&file);
    let mut site = Site::new(&program, &mut database);
    site.database.pause();
    assert_eq!(site.write("N").status, 503);
    site.server.signal("TERM");
    assert_eq!(site.server.wait().code(), Some(0));
}
