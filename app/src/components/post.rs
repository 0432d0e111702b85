//! A form's way to the server: plain without JavaScript; with it, without leaving the page.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::server::ServerActionError;
use leptos::server_fn::error::ServerFnUrlError;

use crate::error::Error;

/// Sends the forms of a page, one at a time, and knows how the last one went.
#[derive(Debug, Clone, Copy)]
pub struct Post {
    error: RwSignal<Option<Error>>,
    done: RwSignal<u32>,
    #[cfg(feature = "hydrate")]
    busy: StoredValue<bool>,
}

impl Post {
    /// For forms that go to those addresses: if one of them failed without JavaScript, its error came back in the page's URL.
    pub fn to(addresses: &[&str]) -> Self {
        let error = use_context::<ServerActionError>()
            .filter(|error| addresses.contains(&error.path()))
            .map(|error| ServerFnUrlError::<Error>::decode_err(error.err()));
        Self {
            error: RwSignal::new(error),
            done: RwSignal::new(0),
            #[cfg(feature = "hydrate")]
            busy: StoredValue::new(false),
        }
    }

    /// Why the last form failed, if it did.
    pub fn error(self) -> Signal<Option<Error>> {
        self.error.into()
    }

    /// How many forms were done and stayed on their page. Tracked.
    pub fn done(self) -> u32 {
        self.done.get()
    }

    /// Sends the form that is being submitted, unless another is on its way.
    #[cfg_attr(
        not(feature = "hydrate"),
        expect(unused_variables, reason = "a server submits nothing")
    )]
    pub fn send(self, event: SubmitEvent) {
        #[cfg(feature = "hydrate")]
        self.send_in_browser(&event);
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::ev::SubmitEvent;
    use leptos::prelude::*;
    use leptos::server_fn::client::Client;
    use leptos::server_fn::client::browser::BrowserClient;
    use leptos::server_fn::error::FromServerFnError;
    use leptos::server_fn::redirect::call_redirect_hook;
    use leptos::server_fn::request::ClientReq;
    use leptos::server_fn::request::browser::BrowserRequest;
    use leptos::server_fn::response::ClientRes;
    use leptos::server_fn::response::browser::BrowserResponse;
    use leptos::task::spawn_local;
    use leptos::wasm_bindgen::JsCast;
    use leptos::web_sys::{FormData, HtmlElement, HtmlFormElement, UrlSearchParams};

    use super::Post;
    use crate::error::Error;

    const FORM: &str = "application/x-www-form-urlencoded";
    const JSON: &str = "application/json";

    impl Post {
        pub(super) fn send_in_browser(self, event: &SubmitEvent) {
            let form = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlFormElement>().ok())
                .filter(|form| form.method() == "post" && !event.default_prevented());
            let Some(form) = form else { return };
            event.prevent_default();
            if self.busy.get_value() {
                return;
            }
            self.busy.set_value(true);
            spawn_local(async move {
                let sent = send(&form).await;
                // The page may be gone by now, and its signals with it.
                self.busy.try_set_value(false);
                match sent {
                    Ok(next) => {
                        self.error.try_set(None);
                        match next {
                            Some(next) => call_redirect_hook(&next),
                            None => {
                                // What was typed is done with.
                                form.reset();
                                self.done.try_update(|done| *done += 1);
                            }
                        }
                    }
                    Err(error) => {
                        if let Error::Invalid { field, .. } = &error {
                            point_at(&form, field);
                        }
                        self.error.try_set(Some(error));
                    }
                }
            });
        }
    }

    /// Where the answer leads to, if it leads anywhere.
    async fn send(form: &HtmlFormElement) -> Result<Option<String>, Error> {
        let fields = FormData::new_with_form(form)
            .and_then(|fields| UrlSearchParams::new_with_str_sequence_sequence(&fields));
        let fields = fields.map_err(|_| Error::Transport {
            text: "encoding".to_owned(),
        })?;
        let address = form.get_attribute("action").unwrap_or_default();
        let body: String = fields.to_string().into();
        let request =
            <BrowserRequest as ClientReq<Error>>::try_new_post(&address, FORM, JSON, body)?;
        let answer: BrowserResponse = <BrowserClient as Client<Error>>::send(request).await?;
        if (400..600).contains(&ClientRes::<Error>::status(&answer)) {
            let bytes = ClientRes::<Error>::try_into_bytes(answer).await?;
            return Err(Error::de(bytes));
        }
        let leads = ClientRes::<Error>::has_redirect(&answer);
        Ok(leads.then(|| ClientRes::<Error>::location(&answer)))
    }

    /// Takes the person to the field that is wrong; the message stands above the form.
    fn point_at(form: &HtmlFormElement, field: &str) {
        let field = form
            .elements()
            .named_item(field)
            .and_then(|field| field.dyn_into::<HtmlElement>().ok());
        if let Some(field) = field {
            drop(field.set_attribute("aria-invalid", "true"));
            drop(field.focus());
        }
    }
}

/// A form that is sent to an address of the server.
#[component]
pub fn PostForm(
    action: &'static str,
    post: Post,
    class: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <form method="post" action=action class=class autocomplete="off" on:submit=move |event| post.send(event)>
            {children()}
        </form>
    }
}
