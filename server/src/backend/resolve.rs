//! From an id to the whole merge set, fresh from the systems in which the person lives; and from a set to what would be done.

use std::collections::BTreeMap;

use app::backend::{Caller, Result};
use app::error::{Conflict, Error, Reason};
use app::model::{
    Employment, IdentifierKind, LaneState, Replacement, Right, Subject, SubjectKey, SystemId,
};
use tokio::time::Instant;

use super::linked::{StaffLink, Whole, confirmed_of};
use super::{Habeas, OrInternal};
use crate::matching::{self, Country, normal_value};
use crate::workflow::create::NewMember;
use crate::workflow::target::{self, Target};
use crate::workflow::work;

/// As many records as may hang on one person by links that staff confirmed.
const MOST_LINKED: usize = 100;

impl Habeas {
    /// All members of the key's merge set, canonical first: as its systems declare, and as staff confirmed. A record that staff
    /// joined to hers is resolved like her own: a system that can't say is an error, never a smaller set.
    pub(super) async fn resolve_set(&self, caller: &Caller, key: &SubjectKey) -> Result<Whole> {
        let (hers, mut subjects) = self.declared_set(key).await?;
        // Links name records by the keys that they were found by.
        let mut known = BTreeMap::from([(key.clone(), hers.clone())]);
        loop {
            let keys = subjects.iter().map(|subject| &subject.key);
            let keys = keys.chain(known.keys()).cloned().collect();
            let mut links = self.confirmed(keys).await.or_internal(caller)?;
            for link in &mut links {
                for end in [&mut link.confirmed.one, &mut link.confirmed.other] {
                    if let Some(now) = known.get(end) {
                        *end = now.clone();
                    }
                }
            }
            let set = set_of(&hers, subjects.clone(), &links);
            let named = set.iter().filter_map(|subject| subject.canonical.clone());
            let keys = set.iter().map(|subject| subject.key.clone()).chain(named);
            let reached = matching::reached(keys.collect(), &confirmed_of(&links));
            let here = |key: &SubjectKey| subjects.iter().any(|subject| subject.key == *key);
            let is_open = |key: &SubjectKey| !known.contains_key(key) && !here(key);
            let joined: Vec<_> = reached.into_iter().filter(is_open).collect();
            let is_linked = known.len() > 1 || !joined.is_empty();
            if is_linked && set.len().max(known.len() + joined.len()) > MOST_LINKED {
                let most = u32::try_from(MOST_LINKED).unwrap_or(u32::MAX);
                let why = Conflict::SetTooLarge { most };
                return Err(Error::Conflict { why });
            }
            if joined.is_empty() {
                return Ok(Whole::new(set, links));
            }
            let asked = joined.iter().map(|key| self.declared_set(key));
            let sets = futures::future::join_all(asked).await;
            for (key, set) in joined.into_iter().zip(sets) {
                match set {
                    Ok((lives_as, more)) => {
                        subjects.extend(more);
                        known.insert(key, lives_as);
                    }
                    // Every system says that she is gone.
                    Err(Error::NotFound { .. }) => drop(known.insert(key.clone(), key)),
                    Err(why) => return Err(why),
                }
            }
        }
    }

    /// All members of the key's merge set as its systems declare, and the key that she has in it. A record that says whose it is
    /// stands for her whole set, if the directory knows her; it is a member of its own if other systems know her by its id.
    async fn declared_set(&self, key: &SubjectKey) -> Result<(SubjectKey, Vec<Subject>)> {
        let set = self.set_at_home(key).await?;
        let record = set.iter().find(|subject| subject.key == *key);
        let link = record.and_then(|subject| self.link(subject));
        match link.filter(|link| link != key) {
            None => Ok((key.clone(), set)),
            Some(link) => match self.set_at_home(&link).await {
                Err(Error::NotFound { .. }) => Ok((key.clone(), set)),
                whole => {
                    let whole = whole?;
                    let stays = whole.iter().any(|subject| subject.key == *key);
                    Ok((if stays { key.clone() } else { link }, whole))
                }
            },
        }
    }

