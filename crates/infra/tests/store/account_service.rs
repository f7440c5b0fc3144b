//! The account service where what it does between its transactions matters.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, Barrier, Mutex, mpsc},
    thread,
    time::Duration,
};

use domain::{
    Error, Result,
    change::{Edit, NewChange, Via},
    ports::{PasswordHasher, Store},
    query::IdPage,
    services::{AccountRules, Accounts, Registration},
    time::Timestamp,
    user::{Admin, Role, Token, TokenId, TokenName, User, UserChange, UserId, Username},
};
use infra::security::{BcryptHasher, RandomTokens, SystemClock};
use secrecy::{ExposeSecret, SecretString};
use testing::TestDatabase;

use crate::{Raw, bare, open, open_elsewhere, open_with, options, read};

testing::on_every_database! {
    a_login_does_not_outlive_a_new_password,
    a_login_does_not_outlive_a_disabled_user,
    a_login_has_the_role_of_its_moment,
    the_configured_admin_is_made_or_put_right,
    the_configured_admin_has_its_password_whoever_changes_it_meanwhile,
    the_configured_admin_has_its_password_whoever_makes_it_meanwhile,
    the_first_admin_is_there_once_its_password_is_kept,
    one_of_many_processes_makes_the_first_admin,
    registrations_from_one_address_have_to_wait,
    a_changed_password_ends_the_other_tokens,
    of_two_changes_of_a_password_at_once_one_succeeds,
    a_wrong_present_password_counts_as_a_failed_login,
    a_token_is_not_made_for_a_token_that_has_ended,
    a_user_has_a_limited_number_of_tokens,
    the_last_enabled_admin_stays,
    two_admins_cannot_remove_each_other,
    a_removed_user_s_name_stays_in_the_changes,
    a_use_is_stored_by_whoever_has_the_time,
    a_use_that_cannot_be_stored_is_in_nobody_s_way,
}

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
const ELSEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2));

const OLD: &str = "correct horse battery";
const NEW: &str = "another password";

type Event = Box<dyn FnOnce() + Send>;

/// A hasher that takes its time: `meanwhile` happens once, while it hashes or checks a password.
struct SlowHasher {
    bcrypt: BcryptHasher,
    meanwhile: Mutex<Option<Event>>,
}

impl SlowHasher {
    fn take_time(&self) {
        let event = self.meanwhile.lock().unwrap().take();
        if let Some(event) = event {
            event();
        }
    }
}

impl PasswordHasher for SlowHasher {
    fn hash(&self, password: &SecretString) -> Result<String> {
        self.take_time();
        self.bcrypt.hash(password)
    }

    fn verify(&self, password: &SecretString, hash: Option<&str>) -> Result<bool> {
        self.take_time();
        self.bcrypt.verify(password, hash)
    }
}

fn accounts(store: &Arc<dyn Store>) -> Accounts {
    with_hasher(store, BcryptHasher::new(4))
}

/// Accounts that something else happens to the first time they hash or check a password.
fn accounts_while(store: &Arc<dyn Store>, event: impl FnOnce(&Arc<dyn Store>) + Send + 'static) -> Accounts {
    let shared = Arc::clone(store);
    let meanwhile: Event = Box::new(move || event(&shared));
    with_hasher(store, SlowHasher { bcrypt: BcryptHasher::new(4), meanwhile: Mutex::new(Some(meanwhile)) })
}

fn with_hasher(store: &Arc<dyn Store>, hasher: impl PasswordHasher + 'static) -> Accounts {
    let clock = Arc::new(SystemClock);
    let rules = AccountRules { registration: Registration::Open, max_tokens_per_user: 3 };
    Accounts::new(Arc::clone(store), Arc::new(hasher), Arc::new(RandomTokens), clock, rules)
}

fn secret(text: &str) -> SecretString {
    text.to_owned().into()
}

/// Changes the stored user, but not the password.
fn change(store: &Arc<dyn Store>, username: &str, change: fn(&mut User)) {
    let username = Username::new(username).unwrap();
    store
        .writing(|session| {
            let (mut user, hash) = session.user_named(&username)?.unwrap();
            change(&mut user);
            session.update_user(&user, &hash)
        })
        .unwrap();
}

fn log_in(store: &Arc<dyn Store>, username: &str, password: &str) -> Result<User> {
    let accounts = accounts(store);
    let signed_in = accounts.login(username, &secret(password), HERE)?;
    let (_, user) = accounts.authenticate(signed_in.token.expose_secret()).unwrap();
    assert_eq!(user, signed_in.user);
    Ok(user)
}

