//! Measuring Marquee: a synthetic catalogue, questions about it, and the plainest server and index to compare with.
//! `scripts/bench` and `scripts/bench-search` run it all.
//!
//! - `catalogue`: what `bench generate` writes
//! - `changes`: what `bench changes` writes
//! - `imdb`: what `bench imdb` writes
//! - `bare`: what `bench bare` serves
//! - `search`: what `bench search` measures; it draws `queries`, sends them over `http`, reads `cpu` times, compares with
//!   the `plain` index, and records `stats`; `report` says what they are held to
//! - `plot`: what `bench plot` draws

mod bare;
mod catalogue;
mod changes;
mod cpu;
mod http;
mod imdb;
mod plain;
mod plot;
mod queries;
mod report;
mod search;
mod stats;

use std::{
    io::{BufWriter, Write},
    path::PathBuf,
};

use clap::Parser;

/// Tools to measure Marquee with.
#[derive(Parser)]
#[command(version)]
enum Command {
    /// Write a synthetic feed to standard output, one JSON object per line.
    Generate {
        /// How many movies.
        #[arg(long)]
        movies: u64,
        /// The same seed gives the same bytes.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Write bodies for `POST /api/v1/movies:batch`, one per line, that update and delete movies at random.
    Changes {
        /// How many movies there are, with the ids from 1 on.
        #[arg(long)]
        movies: u64,
        /// How many of them change.
        #[arg(long)]
        count: usize,
        /// The same seed gives the same bytes.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Write a synthetic data set in the form of IMDb's, for `ingest imdb`.
    Imdb {
        /// How many titles, and about as many people.
        #[arg(long)]
        titles: u64,
        /// How many of a hundred titles are movies; the others are of the other types.
        #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(0..=100))]
        movies: u32,
        /// The same seed gives the same bytes.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Where the four files go; it is made if it is not there.
        directory: PathBuf,
    },
    /// Answer every request with the bytes of a file: what HTTP alone costs.
    Bare {
        /// The port, on 127.0.0.1.
        #[arg(long)]
        port: u16,
        /// The body of every answer.
        #[arg(long)]
        body: PathBuf,
        /// Threads that serve connections.
        #[arg(long, default_value_t = 1)]
        workers: usize,
    },
    /// Ask a running server, whose catalogue is one of `generate`, what people ask, and say what that costs.
    #[command(args_override_self = true)]
    Search(search::Options),
    /// Draw the results of `search`, and write them to standard output as a table in Markdown.
    Plot {
        /// Files that `search --record` wrote.
        #[arg(required = true)]
        results: Vec<PathBuf>,
        /// Where the pictures go.
        #[arg(long)]
        out: PathBuf,
    },
}

fn main() -> anyhow::Result<()> {
    match Command::parse() {
        Command::Generate { movies, seed } => {
            let mut out = BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
            catalogue::write(&mut out, movies, seed)?;
            Ok(out.flush()?)
        }
        Command::Changes { movies, count, seed } => {
            let mut out = BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
            changes::write(&mut out, movies, count, seed)?;
            Ok(out.flush()?)
        }
        Command::Imdb { titles, movies, seed, directory } => imdb::write(&directory, titles, movies, seed),
        Command::Bare { port, body, workers } => bare::serve(port, &body, workers),
        Command::Plot { results, out } => plot::draw(&results, &out, &mut std::io::stdout()),
        Command::Search(options) => search::run(&options, &mut std::io::stdout()),
    }
}
