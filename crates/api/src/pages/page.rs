//! What every page knows of its request, and what happens around every handler of a page.

use std::{
    fmt,
    future::{Ready, ready},
};

use actix_web::{
    Error, FromRequest, HttpMessage, HttpRequest, HttpResponse, ResponseError,
    body::BoxBody,
    cookie::{Cookie, SameSite, time::Duration},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, HeaderMap, HeaderValue},
    },
    middleware::Next,
};
use askama::{Template, filters::HtmlSafe};
use bootstrap::settings::Registration;
use domain::{
    change::Via,
    query::{
        conditions::MAX_TEXT_CHARS,
        parameters::{self, Parameters},
    },
    time::Timestamp,
    user::{Admin, Role, User},
};

use super::{
    assets,
    i18n::{Locale, Text},
    session,
};
use crate::{
    auth::{self, SignedIn},
    client,
    problem::Problem,
    state,
};

/// The cookie with the language that was chosen.
const LANGUAGE: &str = "lang";
const LANGUAGE_DAYS: i64 = 365;

/// The longest parameter that is repeated in links, of which a page has many. Few proxies pass on a longer one.
const MAX_PAIR: usize = 8_192;

/// What pages may load and where their forms lead: this server alone, pictures of movies excepted.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https:; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What a page is shown to, and where.
pub struct Page {
    pub locale: &'static Locale,
    /// Who is signed in.
    pub user: Option<User>,
    /// The path of the page.
    pub path: String,
    /// What was asked for beside the path, for links; without the choice of a language, and without what is too long.
    pub query: String,
    /// Whether a page of this server leads here, as far as the browser tells: what the address says of what was just
    /// done is not believed otherwise.
    pub is_led_to: bool,
    /// What was searched for.
    pub search: String,
    /// See [`origin`].
    pub origin: String,
    pub may_register: bool,
    /// Whether this visitor may read the catalogue.
    pub may_read: bool,
}

impl Page {
    /// The page that a request asks for.
    pub fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let settings = &state::of(request)?.settings;
        let user = request.extensions().get::<SignedIn>().map(|caller| caller.user.clone());
        let is_kept = |pair: &&str| !pair.starts_with("lang=") && (1..=MAX_PAIR).contains(&pair.len());
        let mut parameters = Parameters::read(request.query_string());
        Ok(Self {
            locale: locale(request),
            search: parameters.value("q").filter(|q| q.chars().count() <= MAX_TEXT_CHARS).unwrap_or_default(),
            may_register: settings.auth.registration == Registration::Open,
            may_read: settings.auth.anonymous_read || user.is_some(),
            user,
            is_led_to: session::leads_here(request)?,
            // With more than one slash before it, a link would lead to the server of that name.
            path: format!("/{}", request.path().trim_start_matches(['/', '\\'])),
            query: request.query_string().split('&').filter(is_kept).collect::<Vec<_>>().join("&"),
            origin: origin(request)?,
        })
    }

    /// A text in the page's language.
    pub fn t(&self, key: &'static str) -> Text<'_> {
        self.locale.t(key)
    }

    /// A whole number as the language writes it.
    pub fn number(&self, number: &u64) -> String {
        self.locale.number(*number)
    }

    /// A number with one digit after the decimal separator.
    pub fn decimal(&self, number: &f64) -> String {
        self.locale.decimal(*number, 1)
    }

    pub fn date(&self, at: &Timestamp) -> String {
        self.locale.date(*at)
    }

    pub fn date_and_time(&self, at: &Timestamp) -> String {
        self.locale.date_and_time(*at)
    }

    pub fn is_admin(&self) -> bool {
        self.user.as_ref().is_some_and(|user| user.role == Role::Admin)
    }

    pub fn is_at(&self, path: &str) -> bool {
        self.path == path
    }

    pub fn is_below(&self, path: &str) -> bool {
        self.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    pub fn speaks(&self, locale: &Locale) -> bool {
        self.locale.language.tag == locale.language.tag
    }

    /// Path and query of this page.
    pub fn address(&self) -> String {
        if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query) }
    }

    /// The address of a page from which one comes back to this one.
    pub fn detour(&self, path: &str) -> String {
        let leads_back = !matches!(self.path.as_str(), "/login" | "/register" | "/logout");
        let next = leads_back.then(|| self.address());
        parameters::url(path, next.as_deref().map(|next| ("next", next)))
    }

    /// This page in every language.
    pub fn languages(&self) -> impl Iterator<Item = (&'static Locale, String)> {
        Locale::all().iter().map(|locale| {
            let separator = if self.query.is_empty() { "" } else { "&" };
            (locale, format!("{}?{}{separator}lang={}", self.path, self.query, locale.language.tag))
        })
    }

    /// The path of a static file, which changes with its content.
    pub fn asset(&self, name: &str) -> &'static str {
        assets::path(name)
    }

    /// A picture of `static/icons.svg`, which says nothing that the text beside it does not.
    pub fn icon(&self, name: &'static str) -> Icon {
        Icon(name)
    }

    /// Answers with a page.
    pub fn show(&self, template: &impl Template) -> Result<HttpResponse, Problem> {
        self.show_as(StatusCode::OK, template)
    }

    /// The same with another status.
    pub fn show_as(&self, status: StatusCode, template: &impl Template) -> Result<HttpResponse, Problem> {
        let html = template.render().map_err(Problem::internal)?;
        Ok(HttpResponse::build(status)
            .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
            .insert_header((header::CONTENT_LANGUAGE, self.locale.language.tag))
            .body(html))
    }
}

