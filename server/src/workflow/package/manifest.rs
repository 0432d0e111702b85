//! `manifest.json`: every file with its hash, and what was searched, not searchable, left out and why. For machines.

use std::io::Write;

use app::model::{Millis, RequestId, SkipGround};
use jiff::Timestamp;
use serde::Serialize;

use super::PackageError;
use super::contents::{Content, Entry};
use super::facts::{Holding, PackageFacts};

/// The manifest's own version; raised when a reader would have to change.
const FORMAT: u32 = 1;

#[derive(Serialize)]
struct Manifest<'a> {
    format: u32,
    request: &'a RequestId,
    right: &'static str,
    article: &'static str,
    /// The kind of the key by which the person was found; never its value.
    found_by: &'static str,
    requested_at: String,
    made_at: String,
    coverage: Coverage<'a>,
    /// Every file but this one.
    files: Vec<FileLine<'a>>,
}

/// Each collection of the inventory is in exactly one of these.
#[derive(Serialize, Default)]
struct Coverage<'a> {
    searched: Vec<Searched<'a>>,
    not_searchable: Vec<Place<'a>>,
    waived: Vec<Waived<'a>>,
    kept: Vec<Kept<'a>>,
    failed: Vec<Place<'a>>,
}

#[derive(Serialize, Clone, Copy)]
struct Place<'a> {
    system: &'a str,
    collection: &'a str,
}

#[derive(Serialize)]
struct Searched<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    rows: u64,
    files: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    of_another: Option<OfAnother<'a>>,
}

/// What its rows say of somebody else. It is in none of the files; where it was, they say so.
#[derive(Serialize)]
struct OfAnother<'a> {
    fields: Vec<&'a str>,
    values: u64,
}

#[derive(Serialize)]
struct Kept<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    ground: &'a str,
}

#[derive(Serialize)]
struct Waived<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    ground: SkipGround,
}

#[derive(Serialize)]
struct FileLine<'a> {
    path: &'a str,
    sha256: &'a str,
    bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<u64>,
    #[serde(flatten)]
    place: Option<Place<'a>>,
    /// As the system calls it; what turns or hides text is spelled out.
    #[serde(skip_serializing_if = "Option::is_none")]
    original_name: Option<&'a str>,
}

/// Writes the manifest of what was written.
pub(super) fn write(
    mut out: &mut dyn Write,
    facts: &PackageFacts,
    contents: &[Content<'_>],
    page: &Entry,
) -> Result<(), PackageError> {
    let manifest = Manifest {
        format: FORMAT,
        request: &facts.request,
        right: facts.right.as_str(),
        article: facts.right.article(),
        found_by: facts.kind.as_str(),
        requested_at: rfc3339(facts.requested_at),
        made_at: rfc3339(facts.made_at),
        coverage: coverage(contents),
        files: files(contents, page),
    };
    serde_json::to_writer_pretty(&mut out, &manifest)?;
    Ok(out.write_all(b"\n")?)
}

fn coverage<'a>(contents: &'a [Content<'a>]) -> Coverage<'a> {
    let mut coverage = Coverage::default();
    for content in contents {
        let place = place_of(content);
        match &content.collection.holding {
            Holding::Searched { .. } => coverage.searched.push(Searched {
                place,
                rows: content.rows,
                files: content.attachments.len() as u64,
                of_another: of_another(content),
            }),
            Holding::NotSearchable => coverage.not_searchable.push(place),
            Holding::Waived { ground } => coverage.waived.push(Waived {
                place,
                ground: *ground,
            }),
            Holding::Kept { ground } => coverage.kept.push(Kept { place, ground }),
            Holding::Failed => coverage.failed.push(place),
        }
    }
    coverage
}

fn of_another<'a>(content: &'a Content<'a>) -> Option<OfAnother<'a>> {
    let values = content.another.values();
    let fields = content.another.names().collect();
    (values > 0).then_some(OfAnother { fields, values })
}

fn files<'a>(contents: &'a [Content<'a>], page: &'a Entry) -> Vec<FileLine<'a>> {
    let mut files = vec![line(page)];
    for content in contents {
        let place = Some(place_of(content));
        for entry in [&content.json, &content.csv].into_iter().flatten() {
            let rows = Some(content.rows);
            files.push(FileLine {
                rows,
                place,
                ..line(entry)
            });
        }
        files.extend(content.attachments.iter().map(|attachment| FileLine {
            place,
            original_name: Some(&attachment.name),
            ..line(&attachment.entry)
        }));
    }
    files
}

fn line(entry: &Entry) -> FileLine<'_> {
    FileLine {
        path: &entry.path,
        sha256: &entry.written.sha256,
        bytes: entry.written.bytes,
        rows: None,
        place: None,
        original_name: None,
    }
}

fn place_of<'a>(content: &'a Content<'a>) -> Place<'a> {
    Place {
        system: content.system.id.as_str(),
        collection: content.collection.name.as_str(),
    }
}

fn rfc3339(at: Millis) -> String {
    Timestamp::from_millisecond(at).map_or_else(|_| at.to_string(), |at| at.to_string())
}
