//! `/api/v2/gdpr` and downloads: what is asked reaches the backend as meant, and what comes back is what the SDKs read.

use app::error::{Conflict, Error};
use app::model::{IdentifierKind, RequestState};
use serde_json::json;

use crate::desk::{MARIA, export_of, package, unavailable};
use crate::world::World;

const REQUESTS: &str = "/api/v2/gdpr/requests";

#[tokio::test]
async fn a_search_gives_each_subject_with_her_known_values_once() {
    let world = World::new().await;
    let uri = "/api/v2/gdpr/subjects?searchType=email&searchValue=maria%40example.org";
    let answer = world.get(uri).await;
    assert_eq!(answer.status, 200);
    let entities = json!([{
        "name": "Maria Müller",
        "externalContactId": MARIA,
        "emailAddresses": ["maria@example.org"],
        "phoneNumbers": ["+493012345678"],
        "socialHandle": { "type": "TWITTER", "value": "maria_m" },
        "externalId": "crm:42",
    }]);
    assert_eq!(answer.body["entities"], entities);
    assert_eq!(answer.body["total"], 1);
    assert!(
        !answer.body.to_string().contains("searchValue"),
        "no URI repeats what was searched"
    );
    let nobody = world
        .get("/api/v2/gdpr/subjects?searchType=NAME&searchValue=Nobody")
        .await;
    assert_eq!((nobody.status, &nobody.body["entities"]), (200, &json!([])));
}

#[tokio::test]
async fn every_search_type_is_the_kind_that_it_names() {
    let world = World::new().await;
    let kinds = [
        ("NAME", "A+B", IdentifierKind::Name),
        ("ADDRESS", "A%201", IdentifierKind::Address),
        ("PHONE", "%2B4930123456", IdentifierKind::Phone),
        ("EMAIL", "a@b.example", IdentifierKind::Email),
        ("TWITTER", "a", IdentifierKind::Twitter),
        ("INSTAGRAM", "a", IdentifierKind::Instagram),
        ("FACEBOOK", "a", IdentifierKind::Facebook),
        ("APPLE_MESSAGES", "a", IdentifierKind::AppleMessages),
        ("WHATSAPP", "4930123456", IdentifierKind::Whatsapp),
        ("EXTERNAL_ID", "crm:42", IdentifierKind::ExternalId),
    ];
    for (word, value, _) in kinds {
        let uri = format!("/api/v2/gdpr/subjects?searchType={word}&searchValue={value}");
        assert_eq!(world.get(&uri).await.status, 200, "{word}");
    }
    let terms = world.gdpr.terms.lock().expect("unpoisoned");
    assert_eq!(
        terms
            .iter()
            .map(app::model::Identifier::kind)
            .collect::<Vec<_>>(),
        kinds.map(|(.., kind)| kind)
    );
    assert_eq!(terms[0].value(), "A B", "a plus is a space");
    assert_eq!(terms[2].value(), "+4930123456");
}

#[tokio::test]
async fn a_system_that_was_not_searched_is_not_nothing_found() {
    let world = World::new().await;
    world.gdpr.refuse(unavailable());
    let answer = world
        .get("/api/v2/gdpr/subjects?searchType=NAME&searchValue=Maria")
        .await;
    assert_eq!((answer.status, answer.code()), (503, "service.unavailable"));
    assert!(
        answer.body["message"]
            .as_str()
            .is_some_and(|text| text.contains("help-desk"))
    );
    assert_eq!(answer.body["messageParams"]["systems"], "help-desk");
}

