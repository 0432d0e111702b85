//! Who is asking: a bearer token, or a client's id and secret. Nothing else counts, a session's cookie least of all.

use app::backend::{Caller, Who};
use axum::http::{HeaderMap, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Api;
use super::error::ApiError;
use crate::percent;

/// A caller, and what its calls are counted by.
pub(super) struct Known {
    pub(super) caller: Caller,
    pub(super) client: String,
    pub(super) token: String,
}

/// The client that a bearer token was given to.
pub(super) async fn bearer(
    api: &Api,
    headers: &HeaderMap,
    context: &str,
) -> Result<Known, ApiError> {
    let refused = |code, why| Err(ApiError::new(StatusCode::UNAUTHORIZED, code, why));
    let Some(token) = credentials(headers, "bearer").filter(|token| !token.is_empty()) else {
        return refused("authentication.required", "a bearer token is required");
    };
    match api
        .clients
        .for_token(token)
        .await
        .map_err(|why| logged(&why, context))?
    {
        None => refused("bad.credentials", "the token is unknown or has expired"),
        Some(client) => Ok(Known {
            token: crate::secret::token_hash(token),
            client: client.id.clone(),
            caller: Caller {
                who: Who::Client {
                    id: client.id,
                    name: client.name,
                    permissions: client.permissions,
                },
                correlation: context.to_owned(),
            },
        }),
    }
}

/// A client's id and secret, as `Basic` carries them.
pub(super) fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let bytes = STANDARD.decode(credentials(headers, "basic")?).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (id, secret) = text.split_once(':')?;
    // RFC 6749 has both encoded like form values; ours need no encoding, so that either way is right. Nobody's holds a control
    // character, and no database has to be asked for one.
    let decoded = |text: &str| {
        let plain = percent::decoded(text, true)?;
        (!plain.chars().any(char::is_control)).then_some(plain)
    };
    Some((decoded(id)?, decoded(secret)?))
}

/// What follows the scheme in the only `Authorization` header.
fn credentials<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let (one, more) = (all.next()?, all.next());
    let (said, rest) = one.to_str().ok()?.split_once(' ')?;
    (more.is_none() && said.eq_ignore_ascii_case(scheme)).then(|| rest.trim())
}

/// An error of the store, told to the log once and to nobody else.
pub(super) fn logged(why: &(dyn std::error::Error + 'static), context: &str) -> ApiError {
    tracing::error!(context, error = why, "the API could not answer");
    ApiError::internal()
}
