//! Every field of every route, asked wrongly in every way. The cases are made from the table of routes, so that a new field is
//! tested the day it is added.

use serde_json::{Map, Value as Json, json};
use server::http::genesys::models;
use server::http::genesys::routes::{Body, Route, routes};
use server::http::genesys::shape::{Model, Need, Shape};

use crate::world::{Answer, World};

/// Routes that read JSON, with their models.
fn reading() -> impl Iterator<Item = (&'static Route, &'static Model)> {
    routes().iter().filter_map(|route| match route.body {
        Body::Json(model) | Body::Patch(model) => Some((route, model)),
        Body::None | Body::Form(_) => None,
    })
}

fn uri(route: &Route) -> String {
    route.path.replace("{id}", "none")
}

/// The least that passes.
fn sample(shape: &Shape) -> Json {
    match shape {
        Shape::Text { .. } | Shape::Known { .. } => json!("x"),
        Shape::Word(words) => json!(words[0]),
        Shape::Flag => json!(true),
        Shape::Count { min, .. } => json!(min),
        Shape::Date => json!("2026-11-21T17:17:27.923Z"),
        Shape::List { of, .. } => json!([sample(of)]),
        Shape::Object(model) => sample_of(model).into(),
        Shape::Free => json!({}),
    }
}

fn sample_of(model: &Model) -> Map<String, Json> {
    let required = model
        .properties
        .iter()
        .filter(|property| property.need == Need::Required);
    required
        .map(|property| (property.name.to_owned(), sample(&property.shape)))
        .collect()
}

/// Wrong values, and where in the value the fault is (empty: the value itself).
fn wrong(shape: &Shape) -> Vec<(Json, String)> {
    let here = |values: &[Json]| {
        values
            .iter()
            .map(|value| (value.clone(), String::new()))
            .collect::<Vec<_>>()
    };
    match shape {
        Shape::Text { max } | Shape::Known { max } => here(&[
            json!(1),
            json!(true),
            json!([]),
            json!({}),
            json!(""),
            json!("  "),
            json!("a\u{0}b"),
            json!("a\nb"),
            json!("é".repeat(max + 1)),
        ]),
        Shape::Word(_) => here(&[
            json!("NO SUCH WORD"),
            json!(""),
            json!(1),
            json!([]),
            json!({}),
            json!("\u{0}"),
        ]),
        Shape::Flag => here(&[json!("true"), json!(1), json!({})]),
        Shape::Count { .. } => here(&[json!("1"), json!(-1), json!(1.5), json!({})]),
        Shape::Date => here(&[json!("yesterday"), json!(1)]),
        Shape::Free => {
            let mut cases = here(&[json!([]), json!("x"), json!(1)]);
            cases.push((json!({ "k": { "deep": 1 } }), ".k".to_owned()));
            cases.push((json!({ "k": "a\u{0}b" }), ".k".to_owned()));
            cases.push((json!({ "k": [1] }), ".k".to_owned()));
            cases.push((json!({ "k": "x".repeat(2001) }), ".k".to_owned()));
            cases
        }
        Shape::List { of, max } => {
            let mut cases = here(&[
                json!("x"),
                json!({}),
                json!(1),
                json!(vec![sample(of); max + 1]),
            ]);
            cases.extend(
                wrong(of)
                    .into_iter()
                    .map(|(value, at)| (json!([value]), format!("[0]{at}"))),
            );
            cases
        }
        Shape::Object(model) => {
            let mut cases = here(&[json!("x"), json!([]), json!(1)]);
            cases.extend(
                wrong_in(model)
                    .into_iter()
                    .map(|(body, at)| (body, format!(".{at}"))),
            );
            cases
        }
    }
}

/// Objects of the model with one fault each, and its path.
fn wrong_in(model: &Model) -> Vec<(Json, String)> {
    let with = |name: &str, value: Json| {
        let mut body = sample_of(model);
        body.insert(name.to_owned(), value);
        Json::Object(body)
    };
    let mut cases = vec![(with("unheardOf", json!(1)), "unheardOf".to_owned())];
    for property in model
        .properties
        .iter()
        .filter(|property| property.need != Need::ReadOnly)
    {
        for (value, at) in wrong(&property.shape) {
            cases.push((with(property.name, value), format!("{}{at}", property.name)));
        }
        if property.need == Need::Required {
            let mut body = sample_of(model);
            body.remove(property.name);
            cases.push((body.into(), property.name.to_owned()));
            cases.push((with(property.name, Json::Null), property.name.to_owned()));
        }
    }
    cases
}

