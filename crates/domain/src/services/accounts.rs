//! Users, passwords, tokens.

use std::{net::IpAddr, sync::Arc, time::Instant};

use secrecy::{ExposeSecret, SecretString};

use super::{
    login_limits::{Attempt, LoginLimits},
    token_uses::{self, TokenUses},
};
use crate::{
    error::{Error, Result},
    ports::{Clock, PasswordHasher, Session, Store, TokenMint, Watcher},
    query::{IdPage, Listed},
    time::Timestamp,
    user::{Admin, Password, Role, Token, TokenId, TokenName, User, UserChange, UserId, Username},
    violation::{Violation, ViolationCode, Violations},
};

/// How long a login lasts, in days.
const LOGIN_DAYS: i64 = 30;

/// Whether anybody may make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// Anybody.
    Open,
    /// Nobody: the operator makes them.
    Closed,
}

/// What the operator says of accounts.
#[derive(Debug, Clone, Copy)]
pub struct AccountRules {
    /// Whether anybody may make an account.
    pub registration: Registration,
    /// How many tokens a user may have, those of logins aside.
    pub max_tokens_per_user: u64,
}

/// A token that was just made.
#[derive(Debug)]
pub struct NewToken {
    /// The token itself, shown this once.
    pub secret: SecretString,
    /// What is known of it.
    pub token: Token,
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
    rules: AccountRules,
    limits: LoginLimits,
    uses: TokenUses,
    watcher: Option<Arc<dyn Watcher>>,
}

impl Accounts {
    /// Accounts in `store`.
    pub fn new(
        store: Arc<dyn Store>,
        hasher: Arc<dyn PasswordHasher>,
        tokens: Arc<dyn TokenMint>,
        clock: Arc<dyn Clock>,
        rules: AccountRules,
    ) -> Self {
        let (limits, uses) = (LoginLimits::default(), TokenUses::default());
        Self { store, hasher, tokens, clock, rules, limits, uses, watcher: None }
    }

    /// The same, watched.
    pub fn watched_by(self, watcher: Arc<dyn Watcher>) -> Self {
        Self { watcher: Some(watcher), ..self }
    }

