//! Drafts of rows that belong to several others.

use super::*;

/// Orders of who ordered and of who is billed.
fn orders() -> SeenTable {
    let orders = table(
        "orders",
        &[
            "id",
            "customer_id",
            "contact_id",
            "payer_id",
            "agent_id",
            "said",
        ],
    );
    let orders = refers(orders, "customer_id", "customers");
    let orders = refers(orders, "contact_id", "contacts");
    refers(orders, "agent_id", "agents")
}

#[test]
fn several_references_are_listed_each_with_its_reason() {
    let contacts = table("contacts", &["id", "email", "phone"]);
    let payers = table("payer", &["id", "email"]);
    let agents = table("agents", &["id", "email"]);
    let draft = drafted(vec![customers(), contacts, payers, agents, orders()]);
    let orders = collection(&draft, "orders");
    let parents = orders
        .parents
        .iter()
        .map(|p| (p.collection.as_str(), p.column.as_str()));
    let want = [
        ("customers", "customer_id"),
        ("contacts", "contact_id"),
        ("payer", "payer_id"),
    ];
    assert_eq!(parents.collect::<Vec<_>>(), want, "{}", draft.text);
    assert!(orders.is_anothers("agent_id"), "{}", draft.text);
    for want in [
        "# whose the rows are is told by \"customer_id\" and \"id\" of \"customers\": a foreign key",
        "# ? low: whose the rows are is told by \"payer_id\" and \"id\" of \"payer\": by a column's name alone",
        "# also belongs to \"agents\" by \"agent_id\" = \"id\": not followed, it names who",
        "parent = [\n  { collection = \"customers\", column = \"customer_id\", references = \"id\" },\n",
        "# ! rows of orders may be another's as well, stay then and need these rows: anonymised, and not deleted",
    ] {
        assert!(draft.text.contains(want), "{want}: {}", draft.text);
    }
    // What stays refers to both; nothing but a name to the payers.
    let becomes = |name: &str| collection(&draft, name).disposition.clone();
    assert_eq!(becomes("customers"), Disposition::Anonymise);
    assert_eq!(becomes("contacts"), Disposition::Anonymise);
    assert_eq!(becomes("payer"), Disposition::Delete);
    assert_eq!(becomes("orders"), Disposition::Delete);
}

#[test]
fn one_reference_is_drafted_as_ever() {
    let orders = refers(
        table("orders", &["id", "customer_id"]),
        "customer_id",
        "customers",
    );
    let draft = drafted(vec![customers(), orders]);
    let want =
        "parent = { collection = \"customers\", column = \"customer_id\", references = \"id\" }\n";
    assert!(draft.text.contains(want), "{}", draft.text);
    assert!(!draft.text.contains("whose the rows are"), "{}", draft.text);
    assert_eq!(
        collection(&draft, "customers").disposition,
        Disposition::Delete
    );
}

#[test]
fn a_dataset_says_all_references() {
    let yaml = "dataset:\n  - fides_key: shop\n    collections:\n      - name: customers\n        fields:\n          \
        - {name: id, data_categories: [user.unique_id]}\n          \
        - {name: email, data_categories: [user.contact.email], fides_meta: {identity: email}}\n      \
        - name: places\n        fields:\n          \
        - {name: id, data_categories: [system.operations]}\n          \
        - {name: city, data_categories: [user.contact.address.city]}\n      \
        - name: orders\n        fields:\n          \
        - {name: id, data_categories: [system.operations]}\n          \
        - {name: customer_id, data_categories: [user.unique_id], fides_meta: {references: [{dataset: shop, field: customers.id, \
        direction: from}]}}\n          \
        - {name: from_id, data_categories: [system.operations], fides_meta: {references: [{dataset: shop, field: places.id, \
        direction: to}]}}\n          \
        - {name: to_id, data_categories: [system.operations], fides_meta: {references: [{dataset: shop, field: places.id, \
        direction: to}]}}\n";
    let orders = table("orders", &["id", "customer_id", "from_id", "to_id"]);
    let places = table("places", &["id", "city"]);
    let draft = with(vec![customers(), places, orders], yaml);
    let named = |name: &str| {
        let parents = collection(&draft, name).parents.iter();
        parents
            .map(|p| format!("{}.{}", p.collection, p.references))
            .collect::<Vec<_>>()
    };
    assert_eq!(named("orders"), ["customers.id"], "{}", draft.text);
    assert_eq!(
        named("places"),
        ["orders.from_id", "orders.to_id"],
        "{}",
        draft.text
    );
    assert!(draft.text.contains("whose the rows are is named by \"from_id\" and \"id\" of \"orders\": the dataset says so"), "{}", draft.text);
}
