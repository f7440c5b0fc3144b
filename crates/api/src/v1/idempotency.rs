//! `Idempotency-Key`: a request that is sent again is answered again, and done once.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{HeaderMap, HeaderName, HeaderValue},
};
use domain::{
    idempotency::{Fingerprint, IdempotencyKey, KeyedRequest},
    services::{Answer, Duplicates},
    user::Admin,
    violation::{Violation, ViolationCode},
};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::problem::{FieldError, Problem};

const KEY: &str = "Idempotency-Key";

/// Tells a client that its request was answered before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The request as the domain knows it, where it has a key: `body` at `route`, from `admin`.
pub fn keyed(
    request: &HttpRequest,
    admin: &Admin,
    route: &'static str,
    duplicates: Duplicates,
    body: &RawValue,
) -> Result<Option<KeyedRequest>, Problem> {
    let Some(key) = key(request.headers()).map_err(|wrong| Problem::parameters(vec![FieldError::from(wrong)]))? else {
        return Ok(None);
    };
    let user = admin.user().ok_or_else(|| Problem::internal("a request comes from no user"))?;
    Ok(Some(KeyedRequest { user, operation: route, key, fingerprint: fingerprint(duplicates, body) }))
}

fn key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, Violation> {
    let mut values = headers.get_all(KEY);
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Violation::new(KEY, ViolationCode::InvalidFormat, "a request has one key"));
    }
    // What is no visible ASCII becomes a character that is none either.
    IdempotencyKey::new(&String::from_utf8_lossy(value.as_bytes()), KEY).map(Some)
}

fn fingerprint(duplicates: Duplicates, body: &RawValue) -> Fingerprint {
    let mut hash = Sha256::new_with_prefix([u8::from(duplicates == Duplicates::Allow)]);
    hash.update(body.get());
    Fingerprint(hash.finalize().into())
}

/// The response to a write, `response` being that to its result.
pub fn respond<T>(
    answer: Answer<T>,
    response: impl FnOnce(T) -> Result<HttpResponse, Problem>,
) -> Result<HttpResponse, Problem> {
    const TRUE: HeaderValue = HeaderValue::from_static("true");
    match answer.outcome.map_err(Problem::from).and_then(response) {
        Ok(mut response) => {
            if answer.is_replayed {
                response.headers_mut().insert(REPLAYED, TRUE);
            }
            Ok(response)
        }
        Err(problem) if answer.is_replayed => Err(problem.with_header(REPLAYED, TRUE)),
        Err(problem) => Err(problem),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_key_is_given_once_or_not_at_all() {
        let key = |values: &[&[u8]]| {
            let mut request = TestRequest::default();
            for value in values {
                request = request.append_header((KEY, HeaderValue::from_bytes(value).unwrap()));
            }
            key(request.to_http_request().headers())
        };
        assert_eq!(key(&[]).unwrap(), None);
        assert_eq!(key(&[b"a-1"]).unwrap().unwrap().as_str(), "a-1");
        for wrong in [&[b"a".as_slice(), b"a"][..], &[b""], &[b"a b"], &[b"\xff"], &["é".as_bytes()]] {
            assert_eq!(key(wrong).unwrap_err().field, KEY, "{wrong:?}");
        }
    }

    #[test]
    fn the_body_and_what_it_is_to_do_make_the_fingerprint() {
        let of = |duplicates, json: &str| fingerprint(duplicates, &RawValue::from_string(json.to_owned()).unwrap());
        let one = of(Duplicates::Refuse, r#"{"name":"M"}"#);
        assert_eq!(one, of(Duplicates::Refuse, r#"{"name":"M"}"#));
        assert_ne!(one, of(Duplicates::Allow, r#"{"name":"M"}"#));
        assert_ne!(one, of(Duplicates::Refuse, r#"{"name": "M"}"#));
    }
}
