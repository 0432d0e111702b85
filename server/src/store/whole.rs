//! Questions to a database as a whole: whether it is in use, what time it has, and the copy that goes into a backup.

use std::path::Path;

use app::model::Millis;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{ConnectOptions, Connection, Executor};

use super::{Db, StoreError};

impl Db {
    /// Whether there is any system, contact or request: somebody works with it.
    pub async fn is_used(&self) -> Result<bool, StoreError> {
        let any = "SELECT 1 AS one FROM system UNION ALL SELECT 1 FROM contact UNION ALL SELECT 1 FROM request LIMIT 1";
        Ok(self.one(any, &[]).await?.is_some())
    }

    /// The time that a PostgreSQL server has. Opens nothing else and changes nothing.
    pub async fn postgres_now(url: &str) -> Result<Millis, StoreError> {
        let mut connection = PgConnection::connect(url).await?;
        let now = sqlx::query_scalar(
            "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
        );
        let now = now.fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok(now)
    }

    /// Takes out of a copy what lets people in: sessions, access tokens, links nobody has used. Who restores an old copy must not
    /// bring back what was ended since.
    pub async fn sqlite_forget_logins(copy: &Path) -> Result<(), StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(copy)
            // One file, whole at any time: a copy has no log beside it.
            .journal_mode(SqliteJournalMode::Delete)
            .pragma("secure_delete", "ON");
        let mut connection = options.connect().await?;
        let forget = "DELETE FROM session; DELETE FROM access_token; DELETE FROM sign_in_link WHERE used_at IS NULL";
        let forgotten = connection.execute(forget).await;
        connection.close().await?;
        forgotten?;
        Ok(())
    }
}
