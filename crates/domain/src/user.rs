//! Who uses the catalogue, and what they may do.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::{
    change::Via,
    text,
    time::Timestamp,
    violation::{Violation, ViolationCode},
};

/// Identifies a user; never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct UserId(pub u64);

/// A user's name: 3 to 50 of ASCII letters, digits, `.`, `_`, `-`; unique without regard to case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Username(String);

impl Username {
    /// Reads a name, or says which rule it breaks.
    pub fn new(name: &str) -> Result<Self, Violation> {
        let refuse = |code, detail| Err(Violation::new("/username", code, detail));
        match name.chars().count() {
            0..3 => return refuse(ViolationCode::TooShort, "a username has 3 to 50 characters"),
            51.. => return refuse(ViolationCode::TooLong, "a username has 3 to 50 characters"),
            _ => {}
        }
        if !name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-')) {
            return refuse(
                ViolationCode::InvalidFormat,
                "a username consists of the letters a-z, digits, '.', '_' and '-'",
            );
        }
        Ok(Self(name.to_owned()))
    }

    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two names share that are the same user.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Username> for String {
    fn from(name: Username) -> Self {
        name.0
    }
}

impl TryFrom<String> for Username {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Self::new(&name).map_err(|v| v.detail)
    }
}

/// A new password: 10 to 72 bytes, not the username. Prints as `***`-like redaction.
///
/// The upper limit is bcrypt's: it reads 72 bytes, and what it would ignore is refused instead.
#[derive(Debug, Clone)]
pub struct Password(SecretString);

impl Password {
    /// Reads a password chosen by `username`, or says which rule it breaks.
    pub fn new(password: SecretString, username: &Username) -> Result<Self, Violation> {
        let refuse = |code, detail| Err(Violation::new("/password", code, detail));
        let text = password.expose_secret();
        match text.len() {
            0..10 => refuse(ViolationCode::TooShort, "a password has 10 to 72 bytes"),
            73.. => refuse(ViolationCode::TooLong, "a password has 10 to 72 bytes"),
            _ if text.eq_ignore_ascii_case(username.as_str()) => {
                refuse(ViolationCode::InvalidFormat, "a password differs from the username")
            }
            // bcrypt's C heritage: a NUL byte would end the password early.
            _ if text.contains('\0') => refuse(ViolationCode::InvalidFormat, "a password contains no NUL byte"),
            _ => Ok(Self(password)),
        }
    }

    /// The password itself, to be hashed.
    pub fn secret(&self) -> &SecretString {
        &self.0
    }
}

/// What a user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads.
    User,
    /// Adds, edits and removes.
    Admin,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The id.
    pub id: UserId,
    /// The name.
    pub username: Username,
    /// What the user may do.
    pub role: Role,
    /// Whether the user may not sign in for now.
    pub disabled: bool,
    /// When the account was made.
    pub created_at: Timestamp,
}

impl User {
    /// The proof that this user may write, if so.
    pub fn as_admin(&self, via: Via) -> Option<Admin> {
        (self.role == Role::Admin && !self.disabled).then(|| Admin {
            user: Some(self.id),
            actor: Some(self.username.clone()),
            via,
        })
    }
}

/// What an admin changes of a user: what is `None` stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UserChange {
    /// What the user may do from now on.
    pub role: Option<Role>,
    /// Whether the user may not sign in from now on.
    pub disabled: Option<bool>,
}

/// The right to change the catalogue. Every writing method of the services takes one; there is no way to get one but
/// to be an admin, or a program that the operator runs on the server's own machine.
#[derive(Debug, Clone)]
pub struct Admin {
    user: Option<UserId>,
    actor: Option<Username>,
    via: Via,
}

impl Admin {
    /// The operator's own programs, which hold the database's credentials anyway.
    pub fn operator() -> Self {
        Self { user: None, actor: None, via: Via::Cli }
    }

    /// The user who acts; none where a program does.
    pub fn user(&self) -> Option<UserId> {
        self.user
    }

