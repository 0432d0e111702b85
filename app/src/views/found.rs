//! A search: systems side by side, people found, identifiers not searched yet.

use leptos::prelude::*;

use super::asked::AskedFor;
use super::cards::{MergeSetCard, kinds_of};
use super::compare::{Chosen, Comparison, Offer};
use super::graph::Graph;
use super::links::{Confirming, Wanted};
use crate::components::{Empty, Glyph, Icon, LaneBadge};
use crate::format;
use crate::i18n::{Texts, use_texts};
use crate::model::{
    Asked, CollectionName, Identifier, Lane, LaneState, SearchId, SearchView, Unsearched,
};
use crate::paths;

/// What was found until now.
#[component]
pub fn Results(
    view: SearchView,
    /// The records to put side by side.
    #[prop(optional)]
    chosen: Chosen,
    /// The form that is open below them.
    #[prop(optional)]
    wanted: Wanted,
) -> impl IntoView {
    let t = use_texts();
    let offer = Offer::of(&view, &chosen, t);
    let beside = chosen.words();
    let graph = view.clone();
    let systems = by_system(&view.lanes);
    let wholly = |lanes: &&Vec<Lane>| lanes.iter().all(|lane| lane.state.is_searched());
    let searched = systems.iter().filter(wholly).count();
    let as_u32 = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let summary = (t.say.found)(
        as_u32(view.sets.len()),
        as_u32(searched),
        as_u32(systems.len()),
    );
    let nobody = view.sets.is_empty().then(|| nobody(&view));
    let lanes = view.lanes.clone();
    let (id, asked) = (view.id.clone(), view.asked.clone());
    view! {
        <AskedFor search=view.id.clone() asked=view.asked kept=view.kept/>
        <Comparison chosen=chosen.clone() sets=view.sets.clone() lanes=lanes.clone() search=view.id.clone()/>
        <Confirming wanted chosen sets=view.sets.clone() search=view.id.clone()/>
        <div class="split">
            <section class="lanes" aria-labelledby="lanes">
                <h2 id="lanes">{t.find.lanes}</h2>
                <ul>
                    {systems
                        .into_iter()
                        .map(|lanes| view! { <SystemRow lanes asked=asked.clone() beside=beside.clone()/> })
                        .collect_view()}
                </ul>
            </section>
            <section class="people" aria-labelledby="people">
                <h2 id="people">{t.find.results}</h2>
                <p class="quiet" role="status">{summary}</p>
                {nobody}
                {view.sets
                    .into_iter()
                    .map(|set| {
                        view! { <MergeSetCard set lanes=lanes.clone() search=view.id.clone() offer=offer.clone()/> }
                    })
                    .collect_view()}
                <Graph view=graph/>
                <NotSearched unsearched=view.unsearched search=id/>
            </section>
        </div>
    }
}

/// The lanes of each system, in their order.
fn by_system(lanes: &[Lane]) -> Vec<Vec<Lane>> {
    let same = lanes.chunk_by(|one, next| one.system == next.system);
    same.map(<[Lane]>::to_vec).collect()
}

/// What is said when no set is there: never "nobody" while a system was not searched.
fn nobody(view: &SearchView) -> AnyView {
    let t = use_texts();
    if !view.is_settled() {
        return view! { <Empty title=t.find.nothing_yet text=t.find.searching/> }.into_any();
    }
    let mut unsure: Vec<&str> = view
        .lanes
        .iter()
        .filter(|lane| {
            matches!(
                lane.state,
                LaneState::Paused | LaneState::Unreachable { .. }
            )
        })
        .map(|lane| lane.system_name.as_str())
        .collect();
    // In the order of systems: those that failed for several identifiers are named once.
    unsure.dedup();
    if unsure.is_empty() {
        view! { <Empty title=t.find.nothing_title text=t.find.nothing_text/> }.into_any()
    } else {
        let text = (t.say.unsure)(&unsure.join(t.common.comma));
        view! { <Empty title=t.find.unsure_title text/> }.into_any()
    }
}

