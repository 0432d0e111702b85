//! How many more tasks of a system may be worked on, where as many as at a time are allowed.

use app::model::SystemId;

use crate::params;
use crate::store::{Db, Dialect, Row, StoreError, Tx};

const RUNNING: &str =
    "SELECT COUNT(*) AS running FROM task WHERE system_id = $1 AND state = 'running'";

/// How many more may be taken where `most` are allowed. Nobody else is told until the transaction ends.
pub async fn room(tx: &mut Tx, system: &SystemId, most: u32) -> Result<u32, StoreError> {
    // On SQLite the transaction itself is the lock.
    if tx.dialect() == Dialect::Pg {
        let sql = "SELECT id FROM system WHERE id = $1 FOR NO KEY UPDATE";
        tx.one(sql, params![system.as_str()]).await?;
    }
    let row = tx.one(RUNNING, params![system.as_str()]).await?;
    Ok(most.saturating_sub(count(row)?))
}

/// How many tasks of a system are worked on.
pub async fn running(db: &Db, system: &SystemId) -> Result<u32, StoreError> {
    count(db.one(RUNNING, params![system.as_str()]).await?)
}

fn count(row: Option<Row>) -> Result<u32, StoreError> {
    let running = row.map_or(Ok(0), |row| row.int("running"))?;
    Ok(u32::try_from(running).unwrap_or(u32::MAX))
}
