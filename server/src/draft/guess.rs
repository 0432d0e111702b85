//! What a column probably holds: by its name, by its type and by what its values look like. A guess always says why.

use app::model::IdentifierKind;
use serde::{Deserialize, Serialize};

use super::rules::{self, Is, Rule};
use super::words::Words;
use crate::connectors::sql::{Look, SeenColumn, SeenTable, Shape, Shares};

/// How sure a guess is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Sure {
    Low,
    Medium,
    High,
}

impl Sure {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// What a column probably holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Guess {
    pub(super) is: Is,
    pub(super) sure: Sure,
    /// E.g. `its name; 198 of 200 look like an e-mail address`.
    pub(super) why: String,
}

/// What the table around a column says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Around {
    /// It is called as a table of people.
    pub(super) people: bool,
    /// It has an e-mail address or a telephone number.
    pub(super) contact: bool,
    /// It has a street, a city or a postal code.
    pub(super) address: bool,
}

impl Around {
    pub(super) fn of(table: &SeenTable) -> Self {
        let words = Words::of(bare(&table.name));
        let is = |fits: fn(Is) -> bool| {
            let mut found = table.columns.iter().filter_map(named);
            found.any(|rule| fits(rule.is))
        };
        Self {
            people: words.ends_with(rules::PEOPLE) || words.ends_with(rules::STAFF),
            contact: is(|is| matches!(is, Is::Email | Is::Phone)),
            address: is(|is| {
                let category = is.category();
                is != Is::Address && category.starts_with(Is::Address.category())
            }),
        }
    }
}

/// A table's name without its schema.
pub(super) fn bare(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(_, name)| name)
}

/// What the column holds, if it seems to hold anything of a person.
pub(super) fn column(around: Around, seen: &SeenColumn) -> Option<Guess> {
    let by_name = named(seen).or_else(|| by_table(around, seen));
    let looks = seen.shares.mostly();
    match (by_name, looks) {
        (Some(rule), Some(look)) if contradicts(rule.is, look) => Some(by_look(seen, look, true)),
        (Some(rule), _) => Some(weighed(seen, rule)),
        (None, Some(look)) if is_free(look, seen) => Some(by_look(seen, look, false)),
        (None, _) if is_address_type(seen) => Some(Guess {
            is: Is::Any("user.device.ip_address"),
            sure: Sure::Medium,
            why: "its type".to_owned(),
        }),
        (None, _) => None,
    }
}

/// What its name says by itself.
fn named(seen: &SeenColumn) -> Option<Rule> {
    let name = &seen.column.name;
    let words = Words::of(name);
    let says = |rule: &&Rule| {
        if rule.word.is_ascii() {
            words.has(rule.word)
        } else {
            words.whole.contains(rule.word)
        }
    };
    let fits = |rule: &&Rule| says(rule) && can_be(rule.is, seen);
    // Of equals the first: `max_by_key` would take the last.
    let found = rules::COLUMNS.iter().filter(fits).rev();
    let rule = *found.max_by_key(|rule| rule.word.chars().count())?;
    let last = words.all.last().map_or("", String::as_str);
    let about = rules::ABOUT.contains(&last) && !rule.word.ends_with(last);
    let sure = if about { Sure::Low } else { rule.sure };
    Some(Rule { sure, ..rule })
}

/// What its name says in such a table.
fn by_table(around: Around, seen: &SeenColumn) -> Option<Rule> {
    let words = Words::of(&seen.column.name);
    let whole = words.all.concat();
    let is = |names: &[&str]| names.contains(&whole.as_str());
    let (is, sure) = if is(&rules::NAME) && around.people {
        (Is::FullName, Sure::High)
    } else if is(&rules::NAME) && around.contact {
        (Is::FullName, Sure::Low)
    } else if is(&rules::STATE_OF) && around.address {
        (Is::Text(rules::STATE_CATEGORY), Sure::Medium)
    } else {
        return None;
    };
    let rule = Rule { word: "", is, sure };
    can_be(is, seen).then_some(rule)
}

/// Whether a column of its type can hold that.
fn can_be(is: Is, seen: &SeenColumn) -> bool {
    use Shape::{Binary, Decimal, Int, Natural, Opaque};
    let untyped = seen.column.shape == Binary && seen.column.declared.is_empty();
    let text = seen.is_text() || untyped;
    match is {
        Is::Any(_) => true,
        // SQLite knows types that say nothing, as `PHONE`.
        Is::Phone | Is::Social(IdentifierKind::Whatsapp) => {
            text || matches!(seen.column.shape, Int | Natural | Decimal)
        }
        Is::Text(_) => text || matches!(seen.column.shape, Int | Natural | Decimal | Opaque),
        _ => text,
    }
}

