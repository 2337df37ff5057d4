//! Messages of a synthetic signer whose signature "holds" where a provider for tests says so: what is tested here are the rules around
//! the signature. Real signatures are in `tests/real_pki.rs` and in the end-to-end tests.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use proptest::prelude::*;
use rand_core::CryptoRng;

use super::*;
use crate::crypto::rustcrypto::RustCrypto;
use crate::crypto::{Cipher, Digest, Hasher, KeyPair, NamedCurve, PublicKey, RsaPublicKey};
use crate::pki::certificate::Name;

/// Hashes for real, and takes a signature as right where it is the SHA-256 of the message.
struct HashSigner;

impl Provider for HashSigner {
    fn digest(&self, algorithm: DigestAlgorithm, parts: &[&[u8]]) -> Digest {
        RustCrypto.digest(algorithm, parts)
    }
    fn hasher(&self, algorithm: DigestAlgorithm) -> Box<dyn Hasher> {
        RustCrypto.hasher(algorithm)
    }
    fn verify(&self, _: &PublicKey, _: &SignatureScheme, message: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
        let expected = self.digest(DigestAlgorithm::Sha256, &[message]);
        if expected.as_ref() == signature { Ok(()) } else { Err(CryptoError::SignatureInvalid) }
    }
    fn is_on_curve(&self, _: NamedCurve, _: &[u8]) -> bool {
        true
    }
    fn rsa_public_operation(&self, _: &RsaPublicKey, _: &[u8]) -> Result<Vec<u8>, CryptoError> {
        Err(CryptoError::Unsupported("test"))
    }
    fn multiply_point(&self, _: NamedCurve, _: &[u8], _: &[u8]) -> Result<Vec<u8>, CryptoError> {
        Err(CryptoError::Unsupported("test"))
    }
    fn generate_key_pair(&self, _: NamedCurve, _: &mut dyn CryptoRng) -> Result<Box<dyn KeyPair>, CryptoError> {
        Err(CryptoError::Unsupported("test"))
    }
    fn cbc_encrypt(&self, _: Cipher, _: &[u8], _: &[u8], _: &mut [u8]) -> Result<(), CryptoError> {
        Err(CryptoError::Unsupported("test"))
    }
    fn cbc_decrypt(&self, _: Cipher, _: &[u8], _: &[u8], _: &mut [u8]) -> Result<(), CryptoError> {
        Err(CryptoError::Unsupported("test"))
    }
    fn mac(&self, _: Cipher, _: &[u8], _: &[u8]) -> Result<[u8; 8], CryptoError> {
        Err(CryptoError::Unsupported("test"))
    }
}

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

fn oid(dotted: &str) -> Vec<u8> {
    der(0x06, ObjectIdentifier::new_unwrap(dotted).as_bytes())
}

const SHA256: &str = "2.16.840.1.101.3.4.2.1";
const MD5: &str = "1.2.840.113549.2.5";
const LDS_OBJECT: &str = "2.23.136.1.1.1";
const CONTENT: &[u8] = b"what is signed";

fn attribute(kind: &str, values: &[Vec<u8>]) -> Vec<u8> {
    der(0x30, &[oid(kind), der(0x31, &values.concat())].concat())
}

fn content_type(dotted: &str) -> Vec<u8> {
    attribute("1.2.840.113549.1.9.3", &[oid(dotted)])
}

fn message_digest(content: &[u8]) -> Vec<u8> {
    let digest = RustCrypto.digest(DigestAlgorithm::Sha256, &[content]);
    attribute("1.2.840.113549.1.9.4", &[der(0x04, digest.as_ref())])
}

fn name(common: &[u8], tag: u8) -> Vec<u8> {
    let pair = [oid("2.5.4.3"), der(tag, common)].concat();
    der(0x30, &der(0x31, &der(0x30, &pair)))
}

