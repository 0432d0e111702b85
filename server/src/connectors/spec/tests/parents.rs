//! References: one as a table, several as a list, none twice and none round.

use super::super::SystemSpec;
use super::GOOD;

const ONE: &str =
    "parent = { collection = \"contacts\", column = \"contact_id\", references = \"id\" }";

fn with(parents: &str) -> String {
    GOOD.replace(ONE, parents)
}

fn refused(text: &str) -> String {
    SystemSpec::parse(text).expect_err("refused").to_string()
}

fn link(collection: &str, column: &str) -> String {
    format!("{{ collection = \"{collection}\", column = \"{column}\", references = \"id\" }}")
}

/// A collection with these parents.
fn collection(name: &str, parents: &[String]) -> String {
    format!(
        "[[collections]]\nname = \"{name}\"\ntitle = \"x\"\nkey = [\"id\"]\ndisposition = {{ do = \"delete\" }}\n\
         parent = [ {} ]\nfields = [ {{ name = \"a\", category = \"user\" }} ]\n",
        parents.join(", ")
    )
}

#[test]
fn one_is_a_table_and_several_are_a_list() {
    let spec = SystemSpec::parse(GOOD).expect("good");
    assert_eq!(spec.collections[1].parents.len(), 1);
    let text = spec.text().expect("written");
    assert!(text.contains("\n[collections.parent]\n"), "{text}");
    let again = SystemSpec::parse(&text).expect("read back");
    assert_eq!(again.collections[1].parents, spec.collections[1].parents);

    let two = format!(
        "parent = [ {}, {} ]",
        link("contacts", "contact_id"),
        link("contacts", "billed_id")
    );
    let spec = SystemSpec::parse(&with(&two)).expect("good");
    let columns: Vec<_> = spec.collections[1]
        .parents
        .iter()
        .map(|p| p.column.as_str())
        .collect();
    assert_eq!(columns, ["contact_id", "billed_id"]);
    assert_eq!(
        spec.inventory().collections[1].parents.len(),
        1,
        "each once"
    );
    let again = SystemSpec::parse(&spec.text().expect("written")).expect("read back");
    assert_eq!(again.collections[1].parents, spec.collections[1].parents);
    // What is sealed is JSON.
    let json = serde_json::to_string(&spec).expect("JSON");
    let again: SystemSpec = serde_json::from_str(&json).expect("read back");
    assert_eq!(again.collections[1].parents, spec.collections[1].parents);

    let none = json.replacen("\"found_by\":", "\"parent\":null,\"found_by\":", 1);
    assert_ne!(none, json);
    let again: SystemSpec = serde_json::from_str(&none).expect("an older draft");
    assert!(again.collections[0].parents.is_empty());

    let listed = SystemSpec::parse(&with(&format!(
        "parent = [ {} ]",
        link("contacts", "contact_id")
    )));
    assert_eq!(listed.expect("good").collections[1].parents.len(), 1);
}

#[test]
fn a_mistake_in_one_reference_is_named_with_its_place() {
    let good = link("contacts", "contact_id");
    let also = |other: &str| with(&format!("parent = [ {good}, {other} ]"));
    for (other, want) in [
        (
            link("contacts", ""),
            "tickets.parent[1].column: want a name",
        ),
        (
            link("gone", "b"),
            "tickets.parent[1].collection: is not described above",
        ),
        (
            link("tickets", "b"),
            "tickets.parent[1].collection: is the collection itself",
        ),
        (good.clone(), "tickets.parent[1]: is the same as parent[0]"),
        (
            "{ collection = \"contacts\", column = \"b\", references = \"email\" }".to_owned(),
            "tickets.parent[1].references: anonymising clears",
        ),
        (
            "{ collection = \"contacts\", colum = \"b\" }".to_owned(),
            "unknown field `colum`",
        ),
    ] {
        let said = refused(&also(&other));
        assert!(said.contains(want), "{other}: {said}");
    }
    assert!(refused(&with("parent = []")).contains("an empty list belongs to nobody"));
    let said = refused(&with("parent = \"contacts\""));
    assert!(said.contains("a table with `collection`"), "{said}");
}

#[test]
fn a_way_that_goes_round_is_refused_where_it_does() {
    let a = collection("a", &[link("contacts", "x"), link("c", "y")]);
    let b = collection("b", &[link("a", "x")]);
    let c = collection("c", &[link("b", "x"), link("contacts", "y")]);
    let said = refused(&format!("{GOOD}{a}{b}{c}"));
    assert!(
        said.contains("collections.a.parent[1].collection: goes round: `c` belongs to `a` already"),
        "{said}"
    );
}

#[test]
fn what_is_kept_needs_every_owner() {
    let a = collection("a", &[link("contacts", "x")]);
    let kept = with(&format!(
        "parent = [ {}, {} ]",
        link("contacts", "contact_id"),
        link("a", "a_id")
    ));
    let (above, tickets) = kept.split_at(kept.rfind("[[collections]]").expect("tickets"));
    let said = refused(&format!("{above}{a}{tickets}"));
    assert!(
        said.contains("tickets.parent[1].collection: its rows are kept, but would be nobody's once `a` is deleted"),
        "{said}"
    );
}

#[test]
fn no_row_is_reached_in_more_ways_than_statements_can_say() {
    let mut all = GOOD.to_owned();
    let mut before = vec![link("contacts", "c")];
    for n in 0..6 {
        all.push_str(&collection(&format!("t{n}"), &before));
        before.push(link(&format!("t{n}"), &format!("c{n}")));
    }
    let said = refused(&all);
    let want = "collections.t5.parent: 32 ways lead from here to whose the rows are";
    assert!(said.contains(want), "{said}");
}
