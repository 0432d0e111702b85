//! `index.html`: what was found, for the person herself. Opens offline, runs nothing, fetches nothing.

use std::fmt;
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::PackageError;
use super::contents::{Content, Parts};
use super::facts::{Holding, PackageFacts};
use super::records;
use super::words::Words;

const CSS: &str = include_str!("page.css");

/// Text for HTML, in elements and in attributes with quotes.
pub(super) struct Esc<'a>(pub(super) &'a str);

impl fmt::Display for Esc<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\n' | '\t' => f.write_char(c)?,
                // Not allowed in HTML.
                c if c.is_control() => f.write_char(char::REPLACEMENT_CHARACTER)?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// Writes the page of what was written.
pub(super) fn write(
    out: &mut dyn Write,
    facts: &PackageFacts,
    contents: &[Content<'_>],
    parts: &Parts<'_>,
) -> Result<(), PackageError> {
    let words = Words::of(facts.lang);
    head(out, words)?;
    opening(out, words, facts)?;
    tiles(out, words, contents)?;
    overview(out, words, contents)?;
    missing(out, words, contents)?;
    for system in contents.chunk_by(|a, b| a.system.id == b.system.id) {
        records::write(out, words, system, parts)?;
    }
    Ok(closing(out, words)?)
}

fn head(out: &mut dyn Write, words: &Words) -> io::Result<()> {
    let hash = STANDARD.encode(Sha256::digest(CSS));
    write!(
        out,
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{hash}'; \
         base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<title>{}</title>\n<style>{CSS}</style>\n</head>\n<body>\n<main>\n",
        words.lang, words.title,
    )
}

fn opening(out: &mut dyn Write, words: &Words, facts: &PackageFacts) -> io::Result<()> {
    let right = words.right(facts.right);
    write!(
        out,
        "<header>\n<p class=\"right\">{right}</p>\n<h1>{}</h1>\n",
        words.title
    )?;
    if let Some(name) = &facts.subject {
        let (before, after) = words.prepared_for();
        let name = Esc(name);
        writeln!(
            out,
            "<p class=\"who\">{before}<b><bdi>{name}</bdi></b>{after}</p>"
        )?;
    }
    write!(
        out,
        "<p class=\"lede\">{}</p>\n</header>\n<dl class=\"sheet facts\">\n",
        words.lede
    )?;
    for (term, text) in [
        (words.asked, words.instant(facts.requested_at)),
        (words.made, words.instant(facts.made_at)),
        (words.found_by, words.kind(facts.kind).to_owned()),
        (words.request, facts.request.to_string()),
    ] {
        writeln!(out, "<div><dt>{term}</dt><dd>{}</dd></div>", Esc(&text))?;
    }
    writeln!(out, "</dl>")
}

fn tiles(out: &mut dyn Write, words: &Words, contents: &[Content<'_>]) -> io::Result<()> {
    let searched = contents
        .iter()
        .filter(|content| content.is_searched())
        .count();
    let left_out = contents.len() - searched;
    let files: usize = contents
        .iter()
        .map(|content| content.attachments.len())
        .sum();
    let rows = contents.iter().map(|content| content.rows).sum();
    writeln!(out, "<ul class=\"tiles\">")?;
    for (number, word, class) in [
        (rows, words.rows, ""),
        (files as u64, words.files_found, ""),
        (searched as u64, words.searched, ""),
        (
            left_out as u64,
            words.left_out,
            if left_out > 0 { " class=\"warn\"" } else { "" },
        ),
    ] {
        writeln!(out, "<li{class}><b>{}</b>{word}</li>", words.number(number))?;
    }
    writeln!(out, "</ul>")
}

fn overview(out: &mut dyn Write, words: &Words, contents: &[Content<'_>]) -> io::Result<()> {
    write!(
        out,
        "<section class=\"sheet\">\n<h2>{}</h2>\n<p class=\"soft\">{}</p>\n<table class=\"overview\">\n<thead><tr><th scope=\"col\">{}</th>\
         <th scope=\"col\">{}</th><th scope=\"col\">{}</th></tr></thead>\n",
        words.overview, words.overview_lede, words.place, words.found, words.open,
    )?;
    for system in contents.chunk_by(|a, b| a.system.id == b.system.id) {
        let name = system.first().map_or("", |content| &content.system.name);
        writeln!(
            out,
            "<tbody>\n<tr class=\"group\"><th colspan=\"3\" scope=\"rowgroup\">{}</th></tr>",
            Esc(name)
        )?;
        for content in system {
            overview_line(out, words, content)?;
        }
        writeln!(out, "</tbody>")?;
    }
    writeln!(out, "</table>\n</section>")
}

fn overview_line(out: &mut dyn Write, words: &Words, content: &Content<'_>) -> io::Result<()> {
    let title = Esc(&content.collection.title);
    write!(out, "<tr><th scope=\"row\">")?;
    if content.is_empty() {
        write!(out, "{title}")?;
    } else {
        write!(out, "<a href=\"#{}\">{title}</a>", content.anchor())?;
    }
    write!(out, "</th><td>")?;
    match short(words, &content.collection.holding) {
        Some(mark) => write!(out, "<span class=\"mark\">{mark}</span>")?,
        None => write!(out, "{}", found(words, content))?,
    }
    write!(out, "</td><td class=\"links\">")?;
    links(out, content)?;
    writeln!(out, "</td></tr>")
}

/// The links to a collection's data files.
pub(super) fn links(out: &mut dyn Write, content: &Content<'_>) -> io::Result<()> {
    for (entry, kind) in [(&content.csv, "CSV"), (&content.json, "JSON")] {
        if let Some(entry) = entry {
            write!(out, "<a href=\"{}\">{kind}</a> ", Esc(&entry.path))?;
        }
    }
    Ok(())
}

/// How much was found, e.g. `12 records · 2 files`.
pub(super) fn found(words: &Words, content: &Content<'_>) -> String {
    let files = content.attachments.len() as u64;
    match (content.rows, files) {
        (0, 0) => words.nothing.to_owned(),
        (0, files) => words.files(files),
        (rows, 0) => words.records(rows),
        (rows, files) => format!("{} · {}", words.records(rows), words.files(files)),
    }
}

fn short(words: &Words, holding: &Holding) -> Option<&'static str> {
    match holding {
        Holding::Searched { .. } => None,
        Holding::NotSearchable => Some(words.not_searchable_short),
        Holding::Waived { .. } => Some(words.waived_short),
        Holding::Kept { .. } => Some(words.kept_short),
        Holding::Failed => Some(words.failed_short),
    }
}

fn missing(out: &mut dyn Write, words: &Words, contents: &[Content<'_>]) -> io::Result<()> {
    write!(
        out,
        "<section class=\"sheet\">\n<h2>{}</h2>\n",
        words.missing
    )?;
    let is_whole = |content: &Content<'_>| content.is_searched() && content.another.values() == 0;
    if contents.iter().all(is_whole) {
        return writeln!(out, "<p>{}</p>\n</section>", words.missing_none);
    }
    writeln!(out, "<ul class=\"missing\">")?;
    for content in contents {
        let holding = &content.collection.holding;
        let (why, ground) = match holding {
            Holding::Searched { .. } => {
                another(out, words, content)?;
                continue;
            }
            Holding::NotSearchable => (words.not_searchable, ""),
            Holding::Waived { ground } => (words.waived, words.ground(*ground)),
            Holding::Kept { ground } => (words.kept, ground.as_str()),
            Holding::Failed => (words.failed, ""),
        };
        writeln!(
            out,
            "<li><b>{}</b> · {} <span class=\"mark\">{}</span><p>{why} {}</p></li>",
            Esc(&content.system.name),
            Esc(&content.collection.title),
            short(words, holding).unwrap_or_default(),
            Esc(ground),
        )?;
    }
    writeln!(out, "</ul>\n</section>")
}

/// What is left out of a place that was searched, because it says something of somebody else.
fn another(out: &mut dyn Write, words: &Words, content: &Content<'_>) -> io::Result<()> {
    let values = content.another.values();
    if values == 0 {
        return Ok(());
    }
    let names: Vec<String> = content.another.names().map(records::label).collect();
    writeln!(
        out,
        "<li><b>{}</b> · {} <span class=\"mark\">{}</span><p>{} {}</p></li>",
        Esc(&content.system.name),
        Esc(&content.collection.title),
        words.another_short,
        words.of_another(values, names.len() as u64),
        Esc(&names.join(words.comma)),
    )
}

fn closing(out: &mut dyn Write, words: &Words) -> io::Result<()> {
    write!(out, "<footer>\n<h2>{}</h2>\n<ul>\n", words.about)?;
    for line in words.about_lines {
        writeln!(out, "<li>{line}</li>")?;
    }
    write!(out, "</ul>\n</footer>\n</main>\n</body>\n</html>\n")
}
