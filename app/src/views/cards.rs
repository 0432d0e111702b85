//! Merge sets as cards: the canonical record first, with what is known and why it was found.

use leptos::prelude::*;

use super::compare::{CompareBoth, CompareOne, DiffersTag, Offer};
use super::differences::{Meaning, differing};
use super::links::{ByStaffTag, LinkList, NotSamePerson};
use crate::components::{EmployeeBadge, Glyph, Icon};
use crate::i18n::{Texts, use_texts};
use crate::model::{
    Employment, Found, Lane, MergeSet, RequestState, Right, SearchId, SetMember, Subject, SystemId,
};
use crate::paths;

/// The name to show of a record; without one its kind and id.
pub fn name_of(subject: &Subject, t: &Texts) -> String {
    subject.name.clone().unwrap_or_else(|| {
        format!(
            "{} {}",
            (t.words.kind)(subject.key.kind()),
            subject.key.id()
        )
    })
}

/// The name to show of a request's subject. Without one: erased, but only where an erasure has really been completed.
pub fn name_in_request(
    name: Option<&str>,
    right: Right,
    state: RequestState,
    t: &'static Texts,
) -> String {
    use RequestState::{Completed, CompletedWithExceptions};
    let erased = right == Right::Delete && matches!(state, Completed | CompletedWithExceptions);
    let none = if erased {
        t.list.erased_name
    } else {
        t.common.no_name
    };
    name.unwrap_or(none).to_owned()
}

/// The kinds in words, with commas.
pub fn kinds_of(kinds: &[crate::model::IdentifierKind], t: &Texts) -> String {
    let words: Vec<&str> = kinds.iter().map(|kind| (t.words.kind)(*kind)).collect();
    words.join(t.common.comma)
}

/// One person: her records, and a request for all of them.
#[component]
pub fn MergeSetCard(
    set: MergeSet,
    /// For the names of systems.
    lanes: Vec<Lane>,
    /// Where the button leads to; without it there is none.
    #[prop(optional)]
    search: Option<SearchId>,
    /// How its records are put side by side; without it they are not.
    #[prop(optional)]
    offer: Option<Offer>,
) -> impl IntoView {
    let t = use_texts();
    let title = set
        .members
        .first()
        .map(|first| match &first.subject.name {
            Some(name) => (t.say.person)(name),
            None => name_of(&first.subject, t),
        })
        .unwrap_or_default();
    let employment = employment(&set.members);
    let matched = kinds_of(&set.matched_by, t);
    let several = set.members.len() > 1;
    let count = u32::try_from(set.members.len()).unwrap_or(u32::MAX);
    let differs = differing(&set.members);
    let whole = set.clone();
    let listed = set.clone();
    let from = offer.as_ref().map(|offer| offer.search().clone());
    let both = offer.clone().map(|offer| {
        let members = set.members.clone();
        view! { <CompareBoth offer members/> }
    });
    let request = search
        .zip(set.members.first().map(|first| first.handle.clone()))
        .map(|(search, subject)| {
            let href = paths::new_request(&search, &subject, None);
            view! { <a class="button primary" href=href>{t.find.new_request}</a> }
        });
    view! {
        <article class="card set">
            <header>
                <h3>{title}</h3>
                <span class="quiet" title=t.find.merged_help>{(t.say.members)(count)}</span>
                {employment.map(|employment| view! { <EmployeeBadge employment/> })}
                {(!matched.is_empty()).then(|| view! { <span class="quiet">{t.find.matched_by} ": " {matched}</span> })}
                <div class="end">{both} {request}</div>
            </header>
            <div class="members">
                {set.members
                    .into_iter()
                    .enumerate()
                    .map(|(at, member)| {
                        view! {
                            <Record
                                member
                                lanes=lanes.clone()
                                canonical=several.then_some(at == 0)
                                differs=differs.clone()
                                offer=offer.clone()
                                set=whole.clone()
                            />
                        }
                    })
                    .collect_view()}
            </div>
            <LinkList set=listed search=from/>
        </article>
    }
    .into_any()
}

