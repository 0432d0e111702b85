//! A draft: the database, what it holds, a search to try, and enabling it.

use leptos::prelude::*;

use super::connect::{AgainForm, TooStrong};
use super::draft_form::CollectionForm;
use crate::components::{At, Badge, Banner, Glyph, Icon, Named, PostForm, Table, Tone};
use crate::format;
use crate::i18n::use_texts;
use crate::model::{
    DraftCollection, DraftId, DraftLeftOut, DraftTried, DraftView, IdentifierKind, Looked,
    NewDatabase,
};
use crate::paths::{self, to};

/// The page's head: what it is called, and whether it was reached.
#[component]
pub fn DraftHead(new: NewDatabase, looked: Looked) -> impl IntoView {
    let t = use_texts();
    let place = &new.place;
    let place = match place.host.as_str() {
        "" => place.database.clone(),
        host => format!("{host} / {}", place.database),
    };
    let (at, badge) = match looked {
        Looked::Done { at, .. } => (
            at,
            view! { <Badge look=(Glyph::Check, Tone::Good) word=t.connect.looked/> },
        ),
        Looked::Failed { at, .. } => (
            at,
            view! { <Badge look=(Glyph::Warning, Tone::Bad) word=t.connect.not_reached/> },
        ),
        Looked::Nobody { at, .. } => (
            at,
            view! { <Badge look=(Glyph::Minus, Tone::Warn) word=t.connect.nobody/> },
        ),
    };
    view! {
        <nav class="pages" aria-label=t.common.systems>
            <a href=paths::SYSTEMS>{t.system.all}</a>
            <a href=paths::CONNECT>{t.connect.title}</a>
        </nav>
        <h1>{new.name}</h1>
        {badge}
        <span class="quiet">{new.place.kind.name()} " · " <code>{place}</code> " · " <At at/></span>
    }
}

/// Everything else, in the order in which it is done.
#[component]
pub fn DraftBody(draft: DraftView, collection: String) -> impl IntoView {
    let t = use_texts();
    let DraftView {
        id,
        new,
        has_password,
        looked,
        collections,
        left_out,
        text,
        problems,
        tried,
        forgotten_at,
    } = draft;
    let is_drafted = !collections.is_empty();
    let open = collections.iter().filter(|one| one.is_open()).count();
    let open = u32::try_from(open).unwrap_or(u32::MAX);
    view! {
        <WhyNot looked/>
        <details class="card" open=!is_drafted>
            <summary>{t.connect.place}</summary>
            <AgainForm id=id.clone() new has_password/>
        </details>
        {is_drafted.then(|| view! {
            <section aria-labelledby="inventory">
                <h2 id="inventory" tabindex="-1">{t.connect.inventory}</h2>
                <p class="quiet">{t.connect.inventory_help}</p>
                <Inventory id=id.clone() collections collection/>
                <LeftOut left_out/>
            </section>
            <TryForm id=id.clone() tried/>
            <Enable id=id.clone() open problems text/>
        })}
        <PostForm action=to::DISCARD_DRAFT class="discard">
            <input type="hidden" name="draft" value=id.to_string()/>
            <span class="quiet">{t.connect.forgotten} " " <At at=forgotten_at/></span>
            <button type="submit" class="small"><Icon glyph=Glyph::Trash/> {t.connect.discard}</button>
        </PostForm>
    }
    .into_any()
}

/// Why there is nothing to decide on, or what is to be mended at the database first.
#[component]
fn WhyNot(looked: Looked) -> impl IntoView {
    let t = use_texts();
    match looked {
        Looked::Done { powers, .. } => view! { <TooStrong powers/> }.into_any(),
        Looked::Failed { code, .. } => view! {
            <Banner tone=Tone::Bad title=t.connect.not_reached>
                <p>{(t.say.not_connected)(&code)}</p>
            </Banner>
        }
        .into_any(),
        Looked::Nobody { why, .. } => view! {
            <Banner tone=Tone::Warn title=t.connect.nobody>
                <p>{t.connect.nobody_help}</p>
                <ul class="bullets" lang="en">
                    {why.into_iter().map(|why| view! { <li>{why}</li> }).collect_view()}
                </ul>
            </Banner>
        }
        .into_any(),
    }
}

/// The collections, and one of them to decide on.
#[component]
fn Inventory(
    id: DraftId,
    collections: Vec<DraftCollection>,
    /// The one that the address names.
    collection: String,
) -> impl IntoView {
    let t = use_texts();
    let named = collections
        .iter()
        .find(|one| one.name.as_str() == collection);
    let chosen = named
        .or_else(|| collections.iter().find(|one| one.is_open()))
        .or_else(|| collections.first())
        .cloned();
    let current = chosen.as_ref().map(|one| one.name.clone());
    let lines = collections.into_iter().map(|one| {
        let is_current = current.as_ref() == Some(&one.name);
        let href = format!("{}#inventory", paths::draft_at(&id, &one.name));
        let (look, word) = if one.left_out {
            ((Glyph::Minus, Tone::Quiet), t.connect.left_out)
        } else if one.decided {
            ((Glyph::Check, Tone::Good), t.connect.decided)
        } else if one.wants() {
            ((Glyph::Question, Tone::Warn), t.connect.wants)
        } else {
            ((Glyph::Dot, Tone::Quiet), t.connect.drafted)
        };
        view! {
            <li>
                <a href=href aria-current=is_current.then_some("true")>{one.title}</a>
                <Badge look word/>
            </li>
        }
    });
    view! {
        <div class="split drafted">
            <nav class="card" aria-label=t.connect.tables>
                <ul>{lines.collect_view()}</ul>
            </nav>
            {chosen.map(|collection| view! { <CollectionForm id=id.clone() collection/> })}
        </div>
    }
    .into_any()
}

