//! The program itself: first start, later starts, a stop, and its other commands.

use std::{
    fs,
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, ChildStderr, Command, ExitStatus, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use reqwest::blocking::Client;
use serde_json::{Value, json};
use tempfile::TempDir;
use testing::TestDatabase;

use crate::test_app::{Answer, Ask, PASSWORD};

testing::on_every_database! {
    a_stop_finishes_the_requests_under_way,
    a_stop_under_load_fails_no_request,
    a_server_without_users_says_how_to_make_one_or_makes_it,
    users_are_made_and_given_passwords_on_the_command_line,
    migrating_twice_is_fine,
    the_state_of_the_migrations_is_listed,
}

const FEED: &str = r#"[{"99popularity": 83.0, "director": "Victor Fleming", "genre": ["Adventure", " Family"],
    "imdb_score": 8.3, "name": "The Wizard of Oz", "year": 1939}, {"director": "Nobody"}]"#;

/// How long the program may take for anything.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The program on a database, with a directory of its own to run in.
pub struct Program<'a> {
    database: &'a TestDatabase,
    pub directory: TempDir,
}

impl<'a> Program<'a> {
    pub fn new(database: &'a TestDatabase) -> Self {
        Self { database, directory: tempfile::tempdir().unwrap() }
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_marquee"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("MARQUEE_")) {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .current_dir(self.directory.path())
            .env_remove("PORT")
            .env_remove("DATABASE_URL")
            .env("MARQUEE_DATABASE__URL", self.database.url())
            .env("MARQUEE_SEARCH__PATH", "search")
            .env("MARQUEE_SERVER__PORT", "0")
            .env("MARQUEE_AUTH__BCRYPT_COST", "4")
            .env("MARQUEE_DATA__FIXTURE", "")
            .env("MARQUEE_LOG__FORMAT", "json")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs a command that ends by itself.
    pub fn run(&self, arguments: &[&str], stdin: &str) -> Output {
        let mut child = self.command(arguments).spawn().unwrap();
        child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    pub fn serve(&self, settings: &[(&str, &str)]) -> Server {
        let mut command = self.command(&["serve"]);
        command.envs(settings.iter().map(|(key, value)| (format!("MARQUEE_{key}"), *value)));
        Server::start(command)
    }
}

/// The program while it serves.
pub struct Server {
    child: Child,
    log: BufReader<ChildStderr>,
    lines: Vec<Value>,
    pub address: String,
}

impl Server {
    /// Starts it and waits until it is ready.
    fn start(command: Command) -> Self {
        let mut server = Self::start_listening(command);
        server.read_log_until("ready");
        assert_eq!(server.get("/readyz").status, 200);
        server
    }

    fn start_listening(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let mut server = Self { child, log, lines: Vec::new(), address: String::new() };
        server.address = server.read_log_until("listening")["address"].as_str().unwrap().to_owned();
        server
    }

    /// Reads the log up to the line with this message, and returns that.
    fn read_log_until(&mut self, message: &str) -> Value {
        let mut line = String::new();
        while self.log.read_line(&mut line).unwrap() > 0 {
            self.lines.push(serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}")));
            let last = self.lines.last().unwrap();
            if last["message"] == message {
                return last.clone();
            }
            line.clear();
        }
        panic!("it ended without saying `{message}`: {:#?}", self.lines);
    }

    /// The line with this message, among those that were read.
    pub fn said(&self, message: &str) -> Value {
        let said = self.lines.iter().find(|line| line["message"] == message);
        said.unwrap_or_else(|| panic!("it did not say `{message}`: {:#?}", self.lines)).clone()
    }

    pub fn get(&self, path: &str) -> Answer {
        Client::builder().no_proxy().build().unwrap().get(format!("http://{}{path}", self.address)).answer()
    }

    pub fn log_in(&self, username: &str, password: &str) -> Answer {
        let client = Client::builder().no_proxy().build().unwrap();
        let url = format!("http://{}/api/v1/auth/login", self.address);
        client.post(url).json(&json!({ "username": username, "password": password })).answer()
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, name: &str) {
        let killed = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
        assert!(killed.success());
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    pub fn wait(&mut self) -> ExitStatus {
        let give_up = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < give_up, "it goes on");
            thread::sleep(Duration::from_millis(10));
        }
    }

    pub fn stop(mut self) -> Vec<Value> {
        self.signal("TERM");
        assert_eq!(self.wait().code(), Some(0));
        self.read_log_until("stopped");
        std::mem::take(&mut self.lines)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn a_stop_finishes_the_requests_under_way(database: &TestDatabase) {
    let program = Program::new(database);
    let mut server = program.serve(&[("AUTH__ADMIN_PASSWORD", PASSWORD)]);
    let connect = || {
        let stream = TcpStream::connect(&server.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    };
    let body = json!({ "username": "admin", "password": PASSWORD }).to_string();
    let (first, rest) = body.split_at(10);
    let mut under_way = connect();
    write!(
        under_way,
        "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{first}",
        body.len()
    )
    .unwrap();
    server.signal("TERM");
    server.read_log_until("stopping; requests under way are finished");
    assert_eq!(server.get("/readyz").problem(503)["readiness"], "draining");
    assert_eq!(server.get("/api/v1/movies").status, 200, "it serves until others have noticed");
    let give_up = Instant::now() + PATIENCE;
    while TcpStream::connect(&server.address).is_ok() {
        assert!(Instant::now() < give_up, "it still takes connections");
        thread::sleep(Duration::from_millis(10));
    }
    assert!(server.is_running(), "it waits for the request");

    under_way.write_all(rest.as_bytes()).unwrap();
    let answer = read_answer(&mut under_way);
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("\"token\""), "{answer}");
    assert_eq!(server.wait().code(), Some(0));
}

/// Sends requests until the server takes no more connections, and returns how many were answered. With `keep_alive` it
/// keeps its connection for as long as the server does.
fn ask_until_refused(address: &str, keep_alive: bool, request: &str) -> Result<u32, String> {
    let mut answered = 0;
    while let Ok(mut stream) = TcpStream::connect(address) {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        loop {
            let failed = |error: &dyn std::fmt::Display| format!("after {answered} answers: {error}");
            stream.write_all(request.as_bytes()).map_err(|error| failed(&error))?;
            let answer = try_to_read_answer(&mut stream).map_err(|error| failed(&error))?;
            if !answer.starts_with("HTTP/1.1 200 ") {
                return Err(failed(&answer));
            }
            answered += 1;
            if !keep_alive || answer.to_lowercase().contains("\r\nconnection: close\r\n") {
                break;
            }
        }
    }
    Ok(answered)
}

fn a_stop_under_load_fails_no_request(database: &TestDatabase) {
    let program = Program::new(database);
    // Nobody reads the log meanwhile, and it would fill the pipe.
    let settings = [("AUTH__ADMIN_PASSWORD", PASSWORD), ("LOG__LEVEL", "info,api::request=warn")];
    let mut server = program.serve(&settings);
    let token = server.log_in("admin", PASSWORD).json()["token"].as_str().unwrap().to_owned();
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
    let requests = [
        get("/api/v1/movies?q=m"),
        get("/healthz"),
        get("/api/v1/genres"),
        format!("GET /api/v1/auth/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"),
    ];
    let answered: Vec<_> = thread::scope(|scope| {
        let clients: Vec<_> = requests
            .iter()
            .flat_map(|request| [(request, true), (request, false)])
            .map(|(request, keep_alive)| {
                let address = &server.address;
                scope.spawn(move || ask_until_refused(address, keep_alive, request))
            })
            .collect();
        thread::sleep(Duration::from_millis(500));
        server.signal("TERM");
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    let begin = Instant::now();
    assert_eq!(server.wait().code(), Some(0));
    assert!(begin.elapsed() < Duration::from_secs(4), "nobody keeps it from stopping: {:?}", begin.elapsed());
    assert!(answered.iter().all(|answered| answered.as_ref().is_ok_and(|n| *n > 10)), "{answered:#?}");
}

/// Reads one answer with a length from a connection that stays open.
fn read_answer(stream: &mut TcpStream) -> String {
    try_to_read_answer(stream).unwrap()
}

fn try_to_read_answer(stream: &mut TcpStream) -> io::Result<String> {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    while !head.ends_with("\r\n\r\n") {
        let start = head.len();
        if reader.read_line(&mut head)? == 0 {
            return Err(io::Error::other(format!("closed after {head:?}")));
        }
        if let Some(value) = head[start..].to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(head + &text(&body))
}

#[test]
fn a_second_signal_ends_the_program_at_once() {
    let database = testing::sqlite();
    let program = Program::new(&database);
    let mut server = program.serve(&[]);
    let mut under_way = TcpStream::connect(&server.address).unwrap();
    under_way
        .write_all(b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{")
        .unwrap();
    // Once a later request is answered, the earlier one has been taken up.
    server.get("/healthz");
    server.signal("INT");
    server.read_log_until("stopping; requests under way are finished");
    server.signal("INT");
    let started = Instant::now();
    assert_eq!(server.wait().code(), Some(1));
    assert!(started.elapsed() < Duration::from_secs(5));
}

fn a_server_without_users_says_how_to_make_one_or_makes_it(database: &TestDatabase) {
    let program = Program::new(database);
    let log = program.serve(&[]).stop();
    let said = |log: &[Value], what: &str| log.iter().any(|line| line["message"].as_str().unwrap_or("").contains(what));
    let Some(path) = database.url().strip_prefix("sqlite:") else {
        assert!(said(&log, "marquee user create NAME --admin"), "{log:#?}");
        return;
    };
    let file = Path::new(path).with_file_name("admin-password.txt");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let password = fs::read_to_string(&file).unwrap().trim().to_owned();
    let line = log.iter().find(|line| line["file"] == file.to_str().unwrap());
    assert!(line.is_some() && !format!("{log:?}").contains(&password), "{log:#?}");

    fs::remove_file(&file).unwrap();
    let server = program.serve(&[]);
    assert_eq!(server.log_in("admin", &password).json()["user"]["role"], "admin");
    let log = server.stop();
    assert!(!file.exists() && !said(&log, "was created"), "the password is shown once: {log:#?}");
}

#[test]
fn the_first_start_loads_the_fixture_and_later_ones_do_not() {
    let database = testing::sqlite();
    let program = Program::new(&database);
    fs::write(program.directory.path().join("feed.json"), FEED).unwrap();
    let settings = [("DATA__FIXTURE", "feed.json")];

    let server = program.serve(&settings);
    let page = server.get("/api/v1/movies").json();
    assert_eq!((&page["items"][0]["name"], &page["total"]["value"]), (&json!("The Wizard of Oz"), &json!(1)), "{page}");
    let log = server.stop();
    let loaded = log.iter().find(|line| line["message"] == "loaded").unwrap();
    assert_eq!((&loaded["movies"], &loaded["rejected"]), (&json!(1), &json!(1)), "{loaded}");
    assert!(log.iter().any(|line| line["message"] == "a record was rejected" && line["record"] == 2), "{log:#?}");

    fs::remove_file(program.directory.path().join("feed.json")).unwrap();
    let server = program.serve(&settings);
    assert_eq!(server.get("/api/v1/movies").json()["total"]["value"], 1);
    assert!(!server.stop().iter().any(|line| line["message"] == "loaded"));
}

#[test]
fn a_server_is_ready_once_its_first_movies_can_be_found() {
    let database = testing::sqlite();
    let program = Program::new(&database);
    let pipe = program.directory.path().join("feed.json");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let feed = thread::spawn(move || fs::OpenOptions::new().write(true).open(pipe).unwrap());
    let mut command = program.command(&[]);
    command.env("MARQUEE_DATA__FIXTURE", "feed.json");
    let mut server = Server::start_listening(command);

    // The feed is open, and nothing of it has come yet.
    let mut feed = feed.join().unwrap();
    assert_eq!(server.get("/readyz").problem(503)["readiness"], "starting");
    assert_eq!(server.get("/healthz").status, 200);

    feed.write_all(FEED.as_bytes()).unwrap();
    drop(feed);
    server.read_log_until("ready");
    assert_eq!(server.get("/readyz").status, 200);
    assert_eq!(server.get("/api/v1/movies?q=wizard").json()["total"]["value"], 1);
}

#[test]
fn there_is_no_export_without_an_index() {
    let database = testing::sqlite();
    let program = Program::new(&database);
    // In the way of every index that is built.
    fs::create_dir_all(program.directory.path().join("search/CURRENT.new")).unwrap();
    let server = Server::start_listening(program.command(&[]));
    for _ in 0..5 {
        let answer = server.get("/api/v1/export");
        assert_eq!(answer.problem(503)["type"], "/problems/unavailable");
        assert!(!answer.header("retry-after").is_empty());
        let url = format!("http://{}/api/v1/export", server.address);
        let head = Client::builder().no_proxy().build().unwrap().head(url).answer();
        assert_eq!((head.status, &*head.text), (503, ""));
    }
}

#[test]
fn first_movies_whose_loading_was_interrupted_are_loaded_by_the_next_start() {
    // Long, because a feed's first MiB is read before anything is stored.
    let overview = "x".repeat(300);
    let record = |n| format!("{{\"name\":\"{n}\",\"overview\":\"{overview}\"}}\n");
    let lines = |numbers: std::ops::Range<u32>| numbers.map(record).collect::<String>();
    for signal in ["TERM", "KILL"] {
        let database = testing::sqlite();
        let program = Program::new(&database);
        let feed = program.directory.path().join("feed.json");
        assert!(Command::new("mkfifo").arg(&feed).status().unwrap().success());
        let mut command = program.command(&[]);
        command.env("MARQUEE_DATA__FIXTURE", "feed.json").env("MARQUEE_SERVER__DRAIN_SECONDS", "0");
        let writer = thread::spawn({
            let feed = feed.clone();
            move || fs::OpenOptions::new().write(true).open(feed).unwrap()
        });
        let mut server = Server::start_listening(command);
        let mut pipe = writer.join().unwrap();
        pipe.write_all(lines(0..6_000).as_bytes()).unwrap();
        let give_up = Instant::now() + PATIENCE;
        while !server.get("/api/v1/movies?limit=1").json()["items"][0].is_object() {
            assert!(Instant::now() < give_up, "nothing is stored");
            thread::sleep(Duration::from_millis(200));
        }
        server.signal(signal);
        if signal == "TERM" {
            server.read_log_until("stopping; requests under way are finished");
            pipe.write_all(lines(6_000..12_000).as_bytes()).unwrap();
            drop(pipe);
            assert_eq!(server.wait().code(), Some(0));
            server.read_log_until("the first movies are loaded in part; the next start goes on");
        } else {
            server.wait();
        }

        fs::remove_file(&feed).unwrap();
        fs::write(&feed, lines(0..12_000)).unwrap();
        let settings = [("DATA__FIXTURE", "feed.json")];
        let server = program.serve(&settings);
        let page = server.get("/api/v1/movies?limit=1&sort=id&offset=10000").json();
        assert_eq!(page["items"][0]["name"], "10000", "{signal}: {page}");
        let log = server.stop();
        let loaded = log.iter().find(|line| line["message"] == "loaded").unwrap();
        assert!((1..12_000).contains(&loaded["movies"].as_u64().unwrap()), "{signal}: {loaded}");
        assert!(!program.serve(&settings).stop().iter().any(|line| line["message"] == "loaded"), "{signal}");
    }
}

#[test]
fn what_stops_a_start_is_said_in_one_line() {
    let database = testing::sqlite();
    let program = Program::new(&database);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().port().to_string();
    let damaged = program.directory.path().join("damaged.json");
    fs::write(&damaged, "[{\"name\": \"M\"}, ").unwrap();
    let table = [
        ("MARQUEE_DATA__FIXTURE", "nowhere.json", "nowhere.json"),
        ("MARQUEE_DATA__FIXTURE", "damaged.json", "damaged.json"),
        ("MARQUEE_SERVER__PORT", &taken, &taken),
        ("MARQUEE_SERVER__PROT", "1", "MARQUEE_SERVER__PROT"),
        ("MARQUEE_LOG__LEVEL", "loud", "log.level"),
        ("MARQUEE_AUTH__ADMIN_PASSWORD", "short", "auth.admin_password"),
        ("MARQUEE_DATABASE__URL", "postgres://localhost/x", "postgres"),
    ];
    for (name, value, named) in table {
        let output = program.command(&[]).env(name, value).env("MARQUEE_LOG__FORMAT", "text").output().unwrap();
        let stderr = text(&output.stderr);
        let line = stderr.lines().last().unwrap_or_default();
        assert_eq!(output.status.code(), Some(1), "{name}={value}: {stderr}");
        assert!(line.starts_with("marquee: ") && line.contains(named), "{name}={value}: {stderr}");
    }
}

fn users_are_made_and_given_passwords_on_the_command_line(database: &TestDatabase) {
    let program = Program::new(database);
    let created = program.run(&["user", "create", "alice", "--admin"], "correct horse battery\nsecond line\n");
    assert!(created.status.success(), "{}", text(&created.stderr));
    assert!(program.run(&["user", "create", "bob"], "a plain password").status.success());
    let server = program.serve(&[]);
    assert_eq!(server.log_in("alice", PASSWORD).json()["user"]["role"], "admin");
    assert_eq!(server.log_in("bob", "a plain password").json()["user"]["role"], "user");

    assert!(program.run(&["user", "password", "alice"], "another password\r\n").status.success());
    server.log_in("alice", PASSWORD).problem(401);
    assert_eq!(server.log_in("alice", "another password").status, 200);

    for (arguments, stdin, said) in [
        (&["user", "create", "ALICE"][..], "correct horse battery", "taken"),
        (&["user", "create", "carol"], "short", "10 to 72 bytes"),
        (&["user", "create", "c"], "correct horse battery", "3 to 50 characters"),
        (&["user", "password", "nobody"], "correct horse battery", "not found"),
    ] {
        let output = program.run(arguments, stdin);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(text(&output.stderr).contains(said), "{arguments:?}: {}", text(&output.stderr));
    }
}

fn migrating_twice_is_fine(database: &TestDatabase) {
    let program = Program::new(database);
    for arguments in [&["migrate"][..], &["migrate"], &["migrate", "up"]] {
        let output = program.run(arguments, "");
        assert_eq!((output.status.code(), text(&output.stdout).trim()), (Some(0), "The database is up to date."));
    }
}

/// Makes the file of an SQLite database: what only looks at one makes none.
pub fn make_empty(database: &TestDatabase) {
    if let Some(path) = database.url().strip_prefix("sqlite:") {
        fs::write(path, "").unwrap();
    }
}

fn the_state_of_the_migrations_is_listed(database: &TestDatabase) {
    let program = Program::new(database);
    make_empty(database);
    let states = || {
        let output = program.run(&["migrate", "status"], "");
        assert!(output.status.success(), "{}", text(&output.stderr));
        let lines = text(&output.stdout);
        lines.lines().map(|line| line.split_whitespace().next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let before = states();
    assert!(!before.is_empty() && before.iter().all(|state| state == "pending"), "{before:?}");
    assert!(program.run(&["migrate"], "").status.success());
    assert_eq!(states(), vec!["applied"; before.len()]);
}

#[test]
fn the_first_admin_is_made_where_its_password_can_be_kept() {
    let database = testing::sqlite();
    let program = Program::new(&database);
    let path = database.url().strip_prefix("sqlite:").unwrap();
    let file = Path::new(path).with_file_name("admin-password.txt");
    // A directory is in the way of the file.
    fs::create_dir_all(&file).unwrap();
    let output = program.command(&[]).output().unwrap();
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.lines().last().unwrap().contains(file.to_str().unwrap()), "{stderr}");

    fs::remove_dir(&file).unwrap();
    let server = program.serve(&[("DATABASE__URL", &format!("sqlite://{path}"))]);
    let password = fs::read_to_string(&file).unwrap();
    assert_eq!(server.log_in("admin", password.trim()).json()["user"]["role"], "admin");
}

#[test]
fn the_program_prints_what_the_server_serves() {
    let database = testing::sqlite();
    let program = Program::new(&database);
    let printed = program.run(&["openapi"], "");
    let server = program.serve(&[]);
    assert_eq!(text(&printed.stdout).trim(), server.get("/openapi.json").text.trim());
    let version = text(&program.run(&["--version"], "").stdout);
    assert_eq!(version.trim(), format!("marquee {}", env!("CARGO_PKG_VERSION")));
    assert_eq!(program.run(&["nonsense"], "").status.code(), Some(2));
}

#[test]
fn the_settings_in_force_are_printed_without_secrets() {
    let database = testing::sqlite();
    let program = Program::new(&database);
    fs::create_dir(program.directory.path().join("config")).unwrap();
    fs::write(program.directory.path().join("config/here.toml"), "[auth]\nregistration = \"closed\"\n").unwrap();
    let mut command = program.command(&["config"]);
    command
        .env("MARQUEE_ENV", "here")
        .env("DATABASE_URL", "mysql://ann:hush@db/films")
        .env_remove("MARQUEE_DATABASE__URL");
    let output =
        command.env("MARQUEE_AUTH__ADMIN_PASSWORD", "hush").env_remove("MARQUEE_SERVER__PORT").output().unwrap();
    let printed = text(&output.stdout);
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""));
    for line in [
        "auth.admin_password = \"***\"  # MARQUEE_AUTH__ADMIN_PASSWORD",
        "auth.registration = \"closed\"  # config/here.toml",
        "database.url = \"mysql://ann:***@db/films\"  # DATABASE_URL",
        "search.path = \"search\"  # MARQUEE_SEARCH__PATH",
        "server.port = 8080  # default",
    ] {
        assert!(printed.lines().any(|printed| printed == line), "no {line} in:\n{printed}");
    }
    assert!(!printed.contains("hush"), "{printed}");

    for (name, value, named) in [
        ("MARQUEE_SERVER__PORT", "http", "MARQUEE_SERVER__PORT"),
        ("MARQUEE_LOG__LEVEL", "loud", "log.level"),
        ("MARQUEE_ENV", "nowhere", "nowhere"),
    ] {
        let output = program.command(&["config"]).env(name, value).output().unwrap();
        let stderr = text(&output.stderr);
        assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(1), ""), "{name}={value}");
        assert!(stderr.starts_with("marquee: ") && stderr.contains(named) && stderr.lines().count() == 1, "{stderr}");
    }
}

#[test]
fn a_log_line_names_the_request_and_keeps_its_secrets() {
    let database = testing::sqlite();
    let program = Program::new(&database);
    let server = program.serve(&[("AUTH__ADMIN_PASSWORD", PASSWORD)]);
    let token = server.log_in("admin", PASSWORD).json()["token"].as_str().unwrap().to_owned();
    let client = Client::builder().no_proxy().build().unwrap();
    let url = format!("http://{}/api/v1/auth/me?word=hush", server.address);
    let me = client.get(url).bearer_auth(&token).header("x-request-id", "mine").answer();
    assert_eq!(me.status, 200);
    let log = server.stop();
    let line = log.iter().find(|line| line["span"]["request_id"] == "mine").unwrap_or_else(|| panic!("{log:#?}"));
    assert_eq!(line["span"]["method"], "GET");
    assert_eq!((&line["route"], &line["status"], &line["user"]), (&json!("/api/v1/auth/me"), &json!(200), &json!(1)));
    assert!(line["latency_ms"].is_number());
    let log = format!("{log:?}");
    assert!(!log.contains("hush") && !log.contains(&token) && !log.contains(PASSWORD));
}
