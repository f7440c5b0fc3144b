//! Passwords, tokens, time.

use std::{
    fmt::Write,
    time::{SystemTime, UNIX_EPOCH},
};

use domain::{
    Error, Result,
    ports::{Clock, PasswordHasher, TokenMint},
    time::Timestamp,
    user::TokenDigest,
};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// Hashes passwords with bcrypt.
#[derive(Debug, Clone)]
pub struct BcryptHasher {
    cost: u32,
    /// A hash of no known password, to be checked where there is no user.
    nobodys: String,
}

/// What bcrypt reads of a password.
const BCRYPT_BYTES: usize = 72;

impl BcryptHasher {
    /// `cost` is 4 to 31; each step doubles the time. Another one makes every hash fail.
    pub fn new(cost: u32) -> Self {
        // Salt and digest are made up, and in their right lengths: checking it takes as long as any other.
        let nobodys = format!("$2b${cost:02}$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01232");
        Self { cost, nobodys }
    }
}

impl PasswordHasher for BcryptHasher {
    fn hash(&self, password: &SecretString) -> Result<String> {
        let password = password.expose_secret();
        if password.len() > BCRYPT_BYTES {
            return Err(Error::Internal("bcrypt would cut the password".into()));
        }
        bcrypt::hash(password, self.cost).map_err(|e| Error::Internal(e.into()))
    }

    fn verify(&self, password: &SecretString, hash: Option<&str>) -> Result<bool> {
        let password = password.expose_secret();
        let same = bcrypt::verify(password, hash.unwrap_or(&self.nobodys)).map_err(|e| Error::Internal(e.into()))?;
        Ok(same && hash.is_some() && password.len() <= BCRYPT_BYTES)
    }
}

/// Makes tokens and passwords from the system's randomness.
#[derive(Debug, Clone, Copy)]
pub struct RandomTokens;

/// Letters and digits that nobody takes for each other.
const UNAMBIGUOUS: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

impl TokenMint for RandomTokens {
    fn mint(&self) -> SecretString {
        let random: [u8; 32] = rand::random();
        let mut token = String::from("mq_");
        for byte in random {
            // Writing to a string does not fail.
            let _ = write!(token, "{byte:02x}");
        }
        token.into()
    }

    fn password(&self) -> SecretString {
        let letter = |_| char::from(UNAMBIGUOUS[rand::random_range(0..UNAMBIGUOUS.len())]);
        (0..20).map(letter).collect::<String>().into()
    }

    fn digest(&self, token: &str) -> TokenDigest {
        TokenDigest(Sha256::digest(token).into())
    }
}

/// The system's time of day.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_unix(since_1970.as_secs().cast_signed())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use bcrypt::HashParts;

    use super::*;

    fn secret(text: &str) -> SecretString {
        text.to_owned().into()
    }

    #[test]
    fn a_password_fits_its_own_hash_alone() {
        let hasher = BcryptHasher::new(4);
        let hash = hasher.hash(&secret("correct horse")).unwrap();
        assert!(!hash.contains("horse"));
        assert_ne!(hash, hasher.hash(&secret("correct horse")).unwrap(), "a salt makes hashes differ");
        assert!(hasher.verify(&secret("correct horse"), Some(&hash)).unwrap());
        assert!(!hasher.verify(&secret("correct horsf"), Some(&hash)).unwrap());
    }

    #[test]
    fn a_longer_password_is_not_cut() {
        let hasher = BcryptHasher::new(4);
        let longest = "x".repeat(72);
        let hash = hasher.hash(&secret(&longest)).unwrap();
        assert!(hasher.verify(&secret(&longest), Some(&hash)).unwrap());
        assert!(!hasher.verify(&secret(&format!("{longest}y")), Some(&hash)).unwrap());
        assert!(hasher.hash(&secret(&format!("{longest}y"))).is_err());
    }

    #[test]
    fn an_unknown_user_takes_as_long_as_a_wrong_password() {
        for cost in [4, 5, 12, 31] {
            let nobodys: HashParts = BcryptHasher::new(cost).nobodys.parse().unwrap();
            assert_eq!(nobodys.get_cost(), cost);
        }
        let mut hasher = BcryptHasher::new(4);
        assert!(!hasher.verify(&secret("wrong horse"), None).unwrap());
        // What is checked in place of a user's hash is bcrypt's to read, and its yes is no yes.
        hasher.nobodys = hasher.hash(&secret("correct horse")).unwrap();
        assert!(!hasher.verify(&secret("correct horse"), None).unwrap());
        hasher.nobodys = "damaged".to_owned();
        assert!(hasher.verify(&secret("wrong horse"), None).is_err());
    }

    #[test]
    fn tokens_are_256_random_bits_and_stored_as_their_sha_256() {
        let tokens: HashSet<String> = (0..100).map(|_| RandomTokens.mint().expose_secret().to_owned()).collect();
        assert_eq!(tokens.len(), 100);
        for token in tokens {
            let random = token.strip_prefix("mq_").unwrap();
            assert!(random.len() == 64 && random.bytes().all(|b| b.is_ascii_hexdigit()), "{token}");
        }
        let digest = RandomTokens.digest("abc").0;
        assert_eq!(digest[..4], [0xba, 0x78, 0x16, 0xbf]);
    }

    #[test]
    fn a_random_password_can_be_read_aloud() {
        let password = RandomTokens.password();
        let password = password.expose_secret();
        assert_eq!(password.len(), 20);
        assert!(!password.contains(['0', 'O', '1', 'l', 'I', 'o']), "{password}");
        assert_ne!(password, RandomTokens.password().expose_secret());
    }
}
