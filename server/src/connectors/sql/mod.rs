//! Connector to a relational database, as its operator describes it. See `dialect` for the indexes that make it quick.
//!
//! Whose a row is, is decided by ids alone, to the byte: an id column of the row, or the rows that own it. Whether content
//! matches is decided in normal form, here: the database only narrows down what is looked at.

mod cell;
mod change;
mod check;
mod database;
mod dialect;
mod hers;
mod quote;
mod record;
mod search;
mod table;
#[cfg(test)]
mod tests;

use std::path::Path;

use app::model::{
    CollectionName, Disposition, Identifier, IdentifierKind, Inventory, Replacement, Subject,
    SubjectKey,
};
use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use tokio::sync::OnceCell;

use self::cell::Values;
use self::database::{Database, bounded, count, next, rows};
use self::dialect::Pool;
use self::hers::Hers;
use self::record::Record;
use self::search::Search;
use self::table::Table;
use super::kinds::OpenError;
use super::spec::SystemSpec;
use super::{Call, Connector, ExportRow, Fault, FaultCode, Operation, Outcome, Repeat, Sink};
use crate::matching::Country;

/// One database.
#[derive(Debug)]
pub struct Sql {
    spec: SystemSpec,
    country: Country,
    inventory: Inventory,
    resolves: Vec<IdentifierKind>,
    tables: Vec<Table>,
    database: Database,
    /// Set once the database was seen to be as described.
    checked: OnceCell<()>,
}

impl Sql {
    /// Opens the database that the description names, relative to the data folder. If it can't be reached now, it is
    /// opened all the same, and checked when it first can be.
    ///
    /// # Errors
    /// [`OpenError::Differs`] names every table and column that is not as described.
    pub async fn open(spec: SystemSpec, country: Country, path: &Path) -> Result<Self, OpenError> {
        let tables: Vec<Table> = spec
            .collections
            .iter()
            .map(|c| Table::new(&spec, c))
            .collect();
        let resolves = spec.resolves();
        let (inventory, database) = (spec.inventory(), Database::new(path.to_owned()));
        let checked = OnceCell::new();
        let sql = Self {
            spec,
            country,
            inventory,
            resolves,
            tables,
            database,
            checked,
        };
        let Ok(differences) = sql.differences().await else {
            return Ok(sql);
        };
        if !differences.is_empty() {
            return Err(OpenError::Differs { differences });
        }
        // Set by nobody else yet.
        let _ = sql.checked.set(());
        Ok(sql)
    }

    async fn differences(&self) -> Result<Vec<String>, Fault> {
        bounded(check::differences(
            self.database.readers().await?,
            &self.spec,
        ))
        .await
    }

    /// Sees that the database is there, and once that it is as described.
    async fn ready(&self) -> Result<&Pool, Fault> {
        let pool = self.database.readers().await?;
        let check = || async {
            let differences = self.differences().await?;
            for difference in &differences {
                tracing::error!(system.id = %self.spec.id, difference, "system is not as described");
            }
            if differences.is_empty() {
                Ok(())
            } else {
                Err(Fault::stop(FaultCode::Mismatch))
            }
        };
        self.checked.get_or_try_init(check).await?;
        Ok(pool)
    }

    /// The collection, and its statements for this kind of key.
    fn hers(
        &self,
        key: &SubjectKey,
        collection: &CollectionName,
    ) -> Result<(&Table, &Hers), Fault> {
        let table = self.tables.iter().find(|t| t.spec.name == *collection);
        let found = table.and_then(|t| Some((t, t.hers.iter().find(|h| h.kind == key.kind())?)));
        found.ok_or(Fault::stop(FaultCode::Mismatch))
    }

    async fn counted(&self, key: &SubjectKey, statement: &quote::Statement) -> Result<u64, Fault> {
        let values = Values::hers(key.identifier());
        count(self.ready().await?, statement, &values).await
    }

    async fn searching<'a>(&'a self, identifier: &'a Identifier) -> Result<Search<'a>, Fault> {
        if !self.inventory.searchable_by(identifier.kind()) {
            return Err(Fault::stop(FaultCode::Mismatch));
        }
        let pool = self.ready().await?;
        Ok(Search::new(
            &self.spec.id,
            self.country,
            pool,
            &self.tables,
            identifier,
        ))
    }

