//! Tests of [`super::compare`](super).

use super::super::differences::Meaning;
use super::super::found::Results;
use super::*;
use crate::i18n::Lang;
use crate::model::{IdentifierKind, LaneState, SystemId};
use crate::testing::{HOSTILE, assert_escaped, html, record, search};

const EMAIL: Option<IdentifierKind> = Some(IdentifierKind::Email);
const PHONE: Option<IdentifierKind> = Some(IdentifierKind::Phone);
const ADDRESS: Option<IdentifierKind> = Some(IdentifierKind::Address);

fn one() -> SetMember {
    let mut one = record(
        "aa",
        "Maria Keller",
        &[
            ("mail", "maria@example.org", EMAIL),
            ("tel", "+81 3-1234-5678", PHONE),
            ("city", "Bern", None),
        ],
    );
    one.subject.fields[0].matched = true;
    one
}

fn other() -> SetMember {
    record(
        "bb",
        "M. Keller",
        &[
            ("e_mail", "Ｍaria@Example.org ", EMAIL),
            ("phone", "0000 1111", PHONE),
            ("home", "1 High Street", ADDRESS),
            ("city", "Bern", None),
        ],
    )
}

fn page(view: SearchView, compare: &str, only: &str) -> String {
    let chosen = Chosen::of(&view, compare, only);
    html(Lang::En, move || view! { <Results view chosen/> })
}

/// The comparison alone, without the people below it.
fn comparison(page: &str) -> &str {
    page.split("class=\"split\"").next().expect("a head")
}

fn marks(records: &[&SetMember]) -> Vec<(Meaning, Mark)> {
    let rows = rows(records).into_iter();
    rows.map(|row| (row.meaning, row.mark)).collect()
}

#[test]
fn what_differs_comes_first_then_what_only_one_has_then_what_is_the_same() {
    let kind = Meaning::Kind;
    assert_eq!(
        marks(&[&one(), &other()]),
        [
            (kind(IdentifierKind::Phone), Mark::Differs),
            (kind(IdentifierKind::Name), Mark::Differs),
            (kind(IdentifierKind::Address), Mark::Only(1)),
            (kind(IdentifierKind::Email), Mark::Same),
            (Meaning::Field("city".into()), Mark::Same),
        ]
    );
}

#[test]
fn a_number_is_compared_in_full_where_only_its_system_knows_the_country() {
    let mut national = record("bb", "Maria Keller", &[("phone", "03 1234 5678", PHONE)]);
    let phone = |other: &SetMember| {
        let mut marks = marks(&[&one(), other]).into_iter();
        let of = |(meaning, _): &(Meaning, Mark)| *meaning == Meaning::Kind(IdentifierKind::Phone);
        marks.find(of).expect("a row").1
    };
    assert_eq!(phone(&national), Mark::Differs);
    national.subject.fields[0].in_full = Some("+81312345678".into());
    assert_eq!(phone(&national), Mark::Same);
}

#[test]
fn ids_that_differ_by_case_differ() {
    let id = Some(IdentifierKind::ExternalId);
    let a = record("aa", "M", &[("id", "aB", id)]);
    let b = record("bb", "M", &[("id", "Ab", id)]);
    assert_eq!(marks(&[&a, &b])[0].1, Mark::Differs);
}

#[test]
fn one_more_value_is_a_difference_and_a_value_twice_is_not() {
    let email = |values: &[&str]| {
        let fields: Vec<_> = values.iter().map(|value| ("mail", *value, EMAIL)).collect();
        record("aa", "M", &fields)
    };
    let mark = |a: &[&str], b: &[&str]| marks(&[&email(a), &email(b)])[0].1;
    assert_eq!(
        mark(&["a@b.example", "c@d.example"], &["c@d.example"]),
        Mark::Differs
    );
    let all = [
        ["c@d.example", "a@b.example"],
        ["a@b.example", "c@d.example"],
    ];
    assert_eq!(mark(&all[0], &all[1]), Mark::Same);
    let twice = marks(&[
        &email(&["a@b.example", "A@b.example"]),
        &email(&["a@b.example"]),
    ]);
    assert!(
        twice.iter().all(|(_, mark)| *mark == Mark::Same),
        "{twice:?}"
    );
}

#[test]
fn of_three_records_it_is_said_how_many_have_a_field() {
    let without = record("cc", "Maria Keller", &[]);
    let records = [&one(), &one(), &without];
    let email = (Meaning::Kind(IdentifierKind::Email), Mark::Only(2));
    assert!(marks(&records).contains(&email));
    assert_eq!(
        (Lang::En.texts().say.only_in)(2, 3),
        "only in 2 of 3 records"
    );
}

#[test]
fn records_of_one_set_stand_side_by_side_with_marks_in_words() {
    let page = page(search(vec![vec![one(), other()]]), "aa,bb", "");
    let t = Lang::En.texts();
    let compared = comparison(&page);
    for want in [
        t.compare.one_set,
        t.compare.same,
        t.compare.nothing,
        "only in one record",
        "0000 1111",
        "help-desk (contacts)",
        "class=\"hit\"",
        t.find.matched,
        "/find/s1?compare=aa,bb&amp;only=differs#compare",
        "href=\"/find/s1\"",
    ] {
        assert!(compared.contains(want), "{want} is not in {compared}");
    }
    assert!(compared.find("0000 1111") < compared.find("1 High Street"));
    assert!(compared.find("1 High Street") < compared.find("Bern"));
}

