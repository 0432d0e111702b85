//! Systems: health, who is in charge, what can be found there, what erasure does, and pausing.

use leptos::prelude::*;

use super::cards::kinds_of;
use crate::components::{At, DispositionBadge, Empty, Glyph, HealthBadge, Icon, Named, Table};
use crate::format;
use crate::i18n::{Texts, use_texts};
use crate::model::{
    Collection, Disposition, Health, IdentifierKind, Inventory, Millis, Misbehaviour, SystemId,
    SystemView,
};
use crate::paths;

/// The page's head: the systems as cards, or as a map.
#[component]
pub fn SystemsHead(is_map: bool) -> impl IntoView {
    let t = use_texts();
    let page = |shown: bool| shown.then_some("page");
    view! {
        <h1>{t.systems.title}</h1>
        <p class="lead">{t.systems.lead}</p>
        <div class="end"><a class="button" href=paths::CONNECT>{t.connect.title}</a></div>
        <nav class="pages" aria-label=t.map.views>
            <a href=paths::SYSTEMS aria-current=page(!is_map)>{t.map.cards}</a>
            <a href=paths::systems_map() aria-current=page(is_map)>{t.map.map}</a>
        </nav>
    }
}

/// All systems.
#[component]
pub fn SystemCards(systems: Vec<SystemView>) -> impl IntoView {
    let t = &use_texts().systems;
    if systems.is_empty() {
        return view! {
            <Empty title=t.empty_title text=t.empty_text>
                <a class="button primary" href=paths::CONNECT>{use_texts().connect.title}</a>
            </Empty>
        }
        .into_any();
    }
    systems
        .into_iter()
        .map(|system| view! { <SystemCard system/> })
        .collect_view()
        .into_any()
}

/// How many of a system's tasks are worked on at a time, if that is limited.
#[component]
pub(super) fn Concurrency(most: Option<u32>) -> impl IntoView {
    let t = use_texts();
    let most = most.map(|most| format::count(most.into()));
    most.map(
        |most| view! { <div><dt>{t.systems.concurrency}</dt><dd class="num">{most}</dd></div> },
    )
}

#[component]
fn SystemCard(system: SystemView) -> impl IntoView {
    let t = use_texts();
    let (note, at) = health_note(&system.health, t);
    let rate = match system.per_second {
        Some(n) => format!("{n} {}", t.systems.per_second),
        None => t.systems.unlimited.to_owned(),
    };
    let heading = format!("system-{}", system.id);
    let href = paths::system(&system.id);
    view! {
        <article class="card system" aria-labelledby=heading>
            <header>
                <h2 id=heading.clone()><a href=href>{system.name}</a></h2>
                <HealthBadge health=system.health paused=system.paused/>
                <span class="quiet">{note} " · " {t.systems.checked} " " <At at/></span>
                <div class="end"><PauseForm id=system.id.clone() paused=system.paused on=On::List/></div>
            </header>
            <dl class="facts">
                <div><dt>{t.systems.kind}</dt><dd>{system.kind}</dd></div>
                <div><dt>{t.common.owner}</dt><dd>{system.owner}</dd></div>
                <div><dt>{t.systems.region}</dt><dd>{system.region}</dd></div>
                <div><dt>{t.systems.rate}</dt><dd>{rate}</dd></div>
                <Concurrency most=system.concurrency/>
                <div><dt>{t.systems.tasks}</dt><dd class="num">{format::count(u64::from(system.tasks_open))}</dd></div>
            </dl>
            <Capabilities inventory=system.inventory.clone()/>
            <details>
                <summary>{t.systems.inventory}</summary>
                <InventoryTable inventory=system.inventory/>
            </details>
            {system.misbehaviour.map(|now| view! { <MisbehaveForm id=system.id now on=On::List/> })}
        </article>
    }
    .into_any()
}

/// What the last check said, and when.
pub(super) fn health_note(health: &Health, t: &Texts) -> (String, Millis) {
    match health {
        Health::Up { took, at } => ((t.say.took)(&format::took(*took)), *at),
        Health::Down { code, at } => ((t.words.code)(code), *at),
    }
}

