//! The last touch to every answer: it is compressed where that is wanted and allowed, and says truly what caches may do
//! with it.
//!
//! A handler that says nothing of caching gets `no-store`: what may be kept is the exception.

use std::sync::LazyLock;

use actix_http::encoding::Encoder;
use actix_web::{
    body::{BodySize, MessageBody},
    dev::ServiceResponse,
    http::{
        StatusCode,
        header::{self, AcceptEncoding, ContentEncoding, Encoding, Header, HeaderMap, HeaderValue},
    },
};

use crate::state;

/// The `Cache-Control` of what no cache may keep.
pub const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// What is offered. Where a client likes several as well, it gets the first of brotli, zstd and gzip.
static ENCODINGS: LazyLock<[Encoding; 4]> =
    LazyLock::new(|| [Encoding::brotli(), Encoding::zstd(), Encoding::gzip(), Encoding::identity()]);

/// Completes an answer.
pub fn finish(mut response: ServiceResponse) -> ServiceResponse {
    let headers = response.headers_mut();
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, NO_STORE);
    }
    // What only some may read is another answer to others.
    let is_private = headers.get(header::CACHE_CONTROL).is_some_and(|value| value.as_bytes().starts_with(b"private"));
    if is_private {
        headers.append(header::VARY, HeaderValue::from_static("Authorization"));
    }
    if depends_on_encoding(&response) {
        response.headers_mut().append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        response = compressed(response);
    }
    join_vary(response.headers_mut());
    response
}

/// Whether another `Accept-Encoding` may get another answer. One with a strong tag is the same to the byte for all.
fn depends_on_encoding(response: &ServiceResponse) -> bool {
    let headers = response.headers();
    let tag = headers.get(header::ETAG).map(HeaderValue::as_bytes);
    match tag {
        Some(tag) if !tag.starts_with(b"W/") => false,
        // What it stands for does.
        Some(_) if response.status() == StatusCode::NOT_MODIFIED => true,
        _ => {
            !matches!(response.response().body().size(), BodySize::None | BodySize::Sized(0))
                && !headers.contains_key(header::CONTENT_ENCODING)
                && headers.get(header::CONTENT_TYPE).is_some_and(|value| is_compressible(value.as_bytes()))
        }
    }
}

/// Whether content of this type gets smaller, and may wait until enough of it is there.
fn is_compressible(content_type: &[u8]) -> bool {
    let essence = content_type.split(|b| matches!(b, b';' | b' ')).next().unwrap_or_default().to_ascii_lowercase();
    match essence.as_slice() {
        b"text/event-stream" => false,
        b"application/json" | b"application/x-ndjson" | b"application/javascript" | b"image/svg+xml" => true,
        other => other.starts_with(b"text/") || other.ends_with(b"+json"),
    }
}

/// Compresses the body as the client likes best. A small one is worth it only for a client that takes nothing else; a
/// client that takes nothing at all gets it as it is.
fn compressed(response: ServiceResponse) -> ServiceResponse {
    let request = response.request();
    if !request.headers().contains_key(header::ACCEPT_ENCODING) {
        return response;
    }
    let Ok(accepted) = AcceptEncoding::parse(request) else { return response };
    let least = state::of(request).map_or(u64::MAX, |state| state.settings.server.compress_from_bytes);
    let is_small = matches!(response.response().body().size(), BodySize::Sized(size) if size < least);
    let takes_identity = accepted.negotiate([Encoding::identity()].iter()).is_some();
    if is_small && takes_identity {
        return response;
    }
    match accepted.negotiate(ENCODINGS.iter()) {
        Some(Encoding::Known(encoding)) if encoding != ContentEncoding::Identity => {
            response.map_body(|head, body| Encoder::response(encoding, head, body)).map_into_boxed_body()
        }
        _ => response,
    }
}

/// Puts what the answer varies by, from wherever it came, into one header without repetitions.
fn join_vary(headers: &mut HeaderMap) {
    let mut lines = headers.get_all(header::VARY);
    if lines.next().is_none() || lines.next().is_none() {
        return;
    }
    let mut names: Vec<&str> = Vec::new();
    let lines = headers.get_all(header::VARY).filter_map(|line| line.to_str().ok());
    for name in lines.flat_map(|line| line.split(',')).map(str::trim) {
        if !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            names.push(name);
        }
    }
    if let Ok(joined) = HeaderValue::from_str(&names.join(", ")) {
        headers.insert(header::VARY, joined);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gets_smaller_is_told_by_its_type() {
        for yes in
            ["application/json", "application/problem+json", "text/html; charset=utf-8", "TEXT/CSV", "text/plain"]
        {
            assert!(is_compressible(yes.as_bytes()), "{yes}");
        }
        for no in ["text/event-stream", "text/event-stream; charset=utf-8", "image/png", "application/gzip", ""] {
            assert!(!is_compressible(no.as_bytes()), "{no}");
        }
    }

    #[test]
    fn what_an_answer_varies_by_stands_in_one_header() {
        let mut headers = HeaderMap::new();
        join_vary(&mut headers);
        assert!(!headers.contains_key(header::VARY));
        for line in ["Prefer", "Origin, prefer", "Accept-Encoding", "accept-encoding"] {
            headers.append(header::VARY, HeaderValue::from_static(line));
        }
        join_vary(&mut headers);
        let lines: Vec<_> = headers.get_all(header::VARY).collect();
        assert_eq!(lines, ["Prefer, Origin, Accept-Encoding"]);
    }
}
