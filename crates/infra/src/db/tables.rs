//! What tables there are, in a database and as the migrations make them.

use std::collections::{BTreeMap, BTreeSet};

use diesel::{Connection, QueryResult, SqliteConnection};

use super::{
    error::MigrateError,
    migrations::{self, MigratedConnection},
    raw::{RawConnection, Row, Value, quoted},
};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Integer,
    Real,
    Text,
    Blob,
}

/// A column, as the migrations make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub kind: Kind,
    pub nullable: bool,
}

/// A table, as the migrations make it.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    /// The columns of the primary key, in its order.
    pub key: Vec<usize>,
    /// The rows that a new table has.
    pub seeds: Vec<Row>,
}

impl Table {
    /// The names of the columns.
    pub fn column_names(&self) -> Vec<&str> {
        self.columns.iter().map(|column| column.name.as_str()).collect()
    }

    /// Up to `limit` rows in the order of the key, those after the row with the key `after`.
    pub fn page(
        &self,
        connection: &mut impl RawConnection,
        after: Option<&[Value]>,
        limit: usize,
    ) -> QueryResult<Vec<Row>> {
        let key: Vec<String> = self.key.iter().map(|&index| quoted(&self.columns[index].name)).collect();
        let mut values = Vec::new();
        let condition = match after {
            Some(after) => format!(" WHERE {}", greater(&key, after, &mut values)),
            None => String::new(),
        };
        let columns: Vec<String> = self.columns.iter().map(|column| quoted(&column.name)).collect();
        let (columns, order) = (columns.join(", "), key.join(", "));
        let query = format!("SELECT {columns} FROM {}{condition} ORDER BY {order} LIMIT {limit}", quoted(&self.name));
        let mut rows = connection.rows(&query, &values)?;
        for row in &mut rows {
            for (value, column) in row.iter_mut().zip(&self.columns) {
                as_kind(value, column.kind)?;
            }
        }
        Ok(rows)
    }

    /// The key of a row.
    pub fn key_of(&self, row: &[Value]) -> Vec<Value> {
        self.key.iter().map(|&index| row[index].clone()).collect()
    }
}

/// The condition that a key is greater than `values`, such that both databases find the place in the index: neither
/// does for a comparison of rows.
fn greater<'a>(key: &[String], values: &'a [Value], bound: &mut Vec<&'a Value>) -> String {
    match (key, values) {
        ([column], [value]) => {
            bound.push(value);
            format!("{column} > ?")
        }
        ([column, key @ ..], [value, values @ ..]) => {
            bound.extend([value, value]);
            format!("{column} >= ? AND ({column} > ? OR ({}))", greater(key, values, bound))
        }
        _ => "1 = 0".to_owned(),
    }
}

/// MySQL does not tell text from bytes.
fn as_kind(value: &mut Value, kind: Kind) -> QueryResult<()> {
    if let (Value::Blob(bytes), Kind::Text) = (&mut *value, kind) {
        let text = String::from_utf8(std::mem::take(bytes));
        *value = Value::Text(text.map_err(|e| diesel::result::Error::DeserializationError(e.into()))?);
    }
    Ok(())
}

/// The tables as these migrations make them, each after those that it refers to. They are made in memory, in SQLite,
/// and looked at: so no table and no column can be forgotten.
pub fn made_by(migrations: &[String]) -> Result<Vec<Table>, MigrateError> {
    let mut scratch = scratch(migrations)?;
    let mut tables = Vec::new();
    let mut parents: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for name in names(&mut scratch)? {
        let refers_to = scratch.texts(&format!("SELECT DISTINCT \"table\" FROM pragma_foreign_key_list('{name}')"))?;
        parents.insert(name, refers_to.into_iter().collect());
    }
    while !parents.is_empty() {
        let is_free = |(_, needs): &(&String, &BTreeSet<String>)| {
            needs.iter().all(|parent| !parents.contains_key(parent)) || parents.len() == 1
        };
        let Some((name, _)) = parents.iter().find(is_free) else {
            return Err(MigrateError::Failed("tables refer to each other in a circle".into()));
        };
        let name = name.clone();
        parents.remove(&name);
        tables.push(describe(&mut scratch, name)?);
    }
    Ok(tables)
}

/// A database in memory, with these migrations.
pub fn scratch(migrations: &[String]) -> Result<SqliteConnection, MigrateError> {
    let mut scratch = SqliteConnection::establish(":memory:").map_err(|e| MigrateError::Failed(e.into()))?;
    scratch.apply(migrations)?;
    Ok(scratch)
}

