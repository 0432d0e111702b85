//! What tasks that are not done wait for, and until when: a pause, an answer of their system, its rate budget, or others that are worked
//! on there.

use std::collections::HashMap;

use app::model::{Cell, Millis, SystemId, TaskState};

use super::Habeas;
use crate::connectors::pace::Outlook;
use crate::ledger::{self, BUDGET};
use crate::pulse;

/// What is said of a task whose system a person paused.
const PAUSED: &str = "paused";
/// What is said of a task whose system is spared, for it answers nothing.
const OUT: &str = "out";
/// What is said of a task whose system has as many worked on as it allows.
const CROWDED: &str = "crowded";
/// A shorter wait is not worth saying.
const NOTICED: Millis = 1_000;

impl Habeas {
    /// Says of each task that could go on what it waits for. One that was tried and failed says why already, unless a pause comes first.
    pub(super) async fn say_waits(&self, cells: &mut [Cell], paused: &[SystemId]) {
        let now = self.clock.now();
        let mut budgets: HashMap<SystemId, (Option<Outlook>, u32)> = HashMap::new();
        let mut crowded: HashMap<SystemId, bool> = HashMap::new();
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
            // What is to be tried again, and would be by now, waits as what was never tried.
            let again = cell.waits_until.is_some_and(|until| until <= now);
            let system = self.systems.get(&cell.system);
            if (cell.state == TaskState::Ready || goes_on && again)
                && system.is_some_and(|system| system.pulse.is_out())
            {
                waits(cell, OUT, Some(now.saturating_add(pulse::LOOKS)));
                continue;
            }
            if cell.state != TaskState::Ready {
                continue;
            }
            if !crowded.contains_key(&cell.system) {
                crowded.insert(cell.system.clone(), self.is_crowded(&cell.system).await);
            }
            if crowded.get(&cell.system) == Some(&true) {
                waits(cell, CROWDED, None);
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

    /// Whether as many tasks of a system are worked on as it allows, if that is limited and known.
    async fn is_crowded(&self, system: &SystemId) -> bool {
        let system = self.systems.get(system);
        let most = system.and_then(|system| Some((system.id.clone(), system.concurrency?)));
        let Some((id, most)) = most else {
            return false;
        };
        let running = ledger::running(&self.db, &id).await;
        running.is_ok_and(|running| running >= most)
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
