//! Signing in and out.

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::{StatusCode, header},
    web::Query,
};
use askama::Template;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{
    form::Form,
    i18n::Text,
    page::{Page, see_other},
    session,
};
use crate::{
    auth::SignedIn,
    endpoint::Endpoint,
    problem::Problem,
    state::{State, blocking},
    v1::accounts::client,
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::at("/login").page().get(login).post(log_in), Endpoint::at("/logout").page().post(log_out)]
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginTemplate<'a> {
    page: &'a Page,
    username: &'a str,
    next: &'a str,
    error: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

async fn login(page: Page, next: Query<Next>) -> Result<HttpResponse, Problem> {
    if page.user.is_some() {
        return Ok(see_other(within_site(&next.next)));
    }
    page.show(&LoginTemplate { page: &page, username: "", next: &next.next, error: None })
}

async fn log_in(page: Page, form: Form, request: HttpRequest, state: State) -> Result<HttpResponse, Problem> {
    let username = form.text("username").to_owned();
    let password = SecretString::from(form.raw("password"));
    let address = client(&request);
    let accounts = state.accounts.clone();
    let (name, old) = (username.clone(), session::token(&request));
    let signed_in = state.hashing(move || {
        let signed_in = accounts.login(&name, &password, address)?;
        // Whoever knows the token of the login before is not to have anything of this one.
        if let Some((old, _)) = old.and_then(|old| accounts.authenticate(&old).ok()) {
            accounts.logout(old.id)?;
        }
        Ok(signed_in)
    });
    match signed_in.await {
        Ok(signed_in) => {
            let mut response = see_other(within_site(form.text("next")));
            let cookie = session::begin(&state.settings, signed_in.token.expose_secret(), signed_in.expires_at);
            response.add_cookie(&cookie).map_err(Problem::internal)?;
            Ok(response)
        }
        Err(problem) => {
            let error = match problem.status_code() {
                StatusCode::UNAUTHORIZED => page.t("login-wrong"),
                StatusCode::TOO_MANY_REQUESTS => page.t("login-too-many"),
                _ => return Err(problem),
            };
            let template =
                LoginTemplate { page: &page, username: &username, next: form.text("next"), error: Some(error) };
            let mut response = page.show_as(problem.status_code(), &template)?;
            for (name, value) in problem.headers() {
                response.headers_mut().insert(name.clone(), value.clone());
            }
            Ok(response)
        }
    }
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

/// Where to go after a login: a path of this server, else its first page.
pub fn within_site(next: &str) -> &str {
    let is_path = next.starts_with('/') && !next.starts_with("//");
    let is_plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_path && is_plain { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_comes_back_to_this_site_alone() {
        for good in ["/", "/listing?q=a%20b&p=2", "/movies/3", "/admin"] {
            assert_eq!(within_site(good), good);
        }
        for bad in [
            "",
            "listing",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nb",
            "javascript:x",
            "/\u{202e}",
        ] {
            assert_eq!(within_site(bad), "/", "{bad:?}");
        }
    }
}
