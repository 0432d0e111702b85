//! The matrix of a run: systems down, the person's records across, each task with its state, count, try and code.

use leptos::prelude::*;

use super::cards::name_in_request;
use super::history::system_name;
use crate::components::{CoverageBadge, Icon, TaskBadge, look_of_task};
use crate::format;
use crate::i18n::{CoverageCount, Texts, use_texts};
use crate::model::{Cell, CoverageState, Member, RequestId, Right, RunView, SystemId, TaskState};

/// How a run stands over its systems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Systems with a task that failed, unless it was tried again by a later request.
    pub needs: u32,
    /// Systems all of whose tasks are done.
    pub done: u32,
    /// Systems with a task that was skipped.
    pub skipped: u32,
    /// Systems with any task.
    pub systems: u32,
    pub coverage: CoverageCount,
}

impl Standing {
    pub fn of(run: &RunView) -> Self {
        let mut standing = Self::default();
        for (system, _) in rows(run) {
            let cells: Vec<&Cell> = run
                .cells
                .iter()
                .filter(|cell| cell.system == system)
                .collect();
            if !cells.is_empty() {
                standing.systems += 1;
                let needs =
                    |cell: &&Cell| cell.state.has_failed() && !was_retried(run, &cell.request);
                standing.needs += u32::from(cells.iter().any(needs));
                let skipped = |cell: &&Cell| cell.state == TaskState::Skipped;
                standing.skipped += u32::from(cells.iter().any(skipped));
                standing.done += u32::from(cells.iter().all(|cell| cell.state == TaskState::Done));
            }
            let states = || {
                run.coverage
                    .iter()
                    .filter(|c| c.system == system)
                    .map(|c| c.state)
            };
            match worst_coverage(states()) {
                Some(CoverageState::Searched) => standing.coverage.searched += 1,
                Some(CoverageState::NotSearchable) => standing.coverage.not_searchable += 1,
                Some(CoverageState::Waived) => standing.coverage.waived += 1,
                Some(CoverageState::Failed) => standing.coverage.failed += 1,
                Some(CoverageState::Open) => standing.coverage.open += 1,
                None => {}
            }
        }
        standing
    }
}

fn was_retried(run: &RunView, request: &RequestId) -> bool {
    let member = run.members.iter().find(|one| one.request == *request);
    member.is_some_and(|member| member.retried_by.is_some())
}

/// What is said of a system as a whole: failed before open before waived before searched; not searchable only where no record
/// reaches it.
fn worst_coverage(states: impl Iterator<Item = CoverageState>) -> Option<CoverageState> {
    let rank = |state: &CoverageState| match state {
        CoverageState::Failed => 4,
        CoverageState::Open => 3,
        CoverageState::Waived => 2,
        CoverageState::Searched => 1,
        CoverageState::NotSearchable => 0,
    };
    states.max_by_key(rank)
}

/// All systems, also one that only a task names.
fn rows(run: &RunView) -> Vec<(SystemId, String)> {
    let mut rows = run.systems.clone();
    for cell in &run.cells {
        if rows.iter().all(|(id, _)| *id != cell.system) {
            rows.push((cell.system.clone(), cell.system.to_string()));
        }
    }
    rows
}

