//! How far a load or an export is.

use std::{
    io::{self, IsTerminal, Read, Write},
    time::{Duration, Instant},
};

use indicatif::{HumanCount, HumanDuration, ProgressBar, ProgressBarIter, ProgressDrawTarget, ProgressStyle};
use ingest::Counts;

/// How often a line of progress is written where no bar is drawn.
const LINE_EVERY: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Drawn on a terminal.
    Bar,
    /// Lines in a log.
    Lines,
    None,
}

impl Style {
    pub fn for_stderr(quiet: bool) -> Self {
        match quiet {
            true => Self::None,
            false if io::stderr().is_terminal() => Self::Bar,
            false => Self::Lines,
        }
    }
}

/// The progress of one file: measured in bytes read, since how many records come is not known.
pub struct Display {
    style: Style,
    name: String,
    bar: ProgressBar,
    last_line: Instant,
}

impl Display {
    /// `length` is that of the file in bytes, where it has one.
    pub fn new(style: Style, name: &str, length: Option<u64>) -> Self {
        let target = match style {
            Style::Bar => ProgressDrawTarget::stderr(),
            Style::Lines | Style::None => ProgressDrawTarget::hidden(),
        };
        let template = match length {
            Some(_) => "{prefix} [{bar:30}] {percent}%, {msg}, {eta} left",
            None => "{prefix} {spinner} {msg}, {elapsed}",
        };
        // The templates are constant; one that could not be read would show in the default style.
        let look = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::with_draw_target(length, target).with_style(look).with_prefix(name.to_owned());
        bar.set_message("0 records");
        Self { style, name: name.to_owned(), bar, last_line: Instant::now() }
    }

    /// The source, its bytes counted.
    pub fn watch<R: Read>(&self, source: R) -> ProgressBarIter<R> {
        self.bar.wrap_read(source)
    }

    pub fn update(&mut self, counts: Counts) {
        if self.style == Style::None {
            return;
        }
        let message = records_and_rate(counts, self.bar.elapsed());
        if self.style == Style::Lines && self.last_line.elapsed() >= LINE_EVERY {
            self.last_line = Instant::now();
            let remaining = self.bar.length().filter(|&length| length > 0).map(|length| {
                let percent = self.bar.position() * 100 / length;
                format!(", {percent}%, {} left", HumanDuration(self.bar.eta()))
            });
            let _ = writeln!(io::stderr(), "{}: {message}{}", self.name, remaining.unwrap_or_default());
        }
        self.bar.set_message(message);
    }

    pub fn finish(self) {
        self.bar.finish_and_clear();
    }
}

/// The progress of an export: counted in movies, since how many there are is not known.
pub struct Counter {
    style: Style,
    movies: u64,
    bar: ProgressBar,
    last_line: Instant,
}

impl Counter {
    /// `preparing` is what happens before [`Counter::begin`], which may take a while.
    pub fn new(style: Style, preparing: &'static str) -> Self {
        /// How often something moves on a terminal meanwhile.
        const TICK: Duration = Duration::from_millis(100);
        let target = match style {
            Style::Bar => ProgressDrawTarget::stderr(),
            Style::Lines | Style::None => ProgressDrawTarget::hidden(),
        };
        let look = ProgressStyle::with_template("{spinner} {msg}, {elapsed}");
        let look = look.unwrap_or_else(|_| ProgressStyle::default_spinner());
        let bar = ProgressBar::with_draw_target(None, target).with_style(look).with_message(preparing);
        bar.enable_steady_tick(TICK);
        Self { style, movies: 0, bar, last_line: Instant::now() }
    }

    pub fn begin(&self) {
        self.bar.reset_elapsed();
    }

    pub fn add(&mut self, movies: u64) {
        self.movies += movies;
        if self.style == Style::None {
            return;
        }
        let rate = self.movies as f64 / self.bar.elapsed().as_secs_f64().max(0.001);
        let message = format!("{} movies, {}/s", HumanCount(self.movies), HumanCount(rate as u64));
        if self.style == Style::Lines && self.last_line.elapsed() >= LINE_EVERY {
            self.last_line = Instant::now();
            let _ = writeln!(io::stderr(), "{message}");
        }
        self.bar.set_message(message);
    }

    pub fn finish(self) {
        self.bar.finish_and_clear();
    }
}

fn records_and_rate(counts: Counts, elapsed: Duration) -> String {
    let rate = counts.records() as f64 / elapsed.as_secs_f64().max(0.001);
    let mut text = format!("{} records, {}/s", HumanCount(counts.records()), HumanCount(rate as u64));
    if counts.rejected > 0 {
        text += &format!(", {} rejected", HumanCount(counts.rejected));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_says_how_many_and_how_fast() {
        let mut counts = Counts { created: 120_000, ..Counts::default() };
        assert_eq!(records_and_rate(counts, Duration::from_secs(2)), "120,000 records, 60,000/s");
        counts.rejected = 2_000;
        assert_eq!(records_and_rate(counts, Duration::from_secs(2)), "122,000 records, 61,000/s, 2,000 rejected");
    }
}
