//! The smaller databases of the sample: a help desk, a newsletter, and billing, whose invoices have to be kept.

use std::path::Path;

use super::DemoError;
use super::database::{Database, Table, digits, row, wide_digits};
use super::record::{Person, Place, Record};
use super::words::{day, iso};

const HELP_DESK: &str = "
CREATE TABLE contacts (
  id INTEGER PRIMARY KEY, full_name TEXT, email TEXT, phone TEXT, twitter TEXT, address TEXT,
  external_contact_id TEXT, created_at TEXT NOT NULL);
CREATE TABLE tickets (
  id INTEGER PRIMARY KEY, contact_id INTEGER NOT NULL REFERENCES contacts (id), subject TEXT,
  description TEXT, status TEXT NOT NULL CHECK (status IN ('open', 'pending', 'solved', 'closed')),
  created_at TEXT NOT NULL);
CREATE TABLE comments (
  id INTEGER PRIMARY KEY, ticket_id INTEGER NOT NULL REFERENCES tickets (id),
  author_kind TEXT NOT NULL CHECK (author_kind IN ('contact', 'agent')), body TEXT,
  created_at TEXT NOT NULL);
";
const HELP_DESK_INDEXES: &str = concat!(
    "CREATE INDEX contacts_email ON contacts (lower(email));",
    "CREATE INDEX contacts_phone ON contacts (",
    digits!("phone"),
    ");",
    "CREATE INDEX contacts_twitter ON contacts (lower(twitter));",
    "CREATE INDEX contacts_external ON contacts (external_contact_id);",
    "CREATE INDEX tickets_contact ON tickets (contact_id);",
    "CREATE INDEX comments_ticket ON comments (ticket_id);",
);
const HELP_DESK_TABLES: [Table; 3] = [
    Table {
        name: "contacts",
        columns: &[
            "full_name",
            "email",
            "phone",
            "twitter",
            "address",
            "external_contact_id",
            "created_at",
        ],
    },
    Table {
        name: "tickets",
        columns: &[
            "contact_id",
            "subject",
            "description",
            "status",
            "created_at",
        ],
    },
    Table {
        name: "comments",
        columns: &["ticket_id", "author_kind", "body", "created_at"],
    },
];

const NEWSLETTER: &str = "
CREATE TABLE subscribers (
  id INTEGER PRIMARY KEY, email TEXT, name TEXT, language TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('subscribed', 'unsubscribed')), external_contact_id TEXT,
  consented_at INTEGER NOT NULL);
";
const NEWSLETTER_INDEXES: &str = "
CREATE INDEX subscribers_email ON subscribers (lower(email));
CREATE INDEX subscribers_external ON subscribers (external_contact_id);
";
const NEWSLETTER_TABLES: [Table; 1] = [Table {
    name: "subscribers",
    columns: &[
        "email",
        "name",
        "language",
        "state",
        "external_contact_id",
        "consented_at",
    ],
}];

const BILLING: &str = "
CREATE TABLE customers (
  id INTEGER PRIMARY KEY, name TEXT, email TEXT, phone TEXT, address TEXT, external_contact_id TEXT,
  created_on TEXT NOT NULL);
CREATE TABLE invoices (
  id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (id),
  number TEXT NOT NULL UNIQUE, issued_on TEXT NOT NULL, cents INTEGER NOT NULL,
  currency TEXT NOT NULL, billed_to TEXT, billing_address TEXT);
";
const BILLING_INDEXES: &str = concat!(
    "CREATE INDEX customers_email ON customers (lower(email));",
    "CREATE INDEX customers_phone ON customers (",
    wide_digits!("phone"),
    ");",
    "CREATE INDEX customers_external ON customers (external_contact_id);",
    "CREATE INDEX invoices_customer ON invoices (customer_id);",
);
const BILLING_TABLES: [Table; 2] = [
    Table {
        name: "customers",
        columns: &[
            "name",
            "email",
            "phone",
            "address",
            "external_contact_id",
            "created_on",
        ],
    },
    Table {
        name: "invoices",
        columns: &[
            "customer_id",
            "number",
            "issued_on",
            "cents",
            "currency",
            "billed_to",
            "billing_address",
        ],
    },
];

