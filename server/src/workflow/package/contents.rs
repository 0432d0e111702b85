//! Walks the collections and writes each one's files, then the page and the manifest that tell of them.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::Path;

use app::model::Field;

use super::another::Another;
use super::bundle::{Bundle, Written};
use super::facts::{CollectionFacts, Holding, PackageFacts, SystemFacts};
use super::glance::Glance;
use super::names::{Names, ending, legible};
use super::pipe::piped;
use super::sheet::{Sheet, is_field};
use super::words::Words;
use super::{PackageError, manifest, page};
use crate::connectors::row::{Fields, read_row};
use crate::secret::{Keys, hex};
use crate::workflow::parts::{Frame, PartReader, StoredPart};

/// One collection as it is in the ZIP.
pub(super) struct Content<'f> {
    pub(super) system: &'f SystemFacts,
    pub(super) collection: &'f CollectionFacts,
    /// Found rows; with any, `data/….json` and `.csv` hold them.
    pub(super) rows: u64,
    pub(super) json: Option<Entry>,
    pub(super) csv: Option<Entry>,
    pub(super) attachments: Vec<Attachment>,
    /// What its rows say of somebody else.
    pub(super) another: Another<'f>,
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
    fn open(&self, part: &StoredPart) -> io::Result<PartReader> {
        PartReader::open(self.keys, self.folder, part)
    }

    /// The first rows of a collection, for the page: at most `rows`, and no more once they are `bytes` long.
    pub(super) fn first_rows(
        &self,
        content: &Content<'_>,
        rows: usize,
        bytes: usize,
    ) -> io::Result<Vec<Fields>> {
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
    let words = Words::of(facts.lang);
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
                another: Another::default(),
            });
            if let (Some(part), Some(content)) = (part_of(collection), contents.last_mut()) {
                let stem = names.under(&format!("{folder}/"), collection.name.as_str());
                content.fill(bundle, &parts, part, (&stem, words))?;
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

fn part_of(collection: &CollectionFacts) -> Option<&StoredPart> {
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
        part: &StoredPart,
        (stem, words): (&str, &Words),
    ) -> Result<(), PackageError> {
        let fields = &self.collection.fields;
        let mut survey = Survey::of(parts.open(part)?, fields);
        let length = survey.reader.length();
        // What stands for a value is longer than the shortest value.
        let most = if survey.another.is_any() { 32 } else { 1 };
        let most = length.saturating_mul(most);
        if let Some(first) = survey.next()? {
            let path = format!("data/{stem}.json");
            let written = bundle.add(&path, most, |out| {
                piped(out, length, |out| write_json(out, &first, &mut survey))
            })?;
            self.json = Some(Entry { path, written });
            self.rows = survey.rows;
            let path = format!("data/{stem}.csv");
            // A line has a comma per field, also where a row has none, and a quote is written twice.
            let at_most = most.saturating_mul(2 + fields.len() as u64);
            let rows = Rows {
                reader: parts.open(part)?,
                left: survey.rows,
            };
            let written = bundle.add(&path, at_most, |out| {
                piped(out, length, |out| {
                    write_csv(out, rows, (fields, words), survey.others)
                })
            })?;
            self.csv = Some(Entry { path, written });
        }
        if survey.files > 0 {
            let reader = parts.open(part)?;
            self.attachments = write_attachments(bundle, reader, stem)?;
        }
        self.another = survey.another;
        Ok(())
    }
}

/// Reads the rows of a part to its end, and counts what it holds on the way.
struct Survey<'f> {
    reader: PartReader,
    fields: &'f [Field],
    another: Another<'f>,
    rows: u64,
    files: u64,
    /// Whether a row has a field that the inventory does not name.
    others: bool,
}

impl<'f> Survey<'f> {
    fn of(reader: PartReader, fields: &'f [Field]) -> Self {
        Self {
            reader,
            fields,
            another: Another::of(fields),
            rows: 0,
            files: 0,
            others: false,
        }
    }

    /// The next row as JSON.
    fn next(&mut self) -> Result<Option<Vec<u8>>, PackageError> {
        while let Some(frame) = self.reader.next_frame()? {
            match frame {
                Frame::Row { json, alike } => {
                    self.rows += 1;
                    if !(alike || self.others) {
                        self.others = names_others(&json, self.fields)?;
                    }
                    return Ok(Some(self.another.left_out(json)?));
                }
                Frame::File(_) => self.files += 1,
                Frame::Content(_) | Frame::FileEnd(_) => {}
            }
        }
        Ok(None)
    }
}

/// Whether a row has a field that the inventory does not name.
fn names_others(json: &[u8], fields: &[Field]) -> Result<bool, serde_json::Error> {
    let Glance(row) = Glance::at(json, fields.len())?;
    let is_named = |(at, (name, _)): (usize, &(Cow<'_, str>, _))| {
        // They come in the order of the inventory.
        fields.get(at).is_some_and(|field| field.name == *name) || is_field(fields, name)
    };
    Ok(!row.iter().enumerate().all(is_named))
}

/// The rows of a part whose rows were counted. Ends with the last one: files after it are not read again.
struct Rows {
    reader: PartReader,
    left: u64,
}

impl Rows {
    /// The next row as JSON.
    fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        while self.left > 0 {
            match self.reader.next_frame()? {
                Some(Frame::Row { json, .. }) => {
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
fn write_json(
    out: &mut dyn Write,
    first: &[u8],
    rest: &mut Survey<'_>,
) -> Result<(), PackageError> {
    out.write_all(b"[\n")?;
    out.write_all(first)?;
    while let Some(json) = rest.next()? {
        out.write_all(b",\n")?;
        out.write_all(&json)?;
    }
    out.write_all(b"\n]\n")?;
    Ok(())
}

fn write_csv(
    out: &mut dyn Write,
    mut rows: Rows,
    (fields, words): (&[Field], &Words),
    others: bool,
) -> Result<(), PackageError> {
    let mut sheet = Sheet::new(out, fields, others, words.another)?;
    while let Some(json) = rows.next()? {
        sheet.row(&json)?;
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
                    Frame::Row { .. } | Frame::File(_) => break,
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
