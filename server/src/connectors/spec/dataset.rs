//! From a description to a dataset in fideslang, as far as that format has words for it.

use app::model::{Disposition, IdentifierKind};
use serde_json::json;

use super::{CollectionSpec, Erase, IdColumn, Made, MadeBy, SystemSpec};
use crate::dataset::{
    About, Collection, Dataset, Direction, Field, FieldPath, Identity, Masking, Reference, Strategy,
};
use crate::secret::DIGITS;

/// A dataset, and what it could not say.
#[derive(Debug, Clone, PartialEq)]
pub struct Export {
    pub dataset: Dataset,
    /// One line each, e.g. `customers: who works here no more`.
    pub left_out: Vec<String>,
}

impl SystemSpec {
    /// The description as a dataset. Collections are called as their tables, by which Fides asks for them.
    pub fn dataset(&self) -> Export {
        let mut left_out = Vec::new();
        let mut dataset = Dataset {
            key: self.id.to_string(),
            name: Some(self.name.clone()),
            ..Dataset::default()
        };
        for (key, value) in [
            ("owner", &self.owner),
            ("region", &self.region),
            ("country", &self.country),
        ] {
            dataset.meta.insert(key.to_owned(), json!(value));
        }
        for spec in &self.collections {
            if dataset.collections.iter().any(|c| c.name == spec.table()) {
                left_out.push(format!(
                    "{}: a second look at `{}`",
                    spec.name,
                    spec.table()
                ));
                continue;
            }
            let collection = self.exported(spec, &mut left_out);
            dataset.collections.push(collection);
        }
        Export { dataset, left_out }
    }

    fn exported(&self, spec: &CollectionSpec, left_out: &mut Vec<String>) -> Collection {
        let mut fields: Vec<Field> = spec.fields.iter().map(|f| field(spec, f)).collect();
        for column in self.columns(spec) {
            if fields.iter().all(|f| f.name != column) {
                fields.push(bare(spec, column));
            }
        }
        let mut identify = |id: &IdColumn| {
            let said = fields.iter_mut().find(|f| f.name == id.column);
            let same = said.map(|field| {
                let identity = identity(id);
                let free = field.identity.is_none() || field.identity == identity;
                field.identity = field.identity.take().or(identity.clone());
                free && identity.is_some()
            });
            if same != Some(true) {
                let kind = id.kind.as_str();
                left_out.push(format!("{}: `{kind}` in `{}`", spec.name, id.column));
            }
        };
        spec.id_columns().for_each(|id| identify(&id));
        let content = spec.found_by.iter().filter(|f| !f.kind.is_id());
        for found_by in content {
            identify(&IdColumn {
                kind: found_by.kind,
                column: found_by.column.clone(),
                list_column: None,
                prefix: None,
                unless: None,
            });
        }
        self.refer(spec, &mut fields);
        left_out.extend(spec.fields.iter().filter_map(|said| unsaid(spec, said)));
        for (said, what) in [
            (spec.employment.is_some(), "who works here no more"),
            (
                spec.needs_subject,
                "that its rows are found by their subject only",
            ),
            (
                spec.otherwise.is_some(),
                "which rows are known by their own id",
            ),
        ] {
            if said {
                left_out.push(format!("{}: {what}", spec.name));
            }
        }
        let of_another = spec.fields.iter().filter(|said| said.of.is_another());
        Collection {
            name: spec.table().to_owned(),
            description: Some(spec.title.clone()),
            delete_rows: spec.disposition == Disposition::Delete,
            disposition: Some(spec.disposition.clone()),
            of_another: of_another.map(|said| said.name.clone()).collect(),
            fields,
            ..Collection::default()
        }
    }

    /// Columns that something is said of, though they are no listed fields: of the key, of ids, of links.
    fn columns<'s>(&'s self, spec: &'s CollectionSpec) -> Vec<&'s str> {
        let ids = [&spec.subject, &spec.otherwise].into_iter().flatten();
        let children = self.collections.iter().flat_map(|c| &c.parents);
        let referred = children.filter(|parent| parent.collection == spec.name);
        let key = spec.key.iter();
        key.chain(ids.map(|id| &id.column))
            .chain(spec.found_by.iter().map(|f| &f.column))
            .chain(spec.parents.iter().map(|parent| &parent.column))
            .chain(referred.map(|parent| &parent.references))
            .map(String::as_str)
            .collect()
    }

    /// Rows are found from those that own them.
    fn refer(&self, spec: &CollectionSpec, fields: &mut [Field]) {
        for parent in &spec.parents {
            let owner = self.collection(&parent.collection);
            let field = fields.iter_mut().find(|f| f.name == parent.column);
            if let (Some(owner), Some(field)) = (owner, field) {
                field.references.push(Reference {
                    dataset: self.id.to_string(),
                    collection: owner.table().to_owned(),
                    path: FieldPath(vec![parent.references.clone()]),
                    direction: Some(Direction::From),
                });
            }
        }
    }
}

