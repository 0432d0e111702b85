//! What one record of a person is, before systems write it down: the bridge between people and systems.

use super::contact::DirectoryContact;
use super::random::Random;
use super::spell::Country;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    English,
    German,
    Japanese,
}

/// Where a messenger thread came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Channel {
    Facebook,
    Whatsapp,
    Instagram,
    Twitter,
}

impl Channel {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Facebook => "facebook",
            Self::Whatsapp => "whatsapp",
            Self::Instagram => "instagram",
            Self::Twitter => "twitter",
        }
    }
}

/// A place that writes a person down in its own spelling.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    Users,
    Conversations,
    Dialer,
    HelpDesk,
    Newsletter,
    Billing,
    Chats,
}

impl Place {
    /// In the order of [`choose`]'s spellings.
    pub(super) const ALL: [Self; 7] = [
        Self::Users,
        Self::Conversations,
        Self::Dialer,
        Self::HelpDesk,
        Self::Newsletter,
        Self::Billing,
        Self::Chats,
    ];

    /// Whose numbers it writes without a country code; `systems/*.toml` say the same.
    pub(super) fn country(self) -> Country {
        match self {
            Self::HelpDesk => Country::Britain,
            _ => Country::Germany,
        }
    }
}

/// A person: one record, or a merge set with the canonical record first.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) language: Language,
    pub(super) records: Vec<Record>,
}

/// How many rows of each sort the systems hold.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    /// An account, and whether it is active.
    pub(super) employee: Option<bool>,
    pub(super) dialer: u32,
    pub(super) emails: u32,
    pub(super) calls: u32,
    /// Chats that a contact is linked to.
    pub(super) chats: u32,
    pub(super) unlinked_chats: u32,
    pub(super) threads: Vec<Channel>,
    /// Messages of a conversation: at least, at most.
    pub(super) messages: (u64, u64),
    pub(super) visitors: u32,
    /// A contact of the help desk, with so many tickets.
    pub(super) help_desk: Option<u32>,
    pub(super) newsletter: bool,
    /// A customer, with so many invoices.
    pub(super) billing: Option<u32>,
    /// Files under the directory contact's id.
    pub(super) files: u32,
    /// Whether messenger threads have a file.
    pub(super) thread_files: bool,
}

/// A person as one contact of the directory (or none) and the rows that go with it.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) seed: u64,
    /// Unique; see [`Record::number`].
    pub(super) number: u64,
    pub(super) contact: Option<DirectoryContact>,
    /// Whether the other systems know the contact's id.
    pub(super) linked: bool,
    /// As systems spell them; which one a system has is [`Record::name`]'s choice. Not empty.
    pub(super) names: Vec<String>,
    pub(super) emails: Vec<String>,
    pub(super) phones: Vec<String>,
    pub(super) addresses: Vec<String>,
    pub(super) rows: Rows,
}

impl Record {
    /// The number of a person's n-th record.
    pub(super) fn number(person: u32, member: usize) -> u64 {
        u64::from(person) * 8 + member as u64
    }

    /// A stream for one thing about this record.
    pub(super) fn random(&self, what: &str) -> Random {
        Random::of(self.seed, what, self.number)
    }

    /// The id of the record's n-th thing of a sort: a UUID.
    pub(super) fn id(&self, sort: &str, n: u32) -> String {
        Random::of(self.seed, sort, (self.number << 12) | u64::from(n)).uuid()
    }

    /// The directory contact's id.
    pub(super) fn contact_id(&self) -> Option<String> {
        self.contact.as_ref().map(|contact| contact.id.clone())
    }

    /// The directory contact's id, where systems know it.
    pub(super) fn link(&self) -> Option<String> {
        self.contact_id().filter(|_| self.linked)
    }

    pub(super) fn name(&self, place: Place) -> &str {
        choose(&self.names, place)
    }

    pub(super) fn email(&self, place: Place) -> &str {
        choose(&self.emails, place)
    }

    pub(super) fn phone(&self, place: Place) -> &str {
        choose(&self.phones, place)
    }

    pub(super) fn address(&self, place: Place) -> &str {
        choose(&self.addresses, place)
    }

    /// The id by which a messenger knows her: its own for the page that she wrote to.
    pub(super) fn messenger_id(&self, channel: Channel) -> String {
        let known = self
            .contact
            .as_ref()
            .and_then(|contact| contact.facebook.first());
        match (channel, known) {
            (Channel::Facebook, Some(id)) => id.clone(),
            (Channel::Facebook, None) => self.random("scoped id").digits(16),
            _ => format!(
                "{}:{}",
                channel.as_str(),
                self.random(channel.as_str()).digits(14)
            ),
        }
    }
}

fn choose(spellings: &[String], place: Place) -> &str {
    spellings
        .get(place as usize % spellings.len().max(1))
        .map_or("", String::as_str)
}

#[cfg(test)]
mod tests {
    use crate::demo::people;

    #[test]
    fn ids_of_records_and_things_differ() {
        let person = (0..)
            .map(|i| people::person(1, i))
            .find(|p| p.records.len() > 2)
            .unwrap();
        let ids: std::collections::HashSet<String> = person
            .records
            .iter()
            .flat_map(|record| {
                [
                    record.id("chat", 0),
                    record.id("chat", 1),
                    record.id("call", 0),
                ]
            })
            .collect();
        assert_eq!(ids.len(), 3 * person.records.len());
    }

    #[test]
    fn a_record_that_is_not_linked_shows_no_contact_id() {
        let mut record = people::person(1, 0).records.remove(0);
        record.linked = false;
        assert_eq!(record.link(), None);
    }
}
