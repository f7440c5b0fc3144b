//! The server program that a private server runs.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

/// Daemons are often installed where an ordinary user's `PATH` does not lead.
const BESIDE_PATH: [&str; 2] = ["/usr/sbin", "/usr/libexec"];

/// The two families differ in how a data directory is made and in a few options.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Family {
    MariaDb,
    MySql,
}

pub struct Program {
    pub path: PathBuf,
    pub family: Family,
    /// All that the program says about its version, from "Ver" on.
    pub version: String,
}

impl Program {
    /// The program that `TEST_MYSQLD` names (a path, or a name to look up), by default `mariadbd`.
    pub fn chosen() -> anyhow::Result<Self> {
        let name = env::var("TEST_MYSQLD").unwrap_or_else(|_| "mariadbd".to_owned());
        let Some(path) = find(&name) else {
            bail!(
                "the database server `{name}` is not in PATH, /usr/sbin or /usr/libexec. \
                 Install one (on Debian and Ubuntu: apt-get install mariadb-server), \
                 or set TEST_MYSQLD to the path of a server program, \
                 or TEST_DATABASE_URL to a running server (mysql://user:password@host:port)"
            );
        };
        let version = run(Command::new(&path).arg("--version"))?;
        let version = match version.split_once(" Ver ") {
            Some((_, version)) => version.trim().to_owned(),
            None => bail!("{} is not a MySQL or MariaDB server", path.display()),
        };
        let family = if version.contains("MariaDB") { Family::MariaDb } else { Family::MySql };
        Ok(Self { path, family, version })
    }
}

/// A program by its path, or by its name.
pub fn find(name: &str) -> Option<PathBuf> {
    if name.contains('/') {
        return Some(PathBuf::from(name)).filter(|path| path.is_file());
    }
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(BESIDE_PATH.iter().map(PathBuf::from))
        .map(|directory| directory.join(name))
        .find(|candidate| candidate.is_file())
}

/// Runs a program to its end: what it printed, or, where it failed, an error that says all of it.
pub fn run(command: &mut Command) -> anyhow::Result<String> {
    let name = Path::new(command.get_program()).display().to_string();
    let output = command.output().with_context(|| format!("{name} does not run"))?;
    let stdout = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        bail!("{name} failed ({}):\n{stdout}{stderr}", output.status);
    }
    Ok(stdout.into_owned())
}

/// The name of the user this process runs as. Servers refuse to run as root unless told to.
pub fn user_name() -> anyhow::Result<String> {
    Ok(run(Command::new("id").arg("-un"))?.trim().to_owned())
}
