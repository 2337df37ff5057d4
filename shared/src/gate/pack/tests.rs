use alloc::collections::BTreeMap;
use alloc::vec;

use super::access_list::{Credential, Entry};
use super::schedule::{Days, Schedule, Window};
use super::*;
use crate::crypto::rustcrypto::RustCrypto;
use crate::evidence::tests::{Ed25519, P256};

const MADE: Timestamp = Timestamp(1_800_000_000);
const ENDS: Timestamp = Timestamp(1_810_000_000);

fn content() -> Content<'static> {
    let people = (0..=9_u8).map(|number| {
        let credential = Some(Credential { facility: 1, number: number.into() });
        ([number; 16], Entry { credential, schedule: Some(0), ..Entry::ALWAYS })
    });
    let schedules = vec![Schedule(vec![Window { days: Days::WORKING, from: 420, until: 1080 }])];
    Content {
        site: "cổng bắc".into(),
        zone_minutes: 420,
        settings: Settings { passback_seconds: 30, face: Portrait::Hashed, ..Settings::default() },
        anchors: Vec::new(),
        revoked: vec![[1; 16], [2; 16]],
        list: AccessList::of(&people.collect::<BTreeMap<_, _>>(), schedules),
    }
}

fn signed(version: u64, signer: &dyn TerminalSigner) -> Vec<u8> {
    content().signed(version, MADE, ENDS, signer, &RustCrypto).unwrap()
}

fn pin(signer: &dyn TerminalSigner) -> Digest {
    signer.key().fingerprint(&RustCrypto)
}

#[test]
fn a_pack_comes_back_as_it_was() {
    for signer in [&Ed25519::new(1) as &dyn TerminalSigner, &P256::new()] {
        let bytes = signed(7, signer);
        let pack = GatePack::verify(&bytes, &pin(signer), &RustCrypto).unwrap();
        assert_eq!(*pack.content(), content());
        assert_eq!((pack.header().version, pack.header().made_at, pack.header().ends_at), (7, MADE, ENDS));
    }
}

#[test]
fn a_byte_changed_anywhere_is_found_and_a_torn_file_too() {
    let signer = Ed25519::new(1);
    let bytes = signed(7, &signer);
    for place in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[place] ^= 0x01;
        assert!(GatePack::verify(&altered, &pin(&signer), &RustCrypto).is_err(), "byte {place}");
        assert!(GatePack::verify(&bytes[..place], &pin(&signer), &RustCrypto).is_err(), "cut at {place}");
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert_eq!(GatePack::verify(&longer, &pin(&signer), &RustCrypto).unwrap_err(), PackError::Damaged);
}

#[test]
fn another_key_signs_nothing_for_this_gate() {
    let bytes = signed(7, &Ed25519::new(2));
    assert_eq!(GatePack::verify(&bytes, &pin(&Ed25519::new(1)), &RustCrypto).unwrap_err(), PackError::OtherKey);
    assert_eq!(GatePack::verify(b"no pack", &pin(&Ed25519::new(1)), &RustCrypto).unwrap_err(), PackError::NotAPack);
    let large = vec![0; LONGEST_PACK + 1];
    assert_eq!(GatePack::verify(&large, &pin(&Ed25519::new(1)), &RustCrypto).unwrap_err(), PackError::TooLarge);
}

/// A dossier or a snapshot of the same key is no pack: the name of what is signed is signed too.
#[test]
fn what_the_key_signed_for_another_purpose_is_no_pack() {
    let signer = Ed25519::new(1);
    let snapshot = crate::trust_snapshot::Snapshot::new(7, MADE, Vec::new()).signed(&signer).unwrap();
    assert_eq!(GatePack::verify(&snapshot, &pin(&signer), &RustCrypto).unwrap_err(), PackError::NotAPack);
}

#[test]
fn versions_never_go_back_and_packs_end() {
    let signer = Ed25519::new(1);
    let bytes = signed(7, &signer);
    let pack = GatePack::verify(&bytes, &pin(&signer), &RustCrypto).unwrap();
    assert_eq!(pack.may_follow(None, MADE), Ok(()));
    assert_eq!(pack.may_follow(Some(6), MADE), Ok(()));
    for held in [7, 8] {
        assert_eq!(pack.may_follow(Some(held), MADE), Err(PackError::NotNewer { held, found: 7 }));
    }
    assert_eq!(pack.may_follow(None, Timestamp(ENDS.0 - 1)), Ok(()));
    assert_eq!(pack.may_follow(None, ENDS), Err(PackError::Ended));
    assert_eq!(content().signed(1, MADE, MADE, &signer, &RustCrypto).unwrap_err(), PackError::Ended);
}

#[test]
fn what_is_no_authority_is_no_anchor() {
    let anchors = vec![b"no certificate".to_vec()];
    let refused = Content { anchors, ..content() }.signed(1, MADE, ENDS, &Ed25519::new(1), &RustCrypto);
    assert_eq!(refused.unwrap_err(), PackError::Anchor(0));
}

#[test]
fn a_pack_is_bounded() {
    let people: BTreeMap<_, _> = (0..4000_u32)
        .map(|number| {
            let mut person = [0; 16];
            person[..4].copy_from_slice(&number.to_be_bytes());
            (person, Entry::ALWAYS)
        })
        .collect();
    let content = Content { list: AccessList::of(&people, Vec::new()), ..content() };
    assert_eq!(content.signed(1, MADE, ENDS, &Ed25519::new(1), &RustCrypto).unwrap_err(), PackError::TooLarge);
}
