//! `/api/v1/auth`: accounts, logins, passwords.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Json, Payload},
};
use domain::{
    services::{new_credentials, new_password},
    time::Timestamp,
    user::{Role, User, Username},
    violation::{Violation, ViolationCode, Violations},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::movie_body::unknown_field;
use crate::{
    auth::SignedIn,
    body,
    endpoint::Endpoint,
    problem::Problem,
    state::{State, blocking},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::at("/api/v1/auth/register").post(register),
        Endpoint::at("/api/v1/auth/login").post(login),
        Endpoint::at("/api/v1/auth/logout").post(logout),
        Endpoint::at("/api/v1/auth/me").get(me),
        Endpoint::at("/api/v1/auth/password").post(password),
    ]
}

/// A user, as shown.
#[derive(Serialize, ToSchema)]
#[schema(as = User, example = json!({
    "id": 1, "username": "admin", "role": "admin", "disabled": false, "created_at": "2026-01-02T03:04:05Z"
}))]
pub struct UserView {
    id: u64,
    username: String,
    #[schema(value_type = String, pattern = "^(user|admin)$")]
    role: Role,
    /// Whether the user may not log in for now.
    disabled: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        Self {
            id: user.id.0,
            username: user.username.into(),
            role: user.role,
            disabled: user.disabled,
            created_at: user.created_at,
        }
    }
}

/// A login.
#[derive(Serialize, ToSchema)]
pub struct Login {
    /// To be sent with each request: `Authorization: Bearer TOKEN`. It is shown this once.
    #[schema(example = "mq_9f2c6f0d5b8e4a7c91d3e5f7a9b1c3d5e7f90a2b4c6d8e0f")]
    token: String,
    /// When it ends: 30 days from now.
    #[schema(value_type = String, format = DateTime, example = "2026-02-01T03:04:05Z")]
    expires_at: Timestamp,
    user: UserView,
}

/// The body of a registration or a login.
#[derive(ToSchema)]
#[schema(example = json!({ "username": "alice", "password": "correct horse battery" }))]
pub struct Credentials {
    /// Letters, digits, `.`, `_` and `-`; unique without regard to case.
    #[schema(min_length = 3, max_length = 50, pattern = "^[A-Za-z0-9._-]+$")]
    username: String,
    /// 10 to 72 bytes; not the username.
    #[schema(value_type = String, format = Password, min_length = 10, max_length = 72)]
    password: SecretString,
}

/// Make an account that reads
///
/// Where the operator has closed registration, this is a 403. After 20 registrations from one address in 5 minutes, the
/// next ones are refused with a 429 for a while.
#[utoipa::path(
    post, path = "/api/v1/auth/register", tag = "accounts", operation_id = "register",
    request_body = Credentials,
    responses(
        (status = 201, description = "The new user", body = UserView),
        (status = 400), (status = 403), (status = 409), (status = 413), (status = 415), (status = 422), (status = 429),
    ),
)]
pub async fn register(request: HttpRequest, payload: Payload, state: State) -> Result<HttpResponse, Problem> {
    state.accounts.require_open_registration()?;
    let credentials = Credentials::read(&request, payload, Purpose::Register).await?;
    let address = client(&request);
    let accounts = state.accounts.clone();
    let user = state.hashing(move || accounts.register(&credentials.username, credentials.password, address)).await?;
    Ok(HttpResponse::Created().json(UserView::from(user)))
}

/// Log in
///
/// After 10 wrong passwords in 5 minutes for one account from one address, or 100 from one address, it is refused with
/// a 429 for a while.
#[utoipa::path(
    post, path = "/api/v1/auth/login", tag = "accounts", operation_id = "login",
    request_body = Credentials,
    responses(
        (status = 200, description = "A token", body = Login),
        (status = 400), (status = 401), (status = 413), (status = 415), (status = 422), (status = 429),
    ),
)]
pub async fn login(request: HttpRequest, payload: Payload, state: State) -> Result<HttpResponse, Problem> {
    let credentials = Credentials::read(&request, payload, Purpose::Login).await?;
    let address = client(&request);
    let accounts = state.accounts.clone();
    let signed_in =
        state.hashing(move || accounts.login(&credentials.username, &credentials.password, address)).await?;
    let login = Login {
        token: signed_in.token.expose_secret().to_owned(),
        expires_at: signed_in.expires_at,
        user: signed_in.user.into(),
    };
    Ok(HttpResponse::Ok().json(login))
}

