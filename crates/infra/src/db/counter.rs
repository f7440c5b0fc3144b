//! The row that gives out ids and change numbers.
//!
//! Every write takes it first and holds it to the end, so writers take turns: numbers are in the order of commits.

use diesel::prelude::*;
use domain::{
    Error, Result,
    genre::GenreId,
    movie::MovieId,
    ports::Ids,
    user::{TokenId, UserId},
};

use super::{
    schema::counter,
    transaction::{Transaction, column},
};

/// The last numbers given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = counter)]
struct Row {
    last_movie_id: i64,
    last_genre_id: i64,
    last_user_id: i64,
    last_token_id: i64,
    last_seq: i64,
}

/// The counter, as a write holds it.
pub struct Counter {
    stored: Row,
    now: Row,
}

impl Transaction<'_> {
    /// Waits until no other write is running, and takes the counter. It MUST be the first statement of a write: on
    /// MySQL a read before it would fix a state that misses what the writer before wrote.
    pub fn take_counter(&mut self) -> Result<()> {
        let row = self.query(|connection| {
            // Locks the row on MySQL. On SQLite the transaction began with the lock.
            diesel::update(counter::table).set(counter::last_seq.eq(counter::last_seq)).execute(connection)?;
            counter::table.select(Row::as_select()).get_result(connection)
        })?;
        self.counter = Some(Counter { stored: row, now: row });
        Ok(())
    }

    /// Stores what was given out.
    pub fn put_counter_back(&mut self) -> Result<()> {
        match &self.counter {
            Some(Counter { stored, now }) if stored != now => {
                let now = *now;
                self.change_one(|connection| diesel::update(counter::table).set(now).execute(connection))
            }
            _ => Ok(()),
        }
    }

    /// Takes `count` change numbers and returns the last.
    pub fn new_seqs(&mut self, count: u64) -> Result<i64> {
        self.take(count, |row| &mut row.last_seq)
    }

    fn take(&mut self, count: u64, last: impl FnOnce(&mut Row) -> &mut i64) -> Result<i64> {
        let counter = self.counter.as_mut().ok_or_else(|| Error::Internal("a read gives out no ids".into()))?;
        let last = last(&mut counter.now);
        *last = last.checked_add(column(count)).ok_or_else(|| Error::Internal("the ids are used up".into()))?;
        Ok(*last)
    }
}

impl Ids for Transaction<'_> {
    fn new_movie_ids(&mut self, count: u64) -> Result<MovieId> {
        let last = self.take(count, |row| &mut row.last_movie_id)?.cast_unsigned();
        Ok(MovieId(last + 1 - count))
    }

    fn new_genre_id(&mut self) -> Result<GenreId> {
        Ok(GenreId(self.take(1, |row| &mut row.last_genre_id)?.cast_unsigned()))
    }

    fn new_user_id(&mut self) -> Result<UserId> {
        Ok(UserId(self.take(1, |row| &mut row.last_user_id)?.cast_unsigned()))
    }

    fn new_token_id(&mut self) -> Result<TokenId> {
        Ok(TokenId(self.take(1, |row| &mut row.last_token_id)?.cast_unsigned()))
    }
}
