//! An import, as it is recorded: a feed on its way into the catalogue, and what came of it.

use std::ops::AddAssign;

use serde::Serialize;

use crate::{time::Timestamp, user::Username};

/// Identifies the record of an import; grows from import to import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImportId(pub u64);

/// How many records of a feed became what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// New movies.
    pub created: u64,
    /// Records that changed a movie.
    pub updated: u64,
    /// Records that said nothing new.
    pub unchanged: u64,
    /// Records that broke rules.
    #[serde(rename = "rejected_count")]
    pub rejected: u64,
}

impl Counts {
    /// All records.
    pub fn records(&self) -> u64 {
        self.created + self.updated + self.unchanged + self.rejected
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.created += other.created;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.rejected += other.rejected;
    }
}

/// How an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is under way.
    Running,
    /// The feed was read to its end.
    Done,
    /// It broke off, and says why. What it had stored stays.
    Failed,
    /// Who imports broke it off. What it had stored stays.
    Cancelled,
    /// Its process ended before it did: it said so, or was not heard of for a while. What it had stored stays.
    Interrupted,
}

/// The record of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRecord {
    /// Its id.
    pub id: ImportId,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was last heard of.
    pub heard_of_at: Timestamp,
    /// When it ended, well or not.
    pub finished_at: Option<Timestamp>,
    /// Who imports; nobody by name where a program does.
    pub actor: Option<Username>,
    /// Where the feed is from: a file's name, or `api`. At most 300 characters.
    pub source: String,
    /// What became of its records so far.
    pub counts: Counts,
    /// How it stands.
    pub standing: Standing,
    /// Why it failed, in at most 1,000 characters.
    pub error: Option<String>,
}
