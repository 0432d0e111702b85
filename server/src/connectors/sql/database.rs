//! One database: connections that are opened when needed, and time limits on whatever it is asked.

use std::future::Future;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::stream::{BoxStream, StreamExt};
use sqlx::{Executor, Transaction};

use super::cell::{Cell, Values};
use super::dialect::{self, Db, Pool, Row};
use super::quote::Statement;
use crate::connectors::{Fault, FaultCode};

/// How long the database may take for one answer, or for the next row of one.
const LIMIT: Duration = Duration::from_secs(30);

/// A file, told from another one that took its place.
type FileIdentity = (u64, u64);

/// One database.
#[derive(Debug)]
pub(super) struct Database {
    path: PathBuf,
    readers: Pool,
    writer: Pool,
    /// Which file it was when it was last looked at, and since when it has been that one.
    file: Arc<Mutex<Option<(FileIdentity, Instant)>>>,
}

impl Database {
    /// A database in a file. Nothing is opened yet.
    pub(super) fn new(path: PathBuf) -> Self {
        let file: Arc<Mutex<Option<(FileIdentity, Instant)>>> = Arc::default();
        let since = Arc::clone(&file);
        // A connection older than the file still reads the one that was there before, deleted or not.
        let fresh = move |age: Duration| {
            let file = since.lock().unwrap_or_else(PoisonError::into_inner);
            file.is_none_or(|(_, since)| age <= since.elapsed())
        };
        let (readers, writer) = dialect::pools(&path, fresh);
        Self {
            path,
            readers,
            writer,
            file,
        }
    }

    /// Connections that only read.
    pub(super) async fn readers(&self) -> Result<&Pool, Fault> {
        self.look().await?;
        Ok(&self.readers)
    }

    /// A transaction that may write.
    pub(super) async fn begin(&self) -> Result<Transaction<'static, Db>, Fault> {
        self.look().await?;
        self.writer
            .begin_with(dialect::BEGIN)
            .await
            .map_err(dialect::fault)
    }

    /// Sees whether the file is there, and the same as before. A vanished file would still answer, from the past.
    async fn look(&self) -> Result<(), Fault> {
        let unreachable = |_| Fault::retry(FaultCode::Unreachable);
        let meta = tokio::fs::metadata(&self.path).await.map_err(unreachable)?;
        let now = (meta.dev(), meta.ino());
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if file.is_none_or(|(before, _)| before != now) {
            *file = Some((now, Instant::now()));
        }
        Ok(())
    }
}

/// Rows as the database gives them.
pub(super) type Rows<'a> = BoxStream<'a, Result<Row, sqlx::Error>>;

/// Runs a statement for its rows.
pub(super) fn rows<'a, E>(
    on: E,
    statement: &Statement,
    values: &Values<'_>,
) -> Result<Rows<'a>, Fault>
where
    E: Executor<'a, Database = Db> + 'a,
{
    Ok(statement.query(values.of(statement)?).fetch(on))
}

/// The next row, within the time limit.
pub(super) async fn next(rows: &mut Rows<'_>) -> Result<Option<Row>, Fault> {
    let next = async { rows.next().await.transpose().map_err(dialect::fault) };
    bounded(next).await
}

/// Runs a statement for the number that it counts.
pub(super) async fn count<'a, E>(
    on: E,
    statement: &Statement,
    values: &Values<'_>,
) -> Result<u64, Fault>
where
    E: Executor<'a, Database = Db> + 'a,
{
    let mut rows = rows(on, statement, values)?;
    let row = next(&mut rows)
        .await?
        .ok_or(Fault::stop(FaultCode::Mismatch))?;
    match dialect::cell(&row, 0)? {
        Cell::Int(n) => u64::try_from(n).map_err(|_| Fault::stop(FaultCode::Mismatch)),
        _ => Err(Fault::stop(FaultCode::Mismatch)),
    }
}

/// Runs a statement for the number of rows that it changes.
pub(super) async fn execute<'a, E>(
    on: E,
    statement: &Statement,
    values: &Values<'_>,
) -> Result<u64, Fault>
where
    E: Executor<'a, Database = Db> + 'a,
{
    let done = statement
        .query(values.of(statement)?)
        .execute(on)
        .await
        .map_err(dialect::fault)?;
    Ok(done.rows_affected())
}

/// Whatever it is, within the time limit.
pub(super) async fn bounded<T>(call: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    let late = |_| Err(Fault::retry(FaultCode::Timeout));
    tokio::time::timeout(LIMIT, call).await.unwrap_or_else(late)
}
