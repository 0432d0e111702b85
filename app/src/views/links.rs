//! What staff confirm of records: the forms that say so and undo it, and the list of what was said.
//!
//! A form stands under the comparison of its two records, with what differs above it: nobody links or parts what she has not seen
//! side by side.

use leptos::prelude::*;

use super::cards::name_of;
use super::compare::{Chosen, find};
use super::differences::differing;
use super::graph_layout::record_in_words;
use crate::components::{At, Banner, EmployeeBadge, Glyph, Icon, Tone};
use crate::i18n::{Texts, use_texts};
use crate::model::{
    Employment, LinkEnd, LinkId, LinkKind, LinkView, LinkedBy, MergeSet, SearchId, SetMember,
    SubjectHandle,
};
use crate::paths;

const JOIN: &str = "join";
const PART: &str = "part";

/// Which form an address opens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Wanted {
    #[default]
    Nothing,
    Join,
    Part,
    Undo(LinkId),
}

impl Wanted {
    /// `join`, `part`, or the id of the link to undo; anything else opens nothing.
    pub fn of(word: &str) -> Self {
        match word {
            JOIN => Self::Join,
            PART => Self::Part,
            id => LinkId::parse(id).map_or(Self::Nothing, Self::Undo),
        }
    }
}

/// What can be said of the compared records.
enum Case<'a> {
    /// They are in different sets.
    Join([&'a SetMember; 2]),
    /// A system links the first to another record: the second, if that was found.
    Part(&'a SetMember, Option<&'a SetMember>),
}

impl<'a> Case<'a> {
    fn of(chosen: &Chosen, sets: &'a [MergeSet]) -> Option<Self> {
        let records = chosen.handles().iter().map(|handle| find(sets, handle));
        let records: Vec<_> = records.collect::<Option<_>>()?;
        let links_to = |from: &SetMember, to: &SetMember| {
            from.subject.canonical.as_ref() == Some(&to.subject.key)
        };
        match records[..] {
            [(_, one)] => one
                .subject
                .canonical
                .as_ref()
                .map(|_| Self::Part(one, None)),
            [(a, one), (b, other)] if a != b => Some(Self::Join([one, other])),
            [(_, one), (_, other)] if links_to(one, other) => Some(Self::Part(one, Some(other))),
            [(_, one), (_, other)] if links_to(other, one) => Some(Self::Part(other, Some(one))),
            _ => None,
        }
    }
}

/// Below a comparison: what can be confirmed of the two, or the form that does it.
#[component]
pub fn Confirming(
    wanted: Wanted,
    chosen: Chosen,
    sets: Vec<MergeSet>,
    search: SearchId,
) -> impl IntoView {
    let t = use_texts();
    let case = Case::of(&chosen, &sets);
    match (wanted, case) {
        (Wanted::Undo(id), _) => {
            let mut links = sets.iter().flat_map(|set| &set.links);
            match links.find(|link| link.id == id).cloned() {
                Some(link) => view! { <UndoForm link sets search/> }.into_any(),
                None => view! {
                    <div id="link">
                        <Banner tone=Tone::Warn><p>{t.links.gone}</p></Banner>
                    </div>
                }
                .into_any(),
            }
        }
        (Wanted::Join, Some(Case::Join([one, other]))) => {
            let (pair, sets) = ([one.clone(), other.clone()], sets.clone());
            view! { <JoinForm pair sets search/> }.into_any()
        }
        (Wanted::Part, Some(Case::Part(record, other))) => {
            let (record, other) = (record.clone(), other.cloned());
            view! { <PartForm record other search/> }.into_any()
        }
        (_, Some(Case::Join(pair))) => {
            let href = paths::confirming(&search, &pair.map(|one| one.handle.clone()), JOIN);
            view! { <Offered href glyph=Glyph::Link text=t.links.offer_join/> }.into_any()
        }
        (_, Some(Case::Part(record, Some(other)))) => {
            let href = part_of(&search, record, Some(other));
            view! { <Offered href glyph=Glyph::Unlink text=t.links.offer_part/> }.into_any()
        }
        _ => ().into_any(),
    }
}

fn part_of(search: &SearchId, record: &SetMember, other: Option<&SetMember>) -> String {
    let both = [Some(record), other].into_iter().flatten();
    let handles: Vec<_> = both.map(|member| member.handle.clone()).collect();
    paths::confirming(search, &handles, PART)
}

#[component]
fn Offered(href: String, glyph: Glyph, text: &'static str) -> impl IntoView {
    view! {
        <p class="offered" id="link">
            <a class="button" href=href>
                <Icon glyph/>
                {text}
            </a>
        </p>
    }
    .into_any()
}

/// Says that two records are one person's, and which set leads.
#[component]
fn JoinForm(pair: [SetMember; 2], sets: Vec<MergeSet>, search: SearchId) -> impl IntoView {
    let t = use_texts();
    let differ = differing(&pair);
    let differ: Vec<_> = differ.iter().map(|meaning| meaning.word(t)).collect();
    let warning = if differ.is_empty() {
        t.links.nothing_differs.to_owned()
    } else {
        format!("{} {}", t.links.differs, differ.join(t.common.comma))
    };
    let employed = pair.iter().filter_map(|one| set_of(&sets, &one.handle));
    let employed = employed
        .flat_map(|set| &set.members)
        .any(|member| member.subject.employment == Some(Employment::Active));
    let back = pair.clone().map(|one| one.handle);
    let cancel = paths::compare(&search, &back, false);
    let choices = pair.each_ref().map(|one| {
        let members = set_of(&sets, &one.handle).map_or(1, |set| set.members.len());
        let members = u32::try_from(members).unwrap_or(u32::MAX);
        view! { <LeadChoice record=one.clone() members/> }
    });
    let [one, other] = pair.map(|one| one.handle.to_string());
    view! {
        <form method="post" action=paths::to::JOIN_PEOPLE class="card confirm" id="link" autocomplete="off">
            <h2>{t.links.title_join}</h2>
            <p>{t.links.join_what}</p>
            <Banner tone=Tone::Warn>
                <p>{warning}</p>
                {employed.then(|| view! { <p><EmployeeBadge employment=Employment::Active/> " " {t.links.employed}</p> })}
            </Banner>
            <input type="hidden" name="search" value=search.to_string()/>
            <input type="hidden" name="one" value=one/>
            <input type="hidden" name="other" value=other/>
            <fieldset class="rights">
                <legend>{t.links.lead}</legend>
                {choices.collect_view()}
            </fieldset>
            <ReasonField/>
            <Buttons glyph=Glyph::Link submit=t.links.offer_join cancel/>
        </form>
    }
    .into_any()
}

#[component]
fn LeadChoice(record: SetMember, members: u32) -> impl IntoView {
    let t = use_texts();
    view! {
        <label class="choice">
            <input type="radio" name="lead" value=record.handle.to_string() required/>
            <span class="choice-text">
                <strong>{record_in_words(&record, t)}</strong>
                <span class="quiet">{(t.say.members)(members)}</span>
            </span>
        </label>
    }
    .into_any()
}

/// Says that a declared link does not hold.
#[component]
fn PartForm(record: SetMember, other: Option<SetMember>, search: SearchId) -> impl IntoView {
    let t = use_texts();
    let one = record_in_words(&record, t);
    let canonical = record.subject.canonical.as_ref();
    let to = match &other {
        Some(other) => record_in_words(other, t),
        None => canonical.map_or(String::new(), |key| key_in_words(key, t)),
    };
    let cancel = paths::search(&search);
    view! {
        <form method="post" action=paths::to::PART_PEOPLE class="card confirm" id="link" autocomplete="off">
            <h2>{t.links.title_part}</h2>
            <p><strong>{(t.say.not_same_person)(&one, &to)}</strong></p>
            <p>{t.links.part_what}</p>
            <input type="hidden" name="search" value=search.to_string()/>
            <input type="hidden" name="record" value=record.handle.to_string()/>
            <ReasonField/>
            <Buttons glyph=Glyph::Unlink submit=t.links.offer_part cancel/>
        </form>
    }
    .into_any()
}

/// Takes back what was confirmed.
#[component]
fn UndoForm(link: LinkView, sets: Vec<MergeSet>, search: SearchId) -> impl IntoView {
    let t = use_texts();
    let said = sentence(&link, &sets, t);
    let cancel = paths::search(&search);
    view! {
        <form method="post" action=paths::to::UNDO_LINK class="card confirm" id="link" autocomplete="off">
            <h2>{t.links.title_undo}</h2>
            <p><strong>{said}</strong> " " <ByWhom by=link.by at=link.made_at/></p>
            <p>{t.links.reason} ": " {link.reason}</p>
            <p>{t.links.undo_what}</p>
            <input type="hidden" name="search" value=search.to_string()/>
            <input type="hidden" name="link" value=link.id.to_string()/>
            <ReasonField/>
            <Buttons glyph=Glyph::Retry submit=t.links.submit_undo cancel/>
        </form>
    }
    .into_any()
}

#[component]
fn ReasonField() -> impl IntoView {
    let t = &use_texts().links;
    view! {
        <div class="field">
            <label for="link-reason">{t.reason}</label>
            <textarea
                id="link-reason"
                name="reason"
                rows="2"
                required
                minlength="3"
                maxlength="500"
                aria-describedby="link-reason-hint"
            />
            <span class="hint" id="link-reason-hint">{t.reason_hint}</span>
        </div>
    }
}

#[component]
fn Buttons(glyph: Glyph, submit: &'static str, cancel: String) -> impl IntoView {
    view! {
        <div class="buttons">
            <button type="submit" class="primary">
                <Icon glyph/>
                {submit}
            </button>
            <a href=cancel>{use_texts().links.cancel}</a>
        </div>
    }
    .into_any()
}

fn set_of<'a>(sets: &'a [MergeSet], handle: &SubjectHandle) -> Option<&'a MergeSet> {
    find(sets, handle).and_then(|(at, _)| sets.get(at))
}