fn a_login_does_not_outlive_a_new_password(database: &TestDatabase) {
    let store = open(database);
    accounts(&store).create_user("alice", secret(OLD), Role::User).unwrap();
    let slow = accounts_while(&store, |store| accounts(store).reset_password("alice", secret(NEW)).unwrap());
    let result = slow.login("alice", &secret(OLD), HERE);
    assert!(matches!(result, Err(Error::WrongCredentials)), "{result:?}");
    assert!(log_in(&store, "alice", NEW).is_ok());
}

fn a_login_does_not_outlive_a_disabled_user(database: &TestDatabase) {
    let store = open(database);
    accounts(&store).create_user("alice", secret(OLD), Role::User).unwrap();
    let slow = accounts_while(&store, |store| change(store, "alice", |user| user.disabled = true));
    let result = slow.login("alice", &secret(OLD), HERE);
    assert!(matches!(result, Err(Error::WrongCredentials)), "{result:?}");
    change(&store, "alice", |user| user.disabled = false);
    assert!(log_in(&store, "alice", OLD).is_ok());
}

fn a_login_has_the_role_of_its_moment(database: &TestDatabase) {
    let store = open(database);
    accounts(&store).create_user("alice", secret(OLD), Role::User).unwrap();
    let slow = accounts_while(&store, |store| change(store, "alice", |user| user.role = Role::Admin));
    assert_eq!(slow.login("alice", &secret(OLD), HERE).unwrap().user.role, Role::Admin);
}

fn the_configured_admin_is_made_or_put_right(database: &TestDatabase) {
    let store = open(database);
    let accounts = accounts(&store);
    let is_admin = |password| log_in(&store, "admin", password).is_ok_and(|user| user.role == Role::Admin);

    accounts.ensure_admin("admin", secret(OLD)).unwrap();
    assert!(is_admin(OLD));
    let token = accounts.login("admin", &secret(OLD), HERE).unwrap().token;

    change(&store, "admin", |user| (user.role, user.disabled) = (Role::User, true));
    accounts.ensure_admin("admin", secret(OLD)).unwrap();
    assert!(is_admin(OLD));
    assert!(accounts.authenticate(token.expose_secret()).is_ok(), "the password is the same");

    accounts.ensure_admin("admin", secret(NEW)).unwrap();
    assert!(is_admin(NEW) && !is_admin(OLD));
    assert!(matches!(accounts.authenticate(token.expose_secret()), Err(Error::BadToken)));
}

fn the_configured_admin_has_its_password_whoever_changes_it_meanwhile(database: &TestDatabase) {
    let store = open(database);
    accounts(&store).create_user("admin", secret(OLD), Role::User).unwrap();
    let (sender, token) = mpsc::channel();
    let slow = accounts_while(&store, move |store| {
        let accounts = accounts(store);
        accounts.reset_password("admin", secret(NEW)).unwrap();
        sender.send(accounts.login("admin", &secret(NEW), HERE).unwrap().token).unwrap();
    });
    slow.ensure_admin("admin", secret(OLD)).unwrap();
    assert_eq!(log_in(&store, "admin", OLD).unwrap().role, Role::Admin);
    assert!(log_in(&store, "admin", NEW).is_err());
    let token = token.recv().unwrap();
    assert!(slow.authenticate(token.expose_secret()).is_err(), "it came with a password that is not the admin's");
}

fn the_configured_admin_has_its_password_whoever_makes_it_meanwhile(database: &TestDatabase) {
    let store = open(database);
    let slow = accounts_while(&store, |store| {
        accounts(store).create_user("admin", secret(NEW), Role::User).unwrap();
    });
    slow.ensure_admin("admin", secret(OLD)).unwrap();
    assert_eq!(log_in(&store, "admin", OLD).unwrap().role, Role::Admin);
}

fn the_first_admin_is_there_once_its_password_is_kept(database: &TestDatabase) {
    let store = open(database);
    let accounts = accounts(&store);
    let full = accounts.create_first_admin("admin", |_| Err(Error::Internal("no room for the password".into())));
    assert!(full.is_err());
    assert!(!read(&store, |session| session.has_users()), "nobody knows the password");

    let mut kept = None;
    let keep = |password: &SecretString| {
        kept = Some(password.clone());
        Ok(())
    };
    assert!(accounts.create_first_admin("admin", keep).unwrap());
    assert_eq!(log_in(&store, "admin", kept.unwrap().expose_secret()).unwrap().role, Role::Admin);
    assert!(!accounts.create_first_admin("admin", |_| panic!("there is one")).unwrap());
}

