//! Turns a request into the [`Caller`] that everything behind it is asked for.

use app::backend::Caller;
use app::error::Error;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;

use super::answer::refuse;
use super::observe::Correlation;
use super::{Web, cookie};

/// Puts the caller of the session's cookie into the request; nobody without one. Whoever is known already stays:
/// only layers further out can have said so.
pub async fn identify(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    if request.extensions().get::<Caller>().is_none() {
        let correlation = correlation(&web, &request);
        match of_cookie(&web, request.headers(), correlation.clone()).await {
            Ok(caller) => request.extensions_mut().insert(caller),
            Err(why) => {
                tracing::error!(request = correlation, error = ?why, "a session can't be looked up");
                return refuse(&Error::Internal { correlation });
            }
        };
    }
    next.run(request).await
}

async fn of_cookie(
    web: &Web,
    headers: &HeaderMap,
    correlation: String,
) -> Result<Caller, crate::store::StoreError> {
    match cookie::session(headers, &web.public_url) {
        Some(token) => web.sessions.caller(token, correlation).await,
        None => Ok(Caller::nobody(correlation)),
    }
}

fn correlation(web: &Web, request: &Request) -> String {
    match request.extensions().get::<Correlation>() {
        Some(Correlation(id)) => id.clone(),
        None => web.habeas.clock.id(),
    }
}
