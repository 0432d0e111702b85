//! The people of the sample. Person `i` follows from seed and `i` alone, so that no list of them is ever held.

use super::contact::{ContactKind, DirectoryContact, EmailSlot, PhoneSlot, PostalAddress};
use super::names::{
    self, ENGLISH_FIRST, ENGLISH_LAST, GERMAN_FIRST, GERMAN_LAST, JAPANESE_FIRST, JAPANESE_LAST,
    Word,
};
use super::numbers;
use super::random::Random;
use super::record::{Channel, Language, Person, Place, Record, Rows};
use super::spell::{Country, Name, Phone, full_width};

/// Sets of duplicates per thousand persons: about 150 of 2,000.
const SETS_PER_THOUSAND: u64 = 78;
const DOMAINS: [&str; 6] = [
    "example.org",
    "example.com",
    "example.net",
    "mail.example",
    "post.example",
    "denshi.example",
];

/// What people of one home share.
struct Home {
    language: Language,
    country: Country,
    last: Word,
    phone: Phone,
    address: PostalAddress,
}

impl Home {
    /// Some persons live with the one before them: same last name, address and telephone, another person.
    fn of(seed: u64, index: u32) -> Self {
        let shares = |i: u32| Random::of(seed, "shares a home", i.into()).percent(7);
        let shared = index > 0 && shares(index) && !shares(index - 1);
        let owner = u64::from(if shared { index - 1 } else { index });
        let mut random = Random::of(seed, "home", owner);
        let (language, country) = match random.below(100) {
            0..=21 => (Language::English, Country::Britain),
            22..=39 => (Language::English, Country::America),
            40..=73 => (Language::German, Country::Germany),
            _ => (Language::Japanese, Country::Japan),
        };
        let last = match language {
            Language::English => ENGLISH_LAST,
            Language::German => GERMAN_LAST,
            Language::Japanese => JAPANESE_LAST,
        };
        let last = names::pick(last, &mut random);
        let address = numbers::address(country, &mut random);
        Self {
            language,
            country,
            last,
            phone: numbers::phone(country, 2 * owner),
            address,
        }
    }
}

/// One person, with what all systems know of her.
pub(super) fn person(seed: u64, index: u32) -> Person {
    let home = Home::of(seed, index);
    let mut random = Random::of(seed, "person", index.into());
    let first = match home.language {
        Language::English => ENGLISH_FIRST,
        Language::German => GERMAN_FIRST,
        Language::Japanese => JAPANESE_FIRST,
    };
    let first = names::pick(first, &mut random);
    let phones = vec![
        home.phone.clone(),
        numbers::phone(home.country, 2 * u64::from(index) + 1),
    ];
    let emails = emails(&first, &home.last, index, &mut random);
    let makeup = Makeup {
        seed,
        index,
        home,
        first,
        phones,
        emails,
    };
    let sizes = set_size(&mut random);
    let in_directory = sizes > 1 || random.percent(68);
    let chained = sizes > 2 && random.percent(25);
    let mut records: Vec<Record> = Vec::with_capacity(sizes);
    for member in 0..sizes {
        let canonical = match member {
            0 => None,
            _ if chained => records[member - 1].contact_id(),
            _ => records[0].contact_id(),
        };
        records.push(makeup.record(member, in_directory, canonical));
    }
    Person {
        language: makeup.home.language,
        records,
    }
}

fn set_size(random: &mut Random) -> usize {
    if random.below(1_000) >= SETS_PER_THOUSAND {
        return 1;
    }
    match random.below(100) {
        0..=49 => 2,
        50..=74 => 3,
        75..=87 => 4,
        88..=95 => 5,
        _ => 6,
    }
}

fn emails(first: &Word, last: &Word, index: u32, random: &mut Random) -> Vec<String> {
    let letters = |word: &Word| {
        word.ascii
            .to_ascii_lowercase()
            .replace([' ', '\'', '-'], "")
    };
    let (first, last) = (letters(first), letters(last));
    let initial = &first[..first.len().min(1)];
    let local = [
        format!("{first}.{last}{index}"),
        format!("{initial}{last}{index}"),
        format!("{last}-{index}"),
    ];
    let start = random.below(3) as usize;
    (start..start + 2)
        .map(|style| format!("{}@{}", local[style % 3], random.pick(&DOMAINS)))
        .collect()
}

