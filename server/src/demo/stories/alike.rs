//! People who share a name, a telephone or an address, and are not each other; and one who shares nothing.

use app::model::IdentifierKind as Kind;
use serde_json::{Value, json};

use super::super::census::Ask;
use super::super::contact::PostalAddress;
use super::super::record::{Language, Rows};
use super::{Cast, Part, berlin, german_address, london};

impl Cast {
    pub(super) fn unique(&mut self) {
        let part = Part {
            first: "Henrike",
            last: "Sandomir",
            email: "henrike.sandomir@example.org",
            phone: berlin("901"),
            address: german_address("Beispielring 901", "10969", "Berlin"),
        };
        let mut record = self.record(0, &part);
        let (facebook, whatsapp) = ("7401220551234901", berlin("902").e164());
        if let Some(contact) = &mut record.contact {
            contact.twitter = Some("henrike_sandomir".to_owned());
            contact.instagram = Some("henrike.sandomir".to_owned());
            contact.facebook = vec![facebook.to_owned()];
            contact.whatsapp = Some(whatsapp.clone());
        }
        record.rows = Rows {
            emails: 1,
            calls: 1,
            chats: 1,
            ..record.rows
        };
        let id = record.contact_id();
        let facts = [
            (Kind::Email, "email", part.email.to_owned()),
            (Kind::Phone, "phone", part.phone.international()),
            (Kind::Name, "name", part.name()),
            (Kind::Address, "address", part.address.line()),
            (Kind::Twitter, "twitter", "henrike_sandomir".to_owned()),
            (Kind::Instagram, "instagram", "henrike.sandomir".to_owned()),
            (Kind::Facebook, "facebook", facebook.to_owned()),
            (Kind::Whatsapp, "whatsapp", whatsapp),
            (
                Kind::ExternalContactId,
                "externalContactId",
                id.unwrap_or_default(),
            ),
        ];
        let asks = facts
            .iter()
            .map(|(kind, _, value)| Ask::new(*kind, value.as_str()))
            .collect();
        let facts = facts
            .into_iter()
            .map(|(_, key, value)| (key.to_owned(), value.into()));
        self.play(Language::German, vec![record]);
        self.tell("unique", Value::Object(facts.collect()), asks);
    }

    pub(super) fn nobody(&mut self) {
        let (email, phone, name) = (
            "nobody.at.all@example.net",
            london("0999").international(),
            "Quentin Nobodaddy",
        );
        let asks = vec![
            Ask::new(Kind::Email, email),
            Ask::new(Kind::Phone, phone.as_str()),
            Ask::new(Kind::Name, name),
        ];
        self.tell(
            "nobody",
            json!({ "email": email, "phone": phone, "name": name }),
            asks,
        );
    }

    pub(super) fn many(&mut self) {
        let mut emails = Vec::new();
        for n in 0..5_u32 {
            let email = format!("andrea.fischbach{}@example.com", 1960 + 7 * n);
            let (last, street) = (format!("91{n}"), format!("Probenweg {}", 3 * n + 1));
            let part = Part {
                first: "Andrea",
                last: "Fischbach",
                email: &email,
                phone: berlin(&last),
                address: german_address(&street, "20359", "Hamburg"),
            };
            let mut record = self.record(0, &part);
            record.rows = Rows {
                emails: 1,
                newsletter: n % 2 == 0,
                dialer: n / 3,
                ..record.rows
            };
            self.play(Language::German, vec![record]);
            emails.push(email);
        }
        let asks = vec![
            Ask::new(Kind::Name, "Andrea Fischbach"),
            Ask::new(Kind::Email, emails[0].as_str()),
        ];
        self.tell(
            "many",
            json!({ "name": "Andrea Fischbach", "emails": emails }),
            asks,
        );
    }

    /// Two people who share what they can.
    fn pair(&mut self, language: Language, parts: &[Part]) -> (Vec<Value>, Vec<Ask>) {
        let (mut people, mut asks) = (Vec::new(), Vec::new());
        for part in parts {
            let mut record = self.record(0, part);
            record.rows = Rows {
                calls: 1,
                help_desk: Some(1),
                ..record.rows
            };
            people.push(json!({
                "name": part.name(), "email": part.email, "externalContactId": record.contact_id(),
            }));
            asks.push(Ask::new(Kind::Email, part.email));
            asks.push(Ask::new(Kind::Name, part.name()));
            asks.push(Ask::new(Kind::Phone, part.phone.international()));
            asks.push(Ask::new(Kind::Address, part.address.line()));
            self.play(language, vec![record]);
        }
        // Both have one telephone and one address, asked for once.
        asks.truncate(parts.len() * 2 + 2);
        (people, asks)
    }

    pub(super) fn twins(&mut self) {
        let twin = |first, email| Part {
            first,
            last: "Hollerbach",
            email,
            phone: berlin("921"),
            address: german_address("Kranichgasse 92", "50667", "Köln"),
        };
        let parts = [
            twin("Jonas", "jonas.hollerbach@example.org"),
            twin("Lukas", "lukas.hollerbach@example.org"),
        ];
        let (people, asks) = self.pair(Language::German, &parts);
        let facts = json!({
            "lastName": "Hollerbach", "phone": parts[0].phone.international(),
            "address": parts[0].address.line(), "people": people,
        });
        self.tell("twins", facts, asks);
    }

    pub(super) fn shared_phone(&mut self) {
        let one = |first, last, email| Part {
            first,
            last,
            email,
            phone: london("0931"),
            address: PostalAddress {
                address1: "31 Quince Gardens".to_owned(),
                city: "London".to_owned(),
                postal_code: "SE1 9ZZ".to_owned(),
                country_code: "GB".to_owned(),
                ..PostalAddress::default()
            },
        };
        let parts = [
            one("Emily", "Hartwell", "emily.hartwell@example.com"),
            one("James", "Okonjo", "james.okonjo@example.com"),
        ];
        let (people, asks) = self.pair(Language::English, &parts);
        let facts = json!({ "phone": parts[0].phone.international(), "people": people });
        self.tell("shared_phone", facts, asks);
    }
}