fn certificate(serial: u8) -> Vec<u8> {
    let algorithm = der(0x30, &oid("1.2.840.10045.4.3.2"));
    let times = [der(0x17, b"200101000000Z"), der(0x17, b"300101000000Z")].concat();
    let curve = [oid("1.2.840.10045.2.1"), oid("1.2.840.10045.3.1.7")].concat();
    let point = [vec![0, 4], vec![7; 64]].concat();
    let tbs = [
        der(0xA0, &der(0x02, &[2])),
        der(0x02, &[serial]),
        algorithm.clone(),
        name(b"Issuer", 0x13),
        der(0x30, &times),
        name(b"Signer", 0x13),
        der(0x30, &[der(0x30, &curve), der(0x03, &point)].concat()),
    ]
    .concat();
    der(0x30, &[der(0x30, &tbs), algorithm, der(0x03, &[0, 1])].concat())
}

#[derive(Clone)]
struct Message {
    digests: Vec<&'static str>,
    signer_digest: &'static str,
    signer_version: u8,
    identifier: Vec<u8>,
    attributes: Option<Vec<Vec<u8>>>,
    /// What the signer signs: the attributes as they stand, or sorted.
    sorts: bool,
    certificates: Vec<Vec<u8>>,
    signers: usize,
    content_type: &'static str,
    version: u8,
    /// Members of crls.
    lists: Vec<Vec<u8>>,
}

fn issuer_and_serial(issuer: Vec<u8>, serial: u8) -> Vec<u8> {
    der(0x30, &[issuer, der(0x02, &[serial])].concat())
}

impl Message {
    fn new() -> Self {
        let mut attributes = vec![content_type(LDS_OBJECT), message_digest(CONTENT)];
        attributes.sort();
        Self {
            digests: vec![SHA256],
            signer_digest: SHA256,
            signer_version: 1,
            identifier: issuer_and_serial(name(b"Issuer", 0x13), 1),
            attributes: Some(attributes),
            sorts: false,
            certificates: vec![certificate(1)],
            signers: 1,
            content_type: LDS_OBJECT,
            version: 3,
            lists: Vec::new(),
        }
    }

    fn encode(&self) -> Vec<u8> {
        let signed = match &self.attributes {
            Some(attributes) => {
                let mut attributes = attributes.clone();
                if self.sorts {
                    attributes.sort();
                }
                der(0x31, &attributes.concat())
            }
            None => CONTENT.to_vec(),
        };
        let attributes = self.attributes.as_ref().map_or(Vec::new(), |attributes| der(0xA0, &attributes.concat()));
        let signature = RustCrypto.digest(DigestAlgorithm::Sha256, &[&signed]);
        let signer = der(
            0x30,
            &[
                der(0x02, &[self.signer_version]),
                self.identifier.clone(),
                der(0x30, &oid(self.signer_digest)),
                attributes,
                der(0x30, &oid("0.4.0.127.0.7.1.1.4.1.3")),
                der(0x04, signature.as_ref()),
            ]
            .concat(),
        );
        let digests: Vec<u8> = self.digests.iter().flat_map(|digest| der(0x30, &oid(digest))).collect();
        let data = [
            der(0x02, &[self.version]),
            der(0x31, &digests),
            der(0x30, &[oid(self.content_type), der(0xA0, &der(0x04, CONTENT))].concat()),
            der(0xA0, &self.certificates.concat()),
            if self.lists.is_empty() { Vec::new() } else { der(0xA1, &self.lists.concat()) },
            der(0x31, &signer.repeat(self.signers)),
        ]
        .concat();
        der(0x30, &[oid("1.2.840.113549.1.7.2"), der(0xA0, &der(0x30, &data))].concat())
    }

    fn verify(&self) -> Result<VerifiedMessage, CmsError> {
        SignedData::from_ber(&self.encode())?.verify(&HashSigner)
    }

    fn error(&self) -> CmsError {
        self.verify().unwrap_err()
    }
}

#[test]
fn a_message_that_keeps_every_rule() {
    let received = SignedData::from_ber(&Message::new().encode()).unwrap();
    let of = |certificates: &[Certificate]| certificates.iter().map(|one| one.as_der().to_vec()).collect::<Vec<_>>();
    assert_eq!(of(received.certificates()), [certificate(1)]);
    let message = Message::new().verify().unwrap();
    assert_eq!(of(message.certificates()), [certificate(1)]);
    assert_eq!(message.content(), CONTENT);
    assert_eq!(message.findings(), []);
    assert_eq!(message.signer().serial, [1]);
    assert_eq!(message.signing_time(), None);
}

