//! What changes rows: corrections and erasures, each in one transaction.

use app::model::{CollectionName, IdentifierKind, Replacement};

use super::cell::{Cell, Values};
use super::database::{Database, On, Tx, next};
use super::hers::{Eraser, Hers};
use super::link::Row;
use super::order::order;
use super::quote::Statement;
use super::remake::remake;
use super::table::Table;
use crate::connectors::{Erased, Fault, FaultCode, Marker, Marks, Outcome, Refused, Salt, Whose};
use crate::matching::{Country, normal_value};
use crate::secret::Masks;

/// Which of her rows say an old value.
#[derive(Debug, Default)]
pub(super) struct Touched {
    pub(super) rows: u64,
    /// Each spelling of an old value once: the field's place in `Hers::changes`, the spelling, the replacement's place.
    spellings: Vec<(usize, Cell, usize)>,
}

/// Looks through all rows of hers alone for old values: what others share is theirs as well.
pub(super) async fn touched(
    on: On<'_>,
    (table, hers): (&Table, &Hers),
    whose: Whose<'_>,
    replacements: &[Replacement],
    country: Country,
) -> Result<Touched, Fault> {
    if is_chain(replacements, country) {
        return Err(Fault::stop(FaultCode::Constraint));
    }
    let mut touched = Touched::default();
    let alone = hers.shared.as_ref().map(|shared| &shared.alone);
    let alone = alone.unwrap_or(&hers.rows);
    let mut rows = on.rows(alone, &Values::whose(whose))?;
    while let Some(row) = next(&mut rows).await? {
        let mut is_touched = false;
        for (place, (at, _)) in hers.changes.iter().enumerate() {
            let cell = row.cell(*at)?;
            let (Cell::Int(_) | Cell::Text(_), Some(says)) = (&cell, cell.shown()) else {
                continue;
            };
            let holds = table.spec.fields.get(*at).and_then(|f| f.holds);
            let by = replacements
                .iter()
                .position(|r| holds == Some(r.kind) && replaces(r, &says, country));
            if let Some(by) = by {
                is_touched = true;
                let spelling = (place, cell, by);
                if !touched.spellings.contains(&spelling) {
                    touched.spellings.push(spelling);
                }
            }
        }
        touched.rows += u64::from(is_touched);
    }
    Ok(touched)
}

/// Replaces old values in all rows of hers.
pub(super) async fn update(
    database: &Database,
    found: (&Table, &Hers),
    whose: Whose<'_>,
    replacements: &[Replacement],
    country: Country,
) -> Result<Outcome, Fault> {
    let mut tx = database.begin().await?;
    let touched = touched(On::Tx(&mut tx), found, whose, replacements, country).await?;
    for (place, old, by) in &touched.spellings {
        if let (Some((_, change)), Some(by)) = (found.1.changes.get(*place), replacements.get(*by))
        {
            let values = Values {
                old: Some(old),
                new: &by.new,
                ..Values::whose(whose)
            };
            if tx.execute(change, &values).await? == 0 {
                // It was read a moment ago in this transaction: the database compares otherwise than it reads.
                return Err(Fault::stop(FaultCode::Mismatch));
            }
        }
    }
    tx.commit().await?;
    Ok(Outcome {
        rows: touched.rows,
        kept: 0,
    })
}

/// A collection that is to be erased, with its statements.
pub(super) struct Piece<'a> {
    pub(super) table: &'a Table,
    pub(super) hers: &'a Hers,
    pub(super) planned: Option<&'a Marks>,
}

impl Piece<'_> {
    fn refused(&self, fault: Fault) -> Refused {
        let at = Some(self.table.spec.name.clone());
        Refused { at, fault }
    }
}

/// Makes the marks of rows of which the key was read.
struct Reader<'a> {
    marker: Marker,
    table: &'a Table,
    /// Of the last row: the bytes of its key's columns, and where each of them ends; nothing of NULL.
    bytes: Vec<u8>,
    ends: Vec<Option<usize>>,
}

impl<'a> Reader<'a> {
    fn new(table: &'a Table, salt: &Salt) -> Self {
        Self {
            marker: Marker::new(salt, &table.spec.name),
            table,
            bytes: Vec::new(),
            ends: Vec::new(),
        }
    }

    fn mark(&mut self, row: &Row) -> Result<u64, Fault> {
        self.bytes.clear();
        self.ends.clear();
        for at in 0..self.table.spec.key.len() {
            let is_there = row.raw(at)?.add_to(&mut self.bytes);
            self.ends.push(is_there.then_some(self.bytes.len()));
        }
        let mut begin = 0;
        let parts = self.ends.iter().map(|end| {
            let end = (*end)?;
            let part = self.bytes.get(begin..end);
            begin = end;
            part
        });
        Ok(self.marker.mark(parts))
    }

