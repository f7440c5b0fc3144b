//! What happens around every handler: the request gets an id, a span and a log line, and what went wrong becomes a
//! complete problem.

use std::{
    future::poll_fn,
    net::IpAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::Arc,
    task::Poll,
    time::{Duration, Instant},
};

use actix_cors::CorsError;
use actix_web::{
    Error, HttpMessage, ResponseError,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse, Url},
    error::InternalError,
    http::{
        ConnectionType, StatusCode, Uri,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
};
use tracing::Instrument;

use crate::{
    auth::SignedIn, client, delivery, endpoint::Route, metrics::Metrics, pages::errors::ErrorPage, problem::Problem,
    routes, state,
};

/// Names one request, in the answer and in the log. A client may choose it.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The middleware.
pub async fn around(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let state = state::of(request.request()).ok().cloned();
    let metrics = state.as_ref().map(|state| Arc::clone(&state.metrics));
    let _under_way = metrics.as_ref().map(Metrics::request);
    let method = request.method().clone();
    let client = client::address(request.request());
    let id = chosen_id(request.headers()).unwrap_or_else(new_id);
    let uri = request.uri().clone();
    let span = tracing::info_span!("request", request_id = id, method = %request.method());
    ignore_trailing_slash(&mut request);
    let page = ErrorPage::wanted(request.request());

    let outcome = caught(next.call(request)).instrument(span.clone()).await;
    span.in_scope(|| match outcome {
        Ok(Ok(response)) => {
            let mut response = delivery::finish(complete(response, uri.path(), &id, page));
            add_headers(response.headers_mut(), &id);
            if state.is_some_and(|state| state.phase.is_stopping()) {
                // The client is to go elsewhere before this connection is cut off.
                response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
            }
            let (route, latency) = (response.request().app_data::<Route>().copied(), started.elapsed());
            if let Some(metrics) = metrics {
                metrics.answered(route, &method, response.status(), latency);
            }
            log(&response, route, client, latency);
            Ok(response)
        }
        failed => {
            let problem = match failed {
                Ok(Err(error)) => to_problem(&error),
                _ => Problem::internal("the handler panicked"),
            };
            // Which of the paths this is, there is nobody to ask any more.
            let route = routes::route_of(uri.path());
            let latency = started.elapsed();
            if let Some(metrics) = metrics {
                metrics.answered(route, &method, problem.status_code(), latency);
            }
            let error = refused(&problem, uri.path(), &id, page.as_ref());
            let status = problem.status_code().as_u16();
            let route = route.map(|route| route.path);
            tracing::info!(route, status, latency_ms = milliseconds(latency), %client, "answered");
            Err(error)
        }
    })
}

/// Puts the problem that a handler returned in its final form.
fn complete(
    response: ServiceResponse<impl MessageBody + 'static>,
    path: &str,
    id: &str,
    page: Option<ErrorPage>,
) -> ServiceResponse {
    let Some(error) = response.response().error() else { return response.map_into_boxed_body() };
    let page = page.map(|page| page.for_user_of(response.request()));
    let mut answer = match error.as_error::<Problem>() {
        Some(problem) => answer(problem, path, id, page.as_ref()),
        None => answer(&to_problem(error), path, id, page.as_ref()),
    };
    // What was said of this answer on its way here: to which origins it may be shown.
    let names: Vec<_> = response.headers().keys().filter(|name| !answer.headers().contains_key(*name)).collect();
    for name in names {
        for value in response.headers().get_all(name) {
            answer.headers_mut().append(name.clone(), value.clone());
        }
    }
    ServiceResponse::new(response.into_parts().0, answer)
}

/// An answer where there is no request any more to answer to.
fn refused(problem: &Problem, path: &str, id: &str, page: Option<&ErrorPage>) -> Error {
    let mut response = answer(problem, path, id, page);
    response.headers_mut().insert(header::CACHE_CONTROL, delivery::NO_STORE);
    add_headers(response.headers_mut(), id);
    InternalError::from_response(problem.to_string(), response).into()
}

fn answer(problem: &Problem, path: &str, id: &str, page: Option<&ErrorPage>) -> actix_web::HttpResponse {
    let status = problem.status_code();
    if let Some(cause) = problem.cause() {
        let cause = with_sources(cause.as_ref());
        if status == StatusCode::SERVICE_UNAVAILABLE {
            tracing::warn!(cause, "{problem}");
        } else {
            tracing::error!(cause, "{problem}");
        }
    }
    page.map_or_else(|| problem.response_to(path, id), |page| page.of(problem, id))
}

