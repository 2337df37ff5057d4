//! Every certificate of the public master lists, and every one that the fixture authorities make.

use std::collections::BTreeSet;

use card_fixtures::personalisation::catalogue;
use openssl::x509::X509;
use soat::crypto::rustcrypto::RustCrypto;
use soat::pki::Certificate;
use soat::pki::certificate::Name;
use soat::pki::master_list::CscaMasterList;
use soat::tlv::{Cursor, Rules};
use soat_tests::real_data;
use x509_parser::extensions::ParsedExtension;
use x509_parser::prelude::{FromDer, X509Certificate};

/// The certificates that the others judged otherwise, and how.
#[derive(Debug, Default, PartialEq, Eq)]
struct Differences {
    /// Keys that OpenSSL cannot use.
    keys: Vec<String>,
    /// Signatures by the certificate's own key that hold here alone.
    own_signatures: Vec<String>,
    /// Extensions that x509-parser does not read.
    extensions: Vec<String>,
}

fn compare(name: &str, der: &[u8], differences: &mut Differences) {
    let ours = Certificate::from_der(der).unwrap();
    let label = format!("{name}: {} {}", ours.subject, hex::encode(&ours.serial));
    let (rest, parsed) = X509Certificate::from_der(der).unwrap_or_else(|error| panic!("{label}: {error}"));
    assert!(rest.is_empty(), "{label}");
    let theirs = X509::from_der(der).unwrap();

    assert_eq!(ours.serial, parsed.raw_serial(), "{label}");
    assert!(super::is_integer(theirs.serial_number(), &ours.serial), "{label}");
    for (own, parsed, openssl) in
        [(&ours.issuer, parsed.issuer(), theirs.issuer_name()), (&ours.subject, parsed.subject(), theirs.subject_name())]
    {
        assert_eq!(own.as_der(), parsed.as_raw(), "{label}");
        // OpenSSL writes names anew; what it writes must be the same name.
        let written = openssl.to_der().unwrap();
        let element = Cursor::new(&written, Rules::Der).read().unwrap();
        assert!(Name::from_element(&element).unwrap().matches(own), "{label}");
        let country =
            parsed.iter_country().next().and_then(|country| country.as_str().ok()).map(|text| text.trim().to_uppercase());
        assert_eq!(own.country(), country, "{label}");
    }
    assert_eq!(ours.validity.not_before.0, parsed.validity().not_before.timestamp(), "{label}");
    assert_eq!(ours.validity.not_after.0, parsed.validity().not_after.timestamp(), "{label}");
    assert!(super::is_moment(theirs.not_before(), ours.validity.not_before), "{label}");
    assert!(super::is_moment(theirs.not_after(), ours.validity.not_after), "{label}");

    compare_extensions(&ours, &parsed, &theirs, &label, differences);

    assert_eq!(ours.public_key_info, parsed.public_key().raw, "{label}");
    let own_key = ours.public_key().unwrap_or_else(|error| panic!("{label}: {error}"));
    let Ok(key) = theirs.public_key() else {
        differences.keys.push(name.to_owned());
        return;
    };
    let (own, other) = (ours.verify_signed_by(&own_key, &RustCrypto).is_ok(), theirs.verify(&key).unwrap_or(false));
    assert!(own || !other, "{label}: OpenSSL alone finds it signed by itself");
    if own != other {
        differences.own_signatures.push(name.to_owned());
    }
}

/// Authorities whose signatures OpenSSL 3.0 does not check: it has no plain ECDSA of BSI TR-03111, and wants the NULL in a DigestInfo,
/// which RFC 8017 appendix B.1 bears without.
pub const BEYOND_OPENSSL: [&str; 6] = [
    "sod-rsa2048-pkcs1-no-null-sha256",
    "sod-bp256r1-plain-sha1",
    "sod-bp256r1-plain-sha224",
    "sod-bp256r1-plain-sha256",
    "sod-bp256r1-plain-sha384",
    "sod-bp256r1-plain-sha512",
];

