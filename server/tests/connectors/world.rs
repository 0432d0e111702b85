//! What a kind of connector must provide to be tested, and words that the tests use.

use std::sync::Arc;

use app::model::{CollectionName, Disposition, Identifier, Operation, Subject, SubjectKey};
use async_trait::async_trait;
use futures::TryStreamExt;
use server::connectors::row::{Fields, read_row};
use server::connectors::{Call, Connector, ExportRow, Fault, Outcome, Sink};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::people::Person;

/// A system of one kind, made fresh for one test.
#[async_trait]
pub(crate) trait World: Send + Sync + Sized {
    /// Whether there is what it runs on. Its tests pass without a word where there is not.
    fn is_here() -> bool {
        true
    }
    /// A system that holds exactly these people, each with her record (if records live in it) and her `items`.
    /// Its telephone numbers are German where they do not say otherwise.
    async fn with(people: &[Person]) -> Self;
    /// The connector that speaks to it.
    fn connector(&self) -> Arc<dyn Connector>;
    /// The key by which this person is known in it.
    fn key(&self, person: &Person) -> SubjectKey;
    /// How many rows or files of hers there are at least.
    fn rows(&self, person: &Person) -> usize {
        person.items
    }
    /// Everything it holds of this person, kept and erased rows too, in a fixed order; not by way of the connector.
    async fn dump(&self, person: &Person) -> Vec<String>;
    /// Takes the whole system away.
    async fn vanish(&self);
}

/// The only call of a task.
pub(crate) fn call() -> Call {
    Call {
        token: "token".to_owned(),
        attempt: 1,
    }
}

/// What a search finds; the fault if it does not come to its end.
pub(crate) async fn search(
    connector: &dyn Connector,
    identifier: &Identifier,
) -> Result<Vec<Subject>, Fault> {
    connector.search(identifier).try_collect().await
}

/// The collections by which a key of this kind is found, children first.
pub(crate) fn collections(
    connector: &dyn Connector,
    key: &SubjectKey,
) -> Vec<(CollectionName, Disposition)> {
    let found = connector
        .inventory()
        .collections
        .iter()
        .filter(|c| c.found_by.contains(&key.kind()));
    let mut named: Vec<_> = found
        .map(|c| (c.name.clone(), c.disposition.clone()))
        .collect();
    named.reverse();
    named
}

/// Erases everything of hers, children first.
pub(crate) async fn erase(connector: &dyn Connector, key: &SubjectKey) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for (name, _) in collections(connector, key) {
        outcomes.push(connector.delete(&call(), key, &name).await.expect("erased"));
    }
    outcomes
}

/// How many rows of hers an operation would touch in all collections.
pub(crate) async fn preview(
    connector: &dyn Connector,
    key: &SubjectKey,
    operation: Operation,
) -> u64 {
    let mut rows = 0;
    for (name, _) in collections(connector, key) {
        rows += connector
            .preview(key, &name, operation, &[])
            .await
            .expect("counted");
    }
    rows
}

/// Everything of hers, as exported.
pub(crate) async fn export(connector: &dyn Connector, key: &SubjectKey) -> Taken {
    let mut taken = Taken::default();
    for (name, _) in collections(connector, key) {
        let before = taken.len();
        let outcome = connector
            .export(&call(), key, &name, &mut taken)
            .await
            .expect("exported");
        let after = taken.len();
        assert_eq!(
            outcome,
            Outcome {
                rows: (after - before) as u64,
                kept: 0
            },
            "{name} says what it gave"
        );
    }
    taken
}

/// A sink that keeps what it takes.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Taken {
    pub(crate) rows: Vec<Fields>,
    pub(crate) files: Vec<(String, Vec<u8>)>,
    /// Refuses with this fault once it has so many.
    pub(crate) full_at: Option<(usize, Fault)>,
}

impl Taken {
    /// Rows and files.
    pub(crate) fn len(&self) -> usize {
        self.rows.len() + self.files.len()
    }

    fn room(&self) -> Result<(), Fault> {
        match self.full_at {
            Some((full, fault)) if self.len() >= full => Err(fault),
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl Sink for Taken {
    async fn row(&mut self, row: ExportRow) -> Result<(), Fault> {
        self.room()?;
        self.rows
            .push(read_row(&row.into_json()).expect("is a row"));
        Ok(())
    }

    async fn file(
        &mut self,
        name: &str,
        content: &mut (dyn AsyncRead + Send + Unpin),
    ) -> Result<(), Fault> {
        self.room()?;
        let mut bytes = Vec::new();
        content.read_to_end(&mut bytes).await.expect("readable");
        self.files.push((name.to_owned(), bytes));
        Ok(())
    }
}
