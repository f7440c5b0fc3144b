//! Users.

use diesel::prelude::*;
use domain::{
    Result,
    ports::UserRepository,
    query::IdPage,
    time::Timestamp,
    user::{Role, User, UserId, Username},
};

use super::{
    error::damaged,
    schema::users,
    transaction::{Transaction, column},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
pub struct StoredUser {
    id: i64,
    username: String,
    role: String,
    disabled: bool,
    created_at: i64,
}

impl StoredUser {
    pub fn into_user(self) -> Result<User> {
        let damaged = |reason| damaged("user", self.id, reason);
        Ok(User {
            id: UserId(self.id.cast_unsigned()),
            username: Username::try_from(self.username).map_err(damaged)?,
            role: match self.role.as_str() {
                "user" => Role::User,
                "admin" => Role::Admin,
                other => return Err(damaged(format!("no role is called {other}"))),
            },
            disabled: self.disabled,
            created_at: Timestamp::from_unix(self.created_at),
        })
    }
}

diesel::define_sql_function! {
    /// The place of `part` in `text`, from 1; 0 where it does not occur. Unlike LIKE it knows no special characters.
    fn instr(text: diesel::sql_types::Text, part: diesel::sql_types::Text) -> diesel::sql_types::Integer;
}

fn role(role: Role) -> &'static str {
    match role {
        Role::User => "user",
        Role::Admin => "admin",
    }
}

impl UserRepository for Transaction<'_> {
    fn user_named(&mut self, username: &Username) -> Result<Option<(User, String)>> {
        let row = self.query(|connection| {
            users::table
                .select((StoredUser::as_select(), users::password_hash))
                .filter(users::username_key.eq(username.key()))
                .first::<(StoredUser, String)>(connection)
                .optional()
        })?;
        row.map(|(user, hash)| Ok((user.into_user()?, hash))).transpose()
    }

    fn user(&mut self, id: UserId) -> Result<Option<(User, String)>> {
        let row = self.query(|connection| {
            users::table
                .find(column(id.0))
                .select((StoredUser::as_select(), users::password_hash))
                .first::<(StoredUser, String)>(connection)
                .optional()
        })?;
        row.map(|(user, hash)| Ok((user.into_user()?, hash))).transpose()
    }

    fn users(&mut self, part: &str, page: IdPage) -> Result<Vec<User>> {
        let rows = self.query(|connection| {
            users::table
                .select(StoredUser::as_select())
                .filter(instr(users::username_key, part.to_lowercase()).gt(0))
                .filter(users::id.gt(column(page.after)))
                .order(users::id)
                .limit(i64::from(page.limit) + 1)
                .offset(page.skip.into())
                .load::<StoredUser>(connection)
        })?;
        rows.into_iter().map(StoredUser::into_user).collect()
    }

    fn count_users(&mut self, part: &str) -> Result<u64> {
        let count = self.query(|connection| {
            users::table
                .filter(instr(users::username_key, part.to_lowercase()).gt(0))
                .count()
                .get_result::<i64>(connection)
        })?;
        Ok(count.cast_unsigned())
    }

    fn count_enabled_admins(&mut self) -> Result<u64> {
        let count = self.query(|connection| {
            users::table
                .filter(users::role.eq(role(Role::Admin)))
                .filter(users::disabled.eq(false))
                .count()
                .get_result::<i64>(connection)
        })?;
        Ok(count.cast_unsigned())
    }

    fn insert_user(&mut self, user: &User, password_hash: &str) -> Result<()> {
        self.change_one(|connection| {
            diesel::insert_into(users::table)
                .values((
                    users::id.eq(column(user.id.0)),
                    users::username.eq(user.username.as_str()),
                    users::username_key.eq(user.username.key()),
                    users::password_hash.eq(password_hash),
                    users::role.eq(role(user.role)),
                    users::disabled.eq(user.disabled),
                    users::created_at.eq(user.created_at.unix()),
                ))
                .execute(connection)
        })
    }

    fn update_user(&mut self, user: &User, password_hash: &str) -> Result<()> {
        self.change_one(|connection| {
            diesel::update(users::table.find(column(user.id.0)))
                .set((
                    users::role.eq(role(user.role)),
                    users::disabled.eq(user.disabled),
                    users::password_hash.eq(password_hash),
                ))
                .execute(connection)
        })
    }

    fn delete_user(&mut self, id: UserId) -> Result<()> {
        // The database removes the tokens with it.
        self.change_one(|connection| diesel::delete(users::table.find(column(id.0))).execute(connection))
    }

    fn has_users(&mut self) -> Result<bool> {
        let any = self.query(|connection| users::table.select(users::id).first::<i64>(connection).optional())?;
        Ok(any.is_some())
    }
}
