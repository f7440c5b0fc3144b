//! A handler that does nothing: the baseline for every request that does something.

use std::path::Path;

use actix_web::{App, HttpResponse, HttpServer, http::header::ContentType, web};

/// Serves the bytes of `body` at every path until it is ended.
pub fn serve(port: u16, body: &Path, workers: usize) -> anyhow::Result<()> {
    let body = web::Bytes::from(std::fs::read(body)?);
    actix_web::rt::System::new().block_on(async move {
        HttpServer::new(move || {
            let body = body.clone();
            App::new().default_service(web::to(move || {
                let body = body.clone();
                async move { HttpResponse::Ok().content_type(ContentType::json()).body(body) }
            }))
        })
        .workers(workers)
        .bind(("127.0.0.1", port))?
        .run()
        .await?;
        Ok(())
    })
}
