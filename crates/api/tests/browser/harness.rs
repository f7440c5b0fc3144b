//! What the other tests rely on: that the browser does as it is told, and that its checks can fail.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use actix_web::HttpRequest;
use fantoccini::key::Key;

use crate::{
    browser::{Browser, Device},
    small_site::SmallSite,
};

const GOOD: &str = r#"
    <main>
      <h1>A form</h1>
      <form action="/sent">
        <label>Name <input name="name"></label>
        <label>Sort <select name="sort"><option>score<option>year</select></label>
        <label>File <input name="file" type="file"></label>
        <button>Send</button>
      </form>
      <p hidden>Hidden</p>
    </main>"#;

/// No language, a picture without text, a field without label, text that can hardly be read.
const BAD: &str = r#"<h1>A form</h1><img src="data:," alt><input><p style="color: #ccc">Pale</p>"#;

fn page(request: &HttpRequest) -> String {
    let header = |name| request.headers().get(name).map_or("", |value| value.to_str().unwrap());
    let (head, body) = match request.path() {
        "/good" => ("", GOOD.to_owned()),
        "/sent" => ("", format!("<main><h1>Sent</h1><p>{}</p></main>", request.query_string())),
        "/languages" => ("", format!("<p>{}</p>", header("accept-language"))),
        "/cookies" => ("", format!("<p>{}</p>", header("cookie"))),
        "/script" => ("<script src=/script.js></script>", "<h1>Before</h1>".to_owned()),
        "/script.js" => {
            return "addEventListener('load', () => document.querySelector('h1').append(' and after'))".into();
        }
        "/inline" => ("<script>document.title = 'Done'</script>", String::new()),
        "/failing" => ("<script src=/failing.js></script>", String::new()),
        "/failing.js" => return "missing.call()".into(),
        "/elsewhere" => ("<script src=https://example.org/></script>", String::new()),
        "/bad" => return BAD.to_owned(),
        _ => ("", "<h1>Something</h1>".to_owned()),
    };
    format!(
        "<!doctype html><html lang=en><meta name=viewport content='width=device-width'>\
         <title>A page</title>{head}<body>{body}"
    )
}

fn open(device: Device) -> (SmallSite, Browser) {
    let site = SmallSite::spawn(page);
    let browser = Browser::open(&site.address, device);
    (site, browser)
}

/// What a failing check says.
#[track_caller]
fn failure(check: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(check)).expect_err("the check must fail");
    payload.downcast_ref::<String>().unwrap().clone()
}

#[test]
fn a_form_can_be_filled_and_sent_by_keyboard() {
    let (_site, browser) = open(Device::DESKTOP);
    browser.goto("/good");
    browser.press(Key::Tab);
    assert!(browser.has_focus("[name=name]"));
    browser.press("King");
    browser.press(Key::Left + &Key::Backspace);
    assert_eq!(browser.value("[name=name]"), "Kig");
    browser.fill("[name=name]", "Kong");
    let file = tempfile::Builder::new().suffix(".json").tempfile().unwrap();
    browser.click("//option[. = 'year']");
    browser.upload("[name=file]", file.path());
    browser.click("[name=name]");
    browser.press(Key::Enter);
    let name = file.path().file_name().unwrap().display();
    browser.wait_for_location(&format!("/sent?name=Kong&sort=year&file={name}"));
    assert_eq!(browser.text("h1"), "Sent");
    browser.back();
    browser.wait_for_location("/good");
    browser.click("//button[. = 'Send']");
    browser.wait_for_text("name=Kong");
}

#[test]
fn elements_are_counted_and_read_as_they_are_now() {
    let (_site, browser) = open(Device::DESKTOP);
    browser.goto("/good");
    assert_eq!((browser.count("label"), browser.count("table")), (3, 0));
    assert_eq!(browser.attribute("form", "action").unwrap(), "/sent");
    assert!(browser.is_shown("h1") && !browser.is_shown("p"));
}

#[test]
fn a_cookie_is_kept_until_it_is_forgotten() {
    let (_site, browser) = open(Device::DESKTOP);
    browser.goto("/cookies");
    assert_eq!(browser.text("p"), "");
    assert_eq!(browser.cookie("visited").unwrap().http_only(), Some(true));
    browser.reload();
    assert_eq!(browser.text("p"), "visited=yes");
    browser.forget_cookies();
    assert!(browser.cookie("visited").is_none());
}

