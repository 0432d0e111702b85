//! The way through datasets: the edges that Fides persisted, the outcomes of its reachability cases, and orders.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use server::dataset::graph::{Graph, Origin, Plan, PlanError};
use server::dataset::{Datasets, File, Identity, load};

use crate::fixtures::{read, text};

pub(crate) fn given(identities: &[&str]) -> BTreeSet<Identity> {
    let all = identities.iter();
    all.map(|name| Identity((*name).to_owned())).collect()
}

fn datasets(name: &str) -> Datasets {
    read(name, &text(name)).expect("loads").datasets
}

fn plan(datasets: &Datasets, identities: &[&str]) -> Result<Plan, PlanError> {
    Graph::new(datasets).plan(&given(identities))
}

fn expected() -> Json {
    serde_json::from_str(&text("expected_results.json")).expect("is JSON")
}

/// Node → what leads to it, with Fides' words for begin and end.
fn upstream(plan: &Plan) -> BTreeMap<String, BTreeSet<String>> {
    const ROOT: &str = "__ROOT__:__ROOT__";
    let mut nodes = BTreeMap::from([(ROOT.to_owned(), BTreeSet::new())]);
    let mut leads_on = BTreeSet::new();
    for visit in plan.visits() {
        let from = visit.by.iter().map(|via| match &via.from {
            Origin::Identity(_) => ROOT.to_owned(),
            Origin::Field(address, _) => address.to_string(),
        });
        let from: BTreeSet<_> = from.collect();
        leads_on.extend(from.clone());
        nodes.insert(visit.collection.to_string(), from);
    }
    let ends = plan.visits().map(|visit| visit.collection.to_string());
    let ends = ends.filter(|name| !leads_on.contains(name)).collect();
    nodes.insert("__TERMINATE__:__TERMINATE__".to_owned(), ends);
    nodes
}

#[test]
fn the_example_has_the_edges_that_fides_persisted() {
    let datasets = datasets("dataset/postgres_example_test_dataset.yml");
    let upstream = upstream(&plan(&datasets, &["email"]).expect("a way"));
    let mut downstream: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (node, from) in &upstream {
        for other in from {
            downstream.entry(other).or_default().insert(node);
        }
    }
    let expected = expected();
    let nodes = expected["graph_postgres_example_email"]["task_nodes"]
        .as_array()
        .expect("nodes");
    assert_eq!(upstream.len(), nodes.len());
    for node in nodes {
        let address = node["address"].as_str().expect("an address");
        let names = |list: &str| -> BTreeSet<String> {
            let names = node[list].as_array().expect("names").iter();
            names
                .map(|n| n.as_str().expect("a name").to_owned())
                .collect()
        };
        assert_eq!(upstream[address], names("upstream"), "{address}");
        let down = downstream.get(address).into_iter().flatten();
        let down: BTreeSet<String> = down.map(|n| (*n).to_owned()).collect();
        assert_eq!(down, names("downstream"), "{address}");
    }
}

#[test]
fn reachability_cases_end_as_in_fides() {
    let expected = expected();
    let cases = expected["fides_tests"]["graph_reachability"]["cases"]
        .as_array()
        .expect("cases");
    assert_eq!(cases.len(), 5);
    for case in cases {
        let name = case["dataset"].as_str().expect("a name");
        let identities: Vec<&str> = case["identities"]
            .as_array()
            .expect("identities")
            .iter()
            .filter_map(Json::as_str)
            .collect();
        let datasets = datasets(&format!("graph_cases/{name}.yml"));
        let plan = plan(&datasets, &identities);
        let expect = case["expect"].as_str().expect("words");
        if let Some((_, nodes)) = expect.split_once("were not reachable: ") {
            let why = plan.expect_err(expect).to_string();
            assert_eq!(
                why,
                format!("not reachable: {}", nodes.trim_end_matches('\''))
            );
        } else {
            let plan = plan.expect(expect);
            if let Some((_, skip)) = expect.split_once("'") {
                assert_eq!(plan.skipped.len(), 1);
                assert_eq!(plan.skipped[0].to_string(), skip.trim_end_matches('\''));
            }
        }
    }
}

/// What is asked, stage by stage.
fn stages(plan: &Plan) -> Vec<String> {
    let stage = |stage: &Vec<server::dataset::graph::Visit>| {
        let names = stage
            .iter()
            .map(|visit| visit.collection.collection.clone());
        names.collect::<Vec<_>>().join(" ")
    };
    plan.stages.iter().map(stage).collect()
}

fn erasure(plan: &Plan) -> Vec<String> {
    let stage = |stage: &Vec<server::dataset::Address>| {
        let names = stage.iter().map(|address| address.collection.clone());
        names.collect::<Vec<_>>().join(" ")
    };
    plan.erasure.iter().map(stage).collect()
}

