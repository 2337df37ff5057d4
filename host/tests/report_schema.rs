//! Every JSON document of a read and a verification satisfies the published schema, and the schema refuses what it should.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::process::{Command, Stdio};

use jsonschema::Validator;
use serde_json::{Value, json};

const SCHEMA: &str = include_str!("../schema/report-v1.schema.json");

fn validator() -> Validator {
    jsonschema::validator_for(&serde_json::from_str(SCHEMA).unwrap()).unwrap()
}

fn soat(folder: &std::path::Path, line: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_soat"))
        .args(line.split(' '))
        .current_dir(folder)
        .env("SOAT_TRUST", folder.join("trust"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn check(validator: &Validator, text: &str) -> Value {
    let document: Value = serde_json::from_str(text).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?} in {document:#}");
    document
}

#[test]
fn every_kind_of_document_satisfies_the_schema() {
    let folder = tempfile::tempdir().unwrap();
    let validator = validator();
    let run = |line: &str| soat(folder.path(), line);
    let read = check(&validator, &run("read --reader virtual --json --timings --save card.soat"));
    assert_eq!((&read["overall"], &read["demonstration"]), (&json!("successful"), &json!(true)));
    assert_eq!(read["identity"]["personal_number"], json!("001199000001"));
    assert_eq!(read["saved"], json!("card.soat"));

    let verified = check(&validator, &run("verify card.soat --json"));
    assert_eq!((&verified["overall"], &verified["exit_code"]), (&json!("undetermined"), &json!(3)));
    assert_eq!(verified["evidence_sha256"], read["evidence_sha256"], "the saved dossier is another than the one reported");
    assert!(verified["identity"].is_null());

    let child =
        check(&validator, &run("read --reader virtual:vietnam-no-expiry --json --profile strict --challenge 0123456789abcdef"));
    assert_eq!(child["active_authentication"], json!({ "challenge": "0123456789ABCDEF", "challenge_source": "relying_party" }));

    let denied = check(&validator, &run("read --reader virtual --can 999999 --json"));
    assert_eq!((&denied["error"]["code"], &denied["exit_code"]), (&json!("card-access-denied"), &json!(4)));
    let missing = check(&validator, &run("verify missing.soat --json"));
    assert_eq!((&missing["error"]["code"], &missing["exit_code"]), (&json!("file-unreadable"), &json!(2)));

    let lines = run("verify card.soat missing.soat --json");
    let rows: Vec<Value> = lines.lines().map(|line| check(&validator, line)).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[1]["source"], json!("missing.soat"));
}

#[test]
fn every_virtual_card_satisfies_the_schema() {
    let folder = tempfile::tempdir().unwrap();
    let validator = validator();
    for name in ["vietnam-2021", "vietnam-child", "passport-td3", "sod-rsa2048-pkcs1-sha1"] {
        let document =
            check(&validator, &soat(folder.path(), &format!("read --reader virtual:{name} --json --now 2026-11-22T08:00:00Z")));
        assert_eq!(document["source"], json!(format!("virtual:{name}")));
    }
}

#[test]
fn an_identity_beside_a_verdict_that_did_not_pass_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let validator = validator();
    let mut document: Value = serde_json::from_str(&soat(folder.path(), "read --reader virtual --json")).unwrap();
    assert!(validator.is_valid(&document));
    document["overall"] = json!("failed");
    assert!(!validator.is_valid(&document));
    document["identity"] = Value::Null;
    assert!(validator.is_valid(&document));
    document["surprise"] = json!(1);
    assert!(!validator.is_valid(&document));
}