/// See [`Page::icon`].
pub struct Icon(&'static str);

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(name) = self;
        let file = assets::path("icons.svg");
        write!(f, "<svg class=\"icon\" aria-hidden=\"true\"><use href=\"{file}#{name}\"/></svg>")
    }
}

impl HtmlSafe for Icon {}

impl FromRequest for Page {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

/// An admin at a page.
pub struct PageAdmin(pub Admin);

impl FromRequest for PageAdmin {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(auth::admin(request, Via::Page).map(Self))
    }
}

/// Sends a browser to another page of this server, which it gets.
pub fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, path)).finish()
}

/// Under which URL people reach the server, without a slash at its end.
pub fn origin(request: &HttpRequest) -> Result<String, Problem> {
    Ok(match state::of(request)?.settings.server.public_url.as_deref() {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => client::origin(request),
    })
}

fn locale(request: &HttpRequest) -> &'static Locale {
    let of_cookie = || request.cookie(LANGUAGE).and_then(|cookie| Locale::by_tag(cookie.value()));
    chosen(request).or_else(of_cookie).unwrap_or_else(|| Locale::accepted(request.headers()))
}

fn chosen(request: &HttpRequest) -> Option<&'static Locale> {
    request.query_string().split('&').find_map(|pair| Locale::by_tag(pair.strip_prefix("lang=")?))
}

/// The middleware of every page: it knows who has signed in, keeps other sites' forms out, sends to the login where one
/// is needed, and says what browsers may do with the answer.
pub async fn around(request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, Error> {
    let checked = match session::check_origin(request.request()) {
        Ok(()) => auth::check_token_of_page(request.request()).await,
        Err(problem) => Err(problem),
    };
    let is_shown = checked.as_ref().err().is_none_or(|problem| is_about_session(problem, request.request()));
    // A login that has ended is none. One that cannot be checked now may still be one.
    let has_ended = checked.as_ref().is_err_and(|problem| problem.status_code() == StatusCode::UNAUTHORIZED);
    let mut response = match checked {
        Err(problem) if !is_shown => request.error_response(problem),
        _ => next.call(request).await?,
    };
    if needs_login(&response)
        && let Ok(page) = Page::of(response.request())
    {
        response = response.into_response(see_other(&page.detour("/login")));
    }
    let mut cookies = Vec::new();
    if has_ended && !response.headers().contains_key(header::SET_COOKIE) {
        cookies.extend(session::end(&state::of(response.request())?.settings));
    }
    if let Some(locale) = chosen(response.request()) {
        cookies.extend(HeaderValue::from_str(&language_cookie(locale).to_string()));
    }
    let may_be_kept = response.request().method().is_safe();
    let is_signed_in = response.request().extensions().contains::<SignedIn>();
    let headers = response.headers_mut();
    for cookie in cookies {
        headers.append(header::SET_COOKIE, cookie);
    }
    // What is for everybody is asked about before each use. What is for somebody is not kept at all, as `delivery` says
    // of what is silent here: browsers go back to what they have without asking, after a logout, too.
    if may_be_kept && !is_signed_in && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        headers.append(header::VARY, HeaderValue::from_static("Cookie, Accept-Language"));
    }
    add_headers(headers);
    Ok(response)
}

/// The cookie that keeps the choice of a language.
pub fn language_cookie(locale: &Locale) -> Cookie<'static> {
    Cookie::build(LANGUAGE, locale.language.tag)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(Duration::days(LANGUAGE_DAYS))
        .finish()
}

/// Says what browsers may do with a page.
pub fn add_headers(headers: &mut HeaderMap) {
    let said = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in said {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// Whether a page is shown all the same, as to somebody who is not signed in: for safe requests whose cookie is the
/// matter.
fn is_about_session(problem: &Problem, request: &HttpRequest) -> bool {
    let status = problem.status_code();
    !auth::has_token(request.headers())
        && (status == StatusCode::UNAUTHORIZED
            || (status == StatusCode::SERVICE_UNAVAILABLE && request.method().is_safe()))
}

/// Whether a page was asked for that only those get who have logged in.
fn needs_login(response: &ServiceResponse) -> bool {
    let request = response.request();
    response.status() == StatusCode::UNAUTHORIZED
        && matches!(*request.method(), Method::GET | Method::HEAD)
        && request.path() != "/login"
        && super::errors::prefers_html(request)
}
