//! Made-up people, as every system of these tests holds them.

use app::model::{Identifier, IdentifierKind};

/// One person, with what a system may know of her.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    /// Her id as she gave it to the system; systems that give ids themselves make one from it.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) phone: String,
    /// How many rows or files she has besides her record. At least one.
    pub(crate) items: usize,
}

impl Person {
    /// Her value of a content kind; nothing if she has none.
    pub(crate) fn value(&self, kind: IdentifierKind) -> Option<&str> {
        match kind {
            IdentifierKind::Name => Some(&self.name),
            IdentifierKind::Email => Some(&self.email),
            IdentifierKind::Phone => Some(&self.phone),
            _ => None,
        }
    }
}

fn person(id: &str, name: &str, email: &str, phone: &str, items: usize) -> Person {
    let [id, name, email, phone] = [id, name, email, phone].map(str::to_owned);
    Person {
        id,
        name,
        email,
        phone,
        items,
    }
}

/// Alone with her values.
pub(crate) const MARIA: usize = 0;
/// As MARIA by name and telephone, but another person.
pub(crate) const TWIN: usize = 1;
/// Kanji.
pub(crate) const HANAKO: usize = 2;
/// Half-width kana; an id that differs from the next one's in case only.
pub(crate) const KANA: usize = 3;
/// An id that differs from the one before in case only.
pub(crate) const CASED: usize = 4;
/// Everything that breaks something somewhere.
pub(crate) const HOSTILE: usize = 5;

/// Who is in the system.
pub(crate) fn people() -> Vec<Person> {
    vec![
        person(
            "1001",
            "María Müller",
            "Maria.Mueller@example.org",
            "+49 (30) 1234-5678",
            3,
        ),
        person(
            "1002",
            "María Müller",
            "m.mueller@example.com",
            "030 / 12 34 56 78",
            2,
        ),
        person(
            "1003",
            "山田 花子",
            "hanako@example.jp",
            "+81 90 1234 5678",
            1,
        ),
        person(
            "Ab-1",
            "ﾀﾅｶ ﾊﾅｺ",
            "tanaka@example.jp",
            "+81 90 8765 4321",
            1,
        ),
        person(
            "ab-1",
            "Jörg Weiß",
            "joerg@example.org",
            "+49 171 5551234",
            2,
        ),
        person(
            "x'; DROP TABLE contacts; --\"/../%00\u{1f600}",
            "<script>alert('x')</script> \u{202e}\"O'Brien\" \u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} %s {0}",
            "\"o'brien\"@example.org",
            "+1 202 555 0123",
            2,
        ),
        // An id that is a number with a leading zero; without it, it is MARIA's.
        person(
            "01001",
            "Zoë Null",
            "zoe@example.org",
            "+44 20 7946 0018",
            1,
        ),
    ]
}

/// Ways to write one value: what is typed, and who it finds.
pub(crate) fn spellings() -> Vec<(IdentifierKind, &'static str, Vec<usize>)> {
    use IdentifierKind::{Email, Name, Phone};
    vec![
        (Email, "maria.mueller@example.org", vec![MARIA]),
        (Email, "  MARIA.MUELLER@EXAMPLE.ORG ", vec![MARIA]),
        (
            Email,
            "ｍａｒｉａ．ｍｕｅｌｌｅｒ＠ｅｘａｍｐｌｅ．ｏｒｇ",
            vec![MARIA],
        ),
        (Email, "mariamueller@example.org", vec![]),
        (Email, "\"o'brien\"@example.org", vec![HOSTILE]),
        (Email, "%@example.org", vec![]),
        (Name, "maria muller", vec![MARIA, TWIN]),
        (Name, "MARÍA  MÜLLER", vec![MARIA, TWIN]),
        (Name, "山田花子", vec![HANAKO]),
        (Name, "田中 花子", vec![]),
        (Name, "タナカ　ハナコ", vec![KANA]),
        (Name, "jorg weiss", vec![CASED]),
        (Name, "Maria", vec![]),
        (Name, "_______", vec![]),
        (Phone, "030 12345678", vec![MARIA, TWIN]),
        (Phone, "+49 30 12345678", vec![MARIA, TWIN]),
        (Phone, "0049-30-1234-5678", vec![MARIA, TWIN]),
        (Phone, "＋４９３０１２３４５６７８", vec![MARIA, TWIN]),
        (Phone, "+81 90-1234-5678", vec![HANAKO]),
        (Phone, "+49 30 1234567", vec![]),
        (Phone, "12345678", vec![]),
    ]
}

/// An identifier that is valid.
pub(crate) fn identifier(kind: IdentifierKind, value: &str) -> Identifier {
    Identifier::new(kind, value).expect("a valid identifier")
}
