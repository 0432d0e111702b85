//! The `files` kind, over a folder.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use app::model::{CollectionName, IdentifierKind, Operation, SubjectKey, SystemId};
use async_trait::async_trait;
use server::connectors::files::{Files, folder_name};
use server::connectors::{Connector, Fault, FaultCode, Whose};
use tempfile::TempDir;

use crate::compliance::compliance;
use crate::people::Person;
use crate::sql::key;
use crate::world::{Taken, World, call, erase, export, preview, search};

compliance!(Attachments);

/// A tree of attachments that holds the people.
struct Attachments {
    folder: TempDir,
    connector: Arc<dyn Connector>,
}

impl Attachments {
    fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    fn hers(&self, id: &str) -> PathBuf {
        self.root().join("external_id").join(folder_name(id))
    }
}

#[async_trait]
impl World for Attachments {
    async fn with(people: &[Person]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("root");
        fs::create_dir(&root).expect("a root");
        let files = Files::new(&SystemId::parse("files").expect("an id"), &root).expect("opened");
        let world = Self {
            folder,
            connector: Arc::new(files),
        };
        for person in people {
            let hers = world.hers(&person.id);
            for n in 0..person.items {
                let sub = hers.join(format!("message-{}", n % 2));
                fs::create_dir_all(&sub).expect("a folder");
                fs::write(
                    sub.join(format!("{n} \u{1f600}<b>.txt")),
                    format!("{} {n}", person.name),
                )
                .expect("written");
            }
        }
        world
    }

    fn connector(&self) -> Arc<dyn Connector> {
        Arc::clone(&self.connector)
    }

    fn key(&self, person: &Person) -> SubjectKey {
        key(IdentifierKind::ExternalId, &person.id)
    }

    async fn dump(&self, person: &Person) -> Vec<String> {
        let mut all = Vec::new();
        dump(&self.hers(&person.id), &mut all);
        all.sort();
        all
    }

    async fn vanish(&self) {
        fs::remove_dir_all(self.root()).expect("removed");
    }
}

fn dump(folder: &Path, into: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            dump(&entry.path(), into);
        } else {
            into.push(format!("{:?} {:?}", entry.path(), fs::read(entry.path())));
        }
    }
}

fn maria() -> Person {
    crate::people::people().swap_remove(crate::people::MARIA)
}

#[tokio::test]
async fn both_kinds_of_id_have_folders_of_their_own() {
    let world = Attachments::with(&[maria()]).await;
    let same_id = key(IdentifierKind::ExternalContactId, &maria().id);
    assert_eq!(
        search(&*world.connector, same_id.identifier()).await,
        Ok(vec![])
    );
    let theirs = world
        .root()
        .join("external_contact_id")
        .join(folder_name(&maria().id));
    fs::create_dir_all(&theirs).expect("a folder");
    fs::write(theirs.join("a"), "a").expect("written");
    assert_eq!(
        preview(&*world.connector, &same_id, Operation::Export).await,
        1
    );
    erase(&*world.connector, &same_id).await;
    assert_eq!(
        preview(&*world.connector, &world.key(&maria()), Operation::Export).await,
        3
    );
}

#[tokio::test]
async fn a_link_is_never_followed() {
    let world = Attachments::with(&[maria()]).await;
    let outside = world.folder.path().join("outside");
    fs::create_dir(&outside).expect("a folder");
    fs::write(outside.join("secret"), "secret").expect("written");
    symlink(outside.join("secret"), world.hers("1001").join("link")).expect("linked");
    symlink(&outside, world.hers("1001").join("folder")).expect("linked");
    let key = world.key(&maria());
    let taken = export(&*world.connector, &key).await;
    assert_eq!(taken.files.len(), 3, "her own");
    assert!(taken.files.iter().all(|(_, bytes)| bytes != b"secret"));
    assert_eq!(
        preview(&*world.connector, &key, Operation::Delete).await,
        5,
        "links go too"
    );
    let collection = CollectionName::parse("attachments").expect("a name");
    let sizes = taken.files.iter().map(|(_, bytes)| bytes.len() as u64);
    assert_eq!(
        world.connector.bytes(&key, &collection).await,
        Ok(sizes.sum()),
        "what a link leads to has no size here"
    );
    erase(&*world.connector, &key).await;
    assert!(!world.hers("1001").exists());
    assert_eq!(
        fs::read(outside.join("secret")).expect("still there"),
        b"secret"
    );
}

