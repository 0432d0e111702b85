//! Writes datasets as Fides and Habeas read them.
//!
//! Texts are plain only where no YAML, old or new, can take them for something else: `no`, `1.10` and `2024-01-01` are quoted.

use std::fmt::Write as _;

use app::model::Disposition;
use serde_json::Value as Json;

use super::model::{About, Address, Collection, Dataset, Direction, Field, Reference};
use super::read::OWN;

/// One file with these datasets.
pub fn write(datasets: &[Dataset]) -> String {
    let all = datasets.iter().map(dataset).collect();
    let mut text = String::new();
    map(&mut text, 0, &vec![("dataset".to_owned(), Out::List(all))]);
    text
}

/// What is written.
enum Out {
    Text(String),
    /// A number, a truth or null.
    Plain(String),
    List(Vec<Self>),
    Map(Map),
}

type Map = Vec<(String, Out)>;

/// A map under construction; what is not there is left out.
#[derive(Default)]
struct Keys(Map);

impl Keys {
    fn put(&mut self, key: &str, value: Out) {
        self.0.push((key.to_owned(), value));
    }

    fn text(&mut self, key: &str, text: Option<&String>) {
        if let Some(text) = text {
            self.put(key, Out::Text(text.clone()));
        }
    }

    fn flag(&mut self, key: &str, flag: bool) {
        if flag {
            self.put(key, Out::Plain("true".to_owned()));
        }
    }

    fn redact(&mut self, redact: bool) {
        if redact {
            self.put("redact", Out::Text("name".to_owned()));
        }
    }

    fn list(&mut self, key: &str, items: impl Iterator<Item = Out>) {
        let items: Vec<_> = items.collect();
        if !items.is_empty() {
            self.put(key, Out::List(items));
        }
    }

    fn texts(&mut self, key: &str, texts: &[String]) {
        self.list(key, texts.iter().cloned().map(Out::Text));
    }

    fn addresses(&mut self, key: &str, addresses: &[Address]) {
        let texts = addresses
            .iter()
            .map(|a| format!("{}.{}", a.dataset, a.collection));
        self.list(key, texts.map(Out::Text));
    }

    fn map(&mut self, key: &str, inside: Self) {
        if !inside.0.is_empty() {
            self.put(key, Out::Map(inside.0));
        }
    }

    fn about(&mut self, about: &About) {
        self.texts("data_categories", &about.categories);
        self.texts("data_purposes", &about.purposes);
    }
}

fn dataset(dataset: &Dataset) -> Out {
    let mut keys = Keys::default();
    keys.text("fides_key", Some(&dataset.key));
    keys.text("organization_fides_key", dataset.organization.as_ref());
    keys.text("name", dataset.name.as_ref());
    keys.text("description", dataset.description.as_ref());
    keys.texts("tags", &dataset.tags);
    keys.about(&dataset.about);
    let mut inside = Keys::default();
    inside.text("resource_id", dataset.resource_id.as_ref());
    inside.texts("after", &dataset.after);
    if let Some(namespace) = &dataset.namespace {
        inside.put("namespace", free(&Json::Object(namespace.clone())));
    }
    inside.redact(dataset.redact);
    keys.map("fides_meta", inside);
    let mut meta = Keys::default();
    for (key, value) in &dataset.meta {
        meta.put(key, free(value));
    }
    meta.map(OWN, own(dataset));
    keys.map("meta", meta);
    let collections = dataset.collections.iter().map(collection).collect();
    keys.put("collections", Out::List(collections));
    Out::Map(keys.0)
}

/// What Habeas adds.
fn own(dataset: &Dataset) -> Keys {
    let disposed = dataset.collections.iter().filter_map(|collection| {
        let mut keys = Keys::default();
        keys.text("name", Some(&collection.name));
        let (what, ground) = match &collection.disposition {
            None => (None, None),
            Some(Disposition::Delete) => (Some("delete"), None),
            Some(Disposition::Anonymise) => (Some("anonymise"), None),
            Some(Disposition::Keep { ground }) => (Some("keep"), Some(ground)),
        };
        keys.text("disposition", what.map(str::to_owned).as_ref());
        keys.text("ground", ground);
        keys.texts("of_another", &collection.of_another);
        // Nothing but its name: nothing is added.
        (keys.0.len() > 1).then_some(Out::Map(keys.0))
    });
    let mut keys = Keys::default();
    keys.list("collections", disposed);
    keys
}

fn collection(collection: &Collection) -> Out {
    let mut keys = Keys::default();
    keys.text("name", Some(&collection.name));
    keys.text("description", collection.description.as_ref());
    keys.about(&collection.about);
    let mut inside = Keys::default();
    inside.addresses("after", &collection.after);
    inside.addresses("erase_after", &collection.erase_after);
    inside.flag("skip_processing", collection.skip_processing);
    if collection.delete_rows {
        let mut masking = Keys::default();
        masking.text("strategy", Some(&"delete".to_owned()));
        inside.map("masking_strategy_override", masking);
    }
    if let Some(partitioning) = &collection.partitioning {
        inside.put("partitioning", free(partitioning));
    }
    inside.redact(collection.redact);
    keys.map("fides_meta", inside);
    keys.put("fields", fields(&collection.fields));
    Out::Map(keys.0)
}

fn fields(fields: &[Field]) -> Out {
    Out::List(fields.iter().map(field).collect())
}

