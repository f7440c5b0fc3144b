//! The use cases. Whatever drives the catalogue (HTTP, a page, a program) goes through here.

mod accounts;
mod catalogue;
mod genre_names;
mod history;
mod import;
mod login_limits;

pub use accounts::{Accounts, Registration, SignedIn, new_credentials};
pub use catalogue::{Catalogue, Duplicates};
pub use history::{FeedPage, History, HistoryPage, HistoryStart};
pub use import::{Import, Outcome};
