//! What staff confirm of records: making it and undoing it; [`super::linked`] reads it.

use std::collections::BTreeMap;

use app::backend::{Caller, Links, Result};
use app::error::{Conflict, Error, Reason};
use app::model::{LinkId, LinkKind, SearchId, Subject, SubjectHandle, SubjectKey};
use async_trait::async_trait;
use serde_json::json;

use super::requests::name_of;
use super::{Habeas, OrInternal, internal};
use crate::evidence::{self, Entry};
use crate::matching;
use crate::policy::{self, Act};
use crate::store::StoreError;
use crate::store::link::NewLinkRow;
use crate::workflow::target;

pub(super) const KEYS: &str = "person_link.keys";
pub(super) const REASON: &str = "person_link.reason";
const UNDO_REASON: &str = "person_link.undo_reason";
/// The characters of a reason.
const MIN: u32 = 3;
const MAX: u32 = 500;

/// Why a link was not made or undone.
enum Failed {
    /// Others were first.
    DoneAlready,
    /// One of the two was erased since the search that found her.
    Gone,
    Store(StoreError),
}

impl From<StoreError> for Failed {
    fn from(why: StoreError) -> Self {
        Self::Store(why)
    }
}

impl Failed {
    fn told(self, caller: &Caller) -> Error {
        match self {
            Self::DoneAlready => done_already(),
            Self::Gone => Error::not_found("subject"),
            Self::Store(why) => internal(caller, &why),
        }
    }
}

fn done_already() -> Error {
    Error::Conflict {
        why: Conflict::DoneAlready,
    }
}

#[async_trait]
impl Links for Habeas {
    async fn join(
        &self,
        caller: &Caller,
        search: &SearchId,
        [record, lead]: [&SubjectHandle; 2],
        reason: &str,
    ) -> Result<()> {
        policy::allow(caller, Act::LinkPeople)?;
        let reason = checked(reason)?;
        if record == lead {
            return Err(Error::invalid("lead", Reason::Same));
        }
        let sets = self.found_in(caller, search).await?;
        let (one, other) = (find(&sets, record)?, find(&sets, lead)?);
        let keys = [one.1.key.clone(), other.1.key.clone()];
        if one.0 == other.0 {
            // Whoever links the same two again means well; another way to the same set is somebody else's.
            let maker = self.db.link_maker(LinkKind::Join, record, lead).await;
            let own = maker.or_internal(caller)?.as_ref() == Some(&policy::actor(caller)?);
            return if own { Ok(()) } else { Err(done_already()) };
        }
        self.confirm(caller, search, LinkKind::Join, keys, reason)
            .await
    }

    async fn part(
        &self,
        caller: &Caller,
        search: &SearchId,
        record: &SubjectHandle,
        reason: &str,
    ) -> Result<()> {
        policy::allow(caller, Act::LinkPeople)?;
        let reason = checked(reason)?;
        let first = self.stored_search(caller, search).await?.0.first;
        // Those that were parted already too: as systems declare.
        let declared = matching::group(self.found_subjects(caller, &first).await?, &[]);
        let sets = self.under_handles(caller, declared)?;
        let (_, subject) = find(&sets, record)?;
        // It stands alone, leads its set, or is there because staff joined it: that is undone, not parted.
        let canonical = subject.canonical.clone();
        let canonical = canonical.ok_or_else(|| Error::invalid("record", Reason::NotAllowed))?;
        let keys = [subject.key.clone(), canonical];
        self.confirm(caller, search, LinkKind::Part, keys, reason)
            .await
    }

    async fn undo(&self, caller: &Caller, link: &LinkId, reason: &str) -> Result<()> {
        policy::allow(caller, Act::LinkPeople)?;
        let reason = checked(reason)?;
        let actors = self.db.link_actors(link).await.or_internal(caller)?;
        let actors = actors.ok_or_else(|| Error::not_found("link"))?;
        let (actor, now, id) = (policy::actor(caller)?, self.clock.now(), link.clone());
        match actors.undone_by {
            Some(by) if by == actor => return Ok(()),
            Some(_) => return Err(done_already()),
            None => {}
        }
        let sealed = self
            .seal(UNDO_REASON, id.as_str(), &reason)
            .or_internal(caller)?;
        let write = self.db.write(move |tx| {
            Box::pin(async move {
                let entry = Entry {
                    chain: evidence::MAIN,
                    actor: &actor,
                    action: "person.link_undone",
                    body: json!({ "link": id }),
                };
                // First, as everywhere: locks are taken in one order.
                evidence::append(tx, now, entry).await?;
                if tx.link_undo(&id, now, &actor, sealed).await? {
                    Ok(())
                } else {
                    Err(Failed::DoneAlready)
                }
            })
        });
        write.await.map_err(|why| why.told(caller))
    }
}

