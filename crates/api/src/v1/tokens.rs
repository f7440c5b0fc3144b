//! `/api/v1/tokens`: a user's own tokens, those of logins among them.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Path, Payload},
};
use domain::{
    services::NewToken,
    time::Timestamp,
    user::{Token, TokenId, TokenName},
    violation::{Violation, ViolationCode, Violations},
};
use secrecy::ExposeSecret;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{
    listing::{IdListRequest, Listing, Searchable},
    movie_body::unknown_field,
    path_id,
};
use crate::{
    auth::SignedIn,
    body,
    endpoint::Endpoint,
    problem::Problem,
    state::{State, blocking},
};

const TOKENS: &str = "/api/v1/tokens";

/// How long a token lasts, in days, where nobody says otherwise.
pub const USUAL_DAYS: u32 = 90;

/// The longest that a token can last, in days.
pub const MAX_DAYS: u32 = 365;

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::at(TOKENS).get(list).post(create), Endpoint::at("/api/v1/tokens/{id}").delete(delete)]
}

/// A token, as shown.
#[derive(Serialize, ToSchema)]
#[schema(as = Token, example = json!({
    "id": 7, "name": "nightly backup", "expires_at": "2026-04-02T03:04:05Z", "last_used_at": "2026-01-03T01:00:00Z",
    "created_at": "2026-01-02T03:04:05Z"
}))]
pub struct TokenView {
    /// Given by the server, never reused.
    #[schema(minimum = 1)]
    id: u64,
    /// What the user calls it; `null` for that of a login.
    #[schema(required)]
    name: Option<String>,
    /// When it ends.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// When it was last used, to about a minute; `null` where it was not.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Timestamp>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl From<Token> for TokenView {
    fn from(token: Token) -> Self {
        Self {
            id: token.id.0,
            name: token.name.map(|name| name.as_str().to_owned()),
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
            created_at: token.created_at,
        }
    }
}

/// A token that was just made.
#[derive(Serialize, ToSchema)]
pub struct CreatedToken {
    #[serde(flatten)]
    view: TokenView,
    /// To be sent with each request: `Authorization: Bearer TOKEN`. It is shown this once.
    #[schema(example = "mq_9f2c6f0d5b8e4a7c91d3e5f7a9b1c3d5e7f90a2b4c6d8e0f")]
    token: String,
}

/// A token to be made.
#[derive(ToSchema)]
#[schema(example = json!({ "name": "nightly backup", "expires_in_days": 30 }))]
pub struct TokenFields {
    /// What to call it.
    #[schema(value_type = String, min_length = 1, max_length = 100)]
    name: TokenName,
    /// How many days it lasts: 90 where nothing is said.
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 365)]
    expires_in_days: u32,
}

/// List your tokens
///
/// Those of logins have no name. What has ended is not listed.
#[utoipa::path(
    get, path = "/api/v1/tokens", tag = "accounts", operation_id = "list_tokens",
    security(("bearer" = []), ("token" = [])),
    params(
        ("limit" = Option<u32>, Query, description = "The most tokens of the page: 20 by default; what is over 100 becomes 100", minimum = 1, example = 20),
        ("offset" = Option<u32>, Query, description = "How many tokens to leave out", maximum = 10000, example = 0),
        ("cursor" = Option<String>, Query, description = "Where to go on: taken from `next`"),
        ("Prefer" = Option<String>, Header, description = "`handling=lenient` ignores unknown parameters", example = "handling=lenient"),
    ),
    responses(
        (status = 200, description = "A page", body = Listing<TokenView>, headers(
            ("Link", description = "The URLs of `next` and `prev`"),
        )),
        (status = 400), (status = 401),
    ),
)]
pub async fn list(caller: SignedIn, state: State, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let asked = IdListRequest::read(TOKENS, Searchable::No, &request)?;
    let (accounts, page) = (state.accounts.clone(), asked.page());
    let found = blocking(move || accounts.tokens(caller.user.id, page)).await?;
    asked.answer::<_, TokenView>(found, |token| token.id.0)
}

/// Make a token
///
/// For a program that acts for you: it can do what you can, until it ends or you end it.
#[utoipa::path(
    post, path = "/api/v1/tokens", tag = "accounts", operation_id = "create_token",
    security(("bearer" = []), ("token" = [])),
    request_body = TokenFields,
    responses(
        (status = 201, description = "The token, shown this once", body = CreatedToken, headers(
            ("Location", description = "The path at which it can be ended"),
        )),
        (status = 400), (status = 401),
        (status = 409, description = "You have as many tokens as the operator allows"),
        (status = 413), (status = 415), (status = 422),
    ),
)]
pub async fn create(
    caller: SignedIn,
    state: State,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let fields = body::json_object(&request, payload, &[body::JSON]).await?;
    let TokenFields { name, expires_in_days } = TokenFields::parse(&fields)?;
    let accounts = state.accounts.clone();
    let created = blocking(move || accounts.create_token(&caller.token, &name, expires_in_days)).await?;
    let NewToken { secret, token } = created;
    let location = (header::LOCATION, format!("{TOKENS}/{}", token.id.0));
    let body = CreatedToken { view: token.into(), token: secret.expose_secret().to_owned() };
    Ok(HttpResponse::Created().insert_header(location).json(body))
}

