//! The database: SQLite, or MySQL and MariaDB with the feature `mysql`.
//!
//! - [`Database`] (`store`): transactions, and what happens when one fails
//! - `transaction`: what one transaction knows; the repositories `movies`, `genres`, `users`, `tokens`, `changes`,
//!   `answers`, `imports`, and `counter`, which gives out ids and change numbers, are implemented on it, each in its
//!   own file
//! - `connection`, `address`: one connection type for both databases, and the pool
//! - `pulse`: whether a server answers at all
//! - `turns`: the order of this process's writers
//! - `dialect`: where the two differ
//! - `migrations`, `schema`: the tables
//! - `raw`, `tables`: tables and rows as they are, whatever they mean
//! - `backup`: all of it in a file, and back
//! - `examine`: whether all is as it should be
//! - `error`: what diesel reports, in the domain's words

mod address;
mod answers;
mod backup;
mod changes;
mod connection;
mod counter;
mod dialect;
mod error;
mod examine;
mod genres;
mod imports;
mod migrations;
mod movies;
#[cfg(feature = "mysql")]
mod pulse;
mod raw;
mod schema;
mod store;
mod tables;
mod tokens;
mod transaction;
mod turns;
mod users;

pub use address::embedded_database;
pub use backup::{Amount, BackupError, FileError, Phase, RestoreError, backup, restore};
pub use error::{MigrateError, OpenError};
pub use examine::{Feed, Looked, examine};
pub use migrations::MigrationStatus;
pub use store::{Database, DatabaseOptions, PoolStats};
