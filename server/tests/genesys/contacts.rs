//! `/api/v2/externalcontacts/contacts`: what goes in comes out, and nobody else is touched.

use serde_json::{Value as Json, json};

use server::contact::{Card, Contact};

use crate::world::{CONTACTS, NOW, World, contacts_of};

fn anna() -> Json {
    json!({
        "firstName": "Anna",
        "lastName": "Müller",
        "workPhone": { "display": "030 12345678", "userInput": "030 12345678" },
        "workEmail": "anna@example.org",
        "address": { "address1": "Musterstraße 1", "city": "Berlin", "postalCode": "10115", "countryCode": "DE" },
        "twitterId": { "screenName": "anna_m" },
        "facebookId": { "ids": [{ "scopedId": "fb-1" }] },
        "instagramId": { "handle": "anna.m" },
        "whatsAppId": { "phoneNumber": { "e164": "+493012345678" } },
        "externalIds": [{ "externalSource": { "name": "crm" }, "value": "42" }],
        "customFields": { "vip": true, "note": "line 1\nline 2", "tags": ["a", "b"], "age": 42 },
        "type": "Identified",
    })
}

#[tokio::test]
async fn a_contact_comes_back_as_it_was_sent_with_what_is_ours_to_say() {
    for world in World::each().await {
        comes_back(world).await;
    }
}

async fn comes_back(world: World) {
    let id = world.contact(anna()).await;
    let read = world
        .get(&format!(
            "{CONTACTS}/{id}?expand=division,externalOrganization"
        ))
        .await;
    assert_eq!(read.status, 200);
    let mut want = anna();
    want["workPhone"]["e164"] = json!("+493012345678");
    let uri = format!("{CONTACTS}/{id}");
    for (name, value) in [
        ("id", json!(id)),
        ("selfUri", json!(uri)),
        ("createDate", json!("2026-11-21T17:17:27.923Z")),
        ("modifyDate", json!("2026-11-21T17:17:27.923Z")),
        ("canonicalContact", json!({ "id": id, "selfUri": uri })),
    ] {
        want[name] = value;
    }
    assert_eq!(read.body, want);
}

#[tokio::test]
async fn what_was_read_can_be_changed_and_put_back() {
    let world = World::new().await;
    let id = world.contact(anna()).await;
    let uri = format!("{CONTACTS}/{id}");
    world.clock.advance(1000);
    let mut body = world.get(&uri).await.body;
    body["lastName"] = json!("Schmidt");
    body["workEmail"] = json!(null);
    let put = world.json("PUT", &uri, &body).await;
    assert_eq!(put.status, 200, "{}", put.body);
    assert_eq!(
        (&put.body["lastName"], put.body.get("workEmail")),
        (&json!("Schmidt"), None)
    );
    assert_eq!(put.body["modifyDate"], "2026-11-21T17:17:28.923Z");
    assert_eq!(put.body["createDate"], "2026-11-21T17:17:27.923Z");
    let patch = json!({ "firstName": "Anne", "title": "Dr.", "address": null, "id": id });
    let patched = world.json("PATCH", &uri, &patch).await;
    assert_eq!(
        (&patched.body["firstName"], &patched.body["lastName"]),
        (&json!("Anne"), &json!("Schmidt"))
    );
    assert_eq!(patched.body.get("address"), None, "null clears");
    assert_eq!(world.get(&uri).await.body, patched.body);
}

#[tokio::test]
async fn a_body_with_anothers_id_changes_nobody() {
    let world = World::new().await;
    let id = world.contact(anna()).await;
    let before = world.get(&format!("{CONTACTS}/{id}")).await.body;
    for method in ["PUT", "PATCH"] {
        let body = json!({ "id": "another", "firstName": "X" });
        let answer = world.json(method, &format!("{CONTACTS}/{id}"), &body).await;
        assert_eq!((answer.status, answer.blamed()), (422, vec!["id"]));
    }
    assert_eq!(world.get(&format!("{CONTACTS}/{id}")).await.body, before);
}

#[tokio::test]
async fn what_can_not_be_a_contact_is_422_and_names_the_field() {
    let world = World::new().await;
    let before = world.count().await;
    for (body, field) in [
        (json!({}), "body"),
        (json!({ "type": "Curated" }), "body"),
        (json!({ "address": {} }), "body"),
        (json!({ "facebookId": { "ids": [] } }), "body"),
        (json!({ "customFields": { "tags": [] } }), "body"),
        (json!({ "workEmail": "nobody" }), "workEmail"),
        (
            json!({ "cellPhone": { "display": "call me" } }),
            "cellPhone",
        ),
        (json!({ "cellPhone": {} }), "cellPhone"),
        (json!({ "firstName": "" }), "firstName"),
        (json!({ "firstName": "x".repeat(513) }), "firstName"),
        (json!({ "firstName": "a\u{0}b" }), "firstName"),
        (
            json!({ "externalIds": [{ "externalSource": { "name": "a:b" }, "value": "1" }] }),
            "externalIds.externalSource",
        ),
    ] {
        let answer = world.json("POST", CONTACTS, &body).await;
        assert_eq!(
            (answer.status, answer.code()),
            (422, "validation.failed"),
            "{body}"
        );
        assert_eq!(answer.blamed(), [field]);
    }
    let answer = world
        .json(
            "POST",
            CONTACTS,
            &json!({ "firstName": "A", "nickName": "B" }),
        )
        .await;
    assert_eq!((answer.status, answer.blamed()), (400, vec!["nickName"]));
    assert_eq!(world.count().await, before);
}

