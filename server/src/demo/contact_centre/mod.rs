//! The contact centre of the sample: employees, dialer lists, conversations, chats, messenger threads, website visitors.
//! Three tables of conversations, because each is found differently: e-mail and calls by their address, chats only
//! through a linked contact, messenger threads by the id that the messenger gave.

mod schema;

use std::path::Path;

use schema::{
    CHAT_MESSAGES, CHATS, CONVERSATIONS, DIALER_CONTACTS, DIALER_LISTS, INDEXES, MESSAGES,
    PAGE_VIEWS, SCHEMA, TABLES, THREAD_MESSAGES, THREADS, USERS, VISITORS,
};

use super::DemoError;
use super::database::{Database, row};
use super::random::Random;
use super::record::{Channel, Language, Person, Place, Record};
use super::words::{day, iso};

/// Id, name and campaign of the lists that dialer contacts are on.
const LISTS: [(&str, &str, &str); 4] = [
    ("list-renewals", "Renewals spring", "Contract renewals"),
    ("list-survey", "Satisfaction survey", "After-sales survey"),
    ("list-rueckruf", "Rückruf Bestandskunden", "Rückrufe"),
    ("list-annai", "新商品のご案内", "ご案内"),
];

/// The list and the id of a record's n-th dialer contact. Ids are unique in their list only.
pub(super) fn dialer_contact(record: &Record, n: u32) -> (&'static str, String) {
    let list = LISTS[((record.number + u64::from(n)) % LISTS.len() as u64) as usize].0;
    (list, record.id("dialer contact", n).replace('-', ""))
}

/// The id of a record's account as an employee.
pub(super) fn user(record: &Record) -> String {
    record.id("user", 0)
}

/// The id of a record's n-th device on the website.
pub(super) fn visitor(record: &Record, n: u32) -> String {
    record.id("visitor", n)
}

/// The contact centre while it is being written.
pub(super) struct ContactCentre {
    database: Database,
    /// Of the last employees: some of their conversations.
    agents: Vec<String>,
}

impl ContactCentre {
    pub(super) async fn create(folder: &Path) -> Result<Self, DemoError> {
        let file = folder.join("contact-centre.db");
        let mut database = Database::create(&file, SCHEMA, &TABLES).await?;
        for (id, name, campaign) in LISTS {
            database.add(DIALER_LISTS, row![id, name, campaign]);
        }
        Ok(Self {
            database,
            agents: Vec::new(),
        })
    }

    pub(super) async fn add(&mut self, person: &Person) -> Result<(), DemoError> {
        for record in &person.records {
            self.user(record);
            self.dialer_contacts(record);
            self.conversations(record, person.language);
            self.chats(record, person.language);
            self.threads(record, person.language);
            self.visitors(record);
        }
        self.database.write_full().await
    }

    pub(super) async fn finish(self) -> Result<u64, DemoError> {
        self.database.finish(INDEXES).await
    }

    fn user(&mut self, record: &Record) {
        let Some(active) = record.rows.employee else {
            return;
        };
        let mut random = record.random("users");
        let title = *random.pick(&[
            "Agent",
            "Senior agent",
            "Team lead",
            "Trainer",
            "Quality analyst",
        ]);
        let (id, place) = (user(record), Place::Users);
        let state = if active { "active" } else { "inactive" };
        let (name, email, phone) = (record.name(place), record.email(place), record.phone(place));
        self.database.add(
            USERS,
            row![
                id.clone(),
                name,
                email,
                phone,
                title,
                state,
                day(random.instant())
            ],
        );
        self.agents.push(id);
        if self.agents.len() > 40 {
            self.agents.remove(0);
        }
    }

    fn dialer_contacts(&mut self, record: &Record) {
        let mut random = record.random("dialer contacts");
        for n in 0..record.rows.dialer {
            let (list, id) = dialer_contact(record, n);
            let place = Place::Dialer;
            let second = random.percent(25).then(|| record.phone(Place::Chats));
            let result =
                *random.pick(&["reached", "no answer", "busy", "do not call", "voicemail"]);
            let called = iso(random.instant());
            self.database.add(
                DIALER_CONTACTS,
                row![
                    id,
                    list,
                    record.name(place),
                    record.phone(place),
                    second,
                    record.email(place),
                    record.address(place),
                    result,
                    called
                ],
            );
        }
    }

