//! `/api/v1/users`: the users, for admins.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Json, Path, Payload},
};
use domain::{
    user::{Role, UserChange, UserId},
    violation::{Violation, ViolationCode, Violations},
};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{
    accounts::UserView,
    listing::{IdListRequest, Listing, Searchable},
    movie_body::unknown_field,
    path_id,
};
use crate::{
    auth::AdminUser,
    body,
    endpoint::Endpoint,
    problem::Problem,
    state::{State, blocking},
};

const USERS: &str = "/api/v1/users";

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::at(USERS).get(list), Endpoint::at("/api/v1/users/{id}").patch(patch).delete(delete)]
}

/// What an admin changes of a user.
#[derive(ToSchema)]
#[schema(example = json!({ "role": "admin", "disabled": false }))]
#[expect(dead_code, reason = "describes what `read` reads")]
pub struct UserPatchFields {
    /// What the user may do.
    #[schema(value_type = Option<String>, pattern = "^(user|admin)$")]
    role: Option<Role>,
    /// Whether the user may not log in for now. The user's tokens are refused for as long.
    disabled: Option<bool>,
}

/// Find users
#[utoipa::path(
    get, path = "/api/v1/users", tag = "accounts", operation_id = "find_users",
    security(("bearer" = []), ("token" = [])),
    params(
        ("q" = Option<String>, Query, description = "Text to find inside usernames, case aside", example = "adm"),
        ("limit" = Option<u32>, Query, description = "The most users of the page: 20 by default; what is over 100 becomes 100", minimum = 1, example = 20),
        ("offset" = Option<u32>, Query, description = "How many users to leave out", maximum = 10000, example = 0),
        ("cursor" = Option<String>, Query, description = "Where to go on: taken from `next`, and good for the same `q` alone"),
        ("Prefer" = Option<String>, Header, description = "`handling=lenient` ignores unknown parameters", example = "handling=lenient"),
    ),
    responses(
        (status = 200, description = "A page", body = Listing<UserView>, headers(
            ("Link", description = "The URLs of `next` and `prev`"),
        )),
        (status = 400), (status = 401), (status = 403),
    ),
)]
pub async fn list(AdminUser(admin): AdminUser, state: State, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let asked = IdListRequest::read(USERS, Searchable::Yes, &request)?;
    let (accounts, q, page) = (state.accounts.clone(), asked.q.clone(), asked.page());
    let found = blocking(move || accounts.users(&admin, &q, page)).await?;
    asked.answer::<_, UserView>(found, |user| user.id.0)
}

/// Change a user
///
/// It is in force with the user's next request, on every server. The last enabled admin stays one.
#[utoipa::path(
    patch, path = "/api/v1/users/{id}", tag = "accounts", operation_id = "patch_user",
    security(("bearer" = []), ("token" = [])),
    params(("id" = u64, Path, description = "The user's id", example = 1)),
    request_body(
        description = "A merge patch (RFC 7396): what is left out stays. `id`, `username` and `created_at` are ignored",
        content(
            (UserPatchFields = "application/merge-patch+json"),
            (UserPatchFields = "application/json"),
        ),
    ),
    responses(
        (status = 200, description = "The user", body = UserView),
        (status = 400), (status = 401), (status = 403), (status = 404),
        (status = 409, description = "Nobody would be left who is an enabled admin"),
        (status = 413), (status = 415), (status = 422),
    ),
)]
pub async fn patch(
    AdminUser(admin): AdminUser,
    state: State,
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> Result<Json<UserView>, Problem> {
    let id = UserId(path_id(&id, "user")?);
    let change = read(&body::json_object(&request, payload, &[body::MERGE_PATCH, body::JSON]).await?)?;
    let accounts = state.accounts.clone();
    let user = blocking(move || accounts.change_user(&admin, id, change)).await?;
    Ok(Json(user.into()))
}

/// Remove a user
///
/// The user's tokens end. What the user changed goes on bearing the name.
#[utoipa::path(
    delete, path = "/api/v1/users/{id}", tag = "accounts", operation_id = "delete_user",
    security(("bearer" = []), ("token" = [])),
    params(("id" = u64, Path, description = "The user's id", example = 2)),
    responses(
        (status = 204, description = "The account is gone, and its id is never used again"),
        (status = 401), (status = 403), (status = 404),
        (status = 409, description = "Nobody would be left who is an enabled admin"),
    ),
)]
pub async fn delete(AdminUser(admin): AdminUser, state: State, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = UserId(path_id(&id, "user")?);
    let accounts = state.accounts.clone();
    blocking(move || accounts.delete_user(&admin, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Reads a change. What is shown but not written is ignored.
fn read(fields: &Map<String, Value>) -> Result<UserChange, Violations> {
    let mut found = Violations::default();
    let role = found.check(match fields.get("role") {
        None => Ok(None),
        Some(Value::String(role)) => match role.as_str() {
            "user" => Ok(Some(Role::User)),
            "admin" => Ok(Some(Role::Admin)),
            _ => Err(Violation::new("/role", ViolationCode::InvalidFormat, "a role is user or admin")),
        },
        Some(Value::Null) => Err(Violation::new("/role", ViolationCode::Required, "a user has a role")),
        Some(_) => Err(Violation::new("/role", ViolationCode::WrongType, "text is expected")),
    });
    let disabled = found.check(match fields.get("disabled") {
        None => Ok(None),
        Some(Value::Bool(disabled)) => Ok(Some(*disabled)),
        Some(Value::Null) => Err(Violation::new("/disabled", ViolationCode::Required, "true or false is needed")),
        Some(_) => Err(Violation::new("/disabled", ViolationCode::WrongType, "true or false is expected")),
    });
    let known = ["id", "username", "role", "disabled", "created_at"];
    let unknown = fields.keys().filter(|name| !known.contains(&name.as_str()));
    unknown.take(Violations::MAX).for_each(|name| found.push(unknown_field(name, &["role", "disabled"])));
    match (role, disabled) {
        (Some(role), Some(disabled)) if found.0.is_empty() => Ok(UserChange { role, disabled }),
        _ => Err(found),
    }
}
