//! A saved dossier that was edited (`verdicts.md`, "From a file"): each field in turn. Whatever anyone can write into a file makes nothing
//! green that the signatures in it do not show.

use card_fixtures::authority::{CurveEncoding, SodOptions};
use card_fixtures::personalisation::security_infos::pace_info;
use proptest::prelude::*;
use soat::crypto::rustcrypto::RustCrypto;
use soat::crypto::{DigestAlgorithm, Provider};
use soat::dossier::{
    Access, AccessProtocol, ActiveAuthenticationOutcome, BacReason, ChallengeSource, ChipAuthenticationOutcome, DataGroup,
    Dossier, FileContent, FileId, FileRecord, PasswordKind, ReadingFinding,
};
use soat::evidence::SavedDossier;
use soat::inspection::{CheckKind, Inspector, Outcome, Overall, Profile, Provability, Report, Weight};
use soat::time::Timestamp;

use crate::issued::{GOOD, Issued, NOW, ended, failed, findings, group, overwrite, row, undetermined};

/// The dossier after saving and loading, judged with nobody believed.
fn judge(issued: &Issued, dossier: &Dossier, profile: Profile) -> Report {
    let saved = SavedDossier::from_cbor(&dossier.to_cbor()).unwrap();
    Inspector::new(&issued.trust(), profile, &RustCrypto).inspect_saved(&saved, NOW)
}

fn operational(issued: &Issued, dossier: &Dossier) -> Report {
    judge(issued, dossier, Profile::OPERATIONAL)
}

/// A card whose chip did not answer active authentication: only chip authentication shows that it is the original.
fn without_active_authentication(issued: &Issued) -> Dossier {
    let mut dossier = issued.dossier();
    dossier.active_authentication = None;
    dossier
}

#[test]
fn what_counts_of_an_unsigned_dossier() {
    let issued = Issued::vietnam();
    let mut dossier = issued.dossier();
    dossier.read_at = Some(NOW);
    let report = operational(&issued, &dossier);
    assert_eq!(report.overall, Overall::Successful);
    assert_eq!(ended(&report, CheckKind::ActiveAuthentication), GOOD);
    assert_eq!(ended(&report, CheckKind::ChipAuthentication), undetermined("chip.not_proven"));
    assert_eq!(ended(&report, CheckKind::AccessProtocol), undetermined("access.not_attested"));
    assert!(findings(&report, CheckKind::ValidityToday).contains(&"evidence.time_unproven"));
    // Where how the chip was opened is mandatory, an unsigned file cannot pass.
    let strict = judge(&issued, &dossier, Profile::STRICT);
    assert_eq!(ended(&strict, CheckKind::AccessProtocol), undetermined("access.not_attested"));
    assert_ne!(strict.overall, Overall::Successful);

    for (kind, provable) in [
        (CheckKind::SodSignature, Provability::Anyone),
        (CheckKind::FileHash(group(1)), Provability::Anyone),
        (CheckKind::ActiveAuthentication, Provability::Anyone),
        (CheckKind::ChipAuthenticity, Provability::Anyone),
        (CheckKind::AccessProtocol, Provability::Nobody),
        (CheckKind::ChipAuthentication, Provability::Nobody),
    ] {
        assert_eq!(report.provability(row(&report, kind)), provable, "{kind:?}");
    }
}

