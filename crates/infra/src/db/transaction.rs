//! What one transaction knows.

use std::cmp;

use diesel::QueryResult;
use domain::{Error, Result};

use super::{connection::AnyConnection, counter::Counter, error};

/// A running transaction. The repositories are implemented on it.
pub struct Transaction<'a> {
    connection: &'a mut AnyConnection,
    /// There in a write alone.
    pub(super) counter: Option<Counter>,
    undone: bool,
}

impl<'a> Transaction<'a> {
    pub fn new(connection: &'a mut AnyConnection) -> Self {
        Self { connection, counter: None, undone: false }
    }

    /// Whether any statement failed in a way that means the transaction is rolled back, or has to be.
    pub fn undone(&self) -> bool {
        self.undone
    }

    /// Runs a statement that reads.
    pub(super) fn query<T>(&mut self, run: impl FnOnce(&mut AnyConnection) -> QueryResult<T>) -> Result<T> {
        run(self.connection).map_err(|e| {
            self.undone |= error::undone(&e);
            error::failed(e)
        })
    }

    /// Runs a statement that writes.
    pub(super) fn change<T>(&mut self, run: impl FnOnce(&mut AnyConnection) -> QueryResult<T>) -> Result<T> {
        if self.counter.is_none() {
            return Err(Error::Internal("a read does not write".into()));
        }
        self.query(run)
    }

    /// Runs a statement that writes exactly one row.
    pub(super) fn change_one(&mut self, run: impl FnOnce(&mut AnyConnection) -> QueryResult<usize>) -> Result<()> {
        match self.change(run)? {
            1 => Ok(()),
            rows => Err(Error::Internal(format!("{rows} rows were written in place of one").into())),
        }
    }
}

/// How many values a list in a query has at most, and how many rows an insert. MariaDB turns a list of 1,000 into a
/// temporary table, and the widest row has 16 values: the hard limits are 32,766 on SQLite and 65,535 on MySQL.
pub const LIST: usize = 500;

/// How much text one insert carries at most, in bytes: a server may be set to take no more than 1 MiB at once.
pub const TEXT: usize = 512 * 1024;

/// Parts of `rows` that one insert can carry, by the bytes of text in each row.
pub fn inserts<T>(mut rows: &[T], bytes: impl Fn(&T) -> usize) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let mut total = 0;
        let fitting = rows.iter().take(LIST).take_while(|row| {
            total += bytes(row);
            total <= TEXT
        });
        let (part, rest) = rows.split_at(cmp::min(fitting.count().max(1), rows.len()));
        rows = rest;
        (!part.is_empty()).then_some(part)
    })
}

/// An id or number as a column holds it. The largest ones are never given out, so that they find nothing.
pub fn column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_insert_is_bounded_in_rows_and_in_bytes() {
        let parts = |rows: &[usize]| inserts(rows, |bytes| *bytes).map(<[usize]>::len).collect::<Vec<_>>();
        assert_eq!(parts(&[]), [0; 0]);
        assert_eq!(parts(&[1; 2 * LIST + 1]), [LIST, LIST, 1]);
        assert_eq!(parts(&[TEXT / 2, TEXT / 2, 1]), [2, 1]);
        assert_eq!(parts(&[2 * TEXT, 1, 2 * TEXT]), [1, 1, 1]);
    }
}
