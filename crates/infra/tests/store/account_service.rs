//! The account service where what it does between its transactions matters.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, Barrier, Mutex, mpsc},
    thread,
    time::Duration,
};

use domain::{
    Error, Result,
    ports::{PasswordHasher, Store},
    services::{Accounts, Registration},
    user::{Role, User, Username},
};
use infra::security::{BcryptHasher, RandomTokens, SystemClock};
use secrecy::{ExposeSecret, SecretString};
use testing::TestDatabase;

use crate::{open, open_elsewhere, read};

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
    Accounts::new(Arc::clone(store), Arc::new(hasher), Arc::new(RandomTokens), clock, Registration::Open)
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
