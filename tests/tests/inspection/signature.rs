//! The signature and content of EF.SOD: attacks 7–10, 27–29, 36, 37, and quirks 9–12, 14, 15.

use card_fixtures::authority::{
    Attribute, AttributeOrder, Authority, CurveEncoding, Encoding, KeyPair, NameForm, SecurityObjectVersion, SignatureDefect,
    SignatureOptions, Signer, SignerIdentifier, SodOptions, pss_without_parameters,
};
use card_fixtures::hash::Hash;
use card_fixtures::personalisation::catalogue;
use card_fixtures::rsa::RsaKey;
use soat::crypto::rustcrypto::RustCrypto;
use soat::inspection::{CheckKind, Overall, Profile, inspect};
use soat::pki::trust_store::SignerDirectory;
use soat::pki::{Certificate, TrustStore};

use crate::issued::{
    GOOD, Issued, NOW, assert_genuine, assert_quirk, assert_unbent, ended, failed, findings, group, undetermined,
};

/// The card under a signature that was made in another way; as issued it is genuine.
fn with(signature: SignatureOptions) -> Issued {
    assert_genuine(&Issued::vietnam().signed(&SodOptions::default()));
    Issued::vietnam().signed(&SodOptions { signature, ..SodOptions::default() })
}

#[test]
fn the_unaltered_card_is_genuine_under_both_profiles() {
    let issued = Issued::vietnam().signed(&SodOptions::default());
    let report = issued.operational();
    for check in &report.checks {
        println!("{:?}", check);
    }
    assert_eq!(report.overall, Overall::Successful);
    assert!(report.demonstration());
    // Without a revocation list the strict profile cannot come to more; nothing else stands in its way.
    assert_eq!(issued.strict().overall, Overall::Undetermined);
    assert_unbent(&issued, CheckKind::SodSignature);
}

#[test]
fn every_card_of_the_catalogue_is_genuine() {
    for entry in catalogue() {
        let report = Issued::new(entry.name).operational();
        assert_eq!(report.overall, Overall::Successful, "{}: {:#?}", entry.name, report.checks);
        assert!(report.identity().is_some(), "{}", entry.name);
    }
}

/// Each with the reason for which the signature's row fails under every profile.
#[test]
fn attack_08_signed_attributes_that_break_a_rule() {
    let default = SignatureOptions::default;
    let cases = [
        ("sod.signed_attributes_missing", SignatureOptions { signed_attributes: false, ..default() }),
        ("sod.attribute_count", SignatureOptions { content_type: Attribute::Absent, ..default() }),
        ("sod.attribute_count", SignatureOptions { content_type: Attribute::Twice, ..default() }),
        ("sod.attribute_count", SignatureOptions { content_type: Attribute::TwoValues, ..default() }),
        ("sod.content_type_mismatch", SignatureOptions { content_type: Attribute::Wrong, ..default() }),
        ("sod.attribute_count", SignatureOptions { message_digest: Attribute::Absent, ..default() }),
        ("sod.attribute_count", SignatureOptions { message_digest: Attribute::Twice, ..default() }),
        ("sod.attribute_count", SignatureOptions { message_digest: Attribute::TwoValues, ..default() }),
        ("sod.message_digest_mismatch", SignatureOptions { message_digest: Attribute::Wrong, ..default() }),
        ("sod.signer_count", SignatureOptions { signer_infos: 2, ..default() }),
        ("sod.signer_count", SignatureOptions { signer_infos: 0, ..default() }),
        ("sod.digest_not_permitted", SignatureOptions { digest_algorithm: Some("1.2.840.113549.2.5"), ..default() }),
        ("sod.digest_not_listed", SignatureOptions { digest_algorithms: Some(vec!["1.3.14.3.2.26"]), ..default() }),
        ("sod.signer_version", SignatureOptions { signer_info_version: Some(3), ..default() }),
        ("sod.signature_invalid", SignatureOptions { defect: SignatureDefect::Flipped, ..default() }),
        ("sod.signature_invalid", SignatureOptions { defect: SignatureDefect::Zero, ..default() }),
    ];
    for (reason, signature) in cases {
        let issued = with(signature.clone());
        for report in [issued.operational(), issued.strict()] {
            assert_eq!(ended(&report, CheckKind::SodSignature), failed(reason), "{signature:?}");
            assert_eq!(report.overall, Overall::Failed);
            assert!(report.identity().is_none() && report.signer().is_none());
        }
    }
}

