//! The real application on a free port, on a database of its own, spoken to over HTTP.

use std::{
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use api::application::Application;
use bootstrap::Settings;
use reqwest::{
    Method,
    blocking::{Client, RequestBuilder},
    header::HeaderMap,
    redirect,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use testing::TestDatabase;
use tokio::sync::oneshot;

use crate::contract;

/// The password of every user that tests make.
pub const PASSWORD: &str = "correct horse battery";

/// A running server. It stops when this is dropped.
pub struct TestApp {
    pub address: String,
    client: Client,
    stop: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<anyhow::Result<()>>>,
    _files: TempDir,
}

impl TestApp {
    /// A server with the user `admin` and no movies.
    pub fn spawn(database: &TestDatabase) -> Self {
        Self::spawn_with(database, &[])
    }

    /// The same with further settings, named as in the environment: `("AUTH__REGISTRATION", "closed")`.
    pub fn spawn_with(database: &TestDatabase, settings: &[(&str, &str)]) -> Self {
        let files = tempfile::tempdir().unwrap();
        let settings = test_settings(database, files.path(), settings);
        let application = Application::build(settings).unwrap();
        let address = format!("127.0.0.1:{}", application.port());
        let (stop, stopped) = oneshot::channel();
        let server = thread::spawn(move || {
            actix_web::rt::System::new().block_on(application.run_until(async {
                // A sender that is gone stops it, too.
                let _ = stopped.await;
            }))
        });
        let client = Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();
        let app = Self { address, client, stop: Some(stop), server: Some(server), _files: files };
        app.wait_until_ready();
        app
    }

    fn wait_until_ready(&self) {
        wait_until("the server is ready", || self.get("/readyz").answer().status == 200);
    }

    /// Waits until lists have so many movies. An answer to a write does not wait for long where there is much to index.
    pub fn wait_until_listed(&self, movies: u64) {
        let give_up = Instant::now() + Duration::from_secs(30);
        loop {
            let total = self.get("/api/v1/movies?limit=1").answer().json()["total"]["value"].clone();
            if total == movies {
                return;
            }
            assert!(Instant::now() < give_up, "{total} of {movies}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    pub fn post(&self, path: &str) -> RequestBuilder {
        self.request(Method::POST, path)
    }

    pub fn put(&self, path: &str) -> RequestBuilder {
        self.request(Method::PUT, path)
    }

    pub fn patch(&self, path: &str) -> RequestBuilder {
        self.request(Method::PATCH, path)
    }

    pub fn delete(&self, path: &str) -> RequestBuilder {
        self.request(Method::DELETE, path)
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("http://{}{path}", self.address))
    }

    /// A token of the user `admin`.
    pub fn admin_token(&self) -> String {
        self.login("admin")
    }

    /// A token of a new user who reads.
    pub fn user_token(&self, username: &str) -> String {
        let user = json!({ "username": username, "password": PASSWORD });
        assert_eq!(self.post("/api/v1/auth/register").json(&user).answer().status, 201);
        self.login(username)
    }

    /// A new token of a user that a test made.
    pub fn login(&self, username: &str) -> String {
        let user = json!({ "username": username, "password": PASSWORD });
        let answer = self.post("/api/v1/auth/login").json(&user).answer();
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["token"].as_str().unwrap().to_owned()
    }

    /// The cookie of a browser in which this user of a test has logged in: the value of the header `Cookie`.
    pub fn session(&self, username: &str) -> String {
        let answer = self.post("/login").form(&[("username", username), ("password", PASSWORD)]).answer();
        assert_eq!(answer.status, 303, "{answer:?}");
        answer.header("set-cookie").split(';').next().unwrap().to_owned()
    }

    /// What comes back for bytes that no client library would send. They should ask for the connection to be closed.
    pub fn raw(&self, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream.write_all(request).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }
}

/// Waits until `holds`, but not for ever.
#[track_caller]
pub fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let give_up = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < give_up, "waited in vain until {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        drop(self.stop.take());
        // The client's idle connections would keep the server waiting.
        self.client = Client::new();
        if let Some(server) = self.server.take() {
            let result = server.join();
            if !thread::panicking() {
                result.unwrap().unwrap();
            }
        }
    }
}

/// Settings for a server on a free port with its index in `files`.
pub fn test_settings(database: &TestDatabase, files: &Path, settings: &[(&str, &str)]) -> Settings {
    let search = files.join("search");
    let defaults = [
        ("DATABASE__URL", database.url()),
        ("SEARCH__PATH", search.to_str().unwrap()),
        ("SERVER__PORT", "0"),
        ("SERVER__WORKERS", "2"),
        ("AUTH__ADMIN_PASSWORD", PASSWORD),
        ("AUTH__BCRYPT_COST", "4"),
        ("DATA__FIXTURE", ""),
    ];
    let environment =
        defaults.iter().chain(settings).map(|(key, value)| (format!("MARQUEE_{key}"), (*value).to_owned()));
    Settings::from_sources(files, environment).unwrap()
}

/// Sends a request and reads the whole answer, which must be one that the documentation knows.
pub trait Ask {
    #[track_caller]
    fn answer(self) -> Answer;
}

impl Ask for RequestBuilder {
    fn answer(self) -> Answer {
        let (client, request) = self.build_split();
        let request = request.unwrap();
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let response = client.execute(request).unwrap();
        let answer = Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().unwrap(),
        };
        contract::check(&method, &path, &answer);
        answer
    }
}

/// What a server said.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    /// The body, which must be JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// A header's value; empty where it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The body of an error, which must have this status and be a complete problem.
    #[track_caller]
    pub fn problem(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let problem = self.json();
        assert_eq!(problem["status"], status, "{self:?}");
        assert_eq!(problem["request_id"], self.header("x-request-id"), "{self:?}");
        for member in ["type", "title", "detail", "instance"] {
            assert!(problem[member].is_string(), "{member}: {self:?}");
        }
        problem
    }

    /// The `errors` of a problem with this status, as (field, code).
    #[track_caller]
    pub fn errors(&self, status: u16) -> Vec<(String, String)> {
        let problem = self.problem(status);
        let errors = problem["errors"].as_array().unwrap_or_else(|| panic!("no errors: {self:?}"));
        let text = |error: &Value, member: &str| error[member].as_str().unwrap().to_owned();
        errors.iter().map(|error| (text(error, "field"), text(error, "code"))).collect()
    }
}
