//! Feeds: what they look like and how they are read.
//!
//! A feed is recognised by its content. It is UTF-8, perhaps after a byte-order mark, perhaps compressed by gzip, and
//! holds its records as one JSON array, as an array inside an object (`{"movies": [...]}`), as one object per line, as
//! one object after another, or as CSV whose first row names the columns.
//!
//! However long a feed is, what is in memory at a time is its first MiB, or one record.

mod document;
mod layout;
mod limited;
mod lines;
mod lookahead;
mod record;
mod rows;

use std::{
    io::{self, BufReader, Read},
    ops::ControlFlow,
};

use domain::{
    movie::MoviePatch,
    violation::{ViolationCode, Violations},
};
use flate2::bufread::MultiGzDecoder;

use self::{layout::Layout, limited::FeedLimit, lookahead::LookAhead, record::Parsed};
use crate::csv::COLUMNS;

/// The most bytes that one record takes.
pub const MAX_RECORD_BYTES: usize = 1 << 20;

pub(crate) const BUFFER_BYTES: usize = 128 << 10;
pub(crate) const GZIP: &[u8] = &[0x1f, 0x8b];
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// One record of a feed.
#[derive(Debug)]
pub struct Record {
    /// Its number in the feed, from 1.
    pub number: u64,
    /// What the feed calls its movie, if that is a whole number.
    pub id: Option<u64>,
    /// The length of its text, about.
    pub bytes: usize,
    /// What it asks for, or all that is wrong with it. A whole record that cannot be read is a violation of the
    /// field `""`.
    pub content: Result<MoviePatch, Violations>,
}

/// Why a feed could not be read to its end. The records before that point were handed out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is nothing in it.
    #[error("it is empty")]
    Empty,
    /// It is something else.
    #[error(
        "it is not a JSON feed: it begins neither with '[' nor with '{{'; nor is it CSV: its first line names no column"
    )]
    NotAFeed,
    /// Its first row does not name columns of movies.
    #[error("{reason}; the columns of CSV are {}", COLUMNS.join(", "))]
    Columns {
        /// What is wrong with them.
        reason: String,
    },
    /// It is damaged, or ends too early.
    #[error("record {record} (line {line}, column {column}) cannot be read: {reason}")]
    Malformed {
        /// The number of the record that could not be read; one more than there are, where the end is missing.
        record: u64,
        /// From 1.
        line: u64,
        /// In bytes, from 1.
        column: usize,
        /// What is wrong there.
        reason: String,
    },
    /// The source failed.
    #[error("it cannot be read (from record {record} on): {cause}")]
    Source {
        /// The number of the record that could not be read.
        record: u64,
        /// Why.
        cause: io::Error,
    },
    /// It is longer than it may be.
    #[error("{cause}: it is read up to record {record}")]
    TooLarge {
        /// The number of the record that was not read to its end.
        record: u64,
        /// The limit, in words.
        cause: io::Error,
    },
}

impl Error {
    fn source(record: u64, cause: io::Error) -> Self {
        if cause.kind() == io::ErrorKind::FileTooLarge {
            Self::TooLarge { record, cause }
        } else {
            Self::Source { record, cause }
        }
    }

    /// Whether who sent the feed went away in the middle ([`io::ErrorKind::ConnectionAborted`]).
    pub fn is_lost_connection(&self) -> bool {
        matches!(self, Self::Source { cause, .. } if cause.kind() == io::ErrorKind::ConnectionAborted)
    }
}

/// A way to write records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON in any layout.
    Json,
    /// CSV.
    Csv,
}

/// What is known of a feed before it is read.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// Its format; where it is not known, the content tells.
    pub format: Option<Format>,
    /// Whether it is known to be compressed by gzip; where it is not, the content tells.
    pub gzip: bool,
    /// The most bytes that are read of it, unpacked.
    pub max_bytes: Option<u64>,
}

/// Takes the records of a feed, one after the other, until it breaks.
pub type Emit<'a> = &'a mut dyn FnMut(Record) -> ControlFlow<()>;

/// Reads a feed of which nothing is known; see [`read_as`].
pub fn read(source: impl Read, emit: Emit) -> Result<(), Error> {
    read_as(source, &Form::default(), emit)
}

/// Reads a feed, handing each record to `emit` as soon as it is read, until `emit` breaks or the feed ends.
pub fn read_as(source: impl Read, form: &Form, emit: Emit) -> Result<(), Error> {
    let mut sink = Sink { records: 0, stopped: false, emit };
    let source = LookAhead::new(source, GZIP.len());
    let text: Box<dyn Read + '_> = if form.gzip || source.head() == GZIP {
        Box::new(MultiGzDecoder::new(BufReader::with_capacity(BUFFER_BYTES, source)))
    } else {
        Box::new(source)
    };
    let text = FeedLimit::new(text, form.max_bytes.unwrap_or(u64::MAX));
    let mut text = LookAhead::new(text, layout::HEAD_BYTES);
    text.skip(BYTE_ORDER_MARK);
    let layout = match (form.format, layout::recognise(text.head(), text.head_is_all())) {
        (_, Layout::Blank) => Layout::Blank,
        (Some(Format::Csv), _) => Layout::Rows,
        (Some(Format::Json), Layout::Rows) => Layout::Unknown,
        (_, recognised) => recognised,
    };
    match layout {
        Layout::Document => document::read(BufReader::with_capacity(BUFFER_BYTES, text), &mut sink),
        Layout::Lines => lines::read(BufReader::with_capacity(BUFFER_BYTES, text), &mut sink),
        Layout::Rows => rows::read(text, &mut sink),
        Layout::Blank => Err(match text.into_failure() {
            Some(cause) => Error::source(1, cause),
            None => Error::Empty,
        }),
        Layout::Unknown => Err(Error::NotAFeed),
    }
}

/// Where the records go.
struct Sink<'a> {
    records: u64,
    stopped: bool,
    emit: Emit<'a>,
}

impl Sink<'_> {
    fn push(&mut self, bytes: usize, Parsed { id, content }: Parsed) -> ControlFlow<()> {
        self.records += 1;
        let flow = (self.emit)(Record { number: self.records, id, bytes, content });
        self.stopped = flow.is_break();
        flow
    }

    /// A record of which nothing could be read.
    fn push_unreadable(&mut self, bytes: usize, reason: String) -> ControlFlow<()> {
        self.push(bytes, Parsed::refused(ViolationCode::InvalidFormat, reason))
    }
}

/// What `error` says, without the place.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&place).unwrap_or(&text).to_owned()
}
