//! Documentation for people: Swagger UI below `/docs/`, all of it from this program, and the kinds of problems.

use std::sync::{Arc, LazyLock};

use actix_web::{
    HttpResponse,
    http::header::{self, ContentEncoding, ContentType},
    web::{Bytes, Path},
};
use utoipa_swagger_ui::Config;

use crate::{
    endpoint::Endpoint,
    openapi,
    problem::{Kind, Problem},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::at("/docs").get(redirect),
        Endpoint::at("/docs/{file:.*}").get(file),
        Endpoint::at("/openapi.json").get(openapi_json),
        Endpoint::at("/problems/{kind}").get(problem),
    ]
}

/// The validator would send the document's address to a server on the internet.
static CONFIG: LazyLock<Arc<Config>> = LazyLock::new(|| {
    let config = Config::new(["../openapi.json"]);
    Arc::new(config.persist_authorization(true).validator_url("none").try_it_out_enabled(true))
});

/// The page loads its files relative to the slash.
async fn redirect() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, "/docs/")).finish()
}

async fn file(path: Path<String>) -> Result<HttpResponse, Problem> {
    let file = utoipa_swagger_ui::serve(&path, CONFIG.clone()).map_err(|e| Problem::internal(e.to_string()))?;
    let file = file.ok_or_else(|| Problem::not_found("file"))?;
    let mut response = HttpResponse::Ok();
    if file.gzpipped {
        response.insert_header(ContentEncoding::Gzip);
    }
    Ok(response.insert_header((header::CONTENT_TYPE, file.content_type)).body(file.bytes.into_owned()))
}

/// This document
#[utoipa::path(
    get, path = "/openapi.json", tag = "server", operation_id = "openapi",
    responses((status = 200, description = "OpenAPI 3.1", body = serde_json::Value)),
)]
pub async fn openapi_json() -> HttpResponse {
    static DOCUMENT: LazyLock<Bytes> = LazyLock::new(|| openapi::document_json().into());
    HttpResponse::Ok().insert_header(ContentType::json()).body(DOCUMENT.clone())
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
