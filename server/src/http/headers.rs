//! Security headers, on every answer: pages, API, files, errors.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::config::PublicUrl;

/// What nothing but a page gets: it may do nothing at all.
const CLOSED: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";
const FEATURES: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
                        magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

/// What the headers depend on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Policy {
    https: bool,
    /// Browsers send `Sec-Fetch-Site` only to origins that they trust: TLS or this machine.
    trusted: bool,
    /// Whether names in `/pkg` change with their content.
    hashed: bool,
}

impl Policy {
    pub(super) fn new(public_url: &PublicUrl, hashed: bool) -> Self {
        Self {
            https: public_url.is_https(),
            trusted: public_url.is_https() || public_url.is_loopback(),
            hashed,
        }
    }

    /// With `no-referrer` browsers send plain forms with `Origin: null`. Where they send no `Sec-Fetch-Site` either,
    /// our own forms could not be told from others'.
    fn referrer(self) -> &'static str {
        if self.trusted {
            "no-referrer"
        } else {
            "same-origin"
        }
    }

    fn caching(self, package: bool, status: StatusCode, headers: &HeaderMap) -> &'static str {
        let fine = status.is_success() || status == StatusCode::NOT_MODIFIED;
        if package && fine {
            return if self.hashed {
                "public, max-age=31536000, immutable"
            } else {
                "no-cache"
            };
        }
        // Other files are few and small: asked for again, mostly answered by "not modified".
        if headers.contains_key(header::LAST_MODIFIED) {
            "no-cache"
        } else {
            "no-store"
        }
    }
}

/// The policy of a page, whose scripts carry the nonce of this one answer.
pub(super) fn page_policy(nonce: &str) -> Option<HeaderValue> {
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
         img-src 'self' data:; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).ok()
}

/// Adds the headers. A policy or caching rule that is there already stays: pages bring theirs.
pub(super) async fn harden(State(policy): State<Policy>, request: Request, next: Next) -> Response {
    let package = request.uri().path().starts_with("/pkg/");
    let mut response = next.run(request).await;
    let status = response.status();
    let headers = response.headers_mut();
    let caching = policy.caching(package, status, headers);
    default(headers, header::CACHE_CONTROL, caching);
    default(headers, header::CONTENT_SECURITY_POLICY, CLOSED);
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, policy.referrer()),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (HeaderName::from_static("permissions-policy"), FEATURES),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if policy.https {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    response
}

fn default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    if !headers.contains_key(&name) {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
