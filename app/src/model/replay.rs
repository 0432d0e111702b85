//! A run as it was: its states told again by its events, from the first on.

use std::collections::{HashMap, HashSet};

use super::{
    Cell, CollectionName, CoverageState, Event, EventKind, Member, Operation, RequestId,
    RequestState, RunView, SystemId, TaskName, TaskState,
};

type Place<'a> = (&'a RequestId, &'a SystemId, &'a CollectionName, Operation);

impl RunView {
    /// The run after the event of that number, told by `events` alone: all of them, from the first on, oldest first. After the last
    /// one it is as recorded.
    ///
    /// What no event says is taken as recorded where it can't mislead: names, plan, what was planned, and, once events say that a task
    /// began or ended, when exactly, and what it kept. Packages and later looks are left out: they are for now, not for then.
    pub fn as_of(&self, events: &[Event], seq: i64) -> Self {
        let mut past = Past::before(self, events);
        let until = events.partition_point(|event| event.seq <= seq);
        for event in events.iter().take(until) {
            past.tell(event);
        }
        past.view(seq)
    }
}

/// What was told so far.
struct Past<'a> {
    recorded: &'a RunView,
    /// How each task ended by itself: one that is recorded as skipped had failed before.
    ends: Vec<TaskState>,
    /// Members whose last phase has begun: its tasks are made then.
    late: HashSet<RequestId>,
    places: HashMap<Place<'a>, usize>,
    /// In the order of those recorded.
    cells: Vec<Cell>,
    members: Vec<Member>,
}

impl<'a> Past<'a> {
    /// Before anything happened: every task ready, every member received.
    fn before(recorded: &'a RunView, events: &[Event]) -> Self {
        let place = |(at, cell): (usize, &'a Cell)| {
            let place = (
                &cell.request,
                &cell.system,
                &cell.collection,
                cell.operation,
            );
            (place, at)
        };
        let places: HashMap<_, _> = recorded.cells.iter().enumerate().map(place).collect();
        let mut ends: Vec<_> = recorded.cells.iter().map(|cell| cell.state).collect();
        for event in events {
            if let EventKind::TaskSkipped { task, was, .. } = &event.kind
                && let Some(end) = places
                    .get(&place_of(event, task))
                    .and_then(|at| ends.get_mut(*at))
            {
                *end = *was;
            }
        }
        let cells = recorded.cells.iter().map(|cell| Cell {
            state: TaskState::Ready,
            attempt: 0,
            rows: None,
            kept: None,
            code: None,
            waits_until: None,
            started_at: None,
            ended_at: None,
            ..cell.clone()
        });
        let members = recorded.members.iter().map(|member| Member {
            state: RequestState::Received,
            ended_at: None,
            package: None,
            retried_by: None,
            ..member.clone()
        });
        Self {
            recorded,
            ends,
            late: HashSet::new(),
            places,
            cells: cells.collect(),
            members: members.collect(),
        }
    }

    fn tell(&mut self, event: &Event) {
        match &event.kind {
            EventKind::Created => {}
            EventKind::StateChanged { state } => {
                if matches!(state, RequestState::Verifying | RequestState::Packaging) {
                    self.late.insert(event.request.clone());
                }
                self.member(event, |member| {
                    member.state = *state;
                    // It may have ended more than once: what failed was skipped, and the rest went on.
                    member.ended_at = state.has_ended().then_some(event.at);
                });
            }
            EventKind::Retried { by } => self.member(event, |member| {
                member.retried_by = Some(by.clone());
            }),
            EventKind::TaskStarted { task, attempt } => {
                self.task(event, task, |cell, recorded, _| {
                    cell.state = TaskState::Running;
                    cell.attempt = *attempt;
                    cell.code = None;
                    cell.waits_until = None;
                    cell.started_at = recorded.started_at.or(Some(event.at));
                })
            }
            EventKind::TaskWaits { task, code, until } => self.task(event, task, |cell, _, _| {
                cell.state = TaskState::Waiting;
                cell.code = Some(code.clone());
                cell.waits_until = Some(*until);
            }),
            EventKind::TaskDone { task, rows } => self.task(event, task, |cell, recorded, _| {
                cell.state = TaskState::Done;
                cell.rows = Some(*rows);
                cell.kept = recorded.kept;
                cell.ended_at = recorded.ended_at.or(Some(event.at));
            }),
            EventKind::TaskFailed { task, code } => {
                self.task(event, task, |cell, recorded, end| {
                    cell.state = failed(code, end);
                    cell.code = Some(code.clone());
                    cell.ended_at = recorded.ended_at.or(Some(event.at));
                })
            }
            EventKind::TaskSkipped { task, ground, .. } => self.task(event, task, |cell, _, _| {
                cell.state = TaskState::Skipped;
                cell.code = Some(ground.as_str().to_owned());
            }),
        }
    }