fn field(field: &Field) -> Out {
    let mut keys = Keys::default();
    keys.text("name", Some(&field.name));
    keys.text("description", field.description.as_ref());
    keys.about(&field.about);
    keys.map("fides_meta", field_meta(field));
    if !field.fields.is_empty() {
        keys.put("fields", fields(&field.fields));
    }
    Out::Map(keys.0)
}

fn field_meta(field: &Field) -> Keys {
    let mut keys = Keys::default();
    keys.flag("primary_key", field.primary_key);
    keys.text("identity", field.identity.as_ref().map(|i| &i.0));
    keys.list("references", field.references.iter().map(reference));
    keys.text("data_type", field.data_type.map(|t| t.to_string()).as_ref());
    if let Some(length) = field.length {
        keys.put("length", Out::Plain(length.to_string()));
    }
    if let Some(all) = field.return_all_elements {
        keys.put("return_all_elements", Out::Plain(all.to_string()));
    }
    keys.flag("read_only", field.read_only);
    keys.text("custom_request_field", field.custom_request_field.as_ref());
    if let Some(masking) = &field.masking {
        let mut inside = Keys::default();
        inside.text("strategy", Some(&masking.strategy.as_str().to_owned()));
        if !masking.configuration.is_empty() {
            let configuration = Json::Object(masking.configuration.clone());
            inside.put("configuration", free(&configuration));
        }
        keys.map("masking_strategy_override", inside);
    }
    keys.redact(field.redact);
    keys
}

fn reference(reference: &Reference) -> Out {
    let mut keys = Keys::default();
    keys.text("dataset", Some(&reference.dataset));
    let field = format!("{}.{}", reference.collection, reference.path);
    keys.text("field", Some(&field));
    let direction = reference.direction.map(|direction| match direction {
        Direction::From => "from".to_owned(),
        Direction::To => "to".to_owned(),
    });
    keys.text("direction", direction.as_ref());
    Out::Map(keys.0)
}

fn free(value: &Json) -> Out {
    match value {
        Json::Null => Out::Plain("null".to_owned()),
        Json::Bool(flag) => Out::Plain(flag.to_string()),
        Json::Number(number) => Out::Plain(float(&number.to_string())),
        Json::String(text) => Out::Text(text.clone()),
        Json::Array(items) => Out::List(items.iter().map(free).collect()),
        Json::Object(map) => {
            let entries = map.iter().map(|(key, value)| (key.clone(), free(value)));
            Out::Map(entries.collect())
        }
    }
}

/// `1e30` is a text to old YAML, and `1.0e+30` a number to every one.
fn float(number: &str) -> String {
    let Some((digits, power)) = number.split_once('e') else {
        return number.to_owned();
    };
    let point = if digits.contains('.') { "" } else { ".0" };
    let sign = if power.starts_with(['-', '+']) {
        ""
    } else {
        "+"
    };
    format!("{digits}{point}e{sign}{power}")
}

fn map(text: &mut String, indent: usize, map: &Map) {
    for (i, (key, value)) in map.iter().enumerate() {
        if i > 0 {
            pad(text, indent);
        }
        scalar(text, key);
        text.push(':');
        match value {
            Out::List(items) if !items.is_empty() => {
                text.push('\n');
                list(text, indent + 2, items);
            }
            Out::Map(inside) if !inside.is_empty() => {
                text.push('\n');
                pad(text, indent + 2);
                self::map(text, indent + 2, inside);
            }
            short => {
                text.push(' ');
                line(text, short);
            }
        }
    }
}

fn list(text: &mut String, indent: usize, items: &[Out]) {
    for item in items {
        pad(text, indent);
        match item {
            Out::Map(inside) if !inside.is_empty() => {
                text.push_str("- ");
                map(text, indent + 2, inside);
            }
            Out::List(inside) if !inside.is_empty() => {
                text.push_str("-\n");
                list(text, indent + 2, inside);
            }
            short => {
                text.push_str("- ");
                line(text, short);
            }
        }
    }
}

/// What fits behind its key.
fn line(text: &mut String, out: &Out) {
    match out {
        Out::Text(value) => scalar(text, value),
        Out::Plain(word) => text.push_str(word),
        Out::List(_) => text.push_str("[]"),
        Out::Map(_) => text.push_str("{}"),
    }
    text.push('\n');
}

fn pad(text: &mut String, indent: usize) {
    text.extend(std::iter::repeat_n(' ', indent));
}

fn scalar(text: &mut String, value: &str) {
    if is_plain(value) {
        text.push_str(value);
    } else {
        quoted(text, value);
    }
}

/// Whether every reader takes it for a text without quotes.
fn is_plain(value: &str) -> bool {
    const WORDS: [&str; 11] = [
        "y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "nan",
    ];
    let inner = |c: char| c.is_ascii_alphanumeric() || " _.-/<>()".contains(c);
    value.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && value.chars().all(inner)
        && !value.ends_with(' ')
        && !WORDS.contains(&value.to_ascii_lowercase().as_str())
}

fn quoted(text: &mut String, value: &str) {
    text.push('"');
    for c in value.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            c if is_printed(c) => text.push(c),
            c if u32::from(c) <= 0xffff => {
                // Writing to a text can't fail.
                let _ = write!(text, "\\u{:04x}", u32::from(c));
            }
            c => {
                let _ = write!(text, "\\U{:08x}", u32::from(c));
            }
        }
    }
    text.push('"');
}

/// What YAML lets stand as it is, less what breaks lines or is not seen.
fn is_printed(c: char) -> bool {
    !c.is_control()
        && !matches!(
            c,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
        && u32::from(c) & 0xfffe != 0xfffe
}
