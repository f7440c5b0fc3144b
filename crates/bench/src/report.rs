//! What results mean, beside what is aimed at.

use std::{collections::BTreeSet, io::Write};

use crate::{
    queries::{MIX, SORT_NAMES},
    stats::{Line, Measured, Summary, Way, ratio},
};

/// The kind of all the queries of the mix together.
pub const ALL: &str = "mix";

/// The runs of `scripts/bench-search`: a catalogue as it was loaded, and after many changes to it.
pub const RUN: &str = "search";
pub const CHANGED: &str = "changed";

/// What a plain index is asked, too.
const COMPARED: [&str; 3] = ["commonest word", "2-letter prefix", "genre of half the catalogue"];

/// Single numbers of `scripts/bench-search`, and what is aimed at.
const FIGURES: [(&str, &str); 7] = [
    ("index, bytes a movie", "<= 250"),
    ("anonymous memory after the mix, MB", "<= 1,500"),
    ("index built from the database, movies a second", ">= 40,000"),
    ("start with a current index, s", "<= 10"),
    ("write until answered, ms", ""),
    ("change visible on another node, s", "<= 1"),
    ("write until answered with two nodes, ms", ""),
];

/// What may not grow with the catalogue, and the unit at the end of its name.
const GROWING: [(&str, &str); 3] =
    [("mix: median CPU, us", ", us"), ("mix: mean CPU, us", ", us"), ("write until answered, ms", ", ms")];

/// A number to be compared with an aim.
pub struct Row {
    pub name: String,
    pub aim: &'static str,
    pub value: f64,
}

/// The last result of a kind: a run may have been repeated.
pub fn measured<'a>(lines: &[&'a Line], way: Way, kind: &str) -> Option<&'a Measured> {
    lines.iter().rev().find_map(|line| match line {
        Line::Measured(measured) if measured.way == way && measured.kind == kind => Some(measured),
        _ => None,
    })
}

fn figure(lines: &[&Line], name: &str) -> Option<f64> {
    lines.iter().rev().find_map(|line| match line {
        Line::Figure(figure) if figure.figure == name => Some(figure.value),
        _ => None,
    })
}

/// The median CPU time of the handler that does nothing, for a request that is alone.
fn bare(lines: &[&Line]) -> Option<f64> {
    Some(measured(lines, Way::BareAlone, "bare")?.cpu.as_ref()?.p50)
}

/// Everything that one run of one catalogue can be held to.
pub fn rows(lines: &[&Line]) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut row = |name: String, aim: &'static str, value: Option<f64>| {
        rows.extend(value.filter(|value| value.is_finite()).map(|value| Row { name, aim, value }));
    };
    for kind in COMPARED.into_iter().chain(SORT_NAMES) {
        // A number that the plain index does not have would take as long as another.
        let plain = measured(lines, Way::Tantivy, kind)
            .or_else(|| measured(lines, Way::Tantivy, "sort by popularity"))
            .zip(measured(lines, Way::Alone, kind));
        let latency = plain.map(|(plain, ours)| plain.latency.p50 / ours.latency.p50);
        row(format!("{kind}: plain Tantivy's median time, relative to ours"), ">= 50", latency);
        let cpu = plain.and_then(|(plain, ours)| Some(plain.cpu.as_ref()?.p50 / ours.cpu.as_ref()?.p50));
        row(format!("{kind}: the same by CPU time"), ">= 50", cpu);
    }
    // By itself, a handler that does nothing is mostly woken up; under load it is the stricter unit.
    let loaded = measured(lines, Way::BareClosed, "bare").and_then(|bare| bare.mean_cpu);
    for (unit, name) in [(bare(lines), "bare handler's"), (loaded, "bare handler's under load")] {
        let relative =
            |kind: &str, of: fn(&Summary) -> f64| Some(of(measured(lines, Way::Alone, kind)?.cpu.as_ref()?) / unit?);
        row(format!("mix: median CPU, relative to the {name}"), "<= 100", relative(ALL, |cpu| cpu.p50));
        row(format!("mix: p99 CPU, relative to the {name}"), "<= 2,000", relative(ALL, |cpu| cpu.p99));
        for kind in ["several common words", "common word, score of 9.5 or more", "text sorted by score"] {
            row(format!("{kind}: p99 CPU, relative to the {name}"), "<= 3,000", relative(kind, |cpu| cpu.p99));
            row(format!("{kind}: maximum CPU, relative to the {name}"), "<= 10,000", relative(kind, |cpu| cpu.max));
        }
    }
    let mix = measured(lines, Way::Alone, ALL);
    row("mix: median CPU, us".into(), "", mix.and_then(|mix| Some(mix.cpu.as_ref()?.p50)));
    row("mix: mean CPU, us".into(), "", mix.and_then(|mix| mix.mean_cpu));
    let throughput = measured(lines, Way::Closed, ALL).zip(measured(lines, Way::BareClosed, "bare"));
    let throughput = throughput.map(|(ours, bare)| ours.per_second / bare.per_second);
    row("mix: throughput, relative to the bare handler's".into(), ">= 0.10 at 1M", throughput);
    for name in ["by popularity", "by score", "of the commonest word"] {
        let page = |which: &str| measured(lines, Way::Alone, &format!("{which} page {name}"));
        let Some((first, far)) = page("first").zip(page("far")) else { continue };
        let number = figure(lines, &format!("far page {name}")).unwrap_or_default();
        let cost = |measured: &Measured| measured.cpu.as_ref().unwrap_or(&measured.latency).clone();
        let (first, far) = (cost(first).p50, cost(far).p50);
        let name = format!("pages from {number:.0} on {name}: median cost");
        row(format!("{name}, relative to the first's"), "<= 2", Some(far / first));
        let limit = mix.map(|mix| far.max(first) / cost(mix).p99);
        row(format!("{name}, relative to the mix's p99"), "<= 1", limit);
    }
    for (name, aim) in FIGURES {
        row(name.into(), aim, figure(lines, name));
    }
    rows
}

