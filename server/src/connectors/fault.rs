//! What can go wrong in a system, and whether trying again may help.

use std::time::Duration;

/// Why a system did not do what was asked. Decided where it happens: only there it is known whether a retry helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Trying again may help, at the earliest after `after`.
    #[error("{code}, may be tried again")]
    Retry {
        code: FaultCode,
        after: Option<Duration>,
    },
    /// Trying again would not help.
    #[error("{code}")]
    Stop { code: FaultCode },
}

impl Fault {
    /// Trying again may help.
    pub fn retry(code: FaultCode) -> Self {
        Self::Retry { code, after: None }
    }

    /// Trying again would not help.
    pub fn stop(code: FaultCode) -> Self {
        Self::Stop { code }
    }

    pub fn code(&self) -> FaultCode {
        match self {
            Self::Retry { code, .. } | Self::Stop { code } => *code,
        }
    }
}

/// What happened, as a word for events, evidence and the UI's catalogue. Never a text of the system's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultCode {
    /// No answer in time.
    Timeout,
    /// The system can't be reached.
    Unreachable,
    /// It refused us: credentials or rights.
    Denied,
    /// The answer broke off in the middle.
    CutOff,
    /// It asks us to slow down.
    RateLimited,
    /// It answers, but not as its inventory says: a missing table, a wrong type.
    Mismatch,
    /// A constraint forbids the change: a unique value, a required field, a rule of its own.
    Constraint,
    /// Other rows refer to what was to be erased.
    Referenced,
    /// It failed inside.
    Internal,
    /// We can't write what we read: disk full.
    Storage,
    /// After the erasure there is still something.
    StillThere,
    /// The task before it did not succeed.
    NotBegun,
    /// Cut off in an operation that is not safe to repeat.
    Uncertain,
    /// Tried as often as allowed.
    TooManyTries,
    /// There is more than the plan said that was confirmed.
    Drifted,
    /// The call could not be counted against the rate budget, and so was not made.
    Uncounted,
}

impl FaultCode {
    pub const ALL: [Self; 16] = [
        Self::Timeout,
        Self::Unreachable,
        Self::Denied,
        Self::CutOff,
        Self::RateLimited,
        Self::Mismatch,
        Self::Constraint,
        Self::Referenced,
        Self::Internal,
        Self::Storage,
        Self::StillThere,
        Self::NotBegun,
        Self::Uncertain,
        Self::TooManyTries,
        Self::Drifted,
        Self::Uncounted,
    ];

    /// The word in SQL, events and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Unreachable => "unreachable",
            Self::Denied => "denied",
            Self::CutOff => "cut_off",
            Self::RateLimited => "rate_limited",
            Self::Mismatch => "mismatch",
            Self::Constraint => "constraint",
            Self::Referenced => "referenced",
            Self::Internal => "internal",
            Self::Storage => "storage",
            Self::StillThere => "still_there",
            Self::NotBegun => "not_begun",
            Self::Uncertain => "uncertain",
            Self::TooManyTries => "too_many_tries",
            Self::Drifted => "drifted",
            Self::Uncounted => "uncounted",
        }
    }
}

impl std::fmt::Display for FaultCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