/// What a person is, before systems write it down each in its way.
struct Makeup {
    seed: u64,
    index: u32,
    home: Home,
    first: Word,
    phones: Vec<Phone>,
    emails: Vec<String>,
}

impl Makeup {
    fn name(&self) -> Name<'_> {
        let (first, last) = (self.first, self.home.last);
        let reading = (!last.reading.is_empty()).then_some((first.reading, last.reading));
        Name {
            first: first.written,
            last: last.written,
            reading,
            ascii: (first.ascii, last.ascii),
        }
    }

    fn record(&self, member: usize, in_directory: bool, canonical: Option<String>) -> Record {
        let number = Record::number(self.index, member);
        let mut random = Random::of(self.seed, "record", number);
        let contact = in_directory.then(|| self.contact(member, number, canonical));
        let rows = rows(member, contact.is_some(), &mut random);
        let mut emails: Vec<String> = self
            .emails
            .iter()
            .map(|email| spelled(email, &mut random))
            .collect();
        if rows.employee.is_some() {
            let local = self.emails[0].split('@').next().unwrap_or_default();
            emails.insert(0, format!("{local}@centre.example"));
        }
        Record {
            seed: self.seed,
            number,
            linked: contact.is_some() && random.percent(80),
            names: (0..5).map(|_| self.name().spelled(&mut random)).collect(),
            phones: self.spelled_phones(&mut random),
            addresses: vec![self.home.address.line()],
            emails,
            contact,
            rows,
        }
    }

    /// One for each place, in the spelling of its country.
    fn spelled_phones(&self, random: &mut Random) -> Vec<String> {
        let spell = |place: Place, random: &mut Random| {
            let phone = &self.phones[place as usize % self.phones.len()];
            let text = phone.spelled(place.country(), random);
            let wide = phone.country == Country::Japan && matches!(place, Place::Billing);
            if wide { full_width(&text) } else { text }
        };
        Place::ALL
            .into_iter()
            .map(|place| spell(place, random))
            .collect()
    }

    fn contact_phones(&self, random: &mut Random) -> Vec<(PhoneSlot, String)> {
        let mut phones = vec![(
            PhoneSlot::Home,
            self.phones[0].spelled(Country::Germany, random),
        )];
        if random.percent(50) {
            phones.push((
                PhoneSlot::Cell,
                self.phones[1].spelled(Country::Germany, random),
            ));
        }
        phones
    }

    fn contact_emails(&self, member: usize, random: &mut Random) -> Vec<(EmailSlot, String)> {
        let mut emails = vec![(
            EmailSlot::Personal,
            self.emails[member % self.emails.len()].clone(),
        )];
        if random.percent(25) {
            emails.push((
                EmailSlot::Work,
                self.emails[(member + 1) % self.emails.len()].clone(),
            ));
        }
        emails
    }

    fn contact(&self, member: usize, number: u64, canonical: Option<String>) -> DirectoryContact {
        let mut random = Random::of(self.seed, "contact", number);
        let id = random.uuid();
        let (first, last) = match self.name().reading {
            Some(kana) if member > 0 && random.percent(40) => kana,
            _ => (self.first.written, self.home.last.written),
        };
        let handle = self.emails[0].split('@').next().unwrap_or_default();
        let phones = self.contact_phones(&mut random);
        let emails = self.contact_emails(member, &mut random);
        let created = random.instant();
        DirectoryContact {
            id,
            first_name: Some(first.to_owned()),
            middle_name: None,
            last_name: Some(last.to_owned()),
            phones,
            emails,
            address: random.percent(75).then(|| self.home.address.clone()),
            twitter: random.percent(18).then(|| handle.replace(['.', '-'], "_")),
            facebook: if random.percent(12) {
                vec![random.digits(16)]
            } else {
                Vec::new()
            },
            instagram: random.percent(14).then(|| handle.replace('-', ".")),
            whatsapp: random.percent(16).then(|| self.phones[1].e164()),
            external_ids: if random.percent(10) {
                vec![("CRM".to_owned(), format!("C-{}", 100_000 + number))]
            } else {
                Vec::new()
            },
            kind: match (member, random.below(10)) {
                (0, 0..=3) => ContactKind::Curated,
                (_, 9) => ContactKind::Ephemeral,
                _ => ContactKind::Identified,
            },
            canonical,
            created,
            modified: created + 1_000 * random.below(90 * 86_400) as i64,
        }
    }
}

