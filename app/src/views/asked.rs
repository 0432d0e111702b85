//! What was searched: the identifiers that stand side by side, one more, and searches made before.

use leptos::prelude::*;

use crate::api::subjects::AUTO;
use crate::components::{At, Empty, Field, Glyph, Icon};
use crate::i18n::{Texts, use_texts};
use crate::model::{Asked, Identifier, IdentifierKind, PastSearch, SearchId};
use crate::paths;

/// What was searched, in the page only: it is in no title and no URL. With a box for another identifier of the same person.
#[component]
pub fn AskedFor(search: SearchId, asked: Vec<Asked>, kept: bool) -> impl IntoView {
    let t = use_texts();
    let several = asked.len() > 1;
    let first = search.to_string();
    view! {
        <section class="asked" aria-labelledby="asked">
            <div class="asked-head">
                <h2 id="asked">{t.graph.searched}</h2>
                <Keep search kept/>
            </div>
            <ul class="asked-for">
                {asked
                    .into_iter()
                    .map(|asked| {
                        let take = several.then(|| view! { <TakeAway asked=asked.clone()/> });
                        view! { <li><Term identifier=asked.identifier/> {take}</li> }
                    })
                    .collect_view()}
            </ul>
            <form method="post" action=paths::to::START_SEARCH class="search beside" autocomplete="off">
                <input type="hidden" name="beside" value=first/>
                <div class="search-row">
                    <Field id="kind" label=t.find.add class="kind">
                        <select id="kind" name="kind" aria-describedby="kind-hint kind-error">
                            <option value=AUTO>{t.find.auto}</option>
                            {IdentifierKind::ALL
                                .map(|kind| view! { <option value=kind.as_str()>{(t.words.kind)(kind)}</option> })
                                .collect_view()}
                        </select>
                    </Field>
                    <Field id="value" label=t.find.value class="value">
                        <input
                            id="value"
                            name="value"
                            type="text"
                            required
                            maxlength="512"
                            spellcheck="false"
                            autocapitalize="none"
                            aria-describedby="value-hint value-error"
                        />
                    </Field>
                    <Field id="list" label=t.find.list hint=t.find.list_hint class="list">
                        <input id="list" name="list" type="text" maxlength="512" aria-describedby="list-hint list-error"/>
                    </Field>
                    <button type="submit">
                        <Icon glyph=Glyph::Search/>
                        {t.find.add_submit}
                    </button>
                </div>
            </form>
        </section>
    }
    .into_any()
}

#[component]
fn Term(identifier: Identifier) -> impl IntoView {
    let t = use_texts();
    let kind = (t.words.kind)(identifier.kind());
    let value = identifier.value().to_owned();
    let list = identifier.list().map(str::to_owned);
    view! {
        <span class="term">
            <span class="quiet">{kind}</span>
            " "
            <strong>{value}</strong>
            {list.map(|list| view! { <span class="quiet">" · " {t.find.list} " " {list}</span> })}
        </span>
    }
}

#[component]
fn TakeAway(asked: Asked) -> impl IntoView {
    let t = use_texts();
    let label = (t.say.take_away)(&in_words(&asked.identifier, t));
    view! {
        <form method="post" action=paths::to::DROP_SEARCH class="inline">
            <input type="hidden" name="search" value=asked.search.to_string()/>
            <button type="submit" class="plain" aria-label=label.clone() title=label>
                <Icon glyph=Glyph::Cross/>
            </button>
        </form>
    }
    .into_any()
}

/// Saves a search, or no longer: one button, which says what it will do.
#[component]
fn Keep(search: SearchId, kept: bool) -> impl IntoView {
    let t = &use_texts().find;
    let (word, glyph) = if kept {
        (t.unsave, Glyph::Check)
    } else {
        (t.save, Glyph::Download)
    };
    view! {
        <form method="post" action=paths::to::KEEP_SEARCH class="inline">
            <input type="hidden" name="search" value=search.to_string()/>
            <input type="hidden" name="kept" value=if kept { "no" } else { "yes" }/>
            <button type="submit" class="small" title=t.save_help>
                <Icon glyph/>
                {word}
            </button>
        </form>
    }
    .into_any()
}

