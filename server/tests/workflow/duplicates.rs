//! What is the same request and what is not: two that ask the same make one, and none is lost in another.

use std::time::Duration;

use app::backend::Requests;
use app::error::{Conflict, Error, Reason};
use app::model::{IdentifierKind, Replacement, RequestId, Right, SystemId};
use server::backend::direct::DirectAsk;
use server::connectors::Repeat;
use server::store::StoreError;
use server::store::package::PackageRow;
use server::workflow::create::{CreateError, Created, NewSet, make};
use server::workflow::work::Work;
use server::workflow::{Engine, worker};

use crate::house::{House, ada, houses};
use crate::stories::{confirmed, text};
use crate::world::{made, new_set, worlds};

fn correction(kind: IdentifierKind, old: &str, new: &str) -> Replacement {
    Replacement {
        kind,
        old: old.to_owned(),
        new: new.to_owned(),
    }
}

fn correcting(engine: &Engine, replacement: &Replacement) -> NewSet {
    let mut set = new_set(engine, Right::Update, &["e1", "e2"]);
    for member in &mut set.members {
        member.target.replacements = vec![replacement.clone()];
    }
    set
}

#[tokio::test]
async fn another_correction_of_the_same_person_is_not_the_same() {
    for world in worlds(Repeat::Natural).await {
        let engine = &world.engine;
        let email = correction(IdentifierKind::Email, "a@b.example", "c@b.example");
        let phone = correction(IdentifierKind::Phone, "+4930123456", "+4930654321");
        let first = make(engine, correcting(engine, &email)).await;
        let Created::New { root } = first.expect("makes") else {
            panic!("nothing was in flight")
        };
        let again = make(engine, correcting(engine, &email)).await;
        let same = Created::InFlight { root: root.clone() };
        assert_eq!(again.expect("is the first"), same);
        let other = make(engine, correcting(engine, &phone)).await;
        assert!(matches!(other, Err(CreateError::MemberInFlight(way)) if way == root));
        world.run().await;
        let other = make(engine, correcting(engine, &phone)).await;
        assert!(matches!(other, Ok(Created::New { .. })));
    }
}

#[tokio::test]
async fn a_request_that_no_system_has_work_for_is_not_made() {
    for world in worlds(Repeat::Natural).await {
        let mut set = new_set(&world.engine, Right::Delete, &["e1", "e2"]);
        set.members[1].work = Work::default();
        let none = make(&world.engine, set).await;
        assert!(matches!(none, Err(CreateError::NothingToDo(Right::Delete))));
        let rows = world.engine.db.all("SELECT id FROM request", &[]).await;
        assert_eq!(rows.expect("reads").len(), 0);
    }
    for house in houses().await {
        let id = text(&house.stories["former_employee"]["userId"]);
        let ask = DirectAsk {
            right: Right::Update,
            term: app::model::Identifier::new(IdentifierKind::UserId, id).expect("valid"),
            // No system that knows user ids holds addresses.
            replacements: vec![correction(IdentifierKind::Address, "A 1", "B 2")],
            delete_confirmed: false,
        };
        let why = house.habeas.ask(&ada(), ask).await.expect_err("refused");
        assert_eq!(why, Error::invalid("replacementTerms", Reason::NotAllowed));
    }
}

/// Does all that one system has to do.
async fn work_of(house: &House, id: &str) {
    let system = SystemId::parse(id).expect("an id");
    while worker::step(&house.habeas.engine, "test", &system)
        .await
        .expect("steps")
    {}
}

#[tokio::test]
async fn what_is_asked_again_while_it_is_carried_out_is_the_first() {
    for house in houses().await {
        let story = &house.stories["merge_set_of_four"];
        let email = text(&story["emails"][0]);
        let view = house.search(IdentifierKind::Email, email).await;
        let members = &view.sets[0].members;
        let plan = house.plan(Right::Delete, &view, &members[0].handle).await;
        let plan = house.habeas.plan(&ada(), &plan).await.expect("shows");
        let first = house.habeas.create(&ada(), confirmed(&plan)).await;
        let first = first.expect("creates");
        // The directory erases her: it knows none of the four any more.
        work_of(&house, "directory").await;
        let again = house.habeas.create(&ada(), confirmed(&plan)).await;
        assert_eq!(again.expect("gives the first"), first);
        for member in members {
            let ask = DirectAsk {
                right: Right::Delete,
                term: member.subject.key.identifier().clone(),
                replacements: Vec::new(),
                delete_confirmed: true,
            };
            let (record, new) = house
                .habeas
                .ask(&ada(), ask.clone())
                .await
                .expect("is known");
            assert_eq!((record.id, new), (first.clone(), false));
            let export = DirectAsk {
                right: Right::Export,
                ..ask
            };
            // The directory knows her no more, but rows elsewhere do: those can still be asked for.
            let (rest, new) = house.habeas.ask(&ada(), export).await.expect("is found");
            assert!(new && rest.id != first, "another right is not the same");
        }
    }
}

