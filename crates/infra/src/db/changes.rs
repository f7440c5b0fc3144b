//! The feed of changes.

use diesel::{dsl::min, prelude::*};
use domain::{
    Error, Result,
    change::{Action, Actor, Change, ChangeFilter, Edit, LatestChanges, NewChange, Seq, Subject, Via},
    genre::GenreId,
    movie::MovieId,
    ports::ChangeRepository,
    time::Timestamp,
    user::Username,
};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    connection::AnyConnection,
    dialect::on_either,
    error::damaged,
    schema::changes,
    transaction::{LIST, Transaction, column, inserts},
};

/// A change, as it is stored. `kind` says which of the last four belong to it.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = changes, treat_none_as_default_value = false)]
struct Row {
    seq: i64,
    span: i64,
    stamp: i64,
    at: i64,
    actor: Option<String>,
    via: String,
    kind: String,
    movie_id: Option<i64>,
    genre_id: Option<i64>,
    state_before: Option<String>,
    state_after: Option<String>,
}

const MOVIE: &str = "movie";
const NEW_MOVIES: &str = "movies";
const GENRE: &str = "genre";

impl Row {
    fn new(seq: i64, change: &NewChange) -> Result<Self> {
        let (kind, movie_id, genre_id, state_before, state_after) = match &change.edit {
            Edit::Movie { id, before, after } => (MOVIE, Some(id.0), None, json(before)?, json(after)?),
            Edit::NewMovies { first, .. } => (NEW_MOVIES, Some(first.0), None, None, None),
            Edit::Genre { id, before, after } => (GENRE, None, Some(id.0), json(before)?, json(after)?),
        };
        Ok(Self {
            seq,
            span: column(change.edit.span()),
            stamp: rand::random(),
            at: change.at.unix(),
            actor: change.actor.clone().map(String::from),
            via: via(change.via).to_owned(),
            kind: kind.to_owned(),
            movie_id: movie_id.map(column),
            genre_id: genre_id.map(column),
            state_before,
            state_after,
        })
    }

    fn into_change(self) -> Result<Change> {
        let seq = self.seq;
        let damaged = |reason: String| damaged("change", seq, reason);
        let id = |id: Option<i64>| {
            id.map(i64::cast_unsigned).ok_or_else(|| damaged("it does not say what was changed".into()))
        };
        let edit = match self.kind.as_str() {
            MOVIE => Edit::Movie {
                id: MovieId(id(self.movie_id)?),
                before: state(self.state_before).map_err(damaged)?,
                after: state(self.state_after).map_err(damaged)?,
            },
            NEW_MOVIES => Edit::NewMovies { first: MovieId(id(self.movie_id)?), count: self.span.cast_unsigned() },
            GENRE => Edit::Genre {
                id: GenreId(id(self.genre_id)?),
                before: state(self.state_before).map_err(damaged)?,
                after: state(self.state_after).map_err(damaged)?,
            },
            other => return Err(damaged(format!("no kind of change is called {other}"))),
        };
        Ok(Change {
            seq: seq.cast_unsigned(),
            stamp: self.stamp,
            at: Timestamp::from_unix(self.at),
            actor: self.actor.map(Username::try_from).transpose().map_err(damaged)?,
            via: [Via::Api, Via::Page, Via::Import, Via::Cli]
                .into_iter()
                .find(|known| via(*known) == self.via)
                .ok_or_else(|| damaged(format!("no way of changing is called {}", self.via)))?,
            edit,
        })
    }

    fn bytes(&self) -> usize {
        [&self.state_before, &self.state_after].into_iter().flatten().map(String::len).sum()
    }
}

fn via(via: Via) -> &'static str {
    match via {
        Via::Api => "api",
        Via::Page => "page",
        Via::Import => "import",
        Via::Cli => "cli",
    }
}

fn json<T: Serialize>(state: &Option<T>) -> Result<Option<String>> {
    state.as_ref().map(serde_json::to_string).transpose().map_err(|e| Error::Internal(e.into()))
}

