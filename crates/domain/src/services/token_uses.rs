//! When tokens were last used. Requests note it here, which costs them next to nothing; the database is told about it
//! now and then, by somebody who is not in any request's way.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    time::Timestamp,
    user::{Token, TokenId},
};

/// A later use of a token is not worth noting for so many seconds.
pub(super) const INTERVAL: i64 = 60;

/// Bounds memory and the length of one write: uses of further tokens are not noted this time.
const MOST: usize = 10_000;

/// Uses that are not stored yet.
#[derive(Default)]
pub(super) struct TokenUses(Mutex<HashMap<TokenId, Timestamp>>);

impl TokenUses {
    /// Notes a use at `now`, unless what is stored says as much.
    pub(super) fn note(&self, token: &Token, now: Timestamp) {
        if token.last_used_at.is_some_and(|stored| stored.plus(INTERVAL) > now) {
            return;
        }
        let mut uses = self.lock();
        if uses.len() < MOST || uses.contains_key(&token.id) {
            uses.insert(token.id, now);
        }
    }

    /// The use of this token that is not stored yet.
    pub(super) fn of(&self, token: TokenId) -> Option<Timestamp> {
        self.lock().get(&token).copied()
    }

    /// All of them, by their times.
    pub(super) fn by_time(&self) -> BTreeMap<Timestamp, Vec<TokenId>> {
        let mut by_time = BTreeMap::<_, Vec<_>>::new();
        for (token, at) in self.lock().iter() {
            by_time.entry(*at).or_default().push(*token);
        }
        by_time
    }

    /// Forgets these, unless the token was used again.
    pub(super) fn forget(&self, uses: &BTreeMap<Timestamp, Vec<TokenId>>) {
        let mut noted = self.lock();
        for (at, tokens) in uses {
            for token in tokens {
                if noted.get(token) == Some(at) {
                    noted.remove(token);
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TokenId, Timestamp>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user::{TokenDigest, UserId};

    fn token(id: u64, last_used_at: Option<i64>) -> Token {
        Token {
            id: TokenId(id),
            user: UserId(1),
            name: None,
            digest: TokenDigest([0; 32]),
            created_at: at(0),
            expires_at: at(0),
            last_used_at: last_used_at.map(at),
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix(seconds)
    }

    #[test]
    fn a_use_within_a_minute_of_a_stored_one_is_not_noted() {
        let uses = TokenUses::default();
        uses.note(&token(1, Some(1_000)), at(1_059));
        assert_eq!(uses.of(TokenId(1)), None);
        uses.note(&token(1, Some(1_000)), at(1_060));
        uses.note(&token(2, None), at(1_060));
        assert_eq!(uses.of(TokenId(1)), Some(at(1_060)));
        let mut tokens = uses.by_time().remove(&at(1_060)).unwrap();
        tokens.sort_unstable_by_key(|token| token.0);
        assert_eq!(tokens, [TokenId(1), TokenId(2)]);
    }

    #[test]
    fn a_use_that_came_while_others_were_stored_is_kept() {
        let uses = TokenUses::default();
        uses.note(&token(1, None), at(1));
        uses.note(&token(2, None), at(1));
        let stored = uses.by_time();
        uses.note(&token(2, None), at(2));
        uses.forget(&stored);
        assert_eq!((uses.of(TokenId(1)), uses.of(TokenId(2))), (None, Some(at(2))));
    }

    #[test]
    fn memory_is_bounded() {
        let uses = TokenUses::default();
        for id in 0..2 * MOST as u64 {
            uses.note(&token(id, None), at(1));
        }
        uses.note(&token(0, None), at(2));
        assert_eq!(uses.of(TokenId(0)), Some(at(2)));
        assert_eq!(uses.lock().len(), MOST);
    }
}
