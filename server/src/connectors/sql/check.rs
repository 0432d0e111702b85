//! Whether a database is as its description says. Names of tables and columns only: nothing of any row is read.

use app::model::{CollectionName, Disposition};

use super::dialect::{self, Pool};
use super::hers::erased;
use crate::connectors::Fault;
use crate::connectors::spec::{CollectionSpec, SystemSpec};

/// A table as it is.
struct Live {
    columns: Vec<LiveColumn>,
    /// Column names of each unique index and of the primary key.
    unique: Vec<Vec<String>>,
}

struct LiveColumn {
    name: String,
    declared: String,
    not_null: bool,
}

/// Everything in which the database is not as described, for the operator to read. Empty: it fits.
pub(super) async fn differences(pool: &Pool, spec: &SystemSpec) -> Result<Vec<String>, Fault> {
    let mut found = Vec::new();
    let mut tables: Vec<(&CollectionName, Live)> = Vec::new();
    for collection in &spec.collections {
        let live = read(pool, collection.table()).await?;
        if live.columns.is_empty() {
            found.push(format!("no table {:?}", collection.table()));
            continue;
        }
        found.extend(in_table(collection, &live));
        tables.push((&collection.name, live));
        if let Some(parent) = collection
            .parent
            .as_ref()
            .and_then(|p| spec.collection(&p.collection))
        {
            let there = tables
                .iter()
                .find(|(name, _)| **name == parent.name)
                .map(|(_, live)| live);
            let here = tables.last().map(|(_, live)| live);
            found.extend(
                there
                    .zip(here)
                    .and_then(|(there, here)| link(collection, there, here)),
            );
            found.extend(cascade(pool, collection, parent).await?);
        }
    }
    Ok(found)
}

async fn read(pool: &Pool, table: &str) -> Result<Live, Fault> {
    let columns: Vec<(String, String, bool)> = sqlx::query_as(dialect::COLUMNS)
        .bind(table)
        .fetch_all(pool)
        .await
        .map_err(dialect::fault)?;
    let indexed: Vec<(String, Option<String>)> = sqlx::query_as(dialect::UNIQUE)
        .bind(table)
        .fetch_all(pool)
        .await
        .map_err(dialect::fault)?;
    let mut unique: Vec<(String, Vec<String>)> = Vec::new();
    for (index, column) in indexed {
        // An expression has no name, and no column is called so.
        let column = column.unwrap_or_default();
        match unique.iter_mut().find(|(name, _)| *name == index) {
            Some((_, columns)) => columns.push(column),
            None => unique.push((index, vec![column])),
        }
    }
    let live = |(name, declared, not_null)| LiveColumn {
        name,
        declared,
        not_null,
    };
    Ok(Live {
        columns: columns.into_iter().map(live).collect(),
        unique: unique.into_iter().map(|(_, columns)| columns).collect(),
    })
}

fn in_table(c: &CollectionSpec, live: &Live) -> Vec<String> {
    let table = c.table();
    let mut found = Vec::new();
    for column in named(c) {
        if live.column(column).is_none() {
            found.push(format!("no column {column:?} in table {table:?}"));
        }
    }
    let same = |columns: &&Vec<String>| {
        columns.len() == c.key.len() && c.key.iter().all(|k| columns.contains(k))
    };
    if live.unique.iter().find(same).is_none() {
        found.push(format!(
            "key of table {table:?}: no primary key or unique index has just these columns"
        ));
    }
    let lists = c.id_columns().filter_map(|id| id.list_column);
    for column in c.id_columns().map(|id| id.column).chain(lists) {
        let declared = live.column(&column).map_or("", |l| &l.declared);
        if live.column(&column).is_some() && !dialect::holds_ids(declared) {
            found.push(format!("column {column:?} in table {table:?} has type {declared:?}, which can't hold ids exactly"));
        }
    }
    if c.disposition == Disposition::Anonymise {
        let cleared = erased(c).into_iter().filter(|(_, text)| text.is_none());
        let stuck = cleared.filter(|(column, _)| live.column(column).is_some_and(|l| l.not_null));
        found.extend(stuck.map(|(column, _)| {
            format!(
                "column {column:?} in table {table:?} must not be NULL, but anonymising makes it so"
            )
        }));
    }
    found
}

fn named(c: &CollectionSpec) -> Vec<&str> {
    let subject = c
        .subject
        .iter()
        .flat_map(|s| std::iter::once(&s.column).chain(&s.list_column));
    let own = c.otherwise.iter().map(|own| &own.column);
    let found_by = c
        .found_by
        .iter()
        .flat_map(|f| std::iter::once(&f.column).chain(&f.list_column));
    let more = c
        .employment
        .iter()
        .map(|e| &e.column)
        .chain(c.parent.iter().map(|p| &p.column));
    let fields = c.fields.iter().map(|f| &f.name);
    let all = c
        .key
        .iter()
        .chain(fields)
        .chain(subject)
        .chain(own)
        .chain(found_by)
        .chain(&c.name_columns)
        .chain(more);
    let mut named: Vec<&str> = all.map(String::as_str).collect();
    named.sort_unstable();
    named.dedup();
    named
}

/// A link must compare like with like: a database that converts types would take `042` for `42`.
fn link(c: &CollectionSpec, there: &Live, here: &Live) -> Option<String> {
    let parent = c.parent.as_ref()?;
    let Some(to) = there.column(&parent.references) else {
        return Some(format!(
            "no column {:?} in the table of {:?}",
            parent.references,
            parent.collection.as_str()
        ));
    };
    let from = here.column(&parent.column)?;
    let alike = dialect::alike(&from.declared, &to.declared);
    (!alike).then(|| {
        format!(
            "column {:?} in table {:?} has another type than what it references",
            parent.column,
            c.table()
        )
    })
}

/// Deleting a parent must not take rows with it that the description keeps.
async fn cascade(
    pool: &Pool,
    child: &CollectionSpec,
    parent: &CollectionSpec,
) -> Result<Option<String>, Fault> {
    if child.disposition == Disposition::Delete || parent.disposition != Disposition::Delete {
        return Ok(None);
    }
    let found: Option<(i64,)> = sqlx::query_as(dialect::CASCADES)
        .bind(child.table())
        .bind(parent.table())
        .fetch_optional(pool)
        .await
        .map_err(dialect::fault)?;
    let (child, parent) = (child.table(), parent.table());
    Ok(found.map(|_| format!("deleting from table {parent:?} also deletes from table {child:?}, which is not to be deleted")))
}

impl Live {
    fn column(&self, name: &str) -> Option<&LiveColumn> {
        self.columns.iter().find(|c| c.name == name)
    }
}
