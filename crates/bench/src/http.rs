//! As much of an HTTP client as a measurement needs, and as little work beside the server as possible.

use std::{
    collections::VecDeque,
    io::{ErrorKind, Read, Write},
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::Context;
use mio::{Events, Interest, Poll, Token};

/// After so long without any answer a run is given up.
const PATIENCE: Duration = Duration::from_secs(60);

/// Polling wakes up to a millisecond late; nearer than this to the next request, the clock is watched instead.
const WATCHED: Duration = Duration::from_millis(2);

#[derive(Debug, PartialEq)]
pub struct Answer<'a> {
    pub status: u16,
    pub body: &'a [u8],
}

/// When requests are sent.
#[derive(Debug, Clone, Copy)]
pub enum Pace {
    /// As soon as a connection is free.
    Closed,
    /// So many a second, at equal distances. One that finds no connection free waits, and has been waiting since it was
    /// due.
    Open(f64),
}

fn request(target: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n").into_bytes()
}

/// The answer that `bytes` begin with, once all of it is there.
fn answer(bytes: &[u8]) -> anyhow::Result<Option<Answer<'_>>> {
    let Some(head) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
    let text = std::str::from_utf8(&bytes[..head]).context("a head that is no text")?;
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).context("no status")?.parse()?;
    let length = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .context("an answer without Content-Length")?;
    let length: usize = length.1.trim().parse()?;
    Ok(bytes.get(head + 4..head + 4 + length).map(|body| Answer { status, body }))
}

/// One request at a time.
pub struct Client {
    stream: std::net::TcpStream,
    bytes: Vec<u8>,
}

impl Client {
    pub fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = std::net::TcpStream::connect(address).with_context(|| format!("connecting to {address}"))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream, bytes: Vec::new() })
    }

    pub fn get(&mut self, target: &str) -> anyhow::Result<Answer<'_>> {
        self.bytes.clear();
        self.stream.write_all(&request(target))?;
        let mut chunk = [0; 1 << 16];
        loop {
            let read = self.stream.read(&mut chunk).with_context(|| format!("GET {target}"))?;
            anyhow::ensure!(read > 0, "GET {target}: the connection was closed");
            self.bytes.extend_from_slice(&chunk[..read]);
            if answer(&self.bytes)?.is_some() {
                break;
            }
        }
        answer(&self.bytes)?.context("no answer")
    }
}

/// One of many connections.
struct Connection {
    stream: mio::net::TcpStream,
    /// What is still to be written.
    unsent: Vec<u8>,
    bytes: Vec<u8>,
    /// The request under way, and since when.
    asked: Option<(usize, Instant)>,
}

impl Connection {
    fn send(&mut self) -> anyhow::Result<()> {
        while !self.unsent.is_empty() {
            match self.stream.write(&self.unsent) {
                Ok(written) => drop(self.unsent.drain(..written)),
                Err(e) if e.kind() == ErrorKind::WouldBlock => break,
                Err(e) => return Err(e.into()),
            }
        }
        Ok(())
    }

    /// Reads what has come; whether that completes the answer.
    fn receive(&mut self, chunk: &mut [u8]) -> anyhow::Result<bool> {
        loop {
            match self.stream.read(chunk) {
                Ok(0) => anyhow::bail!("a connection was closed"),
                Ok(read) => self.bytes.extend_from_slice(&chunk[..read]),
                Err(e) if e.kind() == ErrorKind::WouldBlock => return Ok(false),
                Err(e) if e.kind() == ErrorKind::Interrupted => continue,
                Err(e) => return Err(e.into()),
            }
            if self.asked.is_some() && answer(&self.bytes)?.is_some() {
                return Ok(true);
            }
        }
    }
}

