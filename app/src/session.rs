//! Who looks at the page and in which language; and what a page says of its answer.

use std::sync::OnceLock;

use leptos::prelude::*;

use crate::i18n::Lang;
use crate::pace::FOLLOWED;

/// What every page needs to know of its reader.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Session {
    /// The name of the signed-in member of staff; nothing for anybody else.
    pub staff: Option<String>,
    pub lang: Lang,
}

impl Session {
    /// Of the request in context.
    pub fn of_request() -> Self {
        let staff = use_context::<crate::backend::Caller>()
            .and_then(|caller| caller.staff_name().map(str::to_owned));
        Self {
            staff,
            lang: lang_of_request(),
        }
    }
}

/// The language of the request in context.
pub fn lang_of_request() -> Lang {
    use axum::http::header::{ACCEPT_LANGUAGE, COOKIE, HeaderName};
    let Some(parts) = use_context::<axum::http::request::Parts>() else {
        return Lang::default();
    };
    let text = |name: HeaderName| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    Lang::negotiate(text(COOKIE), text(ACCEPT_LANGUAGE))
}

/// The stream that the browser follows, where it asks for the page once more because of a change.
pub fn followed() -> Option<String> {
    let request = use_context::<axum::http::request::Parts>()?;
    let stream = request.headers.get(FOLLOWED)?.to_str().ok()?;
    Some(stream.to_owned())
}

/// Whether the answer is shown by the browser itself: it asks for a page, our script for JSON.
pub fn wants_page(headers: &axum::http::HeaderMap) -> bool {
    headers
        .get(axum::http::header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// Status and destination of one answer, as pages and server functions set them. The server puts it into their context and reads it at
/// the end.
#[derive(Debug, Clone, Default)]
pub struct Reply(std::sync::Arc<(OnceLock<axum::http::StatusCode>, OnceLock<String>)>);

impl Reply {
    /// The status that was set first; nothing if none was.
    pub fn status(&self) -> Option<axum::http::StatusCode> {
        self.0.0.get().copied()
    }

    /// Where the browser is to go, if it is.
    pub fn location(&self) -> Option<&str> {
        self.0.1.get().map(String::as_str)
    }
}

/// Sends the browser to another page of ours.
pub(crate) fn go_to(page: &str) {
    if let Some(reply) = use_context::<Reply>() {
        let _ = reply.0.1.set(page.to_owned());
    }
}

/// Sets the answer's HTTP status, if nothing has yet.
pub fn set_status(status: u16) {
    if let (Some(reply), Ok(status)) = (
        use_context::<Reply>(),
        axum::http::StatusCode::from_u16(status),
    ) {
        let _ = reply.0.0.set(status);
    }
}
