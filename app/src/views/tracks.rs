//! What a run spent its time on: per system and record when it was at work, and when it waited for another try.

use std::collections::HashMap;

use crate::model::{
    Cell, CollectionName, Event, EventKind, Millis, Operation, RequestId, RunView, SystemId,
    TaskName, TaskState,
};

/// What a span was spent on, in the order of painting: what matters most comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spent {
    Waiting,
    Done,
    /// A try that is repeated.
    Repeated,
    Running,
    Failed,
}

/// A stretch of time. Never ends before it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub spent: Spent,
    pub from: Millis,
    pub to: Millis,
}

/// One system's work for one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    pub request: RequestId,
    /// That of the task which most needs to be seen.
    pub state: TaskState,
    /// Of the task that was tried most often.
    pub tries: u32,
    pub began: Option<Millis>,
    /// Once all of it has ended.
    pub ended: Option<Millis>,
    pub took: Option<Millis>,
    /// In the order of painting; those that touch are one.
    pub spans: Vec<Span>,
}

/// One system's tracks, in the order of the records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub system: SystemId,
    pub tracks: Vec<Track>,
}

/// All systems that have work, in the order in which it began, and the time that it spans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tracks {
    pub groups: Vec<Group>,
    pub from: Millis,
    /// After `from`.
    pub to: Millis,
}

/// When something last happened to the work itself: a retry or a skip much later is none of it.
pub fn edge(events: &[Event]) -> Option<Millis> {
    let work = events.iter().filter(|event| {
        !matches!(
            event.kind,
            EventKind::Retried { .. } | EventKind::TaskSkipped { .. }
        )
    });
    work.map(|event| event.at).max()
}

/// A task while its events are told.
struct Told<'a> {
    cell: &'a Cell,
    /// What it is at, and since when.
    open: Option<(Spent, Millis)>,
    seen: bool,
    spans: Vec<Span>,
}

impl Told<'_> {
    fn begin(&mut self, spent: Spent, at: Millis) {
        self.close(Spent::Repeated, at);
        self.open = Some((spent, at));
    }

    /// Ends what is open; a try becomes what it turned out to be.
    fn close(&mut self, tried: Spent, at: Millis) {
        // Its beginning may be further back than the events that are shown.
        let before = self.cell.started_at.filter(|_| !self.seen);
        self.seen = true;
        let open = self.open.take();
        if let Some((spent, from)) = open.or(before.map(|from| (Spent::Running, from))) {
            let spent = match spent {
                Spent::Running => tried,
                spent => spent,
            };
            let from = from.min(at);
            self.spans.push(Span {
                spent,
                from,
                to: at,
            });
        }
    }

    fn tell(&mut self, kind: &EventKind, at: Millis) {
        match kind {
            EventKind::TaskStarted { attempt, .. } => {
                self.seen |= *attempt == 1;
                self.begin(Spent::Running, at);
            }
            EventKind::TaskWaits { .. } => self.begin(Spent::Waiting, at),
            EventKind::TaskDone { .. } => self.close(Spent::Done, at),
            EventKind::TaskFailed { .. } => self.close(Spent::Failed, at),
            _ => {}
        }
    }

    /// Draws what still goes on up to the edge, and what no event told from what is recorded.
    fn finish(&mut self, edge: Millis) {
        if self.open.is_some() {
            self.close(Spent::Running, edge);
        } else if !self.seen && self.cell.started_at.is_some() {
            let spent = match self.cell.state {
                TaskState::Done => Spent::Done,
                state if state.has_failed() || state == TaskState::Skipped => Spent::Failed,
                _ => Spent::Running,
            };
            self.close(spent, self.cell.ended_at.unwrap_or(edge));
        }
    }
}

