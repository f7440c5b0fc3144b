//! The configured database in a file, and back.

use std::{
    ffi::OsStr,
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

use infra::db;
pub use infra::db::{Amount, Phase};

use crate::{
    services::{StartError, database_options},
    settings::Settings,
};

/// Writes everything that the configured database holds to `out`. Returns how many rows that is.
pub fn backup(settings: &Settings, out: &mut dyn Write, tell: &mut dyn FnMut(Amount<'_>)) -> Result<u64, StartError> {
    db::backup(&database_options(settings), out, tell).map_err(|e| StartError::from_chain(&e))
}

/// The same to a file, which appears at `path` when it is complete and on the disk. One that is there is replaced only
/// by `force`. Nobody but its owner may read it. Returns how many
/// rows and bytes it has.
pub fn backup_to_file(
    settings: &Settings,
    path: &Path,
    force: bool,
    tell: &mut dyn FnMut(Amount<'_>),
) -> Result<(u64, u64), StartError> {
    let failed = |error: io::Error| StartError::new(format!("cannot write the backup {}: {error}", path.display()));
    let exists = || StartError::new(format!("{} exists: `--force` replaces it", path.display()));
    let name = path.file_name().ok_or_else(|| failed(io::ErrorKind::IsADirectory.into()))?;
    match path.symlink_metadata() {
        Ok(metadata) if metadata.is_dir() => return Err(failed(io::ErrorKind::IsADirectory.into())),
        Ok(metadata) if !metadata.is_file() => {
            return Err(StartError::new(format!("{} is no regular file; `-` is standard output", path.display())));
        }
        Ok(_) if !force => return Err(exists()),
        _ => {}
    }
    let directory = match path.parent() {
        Some(parent) if parent != OsStr::new("") => parent,
        _ => Path::new("."),
    };
    // Of a mode for its owner alone; it goes away unless it is complete.
    let mut prefix = name.to_owned();
    prefix.push(".");
    let file = tempfile::Builder::new().prefix(&prefix).suffix(".partial").tempfile_in(directory).map_err(failed)?;
    let mut out = BufWriter::with_capacity(1 << 20, file);
    let rows = backup(settings, &mut out, tell)?;
    let file = out.into_inner().map_err(|error| failed(error.into_error()))?;
    file.as_file().sync_all().map_err(failed)?;
    let length = file.as_file().metadata().map_err(failed)?.len();
    if force {
        file.persist(path).map_err(|error| failed(error.error))?;
    } else {
        file.persist_noclobber(path).map_err(|error| match error.error.kind() {
            io::ErrorKind::AlreadyExists => exists(),
            _ => failed(error.error),
        })?;
    }
    File::open(directory).and_then(|directory| directory.sync_all()).map_err(failed)?;
    Ok((rows, length))
}

/// Fills the configured database, which must be empty, from a backup, once all of the file is verified.
/// Returns how many rows that is.
pub fn restore(settings: &Settings, path: &Path, tell: &mut dyn FnMut(Amount<'_>)) -> Result<u64, StartError> {
    db::restore(&database_options(settings), path, tell).map_err(|e| StartError::from_chain(&e))
}