#[test]
fn attack_07_hashes_count_only_from_a_verified_security_object() {
    let report = with(SignatureOptions { defect: SignatureDefect::Flipped, ..SignatureOptions::default() }).operational();
    for number in [1, 2, 13, 14] {
        assert_eq!(ended(&report, CheckKind::FileHash(group(number))), undetermined("sod.not_verified"));
    }
    for kind in [CheckKind::Chain, CheckKind::IssuingState, CheckKind::ChipAuthenticity, CheckKind::Validity] {
        assert_eq!(ended(&report, kind), undetermined("sod.not_verified"), "{kind:?}");
    }
}

#[test]
fn attack_27_an_rsa_signature_made_without_the_key() {
    let card = "sod-rsa2048-e3-pkcs1-sha256";
    assert_eq!(Issued::new(card).operational().overall, Overall::Successful);
    let signature = SignatureOptions { defect: SignatureDefect::Forged, ..SignatureOptions::default() };
    let issued = Issued::new(card).signed(&SodOptions { signature, ..SodOptions::default() });
    assert_eq!(ended(&issued.operational(), CheckKind::SodSignature), failed("sod.signature_invalid"));
}

#[test]
fn attack_29_a_generator_of_the_forgers_own() {
    let mut issued = Issued::vietnam();
    assert_genuine(&issued);
    let forged = issued.authority.document_signer.key.with_forged_generator().unwrap();
    issued.authority.document_signer.key = forged;
    let report = issued.signed(&SodOptions::default()).operational();
    assert_eq!(ended(&report, CheckKind::SodSignature), failed("sod.public_key_invalid"));
    assert_eq!(report.overall, Overall::Failed);
    assert!(report.identity().is_none());
}

#[test]
fn attack_36_a_group_listed_twice() {
    assert_genuine(&Issued::vietnam().signed(&SodOptions::default()));
    for options in [
        SodOptions { repeated_groups: vec![1], ..SodOptions::default() },
        SodOptions { further_groups: vec![(1, vec![0; 32])], ..SodOptions::default() },
    ] {
        let report = Issued::vietnam().signed(&options).operational();
        assert_eq!(ended(&report, CheckKind::SodSignature), GOOD);
        assert_eq!(ended(&report, CheckKind::SodContent), failed("sod.duplicate_data_group"));
        assert_eq!(report.overall, Overall::Failed);
    }
}

#[test]
fn attack_37_versions_and_groups_that_do_not_exist() {
    assert_genuine(&Issued::vietnam().signed(&SodOptions::default()));
    let default = SodOptions::default;
    let cases = [
        ("sod.version_unknown", SodOptions { version_number: Some(2), ..default() }),
        ("sod.version_inconsistent", SodOptions { version_number: Some(1), ..default() }),
        ("sod.version_inconsistent", SodOptions { version: SecurityObjectVersion::V1, version_number: Some(0), ..default() }),
        ("sod.digest_not_permitted", SodOptions { group_hash_oid: Some("1.2.840.113549.2.5"), ..default() }),
        ("sod.malformed", SodOptions { further_groups: vec![(17, vec![0; 32])], ..default() }),
        ("sod.malformed", SodOptions { further_groups: vec![(5, vec![0; 31])], ..default() }),
    ];
    for (reason, options) in cases {
        let report = Issued::vietnam().signed(&options).operational();
        assert_eq!(ended(&report, CheckKind::SodContent), failed(reason), "{options:?}");
        assert_eq!(report.overall, Overall::Failed);
    }
}

#[test]
fn version_1_of_the_security_object() {
    let mut issued = Issued::vietnam();
    issued.card.list("0108", &[]);
    let issued = issued.signed(&SodOptions { version: SecurityObjectVersion::V1, ..SodOptions::default() });
    assert_eq!(ended(&issued.strict(), CheckKind::SodContent), GOOD);
    let mut older = Issued::vietnam();
    older.card.list("0107", &[]);
    let older = older.signed(&SodOptions { version: SecurityObjectVersion::V1, ..SodOptions::default() });
    assert_quirk(&older, CheckKind::SodContent, "com.inconsistent");
}

