//! Movie feeds: from bytes to records, and from records into the catalogue.
//!
//! Read it in this order:
//!
//! 1. [`load()`] and [`load_records`]: store a feed, batch by batch
//! 2. [`feed`]: hands out the records of a feed while it is read
//!    - `feed/lookahead.rs`: a reader whose beginning can be looked at
//!    - `feed/layout.rs`: whether a feed is one JSON text, has a record on each line, or is CSV
//!    - `feed/document.rs`, `feed/lines.rs`, `feed/rows.rs`: these three layouts
//!    - `feed/limited.rs`: readers that fail where there is too much to read
//!    - `feed/record.rs`: one record, in all the spellings that occur
//! 3. [`csv`]: the columns and cells of CSV files
//! 4. [`export`](mod@export): the other way, from the catalogue to bytes
//!
//! The program `ingest`, in `src/bin/ingest/`, adds files, progress and the report.
#![warn(missing_docs)]

pub mod csv;
pub mod export;
pub mod feed;
mod load;

pub use load::{BrokenRule, Counts, LoadError, OnError, Progress, Rejection, load, load_records};
