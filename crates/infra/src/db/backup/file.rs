//! The file of a backup.
//!
//! It is a zstd frame between two skippable ones, of which the first says what it is and the last has the SHA-256 of
//! all that comes before its 32 bytes. Unpacked, by `zstd -dc` too, it is lines of JSON:
//!
//! ```text
//! {"format":"marquee-backup","version":1,"migrations":["0001_counter", ...]}
//! {"table":"movies","columns":[["id","integer"],["name","text"],["director","text",null], ...],"rows":2}
//! [1,"Nosferatu","F. W. Murnau", ...]
//! [2,"Metropolis","Fritz Lang", ...]
//! {"table":"movie_genres", ...}
//! ...
//! {"end":true}
//! ```
//!
//! Tables and columns are those that the migrations named make, and come in one order; rows come in the order of their
//! keys. Bytes are written in hexadecimal. Nothing else is in the file, no time and no name: the same content is the
//! same file.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write},
    path::Path,
};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Visitor},
};
use sha2::{Digest, Sha256};

use super::super::{
    error::MigrateError,
    migrations,
    raw::{Row, Value},
    tables::{self, Column, Kind, Table},
};

const FORMAT: &str = "marquee-backup";
const VERSION: u32 = 1;

/// The first frame: zstd's number for frames that are skipped, the length, and a name.
const START: &[u8; 23] = b"\x5a\x2a\x4d\x18\x0f\0\0\0marquee-backup\n";
/// How the last frame begins.
const SUM_START: [u8; 8] = *b"\x5a\x2a\x4d\x18\x20\0\0\0";
const CHECKSUM: usize = 32;

/// Three is zstd's own choice: a higher level gains a few percent and takes several times as long.
const LEVEL: i32 = 3;

/// The longest line there can be: two states of a change, of 16 MiB at most each, with every character escaped.
const LONGEST_LINE: u64 = 256 << 20;
/// The longest first line.
const LONGEST_HEADER: u64 = 1 << 20;

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be read.
    #[error("cannot read it: {0}")]
    Io(#[from] io::Error),
    /// It is something else.
    #[error("it is no backup made by `marquee backup`")]
    Foreign,
    /// It is not as it was written.
    #[error("it is damaged or cut short: its checksum is wrong")]
    Damaged,
    /// It is of a format, or has tables, that this program does not know.
    #[error("it was made by a later version of the program: {0}")]
    Newer(String),
    /// Its checksum is right, and its content is not.
    #[error("its content is not that of a backup: {0}")]
    Wrong(String),
}

impl From<MigrateError> for FileError {
    fn from(error: MigrateError) -> Self {
        Self::Wrong(error.to_string())
    }
}

#[derive(Serialize, Deserialize)]
struct Header {
    format: String,
    version: u32,
    #[serde(default)]
    migrations: Vec<String>,
}

/// The line before the rows of a table.
#[derive(Serialize)]
struct Heading {
    table: String,
    columns: Vec<Column>,
    rows: u64,
}

#[derive(Serialize)]
struct End {
    end: bool,
}

const END: &str = "{\"end\":true}";

/// A column is written as its name and kind, and `null` where it may be null.
impl Serialize for Column {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kind = match self.kind {
            Kind::Integer => "integer",
            Kind::Real => "real",
            Kind::Text => "text",
            Kind::Blob => "blob",
        };
        match self.nullable {
            true => (&self.name, kind, ()).serialize(serializer),
            false => (&self.name, kind).serialize(serializer),
        }
    }
}

/// A value as it is written.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Real(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Blob(bytes) => serializer.serialize_str(&hexadecimal(bytes)),
        }
    }
}