/// What its values should look like, where that can be told.
fn expected(is: Is) -> Option<Look> {
    match is {
        Is::Email => Some(Look::Email),
        Is::Phone | Is::Social(IdentifierKind::Whatsapp) => Some(Look::Phone),
        Is::Text(category) | Is::Any(category) => match category {
            "user.device.ip_address" => Some(Look::IpAddress),
            "user.financial.bank_account" => Some(Look::Iban),
            "user.financial.credit_card" => Some(Look::PaymentCard),
            "user.authorization.password" => Some(Look::PasswordHash),
            "user.device" => Some(Look::UserAgent),
            "user.content" => Some(Look::FreeText),
            _ => None,
        },
        _ => None,
    }
}

/// Whether values look so clearly like something else that the name must be wrong.
fn contradicts(is: Is, look: Look) -> bool {
    let telling = matches!(
        look,
        Look::Email | Look::IpAddress | Look::Iban | Look::PasswordHash
    );
    // A name for signing in is often an address.
    telling && expected(is) != Some(look)
}

/// Whether values alone say enough. A number may look like a card's by chance, and a code like a telephone number.
fn is_free(look: Look, seen: &SeenColumn) -> bool {
    look != Look::PaymentCard || seen.shares.of(look) >= 20 || seen.is_text()
}

/// Types of addresses in networks.
fn is_address_type(seen: &SeenColumn) -> bool {
    let declared = seen.column.declared.to_ascii_lowercase();
    ["inet", "inet4", "inet6", "cidr"].contains(&declared.as_str())
}

fn by_look(seen: &SeenColumn, look: Look, against: bool) -> Guess {
    let is = match look {
        Look::Email => Is::Email,
        Look::Phone => Is::Phone,
        Look::IpAddress => Is::Any("user.device.ip_address"),
        Look::Iban => Is::Text("user.financial.bank_account"),
        Look::PaymentCard => Is::Any("user.financial.credit_card"),
        Look::PasswordHash => Is::Any("user.authorization.password"),
        Look::UserAgent => Is::Text("user.device"),
        Look::FreeText => Is::Text("user.content"),
    };
    let sure = match look {
        Look::Phone | Look::FreeText | Look::PaymentCard => Sure::Low,
        _ => Sure::Medium,
    };
    let name = if against {
        "its name says otherwise; "
    } else {
        ""
    };
    Guess {
        is,
        sure,
        why: format!("{name}{}", share(&seen.shares, look)),
    }
}

/// A guess by name, made surer or less sure by values.
fn weighed(seen: &SeenColumn, rule: Rule) -> Guess {
    let by = if rule.word.is_empty() {
        "its name, and its table's"
    } else {
        "its name"
    };
    let shares = &seen.shares;
    let Some(look) = expected(rule.is).filter(|_| shares.filled > 0) else {
        return Guess {
            is: rule.is,
            sure: rule.sure,
            why: by.to_owned(),
        };
    };
    let (count, filled) = (shares.of(look), shares.filled);
    let must = matches!(look, Look::Email | Look::IpAddress | Look::Phone);
    let (sure, but) = if count * 2 >= filled {
        let surer = if rule.sure == Sure::Low {
            Sure::Medium
        } else {
            Sure::High
        };
        (surer, "; ")
    } else if must && count * 10 < filled {
        (Sure::Low, ", but only ")
    } else if must {
        (rule.sure.min(Sure::Medium), ", but only ")
    } else if count == 0 {
        // Other banks, other hashes: that none looks so says nothing.
        return Guess {
            is: rule.is,
            sure: rule.sure,
            why: by.to_owned(),
        };
    } else {
        (rule.sure, "; ")
    };
    Guess {
        is: rule.is,
        sure,
        why: format!("{by}{but}{}", share(shares, look)),
    }
}

/// E.g. `198 of 200 look like an e-mail address`.
fn share(shares: &Shares, look: Look) -> String {
    format!(
        "{} of {} look like {}",
        shares.of(look),
        shares.filled,
        look.says()
    )
}

#[cfg(test)]
mod tests {
    use super::super::sample::{seen, table};
    use super::*;

    fn guess(name: &str) -> Option<(&'static str, Sure)> {
        let found = column(Around::default(), &seen(name, Shape::Text, &[]));
        found.map(|guess| (guess.is.category(), guess.sure))
    }

