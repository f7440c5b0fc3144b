//! The pages for admins.
//!
//! - [`genres`], [`users`], [`import`], [`changes`]: what there is beside movies
//! - [`confirm`]: the question before what cannot be taken back; [`paging`]: the way through long lists

pub mod changes;
pub mod confirm;
pub mod genres;
pub mod import;
pub mod paging;
pub mod users;

use crate::endpoint::Endpoint;

pub fn endpoints() -> Vec<Endpoint> {
    [changes::endpoints(), genres::endpoints(), import::endpoints(), users::endpoints()].into_iter().flatten().collect()
}
