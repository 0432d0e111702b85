//! How the records of a search and the identifiers in them hang together: a graphic, and the same as a list.
//!
//! The graphic shows at a glance which record stands apart from the others. It says nothing that the list does not say, and
//! scrolls inside itself where it does not fit.

use leptos::prelude::*;

use super::cards::{kinds_of, name_of};
use super::graph_layout::{
    Edge, Label, Layout, NODE, Node, Reason, Role, WIDTH, in_set_by, layout, matched_by,
    record_in_words, words_of,
};
use crate::i18n::{Texts, use_texts};
use crate::model::{MergeSet, SearchView, SetMember, Unsearched};

/// The graphic and its list, once anybody was found.
#[component]
pub fn Graph(view: SearchView) -> impl IntoView {
    let t = use_texts();
    (!view.sets.is_empty())
        .then(|| {
            let layout = layout(&view, t);
            let left_out = (layout.left_out > 0)
                .then(|| view! { <p class="quiet">{(t.say.more_in_list)(layout.left_out)}</p> });
            view! {
                <section class="graph" aria-labelledby="graph">
                    <h2 id="graph">{t.graph.title}</h2>
                    <p class="quiet" id="graph-help">{t.graph.help}</p>
                    <div class="drawing" role="region" aria-label=t.graph.region tabindex="0">
                        <Drawing layout/>
                    </div>
                    {left_out}
                    <details>
                        <summary>{t.graph.list}</summary>
                        <Twin view/>
                    </details>
                </section>
            }
        })
        .into_any()
}

/// In rem, so that it grows with the text size that a person has set.
fn rem(units: u32) -> String {
    format!("{}rem", f64::from(units) / 16.0)
}

#[component]
fn Drawing(layout: Layout) -> impl IntoView {
    let Layout {
        height,
        nodes,
        edges,
        labels,
        sets,
        ..
    } = layout;
    view! {
        <svg
            role="img"
            aria-labelledby="graph graph-help"
            viewBox=format!("0 0 {WIDTH} {height}")
            width=rem(WIDTH)
            height=rem(height)
        >
            {sets
                .into_iter()
                .map(|area| view! { <rect class="around" x=area.x y=area.y width=area.width height=area.height rx="8"></rect> })
                .collect_view()}
            {edges.into_iter().map(|edge| view! { <EdgeLine edge/> }).collect_view()}
            {nodes.into_iter().map(|node| view! { <NodeBox node/> }).collect_view()}
            {labels.into_iter().map(|label| view! { <LabelText label/> }).collect_view()}
        </svg>
    }
    .into_any()
}

#[component]
fn EdgeLine(edge: Edge) -> impl IntoView {
    let class = match edge.reason {
        Reason::Matched => "edge matched",
        Reason::Linked => "edge linked",
        Reason::Seen => "edge seen-in",
    };
    view! {
        <path class=class d=edge.path>
            <title>{edge.whole}</title>
        </path>
    }
    .into_any()
}

#[component]
fn NodeBox(node: Node) -> impl IntoView {
    let (class, round) = match node.role {
        Role::Searched => ("node asked", NODE / 2),
        Role::Record => ("node", 6),
        Role::Open => ("node open", 6),
    };
    let left = node.area.x + if node.role == Role::Searched { 16 } else { 10 };
    view! {
        <g class=class>
            <title>{node.whole}</title>
            <rect x=node.area.x y=node.area.y width=node.area.width height=node.area.height rx=round></rect>
            <text class="head" x=left y=node.area.y + 18 font-size="13">{node.head}</text>
            <text class="note" x=left y=node.area.y + 35 font-size="12">{node.note}</text>
        </g>
    }
    .into_any()
}

#[component]
fn LabelText(label: Label) -> impl IntoView {
    let anchor = if label.ends { "end" } else { "start" };
    view! {
        <text class="reason" x=label.x y=label.y text-anchor=anchor font-size="12">
            {label.text}
            <title>{label.whole}</title>
        </text>
    }
    .into_any()
}

