//! A draft as TOML with comments. Every name is quoted or escaped: none of them ends a text or a comment.

use std::fmt::Write as _;

use app::model::{Disposition, IdentifierKind};
use serde::{Deserialize, Serialize};

use super::found::FoundBy;
use super::guess::Sure;
use super::plan::Drafted;
use super::tables::{Listed, Mark, Note};
use super::words;
use crate::connectors::spec::{Erase, Parent, SqlPlace};

/// What is said of the system itself.
#[derive(Debug)]
pub(super) struct Head<'a> {
    pub(super) id: &'a str,
    pub(super) name: &'a str,
    pub(super) owner: Option<&'a str>,
    pub(super) region: Option<&'a str>,
    pub(super) country: &'a str,
    pub(super) place: &'a SqlPlace,
    pub(super) notes: Vec<Note>,
}

/// A table that is not in the draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    pub table: String,
    pub why: String,
    /// Columns of it that seem to hold something of a person: name and category.
    pub personal: Vec<(String, String)>,
}

/// The whole draft.
pub(super) fn text(head: &Head<'_>, drafted: &[Drafted<'_>], out: &[LeftOut]) -> String {
    let mut text = Text::default();
    text.head(head);
    for collection in drafted {
        text.collection(collection);
    }
    text.left_out(out);
    text.0
}

/// A text of TOML, on one line.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if shows(c) => quoted.push(c),
            // Writing to a string can't fail.
            c => drop(write!(quoted, "\\U{:08X}", u32::from(c))),
        }
    }
    quoted.push('"');
    quoted
}

/// Whether a character is seen as what it is: it ends no line, and turns none round.
fn shows(c: char) -> bool {
    c == ' ' || c == '"' || c == '\'' || c == '\\' || c.escape_debug().len() == 1
}

/// A part of a comment: it can't end it.
fn said(text: &str) -> String {
    let shown = |c: char| -> String {
        if shows(c) {
            c.to_string()
        } else {
            c.escape_unicode().to_string()
        }
    };
    text.chars().map(shown).collect()
}

#[derive(Default)]
struct Text(String);

impl Text {
    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn note(&mut self, Note(mark, text): &Note) {
        let mark = match mark {
            Mark::Plain => "#",
            Mark::Guess => "# ?",
            Mark::Decide => "# !",
        };
        self.line(&format!("{mark} {}", said(text)));
    }

    fn head(&mut self, head: &Head<'_>) {
        self.line("# A draft, made by `habeas draft-inventory`, for somebody who knows this system to read and correct.");
        self.line("# `# ?` is a guess of low confidence, `# !` wants a decision. What it says of values is how many look like");
        self.line("# something: none is written here. `habeas add-system` takes it, and says where it does not fit.");
        head.notes.iter().for_each(|note| self.note(note));
        self.line(&format!("id = {}", quoted(head.id)));
        self.line(&format!("name = {}", quoted(head.name)));
        self.line("kind = \"sql\"");
        let open = |said: Option<&str>, key: &str, what: &str| match said {
            Some(said) => format!("{key} = {}", quoted(said)),
            None => format!("{key} = \"TO BE FILLED IN\" # ! {what}"),
        };
        self.line(&open(
            head.owner,
            "owner",
            "who answers for it in the organisation",
        ));
        self.line(&open(head.region, "region", "where its data lies"));
        self.line(&format!(
            "country = {} # whose telephone numbers are meant where no country code is given",
            quoted(head.country)
        ));
        self.line("\n[sql]");
        self.line(&format!("url = {}", quoted(&head.place.url)));
        for (key, value) in [
            ("password_env", &head.place.password_env),
            ("password_file", &head.place.password_file),
        ] {
            if let Some(value) = value {
                self.line(&format!("{key} = {}", quoted(value)));
            }
        }
    }

    fn collection(&mut self, c: &Drafted<'_>) {
        self.line("\n[[collections]]");
        self.line(&format!("name = {}", quoted(c.name.as_str())));
        if c.name.as_str() != c.table {
            self.line(&format!("table = {}", quoted(c.table)));
        }
        self.line(&format!(
            "title = {}",
            quoted(&words::title(super::guess::bare(c.table)))
        ));
        self.line(&format!("key = {}", list(c.key)));
        c.notes.iter().for_each(|note| self.note(note));
        self.line(&format!("disposition = {}", disposition(&c.disposition)));
        if let Some(subject) = &c.subject {
            let prefix = prefix(subject.prefix.as_deref());
            let (kind, column) = (subject.kind.as_str(), quoted(&subject.column));
            self.line(&format!(
                "subject = {{ kind = \"{kind}\", column = {column}{prefix} }}"
            ));
            if !c.name_columns.is_empty() {
                self.line(&format!("name_columns = {}", list(&c.name_columns)));
            }
        }
        if !c.found_by.is_empty() {
            self.line("found_by = [");
            c.found_by.iter().for_each(|one| self.found_by(one));
            self.line("]");
        }
        match c.parents.as_slice() {
            [] => {}
            [one] => self.line(&format!("parent = {}", parent(one))),
            several => {
                self.line("parent = [");
                several
                    .iter()
                    .for_each(|one| self.line(&format!("  {},", parent(one))));
                self.line("]");
            }
        }
        self.line("fields = [");
        c.fields
            .iter()
            .for_each(|(listed, erase)| self.field(listed, erase.as_ref()));
        self.line("]");
        self.left(c);
    }