fn compare_extensions(
    ours: &Certificate,
    parsed: &X509Certificate<'_>,
    theirs: &X509,
    label: &str,
    differences: &mut Differences,
) {
    let own = &ours.extensions;
    let openssl = |identifier: Option<&openssl::asn1::Asn1OctetStringRef>| identifier.map(|octets| octets.as_slice().to_vec());
    assert_eq!(own.subject_key_identifier, openssl(theirs.subject_key_id()), "{label}");
    assert_eq!(own.authority_key_identifier, openssl(theirs.authority_key_id()), "{label}");
    let (mut subject, mut authority, mut unreadable) = (None, None, false);
    for extension in parsed.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::SubjectKeyIdentifier(identifier) => subject = Some(identifier.0.to_vec()),
            ParsedExtension::AuthorityKeyIdentifier(identifier) => {
                authority = identifier.key_identifier.as_ref().map(|octets| octets.0.to_vec())
            }
            ParsedExtension::ParseError { .. } => unreadable = true,
            _ => {}
        }
    }
    if unreadable {
        differences.extensions.push(label.to_owned());
    } else {
        assert_eq!((&own.subject_key_identifier, &own.authority_key_identifier), (&subject, &authority), "{label}");
    }
    let usage = own.key_usage.map(|usage| {
        [
            usage.digital_signature(),
            usage.non_repudiation(),
            usage.key_encipherment(),
            usage.data_encipherment(),
            usage.key_agreement(),
            usage.key_cert_sign(),
            usage.crl_sign(),
            usage.encipher_only(),
            usage.decipher_only(),
        ]
    });
    let parsed_usage = parsed.key_usage().ok().flatten().map(|usage| {
        let usage = usage.value;
        [
            usage.digital_signature(),
            usage.non_repudiation(),
            usage.key_encipherment(),
            usage.data_encipherment(),
            usage.key_agreement(),
            usage.key_cert_sign(),
            usage.crl_sign(),
            usage.encipher_only(),
            usage.decipher_only(),
        ]
    });
    assert_eq!(usage, parsed_usage, "{label}");
    let constraints = parsed.basic_constraints().ok().flatten().map(|constraints| constraints.value.ca);
    if constraints.is_some() {
        assert_eq!(own.basic_constraints.map(|own| own.certificate_authority), constraints, "{label}");
    }
}

#[test]
fn every_certificate_of_the_master_lists() {
    let Some(data) = real_data::folder() else { return };
    let (mut seen, mut differences) = (BTreeSet::new(), Differences::default());
    let mut members = 0;
    for entry in std::fs::read_dir(data.join("master-lists")).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let certificates = if path.extension().is_some_and(|extension| extension == "ml") {
            CscaMasterList::candidates(&bytes, &RustCrypto).unwrap()
        } else {
            Certificate::from_der(&bytes).into_iter().collect()
        };
        members += certificates.len();
        for certificate in certificates {
            if seen.insert(certificate.as_der().to_vec()) {
                compare(&path.display().to_string(), certificate.as_der(), &mut differences);
            }
        }
    }
    println!("{members} members, {} distinct certificates: {differences:?}", seen.len());
    assert!(members > 541 + 559 + 392 + 394 && seen.len() > 500);
    assert_eq!(differences, Differences::default());
}

#[test]
fn every_certificate_of_the_fixture_authorities() {
    let (mut seen, mut differences) = (BTreeSet::new(), Differences::default());
    for entry in catalogue() {
        let authority = entry.authority();
        for der in [authority.csca_certificate(), authority.document_signer_certificate().der] {
            if seen.insert(der.clone()) {
                compare(entry.name, &der, &mut differences);
            }
        }
    }
    println!("{} certificates: {differences:?}", seen.len());
    assert!(seen.len() > 20);
    assert_eq!(differences, Differences { own_signatures: BEYOND_OPENSSL.map(String::from).to_vec(), ..Differences::default() });
}
