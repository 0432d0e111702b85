//! The map of the systems: what each holds, and by which ids its records refer to records elsewhere. Drawn, and the same as a table.
//!
//! Only names of systems lead somewhere; the rest of the drawing is hidden from screen readers, for whom the table says it better.

use leptos::prelude::*;

use super::map_layout::{HEAD, Label, Layout, Link, Reference, WIDTH, layout, references};
use crate::components::{Empty, Named, Table};
use crate::i18n::{Texts, use_texts};
use crate::model::{Collection, SystemView};
use crate::paths;

/// The drawing and its table.
#[component]
pub fn Map(systems: Vec<SystemView>) -> impl IntoView {
    let t = use_texts();
    if systems.is_empty() {
        return view! { <Empty title=t.systems.empty_title text=t.systems.empty_text/> }.into_any();
    }
    let layout = layout(&systems, t);
    let left_out = (layout.left_out > 0)
        .then(|| view! { <p class="quiet">{(t.say.more_rows)(layout.left_out.into())}</p> });
    view! {
        <section class="map" aria-labelledby="map">
            <h2 id="map">{t.map.title}</h2>
            <p class="quiet" id="map-help">{t.map.help}</p>
            <div class="drawing" role="region" aria-label=t.map.region tabindex="0">
                <Drawing layout/>
            </div>
            {left_out}
            <details>
                <summary>{t.map.table}</summary>
                <Twin systems/>
            </details>
        </section>
    }
    .into_any()
}

/// In rem, so that it grows with the text size that a person has set.
fn rem(units: u32) -> String {
    format!("{}rem", f64::from(units) / 16.0)
}

#[component]
fn Drawing(layout: Layout) -> impl IntoView {
    let Layout {
        height,
        boxes,
        links,
        collections,
        branches,
        kinds,
        edges,
        ..
    } = layout;
    let text = |label: Label| {
        view! {
            <text class="note" x=label.x y=label.y font-size="12">
                {label.text}
                <title>{label.whole}</title>
            </text>
        }
    };
    view! {
        <svg
            role="group"
            aria-labelledby="map map-help"
            viewBox=format!("0 0 {WIDTH} {height}")
            width=rem(WIDTH)
            height=rem(height)
        >
            <g class="node" aria-hidden="true">
                {boxes
                    .into_iter()
                    .map(|area| view! { <rect x=area.x y=area.y width=area.width height=area.height rx="8"></rect> })
                    .collect_view()}
                {branches.into_iter().map(|path| view! { <path class="edge" d=path></path> }).collect_view()}
                {edges.into_iter().map(|path| view! { <path class="edge matched" d=path></path> }).collect_view()}
                {collections.into_iter().map(text).collect_view()}
                {kinds
                    .into_iter()
                    .map(|(area, label)| view! {
                        <rect x=area.x y=area.y width=area.width height=area.height rx=HEAD / 2></rect>
                        {text(label)}
                    })
                    .collect_view()}
            </g>
            {links.into_iter().map(|link| view! { <SystemLink link/> }).collect_view()}
        </svg>
    }
    .into_any()
}

#[component]
fn SystemLink(link: Link) -> impl IntoView {
    let Link {
        system,
        area,
        head,
        whole,
        state,
    } = link;
    let base = area.y + 21;
    let right = area.x + area.width - 10;
    let state = state.map(|(word, tone)| {
        view! {
            <text class="state" data-tone=tone.as_str() x=right y=base text-anchor="end" font-size="12">{word}</text>
        }
    });
    view! {
        <a class="node" href=paths::system(&system)>
            <title>{whole}</title>
            <rect x=area.x y=area.y width=area.width height=area.height rx="8"></rect>
            <text class="head" x=area.x + 12 y=base font-size="13">{head}</text>
            {state}
        </a>
    }
    .into_any()
}

/// A row for every collection, also of those systems that were not drawn.
#[component]
fn Twin(systems: Vec<SystemView>) -> impl IntoView {
    let t = use_texts();
    let references = references(&systems);
    let heads = [
        t.common.system,
        t.common.collection,
        t.map.part_of,
        t.map.refers,
    ];
    let rows = systems
        .iter()
        .enumerate()
        .flat_map(|(at, system)| {
            let (references, systems) = (&references, &systems);
            let all = system.inventory.collections.iter().enumerate();
            all.map(move |(place, collection)| {
                let own = references
                    .iter()
                    .filter(|one| (one.system, one.collection) == (at, place));
                let refers: Vec<String> = own.map(|one| in_words(one, systems, t)).collect();
                row(system, collection, refers, t)
            })
        })
        .collect_view();
    view! {
        <Table named=Named::Heard(t.map.table) heads>
            {rows}
        </Table>
    }
    .into_any()
}