/// A value as it is read: bytes are text still.
impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfValue;

        impl Visitor<'_> for OfValue {
            type Value = Value;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a number, a text or null")
            }

            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }

            fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
                Ok(Value::Integer(number))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Value, E> {
                i64::try_from(number).map(Value::Integer).map_err(E::custom)
            }

            fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
                Ok(Value::Real(number))
            }

            fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.to_owned()))
            }

            fn visit_string<E>(self, text: String) -> Result<Value, E> {
                Ok(Value::Text(text))
            }
        }

        deserializer.deserialize_any(OfValue)
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS[usize::from(half)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn bytes_of(text: &str) -> Option<Vec<u8>> {
    let digit = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}

/// Passes bytes on and sums them up.
struct Summed<W> {
    inner: W,
    sum: Sha256,
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.sum.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Writes a backup.
pub struct Writer<'a> {
    lines: zstd::Encoder<'static, Summed<&'a mut dyn Write>>,
    line: Vec<u8>,
}

impl<'a> Writer<'a> {
    /// Begins a backup of a database with these migrations.
    pub fn new(out: &'a mut dyn Write, migrations: &[String]) -> io::Result<Self> {
        let mut out = Summed { inner: out, sum: Sha256::new() };
        out.write_all(START)?;
        let mut writer = Self { lines: zstd::Encoder::new(out, LEVEL)?, line: Vec::new() };
        writer.write(&Header { format: FORMAT.to_owned(), version: VERSION, migrations: migrations.to_vec() })?;
        Ok(writer)
    }

    /// Begins a table of so many rows.
    pub fn begin(&mut self, table: &Table, rows: u64) -> io::Result<()> {
        self.write(&heading(table, rows))
    }

    /// Writes the next row.
    pub fn row(&mut self, row: &Row) -> io::Result<()> {
        self.write(row)
    }

    /// Ends the backup. It is complete when this returns.
    pub fn finish(mut self) -> io::Result<()> {
        self.write(&End { end: true })?;
        let mut out = self.lines.finish()?;
        out.write_all(&SUM_START)?;
        let sum = out.sum.finalize();
        out.inner.write_all(&sum)?;
        out.inner.flush()
    }

    fn write(&mut self, line: &impl Serialize) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, line)?;
        self.line.push(b'\n');
        self.lines.write_all(&self.line)
    }
}

fn heading(table: &Table, rows: u64) -> Heading {
    Heading { table: table.name.clone(), columns: table.columns.clone(), rows }
}

/// Which row of its table a row is, from 1, and how many the table has.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    pub row: u64,
    pub total: u64,
}

/// A backup whose checksum is right.
pub struct Backup {
    file: File,
    /// The migrations of the database that it was made of.
    pub migrations: Vec<String>,
    /// The tables that are in it, in their order.
    pub tables: Vec<Table>,
}

impl Backup {
    /// Opens a file and looks at every byte of it. `tell` hears of each row.
    pub fn open(path: &Path, tell: &mut dyn FnMut(&Table, Place)) -> Result<Self, FileError> {
        let mut file = File::open(path)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::other("it is no regular file").into());
        }
        let mut start = [0; START.len()];
        if let Err(error) = file.read_exact(&mut start)
            && error.kind() != io::ErrorKind::UnexpectedEof
        {
            return Err(error.into());
        }
        if start != *START {
            return Err(FileError::Foreign);
        }
        if !has_right_sum(&mut file)? {
            return Err(FileError::Damaged);
        }
        let Header { version, migrations, .. } = header(&file)?;
        if version > VERSION {
            return Err(FileError::Newer(format!("its format is number {version}, and this program knows {VERSION}")));
        }
        let known = migrations::names()?;
        if let Some(unknown) = migrations.iter().find(|name| !known.contains(name)) {
            return Err(FileError::Newer(format!("it has the migration {unknown}, which this program does not know")));
        }
        if !known.starts_with(&migrations) || migrations.is_empty() {
            return Err(FileError::Wrong("it has not all migrations up to its last one".to_owned()));
        }
        let tables = tables::made_by(&migrations)?;
        let backup = Self { file, migrations, tables };
        backup.read(&mut |table, place, _| {
            tell(table, place);
            Ok::<_, FileError>(())
        })?;
        Ok(backup)
    }

    /// Reads it from its beginning, and gives each row to `each`.
    pub fn read<E: From<FileError>>(&self, each: &mut dyn FnMut(&Table, Place, Row) -> Result<(), E>) -> Result<(), E> {
        let mut lines = lines(&self.file).map_err(FileError::from)?;
        let mut line = String::new();
        next(&mut lines, &mut line, LONGEST_HEADER)?;
        for table in &self.tables {
            next(&mut lines, &mut line, LONGEST_LINE)?;
            let total = rows_of(&line, table)?;
            let mut last: Option<Vec<Value>> = None;
            for row in 1..=total {
                next(&mut lines, &mut line, LONGEST_LINE)?;
                let wrong = |what: &str| FileError::Wrong(format!("row {row} of {} {what}", table.name));
                let values = values(&line, table).map_err(|what| wrong(&what))?;
                let key = table.key_of(&values);
                if last.is_some_and(|last| last >= key) {
                    return Err(wrong("is not in its place").into());
                }
                last = Some(key);
                each(table, Place { row, total }, values)?;
            }
        }
        next(&mut lines, &mut line, LONGEST_LINE)?;
        let nothing = lines.fill_buf().map_err(FileError::from)?.is_empty();
        if line != END || !nothing {
            return Err(FileError::Wrong("it does not end where it should".to_owned()).into());
        }
        Ok(())
    }
}

