//! API clients and their access tokens. Secrets and tokens are kept as SHA-256 only: a stolen table is not a login.

use app::model::Millis;

use super::{Db, Row, StoreError, Tx};
use crate::params;

/// A client of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientRow {
    pub id: String,
    pub name: String,
    /// SHA-256 of its secret, lower hex.
    pub secret_hash: String,
    /// Genesys permissions, e.g. `gdpr:request:add`.
    pub permissions: Vec<String>,
    pub created_at: Millis,
}

impl ClientRow {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let permissions = row.text("permissions")?;
        Ok(Self {
            id: row.text("id")?,
            name: row.text("name")?,
            secret_hash: row.text("secret_hash")?,
            permissions: permissions.split_whitespace().map(str::to_owned).collect(),
            created_at: row.int("created_at")?,
        })
    }
}

impl Db {
    /// The client of that id.
    pub async fn client_by_id(&self, id: &str) -> Result<Option<ClientRow>, StoreError> {
        let row = self
            .one(
                "SELECT id, name, secret_hash, permissions, created_at FROM client WHERE id = $1",
                params![id],
            )
            .await?;
        row.map(|row| ClientRow::read(&row)).transpose()
    }

    /// The client that a token of that hash was given to, unless it has expired.
    pub async fn client_for_token(
        &self,
        token_hash: &str,
        now: Millis,
    ) -> Result<Option<ClientRow>, StoreError> {
        let row = self
            .one(
                "SELECT c.id, c.name, c.secret_hash, c.permissions, c.created_at
                 FROM access_token t JOIN client c ON c.id = t.client_id
                 WHERE t.token_hash = $1 AND t.expires_at > $2",
                params![token_hash, now],
            )
            .await?;
        row.map(|row| ClientRow::read(&row)).transpose()
    }
}

impl Tx {
    /// Adds a client.
    pub async fn client_insert(&mut self, client: &ClientRow) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO client (id, name, secret_hash, permissions, created_at) VALUES ($1, $2, $3, $4, $5)",
            params![
                &client.id,
                &client.name,
                &client.secret_hash,
                client.permissions.join(" "),
                client.created_at,
            ],
        )
        .await?;
        Ok(())
    }

    /// Gives a client a token; those of it that have expired are forgotten.
    pub async fn access_token_insert(
        &mut self,
        client: &str,
        token_hash: &str,
        now: Millis,
        expires_at: Millis,
    ) -> Result<(), StoreError> {
        self.run(
            "DELETE FROM access_token WHERE client_id = $1 AND expires_at <= $2",
            params![client, now],
        )
        .await?;
        self.run(
            "INSERT INTO access_token (token_hash, client_id, expires_at) VALUES ($1, $2, $3)",
            params![token_hash, client, expires_at],
        )
        .await?;
        Ok(())
    }
}
