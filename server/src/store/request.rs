//! Requests: one row per right and subject, sets held together by `root_id`, the duplicate rule by a unique index.

use app::model::{IdentifierKind, Millis, RequestId, RequestState, Right, SubjectHandle};

use super::{Db, Dialect, Row, StoreError, Tx};
use crate::params;

/// A request to be made.
#[derive(Debug, Clone)]
pub struct NewRequestRow {
    pub id: RequestId,
    pub root: RequestId,
    /// 0 for the root, then in the order of the set.
    pub position: i64,
    pub right: Right,
    pub subject: SubjectHandle,
    pub subject_kind: IdentifierKind,
    pub target_sealed: Vec<u8>,
    pub reason_sealed: Vec<u8>,
    pub actor: String,
    pub actor_name: String,
    pub plan_hash: String,
    pub retry_of: Option<RequestId>,
    pub open_tasks: i64,
    pub exceptions: i64,
    pub created_at: Millis,
    /// By when it must have been answered.
    pub due_at: Millis,
}

/// A request as stored.
#[derive(Debug, Clone)]
pub struct RequestRow {
    pub id: RequestId,
    pub root: RequestId,
    pub position: i64,
    pub right: Right,
    pub state: RequestState,
    pub set_state: RequestState,
    pub subject: SubjectHandle,
    pub subject_kind: IdentifierKind,
    pub target_sealed: Vec<u8>,
    pub reason_sealed: Vec<u8>,
    pub actor: String,
    pub actor_name: String,
    pub plan_hash: String,
    pub retry_of: Option<RequestId>,
    pub retried_by: Option<RequestId>,
    pub open_tasks: i64,
    pub failed_tasks: i64,
    pub exceptions: i64,
    pub last_event: i64,
    pub created_at: Millis,
    pub due_at: Millis,
    pub ended_at: Option<Millis>,
}

/// What advancing a request writes.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    pub state: RequestState,
    pub open_tasks: i64,
    pub failed_tasks: i64,
    pub exceptions: i64,
    /// Set when it ends; it then is no longer in flight.
    pub ended_at: Option<Millis>,
}

macro_rules! select {
    ($($rest:tt)*) => {
        concat!(
            "SELECT id, root_id, position, rights, state, set_state, subject, subject_kind,
                target_sealed, reason_sealed, actor, actor_name, plan_hash, retry_of, retried_by,
                open_tasks, failed_tasks, exceptions, last_event, created_at, due_at, ended_at
             FROM request ",
            $($rest)*
        )
    };
}

// Below the macro that they read whole rows by.
mod list;
mod roots;

pub use list::{Beside, MemberCounts, ROOTS_PAGE};
pub(super) use list::{of_page, page_ids};

