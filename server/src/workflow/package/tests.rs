//! Packages, read back with a reader that is not ours.

mod another;

use std::io::Read;
use std::process::Command;

use app::model::{CollectionName, Field, IdentifierKind, OfWhom, Right, SkipGround, SystemId};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::connectors::{ExportRow, Sink};
use crate::workflow::parts::{PartName, PartSink};

/// Checks a ZIP with Python's `zipfile`, `json` and `csv`; prints what it holds as one JSON object.
const READER: &str = include_str!("tests/reader.py");

pub(crate) fn keys() -> Keys {
    Keys::new(&std::array::from_fn(|i| i as u8 * 7)).expect("strong enough")
}

fn row(pairs: &[(&str, Value)]) -> ExportRow {
    pairs.iter().cloned().collect()
}

/// Writes a part; `task` tells parts of one request apart.
async fn part(
    folder: &Path,
    request: &RequestId,
    task: &str,
    rows: impl IntoIterator<Item = ExportRow>,
    files: &[(&str, &[u8])],
) -> Holding {
    let name = PartName::new(request, task, 1).expect("a name");
    let mut sink = PartSink::create(&keys(), folder, name);
    for row in rows {
        sink.row(row).await.expect("takes the row");
    }
    for (name, mut content) in files.iter().copied() {
        sink.file(name, &mut content).await.expect("takes the file");
    }
    let part = Some(sink.finish().await.expect("is whole").stored);
    Holding::Searched { part }
}

fn collection(
    name: &str,
    title: &str,
    fields: &[(&str, &str)],
    holding: Holding,
) -> CollectionFacts {
    let field = |(name, category): &(&str, &str)| Field {
        name: (*name).to_owned(),
        category: (*category).to_owned(),
        holds: None,
        of: OfWhom::Her,
    };
    CollectionFacts {
        name: CollectionName::parse(name).expect("a name"),
        title: title.to_owned(),
        fields: fields.iter().map(field).collect(),
        holding,
    }
}

fn system(id: &str, name: &str, collections: Vec<CollectionFacts>) -> SystemFacts {
    SystemFacts {
        id: SystemId::parse(id).expect("an id"),
        name: name.to_owned(),
        collections,
    }
}

fn facts(request: &RequestId, lang: Lang, systems: Vec<SystemFacts>) -> PackageFacts {
    PackageFacts {
        request: request.clone(),
        right: Right::Export,
        subject: Some("<b>Mária</b> \u{202e}Keller".to_owned()),
        kind: IdentifierKind::ExternalContactId,
        requested_at: 1_799_990_000_000,
        made_at: 1_800_000_000_000,
        lang,
        systems,
    }
}

const EVIL: [&str; 11] = [
    "=cmd|' /C calc'!A0",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1",
    "a;=1\n@x",
    "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>",
    "\u{202e}gpj.exe 😀 مرحبا",
    "]]></style></details>&amp;\u{0}",
];

const FIELDS: [(&str, &str); 6] = [
    ("id", "user.unique_id"),
    ("=subject", "user.content"),
    ("<i>text</i>", "user.content"),
    ("amount", "user.financial"),
    ("tags", "user"),
    ("created_at", "system.operations"),
];

/// Everything hostile that a system could say, with a picture of that many bytes.
async fn hostile(folder: &Path, request: &RequestId, picture: usize) -> Vec<SystemFacts> {
    let rows = EVIL.iter().enumerate().map(|(at, evil)| {
        let mut row = row(&[
            ("id", json!(at)),
            ("=subject", json!(evil)),
            ("<i>text</i>", json!({ *evil: [evil] })),
            ("amount", json!(-5.25)),
            ("tags", json!([evil, null, true])),
        ]);
        if at == 3 {
            row.push("not in the inventory", &json!(evil))
                .expect("is JSON");
        }
        row
    });
    // Xorshift: compresses to nothing less.
    let noise: Vec<u8> = std::iter::successors(Some(2_463_534_242_u32), |x| {
        let x = x ^ (x << 13);
        let x = x ^ (x >> 17);
        Some(x ^ (x << 5))
    })
    .map(|x| (x >> 24) as u8)
    .take(picture)
    .collect();
    let files: [(&str, &[u8]); 6] = [
        ("../../etc/passwd", b"root"),
        ("..\\..\\x.html", b"<script>alert(1)</script>"),
        ("photo\u{202e}gpj.exe", b"MZ"),
        ("a\r\nSet-Cookie: x.pdf", b"%PDF"),
        ("", b""),
        ("写真 😀.JPG", &noise),
    ];
    let tickets = part(folder, request, "t1", rows, &[]).await;
    let uploads = part(folder, request, "t2", [], &files).await;
    let empty = part(folder, request, "t3", [], &[]).await;
    let kept = Holding::Kept {
        ground: "Art. 17(3)(b): <tax> records".to_owned(),
    };
    vec![
        system(
            "-.",
            "Help <desk>",
            vec![
                collection("con", "Tickets & more", &FIELDS, tickets),
                collection("uploads", "Uploads", &[], uploads),
                collection("up.loads", "Nothing", &FIELDS, empty),
                collection(
                    "never",
                    "Never used",
                    &FIELDS,
                    Holding::Searched { part: None },
                ),
            ],
        ),
        system(
            "--",
            "Billing",
            vec![
                collection("con", "Invoices", &FIELDS, kept),
                collection("chat", "Chats", &FIELDS, Holding::NotSearchable),
                collection("old", "Archive", &FIELDS, Holding::Failed),
                collection(
                    "paper",
                    "Paper",
                    &FIELDS,
                    Holding::Waived {
                        ground: SkipGround::Decommissioned,
                    },
                ),
            ],
        ),
    ]
}

