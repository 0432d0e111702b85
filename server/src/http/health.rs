//! `/healthz`: the process lives. `/readyz`: it can work. `/metrics`, on a listener of its own: how it does, in Prometheus' text form.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tokio::time::timeout;

use super::Web;
use crate::ledger::{self, Count, STATES};

/// The database is waited for so long: who asks has a time limit too.
const PATIENCE: Duration = Duration::from_secs(3);

/// Numbers the probe files of this process: two questions at once must not remove each other's.
static PROBES: AtomicU64 = AtomicU64::new(0);

/// 200 as long as the process answers.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// 200 if requests can be carried out, else 503 and what is in the way. Stopping counts: send requests elsewhere.
pub(super) async fn ready(State(web): State<Web>) -> Response {
    let stopping = web.stopping.is_cancelled();
    let database = matches!(timeout(PATIENCE, web.habeas.db.ping()).await, Ok(Ok(())));
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
    match ledger::counts(&web.habeas.db).await {
        Ok(counts) => tasks(&counts),
        Err(why) => tracing::warn!(error = %why, "tasks can't be counted"),
    }
    let kind = [(
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    )];
    (kind, web.metrics.render()).into_response()
}

/// A state without tasks is told as 0: else it would stay what it was.
fn tasks(counts: &[Count]) {
    for state in STATES {
        let found = counts.iter().find(|count| count.state == state);
        let tasks = found.map_or(0, |count| count.tasks);
        metrics::gauge!("habeas_tasks", "state" => state).set(tasks as f64);
    }
    let late = counts.iter().filter_map(|count| count.late).max();
    metrics::gauge!("habeas_task_oldest_due_seconds").set(late.unwrap_or(0).max(0) as f64 / 1000.0);
}

/// Whether a file can be made there: a full or read-only disk fails here.
pub(crate) async fn is_writable(folder: &Path) -> bool {
    let number = PROBES.fetch_add(1, Ordering::Relaxed);
    let probe = folder.join(format!(".probe-{}-{number}", std::process::id()));
    let written = tokio::fs::write(&probe, b"probe").await.is_ok();
    // One that could not be made can't be removed either.
    let removed = tokio::fs::remove_file(&probe).await.is_ok();
    written && removed
}
