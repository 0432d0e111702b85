//! `POST /sign-in` and `POST /sign-out`. Opening a link only shows a button: mail scanners open links too.

use std::num::NonZeroU32;

use app::error::Error;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use serde::Deserialize;

use super::answer::{refuse, see_other};
use super::observe::Correlation;
use super::{Web, cookie};
use crate::store::StoreError;

/// Wrong links that are answered as such in a minute, whoever brings them; a person who mistypes one never gets there.
const WRONG: NonZeroU32 = NonZeroU32::MIN.saturating_add(29);

/// Counts wrong links. Right ones are not kept waiting by them: nobody can keep others out.
#[derive(Debug)]
pub(super) struct Guesses(DefaultDirectRateLimiter);

impl Default for Guesses {
    fn default() -> Self {
        Self(RateLimiter::direct(Quota::per_minute(WRONG)))
    }
}

impl Guesses {
    /// Counts one more; [`Error::RateLimited`] if there were too many.
    fn count(&self) -> Result<(), Error> {
        self.0.check().map_err(|not_yet| {
            let wait = not_yet.wait_time_from(DefaultClock::default().now());
            let retry_after = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX);
            Error::RateLimited {
                retry_after: retry_after.saturating_add(1),
            }
        })
    }
}

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
        return wrong(&web);
    };
    let old = cookie::session(&headers, &web.public_url);
    let token = match web.sessions.sign_in(&link.token, old).await {
        Ok(Some(token)) => token,
        Ok(None) => return wrong(&web),
        Err(why) => return internal(&correlation, &why),
    };
    let lasting = web.sessions.lasting().absolute;
    with_cookie(
        see_other("/"),
        cookie::set_session(&web.public_url, &token, lasting),
    )
}

fn wrong(web: &Web) -> Response {
    match web.guesses.count() {
        Ok(()) => see_other("/sign-in?error=link"),
        Err(error) => refuse(&error),
    }
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
