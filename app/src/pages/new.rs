//! New request: for whom, which right, and what a correction corrects. Leads to the plan; does nothing itself.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::api::requests::MakePlan;
use crate::api::subjects::get_search;
use crate::components::{
    Banner, ErrorPage, FormError, Icon, Loading, MergeSetCard, PageHead, Tone, error_of,
    look_of_right,
};
use crate::error::Error;
use crate::i18n::use_texts;
use crate::model::{
    Employment, IdentifierKind, Lane, MergeSet, Right, SearchId, SearchView, SubjectHandle,
};
use crate::paths;

#[component]
pub fn New() -> impl IntoView {
    let t = use_texts();
    let query = use_query_map();
    let make = ServerAction::<MakePlan>::new();
    let asked = Memo::new(move |_| {
        query.with(|query| {
            let search = SearchId::parse(query.get("search")?).ok()?;
            let subject = SubjectHandle::parse(query.get("subject")?).ok()?;
            Some((
                search,
                subject,
                query.get("right").and_then(|word| Right::parse(&word)),
            ))
        })
    });
    let search = Resource::new(
        move || asked.get().map(|(search, _, _)| search),
        |search| async move {
            match search {
                Some(id) => get_search(id).await,
                None => Err(Error::not_found("search")),
            }
        },
    );
    view! {
        <Title text=t.new.title/>
        <PageHead title=t.new.title lead=t.new.lead/>
        <Transition fallback=Loading>
            {move || Suspend::new(async move {
                let view = match search.await {
                    Ok(view) => view,
                    Err(error) => return view! { <ErrorPage error/> }.into_any(),
                };
                let right = asked.get_untracked().and_then(|(_, _, right)| right);
                match asked.get_untracked().and_then(|(_, subject, _)| choose(view, subject)) {
                    Some(target) => view! { <RequestForm target right make/> }.into_any(),
                    None => view! { <ErrorPage error=Error::not_found("subject")/> }.into_any(),
                }
            })}
        </Transition>
    }
}

/// Whom the request is for.
struct Target {
    search: SearchId,
    subject: SubjectHandle,
    set: MergeSet,
    lanes: Vec<Lane>,
}

fn choose(view: SearchView, subject: SubjectHandle) -> Option<Target> {
    let holds = |set: &MergeSet| set.members.iter().any(|member| member.handle == subject);
    let set = view.sets.into_iter().find(holds)?;
    Some(Target {
        search: view.id,
        subject,
        set,
        lanes: view.lanes,
    })
}

/// What can be corrected: each content value once, the name too.
fn correctable(set: &MergeSet) -> Vec<(IdentifierKind, String)> {
    let mut values = Vec::new();
    for member in &set.members {
        let name = member
            .subject
            .name
            .clone()
            .map(|name| (IdentifierKind::Name, name));
        let held = member
            .subject
            .fields
            .iter()
            .filter_map(|field| Some((field.holds?, field.value.clone())));
        for (kind, value) in name.into_iter().chain(held) {
            if !kind.is_id() && !value.trim().is_empty() && !values.contains(&(kind, value.clone()))
            {
                values.push((kind, value));
            }
        }
    }
    values.sort_by_key(|(kind, _)| *kind);
    values
}

#[component]
fn RequestForm(
    target: Target,
    right: Option<Right>,
    make: ServerAction<MakePlan>,
) -> impl IntoView {
    let t = use_texts();
    let back = paths::search(&target.search);
    let active = target
        .set
        .members
        .iter()
        .any(|member| member.subject.employment == Some(Employment::Active));
    let values = correctable(&target.set);
    view! {
        <section class="for-whom" aria-labelledby="whom">
            <h2 id="whom">{t.new.for_whom}</h2>
            <MergeSetCard set=target.set lanes=target.lanes/>
            <p><a href=back>{t.new.back}</a></p>
        </section>
        <ActionForm action=make attr:class="request-form">
            <FormError error=error_of(make)/>
            <input type="hidden" name="search" value=target.search.to_string()/>
            <input type="hidden" name="subject" value=target.subject.to_string()/>
            <fieldset class="rights">
                <legend>{t.new.right}</legend>
                {Right::ALL.map(|one| view! { <RightChoice right=one chosen={right == Some(one)}/> }).collect_view()}
            </fieldset>
            {active
                .then(|| view! {
                    <div class="when-delete">
                        <Banner tone=Tone::Warn><p>{t.new.active_warning}</p></Banner>
                    </div>
                })}
            <Replacements values/>
            <button type="submit" class="primary">{t.new.submit}</button>
        </ActionForm>
    }
}

#[component]
fn RightChoice(right: Right, chosen: bool) -> impl IntoView {
    let t = use_texts();
    let help = match right {
        Right::Export => t.new.export_help,
        Right::Update => t.new.update_help,
        Right::Delete => t.new.delete_help,
    };
    view! {
        <label class="choice">
            <input type="radio" name="right" value=right.as_str() required checked=chosen/>
            <span class="choice-text">
                <strong><Icon glyph=look_of_right(right)/> " " {(t.words.right)(right)}</strong>
                <span class="quiet">{(t.words.article)(right)}</span>
                <span>{help}</span>
            </span>
        </label>
    }
    .into_any()
}

/// Old and new values; shown by the style sheet only when a correction is chosen.
#[component]
fn Replacements(values: Vec<(IdentifierKind, String)>) -> impl IntoView {
    let t = use_texts();
    let none = values
        .is_empty()
        .then(|| view! { <p>{t.new.no_fields}</p> });
    view! {
        <fieldset class="when-update replacements">
            <legend>{t.new.replacements}</legend>
            <p class="quiet">{t.new.replacements_help}</p>
            {none}
            {values
                .into_iter()
                .enumerate()
                .map(|(at, (kind, old))| {
                    let name = |field| format!("replacements[{at}][{field}]");
                    let id = format!("new-{at}");
                    let word = (t.words.kind)(kind);
                    view! {
                        <div class="replacement">
                            <span class="old">
                                <span class="quiet">{word} " · " {t.new.current}</span>
                                <span>{old.clone()}</span>
                            </span>
                            <input type="hidden" name=name("kind") value=kind.as_str()/>
                            <input type="hidden" name=name("old") value=old/>
                            <span class="field">
                                <label for=id.clone()>{word} " · " {t.new.replacement}</label>
                                <input id=id name=name("new") type="text" maxlength="512" autocomplete="off"/>
                            </span>
                        </div>
                    }
                })
                .collect_view()}
        </fieldset>
    }
    .into_any()
}

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::testing::{HOSTILE, assert_escaped, html};

    #[test]
    fn old_values_are_text_in_every_position() {
        let values = vec![(IdentifierKind::Name, HOSTILE.to_owned())];
        let page = html(Lang::En, move || view! { <Replacements values/> });
        assert_escaped(&page);
        assert!(page.contains("name=\"replacements[0][old]\""), "{page}");
        assert!(!page.contains("value=\"<script"), "{page}");
    }
}
