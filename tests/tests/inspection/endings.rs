//! How checks end otherwise than successful, one place after the other: each of these fails where its place gives the row back unchanged
//! (`tests/mutation`).

use card_fixtures::authority::{
    CertificateOptions, CurveEncoding, Extension, KeyPair, SignatureDefect, SignatureOptions, SodOptions, key_usage,
    security_object_by,
};
use card_fixtures::der;
use card_fixtures::dsa::DsaKey;
use card_fixtures::personalisation::data_groups;
use card_fixtures::personalisation::issue::SOD;
use card_fixtures::personalisation::vietnam::{Holder, nguyen_thi_mau_2024};
use card_fixtures::time::Time;
use soat::crypto::rustcrypto::RustCrypto;
use soat::crypto::{CryptoError, DigestAlgorithm, Provider, PublicKey};
use soat::dossier::{Dossier, FileContent, FileId, FileRecord, Origin};
use soat::inspection::{CheckKind, Demands, Inspector, Outcome, Overall, Profile, Report, Weight, inspect};
use soat::time::{Date, Timestamp};
use soat_tests::provider::{Asking, Signatures};

use crate::issued::{GOOD, Issued, NOW, assert_genuine, ended, failed, group, overwrite, row, trust, undetermined};

/// The card with other contents of some groups, signed anew.
fn with(groups: &[(u8, Vec<u8>)]) -> Issued {
    let mut issued = Issued::vietnam();
    assert_genuine(&issued);
    for (number, content) in groups {
        issued.card.put(*number, content.clone());
    }
    issued.signed(&SodOptions::default())
}

/// The card under an authority whose certificate says something else.
fn under(change: impl FnOnce(&mut CertificateOptions)) -> Report {
    let issued = Issued::vietnam();
    assert_genuine(&issued);
    let mut options = issued.authority.csca_options();
    change(&mut options);
    inspect(
        &issued.dossier(),
        &trust([issued.authority.csca_certificate_with(&options)]),
        &Profile::OPERATIONAL,
        NOW,
        &RustCrypto,
    )
}

/// The card under a document signer's certificate whose bytes were changed.
fn under_signer(change: impl FnOnce(&mut Vec<u8>)) -> Report {
    let mut issued = Issued::vietnam();
    assert_genuine(&issued);
    let mut certificate = issued.authority.document_signer_certificate();
    change(&mut certificate.der);
    let signer = &issued.authority.document_signer;
    let sod = security_object_by(signer, &certificate, issued.card.data_groups(), &SodOptions::default());
    issued.card.application_files.insert(SOD, sod);
    issued.operational()
}

#[test]
fn nothing_follows_from_a_security_object_that_is_not_verified() {
    let signature = SignatureOptions { defect: SignatureDefect::Flipped, ..SignatureOptions::default() };
    let options = SodOptions { signature, ..SodOptions::default() };
    let report = Issued::vietnam().signed(&options).operational();
    for kind in [
        CheckKind::SodContent,
        CheckKind::Chain,
        CheckKind::Validity,
        CheckKind::ValidityToday,
        CheckKind::SignerProfile,
        CheckKind::IssuingState,
        CheckKind::ChipAuthenticity,
        CheckKind::ActiveAuthentication,
        CheckKind::ChipAuthentication,
    ] {
        assert_eq!(ended(&report, kind), undetermined("sod.not_verified"), "{kind:?}");
    }
    for kind in [CheckKind::CardExpiry, CheckKind::DataCrossChecks] {
        assert_eq!(ended(&report, kind), undetermined("file.not_verified"), "{kind:?}");
    }
    assert!(report.check(CheckKind::FileHash(group(16))).is_none(), "nothing is said of a file that nobody read");
    assert_eq!(ended(&report, CheckKind::Revocation), undetermined("revocation.unknown"));
    assert!(!row(&report, CheckKind::Revocation).ran);
    let unlisted = (Outcome::NotSupported, Some("deviation_list.not_evaluated"));
    assert_eq!((ended(&report, CheckKind::DeviationList), row(&report, CheckKind::DeviationList).ran), (unlisted, false));
    let mapping = Issued::new("pace-cam-bp256-aes128");
    assert_genuine(&mapping);
    let report = mapping.signed(&options).operational();
    assert_eq!(ended(&report, CheckKind::ChipAuthenticationMapping), undetermined("sod.not_verified"));
}

