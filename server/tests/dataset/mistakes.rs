//! Files with mistakes: each is named with its place, its key, the reason, and what to write instead.

use server::dataset::{File, Problems, load};

use crate::fixtures::{read, wrong};

#[test]
fn all_mistakes_are_said_at_once_in_the_order_of_the_file() {
    let text = "\
dataset:
  - fides_key: shop one
    collections:
      - name: customer
        feilds: []
        fields:
          - name: email
            data_categories: [user.contact.email, contact.email, user..x]
            fides_meta:
              identiy: email
              data_type: strng
              length: 0
              return_all_elements: true
              references:
                - dataset: other
                  field: customer
                - field: a.b
                - dataset: other
                  field: a.b
                  direction: form
              masking_strategy_override: {strategy: null_rewrit}
          - name: email
          - fides_meta: {primary_key: perhaps}
      - name: customer
        fields: [7]
";
    let want = [
        "f.yml:2:16: shop one.fides_key: want letters, digits and any of `.`, `_`, `-`, `<`, `>`",
        "f.yml:5:9: shop one.customer.feilds: is not a key of a collection; did you mean `fields`?",
        "f.yml:8:51: shop one.customer.email.data_categories[1]: want a data category, e.g. `user.contact.email`",
        "f.yml:8:66: shop one.customer.email.data_categories[2]: want a data category",
        "f.yml:10:15: shop one.customer.email.identiy: is not a key of `fides_meta` here; did you mean `identity`?",
        "f.yml:11:26: shop one.customer.email.data_type: want one of `string`, `integer`, `float`, `boolean`, `object_id`, `object`, for arrays with `[]` behind it; did you mean `string`?",
        "f.yml:12:23: shop one.customer.email.length: want a whole number from 1",
        "f.yml:13:15: shop one.customer.email.return_all_elements: belongs to arrays only",
        "f.yml:16:26: shop one.customer.email.references[0].field: want `collection.field`",
        "f.yml:17:19: shop one.customer.email.references[1]: is missing: a reference names a `dataset` and a `field`",
        "f.yml:20:30: shop one.customer.email.references[2].direction: want `from` or `to`; did you mean `from`?",
        "f.yml:21:53: shop one.customer.email.masking_strategy_override.strategy: want `null_rewrite` or `string_rewrite`",
        "f.yml:22:13: shop one.customer.email: stands here twice, first in line 7: keep one",
        "f.yml:23:13: shop one.customer.fields[2]: is missing: `name`",
        "f.yml:23:39: shop one.customer.fields[2].primary_key: want `true` or `false`",
        "f.yml:24:9: shop one.customer: stands here twice, first in line 4: keep one",
        "f.yml:25:18: shop one.customer.fields[0]: want a map, not a single value",
    ];
    let found = wrong(text);
    for (found, want) in found.iter().zip(want) {
        assert!(found.starts_with(want), "\nfound {found}\nwant  {want}");
    }
    assert_eq!(found.len(), want.len(), "{found:#?}");
}

/// Two datasets; `meta` is the `fides_meta` of the field `shop.customer.id`, `more` ends the collection.
fn shop(meta: &str, more: &str) -> String {
    format!(
        "dataset:
- fides_key: shop
  collections:
  - name: customer
    fields:
    - name: id
      fides_meta: {{{meta}}}
    - name: address
      fields: [{{name: street}}]
{more}
  - name: hidden
    fides_meta: {{skip_processing: true}}
    fields: [{{name: id}}]
- fides_key: desk
  collections:
  - name: ticket
    fields: [{{name: customer_id}}]
"
    )
}

#[test]
fn references_lead_to_fields_that_there_are() {
    let reference = |dataset: &str, field: &str| {
        let meta = format!("references: [{{dataset: {dataset}, field: {field}}}]");
        wrong(&shop(&meta, ""))
    };
    let fine = "references: [{dataset: desk, field: ticket.customer_id, direction: to}]";
    read("f.yml", &shop(fine, "")).expect("loads");
    for (dataset, field, want) in [
        (
            "dsk",
            "ticket.customer_id",
            "f.yml:7:43: shop.customer.id.references[0].dataset: there is no dataset `dsk` here: give its file too; did you mean `desk`?",
        ),
        (
            "desk",
            "tickets.customer_id",
            "f.yml:7:56: shop.customer.id.references[0].field: there is no collection `tickets` in `desk`; did you mean `ticket`?",
        ),
        (
            "desk",
            "ticket.customer",
            "f.yml:7:56: shop.customer.id.references[0].field: there is no field `customer` in `desk:ticket`",
        ),
        (
            "desk",
            "ticket.customer_ld",
            "f.yml:7:56: shop.customer.id.references[0].field: there is no field `customer_ld` in `desk:ticket`; did you mean `customer_id`?",
        ),
        (
            "desk",
            "ticket.customer_id.x",
            "f.yml:7:56: shop.customer.id.references[0].field: there is no field `customer_id.x`",
        ),
        (
            "shop",
            "customer.address.street",
            "f.yml:7:56: shop.customer.id.references[0].field: leads to its own collection",
        ),
        (
            "shop",
            "hidden.id",
            "f.yml:7:56: shop.customer.id.references[0].field: leads to `shop:hidden`, which is left out by `skip_processing`",
        ),
    ] {
        let found = reference(dataset, field);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(
            found[0].starts_with(want),
            "\nfound {}\nwant  {want}",
            found[0]
        );
    }
}

