//! Whose a row is, as a condition: by an id in the row itself, or because a reference leads to it from a row of theirs.
//!
//! A row is hers if any reference leads to it from a row of hers. It is hers alone if, besides, none leads to it from a row of
//! somebody who is not of her set: two references may lead to it from two people, though each by itself leads from one only.

use app::model::IdentifierKind;

use super::live::{At, Live, Of, Shape};
use super::quote::{Member, Sql, Statement};
use super::table::same_subject;
use crate::connectors::spec::IdColumn;

/// As many members of a set on each side share rows with her; those of more are taken for others, and keep theirs.
const MEMBERS: usize = 7;

/// Which of her rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    All,
    /// Those that nobody's row leads to but hers, and of those before her in her set.
    Alone,
    /// Those that nobody's row leads to but of her set.
    OfSet,
}

impl Which {
    /// Whose rows may lead to them.
    fn members(self) -> impl Iterator<Item = Member> + Clone {
        let after = if self == Self::OfSet { MEMBERS } else { 0 };
        let before = (0..MEMBERS).map(Member::Before);
        let others = before.chain((0..after).map(Member::After));
        std::iter::once(Member::Her).chain(others)
    }
}

/// A reference as it is: a row belongs to those rows of the parent that say there what it says here.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reference<'a> {
    here: At<'a>,
    parent: Of<'a>,
    there: At<'a>,
}

impl Reference<'_> {
    /// Whether several rows of the parent may lead to one row.
    fn is_shareable(self) -> bool {
        let mut unique = self.parent.live.unique.iter();
        !unique.any(|columns| columns.iter().all(|column| column == self.there.name))
    }

    /// Where equality is not to the byte, the text is compared too.
    fn is_loose(self) -> bool {
        let mut ends = [self.here, self.there].into_iter();
        ends.any(|at| at.shape() == Shape::Loose)
    }

    fn write_here(self, sql: &mut Sql) {
        linked(sql, self.here, self.is_loose());
    }

    fn write_there(self, sql: &mut Sql) {
        linked(sql, self.there, self.is_loose());
    }

    /// Rows that it leads to from rows of the parent. The condition for these follows.
    fn write_from(self, sql: &mut Sql) {
        sql.word("(");
        self.write_here(sql);
        sql.word(") IN (SELECT ");
        self.write_there(sql);
        sql.word(" FROM ").table(self.parent.live).word(" WHERE ");
    }
}

fn linked(sql: &mut Sql, at: At<'_>, is_loose: bool) {
    let dialect = sql.dialect();
    dialect.link(sql, at);
    if is_loose {
        sql.word(", ");
        dialect.exact(sql, at);
    }
}

/// The references that lead from rows that are found by this kind of id; by any if none is given.
pub(super) fn leading(
    of: Of<'_>,
    kind: Option<IdentifierKind>,
) -> impl Iterator<Item = Reference<'_>> {
    let references = of.spec.parents.iter().filter_map(move |link| {
        let parent = of.other(of.system.collection(&link.collection)?)?;
        Some(Reference {
            here: of.at(&link.column),
            parent,
            there: parent.at(&link.references),
        })
    });
    references.filter(move |one| {
        kind.is_none_or(|kind| of.system.found_by(one.parent.spec).contains(&kind))
    })
}

/// The columns of a row that say such an id.
fn direct(of: Of<'_>, kind: Option<IdentifierKind>) -> Vec<IdColumn> {
    let ids = of.spec.id_columns();
    ids.filter(|id| kind.is_none_or(|kind| id.kind == kind))
        .collect()
}

