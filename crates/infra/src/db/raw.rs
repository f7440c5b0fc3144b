//! Rows of any table, as they are stored.

use diesel::{
    Connection, QueryResult, RunQueryDsl, SqliteConnection,
    backend::Backend,
    connection::SimpleConnection,
    deserialize::{self, FromSql, QueryableByName},
    query_builder::{AstPass, QueryFragment, QueryId},
    row::{Field, NamedRow},
    serialize::ToSql,
    sql_types::{BigInt, Binary, Double, HasSqlType, Nullable, Text},
    sqlite::{Sqlite, SqliteType},
};

/// A value of a column.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub enum Value {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    /// Bytes; from MySQL, text comes as bytes too.
    Blob(Vec<u8>),
}

impl Value {
    /// How much an insert of this carries, in bytes.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Null | Self::Integer(_) | Self::Real(_) => 8,
            Self::Text(text) => text.len(),
            Self::Blob(bytes) => bytes.len(),
        }
    }

    /// The number, or 0 where this is none.
    pub fn integer(&self) -> i64 {
        match self {
            Self::Integer(number) => *number,
            _ => 0,
        }
    }

    /// The text, or nothing where this is none.
    pub fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Blob(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Self::Integer(number) => number.to_string(),
            Self::Real(number) => number.to_string(),
            Self::Null => String::new(),
        }
    }
}

/// A name of a table or a column, whatever word it is. SQLite knows MySQL's quotes, too.
pub fn quoted(name: &str) -> String {
    format!("`{name}`")
}

/// The values of a row, in the order in which they were asked for.
pub type Row = Vec<Value>;

struct Stored(Row);

impl QueryableByName<Sqlite> for Stored {
    fn build<'a>(row: &impl NamedRow<'a, Sqlite>) -> deserialize::Result<Self> {
        let mut values = Vec::with_capacity(row.field_count());
        for index in 0..row.field_count() {
            let field = diesel::row::Row::get(row, index).ok_or("a column is missing")?;
            values.push(match field.value() {
                None => Value::Null,
                Some(value) => match value.value_type() {
                    None => Value::Null,
                    Some(SqliteType::Binary) => Value::Blob(FromSql::<Binary, Sqlite>::from_sql(value)?),
                    Some(SqliteType::Text) => Value::Text(FromSql::<Text, Sqlite>::from_sql(value)?),
                    Some(SqliteType::Float | SqliteType::Double) => {
                        Value::Real(FromSql::<Double, Sqlite>::from_sql(value)?)
                    }
                    Some(_) => Value::Integer(FromSql::<BigInt, Sqlite>::from_sql(value)?),
                },
            });
        }
        Ok(Self(values))
    }
}

#[cfg(feature = "mysql")]
mod mysql {
    use diesel::mysql::{Mysql, MysqlType};

    use super::{BigInt, Double, Field, FromSql, NamedRow, QueryableByName, Stored, Value, deserialize};

    impl QueryableByName<Mysql> for Stored {
        fn build<'a>(row: &impl NamedRow<'a, Mysql>) -> deserialize::Result<Self> {
            let mut values = Vec::with_capacity(row.field_count());
            for index in 0..row.field_count() {
                let field = diesel::row::Row::get(row, index).ok_or("a column is missing")?;
                values.push(match field.value() {
                    None => Value::Null,
                    Some(value) => match value.value_type() {
                        MysqlType::Tiny | MysqlType::Short | MysqlType::Long | MysqlType::LongLong => {
                            Value::Integer(FromSql::<BigInt, Mysql>::from_sql(value)?)
                        }
                        MysqlType::UnsignedTiny | MysqlType::UnsignedShort | MysqlType::UnsignedLong => {
                            Value::Integer(FromSql::<BigInt, Mysql>::from_sql(value)?)
                        }
                        MysqlType::UnsignedLongLong => {
                            let number: u64 = FromSql::<diesel::sql_types::Unsigned<BigInt>, Mysql>::from_sql(value)?;
                            Value::Integer(i64::try_from(number)?)
                        }
                        MysqlType::Float | MysqlType::Double => Value::Real(FromSql::<Double, Mysql>::from_sql(value)?),
                        _ => Value::Blob(value.as_bytes().to_vec()),
                    },
                });
            }
            Ok(Self(values))
        }
    }
}

