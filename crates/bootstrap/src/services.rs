//! The domain's services over the configured database and index.

use std::{path::PathBuf, sync::Arc, time::Duration};

use domain::{
    ports::{ChangeListener, MovieSearch, Store},
    services::{Accounts, Catalogue, History, Import, Registration},
};
pub use infra::db::MigrationStatus;
use infra::{
    db::{self, Database, DatabaseOptions},
    search::{SearchIndex, SearchOptions},
    security::{BcryptHasher, RandomTokens, SystemClock},
};

use crate::settings::{self, Settings};

/// A start that cannot go on; the text is one line that says what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct StartError(String);

impl StartError {
    /// The error and what led to it, in one line.
    fn from_chain(error: &dyn std::error::Error) -> Self {
        let mut line = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            let text = error.to_string();
            // Some errors repeat their cause in their own text.
            if !line.contains(&text) {
                line = format!("{line}: {text}");
            }
            cause = error.source();
        }
        Self(line.replace('\n', " "))
    }
}

/// Connects to the configured database and brings its tables up to date.
pub fn open_store(settings: &Settings) -> Result<Arc<dyn Store>, StartError> {
    let database = open_database(settings)?;
    let applied = database.migrate().map_err(|e| StartError::from_chain(&e))?;
    if !applied.is_empty() {
        tracing::info!(migrations = applied.len(), "the database was brought up to date");
    }
    Ok(Arc::new(database))
}

/// Which migrations the configured database has, and which it lacks.
pub fn migration_status(settings: &Settings) -> Result<MigrationStatus, StartError> {
    open_database(settings)?.migration_status().map_err(|e| StartError::from_chain(&e))
}

/// The file of the configured database, where that is an SQLite one.
pub fn embedded_database(settings: &Settings) -> Option<PathBuf> {
    db::embedded_database(&settings.database.url)
}

fn open_database(settings: &Settings) -> Result<Database, StartError> {
    let settings = &settings.database;
    Database::open(&DatabaseOptions {
        url: settings.url.clone(),
        pool_size: u32::try_from(settings.pool_size).unwrap_or(u32::MAX),
        connect_timeout: milliseconds(settings.connect_timeout_ms),
        lock_timeout: milliseconds(settings.lock_timeout_ms),
    })
    .map_err(|e| StartError::from_chain(&e))
}

/// An import into `store` by a program that keeps no copies of its data.
pub fn importer(store: Arc<dyn Store>) -> Import {
    Import::new(store, Arc::new(SystemClock), Vec::new())
}

/// The accounts in `store`.
pub fn accounts(settings: &Settings, store: Arc<dyn Store>) -> Accounts {
    let hasher = BcryptHasher::new(settings.auth.bcrypt_cost);
    let registration = match settings.auth.registration {
        settings::Registration::Open => Registration::Open,
        settings::Registration::Closed => Registration::Closed,
    };
    Accounts::new(store, Arc::new(hasher), Arc::new(RandomTokens), Arc::new(SystemClock), registration)
}

/// Everything a server needs.
pub struct Services {
    /// Movies and genres.
    pub catalogue: Arc<Catalogue>,
    /// Users and tokens.
    pub accounts: Arc<Accounts>,
    /// Feeds.
    pub import: Arc<Import>,
    /// What was done.
    pub history: Arc<History>,
    index: Arc<SearchIndex>,
}

impl Services {
    /// Connects, migrates, and begins to open the index, which goes on in the background:
    /// [`Catalogue::health`] tells when it is ready. The listeners hear of every change, whoever makes it.
    pub fn open(settings: &Settings, listeners: Vec<Arc<dyn ChangeListener>>) -> Result<Self, StartError> {
        let store = open_store(settings)?;
        let options = SearchOptions {
            path: settings.search.path.clone(),
            poll_interval: milliseconds(settings.search.poll_interval_ms),
            writer_memory: settings.search.writer_bytes,
            cache_bytes: settings.search.cache_bytes as u64,
        };
        let index = SearchIndex::open(options, Arc::clone(&store), listeners.clone())
            .map_err(|e| StartError::from_chain(&e))?;
        let search: Arc<dyn MovieSearch> = Arc::clone(&index) as _;
        let clock = Arc::new(SystemClock);
        Ok(Self {
            catalogue: Arc::new(Catalogue::new(Arc::clone(&store), search, clock.clone(), listeners.clone())),
            accounts: Arc::new(accounts(settings, Arc::clone(&store))),
            history: Arc::new(History::new(Arc::clone(&store), clock.clone())),
            import: Arc::new(Import::new(store, clock, listeners)),
            index,
        })
    }

    /// Commits the index and ends its thread.
    pub fn stop(&self) {
        self.index.stop();
    }
}

fn milliseconds(n: usize) -> Duration {
    Duration::from_millis(n as u64)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn an_embedded_database_is_found_however_its_address_is_written() {
        let file = |url: &str| {
            let url = [("DATABASE_URL".to_owned(), url.to_owned())];
            embedded_database(&Settings::from_sources(Path::new("nowhere"), url).unwrap())
        };
        assert_eq!(file("sqlite:/srv/marquee.db"), Some("/srv/marquee.db".into()));
        assert_eq!(file("sqlite:///srv/marquee.db"), Some("/srv/marquee.db".into()));
        assert_eq!(file("sqlite:data/marquee.db"), file("sqlite://data/marquee.db"));
        assert_eq!(file("mysql://ann:secret@db/films"), None);
    }
}
