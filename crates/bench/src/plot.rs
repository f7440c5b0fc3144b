//! Draws recorded results, and writes them as a table.

use std::{
    collections::BTreeSet,
    fs,
    io::Write,
    ops::Range,
    path::{Path, PathBuf},
};

use anyhow::Context;
use plotters::{
    coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged},
    prelude::*,
};

use crate::{
    queries::{MIX, SORT_NAMES},
    report::{self, ALL, RUN},
    stats::{Line, Measured, Way},
};

const SIZE: (u32, u32) = (900, 480);
/// Where the names of the lines stand.
const LEGEND: i32 = 650;
const FONT: (&str, u32) = ("sans-serif", 14);
/// Dark enough for a white background, which is drawn, so that pages of any colour can show it.
const COLOURS: [RGBColor; 10] = [
    RGBColor(31, 119, 180),
    RGBColor(214, 39, 40),
    RGBColor(44, 140, 44),
    RGBColor(230, 110, 0),
    RGBColor(148, 103, 189),
    RGBColor(140, 86, 75),
    RGBColor(227, 90, 190),
    RGBColor(0, 150, 165),
    RGBColor(160, 160, 20),
    RGBColor(80, 80, 80),
];

/// Named points, from left to right.
struct Series {
    name: String,
    colour: RGBColor,
    /// What is drawn beside what is meant.
    dashed: bool,
    points: Vec<(f64, f64)>,
}

/// Microseconds over a scale of its own.
struct Chart {
    title: String,
    x_title: &'static str,
    x_label: fn(f64) -> String,
    /// Where the scale has its marks.
    x_marks: Vec<f64>,
    series: Vec<Series>,
}

/// Reads results, draws them into `directory`, and writes a table.
pub fn draw(results: &[PathBuf], directory: &Path, out: &mut impl Write) -> anyhow::Result<()> {
    let mut lines = Vec::new();
    for path in results {
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        for (number, line) in text.lines().enumerate() {
            let line = serde_json::from_str(line).with_context(|| format!("{}:{}", path.display(), number + 1))?;
            lines.push(line);
        }
    }
    fs::create_dir_all(directory)?;
    for (name, chart) in charts(&lines) {
        fs::write(directory.join(format!("{name}.svg")), chart.svg()?)?;
    }
    report::tables(&lines, out)
}

fn charts(lines: &[Line]) -> Vec<(String, Chart)> {
    let mix: Vec<&str> = MIX.iter().map(|(kind, _)| *kind).chain([ALL]).collect();
    let kinds = lines.iter().filter_map(|line| match line {
        Line::Measured(Measured { run, way: Way::Alone, kind, .. }) if run == RUN => Some(kind.as_str()),
        _ => None,
    });
    let others = kinds.filter(|kind| !mix.contains(kind) && !SORT_NAMES.contains(kind));
    let (pages, others): (BTreeSet<&str>, BTreeSet<&str>) = others.partition(|kind| kind.contains(" page "));
    let [pages, others] = [pages, others].map(|kinds| kinds.into_iter().collect::<Vec<_>>());
    let cost = |name: &str, what: &str, kinds: &[&str], of| {
        (name.to_owned(), cost(&format!("{what}: CPU time of a request"), lines, kinds, of))
    };
    let mut charts = vec![
        cost("cost-mix", "The mix, median", &mix, |cpu| cpu.p50),
        cost("cost-mix-p99", "The mix, p99", &mix, |cpu| cpu.p99),
        cost("cost-kinds", "By themselves, median", &others, |cpu| cpu.p50),
        cost("cost-kinds-p99", "By themselves, p99", &others, |cpu| cpu.p99),
        cost("cost-sorts", "Everything sorted, median", &SORT_NAMES, |cpu| cpu.p50),
        cost("cost-pages", "First and far pages, median", &pages, |cpu| cpu.p50),
    ];
    for movies in report::sizes(lines) {
        charts.push((format!("latency-{movies}"), latency(lines, movies, &mix)));
    }
    charts.retain(|(_, chart)| chart.series.iter().any(|series| !series.points.is_empty()));
    charts
}

