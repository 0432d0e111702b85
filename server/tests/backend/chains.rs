//! Chains of evidence: what was changed, cut off, replaced or thrown away is found, and nothing else is.

use app::model::RequestId;
use serde_json::json;
use server::evidence::{self, Audit, Entry, MAIN, Verdict, append, verify, verify_all};
use server::params;
use server::store::{Db, StoreError};

use crate::world::{NOW, World, change, worlds};

async fn write(db: &Db, chain: &str) {
    let chain = chain.to_owned();
    let write = db.write(move |tx| {
        Box::pin(async move {
            let (actor, action, body) = ("staff:1", "test.written", json!({}));
            let entry = Entry {
                chain: &chain,
                actor,
                action,
                body,
            };
            append(tx, 1, entry).await.map(|_| ())
        })
    });
    let written: Result<(), StoreError> = write.await;
    written.expect("writes");
}

/// A set that has ended, and how many entries its chain has.
async fn ended(world: &World, id: &str) -> (RequestId, i64) {
    let root = world.ask(id).await.expect("makes");
    world.work().await;
    match verify(world.db(), root.as_str()).await.expect("reads") {
        Verdict::Whole { entries } => (root, entries),
        broken => panic!("{}: {broken:?}", world.name),
    }
}

async fn found(world: &World) -> Vec<(String, Verdict)> {
    verify_all(world.db()).await.expect("reads").broken
}

async fn throw_away(world: &World, chain: &str) {
    for sql in [
        "DELETE FROM evidence WHERE chain = $1",
        "DELETE FROM evidence_head WHERE chain = $1",
    ] {
        assert!(change(world.db(), sql, params![chain]).await > 0);
    }
}

#[tokio::test]
async fn all_chains_are_whole_until_someone_changes_one() {
    for world in worlds(NOW).await {
        let none = verify_all(world.db()).await.expect("reads");
        assert_eq!(none, Audit::default(), "nothing was written yet");
        let (root, _) = ended(&world, "c1").await;
        let (_, _) = ended(&world, "c2").await;
        let count = "SELECT COUNT(*) AS n FROM evidence";
        let row = world.db().one(count, &[]).await.expect("reads");
        let audit = verify_all(world.db()).await.expect("reads");
        let entries = row.expect("a row").int("n").expect("a number");
        let (chains, broken) = (3, Vec::new());
        let whole = Audit {
            chains,
            entries,
            broken,
        };
        assert_eq!(audit, whole, "{}", world.name);
        let sql = "UPDATE evidence SET actor = 'staff:9' WHERE chain = $1 AND seq = 2";
        assert_eq!(change(world.db(), sql, params![root.as_str()]).await, 1);
        let broken = (root.to_string(), Verdict::Broken { seq: 2 });
        assert_eq!(found(&world).await, [broken]);
    }
}

#[tokio::test]
async fn a_chain_without_its_head_or_past_it_is_broken() {
    for world in worlds(NOW).await {
        let (root, entries) = ended(&world, "c1").await;
        let sql = "DELETE FROM evidence_head WHERE chain = $1";
        change(world.db(), sql, params![root.as_str()]).await;
        let broken = (root.to_string(), Verdict::Broken { seq: entries + 1 });
        assert_eq!(found(&world).await, [broken], "{}", world.name);
        throw_away(&world, MAIN).await;
        let (root, entries) = ended(&world, "c2").await;
        let sql = "INSERT INTO evidence (chain, seq, at, actor, action, body, hash)
            SELECT chain, seq + 1, at, actor, action, body, hash FROM evidence
            WHERE chain = $1 AND seq = $2";
        change(world.db(), sql, params![root.as_str(), entries]).await;
        let verdict = verify(world.db(), root.as_str()).await.expect("reads");
        assert_eq!(verdict, Verdict::Broken { seq: entries + 1 });
    }
}

#[tokio::test]
async fn a_chain_that_was_thrown_away_is_missed() {
    for world in worlds(NOW).await {
        let (root, _) = ended(&world, "c1").await;
        throw_away(&world, root.as_str()).await;
        let gone = |chain: &str| (chain.to_owned(), Verdict::Broken { seq: 1 });
        assert_eq!(found(&world).await, [gone(root.as_str())], "{}", world.name);
        throw_away(&world, MAIN).await;
        let both = [gone(root.as_str()), gone(MAIN)];
        assert_eq!(found(&world).await, both, "{}", world.name);
    }
}

#[tokio::test]
async fn a_chain_that_was_written_anew_is_not_the_one_that_was_noted() {
    for world in worlds(NOW).await {
        let (root, entries) = ended(&world, "c1").await;
        throw_away(&world, root.as_str()).await;
        for _ in 0..entries {
            write(world.db(), root.as_str()).await;
        }
        let whole = Verdict::Whole { entries };
        assert_eq!(
            verify(world.db(), root.as_str()).await.expect("reads"),
            whole
        );
        let noted = match &found(&world).await[..] {
            [(chain, Verdict::Replaced { noted })] if chain == root.as_str() => *noted,
            other => panic!("{}: {other:?}", world.name),
        };
        let sql = "SELECT action FROM evidence WHERE chain = $1 AND seq = $2";
        let row = world.db().one(sql, params![evidence::MAIN, noted]).await;
        let action = row.expect("reads").expect("a row").text("action");
        assert_eq!(action.expect("a text"), "request.created");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chain_that_is_being_written_is_whole() {
    for world in worlds(NOW).await {
        let db = world.db().clone();
        let writing = tokio::spawn(async move {
            for _ in 0..300 {
                write(&db, MAIN).await;
            }
        });
        while !writing.is_finished() {
            let verdict = verify(world.db(), MAIN).await.expect("reads");
            let is_whole = matches!(verdict, Verdict::Whole { .. });
            assert!(is_whole, "{}: {verdict:?}", world.name);
        }
        writing.await.expect("writes");
    }
}
