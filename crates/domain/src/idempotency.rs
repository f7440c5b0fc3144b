//! A write that a client may send again without doing it twice.

use crate::{
    change::Seq,
    time::Timestamp,
    user::UserId,
    violation::{Violation, ViolationCode},
};

/// A client's name for one write: 1 to 255 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The most characters a key has.
    pub const MAX_CHARS: usize = 255;

    /// Reads a key; a violation is reported for `field`.
    pub fn new(key: &str, field: &str) -> Result<Self, Violation> {
        let refuse = |code, detail| Err(Violation::new(field, code, detail));
        match key.len() {
            0 => refuse(ViolationCode::TooShort, "a key has 1 to 255 characters"),
            n if n > Self::MAX_CHARS => refuse(ViolationCode::TooLong, "a key has 1 to 255 characters"),
            _ if !key.bytes().all(|b| b.is_ascii_graphic()) => {
                refuse(ViolationCode::InvalidFormat, "a key consists of visible ASCII characters without spaces")
            }
            _ => Ok(Self(key.to_owned())),
        }
    }

    /// The key as the client wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The SHA-256 of everything in a request that its answer depends on: tells whether two requests ask for the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(pub [u8; 32]);

/// A request with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyedRequest {
    /// Who sent it.
    pub user: UserId,
    /// What kind of request it is, such as its route.
    pub operation: &'static str,
    /// The key.
    pub key: IdempotencyKey,
    /// What it asks for.
    pub fingerprint: Fingerprint,
}

/// The first answer to a request, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// What the request asked for.
    pub fingerprint: Fingerprint,
    /// The last change that it made, if it made one.
    pub seq: Option<Seq>,
    /// When it was answered.
    pub at: Timestamp,
    /// What came of it. Only who kept it can read it.
    pub outcome: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_visible_ascii_of_bounded_length() {
        for good in ["k", "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", "!~", &"x".repeat(255)] {
            assert_eq!(IdempotencyKey::new(good, "").unwrap().as_str(), good);
        }
        for bad in ["", " ", "a b", "a\tb", "a\u{7f}", "é", &"x".repeat(256)] {
            assert!(IdempotencyKey::new(bad, "").is_err(), "{bad:?}");
        }
    }
}
