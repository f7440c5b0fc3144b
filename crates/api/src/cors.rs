//! Which pages of other origins may use the API (the Fetch standard's CORS protocol).
//!
//! Without `server.cors_origins` nothing of it is said, and browsers keep other sites' pages out. Credentials are never
//! allowed: a page of another origin sends a token, if it has one, and no cookie.

use actix_cors::Cors;
use actix_web::{
    http::{
        Method,
        header::{self, HeaderName},
    },
    middleware::Condition,
};
use bootstrap::settings::Origins;

/// How long a browser may keep the answer to a preflight request, in seconds.
const MAX_AGE: usize = 3600;

const METHODS: [Method; 6] = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// What a page may send. Headers that every page may send, such as `Accept`, need no permission.
const REQUEST_HEADERS: [HeaderName; 8] = [
    header::AUTHORIZATION,
    header::CONTENT_TYPE,
    header::IF_MATCH,
    header::IF_NONE_MATCH,
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("last-event-id"),
    HeaderName::from_static("prefer"),
    HeaderName::from_static("x-request-id"),
];

/// What a page may read, beyond what every page may.
const RESPONSE_HEADERS: [HeaderName; 13] = [
    header::ACCEPT,
    header::ACCEPT_ENCODING,
    header::ALLOW,
    header::CONTENT_DISPOSITION,
    header::ETAG,
    header::LINK,
    header::LOCATION,
    header::RETRY_AFTER,
    header::WWW_AUTHENTICATE,
    HeaderName::from_static("idempotency-replayed"),
    HeaderName::from_static("last-seq"),
    HeaderName::from_static("preference-applied"),
    HeaderName::from_static("x-request-id"),
];

/// The middleware.
pub fn middleware(origins: &Origins) -> Condition<Cors> {
    let (is_on, cors) = match origins {
        Origins::Any => (true, Cors::default().allow_any_origin().send_wildcard()),
        Origins::These(origins) => {
            let cors = origins.iter().fold(Cors::default(), |cors, origin| cors.allowed_origin(origin));
            (!origins.is_empty(), cors)
        }
    };
    let cors = cors.allowed_methods(METHODS).allowed_headers(REQUEST_HEADERS);
    Condition::new(is_on, cors.expose_headers(RESPONSE_HEADERS.iter()).max_age(MAX_AGE))
}
