//! Two servers on one database behind a real nginx with `deploy/nginx/marquee.conf`.

use std::{
    env, fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use reqwest::{
    Method,
    blocking::{Client, RequestBuilder},
    header::{AUTHORIZATION, COOKIE, HeaderMap, IF_NONE_MATCH},
    redirect,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use testing::TestDatabase;

use crate::{
    lifecycle::{PATIENCE, Program, Server},
    test_app::{Answer, Ask, PASSWORD, wait_until},
};

const CONFIGURATION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/nginx/marquee.conf");

/// nginx, and the two servers behind it. It reads the file as it is, but for addresses, ports and paths.
struct Site {
    nginx: Child,
    files: TempDir,
    client: Client,
    /// Where it serves without TLS what it serves with TLS elsewhere.
    port: u16,
    tls_port: u16,
    redirecting_port: u16,
    servers: Vec<Server>,
}

/// What nginx noted about a request.
#[derive(Debug, PartialEq)]
struct Noted {
    server: String,
    cache: String,
}

impl Site {
    fn start(programs: &[Program; 2]) -> Self {
        let settings = [
            ("AUTH__ADMIN_PASSWORD", PASSWORD),
            ("SERVER__DRAIN_SECONDS", "3"),
            // Nobody reads the log meanwhile, and it would fill the pipe.
            ("LOG__LEVEL", "info,api::request=warn"),
        ];
        let servers: Vec<_> = programs.iter().map(|program| program.serve(&settings)).collect();
        let files = tempfile::tempdir().unwrap();
        let at = |name: &str| files.path().join(name).to_str().unwrap().to_owned();
        let [port, tls_port, redirecting_port, keeping_port] = free_ports();
        make_certificate(&at("key.pem"), &at("certificate.pem"));
        let mut configuration = fs::read_to_string(CONFIGURATION).unwrap();
        for (theirs, ours) in [
            ("10.0.0.11:8080", servers[0].address.clone()),
            ("10.0.0.12:8080", servers[1].address.clone()),
            ("127.0.0.1:8081", format!("127.0.0.1:{keeping_port}")),
            ("listen 80;", format!("listen 127.0.0.1:{redirecting_port};")),
            ("listen [::]:80;", String::new()),
            ("listen 443 ssl http2;", format!("listen 127.0.0.1:{port}; listen 127.0.0.1:{tls_port} ssl http2;")),
            ("listen [::]:443 ssl http2;", String::new()),
            ("/etc/ssl/marquee/fullchain.pem", at("certificate.pem")),
            ("/etc/ssl/marquee/privkey.pem", at("key.pem")),
            ("/var/log/nginx/marquee.log", at("access.log")),
            ("/var/cache/nginx-marquee", at("cache")),
        ] {
            assert!(configuration.contains(theirs), "{theirs} is not in {CONFIGURATION}");
            configuration = configuration.replace(theirs, &ours);
        }
        fs::write(at("marquee.conf"), configuration).unwrap();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {};\n", at(kind)))
            .concat();
        let main = format!(
            "daemon off;\nmaster_process off;\npid {};\nerror_log {};\nevents {{}}\n\
             http {{\naccess_log off;\n{temporary}include {};\n}}\n",
            at("pid"),
            at("error.log"),
            at("marquee.conf")
        );
        fs::write(at("nginx.conf"), main).unwrap();

        // It ends with the thread that starts it, however that ends.
        let nginx = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "--"])
            .arg(nginx_program())
            .args(["-c", &at("nginx.conf"), "-e", &at("error.log")])
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let client = Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();
        let mut site = Self { nginx, files, client, port, tls_port, redirecting_port, servers };
        let give_up = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = site.nginx.try_wait().unwrap();
            assert!(ended.is_none() && Instant::now() < give_up, "nginx does not serve: {}", site.file("error.log"));
            std::thread::sleep(Duration::from_millis(10));
        }
        site
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(self.files.path().join(name)).unwrap_or_default()
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("http://127.0.0.1:{}{path}", self.port))
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    fn post(&self, path: &str) -> RequestBuilder {
        self.request(Method::POST, path)
    }

    /// Sends a request: the answer, and what nginx noted about it.
    fn ask(&self, request: RequestBuilder) -> (Answer, Noted) {
        let answer = request.answer();
        let id = format!("id={}", answer.header("x-request-id"));
        let line = || self.file("access.log").lines().find(|line| line.contains(&id)).map(str::to_owned);
        wait_until("nginx has noted it", || line().is_some());
        let line = line().unwrap();
        let after = |name: &str| line.split_once(name).unwrap().1.trim_matches('"').to_owned();
        let server = after("server=");
        let (server, _) = server.split_once("\" cache=").unwrap();
        (answer, Noted { server: server.to_owned(), cache: after("cache=") })
    }

    fn token(&self) -> String {
        let user = json!({ "username": "admin", "password": PASSWORD });
        let answer = self.post("/api/v1/auth/login").json(&user).answer();
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["token"].as_str().unwrap().to_owned()
    }

    fn add_movie(&self, token: &str, name: &str) {
        let answer = self.post("/api/v1/movies").bearer_auth(token).json(&json!({ "name": name })).answer();
        assert_eq!(answer.status, 201, "{answer:?}");
    }

    /// How many movies there are, and what nginx noted about the question.
    fn movies(&self) -> (Value, Noted) {
        let (answer, noted) = self.ask(self.get("/api/v1/movies?limit=1"));
        assert_eq!(answer.status, 200, "{answer:?}");
        (answer.json()["total"]["value"].clone(), noted)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.nginx.kill();
        let _ = self.nginx.wait();
    }
}

