//! What is known of the imports that run and ran.

use std::sync::Arc;

use crate::{
    error::Result,
    import::{Counts, ImportId, ImportRecord, Standing},
    ports::{Clock, Store},
    time::Timestamp,
    user::Admin,
};

/// How many imports are remembered.
const KEPT: u64 = 1_000;

/// The most characters of a source.
const SOURCE_CHARS: usize = 300;

/// The most characters of an error.
const ERROR_CHARS: usize = 1_000;

/// How often at most, in seconds, an import is written down while it runs: each time is a transaction.
const BETWEEN_NOTES: i64 = 2;

/// After how many seconds without a word of it an import that did not end counts as interrupted. It is heard of with
/// each batch of a few thousand records, and a client that sends nothing is cut off long before.
const SILENCE: i64 = 5 * 60;

/// Writes down imports, the latest 1,000.
///
/// A process that dies cannot say that its import ended. So an import that is under way is heard of again and again,
/// and whoever reads the record of one that was not for five minutes is told that it was interrupted. Should it turn
/// out to be slow only, its next word puts that right.
pub struct ImportLog {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl ImportLog {
    /// The log kept in `store`.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    /// Notes that an import begins. Of `source`, control characters and what is too long are left out.
    pub fn begin(&self, admin: &Admin, source: &str) -> Result<Recording> {
        let now = self.clock.now();
        let record = self.store.writing(|session| {
            let last = session.latest_imports(1)?.pop().map_or(0, |record| record.id.0);
            let record = ImportRecord {
                // The latest is always kept, so that no id is given twice.
                id: ImportId(last + 1),
                started_at: now,
                heard_of_at: now,
                finished_at: None,
                actor: admin.actor().cloned(),
                source: source.chars().filter(|c| !c.is_control()).take(SOURCE_CHARS).collect(),
                counts: Counts::default(),
                standing: Standing::Running,
                error: None,
            };
            session.insert_import(&record)?;
            session.forget_imports(ImportId((last + 1).saturating_sub(KEPT)))?;
            Ok(record)
        })?;
        Ok(Recording { store: Arc::clone(&self.store), clock: Arc::clone(&self.clock), record })
    }

    /// The latest `limit` imports, the latest first.
    pub fn latest(&self, limit: u32) -> Result<Vec<ImportRecord>> {
        let records = self.store.reading(|session| session.latest_imports(limit))?;
        let now = self.clock.now();
        Ok(records.into_iter().map(|record| as_of(now, record)).collect())
    }
}

fn as_of(now: Timestamp, mut record: ImportRecord) -> ImportRecord {
    if record.standing == Standing::Running && record.heard_of_at.plus(SILENCE) < now {
        record.standing = Standing::Interrupted;
    }
    record
}

/// An import that is being written down. That it cannot be for a while does not keep the import from going on.
pub struct Recording {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    record: ImportRecord,
}

impl Recording {
    /// The id of the record.
    pub fn id(&self) -> ImportId {
        self.record.id
    }

    /// More records became this.
    pub fn add(&mut self, counts: Counts) {
        self.record.counts += counts;
        let now = self.clock.now();
        if self.record.heard_of_at.plus(BETWEEN_NOTES) <= now {
            self.record.heard_of_at = now;
            self.write();
        }
    }

    /// The import ended, well or with an error. Of that, what is too long is left out.
    pub fn finish(self, error: Option<&str>) {
        self.end(if error.is_some() { Standing::Failed } else { Standing::Done }, error);
    }

    /// Who imports broke it off.
    pub fn cancel(self) {
        self.end(Standing::Cancelled, None);
    }

    /// The process ends before the import does.
    pub fn interrupt(self) {
        self.end(Standing::Interrupted, None);
    }

    fn end(mut self, standing: Standing, error: Option<&str>) {
        let now = self.clock.now();
        self.record.heard_of_at = now;
        self.record.finished_at = Some(now);
        self.record.standing = standing;
        self.record.error = error.map(|error| error.chars().take(ERROR_CHARS).collect());
        self.write();
    }

    fn write(&self) {
        if let Err(error) = self.store.writing(|session| session.update_import(&self.record)) {
            tracing::warn!(%error, import = self.record.id.0, "how an import stands could not be noted");
        }
    }
}
