//! Chip authentication and active authentication.

use num_bigint::BigUint;
use sha2::{Digest, Sha256};

use super::super::data_object::encode;
use super::terminal::{Keys, Said, Terminal};
use super::*;
use crate::curve::Curve;

fn key(key_id: Option<u32>, suite: Suite, curve: &'static str) -> ChipKey {
    ChipKey { key_id, suite, curve, private: BigUint::from(0xABCD_EF01u32) }
}

/// The terminal's ephemeral key and the session keys that follow.
fn agreement(key: &ChipKey) -> (String, Keys) {
    let curve = Curve::named(key.curve).unwrap();
    let private = BigUint::from(0x0F1E_2D3Cu32);
    let shared = curve.multiply(&curve.public_key(&key.private), &private);
    let keys = Keys::new(key.suite, &curve.encode_x(&shared).unwrap());
    (hex::encode(curve.encode(&curve.public_key(&private))), keys)
}

fn set_at(suite: Suite, reference: &str) -> String {
    format!("800A04007F000702020302{:02X}{reference}", suite.arc())
}

fn dynamic(point: &str) -> String {
    hex::encode(encode(0x7C, &encode(0x80, &hex(point))))
}

#[test]
fn aes_keys_by_general_authenticate_after_either_access() {
    for suite in [Suite::TripleDes, Suite::Aes128, Suite::Aes192, Suite::Aes256] {
        for pace in [false, true] {
            let mut card = card();
            card.chip_keys = vec![key(None, suite, "secp256r1")];
            let (point, keys) = agreement(&card.chip_keys[0]);
            let open = if pace { Terminal::with_pace } else { Terminal::with_bac };
            let mut terminal = open(card, Quirks::default());
            assert_eq!(terminal.say("0C2241A4", &set_at(suite, ""), None).status, 0x9000);
            let said = terminal.say("0C860000", &dynamic(&point), Some("00"));
            assert_eq!(said, Said { data: vec![0x7C, 0x00], status: 0x9000, protected: true }, "under the old keys");
            terminal.keys = Some(keys);
            assert_eq!(terminal.read(1, 0, "04").data, hex("6182012C"), "under the new keys");
        }
    }
}

#[test]
fn triple_des_keys_by_key_agreement_template() {
    let mut card = card();
    card.chip_keys = vec![key(Some(3), Suite::TripleDes, "brainpoolP224r1"), key(Some(300), Suite::TripleDes, "secp521r1")];
    for (key, reference) in card.chip_keys.clone().iter().zip(["840103", "8402012C"]) {
        let (point, keys) = agreement(key);
        let object = hex::encode(encode(0x91, &hex(&point)));
        let mut terminal = Terminal::with_bac(card.clone(), Quirks::default());
        assert_eq!(terminal.say("0C2241A6", &object, None).status, 0x6A88, "two keys, none named");
        assert_eq!(terminal.say("0C2241A6", &format!("{object}840104"), None).status, 0x6A88);
        let said = terminal.say("0C2241A6", &format!("{object}{reference}"), None);
        assert_eq!(said, Said { data: Vec::new(), status: 0x9000, protected: true });
        let old = terminal.keys.replace(keys);
        assert_eq!(terminal.read(1, 0, "04").data, hex("6182012C"));
        terminal.keys = old;
        assert_eq!(terminal.read(1, 0, "04").status, 0x6988, "the old keys are gone");
    }
}

#[test]
fn a_failed_agreement_leaves_the_session() {
    let mut terminal = Terminal::with_bac(card(), Quirks::default());
    assert_eq!(terminal.say("0C860000", &dynamic("00"), Some("00")).status, 0x6985, "no MSE before");
    assert_eq!(terminal.say("0C2241A4", &set_at(Suite::Aes256, ""), None).status, 0x6A80, "not offered");
    let off_curve = "04".to_owned() + &"11".repeat(64);
    for point in ["00", "", &off_curve] {
        assert_eq!(terminal.say("0C2241A4", &set_at(Suite::Aes128, ""), None).status, 0x9000);
        assert_eq!(terminal.say("0C860000", &dynamic(point), Some("00")).status, 0x6A80, "{point}");
    }
    assert_eq!(terminal.read(1, 0, "04").data, hex("6182012C"));
    assert_eq!(terminal.plain_hex("002241A40C800A04007F00070202030202"), 0x6982, "plain");
    assert_eq!(terminal.plain_hex("002241A40C800A04007F00070202030202"), 0x6982, "without a session");
}

