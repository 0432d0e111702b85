//! Making, following and retrying requests.

use std::collections::BTreeSet;

use app::backend::{Caller, Requests, Result};
use app::error::{Conflict, Error, Reason};
use app::model::{
    Event, LinkId, NewRequest, NewSkip, Plan, PlanAsk, PlanId, Replacement, RequestFilter,
    RequestId, RequestPage, RequestState, RequestSummary, Right, RunView, SubjectHandle, Today,
};
use async_trait::async_trait;

use super::resolve::guard_employee;
use super::{Habeas, OrInternal, internal};
use crate::policy::{self, Act};
use crate::store::StoreError;
use crate::store::request::{MemberCounts, ROOTS_PAGE, RequestRow};
use crate::store::task::TaskCounts;
use crate::workflow::create::{self, CreateError, Created, NewMember, NewSet};
use crate::workflow::retry::{self, RetriedBy, RetryError};
use crate::workflow::target::Target;

/// As many lines has each list of today's page.
const TODAY: i64 = 8;
const REASON_CHARS: std::ops::RangeInclusive<usize> = 3..=2000;

#[async_trait]
impl Requests for Habeas {
    async fn make_plan(&self, caller: &Caller, ask: PlanAsk) -> Result<PlanId> {
        self.plan_for(caller, ask).await
    }

    async fn plan(&self, caller: &Caller, id: &PlanId) -> Result<Plan> {
        policy::allow(caller, Act::MakeRequests)?;
        let mut plan = self.stored_plan(caller, id).await?.plan;
        plan.request = self.db.plan_root(id).await.or_internal(caller)?;
        Ok(plan)
    }

    async fn create(&self, caller: &Caller, new: NewRequest) -> Result<RequestId> {
        policy::allow(caller, Act::MakeRequests)?;
        let reason = checked_reason(&new.reason)?;
        if !new.confirmed {
            return Err(Error::invalid("confirmed", Reason::NotConfirmed));
        }
        let stored = self.confirmed_plan(caller, &new.plan, &new.hash).await?;
        let made = self.db.plan_root(&stored.plan.id).await;
        if let Some(root) = made.or_internal(caller)? {
            return Ok(root);
        }
        if let Some(root) = self.planned_in_flight(caller, &stored.plan).await? {
            return Ok(root);
        }
        let (members, links) = match self.as_confirmed(caller, &stored).await {
            Ok(confirmed) => confirmed,
            Err(why) => {
                // A second click may have made it in the meantime, and what it did is what has changed.
                let same = self.planned_in_flight(caller, &stored.plan).await?;
                return same.ok_or(why);
            }
        };
        let set = self.new_set(caller, &stored.plan, reason, members, links)?;
        Ok(self.create_set(caller, set).await?.root())
    }

    async fn run(&self, caller: &Caller, id: &RequestId) -> Result<RunView> {
        policy::allow(caller, Act::ReadRequests)?;
        let root = self.root_of(caller, id).await?;
        self.run_view(caller, &root).await
    }

    async fn events(&self, caller: &Caller, id: &RequestId, after: i64) -> Result<Vec<Event>> {
        policy::allow(caller, Act::ReadRequests)?;
        let root = self.root_of(caller, id).await?;
        self.db.events_after(&root, after).await.or_internal(caller)
    }

    async fn list(&self, caller: &Caller, filter: RequestFilter) -> Result<RequestPage> {
        policy::allow(caller, Act::ReadRequests)?;
        let now = self.clock.now();
        let mut roots = self
            .db
            .request_roots(&filter, now)
            .await
            .or_internal(caller)?;
        let more = roots.len() > ROOTS_PAGE;
        roots.truncate(ROOTS_PAGE);
        let next = roots.last().filter(|_| more).map(|row| row.id.clone());
        let requests = self.summaries(caller, roots).await?;
        Ok(RequestPage {
            requests,
            next,
            newer: 0,
            now,
        })
    }

