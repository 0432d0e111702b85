//! Asking one system: a bounded wait, an honest state, and nothing half-read passed off as an answer.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use app::model::{CollectionName, Found, Identifier, LaneState, Searchable, Subject, SubjectKey};
use futures::StreamExt;

use super::Habeas;
use crate::connectors::Fault;
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
        match tokio::time::timeout(self.search_timeout, asked).await {
            Ok(Ok(Some(subjects))) => {
                let found = u32::try_from(subjects.len()).unwrap_or(u32::MAX);
                let state = if found == 0 {
                    LaneState::Nothing
                } else {
                    LaneState::Found { found }
                };
                Answer {
                    state,
                    subjects: self.with_whole_sets(subjects).await,
                }
            }
            Ok(Ok(None)) => Answer::unreachable("too_many"),
            Ok(Err(fault)) => Answer::unreachable(fault.code().as_str()),
            Err(_) => Answer::unreachable("timeout"),
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

    /// Adds the other members of the merge sets, from the systems in which the subjects live. What such a system can't say now
    /// is asked again, and then required, when a plan is made.
    async fn with_whole_sets(&self, mut subjects: Vec<Subject>) -> Vec<Subject> {
        let keys: BTreeSet<SubjectKey> = subjects.iter().map(|s| s.key.clone()).collect();
        for key in keys {
            for home in self.systems.resolving(key.kind()) {
                let set = home.connector.merge_set(&key);
                if let Ok(Ok(members)) = tokio::time::timeout(self.search_timeout, set).await {
                    subjects.extend(members.into_iter().map(unmatched));
                }
            }
        }
        crate::matching::group(subjects)
            .into_iter()
            .flatten()
            .collect()
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

fn unmatched(mut subject: Subject) -> Subject {
    let clear = |found: Found| Found {
        matched: false,
        ..found
    };
    subject.fields = subject.fields.into_iter().map(clear).collect();
    subject
}
