//! What failed may be skipped by a person: never anything else, never as if it were done, and never twice.

use app::model::{
    Blocked, CoverageState, EventKind, Operation, RequestId, RequestState, Right, SkipGround,
    SystemId, TaskState,
};
use server::connectors::{Fault, FaultCode, Repeat};
use server::evidence;
use server::ledger::OURS;
use server::params;
use server::workflow::skip::{self, Decision, SkipError};
use server::workflow::{Engine, janitor, worker};

use crate::lost::{claim, expire};
use crate::scripted::Line;
use crate::world::{World, again, made, meddle, worlds};

const REASON: &str = "Canary-4711, she called.";

fn decision(request: &RequestId, system: &str) -> Decision {
    Decision {
        request: request.clone(),
        system: SystemId::parse(system).expect("an id"),
        ground: SkipGround::Decommissioned,
        reason: REASON.to_owned(),
        actor: "staff:7".to_owned(),
        actor_name: "Grace".to_owned(),
    }
}

pub(crate) async fn skip(
    engine: &Engine,
    root: &RequestId,
    request: &RequestId,
    system: &str,
) -> Result<(), SkipError> {
    let (inner, root, decision) = (engine.clone(), root.clone(), decision(request, system));
    let write = engine
        .db
        .write(move |tx| Box::pin(async move { skip::skip(&inner, tx, &root, &decision).await }));
    write.await
}

fn fails(world: &World, operation: Operation, collection: &str) {
    let fault = Line::Fault(Fault::stop(FaultCode::Denied));
    world.crm.say(operation, collection, fault);
}

/// A set for one record in which the CRM's first task failed, and what depends on it was not begun.
async fn stopped(world: &World, right: Right) -> RequestId {
    for system in [&world.crm, &world.shop] {
        system.put("s1", "contacts", 1);
        system.put("s1", "comments", 2);
    }
    let operation = server::workflow::work::operation_of(right);
    fails(world, operation, "comments");
    let root = made(&world.engine, right, &["s1"]).await;
    world.run().await;
    assert_eq!(world.state(&root).await, RequestState::PartiallyFailed);
    root
}

async fn states(world: &World, root: &RequestId, system: &str) -> Vec<TaskState> {
    let cells = world.engine.db.tasks_of_root(root).await.expect("reads");
    let here = cells.iter().filter(|cell| cell.system.as_str() == system);
    here.map(|cell| cell.state).collect()
}

/// Texts of a table's column, of the set.
async fn texts(world: &World, sql: &'static str, root: &RequestId) -> Vec<String> {
    let rows = world.engine.db.all(sql, params![root.as_str()]).await;
    let text = |row: &server::store::Row| row.text("text").expect("a text");
    rows.expect("reads").iter().map(text).collect()
}

fn is_blocked(outcome: &Result<(), SkipError>) -> Option<&Blocked> {
    match outcome {
        Err(SkipError::Blocked(why)) => Some(why),
        _ => None,
    }
}

#[tokio::test]
async fn an_erasure_goes_on_without_what_was_skipped_and_never_ends_as_if_all_were_erased() {
    for world in worlds(Repeat::Natural).await {
        let root = stopped(&world, Right::Delete).await;
        skip(&world.engine, &root, &root, "crm")
            .await
            .expect("skips");
        assert_eq!(world.state(&root).await, RequestState::Verifying);
        world.check(&root).await;
        world.run().await;
        let state = world.state(&root).await;
        assert_eq!(
            state,
            RequestState::CompletedWithExceptions,
            "{}",
            world.name
        );
        world.check(&root).await;

        let crm = states(&world, &root, "crm").await;
        assert_eq!(CoverageState::of_tasks(crm.clone()), CoverageState::Waived);
        let skipped = crm.iter().filter(|one| **one == TaskState::Skipped).count();
        assert_eq!(skipped, 3, "the one that failed and the two not begun");
        assert_eq!(
            world.crm.rows("s1", "comments"),
            2,
            "nothing was done there"
        );
        assert_eq!(crm.len(), 5, "only what was erased there is verified");
        let events = world.events(&root).await;
        let was = |kind: &EventKind| match kind {
            EventKind::TaskSkipped { was, .. } => Some(*was),
            _ => None,
        };
        let was: Vec<_> = events.iter().filter_map(|event| was(&event.kind)).collect();
        use TaskState::{Cancelled, Failed};
        assert_eq!(was, [Cancelled, Cancelled, Failed]);
    }
}

