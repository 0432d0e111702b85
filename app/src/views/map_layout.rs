//! Where everything stands on the map of the systems: three columns, computed from the systems alone, the same every time.
//!
//! The systems with their collections are left, the kinds of ids that stand in them and name records elsewhere are in the middle,
//! and the systems where those records live are right.

use super::drawing::{Area, bow, cut, head_room, note_room};
use crate::components::Tone;
use crate::i18n::Texts;
use crate::model::{Health, IdentifierKind, SystemId, SystemView};

/// As many systems as are drawn.
pub(super) const MOST: usize = 40;

/// In units of the drawing: 16 of them are 1 rem.
const MARGIN: u32 = 4;
const SYSTEMS: Column = Column {
    x: MARGIN,
    width: 290,
};
const KINDS: Column = Column { x: 392, width: 168 };
const HOMES: Column = Column { x: 648, width: 168 };
pub(super) const WIDTH: u32 = 820;
/// A system's name: high enough to be hit.
pub(super) const HEAD: u32 = 32;
const ROW: u32 = 24;
const INDENT: u32 = 16;
const DEEPEST: u32 = 4;
const GAP: u32 = 14;
const STEP: u32 = HEAD + GAP;

struct Column {
    x: u32,
    width: u32,
}

/// A collection in a system that names records elsewhere by a kind of id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    /// Places in the list of systems, and among its collections.
    pub system: usize,
    pub collection: usize,
    pub kind: IdentifierKind,
    /// Places of the systems where such records live.
    pub homes: Vec<usize>,
}

/// All references, in the order of their collections. What a collection is found by only through its parents is said of them.
pub(super) fn references(systems: &[SystemView]) -> Vec<Reference> {
    let mut all = Vec::new();
    for (at, system) in systems.iter().enumerate() {
        for (place, collection) in system.inventory.collections.iter().enumerate() {
            let parents = collection.parents.iter();
            let parents: Vec<_> = parents
                .filter_map(|name| system.inventory.collection(name))
                .collect();
            for kind in IdentifierKind::ALL {
                let is_own = !parents.iter().any(|parent| parent.found_by.contains(&kind));
                // An id that is at home here names a record of its own.
                let names = collection.found_by.contains(&kind) && !system.resolves.contains(&kind);
                if !kind.is_id() || !is_own || !names {
                    continue;
                }
                let others = systems.iter().enumerate();
                let homes: Vec<usize> = others
                    .filter(|(_, other)| other.resolves.contains(&kind))
                    .map(|(home, _)| home)
                    .collect();
                if !homes.is_empty() {
                    all.push(Reference {
                        system: at,
                        collection: place,
                        kind,
                        homes,
                    });
                }
            }
        }
    }
    all
}