    /// Changes a task: as it stands, as recorded, and how it ended by itself.
    fn task(
        &mut self,
        event: &Event,
        task: &TaskName,
        change: impl FnOnce(&mut Cell, &Cell, TaskState),
    ) {
        let at = self.places.get(&place_of(event, task)).copied();
        let found = at.and_then(|at| {
            let now = self.cells.get_mut(at)?;
            Some((now, self.recorded.cells.get(at)?, *self.ends.get(at)?))
        });
        if let Some((cell, recorded, end)) = found {
            change(cell, recorded, end);
        }
    }

    fn member(&mut self, event: &Event, change: impl FnOnce(&mut Member)) {
        let mut members = self.members.iter_mut();
        if let Some(member) = members.find(|member| member.request == event.request) {
            change(member);
        }
    }

    fn view(self, seq: i64) -> RunView {
        let Self {
            recorded,
            mut cells,
            members,
            late,
            ..
        } = self;
        // The tasks of a later phase are made when it begins.
        cells.retain(|cell| match cell.operation {
            Operation::Verify | Operation::Package => {
                cell.state != TaskState::Ready || late.contains(&cell.request)
            }
            _ => true,
        });
        let state = RequestState::of_set(members.iter().map(|member| member.state));
        let ended: Option<Vec<_>> = members.iter().map(|member| member.ended_at).collect();
        let mut skips = recorded.skips.clone();
        skips.retain(|skip| skip.seq <= seq);
        RunView {
            state,
            ended_at: ended.and_then(|all| all.into_iter().max()),
            skips,
            rechecks: Vec::new(),
            coverage: coverage(recorded, &cells),
            last_event: seq,
            members,
            cells,
            ..recorded.clone()
        }
    }
}

fn place_of<'a>(event: &'a Event, task: &'a TaskName) -> Place<'a> {
    (
        &event.request,
        &task.system,
        &task.collection,
        task.operation,
    )
}

/// How a task failed. The code says it, but for one that was tried as often as allowed: a task fails once only, so it is the recorded end.
fn failed(code: &str, recorded: TaskState) -> TaskState {
    match (code, recorded) {
        ("not_begun", _) => TaskState::Cancelled,
        ("uncertain", _) => TaskState::Uncertain,
        (_, TaskState::Dead) => TaskState::Dead,
        _ => TaskState::Failed,
    }
}

