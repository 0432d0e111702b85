//! One collection of a draft: what its columns hold, and what erasure does to them.

use leptos::prelude::*;

use super::cards::kinds_of;
use crate::components::{Badge, Glyph, Icon, Look, Named, PostForm, Table, Tone};
use crate::i18n::{Texts, use_texts};
use crate::model::{Disposition, DraftCollection, DraftField, DraftId, NoteKind, Sureness};
use crate::paths::to;

/// Data categories of fideslang that are offered; any other can be typed.
const CATEGORIES: [&str; 31] = [
    "user.name",
    "user.contact",
    "user.contact.email",
    "user.contact.phone_number",
    "user.contact.address",
    "user.contact.address.street",
    "user.contact.address.city",
    "user.contact.address.postal_code",
    "user.contact.address.country",
    "user.contact.organization",
    "user.unique_id",
    "user.account",
    "user.account.username",
    "user.authorizations",
    "user.job_title",
    "user.demographic",
    "user.demographic.gender",
    "user.demographic.language",
    "user.financial",
    "user.payment",
    "user.behavior",
    "user.behavior.purchase_history",
    "user.behavior.browsing_history",
    "user.device",
    "user.device.ip_address",
    "user.location",
    "user.health",
    "user.government_id",
    "user.privacy_preferences",
    "user.social",
    "user.content",
];

/// How sure it is what a column holds.
fn look_of_sureness(sure: Sureness) -> Look {
    match sure {
        Sureness::Said | Sureness::High => (Glyph::Check, Tone::Good),
        Sureness::Medium => (Glyph::Check, Tone::Quiet),
        Sureness::Low => (Glyph::Question, Tone::Warn),
    }
}

/// The form of one collection.
#[component]
pub fn CollectionForm(id: DraftId, collection: DraftCollection) -> impl IntoView {
    let t = use_texts();
    let found_by = kinds_of(&collection.found_by, t);
    let DraftCollection {
        name,
        title,
        table,
        disposition,
        parents,
        fields,
        notes,
        left_out,
        ..
    } = collection;
    view! {
        <PostForm action=to::DECIDE class="card decide">
            <input type="hidden" name="draft" value=id.to_string()/>
            <input type="hidden" name="collection" value=name.to_string()/>
            <h3><code>{table}</code></h3>
            <dl class="facts">
                <div><dt>{t.systems.found_by}</dt><dd>{found_by}</dd></div>
                {(!parents.is_empty()).then(|| {
                    let parents = parents.iter().map(|parent| view! { <li><code>{parent.to_string()}</code></li> });
                    view! { <div><dt>{t.connect.belongs_to}</dt><dd><ul>{parents.collect_view()}</ul></dd></div> }
                })}
            </dl>
            <Notes notes/>
            <label class="check">
                <input type="checkbox" name="take" value="true" checked=!left_out/>
                <span>{t.connect.take}</span>
            </label>
            <div class="form-grid">
                <div class="field">
                    <label for="title">{t.connect.title_field}</label>
                    <input id="title" name="title" type="text" required maxlength="200" value=title/>
                </div>
                <Dispositions disposition/>
            </div>
            <Columns fields/>
            <datalist id="categories">
                {CATEGORIES.map(|category| view! { <option value=category></option> }).collect_view()}
            </datalist>
            <button type="submit" class="primary"><Icon glyph=Glyph::Check/> {t.connect.save}</button>
        </PostForm>
    }
    .into_any()
}

#[component]
fn Notes(notes: Vec<(NoteKind, String)>) -> impl IntoView {
    let t = use_texts();
    if notes.is_empty() {
        return ().into_any();
    }
    let lines = notes.into_iter().map(|(kind, text)| {
        let (look, word) = match kind {
            NoteKind::Fact => ((Glyph::Dot, Tone::Quiet), t.connect.note_fact),
            NoteKind::Guess => ((Glyph::Question, Tone::Warn), t.connect.note_guess),
            NoteKind::Decide => ((Glyph::Warning, Tone::Warn), t.connect.note_decide),
        };
        view! { <li><Badge look word/> " " <span lang="en">{text}</span></li> }
    });
    view! { <ul class="notes">{lines.collect_view()}</ul> }.into_any()
}

