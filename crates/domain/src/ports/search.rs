//! The read model of the catalogue: everything but reading one movie by its id.

use std::{ops::ControlFlow, sync::Arc, time::Duration};

use crate::{
    change::Seq,
    error::Result,
    genre::Genre,
    movie::{Movie, MovieId},
    query::{ListedMovie, MoviePage, MovieQuery},
    suggestion::Suggestion,
};

/// A genre and how many movies have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenreCount {
    /// The genre.
    pub genre: Genre,
    /// How many movies have it.
    pub movies: u64,
}

/// How the read model and its source are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchHealth {
    /// Whether lists can be read at all: false until the first index is loaded or built.
    pub ready: bool,
    /// Whether the last change was applied in time, as far as is known.
    pub current: bool,
    /// Whether the database answered the last poll of its changes.
    pub database: bool,
    /// The number of the last change that lists show.
    pub applied: Seq,
    /// The stamp of that change: tells it from another database's change of the same number.
    pub stamp: i64,
}

/// Lists of movies and genres, from an index that follows the changes.
///
/// Every method fails with [`Error::Unavailable`](crate::Error::Unavailable) while there is no index to read.
pub trait MovieSearch: Send + Sync {
    /// A part of a list.
    ///
    /// The same catalogue gives the same list on every database. A walk from `next` to `next` MUST give every movie
    /// that did not change meanwhile exactly once. A position whose values are of another kind than the sort keys is
    /// [`Error::BadCursor`](crate::Error::BadCursor).
    fn find(&self, query: &MovieQuery) -> Result<MoviePage>;

    /// Gives every movie of a list to `each`, in order, until that breaks off; the page and the count of `query` do not
    /// matter. All movies MUST be of one state of the catalogue, whatever is written meanwhile, and memory MUST NOT
    /// grow with the list.
    fn walk(&self, query: &MovieQuery, each: &mut dyn FnMut(&Movie) -> ControlFlow<()>) -> Result<()>;

    /// The movie as lists show it, which may be behind the database; `None` where they do not.
    fn movie(&self, id: MovieId) -> Result<Option<Movie>>;

    /// What may be meant by `text`, which somebody types: the best `limit`, in the order of
    /// [`Suggestions`](crate::suggestion::Suggestions). MUST cost little in a catalogue of any size.
    fn suggest(&self, text: &str, limit: usize) -> Result<Vec<Suggestion>>;

    /// The `limit` movies that are most alike this one, in the order of
    /// [`Profile::likeness`](crate::similarity::Profile::likeness), then the most popular, then by id; never the movie
    /// itself. `None` where lists do not have it. MUST cost little in a catalogue of any size: not every movie has to
    /// be compared.
    fn similar(&self, id: MovieId, limit: usize) -> Result<Option<Vec<Arc<ListedMovie>>>>;

    /// Every genre, by ascending id.
    fn genres(&self) -> Result<Vec<GenreCount>>;

    /// Waits until lists show the change `seq`, at most `timeout`. Returns whether they do; where they do not, the
    /// health says so until they do.
    fn wait_for(&self, seq: Seq, timeout: Duration) -> bool;

    /// How things stand. Costs next to nothing and never waits.
    fn health(&self) -> SearchHealth;
}
