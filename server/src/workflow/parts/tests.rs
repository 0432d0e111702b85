//! Parts as a task and a package see them.

use std::pin::Pin;
use std::task::{Context, Poll};

use serde_json::json;
use tokio::io::ReadBuf;

use super::*;

fn keys() -> Keys {
    Keys::new(&std::array::from_fn(|i| i as u8 * 7)).expect("strong enough")
}

fn name(attempt: u32) -> PartName {
    let request = RequestId::parse("0190-r").expect("an id");
    PartName::new(&request, "0190-t", attempt).expect("a name")
}

fn row(fields: &[(&str, serde_json::Value)]) -> ExportRow {
    fields.iter().cloned().collect()
}

fn a_row(json: Vec<u8>) -> Frame {
    Frame::Row { json, alike: false }
}

fn frames(folder: &Path, part: &StoredPart) -> io::Result<Vec<Frame>> {
    let mut reader = PartReader::open(&keys(), folder, part)?;
    std::iter::from_fn(|| reader.next_frame().transpose()).collect()
}

/// The file of that try.
fn file(attempt: u32) -> StoredPart {
    StoredPart {
        name: name(attempt),
        sealed: None,
    }
}

/// Too long for a part without a file.
fn long() -> serde_json::Value {
    json!("Maria".repeat(SMALL / 5))
}

/// Gives some bytes, then breaks off.
struct CutOff(usize);

impl AsyncRead for CutOff {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.0 == 0 {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        self.0 -= 1;
        buf.put_slice(b"some");
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn a_part_reads_back_in_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut sink = PartSink::create(&keys(), folder.path(), name(1));
    let first = row(&[
        ("zeta", json!("ä\u{202e}\n")),
        ("alpha", json!({"b": 1, "a": null})),
    ]);
    let content: Vec<u8> = (0..200_000u32).map(|i| (i % 253) as u8).collect();
    sink.row(first.clone()).await.expect("takes the row");
    sink.file("../x.png", &mut content.as_slice())
        .await
        .expect("takes the file");
    sink.row(row(&[])).await.expect("takes an empty row");
    let part = sink.finish().await.expect("is safe");
    assert_eq!((part.rows, part.files), (2, 1));

    let frames = frames(folder.path(), &part.stored).expect("opens");
    assert_eq!(frames[0], a_row(first.into_json()));
    assert_eq!(frames[1], Frame::File("../x.png".into()));
    let read: Vec<u8> = frames
        .iter()
        .filter_map(|frame| match frame {
            Frame::Content(bytes) => Some(bytes.as_slice()),
            _ => None,
        })
        .collect::<Vec<_>>()
        .concat();
    assert_eq!(read, content);
    let end = FileEnd {
        bytes: 200_000,
        sha256: Sha256::digest(&content).into(),
    };
    assert_eq!(frames[frames.len() - 2], Frame::FileEnd(end));
    assert_eq!(frames[frames.len() - 1], a_row(b"{}".to_vec()));
}

#[tokio::test]
async fn a_row_of_the_same_fields_as_the_one_before_is_marked() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut sink = PartSink::create(&keys(), folder.path(), name(1));
    for (fields, _) in ROWS_AND_MARKS {
        let values = fields.iter().map(|name| (*name, json!("x")));
        sink.row(values.collect()).await.expect("takes the row");
    }
    let part = sink.finish().await.expect("is whole");
    let marks: Vec<_> = frames(folder.path(), &part.stored)
        .expect("opens")
        .into_iter()
        .map(|frame| matches!(frame, Frame::Row { alike: true, .. }))
        .collect();
    assert_eq!(marks, ROWS_AND_MARKS.map(|(_, alike)| alike));
}

const ROWS_AND_MARKS: [(&[&str], bool); 5] = [
    (&["a", "b"], false),
    (&["a", "b"], true),
    (&["a", "b", "odd"], false),
    (&["a", "b"], false),
    (&["a", "b"], true),
];

#[tokio::test]
async fn nothing_of_a_person_is_readable_on_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut sink = PartSink::create(&keys(), folder.path(), name(1));
    let row = row(&[("name", long())]);
    sink.row(row).await.expect("takes the row");
    let part = sink.finish().await.expect("is whole");
    let bytes = fs::read(part.stored.name.path(folder.path())).expect("is there");
    assert!(!bytes.windows(5).any(|w| w == b"Maria"));
}

