//! Contacts of the directory: sealed documents, and the keyed hashes by which they are found.

mod set;

use std::sync::LazyLock;

use app::model::IdentifierKind;
use serde::{Deserialize, Serialize};

use super::{Db, Dialect, Row, StoreError, Tx, Value};
use crate::contact::{Card, Contact};
use crate::matching::Country;
use crate::params;
use crate::secret::Keys;

pub use set::Link;
use set::{canonical_first, links, member_links, members};

const PLACE: &str = "contact.body";

/// What opens and finds contacts.
#[derive(Debug, Clone)]
pub struct ContactKeys {
    pub keys: Keys,
    /// Reads telephone numbers without a country code.
    pub country: Country,
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Body {
    card: Card,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    applied: Vec<String>,
}

impl ContactKeys {
    /// The hash under which a normal form is found.
    pub fn hash(&self, kind: IdentifierKind, normal: &str) -> String {
        self.keys
            .index(&format!("contact.{}", kind.as_str()), normal)
    }

    fn seal(&self, contact: &Contact) -> Result<Vec<u8>, StoreError> {
        let body = Body {
            card: contact.card.clone(),
            applied: contact.applied.clone(),
        };
        let sealed = StoreError::Sealed { place: PLACE };
        let Ok(plain) = serde_json::to_vec(&body) else {
            return Err(sealed);
        };
        self.keys
            .seal(PLACE, &contact.id, &plain)
            .map_err(|_| sealed)
    }

    fn open(&self, row: &Row) -> Result<Contact, StoreError> {
        let id = row.text("id")?;
        let plain = self.keys.open(PLACE, &id, &row.blob("body_sealed")?);
        let plain = plain.map_err(|_| StoreError::Sealed { place: PLACE })?;
        let body: Body = serde_json::from_slice(&plain)
            .map_err(|_| StoreError::Inconsistent { place: PLACE })?;
        Ok(Contact {
            id,
            canonical: row.maybe_text("canonical_id")?,
            card: body.card,
            applied: body.applied,
            created_at: row.int("created_at")?,
            modified_at: row.int("modified_at")?,
        })
    }

    fn open_all(&self, rows: &[Row]) -> Result<Vec<Contact>, StoreError> {
        rows.iter().map(|row| self.open(row)).collect()
    }
}

impl Db {
    /// The contact of that id.
    pub async fn contact_by_id(
        &self,
        with: &ContactKeys,
        id: &str,
    ) -> Result<Option<Contact>, StoreError> {
        let row = self.one(BY_ID, params![id]).await?;
        row.map(|row| with.open(&row)).transpose()
    }

    /// Up to `limit` contacts after the id `after` that are found by a normal form, in the order of their ids.
    pub async fn contacts_by_key(
        &self,
        with: &ContactKeys,
        key: (IdentifierKind, &str),
        after: &str,
        limit: u32,
    ) -> Result<Vec<Contact>, StoreError> {
        let (kind, normal) = key;
        let rows = self
            .all(
                "SELECT c.id, c.canonical_id, c.body_sealed, c.created_at, c.modified_at
                 FROM contact_key k JOIN contact c ON c.id = k.contact_id
                 WHERE k.kind = $1 AND k.key_hash = $2 AND k.contact_id > $3
                 ORDER BY k.contact_id LIMIT $4",
                params![kind.as_str(), with.hash(kind, normal), after, limit],
            )
            .await?;
        with.open_all(&rows)
    }

    /// One page of all contacts in the order of their ids; `skip` is how many come before it.
    pub async fn contacts_page(
        &self,
        with: &ContactKeys,
        size: u32,
        skip: i64,
    ) -> Result<Vec<Contact>, StoreError> {
        let rows = self
            .all(
                "SELECT id, canonical_id, body_sealed, created_at, modified_at
                 FROM contact ORDER BY id LIMIT $1 OFFSET $2",
                params![size, skip],
            )
            .await?;
        with.open_all(&rows)
    }

    /// How many contacts there are.
    pub async fn contacts_count(&self) -> Result<i64, StoreError> {
        let row = self.one("SELECT COUNT(*) AS n FROM contact", &[]).await?;
        row.map_or(Ok(0), |row| row.int("n"))
    }

