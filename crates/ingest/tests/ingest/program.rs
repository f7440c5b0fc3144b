//! The program `ingest`, run as its users run it.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use domain::import::Standing;
use serde_json::Value;
use tempfile::TempDir;
use testing::TestDatabase;

use crate::catalogue::{Catalogue, fixture};

testing::on_every_database! {
    a_load_reports_what_it_did,
    a_load_that_was_killed_and_repeated_equals_one_that_was_not,
    a_load_is_written_down_and_a_dry_run_is_not,
}

/// The program in a directory of its own, with `url` for its database.
pub struct Program {
    directory: TempDir,
    url: String,
}

impl Program {
    pub fn new(database: &TestDatabase) -> Self {
        Self { directory: tempfile::tempdir().unwrap(), url: database.url().to_owned() }
    }

    /// A path in the program's working directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Puts a file into the program's working directory.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ingest"));
        command.args(arguments).current_dir(self.directory.path()).env("MARQUEE_DATABASE__URL", &self.url);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ended {
        Ended::from(self.command(arguments).output().unwrap())
    }

    /// The report that a run was told to write to `report.json`.
    pub fn report(&self) -> Value {
        let text = fs::read_to_string(self.path("report.json")).unwrap();
        serde_json::from_str(&text).unwrap()
    }
}

pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

