//! `/metrics`: what happens in the server, for Prometheus.
//!
//! What requests do is counted as they do it, by atomic counters that are found without a lock and without allocating.
//! What can be asked for is looked up when somebody asks: see `sampled`.
//!
//! The number of series is bounded: labels have the values that are written here, and the paths and methods of
//! [`routes::endpoints`]. What a client makes up counts as `OTHER`.

mod process;

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, StatusCode, header},
};
use domain::{Error, import::Counts, matching::Reach, ports::Watcher};
use prometheus::{
    Encoder, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry, TextEncoder,
    core::Collector, proto::MetricFamily,
};

use crate::{
    endpoint::{Endpoint, Route},
    problem::Problem,
    routes,
    state::{AppState, State},
    telemetry,
};

/// Between half a millisecond and ten seconds.
const SECONDS: [f64; 14] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// What stands for a path that is none of ours, and for a method that nobody knows.
const OTHER: &str = "other";

const METHODS: [Method; 7] =
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];

const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// The statuses that HTTP has room for.
const CODES: std::ops::Range<u16> = 100..600;

/// How far a search had to go: not at all where no words are searched, else the names of [`Reach`].
const STAGES: [&str; 5] = ["none", "exact", "prefix", "typo", "inside"];

/// Says to the handler that its server has an address of its own for metrics, and this is it.
#[derive(Clone, Copy)]
pub struct OwnAddress;

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::at("/metrics").get(show).ignoring_tokens()]
}

/// What happens in the server
///
/// In the text format of Prometheus. `docs/operations.md` explains each metric.
#[utoipa::path(
    get, path = "/metrics", tag = "server", operation_id = "metrics",
    responses(
        (status = 200, description = "The metrics", content_type = "text/plain", body = String),
        (status = 404, description = "They have an address of their own (`server.metrics_address`)"),
    ),
)]
pub async fn show(state: State, request: HttpRequest) -> Result<HttpResponse, Problem> {
    if state.settings.server.metrics_address.is_some() && request.app_data::<OwnAddress>().is_none() {
        return Err(Problem::not_found("page"));
    }
    let encoder = TextEncoder::new();
    let mut families = state.metrics.registry.gather();
    families.extend(sampled(&state).map_err(Problem::internal)?);
    let mut text = Vec::new();
    encoder.encode(&families, &mut text).map_err(Problem::internal)?;
    let content_type = format!("{}; charset=utf-8", encoder.format_type());
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, content_type)).body(text))
}

/// The histograms of a path: for each method and class of status, made when it first occurs.
type Series = [[OnceLock<Histogram>; CLASSES.len()]; METHODS.len() + 1];

/// What is counted while it happens.
pub struct Metrics {
    registry: Registry,
    /// The paths, after [`OTHER`].
    paths: Vec<&'static str>,
    /// In the order of the paths.
    series: Vec<Series>,
    requests: HistogramVec,
    /// In the order of [`CODES`].
    codes: Vec<OnceLock<IntCounter>>,
    responses: IntCounterVec,
    in_flight: IntGauge,
    searches: [Histogram; STAGES.len()],
    pub cache_hits: IntCounter,
    pub cache_misses: IntCounter,
    logins: IntCounter,
    logins_refused: [IntCounter; 2],
    registrations: IntCounter,
    /// Created, updated, unchanged, rejected.
    imported: [IntCounter; 4],
}

impl Metrics {
    /// Nothing has happened yet.
    pub fn new() -> prometheus::Result<Self> {
        let registry = Registry::new();
        let requests = histogram(
            "marquee_http_request_duration_seconds",
            "How long requests took until the answer's head was sent.",
            &["route", "method", "status"],
        )?;
        let responses = counters("marquee_http_responses_total", "Answers by status code.", &["code"])?;
        let in_flight = IntGauge::new("marquee_http_requests_in_flight", "Requests that are not answered yet.")?;
        let searches = histogram(
            "marquee_search_duration_seconds",
            "How long lists took to be found, by how far the words searched for had to be stretched.",
            &["stage"],
        )?;
        let lookups = counters("marquee_movie_cache_lookups_total", "Movies asked for by id.", &["result"])?;
        let logins = IntCounter::new("marquee_logins_total", "Logins that succeeded.")?;
        let refused = counters("marquee_logins_refused_total", "Logins that were refused, and why.", &["reason"])?;
        let registrations =
            IntCounter::new("marquee_registrations_total", "Accounts that people made for themselves.")?;
        let imported = counters(
            "marquee_import_records_total",
            "Records of feeds that this server loaded, by what became of them.",
            &["outcome"],
        )?;
        let collectors: [Box<dyn Collector>; 9] = [
            Box::new(requests.clone()),
            Box::new(responses.clone()),
            Box::new(in_flight.clone()),
            Box::new(searches.clone()),
            Box::new(lookups.clone()),
            Box::new(logins.clone()),
            Box::new(refused.clone()),
            Box::new(registrations.clone()),
            Box::new(imported.clone()),
        ];
        for collector in collectors {
            registry.register(collector)?;
        }
        let paths: Vec<_> = [OTHER].into_iter().chain(routes::endpoints().map(|endpoint| endpoint.path())).collect();
        Ok(Self {
            registry,
            series: paths.iter().map(|_| Series::default()).collect(),
            paths,
            requests,
            codes: CODES.map(|_| OnceLock::new()).collect(),
            responses,
            in_flight,
            searches: STAGES.map(|stage| searches.with_label_values(&[stage])),
            cache_hits: lookups.with_label_values(&["hit"]),
            cache_misses: lookups.with_label_values(&["miss"]),
            logins,
            logins_refused: ["credentials", "limit"].map(|reason| refused.with_label_values(&[reason])),
            registrations,
            imported: ["created", "updated", "unchanged", "rejected"]
                .map(|outcome| imported.with_label_values(&[outcome])),
        })
    }

