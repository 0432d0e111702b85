//! The systems of the organisation, as staff see and steer them.

use app::backend::{Caller, Result, Systems};
use app::error::{Error, Reason};
use app::model::{HealthHour, Misbehaviour, SystemDetail, SystemId, SystemView};
use async_trait::async_trait;
use serde_json::json;

use super::{Habeas, OrInternal};
use crate::evidence::{self, Entry};
use crate::policy::{self, Act};
use crate::pulse;
use crate::registry::System;
use crate::store::StoreError;

const MAX_DELAY: u32 = 120_000;

#[async_trait]
impl Systems for Habeas {
    async fn list(&self, caller: &Caller) -> Result<Vec<SystemView>> {
        policy::allow(caller, Act::ReadSystems)?;
        let paused = self.paused(caller).await?;
        let systems = self.systems.all();
        let views = systems
            .iter()
            .map(|system| self.view(system, paused.contains(&system.id)));
        let views = futures::future::join_all(views).await;
        views
            .into_iter()
            .collect::<std::result::Result<_, _>>()
            .or_internal(caller)
    }

    async fn detail(&self, caller: &Caller, id: &SystemId) -> Result<SystemDetail> {
        policy::allow(caller, Act::ReadSystems)?;
        let system = self.systems.get(id);
        let system = system.ok_or_else(|| Error::not_found("system"))?;
        let paused = self.paused(caller).await?.contains(id);
        self.detail_of(&system, paused).await.or_internal(caller)
    }

    async fn set_paused(&self, caller: &Caller, id: &SystemId, paused: bool) -> Result<()> {
        policy::allow(caller, Act::ManageSystems)?;
        let action = if paused {
            "system.paused"
        } else {
            "system.resumed"
        };
        let (actor, now, id) = (policy::actor(caller)?, self.clock.now(), id.clone());
        let write = self.db.write(move |tx| {
            Box::pin(async move {
                if !tx.system_pause(&id, paused).await? {
                    return Ok(false);
                }
                let body = json!({ "system": id });
                let entry = Entry {
                    chain: evidence::MAIN,
                    actor: &actor,
                    action,
                    body,
                };
                evidence::append(tx, now, entry).await?;
                Ok(true)
            })
        });
        if !write.await.or_internal(caller)? {
            return Err(Error::not_found("system"));
        }
        self.wake.notify_waiters();
        Ok(())
    }

    async fn set_misbehaviour(
        &self,
        caller: &Caller,
        id: &SystemId,
        misbehaviour: Misbehaviour,
    ) -> Result<()> {
        policy::allow(caller, Act::ManageSystems)?;
        if misbehaviour.delay > MAX_DELAY {
            return Err(Error::invalid("delay", Reason::NotAllowed));
        }
        let system = self.systems.get(id);
        let system = system.ok_or_else(|| Error::not_found("system"))?;
        let lever = system.lever.as_ref();
        lever
            .ok_or_else(|| Error::not_found("system"))?
            .set(misbehaviour);
        system.pulse.forget();
        Ok(())
    }
}

impl Habeas {
    /// The systems that a person paused.
    pub(super) async fn paused(&self, caller: &Caller) -> Result<Vec<SystemId>> {
        self.db.systems_paused().await.or_internal(caller)
    }

    /// The systems that are not to be asked: those that a person paused; all, if the store can't say which.
    pub(super) async fn not_to_ask(&self) -> Vec<SystemId> {
        let all = |why: StoreError| {
            tracing::error!(error = %why, "not known which systems are paused");
            let systems = self.systems.all();
            systems.iter().map(|system| system.id.clone()).collect()
        };
        self.db.systems_paused().await.unwrap_or_else(all)
    }

    async fn detail_of(
        &self,
        system: &System,
        paused: bool,
    ) -> std::result::Result<SystemDetail, StoreError> {
        let (id, db) = (&system.id, &self.db);
        // First, so that this check is among those that are shown.
        let view = self.view(system, paused).await?;
        let now = self.clock.now();
        let mut hours = db.health_of_system(id, now - HealthHour::KEPT).await?;
        for unwritten in system.pulse.unwritten() {
            match hours.iter_mut().find(|known| known.hour == unwritten.hour) {
                Some(known) => known.add(unwritten),
                None => hours.push(unwritten),
            }
        }
        hours.sort_by_key(|hour| hour.hour);
        let budget = match &system.pace {
            Some(pace) => {
                let outlook = pace.outlook().await;
                Some(outlook.map_err(|_| StoreError::CutOff)?.budget())
            }
            None => None,
        };
        Ok(SystemDetail {
            now,
            system: view,
            hours,
            budget,
            last_done: db.task_last_done(id).await?,
            last_failed: db.task_last_failed(id).await?,
            waiting: db
                .sets_waiting_for(id, SystemDetail::MOST_SETS, now)
                .await?,
            waiting_sets: db.sets_waiting_count(id).await?,
        })
    }

    async fn view(
        &self,
        system: &System,
        paused: bool,
    ) -> std::result::Result<SystemView, StoreError> {
        Ok(SystemView {
            id: system.id.clone(),
            name: system.name.clone(),
            kind: system.kind.clone(),
            owner: system.owner.clone(),
            region: system.region.clone(),
            paused,
            health: pulse::health(system, &self.clock).await,
            inventory: system.connector.inventory().clone(),
            resolves: system.connector.resolves().to_vec(),
            tasks_open: self.db.tasks_open_of_system(&system.id).await?,
            per_second: system.per_second,
            concurrency: system.concurrency,
            misbehaviour: system.lever.as_ref().map(|lever| lever.get()),
        })
    }
}
