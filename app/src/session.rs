//! Who looks at the page and in which language: known on the server, handed to the browser inside the page.

#[cfg(feature = "ssr")]
use std::sync::OnceLock;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::i18n::Lang;

/// What every page needs to know of its reader.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Session {
    /// The name of the signed-in member of staff; nothing for anybody else.
    pub staff: Option<String>,
    pub lang: Lang,
}

impl Session {
    /// Reads the request on the server, and what the server wrote into the page in the browser.
    pub fn of_page() -> Self {
        SharedValue::new(Self::from_context).into_inner()
    }

    #[cfg(feature = "ssr")]
    fn from_context() -> Self {
        let staff = use_context::<crate::backend::Caller>()
            .and_then(|caller| caller.staff_name().map(str::to_owned));
        Self {
            staff,
            lang: lang_of_request(),
        }
    }

    #[cfg(not(feature = "ssr"))]
    fn from_context() -> Self {
        Self::default()
    }
}

/// The language of the request in context.
#[cfg(feature = "ssr")]
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

/// Whether the answer is shown by the browser itself: it asks for a page, our script for JSON.
#[cfg(feature = "ssr")]
pub fn wants_page(headers: &axum::http::HeaderMap) -> bool {
    headers
        .get(axum::http::header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// Status and destination of one answer, as pages and server functions set them. The server puts it into their context and reads it at
/// the end.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone, Default)]
pub struct Reply(std::sync::Arc<(OnceLock<axum::http::StatusCode>, OnceLock<String>)>);

#[cfg(feature = "ssr")]
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
#[cfg(feature = "ssr")]
pub(crate) fn go_to(page: &str) {
    if let Some(reply) = use_context::<Reply>() {
        let _ = reply.0.1.set(page.to_owned());
    }
}

/// Sets the answer's HTTP status, if nothing has yet. Does nothing in the browser.
#[cfg_attr(
    not(feature = "ssr"),
    expect(unused_variables, reason = "there is no answer to set it on")
)]
pub fn set_status(status: u16) {
    #[cfg(feature = "ssr")]
    if let (Some(reply), Ok(status)) = (
        use_context::<Reply>(),
        axum::http::StatusCode::from_u16(status),
    ) {
        let _ = reply.0.0.set(status);
    }
}
