//! URLs that nobody would type: each is answered or refused, soon and in little memory.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    lifecycle::{Program, Server},
    movies::encoded,
};

/// Far more than any of them needs.
const LONG: Duration = Duration::from_secs(10);

/// Sends a request as it is. Returns the answer's status and what follows its head.
fn ask(server: &Server, path: &[u8]) -> (u16, String) {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    let started = Instant::now();
    let request = [b"GET ", path, b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"].concat();
    // It may be refused before all of it is sent, and the connection closed.
    let _ = stream.write_all(&request);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let start = path[..path.len().min(60)].escape_ascii().to_string();
    assert!(started.elapsed() < LONG, "{:?} for {} bytes: {start}", started.elapsed(), path.len());
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    // Where the system throws the rest of a request away, its answer can be lost.
    assert!(status.is_some() || request.len() > 100_000, "{start}: {head:?}");
    (status.unwrap_or(0), body.to_owned())
}

/// The most memory that the server ever had, in KiB, where the system tells.
fn peak_memory(server: &Server) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", server.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

#[test]
fn any_url_is_answered_or_refused() {
    let database = testing::sqlite();
    let program = Program::new(&database);
    let feed = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/imdb.json");
    // Nobody reads what it would say of so many requests.
    let server = program.serve(&[("DATA__FIXTURE", feed), ("LOG__LEVEL", "info,api::request=off")]);
    let before = peak_memory(&server);
    let texts =
        ["wizard ", "a ", "é", "e\u{301}\u{302}\u{303}", "\u{202e}draziw\u{202c}", "千", "ﷺ ", "%", "\0", "\"*~"];
    let paths = [
        "/api/v1/movies?q=",
        "/api/v1/movies?name=",
        "/api/v1/movies?director=",
        "/api/v1/movies?search=",
        "/api/v1/movies?genre=",
        "/api/v1/genres?q=",
        "/api/v1/movies?",
        "/api/movies?name=",
        "/api/v1/",
        "/",
    ];
    for path in paths {
        for text in texts {
            for bytes in [1, 300, 30_000, 1 << 20] {
                let text = encoded(&text.repeat((bytes / text.len()).max(1)));
                let (status, body) = ask(&server, format!("{path}{text}").as_bytes());
                let short = text.chars().take(30).collect::<String>();
                assert!(
                    matches!(status, 0 | 200 | 400 | 404 | 414 | 431),
                    "{status}: {path}{short} by {bytes}: {body}"
                );
                if path.starts_with("/api") && !body.is_empty() {
                    let json = serde_json::from_str::<Value>(&body).unwrap_or_else(|error| panic!("{error}: {body}"));
                    assert_eq!(status != 200, json["status"] == status, "{path}{short}: {body}");
                }
            }
        }
        for bytes in [&b"%"[..], b"%f", b"%ff", b"%zz", b"%00", b"%ed%a0%80", b"%c0%af", b"+++", b"&&&=&=", b"%26q=%3d"]
        {
            let (status, body) = ask(&server, &[path.as_bytes(), bytes].concat());
            assert!(matches!(status, 200 | 400 | 404), "{status}: {path}{}: {body}", bytes.escape_ascii());
        }
        for bytes in [&b"\xff\xfe"[..], "é".as_bytes(), b"\x00", b"\x7f", b"<>", b"\\"] {
            let (status, _) = ask(&server, &[path.as_bytes(), bytes].concat());
            assert!(matches!(status, 200 | 400 | 404), "{status}: {path}{}", bytes.escape_ascii());
        }
    }
    // Words of many different letters take the most memory to be put right.
    let letters = ('\u{4e00}'..).take(1_000).collect::<String>();
    for path in ["/api/v1/movies?q=", "/api/v1/movies?name=", "/api/v1/movies?director=", "/api/v1/suggest?q="] {
        for bytes in [63, 192, 3_000] {
            let (status, body) = ask(&server, format!("{path}{}", encoded(&letters[..bytes])).as_bytes());
            assert!(matches!(status, 200 | 400), "{status}: {path} by {bytes}: {body}");
        }
    }
    assert_eq!(server.get("/readyz").status, 200);
    if let (Some(before), Some(after)) = (before, peak_memory(&server)) {
        assert!(after < before + 100_000, "{before} KiB became {after}");
    }
}
