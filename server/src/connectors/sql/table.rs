//! One collection with all its statements, written once when the system is opened.

use app::model::IdentifierKind;

use super::dialect;
use super::hers::Hers;
use super::quote::{Bind, Sql, Statement};
use crate::connectors::spec::{CollectionSpec, Compare, IdColumn, SystemSpec};

/// How many forms of a value one lookup takes.
pub(super) const FORMS: usize = 16;

/// One collection.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) spec: CollectionSpec,
    /// What a row of a search is read with: the fields first, in their order.
    pub(super) columns: Vec<String>,
    pub(super) finders: Vec<Finder>,
    /// A row by its key, as a search reads it.
    pub(super) by_key: Statement,
    /// A record by its id, for each sort of id whose subjects live here.
    pub(super) records: Vec<(IdColumn, Statement)>,
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
            records: spec.homes().map(|id| record(spec, id, &columns)).collect(),
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
    let own = spec.otherwise.iter().map(|own| &own.column);
    let found_by = spec.found_by.iter().map(|f| &f.column);
    let employment = spec.employment.iter().map(|e| &e.column);
    for column in subject
        .chain(own)
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

/// The beginning of a statement that reads rows which show a subject, or are known by themselves. A condition follows.
fn shown(spec: &CollectionSpec, subject: &IdColumn, columns: &[String]) -> Sql {
    let mut sql = select(spec, columns);
    if spec.otherwise.is_none() {
        sql.column(spec.table(), &subject.column)
            .word(" IS NOT NULL AND ");
    }
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
    match compare {
        Compare::Lower => dialect::lower(&mut sql, spec.table(), column),
        Compare::Digits => dialect::digits(&mut sql, spec.table(), column),
        Compare::WideDigits => dialect::wide_digits(&mut sql, spec.table(), column),
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
    sql.column(spec.table(), column).word(" IS NOT NULL");
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

fn record(spec: &CollectionSpec, id: IdColumn, columns: &[String]) -> (IdColumn, Statement) {
    let mut sql = select(spec, columns);
    same_subject(&mut sql, spec, &id);
    (id, sql.done())
}

/// A row shows this subject.
pub(super) fn same_subject(sql: &mut Sql, spec: &CollectionSpec, id: &IdColumn) {
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
    // A row that has come to show somebody is hers alone.
    if let Some(unless) = &id.unless {
        sql.word(" AND (").column(spec.table(), unless);
        sql.word(" IS NULL OR ").column(spec.table(), unless);
        sql.word(" = '')");
    }
}

/// The beginning of a statement that reads these columns.
pub(super) fn select(spec: &CollectionSpec, columns: &[String]) -> Sql {
    let mut sql = Sql::default();
    sql.word("SELECT ").columns(spec.table(), columns);
    sql.word(" FROM ").name(spec.table()).word(" WHERE ");
    sql
}

/// The beginning of a statement that counts rows.
pub(super) fn count(spec: &CollectionSpec) -> Sql {
    let mut sql = Sql::default();
    sql.word("SELECT count(*) FROM ")
        .name(spec.table())
        .word(" WHERE ");
    sql
}

/// The end of a statement that reads rows in a fixed order.
pub(super) fn by_key_order(mut sql: Sql, spec: &CollectionSpec) -> Statement {
    sql.word(" ORDER BY ").columns(spec.table(), &spec.key);
    sql.done()
}