    #[test]
    fn names_in_two_languages_are_known() {
        for (name, category, sure) in [
            ("email", "user.contact.email", Sure::High),
            ("altEMails", "user.contact.email", Sure::High),
            ("email_address", "user.contact.email", Sure::High),
            ("メールアドレス", "user.contact.email", Sure::High),
            ("tel", "user.contact.phone_number", Sure::High),
            ("PhoneNumber2", "user.contact.phone_number", Sure::High),
            ("電話番号", "user.contact.phone_number", Sure::High),
            ("first_name", "user.name", Sure::High),
            ("姓", "user.name", Sure::High),
            ("dob", "user.demographic.date_of_birth", Sure::High),
            ("birth_date", "user.demographic.date_of_birth", Sure::High),
            ("生年月日", "user.demographic.date_of_birth", Sure::High),
            ("street", "user.contact.address.street", Sure::High),
            ("zip", "user.contact.address.postal_code", Sure::High),
            ("郵便番号", "user.contact.address.postal_code", Sure::High),
            ("city", "user.contact.address.city", Sure::Medium),
            ("country", "user.contact.address.country", Sure::Medium),
            ("last_ip_address", "user.device.ip_address", Sure::High),
            ("ＩＰアドレス", "user.device.ip_address", Sure::High),
            ("password_hash", "user.authorization.password", Sure::High),
            ("iban", "user.financial.bank_account", Sure::High),
            (
                "credit_card_number",
                "user.financial.credit_card",
                Sure::High,
            ),
            ("user_agent", "user.device", Sure::High),
            ("notes", "user.content", Sure::Medium),
            ("備考", "user.content", Sure::Medium),
            ("住所", "user.contact.address", Sure::High),
            ("email_verified", "user.contact.email", Sure::Low),
        ] {
            assert_eq!(guess(name), Some((category, sure)), "{name}");
        }
        for name in [
            "id",
            "female_ratio",
            "quantity",
            "total",
            "name",
            "商品名",
            "state",
            "relay",
        ] {
            assert_eq!(guess(name), None, "{name}");
        }
    }

    #[test]
    fn values_make_a_guess_surer_or_less_sure_and_are_not_in_its_reason() {
        let mails: Vec<String> = (0..10).map(|n| format!("person{n}@example.org")).collect();
        let mails: Vec<&str> = mails.iter().map(String::as_str).collect();
        let of = |name: &str, values: &[&str]| {
            column(Around::default(), &seen(name, Shape::Text, values)).expect("a guess")
        };
        let sure = of("mail", &mails);
        assert_eq!(sure.sure, Sure::High);
        assert_eq!(sure.why, "its name; 10 of 10 look like an e-mail address");
        let unsure = of("email", &["yes", "no", "yes", "no"]);
        assert_eq!(unsure.sure, Sure::Low);
        assert_eq!(
            unsure.why,
            "its name, but only 0 of 4 look like an e-mail address"
        );
        let unnamed = of("kontakt", &mails);
        assert_eq!((unnamed.is, unnamed.sure), (Is::Email, Sure::Medium));
        let wrong = of("phone", &mails);
        assert_eq!((wrong.is, wrong.sure), (Is::Email, Sure::Medium));
        assert!(wrong.why.starts_with("its name says otherwise"));
        assert!(!wrong.why.contains("example"));
    }

    #[test]
    fn a_name_is_a_persons_where_people_are_listed() {
        let name = seen("name", Shape::Text, &[]);
        let around = |table_name: &str, columns: &[&str]| Around::of(&table(table_name, columns));
        let of = |around| column(around, &name).map(|guess| guess.sure);
        assert_eq!(of(around("sales.Customers", &["id"])), Some(Sure::High));
        assert_eq!(of(around("社員", &["id"])), Some(Sure::High));
        assert_eq!(of(around("reports", &["email"])), Some(Sure::Low));
        assert_eq!(of(around("products", &["id"])), None);
        assert_eq!(of(around("customer_orders", &["id"])), None);
        let state = seen("state", Shape::Text, &[]);
        assert!(column(around("places", &["zip"]), &state).is_some());
        assert!(column(around("tickets", &["subject"]), &state).is_none());
    }

    #[test]
    fn a_type_that_cannot_hold_it_is_no_guess() {
        let email = |shape| column(Around::default(), &seen("email", shape, &[]));
        assert!(email(Shape::Other).is_none() && email(Shape::Int).is_none());
        let phone = column(Around::default(), &seen("phone", Shape::Int, &[]));
        assert!(phone.is_some());
        let born = column(Around::default(), &seen("birthday", Shape::Other, &[]));
        assert!(born.is_some());
    }
}