    async fn record(&self, key: &SubjectKey) -> Result<Option<Subject>, Fault> {
        let pool = self.ready().await?;
        let values = Values::hers(key.identifier());
        let mut records = Vec::new();
        for table in &self.tables {
            let fit = table.records.iter().filter(|(id, _)| id.fits(key));
            records.extend(fit.map(|(_, statement)| (table, statement)));
        }
        for (table, statement) in records {
            let Some(row) = next(&mut rows(pool, statement, &values)?).await? else {
                continue;
            };
            let record = Record::read(table, &row)?;
            let (system, country) = (&self.spec.id, self.country);
            return Ok(Some(record.subject(
                key.clone(),
                system,
                country,
                |_, _| false,
            )));
        }
        Ok(None)
    }
}

#[async_trait]
impl Connector for Sql {
    fn inventory(&self) -> &Inventory {
        &self.inventory
    }

    fn resolves(&self) -> &[IdentifierKind] {
        &self.resolves
    }

    fn is_home_of(&self, key: &SubjectKey) -> bool {
        self.spec.is_home_of(key)
    }

    fn repeat(&self, operation: Operation) -> Repeat {
        match operation {
            // The second time, no row says the old value any more.
            Operation::Update => Repeat::Probe,
            Operation::Export | Operation::Delete | Operation::Verify | Operation::Package => {
                Repeat::Natural
            }
        }
    }

    async fn health(&self) -> Result<(), Fault> {
        bounded(async {
            let pool = self.ready().await?;
            sqlx::query(dialect::PING)
                .fetch_one(pool)
                .await
                .map(drop)
                .map_err(dialect::fault)
        })
        .await
    }

    fn search<'a>(&'a self, identifier: &'a Identifier) -> BoxStream<'a, Result<Subject, Fault>> {
        let subjects = |search| {
            stream::try_unfold(search, |mut search: Search<'a>| async move {
                Ok(search.next().await?.map(|subject| (subject, search)))
            })
        };
        stream::once(bounded(self.searching(identifier)))
            .map_ok(subjects)
            .try_flatten()
            .boxed()
    }

    async fn resolve(&self, key: &SubjectKey) -> Result<Option<Subject>, Fault> {
        bounded(self.record(key)).await
    }

    async fn preview(
        &self,
        key: &SubjectKey,
        collection: &CollectionName,
        operation: Operation,
        replacements: &[Replacement],
    ) -> Result<u64, Fault> {
        let (table, hers) = self.hers(key, collection)?;
        let kept = matches!(table.spec.disposition, Disposition::Keep { .. });
        match operation {
            Operation::Update => {
                let pool = self.ready().await?;
                let found = (table, hers);
                let touched =
                    change::touched(pool, found, key.identifier(), replacements, self.country);
                Ok(touched.await?.rows)
            }
            Operation::Delete if !kept => self.counted(key, &hers.left).await,
            Operation::Verify => self.counted(key, &hers.left).await,
            Operation::Export | Operation::Delete | Operation::Package => {
                self.counted(key, &hers.count).await
            }
        }
    }

    async fn export(
        &self,
        _: &Call,
        key: &SubjectKey,
        collection: &CollectionName,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, Fault> {
        let (table, hers) = self.hers(key, collection)?;
        let values = Values::hers(key.identifier());
        let mut rows = rows(self.ready().await?, &hers.rows, &values)?;
        let mut outcome = Outcome::default();
        while let Some(row) = next(&mut rows).await? {
            let mut exported = ExportRow::default();
            for (at, field) in table.spec.fields.iter().enumerate() {
                let pushed = exported.push(&field.name, &dialect::raw(&row, at)?);
                pushed.map_err(|_| Fault::stop(FaultCode::Mismatch))?;
            }
            sink.row(exported).await?;
            outcome.rows += 1;
        }
        Ok(outcome)
    }

    async fn update(
        &self,
        _: &Call,
        key: &SubjectKey,
        collection: &CollectionName,
        replacements: &[Replacement],
    ) -> Result<Outcome, Fault> {
        let found = self.hers(key, collection)?;
        self.ready().await?;
        bounded(change::update(
            &self.database,
            found,
            key.identifier(),
            replacements,
            self.country,
        ))
        .await
    }

    async fn delete(
        &self,
        _: &Call,
        key: &SubjectKey,
        collection: &CollectionName,
    ) -> Result<Outcome, Fault> {
        let (_, hers) = self.hers(key, collection)?;
        self.ready().await?;
        bounded(change::erase(&self.database, hers, key.identifier())).await
    }

    async fn verify(&self, key: &SubjectKey, collection: &CollectionName) -> Result<u64, Fault> {
        let (_, hers) = self.hers(key, collection)?;
        self.counted(key, &hers.left).await
    }
}
