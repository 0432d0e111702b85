//! What staff confirm of records counts wherever a set is made: searches, plans, requests, retries; until an erasure ends it.

use std::collections::BTreeSet;

use app::backend::{Links, Requests, Subjects};
use app::error::{Conflict, Error};
use app::model::{
    Blocked, Identifier, IdentifierKind, LinkId, LinkedBy, MergeSet, Plan, PlanBlock, RequestState,
    Right, SearchView, SetMember, SystemId,
};
use server::backend::direct::DirectAsk;
use server::connectors::Repeat;
use server::workflow::create::{CreateError, make};

use crate::house::{House, ada, houses};
use crate::stories::{confirmed, text};
use crate::world::{drain, new_set, worlds};

const WHY: &str = "Same passport, same signature.";

async fn twins(house: &House) -> SearchView {
    let phone = text(&house.stories["twins"]["phone"]);
    house.search(IdentifierKind::Phone, phone).await
}

async fn again(house: &House, view: &SearchView) -> SearchView {
    house.habeas.search(&ada(), &view.id).await.expect("shows")
}

async fn join(house: &House, view: &SearchView, one: &SetMember, lead: &SetMember) {
    let records = [&one.handle, &lead.handle];
    let joined = house.habeas.join(&ada(), &view.id, records, WHY).await;
    joined.expect("joins");
}

async fn undo_all(house: &House, view: &SearchView) {
    for link in again(house, view)
        .await
        .sets
        .iter()
        .flat_map(|set| &set.links)
    {
        let undone = house.habeas.undo(&ada(), &link.id, WHY).await;
        undone.expect("undoes");
    }
}

async fn planned(house: &House, right: Right, view: &SearchView, of: &SetMember) -> Plan {
    let plan = house.plan(right, view, &of.handle).await;
    house.habeas.plan(&ada(), &plan).await.expect("shows")
}

fn direct(right: Right, term: Identifier) -> DirectAsk {
    DirectAsk {
        right,
        term,
        replacements: Vec::new(),
        delete_confirmed: true,
    }
}

fn changed() -> Error {
    Error::Conflict {
        why: Conflict::PlanChanged,
    }
}

#[tokio::test]
async fn twins_that_staff_joined_are_one_person_everywhere_until_it_is_undone() {
    for house in houses().await {
        let before = twins(&house).await;
        assert_eq!(before.sets.len(), 2);
        let (lead, one) = (&before.sets[0].members[0], &before.sets[1].members[0]);
        let phone = text(&house.stories["twins"]["phone"]);
        let phone = || Identifier::new(IdentifierKind::Phone, phone).expect("valid");
        let dry = async || {
            let ask = direct(Right::Export, phone());
            house.habeas.dry_run(&ada(), ask).await
        };
        let two = Conflict::Ambiguous { people: 2 };
        assert_eq!(dry().await.map(|_| ()), Err(Error::Conflict { why: two }));

        join(&house, &before, one, lead).await;
        let after = again(&house, &before).await;
        assert_eq!(after.sets.len(), 1);
        let set = &after.sets[0];
        assert_eq!(set.members[0].handle, lead.handle, "it leads");
        let link = &set.links[0];
        assert_eq!(link.brings, std::slice::from_ref(&one.handle));
        assert_eq!((link.by.as_str(), link.reason.as_str()), ("Ada", WHY));
        // A search for one finds the other for her set's sake.
        let people = house.stories["twins"]["people"].as_array().expect("a list");
        let mut alone_of = Vec::new();
        for person in people {
            let alone = house
                .search(IdentifierKind::Email, text(&person["email"]))
                .await;
            let members: Vec<_> = alone.sets[0].members.iter().map(|m| &m.handle).collect();
            assert_eq!(alone.sets.len(), 1);
            assert_eq!(members, [&lead.handle, &one.handle]);
            alone_of.push(alone);
        }
        // Either way of asking for a request is for both.
        let plan = planned(&house, Right::Export, &after, lead).await;
        let linked: Vec<_> = plan.members.iter().map(|m| m.linked.clone()).collect();
        let (by, at) = ("Ada".to_owned(), link.made_at);
        assert_eq!(linked, [None, Some(LinkedBy { by, at })]);
        assert_eq!(dry().await.expect("one person").subjects.len(), 2);
        let (made, _) = house
            .habeas
            .ask(&ada(), direct(Right::Export, phone()))
            .await
            .expect("asks");
        assert_eq!(made.related.len(), 1);
        let id = one.subject.key.identifier().clone();
        let found = house.habeas.find_subjects(&ada(), id).await.expect("finds");
        assert_eq!(found.len(), 1, "who matches, and nobody else");

        undo_all(&house, &before).await;
        let undone = again(&house, &before).await;
        assert_eq!(undone.sets, before.sets, "as before");
        for (view, own) in alone_of.iter().zip(&before.sets) {
            let now = again(&house, view).await;
            let handles = |set: &MergeSet| -> Vec<_> {
                set.members.iter().map(|m| m.handle.clone()).collect()
            };
            let now: Vec<_> = now.sets.iter().map(handles).collect();
            assert_eq!(now, [handles(own)], "only who was searched");
        }
        let plan = planned(&house, Right::Export, &undone, lead).await;
        assert_eq!(plan.members.len(), 1);
    }
}

