//! Where everything stands in the graphic of a search: three columns, computed from the search alone, the same every time.
//!
//! What was searched is left, the records are in the middle, set by set, and what they show and nobody searched is right. An edge
//! ends in a straight piece with its reason above: no other node or reason of the column can stand there.

use super::cards::{kinds_of, name_of};
use super::drawing::{Area, bow, cut, head_room, label_room, note_room};
use crate::i18n::Texts;
use crate::model::{
    Asked, Identifier, IdentifierKind, MergeSet, SearchView, SetMember, Unsearched,
};

/// As many records, and as many identifiers, as are drawn.
pub(super) const MOST: usize = 40;

/// In units of the drawing: 16 of them are 1 rem.
pub(super) const NODE: u32 = 44;
const MARGIN: u32 = 4;
const SEARCHED: Column = Column {
    x: MARGIN,
    width: 154,
};
const RECORDS: Column = Column { x: 332, width: 210 };
const OPEN: Column = Column { x: 706, width: 170 };
pub(super) const WIDTH: u32 = 880;
/// How far an edge is bowed, before the straight piece with its reason.
const BOW: u32 = 26;
/// Around the records of a set.
const PAD: u32 = 10;
/// Between two records of a set: room for the reason of their link.
const LINK_GAP: u32 = 22;
const SET_GAP: u32 = 20;
const OPEN_GAP: u32 = 14;
/// How far a duplicate stands to the right of what it links to, and how many times at most.
const INDENT: u32 = 22;
const DEEPEST: u32 = 3;
/// How far a short column is moved down, to stand beside the middle of a long one without getting out of sight.
const FURTHEST: u32 = 160;

struct Column {
    x: u32,
    width: u32,
}

impl Column {
    fn right(&self) -> u32 {
        self.x + self.width
    }
}

/// What a node stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Searched,
    Record,
    /// An identifier that was seen and not searched.
    Open,
}

#[derive(Debug, Clone)]
pub(super) struct Node {
    pub role: Role,
    pub area: Area,
    /// Cut to what fits.
    pub head: String,
    pub note: String,
    /// All that it says.
    pub whole: String,
}

/// Why two nodes hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    Matched,
    Linked,
    Seen,
}

#[derive(Debug, Clone)]
pub(super) struct Edge {
    pub reason: Reason,
    /// The `d` of a path.
    pub path: String,
    pub whole: String,
}

/// A reason in words.
#[derive(Debug, Clone)]
pub(super) struct Label {
    pub x: u32,
    pub y: u32,
    /// Whether it ends at `x` rather than beginning there.
    pub ends: bool,
    pub text: String,
    pub whole: String,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Layout {
    pub height: u32,
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
    pub labels: Vec<Label>,
    /// Around the records of a set.
    pub sets: Vec<Area>,
    /// Records and identifiers that are not drawn.
    pub left_out: u32,
}

/// The record of its set that a record links to, and whether its system says so; else it is there by a record that was not found.
/// None for the first.
pub(super) fn link_of(set: &MergeSet, at: usize) -> Option<(usize, bool)> {
    let canonical = set.members.get(at)?.subject.canonical.as_ref();
    let named = canonical.and_then(|key| {
        let mut members = set.members.iter();
        members.position(|member| member.subject.key == *key)
    });
    match named {
        // Of two records that name each other one comes first.
        Some(to) if to < at => Some((to, true)),
        _ => (at > 0).then_some((0, false)),
    }
}

/// Why a record is in its set that no system links to another of it.
pub(super) fn in_set_by(set: &MergeSet, member: &SetMember, t: &Texts) -> &'static str {
    let mut links = set.links.iter();
    if links.any(|link| link.brings.contains(&member.handle)) {
        t.links.tag
    } else {
        t.graph.same_set
    }
}

