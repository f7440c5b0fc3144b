//! IMDb's data set, one table after another.

use std::{
    fs::File,
    io::{self, Read, Write},
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use anyhow::Context;
use clap::Args;
use domain::user::Admin;
use ingest::{
    Counts, LoadError, OnError, Progress,
    imdb::{self, Credits, Files, Movies, Names, Ratings, Step, Titles},
};

use crate::{
    AFTER_HELP, Options, Run, complain, finish,
    progress::{Display, Style},
    write_down,
};

/// Load IMDb's public data sets
///
/// DIR holds title.basics, title.ratings, title.crew and name.basics, each as
/// .tsv.gz or .tsv; where both are there, .tsv.gz is read. They can be had from
/// https://developer.imdb.com/non-commercial-datasets/, for uses that IMDb's
/// terms allow.
///
/// A title updates the movie with its imdb_id, or adds one; loading the same
/// files again changes nothing. What they say of a movie replaces what the
/// catalogue has, and \N empties a field; overview and poster_url, which they do
/// not have, stay. The director is those of title.crew in their order, as many
/// whole names as fit in 300 characters. The popularity is
/// 100 * log10(1 + votes) / 6.5, at most 100. Adult titles are titles like others.
///
/// A row that breaks rules is reported and counts as not being there.
#[derive(Args)]
#[command(verbatim_doc_comment, after_long_help = AFTER_HELP)]
pub struct Imdb {
    /// The directory with the files
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// Which titles to load, by their titleType: movie, short, tvEpisode, tvMiniSeries, tvMovie, tvPilot, tvSeries,
    /// tvShort, tvSpecial, video, videoGame
    #[arg(long, value_name = "TYPE,...", value_delimiter = ',', default_value = "movie")]
    types: Vec<String>,
    #[command(flatten)]
    pub options: Options,
}

pub fn load(arguments: &Imdb, run: &mut Run) {
    let files = match Files::find(&arguments.directory) {
        Ok(files) => files,
        Err(error) => {
            let name = arguments.directory.display().to_string();
            run.report.begin_file(&name);
            run.report.fail_file(error.to_string());
            return complain(&anyhow::Error::new(error).context(name));
        }
    };
    for path in &files.passed_over {
        note(run.style, &format!("{}: not read, the packed file beside it is", path.display()));
    }
    // What a table fails of is reported where it is read.
    let _: Option<()> = load_files(arguments, &files, run);
}

/// Loads the files in the order in which one needs another; `None` where one of them failed.
fn load_files(arguments: &Imdb, files: &Files, run: &mut Run) -> Option<()> {
    let types = arguments.types.iter().map(|name| name.trim().to_owned()).collect();
    let titles = join(&files.titles, run, |source, tell| Titles::read(source, types, tell))?;
    for name in titles.types_without_title() {
        note(run.style, &format!("{}: no title is of the type `{name}`", files.titles.display()));
    }
    let ratings = join(&files.ratings, run, |source, tell| Ratings::read(source, &titles, tell))?;
    let credits = join(&files.crew, run, |source, tell| Credits::read(source, &titles, tell))?;
    let names = join(&files.names, run, |source, tell| Names::read(source, &credits, tell))?;
    let movies = Movies { titles, ratings, credits, names };

    read(&files.titles, run, |source, display, run| {
        let mut recording = run.record(&files.titles)?;
        let end = ingest::load_records(
            &run.import,
            &Admin::operator(),
            move |emit| movies.read(source, emit),
            run.on_error,
            |progress| {
                write_down(&mut recording, &progress);
                display.update(run.report.add(progress));
                ControlFlow::Continue(())
            },
        );
        finish(recording, &end);
        Ok(end?)
    })
}

/// Reads a table that is joined to the titles.
fn join<T>(
    path: &Path,
    run: &mut Run,
    read_table: impl FnOnce(Box<dyn Read + Send>, &mut dyn FnMut(Step) -> ControlFlow<()>) -> Result<T, imdb::Error>,
) -> Option<T> {
    read(path, run, |source, display, run| {
        let mut stopped_at = None;
        let mut tell = |step| match step {
            Step::Rows(rows) => {
                display.update_rows(rows);
                ControlFlow::Continue(())
            }
            Step::Rejected(rejection) => {
                let counts = Counts { rejected: 1, ..Counts::default() };
                run.report.add(Progress { counts, rejected: vec![rejection.clone()] });
                match run.on_error {
                    OnError::Continue => ControlFlow::Continue(()),
                    OnError::Abort => {
                        stopped_at = Some(rejection);
                        ControlFlow::Break(())
                    }
                }
            }
        };
        let end = read_table(source, &mut tell);
        match stopped_at {
            Some(rejection) => Err(LoadError::Rejected(rejection).into()),
            None => Ok(end?),
        }
    })
}

/// Has `work` read a file; reports and complains where it fails.
fn read<T>(
    path: &Path,
    run: &mut Run,
    work: impl FnOnce(Box<dyn Read + Send>, &mut Display, &mut Run) -> anyhow::Result<T>,
) -> Option<T> {
    let name = path.display().to_string();
    run.report.begin_table(&name);
    let end = File::open(path).and_then(|file| Ok((file.metadata()?.len(), file))).map_err(anyhow::Error::from);
    let end = end.and_then(|(length, file)| {
        let mut display = Display::new(run.style, &name, Some(length));
        let source = Box::new(display.watch(file));
        let end = work(source, &mut display, run);
        display.finish();
        end
    });
    end.inspect_err(|failure| run.report.fail_file(format!("{failure:#}"))).context(name).inspect_err(complain).ok()
}

/// Says what may be worth knowing, unless nothing is to be said.
fn note(style: Style, text: &str) {
    if style != Style::None {
        let _ = writeln!(io::stderr(), "ingest: {text}");
    }
}
