//! The web pages for people. They are rendered here, from the same services as the API, and work without scripts.
//!
//! - [`page`]: what every page knows of its request, and what happens around its handler
//! - [`session`]: who has signed in, and what other sites may not do; [`errors`]: errors as pages
//! - [`i18n`]: languages; [`assets`]: static files; [`form`]: what forms send, and
//!   [`violations`]: what is wrong with it
//! - [`listing`]: lists of movies, as [`list_query`] reads their addresses; [`movie`]: one movie. Both show movies as
//!   cards ([`film`]), and [`poster`] draws the posters that are missing
//! - [`site`]: what search engines ask for
//! - [`accounts`]: signing in, making an account; [`own_account`]: what people do with theirs
//! - [`admin`]: the pages for admins
//! - [`stats`]: the catalogue in pictures; [`charts`]: how they are drawn
//!
//! Templates are below `templates/`, texts below `locales/`.

pub mod accounts;
pub mod admin;
pub mod assets;
pub mod charts;
pub mod errors;
pub mod film;
pub mod form;
pub mod i18n;
pub mod list_query;
pub mod listing;
pub mod movie;
pub mod own_account;
pub mod page;
pub mod poster;
pub mod session;
pub mod site;
pub mod stats;
pub mod violations;

use crate::endpoint::Endpoint;

pub fn endpoints() -> Vec<Endpoint> {
    [
        listing::endpoints(),
        movie::endpoints(),
        stats::endpoints(),
        site::endpoints(),
        accounts::endpoints(),
        own_account::endpoints(),
        admin::endpoints(),
        assets::endpoints(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