/// Systems × records.
#[component]
pub fn Matrix(run: RunView) -> impl IntoView {
    let t = use_texts();
    let heads = run
        .members
        .iter()
        .map(|member| {
            let several = run.members.len() > 1;
            view! { <MemberHead member=member.clone() right=run.right several/> }
        })
        .collect_view();
    let body = rows(&run)
        .into_iter()
        .map(|(system, _)| {
            let name = system_name(&run, &system, t);
            let cells = run
                .members
                .iter()
                .map(|member| view! { <MatrixCell work=Work::of(&run, &system, &member.request)/> })
                .collect_view();
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    {cells}
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="table matrix" role="region" aria-label=t.run.matrix tabindex="0">
            <table>
                <caption class="unseen">{t.run.matrix_help}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t.common.system}</th>
                        {heads}
                    </tr>
                </thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// A column's head: which record it is.
#[component]
fn MemberHead(member: Member, right: Right, several: bool) -> impl IntoView {
    let t = use_texts();
    let id = format::short(member.handle.as_str()).to_owned();
    let name = name_in_request(member.name.as_deref(), right, member.state, t);
    let role = if member.canonical {
        t.common.canonical
    } else {
        t.common.duplicate
    };
    view! {
        <th scope="col">
            <span class="member">
                {name} " " {several.then(|| view! { <span class="tag">{role}</span> })}
            </span>
            <span class="quiet">{t.common.member} " " <code>{id}</code></span>
        </th>
    }
}

/// One system's tasks for one record.
struct Work {
    cells: Vec<Cell>,
    coverage: Option<CoverageState>,
}

impl Work {
    fn of(run: &RunView, system: &SystemId, request: &RequestId) -> Self {
        let coverage = run
            .coverage
            .iter()
            .find(|c| c.system == *system && c.request == *request);
        let mine = |cell: &&Cell| cell.system == *system && cell.request == *request;
        Self {
            cells: run.cells.iter().filter(mine).cloned().collect(),
            coverage: coverage.map(|coverage| coverage.state),
        }
    }
}

#[component]
fn MatrixCell(work: Work) -> impl IntoView {
    let t = use_texts();
    let Work { cells, coverage } = work;
    let Some(state) = TaskState::of_all(cells.iter().map(|cell| cell.state)) else {
        return match coverage {
            Some(state) => view! { <td><CoverageBadge state/></td> }.into_any(),
            None => view! { <td class="quiet">{t.run.none_here}</td> }.into_any(),
        };
    };
    let done = cells
        .iter()
        .filter(|cell| cell.state == TaskState::Done)
        .count();
    let rows = cells.iter().filter_map(|cell| cell.rows).sum::<u64>();
    let mut tally = format!("{done}/{}", cells.len());
    if rows > 0 {
        tally = format!("{tally} · {}", (t.say.rows)(rows));
    }
    let kept = cells.iter().filter_map(|cell| cell.kept).sum::<u64>();
    if kept > 0 {
        tally = format!("{tally} · {}", (t.say.kept)(kept));
    }
    let open = cells
        .iter()
        .any(|cell| cell.state.has_failed() || cell.code.is_some());
    view! {
        <td>
            <details open=open>
                <summary>
                    <TaskBadge state/>
                    <span class="tally">{tally}</span>
                </summary>
                <ul class="tasks">
                    {cells.into_iter().map(|cell| view! { <Task cell/> }).collect_view()}
                </ul>
            </details>
        </td>
    }
    .into_any()
}

#[component]
fn Task(cell: Cell) -> impl IntoView {
    let t = use_texts();
    let (glyph, tone) = look_of_task(cell.state);
    let state = (t.words.task)(cell.state);
    let name = format!(
        "{} {}",
        (t.words.operation)(cell.operation),
        cell.collection
    );
    // What waits goes on by itself; what failed says what to do.
    let say = if cell.state.has_failed() {
        t.words.code
    } else {
        t.words.code_short
    };
    let code = cell
        .code
        .as_deref()
        .map(|code| view! { <span class="code">{say(code)}</span> });
    view! {
        <li data-tone=tone.as_str()>
            <Icon glyph/>
            <span class="task">{name}</span>
            <span class="unseen">{state}</span>
            <span class="quiet num">{facts(&cell, t)}</span>
            {code}
        </li>
    }
    .into_any()
}

/// What a task's line says after its name: rows, tries, when next.
fn facts(cell: &Cell, t: &Texts) -> String {
    let mut facts = Vec::new();
    let kept = cell.kept.unwrap_or(0);
    match (cell.rows, cell.planned) {
        // All that was planned is kept: said below.
        (Some(0), _) if kept > 0 => {}
        (Some(rows), Some(planned)) if rows + kept != planned => {
            facts.push(format!(
                "{} {} {}",
                format::count(rows),
                t.run.of_planned,
                (t.say.rows)(planned)
            ));
        }
        (Some(rows), _) => facts.push((t.say.rows)(rows)),
        (None, Some(planned)) => facts.push(format!("{} {}", (t.say.rows)(planned), t.run.planned)),
        (None, None) => {}
    }
    if kept > 0 {
        facts.push((t.say.kept)(kept));
    }
    if cell.attempt > 1 || cell.state.has_failed() {
        facts.push((t.say.try_of)(cell.attempt, cell.max_attempts));
    }
    if let Some(until) = cell.waits_until.filter(|_| !cell.state.has_ended()) {
        // Its turn comes by itself, and nothing failed.
        let label = match cell.code.as_deref() {
            Some("budget") => t.run.goes_on,
            _ => t.run.waits_until,
        };
        facts.push(format!("{label} {}", format::clock(until)));
    }
    facts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::model::{CollectionName, Operation};
    use crate::testing::html;

    fn cell(state: TaskState) -> Cell {
        Cell {
            request: RequestId::parse("r1").expect("valid"),
            system: SystemId::parse("help-desk").expect("valid"),
            collection: CollectionName::parse("tickets").expect("valid"),
            operation: Operation::Delete,
            state,
            attempt: 2,
            max_attempts: 5,
            rows: Some(3),
            kept: None,
            planned: Some(4),
            code: Some("timeout".into()),
            waits_until: Some(0),
            started_at: None,
            ended_at: None,
        }
    }

    fn page(cells: Vec<Cell>, coverage: Option<CoverageState>) -> String {
        html(
            Lang::En,
            move || view! { <MatrixCell work=Work { cells, coverage }/> },
        )
    }

    #[test]
    fn a_task_says_state_count_try_and_code() {
        let page = page(vec![cell(TaskState::Waiting)], None);
        for want in [
            "Waiting",
            "Erase tickets",
            "3 of 4 rows",
            "try 2 of 5",
            "no answer in time",
            "next try 00:00:00",
        ] {
            assert!(page.contains(want), "{want} is not in {page}");
        }
    }

    #[test]
    fn a_task_that_waits_for_its_turn_says_when_it_goes_on() {
        let waits = Cell {
            code: Some("budget".into()),
            ..cell(TaskState::Waiting)
        };
        let page = page(vec![waits], None);
        for want in ["Waiting", "rate budget", "goes on at about 00:00:00"] {
            assert!(page.contains(want), "{want} is not in {page}");
        }
    }

    #[test]
    fn what_failed_stands_for_the_whole_cell_and_is_open() {
        let page = page(
            vec![
                cell(TaskState::Done),
                cell(TaskState::Failed),
                cell(TaskState::Running),
            ],
            None,
        );
        assert!(page.contains("<details open"), "{page}");
        assert!(page.find("Failed") < page.find("Done"), "{page}");
    }

    #[test]
    fn a_system_without_work_says_why() {
        assert!(page(vec![], Some(CoverageState::NotSearchable)).contains("Not searchable"));
        assert!(page(vec![], Some(CoverageState::Failed)).contains("Failed"));
    }

    #[test]
    fn a_system_that_failed_for_one_record_is_not_called_searched() {
        use CoverageState::*;
        assert_eq!(
            worst_coverage([Searched, Failed, NotSearchable].into_iter()),
            Some(Failed)
        );
        assert_eq!(worst_coverage([Searched, Open].into_iter()), Some(Open));
        assert_eq!(worst_coverage([Waived, Searched].into_iter()), Some(Waived));
        assert_eq!(
            worst_coverage([NotSearchable, Searched].into_iter()),
            Some(Searched)
        );
        assert_eq!(
            worst_coverage([NotSearchable].into_iter()),
            Some(NotSearchable)
        );
    }
}
