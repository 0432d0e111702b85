//! What tasks that are not done wait for, and until when: a pause, or the rate budget of their system.

use std::collections::HashMap;

use app::model::{Cell, Millis, SystemId, TaskState};

use super::Habeas;
use crate::connectors::pace::Outlook;
use crate::ledger::BUDGET;

/// What is said of a task whose system a person paused.
const PAUSED: &str = "paused";
/// A shorter wait is not worth saying.
const NOTICED: Millis = 1_000;

impl Habeas {
    /// Says of each task that could go on what it waits for. One that was tried and failed says why already, unless a pause comes first.
    pub(super) async fn say_waits(&self, cells: &mut [Cell], paused: &[SystemId]) {
        let now = self.clock.now();
        let mut budgets: HashMap<SystemId, (Option<Outlook>, u32)> = HashMap::new();
        for cell in cells {
            if cell.state == TaskState::Running {
                waits_in_hand(cell, now);
                continue;
            }
            let goes_on = matches!(cell.state, TaskState::Ready | TaskState::Waiting);
            if goes_on && paused.contains(&cell.system) {
                waits(cell, PAUSED, None);
                continue;
            }
            if cell.state != TaskState::Ready {
                continue;
            }
            if !budgets.contains_key(&cell.system) {
                let outlook = self.outlook(&cell.system).await;
                budgets.insert(cell.system.clone(), (outlook, 0));
            }
            let Some((Some(outlook), before)) = budgets.get_mut(&cell.system) else {
                continue;
            };
            let wait = outlook.wait(*before).as_millis();
            let wait = i64::try_from(wait).unwrap_or(i64::MAX);
            *before += 1;
            if wait >= NOTICED {
                waits(cell, BUDGET, Some(now.saturating_add(wait)));
            }
        }
    }

    /// What is left of a system's budget, if it has one and that is known.
    async fn outlook(&self, system: &SystemId) -> Option<Outlook> {
        let system = self.systems.get(system)?;
        system.pace.as_ref()?.outlook().await.ok()
    }
}

/// A task that a worker has: it waits as long as was noted, and goes on then.
fn waits_in_hand(cell: &mut Cell, now: Millis) {
    let noted = cell.code.take().filter(|code| code == BUDGET);
    let until = cell.waits_until.take().filter(|until| *until > now);
    if noted.is_some() && until.is_some() {
        waits(cell, BUDGET, until);
    }
}

fn waits(cell: &mut Cell, code: &str, until: Option<Millis>) {
    cell.state = TaskState::Waiting;
    cell.code = Some(code.to_owned());
    cell.waits_until = until;
}
