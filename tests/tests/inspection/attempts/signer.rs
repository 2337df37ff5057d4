//! What is not signed of who signed EF.SOD: the algorithm, the certificates beside the message, and what the key is for.

use card_fixtures::authority::{
    Authority, CertificateOptions, KeyIdentifier, Scheme, SignatureOptions, SignerIdentifier, SodOptions, pss_without_parameters,
    rsa_encryption,
};
use card_fixtures::hash::Hash;
use soat::inspection::{CheckKind, Outcome, Overall};

use super::{judge, operational, signer};
use crate::issued::{GOOD, Issued, assert_genuine, ended, failed};

/// Found: what a key under id-RSASSA-PSS is certified for was read and forgotten (RFC 4055 §1.2 and §3.3).
#[test]
fn attempt_a_key_for_pss_under_another_signature() {
    let pss = |hash| Scheme::RsaPss { hash, mask_hash: hash, salt_len: 32 }.algorithm_identifier();
    let of = |card: &str, algorithm: Option<Vec<u8>>| {
        let issued = Issued::new(card);
        let certificate = CertificateOptions { key_algorithm: algorithm, ..issued.authority.document_signer_options() };
        let issued = issued.signed(&SodOptions { certificate: Some(certificate), ..SodOptions::default() });
        let report = issued.operational();
        (ended(&report, CheckKind::SodSignature), report.overall)
    };
    let (pkcs1, padded) = ("sod-rsa2048-pkcs1-sha256", "sod-rsa2048-pss-sha256");
    let good = (GOOD, Overall::Successful);
    let refused = (failed("sod.public_key_invalid"), Overall::Failed);
    for (card, algorithm, expected) in [
        (pkcs1, None, good),
        (padded, None, good),
        (pkcs1, Some(pss_without_parameters()), refused),
        (pkcs1, Some(pss(Hash::Sha256)), refused),
        (padded, Some(pss_without_parameters()), good),
        (padded, Some(pss(Hash::Sha256)), good),
        (padded, Some(pss(Hash::Sha512)), refused),
        (
            padded,
            Some(Scheme::RsaPss { hash: Hash::Sha256, mask_hash: Hash::Sha1, salt_len: 32 }.algorithm_identifier()),
            refused,
        ),
        (
            padded,
            Some(Scheme::RsaPss { hash: Hash::Sha256, mask_hash: Hash::Sha256, salt_len: 33 }.algorithm_identifier()),
            refused,
        ),
        (padded, Some(Scheme::RsaPss { hash: Hash::Sha256, mask_hash: Hash::Sha256, salt_len: 20 }.algorithm_identifier()), good),
    ] {
        assert_eq!(of(card, algorithm.clone()), expected, "{card} {algorithm:02X?}");
    }
}

/// The algorithm of a SignerInfo is not signed: anyone can exchange it.
#[test]
fn attempt_every_other_algorithm_of_the_signer() {
    let hashes = [Hash::Sha1, Hash::Sha224, Hash::Sha256, Hash::Sha384, Hash::Sha512];
    let mut algorithms = vec![pss_without_parameters(), rsa_encryption()];
    for hash in hashes {
        algorithms.push(Scheme::RsaPkcs1 { hash, null: true }.algorithm_identifier());
        algorithms.push(Scheme::Ecdsa { hash }.algorithm_identifier());
        algorithms.push(Scheme::PlainEcdsa { hash }.algorithm_identifier());
        for salt_len in [0, 20, hash.len(), 222] {
            algorithms.push(Scheme::RsaPss { hash, mask_hash: hash, salt_len }.algorithm_identifier());
        }
    }
    for card in ["vietnam-2024", "sod-rsa2048-pkcs1-sha256", "sod-rsa2048-pss-sha256"] {
        let issued = Issued::new(card);
        assert_genuine(&issued);
        let own = issued.authority.document_signer.scheme.algorithm_identifier();
        let plain = card.contains("pkcs1").then(rsa_encryption);
        let mut refused = 0;
        for algorithm in algorithms.iter().filter(|other| **other != own && Some(*other) != plain.as_ref()) {
            let signature = SignatureOptions { signature_algorithm: Some(algorithm.clone()), ..SignatureOptions::default() };
            let report = Issued::new(card).signed(&SodOptions { signature, ..SodOptions::default() }).operational();
            assert_ne!(ended(&report, CheckKind::SodSignature).0, Outcome::Successful, "{card} {algorithm:02X?}");
            assert_ne!(report.overall, Overall::Successful);
            assert!(report.identity().is_none());
            refused += 1;
        }
        assert!(refused > 30, "{card}: {refused}");
    }
}

/// A certificate of the same issuer, serial number and key identifier over the forger's key: whoever takes the one for the other is lost.
#[test]
fn attempt_a_twin_of_the_signers_certificate() {
    let genuine = Issued::vietnam();
    assert_genuine(&genuine);
    let twin = Authority {
        csca: signer("secp384r1", Hash::Sha384, "forger"),
        document_signer: signer("secp256r1", Hash::Sha256, "forger"),
        ..genuine.authority.clone()
    };
    let certificate = CertificateOptions {
        serial: genuine.authority.document_signer_options().serial,
        subject_key_identifier: KeyIdentifier::Given(genuine.authority.document_signer.key.key_identifier()),
        authority_key_identifier: KeyIdentifier::Given(genuine.authority.csca.key.key_identifier()),
        ..twin.document_signer_options()
    };
    let own = genuine.authority.document_signer_certificate().der;
    let store = genuine.trust();
    for signer_identifier in [SignerIdentifier::IssuerAndSerialNumber, SignerIdentifier::SubjectKeyIdentifier] {
        let options = SodOptions {
            certificate: Some(certificate.clone()),
            further_certificates: vec![own.clone()],
            signature: SignatureOptions { signer_identifier, ..SignatureOptions::default() },
            ..SodOptions::default()
        };
        let mut forged = Issued { authority: twin.clone(), ..Issued::vietnam() };
        forged.card.sign(&twin, &options);
        let report = judge(&forged, &store, &operational());
        assert_ne!(report.overall, Overall::Successful);
        assert!(report.identity().is_none());
        // The genuine signature with the twin beside it: the twin decides nothing that is green.
        let twin_der = twin.document_signer_certificate_with(&certificate).der;
        let beside = SodOptions {
            further_certificates: vec![twin_der],
            signature: SignatureOptions { signer_identifier, ..SignatureOptions::default() },
            ..SodOptions::default()
        };
        let report = judge(&Issued::vietnam().signed(&beside), &store, &operational());
        let anchor = report.anchor().map(|anchor| anchor.certificate.as_der().to_vec());
        assert!(report.overall != Overall::Successful || anchor == Some(genuine.authority.csca_certificate()));
    }
}
