//! Names of tables and columns, taken apart into words; and names and titles made of them.

use std::collections::HashSet;

use app::model::{CollectionName, OURS, SystemId};
use unicode_normalization::UnicodeNormalization;

/// A name as words: `CustomerEMails`, `customer_e_mails` and `customer-e-mails` are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    /// In lower case and singular, without numbers.
    pub(super) all: Vec<String>,
    /// The whole name in lower case, for scripts that put no space between words.
    pub(super) whole: String,
}

impl Words {
    pub(super) fn of(name: &str) -> Self {
        let name: String = name.nfkc().collect();
        let mut all: Vec<String> = Vec::new();
        let mut word = String::new();
        let chars: Vec<char> = name.chars().collect();
        for (at, c) in chars.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|at| chars.get(at)).copied();
            if before.is_some_and(|before| begins(before, *c, chars.get(at + 1).copied())) {
                all.push(std::mem::take(&mut word));
            }
            if c.is_alphanumeric() || is_long_vowel(*c) {
                word.extend(c.to_lowercase());
            }
        }
        all.push(word);
        all.retain(|word| !word.is_empty() && !word.bytes().all(|b| b.is_ascii_digit()));
        Self {
            all: all.iter().map(|word| singular(word)).collect(),
            whole: name.to_lowercase(),
        }
    }

    /// Some words of it that follow one another, put together: `e_mail` has `email`.
    pub(super) fn has(&self, run: &str) -> bool {
        self.runs().any(|one| one == run)
    }

    /// The words before an `id` at its end, put together.
    pub(super) fn before_id(&self) -> Option<String> {
        match self.all.split_last() {
            Some((last, rest)) if !rest.is_empty() && (last == "id" || last == "番号") => {
                Some(rest.concat())
            }
            _ => None,
        }
    }

    /// Whether it ends with one of these words, or is written as one of them.
    pub(super) fn ends_with(&self, words: &[&str]) -> bool {
        let last = self.all.last();
        words.iter().any(|word| {
            last.is_some_and(|last| last == word) || !word.is_ascii() && self.whole.contains(word)
        })
    }

    fn runs(&self) -> impl Iterator<Item = String> + '_ {
        let ends = move |from| (from + 1..=self.all.len()).map(move |to| (from, to));
        let runs = (0..self.all.len()).flat_map(ends);
        runs.filter_map(|(from, to)| self.all.get(from..to).map(<[String]>::concat))
    }
}

/// Whether a new word begins at `c`.
fn begins(before: char, c: char, after: Option<char>) -> bool {
    let script = |c: char| (c.is_ascii(), c.is_ascii_digit());
    let lower = |c: char| c.is_lowercase();
    !c.is_alphanumeric() && !is_long_vowel(c)
        || script(before) != script(c)
        || lower(before) && c.is_uppercase()
        || before.is_uppercase() && c.is_uppercase() && after.is_some_and(lower)
}

/// A letter in all but name.
fn is_long_vowel(c: char) -> bool {
    c == 'ー'
}

fn singular(word: &str) -> String {
    if !word.is_ascii() || word.len() < 4 {
        return word.to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y");
    }
    for (end, keep) in [("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh")] {
        if let Some(stem) = word.strip_suffix(end) {
            return format!("{stem}{keep}");
        }
    }
    let stays = ["ss", "us", "is", "gps"]
        .iter()
        .any(|end| word.ends_with(end));
    let stem = word.strip_suffix('s').filter(|_| !stays);
    if word == "people" {
        "person"
    } else {
        stem.unwrap_or(word)
    }
    .to_owned()
}

/// What ids are made of, with this between words; empty if there is nothing of that in the name.
fn slug(name: &str, between: char, most: usize) -> String {
    let mut slug = String::new();
    let name: String = name.nfkc().collect();
    let mut before = None;
    for c in name.chars() {
        let hump = c.is_ascii_uppercase() && before.is_some_and(|c: char| c.is_ascii_lowercase());
        if (hump || !c.is_ascii_alphanumeric()) && !slug.is_empty() && !slug.ends_with(between) {
            slug.push(between);
        }
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        }
        before = Some(c);
    }
    slug.truncate(most);
    slug.trim_end_matches(between).to_owned()
}

