//! Packages: what an access request hands to the person, one ZIP made of the request's parts.
//!
//! Everything is streamed: rows come from the sealed parts, once for each form they are written in, and the ZIP is sealed
//! while it is written. Memory grows with the number of files, not with their size or the number of rows.

mod another;
mod bundle;
mod contents;
mod facts;
mod glance;
mod link;
mod manifest;
mod names;
mod page;
mod pipe;
mod records;
mod sheet;
mod words;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use app::model::{InvalidId, RequestId};
use tokio::task::spawn_blocking;

use super::parts::{plain, sync_folder};
use crate::connectors::{Fault, FaultCode};
use crate::secret::{Keys, SealedReader};

pub use facts::{CollectionFacts, Holding, Lang, PackageFacts, SystemFacts};
pub use link::{is_ours, link};
pub(crate) use sheet::defused;

use bundle::Bundle;

/// Why no package was made.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// The disk refused, or a part is not whole.
    #[error("a file of the package")]
    Io(#[from] io::Error),
    #[error("the archive")]
    Zip(#[from] zip::result::ZipError),
    #[error("the list of contents")]
    Json(#[from] serde_json::Error),
    #[error("a table")]
    Csv(#[from] csv::Error),
}

impl PackageError {
    /// What the ledger makes of it: a full disk may have room later, a part that is not whole stays so.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Io(why) if why.kind() == io::ErrorKind::InvalidData => {
                Fault::stop(FaultCode::Internal)
            }
            _ => Fault::retry(FaultCode::Storage),
        }
    }
}

/// Names the package file of one try: `<request id>-<try>`. No two tries have the same: one that comes late replaces no other's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageName(String);

impl PackageName {
    /// The package of the try that its own task counts so.
    pub fn new(request: &RequestId, attempt: u32) -> Result<Self, InvalidId> {
        Self::parse(&format!("{request}-{attempt}"))
    }

    /// The package of a try of its own, before there is a task that counts. `id` is a new one.
    pub fn ahead(request: &RequestId, id: &str) -> Result<Self, InvalidId> {
        Self::parse(&format!("{request}-{}", id.replace('-', "")))
    }

    /// From [`Self::as_str`], as `package.file` holds it.
    pub fn parse(file: &str) -> Result<Self, InvalidId> {
        plain(file, "package").map(Self)
    }

    /// The request that a file in the folder of packages belongs to, finished or a draft.
    pub fn request_of(file: &str) -> Option<RequestId> {
        let (request, _) = file.rsplit_once('-')?;
        RequestId::parse(request).ok()
    }

    /// What `package.file` holds.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where it lies under the folder; what its seal is bound to.
    fn place(&self) -> String {
        format!("packages/{}", self.0)
    }

    fn path(&self, folder: &Path) -> PathBuf {
        folder.join(self.place())
    }
}

/// A package, safe on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packaged {
    pub file: PackageName,
    /// Of the ZIP as downloaded.
    pub bytes: u64,
    /// Of the ZIP as downloaded; lower hex.
    pub sha256: String,
}

/// Makes the package of `facts` under `folder`, on a blocking thread. The same facts and parts make the same ZIP.
pub async fn assemble(
    keys: &Keys,
    folder: &Path,
    facts: PackageFacts,
    file: PackageName,
) -> Result<Packaged, PackageError> {
    let (keys, folder) = (keys.clone(), folder.to_owned());
    spawn_blocking(move || assemble_now(&keys, &folder, &facts, file))
        .await
        .map_err(io::Error::other)?
}

fn assemble_now(
    keys: &Keys,
    folder: &Path,
    facts: &PackageFacts,
    name: PackageName,
) -> Result<Packaged, PackageError> {
    let path = name.path(folder);
    let draft = path.with_extension("tmp");
    fs::create_dir_all(folder.join("packages"))?;
    let made = write_draft(keys, folder, facts, &name, &draft);
    let made = made.and_then(|made| {
        fs::rename(&draft, &path)?;
        sync_folder(&folder.join("packages"))?;
        sync_folder(folder)?;
        Ok(made)
    });
    match made {
        Ok((bytes, sha256)) => Ok(Packaged {
            file: name,
            bytes,
            sha256,
        }),
        Err(why) => {
            // It would not open anyway; this only saves the space.
            let _ = fs::remove_file(&draft);
            Err(why)
        }
    }
}

fn write_draft(
    keys: &Keys,
    folder: &Path,
    facts: &PackageFacts,
    name: &PackageName,
    draft: &Path,
) -> Result<(u64, String), PackageError> {
    let sealed = keys.sealed_writer(&name.place(), File::create(draft)?)?;
    let mut bundle = Bundle::new(sealed, facts.made_at);
    contents::write(&mut bundle, keys, folder, facts)?;
    let (sealed, bytes, sha256) = bundle.finish()?;
    sealed.finish()?.sync_all()?;
    Ok((bytes, sha256))
}

/// Opens a package for reading: the ZIP as downloaded. A changed or cut file is an error, never short.
pub fn open(keys: &Keys, folder: &Path, file: &PackageName) -> io::Result<SealedReader<File>> {
    keys.sealed_reader(&file.place(), File::open(file.path(folder))?)
}

/// Removes all packages of a request but `keep`: those of earlier tries, or, once expired, every one.
pub async fn remove_packages(
    folder: &Path,
    request: &RequestId,
    keep: Option<&PackageName>,
) -> io::Result<()> {
    let mut entries = match tokio::fs::read_dir(folder.join("packages")).await {
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    let own = format!("{request}-");
    while let Some(entry) = entries.next_entry().await? {
        let name = entry.file_name();
        let file = name.to_str().unwrap_or_default();
        if file.starts_with(&own) && keep.is_none_or(|keep| keep.as_str() != file) {
            tokio::fs::remove_file(entry.path()).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests;
