//! Asks the policy's table before any route is reached. What the table does not name is refused.

use app::backend::{Caller, Who};
use app::error::Error;
use axum::extract::{MatchedPath, Request};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::answer::{refuse, see_other};
use crate::policy::{self, Access};

/// Lets a request through if its caller may use its route. Addresses without a route go on to files and the "not found" page.
pub async fn guard(request: Request, next: Next) -> Response {
    let Some(path) = request.extensions().get::<MatchedPath>() else {
        return next.run(request).await;
    };
    let access = policy::access(method(&request), path.as_str());
    if access.is_none() && policy::ROUTES.iter().any(|route| route.1 == path.as_str()) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    match request.extensions().get::<Caller>() {
        Some(caller) => match may(caller, access) {
            Ok(()) => next.run(request).await,
            Err(Error::Unauthenticated) if is_form(&request) => see_other("/sign-in?error=ended"),
            Err(error) => refuse(&error),
        },
        None => refuse(&Error::Unauthenticated),
    }
}

/// Whether the caller may use a route of that access.
pub fn may(caller: &Caller, access: Option<Access>) -> Result<(), Error> {
    match access {
        Some(Access::Public) => Ok(()),
        // A page says itself how to sign in, with status 401; it shows data to signed-in staff only.
        Some(Access::Page) => match caller.who {
            Who::Client { .. } => Err(Error::Forbidden),
            Who::Nobody | Who::Staff { .. } => Ok(()),
        },
        Some(Access::Needs(act)) => policy::allow(caller, act),
        None => Err(Error::Forbidden),
    }
}

fn method(request: &Request) -> &str {
    match *request.method() {
        Method::HEAD => "GET",
        ref other => other.as_str(),
    }
}

/// A plain form, sent by a browser without JavaScript: a person wants a page, not JSON.
fn is_form(request: &Request) -> bool {
    let accept = request.headers().get(header::ACCEPT);
    let html =
        accept.is_some_and(|accept| accept.to_str().is_ok_and(|text| text.contains("text/html")));
    html && *request.method() == Method::POST
}
