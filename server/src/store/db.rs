//! Two databases behind one set of calls: an enum of pools, `$N` placeholders, and transactions that can't be left open.

mod value;

use std::path::Path;
use std::time::Duration;

use futures::future::BoxFuture;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgRow, Postgres};
use sqlx::sqlite::{
    Sqlite, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, Executor, Row as _, Transaction};

use super::migrations;
pub use value::Value;
pub(crate) use value::over_list;

/// Why the store did not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("database")]
    Database(#[from] sqlx::Error),
    #[error("migration")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("the database is newer than this program: schema {found}, known up to {known}")]
    Newer { found: i64, known: i64 },
    /// A stored value is not what its column promises. Names the place, never the value.
    #[error("inconsistent: {place}")]
    Inconsistent { place: &'static str },
    #[error("sealed value in {place}")]
    Sealed { place: &'static str },
    #[error("a transaction was cut off")]
    CutOff,
}

impl StoreError {
    /// Whether a constraint of that kind was violated: someone else was first.
    pub fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(why)) if why.is_unique_violation())
    }

    /// Whether the same transaction may succeed when run again: a deadlock, a busy database, or one that is being started anew.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(why)) => {
                why.code().is_some_and(|code| is_passing(&code))
            }
            Self::Database(sqlx::Error::PoolTimedOut | sqlx::Error::Io(_)) => true,
            _ => false,
        }
    }
}

/// A row of either database.
#[derive(Debug)]
pub enum Row {
    Sqlite(SqliteRow),
    Pg(PgRow),
}

macro_rules! getters {
    ($($(#[$doc:meta])* $name:ident -> $type:ty;)*) => {$(
        $(#[$doc])*
        pub fn $name(&self, column: &str) -> Result<$type, StoreError> {
            Ok(match self {
                Self::Sqlite(row) => row.try_get(column)?,
                Self::Pg(row) => row.try_get(column)?,
            })
        }
    )*};
}

impl Row {
    getters! {
        /// A text that is never null.
        text -> String;
        /// A text or null.
        maybe_text -> Option<String>;
        /// A number that is never null.
        int -> i64;
        /// A number or null.
        maybe_int -> Option<i64>;
        /// Bytes that are never null.
        blob -> Vec<u8>;
        /// Bytes or null.
        maybe_blob -> Option<Vec<u8>>;
    }

    /// A text parsed into a type of the model; `place` names table and column if it does not fit.
    pub fn parsed<T>(
        &self,
        column: &str,
        place: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        parse(&self.text(column)?).ok_or(StoreError::Inconsistent { place })
    }
}

macro_rules! bound {
    ($sql:expr, $params:expr) => {{
        let mut query = sqlx::query($sql);
        for value in $params {
            query = match value.clone() {
                Value::Text(v) => query.bind(v),
                Value::Int(v) => query.bind(v),
                Value::Blob(v) => query.bind(v),
            };
        }
        query
    }};
}

/// The two databases, where their SQL must differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Pg,
}

/// A database's schema beside this program's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    /// The newest migration that was run; 0 for none.
    pub found: i64,
    /// The newest that this program has.
    pub known: i64,
}

/// The database: one writer and several readers on SQLite, a pool on PostgreSQL.
#[derive(Debug, Clone)]
pub enum Db {
    Sqlite {
        readers: SqlitePool,
        writer: SqlitePool,
    },
    Pg(PgPool),
}

const READERS: u32 = 4;
const PG_CONNECTIONS: u32 = 16;

impl Db {
    /// Opens (makes, if need be) a SQLite file and brings its schema up to date.
    pub async fn sqlite(file: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .pragma("journal_size_limit", "67108864")
            // Pages that every request writes go into the file once for many of them.
            .pragma("wal_autocheckpoint", "8192")
            .pragma("cache_size", "-8192")
            .disable_statement_logging();
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.clone())
            .await?;
        refuse_newer(newest_sqlite(&writer).await?)?;
        migrations::of(Dialect::Sqlite).run(&writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .min_connections(1)
            .connect_with(options.read_only(true).pragma("query_only", "1"))
            .await?;
        Ok(Self::Sqlite { readers, writer })
    }

