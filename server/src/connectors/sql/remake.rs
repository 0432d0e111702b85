//! Writes texts that are made for each row, in pieces of so many rows: neither statements nor memory grow with each of them.

use serde_json::{Value as Json, json};

use super::anonymise::{PIECE, Pieces};
use super::cell::{Cell, Values};
use super::database::{Tx, next};
use super::hers::Hers;
use super::link::Row;
use crate::connectors::{Fault, FaultCode};
use crate::secret::{Masks, hex};

/// Anonymises all that is left of hers; how many rows.
pub(super) async fn remake(
    tx: &mut Tx,
    (hers, pieces): (&Hers, &Pieces),
    values: &Values<'_>,
    masks: &Masks,
) -> Result<u64, Fault> {
    // What was written is read no more, unless the database writes something else: then this would come to no end.
    let most = tx.count(&hers.left, values).await?;
    let mut written = 0;
    loop {
        let piece = read(tx, pieces, values, masks).await?;
        let rows = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        let is_last = piece.len() < PIECE;
        written += rows;
        if rows > 0 && (written > most || write(tx, pieces, piece).await? != rows) {
            return Err(Fault::stop(FaultCode::Mismatch));
        }
        if is_last {
            return Ok(written);
        }
    }
}

/// Keys of the next rows, each with what is made for it.
async fn read(
    tx: &mut Tx,
    pieces: &Pieces,
    values: &Values<'_>,
    masks: &Masks,
) -> Result<Vec<Json>, Fault> {
    let values = values.of(&pieces.read)?;
    let mut rows = tx.rows(&pieces.read, &values)?;
    let mut piece = Vec::new();
    while let Some(row) = next(&mut rows).await? {
        piece.push(remade(&row, pieces, masks)?);
    }
    Ok(piece)
}

fn remade(row: &Row, pieces: &Pieces, masks: &Masks) -> Result<Json, Fault> {
    let keys = (0..pieces.keys).map(|at| listed(row.cell(at)?));
    let made = pieces.made.iter().zip(pieces.keys..);
    let made = made.map(|(made, at)| {
        let mut old = Vec::new();
        let is_there = row.raw(at)?.add_to(&mut old);
        Ok(json!(is_there.then(|| made.text(masks, &old))))
    });
    keys.chain(made).collect()
}

async fn write(tx: &mut Tx, pieces: &Pieces, piece: Vec<Json>) -> Result<u64, Fault> {
    let rows = Json::Array(piece).to_string();
    let values = Values {
        rows: &rows,
        ..Values::default()
    };
    tx.execute(&pieces.write, &values).await
}

/// A part of a key as JSON. Bytes are a list of their digits, so that no text passes for them.
fn listed(part: Cell) -> Result<Json, Fault> {
    match part {
        Cell::Broken(_) => Err(Fault::stop(FaultCode::Mismatch)),
        Cell::Blob(bytes) => Ok(json!([hex(&bytes)])),
        Cell::Null => Ok(Json::Null),
        Cell::Bool(truth) => Ok(json!(truth)),
        Cell::Int(n) => Ok(json!(n)),
        Cell::Natural(n) => Ok(json!(n)),
        Cell::Real(n) => Ok(json!(n)),
        Cell::Text(text) => Ok(json!(text)),
    }
}
