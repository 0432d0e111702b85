//! Keys, sealing and hashing: what is stored of a person is ciphertext, and what is compared is a keyed hash.

mod masks;

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

pub use masks::{DIGITS, Masks};

const NONCE: usize = 24;
const CHUNK: usize = 64 * 1024;

/// Why a key or a sealed value can't be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("the key {0}")]
    WeakKey(&'static str),
    #[error("can't read or write the key file")]
    KeyFile(#[source] io::Error),
    #[error("a sealed value does not open: wrong key, or changed")]
    Sealed,
}

/// The installation's keys, one per purpose, all from one secret of 32 bytes.
#[derive(Clone)]
pub struct Keys {
    sealing: Zeroizing<[u8; 32]>,
    indexing: Zeroizing<[u8; 64]>,
    signing: Zeroizing<[u8; 64]>,
    masking: Zeroizing<[u8; 64]>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(…)")
    }
}

impl Keys {
    /// From the secret. A key that a person could have typed is refused.
    pub fn new(secret: &[u8; 32]) -> Result<Self, SecretError> {
        let mut seen = [false; 256];
        secret
            .iter()
            .for_each(|byte| seen[usize::from(*byte)] = true);
        if seen.iter().filter(|seen| **seen).count() < 12 {
            return Err(SecretError::WeakKey("is weak: too few different bytes"));
        }
        let root = Hkdf::<Sha256>::new(Some(b"habeas"), secret);
        Ok(Self {
            sealing: derive(&root, b"sealing")?,
            indexing: derive(&root, b"indexing")?,
            signing: derive(&root, b"signing")?,
            masking: derive(&root, b"masking")?,
        })
    }

    /// From text: 64 hex digits, as the key file and `HABEAS__KEY` hold it. One with a pattern is refused too.
    pub fn from_text(text: &str) -> Result<Self, SecretError> {
        let bytes = unhex(text.trim()).ok_or(SecretError::WeakKey("must be 64 hex digits"))?;
        let secret: [u8; 32] = bytes
            .try_into()
            .map_err(|_| SecretError::WeakKey("must be 64 hex digits"))?;
        if is_patterned(&secret) {
            return Err(SecretError::WeakKey(
                "is weak: its bytes repeat, or count evenly",
            ));
        }
        Self::new(&secret)
    }

    /// From the key file; made, readable by its owner only, where there is none.
    pub fn from_file(path: &Path) -> Result<Self, SecretError> {
        match fs::read_to_string(path) {
            Ok(text) => Self::from_text(&text),
            Err(why) if why.kind() == io::ErrorKind::NotFound => {
                let text = hex(&random::<32>());
                write_private(path, &text).map_err(SecretError::KeyFile)?;
                Self::from_text(&text)
            }
            Err(why) => Err(SecretError::KeyFile(why)),
        }
    }

    /// Seals a value for one place, e.g. `search.identifier`, row id. It opens nowhere else.
    pub fn seal(&self, place: &str, row: &str, plain: &[u8]) -> Result<Vec<u8>, SecretError> {
        let nonce = random::<NONCE>();
        let aad = bound_to(place, row);
        let sealed = self
            .cipher()
            .encrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: plain,
                    aad: &aad,
                },
            )
            .map_err(|_| SecretError::Sealed)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what [`Self::seal`] sealed for the same place and row.
    pub fn open(&self, place: &str, row: &str, sealed: &[u8]) -> Result<Vec<u8>, SecretError> {
        let (nonce, body) = sealed
            .split_first_chunk::<NONCE>()
            .ok_or(SecretError::Sealed)?;
        let aad = bound_to(place, row);
        self.cipher()
            .decrypt(
                &XNonce::from(*nonce),
                Payload {
                    msg: body,
                    aad: &aad,
                },
            )
            .map_err(|_| SecretError::Sealed)
    }

    /// A keyed hash for looking a value up without storing it: 32 hex digits. `purpose` keeps tables apart.
    pub fn index(&self, purpose: &str, value: &str) -> String {
        hex(&mac(&self.indexing, &bound_to(purpose, value))[..16])
    }

    /// A signature over a text, e.g. of a download link.
    pub fn sign(&self, text: &str) -> String {
        URL_SAFE_NO_PAD.encode(mac(&self.signing, text.as_bytes()))
    }

    /// Whether a signature is ours, in constant time.
    pub fn is_signed(&self, text: &str, signature: &str) -> bool {
        self.sign(text)
            .as_bytes()
            .ct_eq(signature.as_bytes())
            .into()
    }

    /// Seals a file while it is written, in chunks that can't be reordered, dropped or swapped with another file's.
    pub fn sealed_writer<W: Write>(&self, file: &str, inner: W) -> io::Result<SealedWriter<W>> {
        SealedWriter::new(self.cipher(), file, inner)
    }

    /// Reads what [`Self::sealed_writer`] wrote under the same name. A truncated or changed file is an error, never short.
    pub fn sealed_reader<R: Read>(&self, file: &str, inner: R) -> io::Result<SealedReader<R>> {
        SealedReader::new(self.cipher(), file, inner)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&(*self.sealing).into())
    }
}

