//! Evidence: append-only hash chains of who did what, free of personal data. One chain per set of requests, one for everything else.
//!
//! An entry's hash covers the one before it, so that a changed, dropped or reordered entry is found by [`verify`].
//! A set's chain begins in the chain [`MAIN`] when it is created and is closed there, with its last hash, when it ends.

use app::model::Millis;
use serde_json::Value as Json;

use crate::params;
use crate::secret::sha256;
use crate::store::{Db, StoreError, Tx};

/// The chain of everything that is not about one set of requests.
pub const MAIN: &str = "habeas";

/// One line of evidence. `body` holds ids, codes and counts only.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// [`MAIN`], or the id of a set's root request.
    pub chain: &'a str,
    /// `staff:…`, `client:…` or `habeas`.
    pub actor: &'a str,
    /// What was done, e.g. `request.created`.
    pub action: &'static str,
    pub body: Json,
}

/// Appends an entry in the transaction of what it is evidence of. Gives the chain's new hash.
pub async fn append(tx: &mut Tx, at: Millis, entry: Entry<'_>) -> Result<String, StoreError> {
    // Locks the chain until the end of the transaction.
    let head = tx
        .one(
            "INSERT INTO evidence_head (chain, seq, hash) VALUES ($1, 1, '')
             ON CONFLICT (chain) DO UPDATE SET seq = evidence_head.seq + 1
             RETURNING seq, hash",
            params![entry.chain],
        )
        .await?
        .ok_or(StoreError::Inconsistent {
            place: "evidence_head",
        })?;
    let (seq, previous) = (head.int("seq")?, head.text("hash")?);
    let body = entry.body.to_string();
    let hash = hash_of(
        &previous,
        entry.chain,
        seq,
        at,
        entry.actor,
        entry.action,
        &body,
    );
    tx.run(
        "INSERT INTO evidence (chain, seq, at, actor, action, body, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![entry.chain, seq, at, entry.actor, entry.action, body, &hash],
    )
    .await?;
    tx.run(
        "UPDATE evidence_head SET hash = $2 WHERE chain = $1",
        params![entry.chain, &hash],
    )
    .await?;
    Ok(hash)
}

/// What a look at a whole chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every entry follows from the one before it; how many there are.
    Whole { entries: i64 },
    /// The first number at which the chain is not what was written.
    Broken { seq: i64 },
}

/// Recomputes a chain from its beginning, in pages.
pub async fn verify(db: &Db, chain: &str) -> Result<Verdict, StoreError> {
    let (mut seq, mut previous) = (0, String::new());
    loop {
        let page = db
            .all(
                "SELECT seq, at, actor, action, body, hash FROM evidence
                 WHERE chain = $1 AND seq > $2 ORDER BY seq LIMIT 1000",
                params![chain, seq],
            )
            .await?;
        if page.is_empty() {
            break;
        }
        for row in page {
            seq += 1;
            let (actor, action, body) =
                (row.text("actor")?, row.text("action")?, row.text("body")?);
            let hash = hash_of(
                &previous,
                chain,
                seq,
                row.int("at")?,
                &actor,
                &action,
                &body,
            );
            if row.int("seq")? != seq || row.text("hash")? != hash {
                return Ok(Verdict::Broken { seq });
            }
            previous = hash;
        }
    }
    let head = db
        .one(
            "SELECT seq, hash FROM evidence_head WHERE chain = $1",
            params![chain],
        )
        .await?;
    // Entries cut off the end leave a head that names more than there is.
    let whole = match head {
        Some(head) => head.int("seq")? == seq && head.text("hash")? == previous,
        None => seq == 0,
    };
    Ok(if whole {
        Verdict::Whole { entries: seq }
    } else {
        Verdict::Broken { seq: seq + 1 }
    })
}

fn hash_of(
    previous: &str,
    chain: &str,
    seq: i64,
    at: Millis,
    actor: &str,
    action: &str,
    body: &str,
) -> String {
    // JSON quotes every part, so that no two entries give the same bytes.
    sha256(
        serde_json::json!([previous, chain, seq, at, actor, action, body])
            .to_string()
            .as_bytes(),
    )
}
