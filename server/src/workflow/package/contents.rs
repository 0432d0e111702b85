//! Walks the collections and writes each one's files, then the page and the manifest that tell of them.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};
use std::path::Path;

use app::model::Field;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use super::bundle::{Bundle, Written};
use super::facts::{CollectionFacts, Holding, PackageFacts, SystemFacts};
use super::names::{Names, ending, legible};
use super::sheet::{Sheet, is_field};
use super::{PackageError, manifest, page};
use crate::connectors::ExportRow;
use crate::secret::{Keys, hex};
use crate::workflow::parts::{Frame, PartName, PartReader, read_row};

/// One collection as it is in the ZIP.
pub(super) struct Content<'f> {
    pub(super) system: &'f SystemFacts,
    pub(super) collection: &'f CollectionFacts,
    /// Found rows; with any, `data/….json` and `.csv` hold them.
    pub(super) rows: u64,
    pub(super) json: Option<Entry>,
    pub(super) csv: Option<Entry>,
    pub(super) attachments: Vec<Attachment>,
}

/// One file of the ZIP.
pub(super) struct Entry {
    pub(super) path: String,
    pub(super) written: Written,
}

/// One file of the person's.
pub(super) struct Attachment {
    pub(super) entry: Entry,
    /// As its system calls it, made legible.
    pub(super) name: String,
}

/// Opens parts; each is read several times rather than held.
pub(super) struct Parts<'k> {
    keys: &'k Keys,
    folder: &'k Path,
}

impl Parts<'_> {
    fn open(&self, part: &PartName) -> io::Result<PartReader> {
        PartReader::open(self.keys, self.folder, part)
    }

    /// The first rows of a collection, for the page: at most `rows`, and no more once they are `bytes` long.
    pub(super) fn first_rows(
        &self,
        content: &Content<'_>,
        rows: usize,
        bytes: usize,
    ) -> io::Result<Vec<ExportRow>> {
        let (mut first, mut length) = (Vec::new(), 0);
        let Some(part) = part_of(content.collection) else {
            return Ok(first);
        };
        let mut found = Rows {
            reader: self.open(part)?,
            left: content.rows,
        };
        while first.len() < rows
            && let Some(json) = found.next()?
        {
            length += json.len();
            if !first.is_empty() && length > bytes {
                break;
            }
            first.push(read_row(&json)?);
        }
        Ok(first)
    }
}

/// Writes everything of the package.
pub(super) fn write<W: Write>(
    bundle: &mut Bundle<W>,
    keys: &Keys,
    folder: &Path,
    facts: &PackageFacts,
) -> Result<(), PackageError> {
    let parts = Parts { keys, folder };
    let mut names = Names::default();
    let mut contents = Vec::new();
    for system in &facts.systems {
        let folder = names.under("", system.id.as_str());
        for collection in &system.collections {
            contents.push(Content {
                system,
                collection,
                rows: 0,
                json: None,
                csv: None,
                attachments: Vec::new(),
            });
            if let (Some(part), Some(content)) = (part_of(collection), contents.last_mut()) {
                let stem = names.under(&format!("{folder}/"), collection.name.as_str());
                content.fill(bundle, &parts, part, &stem)?;
            }
        }
    }
    let page = bundle.add("index.html", 0, |out| {
        page::write(out, facts, &contents, &parts)
    })?;
    let page = Entry {
        path: "index.html".to_owned(),
        written: page,
    };
    bundle.add("manifest.json", 0, |out| {
        manifest::write(out, facts, &contents, &page)
    })?;
    Ok(())
}

fn part_of(collection: &CollectionFacts) -> Option<&PartName> {
    match &collection.holding {
        Holding::Searched { part } => part.as_ref(),
        _ => None,
    }
}

impl Content<'_> {
    /// Whether it was searched to the end.
    pub(super) fn is_searched(&self) -> bool {
        matches!(self.collection.holding, Holding::Searched { .. })
    }

    /// Whether there is nothing of it to show.
    pub(super) fn is_empty(&self) -> bool {
        self.rows == 0 && self.attachments.is_empty()
    }

    /// Its place in the page: safe in HTML, for both ids are plain.
    pub(super) fn anchor(&self) -> String {
        format!("{}.{}", self.system.id, self.collection.name)
    }

    fn fill<W: Write>(
        &mut self,
        bundle: &mut Bundle<W>,
        parts: &Parts<'_>,
        part: &PartName,
        stem: &str,
    ) -> Result<(), PackageError> {
        let fields = &self.collection.fields;
        let survey = Survey::of(parts.open(part)?, fields)?;
        self.rows = survey.rows;
        if survey.rows > 0 {
            let path = format!("data/{stem}.json");
            let written = bundle.add(&path, survey.at_most, |out| {
                write_json(out, Rows::of(parts.open(part)?, &survey))
            })?;
            self.json = Some(Entry { path, written });
            let path = format!("data/{stem}.csv");
            // A line has a comma per field, also where a row has none, and a quote is written twice.
            let at_most = survey.at_most.saturating_mul(2 + fields.len() as u64);
            let written = bundle.add(&path, at_most, |out| {
                write_csv(
                    out,
                    Rows::of(parts.open(part)?, &survey),
                    fields,
                    survey.others,
                )
            })?;
            self.csv = Some(Entry { path, written });
        }
        if survey.files > 0 {
            let reader = parts.open(part)?;
            self.attachments = write_attachments(bundle, reader, stem)?;
        }
        Ok(())
    }
}

