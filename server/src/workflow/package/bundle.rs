//! The ZIP stream: entries written one after the other, each hashed, and the whole hashed.

use std::io::{self, BufWriter, Write};

use app::model::Millis;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::PackageError;
use crate::secret::hex;

/// From here on an entry gets the fields of 64 bits, which old readers don't know.
const LARGE: u64 = 2 * 1024 * 1024 * 1024;

/// A ZIP being written into `W`, never seeking.
pub(super) struct Bundle<W: Write> {
    zip: ZipWriter<StreamWriter<Hashing<W>>>,
    time: DateTime,
}

/// What is known of an entry once it is written.
pub(super) struct Written {
    pub(super) bytes: u64,
    /// Lower hex.
    pub(super) sha256: String,
}

impl<W: Write> Bundle<W> {
    /// Begins one whose entries all carry `made_at`, in UTC.
    pub(super) fn new(inner: W, made_at: Millis) -> Self {
        Self {
            zip: ZipWriter::new_stream(Hashing::new(inner)),
            time: dos_time(made_at).unwrap_or_default(),
        }
    }

    /// Adds one file. `at_most` is a bound of its size in bytes.
    pub(super) fn add(
        &mut self,
        path: &str,
        at_most: u64,
        write: impl FnOnce(&mut dyn Write) -> Result<(), PackageError>,
    ) -> Result<Written, PackageError> {
        // The fastest level: what slows an export down is compressing, and text shrinks well at any level.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(1))
            .large_file(at_most >= LARGE)
            .last_modified_time(self.time)
            .unix_permissions(0o644);
        self.zip.start_file(path, options)?;
        let mut entry = BufWriter::with_capacity(32 * 1024, Hashing::new(&mut self.zip));
        write(&mut entry)?;
        let (_, bytes, sha256) = entry
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?
            .finish();
        Ok(Written { bytes, sha256 })
    }

    /// Ends the ZIP: what it was written into, its bytes and its SHA-256 in lower hex.
    pub(super) fn finish(self) -> Result<(W, u64, String), PackageError> {
        Ok(self.zip.finish()?.into_inner().finish())
    }
}

/// Counts and hashes what passes through.
struct Hashing<W: Write> {
    inner: W,
    bytes: u64,
    hash: Sha256,
}

impl<W: Write> Hashing<W> {
    fn new(inner: W) -> Self {
        Self {
            inner,
            bytes: 0,
            hash: Sha256::new(),
        }
    }

    fn finish(self) -> (W, u64, String) {
        (self.inner, self.bytes, hex(&self.hash.finalize()))
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// The instant as ZIP has it: UTC, from 1980 to 2107.
fn dos_time(at: Millis) -> Option<DateTime> {
    let at = Timestamp::from_millisecond(at).ok()?;
    let at = jiff::tz::TimeZone::UTC.to_datetime(at);
    let part = |number: i8| u8::try_from(number).ok();
    DateTime::from_date_and_time(
        u16::try_from(at.year()).ok()?,
        part(at.month())?,
        part(at.day())?,
        part(at.hour())?,
        part(at.minute())?,
        part(at.second())?,
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_entry_reads_back() {
        let mut bundle = Bundle::new(Vec::new(), 0);
        for (path, at_most) in [("small", 0), ("large", u64::MAX)] {
            let written = bundle
                .add(path, at_most, |out| Ok(out.write_all(path.as_bytes())?))
                .expect("writes");
            assert_eq!(written.bytes, 5);
            assert_eq!(written.sha256, crate::secret::sha256(path.as_bytes()));
        }
        let (zip, bytes, sha256) = bundle.finish().expect("ends");
        assert_eq!(bytes, zip.len() as u64);
        assert_eq!(sha256, crate::secret::sha256(&zip));
        let mut read = zip::ZipArchive::new(io::Cursor::new(zip)).expect("opens");
        for path in ["small", "large"] {
            let text = io::read_to_string(read.by_name(path).expect("is there"));
            assert_eq!(text.expect("reads"), path);
        }
    }
}
