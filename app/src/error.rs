//! The one error that crosses the wire: a kind, and what a person needs to mend it. No personal data, no text of other systems.

use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use crate::model::{Blocked, InvalidIdentifier, RequestId, SystemId};
use crate::wire::Text;

/// Why a call was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Error {
    #[error("sign in first")]
    Unauthenticated,
    #[error("not allowed")]
    Forbidden,
    #[error("{what} not found")]
    NotFound { what: String },
    #[error("{field}: {reason}")]
    Invalid {
        /// The field as the caller named it.
        field: String,
        reason: Reason,
    },
    #[error("conflict: {why:?}")]
    Conflict { why: Conflict },
    #[error("too many requests; try again in {retry_after} s")]
    RateLimited {
        /// Seconds.
        retry_after: u32,
    },
    #[error("systems did not answer: {systems:?}")]
    Unavailable { systems: Vec<SystemId> },
    /// Ours to mend; the correlation id finds it in the log.
    #[error("internal error {correlation}")]
    Internal { correlation: String },
    /// The browser and the server did not understand each other, e.g. no network.
    #[error("transport: {text}")]
    Transport { text: String },
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    #[error("is missing")]
    Missing,
    #[error("{0}")]
    Identifier(InvalidIdentifier),
    #[error("want {min} to {max} characters")]
    Length { min: u32, max: u32 },
    #[error("is not one of the allowed values")]
    Unknown,
    #[error("must be confirmed")]
    NotConfirmed,
    #[error("is not the record's code")]
    WrongCode,
    #[error("is not allowed here")]
    NotAllowed,
    #[error("has expired")]
    Expired,
    #[error("has been used already, or never existed")]
    Used,
    /// Nothing would change: old and new are the same.
    #[error("old and new value are the same")]
    Same,
    /// More people than can be looked through.
    #[error("finds too many people: it has to say more")]
    TooMany,
    /// No place beside the others is left.
    #[error("is one more than can stand side by side")]
    TooManyBeside,
    /// There is one of that name.
    #[error("is the name of another")]
    Taken,
    #[error("there are {max} already, and no more are kept")]
    Full { max: u32 },
    /// What it replaces is replaced, or put there, by another of the same request.
    #[error("is what another replacement replaces or puts there")]
    Contradicts,
}

/// What stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conflict {
    /// The plan is no longer what was confirmed: look at it again.
    PlanChanged,
    /// The subject is a current employee: deactivate the account first.
    ActiveEmployee,
    /// A bare term means several people; each has to be asked for by her id. How many.
    Ambiguous { people: u32 },
    /// A retry is not allowed now.
    Retry { blocked: Blocked },
    /// Nothing can be skipped now.
    Skip { blocked: Blocked },
    /// The same is in flight already.
    InFlight { request: RequestId },
    /// Somebody else linked, parted or undid it before.
    DoneAlready,
    /// Staff linked more records to one person than can be acted on at once.
    SetTooLarge { most: u32 },
}

impl Error {
    /// A thing that is not there; or not for this caller: the answer is the same.
    pub fn not_found(what: &str) -> Self {
        Self::NotFound {
            what: what.to_owned(),
        }
    }

    /// A field that is wrong.
    pub fn invalid(field: &str, reason: Reason) -> Self {
        Self::Invalid {
            field: field.to_owned(),
            reason,
        }
    }

    /// An identifier that is wrong.
    pub fn identifier(field: &str, why: InvalidIdentifier) -> Self {
        Self::invalid(field, Reason::Identifier(why))
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound { .. } => 404,
            Self::Invalid { .. } => 400,
            Self::Conflict { .. } => 409,
            Self::RateLimited { .. } => 429,
            Self::Unavailable { .. } => 503,
            Self::Internal { .. } | Self::Transport { .. } => 500,
        }
    }
}

impl FromServerFnError for Error {
    type Encoder = Text;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            // Bad arguments are the caller's; their text may hold what she typed, so it is not passed on.
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => {
                Self::invalid("form", Reason::Unknown)
            }
            other => Self::Transport {
                text: kind_of(&other).to_owned(),
            },
        }
    }
}

fn kind_of(error: &ServerFnErrorErr) -> &'static str {
    match error {
        ServerFnErrorErr::Request(_) => "request",
        ServerFnErrorErr::Response(_) => "response",
        ServerFnErrorErr::ServerError(_) => "server",
        _ => "encoding",
    }
}
