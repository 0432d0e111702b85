//! What shops are made of: tables, rows, their description, and the bare statements that find one customer's.

/// How many rows whoever has most has.
pub(super) const MOST: u32 = 106_000;

/// A shop that can be made.
pub(super) struct Schema {
    /// As reports call it.
    pub(super) name: String,
    pub(super) customers: u32,
    /// Before the number of a customer in her id.
    pub(super) prefix: &'static str,
    /// Makes its tables, each with a row of every customer.
    pub(super) make: String,
    /// With `{url}` for the database's.
    pub(super) description: String,
    /// Finds a customer's rows: a statement for each table, all columns as text. `$1` is her id.
    pub(super) reads: Vec<String>,
    /// Deletes those that go.
    pub(super) deletes: Vec<String>,
    /// How many rows each customer has.
    pub(super) rows: u64,
    /// Makes two more customers, of the numbers that come next, each with [`MOST`] rows beside her own and what is needed for them.
    pub(super) many: String,
}

const HEAD: &str = r#"
id = "shop"
name = "Shop"
kind = "sql"
owner = "Customer service"
region = "eu-central"
country = "DE"
[sql]
url = "{url}"
"#;

/// Made-up tables in SQLite, all children of the customers.
pub(super) fn flat(children: &[String], customers: u32) -> Schema {
    let many = |number| {
        format!(
            "INSERT INTO customers VALUES ('c{number}', 'c{number}@mail.example', 'Customer {number}');
             {} INSERT INTO {table} (customer_id, at, says) SELECT 'c{number}', '2027-01-15T08:00:00Z', 'What was looked at, number ' || i FROM n;",
            numbers(MOST),
            table = children[0],
        )
    };
    let read =
        |table: &String| format!("SELECT at, says FROM {table} WHERE customer_id = $1 ORDER BY id");
    let delete = |table: &String| format!("DELETE FROM {table} WHERE customer_id = $1");
    let customer = "SELECT email, name FROM customers WHERE id = $1".to_owned();
    let gone = "DELETE FROM customers WHERE id = $1".to_owned();
    Schema {
        name: format!("{} tables", children.len() + 1),
        customers,
        prefix: "c",
        make: flat_tables(children, customers),
        description: flat_description(children),
        reads: children.iter().map(read).chain([customer]).collect(),
        deletes: children.iter().map(delete).chain([gone]).collect(),
        rows: children.len() as u64 + 1,
        many: many(customers + 1) + &many(customers + 2),
    }
}

/// Customers `c1`… with a row in each table.
fn flat_tables(children: &[String], customers: u32) -> String {
    let mut sql = format!(
        "CREATE TABLE customers (id TEXT PRIMARY KEY, email TEXT, name TEXT);
         {} INSERT INTO customers SELECT 'c' || i, 'c' || i || '@mail.example', 'Customer ' || i FROM n;
         CREATE INDEX customers_email ON customers (lower(email));",
        numbers(customers)
    );
    for table in children {
        sql.push_str(&format!(
            "CREATE TABLE {table} (id INTEGER PRIMARY KEY, customer_id TEXT REFERENCES customers (id), at TEXT, says TEXT);
             {} INSERT INTO {table} SELECT i, 'c' || i, '2027-01-15T08:00:00Z', 'What customer ' || i || ' left here' FROM n;
             CREATE INDEX {table}_customer ON {table} (customer_id);",
            numbers(customers)
        ));
    }
    sql
}

fn numbers(n: u32) -> String {
    format!("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {n})")
}

fn flat_description(children: &[String]) -> String {
    let mut toml = HEAD.to_owned()
        + r#"
[[collections]]
name = "customers"
title = "Customers"
key = ["id"]
disposition = { do = "delete" }
subject = { kind = "external_contact_id", column = "id" }
found_by = [ { kind = "email", column = "email", compare = "lower" } ]
fields = [ { name = "email", category = "user.contact.email", holds = "email" }, { name = "name", category = "user.name" } ]
"#;
    for table in children {
        toml.push_str(&format!(
            r#"[[collections]]
name = "{table}"
title = "{table}"
key = ["id"]
disposition = {{ do = "delete" }}
parent = {{ collection = "customers", column = "customer_id", references = "id" }}
fields = [ {{ name = "at", category = "user.behavior" }}, {{ name = "says", category = "user.content" }} ]
"#
        ));
    }
    toml
}

/// A collection of the example, of which her rows go.
struct Example {
    table: &'static str,
    key: &'static [&'static str],
    /// What the description says of whose its rows are.
    whose: &'static str,
    /// The columns that are handed over.
    columns: &'static [&'static str],
    /// Where her rows are, for a bare statement.
    hers: &'static str,
}

const ORDERS: &str = "order_id IN (SELECT id FROM orders WHERE customer_id = CAST($1 AS INT))";
const HERS: &str = "customer_id = CAST($1 AS INT)";
const BY_EMAIL: &str = "email = (SELECT email FROM customer WHERE id = CAST($1 AS INT))";