    /// Everybody in the contact's merge set, canonical first, then oldest first; empty if there is no such contact.
    /// If links should close a cycle, its smallest id counts as canonical.
    pub async fn contact_set(
        &self,
        with: &ContactKeys,
        id: &str,
    ) -> Result<Vec<Contact>, StoreError> {
        let rows = self.all(members(self.dialect()), params![id]).await?;
        Ok(canonical_first(with.open_all(&rows)?, |contact| {
            (&contact.id, &contact.canonical)
        }))
    }

    /// As [`Self::contact_set`], ids only.
    pub async fn contact_links(&self, id: &str) -> Result<Vec<Link>, StoreError> {
        links(&self.all(member_links(self.dialect()), params![id]).await?)
    }

    /// How many rows there are of a contact, its keys counted. Reads raw tables, nothing of what deletes them.
    pub async fn contact_traces(&self, id: &str) -> Result<i64, StoreError> {
        let row = self
            .one(
                "SELECT (SELECT COUNT(*) FROM contact WHERE id = $1)
                      + (SELECT COUNT(*) FROM contact_key WHERE contact_id = $1) AS n",
                params![id],
            )
            .await?;
        row.map_or(Ok(0), |row| row.int("n"))
    }
}

const BY_ID: &str =
    "SELECT id, canonical_id, body_sealed, created_at, modified_at FROM contact WHERE id = $1";
const INSERT: &str = "INSERT INTO contact (id, canonical_id, body_sealed, created_at, modified_at)
     VALUES ($1, $2, $3, $4, $5)";
const INSERT_KEY: &str = "INSERT INTO contact_key (kind, key_hash, contact_id) VALUES ($1, $2, $3)";
/// Rows per statement of a bulk insert.
const CHUNK: usize = 100;
static INSERT_CHUNK: LazyLock<String> = LazyLock::new(|| many(INSERT, 5));
static INSERT_KEY_CHUNK: LazyLock<String> = LazyLock::new(|| many(INSERT_KEY, 3));

/// The same insert for a whole chunk of rows.
fn many(sql: &str, columns: usize) -> String {
    let row = |row: usize| {
        let places: Vec<String> = (1..=columns)
            .map(|n| format!("${}", row * columns + n))
            .collect();
        format!("({})", places.join(", "))
    };
    let (head, _) = sql.split_once("VALUES").unwrap_or((sql, ""));
    let rows: Vec<String> = (0..CHUNK).map(row).collect();
    format!("{head}VALUES {}", rows.join(", "))
}

impl Tx {
    /// Makes this the only transaction that writes contacts until it ends, so that what it reads of sets stays true.
    /// Call it before reading. On SQLite every transaction that writes is alone anyway.
    pub async fn contacts_lock(&mut self) -> Result<(), StoreError> {
        // Any number will do; it is this lock's name.
        const LOCK: &str = "SELECT pg_advisory_xact_lock(7243985120001)";
        if self.dialect() == Dialect::Pg {
            self.one(LOCK, &[]).await?;
        }
        Ok(())
    }

    /// The contact of that id.
    pub async fn contact_by_id(
        &mut self,
        with: &ContactKeys,
        id: &str,
    ) -> Result<Option<Contact>, StoreError> {
        let row = self.one(BY_ID, params![id]).await?;
        row.map(|row| with.open(&row)).transpose()
    }

    /// As [`Db::contact_links`].
    pub async fn contact_links(&mut self, id: &str) -> Result<Vec<Link>, StoreError> {
        links(&self.all(member_links(self.dialect()), params![id]).await?)
    }

    /// Adds a contact; its canonical must be there.
    pub async fn contact_insert(
        &mut self,
        with: &ContactKeys,
        contact: &Contact,
    ) -> Result<(), StoreError> {
        self.contacts_insert(with, std::slice::from_ref(contact))
            .await
    }

