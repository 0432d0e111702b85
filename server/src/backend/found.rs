//! What searches have found, read back: lanes, records, merge sets, and what was seen and not searched.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use app::backend::{Caller, Result};
use app::error::Error;
use app::model::{
    Asked, Identifier, IdentifierKind, Lane, LaneState, MergeSet, SearchId, SetMember, Subject,
    SubjectKey, SystemId, Unsearched,
};

use super::lanes::needs_subject;
use super::linked::{StaffLink, sets_of};
use super::{Habeas, OrInternal};
use crate::connectors::FaultCode;
use crate::matching;
use crate::policy;
use crate::registry::System;
use crate::store::StoreError;
use crate::store::search::{LaneRow, SearchRow};
use crate::workflow::target;

pub(super) const IDENTIFIER: &str = "search.identifier";
pub(super) const SUBJECTS: &str = "lane.subjects";

/// What searches that stand side by side have found.
pub(super) struct FoundBeside {
    /// In the order of the systems' names, then of the searches.
    pub(super) lanes: Vec<Lane>,
    pub(super) subjects: Vec<Subject>,
    /// The places of the searches that found a record itself.
    pub(super) by: BTreeMap<SubjectKey, BTreeSet<u32>>,
    /// Lanes that nobody will fill any more.
    pub(super) cut_off: i64,
}

/// What a lane's answer is sealed to.
pub(super) fn row_of_lane(search: &SearchId, system: &SystemId) -> String {
    format!("{search}/{system}")
}

impl Habeas {
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

    /// The identifiers that were asked in these searches; not in those that were taken away.
    pub(super) fn asked(&self, caller: &Caller, rows: Vec<SearchRow>) -> Result<Vec<Asked>> {
        let asked = |row: SearchRow| {
            let identifier = self.open(IDENTIFIER, row.id.as_str(), &row.identifier_sealed);
            Ok(Asked {
                identifier: identifier.or_internal(caller)?,
                search: row.id,
                started_at: row.started_at,
            })
        };
        let rows = rows.into_iter().filter(|row| !row.dropped);
        rows.map(asked).collect()
    }

    /// What the searches beside the first have found until now.
    pub(super) async fn found(
        &self,
        caller: &Caller,
        first: &SearchId,
        asked: &[Asked],
    ) -> Result<FoundBeside> {
        let mut found = FoundBeside {
            lanes: Vec::new(),
            subjects: Vec::new(),
            by: BTreeMap::new(),
            cut_off: 0,
        };
        let mut lanes = Vec::new();
        for mut row in self.db.lanes_beside(first).await.or_internal(caller)? {
            let place = asked.iter().position(|asked| asked.search == row.search);
            // One that was put there since, or taken away: its change is told of too.
            let Some((place, asked)) = place.and_then(|at| Some((at, asked.get(at)?))) else {
                continue;
            };
            let place = u32::try_from(place).unwrap_or(u32::MAX);
            let subjects = self.open_subjects(&row).or_internal(caller)?;
            for subject in &subjects {
                if is_found_by(subject, &asked.identifier) {
                    let by = found.by.entry(subject.key.clone()).or_default();
                    by.insert(place);
                }
            }
            found.subjects.extend(subjects);
            if self.is_given_up(&row) {
                let code = FaultCode::CutOff.as_str().to_owned();
                row.state = LaneState::Unreachable { code };
                found.cut_off += 1;
            }
            lanes.push((place, self.lane_view(row, &asked.identifier)));
        }
        lanes.sort_by(|(a, one), (b, other)| {
            (&one.system_name, &one.system, a).cmp(&(&other.system_name, &other.system, b))
        });
        found.lanes = lanes.into_iter().map(|(_, lane)| lane).collect();
        Ok(found)
    }

