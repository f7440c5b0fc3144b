use std::sync::Arc;

use domain::{
    Error,
    ports::Store,
    time::Timestamp,
    user::{Role, Token, TokenDigest, TokenId, User, UserId, Username},
};
use testing::TestDatabase;

use crate::{open, read};

testing::on_every_database! {
    a_user_is_found_by_name_without_case,
    a_taken_username_is_a_defect,
    an_update_replaces_role_disabled_and_hash,
    a_token_is_found_with_its_user,
    tokens_end_one_by_one_and_together,
    expired_tokens_are_removed,
    a_token_needs_a_user,
}

fn name(name: &str) -> Username {
    Username::new(name).unwrap()
}

fn user(id: u64, username: &str) -> User {
    User {
        id: UserId(id),
        username: name(username),
        role: Role::User,
        disabled: false,
        created_at: Timestamp::from_unix(1_700_000_000),
    }
}

fn token(id: u64, user: u64, expires_at: i64) -> Token {
    Token {
        id: TokenId(id),
        user: UserId(user),
        name: id.is_multiple_of(2).then(|| format!("Laptop {id} 🎬")),
        digest: digest(id),
        created_at: Timestamp::from_unix(1_700_000_000),
        expires_at: Timestamp::from_unix(expires_at),
    }
}

/// Digests that differ in their last byte alone, and hold every kind of byte.
fn digest(id: u64) -> TokenDigest {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&[0xff, 0x00, b'\'', 0x80]);
    bytes[31] = id as u8;
    TokenDigest(bytes)
}

fn with_users(database: &TestDatabase) -> Arc<dyn Store> {
    let store = open(database);
    store
        .writing(|session| {
            session.insert_user(&user(1, "Ann.B_c-9"), "$2b$hash one")?;
            session.insert_user(&user(2, "bob"), "$2b$hash two")
        })
        .unwrap();
    store
}

fn tokens_there(store: &Arc<dyn Store>) -> Vec<u64> {
    let there = |id: &u64| read(store, |session| session.token(&digest(*id))).is_some();
    (0..10).filter(there).collect()
}

fn a_user_is_found_by_name_without_case(database: &TestDatabase) {
    assert!(!read(&open(database), |session| session.has_users()));
    let store = with_users(database);
    assert!(read(&store, |session| session.has_users()));
    let found = read(&store, |session| session.user_named(&name("ANN.b_C-9")));
    assert_eq!(found, Some((user(1, "Ann.B_c-9"), "$2b$hash one".to_owned())));
    assert_eq!(read(&store, |session| session.user_named(&name("ann"))), None);
}

fn a_taken_username_is_a_defect(database: &TestDatabase) {
    let store = with_users(database);
    let result = store.writing(|session| session.insert_user(&user(3, "BOB"), "hash"));
    assert!(matches!(result, Err(Error::Internal(_))), "{result:?}");
}

fn an_update_replaces_role_disabled_and_hash(database: &TestDatabase) {
    let store = with_users(database);
    let changed = User { role: Role::Admin, disabled: true, ..user(2, "bob") };
    store.writing(|session| session.update_user(&changed, "another hash")).unwrap();
    read(&store, |session| {
        assert_eq!(session.user_named(&name("bob"))?, Some((changed.clone(), "another hash".to_owned())));
        assert_eq!(session.user_named(&name("ann.b_c-9"))?.unwrap().1, "$2b$hash one");
        Ok(())
    });
    assert!(store.writing(|session| session.update_user(&user(3, "nobody"), "hash")).is_err());
}

fn a_token_is_found_with_its_user(database: &TestDatabase) {
    let store = with_users(database);
    let written = [token(1, 1, 5), token(2, 2, 1_800_000_000)];
    store.writing(|session| written.iter().try_for_each(|token| session.insert_token(token))).unwrap();
    for token in written {
        let (found, user) = read(&store, |session| session.token(&token.digest)).unwrap();
        assert_eq!(format!("{found:?}"), format!("{token:?}"));
        assert_eq!(user.id, token.user);
    }
    assert!(read(&store, |session| session.token(&digest(3))).is_none());
}

fn tokens_end_one_by_one_and_together(database: &TestDatabase) {
    let store = with_users(database);
    store
        .writing(|session| {
            [token(1, 1, 5), token(2, 1, 5), token(3, 2, 5), token(4, 1, 5)]
                .iter()
                .try_for_each(|token| session.insert_token(token))
        })
        .unwrap();
    store.writing(|session| session.delete_token(TokenId(2))).unwrap();
    assert_eq!(tokens_there(&store), [1, 3, 4]);
    store.writing(|session| session.delete_token(TokenId(2))).unwrap();
    store.writing(|session| session.delete_tokens_of(UserId(1))).unwrap();
    assert_eq!(tokens_there(&store), [3]);
}

fn expired_tokens_are_removed(database: &TestDatabase) {
    let store = with_users(database);
    store
        .writing(|session| {
            [token(1, 1, 99), token(2, 1, 100), token(3, 2, 101), token(4, 2, 0)]
                .iter()
                .try_for_each(|token| session.insert_token(token))
        })
        .unwrap();
    store.writing(|session| session.delete_expired_tokens(Timestamp::from_unix(100))).unwrap();
    assert_eq!(tokens_there(&store), [2, 3]);
}

fn a_token_needs_a_user(database: &TestDatabase) {
    let store = with_users(database);
    let result = store.writing(|session| session.insert_token(&token(1, 3, 5)));
    assert!(matches!(result, Err(Error::Internal(_))), "{result:?}");
}
