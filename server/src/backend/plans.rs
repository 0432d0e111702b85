//! Plans: what would be done, previewed in every system, stored with its hash.

use std::collections::BTreeSet;
use std::time::Duration;

use app::backend::{Caller, Result};
use app::error::{Conflict, Error, Reason};
use app::model::{
    Action, CollectionName, CollectionPlan, Employment, LinkId, MemberPlan, Millis, Plan, PlanAsk,
    PlanBlock, PlanId, Replacement, Right, SubjectHandle, SubjectKey, SystemId, SystemPlan,
};
use serde_json::json;
use tokio::time::{Instant, timeout};

use super::resolve::{check_replacements, guard_employee, in_full, is_active_employee};
use super::{Habeas, OrInternal, internal};
use crate::connectors::{Marks, Trace, Whose};
use crate::evidence::{self, Entry};
use crate::policy::{self, Act};
use crate::secret::{Keys, sha256};
use crate::store::search::PlanRow;
use crate::workflow::create::NewMember;
use crate::workflow::work::Piece;
use crate::workflow::{salt, target};

const PLAN: &str = "plan.plan";
/// A plan older than this is made anew: systems change.
const VALID: Millis = 30 * 60 * 1000;
/// How long confirming waits for systems to say that they still hold what was planned.
const CONFIRMING: Duration = Duration::from_secs(2);
/// Previews at the same time.
const SIDE_BY_SIDE: usize = 8;

/// A plan with the key that it was made for.
#[derive(serde::Serialize, serde::Deserialize)]
pub(super) struct StoredPlan {
    pub(super) plan: Plan,
    pub(super) key: SubjectKey,
    /// Which rows it is about, where a system could tell.
    #[serde(default)]
    rows: Vec<(SubjectHandle, SystemId, CollectionName, Marks)>,
}

impl StoredPlan {
    fn new(plan: Plan, key: SubjectKey, members: &[NewMember]) -> Self {
        let rows = |member: &NewMember| {
            let pieces = member.work.pieces.iter().zip(&member.planned);
            let marked = pieces.filter_map(|(piece, trace)| {
                let (marks, handle) = (trace.as_ref()?.marks.clone()?, member.handle.clone());
                Some((
                    handle,
                    piece.system.clone(),
                    piece.collection.clone(),
                    marks,
                ))
            });
            marked.collect::<Vec<_>>()
        };
        Self {
            plan,
            key,
            rows: members.iter().flat_map(rows).collect(),
        }
    }
}

impl Habeas {
    pub(super) async fn plan_for(&self, caller: &Caller, mut ask: PlanAsk) -> Result<PlanId> {
        policy::allow(caller, Act::MakeRequests)?;
        check_replacements(ask.right, &ask.replacements, self.country)?;
        ask.replacements = in_full(ask.replacements, self.country);
        let key = self.found_key(caller, &ask).await?;
        let set = self.resolve_set(caller, &key).await?;
        let linked = set.linked_by();
        let mut members = self.members(caller, ask.right, set.subjects, &ask.replacements)?;
        let wait = || self.search_timeout;
        let silent = self.preview(&mut members, &ask.replacements, wait).await;
        let mut plan = self.put_together(caller, ask.right, &ask.replacements, &members, silent)?;
        self.add_samples(&mut plan, &members).await;
        for (member, linked) in plan.members.iter_mut().zip(linked) {
            member.linked = linked;
        }
        let id = plan.id.clone();
        let stored = StoredPlan::new(plan, key, &members);
        self.store_plan(caller, stored).await?;
        Ok(id)
    }

    /// The key behind a handle that the caller's own search found: acting needs a search.
    async fn found_key(&self, caller: &Caller, ask: &PlanAsk) -> Result<SubjectKey> {
        let (search, _) = self.stored_search(caller, &ask.search).await?;
        for subject in self
            .found_sets(caller, &search.first)
            .await?
            .into_iter()
            .flatten()
        {
            if target::handle(&self.keys, &subject.key).or_internal(caller)? == ask.subject {
                return Ok(subject.key);
            }
        }
        Err(Error::not_found("subject"))
    }

    /// The members of a confirmed plan with what staff confirmed of them, each previewed again: what is done is what was confirmed, or nothing. A system that can't
    /// say now what it holds is held to what it said when the plan was made; its tasks wait for it.
    pub(super) async fn as_confirmed(
        &self,
        caller: &Caller,
        stored: &StoredPlan,
    ) -> Result<(Vec<NewMember>, BTreeSet<LinkId>)> {
        let plan = &stored.plan;
        let set = self.resolve_set(caller, &stored.key).await?;
        let subjects = set.subjects.clone();
        let mut members = self.members(caller, plan.right, subjects, &plan.replacements)?;
        let links = set.link_ids(&members);
        guard_employee(plan.right, &members)?;
        let until = Instant::now() + CONFIRMING;
        let wait = || until.saturating_duration_since(Instant::now());
        self.preview(&mut members, &plan.replacements, wait).await;
        fill_in(stored, &mut members);
        if hash(&self.keys, plan.right, &members, &plan.replacements) != plan.hash {
            return Err(Error::Conflict {
                why: Conflict::PlanChanged,
            });
        }
        Ok((members, links))
    }

