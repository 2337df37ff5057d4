//! What the authority issues, judged by OpenSSL's command line. Without the command each test says loudly that it was skipped.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use card_fixtures::authority::{
    Attribute, AttributeOrder, Authority, CrlOptions, CurveEncoding, Encoding, MasterListOptions, Scheme, SecurityObjectVersion,
    SignatureDefect, SignatureOptions, Signer, SignerIdentifier, SodOptions,
};
use card_fixtures::curve::Curve;
use card_fixtures::hash::Hash;
use card_fixtures::personalisation::{catalogue, issue::SOD};
use card_fixtures::rsa::RsaKey;

/// 2024-09-15, when the fixtures sign.
const SIGNING: &str = "1726358400";

fn openssl_is_there(test: &str) -> bool {
    let there = Command::new("openssl").arg("version").output().is_ok_and(|output| output.status.success());
    if !there {
        eprintln!("SKIPPED: {test}: no openssl command");
    }
    there
}

fn openssl(arguments: &[&str]) -> Output {
    Command::new("openssl").args(arguments).output().unwrap()
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// A certificate as PEM, which `verify -CAfile` wants.
fn pem(folder: &Path, name: &str, certificate: &[u8]) -> PathBuf {
    let der = write(folder, &format!("{name}.der"), certificate);
    let out = folder.join(format!("{name}.pem"));
    let output = openssl(&["x509", "-inform", "DER", "-in", der.to_str().unwrap(), "-out", out.to_str().unwrap()]);
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    out
}

fn rsa(name: &str) -> &'static RsaKey {
    RsaKey::named(name).unwrap()
}

fn ecdsa(curve: &str, hash: Hash, seed: &str) -> Signer {
    Signer::ecdsa(Curve::named(curve).unwrap(), hash, seed).with_curve_encoding(CurveEncoding::Named)
}

/// Every scheme that OpenSSL knows, each for CSCA and document signer.
fn authorities() -> Vec<(String, Authority)> {
    let mut out = Vec::new();
    for hash in Hash::ALL {
        let name = hash.name();
        out.push((
            format!("pkcs1 {name}"),
            Authority::new("VN", Signer::rsa_pkcs1(rsa("rsa3072-a"), hash), Signer::rsa_pkcs1(rsa("rsa2048-e3"), hash)),
        ));
        out.push((
            format!("pss {name}"),
            Authority::new("VN", Signer::rsa_pss(rsa("rsa2048-a"), hash), Signer::rsa_pss(rsa("rsa2048-b"), hash)),
        ));
    }
    let apart = Scheme::RsaPss { hash: Hash::Sha256, mask_hash: Hash::Sha1, salt_len: 20 };
    out.push((
        "pss with a mask hash apart".into(),
        Authority::new(
            "VN",
            Signer::rsa_pss(rsa("rsa4096-a"), Hash::Sha512),
            Signer::rsa_pss(rsa("rsa2048-b"), Hash::Sha256).with_scheme(apart),
        ),
    ));
    for curve in Curve::all() {
        let hash = if curve.field_len() < 28 { Hash::Sha1 } else { Hash::Sha256 };
        out.push((
            curve.name().into(),
            Authority::new("VN", ecdsa(curve.name(), hash, "csca"), ecdsa(curve.name(), Hash::Sha512, "ds")),
        ));
    }
    out
}

fn cms_verifies(folder: &Path, message: &[u8]) -> bool {
    let path = write(folder, "message.der", message);
    openssl(&["cms", "-verify", "-noverify", "-binary", "-inform", "DER", "-in", path.to_str().unwrap(), "-out", "/dev/null"])
        .status
        .success()
}