/// A package of hostile data; for tests of what happens to packages.
pub(crate) async fn packaged(folder: &Path, request: &RequestId) -> Packaged {
    let facts = facts(request, Lang::En, hostile(folder, request, 700_000).await);
    let name = PackageName::new(request, 1).expect("a name");
    assemble(&keys(), folder, facts, name)
        .await
        .expect("is made")
}

struct Unpacked {
    _folder: TempDir,
    packaged: Packaged,
    /// What the reader printed.
    told: Value,
    page: String,
}

async fn unpacked(folder: TempDir, facts: PackageFacts) -> Unpacked {
    let name = PackageName::new(&facts.request, 1).expect("a name");
    let packaged = assemble(&keys(), folder.path(), facts, name)
        .await
        .expect("is made");
    let mut zip = Vec::new();
    open(&keys(), folder.path(), &packaged.file)
        .and_then(|mut sealed| sealed.read_to_end(&mut zip))
        .expect("opens");
    assert_eq!(packaged.bytes, zip.len() as u64);
    assert_eq!(packaged.sha256, crate::secret::sha256(&zip));
    let path = folder.path().join("package.zip");
    fs::write(&path, &zip).expect("writes");
    let told = Command::new("python3")
        .args(["-c", READER])
        .arg(&path)
        .output()
        .expect("python3 runs");
    assert!(
        told.status.success(),
        "{}",
        String::from_utf8_lossy(&told.stderr)
    );
    let mut archive = zip::ZipArchive::new(io::Cursor::new(zip)).expect("opens");
    let page = archive.by_name("index.html").map(io::read_to_string);
    Unpacked {
        _folder: folder,
        packaged,
        told: serde_json::from_slice(&told.stdout).expect("is JSON"),
        page: page.expect("is there").expect("is text"),
    }
}

async fn unpacked_hostile(lang: Lang, picture: usize) -> Unpacked {
    let folder = tempfile::tempdir().expect("a folder");
    let request = RequestId::parse("0190-hostile").expect("an id");
    let systems = hostile(folder.path(), &request, picture).await;
    unpacked(folder, facts(&request, lang, systems)).await
}

