//! The real application, spoken to over HTTP.
//!
//! [`test_app`] starts it, [`contract`] holds what it answers against the documentation, and [`event_client`] follows its
//! event stream; the other modules are named after what they test. What depends on the database runs on every database.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![cfg(test)]

mod contract;
mod event_client;
mod test_app;

mod access;
mod accounts;
mod any_query;
mod at_once;
mod backup;
mod bad_input;
mod batch;
#[cfg(feature = "mysql")]
mod behind_nginx;
mod changes;
mod compat;
mod cors;
mod delivery;
mod docs;
mod doctor;
mod event_streams;
mod example_programs;
mod examples;
mod export;
mod facets;
mod genres;
mod health;
mod highlight;
mod history;
mod idempotency;
mod import;
mod index_command;
mod lifecycle;
mod limits;
mod logs;
mod manage;
mod metrics;
mod movie_lists;
mod movies;
mod outages;
mod pages_accounts;
mod pages_admin;
mod pages_catalogue;
mod pages_languages;
mod pages_manage;
mod pages_safety;
mod pages_stats;
mod problems;
mod readme;
mod relevance;
mod sessions;
mod suggest;
mod tokens;
mod users;
