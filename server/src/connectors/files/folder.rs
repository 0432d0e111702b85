//! One subject's folder. Nothing here follows a symbolic link or leaves the folder.

use std::fs::{self, DirEntry, FileType, Metadata};
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use app::model::Identifier;
use futures::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use sha2::{Digest, Sha256};

use crate::connectors::{Fault, FaultCode};

/// The longest name that a folder gets from its id as it is, in bytes; file systems end at 255.
const NAME_MAX: usize = 200;
/// How long the disk may take for a listing or a deletion.
const LIMIT: Duration = Duration::from_secs(30);

/// The name of an id's folder: the id with every byte but `A-Z a-z 0-9 _ -` as `%XX`; if that is longer than 200 bytes,
/// `sha256=` and the id's SHA-256 in hex, which no other id's name can be.
pub fn folder_name(id: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    let encoded: String = id
        .bytes()
        .map(|b| {
            if plain(b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect();
    if encoded.len() <= NAME_MAX {
        return encoded;
    }
    let digest = Sha256::digest(id.as_bytes());
    let hex: String = digest.iter().map(|b| format!("{b:02x}")).collect();
    format!("sha256={hex}")
}

/// Whether the tree's root can be read. A missing root is a system that is down, not one that holds nothing.
pub(super) async fn is_there(root: &Path) -> Result<(), Fault> {
    let meta = tokio::fs::metadata(root).await.map_err(fault)?;
    if meta.is_dir() {
        Ok(())
    } else {
        Err(Fault::stop(FaultCode::Mismatch))
    }
}

/// One subject's folder, there or not.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    kind: PathBuf,
    path: PathBuf,
    /// What the folder is called from when its erasure is decided until it is gone. No id's folder is called so.
    erasing: PathBuf,
}

/// Something in it that is not a folder.
#[derive(Debug)]
pub(super) struct Entry {
    path: PathBuf,
    /// Relative to the folder, with `/`.
    pub(super) name: String,
    /// Whether it has content of its own, unlike a link or a socket.
    pub(super) is_file: bool,
}

impl Folder {
    /// The folder of an id.
    pub(super) fn new(root: &Path, id: &Identifier) -> Self {
        let kind = root.join(id.kind().as_str());
        let name = folder_name(id.value());
        Self {
            path: kind.join(&name),
            erasing: kind.join(format!(".erasing={name}")),
            kind,
        }
    }

    /// How many entries there are, those too whose erasure was cut off.
    pub(super) async fn count(&self) -> Result<u64, Fault> {
        let folder = self.clone();
        blocking(move |stop| {
            let left = stop.count(folder.walk(&folder.erasing)?, |_| true)?;
            Ok(left + stop.count(folder.walk(&folder.path)?, |_| true)?)
        })
        .await
    }

    /// How many files there are to export.
    pub(super) async fn files(&self) -> Result<u64, Fault> {
        let folder = self.clone();
        blocking(move |stop| stop.count(folder.walk(&folder.path)?, |entry| entry.is_file)).await
    }

    /// How large the files to export are together.
    pub(super) async fn bytes(&self) -> Result<u64, Fault> {
        let folder = self.clone();
        blocking(move |stop| {
            let mut bytes: u64 = 0;
            for entry in folder.walk(&folder.path)? {
                stop.check()?;
                let entry = entry?;
                if entry.is_file {
                    bytes += fs::symlink_metadata(&entry.path)?.len();
                }
            }
            Ok(bytes)
        })
        .await
    }

    /// Everything in it, at any depth, in the order of their paths. Nothing if there is no such folder.
    pub(super) fn entries(&self) -> BoxStream<'static, Result<Entry, Fault>> {
        let folder = self.clone();
        let walk = blocking(move |_| folder.walk(&folder.path));
        let steps = |walk: Walk| {
            stream::try_unfold(walk, |mut walk| {
                blocking(move |_| Ok(walk.next().transpose()?.map(|entry| (entry, walk))))
            })
        };
        stream::once(walk).map_ok(steps).try_flatten().boxed()
    }

    /// Opens one file, having seen that it is still one, and inside.
    pub(super) async fn open(&self, entry: &Entry) -> Result<tokio::fs::File, Fault> {
        let (folder, path) = (self.path.clone(), entry.path.clone());
        let file = blocking(move |_| {
            let listed = fs::symlink_metadata(&path)?;
            let inside = fs::canonicalize(&path)?.starts_with(fs::canonicalize(&folder)?);
            if !listed.is_file() || !inside {
                return Err(not_as_described());
            }
            let file = fs::File::open(&path)?;
            // Whoever put a link there since then gets nothing out.
            if same_file(&listed, &file.metadata()?) {
                Ok(file)
            } else {
                Err(not_as_described())
            }
        });
        // Gone since it was listed: another try lists anew.
        let cut_off = |fault: Fault| match fault.code() {
            FaultCode::Unreachable => Fault::retry(FaultCode::CutOff),
            _ => fault,
        };
        Ok(tokio::fs::File::from_std(file.await.map_err(cut_off)?))
    }

    /// Deletes it with everything in it, all or nothing: one renaming decides. What was decided and then cut off is taken up
    /// again by the next call. Waits until the disk has it so, and returns how many entries it deleted.
    pub(super) async fn delete(&self) -> Result<u64, Fault> {
        let folder = self.clone();
        blocking(move |stop| {
            let mut deleted = folder.clear(stop)?;
            if folder.exists(&folder.path)? {
                stop.check()?;
                fs::rename(&folder.path, &folder.erasing)?;
                fs::File::open(&folder.kind)?.sync_all()?;
                deleted += folder.clear(stop)?;
            }
            Ok(deleted)
        })
        .await
    }

    /// Deletes what is decided to be erased.
    fn clear(&self, stop: &Stop) -> io::Result<u64> {
        while self.exists(&self.erasing)? {
            stop.check()?;
            match self.remove(stop) {
                // A call that was given up is still at the same work: nothing that vanishes here is missed.
                Err(e) if e.kind() == ErrorKind::NotFound => {}
                removed => return removed,
            }
        }
        Ok(0)
    }

    fn remove(&self, stop: &Stop) -> io::Result<u64> {
        let entries = stop.count(self.walk(&self.erasing)?, |_| true)?;
        fs::remove_dir_all(&self.erasing)?;
        fs::File::open(&self.kind)?.sync_all()?;
        Ok(entries)
    }

    /// Whether it is there, as a folder of its own.
    fn exists(&self, path: &Path) -> io::Result<bool> {
        for path in [&self.kind, path] {
            match fs::symlink_metadata(path) {
                Ok(meta) if meta.is_dir() => {}
                Ok(_) => return Err(not_as_described()),
                Err(e) if e.kind() == ErrorKind::NotFound => return Ok(false),
                Err(e) => return Err(e),
            }
        }
        Ok(true)
    }

    fn walk(&self, path: &Path) -> io::Result<Walk> {
        let there = self.exists(path)?;
        let waiting = if there { listed(path)? } else { Vec::new() };
        Ok(Walk {
            root: path.to_owned(),
            waiting,
        })
    }
}

/// Goes through a folder in the order of paths; holds what is listed on the way down, not the whole tree.
struct Walk {
    root: PathBuf,
    /// The next one last.
    waiting: Vec<(PathBuf, FileType)>,
}

impl Iterator for Walk {
    type Item = io::Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (path, kind) = self.waiting.pop()?;
            if !kind.is_dir() {
                let name = path.strip_prefix(&self.root).unwrap_or(&path);
                return Some(Ok(Entry {
                    name: name.to_string_lossy().into_owned(),
                    is_file: kind.is_file(),
                    path,
                }));
            }
            match listed(&path) {
                Ok(inside) => self.waiting.extend(inside),
                Err(e) => return Some(Err(e)),
            }
        }
    }
}

