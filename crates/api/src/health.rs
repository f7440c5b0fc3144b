//! Whether the server lives, whether it is ready, and what it is.

use actix_web::web::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{endpoint::Endpoint, problem::Problem, state::State};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::at("/healthz").get(healthz).ignoring_tokens(),
        Endpoint::at("/readyz").get(readyz).ignoring_tokens(),
        Endpoint::at("/version").get(version).ignoring_tokens(),
    ]
}

#[derive(Serialize, ToSchema)]
pub struct Health {
    #[schema(example = "ok")]
    status: &'static str,
}

/// Whether the process answers at all
#[utoipa::path(
    get, path = "/healthz", tag = "server", operation_id = "healthz",
    responses((status = 200, description = "It does", body = Health)),
)]
pub async fn healthz() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// How ready the server is.
#[derive(Serialize, ToSchema)]
pub struct Readiness {
    /// `ready`, or `degraded`: lists and movies are served, but the database is away or lists lag behind it.
    #[schema(example = "ready")]
    status: &'static str,
    /// Whether the database answers. Without it nothing can be written.
    #[schema(example = true)]
    database: bool,
    /// Whether lists show everything that was written.
    #[schema(example = true)]
    index_current: bool,
    /// The number of the last change that lists show.
    #[schema(example = 319)]
    applied_change: u64,
}

/// Whether requests should be sent here
///
/// 503 while the server starts, until the data of a first start can be found, and while it stops: then the problem's
/// `readiness` is `starting` or `draining`.
#[utoipa::path(
    get, path = "/readyz", tag = "server", operation_id = "readyz",
    responses((status = 200, description = "They should", body = Readiness), (status = 503)),
)]
pub async fn readyz(state: State) -> Result<Json<Readiness>, Problem> {
    let health = state.catalogue.health();
    if state.phase.is_stopping() {
        return Err(Problem::unavailable("The server is stopping.").with("readiness", "draining"));
    }
    if !state.phase.is_started() || !health.ready {
        return Err(Problem::unavailable("The server is starting.").with("readiness", "starting"));
    }
    Ok(Json(Readiness {
        status: if health.database && health.current { "ready" } else { "degraded" },
        database: health.database,
        index_current: health.current,
        applied_change: health.applied,
    }))
}

#[derive(Serialize, ToSchema)]
pub struct Version {
    #[schema(example = "marquee")]
    name: &'static str,
    /// The program's version.
    #[schema(example = "0.1.0")]
    version: &'static str,
    /// The newest version of the API.
    #[schema(example = "v1")]
    api: &'static str,
}

/// What answers here
#[utoipa::path(
    get, path = "/version", tag = "server", operation_id = "version",
    responses((status = 200, description = "Name and version", body = Version)),
)]
pub async fn version() -> Json<Version> {
    Json(Version { name: "marquee", version: env!("CARGO_PKG_VERSION"), api: "v1" })
}