/// The kinds by which a record itself was found; none where it is here for its set's sake.
pub(super) fn matched_by(member: &SetMember, asked: &[Asked]) -> Option<Vec<IdentifierKind>> {
    let found_by = finders(member, asked);
    let fields = member.subject.fields.iter().filter(|field| field.matched);
    let mut kinds: Vec<IdentifierKind> = fields.filter_map(|field| field.holds).collect();
    if kinds.is_empty() {
        // A field that holds no kind, or the record's own id: found by what was asked.
        kinds = found_by
            .iter()
            .map(|(_, asked)| asked.identifier.kind())
            .collect();
    }
    kinds.sort_unstable();
    kinds.dedup();
    (!found_by.is_empty()).then_some(kinds)
}

/// What found a record itself, each with its place.
fn finders<'a>(member: &SetMember, asked: &'a [Asked]) -> Vec<(usize, &'a Asked)> {
    let places = member.found_by.iter();
    let places = places.filter_map(|place| usize::try_from(*place).ok());
    places.filter_map(|at| Some((at, asked.get(at)?))).collect()
}

/// An identifier in words: `E-mail maria@example.org`.
pub(super) fn words_of(identifier: &Identifier, t: &Texts) -> String {
    let kind = (t.words.kind)(identifier.kind());
    match identifier.list() {
        Some(list) => format!("{kind} {} · {} {list}", identifier.value(), t.find.list),
        None => format!("{kind} {}", identifier.value()),
    }
}

/// A record in words: `Maria Keller (External contact id 42)`.
pub(super) fn record_in_words(member: &SetMember, t: &Texts) -> String {
    let key = format!(
        "{} {}",
        (t.words.kind)(member.subject.key.kind()),
        member.subject.key.id()
    );
    match &member.subject.name {
        Some(name) => format!("{name} ({key})"),
        None => key,
    }
}

struct Drawn<'a> {
    member: &'a SetMember,
    area: Area,
}

/// Lays a search out.
pub(super) fn layout(view: &SearchView, t: &Texts) -> Layout {
    let records: usize = view.sets.iter().map(|set| set.members.len()).sum();
    let open = in_order(view);
    let records_height = records_height(&view.sets);
    let open_count = u32::try_from(open.len()).unwrap_or(0);
    let open_height = (open_count * (NODE + OPEN_GAP)).saturating_sub(OPEN_GAP);
    let asked_count = u32::try_from(view.asked.len()).unwrap_or(0);
    let asked_height = (asked_count * (NODE + OPEN_GAP)).saturating_sub(OPEN_GAP);
    let tallest = records_height.max(open_height).max(asked_height);
    let start = |height: u32| MARGIN + ((tallest - height) / 2).min(FURTHEST);

    let mut layout = Layout {
        height: tallest + 2 * MARGIN,
        ..Layout::default()
    };
    let left_out = records.saturating_sub(MOST) + view.unsearched.len() - open.len();
    layout.left_out = u32::try_from(left_out).unwrap_or(u32::MAX);
    let searched = layout.searched(&view.asked, start(asked_height), t);
    let drawn = layout.records(view, &searched, start(records_height), t);
    layout.open(&open, &drawn, t);
    layout
}

/// The identifiers to draw: those of the first records first.
fn in_order(view: &SearchView) -> Vec<&Unsearched> {
    let records = view.sets.iter().flat_map(|set| &set.members);
    let records: Vec<_> = records.map(|member| &member.handle).collect();
    let first = |one: &Unsearched| {
        let places = one.seen_in.iter();
        places
            .filter_map(|seen| records.iter().position(|handle| *handle == seen))
            .min()
            .unwrap_or(0)
    };
    let mut open: Vec<&Unsearched> = view.unsearched.iter().collect();
    open.sort_by_key(|one| first(one));
    // What only records show that are not drawn would hang on nothing.
    open.retain(|one| first(one) < MOST);
    open.truncate(MOST);
    open
}

/// The numbers of records to draw of each set; none of a set is 0.
fn shares(sets: &[MergeSet]) -> impl Iterator<Item = (&MergeSet, usize)> {
    let mut room = MOST;
    sets.iter()
        .map(move |set| {
            let share = set.members.len().min(room);
            room -= share;
            (set, share)
        })
        .filter(|(_, share)| *share > 0)
}