/// Log out: end the token of this request
#[utoipa::path(
    post, path = "/api/v1/auth/logout", tag = "accounts", operation_id = "logout",
    security(("bearer" = []), ("token" = [])),
    responses((status = 204, description = "The token is not valid any more"), (status = 401)),
)]
pub async fn logout(caller: SignedIn, state: State) -> Result<HttpResponse, Problem> {
    let accounts = state.accounts.clone();
    blocking(move || accounts.logout(caller.token.id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The user of this request's token
#[utoipa::path(
    get, path = "/api/v1/auth/me", tag = "accounts", operation_id = "me",
    security(("bearer" = []), ("token" = [])),
    responses((status = 200, description = "The user", body = UserView), (status = 401)),
)]
pub async fn me(caller: SignedIn) -> Json<UserView> {
    Json(caller.user.into())
}

/// A change of the password.
#[derive(ToSchema)]
#[schema(example = json!({ "current": "correct horse battery", "new": "a staple more" }))]
pub struct PasswordChange {
    /// The present password.
    #[schema(value_type = String, format = Password)]
    current: SecretString,
    /// 10 to 72 bytes; not the username.
    #[schema(value_type = String, format = Password, min_length = 10, max_length = 72)]
    new: SecretString,
}

/// Change the password
///
/// All other tokens of the user end; that of this request stays valid. Where `current` is not the present password,
/// that is a 422 whose error of `/current` has the code `incorrect`, and it counts as a failed login.
#[utoipa::path(
    post, path = "/api/v1/auth/password", tag = "accounts", operation_id = "change_password",
    security(("bearer" = []), ("token" = [])),
    request_body = PasswordChange,
    responses(
        (status = 204, description = "The new password is in force"),
        (status = 400), (status = 401), (status = 413), (status = 415), (status = 422), (status = 429),
    ),
)]
pub async fn password(
    caller: SignedIn,
    request: HttpRequest,
    payload: Payload,
    state: State,
) -> Result<HttpResponse, Problem> {
    let fields = body::json_object(&request, payload, &[body::JSON]).await?;
    let PasswordChange { current, new } = PasswordChange::parse(fields, &caller.user.username)?;
    let address = client(&request);
    let accounts = state.accounts.clone();
    let change = move || accounts.change_password(&caller.token, &caller.user, &current, new, address);
    state.hashing(change).await?;
    Ok(HttpResponse::NoContent().finish())
}

impl PasswordChange {
    fn parse(mut fields: Map<String, Value>, username: &Username) -> Result<Self, Violations> {
        let mut found = Violations::default();
        let current = found.check(text(&mut fields, "current")).map(SecretString::from);
        let new = found.check(text(&mut fields, "new")).map(SecretString::from);
        if let Some(new) = &new {
            found.check(new_password(username, new.clone()));
        }
        fields.keys().take(Violations::MAX).for_each(|name| found.push(unknown_field(name, &["current", "new"])));
        match (current, new) {
            (Some(current), Some(new)) if found.0.is_empty() => Ok(Self { current, new }),
            _ => Err(found),
        }
    }
}

/// Whose attempts are counted together.
pub use crate::client::address as client;

/// A name and a password that are to be created must keep the rules; to log in, they only have to be right.
#[derive(Clone, Copy, PartialEq)]
enum Purpose {
    Register,
    Login,
}

impl Credentials {
    async fn read(request: &HttpRequest, payload: Payload, purpose: Purpose) -> Result<Self, Problem> {
        let fields = body::json_object(request, payload, &[body::JSON]).await?;
        Ok(Self::parse(fields, purpose)?)
    }

    fn parse(mut fields: Map<String, Value>, purpose: Purpose) -> Result<Self, Violations> {
        let mut found = Violations::default();
        let username = found.check(text(&mut fields, "username"));
        let password = found.check(text(&mut fields, "password")).map(SecretString::from);
        for name in fields.keys().take(Violations::MAX) {
            found.push(unknown_field(name, &["username", "password"]));
        }
        if purpose == Purpose::Register {
            let (name, password) = (username.as_deref().unwrap_or_default(), password.clone().unwrap_or_default());
            if let Err(later) = new_credentials(name, password) {
                found.merge(later);
            }
        }
        match (username, password) {
            (Some(username), Some(password)) if found.0.is_empty() => Ok(Self { username, password }),
            _ => Err(found),
        }
    }
}

fn text(fields: &mut Map<String, Value>, name: &str) -> Result<String, Violation> {
    match fields.remove(name) {
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(Violation::new(format!("/{name}"), ViolationCode::WrongType, "a text is expected")),
        None => Err(Violation::new(format!("/{name}"), ViolationCode::Required, "a value is needed")),
    }
}
