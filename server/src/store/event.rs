//! Events: numbered without gaps under the lock of the set's root request.

use app::model::{Event, EventKind, Millis, RequestId};

use super::{Db, StoreError, Tx};
use crate::params;

/// How many events one read gives at the most.
const PAGE: i64 = 500;

impl Tx {
    /// Appends an event to a set. The root's row stays locked until the transaction ends, which is what makes numbers gap-free.
    pub async fn event_append(
        &mut self,
        root: &RequestId,
        request: &RequestId,
        at: Millis,
        kind: &EventKind,
    ) -> Result<i64, StoreError> {
        let body = serde_json::to_string(kind).map_err(|_| StoreError::Inconsistent {
            place: "event.body",
        })?;
        let row = self
            .one(
                "UPDATE request SET last_event = last_event + 1 WHERE id = $1 RETURNING last_event",
                params![root.as_str()],
            )
            .await?
            .ok_or(StoreError::Inconsistent {
                place: "event.root_id",
            })?;
        let seq = row.int("last_event")?;
        self.run(
            "INSERT INTO event (root_id, seq, request_id, at, body) VALUES ($1, $2, $3, $4, $5)",
            params![root.as_str(), seq, request.as_str(), at, body],
        )
        .await?;
        Ok(seq)
    }
}

impl Db {
    /// Events of a set after a number, oldest first, at most 500.
    pub async fn events_after(&self, root: &RequestId, seq: i64) -> Result<Vec<Event>, StoreError> {
        let rows = self
            .all(
                "SELECT seq, request_id, at, body FROM event
                 WHERE root_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
                params![root.as_str(), seq, PAGE],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(Event {
                    seq: row.int("seq")?,
                    at: row.int("at")?,
                    request: row.parsed("request_id", "event.request_id", |t| t.parse().ok())?,
                    kind: row.parsed("body", "event.body", |t| serde_json::from_str(t).ok())?,
                })
            })
            .collect()
    }
}