    fn found_by(&mut self, one: &FoundBy) {
        let FoundBy {
            kind,
            column,
            compare,
            ..
        } = one;
        let slow = if *compare == "fold" {
            " # reads the column of every row"
        } else {
            ""
        };
        let (column, prefix) = (quoted(column), prefix(one.prefix.as_deref()));
        let kind = kind.as_str();
        self.line(&format!(
            "  {{ kind = \"{kind}\", column = {column}, compare = \"{compare}\"{prefix} }},{slow}"
        ));
    }

    fn field(&mut self, listed: &Listed<'_>, erase: Option<&Erase>) {
        let mut keys = format!(
            "name = {}, category = {}",
            quoted(&listed.seen.column.name),
            quoted(&listed.category)
        );
        if let Some(kind) = listed.holds.map(IdentifierKind::as_str) {
            let _ = write!(keys, ", holds = \"{kind}\"");
        }
        if listed.of.is_another() {
            keys.push_str(", of = \"another\"");
        }
        if let Some(erase) = erase {
            let _ = write!(keys, ", erase = {}", quoted(&erase.to_string()));
        }
        let sure = listed.sure.map_or(String::new(), |sure| {
            let mark = if sure == Sure::Low { "? " } else { "" };
            format!("{mark}{}: ", sure.as_str())
        });
        self.line(&format!("  {{ {keys} }}, # {sure}{}", said(&listed.why)));
    }

    /// The columns that are no fields, so that a person sees that they were looked at.
    fn left(&mut self, c: &Drafted<'_>) {
        let listed = |name: &str| {
            c.fields
                .iter()
                .any(|(field, _)| field.seen.column.name == name)
        };
        let left = c.left.iter().filter(|(name, _)| !listed(name));
        let (bare, with): (Vec<_>, Vec<_>) = left.partition(|(_, why)| why.is_empty());
        let names: Vec<String> = bare.iter().map(|(name, _)| named(name)).collect();
        for some in names.chunks(12) {
            self.line(&format!("# no sign of a person in: {}", some.join(", ")));
        }
        for (name, why) in with {
            self.line(&format!("# left out: {}, {}", named(name), said(why)));
        }
    }

    fn left_out(&mut self, out: &[LeftOut]) {
        if out.is_empty() {
            return;
        }
        self.line("\n# Tables and views that are not in this draft:");
        for LeftOut {
            table,
            why,
            personal,
        } in out
        {
            let mark = if personal.is_empty() { "#" } else { "# !" };
            self.line(&format!("{mark} {}: {}", named(table), said(why)));
            for (column, category) in personal {
                self.line(&format!(
                    "#     {} looks like {}",
                    named(column),
                    said(category)
                ));
            }
        }
    }
}

/// A name in a comment.
fn named(name: &str) -> String {
    format!("`{}`", said(name))
}

fn parent(parent: &Parent) -> String {
    let collection = quoted(parent.collection.as_str());
    let (column, references) = (quoted(&parent.column), quoted(&parent.references));
    format!("{{ collection = {collection}, column = {column}, references = {references} }}")
}

fn list(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    format!("[{}]", names.join(", "))
}

fn prefix(prefix: Option<&str>) -> String {
    prefix.map_or(String::new(), |prefix| {
        format!(", prefix = {}", quoted(prefix))
    })
}

fn disposition(disposition: &Disposition) -> String {
    match disposition {
        Disposition::Delete => "{ do = \"delete\" }".to_owned(),
        Disposition::Anonymise => "{ do = \"anonymise\" }".to_owned(),
        Disposition::Keep { ground } => format!("{{ do = \"keep\", ground = {} }}", quoted(ground)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_ends_a_text_or_a_comment() {
        for name in [
            "a\"b",
            "a\\b",
            "a\nid = \"x\"",
            "a\r#",
            "\u{7f}\u{0}\t",
            "😀 # [x]",
            "a\u{2028}b\u{202e}c",
            "'''",
            "顧客",
        ] {
            let toml = format!("a = {} # {}\n# {}\n", quoted(name), said(name), named(name));
            let read: toml::Table =
                toml::from_str(&toml).unwrap_or_else(|why| panic!("{name:?}: {why}"));
            assert_eq!(read.len(), 1, "{toml}");
            assert_eq!(read["a"].as_str(), Some(name));
            assert_eq!(toml.lines().count(), 2, "{toml}");
        }
        assert_eq!(quoted("顧客 a'b"), "\"顧客 a'b\"");
        assert_eq!(said("a\u{202e}\u{2028}\n"), "a\\u{202e}\\u{2028}\\u{a}");
    }
}
