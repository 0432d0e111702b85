//! What is done with the rows of one subject: statements written once, for each kind of id that leads to a collection.

use app::model::{CollectionName, Disposition, IdentifierKind};

use super::anonymise::{Pieces, erased, not_yet};
use super::live::Of;
use super::quote::{Bind, Sql, Statement};
use super::table::{by_key_order, count, select, select_fields};
use super::whose::{Which, hers, leading, may_share, shared, stands_in_the_way};
use crate::connectors::spec::CollectionSpec;

/// What is done with the rows of one subject, whose id is of this kind.
#[derive(Debug)]
pub(super) struct Hers {
    pub(super) kind: IdentifierKind,
    /// Her rows: the fields in their order, by key.
    pub(super) rows: Statement,
    pub(super) count: Statement,
    /// Where others may have rows together with her: those that are hers alone, and how many are not. Those are left as they are.
    pub(super) shared: Option<Shared>,
    /// How many are not yet erased as the disposition says, of those that are hers to erase.
    pub(super) left: Statement,
    /// What erases them; nothing where they are kept.
    pub(super) erase: Option<Eraser>,
    /// The keys of those rows.
    pub(super) keys: Statement,
    /// Deletes a row by its key. Only where rows are told by others that refer to them, and stand in the way of these: an address
    /// goes after whoever lived there, when nothing tells any more that it was hers.
    pub(super) last: Option<Statement>,
    /// Counts rows of a child collection that should have been erased before.
    pub(super) children: Vec<(CollectionName, Statement)>,
    /// For fields whose text may be replaced: the field's place, and what replaces it.
    pub(super) changes: Vec<(usize, Statement)>,
}

/// What erases rows.
#[derive(Debug)]
pub(super) enum Eraser {
    /// All at once.
    All {
        erase: Statement,
        /// The same, and reads the key of every row that goes; where they go altogether, and the database can.
        told: Option<Statement>,
    },
    /// Piece by piece: texts are made for each.
    Pieces(Pieces),
}

/// Statements for rows that are not only hers: an address that two live at.
#[derive(Debug)]
pub(super) struct Shared {
    /// As [`Hers::rows`], without them.
    pub(super) alone: Statement,
    /// Those that somebody shares who is not of her set at all.
    pub(super) count: Statement,
}

impl Hers {
    /// Writes them.
    pub(super) fn new(of: Of<'_>, kind: IdentifierKind) -> Self {
        let mut rows = select_fields(of);
        hers(&mut rows, of, kind, Which::All);
        let mut all = count(of);
        hers(&mut all, of, kind, Which::All);
        let mut left = count(of);
        still_there(&mut left, of, kind);
        Self {
            kind,
            rows: by_key_order(rows, of),
            count: all.done(),
            shared: may_share(of, kind).then(|| Shared::new(of, kind)),
            left: left.done(),
            erase: erase(of, kind),
            keys: keys(of, kind),
            last: last(of, kind),
            children: children(of, kind),
            changes: changes(of, kind),
        }
    }
}

#[cfg(test)]
impl Hers {
    /// All of them.
    pub(super) fn statements(&self) -> impl Iterator<Item = &Statement> {
        let shared = self.shared.iter();
        let shared = shared.flat_map(|shared| [&shared.alone, &shared.count]);
        let all = [&self.rows, &self.count, &self.left, &self.keys].into_iter();
        all.chain(shared)
            .chain(self.erase.iter().flat_map(Eraser::statements))
            .chain(&self.last)
            .chain(self.children.iter().map(|(_, child)| child))
            .chain(self.changes.iter().map(|(_, change)| change))
    }
}

#[cfg(test)]
impl Eraser {
    fn statements(&self) -> Vec<&Statement> {
        match self {
            Self::All { erase, told } => std::iter::once(erase).chain(told).collect(),
            Self::Pieces(pieces) => vec![&pieces.read, &pieces.write],
        }
    }
}

impl Shared {
    fn new(of: Of<'_>, kind: IdentifierKind) -> Self {
        let mut alone = select_fields(of);
        hers(&mut alone, of, kind, Which::Alone);
        Self {
            alone: by_key_order(alone, of),
            count: shared(of, kind),
        }
    }
}

/// Rows of hers alone that are not erased yet. Where rows are kept: none.
fn still_there(sql: &mut Sql, of: Of<'_>, kind: IdentifierKind) {
    hers(sql, of, kind, Which::Alone);
    match of.spec.disposition {
        Disposition::Delete => {}
        Disposition::Keep { .. } => {
            sql.word(" AND 1 = 0");
        }
        Disposition::Anonymise => {
            sql.word(" AND ");
            not_yet(sql, of);
        }
    }
}

