//! What staff decided of one collection, put into the draft.

use app::backend::Result;
use app::error::{Error, Reason};
use app::model::{CollectionChoice, Disposition, FieldChoice};

use super::content::Drafted;
use crate::connectors::spec::{Erase, FieldSpec};
use crate::draft::PLACEHOLDER;

impl Drafted {
    /// # Errors
    /// [`Error::Invalid`] names the field; nothing is changed then.
    pub(super) fn choose(&mut self, choice: CollectionChoice) -> Result<()> {
        let missing = || Error::not_found("collection");
        let all = &self.spec.collections;
        let at = all.iter().position(|one| one.name == choice.collection);
        let at = at.ok_or_else(missing)?;
        let spec = all.get(at).ok_or_else(missing)?;
        let title = text("title", &choice.title)?;
        if let Disposition::Keep { ground } = &choice.disposition
            && (text("ground", ground)?.is_empty() || ground.contains(PLACEHOLDER))
        {
            return Err(Error::invalid("ground", Reason::Missing));
        }
        let mut fields = spec.fields.clone();
        let mut without = Vec::new();
        for chosen in choice.fields {
            let found = fields.iter_mut().find(|field| field.name == chosen.name);
            let field = found.ok_or_else(|| Error::invalid("fields", Reason::Unknown))?;
            let (name, take) = (chosen.name.clone(), chosen.take);
            let leaves = !take || chosen.of.is_another();
            if leaves && self.needs(spec, &name) {
                return Err(Error::invalid("fields", Reason::NotAllowed));
            }
            choose_field(field, chosen)?;
            if !take {
                without.push((choice.collection.clone(), name));
            }
        }
        let name = choice.collection;
        let spec = self.spec.collections.get_mut(at).ok_or_else(missing)?;
        spec.title = title;
        spec.disposition = choice.disposition;
        spec.fields = fields;
        self.without_fields
            .retain(|(collection, _)| *collection != name);
        self.without_fields.extend(without);
        if choice.take {
            self.without.remove(&name);
        } else {
            self.without.insert(name.clone());
        }
        self.decided.insert(name);
        Ok(())
    }
}

fn choose_field(field: &mut FieldSpec, chosen: FieldChoice) -> Result<()> {
    let category = text("category", &chosen.category)?;
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._".contains(&b);
    if !category.bytes().all(plain) {
        return Err(Error::invalid("category", Reason::Unknown));
    }
    let erase = chosen.erase.map(Erase::try_from).transpose();
    field.erase = erase.map_err(|_| Error::invalid("erase", Reason::Unknown))?;
    field.category = category;
    field.of = chosen.of;
    Ok(())
}

fn text(field: &str, text: &str) -> Result<String> {
    let text = text.trim();
    let (min, max) = (1, 200);
    let count = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    if (min..=max).contains(&count) && !text.chars().any(char::is_control) {
        Ok(text.to_owned())
    } else if count == 0 {
        Err(Error::invalid(field, Reason::Missing))
    } else {
        Err(Error::invalid(field, Reason::Length { min, max }))
    }
}