/// The format's name for what a column holds; none for a part of an id, and for ids of nobody we could name.
fn identity(id: &IdColumn) -> Option<Identity> {
    match (id.kind, &id.list_column, &id.prefix) {
        (_, Some(_), _) => None,
        (IdentifierKind::ExternalId, None, Some(prefix)) => prefix
            .strip_suffix(':')
            .map(|name| Identity(name.to_owned())),
        (kind, None, _) => Identity::of(kind),
    }
}

fn field(spec: &CollectionSpec, said: &super::FieldSpec) -> Field {
    let kept = matches!(spec.disposition, Disposition::Keep { .. });
    let anonymised = spec.disposition == Disposition::Anonymise;
    let masking = anonymised.then(|| masking(&spec.erase(said))).flatten();
    Field {
        name: said.name.clone(),
        about: About {
            categories: vec![said.category.clone()],
            purposes: Vec::new(),
        },
        primary_key: spec.key.contains(&said.name),
        read_only: kept || anonymised && spec.erase(said) == Erase::Keep,
        masking,
        ..Field::default()
    }
}

fn masking(erase: &Erase) -> Option<Masking> {
    let (strategy, configuration) = match erase {
        Erase::Keep => return None,
        Erase::Null => (Strategy::NullRewrite, Vec::new()),
        Erase::Fixed(text) => (
            Strategy::StringRewrite,
            vec![("rewrite_value", json!(text))],
        ),
        Erase::Made(made) => {
            let suffix = json!({ "suffix": made.after });
            let suffix = (!made.after.is_empty()).then_some(("format_preservation", suffix));
            let (strategy, more) = match made.by {
                MadeBy::Random => (Strategy::RandomStringRewrite, ("length", json!(DIGITS))),
                MadeBy::Hmac => (Strategy::Hmac, ("algorithm", json!("SHA-256"))),
                MadeBy::Hash => (Strategy::Hash, ("algorithm", json!("SHA-256"))),
            };
            (strategy, std::iter::once(more).chain(suffix).collect())
        }
    };
    let configuration = configuration.into_iter();
    Some(Masking {
        strategy,
        configuration: configuration
            .map(|(key, value)| (key.to_owned(), value))
            .collect(),
    })
}

/// What the format can't say of what is made for a field.
fn unsaid(spec: &CollectionSpec, said: &super::FieldSpec) -> Option<String> {
    let Erase::Made(made) = spec.erase(said) else {
        return None;
    };
    let is_said = Made::with_suffix(made.by, &made.after).is_ok_and(|said| said == made);
    (!is_said).then(|| {
        let (name, before) = (&said.name, &made.before);
        format!("{}: `{before}` before what is made for `{name}`", spec.name)
    })
}