#[test]
fn quirk_10_a_content_of_another_type() {
    let other = |content_type| Issued::vietnam().signed(&SodOptions { content_type, ..SodOptions::default() });
    let report = other("1.2.3.4").operational();
    assert_eq!(ended(&report, CheckKind::SodSignature), failed("sod.content_type"));
    for content_type in ["1.2.840.113549.1.7.1", "1.3.27.1.1.1", "1.2.528.1.1006.1.20.1"] {
        assert_quirk(&other(content_type), CheckKind::SodSignature, "sod.content_type_other");
    }
}

#[test]
fn quirk_09_indefinite_lengths() {
    let issued = with(SignatureOptions { encoding: Encoding::BerIndefinite, ..SignatureOptions::default() });
    assert_unbent(&issued, CheckKind::SodSignature);
}

#[test]
fn quirk_11_attributes_out_of_order() {
    for attribute_order in [AttributeOrder::SignedAsSent, AttributeOrder::SignedSorted] {
        let issued = with(SignatureOptions { attribute_order, ..SignatureOptions::default() });
        assert_quirk(&issued, CheckKind::SodSignature, "cms.attributes_not_der");
    }
}

/// RFC 5652 §5.1: a security object asks for version 3.
#[test]
fn a_version_of_the_message_that_its_content_does_not_ask_for() {
    let version = |signed_data_version| SignatureOptions { signed_data_version, ..SignatureOptions::default() };
    assert_eq!(ended(&with(version(3)).strict(), CheckKind::SodSignature), GOOD);
    for other in [0, 1, 2, 4, 5] {
        assert_quirk(&with(version(other)), CheckKind::SodSignature, "cms.version");
    }
    // id-data asks for version 1 (RFC 5652), and ICAO 9303-10 §4.6.2.2 for 3.
    let data = |signed_data_version| {
        let signature = version(signed_data_version);
        let options = SodOptions { content_type: "1.2.840.113549.1.7.1", signature, ..SodOptions::default() };
        findings(&Issued::vietnam().signed(&options).operational(), CheckKind::SodSignature).contains(&"cms.version")
    };
    assert_eq!([1, 3, 2, 4].map(data), [false, false, true, true]);
}

#[test]
fn elements_after_the_message_inside_the_security_object() {
    let issued = Issued::vietnam().signed(&SodOptions::default());
    assert_eq!(ended(&issued.strict(), CheckKind::SodSignature), GOOD);
    let sod = card_fixtures::personalisation::issue::SOD;
    let message = soat::lds::sod::cms(&issued.card.application_files[&sod]).unwrap().to_vec();
    // A second message, something else, and padding.
    for more in [message.as_slice(), &[0x04, 0x01, 0x00], &[0x00, 0x00]] {
        let mut longer = Issued::vietnam().signed(&SodOptions::default());
        let len = u16::try_from(message.len() + more.len()).unwrap();
        let file = [&[0x77, 0x82], len.to_be_bytes().as_slice(), &message, more].concat();
        longer.card.application_files.insert(sod, file);
        assert_quirk(&longer, CheckKind::SodSignature, "sod.trailing_data");
    }
}

#[test]
fn quirk_12_the_signer_identifier() {
    let default = SignatureOptions::default;
    for issuer_form in [NameForm::Printable, NameForm::Reversed] {
        assert_quirk(&with(SignatureOptions { issuer_form, ..default() }), CheckKind::SodContent, "sid.issuer_string_type");
    }
    let stranger = SignatureOptions { names_another_certificate: true, ..default() };
    assert_quirk(&with(stranger), CheckKind::SodContent, "sid.mismatch");
    let by_key = with(SignatureOptions { signer_identifier: SignerIdentifier::SubjectKeyIdentifier, ..default() });
    assert_unbent(&by_key, CheckKind::SodContent);
}

/// A directory that says whatever it likes: what it does not mean is passed over.
#[derive(Debug)]
struct Liar(Vec<Certificate>);

impl SignerDirectory for Liar {
    fn signers_named(&self, _: &soat::pki::cms::SignerIdentifier) -> Vec<Certificate> {
        self.0.clone()
    }
}

