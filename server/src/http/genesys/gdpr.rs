//! `/api/v2/gdpr` and the downloads that its answers name.

use app::error::{Error, Reason};
use app::model::{Identifier, Millis, RequestId, RequestState, Right};
use axum::http::StatusCode;
use serde_json::{Map, Value as Json, json};

use super::answer::{Call, Reply};
use super::error::{ApiError, CONSTRAINT, FieldFault, WRONG_PARAM, WRONG_VALUE};
use super::port::{DirectAsk, RequestRecord};
use super::{Api, subject};

const SUBJECTS: &str = "/api/v2/gdpr/subjects";
const REQUESTS: &str = "/api/v2/gdpr/requests";

pub(super) async fn find_subjects(api: &Api, call: Call) -> Result<Reply, ApiError> {
    let value = |name| call.query.text(name).unwrap_or_default();
    let kind = subject::kind_of(value("searchType")).ok_or_else(ApiError::internal)?;
    let identifier = Identifier::new(kind, value("searchValue"))
        .map_err(|why| ApiError::field("searchValue", WRONG_PARAM, why.to_string()))?;
    let found = api.gdpr.find_subjects(&call.caller, identifier).await?;
    let entities: Vec<Json> = found
        .iter()
        .map(|found| subject::write(&found.key, Some(found)))
        .collect();
    let total = entities.len();
    // One page; its URI leaves the query out, for that is personal data.
    Ok(Reply::ok(json!({
        "entities": entities,
        "pageSize": total,
        "pageNumber": 1,
        "total": total,
        "pageCount": 1,
        "selfUri": SUBJECTS,
    })))
}

pub(super) async fn make_request(api: &Api, call: Call) -> Result<Reply, ApiError> {
    let ask = ask_of(&call)?;
    if ask.right == Right::Delete && !ask.delete_confirmed {
        return Err(ApiError::field(
            "deleteConfirmed",
            CONSTRAINT,
            "must be true: a deletion can't be undone",
        ));
    }
    let field = subject::field_of(ask.term.kind());
    let asked = api.gdpr.ask(&call.caller, ask).await;
    let (record, created) = asked.map_err(|why| not_one(why, field))?;
    let status = if created {
        StatusCode::ACCEPTED
    } else {
        StatusCode::OK
    };
    Ok(Reply::Json(status, write(api, &record)))
}

/// What a body of the model GDPRRequest asks for.
pub(super) fn ask_of(call: &Call) -> Result<DirectAsk, ApiError> {
    let word = call.body.get("requestType").and_then(Json::as_str);
    let right = right_of(word.unwrap_or_default())?;
    let subject = call.body.get("subject").and_then(Json::as_object);
    let term = subject::term(subject.ok_or_else(ApiError::internal)?)?;
    let terms = call.body.get("replacementTerms").and_then(Json::as_array);
    let terms = terms.map(Vec::as_slice).unwrap_or_default();
    let wrong = match (right, terms.is_empty()) {
        (Right::Update, true) => Some("is missing: an update says what it replaces"),
        (Right::Export | Right::Delete, false) => Some("is possible with GDPR_UPDATE only"),
        _ => None,
    };
    if let Some(why) = wrong {
        return Err(ApiError::field("replacementTerms", CONSTRAINT, why));
    }
    Ok(DirectAsk {
        right,
        term,
        replacements: subject::replacements(terms)?,
        delete_confirmed: call.query.flag("deleteConfirmed", false),
    })
}

pub(super) async fn retry_request(api: &Api, call: Call) -> Result<Reply, ApiError> {
    let record = api.gdpr.retry(&call.caller, &request_id(&call.id)?).await?;
    Ok(Reply::Json(StatusCode::ACCEPTED, write(api, &record)))
}

/// Names the field whose value means nobody, or too many to tell.
pub(super) fn not_one(why: Error, field: &str) -> ApiError {
    if let Error::Invalid {
        reason: why @ Reason::TooMany,
        ..
    } = &why
    {
        return ApiError::field(field, CONSTRAINT, why.to_string());
    }
    let mut error = ApiError::from(why);
    if error.status == StatusCode::NOT_FOUND {
        error.details = vec![FieldFault::new(field, error.code, "means nobody here")];
    }
    error
}

pub(super) async fn list_requests(api: &Api, call: Call) -> Result<Reply, ApiError> {
    let (size, number) = (
        call.query.count("pageSize", 25),
        call.query.count("pageNumber", 1),
    );
    let (records, total) = api.gdpr.requests_page(&call.caller, size, number).await?;
    let entities = records.iter().map(|record| write(api, record)).collect();
    Ok(Reply::ok(listing(
        entities,
        (size, number, total),
        Some(REQUESTS),
    )))
}

pub(super) async fn read_request(api: &Api, call: Call) -> Result<Reply, ApiError> {
    let record = api
        .gdpr
        .request(&call.caller, &request_id(&call.id)?)
        .await?;
    Ok(Reply::ok(write(api, &record)))
}

pub(super) async fn download(api: &Api, call: Call) -> Result<Reply, ApiError> {
    let url = api
        .gdpr
        .package_link(&call.caller, &request_id(&call.id)?)
        .await?;
    let redirect = call.query.flag("issueRedirect", true);
    Ok(if redirect {
        Reply::Redirect(url)
    } else {
        Reply::ok(json!({ "url": url }))
    })
}

/// What can't be an id is the id of nothing.
fn request_id(text: &str) -> Result<RequestId, ApiError> {
    RequestId::parse(text).map_err(|_| ApiError::no_such("request"))
}

