//! Tokens.

use diesel::prelude::*;
use domain::{
    Result,
    ports::TokenRepository,
    time::Timestamp,
    user::{Token, TokenDigest, TokenId, User, UserId},
};

use super::{
    schema::{tokens, users},
    transaction::{Transaction, column},
    users::StoredUser,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = tokens)]
struct StoredToken {
    id: i64,
    user_id: i64,
    name: Option<String>,
    created_at: i64,
    expires_at: i64,
}

impl StoredToken {
    fn into_token(self, digest: TokenDigest) -> Token {
        Token {
            id: TokenId(self.id.cast_unsigned()),
            user: UserId(self.user_id.cast_unsigned()),
            name: self.name,
            digest,
            created_at: Timestamp::from_unix(self.created_at),
            expires_at: Timestamp::from_unix(self.expires_at),
        }
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
        row.map(|(token, user)| Ok((token.into_token(*digest), user.into_user()?))).transpose()
    }

    fn insert_token(&mut self, token: &Token) -> Result<()> {
        self.change_one(|connection| {
            diesel::insert_into(tokens::table)
                .values((
                    tokens::id.eq(column(token.id.0)),
                    tokens::user_id.eq(column(token.user.0)),
                    tokens::name.eq(token.name.as_deref()),
                    tokens::digest.eq(token.digest.0.as_slice()),
                    tokens::created_at.eq(token.created_at.unix()),
                    tokens::expires_at.eq(token.expires_at.unix()),
                ))
                .execute(connection)
        })
    }

    fn delete_token(&mut self, id: TokenId) -> Result<()> {
        self.change(|connection| diesel::delete(tokens::table.find(column(id.0))).execute(connection))?;
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
