//! What a request goes through: the parts that exports write, and the package made of them.

pub mod package;
pub mod parts;
