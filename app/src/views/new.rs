//! New request: for whom, which right, and what a correction corrects.

use leptos::prelude::*;

use super::cards::MergeSetCard;
use crate::components::{Banner, Icon, Tone, look_of_right};
use crate::i18n::use_texts;
use crate::model::{
    Employment, IdentifierKind, Lane, MergeSet, Right, SearchId, SearchView, SubjectHandle,
};
use crate::paths;

/// Whom the request is for.
pub struct Target {
    pub search: SearchId,
    pub subject: SubjectHandle,
    pub set: MergeSet,
    pub lanes: Vec<Lane>,
}

/// The set of a search that the subject belongs to.
pub fn choose(view: SearchView, subject: SubjectHandle) -> Option<Target> {
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

/// The person, with all her records.
#[component]
pub fn ForWhom(set: MergeSet, lanes: Vec<Lane>, search: SearchId) -> impl IntoView {
    let t = use_texts();
    view! {
        <section class="for-whom" aria-labelledby="whom">
            <h2 id="whom">{t.new.for_whom}</h2>
            <MergeSetCard set lanes/>
            <p><a href=paths::search(&search)>{t.new.back}</a></p>
        </section>
    }
}

/// What to do for her.
#[component]
pub fn RequestForm(target: Target, right: Option<Right>) -> impl IntoView {
    let t = use_texts();
    let active = target
        .set
        .members
        .iter()
        .any(|member| member.subject.employment == Some(Employment::Active));
    let values = correctable(&target.set);
    view! {
        <form method="post" action=paths::to::MAKE_PLAN class="request-form">
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
        </form>
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
