//! Found records side by side: what is the same, what differs, and what only some of them have.
//!
//! It is what a person looks at before she trusts a merge set, or finds that a set is missing a record. It compares and marks; it
//! links nobody: [`super::links`] does, below it.

use leptos::prelude::*;

use super::cards::{MatchedTag, name_of, seen_in};
use super::differences::{Mark, Row, as_u32, rows};
use crate::components::{EmployeeBadge, Glyph, Icon, Tone};
use crate::i18n::{Texts, use_texts};
use crate::model::{Found, Lane, MergeSet, SearchId, SearchView, SetMember, SubjectHandle};
use crate::paths;

/// As many records as can be read side by side.
const MOST: usize = 4;

/// The word that leaves out what is the same.
pub const DIFFERS: &str = "differs";

/// The quiet word beside a value that another record of the set has otherwise.
#[component]
pub fn DiffersTag() -> impl IntoView {
    view! {
        <span class="tag">
            <Icon glyph=Glyph::Differs/>
            {use_texts().compare.differs}
        </span>
    }
}

/// Which records of a search are put side by side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chosen {
    /// Found in this search, each once, [`MOST`] at most.
    handles: Vec<SubjectHandle>,
    /// Whether others were named too.
    left_out: bool,
    only_differs: bool,
}

impl Chosen {
    /// As an address names them.
    pub fn of(view: &SearchView, compare: &str, only: &str) -> Self {
        let mut chosen = Self {
            only_differs: only == DIFFERS,
            ..Self::default()
        };
        for word in compare.split(',').filter(|word| !word.is_empty()) {
            match SubjectHandle::parse(word) {
                Ok(handle) if chosen.handles.contains(&handle) => {}
                Ok(handle)
                    if chosen.handles.len() < MOST && find(&view.sets, &handle).is_some() =>
                {
                    chosen.handles.push(handle);
                }
                _ => chosen.left_out = true,
            }
        }
        chosen
    }

    /// In the order in which they were chosen.
    pub fn handles(&self) -> &[SubjectHandle] {
        &self.handles
    }

    /// As an address says it, in `compare` and in `only`; what is empty need not be said.
    pub fn words(&self) -> [String; 2] {
        let handles: Vec<_> = self.handles.iter().map(SubjectHandle::as_str).collect();
        let only = if self.only_differs { DIFFERS } else { "" };
        [handles.join(","), only.to_owned()]
    }

    fn with(&self, one: &SubjectHandle) -> Vec<SubjectHandle> {
        let mut handles = self.handles.clone();
        handles.push(one.clone());
        handles
    }

    fn without(&self, one: &SubjectHandle) -> Vec<SubjectHandle> {
        let others = self.handles.iter().filter(|handle| *handle != one);
        others.cloned().collect()
    }
}

/// A record and the number of its set.
pub fn find<'a>(sets: &'a [MergeSet], handle: &SubjectHandle) -> Option<(usize, &'a SetMember)> {
    let in_set = |set: &'a MergeSet| set.members.iter().find(|member| member.handle == *handle);
    sets.iter()
        .enumerate()
        .find_map(|(at, set)| Some((at, in_set(set)?)))
}

/// What the cards offer: to choose a record, or to put it beside those that are chosen.
#[derive(Debug, Clone)]
pub struct Offer {
    search: SearchId,
    chosen: Chosen,
    /// The name of the first that is chosen.
    first: Option<String>,
    records: usize,
    sets: usize,
}

impl Offer {
    pub fn of(view: &SearchView, chosen: &Chosen, t: &Texts) -> Self {
        let first = chosen.handles.first();
        let first = first.and_then(|handle| find(&view.sets, handle));
        Self {
            search: view.id.clone(),
            chosen: chosen.clone(),
            first: first.map(|(_, record)| name_of(&record.subject, t)),
            records: view.sets.iter().map(|set| set.members.len()).sum(),
            sets: view.sets.len(),
        }
    }

    /// The search that they are from.
    pub fn search(&self) -> &SearchId {
        &self.search
    }

    /// Where the two records of a set are side by side, unless they are already.
    fn both(&self, members: &[SetMember]) -> Option<String> {
        let [one, other] = members else { return None };
        let handles = [one.handle.clone(), other.handle.clone()];
        let chosen = &self.chosen.handles;
        let already = chosen.len() == 2 && handles.iter().all(|handle| chosen.contains(handle));
        (!already).then(|| paths::compare(&self.search, &handles, false))
    }