#[tokio::test]
async fn a_request_is_202_and_the_same_again_is_200() {
    let world = World::new().await;
    let first = world.json("POST", REQUESTS, &export_of(MARIA)).await;
    assert_eq!(first.status, 202, "{}", first.body);
    let again = world.json("POST", REQUESTS, &export_of(MARIA)).await;
    assert_eq!((again.status, &again.body), (200, &first.body));
    let id = first.body["id"].as_str().expect("an id");
    assert_eq!(first.body["status"], "INITIATED");
    assert_eq!(first.body["requestType"], "GDPR_EXPORT");
    assert_eq!(first.body["createdDate"], "2026-11-21T17:17:27.923Z");
    assert_eq!(first.body["createdBy"]["id"], world.client.id.as_str());
    assert_eq!(first.body["subject"]["externalContactId"], MARIA);
    assert_eq!(
        first.body["subject"]["emailAddresses"],
        json!(["maria@example.org"])
    );
    let related = json!([{ "id": "01935-rel", "selfUri": "/api/v2/gdpr/requests/01935-rel" }]);
    assert_eq!(first.body["relatedRequests"], related);
    assert_eq!(first.body["selfUri"], format!("{REQUESTS}/{id}"));
    assert_eq!(
        world.get(&format!("{REQUESTS}/{id}")).await.body,
        first.body
    );
    let list = world.get(REQUESTS).await;
    assert_eq!(list.body["entities"], json!([first.body]));
    assert_eq!(
        (&list.body["pageSize"], &list.body["total"]),
        (&json!(25), &json!(1))
    );
}

#[tokio::test]
async fn what_a_client_reads_it_can_send_back() {
    let world = World::new().await;
    let uri = "/api/v2/gdpr/subjects?searchType=EMAIL&searchValue=maria%40example.org";
    let mut sent = export_of(MARIA);
    sent["subject"] = world.get(uri).await.body["entities"][0].clone();
    assert!(
        sent["subject"]["externalId"].is_string(),
        "she has both ids"
    );
    // Values as systems hold them: long, with lines, and many.
    sent["subject"]["name"] = json!("Maria\nMüller");
    sent["subject"]["addresses"] = json!(vec!["é".repeat(4000); 10]);
    sent["subject"]["phoneNumbers"] = json!(vec!["+49 30 1"; 150]);
    for (name, value) in [
        ("id", json!("x")),
        ("status", json!("INITIATED")),
        ("createdBy", json!({})),
        ("name", json!(null)),
    ] {
        sent[name] = value;
    }
    assert_eq!(
        world.json("POST", REQUESTS, &sent).await.status,
        202,
        "what is ours to say is ignored"
    );
}

#[tokio::test]
async fn a_deletion_needs_its_confirmation_and_an_update_its_terms() {
    let world = World::new().await;
    let before = world.count().await;
    let delete = json!({ "requestType": "gdpr_delete", "subject": { "externalContactId": MARIA } });
    for uri in [
        REQUESTS.to_owned(),
        format!("{REQUESTS}?deleteConfirmed=false"),
    ] {
        let answer = world.json("POST", &uri, &delete).await;
        assert_eq!(
            (answer.status, answer.blamed()),
            (400, vec!["deleteConfirmed"])
        );
    }
    let update = json!({ "requestType": "GDPR_UPDATE", "subject": { "externalContactId": MARIA } });
    assert_eq!(
        world.json("POST", REQUESTS, &update).await.blamed(),
        ["replacementTerms"]
    );
    let mut export = export_of(MARIA);
    export["replacementTerms"] =
        json!([{ "type": "EMAIL", "existingValue": "a@b.example", "updatedValue": "c@b.example" }]);
    assert_eq!(
        world.json("POST", REQUESTS, &export).await.blamed(),
        ["replacementTerms"]
    );
    assert_eq!(world.count().await, before);
    let answer = world
        .json("POST", &format!("{REQUESTS}?deleteConfirmed=true"), &delete)
        .await;
    assert_eq!(answer.status, 202);
    let mut update = update;
    update["replacementTerms"] =
        json!([{ "type": "email", "existingValue": "a@b.example", "updatedValue": "c@b.example" }]);
    let answer = world.json("POST", REQUESTS, &update).await;
    assert_eq!(answer.status, 202);
    let terms =
        json!([{ "type": "EMAIL", "existingValue": "a@b.example", "updatedValue": "c@b.example" }]);
    assert_eq!(answer.body["replacementTerms"], terms);
}