#[test]
fn certificates_and_security_objects_verify() {
    if !openssl_is_there("certificates_and_security_objects_verify") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, authority) in authorities() {
        let csca = pem(folder.path(), "csca", &authority.csca_certificate());
        let signer = pem(folder.path(), "signer", &authority.document_signer_certificate().der);
        let output = openssl(&[
            "verify",
            "-attime",
            SIGNING,
            "-auth_level",
            "0",
            "-check_ss_sig",
            "-x509_strict",
            "-CAfile",
            csca.to_str().unwrap(),
            signer.to_str().unwrap(),
        ]);
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));

        for (encoding, identifier, version, group_hash) in [
            (Encoding::Der, SignerIdentifier::IssuerAndSerialNumber, SecurityObjectVersion::V0, Hash::Sha256),
            (Encoding::BerIndefinite, SignerIdentifier::SubjectKeyIdentifier, SecurityObjectVersion::V1, Hash::Sha512),
        ] {
            let mut options = SodOptions { version, group_hash, wrapped: false, ..SodOptions::default() };
            options.signature.encoding = encoding;
            options.signature.signer_identifier = identifier;
            let file = authority.security_object([(1, b"one".as_slice()), (2, b"two")], &options);
            assert!(cms_verifies(folder.path(), &file), "{name}, {encoding:?}");
        }
    }
}

