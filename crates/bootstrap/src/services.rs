//! The domain's services over the configured database and index.

use std::{path::PathBuf, sync::Arc, thread, time::Duration};

use domain::{
    Error,
    error::Cause,
    ports::{ChangeListener, MovieSearch, Session, Store, Watcher},
    services::{AccountRules, Accounts, Catalogue, History, Import, ImportLog, Registration},
};
use infra::{
    db::{self, Database, DatabaseOptions},
    search::{self, OpenError, SearchIndex, SearchOptions},
    security::{BcryptHasher, RandomTokens, SystemClock},
};
pub use infra::{
    db::{MigrationStatus, PoolStats},
    search::{Difference, IndexStats, Progress, Rebuilt, Step, Verification, VerifyStep, Verifying},
};
use tempfile::TempDir;

use crate::settings::{self, Settings};

/// A start that cannot go on; the text is one line that says what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct StartError(String);

impl StartError {
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }

    /// The error and what led to it, in one line.
    pub(crate) fn from_chain(error: &dyn std::error::Error) -> Self {
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

/// The file for the first admin's password, beside an embedded database.
pub const FIRST_PASSWORD_FILE: &str = "admin-password.txt";

/// How long a server may take to show what is written; it is done in a fraction of a second.
const PATIENCE: Duration = Duration::from_secs(10);

/// Connects to the configured database and brings its tables up to date.
pub fn open_store(settings: &Settings) -> Result<Arc<dyn Store>, StartError> {
    Ok(open_migrated(settings)?)
}

fn open_migrated(settings: &Settings) -> Result<Arc<Database>, StartError> {
    let database = open_database(settings)?;
    let applied = database.migrate().map_err(|e| StartError::from_chain(&e))?;
    if !applied.is_empty() {
        tracing::info!(migrations = applied.len(), "the database was brought up to date");
    }
    Ok(Arc::new(database))
}

/// Which migrations the configured database has, and which it lacks. Makes no database.
pub fn migration_status(settings: &Settings) -> Result<MigrationStatus, StartError> {
    check_exists(settings)?;
    open_database(settings)?.migration_status().map_err(|e| StartError::from_chain(&e))
}

/// The file of the configured database, where that is an SQLite one.
pub fn embedded_database(settings: &Settings) -> Option<PathBuf> {
    db::embedded_database(&settings.database.url)
}

/// An error where the configured database is a file that is not there: a mistyped path should make none.
fn check_exists(settings: &Settings) -> Result<(), StartError> {
    match embedded_database(settings) {
        Some(path) if !path.exists() => Err(StartError::from_chain(&db::OpenError::NoDatabase(path))),
        _ => Ok(()),
    }
}

fn open_database(settings: &Settings) -> Result<Database, StartError> {
    Database::open(&database_options(settings)).map_err(|e| StartError::from_chain(&e))
}

pub(crate) fn database_options(settings: &Settings) -> DatabaseOptions {
    let settings = &settings.database;
    DatabaseOptions {
        url: settings.url.clone(),
        pool_size: u32::try_from(settings.pool_size).unwrap_or(u32::MAX),
        connect_timeout: milliseconds(settings.connect_timeout_ms),
        lock_timeout: milliseconds(settings.lock_timeout_ms),
    }
}

/// Compares the configured index with the database, beside a server or without one. Each difference is given to `each`.
pub fn verify_index(
    settings: &Settings,
    tell: &mut dyn FnMut(Verifying),
    each: &mut dyn FnMut(&Difference),
) -> Result<Verification, StartError> {
    check_exists(settings)?;
    let store = open_store(settings)?;
    search::verify(&settings.search.path, &store, PATIENCE, tell, each).map_err(|e| StartError::from_chain(&e))
}

/// Builds the configured index anew and puts it in the place of the one in use. Where a server has that open, the server
/// does it, and goes on serving.
pub fn rebuild_index(settings: &Settings, tell: &mut dyn FnMut(Progress)) -> Result<Rebuilt, StartError> {
    let store = open_store(settings)?;
    search::rebuild(&search_options(settings), &store, tell).map_err(|e| StartError::from_chain(&e))
}

/// An import into `store` by a program that keeps no copies of its data.
pub fn importer(store: Arc<dyn Store>) -> Import {
    Import::new(store, Arc::new(SystemClock), Vec::new())
}

/// The log of the imports into `store`.
pub fn import_log(store: Arc<dyn Store>) -> ImportLog {
    ImportLog::new(store, Arc::new(SystemClock))
}

/// An import that tells what would become of records and leaves `store` as it is. It works on a temporary database, in
/// the system's directory for such, which goes away with it.
pub fn rehearsal(store: Arc<dyn Store>) -> domain::Result<Import> {
    let scratch = Scratch::new().map_err(Error::Internal)?;
    Import::rehearsal(store, Arc::new(scratch), Arc::new(SystemClock))
}

/// A temporary database.
struct Scratch {
    database: Database,
    /// Goes after the database that is in it.
    _directory: TempDir,
}

impl Scratch {
    fn new() -> Result<Self, Cause> {
        let directory = tempfile::Builder::new().prefix("marquee-rehearsal-").tempdir()?;
        let file = directory.path().join("scratch.db");
        let file = file.to_str().ok_or("the directory for temporary files has no name in UTF-8")?;
        let database = Database::open(&DatabaseOptions {
            url: format!("sqlite:{file}").into(),
            pool_size: 1,
            connect_timeout: Duration::from_secs(10),
            lock_timeout: Duration::from_secs(10),
        })?;
        database.migrate()?;
        Ok(Self { database, _directory: directory })
    }
}

impl Store for Scratch {
    fn read(&self, work: &mut dyn FnMut(&mut dyn Session) -> domain::Result<()>) -> domain::Result<()> {
        self.database.read(work)
    }

    fn write(&self, work: &mut dyn FnMut(&mut dyn Session) -> domain::Result<()>) -> domain::Result<()> {
        self.database.write(work)
    }
}

/// The accounts in `store`.
pub fn accounts(settings: &Settings, store: Arc<dyn Store>) -> Accounts {
    let hasher = BcryptHasher::new(settings.auth.bcrypt_cost);
    let registration = match settings.auth.registration {
        settings::Registration::Open => Registration::Open,
        settings::Registration::Closed => Registration::Closed,
    };
    let rules = AccountRules { registration, max_tokens_per_user: settings.auth.max_tokens_per_user };
    Accounts::new(store, Arc::new(hasher), Arc::new(RandomTokens), Arc::new(SystemClock), rules)
}

/// Everything a server needs.
pub struct Services {
    /// Movies and genres.
    pub catalogue: Arc<Catalogue>,
    /// Users and tokens.
    pub accounts: Arc<Accounts>,
    /// Feeds.
    pub import: Arc<Import>,
    /// What is known of those that run and ran.
    pub import_log: Arc<ImportLog>,
    store: Arc<dyn Store>,
    /// What was done.
    pub history: Arc<History>,
    index: Arc<SearchIndex>,
    /// Of a server.
    database: Option<Arc<Database>>,
}

impl Services {
    /// Connects, migrates, and begins to open the index, which goes on in the background:
    /// [`Catalogue::health`] tells when it is ready. The listeners hear of every change, whoever makes it, and the
    /// watcher of what is done here.
    pub fn open(
        settings: &Settings,
        listeners: Vec<Arc<dyn ChangeListener>>,
        watcher: Option<Arc<dyn Watcher>>,
    ) -> Result<Self, StartError> {
        let database = open_migrated(settings)?;
        database.watch().map_err(|e| StartError::from_chain(&e))?;
        let store: Arc<dyn Store> = Arc::clone(&database) as _;
        let index = SearchIndex::open(search_options(settings), Arc::clone(&store), listeners.clone())
            .map_err(|e| StartError::from_chain(&e))?;
        Ok(Self { database: Some(database), ..Self::over(settings, store, index, listeners, watcher) })
    }

    /// Opens the index over `store` and waits until everything that is written by now can be read. Where a server has
    /// the index open, it is read beside that, as it is then.
    pub fn open_to_read(settings: &Settings, store: Arc<dyn Store>) -> Result<Self, StartError> {
        /// How often an index that is being opened is looked at.
        const PAUSE: Duration = Duration::from_millis(20);
        match SearchIndex::open(search_options(settings), Arc::clone(&store), Vec::new()) {
            Ok(index) => {
                let services = Self::over(settings, store, index, Vec::new(), None);
                let catalogue = &services.catalogue;
                while !catalogue.health().ready {
                    thread::sleep(PAUSE);
                }
                while !catalogue.catch_up(Duration::from_secs(1)).map_err(|e| StartError::from_chain(&e))? {}
                Ok(services)
            }
            Err(OpenError::Locked { path }) => {
                let index = SearchIndex::open_beside(&path, &store, PATIENCE);
                let index = index.map_err(|e| StartError::from_chain(&e))?;
                Ok(Self::over(settings, store, index, Vec::new(), None))
            }
            Err(error) => Err(StartError::from_chain(&error)),
        }
    }

    fn over(
        settings: &Settings,
        store: Arc<dyn Store>,
        index: Arc<SearchIndex>,
        listeners: Vec<Arc<dyn ChangeListener>>,
        watcher: Option<Arc<dyn Watcher>>,
    ) -> Self {
        let search: Arc<dyn MovieSearch> = Arc::clone(&index) as _;
        let clock = Arc::new(SystemClock);
        let mut catalogue = Catalogue::new(Arc::clone(&store), search, clock.clone(), listeners.clone());
        let mut accounts = accounts(settings, Arc::clone(&store));
        let mut import = Import::new(Arc::clone(&store), clock.clone(), listeners);
        if let Some(watcher) = watcher {
            catalogue = catalogue.watched_by(Arc::clone(&watcher));
            accounts = accounts.watched_by(Arc::clone(&watcher));
            import = import.watched_by(watcher);
        }
        Self {
            catalogue: Arc::new(catalogue),
            accounts: Arc::new(accounts),
            history: Arc::new(History::new(Arc::clone(&store), clock.clone())),
            import_log: Arc::new(ImportLog::new(Arc::clone(&store), clock)),
            import: Arc::new(import),
            store,
            index,
            database: None,
        }
    }

    /// How busy the connections to the database are; `None` where this is no server.
    pub fn pool_stats(&self) -> Option<PoolStats> {
        self.database.as_ref().map(|database| database.stats())
    }

    /// How large the index is, and how far behind.
    pub fn index_stats(&self) -> IndexStats {
        self.index.stats()
    }

    /// An import that tells what would become of records and changes nothing.
    pub fn rehearsal(&self) -> domain::Result<Import> {
        rehearsal(Arc::clone(&self.store))
    }

    /// Commits the index and ends its thread.
    pub fn stop(&self) {
        self.index.stop();
    }
}

fn search_options(settings: &Settings) -> SearchOptions {
    let settings = &settings.search;
    SearchOptions {
        path: settings.path.clone(),
        poll_interval: milliseconds(settings.poll_interval_ms),
        writer_memory: settings.writer_bytes,
        cache_bytes: settings.cache_bytes as u64,
        facet_matches: settings.facet_matches as u64,
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