impl Tx {
    /// Writes a request down. False: the same is in flight already, and nothing was written.
    pub async fn request_insert(&mut self, new: &NewRequestRow) -> Result<bool, StoreError> {
        let state = RequestState::Received.as_str();
        let inserted = self
            .run(
                "INSERT INTO request (id, root_id, position, rights, state, set_state, subject,
                    subject_kind, target_sealed, reason_sealed, actor, actor_name, plan_hash,
                    retry_of, open_tasks, exceptions, created_at, due_at)
                 VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
                 ON CONFLICT (rights, subject) WHERE in_flight = 1 DO NOTHING",
                params![
                    new.id.as_str(),
                    new.root.as_str(),
                    new.position,
                    new.right.as_str(),
                    state,
                    new.subject.as_str(),
                    new.subject_kind.as_str(),
                    new.target_sealed.clone(),
                    new.reason_sealed.clone(),
                    &new.actor,
                    &new.actor_name,
                    &new.plan_hash,
                    new.retry_of.as_ref().map(RequestId::as_str),
                    new.open_tasks,
                    new.exceptions,
                    new.created_at,
                    new.due_at,
                ],
            )
            .await?;
        Ok(inserted == 1)
    }

    /// One request, as this transaction sees it.
    pub async fn request(&mut self, id: &RequestId) -> Result<Option<RequestRow>, StoreError> {
        let row = self
            .one(select!("WHERE id = $1"), params![id.as_str()])
            .await?;
        row.as_ref().map(request).transpose()
    }

    /// Locks the root of a set until the end of the transaction.
    async fn request_lock(&mut self, root: &RequestId) -> Result<(), StoreError> {
        // On SQLite the transaction itself is the lock. A stronger one would wait for those that only refer to the row, and they
        // may be waiting for us.
        if self.dialect() == Dialect::Pg {
            self.one(
                "SELECT id FROM request WHERE id = $1 FOR NO KEY UPDATE",
                params![root.as_str()],
            )
            .await?;
        }
        Ok(())
    }

    /// One request, under the lock of its root: it stays as it was read.
    pub async fn request_locked(
        &mut self,
        root: &RequestId,
        id: &RequestId,
    ) -> Result<Option<RequestRow>, StoreError> {
        self.request_lock(root).await?;
        self.request(id).await
    }

    /// All requests of a set, canonical first, under the lock of its root.
    pub async fn request_set_locked(
        &mut self,
        root: &RequestId,
    ) -> Result<Vec<RequestRow>, StoreError> {
        self.request_lock(root).await?;
        let rows = self
            .all(
                select!("WHERE root_id = $1 ORDER BY position"),
                params![root.as_str()],
            )
            .await?;
        rows.iter().map(request).collect()
    }

    /// The request in flight for the same right and subject.
    pub async fn request_in_flight(
        &mut self,
        right: Right,
        subject: &SubjectHandle,
    ) -> Result<Option<RequestRow>, StoreError> {
        let row = self
            .one(
                select!("WHERE rights = $1 AND subject = $2 AND in_flight = 1"),
                params![right.as_str(), subject.as_str()],
            )
            .await?;
        row.as_ref().map(request).transpose()
    }

    /// Whether an erasure of the subject was completed at that time or later, and did erase: not all of it was skipped.
    pub async fn subject_erased_since(
        &mut self,
        subject: &SubjectHandle,
        since: Millis,
    ) -> Result<bool, StoreError> {
        let row = self
            .one(
                "SELECT id FROM request WHERE subject = $1 AND rights = 'delete' AND ended_at >= $2
                    AND request.state IN ('completed', 'completed_with_exceptions')
                    AND EXISTS (SELECT 1 FROM task WHERE task.request_id = request.id
                        AND operation = 'delete' AND task.state = 'done') LIMIT 1",
                params![subject.as_str(), since],
            )
            .await?;
        Ok(row.is_some())
    }

    /// All requests for a subject that have ended, of every set.
    pub async fn requests_ended_of_subject(
        &mut self,
        subject: &SubjectHandle,
    ) -> Result<Vec<RequestRow>, StoreError> {
        let rows = self
            .all(
                select!("WHERE subject = $1 AND in_flight = 0 ORDER BY id"),
                params![subject.as_str()],
            )
            .await?;
        rows.iter().map(request).collect()
    }

    /// Writes how far a request is. The caller holds the root's lock.
    pub async fn request_progress(
        &mut self,
        id: &RequestId,
        progress: Progress,
    ) -> Result<(), StoreError> {
        self.run(
            "UPDATE request SET state = $2, open_tasks = $3, failed_tasks = $4, exceptions = $5,
                ended_at = $6, in_flight = CASE WHEN $6 IS NULL THEN 1 ELSE 0 END WHERE id = $1",
            params![
                id.as_str(),
                progress.state.as_str(),
                progress.open_tasks,
                progress.failed_tasks,
                progress.exceptions,
                progress.ended_at,
            ],
        )
        .await?;
        Ok(())
    }

    /// Writes the set's state on its root, and with it whether, and since when, the person has her answer.
    pub async fn request_set_state(
        &mut self,
        root: &RequestId,
        state: RequestState,
        now: Millis,
    ) -> Result<(), StoreError> {
        let answered = state.is_answer();
        self.run(
            "UPDATE request SET set_state = $2, answered = $3, answered_at = $4
             WHERE id = $1 AND set_state <> $2",
            params![
                root.as_str(),
                state.as_str(),
                answered,
                Some(now).filter(|_| answered),
            ],
        )
        .await?;
        Ok(())
    }

    /// Replaces what is stored of the target, e.g. by less once she is erased.
    pub async fn request_target(
        &mut self,
        id: &RequestId,
        sealed: Vec<u8>,
    ) -> Result<(), StoreError> {
        self.run(
            "UPDATE request SET target_sealed = $2 WHERE id = $1",
            params![id.as_str(), sealed],
        )
        .await?;
        Ok(())
    }

    /// A set that is tried again is answered by the one that tries it.
    pub async fn request_handed_on(&mut self, root: &RequestId) -> Result<(), StoreError> {
        self.run(
            "UPDATE request SET answered = 1 WHERE id = $1",
            params![root.as_str()],
        )
        .await?;
        Ok(())
    }

    /// Marks a request as tried again by another. False: it was already.
    pub async fn request_retried(
        &mut self,
        id: &RequestId,
        by: &RequestId,
    ) -> Result<bool, StoreError> {
        let changed = self
            .run(
                "UPDATE request SET retried_by = $2 WHERE id = $1 AND retried_by IS NULL",
                params![id.as_str(), by.as_str()],
            )
            .await?;
        Ok(changed == 1)
    }
}

