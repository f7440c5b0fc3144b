//! Who may do what: every route and method, asked by every kind of caller. What is expected is read from the OpenAPI
//! document, so that a new route is tested as it is documented:
//!
//! - an operation that documents a 401 refuses every token that is not valid;
//! - one with `security` needs a token, unless `{}` is among it: then one that reads needs it where the operator says so;
//! - one that needs a token and documents a 403 is for admins.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use api::routes;
use domain::{
    ports::{Session, Store},
    user::{Token, TokenDigest, Username},
};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use testing::TestDatabase;

use crate::test_app::{Answer, Ask, TestApp, test_settings};

testing::on_every_database! {
    every_route_asks_for_what_its_documentation_says,
    every_route_asks_for_what_its_documentation_says_where_reading_needs_a_token,
    a_bad_token_is_refused_whatever_else_is_wrong,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Caller {
    Anonymous,
    User,
    Admin,
    Expired,
    Revoked,
    Disabled,
    Garbage,
    WrongScheme,
}

impl Caller {
    const ALL: [Self; 8] = [
        Self::Anonymous,
        Self::User,
        Self::Admin,
        Self::Expired,
        Self::Revoked,
        Self::Disabled,
        Self::Garbage,
        Self::WrongScheme,
    ];
}

/// What is expected of an answer, as far as permission goes.
#[derive(Debug, PartialEq)]
enum Verdict {
    Unauthorized,
    Forbidden,
    Allowed,
}

struct World {
    app: TestApp,
    store: Arc<dyn Store>,
    expired_tokens: AtomicUsize,
    disabled: String,
    revoked: String,
}

impl World {
    fn new(database: &TestDatabase, settings: &[(&str, &str)]) -> Self {
        let app = TestApp::spawn_with(database, settings);
        app.user_token("alice");
        let disabled = app.user_token("disabled");
        let admin = app.admin_token();
        let found = app.get("/api/v1/users?q=disabled").bearer_auth(&admin).answer().json();
        let path = format!("/api/v1/users/{}", found["items"][0]["id"]);
        let answer = app.patch(&path).bearer_auth(&admin).json(&json!({ "disabled": true })).answer();
        assert_eq!(answer.status, 200, "{answer:?}");
        let revoked = app.login("alice");
        assert_eq!(app.post("/api/v1/auth/logout").bearer_auth(&revoked).answer().status, 204);
        let files = tempfile::tempdir().unwrap();
        let store = bootstrap::open_store(&test_settings(database, files.path(), &[])).unwrap();
        Self { app, store, expired_tokens: AtomicUsize::new(0), disabled, revoked }
    }

    /// A token that has just ended. A new one each time: a login removes those that have.
    fn expired_token(&self) -> String {
        let token = format!("mq_expired{}", self.expired_tokens.fetch_add(1, Ordering::Relaxed));
        let alice = Username::new("alice").unwrap();
        let insert = |session: &mut dyn Session| {
            let (user, _) = session.user_named(&alice)?.unwrap();
            let id = session.new_token_id()?;
            session.insert_token(&Token {
                id,
                user: user.id,
                name: None,
                digest: TokenDigest(Sha256::digest(&token).into()),
                created_at: user.created_at,
                expires_at: user.created_at,
                last_used_at: None,
            })
        };
        self.store.writing(insert).unwrap();
        token
    }

    fn ask(&self, method: &Method, path: &str, caller: Caller) -> Answer {
        let request = self.app.request(method.clone(), path);
        let authorization = match caller {
            Caller::Anonymous => return request.answer(),
            // A new one each time: the request may end it.
            Caller::User => format!("Bearer {}", self.app.login("alice")),
            Caller::Admin => format!("Token {}", self.app.login("admin")),
            Caller::Expired => format!("Bearer {}", self.expired_token()),
            Caller::Revoked => format!("Bearer {}", self.revoked),
            Caller::Disabled => format!("Token {}", self.disabled),
            Caller::Garbage => "Bearer garbage".to_owned(),
            Caller::WrongScheme => format!("Basic {}", self.app.login("admin")),
        };
        request.header("authorization", authorization).answer()
    }
}

fn expected(operation: Option<&Value>, caller: Caller, anonymous_read: bool) -> Verdict {
    let Some(operation) = operation else { return Verdict::Allowed };
    let documents = |status: &str| operation["responses"][status].is_object();
    let security = operation["security"].as_array().map_or(&[][..], Vec::as_slice);
    let is_optional = security.iter().any(|requirement| requirement == &json!({}));
    let needs_none = security.is_empty() || (is_optional && anonymous_read);
    let is_for_admins = !security.is_empty() && !is_optional && documents("403");
    match caller {
        Caller::Anonymous if !needs_none => Verdict::Unauthorized,
        Caller::User if is_for_admins => Verdict::Forbidden,
        Caller::Anonymous | Caller::User | Caller::Admin => Verdict::Allowed,
        _ if documents("401") => Verdict::Unauthorized,
        _ => Verdict::Allowed,
    }
}

fn verdict(answer: &Answer) -> Verdict {
    match answer.status {
        401 => Verdict::Unauthorized,
        403 => Verdict::Forbidden,
        _ => Verdict::Allowed,
    }
}

/// The path of something that is not there.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { "999999999" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn ask_everything(database: &TestDatabase, anonymous_read: bool) {
    let world = World::new(database, &[("AUTH__ANONYMOUS_READ", &anonymous_read.to_string())]);
    let document = world.app.get("/openapi.json").answer().json();
    let mut for_admins = 0;
    for endpoint in routes::endpoints().filter(|endpoint| !endpoint.is_page()) {
        let path = endpoint.path();
        for method in endpoint.methods() {
            let documented_as = if method == "HEAD" { "get".to_owned() } else { method.as_str().to_lowercase() };
            let operation = document["paths"][path].get(&documented_as);
            let method = Method::from_bytes(method.as_str().as_bytes()).unwrap();
            for caller in Caller::ALL {
                let answer = world.ask(&method, &filled(path), caller);
                let expected = expected(operation, caller, anonymous_read);
                assert_eq!(verdict(&answer), expected, "{method} {path} by {caller:?}: {answer:?}");
                if expected == Verdict::Unauthorized {
                    let challenge = answer.header("www-authenticate");
                    assert!(challenge.starts_with("Bearer realm="), "{method} {path}: {challenge}");
                    let is_bad = caller != Caller::Anonymous;
                    assert_eq!(challenge.contains("invalid_token"), is_bad, "{method} {path} by {caller:?}");
                }
                for_admins += usize::from(expected == Verdict::Forbidden);
            }
        }
    }
    assert!(for_admins >= 12, "{for_admins} operations are for admins: is their 403 documented?");
}