    /// All members of the key's merge set, as far as its homes tell, canonical first. Every system in which such subjects live has to answer: a member
    /// that is overlooked would be told that she is gone when she is not.
    async fn set_at_home(&self, key: &SubjectKey) -> Result<Vec<Subject>> {
        let mut subjects = Vec::new();
        let mut silent: Vec<SystemId> = Vec::new();
        let paused = self.not_to_ask().await;
        for home in self.systems.homes_of(key) {
            if paused.contains(&home.id) {
                silent.push(home.id.clone());
                continue;
            }
            let set = home.connector.merge_set(key);
            match tokio::time::timeout(self.search_timeout, set).await {
                Ok(Ok(members)) => subjects.extend(members),
                _ => silent.push(home.id.clone()),
            }
        }
        if !silent.is_empty() {
            return Err(Error::Unavailable { systems: silent });
        }
        let sets = matching::group(subjects, &[]);
        let holds = |set: &Vec<Subject>| set.iter().any(|subject| subject.key == *key);
        let Some(mut set) = sets.into_iter().find(holds) else {
            return self.searched_set(key, &paused).await;
        };
        let deadline = Instant::now() + self.search_timeout;
        let (records, silent) = self.followed(&set, &paused, deadline).await;
        if !silent.is_empty() {
            let systems = silent.into_iter().collect();
            return Err(Error::Unavailable { systems });
        }
        if records.is_empty() {
            return Ok(set);
        }
        set.extend(records);
        Ok(matching::group(set, &[]).into_iter().flatten().collect())
    }

    /// Somebody whose record lives nowhere, but whom systems know by the key, e.g. a messenger's user: what a search finds can
    /// be asked about. She is nobody else's record, so she is a set of her own.
    async fn searched_set(&self, key: &SubjectKey, paused: &[SystemId]) -> Result<Vec<Subject>> {
        let (mut subjects, mut silent, mut quiet) = (Vec::new(), Vec::new(), Vec::new());
        for system in self.systems.all() {
            if !system.connector.inventory().searchable_by(key.kind()) {
                continue;
            }
            if paused.contains(&system.id) {
                quiet.push(system.id.clone());
                continue;
            }
            let answer = self.ask_system(&system, key.identifier(), paused).await;
            if matches!(answer.state, LaneState::Unreachable { .. }) {
                silent.push(system.id.clone());
            }
            let hers = answer.subjects.into_iter();
            subjects.extend(hers.filter(|subject| subject.key == *key));
        }
        if subjects.is_empty() {
            // A paused system was not asked, so nobody can say that she is nowhere.
            silent.append(&mut quiet);
        }
        if !silent.is_empty() {
            return Err(Error::Unavailable { systems: silent });
        }
        let mut sets = matching::group(subjects, &[]).into_iter();
        sets.next().ok_or_else(|| Error::not_found("subject"))
    }

