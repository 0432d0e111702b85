//! Looks that are taken after an erasure: one row per erased record, claimed for a while by who looks.

use app::model::{Look, LookStep, Millis, RequestId};

use super::{Db, Dialect, Row, StoreError, Tx};
use crate::params;

/// A record whose looks are to be taken.
#[derive(Debug, Clone)]
pub struct NewRecheckRow {
    pub request: RequestId,
    pub root: RequestId,
    pub erased_at: Millis,
    /// What is searched for.
    pub sealed: Vec<u8>,
}

/// As stored.
#[derive(Debug, Clone)]
pub struct RecheckRow {
    pub request: RequestId,
    pub root: RequestId,
    pub erased_at: Millis,
    /// The next look, or the last once `due_at` is empty.
    pub step: LookStep,
    pub due_at: Option<Millis>,
    /// Counts claims of this look: who writes with another number is too late.
    pub attempt: i64,
    pub sealed: Option<Vec<u8>>,
    pub looks: Vec<Look>,
}

/// What a look leaves behind.
#[derive(Debug, Clone)]
pub struct Looked {
    pub step: LookStep,
    pub due_at: Option<Millis>,
    /// From 0 again for the next look.
    pub attempt: i64,
    pub sealed: Option<Vec<u8>>,
    pub looks: Vec<Look>,
}

macro_rules! columns {
    () => {
        "request_id, root_id, erased_at, step, due_at, attempt, sealed, looks"
    };
}

macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "UPDATE recheck SET attempt = attempt + 1, leased_until = $2
             WHERE request_id = (SELECT request_id FROM recheck
                WHERE due_at <= $1 AND leased_until <= $1 ORDER BY due_at, request_id LIMIT 1",
            $lock,
            ") RETURNING ",
            columns!()
        )
    };
}

impl Tx {
    /// Writes down that a record is looked for from now on; not again where it is already.
    pub async fn recheck_insert(&mut self, new: &NewRecheckRow) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO recheck (request_id, root_id, erased_at, step, due_at, sealed)
             VALUES ($1, $2, $3, $4, $3, $5) ON CONFLICT (request_id) DO NOTHING",
            params![
                new.request.as_str(),
                new.root.as_str(),
                new.erased_at,
                LookStep::AtOnce.as_str(),
                new.sealed.clone(),
            ],
        )
        .await?;
        Ok(())
    }

    /// Takes the look that has been due for longest, until that instant; nothing if none is due.
    pub async fn recheck_claim(
        &mut self,
        now: Millis,
        until: Millis,
    ) -> Result<Option<RecheckRow>, StoreError> {
        let sql = match self.dialect() {
            Dialect::Sqlite => claim!(""),
            Dialect::Pg => claim!(" FOR UPDATE SKIP LOCKED"),
        };
        let row = self.one(sql, params![now, until]).await?;
        row.as_ref().map(recheck).transpose()
    }

    /// Writes down what came of the look that this row was claimed for. False: another has it by now.
    pub async fn recheck_looked(
        &mut self,
        claimed: &RecheckRow,
        looked: &Looked,
    ) -> Result<bool, StoreError> {
        let looks = serde_json::to_string(&looked.looks);
        let looks = looks.map_err(|_| StoreError::Inconsistent {
            place: "recheck.looks",
        })?;
        let written = self
            .run(
                "UPDATE recheck SET step = $4, due_at = $5, attempt = $6, leased_until = 0, sealed = $7,
                    looks = $8 WHERE request_id = $1 AND step = $2 AND attempt = $3",
                params![
                    claimed.request.as_str(),
                    claimed.step.as_str(),
                    claimed.attempt,
                    looked.step.as_str(),
                    looked.due_at,
                    looked.attempt,
                    looked.sealed.clone(),
                    looks,
                ],
            )
            .await?;
        Ok(written == 1)
    }
}

impl Db {
    /// Whether a claim would find something: a read, so that waiting never takes the write lock.
    pub async fn recheck_is_due(&self, now: Millis) -> Result<bool, StoreError> {
        let sql = "SELECT 1 AS due FROM recheck WHERE due_at <= $1 AND leased_until <= $1 LIMIT 1";
        Ok(self.one(sql, params![now]).await?.is_some())
    }

    /// The looks of a set's records, canonical first.
    pub async fn rechecks_of_root(&self, root: &RequestId) -> Result<Vec<RecheckRow>, StoreError> {
        let sql = concat!(
            "SELECT ",
            columns!(),
            " FROM recheck WHERE root_id = $1 ORDER BY request_id"
        );
        let rows = self.all(sql, params![root.as_str()]).await?;
        rows.iter().map(recheck).collect()
    }
}

fn recheck(row: &Row) -> Result<RecheckRow, StoreError> {
    Ok(RecheckRow {
        request: row.parsed("request_id", "recheck.request_id", |t| t.parse().ok())?,
        root: row.parsed("root_id", "recheck.root_id", |t| t.parse().ok())?,
        erased_at: row.int("erased_at")?,
        step: row.parsed("step", "recheck.step", LookStep::parse)?,
        due_at: row.maybe_int("due_at")?,
        attempt: row.int("attempt")?,
        sealed: row.maybe_blob("sealed")?,
        looks: row.parsed("looks", "recheck.looks", |t| serde_json::from_str(t).ok())?,
    })
}
