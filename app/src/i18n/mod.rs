//! The catalogue of all texts, English and Japanese. A text that is missing, or a state without a word, fails the build.

mod connect_en;
mod connect_ja;
mod en;
mod errors_en;
mod errors_ja;
mod go_en;
mod go_ja;
mod ja;
mod say_en;
mod say_ja;
mod system_en;
mod system_ja;
mod texts;
mod words_en;
mod words_ja;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

pub use texts::*;

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lang {
    #[default]
    En,
    Ja,
}

impl Lang {
    pub const ALL: [Self; 2] = [Self::En, Self::Ja];

    /// The name of the cookie that keeps a choice.
    pub const COOKIE: &'static str = "habeas_lang";

    /// The BCP 47 tag: cookie, `<html lang>`, form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ja => "ja",
        }
    }

    /// The language to change to, and its own name.
    pub fn other(self) -> (Self, &'static str) {
        match self {
            Self::En => (Self::Ja, "日本語"),
            Self::Ja => (Self::En, "English"),
        }
    }

    /// The language that a tag names, e.g. `ja-JP`.
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        Self::ALL
            .into_iter()
            .find(|lang| primary.eq_ignore_ascii_case(lang.as_str()))
    }

    /// What a request wants: the cookie's choice, else the best of `Accept-Language`, else English.
    pub fn negotiate(cookies: Option<&str>, accept: Option<&str>) -> Self {
        cookies
            .and_then(Self::from_cookies)
            .or_else(|| accept.and_then(Self::from_accept))
            .unwrap_or_default()
    }

    fn from_cookies(header: &str) -> Option<Self> {
        header
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == Self::COOKIE)
            .and_then(|(_, value)| Self::parse(value))
    }

    fn from_accept(header: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for part in header.split(',') {
            let (tag, weight) = part.split_once(";q=").unwrap_or((part, "1"));
            let weight = weight.trim().parse().unwrap_or(0.0);
            if let Some(lang) = Self::parse(tag)
                && weight > best.map_or(0.0, |(known, _)| known)
            {
                best = Some((weight, lang));
            }
        }
        best.map(|(_, lang)| lang)
    }

    /// All texts in this language.
    pub fn texts(self) -> &'static Texts {
        match self {
            Self::En => &en::TEXTS,
            Self::Ja => &ja::TEXTS,
        }
    }
}

/// The texts of the page's language, out of context; English where none was provided.
pub fn use_texts() -> &'static Texts {
    use_context::<Lang>().unwrap_or_default().texts()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_wins_over_the_browser() {
        let lang = Lang::negotiate(Some("a=b; habeas_lang=ja"), Some("en-GB,en;q=0.9"));
        assert_eq!(lang, Lang::Ja);
    }

    #[test]
    fn the_browsers_weights_count() {
        for (accept, want) in [
            ("ja,en;q=0.5", Lang::Ja),
            ("de,ja;q=0.4,en;q=0.8", Lang::En),
            ("de", Lang::En),
            ("en;q=0, ja;q=0.1", Lang::Ja),
            ("", Lang::En),
            (";q=,,;", Lang::En),
        ] {
            assert_eq!(
                Lang::negotiate(Some("habeas_lang=xx"), Some(accept)),
                want,
                "{accept}"
            );
        }
    }

    #[test]
    fn no_text_is_empty_in_either_language() {
        for lang in Lang::ALL {
            let all = lang.texts().all();
            assert!(all.len() > 150, "only {} texts", all.len());
            for (name, text) in all {
                assert!(!text.trim().is_empty(), "{lang:?} {name} is empty");
            }
        }
    }

    #[test]
    fn japanese_is_not_a_copy_of_english() {
        // Names and signs that are the same in both.
        let same = ["app", "sha256", "utc", "need_command"];
        for ((name, en), (_, ja)) in Lang::En
            .texts()
            .all()
            .into_iter()
            .zip(Lang::Ja.texts().all())
        {
            assert!(
                en != ja || same.contains(&name),
                "{name} is not translated: {en}"
            );
        }
    }
}
