//! `GET /language?to=ja&back=/find`: remembers a language and goes back.

use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::Web;

/// A year.
const LASTING: u32 = 31_536_000;

#[derive(Deserialize)]
pub(super) struct Choice {
    #[serde(default)]
    to: String,
    #[serde(default)]
    back: String,
}

/// Sets the cookie if the language is one of ours, and goes back in any case.
pub(super) async fn choose(State(web): State<Web>, Query(choice): Query<Choice>) -> Response {
    let back = if is_local(&choice.back) {
        choice.back.as_str()
    } else {
        "/"
    };
    let Ok(back) = HeaderValue::from_str(back) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, back)]).into_response();
    let secure = if web.public_url.is_https() {
        "; Secure"
    } else {
        ""
    };
    let tag = ["en", "ja"].into_iter().find(|tag| *tag == choice.to);
    let cookie = tag
        .map(|tag| format!("habeas_lang={tag}; Path=/; SameSite=Lax; Max-Age={LASTING}{secure}"));
    if let Some(Ok(cookie)) = cookie.map(|line| HeaderValue::from_str(&line)) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// A path of this site. Browsers read `\` as `/` and drop tabs and line ends, so `/\example.org` would lead elsewhere.
fn is_local(back: &str) -> bool {
    back.starts_with('/')
        && !back.starts_with("//")
        && back.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_never_leads_elsewhere() {
        for good in ["/", "/find", "/requests?right=delete&after=r-1", "/a//b"] {
            assert!(is_local(good), "{good}");
        }
        for bad in [
            "",
            "find",
            "//example.org",
            "/\\example.org",
            "https://example.org",
            "/\t/example.org",
            "/a b",
            "/é",
            "/\n",
        ] {
            assert!(!is_local(bad), "{bad:?}");
        }
    }
}
