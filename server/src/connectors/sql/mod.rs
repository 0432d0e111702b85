//! Connector to a relational database, as its operator describes it. See `dialect` for the indexes that make it quick.
//!
//! Whose a row is, is decided by ids alone, to the byte: an id column of the row, or the rows that own it. Whether content
//! matches is decided in normal form, here: the database only narrows down what is looked at.

mod anonymise;
mod cell;
mod change;
mod check;
mod database;
mod dialect;
mod fit;
mod hers;
mod link;
mod live;
mod looks;
mod mysql;
mod order;
mod place;
mod pool;
mod postgres;
mod powers;
mod quote;
mod record;
mod remake;
mod search;
mod sqlite;
mod survey;
mod table;
#[cfg(test)]
mod tests;
mod whose;

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use app::model::{
    CollectionName, Disposition, Identifier, IdentifierKind, Inventory, Replacement, Subject,
    SubjectKey,
};
use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};

use self::cell::{Raw, Values};
use self::database::{Database, On, bounded, count, each_bounded, next};
pub use self::fit::misfit;
use self::hers::Hers;
pub use self::live::{Column, Shape};
use self::live::{Of, Schema};
pub use self::looks::{Look, Shares};
use self::place::{Place, Version};
use self::record::Record;
use self::search::Search;
pub use self::survey::{
    Foreign, Sampled, SeenColumn, SeenTable, Survey, SurveyError, Unusable, reach, survey,
};
use self::table::Table;
use super::kinds::OpenError;
use super::row::LeftOut;
use super::spec::{SpecError, SqlPlace, SystemSpec};
use super::{
    Call, Connector, Erased, Erasure, ExportRow, Fault, FaultCode, Operation, Outcome, Repeat,
    Salt, Sink, Trace, Whose,
};
use crate::matching::Country;
use crate::secret::Masks;

/// One database.
#[derive(Debug)]
pub struct Sql {
    spec: SystemSpec,
    country: Country,
    inventory: Inventory,
    resolves: Vec<IdentifierKind>,
    id_prefixes: Vec<String>,
    masks: Masks,
    database: Database,
    /// Set while the database is as it was when it was seen to be as described.
    seen: RwLock<Option<Seen>>,
    /// Who looks at it; the others wait.
    looking: tokio::sync::Mutex<()>,
}

/// A database that was seen to be as described.
#[derive(Debug, Clone)]
struct Seen {
    version: Version,
    tables: Arc<[Arc<Table>]>,
}

impl Seen {
    /// The collection, and its statements for this kind of key.
    fn hers(
        &self,
        key: &SubjectKey,
        collection: &CollectionName,
    ) -> Result<(&Table, &Hers), Fault> {
        let table = self.tables.iter().find(|t| t.spec.name == *collection);
        let found = table.and_then(|t| Some((&**t, t.hers.iter().find(|h| h.kind == key.kind())?)));
        found.ok_or(Fault::stop(FaultCode::Mismatch))
    }
}

impl Sql {
    /// Opens the database that the description names, relative to the data folder. If it can't be reached now, it is
    /// opened all the same, and checked when it first can be.
    ///
    /// # Errors
    /// [`OpenError::Differs`] names every table and column that is not as described; [`OpenError::Spec`] what is wrong with
    /// its URL.
    pub async fn open(
        spec: SystemSpec,
        country: Country,
        place: &SqlPlace,
        data: &Path,
        masks: &Masks,
    ) -> Result<Self, OpenError> {
        let place = Place::new(place, data).map_err(|reason| SpecError::Invalid {
            key: "sql.url".to_owned(),
            reason,
        })?;
        let sql = Self {
            country,
            inventory: spec.inventory(),
            resolves: spec.resolves(),
            id_prefixes: spec.id_prefixes(),
            masks: masks.clone(),
            database: Database::new(place),
            seen: RwLock::default(),
            looking: tokio::sync::Mutex::default(),
            spec,
        };
        match bounded(sql.look()).await {
            Ok(Looked::Differs(differences)) => Err(OpenError::Differs { differences }),
            Ok(Looked::Fits(_)) | Err(_) => Ok(sql),
        }
    }