#[tokio::test]
async fn a_small_part_needs_no_file_and_opens_under_its_own_name_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut sink = PartSink::create(&keys(), folder.path(), name(1));
    let row = row(&[("name", json!("Maria"))]);
    sink.row(row.clone()).await.expect("takes the row");
    let part = sink.finish().await.expect("is whole").stored;
    let entries = fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(entries, 0, "a file was written");
    let sealed = part.sealed.clone().expect("is here");
    assert!(!sealed.windows(5).any(|w| w == b"Maria"));
    let read = frames(folder.path(), &part).expect("opens");
    assert_eq!(read, [a_row(row.into_json())]);
    let other = StoredPart {
        name: name(2),
        ..part.clone()
    };
    assert!(frames(folder.path(), &other).is_err());
    let cut = StoredPart {
        sealed: Some(sealed[..sealed.len() - 1].into()),
        ..part
    };
    assert!(frames(folder.path(), &cut).is_err());
}

#[tokio::test]
async fn a_try_never_writes_into_another_tries_part() {
    let folder = tempfile::tempdir().expect("a folder");
    for attempt in [1, 2] {
        let mut sink = PartSink::create(&keys(), folder.path(), name(attempt));
        let row = row(&[("attempt", json!(attempt)), ("text", long())]);
        sink.row(row).await.expect("takes the row");
        sink.finish().await.expect("is whole");
    }
    let mut again = PartSink::create(&keys(), folder.path(), name(1));
    let taken = again.row(row(&[("text", long())])).await;
    taken.expect("takes the row");
    assert_eq!(
        again.finish().await,
        Err(Fault::retry(FaultCode::Storage)),
        "an existing part was written into"
    );
    for attempt in [1, 2] {
        let json = row(&[("attempt", json!(attempt)), ("text", long())]).into_json();
        let read = frames(folder.path(), &file(attempt)).expect("opens");
        assert_eq!(read, [a_row(json)]);
    }
    fs::copy(name(1).path(folder.path()), name(3).path(folder.path())).expect("copies");
    assert!(
        frames(folder.path(), &file(3)).is_err(),
        "a part opened under another's name"
    );
}

#[tokio::test]
async fn what_broke_off_is_never_finished() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut sink = PartSink::create(&keys(), folder.path(), name(1));
    let cut_off = Err(Fault::retry(FaultCode::CutOff));
    assert_eq!(sink.file("a.pdf", &mut CutOff(3)).await, cut_off);
    assert_eq!(
        sink.row(row(&[])).await,
        cut_off,
        "went on in the middle of a file"
    );
    assert_eq!(
        sink.finish().await.map(|part| part.rows),
        Err(Fault::retry(FaultCode::CutOff))
    );

    let mut sink = PartSink::create(&keys(), folder.path(), name(2));
    let huge = json!("x".repeat(frame::MAX));
    assert_eq!(
        sink.row(row(&[("text", huge)])).await,
        Err(Fault::stop(FaultCode::Mismatch))
    );
    assert!(sink.finish().await.is_err());
    assert!(frames(folder.path(), &file(1)).is_err());
}

#[tokio::test]
async fn a_dropped_sink_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = name(1).path(folder.path());
    let mut sink = PartSink::create(&keys(), folder.path(), name(1));
    sink.file("a", &mut vec![7; 500_000].as_slice())
        .await
        .expect("takes the file");
    drop(sink);
    for _ in 0..200 {
        if path.parent().is_some_and(Path::exists) && !path.exists() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("a half part was left");
}

#[tokio::test]
async fn a_full_disk_may_be_tried_again() {
    let mut sink = PartSink::start(&keys(), name(1), |batches| {
        let full = File::options().write(true).open("/dev/full")?;
        write_batches(&keys(), &name(1), full, batches)
    });
    let mut outcome = Ok(());
    for _ in 0..100 {
        outcome = sink.file("a", &mut vec![7; 100_000].as_slice()).await;
        if outcome.is_err() {
            break;
        }
    }
    assert_eq!(outcome, Err(Fault::retry(FaultCode::Storage)));
    assert!(sink.finish().await.is_err());
}

#[tokio::test]
async fn removing_parts_twice_is_no_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let request = RequestId::parse("0190-r").expect("an id");
    let mut sink = PartSink::create(&keys(), folder.path(), name(1));
    let taken = sink.row(row(&[("text", long())])).await;
    taken.expect("takes the row");
    let part = sink.finish().await.expect("is whole").stored.name;
    assert!(part.path(folder.path()).exists());
    remove_parts(folder.path(), &request)
        .await
        .expect("removes");
    assert!(!part.path(folder.path()).exists());
    remove_parts(folder.path(), &request)
        .await
        .expect("is gone");
}

#[test]
fn a_name_can_not_leave_the_folder() {
    let dots = RequestId::parse("a..b").expect("an id by its own rules");
    assert!(PartName::new(&dots, "t", 1).is_err());
    let request = RequestId::parse("r").expect("an id");
    for bad in ["..", "a/b", "", "A", "a.b"] {
        assert!(PartName::parse(&request, bad).is_err(), "{bad:?} passed");
    }
}
