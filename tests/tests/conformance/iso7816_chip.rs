//! Chip authentication and active authentication.

use card_fixtures::authority::{CurveEncoding, KeyPair};
use card_fixtures::chip::{Attack, LostTag};
use card_fixtures::der;
use card_fixtures::hash::Hash;
use card_fixtures::modp::Group;
use card_fixtures::personalisation::configuration::ConfigurationSet::{Eac, EacActive, EacPace};
use card_fixtures::personalisation::issue::{chip_key, curve, modp_chip_key, rsa_key};
use card_fixtures::personalisation::security_infos::{
    active_authentication_info, chip_authentication_info_of, chip_authentication_public_key_info, dg14,
    terminal_authentication_info,
};
use card_fixtures::personalisation::{ChipKey, Suite};
use soat::chip::ChannelLimits;

use crate::document::Document;
use crate::suite::Case;

const SUITES: [Suite; 4] = [Suite::TripleDes, Suite::Aes128, Suite::Aes192, Suite::Aes256];

/// The document whose chip has these keys, and whose DG14 says so.
fn with_keys(document: &Document, keys: Vec<ChipKey>) -> Document {
    let mut document = document.clone();
    document.card.chip_keys = keys;
    document.card.put_dg14(CurveEncoding::Explicit, &[terminal_authentication_info()], &[]);
    document
}

/// DG14 with these keys, whatever the chip holds.
fn state_keys(document: &mut Document, keys: &[ChipKey]) {
    let mut infos = vec![terminal_authentication_info()];
    for key in keys {
        infos.push(chip_authentication_info_of(key));
        infos.push(chip_authentication_public_key_info(key, CurveEncoding::Explicit));
    }
    document.card.put(14, dg14(infos));
}

fn groups() -> impl Iterator<Item = &'static Group> {
    Group::all().iter()
}

fn group_key(group: &'static Group, suite: Suite) -> ChipKey {
    modp_chip_key("test cases", group, suite, None)
}

fn curve_key(name: &'static str, suite: Suite, key_id: Option<u32>) -> ChipKey {
    chip_key("test cases", curve(name), suite, key_id)
}

/// So many keys, each with its reference.
fn referenced(document: &mut Document, count: usize) {
    let keys = [
        curve_key("secp224r1", Suite::TripleDes, Some(1)),
        curve_key("brainpoolP256r1", Suite::Aes128, Some(2)),
        curve_key("secp384r1", Suite::Aes256, Some(200)),
    ];
    *document = with_keys(document, keys[..count].to_vec());
}

/// Replaces a sequence of bytes in DG14 by another of the same length.
fn patch_dg14(document: &mut Document, from: &[u8], to: &[u8]) {
    let file = document.card.application_files.get_mut(&0x010E).unwrap();
    let at = file.windows(from.len()).position(|window| window == from).unwrap();
    file[at..at + to.len()].copy_from_slice(to);
}

