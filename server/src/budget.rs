//! Rate budgets: the calls of each system are counted where all servers see them.

use std::sync::Arc;
use std::time::Duration;

use app::model::SystemId;
use async_trait::async_trait;
use tokio::time::timeout;

use crate::connectors::pace::{Alone, Rate, SECOND, Seen, Tally};
use crate::connectors::{Fault, FaultCode};
use crate::secret::token;
use crate::store::{Db, Dialect, StoreError, TakeSlot};

/// How long the store may take: later than that the answer is worth nothing.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where a server counts its calls. Whoever has a SQLite file is alone on it, and needs no write for each call.
pub fn tally(db: &Db) -> Arc<dyn Tally> {
    match db.dialect() {
        Dialect::Sqlite => Arc::new(Alone::default()),
        Dialect::Pg => Arc::new(Shared::new(db.clone())),
    }
}

/// The count that all servers on one store share, by the store's clock.
pub struct Shared {
    db: Db,
    /// This server, among those that take slots.
    me: String,
}

impl Shared {
    /// Counts in that store.
    pub fn new(db: Db) -> Self {
        let me = token().chars().take(16).collect();
        Self { db, me }
    }
}

#[async_trait]
impl Tally for Shared {
    async fn take(
        &self,
        system: &SystemId,
        rate: Rate,
        grace: Duration,
        behind: u32,
    ) -> Result<Duration, Fault> {
        let take = TakeSlot {
            system,
            per_second: rate.per_second.get(),
            second: SECOND,
            grace,
            by: &self.me,
            behind,
        };
        let taken = async {
            loop {
                if let Some(wait) = self.db.slot_take(&take).await? {
                    return Ok(wait);
                }
                // There are none of this rate, or others are just taking them all: waits for these, and makes those.
                self.db
                    .slots_make(system, rate.per_second.get(), rate.slots)
                    .await?;
            }
        };
        answered(system, taken).await
    }

    async fn seen(&self, system: &SystemId, rate: Rate) -> Result<Seen, Fault> {
        let rows = self.db.slots(system, rate.per_second.get(), SECOND);
        let rows = answered(system, rows).await?;
        if rows.is_empty() {
            // They will be made by the next call, as spent.
            return Ok(Seen {
                free_in: (0..rate.slots).map(|_| SECOND).collect(),
                ..Seen::default()
            });
        }
        let mut seen = Seen::default();
        let mut others = std::collections::BTreeMap::new();
        for row in rows {
            seen.free_in.push(row.free_in);
            // The slot that another server took last says what waits there, for as long as its own call does.
            if row.by.as_ref().is_some_and(|by| *by != self.me) {
                others.insert(row.by, (row.in_use, row.behind));
            }
        }
        for (in_use, behind) in others.into_values() {
            if in_use {
                seen.ahead += 1;
                seen.behind.push(behind);
            }
        }
        Ok(seen)
    }
}

/// What the store says, if it does in time.
async fn answered<T>(
    system: &SystemId,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, Fault> {
    let uncounted = Fault::retry(FaultCode::Uncounted);
    match timeout(PATIENCE, work).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(why)) => {
            tracing::warn!(system = %system, error = %why, "a call was not counted, so it was not made");
            Err(uncounted)
        }
        Err(_) => {
            tracing::warn!(system = %system, "the store was too slow to count a call, so it was not made");
            Err(uncounted)
        }
    }
}
