//! The standard is implemented here a second time: no dependency, of any kind, may lead to the first.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

#[test]
fn no_path_to_soat() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--all-features", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();

    let names: BTreeMap<&str, &str> = array(&metadata["packages"])
        .map(|package| (package["id"].as_str().unwrap(), package["name"].as_str().unwrap()))
        .collect();
    assert!(names.values().any(|name| *name == "soat"), "the metadata names soat, so that its absence below says something");

    // Normal, build and dev-dependencies of the resolved graph, on every platform.
    let edges: BTreeMap<&str, Vec<&str>> = array(&metadata["resolve"]["nodes"])
        .map(|node| (node["id"].as_str().unwrap(), array(&node["deps"]).map(|dep| dep["pkg"].as_str().unwrap()).collect()))
        .collect();
    let start = *names.iter().find(|(_, name)| **name == "card-fixtures").unwrap().0;
    let mut reached = BTreeSet::new();
    let mut open = vec![start];
    while let Some(id) = open.pop() {
        if reached.insert(id) {
            open.extend(&edges[id]);
        }
    }
    let reached: BTreeSet<&str> = reached.into_iter().map(|id| names[id]).collect();
    assert!(reached.contains("num-bigint") && reached.contains("tempfile"), "the walk saw normal and dev-dependencies");
    for ours in ["soat", "soat-host", "soat-firmware", "soat-tests"] {
        assert!(!reached.contains(ours), "card-fixtures depends on {ours}");
    }
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
