//! Tests of [`super::group`].

use app::model::{CollectionName, Identifier, IdentifierKind, Seen, SystemId};

use super::*;

fn key(id: &str) -> SubjectKey {
    let identifier = Identifier::new(IdentifierKind::ExternalContactId, id).expect("valid");
    SubjectKey::try_from(identifier).expect("an id")
}

fn seen(system: &str) -> Seen {
    Seen {
        system: SystemId::parse(system).expect("valid"),
        collection: CollectionName::parse("contacts").expect("valid"),
    }
}

fn found(field: &str, value: &str, matched: bool) -> Found {
    Found {
        field: field.into(),
        value: value.into(),
        holds: None,
        matched,
        in_full: None,
    }
}

fn subject(id: &str, canonical: Option<&str>) -> Subject {
    Subject {
        key: key(id),
        name: None,
        fields: vec![found("id", id, false)],
        seen_in: vec![seen("directory")],
        canonical: canonical.map(key),
        employment: None,
    }
}

/// `a>b` is subject a with canonical b; `a` has none. Sets as their ids, in order.
fn grouped(links: &[&str]) -> Vec<String> {
    let subjects = links.iter().map(|link| match link.split_once('>') {
        Some((id, canonical)) => subject(id, Some(canonical)),
        None => subject(link, None),
    });
    let ids = |set: &Vec<Subject>| set.iter().map(|s| s.key.id()).collect::<Vec<_>>().join(" ");
    group(subjects.collect(), &[]).iter().map(ids).collect()
}

#[test]
fn chains_of_any_depth_are_one_set_canonical_first() {
    assert_eq!(grouped(&["a>b", "b>c", "c", "d"]), ["c b a", "d"]);
    assert_eq!(grouped(&["d", "c", "b>c", "a>b"]), ["c b a", "d"]);
    assert_eq!(grouped(&["m1>z", "m2>z", "z", "deep>m2"]), ["z m1 m2 deep"]);
}

#[test]
fn a_canonical_that_was_not_found_still_joins() {
    assert_eq!(grouped(&["b>gone", "a>gone", "c"]), ["a b", "c"]);
    assert_eq!(
        grouped(&["a>b", "b>gone"]),
        ["b a"],
        "who is nearest to it leads"
    );
}

#[test]
fn a_cycle_is_one_set_led_by_its_smallest_key() {
    assert_eq!(grouped(&["b>c", "c>a", "a>b"]), ["a c b"]);
    assert_eq!(grouped(&["y>z", "z>y", "a>z"]), ["y z a"]);
    assert_eq!(
        grouped(&["a>a", "b>a"]),
        ["a b"],
        "a link to oneself is none"
    );
}

#[test]
fn a_chain_of_a_hundred_thousand_is_walked_once() {
    let id = |n: u32| format!("{n:06}");
    let subjects = (0..100_000)
        .map(|n| subject(&id(n), Some(&id(n + 1))))
        .chain([subject(&id(100_000), None)]);
    let sets = group(subjects.collect(), &[]);
    assert_eq!(sets.len(), 1);
    let ids: Vec<&str> = sets[0].iter().map(|s| s.key.id()).collect();
    assert_eq!(
        (ids[0], ids[1], ids[100_000]),
        ("100000", "099999", "000000")
    );
}

#[test]
fn records_of_one_key_are_one_subject_with_all_they_say() {
    let mut one = subject("a", None);
    one.fields = vec![
        found("name", "Anna", false),
        found("mail", "a@b.example", true),
    ];
    let mut other = subject("a", Some("b"));
    other.seen_in = vec![seen("help-desk"), seen("directory")];
    other.fields = vec![found("name", "Anna", true), found("phone", "1234", false)];
    other.name = Some("Anna".into());
    other.employment = Some(Employment::Former);
    for records in [vec![one.clone(), other.clone()], vec![other, one]] {
        let sets = group(records, &[]);
        let whole = &sets[0][0];
        assert_eq!((sets.len(), sets[0].len()), (1, 1));
        assert_eq!(whole.seen_in, [seen("directory"), seen("help-desk")]);
        assert_eq!(
            whole.fields,
            [
                found("name", "Anna", true),
                found("mail", "a@b.example", true),
                found("phone", "1234", false)
            ]
        );
        assert_eq!(whole.name.as_deref(), Some("Anna"));
        assert_eq!(whole.canonical, Some(key("b")));
        assert_eq!(whole.employment, Some(Employment::Former));
    }
}

#[test]
fn an_active_employee_in_any_record_is_one() {
    let with = |employment| Subject {
        employment,
        ..subject("a", None)
    };
    for (one, other) in [
        (Employment::Active, Employment::Former),
        (Employment::Former, Employment::Active),
    ] {
        let sets = group(vec![with(Some(one)), with(Some(other)), with(None)], &[]);
        assert_eq!(sets[0][0].employment, Some(Employment::Active));
    }
}

#[test]
fn systems_that_disagree_on_the_canonical_join_all_they_name() {
    assert_eq!(grouped(&["a>x", "a>w", "w", "x"]), ["w x a"]);
    assert_eq!(grouped(&["a>w", "a>x", "x", "w"]), ["w x a"]);
}

#[test]
fn a_twin_is_not_merged() {
    let twin = |id| Subject {
        name: Some("Anna Müller".into()),
        fields: vec![
            found("mail", "anna@example.org", true),
            found("born", "1990-01-01", false),
        ],
        ..subject(id, None)
    };
    assert_eq!(group(vec![twin("a"), twin("b")], &[]).len(), 2);
}