/// One system, with its answer to each identifier; `beside` is what stands side by side, as an address says it.
#[component]
fn SystemRow(lanes: Vec<Lane>, asked: Vec<Asked>, beside: [String; 2]) -> impl IntoView {
    let t = use_texts();
    let name = lanes.first().map(|lane| lane.system_name.clone());
    let several = asked.len() > 1;
    let needs = lanes.first().map(|lane| lane.needs_subject.clone());
    let needs = needs.unwrap_or_default();
    // What holds for every identifier is said once.
    let alike = lanes.iter().all(|lane| lane.needs_subject == needs);
    let linked = alike.then(|| needs_link(&needs, t));
    let rows = lanes
        .into_iter()
        .map(|lane| {
            let of = asked.iter().find(|asked| asked.search == lane.search);
            let of = of.filter(|_| several).map(|asked| asked.identifier.clone());
            view! { <Answer lane of alike beside=beside.clone()/> }
        })
        .collect_view();
    view! {
        <li class=if several { "lane several-asked" } else { "lane" }>
            <span class="lane-name">{name}</span>
            {rows}
            {linked}
        </li>
    }
    .into_any()
}

/// Collections that are reached only through a person who was found.
fn needs_link(collections: &[CollectionName], t: &Texts) -> Option<AnyView> {
    let names: Vec<&str> = collections.iter().map(|name| name.as_str()).collect();
    let names = names.join(t.common.comma);
    let says = || {
        view! { <p class="quiet linked">{t.find.needs_subject} ": " {names} ". " {t.find.link_profile} "."</p> }
            .into_any()
    };
    (!collections.is_empty()).then(says)
}

/// What a system says; `of` names the identifier, where there are several. What all answers of the system need is said by it.
#[component]
fn Answer(lane: Lane, of: Option<Identifier>, alike: bool, beside: [String; 2]) -> impl IntoView {
    let t = use_texts();
    let note = match &lane.state {
        LaneState::Waiting { until } => Some((t.say.waits)(&format::clock(*until))),
        LaneState::Unreachable { code } => Some((t.words.code)(code)),
        _ => lane.took.map(|took| (t.say.took)(&format::took(took))),
    };
    let linked = (!alike).then(|| needs_link(&lane.needs_subject, t));
    let [compare, only] = beside.map(|word| (!word.is_empty()).then_some(word));
    let retry = matches!(lane.state, LaneState::Unreachable { .. }).then(|| {
        view! {
            <form method="post" action=paths::to::SEARCH_AGAIN class="inline">
                <input type="hidden" name="search" value=lane.search.to_string()/>
                <input type="hidden" name="system" value=lane.system.to_string()/>
                {compare.map(|compare| view! { <input type="hidden" name="compare" value=compare/> })}
                {only.map(|only| view! { <input type="hidden" name="only" value=only/> })}
                <button type="submit" class="small">
                    <Icon glyph=Glyph::Retry/>
                    {t.find.again}
                </button>
            </form>
        }
    });
    view! {
        <div class="answer">
            {of.map(|of| view! { <span class="of">{of.value().to_owned()}</span> })}
            <LaneBadge state=lane.state/>
            {note.map(|note| view! { <p class="quiet note">{note}</p> })}
            {linked}
            {retry}
        </div>
    }
    .into_any()
}

/// Identifiers that stand in the found records. Each is searched by a click of its own, beside what was searched.
#[component]
fn NotSearched(unsearched: Vec<Unsearched>, search: SearchId) -> impl IntoView {
    let t = use_texts();
    (!unsearched.is_empty())
        .then(|| {
            let rows = unsearched
                .into_iter()
                .map(|one| view! { <NotSearchedRow one search=search.clone()/> })
                .collect_view();
            view! {
                <section class="unsearched card" aria-labelledby="unsearched">
                    <h2 id="unsearched">{t.find.unsearched}</h2>
                    <p class="quiet">{t.find.unsearched_help}</p>
                    <ul>{rows}</ul>
                </section>
            }
        })
        .into_any()
}

