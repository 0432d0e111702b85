//! What is carried out is what was confirmed: the plan is made again before anything is done.

use app::backend::Requests;
use app::error::{Conflict, Error};
use app::model::{IdentifierKind, Plan, Right};

use crate::house::{House, ada, houses};
use crate::stories::{confirmed, text};

const SUBSCRIBE: &str =
    "INSERT INTO subscribers (language, state, external_contact_id, consented_at)
    VALUES ('de', 'subscribed', $1, 0)";

async fn planned(house: &House) -> Plan {
    let email = text(&house.stories["unique"]["email"]);
    let view = house.search(IdentifierKind::Email, email).await;
    let members = &view.sets[0].members;
    let plan = house.plan(Right::Delete, &view, &members[0].handle).await;
    house.habeas.plan(&ada(), &plan).await.expect("shows")
}

#[tokio::test]
async fn a_plan_shows_a_few_masked_examples_and_never_a_value() {
    for house in houses().await {
        let set = &house.stories["merge_set_of_four"];
        let email = text(&set["emails"][0]);
        let view = house.search(IdentifierKind::Email, email).await;
        let members = &view.sets[0].members;
        let plan = house.plan(Right::Export, &view, &members[0].handle).await;
        let plan = house.habeas.plan(&ada(), &plan).await.expect("shows");
        let systems = plan.members.iter().flat_map(|one| &one.systems);
        let mut shown = Vec::new();
        for one in systems.flat_map(|system| &system.collections) {
            let most = one.rows.unwrap_or(0).min(3);
            assert!(one.samples.len() as u64 <= most, "{}", one.collection);
            let is_file = one.collection.as_str() == "attachments";
            assert!(is_file || one.bytes.is_none(), "{}", one.collection);
            let fields = one.samples.iter().flat_map(|sample| &sample.fields);
            shown.extend(fields.map(|(_, value)| value.clone()));
        }
        assert!(
            shown.iter().any(|value| value.contains("•••@")),
            "{shown:?}"
        );
        let known = members.iter().flat_map(|one| &one.subject.fields);
        for value in known.map(|found| &found.value) {
            assert!(!shown.contains(value), "{value} is shown whole");
        }
    }
}

async fn refused(house: &House, plan: &Plan) -> Error {
    let made = house.habeas.create(&ada(), confirmed(plan)).await;
    let why = made.expect_err("is not what was confirmed");
    let list = house.habeas.list(&ada(), Default::default()).await;
    assert_eq!(list.expect("lists").requests, [], "nothing was made");
    why
}

#[tokio::test]
async fn what_comes_or_goes_after_the_approval_is_another_plan() {
    let changed = Error::Conflict {
        why: Conflict::PlanChanged,
    };
    for house in houses().await {
        let id = text(&house.stories["unique"]["externalContactId"]);
        let insert = SUBSCRIBE;
        let delete = "DELETE FROM subscribers WHERE external_contact_id = $1";
        for change in [insert, delete] {
            let plan = planned(&house).await;
            assert!(house.sql("newsletter.db", change, &[id]).await > 0);
            assert_eq!(refused(&house, &plan).await, changed, "{change}");
        }
        let plan = planned(&house).await;
        let made = house.habeas.create(&ada(), confirmed(&plan)).await;
        let run = house.habeas.run(&ada(), &made.expect("creates")).await;
        let cells = run.expect("shows").cells;
        assert!(cells.iter().all(|cell| cell.planned.is_some()));
    }
}

#[tokio::test]
async fn a_system_that_cannot_say_what_it_holds_now_is_held_to_the_plan() {
    for house in houses().await {
        let id = text(&house.stories["unique"]["externalContactId"]);
        house.sql("newsletter.db", SUBSCRIBE, &[id]).await;
        let plan = planned(&house).await;
        house.newsletter_fails(true);
        let made = house.habeas.create(&ada(), confirmed(&plan)).await;
        let run = house.habeas.run(&ada(), &made.expect("creates")).await;
        let cells = run.expect("shows").cells;
        let letters: Vec<_> = cells
            .iter()
            .filter(|cell| cell.system.as_str() == "newsletter")
            .collect();
        assert_eq!(letters.len(), 1);
        assert_eq!((letters[0].planned, letters[0].rows), (Some(1), None));
    }
}
