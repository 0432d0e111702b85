//! How systems were: their checks by the hour. Holds codes only, nothing that a system said.

use app::model::{HealthHour, Millis, SystemId};

use super::{Db, Row, StoreError, Tx};
use crate::params;

impl Tx {
    /// Adds checks to those of the same hour.
    pub async fn health_add(
        &mut self,
        system: &SystemId,
        one: &HealthHour,
    ) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO health (system_id, hour, checks, failed, slowest, last_up_at, last_down_at, code)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (system_id, hour) DO UPDATE SET
                checks = health.checks + $3,
                failed = health.failed + $4,
                slowest = CASE WHEN health.slowest < $5 THEN $5 ELSE health.slowest END,
                last_up_at = CASE WHEN $6 > COALESCE(health.last_up_at, 0) THEN $6
                    ELSE health.last_up_at END,
                code = CASE WHEN $7 > COALESCE(health.last_down_at, 0) THEN $8
                    ELSE health.code END,
                last_down_at = CASE WHEN $7 > COALESCE(health.last_down_at, 0) THEN $7
                    ELSE health.last_down_at END",
            params![
                system.as_str(),
                one.hour,
                one.checks,
                one.failed,
                one.slowest,
                one.last_up_at,
                one.last_down_at,
                one.code.clone()
            ],
        )
        .await?;
        Ok(())
    }

    /// Forgets the hours that began before.
    pub async fn health_forget(&mut self, before: Millis) -> Result<(), StoreError> {
        self.run("DELETE FROM health WHERE hour < $1", params![before])
            .await?;
        Ok(())
    }
}

impl Db {
    /// A system's hours that began at that instant or later, the oldest first.
    pub async fn health_of_system(
        &self,
        system: &SystemId,
        since: Millis,
    ) -> Result<Vec<HealthHour>, StoreError> {
        let rows = self
            .all(
                "SELECT hour, checks, failed, slowest, last_up_at, last_down_at, code FROM health
                 WHERE system_id = $1 AND hour >= $2 ORDER BY hour",
                params![system.as_str(), since],
            )
            .await?;
        rows.iter().map(hour).collect()
    }
}

fn hour(row: &Row) -> Result<HealthHour, StoreError> {
    let count = |column| Ok::<_, StoreError>(u32::try_from(row.int(column)?).unwrap_or(u32::MAX));
    Ok(HealthHour {
        hour: row.int("hour")?,
        checks: count("checks")?,
        failed: count("failed")?,
        slowest: count("slowest")?,
        last_up_at: row.maybe_int("last_up_at")?,
        last_down_at: row.maybe_int("last_down_at")?,
        code: row.maybe_text("code")?,
    })
}