#[test]
fn a_chip_without_a_security_object() {
    let issued = Issued::vietnam();
    assert_genuine(&issued);
    let mut dossier = issued.dossier();
    dossier.files.remove(&FileId::Sod);
    let report = inspect(&dossier, &issued.trust(), &Profile::OPERATIONAL, NOW, &RustCrypto);
    assert_eq!((ended(&report, CheckKind::SodSignature), report.overall), (failed("sod.missing"), Overall::Failed));
}

/// The authority signs with P-384, the document signer with P-256: a provider may lack either.
#[test]
fn a_curve_that_the_provider_lacks() {
    let issued = Issued::vietnam();
    let without = |lacking: usize| {
        let provider = Asking(move |key: &PublicKey| match key.bits() {
            bits if bits == lacking => Err(CryptoError::Unsupported("this curve")),
            _ => Ok(Signatures::Checked),
        });
        inspect(&issued.dossier(), &issued.trust(), &Profile::OPERATIONAL, NOW, &provider)
    };
    assert_eq!(without(521).overall, Overall::Successful);
    let report = without(384);
    assert_eq!(ended(&report, CheckKind::SodSignature), GOOD);
    assert_eq!(ended(&report, CheckKind::Chain), undetermined("chain.algorithm_unsupported"));
    assert_eq!((report.overall, report.anchor().is_none()), (Overall::Undetermined, true));
    assert!(report.identity().is_none());
    let report = without(256);
    assert_eq!(ended(&report, CheckKind::SodSignature), undetermined("sod.algorithm_unsupported"));
    assert_eq!(report.overall, Overall::Undetermined);
}

#[test]
fn the_chips_keys_out_of_files_that_are_not_verified_or_not_understood() {
    let issued = Issued::vietnam();
    assert_genuine(&issued);
    for (number, kind) in [(14, CheckKind::ChipAuthentication), (15, CheckKind::ActiveAuthentication)] {
        let mut dossier = issued.dossier();
        let mut altered = dossier.bytes(group(number)).unwrap().to_vec();
        *altered.last_mut().unwrap() ^= 1;
        overwrite(&mut dossier, group(number), altered);
        let report = inspect(&dossier, &issued.trust(), &Profile::OPERATIONAL, NOW, &RustCrypto);
        assert_eq!((ended(&report, kind), report.overall), (undetermined("file.not_verified"), Overall::Failed));
    }
    let dsa = KeyPair::Dsa(DsaKey::from_seed("active authentication")).subject_public_key_info(CurveEncoding::Explicit);
    for file in [der::tlv(0x6F, &[5, 0]), der::tlv(0x6F, &dsa)] {
        let report = with(&[(15, file)]).operational();
        let unsupported = undetermined("chip.active_authentication_unsupported");
        assert_eq!(ended(&report, CheckKind::ActiveAuthentication), unsupported);
    }
}

#[test]
fn data_that_contradict_each_other() {
    let own = nguyen_thi_mau_2024();
    let mut zone = own.mrz();
    // The check digit of the document number.
    zone.replace_range(14..15, "3");
    let report = with(&[(1, data_groups::dg1(&zone))]).operational();
    assert_eq!(ended(&report, CheckKind::DataCrossChecks), failed("mrz.check_digit"));
    for (other, finding) in [
        (Holder { number: "001199000002", ..own.clone() }, "dg13.number_differs"),
        (Holder { number: "079199000001", ..own.clone() }, "dg13.number_differs"),
        (Holder { name: "Nguyễn Thị Hai", ..own.clone() }, "dg13.name_differs"),
        (Holder { birth: "02/01/1999", ..own.clone() }, "dg13.birth_differs"),
        (Holder { birth: "01/02/1999", ..own.clone() }, "dg13.birth_differs"),
        (Holder { birth: "01/01/1998", ..own.clone() }, "dg13.birth_differs"),
        (Holder { sex: "Nam", ..own.clone() }, "dg13.sex_differs"),
        (Holder { expiry: "02/01/2039", ..own.clone() }, "dg13.expiry_differs"),
        (Holder { expiry: "Không thời hạn", ..own.clone() }, "dg13.expiry_differs"),
    ] {
        let report = with(&[(13, other.dg13())]).operational();
        assert_eq!(ended(&report, CheckKind::DataCrossChecks), failed("dg13.contradicts_dg1"), "{other:?}");
        assert!(cross_findings(&report).contains(&finding), "{other:?}");
    }
    let report = with(&[(1, data_groups::dg1(&Holder { mrz_sex: "M", ..own.clone() }.mrz()))]).operational();
    assert!(cross_findings(&report).contains(&"dg13.sex_differs"));
    let genuine = with(&[(13, own.dg13())]).operational();
    assert_eq!((ended(&genuine, CheckKind::DataCrossChecks), cross_findings(&genuine)), (GOOD, vec![]));
}

