//! What changes rows: corrections and erasures, each in one transaction.

use app::model::{Identifier, IdentifierKind, Replacement};

use super::cell::{Cell, Values};
use super::database::{Database, On, Tx, count, first, next};
use super::hers::Hers;
use super::table::Table;
use crate::connectors::{Fault, FaultCode, Outcome};
use crate::matching::{Country, normal_value};

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
    identifier: &Identifier,
    replacements: &[Replacement],
    country: Country,
) -> Result<Touched, Fault> {
    if is_chain(replacements, country) {
        return Err(Fault::stop(FaultCode::Constraint));
    }
    let mut touched = Touched::default();
    let alone = hers.shared.as_ref().map(|shared| &shared.alone);
    let alone = alone.unwrap_or(&hers.rows);
    let mut rows = on.rows(alone, &Values::hers(identifier))?;
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
    identifier: &Identifier,
    replacements: &[Replacement],
    country: Country,
) -> Result<Outcome, Fault> {
    let mut tx = database.begin().await?;
    let touched = touched(On::Tx(&mut tx), found, identifier, replacements, country).await?;
    for (place, old, by) in &touched.spellings {
        if let (Some((_, change)), Some(by)) = (found.1.changes.get(*place), replacements.get(*by))
        {
            let values = Values {
                old: Some(old),
                new: &by.new,
                ..Values::hers(identifier)
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

/// Deletes or anonymises all rows of hers alone; counts those that are kept, by law or because others share them.
pub(super) async fn erase(
    database: &Database,
    hers: &Hers,
    identifier: &Identifier,
) -> Result<Outcome, Fault> {
    let values = Values::hers(identifier);
    // Only what is kept has nothing that erases it.
    let Some(erase) = &hers.erase else {
        return Ok(Outcome {
            rows: 0,
            kept: count(database, &hers.count, &values).await?,
        });
    };
    let mut tx = database.begin().await?;
    refuse_before_children(&mut tx, hers, &values).await?;
    let kept = match &hers.shared {
        Some(shared) => tx.count(&shared.count, &values).await?,
        None => 0,
    };
    let rows = tx.execute(erase, &values).await?;
    tx.commit().await?;
    Ok(Outcome { rows, kept })
}

/// Without its parent, a child row would be nobody's, and never be found again.
async fn refuse_before_children(
    tx: &mut Tx,
    hers: &Hers,
    values: &Values<'_>,
) -> Result<(), Fault> {
    for child in &hers.children {
        let values = values.of(child)?;
        if first(&mut tx.rows(child, &values)?).await?.is_some() {
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
