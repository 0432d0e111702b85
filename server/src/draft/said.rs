//! What a dataset in fideslang says of a table, in the words of a description; and what these have no words for.

use app::model::IdentifierKind;

use serde_json::{Value as Json, json};

use super::guess::bare;
use crate::connectors::spec::{Erase, Made, MadeBy};
use crate::connectors::sql::Survey;
use crate::dataset::{Collection, Dataset, Field, FieldPath, Masking, Strategy, is_personal};
use crate::secret::DIGITS;

/// The collection of this table. Datasets mostly leave the schema out: that will do where one table alone is called so.
pub(super) fn collection<'d>(
    dataset: &'d Dataset,
    survey: &Survey,
    table: &str,
) -> Option<&'d Collection> {
    let called = |name: &str| dataset.collections.iter().find(|c| c.name == name);
    let short = bare(table);
    let mut namesakes = survey
        .tables
        .iter()
        .filter(|other| bare(&other.name) == short);
    let alone = namesakes.next().is_some() && namesakes.next().is_none();
    called(table).or_else(|| called(short).filter(|_| alone))
}

/// The field of this column.
pub(super) fn field<'d>(collection: &'d Collection, column: &str) -> Option<&'d Field> {
    collection.field(&FieldPath(vec![column.to_owned()]))
}

/// The category that a description would have: the first that says something of a person.
pub(super) fn category(field: &Field) -> Option<&str> {
    let all = &field.about.categories;
    let personal = all.iter().find(|category| is_personal(category));
    personal.or(all.first()).map(String::as_str)
}

/// What a column of this category mostly holds.
pub(super) fn holds(category: &str) -> Option<IdentifierKind> {
    match category {
        "user.contact.email" => Some(IdentifierKind::Email),
        "user.contact.phone_number" => Some(IdentifierKind::Phone),
        "user.name" => Some(IdentifierKind::Name),
        "user.contact.address" => Some(IdentifierKind::Address),
        _ => None,
    }
}

/// What erasure writes, if a description can say it.
pub(super) fn erase(field: &Field) -> Option<Erase> {
    if field.read_only {
        return Some(Erase::Keep);
    }
    let masking = field.masking.as_ref()?;
    match masking.strategy {
        Strategy::NullRewrite => Some(Erase::Null),
        Strategy::Preserve => Some(Erase::Keep),
        Strategy::StringRewrite => {
            let text = masking.configuration.get("rewrite_value")?.as_str()?;
            Some(Erase::Fixed(text.to_owned()))
        }
        Strategy::RandomStringRewrite => made(MadeBy::Random, masking),
        Strategy::Hmac => made(MadeBy::Hmac, masking),
        Strategy::Hash => made(MadeBy::Hash, masking),
        Strategy::AesEncrypt => None,
    }
}

fn made(by: MadeBy, masking: &Masking) -> Option<Erase> {
    let preserved = masking.configuration.get("format_preservation");
    let suffix = preserved.and_then(|preserved| preserved.get("suffix"));
    let suffix = suffix.map_or(Some(""), |suffix| suffix.as_str())?;
    Made::with_suffix(by, suffix).ok().map(Erase::Made)
}

/// Whether what erasure writes is as this part of the masking says.
fn is_heeded(erase: Option<&Erase>, key: &str, value: &Json) -> bool {
    match (erase, key) {
        (_, "rewrite_value") => true,
        (Some(Erase::Made(_)), "format_preservation") => value
            .as_object()
            .is_some_and(|all| all.keys().all(|key| key == "suffix")),
        (Some(Erase::Made(made)), "length") => made.by == MadeBy::Random && *value == json!(DIGITS),
        (Some(Erase::Made(made)), "algorithm") => {
            made.by != MadeBy::Random && *value == json!("SHA-256")
        }
        _ => false,
    }
}