fn records_height(sets: &[MergeSet]) -> u32 {
    let heights = shares(sets).map(|(_, share)| {
        let share = u32::try_from(share).unwrap_or(0);
        let pad = if share > 1 { 2 * PAD } else { 0 };
        share * (NODE + LINK_GAP) - LINK_GAP + pad + SET_GAP
    });
    heights.sum::<u32>().saturating_sub(SET_GAP)
}

impl Layout {
    fn searched(&mut self, asked: &[Asked], top: u32, t: &Texts) -> Vec<Area> {
        let Column { x, width } = SEARCHED;
        let mut areas = Vec::new();
        let mut y = top;
        for Asked { identifier, .. } in asked {
            let area = Area {
                x,
                y,
                width,
                height: NODE,
            };
            self.nodes.push(Node {
                role: Role::Searched,
                area,
                // Its ends are round.
                head: cut(identifier.value(), head_room(width - 12)),
                note: cut((t.words.kind)(identifier.kind()), note_room(width - 12)),
                whole: format!("{}: {}", t.graph.searched, words_of(identifier, t)),
            });
            areas.push(area);
            y += NODE + OPEN_GAP;
        }
        areas
    }

    fn records<'a>(
        &mut self,
        view: &'a SearchView,
        searched: &[Area],
        mut y: u32,
        t: &Texts,
    ) -> Vec<Drawn<'a>> {
        let mut drawn = Vec::new();
        for (set, share) in shares(&view.sets) {
            let (top, several) = (y, share > 1);
            if several {
                y += PAD;
            }
            let mut placed: Vec<(Area, u32)> = Vec::new();
            for (at, member) in set.members.iter().take(share).enumerate() {
                let link = link_of(set, at);
                let target = link.and_then(|(to, named)| Some((*placed.get(to)?, named)));
                let depth = target.map_or(0, |((_, depth), _)| (depth + 1).min(DEEPEST));
                let area = Area {
                    x: RECORDS.x + depth * INDENT,
                    y,
                    width: RECORDS.width - depth * INDENT,
                    height: NODE,
                };
                if let Some(((to, _), named)) = target {
                    let why = if named {
                        t.graph.link
                    } else {
                        in_set_by(set, member, t)
                    };
                    self.link(to, area, why);
                }
                if let Some(kinds) = matched_by(member, &view.asked) {
                    let from = finders(member, &view.asked).into_iter();
                    let from: Vec<Area> = from
                        .filter_map(|(place, _)| searched.get(place).copied())
                        .collect();
                    self.matched(&from, area, several, &kinds, t);
                }
                self.record(member, area, several.then_some(at == 0), t);
                placed.push((area, depth));
                drawn.push(Drawn { member, area });
                y += NODE + LINK_GAP;
            }
            y -= LINK_GAP;
            if several {
                y += PAD;
                self.sets.push(Area {
                    x: RECORDS.x - PAD,
                    y: top,
                    width: RECORDS.width + 2 * PAD,
                    height: y - top,
                });
            }
            y += SET_GAP;
        }
        drawn
    }

    fn record(&mut self, member: &SetMember, area: Area, canonical: Option<bool>, t: &Texts) {
        let key = &member.subject.key;
        let role = canonical.map(|canonical| {
            if canonical {
                t.common.canonical
            } else {
                t.common.duplicate
            }
        });
        let whole = record_in_words(member, t);
        let (note, whole) = match role {
            // Its kind is in the whole text: here it would leave no room for the id.
            Some(role) => (format!("{role} · {}", key.id()), format!("{whole}, {role}")),
            None => (
                format!("{} {}", (t.words.kind)(key.kind()), key.id()),
                whole,
            ),
        };
        self.nodes.push(Node {
            role: Role::Record,
            area,
            head: cut(&name_of(&member.subject, t), head_room(area.width)),
            note: cut(&note, note_room(area.width)),
            whole,
        });
    }

    /// From each identifier that found a record; the reason once, where the edges come together.
    fn matched(
        &mut self,
        from: &[Area],
        to: Area,
        in_set: bool,
        kinds: &[IdentifierKind],
        t: &Texts,
    ) {
        let whole = (t.say.matched_by)(&kinds_of(kinds, t));
        let pad = if in_set { PAD } else { 0 };
        let (begins, ends) = (SEARCHED.right() + BOW, RECORDS.x - pad - 6);
        for from in from {
            self.edges.push(Edge {
                reason: Reason::Matched,
                path: bow(*from, to, begins),
                whole: whole.clone(),
            });
        }
        self.labels.push(Label {
            x: ends,
            y: to.middle() - 6,
            ends: true,
            text: cut(&whole, label_room(ends - begins)),
            whole,
        });
    }

    /// From under a record to the left of the one that links to it.
    fn link(&mut self, to: Area, from: Area, whole: &str) {
        let trunk = to.x + INDENT / 2;
        self.edges.push(Edge {
            reason: Reason::Linked,
            path: format!(
                "M{trunk} {}V{}H{}",
                to.bottom(),
                from.middle(),
                // At the deepest there is no room to its left: it goes in from above.
                from.x.max(trunk)
            ),
            whole: whole.to_owned(),
        });
        self.labels.push(Label {
            x: from.x + INDENT,
            y: from.y - 6,
            ends: false,
            text: cut(whole, label_room(from.width - INDENT)),
            whole: whole.to_owned(),
        });
    }

    /// Each as near to its records as the others leave room, so that few edges cross.
    fn open(&mut self, open: &[&Unsearched], drawn: &[Drawn<'_>], t: &Texts) {
        let Column { x, width } = OPEN;
        let step = NODE + OPEN_GAP;
        let mut open: Vec<(u32, &Unsearched)> =
            open.iter().map(|one| (beside(one, drawn), *one)).collect();
        open.sort_by_key(|(wanted, _)| *wanted);
        let mut free = MARGIN;
        // The lowest place of each leaves room for all that follow.
        let mut lowest =
            self.height + OPEN_GAP - MARGIN - step * u32::try_from(open.len()).unwrap_or(0);
        for (wanted, one) in open {
            let y = wanted.min(lowest).max(free);
            (free, lowest) = (y + step, lowest + step);
            let area = Area {
                x,
                y,
                width,
                height: NODE,
            };
            let whole = (t.say.seen_in)(u32::try_from(one.seen_in.len()).unwrap_or(u32::MAX));
            let begins = RECORDS.right() + PAD + BOW;
            let seen = drawn
                .iter()
                .filter(|record| one.seen_in.contains(&record.member.handle));
            for record in seen {
                self.edges.push(Edge {
                    reason: Reason::Seen,
                    path: bow(record.area, area, begins),
                    whole: whole.clone(),
                });
            }
            self.labels.push(Label {
                x: x - 6,
                y: area.middle() - 6,
                ends: true,
                text: cut(&whole, label_room(x - 6 - begins)),
                whole,
            });
            self.nodes.push(Node {
                role: Role::Open,
                area,
                head: cut(one.identifier.value(), head_room(width)),
                note: cut((t.words.kind)(one.identifier.kind()), note_room(width)),
                whole: format!("{}: {}", t.graph.not_searched, words_of(&one.identifier, t)),
            });
        }
    }
}

/// Where an identifier would stand in the middle of the records that show it.
fn beside(one: &Unsearched, drawn: &[Drawn<'_>]) -> u32 {
    let tops: Vec<u32> = drawn
        .iter()
        .filter(|record| one.seen_in.contains(&record.member.handle))
        .map(|record| record.area.y)
        .collect();
    let count = u32::try_from(tops.len()).unwrap_or(1).max(1);
    tops.iter().sum::<u32>() / count
}

#[cfg(test)]
#[path = "graph_layout_tests.rs"]
mod tests;
