//! The menu of languages.

use fantoccini::key::Key;

use crate::{
    browser::{Browser, Device},
    test_app::TestApp,
};

const MENU: &str = ".links .menu summary";

#[test]
fn a_language_is_chosen_in_the_menu_and_kept() {
    let database = testing::sqlite();
    let app = TestApp::spawn(&database);
    for javascript in [true, false] {
        let browser = Browser::open(&app.address, Device { javascript, languages: "de,en", ..Device::DESKTOP });
        browser.goto("/listing?sort=name");
        assert_eq!((browser.attribute("html", "lang").as_deref(), &*browser.text("h1")), (Some("de"), "Filme"));
        browser.click(MENU);
        browser.click("a[hreflang=ar]");
        browser.wait_until("it is Arabic", |browser| browser.text("h1") == "الأفلام");
        assert_eq!(browser.location(), "/listing?sort=name&lang=ar");
        assert_eq!(browser.attribute("html", "dir").as_deref(), Some("rtl"));
        let brand = "//a[@class='brand'][following::*[@class='links']]";
        assert_eq!(browser.count(brand), 1);
        if javascript {
            let side = "return document.querySelector('.brand').getBoundingClientRect().left > innerWidth / 2";
            assert_eq!(browser.evaluate(side), true, "a page in Arabic begins on the right");
        }
        let cookie = browser.cookie("lang").unwrap();
        assert_eq!((cookie.value(), cookie.http_only()), ("ar", Some(true)));
        // Other pages follow, though their addresses do not say it.
        browser.goto("/login");
        assert_eq!(browser.text("h1"), "تسجيل الدخول");
        assert_eq!(browser.attribute("html", "lang").as_deref(), Some("ar"));
        browser.click(MENU);
        browser.click("a[hreflang=ja]");
        browser.wait_until("it is Japanese", |browser| browser.text("h1") == "ログイン");
        assert_eq!(browser.attribute("html", "dir").as_deref(), Some("ltr"));
    }
}

#[test]
fn the_menu_is_used_by_keyboard() {
    let database = testing::sqlite();
    let app = TestApp::spawn(&database);
    let browser = Browser::open(&app.address, Device::PHONE);
    browser.goto("/stats");
    browser.evaluate("document.querySelector('.menu summary').focus()");
    browser.press(Key::Enter);
    assert!(browser.is_shown("a[hreflang=fr]"));
    browser.press(Key::Tab);
    assert!(browser.has_focus("a[hreflang=en]"));
    browser.press(Key::Escape);
    assert!(!browser.is_shown("a[hreflang=fr]"));
    assert!(browser.has_focus(MENU));
    browser.press(Key::Enter);
    for _ in 0..3 {
        browser.press(Key::Tab);
    }
    browser.press(Key::Enter);
    browser.wait_for_location("/stats?lang=fr");
    assert_eq!(browser.attribute("html", "lang").as_deref(), Some("fr"));
}
