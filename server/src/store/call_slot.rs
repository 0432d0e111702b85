//! Slots of calls: how servers that share a PostgreSQL keep a system's rate budget together. Nobody shares a SQLite file.

use std::time::Duration;

use app::model::SystemId;

use super::{Db, Row, StoreError};
use crate::params;

/// A slot to be taken.
#[derive(Debug, Clone, Copy)]
pub struct TakeSlot<'a> {
    pub system: &'a SystemId,
    /// Slots of another budget are left alone.
    pub per_second: u32,
    /// How long after its last use a slot may be used again.
    pub second: Duration,
    /// How late its calls may leave.
    pub grace: Duration,
    /// Who takes it.
    pub by: &'a str,
    /// How many wait behind her.
    pub behind: u32,
}

/// A slot as it is.
#[derive(Debug, Clone)]
pub struct SlotRow {
    /// In how long it may be used again.
    pub free_in: Duration,
    /// Who took it last.
    pub by: Option<String>,
    /// How many waited behind her then.
    pub behind: u32,
    /// Whether her call waits or may just leave.
    pub in_use: bool,
}

macro_rules! now {
    () => {
        "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"
    };
}

impl Db {
    /// Takes the slot that is free first. Gives in how long it may be used; nothing if there is none of that budget, or if others are
    /// taking all of them at this moment.
    pub async fn slot_take(&self, take: &TakeSlot<'_>) -> Result<Option<Duration>, StoreError> {
        // One statement and so a transaction by itself. One that is further ahead than a minute was taken before the clock was set back.
        let sql = concat!(
            "UPDATE call_slot SET taken_by = $5, behind = $6,
                used_until = $4 + GREATEST(",
            now!(),
            ", $3 + LEAST(used_until, 60000 + ",
            now!(),
            "))
             WHERE system_id = $1 AND slot = (
                SELECT slot FROM call_slot WHERE system_id = $1 AND per_second = $2
                ORDER BY used_until, slot LIMIT 1 FOR UPDATE SKIP LOCKED)
             RETURNING used_until - $4 - ",
            now!(),
            " AS wait"
        );
        let values = params![
            take.system.as_str(),
            take.per_second,
            millis(take.second),
            millis(take.grace),
            take.by,
            take.behind
        ];
        let row = self.one(sql, values).await?;
        row.map(|row| duration(&row, "wait")).transpose()
    }

    /// Makes the slots of a budget, unless they are there; those of another go. They are used as of now, or as of the latest of those.
    pub async fn slots_make(
        &self,
        system: &SystemId,
        per_second: u32,
        slots: u32,
    ) -> Result<(), StoreError> {
        let system = system.clone();
        self.write(move |tx| {
            Box::pin(async move {
                // Who makes them is alone; who takes one meanwhile is waited for.
                let alone = "SELECT 1 AS one FROM pg_advisory_xact_lock(hashtextextended('call_slot:' || $1, 0))";
                tx.one(alone, params![system.as_str()]).await?;
                let known = tx
                    .all(
                        "SELECT per_second, used_until FROM call_slot WHERE system_id = $1 FOR UPDATE",
                        params![system.as_str()],
                    )
                    .await?;
                let (mut same, mut last) = (0, 0);
                for row in &known {
                    last = last.max(row.int("used_until")?);
                    same += u32::from(row.int("per_second")? == i64::from(per_second));
                }
                if same == slots && known.len() == usize::try_from(slots).unwrap_or(usize::MAX) {
                    return Ok(());
                }
                let others = "DELETE FROM call_slot WHERE system_id = $1";
                tx.run(others, params![system.as_str()]).await?;
                let make = concat!(
                    "INSERT INTO call_slot (system_id, slot, per_second, used_until, behind)
                     SELECT $1, slot, $2, GREATEST($4, ",
                    now!(),
                    "), 0 FROM generate_series(1, $3) AS slot"
                );
                tx.run(make, params![system.as_str(), per_second, slots, last])
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// The slots of a budget, that which is free first at the beginning.
    pub async fn slots(
        &self,
        system: &SystemId,
        per_second: u32,
        second: Duration,
    ) -> Result<Vec<SlotRow>, StoreError> {
        let sql = concat!(
            "SELECT used_until + $3 - ",
            now!(),
            " AS free_in, taken_by, behind, used_until - ",
            now!(),
            " AS left
             FROM call_slot WHERE system_id = $1 AND per_second = $2 ORDER BY used_until, slot"
        );
        let values = params![system.as_str(), per_second, millis(second)];
        let rows = self.all(sql, values).await?;
        let slots = rows.iter().map(|row| {
            Ok(SlotRow {
                free_in: duration(row, "free_in")?,
                by: row.maybe_text("taken_by")?,
                behind: u32::try_from(row.int("behind")?).unwrap_or(u32::MAX),
                in_use: row.int("left")? > 0,
            })
        });
        slots.collect()
    }
}

/// What is over already is nothing.
fn duration(row: &Row, column: &str) -> Result<Duration, StoreError> {
    let millis = u64::try_from(row.int(column)?);
    Ok(Duration::from_millis(millis.unwrap_or_default()))
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