    async fn list_again(
        &self,
        caller: &Caller,
        filter: RequestFilter,
        shown: &[RequestId],
    ) -> Result<RequestPage> {
        policy::allow(caller, Act::ReadRequests)?;
        let (db, now) = (&self.db, self.clock.now());
        let fresh = db.request_roots(&filter, now).await.or_internal(caller)?;
        let shown = &shown[..shown.len().min(ROOTS_PAGE)];
        let mut roots = db.request_roots_by_id(shown).await.or_internal(caller)?;
        let place = |row: &RequestRow| shown.iter().position(|id| *id == row.id);
        roots.sort_by_key(place);
        let fresh: Vec<_> = fresh.iter().map(|row| &row.id).collect();
        // After a full page there may be more, whether or not there was when it was first listed.
        let next = shown.get(ROOTS_PAGE - 1).cloned();
        Ok(RequestPage {
            newer: newer(&fresh, shown),
            next: next.filter(|_| fresh.len() > ROOTS_PAGE),
            requests: self.summaries(caller, roots).await?,
            now,
        })
    }

    async fn today(&self, caller: &Caller) -> Result<Today> {
        policy::allow(caller, Act::ReadRequests)?;
        let (db, now) = (&self.db, self.clock.now());
        let needs = db.requests_for_person(TODAY).await.or_internal(caller)?;
        let answered = db.requests_answered(TODAY).await.or_internal(caller)?;
        Ok(Today {
            now,
            pressing: db.requests_pressing(now).await.or_internal(caller)?,
            needs: self.summaries(caller, needs).await?,
            answered: self.summaries(caller, answered).await?,
        })
    }

    async fn retry(&self, caller: &Caller, id: &RequestId) -> Result<RequestId> {
        policy::allow(caller, Act::RetryRequests)?;
        let root = self.root_of(caller, id).await?;
        self.guard_retry(caller, &root).await?;
        let by = RetriedBy {
            actor: policy::actor(caller)?,
            actor_name: name_of(caller),
        };
        let (engine, old) = (self.engine.clone(), root.clone());
        let write = self
            .db
            .write(move |tx| Box::pin(async move { retry::retry(&engine, tx, &old, &by).await }));
        let new = write.await.map_err(|why| match why {
            RetryError::Blocked(blocked) => Error::Conflict {
                why: Conflict::Retry { blocked },
            },
            RetryError::Create(why) => not_created(caller, why),
        })?;
        self.began(&new);
        self.hub.changed(root.as_str());
        Ok(new)
    }

    async fn skip(&self, caller: &Caller, new: NewSkip) -> Result<RequestId> {
        self.skip_failed(caller, new).await
    }
}

/// How many of a page as it would be listed now stand before one that is shown; all that are not, where the shown page is not full.
/// What stands below the last that is shown is no news: it moved up where others left.
fn newer(fresh: &[&RequestId], shown: &[RequestId]) -> u32 {
    let page = &fresh[..fresh.len().min(ROOTS_PAGE)];
    let last = page.iter().rposition(|id| shown.contains(id));
    let until = match last {
        Some(last) if shown.len() == ROOTS_PAGE => last,
        _ => page.len(),
    };
    let unseen = page[..until].iter().filter(|id| !shown.contains(id));
    u32::try_from(unseen.count()).unwrap_or(u32::MAX)
}

fn checked_reason(reason: &str) -> Result<String> {
    let reason = reason.trim();
    if REASON_CHARS.contains(&reason.chars().count()) {
        Ok(reason.to_owned())
    } else {
        let (min, max) = (3, 2000);
        Err(Error::invalid("reason", Reason::Length { min, max }))
    }
}

/// The name of a caller, to show with what she made.
pub(super) fn name_of(caller: &Caller) -> String {
    match &caller.who {
        app::backend::Who::Nobody => String::new(),
        app::backend::Who::Staff { name, .. } | app::backend::Who::Client { name, .. } => {
            name.clone()
        }
    }
}