#[test]
fn the_outcome_of_chip_authentication_written_into_a_file() {
    let issued = Issued::vietnam();
    let chip = without_active_authentication(&issued);
    let report = soat::inspection::inspect(&chip, &issued.trust(), &Profile::OPERATIONAL, NOW, &RustCrypto);
    assert_eq!(report.overall, Overall::Successful);
    assert_eq!(report.provability(row(&report, CheckKind::ChipAuthenticity)), Provability::Terminal);

    for outcome in [
        ChipAuthenticationOutcome::Confirmed,
        ChipAuthenticationOutcome::Refused(0x6F00),
        ChipAuthenticationOutcome::Unsupported,
        ChipAuthenticationOutcome::WrongKeys,
    ] {
        let mut edited = chip.clone();
        edited.chip_authentication.as_mut().unwrap().outcome = outcome;
        let report = operational(&issued, &edited);
        let expected = match outcome {
            ChipAuthenticationOutcome::WrongKeys => failed("chip.chip_authentication_failed"),
            _ => undetermined("chip.not_proven"),
        };
        assert_eq!(ended(&report, CheckKind::ChipAuthenticity), expected, "{outcome:?}");
        assert_ne!(report.overall, Overall::Successful);
    }
    let mut without = chip;
    without.chip_authentication = None;
    assert_eq!(ended(&operational(&issued, &without), CheckKind::ChipAuthenticity), undetermined("chip.not_proven"));
}

/// DG14 is listed and offers PACE alone: from a file nobody knows what a chip would have shown.
#[test]
fn a_file_whose_signed_dg14_offers_no_proof_of_the_chip() {
    let mut issued = Issued::vietnam();
    issued.card.application_files.remove(&0x010F);
    issued.card.active_authentication = None;
    issued.card.chip_keys.clear();
    let offers: Vec<Vec<u8>> = issued.card.pace.iter().copied().map(pace_info).collect();
    issued.card.put_dg14(CurveEncoding::Explicit, &offers, &[]);
    issued.card.list("0107", &[1, 2, 3, 13, 14]);
    let issued = issued.signed(&SodOptions::default());
    let chip = issued.operational();
    let not_offered = (Outcome::NotSupported, Some("chip.not_offered"));
    assert_eq!((ended(&chip, CheckKind::ChipAuthenticity), chip.overall), (not_offered, Overall::Successful));
    let report = operational(&issued, &issued.dossier());
    assert_eq!(ended(&report, CheckKind::ChipAuthenticity), undetermined("chip.not_proven"));
    assert_eq!(report.overall, Overall::Undetermined);
}

#[test]
fn the_access_protocol_written_into_a_file() {
    let issued = Issued::vietnam();
    // A dossier that shows a downgrade, which `strict` refuses …
    let mut downgraded = issued.dossier();
    let bac = AccessProtocol::Bac { reason: BacReason::PaceNotOffered };
    downgraded.access = Some(Access { protocol: bac, password: PasswordKind::Mrz });
    downgraded.files.remove(&FileId::CardAccess);
    let strict = judge(&issued, &downgraded, Profile::STRICT);
    assert_eq!(ended(&strict, CheckKind::AccessProtocol), failed("access.pace_suppressed"));
    // … edited into one that does not.
    let strict = judge(&issued, &issued.dossier(), Profile::STRICT);
    assert_eq!(ended(&strict, CheckKind::AccessProtocol), undetermined("access.not_attested"));
    let mut without = issued.dossier();
    without.access = None;
    assert_eq!(ended(&judge(&issued, &without, Profile::STRICT), CheckKind::AccessProtocol), undetermined("access.unknown"));
    // A check that had nothing to run on counts only where it is mandatory.
    let optional = Profile { access_protocol: Weight::Optional, ..Profile::OPERATIONAL };
    let report = judge(&issued, &without, optional);
    assert_eq!(
        (ended(&report, CheckKind::AccessProtocol), report.overall),
        (undetermined("access.unknown"), Overall::Successful)
    );
}

#[test]
fn findings_taken_out_of_a_file() {
    let issued = Issued::vietnam();
    let mut dossier = issued.dossier();
    dossier.findings.push(ReadingFinding { code: "sm.unprotected_status".into(), file: None });
    let strict = judge(&issued, &dossier, Profile::STRICT);
    assert_eq!(ended(&strict, CheckKind::AccessProtocol), failed("sm.unprotected_status"));
    dossier.findings.clear();
    let strict = judge(&issued, &dossier, Profile::STRICT);
    assert_eq!(ended(&strict, CheckKind::AccessProtocol), undetermined("access.not_attested"));
    assert_ne!(strict.overall, Overall::Successful);
}

