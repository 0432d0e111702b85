//! From an id to the whole merge set, fresh from the systems in which the person lives; and from a set to what would be done.

use app::backend::{Caller, Result};
use app::error::{Conflict, Error, Reason};
use app::model::{Employment, Replacement, Right, Subject, SubjectKey, SystemId};

use super::{Habeas, OrInternal};
use crate::matching;
use crate::workflow::create::NewMember;
use crate::workflow::target::{self, Target};
use crate::workflow::work;

impl Habeas {
    /// All members of the key's merge set, canonical first. Every system in which such subjects live has to answer: a member
    /// that is overlooked would be told that she is gone when she is not.
    pub(super) async fn resolve_set(&self, key: &SubjectKey) -> Result<Vec<Subject>> {
        let mut subjects = Vec::new();
        let mut silent: Vec<SystemId> = Vec::new();
        for home in self.systems.resolving(key.kind()) {
            let set = home.connector.merge_set(key);
            match tokio::time::timeout(self.search_timeout, set).await {
                Ok(Ok(members)) => subjects.extend(members),
                _ => silent.push(home.id.clone()),
            }
        }
        if !silent.is_empty() {
            return Err(Error::Unavailable { systems: silent });
        }
        let sets = matching::group(subjects);
        let holds = |set: &Vec<Subject>| set.iter().any(|subject| subject.key == *key);
        sets.into_iter()
            .find(holds)
            .ok_or_else(|| Error::not_found("subject"))
    }

    /// The requests that a right makes for a set: one per member, with its work.
    pub(super) fn members(
        &self,
        caller: &Caller,
        right: Right,
        set: Vec<Subject>,
        replacements: &[Replacement],
    ) -> Result<Vec<NewMember>> {
        set.into_iter()
            .enumerate()
            .map(|(position, subject)| {
                let handle = target::handle(&self.keys, &subject.key).or_internal(caller)?;
                let work = work::of(&self.systems, right, subject.key.kind(), replacements);
                let target = Target {
                    key: subject.key.clone(),
                    subject: Some(subject),
                    canonical: position == 0,
                    replacements: replacements.to_vec(),
                };
                Ok(NewMember {
                    handle,
                    target,
                    work,
                    planned: Vec::new(),
                    exceptions: 0,
                })
            })
            .collect()
    }
}

/// A current employee's data is needed while she works here: erasing it is blocked until the account is deactivated.
pub(super) fn guard_employee(right: Right, members: &[NewMember]) -> Result<()> {
    if right == Right::Delete && members.iter().any(is_active_employee) {
        return Err(Error::Conflict {
            why: Conflict::ActiveEmployee,
        });
    }
    Ok(())
}

/// Whether the member works for the organisation now.
pub(super) fn is_active_employee(member: &NewMember) -> bool {
    member.target.subject.as_ref().and_then(|s| s.employment) == Some(Employment::Active)
}

/// An update needs replacements that change something; other rights take none.
pub(super) fn check_replacements(right: Right, replacements: &[Replacement]) -> Result<()> {
    let field = |at: usize, part: &str| format!("replacementTerms[{at}].{part}");
    match (right, replacements) {
        (Right::Update, []) => return Err(Error::invalid("replacementTerms", Reason::Missing)),
        (Right::Update, _) => {}
        (_, []) => return Ok(()),
        (_, _) => return Err(Error::invalid("replacementTerms", Reason::NotAllowed)),
    }
    for (at, replacement) in replacements.iter().enumerate() {
        let check = |part, value: &str| {
            app::model::Identifier::new(replacement.kind, value)
                .map_err(|why| Error::identifier(&field(at, part), why))
        };
        check("existingValue", &replacement.old)?;
        check("updatedValue", &replacement.new)?;
        if replacement.kind.is_id() {
            return Err(Error::invalid(&field(at, "type"), Reason::NotAllowed));
        }
        if replacement.old.trim() == replacement.new.trim() {
            return Err(Error::invalid(&field(at, "updatedValue"), Reason::Same));
        }
    }
    Ok(())
}
