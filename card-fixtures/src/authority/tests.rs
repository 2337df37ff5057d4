#![allow(clippy::type_complexity, clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

use super::*;
use crate::rsa::RsaKey;

const GROUPS: [(u8, &[u8]); 2] = [(1, b"one"), (2, b"two")];

fn p256(seed: &str) -> Signer {
    Signer::ecdsa(Curve::named("secp256r1").unwrap(), Hash::Sha256, seed)
}

fn authority() -> Authority {
    Authority::new("VN", p256("csca"), p256("ds"))
}

/// A switch that changes nothing would make every test over it empty.
#[test]
fn every_switch_of_a_security_object_changes_it() {
    let authority = authority();
    let authority = &authority;
    let made = |change: &dyn Fn(&mut SodOptions)| {
        let mut options = SodOptions::default();
        change(&mut options);
        authority.security_object(GROUPS, &options)
    };
    let right = made(&|_| {});
    assert_eq!(right, made(&|_| {}));
    let certificate = |change: fn(&mut CertificateOptions)| {
        let mut options = authority.document_signer_options();
        change(&mut options);
        options
    };
    let switches: Vec<(&str, Box<dyn Fn(&mut SodOptions)>)> = vec![
        ("signing time", Box::new(|o| o.signature.signing_time = None)),
        ("identifier", Box::new(|o| o.signature.signer_identifier = SignerIdentifier::SubjectKeyIdentifier)),
        ("another certificate", Box::new(|o| o.signature.names_another_certificate = true)),
        ("printable issuer", Box::new(|o| o.signature.issuer_form = NameForm::Printable)),
        ("reversed issuer", Box::new(|o| o.signature.issuer_form = NameForm::Reversed)),
        ("signer info version", Box::new(|o| o.signature.signer_info_version = Some(3))),
        ("signed data version", Box::new(|o| o.signature.signed_data_version = 1)),
        ("no attributes", Box::new(|o| o.signature.signed_attributes = false)),
        ("no content type", Box::new(|o| o.signature.content_type = Attribute::Absent)),
        ("wrong content type", Box::new(|o| o.signature.content_type = Attribute::Wrong)),
        ("content type twice", Box::new(|o| o.signature.content_type = Attribute::Twice)),
        ("no message digest", Box::new(|o| o.signature.message_digest = Attribute::Absent)),
        ("wrong message digest", Box::new(|o| o.signature.message_digest = Attribute::Wrong)),
        ("message digest twice", Box::new(|o| o.signature.message_digest = Attribute::Twice)),
        ("two message digests", Box::new(|o| o.signature.message_digest = Attribute::TwoValues)),
        ("signed as sent", Box::new(|o| o.signature.attribute_order = AttributeOrder::SignedAsSent)),
        ("signed sorted", Box::new(|o| o.signature.attribute_order = AttributeOrder::SignedSorted)),
        ("digest algorithm", Box::new(|o| o.signature.digest_algorithm = Some("1.2.840.113549.2.5"))),
        ("digest algorithms", Box::new(|o| o.signature.digest_algorithms = Some(vec![Hash::Sha512.oid()]))),
        ("signature algorithm", Box::new(|o| o.signature.signature_algorithm = Some(rsa_encryption()))),
        ("flipped", Box::new(|o| o.signature.defect = SignatureDefect::Flipped)),
        ("zero", Box::new(|o| o.signature.defect = SignatureDefect::Zero)),
        ("padded", Box::new(|o| o.signature.defect = SignatureDefect::PaddedIntegers)),
        ("two signers", Box::new(|o| o.signature.signer_infos = 2)),
        ("no certificate", Box::new(|o| o.signature.include_certificates = false)),
        ("indefinite", Box::new(|o| o.signature.encoding = Encoding::BerIndefinite)),
        ("further certificate", Box::new(move |o| o.further_certificates = vec![authority.csca_certificate()])),
        ("version", Box::new(|o| o.version = SecurityObjectVersion::V1)),
        ("version number", Box::new(|o| o.version_number = Some(2))),
        ("group hash", Box::new(|o| o.group_hash = Hash::Sha512)),
        ("group hash identifier", Box::new(|o| o.group_hash_oid = Some("1.2.840.113549.2.5"))),
        ("content type", Box::new(|o| o.content_type = "1.2.840.113549.1.7.1")),
        ("omitted", Box::new(|o| o.omitted_groups = vec![2])),
        ("repeated", Box::new(|o| o.repeated_groups = vec![2])),
        ("altered", Box::new(|o| o.altered_groups = vec![2])),
        ("further", Box::new(move |o| o.further_groups = vec![(17, vec![0; 32])])),
        ("unwrapped", Box::new(|o| o.wrapped = false)),
    ];
    let mut seen = std::collections::BTreeMap::from([(right, "right")]);
    for (name, change) in switches {
        if let Some(other) = seen.insert(made(&*change), name) {
            panic!("{name} makes the same as {other}");
        }
    }
    let certificates: [(&str, fn(&mut CertificateOptions)); 14] = [
        ("version 1", |o| o.version = 1),
        ("serial", |o| o.serial = vec![0x80]),
        ("issuer", |o| o.issuer = Some(Name::new("DE", "x", "y"))),
        ("expired", |o| o.not_after = Time::midnight(2024, 2, 1)),
        ("time form", |o| o.time_form = TimeForm::Generalized),
        ("no private-key usage", |o| o.private_key_usage = None),
        ("key usage", |o| o.key_usage = Some(vec![key_usage::KEY_ENCIPHERMENT])),
        ("no key usage", |o| o.key_usage = None),
        ("a CA", |o| o.basic_constraints = Some(BasicConstraints { ca: true, path_length: None })),
        ("no AKI", |o| o.authority_key_identifier = KeyIdentifier::Absent),
        ("wrong AKI", |o| o.authority_key_identifier = KeyIdentifier::Given(vec![0x5A; 20])),
        ("unknown critical", |o| {
            o.further_extensions.push(Extension { oid: "2.999.1", critical: true, value: crate::der::null() });
        }),
        ("inner algorithm", |o| o.inner_algorithm = Some(rsa_encryption())),
        ("corrupt", |o| o.corrupt_signature = true),
    ];
    for (name, change) in certificates {
        if let Some(other) = seen.insert(made(&|o| o.certificate = Some(certificate(change))), name) {
            panic!("{name} makes the same as {other}");
        }
    }
}

