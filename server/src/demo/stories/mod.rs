//! The people that tests, documentation and SDK conformance speak of. They come first, at any size and seed.

mod alike;
mod reach;
mod sets;

use serde_json::Value;

use super::census::Ask;
use super::contact::{ContactKind, DirectoryContact, EmailSlot, PhoneSlot, PostalAddress};
use super::random::Random;
use super::record::{Language, Person, Place, Record, Rows};
use super::spell::{Country, Phone};

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
    let mut cast = Cast {
        seed,
        persons: Vec::new(),
        stories: Vec::new(),
    };
    cast.unique();
    cast.nobody();
    cast.many();
    cast.twins();
    cast.shared_phone();
    cast.merge_set_of_four();
    cast.deep_set();
    cast.japanese();
    cast.unlinked_chat();
    cast.linked_chat();
    cast.messenger();
    cast.employees();
    cast.dialer_and_visitor();
    cast.heavy();
    cast.hostile();
    cast.unlinked_email();
    cast
}

/// A number of the stories' own tenth of the fictional ranges.
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
            kind: if member == 0 {
                ContactKind::Curated
            } else {
                ContactKind::Identified
            },
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
            rows: Rows {
                messages: (2, 3),
                ..Rows::default()
            },
        }
    }

    /// A record that the directory does not know.
    fn stranger(&self, part: &Part) -> Record {
        Record {
            contact: None,
            linked: false,
            ..self.record(0, part)
        }
    }

    fn play(&mut self, language: Language, records: Vec<Record>) {
        self.persons.push(Person { language, records });
    }

    fn tell(&mut self, name: &'static str, facts: Value, asks: Vec<Ask>) {
        self.stories.push(Story { name, facts, asks });
    }
}
