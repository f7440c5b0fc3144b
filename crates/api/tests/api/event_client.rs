//! A client of the event stream that takes what it is sent when it wants to.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
    time::Duration,
};

use serde_json::Value;

use crate::test_app::TestApp;

/// How long a client waits for anything.
const PATIENCE: Duration = Duration::from_secs(30);

/// One event.
#[derive(Debug, Default, PartialEq)]
pub struct Event {
    pub id: Option<u64>,
    pub name: Option<String>,
    pub data: Value,
    /// A comment or a `retry`: nothing that a program hears of.
    pub is_silent: bool,
}

/// An open stream.
pub struct Events {
    pub head: String,
    lines: BufReader<Chunks>,
}

impl Events {
    /// Opens the stream at `/api/v1/changes` with this query and these further header lines.
    pub fn open(app: &TestApp, token: &str, query: &str, headers: &[&str]) -> Self {
        let mut stream = TcpStream::connect(&app.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let further: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
        write!(
            stream,
            "GET /api/v1/changes?{query} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
             Accept: text/event-stream\r\n{further}\r\n"
        )
        .unwrap();
        let mut lines = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(lines.read_line(&mut head).unwrap() > 0, "{head}");
        }
        Self { head, lines: BufReader::new(Chunks { lines, left: 0, ended: false }) }
    }

    /// The same, which must be a stream.
    #[track_caller]
    pub fn follow(app: &TestApp, token: &str, query: &str, headers: &[&str]) -> Self {
        let events = Self::open(app, token, query, headers);
        assert!(events.head.starts_with("HTTP/1.1 200 "), "{}", events.head);
        events
    }

    /// The next event; `None` where the server has ended the stream.
    pub fn next(&mut self) -> io::Result<Option<Event>> {
        let mut event = Event { is_silent: true, ..Event::default() };
        loop {
            let mut line = String::new();
            if self.lines.read_line(&mut line)? == 0 {
                return Ok(None);
            }
            let line = line.trim_end_matches('\n');
            match line.split_once(':').map(|(field, value)| (field, value.trim_start())) {
                _ if line.is_empty() => return Ok(Some(event)),
                Some(("id", id)) => event.id = Some(id.parse().unwrap()),
                Some(("event", name)) => event.name = Some(name.to_owned()),
                Some(("data", data)) => {
                    event.data = serde_json::from_str(data).unwrap();
                    event.is_silent = false;
                }
                Some(("" | "retry", _)) => {}
                _ => panic!("no line of an event: {line:?}"),
            }
        }
    }

    /// The next change.
    #[track_caller]
    pub fn change(&mut self) -> Value {
        loop {
            let event = self.next().unwrap().expect("the stream goes on");
            if !event.is_silent {
                assert_eq!((event.name.as_deref(), event.id), (None, event.data["seq"].as_u64()), "{event:?}");
                return event.data;
            }
        }
    }

    /// The last event, which must come before any further change, and its reason.
    #[track_caller]
    pub fn end(&mut self) -> (Value, String) {
        loop {
            let event = self.next().unwrap().expect("it says why it ends");
            if !event.is_silent {
                assert_eq!((event.name.as_deref(), event.id), (Some("end"), None), "{event:?}");
                assert_eq!(self.next().unwrap(), None, "nothing follows");
                let reason = event.data["reason"].as_str().unwrap().to_owned();
                return (event.data, reason);
            }
        }
    }
}

/// A body in chunks (RFC 9112, section 7.1).
struct Chunks {
    lines: BufReader<TcpStream>,
    /// How much of the chunk is still to be read.
    left: usize,
    ended: bool,
}

impl Read for Chunks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ended {
            return Ok(0);
        }
        if self.left == 0 {
            let mut size = String::new();
            self.lines.read_line(&mut size)?;
            if size.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.left = usize::from_str_radix(size.trim_end(), 16).unwrap();
            if self.left == 0 {
                self.ended = true;
                return Ok(0);
            }
        }
        let most = buffer.len().min(self.left);
        let read = self.lines.read(&mut buffer[..most])?;
        self.left -= read;
        if self.left == 0 {
            self.lines.read_line(&mut String::new())?;
        }
        Ok(read)
    }
}