/// Every node and every link in words; all of them, also those that were not drawn.
#[component]
fn Twin(view: SearchView) -> impl IntoView {
    let t = use_texts();
    let asked: Vec<String> = view
        .asked
        .iter()
        .map(|asked| words_of(&asked.identifier, t))
        .collect();
    let searched = format!("{}: {}", t.graph.searched, asked.join(t.common.comma));
    let sets = view
        .sets
        .iter()
        .map(|set| view! { <TwinSet lines=lines(&view, set, t) title=title(set, t)/> })
        .collect_view();
    let known = |one: &&Unsearched| {
        let mut members = view.sets.iter().flat_map(|set| &set.members);
        members.any(|member| one.seen_in.contains(&member.handle))
    };
    let elsewhere: Vec<String> = view
        .unsearched
        .iter()
        .filter(|one| !known(one))
        .map(|one| not_searched(one, t))
        .collect();
    let elsewhere = (!elsewhere.is_empty())
        .then(|| view! { <li>{t.graph.elsewhere} <Lines lines=elsewhere/></li> });
    view! {
        <ul class="twin">
            <li>
                {searched}
                <ul>{sets} {elsewhere}</ul>
            </li>
        </ul>
    }
    .into_any()
}

/// `Maria Keller: merge set of 2 records`.
fn title(set: &MergeSet, t: &Texts) -> String {
    let count = u32::try_from(set.members.len()).unwrap_or(u32::MAX);
    let name = set.members.first().map(|first| name_of(&first.subject, t));
    format!("{} · {}", name.unwrap_or_default(), (t.say.members)(count))
}

fn not_searched(one: &Unsearched, t: &Texts) -> String {
    format!("{}: {}", t.graph.not_searched, words_of(&one.identifier, t))
}

/// A set's records, each with all that it hangs on.
fn lines(view: &SearchView, set: &MergeSet, t: &Texts) -> Vec<(String, Vec<String>)> {
    let several = set.members.len() > 1;
    let record = |(at, member): (usize, &SetMember)| {
        let mut says = Vec::new();
        match matched_by(member, &view.asked) {
            Some(kinds) => says.push((t.say.matched_by)(&kinds_of(&kinds, t))),
            None => says.push(t.find.not_matched.to_owned()),
        }
        let canonical = member.subject.canonical.as_ref();
        let found = canonical.and_then(|key| {
            let mut members = set.members.iter();
            members.find(|other| other.subject.key == *key)
        });
        match (canonical, found) {
            (_, Some(to)) => says.push((t.say.link_to)(&record_in_words(to, t))),
            (Some(_), None) => says.push(t.graph.link_elsewhere.to_owned()),
            (None, None) if at > 0 => says.push(in_set_by(set, member, t).to_owned()),
            (None, None) => {}
        }
        let seen = view.unsearched.iter();
        let seen = seen.filter(|one| one.seen_in.contains(&member.handle));
        says.extend(seen.map(|one| not_searched(one, t)));
        let role = match (several, at) {
            (false, _) => String::new(),
            (true, 0) => format!(", {}", t.common.canonical),
            (true, _) => format!(", {}", t.common.duplicate),
        };
        (format!("{}{role}", record_in_words(member, t)), says)
    };
    set.members.iter().enumerate().map(record).collect()
}

#[component]
fn TwinSet(title: String, lines: Vec<(String, Vec<String>)>) -> impl IntoView {
    view! {
        <li>
            {title}
            <ul>
                {lines
                    .into_iter()
                    .map(|(record, lines)| view! { <li>{record} <Lines lines/></li> })
                    .collect_view()}
            </ul>
        </li>
    }
    .into_any()
}

#[component]
fn Lines(lines: Vec<String>) -> impl IntoView {
    view! { <ul>{lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul> }
        .into_any()
}

#[cfg(test)]
#[path = "graph_tests.rs"]
mod tests;
