use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::time::Timestamp;
use crate::tlv::{Element, Tag};

/// A DER element of up to 65,535 bytes.
fn der(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    match value.len() {
        short @ 0..=0x7F => bytes.push(short as u8),
        middle @ 0x80..=0xFF => bytes.extend([0x81, middle as u8]),
        long => bytes.extend([0x82, (long >> 8) as u8, long as u8]),
    }
    bytes.extend_from_slice(value);
    bytes
}

fn element(bytes: &[u8]) -> Element<'_> {
    Cursor::new(bytes, Rules::Ber).read().unwrap()
}

/// A name of (attribute under 2.5.4, string tag, value).
fn name(attributes: &[(u8, u8, &[u8])]) -> Name {
    let sets: Vec<u8> = attributes
        .iter()
        .flat_map(|(kind, tag, value)| {
            let pair = [der(0x06, &[0x55, 0x04, *kind]), der(*tag, value)].concat();
            der(0x31, &der(0x30, &pair))
        })
        .collect();
    Name::from_element(&element(&der(0x30, &sets))).unwrap()
}

#[test]
fn names_are_compared_as_people_read_them() {
    let printable = name(&[(6, 0x13, b"VN"), (3, 0x13, b"CSCA Vietnam")]);
    for same in [
        name(&[(6, 0x13, b"vn"), (3, 0x0C, b"csca  VIETNAM ")]),
        name(&[(3, 0x0C, b"CSCA Vietnam"), (6, 0x13, b"VN")]),
        name(&[(6, 0x13, b"VN"), (3, 0x14, b"CSCA Vietnam")]),
        name(&[(6, 0x13, b"VN"), (3, 0x1E, b"\0C\0S\0C\0A\0 \0V\0i\0e\0t\0n\0a\0m")]),
    ] {
        assert!(printable.matches(&same), "{same}");
        assert_eq!(same.country().as_deref(), Some("VN"));
    }
    for other in [
        name(&[(6, 0x13, b"VN"), (3, 0x13, b"CSCAVietnam")]),
        name(&[(6, 0x13, b"VN"), (10, 0x13, b"CSCA Vietnam")]),
        name(&[(6, 0x13, b"VN")]),
    ] {
        assert!(!printable.matches(&other), "{other}");
    }
    assert_eq!(printable.to_string(), "C=VN, CN=CSCA Vietnam");
}

#[test]
fn times_are_utc_with_seconds() {
    let time = |tag, text: &[u8]| validity::time(&element(&der(tag, text)));
    let moment = Timestamp(1_600_000_000);
    assert_eq!(time(0x17, b"200913122640Z").unwrap(), moment);
    assert_eq!(time(0x18, b"20200913122640Z").unwrap(), moment);
    assert_eq!(time(0x17, b"500101000000Z").unwrap().to_string(), "1950-01-01T00:00:00Z");
    assert_eq!(time(0x17, b"491231235959Z").unwrap().to_string(), "2049-12-31T23:59:59Z");
    for text in
        [&b"2009131226Z"[..], b"200913122640", b"200913122640+0100", b"201313122640Z", b"200931122640Z", b"2009131226400Z", b""]
    {
        assert!(time(0x17, text).is_err(), "{text:?}");
    }
    assert!(time(0x18, b"20200913122640.5Z").is_err());
    assert!(time(0x13, b"200913122640Z").is_err());
}

/// A certificate whose parts can be swapped; its key and signature are no real ones.
struct Parts {
    serial: Vec<u8>,
    inner: Vec<u8>,
    outer: Vec<u8>,
    extensions: Vec<Vec<u8>>,
}

const SHA256_ECDSA: [u8; 10] = [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02];

impl Parts {
    fn new() -> Self {
        Self { serial: vec![1], inner: SHA256_ECDSA.to_vec(), outer: SHA256_ECDSA.to_vec(), extensions: Vec::new() }
    }

    fn encode(&self) -> Vec<u8> {
        let subject = name(&[(6, 0x13, b"VN"), (3, 0x13, b"Test")]);
        let times = [der(0x17, b"200101000000Z"), der(0x17, b"300101000000Z")].concat();
        let key = [der(0x30, &der(0x06, &[0x2A, 0x03])), der(0x03, &[0, 1, 2])].concat();
        let mut tbs = [
            der(0xA0, &der(0x02, &[2])),
            der(0x02, &self.serial),
            der(0x30, &self.inner),
            subject.as_der().to_vec(),
            der(0x30, &times),
            subject.as_der().to_vec(),
            der(0x30, &key),
        ]
        .concat();
        if !self.extensions.is_empty() {
            tbs.extend(der(0xA3, &der(0x30, &self.extensions.concat())));
        }
        der(0x30, &[der(0x30, &tbs), der(0x30, &self.outer), der(0x03, &[0, 9, 9])].concat())
    }
}

fn extension(kind: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if critical { der(0x01, &[0xFF]) } else { Vec::new() };
    der(0x30, &[der(0x06, kind), critical, der(0x04, value)].concat())
}