#[test]
fn nothing_waits_for_itself() {
    let order =
        |list: &str, names: &str| shop("", &format!("    fides_meta: {{{list}: [{names}]}}\n"));
    for list in ["after", "erase_after"] {
        read("f.yml", &order(list, "desk.ticket")).expect("loads");
        let itself = wrong(&order(list, "shop.customer"));
        assert_eq!(
            itself,
            [format!(
                "f.yml:10:{}: shop.customer.{list}[0]: waits for itself: shop:customer after shop:customer. Take one of these out",
                if list == "after" { 26 } else { 32 }
            )]
        );
        let nobody = wrong(&order(list, "desk.tickt"));
        assert!(nobody[0].contains("did you mean `ticket`?"), "{nobody:?}");
    }
    // By way of the datasets' order.
    let text = order("after", "desk.ticket") + "  fides_meta: {after: [shop]}\n";
    let round = wrong(&text);
    assert!(
        round[0].contains("waits for itself: desk:ticket after shop:customer after desk:ticket"),
        "{round:?}"
    );
}

#[test]
fn one_key_names_one_dataset_over_all_files() {
    let text = "dataset: [{fides_key: a, collections: []}]\n";
    let file = |name| File {
        name,
        bytes: text.as_bytes(),
    };
    let problems = load(&[file("one.yml"), file("two.yml")]).expect_err("are the same");
    assert_eq!(
        problems.to_string(),
        "two.yml:1:11: a: is another dataset's key already, in one.yml:1: choose another"
    );
}

#[test]
fn references_cross_files() {
    let one = "dataset: [{fides_key: a, collections: [{name: c, fields: [{name: f, fides_meta: {references: [{dataset: b, field: c.f}]}}]}]}]";
    let two = "dataset: [{fides_key: b, collections: [{name: c, fields: [{name: f}]}]}]";
    let file = |name, text: &'static str| File {
        name,
        bytes: text.as_bytes(),
    };
    load(&[file("one.yml", one), file("two.yml", two)]).expect("fit together");
    let alone = load(&[file("one.yml", one)]).expect_err("is not whole");
    assert!(
        alone
            .to_string()
            .ends_with("there is no dataset `b` here: give its file too")
    );
}

#[test]
fn dispositions_are_whole_and_name_collections() {
    let of = |own: &str| {
        wrong(&format!(
            "dataset: [{{fides_key: a, meta: {{habeas: {{collections: [{{{own}}}]}}}}, collections: [{{name: orders, fields: [{{name: clerk}}]}}]}}]"
        ))
    };
    for (own, want) in [
        (
            "name: order, disposition: delete",
            "a.meta.habeas.order: there is no collection `order` in `a`; did you mean `orders`?",
        ),
        (
            "name: orders, disposition: keep",
            "a.meta.habeas.orders: `keep` needs the legal `ground`",
        ),
        (
            "name: orders, disposition: delete, ground: tax",
            "a.meta.habeas.orders: only `keep` has a `ground`",
        ),
        (
            "name: orders",
            "a.meta.habeas.orders: is missing: `disposition`",
        ),
        (
            "name: orders, of_another: [clark]",
            "a.meta.habeas.orders.of_another[0]: there is no field `clark` in `a:orders`; did you mean `clerk`?",
        ),
        (
            "name: orders, of_another: [clerk, clerk]",
            "a.meta.habeas.orders.of_another",
        ),
        (
            "name: orders, of_another: clerk",
            "a.meta.habeas.orders.of_another: want a list",
        ),
        (
            "name: orders, disposition: anonymize",
            "a.meta.habeas.orders.disposition: want `delete` or `anonymise` or `keep`; did you mean `anonymise`?",
        ),
        (
            "name: orders, dispositon: delete",
            "a.meta.habeas.orders.dispositon: is not a key",
        ),
    ] {
        let found = of(own);
        assert!(
            found.iter().any(|line| line.contains(want)),
            "{found:?}\nwant {want}"
        );
    }
}

#[test]
fn what_is_said_twice_is_refused() {
    let text = "dataset:\n- fides_key: a\n  name: one\n  name: two\n  collections: []\n";
    assert_eq!(
        wrong(text),
        ["f.yml:4:3: a.name: stands here twice, first in line 3: keep one"]
    );
    let meta = "dataset:\n- fides_key: a\n  collections: []\n  meta:\n    x: 1\n    x: 2\n";
    assert_eq!(
        wrong(meta),
        ["f.yml:6:5: a.meta.x: stands here twice, first in line 5: keep one"]
    );
}

#[test]
fn files_of_something_else_say_how_to_begin() {
    for (text, want) in [
        ("", "f.yml:1:1: is missing: begin the file with `dataset:`"),
        ("- a\n", "f.yml:1:1: want a map, not a list"),
        (
            "system: []\n",
            "f.yml:1:1: is missing: begin the file with `dataset:`",
        ),
        (
            "dataset: {}\n",
            "f.yml:1:10: dataset: want a list, not a map",
        ),
        ("dataset: [\n", "f.yml:1:10: is not YAML: unclosed bracket"),
        (
            "dataset: []\n---\ndataset: []\n",
            "f.yml:3:1: is not YAML: there is a second document",
        ),
        ("dataset: !!python/object:os.system []\n", "f.yml:1:"),
        ("? [a]\n: b\n", "f.yml:1:3: want a plain key"),
    ] {
        let found = wrong(text);
        assert!(
            found[0].starts_with(want),
            "\nfound {}\nwant  {want}",
            found[0]
        );
    }
}

#[test]
fn a_thousand_mistakes_are_counted_and_a_hundred_listed() {
    let fields = "    - {name: 1, colour: red}\n".repeat(1000);
    let text =
        format!("dataset:\n- fides_key: a\n  collections:\n  - name: c\n    fields:\n{fields}");
    let problems = read("f.yml", &text).expect_err("is wrong");
    assert_eq!(problems.all.len(), Problems::MOST);
    assert_eq!(problems.more, 2000 - 1 - Problems::MOST);
    assert!(problems.to_string().ends_with("and 1899 more"));
}
