//! One database: statements that are run on it, and time limits on whatever it is asked.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use futures::stream::{self, BoxStream, StreamExt};

use super::cell::{Cell, Values};
use super::dialect::Dialect;
use super::link::Row;
use super::place::{Access, Place, Version};
use super::pool::{Lease, Pool, within};
use super::quote::Statement;
use crate::connectors::{Fault, FaultCode};

/// How long the database may take for one answer, or for the next row of one.
const LIMIT: Duration = Duration::from_secs(30);

/// One database.
#[derive(Debug)]
pub(super) struct Database {
    place: Arc<Place>,
    readers: Pool,
    writers: Pool,
}

/// Rows as the database gives them.
pub(super) type Rows<'a> = BoxStream<'a, Result<Row, Fault>>;

/// A transaction. Dropped before it is committed, it ends with its connection, and nothing of it was done.
#[derive(Debug)]
pub(super) struct Tx(Lease);

/// What a statement that only reads is run on.
pub(super) enum On<'a> {
    /// A connection of its own.
    Readers(&'a Database),
    Tx(&'a mut Tx),
}

impl Database {
    /// Nothing is connected yet.
    pub(super) fn new(place: Arc<Place>) -> Self {
        Self {
            readers: Pool::new(Arc::clone(&place), Access::Read),
            writers: Pool::new(Arc::clone(&place), Access::Write),
            place,
        }
    }

    /// How it is spoken to.
    pub(super) fn dialect(&self) -> &'static dyn Dialect {
        self.place.dialect()
    }

    /// What it is now.
    pub(super) fn version(&self) -> Result<Version, Fault> {
        self.place.version()
    }

    /// What was prepared before is used no more.
    pub(super) fn outdate(&self) {
        self.place.outdate();
    }

    /// Whether it answers, and is the same as before.
    pub(super) async fn ping(&self) -> Result<(), Fault> {
        let statement = Statement::fixed(self.dialect().ping());
        self.first(&statement, Vec::new()).await.map(drop)
    }

    /// Runs a statement for its rows, on a connection that only reads.
    pub(super) fn rows<'a>(&'a self, statement: &Statement, values: Vec<Cell>) -> Rows<'a> {
        let statement = statement.clone();
        generated(|give| async move {
            let mut lease = self.readers.lease().await?;
            let mut given = false;
            let mut rows = lease.link()?.fetch(&statement, &values)?;
            while let Some(row) = rows.next().await {
                give.row(row.map_err(|fault| cut_off(fault, given))?).await;
                given = true;
            }
            drop(rows);
            lease.done();
            Ok(())
        })
    }

    /// The first row of a statement that has one at most.
    pub(super) async fn first(
        &self,
        statement: &Statement,
        values: Vec<Cell>,
    ) -> Result<Option<Row>, Fault> {
        first(&mut self.rows(statement, values)).await
    }

    /// A transaction that may write.
    pub(super) async fn begin(&self) -> Result<Tx, Fault> {
        let mut lease = self.writers.lease().await?;
        lease.link()?.run(self.dialect().begin()).await?;
        Ok(Tx(lease))
    }
}

impl Tx {
    /// Runs a statement for its rows.
    pub(super) fn rows<'a>(
        &'a mut self,
        statement: &Statement,
        values: &[Cell],
    ) -> Result<Rows<'a>, Fault> {
        self.0.link()?.fetch(statement, values)
    }

    /// Runs a statement for the number that it counts.
    pub(super) async fn count(
        &mut self,
        statement: &Statement,
        values: &Values<'_>,
    ) -> Result<u64, Fault> {
        let values = values.of(statement)?;
        counted(first(&mut self.rows(statement, &values)?).await?)
    }

    /// Runs a statement for the number of rows that it changes.
    pub(super) async fn execute(
        &mut self,
        statement: &Statement,
        values: &Values<'_>,
    ) -> Result<u64, Fault> {
        let values = values.of(statement)?;
        self.0.link()?.execute(statement, &values).await
    }

    /// All of it is done from now on.
    pub(super) async fn commit(mut self) -> Result<(), Fault> {
        self.0.link()?.run("COMMIT").await?;
        self.0.done();
        Ok(())
    }
}

