//! The admin section.
//!
//! - [`dashboard`]: what there is and what was done last
//! - [`movies`]: the movies, one page after the other, and changing many; [`movie_form`]: adding, editing and removing
//!   one, as `typed` reads what is typed; [`history`]: what became of one, and restoring it
//! - [`genres`], [`users`], [`import`], [`changes`]: what there is beside movies
//! - [`notice`]: telling what was just done, and undoing it; [`confirm`]: the question before what cannot be taken back;
//!   [`paging`]: the way through long lists

pub mod changes;
pub mod confirm;
pub mod dashboard;
pub mod genres;
pub mod history;
pub mod import;
pub mod movie_form;
pub mod movies;
pub mod notice;
pub mod paging;
mod typed;
pub mod users;

use crate::endpoint::Endpoint;

pub fn endpoints() -> Vec<Endpoint> {
    [
        dashboard::endpoints(),
        movies::endpoints(),
        movie_form::endpoints(),
        history::endpoints(),
        genres::endpoints(),
        users::endpoints(),
        import::endpoints(),
        changes::endpoints(),
        notice::endpoints(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
