//! Systems: their descriptions, sealed because they hold credentials, and whether a person paused them.

use app::model::{Millis, SystemId};

use super::{Db, StoreError, Tx};
use crate::params;

/// A system as stored.
#[derive(Debug, Clone)]
pub struct SystemRow {
    pub id: SystemId,
    pub name: String,
    pub spec_sealed: Vec<u8>,
    pub paused: bool,
}

impl Tx {
    /// Writes a system down; one of the same id is replaced.
    pub async fn system_put(&mut self, system: &SystemRow, now: Millis) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO system (id, name, spec_sealed, paused, created_at)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (id) DO UPDATE SET name = $2, spec_sealed = $3",
            params![
                system.id.as_str(),
                &system.name,
                system.spec_sealed.clone(),
                system.paused,
                now
            ],
        )
        .await?;
        Ok(())
    }

    /// Pauses or resumes a system. False: there is none of that id.
    pub async fn system_pause(&mut self, id: &SystemId, paused: bool) -> Result<bool, StoreError> {
        let changed = self
            .run(
                "UPDATE system SET paused = $2 WHERE id = $1",
                params![id.as_str(), paused],
            )
            .await?;
        Ok(changed == 1)
    }
}

impl Db {
    /// All systems in the order of their names.
    pub async fn systems(&self) -> Result<Vec<SystemRow>, StoreError> {
        let rows = self
            .all(
                "SELECT id, name, spec_sealed, paused FROM system ORDER BY name, id",
                &[],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(SystemRow {
                    id: row.parsed("id", "system.id", |t| t.parse().ok())?,
                    name: row.text("name")?,
                    spec_sealed: row.blob("spec_sealed")?,
                    paused: row.int("paused")? == 1,
                })
            })
            .collect()
    }

    /// The systems that a person paused.
    pub async fn systems_paused(&self) -> Result<Vec<SystemId>, StoreError> {
        let rows = self
            .all("SELECT id FROM system WHERE paused = 1 ORDER BY id", &[])
            .await?;
        rows.iter()
            .map(|row| row.parsed("id", "system.id", |t| t.parse().ok()))
            .collect()
    }
}
