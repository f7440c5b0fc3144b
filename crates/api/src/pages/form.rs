//! What a form sends (`application/x-www-form-urlencoded`).

use std::collections::BTreeMap;

use actix_web::{
    FromRequest, HttpRequest,
    dev::{Payload, UrlEncoded},
    error::UrlencodedError,
};
use futures_util::{FutureExt, future::LocalBoxFuture};

use crate::{body, problem::Problem, state};

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
        let limit = match state::of(request) {
            Ok(state) => state.settings.server.max_body_bytes,
            Err(problem) => return async { Err(problem) }.boxed_local(),
        };
        let fields = UrlEncoded::<Vec<(String, String)>>::new(request, payload).limit(limit);
        let request = request.clone();
        async move {
            match body::in_time(&request, fields).await? {
                Ok(fields) => Ok(Self(fields)),
                Err(UrlencodedError::Overflow { .. }) => Err(Problem::too_large(limit)),
                Err(UrlencodedError::ContentType) => {
                    Err(Problem::unsupported_type(&["application/x-www-form-urlencoded"]))
                }
                Err(_) => Err(Problem::unreadable_body("The form cannot be read.")),
            }
        }
        .boxed_local()
    }
}