    fn conversations(&mut self, record: &Record, language: Language) {
        let mut random = record.random("conversations");
        let place = Place::Conversations;
        for n in 0..record.rows.emails + record.rows.calls {
            let is_email = n < record.rows.emails;
            let id = record.id("conversation", n);
            let start = random.instant();
            let agent = if self.agents.is_empty() {
                None
            } else {
                Some(random.pick(&self.agents).clone())
            };
            self.database.add(
                CONVERSATIONS,
                row![
                    id.clone(),
                    if is_email { "email" } else { "call" },
                    is_email.then(|| language.subject(&mut random)),
                    agent,
                    record.name(place),
                    is_email.then(|| record.email(place)),
                    (!is_email).then(|| record.phone(place)),
                    record.link(),
                    iso(start),
                    iso(start + 1_000 * random.between(60, 7_200) as i64),
                ],
            );
            if is_email {
                self.messages(MESSAGES, &id, start, record, language, &mut random);
            }
        }
    }

    fn chats(&mut self, record: &Record, language: Language) {
        let mut random = record.random("chats");
        let place = Place::Chats;
        for n in 0..record.rows.chats + record.rows.unlinked_chats {
            // Whatever else is linked: these chats are.
            let link = record.contact_id().filter(|_| n < record.rows.chats);
            let (id, start) = (record.id("chat", n), random.instant());
            let media = *random.pick(&["chat", "web message"]);
            let page = *random.pick(&["/help", "/basket", "/orders", "/contact"]);
            let (name, email) = (record.name(place), record.email(place));
            self.database.add(
                CHATS,
                row![id.clone(), media, name, email, link, page, iso(start)],
            );
            self.messages(CHAT_MESSAGES, &id, start, record, language, &mut random);
        }
    }

    fn threads(&mut self, record: &Record, language: Language) {
        let mut random = record.random("threads");
        for (n, channel) in (0..).zip(&record.rows.threads) {
            let contact = record.contact.as_ref();
            let of = |here: Channel| contact.filter(|_| *channel == here);
            let (id, start) = (record.id("thread", n), random.instant());
            self.database.add(
                THREADS,
                row![
                    id.clone(),
                    channel.as_str(),
                    record.messenger_id(*channel),
                    of(Channel::Whatsapp).and_then(|c| c.whatsapp.clone()),
                    of(Channel::Instagram).and_then(|c| c.instagram.clone()),
                    of(Channel::Twitter).and_then(|c| c.twitter.clone()),
                    record.name(Place::Chats),
                    record.link(),
                    iso(start),
                ],
            );
            self.messages(THREAD_MESSAGES, &id, start, record, language, &mut random);
        }
    }

    fn messages(
        &mut self,
        table: usize,
        conversation: &str,
        start: i64,
        record: &Record,
        language: Language,
        random: &mut Random,
    ) {
        let name = record.name(Place::Chats);
        for n in 0..random.between(record.rows.messages.0, record.rows.messages.1) {
            let (sender, body) = match n % 2 {
                0 => ("customer", language.customer_says(name, random)),
                _ => ("agent", language.agent_says(name, random)),
            };
            self.database.add(
                table,
                row![conversation, sender, body, iso(start + 45_000 * n as i64)],
            );
        }
    }

    fn visitors(&mut self, record: &Record) {
        let mut random = record.random("visitors");
        for n in 0..record.rows.visitors {
            let (id, seen) = (visitor(record, n), random.instant());
            let device = *random.pick(&["phone", "laptop", "tablet"]);
            let browser = *random.pick(&["Firefox", "Safari", "Chrome", "Edge"]);
            let city = record
                .contact
                .as_ref()
                .and_then(|c| c.address.as_ref())
                .map(|a| a.city.clone());
            let basis = *random.pick(&["consent", "legitimate interest"]);
            // The basis is recorded before anything is collected.
            let recorded = iso(seen - 2_000);
            self.database.add(
                VISITORS,
                row![
                    id.clone(),
                    record.link(),
                    device,
                    browser,
                    city,
                    basis,
                    recorded,
                    iso(seen)
                ],
            );
            for view in 0..random.between(1, 4) {
                let url =
                    *random.pick(&["/", "/help", "/basket", "/orders", "/lamps", "/lamps/green"]);
                let seconds = random.between(3, 300) as i64;
                let at = iso(seen + 60_000 * view as i64);
                self.database
                    .add(PAGE_VIEWS, row![id.as_str(), url, seconds, at]);
            }
        }
    }
}