fn right_of(word: &str) -> Result<Right, ApiError> {
    match word.to_ascii_uppercase().as_str() {
        "GDPR_EXPORT" => Ok(Right::Export),
        "GDPR_UPDATE" => Ok(Right::Update),
        "GDPR_DELETE" => Ok(Right::Delete),
        _ => Err(ApiError::field(
            "requestType",
            WRONG_VALUE,
            "is not a type of request",
        )),
    }
}

/// A request as GDPRRequest. Links of a package are asked for by the download's id, which is the request's.
fn write(api: &Api, record: &RequestRecord) -> Json {
    let mut body = Map::new();
    let mut put = |name: &str, value: Json| {
        body.insert(name.to_owned(), value);
    };
    let uri = |id: &RequestId| format!("{REQUESTS}/{id}");
    let reference = |id: &RequestId| json!({ "id": id, "selfUri": uri(id) });
    put("id", json!(record.id));
    put("createdBy", maker(&record.created_by));
    put("requestType", type_of(record.right).into());
    put("createdDate", date(record.created_at).into());
    put("status", status_of(record.right, record.state).into());
    put(
        "subject",
        subject::write(&record.key, record.subject.as_ref()),
    );
    let terms: Vec<Json> = record
        .replacements
        .iter()
        .filter_map(|one| {
            let word = subject::word_of(one.kind)?;
            Some(json!({ "type": word, "existingValue": one.old, "updatedValue": one.new }))
        })
        .collect();
    if !terms.is_empty() {
        put("replacementTerms", terms.into());
    }
    if record.package.is_some() {
        let url = format!("{}/api/v2/downloads/{}", api.public_url, record.id);
        put("resultsUrls", json!([url]));
        put("resultsUrl", url.into());
    }
    put(
        "relatedRequests",
        record.related.iter().map(reference).collect(),
    );
    put("selfUri", uri(&record.id).into());
    body.into()
}

/// Who made it: a user of ours, or a client.
fn maker(actor: &str) -> Json {
    match actor.split_once(':') {
        Some(("client", id)) => {
            json!({ "id": id, "selfUri": format!("/api/v2/oauth/clients/{id}") })
        }
        Some((_, id)) => json!({ "id": id, "selfUri": format!("/api/v2/users/{id}") }),
        None => json!({ "id": actor }),
    }
}

pub(super) fn type_of(right: Right) -> &'static str {
    match right {
        Right::Export => "GDPR_EXPORT",
        Right::Update => "GDPR_UPDATE",
        Right::Delete => "GDPR_DELETE",
    }
}

/// The API's word for a state. What a person must decide is an error: nothing is in flight, and it was not all done.
fn status_of(right: Right, state: RequestState) -> &'static str {
    match state {
        RequestState::Received => "INITIATED",
        RequestState::Running => match right {
            Right::Export => "SEARCHING",
            Right::Update => "UPDATING",
            Right::Delete => "DELETING",
        },
        RequestState::Verifying | RequestState::Packaging => "FINALIZING",
        RequestState::Completed | RequestState::CompletedWithExceptions => "COMPLETED",
        RequestState::PartiallyFailed | RequestState::Refused | RequestState::Withdrawn => "ERROR",
    }
}

/// `2026-11-21T17:17:27.923Z`.
pub(super) fn date(at: Millis) -> String {
    let instant = jiff::Timestamp::from_millisecond(at).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    format!("{instant:.3}")
}

/// A page of a listing: size, number and total; with its URIs where its path says all there is to say of it.
pub(super) fn listing(
    entities: Vec<Json>,
    (size, number, total): (u32, u32, u64),
    path: Option<&str>,
) -> Json {
    let pages = total.div_ceil(u64::from(size.max(1)));
    let mut body = json!({
        "entities": entities,
        "pageSize": size,
        "pageNumber": number,
        "total": total,
        "pageCount": pages,
    });
    let (Some(path), Json::Object(map)) = (path, &mut body) else {
        return body;
    };
    let mut put = |name: &str, page: u64| {
        map.insert(
            name.to_owned(),
            format!("{path}?pageSize={size}&pageNumber={page}").into(),
        );
    };
    let number = u64::from(number);
    put("firstUri", 1);
    put("selfUri", number);
    put("lastUri", pages.max(1));
    if number < pages {
        put("nextUri", number + 1);
    }
    if number > 1 {
        put("previousUri", (number - 1).min(pages.max(1)));
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_have_milliseconds_and_a_zone() {
        assert_eq!(date(1_795_281_447_923), "2026-11-21T17:17:27.923Z");
        assert_eq!(date(1_795_281_447_000), "2026-11-21T17:17:27.000Z");
    }

    #[test]
    fn every_state_has_a_word_that_the_sdks_know() {
        let known = super::super::models::REQUEST
            .properties
            .iter()
            .find(|property| property.name == "status");
        let Some(super::super::shape::Shape::Word(words)) = known.map(|property| property.shape)
        else {
            panic!("no status");
        };
        for right in Right::ALL {
            for state in RequestState::ALL {
                let word = status_of(right, state);
                assert!(words.contains(&word), "{state:?}");
                assert_eq!(
                    matches!(word, "COMPLETED" | "ERROR"),
                    state.has_ended(),
                    "{state:?}"
                );
            }
        }
    }

    #[test]
    fn a_page_links_only_to_pages_that_are() {
        let links = |number, total| {
            let page = listing(Vec::new(), (10, number, total), Some("/x"));
            ["nextUri", "previousUri"].map(|name| page.get(name).is_some())
        };
        assert_eq!(links(1, 0), [false, false]);
        assert_eq!(links(1, 10), [false, false]);
        assert_eq!(links(1, 11), [true, false]);
        assert_eq!(links(2, 11), [false, true]);
        assert_eq!(links(2, 30), [true, true]);
        assert!(
            listing(Vec::new(), (10, 1, 20), None)
                .get("nextUri")
                .is_none()
        );
    }
}
