//! What a database holds, told by its catalogue and by what a few of its values look like. Reads only; keeps names and counts.

use std::path::Path;

use app::model::Power;

use super::check::{alike, holds_ids};
use super::database::{Database, bounded, next};
use super::live::{self, Column, Live, Shape, all, text, truth};
use super::looks::Shares;
use super::place::Place;
use super::powers::powers;
use super::quote::Sql;
use crate::connectors::spec::{SqlPlace, check_name};
use crate::connectors::{Fault, FaultCode};

/// Why a database was not looked through. Holds nothing of any row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SurveyError {
    /// Its URL makes no sense.
    #[error("the database's URL {reason}")]
    Place { reason: String },
    #[error("the database {}", remedy(.0.code()))]
    Fault(Fault),
}

impl From<Fault> for SurveyError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

fn remedy(code: FaultCode) -> &'static str {
    match code {
        FaultCode::Unreachable => {
            "can't be reached: check that it is up, and its host, port, file and certificate (`sslmode`, `sslrootcert`)"
        }
        FaultCode::Denied => {
            "refuses us: check the user, where its password is, and that it may read the catalogue"
        }
        FaultCode::Mismatch => "is not there, or is none: check its name",
        FaultCode::Timeout => "does not answer in time: try again when it has less to do",
        _ => "broke off: try again",
    }
}

/// What a database holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Survey {
    /// By name.
    pub tables: Vec<SeenTable>,
    /// What a description can't be of, by name.
    pub others: Vec<(String, Unusable)>,
    /// What the account may too much.
    pub powers: Vec<Power>,
    /// Whether texts of two columns compare only if they have one collation.
    collates: bool,
}

/// Why a table can't be described.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    #[error("is a view, or no plain table")]
    NoTable,
    #[error("has a name of more than 63 bytes or with a control character")]
    Name,
    #[error("is hidden from the account, or by another table of its name")]
    Hidden,
}

/// One table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SeenTable {
    /// As a description calls it.
    pub name: String,
    pub columns: Vec<SeenColumn>,
    /// The columns of the primary key; empty if there is none.
    pub primary: Vec<String>,
    /// Those of each unique index, the primary key's too.
    pub unique: Vec<Vec<String>>,
    pub references: Vec<Foreign>,
    pub sampled: Sampled,
}

/// One column, and what its values look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenColumn {
    pub column: Column,
    /// Made of others: nobody can write it.
    pub generated: bool,
    pub shares: Shares,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    pub columns: Vec<String>,
    /// As [`SeenTable::name`], if it was seen.
    pub table: String,
    pub to: Vec<String>,
}

/// Whether values of a table were looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sampled {
    /// Nobody asked for it.
    #[default]
    No,
    /// So many rows.
    Rows(u32),
    /// Why not.
    Refused(FaultCode),
}

impl Survey {
    /// Those tables, of a database that does not mind collations.
    #[cfg(test)]
    pub(crate) fn of(tables: Vec<SeenTable>) -> Self {
        Self {
            tables,
            ..Self::default()
        }
    }

    /// The table of that name.
    pub fn table(&self, name: &str) -> Option<&SeenTable> {
        self.tables.iter().find(|table| table.name == name)
    }

    /// Whether a link may compare two columns.
    pub fn links(&self, one: &Column, other: &Column) -> bool {
        alike(one, other, self.collates)
    }
}

impl SeenTable {
    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&SeenColumn> {
        self.columns.iter().find(|seen| seen.column.name == name)
    }
}

impl SeenColumn {
    /// Whether ids can be told apart in it, to the byte.
    pub fn holds_ids(&self) -> bool {
        holds_ids(&self.column)
    }

    pub fn is_text(&self) -> bool {
        self.column.is_text()
    }
}

/// Rows of a table that are looked at, at most.
const ROWS: u32 = 200;

/// Whether a database answers, whose paths are relative to the data folder; what its account may too much.
///
/// # Errors
/// [`SurveyError`], with its remedy.
pub async fn reach(sql: &SqlPlace, data: &Path) -> Result<Vec<Power>, SurveyError> {
    let place = Place::new(sql, data).map_err(|reason| SurveyError::Place { reason })?;
    let database = Database::new(place);
    bounded(database.ping()).await?;
    Ok(powers(&database).await)
}

/// Looks through a database, whose paths are relative to the data folder; at values too if `samples`.
///
/// # Errors
/// [`SurveyError`], with its remedy.
pub async fn survey(sql: &SqlPlace, data: &Path, samples: bool) -> Result<Survey, SurveyError> {
    let place = Place::new(sql, data).map_err(|reason| SurveyError::Place { reason })?;
    let database = Database::new(place);
    let mut survey = Survey {
        powers: powers(&database).await,
        collates: database.dialect().collates(),
        ..Survey::default()
    };
    let mut keys = Vec::new();
    for row in &all(&database, database.dialect().tables(), &[]).await? {
        let (schema, table) = (text(row, 0)?, text(row, 1)?);
        if !truth(row, 2)? {
            survey.others.push((table, Unusable::NoTable));
            continue;
        }
        match described(&database, &schema, &table).await? {
            Ok((name, live)) => {
                let (seen, foreign) = seen(&database, name, &live, samples).await?;
                survey.tables.push(seen);
                keys.push((live, foreign));
            }
            Err(why) => survey.others.push((table, why)),
        }
    }
    survey.refer(&keys);
    survey.tables.sort_by(|a, b| a.name.cmp(&b.name));
    survey.others.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(survey)
}