fn cross_findings(report: &Report) -> Vec<&'static str> {
    row(report, CheckKind::DataCrossChecks).findings.iter().map(|finding| finding.code.as_str()).collect()
}

/// A card whose signed data all agree, and whose number is not its holder's.
fn of(holder: &Holder) -> Report {
    with(&[(1, data_groups::dg1(&holder.mrz())), (13, holder.dg13())]).operational()
}

#[test]
fn a_number_that_is_not_of_its_holder() {
    let own = nguyen_thi_mau_2024();
    assert_eq!(ended(&of(&own), CheckKind::DataCrossChecks), GOOD);
    for (number, findings) in [
        ("001099000001", &["number.sex_differs"][..]),
        ("001198000001", &["number.birth_year_differs"]),
        ("001399000001", &["number.birth_year_differs"]),
        ("001200000001", &["number.sex_differs", "number.birth_year_differs"]),
    ] {
        let report = of(&Holder { number, ..own.clone() });
        assert_eq!(ended(&report, CheckKind::DataCrossChecks), failed("number.contradicts_holder"), "{number}");
        assert_eq!(cross_findings(&report), findings, "{number}");
    }
}

/// Of the century, the MRZ says nothing: at a hundred it comes round again.
#[test]
fn a_holder_of_a_hundred_years() {
    let own = nguyen_thi_mau_2024();
    let old = Holder {
        number: "001120000001",
        birth: "01/01/1920",
        mrz_birth: "200101",
        expiry: "Không thời hạn",
        mrz_expiry: "991231",
        ..own.clone()
    };
    assert_eq!(ended(&of(&old), CheckKind::DataCrossChecks), GOOD);
    let partial = Holder { birth: "1999", ..own.clone() };
    let report = with(&[(1, data_groups::dg1(&own.mrz())), (13, partial.dg13())]).operational();
    assert_eq!(ended(&report, CheckKind::DataCrossChecks), GOOD);
}

/// Without DG13 the zone alone has the birth: of its year two digits, and of a birth that is not wholly known those alone.
#[test]
fn a_number_beside_the_zone_alone() {
    let own = nguyen_thi_mau_2024();
    let judged = |number: &'static str, mrz_birth: &'static str| {
        let mut issued = Issued::vietnam();
        issued.card.application_files.remove(&0x010D);
        issued.card.put(1, data_groups::dg1(&Holder { number, mrz_birth, ..own.clone() }.mrz()));
        let report = issued.signed(&SodOptions::default()).operational();
        (ended(&report, CheckKind::DataCrossChecks), cross_findings(&report))
    };
    let differs = (failed("number.contradicts_holder"), vec!["number.birth_year_differs"]);
    for (number, birth, expected) in [
        ("001199000001", "990101", true),
        ("001198000001", "990101", false),
        // Born in 2020, or a hundred years before.
        ("001320000001", "200101", true),
        ("001120000001", "200101", true),
        ("001121000001", "200101", false),
        // The latest year that is past is 1930: nobody is a hundred years older and born in 2030.
        ("001130000001", "300101", true),
        ("001330000001", "300101", false),
        ("001199000001", "99<<<<", true),
        ("001198000001", "99<<<<", false),
        ("001198000001", "<<<<<<", true),
    ] {
        let expected = if expected { (GOOD, vec![]) } else { differs.clone() };
        assert_eq!(judged(number, birth), expected, "{number} {birth}");
    }
}

/// A place that is not known and an unusual expiry are told, and never held against the card.
#[test]
fn what_is_unusual_is_told_and_refuses_no_card() {
    let own = nguyen_thi_mau_2024();
    let strange = of(&Holder { number: "003199000001", ..own.clone() });
    assert_eq!((ended(&strange, CheckKind::DataCrossChecks), cross_findings(&strange)), (GOOD, vec!["number.place_unknown"]));
    for (expiry, mrz_expiry) in [("02/01/2039", "390102"), ("Không thời hạn", "991231")] {
        let report = of(&Holder { expiry, mrz_expiry, ..own.clone() });
        assert_eq!((ended(&report, CheckKind::DataCrossChecks), cross_findings(&report)), (GOOD, vec!["card.expiry_unusual"]));
    }
}

