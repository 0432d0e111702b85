//! Find a person: the search form.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::api::subjects::{AUTO, past_searches};
use crate::components::{
    Field, FormError, Glyph, Icon, Page, PageHead, Post, PostForm, ShowParts, field_error,
};
use crate::i18n::use_texts;
use crate::model::IdentifierKind;
use crate::paths::to;

#[component]
pub fn Find() -> impl IntoView {
    let t = &use_texts().find;
    let past = Page::new(
        Default::default,
        |_| Box::pin(past_searches()),
        Post::to(&[to::KEEP_SEARCH, to::DROP_SEARCH]),
    );
    view! {
        <Title text=t.title/>
        <PageHead title=t.title lead=t.lead/>
        <SearchForm/>
        <ShowParts page=past/>
    }
}

/// One box and its kind. A plain form; what is typed is sent in the body, never in a URL.
#[component]
pub fn SearchForm() -> impl IntoView {
    let texts = use_texts();
    let t = &texts.find;
    let error = Post::to(&[to::START_SEARCH]).error();
    // After an error the kind comes back in the URL; the value never does.
    let chosen = use_query_map()
        .with_untracked(|query| query.get("kind"))
        .and_then(|word| IdentifierKind::parse(&word));
    let [kind_wrong, value_wrong, list_wrong] =
        ["kind", "value", "list"].map(|field| field_error(error.as_ref(), field));
    view! {
        <PostForm action=to::START_SEARCH class="search card">
            <FormError error fields=&["kind", "value", "list"]/>
            <div class="search-row">
                <Field id="kind" label=t.kind error=kind_wrong class="kind">
                    <select id="kind" name="kind" aria-describedby="kind-hint kind-error">
                        <option value=AUTO selected=chosen.is_none()>{t.auto}</option>
                        {IdentifierKind::ALL
                            .map(|kind| {
                                view! {
                                    <option value=kind.as_str() selected=chosen == Some(kind)>
                                        {(texts.words.kind)(kind)}
                                    </option>
                                }
                            })
                            .collect_view()}
                    </select>
                </Field>
                <Field id="value" label=t.value hint=t.value_hint error=value_wrong class="value">
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
                <Field id="list" label=t.list hint=t.list_hint error=list_wrong class="list">
                    <input id="list" name="list" type="text" maxlength="512" aria-describedby="list-hint list-error"/>
                </Field>
                <button type="submit" class="primary">
                    <Icon glyph=Glyph::Search/>
                    {t.submit}
                </button>
            </div>
            <p class="guess quiet" data-guess=(texts.say.guess)("{}")></p>
        </PostForm>
    }
}
