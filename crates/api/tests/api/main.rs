//! The real application, spoken to over HTTP.
//!
//! [`test_app`] starts it, [`event_client`] follows its event stream; the other modules are named after what they
//! test. What depends on the database runs on every database.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![cfg(test)]

mod event_client;
mod test_app;

mod accounts;
mod bad_input;
mod changes;
mod compat;
mod docs;
mod event_streams;
mod examples;
mod genres;
mod health;
mod history;
mod lifecycle;
mod movie_lists;
mod movies;
mod problems;
mod readme;
