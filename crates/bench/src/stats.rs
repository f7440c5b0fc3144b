//! What was measured, in numbers that can be compared, and the lines in which it is recorded.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The shares of requests at which a distribution is recorded.
const POINTS: [f64; 16] =
    [0.0, 0.1, 0.25, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975, 0.99, 0.995, 0.9975, 0.999, 0.9999, 1.0];

/// A line of a file of results.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Line {
    Measured(Measured),
    Figure(Figure),
}

/// Requests of one kind that were sent in one way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The name of the run.
    pub run: String,
    /// The size of the catalogue.
    pub movies: u64,
    pub way: Way,
    pub kind: String,
    pub requests: u64,
    /// Requests that were not answered with 200, or with what cannot be true.
    pub failures: u64,
    pub per_second: f64,
    /// In microseconds.
    pub latency: Summary,
    /// CPU time of the server for each request, in microseconds; only for requests that were alone.
    pub cpu: Option<Summary>,
    /// CPU time of the server for a request on average, in microseconds.
    pub mean_cpu: Option<f64>,
    /// The share of the queries for one movie whose answer has it, and has it in the first three places.
    pub found: Option<Found>,
}

/// A single number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    pub run: String,
    pub movies: u64,
    pub figure: String,
    pub value: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// One request at a time.
    Alone,
    /// Each connection sends its next request when the last one is answered.
    Closed,
    /// Requests are sent when they are due, whether or not others are answered.
    Open,
    /// Of the handler that does nothing, one request at a time.
    BareAlone,
    /// Of the handler that does nothing.
    BareClosed,
    /// Of a plain index, without HTTP.
    Tantivy,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Found {
    pub asked: u64,
    pub anywhere: f64,
    pub in_first_3: f64,
}

/// A distribution, in microseconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    pub mean: f64,
    pub p50: f64,
    pub p95: f64,
    pub p99: f64,
    pub max: f64,
    /// Shares of requests, each with what so many of them did not exceed.
    pub points: Vec<(f64, f64)>,
}

impl Summary {
    pub fn of(durations: impl IntoIterator<Item = Duration>) -> Self {
        let mut sorted: Vec<Duration> = durations.into_iter().collect();
        sorted.sort_unstable();
        let at = |share| micros(percentile(&sorted, share));
        let total: Duration = sorted.iter().sum();
        Self {
            mean: micros(total.div_f64(sorted.len().max(1) as f64)),
            p50: at(0.5),
            p95: at(0.95),
            p99: at(0.99),
            max: at(1.0),
            points: POINTS.map(|share| (share, at(share))).to_vec(),
        }
    }
}

/// The least of the sorted values that `share` of them do not exceed.
fn percentile(sorted: &[Duration], share: f64) -> Duration {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.max(1) - 1).or(sorted.last()).copied().unwrap_or_default()
}

fn micros(duration: Duration) -> f64 {
    (duration.as_nanos() as f64 / 100.0).round() / 10.0
}

/// With two or three digits, for people.
pub fn ratio(ratio: f64) -> String {
    match ratio {
        _ if !ratio.is_finite() => "-".to_owned(),
        ..10.0 => format!("{ratio:.2}"),
        ..100.0 => format!("{ratio:.1}"),
        _ => format!("{ratio:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_occurred() {
        let summary = Summary::of((1..=1_000).rev().map(Duration::from_micros));
        assert_eq!((summary.p50, summary.p95, summary.p99, summary.max), (500.0, 950.0, 990.0, 1_000.0));
        assert_eq!((summary.mean, summary.points[0]), (500.5, (0.0, 1.0)));
        let one = Summary::of([Duration::from_nanos(1_260)]);
        assert_eq!((one.p50, one.p99, one.max), (1.3, 1.3, 1.3));
        assert_eq!(Summary::of([]).max, 0.0);
    }

    #[test]
    fn ratios_are_short() {
        assert_eq!([1.0 / 3.0, 100.0 / 3.0, 1_000.0 / 3.0, 1.0 / 0.0].map(ratio), ["0.33", "33.3", "333", "-"]);
    }

    #[test]
    fn lines_are_told_apart() {
        let lines = [
            Line::Figure(Figure { run: "a".into(), movies: 1, figure: "b".into(), value: 2.5 }),
            Line::Measured(Measured {
                run: "a".into(),
                movies: 1,
                way: Way::BareAlone,
                kind: "c".into(),
                requests: 1,
                failures: 0,
                per_second: 2.0,
                latency: Summary::of([Duration::from_micros(3)]),
                cpu: None,
                mean_cpu: None,
                found: None,
            }),
        ];
        for line in lines {
            let text = serde_json::to_string(&line).unwrap();
            assert_eq!(serde_json::from_str::<Line>(&text).unwrap(), line, "{text}");
        }
    }
}
