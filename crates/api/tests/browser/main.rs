//! The web pages in a real browser: Chromium without a window, driven by `chromedriver`.
//!
//! A test starts the application, opens a [`Browser`](browser::Browser) on it and does what a person would:
//!
//! ```ignore
//! #[test]
//! fn a_search_leads_to_a_listing() {
//!     let (app, _database) = app();
//!     let browser = Browser::open(&app.address, Device::DESKTOP);
//!     browser.goto("/");
//!     browser.fill("input[name=name]", "kong");
//!     browser.press(Key::Enter);
//!     browser.wait_for_location("/listing?name=kong");
//!     assert_eq!(browser.text("h1"), "1 movie");
//!     browser.assert_accessible();
//! }
//! ```
//!
//! Whatever is asked of a page waits for it, but not for ever, and a failure says what the page showed. A test fails in
//! the end, too, if the browser had something to complain of: a script that failed, a file that is missing, a breach of
//! the content security policy. An answer that is meant to be an error is announced with `expect_in_log`.
//!
//! These tests run on SQLite alone: what may differ between databases is tested over HTTP.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![cfg(test)]

#[allow(dead_code, reason = "what the tests over HTTP need of it")]
#[path = "../api/contract.rs"]
mod contract;
#[allow(dead_code, reason = "what the tests over HTTP need of it")]
#[path = "../api/test_app.rs"]
mod test_app;

mod accessibility;
mod browser;
mod chromedriver;
mod pages;
mod small_site;

mod accounts;
mod admin_movies;
mod api_docs;
mod every_page;
mod harness;
mod languages;
mod listing;
mod manage;
mod screenshots;
mod search;
