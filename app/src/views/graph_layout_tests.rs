//! Tests of [`super::graph_layout`](super).

use super::*;
use crate::i18n::Lang;
use crate::testing::{key, record, search, unsearched};

/// So many records, in sets of one to three, with an identifier each.
fn found(records: usize) -> SearchView {
    let mut sets: Vec<Vec<SetMember>> = Vec::new();
    let mut room = 1;
    for at in 0..records {
        let mut member = record(&format!("r{at}"), &format!("Person {at}"), &[]);
        match sets.last_mut() {
            Some(set) if set.len() < room => {
                // A chain: each links to the one before.
                member.subject.canonical = Some(key(&format!("r{}", at - 1)));
                set.push(member);
            }
            _ => {
                room = at % 3 + 1;
                sets.push(vec![member]);
            }
        }
    }
    let mut view = search(sets);
    view.unsearched = (0..records)
        .map(|at| unsearched(&format!("Name {at}"), &[&format!("r{at}")]))
        .collect();
    view
}

fn apart(a: Area, b: Area) -> bool {
    a.right() <= b.x || b.right() <= a.x || a.bottom() <= b.y || b.bottom() <= a.y
}

#[test]
fn no_two_nodes_overlap_and_all_are_inside() {
    for records in [1, 2, 5, 40, 60] {
        let layout = layout(&found(records), Lang::En.texts());
        let areas: Vec<Area> = layout.nodes.iter().map(|node| node.area).collect();
        assert_eq!(areas.len(), 1 + 2 * records.min(MOST));
        for (at, one) in areas.iter().enumerate() {
            assert!(one.right() <= WIDTH && one.bottom() <= layout.height);
            for other in areas.iter().skip(at + 1) {
                assert!(apart(*one, *other), "{one:?} {other:?}");
            }
        }
        for (at, one) in layout.sets.iter().enumerate() {
            assert!(one.right() <= WIDTH && one.bottom() <= layout.height);
            for other in layout.sets.iter().skip(at + 1) {
                assert!(apart(*one, *other), "{one:?} {other:?}");
            }
        }
    }
}

#[test]
fn reasons_stand_on_no_node_and_on_no_other_reason() {
    // As wide as a label of narrow characters gets.
    let area = |label: &Label| {
        let chars = u32::try_from(label.text.chars().count()).expect("short");
        let width = chars * 13 / 2;
        let x = if label.ends { label.x - width } else { label.x };
        Area {
            x,
            y: label.y - 11,
            width,
            height: 13,
        }
    };
    for records in [1, 5, 40] {
        let mut view = found(records);
        for member in view.sets.iter_mut().flat_map(|set| &mut set.members) {
            member.subject.fields = record("x", "x", &[("f", "v", Some(IdentifierKind::Name))])
                .subject
                .fields;
            member.subject.fields[0].matched = true;
            member.found_by = vec![0];
        }
        let layout = layout(&view, Lang::En.texts());
        let labels: Vec<Area> = layout.labels.iter().map(area).collect();
        for (at, label) in labels.iter().enumerate() {
            let nodes = layout.nodes.iter().map(|node| node.area);
            for other in nodes.chain(labels.iter().skip(at + 1).copied()) {
                assert!(apart(*label, other), "{label:?} {other:?}");
            }
        }
    }
}

#[test]
fn the_same_search_is_laid_out_the_same() {
    let layouts = [(); 2].map(|()| format!("{:?}", layout(&found(5), Lang::Ja.texts())));
    assert_eq!(layouts[0], layouts[1]);
}

#[test]
fn what_is_not_drawn_is_counted() {
    let layout = layout(&found(60), Lang::En.texts());
    assert_eq!(layout.left_out, 40, "20 records and 20 identifiers");
    assert_eq!(self::layout(&found(40), Lang::En.texts()).left_out, 0);
}

#[test]
fn canonical_leads_and_duplicates_stand_to_its_right() {
    let mut duplicate = record("bb", "M.", &[]);
    duplicate.subject.canonical = Some(key("aa"));
    let view = search(vec![vec![record("aa", "Maria", &[]), duplicate]]);
    let layout = layout(&view, Lang::En.texts());
    let [_, canonical, duplicate] = &layout.nodes[..] else {
        panic!("{:?}", layout.nodes)
    };
    assert!(canonical.whole.ends_with("canonical") && duplicate.whole.ends_with("duplicate"));
    assert!(canonical.area.y < duplicate.area.y && canonical.area.x < duplicate.area.x);
    assert_eq!(layout.labels[0].text, "canonical link");
}

#[test]
fn a_record_is_matched_by_its_fields_or_by_its_own_id() {
    let mut by_field = record("aa", "Maria", &[("n", "x", Some(IdentifierKind::Name))]);
    let mut asked = search(vec![]).asked;
    asked[0].identifier = key("bb").into();
    assert_eq!(matched_by(&by_field, &asked), None);
    by_field.subject.fields[0].matched = true;
    by_field.found_by = vec![0];
    assert_eq!(
        matched_by(&by_field, &asked),
        Some(vec![IdentifierKind::Name])
    );
    let mut by_id = record("bb", "Maria", &[]);
    by_id.found_by = vec![0];
    let kind = asked[0].identifier.kind();
    assert_eq!(matched_by(&by_id, &asked), Some(vec![kind]));
}

#[test]
fn a_record_that_two_identifiers_found_hangs_on_both() {
    let mut both = record("aa", "Maria", &[("n", "x", Some(IdentifierKind::Name))]);
    both.subject.fields[0].matched = true;
    both.found_by = vec![0, 1];
    let mut one = both.clone();
    one.found_by = vec![1];
    let mut view = search(vec![vec![both], vec![one]]);
    let mut second = view.asked[0].clone();
    second.identifier = key("zz").into();
    view.asked.push(second);
    let layout = layout(&view, Lang::En.texts());
    let asked = layout.nodes.iter().filter(|n| n.role == Role::Searched);
    assert_eq!(asked.count(), 2);
    let matched = layout.edges.iter().filter(|e| e.reason == Reason::Matched);
    assert_eq!(matched.count(), 3);
    assert_eq!(
        layout.labels.len(),
        2,
        "a reason for each record, not for each edge"
    );
}

#[test]
fn records_that_name_each_other_are_linked_once() {
    let mut pair = [record("aa", "Maria", &[]), record("bb", "M.", &[])];
    pair[0].subject.canonical = Some(key("bb"));
    pair[1].subject.canonical = Some(key("aa"));
    let view = search(vec![pair.to_vec()]);
    let layout = layout(&view, Lang::En.texts());
    assert_eq!(layout.edges.len(), 1, "{:?}", layout.edges);
}

#[test]
fn a_long_text_is_cut_by_its_characters_never_inside_one() {
    assert_eq!(cut("Maria Keller", 12), "Maria Keller");
    assert_eq!(cut("Maria Keller", 11), "Maria Kell…");
    assert_eq!(cut("Maria Keller", 7), "Maria…");
    assert_eq!(cut("鈴木花子", 8), "鈴木花子");
    assert_eq!(cut("鈴木花子", 7), "鈴木花…");
    assert_eq!(cut("鈴木花子", 1), "…");
}