    /// Sees whether the database is as described, and writes the statements for it.
    async fn look(&self) -> Result<Looked, Fault> {
        let version = self.database.version()?;
        let schema = Schema::read(&self.database, &self.spec).await?;
        let differences = check::differences(&self.database, &self.spec, &schema).await?;
        if !differences.is_empty() {
            return Ok(Looked::Differs(differences));
        }
        let dialect = self.database.dialect();
        let of = |spec| Of::new(dialect, &self.spec, &schema, spec);
        let of = self.spec.collections.iter().filter_map(of);
        let seen = Seen {
            version,
            tables: of.map(|of| Arc::new(Table::new(of))).collect(),
        };
        *self.seen.write().unwrap_or_else(PoisonError::into_inner) = Some(seen.clone());
        Ok(Looked::Fits(seen))
    }

    /// What was seen of the database, if that is still so.
    fn seen(&self) -> Result<Option<Seen>, Fault> {
        let version = self.database.version()?;
        let seen = self.seen.read().unwrap_or_else(PoisonError::into_inner);
        Ok(seen.clone().filter(|seen| seen.version == version))
    }

    /// Sees that the database is there, and once that it is as described.
    async fn ready(&self) -> Result<Seen, Fault> {
        if let Some(seen) = self.seen()? {
            return Ok(seen);
        }
        let _looking = self.looking.lock().await;
        if let Some(seen) = self.seen()? {
            return Ok(seen);
        }
        match bounded(self.look()).await? {
            Looked::Fits(seen) => Ok(seen),
            Looked::Differs(differences) => {
                for difference in &differences {
                    tracing::error!(system.id = %self.spec.id, difference, "system is not as described");
                }
                Err(Fault::stop(FaultCode::Mismatch))
            }
        }
    }

    /// An answer that was not as expected may come of a table that was changed: it is looked at again.
    fn heed(&self, fault: &Fault) {
        if fault.code() == FaultCode::Mismatch {
            self.database.outdate();
        }
    }

    /// Passes an answer on that may have been a fault.
    fn told<T>(&self, answer: Result<T, Fault>) -> Result<T, Fault> {
        answer.inspect_err(|fault| self.heed(fault))
    }

    async fn counted(
        &self,
        whose: Whose<'_>,
        collection: &CollectionName,
        statement: impl FnOnce(&Table, &Hers) -> quote::Statement,
    ) -> Result<u64, Fault> {
        let seen = self.ready().await?;
        let (table, hers) = seen.hers(whose.key, collection)?;
        let values = Values::whose(whose);
        self.told(count(&self.database, &statement(table, hers), &values).await)
    }

    async fn searching<'a>(&'a self, identifier: &'a Identifier) -> Result<Search<'a>, Fault> {
        if !self.inventory.searchable_by(identifier.kind()) {
            return Err(Fault::stop(FaultCode::Mismatch));
        }
        let seen = self.ready().await?;
        Ok(Search::new(
            &self.spec.id,
            self.country,
            &self.database,
            &seen.tables,
            identifier,
        ))
    }

