//! Charts as SVG. plotters makes the scales and draws what stands behind; templates draw the shapes, each a link, and
//! style sheets give all of it its colours.

use std::ops::Range;

use plotters::{
    chart::ChartContext,
    coord::{
        CoordTranslate, Shift,
        cartesian::Cartesian2d,
        ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter},
    },
    prelude::{ChartBuilder, DrawingArea, IntoDrawingArea, SVGBackend},
};

use crate::problem::Problem;

const WIDTH: u32 = 640;
const COLUMNS_HEIGHT: u32 = 280;
const GRID_HEIGHT: u32 = 440;
/// The height of one row.
const ROW: u32 = 26;
/// What the labels of the lower scale need.
const LOWER: u32 = 28;
/// What its title needs.
const TITLE: u32 = 20;
/// About the width of a digit.
const DIGIT: u32 = 8;
/// The width of the names of rows, and the most characters for which that is enough.
const NAMES: u32 = 180;
const NAME_CHARS: usize = 22;
/// How many shades fields have.
const SHADES: f64 = 5.0;

/// What is drawn, but for its place.
pub struct Bar {
    /// What it stands for, on the scale.
    pub label: String,
    /// The same in full, with the number.
    pub title: String,
    /// The listing of what was counted.
    pub href: String,
    pub count: u64,
    /// How the count is written.
    pub number: String,
}

/// How people read.
pub struct Look<'a> {
    /// Whether scales go from right to left.
    pub mirrored: bool,
    /// Writes a number of a scale.
    pub number: &'a dyn Fn(u64) -> String,
}

/// A chart, ready for its template.
pub struct Chart {
    pub width: u32,
    pub height: u32,
    /// Scales and lines, as SVG.
    pub mesh: String,
    pub shapes: Vec<Shape>,
}

/// A link to what it stands for.
pub struct Shape {
    pub href: String,
    pub title: String,
    pub class: &'static str,
    pub area: Area,
    /// Where it can be clicked.
    pub reach: Area,
    pub texts: Vec<Label>,
}

pub struct Area {
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
}

impl Area {
    fn between((x0, y0): (i32, i32), (x1, y1): (i32, i32)) -> Self {
        Self { x: x0.min(x1), y: y0.min(y1), width: (x1 - x0).abs(), height: (y1 - y0).abs() }
    }

    /// A little smaller, so that neighbours do not touch.
    fn inset(self, x: i32, y: i32) -> Self {
        Self { x: self.x + x, y: self.y + y, width: (self.width - 2 * x).max(1), height: (self.height - 2 * y).max(1) }
    }
}

pub struct Label {
    pub x: i32,
    pub y: i32,
    /// `start`, `middle` or `end`.
    pub anchor: &'static str,
    pub text: String,
}

/// Columns side by side. `labels` stand below the places given, the first column being from 0 to 1.
pub fn columns(bars: Vec<Bar>, labels: &[(f64, String)], look: &Look<'_>) -> Result<Chart, Problem> {
    let most = bars.iter().map(|bar| bar.count).max().unwrap_or_default();
    let (marks, top) = scale(most);
    let horizontal = Scale::new(bars.len() as f64, look.mirrored, labels.iter().map(|(at, _)| *at).collect());
    let vertical = Scale::new(top * 1.08, false, marks);
    let mut shapes = Vec::new();
    let numbers = DIGIT * (look.number)(top as u64).chars().count() as u32 + 12;
    let mesh = drawn((WIDTH, COLUMNS_HEIGHT), |area| {
        let mut builder = ChartBuilder::on(area);
        builder.margin(12).x_label_area_size(LOWER);
        let builder =
            if look.mirrored { builder.right_y_label_area_size(numbers) } else { builder.y_label_area_size(numbers) };
        let mut chart = builder.build_cartesian_2d(horizontal, vertical).map_err(failed)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .label_style(("sans-serif", 15))
            .x_label_formatter(&|at| {
                labels.iter().find(|(place, _)| place == at).map_or("", |(_, text)| text).to_owned()
            })
            .y_label_formatter(&|number| (look.number)(*number as u64))
            .draw()
            .map_err(failed)?;
        let at = |x: f64, y: f64| place(&chart, x, y);
        for (i, bar) in bars.into_iter().enumerate().filter(|(_, bar)| bar.count > 0) {
            let x = i as f64;
            let area = Area::between(at(x, bar.count as f64), at(x + 1.0, 0.0)).inset(3, 0);
            let reach = Area::between(at(x, top), at(x + 1.0, 0.0));
            let number = Label { x: area.x + area.width / 2, y: area.y - 4, anchor: "middle", text: bar.number };
            shapes.push(Shape {
                href: bar.href,
                title: bar.title,
                class: "bar",
                texts: short(number, reach.width),
                area,
                reach,
            });
        }
        Ok(())
    })?;
    Ok(Chart { width: WIDTH, height: COLUMNS_HEIGHT, mesh, shapes })
}

