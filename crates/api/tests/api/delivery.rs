//! Compression, and what is said to caches.

use std::{
    io::Read,
    ops::ControlFlow,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use actix_web::{
    App,
    test::{TestRequest, call_service, init_service},
    web,
};
use api::{cache::MovieCache, endpoint::Endpoint, metrics::Metrics, routes, state::AppState, v1::event_stream::Feed};
use domain::{
    Result,
    matching::Reach,
    movie::{Movie, MovieId},
    ports::{Clock, GenreCount, MovieSearch, SearchHealth},
    query::{ListedMovie, MoviePage, MovieQuery},
    services::Catalogue,
    suggestion::Suggestion,
    time::Timestamp,
};
use reqwest::Method;
use serde_json::json;
use testing::TestDatabase;

use crate::{
    contract::UNDOCUMENTED,
    test_app::{Answer, Ask, TestApp, test_settings},
};

testing::on_every_database! {
    lists_are_compressed_as_the_client_likes_best,
    a_single_movie_is_never_compressed,
    every_answer_says_truly_what_caches_may_do,
    every_answer_says_truly_what_caches_may_do_where_reading_needs_a_token,
}

/// A server with movies that are some kilobytes each.
fn app_with_movies(database: &TestDatabase, settings: &[(&str, &str)]) -> (TestApp, String) {
    let app = TestApp::spawn_with(database, settings);
    let token = app.admin_token();
    for n in 0..3 {
        let director = "Somebody ".repeat(30);
        let movie = json!({ "name": format!("{n}: {director}"), "director": director, "overview": "Somebody goes somewhere. ".repeat(100) });
        assert_eq!(app.post("/api/v1/movies").bearer_auth(&token).json(&movie).answer().status, 201);
    }
    (app, token)
}

fn varies_by(answer: &Answer, name: &str) -> bool {
    answer.header("vary").split(',').any(|listed| listed.trim().eq_ignore_ascii_case(name))
}

fn lists_are_compressed_as_the_client_likes_best(database: &TestDatabase) {
    let (app, _) = app_with_movies(database, &[]);
    for path in ["/api/v1/movies", "/api/movies/"] {
        let plain = app.get(path).answer();
        assert!(varies_by(&plain, "Accept-Encoding") && plain.header("content-encoding").is_empty(), "{plain:?}");
        for (accepted, encoding) in [
            ("gzip", "gzip"),
            ("br", "br"),
            ("zstd", "zstd"),
            ("gzip, deflate, br, zstd", "br"),
            ("gzip, zstd", "zstd"),
            ("gzip, br;q=0.5", "gzip"),
            ("gzip;q=0.2, identity;q=0.1", "gzip"),
            ("identity;q=0, gzip", "gzip"),
            ("*;q=0, gzip", "gzip"),
            ("identity, gzip;q=0.5", ""),
            ("gzip;q=0", ""),
            ("identity", ""),
            ("deflate", ""),
            ("compress, x-unknown", ""),
            ("*", ""),
            ("*;q=0", ""),
            ("", ""),
            (";;q=,", ""),
        ] {
            let answer = app.get(path).header("accept-encoding", accepted).send().unwrap();
            let header = |name: &str| answer.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
            assert_eq!((answer.status().as_u16(), header("content-encoding").as_str()), (200, encoding), "{accepted}");
            assert_eq!(header("etag"), plain.header("etag"), "weak: the same for every encoding");
            assert_eq!(header("vary"), plain.header("vary"), "{accepted}");
            let body = answer.bytes().unwrap();
            match encoding {
                "" => assert_eq!(body, plain.text, "{accepted}"),
                "gzip" => {
                    let mut text = String::new();
                    flate2::read::GzDecoder::new(&body[..]).read_to_string(&mut text).unwrap();
                    assert_eq!(text, plain.text);
                }
                _ => assert!(body.len() * 4 < plain.text.len(), "{accepted}: {} bytes", body.len()),
            }
        }
    }
    let known = app.get("/api/v1/movies").answer();
    let unchanged = app.get("/api/v1/movies").header("if-none-match", known.header("etag"));
    let unchanged = unchanged.header("accept-encoding", "gzip").answer();
    assert_eq!((unchanged.status, unchanged.header("vary")), (304, known.header("vary")));
    assert_eq!(unchanged.header("content-encoding"), "");
}

fn a_single_movie_is_never_compressed(database: &TestDatabase) {
    let (app, token) = app_with_movies(database, &[]);
    for accepted in ["gzip, br, zstd", "identity;q=0, gzip", "*;q=0"] {
        let movie = || app.get("/api/v1/movies/1").header("accept-encoding", accepted);
        for answer in [movie().answer(), movie().answer(), movie().bearer_auth(&token).answer()] {
            assert_eq!((answer.status, answer.header("content-encoding")), (200, ""), "{accepted}");
            assert!(!answer.header("etag").starts_with("W/") && answer.text.len() > 2_000);
            assert_eq!(answer.header("content-length"), answer.text.len().to_string());
            assert_eq!(answer.header("vary"), "", "{accepted}");
        }
    }
    let created = app.post("/api/v1/movies").bearer_auth(&token).header("accept-encoding", "gzip");
    let created = created.json(&json!({ "name": "M", "overview": "x".repeat(3_000) })).answer();
    assert_eq!((created.status, created.header("content-encoding")), (201, ""));
}

#[test]
fn what_is_small_is_compressed_for_those_alone_who_take_nothing_else() {
    let database = testing::sqlite();
    let app = TestApp::spawn_with(&database, &[("SERVER__COMPRESS_FROM_BYTES", "300")]);
    let encoding = |path: &str, accepted: &str| {
        let answer = app.get(path).header("accept-encoding", accepted).answer();
        assert!(varies_by(&answer, "Accept-Encoding"), "{path}");
        answer.header("content-encoding").to_owned()
    };
    assert_eq!(encoding("/healthz", "gzip"), "");
    assert_eq!(encoding("/healthz", "gzip, identity;q=0"), "gzip");
    assert_eq!(encoding("/nothing", "gzip"), "", "a short problem");
    assert_eq!(encoding("/api/v1/movies?a=1&b=2&c=3&d=4&e=5", "gzip"), "gzip", "a long one");
    for path in ["/openapi.json", "/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css"] {
        assert_eq!(encoding(path, "gzip, br"), "br", "{path}");
    }
    let options = app.request(Method::OPTIONS, "/healthz").header("accept-encoding", "gzip").answer();
    assert_eq!((options.header("vary"), options.header("content-encoding")), ("", ""), "nothing is sent");
}

#[test]
fn head_tells_of_a_compressed_body_and_sends_none() {
    let database = testing::sqlite();
    let app = TestApp::spawn(&database);
    let head = "HEAD /openapi.json HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n";
    let get = "GET /version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answers = app.raw(format!("{head}{get}").as_bytes());
    let (first, second) = answers.split_once("\r\n\r\n").unwrap();
    assert!(first.to_lowercase().contains("content-encoding: gzip"), "{answers}");
    assert!(second.starts_with("HTTP/1.1 200 "), "the next answer follows at once: {answers}");
}

#[test]
fn the_documentation_is_sent_once() {
    let database = testing::sqlite();
    let app = TestApp::spawn(&database);
    let mut tags = Vec::new();
    for path in ["/openapi.json", "/docs/", "/docs/swagger-ui-bundle.js", "/docs/swagger-initializer.js"] {
        let first = app.get(path).answer();
        assert_eq!((first.status, first.header("cache-control")), (200, "no-cache"), "{path}");
        let etag = first.header("etag").to_owned();
        assert!(etag.starts_with("W/\"") && !tags.contains(&etag), "{path}: {etag}");
        let again = app.get(path).header("if-none-match", &etag).answer();
        assert_eq!((again.status, again.text.as_str(), again.header("etag")), (304, "", etag.as_str()), "{path}");
        assert_eq!(again.header("vary"), first.header("vary"));
        tags.push(etag);
    }
}

fn every_answer_says_truly_what_caches_may_do(database: &TestDatabase) {
    ask_what_caches_may_do(database, true);
}

fn every_answer_says_truly_what_caches_may_do_where_reading_needs_a_token(database: &TestDatabase) {
    ask_what_caches_may_do(database, false);
}

/// Of every route: who signed in, who did not, and one with a mistake.
fn ask_what_caches_may_do(database: &TestDatabase, anonymous_read: bool) {
    let (app, token) = app_with_movies(database, &[("AUTH__ANONYMOUS_READ", &anonymous_read.to_string())]);
    let mut kept = 0;
    // Pages keep to a rule of their own (`pages_safety`), and files are the same for all.
    let is_file = |path: &str| UNDOCUMENTED.contains(&path) && !path.starts_with("/docs");
    let is_other = |endpoint: &Endpoint| endpoint.is_page() || is_file(endpoint.path());
    for endpoint in routes::endpoints().filter(|endpoint| !is_other(endpoint)) {
        let parts = endpoint.path().split('/').map(|part| if part.starts_with('{') { "1" } else { part });
        let path = parts.collect::<Vec<_>>().join("/");
        for method in endpoint.methods().iter().filter(|method| *method != "DELETE" && !path.ends_with("/logout")) {
            let method = Method::from_bytes(method.as_str().as_bytes()).unwrap();
            let anonymous = app.request(method.clone(), &path).answer();
            let signed_in = app.request(method.clone(), &path).bearer_auth(&token).answer();
            let mistaken = app.request(method.clone(), &format!("{path}?colour=red")).bearer_auth(&token).answer();
            for answer in [anonymous, signed_in, mistaken] {
                let context = format!("{method} {path}: {answer:?}");
                let said = answer.header("cache-control");
                let is_error = answer.status >= 400;
                let is_about_accounts =
                    ["auth", "tokens", "users"].iter().any(|part| path.contains(&format!("/{part}")));
                let reads = matches!(method, Method::GET | Method::HEAD);
                // What a write answers with a tag is what a read would show.
                let shows_state = reads || !answer.header("etag").is_empty();
                if is_error || is_about_accounts || !shows_state {
                    assert_eq!(said, "no-store", "{context}");
                } else if said != "no-store" {
                    let is_private = !anonymous_read && path.starts_with("/api/");
                    assert_eq!(said, if is_private { "private, no-cache" } else { "no-cache" }, "{context}");
                    assert_eq!(varies_by(&answer, "Authorization"), is_private, "{context}");
                    kept += 1;
                }
                let etag = answer.header("etag");
                assert!(etag.is_empty() || said != "no-store", "a tag of what is not kept is of no use: {context}");
                if !etag.is_empty() {
                    assert_eq!(varies_by(&answer, "Accept-Encoding"), etag.starts_with("W/"), "{context}");
                }
            }
        }
    }
    assert!(kept >= 10, "{kept} answers can be kept");
}

/// An index that counts what it is asked.
#[derive(Default)]
struct CountingSearch(AtomicUsize);

impl MovieSearch for CountingSearch {
    fn find(&self, _: &MovieQuery) -> Result<MoviePage> {
        self.0.fetch_add(1, Ordering::Relaxed);
        let (suggestions, facets, reach) = (Vec::new(), Vec::new(), Reach::Near);
        Ok(MoviePage { movies: Vec::new(), total: None, next: None, suggestions, facets, reach })
    }

    fn walk(&self, _: &MovieQuery, _: &mut dyn FnMut(&Movie) -> ControlFlow<()>) -> Result<()> {
        Ok(())
    }

    fn movie(&self, _: MovieId) -> Result<Option<Movie>> {
        Ok(None)
    }

    fn suggest(&self, _: &str, _: usize) -> Result<Vec<Suggestion>> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(Vec::new())
    }

    fn similar(&self, _: MovieId, _: usize) -> Result<Option<Vec<Arc<ListedMovie>>>> {
        Ok(Some(Vec::new()))
    }

    fn genres(&self) -> Result<Vec<GenreCount>> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(Vec::new())
    }

    fn wait_for(&self, _: u64, _: Duration) -> bool {
        true
    }

    fn health(&self) -> SearchHealth {
        SearchHealth { ready: true, current: true, database: true, applied: 7, stamp: 9 }
    }
}

