//! `marquee backup` and `marquee restore`.

use std::{
    io::{self, BufWriter, IsTerminal, Write},
    path::{Path, PathBuf},
};

use anyhow::bail;
use bootstrap::{Amount, Phase};
use clap::Args;

use crate::{progress::Progress, say, settings};

#[derive(Args)]
pub struct BackupArguments {
    /// The file; `-` is standard output
    file: PathBuf,
    /// Replace the file if there is one
    #[arg(long)]
    force: bool,
    /// Show no progress
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Args)]
pub struct RestoreArguments {
    /// A file made by `marquee backup`
    file: PathBuf,
    /// Show no progress
    #[arg(short, long)]
    quiet: bool,
}

pub fn backup(arguments: &BackupArguments) -> anyhow::Result<()> {
    let BackupArguments { file, force, quiet } = arguments;
    let settings = settings()?;
    let mut progress = Progress::new(*quiet);
    let mut tell = |amount: Amount<'_>| show(&mut progress, amount);
    if file == Path::new("-") {
        let stdout = io::stdout();
        if stdout.is_terminal() {
            bail!("a backup is no text for a terminal: redirect standard output, or name a file");
        }
        let mut out = BufWriter::with_capacity(1 << 20, stdout.lock());
        let written = bootstrap::backup(&settings, &mut out, &mut tell);
        progress.end();
        written?;
        return Ok(out.flush()?);
    }
    let written = bootstrap::backup_to_file(&settings, file, *force, &mut tell);
    progress.end();
    let (rows, bytes) = written?;
    say(&format!("Backed up {rows} rows to {}: {bytes} bytes.", file.display()))
}

pub fn restore(arguments: &RestoreArguments) -> anyhow::Result<()> {
    let RestoreArguments { file, quiet } = arguments;
    let settings = settings()?;
    let mut progress = Progress::new(*quiet);
    let restored = bootstrap::restore(&settings, file, &mut |amount| show(&mut progress, amount));
    progress.end();
    say(&format!("Restored {} rows from {}. The server makes its index when it starts.", restored?, file.display()))
}

fn show(progress: &mut Progress, Amount { phase, table, rows, total }: Amount<'_>) {
    let what = match phase {
        Phase::BackingUp => "backing up",
        Phase::Verifying => "verifying",
        Phase::Restoring => "restoring",
    };
    progress.show(&format!("{what} {table}"), rows, total);
}
