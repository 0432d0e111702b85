//! `/api/v2/externalcontacts`: the directory.

use serde_json::{Map, Value as Json, json};

use super::Api;
use super::answer::{Call, Reply, writable};
use super::error::{ApiError, CONSTRAINT, FieldFault};
use super::gdpr::{date, listing};
use super::models::{CONTACT, CONTACT_TYPES};
use crate::backend::contacts::{Change, ContactError, Entry};
use crate::contact::Card;
use crate::store::contact::Link;

const PATH: &str = "/api/v2/externalcontacts/contacts";

pub(super) async fn list(api: &Api, call: Call) -> Result<Reply, ApiError> {
    let (size, number) = (
        call.query.count("pageSize", 20),
        call.query.count("pageNumber", 1),
    );
    let text = call.query.text("q");
    let page = api.contacts.page(&call.caller, size, number, text).await;
    let (entries, total) = page.map_err(|why| said(why, &call))?;
    let entities = entries.iter().map(write).collect();
    // A search's text is personal data: no URI can name such a page.
    let path = text.is_none().then_some(PATH);
    Ok(Reply::ok(listing(entities, (size, number, total), path)))
}

pub(super) async fn add(api: &Api, call: Call) -> Result<Reply, ApiError> {
    let card = card(call.body.clone())?;
    entry(api.contacts.add(&call.caller, card).await, &call)
}

pub(super) async fn read(api: &Api, call: Call) -> Result<Reply, ApiError> {
    entry(api.contacts.get(&call.caller, &call.id).await, &call)
}

pub(super) async fn read_unresolved(api: &Api, call: Call) -> Result<Reply, ApiError> {
    entry(
        api.contacts.get_unresolved(&call.caller, &call.id).await,
        &call,
    )
}

pub(super) async fn put(api: &Api, call: Call) -> Result<Reply, ApiError> {
    check_id(&call)?;
    let change = Change::Put(Box::new(card(call.body.clone())?));
    entry(
        api.contacts.change(&call.caller, &call.id, change).await,
        &call,
    )
}

pub(super) async fn patch(api: &Api, call: Call) -> Result<Reply, ApiError> {
    check_id(&call)?;
    let change = Change::Patch(fields(call.body.clone()));
    entry(
        api.contacts.change(&call.caller, &call.id, change).await,
        &call,
    )
}

pub(super) async fn delete(api: &Api, call: Call) -> Result<Reply, ApiError> {
    api.contacts
        .delete(&call.caller, &call.id)
        .await
        .map_err(|why| said(why, &call))?;
    Ok(Reply::ok(json!({})))
}

