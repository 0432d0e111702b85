//! What a draft holds, and how it is shown.

use std::collections::BTreeSet;

use app::model::{
    CollectionName, DraftCollection, DraftField, DraftId, DraftLeftOut, DraftTried, DraftView,
    Looked, Millis, NewDatabase, NoteKind, Sureness,
};
use serde::{Deserialize, Serialize};

use super::place;
use crate::connectors::spec::{CollectionSpec, Parent, SystemSpec};
use crate::draft::{Draft, Guessed, LeftOut, Mark, Note, Notes, Sure};
use crate::workflow::janitor::DRAFTS;

/// All of a draft. Stored sealed.
#[derive(Serialize, Deserialize)]
pub(super) struct Content {
    pub(super) new: NewDatabase,
    /// Empty: none.
    pub(super) password: String,
    pub(super) looked: Looked,
    /// Nothing before the database was looked through.
    pub(super) drafted: Option<Drafted>,
    pub(super) tried: Option<DraftTried>,
    /// Why it was last refused.
    pub(super) refused: Vec<String>,
}

/// What was drafted, and what staff decided since.
#[derive(Serialize, Deserialize)]
pub(super) struct Drafted {
    /// With all that was drafted, what was left out too.
    pub(super) spec: SystemSpec,
    notes: Vec<Notes>,
    left_out: Vec<LeftOut>,
    /// Collections that somebody saved.
    pub(super) decided: BTreeSet<CollectionName>,
    /// Collections, and columns, that are not to be part of the description.
    pub(super) without: BTreeSet<CollectionName>,
    pub(super) without_fields: BTreeSet<(CollectionName, String)>,
}

impl From<Draft> for Drafted {
    fn from(draft: Draft) -> Self {
        Self {
            spec: draft.spec,
            notes: draft.notes,
            left_out: draft.left_out,
            decided: BTreeSet::new(),
            without: BTreeSet::new(),
            without_fields: BTreeSet::new(),
        }
    }
}

impl Content {
    /// The description as it was decided, with the password.
    pub(super) fn spec(&self) -> Option<SystemSpec> {
        let drafted = self.drafted.as_ref()?;
        let mut spec = drafted.spec.clone();
        spec.sql = Some(place::sql(&self.new.place, &self.password));
        spec.collections
            .retain(|one| !drafted.without.contains(&one.name));
        for one in &mut spec.collections {
            // Rows are still hers by those references that are left. Without any it is said what is missing.
            let is_left = |parent: &Parent| !drafted.without.contains(&parent.collection);
            if one.parents.iter().any(is_left) {
                one.parents.retain(is_left);
            }
            let name = one.name.clone();
            let taken = |field: &str| {
                !drafted
                    .without_fields
                    .contains(&(name.clone(), field.to_owned()))
            };
            one.fields.retain(|field| taken(&field.name));
            // What is no field of hers, or says something of another, neither finds her nor names her.
            one.found_by.retain(|by| taken(&by.column));
            one.name_columns.retain(|column| taken(column));
            for field in one.fields.iter_mut().filter(|field| field.of.is_another()) {
                field.holds = None;
                one.found_by.retain(|by| by.column != field.name);
                one.name_columns.retain(|column| *column != field.name);
            }
        }
        Some(spec)
    }

    /// What stands in the way of enabling it, as far as it is known without the database.
    pub(super) fn problems(&self) -> Vec<String> {
        let spec = self.spec();
        let wrong = spec.and_then(|spec| spec.check().err());
        let wrong = wrong.map(|why| why.to_string());
        wrong
            .into_iter()
            .chain(self.refused.iter().cloned())
            .collect()
    }

    /// How staff see it.
    pub(super) fn view(self, id: DraftId, changed_at: Millis) -> DraftView {
        let problems = self.problems();
        let text = self.spec().and_then(|spec| spec.text().ok());
        let (collections, left_out) = match &self.drafted {
            Some(drafted) => (
                drafted
                    .spec
                    .collections
                    .iter()
                    .map(|one| drafted.collection(one))
                    .collect(),
                drafted.left_out.iter().cloned().map(left_out).collect(),
            ),
            None => (Vec::new(), Vec::new()),
        };
        DraftView {
            id,
            has_password: !self.password.is_empty(),
            new: self.new,
            looked: self.looked,
            collections,
            left_out,
            text: text.unwrap_or_default(),
            problems,
            tried: self.tried,
            forgotten_at: changed_at + DRAFTS,
        }
    }
}

impl Drafted {
    /// Collections that somebody has to look at.
    pub(super) fn undecided(&self) -> usize {
        let all = self.spec.collections.iter();
        all.filter(|one| self.collection(one).is_open()).count()
    }

    pub(super) fn collection(&self, spec: &CollectionSpec) -> DraftCollection {
        let said = self
            .notes
            .iter()
            .find(|notes| notes.collection == spec.name);
        let (notes, guessed) = said.map_or((&[][..], &[][..]), |said| (&said.notes, &said.fields));
        let inventory = self.spec.inventory();
        let found_by = inventory
            .collection(&spec.name)
            .map(|one| one.found_by.clone());
        let field = |field: &crate::connectors::spec::FieldSpec| {
            let guess = guessed.iter().find(|guess| guess.field == field.name);
            DraftField {
                name: field.name.clone(),
                category: field.category.clone(),
                of: field.of,
                erase: field.erase.clone().map(String::from),
                sure: guess.map_or(Sureness::Said, sureness),
                why: guess.map(|guess| guess.why.clone()).unwrap_or_default(),
                needed: self.needs(spec, &field.name),
                left_out: self
                    .without_fields
                    .contains(&(spec.name.clone(), field.name.clone())),
            }
        };
        DraftCollection {
            name: spec.name.clone(),
            title: spec.title.clone(),
            table: spec.table().to_owned(),
            disposition: spec.disposition.clone(),
            found_by: found_by.unwrap_or_default(),
            parents: spec.parent_names(),
            fields: spec.fields.iter().map(field).collect(),
            notes: notes.iter().map(note).collect(),
            left_out: self.without.contains(&spec.name),
            decided: self.decided.contains(&spec.name),
        }
    }

    /// Whether a column is the key, or links rows: without it nobody's rows can be told apart.
    pub(super) fn needs(&self, spec: &CollectionSpec, column: &str) -> bool {
        let is = |name: &String| name == column;
        let to_child = self.spec.collections.iter().flat_map(|one| &one.parents);
        let mut to_child = to_child.filter(|parent| parent.collection == spec.name);
        spec.key.iter().any(is)
            || spec
                .subject
                .as_ref()
                .is_some_and(|subject| is(&subject.column))
            || spec.parents.iter().any(|parent| is(&parent.column))
            || to_child.any(|parent| is(&parent.references))
    }
}

fn sureness(guess: &Guessed) -> Sureness {
    match guess.sure {
        None => Sureness::Said,
        Some(Sure::High) => Sureness::High,
        Some(Sure::Medium) => Sureness::Medium,
        Some(Sure::Low) => Sureness::Low,
    }
}

fn note(Note(mark, text): &Note) -> (NoteKind, String) {
    let kind = match mark {
        Mark::Plain => NoteKind::Fact,
        Mark::Guess => NoteKind::Guess,
        Mark::Decide => NoteKind::Decide,
    };
    (kind, text.clone())
}

fn left_out(left: LeftOut) -> DraftLeftOut {
    DraftLeftOut {
        table: left.table,
        why: left.why,
        personal: left.personal,
    }
}