    async fn record(&self, key: &SubjectKey) -> Result<Option<Subject>, Fault> {
        let seen = self.ready().await?;
        let values = Values::hers(key.identifier());
        let mut records = Vec::new();
        for table in seen.tables.iter() {
            let fit = table.records.iter().filter(|(id, _)| id.fits(key));
            records.extend(fit.map(|(_, statement)| (table, statement)));
        }
        for (table, statement) in records {
            let values = values.of(statement)?;
            let Some(row) = self.database.first(statement, values).await? else {
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

/// What a look at the database found.
enum Looked {
    Fits(Seen),
    /// One sentence each.
    Differs(Vec<String>),
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

    fn id_prefixes(&self) -> &[String] {
        &self.id_prefixes
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
            self.ready().await?;
            self.database.ping().await
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
            .map(|found| self.told(found))
            .boxed()
    }

    async fn resolve(&self, key: &SubjectKey) -> Result<Option<Subject>, Fault> {
        self.told(bounded(self.record(key)).await)
    }

    async fn preview(
        &self,
        key: &SubjectKey,
        collection: &CollectionName,
        operation: Operation,
        replacements: &[Replacement],
    ) -> Result<u64, Fault> {
        if operation == Operation::Update {
            let seen = self.ready().await?;
            let found = seen.hers(key, collection)?;
            let (on, whose) = (On::Readers(&self.database), Whose::alone(key));
            let touched = change::touched(on, found, whose, replacements, self.country);
            return Ok(self.told(touched.await)?.rows);
        }
        self.counted(Whose::alone(key), collection, |table, hers| {
            let kept = matches!(table.spec.disposition, Disposition::Keep { .. });
            let left = operation == Operation::Verify || operation == Operation::Delete && !kept;
            if left { &hers.left } else { &hers.count }.clone()
        })
        .await
    }

    async fn trace(
        &self,
        whose: Whose<'_>,
        collection: &CollectionName,
        operation: Operation,
        replacements: &[Replacement],
        salt: &Salt,
    ) -> Result<Trace, Fault> {
        let seen = self.ready().await?;
        let found = seen.hers(whose.key, collection)?;
        let on = On::Readers(&self.database);
        let (rows, marks) = match operation {
            Operation::Update => {
                let touched = change::touched(on, found, whose, replacements, self.country);
                (self.told(touched.await)?.rows, None)
            }
            Operation::Delete if found.1.erase.is_some() => {
                let marks = self.told(change::marks(on, found, whose, salt).await)?;
                (marks.len(), Some(marks))
            }
            _ => {
                let rows = self.preview(whose.key, collection, operation, replacements);
                (rows.await?, None)
            }
        };
        // What is only read is read whole; what is kept by law stays whoever shares it.
        let changes = match operation {
            Operation::Update => true,
            Operation::Delete => found.1.erase.is_some(),
            Operation::Export | Operation::Verify | Operation::Package => false,
        };
        let shared = match found.1.shared.as_ref().filter(|_| changes) {
            Some(shared) => {
                let values = Values::whose(whose);
                let counted = count(&self.database, &shared.count, &values).await;
                Some(self.told(counted)?)
            }
            None => None,
        };
        Ok(Trace {
            rows,
            marks,
            shared,
        })
    }

    async fn export(
        &self,
        _: &Call,
        key: &SubjectKey,
        collection: &CollectionName,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, Fault> {
        let seen = self.ready().await?;
        let (table, hers) = seen.hers(key, collection)?;
        let values = Values::hers(key.identifier()).of(&hers.rows)?;
        let mut rows = self.database.rows(&hers.rows, values);
        let mut outcome = Outcome::default();
        while let Some(row) = self.told(next(&mut rows).await)? {
            let mut exported = ExportRow::default();
            for (at, field) in table.spec.fields.iter().enumerate() {
                let pushed = match self.told(row.raw(at))? {
                    Raw::Null => exported.push(&field.name, &()),
                    _ if field.of.is_another() => exported.push(&field.name, &LeftOut),
                    raw => exported.push(&field.name, &raw),
                };
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
        whose: Whose<'_>,
        collection: &CollectionName,
        replacements: &[Replacement],
    ) -> Result<Outcome, Fault> {
        let seen = self.ready().await?;
        let updated = change::update(
            &self.database,
            seen.hers(whose.key, collection)?,
            whose,
            replacements,
            self.country,
        );
        self.told(bounded(updated).await)
    }

    async fn delete(
        &self,
        call: &Call,
        key: &SubjectKey,
        collection: &CollectionName,
    ) -> Result<Outcome, Fault> {
        let one = Erasure {
            collection,
            planned: None,
        };
        let erased = self.erase(call, Whose::alone(key), &[one], &[]).await;
        let outcomes = erased.map_err(|refused| refused.fault)?;
        outcomes
            .first()
            .copied()
            .ok_or(Fault::stop(FaultCode::Mismatch))
    }

    fn at_once(&self) -> bool {
        true
    }

    async fn erase(&self, _: &Call, whose: Whose<'_>, of: &[Erasure<'_>], salt: &Salt) -> Erased {
        let seen = self.ready().await?;
        let mut pieces = Vec::new();
        for one in of {
            let (table, hers) = seen.hers(whose.key, one.collection)?;
            let planned = one.planned;
            pieces.push(change::Piece {
                table,
                hers,
                planned,
            });
        }
        let erased = change::erase(&self.database, &pieces, whose, salt, &self.masks);
        let erased = each_bounded(pieces.len(), erased).await;
        if let Err(refused) = &erased {
            self.heed(&refused.fault);
        }
        erased
    }

    async fn verify(&self, whose: Whose<'_>, collection: &CollectionName) -> Result<u64, Fault> {
        self.counted(whose, collection, |_, hers| hers.left.clone())
            .await
    }
}