fn state<T: DeserializeOwned>(json: Option<String>) -> Result<Option<T>, String> {
    json.map(|json| serde_json::from_str(&json)).transpose().map_err(|e| e.to_string())
}

/// How many records a part of the latest changes looks at, where no index leads to just those that match.
const LOOKED_AT: i64 = 10_000;

type Records = changes::BoxedQuery<'static, <AnyConnection as Connection>::Backend>;

diesel::define_sql_function! {
    /// `text`, or `instead` where that is null.
    fn coalesce(
        text: diesel::sql_types::Nullable<diesel::sql_types::Text>,
        instead: diesel::sql_types::Text,
    ) -> diesel::sql_types::Text;
}

/// The records below `below` that one index leads to, the latest first, and whether these are those that match.
fn indexed(filter: &ChangeFilter, below: Seq) -> (Records, bool) {
    let records = changes::table.filter(changes::seq.lt(column(below))).order(changes::seq.desc()).into_boxed();
    let ChangeFilter { actor, via, action, subject } = filter;
    // The records, and whether the other of the two is left to be looked at.
    let (records, is_left) = match (subject, actor) {
        (Some(Subject::Genres), actor) => {
            (records.filter(changes::kind.eq(GENRE)).filter(changes::movie_id.is_null()), actor.is_some())
        }
        (subject, Some(Actor::User(name))) => {
            (records.filter(changes::actor.eq(name.as_str().to_owned())), subject.is_some())
        }
        (subject, Some(Actor::Program)) => (records.filter(changes::actor.is_null()), subject.is_some()),
        (subject, None) => (records, subject.is_some()),
    };
    (records, !is_left && via.is_none() && action.is_none())
}

/// Those of the records with these numbers that match, the latest first. The conditions are such that they lead no
/// planner to another index, under which there may be nearly everything: it would be walked in vain.
fn matching(filter: &ChangeFilter, seqs: &[i64]) -> Records {
    let mut records = changes::table.filter(changes::seq.eq_any(seqs.to_vec())).order(changes::seq.desc()).into_boxed();
    let ChangeFilter { actor, via: by_way, action, subject } = filter;
    if let Some(actor) = actor {
        let name = match actor {
            Actor::User(name) => name.as_str(),
            Actor::Program => "",
        };
        records = records.filter(coalesce(changes::actor, "").eq(name.to_owned()));
    }
    if let Some(by_way) = by_way {
        records = records.filter(changes::via.eq(via(*by_way)));
    }
    let (before, after) = (changes::state_before, changes::state_after);
    match action {
        Some(Action::Create) => records = records.filter(before.is_null()),
        Some(Action::Update) => records = records.filter(before.is_not_null()).filter(after.is_not_null()),
        Some(Action::Delete) => records = records.filter(before.is_not_null()).filter(after.is_null()),
        None => {}
    }
    match subject {
        Some(Subject::Movies) => records.filter(changes::kind.ne(GENRE)),
        // These are what leads to the records.
        Some(Subject::Genres) | None => records,
    }
}

impl Transaction<'_> {
    /// The records with exactly these numbers.
    fn changes_numbered(&mut self, seqs: &[Option<i64>]) -> Result<Vec<Change>> {
        let seqs: Vec<i64> = seqs.iter().copied().flatten().collect();
        let rows = self.query(|connection| {
            changes::table.select(Row::as_select()).filter(changes::seq.eq_any(&seqs)).load(connection)
        })?;
        rows.into_iter().map(Row::into_change).collect()
    }
}

