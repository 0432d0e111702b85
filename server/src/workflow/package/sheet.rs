//! CSV for spreadsheets: RFC 4180, UTF-8 with the mark that Excel wants, and no cell that a spreadsheet would run.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use app::model::Field;
use memchr::{memchr, memchr3};
use serde_json::value::RawValue;

use super::PackageError;
use super::another::is_there;
use super::glance::{self, Glance};

/// What a cell must not begin with: a spreadsheet would take it for a formula.
const TRIGGERS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// Writes rows as lines; columns are the inventory's fields.
pub(super) struct Sheet<'f, W: Write> {
    csv: csv::Writer<W>,
    fields: &'f [Field],
    others: bool,
    /// Stands where something is said of somebody else.
    another: &'static str,
}

impl<'f, W: Write> Sheet<'f, W> {
    /// Writes the head. With `others` the last column holds, as JSON, what the inventory does not name.
    pub(super) fn new(
        mut out: W,
        fields: &'f [Field],
        others: bool,
        another: &'static str,
    ) -> Result<Self, PackageError> {
        out.write_all("\u{feff}".as_bytes())?;
        let mut csv = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(out);
        for field in fields {
            csv.write_field(defused(&field.name).as_bytes())?;
        }
        if others {
            csv.write_field("(other)")?;
        }
        csv.write_record(None::<&[u8]>)?;
        Ok(Self {
            csv,
            fields,
            others,
            another,
        })
    }

    /// Writes one line of a row, a JSON object.
    pub(super) fn row(&mut self, json: &[u8]) -> Result<(), PackageError> {
        let Glance(row) = Glance::at(json, self.fields.len())?;
        for (at, field) in self.fields.iter().enumerate() {
            // Rows come in the order of the inventory, so that the first look nearly always finds it.
            let value = row
                .get(at)
                .filter(|(name, _)| *name == field.name)
                .or_else(|| row.iter().find(|(name, _)| *name == field.name));
            let cell = match value {
                Some((_, value)) if field.of.is_another() && is_there(value) => {
                    Cow::Borrowed(self.another)
                }
                Some((_, value)) => cell(value)?,
                None => Cow::Borrowed(""),
            };
            self.csv.write_field(cell.as_bytes())?;
        }
        if self.others {
            let others: BTreeMap<_, _> = row
                .iter()
                .filter(|(name, _)| !is_field(self.fields, name))
                .map(|(name, value)| (name, value))
                .collect();
            let text = if others.is_empty() {
                String::new()
            } else {
                defused(&serde_json::to_string(&others)?).into_owned()
            };
            self.csv.write_field(text)?;
        }
        self.csv.write_record(None::<&[u8]>)?;
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.csv.flush()
    }
}

/// Whether the inventory names it.
pub(super) fn is_field(fields: &[Field], name: &str) -> bool {
    fields.iter().any(|field| field.name == name)
}

/// What a sheet shows of a value.
fn cell(value: &RawValue) -> Result<Cow<'_, str>, serde_json::Error> {
    let json = value.get();
    Ok(match json.as_bytes().first() {
        Some(b'"') => match glance::text(json)? {
            Cow::Borrowed(text) => defused(text),
            Cow::Owned(text) => Cow::Owned(defused(&text).into_owned()),
        },
        Some(b'[' | b'{') => defused(json),
        Some(b'n') => Cow::Borrowed(""),
        _ => Cow::Borrowed(json),
    })
}

/// The text with a `'` before every place where a spreadsheet could see a formula begin. That is also after a `;`, a tab
/// and a line's end: where `;` parts cells, a comma file's quotes don't hold, and a cell begins there.
pub(crate) fn defused(text: &str) -> Cow<'_, str> {
    let first = text.trim_start_matches(|c: char| c.is_whitespace() || c == '"');
    let parts = memchr3(b';', b'\t', b'\n', text.as_bytes()).is_some();
    if !(first.starts_with(TRIGGERS) || parts || memchr(b'\r', text.as_bytes()).is_some()) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 1);
    if text.starts_with(['\t', '\r', '\n']) {
        safe.push('\'');
    }
    let mut begins = true;
    for c in text.chars() {
        if begins && TRIGGERS.contains(&c) {
            safe.push('\'');
        }
        let parts = matches!(c, ';' | '\t' | '\r' | '\n');
        begins = parts || (begins && (c.is_whitespace() || c == '"'));
        safe.push(c);
    }
    Cow::Owned(safe)
}

#[cfg(test)]
mod tests {
    use app::model::OfWhom;
    use serde_json::{Value, json};

    use super::*;
    use crate::connectors::ExportRow;

    fn field(name: &str) -> Field {
        Field {
            name: name.into(),
            category: "user".into(),
            holds: None,
            of: OfWhom::Her,
        }
    }

    #[test]
    fn no_cell_begins_a_formula() {
        for (text, want) in [
            ("=1+1", "'=1+1"),
            ("+49 30 1", "'+49 30 1"),
            ("-5", "'-5"),
            ("@x", "'@x"),
            ("\tx", "'\tx"),
            ("\r=x", "'\r'=x"),
            ("＝cmd", "'＝cmd"),
            ("＋", "'＋"),
            ("－", "'－"),
            ("＠", "'＠"),
            ("  =x", "  '=x"),
            ("a;=x", "a;'=x"),
            ("a\";\"=x\"", "a\";\"'=x\""),
            ("a\n=x", "a\n'=x"),
            ("a=b", "a=b"),
            ("maria@x.example", "maria@x.example"),
            ("", ""),
        ] {
            assert_eq!(defused(text), want, "{text:?}");
        }
    }

    #[test]
    fn a_line_has_every_field_and_keeps_what_no_field_names() {
        let fields = [field("id"), field("=name")];
        let mut out = Vec::new();
        let mut sheet = Sheet::new(&mut out, &fields, true, "another").expect("begins");
        let row = |pairs: &[(&str, Value)]| -> ExportRow { pairs.iter().cloned().collect() };
        let lines = [
            row(&[("id", json!(-5)), ("=name", json!("a \"b\", c"))]),
            row(&[("=name", json!(["=x"])), ("odd", json!(1))]),
            row(&[]),
        ];
        for line in lines {
            sheet.row(&line.into_json()).expect("writes");
        }
        sheet.finish().expect("ends");
        let want = "\u{feff}id,'=name,(other)\r\n-5,\"a \"\"b\"\", c\",\r\n,\"[\"\"=x\"\"]\",\"{\"\"odd\"\":1}\"\r\n,,\r\n";
        assert_eq!(String::from_utf8(out).expect("is text"), want);
    }
}