/// A column that is no field.
fn bare(spec: &CollectionSpec, column: &str) -> Field {
    let cleared = spec.clears(column);
    Field {
        name: column.to_owned(),
        about: About {
            categories: vec!["system.operations".to_owned()],
            purposes: Vec::new(),
        },
        primary_key: spec.key.iter().any(|key| key == column),
        read_only: !cleared && spec.disposition != Disposition::Delete,
        masking: cleared.then(|| masking(&Erase::Null)).flatten(),
        ..Field::default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::dataset::graph::Graph;
    use crate::dataset::{Address, Datasets, File, load, write};

    fn export(toml: &str) -> Export {
        SystemSpec::parse(toml).expect("a description").dataset()
    }

    const SAMPLES: [&str; 4] = [
        include_str!("../../demo/systems/billing.toml"),
        include_str!("../../demo/systems/contact-centre.toml"),
        include_str!("../../demo/systems/help-desk.toml"),
        include_str!("../../demo/systems/newsletter.toml"),
    ];

    #[test]
    fn every_sample_reads_back_as_it_was_written() {
        let made = ["random:a*@x.example", "hmac:*x", "hash:hash-*"];
        let made = made.map(|erase| SAMPLES[0].replace("fixed:Erased customer", erase));
        for toml in SAMPLES.into_iter().chain(made.iter().map(String::as_str)) {
            let dataset = export(toml).dataset;
            let text = write(std::slice::from_ref(&dataset));
            let file = File {
                name: "f.yml",
                bytes: text.as_bytes(),
            };
            let loaded = load(&[file]).unwrap_or_else(|why| panic!("{why}\n{text}"));
            assert_eq!(loaded.datasets.all(), [dataset]);
        }
    }

    #[test]
    fn invoices_are_found_by_their_customer_and_kept() {
        let export = export(SAMPLES[0]);
        let datasets = Datasets::new(vec![export.dataset]).expect("fits together");
        let find = |name| {
            datasets
                .collection(&Address::new("billing", name))
                .expect("there")
        };
        let (customers, invoices) = (find("customers"), find("invoices"));
        assert!(matches!(
            invoices.disposition,
            Some(Disposition::Keep { .. })
        ));
        assert!(invoices.fields.iter().all(|field| field.read_only));
        let field = |path| customers.field(&FieldPath::parse(path)).expect("there");
        let name = field("name").masking.as_ref().expect("is masked");
        assert_eq!(name.configuration["rewrite_value"], "Erased customer");
        assert_eq!(field("id").identity, Some(Identity("billing".to_owned())));
        assert_eq!(
            field("phone").identity,
            Some(Identity("phone_number".to_owned()))
        );
        assert!(field("id").primary_key && field("created_on").read_only);
        let email = BTreeSet::from([Identity("email".to_owned())]);
        let plan = Graph::new(&datasets).plan(&email).expect("a way");
        let way: Vec<_> = plan
            .visits()
            .map(|v| v.collection.collection.clone())
            .collect();
        assert_eq!(way, ["customers", "invoices"]);
    }

    #[test]
    fn what_says_something_of_another_is_said() {
        let toml = SAMPLES[2].replace(
            "{ name = \"subject\",",
            "{ name = \"subject\", of = \"another\",",
        );
        let dataset = export(&toml).dataset;
        let text = write(std::slice::from_ref(&dataset));
        assert!(text.contains("of_another:"), "{text}");
        let file = File {
            name: "f.yml",
            bytes: text.as_bytes(),
        };
        let loaded = load(&[file]).unwrap_or_else(|why| panic!("{why}\n{text}"));
        let read = loaded.datasets.all()[0].collections.iter();
        let marked: Vec<_> = read.flat_map(|c| &c.of_another).collect();
        assert_eq!(marked, ["subject"]);
    }

    #[test]
    fn what_is_made_for_each_row_is_said() {
        let toml = |erase: &str| SAMPLES[0].replace("fixed:Erased customer", erase);
        let name = |erase: &str| {
            let Export { dataset, left_out } = export(&toml(erase));
            let collection = dataset.collections.iter().find(|c| c.name == "customers");
            let field = collection.and_then(|c| c.field(&FieldPath::parse("name")));
            let masking = field
                .and_then(|field| field.masking.clone())
                .expect("masked");
            let before = left_out
                .into_iter()
                .find(|line| line.contains("before what is made"));
            (masking, before)
        };
        let masking = |strategy, configuration: serde_json::Value| Masking {
            strategy,
            configuration: configuration.as_object().expect("a map").clone(),
        };
        let suffix = json!({ "length": 20, "format_preservation": { "suffix": " x" } });
        let random = masking(Strategy::RandomStringRewrite, suffix);
        assert_eq!(name("random:* x"), (random.clone(), None));
        let left_out = "customers: `a` before what is made for `name`".to_owned();
        assert_eq!(name("random:a* x"), (random, Some(left_out)));
        let sha = json!({ "algorithm": "SHA-256" });
        assert_eq!(
            name("hmac:hmac-*"),
            (masking(Strategy::Hmac, sha.clone()), None)
        );
        assert_eq!(name("hash:hash-*"), (masking(Strategy::Hash, sha), None));
    }

    #[test]
    fn every_parent_is_a_reference() {
        let parent = "parent = { collection = \"customers\", column = \"customer_id\", references = \"id\" }";
        let billed = "parent = [ { collection = \"customers\", column = \"customer_id\", references = \"id\" }, \
                      { collection = \"customers\", column = \"billed_id\", references = \"id\" } ]";
        assert!(SAMPLES[0].contains(parent));
        let dataset = export(&SAMPLES[0].replace(parent, billed)).dataset;
        let text = write(std::slice::from_ref(&dataset));
        let file = File {
            name: "f.yml",
            bytes: text.as_bytes(),
        };
        let loaded = load(&[file]).unwrap_or_else(|why| panic!("{why}\n{text}"));
        assert_eq!(loaded.datasets.all(), std::slice::from_ref(&dataset));
        let invoices = dataset.collections.iter().find(|c| c.name == "invoices");
        let fields = &invoices.expect("invoices").fields;
        for column in ["customer_id", "billed_id"] {
            let field = fields.iter().find(|field| field.name == column);
            let references = &field.expect("a field").references;
            let to: Vec<_> = references
                .iter()
                .map(|to| (to.collection.as_str(), to.path.to_string()))
                .collect();
            assert_eq!(to, [("customers", "id".to_owned())], "{column}");
        }
        // And the graph leads by both.
        let seed = crate::dataset::Identity("email".to_owned());
        let graph = Graph::new(&loaded.datasets);
        let plan = graph.plan(&BTreeSet::from([seed])).expect("a way");
        let of = Address::new("billing", "invoices");
        let visit = plan.visits().find(|visit| visit.collection == of);
        assert_eq!(visit.expect("visited").by.len(), 2);
    }

    #[test]
    fn what_the_format_has_no_word_for_is_named() {
        let left_out = export(SAMPLES[1]).left_out;
        for want in [
            "users: who works here no more",
            "dialer_contacts: `dialer_contact_id` in `id`",
            "conversations: which rows are known by their own id",
        ] {
            assert!(left_out.iter().any(|line| line == want), "{left_out:?}");
        }
    }
}
