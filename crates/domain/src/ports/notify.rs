//! Who else must know of a change.

use crate::{genre::GenreId, movie::MovieId};

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