#[test]
fn the_challenge_and_the_answer_exchanged() {
    let issued = Issued::vietnam();
    let wrong = failed("chip.active_authentication_failed");
    let mut challenge = issued.dossier();
    challenge.active_authentication.as_mut().unwrap().challenge = [9; 8];
    let mut answer = issued.dossier();
    answer.active_authentication.as_mut().unwrap().outcome = ActiveAuthenticationOutcome::Signature(vec![7; 64]);
    for edited in [challenge, answer] {
        let report = operational(&issued, &edited);
        assert_eq!(ended(&report, CheckKind::ActiveAuthentication), wrong);
        assert_eq!((ended(&report, CheckKind::ChipAuthenticity), report.overall), (wrong, Overall::Failed));
    }
    let mut refused = issued.dossier();
    refused.active_authentication.as_mut().unwrap().outcome = ActiveAuthenticationOutcome::Refused(0x6982);
    assert_eq!(ended(&operational(&issued, &refused), CheckKind::ChipAuthenticity), undetermined("chip.not_proven"));
    // Who chose the challenge is a claim, and nothing hangs on it.
    let mut source = issued.dossier();
    source.active_authentication.as_mut().unwrap().challenge_source = ChallengeSource::RelyingParty;
    assert_eq!(operational(&issued, &source).overall, Overall::Successful);
}

/// One dossier, one card: files, proofs and photo of two cards do not mix.
#[test]
fn attack_34_files_of_two_cards_in_one_dossier() {
    let (issued, other) = (Issued::vietnam(), Issued::new("vietnam-no-expiry"));
    let mut trust = issued.trust();
    let second = soat::pki::Certificate::from_der(&other.authority.csca_certificate()).unwrap();
    trust.add(second, soat::pki::Provenance::Operator { source: "other".into() }, true, &RustCrypto);
    let judge = |dossier: &Dossier| {
        let saved = SavedDossier::from_cbor(&dossier.to_cbor()).unwrap();
        Inspector::new(&trust, Profile::OPERATIONAL, &RustCrypto).inspect_saved(&saved, NOW)
    };
    let (own, foreign) = (issued.dossier(), other.dossier());
    for genuine in [&own, &foreign] {
        assert_eq!(judge(genuine).overall, Overall::Successful);
    }
    assert_ne!(judge(&own).evidence, judge(&foreign).evidence);
    let differing = [1, 2, 13, 14, 15].into_iter().filter(|number| own.files[&group(*number)] != foreign.files[&group(*number)]);
    let differing: Vec<u8> = differing.collect();
    assert!([1, 2, 13].iter().all(|number| differing.contains(number)), "{differing:?}");
    for number in differing {
        let mut mixed = own.clone();
        mixed.files.insert(group(number), foreign.files[&group(number)].clone());
        let report = judge(&mixed);
        let code = format!("dg{number}.hash_mismatch");
        let (outcome, reason) = ended(&report, CheckKind::FileHash(group(number)));
        assert_eq!((outcome, reason), (Outcome::Failed, Some(code.as_str())));
        assert!(report.identity().is_none() && report.overall == Overall::Failed);
        assert_ne!(report.evidence, judge(&own).evidence, "the digest in the report is that of one dossier");
    }
    let mut sod = own.clone();
    sod.files.insert(FileId::Sod, foreign.files[&FileId::Sod].clone());
    assert_eq!(ended(&judge(&sod), CheckKind::FileHash(group(1))), failed("dg1.hash_mismatch"));
    let mut proof = own.clone();
    proof.active_authentication = foreign.active_authentication.clone();
    assert_eq!(ended(&judge(&proof), CheckKind::ChipAuthenticity), failed("chip.active_authentication_failed"));
    let mut agreement = own;
    agreement.chip_authentication.as_mut().unwrap().public_key = vec![4; 65];
    assert_eq!(ended(&judge(&agreement), CheckKind::ChipAuthenticity), failed("chip.chip_authentication_key_mismatch"));
}