/// The last result of a kind at each size, and what a plain index takes for the same, where it was asked.
fn cost(title: &str, lines: &[Line], kinds: &[&str], of: fn(&crate::stats::Summary) -> f64) -> Chart {
    let sizes = report::sizes(lines);
    let series = |way, kind: &str, name: String, colour| {
        let at = |movies: &u64| {
            let measured = report::measured(&of_run(lines, *movies), way, kind)?;
            Some(((*movies as f64).log10(), of(measured.cpu.as_ref()?)))
        };
        Series { name, colour, dashed: way != Way::Alone, points: sizes.iter().filter_map(at).collect() }
    };
    let coloured = || kinds.iter().zip(COLOURS.iter().copied().cycle());
    let ours = coloured().map(|(kind, colour)| series(Way::Alone, kind, (*kind).to_owned(), colour));
    let plain = coloured().map(|(kind, colour)| series(Way::Tantivy, kind, format!("plain: {kind}"), colour));
    let bare = [series(Way::BareAlone, "bare", "bare handler".to_owned(), BLACK)];
    Chart {
        title: title.to_owned(),
        x_title: "movies",
        x_label: |log| report::millions(10_f64.powf(log).round() as u64),
        x_marks: sizes.iter().map(|movies| (*movies as f64).log10()).collect(),
        series: ours.chain(plain).chain(bare).collect(),
    }
}

/// How long so many of the requests at a fixed rate took at most.
fn latency(lines: &[Line], movies: u64, kinds: &[&str]) -> Chart {
    let lines = of_run(lines, movies);
    let series = |(kind, colour): (&&str, &RGBColor)| {
        let measured = report::measured(&lines, Way::Open, kind);
        let points = measured.map_or(Vec::new(), |measured| {
            // Behind all but the slowest, there is only the slowest.
            let slowest = 1.0 - 1.0 / (measured.requests.max(2) as f64);
            let points = measured.latency.points.iter().filter(|(share, _)| *share < slowest || *share == 1.0);
            points.map(|(share, took)| (-(1.0 - share.min(slowest)).log10(), *took)).collect()
        });
        Series { name: (*kind).to_owned(), colour: *colour, dashed: false, points }
    };
    Chart {
        title: format!("The mix at a fixed rate, {} movies: latency", report::millions(movies)),
        x_title: "share of the requests that took no longer",
        x_label: |nines| match nines.round() as i32 {
            0 => "0".to_owned(),
            nines => format!("{:.*} %", (nines - 2).max(0) as usize, 100.0 - 100.0 / 10_f64.powi(nines)),
        },
        x_marks: vec![0.0, 1.0, 2.0, 3.0, 4.0],
        series: kinds.iter().zip(&COLOURS).map(series).collect(),
    }
}

fn of_run(lines: &[Line], movies: u64) -> Vec<&Line> {
    let of_run = |line: &&Line| matches!(line, Line::Measured(of) if of.run == RUN && of.movies == movies);
    lines.iter().filter(of_run).collect()
}

impl Chart {
    fn svg(mut self) -> anyhow::Result<String> {
        self.series.retain(|series| !series.points.is_empty());
        // The names stand in the order in which the lines end.
        let last = |series: &Series| series.points.last().map_or(0.0, |(_, y)| *y);
        self.series.sort_by(|a, b| last(b).total_cmp(&last(a)));
        let mut svg = String::new();
        {
            let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
            self.draw(&area).map_err(|e| anyhow::anyhow!("{}: {e}", self.title))?;
        }
        Ok(svg)
    }

    fn draw(&self, area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>) -> Result<(), String> {
        let failed = |e: DrawingAreaErrorKind<std::io::Error>| e.to_string();
        area.fill(&WHITE).map_err(failed)?;
        let mut chart = ChartBuilder::on(area)
            .caption(&self.title, (FONT.0, 17))
            .margin(12)
            .margin_right(SIZE.0 as i32 - LEGEND + 12)
            .x_label_area_size(44)
            .y_label_area_size(64)
            .build_cartesian_2d(
                Marked { range: self.x_range(), marks: self.x_marks.clone() },
                self.y_range().log_scale(),
            )
            .map_err(failed)?;
        chart
            .configure_mesh()
            .light_line_style(RGBColor(240, 240, 240))
            .bold_line_style(RGBColor(215, 215, 215))
            .axis_style(RGBColor(110, 110, 110))
            .label_style(FONT)
            .x_desc(self.x_title)
            .x_label_formatter(&|x| (self.x_label)(*x))
            .y_label_formatter(&|micros| duration(*micros))
            .draw()
            .map_err(failed)?;
        for (i, series) in self.series.iter().enumerate() {
            let style = series.colour.stroke_width(2);
            let points = series.points.iter().copied();
            if series.dashed {
                chart.draw_series(DashedLineSeries::new(points.clone(), 5, 5, style)).map_err(failed)?;
            } else {
                chart.draw_series(LineSeries::new(points.clone(), style)).map_err(failed)?;
            }
            let dots = points.map(|point| Circle::new(point, 3, series.colour.filled()));
            chart.draw_series(dots).map_err(failed)?;
            let y = 48 + 18 * i as i32;
            let width = if series.dashed { 7 } else { 18 };
            for x in (LEGEND..LEGEND + 18).step_by(width + 4) {
                let end = (x + width as i32, y + 7);
                area.draw(&PathElement::new([(x, y + 7), end], style)).map_err(failed)?;
            }
            area.draw(&Text::new(series.name.as_str(), (LEGEND + 24, y), (FONT.0, 13).into_font())).map_err(failed)?;
        }
        area.present().map_err(failed)
    }