fn nginx_program() -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    let directories = env::split_paths(&path).chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from));
    directories.map(|directory| directory.join("nginx")).find(|candidate| candidate.is_file()).expect(
        "`nginx` is missing, behind which the servers are tested. Install it (on Debian and Ubuntu: apt-get install \
         nginx, or scripts/test --install)",
    )
}

/// Ports that nobody listens on now.
fn free_ports<const N: usize>() -> [u16; N] {
    let listeners = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

fn make_certificate(key: &str, certificate: &str) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args([
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
            "-keyout",
            key,
            "-out",
            certificate,
        ])
        .output()
        .expect("`openssl` is missing. Install it: apt-get install openssl");
    assert!(made.status.success(), "{made:?}");
}

fn with_site(test: impl FnOnce(&mut Site)) {
    let database: TestDatabase = testing::mysql();
    let programs = [Program::new(&database), Program::new(&database)];
    test(&mut Site::start(&programs));
}

mod mysql {
    use super::*;

    #[test]
    fn what_is_kept_is_asked_about_before_each_use() {
        with_site(|site| {
            let token = site.token();
            site.add_movie(&token, "Alien");
            wait_until("it is listed", || site.movies().0 == 1);
            let list = || site.ask(site.get("/api/v1/movies?sort=name"));
            let (first, noted) = list();
            assert_eq!((first.status, noted.cache.as_str()), (200, "MISS"));
            let (second, noted) = list();
            assert_eq!((second.status, noted.cache.as_str()), (200, "REVALIDATED"));
            let (third, noted) = list();
            assert_eq!((third.status, noted.cache.as_str()), (200, "REVALIDATED"));
            assert_eq!((&first.text, first.header("etag")), (&third.text, third.header("etag")));
            assert_eq!(third.header("cache-control"), "no-cache");
            assert_ne!(second.header("x-request-id"), third.header("x-request-id"));

            let known = |tag: &str| site.ask(site.get("/api/v1/movies?sort=name").header(IF_NONE_MATCH, tag)).0;
            let answer = known(first.header("etag"));
            assert_eq!((answer.status, answer.text.as_str()), (304, ""));
            assert_eq!(known("W/\"another\"").status, 200);

            site.add_movie(&token, "Brazil");
            let (answer, noted) = list();
            assert_eq!((&answer.json()["total"]["value"], noted.cache.as_str()), (&json!(2), "EXPIRED"));
            let answer = known(first.header("etag"));
            assert_eq!((answer.status, &answer.json()["total"]["value"]), (200, &json!(2)));
        });
    }

    #[test]
    fn nothing_is_kept_of_or_for_those_who_say_who_they_are() {
        with_site(|site| {
            let token = site.token();
            let login = site.post("/login").form(&[("username", "admin"), ("password", PASSWORD)]).answer();
            let cookie = login.header("set-cookie").split(';').next().unwrap().to_owned();
            assert!(cookie.starts_with("session="), "{login:?}");
            // Kept for everybody else.
            let path = "/api/v1/movies?sort=name";
            let etag = site.ask(site.get(path)).0.header("etag").to_owned();
            assert_eq!(site.ask(site.get(path)).1.cache, "REVALIDATED");

            let bearer = format!("Bearer {token}");
            for (name, value) in [(AUTHORIZATION, &bearer), (COOKIE, &cookie)] {
                for path in [path, "/", "/api/v1/auth/me"] {
                    for _ in 0..2 {
                        let (_, noted) = site.ask(site.get(path).header(&name, value));
                        assert_eq!(noted.cache, "-", "{path} with {name}");
                    }
                }
                let known = site.ask(site.get(path).header(&name, value).header(IF_NONE_MATCH, &etag));
                assert_eq!((known.0.status, known.1.cache.as_str()), (304, "-"), "with {name}");
            }
            // Pages are each reader's own, whoever that is.
            for _ in 0..2 {
                assert_eq!(site.ask(site.get("/login")).1.cache, "MISS");
            }
        });
    }

