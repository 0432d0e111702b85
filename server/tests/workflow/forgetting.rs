//! Once she is erased, we know no more of her either; and files that nobody can ask for are thrown away.

use std::path::PathBuf;

use app::model::{Operation, RequestId, RequestState, Right};
use server::connectors::{Connector as _, Fault, FaultCode, Repeat};
use server::params;
use server::workflow::create::{Created, make};
use server::workflow::janitor;
use server::workflow::target::{Target, handle};

use crate::scripted::Line;
use crate::world::{World, again, key, made, meddle, new_set, round, worlds};

/// A request that holds her record.
async fn knowing(world: &World, right: Right) -> RequestId {
    let mut set = new_set(&world.engine, right, &["e1"]);
    set.members[0].target.subject = world.crm.resolve(&key("e1")).await.expect("resolves");
    match make(&world.engine, set).await.expect("makes") {
        Created::New { root } => root,
        other => panic!("not new: {other:?}"),
    }
}

async fn knows(world: &World, root: &RequestId) -> bool {
    let row = &world.set(root).await[0];
    let target = Target::open(&world.engine.keys, &row.id, &row.target_sealed);
    target.expect("opens").subject.is_some()
}

#[tokio::test]
async fn an_erasure_forgets_her_in_every_request_that_has_ended() {
    for world in worlds(Repeat::Natural).await {
        let export = knowing(&world, Right::Export).await;
        world.run().await;
        let line = Line::Fault(Fault::stop(FaultCode::Denied));
        world.crm.say(Operation::Delete, "invoices", line);
        let first = knowing(&world, Right::Delete).await;
        world.run().await;
        assert_eq!(world.state(&first).await, RequestState::PartiallyFailed);
        assert!(knows(&world, &export).await && knows(&world, &first).await);

        let second = again(&world.engine, &first).await.expect("retries");
        world.run().await;
        assert_eq!(world.state(&second).await, RequestState::Completed);
        for root in [&export, &first, &second] {
            assert!(!knows(&world, root).await, "{root}");
        }
        // One about another person, or asked for later, is none of it.
        let later = knowing(&world, Right::Export).await;
        world.run().await;
        assert!(knows(&world, &later).await);
        let subject = handle(&world.engine.keys, &key("e1")).expect("a handle");
        let sql = "SELECT id FROM request WHERE subject = $1";
        let rows = world.engine.db.all(sql, params![subject.as_str()]).await;
        assert_eq!(rows.expect("reads").len(), 4);
    }
}

#[tokio::test]
async fn what_ends_after_her_erasure_forgets_her_too() {
    for world in worlds(Repeat::Natural).await {
        let export = knowing(&world, Right::Export).await;
        let erasure = knowing(&world, Right::Delete).await;
        // All but our own work, which the export's package is.
        while round(&world.engine, &world.scripted()).await {}
        assert_eq!(world.state(&erasure).await, RequestState::Completed);
        assert_eq!(world.state(&export).await, RequestState::Packaging);
        assert!(knows(&world, &export).await, "still needed");
        world.run().await;
        assert_eq!(world.state(&export).await, RequestState::Completed);
        assert!(!knows(&world, &export).await);
    }
}

fn packages(world: &World) -> PathBuf {
    world.engine.folder.join("packages")
}

fn names(world: &World) -> Vec<String> {
    let entries = std::fs::read_dir(packages(world)).expect("a folder");
    let name = |entry: std::io::Result<std::fs::DirEntry>| {
        let name = entry.expect("an entry").file_name();
        name.into_string().expect("a name")
    };
    let mut names: Vec<_> = entries.map(name).collect();
    names.sort();
    names
}

#[tokio::test]
async fn packages_that_no_request_has_are_thrown_away() {
    for world in worlds(Repeat::Natural).await {
        let ended = made(&world.engine, Right::Export, &["e1"]).await;
        world.run().await;
        let flying = made(&world.engine, Right::Export, &["e2"]).await;
        // Killed while it wrote; killed when it had written; too late. And one that is being written.
        for file in [
            format!("{ended}-7.tmp"),
            format!("{ended}-8"),
            format!("{flying}-1.tmp"),
            "not ours".to_owned(),
        ] {
            std::fs::write(packages(&world).join(file), b"x").expect("writes");
        }
        janitor::clean(&world.engine).await.expect("cleans");
        let package = world.engine.db.package_of_request(&ended).await;
        let mut left = vec![
            package.expect("reads").expect("a package").file,
            format!("{flying}-1.tmp"),
            "not ours".to_owned(),
        ];
        left.sort();
        assert_eq!(names(&world), left);
    }
}

#[tokio::test]
async fn what_cannot_be_removed_holds_up_nothing_else() {
    for world in worlds(Repeat::Natural).await {
        let stuck = made(&world.engine, Right::Export, &["e1"]).await;
        let other = made(&world.engine, Right::Export, &["e2"]).await;
        world.run().await;
        let folder = packages(&world).join(format!("{stuck}-9"));
        std::fs::create_dir(&folder).expect("a folder where a file should be");
        let expire = "UPDATE package SET expires_at = 1 WHERE request_id = $1";
        meddle(&world.engine.db, expire, stuck.as_str()).await;
        let expire = "UPDATE package SET expires_at = 2 WHERE request_id = $1";
        meddle(&world.engine.db, expire, other.as_str()).await;
        janitor::clean(&world.engine).await.expect_err("not all");
        let package = world.engine.db.package_of_request(&other).await;
        assert_eq!(package.expect("reads"), None);
        assert_eq!(world.parts().await, 0);
    }
}