#[test]
fn a_cloned_chip_does_not_know_the_new_keys() {
    let (point, keys) = agreement(&card().chip_keys[0]);
    let quirks = Quirks { attack: Some(Attack::Clone), ..Quirks::default() };
    let mut terminal = Terminal::with_bac(card(), quirks);
    assert_eq!(terminal.say("0C2241A4", &set_at(Suite::Aes128, ""), None).status, 0x9000);
    assert_eq!(terminal.say("0C860000", &dynamic(&point), Some("00")).status, 0x9000);
    terminal.keys = Some(keys);
    assert_eq!(terminal.read(1, 0, "04").status, 0x6988);
}

const CHALLENGE: &str = "F173589974BF40C6";

#[test]
fn ecdsa_signs_the_challenge() {
    let curve = Curve::named("secp256r1").unwrap();
    let public = curve.public_key(&BigUint::from(0x8765_4321u32));
    let verifies = |challenge: &str, plain: &[u8]| {
        let (r, s) = plain.split_at(32);
        let (r, s) = (BigUint::from_bytes_be(r), BigUint::from_bytes_be(s));
        curve.verify(&public, &Sha256::digest(hex(challenge)), &r, &s)
    };
    let sign = |attack| {
        let mut terminal = Terminal::with_bac(card(), Quirks { attack, ..Quirks::default() });
        assert_eq!(terminal.say("0C880000", "00112233445566", Some("00")).status, 0x6700, "seven bytes");
        let said = terminal.say("0C880000", CHALLENGE, Some("00"));
        assert_eq!((said.data.len(), said.status), (64, 0x9000));
        said.data
    };
    assert!(verifies(CHALLENGE, &sign(None)));
    assert!(!verifies("F173589974BF40C7", &sign(None)));
    assert!(!verifies(CHALLENGE, &sign(Some(Attack::Clone))));
    let replayed = sign(Some(Attack::ReplayedSignature([9; 8])));
    assert!(!verifies(CHALLENGE, &replayed) && verifies("0909090909090909", &replayed));

    let mut der = Terminal::with_bac(card(), Quirks { signature: SignatureForm::Der, ..Quirks::default() });
    assert_eq!(der.say("0C880000", CHALLENGE, Some("00")).data[0], 0x30);
}

#[test]
fn rsa_signs_by_iso_9796_2_in_every_form() {
    // A 1,024-bit key that belongs to nobody, of the next primes after 7 · 2^509 and 15 · 2^508.
    let p = (BigUint::from(7u8) << 509u32) + 15u32;
    let q = (BigUint::from(15u8) << 508u32) + 127u32;
    let modulus = &p * &q;
    let totient = (&p - 1u8) * (&q - 1u8);
    let exponent = BigUint::from(65_537u32);
    let private_exponent = exponent.modinv(&totient).unwrap();
    for (hash_bits, trailer) in [(160, "BC"), (224, "38CC"), (256, "34CC"), (384, "36CC"), (512, "35CC")] {
        for signature in
            [SignatureForm::Standard, SignatureForm::Smaller, SignatureForm::LeadingZero, SignatureForm::LeadingZeroStripped]
        {
            let mut card = card();
            card.active_authentication = Some(ActiveAuthenticationKey::Rsa {
                modulus: modulus.clone(),
                private_exponent: private_exponent.clone(),
                hash_bits,
            });
            let mut terminal = Terminal::with_bac(card, Quirks { signature, ..Quirks::default() });
            let signed = terminal.say("0C880000", CHALLENGE, Some("00")).data;
            match signature {
                SignatureForm::LeadingZero => assert_eq!((signed.len(), signed[0]), (128, 0)),
                SignatureForm::LeadingZeroStripped => assert!(signed.len() < 128),
                _ => assert_eq!(signed.len(), 128),
            }
            let opened = BigUint::from_bytes_be(&signed).modpow(&exponent, &modulus);
            let low_nibble = &opened % 16u8;
            let representative = if low_nibble == BigUint::from(12u8) { opened } else { &modulus - opened };
            let representative = representative.to_bytes_be();
            let trailer = hex(trailer);
            let hash = crate::hash::Hash::of_bits(hash_bits).unwrap();
            let (nonce, rest) = representative[1..].split_at(127 - hash.len() - trailer.len());
            assert_eq!((representative.len(), representative[0]), (128, 0x6A), "{signature:?}");
            assert_eq!(rest, [hash.digest(&[nonce, &hex(CHALLENGE)].concat()), trailer].concat());
        }
    }
}