    /// Looks for the rows of every piece of work; gives the systems that could not say.
    pub(super) async fn preview(
        &self,
        members: &mut [NewMember],
        replacements: &[Replacement],
        wait: impl Fn() -> Duration,
    ) -> Vec<SystemId> {
        let mut silent = Vec::new();
        let paused = self.not_to_ask().await;
        for member in members {
            let mut counts = Vec::new();
            for pieces in member.work.pieces.chunks(SIDE_BY_SIDE) {
                let count = |p| self.trace(member.target.whose(), p, replacements, &paused);
                let asked = pieces
                    .iter()
                    .map(|piece| async { timeout(wait(), count(piece)).await.ok().flatten() });
                counts.extend(futures::future::join_all(asked).await);
            }
            for (piece, count) in member.work.pieces.iter().zip(&counts) {
                if count.is_none() && !silent.contains(&piece.system) {
                    silent.push(piece.system.clone());
                }
            }
            member.planned = counts;
        }
        silent
    }

    async fn trace(
        &self,
        whose: Whose<'_>,
        piece: &Piece,
        replacements: &[Replacement],
        paused: &[SystemId],
    ) -> Option<Trace> {
        let system = self.systems.get(&piece.system)?;
        if paused.contains(&system.id) {
            return None;
        }
        let (collection, operation) = (&piece.collection, piece.operation);
        let salt = salt(&self.keys, &system.id);
        let trace =
            system
                .connector
                .trace(whose, collection, operation, replacements, salt.as_bytes());
        trace.await.ok()
    }

    pub(super) fn put_together(
        &self,
        caller: &Caller,
        right: Right,
        replacements: &[Replacement],
        members: &[NewMember],
        silent: Vec<SystemId>,
    ) -> Result<Plan> {
        let mut blocked: Vec<_> = silent
            .into_iter()
            .map(|s| PlanBlock::Unreachable { system: s })
            .collect();
        if right == Right::Delete {
            let active = members.iter().filter(|member| is_active_employee(member));
            blocked.extend(active.map(|m| PlanBlock::ActiveEmployee {
                member: m.handle.clone(),
            }));
        }
        let traces = members.iter().flat_map(|m| &m.planned).flatten();
        let rows: u64 = traces.map(|trace| trace.rows).sum();
        if blocked.is_empty() && rows == 0 {
            blocked.push(PlanBlock::NothingToDo);
        }
        let made_at = self.clock.now();
        Ok(Plan {
            id: PlanId::parse(self.clock.id()).map_err(|why| internal(caller, &why))?,
            right,
            made_at,
            expires_at: made_at + VALID,
            hash: hash(&self.keys, right, members, replacements),
            replacements: replacements.to_vec(),
            members: members
                .iter()
                .map(|member| self.member_plan(member))
                .collect(),
            blocked,
            request: None,
        })
    }

    fn member_plan(&self, member: &NewMember) -> MemberPlan {
        let systems = self.systems.all();
        let of_system = |system: &std::sync::Arc<crate::registry::System>| SystemPlan {
            system: system.id.clone(),
            system_name: system.name.clone(),
            collections: self.collections(member, system),
        };
        MemberPlan {
            handle: member.handle.clone(),
            kind: member.target.key.kind(),
            name: member.target.name(),
            linked: None,
            systems: systems.iter().map(of_system).collect(),
        }
    }

    /// Every collection of the inventory: with its work, or said not to be searchable.
    fn collections(
        &self,
        member: &NewMember,
        system: &crate::registry::System,
    ) -> Vec<CollectionPlan> {
        let collections = &system.connector.inventory().collections;
        collections
            .iter()
            .map(|collection| {
                let is_it = |piece: &Piece| {
                    piece.system == system.id && piece.collection == collection.name
                };
                let at = member.work.pieces.iter().position(is_it);
                let trace = at.and_then(|at| member.planned.get(at)?.as_ref());
                CollectionPlan {
                    collection: collection.name.clone(),
                    title: collection.title.clone(),
                    action: at.map_or(Action::NotSearchable, |at| {
                        member.work.pieces[at].action.clone()
                    }),
                    rows: trace.map(|trace| trace.rows),
                    shared: trace.and_then(|trace| trace.shared),
                    bytes: None,
                    samples: Vec::new(),
                }
            })
            .collect()
    }

