//! IMDb's public data sets (<https://developer.imdb.com/non-commercial-datasets/>), joined into movies.
//!
//! Four files are read: `title.basics`, `title.ratings`, `title.crew` and `name.basics`, as `.tsv.gz` or `.tsv`. Each is
//! a table: UTF-8, a header line, cells separated by tabs, `\N` for null. Quotes are data. Columns are found by their
//! names, the lines of a file may stand in any order, and all four files are needed: without one of them, movies would
//! lose what it says of them.
//!
//! What becomes of a title of a wanted type, adult ones included:
//!
//! | field | from |
//! |---|---|
//! | `imdb_id`, `name`, `year`, `runtime_minutes`, `genres` | `title.basics`: `tconst`, `primaryTitle`, `startYear`, `runtimeMinutes`, `genres` |
//! | `imdb_score`, `votes` | `title.ratings`: `averageRating`, `numVotes` |
//! | `popularity` | the votes, by [`popularity`] |
//! | `director` | `title.crew`: `directors`, in their order, by `primaryName` in `name.basics`; as many whole names as fit |
//!
//! What the data set does not know of a title is null; `overview` and `poster_url`, of which it knows nothing at all,
//! stay as they are. A row that breaks rules is rejected and counts as not being there; rows of titles that are not
//! wanted are passed over. Of two rows for the same title or person the last one counts. A director whose name is not
//! in `name.basics` is left out.
//!
//! The files are not held in memory, what is joined is, in a few numbers for each wanted title: [`Titles`] has their
//! ids, [`Ratings`] and [`Credits`] an entry for each of these, [`Names`] the directors' names. That is what the order
//! of reading comes from, which the types prescribe; [`Movies`] reads `title.basics` once more and puts it all together.
//!
//! - `files.rs`: where the files are
//! - `table.rs`: rows and cells
//! - `id.rs`: IMDb's identifiers as numbers
//! - `titles.rs`, `ratings.rs`, `credits.rs`: what is joined
//! - `movies.rs`: the movies themselves

mod credits;
mod files;
mod id;
mod movies;
mod ratings;
mod table;
mod titles;

use std::io;

use domain::violation::{ViolationCode, Violations};

use crate::Rejection;

pub use self::{
    credits::{Credits, Names},
    files::Files,
    movies::{Movies, popularity},
    ratings::Ratings,
    titles::Titles,
};

/// What the reading of a table comes to on its way.
#[derive(Debug)]
pub enum Step {
    /// So many rows have been read. Told now and then.
    Rows(u64),
    /// A row breaks rules and counts as not being there. It is on the line after the one with its number, because the
    /// first line is the header.
    Rejected(Rejection),
}

/// Why a table cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Files are missing.
    #[error("the data set is not whole: no {}", .0.join(", no "))]
    Missing(Vec<String>),
    /// The header does not name a column that is needed.
    #[error("its first line names no column `{0}`")]
    NoColumn(&'static str),
    /// The source failed.
    #[error("it cannot be read (from row {row} on): {cause}")]
    Source {
        /// The number of the row that could not be read.
        row: u64,
        /// Why.
        cause: io::Error,
    },
    /// The reading was told to stop.
    #[error("the reading was stopped")]
    Stopped,
}

/// A place in a list or text, in half the memory.
fn place(index: usize) -> Result<u32, Violations> {
    match u32::try_from(index) {
        Ok(place) if place != NOWHERE => Ok(place),
        _ => table::refuse("", ViolationCode::TooLong, "there are too many rows to join"),
    }
}

const NOWHERE: u32 = u32::MAX;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_cannot_be_counted_is_refused() {
        assert_eq!(place(u32::MAX as usize - 1), Ok(u32::MAX - 1));
        for index in [u32::MAX as usize, u32::MAX as usize + 1] {
            assert!(place(index).is_err());
        }
    }
}