// Conditions on the kind, the movie and the genre together, `IS NULL` included, are what the index begins with.
impl ChangeRepository for Transaction<'_> {
    fn record(&mut self, changes: &[NewChange]) -> Result<Seq> {
        let total: u64 = changes.iter().map(|change| change.edit.span()).sum();
        let last = self.new_seqs(total)?;
        let mut seq = last - column(total);
        let rows: Vec<Row> = changes
            .iter()
            .map(|change| {
                seq += column(change.edit.span());
                Row::new(seq, change)
            })
            .collect::<Result<_>>()?;
        for rows in inserts(&rows, Row::bytes) {
            self.change(|connection| {
                on_either!(connection, diesel::insert_into(changes::table).values(rows).execute(connection))
            })?;
        }
        Ok(last.cast_unsigned())
    }

    fn changes_after(&mut self, after: Seq, limit: u32) -> Result<Vec<Change>> {
        let rows = self.query(|connection| {
            changes::table
                .select(Row::as_select())
                .filter(changes::seq.gt(column(after)))
                .order(changes::seq)
                .limit(limit.into())
                .load(connection)
        })?;
        rows.into_iter().map(Row::into_change).collect()
    }

    fn last_change(&mut self) -> Result<Option<(Seq, i64)>> {
        let row = self.query(|connection| {
            changes::table
                .select((changes::seq, changes::stamp))
                .order(changes::seq.desc())
                .first::<(i64, i64)>(connection)
                .optional()
        })?;
        Ok(row.map(|(seq, stamp)| (seq.cast_unsigned(), stamp)))
    }

    fn change_stamp(&mut self, seq: Seq) -> Result<Option<i64>> {
        self.query(|connection| {
            changes::table.select(changes::stamp).filter(changes::seq.eq(column(seq))).first(connection).optional()
        })
    }

    fn changes_kept_after(&mut self) -> Result<Seq> {
        let first = self.query(|connection| {
            changes::table
                .select((changes::seq, changes::span))
                .order(changes::seq)
                .first::<(i64, i64)>(connection)
                .optional()
        })?;
        Ok(first.map_or(0, |(seq, span)| (seq - span).cast_unsigned()))
    }

    fn changes_of(&mut self, id: MovieId, below: Seq, skip: u32, limit: u32) -> Result<Vec<Change>> {
        let rows = self.query(|connection| {
            changes::table
                .select(Row::as_select())
                .filter(changes::kind.eq(MOVIE))
                .filter(changes::movie_id.eq(column(id.0)))
                .filter(changes::genre_id.is_null())
                .filter(changes::seq.lt(column(below)))
                .order(changes::seq.desc())
                .limit(limit.into())
                .offset(skip.into())
                .load(connection)
        })?;
        rows.into_iter().map(Row::into_change).collect()
    }

    fn latest_changes(&mut self, filter: &ChangeFilter, below: Seq, limit: u32) -> Result<LatestChanges> {
        let (records, all_match) = indexed(filter, below);
        let wanted = i64::from(limit) + 1;
        let most = if all_match { wanted } else { LOOKED_AT };
        // The numbers alone are read from the index. Asked for whole records, MariaDB walks the table from its end,
        // past whatever other people did since.
        let seqs: Vec<i64> =
            self.query(|connection| records.select(changes::seq).limit(most).load::<i64>(connection))?;
        let mut rows: Vec<Row> = Vec::new();
        for seqs in seqs.chunks(LIST) {
            let missing = wanted - rows.len() as i64;
            if missing <= 0 {
                break;
            }
            let records = matching(filter, seqs).select(Row::as_select()).limit(missing);
            rows.extend(self.query(|connection| records.load::<Row>(connection))?);
        }
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let changes: Vec<Change> = rows.into_iter().map(Row::into_change).collect::<Result<_>>()?;
        let next = match changes.last() {
            Some(last) if more => Some(last.seq),
            _ if !all_match && seqs.len() as i64 == LOOKED_AT => seqs.last().map(|seq| seq.cast_unsigned()),
            _ => None,
        };
        Ok(LatestChanges { changes, next })
    }

    fn movies_changed_after(&mut self, ids: &[MovieId], after: Seq) -> Result<Vec<MovieId>> {
        let mut ids: Vec<i64> = ids.iter().map(|id| column(id.0)).collect();
        ids.sort_unstable();
        let mut found = Vec::new();
        for ids in ids.chunks(LIST) {
            found.extend(self.query(|connection| {
                changes::table
                    .select(changes::movie_id)
                    .distinct()
                    .filter(changes::kind.eq(MOVIE))
                    .filter(changes::movie_id.eq_any(ids))
                    .filter(changes::genre_id.is_null())
                    .filter(changes::seq.gt(column(after)))
                    .order(changes::movie_id)
                    .load::<Option<i64>>(connection)
            })?);
        }
        Ok(found.into_iter().flatten().map(|id| MovieId(id.cast_unsigned())).collect())
    }

    fn count_changes_of(&mut self, id: MovieId) -> Result<u64> {
        let count: i64 = self.query(|connection| {
            changes::table
                .filter(changes::kind.eq(MOVIE))
                .filter(changes::movie_id.eq(column(id.0)))
                .count()
                .get_result(connection)
        })?;
        Ok(count.cast_unsigned())
    }

    fn first_changes_of(&mut self, ids: &[MovieId]) -> Result<Vec<Change>> {
        let ids: Vec<i64> = ids.iter().map(|id| column(id.0)).collect();
        let mut found = Vec::new();
        for ids in ids.chunks(LIST) {
            let seqs = self.query(|connection| {
                changes::table
                    .filter(changes::kind.eq(MOVIE))
                    .filter(changes::movie_id.eq_any(ids))
                    .filter(changes::genre_id.is_null())
                    .group_by(changes::movie_id)
                    .select(min(changes::seq))
                    .load::<Option<i64>>(connection)
            })?;
            found.extend(self.changes_numbered(&seqs)?);
        }
        Ok(found)
    }

    fn bulk_load_of(&mut self, id: MovieId) -> Result<Option<Change>> {
        let row: Option<Row> = self.query(|connection| {
            changes::table
                .select(Row::as_select())
                .filter(changes::kind.eq(NEW_MOVIES))
                .filter(changes::movie_id.le(column(id.0)))
                .order(changes::movie_id.desc())
                .first(connection)
                .optional()
        })?;
        let has_it = |row: &Row| row.movie_id.is_some_and(|first| column(id.0) - first < row.span);
        row.filter(has_it).map(Row::into_change).transpose()
    }

    fn genre_changes_after(&mut self, ids: &[GenreId], after: Seq) -> Result<Vec<Change>> {
        let ids: Vec<i64> = ids.iter().map(|id| column(id.0)).collect();
        let mut found = Vec::new();
        for ids in ids.chunks(LIST) {
            let seqs = self.query(|connection| {
                changes::table
                    .filter(changes::kind.eq(GENRE))
                    .filter(changes::movie_id.is_null())
                    .filter(changes::genre_id.eq_any(ids))
                    .filter(changes::seq.gt(column(after)))
                    .group_by(changes::genre_id)
                    .select(min(changes::seq))
                    .load::<Option<i64>>(connection)
            })?;
            found.extend(self.changes_numbered(&seqs)?);
        }
        Ok(found)
    }

    fn remove_changes(&mut self, before: Timestamp, limit: u32) -> Result<u64> {
        let oldest: Vec<(i64, i64)> = self.query(|connection| {
            changes::table
                .select((changes::seq, changes::at))
                .order(changes::seq)
                .limit(i64::from(limit) + 1)
                .load(connection)
        })?;
        let old = oldest.iter().take_while(|(_, at)| *at < before.unix()).count();
        // The last of the old ones stays.
        let Some(last) = old.checked_sub(2) else { return Ok(0) };
        let last = oldest[last].0;
        let removed =
            self.change(|connection| diesel::delete(changes::table.filter(changes::seq.le(last))).execute(connection))?;
        Ok(removed as u64)
    }
}
