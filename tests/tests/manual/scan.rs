//! The tests that carry a row's number in their names, out of every source of the workspace.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The folders in which tests stand.
const FOLDERS: [&str; 6] = ["shared/src", "shared/tests", "host/src", "host/tests", "firmware/src", "tests/tests"];

/// The root of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// The names of tests by row, and by file within it.
pub type Tests = BTreeMap<String, BTreeMap<String, Vec<String>>>;

/// Every test of a kind: `attack` or `quirk`.
pub fn tests(kind: &str) -> Tests {
    let mut found = Tests::new();
    for folder in FOLDERS {
        for file in sources(&root().join(folder)) {
            let name = file.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
            let source = fs::read_to_string(&file).unwrap();
            let lines: Vec<&str> = source.lines().map(str::trim).collect();
            for (index, line) in lines.iter().enumerate() {
                let Some(rest) = line.strip_prefix(&format!("fn {kind}_")) else { continue };
                let test = format!("{kind}_{}", rest.split('(').next().unwrap());
                let row = row_of(rest).unwrap_or_else(|| panic!("{name}: {test} does not begin with a row of two digits"));
                let attributes =
                    lines.iter().take(index).rev().take_while(|above| above.starts_with('#') || above.starts_with("//"));
                assert!(attributes.clone().any(|above| *above == "#[test]"), "{name}: {test} is no test");
                assert!(!attributes.clone().any(|above| above.starts_with("#[ignore")), "{name}: {test} is ignored");
                found.entry(row).or_default().entry(name.clone()).or_default().push(test);
            }
        }
    }
    found
}

/// `04`, `37a`: two digits, or two digits and a letter.
fn row_of(rest: &str) -> Option<String> {
    let (row, _) = rest.split_once('_')?;
    let (digits, letter) = row.split_at_checked(2)?;
    let is_row = digits.bytes().all(|digit| digit.is_ascii_digit()) && matches!(letter, "" | "a");
    is_row.then(|| row.to_owned())
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn rows_have_two_digits() {
    assert_eq!(row_of("04_something("), Some("04".into()));
    assert_eq!(row_of("37a_another_card("), Some("37a".into()));
    for other in ["4_something(", "004_something(", "xx_", "37b_something(", "04("] {
        assert_eq!(row_of(other), None, "{other}");
    }
}
