//! Memory stays flat however long an export is. Alone in its process, so that nothing else is measured.

#![expect(clippy::expect_used, reason = "in a test a failure is a panic")]

use std::fs;

use app::model::{CollectionName, Field, IdentifierKind, OfWhom, RequestId, Right, SystemId};
use serde_json::json;
use server::connectors::Sink as _;
use server::secret::Keys;
use server::workflow::package::{
    CollectionFacts, Holding, Lang, PackageFacts, PackageName, SystemFacts, assemble,
};
use server::workflow::parts::{PartName, PartSink, StoredPart};

const ROWS: u64 = 100_000;
const ATTACHMENT: u64 = 10_000_000;
const LIMIT: u64 = 64 * 1024 * 1024;

const FIELDS: [&str; 8] = [
    "id",
    "name",
    "email",
    "phone",
    "subject",
    "text",
    "amount",
    "created_at",
];

/// A line of `/proc/self/status`, in bytes.
fn memory(line: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let found = status.lines().find_map(|found| found.strip_prefix(line));
    let kilobytes = found.and_then(|found| found.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.expect("has the line") * 1024
}

async fn export(keys: &Keys, folder: &std::path::Path, name: PartName) -> StoredPart {
    let mut sink = PartSink::create(keys, folder, name);
    for at in 0..ROWS {
        let values = [
            json!(at),
            json!(format!("Person {at}")),
            json!(format!("person.{at}@mail.example")),
            json!(format!("+49 30 {at:07}")),
            json!("Where is my parcel?"),
            json!("I ordered it two weeks ago; \"on its way\", it says."),
            json!(at as f64 / 100.0),
            json!("2027-01-15T08:00:00Z"),
        ];
        let row = FIELDS.into_iter().zip(values).collect();
        sink.row(row).await.expect("takes the row");
    }
    let mut content = tokio::io::AsyncReadExt::take(tokio::io::repeat(7), ATTACHMENT);
    sink.file("recording.wav", &mut content)
        .await
        .expect("takes the file");
    let part = sink.finish().await.expect("is whole");
    assert_eq!((part.rows, part.files), (ROWS, 1));
    part.stored
}

fn facts(request: &RequestId, part: StoredPart) -> PackageFacts {
    let field = |name: &str| Field {
        name: name.to_owned(),
        category: "user.content".to_owned(),
        holds: None,
        of: OfWhom::Her,
    };
    let collection = CollectionFacts {
        name: CollectionName::parse("tickets").expect("a name"),
        title: "Tickets".to_owned(),
        fields: FIELDS.map(field).into(),
        holding: Holding::Searched { part: Some(part) },
    };
    let system = SystemFacts {
        id: SystemId::parse("help-desk").expect("an id"),
        name: "Help desk".to_owned(),
        collections: vec![collection],
    };
    PackageFacts {
        request: request.clone(),
        right: Right::Export,
        subject: None,
        kind: IdentifierKind::ExternalId,
        requested_at: 0,
        made_at: 1_800_000_000_000,
        lang: Lang::En,
        systems: vec![system],
    }
}

#[tokio::test]
async fn a_long_export_takes_little_memory() {
    let keys = Keys::from_text("8f1d0c5be7a2493680d4f3b25c6e917a04b8d2f16937ace5508bdf12e46c7390")
        .expect("a key");
    let folder = tempfile::tempdir().expect("a folder");
    let request = RequestId::parse("0190-long").expect("an id");
    let part = PartName::new(&request, "0190-task", 1).expect("a name");
    let before = memory("VmRSS:");

    let began = std::time::Instant::now();
    let part = export(&keys, folder.path(), part).await;
    let exported = began.elapsed();
    let name = PackageName::new(&request, 1).expect("a name");
    let facts = facts(&request, part);
    let packaged = assemble(&keys, folder.path(), facts, name)
        .await
        .expect("is made");

    let grown = memory("VmHWM:").saturating_sub(before);
    println!(
        "{ROWS} rows exported in {exported:?}, packaged in {:?}: {} bytes, {} KiB more memory",
        began.elapsed() - exported,
        packaged.bytes,
        grown / 1024,
    );
    assert!(grown < LIMIT, "grew by {} KiB", grown / 1024);
}