pub(super) async fn read_many(api: &Api, call: Call) -> Result<Reply, ApiError> {
    let ids = |entity: &Json| {
        entity
            .get("id")
            .and_then(Json::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let entities = call
        .body
        .get("entities")
        .and_then(Json::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    if entities.is_empty() {
        return Err(ApiError::field("entities", CONSTRAINT, "is empty"));
    }
    let ids: Vec<String> = entities.iter().map(ids).collect();
    let found = api
        .contacts
        .many(&call.caller, &ids)
        .await
        .map_err(|why| said(why, &call))?;
    let result = |(id, entry): (&String, &Option<Entry>)| match entry {
        Some(entry) => json!({ "id": id, "success": true, "status": 200, "entity": write(entry) }),
        None => json!({
            "id": id,
            "success": false,
            "status": 404,
            "error": {
                "code": "entity.not.found",
                "message": "there is no such contact",
                "status": 404,
                "retryable": false,
                "entity": { "id": id },
            },
        }),
    };
    let missing: Vec<usize> = (0..found.len()).filter(|at| found[*at].is_none()).collect();
    let results: Vec<Json> = ids.iter().zip(&found).map(result).collect();
    Ok(Reply::ok(
        json!({ "results": results, "errorCount": missing.len(), "errorIndexes": missing }),
    ))
}

pub(super) async fn merge(api: &Api, call: Call) -> Result<Reply, ApiError> {
    let list = call
        .body
        .get("contactIds")
        .and_then(Json::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let ids: Vec<String> = list
        .iter()
        .filter_map(Json::as_str)
        .map(str::to_owned)
        .collect();
    if ids.len() < 2 {
        return Err(ApiError::field(
            "contactIds",
            CONSTRAINT,
            "has fewer than 2 entries",
        ));
    }
    if let Some(again) = (1..ids.len()).find(|at| ids[..*at].contains(&ids[*at])) {
        return Err(ApiError::field(
            &format!("contactIds[{again}]"),
            CONSTRAINT,
            "is given more than once",
        ));
    }
    let set = call
        .body
        .get("valueOverride")
        .and_then(Json::as_object)
        .cloned()
        .unwrap_or_default();
    entry(
        api.contacts.merge(&call.caller, ids, fields(set)).await,
        &call,
    )
}

pub(super) async fn merge_into(api: &Api, call: Call) -> Result<Reply, ApiError> {
    let id = |name: &str| {
        call.body
            .get(name)
            .and_then(Json::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let (source, target) = (id("sourceContactId"), id("targetContactId"));
    entry(
        api.contacts.merge_into(&call.caller, source, target).await,
        &call,
    )
}

fn entry(result: Result<Entry, ContactError>, call: &Call) -> Result<Reply, ApiError> {
    result
        .map(|entry| Reply::ok(write(&entry)))
        .map_err(|why| said(why, call))
}

/// An error of the store goes to the log, once, here.
fn said(why: ContactError, call: &Call) -> ApiError {
    match why {
        ContactError::Store(why) => super::auth::logged(&why, &call.caller.correlation),
        other => other.into(),
    }
}

/// Whoever sends back a record that was read under another id (its canonical's, say) means another contact.
fn check_id(call: &Call) -> Result<(), ApiError> {
    match call.body.get("id").and_then(Json::as_str) {
        Some(id) if id != call.id => {
            let fault = FieldFault::new("id", CONSTRAINT, "is not the id in the path");
            Err(ApiError::fields(vec![fault]))
        }
        _ => Ok(()),
    }
}

fn card(body: Map<String, Json>) -> Result<Card, ApiError> {
    // The shape was checked; what is left can only be a difference between shape and card.
    serde_json::from_value(fields(body).into())
        .map_err(|_| ApiError::unreadable("the contact can't be read"))
}

/// The writable fields, words in our spelling.
fn fields(body: Map<String, Json>) -> Map<String, Json> {
    let mut fields = writable(&CONTACT, body);
    if let Some(Json::String(word)) = fields.get_mut("type")
        && let Some(known) = CONTACT_TYPES
            .iter()
            .find(|known| known.eq_ignore_ascii_case(word))
    {
        *word = (*known).to_owned();
    }
    fields
}

/// A contact as ExternalContact.
fn write(entry: &Entry) -> Json {
    let contact = &entry.contact;
    let card = serde_json::to_value(&contact.card).unwrap_or_else(|_| json!({}));
    let Json::Object(mut body) = card else {
        return json!({});
    };
    let mut put = |name: &str, value: Json| {
        body.insert(name.to_owned(), value);
    };
    let reference = |id: &str| json!({ "id": id, "selfUri": format!("{PATH}/{id}") });
    put("id", contact.id.as_str().into());
    put("createDate", date(contact.created_at).into());
    put("modifyDate", date(contact.modified_at).into());
    put("selfUri", format!("{PATH}/{}", contact.id).into());
    let canonical = entry
        .set
        .first()
        .map_or(contact.id.as_str(), |link| link.id.as_str());
    put("canonicalContact", reference(canonical));
    if entry.set.len() > 1 {
        put(
            "mergeSet",
            entry.set.iter().map(|link| reference(&link.id)).collect(),
        );
    }
    let merged = |link: &&Link| link.canonical.as_deref() == Some(contact.id.as_str());
    let merged: Vec<Json> = entry
        .set
        .iter()
        .filter(merged)
        .map(|link| reference(&link.id))
        .collect();
    if !merged.is_empty() {
        put("mergedFrom", merged.into());
    }
    if let Some(canonical) = &contact.canonical {
        put("mergedTo", reference(canonical));
    }
    body.into()
}
