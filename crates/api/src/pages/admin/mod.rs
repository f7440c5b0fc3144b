//! The admin section.
//!
//! - [`dashboard`]: what there is and what was done last; [`movies`]: the movies, one page after the other, and changing
//!   many; [`movie_form`]: adding, editing and removing one; [`history`]: what became of one, and restoring it
//! - [`notice`]: telling what was just done, and undoing it

pub mod dashboard;
pub mod history;
pub mod movie_form;
pub mod movies;
pub mod notice;
mod typed;

use crate::endpoint::Endpoint;

pub fn endpoints() -> Vec<Endpoint> {
    [dashboard::endpoints(), movies::endpoints(), movie_form::endpoints(), history::endpoints(), notice::endpoints()]
        .into_iter()
        .flatten()
        .collect()
}
