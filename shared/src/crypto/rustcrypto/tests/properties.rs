//! No input panics, and no altered signature verifies.

use alloc::vec::Vec;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::crypto::iso9796::Recovered;
use crate::crypto::rustcrypto::RustCrypto;
use crate::crypto::{
    DigestAlgorithm, EcPublicKey, EcdsaSignature, NamedCurve, Provider as _, PublicKey, RsaPublicKey, SignatureScheme,
};

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, rng_seed: RngSeed::Fixed(9303), failure_persistence: None, ..ProptestConfig::default() }
}

fn schemes() -> impl Strategy<Value = SignatureScheme> {
    (0..5_usize, 0..5_usize, 0..600_u16, 0..4_u8).prop_map(|(digest, mask, salt_len, kind)| {
        let (digest, mask_digest) = (DigestAlgorithm::ALL[digest], DigestAlgorithm::ALL[mask]);
        match kind {
            0 => SignatureScheme::RsaPkcs1 { digest },
            1 => SignatureScheme::RsaPss { digest, mask_digest, salt_len },
            2 => SignatureScheme::Ecdsa { digest },
            _ => SignatureScheme::EcdsaPlain { digest },
        }
    })
}

fn bytes(len: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..len)
}

/// Two integers in a SEQUENCE, of any contents.
fn der_like() -> impl Strategy<Value = Vec<u8>> {
    (bytes(60), bytes(60)).prop_map(|(r, s)| {
        let integer = |value: &[u8]| [&[2, value.len() as u8], value].concat();
        let body = [integer(&r), integer(&s)].concat();
        [&[0x30, body.len() as u8], &body[..]].concat()
    })
}

proptest! {
    #![proptest_config(config(4000))]

    #[test]
    fn any_bytes_are_read_as_a_key_without_panic(bytes in bytes(300)) {
        let _ = PublicKey::from_spki(&bytes);
        let _ = EcdsaSignature::from_der(&bytes);
    }

    #[test]
    fn any_change_to_a_key_is_read_without_panic(at in 0..91_usize, to: u8, cut in 0..91_usize) {
        let mut spki = hex::decode(concat!(
            "3059301306072a8648ce3d020106082a8648ce3d030107034200",
            "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
            "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
        )).unwrap();
        spki[at] = to;
        let _ = PublicKey::from_spki(&spki);
        let _ = PublicKey::from_spki(&spki[..cut]);
    }

    #[test]
    fn any_parameters_are_read_without_panic(bytes in bytes(80)) {
        let pss = der::asn1::ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
        let _ = SignatureScheme::from_algorithm_identifier(pss, Some(&bytes), None);
    }
}

proptest! {
    #![proptest_config(config(600))]

    #[test]
    fn no_made_up_signature_verifies_on_a_curve(
        curve in prop::sample::select(NamedCurve::ALL.to_vec()),
        scheme in schemes(),
        coordinates in prop::collection::vec(any::<u8>(), 132),
        signature in prop_oneof![bytes(140), der_like()],
    ) {
        let point = [&[4], &coordinates[..2 * curve.field_len()]].concat();
        let key = PublicKey::Ec(EcPublicKey::from_point(curve, &point).unwrap());
        prop_assert!(RustCrypto.verify(&key, &scheme, b"message", &signature).is_err());
        // A point of the curve, so that the arithmetic is reached.
        let generator = [&[2 | (curve.parameters().y.last().unwrap() & 1)][..], curve.parameters().x].concat();
        let key = PublicKey::Ec(EcPublicKey::from_point(curve, &generator).unwrap());
        prop_assert!(RustCrypto.verify(&key, &scheme, b"message", &signature).is_err());
    }

    #[test]
    fn no_made_up_signature_verifies_with_rsa(
        scheme in schemes(),
        mut modulus in prop::collection::vec(any::<u8>(), 128..140),
        exponent in prop::sample::select(alloc::vec![&[3_u8][..], &[17], &[1, 0, 1], &[0xFF; 32]]),
        signature in prop_oneof![bytes(150), prop::collection::vec(any::<u8>(), 128)],
    ) {
        modulus[0] |= 0x80;
        *modulus.last_mut().unwrap() |= 1;
        let key = RsaPublicKey::new(&modulus, exponent).unwrap();
        let _ = Recovered::open(&RustCrypto, &key, &signature);
        prop_assert!(RustCrypto.verify(&PublicKey::Rsa(key), &scheme, b"message", &signature).is_err());
    }
}
