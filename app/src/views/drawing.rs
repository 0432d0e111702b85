//! What both drawings are made of: rectangles, lines between them, and texts cut to the room that there is.

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Area {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

impl Area {
    pub(super) fn middle(&self) -> u32 {
        self.y + self.height / 2
    }

    pub(super) fn right(&self) -> u32 {
        self.x + self.width
    }

    pub(super) fn bottom(&self) -> u32 {
        self.y + self.height
    }
}

/// From the right of a node to the left of another: bowed until `straight`, where its reason begins.
pub(super) fn bow(from: Area, to: Area, straight: u32) -> String {
    let (x1, y1, y2) = (from.right(), from.middle(), to.middle());
    let bend = u32::midpoint(x1, straight);
    format!(
        "M{x1} {y1}C{bend} {y1} {bend} {y2} {straight} {y2}H{}",
        to.x
    )
}

// How many narrow characters fit: of the bold head, of the smaller note and reason. Fonts differ; these are for a broad one.
pub(super) fn head_room(width: u32) -> u32 {
    (width - 20) / 8
}

pub(super) fn note_room(width: u32) -> u32 {
    (width - 20) / 7
}

pub(super) fn label_room(width: u32) -> u32 {
    width * 2 / 13
}

/// Cuts a text to so many narrow characters; a wide one, as in Japanese, takes the place of two.
pub(super) fn cut(text: &str, room: u32) -> String {
    let wide = |c: char| if is_wide(c) { 2 } else { 1 };
    if text.chars().map(wide).sum::<u32>() <= room {
        return text.to_owned();
    }
    let mut taken = 1;
    let mut short: String = text
        .chars()
        .take_while(|c| {
            taken += wide(*c);
            taken <= room
        })
        .collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

fn is_wide(c: char) -> bool {
    matches!(u32::from(c),
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f
        | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff | 0x20000..=0x3fffd)
}
