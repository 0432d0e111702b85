//! Where to go, as a list that the browser makes a palette of; and the keys.

use leptos::prelude::*;

use crate::api::subjects::AUTO;
use crate::components::{Glyph, Icon, look_of_right};
use crate::format;
use crate::i18n::{Lang, use_texts};
use crate::model::RequestSummary;
use crate::paths::{self, to};

/// Pages, the newest requests, and what else the frame offers; and a search for what is typed, which is in no address.
#[component]
pub fn Places(recent: Vec<RequestSummary>) -> impl IntoView {
    let t = use_texts();
    let pages = [
        (paths::HOME, t.common.today, Glyph::Clock),
        (paths::FIND, t.common.find, Glyph::Search),
        (paths::REQUESTS, t.common.requests, Glyph::Check),
        (paths::SYSTEMS, t.common.systems, Glyph::Live),
    ];
    let none = recent
        .is_empty()
        .then(|| view! { <p class="quiet">{t.go.recent_none}</p> });
    view! {
        <div class="over">
            <h1 id="over-title">{t.go.title}</h1>
            <form id="go-form" class="go" method="post" action=to::START_SEARCH autocomplete="off" data-go="">
                <input type="hidden" name="kind" value=AUTO/>
                <label for="go-input">{t.go.label}</label>
                <input id="go-input" name="value" type="text" required maxlength="512" spellcheck="false" autocapitalize="none" autofocus/>
                <button type="submit" class="primary"><Icon glyph=Glyph::Search/> {t.go.find}</button>
            </form>
            <p class="unseen" role="status" data-count=(t.say.fitting)("{}")></p>
            <div id="go-list" data-label=t.go.list>
                <section aria-labelledby="go-pages">
                    <h2 id="go-pages">{t.go.pages}</h2>
                    <ul>
                        {pages
                            .map(|(href, word, glyph)| view! { <li><a href=href><Icon glyph/> {word}</a></li> })
                            .collect_view()}
                    </ul>
                </section>
                <section aria-labelledby="go-recent">
                    <h2 id="go-recent">{t.go.recent}</h2>
                    {none}
                    <ul>{recent.into_iter().map(recent_one).collect_view()}</ul>
                </section>
                <section aria-labelledby="go-more">
                    <h2 id="go-more">{t.go.more}</h2>
                    <ul>
                        <li><a href=paths::SYSTEMS><Icon glyph=Glyph::Pause/> {t.go.pause}</a></li>
                        <li><a href=paths::KEYS><Icon glyph=Glyph::Question/> {t.go.keys}</a></li>
                        {language()}
                        <li><button type="submit" class="plain" form="sign-out"><Icon glyph=Glyph::Lock/> {t.common.sign_out}</button></li>
                        <li hidden>
                            <button type="submit" class="plain" form="go-form" data-find="">
                                <Icon glyph=Glyph::Search/>
                                {t.go.find_typed}
                                " "
                                <strong data-typed=""></strong>
                            </button>
                        </li>
                    </ul>
                </section>
            </div>
        </div>
    }
    .into_any()
}

/// A request, by its right, its number and how it stands: nobody's name is in the list.
fn recent_one(one: RequestSummary) -> impl IntoView {
    let t = use_texts();
    let short = format::short(one.id.as_str()).to_owned();
    view! {
        <li>
            <a href=paths::request(&one.id)>
                <Icon glyph=look_of_right(one.right)/>
                {(t.words.right)(one.right)}
                " "
                <code>{short}</code>
                <span class="quiet">{(t.words.request)(one.state)}</span>
            </a>
        </li>
    }
}

/// The button of the frame's own form, which knows the way back.
fn language() -> impl IntoView {
    let (other, name) = use_context::<Lang>().unwrap_or_default().other();
    let tag = other.as_str();
    view! {
        <li>
            <button type="submit" class="plain" form="language" name="to" value=tag lang=tag>
                <Icon glyph=Glyph::Differs/>
                {name}
            </button>
        </li>
    }
}

/// The keys, and the switch for those that are single letters.
#[component]
pub fn Keys() -> impl IntoView {
    let t = use_texts();
    let then = format!(" {} ", t.go.then);
    let lines: [(&[&str], &str); 11] = [
        (&["Ctrl K", "⌘ K"], t.go.key_palette),
        (&["/"], t.go.key_search),
        (&["j"], t.go.key_next),
        (&["k"], t.go.key_previous),
        (&["Enter"], t.go.key_open),
        (&["g", "t"], t.common.today),
        (&["g", "f"], t.common.find),
        (&["g", "r"], t.common.requests),
        (&["g", "s"], t.common.systems),
        (&["?"], t.go.keys_title),
        (&["Esc"], t.go.key_close),
    ];
    let keys = |keys: &[&'static str]| {
        let between = if keys[0] == "g" {
            then.clone()
        } else {
            " / ".to_owned()
        };
        let shown = keys.iter().enumerate().map(|(at, key)| {
            let between = (at > 0).then(|| view! { <span class="quiet">{between.clone()}</span> });
            view! { {between} <kbd>{*key}</kbd> }
        });
        shown.collect_view()
    };
    view! {
        <div class="over">
            <h1 id="over-title">{t.go.keys_title}</h1>
            <label class="check scripted">
                <input type="checkbox" data-keys="" aria-describedby="keys-hint"/>
                <span>{t.go.keys_on} " " <span class="quiet" id="keys-hint">{t.go.keys_on_hint}</span></span>
            </label>
            <table class="keys">
                <thead>
                    <tr><th scope="col">{t.go.key}</th><th scope="col">{t.go.does}</th></tr>
                </thead>
                <tbody>
                    {lines
                        .map(|(of, does)| view! { <tr><th scope="row">{keys(of)}</th><td>{does}</td></tr> })
                        .collect_view()}
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{RequestId, RequestState, Right};
    use crate::testing::{HOSTILE, html};

    fn places(lang: Lang) -> String {
        let one = RequestSummary {
            id: RequestId::parse("r-12345678").expect("valid"),
            right: Right::Delete,
            state: RequestState::Completed,
            name: Some(HOSTILE.into()),
            members: 1,
            tasks_ended: 1,
            tasks: 1,
            tasks_failed: 0,
            created_at: 0,
            created_by: "Ada".into(),
            due_at: None,
            ended_at: Some(0),
        };
        html(lang, move || view! { <Places recent=vec![one]/> })
    }

    #[test]
    fn the_list_names_requests_but_nobody() {
        let page = places(Lang::En);
        assert!(
            page.contains("12345678") && page.contains("href=\"/requests/r-12345678\""),
            "{page}"
        );
        assert!(
            !page.contains("script&gt;") && !page.contains("<script"),
            "{page}"
        );
    }

    #[test]
    fn what_is_typed_is_posted_and_never_put_into_an_address() {
        let page = places(Lang::Ja);
        assert!(
            page.contains("method=\"post\" action=\"/ui/searches/start\""),
            "{page}"
        );
        assert!(
            page.contains("form=\"sign-out\"") && page.contains("form=\"language\""),
            "{page}"
        );
    }

    #[test]
    fn every_key_that_does_something_is_listed() {
        let page = html(Lang::En, || view! { <Keys/> });
        for key in ["/", "j", "k", "g", "t", "f", "r", "s", "?"] {
            assert!(page.contains(&format!("<kbd>{key}")), "{key}: {page}");
        }
        assert!(page.contains("data-keys"), "{page}");
    }
}
