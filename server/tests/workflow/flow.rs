//! What happens when nothing goes wrong, and what must never happen.

use app::model::{Blocked, EventKind, Operation, RequestState, Right};
use server::connectors::{Fault, FaultCode, Repeat};
use server::evidence::{self, Verdict};
use server::store::StoreError;
use server::workflow::create::{Created, make};
use server::workflow::janitor;
use server::workflow::retry::{RetryError, blocked};

use crate::scripted::Line;
use crate::world::{World, again, made, meddle, new_set, worlds};

#[tokio::test]
async fn an_erasure_runs_children_first_and_is_verified() {
    for world in worlds(Repeat::Natural).await {
        for collection in ["contacts", "tickets", "comments"] {
            world.crm.put("e1", collection, 3);
        }
        let root = made(&world.engine, Right::Delete, &["e1"]).await;
        world.run().await;
        assert_eq!(
            world.state(&root).await,
            RequestState::Completed,
            "{}",
            world.name
        );
        let order: Vec<_> = world.crm.done().into_iter().map(|done| done.1).collect();
        let place = |name: &str| order.iter().position(|other| other == name).expect("done");
        assert!(place("comments") < place("tickets") && place("tickets") < place("contacts"));
        let events = world.events(&root).await;
        let verifying = EventKind::StateChanged {
            state: RequestState::Verifying,
        };
        assert!(events.iter().any(|event| event.kind == verifying));
        world.check(&root).await;
    }
}

#[tokio::test]
async fn what_a_law_keeps_is_an_exception_and_stays() {
    for world in worlds(Repeat::Natural).await {
        world.crm.put("e1", "invoices", 4);
        let root = made(&world.engine, Right::Delete, &["e1"]).await;
        world.run().await;
        assert_eq!(
            world.state(&root).await,
            RequestState::CompletedWithExceptions
        );
        assert_eq!(world.crm.rows("e1", "invoices"), 4);
        let cells = world.engine.db.tasks_of_root(&root).await.expect("reads");
        assert!(cells.iter().any(|cell| cell.kept == Some(4)));
    }
}

#[tokio::test]
async fn an_export_ends_with_a_package() {
    for world in worlds(Repeat::Natural).await {
        world.crm.put("e1", "contacts", 2);
        let root = made(&world.engine, Right::Export, &["e1"]).await;
        world.run().await;
        assert_eq!(world.state(&root).await, RequestState::Completed);
        let package = world.engine.db.package_of_request(&root).await;
        assert!(package.expect("reads").expect("a package").bytes > 0);
        world.check(&root).await;
    }
}

#[tokio::test]
async fn fifty_identical_requests_at_once_make_one() {
    for world in worlds(Repeat::Natural).await {
        let asked = (0..50).map(|_| {
            let engine = world.engine.clone();
            tokio::spawn(async move {
                make(&engine, new_set(&engine, Right::Delete, &["e1", "e2"])).await
            })
        });
        let (mut new, mut others) = (Vec::new(), Vec::new());
        for answer in futures::future::join_all(asked).await {
            match answer.expect("runs").expect("makes") {
                Created::New { root } => new.push(root),
                other => others.push(other.root()),
            }
        }
        assert_eq!((new.len(), others.len()), (1, 49), "{}", world.name);
        assert!(others.iter().all(|root| *root == new[0]), "{}", world.name);
    }
}

#[tokio::test]
async fn one_that_has_ended_does_not_block_the_next() {
    for world in worlds(Repeat::Natural).await {
        let first = made(&world.engine, Right::Delete, &["e1"]).await;
        world.run().await;
        let second = made(&world.engine, Right::Delete, &["e1"]).await;
        assert_ne!(first, second);
    }
}

/// A set of four of which the third member's deletion fails for good.
async fn one_failing_member(world: &World) -> app::model::RequestId {
    for id in ["e1", "e2", "e3", "e4"] {
        world.crm.put(id, "contacts", 1);
    }
    // Tasks run member by member, oldest first: the third call is the third member's.
    for _ in 0..2 {
        world.crm.say(
            Operation::Delete,
            "contacts",
            Line::Fault(Fault::retry(FaultCode::Timeout)),
        );
    }
    world.crm.say(
        Operation::Delete,
        "contacts",
        Line::Fault(Fault::stop(FaultCode::Constraint)),
    );
    made(&world.engine, Right::Delete, &["e1", "e2", "e3", "e4"]).await
}

