//! Document signer and issuer: attacks 1, 10–12, 31, 33, and quirks 12, 13, 16, 17.

use card_fixtures::authority::{
    Authority, BasicConstraints, CertificateOptions, Extension, KeyIdentifier, Name, SignatureOptions, SodOptions, TimeForm,
    key_usage,
};
use card_fixtures::time::Time;
use soat::crypto::rustcrypto::RustCrypto;
use soat::inspection::{CheckKind, Overall, Profile, Weight, inspect};
use soat::pki::{Certificate, CertificateError, TrustStore};
use soat::time::{Date, Timestamp};

use crate::issued::{
    GOOD, Issued, NOW, assert_genuine, assert_quirk, assert_unbent, ended, failed, findings, row, trust, undetermined,
};

/// The Vietnamese card under a document signer that says something else; as issued it is genuine.
fn with(change: impl FnOnce(&mut CertificateOptions)) -> Issued {
    let issued = Issued::vietnam();
    assert_genuine(&issued);
    let mut certificate = issued.authority.document_signer_options();
    change(&mut certificate);
    issued.signed(&SodOptions { certificate: Some(certificate), ..SodOptions::default() })
}

fn under(issued: &Issued, trust: &TrustStore) -> soat::inspection::Report {
    inspect(&issued.dossier(), trust, &Profile::OPERATIONAL, NOW, &RustCrypto)
}

/// Another authority of the same names.
fn impostor() -> Authority {
    let genuine = Issued::vietnam().authority;
    let other = Issued::new("sod-p256-sha256").authority;
    Authority { csca: other.csca, document_signer: other.document_signer, ..genuine }
}

#[test]
fn attack_01_a_false_issuer_of_the_right_name() {
    let issued = Issued::vietnam();
    assert_genuine(&issued);
    let forged = Issued { authority: impostor(), ..Issued::vietnam() }.signed(&SodOptions::default());
    let report = under(&forged, &issued.trust());
    assert_eq!(ended(&report, CheckKind::SodSignature), GOOD);
    assert_eq!(ended(&report, CheckKind::Chain), undetermined("chain.issuer_unknown"));
    assert_eq!(findings(&report, CheckKind::Chain), ["chain.name_known"]);
    assert_eq!(report.overall, Overall::Undetermined);
    assert!(report.identity().is_none());
}

#[test]
fn attack_01_a_false_issuer_that_names_the_genuine_key() {
    let genuine = Issued::vietnam();
    assert_genuine(&genuine);
    let authority = impostor();
    let certificate = CertificateOptions {
        authority_key_identifier: KeyIdentifier::Given(genuine.authority.csca.key.key_identifier()),
        ..authority.document_signer_options()
    };
    let forged = Issued { authority, ..Issued::vietnam() };
    let forged = forged.signed(&SodOptions { certificate: Some(certificate), ..SodOptions::default() });
    let report = under(&forged, &genuine.trust());
    assert_eq!(ended(&report, CheckKind::Chain), failed("chain.signature_invalid"));
    assert_eq!(report.overall, Overall::Failed);
}

#[test]
fn a_document_signer_whose_signature_was_altered() {
    let report = with(|certificate| certificate.corrupt_signature = true).operational();
    assert_eq!(ended(&report, CheckKind::Chain), failed("chain.signature_invalid"));
}

#[test]
fn without_anchors_the_issuer_is_unknown_and_that_is_no_failure() {
    assert!(TrustStore::new().is_empty() && !Issued::vietnam().trust().is_empty());
    let report = under(&Issued::vietnam(), &TrustStore::new());
    assert_eq!(ended(&report, CheckKind::Chain), undetermined("chain.issuer_unknown"));
    assert_eq!(report.overall, Overall::Undetermined);
    assert!(!report.demonstration() && report.anchor().is_none());
}

#[test]
fn quirk_13_the_anchor_is_the_one_whose_key_signed() {
    let issued = Issued::vietnam();
    let store = trust([impostor().csca_certificate(), issued.authority.csca_certificate()]);
    let report = under(&issued, &store);
    assert_eq!(report.overall, Overall::Successful);
    assert_eq!(report.anchor().unwrap().certificate.as_der(), issued.authority.csca_certificate());
}

