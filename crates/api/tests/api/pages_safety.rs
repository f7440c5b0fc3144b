//! What pages show to whom, what other sites cannot do, and what browsers are told. Every page is asked, so that one
//! that is added is tested, too.

use std::collections::BTreeSet;

use api::{endpoint::Endpoint, routes};
use reqwest::Method;
use serde_json::json;
use testing::TestDatabase;

use crate::{
    lifecycle::Program,
    test_app::{Answer, Ask, PASSWORD, TestApp},
};

testing::on_every_database! {
    pages_are_shown_to_those_they_are_for,
    a_catalogue_that_is_not_public_is_shown_to_nobody_else,
    every_page_refuses_what_other_sites_post,
    a_login_ends_the_one_before_it,
    a_login_that_is_ended_is_logged_out,
}

const HTML: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

/// Those whom nobody has to be logged in for, even where the catalogue is not public.
const OPEN: [&str; 4] = ["/login", "/register", "/logout", "/robots.txt"];

/// Every page: its path, with 1 for what varies, and its methods.
fn pages() -> Vec<(String, Vec<Method>)> {
    let pages = routes::endpoints().filter(Endpoint::is_page);
    let method = |method: &actix_web::http::Method| Method::from_bytes(method.as_str().as_bytes()).unwrap();
    let pages: Vec<_> =
        pages.map(|page| (filled(page.path()), page.methods().iter().map(method).collect::<Vec<_>>())).collect();
    assert!(pages.len() >= 8, "{pages:?}");
    pages
}

fn filled(path: &str) -> String {
    let mut filled = String::new();
    let mut depth = 0;
    for character in path.chars() {
        match character {
            '{' if depth == 0 => {
                depth = 1;
                filled.push('1');
            }
            '{' => depth += 1,
            '}' => depth -= 1,
            _ if depth == 0 => filled.push(character),
            _ => {}
        }
    }
    filled
}

fn is_for_admins(path: &str) -> bool {
    let is_below = |root: &str| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    is_below("/admin") || is_below("/manage")
}

