//! What the services need from the outside. An adapter keeps the contract written at each method; the contract suite
//! of the infra crate checks it on every database.

mod notify;
mod search;
mod security;
mod store;

pub use notify::{ChangeListener, Changed, Watcher};
pub use search::{GenreCount, MovieSearch, SearchHealth};
pub use security::{Clock, PasswordHasher, TokenMint};
pub use store::{
    AnswerRepository, ChangeRepository, GenreRepository, Ids, ImportRepository, MovieRepository, Session, Store,
    TokenRepository, UserRepository,
};