/// The smaller databases while they are being written.
pub(super) struct Desks {
    help_desk: Database,
    newsletter: Database,
    billing: Database,
}

impl Desks {
    pub(super) async fn create(folder: &Path) -> Result<Self, DemoError> {
        let file = |name: &str| folder.join(name);
        Ok(Self {
            help_desk: Database::create(&file("help-desk.db"), HELP_DESK, &HELP_DESK_TABLES)
                .await?,
            newsletter: Database::create(&file("newsletter.db"), NEWSLETTER, &NEWSLETTER_TABLES)
                .await?,
            billing: Database::create(&file("billing.db"), BILLING, &BILLING_TABLES).await?,
        })
    }

    pub(super) async fn add(&mut self, person: &Person) -> Result<(), DemoError> {
        for record in &person.records {
            self.help_desk(person, record);
            self.newsletter(person, record);
            self.billing(record);
        }
        self.help_desk.write_full().await?;
        self.newsletter.write_full().await?;
        self.billing.write_full().await
    }

    /// How many rows there are in all three.
    pub(super) async fn finish(self) -> Result<u64, DemoError> {
        let help_desk = self.help_desk.finish(HELP_DESK_INDEXES).await?;
        let newsletter = self.newsletter.finish(NEWSLETTER_INDEXES).await?;
        Ok(help_desk + newsletter + self.billing.finish(BILLING_INDEXES).await?)
    }

    fn help_desk(&mut self, person: &Person, record: &Record) {
        let Some(tickets) = record.rows.help_desk else {
            return;
        };
        let (mut random, place) = (record.random("help desk"), Place::HelpDesk);
        let name = record.name(place);
        let twitter = record
            .contact
            .as_ref()
            .and_then(|contact| contact.twitter.clone());
        let mut at = random.instant();
        let contact = self.help_desk.add(
            0,
            row![
                name,
                record.email(place),
                record.phone(place),
                twitter.map(|handle| format!("@{handle}")),
                record.address(place),
                record.link(),
                iso(at),
            ],
        );
        for _ in 0..tickets {
            let language = person.language;
            let status = *random.pick(&["open", "pending", "solved", "closed"]);
            let (subject, text) = (
                language.subject(&mut random),
                language.customer_says(name, &mut random),
            );
            let ticket = self
                .help_desk
                .add(1, row![contact, subject, text, status, iso(at)]);
            for n in 0..random.below(3) {
                at += 3_600_000;
                let (author, body) = match n % 2 {
                    0 => ("agent", language.agent_says(name, &mut random)),
                    _ => ("contact", language.customer_says(name, &mut random)),
                };
                self.help_desk.add(2, row![ticket, author, body, iso(at)]);
            }
        }
    }

    fn newsletter(&mut self, person: &Person, record: &Record) {
        if !record.rows.newsletter {
            return;
        }
        let (mut random, place) = (record.random("newsletter"), Place::Newsletter);
        let state = if random.percent(85) {
            "subscribed"
        } else {
            "unsubscribed"
        };
        let (language, at) = (person.language.code(), random.instant() / 1_000);
        let (email, name) = (record.email(place), record.name(place));
        self.newsletter
            .add(0, row![email, name, language, state, record.link(), at]);
    }

    fn billing(&mut self, record: &Record) {
        let Some(invoices) = record.rows.billing else {
            return;
        };
        let (mut random, place) = (record.random("billing"), Place::Billing);
        let (name, address) = (record.name(place), record.address(place));
        let since = day(random.instant());
        let (email, phone) = (record.email(place), record.phone(place));
        let customer = self
            .billing
            .add(0, row![name, email, phone, address, record.link(), since]);
        for n in 0..invoices {
            let number = format!("R-{:07}-{n}", record.number);
            let (on, cents) = (day(random.instant()), random.between(499, 48_000) as i64);
            self.billing
                .add(1, row![customer, number, on, cents, "EUR", name, address]);
        }
    }
}
