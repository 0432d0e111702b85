//! Skipping: the form that sets aside what failed in one system, on a ground; and what was decided so far.

use leptos::prelude::*;

use super::cards::name_in_request;
use super::history::{event_link, system_name};
use crate::components::{At, Banner, Glyph, Icon, Named, Table, Tone};
use crate::format;
use crate::i18n::{Texts, use_texts};
use crate::model::{Cell, OURS, RequestId, RunView, Skip, SkipGround};
use crate::paths;

/// A system in which something failed for a record: what can be skipped at once.
struct Failed<'a> {
    cell: &'a Cell,
    tasks: u32,
}

/// Those of a run, in its order; our own work is not among them.
fn failed(run: &RunView) -> Vec<Failed<'_>> {
    let mut all: Vec<Failed<'_>> = Vec::new();
    let cells = run.cells.iter();
    for cell in cells.filter(|cell| cell.state.has_failed() && cell.system.as_str() != OURS) {
        let same = |one: &&mut Failed<'_>| {
            (&one.cell.request, &one.cell.system) == (&cell.request, &cell.system)
        };
        match all.iter_mut().find(same) {
            Some(one) => one.tasks += 1,
            None => all.push(Failed { cell, tasks: 1 }),
        }
    }
    all
}

/// Whose record it is: name and the end of its code.
fn record(run: &RunView, request: &RequestId, t: &'static Texts) -> String {
    let member = run.members.iter().find(|one| one.request == *request);
    member.map_or_else(String::new, |member| {
        let name = name_in_request(member.name.as_deref(), run.right, member.state, t);
        format!("{name} · {}", format::short(member.handle.as_str()))
    })
}

/// The form, folded up; nothing where nothing can be skipped now.
#[component]
pub fn SkipForm(run: RunView) -> impl IntoView {
    let t = use_texts();
    let places = failed(&run);
    if run.retry_blocked.is_some() || places.is_empty() {
        return ().into_any();
    }
    let options = places
        .into_iter()
        .map(|Failed { cell, tasks }| {
            let value = format!("{}:{}", cell.request, cell.system);
            let code = cell.code.as_deref().map(t.words.code_short);
            let said = [
                Some(system_name(&run, &cell.system, t)),
                Some(record(&run, &cell.request, t)),
                Some((t.say.tasks_failed)(tasks)),
                code,
            ];
            let said: Vec<String> = said.into_iter().flatten().collect();
            view! { <option value=value>{said.join(" · ")}</option> }
        })
        .collect_view();
    view! {
        <details class="card skipping" id="skip-failed">
            <summary><Icon glyph=Glyph::Skip/> " " {t.skip.open}</summary>
            <form method="post" action=paths::to::SKIP_TASKS class="confirm" autocomplete="off">
                <input type="hidden" name="id" value=run.id.to_string()/>
                <Banner tone=Tone::Warn><p>{t.skip.help}</p></Banner>
                <div class="field">
                    <label for="skip-place">{t.skip.place}</label>
                    <select id="skip-place" name="place" required>
                        <option value="">{t.skip.choose}</option>
                        {options}
                    </select>
                </div>
                <div class="field">
                    <label for="skip-ground">{t.skip.ground}</label>
                    <select id="skip-ground" name="ground" required>
                        <option value="">{t.skip.choose}</option>
                        {SkipGround::ALL
                            .map(|ground| view! { <option value=ground.as_str()>{(t.words.ground)(ground)}</option> })
                            .collect_view()}
                    </select>
                </div>
                <div class="field">
                    <label for="skip-reason">{t.skip.reason}</label>
                    <textarea
                        id="skip-reason"
                        name="reason"
                        rows="3"
                        required
                        minlength="3"
                        maxlength="500"
                        aria-describedby="skip-reason-hint"
                    />
                    <span class="hint" id="skip-reason-hint">{t.skip.reason_hint}</span>
                </div>
                <label class="check">
                    <input type="checkbox" name="confirmed" value="true" required/>
                    <span>{t.skip.confirm}</span>
                </label>
                <button type="submit"><Icon glyph=Glyph::Skip/> {t.skip.submit}</button>
            </form>
        </details>
    }
    .into_any()
}

/// What was decided: where, on which ground, why, by whom. Nothing where nothing was.
#[component]
pub fn Skips(run: RunView) -> impl IntoView {
    let t = use_texts();
    if run.skips.is_empty() {
        return ().into_any();
    }
    let heads = [
        t.common.system,
        t.common.member,
        t.skip.ground,
        t.skip.reason,
        t.skip.by,
        t.skip.at,
    ];
    let row = |skip: &Skip| {
        let (href, seq) = (event_link(&run.id, skip.seq), skip.seq);
        view! {
            <tr>
                <th scope="row">{system_name(&run, &skip.system, t)}</th>
                <td data-label=t.common.member>{record(&run, &skip.request, t)}</td>
                <td data-label=t.skip.ground>{(t.words.ground)(skip.ground)}</td>
                <td data-label=t.skip.reason class="typed">{skip.reason.clone()}</td>
                <td data-label=t.skip.by>{skip.by.clone()}</td>
                <td data-label=t.skip.at><At at=skip.at/> " " <a href=href rel="external">"#" {seq}</a></td>
            </tr>
        }
    };
    let rows = run.skips.iter().map(row).collect_view();
    view! {
        <section>
            <h2 id="skipped">{t.skip.title}</h2>
            <Table named=Named::Heading("skipped") heads>
                {rows}
            </Table>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::model::{Blocked, SystemId, TaskState};
    use crate::testing::runs::{cell, request, run};
    use crate::testing::{HOSTILE, assert_escaped, html};

    fn stopped() -> RunView {
        let cells = vec![
            cell("r1", "desk", TaskState::Done),
            cell("r1", "shop", TaskState::Failed),
            cell("r1", "shop", TaskState::Cancelled),
            cell("r2", "desk", TaskState::Skipped),
            cell("r1", OURS, TaskState::Failed),
        ];
        let mut run = run(&["r1", "r2"], cells, Some(HOSTILE));
        run.skips = vec![Skip {
            seq: 7,
            request: request("r2"),
            system: SystemId::parse("desk").expect("valid"),
            ground: SkipGround::Decommissioned,
            reason: HOSTILE.into(),
            by: HOSTILE.into(),
            at: 0,
        }];
        run
    }

    #[test]
    fn only_what_failed_in_a_system_can_be_chosen_and_nothing_is_chosen_beforehand() {
        for lang in Lang::ALL {
            let page = html(lang, || view! { <SkipForm run=stopped()/> });
            assert_escaped(&page);
            assert!(page.contains("value=\"r1:shop\""), "{page}");
            assert_eq!(page.matches("value=\"r1:").count(), 1, "{page}");
            assert!(!page.contains("selected") && !page.contains("<details open"));
            for ground in SkipGround::ALL {
                assert!(page.contains((lang.texts().words.ground)(ground)), "{page}");
            }
        }
    }

    #[test]
    fn where_nothing_can_be_skipped_now_there_is_no_form() {
        let mut run = stopped();
        run.retry_blocked = Some(Blocked::NothingFailed);
        let page = html(Lang::En, move || view! { <SkipForm run/> });
        assert!(!page.contains("<form"), "{page}");
    }

    #[test]
    fn a_decision_is_told_with_ground_reason_and_who() {
        let page = html(Lang::En, || view! { <Skips run=stopped()/> });
        assert_escaped(&page);
        assert!(page.contains("System decommissioned") && page.contains("#event-7"));
    }
}