/// What one folder lists, the last first.
fn listed(folder: &Path) -> io::Result<Vec<(PathBuf, FileType)>> {
    // The type of the entry itself, not of what it may link to.
    let entry = |entry: io::Result<DirEntry>| {
        let entry = entry?;
        Ok((entry.path(), entry.file_type()?))
    };
    let mut listed: Vec<_> = fs::read_dir(folder)?
        .map(entry)
        .collect::<io::Result<_>>()?;
    listed.sort_by(|(a, _), (b, _)| b.cmp(a));
    Ok(listed)
}

fn same_file(a: &Metadata, b: &Metadata) -> bool {
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

fn not_as_described() -> io::Error {
    ErrorKind::InvalidData.into()
}

/// Tells work on another thread that nobody waits for it any more.
#[derive(Clone, Default)]
struct Stop(Arc<AtomicBool>);

impl Stop {
    /// An error once nobody waits.
    fn check(&self) -> io::Result<()> {
        if self.0.load(Ordering::Acquire) {
            Err(ErrorKind::Interrupted.into())
        } else {
            Ok(())
        }
    }

    fn count(&self, entries: Walk, counts: impl Fn(&Entry) -> bool) -> io::Result<u64> {
        let mut count = 0;
        for entry in entries {
            self.check()?;
            count += u64::from(counts(&entry?));
        }
        Ok(count)
    }
}

/// Stops the work when it is dropped.
struct Waiting(Stop);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Release);
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce(&Stop) -> io::Result<T> + Send + 'static,
) -> Result<T, Fault> {
    let stop = Stop::default();
    let _waiting = Waiting(stop.clone());
    let work = tokio::task::spawn_blocking(move || work(&stop));
    match tokio::time::timeout(LIMIT, work).await {
        Ok(Ok(done)) => done.map_err(fault),
        Ok(Err(_)) => Err(Fault::retry(FaultCode::Internal)),
        Err(_) => Err(Fault::retry(FaultCode::Timeout)),
    }
}

