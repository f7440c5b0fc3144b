//! `marquee index`.

use std::process::ExitCode;

use bootstrap::{Step, Verification, VerifyStep};
use clap::Subcommand;

use crate::{complain, progress::Progress, say, settings};

#[derive(Subcommand)]
pub enum IndexCommand {
    /// Compare the index with the database, movie by movie, and say what differs
    ///
    /// Every movie of the database is compared with what the index stores of it, sorts it by and finds it by, and the
    /// index is searched for movies that it should not have. A server may run meanwhile: what is written during the
    /// comparison is allowed for. Nothing is changed.
    #[command(after_help = "Exit status: 0 they are equal, 1 they differ, 2 they could not be compared.")]
    Verify {
        /// List so many differences; all are counted
        #[arg(long, default_value_t = 20, value_name = "NUMBER")]
        limit: u64,
        /// List all differences
        #[arg(long, conflicts_with = "limit")]
        all: bool,
        /// Show no progress
        #[arg(short, long)]
        quiet: bool,
    },
    /// Build the index anew from the database, then use it in place of the old one
    ///
    /// Where a server has the index open, the server does it: until the new one is complete, it goes on answering from
    /// the old one and applying changes to it. Ending this command does not stop that. A rebuild that fails or is killed
    /// leaves the old index in use. The disk needs room for both.
    #[command(after_help = "Exit status: 0 the new index is in use, 1 it is not.")]
    Rebuild {
        /// Show no progress
        #[arg(short, long)]
        quiet: bool,
    },
}

pub fn run(command: &IndexCommand) -> anyhow::Result<ExitCode> {
    match command {
        IndexCommand::Verify { limit, all, quiet } => {
            let limit = if *all { u64::MAX } else { *limit };
            verify(limit, *quiet).or_else(|error| {
                complain(&error);
                Ok(ExitCode::from(2))
            })
        }
        IndexCommand::Rebuild { quiet } => rebuild(*quiet),
    }
}

fn verify(limit: u64, quiet: bool) -> anyhow::Result<ExitCode> {
    let settings = settings()?;
    let mut progress = Progress::new(quiet);
    let (mut listed, mut said) = (0, Ok(()));
    let found = bootstrap::verify_index(
        &settings,
        &mut |verifying| {
            let what = match verifying.step {
                VerifyStep::Files => "files",
                VerifyStep::Movies => "movies",
                VerifyStep::Terms => "fields of searched text",
                VerifyStep::Changed => "movies changed meanwhile",
            };
            progress.show(&format!("comparing {what}"), verifying.done, verifying.total);
        },
        &mut |difference| {
            listed += 1;
            if listed <= limit && said.is_ok() {
                said = say(&difference.to_string());
            }
        },
    );
    progress.end();
    let found = found?;
    said?;
    if listed > limit {
        say(&format!("... and {} more; --all lists all", listed - limit))?;
    }
    tell(&found)?;
    Ok(if found.is_equal() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn tell(found: &Verification) -> anyhow::Result<()> {
    found.faults.iter().try_for_each(|fault| say(&format!("The index: {fault}.")))?;
    let Verification { movies, missing, extra, different, to_apply, changing, .. } = found;
    if *to_apply > 0 {
        say(&format!("{to_apply} movies changed since the index was written. A server applies that when it starts."))?;
    }
    if *changing > 0 {
        say(&format!("{changing} movies changed whenever they were looked at, and were not compared."))?;
    }
    if found.is_equal() {
        return say(&format!("The index and the database are equal: {movies} movies."));
    }
    let at_least = if found.untold { "at least " } else { "" };
    say(&format!(
        "The index and the database differ: {movies} movies, {missing} missing in the index, {extra} in the index alone, \
         {at_least}{different} different. `marquee index rebuild` makes a new index."
    ))
}

fn rebuild(quiet: bool) -> anyhow::Result<ExitCode> {
    let settings = settings()?;
    let mut progress = Progress::new(quiet);
    let rebuilt = bootstrap::rebuild_index(&settings, &mut |at| match at.step {
        Step::Waiting => progress.show("waiting for the server", 0, 0),
        Step::Filling => progress.show("reading movies", at.movies, at.total),
        Step::Finishing => progress.show("making one segment", 0, 0),
        Step::CatchingUp => progress.show("applying what was changed meanwhile", 0, 0),
    });
    progress.end();
    let rebuilt = rebuilt?;
    let by = if rebuilt.by_server { "The server has" } else { "No server runs here; this command has" };
    say(&format!("{by} rebuilt the index: {} movies, now in {}.", rebuilt.movies, rebuilt.generation))?;
    Ok(ExitCode::SUCCESS)
}
