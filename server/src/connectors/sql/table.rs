//! One collection with all its statements, written once, when its table was seen.

use std::sync::Arc;

use app::model::{CollectionName, IdentifierKind};

use super::dialect::{self, Id};
use super::hers::Hers;
use super::live::{Live, Of};
use super::quote::{Bind, Member, Sql, Statement};
use super::whose::above;
use crate::connectors::spec::{CollectionSpec, Compare, IdColumn};

/// How many forms of a value one lookup takes.
pub(super) const FORMS: usize = 16;

/// One collection.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) spec: CollectionSpec,
    /// Among the collections of its system: parents stand before their children.
    pub(super) place: usize,
    /// The collections that tell whose its rows are: its parents, and theirs.
    pub(super) above: Vec<CollectionName>,
    /// Those whose rows its rows refer to by a foreign key.
    pub(super) refers: Vec<CollectionName>,
    /// What a row of a search is read with; no field that says something of somebody else.
    pub(super) columns: Vec<String>,
    pub(super) finders: Vec<Arc<Finder>>,
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
    pub(super) fn new(of: Of<'_>) -> Self {
        let spec = of.spec;
        let columns = columns(spec);
        let kinds = of.system.found_by(spec).into_iter();
        let kinds = kinds.filter(|kind| kind.is_id());
        let all = of.system.collections.iter();
        Self {
            place: all
                .clone()
                .take_while(|other| other.name != spec.name)
                .count(),
            above: above(of, None)
                .iter()
                .map(|of| of.spec.name.clone())
                .collect(),
            refers: all
                .filter_map(|other| of.other(other))
                .filter(|other| of.live.refers_to(other.live))
                .map(|other| other.spec.name.clone())
                .collect(),
            finders: finders(of, &columns).into_iter().map(Arc::new).collect(),
            by_key: by_key(of, &columns),
            records: spec.homes().map(|id| record(of, id, &columns)).collect(),
            hers: kinds.map(|kind| Hers::new(of, kind)).collect(),
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
    let fields = spec.fields.iter().filter(|field| field.of.is_her());
    let mut columns: Vec<String> = fields.map(|f| f.name.clone()).collect();
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

fn finders(of: Of<'_>, columns: &[String]) -> Vec<Finder> {
    let spec = of.spec;
    let Some(subject) = &spec.subject else {
        return Vec::new();
    };
    let ids = spec.id_columns().map(|id| {
        let mut sql = shown(of, subject, columns);
        same_subject(&mut sql, of.live, &id, Member::Her);
        Finder {
            kind: id.kind,
            column: id.column.clone(),
            how: How::Id(by_key_order(sql, of)),
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
                    scan(of, subject, &f.column, false),
                    scan(of, subject, &f.column, true),
                )
            } else {
                How::Lookup(
                    f.compare,
                    lookup(of, subject, columns, &f.column, f.compare),
                )
            },
        });
    ids.chain(content).collect()
}

/// The beginning of a statement that reads rows which show a subject, or are known by themselves. A condition follows.
fn shown(of: Of<'_>, subject: &IdColumn, columns: &[String]) -> Sql {
    let mut sql = select(of, columns);
    if of.spec.otherwise.is_none() {
        sql.at(of.at(&subject.column)).word(" IS NOT NULL AND ");
    }
    sql
}

fn lookup(
    of: Of<'_>,
    subject: &IdColumn,
    columns: &[String],
    column: &str,
    compare: Compare,
) -> Statement {
    let mut sql = shown(of, subject, columns);
    let at = of.live.at(column);
    match compare {
        Compare::Lower => of.dialect.lower(&mut sql, at),
        Compare::Digits => dialect::digits(&mut sql, at),
        Compare::WideDigits => dialect::wide_digits(&mut sql, at),
        Compare::Exact | Compare::Fold => of.dialect.text(&mut sql, at),
    }
    sql.word(" IN (").list(0..FORMS, ", ", |sql, n| {
        of.dialect.form(sql, at, Bind::Form(n));
    });
    sql.word(")");
    by_key_order(sql, of)
}

fn scan(of: Of<'_>, subject: &IdColumn, column: &str, further: bool) -> Statement {
    let key = &of.spec.key;
    let mut read = key.clone();
    read.push(column.to_owned());
    let mut sql = shown(of, subject, &read);
    sql.at(of.live.at(column)).word(" IS NOT NULL");
    if further {
        sql.word(" AND (").columns(of.live, key).word(") > (");
        sql.list(key.iter().enumerate(), ", ", |sql, (n, column)| {
            of.dialect.value(sql, of.live.at(column), Bind::Key(n));
        });
        sql.word(")");
    }
    by_key_order(sql, of)
}

fn by_key(of: Of<'_>, columns: &[String]) -> Statement {
    let mut sql = select(of, columns);
    sql.list(
        of.spec.key.iter().enumerate(),
        " AND ",
        |sql, (n, column)| {
            let at = of.live.at(column);
            sql.at(at).word(" = ");
            of.dialect.value(sql, at, Bind::Key(n));
        },
    );
    sql.done()
}

fn record(of: Of<'_>, id: IdColumn, columns: &[String]) -> (IdColumn, Statement) {
    let mut sql = select(of, columns);
    same_subject(&mut sql, of.live, &id, Member::Her);
    (id, sql.done())
}

/// A row shows this subject.
pub(super) fn same_subject(sql: &mut Sql, live: &Live, id: &IdColumn, of: Member) {
    let dialect = sql.dialect();
    let subject = Id::Subject(of, id.kind, id.prefix.as_deref());
    dialect.same_id(sql, live.at(&id.column), subject);
    if let Some(list) = &id.list_column {
        sql.word(" AND ");
        dialect.same_id(sql, live.at(list), Id::List(of));
    }
    // A row that has come to show somebody is hers alone.
    if let Some(unless) = &id.unless {
        let at = live.at(unless);
        sql.word(" AND (").at(at).word(" IS NULL OR ");
        dialect.exact(sql, at);
        sql.word(" = '')");
    }
}

/// The beginning of a statement that reads these columns.
pub(super) fn select(of: Of<'_>, columns: &[String]) -> Sql {
    let mut sql = Sql::new(of.dialect);
    sql.word("SELECT ").list(columns, ", ", |sql, column| {
        of.dialect.read(sql, of.live.at(column));
    });
    sql.word(" FROM ").table(of.live).word(" WHERE ");
    sql
}

/// The beginning of a statement that reads all fields in their order. Of what says something of somebody else it reads whether it is
/// there, and no more.
pub(super) fn select_fields(of: Of<'_>) -> Sql {
    let mut sql = Sql::new(of.dialect);
    sql.word("SELECT ")
        .list(&of.spec.fields, ", ", |sql, field| {
            let at = of.live.at(&field.name);
            if field.of.is_another() {
                sql.word("CASE WHEN ")
                    .at(at)
                    .word(" IS NOT NULL THEN 1 END");
            } else {
                of.dialect.read(sql, at);
            }
        });
    sql.word(" FROM ").table(of.live).word(" WHERE ");
    sql
}

/// The beginning of a statement that counts rows.
pub(super) fn count(of: Of<'_>) -> Sql {
    let mut sql = Sql::new(of.dialect);
    sql.word("SELECT count(*) FROM ")
        .table(of.live)
        .word(" WHERE ");
    sql
}

/// The end of a statement that reads rows in a fixed order.
pub(super) fn by_key_order(mut sql: Sql, of: Of<'_>) -> Statement {
    sql.word(" ORDER BY ").columns(of.live, &of.spec.key);
    sql.done()
}
