//! `survivors.json`: the mutants that no test fails for, each with the reason why none need.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

#[derive(Deserialize)]
struct Known {
    reason: String,
    mutants: Vec<String>,
}

/// What differs between the list and what survived of those that were tried.
pub fn compare(tried: &[&str], survived: &[String]) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("survivors.json");
    let list: Vec<Known> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut known: BTreeMap<&str, &str> = BTreeMap::new();
    for group in &list {
        assert!(!group.reason.is_empty());
        known.extend(group.mutants.iter().map(|mutant| (mutant.as_str(), group.reason.as_str())));
    }
    let mut faults: Vec<String> = Vec::new();
    faults.extend(survived.iter().filter(|key| !known.contains_key(key.as_str())).map(|key| format!("SURVIVED: {key}")));
    let stale = known.keys().filter(|key| tried.contains(key) && !survived.iter().any(|one| one == *key));
    faults.extend(stale.map(|key| format!("LISTED, AND CAUGHT: {key}")));
    faults
}
