//! Users, passwords, tokens.

use std::{net::IpAddr, sync::Arc, time::Instant};

use secrecy::{ExposeSecret, SecretString};

use super::login_limits::LoginLimits;
use crate::{
    error::{Error, Result},
    ports::{Clock, PasswordHasher, Session, Store, TokenMint},
    time::Timestamp,
    user::{Password, Role, Token, TokenId, User, Username},
    violation::Violations,
};

/// How long a login lasts, in days.
const LOGIN_DAYS: i64 = 30;

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

    /// Refuses where nobody can register, whatever is sent.
    ///
    /// # Errors
    /// [`Error::RegistrationClosed`].
    pub fn require_open_registration(&self) -> Result<()> {
        match self.registration {
            Registration::Open => Ok(()),
            Registration::Closed => Err(Error::RegistrationClosed),
        }
    }

    /// Makes an account that reads, for somebody at `address`.
    ///
    /// # Errors
    /// [`Error::RegistrationClosed`], [`Error::Invalid`], [`Error::UsernameTaken`], [`Error::TooManyAttempts`].
    pub fn register(&self, username: &str, password: SecretString, address: IpAddr) -> Result<User> {
        self.require_open_registration()?;
        let attempt = self
            .limits
            .begin_registration(address, Instant::now())
            .map_err(|retry_after| Error::TooManyAttempts { retry_after })?;
        let registered = self.create_user(username, password, Role::User);
        // A taken name counts: else it would cost nothing to ask which names there are.
        if !matches!(registered, Ok(_) | Err(Error::UsernameTaken)) {
            attempt.abandoned();
        }
        registered
    }

    /// Makes an account; for the operator.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::UsernameTaken`].
    pub fn create_user(&self, username: &str, password: SecretString, role: Role) -> Result<User> {
        let (username, password) = new_credentials(username, password)?;
        let hash = self.hasher.hash(password.secret())?;
        self.store.writing(|session| self.insert(session, &username, &hash, role))
    }

    fn insert(&self, session: &mut dyn Session, username: &Username, hash: &str, role: Role) -> Result<User> {
        if session.user_named(username)?.is_some() {
            return Err(Error::UsernameTaken);
        }
        let user = User {
            id: session.new_user_id()?,
            username: username.clone(),
            role,
            disabled: false,
            created_at: self.clock.now(),
        };
        session.insert_user(&user, hash)?;
        Ok(user)
    }

    /// Whether there is any account.
    pub fn has_users(&self) -> Result<bool> {
        self.store.reading(|session| session.has_users())
    }

    /// Makes the first account, an admin with a random password, where there is no account yet. Returns whether it did.
    ///
    /// `keep` is given the password before the account is there for good: an account whose password nobody has seen
    /// would keep the next start from making one. It may be called again, and while it runs nobody else can write.
    pub fn create_first_admin(
        &self,
        username: &str,
        mut keep: impl FnMut(&SecretString) -> Result<()>,
    ) -> Result<bool> {
        if self.has_users()? {
            return Ok(false);
        }
        let (username, password) = new_credentials(username, self.tokens.password())?;
        let hash = self.hasher.hash(password.secret())?;
        self.store.writing(|session| {
            // Another process may have been faster.
            if session.has_users()? {
                return Ok(false);
            }
            self.insert(session, &username, &hash, Role::Admin)?;
            keep(password.secret())?;
            Ok(true)
        })
    }

    /// Sees to it that `username` exists, is an enabled admin and has this password.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn ensure_admin(&self, username: &str, password: SecretString) -> Result<()> {
        let (username, password) = new_credentials(username, password)?;
        while !self.try_to_ensure_admin(&username, &password)? {}
        Ok(())
    }

    /// Says no where the user was changed by somebody else meanwhile. Passwords are hashed outside of transactions, for
    /// nobody else can write in one.
    fn try_to_ensure_admin(&self, username: &Username, password: &Password) -> Result<bool> {
        let before = self.store.reading(|session| session.user_named(username))?;
        let same_password = match &before {
            Some((_, hash)) => self.hasher.verify(password.secret(), Some(hash))?,
            None => false,
        };
        let hash = match &before {
            Some((user, _)) if same_password && user.role == Role::Admin && !user.disabled => return Ok(true),
            Some((_, hash)) if same_password => hash.clone(),
            _ => self.hasher.hash(password.secret())?,
        };
        self.store.writing(|session| {
            if session.user_named(username)? != before {
                return Ok(false);
            }
            let Some((user, _)) = before.clone() else {
                self.insert(session, username, &hash, Role::Admin)?;
                return Ok(true);
            };
            session.update_user(&User { role: Role::Admin, disabled: false, ..user.clone() }, &hash)?;
            if !same_password {
                session.delete_tokens_of(user.id)?;
            }
            Ok(true)
        })
    }

    /// Gives a user a new password and ends all the user's tokens; for the operator.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Invalid`].
    pub fn reset_password(&self, username: &str, password: SecretString) -> Result<()> {
        let (username, password) = new_credentials(username, password)?;
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
            .begin_login(&account, address, Instant::now())
            .map_err(|retry_after| Error::TooManyAttempts { retry_after })?;
        let verified = self.verify(username.as_ref(), password);
        let signed_in = verified.and_then(|(username, hash)| self.sign_in(&username, &hash));
        match &signed_in {
            Ok(_) => attempt.succeeded(),
            // Counts.
            Err(Error::WrongCredentials) => {}
            Err(_) => attempt.abandoned(),
        }
        signed_in
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

    /// The name and the hash that the password was found right for.
    fn verify(&self, username: Option<&Username>, password: &SecretString) -> Result<(Username, String)> {
        let found = match username {
            Some(username) => self.store.reading(|session| session.user_named(username))?,
            None => None,
        };
        // A longer one is nobody's: bcrypt would read its beginning alone.
        let possible = password.expose_secret().len() <= 72;
        let empty = SecretString::default();
        let password = if possible { password } else { &empty };
        let right = self.hasher.verify(password, found.as_ref().map(|(_, hash)| hash.as_str()))?;
        match found {
            Some((user, hash)) if right && possible => Ok((user.username, hash)),
            _ => Err(Error::WrongCredentials),
        }
    }

    /// Signs in the user whose password was found right for `hash`, if that is still so: meanwhile the user may have
    /// been given another password or been disabled, which ends the logins there were then.
    fn sign_in(&self, username: &Username, hash: &str) -> Result<SignedIn> {
        let now = self.clock.now();
        let expires_at = now.plus(LOGIN_DAYS * DAY);
        let token = self.tokens.mint();
        let digest = self.tokens.digest(token.expose_secret());
        let user = self.store.writing(|session| {
            let user = match session.user_named(username)? {
                Some((user, current)) if current == hash && !user.disabled => user,
                _ => return Err(Error::WrongCredentials),
            };
            session.delete_expired_tokens(now)?;
            let id = session.new_token_id()?;
            session.insert_token(&Token { id, user: user.id, name: None, digest, created_at: now, expires_at })?;
            Ok(user)
        })?;
        Ok(SignedIn { token, expires_at, user })
    }
}

/// Reads a name and a password for a new account, or says all that is wrong with them.
pub fn new_credentials(username: &str, password: SecretString) -> Result<(Username, Password), Violations> {
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