fn row(system: &SystemView, collection: &Collection, refers: Vec<String>, t: &Texts) -> AnyView {
    let parents = collection.parents.iter();
    let parents = parents.filter_map(|name| system.inventory.collection(name));
    let parents: Vec<&str> = parents.map(|parent| parent.title.as_str()).collect();
    let lines = (!refers.is_empty()).then(|| {
        let lines = refers.into_iter().map(|line| view! { <li>{line}</li> });
        view! { <ul>{lines.collect_view()}</ul> }
    });
    view! {
        <tr>
            <th scope="row" data-label=t.common.system>
                <a href=paths::system(&system.id)>{system.name.clone()}</a>
            </th>
            <td data-label=t.common.collection>{collection.title.clone()}</td>
            <td data-label=t.map.part_of>{parents.join(t.common.comma)}</td>
            <td data-label=t.map.refers>{lines}</td>
        </tr>
    }
    .into_any()
}

/// `External contact id → Directory`.
fn in_words(one: &Reference, systems: &[SystemView], t: &Texts) -> String {
    let homes = one.homes.iter().filter_map(|at| systems.get(*at));
    let names: Vec<&str> = homes.map(|home| home.name.as_str()).collect();
    (t.say.refers)((t.words.kind)(one.kind), &names.join(t.common.comma))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::model::{Health, IdentifierKind};
    use crate::testing::systems::{collection, system};
    use crate::testing::{HOSTILE, assert_escaped, html};

    fn organisation() -> Vec<SystemView> {
        let contact = IdentifierKind::ExternalContactId;
        let mut directory = system("directory", vec![collection("people", &[contact])]);
        directory.resolves = vec![contact];
        let mut tickets = collection("tickets", &[contact]);
        tickets.parents = vec![collection("callers", &[]).name];
        let desk = system("desk", vec![collection("callers", &[contact]), tickets]);
        vec![desk, directory]
    }

    fn page(systems: Vec<SystemView>) -> String {
        html(Lang::En, move || view! { <Map systems/> })
    }

    #[test]
    fn hostile_names_are_text() {
        let mut hostile = organisation();
        for one in &mut hostile {
            one.name = HOSTILE.into();
            one.inventory.collections[0].title = HOSTILE.into();
        }
        assert_escaped(&page(hostile));
    }

    #[test]
    fn the_table_says_what_is_drawn_and_both_lead_to_the_systems() {
        let page = page(organisation());
        let (drawn, table) = page.split_once("<table").expect("a table");
        for part in [drawn, table] {
            for said in ["callers", "tickets", "people", "External contact id"] {
                assert!(part.contains(said), "{said} is not in {part}");
            }
            assert!(part.contains("href=\"/systems/desk\""), "{part}");
            assert!(part.contains("href=\"/systems/directory\""), "{part}");
        }
        assert!(table.contains("External contact id → directory"), "{table}");
        assert_eq!(table.matches('→').count(), 1, "tickets through callers");
    }

    #[test]
    fn all_that_a_collection_is_part_of_is_named() {
        let mut all = organisation();
        let tickets = all[0].inventory.collections.pop().expect("tickets");
        let mut accounts = collection("accounts", &[]);
        accounts.title = "Accounts".into();
        let parents = vec![tickets.parents[0].clone(), accounts.name.clone()];
        all[0].inventory.collections.push(accounts);
        all[0]
            .inventory
            .collections
            .push(Collection { parents, ..tickets });
        let page = page(all);
        assert!(page.contains("callers, Accounts"), "{page}");
    }

    #[test]
    fn a_system_that_is_not_well_says_so() {
        let mut all = organisation();
        all[0].paused = true;
        all[1].health = Health::Down {
            code: "denied".into(),
            at: 0,
        };
        let page = page(all);
        assert!(
            page.contains(">Paused") && page.contains(">Does not answer"),
            "{page}"
        );
    }

    #[test]
    fn without_systems_it_says_what_to_do() {
        assert!(page(vec![]).contains("add-system"));
    }
}
