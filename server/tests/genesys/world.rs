//! The API in a box, and what is true of each of its answers.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, header};
use serde_json::Value as Json;
use server::backend::clients::{Clients, NewClient};
use server::backend::contacts::Contacts;
use server::clock::Clock;
use server::http::genesys::limit::{Limits, Rates};
use server::http::genesys::{Api, Parts, router};
use server::matching::Country;
use server::secret::Keys;
use server::store::{ContactKeys, Db};
use tower::ServiceExt as _;

use crate::databases::{Fresh, fresh};
use crate::desk::Desk;

pub(crate) const NOW: i64 = 1_795_281_447_923;
/// No test but those of the limits comes near.
const WIDE: Rates = Rates {
    client: 1_000_000,
    token: 1_000_000,
    gdpr: 1_000_000,
};

pub(crate) struct World {
    pub(crate) router: Router,
    pub(crate) api: Api,
    pub(crate) db: Db,
    pub(crate) clients: Clients,
    pub(crate) clock: Clock,
    pub(crate) gdpr: Arc<Desk>,
    pub(crate) token: String,
    pub(crate) client: NewClient,
    _folder: tempfile::TempDir,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Json,
}

pub(crate) fn contacts_of(db: &Db, clock: &Clock) -> Contacts {
    let keys = Keys::new(&std::array::from_fn(|i| i as u8 * 7 + 1)).expect("strong enough");
    let with = ContactKeys {
        keys,
        country: Country::parse("DE").expect("a country"),
    };
    Contacts {
        db: db.clone(),
        with,
        clock: clock.clone(),
    }
}

impl World {
    /// On SQLite.
    pub(crate) async fn new() -> Self {
        Self::limited(WIDE).await
    }

    /// On each database.
    pub(crate) async fn each() -> Vec<Self> {
        let mut worlds = Vec::new();
        for fresh in fresh().await {
            worlds.push(Self::on(fresh, WIDE).await);
        }
        worlds
    }

    pub(crate) async fn limited(rates: Rates) -> Self {
        let fresh = fresh().await.into_iter().next().expect("a database");
        Self::on(fresh, rates).await
    }

    async fn on(fresh: Fresh, rates: Rates) -> Self {
        let (db, clock) = (fresh.db, Clock::set_to(NOW));
        let gdpr = Arc::new(Desk::default());
        let clients = Clients {
            db: db.clone(),
            clock: clock.clone(),
        };
        let client = clients.create("script", &[]).await.expect("made");
        let parts = Parts {
            gdpr: gdpr.clone(),
            contacts: contacts_of(&db, &clock),
            clients: clients.clone(),
            clock: clock.clone(),
            limits: Limits::new(rates),
            public_url: "https://privacy.example.org".to_owned(),
        };
        let api = Api::new(parts);
        let mut world = Self {
            router: router(&api),
            api,
            db,
            clients,
            clock,
            gdpr,
            token: String::new(),
            client,
            _folder: fresh.folder,
        };
        world.token = world.token_of(&world.client).await;
        world
    }

    /// A token of that client, given by the store itself.
    pub(crate) async fn token_of(&self, client: &NewClient) -> String {
        let row = self
            .clients
            .check(&client.id, &client.secret)
            .await
            .expect("asked")
            .expect("known");
        self.clients.grant(&row).await.expect("given").token
    }

    pub(crate) async fn get(&self, uri: &str) -> Answer {
        self.send("GET", uri, None, b"").await
    }

    pub(crate) async fn json(&self, method: &str, uri: &str, body: &Json) -> Answer {
        self.send(
            method,
            uri,
            Some("application/json"),
            body.to_string().as_bytes(),
        )
        .await
    }

    /// With the token of a client that may do everything.
    pub(crate) async fn send(
        &self,
        method: &str,
        uri: &str,
        kind: Option<&str>,
        body: &[u8],
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(uri);
        request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        self.ask(request.body(Body::from(body.to_vec())).expect("a request"))
            .await
    }

    /// Sends any request and checks what is true of every answer.
    pub(crate) async fn ask(&self, request: Request<Body>) -> Answer {
        let place = format!("{} {}", request.method(), request.uri().path());
        let response = self
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("never fails");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), usize::MAX)
            .await
            .expect("a body");
        let text = |name: &str| {
            headers
                .get(name)
                .map(|v| v.to_str().expect("ASCII").to_owned())
        };
        for name in [
            "inin-ratelimit-count",
            "inin-ratelimit-allowed",
            "inin-ratelimit-reset",
        ] {
            assert!(
                text(name).is_some_and(|v| v.parse::<u32>().is_ok()),
                "{place}: {name}"
            );
        }
        let context = text("inin-correlation-id").expect("a correlation id");
        assert_eq!(
            text("cache-control").as_deref(),
            Some("no-store"),
            "{place}"
        );
        let mut body = Json::Null;
        if status != 302 {
            assert_eq!(
                text("content-type").as_deref(),
                Some("application/json"),
                "{place} {status}"
            );
            body = serde_json::from_slice(&bytes).expect("JSON");
            assert!(!has_null(&body), "{place}: {body}");
        }
        assert!(
            matches!(status, 200 | 202 | 302 | 400..=503),
            "{place} {status}"
        );
        if status >= 400 {
            assert_eq!(body["status"], status, "{place}");
            assert_eq!(body["contextId"], context.as_str(), "{place}");
            for field in ["message", "code"] {
                assert!(
                    body[field].as_str().is_some_and(|text| !text.is_empty()),
                    "{place}: {field}"
                );
            }
            for list in ["details", "errors"] {
                assert!(body[list].is_array(), "{place}: {list}");
            }
        }
        Answer {
            status,
            headers,
            body,
        }
    }

    /// How much there is: rows of contacts, their keys, clients and tokens, evidence, and requests made.
    pub(crate) async fn count(&self) -> Vec<i64> {
        let sql =
            "SELECT (SELECT COUNT(*) FROM contact) AS a, (SELECT COUNT(*) FROM contact_key) AS b,
            (SELECT COUNT(*) FROM client) AS c, (SELECT COUNT(*) FROM access_token) AS d,
            (SELECT COUNT(*) FROM evidence) AS e";
        let row = self
            .db
            .one(sql, &[])
            .await
            .expect("counted")
            .expect("a row");
        let mut counts: Vec<i64> = ["a", "b", "c", "d", "e"]
            .map(|n| row.int(n).expect("a number"))
            .to_vec();
        counts.push(self.gdpr.asked.lock().expect("unpoisoned").len() as i64);
        counts
    }

    /// Adds a contact and gives its id.
    pub(crate) async fn contact(&self, body: Json) -> String {
        let answer = self.json("POST", CONTACTS, &body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body["id"].as_str().expect("an id").to_owned()
    }
}

pub(crate) const CONTACTS: &str = "/api/v2/externalcontacts/contacts";

fn has_null(body: &Json) -> bool {
    match body {
        Json::Null => true,
        Json::Array(list) => list.iter().any(has_null),
        Json::Object(map) => map.values().any(has_null),
        _ => false,
    }
}

impl Answer {
    /// The fields that an ErrorBody blames.
    pub(crate) fn blamed(&self) -> Vec<&str> {
        let details = self.body["details"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        details
            .iter()
            .filter_map(|detail| detail["fieldName"].as_str())
            .collect()
    }

    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map(|v| v.to_str().expect("ASCII"))
            .unwrap_or_default()
    }
}
