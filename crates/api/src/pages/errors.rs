//! Errors as pages, for those who prefer to read them so.

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::header::{self, Accept, Header, HeaderValue},
};
use askama::Template;

use super::{
    i18n::Text,
    page::{self, Page},
};
use crate::problem::Problem;

/// The form in which a request's client wants to hear of an error: a page, for one that prefers HTML, outside of the API.
pub struct ErrorPage(Page);

impl ErrorPage {
    /// The page for errors of this request, where one is wanted.
    pub fn wanted(request: &HttpRequest) -> Option<Self> {
        let path = request.path();
        let is_api = path == "/api" || path.starts_with("/api/");
        if is_api || !prefers_html(request) { None } else { Page::of(request).ok().map(Self) }
    }

    /// The same, knowing who has signed in meanwhile.
    pub fn for_user_of(self, request: &HttpRequest) -> Self {
        Page::of(request).map_or(self, Self)
    }

    /// The page that tells of `problem`, under the id by which the log speaks of the request.
    pub fn of(&self, problem: &Problem, request_id: &str) -> HttpResponse {
        let status = problem.status_code();
        let (title, text) = self.texts(status.as_u16());
        let detail = problem.detail();
        let template = ErrorTemplate { page: &self.0, status: status.as_u16(), title, text, detail, request_id };
        let Ok(mut response) = self.0.show_as(status, &template) else { return problem.response_to("", request_id) };
        for (name, value) in problem.headers() {
            response.headers_mut().insert(name.clone(), value.clone());
        }
        page::add_headers(response.headers_mut());
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }

    fn texts(&self, status: u16) -> (Text<'_>, Text<'_>) {
        let page = &self.0;
        match status {
            401 => (page.t("error-401"), page.t("error-401-text")),
            403 => (page.t("error-403"), page.t("error-403-text")),
            404 => (page.t("error-404"), page.t("error-404-text")),
            405 => (page.t("error-405"), page.t("error-405-text")),
            409 | 412 => (page.t("error-409"), page.t("error-409-text")),
            413 => (page.t("error-413"), page.t("error-413-text")),
            429 => (page.t("error-429"), page.t("error-429-text")),
            503 => (page.t("error-503"), page.t("error-503-text")),
            500.. => (page.t("error-500"), page.t("error-500-text")),
            _ => (page.t("error-400"), page.t("error-400-text")),
        }
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorTemplate<'a> {
    page: &'a Page,
    status: u16,
    title: Text<'a>,
    text: Text<'a>,
    detail: &'a str,
    request_id: &'a str,
}

/// Whether a client likes HTML at least as well as JSON, and says so.
pub fn prefers_html(request: &HttpRequest) -> bool {
    let Ok(Accept(items)) = Accept::parse(request) else { return false };
    let liking = |wanted: &[&str]| {
        let of_type = items.iter().filter(|item| wanted.contains(&item.item.essence_str()));
        of_type.map(|item| item.quality).max()
    };
    let html = liking(&["text/html", "application/xhtml+xml"]);
    html.is_some() && html >= liking(&["application/json", "application/problem+json"])
}
