//! Throws away what has served its purpose: packages that can no longer be downloaded or were never finished, parts of requests
//! that have ended, old searches, plans, sessions and tokens, and how systems were long ago. What is kept of a person is kept no longer than it is needed.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::time::Duration;

use app::model::{HealthHour, Millis, RequestId};

use super::Engine;
use super::package::{PackageName, remove_packages};
use super::parts::remove_parts;
use super::skip;
use crate::params;
use crate::store::StoreError;
use crate::store::request::RequestRow;

const EVERY: Duration = Duration::from_secs(10 * 60);
const DAY: Millis = 24 * 60 * 60 * 1000;
/// How long the answers of a search can be looked at.
const SEARCHES: Millis = 7 * DAY;
/// The same for a saved one: as long as a request may take.
const SAVED: Millis = 30 * DAY;
/// How long what was typed to connect a database is kept after its last change.
pub const DRAFTS: Millis = 7 * DAY;

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
        // Each reason why was logged, and all is tried again.
        let _ = clean(&engine).await;
        tokio::time::sleep(EVERY).await;
    }
}

/// Cleans up once. What can't be removed is logged and holds up nothing else; gives the last reason why.
pub async fn clean(engine: &Engine) -> Result<(), JanitorError> {
    let now = engine.clock.now();
    let mut all = Ok(());
    let mut note = |done: Result<(), JanitorError>| {
        if let Err(why) = done {
            tracing::warn!(error = %why, "not everything that is old could be removed");
            all = Err(why);
        }
    };
    match engine.db.packages_expired(now).await {
        Ok(expired) => {
            for request in &expired {
                note(remove_expired(engine, request).await);
            }
        }
        Err(why) => note(Err(why.into())),
    }
    match requests_with_parts(engine).await {
        Ok(requests) => {
            for request in &requests {
                note(remove_used_parts(engine, request).await);
            }
        }
        Err(why) => note(Err(why)),
    }
    match files_of_requests(engine, "packages", PackageName::request_of).await {
        Ok(packages) => {
            for (request, files) in &packages {
                note(remove_other_tries(engine, request, files).await);
            }
        }
        Err(why) => note(Err(why.into())),
    }
    let forget = engine
        .db
        .write(move |tx| Box::pin(async move { forget_old(tx, now).await }));
    note(forget.await.map_err(JanitorError::from));
    all
}

async fn remove_expired(engine: &Engine, request: &RequestId) -> Result<(), JanitorError> {
    remove_packages(&engine.folder, request, None).await?;
    let gone = request.clone();
    let forget = engine
        .db
        .write(move |tx| Box::pin(async move { tx.package_delete(&gone).await }));
    Ok(forget.await?)
}

async fn requests_with_parts(engine: &Engine) -> Result<BTreeSet<RequestId>, JanitorError> {
    let files = files_of_requests(engine, "parts", |name| name.parse().ok()).await?;
    let small = engine.db.requests_with_parts().await?;
    Ok(files.into_keys().chain(small).collect())
}

async fn remove_used_parts(engine: &Engine, request: &RequestId) -> Result<(), JanitorError> {
    let row = engine.db.request_by_id(request).await?;
    let now = engine.clock.now();
    // A retry reads everything anew; only a skip goes on with what was read.
    let is_used = |row: RequestRow| !row.state.has_ended() || skip::may_go_on(engine, &row, now);
    if !row.is_some_and(is_used) {
        remove_parts(&engine.folder, request).await?;
        let gone = request.clone();
        let forget = engine
            .db
            .write(move |tx| Box::pin(async move { tx.parts_delete(&gone).await }));
        forget.await?;
    }
    Ok(())
}

/// Removes what tries left behind whose package does not count: a worker that was killed, or came too late.
async fn remove_other_tries(
    engine: &Engine,
    request: &RequestId,
    files: &[String],
) -> Result<(), JanitorError> {
    if !has_ended(engine, request).await? {
        return Ok(());
    }
    let row = engine.db.package_of_request(request).await?;
    let keep = row.map(|row| PackageName::parse(&row.file)).transpose();
    let keep = keep.map_err(io::Error::other)?;
    let kept = |file: &String| keep.as_ref().is_some_and(|keep| keep.as_str() == file);
    if !files.iter().all(kept) {
        remove_packages(&engine.folder, request, keep.as_ref()).await?;
    }
    Ok(())
}

async fn has_ended(engine: &Engine, request: &RequestId) -> Result<bool, StoreError> {
    let row = engine.db.request_by_id(request).await?;
    Ok(row.is_none_or(|row| row.state.has_ended()))
}

/// What lies in one of our folders, by the request that its name says. What is not named by a request is not ours to remove.
async fn files_of_requests(
    engine: &Engine,
    folder: &str,
    request_of: impl Fn(&str) -> Option<RequestId>,
) -> io::Result<BTreeMap<RequestId, Vec<String>>> {
    let mut files: BTreeMap<RequestId, Vec<String>> = BTreeMap::new();
    let mut entries = match tokio::fs::read_dir(engine.folder.join(folder)).await {
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(files),
        entries => entries?,
    };
    while let Some(entry) = entries.next_entry().await? {
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        if let Some(request) = request_of(name) {
            files.entry(request).or_default().push(name.to_owned());
        }
    }
    Ok(files)
}

async fn forget_old(tx: &mut crate::store::Tx, now: Millis) -> Result<(), StoreError> {
    let old = params![now - SEARCHES, now - SAVED];
    tx.run(
        "DELETE FROM lane WHERE search_id IN (SELECT id FROM search WHERE first_id IN (SELECT id FROM search
            WHERE id = first_id AND (started_at < $1 AND kept = 0 OR started_at < $2)))",
        old,
    )
    .await?;
    tx.run(
        "DELETE FROM search WHERE first_id IN (SELECT id FROM search
            WHERE id = first_id AND (started_at < $1 AND kept = 0 OR started_at < $2))",
        old,
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
    tx.drafts_forget(now - DRAFTS).await?;
    tx.health_forget(now - HealthHour::KEPT).await
}
