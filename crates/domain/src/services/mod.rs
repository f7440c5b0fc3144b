//! The use cases. Whatever drives the catalogue (HTTP, a page, a program) goes through here.

mod accounts;
mod catalogue;
mod genre_names;
mod import;
mod login_limits;
mod token_uses;

pub use accounts::{AccountRules, Accounts, NewToken, Registration, SignedIn, new_credentials, new_password};
pub use catalogue::{Catalogue, Duplicates};
pub use import::{Import, Outcome};
