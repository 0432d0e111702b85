//! Fields, to any depth.

use std::cell::Cell;

use super::super::model::{
    DataType, Direction, Field, FieldPath, Identity, Masking, Reference, Scalar, Strategy,
};
use super::super::nearest::nearest;
use super::super::problem::Reason;
use super::super::yaml::{Node, What};
use super::{Entries, Path, Reader, label};

/// What belongs beside `fides_meta`.
const FIELD: [&str; 7] = [
    "name",
    "description",
    "data_categories",
    "data_purposes",
    "fields",
    "fides_meta",
    "fidesops_meta",
];
/// What belongs inside.
const META: [&str; 10] = [
    "references",
    "identity",
    "primary_key",
    "data_type",
    "length",
    "return_all_elements",
    "read_only",
    "custom_request_field",
    "masking_strategy_override",
    "redact",
];
/// What users' files hold inside, though it belongs beside, or in another word.
const STRAYED: [&str; 3] = ["data_categories", "fields", "type"];

/// A field's two maps. Fides overlooks what stands in the wrong one; the author meant it, so it counts, with a warning.
struct Sides<'a, 'p> {
    beside: Entries<'a>,
    inside: Option<Entries<'a>>,
    path: Path<'p>,
}

impl Reader {
    pub(super) fn fields(&mut self, list: &Node, path: Path<'_>) -> Vec<Field> {
        if let What::List(items) = &list.what {
            let names = items
                .iter()
                .filter_map(|item| Some((label(item, "name")?, item.place)));
            self.once(names, path);
        }
        let inside = Path::Key(&path, "fields");
        self.list(list, inside, |r, node, inside| {
            let name = label(node, "name");
            let path = name.map_or(inside, |name| Path::Key(&path, name));
            r.field(node, path)
        })
    }

    fn field(&mut self, node: &Node, path: Path<'_>) -> Option<Field> {
        let known: Vec<_> = FIELD.into_iter().chain(META).collect();
        let beside = self.entries(node, path, "a field", &known)?;
        let known: Vec<_> = META.into_iter().chain(STRAYED).collect();
        let inside = self.meta(&beside, path, &known);
        let sides = Sides {
            beside,
            inside,
            path,
        };
        let mut field = Field {
            name: self.named(&sides.beside, path),
            description: self.value(&sides.beside, path, "description", Self::text),
            about: self.about(&sides.beside, path),
            ..Field::default()
        };
        self.strayed(&sides, &mut field);
        self.field_meta(&sides, &mut field);
        let parts = self.strayed_inside(&sides, "fields");
        if let Some(list) = sides.beside.get("fields").or(parts) {
            field.fields = self.fields(list, path);
        }
        self.fits(&sides, &field);
        Some(field)
    }

    /// Categories that stand inside `fides_meta`.
    fn strayed(&mut self, sides: &Sides<'_, '_>, field: &mut Field) {
        if let Some(list) = self.strayed_inside(sides, "data_categories") {
            let path = Path::Key(&sides.path, "data_categories");
            let more = self.list(list, path, Self::category);
            let new = more
                .into_iter()
                .filter(|c| !field.about.categories.contains(c));
            let new: Vec<_> = new.collect();
            field.about.categories.extend(new);
        }
    }

    fn strayed_inside<'a>(&mut self, sides: &Sides<'a, '_>, key: &str) -> Option<&'a Node> {
        let inside = sides.inside.as_ref()?;
        let node = inside.get(key)?;
        let (place, path) = (inside.place_of(key), Path::Key(&sides.path, key));
        if key == "fields" && sides.beside.get(key).is_some() {
            let first = sides.beside.place_of(key).line;
            self.error(place, path, Reason::Twice { first });
        } else {
            self.warn(place, path, Reason::MisplacedInside);
        }
        Some(node)
    }

