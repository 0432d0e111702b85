//! One collection with all its statements, written once when the system is opened.

use app::model::{Disposition, IdentifierKind};

use super::dialect;
use super::quote::{Bind, Sql, Statement};
use crate::connectors::spec::{CollectionSpec, Compare, Erase, IdColumn, SystemSpec};

/// How many forms of a value one lookup takes.
pub(super) const FORMS: usize = 8;

/// One collection.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) spec: CollectionSpec,
    /// What a row of a search is read with: the fields first, in their order.
    pub(super) columns: Vec<String>,
    pub(super) finders: Vec<Finder>,
    /// A row by its key, as a search reads it.
    pub(super) by_key: Statement,
    /// Her own record by her id; only where her records live.
    pub(super) record: Option<Statement>,
    pub(super) hers: Vec<Hers>,
}

/// How a search by one kind looks in one column.
#[derive(Debug)]
pub(super) struct Finder {
    pub(super) kind: IdentifierKind,
    pub(super) column: String,
    pub(super) how: How,
}

#[derive(Debug)]
pub(super) enum How {
    /// By an exact id.
    Id(Statement),
    /// Candidates by their forms, which are made as this says.
    Lookup(Compare, Statement),
    /// Key and value of every row: from the start, and after a key.
    Scan(Statement, Statement),
}

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

impl Table {
    /// Writes every statement of the collection.
    pub(super) fn new(system: &SystemSpec, spec: &CollectionSpec) -> Self {
        let columns = columns(spec);
        let kinds = system
            .found_by(spec)
            .into_iter()
            .filter(|kind| kind.is_id());
        Self {
            finders: finders(spec, &columns),
            by_key: by_key(spec, &columns),
            record: record(spec, &columns),
            hers: kinds.map(|kind| Hers::new(system, spec, kind)).collect(),
            columns,
            spec: spec.clone(),
        }
    }

    /// Where a column is in a row of a search.
    pub(super) fn at(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|c| c == column)
    }
}

fn columns(spec: &CollectionSpec) -> Vec<String> {
    let mut columns: Vec<String> = spec.fields.iter().map(|f| f.name.clone()).collect();
    let subject = spec
        .subject
        .iter()
        .flat_map(|s| std::iter::once(&s.column).chain(&s.list_column));
    let found_by = spec.found_by.iter().map(|f| &f.column);
    let employment = spec.employment.iter().map(|e| &e.column);
    for column in subject
        .chain(&spec.name_columns)
        .chain(employment)
        .chain(found_by)
    {
        if !columns.contains(column) {
            columns.push(column.clone());
        }
    }
    columns
}

fn finders(spec: &CollectionSpec, columns: &[String]) -> Vec<Finder> {
    let Some(subject) = &spec.subject else {
        return Vec::new();
    };
    let ids = spec.id_columns().map(|id| {
        let mut sql = shown(spec, subject, columns);
        sql.word(" AND ");
        same_subject(&mut sql, spec, &id);
        Finder {
            kind: id.kind,
            column: id.column.clone(),
            how: How::Id(by_key_order(sql, spec)),
        }
    });
    let content = spec
        .found_by
        .iter()
        .filter(|f| !f.kind.is_id())
        .map(|f| Finder {
            kind: f.kind,
            column: f.column.clone(),
            how: if f.compare == Compare::Fold {
                How::Scan(
                    scan(spec, subject, &f.column, false),
                    scan(spec, subject, &f.column, true),
                )
            } else {
                How::Lookup(
                    f.compare,
                    lookup(spec, subject, columns, &f.column, f.compare),
                )
            },
        });
    ids.chain(content).collect()
}

/// Rows that show a subject.
fn shown(spec: &CollectionSpec, subject: &IdColumn, columns: &[String]) -> Sql {
    let mut sql = select(spec, columns);
    sql.column(spec.table(), &subject.column)
        .word(" IS NOT NULL");
    sql
}

