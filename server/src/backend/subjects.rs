//! Searching people: what a member of staff asks, and what she sees of it. Asking itself is in `asking.rs`, reading answers in `found.rs`.

use app::backend::{Caller, Result, Subjects};
use app::error::Error;
use app::model::{Identifier, PastSearch, SearchId, SearchView, SystemId};
use async_trait::async_trait;

use super::{Habeas, OrInternal};
use crate::policy::{self, Act};
use crate::store::StoreError;

/// How many saved searches, and how many others, a list shows.
const SAVED_SHOWN: u32 = 50;
const PAST_SHOWN: u32 = 10;

#[async_trait]
impl Subjects for Habeas {
    async fn start_search(&self, caller: &Caller, identifier: Identifier) -> Result<SearchId> {
        policy::allow(caller, Act::SearchSubjects)?;
        self.ask_all(caller, None, &identifier).await
    }

    async fn search_beside(
        &self,
        caller: &Caller,
        id: &SearchId,
        identifier: Identifier,
    ) -> Result<SearchId> {
        policy::allow(caller, Act::SearchSubjects)?;
        let first = self.stored_search(caller, id).await?.0.first;
        self.ask_all(caller, Some(first), &identifier).await
    }

    async fn drop_search(&self, caller: &Caller, id: &SearchId) -> Result<Option<SearchId>> {
        policy::allow(caller, Act::SearchSubjects)?;
        let first = self.stored_search(caller, id).await?.0.first;
        let (dropped, beside) = (id.clone(), first.clone());
        let left = self.db.write(move |tx| {
            Box::pin(async move {
                tx.search_lock(&beside).await?;
                tx.search_drop(&dropped).await?;
                let searches = tx.searches_beside(&beside).await?;
                Ok::<_, StoreError>(searches.iter().any(|search| !search.dropped))
            })
        });
        let left = left.await.or_internal(caller)?;
        self.hub.changed(first.as_str());
        Ok(left.then_some(first))
    }

    async fn keep_search(&self, caller: &Caller, id: &SearchId, kept: bool) -> Result<SearchId> {
        policy::allow(caller, Act::SearchSubjects)?;
        let first = self.stored_search(caller, id).await?.0.first;
        let search = first.clone();
        let keep = self
            .db
            .write(move |tx| Box::pin(async move { tx.search_keep(&search, kept).await }));
        keep.await.or_internal(caller)?;
        self.hub.changed(first.as_str());
        Ok(first)
    }

    async fn past_searches(&self, caller: &Caller) -> Result<Vec<PastSearch>> {
        policy::allow(caller, Act::SearchSubjects)?;
        let actor = policy::actor(caller)?;
        let mut past = Vec::new();
        for (kept, most) in [(true, SAVED_SHOWN), (false, PAST_SHOWN)] {
            let firsts = self.db.searches_of(&actor, kept, most).await;
            for first in firsts.or_internal(caller)? {
                let beside = self.db.searches_beside(&first.id).await;
                let asked = self.asked(caller, beside.or_internal(caller)?)?;
                if !asked.is_empty() {
                    past.push(PastSearch {
                        id: first.id,
                        identifiers: asked.into_iter().map(|asked| asked.identifier).collect(),
                        started_at: first.started_at,
                        kept,
                    });
                }
            }
        }
        Ok(past)
    }

    async fn search(&self, caller: &Caller, id: &SearchId) -> Result<SearchView> {
        policy::allow(caller, Act::SearchSubjects)?;
        let first = self.stored_search(caller, id).await?.0.first;
        let rows = self.db.searches_beside(&first).await.or_internal(caller)?;
        let kept = rows.iter().any(|row| row.kept);
        // Counted as changes: a page that follows the search learns of searches put beside it, or taken away, and of lanes given up.
        let versions: i64 = rows.iter().map(|row| row.version + 1).sum();
        let asked = self.asked(caller, rows)?;
        if asked.is_empty() {
            return Err(Error::not_found("search"));
        }
        let found = self.found(caller, &first, &asked).await?;
        let (sets, links) = self.sets(caller, found.subjects, &found.by).await?;
        let identifiers: Vec<_> = asked.iter().map(|asked| asked.identifier.clone()).collect();
        let unsearched = self.unsearched(caller, &identifiers, &sets)?;
        let sets = sets
            .into_iter()
            .map(|set| self.merge_set(caller, set, &found.by, &links))
            .collect::<Result<_>>()?;
        Ok(SearchView {
            id: first,
            asked,
            kept,
            lanes: found.lanes,
            sets,
            unsearched,
            version: versions + found.cut_off,
        })
    }

    async fn search_again(&self, caller: &Caller, id: &SearchId, system: &SystemId) -> Result<()> {
        policy::allow(caller, Act::SearchSubjects)?;
        let (row, identifier) = self.stored_search(caller, id).await?;
        let system = self
            .systems
            .get(system)
            .ok_or_else(|| Error::not_found("system"))?;
        self.ask_once_more(caller, &row, system, identifier).await
    }
}