pub(super) fn not_created(caller: &Caller, why: CreateError) -> Error {
    match why {
        CreateError::MemberInFlight(request) => Error::Conflict {
            why: Conflict::InFlight { request },
        },
        CreateError::Relinked => Error::Conflict {
            why: Conflict::PlanChanged,
        },
        CreateError::NothingToDo(Right::Update) => {
            Error::invalid("replacementTerms", Reason::NotAllowed)
        }
        CreateError::NothingToDo(_) => Error::invalid("subject", Reason::NotAllowed),
        raced @ CreateError::Raced => internal(caller, &raced),
        CreateError::Store(why) => internal(caller, &why),
    }
}

impl Habeas {
    fn new_set(
        &self,
        caller: &Caller,
        plan: &Plan,
        reason: String,
        members: Vec<NewMember>,
        links: BTreeSet<LinkId>,
    ) -> Result<NewSet> {
        Ok(NewSet {
            right: plan.right,
            actor: policy::actor(caller)?,
            actor_name: name_of(caller),
            reason,
            plan: Some(plan.id.clone()),
            plan_hash: plan.hash.clone(),
            retry_of: None,
            due_at: None,
            members,
            links: Some(links),
        })
    }

    pub(super) async fn create_set(&self, caller: &Caller, set: NewSet) -> Result<Created> {
        let created = create::make(&self.engine, set).await;
        let created = created.map_err(|why| not_created(caller, why))?;
        if let Created::New { root } = &created {
            self.began(root);
        }
        Ok(created)
    }

    /// The set in flight that one of these is in, if it changes the same. Looked for before any system is asked: one that has done
    /// its part may know her no more.
    pub(super) async fn set_in_flight(
        &self,
        caller: &Caller,
        right: Right,
        subjects: &[SubjectHandle],
        replacements: &[Replacement],
    ) -> Result<Option<Vec<RequestRow>>> {
        for subject in subjects {
            let row = self.db.request_in_flight(right, subject).await;
            let Some(row) = row.or_internal(caller)? else {
                continue;
            };
            let target = Target::open(&self.keys, &row.id, &row.target_sealed);
            if target.or_internal(caller)?.replacements != replacements {
                return Ok(None);
            }
            let set = self.db.requests_of_root(&row.root).await;
            return set.or_internal(caller).map(Some);
        }
        Ok(None)
    }

    /// The root of the set in flight that does just what the plan says.
    async fn planned_in_flight(&self, caller: &Caller, plan: &Plan) -> Result<Option<RequestId>> {
        let planned: Vec<_> = plan.members.iter().map(|m| m.handle.clone()).collect();
        let set = self.set_in_flight(caller, plan.right, &planned, &plan.replacements);
        let same = set.await?.filter(|set| {
            set.len() == planned.len() && set.iter().all(|row| planned.contains(&row.subject))
        });
        Ok(same
            .and_then(|set| set.into_iter().next())
            .map(|row| row.root))
    }

    /// Those who are to be erased again may have come to work here since. Whether a retry is allowed at all is not said here.
    async fn guard_retry(&self, caller: &Caller, root: &RequestId) -> Result<()> {
        let old = self.db.requests_of_root(root).await.or_internal(caller)?;
        if retry::blocked(&old).is_some() {
            return Ok(());
        }
        let again = |row: &&RequestRow| {
            row.right == Right::Delete && row.state == RequestState::PartiallyFailed
        };
        for row in old.iter().filter(again) {
            let target = Target::open(&self.keys, &row.id, &row.target_sealed);
            let key = target.or_internal(caller)?.key;
            let set = match self.resolve_set(caller, &key).await {
                // Gone from where she lived; what failed elsewhere is still to be erased.
                Err(Error::NotFound { .. }) => continue,
                set => set?.subjects,
            };
            guard_employee(row.right, &self.members(caller, row.right, set, &[])?)?;
        }
        Ok(())
    }

