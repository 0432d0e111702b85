//! Which key does what, wherever nothing is being typed.

use crate::paths;

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    /// To type what is searched.
    Search,
    /// To the next row of the page's list.
    Next,
    Previous,
    /// To see the keys.
    Help,
    Go(&'static str),
    /// The first of two keys.
    Begin,
}

/// What a key asks for, by the character that it types. `begun`: whether `g` was pressed a moment ago.
pub(crate) fn wish(key: &str, begun: bool) -> Option<Wish> {
    Some(match (key, begun) {
        ("t", true) => Wish::Go(paths::HOME),
        ("f", true) => Wish::Go(paths::FIND),
        ("r", true) => Wish::Go(paths::REQUESTS),
        ("s", true) => Wish::Go(paths::SYSTEMS),
        ("g", _) => Wish::Begin,
        ("/", _) => Wish::Search,
        ("j", _) => Wish::Next,
        ("k", _) => Wish::Previous,
        ("?", _) => Wish::Help,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_keys_go_to_a_page_and_one_of_them_alone_does_nothing() {
        assert_eq!(wish("g", false), Some(Wish::Begin));
        assert_eq!(wish("r", true), Some(Wish::Go("/requests")));
        for alone in ["t", "f", "r", "s", "d", "Enter", "Delete", "G", ""] {
            assert_eq!(wish(alone, false), None, "{alone}");
        }
        assert_eq!(wish("x", true), None);
        assert_eq!(wish("j", true), Some(Wish::Next), "begun in vain");
    }
}
