//! What a load came to.

use std::{
    io::{self, BufWriter, Write},
    process::ExitCode,
    time::Instant,
};

use indicatif::HumanCount;
use ingest::{BrokenRule, Counts, Progress, Rejection};
use serde::Serialize;

/// How many broken rules are listed; the rest is only counted.
const LISTED: usize = 1_000;

/// All files together, and each.
pub struct Report {
    started: Instant,
    counts: Counts,
    files: Vec<FileReport>,
    rejected: Vec<Listed>,
    unlisted: u64,
}

#[derive(Serialize)]
struct FileReport {
    file: String,
    #[serde(flatten)]
    counts: Counts,
    /// Why it was not loaded to its end.
    error: Option<String>,
    /// Whether it has a header line, and then a record on each line.
    #[serde(skip)]
    is_table: bool,
}

impl FileReport {
    fn new(name: &str, is_table: bool) -> Self {
        Self { file: name.to_owned(), counts: Counts::default(), error: None, is_table }
    }
}

/// A rule that a record of a file broke.
#[derive(Serialize)]
struct Listed {
    file: String,
    /// Where it is in a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    #[serde(flatten)]
    rule: BrokenRule,
}

impl Report {
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
            counts: Counts::default(),
            files: Vec::new(),
            rejected: Vec::new(),
            unlisted: 0,
        }
    }

    /// What is added from now on is of this file.
    pub fn begin_file(&mut self, name: &str) {
        self.files.push(FileReport::new(name, false));
    }

    /// The same for a file with a header line and a record on each further line. One that is read a second time goes
    /// on as the same file.
    pub fn begin_table(&mut self, name: &str) {
        let begun = self.files.iter().position(|file| file.is_table && file.file == name);
        let file = begun.map(|i| self.files.remove(i)).unwrap_or_else(|| FileReport::new(name, true));
        self.files.push(file);
    }

    /// Adds a batch; returns what the file comes to so far.
    pub fn add(&mut self, progress: Progress) -> Counts {
        self.counts += progress.counts;
        let Some(file) = self.files.last_mut() else { return progress.counts };
        file.counts += progress.counts;
        let is_table = file.is_table;
        for rule in progress.rejected.into_iter().flat_map(Rejection::broken_rules) {
            if self.rejected.len() < LISTED {
                let line = is_table.then_some(rule.record + 1);
                self.rejected.push(Listed { file: file.file.clone(), line, rule });
            } else {
                self.unlisted += 1;
            }
        }
        file.counts
    }

    /// The file was not loaded to its end.
    pub fn fail_file(&mut self, error: String) {
        if let Some(file) = self.files.last_mut() {
            file.error = Some(error);
        }
    }

    fn failed(&self) -> bool {
        self.files.iter().any(|file| file.error.is_some())
    }

    pub fn exit_code(&self) -> ExitCode {
        match (self.failed(), self.counts.rejected) {
            (true, _) => ExitCode::from(2),
            (false, 0) => ExitCode::SUCCESS,
            (false, _) => ExitCode::from(1),
        }
    }

    pub fn write_text(&self, out: &mut impl Write, dry_run: bool) -> io::Result<()> {
        for Listed { file, line, rule: BrokenRule { record, field, reason, .. } } in &self.rejected {
            let line = line.map(|line| format!(" (line {line})")).unwrap_or_default();
            let field = field.as_ref().map(|field| format!("{field}: ")).unwrap_or_default();
            writeln!(out, "{file}: record {record}{line}: {field}{reason}")?;
        }
        if self.unlisted > 0 {
            writeln!(out, "... and {} more", HumanCount(self.unlisted))?;
        }
        let Counts { created, updated, unchanged, rejected } = self.counts;
        let (seconds, rate) = self.pace();
        writeln!(
            out,
            "{} records in {seconds:.1} s ({}/s): {} created, {} updated, {} unchanged, {} rejected",
            HumanCount(self.counts.records()),
            HumanCount(rate as u64),
            HumanCount(created),
            HumanCount(updated),
            HumanCount(unchanged),
            HumanCount(rejected),
        )?;
        if created + updated == 0 && !self.failed() {
            writeln!(out, "nothing changed")?;
        } else if dry_run {
            writeln!(out, "a dry run: nothing was stored")?;
        }
        out.flush()
    }

    pub fn write_json(&self, out: impl Write) -> io::Result<()> {
        #[derive(Serialize)]
        struct Json<'a> {
            files: &'a [FileReport],
            #[serde(flatten)]
            counts: Counts,
            rejected: &'a [Listed],
            seconds: f64,
            records_per_second: f64,
        }

        let (seconds, records_per_second) = self.pace();
        let (files, counts, rejected) = (&self.files, self.counts, &self.rejected);
        let json = Json { files, counts, rejected, seconds, records_per_second };
        let mut out = BufWriter::new(out);
        serde_json::to_writer_pretty(&mut out, &json)?;
        out.write_all(b"\n")?;
        out.flush()
    }

    /// Seconds since the start, and records per second.
    fn pace(&self) -> (f64, f64) {
        let seconds = self.started.elapsed().as_secs_f64().max(0.001);
        (seconds, self.counts.records() as f64 / seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::violation::{Violation, ViolationCode, Violations};

    #[test]
    fn the_first_thousand_broken_rules_are_listed() {
        let rejection = |record| Rejection {
            record,
            violations: Violations(vec![Violation::new("/votes", ViolationCode::OutOfRange, "too few")]),
        };
        let mut report = Report::new();
        report.begin_file("a.json");
        let counts = Counts { rejected: 1_002, ..Counts::default() };
        report.add(Progress { counts, rejected: (1..=1_002).map(rejection).collect() });
        let mut text = Vec::new();
        report.write_text(&mut text, false).unwrap();
        let text = String::from_utf8(text).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], "a.json: record 1: votes: too few");
        assert_eq!(lines[999..1_001], ["a.json: record 1000: votes: too few", "... and 2 more"]);
        assert!(lines[1_001].ends_with("0 created, 0 updated, 0 unchanged, 1,002 rejected"));
        assert_eq!(lines[1_002..], ["nothing changed"]);
    }
}