/// Rows below each other, with their names beside them.
pub fn rows(bars: Vec<Bar>, look: &Look<'_>) -> Result<Chart, Problem> {
    let most = bars.iter().map(|bar| bar.count).max().unwrap_or_default();
    let (marks, top) = scale(most);
    let count = bars.len() as f64;
    let height = bars.len() as u32 * ROW + LOWER + 12;
    // Room for the number behind the longest one.
    let horizontal = Scale::new(top * 1.12, look.mirrored, marks);
    let vertical = Scale::new(count, false, Vec::new());
    let mut shapes = Vec::new();
    let mesh = drawn((WIDTH, height), |area| {
        let mut builder = ChartBuilder::on(area);
        builder.margin(6).x_label_area_size(LOWER);
        let builder = if look.mirrored { builder.margin_right(NAMES) } else { builder.margin_left(NAMES) };
        let mut chart = builder.build_cartesian_2d(horizontal, vertical).map_err(failed)?;
        chart
            .configure_mesh()
            .disable_y_mesh()
            .label_style(("sans-serif", 15))
            .x_label_formatter(&|number| (look.number)(*number as u64))
            .draw()
            .map_err(failed)?;
        let at = |x: f64, y: f64| place(&chart, x, y);
        for (i, bar) in bars.into_iter().enumerate() {
            let y = count - i as f64;
            let area = Area::between(at(0.0, y), at(bar.count as f64, y - 1.0)).inset(0, 3);
            let (name_at, number_at) = if look.mirrored {
                ((area.x + area.width + 8, "start"), (area.x - 6, "end"))
            } else {
                ((area.x - 8, "end"), (area.x + area.width + 6, "start"))
            };
            let middle = area.y + area.height / 2 + 4;
            let label = |(x, anchor), text| Label { x, y: middle, anchor, text };
            shapes.push(Shape {
                href: bar.href,
                title: bar.title,
                class: "bar",
                reach: Area { x: 0, width: WIDTH as i32, ..Area::between(at(0.0, y), at(0.0, y - 1.0)) },
                area,
                texts: vec![label(name_at, shortened(&bar.label)), label(number_at, bar.number)],
            });
        }
        Ok(())
    })?;
    Ok(Chart { width: WIDTH, height, mesh, shapes })
}

/// The scale of one side of a grid: its title, and the labels of the lines between its fields.
pub struct Side<'a> {
    pub title: String,
    pub label: &'a dyn Fn(usize) -> String,
}