/// A connection on which any table can be read and filled.
pub trait RawConnection: Connection {
    /// Runs a query with these values in the place of its question marks.
    fn rows(&mut self, query: &str, values: &[&Value]) -> QueryResult<Vec<Row>>;

    /// Stores rows.
    fn insert(&mut self, table: &str, columns: &[&str], rows: &[Row]) -> QueryResult<()>;

    /// Runs statements that return nothing.
    fn run(&mut self, statements: &str) -> QueryResult<()>;

    /// The one value that a query returns.
    fn value(&mut self, query: &str) -> QueryResult<Value> {
        let row = self.rows(query, &[])?.into_iter().next();
        row.and_then(|row| row.into_iter().next()).ok_or(diesel::result::Error::NotFound)
    }

    /// The first column of what a query returns, as text.
    fn texts(&mut self, query: &str) -> QueryResult<Vec<String>> {
        let rows = self.rows(query, &[])?;
        Ok(rows.into_iter().filter_map(|row| row.into_iter().next()).map(Value::into_text).collect())
    }
}

macro_rules! raw_connection {
    ($connection:ty) => {
        impl RawConnection for $connection {
            fn rows(&mut self, query: &str, values: &[&Value]) -> QueryResult<Vec<Row>> {
                let mut query = diesel::sql_query(query).into_boxed();
                for value in values {
                    query = match value {
                        Value::Null => query.bind::<Nullable<BigInt>, _>(None::<i64>),
                        Value::Integer(number) => query.bind::<BigInt, _>(*number),
                        Value::Real(number) => query.bind::<Double, _>(*number),
                        Value::Text(text) => query.bind::<Text, _>(text.as_str()),
                        Value::Blob(bytes) => query.bind::<Binary, _>(bytes.as_slice()),
                    };
                }
                let rows = query.load::<Stored>(self)?;
                Ok(rows.into_iter().map(|Stored(row)| row).collect())
            }

            fn insert(&mut self, table: &str, columns: &[&str], rows: &[Row]) -> QueryResult<()> {
                let insert = Insert { table, columns, rows };
                insert.execute(self).map(|_| ())
            }

            fn run(&mut self, statements: &str) -> QueryResult<()> {
                self.batch_execute(statements)
            }
        }
    };
}

raw_connection!(SqliteConnection);
#[cfg(feature = "mysql")]
raw_connection!(diesel::MysqlConnection);

/// An insert of rows, which diesel has no words for where the table is not known when it is compiled.
struct Insert<'a> {
    table: &'a str,
    columns: &'a [&'a str],
    rows: &'a [Row],
}

impl QueryId for Insert<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C> RunQueryDsl<C> for Insert<'_> {}

impl<DB> QueryFragment<DB> for Insert<'_>
where
    DB: Backend + HasSqlType<BigInt> + HasSqlType<Double> + HasSqlType<Text> + HasSqlType<Binary>,
    i64: ToSql<BigInt, DB>,
    f64: ToSql<Double, DB>,
    str: ToSql<Text, DB>,
    [u8]: ToSql<Binary, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        let columns: Vec<String> = self.columns.iter().map(|column| quoted(column)).collect();
        out.push_sql(&format!("INSERT INTO {} ({}) VALUES ", quoted(self.table), columns.join(", ")));
        for (index, row) in self.rows.iter().enumerate() {
            out.push_sql(if index == 0 { "(" } else { ", (" });
            for (index, value) in row.iter().enumerate() {
                if index > 0 {
                    out.push_sql(", ");
                }
                match value {
                    Value::Null => out.push_sql("NULL"),
                    Value::Integer(number) => out.push_bind_param::<BigInt, _>(number)?,
                    Value::Real(number) => out.push_bind_param::<Double, _>(number)?,
                    Value::Text(text) => out.push_bind_param::<Text, _>(text.as_str())?,
                    Value::Blob(bytes) => out.push_bind_param::<Binary, _>(bytes.as_slice())?,
                }
            }
            out.push_sql(")");
        }
        Ok(())
    }
}
