//! Searching people.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::components::Parts;
use crate::error::Error;
use crate::wire::Answer;

#[cfg(feature = "ssr")]
use super::form;
#[cfg(feature = "ssr")]
use crate::backend::{Backend, Caller};
#[cfg(feature = "ssr")]
use crate::error::Reason;
#[cfg(feature = "ssr")]
use crate::model::{Identifier, IdentifierKind, InvalidIdentifier, SearchId, SubjectHandle};
#[cfg(feature = "ssr")]
use crate::{
    html::Html,
    paths,
    session::lang_of_request,
    views::asked::PastSearches,
    views::compare::{Chosen, DIFFERS},
    views::found::Results,
    views::links::Wanted,
};

/// The choice "recognise it" in the form's list of kinds.
pub const AUTO: &str = "auto";

/// Starts a search and goes to it; or, with `beside`, one more beside that search, and stays. A kind of [`AUTO`] is guessed from
/// the value.
#[server(prefix = "/ui", endpoint = "searches/start", output = Answer)]
pub async fn start_search(
    #[server(default)] kind: String,
    #[server(default)] value: String,
    #[server(default)] list: String,
    #[server(default)] beside: String,
) -> Result<(), Error> {
    let started = async {
        let beside = form::optional("beside", &beside, form::id::<SearchId>)?;
        let identifier = identifier(&kind, &value, &list)?;
        let (backend, caller) = (expect_context::<Backend>(), expect_context::<Caller>());
        match beside {
            Some(beside) => {
                backend
                    .subjects
                    .search_beside(&caller, &beside, identifier)
                    .await
            }
            None => backend.subjects.start_search(&caller, identifier).await,
        }
    };
    let started = started.await;
    match SearchId::parse(beside.clone()) {
        Ok(beside) => form::stay::<StartSearch>(started.map(drop), &paths::search(&beside)),
        Err(_) => {
            let page = paths::find(IdentifierKind::parse(&kind));
            form::go::<StartSearch>(started.map(|id| paths::search(&id)), &page)
        }
    }
}

#[cfg(feature = "ssr")]
pub(super) fn identifier(kind: &str, value: &str, list: &str) -> Result<Identifier, Error> {
    let kind = match kind {
        AUTO => crate::guess::kind(value),
        word => form::word("kind", word, IdentifierKind::parse)?,
    };
    let identifier = match kind {
        IdentifierKind::DialerContactId if !list.trim().is_empty() => {
            Identifier::dialer_contact(value, list)
        }
        kind => Identifier::new(kind, value),
    };
    identifier.map_err(|why| match why {
        InvalidIdentifier::Empty => Error::invalid("value", Reason::Missing),
        InvalidIdentifier::ListMissing => Error::identifier("list", why),
        why => Error::identifier("value", why),
    })
}

/// A search as it stands. `compare` are the handles of records to show side by side, with commas; `only` of `differs` leaves
/// out what is the same in all. `link` opens a form: `join` or `part` for the compared records, or the id of the link to undo.
#[server(prefix = "/ui", endpoint = "searches/get", input = GetUrl, output = Answer)]
pub async fn get_search(
    id: String,
    #[server(default)] compare: String,
    #[server(default)] only: String,
    #[server(default)] link: String,
) -> Result<Parts, Error> {
    let (backend, lang) = (expect_context::<Backend>(), lang_of_request());
    let search = async {
        let id = SearchId::parse(id).map_err(|_| Error::not_found("search"))?;
        backend
            .subjects
            .search(&expect_context::<Caller>(), &id)
            .await
    };
    let view = form::read(search.await)?;
    let wanted = Wanted::of(&link);
    // What is being typed is not taken away by news.
    let is_read = wanted == Wanted::Nothing;
    let events =
        (is_read && !view.is_settled()).then(|| paths::search_events(&view.id, view.version));
    let chosen = Chosen::of(&view, &compare, &only);
    Ok(Parts {
        parts: vec![Html::of(lang, || view! { <Results view chosen wanted/> })],
        events,
    })
}

