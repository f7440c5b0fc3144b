//! Users, passwords, tokens.

use std::{net::IpAddr, sync::Arc, time::Instant};

use secrecy::{ExposeSecret, SecretString};

use super::login_limits::LoginLimits;
use crate::{
    error::{Error, Result},
    ports::{Clock, PasswordHasher, Store, TokenMint},
    time::Timestamp,
    user::{Password, Role, Token, TokenId, User, Username},
    violation::Violations,
};

/// How long a login lasts, in days.
pub const LOGIN_DAYS: i64 = 30;

const DAY: i64 = 24 * 60 * 60;

/// Whether anybody may make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// Anybody.
    Open,
    /// Nobody: the operator makes them.
    Closed,
}

/// A login: what the client keeps.
#[derive(Debug)]
pub struct SignedIn {
    /// The token, shown this once.
    pub token: SecretString,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Who signed in.
    pub user: User,
}

/// The accounts. Methods that take a password are slow on purpose and belong on a blocking thread.
pub struct Accounts {
    store: Arc<dyn Store>,
    hasher: Arc<dyn PasswordHasher>,
    tokens: Arc<dyn TokenMint>,
    clock: Arc<dyn Clock>,
    registration: Registration,
    limits: LoginLimits,
}

impl Accounts {
    /// Accounts in `store`.
    pub fn new(
        store: Arc<dyn Store>,
        hasher: Arc<dyn PasswordHasher>,
        tokens: Arc<dyn TokenMint>,
        clock: Arc<dyn Clock>,
        registration: Registration,
    ) -> Self {
        Self { store, hasher, tokens, clock, registration, limits: LoginLimits::default() }
    }

    /// Makes an account that reads.
    ///
    /// # Errors
    /// [`Error::RegistrationClosed`], [`Error::Invalid`], [`Error::UsernameTaken`].
    pub fn register(&self, username: &str, password: SecretString) -> Result<User> {
        if self.registration == Registration::Closed {
            return Err(Error::RegistrationClosed);
        }
        self.create_user(username, password, Role::User)
    }

    /// Makes an account; for the operator.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::UsernameTaken`].
    pub fn create_user(&self, username: &str, password: SecretString, role: Role) -> Result<User> {
        let (username, password) = checked(username, password)?;
        let hash = self.hasher.hash(password.secret())?;
        self.store.writing(|session| {
            if session.user_named(&username)?.is_some() {
                return Err(Error::UsernameTaken);
            }
            let user = User {
                id: session.new_user_id()?,
                username: username.clone(),
                role,
                disabled: false,
                created_at: self.clock.now(),
            };
            session.insert_user(&user, &hash)?;
            Ok(user)
        })
    }

    /// Whether there is any account.
    pub fn has_users(&self) -> Result<bool> {
        self.store.reading(|session| session.has_users())
    }

