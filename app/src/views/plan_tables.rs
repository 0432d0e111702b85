//! The tables of a plan: what a correction changes, and what happens in each collection.

use leptos::prelude::*;

use super::links::Linked;
use crate::components::{ActionBadge, Glyph, Icon, Named, Table};
use crate::format;
use crate::i18n::{Texts, use_texts};
use crate::model::{Action, CollectionPlan, MemberPlan, Replacement, Sample};

/// Old and new values.
#[component]
pub fn Changes(replacements: Vec<Replacement>) -> impl IntoView {
    let t = use_texts();
    let heads = [t.find.kind, t.plan.change_from, t.plan.change_to];
    (!replacements.is_empty())
        .then(|| {
            view! {
                <section>
                    <h2 id="changes">{t.plan.changes}</h2>
                    <Table named=Named::Heading("changes") heads>
                        {replacements
                            .into_iter()
                            .map(|one| view! {
                                <tr>
                                    <th scope="row">{(t.words.kind)(one.kind)}</th>
                                    <td data-label=t.plan.change_from><del>{one.old}</del></td>
                                    <td data-label=t.plan.change_to><ins>{one.new}</ins></td>
                                </tr>
                            })
                            .collect_view()}
                    </Table>
                </section>
            }
        })
        .into_any()
}

/// One record: systems and their collections with action and count.
#[component]
pub fn MemberTable(member: MemberPlan) -> impl IntoView {
    let t = use_texts();
    let name = member
        .name
        .clone()
        .unwrap_or_else(|| t.common.no_name.to_owned());
    let kind = (t.words.kind)(member.kind);
    let handle = format::short(member.handle.as_str()).to_owned();
    let heading = format!("member-{}", member.handle);
    view! {
        <h3 id=heading.clone()>{name} " " <span class="quiet">{kind} " · " {t.common.member} " " <code>{handle}</code></span></h3>
        {member.linked.map(|linked| view! { <Linked linked/> })}
        <div class="table" role="region" aria-labelledby=heading tabindex="0">
            <table class="stack grouped">
                <thead>
                    <tr>
                        <th scope="col">{t.common.system}</th>
                        <th scope="col">{t.common.collection}</th>
                        <th scope="col">{t.plan.action}</th>
                        <th scope="col" class="num">{t.common.rows}</th>
                    </tr>
                </thead>
                {member.systems
                    .into_iter()
                    .map(|system| {
                        let span = system.collections.len().max(1).to_string();
                        let name = system.system_name;
                        view! {
                            <tbody>
                                {system.collections
                                    .into_iter()
                                    .enumerate()
                                    .map(|(at, one)| {
                                        let head = (at == 0)
                                            .then(|| view! { <th scope="rowgroup" rowspan=span.clone()>{name.clone()}</th> });
                                        view! { <tr>{head}<CollectionCells one/></tr> }
                                    })
                                    .collect_view()}
                            </tbody>
                        }
                    })
                    .collect_view()}
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn CollectionCells(one: CollectionPlan) -> impl IntoView {
    let t = use_texts();
    let note = match &one.action {
        Action::Keep { ground } => Some(format!("{}: {ground}", t.plan.ground)),
        _ => None,
    };
    let (rows, bytes) = (rows(&one, t), one.bytes);
    let shared = one.shared.filter(|shared| *shared > 0);
    view! {
        <td data-label=t.common.collection>{one.title} <Samples samples=one.samples/></td>
        <td data-label=t.plan.action>
            <ActionBadge action=one.action/>
            {note.map(|note| view! { <span class="quiet note">{note}</span> })}
            {shared.map(|shared| view! {
                <span class="note"><Icon glyph=Glyph::Link/> " " {(t.say.shared_rows)(shared)}</span>
            })}
        </td>
        <td data-label=t.common.rows class="num">
            {rows}
            {bytes.map(|bytes| view! { <span class="quiet note">{format::bytes(bytes)}</span> })}
        </td>
    }
    .into_any()
}

/// A few rows, so that the person is recognised; folded up, for few need them.
#[component]
fn Samples(samples: Vec<Sample>) -> impl IntoView {
    let t = use_texts();
    let count = u32::try_from(samples.len()).unwrap_or(u32::MAX);
    let field = |(name, value)| {
        view! { <div><dt>{name}</dt><dd>{value}</dd></div> }
    };
    let sample = |sample: Sample| {
        view! { <li><dl>{sample.fields.into_iter().map(field).collect_view()}</dl></li> }
    };
    (count > 0)
        .then(|| {
            view! {
                <details class="samples">
                    <summary>{(t.say.samples)(count)}</summary>
                    <ol>{samples.into_iter().map(sample).collect_view()}</ol>
                </details>
            }
        })
        .into_any()
}

/// The count, or that it is not known; never 0 for what was not looked at.
fn rows(one: &CollectionPlan, t: &Texts) -> String {
    match one.rows {
        Some(rows) => format::count(rows),
        None => t.plan.unknown_rows.to_owned(),
    }
}