    /// The sets of what searches found, and what staff confirmed of them. `found_by` are the records that a search found itself.
    pub(super) async fn sets(
        &self,
        caller: &Caller,
        subjects: Vec<Subject>,
        found_by: &BTreeMap<SubjectKey, BTreeSet<u32>>,
    ) -> Result<(Vec<Vec<Subject>>, Vec<StaffLink>)> {
        let keys = subjects.iter().map(|subject| subject.key.clone());
        let links = self.confirmed(keys.collect()).await.or_internal(caller)?;
        let is_found = |subject: &Subject| found_by.contains_key(&subject.key);
        let mut sets = sets_of(subjects, &links, is_found);
        // Whom a join brought to this search went with it when it was undone: nobody searched her.
        let unfound = |set: &&Vec<Subject>| !set.iter().any(is_found);
        let brought = sets.iter().filter(unfound).flatten();
        let brought = brought.map(|subject| target::handle(&self.keys, &subject.key));
        let brought: Vec<_> = brought
            .collect::<std::result::Result<_, _>>()
            .or_internal(caller)?;
        if !brought.is_empty() {
            let joined = self.db.once_joined(&brought).await.or_internal(caller)?;
            let was_joined = |subject: &Subject| {
                target::handle(&self.keys, &subject.key)
                    .is_ok_and(|handle| joined.contains(&handle))
            };
            sets.retain(|set| set.iter().any(is_found) || !set.iter().any(was_joined));
        }
        Ok((sets, links))
    }

    /// The merge sets that searches side by side have found.
    pub(super) async fn found_sets(
        &self,
        caller: &Caller,
        first: &SearchId,
    ) -> Result<Vec<Vec<Subject>>> {
        let rows = self.db.searches_beside(first).await.or_internal(caller)?;
        let asked = self.asked(caller, rows)?;
        let found = self.found(caller, first, &asked).await?;
        Ok(self.sets(caller, found.subjects, &found.by).await?.0)
    }

    /// The records that searches side by side have found, as systems declare them.
    pub(super) async fn found_subjects(
        &self,
        caller: &Caller,
        first: &SearchId,
    ) -> Result<Vec<Subject>> {
        let mut subjects = Vec::new();
        for lane in self.db.lanes_beside(first).await.or_internal(caller)? {
            subjects.extend(self.open_subjects(&lane).or_internal(caller)?);
        }
        Ok(subjects)
    }

    fn open_subjects(&self, lane: &LaneRow) -> std::result::Result<Vec<Subject>, StoreError> {
        let place = row_of_lane(&lane.search, &lane.system);
        let sealed = lane.subjects_sealed.as_deref();
        sealed.map_or(Ok(Vec::new()), |sealed| self.open(SUBJECTS, &place, sealed))
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
            search: lane.search,
            system: lane.system,
            state: lane.state,
            took: lane.took,
        }
    }

    /// `found_by` are the places of the searches that found each record itself.
    pub(super) fn merge_set(
        &self,
        caller: &Caller,
        set: Vec<Subject>,
        found_by: &BTreeMap<SubjectKey, BTreeSet<u32>>,
        links: &[StaffLink],
    ) -> Result<MergeSet> {
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
            let found_by = found_by.get(&subject.key);
            Ok(SetMember {
                handle,
                found_by: found_by.into_iter().flatten().copied().collect(),
                subject,
            })
        };
        Ok(MergeSet {
            links: self.links_of_set(&set, links).or_internal(caller)?,
            members: set.into_iter().map(member).collect::<Result<_>>()?,
            matched_by,
        })
    }

    pub(super) fn unsearched(
        &self,
        caller: &Caller,
        searched: &[Identifier],
        sets: &[Vec<Subject>],
    ) -> Result<Vec<Unsearched>> {
        let open = matching::unsearched(searched, sets, self.country);
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

/// Whether a search for it found the record itself, not only another record of the same set.
fn is_found_by(subject: &Subject, identifier: &Identifier) -> bool {
    subject.fields.iter().any(|field| field.matched) || subject.key.identifier() == identifier
}
