//! Gives a server function's error the status that it means: server_fn answers every error with 500, also an argument that can't be read.

use app::error::Error;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use server_fn::error::SERVER_FN_ERROR_HEADER;

/// An error is a few words; more than this, in bytes, is none.
const LARGEST: usize = 64 << 10;

/// Reads the error out of an answer that server_fn marked as one, and sets its status.
pub(super) async fn tell(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let marked = response.headers().contains_key(SERVER_FN_ERROR_HEADER);
    if !marked || response.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, LARGEST).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if let Ok(error) = serde_json::from_slice::<Error>(&bytes) {
        parts.status = StatusCode::from_u16(error.status()).unwrap_or(parts.status);
    }
    Response::from_parts(parts, Body::from(bytes))
}