#[test]
fn files_that_were_read_in_part_or_not_at_all() {
    let issued = Issued::vietnam();
    assert_genuine(&issued);
    let digests = |number: u8, algorithm| {
        let bytes = issued.dossier().bytes(group(number)).unwrap().to_vec();
        let digests = vec![(algorithm, RustCrypto.digest(algorithm, &[&bytes]))];
        Some(FileRecord::Read(FileContent::Digests { length: u32::try_from(bytes.len()).unwrap(), digests }))
    };
    for (number, record, expected) in [
        (13, digests(13, DigestAlgorithm::Sha1), undetermined("dg13.digest_unavailable")),
        (1, digests(1, DigestAlgorithm::Sha256), undetermined("dg1.not_supplied")),
        (2, Some(FileRecord::Refused { status: 0x6985 }), undetermined("dg2.not_read")),
        // 6982 excuses fingerprints and irises alone.
        (2, Some(FileRecord::Refused { status: 0x6982 }), undetermined("dg2.not_read")),
        (14, None, failed("dg14.not_read")),
        (1, None, failed("dg1.not_read")),
    ] {
        let mut dossier = issued.dossier();
        match record {
            Some(record) => dossier.files.insert(group(number), record),
            None => dossier.files.remove(&group(number)),
        };
        let report = inspect(&dossier, &issued.trust(), &Profile::OPERATIONAL, NOW, &RustCrypto);
        assert_eq!(ended(&report, CheckKind::FileHash(group(number))), expected);
        assert_ne!(report.overall, Overall::Successful);
        assert!(report.identity().is_none());
    }
}

/// What this reader streamed was compared with its hash as it came; what it left out on purpose is outside, and of what it does not say
/// anything nothing is known.
#[test]
fn files_that_this_reader_streamed_or_did_not_look_for() {
    let issued = Issued::vietnam();
    let mut dossier = issued.dossier();
    let bytes = dossier.bytes(group(2)).unwrap().to_vec();
    let digests = vec![(DigestAlgorithm::Sha256, RustCrypto.digest(DigestAlgorithm::Sha256, &[&bytes]))];
    let streamed = FileContent::Digests { length: u32::try_from(bytes.len()).unwrap(), digests };
    dossier.files.insert(group(2), FileRecord::Read(streamed));
    let report = inspect(&dossier, &issued.trust(), &Profile::OPERATIONAL, NOW, &RustCrypto);
    assert_eq!(ended(&report, CheckKind::FileHash(group(2))), GOOD);
    dossier.files.insert(group(2), FileRecord::Skipped);
    let report = inspect(&dossier, &issued.trust(), &Profile::OPERATIONAL, NOW, &RustCrypto);
    let outside = (Outcome::NotSupported, Some("dg2.present"));
    assert_eq!((ended(&report, CheckKind::FileHash(group(2))), report.overall), (outside, Overall::Successful));
    assert!(!row(&report, CheckKind::FileHash(group(2))).ran);
    dossier.files.remove(&group(2));
    let report = inspect(&dossier, &issued.trust(), &Profile::OPERATIONAL, NOW, &RustCrypto);
    let unknown = (Outcome::Undetermined, Some("dg2.not_read"));
    assert_eq!((ended(&report, CheckKind::FileHash(group(2))), report.overall), (unknown, Overall::Undetermined));
    // Fingerprints are not asked for at all.
    let passport = Issued::new("passport-td3");
    let mut dossier = passport.dossier();
    assert!(dossier.files.remove(&group(3)).is_some());
    let report = inspect(&dossier, &passport.trust(), &Profile::OPERATIONAL, NOW, &RustCrypto);
    let outside = (Outcome::NotSupported, Some("dg3.present"));
    assert_eq!((ended(&report, CheckKind::FileHash(group(3))), report.overall), (outside, Overall::Successful));
}

/// What this reader has just read is of now, whether or not its clock was noted. Of a file nobody knows.
#[test]
fn the_age_of_what_was_read_without_a_clock() {
    let issued = Issued::vietnam();
    let trust = issued.trust();
    let demands = Demands { max_age: Some(1), ..Demands::default() };
    let mut inspector = Inspector::new(&trust, Profile::OPERATIONAL, &RustCrypto).demanding(demands);
    let read = issued.dossier();
    assert_eq!(read.read_at, None);
    let report = inspector.inspect(&read, NOW);
    assert_eq!((ended(&report, CheckKind::EvidenceAge), report.overall), (GOOD, Overall::Successful));
    let mut saved = Dossier::new(Origin::Saved);
    saved.files = read.files;
    assert_eq!(ended(&inspector.inspect(&saved, NOW), CheckKind::EvidenceAge), undetermined("evidence.time_unproven"));
}

