//! The report in the words of BSI TR-03135-1: what is written beside the report, for a genuine card and an altered one.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

const NOW: &str = "2026-11-22T08:00:00Z";

fn soat(folder: &Path, line: &str) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_soat"))
        .args(line.split(' '))
        .current_dir(folder)
        .env("SOAT_TRUST", folder.join("trust"))
        .env("LANG", "en")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

fn document(folder: &Path, name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join(name)).unwrap()).unwrap()
}

/// The rows of a table: file, result, whether the table knows it.
fn rows<'a>(document: &'a Value, table: &str) -> Vec<(&'a Value, &'a Value)> {
    let of_table = document["checks"].as_array().unwrap().iter().filter(|row| row["table"] == json!(table));
    of_table.map(|row| (&row["file"], &row["result"])).collect()
}

#[test]
fn a_genuine_card_and_an_altered_one() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (code, told) = soat(folder, &format!("read --reader virtual --now {NOW} --tr03135 good.json"));
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("good.json"));
    let good = document(folder, "good.json");
    assert_eq!((&good["overall"]["result"], &good["overall"]["section"]), (&json!("successful"), &json!("5.4")));
    assert_eq!(rows(&good, "5.28"), [(&Value::Null, &json!("successful"))]);
    assert_eq!(rows(&good, "5.33"), [(&Value::Null, &json!("successful"))]);
    assert_eq!(rows(&good, "5.38").len(), 1);
    let groups = rows(&good, "5.42");
    assert_eq!(groups.iter().filter(|(_, result)| **result == json!("identical")).count(), 5, "{groups:?}");
    assert!(groups.contains(&(&json!("DG3"), &json!("present"))));
    for row in good["checks"].as_array().unwrap() {
        let is_ours = row["class"] == json!("none");
        assert_eq!(row["section"].is_null(), is_ours, "{row}");
        for error in
            [&row["error"]].into_iter().chain(row["findings"].as_array().into_iter().flatten()).filter(|error| !error.is_null())
        {
            assert!((1_000..=999_999).contains(&error["error_code"].as_u64().unwrap()), "{error}");
            assert!(!error["description"].as_str().unwrap().is_empty());
        }
    }

    let card = card_fixtures::personalisation::personalise("vietnam-2024").unwrap();
    fs::create_dir(folder.join("altered")).unwrap();
    for (identifier, name) in [(0x011D, "EF_SOD.bin"), (0x0101, "DG1.bin")] {
        let mut bytes = card.application_files[&identifier].clone();
        if identifier == 0x0101 {
            *bytes.last_mut().unwrap() ^= 1;
        }
        fs::write(folder.join("altered").join(name), bytes).unwrap();
    }
    assert_eq!(soat(folder, &format!("verify altered --now {NOW} --tr03135 altered.json")).0, 1);
    let altered = document(folder, "altered.json");
    assert_eq!(altered["overall"]["result"], json!("failed"));
    assert!(rows(&altered, "5.42").contains(&(&json!("DG1"), &json!("not identical"))));
    let text = fs::read_to_string(folder.join("good.json")).unwrap();
    assert!(!text.contains("001199000001") && !text.contains("Nguy"), "personal data in a log of checks");

    // Never over another file, and one card in a file.
    assert_eq!(soat(folder, &format!("read --reader virtual --now {NOW} --tr03135 good.json")).0, 2);
    assert_eq!(soat(folder, &format!("verify altered altered --now {NOW} --tr03135 both.json")).0, 2);
    assert!(!folder.join("both.json").exists());
}