/// The version that the members ask for (RFC 5652 §5.1), or the 3 of ICAO 9303-10 where they ask for 1.
#[test]
fn the_version_of_a_message_is_that_of_its_members() {
    let id_data = "1.2.840.113549.1.7.1";
    let mut of_data = vec![content_type(id_data), message_digest(CONTENT)];
    of_data.sort();
    let data = || Message { content_type: id_data, attributes: Some(of_data.clone()), ..Message::new() };
    let member = |tag| Message { certificates: vec![certificate(1), der(tag, &[])], ..data() };
    let list = |tag| Message { lists: vec![der(tag, &[])], ..data() };
    for (message, fitting) in [
        (Message::new(), &[3][..]),
        (data(), &[1, 3]),
        (member(0xA1), &[3]),
        (member(0xA2), &[4]),
        (member(0xA3), &[5]),
        (list(0x30), &[1, 3]),
        (list(0xA1), &[5]),
    ] {
        for version in 0..=6 {
            let message = Message { version, ..message.clone() };
            assert_eq!(SignedData::from_ber(&message.encode()).unwrap().version(), u32::from(version));
            let expected: &[CmsFinding] = if fitting.contains(&version) { &[] } else { &[CmsFinding::Version] };
            assert_eq!(message.verify().unwrap().findings(), expected, "{version} of {fitting:?}");
        }
    }
    let verified = Message::new().verify().unwrap();
    assert_eq!(verified.certificates().iter().map(Certificate::as_der).collect::<Vec<_>>(), [certificate(1)]);
}

#[test]
fn there_is_exactly_one_signer() {
    for signers in [0, 2] {
        assert_eq!(Message { signers, ..Message::new() }.error(), CmsError::SignerCount(signers));
    }
}

#[test]
fn signed_attributes_must_be_there() {
    assert_eq!(Message { attributes: None, ..Message::new() }.error(), CmsError::SignedAttributesMissing);
}

#[test]
fn both_attributes_stand_once_with_one_value() {
    let with = |attributes: Vec<Vec<u8>>| Message { attributes: Some(attributes), ..Message::new() }.error();
    let kind = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
    let digest = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
    let (good_type, good_digest) = (content_type(LDS_OBJECT), message_digest(CONTENT));
    assert_eq!(with(vec![good_digest.clone()]), CmsError::AttributeCount(kind));
    assert_eq!(with(vec![good_type.clone()]), CmsError::AttributeCount(digest));
    assert_eq!(with(vec![good_type.clone(), good_type.clone(), good_digest.clone()]), CmsError::AttributeCount(kind));
    assert_eq!(with(vec![good_type.clone(), good_digest.clone(), good_digest.clone()]), CmsError::AttributeCount(digest));
    let two_values = attribute("1.2.840.113549.1.9.3", &[oid(LDS_OBJECT), oid(LDS_OBJECT)]);
    assert_eq!(with(vec![two_values, good_digest.clone()]), CmsError::AttributeCount(kind));
    assert_eq!(with(vec![content_type("1.2.840.113549.1.7.1"), good_digest]), CmsError::ContentTypeMismatch);
    assert_eq!(with(vec![good_type, message_digest(b"something else")]), CmsError::MessageDigestMismatch);
}

#[test]
fn attributes_out_of_order_are_verified_as_received_and_then_sorted() {
    let mut attributes = Message::new().attributes.unwrap();
    attributes.reverse();
    let wire = Message { attributes: Some(attributes.clone()), ..Message::new() }.verify().unwrap();
    assert_eq!(wire.findings(), [CmsFinding::AttributesNotDer]);
    let sorted = Message { attributes: Some(attributes), sorts: true, ..Message::new() }.verify().unwrap();
    assert_eq!(sorted.findings(), [CmsFinding::AttributesSorted]);
}

#[test]
fn digests_are_sha_and_listed() {
    let md5 = Message { digests: vec![MD5], signer_digest: MD5, ..Message::new() };
    assert_eq!(md5.error(), CmsError::DigestNotPermitted(ObjectIdentifier::new_unwrap(MD5)));
    let unlisted = Message { digests: vec!["1.3.14.3.2.26"], ..Message::new() };
    assert_eq!(unlisted.error(), CmsError::DigestNotListed);
}

