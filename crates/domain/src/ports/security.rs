//! Passwords, tokens, time.

use secrecy::SecretString;

use crate::{error::Result, time::Timestamp, user::TokenDigest};

/// Hashes passwords, slowly on purpose: never call it on an async thread.
pub trait PasswordHasher: Send + Sync {
    /// A salted hash of `password`, which has at most 72 bytes.
    fn hash(&self, password: &SecretString) -> Result<String>;

    /// Whether `password` is the one that `hash` was made from. Against `None` it takes as long and says no.
    fn verify(&self, password: &SecretString, hash: Option<&str>) -> Result<bool>;
}

/// Makes secrets from the system's randomness.
pub trait TokenMint: Send + Sync {
    /// A new token: `mq_` and 256 random bits.
    fn mint(&self) -> SecretString;

    /// A random password for a first account.
    fn password(&self) -> SecretString;

    /// What is stored of a token.
    fn digest(&self, token: &str) -> TokenDigest;
}

/// The time of day.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}
