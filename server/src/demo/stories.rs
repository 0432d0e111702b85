//! The people that tests, documentation and SDK conformance speak of. They come first, at any size and seed.

use app::model::IdentifierKind as Kind;
use serde_json::{Value, json};

use super::attachments::picture_name;
use super::census::Ask;
use super::contact::{ContactKind, DirectoryContact, EmailSlot, PhoneSlot, PostalAddress};
use super::contact_centre::{dialer_contact, user, visitor};
use super::random::Random;
use super::record::{Channel, Language, Person, Place, Record, Rows};
use super::spell::{Country, Phone, half_width};

/// What is told of somebody, and by what she is to be found.
pub(super) struct Story {
    pub(super) name: &'static str,
    /// An object.
    pub(super) facts: Value,
    pub(super) asks: Vec<Ask>,
}

/// The people of the stories, and the stories.
pub(super) struct Cast {
    seed: u64,
    pub(super) persons: Vec<Person>,
    pub(super) stories: Vec<Story>,
}

/// Everybody, in the same order always.
pub(super) fn cast(seed: u64) -> Cast {
    let mut cast = Cast { seed, persons: Vec::new(), stories: Vec::new() };
    cast.unique_and_nobody();
    cast.many();
    cast.twins();
    cast.shared_phone();
    cast.merge_set_of_four();
    cast.deep_set();
    cast.japanese();
    cast.chats();
    cast.messenger();
    cast.employees();
    cast.dialer_and_visitor();
    cast.heavy();
    cast.hostile();
    cast
}

/// Numbers of the stories' own tenth of the fictional ranges.
fn berlin(last: &str) -> Phone {
    Phone::new(Country::Germany, "30", &["23125", last])
}

fn london(last: &str) -> Phone {
    Phone::new(Country::Britain, "20", &["7946", last])
}

fn german_address(street: &str, code: &str, city: &str) -> PostalAddress {
    PostalAddress {
        address1: street.to_owned(),
        city: city.to_owned(),
        postal_code: code.to_owned(),
        country_code: "DE".to_owned(),
        ..PostalAddress::default()
    }
}

/// What one record says of its person, before it is played.
struct Part<'a> {
    first: &'a str,
    last: &'a str,
    email: &'a str,
    phone: Phone,
    address: PostalAddress,
}

impl Part<'_> {
    fn name(&self) -> String {
        format!("{} {}", self.first, self.last)
    }
}

impl Cast {
    /// A record with a contact, linked wherever it is known, with no rows yet.
    fn record(&self, member: usize, part: &Part) -> Record {
        let number = Record::number(self.persons.len() as u32, member);
        let mut random = Random::of(self.seed, "contact", number);
        let created = random.instant();
        let contact = DirectoryContact {
            id: random.uuid(),
            first_name: Some(part.first.to_owned()),
            middle_name: None,
            last_name: Some(part.last.to_owned()),
            phones: vec![(PhoneSlot::Cell, part.phone.international())],
            emails: vec![(EmailSlot::Personal, part.email.to_owned())],
            address: Some(part.address.clone()),
            twitter: None,
            facebook: Vec::new(),
            instagram: None,
            whatsapp: None,
            external_ids: Vec::new(),
            kind: if member == 0 { ContactKind::Curated } else { ContactKind::Identified },
            canonical: None,
            created,
            modified: created,
        };
        let spelled = |place: Place| match place.country() == part.phone.country {
            true => part.phone.national(),
            false => part.phone.international(),
        };
        Record {
            seed: self.seed,
            number,
            linked: true,
            names: vec![part.name()],
            emails: vec![part.email.to_owned()],
            phones: Place::ALL.into_iter().map(spelled).collect(),
            addresses: vec![part.address.line()],
            contact: Some(contact),
            rows: Rows { messages: (2, 3), ..Rows::default() },
        }
    }

    /// A record that the directory does not know.
    fn stranger(&self, part: &Part) -> Record {
        Record { contact: None, linked: false, ..self.record(0, part) }
    }

