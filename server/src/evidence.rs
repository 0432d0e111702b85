//! Evidence: append-only hash chains of who did what, free of personal data. One chain per set of requests, one for everything else.
//!
//! An entry's hash covers the one before it, so that a changed, dropped or reordered entry is found by [`verify`].
//! A set's chain begins in the chain [`MAIN`] when it is created and is closed there, with its last hash, when it ends:
//! [`verify_all`] finds a chain that was replaced or thrown away as a whole.

use app::model::Millis;
use serde_json::{Value as Json, json};

use crate::params;
use crate::secret::sha256;
use crate::store::{Db, Dialect, StoreError, Tx};

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

/// What was done, e.g. `request.created`, and ids, codes and counts of it.
pub type Done = (&'static str, Json);

/// Appends an entry in the transaction of what it is evidence of. Gives the chain's new hash.
pub async fn append(tx: &mut Tx, at: Millis, entry: Entry<'_>) -> Result<String, StoreError> {
    let done = [(entry.action, entry.body)];
    append_each(tx, at, (entry.chain, entry.actor), &done).await
}

/// Entries and their chain's new head, both at once.
macro_rules! append_sql {
    ($before:literal, $list:literal, $between:literal) => {
        concat!(
            $before,
            "INSERT INTO evidence (chain, seq, at, actor, action, body, hash)
             SELECT $2, CAST(list.value ->> 'seq' AS BIGINT), $3, $4, list.value ->> 'action',
                list.value ->> 'body', list.value ->> 'hash'
             FROM ",
            $list,
            $between,
            " UPDATE evidence_head SET hash = $5 WHERE chain = $2"
        )
    };
}

/// Appends entries, in this order: of one chain and actor. Gives the chain's new hash.
pub async fn append_each(
    tx: &mut Tx,
    at: Millis,
    (chain, actor): (&str, &str),
    done: &[Done],
) -> Result<String, StoreError> {
    let place = StoreError::Inconsistent {
        place: "evidence_head",
    };
    let count = i64::try_from(done.len()).unwrap_or(i64::MAX);
    // Locks the chain until the end of the transaction.
    let head = tx
        .one(
            "INSERT INTO evidence_head (chain, seq, hash) VALUES ($1, $2, '')
             ON CONFLICT (chain) DO UPDATE SET seq = evidence_head.seq + $2
             RETURNING seq, hash",
            params![chain, count],
        )
        .await?
        .ok_or(place)?;
    let (first, mut hash) = (head.int("seq")? - count + 1, head.text("hash")?);
    let mut lines = Vec::new();
    for (seq, (action, body)) in (first..).zip(done) {
        let body = body.to_string();
        hash = hash_of(&hash, chain, seq, at, actor, action, &body);
        lines.push(json!({ "seq": seq, "action": action, "body": body, "hash": hash }));
    }
    let sql = match tx.dialect() {
        Dialect::Sqlite => append_sql!("", "json_each($1) AS list", ";"),
        Dialect::Pg => append_sql!(
            "WITH line AS (",
            "json_array_elements(CAST($1 AS json)) AS list (value)",
            ")"
        ),
    };
    let lines = Json::Array(lines).to_string();
    let values = params![lines, chain, at, actor, &hash];
    tx.run(sql, values).await?;
    Ok(hash)
}

/// What a look at a whole chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every entry follows from the one before it; how many there are.
    Whole { entries: i64 },
    /// The first number at which the chain is not what was written. A chain that is not there breaks at 1.
    Broken { seq: i64 },
    /// Every entry follows, but the chain is not the one of which entry `noted` of [`MAIN`] keeps the hash.
    Replaced { noted: i64 },
}

/// Where a chain stands, at one instant.
struct Standing {
    /// Its last number and hash, as its head says.
    head: Option<(i64, String)>,
    /// The newest entry there is, 0 for none.
    newest: i64,
    /// Whether nothing was ever written: not this chain, and no other.
    is_fresh: bool,
}

/// Recomputes a chain from its beginning to its head, in pages.
pub async fn verify(db: &Db, chain: &str) -> Result<Verdict, StoreError> {
    // The head first: what is appended meanwhile comes after it, and is not looked at.
    let standing = standing(db, chain).await?;
    let end = standing
        .head
        .as_ref()
        .map_or(standing.newest, |head| head.0);
    let (seq, hash) = walk(db, chain, end).await?;
    let is_whole = match standing.head {
        // Entries cut off the end leave a head that names more than there is.
        Some(head) => head == (seq, hash) && standing.newest == seq,
        // No chain is written without its head.
        None => chain == MAIN && standing.is_fresh,
    };
    Ok(if is_whole {
        Verdict::Whole { entries: seq }
    } else {
        Verdict::Broken { seq: seq + 1 }
    })
}