#[test]
fn a_directory_is_not_believed_about_whose_certificate_it_gives() {
    let issued = with(SignatureOptions { include_certificates: false, ..SignatureOptions::default() });
    let own = Certificate::from_der(&issued.authority.document_signer_certificate().der).unwrap();
    let other = Certificate::from_der(&Issued::new("passport-td3").authority.document_signer_certificate().der).unwrap();
    let judge = |given: Vec<Certificate>| {
        let mut store = issued.trust();
        store.look_up_signers_in(std::sync::Arc::new(Liar(given)));
        inspect(&issued.dossier(), &store, &Profile::OPERATIONAL, NOW, &RustCrypto)
    };
    // One that finds in one way finds no more in another.
    let identifier = soat::pki::cms::SignerIdentifier::SubjectKeyIdentifier(Vec::new());
    assert_eq!(Liar(vec![other.clone(), own.clone()]).all_signers_named(&identifier), [other.clone(), own.clone()]);
    assert_eq!(judge(vec![own.clone()]).overall, Overall::Successful);
    assert_eq!(judge(vec![other.clone(), own]).overall, Overall::Successful);
    assert_eq!(ended(&judge(vec![other]), CheckKind::SodSignature), undetermined("sod.signer_certificate_missing"));
}

#[test]
fn no_certificate_of_the_signer() {
    let report = with(SignatureOptions { include_certificates: false, ..SignatureOptions::default() }).operational();
    assert_eq!(ended(&report, CheckKind::SodSignature), undetermined("sod.signer_certificate_missing"));
    assert_eq!(report.overall, Overall::Undetermined);
}

#[test]
fn a_signer_that_is_known_from_a_directory() {
    let issued = with(SignatureOptions { include_certificates: false, ..SignatureOptions::default() });
    let judge = |der: &[u8], anchored: bool| {
        let mut store = if anchored { issued.trust() } else { TrustStore::new() };
        store.add_signer(Certificate::from_der(der).unwrap());
        inspect(&issued.dossier(), &store, &Profile::OPERATIONAL, NOW, &RustCrypto)
    };
    let certificate = issued.authority.document_signer_certificate().der;
    assert_eq!(judge(&certificate, true).overall, Overall::Successful);
    // It is no anchor for being known.
    let report = judge(&certificate, false);
    assert_eq!(ended(&report, CheckKind::Chain), undetermined("chain.issuer_unknown"));
    assert_eq!(report.overall, Overall::Undetermined);
    // Another signer's certificate is not the one that is named.
    let other = Issued::new("passport-td3").authority.document_signer_certificate().der;
    assert_eq!(ended(&judge(&other, true), CheckKind::SodSignature), undetermined("sod.signer_certificate_missing"));
}

#[test]
fn dsa_of_authority_and_signer() {
    for hash in [Hash::Sha1, Hash::Sha224, Hash::Sha256] {
        let (csca, signer) = (Signer::dsa(hash, "csca"), Signer::dsa(hash, "signer"));
        let issued =
            Issued { authority: Authority { csca, document_signer: signer, ..Issued::vietnam().authority }, ..Issued::vietnam() };
        let report = |signature| {
            let signed = Issued { card: issued.card.clone(), authority: issued.authority.clone() };
            signed.signed(&SodOptions { signature, ..SodOptions::default() }).operational()
        };
        let genuine = report(SignatureOptions::default());
        assert_eq!(genuine.overall, Overall::Successful, "{hash:?}");
        assert!(genuine.signer().unwrap().scheme.starts_with("DSA with"));
        let flipped = report(SignatureOptions { defect: SignatureDefect::Flipped, ..SignatureOptions::default() });
        assert_eq!(ended(&flipped, CheckKind::SodSignature), failed("sod.signature_invalid"));
        let zero = report(SignatureOptions { defect: SignatureDefect::Zero, ..SignatureOptions::default() });
        assert_eq!(zero.overall, Overall::Failed);
        // OpenSSL takes the certificates of the same keys.
        let csca = openssl::x509::X509::from_der(&issued.authority.csca_certificate()).unwrap();
        let signer = openssl::x509::X509::from_der(&issued.authority.document_signer_certificate().der).unwrap();
        assert!(signer.verify(&csca.public_key().unwrap()).unwrap());
    }
}

