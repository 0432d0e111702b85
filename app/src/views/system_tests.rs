//! Tests of [`super::system`](super).

use super::*;
use crate::i18n::Lang;
use crate::model::{Health, RequestId, Right, TaskState};
use crate::testing::systems::{collection, system};
use crate::testing::{HOSTILE, assert_escaped, html};

fn detail(system: SystemView) -> SystemDetail {
    SystemDetail {
        now: 0,
        system,
        hours: vec![],
        budget: None,
        last_done: None,
        last_failed: None,
        waiting: vec![],
        waiting_sets: 0,
    }
}

fn page(detail: SystemDetail) -> String {
    let system = detail.system.clone();
    html(
        Lang::En,
        move || view! { <SystemHead system/> <SystemBody detail/> },
    )
}

fn desk() -> SystemView {
    system(
        "help-desk",
        vec![collection("contacts", &[IdentifierKind::Email])],
    )
}

fn waits(id: &str) -> WaitingSet {
    WaitingSet {
        request: RequestId::parse(id).expect("valid"),
        right: Right::Delete,
        due_at: 0,
        since: 0,
        tasks: 3,
        state: TaskState::Waiting,
        next_try: Some(60_000),
        code: Some("timeout".into()),
    }
}

#[test]
fn hostile_names_and_codes_are_text() {
    let mut hostile = desk();
    let mut one = collection("contacts", &[IdentifierKind::Email]);
    one.title = HOSTILE.into();
    hostile.inventory.collections = vec![one];
    hostile.name = HOSTILE.into();
    hostile.owner = HOSTILE.into();
    let code = Some(HOSTILE.to_owned());
    let down = Health::Down {
        code: HOSTILE.into(),
        at: 0,
    };
    assert_escaped(&page(SystemDetail {
        hours: vec![HealthHour::of(&down)],
        last_failed: Some(LastTask {
            request: RequestId::parse("r1").expect("valid"),
            at: 0,
            code: code.clone(),
        }),
        waiting: vec![WaitingSet {
            code,
            ..waits("r1")
        }],
        ..detail(hostile)
    }));
}

#[test]
fn without_anything_each_part_says_what_that_means() {
    let page = page(detail(system("help-desk", vec![])));
    for said in [
        "No request waits",
        "was not asked",
        "not in the last 30 days",
        "no task yet",
        "No limit is set",
        "No identifier finds anybody here",
        "No collection is described",
    ] {
        assert!(page.contains(said), "{said} is not in {page}");
    }
}

#[test]
fn what_waits_leads_to_its_request_and_the_rest_is_counted() {
    let page = page(SystemDetail {
        waiting: vec![waits("r-1"), waits("r-2")],
        waiting_sets: 1_237,
        ..detail(desk())
    });
    assert!(page.contains("href=\"/requests/r-1\"") && page.contains("href=\"/requests/r-2\""));
    assert!(page.contains("And 1,235 more requests."), "{page}");
    assert!(page.contains("1970-01-01 00:01 UTC") && page.contains("Erasure"));
}

#[test]
fn a_paused_system_says_why_its_requests_wait_and_its_form_comes_back_here() {
    let mut paused = desk();
    paused.paused = true;
    let page = page(SystemDetail {
        waiting: vec![waits("r-1")],
        waiting_sets: 1,
        ..detail(paused)
    });
    assert!(page.contains("these wait until it is resumed") && page.contains("Resume"));
    assert!(page.contains("name=\"on\" value=\"detail\""), "{page}");
}

#[test]
fn a_budget_says_what_is_free_and_how_long_one_more_would_wait() {
    let with = |free, waiting, wait| {
        page(SystemDetail {
            budget: Some(Budget {
                per_second: 5,
                free,
                waiting,
                wait,
            }),
            ..detail(desk())
        })
    };
    assert!(with(4, 0, 0).contains("begins at once"));
    let busy = with(0, 7, 1_840);
    assert!(busy.contains("begins in 1.8 s") && busy.contains("5 per second"));
}

#[test]
fn a_kind_names_where_it_searches_and_what_it_reaches_only_through_a_person() {
    let mut chats = collection("chats", &[IdentifierKind::ExternalContactId]);
    chats.needs_subject = true;
    let contacts = collection("contacts", &[IdentifierKind::Email]);
    let page = page(detail(system("centre", vec![contacts, chats])));
    let row = |kind: &str| {
        let mut rows = page.split("<tr>");
        let row = rows.find(|row| row.contains("Searched in\">") && row.contains(kind));
        row.unwrap_or_else(|| panic!("no {kind} in {page}"))
            .to_owned()
    };
    let email = row(">E-mail<");
    let (searched, through) = email.split_once("Only once found").expect("both");
    assert!(
        searched.contains("contacts") && through.contains("chats"),
        "{email}"
    );
    assert!(!through.contains("contacts"));
    assert!(row(">External contact id<").contains("chats"));
    assert!(page.contains("Not searchable by") && page.contains("Visitor id"));
}

#[test]
fn the_last_check_that_failed_says_what_to_do() {
    let at = |at| {
        HealthHour::of(&Health::Down {
            code: "denied".into(),
            at,
        })
    };
    let page = page(SystemDetail {
        now: HealthHour::LONG,
        hours: vec![at(0), at(HealthHour::LONG)],
        ..detail(desk())
    });
    assert!(
        page.contains("1970-01-01 01:00 UTC") && page.contains("credentials"),
        "{page}"
    );
}
