//! Writes one SQLite database of the sample: many rows per statement, one transaction, indexes last.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, QueryBuilder, Sqlite, SqliteConnection};

use super::DemoError;

/// Rows of one statement. SQLite allows 32,766 values; a hundred rows are as quick as more.
const BATCH: usize = 100;

/// A value of a row.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Text(String),
    Whole(i64),
    Null,
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Whole(number)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A row of values, each anything that a [`Value`] can be made of.
macro_rules! row {
    ($($value:expr),+ $(,)?) => { vec![$($crate::demo::database::Value::from($value)),+] };
}
pub(super) use row;

/// What is left of a number when its signs are removed, as the indexes of telephone columns have it.
macro_rules! digits {
    ($column:literal) => {
        concat!(
            "replace(replace(replace(replace(replace(replace(replace(",
            $column,
            ",'+',''),'-',''),'(',''),')',''),' ',''),'/',''),'.','')"
        )
    };
}
pub(super) use digits;

/// The same of a column that also holds full-width digits and signs.
macro_rules! wide_digits {
    ($column:literal) => {
        concat!(
            "replace(replace(replace(replace(replace(replace(replace(replace(replace(",
            "replace(replace(replace(replace(replace(replace(replace(replace(replace(",
            $crate::demo::database::digits!($column),
            ",'０','0'),'１','1'),'２','2'),'３','3'),'４','4'),'５','5'),'６','6'),'７','7'),'８','8'),'９','9')",
            ",'＋',''),'－',''),'（',''),'）',''),'／',''),'．',''),'\u{3000}',''),'ー','')"
        )
    };
}
pub(super) use wide_digits;

/// A table, and the columns that are written.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: &'static [&'static str],
}

/// One database while it is being written.
pub(super) struct Database {
    connection: SqliteConnection,
    tables: &'static [Table],
    /// Rows not yet written, by table.
    waiting: Vec<Vec<Vec<Value>>>,
    /// Rows so far, by table.
    counts: Vec<u64>,
}

impl Database {
    /// Makes the file and its tables, and begins the one transaction.
    pub(super) async fn create(
        file: &Path,
        schema: &'static str,
        tables: &'static [Table],
    ) -> Result<Self, DemoError> {
        // Nothing is lost if this is cut off: an unfinished sample is made anew. Keys are checked at the end.
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Off)
            .synchronous(SqliteSynchronous::Off)
            .foreign_keys(false);
        let mut connection = SqliteConnection::connect_with(&options).await?;
        sqlx::raw_sql(schema).execute(&mut connection).await?;
        sqlx::raw_sql("BEGIN").execute(&mut connection).await?;
        let waiting = tables.iter().map(|_| Vec::new()).collect();
        Ok(Self {
            connection,
            tables,
            waiting,
            counts: vec![0; tables.len()],
        })
    }

    /// Adds a row to the n-th table; gives its number in that table, from 1.
    pub(super) fn add(&mut self, table: usize, row: Vec<Value>) -> i64 {
        debug_assert_eq!(row.len(), self.tables[table].columns.len());
        self.waiting[table].push(row);
        self.counts[table] += 1;
        self.counts[table] as i64
    }

    /// Writes what has piled up; to be called once per person.
    pub(super) async fn write_full(&mut self) -> Result<(), DemoError> {
        for table in 0..self.tables.len() {
            while self.waiting[table].len() >= BATCH {
                self.write(table).await?;
            }
        }
        Ok(())
    }

    async fn write(&mut self, table: usize) -> Result<(), DemoError> {
        let Table { name, columns } = &self.tables[table];
        let waiting = &mut self.waiting[table];
        let rows = waiting.drain(..waiting.len().min(BATCH));
        let mut query: QueryBuilder<Sqlite> =
            QueryBuilder::new(format!("INSERT INTO {name} ({}) ", columns.join(", ")));
        query.push_values(rows, |mut values, row| {
            for value in row {
                match value {
                    Value::Text(text) => values.push_bind(text),
                    Value::Whole(number) => values.push_bind(number),
                    Value::Null => values.push("NULL"),
                };
            }
        });
        query
            .build()
            .persistent(false)
            .execute(&mut self.connection)
            .await?;
        Ok(())
    }

    /// Writes the rest, makes the indexes and leaves the file in WAL mode. Gives how many rows there are.
    pub(super) async fn finish(mut self, indexes: &'static str) -> Result<u64, DemoError> {
        for table in 0..self.tables.len() {
            while !self.waiting[table].is_empty() {
                self.write(table).await?;
            }
        }
        sqlx::raw_sql("COMMIT")
            .execute(&mut self.connection)
            .await?;
        sqlx::raw_sql(indexes).execute(&mut self.connection).await?;
        sqlx::raw_sql("ANALYZE; PRAGMA journal_mode = WAL")
            .execute(&mut self.connection)
            .await?;
        self.connection.close().await?;
        Ok(self.counts.iter().sum())
    }
}

#[cfg(test)]
mod tests {
    use sqlx::Row;

    use super::*;

    const TABLES: [Table; 1] = [Table {
        name: "things",
        columns: &["id", "note"],
    }];

    #[tokio::test]
    async fn every_row_is_written_once_across_batches() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("things.db");
        let schema = "CREATE TABLE things (id INTEGER PRIMARY KEY, note TEXT)";
        let mut database = Database::create(&file, schema, &TABLES).await.unwrap();
        for n in 1..=250_i64 {
            let note = (n % 2 == 0).then(|| format!("it's {n}"));
            assert_eq!(database.add(0, row![n, note]), n);
            database.write_full().await.unwrap();
        }
        let index = "CREATE INDEX by_note ON things (lower(note))";
        assert_eq!(database.finish(index).await.unwrap(), 250);

        let options = SqliteConnectOptions::new().filename(&file);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        let row = sqlx::query("SELECT count(*), count(note), max(id) FROM things")
            .fetch_one(&mut connection)
            .await
            .unwrap();
        assert_eq!(
            (
                row.get::<i64, _>(0),
                row.get::<i64, _>(1),
                row.get::<i64, _>(2)
            ),
            (250, 125, 250)
        );
    }

    #[test]
    fn the_digits_expression_is_the_one_that_is_searched_with() {
        let expected = "replace(replace(replace(replace(replace(replace(replace(phone,'+',''),'-',''),'(',''),')',''),' ',''),'/',''),'.','')";
        assert_eq!(digits!("phone"), expected);
    }
}