/// Fields in rows and columns, the more is in them the darker; the first row is the lowest.
pub fn grid(
    rows: Vec<Vec<Bar>>,
    horizontal: &Side<'_>,
    vertical: &Side<'_>,
    look: &Look<'_>,
) -> Result<Chart, Problem> {
    let columns = rows.first().map_or(0, Vec::len);
    let most = rows.iter().flatten().map(|bar| bar.count).max().unwrap_or_default().max(1) as f64;
    let lines = |count: usize| (0..=count).map(|line| line as f64).collect();
    let (x, y) = (
        Scale::new(columns as f64, look.mirrored, lines(columns)),
        Scale::new(rows.len() as f64, false, lines(rows.len())),
    );
    let mut shapes = Vec::new();
    let mesh = drawn((WIDTH, GRID_HEIGHT), |area| {
        let mut builder = ChartBuilder::on(area);
        builder.margin(12).x_label_area_size(LOWER + TITLE);
        let numbers = 4 * DIGIT + TITLE + 8;
        let builder =
            if look.mirrored { builder.right_y_label_area_size(numbers) } else { builder.y_label_area_size(numbers) };
        let mut chart = builder.build_cartesian_2d(x, y).map_err(failed)?;
        chart
            .configure_mesh()
            .label_style(("sans-serif", 15))
            .x_desc(&horizontal.title)
            .y_desc(&vertical.title)
            .x_label_formatter(&|line| (horizontal.label)(*line as usize))
            .y_label_formatter(&|line| (vertical.label)(*line as usize))
            .draw()
            .map_err(failed)?;
        let at = |x: usize, y: usize| place(&chart, x as f64, y as f64);
        for (y, row) in rows.into_iter().enumerate() {
            for (x, bar) in row.into_iter().enumerate().filter(|(_, bar)| bar.count > 0) {
                let reach = Area::between(at(x, y), at(x + 1, y + 1));
                let area = Area::between(at(x, y), at(x + 1, y + 1)).inset(1, 1);
                // By the root, so that the many fields with little in them differ, too.
                let shade = ((bar.count as f64 / most).sqrt() * SHADES).ceil();
                let middle = (reach.x + reach.width / 2, reach.y + reach.height / 2 + 4);
                let number = Label { x: middle.0, y: middle.1, anchor: "middle", text: bar.number };
                let class = match shade as u8 {
                    0 | 1 => "shade-1",
                    2 => "shade-2",
                    3 => "shade-3",
                    4 => "shade-4",
                    _ => "shade-5",
                };
                let texts = short(number, reach.width);
                shapes.push(Shape { href: bar.href, title: bar.title, class, area, reach, texts });
            }
        }
        Ok(())
    })?;
    Ok(Chart { width: WIDTH, height: GRID_HEIGHT, mesh, shapes })
}

/// What is drawn, without the element around it.
fn drawn(
    size: (u32, u32),
    draw: impl FnOnce(&DrawingArea<SVGBackend<'_>, Shift>) -> Result<(), Problem>,
) -> Result<String, Problem> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        draw(&area)?;
        area.present().map_err(failed)?;
    }
    let begin = svg.find('>').map_or(0, |end| end + 1);
    Ok(svg.get(begin..).unwrap_or_default().trim_end().trim_end_matches("</svg>").to_owned())
}

fn failed(error: impl std::fmt::Display) -> Problem {
    Problem::internal(format!("a chart cannot be drawn: {error}"))
}

fn place(chart: &ChartContext<'_, SVGBackend<'_>, Cartesian2d<Scale, Scale>>, x: f64, y: f64) -> (i32, i32) {
    chart.as_coord_spec().translate(&(x, y))
}

/// A number where it has room.
fn short(label: Label, room: i32) -> Vec<Label> {
    let width = label.text.chars().count() as i32 * DIGIT as i32;
    if width <= room { vec![label] } else { Vec::new() }
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= NAME_CHARS {
        return name.to_owned();
    }
    let begin: String = name.chars().take(NAME_CHARS - 1).collect();
    format!("{}…", begin.trim_end())
}

/// Marks at round numbers from 0 to at least `most`, which are few, and the last of them.
fn scale(most: u64) -> (Vec<f64>, f64) {
    const MOST_MARKS: u64 = 5;
    let powers = (0..19).map(|exponent| 10_u64.pow(exponent));
    let mut steps = powers.flat_map(|power| [1, 2, 5].map(|digit| power.saturating_mul(digit)));
    let step = steps.find(|step| most.div_ceil(*step) <= MOST_MARKS).unwrap_or(u64::MAX);
    let count = most.div_ceil(step).max(1);
    let marks = (0..=count).map(|mark| (mark * step) as f64).collect();
    (marks, (count * step) as f64)
}

/// A linear scale from 0, with marks where they are wanted.
struct Scale {
    end: f64,
    mirrored: bool,
    marks: Vec<f64>,
}

impl Scale {
    fn new(end: f64, mirrored: bool, marks: Vec<f64>) -> Self {
        Self { end, mirrored, marks }
    }
}