    /// Notes that a request was answered. `route` is where it went, if that is anywhere.
    pub fn answered(&self, route: Option<Route>, method: &Method, status: StatusCode, took: Duration) {
        let path = route.map_or(0, |route| route.number + 1);
        let named = METHODS.iter().position(|known| known == method).unwrap_or(METHODS.len());
        let code = status.as_u16();
        let class = (code / 100).wrapping_sub(1) as usize;
        if let Some(series) = self.series.get(path).and_then(|methods| methods[named].get(class)) {
            let made = || {
                let name = METHODS.get(named).map_or(OTHER, Method::as_str);
                self.requests.with_label_values(&[self.paths[path], name, CLASSES[class]])
            };
            series.get_or_init(made).observe(took.as_secs_f64());
        }
        if let Some(counter) = self.codes.get(code.wrapping_sub(CODES.start) as usize) {
            counter.get_or_init(|| self.responses.with_label_values(&[&code.to_string()])).inc();
        }
    }

    /// Notes that a request is under way until the guard is dropped.
    pub fn request(self: &Arc<Self>) -> InFlight {
        self.in_flight.inc();
        InFlight(Arc::clone(self))
    }
}

/// A request under way.
pub struct InFlight(Arc<Metrics>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.dec();
    }
}

impl Watcher for Metrics {
    fn searched(&self, reach: Option<Reach>, took: Duration) {
        let stage = reach.map_or(0, |reach| reach as usize + 1);
        self.searches[stage].observe(took.as_secs_f64());
    }

    fn logged_in(&self, refused: Option<&Error>) {
        match refused {
            None => self.logins.inc(),
            Some(Error::WrongCredentials) => self.logins_refused[0].inc(),
            Some(Error::TooManyAttempts { .. }) => self.logins_refused[1].inc(),
            // It was not refused: it failed.
            Some(_) => {}
        }
    }

    fn registered(&self) {
        self.registrations.inc();
    }

    fn imported(&self, counts: Counts) {
        let counts = [counts.created, counts.updated, counts.unchanged, counts.rejected];
        for (counter, count) in self.imported.iter().zip(counts) {
            counter.inc_by(count);
        }
    }
}

fn histogram(name: &str, help: &str, labels: &[&str]) -> prometheus::Result<HistogramVec> {
    HistogramVec::new(HistogramOpts::new(name, help).buckets(SECONDS.to_vec()), labels)
}

fn counters(name: &str, help: &str, labels: &[&str]) -> prometheus::Result<IntCounterVec> {
    IntCounterVec::new(Opts::new(name, help), labels)
}

/// Metrics that have their values from elsewhere, as of now.
#[derive(Default)]
struct Sample(Vec<MetricFamily>);

impl Sample {
    fn gauge(&mut self, name: &str, help: &str, value: f64) -> prometheus::Result<()> {
        let gauge = prometheus::Gauge::new(name, help)?;
        gauge.set(value);
        self.0.extend(gauge.collect());
        Ok(())
    }

    fn counter(&mut self, name: &str, help: &str, value: f64) -> prometheus::Result<()> {
        let counter = prometheus::Counter::new(name, help)?;
        // It cannot count down, and its first value is 0.
        counter.inc_by(value.max(0.0));
        self.0.extend(counter.collect());
        Ok(())
    }

    fn info(&mut self, name: &str, help: &str, labels: &[(&str, &str)]) -> prometheus::Result<()> {
        let opts = labels.iter().fold(Opts::new(name, help), |opts, (name, value)| opts.const_label(*name, *value));
        let gauge = IntGauge::with_opts(opts)?;
        gauge.set(1);
        self.0.extend(gauge.collect());
        Ok(())
    }
}

