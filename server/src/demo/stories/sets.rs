//! People with several records: a merge set of four, one three deep, and a name in many scripts.

use app::model::IdentifierKind as Kind;
use serde_json::json;

use super::super::census::Ask;
use super::super::contact::PostalAddress;
use super::super::record::{Channel, Language, Record, Rows};
use super::super::spell::{Country, Phone, half_width};
use super::{Cast, Part, berlin, german_address, london};

/// A row or two in every table that customers have.
fn everywhere(channel: Channel) -> Rows {
    Rows {
        employee: None,
        dialer: 0,
        emails: 1,
        calls: 1,
        chats: 1,
        unlinked_chats: 0,
        threads: vec![channel],
        messages: (2, 3),
        visitors: 1,
        help_desk: Some(2),
        newsletter: true,
        billing: Some(1),
        files: 1,
        thread_files: true,
    }
}

fn tokyo_address() -> PostalAddress {
    PostalAddress {
        address1: "見本町9丁目61-1".to_owned(),
        address2: None,
        city: "千代田区".to_owned(),
        state: Some("東京都".to_owned()),
        postal_code: "100-0961".to_owned(),
        country_code: "JP".to_owned(),
    }
}

impl Cast {
    pub(super) fn merge_set_of_four(&mut self) {
        let home = german_address("Am Alten Speicher 94", "20457", "Hamburg");
        let part = |last, email, phone| Part {
            first: "Maria",
            last,
            email,
            phone,
            address: home.clone(),
        };
        let parts = [
            part("Lindemann", "maria.lindemann@example.org", berlin("941")),
            part("Lindemann", "m.lindemann@mail.example", berlin("942")),
            part(
                "Lindemann-Clarke",
                "maria.lindemann-clarke@example.com",
                london("0943"),
            ),
            part("Clarke", "maria.clarke@example.net", london("0943")),
        ];
        let mut records: Vec<Record> = parts
            .iter()
            .enumerate()
            .map(|(member, part)| self.record(member, part))
            .collect();
        let canonical = records[0].contact_id();
        for (n, record) in records.iter_mut().enumerate() {
            record.rows = everywhere([Channel::Facebook, Channel::Whatsapp][n % 2]);
            if let Some(contact) = record.contact.as_mut().filter(|_| n > 0) {
                contact.canonical = canonical.clone();
            }
        }
        let members: Vec<_> = records.iter().filter_map(Record::contact_id).collect();
        let emails = parts.each_ref().map(|part| part.email.to_owned());
        let phones: Vec<String> = parts[..3]
            .iter()
            .map(|part| part.phone.international())
            .collect();
        let of = |kind, values: &[String]| -> Vec<Ask> {
            values
                .iter()
                .map(|value| Ask::new(kind, value.as_str()))
                .collect()
        };
        let names = ["Maria Lindemann", "Maria Clarke"].map(str::to_owned);
        let asks = [
            of(Kind::Name, &names),
            of(Kind::Email, &emails),
            of(Kind::Phone, &phones),
            of(Kind::ExternalContactId, &members),
        ];
        let facts = json!({
            "canonical": canonical, "members": members, "name": "Maria Lindemann",
            "emails": emails, "phones": phones,
        });
        self.play(Language::German, records);
        self.tell("merge_set_of_four", facts, asks.concat());
    }

    pub(super) fn deep_set(&mut self) {
        let address = german_address("Fährgasse 95", "04109", "Leipzig");
        let parts = [
            "friederike.oltmanns@example.org",
            "f.oltmanns@example.com",
            "oltmanns@post.example",
        ]
        .map(|email| Part {
            first: "Friederike",
            last: "Oltmanns",
            email,
            phone: berlin("951"),
            address: address.clone(),
        });
        let mut records: Vec<Record> = Vec::new();
        for (member, part) in parts.iter().enumerate() {
            let mut record = self.record(member, part);
            record.rows = Rows {
                emails: 1,
                newsletter: true,
                ..record.rows
            };
            // Each was merged into the one before: C → B → A.
            let before = records.last().and_then(Record::contact_id);
            if let Some(contact) = &mut record.contact {
                contact.canonical = before;
            }
            records.push(record);
        }
        let members: Vec<_> = records.iter().filter_map(Record::contact_id).collect();
        let asks = vec![
            Ask::new(Kind::Name, "Friederike Oltmanns"),
            Ask::new(Kind::Email, parts[2].email),
        ];
        let facts = json!({
            "canonical": members.first(), "members": members, "name": "Friederike Oltmanns",
            "emails": parts.each_ref().map(|part| part.email),
        });
        self.play(Language::German, records);
        self.tell("deep_set", facts, asks);
    }

    pub(super) fn japanese(&mut self) {
        let part = Part {
            first: "由紀",
            last: "髙橋",
            email: "yuki.takahashi@denshi.example",
            phone: Phone::new(Country::Japan, "3", &["5550", "9611"]),
            address: tokyo_address(),
        };
        let mut record = self.record(0, &part);
        let half = half_width("タカハシ ユキ");
        // In the order of places: employees, conversations, dialer, help desk, newsletter, billing, chats.
        record.names = [
            "髙橋 由紀",
            &half,
            "高橋　由紀",
            "高橋 由紀",
            "タカハシ ユキ",
            "髙橋由紀",
            "たかはし ゆき",
        ]
        .map(str::to_owned)
        .to_vec();
        record.rows = Rows {
            emails: 1,
            dialer: 1,
            help_desk: Some(1),
            newsletter: true,
            billing: Some(1),
            chats: 1,
            ..record.rows
        };
        let written = record.names.clone();
        let asks = written
            .iter()
            .map(|name| Ask::new(Kind::Name, name.as_str()));
        let asks = asks
            .chain([Ask::new(Kind::Phone, part.phone.international())])
            .collect();
        let facts = json!({
            "written": written, "phone": part.phone.international(), "email": part.email,
            "externalContactId": record.contact_id(),
        });
        self.play(Language::Japanese, vec![record]);
        self.tell("japanese", facts, asks);
    }
}
