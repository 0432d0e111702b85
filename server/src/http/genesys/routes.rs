//! Every route of the API in one table. The router, the checks of queries and bodies, the permissions and the OpenAPI document come from it.

use super::models;
use super::shape::{Model, Shape};
use crate::policy::Act;

/// One operation.
#[derive(Debug)]
pub struct Route {
    pub method: Method,
    /// As axum writes it: `/api/v2/gdpr/requests/{id}`.
    pub path: &'static str,
    pub access: Access,
    pub query: &'static [Param],
    pub body: Body,
    /// What a success carries, and its statuses.
    pub answer: &'static Model,
    pub statuses: &'static [u16],
    /// One line for the OpenAPI document.
    pub summary: &'static str,
    pub(super) op: Op,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// In capitals.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Who may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// A client whose token has the act's permission.
    Act(Act),
    /// A client that shows its id and secret.
    Secret,
    /// Anybody.
    Public,
}

/// A parameter of the query.
#[derive(Debug)]
pub struct Param {
    pub name: &'static str,
    pub shape: Shape,
    pub required: bool,
}

/// What a request carries.
#[derive(Debug, Clone, Copy)]
pub enum Body {
    None,
    Json(&'static Model),
    /// JSON in which null clears a field.
    Patch(&'static Model),
    Form(&'static Model),
}

/// Which function answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    FindSubjects,
    MakeRequest,
    ListRequests,
    ReadRequest,
    RetryRequest,
    PlanRequest,
    ListSystems,
    ReadSystem,
    PauseSystem,
    ResumeSystem,
    Download,
    ListContacts,
    AddContact,
    ReadContact,
    ReadUnresolved,
    PutContact,
    PatchContact,
    DeleteContact,
    ReadContacts,
    MergeContacts,
    MergeInto,
    Token,
    OpenApi,
}

const fn param(name: &'static str, shape: Shape) -> Param {
    Param {
        name,
        shape,
        required: false,
    }
}

const PAGE_NUMBER: Shape = Shape::Count {
    min: 1,
    max: 1_000_000,
};
const WORDS: Shape = Shape::List {
    of: &Shape::Text { max: 64 },
    max: 20,
};

/// One route; what is not said of it: no query, no body, status 200.
macro_rules! route {
    ($method:ident $path:literal, $access:expr, $op:ident, $answer:ident, $summary:literal $(, $field:ident: $value:expr)*) => {
        Route {
            $($field: $value,)*
            ..Route {
                method: Method::$method,
                path: $path,
                access: $access,
                query: &[],
                body: Body::None,
                answer: &models::$answer,
                statuses: &[200],
                summary: $summary,
                op: Op::$op,
            }
        }
    };
}

static ROUTES: [Route; 23] = [
    route!(Get "/api/v2/gdpr/subjects", Access::Act(Act::SearchSubjects), FindSubjects, SUBJECTS,
    "Finds the subjects that match one term in every system",
    query: &[
        Param { name: "searchType", shape: Shape::Word(models::SEARCH_TYPES), required: true },
        Param { name: "searchValue", shape: Shape::Text { max: 512 }, required: true },
    ]),
    route!(Post "/api/v2/gdpr/requests", Access::Act(Act::MakeRequests), MakeRequest, REQUEST,
        "Makes a request for one subject, or gives the same one that is still in flight",
        query: &[param("deleteConfirmed", Shape::Flag)],
        body: Body::Json(&models::REQUEST),
        statuses: &[200, 202]),
    route!(Get "/api/v2/gdpr/requests", Access::Act(Act::ReadRequests), ListRequests, REQUESTS,
        "Lists requests, newest first",
        query: &[param("pageSize", Shape::Count { min: 1, max: 100 }), param("pageNumber", PAGE_NUMBER)]),
    route!(Get "/api/v2/gdpr/requests/{id}", Access::Act(Act::ReadRequests), ReadRequest, REQUEST,
        "Reads one request, related ones too"),
    // What is ours: all that staff can do on screen is reachable here.
    route!(Post "/api/v2/gdpr/requests/{id}/retry", Access::Act(Act::RetryRequests), RetryRequest, REQUEST,
        "Makes the failed requests of a set again, once all of it have ended", statuses: &[202]),
    route!(Post "/api/v2/gdpr/plans", Access::Act(Act::MakeRequests), PlanRequest, PLAN,
        "Says what a request would do in every system; changes nothing", body: Body::Json(&models::REQUEST)),
    route!(Get "/api/v2/gdpr/systems", Access::Act(Act::ReadSystems), ListSystems, SYSTEMS,
        "Lists the systems: health, inventory, open tasks"),
    route!(Get "/api/v2/gdpr/systems/{id}", Access::Act(Act::ReadSystems), ReadSystem, SYSTEM_DETAIL,
        "Reads one system: how it was in the last 30 days, what is left of its rate budget, and what waits for it"),
    route!(Post "/api/v2/gdpr/systems/{id}/pause", Access::Act(Act::ManageSystems), PauseSystem, SYSTEM_STATE,
        "Pauses a system: it is not searched, and its tasks wait"),
    route!(Post "/api/v2/gdpr/systems/{id}/resume", Access::Act(Act::ManageSystems), ResumeSystem, SYSTEM_STATE,
        "Ends a system's pause"),
    route!(Get "/api/v2/downloads/{id}", Access::Act(Act::DownloadPackages), Download, URL,
        "Leads to a finished export by a signed link; always an attachment",
        query: &[param("issueRedirect", Shape::Flag), param("contentDisposition", Shape::Text { max: 200 })],
        statuses: &[200, 302]),
    route!(Get "/api/v2/externalcontacts/contacts", Access::Act(Act::ReadContacts), ListContacts, CONTACTS,
    "Lists contacts; q: those that hold it as a whole name, number, address or handle",
    query: &[
        param("pageSize", Shape::Count { min: 1, max: 100 }),
        param("pageNumber", PAGE_NUMBER),
        param("q", Shape::Text { max: 512 }),
        param("expand", WORDS),
    ]),
    route!(Post "/api/v2/externalcontacts/contacts", Access::Act(Act::AddContacts), AddContact, CONTACT,
        "Adds a contact", body: Body::Json(&models::CONTACT)),
    route!(Get "/api/v2/externalcontacts/contacts/{id}", Access::Act(Act::ReadContacts), ReadContact, CONTACT,
        "Reads a contact, or the canonical one that it was merged into",
        query: &[param("expand", WORDS)]),
    route!(Get "/api/v2/externalcontacts/contacts/{id}/unresolved", Access::Act(Act::ReadContacts), ReadUnresolved, CONTACT,
        "Reads the contact itself, merged or not",
        query: &[param("expand", WORDS)]),
    route!(Put "/api/v2/externalcontacts/contacts/{id}", Access::Act(Act::EditContacts), PutContact, CONTACT,
        "Replaces what a contact says", body: Body::Json(&models::CONTACT)),
    route!(Patch "/api/v2/externalcontacts/contacts/{id}", Access::Act(Act::EditContacts), PatchContact, CONTACT,
        "Changes some of what a contact says; null clears a field", body: Body::Patch(&models::CONTACT)),
    route!(Delete "/api/v2/externalcontacts/contacts/{id}", Access::Act(Act::DeleteContacts), DeleteContact, NOTHING,
        "Deletes exactly this contact; the others of its set stay together"),
    route!(Post "/api/v2/externalcontacts/bulk/contacts", Access::Act(Act::ReadContacts), ReadContacts, BULK_RESULTS,
        "Reads several contacts by id", body: Body::Json(&models::BULK_IDS)),
    route!(Post "/api/v2/externalcontacts/contacts/merge", Access::Act(Act::MergeContacts), MergeContacts, CONTACT,
        "Joins contacts under a new canonical one", body: Body::Json(&models::MERGE_CONTACTS)),
    route!(Post "/api/v2/externalcontacts/merge/contacts", Access::Act(Act::MergeContacts), MergeInto, CONTACT,
        "Merges the source into the target (deprecated)", body: Body::Json(&models::MERGE)),
    route!(Post "/oauth/token", Access::Secret, Token, TOKEN,
        "Gives a client a token for its id and secret", body: Body::Form(&models::TOKEN_ASK)),
    route!(Get "/openapi.json", Access::Public, OpenApi, OPENAPI, "This document"),
];

/// Every route of the API.
pub fn routes() -> &'static [Route] {
    &ROUTES
}

impl Route {
    /// Whether it stands under the stricter limit.
    pub fn is_gdpr(&self) -> bool {
        self.path.starts_with("/api/v2/gdpr/")
    }

    /// Whether values that can't be are answered by 422: writing contacts.
    pub(super) fn validates(&self) -> bool {
        matches!(self.op, Op::AddContact | Op::PutContact | Op::PatchContact)
    }

    /// The id in a path that this route matches, still encoded.
    pub(super) fn id_in<'a>(&self, path: &'a str) -> Option<&'a str> {
        let at = self
            .path
            .split('/')
            .position(|part| part.starts_with('{'))?;
        path.split('/').nth(at)
    }
}
