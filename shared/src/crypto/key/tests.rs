#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use alloc::vec;
use alloc::vec::Vec;

use super::{EcPublicKey, PublicKey, RsaPublicKey};
use crate::crypto::{CryptoError, NamedCurve};
use crate::tlv::TlvErrorKind;

fn modulus(bits: usize) -> Vec<u8> {
    let mut modulus = vec![0xFF; bits.div_ceil(8)];
    modulus[0] >>= modulus.len() * 8 - bits;
    modulus
}

fn invalid(reason: &'static str) -> Result<RsaPublicKey, CryptoError> {
    Err(CryptoError::PublicKeyInvalid(reason))
}

#[test]
fn rsa_bounds() {
    for bits in [1024, 1025, 2048, 8191, 8192] {
        assert_eq!(RsaPublicKey::new(&modulus(bits), &[3]).unwrap().bits(), bits);
    }
    for bits in [1023, 8193] {
        assert_eq!(RsaPublicKey::new(&modulus(bits), &[3]), invalid("an RSA modulus outside 1024 to 8192 bits"));
    }
    assert_eq!(RsaPublicKey::new(&[], &[3]), invalid("an RSA modulus outside 1024 to 8192 bits"));
    let mut even = modulus(1024);
    even[127] = 0xFE;
    assert_eq!(RsaPublicKey::new(&even, &[3]), invalid("an even RSA modulus"));
    for exponent in [&[][..], &[0], &[1], &[0, 1], &[2], &[1, 0, 0]] {
        assert_eq!(RsaPublicKey::new(&modulus(1024), exponent), invalid("an RSA exponent that is even or below 3"));
    }
    assert!(RsaPublicKey::new(&modulus(1024), &[0xFF; 32]).is_ok());
    assert_eq!(RsaPublicKey::new(&modulus(1024), &[0xFF; 33]), invalid("an RSA exponent over 256 bits"));
}

#[test]
fn leading_zeros_of_numbers_are_no_part_of_them() {
    let padded = RsaPublicKey::new(&[&[0, 0], &modulus(2048)[..]].concat(), &[0, 1, 0, 1]).unwrap();
    assert_eq!((padded.modulus(), padded.exponent()), (&modulus(2048)[..], &[1, 0, 1][..]));
}

#[test]
fn points_have_the_width_of_their_curve() {
    let point = |form: u8, len: usize| [&[form][..], &vec![1; len]].concat();
    for curve in NamedCurve::ALL {
        let len = curve.field_len();
        assert!(EcPublicKey::from_point(curve, &point(4, 2 * len)).is_ok());
        assert!(EcPublicKey::from_point(curve, &point(2, len)).is_ok());
        assert!(EcPublicKey::from_point(curve, &point(3, len)).is_ok());
        let refused =
            [point(4, 2 * len - 1), point(4, 2 * len + 1), point(4, len), point(2, 2 * len), point(6, 2 * len), vec![0], vec![]];
        for point in refused {
            let reason = CryptoError::PublicKeyInvalid("a point of another form or length than its curve has");
            assert_eq!(EcPublicKey::from_point(curve, &point), Err(reason));
        }
    }
}

/// A P-256 key whose parts the tests replace.
const P256: &str = concat!(
    "3059301306072a8648ce3d020106082a8648ce3d030107034200",
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
);

#[test]
fn a_key_is_read_and_its_edges_are_checked() {
    let spki = hex::decode(P256).unwrap();
    let key = PublicKey::from_spki(&spki).unwrap();
    assert_eq!(key.bits(), 256);
    assert!(matches!(&key, PublicKey::Ec(key) if key.curve() == NamedCurve::P256 && key.point() == &spki[26..]));

    let trailing = PublicKey::from_spki(&[&spki[..], &[0]].concat());
    assert!(
        matches!(trailing, Err(CryptoError::Encoding(error)) if error.kind == TlvErrorKind::Trailing && error.position == 91)
    );
    for end in 0..spki.len() {
        let cut = PublicKey::from_spki(&spki[..end]);
        assert!(matches!(cut, Err(CryptoError::Encoding(_))), "{end} {cut:?}");
    }
    let mut unused_bits = spki.clone();
    unused_bits[25] = 1;
    assert!(matches!(PublicKey::from_spki(&unused_bits), Err(CryptoError::Encoding(error)) if error.position == 25));
    let mut other_algorithm = spki;
    other_algorithm[12] = 2;
    assert_eq!(PublicKey::from_spki(&other_algorithm), Err(CryptoError::Unsupported("the algorithm of a public key")));
}
