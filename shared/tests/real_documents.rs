//! Specimens and security objects of real issuers, inspected as raw files. None of it is part of this project; where it is not there,
//! each test says so loudly and checks nothing.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs;
use std::path::{Path, PathBuf};

use soat::crypto::rustcrypto::RustCrypto;
use soat::dossier::{DataGroup, Dossier, FileContent, FileId, FileRecord, Origin};
use soat::inspection::{CheckKind, Inspector, Outcome, Overall, Profile, ReasonCode, Report, inspect};
use soat::pki::TrustStore;
use soat::time::Timestamp;

/// 2026-11-22
const NOW: Timestamp = Timestamp(1_795_305_600);

fn data(relative: &str) -> Option<PathBuf> {
    let base = std::env::var_os("SOAT_REAL_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    let path = base.join(relative);
    if path.exists() {
        return Some(path);
    }
    eprintln!("SKIPPED, NOTHING CHECKED: {} is not there; set SOAT_REAL_DATA", path.display());
    None
}

fn raw_files(folder: &Path, files: &[(FileId, &str)]) -> Dossier {
    let mut dossier = Dossier::new(Origin::RawFiles);
    for (file, name) in files {
        dossier.files.insert(*file, FileRecord::Read(FileContent::Bytes(fs::read(folder.join(name)).unwrap())));
    }
    dossier
}

fn group(number: u8) -> FileId {
    DataGroup::new(number).unwrap().into()
}

fn bsi_specimen() -> Option<Dossier> {
    let folder = data("bsi-silver-2008")?;
    let mut files = vec![(FileId::Com, "EF_COM.bin".to_owned()), (FileId::Sod, "EF_SOD.bin".to_owned())];
    files.extend([1, 2, 3, 4, 14, 15].map(|number| (group(number), format!("Datagroup{number}.bin"))));
    let files: Vec<_> = files.iter().map(|(file, name)| (*file, name.as_str())).collect();
    Some(raw_files(&folder, &files))
}

fn dutch_specimen() -> Option<Dossier> {
    let files = [
        (FileId::Com, "ef011E.bin"),
        (FileId::Sod, "ef011D.bin"),
        (group(1), "ef0101.bin"),
        (group(2), "ef0102.bin"),
        (group(15), "ef010F.bin"),
    ];
    Some(raw_files(&data("loes2006")?, &files))
}

fn judge(dossier: &Dossier, profile: Profile) -> Report {
    inspect(dossier, &TrustStore::new(), &profile, NOW, &RustCrypto)
}

fn ended(report: &Report, kind: CheckKind) -> (Outcome, Option<&'static str>) {
    let check = report.check(kind).unwrap_or_else(|| panic!("no row {kind:?}"));
    (check.outcome, check.reason.map(ReasonCode::as_str))
}

const GOOD: (Outcome, Option<&str>) = (Outcome::Successful, None);

#[test]
fn the_german_specimen_is_right_and_its_issuer_unknown() {
    let Some(dossier) = bsi_specimen() else { return };
    let report = judge(&dossier, Profile::OPERATIONAL);
    assert_eq!(ended(&report, CheckKind::SodSignature), GOOD);
    assert_eq!(ended(&report, CheckKind::SodContent), GOOD);
    for number in [1, 2, 3, 4, 14] {
        assert_eq!(ended(&report, CheckKind::FileHash(group(number))), GOOD, "DG{number}");
    }
    assert_eq!(ended(&report, CheckKind::FileHash(group(15))), (Outcome::Failed, Some("dg15.unlisted")));
    assert_eq!(
        ended(&report, CheckKind::ActiveAuthentication),
        (Outcome::NotSupported, Some("chip.active_authentication_not_offered"))
    );
    assert_eq!(ended(&report, CheckKind::Chain), (Outcome::Undetermined, Some("chain.issuer_unknown")));
    assert_eq!(ended(&report, CheckKind::ValidityToday), (Outcome::Failed, Some("ds.expired")));
    assert_eq!(ended(&report, CheckKind::ChipAuthenticity), (Outcome::Undetermined, Some("chip.not_proven")));
    assert_eq!(report.overall, Overall::Undetermined);
    assert!(report.identity().is_none());
}

#[test]
fn the_dutch_specimen_is_right_and_its_issuer_unknown() {
    let Some(dossier) = dutch_specimen() else { return };
    let report = judge(&dossier, Profile::OPERATIONAL);
    assert_eq!(ended(&report, CheckKind::SodSignature), GOOD);
    for number in [1, 2, 15] {
        assert_eq!(ended(&report, CheckKind::FileHash(group(number))), GOOD, "DG{number}");
    }
    assert_eq!(ended(&report, CheckKind::Chain), (Outcome::Undetermined, Some("chain.issuer_unknown")));
    assert_eq!(ended(&report, CheckKind::ValidityToday), (Outcome::Failed, Some("ds.expired")));
    assert_eq!(report.overall, Overall::Undetermined);
}

#[test]
fn the_signatures_of_the_specimens_pass_the_strict_profile_too() {
    for dossier in [dutch_specimen(), bsi_specimen()].into_iter().flatten() {
        let report = judge(&dossier, Profile::STRICT);
        let check = report.check(CheckKind::SodSignature).unwrap();
        assert_eq!((check.outcome, check.findings.len()), (Outcome::Successful, 0), "{check:?}");
    }
}

#[test]
fn an_altered_specimen_fails_and_says_which_file() {
    let Some(dossier) = bsi_specimen() else { return };
    for number in [1, 2, 3, 4, 14] {
        let mut altered = dossier.clone();
        if let Some(FileRecord::Read(FileContent::Bytes(bytes))) = altered.files.get_mut(&group(number)) {
            *bytes.last_mut().unwrap() ^= 1;
        }
        let report = judge(&altered, Profile::OPERATIONAL);
        assert_eq!(report.overall, Overall::Failed);
        let expected = format!("dg{number}.hash_mismatch");
        assert_eq!(ended(&report, CheckKind::FileHash(group(number))), (Outcome::Failed, Some(expected.as_str())));
    }
}

#[test]
fn a_file_that_was_not_supplied_is_no_failure() {
    let Some(mut dossier) = bsi_specimen() else { return };
    dossier.files.remove(&group(2));
    dossier.files.remove(&group(14));
    let report = judge(&dossier, Profile::OPERATIONAL);
    assert_eq!(ended(&report, CheckKind::FileHash(group(2))), (Outcome::Undetermined, Some("dg2.not_supplied")));
    assert_eq!(ended(&report, CheckKind::FileHash(group(14))), (Outcome::Undetermined, Some("dg14.not_supplied")));
    assert_eq!(report.overall, Overall::Undetermined);
}

#[test]
fn a_lone_security_object_ends_as_its_name_says() {
    let Some(folder) = data("sods") else { return };
    let trust = TrustStore::new();
    let mut inspector = Inspector::new(&trust, Profile::OPERATIONAL, &RustCrypto);
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let report = inspector.inspect(&raw_files(Path::new(""), &[(FileId::Sod, path.to_str().unwrap())]), NOW);
        let signature = ended(&report, CheckKind::SodSignature);
        let (expected, overall) = match name.rsplit('.').nth(1).unwrap() {
            "valid" => (GOOD, Overall::Undetermined),
            "bad-signature" => ((Outcome::Failed, Some("sod.signature_invalid")), Overall::Failed),
            _ => ((Outcome::Failed, Some("sod.message_digest_mismatch")), Overall::Failed),
        };
        assert_eq!((signature, report.overall), (expected, overall), "{name}");
        if overall == Overall::Undetermined {
            assert_eq!(ended(&report, CheckKind::Chain), (Outcome::Undetermined, Some("chain.issuer_unknown")), "{name}");
            assert!(report.signer().is_some());
        }
    }
}
