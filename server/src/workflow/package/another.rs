//! What a row says of somebody else: none of it is handed over, whatever a part holds; that it was there is counted, to be told.

use app::model::Field;
use serde_json::value::RawValue;

use super::glance::Glance;
use crate::connectors::ExportRow;
use crate::connectors::row::LeftOut;

/// The fields of a collection that say something of somebody else, and how many values of each were left out.
#[derive(Debug, Default)]
pub(super) struct Another<'f> {
    of: Vec<(&'f str, u64)>,
    /// How many fields a row has.
    fields: usize,
}

impl<'f> Another<'f> {
    pub(super) fn of(fields: &'f [Field]) -> Self {
        let another = fields.iter().filter(|field| field.of.is_another());
        Self {
            of: another.map(|field| (field.name.as_str(), 0)).collect(),
            fields: fields.len(),
        }
    }

    /// Whether there may be anything to leave out.
    pub(super) fn is_any(&self) -> bool {
        !self.of.is_empty()
    }

    /// The row without them. Connectors leave them out; but what was read before its field was known to be another's is no less his.
    pub(super) fn left_out(&mut self, json: Vec<u8>) -> Result<Vec<u8>, serde_json::Error> {
        if !self.is_any() {
            return Ok(json);
        }
        let Glance(row) = Glance::at(&json, self.fields)?;
        let mut is_said = false;
        for (name, value) in row.iter().filter(|(_, value)| is_there(value)) {
            if let Some((_, values)) = self.of.iter_mut().find(|(of, _)| of == name) {
                *values += 1;
                is_said |= value.get() != LeftOut::JSON;
            }
        }
        if !is_said {
            return Ok(json);
        }
        let mut without = ExportRow::default();
        for (name, value) in &row {
            if is_there(value) && self.of.iter().any(|(of, _)| of == name) {
                without.push(name, &LeftOut)?;
            } else {
                without.push(name, value)?;
            }
        }
        Ok(without.into_json())
    }

    /// How many values were left out.
    pub(super) fn values(&self) -> u64 {
        self.of.iter().map(|(_, values)| values).sum()
    }

    /// The fields that they were left out of.
    pub(super) fn names(&self) -> impl Iterator<Item = &'f str> + '_ {
        let left_out = self.of.iter().filter(|(_, values)| *values > 0);
        left_out.map(|(name, _)| *name)
    }
}

/// Whether it is not NULL: what is not there is nobody's.
pub(super) fn is_there(value: &RawValue) -> bool {
    value.get() != "null"
}