#[test]
fn the_version_belongs_to_the_signer_identifier() {
    assert_eq!(Message { signer_version: 3, ..Message::new() }.error(), CmsError::SignerVersion);
    let by_key = Message { identifier: der(0x80, &[1; 20]), ..Message::new() };
    assert_eq!(by_key.error(), CmsError::SignerVersion);
}

#[test]
fn the_signer_is_found_by_name_or_is_the_only_one() {
    let with = |identifier, certificates| Message { identifier, certificates, ..Message::new() }.verify();
    let utf8 = issuer_and_serial(name(b"ISSUER", 0x0C), 1);
    let two = vec![certificate(2), certificate(1)];
    assert_eq!(with(utf8, two.clone()).unwrap().findings(), [CmsFinding::IssuerStringType]);
    let stranger = issuer_and_serial(name(b"Stranger", 0x13), 1);
    assert_eq!(with(stranger.clone(), vec![certificate(1)]).unwrap().findings(), [CmsFinding::SignerIdentifierMismatch]);
    assert_eq!(with(stranger.clone(), two).unwrap_err(), CmsError::SignerCertificateMissing);
    assert_eq!(with(stranger, vec![]).unwrap_err(), CmsError::SignerCertificateMissing);
}

/// RFC 5652 §5.3: `[0]`, in one piece or in segments, is the key; any other tag is none.
#[test]
fn a_signer_identifier_is_of_one_of_two_kinds() {
    let with = |identifier| Message { identifier, signer_version: 3, ..Message::new() }.verify();
    for by_key in [der(0x80, &[1; 20]), der(0xA0, &der(0x04, &[1; 20]))] {
        assert_eq!(with(by_key).unwrap().findings(), [CmsFinding::SignerIdentifierMismatch]);
    }
    for other in [der(0x81, &[1; 20]), der(0xA1, &der(0x04, &[1; 20])), der(0x31, &der(0x04, &[1; 20])), der(0x04, &[1; 20])] {
        assert!(matches!(with(other.clone()), Err(CmsError::Structure(_))), "{other:02X?}");
    }
}

/// Which certificates of a directory an identifier means: name and serial together, or the key.
#[test]
fn a_signer_identifier_means_one_certificate() {
    let own = Certificate::from_der(&certificate(1)).unwrap();
    let by_name = |issuer: Name, serial: u8| SignerIdentifier::IssuerAndSerialNumber { issuer, serial: vec![serial] };
    assert!(by_name(own.issuer.clone(), 1).means(&own));
    assert!(!by_name(own.issuer.clone(), 2).means(&own));
    assert!(!by_name(own.subject.clone(), 1).means(&own));
    // It has no key identifier at all.
    assert!(!SignerIdentifier::SubjectKeyIdentifier(vec![1; 20]).means(&own));
    let mut with_key = own;
    with_key.extensions.subject_key_identifier = Some(vec![1; 20]);
    assert!(SignerIdentifier::SubjectKeyIdentifier(vec![1; 20]).means(&with_key));
    assert!(!SignerIdentifier::SubjectKeyIdentifier(vec![2; 20]).means(&with_key));
}

#[test]
fn an_altered_signature_is_refused() {
    let mut bytes = Message::new().encode();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    let error = SignedData::from_ber(&bytes).unwrap().verify(&HashSigner).unwrap_err();
    assert_eq!(error, CmsError::Signature(CryptoError::SignatureInvalid));
}

proptest! {
    #[test]
    fn no_input_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = SignedData::from_ber(&bytes).and_then(|message| message.verify(&HashSigner));
    }

    #[test]
    fn an_altered_message_never_yields_other_content(position in 0..1000_usize, octet in any::<u8>()) {
        let mut bytes = Message::new().encode();
        let length = bytes.len();
        bytes[position % length] = octet;
        if let Ok(message) = SignedData::from_ber(&bytes).and_then(|message| message.verify(&HashSigner)) {
            prop_assert_eq!(message.content(), CONTENT);
        }
    }
}
