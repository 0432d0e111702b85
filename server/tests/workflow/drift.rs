//! A plan is a contract: what was not there when it was confirmed is not erased by it.

use app::backend::Requests;
use app::error::{Conflict, Error};
use app::model::{
    Blocked, IdentifierKind, Operation, RequestId, RequestState, Right, RunView, TaskState,
};
use server::connectors::{Marks, Repeat, Trace};
use server::ledger;
use server::store::StoreError;
use server::workflow::create::make;

use crate::house::{House, ada, houses};
use crate::stories::{confirmed, text};
use crate::world::{drain, new_set, worlds};

const FILE: &str = "newsletter.db";

async fn rows(house: &House, id: &str) -> u64 {
    let sql = "UPDATE subscribers SET language = language WHERE external_contact_id = $1";
    house.sql(FILE, sql, &[id]).await
}

/// The codes of what failed, by system.
fn failed(run: &RunView) -> Vec<(&str, &str)> {
    let failed = run
        .cells
        .iter()
        .filter(|cell| cell.state == TaskState::Failed);
    failed
        .map(|cell| {
            (
                cell.system.as_str(),
                cell.code.as_deref().unwrap_or_default(),
            )
        })
        .collect()
}

/// An erasure of the story's person that was confirmed and has not begun.
async fn confirmed_erasure(house: &House) -> RequestId {
    let email = text(&house.stories["merge_set_of_four"]["emails"][0]);
    let view = house.search(IdentifierKind::Email, email).await;
    let subject = &view.sets[0].members[0].handle;
    let plan = house.plan(Right::Delete, &view, subject).await;
    let plan = house.habeas.plan(&ada(), &plan).await.expect("shows");
    let root = house.habeas.create(&ada(), confirmed(&plan)).await;
    root.expect("creates")
}

#[tokio::test]
async fn one_row_more_than_was_confirmed_halts_that_system_until_there_is_a_new_plan() {
    for house in houses().await {
        let story = &house.stories["merge_set_of_four"];
        let id = text(&story["canonical"]);
        let root = confirmed_erasure(&house).await;
        let before = rows(&house, id).await;
        let insert = "INSERT INTO subscribers (email, name, language, state, external_contact_id, consented_at)
            SELECT 'new@example.org', name, language, state, external_contact_id, consented_at FROM subscribers
            WHERE external_contact_id = $1 LIMIT 1";
        assert_eq!(house.sql(FILE, insert, &[id]).await, 1);
        drain(&house.habeas.engine).await;
        let run = house.habeas.run(&ada(), &root).await.expect("shows");
        assert_eq!(run.state, RequestState::PartiallyFailed);
        assert_eq!(failed(&run), [("newsletter", "drifted")]);
        assert_eq!(
            rows(&house, id).await,
            before + 1,
            "nothing was touched there"
        );
        let erased = run
            .cells
            .iter()
            .filter(|cell| cell.operation == Operation::Delete && cell.state == TaskState::Done);
        assert!(erased.count() > 10, "the other systems go on");
        assert_eq!(run.retry_blocked, Some(Blocked::Drifted));
        let retried = house.habeas.retry(&ada(), &root).await;
        let why = Conflict::Retry {
            blocked: Blocked::Drifted,
        };
        assert_eq!(retried, Err(Error::Conflict { why }));

        // Each row is a record of its own, now that the contact is gone.
        let view = house.search(IdentifierKind::ExternalContactId, id).await;
        assert_eq!(view.sets.len(), 2);
        for set in &view.sets {
            let plan = house
                .plan(Right::Delete, &view, &set.members[0].handle)
                .await;
            let plan = house.habeas.plan(&ada(), &plan).await.expect("shows");
            let root = house.habeas.create(&ada(), confirmed(&plan)).await;
            let root = root.expect("creates");
            drain(&house.habeas.engine).await;
            let run = house.habeas.run(&ada(), &root).await.expect("shows");
            assert_eq!(failed(&run), []);
        }
        assert_eq!(rows(&house, id).await, 0);
    }
}

#[tokio::test]
async fn rows_that_are_gone_already_are_no_matter() {
    for house in houses().await {
        let story = &house.stories["merge_set_of_four"];
        let id = text(&story["canonical"]);
        let root = confirmed_erasure(&house).await;
        let gone = "DELETE FROM subscribers WHERE external_contact_id = $1";
        assert!(house.sql(FILE, gone, &[id]).await > 0);
        drain(&house.habeas.engine).await;
        let run = house.habeas.run(&ada(), &root).await.expect("shows");
        assert_eq!(failed(&run), []);
        assert_eq!(run.state, RequestState::CompletedWithExceptions);
    }
}

#[tokio::test]
async fn a_row_in_the_place_of_another_is_not_the_one_that_was_confirmed() {
    for house in houses().await {
        let id = text(&house.stories["merge_set_of_four"]["canonical"]);
        let root = confirmed_erasure(&house).await;
        let before = rows(&house, id).await;
        let renumber = "UPDATE subscribers SET id = id + 1000000 WHERE external_contact_id = $1";
        assert!(house.sql(FILE, renumber, &[id]).await > 0);
        drain(&house.habeas.engine).await;
        let run = house.habeas.run(&ada(), &root).await.expect("shows");
        assert_eq!(failed(&run), [("newsletter", "drifted")]);
        assert_eq!(rows(&house, id).await, before, "nothing was touched there");
    }
}