#[tokio::test]
async fn a_parted_record_is_in_no_search_plan_or_request_of_hers() {
    for house in houses().await {
        let email = text(&house.stories["merge_set_of_four"]["emails"][0]);
        let before = house.search(IdentifierKind::Email, email).await;
        let members = &before.sets[0].members;
        assert_eq!((before.sets.len(), members.len()), (1, 4));
        let parted = members.last().expect("four");
        let part = house
            .habeas
            .part(&ada(), &before.id, &parted.handle, WHY)
            .await;
        part.expect("parts");
        let after = again(&house, &before).await;
        assert!(
            after.sets[0]
                .members
                .iter()
                .all(|m| m.handle != parted.handle)
        );
        assert_eq!(after.sets[0].members.len(), 3);
        let plan = planned(&house, Right::Delete, &after, &members[0]).await;
        assert!(plan.members.iter().all(|m| m.handle != parted.handle));
        assert_eq!(plan.members.len(), 3);
        let term = members[0].subject.key.identifier().clone();
        let asked = house.habeas.ask(&ada(), direct(Right::Delete, term)).await;
        assert_eq!(asked.expect("asks").0.related.len(), 2);
        let term = parted.subject.key.identifier().clone();
        let dry = house
            .habeas
            .dry_run(&ada(), direct(Right::Delete, term))
            .await;
        assert_eq!(dry.expect("plans").subjects.len(), 1, "she is alone");
        undo_all(&house, &before).await;
        assert_eq!(again(&house, &before).await.sets, before.sets);
    }
}

#[tokio::test]
async fn a_plan_whose_set_was_joined_or_parted_since_is_another_plan() {
    for house in houses().await {
        let view = twins(&house).await;
        let (lead, one) = (&view.sets[0].members[0], &view.sets[1].members[0]);
        let alone = planned(&house, Right::Delete, &view, lead).await;
        join(&house, &view, one, lead).await;
        let both = planned(&house, Right::Delete, &view, lead).await;
        let made = house.habeas.create(&ada(), confirmed(&alone)).await;
        assert_eq!(made, Err(changed()));
        undo_all(&house, &view).await;
        let made = house.habeas.create(&ada(), confirmed(&both)).await;
        assert_eq!(made, Err(changed()));
        let list = house.habeas.list(&ada(), Default::default()).await;
        assert_eq!(list.expect("lists").requests, [], "nothing was made");
        let made = house.habeas.create(&ada(), confirmed(&alone)).await;
        made.expect("as it was confirmed");
    }
}

#[tokio::test]
async fn a_set_is_not_made_when_links_changed_while_it_was_put_together() {
    for world in worlds(Repeat::Natural).await {
        let mut set = new_set(&world.engine, Right::Delete, &["e1"]);
        let gone = LinkId::parse("undone").expect("an id");
        set.links = Some(BTreeSet::from([gone]));
        let made = make(&world.engine, set.clone()).await;
        assert!(matches!(made, Err(CreateError::Relinked)), "{made:?}");
        set.links = Some(BTreeSet::new());
        make(&world.engine, set).await.expect("makes");
    }
}

