//! Pages of other origins.

use reqwest::Method;
use testing::TestDatabase;

use crate::test_app::{Answer, Ask, TestApp};

const SITE: &str = "https://app.example.org";

fn app(origins: &str) -> (TestApp, TestDatabase) {
    let database = testing::sqlite();
    (TestApp::spawn_with(&database, &[("SERVER__CORS_ORIGINS", origins)]), database)
}

fn preflight(app: &TestApp, path: &str, origin: &str, method: &str, headers: &str) -> Answer {
    let request = app.request(Method::OPTIONS, path).header("origin", origin);
    let request = request.header("access-control-request-method", method);
    request.header("access-control-request-headers", headers).answer()
}

fn lists(answer: &Answer, header: &str, name: &str) -> bool {
    answer.header(header).split(',').any(|listed| listed.trim().eq_ignore_ascii_case(name))
}

#[test]
fn no_other_site_is_allowed_unless_the_operator_says_so() {
    let (app, _database) = app("");
    let answers = [
        app.get("/api/v1/movies").header("origin", SITE).answer(),
        preflight(&app, "/api/v1/movies", SITE, "POST", "authorization"),
    ];
    assert_eq!(answers.each_ref().map(|answer| answer.status), [200, 204]);
    assert_eq!(answers[1].header("allow"), "GET, HEAD, POST, OPTIONS");
    for answer in answers {
        let said = answer.headers.keys().find(|name| name.as_str().starts_with("access-control"));
        assert_eq!(said, None);
        assert!(!lists(&answer, "vary", "Origin"));
    }
}

#[test]
fn a_page_of_an_allowed_site_may_do_what_the_api_can() {
    let (app, _database) = app("https://app.example.org,http://localhost:3000");
    let headers = [
        "authorization",
        "content-type",
        "if-match",
        "if-none-match",
        "idempotency-key",
        "prefer",
        "last-event-id",
        "x-request-id",
    ];
    for path in ["/api/v1/movies", "/api/v1/movies/1", "/api/v1/tokens"] {
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] {
            let answer = preflight(&app, path, SITE, method, &headers.join(", "));
            assert_eq!((answer.status, answer.text.as_str()), (200, ""), "{method} {path}");
            assert_eq!(answer.header("access-control-allow-origin"), SITE);
            assert!(lists(&answer, "access-control-allow-methods", method), "{answer:?}");
            assert!(headers.iter().all(|name| lists(&answer, "access-control-allow-headers", name)), "{answer:?}");
            assert!(lists(&answer, "vary", "Origin") && answer.header("x-request-id").len() == 32);
            assert_eq!(answer.header("access-control-max-age"), "3600");
            assert_eq!(answer.header("access-control-allow-credentials"), "");
        }
    }
    let options = app.request(Method::OPTIONS, "/api/v1/movies").header("origin", SITE).answer();
    assert_eq!((options.status, options.header("allow")), (204, "GET, HEAD, POST, OPTIONS"), "no preflight");
}

#[test]
fn a_page_of_an_allowed_site_reads_answers_and_errors() {
    let (app, _database) = app(SITE);
    for (path, status) in [("/api/v1/movies", 200), ("/nothing", 404), ("/api/v1/auth/me", 401), ("/healthz", 200)] {
        let answer = app.get(path).header("origin", SITE).answer();
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (status, SITE), "{path}");
        for name in ["etag", "link", "location", "x-request-id", "retry-after", "preference-applied"] {
            assert!(lists(&answer, "access-control-expose-headers", name), "{path}: {name}");
        }
        assert!(lists(&answer, "vary", "Origin"), "{path}");
        if status >= 400 {
            answer.problem(status);
        }
    }
    for origin in ["https://other.example.org", "https://app.example.org:8443", "http://app.example.org", "null"] {
        let answer = app.get("/api/v1/movies").header("origin", origin).answer();
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, ""), "{origin}");
        assert!(lists(&answer, "vary", "Origin"), "a cache must not show it to the other site");
        let refused = preflight(&app, "/api/v1/movies", origin, "GET", "prefer");
        refused.problem(400);
        assert_eq!(refused.header("access-control-allow-origin"), "", "{origin}");
    }
    let anybody = app.get("/api/v1/movies").answer();
    assert!(lists(&anybody, "vary", "Origin") && anybody.header("access-control-allow-origin").is_empty());
    preflight(&app, "/api/v1/movies", SITE, "GET", "x-other").problem(400);
    preflight(&app, "/api/v1/movies", SITE, "TRACE", "prefer").problem(400);
}

#[test]
fn every_site_can_be_allowed_but_none_with_cookies() {
    let (app, _database) = app("*");
    let answers = [
        app.get("/api/v1/movies").header("origin", SITE).answer(),
        preflight(&app, "/api/v1/movies", SITE, "POST", "authorization"),
    ];
    for answer in answers {
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, "*"));
        assert_eq!(answer.header("access-control-allow-credentials"), "");
    }
}