/// What a part holds, counted before anything of it is written.
struct Survey {
    rows: u64,
    files: u64,
    /// Whether a row has a field that the inventory does not name.
    others: bool,
    /// A bound of all its content, in bytes.
    at_most: u64,
}

impl Survey {
    fn of(mut reader: PartReader, fields: &[Field]) -> Result<Self, PackageError> {
        let mut survey = Self {
            rows: 0,
            files: 0,
            others: false,
            at_most: reader.length(),
        };
        while let Some(frame) = reader.next_frame()? {
            match frame {
                Frame::Row(json) => {
                    survey.rows += 1;
                    if !survey.others {
                        survey.others = names_others(&json, fields)?;
                    }
                }
                Frame::File(_) => survey.files += 1,
                Frame::Content(_) | Frame::FileEnd(_) => {}
            }
        }
        Ok(survey)
    }
}

/// Whether a row has a field that the inventory does not name. Every row is looked at, so nothing of it is copied.
fn names_others(json: &[u8], fields: &[Field]) -> Result<bool, serde_json::Error> {
    #[derive(Deserialize)]
    struct Name<'a>(#[serde(borrow)] Cow<'a, str>);
    struct Look<'f>(&'f [Field]);
    impl<'de> Visitor<'de> for Look<'_> {
        type Value = bool;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a row")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut row: A) -> Result<bool, A::Error> {
            let (mut others, mut next) = (false, self.0.iter());
            while let Some((Name(name), IgnoredAny)) = row.next_entry()? {
                // They come in the order of the inventory.
                let expected = next.next().is_some_and(|field| field.name == name);
                others = others || !(expected || is_field(self.0, &name));
            }
            Ok(others)
        }
    }
    serde_json::Deserializer::from_slice(json).deserialize_map(Look(fields))
}

/// The rows of a part that was surveyed. Ends with the last one: files after it are not read again.
struct Rows {
    reader: PartReader,
    left: u64,
}

impl Rows {
    fn of(reader: PartReader, survey: &Survey) -> Self {
        let left = survey.rows;
        Self { reader, left }
    }

    /// The next row as JSON.
    fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        while self.left > 0 {
            match self.reader.next_frame()? {
                Some(Frame::Row(json)) => {
                    self.left -= 1;
                    return Ok(Some(json));
                }
                Some(_) => {}
                None => return Err(io::ErrorKind::InvalidData.into()),
            }
        }
        Ok(None)
    }
}

/// A JSON array, one row per line.
fn write_json(out: &mut dyn Write, mut rows: Rows) -> Result<(), PackageError> {
    let mut before: &[u8] = b"[\n";
    while let Some(json) = rows.next()? {
        out.write_all(before)?;
        out.write_all(&json)?;
        before = b",\n";
    }
    out.write_all(b"\n]\n")?;
    Ok(())
}

fn write_csv(
    out: &mut dyn Write,
    mut rows: Rows,
    fields: &[Field],
    others: bool,
) -> Result<(), PackageError> {
    let mut sheet = Sheet::new(out, fields, others)?;
    while let Some(json) = rows.next()? {
        sheet.row(&read_row(&json)?)?;
    }
    Ok(sheet.finish()?)
}

fn write_attachments<W: Write>(
    bundle: &mut Bundle<W>,
    mut reader: PartReader,
    stem: &str,
) -> Result<Vec<Attachment>, PackageError> {
    let mut attachments = Vec::new();
    while let Some(frame) = reader.next_frame()? {
        let Frame::File(name) = frame else { continue };
        let number = attachments.len() + 1;
        let path = format!("attachments/{stem}-{number:04}.{}", ending(&name));
        let mut said = None;
        let at_most = reader.length();
        let written = bundle.add(&path, at_most, |out| {
            while let Some(frame) = reader.next_frame()? {
                match frame {
                    Frame::Content(bytes) => out.write_all(&bytes)?,
                    Frame::FileEnd(end) => {
                        said = Some(end);
                        break;
                    }
                    Frame::Row(_) | Frame::File(_) => break,
                }
            }
            Ok(())
        })?;
        // What was read from the system is what is handed over, byte for byte.
        let whole = said
            .is_some_and(|end| end.bytes == written.bytes && hex(&end.sha256) == written.sha256);
        if !whole {
            return Err(io::Error::from(io::ErrorKind::InvalidData).into());
        }
        attachments.push(Attachment {
            entry: Entry { path, written },
            name: legible(&name),
        });
    }
    Ok(attachments)
}
