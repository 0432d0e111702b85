//! Asking every system for an identifier, side by side, and writing answers down as they come.

use std::sync::Arc;
use std::time::Duration;

use app::backend::{Caller, Result};
use app::error::{Error, Reason};
use app::model::{Identifier, LaneState, Millis, SearchId, Subject, SystemId};
use serde_json::json;

use super::found::{IDENTIFIER, SUBJECTS, row_of_lane};
use super::lanes::Answer;
use super::{Habeas, OrInternal, internal};
use crate::evidence::{self, Entry};
use crate::matching;
use crate::policy;
use crate::registry::System;
use crate::store::search::{LaneRow, SearchRow};
use crate::store::{StoreError, Tx};

/// How long a new search waits, so that quick systems are in the first page.
const FIRST_LOOK: Duration = Duration::from_millis(250);
/// How many identifiers can stand side by side.
const MOST_BESIDE: usize = 8;

/// One system that is being asked for a search.
struct Asking {
    search: SearchId,
    /// The search that it stands beside: the one that pages follow.
    first: SearchId,
    system: Arc<System>,
    /// When it was asked: an answer to an earlier question does not overwrite a later one.
    at: Millis,
}

/// What became of a search that was to stand beside others.
enum Put {
    Beside,
    /// The same identifier stands there already.
    Known,
    TooMany,
}

/// What a lane says before its system has answered.
fn first_state(system: &System, identifier: &Identifier, paused: &[SystemId]) -> LaneState {
    if paused.contains(&system.id) {
        LaneState::Paused
    } else if system
        .connector
        .inventory()
        .searchable_by(identifier.kind())
    {
        LaneState::Asking
    } else {
        LaneState::NotSearchable
    }
}

impl Habeas {
    /// Asks all systems in a search of its own, beside others if `first` names one. Gives the first search.
    pub(super) async fn ask_all(
        &self,
        caller: &Caller,
        first: Option<SearchId>,
        identifier: &Identifier,
    ) -> Result<SearchId> {
        let id = SearchId::parse(self.clock.id()).map_err(|why| internal(caller, &why))?;
        let first = first.unwrap_or_else(|| id.clone());
        let paused = self.paused(caller).await?;
        let systems = self.systems.all();
        let states: Vec<_> = systems
            .iter()
            .map(|system| first_state(system, identifier, &paused))
            .collect();
        let row = SearchRow {
            id: id.clone(),
            first: first.clone(),
            actor: policy::actor(caller)?,
            kind: identifier.kind(),
            identifier_sealed: self
                .seal(IDENTIFIER, id.as_str(), identifier)
                .or_internal(caller)?,
            started_at: self.clock.now(),
            version: 0,
            dropped: false,
            kept: false,
        };
        let at = row.started_at;
        match self
            .store_search(caller, row, identifier, &systems, &states)
            .await?
        {
            Put::Beside => {}
            Put::Known => return Ok(first),
            Put::TooMany => return Err(Error::invalid("value", Reason::TooManyBeside)),
        }
        self.hub.changed(first.as_str());
        let mut asking = Vec::new();
        for (system, state) in systems.into_iter().zip(states) {
            if !state.is_settled() {
                let (me, identifier, paused) = (self.clone(), identifier.clone(), paused.clone());
                let lane = Asking {
                    search: id.clone(),
                    first: first.clone(),
                    system,
                    at,
                };
                // On its own: a caller that goes away must not leave lanes that nobody fills.
                let fill = async move { me.fill_lane(&lane, &identifier, &paused).await };
                asking.push(tokio::spawn(fill));
            }
        }
        // Slow systems go on by themselves and tell the page when they have answered.
        let _ = tokio::time::timeout(FIRST_LOOK, futures::future::join_all(asking)).await;
        Ok(first)
    }

    /// Asks one system of a search again.
    pub(super) async fn ask_once_more(
        &self,
        caller: &Caller,
        search: &SearchRow,
        system: Arc<System>,
        identifier: Identifier,
    ) -> Result<()> {
        let paused = self.paused(caller).await?;
        let state = first_state(&system, &identifier, &paused);
        let lane = Asking {
            search: search.id.clone(),
            first: search.first.clone(),
            system,
            at: self.clock.now(),
        };
        self.put_lane(&lane, state.clone(), None, None)
            .await
            .or_internal(caller)?;
        if !state.is_settled() {
            let me = self.clone();
            tokio::spawn(async move { me.fill_lane(&lane, &identifier, &paused).await });
        }
        Ok(())
    }

