//! Throws away what has served its purpose: packages that can no longer be downloaded, parts of requests that have ended, old
//! searches, plans, sessions and tokens. What is kept of a person is kept no longer than it is needed.

use std::io;
use std::time::Duration;

use app::model::{Millis, RequestId};

use super::Engine;
use super::package::remove_packages;
use super::parts::remove_parts;
use crate::params;
use crate::store::StoreError;

const EVERY: Duration = Duration::from_secs(10 * 60);
const DAY: Millis = 24 * 60 * 60 * 1000;
/// How long the answers of a search can be looked at.
const SEARCHES: Millis = 7 * DAY;

/// Why something could not be thrown away; it is tried again later.
#[derive(Debug, thiserror::Error)]
pub enum JanitorError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("a file could not be removed")]
    File(#[from] io::Error),
}

/// Cleans up, again and again.
pub async fn run(engine: Engine) {
    loop {
        if let Err(why) = clean(&engine).await {
            tracing::warn!(error = %why, "not everything that is old could be removed");
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Cleans up once.
pub async fn clean(engine: &Engine) -> Result<(), JanitorError> {
    let now = engine.clock.now();
    for request in engine.db.packages_expired(now).await? {
        remove_packages(&engine.folder, &request, None).await?;
        let gone = request.clone();
        let forget = engine
            .db
            .write(move |tx| Box::pin(async move { tx.package_delete(&gone).await }));
        forget.await?;
    }
    for request in requests_with_parts(engine).await? {
        let row = engine.db.request_by_id(&request).await?;
        // A failed export's parts are of no use either: a retry reads everything anew.
        if row.is_none_or(|row| row.state.has_ended()) {
            remove_parts(&engine.folder, &request).await?;
        }
    }
    engine
        .db
        .write(move |tx| Box::pin(async move { forget_old(tx, now).await }))
        .await?;
    Ok(())
}

async fn requests_with_parts(engine: &Engine) -> io::Result<Vec<RequestId>> {
    let mut requests = Vec::new();
    let mut entries = match tokio::fs::read_dir(engine.folder.join("parts")).await {
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(requests),
        entries => entries?,
    };
    while let Some(entry) = entries.next_entry().await? {
        // What is not named by a request is not ours to remove.
        requests.extend(
            entry
                .file_name()
                .to_str()
                .and_then(|name| name.parse().ok()),
        );
    }
    Ok(requests)
}

async fn forget_old(tx: &mut crate::store::Tx, now: Millis) -> Result<(), StoreError> {
    let searches = now - SEARCHES;
    tx.run(
        "DELETE FROM lane WHERE search_id IN (SELECT id FROM search WHERE started_at < $1)",
        params![searches],
    )
    .await?;
    tx.run(
        "DELETE FROM search WHERE started_at < $1",
        params![searches],
    )
    .await?;
    tx.run("DELETE FROM plan WHERE expires_at < $1", params![now - DAY])
        .await?;
    tx.run("DELETE FROM session WHERE expires_at < $1", params![now])
        .await?;
    tx.run(
        "DELETE FROM access_token WHERE expires_at < $1",
        params![now],
    )
    .await?;
    Ok(())
}
