//! Whether it is ready, and the numbers about it.

use axum::body::Body;
use axum::http::StatusCode;
use server::ledger;
use server::store::StoreError;
use tower::ServiceExt;

use crate::databases::fresh;
use crate::world::{Answer, World, ask};

#[tokio::test(flavor = "multi_thread")]
async fn many_that_ask_at_once_are_all_told_that_it_is_ready() {
    let world = World::new().await;
    for _ in 0..5 {
        let asked = (0..50).map(|_| {
            let router = world.router.clone();
            let request = ask("GET", "/readyz").body(Body::empty()).expect("request");
            tokio::spawn(async move { router.oneshot(request).await.expect("infallible").status() })
        });
        for status in futures::future::join_all(asked).await {
            assert_eq!(status.expect("ends"), StatusCode::OK);
        }
    }
    let left = std::fs::read_dir(world.folder.path()).expect("folder");
    let probes = left.filter(|entry| {
        let name = entry.as_ref().expect("entry").file_name();
        name.to_string_lossy().starts_with(".probe")
    });
    assert_eq!(probes.count(), 0);
}

#[tokio::test]
async fn metrics_are_not_among_the_pages() {
    let world = World::new().await;
    assert_eq!(world.get("/metrics").await.status, StatusCode::NOT_FOUND);
    let request = ask("GET", "/metrics").body(Body::empty()).expect("request");
    let answer = server::http::metrics_router(&world.web).oneshot(request);
    let answer = Answer::of(answer.await.expect("infallible")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn tasks_are_counted_by_state_with_the_oldest_that_waits() {
    for fresh in fresh().await {
        assert_eq!(ledger::counts(&fresh.db).await.expect("counts"), []);
        let request = "INSERT INTO request (id, root_id, position, rights, state, set_state, subject, subject_kind,
            target_sealed, reason_sealed, actor, actor_name, plan_hash, open_tasks, created_at)
            VALUES ('r', 'r', 0, 'export', 'running', 'running', 's', 'user_id', $1, $1, 'a', 'a', 'h', 3, 0)";
        let task = "INSERT INTO task (id, request_id, root_id, system_id, collection, operation, repeat_class, state,
            max_attempts, run_at, position, created_at)
            VALUES ($1, 'r', 'r', 'crm', 'c', 'export', 'natural', $2, 3, 1000, 0, 0)";
        let write = fresh.db.write(move |tx| {
            Box::pin(async move {
                tx.run(request, server::params![vec![0_u8]]).await?;
                for (id, state) in [("1", "ready"), ("2", "ready"), ("3", "done")] {
                    tx.run(task, server::params![id, state]).await?;
                }
                Ok::<_, StoreError>(())
            })
        });
        write.await.expect("writes");
        let mut counts = ledger::counts(&fresh.db).await.expect("counts");
        counts.sort_by(|a, b| a.state.cmp(&b.state));
        let [done, ready] = &counts[..] else {
            panic!("{}: {counts:?}", fresh.name);
        };
        assert_eq!((done.tasks, done.late), (1, None), "{}", fresh.name);
        assert_eq!(ready.tasks, 2, "{}", fresh.name);
        assert!(
            ready.late.is_some_and(|late| late > 1_000_000_000_000),
            "{ready:?}"
        );
        assert!(
            counts
                .iter()
                .all(|count| ledger::STATES.contains(&count.state.as_str()))
        );
    }
}
