//! The files of the sample: pictures, letters and notes that people uploaded, on disk under their id.

use std::path::{Path, PathBuf};

use super::DemoError;
use super::png;
use super::random::Random;
use super::record::{Person, Record};

/// The bytes of an id that a folder's name keeps; every other is written as `%XX`.
fn keeps(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

/// An id as a folder's name.
fn encoded(id: &str) -> String {
    id.bytes()
        .map(|b| {
            if keeps(b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}

/// Where the files of an id are, under the data folder.
pub(super) fn folder_of(kind: &str, id: &str) -> PathBuf {
    Path::new("attachments").join(kind).join(encoded(id))
}

/// The name of the picture that a messenger thread of this record came with.
pub(super) fn picture_name(record: &Record) -> String {
    format!("photo-{:08x}.png", record.random("picture").next() as u32)
}

/// Writes the files of a person; gives how many.
pub(super) async fn add(folder: &Path, person: &Person) -> Result<u64, DemoError> {
    let mut written = 0;
    for record in &person.records {
        if let Some(id) = record.contact_id().filter(|_| record.rows.files > 0) {
            let place = folder.join(folder_of("external_contact_id", &id));
            for n in 0..record.rows.files {
                let (name, content) = file(&mut Random::of(record.seed, &id, n.into()), n);
                write(&place, &name, &content).await?;
                written += 1;
            }
        }
        if let Some(channel) = record
            .rows
            .threads
            .first()
            .filter(|_| record.rows.thread_files)
        {
            let id = record.messenger_id(*channel);
            let picture = png::checked(record.random("picture").next());
            write(
                &folder.join(folder_of("external_id", &id)),
                &picture_name(record),
                &picture,
            )
            .await?;
            written += 1;
        }
    }
    Ok(written)
}

fn file(random: &mut Random, n: u32) -> (String, Vec<u8>) {
    let reference = random.digits(6);
    match n % 3 {
        0 => (
            format!("receipt-{reference}.png"),
            png::checked(random.next()),
        ),
        1 => (
            format!("Brief {reference}.txt"),
            format!("Notiz zum Vorgang {reference}\r\n").into_bytes(),
        ),
        _ => (format!("form-{reference}.pdf"), pdf(&reference)),
    }
}

/// The smallest document that calls itself PDF and says which case it is of.
fn pdf(reference: &str) -> Vec<u8> {
    let page = "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
                3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj";
    format!("%PDF-1.4\n{page}\ntrailer<</Root 1 0 R>>\n% case {reference}\n%%EOF\n").into_bytes()
}

async fn write(place: &Path, name: &str, content: &[u8]) -> Result<(), DemoError> {
    tokio::fs::create_dir_all(place)
        .await
        .map_err(DemoError::Folder)?;
    tokio::fs::write(place.join(name), content)
        .await
        .map_err(DemoError::Folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_can_not_leave_its_folder() {
        assert_eq!(encoded("../a b"), "%2E%2E%2Fa%20b");
        assert_eq!(encoded("whatsapp:12_3-4"), "whatsapp%3A12_3-4");
        assert_eq!(encoded("髙"), "%E9%AB%99");
    }

    #[test]
    fn files_are_what_their_names_say() {
        let mut random = Random::of(1, "files", 0);
        let (name, content) = file(&mut random, 0);
        assert!(name.ends_with(".png") && content.starts_with(b"\x89PNG\r\n\x1a\n"));
        let (name, content) = file(&mut random, 2);
        assert!(
            name.ends_with(".pdf")
                && content.starts_with(b"%PDF-")
                && content.ends_with(b"%%EOF\n")
        );
    }
}