impl Tracks {
    /// Those of a run by its events, oldest first; nothing if no task has begun. `until`: how far they reach at least.
    pub fn of(run: &RunView, events: &[Event], until: Option<Millis>) -> Option<Self> {
        let mut told: Vec<Told<'_>> = run
            .cells
            .iter()
            .map(|cell| Told {
                cell,
                open: None,
                seen: false,
                spans: Vec::new(),
            })
            .collect();
        tell(&mut told, events);
        let recorded = run
            .cells
            .iter()
            .filter_map(|cell| cell.ended_at.or(cell.started_at));
        let edge = edge(events).or_else(|| recorded.max())?;
        for task in &mut told {
            task.finish(edge);
        }
        let spans = || told.iter().flat_map(|task| &task.spans);
        let from = spans().map(|span| span.from).min()?;
        let ends = spans().map(|span| span.to).max()?;
        let to = until.unwrap_or(edge).max(ends).max(from + 1);
        let groups = groups(run, &told, (to - from) / 1_000);
        Some(Self { groups, from, to })
    }
}

fn tell(told: &mut [Told<'_>], events: &[Event]) {
    type Place<'a> = (&'a RequestId, &'a SystemId, &'a CollectionName, Operation);
    let mut places: HashMap<Place<'_>, usize> = HashMap::new();
    for (at, Told { cell, .. }) in told.iter().enumerate() {
        let place = (
            &cell.request,
            &cell.system,
            &cell.collection,
            cell.operation,
        );
        places.insert(place, at);
    }
    for event in events {
        let Some(task) = task_of(&event.kind) else {
            continue;
        };
        let place = (
            &event.request,
            &task.system,
            &task.collection,
            task.operation,
        );
        let task = places.get(&place).and_then(|at| told.get_mut(*at));
        if let Some(task) = task {
            task.tell(&event.kind, event.at);
        }
    }
}

fn task_of(kind: &EventKind) -> Option<&TaskName> {
    match kind {
        EventKind::TaskStarted { task, .. }
        | EventKind::TaskDone { task, .. }
        | EventKind::TaskWaits { task, .. }
        | EventKind::TaskFailed { task, .. }
        | EventKind::TaskSkipped { task, .. } => Some(task),
        _ => None,
    }
}

