//! The question before something that cannot be taken back, on a page of its own, so that it needs no script.

use askama::Template;

use crate::pages::{i18n::Text, page::Page};

/// See the module.
#[derive(Template)]
#[template(path = "admin/confirm.html")]
pub struct Confirm<'a> {
    pub page: &'a Page,
    pub title: Text<'a>,
    /// What will happen.
    pub text: Text<'a>,
    /// Why it did not happen when it was tried.
    pub alert: Option<Text<'a>>,
    /// Where the answer is sent.
    pub action: String,
    /// What is sent with it.
    pub fields: Vec<(&'static str, String)>,
    pub button: Text<'a>,
    /// Where no leads.
    pub back: String,
}
