//! Parts: what one try of an export task reads, sealed until the package is made of it: on disk, or beside the task where it is small.
//!
//! A part is written by a blocking thread fed through a short queue, so neither the runtime nor memory waits for the disk. Most parts
//! are a few rows, though: a file for each would take longer than all the rest of a request.
//! It counts only once [`PartSink::finish`] and [`sync_parts`] said so; before that it does not open, and a sink dropped early removes
//! it.

mod frame;

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use app::model::{InvalidId, RequestId};
use async_trait::async_trait;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::connectors::{ExportRow, Fault, FaultCode, Sink};
use crate::secret::Keys;
use crate::store::part::SmallPart;

pub use frame::{FileEnd, Frame, PartReader};

/// What is handed to the writing thread at once, and read of a file at once.
const BATCH: usize = 64 * 1024;
/// A part of so many bytes needs no file.
const SMALL: usize = 16 * 1024;
/// Batches that may wait for the disk.
const QUEUE: usize = 4;

/// Names the part of one try: the request, and the file `<task id>-<attempt>` in its folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartName {
    request: String,
    file: String,
}

impl PartName {
    /// The part of this try.
    pub fn new(request: &RequestId, task: &str, attempt: u32) -> Result<Self, InvalidId> {
        Self::parse(request, &format!("{task}-{attempt}"))
    }

    /// From [`Self::file`], as `task.part` holds it.
    pub fn parse(request: &RequestId, file: &str) -> Result<Self, InvalidId> {
        Ok(Self {
            request: plain(request.as_str(), "request id")?,
            file: plain(file, "part")?,
        })
    }

    /// What `task.part` holds.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Where it lies under the folder; what its seal is bound to.
    fn place(&self) -> String {
        format!("parts/{}/{}", self.request, self.file)
    }

    fn path(&self, folder: &Path) -> PathBuf {
        folder.join(self.place())
    }
}

/// A text that is safe as a file's name: no dot, no slash.
pub(super) fn plain(text: &str, what: &'static str) -> Result<String, InvalidId> {
    const MAX: usize = 80;
    let safe = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if (1..=MAX).contains(&text.len()) && text.bytes().all(safe) {
        Ok(text.to_owned())
    } else {
        Err(InvalidId { what, max: MAX })
    }
}

/// A finished part, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub stored: StoredPart,
    pub rows: u64,
    pub files: u64,
}

/// Where a part is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPart {
    pub name: PartName,
    /// The part itself, if it is small; else it is a file of that name.
    pub sealed: Option<Arc<[u8]>>,
}

impl StoredPart {
    /// To be stored beside its task; nothing if it is a file.
    pub fn small(&self) -> Option<SmallPart<'_>> {
        self.sealed.as_deref().map(|sealed| SmallPart {
            name: self.name.file(),
            sealed,
        })
    }
}

/// Where a connector's rows and files go while an export task runs.
pub struct PartSink {
    keys: Keys,
    name: PartName,
    batch: Vec<u8>,
    /// Until the file is begun.
    write: Option<WritePart>,
    file: Option<PartFile>,
    rows: u64,
    files: u64,
    /// Of the last row.
    names: Vec<u8>,
    /// Set while a row or file is half in: an error or a dropped future leaves it so, and such a part is never finished.
    broken: bool,
}

/// What writes a part into its file.
type WritePart = Box<dyn FnOnce(mpsc::Receiver<Batch>) -> io::Result<()> + Send>;

/// The file of a part, being written.
struct PartFile {
    queue: mpsc::Sender<Batch>,
    writer: JoinHandle<io::Result<()>>,
}

#[derive(Debug)]
enum Batch {
    Bytes(Vec<u8>),
    End,
}

impl PartSink {
    /// Begins the part of this try under `folder`. Errors of the disk show in what follows.
    pub fn create(keys: &Keys, folder: &Path, name: PartName) -> Self {
        let (own, folder, part) = (keys.clone(), folder.to_owned(), name.clone());
        Self::start(keys, name, move |batches| {
            write_part(&own, &folder, &part, batches)
        })
    }

    fn start(
        keys: &Keys,
        name: PartName,
        write: impl FnOnce(mpsc::Receiver<Batch>) -> io::Result<()> + Send + 'static,
    ) -> Self {
        Self {
            keys: keys.clone(),
            name,
            batch: Vec::with_capacity(BATCH),
            write: Some(Box::new(write)),
            file: None,
            rows: 0,
            files: 0,
            names: Vec::new(),
            broken: false,
        }
    }

