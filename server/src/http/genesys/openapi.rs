//! The OpenAPI 3.1 document, written from the table of routes and the models that check what comes in: it can't say anything else
//! than what the server does.

use serde_json::{Map, Value as Json, json};

use super::models;
use super::routes::{Access, Body, Param, Route, routes};
use super::shape::{Model, Need, Shape};

/// The document, for the server at that URL.
pub fn document(public_url: &str) -> Json {
    let mut paths: Map<String, Json> = Map::new();
    let mut schemas = Map::new();
    add_model(&models::ERROR, &mut schemas);
    for route in routes() {
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Json::Object(path) = path {
            path.insert(
                route.method.as_str().to_lowercase(),
                operation(route, &mut schemas),
            );
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Habeas",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Requests of data subjects. Speaks the Genesys Cloud GDPR API: its official SDKs work unmodified.",
        },
        "servers": [{ "url": public_url }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer" },
                "client": { "type": "http", "scheme": "basic" },
            },
        },
    })
}

fn operation(route: &Route, schemas: &mut Map<String, Json>) -> Json {
    let mut operation = json!({
        "operationId": format!("{:?}", route.op),
        "summary": route.summary,
        "responses": responses(route, schemas),
        "security": security(route.access),
    });
    let id = route.path.contains("{id}").then(|| {
        json!({ "name": "id", "in": "path", "required": true, "schema": { "type": "string", "maxLength": 64 } })
    });
    let parameters: Vec<Json> = id
        .into_iter()
        .chain(route.query.iter().map(parameter))
        .collect();
    let body = match route.body {
        Body::None => None,
        Body::Json(model) => Some(("application/json", reference(model, schemas))),
        Body::Patch(model) => Some(("application/json", patch(model, schemas))),
        Body::Form(model) => Some((
            "application/x-www-form-urlencoded",
            reference(model, schemas),
        )),
    };
    if let Json::Object(map) = &mut operation {
        if !parameters.is_empty() {
            map.insert("parameters".into(), parameters.into());
        }
        if let Some((kind, schema)) = body {
            let content = json!({ kind: { "schema": schema } });
            map.insert(
                "requestBody".into(),
                json!({ "required": true, "content": content }),
            );
        }
        if let Access::Act(act) = route.access {
            map.insert(
                "x-permission".into(),
                act.permission().unwrap_or_default().into(),
            );
        }
    }
    operation
}

fn security(access: Access) -> Json {
    match access {
        Access::Act(_) => json!([{ "token": [] }]),
        Access::Secret => json!([{ "client": [] }]),
        Access::Public => json!([]),
    }
}

fn responses(route: &Route, schemas: &mut Map<String, Json>) -> Json {
    let mut responses = Map::new();
    for status in route.statuses {
        let response = match status {
            302 => json!({ "description": "To the signed link" }),
            _ => json!({
                "description": "Success",
                "content": { "application/json": { "schema": reference(route.answer, schemas) } },
            }),
        };
        responses.insert(status.to_string(), response);
    }
    let error = json!({
        "description": "Why it was not done",
        "content": { "application/json": { "schema": reference(&models::ERROR, schemas) } },
    });
    responses.insert("default".into(), error);
    responses.into()
}

fn parameter(param: &Param) -> Json {
    let mut unused = Map::new();
    json!({ "name": param.name, "in": "query", "required": param.required, "schema": schema(&param.shape, &mut unused) })
}

fn reference(model: &'static Model, schemas: &mut Map<String, Json>) -> Json {
    add_model(model, schemas);
    json!({ "$ref": format!("#/components/schemas/{}", model.name) })
}

/// The two ways to change some of a model: its fields, of which null clears one; or a list of changes, as the SDKs send it.
fn patch(model: &'static Model, schemas: &mut Map<String, Json>) -> Json {
    add_model(model, schemas);
    let mut fields = schemas.get(model.name).cloned().unwrap_or_default();
    if let Some(properties) = fields.get_mut("properties").and_then(Json::as_object_mut) {
        for schema in properties.values_mut() {
            *schema = json!({ "anyOf": [schema.take(), { "type": "null" }] });
        }
    }
    if let Some(fields) = fields.as_object_mut() {
        fields.remove("required");
    }
    let change = json!({
        "type": "object",
        "properties": {
            "field": { "type": "string", "description": "A field of the contact itself, e.g. $.firstName" },
            "value": { "description": "What the field becomes" },
            "action": { "type": "string", "enum": ["Update", "Remove"] },
        },
        "required": ["field", "action"],
    });
    let changes = json!({
        "type": "object",
        "properties": { "changes": { "type": "array", "items": change } },
        "required": ["changes"],
        "additionalProperties": false,
    });
    let mut ways = Vec::new();
    for (way, schema) in [("Fields", fields), ("Changes", changes)] {
        let name = format!("{}{way}", model.name);
        ways.push(json!({ "$ref": format!("#/components/schemas/{name}") }));
        schemas.insert(name, schema);
    }
    json!({ "oneOf": ways })
}

fn add_model(model: &'static Model, schemas: &mut Map<String, Json>) {
    if schemas.contains_key(model.name) {
        return;
    }
    // First, so that a model that holds itself ends.
    schemas.insert(model.name.to_owned(), json!({}));
    let mut properties = Map::new();
    for property in model.properties {
        let mut written = schema(&property.shape, schemas);
        if let (Need::ReadOnly, Json::Object(map)) = (property.need, &mut written) {
            map.insert("readOnly".into(), true.into());
        }
        properties.insert(property.name.to_owned(), written);
    }
    let required: Vec<&str> = model
        .properties
        .iter()
        .filter(|property| property.need == Need::Required)
        .map(|property| property.name)
        .collect();
    let mut whole =
        json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if let (false, Json::Object(map)) = (required.is_empty(), &mut whole) {
        map.insert("required".into(), required.into());
    }
    schemas.insert(model.name.to_owned(), whole);
}

fn schema(shape: &Shape, schemas: &mut Map<String, Json>) -> Json {
    match shape {
        Shape::Text { max } => json!({ "type": "string", "minLength": 1, "maxLength": max }),
        Shape::Known { max } => json!({ "type": "string", "maxLength": max }),
        Shape::Word(words) => json!({ "type": "string", "enum": words }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Count { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Shape::Date => json!({ "type": "string", "format": "date-time" }),
        Shape::List { of, max } => {
            json!({ "type": "array", "maxItems": max, "items": schema(of, schemas) })
        }
        Shape::Object(model) => reference(model, schemas),
        Shape::Free => json!({ "type": "object", "additionalProperties": true }),
    }
}
