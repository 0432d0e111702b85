//! (tests) Components as text, and searches to show.

use leptos::prelude::*;

use crate::i18n::Lang;
use crate::model::{
    Asked, CollectionName, Found, Identifier, IdentifierKind, MergeSet, SearchId, SearchView, Seen,
    SetMember, Subject, SubjectHandle, SubjectKey, SystemId, Unsearched,
};

/// What a component looks like on the server, in a language.
pub(crate) fn html<V: IntoView + 'static>(lang: Lang, view: impl FnOnce() -> V) -> String {
    Owner::new().with(|| {
        leptos_meta::provide_meta_context();
        provide_context(lang);
        view().into_view().to_html()
    })
}

/// A text that would do harm if it were not escaped.
pub(crate) const HOSTILE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;";

/// Fails if the hostile text is in the page unescaped, or not at all.
pub(crate) fn assert_escaped(page: &str) {
    assert!(!page.contains("<script"), "a script got through: {page}");
    assert!(!page.contains("<img"), "an element got through: {page}");
    assert!(
        page.contains("&lt;script&gt;"),
        "the text is not there: {page}"
    );
}

/// Systems, made up.
pub(crate) mod systems {
    use crate::model::{
        Collection, CollectionName, Disposition, Health, IdentifierKind, Inventory, SystemId,
        SystemView,
    };

    /// A system that answers.
    pub(crate) fn system(id: &str, collections: Vec<Collection>) -> SystemView {
        SystemView {
            id: SystemId::parse(id).expect("valid"),
            name: id.into(),
            kind: "sql".into(),
            owner: "Ada".into(),
            region: "eu".into(),
            paused: false,
            health: Health::Up { took: 3, at: 0 },
            inventory: Inventory { collections },
            resolves: vec![],
            tasks_open: 0,
            per_second: None,
            concurrency: None,
            misbehaviour: None,
        }
    }

    /// A collection of that name and title, with those kinds.
    pub(crate) fn collection(name: &str, found_by: &[IdentifierKind]) -> Collection {
        Collection {
            name: CollectionName::parse(name).expect("valid"),
            title: name.into(),
            fields: vec![],
            found_by: found_by.to_vec(),
            parents: Vec::new(),
            needs_subject: false,
            disposition: Disposition::Delete,
        }
    }
}

/// Runs and their events, made up.
pub(crate) mod runs {
    use crate::model::{
        Cell, CollectionName, Event, EventKind, IdentifierKind, Member, Operation, RequestId,
        RequestState, Right, RunView, SubjectHandle, SystemId, TaskName, TaskState,
    };

    pub(crate) fn request(id: &str) -> RequestId {
        RequestId::parse(id).expect("valid")
    }

    fn system(id: &str) -> SystemId {
        SystemId::parse(id).expect("valid")
    }

    /// A task that stands like that, in a system's collection `rows`.
    pub(crate) fn cell(of: &str, at: &str, state: TaskState) -> Cell {
        Cell {
            request: request(of),
            system: system(at),
            collection: CollectionName::parse("rows").expect("valid"),
            operation: Operation::Delete,
            state,
            attempt: 1,
            max_attempts: 5,
            rows: None,
            kept: None,
            planned: None,
            code: None,
            waits_until: None,
            started_at: None,
            ended_at: None,
        }
    }

    pub(crate) fn run(members: &[&str], cells: Vec<Cell>, name: Option<&str>) -> RunView {
        let state = RequestState::Running;
        let member = |id: &&str| Member {
            request: request(id),
            handle: SubjectHandle::parse(*id).expect("valid"),
            kind: IdentifierKind::ExternalContactId,
            name: name.map(str::to_owned),
            canonical: *id == "r1",
            state,
            ended_at: None,
            package: None,
            retried_by: None,
        };
        RunView {
            id: request("r1"),
            right: Right::Delete,
            state,
            created_at: 0,
            ended_at: None,
            created_by: "Ada".into(),
            reason: "She asked.".into(),
            plan_hash: "ab".into(),
            due_at: 0,
            retry_of: None,
            members: members.iter().map(member).collect(),
            systems: vec![],
            cells,
            coverage: vec![],
            skips: vec![],
            rechecks: vec![],
            last_event: 0,
            retry_blocked: None,
        }
    }

    /// What a task's events say.
    #[derive(Clone, Copy)]
    pub(crate) enum Say {
        Start(u32),
        Wait,
        Done,
        Fail,
        Retried,
    }

    /// Events of tasks in `rows`: request, system, second, what.
    pub(crate) fn events(said: &[(&str, &str, i64, Say)]) -> Vec<Event> {
        let event = |(seq, (of, at, second, say)): (i64, &(&str, &str, i64, Say))| {
            let task = TaskName {
                system: system(at),
                collection: CollectionName::parse("rows").expect("valid"),
                operation: Operation::Delete,
            };
            let code = "timeout".to_owned();
            let kind = match *say {
                Say::Start(attempt) => EventKind::TaskStarted { task, attempt },
                Say::Wait => EventKind::TaskWaits {
                    task,
                    code,
                    until: 0,
                },
                Say::Done => EventKind::TaskDone { task, rows: 1 },
                Say::Fail => EventKind::TaskFailed { task, code },
                Say::Retried => EventKind::Retried { by: request("r9") },
            };
            Event {
                seq,
                at: second * 1_000,
                request: request(of),
                kind,
            }
        };
        (1..).zip(said).map(event).collect()
    }
}

/// A found record, known by its handle, with its fields: name, value, what it holds.
pub(crate) fn record(
    handle: &str,
    name: &str,
    fields: &[(&str, &str, Option<IdentifierKind>)],
) -> SetMember {
    let found = |(field, value, holds): &(&str, &str, Option<IdentifierKind>)| Found {
        field: (*field).into(),
        value: (*value).into(),
        holds: *holds,
        matched: false,
        in_full: None,
    };
    SetMember {
        handle: SubjectHandle::parse(handle).expect("valid"),
        subject: Subject {
            key: key(handle),
            name: Some(name.into()),
            fields: fields.iter().map(found).collect(),
            seen_in: vec![Seen {
                system: SystemId::parse("help-desk").expect("valid"),
                collection: CollectionName::parse("contacts").expect("valid"),
            }],
            canonical: None,
            employment: None,
        },
        found_by: vec![],
    }
}

/// The key of a [`record`].
pub(crate) fn key(handle: &str) -> SubjectKey {
    let id = Identifier::new(IdentifierKind::ExternalContactId, handle).expect("valid");
    id.try_into().expect("an id")
}

/// A settled search for an e-mail address that found these sets.
pub(crate) fn search(sets: Vec<Vec<SetMember>>) -> SearchView {
    let set = |members| MergeSet {
        members,
        matched_by: vec![],
        links: vec![],
    };
    SearchView {
        id: SearchId::parse("s1").expect("valid"),
        asked: vec![Asked {
            search: SearchId::parse("s1").expect("valid"),
            identifier: Identifier::new(IdentifierKind::Email, "asked@example.org").expect("valid"),
            started_at: 0,
        }],
        kept: false,
        lanes: vec![],
        sets: sets.into_iter().map(set).collect(),
        unsearched: vec![],
        version: 1,
    }
}

/// An identifier that stands in records and was not searched.
pub(crate) fn unsearched(value: &str, seen_in: &[&str]) -> Unsearched {
    Unsearched {
        identifier: Identifier::new(IdentifierKind::Name, value).expect("valid"),
        seen_in: seen_in
            .iter()
            .map(|handle| SubjectHandle::parse(*handle).expect("valid"))
            .collect(),
    }
}