fn assert_refused(answer: &Answer, statuses: &[u16], what: &str) {
    assert!(
        statuses.contains(&answer.status),
        "{what}: {} {}",
        answer.status,
        answer.body
    );
}

#[tokio::test]
async fn every_field_of_every_body_is_refused_by_name_and_nothing_is_made() {
    for world in World::each().await {
        refuses_every_field(world).await;
    }
}

async fn refuses_every_field(world: World) {
    let before = world.count().await;
    let mut cases = 0;
    for (route, model) in reading() {
        for (body, at) in wrong_in(model) {
            let answer = world.json(route.method.as_str(), &uri(route), &body).await;
            let what = format!("{} {} {at}", route.method.as_str(), route.path);
            assert_refused(&answer, &[400, 422], &what);
            assert!(
                answer.blamed().contains(&at.as_str()),
                "{what}: {:?} in {body}",
                answer.blamed()
            );
            let message = answer.body["message"].as_str().unwrap_or_default();
            assert!(
                message.contains(&at) && message.len() > at.len() + 3,
                "{what} says why: {message}"
            );
            cases += 1;
        }
    }
    assert!(cases > 1000, "only {cases} cases");
    assert_eq!(world.count().await, before);
}

#[tokio::test]
async fn a_body_that_is_no_object_of_json_is_refused() {
    let world = World::new().await;
    let before = world.count().await;
    let deep = "[".repeat(10_000);
    let cases: [(&[u8], &str); 11] = [
        (b"", "bad.request"),
        (b"{", "bad.request"),
        (b"not json", "bad.request"),
        (b"{\"a\":1}x", "bad.request"),
        (b"{\"a\":1,\"a\":2}", "bad.request"),
        (b"\xff\xfe", "bad.request"),
        (b"{\"firstName\":\"\xff\"}", "bad.request"),
        (b"\"text\"", "bad.request"),
        (b"null", "bad.request"),
        (b"[{\"requestType\":\"GDPR_EXPORT\"}]", "bulk.not.supported"),
        (deep.as_bytes(), "bad.request"),
    ];
    for (route, _) in reading() {
        for (body, code) in cases {
            let answer = world
                .send(
                    route.method.as_str(),
                    &uri(route),
                    Some("application/json"),
                    body,
                )
                .await;
            assert_eq!(
                (answer.status, answer.code()),
                (400, code),
                "{} {body:?}",
                route.path
            );
        }
    }
    assert_eq!(world.count().await, before);
}

#[tokio::test]
async fn another_content_type_is_415_and_a_huge_body_413() {
    let world = World::new().await;
    let huge = format!("{{\"firstName\":\"{}\"}}", "x".repeat(200_000));
    for (route, _) in reading() {
        let send = |kind, body| world.send(route.method.as_str(), route.path, kind, body);
        for kind in [
            None,
            Some("text/plain"),
            Some("application/xml"),
            Some("application/json; charset=latin1"),
            Some("json"),
            Some(""),
        ] {
            let answer = send(kind, b"{}").await;
            assert_eq!(
                (answer.status, answer.code()),
                (415, "unsupported.media.type"),
                "{} {kind:?}",
                route.path
            );
        }
        for kind in ["application/json", "Application/JSON; charset=UTF-8"] {
            assert_ne!(send(Some(kind), b"{}").await.status, 415);
        }
        let answer = send(Some("application/json"), huge.as_bytes()).await;
        assert_eq!(
            (answer.status, answer.code()),
            (413, "request.entity.too.large"),
            "{}",
            route.path
        );
    }
}

/// A parameter's wrong values, encoded.
fn wrong_values(shape: &Shape) -> Vec<String> {
    let mut values: Vec<String> = ["", "%20", "%ff", "%", "%0", "a%00b"]
        .map(str::to_owned)
        .to_vec();
    match shape {
        Shape::Text { max } => values.push("x".repeat(max + 1)),
        Shape::Count { min, max } => {
            values.extend([
                (i64::from(*min) - 1).to_string(),
                (i64::from(*max) + 1).to_string(),
                "x".into(),
                "1.5".into(),
            ]);
        }
        _ => values.push("no-such-word,".to_owned()),
    }
    values
}

