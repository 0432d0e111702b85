//! Gives every request an id, a log line and its metrics. Only the route's template is written: paths and queries may say something of a person.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;

use crate::clock::Clock;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The request's id: a UUID, the caller's own if it sent one.
#[derive(Debug, Clone)]
pub struct Correlation(pub String);

/// Wraps a request. The id goes back in `X-Request-Id`.
pub async fn observe(State(clock): State<Clock>, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = given(&request).unwrap_or_else(|| clock.id());
    let method = known(request.method());
    let route = match request.extensions().get::<MatchedPath>() {
        Some(path) => path.as_str().to_owned(),
        None => "(none)".to_owned(),
    };
    request.extensions_mut().insert(Correlation(id.clone()));
    let mut response = next.run(request).await;
    let status = response.status().as_u16();
    let took = begun.elapsed();
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(request = %id, method, route, status, ms, "request");
    metrics::histogram!(
        "habeas_http_request_seconds",
        "method" => method, "route" => route, "status" => status.to_string()
    )
    .record(took.as_secs_f64());
    // A UUID is always a valid header value.
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// Only a UUID is taken over: anything else could be used to write into logs.
fn given(request: &Request) -> Option<String> {
    let text = request.headers().get(REQUEST_ID)?.to_str().ok()?;
    uuid::Uuid::try_parse(text).ok().map(|id| id.to_string())
}

/// Methods come from outside; labels must be few.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}
