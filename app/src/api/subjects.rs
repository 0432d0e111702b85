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
use crate::model::{Identifier, IdentifierKind, InvalidIdentifier, SearchId};
#[cfg(feature = "ssr")]
use crate::{
    html::Html, paths, session::lang_of_request, views::compare::Chosen, views::found::Results,
};

/// The choice "recognise it" in the form's list of kinds.
pub const AUTO: &str = "auto";

/// Starts a search and goes to it. A kind of [`AUTO`] is guessed from the value.
#[server(prefix = "/ui", endpoint = "searches/start", output = Answer)]
pub async fn start_search(
    #[server(default)] kind: String,
    #[server(default)] value: String,
    #[server(default)] list: String,
) -> Result<(), Error> {
    let page = paths::find(IdentifierKind::parse(&kind));
    let started = async {
        let identifier = identifier(&kind, &value, &list)?;
        let backend = expect_context::<Backend>();
        backend
            .subjects
            .start_search(&expect_context::<Caller>(), identifier)
            .await
    };
    form::go::<StartSearch>(started.await.map(|id| paths::search(&id)), &page)
}

#[cfg(feature = "ssr")]
fn identifier(kind: &str, value: &str, list: &str) -> Result<Identifier, Error> {
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
/// out what is the same in all.
#[server(prefix = "/ui", endpoint = "searches/get", input = GetUrl, output = Answer)]
pub async fn get_search(
    id: String,
    #[server(default)] compare: String,
    #[server(default)] only: String,
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
    let events = (!view.is_settled()).then(|| paths::search_events(&view.id, view.version));
    let chosen = Chosen::of(&view, &compare, &only);
    Ok(Parts {
        parts: vec![Html::of(lang, || view! { <Results view chosen/> })],
        events,
    })
}

/// Asks one system of a search again.
#[server(prefix = "/ui", endpoint = "searches/again", output = Answer)]
pub async fn search_again(
    #[server(default)] search: String,
    #[server(default)] system: String,
) -> Result<(), Error> {
    let asked = async {
        let (search, system) = (form::id("search", &search)?, form::id("system", &system)?);
        let backend = expect_context::<Backend>();
        backend
            .subjects
            .search_again(&expect_context::<Caller>(), &search, &system)
            .await
    };
    let page =
        SearchId::parse(search.clone()).map_or(paths::FIND.to_owned(), |id| paths::search(&id));
    form::stay::<SearchAgain>(asked.await, &page)
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
    fn the_list_is_used_only_for_dialer_contacts() {
        let dialer = identifier("dialer_contact_id", "42", "winback").expect("valid");
        assert_eq!((dialer.value(), dialer.list()), ("42", Some("winback")));
        let email = identifier("auto", "a@b.example", "winback").expect("valid");
        assert_eq!((email.kind(), email.list()), (IdentifierKind::Email, None));
    }
}