/// Sends all `targets` over so many connections and hands over each answer, with the request's number and how long it
/// took. Returns how long all of it took.
pub fn run<T: AsRef<str>>(
    address: SocketAddr,
    connections: usize,
    pace: Pace,
    targets: &[T],
    mut answered: impl FnMut(usize, Duration, Answer<'_>),
) -> anyhow::Result<Duration> {
    let mut poll = Poll::new()?;
    let mut events = Events::with_capacity(connections);
    let mut idle = VecDeque::new();
    let mut open = Vec::new();
    for number in 0..connections {
        let stream = std::net::TcpStream::connect(address).with_context(|| format!("connecting to {address}"))?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        let mut stream = mio::net::TcpStream::from_std(stream);
        poll.registry().register(&mut stream, Token(number), Interest::READABLE | Interest::WRITABLE)?;
        open.push(Connection { stream, unsent: Vec::new(), bytes: Vec::new(), asked: None });
        idle.push_back(number);
    }
    let mut chunk = vec![0; 1 << 16];
    let (mut next, mut done) = (0, 0);
    let begun = Instant::now();
    while done < targets.len() {
        let mut timeout = PATIENCE;
        while next < targets.len() {
            let Some(free) = idle.front().copied() else { break };
            let now = Instant::now();
            let due = match pace {
                Pace::Closed => now,
                Pace::Open(rate) => begun + Duration::from_secs_f64(next as f64 / rate),
            };
            if due > now {
                timeout = (due - now).saturating_sub(WATCHED);
                break;
            }
            idle.pop_front();
            let connection = &mut open[free];
            connection.asked = Some((next, due));
            connection.unsent = request(targets[next].as_ref());
            connection.send()?;
            next += 1;
        }
        if let Err(e) = poll.poll(&mut events, Some(timeout)) {
            anyhow::ensure!(e.kind() == ErrorKind::Interrupted, e);
        }
        anyhow::ensure!(timeout < PATIENCE || !events.is_empty(), "no answer for {} s", PATIENCE.as_secs());
        for event in &events {
            let number = event.token().0;
            let connection = &mut open[number];
            if event.is_writable() {
                connection.send()?;
            }
            if event.is_readable() && connection.receive(&mut chunk)? {
                if let (Some((number, since)), Some(answer)) = (connection.asked.take(), answer(&connection.bytes)?) {
                    answered(number, since.elapsed(), answer);
                    done += 1;
                }
                connection.bytes.clear();
                idle.push_back(number);
            }
        }
    }
    Ok(begun.elapsed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_when_all_of_it_is_there() {
        let bytes = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nx: y\r\n\r\nhello";
        assert_eq!(answer(bytes).unwrap(), Some(Answer { status: 200, body: b"hello" }));
        for end in 0..bytes.len() {
            assert_eq!(answer(&bytes[..end]).unwrap(), None);
        }
        assert!(answer(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
    }

    /// A server that answers every request with its path.
    fn server() -> SocketAddr {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                std::thread::spawn(move || {
                    let mut stream = stream.unwrap();
                    let mut bytes = [0; 1 << 10];
                    while let Ok(read) = stream.read(&mut bytes)
                        && read > 0
                    {
                        let path = std::str::from_utf8(&bytes[..read]).unwrap().split(' ').nth(1).unwrap().to_owned();
                        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{path}", path.len());
                        stream.write_all(answer.as_bytes()).unwrap();
                    }
                });
            }
        });
        address
    }

    #[test]
    fn every_request_gets_its_own_answer() {
        let address = server();
        let targets: Vec<String> = (0..500).map(|i| format!("/{i}")).collect();
        for pace in [Pace::Closed, Pace::Open(5_000.0)] {
            let mut seen = vec![0; targets.len()];
            run(address, 4, pace, &targets, |i, _, answer| {
                assert_eq!((answer.status, answer.body), (200, targets[i].as_bytes()));
                seen[i] += 1;
            })
            .unwrap();
            assert!(seen.iter().all(|times| *times == 1));
        }
        assert_eq!(Client::connect(address).unwrap().get("/a").unwrap().body, b"/a");
    }

    #[test]
    fn requests_are_sent_when_they_are_due() {
        let targets = vec!["/"; 50];
        let took = run(server(), 2, Pace::Open(500.0), &targets, |_, _, _| {}).unwrap();
        assert!(took >= Duration::from_millis(98), "{took:?}");
    }
}