#[component]
fn NotSearchedRow(one: Unsearched, search: SearchId) -> impl IntoView {
    let t = use_texts();
    let kind = one.identifier.kind();
    let value = one.identifier.value().to_owned();
    let list = one.identifier.list().map(str::to_owned);
    let records = (t.say.records)(u32::try_from(one.seen_in.len()).unwrap_or(u32::MAX));
    let label = format!("{}: {} {}", t.find.search_this, kinds_of(&[kind], t), value);
    view! {
        <li>
            <span class="quiet">{(t.words.kind)(kind)}</span>
            <span class="value">
                {value.clone()}
                {list.clone().map(|list| view! { <span class="quiet">" · " {t.find.list} " " {list}</span> })}
            </span>
            <span class="quiet">{records}</span>
            <form method="post" action=paths::to::START_SEARCH class="inline">
                <input type="hidden" name="beside" value=search.to_string()/>
                <input type="hidden" name="kind" value=kind.as_str()/>
                <input type="hidden" name="value" value=value/>
                <input type="hidden" name="list" value=list/>
                <button type="submit" class="small" aria-label=label>
                    <Icon glyph=Glyph::Search/>
                    {t.find.search_this}
                </button>
            </form>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::model::{IdentifierKind, SubjectHandle, SystemId};
    use crate::testing::{HOSTILE, assert_escaped, html};

    fn search(states: Vec<LaneState>) -> SearchView {
        let lane = |state| Lane {
            search: SearchId::parse("s1").expect("valid"),
            system: SystemId::parse("help-desk").expect("valid"),
            system_name: HOSTILE.into(),
            state,
            took: Some(5),
            needs_subject: vec![],
        };
        SearchView {
            id: SearchId::parse("s1").expect("valid"),
            asked: vec![Asked {
                search: SearchId::parse("s1").expect("valid"),
                identifier: Identifier::new(IdentifierKind::Name, HOSTILE).expect("valid"),
                started_at: 0,
            }],
            kept: false,
            lanes: states.into_iter().map(lane).collect(),
            sets: vec![],
            unsearched: vec![Unsearched {
                identifier: Identifier::dialer_contact(HOSTILE, HOSTILE).expect("valid"),
                seen_in: vec![SubjectHandle::parse("ab").expect("valid")],
            }],
            version: 1,
        }
    }

    fn page(states: Vec<LaneState>) -> String {
        let view = search(states);
        html(Lang::En, move || view! { <Results view/> })
    }

    #[test]
    fn hostile_identifiers_and_names_are_text() {
        assert_escaped(&page(vec![LaneState::Nothing]));
    }

    #[test]
    fn nobody_is_only_said_when_everything_was_searched() {
        let t = &Lang::En.texts().find;
        let down = LaneState::Unreachable {
            code: "timeout".into(),
        };
        assert!(page(vec![LaneState::Nothing, LaneState::NotSearchable]).contains(t.nothing_title));
        for unsure in [down, LaneState::Paused] {
            let page = page(vec![LaneState::Nothing, unsure]);
            assert!(page.contains(t.unsure_title) && !page.contains(t.nothing_text));
        }
        assert!(page(vec![LaneState::Nothing, LaneState::Asking]).contains(t.nothing_yet));
    }

    #[test]
    fn only_a_system_that_failed_can_be_asked_again() {
        let down = LaneState::Unreachable {
            code: "cut_off".into(),
        };
        assert!(page(vec![down]).contains("/ui/searches/again"));
        assert!(!page(vec![LaneState::Nothing]).contains("/ui/searches/again"));
    }

    #[test]
    fn what_was_seen_is_searched_by_a_form_of_its_own_never_by_a_link() {
        let page = page(vec![LaneState::Nothing]);
        assert!(page.contains("action=\"/ui/searches/start\"") && page.contains("method=\"post\""));
        assert!(page.contains("value=\"dialer_contact_id\""));
    }
}
