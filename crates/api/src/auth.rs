//! Who is asking. A handler names what it needs, [`Reader`], [`SignedIn`] or [`AdminUser`], as an argument; whoever is
//! less is refused before the handler runs.

use std::pin::Pin;

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    http::header::{self, HeaderMap},
};
use domain::{
    change::Via,
    user::{Admin, Token, User, UserId},
};

use crate::{
    problem::Problem,
    state::{self, blocking},
};

/// Anybody where the operator allows it, else a user. A token that is not valid is refused in either case.
pub struct Reader(());

/// A user, and the token that shows it.
pub struct SignedIn {
    pub token: Token,
    pub user: User,
}

/// An admin.
pub struct AdminUser(pub Admin);

/// Who a request comes from: left in its extensions for the log.
#[derive(Clone, Copy)]
pub struct Caller(pub UserId);

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

impl FromRequest for Reader {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let anonymous = state::of(&request)?.settings.auth.anonymous_read;
            if !(anonymous && token(request.headers())?.is_none()) {
                signed_in(&request).await?;
            }
            Ok(Self(()))
        })
    }
}

impl FromRequest for SignedIn {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { signed_in(&request).await })
    }
}

impl FromRequest for AdminUser {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let user = signed_in(&request).await?.user;
            user.as_admin(Via::Api).map(Self).ok_or_else(Problem::admins_only)
        })
    }
}

async fn signed_in(request: &HttpRequest) -> Result<SignedIn, Problem> {
    let token = token(request.headers())?.ok_or_else(Problem::token_needed)?.to_owned();
    let accounts = state::of(request)?.accounts.clone();
    let (token, user) = blocking(move || accounts.authenticate(&token)).await?;
    request.extensions_mut().insert(Caller(user.id));
    Ok(SignedIn { token, user })
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
    let known = ["Bearer", "Token"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
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
