//! Every revocation list that the fixture authorities make: of each of them, in every form that is read.

use std::collections::BTreeSet;

use crate::certificates::BEYOND_OPENSSL;
use card_fixtures::authority::{Authority, CrlOptions, Extension, KeyIdentifier};
use card_fixtures::personalisation::catalogue;
use card_fixtures::time::Time;
use openssl::x509::{ReasonCode as OpensslReason, X509, X509Crl};
use soat::crypto::rustcrypto::RustCrypto;
use soat::pki::crl::RevocationReason;
use soat::pki::{Certificate, CertificateList, CrlError, Provenance, TrustStore, VerifiedCrl};
use x509_parser::prelude::{CertificateRevocationList, FromDer};

/// The forms of a list: none, one and many entries, serial numbers of every sign and length, reasons, other ends, other extensions.
fn forms() -> Vec<CrlOptions> {
    let base = CrlOptions::default;
    let revoked = vec![
        (vec![0x05], Time::midnight(2024, 8, 2)),
        (vec![0x11, 0x22], Time::midnight(2024, 8, 1)),
        (vec![0x00, 0x80], Time::midnight(2024, 8, 3)),
        (vec![0x80], Time::midnight(2024, 8, 4)),
        (vec![0xFF, 0x7F], Time::midnight(2024, 8, 5)),
        ([&[0x40], [0xAB; 18].as_slice(), &[0x01]].concat(), Time::midnight(2024, 8, 6)),
    ];
    let mut forms = vec![
        base(),
        CrlOptions { revoked: revoked.clone(), ..base() },
        CrlOptions { next_update: None, revoked: revoked.clone(), ..base() },
        CrlOptions {
            number: 70_000,
            this_update: Time::midnight(2051, 1, 1),
            next_update: Some(Time::midnight(2051, 4, 1)),
            ..base()
        },
        CrlOptions { authority_key_identifier: KeyIdentifier::Absent, ..base() },
        CrlOptions { corrupt_signature: true, revoked: revoked.clone(), ..base() },
        CrlOptions {
            further_extensions: vec![Extension { oid: "1.2.3.4", critical: false, value: vec![5, 0] }],
            revoked: revoked.clone(),
            ..base()
        },
        CrlOptions {
            revoked: (0..2000_u16)
                .map(|serial| ([&[0x11], serial.to_be_bytes().as_slice()].concat(), Time::midnight(2024, 8, 1)))
                .collect(),
            ..base()
        },
    ];
    for reason in [1, 2, 3, 4, 5, 6, 9, 10] {
        forms.push(CrlOptions { reason: Some(reason), revoked: revoked.clone(), ..base() });
    }
    forms
}

fn compare(name: &str, authority: &Authority, options: &CrlOptions) {
    let bytes = authority.revocation_list(options);
    let ours = CertificateList::from_der(&bytes).unwrap();
    let (rest, parsed) = CertificateRevocationList::from_der(&bytes).unwrap();
    assert!(rest.is_empty());
    let theirs = X509Crl::from_der(&bytes).unwrap();

    assert_eq!(ours.issuer().as_der(), parsed.issuer().as_raw());
    assert_eq!(ours.this_update().0, parsed.last_update().timestamp());
    assert!(super::is_moment(theirs.last_update(), ours.this_update()));
    assert_eq!(parsed.next_update().map(|time| time.timestamp()), theirs.next_update().map(|_| ours.next_update().0));
    if let Some(next) = theirs.next_update() {
        assert!(super::is_moment(next, ours.next_update()));
    }
    let number = parsed.crl_number().map(|number| number.to_bytes_be());
    assert_eq!(ours.number(), number.as_deref());

    let own: Vec<_> = ours.entries().map(|(serial, entry)| (serial.to_vec(), entry.since.0, entry.reason)).collect();
    let mut seen: Vec<_> = parsed
        .iter_revoked_certificates()
        .map(|entry| {
            let reason = entry.reason_code().map_or(RevocationReason::Unspecified, |(_, code)| of_code(code.0));
            (minimal(entry.raw_serial()), entry.revocation_date.timestamp(), reason)
        })
        .collect();
    seen.sort_by(|one, other| one.0.cmp(&other.0));
    assert_eq!(own, seen);
    let openssl = theirs.get_revoked().map(|entries| entries.iter().collect::<Vec<_>>()).unwrap_or_default();
    assert_eq!(own.len(), openssl.len());
    for entry in openssl {
        let of_entry = |(serial, _, _): &&(Vec<u8>, i64, RevocationReason)| super::is_integer(entry.serial_number(), serial);
        let (_, since, reason) = own.iter().find(of_entry).unwrap();
        assert!(super::is_moment(entry.revocation_date(), soat::time::Timestamp(*since)));
        let code = entry.extension::<OpensslReason>().unwrap().map(|(_, code)| code.get_i64().unwrap());
        assert_eq!(*reason, code.map_or(RevocationReason::Unspecified, |code| of_code(u8::try_from(code).unwrap())));
    }

    let csca = authority.csca_certificate();
    let mut store = TrustStore::new();
    store.add(Certificate::from_der(&csca).unwrap(), Provenance::Operator { source: "test".into() }, true, &RustCrypto);
    let holds = VerifiedCrl::verify(ours, &store, &RustCrypto).is_ok();
    let key = X509::from_der(&csca).unwrap().public_key().unwrap();
    assert_eq!(holds, !options.corrupt_signature, "{name}");
    let expected = holds && !BEYOND_OPENSSL.contains(&name);
    assert_eq!(theirs.verify(&key).unwrap_or(false), expected, "{name}: the signature");
}

fn of_code(code: u8) -> RevocationReason {
    match code {
        1 => RevocationReason::KeyCompromise,
        2 | 10 => RevocationReason::AuthorityCompromise,
        3 => RevocationReason::AffiliationChanged,
        4 => RevocationReason::Superseded,
        5 => RevocationReason::CessationOfOperation,
        6 => RevocationReason::Hold,
        9 => RevocationReason::PrivilegeWithdrawn,
        _ => RevocationReason::Unspecified,
    }
}

/// The octets without needless ones in front.
fn minimal(octets: &[u8]) -> Vec<u8> {
    let needless = |pair: &[u8]| (pair[0] == 0 && pair[1] & 0x80 == 0) || (pair[0] == 0xFF && pair[1] & 0x80 != 0);
    let count = octets.windows(2).take_while(|pair| needless(pair)).count();
    octets[count..].to_vec()
}

#[test]
fn every_revocation_list_of_the_fixture_authorities() {
    let (mut keys, mut lists) = (BTreeSet::new(), 0);
    for entry in catalogue() {
        let authority = entry.authority();
        if keys.insert(authority.csca_certificate()) {
            for options in forms() {
                compare(entry.name, &authority, &options);
                lists += 1;
            }
        }
    }
    println!("{lists} lists of {} authorities", keys.len());
    assert!(lists > 100);
}

#[test]
fn delta_lists_are_read_by_the_others_and_refused_here() {
    let bytes = catalogue()[0].authority().revocation_list(&CrlOptions::delta(3));
    assert!(CertificateRevocationList::from_der(&bytes).is_ok() && X509Crl::from_der(&bytes).is_ok());
    assert_eq!(CertificateList::from_der(&bytes).map(drop), Err(CrlError::Delta));
}
