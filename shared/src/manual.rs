//! What the toolkit stands against and what it bears: a table of each, with the tests of every row.
//!
//! Nothing but documentation. Both pages are generated from the tests, and a test fails where they are not what the tests say.

pub mod attacks;
pub mod quirks;