    async fn store_plan(&self, caller: &Caller, stored: StoredPlan) -> Result<()> {
        let plan = &stored.plan;
        let row = PlanRow {
            id: plan.id.clone(),
            actor: policy::actor(caller)?,
            plan_sealed: self
                .seal(PLAN, plan.id.as_str(), &stored)
                .or_internal(caller)?,
            hash: plan.hash.clone(),
            made_at: plan.made_at,
            expires_at: plan.expires_at,
        };
        let subjects: Vec<_> = plan
            .members
            .iter()
            .map(|member| member.handle.clone())
            .collect();
        let body = json!({
            "plan": plan.id, "right": plan.right, "hash": plan.hash, "subjects": subjects,
        });
        let write = self.db.write(move |tx| {
            Box::pin(async move {
                tx.plan_insert(&row).await?;
                let (chain, action) = (evidence::MAIN, "plan.made");
                let entry = Entry {
                    chain,
                    actor: &row.actor,
                    action,
                    body,
                };
                evidence::append(tx, row.made_at, entry).await?;
                Ok(())
            })
        });
        write.await.or_internal(caller)
    }

    /// A plan of this caller's.
    pub(super) async fn stored_plan(&self, caller: &Caller, id: &PlanId) -> Result<StoredPlan> {
        let actor = policy::actor(caller)?;
        let row = self.db.plan_by_id(id).await.or_internal(caller)?;
        let row = row
            .filter(|row| row.actor == actor)
            .ok_or_else(|| Error::not_found("plan"))?;
        self.open(PLAN, id.as_str(), &row.plan_sealed)
            .or_internal(caller)
    }

    /// The plan if it may be carried out now, as confirmed.
    pub(super) async fn confirmed_plan(
        &self,
        caller: &Caller,
        id: &PlanId,
        hash: &str,
    ) -> Result<StoredPlan> {
        let stored = self.stored_plan(caller, id).await?;
        if stored.plan.expires_at < self.clock.now() {
            return Err(Error::invalid("plan", Reason::Expired));
        }
        if stored.plan.hash != hash {
            return Err(Error::Conflict {
                why: Conflict::PlanChanged,
            });
        }
        let mut silent = Vec::new();
        for block in &stored.plan.blocked {
            match block {
                PlanBlock::ActiveEmployee { .. } => {
                    return Err(Error::Conflict {
                        why: Conflict::ActiveEmployee,
                    });
                }
                PlanBlock::NothingToDo => {
                    return Err(Error::invalid("plan", Reason::NotAllowed));
                }
                PlanBlock::Unreachable { system } => silent.push(system.clone()),
            }
        }
        if silent.is_empty() {
            Ok(stored)
        } else {
            Err(Error::Unavailable { systems: silent })
        }
    }
}

/// Puts the plan's rows where a system could not say now.
fn fill_in(stored: &StoredPlan, members: &mut [NewMember]) {
    for member in members {
        let mut planned = stored.plan.members.iter();
        let planned = planned.find(|one| one.handle == member.handle);
        let trace = |piece: &Piece| {
            let system = planned?.systems.iter().find(|s| s.system == piece.system)?;
            let same = |one: &&CollectionPlan| one.collection == piece.collection;
            let one = system.collections.iter().find(same)?;
            let marks = stored
                .rows
                .iter()
                .find_map(|(handle, system, collection, marks)| {
                    let place = (handle, system, collection);
                    (place == (&member.handle, &piece.system, &piece.collection)).then_some(marks)
                });
            Some(Trace {
                rows: one.rows?,
                marks: marks.cloned(),
                shared: one.shared,
            })
        };
        let silent = member.planned.iter_mut().zip(&member.work.pieces);
        for (planned, piece) in silent.filter(|(planned, _)| planned.is_none()) {
            *planned = trace(piece);
        }
    }
}

/// SHA-256 of what would be done: right, members, systems, collections, actions, rows and replacements. It goes into evidence,
/// so values are in it by keyed hash only: nobody can find them by trying. Rows that others share are not in it: nothing is done
/// to them, and where one becomes hers alone there is one more among the rows.
pub(super) fn hash(
    keys: &Keys,
    right: Right,
    members: &[NewMember],
    replacements: &[Replacement],
) -> String {
    let member = |member: &NewMember| {
        let piece = |(at, piece): (usize, &Piece)| {
            let trace = member.planned.get(at).and_then(Option::as_ref);
            let rows = trace.map(|trace| trace.rows);
            let which = trace.and_then(|trace| Some(sha256(&trace.marks.as_ref()?.to_bytes())));
            json!([piece.system, piece.collection, piece.action, rows, which])
        };
        let employed = member.target.subject.as_ref().and_then(|s| s.employment);
        json!({
            "subject": member.handle,
            "work": member.work.pieces.iter().enumerate().map(piece).collect::<Vec<_>>(),
            "not_searchable": member.work.not_searchable,
            "active": employed == Some(Employment::Active),
        })
    };
    let value = |value: &str| keys.index("plan", value);
    let replacement = |r: &Replacement| json!([r.kind, value(&r.old), value(&r.new)]);
    let replacements: Vec<_> = replacements.iter().map(replacement).collect();
    let all = json!([
        right,
        members.iter().map(member).collect::<Vec<_>>(),
        replacements
    ]);
    sha256(all.to_string().as_bytes())
}
