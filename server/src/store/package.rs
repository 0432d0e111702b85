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

impl Tx {
    /// Stores the package of a request that has none. Belongs into the transaction that ends the task.
    pub async fn package_insert(&mut self, package: &PackageRow) -> Result<(), StoreError> {
        let bytes = i64::try_from(package.bytes).map_err(|_| StoreError::Inconsistent {
            place: "package.bytes",
        })?;
        self.run(
            "INSERT INTO package (request_id, file, bytes, sha256, made_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
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
}

impl Tx {
    /// Forgets a package whose file is gone.
    pub async fn package_delete(&mut self, request: &RequestId) -> Result<(), StoreError> {
        self.run(
            "DELETE FROM package WHERE request_id = $1",
            params![request.as_str()],
        )
        .await?;
        Ok(())
    }
}

impl Db {
    /// Requests whose packages can no longer be downloaded.
    pub async fn packages_expired(&self, now: Millis) -> Result<Vec<RequestId>, StoreError> {
        let sql =
            "SELECT request_id FROM package WHERE expires_at <= $1 ORDER BY expires_at LIMIT 1000";
        let rows = self.all(sql, params![now]).await?;
        let id = |row: &Row| {
            row.parsed("request_id", "package.request_id", |text| {
                RequestId::parse(text).ok()
            })
        };
        rows.iter().map(id).collect()
    }

    /// The package of a request, if one was made.
    pub async fn package_of_request(
        &self,
        id: &RequestId,
    ) -> Result<Option<PackageRow>, StoreError> {
        let row = self
            .one(
                "SELECT request_id, file, bytes, sha256, made_at, expires_at FROM package WHERE request_id = $1",
                params![id.as_str()],
            )
            .await?;
        row.as_ref().map(read).transpose()
    }
}

pub(super) fn read(row: &Row) -> Result<PackageRow, StoreError> {
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

#[cfg(test)]
pub(crate) mod tests {
    use futures::FutureExt as _;

    use super::*;

    /// A request that packages can belong to.
    pub(crate) async fn request(db: &Db) -> RequestId {
        let id = crate::clock::Clock::machine().id();
        let request = RequestId::parse(id.clone()).expect("an id");
        db.write(move |tx| {
            async move {
                tx.run(
                    "INSERT INTO request (id, root_id, position, rights, state, set_state, subject, subject_kind, target_sealed,
                     reason_sealed, actor, actor_name, plan_hash, open_tasks, created_at)
                     VALUES ($1, $1, 0, 'export', 'completed', 'completed', $1, 'user_id', $2, $2, 'a', 'a', 'h', 0, 0)",
                    params![&id, vec![0u8]],
                )
                .await
            }
            .boxed()
        })
        .await
        .expect("inserts");
        request
    }

    /// Stores the package.
    pub(crate) async fn insert(db: &Db, package: &PackageRow) -> Result<(), StoreError> {
        let package = package.clone();
        db.write(move |tx| async move { tx.package_insert(&package).await }.boxed())
            .await
    }

    #[tokio::test]
    async fn a_request_has_one_package_on_both_databases() {
        let folder = tempfile::tempdir().expect("a folder");
        let sqlite = Db::sqlite(&folder.path().join("db")).await.expect("opens");
        let mut databases = vec![sqlite];
        if let Ok(url) = std::env::var("HABEAS_TEST_POSTGRES") {
            databases.push(Db::postgres(&url).await.expect("opens"));
        }
        for db in databases {
            let request = request(&db).await;
            assert_eq!(db.package_of_request(&request).await.expect("reads"), None);
            let package = PackageRow {
                request: request.clone(),
                file: format!("{request}-1"),
                bytes: 5_000_000_000,
                sha256: "ab".repeat(32),
                made_at: 1,
                expires_at: 2,
            };
            insert(&db, &package).await.expect("inserts");
            let again = insert(&db, &package).await.expect_err("has one already");
            assert!(again.is_unique_violation());
            let read = db.package_of_request(&request).await.expect("reads");
            assert_eq!(read, Some(package));
        }
    }
}