/// A statement that deletes the rows of a condition, or sets columns of theirs: each with what it becomes, or NULL.
fn written(
    of: Of<'_>,
    kind: IdentifierKind,
    set: Option<&[(&str, Option<Bind>)]>,
    condition: impl FnOnce(&mut Sql),
) -> Sql {
    let mut sql = Sql::new(of.dialect);
    let by_keys = of.dialect.by_keys() && leading(of, Some(kind)).next().is_some();
    sql.word(match (set.is_some(), by_keys) {
        (true, _) => "UPDATE ",
        (false, true) => "DELETE habeas_row FROM ",
        (false, false) => "DELETE FROM ",
    });
    sql.table(of.live);
    let mut condition = Some(condition);
    if by_keys {
        gathered(&mut sql, of, condition.take());
    }
    if let Some(set) = set {
        sql.word(" SET ").list(set, ", ", |sql, (column, becomes)| {
            if by_keys {
                sql.word("habeas_row.");
            }
            sql.name(column).word(" = ");
            match becomes {
                Some(bind) => of.dialect.assigned(sql, of.live.at(column), bind.clone()),
                None => {
                    sql.word("NULL");
                }
            }
        });
    }
    if let Some(condition) = condition {
        sql.word(" WHERE ");
        condition(&mut sql);
    }
    sql
}

/// Joins the table with the keys of the condition's rows. DISTINCT, though they are: else the database would put the
/// condition back into the statement around it.
fn gathered(sql: &mut Sql, of: Of<'_>, condition: Option<impl FnOnce(&mut Sql)>) {
    let key = &of.spec.key;
    sql.word(" AS habeas_row JOIN (SELECT DISTINCT ");
    sql.columns(of.live, key).word(" FROM ").table(of.live);
    sql.word(" WHERE ");
    if let Some(condition) = condition {
        condition(sql);
    }
    sql.word(") AS habeas_key ON ")
        .list(key, " AND ", |sql, column| {
            sql.word("habeas_row.").name(column);
            sql.word(" = habeas_key.").name(column);
        });
}

fn erase(of: Of<'_>, kind: IdentifierKind) -> Option<Eraser> {
    let condition = |sql: &mut Sql| still_there(sql, of, kind);
    match of.spec.disposition {
        Disposition::Keep { .. } => None,
        Disposition::Delete => Some(Eraser::All {
            erase: written(of, kind, None, condition).done(),
            told: of.dialect.returns().then(|| {
                let mut sql = written(of, kind, None, condition);
                sql.word(" RETURNING ");
                read_key(&mut sql, of);
                sql.done()
            }),
        }),
        Disposition::Anonymise => {
            let erased = erased(of.spec);
            let set: Option<Vec<_>> = erased
                .iter()
                .map(|(c, b)| Some((c.as_str(), b.fixed()?)))
                .collect();
            Some(match set {
                Some(set) => Eraser::All {
                    erase: written(of, kind, Some(&set), condition).done(),
                    told: None,
                },
                None => Eraser::Pieces(Pieces::new(of, &erased, condition)),
            })
        }
    }
}

fn read_key(sql: &mut Sql, of: Of<'_>) {
    sql.list(&of.spec.key, ", ", |sql, column| {
        of.dialect.read(sql, of.live.at(column));
    });
}

fn keys(of: Of<'_>, kind: IdentifierKind) -> Statement {
    let mut sql = select(of, &of.spec.key);
    still_there(&mut sql, of, kind);
    sql.done()
}

fn last(of: Of<'_>, kind: IdentifierKind) -> Option<Statement> {
    if of.spec.disposition != Disposition::Delete || !stands_in_the_way(of, kind) {
        return None;
    }
    let mut sql = Sql::new(of.dialect);
    sql.word("DELETE FROM ").table(of.live).word(" WHERE ");
    let key = of.spec.key.iter().enumerate();
    sql.list(key, " AND ", |sql, (n, column)| {
        let at = of.live.at(column);
        sql.at(at).word(" = ");
        of.dialect.value(sql, at, Bind::Key(n));
    });
    Some(sql.done())
}

fn children(of: Of<'_>, kind: IdentifierKind) -> Vec<(CollectionName, Statement)> {
    let of_this = |c: &&CollectionSpec| c.parents.iter().any(|p| p.collection == of.spec.name);
    let children = of.system.collections.iter().filter(of_this);
    children
        .filter_map(|child| {
            let name = child.name.clone();
            let child = of.other(child)?;
            // Counted whole: told to stop at the first, PostgreSQL reads the table from its beginning.
            let mut sql = count(child);
            still_there(&mut sql, child, kind);
            Some((name, sql.done()))
        })
        .collect()
}

fn changes(of: Of<'_>, kind: IdentifierKind) -> Vec<(usize, Statement)> {
    let spec = of.spec;
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
            let set = [(field.name.as_str(), Some(Bind::New))];
            let statement = written(of, kind, Some(&set), |sql| {
                of.dialect
                    .same_text(sql, of.live.at(&field.name), Bind::Old);
                sql.word(" AND ");
                hers(sql, of, kind, Which::Alone);
            });
            (at, statement.done())
        })
        .collect()
}
