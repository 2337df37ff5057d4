use alloc::string::ToString;
use alloc::vec;

use super::*;
use crate::crypto::rustcrypto::RustCrypto;
use crate::evidence::tests::{Ed25519, P256};

fn object(kind: ObjectKind, content: &[u8]) -> Object {
    Object { kind, content: content.to_vec(), provenance: "{}".to_string() }
}

fn snapshot(version: u64, content: &[u8]) -> Snapshot {
    let objects = vec![
        object(ObjectKind::Signer, b"signer"),
        object(ObjectKind::Anchor, content),
        object(ObjectKind::RevocationList, b"list"),
        object(ObjectKind::Anchor, content),
    ];
    Snapshot::new(version, Timestamp(1_800_000_000), objects)
}

fn pin(signer: &dyn TerminalSigner) -> Digest {
    signer.key().fingerprint(&RustCrypto)
}

fn verified(version: u64, content: &[u8], signer: &dyn TerminalSigner) -> SignedSnapshot {
    SignedSnapshot::verify(&snapshot(version, content).signed(signer).unwrap(), &pin(signer), &RustCrypto).unwrap()
}

#[test]
fn a_signed_snapshot_comes_back_sorted_and_once() {
    for signer in [&Ed25519::new(1) as &dyn TerminalSigner, &P256::new()] {
        let read = verified(7, b"anchor", signer);
        let kinds: Vec<_> = read.content().objects().iter().map(|object| object.kind).collect();
        assert_eq!(kinds, [ObjectKind::Anchor, ObjectKind::RevocationList, ObjectKind::Signer]);
        assert_eq!((read.content().version(), read.content().made_at()), (7, Timestamp(1_800_000_000)));
        assert_eq!(read.key(), signer.key());
        assert!(looks_like(&snapshot(7, b"anchor").signed(signer).unwrap()));
    }
}

#[test]
fn a_byte_changed_anywhere_is_found_and_a_torn_file_too() {
    for signer in [&Ed25519::new(1) as &dyn TerminalSigner, &P256::new()] {
        let bytes = snapshot(7, b"anchor").signed(signer).unwrap();
        for place in 0..bytes.len() {
            for change in [0x01, 0x80] {
                let mut altered = bytes.clone();
                altered[place] ^= change;
                assert!(SignedSnapshot::verify(&altered, &pin(signer), &RustCrypto).is_err(), "byte {place}");
                // Nor under whatever key it names then.
                assert!(SignedSnapshot::verify_held(&altered, &RustCrypto).is_err(), "byte {place}, held");
            }
            assert!(SignedSnapshot::verify(&bytes[..place], &pin(signer), &RustCrypto).is_err(), "cut at {place}");
        }
        let longer = [bytes.as_slice(), &[0]].concat();
        assert_eq!(SignedSnapshot::verify(&longer, &pin(signer), &RustCrypto).unwrap_err(), SnapshotError::Damaged);
    }
}

#[test]
fn another_key_than_the_pinned_one_is_refused_though_its_signature_holds() {
    let (own, other) = (Ed25519::new(1), Ed25519::new(2));
    let bytes = snapshot(7, b"anchor").signed(&other).unwrap();
    assert!(SignedSnapshot::verify(&bytes, &pin(&other), &RustCrypto).is_ok());
    assert_eq!(SignedSnapshot::verify(&bytes, &pin(&own), &RustCrypto).unwrap_err(), SnapshotError::OtherKey);
}

#[test]
fn the_version_never_goes_back_and_stands_for_one_content() {
    let signer = Ed25519::new(1);
    let held = verified(7, b"anchor", &signer);
    assert_eq!(held.advances(None), Ok(true));
    assert_eq!(verified(8, b"anchor", &signer).advances(Some(&held)), Ok(true));
    assert_eq!(verified(7, b"anchor", &signer).advances(Some(&held)), Ok(false));
    assert_eq!(verified(7, b"other", &signer).advances(Some(&held)), Err(SnapshotError::SameVersion(7)));
    assert_eq!(verified(6, b"anchor", &signer).advances(Some(&held)), Err(SnapshotError::Older { held: 7, found: 6 }));
    // Nor under another key.
    assert_eq!(verified(6, b"anchor", &Ed25519::new(2)).advances(Some(&held)), Err(SnapshotError::Older { held: 7, found: 6 }));
    assert_eq!(verified(7, b"anchor", &Ed25519::new(2)).advances(Some(&held)), Ok(true));
}

/// What the key signed as something else, or in another form, is no snapshot.
#[test]
fn other_forms_are_refused_though_the_signature_holds() {
    let signer = Ed25519::new(1);
    let refused = |payload: &[u8]| {
        let file = cose::file(&TerminalSignature::make(payload, None, &signer).unwrap(), payload);
        SignedSnapshot::verify(&file, &pin(&signer), &RustCrypto).unwrap_err()
    };
    let payload = cbor::write(&snapshot(7, b"anchor"));
    let replaced = |from: &[u8], to: &[u8]| {
        let place = payload.windows(from.len()).position(|window| window == from).unwrap();
        [&payload[..place], to, &payload[place + from.len()..]].concat()
    };
    assert_eq!(refused(&replaced(b"soat.trust", b"soat.truss")), SnapshotError::NotASnapshot);
    assert_eq!(refused(&replaced(b"soat.trust\x01", b"soat.trust\x02")), SnapshotError::UnknownFormat(2));
    // A longer form of the version, an unknown kind, objects out of order, an object twice.
    assert_eq!(refused(&replaced(b"\x83\x07\x1A", b"\x83\x18\x07\x1A")), SnapshotError::Damaged);
    assert_eq!(refused(&replaced(b"\x83\x05\x46signer", b"\x83\x06\x46signer")), SnapshotError::Damaged);
    assert_eq!(refused(&replaced(b"\x83\x00\x46anchor", b"\x83\x05\x46anchor")), SnapshotError::Damaged);
    assert_eq!(refused(&replaced(b"\x83\x03\x44list", b"\x83\x05\x46signer")), SnapshotError::Damaged);
    assert_eq!(refused(&[payload.as_slice(), &[0]].concat()), SnapshotError::Damaged);
}
