//! A server that stops: what is in hand is finished, or dropped and begun again by another.

use std::sync::Arc;
use std::time::Duration;

use app::model::{Misbehaviour, RequestState, Right, SystemId};
use server::connectors::Repeat;
use server::connectors::misbehaving::{Lever, Misbehaving};
use server::ledger;
use server::pulse::Pulse;
use server::registry::System;
use server::workflow::worker;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::world::{World, made, worlds};

/// Lets the world's system take minutes to answer, until the lever is put back.
fn slow(world: &World) -> Arc<Lever> {
    let lever = Arc::new(Lever::default());
    lever.set(Misbehaviour {
        delay: 120_000,
        ..Misbehaviour::default()
    });
    let connector = Misbehaving::new(world.crm.clone(), lever.clone());
    world.engine.systems.put(System {
        id: SystemId::parse("crm").expect("an id"),
        name: "crm".to_owned(),
        kind: "scripted".to_owned(),
        owner: String::new(),
        region: String::new(),
        per_second: None,
        concurrency: None,
        connector: Arc::new(connector),
        pace: None,
        pulse: Pulse::default(),
        lever: Some(lever.clone()),
        described_at: 0,
    });
    lever
}

async fn running(world: &World) -> bool {
    let sql = "SELECT 1 AS one FROM task WHERE state = 'running' AND system_id = 'crm'";
    world
        .engine
        .db
        .one(sql, &[])
        .await
        .expect("reads")
        .is_some()
}

#[tokio::test]
async fn work_that_is_cut_off_is_let_go_of_and_begun_again_by_another() {
    for world in worlds(Repeat::Natural).await {
        let lever = slow(&world);
        world.crm.put("e1", "contacts", 1);
        let root = made(&world.engine, Right::Export, &["e1"]).await;
        let (stop, cut) = (CancellationToken::new(), CancellationToken::new());
        let workers = worker::start_cuttable(&world.engine, "old", &stop, &cut);
        while !running(&world).await {
            sleep(Duration::from_millis(20)).await;
        }
        stop.cancel();
        let patience = Duration::from_millis(300);
        let ended = timeout(patience, workers.wait()).await;
        assert!(
            ended.is_err(),
            "{}: what is in hand is not dropped yet",
            world.name
        );
        cut.cancel();
        let ended = timeout(Duration::from_secs(5), workers.wait()).await;
        assert!(ended.is_ok(), "{}: now it is", world.name);
        ledger::release(&world.engine.db, "old")
            .await
            .expect("lets go");
        let free = ledger::expired(&world.engine.db).await.expect("reads");
        assert!(!free.is_empty(), "{}: nobody holds it", world.name);
        lever.set(Misbehaviour::default());
        worker::reap_once(&world.engine).await.expect("reaps");
        world.run().await;
        assert_eq!(world.state(&root).await, RequestState::Completed);
        world.check(&root).await;
    }
}
