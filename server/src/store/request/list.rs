//! Lists of requests, a page in three queries however many are on it.

use std::collections::BTreeMap;

use app::model::{Due, Millis, Pressing, RequestId};

use super::{RequestRow, request};
use crate::params;
use crate::store::package::{self, PackageRow};
use crate::store::{Db, Row, StoreError, Value};

/// How the members of a set stand, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MemberCounts {
    pub all: u32,
    /// When the last of them ended, once all have.
    pub ended_at: Option<Millis>,
}

/// A member of a set, as the others show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    pub root: RequestId,
    pub id: RequestId,
    pub package: Option<PackageRow>,
}

/// How many sets a page of [`Db::request_roots`] shows; as many as [`of_page!`] names.
pub const ROOTS_PAGE: usize = 50;

/// A place for each root of a page: the same text, and the same plan, for every page.
macro_rules! of_page {
    () => {
        "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
         $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38,
         $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50"
    };
}
pub(in crate::store) use of_page;

/// The roots for [`of_page!`]; in a page that is not full the last one stands in the places that are left.
pub(in crate::store) fn page_ids(roots: &[RequestId]) -> Vec<Value> {
    let last = roots.last().map(RequestId::as_str);
    (0..ROOTS_PAGE)
        .map(|at| roots.get(at).map_or(last, |root| Some(root.as_str())))
        .map(Value::from)
        .collect()
}

impl Db {
    /// Sets that a person must decide, nearest deadline first.
    pub async fn requests_for_person(&self, most: i64) -> Result<Vec<RequestRow>, StoreError> {
        let rows = self
            .all(
                select!(
                    "WHERE position = 0 AND answered = 0 AND set_state = 'partially_failed'
                     ORDER BY due_at, id LIMIT $1"
                ),
                params![most],
            )
            .await?;
        rows.iter().map(request).collect()
    }

    /// Sets that have been answered, newest first; not those that were handed on to a retry.
    pub async fn requests_answered(&self, most: i64) -> Result<Vec<RequestRow>, StoreError> {
        let rows = self
            .all(
                select!(
                    "WHERE position = 0 AND answered = 1 AND set_state <> 'partially_failed'
                     ORDER BY id DESC LIMIT $1"
                ),
                params![most],
            )
            .await?;
        rows.iter().map(request).collect()
    }

    /// Sets that have not been answered, counted by what presses.
    pub async fn requests_pressing(&self, now: Millis) -> Result<Pressing, StoreError> {
        let (_, days_3) = Due::Days3.span(now);
        let (_, days_7) = Due::Days7.span(now);
        let row = self
            .one(
                "SELECT COUNT(CASE WHEN due_at < $1 THEN 1 END) AS overdue,
                    COUNT(CASE WHEN due_at >= $1 AND due_at < $2 THEN 1 END) AS days_3,
                    COUNT(CASE WHEN due_at >= $1 AND due_at < $3 THEN 1 END) AS days_7,
                    COUNT(CASE WHEN set_state = 'partially_failed' THEN 1 END) AS for_person,
                    COUNT(CASE WHEN set_state <> 'partially_failed' THEN 1 END) AS for_system
                 FROM request WHERE position = 0 AND answered = 0",
                params![now, days_3, days_7],
            )
            .await?;
        let Some(row) = row else {
            return Ok(Pressing::default());
        };
        let count = |column| {
            let counted = row.int(column)?;
            Ok::<_, StoreError>(u32::try_from(counted).unwrap_or(u32::MAX))
        };
        Ok(Pressing {
            overdue: count("overdue")?,
            days_3: count("days_3")?,
            days_7: count("days_7")?,
            for_person: count("for_person")?,
            for_system: count("for_system")?,
        })
    }

    /// How the members of these sets stand; at most a page of sets.
    pub async fn member_counts(
        &self,
        roots: &[RequestId],
    ) -> Result<BTreeMap<RequestId, MemberCounts>, StoreError> {
        let sql = concat!(
            "SELECT root_id, COUNT(*) AS members, MAX(ended_at) AS ended_at,
                COUNT(CASE WHEN ended_at IS NULL THEN 1 END) AS open_members
             FROM request WHERE root_id IN (",
            of_page!(),
            ") GROUP BY root_id"
        );
        let rows = self.all(sql, &page_ids(roots)).await?;
        rows.iter()
            .map(|row| {
                let root = row.parsed("root_id", "request.root_id", |t| t.parse().ok())?;
                let open = row.int("open_members")?;
                let counts = MemberCounts {
                    all: u32::try_from(row.int("members")?).unwrap_or(u32::MAX),
                    ended_at: row.maybe_int("ended_at")?.filter(|_| open == 0),
                };
                Ok((root, counts))
            })
            .collect()
    }

    /// One numbered page of all requests, newest first, and how many there are: what the Genesys API lists.
    pub async fn requests_page(
        &self,
        size: i64,
        number: i64,
    ) -> Result<(Vec<RequestRow>, i64), StoreError> {
        // Pages before this one are counted off in the index alone.
        let rows = self
            .all(
                select!(
                    "WHERE id <= (SELECT id FROM request ORDER BY id DESC LIMIT 1 OFFSET $2)
                     ORDER BY id DESC LIMIT $1"
                ),
                params![size, size.saturating_mul(number - 1)],
            )
            .await?;
        let total = self
            .one("SELECT COUNT(*) AS total FROM request", &[])
            .await?;
        let total = total.map_or(Ok(0), |row| row.int("total"))?;
        Ok((rows.iter().map(request).collect::<Result<_, _>>()?, total))
    }

    /// The sets that the requests of such a page belong to, member by member, with their packages.
    pub async fn sets_of_page(&self, page: &[RequestRow]) -> Result<Vec<Beside>, StoreError> {
        // A page has everything between its ends.
        let ids = || page.iter().map(|row| row.id.as_str());
        let rows = self
            .all(
                "SELECT request.root_id, request.id AS request_id, package.file, package.bytes,
                    package.sha256, package.made_at, package.expires_at
                 FROM request LEFT JOIN package ON package.request_id = request.id
                 WHERE request.root_id IN (SELECT root_id FROM request WHERE id BETWEEN $1 AND $2)
                 ORDER BY request.root_id, request.position",
                params![ids().min(), ids().max()],
            )
            .await?;
        rows.iter().map(beside).collect()
    }
}

fn beside(row: &Row) -> Result<Beside, StoreError> {
    let package = row.maybe_text("file")?.map(|_| package::read(row));
    Ok(Beside {
        root: row.parsed("root_id", "request.root_id", |t| t.parse().ok())?,
        id: row.parsed("request_id", "request.id", |t| t.parse().ok())?,
        package: package.transpose()?,
    })
}
