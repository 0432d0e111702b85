//! Searching people: one identifier, every system side by side, answers stored as they come.

use std::sync::Arc;
use std::time::Duration;

use app::backend::{Caller, Result, Subjects};
use app::error::Error;
use app::model::{
    Identifier, IdentifierKind, Lane, LaneState, MergeSet, Millis, SearchId, SearchView, SetMember,
    Subject, SubjectKey, SystemId, Unsearched,
};
use async_trait::async_trait;
use serde_json::json;

use super::lanes::{Answer, needs_subject};
use super::{Habeas, OrInternal, internal};
use crate::connectors::FaultCode;
use crate::evidence::{self, Entry};
use crate::matching;
use crate::policy::{self, Act};
use crate::registry::System;
use crate::store::StoreError;
use crate::store::search::{LaneRow, SearchRow};
use crate::workflow::target;

/// How long a new search waits, so that quick systems are in the first page.
const FIRST_LOOK: Duration = Duration::from_millis(250);
const IDENTIFIER: &str = "search.identifier";
const SUBJECTS: &str = "lane.subjects";

#[async_trait]
impl Subjects for Habeas {
    async fn start_search(&self, caller: &Caller, identifier: Identifier) -> Result<SearchId> {
        policy::allow(caller, Act::SearchSubjects)?;
        let id = self.new_search_id(caller)?;
        let paused = self.paused(caller).await?;
        let systems = self.systems.all();
        let lanes: Vec<_> = systems
            .iter()
            .map(|system| first_state(system, &identifier, &paused))
            .collect();
        self.store_search(caller, &id, &identifier, &systems, &lanes)
            .await?;
        let asked = self.clock.now();
        let mut asking = Vec::new();
        for (system, state) in systems.into_iter().zip(lanes) {
            if !state.is_settled() {
                let (me, id, identifier) = (self.clone(), id.clone(), identifier.clone());
                // On its own: a caller that goes away must not leave lanes that nobody fills.
                let fill = async move { me.fill_lane(&id, &system, &identifier, asked).await };
                asking.push(tokio::spawn(fill));
            }
        }
        // Slow systems go on by themselves and tell the page when they have answered.
        let _ = tokio::time::timeout(FIRST_LOOK, futures::future::join_all(asking)).await;
        Ok(id)
    }

    async fn search(&self, caller: &Caller, id: &SearchId) -> Result<SearchView> {
        policy::allow(caller, Act::SearchSubjects)?;
        let (row, identifier) = self.stored_search(caller, id).await?;
        let mut lanes = Vec::new();
        let mut subjects = Vec::new();
        // Counted as a change: a page that follows the search learns of it.
        let mut cut_off = 0;
        for mut lane in self.db.lanes_of_search(id).await.or_internal(caller)? {
            subjects.extend(self.open_subjects(id, &lane).or_internal(caller)?);
            if self.is_given_up(&lane) {
                let code = FaultCode::CutOff.as_str().to_owned();
                lane.state = LaneState::Unreachable { code };
                cut_off += 1;
            }
            lanes.push(self.lane_view(lane, &identifier));
        }
        lanes.sort_by(|a, b| (&a.system_name, &a.system).cmp(&(&b.system_name, &b.system)));
        let sets = matching::group(subjects);
        let unsearched = self.unsearched(caller, &identifier, &sets)?;
        let sets = sets
            .into_iter()
            .map(|set| self.merge_set(caller, set))
            .collect::<Result<_>>()?;
        let (started_at, version) = (row.started_at, row.version + cut_off);
        Ok(SearchView {
            id: id.clone(),
            identifier,
            started_at,
            lanes,
            sets,
            unsearched,
            version,
        })
    }