#[tokio::test]
async fn a_replacement_that_replaces_nothing_or_by_nonsense_is_refused() {
    let world = World::new().await;
    let mut body =
        json!({ "requestType": "GDPR_UPDATE", "subject": { "externalContactId": MARIA } });
    for (term, field) in [
        (
            json!({ "type": "EMAIL", "existingValue": "a@b.example", "updatedValue": "a@b.example" }),
            "updatedValue",
        ),
        (
            json!({ "type": "EMAIL", "existingValue": "a@b.example", "updatedValue": "nobody" }),
            "updatedValue",
        ),
        (
            json!({ "type": "PHONE", "existingValue": "call me", "updatedValue": "030 123456" }),
            "existingValue",
        ),
    ] {
        body["replacementTerms"] = json!([term]);
        let answer = world.json("POST", REQUESTS, &body).await;
        assert_eq!(
            (answer.status, answer.blamed()),
            (400, vec![format!("replacementTerms[0].{field}").as_str()])
        );
    }
}

#[tokio::test]
async fn conflicts_are_409_and_say_why() {
    let world = World::new().await;
    let by_name = json!({ "requestType": "GDPR_EXPORT", "subject": { "name": "Maria" } });
    let answer = world.json("POST", REQUESTS, &by_name).await;
    assert_eq!((answer.status, answer.code()), (409, "request.conflict"));
    assert!(
        answer.body["message"]
            .as_str()
            .is_some_and(|text| text.contains("2 people"))
    );
    world.gdpr.refuse(Error::Conflict {
        why: Conflict::ActiveEmployee,
    });
    let answer = world.json("POST", REQUESTS, &export_of(MARIA)).await;
    assert!(
        answer.body["message"]
            .as_str()
            .is_some_and(|text| text.contains("employee"))
    );
}

#[tokio::test]
async fn every_state_is_a_word_that_the_sdks_know() {
    let world = World::new().await;
    let id = world.json("POST", REQUESTS, &export_of(MARIA)).await.body["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    for (state, word) in [
        (RequestState::Running, "SEARCHING"),
        (RequestState::Packaging, "FINALIZING"),
        (RequestState::CompletedWithExceptions, "COMPLETED"),
        (RequestState::PartiallyFailed, "ERROR"),
    ] {
        world.gdpr.set(state, None);
        assert_eq!(
            world.get(&format!("{REQUESTS}/{id}")).await.body["status"],
            word
        );
    }
}

#[tokio::test]
async fn a_finished_export_is_downloaded_by_redirect_or_by_url() {
    let world = World::new().await;
    let id = world.json("POST", REQUESTS, &export_of(MARIA)).await.body["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let none = world
        .get(&format!("/api/v2/downloads/{id}?issueRedirect=false"))
        .await;
    assert_eq!((none.status, none.code()), (404, "entity.not.found"));
    assert!(
        world
            .get(&format!("{REQUESTS}/{id}"))
            .await
            .body
            .get("resultsUrl")
            .is_none()
    );
    world.gdpr.set(RequestState::Completed, Some(package()));
    let body = world.get(&format!("{REQUESTS}/{id}")).await.body;
    let url = format!("https://privacy.example.org/api/v2/downloads/{id}");
    assert_eq!(
        (&body["resultsUrl"], &body["resultsUrls"]),
        (&json!(url), &json!([url]))
    );
    let sdk = world
        .get(&format!(
            "/api/v2/downloads/{id}?issueRedirect=false&contentDisposition=attachment"
        ))
        .await;
    assert_eq!(
        (sdk.status, &sdk.body),
        (200, &json!({ "url": package().url }))
    );
    let browser = world.get(&format!("/api/v2/downloads/{id}")).await;
    assert_eq!(
        (browser.status, browser.header("location")),
        (302, package().url.as_str())
    );
}

#[tokio::test]
async fn an_id_that_there_is_not_is_404() {
    let world = World::new().await;
    for id in ["nope", "NOPE", "a%20b", "%ff", "..", &"x".repeat(100)] {
        for path in [
            "/api/v2/gdpr/requests",
            "/api/v2/downloads",
            "/api/v2/externalcontacts/contacts",
        ] {
            let answer = world.get(&format!("{path}/{id}")).await;
            assert_eq!(answer.status, 404, "{path}/{id}");
        }
    }
}