#[tokio::test]
async fn what_is_tried_again_is_held_to_the_same_rows() {
    const HOLD: &str =
        "CREATE TRIGGER hold BEFORE DELETE ON subscribers BEGIN SELECT RAISE(ABORT, 'no'); END";
    for house in houses().await {
        let id = text(&house.stories["merge_set_of_four"]["canonical"]);
        let root = confirmed_erasure(&house).await;
        house.sql(FILE, HOLD, &[]).await;
        drain(&house.habeas.engine).await;
        let run = house.habeas.run(&ada(), &root).await.expect("shows");
        assert!(failed(&run).iter().all(|(_, code)| *code == "constraint"));
        house.sql(FILE, "DROP TRIGGER hold", &[]).await;
        let before = rows(&house, id).await;
        assert!(before > 0);
        let renumber = "UPDATE subscribers SET id = id + 1000000 WHERE external_contact_id = $1";
        assert!(house.sql(FILE, renumber, &[id]).await > 0);
        let again = house.habeas.retry(&ada(), &root).await.expect("retries");
        drain(&house.habeas.engine).await;
        let run = house.habeas.run(&ada(), &again).await.expect("shows");
        assert_eq!(failed(&run), [("newsletter", "drifted")]);
        assert_eq!(rows(&house, id).await, before);
    }
}

#[tokio::test]
async fn a_system_fails_where_it_drifted_and_is_left_as_it_was() {
    const DESK: &str = "help-desk.db";
    for house in houses().await {
        let id = text(&house.stories["merge_set_of_four"]["canonical"]);
        for insert in [
            "INSERT INTO contacts (id, full_name, external_contact_id, created_at) VALUES (990001, 'M', $1, '')",
            "INSERT INTO tickets SELECT 990001, id, 's', 'd', 'open', $1 FROM contacts WHERE id = 990001",
            "INSERT INTO comments SELECT 990001, id, 'agent', $1, '' FROM tickets WHERE id = 990001",
        ] {
            assert_eq!(house.sql(DESK, insert, &[id]).await, 1);
        }
        let root = confirmed_erasure(&house).await;
        let insert = "INSERT INTO tickets SELECT 990002, id, 's', 'd', 'open', $1 FROM contacts WHERE id = 990001";
        assert_eq!(house.sql(DESK, insert, &[id]).await, 1);
        drain(&house.habeas.engine).await;
        let run = house.habeas.run(&ada(), &root).await.expect("shows");
        let events = house.habeas.events(&ada(), &root, 0).await.expect("shows");
        // Looks are for now, not for then.
        let told = RunView {
            rechecks: Vec::new(),
            ..run.clone()
        };
        assert_eq!(run.as_of(&events, run.last_event), told);
        let of_desk = run
            .cells
            .iter()
            .filter(|cell| cell.system.as_str() == "help-desk" && cell.request == root);
        let mut ended: Vec<_> = of_desk
            .map(|cell| (cell.collection.as_str(), cell.state, cell.code.as_deref()))
            .collect();
        ended.sort_by_key(|(collection, ..)| *collection);
        let not_begun = (TaskState::Cancelled, Some("not_begun"));
        let want = [
            ("comments", not_begun.0, not_begun.1),
            ("contacts", not_begun.0, not_begun.1),
            ("tickets", TaskState::Failed, Some("drifted")),
        ];
        assert_eq!(ended, want);
        for (touch, count) in [
            ("UPDATE contacts SET created_at = $1 WHERE id = 990001", 1),
            (
                "UPDATE tickets SET created_at = $1 WHERE contact_id = 990001",
                2,
            ),
            (
                "UPDATE comments SET created_at = $1 WHERE ticket_id = 990001",
                1,
            ),
        ] {
            assert_eq!(house.sql(DESK, touch, &[id]).await, count, "{touch}");
        }
    }
}

#[tokio::test]
async fn what_a_plan_named_is_stored_to_the_row() {
    let trace = |marks: &[u64]| Trace {
        rows: marks.len() as u64,
        marks: Some(Marks::new(marks.to_vec())),
        shared: None,
    };
    let counted = Trace {
        rows: 7,
        ..Trace::default()
    };
    for world in worlds(Repeat::Natural).await {
        for (key, named) in [
            ("e1", vec![trace(&[]); 3]),
            ("e2", vec![trace(&[3, 1]), counted.clone(), trace(&[])]),
            ("e3", vec![trace(&[]), trace(&[2]), trace(&[u64::MAX, 0])]),
        ] {
            let mut set = new_set(&world.engine, Right::Delete, &[key]);
            let tasks = set.members[0].work.pieces.len();
            let named = named.into_iter().cycle().take(tasks);
            set.members[0].planned = named.map(Some).collect();
            let planned = set.members[0].planned.clone();
            let root = make(&world.engine, set).await.expect("makes").root();
            let read = world
                .engine
                .db
                .write(|tx| Box::pin(async move { ledger::planned(tx, &root).await }));
            let read: Result<Vec<_>, StoreError> = read.await;
            let read = read.expect("reads").into_iter();
            let read: Vec<_> = read.map(|(_, _, trace)| Some(trace)).collect();
            assert_eq!(read, planned, "{}", world.name);
        }
    }
}
