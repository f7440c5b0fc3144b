//! Tokens.

use diesel::prelude::*;
use domain::{
    Result,
    ports::TokenRepository,
    query::IdPage,
    time::Timestamp,
    user::{Token, TokenDigest, TokenId, TokenName, User, UserId},
};

use super::{
    error::damaged,
    schema::{tokens, users},
    transaction::{LIST, Transaction, column},
    users::StoredUser,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = tokens)]
struct StoredToken {
    id: i64,
    user_id: i64,
    name: Option<String>,
    digest: Vec<u8>,
    created_at: i64,
    expires_at: i64,
    last_used_at: Option<i64>,
}

impl StoredToken {
    fn into_token(self) -> Result<Token> {
        let damaged = |reason: &str| damaged("token", self.id, reason);
        Ok(Token {
            id: TokenId(self.id.cast_unsigned()),
            user: UserId(self.user_id.cast_unsigned()),
            name: self.name.map(|name| TokenName::new(&name)).transpose().map_err(|v| damaged(&v.detail))?,
            digest: TokenDigest(self.digest.try_into().map_err(|_| damaged("a digest has 32 bytes"))?),
            created_at: Timestamp::from_unix(self.created_at),
            expires_at: Timestamp::from_unix(self.expires_at),
            last_used_at: self.last_used_at.map(Timestamp::from_unix),
        })
    }
}

impl TokenRepository for Transaction<'_> {
    fn token(&mut self, digest: &TokenDigest) -> Result<Option<(Token, User)>> {
        let row = self.query(|connection| {
            tokens::table
                .inner_join(users::table)
                .select((StoredToken::as_select(), StoredUser::as_select()))
                .filter(tokens::digest.eq(digest.0.as_slice()))
                .first::<(StoredToken, StoredUser)>(connection)
                .optional()
        })?;
        row.map(|(token, user)| Ok((token.into_token()?, user.into_user()?))).transpose()
    }

    fn tokens_of(&mut self, user: UserId, now: Timestamp, page: IdPage) -> Result<Vec<Token>> {
        let rows = self.query(|connection| {
            tokens::table
                .select(StoredToken::as_select())
                .filter(tokens::user_id.eq(column(user.0)))
                .filter(tokens::expires_at.gt(now.unix()))
                .filter(tokens::id.gt(column(page.after)))
                .order(tokens::id)
                .limit(i64::from(page.limit) + 1)
                .offset(page.skip.into())
                .load::<StoredToken>(connection)
        })?;
        rows.into_iter().map(StoredToken::into_token).collect()
    }

    fn count_tokens_of(&mut self, user: UserId, now: Timestamp) -> Result<u64> {
        let count = self.query(|connection| {
            tokens::table
                .filter(tokens::user_id.eq(column(user.0)))
                .filter(tokens::expires_at.gt(now.unix()))
                .count()
                .get_result::<i64>(connection)
        })?;
        Ok(count.cast_unsigned())
    }

    fn count_named_tokens_of(&mut self, user: UserId, now: Timestamp) -> Result<u64> {
        let count = self.query(|connection| {
            tokens::table
                .filter(tokens::user_id.eq(column(user.0)))
                .filter(tokens::expires_at.gt(now.unix()))
                .filter(tokens::name.is_not_null())
                .count()
                .get_result::<i64>(connection)
        })?;
        Ok(count.cast_unsigned())
    }

    fn insert_token(&mut self, token: &Token) -> Result<()> {
        self.change_one(|connection| {
            diesel::insert_into(tokens::table)
                .values((
                    tokens::id.eq(column(token.id.0)),
                    tokens::user_id.eq(column(token.user.0)),
                    tokens::name.eq(token.name.as_ref().map(TokenName::as_str)),
                    tokens::digest.eq(token.digest.0.as_slice()),
                    tokens::created_at.eq(token.created_at.unix()),
                    tokens::expires_at.eq(token.expires_at.unix()),
                    tokens::last_used_at.eq(token.last_used_at.map(Timestamp::unix)),
                ))
                .execute(connection)
        })
    }

    fn delete_token(&mut self, id: TokenId) -> Result<()> {
        self.change(|connection| diesel::delete(tokens::table.find(column(id.0))).execute(connection))?;
        Ok(())
    }

    fn delete_token_of(&mut self, user: UserId, id: TokenId) -> Result<bool> {
        let rows = self.change(|connection| {
            let token = tokens::table.find(column(id.0)).filter(tokens::user_id.eq(column(user.0)));
            diesel::delete(token).execute(connection)
        })?;
        Ok(rows > 0)
    }

    fn delete_tokens_but(&mut self, user: UserId, kept: TokenId) -> Result<()> {
        self.change(|connection| {
            let others = tokens::table.filter(tokens::user_id.eq(column(user.0))).filter(tokens::id.ne(column(kept.0)));
            diesel::delete(others).execute(connection)
        })?;
        Ok(())
    }

    fn note_uses(&mut self, ids: &[TokenId], at: Timestamp, since: Timestamp) -> Result<()> {
        for ids in ids.chunks(LIST) {
            let ids: Vec<i64> = ids.iter().map(|id| column(id.0)).collect();
            self.change(|connection| {
                let not_noted = tokens::last_used_at.is_null().or(tokens::last_used_at.le(since.unix()));
                diesel::update(tokens::table.filter(tokens::id.eq_any(ids)).filter(not_noted))
                    .set(tokens::last_used_at.eq(at.unix()))
                    .execute(connection)
            })?;
        }
        Ok(())
    }

    fn delete_tokens_of(&mut self, user: UserId) -> Result<()> {
        self.change(|connection| {
            diesel::delete(tokens::table.filter(tokens::user_id.eq(column(user.0)))).execute(connection)
        })?;
        Ok(())
    }

    fn delete_expired_tokens(&mut self, now: Timestamp) -> Result<()> {
        self.change(|connection| {
            diesel::delete(tokens::table.filter(tokens::expires_at.lt(now.unix()))).execute(connection)
        })?;
        Ok(())
    }
}
