//! Merge sets over the API: one canonical contact, whatever is merged, split or asked twice.

use serde_json::{Value as Json, json};

use crate::world::{Answer, CONTACTS, World};

async fn named(world: &World, name: &str) -> String {
    world.clock.advance(1);
    world.contact(json!({ "firstName": name, "lastName": "X", "externalIds": [{ "externalSource": { "name": "crm" }, "value": name }] })).await
}

async fn merge(world: &World, ids: &[&str]) -> Answer {
    world
        .json(
            "POST",
            &format!("{CONTACTS}/merge"),
            &json!({ "contactIds": ids }),
        )
        .await
}

async fn merge_into(world: &World, source: &str, target: &str) -> Answer {
    let body = json!({ "sourceContactId": source, "targetContactId": target });
    world
        .json("POST", "/api/v2/externalcontacts/merge/contacts", &body)
        .await
}

fn ids(list: &Json) -> Vec<&str> {
    list.as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
        .filter_map(|one| one["id"].as_str())
        .collect()
}

#[tokio::test]
async fn merging_makes_a_new_canonical_contact_that_all_lead_to() {
    let world = World::new().await;
    let (a, b) = (named(&world, "Anna").await, named(&world, "Anne").await);
    let merged = merge(&world, &[&a, &b]).await;
    assert_eq!(merged.status, 200, "{}", merged.body);
    let canonical = merged.body["id"].as_str().expect("an id");
    assert!(canonical != a && canonical != b);
    assert_eq!(
        merged.body["firstName"], "Anna",
        "the first contact's value"
    );
    assert_eq!(merged.body["externalIds"].as_array().map(Vec::len), Some(2));
    assert_eq!(ids(&merged.body["mergeSet"])[0], canonical);
    assert_eq!(ids(&merged.body["mergeSet"]).len(), 3);
    assert_eq!(ids(&merged.body["mergedFrom"]).len(), 2);
    for member in [&a, &b] {
        let followed = world.get(&format!("{CONTACTS}/{member}")).await.body;
        assert_eq!(followed["id"], canonical);
        let itself = world
            .get(&format!("{CONTACTS}/{member}/unresolved"))
            .await
            .body;
        assert_eq!(itself["id"], member.as_str());
        assert_eq!(itself["canonicalContact"]["id"], canonical);
        assert_eq!(itself["mergedTo"]["id"], canonical);
    }
}

#[tokio::test]
async fn a_merge_that_is_asked_again_makes_nothing_twice() {
    let world = World::new().await;
    let (a, b) = (named(&world, "A").await, named(&world, "B").await);
    let first = merge(&world, &[&a, &b]).await;
    let before = world.count().await;
    let again = merge(&world, &[&b, &a]).await;
    assert_eq!((again.status, &again.body["id"]), (200, &first.body["id"]));
    assert_eq!(world.count().await, before);
}

#[tokio::test]
async fn sets_merge_whole_and_to_any_depth() {
    for world in World::each().await {
        merges_whole(world).await;
    }
}

async fn merges_whole(world: World) {
    let mut members = Vec::new();
    for n in 0..4 {
        members.push(named(&world, &format!("P{n}")).await);
    }
    let one = merge(&world, &[&members[0], &members[1]]).await;
    let two = merge_into(&world, &members[2], &members[3]).await;
    assert_eq!(two.body["id"], members[3].as_str());
    // By members that are not canonical themselves.
    let all = merge(&world, &[&members[1], &members[2]]).await;
    assert_eq!(ids(&all.body["mergeSet"]).len(), 6);
    for id in members
        .iter()
        .map(String::as_str)
        .chain(one.body["id"].as_str())
    {
        let canonical = world.get(&format!("{CONTACTS}/{id}")).await.body;
        assert_eq!(canonical["id"], all.body["id"]);
    }
}

