//! What a form sends (`application/x-www-form-urlencoded`).

use std::collections::BTreeMap;

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    web::{self, Query},
};
use futures_util::{FutureExt, future::LocalBoxFuture};

use crate::{body, problem::Problem};

/// The type of what forms send.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// The fields of a form, in their order. A field may occur several times, as boxes that are ticked do.
#[derive(Debug, Default)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// The first value of a field, trimmed; empty where it was not sent.
    pub fn text(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// The first value of a field as it was sent, for passwords; empty where it was not.
    pub fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// All values of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// The fields as an object of texts. Of a name that is repeated, the last value counts.
    pub fn into_texts(self) -> BTreeMap<String, String> {
        self.0.into_iter().collect()
    }

    /// Whether a box was ticked or a button pressed.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(field, _)| field == name)
    }
}

impl FromRequest for Form {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let payload = web::Payload::from_request(request, payload);
        let request = request.clone();
        async move {
            let payload = payload.await.map_err(|error| Problem::internal(error.to_string()))?;
            let text = body::text(body::default_limit(&request)?, &request, payload, &[FORM]).await?;
            let unreadable = || Problem::unreadable_body("The form cannot be read.");
            if !is_utf8(&text) {
                return Err(unreadable());
            }
            let Query(fields) = Query::from_query(&text).map_err(|_| unreadable())?;
            Ok(Self(fields))
        }
        .boxed_local()
    }
}

/// Whether what is percent-encoded in a form is UTF-8. As for browsers, a `%` that begins no code stands for itself.
fn is_utf8(form: &str) -> bool {
    let mut bytes = Vec::with_capacity(form.len());
    let mut rest = form.as_bytes();
    while let [first, after @ ..] = rest {
        let digit = |at: usize| after.get(at).and_then(|byte| char::from(*byte).to_digit(16)).map(|digit| digit as u8);
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(high << 4 | low);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    str::from_utf8(&bytes).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_percent_encoded_is_utf8() {
        for good in ["", "a=b", "a=%C3%A9", "a=é", "a=100%", "a=%zz%4", "a=%"] {
            assert!(is_utf8(good), "{good}");
        }
        for bad in ["a=%FF%FE", "%ff=a", "a=%C3&b=%A9", "a=%ED%A0%80"] {
            assert!(!is_utf8(bad), "{bad}");
        }
    }
}