fn one_of_many_processes_makes_the_first_admin(database: &TestDatabase) {
    const PROCESSES: usize = 4;
    let start = Arc::new(Barrier::new(PROCESSES));
    let kept: Mutex<Vec<SecretString>> = Mutex::default();
    let store = open(database);
    thread::scope(|scope| {
        for _ in 0..PROCESSES {
            scope.spawn(|| {
                let start = Arc::clone(&start);
                // All find that there is no user yet.
                let slow = accounts_while(&open_elsewhere(database), move |_| {
                    start.wait();
                });
                slow.create_first_admin("admin", |password| {
                    thread::sleep(Duration::from_millis(20));
                    kept.lock().unwrap().push(password.clone());
                    Ok(())
                })
                .unwrap();
            });
        }
    });
    let kept = kept.into_inner().unwrap();
    assert_eq!(kept.len(), 1, "a later one would have written over the password of the first");
    assert!(log_in(&store, "admin", kept[0].expose_secret()).is_ok());
}

fn registrations_from_one_address_have_to_wait(database: &TestDatabase) {
    let accounts = accounts(&open(database));
    let register = |n: usize, address| accounts.register(&format!("user{n}"), secret(OLD), address);
    for n in 0..19 {
        assert!(register(n, HERE).is_ok(), "{n}");
    }
    assert!(matches!(accounts.register("x", secret(OLD), HERE), Err(Error::Invalid(_))), "this one does not count");
    assert!(matches!(register(0, HERE), Err(Error::UsernameTaken)), "this one does");
    let refused = register(19, HERE);
    assert!(
        matches!(refused, Err(Error::TooManyAttempts { retry_after }) if retry_after <= Duration::from_secs(300)),
        "{refused:?}"
    );
    assert!(register(19, ELSEWHERE).is_ok());
    assert!(accounts.login("user0", &secret(OLD), HERE).is_ok(), "logins are counted apart");
}

const ALL: IdPage = IdPage { limit: 100, after: 0, skip: 0 };

/// A user and a token of that user's.
fn signed_in(accounts: &Accounts, username: &str, password: &str) -> (Token, User) {
    let login = accounts.login(username, &secret(password), HERE).unwrap();
    accounts.authenticate(login.token.expose_secret()).unwrap()
}

fn tokens(accounts: &Accounts, user: &User) -> Vec<Token> {
    accounts.tokens(user.id, ALL).unwrap().items
}

fn token_ids(accounts: &Accounts, user: &User) -> Vec<TokenId> {
    tokens(accounts, user).into_iter().map(|token| token.id).collect()
}

fn name(name: &str) -> TokenName {
    TokenName::new(name).unwrap()
}

fn a_changed_password_ends_the_other_tokens(database: &TestDatabase) {
    let store = open(database);
    let accounts = accounts(&store);
    for username in ["alice", "bob"] {
        accounts.create_user(username, secret(OLD), Role::User).unwrap();
    }
    let (_, bob) = signed_in(&accounts, "bob", OLD);
    let (used, alice) = signed_in(&accounts, "alice", OLD);
    signed_in(&accounts, "alice", OLD);
    accounts.create_token(&used, &name("backup"), 1).unwrap();

    let change = |current, new| accounts.change_password(&used, &alice, &secret(current), secret(new), HERE);
    let long = "x".repeat(100);
    let refused = [change(OLD, "short"), change(NEW, NEW), change("x", NEW), change(&long, NEW)];
    let fields = refused.map(|result| match result {
        Err(Error::Invalid(violations)) => violations.0.into_iter().map(|v| v.field).collect::<String>(),
        other => panic!("{other:?}"),
    });
    assert_eq!(fields, ["/new", "/current", "/current", "/current"]);
    assert_eq!(token_ids(&accounts, &alice).len(), 3);

    change(OLD, NEW).unwrap();
    assert_eq!(token_ids(&accounts, &alice), [used.id]);
    assert_eq!(token_ids(&accounts, &bob).len(), 1);
    assert!(log_in(&store, "alice", NEW).is_ok() && log_in(&store, "alice", OLD).is_err());
}

fn of_two_changes_of_a_password_at_once_one_succeeds(database: &TestDatabase) {
    let store = open(database);
    accounts(&store).create_user("alice", secret(OLD), Role::User).unwrap();
    let (token, alice) = signed_in(&accounts(&store), "alice", OLD);
    let slow = accounts_while(&store, |store| accounts(store).reset_password("alice", secret(NEW)).unwrap());
    let result = slow.change_password(&token, &alice, &secret(OLD), secret("a third password"), HERE);
    assert!(matches!(result, Err(Error::Invalid(_))), "{result:?}");
    assert!(log_in(&store, "alice", NEW).is_ok());
}

