//! The index, on a real database: what lists show, and that they show it whatever happens.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

mod any_text;
mod beside;
mod facets;
mod following;
mod golden;
mod highlight;
mod matching;
mod oracle;
mod random;
mod rebuilding;
mod recovery;
mod suggesting;
mod verifying;
mod walking;
mod world;
