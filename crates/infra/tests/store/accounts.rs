use std::sync::Arc;

use domain::{
    Error,
    ports::Store,
    query::IdPage,
    time::Timestamp,
    user::{Role, Token, TokenDigest, TokenId, TokenName, User, UserId, Username},
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
    users_are_listed_by_id_and_part_of_their_names,
    enabled_admins_are_counted,
    a_removed_user_takes_the_tokens_along,
    a_user_s_tokens_are_listed_while_they_last,
    a_token_ends_for_its_own_user_alone,
    a_use_is_noted_once_in_a_while,
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
        name: id.is_multiple_of(2).then(|| TokenName::new(&format!("Laptop {id} 🎬")).unwrap()),
        digest: digest(id),
        created_at: Timestamp::from_unix(1_700_000_000),
        expires_at: Timestamp::from_unix(expires_at),
        last_used_at: id.is_multiple_of(3).then(|| Timestamp::from_unix(1_700_000_777)),
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
    let written = [token(1, 1, 5), token(2, 2, 1_800_000_000), token(3, 1, 7)];
    store.writing(|session| written.iter().try_for_each(|token| session.insert_token(token))).unwrap();
    for token in written {
        let (found, user) = read(&store, |session| session.token(&token.digest)).unwrap();
        assert_eq!(format!("{found:?}"), format!("{token:?}"));
        assert_eq!(user.id, token.user);
    }
    assert!(read(&store, |session| session.token(&digest(4))).is_none());
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

const ALL: IdPage = IdPage { limit: 100, after: 0, skip: 0 };

fn users_are_listed_by_id_and_part_of_their_names(database: &TestDatabase) {
    let store = open(database);
    let names = ["Ann.B_c-9", "bob", "a_b", "axb", "Bobby"];
    store
        .writing(|session| (1..).zip(names).try_for_each(|(id, name)| session.insert_user(&user(id, name), "hash")))
        .unwrap();
    let listed = |part: &str, page| {
        let users = read(&store, |session| session.users(part, page));
        users.into_iter().map(|user| user.id.0).collect::<Vec<_>>()
    };
    let table: [(&str, &[u64]); 8] = [
        ("", &[1, 2, 3, 4, 5]),
        ("BOB", &[2, 5]),
        ("b_C-9", &[1]),
        ("a_b", &[3]),
        ("%", &[]),
        ("\\", &[]),
        ("'", &[]),
        ("é🎬", &[]),
    ];
    for (part, ids) in table {
        assert_eq!(listed(part, ALL), ids, "{part}");
        assert_eq!(read(&store, |session| session.count_users(part)), ids.len() as u64, "{part}");
    }
    let page = IdPage { limit: 2, after: 0, skip: 0 };
    assert_eq!(listed("", page), [1, 2, 3], "one more than the page takes");
    assert_eq!(listed("", IdPage { skip: 2, ..page }), [3, 4, 5]);
    assert_eq!(listed("b", IdPage { after: 2, ..page }), [3, 4, 5]);
    assert_eq!(listed("", IdPage { after: u64::MAX, ..page }), [] as [u64; 0]);

    let ann = read(&store, |session| session.user(UserId(1)));
    assert_eq!(ann, Some((user(1, "Ann.B_c-9"), "hash".to_owned())));
    assert_eq!(read(&store, |session| session.user(UserId(9))), None);
}

fn enabled_admins_are_counted(database: &TestDatabase) {
    let store = open(database);
    let with = |id, name, role, disabled| User { role, disabled, ..user(id, name) };
    store
        .writing(|session| {
            [
                with(1, "reader", Role::User, false),
                with(2, "admin", Role::Admin, false),
                with(3, "former", Role::Admin, true),
                with(4, "second", Role::Admin, false),
            ]
            .iter()
            .try_for_each(|user| session.insert_user(user, "hash"))
        })
        .unwrap();
    assert_eq!(read(&store, |session| session.count_enabled_admins()), 2);
}

fn a_removed_user_takes_the_tokens_along(database: &TestDatabase) {
    let store = with_users(database);
    store
        .writing(|session| {
            [token(1, 1, 5), token(2, 2, 5), token(4, 1, 5)].iter().try_for_each(|token| session.insert_token(token))
        })
        .unwrap();
    store.writing(|session| session.delete_user(UserId(1))).unwrap();
    assert_eq!(tokens_there(&store), [2]);
    assert_eq!(read(&store, |session| session.user(UserId(1))), None);
    assert!(store.writing(|session| session.delete_user(UserId(1))).is_err(), "the services look first");
}

fn a_user_s_tokens_are_listed_while_they_last(database: &TestDatabase) {
    let store = with_users(database);
    store
        .writing(|session| {
            [token(1, 1, 99), token(2, 1, 100), token(3, 1, 101), token(4, 2, 200), token(5, 1, 102), token(6, 1, 103)]
                .iter()
                .try_for_each(|token| session.insert_token(token))
        })
        .unwrap();
    let (user, now) = (UserId(1), Timestamp::from_unix(100));
    let listed = |page| {
        let tokens = read(&store, |session| session.tokens_of(user, now, page));
        tokens.into_iter().map(|token| token.id.0).collect::<Vec<_>>()
    };
    assert_eq!(listed(ALL), [3, 5, 6]);
    assert_eq!(listed(IdPage { limit: 1, after: 0, skip: 0 }), [3, 5]);
    assert_eq!(listed(IdPage { limit: 1, after: 3, skip: 1 }), [6]);
    assert_eq!(read(&store, |session| session.count_tokens_of(user, now)), 3);
    assert_eq!(read(&store, |session| session.count_named_tokens_of(user, now)), 1, "number 6");
    let sixth = read(&store, |session| session.tokens_of(user, now, IdPage { limit: 1, after: 5, skip: 0 }));
    assert_eq!(format!("{:?}", sixth[0]), format!("{:?}", token(6, 1, 103)));
}

fn a_token_ends_for_its_own_user_alone(database: &TestDatabase) {
    let store = with_users(database);
    store
        .writing(|session| {
            [token(1, 1, 5), token(2, 2, 5), token(4, 1, 5), token(5, 1, 5)]
                .iter()
                .try_for_each(|token| session.insert_token(token))
        })
        .unwrap();
    let end = |user, id| store.writing(|session| session.delete_token_of(UserId(user), TokenId(id))).unwrap();
    assert!(!end(1, 2) && !end(1, 9));
    assert!(end(1, 1));
    assert_eq!(tokens_there(&store), [2, 4, 5]);
    store.writing(|session| session.delete_tokens_but(UserId(1), TokenId(5))).unwrap();
    assert_eq!(tokens_there(&store), [2, 5]);
}

fn a_use_is_noted_once_in_a_while(database: &TestDatabase) {
    let store = with_users(database);
    let many: Vec<TokenId> = (1..1_200).map(TokenId).collect();
    store
        .writing(|session| [token(1, 1, 5), token(2, 2, 5)].iter().try_for_each(|token| session.insert_token(token)))
        .unwrap();
    let at = Timestamp::from_unix;
    let note = |ids: &[TokenId], used, since| {
        store.writing(|session| session.note_uses(ids, at(used), at(since))).unwrap();
        [1, 2].map(|id| {
            let (token, _) = read(&store, |session| session.token(&digest(id))).unwrap();
            token.last_used_at.map(Timestamp::unix)
        })
    };
    assert_eq!(note(&many[..1], 100, 40), [Some(100), None]);
    assert_eq!(note(&many, 150, 90), [Some(100), Some(150)], "of ids by the thousand, too");
    assert_eq!(note(&many, 160, 100), [Some(160), Some(150)]);
    assert_eq!(note(&[], 999, 999), [Some(160), Some(150)]);
}
