//! The OpenAPI document against the routes, and the answers against the document.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use server::http::genesys::routes::{Route, routes};
use server::http::genesys::shape::{Model, Property, Shape};

use crate::desk::{MARIA, export_of, package};
use crate::world::{CONTACTS, World};

#[tokio::test]
async fn the_document_names_every_route_and_no_other() {
    let document = World::new().await.get("/openapi.json").await.body;
    assert_eq!(document["openapi"], "3.1.0");
    let mut written = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            assert!(
                operation["responses"]["default"].is_object(),
                "{method} {path} says what an error is"
            );
            written.insert((method.to_uppercase(), path.clone()));
        }
    }
    let real: BTreeSet<_> = routes()
        .iter()
        .map(|r| (r.method.as_str().to_owned(), r.path.to_owned()))
        .collect();
    assert_eq!(written, real);
    assert_eq!(written.len(), routes().len(), "no route is there twice");
}

#[tokio::test]
async fn every_reference_leads_somewhere_and_every_operation_has_its_own_id() {
    let document = World::new().await.get("/openapi.json").await.body;
    let mut references = Vec::new();
    walk(&document, &mut |name, value| {
        if name == "$ref" {
            references.push(value.as_str().expect("text").to_owned());
        }
    });
    assert!(references.len() > 30);
    for reference in references {
        let pointer = reference.trim_start_matches('#');
        let schema = document
            .pointer(pointer)
            .unwrap_or_else(|| panic!("{reference}"));
        assert_eq!(schema["type"], "object", "{reference}");
    }
    let ids: BTreeSet<String> = document["paths"]
        .as_object()
        .expect("paths")
        .values()
        .flat_map(|path| path.as_object().expect("operations").values())
        .map(|operation| operation["operationId"].to_string())
        .collect();
    assert_eq!(ids.len(), routes().len());
}

fn walk(value: &Json, see: &mut impl FnMut(&str, &Json)) {
    match value {
        Json::Object(map) => map.iter().for_each(|(name, value)| {
            see(name, value);
            walk(value, see);
        }),
        Json::Array(list) => list.iter().for_each(|value| walk(value, see)),
        _ => {}
    }
}

/// What an answer says and its model does not.
fn unknown(model: &Model, body: &Json, path: &str) -> Vec<String> {
    let Json::Object(map) = body else {
        return vec![format!("{path} is no object")];
    };
    let property = |name: &str| {
        model
            .properties
            .iter()
            .find(|property: &&Property| property.name == name)
    };
    map.iter()
        .flat_map(|(name, value)| {
            let at = format!("{path}.{name}");
            property(name).map_or(vec![at.clone()], |property| {
                misfits(&property.shape, value, &at)
            })
        })
        .collect()
}

fn misfits(shape: &Shape, value: &Json, at: &str) -> Vec<String> {
    match (shape, value) {
        (Shape::Object(model), value) => unknown(model, value, at),
        (Shape::List { of, .. }, Json::Array(list)) => list
            .iter()
            .flat_map(|value| misfits(of, value, at))
            .collect(),
        (Shape::Text { .. } | Shape::Date, Json::String(_))
        | (Shape::Flag, Json::Bool(_))
        | (Shape::Free, Json::Object(_)) => vec![],
        (Shape::Word(words), Json::String(word)) if words.contains(&word.as_str()) => vec![],
        (Shape::Count { .. }, Json::Number(number)) if number.is_u64() => vec![],
        _ => vec![at.to_owned()],
    }
}

fn route(method: &str, path: &str) -> &'static Route {
    routes()
        .iter()
        .find(|r| r.method.as_str() == method && r.path == path)
        .expect("a route")
}

#[tokio::test]
async fn answers_say_what_the_document_says() {
    let world = World::new().await;
    let id = world
        .contact(json!({ "firstName": "A", "workEmail": "a@b.example" }))
        .await;
    let other = world.contact(json!({ "firstName": "B" })).await;
    let merged = json!({ "contactIds": [id, other] });
    let request = world
        .json("POST", "/api/v2/gdpr/requests", &export_of(MARIA))
        .await
        .body;
    world
        .gdpr
        .set(app::model::RequestState::Completed, Some(package()));
    let request = request["id"].as_str().expect("an id");
    let bulk = json!({ "entities": [{ "id": id }, { "id": "none" }] });
    let calls = [
        (
            "GET",
            "/api/v2/gdpr/subjects",
            "?searchType=EMAIL&searchValue=maria@example.org",
            json!(null),
        ),
        ("POST", "/api/v2/gdpr/requests", "", export_of(MARIA)),
        ("GET", "/api/v2/gdpr/requests", "", json!(null)),
        ("GET", "/api/v2/gdpr/requests/{id}", "", json!(null)),
        (
            "GET",
            "/api/v2/downloads/{id}",
            "?issueRedirect=false",
            json!(null),
        ),
        (
            "POST",
            "/api/v2/externalcontacts/contacts/merge",
            "",
            merged,
        ),
        ("GET", CONTACTS, "", json!(null)),
        ("POST", "/api/v2/externalcontacts/bulk/contacts", "", bulk),
        ("GET", "/api/v2/gdpr/requests", "?pageSize=0", json!(null)),
    ];
    for (method, path, query, body) in calls {
        let route = route(method, path);
        let uri = format!("{}{query}", path.replace("{id}", request));
        let answer = if body.is_null() {
            world.get(&uri).await
        } else {
            world.json(method, &uri, &body).await
        };
        if answer.status < 400 {
            assert!(
                route.statuses.contains(&answer.status),
                "{method} {path}: {}",
                answer.status
            );
            assert_eq!(
                unknown(route.answer, &answer.body, ""),
                Vec::<String>::new(),
                "{method} {path}"
            );
        } else {
            let error = &server::http::genesys::models::ERROR;
            assert_eq!(
                unknown(error, &answer.body, ""),
                Vec::<String>::new(),
                "{method} {path}"
            );
        }
    }
}