struct NoTime;

impl Clock for NoTime {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix(0)
    }
}

#[actix_web::test]
async fn a_list_that_the_client_has_costs_no_search() {
    let database = testing::sqlite();
    let files = tempfile::tempdir().unwrap();
    let settings = Arc::new(test_settings(&database, files.path(), &[]));
    let services = Arc::new(bootstrap::Services::open(&settings, Vec::new(), None).unwrap());
    let store = bootstrap::open_store(&settings).unwrap();
    let search = Arc::new(CountingSearch::default());
    let metrics = Arc::new(Metrics::new().unwrap());
    let (movies, feed) = (Arc::new(MovieCache::new(0)), Arc::new(Feed::new(1)));
    let mut state = AppState::new(settings, services, movies, feed, metrics).unwrap();
    state.catalogue = Arc::new(Catalogue::new(store, search.clone(), Arc::new(NoTime), Vec::new()));
    let app = init_service(App::new().app_data(web::Data::new(state)).configure(routes::configure)).await;

    for path in ["/api/v1/movies?q=star&sort=name", "/api/v1/genres?q=dra", "/api/v1/suggest?q=wiz"] {
        search.0.store(0, Ordering::Relaxed);
        let first = call_service(&app, TestRequest::get().uri(path).to_request()).await;
        assert_eq!((first.status().as_u16(), search.0.load(Ordering::Relaxed)), (200, 1), "{path}");
        let etag = first.headers().get("etag").unwrap().clone();
        let known = || TestRequest::get().uri(path).insert_header(("if-none-match", etag.clone()));
        for _ in 0..3 {
            let again = call_service(&app, known().to_request()).await;
            assert_eq!((again.status().as_u16(), search.0.load(Ordering::Relaxed)), (304, 1), "{path}");
        }
    }
    // Another count is another list.
    let path = "/api/v1/movies?q=star&sort=name";
    let tag_of = async |prefer: &str| {
        let request = TestRequest::get().uri(path).insert_header(("prefer", prefer.to_owned())).to_request();
        call_service(&app, request).await.headers().get("etag").unwrap().clone()
    };
    let tags = [tag_of("count=exact").await, tag_of("count=estimated").await, tag_of("count=none").await];
    assert!(tags[0] != tags[1] && tags[1] != tags[2] && tags[0] != tags[2], "{tags:?}");
    assert_eq!(tag_of("handling=lenient").await, tags[1]);
}