    /// What a key of `fides_meta` says, wherever it stands.
    fn side<T>(
        &mut self,
        sides: &Sides<'_, '_>,
        key: &str,
        read: impl FnOnce(&mut Self, &Node, Path<'_>) -> Option<T>,
    ) -> Option<T> {
        let path = Path::Key(&sides.path, key);
        let inside = sides.inside.as_ref().and_then(|inside| inside.get(key));
        let beside = sides.beside.get(key);
        if beside.is_some() {
            let place = sides.beside.place_of(key);
            match (&sides.inside, inside) {
                (Some(entries), Some(_)) => {
                    let first = entries.place_of(key).line;
                    self.error(place, path, Reason::Twice { first });
                }
                _ => self.warn(place, path, Reason::Misplaced),
            }
        }
        read(self, inside.or(beside)?, path)
    }

    fn field_meta(&mut self, sides: &Sides<'_, '_>, field: &mut Field) {
        let flag = |said: Option<bool>| said.unwrap_or(false);
        field.primary_key = flag(self.side(sides, "primary_key", Self::flag));
        field.read_only = flag(self.side(sides, "read_only", Self::flag));
        field.identity = self.side(sides, "identity", Self::name).map(Identity);
        field.references = self
            .side(sides, "references", |r, node, path| {
                Some(r.list(node, path, Self::reference))
            })
            .unwrap_or_default();
        field.data_type = self.side(sides, "data_type", Self::data_type);
        if field.data_type.is_none() {
            field.data_type = self.old_type(sides);
        }
        field.length = self.side(sides, "length", Self::count);
        field.return_all_elements = self.side(sides, "return_all_elements", Self::flag);
        field.custom_request_field = self.side(sides, "custom_request_field", Self::name);
        field.masking = self.side(sides, "masking_strategy_override", Self::masking);
        let redact = self.side(sides, "redact", |r, node, path| {
            r.word(node, path, &[("name", true)])
        });
        field.redact = flag(redact);
    }

    /// `type` for `data_type`.
    fn old_type(&mut self, sides: &Sides<'_, '_>) -> Option<DataType> {
        let inside = sides.inside.as_ref()?;
        let node = inside.get("type")?;
        let path = Path::Key(&sides.path, "type");
        self.warn(inside.place_of("type"), path, Reason::OldWord);
        self.data_type(node, path)
    }

    fn data_type(&mut self, node: &Node, path: Path<'_>) -> Option<DataType> {
        let text = self.text(node, path)?;
        let found = DataType::parse(&text);
        if found.is_some() {
            return found;
        }
        let words = Scalar::ALL.map(Scalar::as_str);
        let reason = Reason::Word {
            want: format!(
                "one of `{}`, for arrays with `[]` behind it",
                words.join("`, `")
            ),
            nearest: nearest(&text, words),
        };
        self.refuse(node, path, reason)
    }

    /// What the parts of a field ask of one another.
    fn fits(&mut self, sides: &Sides<'_, '_>, field: &Field) {
        let place = |key: &str| {
            let inside = sides.inside.as_ref().filter(|side| side.get(key).is_some());
            inside.unwrap_or(&sides.beside).place_of(key)
        };
        let array = field.data_type.is_some_and(|t| t.array);
        if field.return_all_elements.is_some() && !array {
            let path = Path::Key(&sides.path, "return_all_elements");
            self.error(place("return_all_elements"), path, Reason::NoArray);
        }
        let object = field.data_type.filter(|t| t.of != Scalar::Object);
        if let Some(other) = object.filter(|_| !field.fields.is_empty()) {
            let path = Path::Key(&sides.path, "data_type");
            self.error(
                place("data_type"),
                path,
                Reason::NoObject(other.to_string()),
            );
        }
    }

    fn reference(&mut self, node: &Node, path: Path<'_>) -> Option<Reference> {
        self.remember(node.place, path);
        let known = ["dataset", "field", "direction"];
        let entries = self.entries(node, path, "a reference", &known)?;
        for key in ["dataset", "field"] {
            if entries.get(key).is_none() {
                let reason = Reason::Missing("a reference names a `dataset` and a `field`");
                self.error(entries.place, path, reason);
                return None;
            }
        }
        let dataset = self.value(&entries, path, "dataset", |r, node, path| {
            r.remember(node.place, path);
            r.key(node, path)
        });
        let target = self.value(&entries, path, "field", Self::target);
        // A direction that can't be read must not become both.
        let wrong = Cell::new(false);
        let direction = self.value(&entries, path, "direction", |r, node, path| {
            let words = [("from", Direction::From), ("to", Direction::To)];
            let direction = r.word(node, path, &words);
            wrong.set(direction.is_none());
            direction
        });
        let (collection, path) = target?;
        let dataset = dataset.filter(|_| !wrong.get())?;
        Some(Reference {
            dataset,
            collection,
            path,
            direction,
        })
    }

    /// `collection.field`, and deeper.
    fn target(&mut self, node: &Node, path: Path<'_>) -> Option<(String, FieldPath)> {
        self.remember(node.place, path);
        let text = self.name(node, path)?;
        match text.split_once('.') {
            Some((collection, field))
                if !collection.is_empty() && field.split('.').all(|name| !name.is_empty()) =>
            {
                Some((collection.to_owned(), FieldPath::parse(field)))
            }
            _ => self.refuse(node, path, Reason::Target),
        }
    }

    fn masking(&mut self, node: &Node, path: Path<'_>) -> Option<Masking> {
        let known = ["strategy", "configuration"];
        let entries = self.entries(node, path, "a field's masking", &known)?;
        if entries.get("strategy").is_none() {
            self.error(entries.place, path, Reason::Missing("`strategy`"));
        }
        let strategy = self.value(&entries, path, "strategy", |r, node, path| {
            let words = Strategy::ALL.map(|s| (s.as_str(), s));
            let strategy = r.word(node, path, &words)?;
            if strategy.needs_secret() {
                r.warn(node.place, path, Reason::Secret(strategy.as_str()));
            }
            Some(strategy)
        });
        let configuration = self.value(&entries, path, "configuration", Self::free_map);
        Some(Masking {
            strategy: strategy?,
            configuration: configuration.unwrap_or_default(),
        })
    }
}