/// `from -> to` of one collection.
fn ways(plan: &Plan, collection: &str) -> Vec<String> {
    let mut visits = plan.visits();
    let visit = visits.find(|visit| visit.collection.collection == collection);
    let by = visit.expect("is visited").by.iter();
    by.map(|via| format!("{} -> {}", via.from, via.to))
        .collect()
}

#[test]
fn other_cases_of_fides() {
    let of = |name: &str| datasets(&format!("graph_cases/{name}.yml"));
    let alone = plan(&of("unreachable_collection"), &["user_id"]).expect_err("is not reached");
    assert_eq!(
        alone.to_string(),
        "not reachable: unreachable_collection:address"
    );
    let PlanError::Unreached(all) = alone else {
        panic!("{alone}")
    };
    assert_eq!(
        all[0].to_string(),
        "unreachable_collection:address is not reachable, though it holds `user.contact.email`: give one of its fields an \
         `identity`, or a reference to a field of a collection that is found"
    );
    let by_reference = plan(&of("reachable_by_reference"), &["user_id"]).expect("a way");
    assert_eq!(stages(&by_reference), ["customer", "address"]);
    for identities in [&["email"][..], &["user_id"], &["email", "user_id"]] {
        let plan = plan(&of("multiple_identities"), identities).expect("a way");
        assert_eq!(
            plan.visits().next().map(|v| v.by.len()),
            Some(identities.len())
        );
    }
    let unvisited = plan(&of("unvisited_edge"), &["email"]).expect("a way");
    assert_eq!(
        stages(&unvisited),
        ["customer_profiles", "customer_addresses"]
    );
    assert_eq!(unvisited.skipped.len(), 2);
    let without = plan(&of("unreachable_without_data_categories"), &["email"]).expect("a way");
    assert_eq!(without.skipped.len(), 1);
}

#[test]
fn two_datasets_and_two_identities_make_one_way() {
    let names = [
        "postgres_example_test_dataset",
        "postgres_example_test_extended_dataset",
    ];
    let texts = names.map(|name| text(&format!("dataset/{name}.yml")));
    let files = [0, 1].map(|i| File {
        name: names[i],
        bytes: texts[i].as_bytes(),
    });
    let datasets = load(&files).expect("load").datasets;
    let both = plan(&datasets, &["email", "loyalty_id"]).expect("a way");
    assert_eq!(both.visits().count(), 12);
    let email = plan(&datasets, &["email"]).expect("a way");
    assert_eq!(email.visits().count(), 11);
    assert!(email.skipped[0].to_string().contains(
        "reachable by the \"loyalty_id\" identity but only the \"email\" identity was provided"
    ));
    let neither = plan(&datasets, &["phone_number"]).expect("a way");
    assert_eq!((neither.visits().count(), neither.skipped.len()), (0, 12));
}

/// One dataset `d`, from lines `collection: field [@identity] [> to] [< from] [= both] …`, with orders in between.
fn drawn(lines: &str) -> Datasets {
    let mut collections = String::new();
    for line in lines.lines().filter(|line| !line.trim().is_empty()) {
        let (name, fields) = line.split_once(':').expect("a name");
        let mut meta = String::new();
        let mut written = String::new();
        for field in fields.split(';') {
            let mut words = field.split_whitespace();
            let field = words.next().expect("a field");
            if let list @ ("after" | "erase_after") = field {
                let names: Vec<_> = words.map(|name| format!("d.{name}")).collect();
                meta += &format!("{list}: [{}], ", names.join(", "));
                continue;
            }
            let (mut identity, mut references) = (String::new(), Vec::new());
            while let Some(word) = words.next() {
                let mut to = |direction: &str| {
                    let field = words.next().expect("a target");
                    references.push(format!("{{dataset: d, field: {field}{direction}}}"));
                };
                match word {
                    ">" => to(", direction: to"),
                    "<" => to(", direction: from"),
                    "=" => to(""),
                    name => identity = format!("identity: {}, ", name.trim_start_matches('@')),
                }
            }
            written += &format!(
                "    - {{name: {field}, data_categories: [user], fides_meta: {{{identity}references: [{}]}}}}\n",
                references.join(", ")
            );
        }
        collections += &format!(
            "  - name: {}\n    fides_meta: {{{meta}}}\n    fields:\n{written}",
            name.trim()
        );
    }
    let text = format!("dataset:\n- fides_key: d\n  collections:\n{collections}");
    read("drawn", &text)
        .unwrap_or_else(|why| panic!("{why}\n{text}"))
        .datasets
}

#[test]
fn what_leads_to_a_collection_is_asked_before_it() {
    // As in Fides: addresses are asked with those of customers and of orders.
    let datasets = drawn(
        "address: id
         customer: id; email @email; address_id > address.id
         order: customer_id = customer.id; shipping > address.id; billing > address.id",
    );
    let plan = plan(&datasets, &["email"]).expect("a way");
    assert_eq!(stages(&plan), ["customer", "order", "address"]);
    assert_eq!(
        ways(&plan, "address"),
        [
            "d:customer.address_id -> id",
            "d:order.billing -> id",
            "d:order.shipping -> id"
        ]
    );
    assert_eq!(ways(&plan, "order"), ["d:customer.id -> customer_id"]);
    assert_eq!(erasure(&plan), ["address", "order", "customer"]);
    assert!(plan.back.is_empty());
}

