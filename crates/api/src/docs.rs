//! Documentation for people: Swagger UI below `/docs/`, all of it from this program, and the kinds of problems.

use std::sync::{Arc, LazyLock};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, ContentType, HeaderValue},
    web::{Bytes, Path},
};
use sha2::{Digest, Sha256};
use utoipa_swagger_ui::Config;

use crate::{
    body,
    endpoint::Endpoint,
    openapi,
    problem::{Kind, Problem},
    v1::conditional::Preconditions,
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::at("/docs").get(redirect).ignoring_tokens(),
        Endpoint::at("/docs/{file:.*}").get(file).ignoring_tokens(),
        Endpoint::at("/openapi.json").get(openapi_json).ignoring_tokens(),
        Endpoint::at("/problems/{kind}").get(problem).ignoring_tokens(),
    ]
}

/// The validator would send the document's address to a server on the internet.
static CONFIG: LazyLock<Arc<Config>> = LazyLock::new(|| {
    let config = Config::new(["../openapi.json"]);
    Arc::new(config.persist_authorization(true).validator_url("none").try_it_out_enabled(true))
});

/// What Swagger UI needs: its own files, which set styles, pictures within style sheets, and this server.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

/// The page loads its files relative to the slash.
async fn redirect() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, "/docs/")).finish()
}

async fn file(request: HttpRequest, path: Path<String>) -> Result<HttpResponse, Problem> {
    let file = utoipa_swagger_ui::serve(&path, CONFIG.clone()).map_err(|e| Problem::internal(e.to_string()))?;
    let file = file.ok_or_else(|| Problem::not_found("file"))?;
    let bytes = Bytes::from(file.bytes.into_owned());
    let etag = weak_etag(&bytes);
    let mut response = part_of_the_program(&request, &file.content_type, bytes, etag);
    let policy = HeaderValue::from_static(CONTENT_SECURITY_POLICY);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// What is the same until the program is replaced. Its paths stay the same then, so that it is asked about before each
/// use.
fn part_of_the_program(request: &HttpRequest, content_type: &str, bytes: Bytes, etag: HeaderValue) -> HttpResponse {
    let is_known = Preconditions::of(request.headers()).is_known(&etag);
    let mut response = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((header::ETAG, etag)).insert_header((header::CACHE_CONTROL, "no-cache"));
    if is_known {
        return response.finish();
    }
    response.insert_header((header::CONTENT_TYPE, content_type)).body(bytes)
}

/// Weak, because the bytes are sent in several encodings.
fn weak_etag(bytes: &[u8]) -> HeaderValue {
    let hash = Sha256::digest(bytes).iter().take(8).fold(0, |hash: u64, byte| hash << 8 | u64::from(*byte));
    // Digits are always a valid header.
    HeaderValue::from_str(&format!("W/\"{hash:016x}\"")).unwrap_or_else(|_| HeaderValue::from_static("W/\"0\""))
}

/// This document
#[utoipa::path(
    get, path = "/openapi.json", tag = "server", operation_id = "openapi",
    params(("If-None-Match" = Option<String>, Header, description = "The `ETag` of the copy at hand")),
    responses(
        (status = 200, description = "OpenAPI 3.1", body = serde_json::Value, headers(
            ("ETag", description = "Weak; another one where the program is another"),
        )),
        (status = 304, description = "The copy at hand is current", headers(("ETag", description = "Its tag"))),
    ),
)]
pub async fn openapi_json(request: HttpRequest) -> HttpResponse {
    static DOCUMENT: LazyLock<(Bytes, HeaderValue)> = LazyLock::new(|| {
        let document = Bytes::from(openapi::document_json());
        let etag = weak_etag(&document);
        (document, etag)
    });
    let (document, etag) = DOCUMENT.clone();
    part_of_the_program(&request, body::JSON, document, etag)
}

/// What a kind of problem means
///
/// The `type` of a problem is the path of its explanation.
#[utoipa::path(
    get, path = "/problems/{kind}", tag = "server", operation_id = "problem",
    params(("kind" = String, Path, description = "The last part of the problem's `type`", example = "invalid-body")),
    responses(
        (status = 200, description = "The explanation", content_type = "text/plain", body = String),
        (status = 404),
    ),
)]
pub async fn problem(kind: Path<String>) -> Result<HttpResponse, Problem> {
    let named = |known: &&Kind| known.uri().strip_prefix("/problems/") == Some(kind.as_str());
    let kind = Kind::ALL.iter().find(named).ok_or_else(|| Problem::not_found("kind of problem"))?;
    let text = format!("{}\n\n{}\n", kind.title(), kind.explanation());
    Ok(HttpResponse::Ok().insert_header(ContentType::plaintext()).body(text))
}
