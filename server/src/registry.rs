//! The systems that this process speaks to: opened once, shared by searches, plans and workers.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use app::model::{Millis, SubjectKey, SystemId};
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use crate::budget;
use crate::connectors::Connector;
use crate::connectors::misbehaving::Lever;
use crate::connectors::pace::{Pace, Tally};
use crate::pulse::Pulse;
use crate::store::Db;

/// One opened system.
pub struct System {
    pub id: SystemId,
    pub name: String,
    /// The connector's kind, e.g. `sql`.
    pub kind: String,
    pub owner: String,
    pub region: String,
    /// Requests per second that it allows.
    pub per_second: Option<u32>,
    /// Tasks that may be worked on at a time.
    pub concurrency: Option<u32>,
    pub connector: Arc<dyn Connector>,
    /// Tells how long a call would wait, if it has a rate budget.
    pub pace: Option<Arc<Pace>>,
    /// What it last said of itself.
    pub pulse: Pulse,
    /// Makes it misbehave; only in the sample organisation.
    pub lever: Option<Arc<Lever>>,
    /// When it was described as it is here.
    pub described_at: Millis,
}

/// All systems, in the order of their names.
#[derive(Clone, Default)]
pub struct Registry(Arc<Systems>);

#[derive(Default)]
struct Systems {
    by_name: RwLock<ByName>,
    /// Told of systems that come.
    changed: Notify,
    /// Where calls are counted. A system that is described anew goes on with what was made before.
    tally: OnceLock<Arc<dyn Tally>>,
}

type ByName = BTreeMap<(String, SystemId), Arc<System>>;

impl Registry {
    /// All systems, in the order of their names.
    pub fn all(&self) -> Vec<Arc<System>> {
        self.0
            .by_name
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .cloned()
            .collect()
    }

    /// The system of that id.
    pub fn get(&self, id: &SystemId) -> Option<Arc<System>> {
        self.all().into_iter().find(|system| system.id == *id)
    }

    /// The systems in which the subject of a key can live.
    pub fn homes_of(&self, key: &SubjectKey) -> Vec<Arc<System>> {
        let mut systems = self.all();
        systems.retain(|system| system.connector.is_home_of(key));
        systems
    }

    /// Adds a system, or replaces the one of its id.
    pub fn put(&self, system: System) {
        {
            let by_name = self.0.by_name.write();
            let mut systems = by_name.unwrap_or_else(PoisonError::into_inner);
            systems.retain(|(_, id), _| *id != system.id);
            systems.insert((system.name.clone(), system.id.clone()), Arc::new(system));
        }
        self.0.changed.notify_waiters();
    }

    /// Where the calls of systems with a rate budget are counted.
    pub fn tally(&self, db: &Db) -> Arc<dyn Tally> {
        Arc::clone(self.0.tally.get_or_init(|| budget::tally(db)))
    }

    /// Ends when a system comes after this was called, and was first polled or enabled.
    pub fn changed(&self) -> Notified<'_> {
        self.0.changed.notified()
    }
}
