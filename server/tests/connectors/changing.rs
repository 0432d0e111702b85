//! The contract of `server::connectors`: what erasures and corrections do, and what they leave alone.

use app::model::{Disposition, IdentifierKind, Operation, Replacement, SubjectKey};
use server::connectors::{Connector, Outcome, Whose};

use crate::compliance::{dumps, keys_of};
use crate::people::{HANAKO, HOSTILE, MARIA, TWIN, identifier, people};
use crate::world::{World, call, collections, erase, preview};

pub(crate) async fn erasing_takes_all_of_hers_and_nothing_else<W: World>() {
    let people = people();
    for (who, person) in people.iter().enumerate() {
        let world = W::with(&people).await;
        let connector = world.connector();
        let mut before = dumps(&world, &people).await;
        let key = world.key(person);
        let would = preview(&*connector, &key, Operation::Delete).await;
        let kept: u64 = kept_of(&*connector, &key).await;
        let done = erase(&*connector, &key).await;
        assert_eq!(
            done.iter().map(|o| o.rows).sum::<u64>(),
            would - kept,
            "as the preview said"
        );
        assert!(would > kept);
        for (name, _) in collections(&*connector, &key) {
            assert_eq!(
                connector.verify(Whose::alone(&key), &name).await,
                Ok(0),
                "{name}"
            );
        }
        let mut after = dumps(&world, &people).await;
        assert_ne!(after.remove(who), before.remove(who));
        assert_eq!(after, before, "other people are as they were");
    }
}

pub(crate) async fn erasing_twice_is_erasing_once<W: World>() {
    let people = people();
    let world = W::with(&people).await;
    let connector = world.connector();
    let key = world.key(&people[MARIA]);
    for (name, disposition) in collections(&*connector, &key) {
        connector
            .delete(&call(), &key, &name)
            .await
            .expect("erased");
        let between = dumps(&world, &people).await;
        let again = connector
            .delete(&call(), &key, &name)
            .await
            .expect("nothing to do");
        assert_eq!(again.rows, 0, "{name}");
        assert_eq!(
            again.kept > 0,
            matches!(disposition, Disposition::Keep { .. }),
            "{name}"
        );
        assert_eq!(dumps(&world, &people).await, between, "{name}");
        assert_eq!(
            connector.verify(Whose::alone(&key), &name).await,
            Ok(0),
            "{name}"
        );
    }
}

pub(crate) async fn an_erased_person_is_not_found<W: World>() {
    let people = people();
    let world = W::with(&people).await;
    let connector = world.connector();
    let key = world.key(&people[HANAKO]);
    erase(&*connector, &key).await;
    for kind in [
        IdentifierKind::Email,
        IdentifierKind::Name,
        IdentifierKind::Phone,
    ] {
        if connector.inventory().searchable_by(kind) {
            let typed = identifier(kind, people[HANAKO].value(kind).expect("a value"));
            assert!(keys_of(&world, &typed).await.is_empty(), "{kind:?}");
        }
    }
}

pub(crate) async fn what_is_kept_is_untouched<W: World>() {
    let people = people();
    let world = W::with(&people).await;
    let connector = world.connector();
    let key = world.key(&people[MARIA]);
    let before = dumps(&world, &people).await;
    for (name, disposition) in collections(&*connector, &key) {
        if matches!(disposition, Disposition::Keep { .. }) {
            let kept = connector
                .preview(&key, &name, Operation::Export, &[])
                .await
                .expect("counted");
            let done = connector.delete(&call(), &key, &name).await;
            assert_eq!(done, Ok(Outcome { rows: 0, kept }));
            assert!(kept > 0);
            assert_eq!(
                connector.verify(Whose::alone(&key), &name).await,
                Ok(0),
                "kept ones do not count"
            );
        }
    }
    assert_eq!(dumps(&world, &people).await, before);
}

pub(crate) async fn a_correction_changes_hers_only<W: World>() {
    let people = people();
    let world = W::with(&people).await;
    let connector = world.connector();
    let before = dumps(&world, &people).await;
    // The same name as her twin's.
    let new = Replacement {
        kind: IdentifierKind::Name,
        old: "maria MÜLLER".into(),
        new: "Maria Schmidt".into(),
    };
    let (changed, would) = correct(&*connector, &world.key(&people[MARIA]), &[new]).await;
    assert_eq!(changed, would, "as the preview said");
    let after = dumps(&world, &people).await;
    for (who, (before, after)) in before.iter().zip(&after).enumerate() {
        assert_eq!(
            before == after,
            who != MARIA || changed == 0,
            "person {who}"
        );
    }
    if connector.inventory().searchable_by(IdentifierKind::Name) {
        assert!(changed > 0);
        let (key, twin) = (world.key(&people[MARIA]), world.key(&people[TWIN]));
        assert_eq!(
            keys_of(&world, &identifier(IdentifierKind::Name, "Maria Schmidt")).await,
            [key]
        );
        assert_eq!(
            keys_of(&world, &identifier(IdentifierKind::Name, "María Müller")).await,
            [twin]
        );
    }
}

pub(crate) async fn a_correction_may_be_made_twice<W: World>() {
    let people = people();
    let world = W::with(&people).await;
    let connector = world.connector();
    let key = world.key(&people[HOSTILE]);
    let new = [replacement(
        &people[HOSTILE].email,
        "o'brien+\u{1f600}'--@example.org",
    )];
    correct(&*connector, &key, &new).await;
    let between = dumps(&world, &people).await;
    assert_eq!(correct(&*connector, &key, &new).await, (0, 0));
    assert_eq!(dumps(&world, &people).await, between);
}

pub(crate) fn replacement(old: &str, new: &str) -> Replacement {
    Replacement {
        kind: IdentifierKind::Email,
        old: old.to_owned(),
        new: new.to_owned(),
    }
}

/// Corrects everywhere: rows changed, and rows that the preview promised.
async fn correct(connector: &dyn Connector, key: &SubjectKey, new: &[Replacement]) -> (u64, u64) {
    let (mut changed, mut would) = (0, 0);
    for (name, _) in collections(connector, key) {
        would += connector
            .preview(key, &name, Operation::Update, new)
            .await
            .expect("counted");
        changed += connector
            .update(&call(), Whose::alone(key), &name, new)
            .await
            .expect("changed")
            .rows;
    }
    (changed, would)
}

async fn kept_of(connector: &dyn Connector, key: &SubjectKey) -> u64 {
    let mut kept = 0;
    for (name, disposition) in collections(connector, key) {
        if matches!(disposition, Disposition::Keep { .. }) {
            kept += connector
                .preview(key, &name, Operation::Delete, &[])
                .await
                .expect("counted");
        }
    }
    kept
}
