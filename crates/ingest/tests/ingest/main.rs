//! Feeds as they are, from bytes to what the catalogue holds in the end.
#![cfg(test)]

mod catalogue;
mod export;
mod feed;
mod load;
mod program;
mod round_trip;
