use alloc::vec;

use ed25519_dalek::{Signer, SigningKey};

use super::*;
use crate::crypto::rustcrypto::RustCrypto;
use crate::dossier::{FileContent, FileId, FileRecord, Origin, ReadingFinding};
use crate::time::Timestamp;

/// A signer whose key follows from a number.
pub(crate) struct Ed25519(SigningKey, TerminalKey);

impl Ed25519 {
    pub(crate) fn new(seed: u8) -> Self {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let public = TerminalKey::ed25519(key.verifying_key().as_bytes());
        Self(key, public)
    }
}

impl TerminalSigner for Ed25519 {
    fn key(&self) -> &TerminalKey {
        &self.1
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, CryptoError> {
        Ok(Signer::sign(&self.0, message).to_bytes().to_vec())
    }
}

/// A signer of the other kind.
pub(crate) struct P256(p256::ecdsa::SigningKey, TerminalKey);

impl P256 {
    pub(crate) fn new() -> Self {
        let key = p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
        let point = key.verifying_key().to_sec1_point(false);
        let prefix = hex::decode("3059301306072a8648ce3d020106082a8648ce3d030107034200").unwrap();
        let public = TerminalKey::from_spki(&[prefix.as_slice(), point.as_bytes()].concat()).unwrap();
        Self(key, public)
    }
}

impl TerminalSigner for P256 {
    fn key(&self) -> &TerminalKey {
        &self.1
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let signature: p256::ecdsa::Signature = self.0.sign(message);
        Ok(signature.to_bytes().to_vec())
    }
}

fn small() -> Dossier {
    let mut dossier = Dossier::new(Origin::Chip);
    dossier.files.insert(FileId::Sod, FileRecord::Read(FileContent::Bytes(vec![0x77, 1, 0])));
    dossier.findings.push(ReadingFinding { code: "read.block_reduced".into(), file: None });
    dossier.read_at = Some(Timestamp(1_800_000_000));
    dossier
}

/// The purpose and the consent are signed with the rest: one letter of either breaks the signature.
#[test]
fn why_a_card_was_read_is_signed() {
    let said = Statement::new("mở tài khoản", "PĐK-2026/0042").unwrap();
    let saved = SavedDossier::signed_stating(&small(), Some(said.clone()), &Ed25519::new(1)).unwrap();
    let bytes = saved.to_cbor();
    let read = SavedDossier::from_cbor(&bytes).unwrap();
    assert_eq!(read, saved);
    assert_eq!(read.signature().unwrap().statement(), Some(&said));
    assert!(read.verify_signature(&RustCrypto).is_ok());
    let at = bytes.windows(4).position(|window| window == b"0042").unwrap();
    let mut altered = bytes.clone();
    altered[at] = b'1';
    let altered = SavedDossier::from_cbor(&altered).unwrap();
    assert_eq!(altered.verify_signature(&RustCrypto).unwrap_err(), CryptoError::SignatureInvalid);
    // A label of another name is none of this format.
    let at = bytes.windows(7).position(|window| window == b"purpose").unwrap();
    let mut renamed = bytes;
    renamed[at] = b'q';
    assert_eq!(SavedDossier::from_cbor(&renamed).unwrap_err(), EvidenceError::Signature);
    let long = "a".repeat(Statement::MAX_LEN + 1);
    assert!(Statement::new(" ", "x").is_none() && Statement::new("x", "").is_none() && Statement::new(&long, "x").is_none());
}

#[test]
fn a_signed_dossier_comes_back_and_its_signature_holds() {
    let (one, other) = (Ed25519::new(1), P256::new());
    for signer in [&one as &dyn TerminalSigner, &other] {
        for token in [None, Some(vec![0x30, 0])] {
            let mut saved = SavedDossier::signed(&small(), signer).unwrap();
            if let Some(token) = token {
                saved = saved.time_stamped(token);
            }
            let read = SavedDossier::from_cbor(&saved.to_cbor()).unwrap();
            assert_eq!(read, saved);
            assert_eq!(read.dossier().origin(), Origin::Saved);
            assert_eq!(read.verify_signature(&RustCrypto), Ok(signer.key()));
        }
    }
}

#[test]
fn an_unsigned_dossier_is_its_own_file() {
    let saved = SavedDossier::unsigned(&small()).unwrap();
    assert_eq!(saved.to_cbor(), small().to_cbor());
    assert_eq!(SavedDossier::from_cbor(&small().to_cbor()), Ok(saved.clone()));
    assert_eq!(saved.verify_signature(&RustCrypto), Err(CryptoError::SignatureInvalid));
}

/// Every byte, in every one of its bits, of a signed dossier: each change is refused, or its signature does not hold.
#[test]
fn a_changed_byte_is_found_anywhere() {
    for signer in [&Ed25519::new(1) as &dyn TerminalSigner, &P256::new()] {
        let bytes = SavedDossier::signed(&small(), signer).unwrap().to_cbor();
        for position in 0..bytes.len() {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[position] ^= 1 << bit;
                let holds = SavedDossier::from_cbor(&changed)
                    .is_ok_and(|saved| saved.signature().is_none() || saved.verify_signature(&RustCrypto).is_ok());
                assert!(!holds, "byte {position}, bit {bit}");
            }
        }
        for cut in 0..bytes.len() {
            assert!(SavedDossier::from_cbor(&bytes[..cut]).is_err(), "cut at {cut}");
        }
    }
}