#[tokio::test]
async fn a_deleted_contact_is_gone_with_its_keys() {
    let world = World::new().await;
    let before = world.count().await;
    let id = world.contact(anna()).await;
    let uri = format!("{CONTACTS}/{id}");
    let answer = world.send("DELETE", &uri, None, b"").await;
    assert_eq!((answer.status, answer.body), (200, json!({})));
    assert_eq!(world.get(&uri).await.status, 404);
    assert_eq!(world.send("DELETE", &uri, None, b"").await.status, 404);
    let after = world.count().await;
    assert_eq!(after[..4], before[..4]);
    assert_eq!(
        after[4],
        before[4] + 2,
        "one line of evidence each for adding and deleting"
    );
}

#[tokio::test]
async fn a_list_is_paged_and_searched_by_whole_identifiers() {
    for world in World::each().await {
        is_paged_and_searched(world).await;
    }
}

async fn is_paged_and_searched(world: World) {
    for n in 0..5 {
        world
            .contact(json!({ "firstName": "Anna", "workEmail": format!("a{n}@example.org") }))
            .await;
        world.clock.advance(1);
    }
    let page = world
        .get(&format!(
            "{CONTACTS}?pageSize=2&pageNumber=3&sortOrder=name"
        ))
        .await;
    assert_eq!(
        (page.status, page.blamed()),
        (400, vec!["sortOrder"]),
        "a parameter that would be ignored is refused"
    );
    let page = world
        .get(&format!("{CONTACTS}?pageSize=2&pageNumber=3"))
        .await;
    assert_eq!(
        (&page.body["total"], &page.body["pageCount"]),
        (&json!(5), &json!(3))
    );
    assert_eq!(page.body["entities"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        page.body["previousUri"],
        format!("{CONTACTS}?pageSize=2&pageNumber=2")
    );
    assert!(page.body.get("nextUri").is_none());
    let found = world
        .get(&format!("{CONTACTS}?q=A3%40EXAMPLE.org&expand=a&expand=b"))
        .await;
    assert_eq!(found.body["total"], 1);
    assert_eq!(found.body["entities"][0]["workEmail"], "a3@example.org");
    assert!(
        !found.body.to_string().contains("EXAMPLE"),
        "no URI repeats what was searched"
    );
    assert_eq!(
        world.get(&format!("{CONTACTS}?q=anna")).await.body["total"],
        5
    );
    assert_eq!(
        world.get(&format!("{CONTACTS}?q=ann")).await.body["total"],
        0
    );
}

#[tokio::test]
async fn a_list_looks_at_every_kind_of_identifier_and_never_leaves_any_out() {
    let world = World::new().await;
    world.contact(anna()).await;
    for held in [
        "Anna Müller",
        "030 12345678",
        "anna@example.org",
        "Musterstraße 1, 10115 Berlin",
        "anna_m",
        "fb-1",
        "anna.m",
        "crm:42",
        "42",
    ] {
        let found = world.get(&format!("{CONTACTS}?q={}", encoded(held))).await;
        assert_eq!(found.body["total"], 1, "{held}");
    }
    let chat = json!({ "firstName": "Bo", "whatsAppId": { "phoneNumber": { "e164": "+493099" } } });
    world.contact(chat).await;
    let found = world.get(&format!("{CONTACTS}?q=%2B493099")).await;
    assert_eq!(found.body["total"], 1, "WhatsApp");

    let same = |n: usize| Contact::new(format!("s-{n}"), same_name(), NOW);
    let contacts = contacts_of(&world.db, &world.clock);
    contacts
        .fill((0..1000).map(same).collect())
        .await
        .expect("filled");
    let whole = world.get(&format!("{CONTACTS}?q=Same")).await;
    assert_eq!((whole.status, &whole.body["total"]), (200, &json!(1000)));
    contacts.fill(vec![same(1000)]).await.expect("filled");
    let many = world.get(&format!("{CONTACTS}?q=Same")).await;
    assert_eq!(
        (many.status, many.code(), many.blamed()),
        (400, "invalid.query.param.value", vec!["q"])
    );
}

fn same_name() -> Card {
    Card {
        first_name: Some("Same".into()),
        ..Card::default()
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

#[tokio::test]
async fn unknown_fields_of_a_patch_are_named_shortly() {
    let world = World::new().await;
    let id = world.contact(anna()).await;
    let many: serde_json::Map<String, Json> = (0..500)
        .map(|n| (format!("{n:03}\n{}", "x".repeat(200)), Json::Null))
        .collect();
    let uri = format!("{CONTACTS}/{id}");
    let answer = world.json("PATCH", &uri, &many.into()).await;
    assert_eq!((answer.status, answer.blamed().len()), (400, 10));
    for name in answer.blamed() {
        assert!(name.len() <= 64 && !name.contains('\n'), "{name}");
    }
}

#[tokio::test]
async fn several_are_read_at_once_and_what_is_missing_is_named() {
    let world = World::new().await;
    let id = world.contact(anna()).await;
    let body = json!({ "entities": [{ "id": "none" }, { "id": id }] });
    let answer = world
        .json("POST", "/api/v2/externalcontacts/bulk/contacts", &body)
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        (&answer.body["errorCount"], &answer.body["errorIndexes"]),
        (&json!(1), &json!([0]))
    );
    let results = &answer.body["results"];
    assert_eq!(
        (&results[0]["success"], &results[0]["error"]["status"]),
        (&json!(false), &json!(404))
    );
    assert_eq!(
        (&results[1]["success"], &results[1]["entity"]["id"]),
        (&json!(true), &json!(id))
    );
    let none = world
        .json(
            "POST",
            "/api/v2/externalcontacts/bulk/contacts",
            &json!({ "entities": [] }),
        )
        .await;
    assert_eq!((none.status, none.blamed()), (400, vec!["entities"]));
}