fn spelled(email: &str, random: &mut Random) -> String {
    match random.below(20) {
        0 => email.to_uppercase(),
        1 => email
            .chars()
            .take(1)
            .flat_map(char::to_uppercase)
            .chain(email.chars().skip(1))
            .collect(),
        _ => email.to_owned(),
    }
}

/// Which rows the systems hold of one record. Six on average, over all.
fn rows(member: usize, in_directory: bool, random: &mut Random) -> Rows {
    let mut few = |chance: u64, most: u64| {
        if random.percent(chance) {
            random.between(1, most) as u32
        } else {
            0
        }
    };
    let (dialer, emails, calls, visitors) = (few(18, 2), few(25, 2), few(9, 1), few(10, 1));
    let (chats, unlinked_chats, threads) = (few(8, 2), few(4, 1), few(8, 1));
    let (help_desk, newsletter, billing) = (few(29, 2), few(32, 1), few(26, 3));
    let (files, thread_files, employee) = (few(4, 2), few(35, 1), few(3, 1));
    let channels = [
        Channel::Facebook,
        Channel::Whatsapp,
        Channel::Instagram,
        Channel::Twitter,
    ];
    Rows {
        employee: (member == 0 && employee > 0).then(|| random.percent(75)),
        dialer,
        emails,
        calls,
        chats: if in_directory { chats } else { 0 },
        unlinked_chats,
        threads: (0..threads).map(|_| *random.pick(&channels)).collect(),
        messages: (1, 2),
        visitors,
        help_desk: (help_desk > 0).then_some(help_desk),
        newsletter: newsletter > 0,
        billing: (billing > 0).then_some(billing),
        files: if in_directory { files } else { 0 },
        thread_files: threads > 0 && thread_files > 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_follows_from_seed_and_number() {
        let names = |seed| {
            (0..50)
                .map(|i| person(seed, i).records[0].names.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(names(1), names(1));
        assert_ne!(names(1), names(2));
    }

    #[test]
    fn about_one_person_in_thirteen_is_a_merge_set_of_two_to_six() {
        let sizes: Vec<usize> = (0..2_000).map(|i| person(1, i).records.len()).collect();
        let sets = sizes.iter().filter(|size| **size > 1).count();
        assert!((120..=190).contains(&sets), "{sets} sets");
        assert_eq!(sizes.iter().max(), Some(&6));
    }

    #[test]
    fn every_language_and_a_shared_home_occur() {
        let people: Vec<Person> = (0..500).map(|i| person(1, i)).collect();
        for language in [Language::English, Language::German, Language::Japanese] {
            let count = people.iter().filter(|p| p.language == language).count();
            assert!(count > 80, "{language:?}: {count}");
        }
        let homes = (1..500)
            .filter(|i| Home::of(1, *i).phone == Home::of(1, i - 1).phone)
            .count();
        assert!((15..=60).contains(&homes), "{homes} shared homes");
    }

    #[test]
    fn canonical_links_lead_to_a_contact_before_without_cycle() {
        for person in (0..500).map(|i| person(1, i)) {
            let mut seen = Vec::new();
            for record in &person.records {
                let Some(contact) = &record.contact else {
                    continue;
                };
                assert_eq!(contact.canonical.is_none(), seen.is_empty());
                assert!(
                    contact
                        .canonical
                        .as_ref()
                        .is_none_or(|id| seen.contains(id))
                );
                seen.push(contact.id.clone());
            }
        }
    }
}