#[test]
fn a_signature_of_another_dossier_does_not_hold() {
    let signer = Ed25519::new(1);
    let mut other = small();
    other.read_at = Some(Timestamp(1_900_000_000));
    let mut saved = SavedDossier::signed(&small(), &signer).unwrap();
    assert!(saved.verify_signature(&RustCrypto).is_ok());
    saved.signature = SavedDossier::signed(&other, &signer).unwrap().signature;
    assert_eq!(saved.verify_signature(&RustCrypto), Err(CryptoError::SignatureInvalid));
}

#[test]
fn versions_and_forms_that_are_not_known_are_named() {
    let dossier = hex::encode(small().to_cbor());
    let later = hex::decode(dossier.replacen("6c736f61742e646f737369657201", "6c736f61742e646f737369657203", 1)).unwrap();
    assert_eq!(SavedDossier::from_cbor(&later), Err(EvidenceError::Dossier(DossierError::UnknownVersion(3))));

    let stamped = hex::encode(SavedDossier::unsigned(&small()).unwrap().time_stamped(vec![0x30, 0]).to_cbor());
    let later = hex::decode(stamped.replacen("7374616d70656401", "7374616d70656402", 1)).unwrap();
    assert_eq!(SavedDossier::from_cbor(&later), Err(EvidenceError::UnknownTimeStampVersion(2)));

    // ES384 in the place of EdDSA.
    let signed = hex::encode(SavedDossier::signed(&small(), &Ed25519::new(1)).unwrap().to_cbor());
    let other = hex::decode(signed.replacen("a20127", "a20126", 1)).unwrap();
    assert_eq!(SavedDossier::from_cbor(&other), Err(EvidenceError::SignatureAlgorithm));
}

/// RFC 8032 §7.1, test 2; and a key of small order, under which many messages share one signature.
#[test]
fn ed25519_of_the_standard() {
    let key: [u8; 32] =
        hex::decode("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c").unwrap().try_into().unwrap();
    let signature = hex::decode(concat!(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da",
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    ))
    .unwrap();
    assert_eq!(RustCrypto.verify_ed25519(&key, &[0x72], &signature), Ok(()));
    assert_eq!(RustCrypto.verify_ed25519(&key, &[0x73], &signature), Err(CryptoError::SignatureInvalid));
    let mut identity = [0; 32];
    identity[0] = 1;
    let forged = [identity.as_slice(), &[0; 32]].concat();
    assert!(RustCrypto.verify_ed25519(&identity, b"anything", &forged).is_err());
}