fn fault(error: io::Error) -> Fault {
    match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            Fault::stop(FaultCode::Denied)
        }
        ErrorKind::InvalidData => Fault::stop(FaultCode::Mismatch),
        _ => Fault::retry(FaultCode::Unreachable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_name_is_safe_and_tells_ids_apart() {
        let cases = [
            ("abc-1_Z", "abc-1_Z"),
            ("help-desk:42", "help-desk%3A42"),
            ("..", "%2E%2E"),
            ("a/b", "a%2Fb"),
            ("a%2Fb", "a%252Fb"),
            ("é", "%C3%A9"),
        ];
        for (id, want) in cases {
            assert_eq!(folder_name(id), want);
        }
        assert_eq!(folder_name(&"x".repeat(200)), "x".repeat(200));
        let long = folder_name(&"x".repeat(201));
        assert!(long.starts_with("sha256=") && long.len() == 71, "{long}");
        assert_ne!(long, folder_name(&"x".repeat(202)));
        assert_ne!(
            folder_name(&long),
            long,
            "no id is called as another's folder"
        );
    }

    #[test]
    fn work_that_nobody_waits_for_decides_nothing() {
        let root = tempfile::tempdir().expect("a folder");
        let id = Identifier::new(app::model::IdentifierKind::ExternalId, "1").expect("valid");
        let folder = Folder::new(root.path(), &id);
        fs::create_dir_all(&folder.path).expect("made");
        fs::write(folder.path.join("a"), "a").expect("written");
        let stop = Stop::default();
        let waiting = Waiting(stop.clone());
        assert_eq!(
            stop.count(folder.walk(&folder.path).expect("read"), |_| true)
                .ok(),
            Some(1)
        );
        drop(waiting);
        assert!(
            stop.count(folder.walk(&folder.path).expect("read"), |_| true)
                .is_err()
        );
        assert!(stop.check().is_err());
    }
}
