//! Systems as staff see them.

use serde::{Deserialize, Serialize};

use super::{Inventory, Millis, SystemId};

/// The system name of tasks that are our own work, e.g. packaging.
pub const OURS: &str = "habeas";

/// One system, its health and what it can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemView {
    pub id: SystemId,
    pub name: String,
    /// The connector's kind: `sql`, `files`, `directory`.
    pub kind: String,
    pub owner: String,
    pub region: String,
    /// A person paused it: it is not searched, and its tasks wait.
    pub paused: bool,
    pub health: Health,
    pub inventory: Inventory,
    /// Tasks that are ready, running or waiting.
    pub tasks_open: u32,
    /// Requests per second that it allows, if it has a budget.
    pub per_second: Option<u32>,
    /// Only systems of the sample organisation that misbehave on demand.
    pub misbehaviour: Option<Misbehaviour>,
}

/// Whether a system answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    Up { took: u32, at: Millis },
    Down { code: String, at: Millis },
}

/// What a system of the sample organisation does wrong, on demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Misbehaviour {
    /// Waits so long before every answer, in milliseconds; at most 120,000.
    pub delay: u32,
    /// Refuses everything.
    pub failing: bool,
    /// Breaks off in the middle of an answer.
    pub cut_off: bool,
}
