//! The web pages for people. They are rendered here, from the same services as the API, and work without scripts.
//!
//! - [`page`]: what every page knows of its request, and what happens around its handler
//! - [`session`]: who has signed in, and what other sites may not do; [`errors`]: errors as pages
//! - [`i18n`]: languages; [`assets`]: static files; [`form`]: what forms send, and
//!   [`violations`]: what is wrong with it
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
pub mod form;
pub mod i18n;
pub mod own_account;
pub mod page;
pub mod session;
pub mod stats;
pub mod violations;

use crate::endpoint::Endpoint;

pub fn endpoints() -> Vec<Endpoint> {
    [stats::endpoints(), accounts::endpoints(), own_account::endpoints(), admin::endpoints(), assets::endpoints()]
        .into_iter()
        .flatten()
        .collect()
}
