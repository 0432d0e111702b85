//! What the API says when it does not do what was asked: ErrorBody, with the field and the reason.

use app::error::{Conflict, Error, Reason};
use axum::http::StatusCode;
use serde_json::{Map, Value as Json, json};

use crate::backend::contacts::ContactError;
use crate::contact::Contact;

/// An answer that is not a success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    pub status: StatusCode,
    /// A code of the Genesys API, e.g. `invalid.value`.
    pub code: &'static str,
    /// Without values that the caller sent.
    pub message: String,
    /// Fields at fault, each with its code.
    pub details: Vec<FieldFault>,
    /// Words of the message, by name.
    pub params: Vec<(&'static str, String)>,
    /// Seconds until it may be tried again.
    pub retry_after: Option<u32>,
    /// The word of RFC 6749, on `/oauth` only.
    pub oauth: Option<&'static str>,
}

/// One field at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// Its path, e.g. `subject.emailAddresses[0]`.
    pub field: String,
    pub code: &'static str,
    /// Goes on after the field's name, e.g. `is missing`.
    pub why: String,
}

pub const WRONG_VALUE: &str = "invalid.value";
pub const CONSTRAINT: &str = "constraint.validation";
pub const WRONG_PARAM: &str = "invalid.query.param.value";

impl FieldFault {
    pub fn new(field: impl Into<String>, code: &'static str, why: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            code,
            why: why.into(),
        }
    }
}

impl ApiError {
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            details: Vec::new(),
            params: Vec::new(),
            retry_after: None,
            oauth: None,
        }
    }

    /// 400, for fields; the first one's code is the answer's.
    pub fn fields(faults: Vec<FieldFault>) -> Self {
        let said: Vec<String> = faults
            .iter()
            .map(|fault| format!("{} {}", fault.field, fault.why))
            .collect();
        let code = faults.first().map_or("bad.request", |fault| fault.code);
        let mut error = Self::new(StatusCode::BAD_REQUEST, code, said.join("; "));
        error.details = faults;
        error
    }

    /// 400, for one field.
    pub fn field(field: &str, code: &'static str, why: impl Into<String>) -> Self {
        Self::fields(vec![FieldFault::new(field, code, why)])
    }

    /// 400, for what can't be read at all.
    pub fn unreadable(why: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad.request", why)
    }

    /// 404, for an id.
    pub fn no_such(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "entity.not.found",
            format!("there is no such {what}"),
        )
    }

    /// 422 instead of 400, as contacts answer for values that can't be.
    pub fn of_validation(mut self) -> Self {
        if self.status == StatusCode::BAD_REQUEST && self.code == CONSTRAINT {
            self.status = StatusCode::UNPROCESSABLE_ENTITY;
            self.code = "validation.failed";
        }
        self
    }

    /// With the word of RFC 6749 by which a token is refused.
    pub fn of_grant(mut self) -> Self {
        let is_other_grant =
            |fault: &FieldFault| fault.field == "grant_type" && fault.code == WRONG_VALUE;
        let ours_to_say = matches!(self.status.as_u16(), 400 | 413 | 415);
        if self.oauth.is_none() && ours_to_say {
            self.oauth = Some(if self.details.iter().any(is_other_grant) {
                "unsupported_grant_type"
            } else {
                "invalid_request"
            });
        }
        self
    }

    /// The body, of which no part is null.
    pub fn body(&self, context: &str) -> Json {
        let params: Map<String, Json> = self
            .params
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.as_str().into()))
            .collect();
        let detail =
            |fault: &FieldFault| json!({ "errorCode": fault.code, "fieldName": fault.field });
        let mut body = json!({
            "message": self.message,
            "code": self.code,
            "status": self.status.as_u16(),
            "messageParams": params,
            "contextId": context,
            "details": self.details.iter().map(detail).collect::<Vec<_>>(),
            "errors": [],
        });
        if let (Some(word), Json::Object(body)) = (self.oauth, &mut body) {
            body.insert("error".into(), word.into());
            body.insert("error_description".into(), self.message.as_str().into());
        }
        body
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let status =
            StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        match error {
            Error::Unauthenticated => Self::new(
                status,
                "authentication.required",
                "a bearer token is required",
            ),
            Error::Forbidden => Self::new(
                status,
                "not.authorized",
                "this client is not allowed to do that",
            ),
            Error::NotFound { what } => Self::no_such(&what),
            Error::Invalid { field, reason } => {
                Self::field(&field, code_of(&reason), reason.to_string())
            }
            Error::Conflict { why } => Self::new(status, "request.conflict", said(&why)),
            Error::RateLimited { retry_after } => Self::too_many(retry_after),
            Error::Unavailable { systems } => {
                if systems.is_empty() {
                    let message = "the systems did not answer in time";
                    return Self::new(status, "service.unavailable", message);
                }
                let names: Vec<&str> = systems.iter().map(app::model::SystemId::as_str).collect();
                let message = format!(
                    "not searched, because they did not answer: {}",
                    names.join(", ")
                );
                let mut error = Self::new(status, "service.unavailable", message);
                error.params.push(("systems", names.join(",")));
                error
            }
            Error::Internal { .. } | Error::Transport { .. } => Self::internal(),
        }
    }
}

