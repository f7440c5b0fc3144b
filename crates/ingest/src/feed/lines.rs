//! Feeds with one record on each line.

use std::{
    io::{self, BufRead, Read},
    str,
};

use super::{
    Error, MAX_RECORD_BYTES, Sink, reason,
    record::{self, Parsed},
};

/// Reads line by line. A line that cannot be read is a record that is refused, but for a last one without a line end:
/// there the feed was cut off.
pub(super) fn read(mut source: impl BufRead, sink: &mut Sink) -> Result<(), Error> {
    let mut line = Vec::new();
    for number in 1.. {
        let failed = |cause| Error::source(sink.records + 1, cause);
        read_piece(&mut source, &mut line).map_err(failed)?;
        if line.is_empty() {
            break;
        }
        let length = line.len();
        let content = if length > MAX_RECORD_BYTES {
            while !line.is_empty() && !line.ends_with(b"\n") {
                read_piece(&mut source, &mut line).map_err(failed)?;
            }
            Err((MAX_RECORD_BYTES, format!("a record takes at most {MAX_RECORD_BYTES} bytes")))
        } else if line.trim_ascii().is_empty() {
            continue;
        } else {
            parse(line.trim_ascii_end())
        };
        let flow = match content {
            Ok(content) => sink.push(length, content),
            Err((column, reason)) if line.ends_with(b"\n") => {
                sink.push_unreadable(length, format!("line {number}, column {column}: {reason}"))
            }
            Err((column, reason)) => {
                return Err(Error::Malformed { record: sink.records + 1, line: number, column, reason });
            }
        };
        if flow.is_break() {
            break;
        }
    }
    Ok(())
}

/// Reads to the end of the line, or the first bytes of a line that is too long; nothing at the feed's end.
fn read_piece(source: &mut impl BufRead, piece: &mut Vec<u8>) -> io::Result<()> {
    piece.clear();
    source.take(MAX_RECORD_BYTES as u64 + 1).read_until(b'\n', piece)?;
    Ok(())
}

/// The record, or where and why it cannot be read.
fn parse(line: &[u8]) -> Result<Parsed, (usize, String)> {
    let text = str::from_utf8(line).map_err(|e| (e.valid_up_to() + 1, "invalid UTF-8".to_owned()))?;
    record::read(text).map_err(|e| (e.column(), reason(&e)))
}
