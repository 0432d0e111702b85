//! One subject's folder. Nothing here follows a symbolic link or leaves the folder.

use std::fs::{self, DirEntry, Metadata};
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use app::model::Identifier;
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
        let path = kind.join(folder_name(id.value()));
        Self { kind, path }
    }

    /// Everything in it, at any depth, in the order of their names. None if there is no such folder.
    pub(super) async fn entries(&self) -> Result<Vec<Entry>, Fault> {
        let folder = self.clone();
        blocking(move || {
            if !folder.exists()? {
                return Ok(Vec::new());
            }
            let (mut entries, mut folders) = (Vec::new(), Vec::new());
            walk(&folder.path, &mut entries, &mut folders)?;
            let name = |path: &Path| {
                path.strip_prefix(&folder.path)
                    .unwrap_or(path)
                    .to_string_lossy()
                    .into_owned()
            };
            let named = entries.into_iter().map(|(path, is_file)| Entry {
                name: name(&path),
                path,
                is_file,
            });
            let mut entries: Vec<Entry> = named.collect();
            entries.sort_by(|a, b| a.path.cmp(&b.path));
            Ok(entries)
        })
        .await
    }

    /// Opens one file, having seen that it is still one, and inside.
    pub(super) async fn open(&self, entry: &Entry) -> Result<tokio::fs::File, Fault> {
        let (folder, path) = (self.path.clone(), entry.path.clone());
        let file = blocking(move || {
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

    /// Deletes everything in it and then itself, and waits until the disk has it so. Returns how many entries it deleted.
    pub(super) async fn delete(&self) -> Result<u64, Fault> {
        let folder = self.clone();
        blocking(move || {
            if !folder.exists()? {
                return Ok(0);
            }
            let (mut entries, mut folders) = (Vec::new(), Vec::new());
            walk(&folder.path, &mut entries, &mut folders)?;
            let mut deleted = 0;
            for (path, _) in entries {
                deleted += u64::from(gone(fs::remove_file(path))?);
            }
            // Inner ones after outer ones in the list.
            for path in folders.iter().rev().chain([&folder.path]) {
                gone(fs::remove_dir(path))?;
            }
            fs::File::open(&folder.kind)?.sync_all()?;
            Ok(deleted)
        })
        .await
    }

    /// Whether it is there, as a folder of its own.
    fn exists(&self) -> io::Result<bool> {
        for path in [&self.kind, &self.path] {
            match fs::symlink_metadata(path) {
                Ok(meta) if meta.is_dir() => {}
                Ok(_) => return Err(not_as_described()),
                Err(e) if e.kind() == ErrorKind::NotFound => return Ok(false),
                Err(e) => return Err(e),
            }
        }
        Ok(true)
    }
}

fn walk(
    path: &Path,
    entries: &mut Vec<(PathBuf, bool)>,
    folders: &mut Vec<PathBuf>,
) -> io::Result<()> {
    let mut to_read = vec![path.to_owned()];
    while let Some(path) = to_read.pop() {
        let listed: Vec<DirEntry> = fs::read_dir(&path)?.collect::<io::Result<_>>()?;
        for entry in listed {
            // Of the entry itself, not of what it may link to.
            let kind = entry.file_type()?;
            if kind.is_dir() {
                to_read.push(entry.path());
                folders.push(entry.path());
            } else {
                entries.push((entry.path(), kind.is_file()));
            }
        }
    }
    Ok(())
}

/// Whether it was removed just now, rather than by another before.
fn gone(removed: io::Result<()>) -> io::Result<bool> {
    match removed {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(false),
        Err(e) => Err(e),
    }
}

fn same_file(a: &Metadata, b: &Metadata) -> bool {
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

fn not_as_described() -> io::Error {
    ErrorKind::InvalidData.into()
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Fault> {
    match tokio::time::timeout(LIMIT, tokio::task::spawn_blocking(work)).await {
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
}