    async fn search_again(&self, caller: &Caller, id: &SearchId, system: &SystemId) -> Result<()> {
        policy::allow(caller, Act::SearchSubjects)?;
        let (_, identifier) = self.stored_search(caller, id).await?;
        let system = self
            .systems
            .get(system)
            .ok_or_else(|| Error::not_found("system"))?;
        let paused = self.paused(caller).await?;
        let state = first_state(&system, &identifier, &paused);
        let asked = self.clock.now();
        self.put_lane(id, &system, asked, state.clone(), None, None)
            .await
            .or_internal(caller)?;
        if !state.is_settled() {
            let (me, id) = (self.clone(), id.clone());
            tokio::spawn(async move { me.fill_lane(&id, &system, &identifier, asked).await });
        }
        Ok(())
    }
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
    fn new_search_id(&self, caller: &Caller) -> Result<SearchId> {
        SearchId::parse(self.clock.id()).map_err(|why| internal(caller, &why))
    }

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

    async fn store_search(
        &self,
        caller: &Caller,
        id: &SearchId,
        identifier: &Identifier,
        systems: &[Arc<System>],
        states: &[LaneState],
    ) -> Result<()> {
        let now = self.clock.now();
        let row = SearchRow {
            id: id.clone(),
            actor: policy::actor(caller)?,
            kind: identifier.kind(),
            identifier_sealed: self
                .seal(IDENTIFIER, id.as_str(), identifier)
                .or_internal(caller)?,
            started_at: now,
            version: 0,
        };
        let lanes: Vec<_> = systems
            .iter()
            .zip(states)
            .map(|(system, state)| LaneRow {
                system: system.id.clone(),
                state: state.clone(),
                took: None,
                subjects_sealed: None,
                changed_at: now,
            })
            .collect();
        self.db
            .write(move |tx| {
                Box::pin(async move {
                    tx.search_insert(&row).await?;
                    for lane in &lanes {
                        tx.lane_put(&row.id, lane).await?;
                    }
                    let body = json!({ "search": row.id, "kind": row.kind });
                    let (chain, action) = (evidence::MAIN, "search.started");
                    let entry = Entry {
                        chain,
                        actor: &row.actor,
                        action,
                        body,
                    };
                    evidence::append(tx, now, entry).await?;
                    Ok(())
                })
            })
            .await
            .or_internal(caller)
    }

    /// Asks one system and writes down what it said, unless it was asked again since then.
    async fn fill_lane(
        &self,
        id: &SearchId,
        system: &Arc<System>,
        identifier: &Identifier,
        asked: Millis,
    ) {
        if let Some(wait) = Self::wait_of(system) {
            let until = self.clock.now() + i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
            self.lane_changed(id, system, asked, LaneState::Waiting { until }, None, None)
                .await;
        }
        let begun = tokio::time::Instant::now();
        let Answer {
            state, subjects, ..
        } = self.ask_system(system, identifier).await;
        let took = u32::try_from(begun.elapsed().as_millis()).unwrap_or(u32::MAX);
        self.lane_changed(id, system, asked, state, Some(took), Some(subjects))
            .await;
    }

    async fn lane_changed(
        &self,
        id: &SearchId,
        system: &System,
        asked: Millis,
        state: LaneState,
        took: Option<u32>,
        subjects: Option<Vec<Subject>>,
    ) {
        if let Err(why) = self
            .put_lane(id, system, asked, state, took, subjects)
            .await
        {
            // The lane stays as it was: it never says more than is known.
            tracing::error!(search = %id, system = %system.id, error = %why, "an answer was not stored");
        }
    }

    async fn put_lane(
        &self,
        id: &SearchId,
        system: &System,
        asked: Millis,
        state: LaneState,
        took: Option<u32>,
        subjects: Option<Vec<Subject>>,
    ) -> std::result::Result<(), StoreError> {
        let row = format!("{id}/{}", system.id);
        let sealed = subjects
            .map(|subjects| self.seal(SUBJECTS, &row, &subjects))
            .transpose()?;
        let lane = LaneRow {
            system: system.id.clone(),
            state,
            took,
            subjects_sealed: sealed,
            changed_at: asked,
        };
        let search = id.clone();
        let put = self
            .db
            .write(move |tx| Box::pin(async move { tx.lane_put(&search, &lane).await }));
        put.await?;
        self.hub.changed(id.as_str());
        Ok(())
    }

