//! Asking one system: a bounded wait, an honest state, and nothing half-read passed off as an answer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use app::model::{
    CollectionName, Found, Identifier, IdentifierKind, LaneState, Subject, SubjectKey, SystemId,
};
use futures::stream::{self, StreamExt};
use tokio::time::Instant;

use super::linked::{StaffLink, confirmed_of};
use super::{Habeas, Stored};
use crate::connectors::{Fault, FaultCode};
use crate::matching;
use crate::registry::System;

/// More subjects than a person can look through: the identifier has to be narrower.
const MAX_SUBJECTS: usize = 1000;
/// What is said of a system that found more.
pub(super) const TOO_MANY: &str = "too_many";

/// Merge sets looked up at the same time.
const SETS_AT_A_TIME: usize = 8;

/// What came of asking one system.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) state: LaneState,
    /// Those that matched, and the other members of their merge sets.
    pub(super) subjects: Vec<Subject>,
    /// Systems that could not say whose records these are: some of the sets may not be whole.
    pub(super) silent: BTreeSet<SystemId>,
    /// What staff confirmed of them.
    pub(super) links: Vec<StaffLink>,
}

impl Answer {
    fn unreachable(code: &str) -> Self {
        Self {
            state: LaneState::Unreachable {
                code: code.to_owned(),
            },
            subjects: Vec::new(),
            silent: BTreeSet::new(),
            links: Vec::new(),
        }
    }
}

impl Habeas {
    /// Asks one system for an identifier, to the end or not at all; and others that are not paused for whole merge sets.
    pub(super) async fn ask_system(
        &self,
        system: &System,
        identifier: &Identifier,
        paused: &[SystemId],
    ) -> Answer {
        // One wait for all of it: what the system finds, and what others know of that.
        let deadline = Instant::now() + self.search_timeout;
        match self.matches(system, identifier, deadline).await {
            Ok(matched) => match self.in_sets(matched, paused, deadline).await {
                Ok(answer) => answer,
                Err(why) => {
                    tracing::error!(system = %system.id, error = %why, "not known whose records these are");
                    Answer::unreachable(FaultCode::Internal.as_str())
                }
            },
            Err(code) => Answer::unreachable(code),
        }
    }