/// Serials are bytes: negative ones and the same one twice are as good as any.
#[test]
fn quirk_13_serials_that_the_standard_forbids() {
    for serial in [vec![0x80, 1, 2, 3], vec![0xFF; 20], vec![0]] {
        assert_unbent(&with(|certificate| certificate.serial = serial), CheckKind::Chain);
    }
    // Authority and signer under one serial, and beside them an anchor of the same name and serial.
    let issued = with(|certificate| certificate.serial = Issued::vietnam().authority.csca_options().serial);
    let mut other = impostor().csca_options();
    other.serial = issued.authority.csca_options().serial;
    let store = trust([impostor().csca_certificate_with(&other), issued.authority.csca_certificate()]);
    assert_eq!(under(&issued, &store).overall, Overall::Successful);
}

#[test]
fn a_link_certificate_is_no_step_of_a_path() {
    let issued = Issued::vietnam();
    let predecessor = impostor();
    let link = predecessor.link_certificate(&issued.authority);
    // The old root alone does not reach the new document signer; the new root does, and is the anchor where the link lies beside it.
    let old = trust([predecessor.csca_certificate()]);
    assert_eq!(ended(&under(&issued, &old), CheckKind::Chain), undetermined("chain.issuer_unknown"));
    let root = issued.authority.csca_certificate();
    for both in [[link.clone(), root.clone()], [root.clone(), link]] {
        let store = trust([vec![predecessor.csca_certificate()], both.to_vec()].concat());
        let report = under(&issued, &store);
        assert_eq!(ended(&report, CheckKind::Chain), GOOD);
        assert_eq!(report.anchor().unwrap().certificate.as_der(), root);
    }
}

#[test]
fn attack_11_roles_and_extensions() {
    let usage = |bits: &[u8]| Some(bits.to_vec());
    let cases: [(&str, Issued); 3] = [
        ("ds.key_usage", with(|certificate| certificate.key_usage = usage(&[key_usage::KEY_ENCIPHERMENT]))),
        ("ds.key_usage", with(|certificate| certificate.key_usage = usage(&[key_usage::KEY_CERT_SIGN]))),
        (
            "ds.is_authority",
            with(|certificate| certificate.basic_constraints = Some(BasicConstraints { ca: true, path_length: Some(0) })),
        ),
    ];
    for (reason, issued) in cases {
        assert_eq!(ended(&issued.operational(), CheckKind::SignerProfile), failed(reason));
        assert_eq!(issued.strict().overall, Overall::Failed);
    }
}

#[test]
fn attack_11_an_unknown_critical_extension_is_rejected_under_every_profile() {
    let extension = |critical| Extension { oid: "1.2.3.4", critical, value: vec![0x05, 0x00] };
    let harmless = with(|certificate| certificate.further_extensions = vec![extension(false)]);
    assert_eq!(harmless.operational().overall, Overall::Successful);
    let report = with(|certificate| certificate.further_extensions = vec![extension(true)]).operational();
    assert_eq!(ended(&report, CheckKind::SignerProfile), failed("ds.unknown_critical_extension"));
    assert_eq!(row(&report, CheckKind::SignerProfile).weight, Weight::Mandatory);
    assert_eq!(report.overall, Overall::Failed);
}

#[test]
fn attack_10_two_algorithms_in_one_certificate() {
    let issued = with(|certificate| {
        // ecdsa-with-SHA384 inside, whatever signs outside.
        certificate.inner_algorithm = Some(vec![0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x01]);
    });
    assert_eq!(ended(&issued.operational(), CheckKind::SignerProfile), failed("ds.algorithm_mismatch"));
    assert_eq!(issued.strict().overall, Overall::Failed);
}

#[test]
fn quirk_12_key_identifiers_absent_or_wrong() {
    let absent = with(|certificate| certificate.authority_key_identifier = KeyIdentifier::Absent);
    assert_quirk(&absent, CheckKind::SignerProfile, "ds.authority_key_identifier_missing");
    let wrong = with(|certificate| certificate.authority_key_identifier = KeyIdentifier::Given(vec![9; 20]));
    assert_quirk(&wrong, CheckKind::Chain, "chain.key_identifier_mismatch");
}

