//! One page of the list of requests: any filter and order by an index of its own, from where the page before ended.

use app::model::{Millis, RequestFilter, RequestId, RequestState, Right, Sort, WaitsFor};

use super::list::{ROOTS_PAGE, of_page, page_ids};
use super::{RequestRow, request};
use crate::params;
use crate::store::{Db, StoreError, Value};

/// Above every id, in any collation: they are lower hex.
const NEWEST: &str = "z";

/// By id alone: ids are UUID v7, so their order is the order of creation.
macro_rules! by_id {
    ($sort:expr) => {
        match $sort {
            Sort::Oldest => select!("WHERE position = 0 AND id > $1 ORDER BY id LIMIT $2"),
            _ => select!("WHERE position = 0 AND id < $1 ORDER BY id DESC LIMIT $2"),
        }
    };
}

/// In the same order with conditions. Were it by id too, PostgreSQL would walk through all ids for what is rare: it doesn't know
/// beforehand what is asked for.
macro_rules! by_time {
    ($sort:expr, $($also:tt)*) => {
        match $sort {
            Sort::Oldest => select!(
                "WHERE position = 0 AND ", $($also)*,
                " AND (created_at, id) > (COALESCE((SELECT created_at FROM request WHERE id = $1), 0), $1)
                 ORDER BY created_at, id LIMIT $2"
            ),
            _ => select!(
                "WHERE position = 0 AND ", $($also)*,
                " AND (created_at, id) < (COALESCE((SELECT created_at FROM request WHERE id = $1), 9223372036854775807), $1)
                 ORDER BY created_at DESC, id DESC LIMIT $2"
            ),
        }
    };
}

/// What is open is little, whatever was done before: its indexes alone are looked through. The sign keeps a deadline from being
/// what is searched by where another order is asked for.
macro_rules! open {
    () => {
        "answered = 0 AND +due_at >= $3 AND +due_at < $4
           AND ($5 IS NULL OR $5 = CASE WHEN set_state = 'partially_failed' THEN 'person' ELSE 'system' END)
           AND ($6 IS NULL OR set_state = $6) AND ($7 IS NULL OR rights = $7)"
    };
}

/// In the order in which they ended.
macro_rules! ended {
    ($($rest:tt)*) => {
        select!(
            "WHERE position = 0 AND answered_at >= $3
               AND ($4 IS NULL OR rights = $4) AND ($5 IS NULL OR set_state = $5) ",
            $($rest)*
        )
    };
}

impl Db {
    /// Roots of sets in the order asked for, 50 and one more if there are more.
    pub async fn request_roots(
        &self,
        filter: &RequestFilter,
        now: Millis,
    ) -> Result<Vec<RequestRow>, StoreError> {
        let open = filter.due.is_some() || filter.waits.is_some() || filter.sort == Sort::Due;
        let (sql, more) = match (open, filter.ended) {
            (true, Some(_)) => return Ok(Vec::new()),
            (true, None) => of_open(filter, now),
            (false, Some(ended)) => of_ended(filter, ended.since(now)),
            (false, None) => of_all(filter),
        };
        let from = filter.after.as_ref().map(RequestId::as_str);
        let from = from.unwrap_or(match filter.sort {
            Sort::Newest => NEWEST,
            Sort::Oldest | Sort::Due => "",
        });
        let mut params = params![from, ROOTS_PAGE as i64 + 1].to_vec();
        params.extend(more);
        let rows = self.all(sql, &params).await?;
        rows.iter().map(request).collect()
    }

    /// Those roots, at most a page of them, in no order; those that are none are left out.
    pub async fn request_roots_by_id(
        &self,
        ids: &[RequestId],
    ) -> Result<Vec<RequestRow>, StoreError> {
        let sql = select!("WHERE position = 0 AND id IN (", of_page!(), ")");
        let rows = self.all(sql, &page_ids(ids)).await?;
        rows.iter().map(request).collect()
    }
}

/// What to ask for, and the values from `$3` on.
type Asked = (&'static str, Vec<Value>);

fn of_all(filter: &RequestFilter) -> Asked {
    let right = filter.right.map(|right| Value::from(right.as_str()));
    let state = filter.state.map(|state| Value::from(state.as_str()));
    let sql = match (&right, &state) {
        (None, None) => by_id!(filter.sort),
        (Some(_), None) => by_time!(filter.sort, "rights = $3"),
        (None, Some(_)) => by_time!(filter.sort, "set_state = $3"),
        (Some(_), Some(_)) => by_time!(filter.sort, "rights = $3 AND set_state = $4"),
    };
    (sql, right.into_iter().chain(state).collect())
}

fn of_open(filter: &RequestFilter, now: Millis) -> Asked {
    let (from, before) = filter
        .due
        .map_or((Millis::MIN, Millis::MAX), |due| due.span(now));
    let sql = match filter.sort {
        Sort::Due => select!(
            "WHERE position = 0 AND ",
            open!(),
            " AND (due_at, id) > (COALESCE((SELECT due_at FROM request WHERE id = $1), $3), $1)
             ORDER BY due_at, id LIMIT $2"
        ),
        sort => by_time!(sort, open!()),
    };
    let waits = filter.waits.map(WaitsFor::as_str);
    let (state, right) = (
        filter.state.map(RequestState::as_str),
        filter.right.map(Right::as_str),
    );
    let more = params![from, before, waits, state, right];
    (sql, more.to_vec())
}

fn of_ended(filter: &RequestFilter, since: Millis) -> Asked {
    let sql = match filter.sort {
        Sort::Oldest => ended!(
            "AND (answered_at, id) > (COALESCE((SELECT answered_at FROM request WHERE id = $1), $3), $1)
             ORDER BY answered_at, id LIMIT $2"
        ),
        _ => ended!(
            "AND (answered_at, id) < (COALESCE((SELECT answered_at FROM request WHERE id = $1), 9223372036854775807), $1)
             ORDER BY answered_at DESC, id DESC LIMIT $2"
        ),
    };
    let (right, state) = (
        filter.right.map(Right::as_str),
        filter.state.map(RequestState::as_str),
    );
    (sql, params![since, right, state].to_vec())
}
