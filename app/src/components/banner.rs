//! Messages: banners, empty states, and the page for an error.

use leptos::prelude::*;
use leptos_meta::Title;

use super::badge::Tone;
use super::icon::{Glyph, Icon};
use crate::error::{Conflict, Error};
use crate::i18n::use_texts;
use crate::model::Blocked;
use crate::pages::NeedLink;
use crate::paths;
use crate::session::set_status;

/// A message across the page.
#[component]
pub fn Banner(
    tone: Tone,
    #[prop(optional, into)] title: String,
    children: Children,
) -> impl IntoView {
    let glyph = match tone {
        Tone::Good => Glyph::Check,
        Tone::Bad | Tone::Warn => Glyph::Warning,
        _ => Glyph::Dot,
    };
    view! {
        <div class="banner" data-tone=tone.as_str()>
            <Icon glyph/>
            <div>
                {(!title.is_empty()).then(|| view! { <strong>{title}</strong> })}
                {children()}
            </div>
        </div>
    }
}

/// An error in words, with what to do next.
#[component]
pub fn ErrorBanner(error: Error) -> impl IntoView {
    let t = use_texts();
    let other = match &error {
        Error::Conflict {
            why: Conflict::InFlight { request },
        } => Some(paths::request(request)),
        Error::Conflict {
            why:
                Conflict::Retry {
                    blocked: Blocked::Retried { by },
                }
                | Conflict::Skip {
                    blocked: Blocked::Retried { by },
                },
        } => Some(paths::request(by)),
        _ => None,
    };
    view! {
        <Banner tone=Tone::Bad title=t.common.error_title>
            <p>{(t.say.error)(&error)}</p>
            {other.map(|href| view! { <p><a href=href>{t.common.to_request}</a></p> })}
        </Banner>
    }
}

/// A page that can't be shown; the answer has the error's status.
#[component]
pub fn ErrorPage(error: Error) -> impl IntoView {
    let t = use_texts();
    set_status(error.status());
    match error {
        Error::Unauthenticated => view! { <NeedLink/> }.into_any(),
        error => {
            let title = match error {
                Error::NotFound { .. } => t.common.not_found_title,
                _ => t.common.error_title,
            };
            view! {
                <Title text=title/>
                <section class="message">
                    <h1>{title}</h1>
                    <p>{(t.say.error)(&error)}</p>
                </section>
            }
            .into_any()
        }
    }
}

/// Nothing to show yet, and what to do about it.
#[component]
pub fn Empty(
    #[prop(into)] title: String,
    #[prop(into)] text: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <h2>{title}</h2>
            <p>{text}</p>
            {children.map(|children| children())}
        </div>
    }
}

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests {
    use super::*;
    use crate::error::Reason;
    use crate::i18n::Lang;
    use crate::testing::html;

    #[test]
    fn every_error_says_what_to_do_in_both_languages() {
        let errors = [
            Error::Unauthenticated,
            Error::Forbidden,
            Error::not_found("plan"),
            Error::invalid("reason", Reason::Length { min: 3, max: 2000 }),
            Error::Conflict {
                why: Conflict::PlanChanged,
            },
            Error::RateLimited { retry_after: 7 },
            Error::Internal {
                correlation: "c-1".into(),
            },
            Error::Transport {
                text: "request".into(),
            },
        ];
        for lang in Lang::ALL {
            for error in errors.clone() {
                let words = (lang.texts().say.error)(&error);
                assert!(words.chars().count() > 10, "{lang:?} {error:?}: {words}");
                let page = html(lang, move || view! { <ErrorBanner error/> });
                assert!(page.contains("<svg"), "{page}");
            }
        }
    }

    #[test]
    fn the_log_number_of_our_own_mistake_is_shown() {
        let error = Error::Internal {
            correlation: "c-42".into(),
        };
        assert!(html(Lang::Ja, move || view! { <ErrorBanner error/> }).contains("c-42"));
    }
}