#[tokio::test]
async fn a_value_override_wins_in_the_canonical_contact() {
    let world = World::new().await;
    let (a, b) = (named(&world, "A").await, named(&world, "B").await);
    let body =
        json!({ "contactIds": [a, b], "valueOverride": { "firstName": "C", "id": "ignored" } });
    let merged = world
        .json("POST", &format!("{CONTACTS}/merge"), &body)
        .await;
    assert_eq!(
        (merged.status, &merged.body["firstName"]),
        (200, &json!("C"))
    );
    let bad = json!({ "contactIds": [a, b], "valueOverride": { "firstName": 1 } });
    let answer = world.json("POST", &format!("{CONTACTS}/merge"), &bad).await;
    assert_eq!(answer.blamed(), ["valueOverride.firstName"]);
}

#[tokio::test]
async fn a_value_override_of_a_set_that_is_there_is_taken_over_once() {
    let mut world = World::new().await;
    let (a, b) = (named(&world, "A").await, named(&world, "B").await);
    let canonical = merge(&world, &[&a, &b]).await.body["id"].clone();
    world.clock.advance(1);
    let uri = format!("{CONTACTS}/merge");
    let body = json!({ "contactIds": [a, b], "valueOverride": { "firstName": "C" } });
    let merged = world.json("POST", &uri, &body).await;
    let said = (&merged.body["id"], &merged.body["firstName"]);
    assert_eq!((merged.status, said), (200, (&canonical, &json!("C"))));
    let before = world.count().await;
    assert_eq!(world.json("POST", &uri, &body).await.body, merged.body);
    assert_eq!(world.count().await, before, "nothing is done twice");

    let merging = ["externalContacts:identity:merge".to_owned()];
    let narrow = world
        .clients
        .create("narrow", &merging)
        .await
        .expect("made");
    world.token = world.token_of(&narrow).await;
    assert_eq!(world.json("POST", &uri, &body).await.status, 200);
    let other = json!({ "contactIds": [a, b], "valueOverride": { "firstName": "D" } });
    assert_eq!(world.json("POST", &uri, &other).await.status, 403);
    assert_eq!(world.count().await[4], before[4]);
}

#[tokio::test]
async fn what_was_merged_can_be_put_back_or_is_not_merged() {
    let world = World::new().await;
    let member = |n: usize, ids: usize| {
        let id = |at| json!({ "externalSource": { "name": "crm" }, "value": format!("{n}-{at}") });
        let ids: Vec<Json> = (0..ids).map(id).collect();
        json!({ "firstName": "A", "externalIds": ids })
    };
    for (ids, merges) in [(8, true), (9, false)] {
        let mut members = Vec::new();
        for n in 0..25 {
            members.push(world.contact(member(n, ids)).await);
        }
        let members: Vec<&str> = members.iter().map(String::as_str).collect();
        let before = world.count().await;
        let merged = merge(&world, &members).await;
        if merges {
            let id = merged.body["id"].as_str().expect("an id");
            let uri = format!("{CONTACTS}/{id}");
            let put = world.json("PUT", &uri, &merged.body).await;
            assert_eq!((put.status, put.body), (200, merged.body.clone()));
        } else {
            assert_eq!((merged.status, merged.code()), (409, "request.conflict"));
            let message = merged.body["message"].as_str().unwrap_or_default();
            assert!(message.contains("externalIds"), "{message}");
            assert_eq!(world.count().await, before, "nothing was linked");
        }
    }
    // Few fields, but more text than a body can carry.
    let mut members = Vec::new();
    for n in 0..25 {
        let note = json!({ format!("note {n}"): "山".repeat(1000) });
        let contact = json!({ "firstName": "A", "customFields": note });
        members.push(world.contact(contact).await);
    }
    let members: Vec<&str> = members.iter().map(String::as_str).collect();
    assert_eq!(merge(&world, &members).await.status, 409);
    assert_eq!(merge(&world, &members[..9]).await.status, 200);
}