fn key_in_words(key: &crate::model::SubjectKey, t: &Texts) -> String {
    format!("{} {}", (t.words.kind)(key.kind()), key.id())
}

/// A link in words. A record that this search did not find is told by its id.
fn sentence(link: &LinkView, sets: &[MergeSet], t: &Texts) -> String {
    let record = |end: &LinkEnd| match find(sets, &end.handle) {
        Some((_, member)) => record_in_words(member, t),
        None => key_in_words(&end.key, t),
    };
    let (one, other) = (record(&link.one), record(&link.other));
    match link.kind {
        LinkKind::Join => (t.say.same_person)(&one, &other),
        LinkKind::Part => (t.say.not_same_person)(&one, &other),
    }
}

#[component]
fn ByWhom(by: String, at: crate::model::Millis) -> impl IntoView {
    view! { <span class="quiet">{by} " · " <At at/></span> }
}

/// What staff confirmed of a set, each to be undone where a search is at hand.
#[component]
pub fn LinkList(set: MergeSet, search: Option<SearchId>) -> impl IntoView {
    let t = use_texts();
    if set.links.is_empty() {
        return ().into_any();
    }
    let sets = std::slice::from_ref(&set);
    let rows = set.links.iter().map(|link| {
        let said = sentence(link, sets, t);
        let glyph = match link.kind {
            LinkKind::Join => Glyph::Link,
            LinkKind::Part => Glyph::Unlink,
        };
        let undo = search.as_ref().map(|search| {
            let href = paths::confirming(search, &[], link.id.as_str());
            let label = format!("{}: {said}", t.links.undo);
            view! { <a class="compare-link" href=href aria-label=label>{t.links.undo}</a> }
        });
        let (by, at, reason) = (link.by.clone(), link.made_at, link.reason.clone());
        view! {
            <li>
                <Icon glyph/>
                <span>{said}</span>
                <span class="why">
                    <ByWhom by at/>
                    <q>{reason}</q>
                    {undo}
                </span>
            </li>
        }
    });
    view! {
        <section class="confirmed">
            <h4>{t.links.list}</h4>
            <ul>{rows.collect_view()}</ul>
        </section>
    }
    .into_any()
}

