//! The states of a request as types: a transition consumes the state it leaves, and only those that exist can be written.

use app::model::{RequestState, Right};

/// A request in flight.
#[derive(Debug, PartialEq, Eq)]
pub struct InFlight {
    right: Right,
    phase: Phase,
    open: i64,
    failed: i64,
    exceptions: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Received,
    Running,
    Verifying,
    Packaging,
}

/// What the end of tasks leads to.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// There is more to do.
    Goes(InFlight),
    /// All erasures are done: look again. Needs the verifying tasks.
    Verify(NeedsTasks),
    /// All parts are there: put them together. Needs the packaging task.
    Package(NeedsTasks),
    /// Nothing is in flight any more.
    Ends(Ended),
}

/// A request whose next phase has no tasks yet.
#[derive(Debug, PartialEq, Eq)]
pub struct NeedsTasks(InFlight);

/// A request that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    pub state: RequestState,
    pub failed: i64,
    pub exceptions: i64,
}

/// A request that stopped: tasks failed, and a person decides.
#[derive(Debug, PartialEq, Eq)]
pub struct Stopped(InFlight);

/// An erasure that had been completed.
#[derive(Debug, PartialEq, Eq)]
pub struct Answered {
    exceptions: i64,
}

/// Tasks that ended together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TasksEnded {
    pub ended: i64,
    pub failed: i64,
    /// Those that had to keep something, or were skipped.
    pub exceptions: i64,
}

impl InFlight {
    /// A stored request; nothing if it has ended.
    pub fn stored(
        right: Right,
        state: RequestState,
        open: i64,
        failed: i64,
        exceptions: i64,
    ) -> Option<Self> {
        let phase = match state {
            RequestState::Received => Phase::Received,
            RequestState::Running => Phase::Running,
            RequestState::Verifying => Phase::Verifying,
            RequestState::Packaging => Phase::Packaging,
            _ => return None,
        };
        Some(Self {
            right,
            phase,
            open,
            failed,
            exceptions,
        })
    }

    /// A first task was claimed.
    pub fn begun(self) -> Self {
        let phase = if self.phase == Phase::Received {
            Phase::Running
        } else {
            self.phase
        };
        Self { phase, ..self }
    }

    /// Tasks ended, well or not.
    pub fn tasks_ended(self, tasks: TasksEnded) -> Next {
        let now = Self {
            open: self.open - tasks.ended,
            failed: self.failed + tasks.failed,
            exceptions: self.exceptions + tasks.exceptions,
            ..self
        };
        if now.open > 0 {
            return Next::Goes(now);
        }
        if now.failed > 0 {
            return Next::Ends(now.ended(RequestState::PartiallyFailed));
        }
        match (now.phase, now.right) {
            (Phase::Received | Phase::Running, Right::Delete) => Next::Verify(NeedsTasks(Self {
                phase: Phase::Verifying,
                ..now
            })),
            (Phase::Received | Phase::Running, Right::Export) => Next::Package(NeedsTasks(Self {
                phase: Phase::Packaging,
                ..now
            })),
            _ if now.exceptions > 0 => Next::Ends(now.ended(RequestState::CompletedWithExceptions)),
            _ => Next::Ends(now.ended(RequestState::Completed)),
        }
    }

    fn ended(self, state: RequestState) -> Ended {
        Ended {
            state,
            failed: self.failed,
            exceptions: self.exceptions,
        }
    }

    /// The state as stored and shown.
    pub fn state(&self) -> RequestState {
        match self.phase {
            Phase::Received => RequestState::Received,
            Phase::Running => RequestState::Running,
            Phase::Verifying => RequestState::Verifying,
            Phase::Packaging => RequestState::Packaging,
        }
    }

    /// Tasks that have not ended, those that failed, those that kept something.
    pub fn counts(&self) -> (i64, i64, i64) {
        (self.open, self.failed, self.exceptions)
    }
}

impl Stopped {
    /// A stored request; nothing if it is in flight or needs nobody. `last`: whether its last phase has begun.
    pub fn stored(
        right: Right,
        state: RequestState,
        failed: i64,
        exceptions: i64,
        last: bool,
    ) -> Option<Self> {
        let phase = match (last, right) {
            (false, _) => Phase::Running,
            (true, Right::Export) => Phase::Packaging,
            (true, _) => Phase::Verifying,
        };
        (state == RequestState::PartiallyFailed).then_some(Self(InFlight {
            right,
            phase,
            open: 0,
            failed,
            exceptions,
        }))
    }

    /// Tasks that had failed were skipped: each is an exception. With others that failed it stays stopped; else it goes on.
    pub fn skipped(self, tasks: i64) -> Next {
        self.0.tasks_ended(TasksEnded {
            ended: 0,
            failed: -tasks,
            exceptions: tasks,
        })
    }
}

impl Answered {
    /// A stored request; nothing if it is no erasure, or not completed.
    pub fn stored(right: Right, state: RequestState, exceptions: i64) -> Option<Self> {
        use RequestState::{Completed, CompletedWithExceptions};
        let completed = matches!(state, Completed | CompletedWithExceptions);
        (right == Right::Delete && completed).then_some(Self { exceptions })
    }

    /// She was found again in so many places: a person decides.
    pub fn returned(self, places: i64) -> Ended {
        Ended {
            state: RequestState::PartiallyFailed,
            failed: places,
            exceptions: self.exceptions,
        }
    }
}

impl NeedsTasks {
    /// There is nothing to do in its phase.
    pub fn without_tasks(self) -> Ended {
        let state = if self.0.exceptions > 0 {
            RequestState::CompletedWithExceptions
        } else {
            RequestState::Completed
        };
        self.0.ended(state)
    }

