//! What is bound to a statement: single values, and lists of any length as one.

/// A bound value. Each carries its type also when it is null, as PostgreSQL wants it.
#[derive(Debug, Clone)]
pub enum Value {
    Text(Option<String>),
    Int(Option<i64>),
    Blob(Option<Vec<u8>>),
}

macro_rules! values {
    ($($from:ty => $variant:ident, $value:ident => $convert:expr;)*) => {$(
        impl From<$from> for Value {
            fn from($value: $from) -> Self { Self::$variant(Some($convert)) }
        }
        impl From<Option<$from>> for Value {
            fn from(value: Option<$from>) -> Self { Self::$variant(value.map(|$value| $convert)) }
        }
    )*};
}
values! {
    &str => Text, v => v.to_owned();
    String => Text, v => v;
    &String => Text, v => v.clone();
    i64 => Int, v => v;
    u32 => Int, v => i64::from(v);
    i32 => Int, v => i64::from(v);
    bool => Int, v => i64::from(v);
    Vec<u8> => Blob, v => v;
}

/// Values to bind, in the order of `$1`, `$2`, …
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::store::Value::from($value)),*][..] };
}

/// A statement over a list that is bound to `$1` as JSON, between its two halves: `list.value` is each of it.
macro_rules! over_list {
    ($dialect:expr, $before:expr, $after:expr) => {
        match $dialect {
            $crate::store::Dialect::Sqlite => concat!($before, " json_each($1) AS list ", $after),
            $crate::store::Dialect::Pg => concat!(
                $before,
                " json_array_elements(CAST($1 AS json)) AS list (value) ",
                $after
            ),
        }
    };
}
pub(crate) use over_list;