    fn key(&self, row: &Row) -> Result<Vec<Cell>, Fault> {
        (0..self.table.spec.key.len())
            .map(|at| row.cell(at))
            .collect()
    }
}

/// Which rows are to be erased.
pub(super) async fn marks(
    on: On<'_>,
    found: (&Table, &Hers),
    whose: Whose<'_>,
    salt: &Salt,
) -> Result<Marks, Fault> {
    let (table, hers) = found;
    let (mut reader, mut marks) = (Reader::new(table, salt), Vec::new());
    let mut rows = on.rows(&hers.keys, &Values::whose(whose))?;
    while let Some(row) = next(&mut rows).await? {
        marks.push(reader.mark(&row)?);
    }
    Ok(Marks::new(marks))
}

/// Rows that are to be erased, before the first of them is.
#[derive(Debug, Default)]
struct Known {
    rows: u64,
    /// Of those that go last.
    keys: Vec<Vec<Cell>>,
}

/// Deletes or anonymises rows of several collections in one transaction; counts those that are kept, by law or because others share
/// them. No row goes that is not planned: each is seen before, or as it goes, and one that is not planned brings all of them back.
pub(super) async fn erase(
    database: &Database,
    pieces: &[Piece<'_>],
    whose: Whose<'_>,
    salt: &Salt,
    masks: &Masks,
) -> Erased {
    let values = Values::whose(whose);
    let mut tx = database.begin().await?;
    let mut outcomes = vec![Outcome::default(); pieces.len()];
    let mut found = Vec::new();
    for (piece, outcome) in pieces.iter().zip(&mut outcomes) {
        let refused = |fault| piece.refused(fault);
        let kept = kept(&mut tx, piece.hers, &values).await;
        outcome.kept = kept.map_err(refused)?;
        let rows = agreed(&mut tx, piece, whose, salt).await;
        found.push(rows.map_err(refused)?);
        let alone = refuse_before_children(&mut tx, piece.hers, pieces, &values).await;
        alone.map_err(refused)?;
    }
    for at in order(pieces) {
        let (piece, known) = (&pieces[at], found[at].take());
        let rows = if piece.hers.last.is_some() {
            erase_each(&mut tx, piece.hers, &known.unwrap_or_default().keys).await
        } else if let Some((planned, erase)) = told(piece) {
            erase_told(&mut tx, (piece.table, erase), &values, (salt, planned)).await
        } else {
            let most = known.map(|known| known.rows);
            erase_all(&mut tx, piece.hers, &values, most, masks).await
        };
        outcomes[at].rows = rows.map_err(|fault| piece.refused(fault))?;
    }
    tx.commit().await?;
    Ok(outcomes)
}

async fn kept(tx: &mut Tx, hers: &Hers, values: &Values<'_>) -> Result<u64, Fault> {
    match (&hers.erase, &hers.shared) {
        // Only what is kept has nothing that erases it.
        (None, _) => tx.count(&hers.count, values).await,
        (Some(_), Some(shared)) => tx.count(&shared.count, values).await,
        (Some(_), None) => Ok(0),
    }
}

/// What is planned, and the statement that tells each row as it erases it, where there are both.
fn told<'a>(piece: &Piece<'a>) -> Option<(&'a Marks, &'a Statement)> {
    match &piece.hers.erase {
        Some(Eraser::All { told, .. }) if piece.hers.last.is_none() => {
            Some((piece.planned?, told.as_ref()?))
        }
        _ => None,
    }
}

/// The rows that are to be erased, all of them planned; nothing where nobody needs to know them before.
async fn agreed(
    tx: &mut Tx,
    piece: &Piece<'_>,
    whose: Whose<'_>,
    salt: &Salt,
) -> Result<Option<Known>, Fault> {
    let goes_last = piece.hers.last.is_some();
    let nobody_asks = piece.planned.is_none() && !goes_last || told(piece).is_some();
    if piece.hers.erase.is_none() || nobody_asks {
        return Ok(None);
    }
    let (mut known, mut reader) = (Known::default(), Reader::new(piece.table, salt));
    let mut rows = On::Tx(tx).rows(&piece.hers.keys, &Values::whose(whose))?;
    let mut is_planned = true;
    while let Some(row) = next(&mut rows).await? {
        known.rows += 1;
        if let Some(all) = piece.planned {
            is_planned &= all.contains(reader.mark(&row)?);
        }
        if goes_last {
            known.keys.push(reader.key(&row)?);
        }
    }
    if is_planned {
        Ok(Some(known))
    } else {
        Err(Fault::stop(FaultCode::Drifted))
    }
}