#[tokio::test]
async fn a_folder_that_is_a_link_is_not_hers() {
    let world = Attachments::with(&[maria()]).await;
    symlink(world.hers("1001"), world.hers("1002")).expect("linked");
    let other = key(IdentifierKind::ExternalId, "1002");
    let wrong = Fault::stop(FaultCode::Mismatch);
    assert_eq!(
        search(&*world.connector, other.identifier()).await,
        Err(wrong)
    );
    let collection = world.connector.inventory().collections[0].name.clone();
    assert_eq!(
        world.connector.delete(&call(), &other, &collection).await,
        Err(wrong)
    );
    assert_eq!(world.dump(&maria()).await.len(), 3);
}

#[tokio::test]
async fn an_id_can_not_leave_the_root() {
    let world = Attachments::with(&[maria()]).await;
    fs::write(world.folder.path().join("outside"), "x").expect("written");
    for id in [
        "..",
        "../..",
        ".",
        "/",
        "../external_id/1001",
        "1001/",
        "1001/message-0",
        "%2E%2E",
    ] {
        let key = key(IdentifierKind::ExternalId, id);
        assert_eq!(
            preview(&*world.connector, &key, Operation::Delete).await,
            0,
            "{id}"
        );
        erase(&*world.connector, &key).await;
    }
    assert_eq!(world.dump(&maria()).await.len(), 3);
    assert!(world.folder.path().join("outside").exists());
}

#[tokio::test]
async fn a_deletion_that_was_cut_off_goes_on() {
    let world = Attachments::with(&[maria()]).await;
    fs::remove_dir_all(world.hers("1001").join("message-0")).expect("half done");
    assert_eq!(
        erase(&*world.connector, &world.key(&maria())).await[0].rows,
        1
    );
    assert!(!world.hers("1001").exists());
    fs::create_dir_all(world.hers("1001").join("empty/inside")).expect("only folders left");
    assert_eq!(
        erase(&*world.connector, &world.key(&maria())).await[0].rows,
        0
    );
    assert!(!world.hers("1001").exists());
}

#[tokio::test]
async fn an_erasure_that_was_decided_is_finished_and_hides_nothing() {
    let world = Attachments::with(&[maria()]).await;
    let (hers, key) = (world.hers("1001"), world.key(&maria()));
    let erasing = hers.with_file_name(".erasing=1001");
    fs::rename(&hers, &erasing).expect("decided, and then the power went");
    let connector = &*world.connector;
    let collection = connector.inventory().collections[0].name.clone();
    assert_eq!(
        connector.verify(Whose::alone(&key), &collection).await,
        Ok(3)
    );
    assert_eq!(preview(connector, &key, Operation::Delete).await, 3);
    assert_eq!(preview(connector, &key, Operation::Export).await, 0);
    let found = search(connector, key.identifier()).await.expect("searched");
    assert_eq!(found.len(), 1, "what is not gone is found");
    fs::create_dir_all(&hers).expect("a folder");
    fs::write(hers.join("new"), "new").expect("written meanwhile");
    assert_eq!(
        connector.verify(Whose::alone(&key), &collection).await,
        Ok(4)
    );
    assert_eq!(erase(connector, &key).await[0].rows, 4);
    assert!(!hers.exists() && !erasing.exists());
    assert_eq!(
        connector.verify(Whose::alone(&key), &collection).await,
        Ok(0)
    );
}

#[tokio::test]
async fn an_erasure_that_is_given_up_takes_all_or_nothing() {
    let many = Person {
        items: 2_000,
        ..maria()
    };
    let world = Attachments::with(std::slice::from_ref(&many)).await;
    let key = world.key(&many);
    let collection = world.connector.inventory().collections[0].name.clone();
    for micros in [0, 50, 500, 2_000, 5_000, 20_000] {
        let (call, connector) = (call(), &world.connector);
        let erasure = connector.delete(&call, &key, &collection);
        let limit = std::time::Duration::from_micros(micros);
        let _ = tokio::time::timeout(limit, erasure).await;
        let left = world.dump(&many).await.len();
        assert!(left == 0 || left == 2_000, "{left} left after {micros} us");
    }
    erase(&*world.connector, &key).await;
    assert_eq!(
        world
            .connector
            .verify(Whose::alone(&key), &collection)
            .await,
        Ok(0)
    );
}

#[tokio::test]
async fn a_long_id_and_a_name_that_is_no_text_are_taken() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let long = Person {
        id: "ü".repeat(150),
        ..maria()
    };
    let world = Attachments::with(std::slice::from_ref(&long)).await;
    fs::write(
        world.hers(&long.id).join(OsStr::from_bytes(b"\xff.bin")),
        [0, 255],
    )
    .expect("written");
    let taken = export(&*world.connector, &world.key(&long)).await;
    assert_eq!(taken.files.len(), 4);
    assert!(
        taken
            .files
            .contains(&("\u{fffd}.bin".to_owned(), vec![0, 255]))
    );
    assert_eq!(taken.rows, Taken::default().rows);
}
