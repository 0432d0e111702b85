//! `POST /oauth/token`: client credentials, as RFC 6749 has them.

use axum::http::StatusCode;
use serde_json::json;

use super::Api;
use super::answer::{Call, Reply};
use super::auth::logged;
use super::error::ApiError;
use super::limit::Standing;

/// The form was checked: the only grant is that of client credentials.
pub(super) async fn token(
    api: &Api,
    call: Call,
    standing: &mut Standing,
) -> Result<Reply, ApiError> {
    let context = call.caller.correlation.as_str();
    let refused = |why| {
        let mut error = ApiError::new(StatusCode::UNAUTHORIZED, "bad.credentials", why);
        error.oauth = Some("invalid_client");
        error
    };
    let Some((id, secret)) = call.basic else {
        return Err(refused(
            "the client's id and secret are required, as HTTP Basic",
        ));
    };
    let client = api
        .clients
        .check(&id, &secret)
        .await
        .map_err(|why| logged(&why, context))?;
    let client = client.ok_or_else(|| refused("the client is unknown, or its secret is wrong"))?;
    // Counted for clients that are known only: nobody else can use their share up.
    let (stands, verdict) = api
        .limits
        .take(&client.id, &client.id, false, api.clock.now());
    *standing = stands;
    verdict?;
    let granted = api
        .clients
        .grant(&client)
        .await
        .map_err(|why| logged(&why, context))?;
    Ok(Reply::ok(json!({
        "access_token": granted.token,
        "token_type": "bearer",
        "expires_in": granted.seconds,
    })))
}
