//! `ingest`: loads movie feeds into the configured catalogue, and writes it to files.
//!
//! - this file: the command line, and one file after another
//! - [`export`](mod@export): the other way
//! - [`progress`]: how far it is, for a terminal or a log
//! - [`report`]: what a load came to, for people and as JSON

mod export;
mod progress;
mod report;

use std::{
    fs::File,
    io::{self, IsTerminal, Read, Write},
    ops::ControlFlow,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use bootstrap::Settings;
use clap::{Args, Parser, Subcommand, ValueEnum};
use domain::{services::Import, user::Admin};
use ingest::{LoadError, OnError};
use tracing_subscriber::filter::LevelFilter;

use self::{
    progress::{Display, Style},
    report::Report,
};

#[derive(Parser)]
#[command(name = "ingest", version, about = "Loads movie feeds into a Marquee catalogue, and writes it to files")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Load(Load),
    Export(export::Export),
}

/// Load feeds
///
/// A feed is JSON (an array, an array in an object, or one object per line) or
/// CSV whose first row names the columns; plain or compressed by gzip.
///
/// A record updates the movie it speaks of (the one with its imdb_id, else with
/// its name, director and year), or adds one. So a feed can be loaded again, also
/// after a load that was interrupted: what is there already stays as it is.
#[derive(Args)]
#[command(
    verbatim_doc_comment,
    after_long_help = "\
Settings: the server's, from config/ in the working directory and from the
environment. MARQUEE_DATABASE__URL says where the catalogue is. Servers that run
on it show the changes within a second.

Exit status: 0 all is well, 1 some records were rejected, 2 something failed."
)]
struct Load {
    /// The feeds; - is the standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What to do about a record that breaks rules
    #[arg(long, value_enum, default_value = "continue", value_name = "WHAT")]
    on_error: OnErrorArgument,
    /// Only tell what would be done
    #[arg(long)]
    dry_run: bool,
    /// Write a report to this file, as JSON
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Show no progress
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum OnErrorArgument {
    /// Report it and go on
    Continue,
    /// Stop before it
    Abort,
}

fn main() -> ExitCode {
    let end = match Cli::parse().command {
        Command::Load(arguments) => load(&arguments),
        Command::Export(arguments) => export::run(&arguments),
    };
    end.unwrap_or_else(|error| {
        complain(&error);
        ExitCode::from(2)
    })
}

/// Sends warnings, of a lost connection for one, to where errors go.
fn show_warnings() {
    let log = tracing_subscriber::fmt().with_max_level(LevelFilter::WARN).with_writer(io::stderr);
    log.with_ansi(io::stderr().is_terminal()).with_target(false).init();
}

/// Tells the terminal or the log. Where nobody reads it any more, there is nobody to tell that either.
fn complain(error: &anyhow::Error) {
    let _ = writeln!(io::stderr(), "ingest: {error:#}");
}

fn load(arguments: &Load) -> anyhow::Result<ExitCode> {
    let settings = Settings::load()?;
    // Made before the work, so that a path that cannot be written is known before.
    let report_file = match &arguments.report {
        Some(path) => Some(File::create(path).with_context(|| path.display().to_string())?),
        None => None,
    };
    let store = bootstrap::open_store(&settings)?;
    // Not before: where the database cannot be opened, the error says it all, and each of several tries would be told.
    show_warnings();
    let import = if arguments.dry_run { bootstrap::rehearsal(store)? } else { bootstrap::importer(store) };
    let on_error = match arguments.on_error {
        OnErrorArgument::Continue => OnError::Continue,
        OnErrorArgument::Abort => OnError::Abort,
    };
    let style = Style::for_stderr(arguments.quiet);

    let mut report = Report::new();
    for path in &arguments.files {
        let name = path.display().to_string();
        report.begin_file(&name);
        if let Err(failure) = load_file(path, &import, on_error, style, &mut report) {
            let stop = on_error == OnError::Abort || matches!(failure.downcast_ref(), Some(LoadError::Store { .. }));
            report.fail_file(format!("{failure:#}"));
            complain(&failure.context(name));
            if stop {
                break;
            }
        }
    }

    if let Some(file) = report_file {
        report.write_json(file).context("the report")?;
    }
    match report.write_text(&mut io::stdout().lock(), arguments.dry_run) {
        // Who closes the standard output wants to read no more.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error).context("the standard output"),
        _ => Ok(report.exit_code()),
    }
}

fn load_file(path: &Path, import: &Import, on_error: OnError, style: Style, report: &mut Report) -> anyhow::Result<()> {
    let name = path.display().to_string();
    let (source, length): (Box<dyn Read + Send>, Option<u64>) = if path == Path::new("-") {
        (Box::new(io::stdin()), None)
    } else {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        (Box::new(file), metadata.is_file().then_some(metadata.len()))
    };
    let mut display = Display::new(style, &name, length);
    let end = ingest::load(import, &Admin::operator(), display.watch(source), on_error, |progress| {
        display.update(report.add(progress));
        ControlFlow::Continue(())
    });
    display.finish();
    Ok(end?)
}
