//! Files and where they come from: attacks 4–6, 34, 38, and the rules for saved files.

use std::cell::Cell;

use card_fixtures::authority::SodOptions;
use soat::crypto::rustcrypto::RustCrypto;
use soat::crypto::{Digest, DigestAlgorithm, Provider, PublicKey};
use soat::dossier::{Dossier, FileContent, FileId, FileRecord, Origin};
use soat::inspection::{CheckKind, Inspector, Outcome, Overall, Profile, Report, Weight, evidence_digest, inspect, withhold};
use soat::pki::TrustStore;
use soat_tests::provider::{Asking, Signatures};

use crate::issued::{GOOD, Issued, NOW, assert_genuine, ended, failed, findings, group, overwrite, row, undetermined};

fn judge(issued: &Issued, dossier: &Dossier) -> Report {
    inspect(dossier, &issued.trust(), &Profile::OPERATIONAL, NOW, &RustCrypto)
}

/// The same content from elsewhere.
fn from(origin: Origin, dossier: &Dossier) -> Dossier {
    let mut other = Dossier::new(origin);
    other.files = dossier.files.clone();
    if origin == Origin::Saved {
        other.access = dossier.access.clone();
        other.chip_authentication = dossier.chip_authentication.clone();
        other.active_authentication = dossier.active_authentication.clone();
        other.read_at = Some(NOW);
    }
    other
}

#[test]
fn attack_06_every_file_that_was_read_is_hashed() {
    let issued = Issued::vietnam();
    assert_genuine(&issued);
    for (number, bytes) in issued.card.data_groups() {
        if issued.card.guarded_files.contains(&(0x0100 | u16::from(number))) {
            continue;
        }
        let mut dossier = issued.dossier();
        let mut altered = bytes.to_vec();
        *altered.last_mut().unwrap() ^= 1;
        overwrite(&mut dossier, group(number), altered);
        let report = judge(&issued, &dossier);
        let reason = format!("dg{number}.hash_mismatch");
        assert_eq!(ended(&report, CheckKind::FileHash(group(number))), (Outcome::Failed, Some(reason.as_str())));
        assert_eq!(report.overall, Overall::Failed);
        assert!(report.identity().is_none());
    }
}

#[test]
fn attack_04_files_for_chip_authenticity_withheld() {
    let issued = Issued::new("aa-p256-sha256");
    assert_eq!(issued.operational().overall, Overall::Successful);
    for (record, reason) in [
        (FileRecord::Refused { status: 0x6A82 }, "missing"),
        (FileRecord::Refused { status: 0x6982 }, "not_read"),
        (FileRecord::Skipped, "not_read"),
    ] {
        for number in [1, 14, 15] {
            let mut dossier = issued.dossier();
            dossier.files.insert(group(number), record.clone());
            let report = judge(&issued, &dossier);
            let reason = format!("dg{number}.{reason}");
            assert_eq!(ended(&report, CheckKind::FileHash(group(number))), (Outcome::Failed, Some(reason.as_str())));
            assert_eq!(report.overall, Overall::Failed);
        }
    }
}

#[test]
fn a_listed_file_that_the_chip_does_not_have() {
    let issued = Issued::vietnam();
    let mut dossier = issued.dossier();
    dossier.files.insert(group(2), FileRecord::Refused { status: 0x6A82 });
    let report = judge(&issued, &dossier);
    assert_eq!(ended(&report, CheckKind::FileHash(group(2))), failed("dg2.missing"));
    assert_eq!(report.overall, Overall::Failed);
}

#[test]
fn what_is_guarded_or_left_out_stays_outside() {
    let issued = Issued::vietnam();
    let mut dossier = issued.dossier();
    dossier.files.insert(group(2), FileRecord::Skipped);
    let report = judge(&issued, &dossier);
    for number in [2, 3] {
        let row = row(&report, CheckKind::FileHash(group(number)));
        assert_eq!((row.outcome, row.weight), (Outcome::NotSupported, Weight::Evaluatory));
    }
    assert_eq!(report.overall, Overall::Successful);
    assert!(report.identity().unwrap().face().is_none());
}

