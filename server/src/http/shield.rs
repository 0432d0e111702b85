//! What protects the server itself: bounds on size and time, refused methods, and panics that end one request only.

use std::any::Any;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

/// The largest body that a request may have, in bytes. No route takes files.
pub(super) const BODY: usize = 1 << 20;

/// Until an answer has begun; what is streamed may take longer.
const TIME: Duration = Duration::from_secs(60);

/// Reads the body, so that one that is too large gets the same answer on every route, however it is sent.
pub(super) async fn limit_body(request: Request, next: Next) -> Response {
    if *request.method() == Method::TRACE {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    if declared(&request) > BODY as u64 {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    let (parts, body) = request.into_parts();
    match to_bytes(body, BODY).await {
        Ok(bytes) => {
            next.run(Request::from_parts(parts, Body::from(bytes)))
                .await
        }
        Err(why) if is_too_large(&why) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

fn declared(request: &Request) -> u64 {
    let length = request.headers().get(header::CONTENT_LENGTH);
    length
        .and_then(|length| length.to_str().ok()?.parse().ok())
        .unwrap_or(0)
}

fn is_too_large(why: &axum::Error) -> bool {
    use std::error::Error as _;
    why.source()
        .is_some_and(|source| source.to_string() == "length limit exceeded")
}

/// 503 where no answer has begun in time.
pub(super) fn time_out() -> TimeoutLayer {
    TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIME)
}

type Catcher = fn(Box<dyn Any + Send + 'static>) -> Response;

/// 500 without a word of what happened. The panic hook has logged where.
pub(super) fn catch_panics() -> CatchPanicLayer<Catcher> {
    CatchPanicLayer::custom(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}
