//! Saved views of the list of requests.

use leptos::prelude::*;

use crate::error::Error;
use crate::wire::Answer;

#[cfg(feature = "ssr")]
use super::form;
#[cfg(feature = "ssr")]
use crate::backend::{Backend, Caller};
#[cfg(feature = "ssr")]
use crate::model::{ListView, ListWords};
#[cfg(feature = "ssr")]
use crate::paths;

/// Saves the view that the list's address says, from its first page on.
#[server(prefix = "/ui", endpoint = "views/save", output = Answer)]
pub async fn save_view(
    #[server(default)] name: String,
    #[server(default)] query: String,
) -> Result<(), Error> {
    let mut view = view_of(&query);
    view.filter.after = None;
    let page = paths::list(&view);
    let backend = expect_context::<Backend>();
    let saved = backend
        .views
        .save_view(&expect_context::<Caller>(), &name, view)
        .await;
    form::stay::<SaveView>(saved, &page)
}

/// Deletes a view. The page that it stays on is the list with that query.
#[server(prefix = "/ui", endpoint = "views/delete", output = Answer)]
pub async fn delete_view(
    #[server(default)] id: String,
    #[server(default)] query: String,
) -> Result<(), Error> {
    let deleted = async {
        let id = form::id("id", &id)?;
        let backend = expect_context::<Backend>();
        backend
            .views
            .delete_view(&expect_context::<Caller>(), &id)
            .await
    };
    form::stay::<DeleteView>(deleted.await, &paths::list(&view_of(&query)))
}

/// Puts back the view that was deleted last.
#[server(prefix = "/ui", endpoint = "views/put-back", output = Answer)]
pub async fn put_view_back(
    #[server(default)] id: String,
    #[server(default)] query: String,
) -> Result<(), Error> {
    let put_back = async {
        let id = form::id("id", &id)?;
        let backend = expect_context::<Backend>();
        backend
            .views
            .put_view_back(&expect_context::<Caller>(), &id)
            .await
    };
    form::stay::<PutViewBack>(put_back.await, &paths::list(&view_of(&query)))
}

#[cfg(feature = "ssr")]
fn view_of(query: &str) -> ListView {
    ListWords::of_query(query).read().0
}