#[test]
fn a_read_that_broke_off_aborts() {
    let issued = Issued::vietnam();
    let mut dossier = issued.dossier();
    dossier.files.insert(group(2), FileRecord::Broken);
    let report = judge(&issued, &dossier);
    assert_eq!(ended(&report, CheckKind::FileHash(group(2))), (Outcome::Aborted, Some("dg2.read_aborted")));
    assert_eq!(report.overall, Overall::Aborted);
}

#[test]
fn attack_05_a_file_that_is_not_listed() {
    assert_genuine(&Issued::vietnam().signed(&SodOptions::default()));
    let issued = Issued::vietnam().signed(&SodOptions { omitted_groups: vec![13], ..SodOptions::default() });
    let report = issued.operational();
    assert_eq!(ended(&report, CheckKind::FileHash(group(13))), failed("dg13.unlisted"));
    assert_eq!(report.overall, Overall::Failed);
    // Among raw files it says nothing of the chip: it is refused and not counted, and nothing of it is used.
    let raw = judge(&issued, &from(Origin::RawFiles, &issued.dossier()));
    assert_eq!(ended(&raw, CheckKind::FileHash(group(13))), failed("dg13.unlisted"));
    assert_eq!(raw.overall, Overall::Undetermined);
}

#[test]
fn a_card_without_a_security_object() {
    let issued = Issued::vietnam();
    let mut dossier = issued.dossier();
    dossier.files.insert(FileId::Sod, FileRecord::Refused { status: 0x6A82 });
    let report = judge(&issued, &dossier);
    assert_eq!(ended(&report, CheckKind::SodSignature), failed("sod.missing"));
    let mut raw = from(Origin::RawFiles, &dossier);
    raw.files.remove(&FileId::Sod);
    let report = judge(&issued, &raw);
    assert_eq!(ended(&report, CheckKind::SodSignature), undetermined("sod.not_supplied"));
    assert_eq!(report.overall, Overall::Undetermined);
}

#[test]
fn a_file_given_as_digests_is_compared_and_not_used() {
    let issued = Issued::vietnam();
    let digests = |number: u8, alter: u8| {
        let (_, bytes) = issued.card.data_groups().find(|(found, _)| *found == number).unwrap();
        let mut octets = RustCrypto.digest(DigestAlgorithm::Sha256, &[bytes]).as_ref().to_vec();
        octets[0] ^= alter;
        let digests = vec![(DigestAlgorithm::Sha256, Digest::new(&octets).unwrap())];
        FileRecord::Read(FileContent::Digests { length: u32::try_from(bytes.len()).unwrap(), digests })
    };
    let mut dossier = issued.dossier();
    dossier.files.insert(group(13), digests(13, 0));
    let report = judge(&issued, &dossier);
    assert_eq!(report.overall, Overall::Successful);
    assert_eq!(findings(&report, CheckKind::FileHash(group(13))), ["file.digest_only"]);
    assert!(report.identity().unwrap().vietnamese().is_none());
    dossier.files.insert(group(13), digests(13, 1));
    let report = judge(&issued, &dossier);
    assert_eq!(ended(&report, CheckKind::FileHash(group(13))), failed("dg13.hash_mismatch"));
}

#[test]
fn from_a_file_chip_authentication_proves_nothing() {
    let issued = Issued::vietnam();
    assert_eq!(ended(&issued.operational(), CheckKind::ChipAuthenticity), GOOD);
    let mut dossier = issued.dossier();
    dossier.active_authentication = None;
    for origin in [Origin::Saved, Origin::RawFiles] {
        let report = judge(&issued, &from(origin, &dossier));
        assert_eq!(ended(&report, CheckKind::ChipAuthenticity), undetermined("chip.not_proven"), "{origin:?}");
        assert_eq!(report.overall, Overall::Undetermined);
    }
    let saved = judge(&issued, &from(Origin::Saved, &dossier));
    assert_eq!(findings(&saved, CheckKind::ValidityToday), ["evidence.time_unproven"]);
}