#[tokio::test]
async fn a_failing_member_leaves_the_others_alone_and_is_retried_alone() {
    for world in worlds(Repeat::Natural).await {
        let root = one_failing_member(&world).await;
        assert!(
            matches!(blocked(&world.set(&root).await), Some(Blocked::InFlight { requests }) if requests.len() == 4)
        );
        world.run().await;
        assert_eq!(world.state(&root).await, RequestState::PartiallyFailed);
        let set = world.set(&root).await;
        let failed: Vec<_> = set
            .iter()
            .filter(|member| member.state == RequestState::PartiallyFailed)
            .collect();
        assert_eq!(failed.len(), 1, "{}", world.name);
        assert!(
            set.iter()
                .filter(|member| member.state == RequestState::Completed)
                .count()
                == 3
        );
        assert_eq!(blocked(&set), None);

        let new = again(&world.engine, &root).await.expect("retries");
        assert!(matches!(
            again(&world.engine, &root).await,
            Err(RetryError::Blocked(Blocked::Retried { .. }))
        ));
        world.run().await;
        let retried = world.set(&new).await;
        assert_eq!(retried.len(), 1, "only the failed one");
        assert_eq!(retried[0].subject, failed[0].subject);
        assert_eq!(world.state(&new).await, RequestState::Completed);
        world.check(&root).await;
        world.check(&new).await;
    }
}

/// What is done to a chain, and the entry at which it shows.
const FORGERIES: [(&[&str], Option<i64>); 5] = [
    (
        &["UPDATE evidence SET body = '{}' WHERE chain = $1 AND seq = 2"],
        Some(2),
    ),
    (
        &["UPDATE evidence SET actor = 'staff:2' WHERE chain = $1 AND seq = 1"],
        Some(1),
    ),
    (
        &["DELETE FROM evidence WHERE chain = $1 AND seq = 3"],
        Some(3),
    ),
    (
        &[
            "UPDATE evidence SET seq = -1 WHERE chain = $1 AND seq = 2",
            "UPDATE evidence SET seq = 2 WHERE chain = $1 AND seq = 3",
            "UPDATE evidence SET seq = 3 WHERE chain = $1 AND seq = -1",
        ],
        Some(2),
    ),
    // The last one, wherever that is.
    (
        &["DELETE FROM evidence WHERE chain = $1 AND seq =
            (SELECT seq FROM evidence_head WHERE chain = $1)"],
        None,
    ),
];

#[tokio::test]
async fn a_changed_dropped_or_reordered_entry_is_found() {
    for world in worlds(Repeat::Natural).await {
        for (at, (changes, shows)) in FORGERIES.into_iter().enumerate() {
            let root = made(&world.engine, Right::Delete, &[&format!("e{at}")]).await;
            world.run().await;
            let verdict = async || {
                let verdict = evidence::verify(&world.engine.db, root.as_str()).await;
                verdict.expect("reads")
            };
            let Verdict::Whole { entries } = verdict().await else {
                panic!("broken before anything was changed")
            };
            for change in changes {
                meddle(&world.engine.db, change, root.as_str()).await;
            }
            let seq = shows.unwrap_or(entries);
            assert_eq!(verdict().await, Verdict::Broken { seq }, "{changes:?}");
        }
    }
}

#[tokio::test]
async fn what_can_no_longer_be_downloaded_is_thrown_away() {
    for rows in [2, 5_000] {
        what_is_old_is_thrown_away(rows).await;
    }
}

/// With so many rows to download.
async fn what_is_old_is_thrown_away(rows: u64) {
    for world in worlds(Repeat::Natural).await {
        world.crm.put("e1", "contacts", rows);
        let root = made(&world.engine, Right::Export, &["e1"]).await;
        world.run().await;
        let packages = world.engine.folder.join("packages");
        let packages = || std::fs::read_dir(&packages).map_or(0, Iterator::count);
        assert_eq!((world.parts().await, packages()), (1, 1));
        janitor::clean(&world.engine).await.expect("cleans");
        assert_eq!(
            (world.parts().await, packages()),
            (0, 1),
            "still to be downloaded"
        );
        let expire = world.engine.db.write(|tx| {
            Box::pin(async move { tx.run("UPDATE package SET expires_at = 1", &[]).await })
        });
        let expired: Result<u64, StoreError> = expire.await;
        assert_eq!(expired.expect("writes"), 1);
        janitor::clean(&world.engine).await.expect("cleans");
        assert_eq!(packages(), 0);
        let package = world
            .engine
            .db
            .package_of_request(&root)
            .await
            .expect("reads");
        assert_eq!(package, None);
    }
}
