//! What staff confirmed of records, read wherever a set is put together.

use std::collections::{BTreeMap, BTreeSet};

use app::model::{
    LinkEnd, LinkId, LinkKind, LinkView, LinkedBy, Subject, SubjectHandle, SubjectKey,
};

use super::links::{KEYS, REASON};
use super::{Habeas, Stored};
use crate::matching::{self, Confirmed};
use crate::store::link::LinkRow;
use crate::workflow::create::NewMember;
use crate::workflow::target;

/// An active link, opened.
#[derive(Debug, Clone)]
pub(super) struct StaffLink {
    pub(super) confirmed: Confirmed,
    row: LinkRow,
}

impl Habeas {
    /// The active links that hang on any of these, through however many others; in the order in which they were made.
    pub(super) async fn confirmed(&self, keys: BTreeSet<SubjectKey>) -> Stored<Vec<StaffLink>> {
        if !self.db.has_links().await? {
            return Ok(Vec::new());
        }
        let keys = keys.iter().map(|key| target::handle(&self.keys, key));
        let mut open: BTreeSet<SubjectHandle> = keys.collect::<Stored<_>>()?;
        let mut known = BTreeSet::new();
        let mut links: BTreeMap<LinkId, StaffLink> = BTreeMap::new();
        while !open.is_empty() {
            let asked: Vec<_> = std::mem::take(&mut open).into_iter().collect();
            let rows = self.db.links_of(&asked).await?;
            known.extend(asked);
            for row in rows {
                let ends = [row.one.clone(), row.other.clone()];
                open.extend(ends.into_iter().filter(|end| !known.contains(end)));
                links.insert(row.id.clone(), self.opened(row)?);
            }
        }
        Ok(links.into_values().collect())
    }

    fn opened(&self, row: LinkRow) -> Stored<StaffLink> {
        let [one, other]: [SubjectKey; 2] = self.open(KEYS, row.id.as_str(), &row.keys_sealed)?;
        let confirmed = Confirmed {
            id: row.id.clone(),
            kind: row.kind,
            one,
            other,
        };
        Ok(StaffLink { confirmed, row })
    }

    /// A set's links as its card lists them.
    pub(super) fn links_of_set(
        &self,
        set: &[Subject],
        links: &[StaffLink],
    ) -> Stored<Vec<LinkView>> {
        let brought = matching::brought_by(set, &confirmed_of(links));
        let keys: BTreeSet<_> = set.iter().map(|subject| &subject.key).collect();
        let hers = links.iter().filter(|link| link.names(&keys));
        hers.map(|link| {
            let mine = set.iter().zip(&brought);
            let mine = mine.filter(|one| one.1.as_ref() == Some(&link.confirmed.id));
            let brings = mine.map(|(subject, _)| target::handle(&self.keys, &subject.key));
            self.link_view(link, brings.collect::<Stored<_>>()?)
        })
        .collect()
    }

    fn link_view(&self, link: &StaffLink, brings: Vec<SubjectHandle>) -> Stored<LinkView> {
        let StaffLink { confirmed, row } = link;
        let end = |handle: &SubjectHandle, key: &SubjectKey| LinkEnd {
            handle: handle.clone(),
            key: key.clone(),
        };
        Ok(LinkView {
            id: row.id.clone(),
            kind: row.kind,
            one: end(&row.one, &confirmed.one),
            other: end(&row.other, &confirmed.other),
            by: row.actor_name.clone(),
            made_at: row.made_at,
            reason: self.open(REASON, row.id.as_str(), &row.reason_sealed)?,
            brings,
        })
    }
}

impl StaffLink {
    fn names(&self, keys: &BTreeSet<&SubjectKey>) -> bool {
        keys.contains(&self.confirmed.one) || keys.contains(&self.confirmed.other)
    }

    fn linked_by(&self) -> LinkedBy {
        LinkedBy {
            by: self.row.actor_name.clone(),
            at: self.row.made_at,
        }
    }
}

/// What grouping needs of links.
pub(super) fn confirmed_of(links: &[StaffLink]) -> Vec<Confirmed> {
    links.iter().map(|link| link.confirmed.clone()).collect()
}

/// A whole merge set, with what staff confirmed of its members.
#[derive(Debug, Clone)]
pub(super) struct Whole {
    /// Canonical first.
    pub(super) subjects: Vec<Subject>,
    /// The links that name a member.
    links: Vec<StaffLink>,
}

impl Whole {
    pub(super) fn new(subjects: Vec<Subject>, links: Vec<StaffLink>) -> Self {
        let keys: BTreeSet<_> = subjects.iter().map(|subject| &subject.key).collect();
        let links = links.into_iter().filter(|link| link.names(&keys)).collect();
        Self { subjects, links }
    }

    /// What a request for these members is bound to: the links that name one of them.
    pub(super) fn link_ids(&self, members: &[NewMember]) -> BTreeSet<LinkId> {
        let is_member = |end: &SubjectHandle| members.iter().any(|one| one.handle == *end);
        let rows = self.links.iter().map(|link| &link.row);
        let hers = rows.filter(|row| is_member(&row.one) || is_member(&row.other));
        hers.map(|row| row.id.clone()).collect()
    }

    /// Who confirmed of each member that it is there, and when; in the order of the members.
    pub(super) fn linked_by(&self) -> Vec<Option<LinkedBy>> {
        let confirmed = confirmed_of(&self.links);
        let by = |id: LinkId| {
            let mut links = self.links.iter();
            links
                .find(|link| link.row.id == id)
                .map(StaffLink::linked_by)
        };
        let brought = matching::brought_by(&self.subjects, &confirmed);
        brought.into_iter().map(|id| by(id?)).collect()
    }
}

/// The sets of what was found. One that was parted from these, and in which nothing was found itself, is left out: it is another
/// person's, whom nobody searched.
pub(super) fn sets_of(
    subjects: Vec<Subject>,
    links: &[StaffLink],
    is_found: impl Fn(&Subject) -> bool,
) -> Vec<Vec<Subject>> {
    let confirmed = confirmed_of(links);
    let parted = confirmed.iter().filter(|link| link.kind == LinkKind::Part);
    let parted: BTreeSet<_> = parted.flat_map(|link| [&link.one, &link.other]).collect();
    let mut sets = matching::group(subjects, &confirmed);
    sets.retain(|set| {
        set.iter().any(&is_found) || !set.iter().any(|subject| parted.contains(&subject.key))
    });
    sets
}
