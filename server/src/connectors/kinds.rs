//! Opens a system by the kind that its description names.

use std::path::Path;
use std::sync::Arc;

use super::Connector;
use super::files::Files;
use super::misbehaving::{Lever, Misbehaving};
use super::pace::{Pace, Paced, Tally};
use super::spec::{Kind, SpecError, SystemSpec};
use super::sql::Sql;
use crate::matching::Country;
use crate::secret::Masks;

/// Why a system was not opened, for its operator to read. Names of tables and columns at most, never a value.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// It can be reached, but is not as described.
    #[error("is not as described: {}", differences.join("; "))]
    Differs {
        /// One sentence each, e.g. `no column "email" in table "users"`.
        differences: Vec<String>,
    },
    /// The directory is ours: the server makes its connector itself.
    #[error("kind: `directory` is built in and not opened from a description")]
    BuiltIn,
}

/// A system that was opened.
#[derive(Clone)]
pub struct Opened {
    /// With its misbehaviour and its pace, once it has them.
    pub connector: Arc<dyn Connector>,
    /// Tells how long a call would wait; nothing if the system has no rate budget.
    pub pace: Option<Arc<Pace>>,
    /// Makes it misbehave; nothing if it never does.
    pub lever: Option<Arc<Lever>>,
}

impl Opened {
    /// Puts the misbehaviour of the description on a connector.
    pub fn new(spec: &SystemSpec, connector: Arc<dyn Connector>) -> Self {
        let mut opened = Self {
            connector,
            pace: None,
            lever: None,
        };
        if spec.misbehaves {
            let lever = Arc::new(Lever::default());
            opened.connector = Arc::new(Misbehaving::new(opened.connector, Arc::clone(&lever)));
            opened.lever = Some(lever);
        }
        opened
    }

    /// Puts the pace of the description on it, if it has a rate budget; the calls are counted there.
    pub fn paced(mut self, spec: &SystemSpec, tally: &Arc<dyn Tally>) -> Self {
        if let Some(per_second) = spec.per_second {
            let pace = Pace::new(spec.id.clone(), per_second, Arc::clone(tally));
            let pace = Arc::new(pace);
            self.connector = Arc::new(Paced::new(self.connector, Arc::clone(&pace)));
            self.pace = Some(pace);
        }
        self
    }
}

/// Opens a system. Paths of its description are relative to the data folder. A system that can't be reached is opened
/// all the same, and answers with faults until it can be.
///
/// # Errors
/// [`OpenError`] for what its operator has to mend first.
pub async fn open(spec: &SystemSpec, data: &Path, masks: &Masks) -> Result<Opened, OpenError> {
    let country = Country::parse(&spec.country).map_err(|why| SpecError::Invalid {
        key: "country".to_owned(),
        reason: why.to_string(),
    })?;
    let connector: Arc<dyn Connector> = match (spec.kind, &spec.sql, &spec.files) {
        (Kind::Sql, Some(sql), _) => {
            Arc::new(Sql::open(spec.clone(), country, sql, data, masks).await?)
        }
        (Kind::Files, _, Some(files)) => Arc::new(Files::new(&spec.id, &data.join(&files.root))?),
        (Kind::Directory, ..) => return Err(OpenError::BuiltIn),
        (Kind::Sql | Kind::Files, ..) => {
            let reason = "the place of this kind is missing".to_owned();
            return Err(SpecError::Invalid {
                key: spec.kind.as_str().to_owned(),
                reason,
            }
            .into());
        }
    };
    Ok(Opened::new(spec, connector))
}