/// What the parts of the server say of themselves. None of them is waited for.
fn sampled(state: &AppState) -> prometheus::Result<Vec<MetricFamily>> {
    let mut sample = Sample::default();
    let truth = |holds: bool| if holds { 1.0 } else { 0.0 };
    let number = |n: u64| n as f64;
    sample.info("marquee_build_info", "The program.", &[("version", env!("CARGO_PKG_VERSION"))])?;
    sample.counter("marquee_panics_total", "Panics, all of which are mistakes.", number(telemetry::panics()))?;

    let health = state.catalogue.health();
    let ready = state.phase.is_started() && health.ready && !state.phase.is_stopping();
    sample.gauge("marquee_ready", "Whether requests should be sent here.", truth(ready))?;
    sample.gauge("marquee_database_up", "Whether the database answers.", truth(health.database))?;
    sample.gauge("marquee_index_current", "Whether lists show what was written.", truth(health.current))?;

    if let Some(pool) = state.services.pool_stats() {
        sample.gauge("marquee_database_pool_size", "The most connections to the database.", number(pool.size))?;
        sample.gauge("marquee_database_connections", "Connections to the database.", number(pool.connections))?;
        sample.gauge("marquee_database_connections_idle", "Those that nobody uses.", number(pool.idle))?;
        sample.gauge("marquee_database_waiting", "Those who wait for a connection.", number(pool.waiting))?;
        sample.gauge(
            "marquee_database_writers_waiting",
            "Writes that wait for those before them.",
            number(pool.writers_waiting),
        )?;
        sample.counter(
            "marquee_database_timeouts_total",
            "Those who waited for a connection in vain.",
            number(pool.timeouts),
        )?;
    }

    let index = state.services.index_stats();
    sample.gauge("marquee_index_documents", "Movies that lists show.", number(index.documents))?;
    sample.gauge("marquee_index_segments", "Segments of the index.", number(index.segments))?;
    sample.gauge("marquee_index_bytes", "Size of the index's files.", number(index.bytes))?;
    sample.counter("marquee_index_commits_total", "Commits of the index.", number(index.commits))?;
    sample.counter(
        "marquee_index_commit_seconds_total",
        "How long the commits of the index took.",
        index.commit_time.as_secs_f64(),
    )?;
    let pending = index.last.saturating_sub(index.applied);
    sample.gauge("marquee_index_pending_changes", "Changes that lists do not show yet.", number(pending))?;
    sample.gauge(
        "marquee_index_lag_seconds",
        "For how long there have been changes that lists do not show.",
        index.lag.as_secs_f64(),
    )?;
    sample.gauge("marquee_changes_last_seq", "The last change that is known of.", number(index.last))?;
    sample.gauge("marquee_changes_applied_seq", "The last change that lists show.", number(index.applied))?;
    sample.gauge("marquee_change_streams_open", "Clients that follow the changes.", number(state.feed.streams()))?;

    let (movies, bytes) = state.movies.cached();
    sample.gauge("marquee_movie_cache_movies", "Movies in the cache of movies by id.", number(movies))?;
    sample.gauge("marquee_movie_cache_bytes", "Size of the cache of movies by id.", number(bytes))?;
    let (imports, exports) = state.transfers();
    sample.gauge("marquee_imports_running", "Feeds that are arriving.", number(imports))?;
    sample.gauge("marquee_exports_running", "Exports under way.", number(exports))?;
    let (searches, passwords) = state.refused();
    sample.counter(
        "marquee_searches_shed_total",
        "Searches that were refused because too many waited.",
        number(searches),
    )?;
    sample.counter(
        "marquee_passwords_shed_total",
        "Logins and the like that were refused because too many waited.",
        number(passwords),
    )?;
    process::sample(&mut sample)?;
    Ok(sample.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(metrics: &Metrics) -> usize {
        let text = TextEncoder::new().encode_to_string(&metrics.registry.gather()).unwrap();
        text.lines().filter(|line| !line.starts_with('#')).count()
    }

    #[test]
    fn what_clients_make_up_makes_no_series() {
        let metrics = Metrics::new().unwrap();
        let answer = |method: &str, status: u16| {
            let (method, status) = (method.parse().unwrap(), StatusCode::from_u16(status).unwrap());
            metrics.answered(None, &method, status, Duration::from_millis(1));
        };
        answer("BREW", 404);
        let before = series(&metrics);
        for n in 0..1_000 {
            answer(&format!("BREW{n}"), 404);
        }
        answer("BREW", 999);
        assert_eq!(series(&metrics), before);
    }

    #[test]
    fn every_stage_has_its_reach() {
        let metrics = Metrics::new().unwrap();
        metrics.searched(None, Duration::ZERO);
        for reach in Reach::ALL {
            metrics.searched(Some(reach), Duration::ZERO);
        }
        assert!(metrics.searches.iter().all(|searches| searches.get_sample_count() == 1));
    }
}
