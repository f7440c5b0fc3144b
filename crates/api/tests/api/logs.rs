//! What the program writes to its log, and what it keeps to itself.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, Command},
    sync::mpsc,
    thread,
    time::Instant,
};

use reqwest::{
    Method,
    blocking::{Client, RequestBuilder},
    redirect,
};
use serde_json::{Value, json};
use testing::TestDatabase;

use crate::{
    lifecycle::{PATIENCE, Program},
    test_app::PASSWORD,
};

testing::on_every_database! {
    what_people_ask_for_and_sign_in_with_is_not_logged,
}

/// The program with a log of any form.
struct Logged {
    child: Child,
    lines: mpsc::Receiver<String>,
    read: Vec<String>,
    address: String,
    client: Client,
}

impl Logged {
    fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let client = Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();
        let mut logged = Self { child, lines, read: Vec::new(), address: String::new(), client };
        let line = logged.wait_for("listening");
        let address = line.split("127.0.0.1:").nth(1).unwrap();
        let port: String = address.chars().take_while(char::is_ascii_digit).collect();
        logged.address = format!("127.0.0.1:{port}");
        logged.wait_for("ready");
        logged
    }

    fn wait_for(&mut self, word: &str) -> String {
        let give_up = Instant::now() + PATIENCE;
        loop {
            let line = self.lines.recv_timeout(give_up - Instant::now());
            let line = line.unwrap_or_else(|_| panic!("it did not say {word}: {:#?}", self.read));
            self.read.push(line.clone());
            if line.contains(word) {
                return line;
            }
        }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("http://{}{path}", self.address))
    }

    /// Ends it, and returns its whole log.
    fn stop(mut self) -> String {
        let killed = Command::new("kill").args(["-s", "TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        self.wait_for("stopped");
        self.read.join("\n")
    }
}

impl Drop for Logged {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn what_people_ask_for_and_sign_in_with_is_not_logged(database: &TestDatabase) {
    let program = Program::new(database);
    for format in ["text", "json"] {
        let mut command = program.command(&["serve"]);
        command.env("MARQUEE_LOG__FORMAT", format).env("MARQUEE_AUTH__ADMIN_PASSWORD", PASSWORD);
        let server = Logged::start(command);
        let secrets = ask_for_everything(&server);
        let url = database.url();
        let log = server.stop();

        let said = log.matches("answered").count();
        assert!(said >= 30, "{format}: {said} requests in\n{log}");
        assert!(log.contains("/api/v1/movies/{id}") && log.contains("the-id-of-one"), "{format}:\n{log}");
        for secret in secrets.iter().map(String::as_str).chain(url.split_once("marquee:").map(|(_, rest)| &rest[..20]))
        {
            let line = log.lines().find(|line| line.to_lowercase().contains(&secret.to_lowercase()));
            assert!(line.is_none(), "{format}: {secret:?} in {line:?}");
        }
        if format == "json" {
            for line in log.lines() {
                assert!(serde_json::from_str::<Value>(line).is_ok_and(|line| line.is_object()), "{line}");
            }
        }
    }
}

/// Sends requests of all kinds, and returns what of them is nobody's business.
fn ask_for_everything(server: &Logged) -> Vec<String> {
    let get = |path: &str| server.request(Method::GET, path);
    let post = |path: &str| server.request(Method::POST, path);
    let mut secrets: Vec<String> =
        ["hushword", "hushterm", "hushname", "hushgenre", "hushpath", "hushcursor", "hushbody"]
            .map(str::to_owned)
            .to_vec();
    let credentials = json!({ "username": "admin", "password": PASSWORD });
    let login: Value = post("/api/v1/auth/login").json(&credentials).send().unwrap().json().unwrap();
    let token = login["token"].as_str().unwrap().to_owned();
    let session = post("/login").form(&[("username", "admin"), ("password", PASSWORD)]).send().unwrap();
    assert_eq!(session.status(), 303);
    let cookie = session.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    secrets.extend([PASSWORD, &token, "mq_", cookie.split_once('=').unwrap().1].map(str::to_owned));

    for path in [
        "/api/v1/movies?q=hushword",
        "/api/v1/movies?search=hushterm",
        "/api/v1/movies?name=hushname&genre=hushgenre",
        "/api/v1/movies?cursor=hushcursor",
        "/api/v1/movies?hushname=hushterm",
        "/api/v1/movies/hushpath",
        "/api/v1/suggest?q=hushword",
        "/api/v1/export?q=hushword",
        "/api/v1/genres?q=hushgenre",
        "/api/movies?search=hushterm",
        "/hushpath/hushpath?q=hushword",
        "/?q=hushword",
        "/listing?q=hushword",
        "/login?next=/hushpath",
        "/movies/hushpath",
    ] {
        get(path).send().unwrap();
        get(path).bearer_auth(&token).header("cookie", &cookie).header("accept", "text/html").send().unwrap();
    }
    get("/api/v1/movies/1").header("x-request-id", "the-id-of-one").send().unwrap();
    get("/api/v1/auth/me").bearer_auth("mq_hushtoken").send().unwrap();
    get("/api/v1/auth/me").header("authorization", "Basic aHVzaHRva2Vu").send().unwrap();
    get("/account").header("cookie", "session=mq_hushtoken").send().unwrap();
    secrets.extend(["hushtoken", "aHVzaHRva2Vu"].map(str::to_owned));
    for body in [
        json!({ "username": "admin", "password": "hushpassword" }),
        json!({ "username": "hush name", "password": "hushpassword" }),
        json!({ "username": "ann", "password": "hushpass" }),
        json!({ "username": "ann", "password": "hushpassword" }),
    ] {
        post("/api/v1/auth/login").json(&body).send().unwrap();
        post("/api/v1/auth/register").json(&body).send().unwrap();
    }
    post("/api/v1/auth/login")
        .header("content-type", "application/json")
        .body("{\"password\":hushbody")
        .send()
        .unwrap();
    let change = json!({ "current": "hushpassword", "new": "hushpassword too" });
    post("/api/v1/auth/password").bearer_auth(&token).json(&change).send().unwrap();
    secrets.extend(["hushpass", "hush name"].map(str::to_owned));
    let movie = json!({ "name": "hushbody", "director": "hushbody", "imdb_score": 99 });
    post("/api/v1/movies").bearer_auth(&token).json(&movie).send().unwrap();
    post("/api/v1/movies").bearer_auth(&token).json(&json!({ "name": "hushbody" })).send().unwrap();
    let made: Value =
        post("/api/v1/tokens").bearer_auth(&token).json(&json!({ "name": "hushbody" })).send().unwrap().json().unwrap();
    secrets.push(made["token"].as_str().unwrap().to_owned());
    let feed = post("/api/v1/import").bearer_auth(&token).header("content-type", "application/x-ndjson");
    feed.body("{\"name\":\"hushbody\"}\n{\"name\":\"hushbody\",\"imdb_score\":99}\n{hushbody").send().unwrap();
    secrets
}

#[test]
fn an_error_is_logged_once_with_what_led_to_it() {
    let database = testing::sqlite();
    let program = Program::new(&database);
    let mut command = program.command(&["serve"]);
    command.env("MARQUEE_AUTH__ADMIN_PASSWORD", PASSWORD);
    let server = Logged::start(command);
    // What a disk or somebody did.
    let file = database.url().strip_prefix("sqlite:").unwrap();
    for file in [file.to_owned(), format!("{file}-wal")] {
        fs::write(&file, vec![b'x'; fs::metadata(&file).unwrap().len() as usize]).unwrap();
    }
    let credentials = json!({ "username": "admin", "password": PASSWORD });
    let login =
        server.request(Method::POST, "/api/v1/auth/login").header("x-request-id", "this-one").json(&credentials);
    let answer = login.send().unwrap();
    assert_eq!(answer.status(), 500);
    let answer = answer.text().unwrap();
    let log = server.stop();

    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let (answered, errors): (Vec<_>, Vec<_>) =
        lines.filter(|line| line["span"]["request_id"] == "this-one").partition(|line| line["message"] == "answered");
    assert_eq!((answered.len(), errors.len()), (1, 1), "{log}");
    assert_eq!((&answered[0]["status"], &answered[0]["level"]), (&json!(500), &json!("INFO")), "{log}");
    let cause = errors[0]["cause"].as_str().unwrap();
    assert!(errors[0]["level"] == "ERROR" && cause.contains("malformed"), "{log}");
    assert!(answer.contains("this-one") && !answer.contains("malformed"), "{answer}");
}