impl<'a> On<'a> {
    /// Runs a statement for its rows.
    pub(super) fn rows(
        self,
        statement: &Statement,
        values: &Values<'_>,
    ) -> Result<Rows<'a>, Fault> {
        let values = values.of(statement)?;
        match self {
            Self::Readers(database) => Ok(database.rows(statement, values)),
            Self::Tx(tx) => tx.rows(statement, &values),
        }
    }
}

/// The next row, within the time limit.
pub(super) async fn next(rows: &mut Rows<'_>) -> Result<Option<Row>, Fault> {
    bounded(async { rows.next().await.transpose() }).await
}

/// The first row, and the end: what is left in the middle costs its connection.
pub(super) async fn first(rows: &mut Rows<'_>) -> Result<Option<Row>, Fault> {
    let first = next(rows).await?;
    while first.is_some() && next(rows).await?.is_some() {}
    Ok(first)
}

/// Runs a statement for the number that it counts.
pub(super) async fn count(
    database: &Database,
    statement: &Statement,
    values: &Values<'_>,
) -> Result<u64, Fault> {
    counted(database.first(statement, values.of(statement)?).await?)
}

fn counted(row: Option<Row>) -> Result<u64, Fault> {
    let mismatch = Fault::stop(FaultCode::Mismatch);
    match row.ok_or(mismatch)?.cell(0)? {
        Cell::Int(n) => u64::try_from(n).map_err(|_| mismatch),
        _ => Err(mismatch),
    }
}

/// Several calls, one after the other, within the time limit of each.
pub(super) async fn each_bounded<T, E: From<Fault>>(
    calls: usize,
    all: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let calls = u32::try_from(calls).unwrap_or(u32::MAX).max(1);
    within(LIMIT.saturating_mul(calls), FaultCode::Timeout, all).await
}

/// Whatever it is, within the time limit.
pub(super) async fn bounded<T>(call: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    within(LIMIT, FaultCode::Timeout, call).await
}

/// A connection that ends after some rows cut the answer off.
fn cut_off(fault: Fault, given: bool) -> Fault {
    if given && fault == Fault::retry(FaultCode::Unreachable) {
        Fault::retry(FaultCode::CutOff)
    } else {
        fault
    }
}

/// Takes rows one by one from the future that gives them.
#[derive(Debug, Clone, Default)]
struct Giver(Arc<Mutex<Option<Row>>>);

impl Giver {
    /// Hands a row over, and waits until it was taken.
    async fn row(&self, row: Row) {
        self.put(Some(row));
        std::future::poll_fn(|_| match *self.slot() {
            // Whoever took the last row will ask for the next: nobody need be woken.
            Some(_) => Poll::Pending,
            None => Poll::Ready(()),
        })
        .await;
    }

    fn put(&self, row: Option<Row>) -> Option<Row> {
        std::mem::replace(&mut *self.slot(), row)
    }

    fn slot(&self) -> std::sync::MutexGuard<'_, Option<Row>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The rows that a future gives: it owns its connection, and is dropped with the stream.
fn generated<'a, F>(work: impl FnOnce(Giver) -> F) -> Rows<'a>
where
    F: Future<Output = Result<(), Fault>> + Send + 'a,
{
    let giver = Giver::default();
    let mut working: Option<Pin<Box<F>>> = Some(Box::pin(work(giver.clone())));
    stream::poll_fn(move |cx| {
        let Some(work) = working.as_mut() else {
            return Poll::Ready(None);
        };
        let polled = work.as_mut().poll(cx);
        if let Some(row) = giver.put(None) {
            return Poll::Ready(Some(Ok(row)));
        }
        let Poll::Ready(end) = polled else {
            return Poll::Pending;
        };
        working = None;
        Poll::Ready(end.err().map(Err))
    })
    .boxed()
}
