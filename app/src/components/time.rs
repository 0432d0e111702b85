//! Instants: UTC, and how far away they are.

use leptos::prelude::*;
use leptos_meta::{MetaContext, Title};

use crate::format;
use crate::i18n::{Ago, Span, use_texts};
use crate::model::Millis;

/// When the page is rendered; the server puts it into the context.
#[derive(Debug, Clone, Copy)]
pub struct Now(pub Millis);

/// What is further away than this is only said exactly.
const FAR: Millis = 60 * 86_400_000;

/// An instant to the minute, and before it how far away it is, which is what people look for.
#[component]
pub fn At(at: Millis) -> impl IntoView {
    let exact = format::minute(at);
    let relative = use_context::<Now>()
        .and_then(|now| ago(at, now.0))
        .map(use_texts().say.relative);
    match relative {
        Some(relative) => {
            let title = exact.clone();
            view! {
                <time class="at" datetime=format::rfc3339(at) title=title>
                    {relative}
                    " "
                    <span class="exact">{exact}</span>
                </time>
            }
            .into_any()
        }
        None => view! { <time datetime=format::rfc3339(at)>{exact}</time> }.into_any(),
    }
}

/// How far away an instant is; nothing if it is too far for that to help.
fn ago(at: Millis, now: Millis) -> Option<Ago> {
    let away = at.saturating_sub(now).saturating_abs();
    let full = |unit: Millis| u32::try_from(away / unit).unwrap_or(u32::MAX);
    let span = match away {
        FAR.. => return None,
        ..60_000 => return Some(Ago::Now),
        60_000..3_600_000 => Span::Minutes(full(60_000)),
        3_600_000..86_400_000 => Span::Hours(full(3_600_000)),
        _ => Span::Days(full(86_400_000)),
    };
    Some(if at < now {
        Ago::Past(span)
    } else {
        Ago::Future(span)
    })
}

/// The time of day to the second; hovering shows the day.
#[component]
pub fn Clock(at: Millis) -> impl IntoView {
    view! {
        <time datetime=format::rfc3339(at) title=format::minute(at)>
            {format::clock(at)}
        </time>
    }
}

/// The document's title, where a document is being made: a part that is fetched alone has none.
#[component]
pub fn PageTitle(#[prop(into)] text: String) -> impl IntoView {
    use_context::<MetaContext>().map(|_| view! { <Title text/> })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::testing::html;

    const DAY: Millis = 86_400_000;

    fn shown(lang: Lang, at: Millis) -> String {
        html(lang, move || {
            provide_context(Now(100 * DAY));
            view! { <At at/> }
        })
    }

    #[test]
    fn how_far_away_it_is_comes_first_and_the_exact_time_is_there_too() {
        for (away, en, ja) in [
            (-59_999, "just now", "たった今"),
            (-60_000, "1 min ago", "1分前"),
            (-3_599_999, "59 min ago", "59分前"),
            (3_600_000, "in 1 h", "1時間後"),
            (-DAY, "1 day ago", "1日前"),
            (2 * DAY + 5, "in 2 days", "2日後"),
        ] {
            for (lang, words) in [(Lang::En, en), (Lang::Ja, ja)] {
                let page = shown(lang, 100 * DAY + away);
                let exact = format::minute(100 * DAY + away);
                assert!(page.contains(&format!(">{words}")), "{page}");
                assert!(page.contains(&format!("title=\"{exact}\"")), "{page}");
            }
        }
    }

    #[test]
    fn what_is_far_away_is_only_said_exactly() {
        for at in [0, 40 * DAY, 160 * DAY, Millis::MAX / 2, Millis::MIN] {
            assert!(!shown(Lang::En, at).contains("class=\"at\""), "{at}");
        }
    }
}
