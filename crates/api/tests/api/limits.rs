//! What one client, or all of them together, can ask of a server.

use std::{
    io::{Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use serde_json::json;
use testing::TestDatabase;

use crate::test_app::{Answer, Ask, PASSWORD, TestApp};

testing::on_every_database! {
    logins_are_limited_by_the_address_that_a_trusted_proxy_names,
    logins_that_would_wait_for_too_long_are_refused_at_once,
}

fn login(app: &TestApp, password: &str, forwarded_for: &str) -> Answer {
    let credentials = json!({ "username": "admin", "password": password });
    app.post("/api/v1/auth/login").header("x-forwarded-for", forwarded_for).json(&credentials).answer()
}

fn logins_are_limited_by_the_address_that_a_trusted_proxy_names(database: &TestDatabase) {
    let guess = |app: &TestApp| {
        for attempt in 1..=10 {
            login(app, "wrong wrong wrong", &format!("192.0.2.{attempt}, 198.51.100.1")).problem(401);
        }
        login(app, PASSWORD, "198.51.100.1").problem(429);
        login(app, PASSWORD, "198.51.100.2").status
    };
    let app = TestApp::spawn_with(database, &[("SERVER__TRUSTED_PROXIES", "10.0.0.0/8, 127.0.0.1")]);
    assert_eq!(guess(&app), 200, "another client");
    drop(app);
    let app = TestApp::spawn_with(database, &[("SERVER__TRUSTED_PROXIES", "10.0.0.0/8")]);
    assert_eq!(guess(&app), 429, "all that anybody says of itself is one address");
}

fn logins_that_would_wait_for_too_long_are_refused_at_once(database: &TestDatabase) {
    let settings = [("SERVER__PASSWORD_QUEUE", "1"), ("AUTH__BCRYPT_COST", "12")];
    let app = TestApp::spawn_with(database, &settings);
    let cores = thread::available_parallelism().unwrap().get();
    let answers: Vec<_> = thread::scope(|scope| {
        let clients: Vec<_> = (0..cores + 8)
            .map(|_| {
                scope.spawn(|| {
                    let begin = Instant::now();
                    (login(&app, PASSWORD, ""), begin.elapsed())
                })
            })
            .collect();
        assert_eq!((app.get("/healthz").answer().status, app.get("/readyz").answer().status), (200, 200));
        assert_eq!(app.get("/metrics").answer().status, 200);
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    let (served, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|(answer, _)| answer.status == 200);
    assert!(served.len() > cores && !refused.is_empty(), "{} served, {} refused", served.len(), refused.len());
    for (answer, _) in &refused {
        assert!(!answer.header("retry-after").is_empty(), "{answer:?}");
        answer.problem(503);
    }
    let quickest = |answers: &[(Answer, Duration)]| answers.iter().map(|(_, took)| *took).min().unwrap();
    assert!(quickest(&refused) < quickest(&served), "who is refused does not wait for those who are served");
    let shed = format!("\nmarquee_passwords_shed_total {}\n", refused.len());
    assert!(app.get("/metrics").answer().text.contains(&shed), "{shed}");
}

#[test]
fn a_client_that_does_not_send_its_request_is_cut_off() {
    let database = testing::sqlite();
    let app = TestApp::spawn_with(&database, &[("SERVER__HEAD_SECONDS", "1"), ("SERVER__BODY_SECONDS", "1")]);
    let cut_off = |head: &str| {
        let mut stream = TcpStream::connect(&app.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        let (begin, mut answer) = (Instant::now(), String::new());
        stream.read_to_string(&mut answer).unwrap();
        (begin.elapsed(), answer)
    };
    let body = |path: &str, content_type: &str| {
        format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {content_type}\r\nContent-Length: 9\r\n\r\n{{")
    };
    for slow in [
        "GET /healthz HTTP/1.1\r\nHost: x\r\nX-More: ",
        &body("/api/v1/auth/login", "application/json"),
        &body("/login", "application/x-www-form-urlencoded"),
    ] {
        let (after, answer) = cut_off(slow);
        assert!(answer.starts_with("HTTP/1.1 408 "), "{slow}: {answer}");
        assert!((Duration::from_millis(900)..Duration::from_secs(9)).contains(&after), "{slow}: {after:?}");
    }
    let (after, answer) = cut_off("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 200 ") && after < Duration::from_millis(900), "{after:?}: {answer}");
}
