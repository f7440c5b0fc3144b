//! A change to the catalogue, as recorded in the feed that indexes, caches and history are read from.

use serde::{Deserialize, Serialize};

use crate::{
    genre::{Genre, GenreId},
    movie::{Movie, MovieId},
    time::Timestamp,
    user::{Admin, Username},
};

/// A change's number. Numbers grow in the order in which changes commit: whoever has read up to one has missed none
/// before it.
pub type Seq = u64;

/// By which way a change came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Via {
    /// The REST API.
    Api,
    /// A web page.
    Page,
    /// A feed sent to the server.
    Import,
    /// A program on the server's machine.
    Cli,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Added.
    Create,
    /// Changed.
    Update,
    /// Removed.
    Delete,
}

/// What it was done to, with the states before and after.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// A movie: at least one of the states is there.
    Movie {
        /// Which.
        id: MovieId,
        /// `None` where it was created.
        before: Option<Box<Movie>>,
        /// `None` where it was deleted.
        after: Option<Box<Movie>>,
    },
    /// A bulk load's new movies, `count` of them, with ids from `first` without a gap. Their states are not repeated
    /// here: each is the `before` of the movie's next change, or the movie as it stands.
    NewMovies {
        /// The first id.
        first: MovieId,
        /// How many; at least 1.
        count: u64,
    },
    /// A genre: at least one of the states is there.
    Genre {
        /// Which.
        id: GenreId,
        /// `None` where it was created.
        before: Option<Genre>,
        /// `None` where it was deleted.
        after: Option<Genre>,
    },
}

impl Edit {
    /// A movie was added.
    pub fn movie_created(movie: &Movie) -> Self {
        Self::Movie { id: movie.id, before: None, after: Some(Box::new(movie.clone())) }
    }

    /// A movie was changed.
    pub fn movie_updated(before: &Movie, after: &Movie) -> Self {
        Self::Movie { id: after.id, before: Some(Box::new(before.clone())), after: Some(Box::new(after.clone())) }
    }

    /// A movie was removed.
    pub fn movie_deleted(movie: &Movie) -> Self {
        Self::Movie { id: movie.id, before: Some(Box::new(movie.clone())), after: None }
    }

    /// A genre changed from one state to another.
    pub fn genre(id: GenreId, before: Option<&Genre>, after: Option<&Genre>) -> Self {
        Self::Genre { id, before: before.cloned(), after: after.cloned() }
    }

    /// How many change numbers the edit takes: one for each movie or genre.
    pub fn span(&self) -> u64 {
        match self {
            Self::NewMovies { count, .. } => *count,
            Self::Movie { .. } | Self::Genre { .. } => 1,
        }
    }

    /// What was done.
    pub fn action(&self) -> Action {
        let (before, after) = match self {
            Self::NewMovies { .. } => (false, true),
            Self::Movie { before, after, .. } => (before.is_some(), after.is_some()),
            Self::Genre { before, after, .. } => (before.is_some(), after.is_some()),
        };
        match (before, after) {
            (true, true) => Action::Update,
            (true, false) => Action::Delete,
            (false, _) => Action::Create,
        }
    }
}

/// An edit to be recorded with who made it.
#[derive(Debug, Clone)]
pub struct NewChange {
    /// When.
    pub at: Timestamp,
    /// Who; nobody by name where a program did.
    pub actor: Option<Username>,
    /// By which way.
    pub via: Via,
    /// What.
    pub edit: Edit,
}

impl NewChange {
    /// `edit`, made by `admin` at the moment `at`.
    pub fn by(admin: &Admin, at: Timestamp, edit: Edit) -> Self {
        Self { at, actor: admin.actor().cloned(), via: admin.via(), edit }
    }
}

/// A recorded change.
#[derive(Debug, Clone)]
pub struct Change {
    /// The number of its (last) movie or genre; the numbers `seq + 1 - edit.span()` to `seq` are all its.
    pub seq: Seq,
    /// A random id of the record: tells this database's change of that number from another database's.
    pub stamp: i64,
    /// When.
    pub at: Timestamp,
    /// Who; nobody by name where a program did.
    pub actor: Option<Username>,
    /// By which way.
    pub via: Via,
    /// What.
    pub edit: Edit,
}

/// Which changes are asked for. What is `None` does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChangeFilter {
    /// Who made them.
    pub actor: Option<Actor>,
    /// By which way they came.
    pub via: Option<Via>,
    /// What was done.
    pub action: Option<Action>,
    /// What it was done to.
    pub subject: Option<Subject>,
}

/// Who makes changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// The user of this name.
    User(Username),
    /// A program of the operator's: nobody by name.
    Program,
}

/// What changes are made to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Any movie.
    Movies,
    /// Any genre.
    Genres,
}

/// A part of the changes that are asked for.
#[derive(Debug)]
pub struct LatestChanges {
    /// The records, the latest first: fewer than asked for, or none, where few of those looked at match.
    pub changes: Vec<Change>,
    /// The number below which the next part begins; `None` where nothing is left to look at.
    pub next: Option<Seq>,
}
