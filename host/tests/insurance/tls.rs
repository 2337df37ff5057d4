//! The portal over TLS: its certificate must be of an authority that this computer trusts, and of the portal's own name. The stand-in's
//! authority is trusted by the ordinary means of the platform alone, `SSL_CERT_FILE` of OpenSSL.

use std::process::Output;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use openssl::asn1::Asn1Time;
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{SslAcceptor, SslMethod};
use openssl::x509::extension::{BasicConstraints, KeyUsage, SubjectAlternativeName};
use openssl::x509::{X509, X509NameBuilder};
use serde_json::{Value, json};

use super::stand_in::stand_in_behind;
use super::{SECRETS, UNVERIFIED, answer, soat_at, token, valid};

/// A certificate and its key.
struct Holder {
    certificate: X509,
    key: PKey<Private>,
}

/// A certificate for `localhost`, or an authority: signed by another, or by itself.
fn holder(name: &str, is_authority: bool, issuer: Option<&Holder>) -> Holder {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
    let mut subject = X509NameBuilder::new().unwrap();
    subject.append_entry_by_nid(Nid::COMMONNAME, name).unwrap();
    let subject = subject.build();
    let mut serial = BigNum::new().unwrap();
    serial.rand(120, MsbOption::MAYBE_ZERO, false).unwrap();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&serial.to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&subject).unwrap();
    builder.set_issuer_name(issuer.map_or(&*subject, |issuer| issuer.certificate.subject_name())).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::days_from_now(30).unwrap()).unwrap();
    if is_authority {
        builder.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
        builder.append_extension(KeyUsage::new().critical().key_cert_sign().build().unwrap()).unwrap();
    } else {
        let names = SubjectAlternativeName::new().dns("localhost").build(&builder.x509v3_context(None, None)).unwrap();
        builder.append_extension(names).unwrap();
    }
    builder.sign(issuer.map_or(&key, |issuer| &issuer.key), MessageDigest::sha256()).unwrap();
    Holder { certificate: builder.build(), key }
}

/// The portal behind TLS with this certificate.
fn portal(holder: &Holder) -> (u16, Receiver<(String, Value)>) {
    let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls()).unwrap();
    acceptor.set_certificate(&holder.certificate).unwrap();
    acceptor.set_private_key(&holder.key).unwrap();
    let acceptor = Arc::new(acceptor.build());
    stand_in_behind(vec![token(), answer(&valid())], move |stream| acceptor.accept(stream).ok())
}

/// Asks at a name, where these certificates alone are trusted.
fn ask(host: &str, port: u16, trusted: &Holder) -> (Output, Value) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("authorities.pem");
    std::fs::write(&file, trusted.certificate.to_pem().unwrap()).unwrap();
    let (file, none) = (file.display().to_string(), folder.path().display().to_string());
    let variables = [("SSL_CERT_FILE", file.as_str()), ("SSL_CERT_DIR", none.as_str())];
    let output = soat_at(&format!("https://{host}:{port}"), "en", &[&UNVERIFIED[..], &["--json"]].concat(), &variables);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    (output, told)
}

#[test]
fn a_portal_with_a_certificate_of_a_trusted_authority_is_asked() {
    let authority = holder("Test Authority", true, None);
    let (port, requests) = portal(&holder("localhost", false, Some(&authority)));
    let (output, told) = ask("localhost", port, &authority);
    assert_eq!((output.status.code(), &told["insurance"]["conclusion"]), (Some(0), &json!("valid")), "{told:#}");
    let asked: Vec<String> = requests.try_iter().map(|(line, _)| line).collect();
    assert!(asked.len() == 2 && asked[1].starts_with("POST /api/egw/KQNhanLichSuKCB2024?token=ACCESS"), "{asked:?}");
}

/// The password is not sent to somebody who only says that he is the portal.
#[test]
fn who_only_says_that_he_is_the_portal_is_told_nothing() {
    let authority = holder("Test Authority", true, None);
    let other = holder("Other Authority", true, None);
    let alone = holder("localhost", false, None);
    for (what, host, certificate, trusted) in [
        ("of another name", "127.0.0.1", holder("localhost", false, Some(&authority)), &authority),
        ("of an authority that nobody trusts", "localhost", holder("localhost", false, Some(&other)), &authority),
        ("signed by itself", "localhost", alone, &authority),
    ] {
        let (port, requests) = portal(&certificate);
        let (output, told) = ask(host, port, trusted);
        assert_eq!(
            (output.status.code(), told["error"]["code"].as_str()),
            (Some(3), Some("insurance-not-trusted")),
            "{what}: {told:#}"
        );
        assert_eq!(requests.try_iter().count(), 0, "{what}");
        let all = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(SECRETS.iter().all(|secret| !all.contains(secret)), "{what}: {all}");
    }
}
