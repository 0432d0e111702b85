//! CSV for spreadsheets: RFC 4180, UTF-8 with the mark that Excel wants, and no cell that a spreadsheet would run.

use std::borrow::Cow;
use std::io::{self, Write};

use app::model::Field;
use serde_json::Value;

use super::PackageError;
use crate::connectors::ExportRow;

/// What a cell must not begin with: a spreadsheet would take it for a formula.
const TRIGGERS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// Writes rows as lines; columns are the inventory's fields.
pub(super) struct Sheet<'f, W: Write> {
    csv: csv::Writer<W>,
    fields: &'f [Field],
    others: bool,
}

impl<'f, W: Write> Sheet<'f, W> {
    /// Writes the head. With `others` the last column holds, as JSON, what the inventory does not name.
    pub(super) fn new(mut out: W, fields: &'f [Field], others: bool) -> Result<Self, PackageError> {
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
        })
    }

    /// Writes one line.
    pub(super) fn row(&mut self, row: &ExportRow) -> Result<(), PackageError> {
        for (at, field) in self.fields.iter().enumerate() {
            // Rows come in the order of the inventory, so that the first look nearly always finds it.
            let value = row
                .get(at)
                .filter(|(name, _)| *name == field.name)
                .or_else(|| row.iter().find(|(name, _)| *name == field.name))
                .map_or(&Value::Null, |(_, value)| value);
            self.csv.write_field(cell(value).as_bytes())?;
        }
        if self.others {
            let others: serde_json::Map<_, _> = row
                .iter()
                .filter(|(name, _)| !is_field(self.fields, name))
                .cloned()
                .collect();
            let text = if others.is_empty() {
                String::new()
            } else {
                defused(&Value::Object(others).to_string()).into_owned()
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

fn cell(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::String(text) => defused(text),
        Value::Bool(_) | Value::Number(_) => Cow::Owned(value.to_string()),
        Value::Array(_) | Value::Object(_) => Cow::Owned(defused(&value.to_string()).into_owned()),
    }
}

/// The text with a `'` before every place where a spreadsheet could see a formula begin. That is also after a `;`, a tab
/// and a line's end: where `;` parts cells, a comma file's quotes don't hold, and a cell begins there.
fn defused(text: &str) -> Cow<'_, str> {
    if !text.contains(TRIGGERS) && !text.starts_with(['\t', '\r', '\n']) {
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
    use serde_json::json;

    use super::*;

    fn field(name: &str) -> Field {
        Field {
            name: name.into(),
            category: "user".into(),
            holds: None,
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
        let mut sheet = Sheet::new(&mut out, &fields, true).expect("begins");
        let row = |pairs: &[(&str, Value)]| -> ExportRow {
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect()
        };
        let lines = [
            row(&[("id", json!(-5)), ("=name", json!("a \"b\", c"))]),
            row(&[("=name", json!(["=x"])), ("odd", json!(1))]),
            row(&[]),
        ];
        for line in &lines {
            sheet.row(line).expect("writes");
        }
        sheet.finish().expect("ends");
        let want = "\u{feff}id,'=name,(other)\r\n-5,\"a \"\"b\"\", c\",\r\n,\"[\"\"=x\"\"]\",\"{\"\"odd\"\":1}\"\r\n,,\r\n";
        assert_eq!(String::from_utf8(out).expect("is text"), want);
    }
}
