//! The use cases. Whatever drives the catalogue (HTTP, a page, a program) goes through here.

mod accounts;
mod batch;
mod catalogue;
mod genre_names;
mod history;
mod idempotency;
mod import;
mod import_log;
mod login_limits;
mod token_uses;

pub use accounts::{AccountRules, Accounts, NewToken, Registration, SignedIn, new_credentials, new_password};
pub use batch::{Done, Operation};
pub use catalogue::{Catalogue, Duplicates, INDEX_WAIT, Source, Undone};
pub use history::{FeedPage, History, HistoryPage, HistoryStart};
pub use idempotency::Answer;
pub use import::{FeedRecord, Import, Load, Outcome};
pub use import_log::{ImportLog, Recording};