pub const AGREEMENT: &[Case] = &[
    Case::each("ISO7816_D_01", Eac, |document| {
        groups().flat_map(|group| SUITES.map(|suite| with_keys(document, vec![group_key(group, suite)]))).collect()
    }),
    Case::each("ISO7816_D_02", Eac, |document| {
        let curves =
            ["secp224r1", "secp256r1", "brainpoolP224r1", "brainpoolP256r1", "secp384r1", "brainpoolP512r1", "secp521r1"];
        let keys = curves.iter().flat_map(|name| SUITES.map(|suite| curve_key(name, suite, None)));
        keys.map(|key| with_keys(document, vec![key])).collect()
    }),
    Case::one("ISO7816_D_03", Eac, |document| referenced(document, 1)),
    Case::one("ISO7816_D_04", Eac, |document| referenced(document, 2)),
    Case::one("ISO7816_D_05", Eac, |document| referenced(document, 3)),
    Case::one("ISO7816_D_06", Eac, |document| {
        referenced(document, 1);
        document.card.chip_keys[0].key_id = Some(2);
    }),
    Case::one("ISO7816_D_07", Eac, |document| {
        let group = groups().next().unwrap();
        *document = with_keys(document, vec![group_key(group, Suite::TripleDes)]);
        state_keys(document, &[modp_chip_key("another chip", group, Suite::TripleDes, None)]);
    }),
    Case::one("ISO7816_D_08", Eac, |document| {
        *document = with_keys(document, vec![curve_key("secp224r1", Suite::TripleDes, None)]);
        state_keys(document, &[chip_key("another chip", curve("secp224r1"), Suite::TripleDes, None)]);
    }),
    Case::one("ISO7816_D_09", Eac, |document| document.attack(Attack::OldKeys)),
    // Lost and found again, the card is authenticated a second time: a key of the first would be refused.
    Case::one("ISO7816_D_10", EacPace, |document| {
        document.quirks.fresh_keys_only = true;
        document.quirks.lost_tag = Some(LostTag { after: 40, comes_back: true, other: None });
    }),
    Case::one("ISO7816_D_11", Eac, |document| {
        let group = groups().next().unwrap();
        *document = with_keys(document, vec![group_key(group, Suite::TripleDes)]);
        let prime = der::integer(group.prime());
        let mut other = prime.clone();
        other[20] ^= 1;
        patch_dg14(document, &prime, &other);
    }),
    Case::one("ISO7816_D_12", Eac, |document| {
        *document = with_keys(document, vec![curve_key("secp224r1", Suite::TripleDes, None)]);
        let prime = der::integer(curve("secp224r1").prime());
        let mut other = prime.clone();
        other[20] ^= 1;
        patch_dg14(document, &prime, &other);
    }),
    Case::one("ISO7816_D_13", Eac, |document| {
        let key = curve_key("secp224r1", Suite::TripleDes, Some(1));
        let other = ChipKey { key_id: Some(2), ..key.clone() };
        *document = with_keys(document, vec![key.clone()]);
        let infos = vec![
            terminal_authentication_info(),
            chip_authentication_info_of(&other),
            chip_authentication_public_key_info(&key, CurveEncoding::Explicit),
        ];
        document.card.put(14, dg14(infos));
    }),
    Case::one("ISO7816_D_14", Eac, |document| {
        *document = with_keys(document, vec![group_key(groups().last().unwrap(), Suite::Aes256)]);
        document.limits = ChannelLimits::EXTENDED;
    }),
    Case::each("ISO7816_D_15", Eac, |document| {
        let refusing = |status| {
            let mut document = document.clone();
            referenced(&mut document, 1);
            document.quirks.chip_authentication_status = Some(status);
            document
        };
        [0x6A80, 0x6A88, 0x6A86, 0x6300, 0x6985, 0x6F00].map(refusing).to_vec()
    }),
];

/// Active authentication with RSA-1024.
fn rsa(document: &mut Document, hash: Hash) {
    document.card.put_active_authentication(&KeyPair::Rsa(rsa_key("rsa1024-b")), hash, CurveEncoding::Explicit);
}

/// Active authentication with ECDSA, its hash announced by an info in DG14.
fn ecdsa(document: &mut Document, info: Vec<u8>) {
    let key = KeyPair::ec(curve("brainpoolP256r1"), "active authentication of the test cases");
    document.card.put_active_authentication(&key, Hash::Sha256, CurveEncoding::Explicit);
    document.card.put_dg14(CurveEncoding::Explicit, &[terminal_authentication_info()], &[info]);
}

pub const ACTIVE: &[Case] = &[
    Case::one("ISO7816_F_01", EacActive, |document| rsa(document, Hash::Sha1)),
    Case::one("ISO7816_F_02", EacActive, |document| ecdsa(document, active_authentication_info(Hash::Sha256))),
    Case::one("ISO7816_F_04", EacActive, |document| rsa(document, Hash::Sha224)),
    Case::one("ISO7816_F_05", EacActive, |document| rsa(document, Hash::Sha256)),
    Case::one("ISO7816_F_06", EacActive, |document| rsa(document, Hash::Sha384)),
    Case::one("ISO7816_F_07", EacActive, |document| rsa(document, Hash::Sha512)),
    Case::one("ISO7816_F_08", EacActive, |document| document.attack(Attack::WrongTrailer)),
    Case::one("ISO7816_F_09", EacActive, |document| {
        let none = der::oid("0.4.0.127.0.7.1.1.4.1.99");
        ecdsa(document, der::sequence(&[der::oid("2.23.136.1.1.5"), der::small_integer(1), none]));
    }),
];