#[test]
fn records_of_files_edited() {
    let issued = Issued::vietnam();
    let sha256 = |bytes: &[u8]| vec![(DigestAlgorithm::Sha256, RustCrypto.digest(DigestAlgorithm::Sha256, &[bytes]))];
    let hash = |number| CheckKind::FileHash(group(number));
    let cases = [
        (1, None, undetermined("dg1.not_supplied")),
        (1, Some(FileRecord::Skipped), failed("dg1.not_read")),
        (13, Some(FileRecord::Broken), (Outcome::Aborted, Some("dg13.read_aborted"))),
        (13, Some(FileRecord::Refused { status: 0x6A82 }), failed("dg13.missing")),
        (14, Some(FileRecord::Skipped), failed("dg14.not_read")),
        (15, Some(FileRecord::Refused { status: 0x6982 }), failed("dg15.not_read")),
        (15, None, undetermined("dg15.not_supplied")),
    ];
    for (number, record, expected) in cases {
        let mut edited = issued.dossier();
        match record {
            Some(record) => edited.files.insert(group(number), record),
            None => edited.files.remove(&group(number)),
        };
        let report = operational(&issued, &edited);
        assert_eq!(ended(&report, hash(number)), expected);
        assert_ne!(report.overall, Overall::Successful, "DG{number}");
    }
    // A digest that was copied out of EF.SOD is no file: nothing of it is shown, and it is said that nobody can prove it.
    let original = issued.dossier().bytes(DataGroup::DG2.into()).unwrap().to_vec();
    let mut copied = issued.dossier();
    let digests = FileContent::Digests { length: 5, digests: sha256(&original) };
    copied.files.insert(group(2), FileRecord::Read(digests));
    let report = operational(&issued, &copied);
    assert_eq!(findings(&report, hash(2)), ["file.digest_only"]);
    assert_eq!(report.provability(row(&report, hash(2))), Provability::Nobody);
    assert!(report.identity().is_some_and(|identity| identity.face().is_none()));
}

/// A clock or a date set back revives nothing: the time of judging is an argument, and what the file says of time is not that argument.
#[test]
fn attack_33_a_time_of_reading_set_back_revives_no_signer() {
    let issued = Issued::vietnam();
    let signer = issued.operational().signer().unwrap().validity();
    let expired = Timestamp(signer.not_after.0 + 86_400);
    for read_at in [None, Some(NOW), Some(signer.not_before), Some(expired)] {
        let mut dossier = issued.dossier();
        dossier.read_at = read_at;
        let saved = SavedDossier::from_cbor(&dossier.to_cbor()).unwrap();
        let trust = issued.trust();
        let at = |time| Inspector::new(&trust, Profile::STRICT, &RustCrypto).inspect_saved(&saved, time);
        assert_eq!(ended(&at(NOW), CheckKind::ValidityToday).0, Outcome::Successful);
        assert_eq!(ended(&at(expired), CheckKind::ValidityToday), failed("ds.expired"));
    }
}

/// One edit of a dossier.
#[derive(Clone, Debug)]
enum Edit {
    Flip(FileId, prop::sample::Index, u8),
    Remove(FileId),
    Record(FileId, FileRecord),
    Access(Option<Access>),
    Agreement(ChipAuthenticationOutcome),
    Challenge([u8; 8]),
    NoChallenge,
    ReadAt(Option<i64>),
    Findings(Vec<String>),
}

