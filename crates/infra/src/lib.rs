//! The domain's ports, for real.
//!
//! - [`db`]: the [`Store`](domain::ports::Store) over diesel, on SQLite or MySQL and MariaDB
//! - [`search`]: [`MovieSearch`](domain::ports::MovieSearch) over Tantivy, kept current by the feed of changes
//! - [`finding`]: what examinations of the others find
//! - [`security`]: bcrypt, random tokens, the system's clock
//!
//! Nothing of diesel, Tantivy or bcrypt is visible outside this crate.

pub mod db;
pub mod finding;
pub mod search;
pub mod security;