/// Erases rows that are told as they go, all of them planned.
async fn erase_told(
    tx: &mut Tx,
    (table, erase): (&Table, &Statement),
    values: &Values<'_>,
    (salt, planned): (&Salt, &Marks),
) -> Result<u64, Fault> {
    let (mut reader, mut erased, mut is_planned) = (Reader::new(table, salt), 0, true);
    let values = values.of(erase)?;
    let mut rows = tx.rows(erase, &values)?;
    while let Some(row) = next(&mut rows).await? {
        erased += 1;
        is_planned &= planned.contains(reader.mark(&row)?);
    }
    if is_planned {
        Ok(erased)
    } else {
        Err(Fault::stop(FaultCode::Drifted))
    }
}

async fn erase_all(
    tx: &mut Tx,
    hers: &Hers,
    values: &Values<'_>,
    most: Option<u64>,
    masks: &Masks,
) -> Result<u64, Fault> {
    let rows = match &hers.erase {
        None => return Ok(0),
        Some(Eraser::All { erase, .. }) => tx.execute(erase, values).await?,
        Some(Eraser::Pieces(pieces)) => remake(tx, (hers, pieces), values, masks).await?,
    };
    if most.is_none_or(|most| rows <= most) {
        Ok(rows)
    } else {
        // Somebody wrote one in between.
        Err(Fault::stop(FaultCode::Drifted))
    }
}

async fn erase_each(tx: &mut Tx, hers: &Hers, keys: &[Vec<Cell>]) -> Result<u64, Fault> {
    let mut rows = 0;
    if let Some(last) = &hers.last {
        for key in keys {
            let values = Values {
                key,
                ..Values::default()
            };
            rows += tx.execute(last, &values).await?;
        }
    }
    Ok(rows)
}

/// Without its parent, a child row that stays would be nobody's, and never be found again.
async fn refuse_before_children(
    tx: &mut Tx,
    hers: &Hers,
    pieces: &[Piece<'_>],
    values: &Values<'_>,
) -> Result<(), Fault> {
    let goes = |name: &CollectionName| pieces.iter().any(|piece| piece.table.spec.name == *name);
    for (_, child) in hers.children.iter().filter(|(name, _)| !goes(name)) {
        if tx.count(child, values).await? > 0 {
            return Err(Fault::stop(FaultCode::Constraint));
        }
    }
    Ok(())
}

fn replaces(replacement: &Replacement, says: &str, country: Country) -> bool {
    says != replacement.new && same(replacement.kind, says, &replacement.old, country)
}

/// Whether one replacement makes what another replaces: a second run would then go a step further.
fn is_chain(replacements: &[Replacement], country: Country) -> bool {
    let follows = |(a, first): (usize, &Replacement)| {
        replacements.iter().enumerate().any(|(b, second)| {
            a != b
                && first.kind == second.kind
                && same(first.kind, &first.new, &second.old, country)
        })
    };
    replacements.iter().enumerate().any(follows)
}

fn same(kind: IdentifierKind, a: &str, b: &str, country: Country) -> bool {
    match (
        normal_value(kind, a, country),
        normal_value(kind, b, country),
    ) {
        (Some(a), Some(b)) => a == b,
        (None, None) => a.trim() == b.trim(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replacement(old: &str, new: &str) -> Replacement {
        Replacement {
            kind: IdentifierKind::Email,
            old: old.to_owned(),
            new: new.to_owned(),
        }
    }

    #[test]
    fn a_chain_of_replacements_is_seen() {
        let germany = Country::parse("DE").expect("a country");
        let chain = [
            replacement("a@x.example", "b@x.example"),
            replacement("B@x.example", "c@x.example"),
        ];
        assert!(is_chain(&chain, germany));
        let swap = [
            replacement("a@x.example", "b@x.example"),
            replacement("b@x.example", "a@x.example"),
        ];
        assert!(is_chain(&swap, germany));
        let respelled = [replacement("a@x.example", "A@x.example")];
        assert!(!is_chain(&respelled, germany), "a new spelling of itself");
        assert!(replaces(&respelled[0], "a@X.example", germany));
        assert!(
            !replaces(&respelled[0], "A@x.example", germany),
            "already done"
        );
    }
}
