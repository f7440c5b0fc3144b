//! The data directory a private server starts with. Making one takes seconds, copying it does not:
//! it is made once and kept in cargo's target directory, one for each version of a server.

use std::env;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use crate::program::{self, Family, Program};

/// The data directory to copy for a server of this program; made now if there is none.
pub fn data_directory(program: &Program) -> anyhow::Result<PathBuf> {
    let kept = kept_templates()?;
    fs::create_dir_all(&kept).with_context(|| format!("cannot create {}", kept.display()))?;

    let name: String = program.version.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let template = kept.join(&name);
    // Test programs may run side by side: one makes the template, the others wait for it.
    let lock = File::create(kept.join(format!("{name}.lock")))?;
    lock.lock()?;
    if !template.exists() {
        // Under another name until it is whole: this process may be killed on the way.
        let partial = kept.join(format!("{name}.partial"));
        match fs::remove_dir_all(&partial) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        initialise(program, &partial)?;
        fs::rename(&partial, &template)?;
    }
    Ok(template)
}

/// In the target directory that the running test program was built into.
fn kept_templates() -> anyhow::Result<PathBuf> {
    let program = env::current_exe()?;
    let target = program
        .ancestors()
        .find(|directory| directory.join("CACHEDIR.TAG").is_file())
        .with_context(|| format!("{} is not in a target directory", program.display()))?;
    Ok(target.join("test-servers"))
}

fn initialise(program: &Program, directory: &Path) -> anyhow::Result<()> {
    let data = format!("--datadir={}", directory.display());
    let user = format!("--user={}", program::user_name()?);
    match program.family {
        Family::MariaDb => {
            let Some(installer) = program::find("mariadb-install-db") else {
                bail!(
                    "mariadb-install-db is not in PATH. It comes with the server \
                     (on Debian and Ubuntu: apt-get install mariadb-server)"
                );
            };
            program::run(Command::new(installer).args([
                "--no-defaults",
                &data,
                &user,
                "--auth-root-authentication-method=normal",
                "--skip-name-resolve",
                "--skip-test-db",
                "--innodb-log-file-size=16M",
            ]))?;
        }
        Family::MySql => {
            fs::create_dir(directory)?;
            program::run(Command::new(&program.path).args([
                "--initialize-insecure",
                &data,
                &user,
                "--skip-log-bin",
                "--innodb-redo-log-capacity=16M",
            ]))?;
        }
    }
    Ok(())
}
