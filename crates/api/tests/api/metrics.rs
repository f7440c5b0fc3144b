//! `/metrics`, and what is made of it: the dashboard and the alerts.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use reqwest::{Method, blocking::Client};
use serde_json::{Value, json};
use testing::TestDatabase;

use crate::{
    lifecycle::Program,
    test_app::{Answer, Ask, TestApp, wait_until},
};

testing::on_every_database! {
    what_happens_is_counted,
    what_clients_make_up_makes_no_series,
}

/// The values by series, as `name{labels}`.
type Samples = BTreeMap<String, f64>;

fn samples(answer: &Answer) -> Samples {
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/plain; version=0.0.4; charset=utf-8"));
    let sample = |line: &str| {
        let (series, value) = line.rsplit_once(' ').unwrap();
        (series.to_owned(), value.parse().unwrap_or_else(|_| panic!("{line}")))
    };
    answer.text.lines().filter(|line| !line.starts_with('#')).map(sample).collect()
}

fn metrics(app: &TestApp) -> Samples {
    samples(&app.get("/metrics").answer())
}

/// The names of the metrics, as rules and dashboards have them.
fn names(samples: &Samples) -> BTreeSet<&str> {
    samples.keys().map(|series| series.split('{').next().unwrap()).collect()
}

fn what_happens_is_counted(database: &TestDatabase) {
    let app = TestApp::spawn_with(database, &[("SERVER__METRICS_ADDRESS", "")]);
    let token = app.admin_token();
    let movie = json!({ "name": "The Wizard of Oz", "director": "Victor Fleming" });
    let made = app.post("/api/v1/movies").bearer_auth(&token).json(&movie).answer();
    let id = made.json()["id"].clone();
    for _ in 0..3 {
        assert_eq!(app.get(&format!("/api/v1/movies/{id}")).answer().status, 200);
    }
    app.get("/api/v1/movies/999").answer().problem(404);
    for query in ["", "?q=wizard", "?q=wizzard", "?q=zard"] {
        assert_eq!(app.get(&format!("/api/v1/movies{query}")).answer().status, 200);
    }
    let wrong = json!({ "username": "admin", "password": "not the password" });
    app.post("/api/v1/auth/login").json(&wrong).answer().problem(401);
    app.user_token("ann");
    let feed = "{\"name\":\"M\"}\n{\"name\":\"M\"}\n{}\n";
    let import = |path: &str| {
        let request = app.post(path).bearer_auth(&token).header("content-type", "application/x-ndjson");
        assert_eq!(request.body(feed).answer().status, 200);
    };
    import("/api/v1/import");
    import("/api/v1/import?dry_run=true");
    app.wait_until_listed(2);

    let metrics = metrics(&app);
    let value = |series: &str| *metrics.get(series).unwrap_or_else(|| panic!("no {series}: {metrics:#?}"));
    let requests = |labels: &str| value(&format!("marquee_http_request_duration_seconds_count{{{labels}}}"));
    assert_eq!(requests(r#"method="GET",route="/api/v1/movies/{id}",status="2xx""#), 3.0);
    assert_eq!(requests(r#"method="GET",route="/api/v1/movies/{id}",status="4xx""#), 1.0);
    assert_eq!(requests(r#"method="POST",route="/api/v1/movies",status="2xx""#), 1.0);
    assert_eq!(value("marquee_http_requests_in_flight"), 1.0, "the one that asks");
    assert!(value(r#"marquee_http_responses_total{code="201"}"#) >= 2.0);
    assert_eq!(value(r#"marquee_movie_cache_lookups_total{result="hit"}"#), 2.0);
    assert_eq!(value(r#"marquee_movie_cache_lookups_total{result="miss"}"#), 2.0);
    let searches = |stage: &str| value(&format!("marquee_search_duration_seconds_count{{stage=\"{stage}\"}}"));
    assert!(searches("none") >= 1.0);
    assert_eq!((searches("exact"), searches("inside")), (0.0, 3.0), "where little is found, words are stretched");
    assert_eq!((value("marquee_index_documents"), value("marquee_changes_applied_seq")), (2.0, 2.0));
    assert_eq!((value("marquee_index_pending_changes"), value("marquee_index_lag_seconds")), (0.0, 0.0));
    assert!(value("marquee_index_segments") >= 1.0 && value("marquee_index_bytes") > 1000.0);
    assert!(value("marquee_index_commits_total") >= 2.0 && value("marquee_index_commit_seconds_total") > 0.0);
    assert_eq!(value(r#"marquee_logins_refused_total{reason="credentials"}"#), 1.0);
    assert_eq!((value("marquee_logins_total"), value("marquee_registrations_total")), (2.0, 1.0));
    for (outcome, count) in [("created", 1.0), ("unchanged", 1.0), ("rejected", 1.0), ("updated", 0.0)] {
        assert_eq!(value(&format!("marquee_import_records_total{{outcome=\"{outcome}\"}}")), count, "{outcome}");
    }
    assert_eq!((value("marquee_ready"), value("marquee_database_up"), value("marquee_index_current")), (1.0, 1.0, 1.0));
    assert!(value("marquee_database_connections") >= 1.0);
    assert!(value("process_resident_memory_bytes") > 1e6 && value("process_open_fds") > 3.0);
    assert_eq!(value(&format!("marquee_build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"))), 1.0);
}

fn what_clients_make_up_makes_no_series(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let ask = |method: &str, n: u32| {
        let path = match n % 4 {
            0 => format!("/{n}"),
            1 => format!("/api/v1/{n}/x{n}"),
            2 => format!("/api/v1/movies/{n}?q={n}"),
            _ => format!("/problems/{n}"),
        };
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        app.request(method, &path).header("x-request-id", format!("id-{n}")).send().unwrap();
    };
    for n in 0..4 {
        ask("GET", n);
        ask("BREW", n);
    }
    // Once it was asked for, it has a series of its own.
    metrics(&app);
    let before = metrics(&app);
    for n in 0..10_000 {
        match n % 10 {
            9 => ask(&format!("BREW{n}"), n),
            _ => ask("GET", n),
        }
    }
    let after = metrics(&app);
    assert_eq!(names(&after), names(&before));
    assert_eq!(after.len(), before.len());
    let others = r#"marquee_http_request_duration_seconds_count{method="GET",route="other",status="4xx"}"#;
    assert_eq!(after[others] - before[others], 4_500.0);
}

#[test]
fn metrics_can_have_an_address_of_their_own() {
    let database = testing::sqlite();
    let program = Program::new(&database);
    let mut server = program.serve(&[("SERVER__METRICS_ADDRESS", "127.0.0.1:0")]);
    server.get("/metrics").problem(404);
    let address = server.said("metrics have their own address")["address"].as_str().unwrap().to_owned();
    let request = |path: &str| Client::builder().no_proxy().build().unwrap().get(format!("http://{address}{path}"));
    let ask = |path: &str| request(path).answer();
    assert_eq!(samples(&ask("/metrics"))["marquee_ready"], 1.0);
    assert_eq!((ask("/healthz").status, ask("/readyz").status), (200, 200));
    assert_eq!(request("/api/v1/movies").send().unwrap().status(), 404);
    server.signal("TERM");
    assert_eq!(server.wait().code(), Some(0));
}

fn deployed(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy").join(file)
}

/// The names of our metrics in a text that is made of expressions.
fn named(text: &str) -> BTreeSet<&str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = text.split(|c: char| !is_name(c));
    words.filter(|word| word.starts_with("marquee_") || word.starts_with("process_")).collect()
}

/// What promtool, of Debian's package `prometheus`, says of this.
fn promtool(arguments: &[&str], input: &str) -> String {
    let mut tool = Command::new("promtool");
    tool.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = tool.spawn().expect("promtool is in Debian's package `prometheus`");
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    assert!(output.status.success(), "{arguments:?}: {said}");
    said
}

#[test]
fn the_dashboard_and_the_alerts_know_the_metrics_there_are() {
    let database = testing::sqlite();
    let app = TestApp::spawn(&database);
    let token = app.admin_token();
    app.post("/api/v1/movies").bearer_auth(&token).json(&json!({ "name": "M" })).answer();
    app.get("/api/v1/movies?q=m").answer();
    wait_until("requests are counted", || metrics(&app).len() > 100);
    let text = app.get("/metrics").answer().text;
    let samples = metrics(&app);
    let there = names(&samples);

    let dashboard = fs::read_to_string(deployed("grafana/marquee.json")).unwrap();
    let alerts = fs::read_to_string(deployed("prometheus/alerts.yml")).unwrap();
    for (file, named) in [("dashboard", named(&dashboard)), ("alerts", named(&alerts))] {
        assert!(named.len() > 5, "{file}: {named:?}");
        let missing: Vec<_> = named.difference(&there).collect();
        assert!(missing.is_empty(), "{file}: {missing:?}");
    }
    let dashboard: Value = serde_json::from_str(&dashboard).unwrap();
    assert!(dashboard["panels"].as_array().unwrap().len() > 5);

    let operations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operations.md");
    let operations = fs::read_to_string(operations).unwrap();
    let families = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
    let missing: Vec<_> = families.filter(|name| !operations.contains(&format!("`{name}"))).collect();
    assert!(missing.is_empty(), "docs/operations.md does not explain {missing:?}");
    for alert in alerts.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")) {
        assert!(operations.contains(&format!("**{alert}**")), "docs/operations.md has no runbook for {alert}");
    }

    assert_eq!(promtool(&["check", "metrics"], &text), "");
    promtool(&["check", "rules", deployed("prometheus/alerts.yml").to_str().unwrap()], "");
    promtool(&["check", "config", deployed("prometheus/prometheus.yml").to_str().unwrap()], "");
    promtool(&["test", "rules", deployed("prometheus/alerts.test.yml").to_str().unwrap()], "");
}

#[test]
fn nobody_has_to_sign_in_to_see_metrics() {
    let database = testing::sqlite();
    let app = TestApp::spawn_with(&database, &[("AUTH__ANONYMOUS_READ", "false")]);
    assert_eq!(app.get("/metrics").bearer_auth("nonsense").answer().status, 200);
    assert_eq!(app.request(Method::HEAD, "/metrics").answer().status, 200);
}
