//! `/docs` and `/openapi.json`.

use std::collections::BTreeSet;

use serde_json::Value;
use testing::TestDatabase;

use crate::{
    contract::UNDOCUMENTED,
    test_app::{Answer, Ask, TestApp},
};

fn app() -> (TestApp, TestDatabase) {
    let database = testing::sqlite();
    (TestApp::spawn(&database), database)
}

#[test]
fn docs_leads_to_its_directory() {
    let (app, _database) = app();
    let answer = app.get("/docs").answer();
    assert_eq!((answer.status, answer.header("location")), (308, "/docs/"));
    assert_eq!(app.get("/docs/").answer().status, 200);
}

#[test]
fn the_documentation_needs_no_network() {
    let (app, _database) = app();
    let page = app.get("/docs/").answer();
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(!page.text.contains("//"), "{}", page.text);
    let files: Vec<&str> = page.text.split(['"', '\'']).filter(|text| text.starts_with("./")).collect();
    assert!(files.len() >= 3, "{files:?}");
    for file in files {
        assert_eq!(app.get(&format!("/docs/{}", &file[2..])).answer().status, 200, "{file}");
    }
    let initializer = app.get("/docs/swagger-initializer.js").answer().text;
    assert!(initializer.contains("../openapi.json"), "{initializer}");
    assert!(initializer.contains("\"validatorUrl\": \"none\""), "the validator is on the internet: {initializer}");
    assert!(initializer.contains("\"persistAuthorization\": true"), "{initializer}");
}

#[test]
fn the_document_is_openapi_3_1_and_refers_to_nothing_that_is_missing() {
    let (app, _database) = app();
    let answer: Answer = app.get("/openapi.json").answer();
    assert_eq!(answer.header("content-type"), "application/json");
    let document = answer.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    assert_eq!(document["servers"][0]["url"], "/");
    for name in ["bearer", "token"] {
        assert!(document["components"]["securitySchemes"][name].is_object(), "{name}");
    }
    let mut references = BTreeSet::new();
    collect_references(&document, &mut references);
    assert!(references.contains("#/components/schemas/Problem"));
    for reference in references {
        assert!(document.pointer(&reference[1..]).is_some(), "{reference}");
    }
}

fn collect_references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                found.insert(reference.clone());
            }
            members.values().for_each(|member| collect_references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_references(item, found)),
        _ => {}
    }
}

#[test]
fn every_route_is_documented_and_nothing_else() {
    let (app, _database) = app();
    let document = app.get("/openapi.json").answer().json();
    let documented: BTreeSet<(String, String)> =
        operations(&document).map(|(path, method, _)| (path.to_owned(), method.to_uppercase())).collect();
    let registered: BTreeSet<(String, String)> = api::routes::endpoints()
        .filter(|endpoint| !endpoint.is_page() && !UNDOCUMENTED.contains(&endpoint.path()))
        .flat_map(|endpoint| {
            let path = endpoint.path();
            endpoint.methods().iter().map(move |method| (path.to_owned(), method.to_string())).collect::<Vec<_>>()
        })
        .filter(|(_, method)| method != "HEAD")
        .collect();
    assert_eq!(documented, registered);
}

#[test]
fn every_operation_says_what_it_is_and_every_answer_what_it_means() {
    let (app, _database) = app();
    let document = app.get("/openapi.json").answer().json();
    let tags: BTreeSet<&str> =
        document["tags"].as_array().unwrap().iter().map(|t| t["name"].as_str().unwrap()).collect();
    let mut ids = BTreeSet::new();
    for (path, method, operation) in operations(&document) {
        let name = format!("{method} {path}");
        assert!(operation["summary"].is_string(), "{name}");
        assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{name}: its id is another's, too");
        assert!(tags.contains(operation["tags"][0].as_str().unwrap()), "{name}");
        for (status, response) in operation["responses"].as_object().unwrap() {
            assert!(!response["description"].as_str().unwrap_or_default().is_empty(), "{name} {status}");
            assert!(response["headers"]["X-Request-Id"].is_object(), "{name} {status}");
            if status.starts_with(['4', '5']) {
                let schema = &response["content"]["application/problem+json"]["schema"]["$ref"];
                assert_eq!(schema, "#/components/schemas/Problem", "{name} {status}");
            }
        }
        let secured = operation["security"].as_array().is_some_and(|security| !security.is_empty());
        let refuses = operation["responses"]["401"].is_object();
        assert!(refuses || !secured, "{name}: a bad token is a 401");
    }
}

#[test]
fn an_export_documents_those_parameters_of_lists_that_it_takes() {
    let (app, _database) = app();
    let document = app.get("/openapi.json").answer().json();
    let names = |path: &str| -> BTreeSet<String> {
        let parameters = document["paths"][path]["get"]["parameters"].as_array().unwrap();
        let in_query = parameters.iter().filter(|parameter| parameter["in"] == "query");
        in_query.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect()
    };
    let documented = names("/api/v1/export");
    assert!(documented.contains("format") && documented.contains("genre") && documented.contains("sort"));
    for name in names("/api/v1/movies") {
        let answer = app.get(&format!("/api/v1/export?{name}=1")).answer();
        let is_unknown = answer.status == 400 && answer.errors(400).iter().any(|(_, code)| code == "unknown_parameter");
        assert_eq!(documented.contains(&name), !is_unknown, "{name}");
    }
}

fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    document["paths"].as_object().unwrap().iter().flat_map(|(path, item)| {
        item.as_object().unwrap().iter().map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}