fn every_route_asks_for_what_its_documentation_says(database: &TestDatabase) {
    ask_everything(database, true);
}

fn every_route_asks_for_what_its_documentation_says_where_reading_needs_a_token(database: &TestDatabase) {
    ask_everything(database, false);
}

fn a_bad_token_is_refused_whatever_else_is_wrong(database: &TestDatabase) {
    let world = World::new(database, &[]);
    let bad = [Caller::Expired, Caller::Revoked, Caller::Disabled, Caller::Garbage, Caller::WrongScheme];
    for (method, path, status) in [
        (Method::GET, "/nothing", 404),
        (Method::GET, "/api/v1/nothing", 404),
        (Method::POST, "/api/v1/movies/1/2/3/4/5", 404),
        (Method::DELETE, "/api/v1/movies", 405),
        (Method::GET, "/api/v1/auth/login", 405),
        (Method::OPTIONS, "/api/v1/movies", 204),
        (Method::GET, "/api/v1/movies?colour=red", 400),
        (Method::POST, "/api/v1/auth/login", 415),
        (Method::POST, "/api/v1/auth/register", 415),
    ] {
        for caller in [Caller::Anonymous, Caller::User, Caller::Admin] {
            assert_eq!(world.ask(&method, path, caller).status, status, "{method} {path} by {caller:?}");
        }
        for caller in bad {
            let answer = world.ask(&method, path, caller);
            assert_eq!(answer.problem(401)["type"], "/problems/invalid-token", "{method} {path} by {caller:?}");
        }
    }
    // What is about the server itself answers without the database, and so without a look at tokens.
    for path in ["/healthz", "/readyz", "/version", "/openapi.json", "/docs/", "/problems/invalid-body"] {
        for caller in bad {
            assert_eq!(world.ask(&Method::GET, path, caller).status, 200, "{path} by {caller:?}");
        }
    }
}