/// Prints what one run came to.
pub fn compare(lines: &[Line], out: &mut impl Write) -> anyhow::Result<()> {
    let lines: Vec<&Line> = lines.iter().collect();
    if let Some(unit) = bare(&lines) {
        writeln!(out, "## CPU for each request, relative to the bare handler's median of {unit:.1} us")?;
        writeln!(out, "{:<42} {:>7} {:>7} {:>7}", "", "median", "p99", "max")?;
        for line in &lines {
            if let Line::Measured(Measured { way: Way::Alone, kind, cpu: Some(cpu), .. }) = line {
                let [median, p99, max] = [cpu.p50, cpu.p99, cpu.max].map(|cpu| ratio(cpu / unit));
                writeln!(out, "{kind:<42} {median:>7} {p99:>7} {max:>7}")?;
            }
        }
    }
    writeln!(out, "## What is aimed at")?;
    for Row { name, aim, value } in rows(&lines) {
        writeln!(out, "{name:<84} {:>9} {aim}", ratio(value))?;
    }
    Ok(())
}

/// Writes what catalogues of all sizes came to, as tables in Markdown.
pub fn tables(lines: &[Line], out: &mut impl Write) -> anyhow::Result<()> {
    table(lines, out)?;
    let sizes = sizes(lines);
    for movies in &sizes {
        let lines = of(lines, RUN, *movies);
        let kinds = MIX.iter().map(|(kind, _)| *kind).chain([ALL]);
        let kinds: Vec<&Measured> = kinds.filter_map(|kind| measured(&lines, Way::Alone, kind)).collect();
        if kinds.is_empty() {
            continue;
        }
        writeln!(out, "\n{}, one request at a time, us:\n", millions(*movies))?;
        writeln!(out, "| | latency p50 | p95 | p99 | max | CPU p50 | p99 | max | found in the first 3 |")?;
        writeln!(out, "|---|{}", "---|".repeat(8))?;
        for kind in kinds {
            let Summary { p50, p95, p99, max, .. } = &kind.latency;
            let cpu = kind.cpu.as_ref().map_or([f64::NAN; 3], |cpu| [cpu.p50, cpu.p99, cpu.max]);
            let [median, high, most] = cpu.map(ratio);
            let found = kind.found.filter(|_| kind.kind != ALL);
            let found = found.map(|found| format!("{:.1} %", found.in_first_3 * 100.0)).unwrap_or_default();
            write!(out, "| {} | {p50:.0} | {p95:.0} | {p99:.0} | {max:.0} |", kind.kind)?;
            writeln!(out, " {median} | {high} | {most} | {found} |")?;
        }
    }
    writeln!(out, "\nUnder load:\n")?;
    let header: String = sizes.iter().map(|movies| format!(" {} |", millions(*movies))).collect();
    writeln!(out, "| |{header}\n|---|{}", "---|".repeat(sizes.len()))?;
    type Number = fn(&Measured) -> Option<f64>;
    let rows: [(&str, Way, &str, Number); 8] = [
        ("closed loop, requests a second", Way::Closed, ALL, |of| Some(of.per_second)),
        ("the bare handler, requests a second", Way::BareClosed, "bare", |of| Some(of.per_second)),
        ("CPU for a request on average, us", Way::Closed, ALL, |of| of.mean_cpu),
        ("open loop, requests a second", Way::Open, ALL, |of| Some(of.per_second)),
        ("open loop: p50, us", Way::Open, ALL, |of| Some(of.latency.p50)),
        ("open loop: p95, us", Way::Open, ALL, |of| Some(of.latency.p95)),
        ("open loop: p99, us", Way::Open, ALL, |of| Some(of.latency.p99)),
        ("open loop: max, us", Way::Open, ALL, |of| Some(of.latency.max)),
    ];
    for (name, way, kind, number) in rows {
        write!(out, "| {name} |")?;
        for movies in &sizes {
            let value = measured(&of(lines, RUN, *movies), way, kind).and_then(number);
            write!(out, " {} |", value.map(|value| format!("{value:.0}")).unwrap_or_default())?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The lines of a run over a catalogue.
fn of<'a>(lines: &'a [Line], run: &str, movies: u64) -> Vec<&'a Line> {
    let of_run = |line: &&Line| match line {
        Line::Measured(measured) => measured.run == run && measured.movies == movies,
        Line::Figure(figure) => figure.run == run && figure.movies == movies,
    };
    lines.iter().filter(of_run).collect()
}

/// The rows of all catalogues beside each other.
fn table(lines: &[Line], out: &mut impl Write) -> anyhow::Result<()> {
    let sizes = sizes(lines);
    let mut names: Vec<(String, &str)> = Vec::new();
    let mut columns = Vec::new();
    for movies in &sizes {
        let mut rows = rows(&of(lines, RUN, *movies));
        let changed = measured(&of(lines, CHANGED, *movies), Way::Alone, ALL).zip(measured(
            &of(lines, RUN, *movies),
            Way::Alone,
            ALL,
        ));
        if let Some((changed, before)) = changed {
            let cpu = |of: &Measured| of.cpu.clone().unwrap_or_else(|| of.latency.clone());
            for (name, value) in [
                ("median latency", changed.latency.p50 / before.latency.p50),
                ("p99 latency", changed.latency.p99 / before.latency.p99),
                ("median CPU", cpu(changed).p50 / cpu(before).p50),
                ("p99 CPU", cpu(changed).p99 / cpu(before).p99),
            ] {
                let name = format!("mix after 100,000 updates and deletes: {name}, relative to before");
                rows.push(Row { name, aim: "<= 2", value });
            }
        }
        for (name, unit) in GROWING {
            let value = |rows: &[Row]| rows.iter().find(|row| row.name == name).map(|row| row.value);
            if let Some((now, smallest)) = value(&rows).zip(columns.first().and_then(|rows: &Vec<Row>| value(rows))) {
                let name = name.trim_end_matches(unit);
                let name = format!("{name}, relative to {}", millions(sizes[0]));
                rows.push(Row { name, aim: "<= 2", value: now / smallest });
            }
        }
        for row in &rows {
            if !names.iter().any(|(name, _)| *name == row.name) {
                names.push((row.name.clone(), row.aim));
            }
        }
        columns.push(rows);
    }
    let header: String = sizes.iter().map(|movies| format!(" {} |", millions(*movies))).collect();
    writeln!(out, "| |{header} to reach |\n|---|{}---|", "---|".repeat(sizes.len()))?;
    for (name, aim) in names {
        write!(out, "| {name} |")?;
        for rows in &columns {
            let value = rows.iter().find(|row| row.name == name).map(|row| ratio(row.value));
            write!(out, " {} |", value.unwrap_or_default())?;
        }
        writeln!(out, " {aim} |")?;
    }
    Ok(())
}

/// The sizes of all catalogues.
pub fn sizes(lines: &[Line]) -> Vec<u64> {
    let size = |line: &Line| match line {
        Line::Measured(measured) => measured.movies,
        Line::Figure(figure) => figure.movies,
    };
    lines.iter().map(size).collect::<BTreeSet<u64>>().into_iter().collect()
}

/// A size of a catalogue, for people.
pub fn millions(movies: u64) -> String {
    match movies {
        1_000_000.. => format!("{}M", movies as f64 / 1e6),
        _ => format!("{}k", movies as f64 / 1e3),
    }
}

#[cfg(test)]
pub mod tests {
    use std::time::Duration;

    use super::*;
    use crate::stats::{Figure, Summary};

    pub fn line(run: &str, movies: u64, way: Way, kind: &str, micros: u64) -> Line {
        let summary = Summary::of([Duration::from_micros(micros)]);
        Line::Measured(Measured {
            run: run.into(),
            movies,
            way,
            kind: kind.into(),
            requests: 1,
            failures: 0,
            per_second: 1e6 / micros as f64,
            latency: summary.clone(),
            cpu: Some(summary),
            mean_cpu: Some(micros as f64),
            found: None,
        })
    }

    fn value(lines: &[Line], name: &str) -> Option<f64> {
        let lines: Vec<&Line> = lines.iter().collect();
        rows(&lines).into_iter().find(|row| row.name == name).map(|row| row.value)
    }

    #[test]
    fn the_last_result_counts() {
        let lines = [
            line(RUN, 1, Way::Alone, ALL, 100),
            line(RUN, 1, Way::BareAlone, "bare", 10),
            line(RUN, 1, Way::Alone, ALL, 200),
        ];
        assert_eq!(value(&lines, "mix: median CPU, relative to the bare handler's"), Some(20.0));
    }

    #[test]
    fn sorts_that_the_plain_index_does_not_have_are_compared_with_another() {
        let lines = [
            line(RUN, 1, Way::Alone, "sort by name", 10),
            line(RUN, 1, Way::Alone, "sort by year", 10),
            line(RUN, 1, Way::Tantivy, "sort by popularity", 500),
            line(RUN, 1, Way::Tantivy, "sort by year", 700),
        ];
        let faster = |kind: &str| value(&lines, &format!("{kind}: plain Tantivy's median time, relative to ours"));
        assert_eq!(
            (faster("sort by name"), faster("sort by year"), faster("sort by id")),
            (Some(50.0), Some(70.0), None)
        );
    }

    #[test]
    fn catalogues_stand_beside_each_other() {
        let figure =
            |movies, value| Line::Figure(Figure { run: RUN.into(), movies, figure: FIGURES[0].0.into(), value });
        let lines = [
            figure(5_000_000, 120.0),
            figure(1_000_000, 130.0),
            line(RUN, 1_000_000, Way::Alone, ALL, 100),
            line(RUN, 5_000_000, Way::Alone, ALL, 150),
            line(CHANGED, 1_000_000, Way::Alone, ALL, 120),
        ];
        let mut out = Vec::new();
        table(&lines, &mut out).unwrap();
        let expected = "\
            | | 1M | 5M | to reach |\n\
            |---|---|---|---|\n\
            | mix: median CPU, us | 100 | 150 |  |\n\
            | mix: mean CPU, us | 100 | 150 |  |\n\
            | index, bytes a movie | 130 | 120 | <= 250 |\n\
            | mix after 100,000 updates and deletes: median latency, relative to before | 1.20 |  | <= 2 |\n\
            | mix after 100,000 updates and deletes: p99 latency, relative to before | 1.20 |  | <= 2 |\n\
            | mix after 100,000 updates and deletes: median CPU, relative to before | 1.20 |  | <= 2 |\n\
            | mix after 100,000 updates and deletes: p99 CPU, relative to before | 1.20 |  | <= 2 |\n\
            | mix: median CPU, relative to 1M |  | 1.50 | <= 2 |\n\
            | mix: mean CPU, relative to 1M |  | 1.50 | <= 2 |\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