#[tokio::test]
async fn cycles_are_refused_and_repeats_are_not() {
    let world = World::new().await;
    let mut p = Vec::new();
    for n in 0..3 {
        p.push(named(&world, &format!("P{n}")).await);
    }
    assert_eq!(
        merge_into(&world, &p[0], &p[1]).await.body["id"],
        p[1].as_str()
    );
    assert_eq!(
        merge_into(&world, &p[1], &p[2]).await.body["id"],
        p[2].as_str()
    );
    let before = world.count().await;
    for (source, target) in [(2, 0), (2, 1), (1, 0), (0, 0)] {
        let answer = merge_into(&world, &p[source], &p[target]).await;
        assert_eq!(
            (answer.status, answer.code()),
            (409, "request.conflict"),
            "{source} into {target}"
        );
    }
    let again = merge_into(&world, &p[0], &p[1]).await;
    assert_eq!((again.status, &again.body["id"]), (200, &json!(p[2])));
    assert_eq!(world.count().await, before);
}

#[tokio::test]
async fn a_set_has_at_most_52_members() {
    let world = World::new().await;
    let mut sets = Vec::new();
    for set in 0..2 {
        let mut members = Vec::new();
        for n in 0..25 {
            members.push(named(&world, &format!("S{set}-{n}")).await);
        }
        let ids: Vec<&str> = members.iter().map(String::as_str).collect();
        sets.push(
            merge(&world, &ids).await.body["id"]
                .as_str()
                .expect("an id")
                .to_owned(),
        );
    }
    // 26 + 26 fit, with a new canonical they do not.
    let full = merge(&world, &[&sets[0], &sets[1]]).await;
    assert_eq!((full.status, full.code()), (409, "request.conflict"));
    assert!(
        full.body["message"]
            .as_str()
            .is_some_and(|text| text.contains("53") && text.contains("52"))
    );
    assert_eq!(merge_into(&world, &sets[0], &sets[1]).await.status, 200);
    let more = named(&world, "more").await;
    assert_eq!(merge_into(&world, &more, &sets[1]).await.status, 409);
    assert_eq!(
        world.get(&format!("{CONTACTS}/{more}")).await.body["id"],
        more.as_str(),
        "nothing was linked"
    );
}

#[tokio::test]
async fn a_merge_of_what_is_not_there_or_of_one_is_refused() {
    let world = World::new().await;
    let a = named(&world, "A").await;
    let before = world.count().await;
    assert_eq!(merge(&world, &[&a, "none"]).await.status, 404);
    assert_eq!(merge_into(&world, "none", &a).await.status, 404);
    assert_eq!(merge(&world, &[&a]).await.blamed(), ["contactIds"]);
    assert_eq!(merge(&world, &[&a, &a]).await.blamed(), ["contactIds[1]"]);
    let many: Vec<String> = (0..26).map(|n| n.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(merge(&world, &many).await.blamed(), ["contactIds"]);
    assert_eq!(world.count().await, before);
}

#[tokio::test]
async fn deleting_the_canonical_contact_keeps_the_others_together() {
    let world = World::new().await;
    let (a, b) = (named(&world, "A").await, named(&world, "B").await);
    let merged = merge(&world, &[&a, &b]).await.body;
    let canonical = merged["id"].as_str().expect("an id");
    let gone = world
        .send("DELETE", &format!("{CONTACTS}/{canonical}"), None, b"")
        .await;
    assert_eq!(gone.status, 200);
    let heir = world.get(&format!("{CONTACTS}/{b}")).await.body;
    assert_eq!(heir["id"], a.as_str(), "the oldest of those merged into it");
    assert_eq!(ids(&heir["mergeSet"]), [a.as_str(), b.as_str()]);
}

#[tokio::test]
async fn deleting_a_member_in_the_middle_of_a_chain_keeps_it_whole() {
    let world = World::new().await;
    let mut p = Vec::new();
    for n in 0..3 {
        p.push(named(&world, &format!("P{n}")).await);
    }
    merge_into(&world, &p[0], &p[1]).await;
    merge_into(&world, &p[1], &p[2]).await;
    world
        .send("DELETE", &format!("{CONTACTS}/{}", p[1]), None, b"")
        .await;
    let body = world.get(&format!("{CONTACTS}/{}", p[0])).await.body;
    assert_eq!(ids(&body["mergeSet"]), [p[2].as_str(), p[0].as_str()]);
}
