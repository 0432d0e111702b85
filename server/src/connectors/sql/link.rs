//! One connection to a database of any kind, and its rows.

use futures::stream::{BoxStream, StreamExt};
use sqlx::error::BoxDynError;
use sqlx::mysql::{MySqlArguments, MySqlDatabaseError, MySqlRow};
use sqlx::postgres::{PgArguments, PgDatabaseError, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments as _, Connection as _, Executor as _};
use sqlx::{MySqlConnection, PgConnection, SqliteConnection};

use super::cell::{Cell, Raw};
use super::quote::Statement;
use super::{mysql, postgres, sqlite};
use crate::connectors::{Fault, FaultCode};

/// One connection.
#[derive(Debug)]
pub(super) enum Link {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
    MySql(MySqlConnection),
}

/// One row, as it came.
#[derive(Debug)]
pub(super) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
    MySql(MySqlRow),
}

impl Row {
    /// One value, where it is.
    pub(super) fn raw(&self, at: usize) -> Result<Raw<'_>, Fault> {
        match self {
            Self::Sqlite(row) => sqlite::raw(row, at),
            Self::Postgres(row) => postgres::raw(row, at),
            Self::MySql(row) => mysql::raw(row, at),
        }
    }

    /// One value.
    pub(super) fn cell(&self, at: usize) -> Result<Cell, Fault> {
        self.raw(at).map(Cell::from)
    }
}

/// Rows as the connection gives them.
type Fetched<'a> = BoxStream<'a, Result<Row, Fault>>;

impl Link {
    /// Runs a statement for its rows.
    pub(super) fn fetch<'a>(
        &'a mut self,
        statement: &Statement,
        values: &[Cell],
    ) -> Result<Fetched<'a>, Fault> {
        Ok(match self {
            Self::Sqlite(link) => {
                let rows = statement.query(for_sqlite(values)?).fetch(link);
                rows.map(|row| row.map(Row::Sqlite).map_err(fault)).boxed()
            }
            Self::Postgres(link) => {
                let rows = statement.query(for_postgres(values)?).fetch(link);
                rows.map(|row| row.map(Row::Postgres).map_err(fault))
                    .boxed()
            }
            Self::MySql(link) => {
                let rows = statement.query(for_mysql(values)?).fetch(link);
                rows.map(|row| row.map(Row::MySql).map_err(fault)).boxed()
            }
        })
    }

    /// Runs a statement for the number of rows that it changes.
    pub(super) async fn execute(
        &mut self,
        statement: &Statement,
        values: &[Cell],
    ) -> Result<u64, Fault> {
        let changed = match self {
            Self::Sqlite(link) => {
                let query = statement.query(for_sqlite(values)?);
                query.execute(link).await.map(|done| done.rows_affected())
            }
            Self::Postgres(link) => {
                let query = statement.query(for_postgres(values)?);
                query.execute(link).await.map(|done| done.rows_affected())
            }
            Self::MySql(link) => {
                let query = statement.query(for_mysql(values)?);
                query.execute(link).await.map(|done| done.rows_affected())
            }
        };
        changed.map_err(fault)
    }

    /// Runs words of ours that give no rows.
    pub(super) async fn run(&mut self, words: &'static str) -> Result<(), Fault> {
        let words = sqlx::raw_sql(words);
        match self {
            Self::Sqlite(link) => link.execute(words).await.map(drop),
            Self::Postgres(link) => link.execute(words).await.map(drop),
            Self::MySql(link) => link.execute(words).await.map(drop),
        }
        .map_err(fault)
    }

    /// Whether the other end still answers.
    pub(super) async fn ping(&mut self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(link) => link.ping().await,
            Self::Postgres(link) => link.ping().await,
            Self::MySql(link) => link.ping().await,
        }
        .map_err(fault)
    }

    /// Says goodbye.
    pub(super) async fn close(self) {
        // Whoever does not hear it sees the connection end.
        let _ = match self {
            Self::Sqlite(link) => link.close().await,
            Self::Postgres(link) => link.close().await,
            Self::MySql(link) => link.close().await,
        };
    }
}

/// As they are: SQLite's values have types, not its columns.
fn for_sqlite(values: &[Cell]) -> Result<SqliteArguments, Fault> {
    let mut to = SqliteArguments::default();
    for value in values {
        let added = match value {
            Cell::Null => to.add(None::<String>),
            Cell::Bool(truth) => to.add(*truth),
            Cell::Int(n) => to.add(*n),
            Cell::Natural(n) => to.add(n.to_string()),
            Cell::Real(n) => to.add(*n),
            Cell::Text(text) => to.add(text.clone()),
            Cell::Broken(_) => Err("not UTF-8".into()),
            Cell::Blob(bytes) => to.add(bytes.clone()),
        };
        added.map_err(|_: BoxDynError| Fault::stop(FaultCode::Mismatch))?;
    }
    Ok(to)
}

/// As texts, which the statements cast: so a statement's parameters have the same types in every call.
macro_rules! texts {
    ($name:ident -> $arguments:ty) => {
        fn $name(values: &[Cell]) -> Result<$arguments, Fault> {
            let mut to = <$arguments>::default();
            for value in values {
                let added = match value {
                    Cell::Blob(bytes) => to.add(bytes.clone()),
                    other => to.add(other.shown()),
                };
                added.map_err(|_| Fault::stop(FaultCode::Mismatch))?;
            }
            Ok(to)
        }
    };
}
texts!(for_postgres -> PgArguments);
texts!(for_mysql -> MySqlArguments);

/// What an error means. Its text is never passed on: it may hold values.
pub(super) fn fault(error: sqlx::Error) -> Fault {
    use FaultCode as C;
    match error {
        sqlx::Error::Database(error) => {
            if let Some(error) = error.try_downcast_ref::<PgDatabaseError>() {
                postgres::by_code(error.code())
            } else if let Some(error) = error.try_downcast_ref::<MySqlDatabaseError>() {
                mysql::by_number(error.number(), error.code().unwrap_or_default())
            } else {
                sqlite::by_code(error.code().and_then(|c| c.parse().ok()).unwrap_or(0))
            }
        }
        // What rustls does not accept: a certificate of another host, or signed by nobody that we trust.
        sqlx::Error::Io(why) if why.kind() == std::io::ErrorKind::InvalidData => untrusted(),
        sqlx::Error::Tls(_) => untrusted(),
        sqlx::Error::Io(_) => Fault::retry(C::Unreachable),
        sqlx::Error::WorkerCrashed => Fault::retry(C::Internal),
        // The answer makes no sense: it was cut off, or the other end is no database.
        sqlx::Error::Protocol(_) => Fault::retry(C::CutOff),
        _ => Fault::stop(C::Mismatch),
    }
}

/// Trying again would not help: its operator has to mend the certificate, or the description.
fn untrusted() -> Fault {
    tracing::warn!(
        "a database did not prove who it is: see `sslmode` and `sslrootcert` of its description"
    );
    Fault::stop(FaultCode::Unreachable)
}