impl ApiError {
    /// 429. `retry_after` in seconds.
    pub fn too_many(retry_after: u32) -> Self {
        let message = format!("too many requests; try again in {retry_after} s");
        let code = "too.many.requests.retry.after";
        let mut error = Self::new(StatusCode::TOO_MANY_REQUESTS, code, message);
        error.params.push(("retryAfter", retry_after.to_string()));
        error.retry_after = Some(retry_after);
        error
    }

    /// 500; the context id finds it in the log.
    pub fn internal() -> Self {
        let message = "something went wrong here; the context id finds it in our log";
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal.server.error",
            message,
        )
    }
}

impl From<ContactError> for ApiError {
    fn from(error: ContactError) -> Self {
        match error {
            ContactError::Said(error) => error.into(),
            ContactError::Card(wrong) => Self::field(&wrong.field, CONSTRAINT, wrong.why),
            ContactError::Empty => Self::field(
                "body",
                CONSTRAINT,
                "says nothing of anyone: want a name, a number, an address or a handle",
            ),
            ContactError::Cycle => {
                let why = "the target is the source, or was itself merged into it";
                Self::new(StatusCode::CONFLICT, "request.conflict", why)
            }
            ContactError::SetTooLarge(size) => {
                let why = format!(
                    "the merge set would have {size} members; {} are possible",
                    Contact::MAX_SET
                );
                Self::new(StatusCode::CONFLICT, "request.conflict", why)
            }
            ContactError::TooLarge(what) => {
                let why = format!("the merged contact would have more {what} than one can have");
                Self::new(StatusCode::CONFLICT, "request.conflict", why)
            }
            // Logged where it is answered.
            ContactError::Store(_) => Self::internal(),
        }
    }
}

fn code_of(reason: &Reason) -> &'static str {
    match reason {
        Reason::Unknown => WRONG_VALUE,
        Reason::TooMany => WRONG_PARAM,
        _ => CONSTRAINT,
    }
}

fn said(why: &Conflict) -> String {
    match why {
        Conflict::PlanChanged => "what would be done has changed since".to_owned(),
        Conflict::ActiveEmployee => {
            "the subject is a current employee; deactivate the account first".to_owned()
        }
        Conflict::Ambiguous { people } => {
            format!("the term means {people} people; ask for each by her id")
        }
        Conflict::DoneAlready => "somebody else has done this already".to_owned(),
        Conflict::SetTooLarge { most } => {
            format!("staff linked more than {most} records to the subject")
        }
        Conflict::Retry { .. } => "it can't be tried again now".to_owned(),
        Conflict::Skip { .. } => "it can't be skipped now".to_owned(),
        Conflict::InFlight { request } => {
            format!("request {request} asks the same and is in flight")
        }
    }
}
