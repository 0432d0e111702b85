//! Links that staff confirmed: one active of a kind between two records, undone rather than removed, emptied once she is erased.

use std::collections::BTreeSet;

use app::model::{LinkId, LinkKind, Millis, SubjectHandle};

use super::request::{ROOTS_PAGE, of_page};
use super::{Db, Row, StoreError, Tx, Value};
use crate::params;

/// A link to be written down.
#[derive(Debug, Clone)]
pub struct NewLinkRow {
    pub id: LinkId,
    pub kind: LinkKind,
    pub one: SubjectHandle,
    pub other: SubjectHandle,
    pub keys_sealed: Vec<u8>,
    pub reason_sealed: Vec<u8>,
    pub actor: String,
    pub actor_name: String,
    pub made_at: Millis,
}

/// An active link as stored.
#[derive(Debug, Clone)]
pub struct LinkRow {
    pub id: LinkId,
    pub kind: LinkKind,
    pub one: SubjectHandle,
    pub other: SubjectHandle,
    pub keys_sealed: Vec<u8>,
    pub reason_sealed: Vec<u8>,
    pub actor_name: String,
    pub made_at: Millis,
}

/// Who made a link, and who undid it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkActors {
    pub made_by: String,
    pub undone_by: Option<String>,
}

/// Both records in one text, whichever was named first.
fn pair(one: &SubjectHandle, other: &SubjectHandle) -> String {
    format!("{}/{}", one.min(other), one.max(other))
}

/// The handles for [`of_page!`], as many at a time as it has places; the last one stands in the places that are left.
fn places(handles: &[SubjectHandle]) -> Vec<Value> {
    let last = handles.last();
    let at = |at| handles.get(at).or(last).map(SubjectHandle::as_str);
    (0..ROOTS_PAGE)
        .map(|place| Value::from(at(place)))
        .collect()
}

/// The same, and an instant after them.
fn places_and(handles: &[SubjectHandle], at: Millis) -> Vec<Value> {
    let mut values = places(handles);
    values.push(at.into());
    values
}

