//! Events: numbered without gaps under the lock of the set's root request.

use app::model::{Event, EventKind, Millis, RequestId};

use serde_json::{Value as Json, json};

use super::{Db, StoreError, Tx, over_list};
use crate::params;

/// How many events one read gives at the most.
const PAGE: i64 = 500;

impl Tx {
    /// Appends an event to a set. Gives its number.
    pub async fn event_append(
        &mut self,
        root: &RequestId,
        request: &RequestId,
        at: Millis,
        kind: &EventKind,
    ) -> Result<i64, StoreError> {
        self.events_append(root, request, at, std::slice::from_ref(kind))
            .await
    }

    /// Appends events of one request to its set, in this order. Gives the last number. The root's row stays locked until the
    /// transaction ends, which is what makes numbers gap-free.
    pub async fn events_append(
        &mut self,
        root: &RequestId,
        request: &RequestId,
        at: Millis,
        kinds: &[EventKind],
    ) -> Result<i64, StoreError> {
        let count = i64::try_from(kinds.len()).unwrap_or(i64::MAX);
        let row = self
            .one(
                "UPDATE request SET last_event = last_event + $2 WHERE id = $1 RETURNING last_event",
                params![root.as_str(), count],
            )
            .await?
            .ok_or(StoreError::Inconsistent {
                place: "event.root_id",
            })?;
        let last = row.int("last_event")?;
        let numbered = (last - count + 1..).zip(kinds);
        let numbered = numbered.map(|(seq, kind)| {
            let body = serde_json::to_string(kind)?;
            Ok(json!({ "seq": seq, "body": body }))
        });
        let list: serde_json::Result<Json> = numbered.collect();
        let list = list.map_err(|_| StoreError::Inconsistent {
            place: "event.body",
        })?;
        let sql = over_list!(
            self.dialect(),
            "INSERT INTO event (root_id, seq, request_id, at, body)
             SELECT $2, CAST(list.value ->> 'seq' AS BIGINT), $3, $4, list.value ->> 'body' FROM",
            ""
        );
        self.run(
            sql,
            params![list.to_string(), root.as_str(), request.as_str(), at],
        )
        .await?;
        Ok(last)
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
