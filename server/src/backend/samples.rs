//! Examples in a plan: a few records of each collection, masked, so that the person is recognised without being read; and how large
//! files are.

use std::time::Duration;

use app::model::{CollectionPlan, Plan, Sample, SubjectKey};
use async_trait::async_trait;
use tokio::io::AsyncRead;
use tokio::time::{Instant, timeout_at};

use super::Habeas;
use crate::connectors::row::{LeftOut, read_row};
use crate::connectors::{Call, ExportRow, Fault, FaultCode, Sink};
use crate::mask::{masked, masked_text};
use crate::registry::System;
use crate::workflow::create::NewMember;

/// The most examples of a collection, and the most fields of each.
const ROWS: usize = 3;
const FIELDS: usize = 6;
/// How long a plan waits for its examples. It is whole without them.
const WAIT: Duration = Duration::from_secs(2);
/// Collections at the same time.
const SIDE_BY_SIDE: usize = 8;

impl Habeas {
    /// Fills examples and sizes into a plan, where there is anything and its system says it in time.
    pub(super) async fn add_samples(&self, plan: &mut Plan, members: &[NewMember]) {
        let until = Instant::now() + WAIT;
        let mut places: Vec<(&SubjectKey, &mut CollectionPlan, _)> = Vec::new();
        for (member, planned) in members.iter().zip(&mut plan.members) {
            for system in &mut planned.systems {
                let registered = self.systems.get(&system.system);
                for one in &mut system.collections {
                    if let Some(system) = registered.clone().filter(|_| one.rows > Some(0)) {
                        places.push((&member.target.key, one, system));
                    }
                }
            }
        }
        for some in places.chunks_mut(SIDE_BY_SIDE) {
            let filled = some.iter_mut();
            let filled = filled.map(|(key, one, system)| fill(until, key, one, system));
            futures::future::join_all(filled).await;
        }
    }
}

async fn fill(until: Instant, key: &SubjectKey, one: &mut CollectionPlan, system: &System) {
    let found = timeout_at(until, samples(system, key, one)).await;
    one.samples = found.ok().flatten().unwrap_or_default();
    let found = timeout_at(until, bytes(system, key, one)).await;
    one.bytes = found.ok().flatten();
}

/// The first rows that an export would give.
async fn samples(system: &System, key: &SubjectKey, one: &CollectionPlan) -> Option<Vec<Sample>> {
    let call = Call {
        token: "sample".to_owned(),
        attempt: 1,
    };
    let mut few = Few::default();
    let exported = system
        .connector
        .export(&call, key, &one.collection, &mut few)
        .await;
    // Broken off by us once there are enough; by anything else, what there is says nothing.
    (exported.is_ok() || few.0.len() == ROWS).then_some(few.0)
}

async fn bytes(system: &System, key: &SubjectKey, one: &CollectionPlan) -> Option<u64> {
    let connector = &system.connector;
    if !connector.holds_files() {
        return None;
    }
    connector.bytes(key, &one.collection).await.ok()
}

/// Takes a few rows or files, masked, and then no more.
#[derive(Default)]
struct Few(Vec<Sample>);

impl Few {
    fn take(&mut self, fields: Vec<(String, String)>) -> Result<(), Fault> {
        self.0.push(Sample { fields });
        if self.0.len() < ROWS {
            Ok(())
        } else {
            Err(enough())
        }
    }
}

fn enough() -> Fault {
    Fault::stop(FaultCode::CutOff)
}

#[async_trait]
impl Sink for Few {
    async fn row(&mut self, row: ExportRow) -> Result<(), Fault> {
        let fields = read_row(&row.into_json()).map_err(|_| Fault::stop(FaultCode::Internal))?;
        let shown = fields
            .into_iter()
            .filter(|(_, value)| !LeftOut::is(value))
            .filter_map(|(name, value)| Some((name, masked(&value)?)))
            .take(FIELDS);
        self.take(shown.collect())
    }

    async fn file(
        &mut self,
        name: &str,
        _: &mut (dyn AsyncRead + Send + Unpin),
    ) -> Result<(), Fault> {
        let name = name.rsplit('/').next().unwrap_or(name);
        self.take(vec![("file".to_owned(), masked_text(name))])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn a_few_rows_are_taken_masked_and_then_no_more() {
        let mut few = Few::default();
        let row = || -> ExportRow {
            let fields = [
                ("email", json!("maria@example.org")),
                ("left", json!(null)),
                ("handled_by", json!({ "left_out": "another person" })),
                ("age", json!(41)),
            ];
            fields.into_iter().collect()
        };
        assert_eq!(few.row(row()).await, Ok(()));
        assert_eq!(
            few.file("2026/passport.pdf", &mut &b"%PDF"[..]).await,
            Ok(())
        );
        assert_eq!(few.row(row()).await, Err(enough()));
        let shown = |at: usize| {
            let fields = few.0[at].fields.iter();
            fields
                .map(|(name, value)| format!("{name}={value}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(shown(0), ["email=m•••@e•••.org", "age=•••"]);
        assert_eq!(shown(1), ["file=p•••.pdf"]);
        assert_eq!(few.0.len(), ROWS);
    }
}