/// What stands for a system by its tasks, told anew; what was known before any task began stays.
fn coverage(recorded: &RunView, cells: &[Cell]) -> Vec<super::Coverage> {
    let mut states: HashMap<(&RequestId, &SystemId), Vec<TaskState>> = HashMap::new();
    for cell in cells {
        let place = (&cell.request, &cell.system);
        states.entry(place).or_default().push(cell.state);
    }
    let told = |one: &super::Coverage| {
        let states = states.get(&(&one.request, &one.system))?;
        Some(CoverageState::of_tasks(states.iter().copied()))
    };
    let all = recorded.coverage.iter();
    all.map(|one| super::Coverage {
        state: told(one).unwrap_or(one.state),
        ..one.clone()
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Coverage, IdentifierKind, Right, SubjectHandle};

    fn id(text: &str) -> RequestId {
        RequestId::parse(text).expect("valid")
    }

    fn name(collection: &str, operation: Operation) -> TaskName {
        TaskName {
            system: SystemId::parse("help-desk").expect("valid"),
            collection: CollectionName::parse(collection).expect("valid"),
            operation,
        }
    }

    fn erase(collection: &str) -> TaskName {
        name(collection, Operation::Delete)
    }

    fn events(kinds: Vec<(&str, EventKind)>) -> Vec<Event> {
        let numbered = (1..).zip(kinds);
        numbered
            .map(|(seq, (request, kind))| Event {
                seq,
                at: seq * 1_000,
                request: id(request),
                kind,
            })
            .collect()
    }

    fn started(task: TaskName, attempt: u32) -> EventKind {
        EventKind::TaskStarted { task, attempt }
    }

    fn state(state: RequestState) -> EventKind {
        EventKind::StateChanged { state }
    }

    fn done(task: TaskName, rows: u64) -> EventKind {
        EventKind::TaskDone { task, rows }
    }

    fn failed(task: TaskName, code: &str) -> EventKind {
        let code = code.to_owned();
        EventKind::TaskFailed { task, code }
    }

    /// One member is erased at the second try; of the other one task is tried as often as allowed, the next is not begun.
    fn story() -> Vec<Event> {
        let waits = EventKind::TaskWaits {
            task: erase("tickets"),
            code: "timeout".to_owned(),
            until: 9_000,
        };
        events(vec![
            ("r1", EventKind::Created),
            ("r2", EventKind::Created),
            ("r1", started(erase("tickets"), 1)),
            ("r1", state(RequestState::Running)),
            ("r1", waits),
            ("r2", started(erase("tickets"), 1)),
            ("r2", state(RequestState::Running)),
            ("r2", failed(erase("tickets"), "too_many_tries")),
            ("r2", failed(erase("contacts"), "not_begun")),
            ("r2", state(RequestState::PartiallyFailed)),
            ("r1", started(erase("tickets"), 2)),
            ("r1", done(erase("tickets"), 3)),
            ("r1", state(RequestState::Verifying)),
            ("r1", started(name("tickets", Operation::Verify), 1)),
            ("r1", done(name("tickets", Operation::Verify), 0)),
            ("r1", state(RequestState::Completed)),
            ("r2", EventKind::Retried { by: id("r3") }),
        ])
    }

    fn member(request: &str, state: RequestState, ended: i64, retried: Option<&str>) -> Member {
        Member {
            request: id(request),
            handle: SubjectHandle::parse("ab").expect("valid"),
            kind: IdentifierKind::ExternalContactId,
            name: None,
            canonical: request == "r1",
            state,
            ended_at: Some(ended),
            package: None,
            retried_by: retried.map(id),
        }
    }

    fn cell(request: &str, task: TaskName, state: TaskState, code: Option<&str>) -> Cell {
        Cell {
            request: id(request),
            system: task.system,
            collection: task.collection,
            operation: task.operation,
            state,
            attempt: u32::from(state != TaskState::Cancelled),
            max_attempts: 5,
            rows: None,
            kept: None,
            planned: Some(3),
            code: code.map(str::to_owned),
            waits_until: None,
            started_at: (state != TaskState::Cancelled).then_some(5),
            ended_at: Some(7),
        }
    }

    /// What is recorded after [`story`].
    fn recorded() -> RunView {
        let erased = Cell {
            attempt: 2,
            rows: Some(3),
            kept: Some(1),
            ..cell("r1", erase("tickets"), TaskState::Done, None)
        };
        let verified = Cell {
            rows: Some(0),
            ..cell(
                "r1",
                name("tickets", Operation::Verify),
                TaskState::Done,
                None,
            )
        };
        let coverage = |request, system, state| Coverage {
            request: id(request),
            system: SystemId::parse(system).expect("valid"),
            state,
        };
        let dead = Some("too_many_tries");
        RunView {
            id: id("r1"),
            right: Right::Delete,
            state: RequestState::PartiallyFailed,
            created_at: 0,
            ended_at: Some(16_000),
            created_by: "Ada".into(),
            reason: "She asked.".into(),
            plan_hash: "ab".into(),
            due_at: 0,
            retry_of: None,
            members: vec![
                member("r1", RequestState::Completed, 16_000, None),
                member("r2", RequestState::PartiallyFailed, 10_000, Some("r3")),
            ],
            systems: vec![],
            cells: vec![
                erased,
                verified,
                cell("r2", erase("tickets"), TaskState::Dead, dead),
                cell(
                    "r2",
                    erase("contacts"),
                    TaskState::Cancelled,
                    Some("not_begun"),
                ),
            ],
            skips: vec![],
            rechecks: vec![],
            coverage: vec![
                coverage("r1", "help-desk", CoverageState::Searched),
                coverage("r2", "help-desk", CoverageState::Failed),
                coverage("r1", "shop", CoverageState::NotSearchable),
            ],
            last_event: 17,
            retry_blocked: None,
        }
    }

    #[test]
    fn after_the_last_event_it_is_as_recorded() {
        assert_eq!(recorded().as_of(&story(), 17), recorded());
    }

    #[test]
    fn after_any_event_nothing_is_known_that_was_not_told_by_then() {
        let (recorded, story) = (recorded(), story());
        for seq in 1..=17 {
            let until = usize::try_from(seq).expect("small");
            let told = recorded.as_of(&story[..until], seq);
            assert_eq!(recorded.as_of(&story, seq), told, "{seq}");
        }
    }

    #[test]
    fn before_anything_began_all_is_ready_and_nothing_is_to_be_verified_yet() {
        let run = recorded().as_of(&story(), 2);
        assert_eq!(run.state, RequestState::Received);
        assert_eq!(run.cells.len(), 3, "{:?}", run.cells);
        let ready = |cell: &Cell| {
            cell.state == TaskState::Ready
                && (cell.attempt, cell.rows, cell.kept, cell.planned) == (0, None, None, Some(3))
                && (cell.started_at, cell.ended_at, &cell.code) == (None, None, &None)
        };
        assert!(run.cells.iter().all(ready), "{:?}", run.cells);
        let covered: Vec<_> = run.coverage.iter().map(|one| one.state).collect();
        use CoverageState::{NotSearchable, Open};
        assert_eq!(covered, [Open, Open, NotSearchable]);
        assert_eq!((run.ended_at, run.last_event), (None, 2));
        assert!(run.members.iter().all(|one| one.ended_at.is_none()));
    }

    #[test]
    fn a_wait_says_why_and_until_when_and_the_next_try_forgets_it() {
        let waiting = &recorded().as_of(&story(), 5).cells[0];
        assert_eq!(waiting.state, TaskState::Waiting);
        assert_eq!(waiting.code.as_deref(), Some("timeout"));
        assert_eq!((waiting.attempt, waiting.waits_until), (1, Some(9_000)));
        let again = &recorded().as_of(&story(), 11).cells[0];
        assert_eq!(again.state, TaskState::Running);
        assert_eq!((again.attempt, again.waits_until), (2, None));
        assert_eq!(again.code, None);
    }

    #[test]
    fn a_set_is_never_ended_while_a_member_is_not() {
        let run = recorded().as_of(&story(), 10);
        assert_eq!(run.members[1].state, RequestState::PartiallyFailed);
        assert_eq!((run.state, run.ended_at), (RequestState::Running, None));
    }

    #[test]
    fn an_event_of_a_task_that_is_not_recorded_changes_nothing() {
        let stray = events(vec![("r9", done(erase("tickets"), 1))]);
        let run = recorded().as_of(&stray, 1);
        assert_eq!(run.cells[0].state, TaskState::Ready);
    }
}
