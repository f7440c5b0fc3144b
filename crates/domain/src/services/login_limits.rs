//! Slows down those who guess passwords, and those who make accounts by the thousand.

use std::{
    collections::{HashMap, VecDeque},
    net::IpAddr,
    sync::Mutex,
    time::{Duration, Instant},
};

use crate::error::Error;

/// Attempts are remembered for this long.
const WINDOW: Duration = Duration::from_secs(5 * 60);
/// Failures of one account from one address until it has to wait.
const PER_ACCOUNT: usize = 10;
/// Failures of one address until it has to wait.
const PER_ADDRESS: usize = 100;
/// Registrations from one address until it has to wait.
const REGISTRATIONS: usize = 20;
/// Bounds memory: about 100 bytes for each.
const MAX_KEYS: usize = 100_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Address(IpAddr),
    Account(IpAddr, String),
    Registration(IpAddr),
}

impl Key {
    /// The most attempts there may be within [`WINDOW`].
    fn most(&self) -> usize {
        match self {
            Self::Address(_) => PER_ADDRESS,
            Self::Account(..) => PER_ACCOUNT,
            Self::Registration(_) => REGISTRATIONS,
        }
    }
}

/// Counts the failed logins and the registrations of this process.
#[derive(Default)]
pub(super) struct LoginLimits {
    attempts: Mutex<HashMap<Key, VecDeque<Instant>>>,
}

/// An attempt under way. It counts unless it is told otherwise: so attempts made at once cannot slip through together.
pub(super) struct Attempt<'a> {
    limits: &'a LoginLimits,
    keys: Vec<Key>,
    at: Instant,
}

impl LoginLimits {
    /// Begins a login at `now`, or says how long to wait.
    pub(super) fn begin_login(&self, account: &str, address: IpAddr, now: Instant) -> Result<Attempt<'_>, Duration> {
        let address = network(address);
        self.begin(vec![Key::Account(address, account.to_owned()), Key::Address(address)], now)
    }

    /// Begins a registration at `now`, or says how long to wait.
    pub(super) fn begin_registration(&self, address: IpAddr, now: Instant) -> Result<Attempt<'_>, Duration> {
        self.begin(vec![Key::Registration(network(address))], now)
    }

    fn begin(&self, keys: Vec<Key>, now: Instant) -> Result<Attempt<'_>, Duration> {
        let mut attempts = self.lock();
        let mut wait = Duration::ZERO;
        for key in &keys {
            let Some(times) = attempts.get_mut(key) else { continue };
            while times.front().is_some_and(|at| now.duration_since(*at) >= WINDOW) {
                times.pop_front();
            }
            if times.len() >= key.most()
                && let Some(first) = times.front()
            {
                wait = wait.max(WINDOW - now.duration_since(*first));
            }
        }
        if wait > Duration::ZERO {
            return Err(wait);
        }
        if attempts.len() >= MAX_KEYS {
            make_room(&mut attempts, now);
        }
        for key in &keys {
            attempts.entry(key.clone()).or_default().push_back(now);
        }
        Ok(Attempt { limits: self, keys, at: now })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Key, VecDeque<Instant>>> {
        self.attempts.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Attempt<'_> {
    /// Takes note of how it went: a wrong password counts, what was not carried out does not.
    pub(super) fn end<T>(self, outcome: &Result<T, Error>) {
        match outcome {
            Ok(_) => self.succeeded(),
            Err(Error::WrongCredentials) => {}
            Err(_) => self.abandoned(),
        }
    }

    /// The login was right: the account's failures are forgotten, and this is none of the address's.
    fn succeeded(self) {
        let mut attempts = self.limits.lock();
        for key in &self.keys {
            match key {
                Key::Account(..) => {
                    attempts.remove(key);
                }
                _ => self.take_back(&mut attempts, key),
            }
        }
    }

    /// The attempt was not carried out, so it does not count.
    pub(super) fn abandoned(self) {
        let mut attempts = self.limits.lock();
        for key in &self.keys {
            self.take_back(&mut attempts, key);
        }
    }

    fn take_back(&self, attempts: &mut HashMap<Key, VecDeque<Instant>>, key: &Key) {
        if let Some(times) = attempts.get_mut(key) {
            if let Some(place) = times.iter().rposition(|at| *at == self.at) {
                times.remove(place);
            }
            if times.is_empty() {
                attempts.remove(key);
            }
        }
    }
}