    async fn store_search(
        &self,
        caller: &Caller,
        row: SearchRow,
        identifier: &Identifier,
        systems: &[Arc<System>],
        states: &[LaneState],
    ) -> Result<Put> {
        let lane = |(system, state): (&Arc<System>, &LaneState)| LaneRow {
            search: row.id.clone(),
            system: system.id.clone(),
            state: state.clone(),
            took: None,
            subjects_sealed: None,
            changed_at: row.started_at,
        };
        let lanes: Vec<_> = systems.iter().zip(states).map(lane).collect();
        let (me, identifier) = (self.clone(), identifier.clone());
        let store = self.db.write(move |tx| {
            Box::pin(async move {
                if row.first != row.id {
                    match me.place_beside(tx, &row.first, &identifier).await? {
                        Put::Beside => {}
                        not => return Ok::<_, StoreError>(not),
                    }
                }
                tx.search_insert(&row).await?;
                for lane in &lanes {
                    tx.lane_put(lane).await?;
                }
                let body = json!({ "search": row.id, "beside": row.first, "kind": row.kind });
                let entry = Entry {
                    chain: evidence::MAIN,
                    actor: &row.actor,
                    action: "search.started",
                    body,
                };
                evidence::append(tx, row.started_at, entry).await?;
                Ok(Put::Beside)
            })
        });
        store.await.or_internal(caller)
    }

    /// Whether there is a place for this identifier beside the others; nobody else takes it meanwhile.
    async fn place_beside(
        &self,
        tx: &mut Tx,
        first: &SearchId,
        identifier: &Identifier,
    ) -> std::result::Result<Put, StoreError> {
        tx.search_lock(first).await?;
        let beside = tx.searches_beside(first).await?;
        let beside: Vec<_> = beside.into_iter().filter(|row| !row.dropped).collect();
        for row in &beside {
            let asked: Identifier =
                self.open(IDENTIFIER, row.id.as_str(), &row.identifier_sealed)?;
            if matching::is_same(&asked, identifier, self.country) {
                return Ok(Put::Known);
            }
        }
        Ok(if beside.len() < MOST_BESIDE {
            Put::Beside
        } else {
            Put::TooMany
        })
    }

    /// Asks one system and writes down what it said, unless it was asked again since then.
    async fn fill_lane(&self, lane: &Asking, identifier: &Identifier, paused: &[SystemId]) {
        if let Some(wait) = Self::wait_of(&lane.system).await {
            let until = self.clock.now() + i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
            self.lane_changed(lane, LaneState::Waiting { until }, None, None)
                .await;
        }
        let begun = tokio::time::Instant::now();
        let Answer {
            state, subjects, ..
        } = self.ask_system(&lane.system, identifier, paused).await;
        let took = u32::try_from(begun.elapsed().as_millis()).unwrap_or(u32::MAX);
        self.lane_changed(lane, state, Some(took), Some(subjects))
            .await;
    }

    async fn lane_changed(
        &self,
        lane: &Asking,
        state: LaneState,
        took: Option<u32>,
        subjects: Option<Vec<Subject>>,
    ) {
        if let Err(why) = self.put_lane(lane, state, took, subjects).await {
            // The lane stays as it was: it never says more than is known.
            tracing::error!(search = %lane.search, system = %lane.system.id, error = %why, "an answer was not stored");
        }
    }

    async fn put_lane(
        &self,
        lane: &Asking,
        state: LaneState,
        took: Option<u32>,
        subjects: Option<Vec<Subject>>,
    ) -> std::result::Result<(), StoreError> {
        let place = row_of_lane(&lane.search, &lane.system.id);
        let sealed = subjects
            .map(|subjects| self.seal(SUBJECTS, &place, &subjects))
            .transpose()?;
        let row = LaneRow {
            search: lane.search.clone(),
            system: lane.system.id.clone(),
            state,
            took,
            subjects_sealed: sealed,
            changed_at: lane.at,
        };
        let put = self
            .db
            .write(move |tx| Box::pin(async move { tx.lane_put(&row).await }));
        put.await?;
        self.hub.changed(lane.first.as_str());
        Ok(())
    }
}
