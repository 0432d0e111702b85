//! What is inside a part: frames of a tag, a length and a payload.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::path::Path;
use std::sync::Arc;

use super::StoredPart;
use crate::secret::{Keys, SealedReader};

pub(super) const ROW: u8 = b'r';
pub(super) const ROW_ALIKE: u8 = b'a';
pub(super) const FILE: u8 = b'f';
pub(super) const CONTENT: u8 = b'c';
pub(super) const FILE_END: u8 = b'e';

/// The longest payload: one row as JSON. Bounds what a hostile system can make us hold.
pub(super) const MAX: usize = 16 * 1024 * 1024;

/// A payload longer than [`MAX`].
#[derive(Debug, thiserror::Error)]
#[error("a row is longer than {MAX} bytes")]
pub(super) struct TooLong;

/// Appends one frame. Nothing of one that is too long.
pub(super) fn push(out: &mut Vec<u8>, tag: u8, payload: &[u8]) -> Result<(), TooLong> {
    let length = payload.len();
    let short = u32::try_from(length).map_err(|_| TooLong)?;
    if length > MAX {
        return Err(TooLong);
    }
    out.push(tag);
    out.extend_from_slice(&short.to_be_bytes());
    out.extend_from_slice(payload);
    Ok(())
}

/// One piece of a part, in the order it was written.
#[derive(Debug, PartialEq, Eq)]
pub enum Frame {
    /// A row, as a JSON object; [`row::read_row`](crate::connectors::row::read_row) reads it.
    Row {
        json: Vec<u8>,
        /// Whether it has the same fields as the row before it.
        alike: bool,
    },
    /// A file begins; its name as the system calls it.
    File(String),
    /// Some of the file's content.
    Content(Vec<u8>),
    /// The file ends.
    FileEnd(FileEnd),
}

/// What is known of a file at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileEnd {
    pub bytes: u64,
    pub sha256: [u8; 32],
}

impl FileEnd {
    pub(super) fn encoded(&self) -> Vec<u8> {
        [self.bytes.to_be_bytes().as_slice(), &self.sha256].concat()
    }

    fn decoded(payload: &[u8]) -> Option<Self> {
        let (bytes, sha256) = payload.split_first_chunk::<8>()?;
        Some(Self {
            bytes: u64::from_be_bytes(*bytes),
            sha256: sha256.try_into().ok()?,
        })
    }
}

/// Reads a part, frame by frame. A part that is not whole is an error, never short.
pub struct PartReader {
    sealed: SealedReader<Source>,
    length: u64,
}

enum Source {
    File(BufReader<File>),
    Small(Cursor<Arc<[u8]>>),
}

impl Read for Source {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.read(out),
            Self::Small(bytes) => bytes.read(out),
        }
    }
}

impl PartReader {
    /// Opens a finished part; its file is under `folder`.
    pub fn open(keys: &Keys, folder: &Path, part: &StoredPart) -> io::Result<Self> {
        let (source, length) = match &part.sealed {
            Some(sealed) => {
                let length = sealed.len() as u64;
                (Source::Small(Cursor::new(Arc::clone(sealed))), length)
            }
            None => {
                let file = File::open(part.name.path(folder))?;
                let length = file.metadata()?.len();
                (Source::File(BufReader::new(file)), length)
            }
        };
        let sealed = keys.sealed_reader(&part.name.place(), source)?;
        Ok(Self { sealed, length })
    }

    /// More bytes than all rows and files in it together.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The next frame, or nothing at the part's end.
    pub fn next_frame(&mut self) -> io::Result<Option<Frame>> {
        let mut tag = [0];
        if self.sealed.read(&mut tag)? == 0 {
            return Ok(None);
        }
        let mut length = [0; 4];
        self.sealed.read_exact(&mut length)?;
        let length = usize::try_from(u32::from_be_bytes(length)).map_err(|_| invalid())?;
        if length > MAX {
            return Err(invalid());
        }
        let mut payload = vec![0; length];
        self.sealed.read_exact(&mut payload)?;
        let frame = match tag[0] {
            ROW | ROW_ALIKE => Some(Frame::Row {
                json: payload,
                alike: tag[0] == ROW_ALIKE,
            }),
            FILE => String::from_utf8(payload).ok().map(Frame::File),
            CONTENT => Some(Frame::Content(payload)),
            FILE_END => FileEnd::decoded(&payload).map(Frame::FileEnd),
            _ => None,
        };
        frame.map(Some).ok_or_else(invalid)
    }
}

/// Says that it is no part, and nothing of its content.
fn invalid() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "not a part")
}