/// What the dataset says of itself that a description has no word for.
pub(super) fn unsaid(dataset: &Dataset) -> Vec<String> {
    let mut unsaid = Vec::new();
    let mut say = |there: bool, what: String| {
        if there {
            unsaid.push(what);
        }
    };
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let (after, tags) = (dataset.after.join(", "), dataset.tags.join(", "));
    let about = &dataset.about;
    say(
        dataset.description.is_some(),
        format!("description: {}", text(&dataset.description)),
    );
    say(
        dataset.organization.is_some(),
        format!("organization: {}", text(&dataset.organization)),
    );
    say(
        dataset.resource_id.is_some(),
        format!("resource id: {}", text(&dataset.resource_id)),
    );
    say(!tags.is_empty(), format!("tags: {tags}"));
    say(!after.is_empty(), format!("asked after {after}"));
    say(
        !about.categories.is_empty(),
        format!("categories of the whole: {}", about.categories.join(", ")),
    );
    say(
        !about.purposes.is_empty(),
        format!("purposes: {}", about.purposes.join(", ")),
    );
    say(dataset.redact, "its name must not be shown".to_owned());
    say(dataset.namespace.is_some(), "a namespace".to_owned());
    let meta: Vec<&str> = dataset.meta.keys().map(String::as_str).collect();
    say(!meta.is_empty(), format!("meta: {}", meta.join(", ")));
    unsaid
}

/// What the dataset says of a collection that a description has no word for; one line each, e.g. `name: length 40`.
pub(super) fn unsaid_of(dataset: &Dataset, collection: &Collection) -> Vec<String> {
    let mut unsaid = Vec::new();
    let list = |all: Vec<String>| all.join(", ");
    let addresses =
        |all: &[crate::dataset::Address]| list(all.iter().map(ToString::to_string).collect());
    if let Some(text) = &collection.description {
        unsaid.push(format!("description: {text}"));
    }
    if !collection.after.is_empty() {
        unsaid.push(format!("asked after {}", addresses(&collection.after)));
    }
    if !collection.erase_after.is_empty() {
        unsaid.push(format!(
            "erased after {}",
            addresses(&collection.erase_after)
        ));
    }
    if collection.partitioning.is_some() {
        unsaid.push("how to ask for it in parts".to_owned());
    }
    if collection.redact {
        unsaid.push("its name must not be shown".to_owned());
    }
    if !collection.about.categories.is_empty() {
        unsaid.push(format!(
            "categories of the whole: {}",
            list(collection.about.categories.clone())
        ));
    }
    if !collection.about.purposes.is_empty() {
        unsaid.push(format!(
            "purposes: {}",
            list(collection.about.purposes.clone())
        ));
    }
    for (path, field) in collection.walk() {
        let parts: Vec<String> = of_field(dataset, &path, field);
        if !parts.is_empty() {
            unsaid.push(format!("{path}: {}", parts.join("; ")));
        }
    }
    unsaid
}

fn of_field(dataset: &Dataset, path: &FieldPath, field: &Field) -> Vec<String> {
    let mut unsaid = Vec::new();
    if path.0.len() > 1 {
        unsaid.push(format!(
            "a part of another field, {}",
            category(field).unwrap_or("no category")
        ));
    }
    let used = category(field);
    let others = field
        .about
        .categories
        .iter()
        .filter(|one| Some(one.as_str()) != used);
    unsaid.extend(others.map(|category| format!("also {category}")));
    unsaid.extend(
        field
            .about
            .purposes
            .iter()
            .map(|purpose| format!("purpose {purpose}")),
    );
    unsaid.extend(
        field
            .description
            .iter()
            .map(|text| format!("description: {text}")),
    );
    unsaid.extend(field.data_type.iter().map(|of| format!("type {of}")));
    unsaid.extend(field.length.iter().map(|length| format!("length {length}")));
    unsaid.extend(
        field
            .custom_request_field
            .iter()
            .map(|name| format!("compared with `{name}` of the form")),
    );
    if field.return_all_elements.is_some() {
        unsaid.push("which elements of an array are hers".to_owned());
    }
    if field.redact {
        unsaid.push("its name must not be shown".to_owned());
    }
    if let Some(masking) = &field.masking {
        let erase = erase(field);
        let more = masking.configuration.iter();
        let more = more.filter(|(key, value)| !is_heeded(erase.as_ref(), key, value));
        let more: Vec<&str> = more.map(|(key, _)| key.as_str()).collect();
        if erase.is_none() {
            unsaid.push(format!("masked by {}", masking.strategy.as_str()));
        }
        if !more.is_empty() {
            unsaid.push(format!("{} of its masking", more.join(", ")));
        }
    }
    let elsewhere = field
        .references
        .iter()
        .filter(|to| to.dataset != dataset.key);
    unsaid.extend(
        elsewhere.map(|to| format!("refers to {}.{} in another system", to.address(), to.path)),
    );
    unsaid
}

