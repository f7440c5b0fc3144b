//! The web pages for people. They are rendered here, from the same services as the API, and work without scripts.
//!
//! - [`page`]: what every page knows of its request, and what happens around its handler
//! - [`session`]: who has signed in, and what other sites may not do; [`errors`]: errors as pages
//! - [`i18n`]: languages; [`assets`]: static files; [`form`]: what forms send
//! - [`accounts`]: signing in; [`admin`]: the admin section
//!
//! Templates are below `templates/`, texts below `locales/`.

pub mod accounts;
pub mod admin;
pub mod assets;
pub mod errors;
pub mod form;
pub mod i18n;
pub mod page;
pub mod session;

use crate::endpoint::Endpoint;

pub fn endpoints() -> Vec<Endpoint> {
    [accounts::endpoints(), admin::endpoints(), assets::endpoints()].into_iter().flatten().collect()
}
