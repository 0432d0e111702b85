//! Whom a request is about: sealed in its row, and less of her once she is erased.

use app::model::{Replacement, RequestId, Subject, SubjectHandle, SubjectKey};
use serde::{Deserialize, Serialize};

use crate::connectors::Whose;
use crate::secret::{Keys, SecretError};
use crate::store::StoreError;

const PLACE: &str = "request.target";

/// The subject of one request, as known when it was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Target {
    pub key: SubjectKey,
    /// Her record with all its known fields; gone once she is erased. Its values are never searched on.
    pub subject: Option<Subject>,
    /// The other members of her merge set whose requests stand before hers, and after it.
    #[serde(default)]
    pub before: Vec<SubjectKey>,
    #[serde(default)]
    pub after: Vec<SubjectKey>,
    /// Whether she is the canonical member of her merge set.
    pub canonical: bool,
    pub replacements: Vec<Replacement>,
}

impl Target {
    /// Seals it for the row of a request.
    pub fn seal(&self, keys: &Keys, request: &RequestId) -> Result<Vec<u8>, SecretError> {
        let plain = serde_json::to_vec(self).map_err(|_| SecretError::Sealed)?;
        keys.seal(PLACE, request.as_str(), &plain)
    }

    /// Opens what is sealed in the row of a request.
    pub fn open(keys: &Keys, request: &RequestId, sealed: &[u8]) -> Result<Self, StoreError> {
        let plain = keys
            .open(PLACE, request.as_str(), sealed)
            .map_err(|_| StoreError::Sealed { place: PLACE })?;
        serde_json::from_slice(&plain).map_err(|_| StoreError::Inconsistent { place: PLACE })
    }

    /// Whose rows are meant.
    pub fn whose(&self) -> Whose<'_> {
        Whose {
            key: &self.key,
            before: &self.before,
            after: &self.after,
        }
    }

    /// What may stay after an erasure: the key, which says where it was carried out.
    pub fn without_person(self) -> Self {
        Self {
            subject: None,
            replacements: Vec::new(),
            ..self
        }
    }

    /// The name to show, if it is still known.
    pub fn name(&self) -> Option<String> {
        self.subject
            .as_ref()
            .and_then(|subject| subject.name.clone())
    }
}

/// What names a subject in URLs, events and evidence.
pub fn handle(keys: &Keys, key: &SubjectKey) -> Result<SubjectHandle, StoreError> {
    let place = StoreError::Inconsistent {
        place: "subject key",
    };
    let list = key.identifier().list().unwrap_or_default();
    // Lengths first, so that no two keys give the same text.
    let text = format!(
        "{}\0{}\0{}\0{list}",
        key.kind().as_str(),
        key.id().len(),
        key.id()
    );
    SubjectHandle::parse(keys.index("subject", &text)).map_err(|_| place)
}
