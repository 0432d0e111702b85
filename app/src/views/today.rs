//! Today: what is stuck, whose move it is, how long is left. Every number leads to the list behind it.

use leptos::prelude::*;

use super::requests::RequestTable;
use crate::components::{Glyph, HealthBadge, Icon, Tone};
use crate::i18n::use_texts;
use crate::model::{
    Due, Health, Millis, Pressing, RequestFilter, RequestSummary, SystemView, Today, WaitsFor,
};
use crate::{format, paths};

/// The numbers: how much presses, and whose move it is.
#[component]
pub fn Strip(pressing: Pressing) -> impl IntoView {
    let t = &use_texts().today;
    let due = |due| RequestFilter {
        due: Some(due),
        ..RequestFilter::default()
    };
    let waits = |waits| RequestFilter {
        waits: Some(waits),
        ..RequestFilter::default()
    };
    let numbers = [
        (
            t.overdue,
            pressing.overdue,
            Tone::Bad,
            Glyph::Warning,
            due(Due::Overdue),
        ),
        (
            t.days_3,
            pressing.days_3,
            Tone::Warn,
            Glyph::Clock,
            due(Due::Days3),
        ),
        (
            t.days_7,
            pressing.days_7,
            Tone::Wait,
            Glyph::Clock,
            due(Due::Days7),
        ),
        (
            t.for_person,
            pressing.for_person,
            Tone::Bad,
            Glyph::Badge,
            waits(WaitsFor::Person),
        ),
        (
            t.for_system,
            pressing.for_system,
            Tone::Busy,
            Glyph::Play,
            waits(WaitsFor::System),
        ),
    ];
    view! {
        <nav class="strip" aria-label=t.clock>
            <ul>
                {numbers
                    .into_iter()
                    .map(|(word, n, tone, glyph, filter)| {
                        let tone = if n == 0 { Tone::Quiet } else { tone };
                        view! {
                            <li>
                                <a href=paths::requests(&filter) data-tone=tone.as_str()>
                                    <span class="big num">{format::count(n.into())}</span>
                                    <span class="word"><Icon glyph/> " " {word}</span>
                                </a>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </nav>
    }
    .into_any()
}

/// What needs a person, which systems need a look, and what has ended.
#[component]
pub fn TodayBody(today: Today, systems: Vec<SystemView>) -> impl IntoView {
    let t = &use_texts().today;
    let now = today.now;
    view! {
        <section aria-labelledby="needs">
            <h2 id="needs">{t.needs}</h2>
            {listed(today.needs, now, t.needs, t.needs_none)}
        </section>
        <section aria-labelledby="failing">
            <h2 id="failing">{t.failing}</h2>
            {failing(systems)}
        </section>
        <section aria-labelledby="recent">
            <h2 id="recent">{t.recent}</h2>
            {listed(today.answered, now, t.recent, t.recent_none)}
        </section>
    }
}

fn listed(
    requests: Vec<RequestSummary>,
    now: Millis,
    label: &'static str,
    none: &'static str,
) -> AnyView {
    if requests.is_empty() {
        view! { <p class="quiet">{none}</p> }.into_any()
    } else {
        view! { <RequestTable requests now label/> }.into_any()
    }
}

fn failing(systems: Vec<SystemView>) -> AnyView {
    let t = use_texts();
    let failing: Vec<_> = systems
        .into_iter()
        .filter(|system| system.paused || matches!(system.health, Health::Down { .. }))
        .map(|system| {
            let note = match &system.health {
                Health::Down { code, .. } if !system.paused => (t.words.code)(code),
                _ => t.systems.pause_help.to_owned(),
            };
            let (href, open) = (paths::system(&system.id), u64::from(system.tasks_open));
            view! {
                <li>
                    <a href=href><strong>{system.name}</strong></a>
                    <HealthBadge health=system.health paused=system.paused/>
                    <span class="quiet">{note}</span>
                    <span class="quiet end">{t.systems.tasks} ": " <span class="num">{format::count(open)}</span></span>
                </li>
            }
        })
        .collect();
    if failing.is_empty() {
        view! { <p class="quiet">{t.today.failing_none}</p> }.into_any()
    } else {
        view! { <ul class="card lines">{failing}</ul> }.into_any()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::model::{Inventory, RequestId, RequestState, Right, SystemId};
    use crate::testing::{HOSTILE, assert_escaped, html};

    fn system(paused: bool, health: Health) -> SystemView {
        SystemView {
            id: SystemId::parse("help-desk").expect("valid"),
            name: HOSTILE.into(),
            kind: "sql".into(),
            owner: String::new(),
            region: String::new(),
            paused,
            health,
            inventory: Inventory {
                collections: vec![],
            },
            resolves: vec![],
            tasks_open: 3,
            per_second: None,
            concurrency: None,
            misbehaviour: None,
        }
    }

    fn page(needs: Vec<RequestSummary>, systems: Vec<SystemView>) -> String {
        let today = Today {
            now: 0,
            pressing: Pressing::default(),
            needs,
            answered: vec![],
        };
        html(Lang::En, move || view! { <TodayBody today systems/> })
    }

    #[test]
    fn every_number_leads_to_its_list() {
        let pressing = Pressing {
            overdue: 1,
            days_3: 2,
            days_7: 12_345,
            for_person: 4,
            for_system: 0,
        };
        let strip = html(Lang::En, move || view! { <Strip pressing/> });
        for (href, number) in [
            ("/requests?due=overdue", "1"),
            ("/requests?due=days_3", "2"),
            ("/requests?due=days_7", "12,345"),
            ("/requests?waits=person", "4"),
            ("/requests?waits=system", "0"),
        ] {
            let link = strip
                .split("<a ")
                .find(|link| link.contains(&format!("\"{href}\"")));
            let link = link.unwrap_or_else(|| panic!("no {href} in {strip}"));
            assert!(link.contains(&format!(">{number}<")), "{link}");
        }
    }

    #[test]
    fn only_systems_that_need_a_look_are_named() {
        let up = || Health::Up { took: 1, at: 0 };
        let down = Health::Down {
            code: "denied".into(),
            at: 0,
        };
        assert!(page(vec![], vec![system(false, up())]).contains("All systems answer"));
        let shown = page(vec![], vec![system(false, down)]);
        assert!(shown.contains("Does not answer") && shown.contains("credentials"));
        assert_escaped(&shown);
        assert!(page(vec![], vec![system(true, up())]).contains("Paused"));
    }

    #[test]
    fn what_needs_a_person_says_how_long_is_left() {
        const DAY: Millis = 86_400_000;
        let due = |due_at| RequestSummary {
            id: RequestId::parse("r1").expect("valid"),
            right: Right::Delete,
            state: RequestState::PartiallyFailed,
            name: Some(HOSTILE.into()),
            members: 1,
            tasks_ended: 1,
            tasks: 1,
            tasks_failed: 1,
            created_at: 0,
            created_by: HOSTILE.into(),
            due_at: Some(due_at),
            ended_at: None,
        };
        let shown = page(vec![due(-1), due(DAY / 2), due(DAY * 5 / 2)], vec![]);
        assert_escaped(&shown);
        for left in ["1 day overdue", "due today", "2 days left"] {
            assert!(shown.contains(left), "{left} is not in {shown}");
        }
    }
}