#[test]
fn another_issuer_name_than_the_anchors() {
    let issued = with(|certificate| {
        let mut name = certificate.subject.clone();
        name.common_name = "Somebody else".into();
        certificate.issuer = Some(name);
    });
    assert_quirk(&issued, CheckKind::Chain, "chain.name_mismatch");
    // Where nothing but the country leads to the key that signed.
    let unnamed = with(|certificate| {
        certificate.issuer = Some(Name { common_name: "Somebody else".into(), ..certificate.subject.clone() });
        certificate.authority_key_identifier = KeyIdentifier::Absent;
    });
    assert_quirk(&unnamed, CheckKind::Chain, "chain.name_mismatch");
}

#[test]
fn quirk_17_no_key_usage_and_other_forms_of_time() {
    assert_quirk(&with(|certificate| certificate.key_usage = None), CheckKind::SignerProfile, "ds.key_usage_missing");
    let generalized = with(|certificate| certificate.time_form = TimeForm::Generalized);
    assert_quirk(&generalized, CheckKind::SignerProfile, "ds.time_encoding");
    for other in ["P", "IR"] {
        let other_type = with(|certificate| certificate.document_types = vec![other]);
        assert_quirk(&other_type, CheckKind::SignerProfile, "ds.document_type");
    }
    assert_unbent(&with(|certificate| certificate.document_types = vec!["ID"]), CheckKind::SignerProfile);
}

/// Signing, issue, now: a signer that has expired since is read through by desks and refused by `strict`; where signingTime is missing
/// the signed date of issue stands for it.
#[test]
fn quirk_17_three_dates() {
    let expired = with(|certificate| certificate.not_after = Time::midnight(2025, 1, 1));
    let [operational, strict] = expired.read_and_judged();
    assert_eq!(ended(&operational, CheckKind::Validity), GOOD);
    assert_eq!((ended(&operational, CheckKind::ValidityToday), operational.overall), (failed("ds.expired"), Overall::Successful));
    assert_eq!((ended(&strict, CheckKind::ValidityToday), strict.overall), (failed("ds.expired"), Overall::Failed));
    let timeless = |name: &str| {
        let signature = SignatureOptions { signing_time: None, ..SignatureOptions::default() };
        Issued::new(name).signed(&SodOptions { signature, ..SodOptions::default() })
    };
    // DG13 has the date of issue; a card without any rests on the signer's being valid now, which is said.
    assert_unbent(&timeless("vietnam-2024"), CheckKind::Validity);
    let mut silent = Issued::new("vietnam-2024");
    silent.card.application_files.remove(&0x010D);
    silent.card.list("0107", &[1, 2, 3, 13, 15, 14]);
    let signature = SignatureOptions { signing_time: None, ..SignatureOptions::default() };
    let silent = silent.signed(&SodOptions { signature, ..SodOptions::default() });
    for report in silent.read_and_judged() {
        assert_eq!(findings(&report, CheckKind::Validity), ["validity.signing_time_absent"]);
        assert_eq!(report.overall, Overall::Successful);
    }
}

#[test]
fn attack_12_one_state_signs_for_another() {
    let issued = Issued::new("passport-td3");
    assert_eq!(issued.operational().overall, Overall::Successful);
    // The passport's own data under the Vietnamese authority, which is trusted too.
    let vietnam = Issued::vietnam().authority;
    let mut forged = Issued::new("passport-td3");
    if forged.card.data_groups().next().is_some() {
        forged.authority = vietnam;
    }
    let same_state = issued.operational().anchor().unwrap().certificate.subject.country() == Some("VN".into());
    assert!(!same_state, "the passport must be of another state than the authority");
    let report = forged.signed(&SodOptions::default()).operational();
    assert_eq!(ended(&report, CheckKind::Chain), GOOD);
    assert_eq!(ended(&report, CheckKind::IssuingState), failed("issuing_state.mismatch"));
    assert_eq!(report.overall, Overall::Failed);
}

