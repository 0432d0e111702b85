//! PATCH as the official SDKs send it: a list of changes by field, instead of the fields themselves.

use serde_json::{Map, Value as Json};

use super::error::{ApiError, FieldFault};
use super::shape::MOST;

const INVALID: &str = "invalid.value";

/// The partial contact that a body of `{"changes": [{field, value, action}]}` means; any other body as it is.
pub(super) fn as_fields(body: Json) -> Result<Json, ApiError> {
    match body.as_object() {
        Some(only) if only.len() == 1 => match only.get("changes") {
            Some(Json::Array(changes)) => fields(changes).map(Json::Object),
            _ => Ok(body),
        },
        _ => Ok(body),
    }
}

fn fields(changes: &[Json]) -> Result<Map<String, Json>, ApiError> {
    let mut fields = Map::new();
    let mut faults = Vec::new();
    for (at, change) in changes.iter().enumerate() {
        match field(at, change) {
            Ok((name, _)) if fields.contains_key(&name) => {
                let why = "is changed more than once";
                faults.push(FieldFault::new(
                    format!("changes[{at}].field"),
                    INVALID,
                    why,
                ));
            }
            Ok((name, value)) => {
                fields.insert(name, value);
            }
            Err(fault) => faults.push(fault),
        }
    }
    faults.truncate(MOST);
    if faults.is_empty() {
        Ok(fields)
    } else {
        Err(ApiError::fields(faults))
    }
}

fn field(at: usize, change: &Json) -> Result<(String, Json), FieldFault> {
    let fault = |part: &str, why| {
        Err(FieldFault::new(
            format!("changes[{at}].{part}"),
            INVALID,
            why,
        ))
    };
    let Some(path) = change.get("field").and_then(Json::as_str) else {
        return fault("field", "is missing");
    };
    let name = path.strip_prefix("$.").unwrap_or(path);
    if name.is_empty() || name.contains(['.', '[', '$']) {
        return fault(
            "field",
            "must name a field of the contact itself, e.g. $.firstName",
        );
    }
    let value = change.get("value").cloned().unwrap_or(Json::Null);
    match change.get("action").and_then(Json::as_str) {
        Some(action) if action.eq_ignore_ascii_case("Update") => Ok((name.to_owned(), value)),
        Some(action) if action.eq_ignore_ascii_case("Remove") => Ok((name.to_owned(), Json::Null)),
        Some(_) => fault("action", "must be Update or Remove"),
        None => fault("action", "is missing"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn changes_become_the_fields_that_they_name() {
        let body = json!({ "changes": [
            { "field": "$.firstName", "value": "Connie", "action": "Update" },
            { "field": "title", "action": "remove" },
        ] });
        let fields = as_fields(body).expect("fits");
        assert_eq!(fields, json!({ "firstName": "Connie", "title": null }));
        let plain = json!({ "firstName": "Connie" });
        assert_eq!(as_fields(plain.clone()).expect("fits"), plain);
    }

    #[test]
    fn a_change_that_can_not_be_is_named() {
        for (change, field) in [
            (
                json!({ "value": "x", "action": "Update" }),
                "changes[0].field",
            ),
            (
                json!({ "field": "$.address.city", "action": "Update" }),
                "changes[0].field",
            ),
            (
                json!({ "field": "$.title", "action": "AppendToCollection" }),
                "changes[0].action",
            ),
            (json!({ "field": "$.title" }), "changes[0].action"),
        ] {
            let why = as_fields(json!({ "changes": [change] })).expect_err("refused");
            assert_eq!(why.details[0].field, field);
        }
        let many = json!({ "changes": vec![json!({ "field": "$.title" }); 500] });
        assert_eq!(as_fields(many).expect_err("refused").details.len(), MOST);
    }
}
