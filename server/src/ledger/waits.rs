//! Tasks in a worker's hands whose calls wait for their system's rate budget.

use app::model::Millis;
use serde_json::{Value as Json, json};

use super::Claimed;
use crate::params;
use crate::store::{StoreError, Tx, over_list};

/// The code of a task that waits for a rate budget. It is still running: its worker has it.
pub const BUDGET: &str = "budget";

/// A task, and until when it will wait as far as is known.
#[derive(Debug, Clone)]
pub struct Waits {
    pub task: Claimed,
    pub until: Millis,
}

/// Notes until when tasks wait that are still in this worker's hands. Gives those.
pub async fn waits(tx: &mut Tx, tasks: &[Waits]) -> Result<Vec<Waits>, StoreError> {
    let sql = over_list!(
        tx.dialect(),
        "UPDATE task SET code = 'budget', run_at = CAST(list.value ->> 'until' AS BIGINT) FROM",
        "WHERE task.id = list.value ->> 'id' AND attempt = CAST(list.value ->> 'attempt' AS BIGINT)
            AND state = 'running' RETURNING id"
    );
    let list = tasks.iter().map(
        |Waits { task, until }| json!({ "id": task.id, "attempt": task.attempt, "until": until }),
    );
    let list = Json::from_iter(list).to_string();
    let rows = tx.all(sql, params![list]).await?;
    let noted: Result<Vec<_>, _> = rows.iter().map(|row| row.text("id")).collect();
    let (noted, mut tasks) = (noted?, tasks.to_vec());
    tasks.retain(|one| noted.contains(&one.task.id));
    Ok(tasks)
}
