//! Feeds that are CSV (RFC 4180): the first row names the columns, each further row is a record.

use std::{
    cell::Cell,
    io::{self, Read},
    str,
};

use csv::ByteRecord;

use super::{
    BUFFER_BYTES, Error, MAX_RECORD_BYTES, Sink,
    limited::RecordLimit,
    record::{Key, Reading},
};
use crate::csv::restored;

/// Whether the line names a column that there is.
pub(super) fn names_columns(line: &[u8]) -> bool {
    let line = String::from_utf8_lossy(line);
    line.split(',').map(|cell| cell.trim().trim_matches('"')).any(|cell| key(cell).is_ok())
}

/// Reads row by row. One that cannot be read is a record that is refused, but for a last one that was cut off.
pub(super) fn read(source: impl Read, sink: &mut Sink) -> Result<(), Error> {
    let allowance = &Cell::new(MAX_RECORD_BYTES);
    let reached = &Cell::new(Reached::Part);
    let source = Ended { source: RecordLimit::new(source, allowance), reached };
    let mut rows =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).buffer_capacity(BUFFER_BYTES).from_reader(source);
    let mut row = ByteRecord::new();
    let mut next = |row: &mut ByteRecord, record| {
        allowance.set(MAX_RECORD_BYTES);
        rows.read_byte_record(row).map_err(|error| match error.into_kind() {
            csv::ErrorKind::Io(cause) => Error::source(record, cause),
            // Rows of any length and of any bytes are taken: nothing else fails.
            other => Error::source(record, io::Error::other(format!("{other:?}"))),
        })
    };
    if !next(&mut row, 1)? {
        return Ok(());
    }
    let columns = columns(&row)?;
    while next(&mut row, sink.records + 1)? {
        let line = row.position().map_or(0, csv::Position::line);
        let content = cells(&row, &columns);
        if reached.get() == Reached::End || reached.get() == Reached::LineEnd && content.is_err() {
            let reason = "the feed ends here".to_owned();
            return Err(Error::Malformed { record: sink.records + 1, line, column: 1, reason });
        }
        let bytes = row.as_slice().len();
        let flow = match content {
            Ok(movie) => sink.push(bytes, movie.finish()),
            Err(reason) => sink.push_unreadable(bytes, format!("line {line}: {reason}")),
        };
        if flow.is_break() {
            break;
        }
    }
    Ok(())
}

fn columns(row: &ByteRecord) -> Result<Vec<Key>, Error> {
    let mut columns = Vec::with_capacity(row.len());
    for (i, cell) in row.iter().enumerate() {
        let name = String::from_utf8_lossy(cell);
        let refused = |reason: &str| {
            // Of what is no CSV the name may be of any length.
            let name: String = name.chars().take(100).collect();
            Error::Columns { reason: format!("column {} (\"{}\") {reason}", i + 1, name.escape_debug()) }
        };
        let key = key(&name).map_err(|()| refused("is not known"))?;
        if columns.contains(&key) {
            return Err(refused("is there twice"));
        }
        columns.push(key);
    }
    if !columns.contains(&Key::Name) {
        return Err(Error::Columns { reason: "there is no column \"name\"".to_owned() });
    }
    Ok(columns)
}

/// The field that a column of this name holds.
fn key(name: &str) -> Result<Key, ()> {
    match Key::of(&name.trim().to_lowercase()) {
        Key::Unknown(_) => Err(()),
        key => Ok(key),
    }
}

fn cells(row: &ByteRecord, columns: &[Key]) -> Result<Reading, String> {
    if row.len() != columns.len() {
        return Err(format!("it has {} cells, but there are {} columns", row.len(), columns.len()));
    }
    let mut movie = Reading::default();
    for (i, (key, cell)) in columns.iter().zip(row).enumerate() {
        let text = str::from_utf8(cell).map_err(|_| format!("cell {} is not UTF-8", i + 1))?;
        movie.cell(key, restored(text));
    }
    Ok(movie)
}

/// How much of a source has been read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reached {
    Part,
    /// All, and the line end put after it.
    LineEnd,
    End,
}

/// A reader that puts a line end after the source, and so tells how the last row ends: at its own line end, while part
/// of the source is read; where it has none, at the one put after it; where a quotation mark is missing, at the end.
struct Ended<'a, R> {
    source: R,
    reached: &'a Cell<Reached>,
}

impl<R: Read> Read for Ended<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.reached.get() != Reached::Part {
            self.reached.set(Reached::End);
            return Ok(0);
        }
        let n = self.source.read(buffer)?;
        if n > 0 || buffer.is_empty() {
            return Ok(n);
        }
        self.reached.set(Reached::LineEnd);
        (&b"\n"[..]).read(buffer)
    }
}