fn has_right_sum(file: &mut File) -> io::Result<bool> {
    let mut tail = [0; SUM_START.len() + CHECKSUM];
    let length = file.metadata()?.len();
    if length < tail.len() as u64 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-(tail.len() as i64)))?;
    file.read_exact(&mut tail)?;
    let (start, written) = tail.split_at(SUM_START.len());
    if start != SUM_START {
        return Ok(false);
    }
    file.seek(SeekFrom::Start(0))?;
    let mut summed = Summed { inner: io::sink(), sum: Sha256::new() };
    io::copy(&mut file.take(length - CHECKSUM as u64), &mut summed)?;
    Ok(summed.sum.finalize().as_slice() == written)
}

/// The first line.
fn header(file: &File) -> Result<Header, FileError> {
    let mut line = String::new();
    next(&mut lines(file)?, &mut line, LONGEST_HEADER)?;
    let header: Option<Header> = serde_json::from_str(&line).ok();
    let header = header.filter(|header| header.format == FORMAT);
    header.ok_or_else(|| FileError::Wrong("its first line is not that of a backup".to_owned()))
}

type Lines<'a> = BufReader<zstd::Decoder<'static, BufReader<&'a File>>>;

fn lines(mut file: &File) -> io::Result<Lines<'_>> {
    file.seek(SeekFrom::Start(0))?;
    Ok(BufReader::with_capacity(1 << 16, zstd::Decoder::new(file)?))
}

/// Reads a line of at most so many bytes, without its end.
fn next(lines: &mut Lines<'_>, line: &mut String, longest: u64) -> Result<(), FileError> {
    line.clear();
    let wrong = |what: &str| FileError::Wrong(what.to_owned());
    lines.take(longest).read_line(line).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => wrong("it is no text"),
        _ => FileError::Io(error),
    })?;
    match line.pop() {
        Some('\n') => Ok(()),
        Some(_) => Err(wrong("a line is too long")),
        None => Err(wrong("it ends too early")),
    }
}

/// The number of rows that the heading of this table says.
fn rows_of(line: &str, table: &Table) -> Result<u64, FileError> {
    #[derive(Deserialize)]
    struct Rows {
        rows: u64,
    }
    let wrong = || FileError::Wrong(format!("the table {} is not where it should be", table.name));
    let Rows { rows } = serde_json::from_str(line).map_err(|_| wrong())?;
    let expected = serde_json::to_string(&heading(table, rows)).map_err(|_| wrong())?;
    if line == expected { Ok(rows) } else { Err(wrong()) }
}

/// The row that a line says, or what is wrong with it.
fn values(line: &str, table: &Table) -> Result<Row, String> {
    let mut row: Row = serde_json::from_str(line).map_err(|error| format!("is none: {error}"))?;
    if row.len() != table.columns.len() {
        return Err(format!("has {} values", row.len()));
    }
    for (value, column) in row.iter_mut().zip(&table.columns) {
        let fits = match (&*value, column.kind) {
            (Value::Null, _) => column.nullable,
            (Value::Text(text), Kind::Blob) => {
                let bytes = bytes_of(text).map(Value::Blob);
                let is_hexadecimal = bytes.is_some();
                *value = bytes.unwrap_or(Value::Null);
                is_hexadecimal
            }
            (Value::Integer(_), Kind::Integer) | (Value::Real(_), Kind::Real) | (Value::Text(_), Kind::Text) => true,
            _ => false,
        };
        if !fits {
            return Err(format!("has a wrong {}", column.name));
        }
    }
    Ok(row)
}
