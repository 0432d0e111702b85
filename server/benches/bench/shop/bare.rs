//! A connection to the database of a shop, without Habeas: the least that its work could be.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use futures::TryStreamExt;
use serde_json::{Map, Value};
use sqlx::{AssertSqlSafe, Column, Connection, Row};
use sqlx::{PgConnection, SqliteConnection};

pub(super) enum Bare {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// The same statements for both.
macro_rules! on {
    ($bare:expr, $connection:ident => $work:expr) => {
        match $bare {
            Bare::Sqlite($connection) => $work,
            Bare::Postgres($connection) => $work,
        }
    };
}

impl Bare {
    /// Runs statements.
    pub(super) async fn run(&mut self, sql: String) -> anyhow::Result<()> {
        on!(self, connection => {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await?;
        });
        Ok(())
    }

    /// Reads what each of these finds for `id`; how many rows there are.
    pub(super) async fn read(&mut self, reads: &[String], id: &str) -> anyhow::Result<u64> {
        let mut rows = 0;
        on!(self, connection => for sql in reads {
            let found = sqlx::query(AssertSqlSafe(sql.clone())).bind(id);
            let mut found = found.fetch(&mut *connection);
            while found.try_next().await?.is_some() {
                rows += 1;
            }
        });
        Ok(rows)
    }

    /// Deletes what each of these finds for `id`, in one transaction; how many rows there were.
    pub(super) async fn delete(&mut self, deletes: &[String], id: &str) -> anyhow::Result<u64> {
        let mut rows = 0;
        on!(self, connection => {
            let mut tx = connection.begin().await?;
            for sql in deletes {
                let gone = sqlx::query(AssertSqlSafe(sql.clone())).bind(id);
                rows += gone.execute(&mut *tx).await?.rows_affected();
            }
            tx.commit().await?;
        });
        Ok(rows)
    }

    /// Every row read once and written once, as a line of JSON, safe on disk; how many there are.
    pub(super) async fn dump(
        &mut self,
        reads: &[String],
        id: &str,
        folder: &Path,
    ) -> anyhow::Result<u64> {
        let mut file = BufWriter::new(File::create(folder.join("dump.jsonl"))?);
        let mut written = 0;
        on!(self, connection => for sql in reads {
            let found = sqlx::query(AssertSqlSafe(sql.clone())).bind(id);
            let mut rows = found.fetch(&mut *connection);
            while let Some(row) = rows.try_next().await? {
                let mut line = Map::new();
                for column in row.columns() {
                    let says: Option<String> = row.try_get(column.ordinal())?;
                    line.insert(column.name().to_owned(), says.map_or(Value::Null, Value::String));
                }
                serde_json::to_writer(&mut file, &line)?;
                file.write_all(b"\n")?;
                written += 1;
            }
        });
        file.into_inner()?.sync_all()?;
        Ok(written)
    }

    pub(super) async fn close(self) -> anyhow::Result<()> {
        on!(self, connection => connection.close().await?);
        Ok(())
    }
}
