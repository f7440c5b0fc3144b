//! The use cases. Whatever drives the catalogue (HTTP, a page, a program) goes through here.

mod accounts;
mod catalogue;
mod genre_names;
mod import;
mod login_limits;

pub use accounts::{Accounts, LOGIN_DAYS, Registration, SignedIn};
pub use catalogue::{Catalogue, Duplicates, GenrePage};
pub use import::{Applied, Import, Outcome};
