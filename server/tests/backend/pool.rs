//! A connection that is given back in the middle of a transaction: the next user sees nothing of it, and nobody is warned.

use std::sync::{Arc, Mutex};

use server::store::Db;
use sqlx::Executor as _;
use tracing::subscriber::set_default;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use crate::databases::fresh;

/// Warnings that the server sent.
#[derive(Clone, Default)]
struct Warnings(Arc<Mutex<u32>>);

impl<S: tracing::Subscriber> Layer<S> for Warnings {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target().starts_with("sqlx")
            && *event.metadata().level() <= tracing::Level::WARN
        {
            *self.0.lock().expect("not poisoned") += 1;
        }
    }
}

impl Warnings {
    fn taken(&self) -> u32 {
        std::mem::take(&mut self.0.lock().expect("not poisoned"))
    }
}

/// Lets go of a connection after these statements, and waits until the pool has it back, or has closed it.
async fn leave(pool: &sqlx::PgPool, statements: &[&'static str]) {
    let mut connection = pool.acquire().await.expect("a connection");
    for statement in statements {
        // The last one may be there to fail.
        let _ = connection.execute(*statement).await;
    }
    connection.return_to_pool().await;
}

async fn number(db: &Db, sql: &'static str) -> i64 {
    let row = db.one(sql, &[]).await.expect("reads");
    row.expect("a row").int("n").expect("a number")
}

#[tokio::test]
async fn what_a_transaction_left_behind_is_gone_before_the_next_user() {
    let warnings = Warnings::default();
    let _guard = set_default(tracing_subscriber::registry().with(warnings.clone()));
    for fresh in fresh().await {
        let Db::Pg(pool) = &fresh.db else { continue };
        warnings.taken();
        for _ in 0..20 {
            fresh.db.ping().await.expect("answers");
        }
        leave(pool, &["SELECT 1"]).await;
        assert_eq!(warnings.taken(), 0, "nothing to warn of");
        let insert = "INSERT INTO staff (id, name, created_at) VALUES ('s', 'S', 0)";
        for left in [
            &["BEGIN", insert][..],
            &["BEGIN", insert, "SELECT 1 / 0"][..],
        ] {
            leave(pool, left).await;
            let open = "SELECT COUNT(*) AS n FROM pg_stat_activity
                WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
            assert_eq!(number(&fresh.db, open).await, 0, "{left:?}");
            assert_eq!(
                number(&fresh.db, "SELECT COUNT(*) AS n FROM staff").await,
                0
            );
            let tx = "SELECT COUNT(pg_current_xact_id_if_assigned()) AS n";
            assert_eq!(number(&fresh.db, tx).await, 0);
        }
        let write = fresh
            .db
            .write(|tx| Box::pin(async move { tx.run("UPDATE staff SET name = 'T'", &[]).await }));
        let written: Result<u64, server::store::StoreError> = write.await;
        assert_eq!(written.expect("writes"), 0);
    }
}
