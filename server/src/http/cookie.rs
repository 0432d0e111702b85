//! The two cookies: who is signed in, and the language.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};

use crate::config::PublicUrl;

/// The session's cookie. Over TLS its name itself makes browsers insist on `Secure`, `Path=/` and no `Domain`.
pub(super) fn session_name(public_url: &PublicUrl) -> &'static str {
    if public_url.is_https() {
        "__Host-habeas"
    } else {
        "habeas"
    }
}

/// The value of a cookie of the request.
pub(super) fn get<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

/// The session's token that the request brings.
pub(super) fn session<'h>(headers: &'h HeaderMap, public_url: &PublicUrl) -> Option<&'h str> {
    get(headers, session_name(public_url)).filter(|token| !token.is_empty())
}

/// Sets the session's cookie.
pub(super) fn set_session(
    public_url: &PublicUrl,
    token: &str,
    lasting: Duration,
) -> Option<HeaderValue> {
    session_line(public_url, token, lasting.as_secs())
}

/// Takes the session's cookie away.
pub(super) fn drop_session(public_url: &PublicUrl) -> Option<HeaderValue> {
    session_line(public_url, "", 0)
}

fn session_line(public_url: &PublicUrl, token: &str, seconds: u64) -> Option<HeaderValue> {
    let name = session_name(public_url);
    let secure = if public_url.is_https() {
        "; Secure"
    } else {
        ""
    };
    let line = format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&line).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(
            header::COOKIE,
            HeaderValue::from_static("xhabeas=1; habeas_lang=ja"),
        );
        headers.append(header::COOKIE, HeaderValue::from_static("a=b=c;habeas=2"));
        assert_eq!(get(&headers, "habeas"), Some("2"));
        assert_eq!(get(&headers, "a"), Some("b=c"));
        assert_eq!(get(&headers, "abeas"), None);
    }

    #[test]
    fn over_tls_the_cookie_is_bound_to_the_host() {
        let of = |url: &str| {
            let url = PublicUrl::parse(url).expect("url");
            let line = set_session(&url, "t", Duration::from_secs(60)).expect("header");
            line.to_str().expect("text").to_owned()
        };
        let tls = of("https://privacy.example.org");
        assert_eq!(
            tls,
            "__Host-habeas=t; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure"
        );
        assert_eq!(
            of("http://127.0.0.1:1"),
            "habeas=t; Path=/; HttpOnly; SameSite=Lax; Max-Age=60"
        );
    }
}