/// End a token
#[utoipa::path(
    delete, path = "/api/v1/tokens/{id}", tag = "accounts", operation_id = "delete_token",
    security(("bearer" = []), ("token" = [])),
    params(("id" = u64, Path, description = "The id of one of your tokens", example = 2)),
    responses((status = 204, description = "It is not valid any more"), (status = 401), (status = 404)),
)]
pub async fn delete(caller: SignedIn, state: State, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = TokenId(path_id(&id, "token")?);
    let accounts = state.accounts.clone();
    blocking(move || accounts.revoke_token(caller.user.id, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

impl TokenFields {
    fn parse(fields: &Map<String, Value>) -> Result<Self, Violations> {
        let mut found = Violations::default();
        let name = found.check(match fields.get("name") {
            Some(Value::String(name)) => TokenName::new(name),
            Some(Value::Null) | None => Err(Violation::new("/name", ViolationCode::Required, "a token needs a name")),
            Some(_) => Err(Violation::new("/name", ViolationCode::WrongType, "text is expected")),
        });
        let days = found.check(days(fields.get("expires_in_days")));
        let known = ["name", "expires_in_days"];
        let unknown = fields.keys().filter(|name| !known.contains(&name.as_str()));
        unknown.take(Violations::MAX).for_each(|name| found.push(unknown_field(name, &known)));
        match (name, days) {
            (Some(name), Some(expires_in_days)) if found.0.is_empty() => Ok(Self { name, expires_in_days }),
            _ => Err(found),
        }
    }
}

fn days(value: Option<&Value>) -> Result<u32, Violation> {
    match value {
        None | Some(Value::Null) => Ok(USUAL_DAYS),
        Some(Value::Number(number)) => whole_days(number.as_f64()),
        Some(_) => whole_days(None),
    }
}

/// How many days a token is to last, from what was read as a number, if it was one.
pub fn whole_days(number: Option<f64>) -> Result<u32, Violation> {
    let refuse = |code, detail: &str| Err(Violation::new("/expires_in_days", code, detail));
    match number {
        Some(days) if days.is_finite() && days.fract() == 0.0 => {
            if (1.0..=f64::from(MAX_DAYS)).contains(&days) {
                Ok(days as u32)
            } else {
                refuse(ViolationCode::OutOfRange, "a token lasts 1 to 365 days")
            }
        }
        _ => refuse(ViolationCode::WrongType, "a whole number is expected"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> Result<TokenFields, Violations> {
        TokenFields::parse(&serde_json::from_str(json).unwrap())
    }

    #[test]
    fn a_token_lasts_as_long_as_is_said_or_90_days() {
        for (json, days) in [
            (r#"{"name":"x"}"#, 90),
            (r#"{"name":"x","expires_in_days":null}"#, 90),
            (r#"{"name":"x","expires_in_days":1}"#, 1),
            (r#"{"name":"x","expires_in_days":365.0}"#, 365),
        ] {
            assert_eq!(parse(json).ok().unwrap().expires_in_days, days, "{json}");
        }
    }

    #[test]
    fn everything_wrong_with_a_token_is_told() {
        use ViolationCode::{OutOfRange, Required, TooShort, UnknownField, WrongType};
        let table: [(&str, &[(&str, ViolationCode)]); 7] = [
            ("{}", &[("/name", Required)]),
            (r#"{"name":" ","expires_in_days":0}"#, &[("/name", TooShort), ("/expires_in_days", OutOfRange)]),
            (r#"{"name":"x","expires_in_days":366}"#, &[("/expires_in_days", OutOfRange)]),
            (r#"{"name":"x","expires_in_days":-1}"#, &[("/expires_in_days", OutOfRange)]),
            (r#"{"name":"x","expires_in_days":1e300}"#, &[("/expires_in_days", OutOfRange)]),
            (r#"{"name":"x","expires_in_days":1.5}"#, &[("/expires_in_days", WrongType)]),
            (
                r#"{"name":5,"expires_in_days":"9","days":1}"#,
                &[("/name", WrongType), ("/expires_in_days", WrongType), ("/days", UnknownField)],
            ),
        ];
        for (json, expected) in table {
            let found = parse(json).err().unwrap().0;
            let found: Vec<_> = found.iter().map(|v| (v.field.as_str(), v.code)).collect();
            assert_eq!(found, expected, "{json}");
        }
    }
}