    /// Makes the first account, an admin with a random password, where there is no account yet.
    pub fn create_first_admin(&self, username: &str) -> Result<Option<SecretString>> {
        if self.has_users()? {
            return Ok(None);
        }
        let password = self.tokens.password();
        match self.create_user(username, password.clone(), Role::Admin) {
            Ok(_) => Ok(Some(password)),
            // Another process was faster.
            Err(Error::UsernameTaken) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Sees to it that `username` exists, is an enabled admin and has this password.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn ensure_admin(&self, username: &str, password: SecretString) -> Result<()> {
        let (username, password) = checked(username, password)?;
        let existing = self.store.reading(|session| session.user_named(&username))?;
        let Some((user, hash)) = existing else {
            return match self.create_user(username.as_str(), password.secret().clone(), Role::Admin) {
                Err(Error::UsernameTaken) | Ok(_) => Ok(()),
                Err(error) => Err(error),
            };
        };
        let same_password = self.hasher.verify(password.secret(), Some(&hash))?;
        if same_password && user.role == Role::Admin && !user.disabled {
            return Ok(());
        }
        let hash = if same_password { hash } else { self.hasher.hash(password.secret())? };
        let user = User { role: Role::Admin, disabled: false, ..user };
        self.store.writing(|session| {
            session.update_user(&user, &hash)?;
            if same_password { Ok(()) } else { session.delete_tokens_of(user.id) }
        })
    }

    /// Gives a user a new password and ends all the user's tokens; for the operator.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Invalid`].
    pub fn reset_password(&self, username: &str, password: SecretString) -> Result<()> {
        let (username, password) = checked(username, password)?;
        let hash = self.hasher.hash(password.secret())?;
        self.store.writing(|session| {
            let (user, _) = session.user_named(&username)?.ok_or(Error::NotFound("user"))?;
            session.update_user(&user, &hash)?;
            session.delete_tokens_of(user.id)
        })
    }

    /// Signs in from `address`. An unknown name costs as long as a wrong password.
    ///
    /// # Errors
    /// [`Error::WrongCredentials`], [`Error::TooManyAttempts`].
    pub fn login(&self, username: &str, password: &SecretString, address: IpAddr) -> Result<SignedIn> {
        let username = Username::new(username).ok();
        let account = username.as_ref().map(Username::key).unwrap_or_default();
        let attempt = self
            .limits
            .begin(&account, address, Instant::now())
            .map_err(|retry_after| Error::TooManyAttempts { retry_after })?;
        match self.verify(username.as_ref(), password) {
            Ok(Some(user)) => {
                attempt.succeeded();
                self.sign_in(user)
            }
            Ok(None) => Err(Error::WrongCredentials),
            Err(error) => {
                attempt.abandoned();
                Err(error)
            }
        }
    }

    /// The user of a valid token.
    ///
    /// # Errors
    /// [`Error::BadToken`].
    pub fn authenticate(&self, token: &str) -> Result<(Token, User)> {
        let digest = self.tokens.digest(token);
        let found = self.store.reading(|session| session.token(&digest))?;
        match found {
            Some((token, user)) if token.expires_at > self.clock.now() && !user.disabled => Ok((token, user)),
            _ => Err(Error::BadToken),
        }
    }

    /// Ends a token.
    pub fn logout(&self, token: TokenId) -> Result<()> {
        self.store.writing(|session| session.delete_token(token))
    }

    fn verify(&self, username: Option<&Username>, password: &SecretString) -> Result<Option<User>> {
        let found = match username {
            Some(username) => self.store.reading(|session| session.user_named(username))?,
            None => None,
        };
        // A longer one is nobody's: bcrypt would read its beginning alone.
        let possible = password.expose_secret().len() <= 72;
        let empty = SecretString::default();
        let password = if possible { password } else { &empty };
        let right = self.hasher.verify(password, found.as_ref().map(|(_, hash)| hash.as_str()))?;
        Ok(found.map(|(user, _)| user).filter(|user| right && possible && !user.disabled))
    }

    fn sign_in(&self, user: User) -> Result<SignedIn> {
        let now = self.clock.now();
        let expires_at = now.plus(LOGIN_DAYS * DAY);
        let token = self.tokens.mint();
        let digest = self.tokens.digest(token.expose_secret());
        self.store.writing(|session| {
            session.delete_expired_tokens(now)?;
            let id = session.new_token_id()?;
            let user = user.id;
            session.insert_token(&Token { id, user, name: None, digest, created_at: now, expires_at })
        })?;
        Ok(SignedIn { token, expires_at, user })
    }
}

fn checked(username: &str, password: SecretString) -> Result<(Username, Password), Violations> {
    let mut found = Violations::default();
    let Some(username) = found.check(Username::new(username)) else {
        // The rest of the password's rules hold whatever the name; a name that nobody has stands in.
        if let Ok(nobody) = Username::new("---") {
            found.check(Password::new(password, &nobody));
        }
        return Err(found);
    };
    match found.check(Password::new(password, &username)) {
        Some(password) => Ok((username, password)),
        None => Err(found),
    }
}