/// Forgets what is over, or else some of the rest: an eighth at a time, so that each attempt pays little for it.
fn make_room(attempts: &mut HashMap<Key, VecDeque<Instant>>, now: Instant) {
    attempts.retain(|_, times| times.back().is_some_and(|at| now.duration_since(*at) < WINDOW));
    if attempts.len() > MAX_KEYS - MAX_KEYS / 8 {
        let some: Vec<Key> = attempts.keys().take(MAX_KEYS / 8).cloned().collect();
        for key in some {
            attempts.remove(&key);
        }
    }
}

/// What one customer of a provider usually has: an IPv4 address, or a /64 of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn the_eleventh_failure_of_an_account_waits() {
        let limits = LoginLimits::default();
        let start = Instant::now();
        for _ in 0..10 {
            assert!(limits.begin_login("admin", address(1), start).is_ok());
        }
        let wait = limits.begin_login("admin", address(1), start + Duration::from_secs(60)).err();
        assert_eq!(wait, Some(Duration::from_secs(240)));
        assert!(limits.begin_login("other", address(1), start).is_ok(), "another account");
        assert!(limits.begin_login("admin", address(2), start).is_ok(), "another address");
        assert!(limits.begin_login("admin", address(1), start + WINDOW).is_ok(), "five minutes later");
    }

    #[test]
    fn the_hundred_and_first_failure_of_an_address_waits() {
        let limits = LoginLimits::default();
        let now = Instant::now();
        for i in 0..100 {
            assert!(limits.begin_login(&format!("user{i}"), address(1), now).is_ok());
        }
        assert!(limits.begin_login("user100", address(1), now).is_err());
    }

    #[test]
    fn the_twenty_first_registration_from_an_address_waits() {
        let limits = LoginLimits::default();
        let start = Instant::now();
        limits.begin_registration(address(1), start).unwrap().abandoned();
        for _ in 0..20 {
            assert!(limits.begin_registration(address(1), start).is_ok());
        }
        let wait = limits.begin_registration(address(1), start + Duration::from_secs(60)).err();
        assert_eq!(wait, Some(Duration::from_secs(240)));
        assert!(limits.begin_registration(address(2), start).is_ok(), "another address");
        assert!(limits.begin_login("admin", address(1), start).is_ok(), "a login");
        assert!(limits.begin_registration(address(1), start + WINDOW).is_ok(), "five minutes later");
    }

    #[test]
    fn a_success_forgets_the_accounts_failures() {
        let limits = LoginLimits::default();
        let now = Instant::now();
        for _ in 0..9 {
            let _failed = limits.begin_login("admin", address(1), now);
        }
        limits.begin_login("admin", address(1), now).unwrap().succeeded();
        for _ in 0..10 {
            assert!(limits.begin_login("admin", address(1), now).is_ok());
        }
    }

    #[test]
    fn an_abandoned_attempt_is_no_failure() {
        let limits = LoginLimits::default();
        for _ in 0..20 {
            limits.begin_login("admin", address(1), Instant::now()).unwrap().abandoned();
        }
        assert!(limits.lock().is_empty());
    }

    #[test]
    fn memory_is_bounded() {
        let limits = LoginLimits::default();
        let now = Instant::now();
        for i in 0..60_000u32 {
            let _attempt = limits.begin_login("admin", IpAddr::from(i.to_be_bytes()), now);
        }
        assert!(limits.lock().len() <= MAX_KEYS + 1);
    }

    #[test]
    fn one_network_of_ipv6_counts_as_one_address() {
        let limits = LoginLimits::default();
        let now = Instant::now();
        for i in 0..10u16 {
            let _failed = limits.begin_login("admin", IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, i]), now);
        }
        assert!(limits.begin_login("admin", IpAddr::from([0x2001, 0xdb8, 0, 1, 9, 9, 9, 9]), now).is_err());
    }
}