/// A code that nobody knows hides nothing: what is known contradicts itself, and that is a failure.
#[test]
fn attack_12_an_unknown_code_beside_a_contradiction() {
    let genuine = Issued::new("passport-td3");
    assert_genuine(&genuine);
    let named = |country: &str, state: Option<&str>| {
        let mut issued = Issued::new("passport-td3");
        issued.authority.document_signer_name.country = country.into();
        if let Some(state) = state {
            let zone = issued.card.application_files.get_mut(&0x0101).unwrap();
            // The issuing state stands behind the document code.
            zone[7..10].copy_from_slice(state.as_bytes());
        }
        let mut certificate = issued.authority.document_signer_options();
        certificate.document_types.clear();
        issued.signed(&SodOptions { certificate: Some(certificate), ..SodOptions::default() }).operational()
    };
    let state = |report| ended(&report, CheckKind::IssuingState);
    assert_eq!(state(named("DE", None)), GOOD);
    assert_eq!(state(named("ZZ", None)), undetermined("issuing_state.unknown_code"));
    assert_eq!(state(named("DE", Some("ZZZ"))), undetermined("issuing_state.unknown_code"));
    assert_eq!(state(named("FR", None)), failed("issuing_state.mismatch"));
    // The signer's country is unknown, and authority and document contradict each other.
    assert_eq!(state(named("ZZ", Some("VNM"))), failed("issuing_state.mismatch"));
    // The document's state is unknown, and signer and authority contradict each other.
    assert_eq!(state(named("FR", Some("ZZZ"))), failed("issuing_state.mismatch"));
}

#[test]
fn three_dates() {
    let at = |year| Timestamp::new(Date::new(year, 6, 1).unwrap(), 0, 0, 0).unwrap();
    let judge =
        |issued: &Issued, profile: Profile, time| inspect(&issued.dossier(), &issued.trust(), &profile, time, &RustCrypto);
    let issued = Issued::vietnam().signed(&SodOptions::default());
    // Expired today: said by `operational`, refused by `strict`.
    let late = judge(&issued, Profile::OPERATIONAL, at(2060));
    assert_eq!(ended(&late, CheckKind::Validity), GOOD);
    assert_eq!(ended(&late, CheckKind::ValidityToday), failed("ds.expired"));
    assert_eq!(late.overall, Overall::Successful);
    assert_eq!(judge(&issued, Profile::STRICT, at(2060)).overall, Overall::Failed);
    assert_eq!(ended(&judge(&issued, Profile::OPERATIONAL, at(2023)), CheckKind::ValidityToday), failed("ds.not_yet_valid"));
    // Expired when it signed: refused by both.
    let expired = with(|certificate| certificate.not_after = Time::midnight(2024, 6, 1));
    assert_eq!(ended(&expired.operational(), CheckKind::Validity), failed("ds.not_valid_at_signing"));
    assert_eq!(expired.operational().overall, Overall::Failed);
}

/// A certificate holds from its first moment to its last, both included (RFC 5280 §4.1.2.5).
#[test]
fn the_edges_of_a_period() {
    // 2025-06-01 00:00:00 itself.
    let (now, second_before) = (Time::midnight(2025, 6, 1), Timestamp(NOW.0 - 1));
    let at = |issued: &Issued, store: &TrustStore, time| {
        let report = inspect(&issued.dossier(), store, &Profile::OPERATIONAL, time, &RustCrypto);
        ended(&report, CheckKind::ValidityToday)
    };
    let second_after = Timestamp(NOW.0 + 1);
    let (begins, ends) = (with(|certificate| certificate.not_before = now), with(|certificate| certificate.not_after = now));
    assert_eq!(at(&begins, &begins.trust(), NOW), GOOD);
    assert_eq!(at(&begins, &begins.trust(), second_before), failed("ds.not_yet_valid"));
    assert_eq!(at(&ends, &ends.trust(), NOW), GOOD);
    assert_eq!(at(&ends, &ends.trust(), second_after), failed("ds.expired"));
    let issued = Issued::vietnam();
    let options = issued.authority.csca_options();
    let store = |options: CertificateOptions| trust([issued.authority.csca_certificate_with(&options)]);
    let begins = store(CertificateOptions { not_before: now, ..options.clone() });
    let ends = store(CertificateOptions { not_after: now, ..options });
    assert_eq!((at(&issued, &begins, NOW), at(&issued, &ends, NOW)), (GOOD, GOOD));
    assert_eq!(at(&issued, &begins, second_before), failed("csca.not_yet_valid"));
    assert_eq!(at(&issued, &ends, second_after), failed("csca.expired"));
}