#[test]
fn a_failure_says_what_the_page_showed() {
    let (_site, mut browser) = open(Device::DESKTOP);
    browser.patience = Duration::ZERO;
    browser.goto("/good");
    let said = failure(|| browser.wait_until("pigs fly", |_| false));
    assert!(said.contains("until pigs fly") && said.contains("/good shows:\nA form"), "{said}");
}

#[test]
fn a_page_is_as_wide_as_the_device_and_as_dark_as_it_is_told() {
    let (_site, browser) = open(Device { dark: true, ..Device::PHONE });
    browser.goto("/good");
    let is_dark = || browser.evaluate("return matchMedia('(prefers-color-scheme: dark)').matches");
    assert_eq!(browser.evaluate("return [innerWidth, innerHeight]"), serde_json::json!([320, 640]));
    assert_eq!(browser.evaluate("return matchMedia('(pointer: coarse)').matches"), true);
    assert_eq!(is_dark(), true);
    browser.set_dark(false);
    browser.resize(1000, 700);
    assert_eq!(is_dark(), false);
    assert_eq!(browser.evaluate("return innerWidth"), 1000);
}

#[test]
fn a_screenshot_shows_the_whole_page() {
    let (_site, browser) = open(Device::PHONE);
    browser.goto("/good");
    browser.evaluate("document.body.style.height = '3000px'");
    let png = browser.screenshot();
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert_eq!((number(16), number(20) >= 3000), (320, true), "{} high", number(20));
}

#[test]
fn pages_are_asked_for_in_the_languages_of_the_device() {
    let (_site, browser) = open(Device { languages: "ar,fr", ..Device::DESKTOP });
    browser.goto("/languages");
    assert_eq!(browser.text("p"), "ar,fr;q=0.9");
    assert_eq!(browser.evaluate("return navigator.language"), "ar");
}

#[test]
fn scripts_run_where_the_device_has_them() {
    for (javascript, text) in [(true, "Before and after"), (false, "Before")] {
        let (_site, browser) = open(Device { javascript, ..Device::DESKTOP });
        browser.goto("/script");
        assert_eq!(browser.text("h1"), text);
    }
}

#[test]
fn without_javascript_a_form_can_be_filled_and_sent() {
    let (_site, browser) = open(Device { javascript: false, ..Device::DESKTOP });
    browser.goto("/good");
    browser.fill("[name=name]", "Kong");
    browser.click("button");
    browser.wait_for_text("name=Kong");
    assert!(browser.location().starts_with("/sent?name=Kong"));
}

#[test]
fn a_test_fails_where_the_browser_complains() {
    for (path, complaint) in [
        ("/failing", "missing is not defined"),
        ("/inline", "Content Security Policy"),
        ("/elsewhere", "Content Security Policy"),
    ] {
        let (_site, browser) = open(Device::DESKTOP);
        browser.goto(path);
        let said = failure(move || drop(browser));
        assert!(said.contains(complaint), "{said}");
    }
}

#[test]
fn a_complaint_may_be_expected() {
    let (_site, browser) = open(Device::DESKTOP);
    browser.goto("/failing");
    browser.expect_in_log("missing is not defined");
}

#[test]
fn an_accessible_page_is_called_so_whatever_its_content_security_policy() {
    let (_site, browser) = open(Device::DESKTOP);
    browser.goto("/good");
    browser.assert_accessible();
    browser.goto("/sent");
    browser.assert_accessible();
}

#[test]
fn what_makes_a_page_inaccessible_is_named() {
    let (_site, browser) = open(Device::DESKTOP);
    browser.expect_in_log("Content Security Policy");
    browser.goto("/bad");
    let said = failure(|| browser.assert_accessible());
    for rule in ["html-has-lang: ", "label: ", "document-title: ", "landmark-one-main: "] {
        assert!(said.contains(rule), "{rule}{said}");
    }
    assert!(said.contains("\n  input\n    Fix any"), "{said}");
}
