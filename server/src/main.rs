//! The `habeas` binary.
fn main() {}