    /// Adds many contacts, which may link to each other in any order.
    pub async fn contacts_insert(
        &mut self,
        with: &ContactKeys,
        contacts: &[Contact],
    ) -> Result<(), StoreError> {
        for chunk in contacts.chunks(CHUNK) {
            let mut rows = Vec::with_capacity(chunk.len());
            let mut keys = Vec::new();
            for contact in chunk {
                let (made, changed) = (contact.created_at, contact.modified_at);
                rows.push(
                    params![
                        &contact.id,
                        None::<String>,
                        with.seal(contact)?,
                        made,
                        changed
                    ]
                    .to_vec(),
                );
                keys.extend(key_rows(with, contact));
            }
            self.insert_rows(INSERT, &INSERT_CHUNK, &rows).await?;
            self.insert_rows(INSERT_KEY, &INSERT_KEY_CHUNK, &keys)
                .await?;
        }
        for contact in contacts {
            if let Some(canonical) = &contact.canonical {
                self.contact_link(&contact.id, Some(canonical)).await?;
            }
        }
        Ok(())
    }

    /// Writes a changed contact, its keys with it. Links are [`Self::contact_link`]'s business. Gives whether it was there.
    pub async fn contact_update(
        &mut self,
        with: &ContactKeys,
        contact: &Contact,
    ) -> Result<bool, StoreError> {
        let sealed = with.seal(contact)?;
        let changed = self
            .run(
                "UPDATE contact SET body_sealed = $2, modified_at = $3 WHERE id = $1",
                params![&contact.id, sealed, contact.modified_at],
            )
            .await?;
        if changed == 0 {
            return Ok(false);
        }
        self.run(DELETE_KEYS, params![&contact.id]).await?;
        self.insert_rows(INSERT_KEY, &INSERT_KEY_CHUNK, &key_rows(with, contact))
            .await?;
        Ok(true)
    }

    /// Points a contact at the one it was merged into.
    pub async fn contact_link(
        &mut self,
        id: &str,
        canonical: Option<&str>,
    ) -> Result<(), StoreError> {
        let canonical = canonical.map(str::to_owned);
        self.run(
            "UPDATE contact SET canonical_id = $2 WHERE id = $1",
            params![id, canonical],
        )
        .await?;
        Ok(())
    }

    /// Deletes a contact and its keys, and keeps the rest of its set together: those merged into it are now merged into what it
    /// was merged into; without that, the oldest of them becomes canonical. Refusing instead would make the erasure of a
    /// canonical member wait for the others', and each must be able to end alone. Gives whether it was there.
    pub async fn contact_delete(&mut self, id: &str) -> Result<bool, StoreError> {
        let Some(row) = self
            .one(
                "SELECT canonical_id FROM contact WHERE id = $1",
                params![id],
            )
            .await?
        else {
            return Ok(false);
        };
        let children = self
            .all(
                "SELECT id FROM contact WHERE canonical_id = $1 AND id <> $1 ORDER BY created_at, id",
                params![id],
            )
            .await?;
        let mut heir = row
            .maybe_text("canonical_id")?
            .filter(|canonical| canonical != id);
        for child in children {
            let child = child.text("id")?;
            // In a cycle the heir can be a child itself: it must not point at itself.
            let canonical = heir.as_deref().filter(|heir| *heir != child);
            self.contact_link(&child, canonical).await?;
            heir.get_or_insert(child);
        }
        self.run(DELETE_KEYS, params![id]).await?;
        self.run("DELETE FROM contact WHERE id = $1", params![id])
            .await?;
        Ok(true)
    }

    /// Inserts rows: whole chunks by one statement each, the rest singly.
    async fn insert_rows(
        &mut self,
        one: &'static str,
        chunk: &'static str,
        rows: &[Vec<Value>],
    ) -> Result<(), StoreError> {
        let mut chunks = rows.chunks_exact(CHUNK);
        for rows in &mut chunks {
            self.run(chunk, &rows.concat()).await?;
        }
        for row in chunks.remainder() {
            self.run(one, row).await?;
        }
        Ok(())
    }
}

const DELETE_KEYS: &str = "DELETE FROM contact_key WHERE contact_id = $1";

fn key_rows(with: &ContactKeys, contact: &Contact) -> Vec<Vec<Value>> {
    let keys = contact.keys(with.country).into_iter();
    keys.map(|(kind, normal)| {
        params![kind.as_str(), with.hash(kind, &normal), &contact.id].to_vec()
    })
    .collect()
}