fn describe(scratch: &mut SqliteConnection, name: String) -> Result<Table, MigrateError> {
    let query = format!("SELECT name, type, \"notnull\", pk FROM pragma_table_info('{name}') ORDER BY cid");
    let (mut columns, mut key) = (Vec::new(), Vec::new());
    for row in scratch.rows(&query, &[])? {
        let [column, kind, not_null, place] = <[Value; 4]>::try_from(row).unwrap_or([const { Value::Null }; 4]);
        let column = column.into_text();
        if place.integer() > 0 {
            key.push((place.integer(), columns.len()));
        }
        let kind = match kind.into_text().as_str() {
            "INTEGER" => Kind::Integer,
            "REAL" => Kind::Real,
            "TEXT" => Kind::Text,
            "BLOB" => Kind::Blob,
            other => return Err(MigrateError::Failed(format!("{name}.{column} is of the kind {other}").into())),
        };
        columns.push(Column { name: column, kind, nullable: not_null.integer() == 0 });
    }
    key.sort_unstable();
    if key.is_empty() {
        return Err(MigrateError::Failed(format!("{name} has no primary key").into()));
    }
    let key = key.into_iter().map(|(_, index)| index).collect();
    let mut table = Table { name, columns, key, seeds: Vec::new() };
    table.seeds = table.page(scratch, None, usize::from(u16::MAX))?;
    Ok(table)
}

/// A connection that can be asked what it has.
pub trait Catalog: RawConnection {
    /// Whether it is a connection to SQLite.
    const IS_SQLITE: bool;
    /// The query for the names of all tables, in order.
    const TABLES: &str;
    /// The query for the names of a table's columns, in their order.
    fn columns_query(table: &str) -> String;
}

impl Catalog for SqliteConnection {
    const IS_SQLITE: bool = true;
    const TABLES: &str = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
                          ORDER BY name";

    fn columns_query(table: &str) -> String {
        format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid")
    }
}

#[cfg(feature = "mysql")]
impl Catalog for diesel::MysqlConnection {
    const IS_SQLITE: bool = false;
    const TABLES: &str = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() \
                          ORDER BY table_name";

    fn columns_query(table: &str) -> String {
        format!(
            "SELECT column_name FROM information_schema.columns
             WHERE table_schema = DATABASE() AND table_name = '{table}' ORDER BY ordinal_position"
        )
    }
}

/// The names of all tables but diesel's, in order.
pub fn names(connection: &mut impl Catalog) -> QueryResult<Vec<String>> {
    let mut names = all_names(connection)?;
    names.retain(|name| name != migrations::TABLE);
    Ok(names)
}

fn all_names<C: Catalog>(connection: &mut C) -> QueryResult<Vec<String>> {
    connection.texts(C::TABLES)
}

/// Whether there is a table of this name.
pub fn exists(connection: &mut impl Catalog, name: &str) -> QueryResult<bool> {
    Ok(all_names(connection)?.iter().any(|other| other == name))
}

/// The names of a table's columns, in their order.
pub fn columns<C: Catalog>(connection: &mut C, table: &str) -> QueryResult<Vec<String>> {
    connection.texts(&C::columns_query(table))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_comes_after_those_that_it_refers_to() {
        let tables = made_by(&migrations::names().unwrap()).unwrap();
        let place = |name: &str| tables.iter().position(|table| table.name == name).unwrap();
        assert!(place("movies") < place("movie_genres") && place("genres") < place("movie_genres"));
        assert!(place("users") < place("tokens"));
    }

    #[test]
    fn rows_of_any_table_come_in_the_order_of_its_key() {
        let names = migrations::names().unwrap();
        let mut scratch = scratch(&names).unwrap();
        let table = made_by(&names).unwrap().into_iter().find(|table| table.name == "movie_genres").unwrap();
        scratch.run("PRAGMA foreign_keys = OFF").unwrap();
        let rows: Vec<Row> =
            (1..=4).flat_map(|movie| (0..3).map(move |place| [movie, place, 1].map(Value::Integer).to_vec())).collect();
        scratch.insert("movie_genres", &table.column_names(), &rows).unwrap();
        let mut read: Vec<Row> = Vec::new();
        loop {
            let after = read.last().map(|row| table.key_of(row));
            let page = table.page(&mut scratch, after.as_deref(), 5).unwrap();
            if page.is_empty() {
                break;
            }
            read.extend(page);
        }
        assert_eq!(read, rows);
    }

    #[test]
    fn a_key_may_have_any_number_of_columns() {
        let values = [1, 2, 3].map(Value::Integer);
        let mut bound = Vec::new();
        let condition = greater(&["a", "b", "c"].map(str::to_owned), &values, &mut bound);
        assert_eq!(condition, "a >= ? AND (a > ? OR (b >= ? AND (b > ? OR (c > ?))))");
        assert_eq!(bound.iter().map(|value| value.integer()).collect::<Vec<_>>(), [1, 1, 2, 2, 3]);
    }
}
