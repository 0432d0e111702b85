//! Signing in and out, and addresses where nothing is.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::components::{Banner, Tone};
use crate::i18n::use_texts;
use crate::paths;
use crate::session::set_status;

/// One button that uses up the link's code: opening the link alone, as mail scanners do, uses nothing.
#[component]
pub fn SignIn() -> impl IntoView {
    let t = &use_texts().sign_in;
    let query = use_query_map();
    let token = query.with_untracked(|query| query.get("token").filter(|token| !token.is_empty()));
    let error = query.with_untracked(|query| query.get("error"));
    let error = error.map(|word| if word == "ended" { t.ended } else { t.link_bad });
    view! {
        <Title text=t.title/>
        <section class="message">
            <h1>{t.title}</h1>
            {error
                .map(|said| {
                    // The browser's program takes it from here to the form that was refused.
                    view! { <div data-error><Banner tone=Tone::Bad><p>{said}</p></Banner></div> }
                })}
            {match token {
                Some(token) => {
                    view! {
                        <p>{t.lead}</p>
                        <form method="post" action=paths::SIGN_IN>
                            <input type="hidden" name="token" value=token/>
                            <button type="submit" class="primary">{t.button}</button>
                        </form>
                    }
                        .into_any()
                }
                None => view! { <p>{t.no_token}</p> <HowToGetLink/> }.into_any(),
            }}
        </section>
    }
}

/// Shown instead of any page to who is not signed in.
#[component]
pub fn NeedLink() -> impl IntoView {
    let t = &use_texts().sign_in;
    set_status(401);
    view! {
        <Title text=t.need_title/>
        <section class="message">
            <h1>{t.need_title}</h1>
            <p>{t.need_text}</p>
            <HowToGetLink/>
        </section>
    }
}

#[component]
fn HowToGetLink() -> impl IntoView {
    let t = &use_texts().sign_in;
    view! {
        <p>{t.need_how}</p>
        <pre class="command"><code>{t.need_command}</code></pre>
    }
}

#[component]
pub fn SignedOut() -> impl IntoView {
    let t = &use_texts().sign_in;
    view! {
        <Title text=t.out_title/>
        <section class="message">
            <h1>{t.out_title}</h1>
            <p>{t.out_text}</p>
            <HowToGetLink/>
        </section>
    }
}

/// No page has this address.
#[component]
pub fn NotFound() -> impl IntoView {
    let t = &use_texts().common;
    set_status(404);
    view! {
        <Title text=t.not_found_title/>
        <section class="message">
            <h1>{t.not_found_title}</h1>
            <p>{t.not_found_text}</p>
            <p><a href=paths::FIND>{t.find}</a></p>
        </section>
    }
}
