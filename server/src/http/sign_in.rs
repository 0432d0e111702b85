//! `POST /sign-in` and `POST /sign-out`. Opening a link only shows a button: mail scanners open links too.

use app::error::Error;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use serde::Deserialize;

use super::answer::{refuse, see_other};
use super::observe::Correlation;
use super::{Web, cookie};
use crate::store::StoreError;

#[derive(Deserialize)]
pub(super) struct Link {
    #[serde(default)]
    token: String,
}

/// Uses the link up and begins a session, in place of the one that the browser may have. What is wrong with a bad link is not told,
/// and its token is not in the address that follows.
pub(super) async fn sign_in(
    State(web): State<Web>,
    Extension(correlation): Extension<Correlation>,
    headers: HeaderMap,
    form: Result<Form<Link>, FormRejection>,
) -> Response {
    let Ok(Form(link)) = form else {
        return see_other("/sign-in?error=link");
    };
    let old = cookie::session(&headers, &web.public_url);
    let token = match web.sessions.sign_in(&link.token, old).await {
        Ok(Some(token)) => token,
        Ok(None) => return see_other("/sign-in?error=link"),
        Err(why) => return internal(&correlation, &why),
    };
    let lasting = web.sessions.lasting().absolute;
    with_cookie(
        see_other("/"),
        cookie::set_session(&web.public_url, &token, lasting),
    )
}

/// Ends the session, if there is one, and has the browser forget what it kept.
pub(super) async fn sign_out(
    State(web): State<Web>,
    Extension(correlation): Extension<Correlation>,
    headers: HeaderMap,
) -> Response {
    if let Some(token) = cookie::session(&headers, &web.public_url)
        && let Err(why) = web.sessions.sign_out(token).await
    {
        return internal(&correlation, &why);
    }
    let mut response = with_cookie(
        see_other("/signed-out"),
        cookie::drop_session(&web.public_url),
    );
    // Not "cookies": that would take those of all hosts of the domain.
    response.headers_mut().insert(
        HeaderName::from_static("clear-site-data"),
        HeaderValue::from_static("\"cache\", \"storage\""),
    );
    response
}

fn with_cookie(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

fn internal(Correlation(correlation): &Correlation, why: &StoreError) -> Response {
    tracing::error!(request = correlation, error = ?why, "signing in or out failed");
    refuse(&Error::Internal {
        correlation: correlation.clone(),
    })
}
