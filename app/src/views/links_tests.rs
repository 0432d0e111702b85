//! Tests of [`super::links`](super).

use super::super::found::Results;
use super::*;
use crate::i18n::Lang;
use crate::model::{IdentifierKind, SearchView};
use crate::testing::{HOSTILE, assert_escaped, html, key, record, search};

const PHONE: Option<IdentifierKind> = Some(IdentifierKind::Phone);

fn handle(text: &str) -> SubjectHandle {
    SubjectHandle::parse(text).expect("valid")
}

fn member(id: &str, name: &str, phone: &str) -> SetMember {
    record(id, name, &[("phone", phone, PHONE)])
}

fn link(id: &str, kind: LinkKind, [one, other]: [&str; 2], brings: &[&str]) -> LinkView {
    let end = |id: &str| LinkEnd {
        handle: handle(id),
        key: key(id),
    };
    LinkView {
        id: LinkId::parse(id).expect("valid"),
        kind,
        one: end(one),
        other: end(other),
        by: "Ada".into(),
        made_at: 0,
        reason: "Her passport says so.".into(),
        brings: brings.iter().map(|id| handle(id)).collect(),
    }
}

/// Maria with a declared duplicate; and Mary, whom nothing links.
fn two_sets() -> SearchView {
    let mut duplicate = member("bb", "M. Keller", "0000 1111");
    duplicate.subject.canonical = Some(key("aa"));
    search(vec![
        vec![member("aa", "Maria Keller", "0000 1111"), duplicate],
        vec![member("cc", "Mary Keller", "0000 2222")],
    ])
}

/// The same after Mary was joined to her.
fn joined() -> SearchView {
    let mut view = two_sets();
    let mary = view.sets.remove(1).members;
    view.sets[0].members.extend(mary);
    view.sets[0].links = vec![link("l-1", LinkKind::Join, ["cc", "aa"], &["cc"])];
    view
}

fn page(view: SearchView, compare: &str, word: &str) -> String {
    let (chosen, wanted) = (Chosen::of(&view, compare, ""), Wanted::of(word));
    html(Lang::En, move || view! { <Results view chosen wanted/> })
}

/// What stands above the people: comparison and forms.
fn head(page: &str) -> &str {
    page.split("class=\"split\"").next().expect("a head")
}

#[test]
fn records_of_different_sets_can_be_joined_and_the_form_warns_of_what_differs() {
    let compared = page(two_sets(), "aa,cc", "");
    assert!(
        compared.contains("/find/s1?compare=aa,cc&amp;link=join#link"),
        "{compared}"
    );
    assert!(!compared.contains("/ui/links/join"));
    let form = page(two_sets(), "aa,cc", "join");
    let t = &Lang::En.texts().links;
    assert!(form.contains("action=\"/ui/links/join\"") && form.contains(t.join_what));
    assert!(
        form.contains(&format!("{} Phone, Name", t.differs)),
        "{form}"
    );
    for id in ["aa", "cc"] {
        assert!(
            form.contains(&format!("name=\"lead\" value=\"{id}\"")),
            "{form}"
        );
    }
    assert!(!form.contains(t.employed), "nobody works here");
    let again = "Whether she works here is asked of both sets";
    let mut view = two_sets();
    view.sets[0].members[1].subject.employment = Some(Employment::Active);
    assert!(page(view, "aa,cc", "join").contains(t.employed), "{again}");
}

#[test]
fn a_declared_link_can_be_parted_from_the_card_and_from_the_comparison() {
    let t = Lang::En.texts();
    let cards = page(two_sets(), "", "");
    let href = "/find/s1?compare=bb,aa&amp;link=part#link";
    assert_eq!(cards.matches(href).count(), 1, "{cards}");
    assert!(page(two_sets(), "aa,bb", "").contains("compare=bb,aa&amp;link=part#link"));
    let form = page(two_sets(), "aa,bb", "part");
    assert!(
        form.contains("name=\"record\" value=\"bb\""),
        "the one that is linked: {form}"
    );
    let said = (t.say.not_same_person)(
        "M. Keller (External contact id bb)",
        "Maria Keller (External contact id aa)",
    );
    assert!(
        form.contains(&said) && form.contains(t.links.part_what),
        "{form}"
    );
    // The record that it is linked to was not found.
    let mut view = two_sets();
    view.sets[1].members[0].subject.canonical = Some(key("zz"));
    assert!(page(view, "cc", "part").contains("External contact id zz"));
}

#[test]
fn nothing_is_offered_where_no_system_links_the_two_directly() {
    let mut view = two_sets();
    let mut third = member("dd", "Mia Keller", "1");
    third.subject.canonical = Some(key("aa"));
    view.sets[0].members.push(third);
    let head = page(view, "bb,dd", "part");
    assert!(!head.contains("/ui/links/") && !head.contains("id=\"link\""));
}

#[test]
fn a_confirmed_link_is_listed_with_who_when_why_and_can_be_undone() {
    for lang in Lang::ALL {
        let t = &lang.texts().links;
        let view = joined();
        let page = html(lang, move || view! { <Results view/> });
        assert!(page.contains(t.list) && page.contains(t.tag), "{page}");
        assert!(
            page.contains("Ada") && page.contains("1970-01-01"),
            "{page}"
        );
        assert!(page.contains("Her passport says so."));
        assert!(page.contains("/find/s1?link=l-1#link"), "{page}");
    }
    let form = page(joined(), "", "l-1");
    assert!(form.contains("action=\"/ui/links/undo\"") && form.contains("value=\"l-1\""));
    // Mary is parted by undoing what brought her; M. Keller by parting what her system says.
    assert_eq!(form.matches("Not the same person: Mary Keller").count(), 1);
    assert_eq!(form.matches("Not the same person: M. Keller").count(), 1);
    assert!(
        !form.contains("Not the same person: Maria Keller"),
        "she leads"
    );
    let gone = page(joined(), "", "l-2");
    assert!(gone.contains(Lang::En.texts().links.gone) && !gone.contains("/ui/links/undo"));
}

#[test]
fn a_parted_record_that_was_not_found_is_named_by_its_id() {
    let mut view = two_sets();
    view.sets[0].links = vec![link("l-1", LinkKind::Part, ["zz", "aa"], &[])];
    let page = page(view, "", "");
    let said = (Lang::En.texts().say.not_same_person)(
        "External contact id zz",
        "Maria Keller (External contact id aa)",
    );
    assert!(page.contains(&said), "{page}");
}

#[test]
fn hostile_names_and_reasons_are_text() {
    let mut view = joined();
    view.sets[0].links[0].reason = HOSTILE.into();
    view.sets[0].links[0].by = HOSTILE.into();
    view.sets[0].members[2].subject.name = Some(HOSTILE.into());
    assert_escaped(&page(view.clone(), "", "l-1"));
    assert_escaped(head(&page(view, "", "l-1")));
    let mut view = two_sets();
    view.sets[1].members[0].subject.name = Some(HOSTILE.into());
    assert_escaped(head(&page(view, "aa,cc", "join")));
}

#[test]
fn a_current_employee_counts_for_her_whole_set_whichever_record_leads() {
    let mut view = joined();
    view.sets[0].members[0].subject.employment = Some(Employment::Former);
    view.sets[0].members[2].subject.employment = Some(Employment::Active);
    let page = page(view, "", "");
    assert!(
        page.contains("Current employee") && !page.contains("Former employee"),
        "{page}"
    );
}