#[test]
fn explicit_parameters_are_those_of_the_named_curve() {
    if !openssl_is_there("explicit_parameters_are_those_of_the_named_curve") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for curve in Curve::all() {
        let signer = Signer::ecdsa(curve, Hash::Sha256, "explicit");
        let authority = Authority::new("VN", signer.clone(), signer);
        let path = write(folder.path(), "csca.der", &authority.csca_certificate());
        let output = openssl(&["x509", "-inform", "DER", "-in", path.to_str().unwrap(), "-noout", "-pubkey"]);
        assert!(output.status.success(), "{}", curve.name());
        let key = write(folder.path(), "key.pem", &output.stdout);
        // OpenSSL recognises numbers that equal a named curve and prints its name once it is asked for that form.
        let output = openssl(&["ec", "-pubin", "-in", key.to_str().unwrap(), "-param_enc", "named_curve", "-text", "-noout"]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let alias = curve.name().replace("secp192r1", "prime192v1").replace("secp256r1", "prime256v1");
        assert!(text.contains(&format!("ASN1 OID: {alias}")), "{}: {text}", curve.name());
    }
}

#[test]
fn lists_verify_and_a_flipped_bit_does_not() {
    if !openssl_is_there("lists_verify_and_a_flipped_bit_does_not") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new("VN", ecdsa("secp384r1", Hash::Sha384, "csca"), ecdsa("secp256r1", Hash::Sha256, "ds"));
    let csca = pem(folder.path(), "csca", &authority.csca_certificate());
    let revoked = vec![(authority.document_signer_options().serial, card_fixtures::time::Time::midnight(2024, 9, 1))];
    for corrupt_signature in [false, true] {
        let list =
            authority.revocation_list(&CrlOptions { revoked: revoked.clone(), corrupt_signature, ..CrlOptions::default() });
        let path = write(folder.path(), "list.crl", &list);
        let output = openssl(&[
            "crl",
            "-inform",
            "DER",
            "-in",
            path.to_str().unwrap(),
            "-CAfile",
            csca.to_str().unwrap(),
            "-noout",
            "-text",
        ]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(said.contains("verify OK"), !corrupt_signature, "{said}");
        assert!(String::from_utf8_lossy(&output.stdout).contains(&hex::encode_upper(&revoked[0].0)));

        let mut options = MasterListOptions::default();
        if corrupt_signature {
            options.signature.defect = SignatureDefect::Flipped;
        }
        let list = authority.master_list(&[authority.csca_certificate()], &options);
        let path = write(folder.path(), "list.ml", &list);
        let output = openssl(&[
            "cms",
            "-verify",
            "-binary",
            "-inform",
            "DER",
            "-in",
            path.to_str().unwrap(),
            "-CAfile",
            csca.to_str().unwrap(),
            "-purpose",
            "any",
            "-attime",
            SIGNING,
            "-out",
            "/dev/null",
        ]);
        assert_eq!(output.status.success(), !corrupt_signature, "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn a_link_certificate_joins_two_keys() {
    if !openssl_is_there("a_link_certificate_joins_two_keys") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let old = Authority::new("VN", ecdsa("secp384r1", Hash::Sha384, "old"), ecdsa("secp256r1", Hash::Sha256, "ds"));
    let mut new = Authority::new("VN", ecdsa("brainpoolP512r1", Hash::Sha512, "new"), ecdsa("secp256r1", Hash::Sha256, "ds"));
    new.csca_name.common_name = "Fixture CSCA VN 2".into();
    let csca = pem(folder.path(), "old", &old.csca_certificate());
    let link = pem(folder.path(), "link", &old.link_certificate(&new));
    let output = openssl(&["verify", "-attime", SIGNING, "-CAfile", csca.to_str().unwrap(), link.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(old.link_certificate(&new), old.link_certificate(&new), "the same bytes at any time");
}

/// Each switch must do something: the right message verifies, the altered one does not, where OpenSSL checks the matter at all.
#[test]
fn defects_are_seen() {
    if !openssl_is_there("defects_are_seen") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new("VN", ecdsa("secp384r1", Hash::Sha384, "csca"), ecdsa("secp256r1", Hash::Sha256, "ds"));
    let sod = |signature: SignatureOptions| {
        let options = SodOptions { signature, wrapped: false, ..SodOptions::default() };
        authority.security_object([(1, b"one".as_slice()), (2, b"two")], &options)
    };
    let right = SignatureOptions::default();
    assert!(cms_verifies(folder.path(), &sod(right.clone())));
    assert!(cms_verifies(folder.path(), &sod(SignatureOptions { signed_attributes: false, ..right.clone() })));
    let defects = [
        ("flipped", SignatureOptions { defect: SignatureDefect::Flipped, ..right.clone() }),
        ("zero", SignatureOptions { defect: SignatureDefect::Zero, ..right.clone() }),
        ("message digest wrong", SignatureOptions { message_digest: Attribute::Wrong, ..right.clone() }),
        ("message digest absent", SignatureOptions { message_digest: Attribute::Absent, ..right.clone() }),
        ("message digest with two values", SignatureOptions { message_digest: Attribute::TwoValues, ..right.clone() }),
        ("another certificate named", SignatureOptions { names_another_certificate: true, ..right.clone() }),
        ("no certificate", SignatureOptions { include_certificates: false, ..right.clone() }),
        ("no signer", SignatureOptions { signer_infos: 0, ..right.clone() }),
        ("digest algorithm of another name", SignatureOptions { digest_algorithm: Some(Hash::Sha512.oid()), ..right.clone() }),
        ("padded integers", SignatureOptions { defect: SignatureDefect::PaddedIntegers, ..right.clone() }),
    ];
    for (name, options) in defects {
        assert!(!cms_verifies(folder.path(), &sod(options)), "{name}");
    }
    // OpenSSL never looks at the contentType attribute's value.
    let wrong = SignatureOptions { content_type: Attribute::Wrong, ..right.clone() };
    assert_ne!(sod(wrong), sod(right.clone()));
    for order in [AttributeOrder::SignedAsSent, AttributeOrder::SignedSorted] {
        assert_ne!(sod(SignatureOptions { attribute_order: order, ..right.clone() }), sod(right.clone()));
    }
}

/// The security object of every card that OpenSSL can judge: its signature, and a digest of every data group in what is signed.
#[test]
fn every_card_of_the_catalogue_is_signed() {
    if !openssl_is_there("every_card_of_the_catalogue_is_signed") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut judged = 0;
    // OpenSSL knows neither the plain ECDSA of BSI TR-03111 nor a DigestInfo without NULL.
    for entry in catalogue().iter().filter(|entry| !entry.name.contains("plain") && !entry.name.contains("no-null")) {
        let card = entry.personalise();
        let sod = &card.application_files[&SOD];
        assert_eq!(&sod[..2], [0x77, 0x82], "{}", entry.name);
        let path = write(folder.path(), "sod.der", &sod[4..]);
        let content = folder.path().join("content.der");
        let arguments = ["cms", "-verify", "-noverify", "-binary", "-inform", "DER", "-in", path.to_str().unwrap(), "-out"];
        let output = Command::new("openssl").args(arguments).arg(&content).output().unwrap();
        assert!(output.status.success(), "{}: {}", entry.name, String::from_utf8_lossy(&output.stderr));
        let content = std::fs::read(content).unwrap();
        for (number, file) in card.data_groups() {
            let listed = Hash::ALL.iter().any(|hash| content.windows(hash.len()).any(|window| window == hash.digest(file)));
            assert!(listed, "{}: DG{number}", entry.name);
        }
        judged += 1;
    }
    assert!(judged > 80, "{judged} cards");
}