#[tokio::test]
async fn every_parameter_of_every_query_is_refused_by_name() {
    for world in World::each().await {
        refuses_every_parameter(world).await;
    }
}

async fn refuses_every_parameter(world: World) {
    for route in routes() {
        let required: Vec<_> = route.query.iter().filter(|param| param.required).collect();
        let value = |shape: &Shape| {
            sample(shape)
                .as_str()
                .map_or_else(|| sample(shape).to_string(), str::to_owned)
        };
        let others = |name: &str| -> String {
            required
                .iter()
                .filter(|p| p.name != name)
                .map(|p| format!("&{}={}", p.name, value(&p.shape)))
                .collect()
        };
        let ask = async |query: String, blamed: &str| {
            let answer = world
                .send(
                    route.method.as_str(),
                    &format!("{}?{query}", uri(route)),
                    Some("application/json"),
                    b"{}",
                )
                .await;
            assert_eq!(
                (answer.status, answer.code()),
                (400, "invalid.query.param.value"),
                "{} ?{query}",
                route.path
            );
            assert_eq!(answer.blamed(), [blamed], "{} ?{query}", route.path);
        };
        ask(format!("unheardOf=1{}", others("")), "unheardOf").await;
        for param in route.query {
            for wrong in wrong_values(&param.shape) {
                ask(
                    format!("{}={wrong}{}", param.name, others(param.name)),
                    param.name,
                )
                .await;
            }
            if !matches!(param.shape, Shape::List { .. }) {
                let (name, right) = (param.name, sample_text(&param.shape));
                ask(
                    format!("{name}={right}&{name}={right}{}", others(name)),
                    name,
                )
                .await;
            }
            if param.required {
                ask(
                    others(param.name).trim_start_matches('&').to_owned(),
                    param.name,
                )
                .await;
            }
        }
    }
}

fn sample_text(shape: &Shape) -> String {
    match shape {
        Shape::Flag => "true".to_owned(),
        Shape::Count { min, .. } => min.to_string(),
        other => sample(other).as_str().unwrap_or("x").to_owned(),
    }
}

#[tokio::test]
async fn any_two_terms_of_a_subject_are_refused() {
    let world = World::new().await;
    let before = world.count().await;
    let terms = models::SUBJECT.properties;
    let valid = |name: &str, shape: &Shape| match name {
        "emailAddresses" => json!(["a@b.example"]),
        "phoneNumbers" => json!(["+4930123456"]),
        _ => sample(shape),
    };
    // An id beside known fields is one term: what a search gave is sent back as it is. Another system's id is a known field
    // beside one of ours.
    let rank = |name: &str| match name {
        "userId" | "externalContactId" | "dialerContactId" | "journeyCustomer" => 2,
        "externalId" => 1,
        _ => 0,
    };
    for one in terms {
        let mut pairs: Vec<Json> = Vec::new();
        let others = terms.iter().filter(|other| other.name != one.name);
        for other in others.filter(|other| rank(other.name) == rank(one.name)) {
            pairs.push(json!({ one.name: valid(one.name, &one.shape), other.name: valid(other.name, &other.shape) }));
        }
        if let Json::Array(list) = valid(one.name, &one.shape) {
            pairs.push(json!({ one.name: [list[0], list[0]] }));
        }
        for subject in pairs {
            let body = json!({ "requestType": "GDPR_EXPORT", "subject": subject });
            let answer = world.json("POST", "/api/v2/gdpr/requests", &body).await;
            assert_eq!(
                (answer.status, answer.code()),
                (400, "constraint.validation"),
                "{subject}"
            );
            assert_eq!(answer.blamed().len(), 2, "{subject}");
        }
    }
    for nobody in [
        json!({}),
        json!({ "emailAddresses": [] }),
        json!({ "name": null }),
    ] {
        let body = json!({ "requestType": "GDPR_EXPORT", "subject": nobody });
        assert_eq!(
            world
                .json("POST", "/api/v2/gdpr/requests", &body)
                .await
                .blamed(),
            ["subject"]
        );
    }
    assert_eq!(world.count().await, before);
}
