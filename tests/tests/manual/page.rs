//! One page: a head, and a table with a line a row.

use std::collections::BTreeSet;
use std::fs;

use crate::scan::{self, Tests};

/// Compares a page with what the tests say, or writes it where `SOAT_BLESS` is set.
pub fn compare<const ROWS: usize>(
    kind: &str,
    name: &str,
    head: &str,
    columns: &[&str],
    rows: &[(&'static str, Vec<&'static str>); ROWS],
    numbers: &[String],
) {
    let tests = scan::tests(kind);
    let described: BTreeSet<&str> = rows.iter().map(|(row, _)| *row).collect();
    let expected: BTreeSet<&str> = numbers.iter().map(String::as_str).collect();
    assert_eq!(described, expected, "the rows of the page are not those of the table");
    assert_eq!(described.len(), ROWS, "a row stands twice");
    let untested: Vec<_> = described.iter().filter(|row| !tests.contains_key(**row)).collect();
    assert!(untested.is_empty(), "no test is named {kind}_NN for the rows {untested:?}");
    let unknown: Vec<_> = tests.keys().filter(|row| !described.contains(row.as_str())).collect();
    assert!(unknown.is_empty(), "there are tests for the rows {unknown:?}, which the page does not have");

    let page = write(head, columns, rows, &tests);
    let path = scan::root().join("shared/src/manual").join(format!("{name}.rs"));
    if std::env::var_os("SOAT_BLESS").is_some() {
        fs::write(path, page).unwrap();
        return;
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    let differs = committed.lines().zip(page.lines()).find(|(committed, page)| committed != page);
    assert!(committed == page, "{} is not what the tests say (SOAT_BLESS=1 writes it anew): {differs:?}", path.display());
}

fn write<const ROWS: usize>(
    head: &str,
    columns: &[&str],
    rows: &[(&'static str, Vec<&'static str>); ROWS],
    tests: &Tests,
) -> String {
    let mut page = String::new();
    for line in head.trim().lines() {
        page += format!("//! {line}").trim_end();
        page += "\n";
    }
    page += &format!("//!\n//! | | {} | Tests |\n//! |---|{}---|\n", columns.join(" | "), "---|".repeat(columns.len()));
    for (row, texts) in rows {
        let files = tests[*row].iter().map(|(file, names)| format!("{file}: `{}`", names.join("`, `")));
        page += &format!("//! | {row} | {} | {} |\n", texts.join(" | "), files.collect::<Vec<_>>().join("<br>"));
    }
    page
}
