//! Packages at their borders: a disk that refuses, a part that is not whole, systems that come and go meanwhile.

use std::io::Read as _;
use std::sync::Arc;

use app::model::{Operation, RequestId, RequestState, Right, SystemId, TaskState};
use server::connectors::Repeat;
use server::ledger::OURS;
use server::registry::{Registry, System};
use server::workflow::Engine;
use server::workflow::package::{self, PackageName};

use crate::scripted::Scripted;
use crate::world::{World, drain, made, meddle, round, system, worlds};

/// An export whose parts are all there, and its package not yet.
async fn packaging(world: &World) -> RequestId {
    packaging_rows(world, 2).await
}

/// The same for so many rows.
async fn packaging_rows(world: &World, rows: u64) -> RequestId {
    world.crm.put("e1", "contacts", rows);
    let root = made(&world.engine, Right::Export, &["e1"]).await;
    while round(&world.engine, &world.scripted()).await {}
    assert_eq!(world.state(&root).await, RequestState::Packaging);
    root
}

/// How the packaging ended: where it stands, its tries and its code.
async fn ended(world: &World, root: &RequestId) -> (TaskState, u32, Option<String>) {
    let cells = world.engine.db.tasks_of_root(root).await.expect("reads");
    let mut cells = cells.into_iter();
    let cell = cells.find(|cell| cell.operation == Operation::Package);
    let cell = cell.expect("a task");
    (cell.state, cell.attempt, cell.code)
}

#[tokio::test]
async fn a_package_that_the_disk_refuses_is_tried_again() {
    for world in worlds(Repeat::Natural).await {
        let root = packaging(&world).await;
        let folder = world.engine.folder.join("packages");
        std::fs::write(&folder, b"in the way").expect("writes");
        let ours = [SystemId::parse(OURS).expect("an id")];
        assert!(round(&world.engine, &ours).await);
        let waits = (TaskState::Waiting, 1, Some("storage".to_owned()));
        assert_eq!(ended(&world, &root).await, waits);
        std::fs::remove_file(&folder).expect("removes");
        world.run().await;
        assert_eq!(ended(&world, &root).await, (TaskState::Done, 2, None));
        assert_eq!(world.state(&root).await, RequestState::Completed);
        world.check(&root).await;
    }
}

#[tokio::test]
async fn a_part_that_is_not_whole_never_makes_a_package() {
    for world in worlds(Repeat::Natural).await {
        let root = packaging_rows(&world, 5_000).await;
        let parts = world.engine.folder.join("parts").join(root.as_str());
        let part = std::fs::read_dir(parts).expect("a folder").next();
        let part = part.expect("a part").expect("an entry").path();
        let bytes = std::fs::read(&part).expect("reads");
        std::fs::write(&part, &bytes[..bytes.len() - 1]).expect("cuts");
        makes_no_package(&world, &root).await;
    }
    for world in worlds(Repeat::Natural).await {
        let root = packaging(&world).await;
        let cut =
            "UPDATE part SET sealed = substr(sealed, 1, length(sealed) - 1) WHERE request_id = $1";
        meddle(&world.engine.db, cut, root.as_str()).await;
        makes_no_package(&world, &root).await;
    }
    for world in worlds(Repeat::Natural).await {
        let root = packaging(&world).await;
        let gone = "DELETE FROM part WHERE request_id = $1";
        meddle(&world.engine.db, gone, root.as_str()).await;
        world.run().await;
        assert_ne!(ended(&world, &root).await.0, TaskState::Done);
        let package = world.engine.db.package_of_request(&root).await;
        assert_eq!(package.expect("reads"), None);
    }
}

async fn makes_no_package(world: &World, root: &RequestId) {
    world.run().await;
    let failed = (TaskState::Failed, 1, Some("internal".to_owned()));
    assert_eq!(ended(world, root).await, failed);
    assert_eq!(world.state(root).await, RequestState::PartiallyFailed);
    let package = world.engine.db.package_of_request(root).await;
    assert_eq!(package.expect("reads"), None);
    world.check(root).await;
}

async fn manifest(world: &World, root: &RequestId) -> serde_json::Value {
    let row = world.engine.db.package_of_request(root).await;
    let file = row.expect("reads").expect("a package").file;
    let name = PackageName::parse(&file).expect("a name");
    let (keys, folder) = (&world.engine.keys, &world.engine.folder);
    let mut zip = Vec::new();
    let mut sealed = package::open(keys, folder, &name).expect("opens");
    sealed.read_to_end(&mut zip).expect("reads");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(zip)).expect("a ZIP");
    let manifest = archive.by_name("manifest.json").expect("a manifest");
    serde_json::from_reader(manifest).expect("JSON")
}

#[tokio::test]
async fn a_system_added_after_the_export_was_asked_for_was_not_read() {
    for world in worlds(Repeat::Natural).await {
        let root = packaging(&world).await;
        let late: Arc<Scripted> = Arc::new(Scripted::new("late", Repeat::Natural));
        world.engine.systems.put(system("late", late));
        world.run().await;
        let coverage = &manifest(&world, &root).await["coverage"];
        let systems = |state: &str| -> Vec<String> {
            let places = coverage[state].as_array().expect("a list").iter();
            let name = |place: &serde_json::Value| place["system"].as_str().map(str::to_owned);
            let mut systems: Vec<_> = places.filter_map(name).collect();
            systems.dedup();
            systems
        };
        assert_eq!(systems("failed"), ["late"]);
        assert_eq!(systems("searched"), ["crm", "shop"]);
        assert_eq!(systems("not_searchable"), [""; 0]);
    }
}

#[tokio::test]
async fn what_was_read_of_a_system_that_is_gone_is_not_left_out() {
    for world in worlds(Repeat::Natural).await {
        let root = packaging(&world).await;
        let systems = Registry::default();
        let crm: Arc<System> = world.engine.systems.all().into_iter().next().expect("crm");
        systems.put(system(crm.id.as_str(), world.crm.clone()));
        let engine = Engine {
            systems,
            ..world.engine.clone()
        };
        drain(&engine).await;
        let failed = (TaskState::Failed, 1, Some("mismatch".to_owned()));
        assert_eq!(ended(&world, &root).await, failed);
        assert_eq!(world.state(&root).await, RequestState::PartiallyFailed);
    }
}
