//! Records that other systems know a person by: where one system's ids lead into another, a record of hers stays a member of its own,
//! though it says whose it is. Under her key alone, what the other system has would never be reached.

use std::collections::BTreeSet;
use std::sync::Arc;

use app::model::{IdentifierKind, Subject, SubjectKey, SystemId};
use tokio::time::Instant;

use super::Habeas;
use crate::registry::System;

impl Habeas {
    /// Whether another system than the record's own knows people by ids like the record's.
    pub(super) fn is_followed(&self, subject: &Subject) -> bool {
        let key = &subject.key;
        let elsewhere = |system: &Arc<System>| {
            let mut seen_in = subject.seen_in.iter();
            let mut prefixes = system.connector.id_prefixes().iter();
            seen_in.all(|seen| seen.system != system.id)
                && prefixes.any(|prefix| key.id().starts_with(prefix))
        };
        key.kind() == IdentifierKind::ExternalId && self.systems.all().iter().any(elsewhere)
    }

    /// The records that say they are one of these, and by whose ids other systems know her; and the systems that could not say.
    pub(super) async fn followed(
        &self,
        members: &[Subject],
        paused: &[SystemId],
        deadline: Instant,
    ) -> (Vec<Subject>, BTreeSet<SystemId>) {
        const KIND: IdentifierKind = IdentifierKind::ExternalContactId;
        let (mut records, mut silent) = (Vec::new(), BTreeSet::new());
        let keys = members.iter().map(|subject| &subject.key);
        let keys: BTreeSet<&SubjectKey> = keys.filter(|key| key.kind() == KIND).collect();
        if keys.is_empty() {
            return (records, silent);
        }
        for system in self.systems_led_from() {
            if !system.connector.inventory().searchable_by(KIND) {
                continue;
            }
            if paused.contains(&system.id) {
                silent.insert(system.id.clone());
                continue;
            }
            for key in &keys {
                let found = self.matches(&system, key.identifier(), deadline).await;
                let Ok(found) = found else {
                    silent.insert(system.id.clone());
                    break;
                };
                for mut subject in found {
                    if self.link(&subject).as_ref() == Some(key) && self.is_followed(&subject) {
                        subject.canonical = Some((*key).clone());
                        records.push(subject);
                    }
                }
            }
        }
        (records, silent)
    }

    /// The systems by whose ids another one knows people.
    fn systems_led_from(&self) -> Vec<Arc<System>> {
        let all = self.systems.all();
        let leads = |one: &Arc<System>| {
            let prefixes = one.connector.id_prefixes();
            let mut others = all.iter().filter(|other| other.id != one.id);
            others.any(|other| {
                let mut theirs = other.connector.id_prefixes().iter();
                theirs.any(|prefix| prefixes.contains(prefix))
            })
        };
        all.iter().filter(|one| leads(one)).cloned().collect()
    }
}
