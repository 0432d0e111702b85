//! Names inside the ZIP. We make every one: nothing a system said can leave the folder, hide its kind or start a program.

use std::collections::HashSet;

/// Kinds of files that only show something. Any other is handed over as `.bin`, so that a click never runs it.
const PASSIVE: [&str; 46] = [
    "aac", "avif", "bmp", "csv", "doc", "docx", "eml", "flac", "gif", "gz", "heic", "heif", "ics",
    "jpeg", "jpg", "json", "m4a", "md", "mkv", "mov", "mp3", "mp4", "mpeg", "msg", "odp", "ods",
    "odt", "oga", "ogg", "opus", "pdf", "png", "ppt", "pptx", "rtf", "tar", "tif", "tiff", "txt",
    "vcf", "wav", "webm", "webp", "xls", "xlsx", "zip",
];

/// Names that Windows keeps for devices.
const DEVICES: [&str; 4] = ["aux", "con", "nul", "prn"];

/// Hands out names of `a-z0-9_-`, each once.
#[derive(Default)]
pub(super) struct Names(HashSet<String>);

impl Names {
    /// A name like `wish` that was not handed out under `folder` before, with the folder in front of it.
    pub(super) fn under(&mut self, folder: &str, wish: &str) -> String {
        let safe: String = wish
            .chars()
            .map(|c| match c {
                'a'..='z' | '0'..='9' | '_' => c,
                _ => '-',
            })
            .collect();
        let numbered = safe.len() == 4 && (safe.starts_with("com") || safe.starts_with("lpt"));
        let safe = if numbered || DEVICES.contains(&safe.as_str()) {
            format!("{safe}-")
        } else {
            safe
        };
        let mut name = format!("{folder}{safe}");
        let mut next = 2;
        while !self.0.insert(name.clone()) {
            name = format!("{folder}{safe}-{next}");
            next += 1;
        }
        name
    }
}

/// The ending for a file that its system calls `name`.
pub(super) fn ending(name: &str) -> &'static str {
    let said = name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    PASSIVE
        .into_iter()
        .find(|known| said.as_deref() == Some(known))
        .unwrap_or("bin")
}

/// A file's name for reading: what turns the direction of text or can't be seen is spelled out.
pub(super) fn legible(name: &str) -> String {
    name.chars()
        .flat_map(|c| {
            let hidden = c.is_control()
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
                || matches!(c, '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{61c}');
            let spelled = hidden.then(|| format!("\u{27e8}U+{:04X}\u{27e9}", u32::from(c)));
            let plain = (!hidden).then(|| c.to_string());
            [spelled, plain].into_iter().flatten()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leaves_its_folder_or_is_used_twice() {
        let mut names = Names::default();
        let made: Vec<String> = ["..", ".", "a.b", "a-b", "con", "com1", "tickets", "../x"]
            .map(|wish| names.under("data/", wish))
            .into();
        let wanted = [
            "--", "-", "a-b", "a-b-2", "con-", "com1-", "tickets", "---x",
        ];
        assert_eq!(made, wanted.map(|name| format!("data/{name}")));
    }

    #[test]
    fn only_endings_that_run_nothing_stay() {
        for (name, want) in [
            ("photo.JPG", "jpg"),
            ("a.b.pdf", "pdf"),
            ("page.html", "bin"),
            ("x.svg", "bin"),
            ("run.exe", "bin"),
            ("../../etc/passwd", "bin"),
            ("photo\u{202e}gpj.exe", "bin"),
            ("a.pdf\r\nX: y", "bin"),
            ("a.", "bin"),
            ("", "bin"),
        ] {
            assert_eq!(ending(name), want, "{name:?}");
        }
    }

    #[test]
    fn a_legible_name_hides_nothing() {
        assert_eq!(legible("写真.jpg"), "写真.jpg");
        assert_eq!(legible("photo\u{202e}gpj.exe"), "photo⟨U+202E⟩gpj.exe");
        assert_eq!(legible("a\r\nb"), "a⟨U+000D⟩⟨U+000A⟩b");
    }
}
