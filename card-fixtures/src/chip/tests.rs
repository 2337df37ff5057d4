//! The chip alone: worked examples byte for byte, and what it refuses. The terminal of these tests is a few lines of their own.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

mod catalogue;
mod passwords;
mod proofs;
mod quirks;
mod refusals;
mod terminal;
mod worked_examples;

use std::collections::BTreeMap;

use num_bigint::BigUint;

use super::*;
use crate::personalisation::{ActiveAuthenticationKey, MrzKey, PaceOffer, Suite};

pub(super) const SELECT_APPLICATION: &str = "00A4040C07A0000002471001";

/// A card made by hand: small files, BAC, PACE over brainpoolP256r1, one AES-128 chip key.
pub(super) fn card() -> Personalisation {
    let dg1: Vec<u8> = [[0x61, 0x82, 0x01, 0x2C].as_slice(), &[0x5A; 300]].concat();
    Personalisation {
        name: "by-hand".into(),
        description: "made by hand".into(),
        master_files: BTreeMap::from([(0x011C, vec![0x31, 0x03, 0x02, 0x01, 0x0D]), (0x011D, vec![0x30, 0x00])]),
        application_files: BTreeMap::from([
            (0x011E, hex("60145F0104303130365F36063034303030305C026175")),
            (0x0101, dg1),
            (0x0102, (0..40_000u32).map(|i| (i % 251) as u8).collect()),
            (0x0103, vec![0x63, 0x00]),
        ]),
        guarded_files: vec![0x0103],
        mrz_key: Some(MrzKey { document_number: "L898902C".into(), birth: "690806".into(), expiry: "940623".into() }),
        can: Some("000001".into()),
        pin: None,
        puk: None,
        bac: true,
        pace: vec![PaceOffer::generic(Suite::Aes128, 13)],
        chip_keys: vec![ChipKey {
            key_id: None,
            suite: Suite::Aes128,
            curve: "brainpoolP256r1",
            private: BigUint::from(0x1234_5678u32),
        }],
        mapping_key: None,
        active_authentication: Some(ActiveAuthenticationKey::Ecdsa {
            curve: "secp256r1",
            private: BigUint::from(0x8765_4321u32),
            hash_bits: 256,
        }),
    }
}

pub(super) fn hex(text: &str) -> Vec<u8> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    hex::decode(digits).unwrap()
}

/// Sends hexadecimal, gets hexadecimal.
pub(super) fn send(chip: &mut VirtualChip, command: &str) -> String {
    hex::encode_upper(chip.transmit(&hex(command)))
}
