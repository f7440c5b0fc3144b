//! Who else must know of a change.

use std::time::Duration;

use crate::{error::Error, genre::GenreId, import::Counts, matching::Reach, movie::MovieId};

/// What changed, as far as caches care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// A movie was changed or removed.
    Movie(MovieId),
    /// A genre was changed or removed: movies that have it read differently now.
    Genre(GenreId),
    /// More changed than can be told.
    Everything,
}

/// Something that holds copies of the catalogue's data, or passes changes on.
pub trait ChangeListener: Send + Sync {
    /// Called after a commit, on this node at once and for other nodes' changes when they are seen; twice for the
    /// same change is usual. It MUST be quick.
    fn changed(&self, what: Changed);

    /// Called when there is something new in the feed, whoever wrote it, and before lists show it. It MUST be quick.
    fn recorded(&self) {}
}

/// Something that counts what is done. Every method MUST be quick.
pub trait Watcher: Send + Sync {
    /// Called after a search that succeeded: how far words were stretched, where there were any, and how long it took.
    fn searched(&self, reach: Option<Reach>, took: Duration);

    /// Called after a login, with why it was refused.
    fn logged_in(&self, refused: Option<&Error>);

    /// Called after somebody made an account.
    fn registered(&self);

    /// Called after records of a feed were stored, with what became of them.
    fn imported(&self, counts: Counts);
}
