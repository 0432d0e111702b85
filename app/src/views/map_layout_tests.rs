//! Tests of [`super::map_layout`](super).

use super::*;
use crate::i18n::Lang;
use crate::model::Collection;
use crate::testing::systems::{collection, system};

const CONTACT: IdentifierKind = IdentifierKind::ExternalContactId;
const VISITOR: IdentifierKind = IdentifierKind::VisitorId;

fn home(id: &str, kind: IdentifierKind) -> SystemView {
    SystemView {
        resolves: vec![kind],
        ..system(id, vec![collection("records", &[kind])])
    }
}

fn child(name: &str, of: &str, found_by: &[IdentifierKind]) -> Collection {
    Collection {
        parents: vec![collection(of, &[]).name],
        ..collection(name, found_by)
    }
}

fn drawn(systems: &[SystemView]) -> Layout {
    layout(systems, Lang::En.texts())
}

#[test]
fn only_ids_that_are_at_home_elsewhere_are_references_and_a_child_repeats_none() {
    let desk = system(
        "desk",
        vec![
            collection(
                "callers",
                &[CONTACT, IdentifierKind::Email, IdentifierKind::UserId],
            ),
            child("tickets", "callers", &[CONTACT, VISITOR]),
        ],
    );
    let all = [desk, home("directory", CONTACT), home("website", VISITOR)];
    let found: Vec<_> = references(&all)
        .into_iter()
        .map(|one| (one.system, one.collection, one.kind, one.homes))
        .collect();
    assert_eq!(found, [(0, 0, CONTACT, vec![1]), (0, 1, VISITOR, vec![2])]);
}

#[test]
fn nothing_stands_on_anything_else() {
    let mut all: Vec<SystemView> = (0..12)
        .map(|n| {
            let found_by = if n % 2 == 0 { CONTACT } else { VISITOR };
            let name = format!("system-{n}");
            system(
                &name,
                vec![collection("a", &[found_by]), child("b", "a", &[])],
            )
        })
        .collect();
    all.extend((0..9).map(|n| home(&format!("home-{n}"), if n == 0 { VISITOR } else { CONTACT })));
    let map = drawn(&all);
    assert_eq!((map.boxes.len(), map.kinds.len()), (21, 2));
    assert_eq!(map.links.len(), 21 + 9);
    assert_eq!(map.edges.len(), 12 + 9);
    assert_eq!(map.branches.len(), 12);
    let boxes = map.boxes.iter().copied();
    let homes = map
        .links
        .iter()
        .map(|link| link.area)
        .filter(|area| area.x == HOMES.x);
    let kinds = map.kinds.iter().map(|(area, _)| *area);
    let areas: Vec<Area> = boxes.chain(homes).chain(kinds).collect();
    for (at, one) in areas.iter().enumerate() {
        assert!(one.bottom() < map.height && one.right() < WIDTH, "{one:?}");
        for other in &areas[at + 1..] {
            let apart = one.right() <= other.x
                || other.right() <= one.x
                || one.bottom() <= other.y
                || other.bottom() <= one.y;
            assert!(apart, "{one:?} stands on {other:?}");
        }
    }
}

#[test]
fn of_very_many_systems_the_first_are_drawn_and_the_others_counted() {
    let all: Vec<SystemView> = (0..MOST + 5)
        .map(|n| home(&format!("system-{n}"), CONTACT))
        .collect();
    let map = drawn(&all);
    assert_eq!((map.boxes.len(), map.left_out), (MOST, 5));
}

#[test]
fn a_name_leaves_room_for_what_it_is_in() {
    let mut long = system("desk", vec![]);
    long.name = "Conversations and recordings".into();
    let whole = drawn(std::slice::from_ref(&long));
    long.paused = true;
    let paused = drawn(&[long]);
    assert_eq!(whole.links[0].head, "Conversations and recordings");
    assert!(paused.links[0].head.ends_with('…'), "{:?}", paused.links[0]);
}