    /// Whether each record has a link of its own: not where it could lead to one other record alone.
    fn one_by_one(&self) -> bool {
        let several = self.records > 2 || self.sets > 1;
        several && self.records > 1
    }
}

/// In the head of a set of exactly two: both at once.
#[component]
pub fn CompareBoth(offer: Offer, members: Vec<SetMember>) -> impl IntoView {
    let t = &use_texts().compare;
    offer
        .both(&members)
        .map(|href| {
            view! {
                <a class="compare-link" href=href>
                    <Icon glyph=Glyph::Compare/>
                    {t.both}
                </a>
            }
        })
        .into_any()
}

/// In the head of a record: chooses it, or puts it beside those that are chosen.
#[component]
pub fn CompareOne(offer: Offer, handle: SubjectHandle, name: String) -> impl IntoView {
    let t = use_texts();
    let chosen = &offer.chosen;
    if chosen.handles.contains(&handle) {
        return view! {
            <span class="tag" data-tone=Tone::Busy.as_str()>
                <Icon glyph=Glyph::Compare/>
                {t.compare.chosen}
            </span>
        }
        .into_any();
    }
    let text = match (chosen.handles.len(), offer.first.as_deref()) {
        (0, _) => t.compare.start.to_owned(),
        (1, Some(first)) => (t.say.compare_with)(first),
        _ => t.compare.add.to_owned(),
    };
    let offered = chosen.handles.len() < MOST && offer.one_by_one();
    offered
        .then(|| {
            let href = paths::compare(&offer.search, &chosen.with(&handle), chosen.only_differs);
            // There is one of these per record: told apart by whose it is.
            let label = format!("{text}: {name}");
            view! {
                <a class="compare-link" href=href aria-label=label>
                    <Icon glyph=Glyph::Compare/>
                    {text}
                </a>
            }
        })
        .into_any()
}

/// The chosen records, side by side. Nothing where none was asked for.
#[component]
pub fn Comparison(
    chosen: Chosen,
    sets: Vec<MergeSet>,
    lanes: Vec<Lane>,
    search: SearchId,
) -> impl IntoView {
    let t = use_texts();
    let records: Vec<(usize, &SetMember)> = chosen
        .handles
        .iter()
        .filter_map(|handle| find(&sets, handle))
        .collect();
    let close = paths::search(&search);
    let left_out = chosen
        .left_out
        .then(|| view! { <p class="quiet">{t.compare.left_out}</p> });
    match &records[..] {
        [] => left_out.into_any(),
        [(_, one)] => view! {
            <div class="card comparison" id="compare">
                <p>{t.compare.pick} " " <strong>{name_of(&one.subject, t)}</strong></p>
                {left_out}
                <p><a href=close>{t.compare.cancel}</a></p>
            </div>
        }
        .into_any(),
        several => {
            let members: Vec<&SetMember> = several.iter().map(|(_, record)| *record).collect();
            let heads = members
                .iter()
                .map(|record| {
                    let canonical = role(&sets, &record.handle);
                    let without = (members.len() > 2).then(|| {
                        paths::compare(
                            &search,
                            &chosen.without(&record.handle),
                            chosen.only_differs,
                        )
                    });
                    view! { <RecordHead record=SetMember::clone(record) canonical without/> }
                })
                .collect_view();
            let other_way = paths::compare(&search, &chosen.handles, !chosen.only_differs);
            let toggle = if chosen.only_differs {
                t.compare.show_all
            } else {
                t.compare.only_differs
            };
            view! {
                <section class="card comparison" id="compare" aria-labelledby="compared">
                    <header>
                        <h2 id="compared">{t.compare.title}</h2>
                        <div class="end">
                            <a href=other_way>{toggle}</a>
                            <a href=close>{t.compare.close}</a>
                        </div>
                    </header>
                    <p class="quiet">{declared(several, t)}</p>
                    {left_out}
                    <div class="table compared" role="region" aria-label=t.compare.help tabindex="0">
                        <table>
                            <caption class="unseen">{t.compare.help}</caption>
                            <thead>
                                <tr>
                                    <th scope="col">{t.compare.field}</th>
                                    {heads}
                                </tr>
                            </thead>
                            <tbody>
                                <Rows rows=rows(&members) only_differs=chosen.only_differs/>
                                <tr>
                                    <th scope="row">{t.find.seen_in}</th>
                                    {members
                                        .iter()
                                        .map(|record| view! { <td class="quiet">{seen_in(&record.subject, &lanes)}</td> })
                                        .collect_view()}
                                </tr>
                            </tbody>
                        </table>
                    </div>
                </section>
            }
            .into_any()
        }
    }
}