/// The tables of Fides' example for PostgreSQL that lead from a customer to something of hers; children before parents.
const EXAMPLE: [Example; 11] = [
    Example {
        table: "employee",
        key: &["id"],
        whose: r#"parent = { collection = "customer", column = "email", references = "email" }"#,
        columns: &["name"],
        hers: BY_EMAIL,
    },
    Example {
        table: "order_item",
        key: &["order_id", "item_no"],
        whose: r#"parent = { collection = "orders", column = "order_id", references = "id" }"#,
        columns: &["item_no", "quantity"],
        hers: ORDERS,
    },
    Example {
        table: "address",
        key: &["id"],
        whose: r#"parent = [
  { collection = "customer", column = "id", references = "address_id" },
  { collection = "payment_card", column = "id", references = "billing_address_id" },
  { collection = "orders", column = "id", references = "shipping_address_id" },
]"#,
        columns: &["house", "street", "city", "state", "zip"],
        hers: "id IN (SELECT address_id FROM customer WHERE id = CAST($1 AS INT) \
         UNION SELECT billing_address_id FROM payment_card WHERE customer_id = CAST($1 AS INT) \
         UNION SELECT shipping_address_id FROM orders WHERE customer_id = CAST($1 AS INT))",
    },
    Example {
        table: "orders",
        key: &["id"],
        whose: r#"parent = { collection = "customer", column = "customer_id", references = "id" }"#,
        columns: &["id"],
        hers: HERS,
    },
    Example {
        table: "payment_card",
        key: &["id"],
        whose: r#"parent = { collection = "customer", column = "customer_id", references = "id" }"#,
        columns: &["name", "ccn", "code", "preferred"],
        hers: HERS,
    },
    Example {
        table: "login",
        key: &["id"],
        whose: r#"parent = { collection = "customer", column = "customer_id", references = "id" }"#,
        columns: &["id", "time"],
        hers: HERS,
    },
    Example {
        table: "composite_pk_test",
        key: &["id_a", "id_b"],
        whose: r#"parent = { collection = "customer", column = "customer_id", references = "id" }"#,
        columns: &["description"],
        hers: HERS,
    },
    Example {
        table: "visit",
        key: &["email", "last_visit"],
        whose: r#"parent = { collection = "customer", column = "email", references = "email" }"#,
        columns: &["last_visit"],
        hers: BY_EMAIL,
    },
    Example {
        table: "service_request",
        key: &["id"],
        whose: r#"parent = { collection = "customer", column = "email", references = "email" }"#,
        columns: &["alt_email", "opened", "closed"],
        hers: BY_EMAIL,
    },
    Example {
        table: "report",
        key: &["id"],
        whose: r#"parent = { collection = "customer", column = "email", references = "email" }"#,
        columns: &["name", "year", "month", "total_visits"],
        hers: BY_EMAIL,
    },
    Example {
        table: "customer",
        key: &["id"],
        whose: r#"subject = { kind = "external_contact_id", column = "id" }
found_by = [ { kind = "email", column = "email", compare = "lower" } ]"#,
        columns: &["email", "name", "created"],
        hers: "id = CAST($1 AS INT)",
    },
];

/// Fides' example for PostgreSQL, of as many customers: each with a row in every table but that of the employees.
pub(super) fn example(customers: u32) -> Schema {
    let mut description = HEAD.to_owned();
    for one in EXAMPLE.iter().rev() {
        let columns = one.columns.iter();
        let fields = columns.map(|c| format!("{{ name = \"{c}\", category = \"user.behavior\" }}"));
        let fields = fields.collect::<Vec<_>>().join(", ");
        let Example {
            table, key, whose, ..
        } = one;
        description.push_str(&format!(
            "[[collections]]\nname = \"{table}\"\ntitle = \"{table}\"\nkey = {key:?}\ndisposition = {{ do = \"delete\" }}\n{whose}\nfields = [ {fields} ]\n"
        ));
    }
    let read = |one: &Example| {
        let columns = one.columns.iter().map(|c| format!("CAST({c} AS text)"));
        let columns = columns.collect::<Vec<_>>().join(", ");
        format!("SELECT {columns} FROM {} WHERE {}", one.table, one.hers)
    };
    let delete = |one: &Example| format!("DELETE FROM {} WHERE {}", one.table, one.hers);
    let many = |number: u32| {
        let many = include_str!("example_many.sql").replace("{number}", &number.to_string());
        many.replace(
            "{beyond}",
            &(number % 10 * 1_000_000 + 10_000_000).to_string(),
        )
    };
    Schema {
        name: "Fides' example".to_owned(),
        customers,
        prefix: "",
        make: include_str!("../../../tests/fixtures/fides/sql/postgres_example.sql").to_owned()
            + &include_str!("example.sql").replace("{customers}", &customers.to_string()),
        description,
        reads: EXAMPLE.iter().map(read).collect(),
        deletes: EXAMPLE.iter().map(delete).collect(),
        // They are no employees.
        rows: EXAMPLE.len() as u64 - 1,
        many: many(customers + 1) + &many(customers + 2),
    }
}