#[test]
fn directions_are_followed_as_they_say() {
    let datasets = drawn(
        "t1: f2 @email; f3 > t2.f1
         t2: f1
         t3: f3 < t2.f1
         t4: f5 @email",
    );
    let plan = plan(&datasets, &["email"]).expect("a way");
    assert_eq!(stages(&plan), ["t1 t4", "t2", "t3"]);
    assert_eq!(ways(&plan, "t3"), ["d:t2.f1 -> f3"]);
}

#[test]
fn a_reference_the_wrong_way_round_is_explained() {
    let datasets = drawn(
        "one: id @email
         two: id > one.id
         three: id > two.id",
    );
    let PlanError::Unreached(all) = plan(&datasets, &["email"]).expect_err("not reached") else {
        panic!("is stuck");
    };
    let why: Vec<_> = all.iter().map(ToString::to_string).collect();
    assert_eq!(
        why,
        [
            "d:two is not reachable, though it holds `user`: `id` leads to `d:one.id` and not back; turn that reference's \
             `direction` round, or leave it out to go both ways",
            "d:three is not reachable, though it holds `user`: it is linked only with d:two, not reachable either",
        ]
    );
}

#[test]
fn a_round_of_references_ends_where_it_began() {
    let datasets = drawn(
        "last: f < three.f
         one: f > two.f; g; e @email
         two: f; g > three.f
         three: f; g > one.g",
    );
    let plan = plan(&datasets, &["email"]).expect("a way");
    assert_eq!(stages(&plan), ["one", "two", "three", "last"]);
    assert_eq!(ways(&plan, "one"), ["email -> e"]);
    let back = &plan.back[0];
    assert_eq!(plan.back.len(), 1);
    assert_eq!(
        (back.from.0.to_string(), back.to.0.to_string()),
        ("d:three".to_owned(), "d:one".to_owned())
    );
}

#[test]
fn both_ways_is_one_way_from_what_is_asked_first() {
    let datasets = drawn(
        "one: f = two.f; e @email
         two: f = three.f; e @email
         three: f",
    );
    let both = plan(&datasets, &["email"]).expect("a way");
    assert_eq!(stages(&both), ["one", "two", "three"]);
    assert_eq!(ways(&both, "two"), ["email -> e", "d:one.f -> f"]);
    assert_eq!(ways(&both, "one"), ["email -> e"]);
    // From the other end, the other way.
    let chain = drawn(
        "one: f = two.f
         two: f = three.f
         three: f @email",
    );
    let chain = plan(&chain, &["email"]).expect("a way");
    assert_eq!(stages(&chain), ["three", "two", "one"]);
}

#[test]
fn after_is_waited_for_and_may_be_impossible() {
    let datasets = drawn(
        "one: f @email; after two
         two: f @email; after three
         three: f @email",
    );
    assert_eq!(
        stages(&plan(&datasets, &["email"]).expect("a way")),
        ["three", "two", "one"]
    );
    let stuck = drawn(
        "one: f @email; after two
         two: f < one.f",
    );
    let why = plan(&stuck, &["email"]).expect_err("is stuck");
    assert_eq!(
        why.to_string(),
        "d:one waits for d:two by `after`, but d:two is found only through it: leave that `after` out"
    );
    // What is not on the way is not waited for.
    let other = drawn(
        "one: f @email; after two
         two: f @phone_number",
    );
    assert_eq!(stages(&plan(&other, &["email"]).expect("a way")), ["one"]);
}

#[test]
fn erase_after_holds_against_the_order_of_finding() {
    let lines = |more: &str| {
        drawn(&format!(
            "customer: id @email; address_id > address.id
             address: id{more}
             phone: id < customer.id"
        ))
    };
    let found = plan(&lines(""), &["email"]).expect("a way");
    assert_eq!(erasure(&found), ["address phone", "customer"]);
    let said = plan(&lines("; erase_after customer"), &["email"]).expect("a way");
    assert_eq!(erasure(&said), ["phone", "customer", "address"]);
}

#[test]
fn a_thousand_collections_are_soon_in_order() {
    let mut lines = "c0: id @email\n".to_owned();
    for i in 1..1000 {
        lines += &format!("c{i}: id < c{}.id; other = c{}.id\n", i - 1, i / 2);
    }
    let datasets = drawn(&lines);
    let begun = std::time::Instant::now();
    let plan = plan(&datasets, &["email"]).expect("a way");
    let took = begun.elapsed();
    assert_eq!(plan.visits().count(), 1000);
    assert!(took.as_secs() < 20, "{took:?}");
}