/// Whether systems declare the records to be one person: what a comparison is there to question.
fn declared(records: &[(usize, &SetMember)], t: &Texts) -> String {
    let mut sets: Vec<usize> = records.iter().map(|(set, _)| *set).collect();
    sets.sort_unstable();
    sets.dedup();
    match sets.len() {
        0 | 1 => t.compare.one_set.to_owned(),
        n => (t.say.several_sets)(as_u32(n)),
    }
}

/// Whether a record leads its set; nothing for one that is alone.
fn role(sets: &[MergeSet], handle: &SubjectHandle) -> Option<bool> {
    let (at, _) = find(sets, handle)?;
    let members = &sets.get(at)?.members;
    (members.len() > 1).then(|| members.first().is_some_and(|first| first.handle == *handle))
}

/// A column's head: which record it is.
#[component]
fn RecordHead(
    record: SetMember,
    canonical: Option<bool>,
    without: Option<String>,
) -> impl IntoView {
    let t = use_texts();
    let subject = record.subject;
    let name = name_of(&subject, t);
    let label = format!("{}: {name}", t.compare.leave_out);
    view! {
        <th scope="col">
            <span class="name">{name}</span>
            {canonical
                .map(|canonical| {
                    let word = if canonical { t.common.canonical } else { t.common.duplicate };
                    view! { <span class="tag">{word}</span> }
                })}
            {subject.employment.map(|employment| view! { <EmployeeBadge employment/> })}
            <span class="quiet">{(t.words.kind)(subject.key.kind())} " " <code>{subject.key.id().to_owned()}</code></span>
            {without.map(|href| view! { <a href=href aria-label=label>{t.compare.leave_out}</a> })}
        </th>
    }
    .into_any()
}

#[component]
fn Rows(rows: Vec<Row>, only_differs: bool) -> impl IntoView {
    let t = &use_texts().compare;
    let shown: Vec<Row> = rows
        .into_iter()
        .filter(|row| !only_differs || row.mark != Mark::Same)
        .collect();
    let nothing = shown.is_empty().then(|| {
        view! {
            <tr>
                <td colspan=MOST + 1>{t.nothing_differs}</td>
            </tr>
        }
    });
    view! {
        {nothing}
        {shown.into_iter().map(|row| view! { <FieldOfAll row/> }).collect_view()}
    }
    .into_any()
}

#[component]
fn FieldOfAll(row: Row) -> impl IntoView {
    let t = use_texts();
    let (glyph, tone, word) = match row.mark {
        Mark::Differs => (Glyph::Differs, Tone::Warn, t.compare.differs.to_owned()),
        Mark::Only(n) => (
            Glyph::Minus,
            Tone::Wait,
            (t.say.only_in)(n, as_u32(row.cells.len())),
        ),
        Mark::Same => (Glyph::Same, Tone::Quiet, t.compare.same.to_owned()),
    };
    view! {
        <tr>
            <th scope="row">
                <span class="name">{row.meaning.word(t)}</span>
                <span class="tag" data-tone=tone.as_str()>
                    <Icon glyph/>
                    {word}
                </span>
            </th>
            {row.cells.into_iter().map(|values| view! { <Values values/> }).collect_view()}
        </tr>
    }
    .into_any()
}

#[component]
fn Values(values: Vec<Found>) -> impl IntoView {
    let t = use_texts();
    if values.is_empty() {
        return view! { <td class="quiet">{t.compare.nothing}</td> }.into_any();
    }
    view! {
        <td>
            <ul>
                {values
                    .into_iter()
                    .map(|found| {
                        view! {
                            <li class:hit=found.matched title=found.field>
                                {found.value} " " {found.matched.then(|| view! { <MatchedTag/> })}
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </td>
    }
    .into_any()
}

#[cfg(test)]
#[path = "compare_tests.rs"]
mod tests;
