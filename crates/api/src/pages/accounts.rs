//! Signing in and out, and making an account.

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::{StatusCode, header},
    web::Query,
};
use askama::Template;
use domain::{
    Error,
    services::{self, Accounts},
    violation::{Violation, ViolationCode, Violations},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{
    form::Form,
    i18n::Text,
    page::{Page, see_other},
    session,
    violations::{Subject, Wrong},
};
use crate::{
    auth::SignedIn,
    endpoint::Endpoint,
    problem::Problem,
    state::{AppState, State, blocking},
    v1::accounts::client,
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::at("/login").page().get(login).post(log_in),
        Endpoint::at("/register").page().get(registration).post(register),
        Endpoint::at("/logout").page().post(log_out),
    ]
}

/// Where to go afterwards. It stands in the page's address, so that a change of the language keeps it.
#[derive(Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

impl Next {
    /// The same, where the form says it itself.
    fn or_of<'a>(&'a self, form: &'a Form) -> &'a str {
        if self.next.is_empty() { form.text("next") } else { &self.next }
    }
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginTemplate<'a> {
    page: &'a Page,
    username: &'a str,
    next: &'a str,
    error: Option<Text<'a>>,
}

async fn login(page: Page, next: Query<Next>) -> Result<HttpResponse, Problem> {
    if page.user.is_some() {
        return Ok(see_other(within_site(&next.next)));
    }
    page.show(&LoginTemplate { page: &page, username: "", next: &next.next, error: None })
}

async fn log_in(
    page: Page,
    next: Query<Next>,
    form: Form,
    request: HttpRequest,
    state: State,
) -> Result<HttpResponse, Problem> {
    let username = form.text("username").to_owned();
    let password = SecretString::from(form.raw("password"));
    let address = client(&request);
    let accounts = state.accounts.clone();
    let (name, old) = (username.clone(), session::token(&request));
    let signed_in = state.hashing(move || {
        let signed_in = accounts.login(&name, &password, address)?;
        end_login(&accounts, old)?;
        Ok(signed_in)
    });
    let next = next.or_of(&form);
    match signed_in.await {
        Ok(signed_in) => begin(&state, &signed_in, next),
        Err(problem) => {
            let error = match problem.status_code() {
                StatusCode::UNAUTHORIZED => page.t("login-wrong"),
                StatusCode::TOO_MANY_REQUESTS => page.t("login-too-many"),
                _ => return Err(problem),
            };
            show_refused(&page, &problem, &LoginTemplate { page: &page, username: &username, next, error: Some(error) })
        }
    }
}

#[derive(Template)]
#[template(path = "register.html")]
struct RegisterTemplate<'a> {
    page: &'a Page,
    username: &'a str,
    next: &'a str,
    wrong: Wrong<'a>,
    error: Option<Text<'a>>,
}

impl<'a> RegisterTemplate<'a> {
    fn new(page: &'a Page, username: &'a str, next: &'a str) -> Self {
        Self { page, username, next, wrong: Wrong::default(), error: None }
    }
}

async fn registration(page: Page, next: Query<Next>) -> Result<HttpResponse, Problem> {
    if page.user.is_some() {
        return Ok(see_other(within_site(&next.next)));
    }
    let status = if page.may_register { StatusCode::OK } else { StatusCode::FORBIDDEN };
    page.show_as(status, &RegisterTemplate::new(&page, "", &next.next))
}

async fn register(
    page: Page,
    next: Query<Next>,
    form: Form,
    request: HttpRequest,
    state: State,
) -> Result<HttpResponse, Problem> {
    let username = form.text("username").to_owned();
    let password = SecretString::from(form.raw("password"));
    let address = client(&request);
    let accounts = state.accounts.clone();
    let (name, old) = (username.clone(), session::token(&request));
    let registered = state.hashing(move || {
        // What is wrong is told to people in their language, and so kept apart from what went wrong.
        if let Err(error) = accounts.register(&name, password.clone(), address) {
            return Ok(Err(error));
        }
        let signed_in = accounts.login(&name, &password, address)?;
        end_login(&accounts, old)?;
        Ok(Ok(signed_in))
    });
    let next = next.or_of(&form);
    let error = match registered.await? {
        Ok(signed_in) => return begin(&state, &signed_in, next),
        Err(error) => error,
    };
    let mut template = RegisterTemplate::new(&page, &username, next);
    match &error {
        Error::Invalid(violations) => template.wrong = Wrong::new(&page, Subject::Account, violations),
        Error::UsernameTaken => {
            let taken = Violation::new("/username", ViolationCode::Taken, "");
            template.wrong = Wrong::new(&page, Subject::Account, &Violations::from(taken));
        }
        Error::TooManyAttempts { .. } => template.error = Some(page.t("register-too-many")),
        Error::RegistrationClosed => {}
        _ => return Err(error.into()),
    }
    show_refused(&page, &Problem::from(error), &template)
}

async fn log_out(caller: Option<SignedIn>, state: State) -> Result<HttpResponse, Problem> {
    if let Some(caller) = caller {
        let accounts = state.accounts.clone();
        blocking(move || accounts.logout(caller.token.id)).await?;
    }
    let mut response = see_other("/");
    if let Some(cookie) = session::end(&state.settings) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Ends the login that a browser had before the one it gets now: whoever knows its token is not to have anything of the
/// new one.
fn end_login(accounts: &Accounts, token: Option<String>) -> domain::Result<()> {
    match token.and_then(|token| accounts.authenticate(&token).ok()) {
        Some((old, _)) => accounts.logout(old.id),
        None => Ok(()),
    }
}

/// Gives a browser its login, and sends it to where it wanted to go.
fn begin(state: &AppState, signed_in: &services::SignedIn, next: &str) -> Result<HttpResponse, Problem> {
    let mut response = see_other(within_site(next));
    let cookie = session::begin(&state.settings, signed_in.token.expose_secret(), signed_in.expires_at);
    response.add_cookie(&cookie).map_err(Problem::internal)?;
    Ok(response)
}

/// Shows a form again, with what is wrong with what was sent.
pub fn show_refused(page: &Page, problem: &Problem, template: &impl Template) -> Result<HttpResponse, Problem> {
    let mut response = page.show_as(problem.status_code(), template)?;
    for (name, value) in problem.headers() {
        response.headers_mut().insert(name.clone(), value.clone());
    }
    Ok(response)
}

/// Where to go after a login: a path of this server, else its first page.
pub fn within_site(next: &str) -> &str {
    let path = next.split(['?', '#']).next().unwrap_or_default();
    // Browsers take steps such as `..` away, also where they are encoded, and the rest may begin with two slashes.
    let is_step = |segment: &str| matches!(&*segment.to_ascii_lowercase().replace("%2e", "."), "." | "..");
    let is_path = path.starts_with('/') && !path.contains("//") && !path.split('/').any(is_step);
    let is_plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_path && is_plain { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_comes_back_to_this_site_alone() {
        for good in ["/", "/listing?q=a%20b&p=2", "/listing?q=http://../a", "/movies/3", "/admin", "/.well-known/x"] {
            assert_eq!(within_site(good), good);
        }
        for bad in [
            "",
            "listing",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "https:evil.example",
            "/.//evil.example",
            "/a/..//evil.example",
            "/%2E/%2e./x",
            "/a//b",
            "/a\r\nb",
            "/\t/evil.example",
            "javascript:x",
            "/\u{202e}",
        ] {
            assert_eq!(within_site(bad), "/", "{bad:?}");
        }
    }
}
