//! What is computed of public numbers alone, on every curve: whether a point lies on it, and whether a signature holds.
//!
//! The arithmetic crates work in constant time, curve by curve, as secrets need. Here one piece of code serves all curves of a width, over
//! moduli known at run time: a gate's image has room for it, and it is faster. Nothing secret may come near this module.

use alloc::vec::Vec;

use super::double_scalar::{Curve, Jacobian};
use super::montgomery::{Element, Modulus, Word};
use crate::crypto::curve::Parameters;
use crate::crypto::{CryptoError, Digest, EcdsaSignature, NamedCurve};

const INVALID_POINT: CryptoError = CryptoError::PublicKeyInvalid("a point that is not on its curve");

/// Checks an ECDSA signature over a digest (BSI TR-03111 §4.2.1.2).
pub(in crate::crypto::rustcrypto) fn verify(
    curve: NamedCurve,
    point: &[u8],
    digest: &Digest,
    signature: &EcdsaSignature<'_>,
) -> Result<(), CryptoError> {
    match on(curve, |group| group.verify(point, digest.as_ref(), signature.r, signature.s)) {
        None => Err(INVALID_POINT),
        Some(true) => Ok(()),
        Some(false) => Err(CryptoError::SignatureInvalid),
    }
}

/// Whether a point is one of the curve other than the point at infinity: uncompressed or compressed.
pub(in crate::crypto::rustcrypto) fn contains(curve: NamedCurve, point: &[u8]) -> bool {
    on(curve, |group| group.contains(point)) == Some(true)
}

/// The computation on a group, whatever its width.
trait Computation {
    /// `None` where the point is none of the curve.
    fn verify(&self, point: &[u8], digest: &[u8], r: &[u8], s: &[u8]) -> Option<bool>;
    fn contains(&self, point: &[u8]) -> Option<bool>;
    #[cfg(test)]
    fn sum_has_x(&self, factors: [&[u8]; 2], point: &[u8], r: &[u8]) -> Option<bool>;
}

fn on(curve: NamedCurve, compute: impl Fn(&dyn Computation) -> Option<bool>) -> Option<bool> {
    let parameters = curve.parameters();
    // Few widths, since each is a copy of the code: a number may be shorter than its words.
    match curve.field_len() * 8 {
        ..=256 => compute(&Group::<{ 256 / BITS }>::new(parameters)?),
        257..=384 => compute(&Group::<{ 384 / BITS }>::new(parameters)?),
        _ => compute(&Group::<{ 528_usize.div_ceil(BITS) }>::new(parameters)?),
    }
}

const BITS: usize = Word::BITS as usize;

/// A curve with its generator and its order.
struct Group<const N: usize> {
    curve: Curve<N>,
    b: Element<N>,
    generator: Jacobian<N>,
    order: Modulus<N>,
    order_octets: Vec<u8>,
    /// Octets of a digest that count: as many as the order's bits fill (BSI TR-03111 §4.1.3). The one order that does not fill its
    /// octets, of P-521, is longer than any digest.
    digest_len: usize,
}

impl<const N: usize> Group<N> {
    fn new(parameters: &Parameters) -> Option<Self> {
        let octets = |digits: &str| hex::decode(digits).ok();
        let field = Modulus::new(&octets(parameters.p)?)?;
        let element = |digits: &str| field.element(&octets(digits)?);
        let (a, b) = (element(parameters.a)?, element(parameters.b)?);
        let generator = Jacobian { x: element(parameters.x)?, y: element(parameters.y)?, z: field.one };
        let order_octets = octets(parameters.n)?;
        let order = Modulus::new(&order_octets)?;
        let digest_len = order_octets.len();
        Some(Self { curve: Curve::new(field, a), b, generator, order, order_octets, digest_len })
    }

    /// x³ + a·x + b
    fn right_side(&self, x: &Element<N>) -> Element<N> {
        let field = &self.curve.field;
        let factor = field.add(&field.square(x), &self.curve.a);
        field.add(&field.multiply(&factor, x), &self.b)
    }