fn is_for_users(path: &str) -> bool {
    path == "/account" || path.starts_with("/account/")
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// What a browser gets that sends this cookie.
fn ask(app: &TestApp, method: &Method, path: &str, cookie: Option<&str>) -> Answer {
    let request = app.request(method.clone(), path).header("Accept", HTML);
    let request = cookie.into_iter().fold(request, |request, cookie| request.header("Cookie", cookie));
    let request = if is_safe(method) { request } else { request.form(&[("nothing", "")]) };
    request.answer()
}

/// Whether a browser is sent to the login, and back here afterwards.
fn leads_to_login(answer: &Answer, path: &str) -> bool {
    answer.status == 303 && answer.header("location") == format!("/login?next={}", path.replace('/', "%2F"))
}

fn pages_are_shown_to_those_they_are_for(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    app.user_token("alice");
    let mut for_admins = 0;
    for (path, methods) in pages() {
        for method in methods {
            for name in ["nobody", "expired", "alice", "admin"] {
                // A new one each time: the request may end it.
                let cookie = match name {
                    "nobody" => None,
                    "expired" => {
                        let cookie = app.session("alice");
                        ask(&app, &Method::POST, "/logout", Some(&cookie));
                        Some(cookie)
                    }
                    name => Some(app.session(name)),
                };
                let answer = ask(&app, &method, &path, cookie.as_deref());
                let what = format!("{method} {path} by {name}: {answer:?}");
                let signed_in = matches!(name, "alice" | "admin");
                assert!(answer.status < 500, "{what}");
                if (is_for_admins(&path) || is_for_users(&path)) && !signed_in {
                    let refused = if is_safe(&method) { leads_to_login(&answer, &path) } else { answer.status == 401 };
                    assert!(refused, "{what}");
                } else if is_for_admins(&path) && name == "alice" {
                    assert_eq!(answer.status, 403, "{what}");
                    for_admins += 1;
                } else {
                    // Without a name and a password nobody is logged in.
                    let is_failed_login = path == "/login" && !is_safe(&method) && answer.status == 401;
                    assert!(is_failed_login || ![401, 403].contains(&answer.status), "{what}");
                }
                if name == "expired" && method == Method::GET {
                    assert!(answer.header("set-cookie").starts_with("session=;"), "{what}");
                }
            }
        }
    }
    let admin_pages = pages().iter().filter(|(path, _)| is_for_admins(path)).count();
    assert!(for_admins >= admin_pages);
}

fn a_catalogue_that_is_not_public_is_shown_to_nobody_else(database: &TestDatabase) {
    let app = TestApp::spawn_with(database, &[("AUTH__ANONYMOUS_READ", "false")]);
    let movie = json!({ "name": "Hushhush", "director": "Nobody Special", "genres": ["Secrecy"] });
    let created = app.post("/api/v1/movies").bearer_auth(app.admin_token()).json(&movie).answer();
    assert_eq!(created.status, 201, "{created:?}");
    for (path, methods) in pages() {
        for method in methods.iter().filter(|method| is_safe(method)) {
            let answer = ask(&app, method, &path, None);
            let what = format!("{method} {path}: {answer:?}");
            for secret in ["Hushhush", "Nobody Special", "Secrecy"] {
                assert!(!answer.text.contains(secret), "{what}");
            }
            let is_withheld = leads_to_login(&answer, &path) || matches!(answer.status, 401 | 404 | 405);
            assert!(is_withheld || OPEN.contains(&&*path), "{what}");
        }
    }
}

fn every_page_refuses_what_other_sites_post(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let cookie = app.session("admin");
    let mut asked = 0;
    for (path, methods) in pages() {
        for method in methods.iter().filter(|method| !is_safe(method)) {
            for (name, value) in [
                ("Origin", "https://evil.example"),
                ("Origin", "null"),
                ("Sec-Fetch-Site", "cross-site"),
                ("Sec-Fetch-Site", "same-site"),
            ] {
                let request = app.request(method.clone(), &path).header("Cookie", &cookie).header(name, value);
                let answer = request.form(&[("username", "admin"), ("password", PASSWORD)]).answer();
                assert_eq!(answer.status, 403, "{method} {path} {name}: {value}: {answer:?}");
                assert_eq!(answer.header("set-cookie"), "", "{method} {path}");
                asked += 1;
            }
        }
    }
    assert!(asked >= 20, "{asked}");
    assert_eq!(app.get("/api/v1/auth/me").header("Cookie", &cookie).answer().status, 200, "nothing was done");
}

#[test]
fn every_page_tells_browsers_what_they_may_do_with_it() {
    let database = testing::sqlite();
    let app = TestApp::spawn(&database);
    let created = app.post("/api/v1/movies").bearer_auth(app.admin_token()).json(&json!({ "name": "Up" })).answer();
    assert_eq!(created.status, 201);
    let others =
        ["/nothing", "/movies/999999", "/movies/x", "/listing?p=x"].map(|path| (path.to_owned(), vec![Method::GET]));
    for (path, methods) in pages().into_iter().chain(others) {
        for method in methods {
            for name in [None, Some("admin")] {
                let cookie = name.map(|name| app.session(name));
                let answer = ask(&app, &method, &path, cookie.as_deref());
                let what = format!("{method} {path} by {name:?}");
                let policy = answer.header("content-security-policy");
                let directives: BTreeSet<&str> = policy.split(';').map(str::trim).collect();
                for directive in [
                    "default-src 'none'",
                    "script-src 'self'",
                    "style-src 'self'",
                    "base-uri 'none'",
                    "form-action 'self'",
                    "frame-ancestors 'none'",
                ] {
                    assert!(directives.contains(directive), "{what}: {directive} is not in {policy}");
                }
                assert!(!policy.contains("unsafe") && !policy.contains('*'), "{what}: {policy}");
                assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
                assert_eq!(answer.header("x-frame-options"), "DENY", "{what}");
                assert_eq!(answer.header("referrer-policy"), "same-origin", "{what}");
                if answer.header("content-type").starts_with("text/html") {
                    assert_is_kept_by_nobody(&answer, &what);
                    // Not even by the browser, which would show it again to those who go back after the logout.
                    assert!(name.is_none() || answer.header("cache-control") == "no-store", "{what}");
                    assert_needs_nothing_inline(&answer.text, &what);
                    assert!(!answer.header("content-language").is_empty(), "{what}");
                }
            }
        }
    }
}

/// Caches for many must not have it, and a browser asks before it shows it again.
fn assert_is_kept_by_nobody(answer: &Answer, what: &str) {
    let cache = answer.header("cache-control");
    assert!(cache == "no-store" || cache == "private, no-cache", "{what}: {cache}");
    if cache != "no-store" {
        let vary = answer.header("vary").to_ascii_lowercase();
        assert!(vary.contains("cookie") && vary.contains("accept-language"), "{what}: {vary}");
    }
}

/// The policy of pages lets no script or style run that stands in them.
fn assert_needs_nothing_inline(html: &str, what: &str) {
    for tag in html.split('<').skip(1).filter_map(|tag| tag.split_once('>')).map(|(tag, _)| tag) {
        let name = tag.split_whitespace().next().unwrap_or_default();
        let is_inline = match name {
            "script" => !tag.contains(" src=\"/static/") && !tag.contains("application/ld+json"),
            "style" | "base" | "object" | "embed" | "iframe" => true,
            _ => {
                let attributes = tag.split_whitespace().skip(1);
                let is_event = |attribute: &str| attribute.starts_with("on") && attribute.contains('=');
                attributes.into_iter().any(|attribute| attribute.starts_with("style=") || is_event(attribute))
            }
        };
        assert!(!is_inline, "{what}: <{tag}>");
        assert!(!tag.contains("javascript:"), "{what}: <{tag}>");
    }
}

#[test]
fn what_is_no_page_can_do_nothing_as_one() {
    let database = testing::sqlite();
    let app = TestApp::spawn(&database);
    for path in [
        "/api/v1/movies",
        "/api/v1/nothing",
        "/api/v1/auth/me",
        "/openapi.json",
        "/healthz",
        "/version",
        "/metrics",
        "/favicon.ico",
        "/static/nothing",
        "/nothing",
        "/problems/invalid-body",
    ] {
        let answer = app.get(path).answer();
        let policy = answer.header("content-security-policy");
        assert_eq!(policy, "default-src 'none'; frame-ancestors 'none'", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    }
    let docs = app.get("/docs/").answer();
    let policy = docs.header("content-security-policy");
    assert!(policy.contains("script-src 'self';") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_eq!(docs.header("x-frame-options"), "DENY");
}

#[test]
fn cookies_are_kept_from_scripts_and_other_sites_and_from_plain_http_where_there_is_https() {
    for (url, is_secure) in [("http://movies.example.org", false), ("https://movies.example.org/", true)] {
        let database = testing::sqlite();
        let app = TestApp::spawn_with(&database, &[("SERVER__PUBLIC_URL", url)]);
        let login = app.post("/login").form(&[("username", "admin"), ("password", PASSWORD)]).answer();
        let register = app.post("/register").form(&[("username", "alice"), ("password", PASSWORD)]).answer();
        let logout = app.post("/logout").header("Cookie", app.session("alice")).answer();
        for answer in [login, register, logout] {
            assert_eq!(answer.status, 303, "{answer:?}");
            let cookie = answer.header("set-cookie");
            let parts: BTreeSet<&str> = cookie.split(';').map(str::trim).collect();
            for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
                assert!(parts.contains(part), "{part}: {cookie}");
            }
            assert_eq!(parts.contains("Secure"), is_secure, "{url}: {cookie}");
        }
    }
}

fn a_login_ends_the_one_before_it(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let is_known = |cookie: &str| app.get("/api/v1/auth/me").header("Cookie", cookie).answer().status == 200;
    let old = app.session("admin");
    let log_in = |path: &str, username: &str, cookie: &str| {
        let fields = [("username", username), ("password", PASSWORD)];
        let answer = app.post(path).header("Cookie", cookie).form(&fields).answer();
        assert_eq!(answer.status, 303, "{answer:?}");
        answer.header("set-cookie").split(';').next().unwrap().to_owned()
    };
    let new = log_in("/login", "admin", &old);
    assert!(old != new && !is_known(&old) && is_known(&new));
    // Whoever sets a cookie in somebody's browser does not get to know what that logs in with.
    let given = "session=mq_0123456789abcdef0123456789abcdef0123456789abcdef";
    let own = log_in("/login", "admin", given);
    assert!(own != given && !is_known(given) && is_known(&own));
    let registered = log_in("/register", "alice", &own);
    assert!(!is_known(&own) && is_known(&registered));
}

fn a_login_that_is_ended_is_logged_out(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    app.user_token("alice");
    let is_logged_in = |cookie: &str| {
        let answer = ask(&app, &Method::GET, "/account", Some(cookie));
        assert!(answer.status == 200 || leads_to_login(&answer, "/account"), "{answer:?}");
        answer.status == 200
    };
    // In the account, from another browser.
    let [first, second] = [app.session("alice"), app.session("alice")];
    let tokens = app.get("/api/v1/tokens?limit=100").header("Cookie", &first).answer().json();
    let latest = tokens["items"].as_array().unwrap().iter().map(|token| token["id"].as_u64().unwrap()).max().unwrap();
    let path = format!("/account/tokens/{latest}");
    assert_eq!(ask(&app, &Method::POST, &path, Some(&first)).status, 303);
    assert!(is_logged_in(&first) && !is_logged_in(&second));
    // Somebody else's is none.
    let admin = app.session("admin");
    let id = tokens["items"][0]["id"].as_u64().unwrap();
    for method in [Method::GET, Method::POST] {
        assert_eq!(ask(&app, &method, &format!("/account/tokens/{id}"), Some(&admin)).status, 404);
    }
    // With the password.
    let [first, second] = [app.session("alice"), app.session("alice")];
    let fields = [("current", PASSWORD), ("new", "another horse battery")];
    let changed = app.post("/account/password").header("Cookie", &first).form(&fields).answer();
    assert_eq!((changed.status, changed.header("location")), (303, "/account?done=password"));
    assert!(is_logged_in(&first) && !is_logged_in(&second));
    // By an admin.
    let users = app.get("/api/v1/users?q=alice").header("Cookie", &admin).answer().json();
    let path = format!("/api/v1/users/{}", users["items"][0]["id"]);
    let disabled = app.patch(&path).header("Cookie", &admin).json(&json!({ "disabled": true })).answer();
    assert_eq!(disabled.status, 200);
    assert!(!is_logged_in(&first));
}

#[test]
fn after_a_login_one_stays_on_this_site() {
    let database = testing::sqlite();
    let app = TestApp::spawn(&database);
    let cookie = app.session("admin");
    for (i, next) in [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/a\r\nSet-Cookie: x=y",
        "/\t/evil.example",
        " //evil.example",
        "/.//evil.example/x",
        "/..//evil.example",
        "/%2e%2E//evil.example",
        "/listing/../..//evil.example",
        "/listing//evil.example?q=a",
        "evil.example",
        "",
    ]
    .into_iter()
    .enumerate()
    {
        let credentials = [("username", "admin"), ("password", PASSWORD)];
        let new = [("username", &*format!("alice{i}")), ("password", PASSWORD)];
        let address = |path: &str| {
            let url = reqwest::Url::parse_with_params("http://x", [("next", next)]).unwrap();
            format!("{path}?{}", url.query().unwrap())
        };
        for answer in [
            app.post(&address("/login")).form(&credentials).answer(),
            app.post("/login").form(&[credentials[0], credentials[1], ("next", next)]).answer(),
            app.post(&address("/register")).form(&new).answer(),
            app.get(&address("/login")).header("Cookie", &cookie).answer(),
            app.get(&address("/register")).header("Cookie", &cookie).answer(),
        ] {
            assert_eq!((answer.status, answer.header("location")), (303, "/"), "{next:?}");
            assert!(!answer.header("set-cookie").contains("x=y"), "{next:?}");
        }
    }
}

#[test]
fn no_page_leads_to_another_site() {
    let database = testing::sqlite();
    let app = TestApp::spawn(&database);
    for path in
        ["//evil.example/x", "///evil.example", "/\\evil.example/x", "//evil.example/%2e%2e", "//evil.example?q=x"]
    {
        let request = format!("GET {path} HTTP/1.1\r\nHost: here\r\nAccept: {HTML}\r\nConnection: close\r\n\r\n");
        let answer = app.raw(request.as_bytes());
        for link in ["href=\"", "action=\"", "src=\""] {
            for address in answer.split(link).skip(1) {
                let address = address.split('"').next().unwrap();
                assert!(!address.starts_with("//") && !address.starts_with("/\\"), "{path}: {address}");
            }
        }
        assert!(!answer.to_ascii_lowercase().contains("location: //"), "{path}: {answer}");
    }
}

#[test]
fn the_servers_name_is_believed_of_trusted_proxies_alone() {
    let database = testing::sqlite();
    let claims = [
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Proto", "https"),
        ("Forwarded", "host=evil.example;proto=https"),
    ];
    let named = |app: &TestApp, path: &str| {
        let request = app.get(path).header("Accept", HTML);
        claims.iter().fold(request, |request, (name, value)| request.header(*name, *value)).answer()
    };
    let app = TestApp::spawn(&database);
    let created = app.post("/api/v1/movies").bearer_auth(app.admin_token()).json(&json!({ "name": "Up" })).answer();
    let movie = format!("/movies/{}", created.json()["id"]);
    for path in ["/", "/listing", "/robots.txt", "/sitemap.xml", "/sitemap-1.xml", &movie] {
        let answer = named(&app, path);
        assert!(answer.text.contains(&format!("http://{}/", app.address)), "{path}: {answer:?}");
        assert!(!answer.text.contains("evil.example"), "{path}: {answer:?}");
    }
    drop(app);
    let behind = TestApp::spawn_with(&database, &[("SERVER__TRUSTED_PROXIES", "127.0.0.1")]);
    for path in ["/", "/robots.txt", "/sitemap.xml"] {
        let answer = named(&behind, path);
        assert!(answer.text.contains("https://evil.example/"), "{path}: {answer:?}");
    }
}

#[test]
fn pages_ignore_logins_of_other_kinds() {
    let database = testing::sqlite();
    let app = TestApp::spawn(&database);
    let cookie = app.session("admin");
    let basic = "Basic YWRtaW46c2VjcmV0";
    for path in ["/", "/login", "/stats"] {
        let answer = app.get(path).header("Accept", HTML).header("Authorization", basic).answer();
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
    }
    let admin = app.get("/admin").header("Cookie", &cookie).header("Authorization", basic).answer();
    assert_eq!(admin.status, 200, "{admin:?}");
    let fields = [("username", "admin"), ("password", PASSWORD)];
    assert_eq!(app.post("/login").header("Authorization", basic).form(&fields).answer().status, 303);
    // A token is one everywhere, and the API knows no other logins.
    let bad = app.get("/manage/delete/1").header("Authorization", "Bearer nonsense").answer();
    assert!(bad.status != 200, "{bad:?}");
    assert_eq!(app.get("/stats").header("Authorization", "Bearer nonsense").answer().status, 401);
    app.get("/api/v1/movies").header("Authorization", basic).answer().problem(401);
}

#[test]
fn a_very_long_query_does_not_make_a_very_long_page() {
    let database = testing::sqlite();
    let app = TestApp::spawn(&database);
    let usual = app.get("/listing").header("Accept", HTML).answer().text.len();
    for query in [format!("q={}", "longish+".repeat(5_000)), format!("colour={}", "x".repeat(40_000))] {
        for path in ["/listing", "/nothing", "/admin"] {
            let answer = app.get(&format!("{path}?{query}")).header("Accept", HTML).answer();
            assert!(answer.status < 500 && answer.text.len() < usual + 10_000, "{path}: {}", answer.text.len());
            assert!(answer.header("location").len() < 10_000, "{path}");
        }
    }
}

#[test]
fn forms_have_a_limit() {
    let database = testing::sqlite();
    let app = TestApp::spawn_with(&database, &[("SERVER__MAX_BODY_BYTES", "2000")]);
    let cookie = app.session("admin");
    let long = "x".repeat(5_000);
    for path in ["/login", "/register", "/account/password", "/account/language", "/account/tokens"] {
        let request = app.post(path).header("Accept", HTML).header("Cookie", &cookie);
        let answer = request.form(&[("username", &long)]).answer();
        assert_eq!(answer.status, 413, "{path}: {answer:?}");
        assert!(answer.header("content-type").starts_with("text/html"), "{path}: {answer:?}");
    }
}

#[test]
fn what_cannot_be_read_is_refused_and_breaks_nothing() {
    let database = testing::sqlite();
    let app = TestApp::spawn(&database);
    let queries =
        ["%ff=%ff", "lang=%ff", "lang=tlh", "q=%C3%28&name=%00", "next=%ff", "done=%ff", "p=%", "=&&=", "p=-1"];
    for (path, methods) in pages() {
        for query in queries {
            let cookie = app.session("admin");
            let answer = ask(&app, &Method::GET, &format!("{path}?{query}"), Some(&cookie));
            assert!(answer.status < 500, "{path}?{query}: {answer:?}");
        }
        for cookie in ["session=%ff", "session=", "session=\"", "lang=%ff", "=; ;=", "session=a; session=b"] {
            let answer = ask(&app, &Method::GET, &path, Some(cookie));
            assert!(answer.status < 500, "{path} {cookie}: {answer:?}");
        }
        for method in methods.iter().filter(|method| !is_safe(method)) {
            for (content_type, body) in [
                ("application/x-www-form-urlencoded", &b"username=%ff&password=%zz&name=\xff"[..]),
                ("application/x-www-form-urlencoded; charset=utf-16", b"\xfe\xff\x00a"),
                ("application/x-www-form-urlencoded", b"&&==&%"),
                ("multipart/form-data", b"--"),
                ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=\"\xff\""),
                ("application/json", b"{\"id\": \xff"),
                ("text/plain", b"x"),
                ("", b""),
            ] {
                let request = app.request(method.clone(), &path).header("Cookie", app.session("admin"));
                let answer = request.header("Content-Type", content_type).body(body).answer();
                assert!(answer.status < 500, "{method} {path} {content_type}: {answer:?}");
            }
        }
    }
}

#[test]
fn the_log_has_no_passwords_and_no_tokens() {
    let database = testing::sqlite();
    let program = Program::new(&database);
    let server = program.serve(&[("AUTH__ADMIN_PASSWORD", PASSWORD)]);
    let client =
        reqwest::blocking::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let post = |path: &str, cookie: &str, fields: &[(&str, &str)]| {
        let url = format!("http://{}{path}", server.address);
        client.post(url).header("Cookie", cookie).form(fields).answer()
    };
    let wrong = "not the horse battery";
    assert_eq!(post("/login", "", &[("username", "admin"), ("password", wrong)]).status, 401);
    // Some type it into the wrong field.
    post("/login", "", &[("username", wrong), ("password", wrong)]);
    let answer = post("/login", "", &[("username", "admin"), ("password", PASSWORD)]);
    let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    let made = post("/account/tokens", &cookie, &[("name", "backup"), ("expires_in_days", "1")]);
    assert_eq!(made.status, 201, "{made:?}");
    let token = &made.text[made.text.find("mq_").unwrap()..][..20];
    post("/account/password", &cookie, &[("current", wrong), ("new", "a staple more")]);
    let log = format!("{:?}", server.stop());
    for secret in [PASSWORD, wrong, "a staple more", token, cookie.strip_prefix("session=").unwrap()] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}
