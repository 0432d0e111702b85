//! The page's part for one system: its rows as far as a page should go, and its files.

use std::io::{self, Write};

use app::model::Field;
use serde_json::Value;

use super::contents::{Attachment, Content, Parts};
use super::page::{Esc, found, links};
use super::words::Words;
use crate::connectors::row::Fields;

/// So many rows or files of a collection are shown, and so many bytes of rows.
const SHOWN: usize = 200;
const SHOWN_BYTES: usize = 256 * 1024;
/// A value longer than this is shortened on the page, in characters.
const VALUE: usize = 2_000;
/// A longer value gets the whole width of a card.
const LONG: usize = 60;
/// Rows of no more fields than this read well as a table.
const TABLE_FIELDS: usize = 4;

/// Writes one system's section; nothing where nothing was found.
pub(super) fn write(
    out: &mut dyn Write,
    words: &Words,
    contents: &[Content<'_>],
    parts: &Parts<'_>,
) -> io::Result<()> {
    let Some(first) = contents.iter().find(|content| !content.is_empty()) else {
        return Ok(());
    };
    write!(
        out,
        "<section class=\"sheet\">\n<h2>{}</h2>\n",
        Esc(&first.system.name)
    )?;
    for content in contents.iter().filter(|content| !content.is_empty()) {
        collection(out, words, content, parts)?;
    }
    writeln!(out, "</section>")
}

fn collection(
    out: &mut dyn Write,
    words: &Words,
    content: &Content<'_>,
    parts: &Parts<'_>,
) -> io::Result<()> {
    let title = Esc(&content.collection.title);
    write!(
        out,
        "<div class=\"collection\" id=\"{}\">\n<div class=\"head\"><h3>{title}</h3><span class=\"soft\">{}</span>\
         <span class=\"links\">",
        content.anchor(),
        found(words, content),
    )?;
    links(out, content)?;
    writeln!(out, "</span></div>")?;
    let rows = parts.first_rows(content, SHOWN, SHOWN_BYTES)?;
    if (rows.len() as u64) < content.rows {
        writeln!(
            out,
            "<p class=\"soft\">{}</p>",
            words.first_of(rows.len(), content.rows)
        )?;
    }
    let narrow = content.collection.fields.len() <= TABLE_FIELDS;
    if !rows.is_empty() && narrow {
        table(out, words, content, &rows)?;
    } else if !rows.is_empty() {
        fields(out, words, content)?;
        cards(out, words, content, &rows)?;
    }
    if !content.attachments.is_empty() {
        attachments(out, words, &content.attachments)?;
    }
    writeln!(out, "</div>")
}

fn table(
    out: &mut dyn Write,
    words: &Words,
    content: &Content<'_>,
    rows: &[Fields],
) -> io::Result<()> {
    writeln!(
        out,
        "<div class=\"wide\" tabindex=\"0\">\n<table>\n<thead><tr>"
    )?;
    for field in &content.collection.fields {
        let name = label(&field.name);
        write!(out, "<th scope=\"col\">{}<small>", Esc(&name))?;
        category(out, words, field)?;
        writeln!(out, "</small></th>")?;
    }
    writeln!(out, "</tr></thead>\n<tbody>")?;
    for row in rows {
        write!(out, "<tr>")?;
        for field in &content.collection.fields {
            let of_field = row.iter().find(|(name, _)| *name == field.name);
            let nothing = (String::new(), "value");
            let (text, class) =
                of_field.map_or(nothing, |(_, value)| said(words, Some(field), value));
            write!(out, "<td><bdi class=\"{class}\">{}</bdi></td>", Esc(&text))?;
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody>\n</table>\n</div>")
}

/// What the fields of the cards below hold, once for all of them.
fn fields(out: &mut dyn Write, words: &Words, content: &Content<'_>) -> io::Result<()> {
    write!(
        out,
        "<details>\n<summary>{}</summary>\n<table>\n<thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th></tr></thead>\n<tbody>\n",
        words.fields_of, words.field, words.category,
    )?;
    for field in &content.collection.fields {
        write!(
            out,
            "<tr><th scope=\"row\">{}</th><td>",
            Esc(&label(&field.name))
        )?;
        category(out, words, field)?;
        writeln!(out, "</td></tr>")?;
    }
    writeln!(out, "</tbody>\n</table>\n</details>")
}

fn category(out: &mut dyn Write, words: &Words, field: &Field) -> io::Result<()> {
    if let Some(meaning) = words.category_of(&field.category) {
        write!(out, "{meaning} · ")?;
    }
    write!(out, "<code>{}</code>", Esc(&field.category))?;
    if field.of.is_another() {
        write!(out, " · {}", words.another_left_out)?;
    }
    Ok(())
}

/// What is shown of a value, and how: that something was left out looks like no value.
fn said(words: &Words, field: Option<&Field>, value: &Value) -> (String, &'static str) {
    if !value.is_null() && field.is_some_and(|field| field.of.is_another()) {
        return (words.another.to_owned(), "soft");
    }
    (shown(words, value), "value")
}

fn cards(
    out: &mut dyn Write,
    words: &Words,
    content: &Content<'_>,
    rows: &[Fields],
) -> io::Result<()> {
    let all = &content.collection.fields;
    for (at, row) in rows.iter().enumerate() {
        write!(
            out,
            "<article class=\"record\">\n<h4>{} {}</h4>\n<dl>\n",
            words.record,
            at + 1
        )?;
        for (name, value) in row {
            let field = all.iter().find(|field| field.name == *name);
            let (text, look) = said(words, field, value);
            // An empty field says nothing; the data files have it.
            if text.is_empty() {
                continue;
            }
            let long = text.chars().nth(LONG).is_some();
            let class = if long { " class=\"long\"" } else { "" };
            writeln!(
                out,
                "<div{class}><dt>{}</dt><dd><bdi class=\"{look}\">{}</bdi></dd></div>",
                Esc(&label(name)),
                Esc(&text),
            )?;
        }
        writeln!(out, "</dl>\n</article>")?;
    }
    Ok(())
}

fn attachments(out: &mut dyn Write, words: &Words, files: &[Attachment]) -> io::Result<()> {
    if files.len() > SHOWN {
        let note = words.first_files(SHOWN, files.len() as u64);
        writeln!(out, "<p class=\"soft\">{note}</p>")?;
    }
    write!(
        out,
        "<table>\n<thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th></tr></thead>\n<tbody>\n",
        words.file_name, words.size,
    )?;
    for file in files.iter().take(SHOWN) {
        let path = Esc(&file.entry.path);
        let name = if file.name.is_empty() {
            &file.entry.path
        } else {
            &file.name
        };
        write!(
            out,
            "<tr><td><a href=\"{path}\"><bdi>{}</bdi></a>",
            Esc(name)
        )?;
        if file.entry.path.ends_with(".bin") {
            write!(out, " <span class=\"soft\">({})</span>", words.saved_as_bin)?;
        }
        writeln!(out, "</td><td>{}</td></tr>", size(file.entry.written.bytes))?;
    }
    writeln!(out, "</tbody>\n</table>")
}

/// A field's name as a person reads it.
pub(super) fn label(name: &str) -> String {
    let mut letters = name.trim_matches('_').replace('_', " ");
    if let Some(first) = letters.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    letters
}

/// A value as a person reads it, shortened if it is long.
fn shown(words: &Words, value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::Bool(true) => words.yes.to_owned(),
        Value::Bool(false) => words.no.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) if !items.iter().any(|item| item.is_array() || item.is_object()) => {
            let items: Vec<String> = items.iter().map(|item| shown(words, item)).collect();
            items.join(", ")
        }
        Value::Array(_) | Value::Object(_) => {
            serde_json::to_string_pretty(value).unwrap_or_default()
        }
    };
    match text.char_indices().nth(VALUE) {
        Some((end, _)) => format!("{}{}", &text[..end], words.clipped),
        None => text,
    }
}

/// Bytes in the unit that people read.
fn size(bytes: u64) -> String {
    let units = [("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000)];
    match units.into_iter().find(|(_, unit)| bytes >= *unit) {
        Some((name, unit)) => format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit),
        None => format!("{bytes} B"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::workflow::package::facts::Lang;

    #[test]
    fn values_and_names_read_well() {
        let words = Words::of(Lang::En);
        for (value, want) in [
            (json!(null), ""),
            (json!(true), "yes"),
            (json!(-1.5), "-1.5"),
            (json!(["a", 1]), "a, 1"),
            (json!([{"a": 1}]), "[\n  {\n    \"a\": 1\n  }\n]"),
        ] {
            assert_eq!(shown(words, &value), want);
        }
        let long = shown(words, &json!("語".repeat(VALUE + 1)));
        assert_eq!(long, "語".repeat(VALUE) + words.clipped);
        assert_eq!(label("created_at"), "Created at");
        assert_eq!(label("_ä"), "ä");
        assert_eq!(
            [size(999), size(1_000), size(1_999_999)],
            ["999 B", "1.0 KB", "1.9 MB"]
        );
    }
}
