//! The command over data made by others: specimens, security objects and master lists of real issuers.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use soat_tests::command::{Finished, run, soat};
use soat_tests::real_data;

/// A moment of the year in which the lists were fetched.
const NOW: &str = "2026-08-01T00:00:00Z";

fn verify(paths: &[&Path], trust: &Path) -> Finished {
    let mut command = soat(&["verify", "--json", "--now", NOW, "--trust"]);
    run(command.arg(trust).args(paths))
}

fn report(path: &Path) -> (i32, Value) {
    let empty = tempfile::tempdir().unwrap();
    let finished = verify(&[path], empty.path());
    let document = serde_json::from_str(&finished.stdout).unwrap_or_else(|error| panic!("{error}: {finished:?}"));
    (finished.code, document)
}

/// Outcome and reason of a check; `file` for hashes.
fn check<'a>(report: &'a Value, name: &str, file: Option<&str>) -> (&'a str, &'a str) {
    let row = report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["check"] == name && file.is_none_or(|file| row["file"] == file))
        .unwrap_or_else(|| panic!("no row {name} {file:?} in {report:#}"));
    (row["outcome"].as_str().unwrap(), row["reason"].as_str().unwrap_or(""))
}

#[test]
fn the_dutch_specimen_of_2006_is_whole_and_its_issuer_unknown() {
    let Some(data) = real_data::folder() else { return };
    let (code, report) = report(&data.join("loes2006"));
    assert_eq!(code, 3);
    assert_eq!(report["overall"], "undetermined");
    assert_eq!(check(&report, "sod_signature", None), ("successful", ""));
    for file in ["DG1", "DG2", "DG15"] {
        assert_eq!(check(&report, "file_hash", Some(file)), ("successful", ""), "{file}");
    }
    assert_eq!(check(&report, "chain", None), ("undetermined", "chain.issuer_unknown"));
    assert_eq!(check(&report, "validity_today", None), ("failed", "ds.expired"));
    assert_eq!(check(&report, "chip_authenticity", None), ("undetermined", "chip.not_proven"));
    assert!(report["identity"].is_null(), "no identity before the verdict");
}

#[test]
fn the_german_specimen_of_2008_is_whole_and_its_unlisted_dg15_refused() {
    let Some(data) = real_data::folder() else { return };
    let (code, report) = report(&data.join("bsi-silver-2008"));
    assert_eq!(code, 3);
    assert_eq!(check(&report, "sod_signature", None), ("successful", ""));
    for file in ["DG1", "DG2", "DG3", "DG4", "DG14"] {
        assert_eq!(check(&report, "file_hash", Some(file)), ("successful", ""), "{file}");
    }
    assert_eq!(check(&report, "file_hash", Some("DG15")).1, "dg15.unlisted");
    assert_eq!(check(&report, "chain", None), ("undetermined", "chain.issuer_unknown"));
}

#[test]
fn a_byte_changed_in_a_specimen_is_found() {
    let Some(data) = real_data::folder() else { return };
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(data.join("loes2006")).unwrap() {
        let entry = entry.unwrap();
        fs::write(folder.path().join(entry.file_name()), fs::read(entry.path()).unwrap()).unwrap();
    }
    let dg1 = folder.path().join("ef0101.bin");
    let mut bytes = fs::read(&dg1).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&dg1, bytes).unwrap();
    let (code, report) = report(folder.path());
    assert_eq!(code, 1);
    assert_eq!(check(&report, "file_hash", Some("DG1")), ("failed", "dg1.hash_mismatch"));
}

#[test]
fn each_security_object_ends_as_its_name_says() {
    let Some(data) = real_data::folder() else { return };
    let mut seen = 0;
    for entry in fs::read_dir(data.join("sods")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let (code, report) = report(&path);
        let signature = check(&report, "sod_signature", None);
        if name.contains(".valid.") {
            assert_eq!((code, signature), (3, ("successful", "")), "{name}");
        } else {
            assert_eq!((code, signature.0), (1, "failed"), "{name}");
            let reasons = if name.contains(".bad-signature.") {
                ["sod.signature_invalid", "sod.signature_invalid"]
            } else {
                ["sod.signature_invalid", "sod.message_digest_mismatch"]
            };
            assert!(reasons.contains(&signature.1), "{name}: {}", signature.1);
        }
        seen += 1;
    }
    assert_eq!(seen, 12);
}

#[test]
fn a_folder_of_security_objects_gives_a_row_each() {
    let Some(data) = real_data::folder() else { return };
    let trust = tempfile::tempdir().unwrap();
    let finished = verify(&[&data.join("sods")], trust.path());
    assert_eq!((finished.code, finished.stdout.lines().count()), (1, 12), "{finished:?}");
}

