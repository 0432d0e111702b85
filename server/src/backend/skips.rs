//! Deciding that what failed is not to be done.

use app::backend::{Caller, Result};
use app::error::{Conflict, Error, Reason};
use app::model::{NewSkip, RequestId, Skip};

use super::requests::name_of;
use super::{Habeas, OrInternal, internal};
use crate::policy::{self, Act};
use crate::store::StoreError;
use crate::workflow::skip::{self, Decision, SkipError};

const REASON: (u32, u32) = (3, 500);

impl Habeas {
    /// Skips what failed of a request in a system; gives the set's root.
    pub(super) async fn skip_failed(&self, caller: &Caller, new: NewSkip) -> Result<RequestId> {
        policy::allow(caller, Act::SkipTasks)?;
        let reason = new.reason.trim();
        let (min, max) = REASON;
        let length = u32::try_from(reason.chars().count()).unwrap_or(u32::MAX);
        if !(min..=max).contains(&length) {
            return Err(Error::invalid("reason", Reason::Length { min, max }));
        }
        if !new.confirmed {
            return Err(Error::invalid("confirmed", Reason::NotConfirmed));
        }
        let root = self.root_of(caller, &new.request).await?;
        let decision = Decision {
            reason: reason.to_owned(),
            request: new.request,
            system: new.system,
            ground: new.ground,
            actor: policy::actor(caller)?,
            actor_name: name_of(caller),
        };
        let (engine, set) = (self.engine.clone(), root.clone());
        let write = self.db.write(move |tx| {
            Box::pin(async move { skip::skip(&engine, tx, &set, &decision).await })
        });
        write.await.map_err(|why| match why {
            SkipError::Blocked(blocked) => Error::Conflict {
                why: Conflict::Skip { blocked },
            },
            SkipError::InFlight(request) => Error::Conflict {
                why: Conflict::InFlight { request },
            },
            SkipError::Store(why) => internal(caller, &why),
        })?;
        self.began(&root);
        Ok(root)
    }

    /// What was decided in a set, oldest first.
    pub(super) async fn skips(&self, caller: &Caller, root: &RequestId) -> Result<Vec<Skip>> {
        let rows = self.db.skips_of_root(root).await.or_internal(caller)?;
        let skips: std::result::Result<_, StoreError> = rows
            .into_iter()
            .map(|row| {
                Ok(Skip {
                    reason: skip::reason(&self.keys, &row)?,
                    seq: row.seq,
                    request: row.request,
                    system: row.system,
                    ground: row.ground,
                    by: row.actor_name,
                    at: row.at,
                })
            })
            .collect();
        skips.or_internal(caller)
    }
}
