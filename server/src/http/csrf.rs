//! Keeps other sites from making a signed-in browser act here, or leave for elsewhere.

use app::error::Error;
use axum::extract::Request;
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::Response;
use tower_http::csrf::CsrfLayer;

use super::answer::refuse;
use crate::config::PublicUrl;

/// Refuses unsafe requests of other origins, by `Sec-Fetch-Site` and `Origin`. A proxy may change `Host`: the public URL counts as ours.
pub(super) fn layer(public_url: &PublicUrl) -> CsrfLayer {
    // A public URL has been checked to be an origin; were it refused, the layer would only be stricter.
    CsrfLayer::new()
        .add_trusted_origin(public_url.as_str())
        .unwrap_or_default()
}

/// Every browser of today marks unsafe requests with one of these headers; the layer would let those pass that have neither.
/// With a cookie they are refused: without one nobody's rights are used.
pub(super) async fn refuse_unmarked(request: Request, next: Next) -> Response {
    let safe = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    let headers = request.headers();
    let marked = headers.contains_key(header::ORIGIN) || headers.contains_key("sec-fetch-site");
    if !safe && !marked && headers.contains_key(header::COOKIE) {
        return refuse(&Error::Forbidden);
    }
    next.run(request).await
}

/// Takes the `Referer` away: server_fn and leptos_axum send a navigation to a server function back to it, so that a link on
/// another site would lead through us to wherever it likes. Our own forms say themselves where they go on.
pub(super) async fn forget_referrer(mut request: Request, next: Next) -> Response {
    request.headers_mut().remove(header::REFERER);
    next.run(request).await
}