/// Whether she works here: in any of her records, whichever leads.
fn employment(members: &[SetMember]) -> Option<Employment> {
    let employed = members
        .iter()
        .filter_map(|member| member.subject.employment);
    employed.min_by_key(|employment| *employment != Employment::Active)
}

#[component]
fn Record(
    member: SetMember,
    lanes: Vec<Lane>,
    canonical: Option<bool>,
    differs: Vec<Meaning>,
    offer: Option<Offer>,
    /// All that stand with it.
    set: MergeSet,
) -> impl IntoView {
    let t = use_texts();
    let SetMember {
        handle, subject, ..
    } = member;
    let by_staff = set.links.iter().any(|link| link.brings.contains(&handle));
    let by_staff = by_staff.then(|| view! { <ByStaffTag/> });
    let other = offer.as_ref().filter(|_| canonical == Some(false));
    let other = other.map(|offer| {
        let (handle, search) = (handle.clone(), offer.search().clone());
        view! { <NotSamePerson set handle search/> }
    });
    let id = paths::record_id(handle.as_str());
    let compare = offer.map(|offer| {
        let name = name_of(&subject, t);
        view! { <CompareOne offer handle name/> }
    });
    let kind = (t.words.kind)(subject.key.kind());
    let matched = subject.fields.iter().any(|field| field.matched);
    let seen = seen_in(&subject, &lanes);
    let name = canonical.and_then(|_| subject.name.clone());
    let key = subject.key.id().to_owned();
    let (known, others) = by_meaning(subject.fields);
    let count = u32::try_from(others.len()).unwrap_or(u32::MAX);
    view! {
        <section class="record" id=id>
            <div class="record-head">
                {name.map(|name| view! { <strong>{name}</strong> })}
                {canonical
                    .map(|canonical| {
                        let word = if canonical { t.common.canonical } else { t.common.duplicate };
                        view! { <span class="tag">{word}</span> }
                    })}
                {by_staff}
                <span class="quiet">{kind} " " <code>{key}</code></span>
                {compare}
                {other}
            </div>
            <FieldList fields=known differs=differs.clone()/>
            {(!others.is_empty())
                .then(|| view! {
                    <details class="others">
                        <summary class="quiet">{(t.say.other_fields)(count)}</summary>
                        <FieldList fields=others differs/>
                    </details>
                })}
            <p class="quiet seen">{t.find.seen_in} ": " {seen}</p>
            {(!matched).then(|| view! { <p class="quiet">{t.find.not_matched}</p> })}
        </section>
    }
    .into_any()
}

/// First what identifies a person, or was matched: each value once, however many systems hold it. Then the other fields.
fn by_meaning(fields: Vec<Found>) -> (Vec<Found>, Vec<Found>) {
    let (mut known, mut others) = (Vec::<Found>::new(), Vec::new());
    for field in fields {
        if field.holds.is_none() && !field.matched {
            others.push(field);
            continue;
        }
        let same = |one: &&mut Found| one.holds == field.holds && one.value == field.value;
        match known.iter_mut().find(same) {
            Some(one) => one.matched |= field.matched,
            None => known.push(field),
        }
    }
    known.sort_by_key(|field| field.holds.is_none());
    (known, others)
}

#[component]
fn FieldList(fields: Vec<Found>, differs: Vec<Meaning>) -> impl IntoView {
    view! {
        <dl class="fields">
            {fields
                .into_iter()
                .map(|field| {
                    let differs = differs.contains(&Meaning::of(&field));
                    view! { <FieldRow field differs/> }
                })
                .collect_view()}
        </dl>
    }
    .into_any()
}

#[component]
fn FieldRow(field: Found, differs: bool) -> impl IntoView {
    let t = use_texts();
    let label = Meaning::of(&field).word(t);
    let matched = field.matched.then(|| view! { <MatchedTag/> });
    let differs = differs.then(|| view! { <DiffersTag/> });
    view! {
        <div class:hit=field.matched>
            <dt title=field.field>{label}</dt>
            <dd>{field.value} " " {matched} " " {differs}</dd>
        </div>
    }
    .into_any()
}

/// Says of a value that it is why the record was found.
#[component]
pub fn MatchedTag() -> impl IntoView {
    view! {
        <span class="tag" data-tone="good">
            <Icon glyph=Glyph::Check/>
            {use_texts().find.matched}
        </span>
    }
}