/// A name that leads to its system.
#[derive(Debug, Clone)]
pub(super) struct Link {
    pub system: SystemId,
    pub area: Area,
    /// Cut to what fits.
    pub head: String,
    /// All of it.
    pub whole: String,
    /// How it is, where that is not well.
    pub state: Option<(&'static str, Tone)>,
}

/// A text in the drawing, and what it was before it was cut.
#[derive(Debug, Clone)]
pub(super) struct Label {
    pub x: u32,
    pub y: u32,
    pub text: String,
    pub whole: String,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Layout {
    pub height: u32,
    /// Around a system and its collections.
    pub boxes: Vec<Area>,
    pub links: Vec<Link>,
    pub collections: Vec<Label>,
    /// From a parent to its children: the `d` of a path.
    pub branches: Vec<String>,
    pub kinds: Vec<(Area, Label)>,
    /// The `d` of a path.
    pub edges: Vec<String>,
    /// Systems that are not drawn.
    pub left_out: u32,
}

/// Lays the systems out.
pub(super) fn layout(systems: &[SystemView], t: &Texts) -> Layout {
    let drawn = systems.get(..MOST).unwrap_or(systems);
    let mut layout = Layout {
        left_out: u32::try_from(systems.len() - drawn.len()).unwrap_or(u32::MAX),
        ..Layout::default()
    };
    let rows = layout.systems(drawn, t);
    let references = references(drawn);
    let row = |one: &Reference| rows.get(one.system)?.get(one.collection).copied();

    let mut kinds: Vec<IdentifierKind> = references.iter().map(|one| one.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let of_kind = |kind| references.iter().filter(move |one| one.kind == kind);
    let kinds = spread(kinds, |kind| middle(of_kind(*kind).filter_map(row)));
    let mut homes: Vec<usize> = references
        .iter()
        .flat_map(|one| one.homes.clone())
        .collect();
    homes.sort_unstable();
    homes.dedup();
    let leads = |kind, home| of_kind(kind).any(|one| one.homes.contains(&home));
    let homes = spread(homes, |home| {
        middle(
            kinds
                .iter()
                .filter(|(kind, _)| leads(*kind, *home))
                .map(|(_, y)| node(&KINDS, *y)),
        )
    });

    for (kind, y) in &kinds {
        let area = node(&KINDS, *y);
        layout.kind(area, (t.words.kind)(*kind));
        let from = of_kind(*kind).filter_map(row);
        layout.edges.extend(from.map(|row| bow(row, area, area.x)));
        for (home, y) in &homes {
            if leads(*kind, *home) {
                let to = node(&HOMES, *y);
                layout.edges.push(bow(area, to, to.x));
            }
        }
    }
    for (home, y) in &homes {
        if let Some(system) = drawn.get(*home) {
            layout.link(system, node(&HOMES, *y), None);
        }
    }
    let lowest = layout.links.iter().map(|link| link.area.bottom());
    let lowest = lowest.chain(layout.boxes.iter().map(Area::bottom));
    let lowest = lowest.chain(layout.kinds.iter().map(|(area, _)| area.bottom()));
    layout.height = lowest.max().unwrap_or(0) + MARGIN;
    layout
}

/// Each as near to where it is wanted as those before it leave room.
fn spread<T>(all: Vec<T>, wanted: impl Fn(&T) -> u32) -> Vec<(T, u32)> {
    let mut all: Vec<(T, u32)> = all
        .into_iter()
        .map(|one| {
            let y = wanted(&one);
            (one, y)
        })
        .collect();
    all.sort_by_key(|(_, y)| *y);
    // The lowest is not pushed further down than it wants to be, where there is room above.
    let below = u32::try_from(all.len().saturating_sub(1)).unwrap_or(0) * STEP;
    let last = all.last().map_or(0, |(_, y)| *y);
    let (mut free, mut latest) = (MARGIN, last.max(MARGIN + below) - below);
    for (_, y) in &mut all {
        *y = (*y).min(latest).max(free);
        (free, latest) = (*y + STEP, latest + STEP);
    }
    all
}

/// The top of a node that stands beside the middle of those.
fn middle(areas: impl Iterator<Item = Area>) -> u32 {
    let middles: Vec<u32> = areas.map(|area| area.middle()).collect();
    let count = u32::try_from(middles.len()).unwrap_or(1).max(1);
    (middles.iter().sum::<u32>() / count).saturating_sub(HEAD / 2)
}

fn node(column: &Column, y: u32) -> Area {
    Area {
        x: column.x,
        y,
        width: column.width,
        height: HEAD,
    }
}

impl Layout {
    /// Where the rows of each system's collections are.
    fn systems(&mut self, systems: &[SystemView], t: &Texts) -> Vec<Vec<Area>> {
        let mut y = MARGIN;
        let mut all = Vec::new();
        for system in systems {
            let state = match &system.health {
                _ if system.paused => Some((t.systems.paused, Tone::Warn)),
                Health::Down { .. } => Some((t.systems.down, Tone::Bad)),
                Health::Up { .. } => None,
            };
            self.link(system, node(&SYSTEMS, y), state);
            let mut rows = Vec::new();
            let mut depths: Vec<u32> = Vec::new();
            for (at, collection) in system.inventory.collections.iter().enumerate() {
                let before = system.inventory.collections.get(..at).unwrap_or_default();
                // It is drawn below the first; the table names them all.
                let parent = collection.parents.first();
                let parent =
                    parent.and_then(|name| before.iter().position(|one| one.name == *name));
                let above = parent.and_then(|at| Some((*rows.get(at)?, *depths.get(at)?)));
                let depth = above.map_or(0, |(_, depth)| (depth + 1).min(DEEPEST));
                let area = Area {
                    x: SYSTEMS.x,
                    y: y + HEAD + ROW * u32::try_from(at).unwrap_or(0),
                    width: SYSTEMS.width,
                    height: ROW,
                };
                self.collection(&collection.title, area, depth, above.map(|(row, _)| row));
                rows.push(area);
                depths.push(depth);
            }
            let height = HEAD + ROW * u32::try_from(rows.len()).unwrap_or(0) + GAP / 2;
            self.boxes.push(Area {
                x: SYSTEMS.x,
                y,
                width: SYSTEMS.width,
                height,
            });
            y += height + GAP;
            all.push(rows);
        }
        all
    }

    fn collection(&mut self, title: &str, area: Area, depth: u32, parent: Option<Area>) {
        let x = area.x + 12 + depth * INDENT;
        self.collections.push(Label {
            x,
            y: area.y + 16,
            text: cut(title, note_room(area.width - depth * INDENT)),
            whole: title.to_owned(),
        });
        if let Some(parent) = parent {
            let trunk = x - INDENT + 4;
            let (from, to) = (parent.bottom() - 4, area.middle());
            self.branches
                .push(format!("M{trunk} {from}V{to}H{}", x - 4));
        }
    }

    fn link(&mut self, system: &SystemView, area: Area, state: Option<(&'static str, Tone)>) {
        // What it is in stands beside its name.
        let taken = state.map_or(0, |(word, _)| width_of(word) + 10);
        self.links.push(Link {
            system: system.id.clone(),
            area,
            head: cut(&system.name, head_room(area.width - taken)),
            whole: system.name.clone(),
            state,
        });
    }

    fn kind(&mut self, area: Area, word: &str) {
        let label = Label {
            x: area.x + 12,
            y: area.y + 21,
            text: cut(word, note_room(area.width)),
            whole: word.to_owned(),
        };
        self.kinds.push((area, label));
    }
}

fn width_of(word: &str) -> u32 {
    word.chars()
        .map(|c| if c.is_ascii() { 7 } else { 12 })
        .sum()
}

#[cfg(test)]
#[path = "map_layout_tests.rs"]
mod tests;
