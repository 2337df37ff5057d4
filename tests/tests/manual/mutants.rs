//! `tests/mutants.json`: what a test of each attack fails for. The list is run by hand (`mutants run`); here it is kept from growing stale.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::{attacks, scan};

#[test]
fn every_attack_has_a_defence_that_can_be_switched_off() {
    let list = fs::read_to_string(scan::root().join("tests/mutants.json")).unwrap();
    let list: Vec<Value> = serde_json::from_str(&list).unwrap();
    let tests = scan::tests("attack");
    let mut rows = BTreeSet::new();
    for mutant in &list {
        let text = |name: &str| mutant[name].as_str().unwrap();
        let source = fs::read_to_string(scan::root().join(text("file"))).unwrap();
        assert_eq!(source.matches(text("find")).count(), 1, "{}: {}", text("file"), text("find"));
        assert!(text("replace").contains("OFF"), "{}", text("replace"));
        let fails: Vec<&str> = mutant["fails"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        assert!(!fails.is_empty());
        for name in fails {
            let known = tests[text("row")].values().flatten().any(|test| test == name);
            assert!(known, "row {} has no test {name}", text("row"));
        }
        rows.insert(text("row").to_owned());
    }
    let all: BTreeSet<String> = attacks::ROWS.iter().map(|(row, ..)| (*row).to_owned()).collect();
    assert_eq!(rows, all);
}