#[test]
fn from_a_file_active_authentication_is_verified_again() {
    let issued = Issued::new("aa-rsa2048-sha256");
    let report = judge(&issued, &from(Origin::Saved, &issued.dossier()));
    assert_eq!(ended(&report, CheckKind::ActiveAuthentication), GOOD);
    assert_eq!(report.overall, Overall::Successful);
}

#[test]
fn raw_files_that_lack_one() {
    let issued = Issued::new("passive-only");
    let mut dossier = from(Origin::RawFiles, &issued.dossier());
    assert_eq!(judge(&issued, &dossier).overall, Overall::Successful);
    dossier.files.remove(&group(2));
    let report = judge(&issued, &dossier);
    assert_eq!(ended(&report, CheckKind::FileHash(group(2))), undetermined("dg2.not_supplied"));
    assert_eq!(report.overall, Overall::Undetermined);
    dossier.files.remove(&FileId::Com);
    assert_eq!(ended(&judge(&issued, &dossier), CheckKind::SodContent), (Outcome::NotSupported, Some("com.not_supplied")));
}

#[test]
fn attack_34_one_digest_binds_the_report_to_its_evidence() {
    let issued = Issued::vietnam();
    let dossier = issued.dossier();
    let evidence = judge(&issued, &dossier).evidence;
    let mut saved = from(Origin::Saved, &dossier);
    saved.read_at = dossier.read_at;
    assert!(judge(&issued, &saved).evidence == evidence);
    let mut other = dossier.clone();
    other.files.insert(group(2), FileRecord::Skipped);
    assert!(judge(&issued, &other).evidence != evidence);
    let mut other = dossier;
    other.chip_authentication = None;
    assert!(judge(&issued, &other).evidence != evidence);
}

#[test]
fn attack_38_the_identity_is_what_was_signed() {
    let report = Issued::vietnam().operational();
    let identity = report.identity().unwrap();
    assert_eq!(identity.issuing_state(), Some("VNM"));
    assert_eq!(identity.personal_number().map(str::len), Some(12));
    assert!(!identity.full_name().unwrap().is_ascii());
    assert!(identity.face().is_some_and(|face| !face.bytes.is_empty()));
    assert!(identity.birth().is_some() && identity.issue().is_some());
    assert!(identity.sensitive().is_some_and(|sensitive| sensitive.ethnicity.is_none()), "named by no profile");
    assert_eq!(format!("{identity:?}"), "VerifiedIdentity");
    // Whatever the verdict is short of: there is nobody.
    let issued = Issued::vietnam();
    let mut altered = issued.dossier();
    altered.files.insert(group(2), FileRecord::Refused { status: 0x6A82 });
    let mut unread = issued.dossier();
    unread.files.insert(group(2), FileRecord::Broken);
    let mut unproven = issued.dossier();
    (unproven.chip_authentication, unproven.active_authentication) = (None, None);
    for (dossier, overall) in [(altered, Overall::Failed), (unread, Overall::Aborted), (unproven, Overall::Undetermined)] {
        let report = judge(&issued, &dossier);
        assert_eq!(report.overall, overall);
        assert!(report.identity().is_none());
    }
    assert!(inspect(&issued.dossier(), &TrustStore::new(), &Profile::OPERATIONAL, NOW, &RustCrypto).identity().is_none());
}

