//! One parent for each table, so that every table is reached from a person's record and no way goes round.

use app::model::IdentifierKind;

use super::another::is_staff;
use super::guess::{Around, Sure};
use super::links::{How, Link};
use super::tables::Table;

/// One table of the draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) table: usize,
    /// Whether its rows are a person's record, or show a person themselves.
    pub(super) subject: bool,
    pub(super) parent: Option<Link>,
}

/// Puts every table that a person leads to in an order with parents before children, each with one parent at most.
pub(super) fn place(tables: &[Table<'_>], links: &[Link]) -> Vec<Placed> {
    let subjects: Vec<bool> = (0..tables.len())
        .map(|at| is_subject(tables, links, at))
        .collect();
    let is_subject = |at: usize| subjects.get(at).copied().unwrap_or(false);
    let usable: Vec<&Link> = links
        .iter()
        .filter(|link| is_usable(tables, link, &is_subject))
        .collect();
    let mut placed: Vec<Placed> = Vec::new();
    let waits = |at: usize| usable.iter().any(|link| link.child == at);
    for table in (0..tables.len()).filter(|at| is_subject(*at) && !waits(*at)) {
        placed.push(Placed {
            table,
            subject: true,
            parent: None,
        });
    }
    loop {
        let before = placed.len();
        let left: Vec<usize> = (0..tables.len())
            .filter(|at| placed.iter().all(|one| one.table != *at))
            .collect();
        let round: Vec<Placed> = left
            .iter()
            .filter_map(|at| {
                let there = |link: &&&Link| {
                    link.child == *at && placed.iter().any(|one| one.table == link.parent)
                };
                let parent = usable
                    .iter()
                    .filter(there)
                    .min_by_key(|link| rank(tables, link, &is_subject))?;
                Some(Placed {
                    table: *at,
                    subject: is_subject(*at),
                    parent: Some((*parent).clone()),
                })
            })
            .collect();
        placed.extend(round);
        if placed.len() == before {
            // People that only lead to one another: the first begins.
            let Some(first) = left.into_iter().find(|at| is_subject(*at)) else {
                return placed;
            };
            placed.push(Placed {
                table: first,
                subject: true,
                parent: None,
            });
        }
    }
}

/// The best first.
fn rank(
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
fn is_usable(tables: &[Table<'_>], link: &Link, is_subject: &impl Fn(usize) -> bool) -> bool {
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
        // A customer's address is hers, mostly; her sales region is not.
        let contact = |category: &str| category.starts_with("user.contact");
        let has = child
            .fields
            .iter()
            .any(|f| f.sure >= Some(Sure::Medium) && contact(&f.category));
        return is_subject(link.parent) && !is_subject(link.child) && has && !link.role;
    }
    // Where each row must have an owner, it is no record of its own; where it may have one, it is both.
    let own_record = is_subject(link.child) && child.around.people;
    !link.role && !own_record
}

/// Whether rows show people by themselves: a record, or what somebody wrote who is none.
fn is_subject(tables: &[Table<'_>], links: &[Link], at: usize) -> bool {
    let Some(table) = tables.get(at).filter(|table| table.id().is_some()) else {
        return false;
    };
    if let Some(said) = table.said {
        return said.fields.iter().any(|field| field.identity.is_some());
    }
    if !is_contact(table) {
        return false;
    }
    let owned = |link: &Link| {
        link.child == at
            && !link.reversed
            && link.not_null
            && !link.role
            && link.how != How::Name
            && tables.get(link.parent).is_some_and(is_contact)
    };
    table.around.people || !links.iter().any(owned)
}

/// Whether a person can be found in it.
fn is_contact(table: &Table<'_>) -> bool {
    let Around { people, .. } = table.around;
    let direct = |kind| matches!(kind, Some(IdentifierKind::Email | IdentifierKind::Phone));
    table.fields.iter().any(|field| {
        let likely = field.sure != Some(Sure::Low);
        direct(field.holds) && likely || people && field.holds == Some(IdentifierKind::Name)
    })
}

#[cfg(test)]
mod tests {
    use super::super::links::links;
    use super::super::sample::{refers, table};
    use super::super::tables::tables;
    use super::*;
    use crate::connectors::sql::{SeenTable, Survey};

    /// Each table with its parent, in order; a subject has a star.
    fn order(seen: Vec<SeenTable>) -> Vec<String> {
        let survey = Survey::of(seen);
        let (mut tables, _) = tables(&survey, None);
        let links = links(&survey, &mut tables, None);
        let says = |placed: &Placed| {
            let star = if placed.subject { "*" } else { "" };
            let parent = placed.parent.as_ref();
            let parent = parent.map_or(String::new(), |link| {
                format!(
                    " < {}.{} by {}",
                    tables[link.parent].name, link.references, link.column
                )
            });
            format!("{}{star}{parent}", tables[placed.table].name)
        };
        place(&tables, &links).iter().map(says).collect()
    }

    #[test]
    fn parents_come_before_children_and_lead_to_a_person() {
        let items = refers(table("a_items", &["id", "order_id!"]), "order_id", "orders");
        let orders = refers(
            table("orders", &["id", "customer_id!", "email"]),
            "customer_id",
            "customers",
        );
        let customers = table("customers", &["id", "email", "name"]);
        let products = table("products", &["id", "name"]);
        let want = [
            "customers*",
            "orders < customers.id by customer_id",
            "a_items < orders.id by order_id",
        ];
        assert_eq!(order(vec![items, orders, customers, products]), want);
    }

    #[test]
    fn a_row_that_may_have_an_owner_is_found_both_ways() {
        let customers = table("customers", &["id", "email"]);
        let orders = refers(
            table("orders", &["id", "customer_id", "email"]),
            "customer_id",
            "customers",
        );
        assert_eq!(
            order(vec![customers, orders]),
            ["customers*", "orders* < customers.id by customer_id"]
        );
    }

    #[test]
    fn names_lead_where_nothing_is_declared() {
        let customers = table("Customers", &["id", "email"]);
        let logins = table("logins", &["id", "customer_id"]);
        assert_eq!(
            order(vec![customers, logins]),
            ["customers*", "logins < customers.id by customer_id"]
        );
    }

    #[test]
    fn who_did_something_with_a_row_does_not_own_it() {
        let staff = table("employees", &["id", "email"]);
        let people = table("customers", &["id", "email"]);
        let tickets = table("tickets", &["id", "assigned_to_id!", "customer_id!"]);
        let tickets = refers(tickets, "assigned_to_id", "employees");
        let tickets = refers(tickets, "customer_id", "customers");
        let audit = refers(
            table("audit", &["id", "created_by_id!"]),
            "created_by_id",
            "employees",
        );
        let want = [
            "employees*",
            "customers*",
            "tickets < customers.id by customer_id",
        ];
        assert_eq!(order(vec![staff, people, tickets, audit]), want);
    }

    #[test]
    fn an_address_belongs_to_who_names_it() {
        let customers = refers(
            table("customers", &["id", "email", "address_id"]),
            "address_id",
            "addresses",
        );
        let addresses = table("addresses", &["id", "street", "city"]);
        assert_eq!(
            order(vec![customers, addresses]),
            ["customers*", "addresses < customers.address_id by id"]
        );
    }

    #[test]
    fn no_way_goes_round() {
        let a = refers(table("users", &["id", "email", "b_id"]), "b_id", "contacts");
        let b = refers(table("contacts", &["id", "email", "a_id"]), "a_id", "users");
        let c = refers(
            refers(table("c", &["id", "d_id", "user_id"]), "d_id", "d"),
            "user_id",
            "users",
        );
        let d = refers(table("d", &["id", "c_id"]), "c_id", "c");
        let itself = refers(
            table("members", &["id", "email", "boss_id"]),
            "boss_id",
            "members",
        );
        let found = order(vec![a, b, c, d, itself]);
        let want = [
            "users*",
            "contacts*",
            "members*",
            "c < users.id by user_id",
            "d < c.id by c_id",
        ];
        assert_eq!(found, want);
    }
}
