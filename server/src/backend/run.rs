//! A set of requests as its page shows it.

use std::collections::BTreeMap;

use app::backend::{Caller, Result};
use app::error::Error;
use app::model::{
    Blocked, Cell, Coverage, CoverageState, Member, PackageView, Recheck, RequestId, RunView,
    SystemId, TaskState,
};

use super::{Habeas, OrInternal, internal};
use crate::connectors::FaultCode;
use crate::ledger::OURS;
use crate::store::StoreError;
use crate::store::package::PackageRow;
use crate::store::request::RequestRow;
use crate::workflow::package::link;
use crate::workflow::retry;
use crate::workflow::target::Target;

impl Habeas {
    pub(super) async fn run_view(&self, caller: &Caller, root: &RequestId) -> Result<RunView> {
        let set = self.db.requests_of_root(root).await.or_internal(caller)?;
        let first = set
            .first()
            .ok_or_else(|| Error::not_found("request"))?
            .clone();
        let mut cells = self.db.tasks_of_root(root).await.or_internal(caller)?;
        let paused = self.paused(caller).await?;
        self.say_waits(&mut cells, &paused).await;
        let stored = self.db.coverage_of_root(root).await.or_internal(caller)?;
        let reason = self
            .keys
            .open("request.reason", first.id.as_str(), &first.reason_sealed);
        let reason = reason.map_err(|why| internal(caller, &why))?;
        let skips = self.skips(caller, root).await?;
        let rechecks = self.db.rechecks_of_root(root).await.or_internal(caller)?;
        let rechecks = rechecks.into_iter().map(|row| Recheck {
            next: row.due_at.map(|due| (row.step, due)),
            request: row.request,
            erased_at: row.erased_at,
            looks: row.looks,
        });
        let rechecks = rechecks.collect();
        let mut members = Vec::new();
        for row in &set {
            members.push(self.member_view(row).await.or_internal(caller)?);
        }
        let ended: Option<Vec<_>> = set.iter().map(|member| member.ended_at).collect();
        Ok(RunView {
            right: first.right,
            state: first.set_state,
            created_at: first.created_at,
            ended_at: ended.and_then(|all| all.into_iter().max()),
            created_by: first.actor_name,
            reason: String::from_utf8_lossy(&reason).into_owned(),
            plan_hash: first.plan_hash,
            due_at: first.due_at,
            retry_of: first.retry_of,
            systems: self.system_names(&cells, &stored),
            coverage: coverage(&cells, stored),
            last_event: first.last_event,
            retry_blocked: self.retry_blocked(&set, &cells).await.or_internal(caller)?,
            id: first.id,
            members,
            cells,
            skips,
            rechecks,
        })
    }

    async fn retry_blocked(
        &self,
        set: &[RequestRow],
        cells: &[Cell],
    ) -> std::result::Result<Option<Blocked>, StoreError> {
        if let Some(blocked) = retry::blocked(set) {
            return Ok(Some(blocked));
        }
        let drifted = FaultCode::Drifted.as_str();
        let drifted =
            |cell: &Cell| cell.state == TaskState::Failed && cell.code.as_deref() == Some(drifted);
        if cells.iter().any(drifted) {
            return Ok(Some(Blocked::Drifted));
        }
        let (members, made) = retry::members_since(set);
        let relinked = self.db.parted_since(&members, made).await?;
        Ok(relinked.then_some(Blocked::Relinked))
    }

    async fn member_view(&self, row: &RequestRow) -> std::result::Result<Member, StoreError> {
        let target = Target::open(&self.keys, &row.id, &row.target_sealed)?;
        Ok(Member {
            request: row.id.clone(),
            handle: row.subject.clone(),
            kind: row.subject_kind,
            name: target.name(),
            canonical: target.canonical,
            state: row.state,
            ended_at: row.ended_at,
            package: self.package_view(&row.id).await?,
            retried_by: row.retried_by.clone(),
        })
    }

    /// The package of a request, if it has one that can still be downloaded.
    pub(super) async fn package_view(
        &self,
        id: &RequestId,
    ) -> std::result::Result<Option<PackageView>, StoreError> {
        let package = self.db.package_of_request(id).await?;
        Ok(package.and_then(|package| self.downloadable(package)))
    }

    /// A package as long as it can be downloaded.
    pub(super) fn downloadable(&self, package: PackageRow) -> Option<PackageView> {
        (package.expires_at > self.clock.now()).then(|| PackageView {
            bytes: package.bytes,
            sha256: package.sha256,
            made_at: package.made_at,
            expires_at: package.expires_at,
            url: link(
                &self.keys,
                &self.public_url,
                &package.request,
                package.expires_at,
            ),
        })
    }

    fn system_names(
        &self,
        cells: &[Cell],
        stored: &[(RequestId, SystemId, CoverageState)],
    ) -> Vec<(SystemId, String)> {
        let known = |id: &SystemId| {
            self.systems
                .get(id)
                .map_or_else(|| id.to_string(), |s| s.name.clone())
        };
        let ids = cells
            .iter()
            .map(|cell| &cell.system)
            .chain(stored.iter().map(|(_, id, _)| id));
        let names: BTreeMap<(String, SystemId), ()> = ids
            .filter(|id| id.as_str() != OURS)
            .map(|id| ((known(id), id.clone()), ()))
            .collect();
        names.into_keys().map(|(name, id)| (id, name)).collect()
    }
}

/// Every system of every member: searched, open or failed by its tasks; else what is stored of it.
fn coverage(cells: &[Cell], stored: Vec<(RequestId, SystemId, CoverageState)>) -> Vec<Coverage> {
    let mut tasks: BTreeMap<(RequestId, SystemId), Vec<TaskState>> = BTreeMap::new();
    for cell in cells.iter().filter(|cell| cell.system.as_str() != OURS) {
        let place = (cell.request.clone(), cell.system.clone());
        tasks.entry(place).or_default().push(cell.state);
    }
    let by_tasks = tasks
        .into_iter()
        .map(|(place, tasks)| (place, CoverageState::of_tasks(tasks)));
    let stored = stored
        .into_iter()
        .map(|(request, system, state)| ((request, system), state));
    by_tasks
        .chain(stored)
        .map(|((request, system), state)| Coverage {
            request,
            system,
            state,
        })
        .collect()
}