fn a_wrong_present_password_counts_as_a_failed_login(database: &TestDatabase) {
    let store = open(database);
    let accounts = accounts(&store);
    accounts.create_user("alice", secret(OLD), Role::User).unwrap();
    let (token, alice) = signed_in(&accounts, "alice", OLD);
    let change = |current, new| accounts.change_password(&token, &alice, &secret(current), secret(new), HERE);
    for _ in 0..10 {
        assert!(matches!(change(OLD, "short"), Err(Error::Invalid(_))), "this one does not count");
        assert!(matches!(change("wrong wrong", NEW), Err(Error::Invalid(_))));
    }
    assert!(matches!(change(OLD, NEW), Err(Error::TooManyAttempts { .. })));
    let login = accounts.login("alice", &secret(OLD), HERE);
    assert!(matches!(login, Err(Error::TooManyAttempts { .. })), "{login:?}");
    assert!(accounts.login("alice", &secret(OLD), ELSEWHERE).is_ok());
}

fn a_token_is_not_made_for_a_token_that_has_ended(database: &TestDatabase) {
    let store = open(database);
    let accounts = accounts(&store);
    accounts.create_user("alice", secret(OLD), Role::User).unwrap();
    let (token, alice) = signed_in(&accounts, "alice", OLD);
    change(&store, "alice", |user| user.disabled = true);
    assert!(matches!(accounts.create_token(&token, &name("backup"), 1), Err(Error::BadToken)));
    change(&store, "alice", |user| user.disabled = false);
    assert!(accounts.create_token(&token, &name("backup"), 1).is_ok());
    accounts.reset_password("alice", secret(NEW)).unwrap();
    assert!(matches!(accounts.create_token(&token, &name("backup"), 1), Err(Error::BadToken)));
    assert!(tokens(&accounts, &alice).is_empty());
}

fn a_user_has_a_limited_number_of_tokens(database: &TestDatabase) {
    let store = open(database);
    let accounts = accounts(&store);
    accounts.create_user("alice", secret(OLD), Role::User).unwrap();
    accounts.create_user("bob", secret(OLD), Role::User).unwrap();
    let (caller, alice) = signed_in(&accounts, "alice", OLD);
    let made: Vec<_> = (1..=3).map(|days| accounts.create_token(&caller, &name("one"), days).unwrap().token).collect();
    assert_eq!(made[1].expires_at, made[1].created_at.plus(2 * 86_400));
    let refused = accounts.create_token(&caller, &name("one too many"), 1);
    assert!(matches!(refused, Err(Error::TooManyTokens { most: 3 })), "{refused:?}");
    assert!(accounts.login("alice", &secret(OLD), HERE).is_ok(), "logins are not counted");
    assert!(accounts.create_token(&signed_in(&accounts, "bob", OLD).0, &name("bob's"), 1).is_ok());
    accounts.revoke_token(alice.id, made[0].id).unwrap();
    assert!(accounts.create_token(&caller, &name("in its place"), 1).is_ok());
}

fn admin_named(store: &Arc<dyn Store>, username: &str) -> (UserId, Admin) {
    let user = accounts(store).create_user(username, secret(OLD), Role::Admin).unwrap();
    (user.id, user.as_admin(Via::Api).unwrap())
}

fn the_last_enabled_admin_stays(database: &TestDatabase) {
    let store = open(database);
    let accounts = accounts(&store);
    let (first, admin) = admin_named(&store, "first");
    let (second, _) = admin_named(&store, "second");
    let reader = accounts.create_user("reader", secret(OLD), Role::User).unwrap().id;
    let demoted = UserChange { role: Some(Role::User), disabled: None };
    let disabled = UserChange { role: None, disabled: Some(true) };
    let enabled = UserChange { role: None, disabled: Some(false) };

    let changed = accounts.change_user(&admin, second, disabled).unwrap();
    assert_eq!((changed.role, changed.disabled), (Role::Admin, true));
    for change in [demoted, disabled] {
        let refused = accounts.change_user(&admin, first, change);
        assert!(matches!(refused, Err(Error::LastAdmin)), "{refused:?}");
    }
    assert!(matches!(accounts.delete_user(&admin, first), Err(Error::LastAdmin)));
    assert!(log_in(&store, "first", OLD).is_ok_and(|user| user.role == Role::Admin));
    accounts.change_user(&admin, first, enabled).unwrap();
    accounts.change_user(&admin, reader, disabled).unwrap();
    accounts.delete_user(&admin, reader).unwrap();
    assert!(matches!(accounts.delete_user(&admin, reader), Err(Error::NotFound("user"))));
    assert!(matches!(accounts.change_user(&admin, reader, disabled), Err(Error::NotFound("user"))));

    accounts.change_user(&admin, second, enabled).unwrap();
    accounts.delete_user(&admin, first).unwrap();
    assert!(matches!(accounts.delete_user(&admin, second), Err(Error::LastAdmin)));
}

