//! Reads the bodies of requests.

use std::time::Duration;

use actix_web::{
    HttpRequest,
    http::{
        StatusCode,
        header::{self, HeaderMap},
    },
    web::Payload,
};
use domain::violation::{Violation, ViolationCode, Violations};
use serde_json::{Map, Value, value::RawValue};
use tokio::time::timeout;

use crate::{problem::Problem, state};

/// The type of a JSON body.
pub const JSON: &str = "application/json";
/// The type of a JSON body that patches (RFC 7396).
pub const MERGE_PATCH: &str = "application/merge-patch+json";

/// The fields of a JSON object of one of the types `accepted`. A key that is there twice has its last value.
pub async fn json_object(
    request: &HttpRequest,
    payload: Payload,
    accepted: &[&str],
) -> Result<Map<String, Value>, Problem> {
    match serde_json::from_str(&text(default_limit(request)?, request, payload, accepted).await?) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(Violations(vec![Violation::new("", ViolationCode::WrongType, "an object is expected")]).into()),
        Err(error) => Err(not_json(&error)),
    }
}

/// A JSON value of one of the types `accepted`, as it was written: numbers of any size, and the order of fields.
pub async fn json(request: &HttpRequest, payload: Payload, accepted: &[&str]) -> Result<Box<RawValue>, Problem> {
    json_up_to(default_limit(request)?, request, payload, accepted).await
}

/// [`json`] of at most `limit` bytes.
pub async fn json_up_to(
    limit: usize,
    request: &HttpRequest,
    payload: Payload,
    accepted: &[&str],
) -> Result<Box<RawValue>, Problem> {
    let text = text(limit, request, payload, accepted).await?;
    RawValue::from_string(text).map_err(|error| not_json(&error))
}

/// The most bytes of a body that is no feed.
pub fn default_limit(request: &HttpRequest) -> Result<usize, Problem> {
    Ok(state::of(request)?.settings.server.max_body_bytes)
}

/// A text of one of the types `accepted`, in UTF-8, of at most `limit` bytes.
pub async fn text(limit: usize, request: &HttpRequest, payload: Payload, accepted: &[&str]) -> Result<String, Problem> {
    content_type(request.headers(), accepted)?;
    check_encoding(request.headers())?;
    // Refused before it is sent, where the client says how much it is going to send.
    if declared_length(request.headers()).is_some_and(|length| length > limit as u64) {
        return Err(Problem::too_large(limit));
    }
    let bytes = match in_time(request, payload.to_bytes_limited(limit)).await? {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) => return Err(Problem::unreadable_body(format!("The body ended early: {error}."))),
        Err(_) => return Err(Problem::too_large(limit)),
    };
    String::from_utf8(bytes.into())
        .map_err(|error| Problem::unreadable_body(format!("The body is not UTF-8: {}.", error.utf8_error())))
}

/// What comes of reading a body, where that is there in time.
pub async fn in_time<T>(request: &HttpRequest, body: impl Future<Output = T>) -> Result<T, Problem> {
    let seconds = state::of(request)?.settings.server.body_seconds;
    timeout(Duration::from_secs(seconds as u64), body).await.map_err(|_| {
        let detail = format!("The body was not there after {seconds} seconds.");
        Problem::plain(StatusCode::REQUEST_TIMEOUT, detail)
    })
}

/// How long the body is, where the client says it.
pub fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn not_json(error: &serde_json::Error) -> Problem {
    Problem::unreadable_body(format!("The body is not JSON: {error}."))
}

/// Which of `accepted` the type of the body is.
pub fn content_type<'a>(headers: &HeaderMap, accepted: &[&'a str]) -> Result<&'a str, Problem> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = content_type.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let is_utf8 = parts.all(|parameter| match parameter.split_once('=') {
        Some((name, charset)) if name.trim().eq_ignore_ascii_case("charset") => {
            charset.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    });
    let found = accepted.iter().find(|accepted| is_utf8 && essence.eq_ignore_ascii_case(accepted));
    found.copied().ok_or_else(|| Problem::unsupported_type(accepted))
}

fn check_encoding(headers: &HeaderMap) -> Result<(), Problem> {
    match headers.get(header::CONTENT_ENCODING) {
        Some(encoding) if !encoding.as_bytes().eq_ignore_ascii_case(b"identity") => {
            Err(Problem::unsupported_encoding("identity"))
        }
        _ => Ok(()),
    }
}
