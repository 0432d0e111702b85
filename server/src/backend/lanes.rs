//! Asking one system: a bounded wait, an honest state, and nothing half-read passed off as an answer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use app::model::{
    CollectionName, Found, Identifier, IdentifierKind, LaneState, Searchable, Subject, SubjectKey,
};
use futures::StreamExt;

use super::Habeas;
use crate::connectors::Fault;
use crate::matching;
use crate::registry::System;

/// More subjects than a person can look through: the identifier has to be narrower.
const MAX_SUBJECTS: usize = 1000;

/// What came of asking one system.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) state: LaneState,
    /// Those that matched, and the other members of their merge sets.
    pub(super) subjects: Vec<Subject>,
}

impl Answer {
    fn unreachable(code: &str) -> Self {
        Self {
            state: LaneState::Unreachable {
                code: code.to_owned(),
            },
            subjects: Vec::new(),
        }
    }
}

impl Habeas {
    /// Asks one system for an identifier, to the end or not at all.
    pub(super) async fn ask_system(&self, system: &System, identifier: &Identifier) -> Answer {
        let asked = self.read_answer(system, identifier);
        let matched = match tokio::time::timeout(self.search_timeout, asked).await {
            Ok(Ok(Some(subjects))) => subjects,
            Ok(Ok(None)) => return Answer::unreachable("too_many"),
            Ok(Err(fault)) => return Answer::unreachable(fault.code().as_str()),
            Err(_) => return Answer::unreachable("timeout"),
        };
        let (matched, others) = self.with_whole_sets(matched).await;
        let keys: BTreeSet<_> = matched.iter().map(|subject| &subject.key).collect();
        let found = u32::try_from(keys.len()).unwrap_or(u32::MAX);
        let state = if found == 0 {
            LaneState::Nothing
        } else {
            LaneState::Found { found }
        };
        let subjects = matching::group(matched.into_iter().chain(others).collect());
        Answer {
            state,
            subjects: subjects.into_iter().flatten().collect(),
        }
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

    /// The subjects, and the members of their merge sets from the systems in which they live. A record that says whose it is
    /// (a help-desk contact with an external contact id) shows her, once the directory knows her: the link is declared, not
    /// guessed. What such a system can't say now is asked again, and then required, when a plan is made.
    async fn with_whole_sets(&self, subjects: Vec<Subject>) -> (Vec<Subject>, Vec<Subject>) {
        let mut sets: BTreeMap<SubjectKey, Vec<Subject>> = BTreeMap::new();
        let mut matched = Vec::with_capacity(subjects.len());
        for mut subject in subjects {
            let key = link(&subject).unwrap_or_else(|| subject.key.clone());
            if !sets.contains_key(&key) {
                sets.insert(key.clone(), self.known_set(&key).await);
            }
            if sets.get(&key).is_some_and(|set| !set.is_empty()) {
                subject.key = key;
            }
            matched.push(subject);
        }
        (
            matched,
            sets.into_values().flatten().map(unmatched).collect(),
        )
    }

    async fn known_set(&self, key: &SubjectKey) -> Vec<Subject> {
        let mut members = Vec::new();
        for home in self.systems.resolving(key.kind()) {
            let set = home.connector.merge_set(key);
            if let Ok(Ok(set)) = tokio::time::timeout(self.search_timeout, set).await {
                members.extend(set);
            }
        }
        members
    }

    /// How long the system's rate limit would make a search wait, if noticeably.
    pub(super) fn wait_of(system: &System) -> Option<Duration> {
        let wait = system.pace.as_ref()?.next_free()?;
        (wait > Duration::from_millis(50)).then_some(wait)
    }
}

/// Collections that hold people, but can't be reached by this kind without a linked subject.
pub(super) fn needs_subject(system: &Arc<System>, identifier: &Identifier) -> Vec<CollectionName> {
    let collections = &system.connector.inventory().collections;
    let needing = collections
        .iter()
        .filter(|c| c.searchable(identifier.kind()) == Searchable::NeedsSubject);
    needing.map(|collection| collection.name.clone()).collect()
}

/// Whose record it says it is: the external contact that one of its fields names.
fn link(subject: &Subject) -> Option<SubjectKey> {
    let holds = |found: &&Found| found.holds == Some(IdentifierKind::ExternalContactId);
    let named = subject.fields.iter().find(holds)?;
    let identifier = Identifier::new(IdentifierKind::ExternalContactId, &named.value).ok()?;
    SubjectKey::try_from(identifier).ok()
}

fn unmatched(mut subject: Subject) -> Subject {
    let clear = |found: Found| Found {
        matched: false,
        ..found
    };
    subject.fields = subject.fields.into_iter().map(clear).collect();
    subject
}