    /// A search of this caller's, with its identifier.
    pub(super) async fn stored_search(
        &self,
        caller: &Caller,
        id: &SearchId,
    ) -> Result<(SearchRow, Identifier)> {
        let actor = policy::actor(caller)?;
        let row = self.db.search_by_id(id).await.or_internal(caller)?;
        // Another's search and none at all look the same.
        let row = row
            .filter(|row| row.actor == actor)
            .ok_or_else(|| Error::not_found("search"))?;
        let identifier = self
            .open(IDENTIFIER, id.as_str(), &row.identifier_sealed)
            .or_internal(caller)?;
        Ok((row, identifier))
    }

    /// The merge sets that a search found.
    pub(super) async fn found_sets(
        &self,
        caller: &Caller,
        id: &SearchId,
    ) -> Result<Vec<Vec<Subject>>> {
        let mut subjects = Vec::new();
        for lane in self.db.lanes_of_search(id).await.or_internal(caller)? {
            subjects.extend(self.open_subjects(id, &lane).or_internal(caller)?);
        }
        Ok(matching::group(subjects))
    }

    fn open_subjects(
        &self,
        id: &SearchId,
        lane: &LaneRow,
    ) -> std::result::Result<Vec<Subject>, StoreError> {
        let row = format!("{id}/{}", lane.system);
        let sealed = lane.subjects_sealed.as_deref();
        sealed.map_or(Ok(Vec::new()), |sealed| self.open(SUBJECTS, &row, sealed))
    }

    /// Whether nobody can be waiting for this lane's answer any more: the process that asked has ended.
    fn is_given_up(&self, lane: &LaneRow) -> bool {
        let begun = match lane.state {
            LaneState::Waiting { until } => until.max(lane.changed_at),
            _ => lane.changed_at,
        };
        let patience = i64::try_from(self.search_timeout.as_millis()).unwrap_or(i64::MAX / 4) * 2;
        !lane.state.is_settled() && begun.saturating_add(patience) < self.clock.now()
    }

    fn lane_view(&self, lane: LaneRow, identifier: &Identifier) -> Lane {
        let system = self.systems.get(&lane.system);
        let needs = |system: &Arc<System>| needs_subject(system, identifier);
        Lane {
            system_name: system
                .as_ref()
                .map_or_else(|| lane.system.to_string(), |s| s.name.clone()),
            needs_subject: system.as_ref().map(needs).unwrap_or_default(),
            system: lane.system,
            state: lane.state,
            took: lane.took,
        }
    }

    fn merge_set(&self, caller: &Caller, set: Vec<Subject>) -> Result<MergeSet> {
        let mut matched_by: Vec<IdentifierKind> = set
            .iter()
            .flat_map(|subject| &subject.fields)
            .filter(|found| found.matched)
            .filter_map(|found| found.holds)
            .collect();
        matched_by.sort_unstable();
        matched_by.dedup();
        let member = |subject: Subject| {
            let handle = target::handle(&self.keys, &subject.key).or_internal(caller)?;
            Ok(SetMember { handle, subject })
        };
        Ok(MergeSet {
            members: set.into_iter().map(member).collect::<Result<_>>()?,
            matched_by,
        })
    }

    fn unsearched(
        &self,
        caller: &Caller,
        searched: &Identifier,
        sets: &[Vec<Subject>],
    ) -> Result<Vec<Unsearched>> {
        let open = matching::unsearched(std::slice::from_ref(searched), sets, self.country);
        let handle = |key: &SubjectKey| target::handle(&self.keys, key).or_internal(caller);
        let view = |(identifier, keys): (Identifier, Vec<SubjectKey>)| {
            let seen_in = keys.iter().map(handle).collect::<Result<_>>()?;
            Ok(Unsearched {
                identifier,
                seen_in,
            })
        };
        open.into_iter().map(view).collect()
    }
}
