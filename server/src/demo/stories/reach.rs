//! People whom only one way leads to: chats, messengers, accounts, lists, devices; much text, and hostile names.

use app::model::IdentifierKind as Kind;
use serde_json::json;

use super::super::attachments::picture_name;
use super::super::census::Ask;
use super::super::contact_centre::{dialer_contact, user, visitor};
use super::super::record::{Channel, Language, Rows};
use super::{Cast, Part, berlin, german_address, london};

impl Cast {
    pub(super) fn unlinked_chat(&mut self) {
        let part = Part {
            first: "Ottoline",
            last: "Brackenridge",
            email: "ottoline.brackenridge@example.com",
            phone: london("0971"),
            address: german_address("Holunderallee 97", "80331", "München"),
        };
        let mut record = self.stranger(&part);
        record.rows = Rows {
            unlinked_chats: 1,
            ..record.rows
        };
        self.play(Language::English, vec![record]);
        let facts = json!({ "name": part.name(), "email": part.email });
        let asks = vec![
            Ask::new(Kind::Name, part.name()),
            Ask::new(Kind::Email, part.email),
        ];
        self.tell("unlinked_chat", facts, asks);
    }

    pub(super) fn unlinked_email(&mut self) {
        let part = Part {
            first: "Philippa",
            last: "Umbershoot",
            email: "philippa.umbershoot@example.com",
            phone: london("0991"),
            address: german_address("Holunderallee 99", "80331", "München"),
        };
        let mut record = self.stranger(&part);
        record.rows.emails = 1;
        let id = format!("conversation:{}", record.id("conversation", 0));
        let facts = json!({ "name": part.name(), "email": part.email, "externalId": id });
        let asks = vec![
            Ask::new(Kind::Name, part.name()),
            Ask::new(Kind::Email, part.email),
            Ask::new(Kind::ExternalId, id),
        ];
        self.play(Language::English, vec![record]);
        self.tell("unlinked_email", facts, asks);
    }

    pub(super) fn linked_chat(&mut self) {
        let part = Part {
            first: "Gesine",
            last: "Wiedenbrück",
            email: "gesine.wiedenbrueck@example.com",
            phone: berlin("972"),
            address: german_address("Holunderallee 97", "80331", "München"),
        };
        let mut record = self.record(0, &part);
        record.rows = Rows {
            chats: 2,
            ..record.rows
        };
        let id = record.contact_id().unwrap_or_default();
        let facts = json!({ "name": part.name(), "email": part.email, "externalContactId": id });
        let asks = vec![
            Ask::new(Kind::Name, part.name()),
            Ask::new(Kind::ExternalContactId, id),
        ];
        self.play(Language::German, vec![record]);
        self.tell("linked_chat", facts, asks);
    }

    pub(super) fn messenger(&mut self) {
        let part = Part {
            first: "Bilge",
            last: "Karaduman",
            email: "",
            phone: berlin("973"),
            address: german_address("Lerchenstieg 97", "60311", "Frankfurt am Main"),
        };
        let mut record = self.stranger(&part);
        record.rows = Rows {
            threads: vec![Channel::Facebook],
            thread_files: true,
            ..record.rows
        };
        let id = record.messenger_id(Channel::Facebook);
        let facts =
            json!({ "external_id": id, "file": picture_name(&record), "name": part.name() });
        let asks = vec![
            Ask::new(Kind::ExternalId, id.as_str()),
            Ask::new(Kind::Facebook, id),
            Ask::new(Kind::Name, part.name()),
        ];
        self.play(Language::German, vec![record]);
        self.tell("messenger", facts, asks);
    }

    pub(super) fn employees(&mut self) {
        let cases = [
            (
                "active_employee",
                true,
                "Ruth",
                "Achterberg",
                "ruth.achterberg@centre.example",
                "981",
            ),
            (
                "former_employee",
                false,
                "Tilman",
                "Quast",
                "tilman.quast@centre.example",
                "982",
            ),
        ];
        for (story, active, first, last, email, phone) in cases {
            let address = german_address("Zum Storchennest 98", "10969", "Berlin");
            let part = Part {
                first,
                last,
                email,
                phone: berlin(phone),
                address,
            };
            let mut record = self.stranger(&part);
            record.rows.employee = Some(active);
            let id = user(&record);
            let facts = json!({
                "userId": id, "email": email, "name": part.name(), "phone": part.phone.international(),
            });
            let asks = vec![
                Ask::new(Kind::UserId, id),
                Ask::new(Kind::Email, email),
                Ask::new(Kind::Name, part.name()),
                Ask::new(Kind::Phone, part.phone.international()),
            ];
            self.play(Language::German, vec![record]);
            self.tell(story, facts, asks);
        }
    }