    fn points(&self) -> impl Iterator<Item = (f64, f64)> {
        self.series.iter().flat_map(|series| series.points.iter().copied())
    }

    fn x_range(&self) -> Range<f64> {
        let (least, most) = bounds(self.points().map(|(x, _)| x));
        let margin = (most - least).max(0.1) * 0.04;
        least - margin..most + margin
    }

    /// Whole powers of ten.
    fn y_range(&self) -> Range<f64> {
        let (least, most) = bounds(self.points().map(|(_, y)| y.max(0.1)));
        let power = |exponent: f64| 10_f64.powi(exponent as i32);
        power(least.log10().floor())..power(most.log10().floor() + 1.0)
    }
}

/// A linear scale with marks where they are wanted.
struct Marked {
    range: Range<f64>,
    marks: Vec<f64>,
}

impl Ranged for Marked {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let share = (value - self.range.start) / (self.range.end - self.range.start);
        limit.0 + (share * f64::from(limit.1 - limit.0)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        // The finer lines would be between them.
        let marks = if hint.weight().allow_light_points() { &[][..] } else { &self.marks };
        marks.iter().copied().filter(|mark| self.range.contains(mark)).collect()
    }

    fn range(&self) -> Range<f64> {
        self.range.clone()
    }
}

fn bounds(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::MAX, f64::MIN), |(least, most), value| (least.min(value), most.max(value)))
}

fn duration(micros: f64) -> String {
    match micros {
        1e6.. => format!("{} s", micros / 1e6),
        1e3.. => format!("{} ms", micros / 1e3),
        _ => format!("{micros} µs"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::line;

    #[test]
    fn the_same_results_give_the_same_pictures() {
        let lines: Vec<Line> = [1_000_000, 5_000_000]
            .into_iter()
            .flat_map(|movies| {
                let ways =
                    [(Way::Alone, ALL), (Way::Open, "title"), (Way::Alone, "sort by id"), (Way::Tantivy, "sort by id")];
                ways.map(|(way, kind)| line(RUN, movies, way, kind, movies / 1_000))
            })
            .collect();
        let directory = tempfile::tempdir().unwrap();
        let results = directory.path().join("results.jsonl");
        let text: Vec<String> = lines.iter().map(|line| serde_json::to_string(line).unwrap()).collect();
        fs::write(&results, text.join("\n")).unwrap();
        let pictures = |name: &str| {
            let directory = directory.path().join(name);
            let mut table = Vec::new();
            draw(std::slice::from_ref(&results), &directory, &mut table).unwrap();
            let mut paths: Vec<PathBuf> = fs::read_dir(&directory).unwrap().map(|e| e.unwrap().path()).collect();
            paths.sort();
            let names: Vec<String> =
                paths.iter().map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
            (names, paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect::<Vec<_>>(), table)
        };
        let first = pictures("a");
        assert_eq!(first, pictures("b"));
        let names = ["cost-mix-p99", "cost-mix", "cost-sorts", "latency-1000000", "latency-5000000"];
        assert_eq!(first.0, names);
        assert!(first.1[2].contains("plain: sort by id") && first.1[2].contains("5M"));
        assert!(draw(&[directory.path().join("none")], directory.path(), &mut Vec::new()).is_err());
    }

    #[test]
    fn durations_have_units() {
        assert_eq!([0.1, 10.0, 1e3, 1e7].map(duration), ["0.1 µs", "10 µs", "1 ms", "10 s"]);
    }
}