/// A collection's name for a table: its own if it can be one, and not one that was given before.
pub(super) fn collection_name(table: &str, given: &mut HashSet<String>) -> CollectionName {
    let own = CollectionName::parse(table).is_ok();
    let base = if own {
        table.to_owned()
    } else {
        slug(table, '_', 56)
    };
    let base = if base.is_empty() {
        "table".to_owned()
    } else {
        base
    };
    let numbered = (2..).map(|n| {
        let room = base.char_indices().map(|(at, _)| at).nth(56);
        format!(
            "{}-{n}",
            base.get(..room.unwrap_or(base.len())).unwrap_or("table")
        )
    });
    let mut names = std::iter::once(base.clone()).chain(numbered);
    let fits =
        |name: &String| !given.contains(name) && CollectionName::parse(name.as_str()).is_ok();
    let found = names.find(fits).unwrap_or(base);
    given.insert(found.clone());
    // Cut to length and made of plain letters above: it parses.
    CollectionName::parse(found).unwrap_or_else(|_| unreachable!("a slug is a name"))
}

/// A system's id for a database, e.g. `crm-db`.
pub fn system_id(database: &str) -> Option<SystemId> {
    let id = SystemId::parse(slug(database, '-', 40)).ok();
    id.filter(|id| id.as_str() != OURS)
}

/// What staff may call it: `order_items` is `Order items`.
pub(super) fn title(name: &str) -> String {
    let mut title = String::new();
    let mut before = ' ';
    for c in name.chars().take(200) {
        let c = if c == '_' || c.is_control() || c.is_whitespace() {
            ' '
        } else {
            c
        };
        if c.is_ascii_uppercase() && before.is_ascii_lowercase() {
            title.push(' ');
        }
        if c != ' ' || before != ' ' {
            title.push(if before.is_ascii_lowercase() {
                c.to_ascii_lowercase()
            } else {
                c
            });
        }
        before = c;
    }
    let mut letters = title.trim().chars().take(200);
    let first = letters.next().map(char::to_uppercase);
    let title: String = first.into_iter().flatten().chain(letters).collect();
    if title.is_empty() {
        "Table".to_owned()
    } else {
        title
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(name: &str) -> Vec<String> {
        Words::of(name).all
    }

    #[test]
    fn a_name_is_taken_apart_however_it_is_written() {
        for name in [
            "customer_e_mails",
            "CustomerEMails",
            "customer-E-Mail",
            "CUSTOMER_E_MAIL2",
        ] {
            assert_eq!(words(name), ["customer", "e", "mail"], "{name}");
        }
        assert!(Words::of("e_mail").has("email") && Words::of("customerEmail").has("email"));
        assert!(!Words::of("female").has("email"));
        assert_eq!(words("HTTPServer"), ["http", "server"]);
        assert_eq!(words("addresses"), ["address"]);
        assert_eq!(words("companies"), ["company"]);
        assert_eq!(words("status"), ["status"]);
        assert_eq!(words("ＩＰアドレス"), ["ip", "アドレス"]);
        assert_eq!(words("メールアドレス"), ["メールアドレス"]);
        assert_eq!(words("people"), ["person"]);
        assert_eq!(
            Words::of("customer_id").before_id().as_deref(),
            Some("customer")
        );
        assert_eq!(Words::of("顧客ID").before_id().as_deref(), Some("顧客"));
        assert_eq!(Words::of("id").before_id(), None);
    }

    #[test]
    fn every_table_has_a_collection_of_its_own_name() {
        let mut given = HashSet::new();
        let long = "x".repeat(80);
        for (table, want) in [
            ("customers", "customers"),
            ("Customers", "customers-2"),
            ("OrderItem", "order_item"),
            ("sales.order items\n", "sales_order_items"),
            ("顧客", "table"),
            ("会員", "table-2"),
            ("😀#\"", "table-3"),
            (&long, &"x".repeat(56)),
        ] {
            assert_eq!(collection_name(table, &mut given).as_str(), want);
        }
        assert_eq!(
            system_id("CRM_DB").as_ref().map(SystemId::as_str),
            Some("crm-db")
        );
        for none in ["顧客", "Habeas"] {
            assert_eq!(system_id(none), None);
        }
    }

    #[test]
    fn titles_are_for_people() {
        for (name, want) in [
            ("order_items", "Order items"),
            ("OrderItems", "Order items"),
            ("顧客", "顧客"),
            ("a\nb", "A b"),
            ("__", "Table"),
        ] {
            assert_eq!(title(name), want);
        }
    }
}