    /// SEC 1 §2.3.4, without the form of the point at infinity.
    fn decode(&self, point: &[u8]) -> Option<Jacobian<N>> {
        let field = &self.curve.field;
        let (form, coordinates) = point.split_first()?;
        let width = self.order_octets.len();
        let (x, y) = match (form, coordinates.len()) {
            (0x04, length) if length == 2 * width => {
                let (x, y) = coordinates.split_at_checked(width)?;
                let (x, y) = (field.element(x)?, field.element(y)?);
                (field.square(&y) == self.right_side(&x)).then_some((x, y))?
            }
            (0x02 | 0x03, length) if length == width => {
                let x = field.element(coordinates)?;
                let root = field.square_root(&self.right_side(&x))?;
                let is_odd = field.value(&root).first().is_some_and(|word| word & 1 == 1);
                let y = if is_odd == (*form == 0x03) { root } else { field.subtract(&Modulus::ZERO, &root) };
                (x, y)
            }
            _ => return None,
        };
        Some(Jacobian { x, y, z: field.one })
    }

    /// Whether the x coordinate of u·G + v·Q, modulo the order, is r; never so at infinity.
    fn has_x(&self, factors: [&[Word; N]; 2], point: Jacobian<N>, r: &[u8]) -> bool {
        let field = &self.curve.field;
        let sum = self.curve.sum(&factors.map(|factor| factor.as_slice()), [self.generator, point]);
        // x = X / Z²: what x may be is multiplied, which is cheaper than to divide.
        let z_squared = field.square(&sum.z);
        let coordinates = [field.element(r), self.plus_order(r).and_then(|x| field.element(&x))];
        sum.z != Modulus::ZERO && coordinates.into_iter().flatten().any(|x| field.multiply(&x, &z_squared) == sum.x)
    }

    /// The second coordinate that leaves the remainder r when divided by the order. There is no third, since every cofactor here is 1
    /// (Hasse's bound). `None` where it is longer than any coordinate.
    fn plus_order(&self, r: &[u8]) -> Option<Vec<u8>> {
        let mut sum = self.order_octets.clone();
        let mut carry = 0;
        for (position, octet) in sum.iter_mut().rev().enumerate() {
            let added = r.len().checked_sub(position + 1).and_then(|index| r.get(index)).copied().unwrap_or(0);
            let [high, low] = (u16::from(*octet) + u16::from(added) + carry).to_be_bytes();
            (*octet, carry) = (low, u16::from(high));
        }
        (carry == 0).then_some(sum)
    }
}

impl<const N: usize> Computation for Group<N> {
    fn verify(&self, point: &[u8], digest: &[u8], r_octets: &[u8], s: &[u8]) -> Option<bool> {
        let point = self.decode(point)?;
        let order = &self.order;
        // r and s lie between 1 and the order: attackers set them to zero.
        let number = |octets: &[u8]| order.element(octets).filter(|number| *number != Modulus::ZERO);
        let (Some(r), Some(s)) = (number(r_octets), number(s)) else { return Some(false) };
        let leftmost = digest.get(..self.digest_len).unwrap_or(digest);
        let inverse = order.inverse(&s);
        let factor = |number: &Element<N>| order.value(&order.multiply(number, &inverse));
        let factors = [factor(&order.reduced(leftmost)?), factor(&r)];
        Some(self.has_x(factors.each_ref(), point, r_octets))
    }

    fn contains(&self, point: &[u8]) -> Option<bool> {
        Some(self.decode(point).is_some())
    }

    #[cfg(test)]
    fn sum_has_x(&self, factors: [&[u8]; 2], point: &[u8], r: &[u8]) -> Option<bool> {
        let point = self.decode(point)?;
        let [u, v] = factors.map(|factor| self.order.reduced(factor).map(|factor| self.order.value(&factor)));
        Some(self.has_x([&u?, &v?], point, r))
    }
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
                on(curve, |group| group.sum_has_x([&u.to_repr(), &v.to_repr()], encoded.as_bytes(), &x.to_repr())).unwrap()
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