/// How many characters a [`token`] has.
pub const TOKEN: usize = 43;

/// A secret of 256 bits for a cookie, link or client: [`TOKEN`] characters safe in URLs.
pub fn token() -> String {
    URL_SAFE_NO_PAD.encode(random::<32>())
}

/// What is stored of a token: SHA-256, lower hex.
pub fn token_hash(token: &str) -> String {
    sha256(token.as_bytes())
}

/// SHA-256, lower hex.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower hex.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String can't fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .chars()
        .map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()))
        .collect::<Option<_>>()?;
    let pairs = digits.chunks_exact(2);
    pairs
        .remainder()
        .is_empty()
        .then(|| digits.chunks_exact(2).map(|p| p[0] << 4 | p[1]).collect())
}

/// Whether a beginning of at most half the length is repeated, or each byte is as far from the next: nobody draws such a key.
fn is_patterned(secret: &[u8; 32]) -> bool {
    let repeats = (1..=16).any(|period| secret[period..] == secret[..32 - period]);
    let step = |pair: &[u8]| pair[1].wrapping_sub(pair[0]);
    let counts = secret
        .windows(2)
        .all(|pair| step(pair) == step(&secret[..2]));
    repeats || counts
}

/// Bytes from the operating system.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that asks the machine for randomness"
)]
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Without randomness nothing here is safe: better no process than a weak one.
    if getrandom::fill(&mut bytes).is_err() {
        std::process::abort();
    }
    bytes
}

fn derive<const N: usize>(
    root: &Hkdf<Sha256>,
    purpose: &[u8],
) -> Result<Zeroizing<[u8; N]>, SecretError> {
    let mut key = Zeroizing::new([0; N]);
    root.expand(purpose, key.as_mut_slice())
        .map_err(|_| SecretError::WeakKey("can't be derived from"))?;
    Ok(key)
}

fn mac(key: &[u8; 64], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new(&(*key).into());
    mac.update(message);
    mac.finalize().into_bytes().into()
}

fn bound_to(place: &str, row: &str) -> Vec<u8> {
    // NUL can't occur in either, so no two pairs give the same bytes.
    [place.as_bytes(), b"\0", row.as_bytes()].concat()
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Writes chunks of 64 KiB, each sealed with its number and whether it is the last.
pub struct SealedWriter<W: Write> {
    cipher: XChaCha20Poly1305,
    file: String,
    prefix: [u8; 16],
    next: u64,
    plain: Vec<u8>,
    inner: W,
}

impl<W: Write> SealedWriter<W> {
    fn new(cipher: XChaCha20Poly1305, file: &str, mut inner: W) -> io::Result<Self> {
        let prefix = random::<16>();
        inner.write_all(&prefix)?;
        let plain = Vec::with_capacity(CHUNK);
        Ok(Self {
            cipher,
            file: file.to_owned(),
            prefix,
            next: 0,
            plain,
            inner,
        })
    }

    fn put(&mut self, last: bool) -> io::Result<()> {
        let aad = chunk_aad(&self.file, last);
        let payload = Payload {
            msg: &self.plain,
            aad: &aad,
        };
        let sealed = self
            .cipher
            .encrypt(&chunk_nonce(&self.prefix, self.next), payload)
            .map_err(|_| io::Error::other(SecretError::Sealed))?;
        self.inner.write_all(&sealed)?;
        self.next += 1;
        self.plain.clear();
        Ok(())
    }

    /// Seals the last chunk. A file that was not finished does not open.
    pub fn finish(mut self) -> io::Result<W> {
        self.put(true)?;
        self.inner.flush()?;
        Ok(self.inner)
    }
}

impl<W: Write> Write for SealedWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.plain.len() == CHUNK {
            self.put(false)?;
        }
        let taken = bytes.len().min(CHUNK - self.plain.len());
        self.plain.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Reads what a [`SealedWriter`] wrote.
pub struct SealedReader<R: Read> {
    cipher: XChaCha20Poly1305,
    file: String,
    prefix: [u8; 16],
    next: u64,
    plain: Vec<u8>,
    at: usize,
    ended: bool,
    inner: R,
}

impl<R: Read> SealedReader<R> {
    fn new(cipher: XChaCha20Poly1305, file: &str, mut inner: R) -> io::Result<Self> {
        let mut prefix = [0; 16];
        inner.read_exact(&mut prefix)?;
        let file = file.to_owned();
        Ok(Self {
            cipher,
            file,
            prefix,
            next: 0,
            plain: Vec::new(),
            at: 0,
            ended: false,
            inner,
        })
    }

    fn take(&mut self) -> io::Result<()> {
        let mut sealed = Vec::with_capacity(CHUNK + 16);
        self.inner
            .by_ref()
            .take((CHUNK + 16) as u64)
            .read_to_end(&mut sealed)?;
        let nonce = chunk_nonce(&self.prefix, self.next);
        let open = |last| {
            let aad = chunk_aad(&self.file, last);
            self.cipher.decrypt(
                &nonce,
                Payload {
                    msg: &sealed,
                    aad: &aad,
                },
            )
        };
        (self.plain, self.ended) = match open(false) {
            Ok(plain) => (plain, false),
            Err(_) => match open(true) {
                Ok(plain) => (plain, true),
                Err(_) => {
                    return Err(io::Error::new(
                        io::ErrorKind::InvalidData,
                        SecretError::Sealed,
                    ));
                }
            },
        };
        self.at = 0;
        self.next += 1;
        Ok(())
    }
}

impl<R: Read> Read for SealedReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.at == self.plain.len() && !self.ended {
            self.take()?;
        }
        let rest = &self.plain[self.at..];
        let taken = rest.len().min(out.len());
        out[..taken].copy_from_slice(&rest[..taken]);
        self.at += taken;
        Ok(taken)
    }
}

