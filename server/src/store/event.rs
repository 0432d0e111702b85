//! Events: numbered without gaps under the lock of the set's root request.

use app::model::{Event, EventKind, Millis, RequestId};

use serde_json::{Value as Json, json};

use super::{Db, Dialect, StoreError, Tx};
use crate::params;

/// How many events one read gives at the most.
const PAGE: i64 = 500;

impl Tx {
    /// Appends an event to a set.
    pub async fn event_append(
        &mut self,
        root: &RequestId,
        request: &RequestId,
        at: Millis,
        kind: &EventKind,
    ) -> Result<(), StoreError> {
        self.events_append(root, request, at, std::slice::from_ref(kind))
            .await
    }

    /// Appends events of one request to its set, in this order. The root's row stays locked until the transaction ends, which is
    /// what makes numbers gap-free.
    pub async fn events_append(
        &mut self,
        root: &RequestId,
        request: &RequestId,
        at: Millis,
        kinds: &[EventKind],
    ) -> Result<(), StoreError> {
        let count = i64::try_from(kinds.len()).unwrap_or(i64::MAX);
        let place = |place| StoreError::Inconsistent { place };
        let numbered = (1..=count).zip(kinds).map(|(number, kind)| {
            let body = serde_json::to_string(kind)?;
            Ok(json!({ "number": number, "body": body }))
        });
        let list: serde_json::Result<Json> = numbered.collect();
        let list = list.map_err(|_| place("event.body"))?;
        // Both at once: what is sent apart takes longer to be sent than to be done.
        let sql = match self.dialect() {
            Dialect::Sqlite => {
                "UPDATE request SET last_event = last_event + $5 WHERE id = $2;
                 INSERT INTO event (root_id, seq, request_id, at, body)
                 SELECT $2, last_event - $5 + (list.value ->> 'number'), $3, $4, list.value ->> 'body'
                 FROM request, json_each($1) AS list WHERE request.id = $2"
            }
            Dialect::Pg => {
                "WITH root AS (UPDATE request SET last_event = last_event + $5 WHERE id = $2 RETURNING last_event)
                 INSERT INTO event (root_id, seq, request_id, at, body)
                 SELECT $2, last_event - $5 + CAST(list.value ->> 'number' AS BIGINT), $3, $4, list.value ->> 'body'
                 FROM root, json_array_elements(CAST($1 AS json)) AS list (value)"
            }
        };
        let values = params![list.to_string(), root.as_str(), request.as_str(), at, count];
        match self.run(sql, values).await? {
            0 => Err(place("event.root_id")),
            _ => Ok(()),
        }
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
