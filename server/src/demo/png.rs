//! Tiny pictures: an 8 × 8 PNG in two colours, uncompressed inside, so that no encoder is needed.

const SIDE: u32 = 8;

/// A chequered picture; the pattern's 64 squares and its colours follow from the number.
pub(super) fn checked(pattern: u64) -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = [SIDE.to_be_bytes(), SIDE.to_be_bytes()].concat();
    // Eight bits per channel, RGB, nothing special.
    header.extend([8, 2, 0, 0, 0]);
    chunk(&mut png, b"IHDR", &header);
    chunk(&mut png, b"IDAT", &stored(&pixels(pattern)));
    chunk(&mut png, b"IEND", &[]);
    png
}

fn pixels(pattern: u64) -> Vec<u8> {
    let [a, b, c, d, e, f, ..] = pattern.to_le_bytes();
    let mut rows = Vec::new();
    for y in 0..SIDE {
        // Each row begins with its filter: none.
        rows.push(0);
        for x in 0..SIDE {
            let set = pattern >> (y * SIDE + x) & 1 == 1;
            rows.extend(if set { [a, b, c] } else { [d, e, f] });
        }
    }
    rows
}

/// A zlib stream of one uncompressed block; the data is shorter than 64 KiB.
fn stored(data: &[u8]) -> Vec<u8> {
    let length = data.len() as u16;
    let mut stream = vec![0x78, 0x01, 0x01];
    stream.extend(length.to_le_bytes());
    stream.extend((!length).to_le_bytes());
    stream.extend(data);
    let (mut low, mut high) = (1_u32, 0_u32);
    for byte in data {
        low = (low + u32::from(*byte)) % 65_521;
        high = (high + low) % 65_521;
    }
    stream.extend((high << 16 | low).to_be_bytes());
    stream
}

fn chunk(png: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    png.extend((data.len() as u32).to_be_bytes());
    let start = png.len();
    png.extend(kind);
    png.extend(data);
    let crc = crc32(&png[start..]);
    png.extend(crc.to_be_bytes());
}

fn crc32(data: &[u8]) -> u32 {
    let step = |crc: u32, _| {
        if crc & 1 == 1 {
            crc >> 1 ^ 0xedb8_8320
        } else {
            crc >> 1
        }
    };
    !data
        .iter()
        .fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_one_of_the_standard() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        // Every PNG ends in this chunk.
        assert!(checked(1).ends_with(b"\0\0\0\0IEND\xae\x42\x60\x82"));
    }

    #[test]
    fn different_numbers_give_different_pictures_of_one_size() {
        assert_ne!(checked(1), checked(2));
        assert_eq!(checked(1).len(), checked(u64::MAX).len());
    }
}