/// On which page a form stands: it comes back there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    List,
    Detail,
}

impl On {
    /// The word in forms.
    fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Detail => "detail",
        }
    }

    /// The page of a word of [`Self::as_str`]; the list's for any other.
    pub fn page(word: &str, id: Option<&SystemId>) -> String {
        match id {
            Some(id) if word == Self::Detail.as_str() => paths::system(id),
            _ => paths::SYSTEMS.to_owned(),
        }
    }
}

#[component]
pub(super) fn PauseForm(id: SystemId, paused: bool, on: On) -> impl IntoView {
    let t = &use_texts().systems;
    let (word, glyph) = if paused {
        (t.resume, Glyph::Play)
    } else {
        (t.pause, Glyph::Pause)
    };
    view! {
        <form method="post" action=paths::to::PAUSE_SYSTEM class="inline">
            <input type="hidden" name="system" value=id.to_string()/>
            <input type="hidden" name="on" value=on.as_str()/>
            <input type="hidden" name="paused" value=(!paused).to_string()/>
            <button type="submit" class="small" title=t.pause_help>
                <Icon glyph/>
                {word}
            </button>
        </form>
    }
}

/// Every kind of identifier: first those by which something here is found, then the others.
#[component]
fn Capabilities(inventory: Inventory) -> impl IntoView {
    let t = use_texts();
    let (able, unable): (Vec<_>, Vec<_>) = IdentifierKind::ALL
        .into_iter()
        .partition(|kind| inventory.searchable_by(*kind));
    let unable = kinds_of(&unable, t);
    let chips = able
        .into_iter()
        .map(|kind| {
            view! {
                <li class="tag" data-tone="good">
                    <Icon glyph=Glyph::Check/>
                    {(t.words.kind)(kind)}
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="capabilities">
            <span class="quiet">{t.systems.capabilities}</span>
            <ul>{chips}</ul>
            {(!unable.is_empty())
                .then(|| view! { <p class="quiet">{t.systems.not_searchable} ": " {unable}</p> })}
        </div>
    }
    .into_any()
}

#[component]
pub(super) fn InventoryTable(inventory: Inventory) -> impl IntoView {
    let t = use_texts();
    let heads = [
        t.common.collection,
        t.systems.fields,
        t.systems.found_by,
        t.systems.on_erasure,
    ];
    view! {
        <Table named=Named::Heard(t.systems.inventory) heads>
            {inventory
                .collections
                .into_iter()
                .map(|collection| view! { <CollectionRow collection/> })
                .collect_view()}
        </Table>
    }
}

#[component]
fn CollectionRow(collection: Collection) -> impl IntoView {
    let t = use_texts();
    let found_by = kinds_of(&collection.found_by, t);
    let needs = collection
        .needs_subject
        .then(|| view! { <span class="tag">{t.systems.needs_subject}</span> });
    let ground = match &collection.disposition {
        Disposition::Keep { ground } => Some(ground.clone()),
        _ => None,
    };
    view! {
        <tr>
            <th scope="row" data-label=t.common.collection>
                {collection.title} " " <code class="quiet">{collection.name.to_string()}</code>
            </th>
            <td data-label=t.systems.fields>
                <ul class="field-list">
                    {collection
                        .fields
                        .into_iter()
                        .map(|field| view! {
                            <li>
                                <code>{field.name}</code> " " <span class="quiet">{field.category}</span>
                                {field.of.is_another().then(|| view! { " " <span class="tag">{t.systems.of_another}</span> })}
                            </li>
                        })
                        .collect_view()}
                </ul>
            </td>
            <td data-label=t.systems.found_by>{found_by} " " {needs}</td>
            <td data-label=t.systems.on_erasure>
                <DispositionBadge disposition=collection.disposition/>
                {ground.map(|ground| view! { <span class="quiet note">{ground}</span> })}
            </td>
        </tr>
    }
    .into_any()
}

#[component]
pub(super) fn MisbehaveForm(id: SystemId, now: Misbehaviour, on: On) -> impl IntoView {
    let t = &use_texts().systems;
    let delay = format!("delay-{id}");
    let hint = format!("delay-{id}-hint");
    view! {
        <details class="misbehave" open=now != Misbehaviour::default()>
            <summary>{t.misbehave}</summary>
            <p class="quiet">{t.misbehave_help}</p>
            <form method="post" action=paths::to::MISBEHAVE class="filter" autocomplete="off">
                <input type="hidden" name="system" value=id.to_string()/>
                <input type="hidden" name="on" value=on.as_str()/>
                <div class="field">
                    <label for=delay.clone()>{t.delay}</label>
                    <input
                        id=delay
                        name="delay"
                        type="number"
                        inputmode="numeric"
                        min="0"
                        max="120000"
                        value=now.delay.to_string()
                        aria-describedby=hint.clone()
                    />
                    <span class="hint" id=hint>{t.delay_hint}</span>
                </div>
                <label class="check">
                    <input type="checkbox" name="failing" value="true" checked=now.failing/>
                    <span>{t.failing}</span>
                </label>
                <label class="check">
                    <input type="checkbox" name="cut_off" value="true" checked=now.cut_off/>
                    <span>{t.cut_off}</span>
                </label>
                <button type="submit">{t.apply}</button>
            </form>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::model::{Field, OfWhom};
    use crate::testing::{HOSTILE, assert_escaped, html, systems};

    fn system(paused: bool, health: Health) -> SystemView {
        let tickets = Collection {
            title: HOSTILE.into(),
            fields: vec![Field {
                name: HOSTILE.into(),
                category: HOSTILE.into(),
                holds: None,
                of: OfWhom::Another,
            }],
            needs_subject: true,
            disposition: Disposition::Keep {
                ground: HOSTILE.into(),
            },
            ..systems::collection("tickets", &[IdentifierKind::Email])
        };
        SystemView {
            name: HOSTILE.into(),
            owner: HOSTILE.into(),
            region: HOSTILE.into(),
            paused,
            health,
            per_second: Some(5),
            misbehaviour: Some(Misbehaviour::default()),
            ..systems::system("help-desk", vec![tickets])
        }
    }

    fn page(system: SystemView) -> String {
        html(Lang::En, move || view! { <SystemCard system/> })
    }

    #[test]
    fn hostile_inventories_are_text() {
        assert_escaped(&page(system(false, Health::Up { took: 3, at: 0 })));
    }

    #[test]
    fn a_field_that_says_something_of_another_has_a_tag() {
        let table = |lang: Lang, of: OfWhom| {
            let mut inventory = system(false, Health::Up { took: 3, at: 0 }).inventory;
            for collection in &mut inventory.collections {
                collection.fields.iter_mut().for_each(|field| field.of = of);
            }
            html(lang, move || view! { <InventoryTable inventory/> })
        };
        for (lang, tag) in [(Lang::En, "another person’s"), (Lang::Ja, "他の人の情報")] {
            assert!(table(lang, OfWhom::Another).contains(tag), "{tag}");
            assert!(!table(lang, OfWhom::Her).contains(tag), "{tag}");
        }
    }

    #[test]
    fn a_paused_system_can_be_resumed_and_is_not_called_healthy() {
        let page = page(system(true, Health::Up { took: 3, at: 0 }));
        assert!(page.contains("Resume") && page.contains("Paused") && !page.contains("Answers"));
    }

    #[test]
    fn a_system_that_is_down_says_what_to_do() {
        let page = page(system(
            false,
            Health::Down {
                code: "denied".into(),
                at: 0,
            },
        ));
        assert!(
            page.contains("Does not answer") && page.contains("credentials"),
            "{page}"
        );
    }

    #[test]
    fn a_form_comes_back_to_its_own_page_and_to_no_other() {
        let id = SystemId::parse("help-desk").expect("valid");
        assert_eq!(On::page("detail", Some(&id)), "/systems/help-desk");
        for word in ["list", "", "//evil.example"] {
            assert_eq!(On::page(word, Some(&id)), "/systems", "{word}");
        }
        assert_eq!(On::page("detail", None), "/systems");
    }
}