/// `E-mail maria@example.org`.
fn in_words(identifier: &Identifier, t: &Texts) -> String {
    format!(
        "{} {}",
        (t.words.kind)(identifier.kind()),
        identifier.value()
    )
}

/// Searches made before: saved ones, then the last others.
#[component]
pub fn PastSearches(past: Vec<PastSearch>) -> impl IntoView {
    let t = &use_texts().find;
    if past.is_empty() {
        return view! { <Empty title=t.empty_title text=t.empty_text/> }.into_any();
    }
    let (kept, others): (Vec<_>, Vec<_>) = past.into_iter().partition(|search| search.kept);
    view! {
        <div class="past">
            <PastList id="saved" title=t.saved_searches help=t.save_help searches=kept/>
            <PastList id="recent" title=t.recent_searches help=t.recent_help searches=others/>
        </div>
    }
    .into_any()
}

#[component]
fn PastList(
    id: &'static str,
    title: &'static str,
    help: &'static str,
    searches: Vec<PastSearch>,
) -> impl IntoView {
    (!searches.is_empty())
        .then(|| {
            view! {
                <section class="card" aria-labelledby=id>
                    <h2 id=id>{title}</h2>
                    <p class="quiet">{help}</p>
                    <ul>{searches.into_iter().map(|search| view! { <PastRow search/> }).collect_view()}</ul>
                </section>
            }
        })
        .into_any()
}

#[component]
fn PastRow(search: PastSearch) -> impl IntoView {
    let t = use_texts();
    let words: Vec<String> = search
        .identifiers
        .iter()
        .map(|identifier| in_words(identifier, t))
        .collect();
    view! {
        <li>
            <a href=paths::search(&search.id)>{words.join(t.common.comma)}</a>
            <span class="quiet"><At at=search.started_at/></span>
            <Keep search=search.id kept=search.kept/>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::testing::{HOSTILE, assert_escaped, html};

    fn asked(values: &[&str]) -> Vec<Asked> {
        let ask = |(at, value): (usize, &&str)| Asked {
            search: SearchId::parse(format!("s{at}")).expect("valid"),
            identifier: Identifier::new(IdentifierKind::Name, value).expect("valid"),
            started_at: 0,
        };
        values.iter().enumerate().map(ask).collect()
    }

    fn page(values: &[&str], kept: bool) -> String {
        let (asked, search) = (asked(values), SearchId::parse("s0").expect("valid"));
        html(Lang::En, move || view! { <AskedFor search asked kept/> })
    }

    #[test]
    fn only_one_of_several_can_be_taken_away() {
        assert!(!page(&["Maria"], false).contains(paths::to::DROP_SEARCH));
        let two = page(&["Maria", "Keller"], false);
        assert_eq!(two.matches(paths::to::DROP_SEARCH).count(), 2);
        assert!(two.contains("name=\"search\" value=\"s1\""));
    }

    #[test]
    fn another_identifier_is_put_beside_the_first() {
        assert!(page(&["Maria", "Keller"], false).contains("name=\"beside\" value=\"s0\""));
    }

    #[test]
    fn the_button_says_what_it_will_do() {
        let t = &Lang::En.texts().find;
        assert!(
            page(&["Maria"], false).contains(t.save) && page(&["Maria"], true).contains(t.unsave)
        );
        assert!(page(&["Maria"], true).contains("name=\"kept\" value=\"no\""));
    }

    #[test]
    fn hostile_identifiers_are_text_in_every_list() {
        assert_escaped(&page(&[HOSTILE], false));
        let past = PastSearch {
            id: SearchId::parse("s1").expect("valid"),
            identifiers: vec![Identifier::new(IdentifierKind::Name, HOSTILE).expect("valid")],
            started_at: 0,
            kept: false,
        };
        assert_escaped(&html(
            Lang::En,
            move || view! { <PastSearches past=vec![past]/> },
        ));
    }
}
