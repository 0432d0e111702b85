//! Whether a database is as its description says. Names of tables and columns only: nothing of any row is read.

use app::model::Disposition;

use super::anonymise::erased;
use super::database::Database;
use super::fit::misfit;
use super::live::{Column, Live, Of, Schema, Shape, cascades};
use super::whose::may_share;
use crate::connectors::Fault;
use crate::connectors::spec::{CollectionSpec, Parent, SystemSpec};

/// Everything in which the database is not as described, for the operator to read. Empty: it fits.
pub(super) async fn differences(
    database: &Database,
    spec: &SystemSpec,
    schema: &Schema,
) -> Result<Vec<String>, Fault> {
    let mut found = Vec::new();
    for collection in &spec.collections {
        let Some(of) = Of::new(database.dialect(), spec, schema, collection) else {
            let hides = database.dialect().hides();
            let seen = if hides {
                " that the account may see"
            } else {
                ""
            };
            found.push(format!("no table {:?}{seen}", collection.table()));
            continue;
        };
        found.extend(in_table(collection, of.live));
        for reference in &collection.parents {
            let parent = spec.collection(&reference.collection);
            let Some(parent) = parent.and_then(|parent| of.other(parent)) else {
                continue;
            };
            found.extend(link(of, parent, reference));
            let cascade = cascade(database, of, parent).await?;
            // Two references to one table have one sentence.
            found.extend(cascade.filter(|said| !found.contains(said)));
        }
    }
    Ok(found)
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
        let there = live.column(&column);
        if let Some(Column { declared, .. }) = there.filter(|column| !holds_ids(column)) {
            found.push(format!("column {column:?} in table {table:?} has type {declared:?}, which can't hold ids exactly"));
        }
    }
    if c.disposition == Disposition::Anonymise {
        let misfits = erased(c).into_iter().filter_map(|(column, _)| {
            let why = unfit(c, live, &column)?;
            Some(format!("column {column:?} in table {table:?} {why}"))
        });
        found.extend(misfits);
    }
    found
}

/// Why a column can't take what anonymising writes.
fn unfit(c: &CollectionSpec, live: &Live, name: &str) -> Option<String> {
    let column = live.column(name)?;
    if c.id_columns().any(|id| id.column == name) {
        let unfit = "must not be NULL, but anonymising makes it so: it tells whose the row is";
        return column.not_null.then(|| unfit.to_owned());
    }
    let field = c.field(name)?;
    let is_unique = live.unique.iter().any(|columns| *columns == [name]);
    misfit(column, is_unique, field.holds, &c.erase(field))
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
        .chain(c.parents.iter().map(|p| &p.column));
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

/// Whole numbers or text, not rounded numbers, bytes, or what is written in several ways.
pub(super) fn holds_ids(column: &Column) -> bool {
    matches!(
        column.shape,
        Shape::Text | Shape::Loose | Shape::Int | Shape::Natural | Shape::Decimal | Shape::Uuid
    )
}

/// A link must compare like with like: a database that converts types would take `042` for `42`.
fn link(of: Of<'_>, parent: Of<'_>, link: &Parent) -> Option<String> {
    let Some(to) = parent.live.column(&link.references) else {
        return Some(format!(
            "no column {:?} in the table of {:?}",
            link.references,
            link.collection.as_str()
        ));
    };
    let from = of.live.column(&link.column)?;
    let alike = alike(from, to, of.dialect.collates());
    (!alike).then(|| {
        format!(
            "column {:?} in table {:?} has another type than what it references",
            link.column,
            of.spec.table()
        )
    })
}

/// Whether two columns compare without a conversion.
pub(super) fn alike(one: &Column, other: &Column, collates: bool) -> bool {
    let is_number = |c: &Column| {
        use Shape::{Decimal, Int, Natural, Real};
        matches!(c.shape, Int | Natural | Decimal | Real)
    };
    if one.is_text() && other.is_text() {
        return !collates || one.collation == other.collation;
    }
    is_number(one) && is_number(other) || one.shape == other.shape
}

/// Deleting a parent must not take rows with it that the description keeps.
async fn cascade(
    database: &Database,
    child: Of<'_>,
    parent: Of<'_>,
) -> Result<Option<String>, Fault> {
    let kept = child.spec.disposition != Disposition::Delete;
    // By whichever reference one leads to a row, another may lead to it as well.
    let is_shared = || {
        let mut kinds = child.system.found_by(child.spec).into_iter();
        kinds.any(|kind| kind.is_id() && may_share(child, kind))
    };
    let stays = match (kept, parent.spec.disposition == Disposition::Delete) {
        (true, true) => "which is not to be deleted",
        (false, true) if is_shared() => {
            "whose rows may be another's as well, and stay then: want `anonymise` there"
        }
        _ => return Ok(None),
    };
    let found = cascades(database, child.live, parent.live).await?;
    let (child, parent) = (child.spec.table(), parent.spec.table());
    Ok(found.then(|| {
        format!("deleting from table {parent:?} also deletes from table {child:?}, {stays}")
    }))
}
