//! Lists that show where words were found.

use serde_json::{Value, json};
use testing::TestDatabase;

use crate::{
    movies::{MOVIES, add, encoded},
    test_app::{Ask, TestApp},
};

testing::on_every_database! {
    what_is_found_is_marked_in_each_field,
    highlights_stand_beside_the_fields_and_on_every_page,
    every_text_is_safe_to_show,
}

fn items(app: &TestApp, query: &str) -> Vec<Value> {
    let answer = app.get(&format!("{MOVIES}?{query}")).answer();
    assert_eq!(answer.status, 200, "{query}: {answer:?}");
    answer.json()["items"].as_array().unwrap().clone()
}

fn what_is_found_is_marked_in_each_field(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    add(&app, &token, &json!({ "name": "Star Wars", "director": "George Lucas", "genres": ["Action", "War"] }));
    add(&app, &token, &json!({ "name": "Amélie", "director": "Jean-Pierre Jeunet", "genres": ["Romance"] }));
    for (query, highlight) in [
        ("q=star", json!({ "name": "<mark>Star</mark> Wars" })),
        (
            "q=star+war",
            json!({ "name": "<mark>Star</mark> <mark>War</mark>s", "genres": ["Action", "<mark>War</mark>"] }),
        ),
        ("q=lucas+star", json!({ "name": "<mark>Star</mark> Wars", "director": "George <mark>Lucas</mark>" })),
        ("q=AMELIE", json!({ "name": "<mark>Amélie</mark>" })),
        ("q=jeun", json!({ "director": "Jean-Pierre <mark>Jeun</mark>et" })),
        ("name=wars", json!({ "name": "Star <mark>Wars</mark>" })),
        ("director=george", json!({ "director": "<mark>George</mark> Lucas" })),
        (
            "search=ar,uca",
            json!({ "name": "St<mark>ar</mark> W<mark>ar</mark>s", "director": "George L<mark>uca</mark>s",
                                  "genres": ["Action", "W<mark>ar</mark>"] }),
        ),
        ("genre=War", json!({})),
    ] {
        let found = items(&app, &format!("{query}&highlight=true"));
        assert_eq!(found.len(), 1, "{query}");
        assert_eq!(found[0]["highlight"], highlight, "{query}");
        let plain = items(&app, query);
        assert_eq!(plain[0].get("highlight"), None, "{query}");
        let mut rest = found[0].clone();
        rest.as_object_mut().unwrap().remove("highlight");
        assert_eq!(rest, plain[0], "{query}");
    }
    assert_eq!(items(&app, "q=star&highlight=false")[0].get("highlight"), None);
    let refused = app.get(&format!("{MOVIES}?highlight=1")).answer();
    assert_eq!(refused.errors(400), [("highlight".to_owned(), "invalid_value".to_owned())]);
}

fn highlights_stand_beside_the_fields_and_on_every_page(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    for i in 0..3 {
        add(&app, &token, &json!({ "name": format!("Part {i}") }));
    }
    let mut page = app.get(&format!("{MOVIES}?q=part&highlight=true&fields=id&limit=1")).answer();
    for i in 0..3 {
        let expected =
            format!(r#"{{"items":[{{"id":{},"highlight":{{"name":"<mark>Part</mark> {i}"}}}}],"total""#, i + 1);
        assert!(page.text.starts_with(&expected), "{}", page.text);
        if let Some(next) = page.json()["next"].as_str() {
            page = app.get(next).answer();
        }
    }
}

fn every_text_is_safe_to_show(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let token = app.admin_token();
    for (name, q, marked) in [
        ("<script>alert(\"1\")</script>", "alert", "&lt;script&gt;<mark>alert</mark>(&quot;1&quot;)&lt;/script&gt;"),
        (
            "<mark>Tom</mark> & Jerry's",
            "tom jerrys",
            "&lt;mark&gt;<mark>Tom</mark>&lt;/mark&gt; &amp; <mark>Jerry&#39;s</mark>",
        ),
        ("\u{202e}desrever\u{202c}", "desrever", "\u{202e}<mark>desrever</mark>\u{202c}"),
        ("Zoë\u{323}\u{307}rah", "zoe", "<mark>Zo\u{1eb9}\u{308}\u{307}</mark>rah"),
        ("千と千尋の神隠し", "千と", "<mark>千と</mark>千尋の神隠し"),
        ("İstanbul", "ista", "<mark>İsta</mark>nbul"),
        ("Große Straße", "gros strasse", "<mark>Groß</mark>e <mark>Straße</mark>"),
        ("Eﬃcient", "ef", "<mark>Eﬃ</mark>cient"),
    ] {
        add(&app, &token, &json!({ "name": name }));
        let found = items(&app, &format!("q={}&highlight=true", encoded(q)));
        assert_eq!(found[0]["highlight"]["name"], marked, "{q} in {name}: {found:?}");
    }
}
