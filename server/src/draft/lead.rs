//! Which links lead from rows of hers to other rows of hers, and which to somebody else's.

use super::another::is_staff;
use super::guess::Sure;
use super::links::{How, Link};
use super::place::Placed;
use super::tables::Table;

/// What leads to a table from those before it.
pub(super) fn leading<'l>(
    tables: &[Table<'_>],
    usable: &[&'l Link],
    links: &'l [Link],
    before: &[Placed],
    table: usize,
    is_subject: &impl Fn(usize) -> bool,
) -> Vec<&'l Link> {
    let is_there =
        |link: &Link| link.child == table && before.iter().any(|one| one.table == link.parent);
    let mut found: Vec<&Link> = usable
        .iter()
        .copied()
        .filter(|link| is_there(link))
        .collect();
    // What a person's row names, as her address, is hers as well where other rows of hers name it.
    if found.iter().any(|link| link.reversed) {
        let also = links
            .iter()
            .filter(|link| link.reversed && is_there(link) && is_named(tables, link, is_subject));
        let known = found.clone();
        found.extend(also.filter(|link| !known.contains(link)));
    }
    found.sort_by_key(|link| rank(tables, link, is_subject));
    // Who of the staff handled a row owns it only if nobody else does.
    let is_staff = |link: &Link| !link.reversed && tables.get(link.parent).is_some_and(is_staff);
    if found.iter().any(|link| !link.reversed && !is_staff(link)) {
        found.retain(|link| !is_staff(link));
    }
    let mut kept: Vec<&Link> = Vec::new();
    for link in found {
        let parent = before.iter().find(|one| one.table == link.parent);
        let is_people = tables
            .get(link.parent)
            .is_some_and(|table| table.around.people);
        // A second one of the same people is the other party of it.
        let is_other = is_people
            && !link.reversed
            && kept
                .iter()
                .any(|one| !one.reversed && one.parent == link.parent);
        // Whoever is named by the same address as she has nothing to do with her order.
        let is_named = parent.is_some_and(|one| one.parents.iter().any(|up| up.reversed))
            && !link.reversed
            && link.how != How::Dataset
            && !kept.is_empty();
        if !is_other && !is_named {
            kept.push(link);
        }
    }
    kept
}

/// The best first.
pub(super) fn rank(
    tables: &[Table<'_>],
    link: &Link,
    is_subject: &impl Fn(usize) -> bool,
) -> (How, bool, bool, bool, bool, usize) {
    let staff = tables.get(link.parent).is_some_and(is_staff);
    (
        link.how,
        link.reversed,
        !is_subject(link.parent),
        staff,
        !link.not_null,
        link.parent,
    )
}

/// Whether it may say whose a row is.
pub(super) fn is_usable(
    tables: &[Table<'_>],
    link: &Link,
    is_subject: &impl Fn(usize) -> bool,
) -> bool {
    let Some(child) = tables.get(link.child) else {
        return false;
    };
    let is_anothers = |table: Option<&Table<'_>>, column: &str| {
        let field = table.and_then(|table| table.field(column));
        field.is_some_and(|field| field.of.is_another())
    };
    let parent = tables.get(link.parent);
    if is_anothers(Some(child), &link.column) || is_anothers(parent, &link.references) {
        return false;
    }
    // Who of the staff handled it owns no row that shows somebody by itself, whoever says that it leads there.
    let shows_another = is_subject(link.child) && !is_staff(child);
    if !link.reversed && shows_another && parent.is_some_and(is_staff) {
        return false;
    }
    if link.how == How::Dataset {
        return true;
    }
    if link.reversed {
        return is_subject(link.parent) && is_named(tables, link, is_subject);
    }
    // Where each row must have an owner, it is no record of its own; where it may have one, it is both.
    let own_record = is_subject(link.child) && child.around.people;
    !link.role && !own_record
}

/// Whether what another row names may be hers: a customer's address is, mostly; her sales region is not.
fn is_named(tables: &[Table<'_>], link: &Link, is_subject: &impl Fn(usize) -> bool) -> bool {
    let contact = |category: &str| category.starts_with("user.contact");
    let has = tables.get(link.child).is_some_and(|child| {
        let mut fields = child.fields.iter();
        fields.any(|f| f.sure >= Some(Sure::Medium) && contact(&f.category))
    });
    !is_subject(link.child) && has && !link.role
}