#[tokio::test]
async fn evidence_names_ground_and_actor_and_the_reason_is_sealed_everywhere() {
    for world in worlds(Repeat::Natural).await {
        let db = &world.engine.db;
        let root = stopped(&world, Right::Delete).await;
        skip(&world.engine, &root, &root, "crm")
            .await
            .expect("skips");
        world.run().await;
        let sql = "SELECT actor || ' ' || body AS text FROM evidence
            WHERE chain = $1 AND action = 'task.skipped'";
        let entries = texts(&world, sql, &root).await;
        assert_eq!(entries.len(), 1, "{entries:?}");
        assert!(entries[0].starts_with("staff:7 ") && entries[0].contains("decommissioned"));
        for sql in [
            "SELECT body AS text FROM event WHERE root_id = $1",
            "SELECT body AS text FROM evidence WHERE chain = $1 OR chain = 'habeas'",
        ] {
            let all = texts(&world, sql, &root).await;
            assert!(all.iter().all(|text| !text.contains("Canary")), "{sql}");
        }
        let rows = db.skips_of_root(&root).await.expect("reads");
        let opened = skip::reason(&world.engine.keys, &rows[0]).expect("opens");
        assert_eq!(
            (opened.as_str(), rows[0].actor_name.as_str()),
            (REASON, "Grace")
        );
        assert!(
            !rows[0]
                .reason_sealed
                .windows(6)
                .any(|part| part == b"Canary")
        );

        let audit = evidence::verify_all(db).await.expect("reads");
        assert!(audit.broken.is_empty(), "{audit:?}");
    }
}

#[tokio::test]
async fn an_export_is_packaged_without_what_was_skipped_as_long_as_what_was_read_is_kept() {
    for world in worlds(Repeat::Natural).await {
        let (engine, db) = (&world.engine, &world.engine.db);
        let root = stopped(&world, Right::Export).await;
        janitor::clean(engine).await.expect("cleans");
        skip(engine, &root, &root, "crm").await.expect("skips");
        assert_eq!(world.state(&root).await, RequestState::Packaging);
        world.run().await;
        let state = world.state(&root).await;
        assert_eq!(
            state,
            RequestState::CompletedWithExceptions,
            "{}",
            world.name
        );
        assert!(db.package_of_request(&root).await.expect("reads").is_some());
        let left_out = db.exports_skipped(&root).await.expect("reads");
        assert_eq!(left_out.len(), 1, "{left_out:?}");
        assert_eq!(left_out[0].2, SkipGround::Decommissioned);

        let old = stopped(&world, Right::Export).await;
        let long_ago = "UPDATE request SET ended_at = 1 WHERE id = $1";
        meddle(db, long_ago, old.as_str()).await;
        janitor::clean(engine).await.expect("cleans");
        let why = skip(engine, &old, &old, "crm").await;
        assert_eq!(is_blocked(&why), Some(&Blocked::TooOld));
    }
}

#[tokio::test]
async fn only_what_failed_can_be_skipped_and_only_once_all_have_ended() {
    for world in worlds(Repeat::Natural).await {
        let engine = &world.engine;
        world.crm.put("s1", "contacts", 1);
        fails(&world, Operation::Delete, "invoices");
        let root = made(engine, Right::Delete, &["s1", "s2"]).await;
        let blocked = skip(engine, &root, &root, "crm").await;
        assert!(matches!(
            is_blocked(&blocked),
            Some(Blocked::InFlight { .. })
        ));
        world.run().await;
        let set = world.set(&root).await;
        let failed = set
            .iter()
            .find(|one| one.state == RequestState::PartiallyFailed);
        let failed = failed.expect("one failed").id.clone();
        let other = set
            .iter()
            .find(|one| one.id != failed)
            .expect("two")
            .id
            .clone();
        let before = world.events(&root).await.len();
        for (request, system) in [
            (&other, "crm"),
            (&failed, "shop"),
            (&failed, OURS),
            (&failed, "nowhere"),
        ] {
            let why = skip(engine, &root, request, system).await;
            assert_eq!(is_blocked(&why), Some(&Blocked::NothingFailed), "{system}");
        }
        assert_eq!(
            world.events(&root).await.len(),
            before,
            "nothing was written"
        );
        skip(engine, &root, &failed, "crm").await.expect("skips");
        world.run().await;
        let crm = states(&world, &root, "crm").await;
        assert_eq!(
            crm.iter().filter(|one| **one == TaskState::Skipped).count(),
            1
        );
        let why = skip(engine, &root, &failed, "crm").await;
        assert_eq!(is_blocked(&why), Some(&Blocked::NothingFailed), "only once");
        world.check(&root).await;
    }
}

#[tokio::test]
async fn what_is_skipped_in_part_still_needs_a_person_and_a_retry_tries_all_of_it_again() {
    for world in worlds(Repeat::Natural).await {
        fails(&world, Operation::Delete, "invoices");
        let fault = Line::Fault(Fault::stop(FaultCode::Denied));
        world.shop.say(Operation::Delete, "invoices", fault);
        let root = made(&world.engine, Right::Delete, &["s1"]).await;
        world.run().await;
        skip(&world.engine, &root, &root, "crm")
            .await
            .expect("skips");
        assert_eq!(world.state(&root).await, RequestState::PartiallyFailed);
        world.check(&root).await;
        let second = again(&world.engine, &root).await.expect("retries");
        world.run().await;
        assert_eq!(world.state(&second).await, RequestState::Completed);
        let why = skip(&world.engine, &root, &root, "shop").await;
        assert!(matches!(is_blocked(&why), Some(Blocked::Retried { .. })));
    }
}

