//! How requests go from plan to end: what work a right makes, how a set is created, advanced, retried, and who does the tasks.

pub mod advance;
pub mod create;
pub mod execute;
mod finish;
pub mod janitor;
pub mod package;
pub mod parts;
pub mod recheck;
pub mod retry;
pub mod skip;
pub mod state;
mod take;
pub mod target;
mod told;
mod turn;
mod waits;
pub mod work;
pub mod worker;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use app::model::SystemId;
use tokio::sync::Notify;

use crate::clock::Clock;
use crate::deadline::Calendar;
use crate::hub::Hub;
use crate::registry::Registry;
use crate::secret::Keys;
use crate::store::Db;

/// What every worker needs. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    pub db: Db,
    pub keys: Keys,
    pub clock: Clock,
    pub hub: Hub,
    pub systems: Registry,
    /// When requests are due.
    pub calendar: Calendar,
    /// Wakes workers when there is something to do; they look by themselves too.
    pub wake: Arc<Notify>,
    /// Where packages and their parts are kept, sealed.
    pub folder: PathBuf,
    /// Workers per system: a slow one holds up nobody else's work.
    pub workers: u32,
    /// How long a worker may be silent before its task is another's.
    pub lease: Duration,
    /// How long a package can be downloaded.
    pub package_days: u32,
    /// How often a task of a system that is down altogether is tried at the most.
    pub outage_tries: u32,
}

/// What goes into the marks of a system's rows.
pub fn salt(keys: &Keys, system: &SystemId) -> String {
    keys.index("row", system.as_str())
}

impl Engine {
    /// With nothing to speak to yet, four workers per system, a lease of 30 seconds, packages kept for a week, outages
    /// waited out for three days, and days of UTC.
    pub fn new(db: Db, keys: Keys, clock: Clock, folder: PathBuf) -> Self {
        Self {
            db,
            keys,
            clock,
            hub: Hub::default(),
            systems: Registry::default(),
            calendar: Calendar::default(),
            wake: Arc::default(),
            folder,
            workers: 4,
            lease: Duration::from_secs(30),
            package_days: 7,
            outage_tries: worker::TRIES_OF_AN_OUTAGE,
        }
    }
}