    pub(super) fn began(&self, root: &RequestId) {
        self.hub.changed(root.as_str());
        self.wake.notify_waiters();
    }

    /// The root of the set that a request belongs to.
    pub(super) async fn root_of(&self, caller: &Caller, id: &RequestId) -> Result<RequestId> {
        let row = self.db.request_by_id(id).await.or_internal(caller)?;
        row.map(|row| row.root)
            .ok_or_else(|| Error::not_found("request"))
    }

    /// A page of sets as a list shows them, in two queries however many they are.
    async fn summaries(
        &self,
        caller: &Caller,
        roots: Vec<RequestRow>,
    ) -> Result<Vec<RequestSummary>> {
        if roots.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<_> = roots.iter().map(|row| row.id.clone()).collect();
        let members = self.db.member_counts(&ids).await.or_internal(caller)?;
        let tasks = self.db.task_counts(&ids).await.or_internal(caller)?;
        let mut all = Vec::with_capacity(roots.len());
        for root in roots {
            let members = members.get(&root.id).copied().unwrap_or_default();
            let tasks = tasks.get(&root.id).copied().unwrap_or_default();
            let summary = self.summary(root, members, tasks);
            let mut summary = summary.or_internal(caller)?;
            if summary.name.is_none() && members.all > 1 && !summary.state.is_answer() {
                summary.name = self.name_left(caller, &summary.id).await?;
            }
            all.push(summary);
        }
        Ok(all)
    }

    /// The name of a member who is not erased yet, though the canonical one is: whom it is about that a person must decide.
    async fn name_left(&self, caller: &Caller, root: &RequestId) -> Result<Option<String>> {
        for row in self.db.requests_of_root(root).await.or_internal(caller)? {
            let target = Target::open(&self.keys, &row.id, &row.target_sealed);
            if let Some(name) = target.or_internal(caller)?.name() {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }

    fn summary(
        &self,
        root: RequestRow,
        members: MemberCounts,
        tasks: TaskCounts,
    ) -> std::result::Result<RequestSummary, StoreError> {
        let target = Target::open(&self.keys, &root.id, &root.target_sealed)?;
        Ok(RequestSummary {
            right: root.right,
            state: root.set_state,
            name: target.name(),
            members: members.all,
            tasks_ended: tasks.ended,
            tasks: tasks.all,
            tasks_failed: tasks.failed,
            created_at: root.created_at,
            created_by: root.actor_name,
            due_at: Some(root.due_at).filter(|_| !root.set_state.is_answer()),
            ended_at: members.ended_at,
            id: root.id,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(numbers: impl IntoIterator<Item = usize>) -> Vec<RequestId> {
        let id = |n: usize| RequestId::parse(format!("r{n}")).expect("an id");
        numbers.into_iter().map(id).collect()
    }

    fn newer_of(fresh: &[RequestId], shown: &[RequestId]) -> u32 {
        newer(&fresh.iter().collect::<Vec<_>>(), shown)
    }

    #[test]
    fn what_came_before_the_shown_is_new_and_what_moved_up_from_below_is_not() {
        let full = ids(0..50);
        assert_eq!(newer_of(&ids(0..51), &full), 0);
        let two_came = ids((100..102).chain(0..49));
        assert_eq!(newer_of(&two_came, &full), 2);
        let three_left = ids(3..54);
        assert_eq!(newer_of(&three_left, &full), 0);
        let all_are_others = ids(100..151);
        assert_eq!(newer_of(&all_are_others, &full), 50);
    }

    #[test]
    fn a_page_that_is_not_full_has_room_for_news_at_its_end() {
        assert_eq!(newer_of(&ids(0..4), &ids(0..3)), 1);
        assert_eq!(newer_of(&ids(0..2), &[]), 2);
        assert_eq!(newer_of(&ids([1]), &ids(0..3)), 0);
    }
}