/// The references by which a row that is reached so may be another's as well: what is reached in one way, from one row only, is
/// whose that row is.
fn doubtful(of: Of<'_>, kind: Option<IdentifierKind>) -> Vec<Reference<'_>> {
    let all: Vec<_> = leading(of, None).collect();
    let one_way = all.len() == 1 && direct(of, kind).is_empty();
    let mut all = all;
    all.retain(|one| !one_way || one.is_shareable());
    all
}

/// Whether others may have rows of these together with her: nothing in the tables around forbids it.
pub(super) fn may_share(of: Of<'_>, kind: IdentifierKind) -> bool {
    !doubtful(of, Some(kind)).is_empty()
        || leading(of, Some(kind)).any(|one| may_share(one.parent, kind))
}

/// All collections that tell whose its rows are, through the parents of its parents.
pub(super) fn above(of: Of<'_>, kind: Option<IdentifierKind>) -> Vec<Of<'_>> {
    let mut found: Vec<Of<'_>> = Vec::new();
    let mut next = Some(of);
    let mut done = 0;
    while let Some(one) = next {
        for Reference { parent, .. } in leading(one, kind) {
            if found
                .iter()
                .all(|known| known.spec.name != parent.spec.name)
            {
                found.push(parent);
            }
        }
        next = found.get(done).copied();
        done += 1;
    }
    found
}

/// Whether rows of these stand in the way of rows that tell whose they are: those refer to these.
pub(super) fn stands_in_the_way(of: Of<'_>, kind: IdentifierKind) -> bool {
    let kind = Some(kind);
    leading(of, kind).any(Reference::is_shareable)
        || above(of, kind)
            .iter()
            .any(|one| one.live.refers_to(of.live))
}

/// Rows of hers: by an id in the row itself, or because they belong to a row of hers.
pub(super) fn hers(sql: &mut Sql, of: Of<'_>, kind: IdentifierKind, which: Which) {
    theirs(sql, of, Some(kind), std::iter::once(Member::Her), which);
}

/// Counts rows of hers that somebody has as well who is not of her set.
pub(super) fn shared(of: Of<'_>, kind: IdentifierKind) -> Statement {
    let mut sql = Sql::new(of.dialect);
    sql.word("SELECT count(*) FROM ");
    let all = |sql: &mut Sql| hers(sql, of, kind, Which::All);
    narrowed(&mut sql, of, all, |sql| {
        sql.word("(");
        hers(sql, of, kind, Which::OfSet);
        sql.word(") IS NOT TRUE");
    });
    sql.done()
}

/// Rows of these members, by their ids of this kind; of any kind if none is given.
fn theirs(
    sql: &mut Sql,
    of: Of<'_>,
    kind: Option<IdentifierKind>,
    members: impl Iterator<Item = Member> + Clone,
    which: Which,
) {
    let ids = Some(direct(of, kind)).filter(|ids| !ids.is_empty());
    let ids = ids.into_iter().map(Way::Ids);
    let ways: Vec<_> = ids.chain(leading(of, kind).map(Way::Reference)).collect();
    let mut doubtful = doubtful(of, kind);
    doubtful.retain(|_| which != Which::All);
    let write = |sql: &mut Sql, way: &Way<'_>| match way {
        Way::Ids(ids) => {
            let each = ids
                .iter()
                .flat_map(|id| members.clone().map(move |of| (id, of)));
            sql.word("(").list(each, " OR ", |sql, (id, member)| {
                sql.word("(");
                same_subject(sql, of.live, id, member);
                sql.word(")");
            });
            sql.word(")");
        }
        Way::Reference(reference) => {
            reference.write_from(sql);
            theirs(sql, reference.parent, kind, members.clone(), which);
            // Those first: else whose the parent is may be looked up once more for every row.
            sql.word(of.dialect.first()).word(")");
        }
    };
    let whose = (kind, members.clone());
    if ways.len() > 1 && of.dialect.unites() && has_whole_key(of) {
        return united(sql, of, (&ways, &doubtful), write, whose, which);
    }
    sql.word("((")
        .list(&ways, " OR ", |sql, way| write(sql, way));
    sql.word(")");
    for reference in doubtful {
        sql.word(" AND ");
        let row = reference.here;
        from_nobody_else(sql, of, (row, reference), whose.clone(), which);
    }
    sql.word(")");
}

/// One way by which rows are reached.
enum Way<'a> {
    Ids(Vec<IdColumn>),
    Reference(Reference<'a>),
}

/// Whether every row has a key: a unique index may leave some without.
fn has_whole_key(of: Of<'_>) -> bool {
    let mut key = of.spec.key.iter();
    key.all(|column| of.live.column(column).is_some_and(|column| column.not_null))
}

/// What the rows of all ways are called.
const WAY: &str = "habeas_way";

/// By the keys of the rows of each way: most databases read the whole table to find the rows of one or another. Who else has them is
/// looked for among these.
fn united(
    sql: &mut Sql,
    of: Of<'_>,
    (ways, doubtful): (&[Way<'_>], &[Reference<'_>]),
    write: impl Fn(&mut Sql, &Way<'_>),
    whose: (Option<IdentifierKind>, impl Iterator<Item = Member> + Clone),
    which: Which,
) {
    let key = &of.spec.key;
    let mut columns = key.clone();
    for reference in doubtful {
        if columns.iter().all(|column| column != reference.here.name) {
            columns.push(reference.here.name.to_owned());
        }
    }
    let rows = Live {
        schema: String::new(),
        table: WAY.to_owned(),
        columns: of.live.columns.clone(),
        unique: Vec::new(),
        refers: Vec::new(),
    };
    sql.word("(").columns(of.live, key).word(") IN (SELECT ");
    sql.columns(&rows, key).word(" FROM (");
    sql.list(ways, " UNION ALL ", |sql, way| {
        sql.word("SELECT ").columns(of.live, &columns);
        sql.word(" FROM ").table(of.live).word(" WHERE ");
        write(sql, way);
    });
    if !doubtful.is_empty() {
        sql.word(of.dialect.first());
    }
    sql.word(") AS ").name(WAY);
    for (at, reference) in doubtful.iter().enumerate() {
        sql.word(if at == 0 { " WHERE " } else { " AND " });
        let row = rows.at(reference.here.name);
        from_nobody_else(sql, of, (row, *reference), whose.clone(), which);
    }
    sql.word(")");
}

/// The reference leads to a row from no row but of the members that may have it, which go too. Looked for among the rows that lead to
/// these: there are few, and many of others.
fn from_nobody_else(
    sql: &mut Sql,
    of: Of<'_>,
    (row, reference): (At<'_>, Reference<'_>),
    (kind, members): (Option<IdentifierKind>, impl Iterator<Item = Member> + Clone),
    which: Which,
) {
    let Reference { parent, there, .. } = reference;
    sql.word("(").at(row).word(" IS NULL OR (");
    linked(sql, row, reference.is_loose());
    sql.word(") NOT IN (SELECT ");
    reference.write_there(sql);
    sql.word(" FROM ");
    let led = |sql: &mut Sql| {
        sql.at(there).word(" IS NOT NULL AND (");
        reference.write_there(sql);
        sql.word(") IN (SELECT ");
        reference.write_here(sql);
        sql.word(" FROM ").table(of.live).word(" WHERE ");
        theirs(sql, of, kind, members, Which::All);
        sql.word(")");
    };
    narrowed(sql, parent, led, |sql| {
        theirs(sql, parent, None, which.members(), which);
        sql.word(" IS NOT TRUE");
    });
    sql.word("))");
}

/// A table's rows of one condition that are of the other as well, which is asked of those only.
fn narrowed(sql: &mut Sql, of: Of<'_>, first: impl FnOnce(&mut Sql), then: impl FnOnce(&mut Sql)) {
    let end = of.dialect.first();
    if end.is_empty() {
        sql.table(of.live).word(" WHERE ");
        first(sql);
        sql.word(" AND ");
    } else {
        sql.word("(SELECT * FROM ").table(of.live).word(" WHERE ");
        first(sql);
        sql.word(end).word(") AS ").name(&of.live.table);
        sql.word(" WHERE ");
    }
    then(sql);
}
