//! Systems: their descriptions, sealed because they say where credentials are, and whether a person paused them.

use app::model::{Millis, SystemId};

use super::{Db, Row, StoreError, Tx};
use crate::params;

/// A system as stored.
#[derive(Debug, Clone)]
pub struct SystemRow {
    pub id: SystemId,
    pub name: String,
    pub spec_sealed: Vec<u8>,
    /// A password that was typed in a browser.
    pub password_sealed: Option<Vec<u8>>,
    pub paused: bool,
    pub described_at: Millis,
}

impl Tx {
    /// Writes a system down; one of the same id is replaced.
    pub async fn system_put(&mut self, system: &SystemRow) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO system (id, name, spec_sealed, password_sealed, paused, created_at, described_at)
             VALUES ($1, $2, $3, $4, $5, $6, $6)
             ON CONFLICT (id) DO UPDATE SET name = $2, spec_sealed = $3, password_sealed = $4, described_at = $6",
            params![
                system.id.as_str(),
                &system.name,
                system.spec_sealed.clone(),
                system.password_sealed.clone(),
                system.paused,
                system.described_at
            ],
        )
        .await?;
        Ok(())
    }

    /// Writes a system down unless there is one of that id. False: there is.
    pub async fn system_add(&mut self, system: &SystemRow) -> Result<bool, StoreError> {
        let known = "SELECT id FROM system WHERE id = $1";
        if !self
            .all(known, params![system.id.as_str()])
            .await?
            .is_empty()
        {
            return Ok(false);
        }
        self.system_put(system).await?;
        Ok(true)
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
        let sql = "SELECT id, name, spec_sealed, password_sealed, paused, described_at FROM system ORDER BY name, id";
        self.all(sql, &[]).await?.iter().map(system).collect()
    }

    /// When each system was described as it is.
    pub async fn systems_described(&self) -> Result<Vec<(SystemId, Millis)>, StoreError> {
        let rows = self.all("SELECT id, described_at FROM system", &[]).await?;
        rows.iter()
            .map(|row| Ok((id(row)?, row.int("described_at")?)))
            .collect()
    }

    /// The systems that a person paused.
    pub async fn systems_paused(&self) -> Result<Vec<SystemId>, StoreError> {
        let rows = self
            .all("SELECT id FROM system WHERE paused = 1 ORDER BY id", &[])
            .await?;
        rows.iter().map(id).collect()
    }
}

fn id(row: &Row) -> Result<SystemId, StoreError> {
    row.parsed("id", "system.id", |text| text.parse().ok())
}

fn system(row: &Row) -> Result<SystemRow, StoreError> {
    Ok(SystemRow {
        id: id(row)?,
        name: row.text("name")?,
        spec_sealed: row.blob("spec_sealed")?,
        password_sealed: row.maybe_blob("password_sealed")?,
        paused: row.int("paused")? == 1,
        described_at: row.int("described_at")?,
    })
}