fn a_load_reports_what_it_did(database: &TestDatabase) {
    let program = Program::new(database);
    program
        .file("a.json", r#"[{"name": "A", "year": 2000}, {"name": "B", "year": "soon", "stars": 5}, {"name": "C"}]"#);
    program.file("b.json", r#"{"name": "A", "votes": 7}"#);

    let first = program.run(&["load", "a.json", "b.json", "--report", "report.json"]);
    assert_eq!(first.code, Some(1), "{}", first.err);
    let lines: Vec<&str> = first.out.lines().collect();
    assert_eq!(lines[0], "a.json: record 2: year: a number is expected, not text");
    assert_eq!(lines[1], "a.json: record 2: stars: a movie has no field of this name");
    assert!(lines[2].starts_with("4 records in ") && lines[2].contains("/s): "), "{}", lines[2]);
    assert!(lines[2].ends_with(": 2 created, 1 updated, 0 unchanged, 1 rejected"), "{}", lines[2]);
    assert_eq!(lines.len(), 3);
    let mut report = program.report();
    assert!(report["seconds"].as_f64().unwrap() > 0.0 && report["records_per_second"].as_f64().unwrap() > 0.0);
    report.as_object_mut().unwrap().retain(|key, _| !key.contains("second"));
    let expected = serde_json::json!({
        "files": [
            {"file": "a.json", "created": 2, "updated": 0, "unchanged": 0, "rejected_count": 1, "error": null},
            {"file": "b.json", "created": 0, "updated": 1, "unchanged": 0, "rejected_count": 0, "error": null},
        ],
        "created": 2, "updated": 1, "unchanged": 0, "rejected_count": 1,
        "rejected": [
            {"file": "a.json", "record": 2, "field": "year", "reason": "a number is expected, not text"},
            {"file": "a.json", "record": 2, "field": "stars", "reason": "a movie has no field of this name"},
        ],
    });
    assert_eq!(report, expected);

    let again = program.run(&["load", "b.json"]);
    assert_eq!(again.code, Some(0), "{}", again.err);
    assert!(again.out.ends_with(": 0 created, 0 updated, 1 unchanged, 0 rejected\nnothing changed\n"), "{}", again.out);
    assert_eq!(again.err, "");
}

fn a_load_is_written_down_and_a_dry_run_is_not(database: &TestDatabase) {
    let program = Program::new(database);
    program.file("feeds/a.json", r#"[{"name": "A"}, {"name": "B", "year": "soon"}]"#);
    program.file("b.json", r#"[{"name": "C"}, {"#);
    program.run(&["load", "feeds/a.json", "--dry-run"]);
    let log = bootstrap::import_log(Catalogue::open(database.url()).store());
    assert_eq!(log.latest(10).unwrap(), []);
    program.run(&["load", "feeds/a.json", "missing.json", "b.json"]);
    let [b, a] = &log.latest(10).unwrap()[..] else { panic!("two files are read") };
    assert_eq!((a.source.as_str(), a.standing, &a.actor), ("a.json", Standing::Done, &None));
    assert_eq!((a.counts.created, a.counts.rejected), (1, 1));
    assert_eq!((b.source.as_str(), b.standing, b.counts.created), ("b.json", Standing::Failed, 1));
}

/// Kills the program once it has stored something more, three times, and lets it finish then.
fn a_load_that_was_killed_and_repeated_equals_one_that_was_not(database: &TestDatabase) {
    let feed: String = (1..=20_000)
        .map(|i| format!("{{\"name\":\"{}\",\"year\":{},\"genres\":[\"g{}\"]}}\n", i % 7_000, 1900 + i % 3, i % 40))
        .collect();

    let program = Program::new(database);
    program.file("feed.json", &feed);
    let catalogue = Catalogue::open(database.url());
    for _ in 0..3 {
        let before = catalogue.last_change();
        let mut load = program.command(&["load", "feed.json"]).spawn().unwrap();
        let give_up = Instant::now() + Duration::from_secs(120);
        while catalogue.last_change() == before && load.try_wait().unwrap().is_none() {
            assert!(Instant::now() < give_up, "nothing is stored");
            thread::sleep(Duration::from_millis(1));
        }
        load.kill().unwrap();
        assert_eq!(load.wait().unwrap().code(), None, "it was killed on the way");
    }
    assert!(catalogue.movies().len() < 20_000);
    let last = program.run(&["load", "feed.json"]);
    assert_eq!(last.code, Some(0), "{}", last.err);

    let uninterrupted = testing::sqlite();
    let expected = Catalogue::open(uninterrupted.url());
    expected.load(feed).counted();
    assert_eq!(catalogue.drafts(), expected.drafts());
    assert!(program.run(&["load", "feed.json"]).out.ends_with("nothing changed\n"));
}

#[test]
fn the_fixture_loads() {
    let database = testing::sqlite();
    let ended = Program::new(&database).run(&["load", fixture("imdb.json").to_str().unwrap()]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
    assert!(ended.out.contains(" 0 rejected"));
}

#[test]
fn a_dash_is_the_standard_input() {
    let database = testing::sqlite();
    let program = Program::new(&database);
    let mut load = program.command(&["load", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    load.stdin.take().unwrap().write_all(b"{\"name\":\"A\"}\n{\"name\":\"B\"}\n").unwrap();
    let ended = Ended::from(load.wait_with_output().unwrap());
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(Catalogue::open(database.url()).names(), ["A", "B"]);
}

#[test]
fn a_dry_run_stores_nothing() {
    let database = testing::sqlite();
    let program = Program::new(&database);
    program.file("a.json", r#"[{"name": "A"}, {"name": "A", "votes": 3}, {"name": "A"}]"#);
    program.file("b.csv", "name,year\nA,1\nB,2000\n");
    let dry = program.run(&["load", "--dry-run", "a.json", "b.csv", "--report", "report.json"]);
    assert_eq!(dry.code, Some(1), "{}", dry.err);
    assert!(dry.out.contains("2 created, 1 updated, 1 unchanged, 1 rejected\n"), "{}", dry.out);
    assert!(dry.out.ends_with("\na dry run: nothing was stored\n"), "{}", dry.out);
    assert_eq!(Catalogue::open(database.url()).names(), [""; 0]);
    let told = program.report();
    program.run(&["load", "a.json", "b.csv", "--report", "report.json"]);
    assert_eq!((&told["files"], &told["rejected"]), (&program.report()["files"], &program.report()["rejected"]));
    assert_eq!(Catalogue::open(database.url()).names(), ["A", "B"]);
}

#[test]
fn a_file_that_cannot_be_read_is_named_and_the_others_are_loaded() {
    for (name, content, complaint) in [
        ("missing.json", None, "No such file or directory"),
        (".", None, "Is a directory"),
        ("empty.json", Some(""), "it is empty"),
        (
            "feed.txt",
            Some("A by B\n"),
            "it is not a JSON feed: it begins neither with '[' nor with '{'; nor is it CSV: its first line names no column",
        ),
        ("feed.csv", Some("name,stars\nA,B\n"), "column 2 (\"stars\") is not known; the columns of CSV are id, name,"),
        (
            "cut.json",
            Some("[{\"name\":\"A\"},{\"na"),
            "record 2 (line 1, column 18) cannot be read: the feed ends here",
        ),
        ("cut.gz", Some("\u{1f}"), "it is not a JSON feed"),
    ] {
        let database = testing::sqlite();
        let program = Program::new(&database);
        if let Some(content) = content {
            program.file(name, content);
        }
        program.file("good.json", "{\"name\":\"Good\"}");
        let ended = program.run(&["load", name, "good.json", "--report", "report.json"]);
        assert_eq!(ended.code, Some(2));
        assert!(ended.err.starts_with(&format!("ingest: {name}: ")) && ended.err.contains(complaint), "{}", ended.err);
        assert_eq!(ended.err.lines().count(), 1, "{}", ended.err);
        assert!(program.report()["files"][0]["error"].as_str().unwrap().contains(complaint));
        assert_eq!(program.report()["files"][1]["error"], Value::Null);
        let names = Catalogue::open(database.url()).names();
        assert_eq!(names, if name == "cut.json" { vec!["A", "Good"] } else { vec!["Good"] });
    }
}

#[test]
fn an_aborted_load_stops_at_the_first_bad_record() {
    let database = testing::sqlite();
    let program = Program::new(&database);
    program.file("a.json", r#"[{"name": "A"}, {"name": "B", "votes": -1}, {"name": "C"}]"#);
    program.file("b.json", r#"[{"name": "D"}]"#);
    let ended = program.run(&["load", "--on-error=abort", "a.json", "b.json"]);
    assert_eq!(ended.code, Some(2));
    assert_eq!(ended.err, "ingest: a.json: stopped at record 2: votes: votes are 0 to 9007199254740991\n");
    assert_eq!(Catalogue::open(database.url()).names(), ["A"]);
}

#[test]
fn wrong_use_is_exit_code_2_and_help_is_not() {
    let database = testing::sqlite();
    let program = Program::new(&database);
    let report_nowhere = ["load", "a.json", "--report", "no/such/directory.json"];
    for arguments in [
        &[][..],
        &["load"],
        &["imdb"],
        &["load", "a.json", "--on-error", "ignore"],
        &["lode", "a.json"],
        &report_nowhere,
    ] {
        let ended = program.run(arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.err);
        assert!(!ended.err.is_empty() && !ended.err.contains("panicked"), "{}", ended.err);
    }
    for (arguments, text) in [
        (&["--version"][..], concat!("ingest ", env!("CARGO_PKG_VERSION"))),
        (&["--help"], "Loads movie feeds"),
        (&["imdb", "--help"], "100 * log10(1 + votes) / 6.5"),
        (&["imdb", "--help"], "Exit status: 0 all is well, 1 some records were rejected, 2 something failed"),
        (&["load", "--help"], "Exit status: 0 all is well, 1 some records were rejected, 2 something failed"),
    ] {
        let ended = program.run(arguments);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        assert!(ended.out.contains(text), "{}", ended.out);
    }
}

#[test]
fn settings_that_cannot_be_used_are_named() {
    let program = Program { directory: tempfile::tempdir().unwrap(), url: "postgres://localhost/x".to_owned() };
    let ended = program.run(&["load", "a.json"]);
    assert_eq!((ended.code, ended.err.lines().count()), (Some(2), 1));
    assert!(ended.err.starts_with("ingest: ") && ended.err.contains("postgres"), "{}", ended.err);
}

#[test]
#[cfg(feature = "mysql")]
fn a_database_that_lets_nobody_in_is_told_in_one_line() {
    let database = testing::mysql();
    let (user, place) = database.url().rsplit_once('@').unwrap();
    let url = format!("{}:wrong@{place}", user.rsplit_once(':').unwrap().0);
    let program = Program { directory: tempfile::tempdir().unwrap(), url };
    let ended = program.run(&["load", "a.json"]);
    assert_eq!((ended.code, ended.err.lines().count()), (Some(2), 1), "{}", ended.err);
    assert!(ended.err.starts_with("ingest: ") && ended.err.contains("Access denied"), "{}", ended.err);
}

#[test]
fn nobody_has_to_read_the_report() {
    let database = testing::sqlite();
    let program = Program::new(&database);
    program.file("a.json", "[]");
    let mut load = program.command(&["load", "a.json"]).spawn().unwrap();
    drop(load.stdout.take());
    let ended = Ended::from(load.wait_with_output().unwrap());
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));

    if Path::new("/dev/full").exists() {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let ended = Ended::from(program.command(&["load", "a.json"]).stdout(full).output().unwrap());
        assert_eq!(ended.code, Some(2));
        assert!(ended.err.starts_with("ingest: the standard output: "), "{}", ended.err);
    }
}