/// The tasks by system and record; what is closer than `gap` is drawn as one.
fn groups(run: &RunView, told: &[Told<'_>], gap: Millis) -> Vec<Group> {
    let records: HashMap<&RequestId, usize> = (0..)
        .zip(&run.members)
        .map(|(at, member)| (&member.request, at))
        .collect();
    let mut places: HashMap<(&SystemId, &RequestId), Vec<&Told<'_>>> = HashMap::new();
    for task in told {
        let place = (&task.cell.system, &task.cell.request);
        places.entry(place).or_default().push(task);
    }
    let mut by_system: HashMap<&SystemId, Vec<Track>> = HashMap::new();
    for ((system, request), tasks) in places {
        let track = track(request, &tasks, gap);
        by_system.entry(system).or_default().push(track);
    }
    let mut groups: Vec<Group> = by_system
        .into_iter()
        .map(|(system, mut tracks)| {
            tracks.sort_by_key(|track| records.get(&track.request).copied());
            Group {
                system: system.clone(),
                tracks,
            }
        })
        .collect();
    groups.sort_by_cached_key(|group| {
        let began = group.tracks.iter().filter_map(|track| track.began).min();
        (began.unwrap_or(Millis::MAX), group.system.clone())
    });
    groups
}

fn track(request: &RequestId, tasks: &[&Told<'_>], gap: Millis) -> Track {
    let cells = || tasks.iter().map(|task| task.cell);
    let spans = || tasks.iter().flat_map(|task| &task.spans);
    let began = spans().map(|span| span.from).min();
    let last = spans().map(|span| span.to).max();
    let over = cells().all(|cell| cell.state.has_ended());
    Track {
        request: request.clone(),
        state: TaskState::of_all(cells().map(|cell| cell.state)).unwrap_or(TaskState::Ready),
        tries: cells().map(|cell| cell.attempt).max().unwrap_or(0),
        began,
        ended: last.filter(|_| over),
        took: began.zip(last).map(|(began, last)| last - began),
        spans: joined(spans().copied().collect(), gap),
    }
}

/// In the order of painting; those of one kind that touch are one.
fn joined(mut spans: Vec<Span>, gap: Millis) -> Vec<Span> {
    spans.sort_unstable();
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if last.spent == span.spent && span.from <= last.to + gap => {
                last.to = last.to.max(span.to);
            }
            _ => joined.push(span),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::runs::{Say, cell, events, run};

    fn spans(tracks: &Tracks, group: usize, track: usize) -> Vec<(Spent, i64, i64)> {
        let spans = &tracks.groups[group].tracks[track].spans;
        let seconds = |span: &Span| (span.spent, span.from / 1_000, span.to / 1_000);
        spans.iter().map(seconds).collect()
    }

    #[test]
    fn tries_and_the_waits_between_them_are_told_apart() {
        let run = run(&["r1"], vec![cell("r1", "desk", TaskState::Done)], None);
        let events = events(&[
            ("r1", "desk", 10, Say::Start(1)),
            ("r1", "desk", 12, Say::Wait),
            ("r1", "desk", 20, Say::Start(2)),
            ("r1", "desk", 25, Say::Done),
            ("r1", "desk", 9_999, Say::Retried),
        ]);
        let tracks = Tracks::of(&run, &events, None).expect("drawn");
        assert_eq!((tracks.from, tracks.to), (10_000, 25_000));
        assert_eq!(
            spans(&tracks, 0, 0),
            [
                (Spent::Waiting, 12, 20),
                (Spent::Done, 20, 25),
                (Spent::Repeated, 10, 12)
            ]
        );
        let track = &tracks.groups[0].tracks[0];
        assert_eq!((track.ended, track.took), (Some(25_000), Some(15_000)));
    }

    #[test]
    fn what_goes_on_reaches_to_the_latest_event_and_no_further() {
        let cells = vec![
            cell("r1", "desk", TaskState::Running),
            cell("r1", "shop", TaskState::Failed),
            cell("r1", "crm", TaskState::Ready),
        ];
        let events = events(&[
            ("r1", "shop", 1, Say::Start(1)),
            ("r1", "desk", 2, Say::Start(1)),
            ("r1", "shop", 8, Say::Fail),
        ]);
        let tracks = Tracks::of(&run(&["r1"], cells, None), &events, None).expect("drawn");
        let order: Vec<_> = tracks
            .groups
            .iter()
            .map(|one| one.system.as_str())
            .collect();
        assert_eq!(order, ["shop", "desk", "crm"], "as they began");
        assert_eq!(spans(&tracks, 0, 0), [(Spent::Failed, 1, 8)]);
        assert_eq!(spans(&tracks, 1, 0), [(Spent::Running, 2, 8)]);
        assert_eq!(spans(&tracks, 2, 0), []);
        assert_eq!(tracks.groups[1].tracks[0].ended, None);
    }

    #[test]
    fn what_began_before_the_events_shown_is_drawn_as_recorded() {
        let begun = |state, ended_at| Cell {
            started_at: Some(1_000),
            ended_at,
            ..cell("r1", "desk", state)
        };
        let run_of = |cell| run(&["r1"], vec![cell], None);
        let end = events(&[("r1", "desk", 9, Say::Done)]);
        let tracks = Tracks::of(&run_of(begun(TaskState::Done, Some(9_000))), &end, None);
        assert_eq!(
            spans(&tracks.expect("drawn"), 0, 0),
            [(Spent::Done, 1, 9)],
            "only its end is shown"
        );
        let none = run_of(begun(TaskState::Failed, Some(5_000)));
        let tracks = Tracks::of(&none, &[], None).expect("drawn");
        assert_eq!(spans(&tracks, 0, 0), [(Spent::Failed, 1, 5)]);
    }

    #[test]
    fn nothing_is_drawn_before_anything_began() {
        let run = run(&["r1"], vec![cell("r1", "desk", TaskState::Ready)], None);
        assert_eq!(Tracks::of(&run, &[], None), None);
    }

    #[test]
    fn a_clock_that_goes_back_draws_nothing_backwards() {
        let run = run(&["r1"], vec![cell("r1", "desk", TaskState::Done)], None);
        let events = events(&[
            ("r1", "desk", 10, Say::Start(1)),
            ("r1", "desk", 4, Say::Done),
        ]);
        let tracks = Tracks::of(&run, &events, None).expect("drawn");
        assert_eq!(spans(&tracks, 0, 0), [(Spent::Done, 4, 4)]);
        assert!(tracks.from < tracks.to);
    }
}
