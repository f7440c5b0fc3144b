//! Every path of the server.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{self, ServiceConfig},
};

use crate::{auth, compat, docs, endpoint::Endpoint, health, pages, problem::Problem, v1};

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
        docs::endpoints(),
    ]
    .into_iter()
    .flatten()
}

/// Registers them, and an answer for every other path.
pub fn configure(config: &mut ServiceConfig) {
    for endpoint in endpoints() {
        config.service(endpoint);
    }
    config.default_service(web::to(nothing_here));
}

async fn nothing_here(request: HttpRequest) -> Result<HttpResponse, Problem> {
    auth::check_token(&request).await?;
    Err(Problem::plain(StatusCode::NOT_FOUND, "There is nothing at this path."))
}
