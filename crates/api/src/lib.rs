//! The HTTP server.
//!
//! Read it in this order:
//!
//! 1. [`application`]: start, serve, stop; [`first_start`]: what an empty database gets
//! 2. [`routes`]: every path; [`endpoint`]: what a path is
//! 3. [`request`]: what happens around every handler: request id, log line, errors; [`delivery`]: compression, and what
//!    caches may do with an answer; [`cors`]: the pages of other origins; [`client`]: where
//!    a request comes from
//! 4. [`state`], [`auth`], [`body`], [`problem`]: what handlers are made of
//! 5. [`v1`]: the API; [`compat`]: the older API over the same use cases; [`loader`], [`cache`]: movies
//!    ready to be sent
//! 6. [`pages`]: the web pages for people
//! 7. [`health`], [`metrics`], [`docs`], [`openapi`], [`telemetry`], [`retention`]: around it

pub mod application;
pub mod auth;
pub mod body;
pub mod cache;
pub mod client;
pub mod compat;
pub mod cors;
pub mod delivery;
pub mod docs;
pub mod endpoint;
pub mod first_start;
pub mod health;
pub mod loader;
pub mod metrics;
pub mod openapi;
pub mod pages;
pub mod problem;
pub mod request;
pub mod retention;
pub mod routes;
pub mod state;
pub mod telemetry;
pub mod v1;
