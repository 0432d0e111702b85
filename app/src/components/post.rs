//! A form's way back: what was wrong with it, where the server led to the page again.

use leptos::prelude::*;
use leptos::server::ServerActionError;
use leptos::server_fn::error::ServerFnUrlError;

use crate::error::Error;

/// How the last form of a page went.
#[derive(Debug, Clone, Copy)]
pub struct Post {
    error: StoredValue<Option<Error>>,
}

impl Post {
    /// For forms that go to those addresses: if one of them failed, its error came back in the page's URL.
    pub fn to(addresses: &[&str]) -> Self {
        let error = use_context::<ServerActionError>()
            .filter(|error| addresses.contains(&error.path()))
            .map(|error| ServerFnUrlError::<Error>::decode_err(error.err()));
        Self {
            error: StoredValue::new(error),
        }
    }

    /// Why the last form failed, if it did.
    pub fn error(self) -> Option<Error> {
        self.error.get_value()
    }
}

/// A form that is sent to an address of the server.
#[component]
pub fn PostForm(action: &'static str, class: &'static str, children: Children) -> impl IntoView {
    view! {
        <form method="post" action=action class=class autocomplete="off">
            {children()}
        </form>
    }
}
