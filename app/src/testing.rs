//! (tests) Components as text, and searches to show.

use leptos::prelude::*;

use crate::i18n::Lang;
use crate::model::{
    CollectionName, Found, Identifier, IdentifierKind, MergeSet, SearchId, SearchView, Seen,
    SetMember, Subject, SubjectHandle, SubjectKey, SystemId, Unsearched,
};

/// What a component looks like on the server, in a language.
pub(crate) fn html<V: IntoView + 'static>(lang: Lang, view: impl FnOnce() -> V) -> String {
    Owner::new().with(|| {
        leptos_meta::provide_meta_context();
        provide_context(lang);
        view().into_view().to_html()
    })
}

/// A text that would do harm if it were not escaped.
pub(crate) const HOSTILE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;";

/// Fails if the hostile text is in the page unescaped, or not at all.
pub(crate) fn assert_escaped(page: &str) {
    assert!(!page.contains("<script"), "a script got through: {page}");
    assert!(!page.contains("<img"), "an element got through: {page}");
    assert!(
        page.contains("&lt;script&gt;"),
        "the text is not there: {page}"
    );
}

/// A found record, known by its handle, with its fields: name, value, what it holds.
pub(crate) fn record(
    handle: &str,
    name: &str,
    fields: &[(&str, &str, Option<IdentifierKind>)],
) -> SetMember {
    let found = |(field, value, holds): &(&str, &str, Option<IdentifierKind>)| Found {
        field: (*field).into(),
        value: (*value).into(),
        holds: *holds,
        matched: false,
        in_full: None,
    };
    SetMember {
        handle: SubjectHandle::parse(handle).expect("valid"),
        subject: Subject {
            key: key(handle),
            name: Some(name.into()),
            fields: fields.iter().map(found).collect(),
            seen_in: vec![Seen {
                system: SystemId::parse("help-desk").expect("valid"),
                collection: CollectionName::parse("contacts").expect("valid"),
            }],
            canonical: None,
            employment: None,
        },
    }
}

/// The key of a [`record`].
pub(crate) fn key(handle: &str) -> SubjectKey {
    let id = Identifier::new(IdentifierKind::ExternalContactId, handle).expect("valid");
    id.try_into().expect("an id")
}

/// A settled search for an e-mail address that found these sets.
pub(crate) fn search(sets: Vec<Vec<SetMember>>) -> SearchView {
    let set = |members| MergeSet {
        members,
        matched_by: vec![],
    };
    SearchView {
        id: SearchId::parse("s1").expect("valid"),
        identifier: Identifier::new(IdentifierKind::Email, "asked@example.org").expect("valid"),
        started_at: 0,
        lanes: vec![],
        sets: sets.into_iter().map(set).collect(),
        unsearched: vec![],
        version: 1,
    }
}

/// An identifier that stands in records and was not searched.
pub(crate) fn unsearched(value: &str, seen_in: &[&str]) -> Unsearched {
    Unsearched {
        identifier: Identifier::new(IdentifierKind::Name, value).expect("valid"),
        seen_in: seen_in
            .iter()
            .map(|handle| SubjectHandle::parse(*handle).expect("valid"))
            .collect(),
    }
}
