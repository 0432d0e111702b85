//! API clients: made by the operator, known by id and secret, let in by tokens that expire.

use app::model::Millis;
use subtle::ConstantTimeEq;

use crate::clock::Clock;
use crate::policy::permissions;
use crate::secret::{token, token_hash};
use crate::store::{ClientRow, Db, StoreError};

/// How long a token is good for, in seconds.
pub const TOKEN_SECONDS: u32 = 3600;

/// The API's clients. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Clients {
    pub db: Db,
    pub clock: Clock,
}

/// Why a client was not made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("the name must have 1 to 100 characters")]
    Name,
    #[error("there is no permission {0}; there are: {known}", known = permissions().join(", "))]
    Permission(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A new client; its secret is shown once and can't be read again.
#[derive(Clone)]
pub struct NewClient {
    pub id: String,
    pub secret: String,
}

/// A token just given.
#[derive(Clone)]
pub struct Granted {
    pub token: String,
    /// Until it expires.
    pub seconds: u32,
}

impl Clients {
    /// Makes a client with these permissions; none: all that there are.
    pub async fn create(&self, name: &str, wanted: &[String]) -> Result<NewClient, ClientError> {
        if !(1..=100).contains(&name.trim().chars().count()) {
            return Err(ClientError::Name);
        }
        if let Some(unknown) = wanted
            .iter()
            .find(|wanted| !permissions().contains(&wanted.as_str()))
        {
            return Err(ClientError::Permission(unknown.clone()));
        }
        let all = || permissions().into_iter().map(str::to_owned).collect();
        let new = NewClient {
            id: self.clock.id(),
            secret: token(),
        };
        let client = ClientRow {
            id: new.id.clone(),
            name: name.trim().to_owned(),
            secret_hash: token_hash(&new.secret),
            permissions: if wanted.is_empty() {
                all()
            } else {
                wanted.to_vec()
            },
            created_at: self.clock.now(),
        };
        let insert = self
            .db
            .write(move |tx| Box::pin(async move { tx.client_insert(&client).await }));
        insert.await.map(|()| new).map_err(ClientError::Store)
    }

    /// The client of that id, if the secret is its. Takes as long for one that there is not.
    pub async fn check(&self, id: &str, secret: &str) -> Result<Option<ClientRow>, StoreError> {
        let client = self.db.client_by_id(id).await?;
        let given = token_hash(secret);
        let stored = client
            .as_ref()
            .map_or(given.as_str(), |client| &client.secret_hash);
        let right: bool = given.as_bytes().ct_eq(stored.as_bytes()).into();
        Ok(client.filter(|_| right))
    }

    /// Gives a client a token.
    pub async fn grant(&self, client: &ClientRow) -> Result<Granted, StoreError> {
        let granted = Granted {
            token: token(),
            seconds: TOKEN_SECONDS,
        };
        let (id, hash, now) = (
            client.id.clone(),
            token_hash(&granted.token),
            self.clock.now(),
        );
        let until = now + Millis::from(TOKEN_SECONDS) * 1000;
        let insert = self.db.write(move |tx| {
            Box::pin(async move { tx.access_token_insert(&id, &hash, now, until).await })
        });
        insert.await.map(|()| granted)
    }

    /// The client that a token was given to, unless it has expired.
    pub async fn for_token(&self, token: &str) -> Result<Option<ClientRow>, StoreError> {
        self.db
            .client_for_token(&token_hash(token), self.clock.now())
            .await
    }
}
