//! Every path of the server.

use std::sync::LazyLock;

use actix_web::{
    HttpRequest, HttpResponse,
    dev::ResourceDef,
    http::StatusCode,
    web::{self, ServiceConfig},
};

use crate::{
    auth, compat, docs,
    endpoint::{Endpoint, Route},
    health, metrics, pages,
    problem::Problem,
    v1,
};

/// The paths, those that are asked for most first.
pub fn endpoints() -> impl Iterator<Item = Endpoint> {
    [
        v1::movies::endpoints(),
        v1::suggest::endpoints(),
        v1::similar::endpoints(),
        v1::batch::endpoints(),
        v1::genres::endpoints(),
        v1::import::endpoints(),
        v1::history::endpoints(),
        v1::changes::endpoints(),
        v1::accounts::endpoints(),
        v1::export::endpoints(),
        v1::tokens::endpoints(),
        v1::users::endpoints(),
        compat::endpoints(),
        pages::endpoints(),
        health::endpoints(),
        metrics::endpoints(),
        docs::endpoints(),
    ]
    .into_iter()
    .flatten()
}

/// Which of them a path is of: for where the router cannot be asked any more.
pub fn route_of(path: &str) -> Option<Route> {
    static ROUTES: LazyLock<Vec<(Route, ResourceDef)>> = LazyLock::new(|| {
        let route = |(number, endpoint): (usize, Endpoint)| {
            let path = endpoint.path();
            (Route { number, path }, ResourceDef::new(path))
        };
        endpoints().enumerate().map(route).collect()
    });
    let path = path.strip_suffix('/').filter(|trimmed| !trimmed.is_empty()).unwrap_or(path);
    ROUTES.iter().find(|(_, pattern)| pattern.is_match(path)).map(|(route, _)| *route)
}

/// Registers them, and an answer for every other path.
pub fn configure(config: &mut ServiceConfig) {
    for (number, endpoint) in endpoints().enumerate() {
        config.service(endpoint.numbered(number));
    }
    config.default_service(web::to(nothing_here));
}

/// Registers what the address for metrics answers.
pub fn configure_metrics(config: &mut ServiceConfig) {
    let is_wanted = |endpoint: &Endpoint| ["/metrics", "/healthz", "/readyz"].contains(&endpoint.path());
    for (number, endpoint) in endpoints().enumerate().filter(|(_, endpoint)| is_wanted(endpoint)) {
        config.service(endpoint.numbered(number));
    }
    config.default_service(web::to(async || {
        Err::<HttpResponse, _>(Problem::plain(StatusCode::NOT_FOUND, "There is nothing at this path."))
    }));
}

async fn nothing_here(request: HttpRequest) -> Result<HttpResponse, Problem> {
    auth::check_token(&request).await?;
    Err(Problem::plain(StatusCode::NOT_FOUND, "There is nothing at this path."))
}