#[tokio::test]
async fn a_joined_record_that_cannot_be_asked_about_makes_no_smaller_plan() {
    for house in houses().await {
        let unique = text(&house.stories["unique"]["email"]);
        let view = house.search(IdentifierKind::Email, unique).await;
        let user = text(&house.stories["active_employee"]["userId"]);
        let employee = house.search(IdentifierKind::UserId, user).await;
        // Both in one search: by a name that the two now share.
        let lead = view.sets[0].members[0].clone();
        let name = lead.subject.name.clone().expect("a name");
        let rename = "UPDATE users SET name = $2 WHERE id = $1";
        assert_eq!(
            house.sql("contact-centre.db", rename, &[user, &name]).await,
            1
        );
        let both = house.search(IdentifierKind::Name, &name).await;
        let one = employee.sets[0].members[0].clone();
        join(&house, &both, &one, &lead).await;

        let plan = planned(&house, Right::Delete, &view, &lead).await;
        assert_eq!(plan.members.len(), 2);
        let member = one.handle.clone();
        assert_eq!(plan.blocked, [PlanBlock::ActiveEmployee { member }]);
        let centre = SystemId::parse("contact-centre").expect("an id");
        let paused = house.habeas.db.write({
            let centre = centre.clone();
            move |tx| Box::pin(async move { tx.system_pause(&centre, true).await })
        });
        let paused: Result<bool, server::store::StoreError> = paused.await;
        paused.expect("pauses");
        let ask = app::model::PlanAsk {
            right: Right::Delete,
            search: view.id.clone(),
            subject: lead.handle.clone(),
            replacements: Vec::new(),
        };
        let plan = house.habeas.make_plan(&ada(), ask).await;
        let systems = vec![centre];
        assert_eq!(plan, Err(Error::Unavailable { systems }));
    }
}

#[tokio::test]
async fn a_retry_does_not_touch_who_was_parted_since() {
    for house in houses().await {
        let view = twins(&house).await;
        let (lead, one) = (&view.sets[0].members[0], &view.sets[1].members[0]);
        join(&house, &view, one, lead).await;
        let plan = planned(&house, Right::Delete, &view, lead).await;
        house.newsletter_fails(true);
        let made = house.habeas.create(&ada(), confirmed(&plan)).await;
        let made = made.expect("creates");
        drain(&house.habeas.engine).await;
        let run = house.habeas.run(&ada(), &made).await.expect("shows");
        assert_eq!(run.state, RequestState::PartiallyFailed);
        assert_eq!(run.retry_blocked, None);
        house.newsletter_fails(false);
        undo_all(&house, &view).await;
        let run = house.habeas.run(&ada(), &made).await.expect("shows");
        assert_eq!(run.retry_blocked, Some(Blocked::Relinked));
        let blocked = Blocked::Relinked;
        let why = Conflict::Retry { blocked };
        let retried = house.habeas.retry(&ada(), &made).await;
        assert_eq!(retried, Err(Error::Conflict { why }));
    }
}

#[tokio::test]
async fn once_all_her_records_are_erased_nothing_says_who_was_linked_and_why() {
    for house in houses().await {
        let view = twins(&house).await;
        let (lead, one) = (&view.sets[0].members[0], &view.sets[1].members[0]);
        // One that was undone knows of her too.
        join(&house, &view, lead, one).await;
        undo_all(&house, &view).await;
        join(&house, &view, one, lead).await;
        let plan = planned(&house, Right::Delete, &view, lead).await;
        house.newsletter_fails(true);
        let made = house.habeas.create(&ada(), confirmed(&plan)).await;
        let made = made.expect("creates");
        drain(&house.habeas.engine).await;
        assert_eq!(
            left(&house).await,
            (2, 1),
            "what failed is still to be erased"
        );
        house.newsletter_fails(false);
        let retried = house.habeas.retry(&ada(), &made).await;
        let retried = retried.expect("retries");
        drain(&house.habeas.engine).await;
        let run = house.habeas.run(&ada(), &retried).await.expect("shows");
        assert!(run.state.is_answer(), "{:#?}", run.cells);
        assert_eq!(left(&house).await, (0, 0));
        let log =
            "SELECT body FROM evidence WHERE action = 'person.link_undone' AND actor = 'habeas'";
        let log = house.habeas.db.all(log, &[]).await.expect("reads");
        assert_eq!(log.len(), 1, "the one that was active");
    }
}

/// Links that still say who or why, and links that are active.
async fn left(house: &House) -> (i64, i64) {
    let count = async |sql| {
        let row = house.habeas.db.one(sql, &[]).await.expect("reads");
        row.expect("a count").int("n").expect("a number")
    };
    let told = "SELECT COUNT(*) AS n FROM person_link WHERE keys_sealed IS NOT NULL
        OR reason_sealed IS NOT NULL OR undo_reason_sealed IS NOT NULL";
    let active = "SELECT COUNT(*) AS n FROM person_link WHERE undone_at IS NULL";
    (count(told).await, count(active).await)
}
