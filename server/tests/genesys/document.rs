//! The OpenAPI document against the routes, and the answers against the document.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};
use server::http::genesys::routes::{Route, routes};
use server::http::genesys::shape::{Model, Need, Property, Shape};

use crate::desk::{MARIA, export_of, package};
use crate::world::{Answer, CONTACTS, World};

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
    let required = model.properties.iter().filter(|p| p.need == Need::Required);
    let missing = required.filter(|property| !map.contains_key(property.name));
    let missing = missing.map(|property| format!("{path}.{} is missing", property.name));
    map.iter()
        .flat_map(|(name, value)| {
            let at = format!("{path}.{name}");
            property(name).map_or(vec![at.clone()], |property| {
                misfits(&property.shape, value, &at)
            })
        })
        .chain(missing)
        .collect()
}

fn misfits(shape: &Shape, value: &Json, at: &str) -> Vec<String> {
    match (shape, value) {
        (Shape::Object(model), value) => unknown(model, value, at),
        (Shape::List { of, .. }, Json::Array(list)) => list
            .iter()
            .flat_map(|value| misfits(of, value, at))
            .collect(),
        (Shape::Text { .. } | Shape::Known { .. } | Shape::Date, Json::String(_))
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
async fn a_patch_is_written_with_null_and_as_a_list_of_changes() {
    let document = World::new().await.get("/openapi.json").await.body;
    let path = &document["paths"]["/api/v2/externalcontacts/contacts/{id}"];
    let schema = &path["patch"]["requestBody"]["content"]["application/json"]["schema"];
    let schemas: Vec<&Json> = schema["oneOf"]
        .as_array()
        .expect("two ways")
        .iter()
        .map(|way| {
            let pointer = way["$ref"].as_str().expect("a reference");
            document
                .pointer(pointer.trim_start_matches('#'))
                .expect("leads somewhere")
        })
        .collect();
    let [fields, changes] = schemas[..] else {
        panic!("{schema}")
    };
    let name = &fields["properties"]["firstName"]["anyOf"];
    assert_eq!(
        (&name[0]["type"], &name[1]["type"]),
        (&json!("string"), &json!("null"))
    );
    let change = &changes["properties"]["changes"]["items"]["properties"];
    assert_eq!(change["action"]["enum"], json!(["Update", "Remove"]));
}

/// One call of every operation that succeeds: method, path, what the id is, query, body.
type Example = (&'static str, &'static str, String, &'static str, Json);

async fn examples(world: &World) -> Vec<Example> {
    const MERGE: &str = "/api/v2/externalcontacts/contacts/merge";
    const INTO: &str = "/api/v2/externalcontacts/merge/contacts";
    const ONE: &str = "/api/v2/externalcontacts/contacts/{id}";
    const REQUESTS: &str = "/api/v2/gdpr/requests";
    let body = json!({ "firstName": "A", "workEmail": "a@b.example" });
    let id = world.contact(body.clone()).await;
    let [b, c, d] = [(); 3].map(|()| world.contact(json!({ "firstName": "B" })));
    let (b, c, d) = (b.await, c.await, d.await);
    let merged = json!({ "contactIds": [id, b] });
    let into = json!({ "sourceContactId": c, "targetContactId": id });
    let bulk = json!({ "entities": [{ "id": id }, { "id": "none" }] });
    let request = world.json("POST", REQUESTS, &export_of(MARIA)).await.body;
    let state = app::model::RequestState::Completed;
    world.gdpr.set(state, Some(package()));
    let request = request["id"].as_str().expect("an id").to_owned();
    let search = "?searchType=EMAIL&searchValue=maria@example.org";
    let (none, desk) = (String::new, || "help-desk".to_owned());
    let null = Json::Null;
    vec![
        ("GET", "/api/v2/gdpr/subjects", none(), search, null.clone()),
        ("POST", REQUESTS, none(), "", export_of(MARIA)),
        ("GET", REQUESTS, none(), "", null.clone()),
        (
            "GET",
            "/api/v2/gdpr/requests/{id}",
            request.clone(),
            "",
            null.clone(),
        ),
        (
            "POST",
            "/api/v2/gdpr/requests/{id}/retry",
            request.clone(),
            "",
            null.clone(),
        ),
        ("POST", "/api/v2/gdpr/plans", none(), "", export_of(MARIA)),
        ("GET", "/api/v2/gdpr/systems", none(), "", null.clone()),
        ("GET", "/api/v2/gdpr/systems/{id}", desk(), "", null.clone()),
        (
            "POST",
            "/api/v2/gdpr/systems/{id}/pause",
            desk(),
            "",
            null.clone(),
        ),
        (
            "POST",
            "/api/v2/gdpr/systems/{id}/resume",
            desk(),
            "",
            null.clone(),
        ),
        (
            "GET",
            "/api/v2/downloads/{id}",
            request,
            "?issueRedirect=false",
            null.clone(),
        ),
        ("POST", CONTACTS, none(), "", body.clone()),
        ("GET", ONE, id.clone(), "", null.clone()),
        (
            "GET",
            "/api/v2/externalcontacts/contacts/{id}/unresolved",
            id.clone(),
            "",
            null.clone(),
        ),
        ("PUT", ONE, id.clone(), "", body),
        (
            "PATCH",
            ONE,
            id.clone(),
            "",
            json!({ "title": "Dr.", "workEmail": null }),
        ),
        ("POST", MERGE, none(), "", merged),
        ("POST", INTO, none(), "", into),
        ("GET", CONTACTS, none(), "", null.clone()),
        (
            "POST",
            "/api/v2/externalcontacts/bulk/contacts",
            none(),
            "",
            bulk,
        ),
        ("DELETE", ONE, d, "", null.clone()),
        ("GET", "/openapi.json", none(), "", null),
    ]
}

async fn token(world: &World) -> Answer {
    let basic = format!("{}:{}", world.client.id, world.client.secret);
    let request = Request::post("/oauth/token")
        .header("authorization", format!("Basic {}", STANDARD.encode(basic)))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("grant_type=client_credentials"));
    world.ask(request.expect("a request")).await
}

#[tokio::test]
async fn answers_say_what_the_document_says() {
    let world = World::new().await;
    let mut answers = vec![("POST", "/oauth/token", token(&world).await)];
    for (method, path, id, query, body) in examples(&world).await {
        let uri = format!("{}{query}", path.replace("{id}", &id));
        let answer = if body.is_null() {
            world.send(method, &uri, None, b"").await
        } else {
            world.json(method, &uri, &body).await
        };
        answers.push((method, path, answer));
    }
    for (method, path, answer) in &answers {
        let (route, what) = (route(method, path), format!("{method} {path}"));
        assert!(
            route.statuses.contains(&answer.status),
            "{what}: {}",
            answer.status
        );
        assert_eq!(
            unknown(route.answer, &answer.body, ""),
            Vec::<String>::new(),
            "{what}"
        );
    }
    let called: BTreeSet<_> = answers
        .iter()
        .map(|(method, path, _)| (*method, *path))
        .collect();
    assert_eq!(called.len(), routes().len(), "every operation was called");
    let error = world.get("/api/v2/gdpr/requests?pageSize=0").await;
    let model = &server::http::genesys::models::ERROR;
    assert_eq!(unknown(model, &error.body, ""), Vec::<String>::new());
}