#[test]
fn an_authority_that_may_not_or_whose_time_is_not_now() {
    let extension = Extension { oid: "1.2.3.4", critical: true, value: vec![5, 0] };
    let report = under(|options| options.further_extensions = vec![extension]);
    assert_eq!(ended(&report, CheckKind::SignerProfile), failed("csca.unknown_critical_extension"));
    assert_eq!((row(&report, CheckKind::SignerProfile).weight, report.overall), (Weight::Mandatory, Overall::Failed));
    let report = under(|options| options.key_usage = Some(vec![key_usage::CRL_SIGN]));
    assert_eq!(ended(&report, CheckKind::SignerProfile), failed("csca.key_usage"));

    // The card was signed on 2024-09-15, and now it is 2025-06-01.
    let report = under(|options| options.not_after = Time::midnight(2024, 3, 1));
    assert_eq!((ended(&report, CheckKind::Validity), report.overall), (failed("csca.not_valid_at_signing"), Overall::Failed));
    let report = under(|options| options.not_after = Time::midnight(2025, 1, 1));
    assert_eq!(ended(&report, CheckKind::Validity), GOOD);
    assert_eq!(ended(&report, CheckKind::ValidityToday), failed("csca.expired"));
    let report = under(|options| options.not_before = Time::midnight(2026, 1, 1));
    assert_eq!(ended(&report, CheckKind::ValidityToday), failed("csca.not_yet_valid"));
}

#[test]
fn a_signer_by_other_algorithms() {
    // ecdsa-with-SHA2 of an arc that nobody has assigned, inside and outside.
    let report = under_signer(|certificate| {
        let arc = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03];
        for at in 0..certificate.len() - arc.len() {
            if certificate[at..].starts_with(&arc) {
                certificate[at + arc.len()] = 0x7F;
            }
        }
    });
    assert_eq!(ended(&report, CheckKind::SodSignature), GOOD);
    assert_eq!(ended(&report, CheckKind::Chain), failed("chain.algorithm_not_permitted"));
    assert_eq!(report.overall, Overall::Failed);
    // A curve of another b than P-256 has is one that is not known here.
    let b = hex::decode("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b").unwrap();
    let report = under_signer(|certificate| {
        let at = certificate.windows(b.len()).position(|window| window == b).unwrap();
        certificate[at] ^= 1;
    });
    assert_eq!(ended(&report, CheckKind::SodSignature), undetermined("sod.algorithm_unsupported"));
    assert_eq!(report.overall, Overall::Undetermined);
}

#[test]
fn when_it_was_signed_and_when_it_expires() {
    let mut issued = Issued::vietnam();
    issued.card.application_files.remove(&0x010D);
    let mut certificate = issued.authority.document_signer_options();
    certificate.not_after = Time::midnight(2025, 1, 1);
    let signature = SignatureOptions { signing_time: None, ..SignatureOptions::default() };
    let issued = issued.signed(&SodOptions { signature, certificate: Some(certificate), ..SodOptions::default() });
    let report = issued.operational();
    let unknown = undetermined("validity.signing_time_unknown");
    assert_eq!((ended(&report, CheckKind::Validity), report.overall), (unknown, Overall::Undetermined));

    let issued = Issued::vietnam();
    let at = |year| Timestamp::new(Date::new(year, 6, 1).unwrap(), 0, 0, 0).unwrap();
    let expiry = |now| {
        let report = inspect(&issued.dossier(), &issued.trust(), &Profile::OPERATIONAL, now, &RustCrypto);
        ended(&report, CheckKind::CardExpiry)
    };
    // It expires on 2039-01-01.
    assert_eq!((expiry(at(2038)), expiry(at(2039))), (GOOD, failed("card.expired")));
    assert_eq!(expiry(Timestamp(i64::MAX)), undetermined("card.expiry_unreadable"));
    let unreadable = Holder { mrz_expiry: "<<<<<<", ..nguyen_thi_mau_2024() };
    let report = with(&[(1, data_groups::dg1(&unreadable.mrz()))]).operational();
    assert_eq!(ended(&report, CheckKind::CardExpiry), undetermined("card.expiry_unreadable"));
}
