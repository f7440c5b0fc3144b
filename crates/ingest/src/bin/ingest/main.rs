//! `ingest`: loads movie feeds into the configured catalogue, and writes it to files.
//!
//! - this file: the command line, what all commands that load have in common, and one feed after another
//! - [`imdb`]: one table of IMDb's data set after another
//! - [`export`](mod@export): the other way
//! - [`progress`]: how far it is, for a terminal or a log
//! - [`report`]: what a load came to, for people and as JSON

mod export;
mod imdb;
mod progress;
mod report;

use std::{
    fs::File,
    io::{self, IsTerminal, Read, Write},
    ops::ControlFlow,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use anyhow::Context;
use bootstrap::Settings;
use clap::{Args, Parser, Subcommand, ValueEnum};
use domain::{
    services::{Import, ImportLog, Recording},
    user::Admin,
};
use ingest::{LoadError, OnError, Progress};
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
    Imdb(imdb::Imdb),
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
    after_long_help = AFTER_HELP
)]
struct Load {
    /// The feeds; - is the standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    options: Options,
}

const AFTER_HELP: &str = "\
Settings: the server's, from config/ in the working directory and from the
environment. MARQUEE_DATABASE__URL says where the catalogue is. Servers that run
on it show the changes within a second.

Exit status: 0 all is well, 1 some records were rejected, 2 something failed.";

/// How to load, whatever it is.
#[derive(Args)]
struct Options {
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
        Command::Load(Load { files, options }) => run(&options, |run| load(&files, run)),
        Command::Imdb(arguments) => run(&arguments.options, |run| imdb::load(&arguments, run)),
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

/// What a command that loads needs.
struct Run {
    import: Import,
    /// What is written down of imports; nothing of a dry run.
    log: Option<ImportLog>,
    on_error: OnError,
    style: Style,
    report: Report,
}

/// Opens the catalogue, has `load` fill it, and reports.
fn run(options: &Options, load: impl FnOnce(&mut Run)) -> anyhow::Result<ExitCode> {
    let settings = Settings::load()?;
    // Made before the work, so that a path that cannot be written is known before.
    let report_file = match &options.report {
        Some(path) => Some(File::create(path).with_context(|| path.display().to_string())?),
        None => None,
    };
    let store = bootstrap::open_store(&settings)?;
    // Not before: where the database cannot be opened, the error says it all, and each of several tries would be told.
    show_warnings();
    let log = (!options.dry_run).then(|| bootstrap::import_log(Arc::clone(&store)));
    let import = if options.dry_run { bootstrap::rehearsal(store)? } else { bootstrap::importer(store) };
    let on_error = match options.on_error {
        OnErrorArgument::Continue => OnError::Continue,
        OnErrorArgument::Abort => OnError::Abort,
    };
    let style = Style::for_stderr(options.quiet);
    let mut run = Run { import, log, on_error, style, report: Report::new() };
    load(&mut run);

    let report = run.report;
    if let Some(file) = report_file {
        report.write_json(file).context("the report")?;
    }
    match report.write_text(&mut io::stdout().lock(), options.dry_run) {
        // Who closes the standard output wants to read no more.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error).context("the standard output"),
        _ => Ok(report.exit_code()),
    }
}

fn load(files: &[PathBuf], run: &mut Run) {
    for path in files {
        let name = path.display().to_string();
        run.report.begin_file(&name);
        if let Err(failure) = load_file(path, run) {
            let stop =
                run.on_error == OnError::Abort || matches!(failure.downcast_ref(), Some(LoadError::Store { .. }));
            run.report.fail_file(format!("{failure:#}"));
            complain(&failure.context(name));
            if stop {
                break;
            }
        }
    }
}

fn load_file(path: &Path, run: &mut Run) -> anyhow::Result<()> {
    let name = path.display().to_string();
    let (source, length): (Box<dyn Read + Send>, Option<u64>) = if path == Path::new("-") {
        (Box::new(io::stdin()), None)
    } else {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        (Box::new(file), metadata.is_file().then_some(metadata.len()))
    };
    let mut display = Display::new(run.style, &name, length);
    let mut recording = run.record(path)?;
    let end = ingest::load(&run.import, &Admin::operator(), display.watch(source), run.on_error, |progress| {
        write_down(&mut recording, &progress);
        display.update(run.report.add(progress));
        ControlFlow::Continue(())
    });
    finish(recording, &end);
    display.finish();
    Ok(end?)
}

impl Run {
    /// Begins to write down the import of a file.
    fn record(&self, path: &Path) -> Result<Option<Recording>, LoadError> {
        let source = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        let recording = self.log.as_ref().map(|log| log.begin(&Admin::operator(), &source)).transpose();
        // Where this is not stored, no record of the feed would be.
        recording.map_err(|cause| LoadError::Store { record: 1, cause })
    }
}

fn write_down(recording: &mut Option<Recording>, progress: &Progress) {
    if let Some(recording) = recording {
        recording.add(progress.counts);
    }
}

fn finish(recording: Option<Recording>, end: &Result<(), LoadError>) {
    if let Some(recording) = recording {
        recording.finish(end.as_ref().err().map(LoadError::summary).as_deref());
    }
}
