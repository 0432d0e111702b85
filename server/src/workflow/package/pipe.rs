//! Makes an entry's content on a thread of its own: while one piece is compressed, the next is read and written down.

use std::io::{self, BufWriter, Write};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use super::PackageError;

/// One piece; a few of them are all that is held.
const PIECE: usize = 64 * 1024;
const PIECES: usize = 4;

/// Passes on to `out` what `make` writes of about so many bytes, in its order. The first error of either ends both.
pub(super) fn piped(
    out: &mut dyn Write,
    bytes: u64,
    make: impl FnOnce(&mut dyn Write) -> Result<(), PackageError> + Send,
) -> Result<(), PackageError> {
    if bytes <= PIECE as u64 {
        // Nothing to do meanwhile; a thread would only cost.
        return make(out);
    }
    thread::scope(|scope| {
        let (pieces, made) = sync_channel(PIECES);
        let maker = scope.spawn(move || {
            let mut pipe = BufWriter::with_capacity(PIECE, Pipe(pieces));
            make(&mut pipe)?;
            Ok(pipe.flush()?)
        });
        let passed = made
            .iter()
            .try_for_each(|piece: Vec<u8>| out.write_all(&piece));
        // Nobody listens any more: a maker that is still at it ends at its next piece.
        drop(made);
        let ended = maker.join();
        passed?;
        ended.unwrap_or_else(|_| Err(io::Error::other("the maker of an entry panicked").into()))
    })
}

struct Pipe(SyncSender<Vec<u8>>);

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = self.0.send(bytes.to_vec());
        sent.map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: u64 = 4_000_000;

    #[test]
    fn everything_arrives_in_order() {
        let mut out = Vec::new();
        let want: Vec<u8> = (0..1_000_000_u32).flat_map(u32::to_be_bytes).collect();
        let made = piped(&mut out, LONG, |pipe| {
            for bytes in want.chunks(1_000) {
                pipe.write_all(bytes)?;
            }
            Ok(())
        });
        made.expect("passes");
        assert!(out == want);
    }

    #[test]
    fn an_error_of_the_maker_is_told() {
        let broken = |_: &mut dyn Write| Err(io::Error::from(io::ErrorKind::InvalidData).into());
        let why = piped(&mut Vec::new(), LONG, broken).expect_err("fails");
        assert!(matches!(why, PackageError::Io(why) if why.kind() == io::ErrorKind::InvalidData));
    }

    #[test]
    fn a_disk_that_refuses_ends_the_maker_too() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let endless = |pipe: &mut dyn Write| {
            loop {
                pipe.write_all(&[0; 4096])?;
            }
        };
        let why = piped(&mut Full, LONG, endless).expect_err("fails");
        assert!(matches!(why, PackageError::Io(why) if why.kind() == io::ErrorKind::StorageFull));
    }
}