/// The set's chain was closed in the main one when it ended; what was skipped after that can't be cut off unseen.
#[tokio::test]
async fn a_skip_can_not_be_cut_off_the_evidence() {
    for world in worlds(Repeat::Natural).await {
        let db = &world.engine.db;
        fails(&world, Operation::Delete, "invoices");
        let fault = Line::Fault(Fault::stop(FaultCode::Denied));
        world.shop.say(Operation::Delete, "invoices", fault);
        let root = made(&world.engine, Right::Delete, &["s1"]).await;
        world.run().await;
        skip(&world.engine, &root, &root, "crm")
            .await
            .expect("skips");
        for sql in [
            "DELETE FROM evidence WHERE chain = $1 AND action = 'task.skipped'",
            "UPDATE evidence_head SET seq = seq - 1, hash = (SELECT hash FROM evidence
                WHERE chain = $1 ORDER BY seq DESC LIMIT 1) WHERE chain = $1",
        ] {
            meddle(db, sql, root.as_str()).await;
        }
        let audit = evidence::verify_all(db).await.expect("reads");
        let broken: Vec<_> = audit
            .broken
            .iter()
            .map(|(chain, _)| chain.as_str())
            .collect();
        assert_eq!(broken, [root.as_str()]);
    }
}

#[tokio::test]
async fn of_a_skip_and_a_retry_at_the_same_time_one_wins() {
    for world in worlds(Repeat::Natural).await {
        let root = stopped(&world, Right::Delete).await;
        let (skipped, retried) = tokio::join!(
            skip(&world.engine, &root, &root, "crm"),
            again(&world.engine, &root)
        );
        assert_ne!(skipped.is_ok(), retried.is_ok(), "{skipped:?} {retried:?}");
        world.run().await;
        world.check(&root).await;
    }
}

#[tokio::test]
async fn two_people_who_skip_the_same_at_once_decide_it_once() {
    for world in worlds(Repeat::Natural).await {
        let root = stopped(&world, Right::Delete).await;
        let (one, two) = tokio::join!(
            skip(&world.engine, &root, &root, "crm"),
            skip(&world.engine, &root, &root, "crm")
        );
        assert_ne!(one.is_ok(), two.is_ok(), "{one:?} {two:?}");
        world.run().await;
        world.check(&root).await;
    }
}

#[tokio::test]
async fn a_worker_that_comes_back_late_does_not_undo_a_skip() {
    for world in worlds(Repeat::None).await {
        let engine = &world.engine;
        world.crm.put("s1", "contacts", 1);
        let root = made(engine, Right::Delete, &["s1"]).await;
        let crm = SystemId::parse("crm").expect("an id");
        let lost = claim(engine, &crm).await.expect("a task");
        expire(&world, &lost.id).await;
        worker::reap_once(engine).await.expect("reaps");
        world.run().await;
        skip(engine, &root, &root, "crm").await.expect("skips");
        let before = (
            world.events(&root).await,
            states(&world, &root, "crm").await,
        );
        let late = server::ledger::Ending::Done {
            rows: 1,
            kept: 0,
            part: None,
        };
        worker::finish(engine, &lost, late.into())
            .await
            .expect("is fenced quietly");
        let after = (
            world.events(&root).await,
            states(&world, &root, "crm").await,
        );
        assert_eq!(before, after);
        world.run().await;
        world.check(&root).await;
        let state = world.state(&root).await;
        assert_eq!(state, RequestState::CompletedWithExceptions);
    }
}

#[tokio::test]
async fn an_erasure_of_which_everything_was_skipped_erased_nobody() {
    for world in worlds(Repeat::Natural).await {
        for collection in ["comments", "invoices"] {
            fails(&world, Operation::Delete, collection);
            let fault = Line::Fault(Fault::stop(FaultCode::Denied));
            world.shop.say(Operation::Delete, collection, fault);
        }
        let root = made(&world.engine, Right::Delete, &["s1"]).await;
        world.run().await;
        for system in ["crm", "shop"] {
            skip(&world.engine, &root, &root, system)
                .await
                .expect("skips");
        }
        let set = world.set(&root).await;
        assert_eq!(set[0].state, RequestState::CompletedWithExceptions);
        let (subject, db) = (set[0].subject.clone(), &world.engine.db);
        let erased =
            db.write(move |tx| Box::pin(async move { tx.subject_erased_since(&subject, 0).await }));
        let erased: Result<bool, server::store::StoreError> = erased.await;
        assert!(!erased.expect("reads"));
        world.check(&root).await;
    }
}