#[tokio::test]
async fn a_plan_makes_one_set_also_once_that_has_ended() {
    for house in houses().await {
        let email = text(&house.stories["merge_set_of_four"]["emails"][0]);
        let view = house.search(IdentifierKind::Email, email).await;
        let subject = &view.sets[0].members[0].handle;
        let plan = house.plan(Right::Export, &view, subject).await;
        let plan = house.habeas.plan(&ada(), &plan).await.expect("shows");
        let caller = ada();
        let press = || house.habeas.create(&caller, confirmed(&plan));
        let (first, second) = tokio::join!(press(), press());
        let first = first.expect("creates");
        assert_eq!(second.expect("gives the first"), first);
        house.work().await;
        let again = house.habeas.create(&ada(), confirmed(&plan)).await;
        assert_eq!(again.expect("gives the first"), first);
        // Who wants another copy makes another plan, which says the same of the same rows.
        let next = house.plan(Right::Export, &view, subject).await;
        let next = house.habeas.plan(&ada(), &next).await.expect("shows");
        assert_eq!(next.hash, plan.hash);
        let next = house.habeas.create(&ada(), confirmed(&next)).await;
        assert_ne!(next.expect("creates"), first);
    }
}

#[tokio::test]
async fn a_set_with_one_more_member_is_not_the_same() {
    for house in houses().await {
        let ids = |story: &str, key: &str| text(&house.stories[story][key]).to_owned();
        let (first, other) = (
            ids("merge_set_of_four", "canonical"),
            ids("unique", "externalContactId"),
        );
        let term = |id: &str| {
            app::model::Identifier::new(IdentifierKind::ExternalContactId, id).expect("valid")
        };
        let ask = DirectAsk {
            right: Right::Delete,
            term: term(&first),
            replacements: Vec::new(),
            delete_confirmed: true,
        };
        let (record, _) = house.habeas.ask(&ada(), ask.clone()).await.expect("asks");
        let contacts = house.organisation.contacts();
        let merged = contacts.merge_into(&ada(), other, first).await;
        merged.expect("merges");
        let why = house.habeas.ask(&ada(), ask).await.expect_err("is more");
        let request = record.id;
        let why_not = Conflict::InFlight { request };
        assert_eq!(why, Error::Conflict { why: why_not });
    }
}

#[tokio::test]
async fn a_set_is_locked_beside_one_that_only_refers_to_it() {
    for world in worlds(Repeat::Natural).await {
        if world.name == "sqlite" {
            continue; // one transaction at a time
        }
        let db = &world.engine.db;
        let root = made(&world.engine, Right::Export, &["e1", "e2"]).await;
        // The root's package is written, and not yet committed, when the other member ends.
        let (written, is_written) = tokio::sync::oneshot::channel();
        let (ended, has_ended) = tokio::sync::oneshot::channel::<()>();
        let package = package_of(&root);
        let other = db.clone();
        let refers = tokio::spawn(async move {
            let write = other.write(move |tx| {
                Box::pin(async move {
                    tx.package_insert(&package).await?;
                    let _ = written.send(());
                    let _ = has_ended.await;
                    Ok::<_, StoreError>(())
                })
            });
            write.await
        });
        is_written.await.expect("writes");
        let locks = db.write(move |tx| Box::pin(async move { tx.request_set_locked(&root).await }));
        let set = tokio::time::timeout(Duration::from_secs(5), locks).await;
        let _ = ended.send(());
        assert_eq!(set.expect("does not wait").expect("reads").len(), 2);
        refers.await.expect("runs").expect("commits");
    }
}

fn package_of(request: &RequestId) -> PackageRow {
    PackageRow {
        request: request.clone(),
        file: format!("{request}-1"),
        bytes: 1,
        sha256: "ab".repeat(32),
        made_at: 1,
        expires_at: 2,
    }
}
