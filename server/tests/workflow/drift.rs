//! A plan is a contract: what was not there when it was confirmed is not erased by it.

use app::backend::Requests;
use app::error::{Conflict, Error};
use app::model::{Blocked, IdentifierKind, Operation, RequestState, Right, RunView, TaskState};

use crate::house::{House, ada, houses};
use crate::stories::{confirmed, text};
use crate::world::drain;

const FILE: &str = "newsletter.db";

async fn rows(house: &House, id: &str) -> u64 {
    let sql = "UPDATE subscribers SET language = language WHERE external_contact_id = $1";
    house.sql(FILE, sql, &[id]).await
}

/// The codes of what failed, by system.
fn failed(run: &RunView) -> Vec<(&str, &str)> {
    let failed = run
        .cells
        .iter()
        .filter(|cell| cell.state == TaskState::Failed);
    failed
        .map(|cell| {
            (
                cell.system.as_str(),
                cell.code.as_deref().unwrap_or_default(),
            )
        })
        .collect()
}

#[tokio::test]
async fn one_row_more_than_was_confirmed_halts_that_system_until_there_is_a_new_plan() {
    for house in houses().await {
        let story = &house.stories["merge_set_of_four"];
        let (id, email) = (text(&story["canonical"]), text(&story["emails"][0]));
        let view = house.search(IdentifierKind::Email, email).await;
        let subject = &view.sets[0].members[0].handle;
        let plan = house.plan(Right::Delete, &view, subject).await;
        let plan = house.habeas.plan(&ada(), &plan).await.expect("shows");
        let root = house
            .habeas
            .create(&ada(), confirmed(&plan))
            .await
            .expect("creates");
        let before = rows(&house, id).await;
        let insert = "INSERT INTO subscribers (email, name, language, state, external_contact_id, consented_at)
            SELECT 'new@example.org', name, language, state, external_contact_id, consented_at FROM subscribers
            WHERE external_contact_id = $1 LIMIT 1";
        assert_eq!(house.sql(FILE, insert, &[id]).await, 1);
        drain(&house.habeas.engine).await;
        let run = house.habeas.run(&ada(), &root).await.expect("shows");
        assert_eq!(run.state, RequestState::PartiallyFailed);
        assert_eq!(failed(&run), [("newsletter", "drifted")]);
        assert_eq!(
            rows(&house, id).await,
            before + 1,
            "nothing was touched there"
        );
        let erased = run
            .cells
            .iter()
            .filter(|cell| cell.operation == Operation::Delete && cell.state == TaskState::Done);
        assert!(erased.count() > 10, "the other systems go on");
        assert_eq!(run.retry_blocked, Some(Blocked::Drifted));
        let retried = house.habeas.retry(&ada(), &root).await;
        let why = Conflict::Retry {
            blocked: Blocked::Drifted,
        };
        assert_eq!(retried, Err(Error::Conflict { why }));

        // Each row is a record of its own, now that the contact is gone.
        let view = house.search(IdentifierKind::ExternalContactId, id).await;
        assert_eq!(view.sets.len(), 2);
        for set in &view.sets {
            let plan = house
                .plan(Right::Delete, &view, &set.members[0].handle)
                .await;
            let plan = house.habeas.plan(&ada(), &plan).await.expect("shows");
            let root = house.habeas.create(&ada(), confirmed(&plan)).await;
            let root = root.expect("creates");
            drain(&house.habeas.engine).await;
            let run = house.habeas.run(&ada(), &root).await.expect("shows");
            assert_eq!(failed(&run), []);
        }
        assert_eq!(rows(&house, id).await, 0);
    }
}

#[tokio::test]
async fn fewer_rows_than_were_confirmed_are_no_matter() {
    for house in houses().await {
        let story = &house.stories["merge_set_of_four"];
        let (id, email) = (text(&story["canonical"]), text(&story["emails"][0]));
        let view = house.search(IdentifierKind::Email, email).await;
        let subject = &view.sets[0].members[0].handle;
        let plan = house.plan(Right::Delete, &view, subject).await;
        let plan = house.habeas.plan(&ada(), &plan).await.expect("shows");
        let root = house
            .habeas
            .create(&ada(), confirmed(&plan))
            .await
            .expect("creates");
        let gone = "DELETE FROM subscribers WHERE external_contact_id = $1";
        assert!(house.sql(FILE, gone, &[id]).await > 0);
        drain(&house.habeas.engine).await;
        let run = house.habeas.run(&ada(), &root).await.expect("shows");
        assert_eq!(failed(&run), []);
        assert_eq!(run.state, RequestState::CompletedWithExceptions);
    }
}
