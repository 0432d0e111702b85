//! Every system is spoken of: searched, not searchable, failed or open; none is passed over.

use app::backend::Requests;
use app::model::{CoverageState, Identifier, IdentifierKind, Replacement, Right};
use server::backend::direct::DirectAsk;

use crate::house::{ada, houses};
use crate::stories::text;

#[tokio::test]
async fn an_update_speaks_of_the_systems_that_hold_nothing_of_the_kind() {
    for house in houses().await {
        let story = &house.stories["unique"];
        let kind = IdentifierKind::ExternalContactId;
        let ask = DirectAsk {
            right: Right::Update,
            term: Identifier::new(kind, text(&story["externalContactId"])).expect("valid"),
            replacements: vec![Replacement {
                kind: IdentifierKind::Address,
                old: text(&story["address"]).to_owned(),
                new: "Ring 1, 10115 Berlin, DE".to_owned(),
            }],
            delete_confirmed: false,
        };
        let (record, _) = house.habeas.ask(&ada(), ask).await.expect("asks");
        let run = house.habeas.run(&ada(), &record.id).await.expect("shows");
        let of = |id: &str| {
            let mut found = run.coverage.iter().filter(|c| c.system.as_str() == id);
            let state = found.next().map(|c| c.state);
            assert!(found.next().is_none(), "{id} is spoken of twice");
            state
        };
        for system in house.habeas.systems.all() {
            assert!(of(system.id.as_str()).is_some(), "{} is not", system.id);
        }
        // It is found there by this id, and no address is kept.
        assert_eq!(of("newsletter"), Some(CoverageState::NotSearchable));
        assert_eq!(of("help-desk"), Some(CoverageState::Open));
    }
}
