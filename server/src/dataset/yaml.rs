//! YAML as a tree that knows where each value stands.
//!
//! Scalars stay as they are written: what one means depends on the key that it stands under. What a file can do to its reader
//! is bounded: bytes, depth, and values with every alias counted as what it stands for.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use granit_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span};

use super::problem::{Place, Reason};

/// The largest file, in bytes. The largest that we have seen has 60,000.
pub(super) const LARGEST: usize = 8 << 20;
/// The deepest value.
pub(super) const DEEPEST: usize = 64;
/// The most values in one file.
pub(super) const MOST: usize = 500_000;

/// One value.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) what: What,
}

#[derive(Debug)]
pub(super) enum What {
    Scalar {
        text: String,
        /// Neither in quotes nor a block: it may be a number, a truth or null.
        plain: bool,
    },
    List(Vec<Rc<Node>>),
    /// As written: the same key may be there twice.
    Map(Entries),
}

/// What a map says, in its order.
pub(super) type Entries = Vec<(Key, Rc<Node>)>;

#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) place: Place,
    pub(super) text: String,
}

impl Node {
    pub(super) fn is_null(&self) -> bool {
        match &self.what {
            What::Scalar { text, plain: true } => {
                matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL")
            }
            _ => false,
        }
    }

    /// The word for messages.
    pub(super) fn shape(&self) -> &'static str {
        match &self.what {
            _ if self.is_null() => "nothing",
            What::Scalar { .. } => "a single value",
            What::List(_) => "a list",
            What::Map(_) => "a map",
        }
    }
}

/// Why there is no tree.
pub(super) type Broken = (Place, Reason);

/// Reads the one document of a file; `None` if there is nothing in it.
pub(super) fn parse(bytes: &[u8]) -> Result<Option<Rc<Node>>, Broken> {
    if bytes.len() > LARGEST {
        return Err((Place::START, Reason::TooLarge { most: LARGEST }));
    }
    let text = std::str::from_utf8(bytes).map_err(|why| {
        let before = String::from_utf8_lossy(&bytes[..why.valid_up_to()]);
        (end(&before), Reason::NotText)
    })?;
    let options = granit_parser::options! {
        flow_nesting_limit: DEEPEST,
        block_nesting_limit: DEEPEST,
        emit_comments: false,
    };
    let mut tree = Tree::default();
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|why| not_yaml(&why))?;
        tree.take(event, &span)?;
    }
    Ok(tree.root)
}

fn not_yaml(why: &ScanError) -> Broken {
    (place(why.marker()), Reason::NotYaml(why.info()))
}

fn place(at: &Marker) -> Place {
    Place {
        line: short(at.line()),
        column: short(at.col() + 1),
    }
}

fn end(text: &str) -> Place {
    let line = text.split('\n').count();
    let last = text.rsplit('\n').next().unwrap_or(text);
    Place {
        line: short(line),
        column: short(last.chars().count() + 1),
    }
}