/// A table by the name by which a description finds it, and no other.
async fn described(
    database: &Database,
    schema: &str,
    table: &str,
) -> Result<Result<(String, Live), Unusable>, Fault> {
    let mut names = vec![table.to_owned()];
    if !schema.is_empty() {
        names.push(format!("{schema}.{table}"));
    }
    names.retain(|name| check_name("", name).is_ok());
    if names.is_empty() {
        return Ok(Err(Unusable::Name));
    }
    for name in names {
        let found = live::table(database, &name).await?;
        if let Some(live) = found.filter(|live| live.schema == schema && live.table == table) {
            return Ok(Ok((name, live)));
        }
    }
    Ok(Err(Unusable::Hidden))
}

/// One column of a foreign key, as the catalogue tells it.
struct Reference {
    key: String,
    column: String,
    schema: String,
    table: String,
    to: String,
}

async fn seen(
    database: &Database,
    name: String,
    live: &Live,
    samples: bool,
) -> Result<(SeenTable, Vec<Reference>), Fault> {
    let dialect = database.dialect();
    let names = [live.schema.as_str(), live.table.as_str()];
    let first = |rows: Vec<super::link::Row>| {
        rows.iter()
            .map(|row| text(row, 0))
            .collect::<Result<Vec<_>, _>>()
    };
    let primary = first(all(database, dialect.primary(), &names).await?)?;
    let generated = first(all(database, dialect.generated(), &names).await?)?;
    let mut foreign = Vec::new();
    for row in &all(database, dialect.references(), &names).await? {
        foreign.push(Reference {
            key: text(row, 0)?,
            column: text(row, 1)?,
            schema: text(row, 2)?,
            table: text(row, 3)?,
            to: text(row, 4)?,
        });
    }
    let mut columns: Vec<SeenColumn> = live
        .columns
        .iter()
        .map(|column| SeenColumn {
            column: column.clone(),
            generated: generated.contains(&column.name),
            shares: Shares::default(),
        })
        .collect();
    let sampled = if samples {
        sampled(database, live, &mut columns).await?
    } else {
        Sampled::No
    };
    let seen = SeenTable {
        name,
        columns,
        primary,
        unique: live.unique.clone(),
        references: Vec::new(),
        sampled,
    };
    Ok((seen, foreign))
}

/// Looks at values, or says why the table can't be looked into. A database that went away is an error.
async fn sampled(
    database: &Database,
    live: &Live,
    columns: &mut [SeenColumn],
) -> Result<Sampled, Fault> {
    match bounded(sample(database, live, columns)).await {
        Ok(rows) => Ok(Sampled::Rows(rows)),
        Err(fault) if fault.code() == FaultCode::Unreachable => Err(fault),
        Err(fault) => {
            // Half a look is none.
            columns
                .iter_mut()
                .for_each(|seen| seen.shares = Shares::default());
            Ok(Sampled::Refused(fault.code()))
        }
    }
}

async fn sample(
    database: &Database,
    live: &Live,
    columns: &mut [SeenColumn],
) -> Result<u32, Fault> {
    let mut read: Vec<&mut SeenColumn> = columns.iter_mut().filter(|seen| is_read(seen)).collect();
    if read.is_empty() {
        return Ok(0);
    }
    let dialect = database.dialect();
    let mut sql = Sql::new(dialect);
    sql.word("SELECT ").list(&read, ", ", |sql, seen| {
        // The beginning tells what it is; the rest may be large.
        sql.word("substr(");
        dialect.text(sql, live.at(&seen.column.name));
        sql.word(", 1, 200)");
    });
    sql.word(" FROM ").table(live).word(" LIMIT 200");
    let mut rows = database.rows(&sql.done(), Vec::new());
    let mut count = 0;
    while let Some(row) = next(&mut rows).await? {
        count += 1;
        for (at, seen) in read.iter_mut().enumerate() {
            if let super::cell::Cell::Text(text) = row.cell(at)? {
                seen.shares.add(&text);
            }
        }
    }
    debug_assert!(count <= ROWS);
    Ok(count)
}

/// Texts and numbers. In SQLite a column without a type may hold texts too.
fn is_read(seen: &SeenColumn) -> bool {
    use Shape::{Decimal, Int, Loose, Natural, Text};
    let untyped = seen.column.shape == Shape::Binary && seen.column.declared.is_empty();
    untyped || matches!(seen.column.shape, Text | Loose | Int | Natural | Decimal)
}

impl Survey {
    /// Puts each foreign key on its table. `keys` is in the order of the tables.
    fn refer(&mut self, keys: &[(Live, Vec<Reference>)]) {
        // SQLite refers to names in any case.
        let same = |live: &Live, one: &Reference| {
            live.schema == one.schema
                && (live.table == one.table
                    || live.schema.is_empty() && live.table.eq_ignore_ascii_case(&one.table))
        };
        let known: Vec<(String, Vec<String>)> = self
            .tables
            .iter()
            .map(|table| (table.name.clone(), table.primary.clone()))
            .collect();
        for (table, (_, references)) in self.tables.iter_mut().zip(keys) {
            for part in references.chunk_by(|a, b| a.key == b.key) {
                let Some(first) = part.first() else { continue };
                let at = keys.iter().position(|(live, _)| same(live, first));
                let target = at.and_then(|at| known.get(at));
                let mut to: Vec<String> = part.iter().map(|one| one.to.clone()).collect();
                if let Some((_, primary)) = target.filter(|_| to.iter().all(String::is_empty)) {
                    to.clone_from(primary);
                }
                table.references.push(Foreign {
                    columns: part.iter().map(|one| one.column.clone()).collect(),
                    table: target.map_or(first.table.clone(), |(name, _)| name.clone()),
                    to,
                });
            }
        }
    }
}
