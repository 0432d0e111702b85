//! The contract of `server::connectors`: what fails says so.

use std::sync::Arc;

use app::model::{CollectionName, IdentifierKind, Misbehaviour, Operation};
use futures::StreamExt;
use server::connectors::misbehaving::{Lever, Misbehaving};
use server::connectors::{Connector, Fault, FaultCode, Repeat, Whose};

use crate::compliance::keys_of;
use crate::people::{MARIA, identifier, people};
use crate::world::{Taken, World, call, collections, export, search};

pub(crate) async fn a_vanished_system_is_a_fault<W: World>() {
    let people = people();
    let world = W::with(&people).await;
    let connector = world.connector();
    let key = world.key(&people[MARIA]);
    keys_of(&world, key.identifier()).await;
    world.vanish().await;
    let unreachable = Fault::retry(FaultCode::Unreachable);
    assert_eq!(connector.health().await, Err(unreachable));
    assert_eq!(
        search(&*connector, key.identifier()).await,
        Err(unreachable)
    );
    if connector.resolves().contains(&key.kind()) {
        assert_eq!(connector.resolve(&key).await, Err(unreachable));
        assert_eq!(connector.merge_set(&key).await, Err(unreachable));
    }
    for (name, _) in collections(&*connector, &key) {
        for operation in [Operation::Export, Operation::Update, Operation::Delete] {
            assert_eq!(
                connector.preview(&key, &name, operation, &[]).await,
                Err(unreachable)
            );
        }
        assert_eq!(
            connector
                .export(&call(), &key, &name, &mut Taken::default())
                .await,
            Err(unreachable)
        );
        assert_eq!(
            connector
                .update(&call(), Whose::alone(&key), &name, &[])
                .await,
            Err(unreachable)
        );
        assert_eq!(
            connector.delete(&call(), &key, &name).await,
            Err(unreachable)
        );
        assert_eq!(
            connector.verify(Whose::alone(&key), &name).await,
            Err(unreachable)
        );
    }
}

pub(crate) async fn what_is_not_there_to_ask_is_a_fault<W: World>() {
    let people = people();
    let world = W::with(&people).await;
    let connector = world.connector();
    let key = world.key(&people[MARIA]);
    let nowhere = CollectionName::parse("no-such-collection").expect("a name");
    let wrong = Fault::stop(FaultCode::Mismatch);
    assert_eq!(
        connector
            .preview(&key, &nowhere, Operation::Delete, &[])
            .await,
        Err(wrong)
    );
    assert_eq!(connector.delete(&call(), &key, &nowhere).await, Err(wrong));
    assert_eq!(
        connector.verify(Whose::alone(&key), &nowhere).await,
        Err(wrong)
    );
    for kind in IdentifierKind::ALL
        .into_iter()
        .filter(|kind| !connector.inventory().searchable_by(*kind))
    {
        let value = if kind == IdentifierKind::Email {
            "a@example.org"
        } else {
            "12345/67"
        };
        let found = search(&*connector, &identifier(kind, value)).await;
        assert_eq!(
            found,
            Err(wrong),
            "{kind:?} is not searchable, which is not the same as nothing"
        );
    }
}

pub(crate) async fn every_operation_may_be_repeated<W: World>() {
    let world = W::with(&people()).await;
    for operation in Operation::ALL {
        assert_ne!(
            world.connector().repeat(operation),
            Repeat::None,
            "{operation:?}"
        );
    }
}

pub(crate) async fn misbehaving_is_never_nothing<W: World>() {
    let people = people();
    let world = W::with(&people).await;
    let lever = Arc::new(Lever::default());
    let connector = Misbehaving::new(world.connector(), lever.clone());
    let key = world.key(&people[MARIA]);
    let well = export(&connector, &key).await;

    lever.set(Misbehaviour {
        cut_off: true,
        ..Misbehaviour::default()
    });
    let cut_off = Fault::retry(FaultCode::CutOff);
    let told: Vec<_> = connector.search(key.identifier()).collect().await;
    assert_eq!(told.len(), 2, "one subject, then the fault");
    assert_eq!(told[1], Err(cut_off));
    for (name, _) in collections(&connector, &key) {
        let mut taken = Taken::default();
        assert_eq!(
            connector.export(&call(), &key, &name, &mut taken).await,
            Err(cut_off)
        );
        assert_eq!(taken.len(), 1, "{name}");
    }

    lever.set(Misbehaviour {
        failing: true,
        ..Misbehaviour::default()
    });
    let unreachable = Fault::retry(FaultCode::Unreachable);
    assert_eq!(connector.health().await, Err(unreachable));
    assert_eq!(search(&connector, key.identifier()).await, Err(unreachable));
    assert_eq!(connector.resolve(&key).await, Err(unreachable));

    lever.set(Misbehaviour::default());
    assert_eq!(export(&connector, &key).await, well, "as before");
}
