//! `/healthz`: the process lives. `/readyz`: it can work. `/metrics`: how it does, in Prometheus' text form.

use std::path::Path;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::Web;

/// 200 as long as the process answers.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// 200 if requests can be carried out, else 503 and what is in the way. Stopping counts: send requests elsewhere.
pub(super) async fn ready(State(web): State<Web>) -> Response {
    let stopping = web.stopping.is_cancelled();
    let database = web.habeas.db.ping().await.is_ok();
    let folder = is_writable(&web.data).await;
    let ready = !stopping && database && folder;
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let body =
        json!({"ready": ready, "stopping": stopping, "database": database, "folder": folder});
    (status, Json(body)).into_response()
}

/// Numbers by route and kind; no ids.
pub(super) async fn metrics(State(web): State<Web>) -> Response {
    metrics::gauge!("habeas_streams").set(f64::from(web.streams.open()));
    let kind = [(
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    )];
    (kind, web.metrics.render()).into_response()
}

/// Whether a file can be made there: a full or read-only disk fails here.
pub(crate) async fn is_writable(folder: &Path) -> bool {
    let probe = folder.join(format!(".probe-{}", std::process::id()));
    let written = tokio::fs::write(&probe, b"probe").await.is_ok();
    // One that could not be made can't be removed either.
    let removed = tokio::fs::remove_file(&probe).await.is_ok();
    written && removed
}
