//! The parents of each table: all that leads to it from a person's record, so that no way goes round.

use app::model::IdentifierKind;

use super::guess::{Around, Sure};
use super::lead::{is_usable, leading, rank};
use super::links::{How, Link};
use super::tables::Table;
use crate::connectors::spec::WAYS_MAX;

/// One table of the draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) table: usize,
    /// Whether its rows are a person's record, or show a person themselves.
    pub(super) subject: bool,
    /// What leads to its rows from rows of hers, the best first.
    pub(super) parents: Vec<Link>,
}

/// Puts every table that a person leads to in an order with parents before children, each with all that leads to it.
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
    let alone = |table: usize| Placed {
        table,
        subject: is_subject(table),
        parents: Vec::new(),
    };
    let waits = |at: usize| usable.iter().any(|link| link.child == at);
    placed.extend(
        (0..tables.len())
            .filter(|at| is_subject(*at) && !waits(*at))
            .map(alone),
    );
    loop {
        let left: Vec<usize> = (0..tables.len())
            .filter(|at| placed.iter().all(|one| one.table != *at))
            .collect();
        // Rows that are named by hers come after all rows that may name them.
        let round = [false, true].map(|reversed| {
            let leads = |at: &&usize| {
                let mut there = usable.iter().filter(|link| link.reversed == reversed);
                there.any(|link| {
                    link.child == **at && placed.iter().any(|one| one.table == link.parent)
                })
            };
            left.iter().filter(leads).copied().collect::<Vec<_>>()
        });
        let round = round.into_iter().find(|round| !round.is_empty());
        // People that only lead to one another: the first begins.
        let first = || left.iter().copied().find(|at| is_subject(*at));
        match round.or_else(|| first().map(|at| vec![at])) {
            Some(round) => placed.extend(round.into_iter().map(alone)),
            None => break,
        }
    }
    let mut ways: Vec<usize> = Vec::new();
    for at in 0..placed.len() {
        let (before, rest) = placed.split_at_mut(at);
        if let Some(one) = rest.first_mut() {
            let mut found = leading(tables, &usable, links, before, one.table, &is_subject);
            found.sort_by_key(|link| rank(tables, link, &is_subject));
            let mut own = usize::from(one.subject);
            // A description allows so many, and the best are enough for most.
            found.retain(|link| {
                let place = before.iter().position(|other| other.table == link.parent);
                let more = place
                    .and_then(|place| ways.get(place))
                    .copied()
                    .unwrap_or(1);
                let fits = own + more <= WAYS_MAX;
                own += if fits { more } else { 0 };
                fits
            });
            ways.push(own);
            one.parents = found.into_iter().cloned().collect();
        }
    }
    placed
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
            let parents = placed.parents.iter().map(|link| {
                format!(
                    " < {}.{} by {}",
                    tables[link.parent].name, link.references, link.column
                )
            });
            let parents: String = parents.collect();
            format!("{}{star}{parents}", tables[placed.table].name)
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
    fn all_that_leads_to_her_is_followed() {
        let customers = refers(
            table("customers", &["id", "email", "address_id"]),
            "address_id",
            "addresses",
        );
        let contacts = table("contacts", &["id", "email"]);
        let orders = table(
            "orders",
            &[
                "id",
                "customer_id!",
                "contact_id",
                "ship_to_id",
                "bill_to_id",
                "agent_id",
            ],
        );
        let orders = [
            ("customer_id", "customers"),
            ("contact_id", "contacts"),
            ("ship_to_id", "addresses"),
            ("bill_to_id", "addresses"),
            ("agent_id", "agents"),
        ]
        .into_iter()
        .fold(orders, |orders, (column, to)| refers(orders, column, to));
        let addresses = table("addresses", &["id", "street", "city"]);
        let agents = refers(
            table("agents", &["id", "email", "address_id"]),
            "address_id",
            "addresses",
        );
        let payers = table("payers", &["id", "customer_id", "gift_customer_id"]);
        let payers = refers(
            refers(payers, "customer_id", "customers"),
            "gift_customer_id",
            "customers",
        );
        let want = [
            "customers*",
            "contacts*",
            "agents*",
            "orders < customers.id by customer_id < contacts.id by contact_id",
            "payers < customers.id by customer_id",
            "addresses < customers.address_id by id < agents.address_id by id < orders.ship_to_id by id < orders.bill_to_id by id",
        ];
        assert_eq!(
            order(vec![customers, contacts, orders, addresses, agents, payers]),
            want
        );
    }

    #[test]
    fn no_table_has_more_ways_than_a_description_takes() {
        let mut all = vec![table("customers", &["id", "email"])];
        for n in 1..9 {
            let columns: Vec<String> = (0..n).map(|at| format!("c{at}_id")).collect();
            let mut names: Vec<&str> = vec!["id"];
            names.extend(columns.iter().map(String::as_str));
            let mut one = table(&format!("t{n}"), &names);
            for (at, column) in columns.iter().enumerate() {
                let to = if at == 0 {
                    "customers".to_owned()
                } else {
                    format!("t{at}")
                };
                one = refers(one, column, &to);
            }
            all.push(one);
        }
        let found = order(all);
        assert_eq!(found.len(), 9, "{found:?}");
        // Doubled by each table before it, so that 24 are passed at the sixth.
        let parents: Vec<usize> = found.iter().map(|one| one.matches(" < ").count()).collect();
        assert_eq!(parents[..6], [0, 1, 2, 3, 4, 5], "{found:?}");
        assert!(
            parents[6..].iter().all(|many| (1..6).contains(many)),
            "{found:?}"
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
