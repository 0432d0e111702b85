//! Fresh databases for store tests: SQLite always, PostgreSQL where `HABEAS_TEST_POSTGRES` names a server.

use server::secret::{sha256, token};
use server::store::Db;
use sqlx::Connection as _;

/// A fresh database, and how to open it again.
pub(crate) struct Fresh {
    pub(crate) name: &'static str,
    pub(crate) db: Db,
    /// For a second process: `sqlite:<file>` or a PostgreSQL URL.
    pub(crate) url: String,
    /// The folder of this test; removed at its end.
    pub(crate) folder: tempfile::TempDir,
}

/// One fresh database of each kind.
pub(crate) async fn fresh() -> Vec<Fresh> {
    let mut all = vec![sqlite().await];
    if let Ok(base) = std::env::var("HABEAS_TEST_POSTGRES") {
        all.push(postgres(&base).await);
    }
    for fresh in &all {
        // Shown when the test fails.
        eprintln!("database: {} at {}", fresh.name, fresh.url);
    }
    all
}

async fn sqlite() -> Fresh {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("habeas.db");
    let db = Db::sqlite(&file).await.expect("opens");
    Fresh {
        name: "sqlite",
        db,
        url: format!("sqlite:{}", file.display()),
        folder,
    }
}

async fn postgres(base: &str) -> Fresh {
    // Two tests may ask in the same millisecond; a token's hash is nobody else's.
    let name = format!("t{}", &sha256(token().as_bytes())[..32]);
    let mut admin = sqlx::PgConnection::connect(base)
        .await
        .expect("the test server");
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::query(create)
        .execute(&mut admin)
        .await
        .expect("creates");
    let (server, _) = base.rsplit_once('/').expect("a url with a database");
    let url = format!("{server}/{name}");
    let db = Db::postgres(&url).await.expect("opens");
    Fresh {
        name: "postgres",
        db,
        url,
        folder: tempfile::tempdir().expect("a folder"),
    }
}
