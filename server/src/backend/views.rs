//! Views of the list of requests that a member of staff saved. Only she sees them, so no evidence is left of them.

use app::backend::{Caller, Result, Views, Who};
use app::error::{Error, Reason};
use app::model::{ListView, ListWords, Millis, SavedView, SavedViews, VIEW_NAME, VIEWS, ViewId};
use app::paths;
use async_trait::async_trait;

use super::{Habeas, OrInternal, internal};
use crate::policy::{self, Act};
use crate::store::StoreError;
use crate::store::view::ViewRow;

const NAME: &str = "saved_view.name";
/// How long what was deleted is offered to be put back.
const PUT_BACK: Millis = 10 * 60_000;

#[async_trait]
impl Views for Habeas {
    async fn views(&self, caller: &Caller) -> Result<SavedViews> {
        let staff = keeper(caller)?;
        let rows = self.db.views_of(staff).await.or_internal(caller)?;
        let mut saved = SavedViews::default();
        for row in rows {
            let deleted_at = row.deleted_at;
            let view = self.saved_view(row).or_internal(caller)?;
            match deleted_at {
                None => saved.views.push(view),
                Some(at) if at + PUT_BACK > self.clock.now() => saved.deleted = Some(view),
                Some(_) => {}
            }
        }
        Ok(saved)
    }

    async fn save_view(&self, caller: &Caller, name: &str, view: ListView) -> Result<()> {
        let staff = keeper(caller)?.to_owned();
        let (name, now) = (checked_name(name)?, self.clock.now());
        let id = ViewId::parse(self.clock.id()).map_err(|why| internal(caller, &why))?;
        let row = ViewRow {
            name_sealed: self.seal(NAME, id.as_str(), &name).or_internal(caller)?,
            name_hash: self.keys.index("saved view", &name.to_lowercase()),
            query: paths::list_query(&view),
            deleted_at: None,
            id,
        };
        let write = self.db.write(move |tx| {
            Box::pin(async move { tx.view_insert(&staff, &row, VIEWS, now).await })
        });
        match write.await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Error::invalid("name", Reason::Full { max: VIEWS })),
            Err(why) if StoreError::is_unique_violation(&why) => {
                Err(Error::invalid("name", Reason::Taken))
            }
            Err(why) => Err(internal(caller, &why)),
        }
    }

    async fn delete_view(&self, caller: &Caller, id: &ViewId) -> Result<()> {
        let (staff, id, now) = (keeper(caller)?.to_owned(), id.clone(), self.clock.now());
        let write = self
            .db
            .write(move |tx| Box::pin(async move { tx.view_delete(&staff, &id, now).await }));
        found(write.await.or_internal(caller)?)
    }

    async fn put_view_back(&self, caller: &Caller, id: &ViewId) -> Result<()> {
        let (staff, id) = (keeper(caller)?.to_owned(), id.clone());
        let write = self
            .db
            .write(move |tx| Box::pin(async move { tx.view_put_back(&staff, &id).await }));
        found(write.await.or_internal(caller)?)
    }
}

/// Whose views they are.
fn keeper(caller: &Caller) -> Result<&str> {
    policy::allow(caller, Act::KeepViews)?;
    match &caller.who {
        Who::Staff { id, .. } => Ok(id),
        _ => Err(Error::Forbidden),
    }
}

fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    let max = VIEW_NAME;
    match u32::try_from(name.chars().count()) {
        Ok(0) => Err(Error::invalid("name", Reason::Missing)),
        Ok(count) if count <= max && !name.chars().any(char::is_control) => Ok(name.to_owned()),
        _ => Err(Error::invalid("name", Reason::Length { min: 1, max })),
    }
}

fn found(found: bool) -> Result<()> {
    if found {
        Ok(())
    } else {
        Err(Error::not_found("view"))
    }
}

impl Habeas {
    fn saved_view(&self, row: ViewRow) -> std::result::Result<SavedView, StoreError> {
        // A word that means nothing any more is as if it had never been saved.
        let (view, _) = ListWords::of_query(&row.query).read();
        Ok(SavedView {
            name: self.open(NAME, row.id.as_str(), &row.name_sealed)?,
            id: row.id,
            view,
        })
    }
}
