//! The table in the README is made from the table of test cases.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::suite::{Table, UNITS};

const BEGIN: &str = "<!-- conformance: made by `SOAT_BLESS=1 cargo test -p soat-tests --test conformance` -->\n";
const END: &str = "<!-- /conformance -->\n";

/// What the units are about.
const SUBJECTS: [(&str, &str); 18] = [
    ("ISO7816_A", "selecting the application"),
    ("ISO7816_B", "BAC, secure messaging"),
    ("ISO7816_C", "reading files"),
    ("ISO7816_D", "chip authentication"),
    ("ISO7816_E", "terminal authentication"),
    ("ISO7816_F", "active authentication"),
    ("ISO7816_G", "PACE"),
    ("LDS_A", "EF.COM"),
    ("LDS_B", "DG1"),
    ("LDS_C", "DG2"),
    ("LDS_D", "DG3"),
    ("LDS_E", "DG4"),
    ("LDS_F", "DG14"),
    ("LDS_G", "EF.CVCA"),
    ("LDS_H", "EF.SOD"),
    ("LDS_I", "DG15"),
    ("LDS_J", "EF.CardSecurity"),
    ("LDS_K", "EF.ATR/INFO"),
];

#[derive(Default)]
struct Counts {
    total: usize,
    passed: usize,
    gaps: usize,
    todo: usize,
    excluded: BTreeMap<String, usize>,
}

impl Counts {
    fn add(&mut self, other: &Self) {
        self.total += other.total;
        self.passed += other.passed;
        self.gaps += other.gaps;
        self.todo += other.todo;
        for (reason, count) in &other.excluded {
            *self.excluded.entry(reason.clone()).or_default() += count;
        }
    }

    fn row(&self, unit: &str, subject: &str) -> String {
        let number = |count: usize| if count == 0 { String::new() } else { count.to_string() };
        let excluded: Vec<String> = self.excluded.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
        let Self { total, passed, gaps, todo, .. } = self;
        format!(
            "| {unit} | {subject} | {total} | {} | {} | {} | {} |\n",
            number(*passed),
            number(*gaps),
            number(*todo),
            excluded.join(", ")
        )
    }
}

fn count(table: &Table, unit: &str) -> Counts {
    let mut counts = Counts::default();
    for entry in table.unit(unit) {
        counts.total += 1;
        if let Some(reason) = entry["excluded"].as_str() {
            *counts.excluded.entry(reason.to_owned()).or_default() += 1;
        } else if entry["todo"] == true {
            counts.todo += 1;
        } else if entry["known_gap"].is_null() {
            counts.passed += 1;
        } else {
            counts.gaps += 1;
        }
    }
    counts
}

fn markdown(table: &Table) -> String {
    let mut text = String::from(
        "| unit | about | test cases | passed | known gaps | not tested yet | left out |\n|---|---|---:|---:|---:|---:|---|\n",
    );
    let mut all = Counts::default();
    for ((unit, _), (of, subject)) in UNITS.into_iter().zip(SUBJECTS) {
        assert_eq!(unit, of);
        let counts = count(table, unit);
        text.push_str(&counts.row(unit, subject));
        all.add(&counts);
    }
    text.push_str(&all.row("**all**", ""));
    let undecided: Vec<&str> = UNITS
        .iter()
        .flat_map(|(unit, _)| table.unit(unit))
        .filter(|entry| entry["expected"]["outcome"] == "undetermined")
        .filter_map(|entry| entry["id"].as_str())
        .collect();
    writeln!(text, "\nOf those that passed, these end undecided in `strict`, as they must here: {}.", undecided.join(", "))
        .unwrap();
    let gaps: Vec<_> =
        UNITS.iter().flat_map(|(unit, _)| table.unit(unit)).filter(|entry| !entry["known_gap"].is_null()).collect();
    if !gaps.is_empty() {
        text.push_str("\nKnown gaps:\n\n");
        for entry in gaps {
            let text_of = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
            writeln!(text, "- {}: {}", text_of(&entry["id"]), text_of(&entry["known_gap"]["why"])).unwrap();
        }
    }
    text
}

/// The README has the table between its marks; `SOAT_BLESS=1` puts it there.
pub fn assert_shows(table: &Table) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).expect("the README has the mark where the table begins");
    let (shown, after) = rest.split_once(END).expect("the README has the mark where the table ends");
    let made = markdown(table);
    if std::env::var_os("SOAT_BLESS").is_some() {
        std::fs::write(path, [before, BEGIN, &made, END, after].concat()).unwrap();
    } else {
        assert_eq!(shown, made, "the README's table is out of date");
    }
}
