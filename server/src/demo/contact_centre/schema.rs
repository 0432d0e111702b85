//! The tables of the contact centre and their indexes, as its maker would have them.

use crate::demo::database::{Table, digits};

pub(super) const SCHEMA: &str = "
CREATE TABLE users (
  id TEXT PRIMARY KEY, name TEXT, email TEXT, phone TEXT, title TEXT,
  state TEXT NOT NULL CHECK (state IN ('active', 'inactive')), hired_on TEXT NOT NULL);
CREATE TABLE dialer_lists (id TEXT PRIMARY KEY, name TEXT NOT NULL, campaign TEXT NOT NULL);
CREATE TABLE dialer_contacts (
  id TEXT NOT NULL, list_id TEXT NOT NULL REFERENCES dialer_lists (id), name TEXT, phone TEXT,
  second_phone TEXT, email TEXT, address TEXT, last_result TEXT, called_at TEXT,
  PRIMARY KEY (list_id, id));
CREATE TABLE conversations (
  id TEXT PRIMARY KEY, media TEXT NOT NULL CHECK (media IN ('email', 'call')), subject TEXT,
  agent_id TEXT REFERENCES users (id), participant_name TEXT, participant_email TEXT,
  participant_phone TEXT, external_contact_id TEXT, started_at TEXT NOT NULL, ended_at TEXT);
CREATE TABLE messages (
  id INTEGER PRIMARY KEY, conversation_id TEXT NOT NULL REFERENCES conversations (id),
  sender TEXT NOT NULL CHECK (sender IN ('customer', 'agent')), body TEXT, sent_at TEXT NOT NULL);
CREATE TABLE chats (
  id TEXT PRIMARY KEY, media TEXT NOT NULL CHECK (media IN ('chat', 'web message')),
  participant_name TEXT, participant_email TEXT, external_contact_id TEXT, page TEXT,
  started_at TEXT NOT NULL);
CREATE TABLE chat_messages (
  id INTEGER PRIMARY KEY, chat_id TEXT NOT NULL REFERENCES chats (id),
  sender TEXT NOT NULL CHECK (sender IN ('customer', 'agent')), body TEXT, sent_at TEXT NOT NULL);
CREATE TABLE messenger_threads (
  id TEXT PRIMARY KEY, channel TEXT NOT NULL, external_id TEXT, whatsapp TEXT,
  instagram TEXT, twitter TEXT, participant_name TEXT, external_contact_id TEXT, started_at TEXT NOT NULL);
CREATE TABLE messenger_messages (
  id INTEGER PRIMARY KEY, thread_id TEXT NOT NULL REFERENCES messenger_threads (id),
  sender TEXT NOT NULL CHECK (sender IN ('customer', 'agent')), body TEXT, sent_at TEXT NOT NULL);
CREATE TABLE visitors (
  id TEXT PRIMARY KEY, external_contact_id TEXT, device TEXT, browser TEXT, city TEXT,
  lawful_basis TEXT NOT NULL, basis_recorded_at TEXT NOT NULL, first_seen_at TEXT NOT NULL);
CREATE TABLE page_views (
  id INTEGER PRIMARY KEY, visitor_id TEXT NOT NULL REFERENCES visitors (id), url TEXT NOT NULL,
  seconds INTEGER NOT NULL, viewed_at TEXT NOT NULL);
";

pub(super) const INDEXES: &str = concat!(
    "CREATE INDEX users_email ON users (lower(email));",
    "CREATE INDEX users_phone ON users (",
    digits!("phone"),
    ");",
    "CREATE INDEX dialer_contacts_id ON dialer_contacts (id);",
    "CREATE INDEX dialer_contacts_email ON dialer_contacts (lower(email));",
    "CREATE INDEX dialer_contacts_phone ON dialer_contacts (",
    digits!("phone"),
    ");",
    "CREATE INDEX dialer_contacts_second ON dialer_contacts (",
    digits!("second_phone"),
    ");",
    "CREATE INDEX conversations_email ON conversations (lower(participant_email));",
    "CREATE INDEX conversations_phone ON conversations (",
    digits!("participant_phone"),
    ");",
    "CREATE INDEX conversations_contact ON conversations (external_contact_id);",
    "CREATE INDEX conversations_agent ON conversations (agent_id);",
    "CREATE INDEX messages_conversation ON messages (conversation_id);",
    "CREATE INDEX chats_contact ON chats (external_contact_id);",
    "CREATE INDEX chat_messages_chat ON chat_messages (chat_id);",
    "CREATE INDEX messenger_threads_external ON messenger_threads (external_id);",
    "CREATE INDEX messenger_threads_contact ON messenger_threads (external_contact_id);",
    "CREATE INDEX messenger_threads_whatsapp ON messenger_threads (",
    digits!("whatsapp"),
    ");",
    "CREATE INDEX messenger_threads_instagram ON messenger_threads (lower(instagram));",
    "CREATE INDEX messenger_threads_twitter ON messenger_threads (lower(twitter));",
    "CREATE INDEX messenger_messages_thread ON messenger_messages (thread_id);",
    "CREATE INDEX visitors_contact ON visitors (external_contact_id);",
    "CREATE INDEX page_views_visitor ON page_views (visitor_id);",
);

pub(super) const USERS: usize = 0;
pub(super) const DIALER_LISTS: usize = 1;
pub(super) const DIALER_CONTACTS: usize = 2;
pub(super) const CONVERSATIONS: usize = 3;
pub(super) const MESSAGES: usize = 4;
pub(super) const CHATS: usize = 5;
pub(super) const CHAT_MESSAGES: usize = 6;
pub(super) const THREADS: usize = 7;
pub(super) const THREAD_MESSAGES: usize = 8;
pub(super) const VISITORS: usize = 9;
pub(super) const PAGE_VIEWS: usize = 10;

pub(super) const TABLES: [Table; 11] = [
    Table {
        name: "users",
        columns: &["id", "name", "email", "phone", "title", "state", "hired_on"],
    },
    Table {
        name: "dialer_lists",
        columns: &["id", "name", "campaign"],
    },
    Table {
        name: "dialer_contacts",
        columns: &[
            "id",
            "list_id",
            "name",
            "phone",
            "second_phone",
            "email",
            "address",
            "last_result",
            "called_at",
        ],
    },
    Table {
        name: "conversations",
        columns: &[
            "id",
            "media",
            "subject",
            "agent_id",
            "participant_name",
            "participant_email",
            "participant_phone",
            "external_contact_id",
            "started_at",
            "ended_at",
        ],
    },
    Table {
        name: "messages",
        columns: &["conversation_id", "sender", "body", "sent_at"],
    },
    Table {
        name: "chats",
        columns: &[
            "id",
            "media",
            "participant_name",
            "participant_email",
            "external_contact_id",
            "page",
            "started_at",
        ],
    },
    Table {
        name: "chat_messages",
        columns: &["chat_id", "sender", "body", "sent_at"],
    },
    Table {
        name: "messenger_threads",
        columns: &[
            "id",
            "channel",
            "external_id",
            "whatsapp",
            "instagram",
            "twitter",
            "participant_name",
            "external_contact_id",
            "started_at",
        ],
    },
    Table {
        name: "messenger_messages",
        columns: &["thread_id", "sender", "body", "sent_at"],
    },
    Table {
        name: "visitors",
        columns: &[
            "id",
            "external_contact_id",
            "device",
            "browser",
            "city",
            "lawful_basis",
            "basis_recorded_at",
            "first_seen_at",
        ],
    },
    Table {
        name: "page_views",
        columns: &["visitor_id", "url", "seconds", "viewed_at"],
    },
];
