//! How far a command is.

use std::{
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};

/// How far a command is, on standard error: one line that changes on a terminal, else a line now and then.
pub struct Progress {
    quiet: bool,
    is_terminal: bool,
    what: String,
    /// When this was begun.
    since: Instant,
    shown: Option<Instant>,
}

impl Progress {
    pub fn new(quiet: bool) -> Self {
        let is_terminal = io::stderr().is_terminal();
        Self { quiet, is_terminal, what: String::new(), since: Instant::now(), shown: None }
    }

    pub fn show(&mut self, what: &str, done: u64, total: u64) {
        if self.quiet {
            return;
        }
        if self.what != what {
            what.clone_into(&mut self.what);
            (self.since, self.shown) = (Instant::now(), None);
        }
        let pause = if self.is_terminal { Duration::from_millis(100) } else { Duration::from_secs(5) };
        if self.shown.is_some_and(|shown| shown.elapsed() < pause) {
            return;
        }
        self.shown = Some(Instant::now());
        let mut line = what.to_owned();
        if let Some(percent) = (done * 100).checked_div(total) {
            line += &format!(": {done} of {total}, {percent}%");
            let seconds = self.since.elapsed().as_secs_f64();
            if seconds >= 1.0 {
                line += &format!(", {:.0} a second", done as f64 / seconds);
            }
        }
        // Whether anybody sees it makes no difference.
        let _ = match self.is_terminal {
            true => write!(io::stderr(), "\r\x1b[K{line}"),
            false => writeln!(io::stderr(), "{line}"),
        };
    }

    pub fn end(&self) {
        if self.is_terminal && !self.what.is_empty() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