    fn play(&mut self, language: Language, records: Vec<Record>) {
        self.persons.push(Person { language, records });
    }

    fn tell(&mut self, name: &'static str, facts: Value, asks: Vec<Ask>) {
        self.stories.push(Story { name, facts, asks });
    }

    fn unique_and_nobody(&mut self) {
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
        record.rows = Rows { emails: 1, calls: 1, chats: 1, ..record.rows };
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
            (Kind::ExternalContactId, "externalContactId", id.unwrap_or_default()),
        ];
        let asks = facts.iter().map(|(kind, _, value)| Ask::new(*kind, value.as_str())).collect();
        let facts = facts.into_iter().map(|(_, key, value)| (key.to_owned(), value.into()));
        self.play(Language::German, vec![record]);
        self.tell("unique", Value::Object(facts.collect()), asks);

        let (email, phone, name) =
            ("nobody.at.all@example.net", london("0999").international(), "Quentin Nobodaddy");
        let asks = vec![
            Ask::new(Kind::Email, email),
            Ask::new(Kind::Phone, phone.as_str()),
            Ask::new(Kind::Name, name),
        ];
        self.tell("nobody", json!({ "email": email, "phone": phone, "name": name }), asks);
    }

    fn many(&mut self) {
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
            record.rows = Rows { emails: 1, newsletter: n % 2 == 0, dialer: n / 3, ..record.rows };
            self.play(Language::German, vec![record]);
            emails.push(email);
        }
        let asks = vec![Ask::new(Kind::Name, "Andrea Fischbach"), Ask::new(Kind::Email, emails[0].as_str())];
        self.tell("many", json!({ "name": "Andrea Fischbach", "emails": emails }), asks);
    }

    /// Two people who share what they can.
    fn pair(&mut self, language: Language, parts: &[Part]) -> (Vec<Value>, Vec<Ask>) {
        let (mut people, mut asks) = (Vec::new(), Vec::new());
        for part in parts {
            let mut record = self.record(0, part);
            record.rows = Rows { calls: 1, help_desk: Some(1), ..record.rows };
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

    fn twins(&mut self) {
        let twin = |first, email| Part {
            first,
            last: "Hollerbach",
            email,
            phone: berlin("921"),
            address: german_address("Kranichgasse 92", "50667", "Köln"),
        };
        let parts = [twin("Jonas", "jonas.hollerbach@example.org"), twin("Lukas", "lukas.hollerbach@example.org")];
        let (people, asks) = self.pair(Language::German, &parts);
        let facts = json!({
            "lastName": "Hollerbach", "phone": parts[0].phone.international(),
            "address": parts[0].address.line(), "people": people,
        });
        self.tell("twins", facts, asks);
    }

    fn shared_phone(&mut self) {
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

    fn merge_set_of_four(&mut self) {
        let home = german_address("Am Alten Speicher 94", "20457", "Hamburg");
        let parts = [
            ("Maria", "Lindemann", "maria.lindemann@example.org", berlin("941")),
            ("Maria", "Lindemann", "m.lindemann@mail.example", berlin("942")),
            ("Maria", "Lindemann-Clarke", "maria.lindemann-clarke@example.com", london("0943")),
            ("Maria", "Clarke", "maria.clarke@example.net", london("0943")),
        ]
        .map(|(first, last, email, phone)| Part { first, last, email, phone, address: home.clone() });
        let mut records: Vec<Record> =
            parts.iter().enumerate().map(|(member, part)| self.record(member, part)).collect();
        let canonical = records[0].contact_id();
        for (n, record) in records.iter_mut().enumerate() {
            let channel = if n % 2 == 0 { Channel::Facebook } else { Channel::Whatsapp };
            record.rows = Rows {
                emails: 1,
                calls: 1,
                chats: 1,
                threads: vec![channel],
                visitors: 1,
                help_desk: Some(2),
                newsletter: true,
                billing: Some(1),
                files: 1,
                thread_files: true,
                ..record.rows.clone()
            };
            if let Some(contact) = record.contact.as_mut().filter(|_| n > 0) {
                contact.canonical = canonical.clone();
            }
        }
        let members: Vec<_> = records.iter().filter_map(Record::contact_id).collect();
        let emails = parts.each_ref().map(|part| part.email);
        let phones: Vec<String> = parts[..3].iter().map(|part| part.phone.international()).collect();
        let mut asks = vec![Ask::new(Kind::Name, "Maria Lindemann"), Ask::new(Kind::Name, "Maria Clarke")];
        asks.extend(emails.map(|email| Ask::new(Kind::Email, email)));
        asks.extend(phones.iter().map(|phone| Ask::new(Kind::Phone, phone.as_str())));
        asks.extend(members.iter().map(|id| Ask::new(Kind::ExternalContactId, id.as_str())));
        let facts = json!({
            "canonical": canonical, "members": members, "name": "Maria Lindemann",
            "emails": emails, "phones": phones,
        });
        self.play(Language::German, records);
        self.tell("merge_set_of_four", facts, asks);
    }

    fn deep_set(&mut self) {
        let address = german_address("Fährgasse 95", "04109", "Leipzig");
        let parts = ["friederike.oltmanns@example.org", "f.oltmanns@example.com", "oltmanns@post.example"]
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
            record.rows = Rows { emails: 1, newsletter: true, ..record.rows };
            // Each was merged into the one before: C → B → A.
            let before = records.last().and_then(Record::contact_id);
            if let Some(contact) = &mut record.contact {
                contact.canonical = before;
            }
            records.push(record);
        }
        let members: Vec<_> = records.iter().filter_map(Record::contact_id).collect();
        let asks = vec![Ask::new(Kind::Name, "Friederike Oltmanns"), Ask::new(Kind::Email, parts[2].email)];
        let facts = json!({
            "canonical": members.first(), "members": members, "name": "Friederike Oltmanns",
            "emails": parts.each_ref().map(|part| part.email),
        });
        self.play(Language::German, records);
        self.tell("deep_set", facts, asks);
    }

    fn japanese(&mut self) {
        let part = Part {
            first: "由紀",
            last: "髙橋",
            email: "yuki.takahashi@denshi.example",
            phone: Phone::new(Country::Japan, "3", &["5550", "9611"]),
            address: PostalAddress {
                address1: "見本町9丁目61-1".to_owned(),
                city: "千代田区".to_owned(),
                state: Some("東京都".to_owned()),
                postal_code: "100-0961".to_owned(),
                country_code: "JP".to_owned(),
                address2: None,
            },
        };
        let mut record = self.record(0, &part);
        let half = half_width("タカハシ ユキ");
        // In the order of places: employees, conversations, dialer, help desk, newsletter, billing, chats.
        record.names = ["髙橋 由紀", &half, "高橋　由紀", "高橋 由紀", "タカハシ ユキ", "髙橋由紀", "たかはし ゆき"]
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
        let asks = written.iter().map(|name| Ask::new(Kind::Name, name.as_str()));
        let asks = asks.chain([Ask::new(Kind::Phone, part.phone.international())]).collect();
        let facts = json!({
            "written": written, "phone": part.phone.international(), "email": part.email,
            "externalContactId": record.contact_id(),
        });
        self.play(Language::Japanese, vec![record]);
        self.tell("japanese", facts, asks);
    }

    fn chats(&mut self) {
        let part = |first, last, email, phone| Part {
            first,
            last,
            email,
            phone,
            address: german_address("Holunderallee 97", "80331", "München"),
        };
        let unlinked =
            part("Ottoline", "Brackenridge", "ottoline.brackenridge@example.com", london("0971"));
        let mut record = self.stranger(&unlinked);
        record.rows = Rows { unlinked_chats: 1, ..record.rows };
        self.play(Language::English, vec![record]);
        let facts = json!({ "name": unlinked.name(), "email": unlinked.email });
        let asks = vec![Ask::new(Kind::Name, unlinked.name()), Ask::new(Kind::Email, unlinked.email)];
        self.tell("unlinked_chat", facts, asks);

        let linked = part("Gesine", "Wiedenbrück", "gesine.wiedenbrueck@example.com", berlin("972"));
        let mut record = self.record(0, &linked);
        record.rows = Rows { chats: 2, ..record.rows };
        let id = record.contact_id().unwrap_or_default();
        let facts = json!({ "name": linked.name(), "email": linked.email, "externalContactId": id });
        let asks = vec![Ask::new(Kind::Name, linked.name()), Ask::new(Kind::ExternalContactId, id)];
        self.play(Language::German, vec![record]);
        self.tell("linked_chat", facts, asks);
    }

    fn messenger(&mut self) {
        let part = Part {
            first: "Bilge",
            last: "Karaduman",
            email: "",
            phone: berlin("973"),
            address: german_address("Lerchenstieg 97", "60311", "Frankfurt am Main"),
        };
        let mut record = self.stranger(&part);
        record.rows = Rows { threads: vec![Channel::Facebook], thread_files: true, ..record.rows };
        let id = record.messenger_id(Channel::Facebook);
        let facts = json!({ "external_id": id, "file": picture_name(&record), "name": part.name() });
        let asks = vec![
            Ask::new(Kind::ExternalId, id.as_str()),
            Ask::new(Kind::Facebook, id),
            Ask::new(Kind::Name, part.name()),
        ];
        self.play(Language::German, vec![record]);
        self.tell("messenger", facts, asks);
    }

    fn employees(&mut self) {
        let cases = [
            ("active_employee", true, "Ruth", "Achterberg", "ruth.achterberg@centre.example", "981"),
            ("former_employee", false, "Tilman", "Quast", "tilman.quast@centre.example", "982"),
        ];
        for (story, active, first, last, email, phone) in cases {
            let address = german_address("Zum Storchennest 98", "10969", "Berlin");
            let part = Part { first, last, email, phone: berlin(phone), address };
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

    fn dialer_and_visitor(&mut self) {
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
            Ask { list: Some(list.to_owned()), ..Ask::new(Kind::DialerContactId, id) },
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

    fn heavy(&mut self) {
        let part = Part {
            first: "Eleonore",
            last: "Vielschreiber",
            email: "eleonore.vielschreiber@example.org",
            phone: berlin("984"),
            address: german_address("Mühlgrabenweg 98", "06108", "Halle (Saale)"),
        };
        let mut record = self.record(0, &part);
        record.rows = Rows { emails: 2, messages: (270, 270), ..record.rows };
        let id = record.contact_id().unwrap_or_default();
        let facts = json!({
            "name": part.name(), "email": part.email, "externalContactId": id, "messages": 540,
        });
        let asks = vec![Ask::new(Kind::Email, part.email), Ask::new(Kind::ExternalContactId, id)];
        self.play(Language::German, vec![record]);
        self.tell("heavy", facts, asks);
    }

    fn hostile(&mut self) {
        let long = "Wolfeschlegelsteinhausenbergerdorff".repeat(6);
        let cases = [
            ("Zoë 🦄", "Sparkle-McGlitter"),
            ("مريم", "الحداد"),
            ("Siobhán", "D'Arcy-O’Brien"),
            ("Hubert", long.as_str()),
            ("<script>alert(1)</script>", "&amp; \"Bobby\"'); DROP TABLE users;--"),
            ("=HYPERLINK(\"https://example.org\")", "+Formula"),
        ];
        let (mut names, mut people, mut asks) = (Vec::new(), Vec::new(), Vec::new());
        for (n, (first, last)) in cases.into_iter().enumerate() {
            let (email, phone) = (format!("hostile.{n}@example.net"), format!("099{n}"));
            let address = german_address("Bürgermeister-Klönschnack-Straße 99", "20359", "Hamburg");
            let part = Part { first, last, email: &email, phone: london(&phone), address };
            let mut record = self.record(0, &part);
            record.rows =
                Rows { emails: 1, help_desk: Some(1), newsletter: true, billing: Some(1), ..record.rows };
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