#[test]
fn the_period_of_the_private_key() {
    let issued = with(|certificate| {
        certificate.private_key_usage = Some((Time::midnight(2024, 1, 1), Time::midnight(2024, 4, 1)));
    });
    assert_quirk(&issued, CheckKind::SignerProfile, "ds.private_key_period");
}

#[test]
fn the_period_of_the_authoritys_private_key() {
    let issued = Issued::vietnam();
    let mut options = issued.authority.csca_options();
    options.private_key_usage = Some((Time::midnight(2021, 1, 1), Time::midnight(2023, 6, 1)));
    let store = trust([issued.authority.csca_certificate_with(&options)]);
    let judge = |profile| inspect(&issued.dossier(), &store, &profile, NOW, &RustCrypto);
    let operational = judge(Profile::OPERATIONAL);
    assert_eq!(findings(&operational, CheckKind::SignerProfile), ["csca.private_key_period"]);
    assert_eq!(operational.overall, Overall::Successful);
    assert_eq!(ended(&judge(Profile::STRICT), CheckKind::SignerProfile), failed("csca.private_key_period"));
}

#[test]
fn attack_11_a_key_that_was_certified_for_another_purpose() {
    let genuine = Issued::vietnam();
    assert_eq!(ended(&under(&genuine, &genuine.trust()), CheckKind::SignerProfile), GOOD);
    let issued = with(|options| options.extended_key_usage = Some("2.23.136.1.1.3"));
    let report = under(&issued, &issued.trust());
    assert_eq!(ended(&report, CheckKind::SodSignature), GOOD);
    assert_eq!(ended(&report, CheckKind::SignerProfile), failed("ds.extended_key_usage"));
    // A critical purpose counts in every profile.
    assert_eq!((report.overall, row(&report, CheckKind::SignerProfile).weight), (Overall::Failed, Weight::Mandatory));
}

/// The key of a document signer stands among the anchors, as a careless list brings it, and issues a document signer of its own.
#[test]
fn attack_11_a_document_signer_as_issuer() {
    let genuine = Issued::vietnam();
    assert_genuine(&genuine);
    let anchor = genuine.authority.document_signer_certificate().der;
    let authority = Authority {
        csca: genuine.authority.document_signer.clone(),
        csca_name: genuine.authority.document_signer_name.clone(),
        document_signer: impostor().document_signer,
        ..genuine.authority.clone()
    };
    let forged = Issued { authority, ..Issued::vietnam() }.signed(&SodOptions::default());
    let report = under(&forged, &trust([anchor]));
    assert_eq!(ended(&report, CheckKind::SodSignature), GOOD);
    assert_eq!(ended(&report, CheckKind::Chain), failed("csca.not_authority"));
    assert_eq!(report.overall, Overall::Failed);
}

#[test]
fn attack_31_a_certificate_of_many_extensions() {
    let many = |count: u32| {
        let issued = Issued::vietnam();
        let mut options = issued.authority.document_signer_options();
        let extension = |arc| Extension { oid: String::leak(format!("1.2.3.{arc}")), critical: false, value: vec![5, 0] };
        options.further_extensions = (0..count).map(extension).collect();
        Certificate::from_der(&issued.authority.document_signer_certificate_with(&options).der)
    };
    assert!(many(40).is_ok());
    assert_eq!(many(80).unwrap_err(), CertificateError::TooManyExtensions);
}

#[test]
fn attack_33_a_card_signed_later_than_now() {
    let issued = Issued::vietnam();
    let report = |now| inspect(&issued.dossier(), &issued.trust(), &Profile::OPERATIONAL, now, &RustCrypto);
    assert_eq!(ended(&report(NOW), CheckKind::Validity), GOOD);
    // Signed on 2024-09-15. Clocks differ by a day at most.
    let signed = 1_726_358_400;
    assert_eq!(ended(&report(Timestamp(signed - 86_400)), CheckKind::Validity), GOOD);
    let set_back = report(Timestamp(signed - 86_401));
    assert_eq!(ended(&set_back, CheckKind::Validity), undetermined("validity.signing_time_in_future"));
    assert_eq!(set_back.overall, Overall::Undetermined);
}