/// What the framework itself refused.
fn to_problem(error: &Error) -> Problem {
    if let Some(error) = error.as_error::<CorsError>() {
        return Problem::plain(error.status_code(), format!("{error}."));
    }
    let status = error.as_response_error().status_code();
    if status.is_server_error() {
        Problem::internal(error.to_string())
    } else {
        Problem::plain(status, "The request cannot be read.")
    }
}

fn with_sources(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn log(response: &ServiceResponse, route: Option<Route>, client: IpAddr, latency: Duration) {
    let request = response.request();
    tracing::info!(
        route = route.map(|route| route.path),
        status = response.status().as_u16(),
        latency_ms = milliseconds(latency),
        %client,
        user = request.extensions().get::<SignedIn>().map(|caller| caller.user.id.0),
        "answered"
    );
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1000.0
}

fn add_headers(headers: &mut HeaderMap, id: &str) {
    // An id consists of characters that a header may have.
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // What says nothing of it itself is no page: as one it may do nothing, and be shown within none.
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
}

fn chosen_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let safe = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    ((1..=128).contains(&id.len()) && id.bytes().all(safe)).then(|| id.to_owned())
}

fn new_id() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// Lets `/x/` be `/x`. Below `/docs/` the slash counts: the page there loads its files relative to it.
fn ignore_trailing_slash(request: &mut ServiceRequest) {
    let path = request.path();
    let Some(trimmed) = path.strip_suffix('/') else { return };
    if trimmed.is_empty() || path.starts_with("/docs/") {
        return;
    }
    let path_and_query = match request.uri().query() {
        Some(query) => format!("{trimmed}?{query}"),
        None => trimmed.to_owned(),
    };
    let mut parts = request.uri().clone().into_parts();
    // A part of a URI that was read is itself readable.
    parts.path_and_query = path_and_query.parse().ok();
    if let Ok(uri) = Uri::from_parts(parts) {
        request.match_info_mut().set(Url::new(uri.clone()));
        request.head_mut().uri = uri;
    }
}

struct Panicked;

/// The outcome of `future`, unless it panics. What the panic said is logged where it happens.
async fn caught<F: Future>(future: F) -> Result<F::Output, Panicked> {
    let mut future = pin!(future);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(poll) => poll.map(Ok),
        Err(_) => Poll::Ready(Err(Panicked)),
    })
    .await
}

#[cfg(test)]
mod tests {
    use actix_web::{
        App, HttpResponse,
        body::to_bytes,
        http::Method,
        middleware::from_fn,
        test::{TestRequest, init_service, try_call_service},
        web,
    };
    use serde_json::Value;

    use super::*;

    /// What the server sends, whichever way it came about.
    async fn answer(path: &str) -> HttpResponse {
        async fn panics() -> HttpResponse {
            panic!("on purpose")
        }
        async fn fails() -> Result<HttpResponse, Problem> {
            Err(Problem::internal("the secret cause"))
        }
        let number = web::get().to(|_: web::Path<u32>| HttpResponse::Ok());
        let app = App::new()
            .wrap(from_fn(around))
            .route("/panics", web::get().to(panics))
            .route("/fails", web::get().to(fails))
            .route("/number/{n}", number);
        let request = TestRequest::with_uri(path).method(Method::GET).insert_header((REQUEST_ID, "mine"));
        match try_call_service(&init_service(app).await, request.to_request()).await {
            Ok(response) => response.into_parts().1,
            Err(error) => error.error_response(),
        }
    }

    #[actix_web::test]
    async fn every_failure_is_a_complete_problem_that_tells_nothing_of_the_inside() {
        for (path, status) in [("/panics", 500), ("/fails", 500), ("/number/x", 404)] {
            let response = answer(path).await;
            assert_eq!(response.status(), status, "{path}");
            assert_eq!(response.headers().get(header::CONTENT_TYPE).unwrap(), "application/problem+json");
            assert_eq!(response.headers().get(REQUEST_ID).unwrap(), "mine");
            let body = to_bytes(response.into_body()).await.unwrap();
            let problem: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!((&problem["instance"], &problem["request_id"]), (&path.into(), &"mine".into()));
            let text = problem.to_string();
            assert!(!text.contains("purpose") && !text.contains("secret"), "{text}");
        }
    }

    #[test]
    fn a_log_has_every_cause() {
        let cause = domain::Error::Unavailable { what: "search", cause: Some("the disk is full".into()) };
        assert_eq!(with_sources(&cause), "search is not available: the disk is full");
    }
}