#[test]
fn only_what_differs_is_shown_when_asked_for() {
    let page = page(search(vec![vec![one(), other()]]), "aa,bb", "differs");
    let compared = comparison(&page);
    assert!(compared.contains("0000 1111") && compared.contains("1 High Street"));
    assert!(!compared.contains("Bern"), "{compared}");
    assert!(compared.contains(Lang::En.texts().compare.show_all));
    let same = record("bb", "Maria Keller", &[]);
    let mut first = same.clone();
    first.handle = SubjectHandle::parse("aa").expect("valid");
    let page = self::page(search(vec![vec![first, same]]), "aa,bb", "differs");
    assert!(comparison(&page).contains(Lang::En.texts().compare.nothing_differs));
}

#[test]
fn records_of_two_sets_are_said_to_be_no_declared_person() {
    let page = page(search(vec![vec![one()], vec![other()]]), "aa,bb", "");
    assert!(comparison(&page).contains("in 2 different sets"), "{page}");
}

#[test]
fn a_handle_that_is_not_in_the_search_is_left_out_calmly() {
    let t = &Lang::En.texts().compare;
    let view = || search(vec![vec![one(), other()]]);
    let with = page(view(), "aa,zz,bb,<script>", "");
    assert!(comparison(&with).contains(t.left_out) && with.contains(t.one_set));
    assert!(!with.contains("zz") && !with.contains("<script"));
    let alone = page(view(), "zz", "");
    assert!(comparison(&alone).contains(t.left_out) && !alone.contains(t.title));
    assert!(!page(view(), "", "").contains(t.left_out));
}

#[test]
fn no_more_than_four_are_compared_and_each_once() {
    let handles = ["aa", "bb", "cc", "dd", "ee"];
    let sets = handles.map(|handle| vec![record(handle, handle, &[])]);
    let view = search(sets.to_vec());
    let chosen = Chosen::of(&view, "aa,bb,aa,cc,dd,ee", "");
    assert_eq!((chosen.handles.len(), chosen.left_out), (4, true));
    let page = page(view, "aa,bb,cc,dd", "");
    assert!(!page.contains(Lang::En.texts().compare.add), "{page}");
    assert!(page.contains("/find/s1?compare=aa,bb,dd#compare"));
}

#[test]
fn a_set_of_two_alone_has_one_direct_link() {
    let page = page(search(vec![vec![one(), other()]]), "", "");
    assert_eq!(page.matches("compare=").count(), 1, "{page}");
    assert!(page.contains("/find/s1?compare=aa,bb#compare"));
}

#[test]
fn a_chosen_record_is_offered_to_all_others_by_its_name() {
    let view = || search(vec![vec![one()], vec![other()]]);
    let first = page(view(), "", "");
    assert!(first.contains("href=\"/find/s1?compare=aa#record-aa\""));
    assert!(first.contains("id=\"record-aa\""), "{first}");
    let second = page(view(), "aa", "");
    assert!(second.contains("Compare with Maria Keller"));
    assert!(second.contains("/find/s1?compare=aa,bb#compare"));
    assert!(second.contains(Lang::En.texts().compare.pick), "{second}");
}

#[test]
fn a_single_record_offers_nothing_to_compare() {
    let page = page(search(vec![vec![one()]]), "", "");
    assert!(!page.contains("compare="), "{page}");
}

#[test]
fn a_value_that_another_record_of_the_set_has_otherwise_is_marked_in_its_card() {
    let t = &Lang::En.texts().compare;
    let set = page(search(vec![vec![one(), other()]]), "", "");
    // The telephone number, in either record; the e-mail address is the same, the address stands in one only.
    assert_eq!(
        set.matches(&format!("</svg>{}", t.differs)).count(),
        2,
        "{set}"
    );
    let apart = page(search(vec![vec![one()], vec![other()]]), "", "");
    assert!(!apart.contains(&format!("</svg>{}", t.differs)));
}

#[test]
fn hostile_names_and_values_are_text() {
    let hostile = |handle| record(handle, HOSTILE, &[(HOSTILE, HOSTILE, None)]);
    let sets = || vec![vec![hostile("aa"), hostile("bb")], vec![hostile("cc")]];
    for chosen in ["", "aa", "aa,bb", "aa,bb,cc"] {
        assert_escaped(&page(search(sets()), chosen, ""));
    }
}

#[test]
fn it_is_all_there_in_japanese() {
    let view = search(vec![vec![one(), other()]]);
    let chosen = Chosen::of(&view, "aa,bb", "");
    let page = html(Lang::Ja, move || view! { <Results view chosen/> });
    for want in ["相違", "1 件の記録のみ", "同じ名寄せに属する"] {
        assert!(page.contains(want), "{want} is not in {page}");
    }
}

#[test]
fn a_system_asked_again_is_told_what_stands_side_by_side() {
    let mut view = search(vec![vec![one(), other()]]);
    view.lanes = vec![Lane {
        search: view.id.clone(),
        system: SystemId::parse("help-desk").expect("valid"),
        system_name: "Help desk".into(),
        state: LaneState::Unreachable {
            code: "timeout".into(),
        },
        took: None,
        needs_subject: vec![],
    }];
    let without = page(view.clone(), "", "");
    assert!(without.contains("/ui/searches/again") && !without.contains("name=\"compare\""));
    let with = page(view, "aa,bb", "differs");
    for (name, value) in [("compare", "aa,bb"), ("only", "differs")] {
        let field = format!("name=\"{name}\" value=\"{value}\"");
        assert!(with.contains(&field), "{field}");
    }
}