fn lookup(
    spec: &CollectionSpec,
    subject: &IdColumn,
    columns: &[String],
    column: &str,
    compare: Compare,
) -> Statement {
    let mut sql = shown(spec, subject, columns);
    sql.word(" AND ");
    match compare {
        Compare::Lower => dialect::lower(&mut sql, spec.table(), column),
        Compare::Digits => dialect::digits(&mut sql, spec.table(), column),
        Compare::Exact | Compare::Fold => {
            sql.column(spec.table(), column);
        }
    }
    sql.word(" IN (").list(0..FORMS, ", ", |sql, n| {
        sql.bind(Bind::Form(n));
    });
    sql.word(")");
    by_key_order(sql, spec)
}

fn scan(spec: &CollectionSpec, subject: &IdColumn, column: &str, further: bool) -> Statement {
    let mut read = spec.key.clone();
    read.push(column.to_owned());
    let mut sql = shown(spec, subject, &read);
    sql.word(" AND ")
        .column(spec.table(), column)
        .word(" IS NOT NULL");
    if further {
        sql.word(" AND (")
            .columns(spec.table(), &spec.key)
            .word(") > (");
        sql.list(0..spec.key.len(), ", ", |sql, n| {
            sql.bind(Bind::Key(n));
        });
        sql.word(")");
    }
    by_key_order(sql, spec)
}

fn by_key(spec: &CollectionSpec, columns: &[String]) -> Statement {
    let mut sql = select(spec, columns);
    sql.list(spec.key.iter().enumerate(), " AND ", |sql, (n, column)| {
        sql.column(spec.table(), column)
            .word(" = ")
            .bind(Bind::Key(n));
    });
    sql.done()
}

fn record(spec: &CollectionSpec, columns: &[String]) -> Option<Statement> {
    let subject = spec.subject.as_ref().filter(|_| spec.is_her_record())?;
    let mut sql = select(spec, columns);
    same_subject(&mut sql, spec, subject);
    Some(sql.done())
}

impl Hers {
    fn new(system: &SystemSpec, spec: &CollectionSpec, kind: IdentifierKind) -> Self {
        let fields: Vec<String> = spec.fields.iter().map(|f| f.name.clone()).collect();
        let mut rows = select(spec, &fields);
        hers(&mut rows, system, spec, kind);
        let mut count = count(spec);
        hers(&mut count, system, spec, kind);
        let mut left = self::count(spec);
        still_there(&mut left, system, spec, kind);
        Self {
            kind,
            rows: by_key_order(rows, spec),
            count: count.done(),
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
    sql.list(&direct, " OR ", |sql, id| same_subject(sql, spec, id));
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

fn same_subject(sql: &mut Sql, spec: &CollectionSpec, id: &IdColumn) {
    dialect::same_id(
        sql,
        spec.table(),
        &id.column,
        &Bind::Id {
            prefix: id.prefix.clone(),
        },
    );
    if let Some(list) = &id.list_column {
        sql.word(" AND ");
        dialect::same_id(sql, spec.table(), list, &Bind::List);
    }
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
pub(crate) fn erased(spec: &CollectionSpec) -> Vec<(String, Option<String>)> {
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

fn select(spec: &CollectionSpec, columns: &[String]) -> Sql {
    let mut sql = Sql::default();
    sql.word("SELECT ").columns(spec.table(), columns);
    sql.word(" FROM ").name(spec.table()).word(" WHERE ");
    sql
}

fn count(spec: &CollectionSpec) -> Sql {
    let mut sql = Sql::default();
    sql.word("SELECT count(*) FROM ")
        .name(spec.table())
        .word(" WHERE ");
    sql
}

fn by_key_order(mut sql: Sql, spec: &CollectionSpec) -> Statement {
    sql.word(" ORDER BY ").columns(spec.table(), &spec.key);
    sql.done()
}
