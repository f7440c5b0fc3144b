//! Storing a feed.

use std::{
    fmt,
    io::{self, Read},
    ops::ControlFlow,
    panic,
    sync::mpsc::{SyncSender, sync_channel},
    thread,
};

pub use domain::import::Counts;
use domain::{
    services::{FeedRecord, Import, Load, Outcome},
    user::Admin,
    violation::{ViolationCode, Violations},
};
use serde::Serialize;

use crate::feed::{self, Emit, Record};

/// How many records are stored in one transaction. On a disk, fewer take longer: each transaction waits for the disk.
/// More would keep other writers waiting, for whom this many take some tenths of a second.
const BATCH_RECORDS: usize = 4_000;

/// About how much text of records is in a batch at most.
const BATCH_BYTES: usize = 4 << 20;

/// How many batches are read ahead of the one that is being stored.
const BATCHES_AHEAD: usize = 2;

/// What to do about a record that breaks rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnError {
    /// Report it and go on.
    Continue,
    /// Stop. The records before it stay stored.
    Abort,
}

/// A record that was not stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Its number in the feed, from 1.
    pub record: u64,
    /// Everything that is wrong with it. The field `""` is the whole record.
    pub violations: Violations,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "record {}", self.record)?;
        for (i, violation) in self.violations.0.iter().enumerate() {
            f.write_str(if i == 0 { ": " } else { "; " })?;
            if let Some(field) = violation.field.strip_prefix('/') {
                write!(f, "{field}: ")?;
            }
            f.write_str(&violation.detail)?;
        }
        Ok(())
    }
}

/// A rule that a record broke, as reports tell it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BrokenRule {
    /// The record's number in the feed, from 1.
    pub record: u64,
    /// The field's name, or the pointer to it without the slash in front; `None` where the rule is about the whole
    /// record.
    pub field: Option<String>,
    /// The rule, for those who tell it in other words.
    #[serde(skip)]
    pub code: ViolationCode,
    /// The rule in words.
    pub reason: String,
}

impl Rejection {
    /// Each rule that the record broke.
    pub fn broken_rules(self) -> impl Iterator<Item = BrokenRule> {
        self.violations.0.into_iter().map(move |violation| BrokenRule {
            record: self.record,
            field: violation.field.strip_prefix('/').map(str::to_owned),
            code: violation.code,
            reason: violation.detail,
        })
    }
}

/// What one committed batch came to.
#[derive(Debug)]
pub struct Progress {
    /// How many of its records became what.
    pub counts: Counts,
    /// Those that were not stored, in order.
    pub rejected: Vec<Rejection>,
}