    /// What one system finds, or a code that says why it gave no answer.
    pub(super) async fn matches(
        &self,
        system: &System,
        identifier: &Identifier,
        deadline: Instant,
    ) -> Result<Vec<Subject>, &'static str> {
        let identifier = &self.in_full(identifier);
        let asked = self.read_answer(system, identifier);
        match tokio::time::timeout_at(deadline, asked).await {
            Ok(Ok(Some(subjects))) => Ok(subjects),
            Ok(Ok(None)) => Err(TOO_MANY),
            Ok(Err(fault)) => Err(fault.code().as_str()),
            Err(_) => Err("timeout"),
        }
    }

    /// These subjects under the keys of those whose they are, with the other members of their merge sets: those that systems
    /// declare, and those that staff joined to them.
    pub(super) async fn in_sets(
        &self,
        matched: Vec<Subject>,
        paused: &[SystemId],
        deadline: Instant,
    ) -> Stored<Answer> {
        let whose = matched.iter().map(|subject| self.whose(subject));
        let (sets, mut silent) = self.known_sets(whose.collect(), paused, deadline).await;
        let matched = self.with_links(matched, &sets);
        let keys: BTreeSet<_> = matched.iter().map(|subject| &subject.key).collect();
        let found = u32::try_from(keys.len()).unwrap_or(u32::MAX);
        let state = if found == 0 {
            LaneState::Nothing
        } else {
            LaneState::Found { found }
        };
        let others = sets.into_values().flatten().map(unmatched);
        let mut subjects: Vec<_> = matched.into_iter().chain(others).collect();
        let (joined, without, links) = self.joined_to(&subjects, paused, deadline).await?;
        subjects.extend(joined.into_iter().map(unmatched));
        silent.extend(without);
        // As systems declare: what staff confirmed may be other by the time that this is read.
        let subjects = matching::group(subjects, &[]);
        Ok(Answer {
            state,
            subjects: subjects.into_iter().flatten().collect(),
            silent,
            links,
        })
    }

    /// The sets of the records that staff joined to these, through however many links; the systems that could not say; and all
    /// links of them and these. More than can be looked through are left out: a plan for them says so.
    async fn joined_to(
        &self,
        subjects: &[Subject],
        paused: &[SystemId],
        deadline: Instant,
    ) -> Stored<(Vec<Subject>, BTreeSet<SystemId>, Vec<StaffLink>)> {
        let mut known: BTreeSet<_> = subjects.iter().map(|s| s.key.clone()).collect();
        let (mut joined, mut silent) = (Vec::new(), BTreeSet::new());
        loop {
            let links = self.confirmed(known.clone()).await?;
            let reached = matching::reached(known.clone(), &confirmed_of(&links));
            let open: BTreeSet<_> = reached.difference(&known).cloned().collect();
            if open.is_empty() || joined.len() > MAX_SUBJECTS {
                return Ok((joined, silent, links));
            }
            let (sets, without) = self.known_sets(open.clone(), paused, deadline).await;
            silent.extend(without);
            for (key, mut set) in sets {
                if set.is_empty() {
                    let (found, without) = self.known_by(&key, paused, deadline).await;
                    silent.extend(without);
                    set = found;
                }
                known.extend(set.iter().map(|subject| subject.key.clone()));
                joined.extend(set);
            }
            known.extend(open);
        }
    }

    /// Somebody whose record lives nowhere, as the systems know her that can be searched by her key; and those that could not say.
    async fn known_by(
        &self,
        key: &SubjectKey,
        paused: &[SystemId],
        deadline: Instant,
    ) -> (Vec<Subject>, BTreeSet<SystemId>) {
        let (mut subjects, mut silent) = (Vec::new(), BTreeSet::new());
        for system in self.systems.all() {
            if !system.connector.inventory().searchable_by(key.kind()) {
                continue;
            }
            if paused.contains(&system.id) {
                silent.insert(system.id.clone());
                continue;
            }
            match self.matches(&system, key.identifier(), deadline).await {
                Ok(found) => subjects.extend(found.into_iter().filter(|s| s.key == *key)),
                Err(_) => drop(silent.insert(system.id.clone())),
            }
        }
        (subjects, silent)
    }

    /// Every subject of the answer; nothing if there are too many to look through.
    async fn read_answer(
        &self,
        system: &System,
        identifier: &Identifier,
    ) -> Result<Option<Vec<Subject>>, Fault> {
        let mut subjects = Vec::new();
        let mut answers = system.connector.search(identifier);
        while let Some(subject) = answers.next().await {
            subjects.push(subject?);
            if subjects.len() > MAX_SUBJECTS {
                return Ok(None);
            }
        }
        Ok(Some(subjects))
    }

    /// The merge sets of these keys from the systems in which they live, and the systems that could not say in time. What
    /// such a system can't say now is asked again, and then required, when a plan is made.
    async fn known_sets(
        &self,
        keys: BTreeSet<SubjectKey>,
        paused: &[SystemId],
        deadline: Instant,
    ) -> (BTreeMap<SubjectKey, Vec<Subject>>, BTreeSet<SystemId>) {
        let (mut sets, mut silent) = (BTreeMap::new(), BTreeSet::new());
        let ask = |key| self.known_set(key, paused, deadline);
        let mut asked = stream::iter(keys).map(ask).buffer_unordered(SETS_AT_A_TIME);
        while let Some((key, set, without)) = asked.next().await {
            sets.insert(key, set);
            silent.extend(without);
        }
        (sets, silent)
    }

    async fn known_set(
        &self,
        key: SubjectKey,
        paused: &[SystemId],
        deadline: Instant,
    ) -> (SubjectKey, Vec<Subject>, Vec<SystemId>) {
        let (mut members, mut silent) = (Vec::new(), Vec::new());
        for home in self.systems.homes_of(&key) {
            // Too late to ask is as good as not answered.
            if paused.contains(&home.id) || Instant::now() >= deadline {
                silent.push(home.id.clone());
                continue;
            }
            match tokio::time::timeout_at(deadline, home.connector.merge_set(&key)).await {
                Ok(Ok(set)) => members.extend(set),
                _ => silent.push(home.id.clone()),
            }
        }
        let (records, without) = self.followed(&members, paused, deadline).await;
        members.extend(records);
        silent.extend(without);
        (key, members, silent)
    }

    /// The key to look a record's set up by.
    fn whose(&self, subject: &Subject) -> SubjectKey {
        self.link(subject).unwrap_or_else(|| subject.key.clone())
    }

    /// The records under the keys of those whose they are. A record that says whose it is (a help-desk contact with an external
    /// contact id) shows her, once the directory knows her: the link is declared, not guessed. One by whose id other systems know her
    /// keeps its own, and belongs to her.
    fn with_links(
        &self,
        subjects: Vec<Subject>,
        sets: &BTreeMap<SubjectKey, Vec<Subject>>,
    ) -> Vec<Subject> {
        let linked = |mut subject: Subject| {
            let key = self.whose(&subject);
            let is_known = sets.get(&key).is_some_and(|set| !set.is_empty());
            if is_known && key != subject.key {
                if self.is_followed(&subject) {
                    subject.canonical = Some(key);
                } else {
                    subject.key = key;
                }
            }
            subject
        };
        subjects.into_iter().map(linked).collect()
    }

    /// What a person typed here means one number, in whichever country a system is.
    fn in_full(&self, typed: &Identifier) -> Identifier {
        let full = matching::in_full(typed.kind(), typed.value(), self.country);
        let full = full.and_then(|number| Identifier::new(typed.kind(), &number).ok());
        full.unwrap_or_else(|| typed.clone())
    }

    /// Whose record it says it is: the external contact that one of its fields names. Only where an erasure of hers takes the
    /// record too: its collection is found by that id, and the id is written to the byte.
    pub(super) fn link(&self, subject: &Subject) -> Option<SubjectKey> {
        const KIND: IdentifierKind = IdentifierKind::ExternalContactId;
        let holds = |found: &&Found| found.holds == Some(KIND);
        let named = subject.fields.iter().find(holds)?;
        let identifier = Identifier::new(KIND, &named.value).ok()?;
        let seen = subject.seen_in.first()?;
        let system = self.systems.get(&seen.system)?;
        let collection = system.connector.inventory().collection(&seen.collection)?;
        let reached = identifier.value() == named.value && collection.found_by.contains(&KIND);
        SubjectKey::try_from(identifier).ok().filter(|_| reached)
    }

    /// How long the system's rate limit would make a search wait, if noticeably.
    pub(super) async fn wait_of(system: &System) -> Option<Duration> {
        let outlook = system.pace.as_ref()?.outlook().await;
        let wait = outlook.ok()?.wait(0);
        (wait > Duration::from_millis(50)).then_some(wait)
    }
}

/// Collections that hold people, but can't be reached by this kind: only through a linked subject, or her own id.
pub(super) fn needs_subject(system: &Arc<System>, identifier: &Identifier) -> Vec<CollectionName> {
    let collections = &system.connector.inventory().collections;
    let needing = collections
        .iter()
        .filter(|c| !c.searchable(identifier.kind()).is_yes());
    needing.map(|collection| collection.name.clone()).collect()
}

fn unmatched(mut subject: Subject) -> Subject {
    let clear = |found: Found| Found {
        matched: false,
        ..found
    };
    subject.fields = subject.fields.into_iter().map(clear).collect();
    subject
}