fn two_admins_cannot_remove_each_other(database: &TestDatabase) {
    let store = open(database);
    for round in 0..5 {
        let (first, by_first) = admin_named(&store, &format!("first{round}"));
        let (second, by_second) = admin_named(&store, &format!("second{round}"));
        let start = Barrier::new(2);
        let results = thread::scope(|scope| {
            let remove = |admin: Admin, other: UserId| {
                let start = &start;
                move || {
                    let accounts = accounts(&open_elsewhere(database));
                    start.wait();
                    accounts.delete_user(&admin, other)
                }
            };
            let threads = [scope.spawn(remove(by_first, second)), scope.spawn(remove(by_second, first))];
            threads.map(|thread| thread.join().unwrap())
        });
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
        let refused = |result: &Result<()>| matches!(result, Err(Error::LastAdmin));
        assert!(results.iter().any(refused), "{results:?}");
        // The one who stays makes room for the next round.
        let everyone = Admin::operator();
        let left = accounts(&store).users(&everyone, &format!("{round}"), ALL).unwrap().items;
        assert_eq!(left.len(), 1);
        change(&store, left[0].username.as_str(), |user| user.role = Role::User);
    }
}

fn a_removed_user_s_name_stays_in_the_changes(database: &TestDatabase) {
    let store = open(database);
    let (_, admin) = admin_named(&store, "admin");
    let (author, by_author) = admin_named(&store, "author");
    let change = NewChange::by(&by_author, Timestamp::from_unix(0), Edit::movie_created(&bare(1, "M")));
    store.writing(|session| session.record(std::slice::from_ref(&change))).unwrap();
    accounts(&store).delete_user(&admin, author).unwrap();
    let changes = read(&store, |session| session.changes_after(0, 10));
    assert_eq!(changes[0].actor.as_ref().map(Username::as_str), Some("author"));
}

fn a_use_is_stored_by_whoever_has_the_time(database: &TestDatabase) {
    let store = open(database);
    let here = accounts(&store);
    here.create_user("alice", secret(OLD), Role::User).unwrap();
    let (token, alice) = signed_in(&here, "alice", OLD);
    assert_eq!(token.last_used_at, None);

    let elsewhere = accounts(&open_elsewhere(database));
    assert_eq!(tokens(&elsewhere, &alice)[0].last_used_at, None, "not stored yet");
    let noted = tokens(&here, &alice)[0].last_used_at;
    assert!(noted.is_some_and(|at| at >= token.created_at), "but known here");
    here.store_token_uses().unwrap();
    assert_eq!(tokens(&elsewhere, &alice)[0].last_used_at, noted);

    let old = Timestamp::from_unix(1_000_000_000);
    Raw::connect(database).execute("UPDATE tokens SET last_used_at = 1000000000");
    assert_eq!(tokens(&here, &alice)[0].last_used_at, Some(old));
    here.store_token_uses().unwrap();
    assert_eq!(tokens(&here, &alice)[0].last_used_at, Some(old), "it was not used since");
}

fn a_use_that_cannot_be_stored_is_in_nobody_s_way(database: &TestDatabase) {
    let busy = options(database);
    let store = open(database);
    accounts(&store).create_user("alice", secret(OLD), Role::User).unwrap();
    let impatient = open_with(&infra::db::DatabaseOptions { lock_timeout: Duration::from_millis(50), ..busy });
    let waiting = accounts(&impatient);
    let login = waiting.login("alice", &secret(OLD), HERE).unwrap();
    store
        .writing(|_| {
            // While somebody else writes.
            let (_, alice) = waiting.authenticate(login.token.expose_secret())?;
            assert!(matches!(waiting.store_token_uses(), Err(Error::Unavailable { .. })));
            assert_eq!(tokens(&waiting, &alice)[0].last_used_at, None, "forgotten");
            Ok(())
        })
        .unwrap();
    let (_, alice) = waiting.authenticate(login.token.expose_secret()).unwrap();
    waiting.store_token_uses().unwrap();
    assert!(tokens(&waiting, &alice)[0].last_used_at.is_some(), "the next use is noted");
}