fn chunk_nonce(prefix: &[u8; 16], number: u64) -> XNonce {
    let mut nonce = [0; NONCE];
    nonce[..16].copy_from_slice(prefix);
    nonce[16..].copy_from_slice(&number.to_be_bytes());
    XNonce::from(nonce)
}

fn chunk_aad(file: &str, last: bool) -> Vec<u8> {
    bound_to(if last { "last chunk" } else { "chunk" }, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        Keys::new(&std::array::from_fn(|i| i as u8 * 7)).expect("strong enough")
    }

    #[test]
    fn a_sealed_value_opens_only_in_its_place() {
        let sealed = keys()
            .seal("search.identifier", "1", b"maria")
            .expect("seals");
        assert!(!sealed.windows(5).any(|w| w == b"maria"));
        assert_eq!(
            keys()
                .open("search.identifier", "1", &sealed)
                .expect("opens"),
            b"maria"
        );
        assert!(keys().open("search.identifier", "2", &sealed).is_err());
        assert!(keys().open("request.target", "1", &sealed).is_err());
        let mut changed = sealed;
        changed[30] ^= 1;
        assert!(keys().open("search.identifier", "1", &changed).is_err());
    }

    #[test]
    fn weak_keys_are_refused() {
        assert!(Keys::new(&[7; 32]).is_err());
        assert!(Keys::from_text("changeme").is_err());
        assert!(Keys::from_text(&"ab".repeat(32)).is_err());
        let weak = |secret: [u8; 32]| Keys::from_text(&hex(&secret)).is_err();
        assert!(weak(std::array::from_fn(|i| i as u8)), "a count");
        assert!(
            weak(std::array::from_fn(|i| (i as u8).wrapping_mul(249))),
            "a count down"
        );
        let half: [u8; 16] = random();
        assert!(
            weak(std::array::from_fn(|i| half[i % 16])),
            "a repeated half"
        );
        assert!(
            weak(std::array::from_fn(|i| half[i % 13])),
            "a repeated part"
        );
        assert!(!weak(random()));
    }

    #[test]
    fn an_index_keeps_purposes_apart() {
        assert_eq!(keys().index("a", "x"), keys().index("a", "x"));
        assert_ne!(keys().index("a", "x"), keys().index("b", "x"));
    }

    #[test]
    fn a_sealed_file_reads_back_and_notices_every_cut() {
        for size in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
            let plain: Vec<u8> = (0..size).map(|i| (i % 251) as u8).collect();
            let mut writer = keys().sealed_writer("part", Vec::new()).expect("starts");
            writer.write_all(&plain).expect("writes");
            let sealed = writer.finish().expect("ends");
            let read = |bytes: &[u8], name: &str| {
                let mut out = Vec::new();
                keys()
                    .sealed_reader(name, bytes)?
                    .read_to_end(&mut out)
                    .map(|_| out)
            };
            assert_eq!(read(&sealed, "part").expect("reads"), plain);
            assert!(read(&sealed, "other").is_err());
            for cut in [17, sealed.len() - 1] {
                assert!(
                    read(&sealed[..cut.min(sealed.len() - 1)], "part").is_err(),
                    "{size} cut {cut}"
                );
            }
            if size > CHUNK {
                assert!(
                    read(&sealed[..16 + CHUNK + 16], "part").is_err(),
                    "whole chunks dropped"
                );
            }
        }
    }
}
