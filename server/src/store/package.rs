//! Finished packages, one per request.

use app::model::{Millis, RequestId};

use super::{Db, Row, StoreError, Tx};
use crate::params;

/// A package as it is stored: the file's name, and what is known of the ZIP inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageRow {
    pub request: RequestId,
    /// Its name in the folder of packages.
    pub file: String,
    /// Of the ZIP as downloaded.
    pub bytes: u64,
    /// Of the ZIP as downloaded; lower hex.
    pub sha256: String,
    pub made_at: Millis,
    /// From then on it can't be downloaded.
    pub expires_at: Millis,
}

/// Stores the package of a request that has none. Belongs into the transaction that ends the task.
pub async fn insert(tx: &mut Tx, package: &PackageRow) -> Result<(), StoreError> {
    let bytes = i64::try_from(package.bytes).map_err(|_| StoreError::Inconsistent {
        place: "package.bytes",
    })?;
    tx.run(
        "INSERT INTO package (request_id, file, bytes, sha256, made_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
        params![
            package.request.as_str(),
            &package.file,
            bytes,
            &package.sha256,
            package.made_at,
            package.expires_at
        ],
    )
    .await?;
    Ok(())
}

/// The package of a request, if one was made.
pub async fn by_request(db: &Db, request: &RequestId) -> Result<Option<PackageRow>, StoreError> {
    let row = db
        .one(
            "SELECT request_id, file, bytes, sha256, made_at, expires_at FROM package WHERE request_id = $1",
            params![request.as_str()],
        )
        .await?;
    row.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Result<PackageRow, StoreError> {
    Ok(PackageRow {
        request: row.parsed("request_id", "package.request_id", |text| {
            RequestId::parse(text).ok()
        })?,
        file: row.text("file")?,
        bytes: u64::try_from(row.int("bytes")?).map_err(|_| StoreError::Inconsistent {
            place: "package.bytes",
        })?,
        sha256: row.text("sha256")?,
        made_at: row.int("made_at")?,
        expires_at: row.int("expires_at")?,
    })
}