#[test]
fn a_security_object_without_its_wrapper_is_the_same() {
    let Some(data) = real_data::folder() else { return };
    let wrapped = fs::read(data.join("sods/at-ecdsa-sha256.valid.bin")).unwrap();
    let header = soat::tlv::Cursor::new(&wrapped, soat::tlv::Rules::Ber).read().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let bare = folder.path().join("bare.bin");
    fs::write(&bare, header.value).unwrap();
    let (code, report) = report(&bare);
    assert_eq!(code, 3);
    assert_eq!(check(&report, "sod_signature", None), ("successful", ""));
}

#[test]
fn many_paths_give_a_row_each_and_the_worst_code() {
    let Some(data) = real_data::folder() else { return };
    let trust = tempfile::tempdir().unwrap();
    let sods = data.join("sods");
    let finished = verify(
        &[&data.join("loes2006"), &sods.join("us-rsa.valid.bin"), &sods.join("gb-ecdsa-sha256.bad-content.bin")],
        trust.path(),
    );
    assert_eq!(finished.code, 1, "{finished:?}");
    let rows: Vec<Value> = finished.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 3);
    let overall: Vec<&str> = rows.iter().map(|row| row["overall"].as_str().unwrap()).collect();
    assert_eq!(overall, ["undetermined", "undetermined", "failed"], "in the order of the arguments");
}

/// A list, the root that signed its signer, and how many certificates it brings.
fn lists(data: &Path) -> Vec<(PathBuf, PathBuf, usize)> {
    let folder = data.join("master-lists");
    vec![
        (folder.join("DE_ML_2025-06-25-09-31-57.ml"), folder.join("DE_ROOT_CA_CSCA07.cer"), 559),
        (folder.join("NL_ML_2026-02-16.ml"), folder.join("NL_ROOT_CA.cer"), 392),
    ]
}

fn import(trust: &Path, list: &Path, signer: &str) -> Finished {
    let mut command = soat(&["trust", "import", "--trust"]);
    run(command.arg(trust).arg(list).args(["--signer", signer]))
}

fn anchors(trust: &Path) -> usize {
    let mut command = soat(&["trust", "list", "--json", "--trust"]);
    let finished = run(command.arg(trust));
    let document: Value = serde_json::from_str(&finished.stdout).unwrap_or_else(|error| panic!("{error}: {finished:?}"));
    document["anchors"].as_array().unwrap().len()
}

#[test]
fn master_lists_import_under_their_own_roots() {
    let Some(data) = real_data::folder() else { return };
    for (list, root, count) in lists(&data) {
        let trust = tempfile::tempdir().unwrap();
        let finished = import(trust.path(), &list, root.to_str().unwrap());
        assert_eq!(finished.code, 0, "{finished:?}");
        let counts = format!("{count} anchors added, 0 were there already, 0 refused.\n");
        assert_eq!((finished.stdout, anchors(trust.path())), (counts, count), "{}", list.display());
    }
}

#[test]
fn older_and_icao_lists_import_under_roots_that_a_verified_list_brought() {
    let Some(data) = real_data::folder() else { return };
    let folder = data.join("master-lists");
    let trust = tempfile::tempdir().unwrap();
    assert_eq!(
        import(trust.path(), &folder.join("NL_ML_2026-02-16.ml"), folder.join("NL_ROOT_CA.cer").to_str().unwrap()).code,
        0
    );
    let german = "66b09a816ff5c76d3d6ef10f035ded4a8ac4b961b75955f1d5926dc3c63ecb5b";
    let united_nations = "920693cd1283824ffdf48a3579fc35528122f3de46bab2ecdaef402db6d92e4e";
    for (list, signer, count) in
        [("DE_ML_2024-08-07-07-38-24.ml", german, 541), ("ICAO_ml_September2023.ml", united_nations, 394)]
    {
        let before = anchors(trust.path());
        let finished = import(trust.path(), &folder.join(list), signer);
        assert_eq!(finished.code, 0, "{list}: {finished:?}");
        let added = anchors(trust.path()) - before;
        let counts = format!("{added} anchors added, {} were there already, 0 refused.\n", count - added);
        assert_eq!(finished.stdout, counts, "{list}");
    }
}

#[test]
fn a_list_under_another_root_or_with_a_changed_byte_imports_nothing() {
    let Some(data) = real_data::folder() else { return };
    let folder = data.join("master-lists");
    let trust = tempfile::tempdir().unwrap();
    let list = folder.join("DE_ML_2025-06-25-09-31-57.ml");
    let other_root = import(trust.path(), &list, folder.join("NL_ROOT_CA.cer").to_str().unwrap());
    assert_eq!(other_root.code, 2, "{other_root:?}");

    let mut bytes = fs::read(&list).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let changed = trust.path().parent().unwrap().join("soat-changed-list.ml");
    fs::write(&changed, bytes).unwrap();
    let finished = import(trust.path(), &changed, folder.join("DE_ROOT_CA_CSCA07.cer").to_str().unwrap());
    fs::remove_file(&changed).unwrap();
    assert_eq!(finished.code, 2, "{finished:?}");
    assert_eq!(anchors(trust.path()), 0);
}
