//! Where indexes live on disk.
//!
//! ```text
//! LOCK         held by the one process that may use the directory
//! CURRENT      the name of the generation that is in use
//! gen-0001/    a generation: one Tantivy index, and beside its files those of `sidecar`
//! REBUILD...   see `request`
//! ```
//!
//! A rebuild writes a new generation and then changes `CURRENT`. Whatever else is found, an unfinished generation say,
//! is removed. The index can always be built again, so nothing here is ever repaired.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write},
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use domain::change::Seq;
use serde::{Deserialize, Serialize};
use tantivy::Index;
use tracing::warn;

use super::{OpenError, request, schema};

/// How long others may look at the lock, and how often it is tried meanwhile.
const LOOKING: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(20);

/// The last change that an index holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Mark {
    /// Its number; 0 before the first.
    pub(super) seq: Seq,
    /// Its stamp, by which another database's change of that number is told apart.
    pub(super) stamp: i64,
}

/// What is committed with every state of an index.
#[derive(Serialize, Deserialize)]
struct Payload {
    format: u32,
    #[serde(flatten)]
    mark: Mark,
}

impl Mark {
    /// The commit's payload.
    pub(super) fn to_payload(self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&Payload { format: schema::FORMAT, mark: self })
    }
}

/// One index on disk.
pub(super) struct Generation {
    pub(super) index: Index,
    pub(super) directory: PathBuf,
}

/// The directory of all generations, locked for this process.
pub(super) struct Generations {
    path: PathBuf,
    /// The generation that is being built, which is not in use yet.
    building: Option<String>,
    /// Whether something could not be removed.
    untidy: bool,
    _lock: File,
}

impl Generations {
    /// Takes the directory, making it if need be.
    pub(super) fn lock(path: &Path) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Io { path: path.to_owned(), source };
        fs::create_dir_all(path).map_err(failed)?;
        // The system gives the lock back when the process ends, in whatever way.
        let lock = File::options().create(true).truncate(false).write(true).open(path.join("LOCK")).map_err(failed)?;
        let give_up = Instant::now() + LOOKING;
        loop {
            match lock.try_lock() {
                Ok(()) => {
                    request::forget(path);
                    return Ok(Self { path: path.to_owned(), building: None, untidy: false, _lock: lock });
                }
                Err(TryLockError::WouldBlock) if is_locked(path) || Instant::now() >= give_up => {
                    return Err(OpenError::Locked { path: path.to_owned() });
                }
                // Somebody is looking whether it is taken.
                Err(TryLockError::WouldBlock) => thread::sleep(PAUSE),
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
        }
    }

    /// The index in use and the last change it holds, or why there is none to use.
    pub(super) fn open_current(&self) -> Result<(Generation, Mark), String> {
        let path = current(&self.path)?;
        caught(&path, || {
            let (generation, mark) = open(&path)?;
            check(&generation)?;
            Ok((generation, mark))
        })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes a new, empty generation, which stays until it is in use or given up.
    pub(super) fn create(&mut self) -> tantivy::Result<(String, Generation)> {
        let last = self.names()?.iter().filter_map(|name| number(name)).max().unwrap_or(0);
        let name = format!("gen-{:04}", last + 1);
        let directory = self.path.join(&name);
        fs::create_dir(&directory)?;
        self.building = Some(name.clone());
        let builder = Index::builder().schema(schema::schema().0).settings(schema::settings());
        let index = builder.create_in_dir(&directory)?;
        Ok((name, Generation { index, directory }))
    }

    /// Gives up the generation that was being built.
    pub(super) fn give_up(&mut self) {
        self.building = None;
        self.tidy();
    }

    /// Makes the generation the one in use, once it is on disk.
    pub(super) fn switch_to(&mut self, name: &str) -> io::Result<()> {
        let temporary = self.path.join("CURRENT.new");
        let mut file = File::create(&temporary)?;
        writeln!(file, "{name}")?;
        file.sync_all()?;
        fs::rename(&temporary, self.path.join("CURRENT"))?;
        self.building = None;
        File::open(&self.path)?.sync_all()
    }

    /// Removes all generations but the one in use and the one that is being built: old ones, and what a failed build
    /// left.
    pub(super) fn tidy(&mut self) {
        let remove = || -> io::Result<()> {
            let current = fs::read_to_string(self.path.join("CURRENT")).unwrap_or_default();
            for name in self.names()? {
                let is_needed = name == current.trim_end() || Some(&name) == self.building.as_ref();
                if number(&name).is_some() && !is_needed {
                    fs::remove_dir_all(self.path.join(name))?;
                }
            }
            Ok(())
        };
        let removed = remove();
        let was_untidy = std::mem::replace(&mut self.untidy, removed.is_err());
        if let (Err(error), false) = (removed, was_untidy) {
            warn!(error = &error as &dyn std::error::Error, "an old index could not be removed");
        }
    }

    /// Removes what could not be removed before: a merge may still have been writing to it.
    pub(super) fn tidy_again(&mut self) {
        if self.untidy {
            self.tidy();
        }
    }

    fn names(&self) -> io::Result<Vec<String>> {
        let entries = fs::read_dir(&self.path)?;
        entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
    }
}

/// Whether a process has the directory.
pub(super) fn is_locked(directory: &Path) -> bool {
    let lock = File::open(directory.join("LOCK"));
    // Shared: any number may look at once, and none takes another one for a process that has the directory.
    lock.is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// The index in use by the process that has the directory, which has checked it, and the last change it holds.
pub(super) fn open_beside(directory: &Path) -> Result<(Generation, Mark), String> {
    let path = current(directory)?;
    caught(&path, || open(&path))
}

/// The path of the generation in use.
fn current(directory: &Path) -> Result<PathBuf, String> {
    let name = fs::read_to_string(directory.join("CURRENT")).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "there is no index yet".to_owned(),
        _ => format!("CURRENT is not readable: {error}"),
    })?;
    let name = name.trim_end();
    if number(name).is_none() {
        return Err("CURRENT names no generation".to_owned());
    }
    Ok(directory.join(name))
}

/// What `open` returns. A damaged file can make the library panic.
pub(super) fn caught<T>(path: &Path, open: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(open)).unwrap_or_else(|_| Err(format!("{} is damaged", path.display())))
}

/// The number of a generation of this name.
fn number(name: &str) -> Option<u64> {
    name.strip_prefix("gen-")?.parse().ok()
}

fn open(path: &Path) -> Result<(Generation, Mark), String> {
    let broken = |error| broken(path, &error);
    let index = Index::open_in_dir(path).map_err(broken)?;
    if !schema::is_ours(&index) {
        return Err("the index is of another version".to_owned());
    }
    let payload = index.load_metas().map_err(broken)?.payload.ok_or("the index was never completed")?;
    let payload: Payload = serde_json::from_str(&payload).map_err(|error| format!("the index has no mark: {error}"))?;
    if payload.format != schema::FORMAT {
        return Err("the index is of another version".to_owned());
    }
    Ok((Generation { index, directory: path.to_owned() }, payload.mark))
}

/// Reads every file, and compares it with its checksum.
fn check(Generation { index, directory: path }: &Generation) -> Result<(), String> {
    let damaged = index.validate_checksum().map_err(|error| broken(path, &error))?;
    match damaged.iter().next() {
        Some(file) => Err(format!("{} is damaged", path.join(file).display())),
        None => Ok(()),
    }
}

pub(super) fn broken(path: &Path, error: &tantivy::TantivyError) -> String {
    format!("{} is damaged: {error}", path.display())
}
