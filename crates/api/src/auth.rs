//! Who is asking. A handler names what it needs, [`Reader`], [`SignedIn`] or [`AdminUser`], as an argument; whoever is
//! less is refused before the handler runs. A token that is not valid is refused before that, whatever the handler needs:
//! see [`authenticate`].
//!
//! A token comes in the `Authorization` header, or in the cookie of a browser that has signed in at the pages.

use std::future::{Ready, ready};

use actix_web::{
    Error, FromRequest, HttpMessage, HttpRequest, ResponseError,
    body::BoxBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{self, HeaderMap},
    },
    middleware::Next,
};
use domain::{
    change::Via,
    user::{Admin, Token, User},
};

use crate::{
    pages::session,
    problem::Problem,
    state::{self, blocking},
};

/// How a token is announced in the header.
const SCHEMES: [&str; 2] = ["Bearer", "Token"];

/// Anybody where the operator allows it, else a user.
pub struct Reader(());

/// A user, and the token that shows it.
#[derive(Clone)]
pub struct SignedIn {
    pub token: Token,
    pub user: User,
}

/// An admin.
pub struct AdminUser(pub Admin);

/// The middleware of every endpoint that does not ignore tokens: a client that sends one that has ended learns so
/// wherever it asks.
pub async fn authenticate(request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, Error> {
    match check_token(request.request()).await {
        Ok(()) => next.call(request).await,
        Err(problem) => Ok(request.error_response(problem)),
    }
}

/// Refuses a request with a token that is not valid. Whose a valid one is, the extractors of this module find out.
pub async fn check_token(request: &HttpRequest) -> Result<(), Problem> {
    check(request, token(request.headers())?).await
}

/// The same at a page: a login of another kind, such as a proxy asks browsers for, is none of ours.
pub async fn check_token_of_page(request: &HttpRequest) -> Result<(), Problem> {
    let token = if has_token(request.headers()) { token(request.headers())? } else { None };
    check(request, token).await
}

/// Checks the token of the header, else that of the cookie.
async fn check(request: &HttpRequest, token: Option<&str>) -> Result<(), Problem> {
    let (token, is_cookie) = match token {
        Some(token) => (token.to_owned(), false),
        None => match session::token(request) {
            Some(token) => (token, true),
            None => return Ok(()),
        },
    };
    if is_cookie {
        session::check_origin(request)?;
    }
    let state = state::of(request)?;
    let accounts = state.accounts.clone();
    let (token, user) = match blocking(move || accounts.authenticate(&token)).await {
        // A browser would go on sending it.
        Err(problem) if is_cookie && problem.status_code() == StatusCode::UNAUTHORIZED => {
            let end = session::end(&state.settings);
            return Err(end.into_iter().fold(problem, |problem, end| problem.with_header(header::SET_COOKIE, end)));
        }
        authenticated => authenticated?,
    };
    // For the extractors, and for the log.
    request.extensions_mut().insert(SignedIn { token, user });
    Ok(())
}

/// Looks again who is asking, for an answer that goes on: fails where that is no admin any more.
pub async fn check_admin(request: &HttpRequest) -> Result<(), Problem> {
    check_token(request).await?;
    admin(request, Via::Api).map(drop)
}

impl FromRequest for Reader {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(reader(request))
    }
}

impl FromRequest for SignedIn {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Self>().cloned().ok_or_else(Problem::token_needed))
    }
}

impl FromRequest for AdminUser {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(admin(request, Via::Api).map(Self))
    }
}

fn reader(request: &HttpRequest) -> Result<Reader, Problem> {
    if state::of(request)?.settings.auth.anonymous_read || request.extensions().get::<SignedIn>().is_some() {
        Ok(Reader(()))
    } else {
        Err(Problem::token_needed())
    }
}

/// The right to write, of an admin who asks in this way.
pub fn admin(request: &HttpRequest, via: Via) -> Result<Admin, Problem> {
    let extensions = request.extensions();
    let caller = extensions.get::<SignedIn>().ok_or_else(Problem::token_needed)?;
    caller.user.as_admin(via).ok_or_else(Problem::admins_only)
}

/// Whether a request has a header with a token, valid or not.
pub fn has_token(headers: &HeaderMap) -> bool {
    headers.get_all(header::AUTHORIZATION).any(|value| {
        let scheme = value.as_bytes().split(|byte| *byte == b' ').next().unwrap_or_default();
        SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known.as_bytes()))
    })
}

/// The token of a request: `Authorization: Bearer TOKEN`, or `Token TOKEN` as older clients write it.
fn token(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION);
    let Some(value) = values.next() else { return Ok(None) };
    let malformed = || Problem::invalid_token("The Authorization header reads: Bearer TOKEN.");
    if values.next().is_some() {
        return Err(malformed());
    }
    let (scheme, token) = value.to_str().ok().and_then(|value| value.split_once(' ')).ok_or_else(malformed)?;
    let token = token.trim();
    let known = SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known));
    if known && !token.is_empty() { Ok(Some(token)) } else { Err(malformed()) }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn token_of(values: &[&str]) -> Result<Option<String>, Problem> {
        let mut request = TestRequest::default();
        for value in values {
            request = request.append_header((header::AUTHORIZATION, *value));
        }
        Ok(token(request.to_http_request().headers())?.map(str::to_owned))
    }

    #[test]
    fn both_schemes_are_read_in_any_case() {
        for value in ["Bearer mq_x", "bearer mq_x", "TOKEN mq_x", "Token  mq_x "] {
            assert_eq!(token_of(&[value]).unwrap().as_deref(), Some("mq_x"), "{value}");
        }
        assert_eq!(token_of(&[]).unwrap(), None);
    }

    #[test]
    fn what_is_neither_is_refused() {
        for values in [&["mq_x"][..], &["Basic YTpi"], &["Bearer"], &["Bearer "], &[""], &["Token a", "Token b"]] {
            assert!(token_of(values).is_err(), "{values:?}");
        }
    }
}
