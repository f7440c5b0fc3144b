//! Version 1 of the API.

pub mod accounts;
pub mod batch;
pub mod changes;
pub mod conditional;
pub mod event_stream;
pub mod export;
pub mod facets;
pub mod genres;
pub mod highlight;
pub mod history;
pub mod idempotency;
pub mod import;
pub mod listing;
pub mod movie_body;
pub mod movie_query;
pub mod movies;
pub mod parameters;
pub mod prefer;
pub mod similar;
pub mod suggest;
pub mod tokens;
pub mod users;

use crate::problem::Problem;

/// The id in a path. What is not one is the id of nothing.
pub fn path_id(text: &str, what: &str) -> Result<u64, Problem> {
    // The largest id that every database can hold.
    const MAX: u64 = i64::MAX as u64;
    let is_number = text.bytes().all(|b| b.is_ascii_digit());
    let id = text.parse().ok().filter(|id| is_number && (1..=MAX).contains(id));
    id.ok_or_else(|| Problem::not_found(what))
}