/// `Help desk (contacts), Directory`: system names with their collections.
pub fn seen_in(subject: &Subject, lanes: &[Lane]) -> String {
    let mut systems: Vec<(&SystemId, Vec<&str>)> = Vec::new();
    for seen in &subject.seen_in {
        match systems.iter_mut().find(|(id, _)| *id == &seen.system) {
            Some((_, collections)) => collections.push(seen.collection.as_str()),
            None => systems.push((&seen.system, vec![seen.collection.as_str()])),
        }
    }
    let named = systems.into_iter().map(|(id, collections)| {
        let name = lanes
            .iter()
            .find(|lane| lane.system == *id)
            .map(|lane| lane.system_name.as_str());
        format!(
            "{} ({})",
            name.unwrap_or(id.as_str()),
            collections.join(", ")
        )
    });
    named.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::model::{CollectionName, Identifier, IdentifierKind, Seen, SubjectHandle};
    use crate::testing::{HOSTILE, assert_escaped, html};

    fn member(name: &str, value: &str, matched: bool) -> SetMember {
        let key = Identifier::new(IdentifierKind::ExternalContactId, name).expect("valid");
        SetMember {
            handle: SubjectHandle::parse("ab").expect("valid"),
            subject: Subject {
                key: key.try_into().expect("an id"),
                name: Some(name.into()),
                fields: vec![Found {
                    field: value.into(),
                    value: value.into(),
                    holds: None,
                    matched,
                    in_full: None,
                }],
                seen_in: vec![Seen {
                    system: SystemId::parse("help-desk").expect("valid"),
                    collection: CollectionName::parse("contacts").expect("valid"),
                }],
                canonical: None,
                employment: Some(Employment::Active),
            },
            found_by: vec![],
        }
    }

    fn card(members: Vec<SetMember>) -> String {
        let set = MergeSet {
            members,
            matched_by: vec![IdentifierKind::Email],
            links: vec![],
        };
        let search = SearchId::parse("s1").expect("valid");
        html(
            Lang::En,
            move || view! { <MergeSetCard set lanes=vec![] search/> },
        )
    }

    #[test]
    fn hostile_names_and_values_are_text() {
        assert_escaped(&card(vec![
            member(HOSTILE, HOSTILE, true),
            member(HOSTILE, HOSTILE, false),
        ]));
    }

    #[test]
    fn a_set_names_the_canonical_record_and_says_what_matched() {
        let page = card(vec![
            member("Maria", "a", true),
            member("M. Keller", "b", false),
        ]);
        let canonical = page.find("canonical").expect("there");
        assert!(canonical < page.find("duplicate").expect("there"));
        assert!(page.contains("Matched by") && page.contains("Not matched by the search"));
        assert!(page.contains("Current employee"));
        assert!(page.contains("/new?search=s1&amp;subject=ab"), "{page}");
    }

    #[test]
    fn nobody_is_called_erased_before_an_erasure_has_completed() {
        let name = |right, state| name_in_request(None, right, state, Lang::En.texts());
        for state in RequestState::ALL {
            let done = matches!(
                state,
                RequestState::Completed | RequestState::CompletedWithExceptions
            );
            assert_eq!(name(Right::Delete, state) == "Erased", done, "{state:?}");
            assert_ne!(name(Right::Export, state), "Erased");
        }
    }

    #[test]
    fn a_value_that_several_systems_hold_is_shown_once_and_matched_if_any_was() {
        let found = |field: &str, holds, matched| Found {
            field: field.into(),
            value: "maria@example.org".into(),
            holds,
            matched,
            in_full: None,
        };
        let email = Some(IdentifierKind::Email);
        let (known, others) = by_meaning(vec![
            found("note", None, false),
            found("email", email, false),
            found("mail", email, true),
        ]);
        assert_eq!((known.len(), others.len()), (1, 1));
        assert!(known[0].matched);
    }

    #[test]
    fn a_single_record_is_neither_canonical_nor_duplicate() {
        let page = card(vec![member("Maria", "a", true)]);
        assert!(!page.contains("canonical") && !page.contains("duplicate"));
    }
}