#[test]
fn a_forged_generator_keeps_the_public_key_and_signs_for_it() {
    let victim = p256("csca");
    let forged = Signer::new(victim.key.with_forged_generator().unwrap(), victim.scheme);
    assert_eq!(forged.key.public_key_bytes(), victim.key.public_key_bytes());
    assert_ne!(forged.subject_public_key_info(), victim.subject_public_key_info());
    let KeyPair::Ec { curve, private, public } = &forged.key else { panic!("not on a curve") };
    let signature = curve.sign(private, &[1; 32]);
    assert!(curve.verify(public, &[1; 32], &signature.r, &signature.s), "over the forger's generator");
    let right = Curve::named("secp256r1").unwrap();
    assert!(!right.verify(public, &[1; 32], &signature.r, &signature.s), "over the standard's");
    assert!(KeyPair::Rsa(RsaKey::named("rsa2048-a").unwrap()).with_forged_generator().is_none());
}

#[test]
fn a_declared_curve_stands_in_the_public_key() {
    let mut signer = Signer::ecdsa(Curve::named("brainpoolP256r1").unwrap(), Hash::Sha256, "declared");
    signer.declared_curve = Curve::named("secp256r1");
    let info = signer.subject_public_key_info();
    let parameters = curve_parameters(Curve::named("secp256r1").unwrap(), CurveEncoding::Explicit);
    assert!(info.windows(parameters.len()).any(|window| window == parameters));
}