impl Db {
    /// One request.
    pub async fn request_by_id(&self, id: &RequestId) -> Result<Option<RequestRow>, StoreError> {
        let row = self
            .one(select!("WHERE id = $1"), params![id.as_str()])
            .await?;
        row.as_ref().map(request).transpose()
    }

    /// All requests of a set, canonical first.
    pub async fn requests_of_root(&self, root: &RequestId) -> Result<Vec<RequestRow>, StoreError> {
        let rows = self
            .all(
                select!("WHERE root_id = $1 ORDER BY position"),
                params![root.as_str()],
            )
            .await?;
        rows.iter().map(request).collect()
    }

    /// The request in flight for the same right and subject.
    pub async fn request_in_flight(
        &self,
        right: Right,
        subject: &SubjectHandle,
    ) -> Result<Option<RequestRow>, StoreError> {
        let row = self
            .one(
                select!("WHERE rights = $1 AND subject = $2 AND in_flight = 1"),
                params![right.as_str(), subject.as_str()],
            )
            .await?;
        row.as_ref().map(request).transpose()
    }
}

fn request(row: &Row) -> Result<RequestRow, StoreError> {
    let id = |column, place| row.parsed(column, place, |t| t.parse::<RequestId>().ok());
    let maybe = |column: &str| -> Result<Option<RequestId>, StoreError> {
        row.maybe_text(column)?
            .map(|t| {
                t.parse().map_err(|_| StoreError::Inconsistent {
                    place: "request.retry",
                })
            })
            .transpose()
    };
    Ok(RequestRow {
        id: id("id", "request.id")?,
        root: id("root_id", "request.root_id")?,
        position: row.int("position")?,
        right: row.parsed("rights", "request.rights", Right::parse)?,
        state: row.parsed("state", "request.state", RequestState::parse)?,
        set_state: row.parsed("set_state", "request.set_state", RequestState::parse)?,
        subject: row.parsed("subject", "request.subject", |t| t.parse().ok())?,
        subject_kind: row.parsed(
            "subject_kind",
            "request.subject_kind",
            IdentifierKind::parse,
        )?,
        target_sealed: row.blob("target_sealed")?,
        reason_sealed: row.blob("reason_sealed")?,
        actor: row.text("actor")?,
        actor_name: row.text("actor_name")?,
        plan_hash: row.text("plan_hash")?,
        retry_of: maybe("retry_of")?,
        retried_by: maybe("retried_by")?,
        open_tasks: row.int("open_tasks")?,
        failed_tasks: row.int("failed_tasks")?,
        exceptions: row.int("exceptions")?,
        last_event: row.int("last_event")?,
        created_at: row.int("created_at")?,
        due_at: row.int("due_at")?,
        ended_at: row.maybe_int("ended_at")?,
    })
}