    /// With the tasks of its phase, which the caller inserts in the same transaction.
    pub fn with_tasks(self, count: i64) -> InFlight {
        InFlight {
            open: count,
            ..self.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn running(right: Right, open: i64) -> InFlight {
        let stored = InFlight::stored(right, RequestState::Received, open, 0, 0);
        stored.expect("in flight").begun()
    }

    fn done(ended: i64) -> TasksEnded {
        TasksEnded {
            ended,
            ..TasksEnded::default()
        }
    }

    #[test]
    fn an_erasure_is_verified_before_it_is_completed() {
        let Next::Verify(next) = running(Right::Delete, 2).tasks_ended(done(2)) else {
            panic!("not verified")
        };
        let verifying = next.with_tasks(1);
        assert_eq!(verifying.state(), RequestState::Verifying);
        let Next::Ends(ended) = verifying.tasks_ended(done(1)) else {
            panic!("goes on")
        };
        assert_eq!(ended.state, RequestState::Completed);
    }

    #[test]
    fn an_export_is_packaged_before_it_is_completed() {
        let Next::Package(next) = running(Right::Export, 1).tasks_ended(done(1)) else {
            panic!("not packaged")
        };
        assert_eq!(next.with_tasks(1).state(), RequestState::Packaging);
    }

    #[test]
    fn nothing_ends_while_a_task_is_open() {
        let failed = TasksEnded {
            ended: 1,
            failed: 1,
            exceptions: 0,
        };
        let Next::Goes(on) = running(Right::Delete, 2).tasks_ended(failed) else {
            panic!("ended with an open task")
        };
        let Next::Ends(ended) = on.tasks_ended(done(1)) else {
            panic!("goes on")
        };
        assert_eq!(ended.state, RequestState::PartiallyFailed);
    }

    #[test]
    fn what_was_kept_is_an_exception() {
        let kept = TasksEnded {
            ended: 1,
            failed: 0,
            exceptions: 1,
        };
        let Next::Verify(next) = running(Right::Delete, 1).tasks_ended(kept) else {
            panic!("not verified")
        };
        let Next::Ends(ended) = next.with_tasks(1).tasks_ended(done(1)) else {
            panic!("goes on")
        };
        assert_eq!(ended.state, RequestState::CompletedWithExceptions);
    }

    fn stopped(right: Right, last: bool) -> Stopped {
        let stored = Stopped::stored(right, RequestState::PartiallyFailed, 2, 0, last);
        stored.expect("stopped")
    }

    #[test]
    fn what_is_skipped_in_part_stays_stopped() {
        for right in Right::ALL {
            let Next::Ends(ended) = stopped(right, false).skipped(1) else {
                panic!("goes on")
            };
            let state = RequestState::PartiallyFailed;
            assert_eq!((ended.state, ended.failed), (state, 1));
        }
    }

    #[test]
    fn once_all_that_failed_is_skipped_it_goes_on_and_never_ends_as_if_all_were_done() {
        let Next::Verify(next) = stopped(Right::Delete, false).skipped(2) else {
            panic!("not verified")
        };
        let Next::Ends(ended) = next.with_tasks(1).tasks_ended(done(1)) else {
            panic!("goes on")
        };
        assert_eq!(ended.state, RequestState::CompletedWithExceptions);
        let Next::Package(next) = stopped(Right::Export, false).skipped(2) else {
            panic!("not packaged")
        };
        assert_eq!(
            next.without_tasks().state,
            RequestState::CompletedWithExceptions
        );
        for (right, last) in [
            (Right::Delete, true),
            (Right::Export, true),
            (Right::Update, false),
        ] {
            let Next::Ends(ended) = stopped(right, last).skipped(2) else {
                panic!("goes on")
            };
            let state = RequestState::CompletedWithExceptions;
            assert_eq!((ended.state, ended.failed, ended.exceptions), (state, 0, 2));
        }
    }

    #[test]
    fn only_what_stopped_can_be_skipped() {
        for state in RequestState::ALL {
            let stored = Stopped::stored(Right::Delete, state, 1, 0, false);
            assert_eq!(stored.is_some(), state == RequestState::PartiallyFailed);
        }
    }

    #[test]
    fn only_a_completed_erasure_can_be_found_to_have_failed_after_all() {
        for right in Right::ALL {
            for state in RequestState::ALL {
                let completed = state.is_answer()
                    && matches!(
                        state,
                        RequestState::Completed | RequestState::CompletedWithExceptions
                    );
                let answered = Answered::stored(right, state, 3);
                assert_eq!(answered.is_some(), completed && right == Right::Delete);
                if let Some(answered) = answered {
                    let open = answered.returned(2);
                    let want = (RequestState::PartiallyFailed, 2, 3);
                    assert_eq!((open.state, open.failed, open.exceptions), want);
                }
            }
        }
    }

    #[test]
    fn what_has_ended_is_not_in_flight() {
        for state in RequestState::ALL {
            let stored = InFlight::stored(Right::Delete, state, 0, 0, 0);
            assert_eq!(stored.is_none(), state.has_ended(), "{state:?}");
        }
    }

    #[test]
    fn a_set_is_never_completed_while_a_member_is_not() {
        for state in RequestState::ALL {
            let set =
                RequestState::of_set([RequestState::Completed, state, RequestState::Completed]);
            assert_eq!(set, state);
        }
        let set = RequestState::of_set([RequestState::PartiallyFailed, RequestState::Packaging]);
        assert!(!set.has_ended());
    }
}