/// The word on a record that is in its set because staff said so.
#[component]
pub fn ByStaffTag() -> impl IntoView {
    view! {
        <span class="tag" data-tone=Tone::Busy.as_str()>
            <Icon glyph=Glyph::Link/>
            {use_texts().links.tag}
        </span>
    }
}

/// The same with who and when.
#[component]
pub fn Linked(linked: LinkedBy) -> impl IntoView {
    view! {
        <p class="linked">
            <ByStaffTag/>
            " "
            <ByWhom by=linked.by at=linked.at/>
        </p>
    }
    .into_any()
}

/// In the head of a record that does not lead its set: the way to say that it is not hers. The link that puts it there is parted
/// where a system declares it, and undone where staff confirmed it.
#[component]
pub fn NotSamePerson(set: MergeSet, handle: SubjectHandle, search: SearchId) -> impl IntoView {
    let t = use_texts();
    let Some(member) = set.members.iter().find(|member| member.handle == handle) else {
        return ().into_any();
    };
    let href = match &member.subject.canonical {
        Some(canonical) => {
            let mut members = set.members.iter();
            let other = members.find(|other| other.subject.key == *canonical);
            Some(part_of(&search, member, other))
        }
        None => {
            let link = set.links.iter().find(|link| link.brings.contains(&handle));
            link.map(|link| paths::confirming(&search, &[], link.id.as_str()))
        }
    };
    let label = format!("{}: {}", t.links.offer_part, name_of(&member.subject, t));
    href.map(|href| {
        view! {
            <a class="compare-link" href=href aria-label=label>
                <Icon glyph=Glyph::Unlink/>
                {t.links.offer_part}
            </a>
        }
    })
    .into_any()
}

#[cfg(test)]
#[path = "links_tests.rs"]
mod tests;
