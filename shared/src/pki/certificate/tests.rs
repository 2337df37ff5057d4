use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::time::Timestamp;
use crate::tlv::{Element, Tag, TlvErrorKind};

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
fn the_first_attribute_of_a_kind() {
    let common_name = ObjectIdentifier::new_unwrap("2.5.4.3");
    let two = name(&[(6, 0x13, b"VN"), (3, 0x13, b"One"), (3, 0x13, b"Two")]);
    assert_eq!(two.attribute(common_name), Some("One"));
    assert_eq!(two.attribute(ObjectIdentifier::new_unwrap("2.5.4.10")), None);
}

/// Each type of string that a DirectoryString may be, and what is none as hexadecimal digits.
#[test]
fn the_types_of_a_string() {
    let text =
        |tag, value: &[u8]| name(&[(3, tag, value)]).attribute(ObjectIdentifier::new_unwrap("2.5.4.3")).map(ToString::to_string);
    for (tag, value, expected) in [
        (0x0C, &b"N\xC6\xB0"[..], "N\u{1B0}"),
        (0x13, b"N", "N"),
        (0x12, b"12", "12"),
        (0x16, b"a@b", "a@b"),
        (0x14, b"\xFC", "\u{FC}"),
        (0x1E, b"\x01\xB0", "\u{1B0}"),
        (0x1E, b"\xD8\x00", "\u{FFFD}"),
        (0x1C, b"\0\x01\xF6\x00", "\u{1F600}"),
        (0x1C, b"\0\0\xD8\x00", "\u{FFFD}"),
        (0x04, b"\x2A", "04012a"),
    ] {
        assert_eq!(text(tag, value).as_deref(), Some(expected), "{tag:02X}");
    }
    assert_eq!(name(&[(6, 0x13, b" vn "), (5, 0x13, b"7"), (99, 0x13, b"x")]).to_string(), "C= vn , serialNumber=7, 2.5.4.99=x");
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

/// A BOOLEAN is one octet (X.690 §8.2.1): none and several are no FALSE that someone spelled out.
#[test]
fn whether_an_extension_is_critical_is_one_octet() {
    let with = |critical: &[u8]| {
        let unknown = der(0x30, &[der(0x06, &[0x2A, 3, 4]), der(0x01, critical), der(0x04, &[5, 0])].concat());
        Certificate::from_der(&Parts { extensions: vec![unknown], ..Parts::new() }.encode())
            .map(|certificate| !certificate.extensions.unknown_critical.is_empty())
    };
    assert_eq!((with(&[0]), with(&[1]), with(&[0xFF])), (Ok(false), Ok(true), Ok(true)));
    for critical in [&[][..], &[0, 0], &[0xFF, 0]] {
        let Err(CertificateError::Structure(error)) = with(critical) else { panic!("{critical:02x?}") };
        assert_eq!(error.kind, TlvErrorKind::Value("a boolean that is not one octet"), "{critical:02x?}");
    }
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

/// What each extension says, critical and not.
#[test]
fn the_roles_that_extensions_give() {
    let of = |extensions: Vec<Vec<u8>>| Certificate::from_der(&Parts { extensions, ..Parts::new() }.encode()).unwrap().extensions;
    let usage = |critical, bits| extension(&[0x55, 0x1D, 0x0F], critical, &[0x03, 0x02, 0x01, bits]);
    let (signing, issuing, listing) = (of(vec![usage(true, 0x80)]), of(vec![usage(false, 0x04)]), of(vec![usage(true, 0x02)]));
    assert!(signing.key_usage_critical && !issuing.key_usage_critical);
    let bits = |extensions: &Extensions| {
        extensions.key_usage.map(|usage| (usage.digital_signature(), usage.key_cert_sign(), usage.crl_sign()))
    };
    assert_eq!(bits(&signing), Some((true, false, false)));
    assert_eq!((bits(&issuing), bits(&listing)), (Some((false, true, false)), Some((false, false, true))));

    let constraints = |value: &[u8]| extension(&[0x55, 0x1D, 0x13], true, value);
    let (silent, subscriber) = (of(vec![constraints(&[0x30, 0])]), of(vec![constraints(&[0x30, 3, 1, 1, 0])]));
    let authority = of(vec![constraints(&[0x30, 6, 1, 1, 0xFF, 2, 1, 0]), usage(true, 0x80)]);
    assert!(!silent.is_certificate_authority() && !subscriber.is_certificate_authority() && authority.is_certificate_authority());
    assert_eq!(authority.basic_constraints.unwrap().path_len, Some(0));
    assert_eq!(subscriber.basic_constraints.unwrap().path_len, None);
    // Who is one by either extension denies nothing.
    assert!(signing.denies_authority() && listing.denies_authority());
    assert!(!issuing.denies_authority() && !authority.denies_authority() && !subscriber.denies_authority());

    let purpose = |critical| extension(&[0x55, 0x1D, 0x25], critical, &[0x30, 4, 6, 2, 0x2A, 3]);
    let (critical, not) = (of(vec![purpose(true)]), of(vec![purpose(false)]));
    assert!(critical.extended_key_usage_critical && !critical.key_usage_critical && !not.extended_key_usage_critical);
    assert_eq!(not.extended_key_usage, Some(vec![ObjectIdentifier::new_unwrap("1.2.3")]));

    assert!(of(vec![extension(&[0x67, 0x81, 8, 1, 1, 6, 1], false, &[5, 0])]).name_change && !signing.name_change);
    // Alternative names, distribution points and policies are known, and decide nothing.
    for arc in [17, 18, 31, 32] {
        assert!(of(vec![extension(&[0x55, 0x1D, arc], true, &[0x30, 0])]).unknown_critical.is_empty(), "2.5.29.{arc}");
    }
    let key = |kind: u8, value: &[u8]| extension(&[0x55, 0x1D, kind], false, value);
    let (own, other) = (key(0x23, &[0x30, 3, 0x80, 1, 7]), key(0x23, &[0x30, 3, 0x80, 1, 8]));
    let subject = key(0x0E, &[4, 1, 7]);
    assert!(of(vec![subject.clone()]).authority_key_matches_own());
    assert!(of(vec![subject.clone(), own]).authority_key_matches_own());
    assert!(!of(vec![subject, other]).authority_key_matches_own());
}

/// Both ends of the period of a private key belong to it, and either may be left out.
#[test]
fn the_period_of_a_private_key() {
    let period = |first: Option<&[u8]>, last: Option<&[u8]>| {
        let ends = [(0x80, first), (0x81, last)].into_iter().filter_map(|(tag, end)| Some(der(tag, end?)));
        let value = der(0x30, &ends.collect::<Vec<_>>().concat());
        let parts = Parts { extensions: vec![extension(&[0x55, 0x1D, 0x10], false, &value)], ..Parts::new() };
        Certificate::from_der(&parts.encode()).unwrap().extensions.private_key_usage.unwrap()
    };
    let (first, last) = (Some(&b"20200913122640Z"[..]), Some(&b"20200913122650Z"[..]));
    let at = |seconds: i64| Timestamp(1_600_000_000 + seconds);
    let both = period(first, last);
    assert!(both.contains(at(0)) && both.contains(at(10)) && !both.contains(at(-1)) && !both.contains(at(11)));
    let (open_end, open_beginning) = (period(first, None), period(None, last));
    assert!(open_end.contains(at(1000)) && !open_end.contains(at(-1)));
    assert!(open_beginning.contains(at(-1000)) && !open_beginning.contains(at(11)));
}

/// UTCTime to the end of 2049, GeneralizedTime from 2050 on (RFC 5280 §4.1.2.5); both moments belong to the period.
#[test]
fn the_form_of_a_validity() {
    let validity = |first: Vec<u8>, last: Vec<u8>| {
        Validity::from_cursor(Cursor::new(&der(0x30, &[first, last].concat()), Rules::Der).sequence().unwrap()).unwrap()
    };
    let (utc, general) = (|text: &[u8]| der(0x17, text), |text: &[u8]| der(0x18, text));
    let ordinary = validity(utc(b"200913122640Z"), utc(b"491231235959Z"));
    assert!(ordinary.canonical_form);
    assert!(validity(utc(b"200913122640Z"), general(b"20500101000000Z")).canonical_form);
    assert!(!validity(general(b"20200913122640Z"), utc(b"491231235959Z")).canonical_form);
    assert!(!validity(utc(b"200913122640Z"), general(b"20491231235959Z")).canonical_form);
    assert!(ordinary.contains(Timestamp(1_600_000_000)) && !ordinary.contains(Timestamp(1_599_999_999)));
    assert!(ordinary.contains(ordinary.not_after) && !ordinary.contains(Timestamp(ordinary.not_after.0 + 1)));
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

/// Values that are not of their extension's type: another tag, bytes that follow, too many bits, a time without seconds.
#[test]
fn values_of_another_type_are_refused() {
    let read = |arc: u8, value: &[u8]| {
        let extensions = vec![extension(&[0x55, 0x1D, arc], false, value)];
        Certificate::from_der(&Parts { extensions, ..Parts::new() }.encode()).map(|certificate| certificate.extensions)
    };
    let broken: [(u8, &[u8]); 20] = [
        (0x0E, &[0x30, 0]),
        (0x0E, &[4, 1, 7, 0]),
        (0x0F, &[3, 0]),
        (0x0F, &[3, 1, 1]),
        (0x0F, &[3, 2, 8, 0x80]),
        (0x0F, &[3, 4, 0, 0x80, 0, 0]),
        (0x0F, &[3, 2, 7, 0x80, 0]),
        (0x10, &[0x30, 15, 0x80, 13, b'2', b'0', b'2', b'0', b'0', b'9', b'1', b'3', b'1', b'2', b'2', b'6', b'Z']),
        (0x10, &[0x30, 2, 0x82, 0]),
        (0x13, &[0x30, 0, 0]),
        (0x13, &[0x30, 3, 1, 1, 0xFF, 5, 0]),
        (0x13, &[0x30, 2, 1, 0]),
        (0x13, &[0x30, 4, 1, 2, 0, 0xFF]),
        (0x23, &[4, 1, 7]),
        (0x23, &[0x30, 3, 0x80, 1, 7, 0]),
        (0x23, &[0x30, 3, 0x83, 1, 7]),
        (0x23, &[0x30, 4, 0xA1, 2, 0x82, 5]),
        (0x23, &[0x30, 6, 0x82, 1, 7, 0x80, 1, 7]),
        (0x25, &[0x30, 3, 4, 1, 7]),
        (0x25, &[0x30, 4, 6, 2, 0x2A, 3, 0]),
    ];
    for (arc, value) in broken {
        let kind = ObjectIdentifier::from_arcs([2, 5, 29, u32::from(arc)]).unwrap();
        assert_eq!(read(arc, value).unwrap_err(), CertificateError::Extension(kind), "{value:02x?}");
    }
    const DOCUMENT_TYPES: [u8; 7] = [0x67, 0x81, 8, 1, 1, 6, 2];
    let types = |value: &[u8]| {
        let extensions = vec![extension(&DOCUMENT_TYPES, false, value)];
        Certificate::from_der(&Parts { extensions, ..Parts::new() }.encode())
            .map(|certificate| certificate.extensions.document_types)
    };
    assert_eq!(types(&[0x30, 8, 2, 1, 0, 0x31, 3, 0x13, 1, b'P']), Ok(Some(vec!["P".into()])));
    let kind = ObjectIdentifier::new_unwrap("2.23.136.1.1.6.2");
    for value in [&[0x30, 8, 2, 1, 0, 0x31, 3, 0x13, 1, b'P', 0][..], &[0x30, 10, 2, 1, 0, 0x31, 3, 0x13, 1, b'P', 5, 0]] {
        assert_eq!(types(value), Err(CertificateError::Extension(kind)), "{value:02x?}");
    }
    // Bits beyond the last count for nothing; names and number of the issuer are passed over.
    let usage = read(0x0F, &[3, 2, 7, 0xFF]).unwrap().key_usage.unwrap();
    assert!(usage.digital_signature() && !usage.key_cert_sign() && !usage.crl_sign());
    let none = read(0x0F, &[3, 1, 0]).unwrap().key_usage.unwrap();
    assert!(!none.digital_signature() && !none.key_cert_sign() && !none.crl_sign());
    let both = read(0x0F, &[3, 3, 7, 0x06, 0x80]).unwrap().key_usage.unwrap();
    assert!(!both.digital_signature() && both.key_cert_sign() && both.crl_sign());
    let issuer = read(0x23, &[0x30, 9, 0x80, 1, 7, 0xA1, 2, 0x82, 0, 0x82, 0]).map(|read| read.authority_key_identifier);
    assert_eq!(issuer, Ok(Some(vec![7])));
    assert_eq!(read(0x23, &[0x30, 0]).map(|read| read.authority_key_identifier), Ok(None));
}

/// Each of the nine bits of KeyUsage alone (RFC 5280 §4.2.1.3).
#[test]
fn every_usage_has_its_own_bit() {
    for bit in 0..9_usize {
        let mut bits = [3, 3, 7, 0, 0];
        bits[3 + bit / 8] = 0x80 >> (bit % 8);
        let extensions = vec![extension(&[0x55, 0x1D, 0x0F], true, &bits)];
        let certificate = Certificate::from_der(&Parts { extensions, ..Parts::new() }.encode()).unwrap();
        let usage = certificate.extensions.key_usage.unwrap();
        let named = [
            usage.digital_signature(),
            usage.non_repudiation(),
            usage.key_encipherment(),
            usage.data_encipherment(),
            usage.key_agreement(),
            usage.key_cert_sign(),
            usage.crl_sign(),
            usage.encipher_only(),
            usage.decipher_only(),
        ];
        assert_eq!(named, core::array::from_fn(|other| other == bit), "{bit}");
    }
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
