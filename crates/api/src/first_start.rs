//! What an empty database gets: an admin, and movies.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, IsTerminal, Write},
    ops::ControlFlow,
    os::unix::{ffi::OsStrExt, fs::OpenOptionsExt},
    path::{Path, PathBuf},
};

use anyhow::Context;
use bootstrap::{FIRST_PASSWORD_FILE, Settings};
use domain::{
    error::Error,
    services::{Accounts, Catalogue, Import},
    user::Admin,
};
use ingest::{Counts, LoadError, OnError};
use secrecy::{ExposeSecret, SecretString};

use crate::state::Phase;

/// The name of the admin that a start makes.
const ADMIN: &str = "admin";

/// The file that says that the first movies are being loaded, beside the index.
const LOADING_FILE: &str = "loading-fixture";

/// Sees to it that somebody can write: the admin with the configured password, or, in an embedded database without
/// users, one with a random password, which is shown this once.
pub fn make_admin(settings: &Settings, accounts: &Accounts) -> anyhow::Result<()> {
    if let Some(password) = &settings.auth.admin_password {
        return accounts.ensure_admin(ADMIN, password.clone()).context("auth.admin_password");
    }
    match bootstrap::embedded_database(settings) {
        Some(database) => make_first_admin(accounts, &database.with_file_name(FIRST_PASSWORD_FILE)),
        None if accounts.has_users()? => Ok(()),
        None => {
            tracing::warn!("there are no users yet; make an admin with: marquee user create NAME --admin");
            Ok(())
        }
    }
}

/// Makes an admin and shows the password to who started the server at a terminal; else writes it to a file for the
/// operator's eyes alone, because a log is read by many.
fn make_first_admin(accounts: &Accounts, file: &Path) -> anyhow::Result<()> {
    let at_terminal = io::stderr().is_terminal();
    let show = |password: &SecretString| {
        let shown = if at_terminal {
            print(password).context("the terminal")
        } else {
            write_secret(file, password)
                .with_context(|| format!("cannot keep the password of the user `{ADMIN}` in {}", file.display()))
        };
        shown.map_err(|e| Error::Internal(e.into()))
    };
    if accounts.create_first_admin(ADMIN, show)? && !at_terminal {
        tracing::warn!(file = %file.display(), "the user `{ADMIN}` was created; its password is in this file");
    }
    Ok(())
}

fn print(password: &SecretString) -> io::Result<()> {
    let password = password.expose_secret();
    writeln!(io::stderr(), "\n  The user `{ADMIN}` has this password, shown this once: {password}\n")
}

/// Writes a file for its owner's eyes alone, which is on the disk when this returns.
fn write_secret(path: &Path, secret: &SecretString) -> io::Result<()> {
    // A file of that name may be another's, with another mode.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    writeln!(file, "{}", secret.expose_secret())?;
    file.sync_all()
}

/// The feed that the catalogue starts with.
pub struct Fixture {
    path: PathBuf,
    file: File,
    /// A file that is there while the feed is being loaded. Where a load was interrupted, the next start finds it and
    /// loads the feed again, which adds what is missing.
    marker: PathBuf,
}

impl Fixture {
    /// Opens the configured feed, if it is to be loaded now: where nothing was ever written, or its load was
    /// interrupted.
    pub fn open(settings: &Settings, catalogue: &Catalogue) -> anyhow::Result<Option<Self>> {
        let Some(path) = &settings.data.fixture else { return Ok(None) };
        let marker = settings.search.path.with_file_name(LOADING_FILE);
        let is_interrupted = fs::read(&marker).is_ok_and(|name| name == path.as_os_str().as_bytes());
        if !is_interrupted && !catalogue.is_untouched()? {
            return Ok(None);
        }
        let file = File::open(path).with_context(|| {
            format!("data.fixture: {}: set it to a feed, or to nothing to begin without movies", path.display())
        })?;
        Ok(Some(Self { path: path.clone(), file, marker }))
    }

    /// Loads it, unless the server is to stop before its end.
    pub fn load(self, import: &Import, phase: &Phase) -> anyhow::Result<()> {
        let name = self.path.display();
        tracing::info!(file = %name, "loading the first movies");
        fs::write(&self.marker, self.path.as_os_str().as_bytes()).with_context(|| self.marker.display().to_string())?;
        let mut counts = Counts::default();
        let end = ingest::load(import, &Admin::operator(), self.file, OnError::Continue, |progress| {
            counts += progress.counts;
            for rejected in progress.rejected {
                tracing::warn!(record = rejected.record, reason = %rejected.violations, "a record was rejected");
            }
            if phase.is_stopping() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        match end {
            Err(LoadError::Stopped) => {
                tracing::warn!(movies = counts.created, "the first movies are loaded in part; the next start goes on");
                return Ok(());
            }
            end => end.with_context(|| format!("data.fixture: {name}"))?,
        }
        fs::remove_file(&self.marker).with_context(|| self.marker.display().to_string())?;
        tracing::info!(movies = counts.created, rejected = counts.rejected, "loaded");
        Ok(())
    }
}
