//! The pages `soat::manual::attacks` and `soat::manual::quirks`: made from the tests, and compared with what is committed.
//!
//! `SOAT_BLESS=1 cargo test -p soat-tests --test manual` writes them anew. A row without a test, a test without a row, and a name whose
//! number does not have two digits are failures.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

mod attacks;
mod mutants;
mod page;
mod quirks;
mod scan;

#[test]
fn the_page_of_attacks_is_that_of_the_tests() {
    let rows = attacks::ROWS.map(|(row, attack, defence)| (row, vec![attack, defence]));
    let numbers: Vec<String> = (1..=39).map(|number| format!("{number:02}")).chain(["37a".to_owned()]).collect();
    page::compare("attack", "attacks", attacks::HEAD, &["Attack", "What defeats it"], &rows, &numbers);
}

#[test]
fn the_page_of_quirks_is_that_of_the_tests() {
    let rows = quirks::ROWS.map(|(row, quirk, handling, strict)| (row, vec![quirk, handling, strict]));
    let numbers: Vec<String> = (1..=28).map(|number| format!("{number:02}")).collect();
    page::compare("quirk", "quirks", quirks::HEAD, &["What documents do", "How they are read", "In `strict`"], &rows, &numbers);
}
