//! Whether a server answers at all.
//!
//! The client libraries wait for ever for a server that hangs or a network that swallows everything, and diesel hands
//! none of their time-outs through. So a thread asks the server over and over, on a connection of its own. Where nothing
//! comes back, it ends this process's connections to the server: whoever waits on one gets an error, as where the server
//! is gone.

use std::{
    fs,
    net::{SocketAddr, ToSocketAddrs},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

use diesel::{
    Connection,
    mysql::MysqlConnection,
    r2d2::R2D2Connection,
    result::{ConnectionError, ConnectionResult},
};
use nix::sys::socket::{self, Shutdown, SockaddrStorage};

/// How long to wait from one answer to the next question.
const PAUSE: Duration = Duration::from_millis(400);
/// Who says nothing for this long is away.
const SILENCE: Duration = Duration::from_millis(1_200);
/// How many questions may be without an answer. One over a network that swallows everything stays so for many minutes.
const PENDING: usize = 4;
/// After this long there is another one anyway: the server may have moved.
const ANOTHER: Duration = Duration::from_secs(30);
/// But not more than this.
const MOST_PENDING: usize = 100;

/// Asks a server until it is dropped.
pub struct Pulse(Arc<Shared>);

struct Shared {
    url: String,
    /// Where the server is or was: asked for by those who connect, because it may take long, too.
    addresses: Mutex<Vec<SocketAddr>>,
    start: Instant,
    /// When the question was asked that has no answer yet, in milliseconds after the start; 0 where there is none.
    asked: AtomicU64,
    /// When the server was last heard of, by anybody.
    heard: AtomicU64,
    /// Whether the last question was answered by an error.
    failed: AtomicBool,
    stopping: Mutex<bool>,
    stop: Condvar,
}

impl Pulse {
    /// Begins to ask the server of this URL.
    pub fn start(url: String) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            url,
            addresses: Mutex::default(),
            start: Instant::now(),
            asked: AtomicU64::new(0),
            heard: AtomicU64::new(0),
            failed: AtomicBool::new(false),
            stopping: Mutex::new(false),
            stop: Condvar::new(),
        });
        let asking = Arc::clone(&shared);
        thread::Builder::new().name("database".to_owned()).spawn(move || asking.run())?;
        Ok(Self(shared))
    }

    /// Whether the server is known to be away.
    pub fn is_away(&self) -> bool {
        self.0.failed.load(Ordering::Relaxed) || self.0.is_silent()
    }

    /// Notes that the server did something.
    pub fn heard(&self) {
        self.0.heard.store(self.0.now(), Ordering::Relaxed);
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        *self.0.stopping.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.stop.notify_all();
    }
}

impl Shared {
    fn now(&self) -> u64 {
        self.start.elapsed().as_millis() as u64 + 1
    }

    fn is_silent(&self) -> bool {
        let asked = self.asked.load(Ordering::Relaxed);
        let since = asked.max(self.heard.load(Ordering::Relaxed));
        asked > 0 && self.now().saturating_sub(since) >= SILENCE.as_millis() as u64
    }

    fn run(self: &Arc<Self>) {
        let (sender, answers) = mpsc::channel();
        let (mut connection, mut pending, mut last) = (None, 0, Instant::now());
        loop {
            if self.asked.load(Ordering::Relaxed) == 0 {
                self.asked.store(self.now(), Ordering::Relaxed);
            }
            if pending < PENDING || last.elapsed() >= ANOTHER && pending < MOST_PENDING {
                let (connection, shared, sender) = (connection.take(), Arc::clone(self), sender.clone());
                // Nobody may be there any more to hear it.
                let ask = move || drop(sender.send(shared.ask(connection)));
                pending += usize::from(thread::Builder::new().name("ping".to_owned()).spawn(ask).is_ok());
                last = Instant::now();
            }
            match answers.recv_timeout(SILENCE) {
                Ok(answer) => {
                    pending -= 1;
                    self.asked.store(0, Ordering::Relaxed);
                    self.failed.store(answer.is_err(), Ordering::Relaxed);
                    connection = answer.ok().flatten();
                }
                Err(RecvTimeoutError::Timeout) if self.is_silent() => self.end_connections(),
                // Others have heard of it: it is slow.
                Err(_) => {}
            }
            let stopping = self.stopping.lock().unwrap_or_else(PoisonError::into_inner);
            let waited = self.stop.wait_timeout_while(stopping, PAUSE, |stopping| !*stopping);
            if *waited.unwrap_or_else(PoisonError::into_inner).0 {
                return;
            }
        }
    }

    /// Asks over this connection or a new one, and returns it. A server that has no room for another connection is there.
    fn ask(&self, connection: Option<MysqlConnection>) -> ConnectionResult<Option<MysqlConnection>> {
        if let Some(mut connection) = connection
            && connection.ping().is_ok()
        {
            return Ok(Some(connection));
        }
        let found = addresses(&self.url).unwrap_or_default();
        let mut known = self.addresses();
        known.extend(found);
        known.sort_unstable();
        known.dedup();
        drop(known);
        match MysqlConnection::establish(&self.url) {
            Err(ConnectionError::BadConnection(error)) if error.contains("Too many connections") => Ok(None),
            connection => connection.map(Some),
        }
    }

    fn addresses(&self) -> MutexGuard<'_, Vec<SocketAddr>> {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends all connections of this process to the server. Those that go by a socket in the file system are on one
    /// machine, and stay.
    fn end_connections(&self) {
        let addresses = self.addresses();
        let mut ended = 0;
        for file in fs::read_dir("/proc/self/fd").into_iter().flatten().flatten() {
            let Some(file) = file.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            let peer = socket::getpeername::<SockaddrStorage>(file).ok().and_then(|peer| peer_address(&peer));
            let is_ours = peer.is_some_and(|peer| addresses.contains(&peer));
            ended += u32::from(is_ours && socket::shutdown(file, Shutdown::Both).is_ok());
        }
        if ended > 0 {
            tracing::warn!(connections = ended, "the database does not answer; the connections to it are ended");
        }
    }
}

fn peer_address(peer: &SockaddrStorage) -> Option<SocketAddr> {
    match (peer.as_sockaddr_in(), peer.as_sockaddr_in6()) {
        (Some(peer), _) => Some(SocketAddr::new(peer.ip().into(), peer.port())),
        (_, Some(peer)) => Some(SocketAddr::new(peer.ip().to_canonical(), peer.port())),
        _ => None,
    }
}

/// Where the server of this URL is.
fn addresses(url: &str) -> Option<Vec<SocketAddr>> {
    const PORT: u16 = 3306;
    let authority = url.strip_prefix("mysql://")?.split(['/', '?']).next()?;
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
        _ => (place, PORT),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    Some((host, port).to_socket_addrs().ok()?.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_url_is_found() {
        let address = |url| addresses(url).unwrap();
        assert_eq!(address("mysql://ann:p%40w@127.0.0.1:3307/films"), ["127.0.0.1:3307".parse().unwrap()]);
        assert_eq!(address("mysql://ann@127.0.0.1/films?ssl_ca=/ca.pem"), ["127.0.0.1:3306".parse().unwrap()]);
        assert_eq!(address("mysql://ann@[::1]:3307/films"), ["[::1]:3307".parse().unwrap()]);
        assert_eq!(address("mysql://[::1]/films"), ["[::1]:3306".parse().unwrap()]);
    }
}