const ACTIVE: &str = concat!(
    "SELECT id, kind, subject, other, keys_sealed, reason_sealed, actor_name, made_at
     FROM person_link WHERE undone_at IS NULL AND (subject IN (",
    of_page!(),
    ") OR other IN (",
    of_page!(),
    ")) ORDER BY id"
);

const UNDONE_JOINS: &str = concat!(
    "SELECT subject, other FROM person_link WHERE kind = 'join' AND undone_at IS NOT NULL AND (subject IN (",
    of_page!(),
    ") OR other IN (",
    of_page!(),
    "))"
);

impl Tx {
    /// Writes a link down. False: there is one of its kind between the two already, and nothing was written.
    pub async fn link_insert(&mut self, new: &NewLinkRow) -> Result<bool, StoreError> {
        let inserted = self
            .run(
                "INSERT INTO person_link (id, kind, subject, other, pair, keys_sealed, reason_sealed,
                    actor, actor_name, made_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                 ON CONFLICT (kind, pair) WHERE undone_at IS NULL DO NOTHING",
                params![
                    new.id.as_str(),
                    new.kind.as_str(),
                    new.one.as_str(),
                    new.other.as_str(),
                    pair(&new.one, &new.other),
                    new.keys_sealed.clone(),
                    new.reason_sealed.clone(),
                    &new.actor,
                    &new.actor_name,
                    new.made_at,
                ],
            )
            .await?;
        Ok(inserted == 1)
    }

    /// Undoes a link. False: it is not active.
    pub async fn link_undo(
        &mut self,
        id: &LinkId,
        at: Millis,
        by: &str,
        reason_sealed: Vec<u8>,
    ) -> Result<bool, StoreError> {
        let changed = self
            .run(
                "UPDATE person_link SET undone_at = $2, undone_by = $3, undo_reason_sealed = $4
                 WHERE id = $1 AND undone_at IS NULL",
                params![id.as_str(), at, by, reason_sealed],
            )
            .await?;
        Ok(changed == 1)
    }

    /// The active links that name any of these, as this transaction sees them.
    pub async fn links_of(
        &mut self,
        handles: &[SubjectHandle],
    ) -> Result<BTreeSet<LinkId>, StoreError> {
        let mut links = BTreeSet::new();
        for some in handles.chunks(ROOTS_PAGE) {
            for row in self.all(ACTIVE, &places(some)).await? {
                links.insert(link(&row)?.id);
            }
        }
        Ok(links)
    }

    /// Whether since that time staff confirmed that one of these is not whose she was taken for: a declared link was parted, or a
    /// join undone.
    pub async fn parted_since(
        &mut self,
        handles: &[SubjectHandle],
        since: Millis,
    ) -> Result<bool, StoreError> {
        for some in handles.chunks(ROOTS_PAGE) {
            let row = self.one(PARTED_SINCE, &places_and(some, since)).await?;
            if row.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Empties every link that names her, and ends those that are active; gives these.
    pub async fn links_forget(
        &mut self,
        subject: &SubjectHandle,
        at: Millis,
        by: &str,
    ) -> Result<Vec<LinkId>, StoreError> {
        let active = self.links_of(std::slice::from_ref(subject)).await?;
        self.run(
            "UPDATE person_link SET keys_sealed = NULL, reason_sealed = NULL, undo_reason_sealed = NULL,
                undone_at = COALESCE(undone_at, $2), undone_by = COALESCE(undone_by, $3)
             WHERE subject = $1 OR other = $1",
            params![subject.as_str(), at, by],
        )
        .await?;
        Ok(active.into_iter().collect())
    }
}

/// A join that was undone and made again has changed nothing; nor has what an erasure ended.
const PARTED_SINCE: &str = concat!(
    "SELECT id FROM person_link AS link WHERE keys_sealed IS NOT NULL AND (subject IN (",
    of_page!(),
    ") OR other IN (",
    of_page!(),
    ")) AND ((kind = 'part' AND made_at > $51 AND undone_at IS NULL)
        OR (kind = 'join' AND made_at <= $51 AND undone_at > $51
            AND NOT EXISTS (SELECT 1 FROM person_link AS again WHERE again.kind = 'join'
                AND again.pair = link.pair AND again.undone_at IS NULL)))
     LIMIT 1"
);

impl Db {
    /// [`Tx::parted_since`], to show it.
    pub async fn parted_since(
        &self,
        handles: &[SubjectHandle],
        since: Millis,
    ) -> Result<bool, StoreError> {
        for some in handles.chunks(ROOTS_PAGE) {
            let row = self.one(PARTED_SINCE, &places_and(some, since)).await?;
            if row.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The active links that name any of these; each once, in the order in which they were made.
    pub async fn links_of(&self, handles: &[SubjectHandle]) -> Result<Vec<LinkRow>, StoreError> {
        let mut links = Vec::new();
        for some in handles.chunks(ROOTS_PAGE) {
            for row in self.all(ACTIVE, &places(some)).await? {
                links.push(link(&row)?);
            }
        }
        links.sort_by(|a, b| a.id.cmp(&b.id));
        links.dedup_by(|a, b| a.id == b.id);
        Ok(links)
    }

    /// The records of joins that were undone, among these and beside them.
    pub async fn once_joined(
        &self,
        handles: &[SubjectHandle],
    ) -> Result<BTreeSet<SubjectHandle>, StoreError> {
        let mut joined = BTreeSet::new();
        for some in handles.chunks(ROOTS_PAGE) {
            for row in self.all(UNDONE_JOINS, &places(some)).await? {
                for (column, place) in [
                    ("subject", "person_link.subject"),
                    ("other", "person_link.other"),
                ] {
                    joined.insert(row.parsed(column, place, |t| t.parse().ok())?);
                }
            }
        }
        Ok(joined)
    }

    /// Whether there is any active link at all.
    pub async fn has_links(&self) -> Result<bool, StoreError> {
        let any = "SELECT id FROM person_link WHERE undone_at IS NULL LIMIT 1";
        Ok(self.one(any, &[]).await?.is_some())
    }

    /// Who made that link, and who undid it.
    pub async fn link_actors(&self, id: &LinkId) -> Result<Option<LinkActors>, StoreError> {
        let row = self
            .one(
                "SELECT actor, undone_by FROM person_link WHERE id = $1",
                params![id.as_str()],
            )
            .await?;
        row.map(|row| {
            Ok(LinkActors {
                made_by: row.text("actor")?,
                undone_by: row.maybe_text("undone_by")?,
            })
        })
        .transpose()
    }

    /// Who made the active link of that kind between the two.
    pub async fn link_maker(
        &self,
        kind: LinkKind,
        one: &SubjectHandle,
        other: &SubjectHandle,
    ) -> Result<Option<String>, StoreError> {
        let row = self
            .one(
                "SELECT actor FROM person_link WHERE kind = $1 AND pair = $2 AND undone_at IS NULL",
                params![kind.as_str(), pair(one, other)],
            )
            .await?;
        row.map(|row| row.text("actor")).transpose()
    }
}

fn link(row: &Row) -> Result<LinkRow, StoreError> {
    let handle = |column, place| row.parsed(column, place, |t| t.parse().ok());
    Ok(LinkRow {
        id: row.parsed("id", "person_link.id", |t| t.parse().ok())?,
        kind: row.parsed("kind", "person_link.kind", LinkKind::parse)?,
        one: handle("subject", "person_link.subject")?,
        other: handle("other", "person_link.other")?,
        keys_sealed: row.blob("keys_sealed")?,
        reason_sealed: row.blob("reason_sealed")?,
        actor_name: row.text("actor_name")?,
        made_at: row.int("made_at")?,
    })
}
