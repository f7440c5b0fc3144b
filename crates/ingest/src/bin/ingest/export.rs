//! Writing the catalogue to a file.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, Write},
    ops::ControlFlow,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, anyhow};
use bootstrap::{Services, Settings};
use clap::{Args, ValueEnum};
use domain::query::{MovieQuery, conditions, parameters::Parameters};
use ingest::export::{Format, export};

use super::{
    progress::{Counter, Style},
    show_warnings,
};

/// Write movies to a file
///
/// All of them are of one state of the catalogue, whatever is written meanwhile.
/// What is written can be loaded again.
#[derive(Args)]
#[command(
    verbatim_doc_comment,
    after_long_help = "\
Example: ingest export --filter 'genre=Drama|War&year.gte=1990' --sort=-imdb_score -o dramas.ndjson

Settings: the server's, from config/ in the working directory and from the
environment. Beside a running server its index is read; where none runs, the
index is opened, and built if need be, as the server does.

Exit status: 0 all is well, 2 something failed."
)]
pub struct Export {
    /// How to write them
    #[arg(long, value_enum, default_value = "ndjson", value_name = "FORMAT")]
    format: FormatArgument,
    /// Which movies: conditions as in the URL of GET /api/v1/movies
    #[arg(long, default_value = "", value_name = "CONDITIONS")]
    filter: String,
    /// In which order: keys as in the URL of GET /api/v1/movies
    #[arg(long, value_name = "KEYS", allow_hyphen_values = true)]
    sort: Option<String>,
    /// Where to; the standard output by default. The file appears when it is complete
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Show no progress
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum FormatArgument {
    /// One JSON object on each line
    Ndjson,
    /// A table with a header
    Csv,
    /// One JSON array
    Json,
}

pub fn run(arguments: &Export) -> anyhow::Result<ExitCode> {
    let query = query(arguments)?;
    let format = match arguments.format {
        FormatArgument::Ndjson => Format::Ndjson,
        FormatArgument::Csv => Format::Csv,
        FormatArgument::Json => Format::Json,
    };
    let settings = Settings::load()?;
    // Made before the work, so that a path that cannot be written is known before.
    let mut output = Output::open(arguments.output.as_deref())?;
    let store = bootstrap::open_store(&settings)?;
    show_warnings();
    let mut counter = Counter::new(Style::for_stderr(arguments.quiet), "opening the index");
    let services = Services::open_to_read(&settings, store)?;
    counter.begin();
    let mut written = Ok(());
    let end = export(&services.catalogue, &query, format, |chunk| {
        written = output.write(&chunk.bytes);
        counter.add(chunk.movies);
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    counter.finish();
    services.stop();
    end?;
    match written.and_then(|()| output.finish()) {
        // Who closes the standard output wants to read no more.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe && arguments.output.is_none() => {}
        Err(error) => return Err(error).context(place(arguments.output.as_deref())),
        Ok(()) => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn query(arguments: &Export) -> anyhow::Result<MovieQuery> {
    let mut parameters = Parameters::read(&arguments.filter);
    let filter = conditions::filter(&mut parameters);
    parameters.finish(false).map_err(|errors| {
        let told = |error: &domain::query::parameters::ParameterError| format!("{}: {}", error.field, error.detail);
        anyhow!("--filter: {}", errors.errors.iter().map(told).collect::<Vec<_>>().join("; "))
    })?;
    let sort = arguments.sort.as_deref().map(conditions::order).transpose();
    let sort = sort.map_err(|(_, detail)| anyhow!("--sort: {detail}"))?.unwrap_or_default();
    Ok(MovieQuery { filter, sort, ..MovieQuery::default() })
}

fn place(path: Option<&Path>) -> String {
    path.map_or_else(|| "the standard output".to_owned(), |path| path.display().to_string())
}

/// Where an export is written to.
enum Output {
    Stdout(io::Stdout),
    /// What is no regular file, such as a device.
    Direct(File),
    /// A file beside the one that it becomes once it is complete.
    File {
        file: File,
        temporary: PathBuf,
        path: PathBuf,
    },
}

impl Output {
    fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = path else { return Ok(Self::Stdout(io::stdout())) };
        let failed = || path.display().to_string();
        if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
            return Ok(Self::Direct(File::options().write(true).open(path).with_context(failed)?));
        }
        let mut temporary = OsString::from(path);
        temporary.push(".part");
        let temporary = PathBuf::from(temporary);
        Ok(Self::File { file: File::create(&temporary).with_context(failed)?, temporary, path: path.to_owned() })
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Stdout(out) => out.lock().write_all(bytes),
            Self::Direct(file) | Self::File { file, .. } => file.write_all(bytes),
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(out) => out.flush(),
            Self::Direct(_) => Ok(()),
            Self::File { file, temporary, path } => {
                file.sync_all()?;
                fs::rename(temporary, path)
            }
        }
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if let Self::File { temporary, .. } = self {
            // Gone already where the export is complete.
            let _ = fs::remove_file(temporary);
        }
    }
}