/// Why a feed was not loaded to its end. What had been reported as progress is stored all the same, and loading the
/// feed again goes on where it stopped.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The feed itself.
    #[error(transparent)]
    Feed(#[from] feed::Error),
    /// A record broke rules, and that was to stop the load.
    #[error("stopped at {0}")]
    Rejected(Rejection),
    /// The catalogue.
    #[error("the records from {record} on are not stored")]
    Store {
        /// The number of the first record that is not stored.
        record: u64,
        /// Why.
        #[source]
        cause: domain::Error,
    },
    /// It was told to stop.
    #[error("the load was stopped")]
    Stopped,
    /// The operating system has no thread for the reading.
    #[error("no thread can be started")]
    Thread(#[source] io::Error),
}

impl LoadError {
    /// What happened, without the causes that are for a log alone.
    pub fn summary(&self) -> String {
        match self {
            Self::Store { cause, .. } => format!("{self}: {cause}"),
            other => other.to_string(),
        }
    }
}

/// Loads a feed whose form is recognised by its content; see [`load_records`].
pub fn load(
    import: &Import,
    admin: &Admin,
    source: impl Read + Send + 'static,
    on_error: OnError,
    progress: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<(), LoadError> {
    load_records(import, admin, move |emit| feed::read(source, emit), on_error, progress)
}

/// Loads the records that `read` hands out. It runs on a thread of its own while the batches before are being stored;
/// `progress` hears of each batch once it is committed, and can break the load off there.
///
/// Where `read` fails, the records before that are stored; where a connection was lost
/// ([`feed::Error::is_lost_connection`]), those of whole batches.
pub fn load_records(
    import: &Import,
    admin: &Admin,
    read: impl FnOnce(Emit) -> Result<(), feed::Error> + Send + 'static,
    on_error: OnError,
    mut progress: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<(), LoadError> {
    let (sender, batches) = sync_channel(BATCHES_AHEAD);
    let reader = thread::Builder::new()
        .name("feed".to_owned())
        .spawn(move || read_batches(read, on_error, &sender))
        .map_err(LoadError::Thread)?;
    let mut feed = import.begin();
    for batch in batches {
        let stored = batch.store(&mut feed, admin)?;
        let first_rejected = stored.rejected.first().cloned();
        if progress(stored).is_break() {
            return Err(LoadError::Stopped);
        }
        if on_error == OnError::Abort
            && let Some(rejection) = first_rejected
        {
            return Err(LoadError::Rejected(rejection));
        }
    }
    match reader.join() {
        Ok(end) => Ok(end?),
        Err(cause) => panic::resume_unwind(cause),
    }
}

/// Consecutive records of a feed.
#[derive(Default)]
struct Batch {
    records: Vec<FeedRecord>,
    /// The numbers of `records`.
    numbers: Vec<u64>,
    /// The records that could not be read.
    rejected: Vec<Rejection>,
    bytes: usize,
}

impl Batch {
    fn is_empty(&self) -> bool {
        self.records.is_empty() && self.rejected.is_empty()
    }

    fn is_full(&self) -> bool {
        self.records.len() + self.rejected.len() >= BATCH_RECORDS || self.bytes >= BATCH_BYTES
    }

    fn push(&mut self, record: Record) {
        self.bytes += record.bytes;
        match record.content {
            Ok(patch) => {
                self.records.push(FeedRecord { id: record.id, patch });
                self.numbers.push(record.number);
            }
            Err(violations) => self.rejected.push(Rejection { record: record.number, violations }),
        }
    }

    fn store(self, feed: &mut Load, admin: &Admin) -> Result<Progress, LoadError> {
        let mut rejected = self.rejected;
        let mut counts = Counts::default();
        if let Some(&record) = self.numbers.first() {
            let outcomes = feed.apply(admin, &self.records).map_err(|cause| LoadError::Store { record, cause })?;
            for (record, outcome) in self.numbers.into_iter().zip(outcomes) {
                match outcome {
                    Outcome::Created => counts.created += 1,
                    Outcome::Updated => counts.updated += 1,
                    Outcome::Unchanged => counts.unchanged += 1,
                    Outcome::Rejected(violations) => rejected.push(Rejection { record, violations }),
                }
            }
        }
        counts.rejected = rejected.len() as u64;
        rejected.sort_by_key(|rejection| rejection.record);
        Ok(Progress { counts, rejected })
    }
}

/// Reads the feed and sends it on in batches, until nobody takes them any more.
fn read_batches(
    read: impl FnOnce(Emit) -> Result<(), feed::Error>,
    on_error: OnError,
    batches: &SyncSender<Batch>,
) -> Result<(), feed::Error> {
    let mut batch = Batch::default();
    let end = read(&mut |record| {
        // What would stop the load is stored apart, so that exactly what comes before it is stored.
        let apart = on_error == OnError::Abort && !is_valid(&record);
        if (apart || batch.is_full()) && send(&mut batch, batches).is_break() {
            return ControlFlow::Break(());
        }
        batch.push(record);
        if apart { send(&mut batch, batches) } else { ControlFlow::Continue(()) }
    });
    // Also where the feed ends in an error: what came before it counts. Whether somebody takes it makes no difference.
    if !end.as_ref().is_err_and(feed::Error::is_lost_connection) {
        let _ = send(&mut batch, batches);
    }
    end
}

fn send(batch: &mut Batch, batches: &SyncSender<Batch>) -> ControlFlow<()> {
    let batch = std::mem::take(batch);
    if batch.is_empty() || batches.send(batch).is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
}

/// Whether the record is valid whatever is in the catalogue. One that is not may still be: it can leave out the name of
/// a movie that is there.
fn is_valid(record: &Record) -> bool {
    record.content.as_ref().is_ok_and(|patch| patch.clone().onto(None).is_ok())
}