    /// Refuses where nobody can register, whatever is sent.
    ///
    /// # Errors
    /// [`Error::RegistrationClosed`].
    pub fn require_open_registration(&self) -> Result<()> {
        match self.rules.registration {
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
        if let (Some(watcher), Ok(_)) = (&self.watcher, &registered) {
            watcher.registered();
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
        let signed_in = self.attempt_login(username, password, address);
        if let Some(watcher) = &self.watcher {
            watcher.logged_in(signed_in.as_ref().err());
        }
        signed_in
    }

    fn attempt_login(&self, username: &str, password: &SecretString, address: IpAddr) -> Result<SignedIn> {
        let username = Username::new(username).ok();
        let attempt = self.begin_attempt(username.as_ref(), address)?;
        let verified = self.verify(username.as_ref(), password);
        let signed_in = verified.and_then(|(username, hash)| self.sign_in(&username, &hash));
        attempt.end(&signed_in);
        signed_in
    }

    fn begin_attempt(&self, username: Option<&Username>, address: IpAddr) -> Result<Attempt<'_>> {
        let account = username.map(Username::key).unwrap_or_default();
        self.limits
            .begin_login(&account, address, Instant::now())
            .map_err(|retry_after| Error::TooManyAttempts { retry_after })
    }

    /// Gives the user whose `token` it is another password, and ends the user's other tokens. A wrong `current` counts
    /// as a failed login from `address`: a stolen token must not be a way to guess the password.
    ///
    /// # Errors
    /// [`Error::Invalid`], also where `current` is not the password; [`Error::TooManyAttempts`].
    pub fn change_password(
        &self,
        token: &Token,
        user: &User,
        current: &SecretString,
        new: SecretString,
        address: IpAddr,
    ) -> Result<()> {
        let new = new_password(&user.username, new)?;
        let attempt = self.begin_attempt(Some(&user.username), address)?;
        let changed = self
            .verify(Some(&user.username), current)
            .and_then(|(username, hash)| self.exchange_password(token, &username, &hash, &new));
        attempt.end(&changed);
        match changed {
            Err(Error::WrongCredentials) => {
                let detail = "this is not the present password";
                Err(Violation::new("/current", ViolationCode::Incorrect, detail).into())
            }
            other => other,
        }
    }

    /// Replaces the password that has the hash `before`, if it still has: two changes at once must not both succeed.
    fn exchange_password(&self, token: &Token, username: &Username, before: &str, new: &Password) -> Result<()> {
        let hash = self.hasher.hash(new.secret())?;
        self.store.writing(|session| match session.user_named(username)? {
            Some((user, current)) if current == before => {
                session.update_user(&user, &hash)?;
                session.delete_tokens_but(user.id, token.id)
            }
            _ => Err(Error::WrongCredentials),
        })
    }

    /// The user of a valid token.
    ///
    /// # Errors
    /// [`Error::BadToken`].
    pub fn authenticate(&self, token: &str) -> Result<(Token, User)> {
        let digest = self.tokens.digest(token);
        let now = self.clock.now();
        let found = self.store.reading(|session| session.token(&digest))?;
        match found {
            Some((token, user)) if token.expires_at > now && !user.disabled => {
                self.uses.note(&token, now);
                Ok((token, user))
            }
            _ => Err(Error::BadToken),
        }
    }

    /// Ends a token.
    pub fn logout(&self, token: TokenId) -> Result<()> {
        self.store.writing(|session| session.delete_token(token))
    }

    /// Stores when tokens were used, for the list of tokens; to be called now and then. A use that cannot be stored is
    /// forgotten: the next one of the same token is noted again.
    pub fn store_token_uses(&self) -> Result<()> {
        let uses = self.uses.by_time();
        if uses.is_empty() {
            return Ok(());
        }
        let stored = self.store.writing(|session| {
            let mut uses = uses.iter();
            // Another server may have noted a use meanwhile.
            uses.try_for_each(|(at, tokens)| session.note_uses(tokens, *at, at.plus(-token_uses::INTERVAL)))
        });
        self.uses.forget(&uses);
        stored
    }

    /// The user's tokens, logins included, by ascending id.
    pub fn tokens(&self, user: UserId, page: IdPage) -> Result<Listed<Token>> {
        let now = self.clock.now();
        let mut listed = self.store.reading(|session| {
            Ok(Listed::new(session.tokens_of(user, now, page)?, session.count_tokens_of(user, now)?, page))
        })?;
        for token in &mut listed.items {
            token.last_used_at = token.last_used_at.max(self.uses.of(token.id));
        }
        Ok(listed)
    }

    /// One of the user's tokens, logins included.
    ///
    /// # Errors
    /// [`Error::NotFound`], also where the token is another user's.
    pub fn token(&self, user: UserId, id: TokenId) -> Result<Token> {
        let (now, page) = (self.clock.now(), IdPage { limit: 1, after: id.0.saturating_sub(1), skip: 0 });
        let tokens = self.store.reading(|session| session.tokens_of(user, now, page))?;
        tokens.into_iter().find(|token| token.id == id).ok_or(Error::NotFound("token"))
    }

    /// Makes a token that lasts so many days for the user whose token `caller` is.
    ///
    /// # Errors
    /// [`Error::TooManyTokens`]; [`Error::BadToken`] where the caller's has ended meanwhile.
    pub fn create_token(&self, caller: &Token, name: &TokenName, days: u32) -> Result<NewToken> {
        let now = self.clock.now();
        let secret = self.tokens.mint();
        let digest = self.tokens.digest(secret.expose_secret());
        let token = self.store.writing(|session| {
            // What ends all tokens of a user must not miss one that is being made.
            match session.token(&caller.digest)? {
                Some((caller, user)) if caller.expires_at > now && !user.disabled => {}
                _ => return Err(Error::BadToken),
            }
            session.delete_expired_tokens(now)?;
            let most = self.rules.max_tokens_per_user;
            if session.count_named_tokens_of(caller.user, now)? >= most {
                return Err(Error::TooManyTokens { most });
            }
            let token = Token {
                id: session.new_token_id()?,
                user: caller.user,
                name: Some(name.clone()),
                digest,
                created_at: now,
                expires_at: now.plus(i64::from(days) * Timestamp::DAY),
                last_used_at: None,
            };
            session.insert_token(&token)?;
            Ok(token)
        })?;
        Ok(NewToken { secret, token })
    }

    /// Ends one of the user's tokens.
    ///
    /// # Errors
    /// [`Error::NotFound`], also where the token is another user's.
    pub fn revoke_token(&self, user: UserId, id: TokenId) -> Result<()> {
        self.store.writing(|session| match session.delete_token_of(user, id)? {
            true => Ok(()),
            false => Err(Error::NotFound("token")),
        })
    }

    /// The users whose names contain `part`, case aside, by ascending id.
    pub fn users(&self, _: &Admin, part: &str, page: IdPage) -> Result<Listed<User>> {
        self.store.reading(|session| Ok(Listed::new(session.users(part, page)?, session.count_users(part)?, page)))
    }

    /// One user.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn user(&self, _: &Admin, id: UserId) -> Result<User> {
        let found = self.store.reading(|session| session.user(id))?;
        found.map(|(user, _)| user).ok_or(Error::NotFound("user"))
    }

