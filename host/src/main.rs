//! The command `soat`.
fn main() {}