    /// The requests that a right makes for a set: one per member, with its work.
    pub(super) fn members(
        &self,
        caller: &Caller,
        right: Right,
        set: Vec<Subject>,
        replacements: &[Replacement],
    ) -> Result<Vec<NewMember>> {
        let keys: Vec<_> = set.iter().map(|subject| subject.key.clone()).collect();
        set.into_iter()
            .enumerate()
            .map(|(position, subject)| {
                let handle = target::handle(&self.keys, &subject.key).or_internal(caller)?;
                let work = work::of(&self.systems, right, subject.key.kind(), replacements);
                let target = Target {
                    key: subject.key.clone(),
                    before: keys[..position].to_vec(),
                    after: keys[position + 1..].to_vec(),
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

/// The set that the key is in.
fn set_of(key: &SubjectKey, subjects: Vec<Subject>, links: &[StaffLink]) -> Vec<Subject> {
    let holds = |set: &Vec<Subject>| set.iter().any(|subject| subject.key == *key);
    let mut sets = matching::group(subjects, &confirmed_of(links)).into_iter();
    sets.find(holds).unwrap_or_default()
}

/// Replacements whose old numbers mean one number each, in whichever country a system is.
pub(super) fn in_full(replacements: Vec<Replacement>, country: Country) -> Vec<Replacement> {
    let read = |replacement: Replacement| Replacement {
        old: matching::in_full(replacement.kind, &replacement.old, country)
            .unwrap_or(replacement.old),
        ..replacement
    };
    replacements.into_iter().map(read).collect()
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
pub(super) fn check_replacements(
    right: Right,
    replacements: &[Replacement],
    country: Country,
) -> Result<()> {
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
        // An id that another system gave is a value like any other; ours are not for changing.
        if replacement.kind.is_id() && replacement.kind != IdentifierKind::ExternalId {
            return Err(Error::invalid(&field(at, "type"), Reason::NotAllowed));
        }
        if replacement.old.trim() == replacement.new.trim() {
            return Err(Error::invalid(&field(at, "updatedValue"), Reason::Same));
        }
    }
    match contradiction(replacements, country) {
        Some(at) => Err(Error::invalid(
            &field(at, "existingValue"),
            Reason::Contradicts,
        )),
        None => Ok(()),
    }
}

/// The first replacement whose old value another replaces too, or puts there: what would be left depends on their order.
fn contradiction(replacements: &[Replacement], country: Country) -> Option<usize> {
    let normal = |kind, value: &str| normal_value(kind, value, country);
    let old = |of: &Replacement| (of.kind, normal(of.kind, &of.old));
    let new = |of: &Replacement| (of.kind, normal(of.kind, &of.new));
    (0..replacements.len()).find(|at| {
        let this = old(&replacements[*at]);
        let before = replacements[..*at].iter().any(|other| old(other) == this);
        let mut others = replacements.iter().enumerate();
        before || others.any(|(other, of)| other != *at && new(of) == this)
    })
}

#[cfg(test)]
mod tests {
    use IdentifierKind::{Email, ExternalId, Name, UserId};

    use super::*;

    fn refused(terms: &[(IdentifierKind, &str, &str)]) -> Option<String> {
        let replacement = |(kind, old, new): &(IdentifierKind, &str, &str)| Replacement {
            kind: *kind,
            old: (*old).to_owned(),
            new: (*new).to_owned(),
        };
        let replacements: Vec<_> = terms.iter().map(replacement).collect();
        let country = Country::parse("DE").expect("a country");
        match check_replacements(Right::Update, &replacements, country) {
            Ok(()) => None,
            Err(Error::Invalid { field, .. }) => Some(field),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn replacements_that_contradict_each_other_are_refused_by_name() {
        let existing = |at| Some(format!("replacementTerms[{at}].existingValue"));
        let (a, b, c) = ("a@x.example", "b@x.example", "c@x.example");
        assert_eq!(refused(&[(Email, a, b), (Email, b, c)]), existing(1));
        assert_eq!(refused(&[(Email, b, c), (Email, a, b)]), existing(0));
        assert_eq!(refused(&[(Email, a, b), (Email, a, c)]), existing(1));
        assert_eq!(
            refused(&[(Email, a, b), (Email, "A@X.example", c)]),
            existing(1)
        );
        assert_eq!(refused(&[(Email, a, b), (Email, b, a)]), existing(0));
        assert_eq!(refused(&[(Email, a, c), (Email, b, c)]), None);
        assert_eq!(refused(&[(Name, "A", "B"), (ExternalId, "B", "C")]), None);
    }

    #[test]
    fn an_external_id_is_replaced_and_an_id_of_ours_is_not() {
        assert_eq!(refused(&[(ExternalId, "crm:1", "crm:2")]), None);
        let ours = refused(&[(UserId, "1", "2")]);
        assert_eq!(ours.as_deref(), Some("replacementTerms[0].type"));
    }
}
