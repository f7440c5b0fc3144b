//! Feeds as they are, from bytes to what the catalogue holds in the end.
#![cfg(test)]

mod catalogue;
mod feed;
mod imdb;
mod load;
mod program;