#[test]
fn quirk_14_padded_integers_and_another_curve_of_the_size() {
    let padded = with(SignatureOptions { defect: SignatureDefect::PaddedIntegers, ..SignatureOptions::default() });
    assert_quirk(&padded, CheckKind::SodSignature, "ecdsa.integer_not_minimal");
    let mut issued = Issued::new("sod-p256-sha256");
    issued.authority.document_signer.declared_curve = card_fixtures::curve::Curve::named("brainpoolP256r1");
    assert_quirk(&issued.signed(&SodOptions::default()), CheckKind::SodSignature, "key.curve_corrected");
    // On no standard curve of the size: nothing is corrected.
    let mut issued = Issued::new("sod-p256-sha256");
    issued.authority.document_signer.declared_curve = card_fixtures::curve::Curve::named("brainpoolP256r1");
    issued.authority.document_signer.key =
        KeyPair::ec(card_fixtures::curve::Curve::named("secp224r1").unwrap(), "of another size");
    let report = issued.signed(&SodOptions { group_hash: Hash::Sha256, ..SodOptions::default() }).operational();
    assert_eq!(ended(&report, CheckKind::SodSignature), failed("sod.public_key_invalid"));
}

#[test]
fn quirk_15_another_hash_for_the_groups_than_for_the_signature() {
    for group_hash in [Hash::Sha1, Hash::Sha224, Hash::Sha384, Hash::Sha512] {
        let issued = Issued::vietnam().signed(&SodOptions { group_hash, ..SodOptions::default() });
        assert_unbent(&issued, CheckKind::SodSignature);
    }
}

/// The defaults of RFC 4055 §3.1: SHA-1 for message and mask, a salt of 20 bytes.
#[test]
fn quirk_15_pss_without_parameters() {
    let mut issued = Issued::new("sod-rsa2048-pss-sha1");
    issued.authority.document_signer = Signer::rsa_pss(RsaKey::named("rsa2048-a").unwrap(), Hash::Sha1);
    let signed = |signature_algorithm| {
        let signature = SignatureOptions { signature_algorithm: Some(signature_algorithm), ..SignatureOptions::default() };
        let copy = Issued { card: issued.card.clone(), authority: issued.authority.clone() };
        copy.signed(&SodOptions { signature, ..SodOptions::default() })
    };
    assert_unbent(&signed(pss_without_parameters()), CheckKind::SodSignature);
    // They are no leave to guess: what was signed in another way does not hold under the defaults.
    issued.authority.document_signer = Signer::rsa_pss(RsaKey::named("rsa2048-a").unwrap(), Hash::Sha256);
    let copy = Issued { card: issued.card.clone(), authority: issued.authority.clone() };
    let signature = SignatureOptions { signature_algorithm: Some(pss_without_parameters()), ..SignatureOptions::default() };
    let other = copy.signed(&SodOptions { signature, ..SodOptions::default() });
    assert_eq!(ended(&other.operational(), CheckKind::SodSignature), failed("sod.signature_invalid"));
}

/// Named and explicit domain parameters, of authority and signer: the explicit ones are those of a known curve, number by number.
#[test]
fn quirk_16_explicit_domain_parameters() {
    for (authority, signer) in [
        (CurveEncoding::Explicit, CurveEncoding::Explicit),
        (CurveEncoding::Explicit, CurveEncoding::Named),
        (CurveEncoding::Named, CurveEncoding::Explicit),
        (CurveEncoding::Named, CurveEncoding::Named),
    ] {
        let mut issued = Issued::vietnam();
        issued.authority.csca.curve_encoding = authority;
        issued.authority.document_signer.curve_encoding = signer;
        assert_unbent(&issued.signed(&SodOptions::default()), CheckKind::Chain);
    }
    for card in ["sod-p224-sha224", "sod-bp224r1-sha224", "sod-bp320r1-sha384", "sod-bp512r1-sha512"] {
        assert_unbent(&Issued::new(card), CheckKind::SodSignature);
    }
}

#[test]
fn quirk_21_com_and_sod_disagree() {
    let mut issued = Issued::vietnam();
    let com = card_fixtures::personalisation::data_groups::com("0107", &[1, 2]);
    issued.card.application_files.insert(card_fixtures::personalisation::issue::COM, com);
    assert_quirk(&issued, CheckKind::SodContent, "com.inconsistent");
}
