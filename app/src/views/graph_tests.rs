//! Tests of [`super::graph`](super).

use super::*;
use crate::i18n::Lang;
use crate::testing::{HOSTILE, assert_escaped, html, key, record, search, unsearched};

fn page(lang: Lang, view: SearchView) -> String {
    html(lang, move || view! { <Graph view/> })
}

fn pair() -> SearchView {
    let mut maria = record(
        "aa",
        "Maria",
        &[(
            "mail",
            "asked@example.org",
            Some(crate::model::IdentifierKind::Email),
        )],
    );
    maria.subject.fields[0].matched = true;
    maria.found_by = vec![0];
    let mut duplicate = record("bb", "M. Keller", &[]);
    duplicate.subject.canonical = Some(key("aa"));
    let mut view = search(vec![vec![maria, duplicate]]);
    view.unsearched = vec![
        unsearched("Kellermann", &["bb"]),
        unsearched("Keller-Meier", &["aa", "bb"]),
    ];
    view
}

/// The texts of the graphic's nodes of a class, whole.
fn nodes(page: &str, class: &str) -> Vec<String> {
    let group = format!("<g class=\"{class}\"");
    let nodes = page.split(&group).skip(1);
    nodes
        .map(|node| {
            let title = node.split("<title>").nth(1).expect("a title");
            let title = title.split("</title>").next().expect("its end");
            title.replace("<!>", "")
        })
        .collect()
}

#[test]
fn nothing_is_drawn_before_anybody_was_found() {
    let mut view = search(vec![]);
    view.unsearched = vec![unsearched("Maria", &["aa"])];
    assert_eq!(page(Lang::En, view), "<!>");
}

#[test]
fn what_is_dashed_is_exactly_what_was_not_searched() {
    let page = page(Lang::En, pair());
    let mut dashed = nodes(&page, "node open");
    dashed.sort_unstable();
    assert_eq!(
        dashed,
        [
            "Not searched: Name Keller-Meier",
            "Not searched: Name Kellermann"
        ]
    );
    assert_eq!(
        nodes(&page, "node asked"),
        ["Searched: E-mail asked@example.org"]
    );
    assert_eq!(nodes(&page, "node").len(), 2, "{page}");
}

#[test]
fn every_edge_says_why_it_is_there() {
    let page = page(Lang::En, pair());
    for (class, count) in [("matched", 1), ("linked", 1), ("seen-in", 3)] {
        let edge = format!("class=\"edge {class}\"");
        assert_eq!(page.matches(&edge).count(), count, "{class}: {page}");
    }
    for want in ["matched by E-mail", "canonical link", "seen in 2 records"] {
        assert!(page.contains(want), "{want} is not in {page}");
    }
}

#[test]
fn the_list_says_every_node_and_link() {
    let page = page(Lang::En, pair());
    let list = page.split("<details>").nth(1).expect("a list");
    let count = |what: &str| list.matches(what).count();
    assert_eq!(count("Searched: E-mail asked@example.org"), 1);
    assert_eq!(count("Maria (External contact id aa), canonical"), 1);
    assert_eq!(count("M. Keller (External contact id bb), duplicate"), 1);
    assert_eq!(count("Canonical link to Maria (External contact id aa)"), 1);
    assert_eq!(count("matched by E-mail"), 1);
    assert_eq!(
        count("Not searched: Name Keller-Meier"),
        2,
        "in either record"
    );
    assert_eq!(count("Not searched: Name Kellermann"), 1);
}

#[test]
fn a_link_to_what_was_not_found_is_not_passed_over() {
    let mut view = pair();
    view.sets[0].members[0].subject.canonical = Some(key("zz"));
    let t = Lang::En.texts();
    assert!(page(Lang::En, view).contains(t.graph.link_elsewhere));
}

#[test]
fn what_is_not_drawn_is_in_the_list() {
    let sets = (0..42).map(|at| vec![record(&format!("r{at}"), &format!("Person {at}"), &[])]);
    let page = page(Lang::En, search(sets.collect()));
    assert!(page.contains("And 2 more, in the list."), "{page}");
    let list = page.split("<details>").nth(1).expect("a list");
    assert!(list.contains("Person 41") && nodes(&page, "node").len() == 40);
}

#[test]
fn the_graphic_can_be_named_and_scrolled_to_with_keys() {
    let page = page(Lang::En, pair());
    for want in [
        "role=\"img\"",
        "aria-labelledby=\"graph graph-help\"",
        "id=\"graph-help\"",
        "role=\"region\"",
        "tabindex=\"0\"",
    ] {
        assert!(page.contains(want), "{want} is not in {page}");
    }
    assert!(!page.contains("style="), "the CSP refuses it");
}

#[test]
fn hostile_names_and_identifiers_are_text() {
    let mut view = pair();
    view.sets[0].members[0].subject.name = Some(HOSTILE.into());
    view.unsearched = vec![unsearched(HOSTILE, &["aa"]), unsearched(HOSTILE, &["zz"])];
    for lang in Lang::ALL {
        assert_escaped(&page(lang, view.clone()));
    }
}
