//! Whether answers are what the documentation says: every answer that a test sees is held against it.

use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex, PoisonError},
};

use api::endpoint::Endpoint;
use jsonschema::Validator;
use reqwest::Method;
use serde_json::{Value, json};

use crate::test_app::Answer;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(&api::openapi::document_json()).unwrap());

/// Swagger UI's own files, and those of the pages, are no part of the API.
pub const UNDOCUMENTED: [&str; 7] = [
    "/docs",
    "/docs/{file:.*}",
    "/static/{file}",
    "/favicon.ico",
    "/robots.txt",
    "/sitemap.xml",
    "/sitemap-{number}.xml",
];

/// The paths of pages, which are no part of the API either.
static PAGES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let is_other = |endpoint: &Endpoint| endpoint.is_page() || UNDOCUMENTED.contains(&endpoint.path());
    api::routes::endpoints().filter(is_other).map(|endpoint| endpoint.path()).collect()
});

/// Fails where the documentation does not know this answer to this request.
#[track_caller]
pub fn check(method: &Method, path: &str, answer: &Answer) {
    let path = &path.strip_suffix('/').unwrap_or(path).replace("%3A", ":");
    let is_page = path.is_empty() || path.starts_with("/docs/") || PAGES.iter().any(|page| fits(page, path));
    if is_page || *method == Method::OPTIONS {
        return;
    }
    let Some((template, operations)) = operations(path) else {
        let is_refused = [400, 401, 404, 405, 414].contains(&answer.status);
        assert!(is_refused, "{method} {path} is not documented: {answer:?}");
        return;
    };
    let documented = if *method == Method::HEAD { "get".to_owned() } else { method.as_str().to_lowercase() };
    let Some(operation) = operations.get(&documented) else {
        assert!([401, 405].contains(&answer.status), "{method} {template} is not documented: {answer:?}");
        return;
    };
    let name = format!("{method} {template} {}", answer.status);
    let response = &operation["responses"][answer.status.to_string()];
    assert!(response.is_object(), "{name} is not documented: {answer:?}");
    let Some(contents) = response["content"].as_object() else {
        assert!(answer.text.is_empty(), "{name} has a body, which is not documented: {answer:?}");
        return;
    };
    if *method == Method::HEAD {
        return;
    }
    let media_type = answer.header("content-type").split(';').next().unwrap_or_default().trim();
    let content = contents.get(media_type);
    let content = content.unwrap_or_else(|| panic!("{name}: {media_type:?} is not documented: {answer:?}"));
    let is_json = media_type == "application/json" || media_type.ends_with("+json");
    if is_json && answer.header("content-encoding").is_empty() {
        validate(&format!("{name} {media_type}"), &content["schema"], &answer.json());
    }
    if media_type == "application/x-ndjson" && answer.header("content-encoding").is_empty() {
        for line in answer.text.lines() {
            validate(&format!("{name} {media_type}"), &content["schema"], &serde_json::from_str(line).unwrap());
        }
    }
}

/// The documented path that the path of a request fits, and what can be done there.
fn operations(path: &str) -> Option<(&'static str, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object()?;
    let exact = paths.get_key_value(path);
    let found = exact.or_else(|| paths.iter().find(|(template, _)| fits(template, path)));
    found.map(|(template, operations)| (template.as_str(), operations))
}

/// Whether a path is one of those that a template stands for.
fn fits(template: &str, path: &str) -> bool {
    let is_same = |(part, given): (&str, &str)| match (part.split_once('{'), part.rsplit_once('}')) {
        (Some((start, _)), Some((_, end))) => {
            given.len() > start.len() + end.len() && given.starts_with(start) && given.ends_with(end)
        }
        _ => part == given,
    };
    template.split('/').count() == path.split('/').count() && template.split('/').zip(path.split('/')).all(is_same)
}

#[track_caller]
fn validate(name: &str, schema: &Value, body: &Value) {
    static VALIDATORS: LazyLock<Mutex<HashMap<String, Validator>>> = LazyLock::new(Mutex::default);

    let mut validators = VALIDATORS.lock().unwrap_or_else(PoisonError::into_inner);
    let validator = validators.entry(name.to_owned()).or_insert_with(|| {
        // The references in a schema of OpenAPI 3.1 begin at the root of the document.
        let root = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "components": DOCUMENT["components"],
            "allOf": [schema],
        });
        jsonschema::options().should_validate_formats(true).build(&root).unwrap()
    });
    let errors: Vec<_> =
        validator.iter_errors(body).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{name} is not as documented: {errors:#?}\n{body:#}");
}

#[test]
fn an_answer_that_is_not_documented_is_noticed() {
    let answer = |status, body: &str| Answer {
        status,
        headers: [("content-type", "application/json")]
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .into_iter()
            .collect(),
        text: body.to_owned(),
    };
    let genre = r#"{"id": 4, "name": "Drama", "movie_count": 121}"#;
    check(&Method::GET, "/api/v1/genres/4/", &answer(200, genre));
    for (method, path, answer) in [
        (Method::GET, "/api/v1/genres/4", answer(200, r#"{"id": "4", "name": "Drama", "movie_count": 121}"#)),
        (Method::GET, "/api/v1/genres/4", answer(200, r#"{"id": 4, "name": "Drama"}"#)),
        (Method::GET, "/api/v1/genres/4", answer(299, genre)),
        (Method::POST, "/api/v1/genres/4", answer(200, genre)),
        (Method::GET, "/api/v1/unknown", answer(200, genre)),
    ] {
        let noticed = std::panic::catch_unwind(|| check(&method, path, &answer)).is_err();
        assert!(noticed, "{method} {path} {answer:?}");
    }
}