    /// Ends the part and waits until it is whole. Only what this gives may be stored as the task's part, a file after [`sync_parts`].
    pub async fn finish(mut self) -> Result<Part, Fault> {
        if self.broken {
            return Err(Fault::retry(FaultCode::CutOff));
        }
        let sealed = if self.file.is_none() && self.batch.len() <= SMALL {
            let sealed = self.sealed();
            Some(sealed.map_err(|_| Fault::stop(FaultCode::Internal))?.into())
        } else {
            self.send().await?;
            self.hand_over(Batch::End).await?;
            None
        };
        if let Some(file) = self.file {
            match file.writer.await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return Err(Fault::retry(FaultCode::Storage)),
                Err(_) => return Err(Fault::retry(FaultCode::Internal)),
            }
        }
        Ok(Part {
            stored: StoredPart {
                name: self.name,
                sealed,
            },
            rows: self.rows,
            files: self.files,
        })
    }

    fn sealed(&self) -> io::Result<Vec<u8>> {
        let mut sealed = self.keys.sealed_writer(&self.name.place(), Vec::new())?;
        sealed.write_all(&self.batch)?;
        sealed.finish()
    }

    /// Adds one frame; sends the batch once it is full.
    async fn push(&mut self, tag: u8, payload: &[u8]) -> Result<(), Fault> {
        frame::push(&mut self.batch, tag, payload).map_err(|_| Fault::stop(FaultCode::Mismatch))?;
        if self.batch.len() < BATCH {
            return Ok(());
        }
        self.send().await
    }

    async fn send(&mut self) -> Result<(), Fault> {
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        self.hand_over(Batch::Bytes(batch)).await
    }

    async fn hand_over(&mut self, batch: Batch) -> Result<(), Fault> {
        if let Some(write) = self.write.take() {
            let (queue, batches) = mpsc::channel(QUEUE);
            let writer = spawn_blocking(move || write(batches));
            self.file = Some(PartFile { queue, writer });
        }
        let refused = Fault::retry(FaultCode::Storage);
        let file = self.file.as_ref().ok_or(refused)?;
        // The writer is gone only if the disk refused.
        file.queue.send(batch).await.map_err(|_| refused)
    }

    async fn stream(
        &mut self,
        name: &str,
        content: &mut (dyn AsyncRead + Send + Unpin),
    ) -> Result<(), Fault> {
        self.push(frame::FILE, name.as_bytes()).await?;
        let (mut hash, mut bytes) = (Sha256::new(), 0);
        let mut chunk = vec![0; BATCH];
        loop {
            let read = content
                .read(&mut chunk)
                .await
                .map_err(|_| Fault::retry(FaultCode::CutOff))?;
            if read == 0 {
                break;
            }
            hash.update(&chunk[..read]);
            bytes += read as u64;
            self.push(frame::CONTENT, &chunk[..read]).await?;
        }
        let end = FileEnd {
            bytes,
            sha256: hash.finalize().into(),
        };
        self.push(frame::FILE_END, &end.encoded()).await
    }
}

#[async_trait]
impl Sink for PartSink {
    async fn row(&mut self, row: ExportRow) -> Result<(), Fault> {
        if std::mem::replace(&mut self.broken, true) {
            return Err(Fault::retry(FaultCode::CutOff));
        }
        let tag = if row.names() == self.names {
            frame::ROW_ALIKE
        } else {
            self.names.clear();
            self.names.extend_from_slice(row.names());
            frame::ROW
        };
        self.push(tag, &row.into_json()).await?;
        self.rows += 1;
        self.broken = false;
        Ok(())
    }

    async fn file(
        &mut self,
        name: &str,
        content: &mut (dyn AsyncRead + Send + Unpin),
    ) -> Result<(), Fault> {
        if std::mem::replace(&mut self.broken, true) {
            return Err(Fault::retry(FaultCode::CutOff));
        }
        self.stream(name, content).await?;
        self.files += 1;
        self.broken = false;
        Ok(())
    }
}

/// Removes all parts of a request, once its package is made or it needs none. What is gone already is no error.
pub async fn remove_parts(folder: &Path, request: &RequestId) -> io::Result<()> {
    let request = plain(request.as_str(), "request id").map_err(io::Error::other)?;
    match tokio::fs::remove_dir_all(folder.join("parts").join(request)).await {
        Err(why) if why.kind() != io::ErrorKind::NotFound => Err(why),
        _ => Ok(()),
    }
}

fn write_part(
    keys: &Keys,
    folder: &Path,
    name: &PartName,
    batches: mpsc::Receiver<Batch>,
) -> io::Result<()> {
    let path = name.path(folder);
    let parent = folder.join("parts").join(&name.request);
    fs::create_dir_all(&parent)?;
    // A part of the same name would be another worker's: never write into it.
    let file = File::options().write(true).create_new(true).open(&path)?;
    let written = write_batches(keys, name, file, batches);
    if written.is_err() {
        // It would not open anyway; this only saves the space.
        let _ = fs::remove_file(&path);
    }
    written
}

/// Makes the names of a request's parts survive a power cut: once for all that are to be stored together.
pub async fn sync_parts(folder: &Path, request: &RequestId) -> io::Result<()> {
    let request = plain(request.as_str(), "request id").map_err(io::Error::other)?;
    let parts = folder.join("parts");
    let folders = [parts.join(request), parts, folder.to_owned()];
    spawn_blocking(move || folders.iter().try_for_each(|folder| sync_folder(folder)))
        .await
        .map_err(io::Error::other)?
}

fn write_batches(
    keys: &Keys,
    name: &PartName,
    file: File,
    mut batches: mpsc::Receiver<Batch>,
) -> io::Result<()> {
    let mut sealed = keys.sealed_writer(&name.place(), file)?;
    loop {
        match batches.blocking_recv() {
            Some(Batch::Bytes(bytes)) => sealed.write_all(&bytes)?,
            Some(Batch::End) => return sealed.finish()?.sync_all(),
            None => return Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

/// Makes a new name in a folder survive a power cut.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    // Elsewhere a folder can't be opened as a file.
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