#[cfg(test)]
mod tests {
    use super::super::sample::table;
    use super::*;
    use crate::dataset::{File, load};

    fn dataset(yaml: &str) -> Dataset {
        let file = File {
            name: "f.yml",
            bytes: yaml.as_bytes(),
        };
        let loaded = load(&[file]).unwrap_or_else(|why| panic!("{why}"));
        loaded.datasets.all()[0].clone()
    }

    #[test]
    fn what_a_description_has_no_word_for_is_listed() {
        let shop = dataset(
            "dataset:\n  - fides_key: shop\n    tags: [old]\n    collections:\n      - name: customer\n        fides_meta: {after: [shop.product]}\n        \
             fields:\n          - name: email\n            data_categories: [user.contact.email, user.account]\n            \
             fides_meta: {data_type: string, length: 40}\n          \
             - name: name\n            data_categories: [user.name]\n            fides_meta: {masking_strategy_override: \
             {strategy: random_string_rewrite, configuration: {length: 5}}}\n      \
             - name: product\n        fields: [{name: id, data_categories: [system.operations]}]\n",
        );
        assert_eq!(unsaid(&shop), ["tags: old"]);
        let table = |name: &str| table(name, &["id"]);
        let survey = Survey::of(vec![table("public.customer"), table("orders")]);
        let customer = collection(&shop, &survey, "public.customer").expect("by its bare name");
        let want = [
            "asked after shop:product",
            "email: also user.account; type string; length 40",
            "name: length of its masking",
        ];
        assert_eq!(unsaid_of(&shop, customer), want);
        assert_eq!(collection(&shop, &survey, "orders"), None);
        let both = Survey::of(vec![table("old.customer"), table("customer")]);
        assert_eq!(collection(&shop, &both, "old.customer"), None);
        assert!(collection(&shop, &both, "customer").is_some());
    }

    #[test]
    fn masking_becomes_what_erasure_writes() {
        let shop = dataset(
            "dataset:\n  - fides_key: shop\n    collections:\n      - name: c\n        fields:\n          \
             - {name: a, fides_meta: {masking_strategy_override: {strategy: 'null_rewrite'}}}\n          \
             - {name: b, fides_meta: {masking_strategy_override: {strategy: string_rewrite, configuration: {rewrite_value: gone}}}}\n          \
             - {name: c, fides_meta: {read_only: true}}\n          \
             - {name: d}\n          \
             - {name: e, fides_meta: {masking_strategy_override: {strategy: random_string_rewrite, configuration: {length: 20, \
             format_preservation: {suffix: '@x.example'}}}}}\n          \
             - {name: f, fides_meta: {masking_strategy_override: {strategy: hmac, configuration: {algorithm: SHA-512}}}}\n          \
             - {name: g, fides_meta: {masking_strategy_override: {strategy: hash, configuration: {algorithm: SHA-256}}}}\n          \
             - {name: h, fides_meta: {masking_strategy_override: {strategy: hash, configuration: {format_preservation: \
             {suffix: 'a*b'}}}}}\n          \
             - {name: i, fides_meta: {masking_strategy_override: {strategy: aes_encrypt}}}\n",
        );
        let c = &shop.collections[0];
        let erases: Vec<_> = c.fields.iter().map(erase).collect();
        let fixed = Erase::Fixed("gone".to_owned());
        let made = |by, suffix| Made::with_suffix(by, suffix).ok().map(Erase::Made);
        let want = [
            Some(Erase::Null),
            Some(fixed),
            Some(Erase::Keep),
            None,
            made(MadeBy::Random, "@x.example"),
            made(MadeBy::Hmac, ""),
            made(MadeBy::Hash, ""),
            None,
            None,
        ];
        assert_eq!(erases, want);
        let want = [
            "f: algorithm of its masking",
            "h: masked by hash; format_preservation of its masking",
            "i: masked by aes_encrypt",
        ];
        assert_eq!(unsaid_of(&shop, c), want);
    }
}
