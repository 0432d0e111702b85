//! Handles of social networks, as typed, as @mention or as the address of a profile.

use app::model::IdentifierKind;

use super::fold;

/// The bare handle in lower case; what is not a profile's address stays as it is. Empty if there is nothing.
pub(super) fn key(kind: IdentifierKind, raw: &str) -> String {
    let text = fold::plain(raw);
    let handle = profile(hosts(kind), &text).unwrap_or(&text);
    handle.trim_start_matches('@').trim().to_owned()
}

/// Hosts whose pages are profiles of the kind. A page of another network is not.
fn hosts(kind: IdentifierKind) -> &'static [&'static str] {
    match kind {
        IdentifierKind::Twitter => &["twitter.com", "x.com"],
        IdentifierKind::Instagram => &["instagram.com"],
        IdentifierKind::Facebook => &["facebook.com", "fb.com"],
        _ => &[],
    }
}

/// The handle in a profile's address: `https://www.x.com/maria?s=20`, `facebook.com/profile.php?id=42`.
fn profile<'a>(hosts: &[&str], text: &'a str) -> Option<&'a str> {
    let text = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))
        .unwrap_or(text);
    let (host, path) = text.split_once('/')?;
    let host = ["www.", "m.", "mobile."]
        .iter()
        .find_map(|sub| host.strip_prefix(sub))
        .unwrap_or(host);
    if !hosts.contains(&host) {
        return None;
    }
    if let Some(query) = path.strip_prefix("profile.php?") {
        return query
            .split(['&', '#'])
            .find_map(|pair| pair.strip_prefix("id="));
    }
    path.split(['/', '?', '#']).find(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use IdentifierKind::{Facebook, Instagram, Twitter};

    #[test]
    fn a_handle_is_one_in_all_its_forms() {
        let cases = [
            (Twitter, "@Maria_S"),
            (Twitter, "＠ｍａｒｉａ＿ｓ"),
            (Twitter, " maria_s "),
            (Twitter, "https://twitter.com/Maria_S"),
            (Twitter, "https://x.com/maria_s/?s=20"),
            (Twitter, "http://mobile.twitter.com/@maria_s#top"),
            (Twitter, "x.com/maria_s/status/1"),
            (Instagram, "https://www.instagram.com/maria_s/"),
            (Facebook, "m.facebook.com/Maria_S"),
        ];
        for (kind, raw) in cases {
            assert_eq!(key(kind, raw), "maria_s", "{raw}");
        }
        assert_eq!(
            key(
                Facebook,
                "https://www.facebook.com/profile.php?id=1000&sk=about"
            ),
            "1000"
        );
    }

    #[test]
    fn a_page_elsewhere_is_no_handle() {
        for raw in [
            "https://evil.example/maria",
            "https://facebook.com/maria",
            "notx.com/maria",
            "https://x.com/",
        ] {
            assert_ne!(key(Twitter, raw), "maria", "{raw}");
        }
    }
}