#[tokio::test]
async fn hostile_values_come_back_whole_and_harmless() {
    let Unpacked { told, page, .. } = unpacked_hostile(Lang::En, 10_000_000).await;
    let names: Vec<&str> = told["names"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let wanted = [
        "data/--/con-.json",
        "data/--/con-.csv",
        "attachments/--/uploads-0001.bin",
        "attachments/--/uploads-0002.bin",
        "attachments/--/uploads-0003.bin",
        "attachments/--/uploads-0004.pdf",
        "attachments/--/uploads-0005.bin",
        "attachments/--/uploads-0006.jpg",
        "index.html",
        "manifest.json",
    ];
    assert_eq!(names, wanted);
    let rows = &told["json"]["data/--/con-.json"];
    for (at, evil) in EVIL.iter().enumerate() {
        assert_eq!(rows[at]["=subject"], json!(evil), "JSON is not exact");
    }
    let lines = &told["csv"]["data/--/con-.csv"];
    assert_eq!(lines[0][1], "'=subject");
    assert_eq!(lines[0][6], "(other)");
    assert_eq!(lines[1][3], "-5.25", "a number was made a text");
    assert_eq!(lines[4][6], r#"{"not in the inventory":"@SUM(A1)"}"#);

    for tag in [
        "<script",
        "<img",
        "<b>Mária",
        "<i>",
        "<tax>",
        "<desk>",
        "\0",
    ] {
        assert!(!page.contains(tag), "{tag} is in the page");
    }
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&gt;"));
    assert!(page.contains("photo⟨U+202E⟩gpj.exe"));
}

#[tokio::test]
async fn a_package_says_what_is_not_in_it_and_why() {
    let Unpacked { told, page, .. } = unpacked_hostile(Lang::En, 10).await;
    let place =
        |system: &str, collection: &str| json!({"system": system, "collection": collection});
    let coverage = &told["manifest"]["coverage"];
    assert_eq!(coverage["not_searchable"], json!([place("--", "chat")]));
    assert_eq!(coverage["failed"], json!([place("--", "old")]));
    let mut waived = place("--", "paper");
    waived["ground"] = json!("decommissioned");
    assert_eq!(coverage["waived"], json!([waived]));
    assert!(page.contains("decided to leave it out: the system is switched off for good."));
    assert_eq!(
        coverage["kept"][0]["ground"],
        "Art. 17(3)(b): <tax> records"
    );
    let searched: Vec<_> = coverage["searched"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|place| (&place["collection"], &place["rows"], &place["files"]))
        .map(|(name, rows, files)| (name.as_str(), rows.as_u64(), files.as_u64()))
        .collect();
    let wanted = [
        ("con", 11, 0),
        ("uploads", 0, 6),
        ("up.loads", 0, 0),
        ("never", 0, 0),
    ];
    assert_eq!(
        searched,
        wanted.map(|(name, rows, files)| (Some(name), Some(rows), Some(files)))
    );
    let manifest = &told["manifest"];
    assert_eq!(manifest["made_at"], "2027-01-15T08:00:00Z");
    assert_eq!(
        manifest["files"][5]["original_name"],
        "photo⟨U+202E⟩gpj.exe"
    );
    for text in [
        "Right of access · Art. 15 GDPR",
        "Held back",
        "&lt;tax&gt; records",
        "Nothing found",
    ] {
        assert!(page.contains(text), "{text} is not in the page");
    }
}

#[tokio::test]
async fn the_page_speaks_the_persons_language() {
    let page = unpacked_hostile(Lang::Ja, 10).await.page;
    for text in [
        "<html lang=\"ja\">",
        "あなたの個人データ",
        "GDPR 第15条",
        "2027年1月15日",
        "11 件",
    ] {
        assert!(page.contains(text), "{text} is not in the page");
    }
}

#[tokio::test]
async fn the_same_facts_make_the_same_package() {
    let (one, other) = (
        unpacked_hostile(Lang::En, 10).await,
        unpacked_hostile(Lang::En, 10).await,
    );
    assert_eq!(one.packaged, other.packaged);
}

#[tokio::test]
async fn a_part_that_is_not_whole_makes_no_package() {
    let folder = tempfile::tempdir().expect("a folder");
    let request = RequestId::parse("0190-broken").expect("an id");
    let systems = hostile(folder.path(), &request, 20_000).await;
    let parts = fs::read_dir(folder.path().join("parts/0190-broken"));
    let path = parts.expect("a folder").next().expect("a part");
    let path = path.expect("an entry").path();
    let bytes = fs::read(&path).expect("is there");
    fs::write(&path, &bytes[..bytes.len() - 1]).expect("cuts");
    let name = PackageName::new(&request, 1).expect("a name");
    let made = assemble(
        &keys(),
        folder.path(),
        facts(&request, Lang::En, systems),
        name,
    )
    .await;
    let fault = made.expect_err("was made").fault();
    assert_eq!(fault, Fault::stop(FaultCode::Internal));
    let left = fs::read_dir(folder.path().join("packages")).expect("is there");
    assert_eq!(left.count(), 0, "a half package was left");
}

#[test]
fn no_two_tries_have_the_same_name_and_each_says_whose_it_is() {
    let request = RequestId::parse("01a21dd2-ad4d-7783-932b-b3c4a04ad2fb").expect("an id");
    let ids = [
        "01a21dd2-ad4d-7783-932b-b3c4a04ad2fc",
        "01a21dd2-ad4d-7783-932b-b3c4a04ad2fd",
    ];
    let ahead = ids.map(|id| PackageName::ahead(&request, id).expect("a name"));
    let counted = [2, 3].map(|attempt| PackageName::new(&request, attempt).expect("a name"));
    let all: Vec<_> = ahead.iter().chain(&counted).collect();
    for (at, one) in all.iter().enumerate() {
        assert!(!all[..at].contains(one), "{one:?}");
        assert_eq!(
            PackageName::request_of(one.as_str()).as_ref(),
            Some(&request)
        );
    }
}

#[tokio::test]
async fn earlier_tries_are_removed_and_the_stored_one_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let request = RequestId::parse("0190-a").expect("an id");
    remove_packages(folder.path(), &request, None)
        .await
        .expect("nothing is there");
    let mut made = Vec::new();
    for attempt in [1, 2] {
        let name = PackageName::new(&request, attempt).expect("a name");
        let facts = facts(&request, Lang::En, vec![]);
        made.push(
            assemble(&keys(), folder.path(), facts, name)
                .await
                .expect("is made")
                .file,
        );
    }
    remove_packages(folder.path(), &request, Some(&made[1]))
        .await
        .expect("removes");
    assert!(open(&keys(), folder.path(), &made[0]).is_err());
    assert!(open(&keys(), folder.path(), &made[1]).is_ok());
    remove_packages(folder.path(), &request, None)
        .await
        .expect("removes");
    assert!(open(&keys(), folder.path(), &made[1]).is_err());
}
