//! What a movie is and what can be done with one.
//!
//! This crate knows no database, no HTTP and no search engine. Read it in this order:
//!
//! 1. [`movie`], [`genre`], [`user`]: the entities, and value types that cannot be built invalid
//! 2. [`query`]: what a list of movies can be asked for; [`matching`]: how its words are found in those of movies;
//!    [`highlight`]: showing where; [`suggestion`]: what may be meant by half a text; [`similarity`]: how alike two
//!    movies are
//! 3. [`change`]: a change to the catalogue, as recorded; [`idempotency`]: a write that may be sent again;
//!    [`import`]: a feed that is loaded, as recorded
//! 4. [`ports`]: what the services need from the outside, each with its contract
//! 5. [`services`]: the use cases; the only way to change anything
//! 6. [`error`]: everything that can go wrong, in the catalogue's own words
#![warn(missing_docs)]

pub mod change;
pub mod error;
pub mod genre;
pub mod highlight;
pub mod idempotency;
pub mod import;
pub mod matching;
pub mod movie;
pub mod ports;
pub mod query;
pub mod services;
pub mod similarity;
pub mod suggestion;
pub mod text;
pub mod time;
pub mod user;
pub mod violation;

pub use error::{Error, Result};