/// Asks one system of a search again. What stands side by side, in the words of [`get_search`], stays so.
#[server(prefix = "/ui", endpoint = "searches/again", output = Answer)]
pub async fn search_again(
    #[server(default)] search: String,
    #[server(default)] system: String,
    #[server(default)] compare: String,
    #[server(default)] only: String,
) -> Result<(), Error> {
    let page = page_of(&search, &compare, &only);
    let asked = async {
        let (search, system) = (form::id("search", &search)?, form::id("system", &system)?);
        let backend = expect_context::<Backend>();
        backend
            .subjects
            .search_again(&expect_context::<Caller>(), &search, &system)
            .await
    };
    form::stay::<SearchAgain>(asked.await, &page)
}

/// A search's page, with the records side by side that the words name.
#[cfg(feature = "ssr")]
fn page_of(search: &str, compare: &str, only: &str) -> String {
    let Ok(search) = SearchId::parse(search) else {
        return paths::FIND.to_owned();
    };
    let handles = compare.split(',').map(SubjectHandle::parse);
    let handles: Vec<_> = handles.filter_map(Result::ok).collect();
    paths::compare(&search, &handles, only == DIFFERS)
}

/// Takes a search away from those beside it.
#[server(prefix = "/ui", endpoint = "searches/drop", output = Answer)]
pub async fn drop_search(#[server(default)] search: String) -> Result<(), Error> {
    let dropped = async {
        let search = form::id("search", &search)?;
        let backend = expect_context::<Backend>();
        backend
            .subjects
            .drop_search(&expect_context::<Caller>(), &search)
            .await
    };
    match dropped.await {
        Ok(Some(first)) => form::stay::<DropSearch>(Ok(()), &paths::search(&first)),
        // Nothing is left to look at.
        Ok(None) => form::go::<DropSearch>(Ok(paths::FIND.to_owned()), paths::FIND),
        Err(error) => form::stay::<DropSearch>(Err(error), paths::FIND),
    }
}

/// Saves a search, or no longer: `kept` is `yes` or `no`.
#[server(prefix = "/ui", endpoint = "searches/keep", output = Answer)]
pub async fn keep_search(
    #[server(default)] search: String,
    #[server(default)] kept: String,
) -> Result<(), Error> {
    let saved = async {
        let search = form::id("search", &search)?;
        let kept = form::word("kept", &kept, yes_or_no)?;
        let backend = expect_context::<Backend>();
        backend
            .subjects
            .keep_search(&expect_context::<Caller>(), &search, kept)
            .await
    };
    let saved = saved.await;
    let page = match &saved {
        Ok(first) => paths::search(first),
        Err(_) => paths::FIND.to_owned(),
    };
    form::stay::<KeepSearch>(saved.map(drop), &page)
}

#[cfg(feature = "ssr")]
fn yes_or_no(word: &str) -> Option<bool> {
    match word {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

/// Searches that were made before: saved ones, and the last others.
#[server(prefix = "/ui", endpoint = "searches/past", input = GetUrl, output = Answer)]
pub async fn past_searches() -> Result<Parts, Error> {
    let (backend, lang) = (expect_context::<Backend>(), lang_of_request());
    let past = backend
        .subjects
        .past_searches(&expect_context::<Caller>())
        .await;
    let past = form::read(past)?;
    Ok(Parts {
        parts: vec![Html::of(lang, || view! { <PastSearches past/> })],
        events: None,
    })
}

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_identifier_names_its_field() {
        let field = |kind, value, list| match identifier(kind, value, list) {
            Err(Error::Invalid { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field("", "a", ""), "kind");
        assert_eq!(field("horoscope", "a", ""), "kind");
        assert_eq!(field("email", " ", ""), "value");
        assert_eq!(field("email", "nobody", ""), "value");
        assert_eq!(field("dialer_contact_id", "42", ""), "list");
    }

    #[test]
    fn what_stands_side_by_side_stays_so() {
        assert_eq!(page_of("s1", "", ""), "/find/s1");
        assert_eq!(
            page_of("s1", "ab,A B,cd", "differs"),
            "/find/s1?compare=ab,cd&only=differs#compare"
        );
        assert_eq!(page_of("S 1", "ab", ""), "/find");
    }

    #[test]
    fn the_list_is_used_only_for_dialer_contacts() {
        let dialer = identifier("dialer_contact_id", "42", "winback").expect("valid");
        assert_eq!((dialer.value(), dialer.list()), ("42", Some("winback")));
        let email = identifier("auto", "a@b.example", "winback").expect("valid");
        assert_eq!((email.kind(), email.list()), (IdentifierKind::Email, None));
    }
}
