//! What holds of every page.

use std::collections::BTreeSet;

use actix_web::{dev::ResourceDef, http::Method};
use api::pages::endpoints;

use crate::{
    browser::Device,
    pages::{Visitor, World},
};

/// Paths that send on to another page, and those that scripts and downloads ask for.
const NO_PAGES: [&str; 5] = [
    "/account/language",
    "/account/password",
    "/account/tokens",
    "/admin/import/{job}/progress",
    "/admin/import/{job}/rejects",
];

#[test]
fn every_page_is_accessible_light_on_a_desktop_and_dark_on_a_phone() {
    let world = World::new();
    let mut visited = BTreeSet::new();
    for visitor in [Visitor::Anybody, Visitor::User, Visitor::Admin] {
        let browser = world.browser(visitor, Device::DESKTOP);
        for page in world.pages.iter().filter(|page| page.visitor == visitor) {
            page.visit(&browser);
            browser.assert_accessible();
            browser.set_dark(true);
            browser.resize(Device::PHONE.width, Device::PHONE.height);
            browser.assert_fits();
            browser.assert_accessible();
            browser.resize(Device::DESKTOP.width, Device::DESKTOP.height);
            browser.set_dark(false);
            visited.insert(browser.location());
        }
    }
    let is_visited = |pattern: &str| {
        let pattern = ResourceDef::new(pattern);
        visited.iter().any(|path| pattern.is_match(path.split('?').next().unwrap_or_default()))
    };
    for endpoint in endpoints() {
        if endpoint.is_page() && endpoint.methods().contains(&Method::GET) && !NO_PAGES.contains(&endpoint.path()) {
            assert!(is_visited(endpoint.path()), "{} is not in the list of pages", endpoint.path());
        }
    }
}

#[test]
fn every_page_in_arabic_is_accessible_dark_on_a_desktop_and_fits_a_phone() {
    let world = World::new();
    for visitor in [Visitor::Anybody, Visitor::User, Visitor::Admin] {
        let browser = world.browser(visitor, Device { languages: "ar", dark: true, ..Device::DESKTOP });
        for page in world.pages.iter().filter(|page| page.visitor == visitor) {
            page.visit(&browser);
            assert_eq!(browser.attribute("html", "dir").as_deref(), Some("rtl"), "{}", page.name);
            browser.assert_accessible();
            browser.resize(Device::PHONE.width, Device::PHONE.height);
            browser.assert_fits();
            browser.resize(Device::DESKTOP.width, Device::DESKTOP.height);
        }
    }
}