#[test]
fn a_document_signer_is_verified_once() {
    let issued = Issued::new("passive-only");
    let (trust, checked) = (issued.trust(), Cell::new(0));
    let counting = Asking(|_: &PublicKey| {
        checked.set(checked.get() + 1);
        Ok(Signatures::Checked)
    });
    let mut inspector = Inspector::new(&trust, Profile::OPERATIONAL, &counting);
    let first = inspector.inspect(&issued.dossier(), NOW);
    assert_eq!(checked.get(), 2);
    let second = inspector.inspect(&issued.dossier(), NOW);
    assert_eq!(checked.get(), 3);
    assert_eq!(first.checks, second.checks);
}

#[test]
fn a_withheld_file_leaves_the_evidence_what_it_was() {
    use DigestAlgorithm::{Sha1, Sha256, Sha384};
    // The hash that EF.SOD names, and beside SHA-1 a better one.
    for (personalisation, algorithms) in
        [("vietnam-2024", &[Sha256][..]), ("sod-rsa2048-pkcs1-sha1", &[Sha1, Sha256]), ("sod-rsa2048-pkcs1-sha384", &[Sha384])]
    {
        let issued = Issued::new(personalisation);
        let dossier = issued.dossier();
        let evidence = evidence_digest(&dossier, &RustCrypto);
        let last = *dossier.files.keys().rfind(|file| matches!(file, FileId::DataGroup(_))).unwrap();
        let mut released = dossier.clone();
        withhold(&mut released, last, &RustCrypto);
        let Some(FileRecord::Read(FileContent::Digests { length, digests })) = released.files.get(&last) else {
            panic!("{personalisation}")
        };
        assert_eq!(usize::try_from(*length).unwrap(), dossier.bytes(last).unwrap().len(), "{personalisation}");
        assert_eq!(digests.iter().map(|(algorithm, _)| *algorithm).collect::<Vec<_>>(), algorithms, "{personalisation}");
        assert_eq!(evidence_digest(&released, &RustCrypto), evidence, "{personalisation}");

        let Some(FileRecord::Read(FileContent::Bytes(bytes))) = dossier.files.get(&last) else { panic!("{personalisation}") };
        let mut altered = bytes.clone();
        altered[0] ^= 1;
        let mut other = dossier.clone();
        other.files.insert(last, FileRecord::Read(FileContent::Bytes(altered)));
        withhold(&mut other, last, &RustCrypto);
        assert_ne!(evidence_digest(&other, &RustCrypto), evidence, "{personalisation}");
    }
}

/// What stands at the end of one item and what stands at the beginning of the next are two things.
#[test]
fn no_octet_goes_over_from_one_item_to_the_next() {
    let dossier = Issued::vietnam().dossier();
    let mut other = dossier.clone();
    let agreement = other.chip_authentication.as_mut().unwrap();
    // The point's first octet, 04, as one more arc of the protocol.
    assert_eq!(agreement.public_key.remove(0), 0x04);
    agreement.protocol = agreement.protocol.push_arc(4).unwrap();
    let items = |dossier: &Dossier| {
        let agreement = dossier.chip_authentication.clone().unwrap();
        [agreement.protocol.as_bytes(), agreement.public_key.as_slice()].concat()
    };
    assert_eq!(items(&other), items(&dossier));
    assert_ne!(evidence_digest(&other, &RustCrypto), evidence_digest(&dossier, &RustCrypto));
}

#[test]
fn what_is_withheld_is_outside_a_saved_dossier_and_changes_nothing_else() {
    let issued = Issued::vietnam();
    let whole = from(Origin::Saved, &issued.dossier());
    let mut released = whole.clone();
    withhold(&mut released, group(13), &RustCrypto);
    let (whole, released) = (judge(&issued, &whole), judge(&issued, &released));
    assert_eq!(released.overall, whole.overall);
    assert_eq!(ended(&released, CheckKind::FileHash(group(13))), (Outcome::NotSupported, Some("dg13.present")));
    assert!(released.identity().is_none_or(|identity| identity.vietnamese().is_none()));
}