#[test]
fn an_id_of_another_kind_is_another_subject() {
    let visitor = Identifier::new(IdentifierKind::VisitorId, "a").expect("valid");
    let other = Subject {
        key: SubjectKey::try_from(visitor).expect("an id"),
        ..subject("a", None)
    };
    assert_eq!(group(vec![subject("a", None), other], &[]).len(), 2);
}

#[test]
fn nobody_makes_no_set() {
    assert!(group(Vec::new(), &[]).is_empty());
}

fn confirmed(at: usize, kind: LinkKind, one: &str, other: &str) -> Confirmed {
    Confirmed {
        id: LinkId::parse(format!("l{at:03}")).expect("valid"),
        kind,
        one: key(one),
        other: key(other),
    }
}

/// `a=b` joins a to b, which leads; `a/b` parts them. As their places say, one after the other.
fn said(links: &[&str]) -> Vec<Confirmed> {
    let links = links.iter().enumerate();
    let said = links.map(
        |(at, link)| match (link.split_once('='), link.split_once('/')) {
            (Some((one, other)), _) => confirmed(at, LinkKind::Join, one, other),
            (_, Some((one, other))) => confirmed(at, LinkKind::Part, one, other),
            _ => panic!("{link}"),
        },
    );
    said.collect()
}

fn grouped_as(records: &[&str], links: &[&str]) -> Vec<String> {
    let subjects = records.iter().map(|link| match link.split_once('>') {
        Some((id, canonical)) => subject(id, Some(canonical)),
        None => subject(link, None),
    });
    let ids = |set: &Vec<Subject>| set.iter().map(|s| s.key.id()).collect::<Vec<_>>().join(" ");
    let sets = group(subjects.collect(), &said(links));
    sets.iter().map(ids).collect()
}

#[test]
fn a_parting_cuts_one_declared_link_and_what_was_merged_below_it_stays() {
    let chain = ["a>b", "b>c", "c", "d>c"];
    assert_eq!(grouped_as(&chain, &["b/c"]), ["b a", "c d"]);
    assert_eq!(grouped_as(&chain, &["c/b"]), ["b a", "c d"], "either way");
    assert_eq!(
        grouped_as(&chain, &["a/c"]),
        ["c b d a"],
        "nothing links these"
    );
    assert_eq!(
        grouped_as(&["a>x", "a>w", "w", "x"], &["a/w"]),
        ["w", "x a"]
    );
    assert_eq!(grouped_as(&["a>b", "b>a"], &["a/b"]), ["a", "b"]);
    assert_eq!(grouped_as(&["a>gone", "b>gone"], &["a/gone"]), ["a", "b"]);
}

#[test]
fn a_join_puts_a_whole_set_behind_the_one_that_leads() {
    let two = ["a>b", "b", "y>z", "z"];
    assert_eq!(grouped_as(&two, &["a=y"]), ["z y b a"]);
    assert_eq!(grouped_as(&two, &["y=a"]), ["b a z y"]);
    assert_eq!(grouped_as(&["a", "b", "c"], &["a=b", "b=c"]), ["c b a"]);
    assert_eq!(grouped_as(&["a", "b", "c"], &["a=b", "c=a"]), ["b a c"]);
    // Whoever leads at the time is put behind with all of hers.
    assert_eq!(grouped_as(&["a", "b", "c"], &["a=b", "a=c"]), ["c b a"]);
}

#[test]
fn joins_through_records_that_were_not_found_still_join() {
    assert_eq!(grouped_as(&["a", "b"], &["a=gone", "b=gone"]), ["a b"]);
    assert_eq!(grouped_as(&["a>gone", "b"], &["b=gone"]), ["a b"]);
}

#[test]
fn joins_in_a_circle_are_one_set_with_one_canonical() {
    let circle = ["a=b", "b=c", "c=a"];
    assert_eq!(grouped_as(&["a", "b", "c"], &circle), ["c b a"]);
    assert_eq!(grouped_as(&["a", "b"], &["a=b", "b=a"]), ["b a"]);
    assert_eq!(grouped_as(&["a>b", "b"], &["b=a"]), ["b a"]);
}

#[test]
fn a_member_is_brought_by_the_join_that_reaches_her_set() {
    let subjects = ["a>b", "b", "c", "d>c", "e"].map(|link| match link.split_once('>') {
        Some((id, canonical)) => subject(id, Some(canonical)),
        None => subject(link, None),
    });
    let links = said(&["c=b", "e=d"]);
    let sets = group(subjects.to_vec(), &links);
    assert_eq!(sets.len(), 1);
    let by = brought_by(&sets[0], &links).into_iter();
    let by: Vec<_> = by.map(|id| id.map(|id| id.to_string())).collect();
    let (first, second) = (Some("l000".to_owned()), Some("l001".to_owned()));
    assert_eq!(by, [None, None, first.clone(), first, second]);
    assert_eq!(brought_by(&sets[0], &[]), [None, None, None, None, None]);
}

#[test]
fn what_joins_reach_is_followed_to_its_end() {
    let keys = |ids: &[&str]| ids.iter().map(|id| key(id)).collect();
    let links = said(&["c=d", "a=b", "b=c", "x=y", "a/z"]);
    assert_eq!(reached(keys(&["a"]), &links), keys(&["a", "b", "c", "d"]));
    assert_eq!(reached(keys(&["q"]), &links), keys(&["q"]));
}