#[component]
fn Dispositions(disposition: Disposition) -> impl IntoView {
    let t = use_texts();
    let keep = Disposition::Keep {
        ground: String::new(),
    };
    let all = [
        ("delete", Disposition::Delete),
        ("anonymise", Disposition::Anonymise),
        ("keep", keep),
    ];
    let is = |word: &str| {
        word == match &disposition {
            Disposition::Delete => "delete",
            Disposition::Anonymise => "anonymise",
            Disposition::Keep { .. } => "keep",
        }
    };
    let options = all.map(|(word, one)| {
        view! { <option value=word selected=is(word)>{(t.words.disposition)(&one)}</option> }
    });
    let ground = match &disposition {
        Disposition::Keep { ground } => ground.clone(),
        _ => String::new(),
    };
    view! {
        <div class="field">
            <label for="disposition">{t.systems.on_erasure}</label>
            <select id="disposition" name="disposition">{options.collect_view()}</select>
        </div>
        <div class="field when-keep">
            <label for="ground">{t.connect.ground}</label>
            <input id="ground" name="ground" type="text" maxlength="200" value=ground aria-describedby="ground-hint"/>
            <span class="hint" id="ground-hint">{t.connect.ground_hint}</span>
        </div>
    }
    .into_any()
}

#[component]
fn Columns(fields: Vec<DraftField>) -> impl IntoView {
    let t = use_texts();
    let heads = [
        t.connect.column,
        t.connect.category,
        t.connect.why,
        t.connect.anonymised,
    ];
    view! {
        <Table named=Named::Heard(t.systems.fields) heads>
            {fields
                .into_iter()
                .enumerate()
                .map(|(at, field)| view! { <ColumnRow at field/> })
                .collect_view()}
        </Table>
    }
}

#[component]
fn ColumnRow(at: usize, field: DraftField) -> impl IntoView {
    let t = use_texts();
    let name = |word: &str| format!("fields[{at}][{word}]");
    let (take, category) = (format!("take-{at}"), format!("category-{at}"));
    let heard = |word: &str| format!("{}: {word}", field.name);
    // A box that can't be unticked is not sent.
    let needed = field.needed.then(|| {
        view! { <input type="hidden" name=name("take") value="true"/> <span class="tag">{t.connect.needed}</span> }
    });
    let word = match field.sure {
        Sureness::Said => t.connect.sure_said,
        Sureness::High => t.connect.sure_high,
        Sureness::Medium => t.connect.sure_medium,
        Sureness::Low => t.connect.sure_low,
    };
    view! {
        <tr>
            <th scope="row" data-label=t.connect.column>
                <input type="hidden" name=name("name") value=field.name.clone()/>
                {(!field.needed).then(|| view! {
                    <input type="checkbox" id=take.clone() name=name("take") value="true" checked=!field.left_out/>
                })}
                <label for=if field.needed { category.clone() } else { take.clone() }><code>{field.name.clone()}</code></label>
                {needed}
            </th>
            <td data-label=t.connect.category>
                <input
                    id=category
                    name=name("category")
                    type="text"
                    required
                    maxlength="200"
                    list="categories"
                    spellcheck="false"
                    autocapitalize="none"
                    aria-label=heard(t.connect.category)
                    value=field.category.clone()
                />
                {(!field.needed).then(|| view! {
                    <label class="check">
                        <input type="checkbox" name=name("another") value="true" checked=field.of.is_another()/>
                        <span>{t.connect.of_another}</span>
                    </label>
                })}
            </td>
            <td data-label=t.connect.why>
                <Badge look=look_of_sureness(field.sure) word/>
                " " <span class="quiet" lang="en">{field.why.clone()}</span>
            </td>
            <td data-label=t.connect.anonymised class="erasing">
                <Erasing at erase=field.erase.clone() heard=heard(t.connect.anonymised) text=heard(t.connect.erase_text)/>
            </td>
        </tr>
    }
    .into_any()
}

/// What anonymising does to one column.
#[component]
fn Erasing(at: usize, erase: Option<String>, heard: String, text: String) -> impl IntoView {
    let t = use_texts();
    let (chosen, said) = match erase.as_deref().map(|word| word.split_once(':')) {
        None => (String::new(), String::new()),
        Some(Some((kind, text))) => (kind.to_owned(), text.to_owned()),
        Some(None) => (erase.unwrap_or_default(), String::new()),
    };
    let options = ways(t).map(|(word, label)| {
        view! { <option value=word selected=word == chosen data-text=(!["", "null", "keep"].contains(&word)).then_some("")>{label}</option> }
    });
    view! {
        <select name=format!("fields[{at}][erase]") aria-label=heard>{options.collect_view()}</select>
        <input name=format!("fields[{at}][text]") type="text" maxlength="200" value=said aria-label=text class="with-text"/>
    }
    .into_any()
}

/// The words of a description, and what they mean.
fn ways(t: &'static Texts) -> [(&'static str, &'static str); 7] {
    [
        ("", t.connect.erase_usual),
        ("null", t.connect.erase_null),
        ("keep", t.connect.erase_keep),
        ("fixed", t.connect.erase_fixed),
        ("random", t.connect.erase_random),
        ("hmac", t.connect.erase_hmac),
        ("hash", t.connect.erase_hash),
    ]
}
