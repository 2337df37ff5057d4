//! Signatures and points, which are public: [`curve_verify`] on the named curves.

use curve_verify::Parameters;

use crate::crypto::{CryptoError, Digest, EcdsaSignature, NamedCurve};

const INVALID_POINT: CryptoError = CryptoError::PublicKeyInvalid("a point that is not on its curve");

/// Checks an ECDSA signature over a digest (BSI TR-03111 §4.2.1.2).
pub(in crate::crypto::rustcrypto) fn verify(
    curve: NamedCurve,
    point: &[u8],
    digest: &Digest,
    signature: &EcdsaSignature<'_>,
) -> Result<(), CryptoError> {
    match on(curve, |parameters| curve_verify::verify(parameters, point, digest.as_ref(), signature.r, signature.s)) {
        None => Err(INVALID_POINT),
        Some(true) => Ok(()),
        Some(false) => Err(CryptoError::SignatureInvalid),
    }
}

/// Whether a point is one of the curve other than the point at infinity: uncompressed or compressed.
pub(in crate::crypto::rustcrypto) fn contains(curve: NamedCurve, point: &[u8]) -> bool {
    on(curve, |parameters| Some(curve_verify::contains(parameters, point))) == Some(true)
}

fn on(curve: NamedCurve, compute: impl FnOnce(&Parameters<'_>) -> Option<bool>) -> Option<bool> {
    let octets = |digits: &str| hex::decode(digits).ok();
    let digits = curve.parameters();
    let [p, a, b, x, y, n] = [digits.p, digits.a, digits.b, digits.x, digits.y, digits.n].map(octets);
    compute(&Parameters { p: &p?, a: &a?, b: &b?, x: &x?, y: &y?, n: &n? })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::crypto::rustcrypto::curves::{BrainpoolP160r1, BrainpoolP224t1, BrainpoolP512r1};
    use elliptic_curve::point::AffineCoordinates as _;
    use elliptic_curve::sec1::ToSec1Point as _;
    use elliptic_curve::{Field as _, PrimeField as _, Scalar};
    use primeorder::{PrimeCurveParams, ProjectivePoint};
    use proptest::prelude::*;

    /// Against the arithmetic crates, which are complete: every small sum, so that each exception is met.
    fn agrees<C: PrimeCurveParams + ecdsa::EcdsaCurve>(curve: NamedCurve, u: Scalar<C>, v: Scalar<C>, q: Scalar<C>) {
        let point = ProjectivePoint::<C>::GENERATOR * q;
        let expected = ProjectivePoint::<C>::GENERATOR * u + point * v;
        let infinity = bool::from(elliptic_curve::Group::is_identity(&expected));
        let (point, x) = (point.to_affine(), super::super::reduce::<Scalar<C>>(&expected.to_affine().x()));
        if bool::from(point.is_identity()) {
            return;
        }
        for compressed in [false, true] {
            let encoded = point.to_sec1_point(compressed);
            assert!(contains(curve, encoded.as_bytes()));
            let has_x = |x: Scalar<C>| {
                let sum = |parameters: &Parameters<'_>| {
                    curve_verify::sum_has_x(parameters, &u.to_repr(), &v.to_repr(), encoded.as_bytes(), &x.to_repr())
                };
                on(curve, sum).unwrap()
            };
            assert_eq!(has_x(x), !infinity);
            assert!(!has_x(x + Scalar::<C>::ONE));
        }
    }

    fn agrees_on_small_numbers<C: PrimeCurveParams + ecdsa::EcdsaCurve>(curve: NamedCurve, points: &[i8]) {
        let number = |number: i8| {
            let magnitude = Scalar::<C>::from(u64::from(number.unsigned_abs()));
            if number < 0 { -magnitude } else { magnitude }
        };
        for q in points {
            for u in -17..=17 {
                for v in -17..=17 {
                    agrees::<C>(curve, number(u), number(v), number(*q));
                }
            }
        }
    }

    #[test]
    fn small_numbers_meet_every_exception() {
        agrees_on_small_numbers::<p256::NistP256>(NamedCurve::P256, &[1, -2, 3]);
        agrees_on_small_numbers::<BrainpoolP160r1>(NamedCurve::BrainpoolP160r1, &[-1]);
        agrees_on_small_numbers::<BrainpoolP224t1>(NamedCurve::BrainpoolP224t1, &[2]);
    }

    /// Each generator, its negative and its compressed forms; nothing beside them. P-224 alone has square roots that cost more.
    #[test]
    fn points_of_every_curve_are_told_from_others() {
        for curve in NamedCurve::ALL {
            let parameters = curve.parameters();
            let octets = |digits: &str| hex::decode(digits).unwrap();
            let (x, y) = (octets(parameters.x), octets(parameters.y));
            let uncompressed = [&[0x04][..], &x, &y].concat();
            assert!(contains(curve, &uncompressed), "{curve:?}");
            for form in [0x02, 0x03] {
                assert!(contains(curve, &[&[form][..], &x].concat()), "{curve:?}");
            }
            let mut beside = uncompressed.clone();
            *beside.last_mut().unwrap() ^= 1;
            assert!(!contains(curve, &beside), "{curve:?}");
            for form in [0x00, 0x01, 0x05, 0x06, 0x07] {
                assert!(!contains(curve, &[&[form][..], &x, &y].concat()), "{curve:?}");
            }
            assert!(!contains(curve, &[0x00]) && !contains(curve, &[]) && !contains(curve, &uncompressed[..x.len()]));
            // Not below the characteristic: the same point in other words.
            let p = octets(parameters.p);
            assert!(!contains(curve, &[&[0x04][..], &p, &y].concat()), "{curve:?}");
            // Half of all numbers are no x coordinate.
            let on_curve = (0..32_u8).filter(|add| {
                let mut other = x.clone();
                *other.last_mut().unwrap() ^= add;
                contains(curve, &[&[0x02][..], &other].concat())
            });
            assert!((4..29).contains(&on_curve.count()), "{curve:?}");
        }
    }

    fn scalar<C: PrimeCurveParams>(octets: &[u8]) -> Scalar<C> {
        super::super::reduce(octets)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, rng_seed: proptest::test_runner::RngSeed::Fixed(9303), ..ProptestConfig::default() })]

        #[test]
        fn any_numbers(u in any::<[u8; 40]>(), v in any::<[u8; 40]>(), q in any::<[u8; 40]>()) {
            fn agrees_on<C: PrimeCurveParams + ecdsa::EcdsaCurve>(curve: NamedCurve, numbers: [&[u8]; 3]) {
                let [u, v, q] = numbers.map(scalar::<C>);
                agrees::<C>(curve, u, v, q);
            }
            agrees_on::<p256::NistP256>(NamedCurve::P256, [&u, &v, &q]);
            agrees_on::<p224::NistP224>(NamedCurve::P224, [&u, &v, &q]);
            agrees_on::<p521::NistP521>(NamedCurve::P521, [&u, &v, &q]);
            agrees_on::<BrainpoolP512r1>(NamedCurve::BrainpoolP512r1, [&u, &v, &q]);
        }
    }
}
