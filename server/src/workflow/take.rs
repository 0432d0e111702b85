//! Taking tasks: one whose turn it is, what can be done at once with it, and no more than the system allows; none while it is out.

use app::model::{Operation, SystemId};

use super::{Engine, advance};
use crate::ledger::{self, Claimed, Work};
use crate::store::StoreError;

/// Takes a task, and what of the same work can be done at once with it.
pub(super) async fn take(
    engine: &Engine,
    owner: &str,
    system: &SystemId,
) -> Result<Vec<Claimed>, StoreError> {
    let known = engine.systems.get(system);
    if known.as_ref().is_some_and(|system| system.pulse.is_out()) {
        return Ok(Vec::new());
    }
    let Some(due) = ledger::due(&engine.db, system).await? else {
        return Ok(Vec::new());
    };
    let most = known.as_ref().and_then(|system| system.concurrency);
    // A read, as the one before: who finds nothing to do waits for no lock.
    if let Some(most) = most
        && ledger::running(&engine.db, system).await? >= most
    {
        return Ok(Vec::new());
    }
    let (engine, owner, system) = (engine.clone(), owner.to_owned(), system.clone());
    let db = engine.db.clone();
    db.write(move |tx| {
        Box::pin(async move {
            if due.late {
                ledger::line_up(tx, &system).await?;
            }
            let room = match most {
                Some(most) => ledger::room(tx, &system, most).await?,
                None => u32::MAX,
            };
            if room == 0 {
                return Ok(Vec::new());
            }
            let Some(first) = ledger::claim(tx, &owner, &system, engine.lease).await? else {
                return Ok(Vec::new());
            };
            let mut tasks = vec![first];
            let reads = matches!(tasks[0].operation, Operation::Export | Operation::Verify);
            let at_once = known.is_some_and(|system| system.connector.at_once());
            if reads && at_once && room > 1 {
                let beside = Work {
                    request: &tasks[0].request.clone(),
                    system: &tasks[0].system.clone(),
                    operation: tasks[0].operation,
                };
                tasks.extend(ledger::claim_all(tx, beside, &owner, engine.lease, room - 1).await?);
            }
            advance::claimed(&engine, tx, &tasks).await?;
            Ok(tasks)
        })
    })
    .await
}
