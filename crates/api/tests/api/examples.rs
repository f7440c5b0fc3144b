//! The examples of the documentation, tried on what a first start loads.

use reqwest::Method;
use serde_json::{Value, json};

use crate::test_app::{Answer, Ask, PASSWORD, TestApp};

const FIXTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/imdb.json");

#[test]
fn every_example_works() {
    let database = testing::sqlite();
    let app = TestApp::spawn_with(&database, &[("DATA__FIXTURE", FIXTURE)]);
    let token = app.admin_token();
    // The user and the token that the examples remove: the token is made by the example before.
    let user = json!({ "username": "alice", "password": PASSWORD });
    assert_eq!(app.post("/api/v1/auth/register").json(&user).answer().status, 201);
    let document = app.get("/openapi.json").answer().json();
    let paths = document["paths"].as_object().unwrap();
    let mut tried = 0;
    // What reads comes first, while the movies of the examples are there.
    for method in ["get", "post", "put", "patch", "delete"] {
        for (path, operations) in paths.iter().filter(|(path, _)| path.starts_with("/api/") && !path.contains("/auth/"))
        {
            let Some(operation) = operations.get(method) else { continue };
            let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
            let given: Vec<_> = parameters.iter().filter(|parameter| parameter.get("example").is_some()).collect();
            let request =
                |parameters: &[&Value]| send(&app, &token, method, path, parameters, body(&document, operation));
            let in_path: Vec<_> = given.iter().copied().filter(|parameter| parameter["in"] == "path").collect();

            // All at once, as a page of documentation fills them in; and each by itself where that changes nothing.
            assert_works(&request(&given), method, path, "all examples");
            for parameter in given.iter().filter(|parameter| method == "get" && parameter["in"] != "path") {
                let alone: Vec<_> = in_path.iter().copied().chain([*parameter]).collect();
                assert_works(&request(&alone), method, path, parameter["name"].as_str().unwrap());
            }
            tried += 1;
        }
    }
    assert!(tried >= 16, "{tried}");
}

fn assert_works(answer: &Answer, method: &str, path: &str, what: &str) {
    assert!((200..300).contains(&answer.status), "{method} {path}, {what}: {answer:?}");
    if method == "get" {
        let found = match answer.header("content-type") {
            "application/x-ndjson" => {
                answer.text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect()
            }
            _ => answer.json(),
        };
        let items = found.get("items").or(found.get("results")).unwrap_or(&found);
        assert!(items.as_array().is_none_or(|items| !items.is_empty()), "{path}, {what}: nothing is found");
    }
}

/// The example of a JSON body, or that of its schema.
fn body<'a>(document: &'a Value, operation: &'a Value) -> Option<&'a Value> {
    let content = operation.pointer("/requestBody/content")?.get("application/json")?;
    content.get("example").or_else(|| {
        let schema = content["schema"]["$ref"].as_str()?;
        document.pointer(&format!("{}/example", schema.strip_prefix('#')?))
    })
}

fn send(app: &TestApp, token: &str, method: &str, path: &str, parameters: &[&Value], body: Option<&Value>) -> Answer {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let (mut path, mut query, mut headers) = (path.to_owned(), Vec::new(), Vec::new());
    for parameter in parameters {
        let (name, value) = (parameter["name"].as_str().unwrap(), text(&parameter["example"]));
        match parameter["in"].as_str().unwrap() {
            "path" => path = path.replace(&format!("{{{name}}}"), &value),
            "query" => query.push(format!("{name}={}", crate::movies::encoded(&value))),
            _ => headers.push((name.to_owned(), value)),
        }
    }
    let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
    let mut request = app.request(method, &format!("{path}?{}", query.join("&"))).bearer_auth(token);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    match body {
        Some(body) => request.json(body).answer(),
        None => request.answer(),
    }
}
