//! Records of imports.

use diesel::prelude::*;
use domain::{
    Result,
    import::{Counts, ImportId, ImportRecord, Standing},
    ports::ImportRepository,
    time::Timestamp,
    user::Username,
};

use super::{
    error::damaged,
    schema::imports,
    transaction::{Transaction, column},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = imports, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: i64,
    started_at: i64,
    heard_of_at: i64,
    finished_at: Option<i64>,
    actor: Option<String>,
    source: String,
    created: i64,
    updated: i64,
    unchanged: i64,
    rejected: i64,
    standing: String,
    error: Option<String>,
}

impl From<&ImportRecord> for Row {
    fn from(record: &ImportRecord) -> Self {
        let Counts { created, updated, unchanged, rejected } = record.counts;
        Self {
            id: column(record.id.0),
            started_at: record.started_at.unix(),
            heard_of_at: record.heard_of_at.unix(),
            finished_at: record.finished_at.map(Timestamp::unix),
            actor: record.actor.clone().map(String::from),
            source: record.source.clone(),
            created: column(created),
            updated: column(updated),
            unchanged: column(unchanged),
            rejected: column(rejected),
            standing: standing(record.standing).to_owned(),
            error: record.error.clone(),
        }
    }
}

impl Row {
    fn into_record(self) -> Result<ImportRecord> {
        let damaged = |reason: String| damaged("import", self.id, reason);
        Ok(ImportRecord {
            id: ImportId(self.id.cast_unsigned()),
            started_at: Timestamp::from_unix(self.started_at),
            heard_of_at: Timestamp::from_unix(self.heard_of_at),
            finished_at: self.finished_at.map(Timestamp::from_unix),
            actor: self.actor.map(Username::try_from).transpose().map_err(damaged)?,
            source: self.source,
            counts: Counts {
                created: self.created.cast_unsigned(),
                updated: self.updated.cast_unsigned(),
                unchanged: self.unchanged.cast_unsigned(),
                rejected: self.rejected.cast_unsigned(),
            },
            standing: STANDINGS
                .into_iter()
                .find(|known| standing(*known) == self.standing)
                .ok_or_else(|| damaged(format!("no import is {}", self.standing)))?,
            error: self.error,
        })
    }
}

const STANDINGS: [Standing; 5] =
    [Standing::Running, Standing::Done, Standing::Failed, Standing::Cancelled, Standing::Interrupted];

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Running => "running",
        Standing::Done => "done",
        Standing::Failed => "failed",
        Standing::Cancelled => "cancelled",
        Standing::Interrupted => "interrupted",
    }
}

impl ImportRepository for Transaction<'_> {
    fn latest_imports(&mut self, limit: u32) -> Result<Vec<ImportRecord>> {
        let rows = self.query(|connection| {
            imports::table.select(Row::as_select()).order(imports::id.desc()).limit(limit.into()).load(connection)
        })?;
        rows.into_iter().map(Row::into_record).collect()
    }

    fn insert_import(&mut self, record: &ImportRecord) -> Result<()> {
        let row = Row::from(record);
        self.change_one(|connection| diesel::insert_into(imports::table).values(&row).execute(connection))
    }

    fn update_import(&mut self, record: &ImportRecord) -> Result<()> {
        let row = Row::from(record);
        self.change(|connection| diesel::update(imports::table.find(row.id)).set(&row).execute(connection))?;
        Ok(())
    }

    fn forget_imports(&mut self, until: ImportId) -> Result<()> {
        self.change(|connection| {
            diesel::delete(imports::table.filter(imports::id.le(column(until.0)))).execute(connection)
        })?;
        Ok(())
    }
}
