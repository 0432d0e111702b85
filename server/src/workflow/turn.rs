//! One change of one request: its state, its events and its evidence, written together and in as few statements as can be.

use app::model::{EventKind, RequestState};

use super::Engine;
use super::state::InFlight;
use crate::evidence;
use crate::ledger::OURS;
use crate::store::request::{Progress, RequestRow};
use crate::store::{StoreError, Tx};

/// A change of one request: all that is written of it, together.
pub(super) struct Turn<'a> {
    pub(super) engine: &'a Engine,
    pub(super) row: &'a RequestRow,
    pub(super) now: i64,
    /// What the browser is told, in this order.
    pub(super) events: Vec<EventKind>,
    /// The same, of the next phase.
    pub(super) then: Vec<EventKind>,
    /// What is kept as evidence, in this order.
    pub(super) done: Vec<evidence::Done>,
}

/// What was written of a turn.
pub(super) struct Written {
    /// All requests of the set as they are now, if this one's state changed.
    pub(super) set: Vec<RequestRow>,
    /// The set's chain of evidence, if something was added to it.
    pub(super) hash: Option<String>,
}

impl<'a> Turn<'a> {
    /// `row` is read under the lock of its root.
    pub(super) fn new(engine: &'a Engine, row: &'a RequestRow) -> Self {
        Self {
            engine,
            row,
            now: engine.clock.now(),
            events: Vec::new(),
            then: Vec::new(),
            done: Vec::new(),
        }
    }

    /// Writes all of it, and how far the request is by it.
    pub(super) async fn put(
        mut self,
        tx: &mut Tx,
        progress: Progress,
    ) -> Result<Written, StoreError> {
        let Self { row, now, .. } = self;
        tx.request_progress(&row.id, progress).await?;
        let mut set = Vec::new();
        if progress.state != row.state {
            set = tx.request_set_locked(&row.root).await?;
            let state = RequestState::of_set(set.iter().map(|member| member.state));
            tx.request_set_state(&row.root, state, now).await?;
            self.events.push(EventKind::StateChanged {
                state: progress.state,
            });
        }
        self.events.append(&mut self.then);
        let hash = self.tell(tx).await?;
        Ok(Written { set, hash })
    }

    /// The same for a request in flight.
    pub(super) async fn write(self, tx: &mut Tx, request: &InFlight) -> Result<(), StoreError> {
        let (open_tasks, failed_tasks, exceptions) = request.counts();
        let progress = Progress {
            state: request.state(),
            open_tasks,
            failed_tasks,
            exceptions,
            ended_at: None,
        };
        self.put(tx, progress).await.map(drop)
    }

    /// Writes its events and its evidence alone. Gives the hash of the set's chain, if something was added to it.
    pub(super) async fn tell(self, tx: &mut Tx) -> Result<Option<String>, StoreError> {
        let (root, now) = (&self.row.root, self.now);
        if !self.events.is_empty() {
            tx.events_append(root, &self.row.id, now, &self.events)
                .await?;
        }
        if self.done.is_empty() {
            return Ok(None);
        }
        let chain = (root.as_str(), OURS);
        let hash = evidence::append_each(tx, now, chain, &self.done).await?;
        Ok(Some(hash))
    }
}