    /// Opens a PostgreSQL database and brings its schema up to date, under its advisory lock.
    pub async fn postgres(url: &str) -> Result<Self, StoreError> {
        let options = url
            .parse::<PgConnectOptions>()?
            .options([
                ("statement_timeout", "30s"),
                ("lock_timeout", "10s"),
                ("idle_in_transaction_session_timeout", "30s"),
                // Compiling a query takes longer than any of ours runs.
                ("jit", "off"),
            ])
            .disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(PG_CONNECTIONS)
            // A future dropped inside `begin` can give back a connection that is still in a transaction. A bare ROLLBACK warns
            // where there is none; this warns of nothing, and fails in an aborted one, which closes the connection.
            .after_release(|connection, _| {
                Box::pin(async move {
                    connection.execute(sqlx::raw_sql("BEGIN; ROLLBACK")).await?;
                    Ok(true)
                })
            })
            .connect_with(options)
            .await?;
        refuse_newer(newest_pg(&pool).await?)?;
        migrations::of(Dialect::Pg).run(&pool).await?;
        Ok(Self::Pg(pool))
    }

    pub fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite { .. } => Dialect::Sqlite,
            Self::Pg(_) => Dialect::Pg,
        }
    }

    /// The file of a database that is one.
    pub fn file(&self) -> Option<std::path::PathBuf> {
        match self {
            Self::Sqlite { writer, .. } => Some(writer.connect_options().get_filename().to_owned()),
            Self::Pg(_) => None,
        }
    }

    /// All rows of a read.
    pub async fn all(&self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, StoreError> {
        Ok(match self {
            Self::Sqlite { readers, .. } => {
                rows(bound!(sql, params).fetch_all(readers).await?, Row::Sqlite)
            }
            Self::Pg(pool) => rows(bound!(sql, params).fetch_all(pool).await?, Row::Pg),
        })
    }

    /// The only row of a read, if there is one.
    pub async fn one(
        &self,
        sql: &'static str,
        params: &[Value],
    ) -> Result<Option<Row>, StoreError> {
        Ok(match self {
            Self::Sqlite { readers, .. } => bound!(sql, params)
                .fetch_optional(readers)
                .await?
                .map(Row::Sqlite),
            Self::Pg(pool) => bound!(sql, params).fetch_optional(pool).await?.map(Row::Pg),
        })
    }

    /// Runs one transaction: committed if `work` succeeds, rolled back if it does not. The caller's future may be dropped at
    /// any time; the transaction still ends, for it runs in a task of its own.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        let db = self.clone();
        let task = tokio::spawn(async move {
            let mut tx = db.begin().await?;
            match work(&mut tx).await {
                Ok(done) => {
                    tx.commit().await?;
                    Ok(done)
                }
                Err(why) => {
                    // The first error is the one to tell; a failed rollback ends with the connection.
                    let _ = tx.rollback().await;
                    Err(why)
                }
            }
        });
        task.await
            .unwrap_or_else(|_| Err(StoreError::CutOff.into()))
    }

    async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            // A deferred transaction that turns to writing gets SQLITE_BUSY at once: take the lock first.
            Self::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Self::Pg(pool) => Tx::Pg(pool.begin().await?),
        })
    }

    /// The schema of a SQLite file, without changing it; nothing found where there is no file.
    pub async fn sqlite_schema(file: &Path) -> Result<Schema, StoreError> {
        let known = migrations::newest();
        if !file.exists() {
            return Ok(Schema { found: 0, known });
        }
        let options = SqliteConnectOptions::new().filename(file).read_only(true);
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options)
            .await?;
        let found = newest_sqlite(&pool).await;
        pool.close().await;
        Ok(Schema {
            found: found?,
            known,
        })
    }

    /// Copies a SQLite database, as of one instant, into a file that is empty or not there. Writers go on meanwhile.
    pub async fn sqlite_copy(from: &Path, to: &Path) -> Result<(), StoreError> {
        let options = SqliteConnectOptions::new().filename(from).read_only(true);
        let mut connection = options.connect().await?;
        let copied = sqlx::query("VACUUM INTO $1")
            .bind(to.to_string_lossy().into_owned())
            .execute(&mut connection)
            .await;
        connection.close().await?;
        copied?;
        Ok(())
    }

    /// The schema of a PostgreSQL database, without changing it.
    pub async fn postgres_schema(url: &str) -> Result<Schema, StoreError> {
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(5))
            .connect(url)
            .await?;
        let found = newest_pg(&pool).await;
        pool.close().await;
        Ok(Schema {
            found: found?,
            known: migrations::newest(),
        })
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.one("SELECT 1 AS one", &[]).await.map(|_| ())
    }

    /// Ends all connections, SQLite's write-ahead log put into its file.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { readers, writer } => {
                readers.close().await;
                // Best effort: the log is replayed on the next start otherwise.
                let _ = writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").await;
                writer.close().await;
            }
            Self::Pg(pool) => pool.close().await,
        }
    }
}

