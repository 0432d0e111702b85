//! Rows that know a person only by the id that another system gave her: found there by her address, and followed by that id.

use app::backend::Requests;
use app::error::Error;
use app::model::{
    IdentifierKind, Misbehaviour, Operation, PlanAsk, RequestState, Right, SearchView,
    SubjectHandle, SystemId,
};

use crate::house::{House, ada, houses_with};
use crate::stories::{confirmed, text};

/// It knows customers of the billing system, by their numbers there.
const LOYALTY: &str = r#"
id = "more"
name = "Loyalty"
kind = "sql"
owner = "Sales"
region = "eu-central"
country = "DE"
[sql]
url = "sqlite:more.db"
[[collections]]
name = "points"
title = "Points"
key = ["id"]
disposition = { do = "delete" }
subject = { kind = "external_id", column = "customer_id", prefix = "billing:" }
fields = [ { name = "said", category = "user.behavior" } ]
[[collections]]
name = "gifts"
title = "Gifts"
key = ["id"]
disposition = { do = "delete" }
parent = [
  { collection = "points", column = "points_id", references = "id" },
  { collection = "points", column = "other_id", references = "id" },
]
fields = [ { name = "said", category = "user.behavior" } ]
"#;

const TABLES: &str = "CREATE TABLE points (id INTEGER PRIMARY KEY, customer_id INTEGER, said TEXT);
     CREATE TABLE gifts (id INTEGER PRIMARY KEY, points_id INTEGER, other_id INTEGER, said TEXT);
     INSERT INTO points VALUES (1, 900001, 'hers'), (2, 900001, 'hers'), (3, 900002, 'another');
     INSERT INTO gifts VALUES (1, 1, NULL, 'hers'), (2, NULL, 2, 'hers'), (3, 1, 3, 'of both'), (4, 3, NULL, 'another')";

#[tokio::test]
async fn rows_that_know_her_by_another_systems_id_are_planned_copied_erased_and_verified() {
    for house in houses_with(LOYALTY, TABLES).await {
        let columns = "INSERT INTO customers (id, name, email, created_on) VALUES (900001, 'Elsa Where', ?, '2024-01-31')";
        let made = house
            .sql("billing.db", columns, &["elsa@where.example"])
            .await;
        assert_eq!(made, 1);
        let view = house
            .search(IdentifierKind::Email, "elsa@where.example")
            .await;
        assert_eq!(view.sets.len(), 1);
        let member = &view.sets[0].members[0];
        assert_eq!(member.subject.key.id(), "billing:900001");
        let more: Vec<_> = view
            .lanes
            .iter()
            .filter(|lane| lane.system.as_str() == "more")
            .collect();
        assert!(
            more.iter().all(|lane| !lane.state.is_searched()),
            "not said to be searched by e-mail"
        );

        copied_and_erased(&house, &view, &member.handle).await;
    }
}

#[tokio::test]
async fn they_are_reached_too_where_her_record_in_that_system_says_who_she_is_in_the_directory() {
    for house in houses_with(LOYALTY, TABLES).await {
        let story = &house.stories["merge_set_of_four"];
        let email = text(&story["emails"][0]);
        let before = house.search(IdentifierKind::Email, email).await;
        let last = &before.sets[0].members[3].subject;
        assert_eq!(last.key.kind(), IdentifierKind::ExternalContactId);
        let linked = "INSERT INTO customers (id, external_contact_id, created_on) VALUES (900001, ?, '2024-01-31')";
        let made = house.sql("billing.db", linked, &[last.key.id()]).await;
        assert_eq!(made, 1);

        let view = house.search(IdentifierKind::Email, email).await;
        assert_eq!(view.sets.len(), 1);
        let set = &view.sets[0];
        assert_eq!(
            set.members[0].subject.key.id(),
            text(&story["canonical"]),
            "canonical first"
        );
        let found = |id: &str| set.members.iter().find(|m| m.subject.key.id() == id);
        let record = found("billing:900001").expect("a member, though nothing in it was searched");
        let names = record.subject.canonical.as_ref();
        assert_eq!(names, Some(&last.key), "as its system declares");
        assert!(found("billing:900002").is_none(), "another's");

        let ask = PlanAsk {
            right: Right::Delete,
            search: view.id.clone(),
            subject: set.members[0].handle.clone(),
            replacements: Vec::new(),
        };
        billing_fails(&house, true);
        let refused = house.habeas.make_plan(&ada(), ask).await;
        let Err(Error::Unavailable { systems }) = refused else {
            panic!("who can't be resolved may be overlooked: {refused:?}");
        };
        assert!(systems.iter().any(|system| system.as_str() == "billing"));
        billing_fails(&house, false);

        copied_and_erased(&house, &view, &set.members[0].handle).await;
        let after = house.search(IdentifierKind::Email, email).await;
        assert_eq!(after.sets, [], "nothing is left");
    }
}

fn billing_fails(house: &House, failing: bool) {
    let billing = SystemId::parse("billing").expect("an id");
    let system = house.habeas.systems.get(&billing).expect("a system");
    system.lever.as_ref().expect("a lever").set(Misbehaviour {
        failing,
        ..Misbehaviour::default()
    });
}

/// What the loyalty system has of her is handed over, and erased but for what she shares.
async fn copied_and_erased(house: &House, view: &SearchView, member: &SubjectHandle) {
    for (right, operation, want) in [
        (
            Right::Export,
            Operation::Export,
            [("gifts", 3, 0), ("points", 2, 0)],
        ),
        (
            Right::Delete,
            Operation::Delete,
            [("gifts", 2, 1), ("points", 2, 0)],
        ),
    ] {
        let plan = house.plan(right, view, member).await;
        let plan = house.habeas.plan(&ada(), &plan).await.expect("shows");
        assert!(plan.blocked.is_empty(), "{:?}", plan.blocked);
        let request = house
            .habeas
            .create(&ada(), confirmed(&plan))
            .await
            .expect("creates");
        house.work().await;
        let run = house.habeas.run(&ada(), &request).await.expect("shows");
        let ended = [
            RequestState::Completed,
            RequestState::CompletedWithExceptions,
        ];
        assert!(ended.contains(&run.state), "{:#?}", run.cells);
        let cells = run
            .cells
            .iter()
            .filter(|cell| cell.system.as_str() == "more");
        let mut done: Vec<_> = cells
            .filter(|cell| cell.operation == operation)
            .map(|cell| {
                (
                    cell.collection.as_str(),
                    cell.rows.unwrap_or(99),
                    cell.kept.unwrap_or(0),
                )
            })
            .filter(|(_, rows, kept)| rows + kept > 0)
            .collect();
        done.sort_unstable();
        assert_eq!(done, want, "{right:?}");
    }
    let left = house
        .sql("more.db", "UPDATE points SET said = ?", &["x"])
        .await;
    assert_eq!(left, 1, "another's");
    let left = house
        .sql("more.db", "UPDATE gifts SET said = ?", &["x"])
        .await;
    assert_eq!(left, 2, "another's, and of both");
}