async fn standing(db: &Db, chain: &str) -> Result<Standing, StoreError> {
    // One statement, so that nothing is written between its parts.
    let row = db
        .one(
            "SELECT (SELECT seq FROM evidence_head WHERE chain = $1) AS seq,
                (SELECT hash FROM evidence_head WHERE chain = $1) AS hash,
                (SELECT MAX(seq) FROM evidence WHERE chain = $1) AS newest,
                COALESCE((SELECT MIN(chain) FROM evidence), (SELECT MIN(chain) FROM evidence_head),
                    (SELECT MIN(id) FROM request)) AS written",
            params![chain],
        )
        .await?
        .ok_or(StoreError::Inconsistent {
            place: "evidence_head",
        })?;
    Ok(Standing {
        head: row.maybe_int("seq")?.zip(row.maybe_text("hash")?),
        newest: row.maybe_int("newest")?.unwrap_or(0),
        is_fresh: row.maybe_text("written")?.is_none(),
    })
}

/// Recomputes the entries up to `end`. Gives the number and hash of the last that is as it was written.
async fn walk(db: &Db, chain: &str, end: i64) -> Result<(i64, String), StoreError> {
    let (mut seq, mut previous) = (0, String::new());
    loop {
        let page = db
            .all(
                "SELECT seq, at, actor, action, body, hash FROM evidence
                 WHERE chain = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT 1000",
                params![chain, seq, end],
            )
            .await?;
        if page.is_empty() {
            return Ok((seq, previous));
        }
        for row in page {
            let (actor, action, body) =
                (row.text("actor")?, row.text("action")?, row.text("body")?);
            let hash = hash_of(
                &previous,
                chain,
                seq + 1,
                row.int("at")?,
                &actor,
                &action,
                &body,
            );
            if row.int("seq")? != seq + 1 || row.text("hash")? != hash {
                return Ok((seq, previous));
            }
            (seq, previous) = (seq + 1, hash);
        }
    }
}

/// What a look at all chains found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audit {
    pub chains: i64,
    /// Entries of the chains that are whole.
    pub entries: i64,
    /// Chains that are not what was written, with what is wrong. The first hundred.
    pub broken: Vec<(String, Verdict)>,
}

impl Audit {
    fn found(&mut self, chain: String, verdict: Verdict) {
        if self.broken.len() < 100 && !self.broken.iter().any(|(name, _)| *name == chain) {
            self.broken.push((chain, verdict));
        }
    }
}

/// Recomputes every chain, and compares those of sets with the hashes that [`MAIN`] noted of them.
pub async fn verify_all(db: &Db) -> Result<Audit, StoreError> {
    let mut audit = Audit::default();
    let (mut last, mut has_main) = (String::new(), false);
    while let Some(chain) = next_chain(db, &last).await? {
        audit.chains += 1;
        match verify(db, &chain).await? {
            Verdict::Whole { entries } => audit.entries += entries,
            broken => audit.found(chain.clone(), broken),
        }
        has_main |= chain == MAIN;
        last = chain;
    }
    // Where there is any other, it is there too.
    if audit.chains > 0 && !has_main {
        audit.found(MAIN.to_owned(), Verdict::Broken { seq: 1 });
    }
    compare_noted(db, &mut audit).await?;
    Ok(audit)
}

/// The chain after that one: with entries, with a head, or of a set that must have had both.
async fn next_chain(db: &Db, last: &str) -> Result<Option<String>, StoreError> {
    let row = db
        .one(
            "SELECT MIN(chain) AS chain FROM (
                SELECT MIN(chain) AS chain FROM evidence WHERE chain > $1
                UNION ALL SELECT MIN(chain) FROM evidence_head WHERE chain > $1
                UNION ALL SELECT MIN(id) FROM request WHERE position = 0 AND id > $1) AS chains",
            params![last],
        )
        .await?;
    row.map_or(Ok(None), |row| row.maybe_text("chain"))
}

/// Looks for each hash that [`MAIN`] noted of a set's chain: of its first entry, of the one that ended it, and of what was skipped.
async fn compare_noted(db: &Db, audit: &mut Audit) -> Result<(), StoreError> {
    let mut seq = 0;
    loop {
        let page = db
            .all(
                "SELECT seq, body FROM evidence WHERE chain = $1 AND seq > $2
                 AND action IN ('request.created', 'request.set_ended', 'task.skipped') ORDER BY seq LIMIT 1000",
                params![MAIN, seq],
            )
            .await?;
        if page.is_empty() {
            return Ok(());
        }
        for row in page {
            seq = row.int("seq")?;
            let body = serde_json::from_str::<Json>(&row.text("body")?).unwrap_or_default();
            let (Some(chain), Some(hash)) = (body["request"].as_str(), body["hash"].as_str())
            else {
                // It was changed, and that was found already.
                continue;
            };
            let there = "SELECT 1 AS there FROM evidence WHERE chain = $1 AND hash = $2 LIMIT 1";
            if db.one(there, params![chain, hash]).await?.is_none() {
                audit.found(chain.to_owned(), Verdict::Replaced { noted: seq });
            }
        }
    }
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
        json!([previous, chain, seq, at, actor, action, body])
            .to_string()
            .as_bytes(),
    )
}