fn short(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// A value with what it costs.
#[derive(Clone)]
struct Weighed {
    node: Rc<Node>,
    /// Values in it, itself included, aliases as what they stand for.
    weight: usize,
    /// Levels in it, itself included.
    depth: usize,
}

/// A list or map that is not at its end.
struct Open {
    place: Place,
    anchor: usize,
    weight: usize,
    depth: usize,
    inside: Inside,
}

enum Inside {
    List(Vec<Rc<Node>>),
    Map {
        entries: Entries,
        /// The key whose value comes next.
        key: Option<Key>,
    },
}

#[derive(Default)]
struct Tree {
    open: Vec<Open>,
    anchors: HashMap<usize, Weighed>,
    root: Option<Rc<Node>>,
}

impl Tree {
    fn take(&mut self, event: Event<'_>, span: &Span) -> Result<(), Broken> {
        let place = place(&span.start);
        let tag = event.tag();
        // `!!str` and its like say what we know or decide ourselves.
        if tag.is_some_and(|tag| !tag.is_yaml_core_schema()) {
            return Err((place, Reason::Tag));
        }
        let tagged = tag.is_some();
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let plain = style == ScalarStyle::Plain && !tagged;
                let text = text.into_owned();
                let node = Node {
                    place,
                    what: What::Scalar { text, plain },
                };
                self.put(one(node), anchor)
            }
            Event::SequenceStart(_, anchor, _) => {
                self.start(place, anchor, Inside::List(Vec::new()))
            }
            Event::MappingStart(_, anchor, _) => {
                let inside = Inside::Map {
                    entries: Vec::new(),
                    key: None,
                };
                self.start(place, anchor, inside)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(anchor) => match self.anchors.get(&anchor).cloned() {
                Some(value) => self.put(value, 0),
                None => Err((place, Reason::EndlessAlias)),
            },
            _ => Ok(()),
        }
    }

    fn start(&mut self, place: Place, anchor: usize, inside: Inside) -> Result<(), Broken> {
        self.open.push(Open {
            place,
            anchor,
            weight: 1,
            depth: 1,
            inside,
        });
        Ok(())
    }

    fn close(&mut self) -> Result<(), Broken> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        let what = match open.inside {
            Inside::List(items) => What::List(items),
            Inside::Map { entries, .. } => What::Map(merged(entries)),
        };
        let place = open.place;
        let value = Weighed {
            node: Rc::new(Node { place, what }),
            weight: open.weight,
            depth: open.depth,
        };
        self.put(value, open.anchor)
    }

    fn put(&mut self, value: Weighed, anchor: usize) -> Result<(), Broken> {
        let place = value.node.place;
        if anchor != 0 {
            self.anchors.insert(anchor, value.clone());
        }
        let levels = self.open.len();
        let Some(open) = self.open.last_mut() else {
            if self.root.is_some() {
                let second = "there is a second document; put it into a file of its own";
                return Err((place, Reason::NotYaml(second.to_owned())));
            }
            self.root = Some(value.node);
            return Ok(());
        };
        open.weight = open.weight.saturating_add(value.weight);
        open.depth = open.depth.max(value.depth + 1);
        if levels + value.depth > DEEPEST {
            return Err((place, Reason::TooDeep { most: DEEPEST }));
        }
        if open.weight > MOST {
            return Err((place, Reason::TooMuch { most: MOST }));
        }
        match &mut open.inside {
            Inside::List(items) => items.push(value.node),
            Inside::Map { entries, key } => match key.take() {
                Some(key) => entries.push((key, value.node)),
                None => match &value.node.what {
                    What::Scalar { text, .. } => {
                        let text = text.clone();
                        *key = Some(Key { place, text });
                    }
                    _ => return Err((place, Reason::KeyShape)),
                },
            },
        }
        Ok(())
    }
}

fn one(node: Node) -> Weighed {
    Weighed {
        node: Rc::new(node),
        weight: 1,
        depth: 1,
    }
}

/// `<<: *common` brings in what the map does not say itself.
fn merged(entries: Entries) -> Entries {
    if entries.iter().all(|(key, _)| key.text != "<<") {
        return entries;
    }
    let (merges, mut own): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|(key, _)| key.text == "<<");
    let mut said: HashSet<String> = own.iter().map(|(key, _)| key.text.clone()).collect();
    for (key, common) in merges {
        let Some(maps) = maps(&common) else {
            // Said where keys are looked at: nothing has a key `<<`.
            own.push((key, common));
            continue;
        };
        for (name, value) in maps.into_iter().flatten() {
            if said.insert(name.text.clone()) {
                own.push((name.clone(), value.clone()));
            }
        }
    }
    own
}

/// The map, or the maps of a list.
fn maps(common: &Node) -> Option<Vec<&Entries>> {
    match &common.what {
        What::Map(entries) => Some(vec![entries]),
        What::List(items) => items
            .iter()
            .map(|item| match &item.what {
                What::Map(entries) => Some(entries),
                _ => None,
            })
            .collect(),
        What::Scalar { .. } => None,
    }
}
