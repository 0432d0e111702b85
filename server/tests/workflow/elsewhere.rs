//! Rows that know a person only by the id that another system gave her: found there by her address, and followed by that id.

use app::backend::Requests;
use app::model::{IdentifierKind, Operation, RequestState, Right};

use crate::house::{ada, houses_with};
use crate::stories::confirmed;

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
            let plan = house.plan(right, &view, &member.handle).await;
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
}
