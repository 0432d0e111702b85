//! A retry goes on where the first try ended, and under the same rules.

use app::backend::Requests;
use app::error::{Conflict, Error};
use app::model::{Identifier, IdentifierKind, RequestId, RequestState, Right};
use server::backend::direct::DirectAsk;

use crate::house::{House, ada, houses};
use crate::stories::text;
use crate::world::drain;

async fn erasure(house: &House, kind: IdentifierKind, id: &str) -> RequestId {
    let ask = DirectAsk {
        right: Right::Delete,
        term: Identifier::new(kind, id).expect("valid"),
        replacements: Vec::new(),
        delete_confirmed: true,
    };
    house.habeas.ask(&ada(), ask).await.expect("asks").0.id
}

#[tokio::test]
async fn what_was_kept_in_the_first_try_is_an_exception_of_the_second() {
    for house in houses().await {
        let id = text(&house.stories["merge_set_of_four"]["canonical"]);
        let first = erasure(&house, IdentifierKind::ExternalContactId, id).await;
        house.newsletter_fails(true);
        drain(&house.habeas.engine).await;
        let run = house.habeas.run(&ada(), &first).await.expect("shows");
        assert_eq!(run.state, RequestState::PartiallyFailed);
        assert!(run.cells.iter().any(|cell| cell.kept > Some(0)));

        house.newsletter_fails(false);
        let second = house.habeas.retry(&ada(), &first).await.expect("retries");
        drain(&house.habeas.engine).await;
        let run = house.habeas.run(&ada(), &second).await.expect("shows");
        // Customers are anonymous by now: her invoices are not found any more, and are there.
        assert!(run.cells.iter().all(|cell| cell.kept.unwrap_or(0) == 0));
        assert_eq!(run.state, RequestState::CompletedWithExceptions);
    }
}

#[tokio::test]
async fn a_set_is_named_by_who_is_left_once_its_canonical_member_is_erased() {
    const FILE: &str = "newsletter.db";
    for house in houses().await {
        let id = text(&house.stories["deep_set"]["canonical"]);
        let hold = [
            "CREATE TABLE spared (id TEXT)",
            "CREATE TRIGGER hold BEFORE DELETE ON subscribers WHEN OLD.external_contact_id NOT IN (SELECT id FROM spared)
             BEGIN SELECT RAISE(ABORT, 'hold'); END",
        ];
        for sql in hold {
            house.sql(FILE, sql, &[]).await;
        }
        house
            .sql(FILE, "INSERT INTO spared VALUES ($1)", &[id])
            .await;
        let root = erasure(&house, IdentifierKind::ExternalContactId, id).await;
        drain(&house.habeas.engine).await;
        let run = house.habeas.run(&ada(), &root).await.expect("shows");
        assert_eq!(run.state, RequestState::PartiallyFailed);
        assert_eq!(run.members[0].name, None, "the canonical member is erased");
        let left = run.members.iter().find_map(|member| member.name.clone());
        let today = house.habeas.today(&ada()).await.expect("shows");
        let named: Vec<_> = today.needs.into_iter().map(|set| set.name).collect();
        assert!(left.is_some());
        assert_eq!(named, [left]);
    }
}

#[tokio::test]
async fn who_works_here_again_is_not_erased_by_a_retry() {
    const FILE: &str = "contact-centre.db";
    for house in houses().await {
        let id = text(&house.stories["former_employee"]["userId"]);
        let first = erasure(&house, IdentifierKind::UserId, id).await;
        house
            .sql(FILE, "ALTER TABLE users RENAME TO away", &[])
            .await;
        drain(&house.habeas.engine).await;
        house
            .sql(FILE, "ALTER TABLE away RENAME TO users", &[])
            .await;
        let run = house.habeas.run(&ada(), &first).await.expect("shows");
        assert_eq!(run.state, RequestState::PartiallyFailed, "{:#?}", run.cells);

        let hire = "UPDATE users SET state = 'active' WHERE id = $1";
        assert_eq!(house.sql(FILE, hire, &[id]).await, 1);
        let why = house.habeas.retry(&ada(), &first).await;
        let employed = Error::Conflict {
            why: Conflict::ActiveEmployee,
        };
        assert_eq!(why.expect_err("is refused"), employed);
        let fire = "UPDATE users SET state = 'inactive' WHERE id = $1";
        assert_eq!(house.sql(FILE, fire, &[id]).await, 1);
        let second = house.habeas.retry(&ada(), &first).await.expect("retries");
        drain(&house.habeas.engine).await;
        let run = house.habeas.run(&ada(), &second).await.expect("shows");
        assert_eq!(run.state, RequestState::Completed, "{:#?}", run.cells);
    }
}
