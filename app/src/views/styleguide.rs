//! (development) Every component in every state, to be looked at when one is changed.

use leptos::prelude::*;

use super::requests::Deadline;
use crate::components::*;
use crate::error::{Error, Reason};
use crate::i18n::use_texts;
use crate::model::{
    Action, CoverageState, Disposition, Employment, Health, LaneState, Operation, RequestState,
    Right, TaskState,
};

const DAY: i64 = 86_400_000;

/// All of them, in groups. Its headings are for us, and in English only.
#[component]
pub fn Styleguide() -> impl IntoView {
    view! {
        <div class="page-head"><h1>"Styleguide"</h1> <LiveState/></div>
        <Badges/>
        <section>
            <h2>"Banners and empty states"</h2>
            {[Tone::Good, Tone::Busy, Tone::Wait, Tone::Warn, Tone::Bad, Tone::Quiet]
                .map(|tone| view! { <Banner tone title=tone.as_str()><p>"What happened, and what to do."</p></Banner> })
                .collect_view()}
            <ErrorBanner error=Error::invalid("reason", Reason::Length { min: 3, max: 2_000 })/>
            <Empty title="Nothing yet" text="What to do about it."/>
        </section>
        <Forms/>
        <section>
            <h2>"Values"</h2>
            <p><Copyable value="0123456789abcdef" label="hash"/></p>
            {[-40 * DAY, -2 * DAY, -3_600_000, -1_000, 3 * DAY, 400 * DAY].map(around).collect_view()}
            {[-2, 1, 9].map(|days| view! { <p><Deadline due_at={days * DAY} now=0/></p> }).collect_view()}
            <p><kbd>"g"</kbd> " " <kbd>"r"</kbd> " · " <code>"code"</code> " · " <del>"old"</del> " " <ins>"new"</ins></p>
            <p><progress max="7" value="3" aria-label="progress"></progress></p>
        </section>
    }
    .into_any()
}

/// An instant so far from now.
fn around(away: i64) -> impl IntoView {
    let now = use_context::<Now>().map_or(0, |now| now.0);
    view! { <p><At at={now + away}/> " · " <Clock at={now + away}/></p> }
}

#[component]
fn Badges() -> impl IntoView {
    let words = use_texts().words.operation;
    let code = || "timeout".to_owned();
    let ground = || "§ 147 AO".to_owned();
    let lanes = [
        LaneState::Asking,
        LaneState::Waiting { until: 0 },
        LaneState::Found { found: 3 },
        LaneState::Nothing,
        LaneState::NotSearchable,
        LaneState::Paused,
        LaneState::Unreachable { code: code() },
    ];
    let coverage = [
        CoverageState::Searched,
        CoverageState::NotSearchable,
        CoverageState::Waived,
        CoverageState::Failed,
        CoverageState::Open,
    ];
    let up = Health::Up { took: 7, at: 0 };
    let down = Health::Down {
        code: code(),
        at: 0,
    };
    view! {
        <section>
            <h2>"Badges"</h2>
            <p>{RequestState::ALL.map(|state| view! { <RequestBadge state/> " " }).collect_view()}</p>
            <p>{TaskState::ALL.map(|state| view! { <TaskBadge state/> " " }).collect_view()}</p>
            <p>{lanes.map(|state| view! { <LaneBadge state/> " " }).collect_view()}</p>
            <p>{coverage.map(|state| view! { <CoverageBadge state/> " " }).collect_view()}</p>
            <p>
                {[Action::Export, Action::Change, Action::Delete, Action::Anonymise, Action::NotSearchable]
                    .map(|action| view! { <ActionBadge action/> " " })
                    .collect_view()}
                {[Disposition::Delete, Disposition::Anonymise, Disposition::Keep { ground: ground() }]
                    .map(|disposition| view! { <DispositionBadge disposition/> " " })
                    .collect_view()}
            </p>
            <p>
                {[Employment::Active, Employment::Former]
                    .map(|employment| view! { <EmployeeBadge employment/> " " })
                    .collect_view()}
                {[(up.clone(), false), (down, false), (up, true)]
                    .map(|(health, paused)| view! { <HealthBadge health paused/> " " })
                    .collect_view()}
                <span class="tag">{words(Operation::Export)}</span>
            </p>
            <p>{Right::ALL.map(|right| view! { <Icon glyph=look_of_right(right)/> " " }).collect_view()}</p>
        </section>
    }
}

#[component]
fn Forms() -> impl IntoView {
    let wrong = Some("What is wrong with it.".to_owned());
    view! {
        <section>
            <h2>"Forms"</h2>
            <Field id="sg-plain" label="Field" hint="A hint.">
                <input id="sg-plain" type="text" aria-describedby="sg-plain-hint sg-plain-error"/>
            </Field>
            <Field id="sg-wrong" label="Wrong field" error=wrong>
                <input id="sg-wrong" type="text" aria-describedby="sg-wrong-hint sg-wrong-error"/>
            </Field>
            <label class="check"><input type="checkbox" checked/> "A box"</label>
            <p>
                <button type="button">"Button"</button>
                " "
                <button type="button" class="primary">"Primary"</button>
                " "
                <button type="button" class="danger">"Danger"</button>
                " "
                <button type="button" class="small">"Small"</button>
                " "
                <button type="button" class="plain">"Plain"</button>
                " "
                <button type="button" disabled>"Disabled"</button>
            </p>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::testing::html;

    #[test]
    fn every_state_of_a_request_and_of_a_task_is_there_in_both_languages() {
        for lang in Lang::ALL {
            let page = html(lang, || view! { <Styleguide/> });
            let words = &lang.texts().words;
            for word in RequestState::ALL.map(words.request) {
                assert!(page.contains(word), "{word}");
            }
            for word in TaskState::ALL.map(words.task) {
                assert!(page.contains(word), "{word}");
            }
        }
    }
}