    /// Changes what a user may do.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::LastAdmin`].
    pub fn change_user(&self, admin: &Admin, id: UserId, change: UserChange) -> Result<User> {
        let user = self.store.writing(|session| {
            let (before, hash) = session.user(id)?.ok_or(Error::NotFound("user"))?;
            let user = User {
                role: change.role.unwrap_or(before.role),
                disabled: change.disabled.unwrap_or(before.disabled),
                ..before.clone()
            };
            if user != before {
                session.update_user(&user, &hash)?;
                require_an_admin_after(session, &before)?;
            }
            Ok(user)
        })?;
        let actor = admin.actor().map(Username::as_str);
        tracing::info!(actor, user = %user.username, role = ?user.role, disabled = user.disabled, "changed a user");
        Ok(user)
    }

    /// Removes a user and the user's tokens. What the user changed goes on bearing the name.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::LastAdmin`].
    pub fn delete_user(&self, admin: &Admin, id: UserId) -> Result<()> {
        let user = self.store.writing(|session| {
            let (user, _) = session.user(id)?.ok_or(Error::NotFound("user"))?;
            session.delete_user(id)?;
            require_an_admin_after(session, &user)?;
            Ok(user)
        })?;
        tracing::info!(actor = admin.actor().map(Username::as_str), user = %user.username, "removed a user");
        Ok(())
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
        let expires_at = now.plus(LOGIN_DAYS * Timestamp::DAY);
        let token = self.tokens.mint();
        let digest = self.tokens.digest(token.expose_secret());
        let user = self.store.writing(|session| {
            let user = match session.user_named(username)? {
                Some((user, current)) if current == hash && !user.disabled => user,
                _ => return Err(Error::WrongCredentials),
            };
            session.delete_expired_tokens(now)?;
            let id = session.new_token_id()?;
            session.insert_token(&Token {
                id,
                user: user.id,
                name: None,
                digest,
                created_at: now,
                expires_at,
                last_used_at: None,
            })?;
            Ok(user)
        })?;
        Ok(SignedIn { token, expires_at, user })
    }
}

/// Refuses to leave nobody who could let anybody in: `before` was changed or removed in this transaction.
fn require_an_admin_after(session: &mut dyn Session, before: &User) -> Result<()> {
    let was_enabled_admin = before.role == Role::Admin && !before.disabled;
    if was_enabled_admin && session.count_enabled_admins()? == 0 {
        return Err(Error::LastAdmin);
    }
    Ok(())
}

/// Reads a password that is to replace another, or says what is wrong with it.
pub fn new_password(username: &Username, password: SecretString) -> Result<Password, Violation> {
    Password::new(password, username).map_err(|violation| Violation { field: "/new".to_owned(), ..violation })
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