impl Ranged for Scale {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let share = value / self.end;
        let share = if self.mirrored { 1.0 - share } else { share };
        limit.0 + (share * f64::from(limit.1 - limit.0)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        // The finer lines would be between them.
        if hint.weight().allow_light_points() { Vec::new() } else { self.marks.clone() }
    }

    fn range(&self) -> Range<f64> {
        0.0..self.end
    }
}

impl ValueFormatter<f64> for Scale {
    fn format(value: &f64) -> String {
        value.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(count: u64) -> Bar {
        let text = |prefix: &str| format!("{prefix}{count}");
        Bar { label: text("label "), title: text("title "), href: text("/listing?n="), count, number: text("") }
    }

    fn look(mirrored: bool) -> Look<'static> {
        Look { mirrored, number: &|number| number.to_string() }
    }

    #[test]
    fn a_scale_has_few_round_marks_up_to_the_most() {
        for (most, expected) in [
            (0, &[0.0, 1.0][..]),
            (1, &[0.0, 1.0]),
            (5, &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]),
            (6, &[0.0, 2.0, 4.0, 6.0]),
            (594, &[0.0, 200.0, 400.0, 600.0]),
        ] {
            assert_eq!(scale(most).0, expected, "{most}");
        }
        assert!(scale(25_000_000).0.len() <= 6 && scale(25_000_000).1 >= 25_000_000.0);
        assert!(scale(u64::MAX / 4).1 >= (u64::MAX / 4) as f64);
    }

    #[test]
    fn what_is_twice_as_many_is_twice_as_high() {
        let labels = [(0.5, "a".to_owned()), (1.5, "b".to_owned())];
        let chart = columns(vec![bar(40), bar(20), bar(0)], &labels, &look(false)).unwrap();
        let heights: Vec<_> = chart.shapes.iter().map(|shape| shape.area.height).collect();
        assert!(heights.len() == 2 && (heights[0] - 2 * heights[1]).abs() <= 2, "{heights:?}");
        assert!(chart.mesh.contains("<line") && !chart.mesh.contains("svg"), "{}", chart.mesh);
        assert!(!chart.mesh.contains("style="), "the policy of pages allows no inline style");
        for label in ["a", "b", "40", "20"] {
            assert!(chart.mesh.contains(&format!("\n{label}\n")), "{label}: {}", chart.mesh);
        }
    }

    #[test]
    fn mirrored_charts_begin_at_the_right() {
        let first = |mirrored| {
            let rows = rows(vec![bar(3), bar(1)], &look(mirrored)).unwrap().shapes;
            let columns = columns(vec![bar(3), bar(1)], &[], &look(mirrored)).unwrap().shapes;
            let side = Side { title: "side".to_owned(), label: &|line| line.to_string() };
            let grid = grid(vec![vec![bar(3), bar(1)]], &side, &side, &look(mirrored)).unwrap().shapes;
            assert!(rows[0].area.width > 2 * rows[1].area.width, "of three, and of one");
            [columns, grid].map(|shapes| shapes[0].area.x < shapes[1].area.x)
        };
        assert_eq!(first(false), [true, true]);
        assert_eq!(first(true), [false, false]);
    }

    #[test]
    fn everything_is_within_the_chart() {
        let side = Side { title: "side".to_owned(), label: &|line| line.to_string() };
        let many = || (0..30).map(|count| bar(count * 1_000_000)).collect::<Vec<_>>();
        for mirrored in [false, true] {
            for chart in [
                columns(many(), &[], &look(mirrored)).unwrap(),
                rows(many(), &look(mirrored)).unwrap(),
                grid(vec![many(), many()], &side, &side, &look(mirrored)).unwrap(),
            ] {
                for Shape { area: Area { x, y, width, height }, .. } in &chart.shapes {
                    let inside =
                        *x >= 0 && *y >= 0 && x + width <= chart.width as i32 && y + height <= chart.height as i32;
                    assert!(inside && *width > 0 && *height > 0, "{x} {y} {width} {height}");
                }
            }
        }
    }

    #[test]
    fn long_names_are_cut() {
        assert_eq!(shortened("Drama"), "Drama");
        assert_eq!(shortened("A genre with quite a long name"), "A genre with quite a…");
    }
}