    /// The same admin by another way.
    pub fn through(self, via: Via) -> Self {
        Self { via, ..self }
    }

    /// Who acts; nobody by name where a program does.
    pub fn actor(&self) -> Option<&Username> {
        self.actor.as_ref()
    }

    /// By which way.
    pub fn via(&self) -> Via {
        self.via
    }
}

/// Identifies a token; never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenId(pub u64);

/// The SHA-256 of a token: what is stored instead of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenDigest(pub [u8; 32]);

/// What a user calls a token: 1 to 100 characters, none of them a control character.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct TokenName(String);

impl TokenName {
    /// The most characters.
    pub const MAX: usize = 100;

    /// Reads a name, or says which rule it breaks. White space around it is not part of it.
    pub fn new(name: &str) -> Result<Self, Violation> {
        let refuse = |code, detail| Err(Violation::new("/name", code, detail));
        let name = text::trimmed_nfc(name);
        match name.chars().count() {
            0 => refuse(ViolationCode::TooShort, "a token's name has 1 to 100 characters"),
            n if n > Self::MAX => refuse(ViolationCode::TooLong, "a token's name has 1 to 100 characters"),
            _ if name.chars().any(char::is_control) => {
                refuse(ViolationCode::InvalidFormat, "a token's name has no control characters")
            }
            _ => Ok(Self(name)),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A token that signs requests for a user.
#[derive(Debug, Clone)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// Whose it is.
    pub user: UserId,
    /// What the user called it; `None` for that of a login.
    pub name: Option<TokenName>,
    /// What of it is stored.
    pub digest: TokenDigest,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was last used, to about a minute; `None` where it was not.
    pub last_used_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usernames_are_bounded_and_plain() {
        for good in ["abc", "a.b_c-9", &"x".repeat(50)] {
            assert!(Username::new(good).is_ok(), "{good}");
        }
        for bad in ["ab", "a b", "añb", "a/b", &"x".repeat(51)] {
            assert!(Username::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn passwords_are_bounded_in_bytes_and_not_the_username() {
        let username = Username::new("longusername").unwrap();
        let check = |text: &str| Password::new(text.to_owned().into(), &username);
        assert!(check("0123456789").is_ok() && check(&"x".repeat(72)).is_ok());
        assert!(check("012345678").is_err() && check(&"é".repeat(37)).is_err());
        assert!(check("LongUsername").is_err());
    }

    #[test]
    fn a_token_s_name_is_bounded_and_one_line() {
        assert_eq!(TokenName::new("  Nightly backup \n").unwrap().as_str(), "Nightly backup");
        for good in ["x", &"é".repeat(100)] {
            assert!(TokenName::new(good).is_ok(), "{good}");
        }
        for (bad, code) in [
            ("", ViolationCode::TooShort),
            (" \t", ViolationCode::TooShort),
            (&*"é".repeat(101), ViolationCode::TooLong),
            ("a\nb", ViolationCode::InvalidFormat),
            ("a\0b", ViolationCode::InvalidFormat),
        ] {
            assert_eq!(TokenName::new(bad).unwrap_err().code, code, "{bad:?}");
        }
    }

    #[test]
    fn a_password_does_not_print() {
        let username = Username::new("someone").unwrap();
        let password = Password::new("correct horse".to_owned().into(), &username).unwrap();
        assert!(!format!("{password:?}").contains("horse"));
    }

    #[test]
    fn only_an_enabled_admin_may_write() {
        let mut user = User {
            id: UserId(1),
            username: Username::new("someone").unwrap(),
            role: Role::User,
            disabled: false,
            created_at: Timestamp::from_unix(0),
        };
        assert!(user.as_admin(Via::Api).is_none());
        user.role = Role::Admin;
        let admin = user.as_admin(Via::Page).unwrap();
        assert_eq!((admin.actor(), admin.via()), (Some(&user.username), Via::Page));
        user.disabled = true;
        assert!(user.as_admin(Via::Api).is_none());
    }
}
