//! What is done with the rows of one subject: statements written once, for each kind of id that leads to a collection.

use app::model::{Disposition, IdentifierKind};

use super::dialect;
use super::quote::{Bind, Sql, Statement};
use super::table::{by_key_order, count, same_subject, select};
use crate::connectors::spec::{CollectionSpec, Erase, IdColumn, SystemSpec};

/// What is done with the rows of one subject, whose id is of this kind.
#[derive(Debug)]
pub(super) struct Hers {
    pub(super) kind: IdentifierKind,
    /// Her rows: the fields in their order, by key.
    pub(super) rows: Statement,
    pub(super) count: Statement,
    /// How many are not yet erased as the disposition says.
    pub(super) left: Statement,
    /// What erases them; nothing where they are kept.
    pub(super) erase: Option<Statement>,
    /// Finds a row of a child collection that should have been erased before.
    pub(super) children: Vec<Statement>,
    /// For fields whose text may be replaced: the field's place, and what replaces it.
    pub(super) changes: Vec<(usize, Statement)>,
}

impl Hers {
    /// Writes them.
    pub(super) fn new(system: &SystemSpec, spec: &CollectionSpec, kind: IdentifierKind) -> Self {
        let fields: Vec<String> = spec.fields.iter().map(|f| f.name.clone()).collect();
        let mut rows = select(spec, &fields);
        hers(&mut rows, system, spec, kind);
        let mut all = count(spec);
        hers(&mut all, system, spec, kind);
        let mut left = count(spec);
        still_there(&mut left, system, spec, kind);
        Self {
            kind,
            rows: by_key_order(rows, spec),
            count: all.done(),
            left: left.done(),
            erase: erase(system, spec, kind),
            children: children(system, spec, kind),
            changes: changes(system, spec, kind),
        }
    }
}

/// Rows of hers: by an id in the row itself, or because they belong to a row of hers.
fn hers(sql: &mut Sql, system: &SystemSpec, spec: &CollectionSpec, kind: IdentifierKind) {
    let direct: Vec<IdColumn> = spec.id_columns().filter(|id| id.kind == kind).collect();
    let parent = spec
        .parent
        .as_ref()
        .and_then(|link| Some((link, system.collection(&link.collection)?)));
    let parent = parent.filter(|(_, parent)| system.found_by(parent).contains(&kind));
    sql.word("(");
    sql.list(&direct, " OR ", |sql, id| {
        sql.word("(");
        same_subject(sql, spec, id);
        sql.word(")");
    });
    if let Some((link, parent)) = parent {
        if !direct.is_empty() {
            sql.word(" OR ");
        }
        dialect::to_the_byte(sql, spec.table(), &link.column);
        sql.word(" IN (SELECT ")
            .column(parent.table(), &link.references);
        sql.word(" FROM ").name(parent.table()).word(" WHERE ");
        hers(sql, system, parent, kind);
        sql.word(")");
    }
    sql.word(")");
}

/// Rows of hers that are not erased yet. Where rows are kept: none.
fn still_there(sql: &mut Sql, system: &SystemSpec, spec: &CollectionSpec, kind: IdentifierKind) {
    hers(sql, system, spec, kind);
    match spec.disposition {
        Disposition::Delete => {}
        Disposition::Keep { .. } => {
            sql.word(" AND 1 = 0");
        }
        Disposition::Anonymise => {
            sql.word(" AND (")
                .list(erased(spec), " OR ", |sql, (column, text)| match text {
                    Some(text) => {
                        dialect::other_text(sql, spec.table(), &column, Bind::Fixed(text))
                    }
                    None => {
                        sql.column(spec.table(), &column).word(" IS NOT NULL");
                    }
                });
            sql.word(")");
        }
    }
}

/// What anonymising writes: column → text, or NULL. It also takes every id that is not the row's own key.
pub(super) fn erased(spec: &CollectionSpec) -> Vec<(String, Option<String>)> {
    let links = spec
        .id_columns()
        .map(|id| id.column)
        .filter(|column| !spec.key.contains(column));
    let mut erased: Vec<(String, Option<String>)> = links.map(|column| (column, None)).collect();
    erased.sort();
    erased.dedup();
    for field in &spec.fields {
        let text = match spec.erase(field) {
            Erase::Keep => continue,
            Erase::Null => None,
            Erase::Fixed(text) => Some(text),
        };
        if erased.iter().all(|(column, _)| *column != field.name) {
            erased.push((field.name.clone(), text));
        }
    }
    erased
}

fn erase(system: &SystemSpec, spec: &CollectionSpec, kind: IdentifierKind) -> Option<Statement> {
    let mut sql = Sql::default();
    match spec.disposition {
        Disposition::Keep { .. } => return None,
        Disposition::Delete => {
            sql.word("DELETE FROM ").name(spec.table());
        }
        Disposition::Anonymise => {
            sql.word("UPDATE ").name(spec.table()).word(" SET ");
            sql.list(erased(spec), ", ", |sql, (column, text)| {
                sql.name(&column).word(" = ");
                match text {
                    Some(text) => sql.bind(Bind::Fixed(text)),
                    None => sql.word("NULL"),
                };
            });
        }
    }
    sql.word(" WHERE ");
    still_there(&mut sql, system, spec, kind);
    Some(sql.done())
}

fn children(system: &SystemSpec, spec: &CollectionSpec, kind: IdentifierKind) -> Vec<Statement> {
    let of_this =
        |c: &&CollectionSpec| c.parent.as_ref().is_some_and(|p| p.collection == spec.name);
    let children = system.collections.iter().filter(of_this);
    children
        .map(|child| {
            let mut sql = Sql::default();
            sql.word("SELECT 1 FROM ")
                .name(child.table())
                .word(" WHERE ");
            still_there(&mut sql, system, child, kind);
            sql.word(" LIMIT 1");
            sql.done()
        })
        .collect()
}

fn changes(
    system: &SystemSpec,
    spec: &CollectionSpec,
    kind: IdentifierKind,
) -> Vec<(usize, Statement)> {
    // An id tells whose the row is: it is never replaced.
    let ids: Vec<String> = spec.id_columns().map(|id| id.column).collect();
    let fixed = |name: &String| spec.key.contains(name) || ids.contains(name);
    let fields = spec
        .fields
        .iter()
        .enumerate()
        .filter(|(_, f)| f.holds.is_some() && !fixed(&f.name));
    fields
        .map(|(at, field)| {
            let mut sql = Sql::default();
            sql.word("UPDATE ")
                .name(spec.table())
                .word(" SET ")
                .name(&field.name);
            sql.word(" = ").bind(Bind::New).word(" WHERE ");
            dialect::same_text(&mut sql, spec.table(), &field.name, Bind::Old);
            sql.word(" AND ");
            hers(&mut sql, system, spec, kind);
            (at, sql.done())
        })
        .collect()
}