    #[test]
    fn a_server_that_stops_is_not_missed() {
        with_site(|site| {
            let token = site.token();
            // The one that this client is sent to. Without a token, nginx would note itself.
            let (_, noted) = site.ask(site.get("/readyz").bearer_auth(&token));
            let stopping = site.servers.iter().position(|server| server.address == noted.server).unwrap();
            site.servers[stopping].signal("TERM");
            let port = site.servers[stopping].address.clone();
            let readiness =
                || Client::builder().no_proxy().build().unwrap().get(format!("http://{port}/readyz")).answer();
            wait_until("it drains", || readiness().status == 503);
            let (ready, _) = site.ask(site.get("/readyz"));
            assert_eq!((ready.status, &ready.json()["status"]), (200, &json!("ready")), "the other one is asked");

            let mut added = 0;
            while site.servers[stopping].is_running() {
                assert_eq!(site.movies().0.as_u64().map(|total| total <= added), Some(true));
                added += 1;
                site.add_movie(&token, &format!("No. {added}"));
            }
            assert!(added > 0);
            site.add_movie(&token, "Afterwards");
            wait_until("all are listed", || site.movies().0 == added + 1);
            assert_eq!(site.ask(site.get("/readyz")).0.status, 200);
        });
    }

    #[test]
    fn events_arrive_as_they_happen() {
        with_site(|site| {
            let token = site.token();
            let mut stream = TcpStream::connect(("127.0.0.1", site.port)).unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            write!(
                stream,
                "GET /api/v1/changes?since=0 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
                 Accept: text/event-stream\r\n\r\n"
            )
            .unwrap();
            let mut text = String::new();
            let mut read_until = |what: &str| {
                let mut part = [0; 4096];
                while !text.contains(what) {
                    let read = stream.read(&mut part).unwrap();
                    assert!(read > 0, "it ended: {text}");
                    text.push_str(&String::from_utf8_lossy(&part[..read]));
                }
            };
            read_until("\r\n\r\n");
            for name in ["Alien", "Brazil", "Casablanca"] {
                let started = Instant::now();
                site.add_movie(&token, name);
                read_until(name);
                assert!(started.elapsed() < Duration::from_secs(5), "a heartbeat pushed it out");
            }
        });
    }

    #[test]
    fn a_feed_may_be_larger_than_other_bodies() {
        with_site(|site| {
            let token = site.token();
            let record = |n| format!(r#"{}{{"name": "No. {n}"}}"#, " ".repeat(1_000_000));
            let feed = format!("[{}]", (0..10).map(record).collect::<Vec<_>>().join(","));
            let import = site.post("/api/v1/import").bearer_auth(&token).header("content-type", "application/json");
            let (answer, _) = site.ask(import.body(feed.clone()));
            assert_eq!((answer.status, &answer.json()["created"]), (200, &json!(10)), "{answer:?}");
            let movie = site.post("/api/v1/movies").bearer_auth(&token).header("content-type", "application/json");
            assert_eq!(movie.body(feed).send().unwrap().status(), 413);
        });
    }

    #[test]
    fn it_speaks_tls_and_nothing_else() {
        with_site(|site| {
            let curl = Command::new("curl")
                .args(["--silent", "--show-error", "--http2", "--include", "--noproxy", "*", "--cacert"])
                .arg(site.files.path().join("certificate.pem"))
                .arg(format!("https://localhost:{}/version", site.tls_port))
                .output()
                .unwrap();
            let text = String::from_utf8_lossy(&curl.stdout).to_lowercase();
            assert!(text.starts_with("http/2 200"), "{curl:?}");
            assert!(text.contains("strict-transport-security: max-age=31536000"), "{text}");
            let plain =
                site.client.get(format!("http://localhost:{}/genres?x=1", site.redirecting_port)).send().unwrap();
            let location = |headers: &HeaderMap| headers["location"].to_str().unwrap().to_owned();
            assert_eq!(
                (plain.status().as_u16(), location(plain.headers())),
                (301, "https://localhost/genres?x=1".into())
            );
            assert_eq!(site.get("/metrics").send().unwrap().status(), 404);
        });
    }

    #[test]
    fn a_log_has_no_query_and_an_id_that_clients_may_choose() {
        with_site(|site| {
            for (given, kept) in [("mine-1", true), ("not mine", false)] {
                let (answer, _) = site.ask(site.get("/api/v1/movies?q=hush").header("x-request-id", given));
                assert_eq!(answer.header("x-request-id") == given, kept);
            }
            let log = site.file("access.log");
            assert!(log.contains("id=mine-1 ") && !log.contains("hush") && !log.contains("not mine"), "{log}");
        });
    }
}
