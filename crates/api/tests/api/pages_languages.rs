//! The languages of pages: which one is spoken, and how it is said.

use testing::TestDatabase;

use crate::test_app::{Answer, Ask, TestApp};

fn app() -> (TestApp, TestDatabase) {
    let database = testing::sqlite();
    (TestApp::spawn(&database), database)
}

fn language(answer: &Answer) -> &str {
    let language = answer.header("content-language");
    let direction = if language == "ar" { "rtl" } else { "ltr" };
    assert!(answer.text.contains(&format!("<html lang=\"{language}\" dir=\"{direction}\">")), "{}", answer.text);
    language
}

#[test]
fn a_language_is_chosen_by_the_address_then_the_cookie_then_what_the_browser_likes() {
    let (app, _database) = app();
    for (query, cookie, accepted, expected) in [
        ("", "", "", "en"),
        ("", "", "pt-BR, hi-IN;q=0.8, fr;q=0.5", "hi"),
        ("", "", "zh-CN,zh;q=0.9", "en"),
        ("", "", "AR-eg", "ar"),
        ("", "lang=ja", "hi", "ja"),
        ("", "lang=tlh", "hi", "hi"),
        ("?lang=es", "lang=ja", "hi", "es"),
        ("?lang=tlh", "lang=ja", "hi", "ja"),
        ("?lang=", "", "de-CH", "de"),
    ] {
        let request = app.get(&format!("/login{query}")).header("Cookie", cookie).header("Accept-Language", accepted);
        let answer = request.answer();
        assert_eq!(language(&answer), expected, "{query} {cookie} {accepted}");
        let keeps = answer.header("set-cookie").starts_with("lang=");
        assert_eq!(keeps, query == "?lang=es", "a choice is kept, and nothing else is: {query}");
    }
}

#[test]
fn the_menu_of_languages_leads_to_the_same_page() {
    let (app, _database) = app();
    let page = app.get("/login?next=%2Faccount&lang=fr").answer().text;
    for tag in ["en", "es", "fr", "de", "hi", "ar", "ja"] {
        let link = format!("href=\"/login?next=%2Faccount&#38;lang={tag}\" lang=\"{tag}\" hreflang=\"{tag}\"");
        assert!(page.contains(&link), "{link}: {page}");
    }
    assert_eq!(page.matches("aria-current=\"true\"").count(), 1);
}

#[test]
fn errors_are_told_in_the_language_of_the_page() {
    let (app, _database) = app();
    let answer = app.get("/nothing").header("Accept", "text/html").header("Cookie", "lang=es").answer();
    assert_eq!((answer.status, language(&answer)), (404, "es"));
    assert!(answer.text.contains("Aquí no hay nada"), "{}", answer.text);
}

#[test]
fn a_language_can_be_chosen_in_the_account() {
    let (app, _database) = app();
    let session = app.session("admin");
    let choose = |tag: &str| app.post("/account/language").header("Cookie", &session).form(&[("lang", tag)]).answer();
    let chosen = choose("ar");
    assert_eq!((chosen.status, chosen.header("location")), (303, "/account?done=language"));
    let cookie = chosen.header("set-cookie").split(';').next().unwrap();
    let page = app.get("/account?done=language").header("Cookie", format!("{session}; {cookie}")).answer();
    assert_eq!(language(&page), "ar");
    assert!(page.text.contains("<option value=\"ar\" lang=\"ar\" selected>") && page.text.contains("تم تغيير اللغة."));
    assert_eq!(choose("tlh").status, 400);
}