#[test]
fn serials_are_bytes() {
    for serial in [&[0xFF_u8, 0x01][..], &[0x00, 0x00, 0x01], &[0x80]] {
        let bytes = Parts { serial: serial.to_vec(), ..Parts::new() }.encode();
        assert_eq!(Certificate::from_der(&bytes).unwrap().serial, serial);
    }
}

#[test]
fn the_two_algorithms_are_compared() {
    assert!(Certificate::from_der(&Parts::new().encode()).unwrap().algorithms_agree());
    let with_null = [SHA256_ECDSA.to_vec(), vec![0x05, 0x00]].concat();
    assert!(Certificate::from_der(&Parts { inner: with_null, ..Parts::new() }.encode()).unwrap().algorithms_agree());
    let mut other = SHA256_ECDSA;
    other[9] = 0x03;
    assert!(!Certificate::from_der(&Parts { inner: other.to_vec(), ..Parts::new() }.encode()).unwrap().algorithms_agree());
}

#[test]
fn extensions_are_read() {
    let mut parts = Parts::new();
    parts.extensions = vec![
        extension(&[0x55, 0x1D, 0x0F], true, &[0x03, 0x02, 0x07, 0x80]),
        extension(&[0x55, 0x1D, 0x13], true, &[0x30, 0x06, 0x01, 0x01, 0x00, 0x02, 0x01, 0x00]),
        extension(&[0x55, 0x1D, 0x23], false, &[0x30, 0x04, 0x80, 0x02, 0xAB, 0xCD]),
        extension(&[0x55, 0x1D, 0x0E], false, &[0x04, 0x02, 0x12, 0x34]),
        extension(
            &[0x67, 0x81, 0x08, 0x01, 0x01, 0x06, 0x02],
            false,
            &[0x30, 0x08, 0x02, 0x01, 0x00, 0x31, 0x03, 0x13, 0x01, b'P'],
        ),
        extension(&[0x2A, 0x03, 0x04], true, &[0x05, 0x00]),
        extension(&[0x2A, 0x03, 0x05], false, &[0x05, 0x00]),
    ];
    let extensions = Certificate::from_der(&parts.encode()).unwrap().extensions;
    assert!(extensions.key_usage.unwrap().digital_signature());
    assert!(!extensions.is_certificate_authority());
    assert_eq!(extensions.authority_key_identifier.as_deref(), Some(&[0xAB, 0xCD][..]));
    assert_eq!(extensions.subject_key_identifier.as_deref(), Some(&[0x12, 0x34][..]));
    assert_eq!(extensions.document_types, Some(vec!["P".into()]));
    assert_eq!(extensions.unknown_critical, [ObjectIdentifier::new_unwrap("1.2.3.4")]);
}

#[test]
fn an_extension_may_stand_once_and_must_be_its_own_type() {
    let usage = extension(&[0x55, 0x1D, 0x0F], true, &[0x03, 0x02, 0x07, 0x80]);
    let twice = Parts { extensions: vec![usage.clone(), usage], ..Parts::new() }.encode();
    let identifier = ObjectIdentifier::new_unwrap("2.5.29.15");
    assert_eq!(Certificate::from_der(&twice).unwrap_err(), CertificateError::DuplicateExtension(identifier));
    let broken = Parts { extensions: vec![extension(&[0x55, 0x1D, 0x0F], true, &[0x04, 0x00])], ..Parts::new() }.encode();
    assert_eq!(Certificate::from_der(&broken).unwrap_err(), CertificateError::Extension(identifier));
}

#[test]
fn nothing_may_follow_a_certificate() {
    let mut bytes = Parts::new().encode();
    assert!(Certificate::from_der(&bytes).is_ok());
    bytes.push(0);
    assert!(matches!(Certificate::from_der(&bytes), Err(CertificateError::Structure(_))));
}

#[test]
fn the_signed_part_is_what_was_received() {
    let bytes = Parts::new().encode();
    let certificate = Certificate::from_der(&bytes).unwrap();
    assert_eq!(element(certificate.tbs()).tag, Tag(0x30));
    assert!(bytes.windows(certificate.tbs().len()).any(|window| window == certificate.tbs()));
}

proptest! {
    #[test]
    fn no_input_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Certificate::from_der(&bytes);
    }

    #[test]
    fn no_altered_certificate_panics(position in 0..400_usize, octet in any::<u8>()) {
        let mut bytes = Parts { extensions: vec![extension(&[0x55, 0x1D, 0x23], false, &[0x30, 0x04, 0x80, 0x02, 1, 2])], ..Parts::new() }.encode();
        let length = bytes.len();
        bytes[position % length] = octet;
        if let Ok(certificate) = Certificate::from_der(&bytes) {
            let _ = certificate.public_key();
            let _ = certificate.signature_scheme();
            let _ = certificate.subject.to_string();
        }
    }
}