    pub(super) fn dialer_and_visitor(&mut self) {
        let part = Part {
            first: "Winifred",
            last: "Appleyard",
            email: "winifred.appleyard@example.net",
            phone: london("0983"),
            address: german_address("Weißdornstraße 98", "90402", "Nürnberg"),
        };
        let mut record = self.stranger(&part);
        record.rows.dialer = 1;
        let ((list, id), phone) = (dialer_contact(&record, 0), part.phone.international());
        let facts = json!({
            "id": id, "contactListId": list, "phone": phone, "name": part.name(), "email": part.email,
        });
        let asks = vec![
            Ask {
                list: Some(list.to_owned()),
                ..Ask::new(Kind::DialerContactId, id)
            },
            Ask::new(Kind::Phone, phone),
            Ask::new(Kind::Email, part.email),
        ];
        self.play(Language::English, vec![record]);
        self.tell("dialer", facts, asks);

        let mut record = self.stranger(&part);
        record.rows.visitors = 1;
        let id = visitor(&record, 0);
        let asks = vec![Ask::new(Kind::VisitorId, id.as_str())];
        self.play(Language::English, vec![record]);
        self.tell("visitor", json!({ "id": id }), asks);
    }

    pub(super) fn heavy(&mut self) {
        let part = Part {
            first: "Eleonore",
            last: "Vielschreiber",
            email: "eleonore.vielschreiber@example.org",
            phone: berlin("984"),
            address: german_address("Mühlgrabenweg 98", "06108", "Halle (Saale)"),
        };
        let mut record = self.record(0, &part);
        record.rows = Rows {
            emails: 2,
            messages: (270, 270),
            ..record.rows
        };
        let id = record.contact_id().unwrap_or_default();
        let facts = json!({
            "name": part.name(), "email": part.email, "externalContactId": id, "messages": 540,
        });
        let asks = vec![
            Ask::new(Kind::Email, part.email),
            Ask::new(Kind::ExternalContactId, id),
        ];
        self.play(Language::German, vec![record]);
        self.tell("heavy", facts, asks);
    }

    pub(super) fn hostile(&mut self) {
        let long = "Wolfeschlegelsteinhausenbergerdorff".repeat(6);
        let cases = [
            ("Zoë 🦄", "Sparkle-McGlitter"),
            ("مريم", "الحداد"),
            ("Siobhán", "D'Arcy-O’Brien"),
            ("Hubert", long.as_str()),
            (
                "<script>alert(1)</script>",
                "&amp; \"Bobby\"'); DROP TABLE users;--",
            ),
            ("=HYPERLINK(\"https://example.org\")", "+Formula"),
        ];
        let (mut names, mut people, mut asks) = (Vec::new(), Vec::new(), Vec::new());
        for (n, (first, last)) in cases.into_iter().enumerate() {
            let (email, phone) = (format!("hostile.{n}@example.net"), format!("099{n}"));
            let address = german_address("Bürgermeister-Klönschnack-Straße 99", "20359", "Hamburg");
            let part = Part {
                first,
                last,
                email: &email,
                phone: london(&phone),
                address,
            };
            let mut record = self.record(0, &part);
            record.rows = Rows {
                emails: 1,
                help_desk: Some(1),
                newsletter: true,
                billing: Some(1),
                ..record.rows
            };
            people.push(json!({
                "name": part.name(), "email": email, "externalContactId": record.contact_id(),
            }));
            asks.push(Ask::new(Kind::Name, part.name()));
            asks.push(Ask::new(Kind::Email, part.email));
            names.push(part.name());
            self.play(Language::English, vec![record]);
        }
        self.tell("hostile", json!({ "names": names, "people": people }), asks);
    }
}
