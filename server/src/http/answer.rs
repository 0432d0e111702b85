//! How an error becomes an answer.

use app::error::Error;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// An error as JSON, in the form in which server functions give it too. Says when to try again, where that is known.
pub fn refuse(error: &Error) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = (status, axum::Json(error)).into_response();
    if let Error::RateLimited { retry_after } = error {
        let after = HeaderValue::from(*retry_after);
        answer.headers_mut().insert(header::RETRY_AFTER, after);
    }
    answer
}

/// Sends the browser elsewhere with a `GET`. The path is one of ours.
pub(super) fn see_other(path: &'static str) -> Response {
    let to = [(header::LOCATION, HeaderValue::from_static(path))];
    (StatusCode::SEE_OTHER, to).into_response()
}
