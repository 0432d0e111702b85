//! What users of Fides have loads, and says what it says.

use app::model::{Disposition, IdentifierKind};
use server::dataset::{Address, Direction, FieldPath, Identity, Strategy};

use crate::fixtures::{all, read, text};

#[test]
fn every_example_of_fides_loads() {
    for (name, text) in all() {
        let loaded = read(&name, &text).unwrap_or_else(|why| panic!("{why}"));
        let datasets = loaded.datasets.all();
        assert!(!datasets.is_empty(), "{name}");
        assert!(datasets.iter().all(|d| !d.collections.is_empty()), "{name}");
    }
}

#[test]
fn an_example_says_what_is_written_in_it() {
    let name = "dataset/postgres_example_test_dataset.yml";
    let loaded = read(name, &text(name)).expect("loads");
    let dataset = &loaded.datasets.all()[0];
    assert_eq!(dataset.key, "postgres_example_test_dataset");
    assert_eq!(dataset.collections.len(), 11);
    let address = Address::new(&dataset.key, "employee");
    let employee = loaded.datasets.collection(&address).expect("is there");
    assert_eq!(loaded.place(&address).expect("a place").1.line, 49);
    let field = |path| employee.field(&FieldPath::parse(path)).expect("is there");
    assert!(field("id").primary_key && !field("name").primary_key);
    assert_eq!(field("email").identity, Some(Identity("email".to_owned())));
    assert_eq!(field("email").about.categories, ["user.contact.email"]);
    let reference = &field("address_id").references[0];
    assert_eq!(reference.address(), Address::new(&dataset.key, "address"));
    assert_eq!(reference.direction, Some(Direction::To));
    let masking = field("name").masking.as_ref().expect("is masked");
    assert_eq!(masking.strategy, Strategy::StringRewrite);
    assert_eq!(
        masking.configuration["format_preservation"]["suffix"],
        "-test"
    );
}

#[test]
fn identities_are_kinds_of_identifiers_or_external_ids_by_their_name() {
    let kind = |name: &str| Identity(name.to_owned()).kind();
    assert_eq!(kind("email"), IdentifierKind::Email);
    assert_eq!(kind("phone_number"), IdentifierKind::Phone);
    assert_eq!(kind("user_id"), IdentifierKind::UserId);
    assert_eq!(kind("loyalty_id"), IdentifierKind::ExternalId);
    for kind in IdentifierKind::ALL {
        if let Some(identity) = Identity::of(kind) {
            assert_eq!(identity.kind(), kind);
        }
    }
}

/// A file with one collection `c`, whose one field says `field`.
fn with_field(field: &str) -> String {
    format!(
        "dataset:\n- fides_key: d\n  collections:\n  - name: c\n    fields:\n    - name: f\n{field}"
    )
}

#[test]
fn what_stands_in_the_wrong_map_counts_with_a_warning() {
    let text = with_field(
        "      masking_strategy_override: {strategy: null_rewrite}\n      fides_meta:\n        type: object\n        data_categories: [user]\n        fields: [{name: g}]\n",
    );
    let loaded = read("f.yml", &text).expect("loads");
    let field = &loaded.datasets.all()[0].collections[0].fields[0];
    assert_eq!(
        field.masking.as_ref().map(|m| m.strategy),
        Some(Strategy::NullRewrite)
    );
    assert_eq!(field.about.categories, ["user"]);
    assert_eq!(field.fields.len(), 1);
    assert_eq!(
        field.data_type.map(|t| t.to_string()).as_deref(),
        Some("object")
    );
    let warnings = loaded.warnings.to_string();
    let lines: Vec<&str> = warnings.lines().collect();
    assert_eq!(lines.len(), 4, "{warnings}");
    assert!(lines[0].starts_with("f.yml:7:7: d.c.f.masking_strategy_override: stands beside"));
    assert!(lines[1].starts_with("f.yml:9:9: d.c.f.type: is overlooked"));
}

#[test]
fn the_examples_misplaced_masking_is_warned_of() {
    let name = "dataset/example_field_masking_override_test_dataset.yml";
    let loaded = read(name, &text(name)).expect("loads");
    let warnings = loaded.warnings.to_string();
    assert!(
        warnings.contains("customer.address.state.masking_strategy_override"),
        "{warnings}"
    );
    let address = Address::new("field_masking_override_test_dataset", "customer");
    let customer = loaded.datasets.collection(&address).expect("is there");
    let state = customer
        .field(&FieldPath::parse("address.state"))
        .expect("is there");
    assert!(state.masking.is_some());
}

#[test]
fn an_old_name_of_fides_meta_is_read() {
    let text = with_field("      fidesops_meta: {primary_key: True}\n");
    let loaded = read("f.yml", &text).expect("loads");
    assert!(loaded.datasets.all()[0].collections[0].fields[0].primary_key);
    assert!(loaded.warnings.is_empty());
}

#[test]
fn anchors_and_merged_maps_are_what_they_stand_for() {
    let text = with_field(
        "      fides_meta: &m {data_type: string, length: 4}\n    - name: g\n      fides_meta: {<<: *m, length: 9}\n    - name: h\n      fides_meta: *m\n",
    );
    let loaded = read("f.yml", &text).expect("loads");
    let fields = &loaded.datasets.all()[0].collections[0].fields;
    let lengths: Vec<_> = fields.iter().map(|f| f.length.map(|l| l.get())).collect();
    assert_eq!(lengths, [Some(4), Some(9), Some(4)]);
    assert!(fields.iter().all(|f| f.data_type.is_some()));
}

#[test]
fn what_habeas_adds_is_read_out_of_meta() {
    let text = "
dataset:
- fides_key: shop
  meta:
    team: billing
    habeas:
      collections:
      - {name: invoice, disposition: keep, ground: 'Art. 17(3)(b) GDPR: invoices, 10 years'}
      - {name: cart, disposition: delete}
  collections:
  - {name: cart, fields: []}
  - {name: invoice, fields: []}
  - {name: visit, fields: []}
";
    let loaded = read("f.yml", text).expect("loads");
    let dataset = &loaded.datasets.all()[0];
    assert_eq!(
        dataset.meta.len(),
        1,
        "what is not Habeas' stays: {:?}",
        dataset.meta
    );
    let of = |i: usize| dataset.collections[i].disposition.clone();
    let ground = "Art. 17(3)(b) GDPR: invoices, 10 years".to_owned();
    assert_eq!(of(0), Some(Disposition::Delete));
    assert_eq!(of(1), Some(Disposition::Keep { ground }));
    assert_eq!(of(2), None);
}

#[test]
fn other_parts_of_the_format_are_left_aside_with_a_warning() {
    let text = "dataset:\n- fides_key: d\n  data_qualifier: aggregated\n  collections: []\nsystem: [{fides_key: s}]\n";
    let loaded = read("f.yml", text).expect("loads");
    assert_eq!(
        loaded.warnings.to_string().lines().collect::<Vec<_>>(),
        [
            "f.yml:3:3: d.data_qualifier: is not part of the format any more; Fides overlooks it, and so does Habeas: leave it out",
            "f.yml:5:1: system: holds no datasets: Habeas leaves it aside",
        ]
    );
}