/// A reason of a fitting length.
fn checked(reason: &str) -> Result<String> {
    let reason = reason.trim();
    let chars = u32::try_from(reason.chars().count()).unwrap_or(u32::MAX);
    if (MIN..=MAX).contains(&chars) {
        Ok(reason.to_owned())
    } else {
        let (min, max) = (MIN, MAX);
        Err(Error::invalid("reason", Reason::Length { min, max }))
    }
}

/// Sets that a search found, their members under their handles.
type Sets = Vec<BTreeMap<SubjectHandle, Subject>>;

/// The place of a record's set, and the record.
fn find<'a>(sets: &'a Sets, record: &SubjectHandle) -> Result<(usize, &'a Subject)> {
    let mut sets = sets.iter().enumerate();
    let found = sets.find_map(|(at, set)| Some((at, set.get(record)?)));
    found.ok_or_else(|| Error::not_found("subject"))
}

impl Habeas {
    /// What the caller's own search found: whom nobody searched, nobody links.
    async fn found_in(&self, caller: &Caller, search: &SearchId) -> Result<Sets> {
        let first = self.stored_search(caller, search).await?.0.first;
        let sets = self.found_sets(caller, &first).await?;
        self.under_handles(caller, sets)
    }

    fn under_handles(&self, caller: &Caller, sets: Vec<Vec<Subject>>) -> Result<Sets> {
        let handle = |subject: Subject| {
            let handle = target::handle(&self.keys, &subject.key).or_internal(caller)?;
            Ok((handle, subject))
        };
        let sets = sets.into_iter();
        sets.map(|set| set.into_iter().map(handle).collect())
            .collect()
    }

    /// Writes a link down, with its evidence.
    async fn confirm(
        &self,
        caller: &Caller,
        search: &SearchId,
        kind: LinkKind,
        keys: [SubjectKey; 2],
        reason: String,
    ) -> Result<()> {
        let searched_at = self.stored_search(caller, search).await?.0.started_at;
        let id = LinkId::parse(self.clock.id()).map_err(|why| internal(caller, &why))?;
        let handle = |key| target::handle(&self.keys, key).or_internal(caller);
        let new = NewLinkRow {
            kind,
            one: handle(&keys[0])?,
            other: handle(&keys[1])?,
            keys_sealed: self.seal(KEYS, id.as_str(), &keys).or_internal(caller)?,
            reason_sealed: self
                .seal(REASON, id.as_str(), &reason)
                .or_internal(caller)?,
            actor: policy::actor(caller)?,
            actor_name: name_of(caller),
            made_at: self.clock.now(),
            id,
        };
        let (one, other) = (new.one.clone(), new.other.clone());
        let write = self.db.write(move |tx| {
            Box::pin(async move {
                let action = match new.kind {
                    LinkKind::Join => "person.joined",
                    LinkKind::Part => "person.parted",
                };
                let body = json!({ "link": new.id, "record": new.one, "other": new.other });
                let entry = Entry {
                    chain: evidence::MAIN,
                    actor: &new.actor,
                    action,
                    body,
                };
                // First: an erasure that ends at this moment is waited for, or empties what is written here.
                evidence::append(tx, new.made_at, entry).await?;
                for handle in [&new.one, &new.other] {
                    if tx.subject_erased_since(handle, searched_at).await? {
                        return Err(Failed::Gone);
                    }
                }
                if tx.link_insert(&new).await? {
                    Ok(())
                } else {
                    Err(Failed::DoneAlready)
                }
            })
        });
        match write.await {
            // A second click is answered as the first.
            Err(Failed::DoneAlready) => {
                let maker = self.db.link_maker(kind, &one, &other).await;
                let own = maker.or_internal(caller)?.as_ref() == Some(&policy::actor(caller)?);
                if own { Ok(()) } else { Err(done_already()) }
            }
            made => made.map_err(|why| why.told(caller)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_three_to_five_hundred_characters() {
        assert_eq!(checked(" 同一人 "), Ok("同一人".to_owned()));
        for wrong in ["", "no", &"x".repeat(501)] {
            assert!(checked(wrong).is_err(), "{wrong}");
        }
        assert!(checked(&"x".repeat(500)).is_ok());
    }
}