#[component]
fn LeftOut(left_out: Vec<DraftLeftOut>) -> impl IntoView {
    let t = use_texts();
    if left_out.is_empty() {
        return ().into_any();
    }
    let personal = left_out.iter().any(|one| !one.personal.is_empty());
    let rows = left_out.into_iter().map(|one| {
        let names = one.personal.into_iter().map(|(column, category)| {
            view! { <li><code>{column}</code> " " <span class="quiet">{category}</span></li> }
        });
        view! {
            <tr>
                <th scope="row" data-label=t.connect.table><code>{one.table}</code></th>
                <td data-label=t.connect.why lang="en">{one.why}</td>
                <td data-label=t.connect.personal><ul class="field-list">{names.collect_view()}</ul></td>
            </tr>
        }
    });
    let heads = [t.connect.table, t.connect.why, t.connect.personal];
    view! {
        <details class="card" open=personal>
            <summary>{t.connect.left_out_title}</summary>
            <Table named=Named::Heard(t.connect.left_out_title) heads>{rows.collect_view()}</Table>
        </details>
    }
    .into_any()
}

/// A search in this database alone, and what it found.
#[component]
fn TryForm(id: DraftId, tried: Option<DraftTried>) -> impl IntoView {
    let t = use_texts();
    let chosen = tried
        .as_ref()
        .map_or(IdentifierKind::Email, |tried| tried.kind);
    let kinds = IdentifierKind::ALL.map(|kind| {
        view! { <option value=kind.as_str() selected=kind == chosen>{(t.words.kind)(kind)}</option> }
    });
    view! {
        <section aria-labelledby="try">
            <h2 id="try" tabindex="-1">{t.connect.try_title}</h2>
            <p class="quiet">{t.connect.try_help}</p>
            <PostForm action=to::TRY_SEARCH class="card filter">
                <input type="hidden" name="draft" value=id.to_string()/>
                <div class="field">
                    <label for="try-kind">{t.find.kind}</label>
                    <select id="try-kind" name="kind">{kinds.collect_view()}</select>
                </div>
                <div class="field">
                    <label for="value">{t.find.value}</label>
                    <input id="value" name="value" type="text" required maxlength="512" spellcheck="false" autocapitalize="none"/>
                </div>
                <button type="submit"><Icon glyph=Glyph::Search/> {t.connect.try_submit}</button>
            </PostForm>
            {tried.map(|tried| view! { <TriedResult tried/> })}
        </section>
    }
    .into_any()
}

#[component]
fn TriedResult(tried: DraftTried) -> impl IntoView {
    let t = use_texts();
    if let Some(code) = tried.failed {
        return view! {
            <Banner tone=Tone::Bad title=t.connect.not_reached>
                <p>{(t.say.not_connected)(&code)}</p>
            </Banner>
        }
        .into_any();
    }
    if tried.found.is_empty() {
        return view! {
            <p class="card">
                <Badge look=(Glyph::Minus, Tone::Quiet) word=t.connect.try_nothing/>
                " " <span class="quiet">{(t.words.kind)(tried.kind)} " · " <At at=tried.at/></span>
            </p>
        }
        .into_any();
    }
    let found = tried.found.into_iter().map(|one| {
        let name = one.name.unwrap_or_else(|| t.common.no_name.to_owned());
        let rows = one.rows.into_iter().map(|(collection, rows)| {
            view! { <li><code>{collection.to_string()}</code> " " <span class="num">{format::count(rows)}</span></li> }
        });
        view! {
            <tr>
                <th scope="row" data-label=t.list.person>{name}</th>
                <td data-label=t.common.rows><ul class="field-list">{rows.collect_view()}</ul></td>
            </tr>
        }
    });
    let heads = [t.list.person, t.common.rows];
    view! {
        <Table named=Named::Heard(t.connect.try_found) heads>{found.collect_view()}</Table>
        {tried.more.then(|| view! { <p class="quiet">{t.connect.try_more}</p> })}
    }
    .into_any()
}

/// What stands in the way, or the button.
#[component]
fn Enable(id: DraftId, open: u32, problems: Vec<String>, text: String) -> impl IntoView {
    let t = use_texts();
    let ready = open == 0;
    view! {
        <section aria-labelledby="enable">
            <h2 id="enable" tabindex="-1">{t.connect.enable_title}</h2>
            {(!problems.is_empty()).then(|| view! {
                <Banner tone=Tone::Bad title=t.connect.problems>
                    <ul class="bullets" lang="en">
                        {problems.into_iter().map(|one| view! { <li>{one}</li> }).collect_view()}
                    </ul>
                </Banner>
            })}
            <PostForm action=to::ENABLE_DRAFT class="card enable">
                <input type="hidden" name="draft" value=id.to_string()/>
                <p>{if ready { t.connect.enable_help.to_owned() } else { (t.say.tables_left)(open) }}</p>
                <button type="submit" class="primary" disabled=!ready>
                    <Icon glyph=Glyph::Play/>
                    {t.connect.enable_submit}
                </button>
            </PostForm>
            <details class="card">
                <summary>{t.connect.text}</summary>
                <pre class="description" tabindex="0" aria-label=t.connect.text>{text}</pre>
            </details>
        </section>
    }
    .into_any()
}