fn any_edit() -> impl Strategy<Value = Edit> {
    let file = || prop::sample::select(FileId::all().collect::<Vec<_>>());
    let record = prop_oneof![
        Just(FileRecord::Skipped),
        Just(FileRecord::Broken),
        any::<u16>().prop_map(|status| FileRecord::Refused { status }),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(|bytes| FileRecord::Read(FileContent::Bytes(bytes))),
    ];
    let bac = Access { protocol: AccessProtocol::Bac { reason: BacReason::PaceNotOffered }, password: PasswordKind::Mrz };
    prop_oneof![
        (file(), any::<prop::sample::Index>(), 1..=u8::MAX).prop_map(|(file, at, mask)| Edit::Flip(file, at, mask)),
        file().prop_map(Edit::Remove),
        (file(), record).prop_map(|(file, record)| Edit::Record(file, record)),
        prop::option::of(Just(bac)).prop_map(Edit::Access),
        prop::sample::select(vec![
            ChipAuthenticationOutcome::Confirmed,
            ChipAuthenticationOutcome::WrongKeys,
            ChipAuthenticationOutcome::Unsupported
        ])
        .prop_map(Edit::Agreement),
        any::<[u8; 8]>().prop_map(Edit::Challenge),
        Just(Edit::NoChallenge),
        prop::option::of(any::<i64>()).prop_map(Edit::ReadAt),
        prop::collection::vec("[a-z.]{1,12}", 0..3).prop_map(Edit::Findings),
    ]
}

fn apply(dossier: &mut Dossier, edit: Edit) {
    match edit {
        Edit::Flip(file, at, mask) => {
            if let Some(mut bytes) = dossier.bytes(file).map(<[u8]>::to_vec).filter(|bytes| !bytes.is_empty()) {
                let at = at.index(bytes.len());
                bytes[at] ^= mask;
                overwrite(dossier, file, bytes);
            }
        }
        Edit::Remove(file) => drop(dossier.files.remove(&file)),
        Edit::Record(file, record) => drop(dossier.files.insert(file, record)),
        Edit::Access(access) => dossier.access = access,
        Edit::Agreement(outcome) => {
            if let Some(agreement) = &mut dossier.chip_authentication {
                agreement.outcome = outcome;
            }
        }
        Edit::Challenge(challenge) => {
            if let Some(active) = &mut dossier.active_authentication {
                active.challenge = challenge;
            }
        }
        Edit::NoChallenge => dossier.active_authentication = None,
        Edit::ReadAt(read_at) => dossier.read_at = read_at.map(Timestamp),
        Edit::Findings(codes) => {
            dossier.findings = codes.into_iter().map(|code| ReadingFinding { code, file: None }).collect();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever is edited, a green verdict shows the holder that the issuer signed, and rests on the chip's own signature.
    #[test]
    fn no_edit_makes_a_dossier_greener(edits in prop::collection::vec(any_edit(), 1..5)) {
        let issued = Issued::vietnam();
        let genuine = issued.operational();
        let genuine = genuine.identity().unwrap();
        let mut dossier = without_active_authentication(&issued);
        let was_answered = issued.dossier();
        for edit in edits.clone() {
            apply(&mut dossier, edit);
        }
        // Without the chip's signature nothing is green.
        prop_assert_ne!(operational(&issued, &dossier).overall, Overall::Successful);
        let mut dossier = was_answered;
        for edit in edits {
            apply(&mut dossier, edit);
        }
        let report = operational(&issued, &dossier);
        if let Some(identity) = report.identity() {
            // The name with its diacritics stands in DG13, which may have been left out; DG1 has it without.
            let without_dg13 = identity.vietnamese().is_none();
            prop_assert!(without_dg13 || identity.full_name() == genuine.full_name());
            prop_assert_eq!(identity.birth(), genuine.birth());
            prop_assert_eq!(identity.document_number(), genuine.document_number());
            prop_assert_eq!(identity.personal_number(), genuine.personal_number());
            prop_assert!(identity.face().is_none() || identity.face() == genuine.face());
            prop_assert_eq!(ended(&report, CheckKind::ActiveAuthentication), GOOD);
        }
        prop_assert_ne!(judge(&issued, &dossier, Profile::STRICT).overall, Overall::Successful);
    }
}