/// A transaction in progress; only [`Db::write`] makes one.
#[derive(Debug)]
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Pg(Transaction<'static, Postgres>),
}

impl Tx {
    pub fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Pg(_) => Dialect::Pg,
        }
    }

    /// Runs a statement; gives the number of rows it changed.
    pub async fn run(&mut self, sql: &'static str, params: &[Value]) -> Result<u64, StoreError> {
        Ok(match self {
            Self::Sqlite(tx) => bound!(sql, params)
                .execute(&mut **tx)
                .await?
                .rows_affected(),
            Self::Pg(tx) => bound!(sql, params)
                .execute(&mut **tx)
                .await?
                .rows_affected(),
        })
    }

    /// All rows of a statement.
    pub async fn all(
        &mut self,
        sql: &'static str,
        params: &[Value],
    ) -> Result<Vec<Row>, StoreError> {
        Ok(match self {
            Self::Sqlite(tx) => rows(bound!(sql, params).fetch_all(&mut **tx).await?, Row::Sqlite),
            Self::Pg(tx) => rows(bound!(sql, params).fetch_all(&mut **tx).await?, Row::Pg),
        })
    }

    /// The only row of a statement, if there is one.
    pub async fn one(
        &mut self,
        sql: &'static str,
        params: &[Value],
    ) -> Result<Option<Row>, StoreError> {
        Ok(match self {
            Self::Sqlite(tx) => bound!(sql, params)
                .fetch_optional(&mut **tx)
                .await?
                .map(Row::Sqlite),
            Self::Pg(tx) => bound!(sql, params)
                .fetch_optional(&mut **tx)
                .await?
                .map(Row::Pg),
        })
    }

    async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Pg(tx) => tx.commit().await?,
        }
        Ok(())
    }

    async fn rollback(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.rollback().await?,
            Self::Pg(tx) => tx.rollback().await?,
        }
        Ok(())
    }
}

fn rows<R>(rows: Vec<R>, wrap: impl Fn(R) -> Row) -> Vec<Row> {
    rows.into_iter().map(wrap).collect()
}

/// Codes of PostgreSQL, five characters, and of SQLite, numbers.
fn is_passing(code: &str) -> bool {
    match code {
        // A deadlock, a lock that did not come in time, a server that stops or starts, too many connections.
        "40001" | "40P01" | "55P03" | "57P01" | "57P02" | "57P03" | "53300" => true,
        // Busy: at once, after a crash, or with a snapshot that is too old; and locked.
        "5" | "261" | "517" | "6" => true,
        // The connection broke.
        code => code.len() == 5 && code.starts_with("08"),
    }
}

fn refuse_newer(found: i64) -> Result<(), StoreError> {
    let known = migrations::newest();
    if found > known {
        Err(StoreError::Newer { found, known })
    } else {
        Ok(())
    }
}

async fn newest_sqlite(pool: &SqlitePool) -> Result<i64, StoreError> {
    let made = sqlx::query("SELECT 1 FROM sqlite_master WHERE name = '_sqlx_migrations'");
    if made.fetch_optional(pool).await?.is_none() {
        return Ok(0);
    }
    let newest = sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations");
    Ok(newest.fetch_one(pool).await?)
}

async fn newest_pg(pool: &PgPool) -> Result<i64, StoreError> {
    let made: Option<String> = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations')::text")
        .fetch_one(pool)
        .await?;
    if made.is_none() {
        return Ok(0);
    }
    let newest = sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations");
    Ok(newest.fetch_one(pool).await?)
}

#[cfg(test)]
mod tests;
