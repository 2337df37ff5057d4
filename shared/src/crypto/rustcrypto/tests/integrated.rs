//! The point encoding of integrated mapping (ICAO 9303-11 appendix B.2) a second time, on the arithmetic crates.

use elliptic_curve::Field as _;
use elliptic_curve::ff::PrimeField;
use elliptic_curve::hazmat::FieldArithmetic;
use elliptic_curve::point::AffineCoordinates as _;
use primeorder::{AffinePoint, PrimeCurveParams, ProjectivePoint};
use subtle::{ConditionallySelectable as _, ConstantTimeEq as _};

use super::elliptic::reduce;

type FieldElement<C> = <C as FieldArithmetic>::FieldElement;

/// Widest field in words: P-521.
const WORDS: usize = 9;

/// The point that `octets`, a big-endian number modulo the characteristic, stands for. `None` for the few numbers that stand for none,
/// and on P-224, whose characteristic is not 3 modulo 4.
pub(super) fn encode_to_point<C: PrimeCurveParams>(octets: &[u8]) -> Option<ProjectivePoint<C>> {
    let (a, b) = (C::EQUATION_A, C::EQUATION_B);
    let one = FieldElement::<C>::ONE;
    let root_exponent = root_exponent::<FieldElement<C>>()?;
    let t: FieldElement<C> = reduce(octets);

    let alpha = -t.square();
    let inverse = (alpha + alpha.square()).invert().into_option()?;
    let x2 = -b * a.invert().into_option()? * (one + inverse);
    let x3 = alpha * x2;
    let h2 = x2.square() * x2 + a * x2 + b;
    // h2^(p − 1 − (p + 1)/4) is the inverse of h2^((p + 1)/4).
    let inverse_root = h2.pow(root_exponent).invert().into_option()?;
    let is_square = (inverse_root.square() * h2).ct_eq(&one);
    let y2 = inverse_root * h2;
    let y3 = y2 * t.square() * t;
    let x = FieldElement::<C>::conditional_select(&x3, &x2, is_square);
    let y = FieldElement::<C>::conditional_select(&y3, &y2, is_square);
    AffinePoint::<C>::from_coordinates(&x.to_repr(), &y.to_repr()).into_option().map(ProjectivePoint::from)
}

/// `(p + 1) / 4` as little-endian words, where `p` is 3 modulo 4.
fn root_exponent<F: PrimeField>() -> Option<[u64; WORDS]> {
    let mut words = [0_u64; WORDS];
    for digit in F::MODULUS.trim_start_matches("0x").chars() {
        let mut carry = u64::from(digit.to_digit(16)?);
        for word in &mut words {
            let next = *word >> 60;
            *word = *word << 4 | carry;
            carry = next;
        }
    }
    if words.first()? & 3 != 3 {
        return None;
    }
    // With p = 4k + 3, (p + 1) / 4 is k + 1.
    let mut high_bits = 0;
    for word in words.iter_mut().rev() {
        let low_bits = *word & 3;
        *word = *word >> 2 | high_bits << 62;
        high_bits = low_bits;
    }
    let mut carry = true;
    for word in &mut words {
        (*word, carry) = word.overflowing_add(u64::from(carry));
    }
    Some(words)
}
